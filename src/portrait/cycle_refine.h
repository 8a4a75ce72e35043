/* cycle_refine.h: a cycle from a point of a ray near it. */
#ifndef GRL_PORTRAIT_CYCLE_REFINE_H
#define GRL_PORTRAIT_CYCLE_REFINE_H

#include "portrait/winding.h"

#include <grulens/cycles.h>

/* Newton's method on the return map from *s; 1 if it converged, and then *s and *slope of the map. */
int grl_cycle_newton(grl_plane *plane, long long patience, const grl_ray *ray, int sense_of_time, double *s,
                     double *slope);

/* The cycle through a point of the ray that grl_cycle_newton found. cycle: zero. */
grl_status grl_cycle_describe(grl_plane *plane, const grl_portrait *portrait, const grl_ray *ray,
                              int sense_of_time, double s, grl_cycle *cycle, grl_error *error);
void grl_cycle_drop(grl_cycle *cycle); /* frees what it holds */

/* The places where a cycle crosses a ray:
 * at most `most` of them, exact to about 1e-12. */
size_t grl_cycle_crossings(grl_plane *plane, const grl_cycle *cycle, const grl_ray *ray, size_t most,
                           double *s);

#endif
