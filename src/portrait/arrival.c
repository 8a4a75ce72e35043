/* arrival.c: the cyclic order in which branches of saddles reach what they end in.
 *
 * Every branch into a point, or into one side of a cycle, crosses the transversal (transversal.c) once, and those
 * that come out of the border, followed backwards, cross it once. The cyclic order of these places is the
 * branches' order. A branch is followed anew from its last point before the curve, to 1e-11, and the place is
 * found by bisection on the dense output.
 *
 * Branches that come in closer together than 1e-7, as along the slow direction of a node, are told apart
 * where they are still apart: going back along one, its distance from the other keeps its sign, since
 * orbits do not cross, as long as nothing but the flow is between them. The one to the right, as they move,
 * is the next anticlockwise, for a branch moves into the curve (out of it, and then it is the other way
 * round, for the border and inside a cycle). The distance is that from the other's polygon, which must be longer than
 * 1e-6 and than an arc could leave its chord, and no fixed point may lie in what it sweeps over on the way back.
 *
 * What makes it fail: two branches that are closer than 1e-6 all along, as beside a connection of saddles, and
 * branches that were computed badly, as in very stiff flows. */
#include "portrait/arrival.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/ode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 20000, WORK = 10, ODE_ROOM = 2 * 40 };

static const double together = 1e-7, apart = 1e-6;

typedef struct arrival {
    size_t branch;
    double place[2], phase;
    size_t last; /* of the branch's points before the place */
} arrival;

typedef struct sorter {
    const grl_cell *cell;
    const grl_portrait *portrait;
    const grl_separatrices *s;
    const grl_transversal *curve;
    int outward; /* the branches move out of the curve, not into it */
    int sign;    /* of time */
} sorter;

static void field(double t, const double *y, double *dydt, void *context)
{
    const sorter *s = context;
    double work[WORK];
    (void)t;
    grl_cell_field(s->cell, NULL, y, dydt, work);
    dydt[0] *= s->sign;
    dydt[1] *= s->sign;
}

static double distance(const double a[2], const double b[2])
{
    return hypot(a[0] - b[0], a[1] - b[1]);
}

/* Along the border, anticlockwise from the lower left corner. */
static double border_phase(const double h[2])
{
    if (h[1] <= -1) return (h[0] + 1) / 8;
    if (h[0] >= 1) return 0.25 + (h[1] + 1) / 8;
    if (h[1] >= 1) return 0.5 + (1 - h[0]) / 8;
    return 0.75 + (1 - h[1]) / 8;
}

/* From h to the curve. */
static int run_to_curve(const sorter *s, const double h[2], double place[2])
{
    double work[ODE_ROOM];
    grl_ode ode;
    const grl_ode_settings settings = {
        .method = &grl_ode_dop853, .rtol = 1e-11, .atol = 1e-13, .max_steps = MOST_STEPS};
    grl_ode_start(&ode, &settings, 2, field, (void *)s, 0, h, work);
    do {
        if (grl_ode_step(&ode, INFINITY) != GRL_ODE_STEP) return 0;
    } while (grl_transversal_value(s->curve, ode.y) > 0);
    double low = ode.t_old, high = ode.t;
    for (int k = 0; k < 60; k++) {
        double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high)) break;
        grl_ode_dense(&ode, middle, place);
        if (grl_transversal_value(s->curve, place) > 0)
            low = middle;
        else
            high = middle;
    }
    grl_ode_dense(&ode, high, place);
    return 1;
}

