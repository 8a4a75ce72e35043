/* planar_orbits.c: trajectories of a planar flow, as a figure shows them.
 *
 * Each is followed for a fixed length, and cut once it has run for a while beside something that is drawn
 * already: a cycle, another trajectory, an earlier round of itself. */
#include "draw/planar.h"
#include "draw/stamps.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 20000 };
static const double pace = 0.008, longest = 90;

/* Walks along `count` points, leaves stamps, and returns how many of the points to draw. */
static size_t leave_stamps(grl_stamps *stamps, size_t count, const double *points, uint32_t curve)
{
    const double patience = 0.15;
    double length = 0, covered = 0;
    for (size_t i = 1; i < count; i++) {
        double start = length;
        double part = grl_stamps_leave(stamps, points + 2 * (i - 1), points + 2 * i, curve, &length);
        covered = part >= 0.999 * (length - start) ? covered + part : 0;
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
    grl_stamps stamps = {.fixed = UINT32_MAX};
    if (!points) goto no_memory;
    status = grl_stamps_make(&stamps, error);
    if (status != GRL_OK) goto done;
    uint32_t curve = 0;
    for (size_t k = 0; k < cycles->count; k++)
        leave_stamps(&stamps, cycles->first[k + 1] - cycles->first[k], cycles->points + 2 * cycles->first[k],
                     ++curve);
    for (size_t k = 0; k < count; k++) {
        size_t length = follow(flow, starts + 2 * k, points);
        size_t drawn = leave_stamps(&stamps, length, points, ++curve);
        /* A stub beside another trajectory tells nothing. */
        if (drawn < length && (double)drawn * pace < 0.5) continue;
        if (!grl_lines_add(paths, drawn, points)) goto no_memory;
    }
    goto done;

no_memory:
    status = grl_fail_memory(error, LONGEST, 2 * sizeof *points);
done:
    free(points);
    free(stamps.raster);
    return status;
}
