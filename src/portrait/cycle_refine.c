/* cycle_refine.c: a cycle from a point of a ray near it: Newton's method, period, multiplier, course.
 *
 * Newton's method is on s -> P(s) - s with the slope that comes with the map, integrated to 1e-13 in the time
 * in which the cycle attracts, so that errors shrink on the way. One more orbit over exactly one period
 * carries the divergence and the variational equation M' = Df M, M(0) = 1:
 *
 *     multiplier = exp(integral of div f)            (Liouville), and
 *     multiplier = n' M(T) n,  n the unit normal of the flow at the start,
 *
 * since M(T) f = f. The first is exact to a relative 1e-11 however small it is; the second has an absolute
 * error of that size and is the check.
 *
 * The error of the period is estimated by a second orbit with a tolerance ten times as large; that of the
 * points likewise, as the difference of the places where the cycle meets the ray.
 *
 * What makes it fail: double cycles, where the slope is 1: Newton's steps then halve the error only, and the
 * place is known to about the root of the rounding. */
#include "portrait/cycle_refine.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/ode.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEWTON_STEPS = 40, ODE_ROOM = 7 * 40 };

static const double degenerate = 1e-3;

int grl_cycle_newton(grl_flow2 *flow, const grl_ray *ray, double sense_of_time, double *s, double *slope)
{
    /* Small cycles close better: the gap near a weak focus is small without any cycle. */
    const double longest = 0.01, converged = 1e-12 * fmin(1, 10 * *s);
    double best = INFINITY, at = *s, before = INFINITY;
    grl_return back;
    for (int i = 0; i < NEWTON_STEPS; i++) {
        grl_flow2_return(flow, ray, at, sense_of_time, 1, &back);
        if (back.trip.end != GRL_END_TURN) break;
        double gap = back.s - at, step = -gap / (back.slope - 1);
        if (fabs(gap) < best) {
            best = fabs(gap);
            *s = at;
            *slope = back.slope;
        }
        if (fabs(gap) <= DBL_EPSILON) break;
        /* Where the steps do not shrink any more there is only rounding, or no zero. */
        if (best < converged && !(fabs(step) < 0.9 * before)) break;
        if (!isfinite(step)) break;
        before = fabs(step);
        step = fmin(longest, fmax(-longest, step));
        at += step;
        if (!(at > 0) || fabs(step) < DBL_EPSILON * 0.5) break;
    }
    return best < converged;
}

/* The orbit over a fixed time. */
typedef struct course {
    size_t count, capacity;
    double *points;
} course;

static int keep(course *c, double t, const double *h)
{
    double *at;
    void *block = c->points;
    if (!grl_grow(&block, &c->capacity, c->count, 3 * sizeof *at)) return 0;
    c->points = block;
    at = c->points + 3 * c->count++;
    at[0] = t;
    at[1] = h[0];
    at[2] = h[1];
    return 1;
}

/* Integrates for `time` (signed) from y (7 numbers, replaced); keeps points at most `spacing` apart. */
static grl_status run(grl_flow2 *flow, double *y, double time, double spacing, course *c, grl_error *error)
{
    enum { MOST_BETWEEN = 200 };
    double room[ODE_ROOM], h[7];
    grl_ode ode;
    const grl_ode_settings s = {
        .method = &grl_ode_dop853, .rtol = 1e-13, .atol = 1e-14, .max_steps = 1000000};
    if (grl_ode_work(s.method, 7) > ODE_ROOM)
        return grl_fail(error, GRL_NO_MEMORY, "the integrator needs more room than it was given");
    if (!keep(c, 0, y)) return grl_fail_memory(error, c->count, 3 * sizeof *y);
    grl_ode_start(&ode, &s, 7, grl_flow2_field7, flow, 0, y, room);
    grl_ode_outcome outcome;
    do {
        outcome = grl_ode_step(&ode, time);
        flow->steps++;
        if (outcome != GRL_ODE_STEP && outcome != GRL_ODE_END) break;
        double length = hypot(ode.y[0] - ode.y_old[0], ode.y[1] - ode.y_old[1]);
        int parts = 1 + (int)fmin(MOST_BETWEEN, length / spacing);
        for (int k = 1; k < parts; k++) {
            double t = ode.t_old + (ode.t - ode.t_old) * k / parts;
            grl_ode_dense(&ode, t, h);
            if (!keep(c, t, h)) return grl_fail_memory(error, c->count, 3 * sizeof *y);
        }
        if (!keep(c, ode.t, ode.y)) return grl_fail_memory(error, c->count, 3 * sizeof *y);
    } while (outcome == GRL_ODE_STEP);
    memcpy(y, ode.y, 7 * sizeof *y);
    return GRL_OK;
}

