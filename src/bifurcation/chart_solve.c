/* chart_solve.c: interval branch-and-prune for two equations in the plane of pre-activations.
 *
 * From a box that holds every fixed point of the box of parameters, each step takes a box X and a slightly
 * larger one D, with F = (f1, f2) and its gradient enclosed over D and at the middle c of D:
 *
 *   - X is dropped if its parameters are elsewhere, or if a function has no zero in D, by its direct enclosure
 *     or by the mean value form f(c) + f'(D) (D - c);
 *   - Krawczyk's operator K = c - Y F(c) + (I - Y F'(D)) (D - c), Y ~ F'(c)^-1, holds every zero in D: if it
 *     misses X there is none, if it is in the interior of D there is exactly one in D (Krawczyk 1969; Moore 1977;
 *     Neumaier 1990, theorem 5.1.8), else X shrinks to X n K;
 *   - what is left is halved; below NARROW it is undecided, which happens where the zero is degenerate.
 *
 * D is larger than X so that a zero on the border between two boxes is found from one of them at least. A
 * proven zero is kept with the D in which it is the only one; another enclosure is the same zero if it lies in
 * that D.
 *
 * On the fold, the cusp's two functions vanish together wherever both columns of the adjugate of beta' are not
 * zero, so a zero of one of them is a cusp where that column is proven not to be zero; both must vanish for a box
 * to survive. */
#include "bifurcation/chart_solve.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A regular zero is proven from boxes many orders wider; a narrower box lies at a degenerate one. After every
 * CROWD of them NARROW counts four times, up to COARSE: along a curve of zeros there are millions. */
#define NARROW 1e-9
#define COARSE 1e-3

enum { CROWD = 64, REFINEMENTS = 60 };

typedef struct box {
    grl_interval a[2];
} box;

typedef struct boxes {
    size_t count, capacity;
    box *items;
} boxes;

typedef struct search {
    const grl_chart_map *map;
    const grl_chart_system *system;
    unsigned wanted;
    boxes stack, open;
    grl_chart_zeros *zeros;
} search;

static grl_status push(boxes *list, const grl_interval *a, grl_error *error)
{
    if (!grl_grow((void **)&list->items, &list->capacity, list->count, sizeof *list->items))
        return grl_fail_memory(error, list->capacity, 2 * sizeof *list->items);
    memcpy(list->items[list->count++].a, a, sizeof list->items->a);
    return GRL_OK;
}

static double width(grl_interval a)
{
    return a.hi - a.lo;
}

static int is_cusp(const search *s)
{
    return s->system->second == GRL_CHART_CUSP_0;
}

static void evaluate(const search *s, const grl_interval *a, grl_chart_values *values)
{
    grl_chart_evaluate(s->map, s->wanted, a, values);
    grl_jet *second = &values->f[s->system->second];
    if (s->system->value != 0)
        second->c[0] = interval_subtract(second->c[0], interval_exactly(s->system->value));
}

/* Whether the parameters of the box are elsewhere (-1), all in the range (1), or neither (0). A parameter that
 * the system fixes is not looked at. */
static int in_range(const search *s, const grl_chart_values *values)
{
    int all = 1;
    for (int k = 0; k < 2; k++) {
        if ((int)s->system->second == GRL_CHART_PARAMETER_0 + k) continue;
        grl_interval p = values->f[GRL_CHART_PARAMETER_0 + k].c[0];
        if (p.hi < s->map->low[k] || p.lo > s->map->high[k]) return -1;
        if (!(p.lo >= s->map->low[k] && p.hi <= s->map->high[k])) all = 0;
    }
    return all;
}

static int kernel_is_known(const grl_chart_values *values, int column)
{
    const grl_interval *v = values->kernel[column];
    return interval_sign(v[0]) != 0 || interval_sign(v[1]) != 0;
}

static grl_interval mean_value(const grl_jet *at_c, const grl_jet *over, const grl_interval *step)
{
    return interval_add(at_c->c[0], interval_add(interval_multiply(over->c[1], step[0]),
                                                 interval_multiply(over->c[2], step[1])));
}

