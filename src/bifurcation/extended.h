/* extended.h: systems of equations whose solutions are fixed points, special points, and curves of those.
 *
 *     kind     unknowns           equations
 *     POINT    h, t               f(h, t) = 0
 *     EIGEN    h, q, t            f = 0, J q = lambda q, |q| = 1            lambda real and given
 *     PAIR     h, q, kappa, t     f = 0, J^2 q + kappa (step J + 1) q = 0, |q| = 1, l q = 0
 *     CROSS    h, q, b, t         f + b q = 0, J^T q = 0, q f_t = 0, |q| = 1
 *
 * EIGEN with lambda = 0 are folds (Moore and Spence 1980), with lambda = -2/step the flips of a map. PAIR are
 * two eigenvalues with lambda + mu + step lambda mu = 0 and kappa = lambda mu: for the flow (step 0) Hopf
 * points (kappa = omega^2 > 0) and neutral saddles (kappa < 0), for the map pairs of product 1; regular where
 * the pair becomes real, at Bogdanov-Takens points (after Kuznetsov 2004, section 10.2.2). CROSS are branch
 * points of one parameter, the crossing unfolded by b = 0 (Moore 1980). With as many parameters t as make the
 * system square it has points, with one more curves. */
#ifndef GRL_BIFURCATION_EXTENDED_H
#define GRL_BIFURCATION_EXTENDED_H

#include "bifurcation/equation.h"

typedef enum grl_extended_kind {
    GRL_EXTENDED_POINT,
    GRL_EXTENDED_EIGEN,
    GRL_EXTENDED_PAIR,
    GRL_EXTENDED_CROSS
} grl_extended_kind;

typedef struct grl_extended {
    grl_equation *equation; /* borrowed */
    grl_extended_kind kind;
    double lambda;              /* EIGEN */
    double *l;                  /* n; PAIR */
    size_t unknowns, equations; /* the last `active` unknowns are t */
    size_t t;                   /* where t begins among the unknowns */
    /* Of the matrix of the last tangent, rows scaled to a largest entry 1: its determinant, by sign and size. */
    double determinant;
    bool keep;    /* POINT: take f_t as it was at the last point, which costs Newton's method little */
    double *work; /* see extended.c */
    int *pivots;
} grl_extended;

/* equation->active must stay what it is now. Free with grl_extended_free. */
grl_status grl_extended_create(grl_equation *equation, grl_extended_kind kind, double lambda,
                               grl_extended **extended, grl_error *error);
void grl_extended_free(grl_extended *extended); /* NULL is allowed */

/* Newton's method from u (in place), at most `most` steps. A curve needs border (unknowns numbers) and target:
 * border u = target; for a square system border is NULL. True if it converged inside (-1,1)^n, and then *error
 * is the size of the last step: steps stop where they are rounding errors, or below `enough`. */
bool grl_extended_correct(grl_extended *extended, double *u, const double *border, double target, int most,
                          double enough, double *error);

/* The tangent of the curve at u: border tangent > 0, h and t of 2-norm 1 together. False if singular. */
bool grl_extended_tangent(grl_extended *extended, const double *u, const double *border, double *tangent);

/* The product over h and t alone, which measures lengths along curves. */
double grl_extended_product(const grl_extended *extended, const double *u, const double *v);

#endif
