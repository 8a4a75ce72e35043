/* nullclines.c: the curves where one unit of a two-unit network does not change.
 *
 * Where n_i(h) = h_i; the update gate, which only scales the speed, is left out, so that a gate that is all
 * but shut does not hide a curve. Marching squares (Lorensen and Cline 1987) on a grid; each crossing of a
 * grid edge is then found by the Illinois method (Dowell and Jarratt 1971) to 1e-10; where all four edges of
 * a square are crossed, the sign in its middle tells which belong together.
 *
 * Since |n_i| < 1, n_i - h_i is negative at h_i = 1 and positive at h_i = -1, even where a saturated n_i
 * rounds to h_i there; the signs are set so, and a curve that runs closer to the border than rounding can
 * tell is drawn on it. Two crossings of one edge go unseen. */
#include "draw/planar.h"

#include "base/error.h"
#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct crossing {
    double p[2];
    long links[2]; /* the crossings before and after it on the curve; -1: none */
} crossing;

typedef struct tracer {
    const grl_cell *half; /* the cell with z = 1/2: its field is (n - h) / 2 */
    double *work;
    const grl_window *window;
    int unit;
    size_t side;          /* grid points on a side */
    const double *values; /* side x side x 2, rows are h[1] */

    /* side x side x 2: the crossing on the edge to the right of a grid point, and above it; -1: none. */
    long *edges;

    crossing *crossings;
    size_t count, capacity;
} tracer;

static double at_node(const tracer *t, size_t i, int axis)
{
    const double low = t->window->low[axis], high = t->window->high[axis];
    return i + 1 == t->side ? high : low + (high - low) * (double)i / (double)(t->side - 1);
}

static double bounded(int unit, const double p[2], double value)
{
    if (p[unit] >= 1) return fmin(value, -DBL_MIN);
    if (p[unit] <= -1) return fmax(value, DBL_MIN);
    return value;
}

static double evaluate(const tracer *t, const double p[2])
{
    double f[2];
    grl_cell_field(t->half, NULL, p, f, t->work);
    return bounded(t->unit, p, f[t->unit]);
}

static double node_value(const tracer *t, size_t i, size_t j)
{
    const double p[2] = {at_node(t, i, 0), at_node(t, j, 1)};
    return bounded(t->unit, p, t->values[2 * (j * t->side + i) + (size_t)t->unit]);
}

/* A root on the edge from a to b, which differ in the coordinate `axis` alone. */
static void find_crossing(const tracer *t, const double a[2], const double b[2], double value_a,
                          double value_b, int axis, double root[2])
{
    double low = a[axis], high = b[axis];
    int kept = 0; /* the end that the last cut kept: -1 low, 1 high */
    memcpy(root, a, 2 * sizeof *root);
    for (int k = 0; k < 60 && high - low > 1e-10; k++) {
        /* At a step that is all but a jump the secant crawls: every third cut is a half. */
        double middle = low + (high - low) * (value_a / (value_a - value_b));
        if (k % 3 == 2 || !(middle > low && middle < high)) middle = 0.5 * (low + high);
        root[axis] = middle;
        double value = evaluate(t, root);
        if (value == 0) return;
        if ((value > 0) == (value_a > 0)) {
            low = middle;
            value_a = value;
            if (kept == 1) value_b /= 2;
            kept = 1;
        } else {
            high = middle;
            value_b = value;
            if (kept == -1) value_a /= 2;
            kept = -1;
        }
    }
    root[axis] = 0.5 * (low + high);
}

static int add_crossing(tracer *t, size_t i, size_t j, int axis)
{
    double a[2] = {at_node(t, i, 0), at_node(t, j, 1)}, b[2] = {a[0], a[1]};
    size_t right = i + (axis == 0), up = j + (axis == 1);
    b[axis] = at_node(t, axis == 0 ? right : up, axis);
    double value_a = node_value(t, i, j), value_b = node_value(t, right, up);
    if ((value_a >= 0) == (value_b >= 0)) return 1;
    if (!grl_grow((void **)&t->crossings, &t->capacity, t->count, sizeof *t->crossings)) return 0;
    crossing *c = &t->crossings[t->count];
    *c = (crossing){.links = {-1, -1}};
    if (value_a == 0 || value_b == 0) {
        memcpy(c->p, value_a == 0 ? a : b, sizeof c->p);
    } else {
        find_crossing(t, a, b, value_a, value_b, axis, c->p);
    }
    t->edges[2 * (j * t->side + i) + (size_t)axis] = (long)t->count++;
    return 1;
}

static void join(tracer *t, long a, long b)
{
    crossing *p = &t->crossings[a], *q = &t->crossings[b];
    p->links[p->links[0] >= 0] = b;
    q->links[q->links[0] >= 0] = a;
}

