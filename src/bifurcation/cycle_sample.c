/* cycle_sample.c: cycles at sample values of the parameter.
 *
 * Two units: by orbits that join all places of the plane (cycles.h), stable or not. More units: orbits from a few
 * random places are followed for a long time; one that comes back to where it was, through a plane across the flow,
 * is a cycle. So of more units only attracting cycles are found. */
#include "bifurcation/cycle_sample.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/random.h"
#include "bifurcation/cycle_track.h"
#include "cell/cell.h"
#include "num/ode.h"

#include <grulens/cycles.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 9, STARTS = 3, POINTS = 400, RETURNS = 40 };

/* Off the even spacing: symmetric networks have their special points at round values. */
static const double offset = 0.0173;

/* Time for an orbit to settle, and tolerance of a return, relative to the square (-1,1)^n. */
static const double settling = 400, same = 1e-6;

void grl_cycle_samples_free(grl_sample_cycles *samples)
{
    for (size_t i = 0; i < samples->count; i++) free(samples->items[i].points);
    free(samples->items);
    *samples = (grl_sample_cycles){0};
}

static grl_status add(grl_sample_cycles *samples, size_t n, double p, double period, size_t count,
                      const double *points, grl_error *error)
{
    void *block = samples->items;
    if (!grl_grow(&block, &samples->capacity, samples->count, sizeof *samples->items))
        return grl_fail_memory(error, samples->count + 1, sizeof *samples->items);
    samples->items = block;
    grl_sample_cycle *to = &samples->items[samples->count];
    *to = (grl_sample_cycle){.n = n, .count = count, .p = p, .period = period};
    to->points = grl_calloc(count * (n + 1), sizeof *to->points);
    if (!to->points) return grl_fail_memory(error, count * (n + 1), sizeof *to->points);
    memcpy(to->points, points, count * (n + 1) * sizeof *points);
    samples->count++;
    return GRL_OK;
}

static grl_status planar(const grl_cell *cell, double p, grl_sample_cycles *samples, grl_error *error)
{
    grl_portrait *portrait = NULL;
    grl_cycles *cycles = NULL;
    grl_portrait_options options = grl_portrait_defaults();
    options.threads = 1;
    grl_status status = grl_portrait_compute(cell, NULL, &options, &portrait, error);
    if (status == GRL_OK) status = grl_cycles_compute(cell, NULL, portrait, NULL, &cycles, error);
    for (size_t i = 0; status == GRL_OK && i < cycles->count; i++)
        status = add(samples, 2, p, cycles->items[i].period, cycles->items[i].count, cycles->items[i].points,
                     error);
    grl_cycles_free(cycles);
    grl_portrait_free(portrait);
    return status;
}

typedef struct orbit {
    const grl_cell *cell;
    size_t n;
    double *work, *anchor, *normal;
} orbit;

static void field(double t, const double *y, double *dydt, void *context)
{
    orbit *o = context;
    (void)t;
    grl_cell_field(o->cell, NULL, y, dydt, o->work);
}

static double section(double t, const double *y, void *context)
{
    const orbit *o = context;
    double sum = 0;
    (void)t;
    for (size_t i = 0; i < o->n; i++) sum += (y[i] - o->anchor[i]) * o->normal[i];
    return sum;
}

/* From h: 1 if the orbit settles on a cycle, whose points over a period are in `points`. */
static bool settles(orbit *o, const double *h, double *points, double *period, double *room)
{
    size_t n = o->n;
    grl_ode ode;
    const grl_ode_settings set = {.rtol = 1e-9, .atol = 1e-11, .max_steps = 20000};
    grl_ode_start(&ode, &set, n, field, o, 0, h, room);
    grl_ode_outcome outcome;
    while ((outcome = grl_ode_step(&ode, settling)) == GRL_ODE_STEP) {}
    if (outcome != GRL_ODE_END) return false;
    memcpy(o->anchor, ode.y, n * sizeof *h);
    field(0, ode.y, o->normal, o);
    double speed = 0;
    for (size_t i = 0; i < n; i++) speed += o->normal[i] * o->normal[i];
    if (!(speed > 1e-16)) return false; /* at rest */
    grl_ode_watch watch = {.g = section, .context = o, .direction = 1, .sign = 1};
    *period = 0;
    for (int i = 0; i < RETURNS && *period == 0; i++) {
        outcome = grl_ode_advance(&ode, 2 * settling, &watch, 1);
        if (outcome != GRL_ODE_EVENT) return false;
        double distance = 0;
        for (size_t k = 0; k < n; k++) distance = fmax(distance, fabs(ode.event_y[k] - o->anchor[k]));
        if (distance < same) *period = ode.event_t - settling;
    }
    if (*period == 0) return false;
    grl_ode_start(&ode, &set, n, field, o, 0, o->anchor, room);
    double *to = points, y[64];
    *to = 0;
    memcpy(to + 1, o->anchor, n * sizeof *h);
    size_t count = 1;
    do {
        outcome = grl_ode_step(&ode, *period);
        if (outcome != GRL_ODE_STEP && outcome != GRL_ODE_END) return false;
        for (; count < POINTS; count++) {
            double t = *period * (double)count / (POINTS - 1);
            if (t > ode.t && count + 1 < POINTS) break;
            grl_ode_dense(&ode, fmin(t, ode.t), y);
            points[count * (n + 1)] = t;
            memcpy(points + count * (n + 1) + 1, y, n * sizeof *y);
            if (t > ode.t) break;
        }
    } while (outcome == GRL_ODE_STEP);
    memcpy(points + (POINTS - 1) * (n + 1) + 1, o->anchor, n * sizeof *h);
    points[(POINTS - 1) * (n + 1)] = *period;
    return true;
}

