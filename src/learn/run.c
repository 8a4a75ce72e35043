/* run.c: a network run freely on data. */
#include "learn/run.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/learn.h>
#include <stdlib.h>
#include <string.h>

static grl_status check(const grl_model *model, size_t warm_up, const grl_dataset *data, grl_error *error)
{
    const size_t k = data->outputs, m = grl_cell_input_size(grl_model_cell(model)),
                 least = data->inputs + (warm_up > 0 ? k : 0);
    const size_t outputs = grl_model_outputs(model), observed = grl_model_observations(model);
    if (outputs != k)
        return grl_fail(error, GRL_BAD_INPUT, "expected data of %zu outputs, as the network has, found %zu",
                        outputs, k);
    if (m < least)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a network of at least %zu inputs for these data%s, found %zu", least,
                        warm_up > 0 ? " and a warm-up" : "", m);
    if (observed != 0 && observed != k)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected data of %zu outputs, from which the network's start is encoded, found %zu",
                        observed, k);
    return GRL_OK;
}

grl_status grl_run(const grl_model *model, double dt, size_t warm_up, const grl_dataset *data,
                   double *outputs, double *states, grl_error *error)
{
    const grl_cell *cell = grl_model_cell(model);
    const size_t n = grl_cell_hidden_size(cell), m = grl_cell_input_size(cell), k = data->outputs,
                 T = data->steps;
    grl_status status = check(model, warm_up, data, error);
    if (status != GRL_OK) return status;
    double *work = grl_calloc(grl_cell_work(cell) + 2 * n + m, sizeof *work);
    if (!work) return grl_fail_memory(error, grl_cell_work(cell) + 2 * n + m, sizeof *work);
    double *h = work + grl_cell_work(cell), *next = h + n, *x = next + n;
    for (size_t i = 0; i < data->count; i++) {
        const double *y = data->y + i * (T + 1) * k;
        grl_model_start(model, y, h);
        for (size_t step = 0;; step++) {
            const size_t row = i * (T + 1) + step;
            grl_model_output(model, h, outputs + row * k);
            if (states) memcpy(states + row * n, h, n * sizeof *h);
            if (step == T) break;
            for (size_t j = 0; j < data->inputs; j++) x[j] = data->u[(i * T + step) * data->inputs + j];
            for (size_t j = data->inputs; j < m; j++)
                x[j] = step < warm_up && j < data->inputs + k ? y[step * k + j - data->inputs] : 0;
            grl_cell_map(cell, x, dt, h, next, work);
            memcpy(h, next, n * sizeof *h);
        }
    }
    free(work);
    return GRL_OK;
}

grl_status grl_training_run(const grl_training *t, const grl_dataset *data, double *outputs, double *states,
                            grl_error *error)
{
    const double dt = t->settings.time == GRL_DISCRETE ? 1 : t->settings.dt;
    return grl_run(t->model, dt, t->settings.warm_up, data, outputs, states, error);
}
