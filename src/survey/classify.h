/* classify.h (internal): which class a network belongs to. */
#ifndef GRL_SURVEY_CLASSIFY_H
#define GRL_SURVEY_CLASSIFY_H

#include "survey/tally.h"

#include <grulens/survey.h>

/* Draws the networks first, first + 1, .. of a survey and adds them to a tally. */
grl_status grl_classify_range(const grl_survey_settings *settings, uint64_t first, size_t count,
                              grl_tally *tally, grl_error *error);

/* One network; reason: 0, or why it has no class (then `class` is not filled in). The class's key and name are
 * to be freed. */
grl_status grl_classify(const grl_survey_settings *settings, const grl_cell *cell, grl_class *class,
                        int *reason, grl_error *error);

#endif
