/* spectrum_large.c: eigenvalues at a fixed point for any number of units.
 *
 * LAPACK's QR iteration (dgeev, with balancing). Backward stable: the eigenvalues are those of a matrix
 * within a few units of rounding of J, so a badly conditioned one (near a defective matrix) may be off by
 * much more. */
#include "portrait/spectrum_large.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

grl_status grl_spectrum_dense(size_t n, const double *J, double *eigenvalues, double *eigenvectors,
                              grl_error *error)
{
    size_t size = grl_dense_eigen_work(n, eigenvectors != NULL);
    for (size_t k = 0; k < n * n; k++)
        if (!isfinite(J[k]))
            return grl_fail(error, GRL_BAD_INPUT, "eigenvalues: expected finite entries, found %g in row %zu",
                            J[k], k / n);
    double *work = grl_calloc(size, sizeof *work);
    if (!work) return grl_fail_memory(error, size, sizeof *work);
    grl_dense_serial();
    bool done = grl_dense_eigen(n, J, eigenvalues, eigenvectors, work);
    free(work);
    if (!done)
        return grl_fail(error, GRL_NOT_REACHED,
                        "eigenvalues: the QR iteration did not converge for a %zu x %zu matrix", n, n);
    return GRL_OK;
}

typedef struct ranked {
    double key;
    size_t place;
} ranked;

static int by_falling_key(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->key != y->key) return x->key > y->key ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

grl_status grl_spectrum_sort(size_t n, grl_time time, double *eigenvalues, double *eigenvectors,
                             grl_error *error)
{
    grl_status status = GRL_OK;
    size_t row = 2 * n, size = eigenvectors ? row * n : 0;
    ranked *order = grl_calloc(n, sizeof *order);
    double *copy = grl_calloc(size + row, sizeof *copy);
    if (!order || !copy) {
        status = grl_fail_memory(error, size + row, sizeof *copy);
        goto done;
    }
    for (size_t k = 0; k < n; k++) {
        double re = eigenvalues[2 * k], im = eigenvalues[2 * k + 1];
        order[k] = (ranked){time == GRL_DISCRETE ? hypot(re, im) : re, k};
    }
    qsort(order, n, sizeof *order, by_falling_key);
    for (size_t k = 0; k < n; k++) {
        memcpy(copy + 2 * k, eigenvalues + 2 * order[k].place, 2 * sizeof *copy);
        if (eigenvectors)
            memcpy(copy + row + k * row, eigenvectors + order[k].place * row, row * sizeof *copy);
    }
    memcpy(eigenvalues, copy, row * sizeof *copy);
    if (eigenvectors) memcpy(eigenvectors, copy + row, size * sizeof *copy);
done:
    free(order);
    free(copy);
    return status;
}
