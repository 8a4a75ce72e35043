/* dense.c: dense linear algebra over OpenBLAS and LAPACK.
 *
 * Thin wrappers that fix three things once. Layout: a row-major matrix is the transpose of a column-major
 * one, so LAPACK is called on the transpose where that is free, and nothing is copied. Threads: one (see
 * grl_dense_serial). NaN: LAPACKE's own checks are passed by (the *_work entry points); a NaN runs through,
 * and whoever uses the numbers compares so that NaN fails.
 *
 * Summation error: every dot product of length n that is computed here in the usual way, in any order and
 * with or without fused operations, obeys |computed - exact| <= gamma_n sum |a_k b_k|, gamma_n = n u / (1 - n
 * u), u = 2^-53, up to underflow (Higham 2002, section 3.1). OpenBLAS uses no fast (Strassen) multiplication.
 */
#include "num/dense.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

void grl_dense_serial(void)
{
    if (openblas_get_num_threads() != 1) openblas_set_num_threads(1);
}

void grl_dense_multiply(size_t rows, size_t columns, const double *A, const double *x, double *y)
{
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (blasint)rows, (blasint)columns, 1, A, (blasint)columns, x, 1, 0,
                y, 1);
}

void grl_dense_multiply_transposed(size_t rows, size_t columns, const double *A, const double *x, double *y)
{
    cblas_dgemv(CblasRowMajor, CblasTrans, (blasint)rows, (blasint)columns, 1, A, (blasint)columns, x, 1, 0,
                y, 1);
}

void grl_dense_product(size_t n, double alpha, const double *A, const double *B, double beta, double *C)
{
    blasint size = (blasint)n;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, alpha, A, size, B, size, beta, C,
                size);
}

void grl_dense_add_rows(size_t rows, size_t n, size_t columns, const double *H, const double *U, double *out)
{
    blasint inner = (blasint)columns;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)rows, (blasint)n, inner, 1, H, inner, U,
                inner, 1, out, (blasint)n);
}

/* Eight partial sums, so that the compiler may use vector registers without changing the order of a sum. */
void grl_dense_absolute(size_t rows, size_t columns, const double *A, const double *x, double *y)
{
    size_t even = columns - columns % 8;
    for (size_t i = 0; i < rows; i++) {
        const double *row = A + i * columns;
        double sum[8] = {0};
        for (size_t j = 0; j < even; j += 8)
            for (size_t k = 0; k < 8; k++) sum[k] += fabs(row[j + k]) * fabs(x[j + k]);
        for (size_t j = even; j < columns; j++) sum[j - even] += fabs(row[j]) * fabs(x[j]);
        y[i] = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
    }
}

bool grl_dense_invert(size_t n, double *A, int *pivots, double *work)
{
    lapack_int size = (lapack_int)n;
    if (LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, size, size, A, size, pivots) != 0) return false;
    return LAPACKE_dgetri_work(LAPACK_COL_MAJOR, size, A, size, pivots, work, size * size) == 0;
}

bool grl_dense_factor(size_t n, double *A, int *pivots)
{
    lapack_int size = (lapack_int)n;
    return LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, size, size, A, size, pivots) == 0;
}

void grl_dense_solve(size_t n, const double *A, const int *pivots, double *b)
{
    lapack_int size = (lapack_int)n;
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'N', size, 1, A, size, pivots, b, size);
}

bool grl_dense_solve_columns(size_t n, double *A, int *pivots, size_t count, double *B)
{
    lapack_int size = (lapack_int)n;
    return LAPACKE_dgesv_work(LAPACK_COL_MAJOR, size, (lapack_int)count, A, size, pivots, B, size) == 0;
}

int grl_dense_determinant_sign(size_t n, double *A, int *pivots)
{
    lapack_int size = (lapack_int)n;
    int sign = 1;
    if (LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, size, size, A, size, pivots) != 0) return 0;
    for (size_t i = 0; i < n; i++) {
        if (pivots[i] != (int)i + 1) sign = -sign;
        sign *= (A[i * n + i] > 0) - (A[i * n + i] < 0);
    }
    return sign;
}

