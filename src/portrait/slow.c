/* slow.c: local minima of q(h) = |f(h)|^2 / 2 at which f is not zero: where a trajectory lingers though
 * nothing holds it, such as the ghost of a pair of fixed points just past their fold (Sussillo and Barak
 * 2013).
 *
 * Levenberg's and Marquardt's method with Nielsen's control of the damping mu by the ratio of actual to
 * predicted reduction (Madsen, Nielsen and Tingleff 2004, algorithm 3.16): (J^T J + mu I) d = -J^T f. A step
 * that would leave (-1, 1)^n goes nine tenths of the way to the border in that coordinate.
 *
 * At such a minimum J^T f = 0 with f != 0, so J is singular; convergence is linear, with mu settling near the
 * curvature that J^T J lacks. It is stopped at |J^T f| <= TOLERANCE |f|^(3/2) max(1, |J|), |J| the root mean
 * square of the rows' norms. The power tells a minimum from a degenerate zero: on f = e + c x^2, a minimum
 * with speed e, |J| falls below any multiple of sqrt(f) at x = 0; on f = c x^2 it never does, and on f = c
 * x^3 only where f is far below rounding.
 *
 * A speed below ROUNDING (the roundings in f itself) is a zero, not a minimum. Fails (GRL_SLOW_NONE) on long
 * flat valleys, where the limit on steps ends it. */
#include "portrait/slow.h"

#include "cell/cell.h"
#include "num/dense.h"
#include "num/kernels.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 3e-4
#define ROUNDING  1e-13

enum { STEPS = 100, TRIAL_STEPS = 12 };

/* What the gates are at h; work = z, 1 - z, r, w, v, c, n numbers each: w is the factor of U_r in dp/dh, c
 * the candidate, v as it is multiplied by the slope of r (before: r * h, after: r * q). f = (1 - z) * (c -
 * h). */
static void evaluate(const grl_cell *cell, const double *h, double *f, double *work)
{
    size_t n = cell->n;
    double *const *B = cell->block;
    double *z = work, *pass = z + n, *r = pass + n, *w = r + n, *v = w + n, *c = v + n;
    const grl_kernels *kernels = grl_kernels_best();

    grl_dense_multiply(n, n, B[GRL_U_Z], h, z);
    grl_dense_multiply(n, n, B[GRL_U_R], h, r);
    for (size_t i = 0; i < n; i++) {
        z[i] += B[GRL_B_Z][i];
        pass[i] = -z[i];
        r[i] += B[GRL_B_R][i];
        w[i] = -r[i];
    }
    kernels->sigma(4 * n, work, work);
    if (cell->reset == GRL_RESET_BEFORE) {
        for (size_t i = 0; i < n; i++) v[i] = r[i] * h[i];
        grl_dense_multiply(n, n, B[GRL_U_H], v, c);
        for (size_t i = 0; i < n; i++) c[i] += B[GRL_B_H][i];
    } else {
        grl_dense_multiply(n, n, B[GRL_U_H], h, v);
        for (size_t i = 0; i < n; i++) {
            v[i] = r[i] * (v[i] + B[GRL_C_H][i]);
            c[i] = B[GRL_B_H][i] + v[i];
        }
    }
    kernels->tanh(n, c, c);
    for (size_t i = 0; i < n; i++) {
        w[i] *= v[i];
        f[i] = pass[i] * (c[i] - h[i]);
    }
}

