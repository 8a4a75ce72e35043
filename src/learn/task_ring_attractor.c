/* task_ring_attractor.c: a ring of fixed points, in the plane (x, y) = r (cos theta, sin theta)
 *
 *     r' = r (1 - r^2),  theta' = 0:    r(t) = r_0 / sqrt(r_0^2 + (1 - r_0^2) e^-2t),  theta(t) = theta_0
 *
 * Starts are uniform in the disc r <= 1.5, on both sides of the ring. The origin is a fixed point too, unstable. */
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
    double rate = 1 - (y[0] * y[0] + y[1] * y[1]);
    dy[0] = rate * y[0];
    dy[1] = rate * y[1];
}

static grl_status trajectory(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error)
{
    double r = 1.5 * sqrt(grl_random_uniform(random));
    double angle = grl_task_between(random, 0, 6.283185307179586);
    (void)u;
    (void)error;
    y[0] = r * cos(angle);
    y[1] = r * sin(angle);
    for (size_t t = 1; t <= steps; t++) {
        double growth = 1 / sqrt(r * r + (1 - r * r) * exp(-2 * (double)t * values[TIME_STEP]));
        y[2 * t] = growth * y[0];
        y[2 * t + 1] = growth * y[1];
    }
    return GRL_OK;
}

static grl_status reference(const double *values, grl_reference **reference, grl_error *error)
{
    (void)values;
    return grl_reference_circle(360, reference, error);
}

static void recipe(const double *values, grl_training_settings *settings)
{
    (void)values;
    settings->horizon = 60;
}

const grl_task grl_task_ring_attractor = {
    .name = "ring-attractor",
    .summary = "a ring of fixed points: r' = r (1 - r^2), theta' = 0",
    .kind = GRL_TASK_RING,
    .parameters =
        {{.name = "time-step", .initial = 0.1, .low = 0.001, .high = 10, .help = "between two steps"}},
    .shape = shape,
    .trajectory = trajectory,
    .field = field,
    .reference = reference,
    .recipe = recipe,
};