/* Twice the signed area. */
static double area(const grl_cycle *cycle)
{
    double sum = 0;
    for (size_t i = 1; i < cycle->count; i++) {
        const double *a = cycle->points + 3 * (i - 1), *b = a + 3;
        sum += (a[1] - cycle->points[1]) * (b[2] - cycle->points[2]) -
               (a[2] - cycle->points[2]) * (b[1] - cycle->points[1]);
    }
    return sum;
}

static double turn(const double *centre, const double *a, const double *b)
{
    double u0 = a[0] - centre[0], u1 = a[1] - centre[1], v0 = b[0] - centre[0], v1 = b[1] - centre[1];
    return atan2(u0 * v1 - u1 * v0, u0 * v0 + u1 * v1);
}

static grl_status enclose(const grl_flow2 *flow, const grl_portrait *portrait, grl_cycle *cycle,
                          grl_error *error)
{
    cycle->enclosed = grl_calloc(flow->count, sizeof *cycle->enclosed);
    if (!cycle->enclosed) return grl_fail_memory(error, flow->count, sizeof *cycle->enclosed);
    for (size_t k = 0; k < flow->count; k++) {
        double angle = 0;
        for (size_t i = 1; i < cycle->count; i++)
            angle += turn(flow->spots[k].h, cycle->points + 3 * i - 2, cycle->points + 3 * i + 1);
        if (!(fabs(angle) > 3)) continue;
        cycle->enclosed[cycle->enclosed_count++] = k;
        cycle->index_sum += portrait->points[k].index;
    }
    return GRL_OK;
}

/* An orbit that was run backward, in the order of time. */
static void reverse(grl_cycle *cycle)
{
    double *p = cycle->points;
    for (size_t i = 0, j = cycle->count - 1; i < j; i++, j--)
        for (int k = 0; k < 3; k++) {
            double swap = p[3 * i + (size_t)k];
            p[3 * i + (size_t)k] = p[3 * j + (size_t)k];
            p[3 * j + (size_t)k] = swap;
        }
    for (size_t i = 0; i < cycle->count; i++) p[3 * i] += cycle->period;
    p[0] = 0;
}

