/* orbit.h (internal): orbits of a planar flow, forward or backward in time, until it is known where they end. */
#ifndef GRL_PORTRAIT_ORBIT_H
#define GRL_PORTRAIT_ORBIT_H

#include "num/ode.h"
#include "portrait/plane.h"

typedef enum grl_end {
    GRL_END_NONE,    /* not known yet */
    GRL_END_POINT,   /* caught by a fixed point */
    GRL_END_CYCLE,   /* on its way to a known cycle */
    GRL_END_OUTSIDE, /* left the square */
    GRL_END_LOST     /* none of these in the steps allowed */
} grl_end;

typedef struct grl_orbit_options {
    double rtol;     /* of an explicit step; atol is a hundredth of it */
    double implicit; /* of an implicit step; atol is a tenth of it */
    double longest;  /* of an implicit step */
    long long max_steps;
    int numbers; /* 2: the state; 3: and the integral of the divergence, in the orbit's time */
    int coarse;  /* near a degenerate point nothing is told apart */
} grl_orbit_options;

enum { GRL_ORBIT_ROOM = 3 * 40 };

/* Time counts up, also for an orbit backward in time: it is that of y' = sign f(y). */
typedef struct grl_orbit {
    grl_plane *plane;
    grl_orbit_options options;
    int sign;
    double t, y[3];        /* now */
    double step, y_old[3]; /* the last step: how long, and from where */
    double f_old[3], f[3]; /* sign f there, and sign times the divergence */
    grl_end end;
    size_t which;  /* POINT, CYCLE: its place */
    double length; /* of the chords so far */
    int crossed;   /* the last step crossed the gate `gate`, */
    size_t gate;
    double offset; /* so far from the cycle */

    /* Inner. */
    grl_ode ode;
    double room[GRL_ORBIT_ROOM], J[4], J_old[4], dense[2][2], stiff_step, measured;
    int stiff;
    long long steps;
} grl_orbit;

void grl_orbit_start(grl_orbit *orbit, grl_plane *plane, const double h[2], int sign,
                     const grl_orbit_options *options);

/* One step, and what it says about the end unless that is known. 0: the orbit is outside, or no step could be
 * made; a known end is no reason to stop. */
int grl_orbit_step(grl_orbit *orbit);

/* Until the end is known. */
void grl_orbit_run(grl_orbit *orbit);

/* The state (options.numbers) at a time of the last step, from 0 to `step`. */
void grl_orbit_at(grl_orbit *orbit, double time, double *y);

/* The same as accurately as the step itself: two coordinates. */
void grl_orbit_exactly_at(grl_orbit *orbit, double time, double y[2]);

/* The time of the last step at which a linear function a y + b of the state passes zero from its sign at the
 * beginning, and the state there. `exact`: with a step that ends there, since the dense output is less
 * accurate than a step. */
double grl_orbit_crossing(grl_orbit *orbit, const double a[2], double b, int exact, double *y);

#endif
