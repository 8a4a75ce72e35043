/* linear.h (internal): an affine map y = A x + b, as a readout and the start of a model are. */
#ifndef GRL_CELL_LINEAR_H
#define GRL_CELL_LINEAR_H

#include <grulens/status.h>
#include <stddef.h>

typedef struct grl_linear {
    size_t rows, columns; /* rows 0: there is none; columns 0: y = b */
    double *A,
        *b; /* rows x columns, row-major, and rows; one block, which b begins. A NULL without columns */
} grl_linear;

/* Copies the numbers in, in place of those that were there; rows 0: there is none afterwards. A and b NULL: zero.
 * names: of A and b, for GRL_BAD_INPUT where a number is not finite or above 1e100; on failure nothing has changed. */
grl_status grl_linear_set(grl_linear *linear, const char *const names[2], size_t rows, size_t columns,
                          const double *A, const double *b, grl_error *error);
void grl_linear_apply(const grl_linear *linear, const double *x, double *y);
void grl_linear_drop(grl_linear *linear);

#endif
