/* normal_form.c: coefficients of normal forms at special points of fixed points, by projection on critical
 * eigenvectors (Kuznetsov 2004, sections 5.4, 8.7 and 10.2).
 *
 * With B and C the second and third derivatives of f, J q = i omega q, J^T p = -i omega p, <p,q> = 1, |q| = 1:
 *
 *     l1 = Re[ <p,C(q,q,q*)> - 2 <p,B(q,J^-1 B(q,q*))> + <p,B(q*,(2 i omega - J)^-1 B(q,q))> ] / (2 omega)
 *
 * For the map h + step f all forms are those of M = 1 + step J, step B, step C. Linear systems with
 * a null vector are solved with a border: [J p; q^T 0] [x; s] = [b; 0].
 *
 * What makes it fail: another eigenvalue at the same place, where the projections do not exist. */
#include "bifurcation/normal_form.h"

#include "base/memory.h"
#include "bifurcation/cubic.h"
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

/* The bordered matrix of J - lambda, (n+1) x (n+1), transposed if asked for, factored. */
static bool border(size_t n, const double *J, double lambda, const double *column, const double *row,
                   bool transposed, double *A, int *pivots)
{
    const size_t N = n + 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            A[i * N + j] = (transposed ? J[j * n + i] : J[i * n + j]) - (i == j ? lambda : 0);
        A[i * N + n] = column[i];
        A[n * N + i] = row[i];
    }
    A[n * N + n] = 0;
    return grl_dense_factor_rows(N, A, pivots);
}

/* What the real critical eigenvalue's forms share: J, the left eigenvector p with p q = 1, and the bordered
 * matrix's factors. */
typedef struct real_form {
    size_t n;
    double *J, *f, *A, *p, *x, *y;
    int *pivots;
} real_form;

static void close_real(real_form *r)
{
    free(r->J);
    free(r->pivots);
}

static bool open_real(const grl_equation *e, const double *h, double lambda, const double *q, real_form *r)
{
    const size_t n = e->n, N = n + 1;
    double *block = grl_calloc(n * n + N * N + 4 * N, sizeof *block);
    *r = (real_form){.n = n, .J = block, .pivots = grl_calloc(N, sizeof(int))};
    if (!block || !r->pivots) return false;
    r->A = block + n * n;
    r->f = r->A + N * N;
    r->p = r->f + N;
    r->x = r->p + N;
    r->y = r->x + N;
    grl_equation_field(e, h, r->f, r->J);
    if (!border(n, r->J, lambda, q, q, true, r->A, r->pivots)) return false;
    r->p[n] = 1;
    grl_dense_solve_rows(N, r->A, r->pivots, r->p);
    const double size = dot(n, r->p, q); /* 1, by the last row */
    if (!(fabs(size) > 1e-12)) return false;
    return true;
}

bool grl_normal_form_fold(const grl_equation *equation, const double *h, const double *q, double *a)
{
    real_form r;
    bool found = open_real(equation, h, 0, q, &r);
    if (found) {
        grl_equation_second(equation, h, q, q, r.x);
        *a = dot(r.n, r.p, r.x) / 2 * (equation->step > 0 ? equation->step : 1);
        found = isfinite(*a);
    }
    close_real(&r);
    return found;
}

bool grl_normal_form_cusp(const grl_equation *equation, const double *h, const double *q, double *c)
{
    real_form r;
    bool found = open_real(equation, h, 0, q, &r);
    /* J x = -B(q,q), x orthogonal to p. */
    if (found && border(r.n, r.J, 0, q, r.p, false, r.A, r.pivots)) {
        grl_equation_second(equation, h, q, q, r.x);
        for (size_t i = 0; i < r.n; i++) r.x[i] = -r.x[i];
        r.x[r.n] = 0;
        grl_dense_solve_rows(r.n + 1, r.A, r.pivots, r.x);
        grl_equation_second(equation, h, q, r.x, r.y);
        *c = dot(r.n, r.p, r.y) / 2;
        grl_equation_third(equation, h, q, q, q, r.y);
        *c += dot(r.n, r.p, r.y) / 6;
        *c *= equation->step > 0 ? equation->step : 1;
        found = isfinite(*c);
    } else {
        found = false;
    }
    close_real(&r);
    return found;
}

