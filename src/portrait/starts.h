/* starts.h (internal): where the search for fixed points begins. */
#ifndef GRL_PORTRAIT_STARTS_H
#define GRL_PORTRAIT_STARTS_H

#include "portrait/newton_large.h"

#include <stdbool.h>
#include <stddef.h>

/* Start i of a search is of kind i % 8; see starts.c. */
enum { GRL_STARTS_ROUND = 256, GRL_STARTS_TRAJECTORIES = GRL_STARTS_ROUND / 4 };

static inline bool grl_start_on_trajectory(size_t i)
{
    return i % 4 == 0;
}

/* These begin with the descent to a slow point; fewer where it is dear. */
static inline bool grl_start_descends(size_t n, size_t i)
{
    return i % (n < 64 ? 32 : 64) == 28;
}

/* a (n numbers) = start i, which is not on a trajectory. Kinds that use known points take them from `known`.
 * *away: the known point that the start is to be deflated from, or NULL. */
void grl_start_make(grl_newton *newton, unsigned long long seed, unsigned long long i,
                    const grl_known_points *known, double *a, const double **away);

/* All starts on trajectories among the GRL_STARTS_ROUND from `first` on (a multiple of GRL_STARTS_ROUND), as
 * states: H is GRL_STARTS_TRAJECTORIES x n. step: of the map. work: grl_starts_work(cell) doubles. */
size_t grl_starts_work(const grl_cell *cell);
void grl_starts_on_trajectories(const grl_cell *cell, unsigned long long seed, unsigned long long first,
                                double step, double *H, double *work);

/* The median of |f| over uniformly random states. work as above. */
double grl_starts_typical_speed(const grl_cell *cell, unsigned long long seed, double *work);

#endif
