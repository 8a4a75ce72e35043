/* bordered.c: linear systems with a border, by LAPACK's LU factors.
 *
 * If A has a simple zero eigenvalue with right vector v and left vector w, then [A, b; c^T, 0] is regular
 * whenever w.b and c.v are not zero (Kuznetsov 2004, section 10.2.1), and partial pivoting treats it well
 * however close A is to singular. */
#include "num/bordered.h"

#include "num/dense.h"

#include <lapacke.h>
#include <string.h>

void grl_bordered_fill(size_t n, const double *A, double shift, const double *b, const double *c, double *M)
{
    size_t m = n + 1;
    for (size_t i = 0; i < n; i++) {
        memcpy(M + i * m, A + i * n, n * sizeof *M);
        M[i * m + i] -= shift;
        M[i * m + n] = b[i];
    }
    memcpy(M + n * m, c, n * sizeof *M);
    M[n * m + n] = 0;
}

bool grl_bordered_factor(size_t n, double *M, int *pivots)
{
    lapack_int m = (lapack_int)n + 1;
    grl_dense_serial();
    return LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, m, m, M, m, pivots) == 0;
}

void grl_bordered_solve(size_t n, const double *M, const int *pivots, double *b)
{
    lapack_int m = (lapack_int)n + 1;
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'T', m, 1, M, m, pivots, b, m);
}
