/* field.c: the field, the map, the Jacobian, and mixed directional derivatives to order three.
 *
 * Jacobian, with a' = derivative of the activation at its argument, q = r * h (reset before), v = U_h h + c_h
 * (after):
 *
 *     before: dn/dh = diag(1 - n^2) U_h [diag(r) + diag(h r (1 - r)) U_r]
 *     after:  dn/dh = diag(1 - n^2) [diag(r) U_h + diag(v r (1 - r)) U_r]
 *     Df = diag(1 - z) (dn/dh - I) - diag((n - h) z (1 - z)) U_z
 *
 * Derivatives of higher order are taken by arithmetic in e_1, e_2, e_3 with e_k^2 = 0: a quantity is the list
 * of its coefficients over the subsets S of {1, 2, 3}; the coefficient of e_1 e_2 e_3 of f(h + sum e_k u_k)
 * is D^3 f(u_1, u_2, u_3). Products follow Leibniz' rule over subsets, functions Faa di Bruno's over
 * partitions, so every result is exact up to rounding and serves weights (tangents) as well as states.
 *
 * 1 - z is computed as sigma(-u), never by subtraction. */
#include "cell/cell.h"
#include "num/kernels.h"

#include <math.h>
#include <string.h>

enum { JETS = 8 }; /* subsets of three directions */

/* From this many columns on, vector code pays for its call. */
enum { WIDE = 16 };

/* out += A x */
static void add_product(size_t rows, size_t columns, const double *A, const double *x, double *out)
{
    if (columns >= WIDE) {
        grl_kernels_best()->add_product(rows, columns, A, x, out);
        return;
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) out[i] += A[i * columns + j] * x[j];
}

/* out = b + U h + W x; U or x may be NULL. */
static void affine(size_t n, size_t m, const double *U, const double *h, const double *W, const double *x,
                   const double *b, double *out)
{
    memcpy(out, b, n * sizeof *out);
    if (U) add_product(n, n, U, h, out);
    if (x) add_product(n, m, W, x, out);
}

/* What all evaluations share: `keep` = z, `pass` = 1 - z, r, the candidate c = tanh(...), v (reset after: U_h
 * h + c_h; before: r * h). Each n numbers. */
typedef struct gates {
    double *keep, *pass, *r, *v, *candidate;
} gates;

static gates evaluate(const grl_cell *cell, const double *x, const double *h, double *work)
{
    size_t n = cell->n, m = cell->m;
    double *const *B = cell->block;
    const grl_kernels *kernels = grl_kernels_best();
    gates g = {work, work + n, work + 2 * n, work + 3 * n, work + 4 * n};

    affine(n, m, B[GRL_U_Z], h, B[GRL_W_Z], x, B[GRL_B_Z], g.keep);
    for (size_t i = 0; i < n; i++) g.pass[i] = -g.keep[i];
    affine(n, m, B[GRL_U_R], h, B[GRL_W_R], x, B[GRL_B_R], g.r);
    kernels->sigma(3 * n, work, work);
    if (cell->reset == GRL_RESET_BEFORE) {
        for (size_t i = 0; i < n; i++) g.v[i] = g.r[i] * h[i];
        affine(n, m, B[GRL_U_H], g.v, B[GRL_W_H], x, B[GRL_B_H], g.candidate);
    } else {
        affine(n, 0, B[GRL_U_H], h, NULL, NULL, B[GRL_C_H], g.v);
        affine(n, m, NULL, NULL, B[GRL_W_H], x, B[GRL_B_H], g.candidate);
        for (size_t i = 0; i < n; i++) g.candidate[i] += g.r[i] * g.v[i];
    }
    kernels->tanh(n, g.candidate, g.candidate);
    return g;
}

size_t grl_cell_work(const grl_cell *cell)
{
    return 5 * cell->n;
}

void grl_cell_field(const grl_cell *cell, const double *x, const double *h, double *f, double *work)
{
    gates g = evaluate(cell, x, h, work);
    for (size_t i = 0; i < cell->n; i++) f[i] = g.pass[i] * (g.candidate[i] - h[i]);
}

