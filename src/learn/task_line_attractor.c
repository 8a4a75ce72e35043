/* task_line_attractor.c: a line of fixed points
 *
 *     x' = -x,  y' = 0:    x(t) = x_0 e^-t,  y(t) = y_0
 *
 * Starts are uniform in the square |x|, |y| <= 1. The true attractor is the segment x = 0, |y| <= 1 of the line, over
 * which the data reach. */
#include "learn/task.h"

#include <math.h>

enum { TIME_STEP };

static grl_task_shape shape(const double *values)
{
    return (grl_task_shape){.outputs = 2, .time_step = values[TIME_STEP]};
}

static void field(const double *values, const double *y, double *dy)
{
    (void)values;
    dy[0] = -y[0];
    dy[1] = 0;
}

static grl_status trajectory(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error)
{
    (void)u;
    (void)error;
    y[0] = grl_task_between(random, -1, 1);
    y[1] = grl_task_between(random, -1, 1);
    for (size_t t = 1; t <= steps; t++) {
        y[2 * t] = y[0] * exp(-(double)t * values[TIME_STEP]);
        y[2 * t + 1] = y[1];
    }
    return GRL_OK;
}

static grl_status reference(const double *values, grl_reference **reference, grl_error *error)
{
    enum { COUNT = 201 };
    (void)values;
    grl_status status = grl_reference_create(COUNT, 2, reference, error);
    for (size_t i = 0; status == GRL_OK && i < COUNT; i++)
        (*reference)->points[2 * i + 1] = ((double)i - 100) / 100;
    return status;
}

static void recipe(const double *values, grl_training_settings *settings)
{
    (void)values;
    settings->horizon = 60;
}

const grl_task grl_task_line_attractor = {
    .name = "line-attractor",
    .summary = "a line of fixed points: x' = -x, y' = 0",
    .kind = GRL_TASK_LINE,
    .parameters =
        {{.name = "time-step", .initial = 0.1, .low = 0.001, .high = 10, .help = "between two steps"}},
    .shape = shape,
    .trajectory = trajectory,
    .field = field,
    .reference = reference,
    .recipe = recipe,
};
