/* settings.h (internal): settings of a training as text. */
#ifndef GRL_LEARN_SETTINGS_H
#define GRL_LEARN_SETTINGS_H

#include "base/text.h"

#include <grulens/learn.h>

/* The words of settings, in keys, in documents and on the command line. */
const char *grl_words_start(grl_start start);
const char *grl_words_optimizer(grl_optimizer optimizer);
const char *grl_words_schedule(grl_schedule schedule);
const char *grl_words_initialization(grl_initialization init);

/* The settings that are numbers, but for units and seed. */
typedef struct grl_training_number {
    const char *name; /* "weight_decay" */
    double value;
} grl_training_number;

enum { GRL_TRAINING_NUMBERS = 22 };

void grl_training_numbers(const grl_training_settings *settings,
                          grl_training_number numbers[GRL_TRAINING_NUMBERS]);

/* Every setting and every parameter of the problem (task NULL: recorded), "units=2 reset=after ..". */
void grl_training_settings_add(grl_text *text, const grl_problem *problem,
                               const grl_training_settings *settings);

#endif