void grl_cell_map(const grl_cell *cell, const double *x, double dt, const double *h, double *next,
                  double *work)
{
    gates g = evaluate(cell, x, h, work);
    for (size_t i = 0; i < cell->n; i++)
        next[i] = dt == 1 ? g.keep[i] * h[i] + g.pass[i] * g.candidate[i]
                          : h[i] + dt * (g.pass[i] * (g.candidate[i] - h[i]));
}

static void jacobian_of(const grl_cell *cell, const double *h, gates g, double *J)
{
    size_t n = cell->n;
    const double *U_z = cell->block[GRL_U_Z], *U_r = cell->block[GRL_U_R], *U_h = cell->block[GRL_U_H];

    for (size_t i = 0; i < n; i++) {
        double *row = J + i * n;
        double slope = (1 - g.candidate[i]) * (1 + g.candidate[i]);
        if (cell->reset == GRL_RESET_BEFORE) {
            for (size_t j = 0; j < n; j++) row[j] = U_h[i * n + j] * g.r[j];
            for (size_t k = 0; k < n; k++) {
                double weight = U_h[i * n + k] * g.v[k] * (1 - g.r[k]);
                for (size_t j = 0; j < n; j++) row[j] += weight * U_r[k * n + j];
            }
        } else {
            double weight = g.v[i] * g.r[i] * (1 - g.r[i]);
            for (size_t j = 0; j < n; j++) row[j] = g.r[i] * U_h[i * n + j] + weight * U_r[i * n + j];
        }
        double gate = (g.candidate[i] - h[i]) * g.keep[i] * g.pass[i];
        for (size_t j = 0; j < n; j++)
            row[j] = g.pass[i] * (slope * row[j] - (i == j)) - gate * U_z[i * n + j];
    }
}

void grl_cell_jacobian(const grl_cell *cell, const double *x, const double *h, double *J, double *work)
{
    jacobian_of(cell, h, evaluate(cell, x, h, work), J);
}

void grl_cell_linearize(const grl_cell *cell, const double *x, const double *h, double *f, double *J,
                        double *work)
{
    gates g = evaluate(cell, x, h, work);
    for (size_t i = 0; i < cell->n; i++) f[i] = g.pass[i] * (g.candidate[i] - h[i]);
    jacobian_of(cell, h, g, J);
}

/* Jets: jet[S * n + i] is the coefficient over subset S of component i. */

static void jet_product(size_t n, int jets, const double *a, const double *b, double *out)
{
    for (int S = 0; S < jets; S++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (int T = S;; T = (T - 1) & S) { /* all subsets T of S */
                sum += a[(size_t)T * n + i] * b[(size_t)(S ^ T) * n + i];
                if (T == 0) break;
            }
            out[(size_t)S * n + i] = sum;
        }
}

/* out += M a, where M may move with the tangents of one block. */
static void jet_matrix(const grl_cell *cell, int order, const grl_cell *const *tangents, grl_block block,
                       const double *a, double *out)
{
    size_t n = cell->n;
    for (int S = 0; S < 1 << order; S++)
        for (int k = -1; k < order; k++) {
            const double *M, *source;
            if (k < 0) {
                M = cell->block[block];
                source = a + (size_t)S * n;
            } else {
                if (!(S >> k & 1) || !tangents || !tangents[k]) continue;
                M = tangents[k]->block[block];
                source = a + (size_t)(S ^ (1 << k)) * n;
            }
            for (size_t i = 0; i < n; i++) {
                double sum = 0;
                for (size_t j = 0; j < n; j++) sum += M[i * n + j] * source[j];
                out[(size_t)S * n + i] += sum;
            }
        }
}

/* out = b + W x, with their tangents; W < 0: no input. */
static void jet_bias(const grl_cell *cell, int order, const grl_cell *const *tangents, int W, grl_block b,
                     const double *x, double *out)
{
    size_t n = cell->n, m = cell->m;
    memset(out, 0, ((size_t)1 << order) * n * sizeof *out);
    for (int k = -1; k < order; k++) {
        const grl_cell *source = k < 0 ? cell : tangents ? tangents[k] : NULL;
        if (!source) continue;
        double *row = out + (k < 0 ? 0 : (size_t)1 << k) * n;
        for (size_t i = 0; i < n; i++) {
            row[i] += source->block[b][i];
            if (W >= 0 && x)
                for (size_t j = 0; j < m; j++) row[i] += source->block[W][i * m + j] * x[j];
        }
    }
}

