/* fold.c: from a parameter vector, which speaks scaled units, to a network in the task's units. */
#include "learn/fold.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

/* E and e of the model; room: n x k + n numbers. */
static grl_status fold_start(const grl_shape *shape, const grl_scaling *scaling, const double *p,
                             double *room, grl_model *model, grl_error *error)
{
    const size_t n = shape->units, k = shape->outputs;
    const grl_offsets at = grl_shape_offsets(shape);
    if (shape->start == GRL_START_ZERO) return GRL_OK;
    if (shape->start == GRL_START_LEARNED) return grl_model_set_start(model, 0, NULL, p + at.start, error);
    double *E = room, *e = E + n * k;
    for (size_t i = 0; i < n; i++) {
        e[i] = p[at.shift + i];
        for (size_t o = 0; o < k; o++) {
            E[i * k + o] = p[at.start + i * k + o] / scaling->deviation[o];
            e[i] -= E[i * k + o] * scaling->mean[o];
        }
    }
    return grl_model_set_start(model, k, E, e, error);
}

grl_status grl_fold_model(const grl_shape *shape, const grl_scaling *scaling, const double *p,
                          grl_model **model, grl_error *error)
{
    const size_t n = shape->units, m = shape->inputs, k = shape->outputs;
    const grl_offsets at = grl_shape_offsets(shape);
    grl_cell *cell;
    *model = NULL;
    grl_status status = grl_cell_create(n, m, shape->reset, &cell, error);
    if (status != GRL_OK) return status;
    for (grl_block b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape(b, n, m, &rows, &columns);
        double *to = grl_cell_block(cell, b);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++) {
                const double value = p[at.block[b] + i * columns + j];
                const int input = b >= GRL_W_Z && b <= GRL_W_H;
                const double size = !input                ? 1
                                    : j < scaling->inputs ? scaling->size[j]
                                                          : scaling->deviation[j - scaling->inputs];
                to[i * columns + j] = value / size;
            }
    }
    status = grl_model_create(cell, model, error);
    double *C = grl_calloc(2 * k * n + k + n, sizeof *C);
    if (status == GRL_OK && !C) status = grl_fail_memory(error, 2 * k * n + k + n, sizeof *C);
    if (status == GRL_OK) {
        double *d = C + k * n;
        for (size_t o = 0; o < k; o++) {
            for (size_t j = 0; j < n; j++) C[o * n + j] = scaling->deviation[o] * p[at.C + o * n + j];
            d[o] = scaling->deviation[o] * p[at.d + o] + scaling->mean[o];
        }
        status = grl_model_set_readout(*model, k, C, d, error);
        if (status == GRL_OK) status = fold_start(shape, scaling, p, d + k, *model, error);
    }
    free(C);
    if (status != GRL_OK) {
        grl_model_free(*model);
        *model = NULL;
    }
    return status;
}
