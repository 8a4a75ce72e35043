/* options_walk.h: one option after the other, through the groups of a command's table. */
#ifndef GRL_BASE_OPTIONS_WALK_H
#define GRL_BASE_OPTIONS_WALK_H

#include <grulens/options.h>
#include <stdbool.h>

typedef struct grl_options_walk {
    const grl_option *at;    /* next in the present table */
    const grl_option *outer; /* where to go on after a group's table, or NULL */
    size_t base;             /* added to offsets */
} grl_options_walk;

grl_options_walk grl_options_start(const grl_command *command);

/* The next option, with its offset in the command's settings, or a group's heading (name ""). */
bool grl_options_next(grl_options_walk *walk, grl_option *option);

#endif
