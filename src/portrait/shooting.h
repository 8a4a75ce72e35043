/* shooting.h (internal): closed orbits of flow and map by multiple shooting. */
#ifndef GRL_PORTRAIT_SHOOTING_H
#define GRL_PORTRAIT_SHOOTING_H

#include "portrait/tangent.h"

#include <grulens/attractors.h>

/* A closed orbit near the one that starts at h and comes back after about `period` (map: exactly so many steps).
 * *found: 1 if Newton's method converged to an orbit that is no fixed point; *closed is then filled in, with
 * its least period, and is to be dropped with grl_closed_drop. No convergence is a result. */
grl_status grl_shooting_find(grl_system *system, const double *h, double period, grl_closed *closed,
                             int *found, grl_error *error);

/* About how many operations that takes. */
double grl_shooting_cost(const grl_system *system, double period);

void grl_closed_drop(grl_closed *closed);

/* The distance of h to the orbit (largest coordinate): flow: to the polygon of its points; map: to the points. */
double grl_closed_distance(const grl_closed *closed, grl_time time, size_t n, const double *h);

/* The largest range of a unit. */
double grl_closed_size(const grl_closed *closed, size_t n);

#endif
