/* floquet.h (internal): the eigenvalues of a product of matrices, small ones as exactly as large ones. */
#ifndef GRL_PORTRAIT_FLOQUET_H
#define GRL_PORTRAIT_FLOQUET_H

#include <grulens/status.h>
#include <stddef.h>

/* Eigenvalues of A_{count-1} ... A_0, by falling modulus. transposed: count x n x n, the matrices A_k^T
 * row-major (row j is A_k e_j). values: n pairs (re, im), which may underflow; logs: n, log of each modulus. */
grl_status grl_floquet_values(size_t n, size_t count, const double *transposed, double *values, double *logs,
                              grl_error *error);

#endif
