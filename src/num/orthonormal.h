/* orthonormal.h: random matrices with orthonormal rows. */
#ifndef GRL_NUM_ORTHONORMAL_H
#define GRL_NUM_ORTHONORMAL_H

#include "base/random.h"

#include <stddef.h>

/* rows x columns, row-major, rows <= columns: the rows of a Gaussian matrix, made orthonormal one after another; for
 * rows = columns uniform over the orthogonal group (Stewart 1980, The efficient generation of random orthogonal
 * matrices, theorem 3.3). Two rounds of Gram and Schmidt's method (Giraud and others 2005: twice is enough). */
void grl_orthonormal_rows(grl_random *random, size_t rows, size_t columns, double *A);

#endif
