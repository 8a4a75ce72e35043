/* creep.h (internal): trajectories that creep, followed by implicit steps as long as the creeping lasts. */
#ifndef GRL_PORTRAIT_CREEP_H
#define GRL_PORTRAIT_CREEP_H

#include "portrait/attract.h"

/* Every active row of the pool that creeps goes on until it has ended at a point, which becomes its target, or moves
 * faster again, or the steps allowed are used up. */
grl_status grl_creep_follow(grl_hunt_n *hunt, grl_error *error);

#endif
