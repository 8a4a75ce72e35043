/* newton_large.h (internal): damped Newton's method for fixed points, from one start, for any number of
 * units. */
#ifndef GRL_PORTRAIT_NEWTON_LARGE_H
#define GRL_PORTRAIT_NEWTON_LARGE_H

#include <grulens/cell.h>
#include <stdbool.h>
#include <stddef.h>

/* Fixed points known so far: in the cube of half width unique[k] around a[k] there is no other. */
typedef struct grl_known_points {
    size_t count;
    const double *a; /* count x n */
    const double *unique;
    float *const *inverse; /* count, each n x n: about 1 / G' at the point, or NULL */
} grl_known_points;

/* The known point whose cube holds a, or -1. */
long grl_known_find(const grl_known_points *known, size_t n, const double *a);

/* What all starts share; read-only once made. */
typedef struct grl_newton_shared {
    const grl_cell *cell;
    size_t n;
    double *bound;  /* n: every fixed point has |a_i| <= bound_i */
    double *scale;  /* n: a power of two about bound_i + 1; row i of G is measured in it */
    double typical; /* about the pre-activation of a random state */
    float *U_h;     /* n x n, row i divided by scale_i; reset before only */
} grl_newton_shared;

grl_status grl_newton_shared_create(const grl_cell *autonomous, grl_newton_shared *shared, grl_error *error);
void grl_newton_shared_free(grl_newton_shared *shared);

/* Workspace for one thread: n^2 floats (before: 2 n^2) and a little. */
enum { GRL_NEWTON_UPDATES = 12 };
typedef struct grl_newton {
    const grl_newton_shared *shared;
    float *J, *B, *step, *chord;
    double *g, *r, *w, *h, *D, *d, *trial, *spare, *last; /* n each */
    double *s, *u;                                        /* GRL_NEWTON_UPDATES x n each */
    size_t updates;                                       /* of the factored J */
    long derivatives;                                     /* how many were formed so far */
    double *vectors;
    int *pivots;
} grl_newton;

grl_status grl_newton_create(const grl_newton_shared *shared, grl_newton *newton, grl_error *error);
void grl_newton_free(grl_newton *newton);

typedef enum grl_newton_end {
    GRL_NEWTON_CONVERGED, /* a solves G(a) = 0 to about single precision or better */
    GRL_NEWTON_KNOWN,     /* a is in the cube of a known point */
    GRL_NEWTON_STALLED    /* neither; a is the last iterate */
} grl_newton_end;

/* From a (n numbers, replaced by the last iterate). cap: 0 for steps that must reduce the residual; else
 * every step is taken, cut to this length in its largest coordinate. away: n numbers or NULL, a zero that
 * this start is to be kept from (deflation). index: which point, where known. */
grl_newton_end grl_newton_run(grl_newton *newton, const grl_known_points *known, double cap,
                              const double *away, double *a, long *index);

/* Whether steps with the inverse of the known point nearest to a, `away` excepted, lead from a into its cube;
 * then a is there and *index says which point it is. Else a is as it was. Leaves no residual. */
bool grl_newton_attracted(grl_newton *newton, const grl_known_points *known, const double *away, double *a,
                          long *index);

/* p(h): the pre-activation that follows from the state h; newton->h is not used. */
void grl_newton_preactivation(grl_newton *newton, const double *h, double *p);

/* Parts of the method, for others that follow G (homotopy_large.c). grl_newton_residual fills newton->g = a -
 * p(tanh a); grl_newton_derivative then fills newton->J with G'(a), row i divided by scale_i. */
void grl_newton_residual(grl_newton *newton, const double *a);
void grl_newton_derivative(grl_newton *newton, const double *a);

#endif
