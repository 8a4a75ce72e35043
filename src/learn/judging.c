/* judging.c: running a trained network for a judgement. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"
#include "learn/run.h"

#include <stdlib.h>
#include <string.h>

double grl_judge_cost(const grl_judging *judging)
{
    /* Three products of a matrix, and some thirty operations in the gates of each unit. */
    return 6.0 * (double)(judging->n * judging->n) + 60.0 * (double)judging->n;
}

grl_status grl_judge_starts(const grl_judging *judging, const grl_dataset *data, double **states,
                            grl_error *error)
{
    const size_t n = judging->n, k = judging->k, N = data->count, W = judging->subject->warm_up,
                 m = data->inputs;
    const size_t rows = N * (W + 1), numbers = rows * (2 * k + n) + N * W * m;
    grl_dataset first = *data;
    *states = grl_calloc(N, n * sizeof(double));
    double *room = grl_calloc(numbers, sizeof *room);
    grl_status status = GRL_OK;
    if (!*states || !room) {
        status = grl_fail_memory(error, numbers, sizeof *room);
        goto done;
    }
    first.steps = W;
    first.y = room;
    first.u = room + rows * k;
    double *outputs = first.u + N * W * m, *all = outputs + rows * k;
    for (size_t i = 0; i < N; i++) {
        memcpy(first.y + i * (W + 1) * k, data->y + i * (data->steps + 1) * k, (W + 1) * k * sizeof(double));
        if (W * m > 0) memcpy(first.u + i * W * m, data->u + i * data->steps * m, W * m * sizeof(double));
    }
    status = grl_run(judging->subject->model, judging->dt, W, &first, outputs, all, error);
    for (size_t i = 0; i < N; i++) memcpy(*states + i * n, all + (i * (W + 1) + W) * n, n * sizeof(double));
done:
    free(room);
    if (status != GRL_OK) {
        free(*states);
        *states = NULL;
    }
    return status;
}

void grl_judge_outputs(const grl_judging *judging, size_t count, const double *states, double *outputs)
{
    for (size_t i = 0; i < count; i++)
        grl_model_output(judging->subject->model, states + i * judging->n, outputs + i * judging->k);
}

grl_status grl_walk_create(const grl_judging *judging, size_t count, const double *states, grl_walk *walk,
                           grl_error *error)
{
    const size_t n = judging->n, work = grl_cell_batch_work(judging->cell, count);
    *walk = (grl_walk){.cell = judging->cell, .count = count, .n = n, .dt = judging->dt};
    walk->H = grl_calloc(2 * count * n + work, sizeof(double));
    if (!walk->H) return grl_fail_memory(error, 2 * count * n + work, sizeof(double));
    walk->F = walk->H + count * n;
    walk->work = walk->F + count * n;
    memcpy(walk->H, states, count * n * sizeof(double));
    return GRL_OK;
}

void grl_walk_step(grl_walk *walk)
{
    grl_cell_field_batch(walk->cell, NULL, walk->count, walk->H, walk->F, walk->work);
    for (size_t i = 0; i < walk->count * walk->n; i++) walk->H[i] += walk->dt * walk->F[i];
}

void grl_walk_free(grl_walk *walk)
{
    free(walk->H);
    *walk = (grl_walk){0};
}
