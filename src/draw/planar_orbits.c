/* planar_orbits.c: trajectories of a planar flow, as a figure shows them.
 *
 * Each is followed for a fixed length. If its last round closes, to two thousandths, and states on both sides
 * of it approach it, the round is kept as a cycle. What leads there is cut once it has run for a while beside
 * something that is drawn already: a cycle, another trajectory, an earlier round of itself. */
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

/* The number of points in the last round, or 0 if the trajectory does not end in a cycle. */
static size_t last_round(size_t count, const double *points)
{
    const double closed = 2e-3, apart = 0.05;
    const double *end = points + 2 * (count - 1);
    int left = 0;
    for (size_t i = count - 1; i-- > 0;) {
        double d = hypot(points[2 * i] - end[0], points[2 * i + 1] - end[1]);
        if (d > apart) left = 1;
        /* The points are `pace` apart: measure to the segment. */
        if (!left || d > 2 * pace) continue;
        double dx = points[2 * i + 2] - points[2 * i], dy = points[2 * i + 3] - points[2 * i + 1];
        double along =
            ((end[0] - points[2 * i]) * dx + (end[1] - points[2 * i + 1]) * dy) / (dx * dx + dy * dy);
        if (!(along >= 0 && along <= 1)) continue;
        double across = hypot(points[2 * i] + along * dx - end[0], points[2 * i + 1] + along * dy - end[1]);
        return across < closed ? count - 1 - i : 0;
    }
    return 0;
}

/* Where, along the unit normal at p, a trajectory is after one round that starts `offset` along it; NAN if it
 * does not come back. */
static double after_one_round(const grl_planar *flow, const double p[2], const double normal[2],
                              double offset)
{
    const double near = 0.1, farthest = 30;
    double q[2] = {p[0] + offset * normal[0], p[1] + offset * normal[1]}, before = 0;
    grl_follower f;
    if (!grl_follow_start(&f, flow, q, 1, pace)) return NAN;
    while (f.length < farthest && grl_follow_step(&f)) {
        double dx = f.p[0] - p[0], dy = f.p[1] - p[1];
        /* The section is crossed in the sense of the normal turned by a quarter clockwise. */
        double ahead = dx * normal[1] - dy * normal[0];
        if (f.length > near && before < 0 && ahead >= 0 && hypot(dx, dy) < near) {
            double back = ahead / (ahead - before);
            return (dx - back * (f.p[0] - q[0])) * normal[0] + (dy - back * (f.p[1] - q[1])) * normal[1];
        }
        before = ahead;
        memcpy(q, f.p, sizeof q);
    }
    return NAN;
}

/* Is there really a cycle near p? If states on both sides of p come closer to it in one round, there is one
 * between (Poincare and Bendixson); a slow spiral comes closer on one side only. */
static int is_cycle(const grl_planar *flow, const double p[2])
{
    const double aside = 0.01;
    double v[2];
    flow->field(flow->context, p, v);
    double speed = hypot(v[0], v[1]);
    const double normal[2] = {-v[1] / speed, v[0] / speed};
    double left = after_one_round(flow, p, normal, aside), right = after_one_round(flow, p, normal, -aside);
    return left < aside && right > -aside && right < left;
}

static int is_known(const grl_lines *cycles, const double p[2])
{
    for (size_t i = 0; i < cycles->points_count; i++)
        if (hypot(cycles->points[2 * i] - p[0], cycles->points[2 * i + 1] - p[1]) < 2 * pace) return 1;
    return 0;
}

grl_status grl_planar_orbits_make(const grl_planar *flow, size_t count, const double *starts,
                                  grl_lines *paths, grl_lines *cycles, grl_error *error)
{
    grl_status status = GRL_OK;
    double *points = grl_calloc(LONGEST, 2 * sizeof *points);
    stamp *raster = grl_calloc((size_t)RASTER * RASTER, sizeof *raster);
    if (!points || !raster) goto no_memory;
    /* Cycles first, so that what leads to them can stop there. */
    uint32_t curve = 0;
    for (size_t k = 0; k < count; k++) {
        size_t length = follow(flow, starts + 2 * k, points);
        size_t round = last_round(length, points);
        if (round == 0 || is_known(cycles, points + 2 * (length - 1))) continue;
        if (!is_cycle(flow, points + 2 * (length - 1))) continue;
        double *cycle = points + 2 * (length - round - 1);
        memcpy(cycle, points + 2 * (length - 1), 2 * sizeof *cycle);
        leave_stamps(raster, round + 1, cycle, ++curve);
        if (!grl_lines_add(cycles, round + 1, cycle)) goto no_memory;
    }
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