static int arrive(const sorter *s, arrival *a)
{
    const grl_branch *branch = &s->s->branches[a->branch];
    if (branch->count < 2) return 0;
    if (!s->curve) {
        memcpy(a->place, branch->limit.place, sizeof a->place);
        a->phase = border_phase(a->place);
        a->last = branch->count - 2;
        return 1;
    }
    /* Past the curve it stays there. */
    size_t before = 0, past = branch->count;
    while (past - before > 1) {
        size_t middle = before + (past - before) / 2;
        if (grl_transversal_value(s->curve, branch->points + 2 * middle) > 0)
            before = middle;
        else
            past = middle;
    }
    if (!(grl_transversal_value(s->curve, branch->points) > 0)) return 0;
    a->last = before;
    double h[2] = {branch->points[2 * before], branch->points[2 * before + 1]};
    if (before == 0) {
        double step = 1e-4 * distance(h, branch->points + 2);
        for (int i = 0; i < 2; i++) h[i] += step * branch->direction[i];
    }
    if (!run_to_curve(s, h, a->place)) return 0;
    a->phase = grl_transversal_phase(s->curve, a->place);
    return 1;
}

/* The unit direction in which a branch passes its point k. */
static void direction_at(const sorter *s, const grl_branch *branch, size_t k, double d[2])
{
    double size = 0;
    if (k > 0) {
        field(0, branch->points + 2 * k, d, (void *)s);
        size = hypot(d[0], d[1]);
    }
    for (int i = 0; i < 2; i++) d[i] = size > 0 ? d[i] / size : branch->direction[i];
}

/* The place of a branch on the segment after its point k that is nearest to h; *part: along the segment's line, 0 to 1
 * if it is on the segment. */
static double foot_on(const grl_branch *branch, size_t k, const double h[2], double *part, double foot[2])
{
    const double *p = branch->points + 2 * k, *q = p + 2;
    double x = q[0] - p[0], y = q[1] - p[1], size2 = x * x + y * y;
    *part = size2 > 0 ? ((h[0] - p[0]) * x + (h[1] - p[1]) * y) / size2 : 0;
    double along = fmax(0, fmin(1, *part));
    foot[0] = p[0] + along * x;
    foot[1] = p[1] + along * y;
    return distance(foot, h);
}

/* Is a fixed point, but for this one, in the quadrangle? */
static int holds_point(const sorter *s, const double corners[4][2], size_t but)
{
    for (size_t i = 0; i < s->portrait->count; i++) {
        const double *h = s->portrait->points[i].h;
        int inside = 0;
        for (int k = 0; k < 4; k++) {
            const double *p = corners[k], *q = corners[(k + 1) % 4];
            if ((p[1] > h[1]) != (q[1] > h[1]) && h[0] < p[0] + (q[0] - p[0]) * (h[1] - p[1]) / (q[1] - p[1]))
                inside = !inside;
        }
        if (inside && i != but) return 1;
    }
    return 0;
}

enum { LEFT = -1, UNKNOWN = 0, RIGHT = 1, BEGUN = 2 };

/* Where b is, seen from a as they move. BEGUN: b had not begun when a was still with it. */
static int side_of(const sorter *s, const arrival *a, const arrival *b)
{
    const grl_branch *A = &s->s->branches[a->branch], *B = &s->s->branches[b->branch];
    size_t k = b->last + 1 < B->count ? b->last : B->count - 2;
    double corners[4][2], foot[2], part;
    for (size_t i = a->last + 1; i-- > 0;) {
        const double *h = A->points + 2 * i;
        double d[2], e[2], other[2], least = foot_on(B, k, h, &part, foot), near_by, there;
        while (k > 0 && (near_by = foot_on(B, k - 1, h, &there, other)) <= least) {
            k--;
            least = near_by;
        }
        while (k + 2 < B->count && (near_by = foot_on(B, k + 1, h, &there, other)) < least) {
            k++;
            least = near_by;
        }
        foot_on(B, k, h, &part, foot);
        if (k == 0 && part < 0) return BEGUN;
        memcpy(corners[2], h, sizeof corners[2]);
        memcpy(corners[3], foot, sizeof corners[3]);
        if (i < a->last && holds_point(s, (const double(*)[2])corners, A->saddle)) return UNKNOWN;
        memcpy(corners[0], foot, sizeof corners[0]);
        memcpy(corners[1], h, sizeof corners[1]);
        direction_at(s, B, k, d);
        direction_at(s, B, k + 1, e);
        double turn = hypot(e[0] - d[0], e[1] - d[1]),
               long_way = distance(B->points + 2 * k, B->points + 2 * k + 2);
        /* An arc that turns so far leaves its chord by at most about an eighth of this. */
        if (!(least > apart + turn * long_way)) continue;
        const double *p = B->points + 2 * k, *q = p + 2;
        return (q[0] - p[0]) * (h[1] - p[1]) - (q[1] - p[1]) * (h[0] - p[0]) > 0 ? RIGHT : LEFT;
    }
    return UNKNOWN;
}

