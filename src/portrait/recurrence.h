/* recurrence.h (internal): does a trajectory come back to where it was? */
#ifndef GRL_PORTRAIT_RECURRENCE_H
#define GRL_PORTRAIT_RECURRENCE_H

#include "portrait/tangent.h"

#include <grulens/attractors.h>

typedef enum grl_recurrence {
    GRL_RECURRENCE_NONE,  /* nothing was found */
    GRL_RECURRENCE_STILL, /* it comes to rest, or moves too slowly to tell */
    GRL_RECURRENCE_CLOSED /* it comes near an attracting closed orbit, which was computed */
} grl_recurrence;

/* Follows h (n numbers, replaced by the state at the end) for `window` (map: `most_period` decides) and, where it
 * comes back near an earlier state, tries Newton's method for a closed orbit. Found ones are to be dropped
 * with grl_closed_drop. `any`: 1: orbits that do not attract count as well. Near one of the `known` orbits, `known_count` of them, nothing is tried. `most_cost`: operations
 * that one try may take. */
grl_status grl_recurrence_look(grl_system *system, double *h, double window, int most_period,
                               double most_cost, int any, const grl_closed *known, size_t known_count,
                               grl_recurrence *outcome, grl_closed *closed, grl_error *error);

#endif
