/* orbit_facts.c: multipliers, range and course of a closed orbit.
 *
 * The propagators M' = Df M over short parts of the period, each from M = 1, are kept apart and their product's
 * eigenvalues taken without multiplying it (floquet.c). Of the flow the one nearest to 1 is that along the
 * orbit, and its distance to 1 a check. Another is Liouville's formula: the logarithms of all moduli add up to
 * the integral of div f, which is integrated beside; for the map, to the sum of log |det|.
 *
 * Parts are so short that no direction shrinks by much in one, so that small multipliers keep their relative
 * accuracy: about 1e-11 where the integrator's tolerance of 1e-12 allows it. */
#include "portrait/orbit_facts.h"

#include "base/error.h"
#include "base/memory.h"
#include "portrait/course.h"
#include "portrait/floquet.h"
#include "portrait/shooting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longest part, and most bytes of propagators; points of a course, at least. */
static const double part_time = 1.5;
#define MOST_BYTES 3e8
enum { POINTS = 256 };

static const double tolerance = 1e-12, degenerate = 1e-3;

void grl_closed_drop(grl_closed *closed)
{
    free(closed->multipliers);
    free(closed->exponents);
    free(closed->low);
    free(closed->high);
    free(closed->points);
    *closed = (grl_closed){0};
}

double grl_closed_size(const grl_closed *closed, size_t n)
{
    double size = 0;
    for (size_t i = 0; i < n; i++) size = fmax(size, closed->high[i] - closed->low[i]);
    return size;
}

double grl_closed_distance(const grl_closed *closed, grl_time time, size_t n, const double *h)
{
    double nearest = INFINITY;
    for (size_t p = 0; p < closed->count; p++) {
        const double *a = closed->points + p * (1 + n) + 1, *b = a + 1 + n;
        double along = 0, length = 0, apart = 0;
        int line = time == GRL_CONTINUOUS && p + 1 < closed->count;
        for (size_t i = 0; line && i < n; i++) {
            along += (h[i] - a[i]) * (b[i] - a[i]);
            length += (b[i] - a[i]) * (b[i] - a[i]);
        }
        double t = length > 0 ? fmin(1, fmax(0, along / length)) : 0;
        for (size_t i = 0; i < n; i++) {
            double there = line ? a[i] + t * (b[i] - a[i]) : a[i];
            apart = fmax(apart, fabs(h[i] - there));
        }
        nearest = fmin(nearest, apart);
    }
    return nearest;
}

static grl_status keep(grl_closed *closed, size_t *capacity, size_t n, double t, const double *h,
                       grl_error *error)
{
    void *block = closed->points;
    if (!grl_grow(&block, capacity, closed->count, (1 + n) * sizeof(double)))
        return grl_fail_memory(error, closed->count + 1, (1 + n) * sizeof(double));
    closed->points = block;
    double *at = closed->points + closed->count++ * (1 + n);
    at[0] = t;
    memcpy(at + 1, h, n * sizeof *h);
    return GRL_OK;
}

/* The points of the flow's orbit, from each piece's start anew. */
static grl_status draw(grl_system *system, size_t pieces, const double *y, grl_closed *closed,
                       grl_error *error)
{
    const size_t n = system->n;
    const double span = closed->period / (double)pieces, spacing = closed->period / POINTS;
    size_t capacity = 0;
    grl_course course;
    grl_status status =
        grl_course_create(system, 0, false, &grl_ode_dop853, tolerance, tolerance, &course, error);
    for (size_t k = 0; k < pieces && status == GRL_OK; k++) {
        memcpy(course.y, y + k * n, n * sizeof *y);
        status = keep(closed, &capacity, n, span * (double)k, course.y, error);
        grl_course_begin(&course);
        grl_ode_outcome outcome = GRL_ODE_STEP;
        while (status == GRL_OK && outcome == GRL_ODE_STEP) {
            grl_ode *ode = &course.ode;
            outcome = grl_ode_step(ode, span);
            if (outcome != GRL_ODE_STEP && outcome != GRL_ODE_END) break;
            int parts = 1 + (int)((ode->t - ode->t_old) / spacing), last = outcome == GRL_ODE_END;
            for (int j = 1; j <= parts - last && status == GRL_OK; j++) {
                double t = j == parts ? ode->t : ode->t_old + (ode->t - ode->t_old) * j / parts;
                grl_ode_dense(ode, t, course.y);
                status = keep(closed, &capacity, n, span * (double)k + t, course.y, error);
            }
        }
        grl_course_end(&course);
    }
    if (status == GRL_OK) status = keep(closed, &capacity, n, closed->period, y, error);
    grl_course_free(&course);
    return status;
}

static grl_status range(size_t n, grl_closed *closed, grl_error *error)
{
    closed->low = grl_calloc(n, sizeof(double));
    closed->high = grl_calloc(n, sizeof(double));
    if (!closed->low || !closed->high) return grl_fail_memory(error, 2 * n, sizeof(double));
    for (size_t i = 0; i < n; i++) {
        closed->low[i] = INFINITY;
        closed->high[i] = -INFINITY;
        for (size_t p = 0; p < closed->count; p++) {
            double h = closed->points[p * (1 + n) + 1 + i];
            closed->low[i] = fmin(closed->low[i], h);
            closed->high[i] = fmax(closed->high[i], h);
        }
    }
    return GRL_OK;
}

