/* cycle_follow.h: a branch of cycles from its start to its end, in one direction. */
#ifndef GRL_BIFURCATION_CYCLE_FOLLOW_H
#define GRL_BIFURCATION_CYCLE_FOLLOW_H

#include "bifurcation/cycle_track.h"
#include "bifurcation/diagram.h"

typedef struct grl_cycle_follow {
    grl_track *track; /* `now` is the start, which is already in the diagram, if it is to be there */
    grl_track *probe; /* a second one of the same sizes, to locate special points */
    const grl_bifurcation_options *options;
    double low, high; /* range of the parameter */
    grl_diagram *diagram;
    size_t branch; /* which branch of the diagram, whose last point is the start */
    double first_step;
    /* NULL, or called with every special point that is located (its tangent is that of the branch). */
    grl_status (*found)(void *context, grl_special_type type, const grl_track_point *point);
    void *context;
    size_t origin; /* the special point of the diagram at which the branch began, or SIZE_MAX */

    /* What came out. */
    grl_branch_end end;
    size_t end_special;   /* with GRL_BRANCH_SPECIAL, or SIZE_MAX where the caller is to name the end */
    double periods[3];    /* the last periods, newest first, and */
    double parameters[3]; /* their parameters */

    /* Inner. */
    size_t met; /* the branch came to this branch point or period doubling of another one */
} grl_cycle_follow;

/* From the start along its tangent. The end is GRL_BRANCH_PERIOD where the limit of the period was reached; the
 * caller names it (cycle_end.h). */
grl_status grl_cycle_follow_run(grl_cycle_follow *follow, grl_error *error);

/* Adds a cycle to the branch. */
grl_status grl_cycle_follow_add(grl_cycle_follow *follow, const grl_track_point *point, grl_error *error);

#endif
