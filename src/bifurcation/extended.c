/* extended.c: Newton's method and tangents for the systems of extended.h.
 *
 * Jacobians are exact: with B(u,v) the second derivative of f in h, J_t that of J along a parameter,
 *
 *     d(J q)       = B(q, dh) + J dq + J_t q dt
 *     d(J J q)     = B(J q, dh) + J B(q, dh) + J J dq + (J_t J q + J J_t q) dt
 *     d(q^T J)     = q^T B(., dh) + J^T dq + q^T J_t dt
 *
 * Rows are scaled to a largest entry 1 before elimination, because a closed update gate (1 - z near 0) makes
 * all of a row small without making the problem worse.
 *
 * What makes it fail: a start too far away, or a solution where the system is singular (a cusp for EIGEN with
 * one parameter, two null vectors at once). Then no convergence is reported. */
#include "bifurcation/extended.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* work: residual (N) | matrix (N x N) | J (n x n) | f_t (2 n) | five vectors (n) */
typedef struct parts {
    double *R, *A, *J, *slope, *v[5];
} parts;

static parts parts_of(const grl_extended *x)
{
    const size_t n = x->equation->n, N = x->unknowns;
    parts p;
    p.R = x->work;
    p.A = p.R + N;
    p.J = p.A + N * N;
    p.slope = p.J + n * n;
    for (size_t i = 0; i < 5; i++) p.v[i] = p.slope + (2 + i) * n;
    return p;
}

grl_status grl_extended_create(grl_equation *equation, grl_extended_kind kind, double lambda,
                               grl_extended **extended, grl_error *error)
{
    const size_t n = equation->n, active = equation->active;
    grl_extended *made = grl_calloc(1, sizeof *made);
    *extended = NULL;
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    made->equation = equation;
    made->kind = kind;
    made->lambda = lambda;
    made->t = kind == GRL_EXTENDED_POINT ? n : kind == GRL_EXTENDED_EIGEN ? 2 * n : 2 * n + 1;
    made->unknowns = made->t + active;
    made->equations = kind == GRL_EXTENDED_POINT ? n : kind == GRL_EXTENDED_EIGEN ? 2 * n + 1 : 2 * n + 2;
    const size_t N = made->unknowns, room = N + N * N + n * n + 7 * n;
    made->work = grl_calloc(room, sizeof(double));
    made->l = grl_calloc(n, sizeof(double));
    made->pivots = grl_calloc(N, sizeof(int));
    if (!made->work || !made->l || !made->pivots) {
        grl_extended_free(made);
        return grl_fail_memory(error, room, sizeof(double));
    }
    *extended = made;
    return GRL_OK;
}

void grl_extended_free(grl_extended *extended)
{
    if (!extended) return;
    free(extended->work);
    free(extended->l);
    free(extended->pivots);
    free(extended);
}

double grl_extended_product(const grl_extended *extended, const double *u, const double *v)
{
    double sum = 0;
    for (size_t i = 0; i < extended->equation->n; i++) sum += u[i] * v[i];
    for (size_t i = extended->t; i < extended->unknowns; i++) sum += u[i] * v[i];
    return sum;
}

static void multiply(size_t n, const double *A, const double *x, double *y)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++) sum += A[i * n + j] * x[j];
        y[i] = sum;
    }
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* Residual and rows of f = 0 (CROSS: f + b q = 0); leaves J in p->J. */
static bool fixed_point_rows(const grl_extended *x, const double *u, const parts *p)
{
    const grl_equation *e = x->equation;
    const size_t n = e->n, N = x->unknowns;
    grl_equation_field(e, u, p->R, p->J);
    for (size_t i = 0; i < n; i++) memcpy(p->A + i * N, p->J + i * n, n * sizeof(double));
    for (size_t j = 0; j < e->active; j++) {
        if (!x->keep && !grl_equation_slope(e, u, j, p->slope + j * n)) return false;
        for (size_t i = 0; i < n; i++) p->A[i * N + x->t + j] = p->slope[j * n + i];
    }
    if (x->kind != GRL_EXTENDED_CROSS) return true;
    for (size_t i = 0; i < n; i++) {
        p->R[i] += u[2 * n] * u[n + i];
        p->A[i * N + n + i] = u[2 * n];
        p->A[i * N + 2 * n] = u[n + i];
    }
    return true;
}

/* (q q - 1) / 2 = 0 as row `row`. */
static void norm_row(const grl_extended *x, const double *u, const parts *p, size_t row)
{
    const size_t n = x->equation->n;
    p->R[row] = (dot(n, u + n, u + n) - 1) / 2;
    memcpy(p->A + row * x->unknowns + n, u + n, n * sizeof(double));
}

