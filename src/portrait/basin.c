/* basin.c: basins of attraction of the square: which way they are computed, and by samples.
 *
 * Closed orbits first: away from each attracting or repelling point, and away from each closed orbit on both
 * sides, an orbit ends in the next limit set, so that a chain of nested cycles is found from its middle.
 *
 * Samples: starts spread evenly are followed. A share p of N has the standard error sqrt(p (1 - p) / N) if
 * drawn at random; evenly spread it is smaller. Used where the borders are not all known:
 * degenerate points, limits that came first, connections, a list of points that may not be complete. */
#include "portrait/separatrix.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SAMPLES = 1024, LEAST_SAMPLES = 64, STEPS = 200000, CHECK_GRID = 8 };

const grl_orbit_options grl_orbit_sample = {1e-8, 1e-11, 100, 3000, 1};

grl_status grl_basin_of(grl_separatrices *s, const grl_limit *attractor, size_t *basin, grl_error *error)
{
    grl_limit limit = *attractor;
    if (limit.kind == GRL_LIMIT_UNDECIDED || limit.kind == GRL_LIMIT_BOUNDARY)
        limit = (grl_limit){.kind = GRL_LIMIT_UNDECIDED};
    for (*basin = 0; *basin < s->basin_count; (*basin)++)
        if (s->basins[*basin].attractor.kind == limit.kind &&
            s->basins[*basin].attractor.which == limit.which)
            return GRL_OK;
    grl_basin *grown = grl_resize(s->basins, s->basin_count + 1, sizeof *grown);
    if (!grown) return grl_fail_memory(error, s->basin_count + 1, sizeof *grown);
    s->basins = grown;
    s->basins[s->basin_count++] = (grl_basin){.attractor = limit};
    return GRL_OK;
}

static grl_status run_from(grl_plane *plane, const double h[2], int sign, grl_limit *limit, grl_error *error)
{
    grl_orbit orbit;
    grl_orbit_start(&orbit, plane, h, sign, &grl_orbit_sample);
    grl_status status = grl_orbit_run(&orbit, error);
    *limit = orbit.limit;
    return status;
}

/* Whatever closed orbits lie next to points and to each other. */
static grl_status find_cycles(grl_plane *plane, grl_error *error)
{
    grl_status status = GRL_OK;
    grl_limit limit;
    for (size_t i = 0; i < plane->portrait->count && status == GRL_OK; i++) {
        const grl_basin_point *p = &plane->points[i];
        if (!p->attracts) continue;
        /* A state on the outer level, along the first axis. */
        double h[2] = {p->h[0] + (p->h[0] > 0 ? -1 : 1) * sqrt(p->outer / p->V[0]), p->h[1]};
        status = run_from(plane, h, -p->attracts, &limit, error);
    }
    for (size_t c = 0; c < plane->cycle_count && status == GRL_OK; c++)
        for (int side = -1; side <= 1 && status == GRL_OK; side += 2) {
            const grl_closed_orbit *cycle = &plane->cycles[c];
            const double *a = cycle->points, *b = cycle->points + 2;
            double x = b[0] - a[0], y = b[1] - a[1], size = hypot(x, y), off = 2e-3 * side;
            const double h[2] = {a[0] - off * y / size, a[1] + off * x / size};
            status = run_from(plane, h, cycle->stable ? -1 : 1, &limit, error);
        }
    return status;
}

grl_status grl_basins_by_samples(grl_plane *plane, grl_separatrices *s, grl_error *error)
{
    grl_status status = GRL_OK;
    long long steps = 0;
    s->basin_count = 0;
    s->samples = 0;
    s->basin_method = GRL_BASIN_SAMPLES;
    while (status == GRL_OK && s->samples < MOST_SAMPLES && (s->samples < LEAST_SAMPLES || steps < STEPS)) {
        /* Roberts' sequence (2018): the powers of the plastic number fill the square evenly at any length. */
        double k = (double)s->samples + 0.5, x = k * 0.7548776662466927, y = k * 0.5698402909980532;
        const double h[2] = {2 * (x - floor(x)) - 1, 2 * (y - floor(y)) - 1};
        grl_orbit orbit;
        size_t basin;
        grl_orbit_start(&orbit, plane, h, 1, &grl_orbit_sample);
        status = grl_orbit_run(&orbit, error);
        steps += orbit.steps;
        if (status == GRL_OK) status = grl_basin_of(s, &orbit.limit, &basin, error);
        if (status == GRL_OK) s->basins[basin].fraction += 1;
        s->samples++;
    }
    for (size_t b = 0; b < s->basin_count; b++) {
        double total = (double)s->samples, p = s->basins[b].fraction / total;
        s->basins[b].fraction = p;
        /* Of all or nearly none a third of what the rule of three says. */
        s->basins[b].error = fmax(sqrt(p * fmax(0, 1 - p) / total), 1 / total);
    }
    return status;
}