bool grl_normal_form_flip(const grl_equation *equation, const double *h, const double *q, double *b)
{
    real_form r;
    const size_t n = equation->n;
    const double step = equation->step;
    bool found = step > 0 && open_real(equation, h, -2 / step, q, &r);
    if (!(step > 0)) return false;
    /* (M - 1)^-1 step B = J^-1 B: no border needed, J is regular at a flip. */
    if (found) {
        memcpy(r.A, r.J, n * n * sizeof(double));
        found = grl_dense_factor_rows(n, r.A, r.pivots);
    }
    if (found) {
        grl_equation_second(equation, h, q, q, r.x);
        grl_dense_solve_rows(n, r.A, r.pivots, r.x);
        grl_equation_second(equation, h, q, r.x, r.y);
        *b = -step * dot(n, r.p, r.y) / 2;
        grl_equation_third(equation, h, q, q, q, r.y);
        *b += step * dot(n, r.p, r.y) / 6;
        found = isfinite(*b);
    }
    close_real(&r);
    return found;
}

double grl_normal_form_angle(const grl_equation *equation, double kappa)
{
    const double step = equation->step;
    return step > 0 ? acos(1 - kappa * step * step / 2) : sqrt(kappa);
}

static void conjugate(size_t n, const double *q, double *out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = q[i];
        out[n + i] = -q[n + i];
    }
}

bool grl_normal_form_hopf(const grl_equation *equation, const double *h, double kappa, double *first,
                          double *second)
{
    const size_t n = equation->n, N = 2 * n;
    const double step = equation->step, angle = grl_normal_form_angle(equation, kappa);
    double *J = grl_calloc(n * n + 4 * N, sizeof *J);
    bool found = J && kappa > 0 && isfinite(angle);
    if (found) {
        double *q = J + n * n, *p = q + N, *bar = p + N, *f = bar + N;
        const double complex lambda = step > 0 ? (cexp(I * angle) - 1) / step : I * angle;
        double complex sum = 0;
        grl_equation_field(equation, h, f, J);
        found = grl_mode_vectors(n, J, lambda, q, p);
        conjugate(n, q, bar);
        const grl_mode modes[3] = {{q, lambda}, {q, lambda}, {bar, conj(lambda)}};
        found = found && grl_cubic(equation, h, p, modes, &sum);
        *first = step > 0 ? creal(cexp(-I * angle) * step * sum) / 2 : creal(sum) / (2 * angle);
        *second = step > 0 ? 0 : creal(sum) / 4;
        found = found && isfinite(*first);
    }
    free(J);
    return found;
}

bool grl_normal_form_double_hopf(const grl_equation *equation, const double *h, double kappa, double other,
                                 double *c)
{
    const size_t n = equation->n, N = 2 * n;
    double *J = grl_calloc(n * n + 7 * N, sizeof *J);
    bool found = J && kappa > 0 && other > 0 && !(equation->step > 0);
    if (found) {
        double *q1 = J + n * n, *p1 = q1 + N, *bar1 = p1 + N, *q2 = bar1 + N, *p2 = q2 + N, *bar2 = p2 + N,
               *f = bar2 + N;
        const double complex l1 = I * sqrt(kappa), l2 = I * sqrt(other);
        double complex sums[4] = {0};
        grl_equation_field(equation, h, f, J);
        found = grl_mode_vectors(n, J, l1, q1, p1) && grl_mode_vectors(n, J, l2, q2, p2);
        conjugate(n, q1, bar1);
        conjugate(n, q2, bar2);
        const grl_mode m1 = {q1, l1}, m1_bar = {bar1, -l1}, m2 = {q2, l2}, m2_bar = {bar2, -l2};
        found = found && grl_cubic(equation, h, p1, (const grl_mode[3]){m1, m1, m1_bar}, &sums[0]) &&
                grl_cubic(equation, h, p1, (const grl_mode[3]){m1, m2, m2_bar}, &sums[1]) &&
                grl_cubic(equation, h, p2, (const grl_mode[3]){m2, m1, m1_bar}, &sums[2]) &&
                grl_cubic(equation, h, p2, (const grl_mode[3]){m2, m2, m2_bar}, &sums[3]);
        for (int k = 0; k < 4; k++) c[k] = creal(sums[k]);
    }
    free(J);
    return found;
}

/* The right and the left eigenvector of the eigenvalue of J nearest to 0, p q = 1, by inverse iteration. */
static bool real_null(size_t n, const double *J, double *q, double *p, double *A, int *pivots)
{
    double scale = 0;
    for (size_t i = 0; i < n * n; i++) scale = fmax(scale, fabs(J[i]));
    for (int side = 0; side < 2; side++) {
        double *v = side ? p : q;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                A[i * n + j] = (side ? J[j * n + i] : J[i * n + j]) - (i == j ? 1e-10 * scale : 0);
        if (!grl_dense_factor_rows(n, A, pivots)) return false;
        for (size_t i = 0; i < n; i++) v[i] = 1 + 0.3 * (double)(i % 7);
        for (int round = 0; round < 3; round++) {
            grl_dense_solve_rows(n, A, pivots, v);
            const double size = sqrt(dot(n, v, v));
            if (!(size > 0) || !isfinite(size)) return false;
            for (size_t i = 0; i < n; i++) v[i] /= size;
        }
    }
    const double overlap = dot(n, p, q);
    for (size_t i = 0; i < n; i++) p[i] /= overlap;
    return fabs(overlap) > 1e-12;
}