/* The coefficients of g(a) from g', g'', g''' at a's value; d holds these as d[0], d[1], d[2] for each
 * component. */
static void jet_chain(size_t n, int order, const double *a, const double *value, const double *d, double *out)
{
    for (size_t i = 0; i < n; i++) {
        double c[JETS], g1 = d[3 * i], g2 = d[3 * i + 1], g3 = d[3 * i + 2];
        for (int S = 0; S < 1 << order; S++) c[S] = a[(size_t)S * n + i];
        out[i] = value[i];
        for (int S = 1; S < 1 << order; S++) {
            double sum = g1 * c[S];
            for (int T = (S - 1) & S; T > (S ^ T); T = (T - 1) & S) sum += g2 * c[T] * c[S ^ T];
            if (S == 7) sum += g3 * c[1] * c[2] * c[4];
            out[(size_t)S * n + i] = sum;
        }
    }
}

static void jet_sigma(size_t n, int order, const double *a, double *d, double *out)
{
    const grl_kernels *kernels = grl_kernels_best();
    for (size_t i = 0; i < n; i++) {
        double pair[2] = {a[i], -a[i]};
        kernels->sigma(2, pair, pair);
        double s = pair[0], t = pair[1];
        out[i] = s;
        d[3 * i] = s * t;
        d[3 * i + 1] = s * t * (t - s);
        d[3 * i + 2] = s * t * (1 - 6 * s * t);
    }
    jet_chain(n, order, a, out, d, out);
}

static void jet_tanh(size_t n, int order, const double *a, double *d, double *out)
{
    grl_kernels_best()->tanh(n, a, out);
    for (size_t i = 0; i < n; i++) {
        double t = out[i], slope = (1 - t) * (1 + t);
        d[3 * i] = slope;
        d[3 * i + 1] = -2 * t * slope;
        d[3 * i + 2] = slope * (6 * t * t - 2);
    }
    jet_chain(n, order, a, out, d, out);
}

size_t grl_cell_derivative_work(const grl_cell *cell)
{
    return (5 * JETS + 3) * cell->n;
}

void grl_cell_derivative(const grl_cell *cell, const double *x, const double *h, int order,
                         const double *const *u, const grl_cell *const *tangents, double *out, double *work)
{
    size_t n = cell->n, size = JETS * n;
    int jets = 1 << order, last = jets - 1;
    double *state = work, *a = state + size, *gate = a + size, *v = gate + size, *candidate = v + size,
           *d = candidate + size;

    memset(state, 0, size * sizeof *state);
    memcpy(state, h, n * sizeof *h);
    for (int k = 0; k < order; k++)
        if (u && u[k]) memcpy(state + ((size_t)1 << k) * n, u[k], n * sizeof *h);

    jet_bias(cell, order, tangents, GRL_W_R, GRL_B_R, x, a);
    jet_matrix(cell, order, tangents, GRL_U_R, state, a);
    jet_sigma(n, order, a, d, gate);
    if (cell->reset == GRL_RESET_BEFORE) {
        jet_product(n, jets, gate, state, v);
        jet_bias(cell, order, tangents, GRL_W_H, GRL_B_H, x, a);
        jet_matrix(cell, order, tangents, GRL_U_H, v, a);
    } else {
        jet_bias(cell, order, tangents, -1, GRL_C_H, NULL, v);
        jet_matrix(cell, order, tangents, GRL_U_H, state, v);
        jet_product(n, jets, gate, v, candidate);
        jet_bias(cell, order, tangents, GRL_W_H, GRL_B_H, x, a);
        for (size_t i = 0; i < (size_t)jets * n; i++) a[i] += candidate[i];
    }
    jet_tanh(n, order, a, d, candidate);
    for (size_t i = 0; i < (size_t)jets * n; i++) candidate[i] -= state[i];

    jet_bias(cell, order, tangents, GRL_W_Z, GRL_B_Z, x, a);
    jet_matrix(cell, order, tangents, GRL_U_Z, state, a);
    for (size_t i = 0; i < (size_t)jets * n; i++) a[i] = -a[i];
    jet_sigma(n, order, a, d, gate); /* 1 - z */
    jet_product(n, jets, gate, candidate, v);
    memcpy(out, v + (size_t)last * n, n * sizeof *out);
}