static int by_fraction(const void *a, const void *b)
{
    const grl_basin *p = a, *q = b;
    /* What is equal but for rounding goes by the attractors' numbers. */
    double a1 = round(1e6 * p->fraction), b1 = round(1e6 * q->fraction);
    if (a1 != b1) return a1 < b1 ? 1 : -1;
    if (p->attractor.kind != q->attractor.kind) return p->attractor.kind < q->attractor.kind ? -1 : 1;
    return p->attractor.which < q->attractor.which ? -1 : p->attractor.which > q->attractor.which;
}

/* By falling area; the rings follow. */
static grl_status sort(grl_separatrices *s, grl_error *error)
{
    grl_basin *old = grl_calloc(s->basin_count, sizeof *old);
    if (!old) return grl_fail_memory(error, s->basin_count, sizeof *old);
    if (s->basin_count > 0) {
        memcpy(old, s->basins, s->basin_count * sizeof *old);
        qsort(s->basins, s->basin_count, sizeof *s->basins, by_fraction);
    }
    for (size_t r = 0; r < s->ring_count; r++) {
        size_t basin;
        grl_status status = grl_basin_of(s, &old[s->rings[r].basin].attractor, &basin, error);
        if (status != GRL_OK) {
            free(old);
            return status;
        }
        s->rings[r].basin = basin;
    }
    free(old);
    return GRL_OK;
}

static int inside_ring(const grl_ring *ring, const double h[2], double *distance)
{
    int inside = 0;
    for (size_t i = 0, k = ring->count - 1; i < ring->count; k = i++) {
        const double *a = ring->points + 2 * k, *b = ring->points + 2 * i;
        if ((a[1] > h[1]) != (b[1] > h[1]) && h[0] < (b[0] - a[0]) * (h[1] - a[1]) / (b[1] - a[1]) + a[0])
            inside = !inside;
        *distance = fmin(*distance, hypot(a[0] - h[0], a[1] - h[1]));
    }
    return inside;
}

/* Do a few orbits end where the borders say? Those that start beside a border do not count. */
static grl_status check(grl_plane *plane, grl_separatrices *s, int *agrees, grl_error *error)
{
    grl_status status = GRL_OK;
    *agrees = 1;
    for (int k = 0; k < CHECK_GRID * CHECK_GRID && status == GRL_OK; k++) {
        /* Not on lines of symmetry. */
        const double h[2] = {-0.985 + 1.98 * (k % CHECK_GRID) / CHECK_GRID + 0.11,
                             -0.985 + 1.98 * (k / CHECK_GRID) / CHECK_GRID + 0.12};
        grl_limit limit;
        double distance = INFINITY;
        size_t basin = s->basin_count;
        status = run_from(plane, h, 1, &limit, error);
        s->samples++;
        /* Rings of holes come after their outer ring. */
        for (size_t r = 0, next; r < s->ring_count; r = next) {
            int in = inside_ring(&s->rings[r], h, &distance);
            for (next = r + 1; next < s->ring_count && s->rings[next].hole; next++)
                in = !inside_ring(&s->rings[next], h, &distance) && in;
            if (in) basin = s->rings[r].basin;
        }
        if (limit.kind == GRL_LIMIT_UNDECIDED || distance < 0.02 || basin == s->basin_count) continue;
        const grl_limit *said = &s->basins[basin].attractor;
        if (said->kind != limit.kind || said->which != limit.which) *agrees = 0;
    }
    return status;
}

grl_status grl_basins_make(grl_plane *plane, grl_separatrices *s, grl_error *error)
{
    int done = 0;
    grl_status status = find_cycles(plane, error);
    if (status == GRL_OK) status = grl_basins_by_borders(plane, s, &done, error);
    if (status == GRL_OK && done) status = check(plane, s, &done, error);
    if (status == GRL_OK && !done) {
        for (size_t r = 0; r < s->ring_count; r++) free(s->rings[r].points);
        s->ring_count = 0;
        status = grl_basins_by_samples(plane, s, error);
    }
    return status == GRL_OK ? sort(s, error) : status;
}
