/* curve.h (internal): points along an orbit, evenly spaced. */
#ifndef GRL_PORTRAIT_CURVE_H
#define GRL_PORTRAIT_CURVE_H

#include "portrait/orbit.h"

typedef struct grl_curve {
    double spacing;
    size_t count, capacity;
    double *points; /* count x 2 */
    double pace;    /* time between the last two */
} grl_curve;

/* 0: no memory. */
int grl_curve_add(grl_curve *curve, const double h[2]);

/* The next place in the orbit's last step, after *t and up to t_stop, at the distance `spacing` from the last
 * point. 1, the time in *t and the state in h; 0: there is none. Nothing is added. */
int grl_curve_next(grl_curve *curve, grl_orbit *orbit, double *t, double t_stop, double h[2]);

/* A known cycle, along the flow, the first point not repeated; the last gap is the rest. */
grl_status grl_curve_of_cycle(grl_plane *plane, const grl_cycle *cycle, double spacing,
                              grl_closed_orbit *closed, grl_error *error);

#endif
