/* fold.c: from a parameter vector, which speaks scaled units, to a network in the task's units; and running it. */
#include "learn/fold.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

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
    double *C = grl_calloc(k * n + k, sizeof *C);
    if (status == GRL_OK && !C) status = grl_fail_memory(error, k * n + k, sizeof *C);
    if (status == GRL_OK) {
        double *d = C + k * n;
        for (size_t o = 0; o < k; o++) {
            for (size_t j = 0; j < n; j++) C[o * n + j] = scaling->deviation[o] * p[at.C + o * n + j];
            d[o] = scaling->deviation[o] * p[at.d + o] + scaling->mean[o];
        }
        status = grl_model_set_readout(*model, k, C, d, error);
    }
    free(C);
    if (status != GRL_OK) {
        grl_model_free(*model);
        *model = NULL;
    }
    return status;
}

grl_status grl_fold(const grl_shape *shape, const grl_scaling *scaling, const double *p, grl_training *t,
                    grl_error *error)
{
    const size_t n = shape->units, k = shape->outputs;
    const grl_offsets at = grl_shape_offsets(shape);
    grl_status status = grl_fold_model(shape, scaling, p, &t->model, error);
    if (status != GRL_OK) return status;
    if (shape->start == GRL_START_LEARNED) {
        t->h0 = grl_calloc(n, sizeof(double));
        if (!t->h0) return grl_fail_memory(error, n, sizeof(double));
        memcpy(t->h0, p + at.start, n * sizeof(double));
    }
    if (shape->start != GRL_START_ENCODED) return GRL_OK;
    t->E = grl_calloc(n * k, sizeof(double));
    t->e = grl_calloc(n, sizeof(double));
    if (!t->E || !t->e) return grl_fail_memory(error, n * k, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        t->e[i] = p[at.shift + i];
        for (size_t o = 0; o < k; o++) {
            t->E[i * k + o] = p[at.start + i * k + o] / scaling->deviation[o];
            t->e[i] -= t->E[i * k + o] * scaling->mean[o];
        }
    }
    return GRL_OK;
}

/* The start of trajectory i. */
static void start(const grl_training *t, size_t n, size_t k, const double *y, double *h)
{
    for (size_t i = 0; i < n; i++) {
        h[i] = t->h0 ? t->h0[i] : 0;
        for (size_t o = 0; t->E && o < k; o++) h[i] += t->E[i * k + o] * y[o];
        if (t->E) h[i] += t->e[i];
    }
}

grl_status grl_training_run(const grl_training *t, const grl_dataset *data, double *outputs, double *states,
                            grl_error *error)
{
    const grl_cell *cell = grl_model_cell(t->model);
    const size_t n = grl_cell_hidden_size(cell), m = grl_cell_input_size(cell), k = data->outputs,
                 T = data->steps;
    const double dt = t->settings.time == GRL_DISCRETE ? 1 : t->settings.dt;
    if (grl_model_outputs(t->model) != k || data->inputs + (t->settings.warm_up > 0 ? k : 0) != m)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected data of %zu outputs for a network of %zu inputs, found %zu outputs and %zu "
                        "inputs",
                        grl_model_outputs(t->model), m, k, data->inputs);
    double *work = grl_calloc(grl_cell_work(cell) + 2 * n + m, sizeof *work);
    if (!work) return grl_fail_memory(error, grl_cell_work(cell) + 2 * n + m, sizeof *work);
    double *h = work + grl_cell_work(cell), *next = h + n, *x = next + n;
    for (size_t i = 0; i < data->count; i++) {
        const double *y = data->y + i * (T + 1) * k;
        start(t, n, k, y, h);
        for (size_t step = 0;; step++) {
            const size_t row = i * (T + 1) + step;
            grl_model_output(t->model, h, outputs + row * k);
            if (states) memcpy(states + row * n, h, n * sizeof *h);
            if (step == T) break;
            for (size_t j = 0; j < data->inputs; j++) x[j] = data->u[(i * T + step) * data->inputs + j];
            for (size_t j = data->inputs; j < m; j++)
                x[j] = step < t->settings.warm_up ? y[step * k + j - data->inputs] : 0;
            grl_cell_map(cell, x, dt, h, next, work);
            memcpy(h, next, n * sizeof *h);
        }
    }
    free(work);
    return GRL_OK;
}