void grl_slow_jacobian(const grl_cell *cell, const double *h, double *f, double *J, double *scratch,
                       double *work)
{
    size_t n = cell->n;
    const double *U_h = cell->block[GRL_U_H], *U_r = cell->block[GRL_U_R], *U_z = cell->block[GRL_U_Z];
    const double *z = work, *pass = z + n, *r = pass + n, *w = r + n, *c = w + 2 * n;
    bool before = cell->reset == GRL_RESET_BEFORE;

    evaluate(cell, h, f, work);
    if (before) {
        for (size_t k = 0; k < n; k++) {
            for (size_t j = 0; j < n; j++) scratch[k * n + j] = w[k] * U_r[k * n + j];
            scratch[k * n + k] += r[k];
        }
        grl_dense_product(n, 1, U_h, scratch, 0, J);
    }
    for (size_t i = 0; i < n; i++) {
        double slope = pass[i] * (1 - c[i]) * (1 + c[i]), gate = f[i] * z[i];
        double *row = J + i * n;
        for (size_t j = 0; j < n; j++) {
            double p = before ? row[j] : r[i] * U_h[i * n + j] + w[i] * U_r[i * n + j];
            row[j] = slope * p - gate * U_z[i * n + j];
        }
        row[i] -= pass[i];
    }
}

size_t grl_slow_work(size_t n)
{
    return 12 * n;
}

static double square(size_t n, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * x[i];
    return sum;
}

/* next = h + d, kept inside the open box; d becomes what was really done. */
static void move_inside(size_t n, const double *h, double *d, double *next)
{
    for (size_t i = 0; i < n; i++) {
        double moved = h[i] + d[i];
        if (!(moved < 1)) moved = h[i] + 0.9 * (1 - h[i]);
        if (!(moved > -1)) moved = h[i] - 0.9 * (1 + h[i]);
        if (!(fabs(moved) < 1)) moved = h[i];
        d[i] = moved - h[i];
        next[i] = moved;
    }
}

grl_slow_end grl_slow_run(const grl_cell *cell, const grl_known_points *known, double threshold, double *h,
                          double *speed, long *index, double *matrices, double *vectors)
{
    size_t n = cell->n;
    double *J = matrices, *A = J + n * n, *scratch = A + n * n;
    double *f = vectors, *b = f + n, *d = b + n, *next = d + n, *trial = next + n, *a = trial + n,
           *work = a + n;
    double mu = 0, factor = 2;

    for (int step = 0; step < STEPS; step++) {
        grl_slow_jacobian(cell, h, f, J, scratch, work);
        double level = square(n, f);
        *speed = sqrt(level);
        if (!isfinite(level)) return GRL_SLOW_NONE;
        if (*speed <= ROUNDING * (double)n) return GRL_SLOW_ZERO;
        for (size_t i = 0; i < n; i++) a[i] = atanh(h[i]);
        *index = grl_known_find(known, n, a);
        if (*index >= 0) return GRL_SLOW_KNOWN;
        if (step == TRIAL_STEPS && !(*speed < 4 * threshold)) return GRL_SLOW_NONE;

        double norm = sqrt(square(n * n, J) / (double)n);
        grl_dense_multiply_transposed(n, n, J, f, b);
        if (sqrt(square(n, b)) <= TOLERANCE * *speed * sqrt(*speed) * (norm > 1 ? norm : 1))
            return *speed < threshold ? GRL_SLOW_MINIMUM : GRL_SLOW_NONE;
        grl_dense_gram(n, J, scratch);
        if (step == 0) mu = 1e-3 * norm * norm;
        for (int attempt = 0;; attempt++) {
            if (attempt == 40) return GRL_SLOW_NONE;
            memcpy(A, scratch, n * n * sizeof *A);
            for (size_t i = 0; i < n; i++) {
                A[i * n + i] += mu;
                d[i] = -b[i];
            }
            bool solved = grl_dense_solve_positive(n, A, d);
            double gain = -1;
            if (solved) {
                move_inside(n, h, d, next);
                evaluate(cell, next, trial, work);
                double predicted = 0;
                for (size_t i = 0; i < n; i++) predicted += d[i] * (mu * d[i] - b[i]);
                gain = predicted > 0 ? (level - square(n, trial)) / predicted : -1;
            }
            if (gain > 0) {
                double cube = 2 * gain - 1;
                cube = 1 - cube * cube * cube;
                mu *= cube > 1.0 / 3 ? cube : 1.0 / 3;
                factor = 2;
                memcpy(h, next, n * sizeof *h);
                break;
            }
            mu *= factor;
            factor *= 2;
        }
    }
    return GRL_SLOW_NONE;
}
