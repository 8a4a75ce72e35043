/* chart_trace.c: a curve f(a) = 0 is followed in slabs, in each of which it is proven to be one graph.
 *
 * Let |f_d| be the larger partial derivative at the present point, d the dependent coordinate and t the other one.
 * In a slab [lo, hi] x T, with lo <= a_d <= hi and a_t in T, suppose f_d has one sign, and f has opposite signs on
 * the sides a_d = lo and a_d = hi. Then for each a_t in T there is exactly one zero, and by the implicit
 * function theorem they form a smooth arc from one end of T to the other: within the slab, nothing else is
 * zero. The present point is enclosed in the slab, so the arc is the curve that was followed so far; and a marked
 * point whose enclosure lies in the slab is on the arc. At the far end the zero is enclosed by one interval Newton
 * step, x - f(x) / f_d(slab). Slabs overlap a little so that every mark lies in one of them.
 *
 * A step is halved until its slab is proven, has at most one mark, moves the parameters by little and turns
 * little; so output points are close enough to be joined by straight lines in a figure.
 *
 * What makes it fail: a singular point of the curve, where both derivatives vanish. */
#include "bifurcation/chart_trace.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Steps in a. The largest is a tenth of the scale on which tanh bends; at the smallest, rounding is still far
 * below the width of a slab. */
#define FIRST    0.01
#define LARGEST  0.1
#define SMALLEST 1e-9

#define MARGIN   0.25   /* of the step, to both sides of the slab */
#define OVERLAP  0.02   /* of the step, backwards */
#define COARSE   0.01   /* fraction of the box of parameters that a step may cross */
#define SEEN     0.0003 /* and that is too small for its direction to matter */
#define STRAIGHT 0.99   /* least cosine between tangents at the ends of a step */

typedef struct tracer {
    const grl_chart_map *map;
    grl_chart_function function;
    grl_interval at[2]; /* encloses the present point */
    double gradient[2]; /* of f there */
    double p[2];        /* its parameters */
    double course[2];   /* how they move along the curve, as fractions of their ranges */
    double side;        /* the tangent is side (-f_2, f_1) */
    double step;
} tracer;

typedef struct slab {
    int d, t;
    double sense; /* of a_t along the curve */
    grl_interval a[2];
    grl_interval end[2]; /* encloses the point at the far end */
    double gradient[2], p[2], course[2];
} slab;

static void evaluate(const tracer *s, const grl_interval *a, grl_chart_values *values)
{
    grl_chart_evaluate(s->map, 1u << s->function, a, values);
}

static double slope(const grl_jet *f, int i)
{
    return interval_middle(f->c[1 + i]);
}

/* Gradient, parameters and their course at a point. */
static void describe(const tracer *s, const grl_chart_values *values, double *gradient, double *p,
                     double *course)
{
    for (int i = 0; i < 2; i++) gradient[i] = slope(&values->f[s->function], i);
    for (int k = 0; k < 2; k++) {
        const grl_jet *f = &values->f[GRL_CHART_PARAMETER_0 + k];
        const double range = s->map->high[k] - s->map->low[k];
        p[k] = interval_middle(f->c[0]);
        course[k] = (gradient[0] * slope(f, 1) - gradient[1] * slope(f, 0)) / (range > 0 ? range : 1);
    }
}

/* The sign of f on the side a_d = x of the slab. */
static int side_sign(const tracer *s, const slab *q, const grl_jet *over, double x)
{
    grl_chart_values values;
    grl_interval middle[2];
    middle[q->d] = interval_exactly(x);
    middle[q->t] = interval_exactly(interval_middle(q->a[q->t]));
    evaluate(s, middle, &values);
    grl_interval along = interval_subtract(q->a[q->t], middle[q->t]);
    return interval_sign(
        interval_add(values.f[s->function].c[0], interval_multiply(over->c[1 + q->t], along)));
}

