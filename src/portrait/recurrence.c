/* recurrence.c: from a trajectory that comes back to the closed orbit beside it.
 *
 * Flow: returns to the section through an anchor state a, normal to the field there, (y - a) . f(a) = 0. A return
 * that is nearer to a than `near` times the size of the motion gives Newton's method (shooting.c) a start and a
 * period; each further try needs one three times as near. Map: the same with all earlier states. An orbit that
 * Newton's method finds counts only if it attracts and the trajectory is near it: in chaos and on tori there are
 * unstable closed orbits near every state.
 *
 * What makes it fail: periods longer than a sixth of the window; a transient that is still far from
 * the orbit, which later looks make up for. */
#include "portrait/recurrence.h"

#include "base/error.h"
#include "base/memory.h"
#include "portrait/course.h"
#include "portrait/shooting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TRIES = 2, ANCHORS = 3, MOST_RETURNS = 400 };

static const double tolerance = 1e-8;
static const double near = 0.02, nearer = 1.0 / 3;
/* Motion smaller than this is rest. */
static const double rest = 1e-6;

typedef struct look {
    grl_system *system;
    size_t n;
    double most_cost, need; /* need: how near the next return must be, relative to the size */
    int tries;
    int any;
    const grl_closed *known;
    size_t known_count;
    grl_closed *closed;
    int found;
} look;

static double apart(size_t n, const double *a, const double *b)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(a[i] - b[i]));
    return largest;
}

static double extent(size_t n, const double *low, const double *high)
{
    return apart(n, low, high);
}

static void widen(size_t n, const double *h, double *low, double *high)
{
    for (size_t i = 0; i < n; i++) {
        low[i] = fmin(low[i], h[i]);
        high[i] = fmax(high[i], h[i]);
    }
}

static grl_status try(look *l, const double *h, double period, double size, double distance, grl_error *error)
{
    if (l->tries >= MOST_TRIES || !(distance < l->need * size) ||
        grl_shooting_cost(l->system, period) > l->most_cost)
        return GRL_OK;
    for (size_t c = 0; c < l->known_count; c++)
        if ((l->any || l->known[c].stable) && grl_closed_distance(&l->known[c], l->system->time, l->n, h) <
                                                  near * grl_closed_size(&l->known[c], l->n))
            return GRL_OK;
    l->tries++;
    l->need = nearer * distance / size;
    grl_status status = grl_shooting_find(l->system, h, period, l->closed, &l->found, error);
    if (status != GRL_OK || !l->found) return status;
    double off = grl_closed_distance(l->closed, l->system->time, l->n, h);
    double orbit = grl_closed_size(l->closed, l->n);
    if ((l->any || l->closed->stable) && off < 10 * near * fmin(orbit, size)) return GRL_OK;
    grl_closed_drop(l->closed);
    l->found = 0;
    return GRL_OK;
}

typedef struct section {
    size_t n;
    const double *anchor, *normal;
} section;

static double height(double t, const double *y, void *context)
{
    const section *s = context;
    double sum = 0;
    (void)t;
    for (size_t i = 0; i < s->n; i++) sum += (y[i] - s->anchor[i]) * s->normal[i];
    return sum;
}

/* A part of the trajectory; its range. */
static int pass(grl_course *course, double time, double *low, double *high)
{
    size_t n = course->system->n;
    grl_ode_outcome outcome;
    for (size_t i = 0; i < n; i++) low[i] = high[i] = course->y[i];
    grl_course_begin(course);
    do {
        outcome = grl_ode_step(&course->ode, time);
        widen(n, course->ode.y, low, high);
    } while (outcome == GRL_ODE_STEP);
    memcpy(course->y, course->ode.y, n * sizeof *low);
    grl_course_end(course);
    return outcome == GRL_ODE_END;
}

