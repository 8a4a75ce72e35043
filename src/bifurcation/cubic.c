/* cubic.c: resonant cubic terms on centre manifolds.
 *
 * Multilinear forms of complex vectors are sums of the real forms of equation.h over real and imaginary
 * parts; complex linear systems are solved as real ones of twice the size. For the map all eigenvalues are
 * (mu - 1)/step, so that products mu nu become lambda + kappa + step lambda kappa. */
#include "bifurcation/cubic.h"

#include "base/memory.h"
#include "num/dense.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

double complex grl_hermitian(size_t n, const double *p, const double *x)
{
    return dot(n, p, x) + dot(n, p + n, x + n) + (dot(n, p, x + n) - dot(n, p + n, x)) * I;
}

/* The real 2n x 2n matrix of lambda - J, transposed if asked for, factored. */
static bool factor(size_t n, const double *J, double complex lambda, bool transposed, double *A, int *pivots)
{
    const size_t N = 2 * n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double entry = transposed ? J[j * n + i] : J[i * n + j];
            const double re = (i == j ? creal(lambda) : 0) - entry, im = i == j ? cimag(lambda) : 0;
            A[i * N + j] = A[(n + i) * N + n + j] = re;
            A[i * N + n + j] = -im;
            A[(n + i) * N + j] = im;
        }
    return grl_dense_factor_rows(N, A, pivots);
}

/* A unit null vector by inverse iteration, with a shift that keeps the matrix regular and rounding away. */
static bool null_vector(size_t n, const double *J, double complex lambda, bool transposed, double *v,
                        double *A, int *pivots)
{
    const size_t N = 2 * n;
    if (!factor(n, J, lambda + 1e-10 * (1 + I) * cabs(lambda), transposed, A, pivots)) return false;
    for (size_t i = 0; i < N; i++) v[i] = 1 + 0.3 * (double)(i % 7);
    for (int round = 0; round < 3; round++) {
        grl_dense_solve_rows(N, A, pivots, v);
        const double size = sqrt(dot(N, v, v));
        if (!(size > 0) || !isfinite(size)) return false;
        for (size_t i = 0; i < N; i++) v[i] /= size;
    }
    return true;
}

bool grl_mode_vectors(size_t n, const double *J, double complex lambda, double *q, double *p)
{
    const size_t N = 2 * n;
    double *A = grl_calloc(N * N, sizeof *A);
    int *pivots = grl_calloc(N, sizeof *pivots);
    bool found = A && pivots && null_vector(n, J, lambda, false, q, A, pivots) &&
                 null_vector(n, J, conj(lambda), true, p, A, pivots);
    if (found) {
        const double complex product = grl_hermitian(n, p, q);
        found = cabs(product) > 1e-12;
        for (size_t i = 0; i < n && found; i++) {
            const double complex z = (p[i] + p[n + i] * I) / conj(product);
            p[i] = creal(z);
            p[n + i] = cimag(z);
        }
    }
    free(A);
    free(pivots);
    return found;
}

/* out = B(u, v); w: n numbers of work. */
static void second(const grl_equation *e, const double *h, const double *u, const double *v, double *out,
                   double *w)
{
    const size_t n = e->n;
    grl_equation_second(e, h, u, v, out);
    grl_equation_second(e, h, u + n, v + n, w);
    for (size_t i = 0; i < n; i++) out[i] -= w[i];
    grl_equation_second(e, h, u, v + n, out + n);
    grl_equation_second(e, h, u + n, v, w);
    for (size_t i = 0; i < n; i++) out[n + i] += w[i];
}

/* out = C(u, v, w); x: n numbers of work. */
static void third(const grl_equation *e, const double *h, const double *u, const double *v, const double *w,
                  double *out, double *x)
{
    const size_t n = e->n;
    memset(out, 0, 2 * n * sizeof *out);
    for (unsigned parts = 0; parts < 8; parts++) {
        const unsigned a = parts & 1, b = parts >> 1 & 1, c = parts >> 2, powers = a + b + c;
        grl_equation_third(e, h, u + a * n, v + b * n, w + c * n, x);
        /* i^powers */
        double *to = out + (powers % 2) * n;
        const double sign = powers >= 2 ? -1 : 1;
        for (size_t i = 0; i < n; i++) to[i] += sign * x[i];
    }
}

bool grl_cubic(const grl_equation *equation, const double *h, const double *p, const grl_mode modes[3],
               double complex *out)
{
    const size_t n = equation->n, N = 2 * n;
    double *J = grl_calloc(n * n + N * N + 4 * N, sizeof *J);
    int *pivots = grl_calloc(N, sizeof *pivots);
    bool found = J && pivots;
    if (found) {
        double *A = J + n * n, *x = A + N * N, *y = x + N, *w = y + N, *f = w + N;
        grl_equation_field(equation, h, f, J);
        third(equation, h, modes[0].q, modes[1].q, modes[2].q, x, w);
        *out = grl_hermitian(n, p, x);
        for (int k = 0; k < 3 && found; k++) {
            const grl_mode a = modes[(k + 1) % 3], b = modes[(k + 2) % 3];
            second(equation, h, a.q, b.q, x, w);
            found =
                factor(n, J, a.lambda + b.lambda + equation->step * a.lambda * b.lambda, false, A, pivots);
            if (!found) break;
            grl_dense_solve_rows(N, A, pivots, x);
            second(equation, h, modes[k].q, x, y, w);
            *out += grl_hermitian(n, p, y);
        }
        found = found && isfinite(creal(*out)) && isfinite(cimag(*out));
    }
    free(J);
    free(pivots);
    return found;
}