/* The zero at the far end, enclosed; false if Newton's method leaves the slab. */
static int far_end(const tracer *s, slab *q, const grl_jet *over, double far, double guess)
{
    grl_chart_values values;
    const grl_jet *f = &values.f[s->function];
    double x = guess;
    q->end[q->t] = interval_exactly(far);
    for (int k = 0; k < 12; k++) {
        q->end[q->d] = interval_exactly(x);
        evaluate(s, q->end, &values);
        const double move = interval_middle(f->c[0]) / slope(f, q->d);
        if (k == 11 || fabs(move) < 0x1p-50 * (1 + fabs(x))) break;
        x -= move;
        if (!interval_has(q->a[q->d], x)) return 0;
    }
    q->end[q->d] = interval_subtract(interval_exactly(x), interval_divide(f->c[0], over->c[1 + q->d]));
    describe(s, &values, q->gradient, q->p, q->course);
    return q->end[q->d].lo > q->a[q->d].lo && q->end[q->d].hi < q->a[q->d].hi;
}

/* Whether the slab of the present step is proven. */
static int prove(const tracer *s, slab *q)
{
    const double *g = s->gradient;
    q->d = fabs(g[1]) > fabs(g[0]);
    q->t = 1 - q->d;
    const double along = s->side * (q->t == 0 ? -g[1] : g[0]);
    q->sense = along > 0 ? 1 : -1;
    const double from = interval_middle(s->at[q->t]), here = interval_middle(s->at[q->d]);
    const double far = from + q->sense * s->step, there = here - g[q->t] / g[q->d] * (far - from);
    const double near = from - q->sense * (OVERLAP * s->step + (s->at[q->t].hi - s->at[q->t].lo));
    const double margin = MARGIN * s->step + (s->at[q->d].hi - s->at[q->d].lo);
    q->a[q->t] = (grl_interval){fmin(near, far), fmax(near, far)};
    q->a[q->d] = (grl_interval){fmin(here, there) - margin, fmax(here, there) + margin};
    if (!(q->a[0].lo <= q->a[0].hi && q->a[1].lo <= q->a[1].hi)) return 0; /* not a number */

    grl_chart_values values;
    evaluate(s, q->a, &values);
    const grl_jet *f = &values.f[s->function];
    const int rise = interval_sign(f->c[1 + q->d]);
    return rise != 0 && side_sign(s, q, f, q->a[q->d].lo) == -rise &&
           side_sign(s, q, f, q->a[q->d].hi) == rise && far_end(s, q, f, far, there);
}

static int same_way(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1] >= STRAIGHT * hypot(a[0], a[1]) * hypot(b[0], b[1]);
}

static int smooth(const tracer *s, const slab *q)
{
    double moved = 0;
    for (int k = 0; k < 2; k++) {
        const double range = s->map->high[k] - s->map->low[k];
        if (range > 0) moved = fmax(moved, fabs(q->p[k] - s->p[k]) / range);
    }
    /* At a cusp the parameters turn back, within less than can be seen. */
    return moved <= COARSE && (moved <= SEEN || same_way(s->course, q->course)) &&
           same_way(s->gradient, q->gradient);
}

/* Left the box of parameters: then a crossing of its border is not known, and the trace is lost. */
static int left(const tracer *s)
{
    for (int k = 0; k < 2; k++) {
        const double range = s->map->high[k] - s->map->low[k], slack = 2 * COARSE * range;
        if (range > 0 && !(s->p[k] >= s->map->low[k] - slack && s->p[k] <= s->map->high[k] + slack)) return 1;
    }
    return 0;
}

static int contains(const slab *q, const grl_chart_mark *mark)
{
    return interval_inside(mark->zero.a[0], q->a[0]) && interval_inside(mark->zero.a[1], q->a[1]);
}

static grl_status add(grl_chart_arc *arc, const grl_interval *a, size_t mark, grl_error *error)
{
    if (!grl_grow((void **)&arc->items, &arc->capacity, arc->count, sizeof *arc->items))
        return grl_fail_memory(error, arc->capacity, 2 * sizeof *arc->items);
    grl_chart_point *point = &arc->items[arc->count++];
    memcpy(point->a, a, sizeof point->a);
    point->mark = mark;
    return GRL_OK;
}