grl_status grl_cycle_describe(grl_flow2 *flow, const grl_portrait *portrait, const grl_ray *ray,
                              double sense_of_time, double s, grl_cycle *cycle, grl_error *error)
{
    const double *centre = flow->spots[ray->centre].h;
    double y[7] = {centre[0] + s * ray->d[0], centre[1] + s * ray->d[1], 0, 1, 0, 0, 1}, f[2];
    grl_return fine, rough;
    course c = {0};
    grl_flow2_return(flow, ray, s, sense_of_time, 1, &fine);
    grl_flow2_return(flow, ray, s, sense_of_time, 0, &rough);
    cycle->period = fabs(fine.trip.time);
    /* The rough tolerance is a thousand times the fine one, and errors of order 8 follow it. */
    cycle->error = 1e-2 * fmax(fabs(rough.trip.time - fine.trip.time), fabs(rough.s - fine.s)) +
                   64 * DBL_EPSILON * cycle->period;

    const double start[2] = {y[0], y[1]};
    grl_flow2_field2(0, start, f, flow);
    double speed = hypot(f[0], f[1]), normal[2] = {-f[1] / speed, f[0] / speed};
    grl_status status = run(flow, y, fine.trip.time, fmin(0.02, 0.05 * s), &c, error);
    cycle->points = c.points;
    cycle->count = c.count;
    if (status != GRL_OK) return status;

    cycle->residual = hypot(y[0] - start[0], y[1] - start[1]);
    cycle->exponent = sense_of_time * y[2] / cycle->period;
    cycle->multiplier = exp(sense_of_time * y[2]);
    double across =
        normal[0] * (y[3] * normal[0] + y[4] * normal[1]) + normal[1] * (y[5] * normal[0] + y[6] * normal[1]);
    cycle->multiplier_error = fabs(across - exp(y[2]));
    cycle->nearly_degenerate = fabs(sense_of_time * y[2]) < degenerate;
    cycle->stable = cycle->multiplier < 1;
    memcpy(c.points + 3 * (c.count - 1) + 1, c.points + 1, 2 * sizeof *c.points);
    if (sense_of_time < 0) reverse(cycle);
    cycle->clockwise = area(cycle) < 0;

    cycle->low = grl_calloc(2, sizeof *cycle->low);
    cycle->high = grl_calloc(2, sizeof *cycle->high);
    if (!cycle->low || !cycle->high) return grl_fail_memory(error, 4, sizeof *cycle->low);
    for (size_t k = 0; k < 2; k++) {
        cycle->low[k] = cycle->high[k] = cycle->points[1 + k];
        for (size_t i = 1; i < cycle->count; i++) {
            cycle->low[k] = fmin(cycle->low[k], cycle->points[3 * i + 1 + k]);
            cycle->high[k] = fmax(cycle->high[k], cycle->points[3 * i + 1 + k]);
        }
    }
    return enclose(flow, portrait, cycle, error);
}

void grl_cycle_drop(grl_cycle *cycle)
{
    free(cycle->low);
    free(cycle->high);
    free(cycle->enclosed);
    free(cycle->points);
}

/* From h, near the ray, along the flow onto it. */
static double reach(grl_flow2 *flow, const double *h, const double *centre, const double d[2])
{
    double room[ODE_ROOM], y[2] = {h[0], h[1]}, f[2];
    const grl_ode_settings set = {.method = &grl_ode_dop853, .rtol = 1e-13, .atol = 1e-14, .max_steps = 100};
    for (int i = 0; i < 8; i++) {
        grl_flow2_field2(0, y, f, flow);
        double off = d[0] * (y[1] - centre[1]) - d[1] * (y[0] - centre[0]);
        double dt = -off / (d[0] * f[1] - d[1] * f[0]);
        if (!isfinite(dt) || fabs(off) < 1e-15) break;
        grl_ode ode;
        grl_ode_start(&ode, &set, 2, grl_flow2_field2, flow, 0, y, room);
        while (grl_ode_step(&ode, dt) == GRL_ODE_STEP) {}
        memcpy(y, ode.y, sizeof y);
    }
    return (y[0] - centre[0]) * d[0] + (y[1] - centre[1]) * d[1];
}

size_t grl_cycle_crossings(grl_flow2 *flow, const grl_cycle *cycle, const grl_ray *ray, size_t most,
                           double *s)
{
    const double *centre = flow->spots[ray->centre].h;
    size_t count = 0;
    double before = 0, along_before = 0;
    for (size_t i = 0; i < cycle->count; i++) {
        const double *h = cycle->points + 3 * i + 1;
        double x = h[0] - centre[0], y = h[1] - centre[1];
        double off = ray->d[0] * y - ray->d[1] * x, along = ray->d[0] * x + ray->d[1] * y;
        if (i > 0 && ((before < 0) != (off < 0)) && along + along_before > 0 && count < most) {
            const double *from = fabs(off) < fabs(before) ? h : h - 3;
            s[count++] = reach(flow, from, centre, ray->d);
        }
        before = off;
        along_before = along;
    }
    return count;
}
