/* floquet.c: the eigenvalues of a product of matrices A = A_{M-1} ... A_0, without multiplying them.
 *
 * The product of the propagators of the pieces of a cycle has eigenvalues that differ by many powers of ten; multiplied out,
 * the small ones drown in the rounding of the large ones. So the pieces are kept apart (the periodic Schur
 * form of Bojanczyk, Golub and Van Dooren 1992, here by orthogonal iteration, as Fairgrieve and Jepson 1991
 * do for multipliers):
 *
 *     A_k Q_k = Q_{k+1} R_k,   Q_0 := Q_M of the round before,   R_k upper triangular
 *     Q_0' A Q_0 = S R_{M-1} ... R_0,   S = Q_0' Q_M
 *
 * Once subspaces have converged S is block diagonal, and the eigenvalues are those of the blocks S_b (R_{M-1})_b
 * ... (R_0)_b, each product scaled on the way. A block of one is a product of numbers. Moduli that are close
 * to each other do not separate and stay in one block, where LAPACK tells them apart; they are of like size
 * there, so nothing drowns. The error is that of one rounding in each piece, relative to the piece.
 *
 * What makes it fail: eigenvalues whose moduli form a long chain of close ones over many powers of ten stay in
 * one block, whose small ones are then only as exact as its large ones. */
#include "portrait/floquet.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "num/dense.h"
#include "portrait/tangent.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Off the diagonal blocks S is rounding below this. */
static const double split = 1e-12;

enum { MOST_ROUNDS = 40, LEAST_ROUNDS = 4 };
#define ROUND_OPERATIONS 1e9 /* for all rounds together, about */

typedef struct product {
    size_t n, count;
    const double *A;
    double *Q, *next, *L; /* n x n; n x n; count x n x n: R_k^T */
    double *S, *size;
} product;

static void swap(double **a, double **b)
{
    double *t = *a;
    *a = *b;
    *b = t;
}

/* One round; p->Q becomes Q_M, and `first` (n x n) keeps Q_0. */
static void go_round(product *p, double *first)
{
    const size_t n = p->n;
    memcpy(first, p->Q, n * n * sizeof *first);
    for (size_t k = 0; k < p->count; k++) {
        grl_dense_product(n, 1, p->Q, p->A + k * n * n, 0, p->next); /* rows: A_k q_j */
        grl_orthonormalize(n, n, p->next, p->size, p->L + k * n * n);
        swap(&p->Q, &p->next);
    }
}

/* The block of rows and columns from `at` to `end`: its eigenvalues with the logarithm of a common scale. */
static grl_status block_values(const product *p, size_t at, size_t end, double *values, double *logs,
                               grl_error *error)
{
    const size_t n = p->n, m = end - at;
    size_t eigen = grl_dense_eigen_work(m, false);
    double scale_log = 0;
    if (m == 1) {
        double sign = p->S[at * n + at] < 0 ? -1 : 1;
        for (size_t k = 0; k < p->count; k++) scale_log += log(p->L[(k * n + at) * n + at]);
        logs[at] = scale_log;
        values[2 * at] = sign * exp(scale_log);
        values[2 * at + 1] = 0;
        return GRL_OK;
    }
    double *B = grl_calloc(2 * m * m + eigen + 2 * m, sizeof *B);
    if (!B) return grl_fail_memory(error, 2 * m * m + eigen + 2 * m, sizeof *B);
    double *C = B + m * m, *own = C + m * m, *work = own + 2 * m;
    /* B = (R_{M-1})_b ... (R_0)_b, then S_b B. */
    for (size_t i = 0; i < m; i++) B[i * m + i] = 1;
    for (size_t k = 0; k <= p->count; k++) {
        double largest = 0;
        memset(C, 0, m * m * sizeof *C);
        for (size_t i = 0; i < m; i++)
            for (size_t l = 0; l < m; l++) {
                double a = k < p->count ? p->L[(k * n + at + l) * n + at + i] : p->S[(at + i) * n + at + l];
                for (size_t j = 0; j < m; j++) C[i * m + j] += a * B[l * m + j];
            }
        for (size_t i = 0; i < m * m; i++) largest = fmax(largest, fabs(C[i]));
        if (!(largest > 0)) largest = 1;
        scale_log += log(largest);
        for (size_t i = 0; i < m * m; i++) B[i] = C[i] / largest;
    }
    bool converged = grl_dense_eigen(m, B, own, NULL, work);
    for (size_t i = 0; i < m; i++) {
        double modulus = hypot(own[2 * i], own[2 * i + 1]), scale = exp(scale_log);
        logs[at + i] = scale_log + log(modulus);
        values[2 * (at + i)] = own[2 * i] * scale;
        values[2 * (at + i) + 1] = own[2 * i + 1] * scale;
    }
    free(B);
    return converged ? GRL_OK
                     : grl_fail(error, GRL_NOT_REACHED, "the multipliers of a closed orbit did not converge");
}

/* By falling modulus; conjugates stay side by side, since they are equal and the order is kept. */
static void sort(size_t n, double *values, double *logs)
{
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && logs[j] > logs[j - 1]; j--)
            for (int k = 0; k < 3; k++) {
                double *a = k < 2 ? &values[2 * j + (size_t)k] : &logs[j], *b = k < 2 ? a - 2 : a - 1, t = *a;
                *a = *b;
                *b = t;
            }
}

grl_status grl_floquet_values(size_t n, size_t count, const double *transposed, double *values, double *logs,
                              grl_error *error)
{
    size_t square = n * n, numbers = (4 + count) * square + n;
    double *room = grl_calloc(numbers, sizeof *room), *first;
    if (!room) return grl_fail_memory(error, numbers, sizeof *room);
    product p = {.n = n, .count = count, .A = transposed};
    p.Q = room;
    p.next = p.Q + square;
    first = p.next + square;
    p.S = first + square;
    p.L = p.S + square;
    p.size = p.L + count * square;
    grl_random random = grl_random_stream(0, 0);
    for (size_t i = 0; i < square; i++) p.Q[i] = grl_random_normal(&random);
    grl_orthonormalize(n, n, p.Q, p.size, NULL);

    double each = 10.0 * (double)count * (double)square * (double)n;
    int rounds = (int)fmin(MOST_ROUNDS, fmax(LEAST_ROUNDS, ROUND_OPERATIONS / each));
    grl_dense_serial();
    for (int i = 0; i < rounds; i++) go_round(&p, first);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t l = 0; l < n; l++) sum += first[i * n + l] * p.Q[j * n + l];
            p.S[i * n + j] = sum;
        }
    grl_status status = GRL_OK;
    for (size_t at = 0; at < n && status == GRL_OK;) {
        /* The block ends where nothing from below reaches into it; what is right of it does not matter. */
        size_t end = at + 1;
        for (size_t j = at; j < end; j++)
            for (size_t i = n; i-- > end;)
                if (!(fabs(p.S[i * n + j]) < split)) {
                    end = i + 1;
                    break;
                }
        status = block_values(&p, at, end, values, logs, error);
        at = end;
    }
    if (status == GRL_OK) sort(n, values, logs);
    free(room);
    return status;
}
