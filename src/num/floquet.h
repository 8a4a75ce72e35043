/* floquet.h: eigenvalues of a product of matrices, without forming it. */
#ifndef GRL_NUM_FLOQUET_H
#define GRL_NUM_FLOQUET_H

#include <stdbool.h>
#include <stddef.h>

/* Eigenvalues (n pairs re, im; by falling modulus) of A[count-1] .. A[1] A[0], matrices n x n row-major one
 * after another. work: grl_floquet_work numbers. False if the QR iteration of a block did not converge. */
size_t grl_floquet_work(size_t n, size_t count);
bool grl_floquet(size_t n, size_t count, const double *A, double *values, double *work);

#endif