static void join_square(tracer *t, size_t i, size_t j)
{
    const size_t s = t->side;
    /* Around the square: bottom, right, top, left. */
    long around[4] = {t->edges[2 * (j * s + i)], t->edges[2 * (j * s + i + 1) + 1],
                      t->edges[2 * ((j + 1) * s + i)], t->edges[2 * (j * s + i) + 1]};
    long found[4];
    int count = 0;
    for (int k = 0; k < 4; k++)
        if (around[k] >= 0) found[count++] = around[k];
    if (count == 2) join(t, found[0], found[1]);
    if (count < 4) return;
    double middle[2] = {0.5 * (at_node(t, i, 0) + at_node(t, i + 1, 0)),
                        0.5 * (at_node(t, j, 1) + at_node(t, j + 1, 1))};
    /* The middle belongs with the lower left corner: the curve goes around the two other corners. */
    if ((evaluate(t, middle) >= 0) == (node_value(t, i, j) >= 0)) {
        join(t, around[0], around[1]);
        join(t, around[2], around[3]);
    } else {
        join(t, around[0], around[3]);
        join(t, around[1], around[2]);
    }
}

/* Walks along a curve from crossing `start`, marks what it passes by cutting its links, and adds it to the
 * lines. */
static int walk(tracer *t, size_t start, double *points, grl_lines *lines)
{
    size_t count = 0;
    long before = -1, at = (long)start;
    while (at >= 0) {
        crossing *c = &t->crossings[at];
        memcpy(points + 2 * count++, c->p, sizeof c->p);
        long after = c->links[0] >= 0 && c->links[0] != before ? c->links[0] : c->links[1];
        if (after == before) after = -1;
        c->links[0] = c->links[1] = -2;
        before = at;
        at = after;
        if (at >= 0 && t->crossings[at].links[0] == -2) { /* closed */
            memcpy(points + 2 * count++, t->crossings[at].p, sizeof c->p);
            break;
        }
    }
    return count < 2 || grl_lines_add(lines, count, points);
}

static int trace(tracer *t, grl_lines *lines)
{
    size_t s = t->side;
    for (size_t k = 0; k < 2 * s * s; k++) t->edges[k] = -1;
    t->count = 0;
    for (size_t j = 0; j < s; j++)
        for (size_t i = 0; i < s; i++) {
            if (i + 1 < s && !add_crossing(t, i, j, 0)) return 0;
            if (j + 1 < s && !add_crossing(t, i, j, 1)) return 0;
        }
    for (size_t j = 0; j + 1 < s; j++)
        for (size_t i = 0; i + 1 < s; i++) join_square(t, i, j);
    double *points = grl_calloc(t->count + 1, 2 * sizeof *points);
    if (!points) return 0;
    int fine = 1;
    /* Curves with ends first; what is left is closed. */
    for (int closed = 0; closed <= 1 && fine; closed++)
        for (size_t k = 0; k < t->count && fine; k++) {
            const long *links = t->crossings[k].links;
            if (links[0] != -2 && (closed || links[1] == -1)) fine = walk(t, k, points, lines);
        }
    free(points);
    return fine;
}

grl_status grl_nullclines_make(const grl_cell *cell, const grl_window *window, size_t cells,
                               grl_lines nullclines[2], grl_error *error)
{
    grl_cell *half = NULL;
    double *states = NULL, *values = NULL, *work = NULL, *batch = NULL;
    tracer t = {.window = window, .side = cells + 1};
    size_t s = t.side;
    grl_status status = grl_cell_copy(cell, &half, error);
    if (status != GRL_OK) return status;
    memset(grl_cell_block(half, GRL_U_Z), 0, 4 * sizeof(double));
    memset(grl_cell_block(half, GRL_B_Z), 0, 2 * sizeof(double));

    states = grl_calloc(s, 2 * sizeof *states);
    values = grl_calloc(s * s, 2 * sizeof *values);
    work = grl_calloc(grl_cell_work(half), sizeof *work);
    batch = grl_calloc(grl_cell_batch_work(half, s), sizeof *batch);
    t.edges = grl_calloc(s * s, 2 * sizeof *t.edges);
    if (!states || !values || !work || !batch || !t.edges) goto no_memory;
    t.half = half;
    t.work = work;
    t.values = values;
    for (size_t j = 0; j < s; j++) {
        for (size_t i = 0; i < s; i++) {
            states[2 * i] = at_node(&t, i, 0);
            states[2 * i + 1] = at_node(&t, j, 1);
        }
        grl_cell_field_batch(half, NULL, s, states, values + 2 * j * s, batch);
    }
    for (t.unit = 0; t.unit < 2; t.unit++)
        if (!trace(&t, &nullclines[t.unit])) goto no_memory;
    goto done;

no_memory:
    status = grl_fail_memory(error, s * s, 4 * sizeof *values);
done:
    free(states);
    free(values);
    free(work);
    free(batch);
    free(t.edges);
    free(t.crossings);
    grl_cell_free(half);
    return status;
}
