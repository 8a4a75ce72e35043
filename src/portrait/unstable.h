/* unstable.h (internal): unstable manifolds of saddles, and unstable closed orbits. */
#ifndef GRL_PORTRAIT_UNSTABLE_H
#define GRL_PORTRAIT_UNSTABLE_H

#include "portrait/attract.h"

/* hunt->result->manifolds, whose branches name targets until the items are known. May add targets; the rows of the
 * hunt are lost. */
grl_status grl_unstable_follow(grl_hunt_n *hunt, grl_error *error);

/* Of the map of a few units: periodic orbits by Newton's method from random states; stable ones that no start
 * reached are kept too, as closed orbits. */
grl_status grl_unstable_periodic(grl_hunt_n *hunt, grl_error *error);

#endif