static grl_status attractors(const grl_cell *cell, double p, unsigned long long seed, uint64_t index,
                             grl_sample_cycles *samples, grl_error *error)
{
    size_t n = cell->n, work = grl_cell_work(cell), ode = grl_ode_work(&grl_ode_dopri5, n);
    grl_status status = GRL_OK;
    grl_random random = grl_random_stream(seed, index);
    double h[64], period, *block = grl_calloc(work + 2 * n + ode + POINTS * (n + 1), sizeof *block);
    if (!block) return grl_fail_memory(error, work + ode + POINTS * (n + 1), sizeof *block);
    orbit o = {cell, n, block, block + work, block + work + n};
    double *points = o.normal + n, *room = points + POINTS * (n + 1);
    for (int start = 0; start < STARTS && status == GRL_OK; start++) {
        for (size_t i = 0; i < n; i++) h[i] = 2 * grl_random_uniform(&random) - 1;
        if (settles(&o, h, points, &period, room)) status = add(samples, n, p, period, POINTS, points, error);
    }
    free(block);
    return status;
}

grl_status grl_cycle_sample_at(const grl_cell *cell, double p, unsigned long long seed, size_t index,
                               grl_sample_cycles *samples, grl_error *error)
{
    if (cell->n == 2) return planar(cell, p, samples, error);
    return cell->n <= 60 ? attractors(cell, p, seed, index, samples, error) : GRL_OK;
}

grl_status grl_cycle_samples(grl_path *path, const grl_bifurcation_options *options, double low, double high,
                             grl_sample_cycles *samples, grl_error *error)
{
    grl_status status = GRL_OK;
    *samples = (grl_sample_cycles){0};
    for (size_t i = 0; i < SAMPLES && status == GRL_OK; i++) {
        if (grl_progress_stopped(options->progress)) return grl_fail(error, GRL_STOPPED, "stopped");
        double p = low + (high - low) * (((double)i + 0.5) / SAMPLES + offset);
        p = fmin(high, p);
        if (grl_path_set(path, &p, NULL) != GRL_OK) continue;
        status = grl_cycle_sample_at(grl_path_cell(path), p, options->seed, i, samples, error);
    }
    return status;
}

/* Whether x lies between a and b, or near: by a tenth of their distance and a little of the sizes there are, since
 * ranges are those at the points of a mesh. */
static bool between(double x, double a, double b, double size)
{
    double room = 0.1 * fabs(a - b) + 1e-2 * size;
    return x >= fmin(a, b) - room && x <= fmax(a, b) + room;
}

bool grl_cycle_sample_known(const grl_diagram *diagram, const grl_bvp_solution *u)
{
    size_t n = u->n;
    double low[64], high[64], T = u->q[0], p = u->q[1];
    grl_track_range(u, low, high);
    for (size_t b = 0; b < diagram->branch_count; b++) {
        const grl_diagram_branch *branch = &diagram->branches[b];
        if (branch->kind != GRL_BRANCH_CYCLE) continue;
        for (size_t i = 1; i < branch->count; i++) {
            const size_t j = i - 1;
            if ((branch->p[i] - p) * (branch->p[j] - p) > 0) continue;
            bool all = between(T, branch->period[i], branch->period[j], T);
            for (size_t k = 0; k < n && all; k++)
                all = between(low[k], branch->low[i * n + k], branch->low[j * n + k], 1) &&
                      between(high[k], branch->high[i * n + k], branch->high[j * n + k], 1);
            if (all) return true;
        }
    }
    return false;
}