static grl_status returns(look *l, grl_course *course, double time, double size, double *anchor,
                          double *normal, grl_error *error)
{
    grl_status status = GRL_OK;
    section s = {l->n, anchor, normal};
    grl_ode_watch watch = {.g = height, .context = &s, .direction = 1, .samples = 2, .sign = 1};
    memcpy(anchor, course->y, l->n * sizeof *anchor);
    grl_cell_field(l->system->cell, NULL, anchor, normal, course->work);
    grl_course_begin(course);
    for (int i = 0; i < MOST_RETURNS && status == GRL_OK && !l->found && l->tries < MOST_TRIES; i++) {
        if (grl_ode_advance(&course->ode, time, &watch, 1) != GRL_ODE_EVENT) break;
        double distance = apart(l->n, course->ode.event_y, anchor);
        status = try(l, course->ode.event_y, course->ode.event_t, size, distance, error);
    }
    memcpy(course->y, course->ode.y, l->n * sizeof *anchor);
    grl_course_end(course);
    return status;
}

static grl_status look_at_flow(look *l, double *h, double window, grl_recurrence *outcome, grl_error *error)
{
    const size_t n = l->n;
    double *room = grl_calloc(4 * n, sizeof *room), *low = room, *high = low + n;
    grl_course course = {0};
    grl_status status = room ? grl_course_create(l->system, 0, false, &grl_ode_dopri5, tolerance,
                                                 tolerance / 100, &course, error)
                             : grl_fail_memory(error, 4 * n, sizeof *room);
    if (status != GRL_OK) goto done;
    memcpy(course.y, h, n * sizeof *h);
    for (int i = 0; i < ANCHORS && status == GRL_OK && !l->found; i++) {
        if (!pass(&course, window / 6, low, high)) break;
        double size = extent(n, low, high);
        if (size < rest) {
            *outcome = GRL_RECURRENCE_STILL;
            break;
        }
        l->tries = 0;
        l->need = near;
        status = returns(l, &course, window / 6, size, room + 2 * n, room + 3 * n, error);
    }
    memcpy(h, course.y, n * sizeof *h);
done:
    grl_course_free(&course);
    free(room);
    return status;
}

static grl_status look_at_map(look *l, double *h, int most_period, grl_recurrence *outcome, grl_error *error)
{
    const size_t n = l->n, kept = (size_t)most_period + 1, passes = 8;
    double *room = grl_calloc((kept + 2) * n, sizeof *room), *low = room, *high = low + n, *past = high + n;
    grl_course course = {0};
    grl_status status = room ? grl_course_create(l->system, 0, false, NULL, 0, 0, &course, error)
                             : grl_fail_memory(error, (kept + 2) * n, sizeof *room);
    if (status != GRL_OK) goto done;
    memcpy(course.y, h, n * sizeof *h);
    for (int i = 0; i < ANCHORS && status == GRL_OK && !l->found; i++) {
        grl_course_run(&course, (double)(passes * kept));
        for (size_t k = 0; k < n; k++) low[k] = high[k] = course.y[k];
        for (size_t t = 0; t < kept; t++) {
            memcpy(past + t * n, course.y, n * sizeof *h);
            widen(n, course.y, low, high);
            grl_course_run(&course, 1);
        }
        double size = extent(n, low, high);
        if (size < rest) {
            *outcome = GRL_RECURRENCE_STILL;
            break;
        }
        l->tries = 0;
        l->need = near;
        for (size_t k = 2; k < kept && status == GRL_OK && !l->found; k++)
            status = try(l, past, (double)k, size, apart(n, past, past + k * n), error);
    }
    memcpy(h, course.y, n * sizeof *h);
done:
    grl_course_free(&course);
    free(room);
    return status;
}

grl_status grl_recurrence_look(grl_system *system, double *h, double window, int most_period,
                               double most_cost, int any, const grl_closed *known, size_t known_count,
                               grl_recurrence *outcome, grl_closed *closed, grl_error *error)
{
    look l = {.system = system,
              .n = system->n,
              .most_cost = most_cost,
              .any = any,
              .known = known,
              .known_count = known_count,
              .closed = closed};
    *outcome = GRL_RECURRENCE_NONE;
    *closed = (grl_closed){0};
    grl_status status = system->time == GRL_CONTINUOUS ? look_at_flow(&l, h, window, outcome, error)
                                                       : look_at_map(&l, h, most_period, outcome, error);
    if (status == GRL_OK && l.found) *outcome = GRL_RECURRENCE_CLOSED;
    return status;
}
