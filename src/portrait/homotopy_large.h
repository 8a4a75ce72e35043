/* homotopy_large.h (internal): a path from any start to a fixed point, where Newton's method gets stuck. */
#ifndef GRL_PORTRAIT_HOMOTOPY_LARGE_H
#define GRL_PORTRAIT_HOMOTOPY_LARGE_H

#include "portrait/newton_large.h"

#include <stdbool.h>

/* Follows the path that begins at a (n numbers) until it comes to a fixed point; a is then near it, to be
 * finished by Newton's method. False if it takes too many steps. matrix: (n + 1)^2 floats; vectors:
 * grl_homotopy_work(n) doubles; pivots: n + 1 ints. */
size_t grl_homotopy_work(size_t n);
bool grl_homotopy_run(grl_newton *newton, double *a, float *matrix, double *vectors, int *pivots);

#endif
