/* slow.c: local minima of q(h) = |f(h)|^2 / 2 at which f is not zero: where a trajectory lingers though
 * nothing holds it, such as the ghost of a pair of fixed points just past their fold (Sussillo and Barak
 * 2013).
 *
 * First by Levenberg's and Marquardt's method with Nielsen's control of the damping mu by the ratio of actual
 * to predicted reduction (Madsen, Nielsen and Tingleff 2004, algorithm 3.16): (J^T J + mu I) d = -J^T f. At
 * such a minimum J^T f = 0 with f != 0, so J is singular and J^T J lacks the curvature that matters, f . f'',
 * in one direction; the method crawls there. So it takes turns with L-BFGS (Nocedal 1980), with the
 * inverse of J^T J + mu I, mu ~ |f|, as its first guess: what is wrong with that has low rank and is soon
 * learned. A step that would leave (-1, 1)^n goes nine tenths of the way to the border in that coordinate.
 *
 * Stopped at |g| <= TOLERANCE sum_i |f_i| ((1 - z_i) |f|)^(1/2), g the gradient by h, in which a coordinate
 * that is pushed against the wall h = +-1 from nearer than |f| counts by the way that is left. The root tells
 * a minimum from a degenerate zero: on f = e + c x^2, a minimum with speed e, |f'| falls below any multiple
 * of sqrt(f) at x = 0; on f = c x^2 it never does, and on f = c x^3 only where f is far below rounding. The
 * rate 1 - z_i makes the test the same where a closed gate slows everything.
 *
 * A speed below ROUNDING (the roundings in f itself) is a zero, not a minimum. Fails (GRL_SLOW_NONE) on long
 * flat valleys, where the limits on steps end it. */
#include "portrait/slow.h"

#include "cell/cell.h"
#include "num/dense.h"
#include "num/kernels.h"

#include <math.h>
#include <string.h>

#define TOLERANCE 3e-4
#define ROUNDING  1e-13
#define LEAST     1e-4       /* of the weight of a saturated unit */
#define MOST      (1 - 1e-9) /* of |h| to begin with: beyond, a unit could not move */

enum { CYCLES = 4, MARQUARDT = 20, TRIAL = 12, BFGS = 12, PAIRS = BFGS };

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
    return 15 * n + 2 * PAIRS * n;
}

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

/* A descent on the way. Vectors of n; S, Y: the last PAIRS changes of y and of the gradient. */
typedef struct descent {
    const grl_cell *cell;
    const grl_known_points *known;
    size_t n;
    double threshold, level, norm, mu; /* |f|^2; root mean square of the rows of J; damping */
    double *J, *A, *scratch;           /* n x n */
    double *f, *gradient, *d, *y, *next, *h, *trial, *weight, *work, *S, *Y;
    long index, steps;
} descent;

/* |f|^2 at p->next. */
static double level_of_next(descent *p)
{
    grl_kernels_best()->tanh(p->n, p->next, p->h);
    evaluate(p->cell, p->h, p->trial, p->work);
    return dot(p->n, p->trial, p->trial);
}

/* Evaluates at y. Whether the descent ends here, and how. */
static bool arrived(descent *p, grl_slow_end *end)
{
    size_t n = p->n;
    p->steps++;
    grl_kernels_best()->tanh(n, p->y, p->h);
    grl_slow_jacobian(p->cell, p->h, p->f, p->J, p->scratch, p->work);
    p->level = dot(n, p->f, p->f);
    p->norm = sqrt(dot(n * n, p->J, p->J) / (double)n);
    double speed = sqrt(p->level), uphill = 0, allowed = 0;
    const double *rate = p->work + n; /* 1 - z */
    grl_dense_multiply_transposed(n, n, p->J, p->f, p->gradient);
    for (size_t k = 0; k < n; k++) {
        double slope = (1 - p->h[k]) * (1 + p->h[k]), part = p->gradient[k];
        if (part * p->h[k] < 0 && slope < speed) part *= slope / speed;
        uphill += part * part;
        allowed += fabs(p->f[k]) * sqrt(rate[k] * speed);
        p->gradient[k] *= slope;
        p->weight[k] = fmax(slope * slope, LEAST);
        for (size_t i = 0; i < n; i++) p->J[i * n + k] *= slope;
    }
    p->index = grl_known_find(p->known, n, p->y);
    if (!isfinite(p->level)) {
        *end = GRL_SLOW_NONE;
    } else if (speed <= ROUNDING * (double)n) {
        *end = GRL_SLOW_ZERO;
    } else if (p->index >= 0) {
        *end = GRL_SLOW_KNOWN;
    } else if (sqrt(uphill) <= TOLERANCE * allowed) {
        *end = speed < p->threshold ? GRL_SLOW_MINIMUM : GRL_SLOW_NONE;
    } else {
        return false;
    }
    return true;
}

/* A = J^T J + mu W, factored. */
static bool damped(descent *p, double mu, bool fresh)
{
    size_t n = p->n;
    if (fresh) grl_dense_gram(n, p->J, p->scratch);
    memcpy(p->A, p->scratch, n * n * sizeof *p->A);
    for (size_t i = 0; i < n; i++) p->A[i * n + i] += mu * p->weight[i];
    return grl_dense_factor_positive(n, p->A);
}

