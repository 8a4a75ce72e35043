/* judge_error.c: how far a network runs freely.
 *
 * With the outputs o and the data y of N trajectories, k outputs, and the variance v_j of output j over all trajectories
 * and the steps 0 .. W + horizon of the test data, the error at step t is
 *
 *     e_t = 1/(N k) sum_i,j (o_ijt - y_ijt)^2 / v_j
 *
 * and that over a horizon T the mean of e_t over the steps t = W + 1 .. W + T behind a warm-up of W steps. The unit is that of
 * the loss in training, and one for all: over ten times the horizon an output that decays varies much less. Outputs that do
 * not vary are left out, and if none does there is no error. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"
#include "learn/run.h"

#include <math.h>
#include <stdlib.h>

/* A variance below this part of the mean's square is rounding. */
static const double constant = 1e-20;

/* Variance of output j over the steps 0 .. last; 0 if it is constant. */
static double variance(const grl_dataset *data, size_t j, size_t last)
{
    const size_t N = data->count, T = data->steps, k = data->outputs;
    const double terms = (double)N * (double)(last + 1);
    double mean = 0, squares = 0;
    for (size_t i = 0; i < N; i++)
        for (size_t t = 0; t <= last; t++) mean += data->y[(i * (T + 1) + t) * k + j] / terms;
    for (size_t i = 0; i < N; i++)
        for (size_t t = 0; t <= last; t++) {
            const double off = data->y[(i * (T + 1) + t) * k + j] - mean;
            squares += off * off / terms;
        }
    return squares > constant * mean * mean ? squares : 0;
}

static double mean_until(const double *curve, size_t from, size_t until)
{
    double sum = 0;
    for (size_t t = from + 1; t <= until; t++) sum += curve[t];
    return until > from ? sum / (double)(until - from) : NAN;
}

grl_status grl_judge_error(const grl_judging *judging, grl_error *error)
{
    const grl_dataset *test = judging->test;
    grl_judged_error *out = &judging->out->error;
    *out = (grl_judged_error){.horizon = judging->horizon, .at_horizon = NAN, .at_long = NAN};
    if (!test) return GRL_OK;
    const size_t T = test->steps, k = judging->k, rows = test->count * (T + 1), W = judging->subject->warm_up;
    double *outputs = grl_calloc(rows, k * sizeof *outputs);
    out->curve = grl_calloc(T + 1, sizeof *out->curve);
    if (!outputs || !out->curve) {
        free(outputs);
        return grl_fail_memory(error, rows, k * sizeof *outputs);
    }
    grl_status status = grl_run(judging->subject->model, judging->dt, W, test, outputs, NULL, error);
    size_t varying = 0;
    for (size_t j = 0; status == GRL_OK && j < k; j++) {
        const double v = variance(test, j, T < W + judging->horizon ? T : W + judging->horizon);
        if (!(v > 0)) continue;
        varying++;
        for (size_t r = 0; r < rows; r++) {
            double off = outputs[r * k + j] - test->y[r * k + j];
            out->curve[r % (T + 1)] += off * off / v / (double)test->count;
        }
    }
    free(outputs);
    if (status != GRL_OK) return status;
    for (size_t t = 0; t <= T; t++) out->curve[t] = varying > 0 ? out->curve[t] / (double)varying : NAN;
    out->trajectories = test->count;
    out->steps = T;
    if (T >= W + judging->horizon) out->at_horizon = mean_until(out->curve, W, W + judging->horizon);
    if (T > W) out->at_long = mean_until(out->curve, W, T);
    return GRL_OK;
}
