/* lyapunov.c: the first and second Lyapunov coefficient of a Hopf point of any number of units.
 *
 * On the centre manifold h + H(z, conj z), H = z q + conj + .. up to order 5, the flow is
 *
 *     z' = i omega z + c1 z |z|^2 + c2 z |z|^4 + ..,     l1 = Re c1 / omega,  l2 = Re c2 / omega
 *
 * (Kuznetsov 2004, sections 3.5, 8.3). H, c1 and c2 follow order by order from f(h + H) = H_z z' + H_conj
 * conj z': with N_jk the coefficient of z^j conj(z)^k in f(h + H) as far as H is known,
 *
 *     (i omega (j - k) - J) H_jk = N_jk - (c1 (j-1) + c1* (k-1)) H_(j-1)(k-1) - (c2 (j-2) + ..) H_(j-2)(k-2)
 *
 * which for (j, k) = (2, 1) and (3, 2) is singular: c1 and c2 make the right side orthogonal to p, and H_jk
 * is taken orthogonal to p too. f is expanded by arithmetic of truncated polynomials in z and conj z
 * (Griewank and Walther 2008, ch. 13), so no derivative is approximated.
 *
 * What makes it fail: another eigenvalue at a multiple of i omega up to 5. */
#include "bifurcation/normal_form.h"

#include "base/memory.h"
#include "bifurcation/cubic.h"
#include "cell/cell.h"
#include "num/dense.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER = 5, TERMS = 21 };

typedef struct polynomial {
    double complex c[TERMS];
} polynomial;

static int at(int j, int k)
{
    return (j + k) * (j + k + 1) / 2 + k;
}

static void multiply(const polynomial *a, const polynomial *b, polynomial *out)
{
    polynomial product;
    memset(&product, 0, sizeof product);
    for (int j = 0; j <= ORDER; j++)
        for (int k = 0; j + k <= ORDER; k++) {
            const double complex x = a->c[at(j, k)];
            if (x == 0) continue;
            for (int l = 0; j + k + l <= ORDER; l++)
                for (int m = 0; j + k + l + m <= ORDER; m++)
                    product.c[at(j + l, k + m)] += x * b->c[at(l, m)];
        }
    *out = product;
}

/* out += factor a */
static void add(double factor, const polynomial *a, polynomial *out)
{
    for (int i = 0; i < TERMS; i++) out->c[i] += factor * a->c[i];
}

/* g(a) from the Taylor coefficients of g at a's constant term. */
static void compose(const double *series, const polynomial *a, polynomial *out)
{
    polynomial inner = *a, sum;
    inner.c[0] = 0;
    memset(&sum, 0, sizeof sum);
    for (int k = ORDER; k >= 0; k--) {
        multiply(&sum, &inner, &sum);
        sum.c[0] += series[k];
    }
    *out = sum;
}

/* y' = 1 - y^2 or, for sigma, y' = y - y^2. */
static void apply(bool sigma, polynomial *a)
{
    double y[ORDER + 1];
    const double x = creal(a->c[0]);
    y[0] = sigma ? (x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))) : tanh(x);
    for (int k = 0; k < ORDER; k++) {
        double sum = sigma ? y[k] : k == 0;
        for (int i = 0; i <= k; i++) sum -= y[i] * y[k - i];
        y[k + 1] = sum / (k + 1);
    }
    compose(y, a, a);
}

/* out = b + M a */
static void affine(size_t n, const double *M, const double *b, const polynomial *a, polynomial *out)
{
    for (size_t i = 0; i < n; i++) {
        memset(&out[i], 0, sizeof out[i]);
        for (size_t j = 0; j < n; j++) add(M[i * n + j], &a[j], &out[i]);
        out[i].c[0] += b ? b[i] : 0;
    }
}

/* f of the states H; work: 3 n polynomials. */
static void field(const grl_cell *cell, const polynomial *H, polynomial *f, polynomial *work)
{
    const size_t n = cell->n;
    polynomial *r = work, *v = r + n, *pass = v + n;
    affine(n, cell->block[GRL_U_R], cell->block[GRL_B_R], H, r);
    for (size_t i = 0; i < n; i++) apply(true, &r[i]);
    if (cell->reset == GRL_RESET_BEFORE) {
        for (size_t i = 0; i < n; i++) multiply(&r[i], &H[i], &v[i]);
        affine(n, cell->block[GRL_U_H], cell->block[GRL_B_H], v, f);
    } else {
        affine(n, cell->block[GRL_U_H], cell->block[GRL_C_H], H, v);
        for (size_t i = 0; i < n; i++) {
            multiply(&r[i], &v[i], &f[i]);
            f[i].c[0] += cell->block[GRL_B_H][i];
        }
    }
    affine(n, cell->block[GRL_U_Z], cell->block[GRL_B_Z], H, pass);
    for (size_t i = 0; i < n; i++) {
        apply(false, &f[i]);
        add(-1, &H[i], &f[i]);
        for (int k = 0; k < TERMS; k++) pass[i].c[k] = -pass[i].c[k];
        apply(true, &pass[i]);
        multiply(&pass[i], &f[i], &f[i]);
    }
}

