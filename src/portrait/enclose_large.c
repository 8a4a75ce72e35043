/* enclose_large.c: bounds of a network's gates, pre-activation and derivative over a box of states.
 *
 * Matrices are far too many numbers to carry an interval each: what is kept is the middle as a matrix of
 * doubles, computed by BLAS, and the radius as an operator that can be applied to a vector, factored like the
 * derivative itself (the idea of Rump 1999, middle-radius arithmetic). With radii dr, dw of the gates,
 *
 *     before: |dp/dh - P| x <= |U_h| (dr * x + dw * |U_r| x),   after: dr * |U_h| x + dw * |U_r| x,
 *
 * so a bound costs a few products of a matrix with a vector.
 *
 * Rounding: sums computed by BLAS obey |error| <= gamma_n sum |a_k b_k| in any order (Higham 2002, section
 * 3.1). sigma and tanh obey the bound of num/kernels.h, EPS below. Bounds are themselves computed in the
 * nearest rounding: sums and products of numbers >= 0, each multiplied by grl_outward(n) at the end, plus
 * GRL_TINY for underflow. If a number overflows, radii become infinite or NaN and every test on them fails.
 *
 * Variation: v = U_r h + b_r has radius dv; |sigma'| over [v - dv, v + dv] is largest at its point next to 0;
 * |sigma''| = sigma' |1 - 2 sigma|. The mean value theorem gives dr <= max sigma' dv and d(r (1 - r)) <= max
 * |sigma''| dv. */
#include "portrait/enclose_large.h"

#include "cell/cell.h"
#include "num/dense.h"
#include "num/kernels.h"

#include <math.h>

#define EPS GRL_ELEMENTARY_ERROR
#define U1  0x1.02p-53 /* one rounding, with room for the product of (1 + u) */

size_t grl_enclosure_work(size_t n)
{
    return 12 * n;
}

void grl_enclosure_begin(grl_enclosure *e, const grl_cell *cell, double *work)
{
    size_t n = cell->n;
    *e = (grl_enclosure){.cell = cell,
                         .n = n,
                         .h = work,
                         .dh = work + n,
                         .r = work + 2 * n,
                         .dr = work + 3 * n,
                         .w = work + 4 * n,
                         .dw = work + 5 * n,
                         .p = work + 6 * n,
                         .dp = work + 7 * n,
                         .scratch = work + 8 * n};
}

/* sigma'(x) = sigma(x) sigma(-x), correct to 3 EPS and GRL_TINY. */
static double slope_of_sigma(double x)
{
    double pair[2] = {x, -x};
    grl_kernels_best()->sigma(2, pair, pair);
    return pair[0] * pair[1];
}

/* Towards zero from x by dx, at least as far as exact arithmetic goes; 0 if it is reached. */
static double nearest_to_zero(double x, double dx)
{
    double size = (fabs(x) - dx) * (1 - 4 * U1);
    return size > 0 ? size : 0;
}

double grl_sech2_upper(double a, double radius)
{
    double slope = 4 * slope_of_sigma(2 * nearest_to_zero(a, radius));
    return slope * (1 + 4 * EPS) + GRL_TINY;
}

/* y = A x + b and its radius dy, for x within dx. */
static void affine(size_t n, const double *A, const double *x, const double *dx, const double *b,
                   const double *b_radius, double *y, double *dy, double *scratch)
{
    double grow = grl_outward(n), round = GRL_ROUND(n + 8);
    for (size_t j = 0; j < n; j++) scratch[j] = round * fabs(x[j]) + dx[j];
    grl_dense_absolute(n, n, A, scratch, dy);
    grl_dense_multiply(n, n, A, x, y);
    for (size_t i = 0; i < n; i++) {
        y[i] += b[i];
        dy[i] = (dy[i] + round * fabs(b[i]) + (b_radius ? b_radius[i] : 0)) * grow + GRL_TINY;
    }
}

