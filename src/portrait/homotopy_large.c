/* homotopy_large.c: H(a, t) = a - (1 - t) b - t p(tanh a), from the only zero b at t = 0 to fixed points at t
 * = 1 (Chow, Mallet-Paret and Yorke 1978).
 *
 * p is bounded, so on 0 <= t <= 1 the zeros stay in a bounded set, and there is none but b at t = 0: for
 * almost every b the curve of zeros that begins there is smooth and must leave through t = 1. So unlike
 * Newton's method this has no start that fails, only paths that are too long: they turn where units switch,
 * and in saturated networks they turn often.
 *
 * The curve is followed by its arc length (Allgower and Georg 2003, chapter 6): a step along the tangent,
 * then Newton's method across it with one factorisation, in single precision, of the derivative bordered by
 * the tangent. The unknown t is measured in `typical` pre-activations. Jumping to another curve does no harm:
 * all that is asked is a zero at t = 1, which is checked by what comes after. */
#include "portrait/homotopy_large.h"

#include "cell/cell.h"
#include "num/dense.h"

#include <math.h>
#include <string.h>

enum { STEPS = 400, CORRECTIONS = 5 };

size_t grl_homotopy_work(size_t n)
{
    return 6 * (n + 1);
}

typedef struct path {
    grl_newton *newton;
    size_t n;
    double unit; /* of t */
    const double *b;
    float *matrix;
    int *pivots;
    float *right; /* n + 1 */
} path;

/* Factors [H_a H_t; tangent] at y = (a, t / unit), rows divided by scale. */
static bool factor(path *p, const double *y, const double *tangent)
{
    size_t n = p->n, m = n + 1;
    grl_newton *newton = p->newton;
    const double *scale = newton->shared->scale;
    double t = y[n] / p->unit;

    grl_newton_residual(newton, y);
    grl_newton_derivative(newton, y);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) p->matrix[i * m + j] = (float)t * newton->J[i * n + j];
        p->matrix[i * m + i] += (float)((1 - t) / scale[i]);
        /* H_t = b - p, p = a - g */
        p->matrix[i * m + n] = (float)((p->b[i] - y[i] + newton->g[i]) / (scale[i] * p->unit));
    }
    for (size_t j = 0; j < m; j++) p->matrix[n * m + j] = (float)tangent[j];
    return grl_dense_factor_single(m, p->matrix, p->pivots);
}

/* Newton's method across the tangent from y on; false if it does not converge fast. */
static bool correct(path *p, double *y)
{
    size_t n = p->n;
    grl_newton *newton = p->newton;
    const double *scale = newton->shared->scale;
    double before = INFINITY;
    for (int k = 0; k < CORRECTIONS; k++) {
        double t = y[n] / p->unit, size = 0;
        grl_newton_residual(newton, y);
        for (size_t i = 0; i < n; i++)
            p->right[i] = (float)((t * newton->g[i] + (1 - t) * (y[i] - p->b[i])) / scale[i]);
        p->right[n] = 0;
        grl_dense_solve_single(n + 1, p->matrix, p->pivots, p->right);
        for (size_t i = 0; i <= n; i++) {
            y[i] -= (double)p->right[i];
            size = fmax(size, fabs((double)p->right[i]));
        }
        if (!isfinite(size) || size > 0.7 * before) return false;
        if (size < 1e-3) return true;
        before = size;
    }
    return false;
}

/* The unit tangent at the last factorisation, on the same side as the old one. */
static void turn(path *p, double *tangent)
{
    size_t n = p->n;
    double sum = 0;
    memset(p->right, 0, n * sizeof *p->right);
    p->right[n] = 1;
    grl_dense_solve_single(n + 1, p->matrix, p->pivots, p->right);
    for (size_t i = 0; i <= n; i++) sum += (double)p->right[i] * (double)p->right[i];
    for (size_t i = 0; i <= n; i++) tangent[i] = (double)p->right[i] / sqrt(sum);
}

bool grl_homotopy_run(grl_newton *newton, double *a, float *matrix, double *vectors, int *pivots)
{
    size_t n = newton->shared->n, m = n + 1;
    double *b = vectors, *y = b + m, *next = y + m, *tangent = next + m;
    path p = {newton, n, newton->shared->typical + 1, b, matrix, pivots, (float *)(void *)(tangent + m)};
    double step = 0.25, sum = 1;

    memcpy(b, a, n * sizeof *a);
    memcpy(y, a, n * sizeof *a);
    y[n] = 0;
    grl_newton_residual(newton, y); /* at t = 0 the tangent is (p - b, 1) */
    for (size_t i = 0; i < n; i++) tangent[i] = -newton->g[i] / p.unit;
    tangent[n] = 1;
    for (size_t i = 0; i < n; i++) sum += tangent[i] * tangent[i];
    for (size_t i = 0; i < m; i++) tangent[i] /= sqrt(sum);

    for (int k = 0; k < STEPS && step > 1e-4; k++) {
        for (size_t i = 0; i < m; i++) next[i] = y[i] + step * tangent[i];
        if (!factor(&p, next, tangent) || !correct(&p, next)) {
            step /= 3;
            continue;
        }
        if (next[n] >= p.unit) {
            double s = (p.unit - y[n]) / (next[n] - y[n]);
            for (size_t i = 0; i < n; i++) a[i] = y[i] + s * (next[i] - y[i]);
            return true;
        }
        if (next[n] < 0) return false;
        memcpy(y, next, m * sizeof *y);
        turn(&p, tangent);
        if (!isfinite(tangent[0])) return false;
        step *= 2;
    }
    return false;
}