typedef struct form {
    size_t n;
    double *J, *q, *p; /* q and p: complex, n real parts and n imaginary parts */
    double *A, *b;     /* bordered real system of 2 (n + 1) */
    int *pivots;
    polynomial *H, *f, *work;
    double *block;
} form;

static void close_form(form *s)
{
    free(s->block);
    free(s->pivots);
    free(s->H);
}

static bool open_form(size_t n, form *s)
{
    const size_t N = 2 * (n + 1);
    *s = (form){.n = n};
    s->block = grl_calloc(n * n + 4 * n + N * N + N, sizeof *s->block);
    s->pivots = grl_calloc(N, sizeof *s->pivots);
    s->H = grl_calloc(5 * n, sizeof *s->H);
    if (!s->block || !s->pivots || !s->H) return false;
    s->J = s->block;
    s->q = s->J + n * n;
    s->p = s->q + 2 * n;
    s->A = s->p + 2 * n;
    s->b = s->A + N * N;
    s->f = s->H + n;
    s->work = s->f + n;
    return true;
}

/* (lambda - J) x + s p = b, <p, x> = 0 (only if `border`; else s = 0), x in place of b (2 (n + 1) numbers: n
 * + 1 real parts, then imaginary parts). */
static bool solve(form *s, double complex lambda, bool border)
{
    const size_t n = s->n, half = n + 1, N = 2 * half;
    memset(s->A, 0, N * N * sizeof *s->A);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const double re = (i == j ? creal(lambda) : 0) - s->J[i * n + j], im = i == j ? cimag(lambda) : 0;
            s->A[i * N + j] = s->A[(half + i) * N + half + j] = re;
            s->A[i * N + half + j] = -im;
            s->A[(half + i) * N + j] = im;
        }
    for (size_t i = 0; i < n && border; i++) {
        const double re = s->p[i], im = s->p[n + i];
        s->A[i * N + n] = s->A[(half + i) * N + half + n] = re;
        s->A[i * N + half + n] = -im;
        s->A[(half + i) * N + n] = im;
        s->A[n * N + i] = s->A[(half + n) * N + half + i] = re; /* conj(p) x */
        s->A[n * N + half + i] = im;
        s->A[(half + n) * N + i] = -im;
    }
    if (!border) s->A[n * N + n] = s->A[(half + n) * N + half + n] = 1;
    s->b[n] = s->b[half + n] = 0;
    if (!grl_dense_factor_rows(N, s->A, s->pivots)) return false;
    grl_dense_solve_rows(N, s->A, s->pivots, s->b);
    return true;
}

/* One order of H, from f(h + H) that knows the lower ones. */
static bool one_order(form *s, int order, double omega, double complex *c)
{
    const size_t n = s->n, half = n + 1;
    for (int k = 0; 2 * k <= order; k++) {
        const int j = order - k;
        const bool resonant = j - k == 1;
        double complex product = 0;
        for (size_t i = 0; i < n; i++) {
            double complex rest = s->f[i].c[at(j, k)];
            for (int m = 1; m <= 2 && m <= k; m++)
                if (!(resonant && m == k)) /* the coefficient that this order gives */
                    rest -= (c[m - 1] * (j - m) + conj(c[m - 1]) * (k - m)) * s->H[i].c[at(j - m, k - m)];
            s->b[i] = creal(rest);
            s->b[half + i] = cimag(rest);
            product += (s->p[i] - I * s->p[n + i]) * rest;
        }
        if (resonant) {
            c[k - 1] = product; /* H_10 = q and <p,q> = 1 */
            for (size_t i = 0; i < n; i++) {
                const double complex rest = c[k - 1] * (s->q[i] + I * s->q[n + i]);
                s->b[i] -= creal(rest);
                s->b[half + i] -= cimag(rest);
            }
        }
        if (!solve(s, I * omega * (j - k), resonant)) return false;
        for (size_t i = 0; i < n; i++) {
            const double complex x = s->b[i] + I * s->b[half + i];
            s->H[i].c[at(j, k)] = x;
            if (j != k) s->H[i].c[at(k, j)] = conj(x);
        }
    }
    return true;
}

bool grl_normal_form_lyapunov(const grl_equation *equation, const double *h, double kappa, double *first,
                              double *second)
{
    const size_t n = equation->n;
    const double omega = sqrt(kappa);
    double complex c[2] = {0, 0};
    form s;
    if (equation->step > 0 || !(kappa > 0)) return false;
    bool found = open_form(n, &s);
    if (found) {
        grl_equation_field(equation, h, s.b, s.J);
        found = grl_mode_vectors(n, s.J, I * omega, s.q, s.p);
    }
    for (size_t i = 0; i < n && found; i++) {
        s.H[i].c[at(0, 0)] = h[i];
        s.H[i].c[at(1, 0)] = s.q[i] + I * s.q[n + i];
        s.H[i].c[at(0, 1)] = s.q[i] - I * s.q[n + i];
    }
    for (int order = 2; order <= ORDER && found; order++) {
        field(grl_path_cell(equation->path), s.H, s.f, s.work);
        found = one_order(&s, order, omega, c);
    }
    close_form(&s);
    *first = creal(c[0]) / omega;
    *second = creal(c[1]) / omega;
    return found && isfinite(*first) && isfinite(*second);
}