/* Whether the arc so far has this mark: among its last points, or the start. */
static int passed(const grl_chart_arc *arc, size_t mark)
{
    const size_t from = arc->count > 4 ? arc->count - 4 : 0;
    if (arc->items[0].mark == mark) return 1;
    for (size_t k = from; k < arc->count; k++)
        if (arc->items[k].mark == mark) return 1;
    return 0;
}

/* Marks in the slab that were not passed: how many, and the last of them. */
static size_t ahead(const slab *q, size_t marks, const grl_chart_mark *mark, const grl_chart_arc *arc,
                    size_t *which)
{
    size_t count = 0;
    for (size_t k = 0; k < marks; k++)
        if (contains(q, &mark[k]) && !passed(arc, k)) {
            *which = k;
            count++;
        }
    return count;
}

/* Places the tracer on the start. */
static void begin(tracer *s, const grl_chart_mark *mark, int side)
{
    grl_chart_values values;
    grl_interval middle[2];
    memcpy(s->at, mark->zero.a, sizeof s->at);
    for (int i = 0; i < 2; i++) middle[i] = interval_exactly(interval_middle(s->at[i]));
    evaluate(s, middle, &values);
    describe(s, &values, s->gradient, s->p, s->course);
    s->side = side;
    s->step = FIRST;
    if (!mark->edge && !mark->ends) return;
    const int k = (mark->edge - 1) / 2, high = mark->edge && (mark->edge - 1) % 2;
    const grl_jet *grows = &values.f[mark->ends ? GRL_CHART_DET : GRL_CHART_PARAMETER_0 + k];
    const double rate = -s->gradient[1] * slope(grows, 0) + s->gradient[0] * slope(grows, 1);
    s->side = (rate > 0) == (high == 0) ? 1 : -1;
}

grl_status grl_chart_trace(const grl_chart_map *map, grl_chart_function function, size_t marks,
                           grl_chart_mark *mark, size_t start, int side, size_t max_points,
                           grl_chart_arc *arc, grl_error *error)
{
    tracer s = {.map = map, .function = function};
    memset(arc, 0, sizeof *arc);
    begin(&s, &mark[start], side);
    mark[start].visited = 1;
    grl_status status = add(arc, s.at, start, error);
    for (size_t steps = 0; status == GRL_OK; steps++) {
        slab q;
        size_t hit = SIZE_MAX, hits = 0;
        for (;; s.step *= 0.5) {
            if (s.step < SMALLEST || arc->count >= max_points || left(&s)) {
                arc->lost = 1;
                return GRL_OK;
            }
            if (!prove(&s, &q) || !smooth(&s, &q)) continue;
            hits = ahead(&q, marks, mark, arc, &hit);
            if (hits <= 1) break;
        }
        const int around = steps > 0 && !mark[start].edge && !mark[start].ends && contains(&q, &mark[start]);
        if (hits == 1 && around) {
            const double gap =
                interval_middle(mark[start].zero.a[q.t]) - interval_middle(mark[hit].zero.a[q.t]);
            hits = q.sense * gap > 0;
        }
        if (hits == 1) {
            status = add(arc, mark[hit].zero.a, hit, error);
            mark[hit].visited = 1;
            if (status != GRL_OK || mark[hit].edge || mark[hit].ends) return status;
        }
        if (around) {
            arc->closed = 1;
            return add(arc, mark[start].zero.a, start, error);
        }
        status = add(arc, q.end, SIZE_MAX, error);
        memcpy(s.at, q.end, sizeof s.at);
        memcpy(s.gradient, q.gradient, sizeof s.gradient);
        memcpy(s.p, q.p, sizeof s.p);
        memcpy(s.course, q.course, sizeof s.course);
        s.step = fmin(1.5 * s.step, LARGEST);
    }
    return status;
}
