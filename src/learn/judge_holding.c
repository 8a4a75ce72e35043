/* judge_holding.c: how long a network holds what it was told: free runs from starts on the true line or ring.
 *
 * Each start is a point y* of the true set, shown to the network as its data are (to the encoder, and for the whole of a
 * warm-up). It then runs at zero input, and |y_t - y*| is followed; a point of the line or ring would be held for ever. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"
#include "learn/polyline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS = 64, DRIFTS = 64 };

static const double horizons = 100, memory_part = 0.1,
                    growth = 1.3; /* of the times at which distances are kept */

/* Constant trajectories at some points of the true set, evenly taken. */
static grl_status make_data(const grl_judging *judging, grl_dataset *data, grl_error *error)
{
    const grl_reference *r = judging->reference;
    const size_t k = judging->k, W = judging->subject->warm_up, count = r->count < RUNS ? r->count : RUNS,
                 m = grl_cell_input_size(grl_model_cell(judging->subject->model)) - (W > 0 ? k : 0);
    *data = (grl_dataset){.count = count, .steps = W, .outputs = k, .inputs = m, .time_step = 1};
    data->y = grl_calloc(count * ((W + 1) * k + W * m), sizeof *data->y);
    if (!data->y) return grl_fail_memory(error, count * ((W + 1) * k + W * m), sizeof *data->y);
    data->u = data->y + count * (W + 1) * k;
    for (size_t i = 0; i < count; i++)
        for (size_t t = 0; t <= W; t++)
            memcpy(data->y + (i * (W + 1) + t) * k, r->points + i * r->count / count * k, k * sizeof(double));
    return GRL_OK;
}

/* distance: those of all runs at one time. */
static void keep_drift(size_t runs, const double *distance, double time, grl_judged_continuum *out)
{
    const size_t at = out->drift_count++;
    out->drift_time[at] = time;
    out->drift_median[at] = grl_weighted_median(runs, distance, NULL);
    for (size_t i = 0; i < runs; i++) out->drift_worst[at] = fmax(out->drift_worst[at], distance[i]);
}

static grl_status follow(const grl_judging *judging, const grl_dataset *data, const double *starts,
                         double *room, grl_judged_continuum *out, grl_error *error)
{
    const size_t k = judging->k, runs = data->count, W = data->steps;
    const double per_step = judging->dt / judging->unit, far = memory_part * out->true_length;
    const double affordable =
        judging->options->max_operations / grl_judge_cost(judging) / (double)data->count;
    const size_t steps =
        (size_t)fmin(horizons * (double)judging->horizon, fmax(affordable, (double)judging->horizon));
    double *memory = room, *distance = memory + runs, *y = distance + runs;
    double due = 1;
    grl_walk walk;
    grl_status status = grl_walk_create(judging, runs, starts, &walk, error);
    if (status != GRL_OK) return status;
    for (size_t i = 0; i < runs; i++) memory[i] = INFINITY;
    for (size_t t = 0; t <= steps; t++) {
        const double time = (double)t * per_step;
        if (t > 0) grl_walk_step(&walk);
        for (size_t i = 0; i < runs; i++) {
            grl_judge_outputs(judging, 1, walk.H + i * walk.n, y);
            distance[i] = grl_distance(k, y, data->y + i * (W + 1) * k);
            if (t > 0 && !(distance[i] <= far) && !isfinite(memory[i])) memory[i] = time;
        }
        if (t == 0 || (double)t >= due || t == steps) {
            if (out->drift_count < DRIFTS) keep_drift(runs, distance, time, out);
            while (due <= (double)t) due = ceil(due * growth);
        }
    }
    grl_walk_free(&walk);
    out->runs = runs;
    out->run_time = (double)steps * per_step;
    out->run_memory = grl_weighted_median(runs, memory, NULL);
    out->run_memory_worst = INFINITY;
    for (size_t i = 0; i < runs; i++) {
        out->held += (size_t)!isfinite(memory[i]);
        out->run_memory_worst = fmin(out->run_memory_worst, memory[i]);
    }
    return GRL_OK;
}

grl_status grl_judge_holding(const grl_judging *judging, grl_error *error)
{
    const grl_judge_subject *subject = judging->subject;
    grl_judged_continuum *out = judging->out->continuum;
    grl_dataset data = {0};
    double *starts = NULL, *room = NULL;
    if (!judging->reference || judging->reference->count == 0) return GRL_OK;
    /* The network is not told where to start. */
    if (grl_model_observations(subject->model) == 0 && subject->warm_up == 0) return GRL_OK;
    grl_status status = make_data(judging, &data, error);
    if (status == GRL_OK) status = grl_judge_starts(judging, &data, &starts, error);
    if (status == GRL_OK) {
        const size_t numbers = 2 * data.count + judging->k;
        room = grl_calloc(numbers, sizeof *room);
        out->drift_time = grl_calloc(DRIFTS, 3 * sizeof(double));
        if (!room || !out->drift_time) {
            status = grl_fail_memory(error, numbers, sizeof *room);
        } else {
            out->drift_median = out->drift_time + DRIFTS;
            out->drift_worst = out->drift_median + DRIFTS;
            status = follow(judging, &data, starts, room, out, error);
        }
    }
    free(room);
    free(starts);
    free(data.y);
    return status;
}
