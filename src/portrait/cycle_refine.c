/* cycle_refine.c: a cycle from a point of a ray near it: Newton's method, period, multiplier, course.
 *
 * Newton's method is on s -> P(s) - s with the slope that comes with the map, integrated to 1e-13 in the time
 * in which the cycle attracts, so that errors shrink on the way. The divergence comes with the map; one more orbit
 * over exactly one period carries the variational equation M' = Df M, M(0) = 1:
 *
 *     multiplier = exp(integral of div f)            (Liouville), and
 *     multiplier = n' M(T) n,  n the unit normal of the flow at the start,
 *
 * since M(T) f = f. The first is exact to a relative 1e-11 however small it is; the second has an absolute
 * error of that size and is the check. Where the flow is too stiff for it, the check is the difference of the
 * return map of two orbits on both sides.
 *
 * The error of the period is estimated by a second orbit with a larger tolerance; that of the
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

enum { NEWTON_STEPS = 40, PATIENCE = 1000000 };

static const double degenerate = 1e-3;

int grl_cycle_newton(grl_plane *plane, long long patience, const grl_ray *ray, int sense_of_time, double *s,
                     double *slope)
{
    /* Small cycles close better: the gap near a weak focus is small without any cycle. */
    const double longest = 0.01, small = fmin(1, 10 * *s);
    double converged = 1e-12 * small;
    double best = INFINITY, at = *s, before = INFINITY;
    grl_return back;
    for (int i = 0; i < NEWTON_STEPS; i++) {
        grl_wind_back(plane, ray, at, sense_of_time, 1, patience, &back);
        if (back.trip.end != GRL_END_NONE) break;
        if (back.stiff) converged = 3e-10 * small;
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

/* The state at a time and its place in the list of points. */
static int keep(grl_cycle *cycle, size_t *capacity, double t, const double *h)
{
    void *block = cycle->points;
    if (!grl_grow(&block, capacity, cycle->count, 3 * sizeof *cycle->points)) return 0;
    cycle->points = block;
    double *at = cycle->points + 3 * cycle->count++;
    at[0] = t;
    at[1] = h[0];
    at[2] = h[1];
    return 1;
}

/* One round from h: points at most `spacing` apart, and not much closer. */
static grl_status take_points(grl_plane *plane, const double h[2], int sign, double period, double spacing,
                              grl_cycle *cycle, int *stiff, grl_error *error)
{
    enum { MOST_BETWEEN = 200, MOST_STEPS = 1000000 };
    const grl_orbit_options o = {1e-13, 1e-10, fmin(0.005, spacing), MOST_STEPS, 2, 0};
    size_t capacity = 0;
    grl_orbit orbit;
    double at[3], last[2] = {h[0], h[1]};
    int fine = keep(cycle, &capacity, 0, h);
    grl_orbit_start(&orbit, plane, h, sign, &o);
    orbit.end = GRL_END_CYCLE; /* what it is known to be */
    while (fine && orbit.t < period && grl_orbit_step(&orbit)) {
        double length = hypot(orbit.y[0] - orbit.y_old[0], orbit.y[1] - orbit.y_old[1]);
        double before = orbit.t - orbit.step, end = fmin(orbit.step, period - before);
        int parts = 1 + (int)fmin(MOST_BETWEEN, length / spacing);
        for (int k = 1; k <= parts && fine; k++) {
            double time = end * k / parts, t = before + time;
            grl_orbit_at(&orbit, time, at);
            if (!(t < period) || hypot(at[0] - last[0], at[1] - last[1]) < 0.25 * spacing) continue;
            fine = keep(cycle, &capacity, t, at);
            memcpy(last, at, sizeof last);
        }
    }
    fine = fine && keep(cycle, &capacity, period, h);
    *stiff = orbit.stiff;
    return fine ? GRL_OK : grl_fail_memory(error, cycle->count, 3 * sizeof *cycle->points);
}

/* The plane, and the sense of time, for the variational equation. */
typedef struct variation {
    const grl_pair *pair;
    int sign;
} variation;

static void field2(double t, const double *y, double *dydt, void *context)
{
    const variation *v = context;
    (void)t;
    v->pair->field(v->pair, y, dydt);
}

static void field6(double t, const double *y, double *dydt, void *context)
{
    const variation *v = context;
    double J[4];
    (void)t;
    v->pair->linear(v->pair, y, dydt, J);
    for (int i = 0; i < 2; i++) {
        dydt[i] *= v->sign;
        for (int j = 0; j < 2; j++)
            dydt[2 + 2 * i + j] = v->sign * (J[2 * i] * y[2 + j] + J[2 * i + 1] * y[4 + j]);
    }
}

/* n' M(T) n; NaN if that takes too many steps. */
static double by_variation(const grl_plane *plane, const double h[2], int sign, double period)
{
    enum { ROOM = 6 * 40 };
    double room[ROOM], f[2];
    const double start[6] = {h[0], h[1], 1, 0, 0, 1};
    variation v = {&plane->pair, sign};
    const grl_ode_settings s = {.method = &grl_ode_dop853, .rtol = 1e-13, .atol = 1e-14, .max_steps = 100000};
    grl_ode ode;
    grl_ode_outcome outcome;
    plane->pair.field(&plane->pair, h, f);
    double speed = hypot(f[0], f[1]), normal[2] = {-f[1] / speed, f[0] / speed};
    grl_ode_start(&ode, &s, 6, field6, &v, 0, start, room);
    do {
        outcome = grl_ode_step(&ode, period);
    } while (outcome == GRL_ODE_STEP);
    if (outcome != GRL_ODE_END) return (double)NAN;
    const double *M = ode.y + 2;
    return normal[0] * (M[0] * normal[0] + M[1] * normal[1]) +
           normal[1] * (M[2] * normal[0] + M[3] * normal[1]);
}

/* The slope of the return map from two orbits on both sides. */
static double by_difference(grl_plane *plane, const grl_ray *ray, int sign, double s)
{
    const double off = fmin(1e-4, 1e-3 * s);
    grl_return in, out;
    grl_wind_back(plane, ray, s - off, sign, 1, PATIENCE, &in);
    grl_wind_back(plane, ray, s + off, sign, 1, PATIENCE, &out);
    if (in.trip.end != GRL_END_NONE || out.trip.end != GRL_END_NONE) return (double)NAN;
    return (out.s - in.s) / (2 * off);
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

static grl_status enclose(const grl_plane *plane, const grl_portrait *portrait, grl_cycle *cycle,
                          grl_error *error)
{
    cycle->enclosed = grl_calloc(plane->count, sizeof *cycle->enclosed);
    if (!cycle->enclosed) return grl_fail_memory(error, plane->count, sizeof *cycle->enclosed);
    for (size_t k = 0; k < plane->count; k++) {
        double angle = 0;
        for (size_t i = 1; i < cycle->count; i++)
            angle += turn(plane->spots[k].h, cycle->points + 3 * i - 2, cycle->points + 3 * i + 1);
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
    for (size_t i = 0; i < cycle->count; i++) p[3 * i] = cycle->period - p[3 * i];
}

/* The range of a unit: at the extreme of the parabola through the extreme point and its neighbours. */
static void find_range(grl_cycle *cycle, size_t k)
{
    const double *p = cycle->points;
    size_t last = cycle->count - 1, at[2] = {0, 0};
    for (size_t i = 1; i < last; i++) {
        if (p[3 * i + 1 + k] < p[3 * at[0] + 1 + k]) at[0] = i;
        if (p[3 * i + 1 + k] > p[3 * at[1] + 1 + k]) at[1] = i;
    }
    for (int side = 0; side < 2; side++) {
        size_t i = at[side], before = i > 0 ? i - 1 : last - 1;
        double y = p[3 * i + 1 + k], a = p[3 * i] - p[3 * before] + (i > 0 ? 0 : p[3 * last]),
               b = p[3 * (i + 1)] - p[3 * i];
        double left = (y - p[3 * before + 1 + k]) / a, right = (p[3 * (i + 1) + 1 + k] - y) / b;
        double bend = (right - left) / (a + b), slope = (left * b + right * a) / (a + b);
        double beyond = bend != 0 ? -0.25 * slope * slope / bend : 0;
        (side ? cycle->high : cycle->low)[k] = y + (isfinite(beyond) ? beyond : 0);
    }
}

grl_status grl_cycle_describe(grl_plane *plane, const grl_portrait *portrait, const grl_ray *ray,
                              int sense_of_time, double s, grl_cycle *cycle, grl_error *error)
{
    const double *centre = plane->spots[ray->centre].h;
    const double start[2] = {centre[0] + s * ray->d[0], centre[1] + s * ray->d[1]};
    grl_return fine, rough;
    long long allowed = plane->max_steps;
    int stiff;
    plane->max_steps =
        plane->steps + 6 * (long long)PATIENCE; /* what was found is described, whatever is left */
    grl_wind_back(plane, ray, s, sense_of_time, 1, PATIENCE, &fine);
    grl_wind_back(plane, ray, s, sense_of_time, 0, PATIENCE, &rough);
    cycle->period = fine.trip.time;
    /* The rough tolerance is a thousand times the fine one, and errors follow it. */
    cycle->error = 1e-2 * fmax(fabs(rough.trip.time - fine.trip.time), fabs(rough.s - fine.s)) +
                   64 * DBL_EPSILON * cycle->period;
    cycle->residual = hypot(fine.trip.h[0] - start[0], fine.trip.h[1] - start[1]);
    grl_status status =
        take_points(plane, start, sense_of_time, cycle->period, fmin(0.02, 0.05 * s), cycle, &stiff, error);
    if (status != GRL_OK) return status;

    double integral = fine.trip.divergence;
    cycle->exponent = sense_of_time * integral / cycle->period;
    cycle->multiplier = exp(sense_of_time * integral);
    double across = stiff ? by_difference(plane, ray, sense_of_time, s)
                          : by_variation(plane, start, sense_of_time, cycle->period);
    plane->max_steps = allowed;
    cycle->multiplier_error = fabs(across - exp(integral));
    cycle->nearly_degenerate = fabs(integral) < degenerate;
    cycle->stable = cycle->multiplier < 1;
    if (sense_of_time < 0) reverse(cycle);
    cycle->clockwise = area(cycle) < 0;

    cycle->low = grl_calloc(2, sizeof *cycle->low);
    cycle->high = grl_calloc(2, sizeof *cycle->high);
    if (!cycle->low || !cycle->high) return grl_fail_memory(error, 4, sizeof *cycle->low);
    for (size_t k = 0; k < 2; k++) { find_range(cycle, k); }
    return enclose(plane, portrait, cycle, error);
}

void grl_cycle_drop(grl_cycle *cycle)
{
    free(cycle->low);
    free(cycle->high);
    free(cycle->enclosed);
    free(cycle->points);
}

/* From h, near the ray, along the flow onto it. */
static double reach(const grl_plane *plane, const double *h, const double *centre, const double d[2])
{
    enum { ROOM = 2 * 40 };
    double room[ROOM], y[2] = {h[0], h[1]}, f[2];
    variation v = {&plane->pair, 1};
    const grl_ode_settings set = {.method = &grl_ode_dop853, .rtol = 1e-13, .atol = 1e-14, .max_steps = 100};
    for (int i = 0; i < 8; i++) {
        plane->pair.field(&plane->pair, y, f);
        double off = d[0] * (y[1] - centre[1]) - d[1] * (y[0] - centre[0]);
        double dt = -off / (d[0] * f[1] - d[1] * f[0]);
        if (!isfinite(dt) || fabs(off) < 1e-15) break;
        grl_ode ode;
        grl_ode_start(&ode, &set, 2, field2, &v, 0, y, room);
        while (grl_ode_step(&ode, dt) == GRL_ODE_STEP) {}
        memcpy(y, ode.y, sizeof y);
    }
    return (y[0] - centre[0]) * d[0] + (y[1] - centre[1]) * d[1];
}

size_t grl_cycle_crossings(grl_plane *plane, const grl_cycle *cycle, const grl_ray *ray, size_t most,
                           double *s)
{
    const double *centre = plane->spots[ray->centre].h;
    size_t count = 0;
    double before = 0, along_before = 0;
    for (size_t i = 0; i < cycle->count; i++) {
        const double *h = cycle->points + 3 * i + 1;
        double x = h[0] - centre[0], y = h[1] - centre[1];
        double off = ray->d[0] * y - ray->d[1] * x, along = ray->d[0] * x + ray->d[1] * y;
        if (i > 0 && ((before < 0) != (off < 0)) && along + along_before > 0 && count < most) {
            const double *from = fabs(off) < fabs(before) ? h : h - 3;
            s[count++] = reach(plane, from, centre, ray->d);
        }
        before = off;
        along_before = along;
    }
    return count;
}
