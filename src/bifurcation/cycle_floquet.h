/* cycle_floquet.h: Floquet multipliers of a cycle that was just computed. */
#ifndef GRL_BIFURCATION_CYCLE_FLOQUET_H
#define GRL_BIFURCATION_CYCLE_FLOQUET_H

#include "bifurcation/cycle_track.h"

/* Doubles of workspace that a track needs for it: track->floquet. */
size_t grl_cycle_floquet_work(size_t n, size_t intervals);

/* multipliers, unstable and the tests of (mu - 1), (mu + 1) and pairs, of a point whose Newton iteration was the
 * solver's last one. Multipliers that cannot be computed are NaN. */
void grl_cycle_floquet(grl_track *track, grl_track_point *point);

#endif
