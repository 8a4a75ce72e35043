/* newton_large.c: damped Newton's method for G(a) = a - p(tanh a) = 0, p the pre-activation of the candidate.
 *
 * In pre-activations a saturated unit (tanh a rounds to 1) is an ordinary unknown whose column of the
 * derivative I - dp/dh diag(sech^2 a) is that of the identity. Rows are measured in powers of two near their
 * largest possible value, so weights of any size serve.
 *
 * Two ways to globalise, because each finds points that the other misses: backtracking on the scaled sum of
 * squares (Armijo's rule; Dennis and Schnabel 1983, algorithm A6.3.1), and steps of limited length that are
 * always taken, which cross the valleys in which the first gets caught (in random networks of 16 to 128
 * units up to twice as many starts arrive). Trial points are cut back to the box |a_i| <= bound_i in which
 * all zeros lie. The derivative is factored in single precision: that gives a step correct to some digits at
 * half the time, and the residual in double precision keeps the limit exact. A factorisation serves again
 * while it does well, and for some steps of limited length, whose direction need not be exact; each step
 * corrects its inverse by a matrix of rank one, so that it maps the last change of G to the last change of a
 * (Broyden 1965, his good method). A step with that costs n^2, one with a new factorisation n^3.
 *
 * Before each new factorisation, steps with the fixed inverse at the nearest known point are tried: where
 * they contract into the cube in which that point is proven alone, the start is done.
 *
 * Deflation (Brown and Gearhart 1971; Farrell, Birkisson and Funke 2015): to be kept from a known zero b, G
 * is multiplied by m(a) = 1 + 1 / |a - b|^2. By the formula of Sherman and Morrison, Newton's step for m G is
 * Newton's step d for G, times 1 / (1 - grad m . d / m).
 *
 * Stalls at local minima of |G|, where the derivative is singular, and converges linearly to degenerate
 * zeros. */
#include "portrait/newton_large.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"
#include "num/kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEEP        0.6 /* of the sum of squares: a factorisation that does this well serves again */
#define NEAR        2   /* root mean square distance from which a known point is tried */
#define CONTRACTION 0.6 /* of the square of the distance, in each step */

enum {
    VECTORS = 9,
    UPDATES = GRL_NEWTON_UPDATES,
    STEPS = 64,
    FACTORS = 14,
    PATIENCE = 8,
    REUSE = 6,
    CHORDS = 12
};

long grl_known_find(const grl_known_points *known, size_t n, const double *a)
{
    for (size_t k = 0; k < known->count; k++) {
        const double *b = known->a + k * n;
        size_t i = 0;
        while (i < n && fabs(a[i] - b[i]) < known->unique[k]) i++;
        if (i == n) return (long)k;
    }
    return -1;
}

grl_status grl_newton_shared_create(const grl_cell *autonomous, grl_newton_shared *shared, grl_error *error)
{
    size_t n = autonomous->n;
    const double *U_h = autonomous->block[GRL_U_H];
    bool before = autonomous->reset == GRL_RESET_BEFORE;
    *shared = (grl_newton_shared){.cell = autonomous, .n = n};
    shared->bound = grl_calloc(2 * n, sizeof(double));
    shared->U_h = before ? grl_calloc(n * n, sizeof(float)) : NULL;
    if (!shared->bound || (before && !shared->U_h)) {
        grl_newton_shared_free(shared);
        return grl_fail_memory(error, n * n, sizeof(float));
    }
    shared->scale = shared->bound + n;
    for (size_t i = 0; i < n; i++) {
        double sum = fabs(autonomous->block[GRL_B_H][i]);
        if (!before) sum += fabs(autonomous->block[GRL_C_H][i]);
        for (size_t j = 0; j < n; j++) sum += fabs(U_h[i * n + j]);
        int exponent;
        frexp(1 + sum, &exponent);
        shared->bound[i] = sum * (1 + 1e-9);
        shared->scale[i] = ldexp(1, exponent);
        for (size_t j = 0; before && j < n; j++)
            shared->U_h[i * n + j] = (float)(U_h[i * n + j] / shared->scale[i]);
    }
    double sum = 0; /* mean square of the rows' 2-norms: what random states give */
    for (size_t k = 0; k < n * n; k++) sum += U_h[k] * U_h[k] / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += autonomous->block[GRL_B_H][i] * autonomous->block[GRL_B_H][i] / (double)n;
    shared->typical = sqrt(sum) / 2;
    grl_dense_serial();
    return GRL_OK;
}

void grl_newton_shared_free(grl_newton_shared *shared)
{
    free(shared->bound);
    free(shared->U_h);
    *shared = (grl_newton_shared){0};
}

