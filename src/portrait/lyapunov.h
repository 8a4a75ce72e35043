/* lyapunov.h (internal): Lyapunov exponents along one trajectory, and what they say about it. */
#ifndef GRL_PORTRAIT_LYAPUNOV_H
#define GRL_PORTRAIT_LYAPUNOV_H

#include "portrait/tangent.h"

enum { GRL_LYAPUNOV_SAMPLES = 1024 };

typedef enum grl_motion {
    GRL_MOTION_UNDECIDED,
    GRL_MOTION_REGULAR, /* no exponent is positive; `zeros` of them are zero as far as the time allows to tell */
    GRL_MOTION_CHAOS    /* the first is positive */
} grl_motion;

typedef struct grl_lyapunov {
    size_t n, k;
    double *exponent, *error; /* k each, per unit of time, as computed in order; half a 95 % interval */
    double time;              /* averaged over */
    grl_motion motion;
    int zeros;
    size_t samples;
    double *sample;     /* samples x n: states, evenly spread in time */
    double self;        /* nine in ten later states are this near to a sample (largest coordinate) */
    double *low, *high; /* n: the range */
    double *h;          /* n: the last state */
} grl_lyapunov;

/* From h, which should be on the attractor, the first k exponents. Ends when the motion is decided and the first
 * exponent known to five per cent, after `longest` (units of time), or after `operations`. */
grl_status grl_lyapunov_run(grl_system *system, const double *h, size_t k, double longest, double operations,
                            grl_lyapunov *out, grl_error *error);
void grl_lyapunov_free(grl_lyapunov *lyapunov);

/* The share of `count` states (count x n) that are within twice `self` of a sample: nearly 1 on the same set. */
double grl_lyapunov_share(const grl_lyapunov *lyapunov, size_t count, const double *states);

/* Kaplan and Yorke's dimension of exponents by falling size; NaN if their sum never falls below zero. */
double grl_kaplan_yorke(size_t k, const double *exponents);

/* How far averages of the state and of its squares over two windows of a trajectory, each weighted smoothly, differ:
 * tiny for quasi-periodic motion, not for chaos nor for a slow decay; infinite at rest. Map and `rotation` not NULL: the rotation number in the plane of
 * largest extent around the mean of the samples, and how far it differs; NaN if there is none. */
grl_status grl_birkhoff(grl_system *system, const grl_lyapunov *lyapunov, double *difference,
                        double *rotation, double *rotation_difference, grl_error *error);

#endif
