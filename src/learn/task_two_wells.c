/* task_two_wells.c: two stable points of a gradient flow in the plane, y' = -grad (x^4/4 - x^2/2 + y^2/2)
 *
 *     x' = x - x^3,  y' = -y:    x(t) = x_0 / sqrt(x_0^2 + (1 - x_0^2) e^-2t),  y(t) = y_0 e^-t
 *
 * with the wells (-1, 0) and (1, 0) and a saddle at the origin, whose stable manifold x = 0 separates them. Starts are
 * uniform in the square |x|, |y| <= 1.5, on both sides of both wells. */
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
    dy[0] = y[0] - y[0] * y[0] * y[0];
    dy[1] = -y[1];
}

static grl_status trajectory(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error)
{
    (void)u;
    (void)error;
    y[0] = grl_task_between(random, -1.5, 1.5);
    y[1] = grl_task_between(random, -1.5, 1.5);
    for (size_t t = 1; t <= steps; t++) {
        double decay = exp(-(double)t * values[TIME_STEP]);
        y[2 * t] = y[0] / sqrt(y[0] * y[0] + (1 - y[0] * y[0]) * decay * decay);
        y[2 * t + 1] = y[1] * decay;
    }
    return GRL_OK;
}

static grl_status reference(const double *values, grl_reference **reference, grl_error *error)
{
    (void)values;
    grl_status status = grl_reference_create(2, 2, reference, error);
    if (status != GRL_OK) return status;
    (*reference)->points[0] = -1;
    (*reference)->points[2] = 1;
    return GRL_OK;
}

static void recipe(const double *values, grl_training_settings *settings)
{
    (void)values;
    settings->horizon = 60;
}

const grl_task grl_task_two_wells = {
    .name = "two-wells",
    .summary = "two stable points and a saddle between them: x' = x - x^3, y' = -y",
    .kind = GRL_TASK_POINTS,
    .parameters =
        {{.name = "time-step", .initial = 0.1, .low = 0.001, .high = 10, .help = "between two steps"}},
    .shape = shape,
    .trajectory = trajectory,
    .field = field,
    .reference = reference,
    .recipe = recipe,
};
