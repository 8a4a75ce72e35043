/* planar_orbits.c: trajectories of a planar flow, as a figure shows them.
 *
 * Each is followed for a fixed length, and cut once it has run for a while beside something that is drawn
 * already: a cycle, another trajectory, an earlier round of itself. */
#include "draw/planar.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 20000, RASTER = 400 };
static const double pace = 0.008, longest = 90;

/* When was a square of the raster drawn on: by which curve, and how far along it? */
typedef struct stamp {
    uint32_t curve; /* from 1; 0: not yet */
    float length;
} stamp;

static size_t raster_of(double h)
{
    double k = floor(0.5 * (h + 1) * RASTER);
    return k < 0 ? 0 : k >= RASTER ? RASTER - 1 : (size_t)k;
}

/* Was another curve drawn at p or close beside it, or this one on an earlier round? */
static int was_drawn(const stamp *raster, const double p[2], uint32_t curve, double length)
{
    const double round = 0.12;
    const size_t near = 4, i = raster_of(p[0]), j = raster_of(p[1]);
    for (size_t r = j > near ? j - near : 0; r <= j + near && r < RASTER; r++)
        for (size_t c = i > near ? i - near : 0; c <= i + near && c < RASTER; c++) {
            const stamp *at = &raster[r * RASTER + c];
            if (at->curve && (at->curve != curve || length - (double)at->length > round)) return 1;
        }
    return 0;
}

/* Walks along `count` points, leaves stamps, and returns how many of the points to draw. */
static size_t leave_stamps(stamp *raster, size_t count, const double *points, uint32_t curve)
{
    const double grain = 0.8 / RASTER, patience = 0.15;
    double length = 0, covered = 0;
    for (size_t i = 1; i < count; i++) {
        const double *a = points + 2 * (i - 1), *b = a + 2;
        double piece = hypot(b[0] - a[0], b[1] - a[1]);
        int parts = 1 + (int)(piece / grain);
        for (int k = 1; k <= parts; k++) {
            double p[2] = {a[0] + (b[0] - a[0]) * k / parts, a[1] + (b[1] - a[1]) * k / parts};
            length += piece / parts;
            covered = was_drawn(raster, p, curve, length) ? covered + piece / parts : 0;
            stamp *at = &raster[raster_of(p[1]) * RASTER + raster_of(p[0])];
            if (!at->curve) *at = (stamp){curve, (float)length};
        }
        if (covered > patience) return i + 1;
    }
    return count;
}

static size_t follow(const grl_planar *flow, const double *start, double *points)
{
    grl_follower f;
    size_t count = 0;
    memcpy(points, start, 2 * sizeof *points);
    count++;
    if (!grl_follow_start(&f, flow, start, 1, pace)) return count;
    while (count < LONGEST && f.length < longest && grl_follow_step(&f)) {
        memcpy(points + 2 * count, f.p, sizeof f.p);
        count++;
    }
    return count;
}

grl_status grl_planar_orbits_make(const grl_planar *flow, size_t count, const double *starts,
                                  const grl_lines *cycles, grl_lines *paths, grl_error *error)
{
    grl_status status = GRL_OK;
    double *points = grl_calloc(LONGEST, 2 * sizeof *points);
    stamp *raster = grl_calloc((size_t)RASTER * RASTER, sizeof *raster);
    if (!points || !raster) goto no_memory;
    uint32_t curve = 0;
    for (size_t k = 0; k < cycles->count; k++)
        leave_stamps(raster, cycles->first[k + 1] - cycles->first[k], cycles->points + 2 * cycles->first[k],
                     ++curve);
    for (size_t k = 0; k < count; k++) {
        size_t length = follow(flow, starts + 2 * k, points);
        size_t drawn = leave_stamps(raster, length, points, ++curve);
        /* A stub beside another trajectory tells nothing. */
        if (drawn < length && (double)drawn * pace < 0.5) continue;
        if (!grl_lines_add(paths, drawn, points)) goto no_memory;
    }
    goto done;

no_memory:
    status = grl_fail_memory(error, LONGEST, 2 * sizeof *points);
done:
    free(points);
    free(raster);
    return status;
}