bool grl_dense_factor_rows(size_t n, double *A, int *pivots)
{
    lapack_int size = (lapack_int)n;
    return LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, size, size, A, size, pivots) == 0;
}

void grl_dense_solve_rows(size_t n, const double *A, const int *pivots, double *b)
{
    lapack_int size = (lapack_int)n;
    LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, 'T', size, 1, A, size, pivots, b, size);
}

bool grl_dense_factor_single(size_t n, float *A, int *pivots)
{
    lapack_int size = (lapack_int)n;
    return LAPACKE_sgetrf_work(LAPACK_COL_MAJOR, size, size, A, size, pivots) == 0;
}

void grl_dense_solve_single(size_t n, const float *A, const int *pivots, float *b)
{
    lapack_int size = (lapack_int)n;
    LAPACKE_sgetrs_work(LAPACK_COL_MAJOR, 'T', size, 1, A, size, pivots, b, size);
}

void grl_dense_multiply_single(size_t n, const float *A, const float *x, float *y)
{
    blasint size = (blasint)n;
    cblas_sgemv(CblasRowMajor, CblasNoTrans, size, size, 1, A, size, x, 1, 0, y, 1);
}

void grl_dense_product_single(size_t n, float alpha, const float *A, const float *B, float *C)
{
    blasint size = (blasint)n;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, alpha, A, size, B, size, 0, C,
                size);
}

void grl_dense_gram(size_t n, const double *A, double *G)
{
    blasint size = (blasint)n;
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, size, size, 1, A, size, 0, G, size);
}

bool grl_dense_factor_positive(size_t n, double *A)
{
    lapack_int size = (lapack_int)n;
    return LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', size, A, size) == 0;
}

void grl_dense_solve_positive(size_t n, const double *A, double *b)
{
    lapack_int size = (lapack_int)n;
    LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'U', size, 1, A, size, b, size);
}

/* Beyond the copy of A and the packed vectors, four rows of the matrix satisfy dgeev. */
size_t grl_dense_eigen_work(size_t n, bool vectors)
{
    return n * n * (vectors ? 2 : 1) + 2 * n + 34 * n;
}

bool grl_dense_eigen(size_t n, const double *A, double *values, double *vectors, double *work)
{
    lapack_int size = (lapack_int)n, info;
    double *copy = work, *re = copy + n * n, *im = re + n, *scratch = im + n, *packed = scratch + 34 * n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) copy[j * n + i] = A[i * n + j];
    info = LAPACKE_dgeev_work(LAPACK_COL_MAJOR, 'N', vectors ? 'V' : 'N', size, copy, size, re, im, NULL, 1,
                              vectors ? packed : NULL, vectors ? size : 1, scratch, 34 * size);
    if (info != 0) return false;
    for (size_t k = 0; k < n; k++) {
        values[2 * k] = re[k];
        values[2 * k + 1] = im[k];
    }
    if (!vectors) return true;
    for (size_t k = 0; k < n; k++) {
        /* a complex pair shares two columns: real part first, then the imaginary part of the first one */
        bool first = im[k] > 0, second = im[k] < 0;
        const double *real = packed + (second ? k - 1 : k) * n,
                     *imaginary = packed + (second ? k : k + 1) * n;
        double sign = second ? -1 : 1;
        for (size_t i = 0; i < n; i++) {
            vectors[2 * (k * n + i)] = real[i];
            vectors[2 * (k * n + i) + 1] = first || second ? sign * imaginary[i] : 0;
        }
    }
    return true;
}

bool grl_dense_invert_complex(size_t n, double *A, int *pivots, double *work)
{
    lapack_int size = (lapack_int)n;
    lapack_complex_double *matrix = (void *)A, *scratch = (void *)work;
    if (LAPACKE_zgetrf_work(LAPACK_COL_MAJOR, size, size, matrix, size, pivots) != 0) return false;
    return LAPACKE_zgetri_work(LAPACK_COL_MAJOR, size, matrix, size, pivots, scratch, size * size) == 0;
}

void grl_dense_product_complex(size_t n, const double *A, const double *B, double *C)
{
    blasint size = (blasint)n;
    const double one[2] = {1, 0}, zero[2] = {0, 0};
    cblas_zgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, one, A, size, B, size, zero, C,
                size);
}
