/* pca.c: the first two principal components of a set of states.
 *
 * Subspace iteration with a block of up to eight vectors on the covariance X^T X / count, which is never
 * formed, and Rayleigh-Ritz in the block (Golub and Van Loan 2013, 8.2.4; Parlett 1980, chapter 14): the
 * error falls as (variance 9 / variance 2)^steps. The small eigenproblem is solved by Jacobi's rotations.
 * Where variances are equal their axes are arbitrary, but the same states always give the same ones. */
#include "draw/pca.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8, STEPS = 200 };

void grl_pca_free(grl_pca *pca)
{
    free(pca->mean);
    free(pca->axes);
    *pca = (grl_pca){0};
}

void grl_pca_project(const grl_pca *pca, const double *h, double p[GRL_PCA_AXES])
{
    for (int k = 0; k < GRL_PCA_AXES; k++) {
        p[k] = 0;
        for (size_t i = 0; i < pca->n; i++) p[k] += (h[i] - pca->mean[i]) * pca->axes[(size_t)k * pca->n + i];
    }
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* Makes the rows of V orthonormal (Gram and Schmidt, twice); a row that vanishes becomes zero. */
static void orthonormalise(size_t rows, size_t n, double *V)
{
    for (size_t k = 0; k < rows; k++) {
        double *v = V + k * n, before = sqrt(dot(n, v, v));
        for (int pass = 0; pass < 2; pass++)
            for (size_t j = 0; j < k; j++) {
                double c = dot(n, v, V + j * n);
                for (size_t i = 0; i < n; i++) v[i] -= c * V[j * n + i];
            }
        double norm = sqrt(dot(n, v, v));
        double scale = norm > 1e-13 * before && norm > 0 ? 1 / norm : 0;
        for (size_t i = 0; i < n; i++) v[i] *= scale;
    }
}

/* Jacobi's rotations on the symmetric A (p x p): its diagonal becomes the eigenvalues, the rows of Q the
 * eigenvectors, by falling eigenvalue. */
static void diagonalise(size_t p, double A[BLOCK][BLOCK], double Q[BLOCK][BLOCK])
{
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) Q[i][j] = i == j;
    for (int sweep = 0; sweep < 30; sweep++)
        for (size_t i = 0; i < p; i++)
            for (size_t j = i + 1; j < p; j++) {
                if (A[i][j] == 0) continue;
                double angle = 0.5 * atan2(2 * A[i][j], A[i][i] - A[j][j]), c = cos(angle), s = sin(angle);
                for (size_t k = 0; k < p; k++) {
                    double a = A[k][i], b = A[k][j];
                    A[k][i] = c * a + s * b;
                    A[k][j] = c * b - s * a;
                }
                for (size_t k = 0; k < p; k++) {
                    double a = A[i][k], b = A[j][k], q = Q[i][k], r = Q[j][k];
                    A[i][k] = c * a + s * b;
                    A[j][k] = c * b - s * a;
                    Q[i][k] = c * q + s * r;
                    Q[j][k] = c * r - s * q;
                }
                A[i][j] = A[j][i] = 0;
            }
    for (size_t i = 0; i < p; i++)
        for (size_t j = i + 1; j < p; j++)
            if (A[j][j] > A[i][i]) {
                double value = A[i][i];
                A[i][i] = A[j][j];
                A[j][j] = value;
                for (size_t k = 0; k < p; k++) {
                    double q = Q[i][k];
                    Q[i][k] = Q[j][k];
                    Q[j][k] = q;
                }
            }
}

/* W = V X^T X / count for the p rows of V; S (p x count) becomes V X^T. */
static void apply(size_t p, size_t count, size_t n, const double *X, const double *V, double *S, double *W)
{
    for (size_t r = 0; r < count; r++)
        for (size_t k = 0; k < p; k++) S[k * count + r] = dot(n, V + k * n, X + r * n);
    memset(W, 0, p * n * sizeof *W);
    for (size_t r = 0; r < count; r++)
        for (size_t k = 0; k < p; k++) {
            double s = S[k * count + r] / (double)count;
            for (size_t i = 0; i < n; i++) W[k * n + i] += s * X[r * n + i];
        }
}

