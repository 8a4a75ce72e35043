/* linear.c: affine maps, y = A x + b. */
#include "cell/linear.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LARGEST_NUMBER = 1e100; /* as in grl_cell_check */

static grl_status check(const char *const names[2], size_t rows, size_t columns, const double *A,
                        const double *b, grl_error *error)
{
    for (size_t i = 0; A && i < rows * columns; i++)
        if (!(fabs(A[i]) <= LARGEST_NUMBER))
            return grl_fail(error, GRL_BAD_INPUT, "%s[%zu,%zu]: expected a finite number, found %g", names[0],
                            i / columns, i % columns, A[i]);
    for (size_t i = 0; b && i < rows; i++)
        if (!(fabs(b[i]) <= LARGEST_NUMBER))
            return grl_fail(error, GRL_BAD_INPUT, "%s[%zu]: expected a finite number, found %g", names[1], i,
                            b[i]);
    return GRL_OK;
}

grl_status grl_linear_set(grl_linear *linear, const char *const names[2], size_t rows, size_t columns,
                          const double *A, const double *b, grl_error *error)
{
    grl_linear made = {0};
    size_t count;
    if (rows > 0) {
        made.rows = rows;
        made.columns = columns;
        if (!grl_product(rows, columns, &count) || !grl_product(rows, columns + 1, &count))
            return grl_fail_memory(error, rows, columns);
        grl_status status = check(names, rows, columns, A, b, error);
        if (status != GRL_OK) return status;
        made.b = grl_calloc(count, sizeof *made.b);
        if (!made.b) return grl_fail_memory(error, count, sizeof *made.b);
        if (columns > 0) made.A = made.b + rows;
        if (b) memcpy(made.b, b, rows * sizeof *b);
        if (A && columns > 0) memcpy(made.A, A, rows * columns * sizeof *A);
    }
    grl_linear_drop(linear);
    *linear = made;
    return GRL_OK;
}

void grl_linear_apply(const grl_linear *linear, const double *x, double *y)
{
    for (size_t i = 0; i < linear->rows; i++) {
        y[i] = linear->b[i];
        for (size_t j = 0; j < linear->columns; j++) y[i] += linear->A[i * linear->columns + j] * x[j];
    }
}

void grl_linear_drop(grl_linear *linear)
{
    free(linear->b);
    *linear = (grl_linear){0};
}