/* Whether a function that must vanish does not. */
static int empty(const search *s, const grl_chart_values *at_c, const grl_chart_values *over,
                 const grl_interval *step)
{
    const int functions[3] = {(int)s->system->first, (int)s->system->second, GRL_CHART_CUSP_1};
    for (int k = 0; k < (is_cusp(s) ? 3 : 2); k++) {
        const grl_jet *f = &over->f[functions[k]];
        if (interval_sign(at_c ? mean_value(&at_c->f[functions[k]], f, step) : f->c[0]) != 0) return 1;
    }
    return 0;
}

/* Whether the parameters or the first function rule D out: these are cheap. */
static int first_is_empty(const search *s, const grl_interval *D, const grl_interval *c,
                          const grl_interval *step)
{
    grl_chart_values over, at_c;
    const unsigned wanted = 1u << s->system->first;
    grl_chart_evaluate(s->map, wanted, D, &over);
    const grl_jet *f = &over.f[s->system->first];
    if (in_range(s, &over) < 0 || interval_sign(f->c[0]) != 0) return 1;
    if (s->system->positive_det && over.f[GRL_CHART_DET].c[0].hi <= 0) return 1;
    grl_chart_evaluate(s->map, wanted, c, &at_c);
    return interval_sign(mean_value(&at_c.f[s->system->first], f, step)) != 0;
}

/* K of the two functions; false if F'(c) cannot be inverted. */
static int krawczyk(const grl_jet *const at_c[2], const grl_jet *const over[2], const double *c,
                    const grl_interval *step, grl_interval *K)
{
    double J[2][2];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) J[i][j] = interval_middle(at_c[i]->c[1 + j]);
    const double det = J[0][0] * J[1][1] - J[0][1] * J[1][0];
    if (!(fabs(det) > 0) || !isfinite(1 / det)) return 0;
    const double Y[2][2] = {{J[1][1] / det, -J[0][1] / det}, {-J[1][0] / det, J[0][0] / det}};
    for (int i = 0; i < 2; i++) {
        K[i] = interval_exactly(c[i]);
        for (int k = 0; k < 2; k++)
            K[i] = interval_subtract(K[i], interval_multiply(interval_exactly(Y[i][k]), at_c[k]->c[0]));
        for (int j = 0; j < 2; j++) {
            grl_interval entry = interval_exactly(i == j);
            for (int k = 0; k < 2; k++)
                entry =
                    interval_subtract(entry, interval_multiply(interval_exactly(Y[i][k]), over[k]->c[1 + j]));
            K[i] = interval_add(K[i], interval_multiply(entry, step[j]));
        }
        if (!isfinite(K[i].lo) || !isfinite(K[i].hi)) return 0;
    }
    return 1;
}

/* One step of the operator on D: fills K and the values over D. The result as krawczyk's; -1: no zero. */
static int operate(const search *s, const grl_interval *D, grl_chart_values *over, grl_interval *K,
                   int *column)
{
    grl_chart_values at_c;
    double c[2];
    grl_interval middle[2], step[2];
    for (int i = 0; i < 2; i++) {
        c[i] = interval_middle(D[i]);
        middle[i] = interval_exactly(c[i]);
        step[i] = interval_subtract(D[i], middle[i]);
    }
    if (first_is_empty(s, D, middle, step)) return -1;
    evaluate(s, D, over);
    if (empty(s, NULL, over, NULL)) return -1;
    evaluate(s, middle, &at_c);
    if (empty(s, &at_c, over, step)) return -1;
    *column = 0;
    int second = (int)s->system->second;
    if (is_cusp(s)) { /* the longer column */
        double size[2];
        for (int k = 0; k < 2; k++)
            size[k] = hypot(interval_middle(at_c.kernel[k][0]), interval_middle(at_c.kernel[k][1]));
        *column = size[1] > size[0];
        second += *column;
    }
    const grl_jet *const centre[2] = {&at_c.f[s->system->first], &at_c.f[second]};
    const grl_jet *const all[2] = {&over->f[s->system->first], &over->f[second]};
    return krawczyk(centre, all, c, step, K);
}