bool grl_normal_form_fold_hopf(const grl_equation *equation, const double *h, double kappa, double *c)
{
    const size_t n = equation->n, N = 2 * n;
    double *J = grl_calloc(n * n + N * N + 8 * N, sizeof *J);
    int *pivots = grl_calloc(N, sizeof *pivots);
    bool found = J && pivots && kappa > 0 && !(equation->step > 0);
    if (found) {
        double *A = J + n * n, *q0 = A + N * N, *p0 = q0 + N, *q1 = p0 + N, *p1 = q1 + N, *x = p1 + N,
               *w = x + N;
        grl_equation_field(equation, h, x, J);
        found = real_null(n, J, q0, p0, A, pivots) && grl_mode_vectors(n, J, I * sqrt(kappa), q1, p1);
        grl_equation_second(equation, h, q0, q0, x);
        c[0] = dot(n, p0, x);
        grl_equation_second(equation, h, q1, q1, x);
        grl_equation_second(equation, h, q1 + n, q1 + n, w);
        c[1] = dot(n, p0, x) + dot(n, p0, w);
        grl_equation_second(equation, h, q0, q1, x);
        grl_equation_second(equation, h, q0, q1 + n, x + n);
        c[2] = creal(grl_hermitian(n, p1, x));
        found = found && isfinite(c[0]) && isfinite(c[1]) && isfinite(c[2]);
    }
    free(J);
    free(pivots);
    return found;
}

bool grl_normal_form_bogdanov_takens(const grl_equation *equation, const double *h, double *a, double *b)
{
    /* q0, q1: J q0 = 0, J q1 = q0; p1, p0 likewise of J^T; from the two smallest singular directions by
       inverse iteration with a border that any generic vectors give. */
    const size_t n = equation->n, N = n + 1;
    double *J = grl_calloc(n * n + N * N + 10 * N, sizeof *J), *A = J + n * n, *f = A + N * N, *q0 = f + N,
           *q1 = q0 + N, *p0 = q1 + N, *p1 = p0 + N, *c = p1 + N, *d = c + N, *x = d + N;
    int *pivots = grl_calloc(N, sizeof *pivots);
    bool found = false;
    if (!J || !pivots) goto done;
    grl_equation_field(equation, h, f, J);
    for (size_t i = 0; i < n; i++) {
        c[i] = cos(1 + 2 * (double)i);
        d[i] = sin(2 + 3 * (double)i);
    }
    for (int round = 0; round < 2; round++) {
        if (!border(n, J, 0, c, d, false, A, pivots)) goto done;
        memset(q0, 0, N * sizeof *q0);
        q0[n] = 1;
        grl_dense_solve_rows(N, A, pivots, q0);
        if (!border(n, J, 0, d, c, true, A, pivots)) goto done;
        memset(p1, 0, N * sizeof *p1);
        p1[n] = 1;
        grl_dense_solve_rows(N, A, pivots, p1);
        const double qq = sqrt(dot(n, q0, q0)), pp = sqrt(dot(n, p1, p1));
        if (!(qq > 0) || !(pp > 0) || !isfinite(qq + pp)) goto done;
        for (size_t i = 0; i < n; i++) {
            d[i] = q0[i] /= qq;
            c[i] = p1[i] /= pp;
        }
    }
    if (!border(n, J, 0, c, d, false, A, pivots)) goto done;
    memcpy(q1, q0, N * sizeof *q0);
    q1[n] = 0;
    grl_dense_solve_rows(N, A, pivots, q1); /* orthogonal to q0 */
    /* p1 q1 = 1 fixes the length of p1; then p0 with J^T p0 = p1, made orthogonal to q1. */
    const double size = dot(n, p1, q1);
    if (!(fabs(size) > 1e-12)) goto done;
    for (size_t i = 0; i < n; i++) p1[i] /= size;
    if (!border(n, J, 0, d, c, true, A, pivots)) goto done;
    memcpy(p0, p1, n * sizeof *p1);
    p0[n] = 0;
    grl_dense_solve_rows(N, A, pivots, p0);
    const double shift = dot(n, p0, q1);
    for (size_t i = 0; i < n; i++) p0[i] -= shift * p1[i];
    grl_equation_second(equation, h, q0, q0, x);
    *a = dot(n, p1, x) / 2;
    *b = dot(n, p0, x);
    grl_equation_second(equation, h, q0, q1, x);
    *b += dot(n, p1, x);
    found = isfinite(*a) && isfinite(*b);
done:
    free(J);
    free(pivots);
    return found;
}
