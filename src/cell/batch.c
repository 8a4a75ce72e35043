/* batch.c: the field at many states of one network.
 *
 *     u_z = W_z x + b_z + U_z h,  u_r, u_h likewise,  f = sigma(-u_z) (tanh(u_h) - h)      (cell.h)
 *
 * States come as rows, so the three affine maps are products of the states with U^T: BLAS from GEMM_FROM
 * units on, plain loops below, where a call costs more than the work (GRL_PLANAR: always loops). Rows are
 * taken in blocks of a fixed size, the last one filled up with copies of its last row: state s then has the
 * same bits however many states follow it. (They may depend on s: BLAS sums rows at the edge of its tiles in
 * another order.) */
#include "cell/cell.h"
#include "num/kernels.h"

#include <string.h>
#ifndef GRL_PLANAR
#include "num/dense.h"
#endif

enum { ROWS = 64, GEMM_FROM = 12 };

/* out = b + H U^T for ROWS states; b NULL: zero. */
static void affine_rows(size_t n, const double *H, const double *U, const double *b, double *out)
{
    for (size_t s = 0; s < ROWS; s++)
        for (size_t i = 0; i < n; i++) out[s * n + i] = b ? b[i] : 0;
#ifndef GRL_PLANAR
    if (n >= GEMM_FROM) {
        grl_dense_add_rows(ROWS, n, n, H, U, out);
        return;
    }
#endif
    for (size_t s = 0; s < ROWS; s++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) out[s * n + i] += U[i * n + j] * H[s * n + j];
}

static void add_input(const grl_cell *cell, grl_block W, const double *x, double *b)
{
    for (size_t i = 0; i < cell->n; i++)
        for (size_t k = 0; k < cell->m; k++) b[i] += cell->block[W][i * cell->m + k] * x[k];
}

size_t grl_cell_batch_work(const grl_cell *cell, size_t count)
{
    (void)count; /* one block at a time */
    return 4 * ROWS * cell->n + 3 * cell->n;
}

/* F = f(H) for ROWS states; p, q: ROWS x n each. */
static void field_rows(const grl_cell *cell, const double *bias, const double *H, double *F, double *p,
                       double *q)
{
    size_t n = cell->n, size = ROWS * n;
    const double *b_z = bias, *b_r = bias + n, *b_h = bias + 2 * n;
    const grl_kernels *kernels = grl_kernels_best();

    affine_rows(n, H, cell->block[GRL_U_R], b_r, p);
    kernels->sigma(size, p, p);
    if (cell->reset == GRL_RESET_BEFORE) {
        for (size_t k = 0; k < size; k++) p[k] *= H[k];
        affine_rows(n, p, cell->block[GRL_U_H], b_h, q);
    } else {
        affine_rows(n, H, cell->block[GRL_U_H], cell->block[GRL_C_H], q);
        for (size_t s = 0; s < ROWS; s++)
            for (size_t i = 0; i < n; i++) q[s * n + i] = b_h[i] + p[s * n + i] * q[s * n + i];
    }
    kernels->tanh(size, q, q);
    affine_rows(n, H, cell->block[GRL_U_Z], b_z, p);
    for (size_t k = 0; k < size; k++) p[k] = -p[k];
    kernels->sigma(size, p, p);
    for (size_t k = 0; k < size; k++) F[k] = p[k] * (q[k] - H[k]);
}

void grl_cell_field_batch(const grl_cell *cell, const double *x, size_t count, const double *H, double *F,
                          double *work)
{
    size_t n = cell->n;
    double *bias = work, *p = bias + 3 * n, *q = p + ROWS * n, *h = q + ROWS * n, *f = h + ROWS * n;

    memcpy(bias, cell->block[GRL_B_Z], n * sizeof *bias);
    memcpy(bias + n, cell->block[GRL_B_R], n * sizeof *bias);
    memcpy(bias + 2 * n, cell->block[GRL_B_H], n * sizeof *bias);
    if (x) {
        add_input(cell, GRL_W_Z, x, bias);
        add_input(cell, GRL_W_R, x, bias + n);
        add_input(cell, GRL_W_H, x, bias + 2 * n);
    }
    for (size_t first = 0; first < count; first += ROWS) {
        size_t rows = count - first < ROWS ? count - first : ROWS;
        if (rows == ROWS) {
            field_rows(cell, bias, H + first * n, F + first * n, p, q);
            continue;
        }
        for (size_t s = 0; s < ROWS; s++)
            memcpy(h + s * n, H + (first + (s < rows ? s : rows - 1)) * n, n * sizeof *h);
        field_rows(cell, bias, h, f, p, q);
        memcpy(F + first * n, f, rows * n * sizeof *f);
    }
}
