/* tangent.c: f(h) and Df(h) v for many directions v, without forming Df.
 *
 * With u_z, u_r, u_h the pre-activations, c = tanh(u_h), and q = r h (reset before) or a = U_h h + c_h (after),
 * along a direction v
 *
 *     dr  = r (1 - r) U_r v
 *     du_h = U_h (r v + h dr)          reset before
 *     du_h = r U_h v + a dr            reset after
 *     df  = (1 - z) ((1 - c^2) du_h - v) - (c - h) z (1 - z) U_z v
 *
 * State and directions are rows of one matrix, so the cost is three products of it with U^T: BLAS from
 * BLAS_FROM units on. The trace of Df takes two operations for each pair of units more.
 *
 * Rows are made orthonormal by modified Gram-Schmidt, each twice, which is as good as Householder's method
 * for rows that are not dependent to rounding ("twice is enough", Giraud et al. 2005). */
#include "portrait/tangent.h"

#include "cell/cell.h"
#include "num/dense.h"
#include "num/kernels.h"

#include <math.h>
#include <string.h>

enum { BLAS_FROM = 12 };

/* out = X U^T, rows x n. */
static void product(size_t n, size_t rows, const double *X, const double *U, double *out)
{
    memset(out, 0, rows * n * sizeof *out);
    if (n >= BLAS_FROM) {
        grl_dense_add_rows(rows, n, n, X, U, out);
        return;
    }
    for (size_t s = 0; s < rows; s++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++) sum += U[i * n + j] * X[s * n + j];
            out[s * n + i] = sum;
        }
}

size_t grl_tangent_work(size_t n, size_t k)
{
    return 3 * (k + 1) * n + 5 * n;
}

double grl_tangent_cost(size_t n, size_t k)
{
    /* three products, and some eighty for the elementary functions of a unit */
    return 6.0 * (double)n * (double)n * (double)(k + 1) + 80.0 * (double)n + 10.0 * (double)n * (double)k;
}

static double trace(const grl_cell *cell, const double *h, const double *r, const double *a, const double *c,
                    const double *pass, const double *keep)
{
    const double *U_z = cell->block[GRL_U_Z], *U_r = cell->block[GRL_U_R], *U_h = cell->block[GRL_U_H];
    size_t n = cell->n;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double slope = r[i] * U_h[i * n + i];
        if (cell->reset == GRL_RESET_BEFORE)
            for (size_t k = 0; k < n; k++)
                slope += U_h[i * n + k] * h[k] * r[k] * (1 - r[k]) * U_r[k * n + i];
        else
            slope += a[i] * r[i] * (1 - r[i]) * U_r[i * n + i];
        sum += pass[i] * ((1 - c[i]) * (1 + c[i]) * slope - 1) -
               (c[i] - h[i]) * keep[i] * pass[i] * U_z[i * n + i];
    }
    return sum;
}

void grl_tangent_field(const grl_cell *cell, size_t k, const double *X, double *F, double *divergence,
                       double *work)
{
    const size_t n = cell->n, rows = k + 1;
    const double *h = X, *b_z = cell->block[GRL_B_Z], *b_r = cell->block[GRL_B_R],
                 *b_h = cell->block[GRL_B_H], *c_h = cell->block[GRL_C_H];
    const grl_kernels *kernels = grl_kernels_best();
    double *P = work, *Q = P + rows * n, *Z = Q + rows * n;
    double *r = Z + rows * n, *keep = r + n, *pass = keep + n, *c = pass + n, *a = c + n;

    product(n, rows, X, cell->block[GRL_U_R], P);
    product(n, rows, X, cell->block[GRL_U_Z], Z);
    for (size_t i = 0; i < n; i++) {
        r[i] = P[i] + b_r[i];
        keep[i] = Z[i] + b_z[i];
        pass[i] = -keep[i];
    }
    kernels->sigma(3 * n, r, r); /* r, keep and pass lie side by side */
    if (cell->reset == GRL_RESET_BEFORE) {
        for (size_t i = 0; i < n; i++) Q[i] = r[i] * h[i];
        for (size_t j = 1; j < rows; j++)
            for (size_t i = 0; i < n; i++)
                Q[j * n + i] = r[i] * X[j * n + i] + h[i] * r[i] * (1 - r[i]) * P[j * n + i];
        product(n, rows, Q, cell->block[GRL_U_H], P);
        for (size_t i = 0; i < n; i++) c[i] = P[i] + b_h[i];
    } else {
        product(n, rows, X, cell->block[GRL_U_H], Q);
        for (size_t i = 0; i < n; i++) {
            a[i] = Q[i] + c_h[i];
            c[i] = b_h[i] + r[i] * a[i];
        }
        for (size_t j = 1; j < rows; j++)
            for (size_t i = 0; i < n; i++)
                P[j * n + i] = r[i] * Q[j * n + i] + a[i] * r[i] * (1 - r[i]) * P[j * n + i];
    }
    kernels->tanh(n, c, c);
    for (size_t i = 0; i < n; i++) F[i] = pass[i] * (c[i] - h[i]);
    for (size_t j = 1; j < rows; j++)
        for (size_t i = 0; i < n; i++) {
            double slope = (1 - c[i]) * (1 + c[i]), gate = (c[i] - h[i]) * keep[i] * pass[i];
            F[j * n + i] = pass[i] * (slope * P[j * n + i] - X[j * n + i]) - gate * Z[j * n + i];
        }
    if (divergence) *divergence = trace(cell, h, r, a, c, pass, keep);
}

void grl_tangent_map(const grl_cell *cell, double dt, size_t k, double *X, double *F, double *work)
{
    grl_tangent_field(cell, k, X, F, NULL, work);
    for (size_t i = 0; i < (k + 1) * cell->n; i++) X[i] += dt * F[i];
}

/* Eight partial sums, so that the compiler may use vector registers without changing the order of a sum. */
static double dot(size_t n, const double *a, const double *b)
{
    size_t even = n - n % 8;
    double sum[8] = {0};
    for (size_t i = 0; i < even; i += 8)
        for (size_t k = 0; k < 8; k++) sum[k] += a[i + k] * b[i + k];
    for (size_t i = even; i < n; i++) sum[i - even] += a[i] * b[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

void grl_orthonormalize(size_t k, size_t n, double *V, double *size, double *L)
{
    if (L) memset(L, 0, k * k * sizeof *L);
    for (size_t j = 0; j < k; j++) {
        double *v = V + j * n;
        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < j; i++) {
                const double *q = V + i * n;
                double along = dot(n, q, v);
                for (size_t l = 0; l < n; l++) v[l] -= along * q[l];
                if (L) L[j * k + i] += along;
            }
        size[j] = sqrt(dot(n, v, v));
        if (L) L[j * k + j] = size[j];
        double scale = size[j] > 0 ? 1 / size[j] : 0;
        for (size_t l = 0; l < n; l++) v[l] *= scale;
    }
}
