/* orbits.c: sample trajectories for a figure.
 *
 * Starts are spread by Mitchell's best candidate (1991): of several random states, the one furthest from the
 * starts and fixed points there are. How long to follow is told by the flow itself: the geometric mean of its
 * speed over random states gives a time scale, which stays useful when gates make some units very slow. */
#include "draw/orbits.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES = 40, SAMPLES = 64, BESIDE = 40 };

void grl_orbits_free(grl_orbits *orbits)
{
    for (size_t i = 0; i < orbits->count; i++) grl_trajectory_free(orbits->items[i]);
    free(orbits->items);
    *orbits = (grl_orbits){0};
}

static double distance2(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/* How long the flow takes, by its typical speed, to cross the cube from its middle to a side. */
static grl_status time_scale(const grl_cell *cell, unsigned long long seed, double *scale, grl_error *error)
{
    size_t n = grl_cell_hidden_size(cell);
    grl_status status = GRL_OK;
    double *states = grl_calloc(n, SAMPLES * sizeof *states),
           *fields = grl_calloc(n, SAMPLES * sizeof *fields);
    double *work = grl_calloc(grl_cell_batch_work(cell, SAMPLES), sizeof *work);
    if (!states || !fields || !work) {
        status = grl_fail_memory(error, n, SAMPLES * sizeof *states);
        goto done;
    }
    grl_random random = grl_random_stream(seed, 1);
    for (size_t i = 0; i < SAMPLES * n; i++) states[i] = 2 * grl_random_uniform(&random) - 1;
    grl_cell_field_batch(cell, NULL, SAMPLES, states, fields, work);
    double sum = 0;
    for (size_t k = 0; k < SAMPLES; k++) {
        double square = 0;
        for (size_t i = 0; i < n; i++) square += fields[k * n + i] * fields[k * n + i];
        sum += 0.5 * log(fmax(DBL_MIN, square / (double)n));
    }
    *scale = fmin(1e9, 1 / exp(sum / SAMPLES));
done:
    free(states);
    free(fields);
    free(work);
    return status;
}

/* The (k+1)-th start, spread over the cube. */
static void spread(size_t n, const grl_portrait *portrait, double *starts, size_t k, grl_random *random,
                   double *candidate)
{
    double best = -1, *start = starts + k * n;
    for (int trial = 0; trial < CANDIDATES; trial++) {
        double nearest = DBL_MAX;
        for (size_t i = 0; i < n; i++) candidate[i] = 0.96 * (2 * grl_random_uniform(random) - 1);
        for (size_t j = 0; j < k; j++) nearest = fmin(nearest, distance2(n, candidate, starts + j * n));
        for (size_t j = 0; j < portrait->count; j++)
            nearest = fmin(nearest, 2 * distance2(n, candidate, portrait->points[j].h));
        if (nearest > best) {
            best = nearest;
            memcpy(start, candidate, n * sizeof *start);
        }
    }
}

/* Starts beside points, from starts[count] on; returns the new count. */
static size_t beside_points(size_t n, const grl_portrait *portrait, grl_beside beside, double *starts,
                            size_t count)
{
    const double away = 0.01;
    size_t points = 0;
    for (size_t k = 0; k < portrait->count && points < BESIDE; k++) {
        const grl_fixed_point *point = &portrait->points[k];
        int focus = point->type == GRL_UNSTABLE_FOCUS;
        if (beside == GRL_BESIDE_NONE || (beside == GRL_BESIDE_FOCI && !focus)) continue;
        if (point->unstable <= 0 || !point->eigenvectors) continue;
        points++;
        double norm = 0;
        for (size_t i = 0; i < n; i++) norm += point->eigenvectors[2 * i] * point->eigenvectors[2 * i];
        if (!(norm > 0)) continue;
        for (int sign = beside == GRL_BESIDE_FOCI ? 1 : -1; sign <= 1; sign += 2, count++)
            for (size_t i = 0; i < n; i++)
                starts[count * n + i] = point->h[i] + sign * away / sqrt(norm) * point->eigenvectors[2 * i];
    }
    return count;
}

grl_status grl_orbits_starts(const grl_portrait *portrait, size_t wanted, grl_beside beside,
                             unsigned long long seed, size_t *count, double **starts, grl_error *error)
{
    const size_t n = portrait->hidden_size, room = wanted + 2 * BESIDE;
    size_t total = 0;
    double *candidate = grl_calloc(n, sizeof *candidate);
    *count = 0;
    *starts = grl_product(room, n, &total) ? grl_calloc(total, sizeof **starts) : NULL;
    if (!*starts || !candidate) {
        free(*starts);
        free(candidate);
        *starts = NULL;
        return grl_fail_memory(error, room, n * sizeof **starts);
    }
    grl_random random = grl_random_stream(seed, 2);
    for (size_t k = 0; k < wanted; k++) spread(n, portrait, *starts, k, &random, candidate);
    *count = beside_points(n, portrait, beside, *starts, wanted);
    free(candidate);
    return GRL_OK;
}

/* Adds the states of `more` but its first, which is the last of `all`. */
static grl_status append(grl_trajectory *all, const grl_trajectory *more, grl_error *error)
{
    const size_t n = all->hidden_size, count = all->count + more->count - 1;
    size_t total = 0;
    double *times = grl_resize(all->times, count, sizeof *times);
    if (times) all->times = times;
    double *states = grl_product(count, n, &total) ? grl_resize(all->states, total, sizeof *states) : NULL;
    if (states) all->states = states;
    if (!times || !states) return grl_fail_memory(error, count, n * sizeof *states);
    double before = all->times[all->count - 1];
    for (size_t i = 1; i < more->count; i++) all->times[all->count - 1 + i] = before + more->times[i];
    memcpy(all->states + all->count * n, more->states + n, (more->count - 1) * n * sizeof *states);
    all->count = count;
    return GRL_OK;
}

/* A flow that only crawls at the end is followed fifty times as long, a row for each step: such steps are long
 * where it crawls, and with a strict tolerance short where it then turns. */
static grl_status crawl_on(const grl_cell *cell, const grl_simulate_options *options, double scale,
                           grl_trajectory *t, grl_error *error)
{
    const double crawling = 0.02, longer = 50;
    const size_t n = t->hidden_size;
    if (t->count < 2 || strcmp(t->stopped_by, "end") != 0) return GRL_OK;
    double path = 0, time = 0;
    for (size_t i = t->count - 1; i > t->count / 2; i--) {
        path += sqrt(distance2(n, t->states + i * n, t->states + (i - 1) * n) / (double)n);
        time += t->times[i] - t->times[i - 1];
    }
    if (!(path < crawling * time / scale)) return GRL_OK;
    grl_simulate_options further = *options;
    further.until *= longer;
    further.every = 0;
    further.rtol = further.atol = 1e-10;
    grl_trajectory *more = NULL;
    grl_status status =
        grl_simulate(cell, t->states + (t->count - 1) * n, NULL, NULL, &further, &more, error);
    if (status == GRL_OK && more->count > 1) status = append(t, more, error);
    grl_trajectory_free(more);
    return status;
}

grl_status grl_orbits_run(const grl_cell *cell, const grl_portrait *portrait, size_t wanted,
                          grl_beside beside, size_t rows, unsigned long long seed, grl_orbits *orbits,
                          grl_error *error)
{
    const size_t n = portrait->hidden_size;
    const int map = portrait->time == GRL_DISCRETE;
    double scale = 1, *starts = NULL;
    size_t count = 0;
    *orbits = (grl_orbits){0};
    grl_status status = time_scale(cell, seed, &scale, error);
    if (status == GRL_OK) status = grl_orbits_starts(portrait, wanted, beside, seed, &count, &starts, error);
    if (status != GRL_OK) return status;
    orbits->items = grl_calloc(count, sizeof *orbits->items);
    if (!orbits->items) {
        status = grl_fail_memory(error, count, sizeof *orbits->items);
        goto done;
    }
    grl_simulate_options options = grl_simulate_defaults();
    options.time = portrait->time;
    options.dt = portrait->dt;
    options.rtol = 1e-5;
    options.atol = 1e-6;
    options.max_steps = 200000;
    options.until = 60 * scale;
    if (map) {
        options.until = portrait->dt * fmin(fmax(100, ceil(options.until / portrait->dt)), (double)rows);
    } else {
        options.every = options.until / (double)rows;
        options.settle = 1e-5 / scale;
    }
    for (size_t k = 0; k < count; k++) {
        status = grl_simulate(cell, starts + k * n, NULL, NULL, &options, &orbits->items[k], error);
        if (status != GRL_OK) goto done;
        orbits->count++;
        if (!map) status = crawl_on(cell, &options, scale, orbits->items[k], error);
        if (status != GRL_OK) goto done;
    }
done:
    free(starts);
    if (status != GRL_OK) grl_orbits_free(orbits);
    return status;
}
