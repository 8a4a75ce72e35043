/* task_head_direction.c: an angular velocity integrated on a ring, as head direction cells do (Skaggs et al. 1995)
 *
 *     theta_t = theta_{t-1} + time-step u_t,    y_t = (cos theta_t, sin theta_t)
 *
 * The velocity u is constant for a while and then drawn anew: at each step a new while begins with probability 1/10, and
 * half of them are rest, u = 0; in the others u is normal with mean 0 and standard deviation `speed`, in radians per
 * unit of time. theta_0 is uniform on the circle. */
#include "learn/task.h"

#include <math.h>

enum { SPEED, TIME_STEP };

static grl_task_shape shape(const double *values)
{
    return (grl_task_shape){.outputs = 2, .inputs = 1, .time_step = values[TIME_STEP]};
}

static grl_status trajectory(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error)
{
    double angle = grl_task_between(random, 0, 6.283185307179586), velocity = 0;
    (void)error;
    y[0] = cos(angle);
    y[1] = sin(angle);
    for (size_t t = 0; t < steps; t++) {
        if (grl_random_uniform(random) < 0.1 || t == 0) {
            int rest = grl_random_uniform(random) < 0.5;
            double drawn = values[SPEED] * grl_random_normal(random);
            velocity = rest ? 0 : drawn;
        }
        u[t] = velocity;
        angle += values[TIME_STEP] * velocity;
        y[2 * t + 2] = cos(angle);
        y[2 * t + 3] = sin(angle);
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
    settings->trajectories = 256;
    settings->validation = 64;
    settings->horizon = 60;
    settings->steps = 6000;
}

const grl_task grl_task_head_direction = {
    .name = "head-direction",
    .summary = "an angular velocity integrated on a ring, put out as cosine and sine",
    .kind = GRL_TASK_RING,
    .parameters =
        {{.name = "speed",
          .initial = 1,
          .low = 0.001,
          .high = 100,
          .help = "standard deviation of the velocity, in radians per unit of time"},
         {.name = "time-step", .initial = 0.1, .low = 0.001, .high = 10, .help = "between two steps"}},
    .shape = shape,
    .trajectory = trajectory,
    .reference = reference,
    .recipe = recipe,
};
