/* training.h: the parts of the document and the report on a training. */
#ifndef GRL_REPORT_TRAINING_H
#define GRL_REPORT_TRAINING_H

#include "base/text.h"

#include <grulens/judge.h>

/* "judgement": {..}; null without one. No line feeds. */
void grl_judgement_json(grl_text *text, const grl_training *training, const grl_judgement *judgement);

/* What the judgement says, as paragraphs and a table of the bifurcations on the way. */
void grl_judgement_words(grl_text *text, const grl_training *training, const char *name,
                         const grl_judgement *judgement);

/* A measure: what is not finite is null, or "infinite". */
void grl_json_measure(grl_text *text, double value);

/* The words of settings in documents and on the command line. */
const char *grl_words_start(grl_start start);
const char *grl_words_optimizer(grl_optimizer optimizer);
const char *grl_words_schedule(grl_schedule schedule);
const char *grl_words_initialization(grl_initialization init);
const char *grl_words_kind(grl_task_kind kind);

#endif
