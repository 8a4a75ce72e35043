/* task_integrator.c: pulses accumulated on a line
 *
 *     y_t = y_{t-1} + size u_t,    u_t = 0, +1 or -1
 *
 * At each step a pulse comes with probability `rate`, its sign drawn equally often. A pulse that would lead out of
 * [-1, 1] has its sign reversed, so that y stays in [-1, 1], is exactly what the inputs add up to, and nothing is
 * clipped. y_0 is uniform in [-1, 1]. */
#include "learn/task.h"

#include <math.h>

enum { SIZE, RATE };

static grl_task_shape shape(const double *values)
{
    (void)values;
    return (grl_task_shape){.outputs = 1, .inputs = 1, .time_step = 1};
}

static grl_status trajectory(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error)
{
    (void)error;
    y[0] = grl_task_between(random, -1, 1);
    for (size_t t = 0; t < steps; t++) {
        double pulse = grl_random_uniform(random) < 0.5 ? -1 : 1;
        if (fabs(y[t] + values[SIZE] * pulse) > 1) pulse = -pulse;
        u[t] = grl_random_uniform(random) < values[RATE] ? pulse : 0;
        y[t + 1] = y[t] + values[SIZE] * u[t];
    }
    return GRL_OK;
}

static grl_status reference(const double *values, grl_reference **reference, grl_error *error)
{
    enum { COUNT = 201 };
    (void)values;
    grl_status status = grl_reference_create(COUNT, 1, reference, error);
    for (size_t i = 0; status == GRL_OK && i < COUNT; i++) (*reference)->points[i] = ((double)i - 100) / 100;
    return status;
}

static void recipe(const double *values, grl_training_settings *settings)
{
    (void)values;
    settings->trajectories = 256;
    settings->validation = 64;
    settings->horizon = 60;
}

const grl_task grl_task_integrator = {
    .name = "integrator",
    .summary = "pulses of both signs accumulated on a line",
    .kind = GRL_TASK_LINE,
    .parameters = {{.name = "size", .initial = 0.2, .low = 0.001, .high = 1, .help = "what a pulse adds"},
                   {.name = "rate",
                    .initial = 0.2,
                    .low = 0.001,
                    .high = 1,
                    .help = "probability of a pulse at each step"}},
    .shape = shape,
    .trajectory = trajectory,
    .reference = reference,
    .recipe = recipe,
};