/* +1: b is to the right of a as they move; -1: to the left; 0: cannot be told. */
static int right_of(const sorter *s, const arrival *a, const arrival *b)
{
    int side = side_of(s, a, b);
    if (side != BEGUN) return side;
    side = side_of(s, b, a);
    return side == BEGUN ? UNKNOWN : -side;
}

static int by_phase(const void *a, const void *b)
{
    double x = ((const arrival *)a)->phase, y = ((const arrival *)b)->phase;
    return (x > y) - (x < y);
}

/* Puts those that came in together into order. */
static int sort_close(const sorter *s, size_t count, arrival *items)
{
    int sure = 1;
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0; k--) {
            int side = right_of(s, &items[k - 1], &items[k]);
            sure = sure && side != UNKNOWN;
            if (side == UNKNOWN || (side > 0) != (s->outward != 0)) break;
            arrival swap = items[k];
            items[k] = items[k - 1];
            items[k - 1] = swap;
        }
    return sure;
}

/* 0: nothing is known of the order. */
static int sort(const sorter *s, size_t count, arrival *items, double *gaps)
{
    size_t first = 0;
    double widest = 0;
    for (size_t i = 0; i < count; i++)
        if (!arrive(s, &items[i])) return 0;
    qsort(items, count, sizeof *items, by_phase);
    for (size_t i = 0; i < count; i++) {
        double gap = distance(items[i].place, items[(i + count - 1) % count].place);
        if (gap > widest) {
            widest = gap;
            first = i;
        }
    }
    if (!(widest > together)) return 0;
    for (size_t i = 0; i < first; i++) {
        arrival swap = items[0];
        memmove(items, items + 1, (count - 1) * sizeof *items);
        items[count - 1] = swap;
    }
    for (size_t i = 0; i + 1 < count; i++) gaps[i] = distance(items[i].place, items[i + 1].place);
    gaps[count - 1] = INFINITY;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && gaps[end - 1] <= together; end++) {}
        if (!sort_close(s, end - i, items + i))
            for (size_t k = i; k + 1 < end; k++) gaps[k] = 0;
        else
            for (size_t k = i; k + 1 < end; k++) gaps[k] = together;
    }
    return 1;
}

grl_status grl_arrivals_sort(const grl_cell *autonomous, const grl_portrait *portrait,
                             const grl_transversal *curve, size_t count, size_t *branches, double *gaps,
                             grl_error *error)
{
    for (size_t i = 0; i < count; i++) gaps[i] = INFINITY;
    if (count < 3) return GRL_OK;
    arrival *items = grl_calloc(count, sizeof *items);
    if (!items) return grl_fail_memory(error, count, sizeof *items);
    const sorter s = {.cell = autonomous,
                      .portrait = portrait,
                      .s = portrait->separatrices,
                      .curve = curve,
                      .outward =
                          !curve || (curve->count > 0 && (curve->side > 0) == (curve->anticlockwise != 0)),
                      .sign = portrait->separatrices->branches[branches[0]].stable ? -1 : 1};
    for (size_t i = 0; i < count; i++) items[i].branch = branches[i];
    /* A cyclic order: the first may stay where it is. */
    if (!sort(&s, count, items, gaps))
        for (size_t i = 1; i + 1 < count; i++) gaps[i] = 0;
    for (size_t i = 0; i < count; i++) branches[i] = items[i].branch;
    free(items);
    return GRL_OK;
}
