/* map_stable.c: the stable branches of a saddle of a planar map, which need not be invertible.
 *
 * A point belongs to the stable set if its image does. So the branch grows from its local part
 * (map_unstable.c) by points whose image lies on what is there already (England, Krauskopf and Osinga 2004):
 * on the line across the predicted direction, Newton's method makes the signed distance of the image from
 * the curve zero. The curve between its points is the cubic through four of them, over the chord of the two
 * in the middle. No inverse is taken, and where det D(map) changes its sign, the image runs back along the
 * curve while the branch goes on smoothly. For a negative multiplier the image is that of two steps.
 *
 * A step must not be longer than the way from the image to the end of the curve; near the saddle and near a
 * repelling point that is a constant share of the distance, and far from both about dt |f|.
 *
 * What makes it fail: where the branch folds so that its image passes the saddle, the other branch would
 * have to be known; it ends there. Other pieces of the stable set, further preimages, do not hang together
 * with the saddle and are not looked for. */
#include "portrait/map_branch.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points of the local part on either side; how far the image may move along the curve in a step, in points.
 */
enum { LOCAL = 40, NEWTON = 12, WALK = 400 };
static const double turn_most = 0.25, least_step = 1e-10, share = 0.6;

typedef struct grower {
    grl_map_work *work;
    int twice;
    size_t count, capacity;
    double *curve; /* count x 2, from the local part of the other side on */
    size_t near;   /* the segment on which the last image lay */
    double a[2], t[2];
} grower;

static grl_status append(grower *g, const double h[2], grl_error *error)
{
    if (!grl_grow((void **)&g->curve, &g->capacity, g->count, 2 * sizeof *g->curve))
        return grl_fail_memory(error, g->count + 1, 2 * sizeof *g->curve);
    memcpy(g->curve + 2 * g->count++, h, 2 * sizeof *h);
    return GRL_OK;
}

/* Where an image lies. */
typedef enum found { ON_CURVE, BEFORE, BEHIND, AWAY } found;

/* The segment beside q, walking from `from`; x: the part of its chord. */
static found segment_of(const grower *g, const double q[2], size_t from, size_t *segment)
{
    size_t i = from;
    int last = 0;
    for (int k = 0; k < WALK; k++) {
        const double *a = g->curve + 2 * i, *b = a + 2;
        double dx = b[0] - a[0], dy = b[1] - a[1];
        double x = ((q[0] - a[0]) * dx + (q[1] - a[1]) * dy) / (dx * dx + dy * dy);
        int way = x < 0 ? -1 : x > 1 ? 1 : 0;
        /* Between two chords that turn away, either will do. */
        if (way == 0 || (last != 0 && way == -last)) {
            *segment = i;
            return ON_CURVE;
        }
        if (way < 0 && i == 0) return BEFORE;
        if (way > 0 && i + 2 == g->count) return BEHIND;
        i = way > 0 ? i + 1 : i - 1;
        last = way;
    }
    return AWAY;
}

/* Signed distance of q from the curve at this segment, and the direction in which it changes. */
static double offset(const grower *g, size_t segment, const double q[2], double gradient[2])
{
    size_t first = segment == 0 ? 0 : segment - 1;
    if (first + 4 > g->count) first = g->count - 4;
    const double *a = g->curve + 2 * segment, *b = a + 2;
    double chord = hypot(b[0] - a[0], b[1] - a[1]), e[2] = {(b[0] - a[0]) / chord, (b[1] - a[1]) / chord};
    double x[4], y[4], xq = (q[0] - a[0]) * e[0] + (q[1] - a[1]) * e[1],
                       yq = (q[1] - a[1]) * e[0] - (q[0] - a[0]) * e[1];
    double value = 0, slope = 0;
    for (size_t k = 0; k < 4; k++) {
        const double *p = g->curve + 2 * (first + k);
        x[k] = (p[0] - a[0]) * e[0] + (p[1] - a[1]) * e[1];
        y[k] = (p[1] - a[1]) * e[0] - (p[0] - a[0]) * e[1];
    }
    for (size_t k = 0; k < 4; k++) {
        double product = y[k], change = 0;
        for (size_t j = 0; j < 4; j++) {
            if (j == k) continue;
            change = change * (xq - x[j]) / (x[k] - x[j]) + product / (x[k] - x[j]);
            product *= (xq - x[j]) / (x[k] - x[j]);
        }
        value += product;
        slope += change;
    }
    gradient[0] = -e[1] - slope * e[0];
    gradient[1] = e[0] - slope * e[1];
    return yq - value;
}

