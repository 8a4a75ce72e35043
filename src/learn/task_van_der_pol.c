/* task_van_der_pol.c: van der Pol's oscillator (1926)
 *
 *     x' = y,    y' = mu (1 - x^2) y - x
 *
 * with one limit cycle, which attracts all but the origin; its period at mu = 1 is 6.6633. Starts are uniform in the box
 * |x| <= 2.5, |y| <= 2 + 1.5 mu, which holds the cycle. */
#include "learn/flow.h"
#include "learn/task.h"

enum { MU, TIME_STEP };

static grl_task_shape shape(const double *values)
{
    return (grl_task_shape){.outputs = 2, .time_step = values[TIME_STEP]};
}

static void field(const double *values, const double *y, double *dy)
{
    dy[0] = y[1];
    dy[1] = values[MU] * (1 - y[0] * y[0]) * y[1] - y[0];
}

static grl_status trajectory(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error)
{
    double high = 2 + 1.5 * values[MU];
    (void)u;
    y[0] = grl_task_between(random, -2.5, 2.5);
    y[1] = grl_task_between(random, -high, high);
    return grl_flow_follow(field, values, values[TIME_STEP], steps, y, error);
}

static grl_status reference(const double *values, grl_reference **reference, grl_error *error)
{
    static const double inside[2] = {0, 0};
    return grl_flow_cycle(field, values, inside, 1000, reference, error);
}

static void recipe(const double *values, grl_training_settings *settings)
{
    (void)values;
    settings->horizon = 120;
    settings->steps = 6000;
}

const grl_task grl_task_van_der_pol = {
    .name = "van-der-pol",
    .summary = "van der Pol's oscillator: x' = y, y' = mu (1 - x^2) y - x",
    .kind = GRL_TASK_OSCILLATION,
    .parameters =
        {{.name = "mu", .initial = 1, .low = 0.1, .high = 10, .help = "how far from a sine"},
         {.name = "time-step", .initial = 0.2, .low = 0.001, .high = 10, .help = "between two steps"}},
    .shape = shape,
    .trajectory = trajectory,
    .field = field,
    .reference = reference,
    .recipe = recipe,
};