/* True once it has arrived; false: the method has done its part. */
static bool marquardt(descent *p, grl_slow_end *end)
{
    size_t n = p->n;
    double mu = p->mu, factor = 2;
    for (int step = 0; step < MARQUARDT; step++) {
        if (arrived(p, end)) return true;
        if (step == TRIAL && !(sqrt(p->level) < 4 * p->threshold)) {
            *end = GRL_SLOW_NONE;
            return true;
        }
        if (mu < 0) mu = 1e-3 * p->norm * p->norm;
        for (int attempt = 0;; attempt++) {
            double predicted = 0, gain = -1;
            if (attempt == 20) return false;
            if (damped(p, mu, attempt == 0)) {
                for (size_t i = 0; i < n; i++) p->d[i] = -p->gradient[i];
                grl_dense_solve_positive(n, p->A, p->d);
                for (size_t i = 0; i < n; i++) p->next[i] = p->y[i] + p->d[i];
                for (size_t i = 0; i < n; i++)
                    predicted += p->d[i] * (mu * p->weight[i] * p->d[i] - p->gradient[i]);
                if (predicted > 0) gain = (p->level - level_of_next(p)) / predicted;
            }
            if (gain > 0) {
                double cube = 2 * gain - 1;
                mu *= fmax(1 - cube * cube * cube, 1.0 / 3);
                factor = 2;
                p->mu = mu;
                memcpy(p->y, p->next, n * sizeof *p->y);
                break;
            }
            mu *= factor;
            factor *= 2;
        }
    }
    return false;
}

/* d = -(inverse Hessian) gradient by the two loops of Nocedal (1980), from the changes so far. */
static void direction(descent *p, size_t pairs)
{
    size_t n = p->n;
    double alpha[PAIRS];
    memcpy(p->d, p->gradient, n * sizeof *p->d);
    for (size_t k = pairs; k-- > 0;) {
        const double *s = p->S + k * n, *y = p->Y + k * n;
        alpha[k] = dot(n, s, p->d) / dot(n, s, y);
        for (size_t i = 0; i < n; i++) p->d[i] -= alpha[k] * y[i];
    }
    grl_dense_solve_positive(n, p->A, p->d);
    for (size_t k = 0; k < pairs; k++) {
        const double *s = p->S + k * n, *y = p->Y + k * n;
        double beta = dot(n, y, p->d) / dot(n, s, y);
        for (size_t i = 0; i < n; i++) p->d[i] += (alpha[k] - beta) * s[i];
    }
    for (size_t i = 0; i < n; i++) p->d[i] = -p->d[i];
}

/* As marquardt. */
static bool bfgs(descent *p, grl_slow_end *end)
{
    size_t n = p->n, pairs = 0;
    if (arrived(p, end)) return true;
    if (!damped(p, 0.5 * sqrt(p->level), true)) return false;
    for (int step = 0; step < BFGS; step++) {
        double *s = p->S + pairs * n, *y = p->Y + pairs * n, slope, share = 1;
        direction(p, pairs);
        slope = dot(n, p->d, p->gradient);
        for (;; share /= 2) {
            if (share < 1e-6) return false;
            for (size_t i = 0; i < n; i++) p->next[i] = p->y[i] + share * p->d[i];
            if (level_of_next(p) <= p->level + 2e-4 * share * slope) break;
        }
        for (size_t i = 0; i < n; i++) s[i] = share * p->d[i];
        memcpy(y, p->gradient, n * sizeof *y);
        memcpy(p->y, p->next, n * sizeof *p->y);
        if (arrived(p, end)) return true;
        for (size_t i = 0; i < n; i++) y[i] = p->gradient[i] - y[i];
        if (dot(n, s, y) > 1e-10 * sqrt(dot(n, s, s) * dot(n, y, y))) pairs++;
    }
    return false;
}

grl_slow_end grl_slow_run(const grl_cell *cell, const grl_known_points *known, double threshold, double *h,
                          double *speed, long *index, long *steps, double *matrices, double *vectors)
{
    size_t n = cell->n;
    double *v = vectors, *M = matrices;
    descent p = {.cell = cell,
                 .known = known,
                 .n = n,
                 .threshold = threshold,
                 .mu = -1,
                 .J = M,
                 .A = M + n * n,
                 .scratch = M + 2 * n * n,
                 .f = v,
                 .gradient = v + n,
                 .d = v + 2 * n,
                 .y = v + 3 * n,
                 .next = v + 4 * n,
                 .h = v + 5 * n,
                 .trial = v + 6 * n,
                 .weight = v + 7 * n,
                 .work = v + 8 * n,
                 .S = v + 14 * n,
                 .Y = v + (14 + PAIRS) * n,
                 .index = -1};
    grl_slow_end end = GRL_SLOW_NONE;
    for (size_t i = 0; i < n; i++) p.y[i] = fabs(h[i]) < MOST ? atanh(h[i]) : copysign(atanh(MOST), h[i]);
    int cycles = n > 256 ? CYCLES / 4 : n > 64 ? CYCLES / 2 : CYCLES; /* each costs some 50 n^3 */
    for (int k = 0; k < cycles; k++) {
        if (marquardt(&p, &end) || bfgs(&p, &end)) break;
        end = GRL_SLOW_NONE;
    }
    memcpy(h, p.h, n * sizeof *h);
    *speed = sqrt(p.level);
    *index = p.index;
    *steps = p.steps;
    return end;
}