static void unit_vector(size_t n, size_t j, double *e)
{
    memset(e, 0, n * sizeof *e);
    e[j] = 1;
}

static bool eigen_rows(const grl_extended *x, const double *u, const parts *p)
{
    const grl_equation *e = x->equation;
    const size_t n = e->n, N = x->unknowns;
    const double *q = u + n;
    multiply(n, p->J, q, p->R + n);
    for (size_t i = 0; i < n; i++) {
        p->R[n + i] -= x->lambda * q[i];
        memcpy(p->A + (n + i) * N + n, p->J + i * n, n * sizeof(double));
        p->A[(n + i) * N + n + i] -= x->lambda;
    }
    for (size_t j = 0; j < n; j++) {
        unit_vector(n, j, p->v[0]);
        grl_equation_second(e, u, q, p->v[0], p->v[1]);
        for (size_t i = 0; i < n; i++) p->A[(n + i) * N + j] = p->v[1][i];
    }
    for (size_t j = 0; j < e->active; j++) {
        if (!grl_equation_slope_of(e, u, j, q, p->v[0])) return false;
        for (size_t i = 0; i < n; i++) p->A[(n + i) * N + x->t + j] = p->v[0][i];
    }
    norm_row(x, u, p, 2 * n);
    return true;
}

static bool pair_rows(const grl_extended *x, const double *u, const parts *p)
{
    const grl_equation *e = x->equation;
    const size_t n = e->n, N = x->unknowns;
    const double *q = u + n, kappa = u[2 * n], step = e->step;
    double *s = p->v[2], *b = p->v[3], *c = p->v[4];
    multiply(n, p->J, q, s);
    multiply(n, p->J, s, p->R + n);
    for (size_t i = 0; i < n; i++) {
        p->R[n + i] += kappa * (step * s[i] + q[i]);
        p->A[(n + i) * N + 2 * n] = step * s[i] + q[i];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = kappa * (step * p->J[i * n + j] + (i == j));
            for (size_t k = 0; k < n; k++) sum += p->J[i * n + k] * p->J[k * n + j];
            p->A[(n + i) * N + n + j] = sum;
        }
    for (size_t j = 0; j < n; j++) {
        unit_vector(n, j, p->v[0]);
        grl_equation_second(e, u, s, p->v[0], p->v[1]);
        grl_equation_second(e, u, q, p->v[0], b);
        multiply(n, p->J, b, c);
        for (size_t i = 0; i < n; i++) p->A[(n + i) * N + j] = p->v[1][i] + c[i] + kappa * step * b[i];
    }
    for (size_t j = 0; j < e->active; j++) {
        if (!grl_equation_slope_of(e, u, j, s, p->v[1]) || !grl_equation_slope_of(e, u, j, q, b))
            return false;
        multiply(n, p->J, b, c);
        for (size_t i = 0; i < n; i++) p->A[(n + i) * N + x->t + j] = p->v[1][i] + c[i] + kappa * step * b[i];
    }
    norm_row(x, u, p, 2 * n);
    p->R[2 * n + 1] = dot(n, x->l, q);
    memcpy(p->A + (2 * n + 1) * N + n, x->l, n * sizeof(double));
    return true;
}

/* Adds q f_tt at the diagonal of the last unknown, by a central difference of f_t: the matrix alone uses it, so
 * its error slows convergence a little and does not move the solution. */
static bool second_slope(const grl_extended *x, const double *u, const parts *p)
{
    grl_equation *e = x->equation;
    const size_t n = e->n, N = x->unknowns;
    const double d = 1e-4, before = u[x->t] - d, after = u[x->t] + d;
    if (grl_equation_move(e, &after) && grl_equation_slope(e, u, 0, p->v[0]) &&
        grl_equation_move(e, &before) && grl_equation_slope(e, u, 0, p->v[1]))
        p->A[2 * n * N + x->t] += (dot(n, u + n, p->v[0]) - dot(n, u + n, p->v[1])) / (2 * d);
    return grl_equation_move(e, u + x->t);
}

