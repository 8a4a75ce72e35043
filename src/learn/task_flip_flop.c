/* task_flip_flop.c: k bits of memory (Sussillo and Barak 2013, "Opening the black box", section 4)
 *
 * At each step and for each bit, independently, a pulse comes with probability `rate`, +1 or -1 equally often. Output j
 * is the last pulse of input j, this step's included:  y_t = u_t where u_t is not 0, else y_{t-1}.
 * y_0 is a corner of {-1, 1}^k, all equally often. All that there is to learn are the 2^k corners, held for ever. */
#include "learn/task.h"

enum { BITS, RATE };

static grl_task_shape shape(const double *values)
{
    size_t bits = (size_t)values[BITS];
    return (grl_task_shape){.outputs = bits, .inputs = bits, .time_step = 1};
}

static double either(grl_random *random)
{
    return grl_random_uniform(random) < 0.5 ? -1 : 1;
}

static grl_status trajectory(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error)
{
    const size_t bits = (size_t)values[BITS];
    (void)error;
    for (size_t j = 0; j < bits; j++) y[j] = either(random);
    for (size_t i = 0; i < steps * bits; i++) {
        double pulse = either(random);
        u[i] = grl_random_uniform(random) < values[RATE] ? pulse : 0;
        y[bits + i] = u[i] != 0 ? u[i] : y[i];
    }
    return GRL_OK;
}

static grl_status reference(const double *values, grl_reference **reference, grl_error *error)
{
    const size_t bits = (size_t)values[BITS], corners = (size_t)1 << bits;
    grl_status status = grl_reference_create(corners, bits, reference, error);
    for (size_t c = 0; status == GRL_OK && c < corners; c++)
        for (size_t j = 0; j < bits; j++) (*reference)->points[c * bits + j] = c >> j & 1 ? 1 : -1;
    return status;
}

static void recipe(const double *values, grl_training_settings *settings)
{
    (void)values;
    settings->trajectories = 256;
    settings->validation = 64;
    settings->horizon = 60;
    settings->steps = 2000;
}

const grl_task grl_task_flip_flop = {
    .name = "flip-flop",
    .summary = "bits that hold the sign of the last pulse on their inputs",
    .kind = GRL_TASK_POINTS,
    .parameters = {{.name = "bits", .initial = 3, .low = 1, .high = 8, .whole = 1, .help = "how many"},
                   {.name = "rate",
                    .initial = 0.1,
                    .low = 0.001,
                    .high = 1,
                    .help = "probability of a pulse, at each step on each input"}},
    .shape = shape,
    .trajectory = trajectory,
    .reference = reference,
    .recipe = recipe,
};
