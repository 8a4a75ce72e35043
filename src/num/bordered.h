/* bordered.h: linear systems with a border, which stay regular where the matrix itself is singular. */
#ifndef GRL_NUM_BORDERED_H
#define GRL_NUM_BORDERED_H

#include <stdbool.h>
#include <stddef.h>

/* M = [A - shift I, b; c^T, 0], of n + 1 rows, row-major. A: n x n. M is (n + 1) x (n + 1). */
void grl_bordered_fill(size_t n, const double *A, double shift, const double *b, const double *c, double *M);

/* LU factors in place; pivots: n + 1 ints. False if a pivot is zero. */
bool grl_bordered_factor(size_t n, double *M, int *pivots);

/* b becomes the solution x of M x = b, n + 1 numbers, from the factors. */
void grl_bordered_solve(size_t n, const double *M, const int *pivots, double *b);

#endif