static int inside(const grl_interval *inner, const grl_interval *outer)
{
    return inner[0].lo >= outer[0].lo && inner[0].hi <= outer[0].hi && inner[1].lo >= outer[1].lo &&
           inner[1].hi <= outer[1].hi;
}

static int apart(const grl_interval *a, const grl_interval *b)
{
    return a[0].hi < b[0].lo || b[0].hi < a[0].lo || a[1].hi < b[1].lo || b[1].hi < a[1].lo;
}

/* A proven zero: K lies inside D, where it is the only one. Narrowed, and kept if it is new and belongs to the
 * chart. */
static grl_status keep(search *s, const grl_interval *K, const grl_interval *D, grl_error *error)
{
    grl_chart_zero zero;
    grl_chart_values values;
    memcpy(zero.a, K, sizeof zero.a);
    memcpy(zero.alone, D, sizeof zero.alone);
    for (int k = 0; k < REFINEMENTS; k++) {
        grl_interval next[2];
        int column;
        const double before = width(zero.a[0]) + width(zero.a[1]);
        if (operate(s, zero.a, &values, next, &column) != 1) break;
        for (int i = 0; i < 2; i++) next[i] = interval_both(next[i], zero.a[i]);
        if (!(next[0].lo <= next[0].hi && next[1].lo <= next[1].hi)) break;
        memcpy(zero.a, next, sizeof zero.a);
        if (!(width(next[0]) + width(next[1]) < 0.95 * before)) break;
    }
    for (size_t k = 0; k < s->zeros->count; k++) {
        const grl_chart_zero *other = &s->zeros->items[k];
        if (inside(zero.a, other->alone) || inside(other->a, zero.alone)) return GRL_OK;
        if (!apart(zero.a, other->a)) return push(&s->open, zero.a, error);
    }
    evaluate(s, zero.a, &values);
    const int range = in_range(s, &values);
    const grl_interval det = values.f[GRL_CHART_DET].c[0];
    if (range < 0 || (s->system->positive_det && det.hi <= 0)) return GRL_OK;
    if (range == 0 || (s->system->positive_det && !(det.lo > 0))) return push(&s->open, zero.a, error);
    if (!grl_grow((void **)&s->zeros->items, &s->zeros->capacity, s->zeros->count, sizeof zero))
        return grl_fail_memory(error, s->zeros->capacity, 2 * sizeof zero);
    s->zeros->items[s->zeros->count++] = zero;
    return GRL_OK;
}

static int narrow(const search *s, const grl_interval *a)
{
    double finest = NARROW;
    for (size_t k = CROWD; k <= s->open.count && finest < COARSE; k += CROWD) finest *= 4;
    for (int i = 0; i < 2; i++)
        if (width(a[i]) > finest * (1 + fmax(fabs(a[i].lo), fabs(a[i].hi)))) return 0;
    return 1;
}

static double magnitude(grl_interval x)
{
    return fmax(fabs(x.lo), fabs(x.hi));
}

/* Halves the box in the direction that contributes more to how the functions vary over it, each taken relative to
 * itself, and the parameters while they are not all in the range ("smear", Kearfott and Novoa 1990); in the middle of
 * the part where tanh is not saturated. */