grl_status grl_newton_create(const grl_newton_shared *shared, grl_newton *newton, grl_error *error)
{
    size_t n = shared->n, matrices = shared->U_h ? 2 : 1;
    *newton = (grl_newton){.shared = shared};
    newton->J = grl_calloc(matrices * n * n + 2 * n, sizeof(float));
    newton->vectors = grl_calloc((VECTORS + 2 * UPDATES) * n, sizeof(double));
    newton->pivots = grl_calloc(n, sizeof(int));
    if (!newton->J || !newton->vectors || !newton->pivots) {
        grl_newton_free(newton);
        return grl_fail_memory(error, matrices * n * n + 2 * n, sizeof(float));
    }
    newton->step = newton->J + n * n;
    newton->chord = newton->step + n;
    newton->B = shared->U_h ? newton->chord + n : NULL;
    double **const vector[VECTORS] = {&newton->g, &newton->r,     &newton->w,     &newton->h,   &newton->D,
                                      &newton->d, &newton->trial, &newton->spare, &newton->last};
    for (size_t k = 0; k < VECTORS; k++) *vector[k] = newton->vectors + k * n;
    newton->s = newton->vectors + VECTORS * n;
    newton->u = newton->s + UPDATES * n;
    return GRL_OK;
}

void grl_newton_free(grl_newton *newton)
{
    free(newton->J);
    free(newton->vectors);
    free(newton->pivots);
    *newton = (grl_newton){0};
}

/* p, r and w (enclose_large.h) at the state h. */
static void preactivation(grl_newton *newton, const double *h, double *p)
{
    const grl_cell *cell = newton->shared->cell;
    const double *b_r = cell->block[GRL_B_R], *b_h = cell->block[GRL_B_H], *c_h = cell->block[GRL_C_H];
    size_t n = cell->n;
    double *r = newton->r, *w = newton->w, *spare = newton->spare;
    const grl_kernels *kernels = grl_kernels_best();

    grl_dense_multiply(n, n, cell->block[GRL_U_R], h, r);
    for (size_t i = 0; i < n; i++) {
        r[i] += b_r[i];
        w[i] = -r[i];
    }
    kernels->sigma(n, r, r);
    kernels->sigma(n, w, w);
    if (cell->reset == GRL_RESET_BEFORE) {
        for (size_t i = 0; i < n; i++) {
            spare[i] = r[i] * h[i];
            w[i] *= spare[i];
        }
        grl_dense_multiply(n, n, cell->block[GRL_U_H], spare, p);
        for (size_t i = 0; i < n; i++) p[i] += b_h[i];
    } else {
        grl_dense_multiply(n, n, cell->block[GRL_U_H], h, p);
        for (size_t i = 0; i < n; i++) {
            double q = p[i] + c_h[i];
            w[i] *= q * r[i];
            p[i] = b_h[i] + r[i] * q;
        }
    }
}

void grl_newton_preactivation(grl_newton *newton, const double *h, double *p)
{
    preactivation(newton, h, p);
}

/* newton->g = G(a); returns the scaled sum of squares. */
static double residual(grl_newton *newton, const double *a)
{
    size_t n = newton->shared->n;
    const double *scale = newton->shared->scale;
    double sum = 0;
    grl_kernels_best()->tanh(n, a, newton->h);
    preactivation(newton, newton->h, newton->g);
    for (size_t i = 0; i < n; i++) {
        newton->g[i] = a[i] - newton->g[i];
        double part = newton->g[i] / scale[i];
        sum += part * part;
    }
    return sum;
}

void grl_newton_residual(grl_newton *newton, const double *a)
{
    residual(newton, a);
}

/* At the point of the last residual, a. */
void grl_newton_derivative(grl_newton *newton, const double *a)
{
    const grl_newton_shared *shared = newton->shared;
    const double *U_r = shared->cell->block[GRL_U_R], *U_h = shared->cell->block[GRL_U_H];
    const double *r = newton->r, *w = newton->w, *scale = shared->scale;
    const grl_kernels *kernels = grl_kernels_best();
    size_t n = shared->n;
    double *D = newton->D, *spare = newton->spare;
    float *J = newton->J, *B = newton->B;
    newton->derivatives++;

    for (size_t i = 0; i < n; i++) {
        D[i] = 2 * a[i];
        spare[i] = -2 * a[i];
    }
    kernels->sigma(n, D, D);
    kernels->sigma(n, spare, spare);
    for (size_t i = 0; i < n; i++) D[i] *= 4 * spare[i];
    if (B) {
        for (size_t k = 0; k < n; k++) {
            for (size_t j = 0; j < n; j++) B[k * n + j] = (float)(w[k] * U_r[k * n + j] * D[j]);
            B[k * n + k] = (float)((r[k] + w[k] * U_r[k * n + k]) * D[k]);
        }
        grl_dense_product_single(n, -1, shared->U_h, B, J);
        for (size_t i = 0; i < n; i++) J[i * n + i] += (float)(1 / scale[i]);
    } else {
        for (size_t i = 0; i < n; i++) {
            double s = r[i] / scale[i], t = w[i] / scale[i];
            for (size_t j = 0; j < n; j++)
                J[i * n + j] = (float)(-(s * U_h[i * n + j] + t * U_r[i * n + j]) * D[j]);
            J[i * n + i] += (float)(1 / scale[i]);
        }
    }
}