static bool cross_rows(const grl_extended *x, const double *u, const parts *p)
{
    const grl_equation *e = x->equation;
    const size_t n = e->n, N = x->unknowns, last = 2 * n;
    const double *q = u + n;
    for (size_t j = 0; j < n; j++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) {
            sum += q[i] * p->J[i * n + j];
            p->A[(n + j) * N + n + i] = p->J[i * n + j];
        }
        p->R[n + j] = sum;
    }
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k <= j; k++) {
            unit_vector(n, j, p->v[0]);
            unit_vector(n, k, p->v[1]);
            grl_equation_second(e, u, p->v[0], p->v[1], p->v[2]);
            p->A[(n + j) * N + k] = p->A[(n + k) * N + j] = dot(n, q, p->v[2]);
        }
    if (!grl_equation_slope(e, u, 0, p->v[3])) return false;
    p->R[last] = dot(n, q, p->v[3]);
    memcpy(p->A + last * N + n, p->v[3], n * sizeof(double));
    for (size_t j = 0; j < n; j++) {
        unit_vector(n, j, p->v[0]);
        if (!grl_equation_slope_of(e, u, 0, p->v[0], p->v[1])) return false;
        p->A[(n + j) * N + x->t] = p->A[last * N + j] = dot(n, q, p->v[1]);
    }
    if (!second_slope(x, u, p)) return false;
    norm_row(x, u, p, last + 1);
    return true;
}

/* Residual and matrix at u; rows for `equations`, zero below. */
static bool evaluate(const grl_extended *x, const double *u, const parts *p)
{
    memset(p->A, 0, x->unknowns * x->unknowns * sizeof(double));
    if (!grl_equation_move(x->equation, u + x->t) || !fixed_point_rows(x, u, p)) return false;
    switch (x->kind) {
    case GRL_EXTENDED_POINT:
        return true;
    case GRL_EXTENDED_EIGEN:
        return eigen_rows(x, u, p);
    case GRL_EXTENDED_PAIR:
        return pair_rows(x, u, p);
    case GRL_EXTENDED_CROSS:
        return cross_rows(x, u, p);
    }
    return false;
}

/* Scales rows and factors; false if singular or not finite. */
static bool factor(grl_extended *x, const parts *p)
{
    const size_t N = x->unknowns;
    for (size_t i = 0; i < N; i++) {
        double largest = 0;
        for (size_t j = 0; j < N; j++) largest = fmax(largest, fabs(p->A[i * N + j]));
        if (!(largest > 0) || !isfinite(largest) || !isfinite(p->R[i])) return false;
        for (size_t j = 0; j < N; j++) p->A[i * N + j] /= largest;
        p->R[i] /= largest;
    }
    if (!grl_dense_factor_rows(N, p->A, x->pivots)) return false;
    x->determinant = 1;
    for (size_t i = 0; i < N; i++) {
        x->determinant *= p->A[i * N + i];
        if (x->pivots[i] != (int)i + 1) x->determinant = -x->determinant;
    }
    return true;
}

bool grl_extended_correct(grl_extended *extended, double *u, const double *border, double target, int most,
                          double enough, double *error)
{
    const size_t N = extended->unknowns, n = extended->equation->n;
    const parts p = parts_of(extended);
    double before = INFINITY;
    for (int step = 0; step < most; step++) {
        extended->keep = step > 0 && extended->kind == GRL_EXTENDED_POINT;
        const bool possible = evaluate(extended, u, &p);
        extended->keep = false;
        if (!possible) return false;
        if (border) {
            memcpy(p.A + (N - 1) * N, border, N * sizeof(double));
            p.R[N - 1] = dot(N, border, u) - target;
        }
        if (!factor(extended, &p)) return false;
        grl_dense_solve_rows(N, p.A, extended->pivots, p.R);
        double size = 0;
        for (size_t i = 0; i < N; i++) {
            u[i] -= p.R[i];
            size = fmax(size, fabs(p.R[i]) / fmax(1, fabs(u[i])));
        }
        if (!(size < 2)) return false; /* the box of states is 2 wide, and so is every other unknown */
        *error = size;
        if (size <= enough || (before < 1e-10 && size > before / 4)) break;
        before = size;
        if (step + 1 == most && size > 1e-9) return false;
    }
    for (size_t i = 0; i < n; i++)
        if (!(fabs(u[i]) <= 1)) return false;
    return true;
}

bool grl_extended_tangent(grl_extended *extended, const double *u, const double *border, double *tangent)
{
    const size_t N = extended->unknowns;
    const parts p = parts_of(extended);
    if (!evaluate(extended, u, &p)) return false;
    memset(p.R, 0, N * sizeof(double));
    memcpy(p.A + (N - 1) * N, border, N * sizeof(double));
    p.R[N - 1] = 1;
    if (!factor(extended, &p)) return false;
    grl_dense_solve_rows(N, p.A, extended->pivots, p.R);
    const double norm = sqrt(grl_extended_product(extended, p.R, p.R));
    if (!(norm > 0) || !isfinite(norm)) return false;
    for (size_t i = 0; i < N; i++) tangent[i] = p.R[i] / norm;
    return true;
}