static grl_status split(search *s, grl_interval *a, const grl_chart_values *over, grl_error *error)
{
    const int functions[4] = {(int)s->system->first, (int)s->system->second, GRL_CHART_PARAMETER_0,
                              GRL_CHART_PARAMETER_1};
    double smear[2] = {0, 0};
    for (int k = 0; k < (in_range(s, over) ? 2 : 4); k++) {
        double part[2];
        for (int j = 0; j < 2; j++) part[j] = magnitude(over->f[functions[k]].c[1 + j]) * width(a[j]);
        if (!(part[0] + part[1] > 0) || !isfinite(part[0] + part[1])) continue;
        for (int j = 0; j < 2; j++) smear[j] += part[j] / (part[0] + part[1]);
    }
    const int i = smear[1] > smear[0] || (smear[1] == smear[0] && width(a[1]) > width(a[0]));
    const double lo = fmax(a[i].lo, -2.5), hi = fmin(a[i].hi, 2.5);
    const double middle = lo < hi ? 0.5 * (lo + hi) : interval_middle(a[i]), top = a[i].hi;
    a[i].hi = middle;
    grl_status status = push(&s->stack, a, error);
    a[i].hi = top;
    a[i].lo = middle;
    return status == GRL_OK ? push(&s->stack, a, error) : status;
}

static grl_status step(search *s, grl_interval *X, grl_error *error)
{
    for (size_t k = 0; k < s->zeros->count; k++)
        if (inside(X, s->zeros->items[k].alone)) return GRL_OK;
    for (;;) {
        grl_interval D[2], K[2], left[2];
        grl_chart_values over;
        int column;
        for (int i = 0; i < 2; i++) {
            double more = 0.05 * width(X[i]) + 0x1p-47 * (1 + fmax(fabs(X[i].lo), fabs(X[i].hi)));
            D[i] = (grl_interval){X[i].lo - more, X[i].hi + more};
        }
        s->zeros->boxes++;
        const int made = operate(s, D, &over, K, &column);
        if (made < 0) return GRL_OK;
        if (made > 0) {
            if (apart(K, X)) return GRL_OK;
            if (interval_inside(K[0], D[0]) && interval_inside(K[1], D[1]) &&
                (!is_cusp(s) || kernel_is_known(&over, column)))
                return keep(s, K, D, error);
        }
        if (narrow(s, X)) return push(&s->open, X, error);
        if (made == 0) return split(s, X, &over, error);
        for (int i = 0; i < 2; i++) left[i] = interval_both(X[i], K[i]);
        const int shrinks = width(left[0]) * width(left[1]) < 0.4 * width(X[0]) * width(X[1]);
        memcpy(X, left, sizeof left);
        if (!shrinks || s->zeros->boxes >= s->system->max_boxes) return split(s, X, &over, error);
    }
}

/* How many groups of touching boxes there are. The boxes of one place were made next to each other, so groups
 * are found by joining neighbours until nothing changes. */
static size_t places(boxes *open)
{
    size_t count = open->count;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count;) {
            grl_interval *a = open->items[i].a, *b = open->items[j].a;
            if (apart(a, b)) {
                j++;
                continue;
            }
            for (int k = 0; k < 2; k++) a[k] = (grl_interval){fmin(a[k].lo, b[k].lo), fmax(a[k].hi, b[k].hi)};
            open->items[j] = open->items[--count];
            j = i + 1;
        }
    return count;
}

grl_status grl_chart_solve(const grl_chart_map *map, const grl_chart_system *system, grl_chart_zeros *zeros,
                           grl_error *error)
{
    search s = {.map = map, .system = system, .zeros = zeros};
    memset(zeros, 0, sizeof *zeros);
    s.wanted = 1u << system->first | 1u << system->second;
    if (is_cusp(&s)) s.wanted |= 1u << GRL_CHART_CUSP_1;
    const grl_interval all[2] = {{-map->bound[0], map->bound[0]}, {-map->bound[1], map->bound[1]}};
    grl_status status = push(&s.stack, all, error);
    while (status == GRL_OK && s.stack.count > 0 && zeros->boxes < system->max_boxes) {
        grl_interval X[2];
        memcpy(X, s.stack.items[--s.stack.count].a, sizeof X);
        status = step(&s, X, error);
    }
    zeros->limit = s.stack.count > 0;
    zeros->undecided = places(&s.open) + (s.stack.count > 0);
    free(s.stack.items);
    free(s.open.items);
    return status;
}