/* Factors the derivative at the point of the last residual, a. */
static bool factor(grl_newton *newton, const double *a)
{
    grl_newton_derivative(newton, a);
    return grl_dense_factor_single(newton->shared->n, newton->J, newton->pivots);
}

/* newton->d = the correction at the last residual, whose point is a; returns its largest entry, against
 * 1 + |a|. learn: a was reached from newton->last, where newton->d was the correction; what the step has
 * shown of the derivative becomes an update first. */
static double correction(grl_newton *newton, const double *a, bool learn)
{
    size_t n = newton->shared->n;
    float *v = newton->step;
    double most = 0;
    for (size_t i = 0; i < n; i++) v[i] = (float)(newton->g[i] / newton->shared->scale[i]);
    grl_dense_solve_single(n, newton->J, newton->pivots, v);
    for (size_t k = 0; k < newton->updates; k++) {
        const double *s = newton->s + k * n, *u = newton->u + k * n;
        double product = 0;
        for (size_t i = 0; i < n; i++) product += s[i] * (double)v[i];
        for (size_t i = 0; i < n; i++) v[i] += (float)(u[i] * product);
    }
    if (learn && newton->updates < UPDATES) {
        double *s = newton->s + newton->updates * n, *u = newton->u + newton->updates * n;
        double square = 0, along = 0, product = 0;
        for (size_t i = 0; i < n; i++) {
            double z = (double)v[i] + newton->d[i];
            s[i] = a[i] - newton->last[i];
            u[i] = s[i] - z;
            square += s[i] * s[i];
            along += s[i] * z;
            product += s[i] * (double)v[i];
        }
        if (fabs(along) > 0.1 * square) {
            for (size_t i = 0; i < n; i++) u[i] /= along;
            for (size_t i = 0; i < n; i++) v[i] += (float)(u[i] * product);
            newton->updates++;
        }
    }
    for (size_t i = 0; i < n; i++) {
        double d = -(double)v[i], size = fabs(d) / (1 + fabs(a[i]));
        newton->d[i] = d;
        if (!(size <= most)) most = isfinite(size) ? size : INFINITY;
    }
    return most;
}

/* True if the last residual cannot be told from zero. */
static bool at_rounding(const grl_newton *newton, const double *a)
{
    size_t n = newton->shared->n;
    double unit = 0x1p-50 * sqrt((double)n);
    for (size_t i = 0; i < n; i++)
        if (!(fabs(newton->g[i]) <= unit * (1 + fabs(a[i])))) return false;
    return true;
}

/* 1 / |a - b|^2, never infinite. */
static double closeness(size_t n, const double *a, const double *b)
{
    double sum = 0x1p-100;
    for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return 1 / sum;
}

/* The factor of Newton's step under deflation, see above; between -4 and 4. */
static double deflated(const grl_newton *newton, const double *a, const double *away)
{
    size_t n = newton->shared->n;
    double c = closeness(n, a, away), product = 0;
    for (size_t i = 0; i < n; i++) product += (a[i] - away[i]) * newton->d[i];
    double t = 1 / (1 + 2 * c * c * product / (1 + c));
    return t > 4 || !(t >= -4) ? (t < 0 ? -4 : 4) : t;
}

/* Backtracking from a along stretch * d (a single step if `always`); on success a, *level and newton->g are
 * those of the new point. The first trial's reduction of the level is kept in *gain. */
