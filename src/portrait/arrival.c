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
 * round, for the border and inside a cycle). The distance is measured from the parabola through the nearest point
 * of the other branch; with points 0.005 apart it is good to some 1e-8.
 *
 * What makes it fail: two branches that are closer than 1e-6 all along, as beside a connection of saddles. */
#include "portrait/arrival.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/ode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 20000, WORK = 10, ODE_ROOM = 2 * 40 };

static const double together = 1e-7, apart = 1e-6;

/* Points of a branch further apart than this say nothing about what is beside it. */
static const double longest = 0.02;

static const char *const unclear =
    "branches of the saddles' manifolds run too close together to tell their order";

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

/* The distance of h from a branch near its point k, positive to the left; false where the branch has no
 * direction. */
static int offset(const sorter *s, const grl_branch *branch, size_t k, const double h[2], double *along,
                  double *left)
{
    const double *c = branch->points + 2 * k;
    double f[2], J[4], work[WORK], u = branch->direction[0], v = branch->direction[1], curvature = 0;
    if (k > 0) {
        field(0, c, f, (void *)s);
        grl_cell_jacobian(s->cell, NULL, c, J, work);
        double size = hypot(f[0], f[1]);
        if (!(size > 0)) return 0;
        u = f[0] / size;
        v = f[1] / size;
        curvature = s->sign * (u * (J[2] * u + J[3] * v) - v * (J[0] * u + J[1] * v)) / size;
    }
    *along = u * (h[0] - c[0]) + v * (h[1] - c[1]);
    *left = u * (h[1] - c[1]) - v * (h[0] - c[0]) - 0.5 * curvature * *along * *along;
    return 1;
}

/* +1: b is to the right of a as they move; -1: to the left; 0: cannot be told. */
static int side_of(const sorter *s, const arrival *a, const arrival *b)
{
    const grl_branch *A = &s->s->branches[a->branch], *B = &s->s->branches[b->branch];
    size_t k = b->last;
    for (size_t i = a->last; i > 0; i--) {
        const double *h = A->points + 2 * i;
        double along, left, nearest = INFINITY;
        while (k > 0 && distance(B->points + 2 * (k - 1), h) <= distance(B->points + 2 * k, h)) k--;
        while (k + 1 < B->count && distance(B->points + 2 * (k + 1), h) < distance(B->points + 2 * k, h)) k++;
        if (!offset(s, B, k, h, &along, &left)) return 0;
        if (fabs(along) > longest) return 0;
        if (!(fabs(left) > apart)) continue;
        for (size_t p = 0; p < s->portrait->count; p++)
            nearest = fmin(nearest, distance(s->portrait->points[p].h, h));
        return fabs(left) < 0.5 * nearest ? (left > 0 ? 1 : -1) : 0;
    }
    return 0;
}

static int by_phase(const void *a, const void *b)
{
    double x = ((const arrival *)a)->phase, y = ((const arrival *)b)->phase;
    return (x > y) - (x < y);
}

/* Puts those that came in together into order. */
static int sort_close(const sorter *s, size_t count, arrival *items)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0; k--) {
            int side = side_of(s, &items[k - 1], &items[k]);
            if (side == 0) return 0;
            if ((side > 0) != (s->outward != 0)) break;
            arrival swap = items[k];
            items[k] = items[k - 1];
            items[k - 1] = swap;
        }
    return 1;
}

static int sort(const sorter *s, size_t count, arrival *items)
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
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && distance(items[end - 1].place, items[end].place) <= together;
             end++) {}
        if (!sort_close(s, end - i, items + i)) return 0;
    }
    return 1;
}

grl_status grl_arrivals_sort(const grl_cell *autonomous, const grl_portrait *portrait,
                             const grl_transversal *curve, size_t count, size_t *branches, const char **fault,
                             grl_error *error)
{
    *fault = NULL;
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
    if (!sort(&s, count, items)) *fault = unclear;
    for (size_t i = 0; i < count; i++) branches[i] = items[i].branch;
    free(items);
    return GRL_OK;
}
