/* ridge.h (internal): the points of a slow manifold, one from another. */
#ifndef GRL_PORTRAIT_RIDGE_H
#define GRL_PORTRAIT_RIDGE_H

#include <grulens/slow.h>
#include <stdbool.h>

/* From so many units on, the rates across are not computed at every point. */
enum { GRL_RIDGE_DENSE_UNITS = 128 };

/* A rate along a curve that is zero to rounding, over the attraction: second derivatives are of size 1, and
 * points are known to some 1e-8 where they are not proven. */
#define GRL_RIDGE_NEUTRAL 1e-6

/* Velocities below this are rounding. */
#define GRL_RIDGE_ROUNDING 1e-13

/* Room to work at one point at a time, and the work done. */
typedef struct grl_ridge {
    const grl_cell *cell; /* without inputs */
    const grl_portrait *portrait;
    const grl_slow_options *options;
    size_t n;
    double *J, *M, *scratch, *eigen;           /* n x n; (n + 1)^2; n x n; for LAPACK */
    double *f, *x, *before, *step, *e, *start; /* n + 1 each */
    double *values;                            /* n pairs */
    double *work;
    double *memory;
    unsigned char *neutral; /* for each fixed point: it was not proven, and may be one of many side by side */
    int *pivots;
    double operations;
} grl_ridge;

grl_status grl_ridge_create(const grl_cell *autonomous, const grl_portrait *portrait,
                            const grl_slow_options *options, grl_ridge *ridge, grl_error *error);
void grl_ridge_free(grl_ridge *ridge);

/* f and Df at h, in ridge->f and ridge->J. */
void grl_ridge_evaluate(grl_ridge *ridge, const double *h);

/* Rates in the time of the portrait, from eigenvalues of Df (n pairs). `rate` is that of the slow direction,
 * `value` its eigenvalue; `attraction` the least rate of decay of all others. */
typedef struct grl_rates {
    size_t dimension; /* slow directions: 0: no gap */
    bool attracts;    /* all others decay */
    double value, rate, attraction;
} grl_rates;

/* The smallest number of slow directions with a gap, |slow rates| <= ratio * |others|. leak: 1 - z, for one
 * unit. */
grl_rates grl_ridge_gap(const grl_ridge *ridge, const double *values, double leak);

/* The attraction across at h, where the slow eigenvalue is `value`; NAN if LAPACK fails. */
double grl_ridge_attraction(grl_ridge *ridge, const double *h, double value);

/* 1 - z of a single unit. */
double grl_ridge_leak(const grl_ridge *ridge, double h);

/* v (n, unit) = the eigenvector of ridge->J for the simple real eigenvalue `value`. False: not found. */
bool grl_ridge_direction(grl_ridge *ridge, double value, double *v);

/* A point of the curve. */
typedef struct grl_ridge_point {
    double *h, *v; /* n each; v: unit vector along the slow direction */
    double velocity, value, rate, attraction;
} grl_ridge_point;

/* Moves p->h within the plane through it across t (unit vector) to where f is along the slow eigenvector,
 * which becomes p->v, with p->v . t > 0; p->v comes in as a guess. Sets velocity, value and rate. False: no
 * convergence. */
bool grl_ridge_correct(grl_ridge *ridge, const double *t, grl_ridge_point *p);

/* The same for a prescribed direction: f along t. Sets velocity only; p->v is kept. */
bool grl_ridge_correct_along(grl_ridge *ridge, const double *t, grl_ridge_point *p);

/* The coefficients of s' = value s + g2 s^2 + g3 s^3 for the arc length s from h, and along v; false if h is
 * not regular enough. */
bool grl_ridge_normal_form(grl_ridge *ridge, const double *h, const double *v, double *g2, double *g3);

double grl_ridge_rate(const grl_portrait *portrait, double value);

#endif