void grl_enclosure_fill(grl_enclosure *e)
{
    const grl_cell *cell = e->cell;
    size_t n = e->n;
    double *v = e->p, *dv = e->dp, *q = e->scratch, *dq = q + n, *slope = q + 2 * n, *spare = q + 3 * n;
    const double *U_h = cell->block[GRL_U_H], *b_h = cell->block[GRL_B_H];
    const double *radius_r = cell->bias_radius ? cell->bias_radius + n : NULL;
    const double *radius_h = cell->bias_radius ? cell->bias_radius + 2 * n : NULL;
    const grl_kernels *kernels = grl_kernels_best();
    double grow = grl_outward(n);

    affine(n, cell->block[GRL_U_R], e->h, e->dh, cell->block[GRL_B_R], radius_r, v, dv, spare);
    for (size_t i = 0; i < n; i++) slope[i] = nearest_to_zero(v[i], dv[i]);
    for (size_t i = 0; i < n; i++) spare[i] = -v[i];
    kernels->sigma(n, v, e->r);
    kernels->sigma(n, spare, spare);
    for (size_t i = 0; i < n; i++) {
        double steepest = slope_of_sigma(slope[i]) * (1 + 4 * EPS) + GRL_TINY;
        double dr = (2 * EPS * e->r[i] + steepest * dv[i]) * grow + GRL_TINY;
        e->dr[i] = dr < 1 ? dr : 1;                                      /* both lie in [0, 1] */
        double bend = fabs(spare[i] - e->r[i]) + 2 * e->dr[i] + 8 * EPS; /* >= |1 - 2 r| */
        double change = steepest * (bend < 1 ? bend : 1) * dv[i];
        slope[i] = e->r[i] * spare[i];
        spare[i] = (4 * EPS * slope[i] + change) * grow + GRL_TINY; /* radius of r (1 - r) */
    }
    const double *factor = e->h, *dfactor = e->dh; /* what multiplies r (1 - r) in w */
    if (cell->reset == GRL_RESET_AFTER) {
        affine(n, U_h, e->h, e->dh, cell->block[GRL_C_H], NULL, q, dq, e->dw);
        factor = q;
        dfactor = dq;
    }
    for (size_t i = 0; i < n; i++) {
        double size = fabs(factor[i]), more = dfactor[i];
        e->w[i] = factor[i] * slope[i];
        e->dw[i] = (U1 * fabs(e->w[i]) + size * spare[i] + more * (slope[i] + spare[i])) * grow + GRL_TINY;
    }
    if (cell->reset == GRL_RESET_BEFORE) {
        for (size_t i = 0; i < n; i++) {
            q[i] = e->r[i] * e->h[i];
            dq[i] = (U1 * fabs(q[i]) + e->r[i] * e->dh[i] + e->dr[i] * (fabs(e->h[i]) + e->dh[i])) * grow +
                    GRL_TINY;
        }
        affine(n, U_h, q, dq, b_h, radius_h, e->p, e->dp, slope);
    } else {
        for (size_t i = 0; i < n; i++) {
            double product = e->r[i] * q[i];
            e->p[i] = b_h[i] + product;
            e->dp[i] = (2 * U1 * (fabs(b_h[i]) + fabs(product)) + fabs(q[i]) * e->dr[i] +
                        dq[i] * (e->r[i] + e->dr[i]) + (radius_h ? radius_h[i] : 0)) *
                           grow +
                       GRL_TINY;
        }
    }
}

void grl_enclosure_matrix(const grl_enclosure *e, double *P, double *scratch)
{
    size_t n = e->n;
    const double *U_h = e->cell->block[GRL_U_H], *U_r = e->cell->block[GRL_U_R];
    if (e->cell->reset == GRL_RESET_BEFORE) {
        for (size_t k = 0; k < n; k++) {
            for (size_t j = 0; j < n; j++) scratch[k * n + j] = e->w[k] * U_r[k * n + j];
            scratch[k * n + k] += e->r[k];
        }
        grl_dense_product(n, 1, U_h, scratch, 0, P);
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) P[i * n + j] = e->r[i] * U_h[i * n + j] + e->w[i] * U_r[i * n + j];
}

/* y = |U_h| (s * x + t * |U_r| x) (before) or s * |U_h| x + t * |U_r| x (after), rounded up; s = ds + share
 * r, t = dw + share |w|. */
static void apply(const grl_enclosure *e, double share, int radii, const double *x, double *y)
{
    size_t n = e->n;
    double grow = grl_outward(n), *inner = e->scratch;
    const double *U_h = e->cell->block[GRL_U_H], *U_r = e->cell->block[GRL_U_R];
    int before = e->cell->reset == GRL_RESET_BEFORE;

    grl_dense_absolute(n, n, U_r, x, inner);
    if (!before) grl_dense_absolute(n, n, U_h, x, y);
    for (size_t i = 0; i < n; i++) {
        double s = share * e->r[i] + (radii ? e->dr[i] : 0),
               t = share * fabs(e->w[i]) + (radii ? e->dw[i] : 0);
        double sum = s * (before ? x[i] : y[i]) + t * inner[i];
        inner[i] = sum * grow + GRL_TINY;
    }
    if (before) grl_dense_absolute(n, n, U_h, inner, y);
    for (size_t i = 0; i < n; i++) y[i] = before ? y[i] * grow + GRL_TINY : inner[i];
}

void grl_enclosure_spread(const grl_enclosure *e, const double *x, double *y)
{
    apply(e, GRL_ROUND(e->n + 8), 1, x, y);
}

void grl_enclosure_size(const grl_enclosure *e, const double *x, double *y)
{
    apply(e, 1 + GRL_ROUND(e->n + 8), 0, x, y);
}
