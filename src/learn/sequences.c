/* sequences.c: a data set as the sequences that a network is trained on. */
#include "learn/sequences.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers whose squares are numbers: column j of rows of `width`. */
static grl_status check_size(const char *what, const double *values, size_t rows, size_t width, size_t j,
                             grl_error *error)
{
    double largest = 0;
    for (size_t i = 0; i < rows; i++) largest = fmax(largest, fabs(values[i * width + j]));
    if (largest == 0 || (largest >= 1e-150 && largest <= 1e150)) return GRL_OK;
    return grl_fail(error, GRL_BAD_INPUT,
                    "training: expected the largest number of %s %zu between 1e-150 and 1e150, found %g",
                    what, j + 1, largest);
}

grl_status grl_scaling_create(const grl_dataset *data, grl_scaling *scaling, grl_error *error)
{
    const size_t k = data->outputs, m = data->inputs, rows = data->count * (data->steps + 1);
    *scaling = (grl_scaling){.outputs = k, .inputs = m};
    scaling->mean = grl_calloc(2 * k + m, sizeof(double));
    if (!scaling->mean) return grl_fail_memory(error, 2 * k + m, sizeof(double));
    scaling->deviation = scaling->mean + k;
    scaling->size = scaling->deviation + k;
    grl_status status = GRL_OK;
    for (size_t j = 0; j < k && status == GRL_OK; j++)
        status = check_size("output", data->y, rows, k, j, error);
    for (size_t j = 0; j < m && status == GRL_OK; j++)
        status = check_size("input", data->u, data->count * data->steps, m, j, error);
    if (status != GRL_OK) {
        grl_scaling_drop(scaling);
        return status;
    }
    for (size_t j = 0; j < k; j++) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < rows; i++) sum += data->y[i * k + j];
        const double mean = sum / (double)rows;
        for (size_t i = 0; i < rows; i++) square += (data->y[i * k + j] - mean) * (data->y[i * k + j] - mean);
        scaling->mean[j] = mean;
        scaling->deviation[j] = sqrt(square / (double)rows);
        /* An output that never changes has no scale of its own. */
        if (!(scaling->deviation[j] > 1e-12 * (fabs(mean) + 1e-300))) scaling->deviation[j] = 1;
    }
    for (size_t j = 0; j < m; j++) {
        double square = 0;
        for (size_t i = 0; i < data->count * data->steps; i++)
            square += data->u[i * m + j] * data->u[i * m + j];
        scaling->size[j] = sqrt(square / (double)(data->count * data->steps));
        if (!(scaling->size[j] > 0)) scaling->size[j] = 1;
    }
    return GRL_OK;
}

void grl_scaling_drop(grl_scaling *scaling)
{
    free(scaling->mean);
    *scaling = (grl_scaling){0};
}

grl_shape grl_shape_of(const grl_training_settings *settings, size_t outputs, size_t inputs)
{
    return (grl_shape){.units = settings->units,
                       .inputs = inputs + (settings->warm_up > 0 ? outputs : 0),
                       .outputs = outputs,
                       .reset = settings->reset,
                       .dt = settings->time == GRL_DISCRETE ? 1 : settings->dt,
                       .start = settings->start};
}

grl_status grl_sequences_create(const grl_dataset *data, const grl_scaling *scaling, size_t warm_up,
                                grl_sequences *s, grl_error *error)
{
    const size_t k = data->outputs, m = data->inputs, T = data->steps, N = data->count;
    const size_t width = m + (warm_up > 0 ? k : 0);
    *s = (grl_sequences){.count = N, .steps = T, .outputs = k, .inputs = width};
    s->y = grl_calloc(N * (T + 1), k * sizeof(double));
    s->targets = grl_calloc(N * T, k * sizeof(double));
    s->starts = grl_calloc(N * T, k * sizeof(double)); /* with teacher forcing as many as there are steps */
    s->x = grl_calloc(N * T, (width ? width : 1) * sizeof(double));
    s->inputs_of = grl_calloc(N * T, (width ? width : 1) * sizeof(double));
    if (!s->y || !s->targets || !s->starts || !s->x || !s->inputs_of) {
        grl_sequences_drop(s);
        return grl_fail_memory(error, N * (T + 1), k * sizeof(double));
    }
    for (size_t i = 0; i < N * (T + 1); i++)
        for (size_t j = 0; j < k; j++)
            s->y[i * k + j] = (data->y[i * k + j] - scaling->mean[j]) / scaling->deviation[j];
    for (size_t i = 0; i < N; i++)
        for (size_t t = 0; t < T; t++) {
            double *x = s->x + (i * T + t) * width;
            for (size_t j = 0; j < m; j++) x[j] = data->u[(i * T + t) * m + j] / scaling->size[j];
            for (size_t j = 0; t < warm_up && j < k; j++)
                x[m + j] = data->y[(i * (T + 1) + t) * k + j] / scaling->deviation[j];
        }
    return GRL_OK;
}

void grl_sequences_drop(grl_sequences *s)
{
    free(s->y);
    free(s->x);
    free(s->starts);
    free(s->inputs_of);
    free(s->targets);
    *s = (grl_sequences){0};
}

grl_learn_batch grl_sequences_batch(grl_sequences *s, size_t count, const size_t *which, size_t horizon,
                                    size_t every, size_t warm_up)
{
    const size_t k = s->outputs, width = s->inputs, T = s->steps;
    const size_t length = every > 0 && every < horizon ? every : horizon, pieces = horizon / length;
    size_t b = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t trajectory = which ? which[i] : i;
        for (size_t piece = 0; piece < pieces; piece++, b++) {
            const size_t t = piece * length;
            const double *y = s->y + (trajectory * (T + 1) + t) * k;
            memcpy(s->starts + b * k, y, k * sizeof(double));
            memcpy(s->targets + b * length * k, y + k, length * k * sizeof(double));
            if (width > 0)
                memcpy(s->inputs_of + b * length * width, s->x + (trajectory * T + t) * width,
                       length * width * sizeof(double));
        }
    }
    return (grl_learn_batch){.count = b,
                             .steps = length,
                             .first = warm_up < length ? warm_up + 1 : length,
                             .starts = s->starts,
                             .inputs = width > 0 ? s->inputs_of : NULL,
                             .targets = s->targets};
}
