/* training.h: the parts of the document and the report on a training. */
#ifndef GRL_REPORT_TRAINING_H
#define GRL_REPORT_TRAINING_H

#include "base/text.h"

#include <grulens/judge.h>

/* "judgement": {..}, of a network with this model; null without one. No line feeds. */
void grl_judgement_json(grl_text *text, const grl_model *model, const grl_judgement *judgement);

/* What the judgement says, as paragraphs, without a line feed before them or after. */
void grl_judgement_words(grl_text *text, const grl_judgement *judgement);
/* What it says of the map that was looked at: its fixed points, and of recorded data slow manifolds; begins with an empty line. */
void grl_judgement_map(grl_text *text, const grl_model *model, const char *name,
                       const grl_judgement *judgement);
/* A table of the bifurcations on the way; nothing where they were not looked for. */
void grl_judgement_path(grl_text *text, const grl_judgement *judgement);

/* "task": .., "parameters": {..}; and the same in words, "line-attractor (time-step = 0.1)". */
void grl_json_problem(grl_text *text, const grl_problem *problem);
void grl_words_problem(grl_text *words, const grl_problem *problem);

/* A measure: what is not finite is null, or "infinite". */
void grl_json_measure(grl_text *text, double value);

/* As grl_words_start (learn/settings.h), of a model; and the kind of a task. */
const char *grl_words_model_start(const grl_model *model);
const char *grl_words_kind(grl_task_kind kind);

#endif
