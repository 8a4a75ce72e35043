/* learning.h: the trained networks of section 7, between their computation and the text. */
#ifndef GRL_PAPER_LEARNING_H
#define GRL_PAPER_LEARNING_H

#include "paper/paper.h"

/* The tasks, and the sizes that are trained at most. */
enum { GRL_PAPER_TASKS = 3, GRL_PAPER_SIZES = 4 };
extern const char *const grl_paper_tasks[GRL_PAPER_TASKS];
/* Of each task the size whose best network is shown and kept as models/NAME.json. */
extern const char *const grl_paper_learned[GRL_PAPER_TASKS];

grl_status grl_paper_train(grl_paper *paper, grl_results *results, grl_error *error);

#endif
