/* chart_normal.h: normal forms of fixed points of planar fields, from Taylor polynomials in h. */
#ifndef GRL_BIFURCATION_CHART_NORMAL_H
#define GRL_BIFURCATION_CHART_NORMAL_H

#include "bifurcation/chart_map.h"

/* Taylor coefficients of both components, placed as in a grl_jet; of the fixed point a. */
typedef struct grl_chart_taylor {
    double c[2][GRL_JET_TERMS];
} grl_chart_taylor;

void grl_chart_taylor_at(const grl_chart_map *map, int order, const double a[2], grl_chart_taylor *field);

/* Fold: x' = a x^2 along unit eigenvectors; q is the one that points to the side of `near` (2 numbers, updated
 * to q), so that a changes its sign at a cusp. Needs order 2. */
double grl_chart_fold(const grl_chart_taylor *field, double near[2]);
double grl_chart_cusp(const grl_chart_taylor *field); /* x' = c x^3; order 3 */

/* Bogdanov-Takens: x1' = x2, x2' = a x1^2 + b x1 x2. Order 2. */
void grl_chart_bogdanov_takens(const grl_chart_taylor *field, double *a, double *b);

/* Hopf: omega, first (order 3) and second (order 5; it means something where the first is 0) Lyapunov coefficient,
 * of z' = i omega z + omega l1 z |z|^2 + omega l2 z |z|^4 with h = z q + its conjugate, q a unit vector. l2 may
 * be NULL. */
void grl_chart_hopf(const grl_chart_taylor *field, double *omega, double *l1, double *l2);

#endif
