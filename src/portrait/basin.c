/* basin.c: basins of attraction of the square: which way they are computed, and by samples.
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

enum { MOST_SAMPLES = 1024, LEAST_SAMPLES = 64, STEPS = 200000 };

static const grl_orbit_options sample = {1e-8, 1e-6, 0.02, 5000, 2, 0};

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
    s->basins[s->basin_count++] = (grl_basin){.attractor = limit, .slow_speed = (double)NAN};
    return GRL_OK;
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
        long long before = plane->steps;
        grl_orbit_start(&orbit, plane, h, 1, &sample);
        grl_orbit_run(&orbit);
        steps += plane->steps - before;
        const grl_limit limit = grl_limit_of(&orbit);
        status = grl_basin_of(s, &limit, &basin, error);
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

grl_status grl_basins_make(grl_plane *plane, grl_separatrices *s, grl_error *error)
{
    int done = 0;
    grl_status status = grl_basins_by_borders(plane, s, &done, error);
    if (status == GRL_OK && !done) status = grl_basins_by_samples(plane, s, error);
    if (status == GRL_OK) grl_basins_find_slow(plane, s);
    return status == GRL_OK ? sort(s, error) : status;
}
