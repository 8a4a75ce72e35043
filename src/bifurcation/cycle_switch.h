/* cycle_switch.h: the direction in which another branch of cycles leaves a period doubling or a branch point. */
#ifndef GRL_BIFURCATION_CYCLE_SWITCH_H
#define GRL_BIFURCATION_CYCLE_SWITCH_H

#include "bifurcation/cycle_track.h"

/* A vector along the cycle of track->now, whose Newton iteration was the solver's last one: v' = T J v + S f with v(1)
 * = sign v(0). sign -1: of the multiplier -1 (S = 0); +1: of the second multiplier 1. v: on the cycle's mesh, its
 * scalars S and 0, of length 1 in the branch's norm. False if there is not enough memory or none can be computed. */
bool grl_cycle_vector(grl_track *track, int sign, grl_bvp_solution *v);

/* Makes track->now the cycle at the distance `size` along that vector, of twice the period if sign is -1, with the
 * vector as its tangent. False if that fails. */
bool grl_cycle_switch(grl_track *track, int sign, double size);

#endif
