/* flow.c: tasks that are an autonomous differential equation in the plane.
 *
 * Trajectories by Dormand and Prince's method of order 8 (num/ode.c), with an error of 1e-13 in each step.
 *
 * The limit cycle is the fixed point of the return map of the half line y_1 = inside_1, y_1 growing, to itself. In the
 * plane a stable cycle attracts in order: successive returns approach it from one side, each by the factor of its Floquet
 * multiplier mu, so that a return that moves by d lies about d mu / (1 - mu) from the cycle. The returns are followed
 * until d is below 1e-12; the period is the time of the last one. An error in the place of the section along the flow does
 * not enter the period, and one across it enters times its derivative, of order one.
 *
 * What makes it fail: a cycle that attracts so slowly that MOST_RETURNS are not enough; then it is said. */
#include "learn/flow.h"

#include "base/error.h"
#include "base/memory.h"
#include "learn/task.h"
#include "num/ode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RETURNS = 2000 };

static const double far = 1e6; /* no return within this time: there is none */
static const double still = 1e-12;

typedef struct flow {
    grl_flow_field *field;
    const double *values;
    double section;
} flow;

static const grl_ode_settings accurate = {.method = &grl_ode_dop853, .rtol = 1e-13, .atol = 1e-14};

static void flow_field(double t, const double *y, double *dydt, void *context)
{
    const flow *f = context;
    (void)t;
    f->field(f->values, y, dydt);
}

static double above_section(double t, const double *y, void *context)
{
    const flow *f = context;
    (void)t;
    return y[0] - f->section;
}

grl_status grl_flow_follow(grl_flow_field *field, const double *values, double time_step, size_t steps,
                           double *y, grl_error *error)
{
    flow f = {.field = field, .values = values};
    grl_ode ode;
    double *work = grl_calloc(grl_ode_work(accurate.method, 2), sizeof *work);
    if (!work) return grl_fail_memory(error, grl_ode_work(accurate.method, 2), sizeof *work);
    grl_status status = GRL_OK;
    grl_ode_start(&ode, &accurate, 2, flow_field, &f, 0, y, work);
    for (size_t t = 1; t <= steps && status == GRL_OK; t++) {
        grl_ode_outcome outcome;
        do outcome = grl_ode_step(&ode, (double)t * time_step);
        while (outcome == GRL_ODE_STEP);
        if (outcome != GRL_ODE_END)
            status = grl_fail(error, GRL_NOT_REACHED,
                              "the task's trajectory could not be followed past time %g", ode.t);
        else
            memcpy(y + 2 * t, ode.y, 2 * sizeof *y);
    }
    free(work);
    return status;
}

/* Follows the returns to the section from beside the unstable point until they stand still: the place in `start`. */
static grl_status find_return(flow *f, const double inside[2], double *work, double start[2], double *period,
                              grl_error *error)
{
    grl_ode ode;
    grl_ode_watch watch = {.g = above_section, .context = f, .direction = 1, .samples = 4};
    double from[2] = {inside[0] + 0.5, inside[1]}, last = 0;
    f->section = inside[0];
    grl_ode_start(&ode, &accurate, 2, flow_field, f, 0, from, work);
    for (int returns = 0; returns < MOST_RETURNS; returns++) {
        if (grl_ode_advance(&ode, far * (returns + 1), &watch, 1) != GRL_ODE_EVENT)
            return grl_fail(error, GRL_NOT_REACHED,
                            "no limit cycle: the orbit does not come back after time %g", last);
        double moved = fabs(ode.event_y[1] - start[1]);
        *period = ode.event_t - last;
        last = ode.event_t;
        memcpy(start, ode.event_y, 2 * sizeof *start);
        if (returns > 1 && moved <= still * (1 + fabs(start[1]))) return GRL_OK;
    }
    return grl_fail(error, GRL_NOT_REACHED, "the limit cycle attracts too slowly: %d returns were not enough",
                    MOST_RETURNS);
}

grl_status grl_flow_cycle(grl_flow_field *field, const double *values, const double inside[2], size_t count,
                          grl_reference **reference, grl_error *error)
{
    flow f = {.field = field, .values = values};
    grl_reference *made = NULL;
    double start[2] = {0}, period = NAN;
    double *work = grl_calloc(grl_ode_work(accurate.method, 2), sizeof *work);
    grl_status status = work ? grl_reference_create(count, 2, &made, error)
                             : grl_fail_memory(error, grl_ode_work(accurate.method, 2), sizeof *work);
    if (status == GRL_OK) status = find_return(&f, inside, work, start, &period, error);
    if (status == GRL_OK) {
        memcpy(made->points, start, sizeof start);
        status = grl_flow_follow(field, values, period / (double)count, count - 1, made->points, error);
    }
    free(work);
    if (status != GRL_OK) {
        grl_reference_free(made);
        return status;
    }
    made->period = period;
    made->has_inside = 1;
    memcpy(made->inside, inside, sizeof made->inside);
    *reference = made;
    return GRL_OK;
}