/* The propagators of all parts, parts x n x n transposed, and the sum of the logarithms of their determinants:
 * of the flow the integral of the divergence, of the map from orthonormalized rows. */
static grl_status propagate(grl_system *system, size_t pieces, const double *y, double span, size_t parts,
                            double *A, double *sum, grl_error *error)
{
    const size_t n = system->n;
    const int flow = system->time == GRL_CONTINUOUS;
    double *copy = grl_calloc(n * n + n, sizeof *copy);
    grl_course course = {0};
    grl_status status =
        copy ? grl_course_create(system, n, flow, &grl_ode_dop853, tolerance, tolerance / 10, &course, error)
             : grl_fail_memory(error, n * n + n, sizeof *copy);
    *sum = 0;
    for (size_t k = 0; k < pieces && status == GRL_OK; k++) {
        memcpy(course.y, y + k * n, n * sizeof *y);
        for (size_t p = 0; p < parts && status == GRL_OK; p++) {
            double *out = A + (k * parts + p) * n * n;
            grl_course_identity(&course);
            if (flow) course.y[course.numbers - 1] = 0;
            if (!grl_course_run(&course, span / (double)parts))
                status = grl_fail(error, GRL_NOT_REACHED, "a closed orbit could not be integrated");
            memcpy(out, course.y + n, n * n * sizeof *out);
            if (flow) {
                *sum += course.y[course.numbers - 1];
                continue;
            }
            memcpy(copy, out, n * n * sizeof *out);
            grl_orthonormalize(n, n, copy, copy + n * n, NULL);
            for (size_t i = 0; i < n; i++) *sum += log(copy[n * n + i]);
        }
    }
    grl_course_free(&course);
    free(copy);
    return status;
}

/* Takes the multiplier nearest to 1 out of the list. */
static void take_trivial(grl_closed *closed, double *logs)
{
    size_t nearest = 0, count = closed->multiplier_count;
    double *m = closed->multipliers, best = INFINITY;
    for (size_t i = 0; i < count; i++) {
        double away = hypot(m[2 * i] - 1, m[2 * i + 1]);
        if (!(away < best)) continue;
        best = away;
        nearest = i;
    }
    closed->trivial = best;
    memmove(m + 2 * nearest, m + 2 * nearest + 2, 2 * (count - 1 - nearest) * sizeof *m);
    memmove(logs + nearest, logs + nearest + 1, (count - 1 - nearest) * sizeof *logs);
    closed->multiplier_count--;
}

static grl_status multipliers(grl_system *system, size_t pieces, const double *y, grl_closed *closed,
                              grl_error *error)
{
    const size_t n = system->n;
    const int flow = system->time == GRL_CONTINUOUS;
    const double span = flow ? closed->period / (double)pieces : 1;
    double time = closed->period * system->dt, bytes = 16.0 * (double)(n * n) * (double)pieces, sum = 0;
    size_t parts = flow ? (size_t)fmax(1, fmin(ceil(span / part_time), floor(MOST_BYTES / bytes))) : 1;
    size_t count = pieces * parts;
    double *A = grl_calloc(count * n * n, sizeof *A);
    closed->multiplier_count = n;
    closed->multipliers = grl_calloc(2 * n, sizeof(double));
    closed->exponents = grl_calloc(n, sizeof(double));
    grl_status status = A && closed->multipliers && closed->exponents
                            ? propagate(system, pieces, y, span, parts, A, &sum, error)
                            : grl_fail_memory(error, count * n * n, sizeof *A);
    if (status == GRL_OK)
        status = grl_floquet_values(n, count, A, closed->multipliers, closed->exponents, error);
    free(A);
    if (status != GRL_OK) return status;

    double *logs = closed->exponents, total = 0;
    for (size_t i = 0; i < n; i++) total += logs[i];
    closed->divergence = sum / time;
    closed->multiplier_error = fabs(total - sum);
    if (flow) take_trivial(closed, logs);
    for (size_t i = 0; i < closed->multiplier_count; i++) {
        closed->unstable += logs[i] > 0;
        closed->nearly_degenerate = closed->nearly_degenerate || fabs(logs[i]) < degenerate;
        logs[i] /= time;
    }
    closed->stable = closed->unstable == 0;
    return GRL_OK;
}

grl_status grl_closed_describe(grl_system *system, size_t pieces, const double *y, grl_closed *closed,
                               grl_error *error)
{
    const size_t n = system->n;
    size_t capacity = 0;
    grl_status status = GRL_OK;
    if (system->time == GRL_CONTINUOUS)
        status = draw(system, pieces, y, closed, error);
    else
        for (size_t k = 0; k < pieces && status == GRL_OK; k++)
            status = keep(closed, &capacity, n, (double)k, y + k * n, error);
    if (status == GRL_OK) status = range(n, closed, error);
    if (status == GRL_OK) status = multipliers(system, pieces, y, closed, error);
    return status;
}
