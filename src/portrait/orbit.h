/* orbit.h (internal): orbits of a planar flow, forwards or backwards, until their limit set is known. */
#ifndef GRL_PORTRAIT_ORBIT_H
#define GRL_PORTRAIT_ORBIT_H

#include "num/ode.h"

#include <grulens/separatrices.h>

enum { GRL_ORBIT_WORK = 64 }; /* of the Runge-Kutta method with two coordinates */

/* What is known about a fixed point beforehand. */
typedef struct grl_basin_point {
    double h[2];
    int attracts;        /* +1: forwards; -1: backwards; 0: neither */
    double V[3];         /* V0 x^2 + 2 V1 x y + V2 y^2 falls along orbits inside `outer`, in that direction */
    double outer, inner; /* levels of V; inner: where following ends */
    double near;    /* degenerate: distance within which an orbit on the slow curve is taken to end here */
    double fast;    /* degenerate: the other eigenvalue */
    double nearest; /* distance to the next other point */
} grl_basin_point;

/* A flow in the plane and its possible limit sets. */
typedef struct grl_plane {
    const grl_cell *cell; /* without inputs */
    const grl_portrait *portrait;
    double *work;
    double spacing;
    grl_basin_point *points;
    size_t cycle_count, cycle_capacity;
    grl_closed_orbit *cycles;
    int unconfirmed; /* closed orbits that a closer look did not find */
} grl_plane;

grl_status grl_plane_create(const grl_cell *autonomous, const grl_portrait *portrait, double spacing,
                            grl_plane *plane, grl_error *error);
/* Also frees the cycles, unless they were taken out. */
void grl_plane_free(grl_plane *plane);

/* A cycle through h that is known beforehand. */
grl_status grl_plane_add_cycle(grl_plane *plane, const double h[2], double period, int stable,
                               grl_error *error);

typedef struct grl_orbit_options {
    double rtol, atol;
    double max_length;
    long long max_steps;
    int quick; /* 1: ends where the limit set is known; 0: goes on to the inner level of a point */
} grl_orbit_options;

typedef struct grl_orbit {
    grl_plane *plane;
    grl_orbit_options options;
    int sign;                        /* +1: forwards in time; -1: backwards */
    double t_old, t, y_old[2], y[2]; /* the last step */
    double t_stop;                   /* it counts up to here */
    double length;                   /* rough */
    int ended;                       /* 1: `limit` is final */
    grl_limit limit;                 /* a point from the moment the orbit can no longer go elsewhere */

    /* Inner. */
    grl_ode ode;
    double work[GRL_ORBIT_WORK];
    int stiff;
    double stiff_step;
    double measured; /* length at the last look at the pace */
    long long steps;
    /* Inner: returns to a section through an earlier state. */
    double anchor[2], normal[2]; /* the section's middle, and the flow's direction there */
    double anchored, budget;     /* length there; length after which another is chosen */
    double last, step; /* place of the last return along the section, and its distance to the one before */
    double last_t, period;
    int returns;
} grl_orbit;

void grl_orbit_start(grl_orbit *orbit, grl_plane *plane, const double h[2], int sign,
                     const grl_orbit_options *options);
/* One step, or none if it has ended. */
grl_status grl_orbit_step(grl_orbit *orbit, grl_error *error);
/* The state at a time of the last step. */
void grl_orbit_at(grl_orbit *orbit, double t, double h[2]);
/* Until the end. */
grl_status grl_orbit_run(grl_orbit *orbit, grl_error *error);

#endif
