/* settings.h (internal): settings of a training as text. */
#ifndef GRL_LEARN_SETTINGS_H
#define GRL_LEARN_SETTINGS_H

#include "base/text.h"

#include <grulens/learn.h>

/* Every setting and every parameter of the problem (task NULL: recorded), "units=2 reset=after ..". */
void grl_training_settings_add(grl_text *text, const grl_problem *problem,
                               const grl_training_settings *settings);

#endif