/* The next point, `step` further, and the tangent there; false: try a shorter step. *where tells why. */
static bool advance(grower *g, double step, double p[2], double t[2], found *where, size_t *near)
{
    const double n[2] = {-g->t[1], g->t[0]};
    double x = 0, image[2], D[4], gradient[2];
    *near = g->near;
    for (int k = 0; k < NEWTON; k++) {
        for (int i = 0; i < 2; i++) p[i] = g->a[i] + step * g->t[i] + x * n[i];
        grl_map_step(g->work, g->twice, p, image, D);
        *where = segment_of(g, image, *near, near);
        if (*where != ON_CURVE) return false;
        double value = offset(g, *near, image, gradient);
        double slope = gradient[0] * (D[0] * n[0] + D[1] * n[1]) + gradient[1] * (D[2] * n[0] + D[3] * n[1]);
        double move = -value / slope;
        if (!(fabs(x + move) <= turn_most * step)) return false;
        x += move;
        if (fabs(move) <= 1e-14 + 1e-13 * step) {
            for (int i = 0; i < 2; i++) p[i] = g->a[i] + step * g->t[i] + x * n[i];
            /* Along the curve the distance of the image does not change. */
            double across[2] = {gradient[0] * D[0] + gradient[1] * D[2],
                                gradient[0] * D[1] + gradient[1] * D[3]};
            double size = hypot(across[0], across[1]);
            double sense = across[1] * g->t[0] - across[0] * g->t[1] < 0 ? -size : size;
            t[0] = across[1] / sense;
            t[1] = -across[0] / sense;
            return t[0] * g->t[0] + t[1] * g->t[1] > cos(2 * turn_most);
        }
    }
    return false;
}

static grl_status start(grower *g, const grl_map_local *local, int side, grl_error *error)
{
    grl_status status = GRL_OK;
    for (int k = -LOCAL; k <= LOCAL && status == GRL_OK; k++) {
        double h[2];
        grl_map_local_at(local, side * local->reach * k / LOCAL, h);
        status = append(g, h, error);
    }
    if (status != GRL_OK) return status;
    const double *last = g->curve + 2 * (g->count - 1);
    double size = hypot(last[0] - last[-2], last[1] - last[-1]);
    for (int i = 0; i < 2; i++) {
        g->a[i] = last[i];
        g->t[i] = (last[i] - last[i - 2]) / size;
    }
    /* Near the image of the end. */
    double factor = g->twice ? local->multiplier * local->multiplier : local->multiplier;
    g->near = (size_t)(LOCAL * (1 + factor));
    if (g->near + 2 > g->count) g->near = g->count - 2;
    return GRL_OK;
}

/* The border of the square on the way from a to p. */
static int outside(const double a[2], double p[2])
{
    double part = 1;
    for (int i = 0; i < 2; i++)
        if (fabs(p[i]) > 1) part = fmin(part, (copysign(1, p[i]) - a[i]) / (p[i] - a[i]));
    if (part == 1 && fabs(p[0]) <= 1 && fabs(p[1]) <= 1) return 0;
    for (int i = 0; i < 2; i++) p[i] = a[i] + part * (p[i] - a[i]);
    return 1;
}

grl_status grl_map_branch_stable(grl_map_work *work, const grl_map_local *local, grl_map_branch *branch,
                                 grl_error *error)
{
    const grl_map_options *o = work->options;
    grower g = {.work = work, .twice = local->multiplier < 0};
    double p[2], t[2], sign, kept[2], length = local->reach;
    grl_status status = start(&g, local, branch->side, error);
    /* The local part. */
    for (int k = 0; k <= LOCAL && status == GRL_OK; k += 8) {
        double *h = g.curve + 2 * (LOCAL + k);
        if (k > 0 && outside(h - 16, h)) branch->end = GRL_MAP_END_BOUNDARY;
        status = grl_map_branch_add(work, branch, h, error);
        if (branch->end == GRL_MAP_END_BOUNDARY) goto done;
    }
    if (status != GRL_OK) goto done;
    memcpy(kept, g.a, sizeof kept);
    sign = grl_map_determinant(work, g.a);
    double step = o->spacing;
    branch->end = GRL_MAP_END_STEPS;
    while (work->steps < o->max_steps) {
        found where;
        size_t near;
        bool made = false, passed = false;
        for (step = fmin(1.5 * step, share * o->spacing); !made && step > least_step; step /= 2) {
            made = advance(&g, step, p, t, &where, &near);
            passed = passed || where == BEFORE;
            if (made) break;
        }
        if (!made) {
            branch->end = passed ? GRL_MAP_END_SADDLE : GRL_MAP_END_LOST;
            break;
        }
        int left = outside(g.a, p);
        double size = hypot(p[0] - g.a[0], p[1] - g.a[1]);
        length += size;
        double now = grl_map_determinant(work, p);
        branch->folds += (now < 0) != (sign < 0);
        sign = now;
        if (left || hypot(p[0] - kept[0], p[1] - kept[1]) >= 0.2 * o->spacing) {
            status = grl_map_branch_add(work, branch, p, error);
            memcpy(kept, p, sizeof kept);
        }
        if (left) branch->end = GRL_MAP_END_BOUNDARY;
        if (left || status != GRL_OK) break;
        for (int i = 0; i < 2; i++) {
            g.t[i] = t[i];
            g.a[i] = p[i];
        }
        g.near = near;
        status = append(&g, p, error);
        if (status != GRL_OK) break;
        long caught = grl_map_caught(work, branch, p, -1);
        if (caught >= 0) {
            status = grl_map_branch_add(work, branch, work->portrait->points[caught].h, error);
            branch->end = GRL_MAP_END_POINT;
            branch->point = (size_t)caught;
            break;
        }
        if (length >= o->max_length) {
            branch->end = GRL_MAP_END_LENGTH;
            break;
        }
    }
    if (status == GRL_OK && branch->end != GRL_MAP_END_POINT && branch->end != GRL_MAP_END_BOUNDARY &&
        (kept[0] != g.a[0] || kept[1] != g.a[1]))
        status = grl_map_branch_add(work, branch, g.a, error);
done:
    free(g.curve);
    return status;
}
