/* samples.c: all fixed points at several parameter values. */
#include "bifurcation/samples.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"

#include <stdint.h>
#include <stdlib.h>

void grl_samples_free(grl_samples *samples)
{
    if (!samples) return;
    for (size_t i = 0; samples->items && i < samples->count; i++) {
        grl_portrait_free(samples->items[i].portrait);
        free(samples->items[i].branch);
    }
    free(samples->items);
    free(samples);
}

static grl_status fill(grl_equation *equation, const grl_bifurcation_options *options, grl_sample *sample,
                       grl_error *error)
{
    grl_portrait_options ask = grl_portrait_defaults();
    ask.time = options->time;
    ask.dt = options->dt;
    ask.seed = options->seed;
    ask.threads = equation->n <= 3 ? 1 : options->threads; /* too little work to share */
    ask.points_only = 1;
    grl_equation_parameters(equation, &sample->t, sample->p);
    if (!grl_equation_move(equation, &sample->t)) return GRL_OK;
    grl_status status =
        grl_portrait_compute(grl_path_cell(equation->path), NULL, &ask, &sample->portrait, error);
    if (status != GRL_OK) return status;
    sample->branch = grl_calloc(sample->portrait->count, sizeof *sample->branch);
    if (!sample->branch) return grl_fail_memory(error, sample->portrait->count, sizeof *sample->branch);
    for (size_t i = 0; i < sample->portrait->count; i++) sample->branch[i] = SIZE_MAX;
    return GRL_OK;
}

grl_status grl_samples_compute(grl_equation *equation, size_t count, const grl_bifurcation_options *options,
                               grl_samples **samples, grl_error *error)
{
    grl_samples *made = grl_calloc(1, sizeof *made);
    *samples = NULL;
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    if (count == 0) count = equation->n <= 2 ? 65 : equation->n == 3 ? 33 : 9;
    if (count < 2) count = 2;
    made->items = grl_calloc(count, sizeof *made->items);
    if (!made->items) {
        free(made);
        return grl_fail_memory(error, count, sizeof *made->items);
    }
    made->count = count;
    grl_progress_expect(options->progress, (long long)count);
    for (size_t i = 0; i < count; i++) {
        const double spacing = 1 / (double)(count - 1);
        const bool end = i == 0 || i + 1 == count;
        made->items[i].t = i + 1 == count ? 1 : ((double)i + (end ? 0 : 0.1271)) * spacing;
        grl_status status = grl_progress_stopped(options->progress)
                                ? grl_fail(error, GRL_STOPPED, "stopped")
                                : fill(equation, options, &made->items[i], error);
        if (status != GRL_OK) {
            grl_samples_free(made);
            return status;
        }
        grl_progress_add(options->progress, 1);
    }
    *samples = made;
    return GRL_OK;
}
