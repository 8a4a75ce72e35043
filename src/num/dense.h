/* dense.h: dense linear algebra over OpenBLAS and LAPACK. Matrices are row-major unless said otherwise. */
#ifndef GRL_NUM_DENSE_H
#define GRL_NUM_DENSE_H

#include <stdbool.h>
#include <stddef.h>

/* Makes OpenBLAS work on one thread in this process, from now on. Every use of this library's dense algebra
 * calls it first: threads run over starts, points and networks, and sums in a BLAS that splits its work
 * would depend on the number of threads. It stays set: a count that is saved and restored would be wrong as
 * soon as two threads did so at once. */
void grl_dense_serial(void);

/* y = A x, A: rows x columns. */
void grl_dense_multiply(size_t rows, size_t columns, const double *A, const double *x, double *y);

/* y = A^T x, A: rows x columns. */
void grl_dense_multiply_transposed(size_t rows, size_t columns, const double *A, const double *x, double *y);

/* C = alpha A B + beta C, all n x n. */
void grl_dense_product(size_t n, double alpha, const double *A, const double *B, double beta, double *C);

/* out += H U^T: H is rows x columns, U is n x columns, out is rows x n. */
void grl_dense_add_rows(size_t rows, size_t n, size_t columns, const double *H, const double *U, double *out);

/* y = |A| |x|, entry by entry, summed in the nearest rounding; exact value <= y (1 + 2 (columns + 2) u). */
void grl_dense_absolute(size_t rows, size_t columns, const double *A, const double *x, double *y);

/* A becomes its inverse; pivots: n ints, work: n*n doubles. False if a pivot is zero; A is lost then. */
bool grl_dense_invert(size_t n, double *A, int *pivots, double *work);

/* Factors of A (n x n, column-major) in place, with pivots: n ints; then solutions of A x = b from them, b in
 * place. False if a pivot is zero. */
bool grl_dense_factor(size_t n, double *A, int *pivots);
void grl_dense_solve(size_t n, const double *A, const int *pivots, double *b);
/* A X = B with A (n x n) and B (n x count) column-major: B becomes X, and A its LU factors; pivots: n ints.
 * False if a pivot is zero. */
bool grl_dense_solve_columns(size_t n, double *A, int *pivots, size_t count, double *B);

/* The sign of det A, from its LU factors; 0 if a pivot is zero. pivots: n ints; A is lost. */
int grl_dense_determinant_sign(size_t n, double *A, int *pivots);

/* Factors of A (n x n, row-major), in place, then solutions of A x = b from them, b in place. False if a pivot is zero;
 * the factors are lost then. */
bool grl_dense_factor_rows(size_t n, double *A, int *pivots);
void grl_dense_solve_rows(size_t n, const double *A, const int *pivots, double *b);

/* Factors of A (single precision, n x n), in place, then solutions of A x = b from them, b in place. */
bool grl_dense_factor_single(size_t n, float *A, int *pivots);
void grl_dense_solve_single(size_t n, const float *A, const int *pivots, float *b);

/* y = A x, n x n, in single precision. */
void grl_dense_multiply_single(size_t n, const float *A, const float *x, float *y);

/* C = alpha A B, n x n, in single precision. */
void grl_dense_product_single(size_t n, float alpha, const float *A, const float *B, float *C);

/* The lower triangle of G = A^T A (row-major), n x n. */
void grl_dense_gram(size_t n, const double *A, double *G);

/* Cholesky's factor of the symmetric positive definite A (its lower triangle is read), in place; then
 * solutions of A x = b from it, b in place. False if A is not positive definite to rounding. */
bool grl_dense_factor_positive(size_t n, double *A);
void grl_dense_solve_positive(size_t n, const double *A, double *b);

/* Eigenvalues (n pairs re, im) and, unless NULL, eigenvectors of A: row k holds n pairs, of 2-norm 1, and
 * belongs to eigenvalue k. A is kept. `work`: grl_dense_eigen_work(n, with vectors?) doubles. False if the QR
 * iteration did not converge. */
size_t grl_dense_eigen_work(size_t n, bool vectors);
bool grl_dense_eigen(size_t n, const double *A, double *values, double *vectors, double *work);

/* A complex n x n matrix (pairs) becomes its inverse; work: 2 n n doubles. False if a pivot is zero. */
bool grl_dense_invert_complex(size_t n, double *A, int *pivots, double *work);

/* C = A B, complex n x n matrices of pairs. */
void grl_dense_product_complex(size_t n, const double *A, const double *B, double *C);

#endif
