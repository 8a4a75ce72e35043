/* branch_point.c: the algebraic branching equation at a simple branch point (Keller 1977; Kuznetsov 2004,
 * section 10.4).
 *
 * Null vectors of [J f_t] are (q, 0) and (w, 1) with J w = -f_t, w orthogonal to q. With second derivatives in
 * h and t projected on psi,
 *
 *     b11 = psi B(q,q),   b12 = psi (B(q,w) + J_t q),   b22 = psi (B(w,w) + 2 J_t w + f_tt),
 *
 * tangents are alpha (q,0) + beta (w,1) with b11 alpha^2 + 2 b12 alpha beta + b22 beta^2 = 0. f_tt is a central
 * difference of f_t, good to some eight digits; all else is exact. c = psi (C(q,q,q) - 3 B(q, J^-1 B(q,q))) / 6
 * matters where b11 = 0.
 *
 * What makes it fail: a second null vector, a double eigenvalue 0, a discriminant that is not positive. */
#include "bifurcation/branch_point.h"

#include "base/memory.h"
#include "num/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* Factors [J psi; q^T 0]. */
static bool border(size_t n, const double *J, const double *psi, const double *q, double *A, int *pivots)
{
    const size_t N = n + 1;
    for (size_t i = 0; i < n; i++) {
        memcpy(A + i * N, J + i * n, n * sizeof *A);
        A[i * N + n] = psi[i];
        A[n * N + i] = q[i];
    }
    A[n * N + n] = 0;
    return grl_dense_factor_rows(N, A, pivots);
}

/* f_tt at h, t. */
static bool second_slope(grl_equation *e, const double *h, double t, double *out, double *work)
{
    const double d = 1e-4, after = t + d, before = t - d;
    bool found = grl_equation_move(e, &after) && grl_equation_slope(e, h, 0, out) &&
                 grl_equation_move(e, &before) && grl_equation_slope(e, h, 0, work);
    for (size_t i = 0; i < e->n && found; i++) out[i] = (out[i] - work[i]) / (2 * d);
    return grl_equation_move(e, &t) && found;
}

/* alpha (q,0) + beta (w,1), unit. */
static void combine(size_t n, double alpha, double beta, const double *q, const double *w, double *tangent)
{
    double size = beta * beta;
    for (size_t i = 0; i < n; i++) {
        tangent[i] = alpha * q[i] + beta * w[i];
        size += tangent[i] * tangent[i];
    }
    tangent[n] = beta;
    for (size_t i = 0; i <= n; i++) tangent[i] /= sqrt(size);
}

bool grl_branch_point_form(grl_equation *equation, const double *h, double t, const double *psi,
                           double *coefficients, double *tangents)
{
    const size_t n = equation->n, N = n + 1;
    double *J = grl_calloc(n * n + N * N + 6 * N, sizeof *J), *A, *f, *q, *w, *x, *y, *left;
    int *pivots = grl_calloc(N, sizeof *pivots);
    bool found = false;
    if (!J || !pivots) goto done;
    A = J + n * n;
    f = A + N * N;
    q = f + N;
    w = q + N;
    x = w + N;
    y = x + N;
    left = y + N;
    memcpy(left, psi, n * sizeof *left);
    if (!grl_equation_move(equation, &t)) goto done;
    grl_equation_field(equation, h, f, J);

    /* q from a border of psi on both sides, which is regular if psi q is not 0; once more with q itself. */
    memcpy(q, left, n * sizeof *q);
    for (int round = 0; round < 2; round++) {
        if (!border(n, J, left, q, A, pivots)) goto done;
        memset(x, 0, N * sizeof *x);
        x[n] = 1;
        grl_dense_solve_rows(N, A, pivots, x);
        const double size = sqrt(dot(n, x, x));
        if (!(size > 0) || !isfinite(size)) goto done;
        for (size_t i = 0; i < n; i++) q[i] = x[i] / size;
    }
    const double overlap = dot(n, left, q);
    if (!(fabs(overlap) > 1e-6)) goto done;
    if (!border(n, J, left, q, A, pivots)) goto done;
    for (size_t i = 0; i < n; i++) left[i] /= overlap;

    if (!grl_equation_slope(equation, h, 0, w)) goto done;
    for (size_t i = 0; i < n; i++) w[i] = -w[i];
    w[n] = 0;
    grl_dense_solve_rows(N, A, pivots, w);

    double b11, b12, b22, c;
    grl_equation_second(equation, h, q, q, x);
    b11 = dot(n, left, x);
    x[n] = 0;
    grl_dense_solve_rows(N, A, pivots, x);
    grl_equation_second(equation, h, q, x, y);
    c = -dot(n, left, y) / 2;
    grl_equation_third(equation, h, q, q, q, y);
    c += dot(n, left, y) / 6;
    grl_equation_second(equation, h, q, w, x);
    if (!grl_equation_slope_of(equation, h, 0, q, y)) goto done;
    b12 = dot(n, left, x) + dot(n, left, y);
    grl_equation_second(equation, h, w, w, x);
    if (!grl_equation_slope_of(equation, h, 0, w, y)) goto done;
    b22 = dot(n, left, x) + 2 * dot(n, left, y);
    if (!second_slope(equation, h, t, x, y)) goto done;
    b22 += dot(n, left, x);

    const double discriminant = b12 * b12 - b11 * b22;
    if (!(discriminant > 1e-12 * b12 * b12)) goto done;
    /* Both roots of b11 alpha^2 + 2 b12 alpha beta + b22 beta^2 without cancellation. */
    const double big = -(b12 + copysign(sqrt(discriminant), b12));
    combine(n, big, b11, q, w, tangents);
    combine(n, b22, big, q, w, tangents + N);

    double width = 0;
    for (size_t i = 0; i < equation->k; i++) width = hypot(width, equation->direction[0][i]);
    coefficients[0] = b11;
    coefficients[1] = b12 / width;
    coefficients[2] = b22 / (width * width);
    coefficients[3] = c;
    found = true;
done:
    free(J);
    free(pivots);
    return found;
}