grl_status grl_pca_compute(size_t count, size_t n, const double *states, grl_pca *pca, grl_error *error)
{
    grl_status status = GRL_OK;
    const size_t p = n < BLOCK ? n : BLOCK;
    size_t total = 0;
    double *X = NULL, *V = NULL, *W = NULL, *S = NULL;
    *pca = (grl_pca){.n = n};
    if (!grl_product(count, n, &total)) goto no_memory;
    pca->mean = grl_calloc(n, sizeof *pca->mean);
    pca->axes = grl_calloc(n, GRL_PCA_AXES * sizeof *pca->axes);
    X = grl_calloc(total, sizeof *X);
    V = grl_calloc(n, BLOCK * sizeof *V);
    W = grl_calloc(n, BLOCK * sizeof *W);
    S = grl_calloc(count, BLOCK * sizeof *S);
    if (!pca->mean || !pca->axes || !X || !V || !W || !S) goto no_memory;

    /* From the first state on, so that equal states have no variance at all. */
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < n; i++) pca->mean[i] += (states[r * n + i] - states[i]) / (double)count;
    for (size_t i = 0; i < n && count > 0; i++) pca->mean[i] += states[i];
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < n; i++) X[r * n + i] = states[r * n + i] - pca->mean[i];
    pca->total = count > 0 ? dot(total, X, X) / (double)count : 0;

    grl_random random = grl_random_stream(0, 0);
    for (size_t i = 0; i < p * n; i++) V[i] = grl_random_normal(&random);
    orthonormalise(p, n, V);
    for (int step = 0; step < STEPS; step++) {
        double A[BLOCK][BLOCK], Q[BLOCK][BLOCK];
        apply(p, count, n, X, V, S, W);
        for (size_t i = 0; i < p; i++)
            for (size_t j = 0; j < p; j++) A[i][j] = dot(count, S + i * count, S + j * count) / (double)count;
        diagonalise(p, A, Q);
        /* The Ritz vectors, and how far they are from eigenvectors. */
        double wrong = 0;
        for (size_t i = 0; i < n; i++) {
            double v[BLOCK], w[BLOCK];
            for (size_t k = 0; k < p; k++) {
                v[k] = w[k] = 0;
                for (size_t j = 0; j < p; j++) {
                    v[k] += Q[k][j] * V[j * n + i];
                    w[k] += Q[k][j] * W[j * n + i];
                }
            }
            for (size_t k = 0; k < p; k++) {
                V[k * n + i] = v[k];
                W[k * n + i] = w[k];
                if (k < GRL_PCA_AXES) wrong = fmax(wrong, fabs(w[k] - A[k][k] * v[k]));
            }
        }
        for (size_t k = 0; k < GRL_PCA_AXES; k++) {
            pca->variance[k] = fmax(0, A[k][k]);
            memcpy(pca->axes + k * n, V + k * n, n * sizeof *V);
        }
        if (wrong <= 1e-12 * pca->total) break;
        memcpy(V, W, p * n * sizeof *V);
        orthonormalise(p, n, V);
    }
    for (size_t k = 0; k < GRL_PCA_AXES; k++) {
        double *axis = pca->axes + k * n;
        size_t largest = 0;
        for (size_t i = 1; i < n; i++)
            if (fabs(axis[i]) > fabs(axis[largest]) * (1 + 1e-9)) largest = i;
        if (axis[largest] < 0)
            for (size_t i = 0; i < n; i++) axis[i] = -axis[i];
    }
    goto done;

no_memory:
    status = grl_fail_memory(error, count, n * sizeof(double));
    grl_pca_free(pca);
done:
    free(X);
    free(V);
    free(W);
    free(S);
    return status;
}