static bool search_line(grl_newton *newton, const double *away, double stretch, bool always, double *a,
                        double *level, double *gain)
{
    size_t n = newton->shared->n;
    const double *bound = newton->shared->bound;
    double *trial = newton->trial, lambda = 1;
    double old = *level;
    for (int k = 0; lambda > 1e-3; k++) {
        for (size_t i = 0; i < n; i++) {
            double moved = a[i] + lambda * stretch * newton->d[i];
            trial[i] = moved > bound[i] ? bound[i] : moved < -bound[i] ? -bound[i] : moved;
        }
        double now = residual(newton, trial);
        if (away) {
            double m = 1 + closeness(n, trial, away);
            now *= m * m;
        }
        if (k == 0) *gain = now / old;
        if (always || now <= (1 - 1e-4 * lambda) * old) {
            memcpy(a, trial, n * sizeof *a);
            *level = now;
            return true;
        }
        /* the minimum of the parabola through the old level, its slope -2 old, and the new one */
        double next = old / (now + (2 * lambda - 1) * old) * lambda * lambda;
        lambda = next > 0.5 * lambda ? 0.5 * lambda : next > 0.1 * lambda ? next : 0.1 * lambda;
    }
    return false;
}

/* Chord steps: the inverse stays that of the known point, so each costs n^2. */
bool grl_newton_attracted(grl_newton *newton, const grl_known_points *known, const double *away, double *a,
                          long *index)
{
    size_t n = newton->shared->n, nearest = 0;
    double least = INFINITY;
    double *trial = newton->trial;
    for (size_t k = 0; k < known->count; k++) {
        const double *b = known->a + k * n;
        double sum = 0;
        if (b == away || !known->inverse[k]) continue;
        for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        if (!(sum < least)) continue;
        least = sum;
        nearest = k;
    }
    if (!(least < NEAR * NEAR * (double)n)) return false;
    const double *b = known->a + nearest * n;
    memcpy(trial, a, n * sizeof *a);
    residual(newton, a);
    for (int k = 0; k < CHORDS; k++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) newton->chord[i] = (float)newton->g[i];
        grl_dense_multiply_single(n, known->inverse[nearest], newton->chord, newton->step);
        for (size_t i = 0; i < n; i++) {
            trial[i] -= (double)newton->step[i];
            sum += (trial[i] - b[i]) * (trial[i] - b[i]);
        }
        if (!(sum < CONTRACTION * least)) return false;
        least = sum;
        *index = grl_known_find(known, n, trial);
        if (*index >= 0) {
            memcpy(a, trial, n * sizeof *a);
            return true;
        }
        residual(newton, trial);
    }
    return false;
}

grl_newton_end grl_newton_run(grl_newton *newton, const grl_known_points *known, double cap,
                              const double *away, double *a, long *index)
{
    size_t n = newton->shared->n;
    double level = residual(newton, a), past = INFINITY;
    bool fresh = false, learn = false;
    int age = 0, factors = 0;

    if (away) {
        double m = 1 + closeness(n, a, away);
        level *= m * m;
    }
    for (int k = 0; k < STEPS && isfinite(level); k++) {
        *index = grl_known_find(known, n, a);
        if (*index >= 0) return GRL_NEWTON_KNOWN;
        if (at_rounding(newton, a)) return GRL_NEWTON_CONVERGED;
        if (k % PATIENCE == 0) { /* hardly moving */
            if (cap == 0 && level > 0.25 * past) return GRL_NEWTON_STALLED;
            past = level;
        }
        bool factored = !fresh;
        if (!fresh) {
            if (known->count > 0) {
                if (grl_newton_attracted(newton, known, away, a, index)) return GRL_NEWTON_KNOWN;
                residual(newton, a);
            }
            if (factors == FACTORS || !factor(newton, a)) return GRL_NEWTON_STALLED;
            factors++;
            newton->updates = 0;
            learn = false;
            age = 0;
        }
        fresh = true;
        double size = correction(newton, a, learn), gain = 1, stretch = 1;
        if (!isfinite(size)) return GRL_NEWTON_STALLED;
        if (size < 1e-7) {
            for (size_t i = 0; i < n; i++) a[i] += newton->d[i];
            return GRL_NEWTON_CONVERGED;
        }
        if (away) stretch = deflated(newton, a, away);
        if (cap > 0) {
            double longest = 0;
            for (size_t i = 0; i < n; i++) longest = fmax(longest, fabs(newton->d[i]));
            if (longest * fabs(stretch) > cap) stretch = copysign(cap / longest, stretch);
        }
        memcpy(newton->last, a, n * sizeof *a);
        if (!search_line(newton, away, stretch, cap > 0, a, &level, &gain)) {
            residual(newton, a);
            if (factored) return GRL_NEWTON_STALLED;
            fresh = false;
            continue;
        }
        learn = true;
        age++;
        if (!(gain < KEEP) && !(cap > 0 && age < REUSE)) fresh = false; /* the level is a square */
        if (newton->updates == UPDATES) fresh = false;
        if (away && gain < 0.01) { /* converging elsewhere: deflation has done its work */
            away = NULL;
            level = residual(newton, a);
        }
    }
    return GRL_NEWTON_STALLED;
}
