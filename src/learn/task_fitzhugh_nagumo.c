/* task_fitzhugh_nagumo.c: a relaxation oscillation (FitzHugh 1961; Nagumo, Arimoto and Yoshizawa 1962)
 *
 *     v' = v - v^3/3 - w + I,    12.5 w' = v + 0.7 - 0.8 w
 *
 * with period 37.0 at I = 0.7. The fixed point solves v^3 + 3/4 v + 3 (7/8 - I) = 0, which is monotone, and is unstable
 * for |I - 7/8| < 0.5437: the range of I stays within. There is one limit cycle then, and it attracts all but the point.
 * Starts are uniform in the box |v| <= 2.5, |w - I| <= 1.25, which holds the cycle (|v| < 2, |w - I| < 0.93). */
#include "learn/flow.h"
#include "learn/task.h"

#include <math.h>

enum { CURRENT, TIME_STEP };

static grl_task_shape shape(const double *values)
{
    return (grl_task_shape){.outputs = 2, .time_step = values[TIME_STEP]};
}

static void field(const double *values, const double *y, double *dy)
{
    dy[0] = y[0] - y[0] * y[0] * y[0] / 3 - y[1] + values[CURRENT];
    dy[1] = (y[0] + 0.7 - 0.8 * y[1]) / 12.5;
}

static grl_status trajectory(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error)
{
    (void)u;
    y[0] = grl_task_between(random, -2.5, 2.5);
    y[1] = values[CURRENT] + grl_task_between(random, -1.25, 1.25);
    return grl_flow_follow(field, values, values[TIME_STEP], steps, y, error);
}

/* v^3 + p v + q = 0 with p > 0: v = -2 sqrt(p/3) sinh(asinh(3 q / (2 p) sqrt(3/p)) / 3), without cancellation. */
static grl_status reference(const double *values, grl_reference **reference, grl_error *error)
{
    const double p = 0.75, q = 3 * (0.875 - values[CURRENT]);
    double v = -2 * sqrt(p / 3) * sinh(asinh(1.5 * q / p * sqrt(3 / p)) / 3);
    const double inside[2] = {v, (v + 0.7) / 0.8};
    return grl_flow_cycle(field, values, inside, 1000, reference, error);
}

static void recipe(const double *values, grl_training_settings *settings)
{
    (void)values;
    settings->horizon = 120;
    settings->steps = 6000;
}

const grl_task grl_task_fitzhugh_nagumo = {
    .name = "fitzhugh-nagumo",
    .summary = "a neuron's relaxation oscillation: v' = v - v^3/3 - w + I, 12.5 w' = v + 0.7 - 0.8 w",
    .kind = GRL_TASK_OSCILLATION,
    .parameters = {{.name = "I", .initial = 0.7, .low = 0.34, .high = 1.41, .help = "the constant current"},
                   {.name = "time-step", .initial = 1, .low = 0.01, .high = 10, .help = "between two steps"}},
    .shape = shape,
    .trajectory = trajectory,
    .field = field,
    .reference = reference,
    .recipe = recipe,
};
