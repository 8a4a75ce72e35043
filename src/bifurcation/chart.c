/* chart.c: the proven chart of the equilibria of two units.
 *
 * The fold curve is {det beta' = 0} and the Hopf curve {tr = 0, det beta' > 0} in the plane of pre-activations
 * (chart_map.h). Each is found whole:
 *
 *   1. its special points: all common zeros with the functions of the cusp, the trace, the Lyapunov coefficient;
 *   2. where it crosses the border of the box of parameters: all common zeros with each parameter minus its bound;
 *   3. where its tangent has one fixed direction: all common zeros with the derivative across it. A closed
 *      component has at least two such points, since a linear function has its extremes on it;
 *   4. from each crossing, from each Bogdanov-Takens point to the side of det beta' > 0, then from each point of 1
 *      and 3 that was not met, the curve is traced by proof.
 *
 * Of the trace curve only what has det beta' > 0 is looked at; there a component is closed, or ends on the border
 * or at Bogdanov-Takens points. A component of the fold curve is closed or ends on the border. So if all points of 1
 * to 3 are found, and no trace was lost, then nothing is missing, and the chart is complete.
 *
 * What makes it fail: a degenerate point (a swallowtail, a curve that touches the border), a symmetric network
 * whose curves cross. It is counted as undecided. */
#include "bifurcation/chart.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "bifurcation/chart_normal.h"
#include "bifurcation/chart_trace.h"
#include "bifurcation/diagram.h"
#include "cell/cell.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* For each system of equations, of which the one with the Lyapunov coefficient takes longest: together seconds. A
 * chart without degenerate points takes some thousands in all. */
enum { MAX_BOXES = 60000, MAX_LYAPUNOV = 30000, MAX_POINTS = 20000 };

/* Two descriptions of one fold or Hopf point agree to this: that of a continuation is better than 1e-8. */
#define SAME 1e-6

typedef struct curve {
    grl_chart_function function;
    size_t count, capacity;
    grl_chart_mark *marks;
} curve;

typedef struct chart {
    grl_chart_map map;
    const grl_bifurcation_options *options;
    grl_diagram *diagram;
    size_t undecided;
    curve fold, hopf;
} chart;

/* Parameters, state and their error at a proven place. */
typedef struct place {
    double p[2], a[2], h[2], error;
} place;

static void locate(const grl_chart_map *map, const grl_interval *a, place *out)
{
    grl_chart_values values;
    grl_chart_evaluate(map, 1u << GRL_CHART_DET, a, &values);
    out->error = 0;
    for (int i = 0; i < 2; i++) {
        const grl_interval p = values.f[GRL_CHART_PARAMETER_0 + i].c[0];
        grl_interval h = a[i];
        interval_tanh(1, &h);
        out->a[i] = interval_middle(a[i]);
        out->h[i] = interval_middle(h);
        out->p[i] = interval_middle(p);
        out->error = fmax(out->error, fmax(interval_radius(p), interval_radius(h)));
    }
}

static grl_status solve(chart *s, grl_chart_function first, grl_chart_function second, double value,
                        int positive_det, grl_chart_zeros *zeros, grl_error *error)
{
    const grl_chart_system system = {first, second, value, positive_det,
                                     second == GRL_CHART_LYAPUNOV ? MAX_LYAPUNOV : MAX_BOXES};
    memset(zeros, 0, sizeof *zeros);
    if (s->options && grl_progress_stopped(s->options->progress))
        return grl_fail(error, GRL_STOPPED, "stopped on request");
    grl_status status = grl_chart_solve(&s->map, &system, zeros, error);
    s->undecided += zeros->undecided;
    return status;
}

static grl_status add_mark(curve *c, const grl_chart_zero *zero, int edge, int ends, size_t special,
                           grl_error *error)
{
    if (!grl_grow((void **)&c->marks, &c->capacity, c->count, sizeof *c->marks))
        return grl_fail_memory(error, c->capacity, 2 * sizeof *c->marks);
    c->marks[c->count++] = (grl_chart_mark){*zero, edge, ends, special, 0};
    return GRL_OK;
}

/* Describes a special point of two parameters. */
static void describe(const chart *s, const place *at, grl_special *special)
{
    grl_chart_taylor field;
    grl_chart_taylor_at(&s->map, GRL_JET_ORDER, at->a, &field);
    double unused;
    double *n = special->normal_form;
    special->coefficients = 1;
    if (special->type == GRL_CUSP) n[0] = grl_chart_cusp(&field);
    if (special->type == GRL_BOGDANOV_TAKENS) {
        grl_chart_bogdanov_takens(&field, &n[0], &n[1]);
        special->coefficients = 2;
    }
    if (special->type == GRL_GENERALIZED_HOPF) grl_chart_hopf(&field, &special->omega, &unused, &n[0]);
}

/* Finds the special points of one type, adds them to the diagram and to the curves that they lie on. */
static grl_status find_special(chart *s, grl_special_type type, grl_chart_function first,
                               grl_chart_function second, int on_fold, int on_hopf, grl_error *error)
{
    grl_chart_zeros zeros;
    grl_status status = solve(s, first, second, 0, type == GRL_GENERALIZED_HOPF, &zeros, error);
    for (size_t k = 0; status == GRL_OK && k < zeros.count; k++) {
        place at;
        size_t index;
        locate(&s->map, zeros.items[k].a, &at);
        grl_special special = {.type = type, .h = at.h, .error = at.error, .proven = 1, .branch = SIZE_MAX};
        memcpy(special.p, at.p, sizeof special.p);
        describe(s, &at, &special);
        status = grl_diagram_add_special(s->diagram, &special, &index, error);
        if (status == GRL_OK && on_fold) status = add_mark(&s->fold, &zeros.items[k], 0, 0, index, error);
        if (status == GRL_OK && on_hopf)
            status = add_mark(&s->hopf, &zeros.items[k], 0, on_fold, index, error);
    }
    free(zeros.items);
    return status;
}

/* Crossings of the border and points where the tangent has the fixed direction; of the trace curve, those where
 * det beta' > 0. */
static grl_status find_marks(chart *s, curve *c, grl_error *error)
{
    const int is_fold = c->function == GRL_CHART_DET;
    grl_status status = GRL_OK;
    grl_chart_zeros zeros;
    for (int edge = 1; edge <= 5 && status == GRL_OK; edge++) {
        const int k = (edge - 1) / 2, high = (edge - 1) % 2;
        if (edge == 5)
            status = solve(s, c->function, is_fold ? GRL_CHART_DET_SLOPE : GRL_CHART_TRACE_SLOPE, 0, !is_fold,
                           &zeros, error);
        else
            status = solve(s, c->function, k == 0 ? GRL_CHART_PARAMETER_0 : GRL_CHART_PARAMETER_1,
                           high ? s->map.high[k] : s->map.low[k], !is_fold, &zeros, error);
        for (size_t i = 0; status == GRL_OK && i < zeros.count; i++)
            status = add_mark(c, &zeros.items[i], edge == 5 ? 0 : edge, 0, SIZE_MAX, error);
        free(zeros.items);
    }
    return status;
}

/* What a point of the arc means for the end of a curve. */
static void set_end(chart *s, const curve *c, const grl_chart_arc *arc, size_t point, size_t index, int last)
{
    grl_curve *out = &s->diagram->curves[index];
    const size_t mark = arc->items[point].mark;
    out->end[last] = GRL_BRANCH_STEP_SIZE;
    if (mark == SIZE_MAX) {
        s->diagram->unfinished++;
    } else if (c->marks[mark].edge) {
        out->end[last] = GRL_BRANCH_RANGE;
    } else if (c->marks[mark].special != SIZE_MAX) {
        out->end[last] = GRL_BRANCH_SPECIAL;
        out->end_special[last] = c->marks[mark].special;
    }
}

/* An arc as a curve of the diagram. */
static grl_status add_curve(chart *s, const curve *c, const grl_chart_arc *arc, grl_error *error)
{
    const int is_fold = c->function == GRL_CHART_DET;
    size_t index;
    double near[2] = {1, 0};
    grl_status status = grl_diagram_add_curve(s->diagram, is_fold ? GRL_FOLD : GRL_HOPF, &index, error);
    for (size_t k = 0; k < arc->count && status == GRL_OK; k++) {
        place at;
        grl_chart_taylor field;
        double omega = NAN, test;
        locate(&s->map, arc->items[k].a, &at);
        grl_chart_taylor_at(&s->map, is_fold ? 2 : 3, at.a, &field);
        if (is_fold)
            test = grl_chart_fold(&field, near);
        else
            grl_chart_hopf(&field, &omega, &test, NULL);
        if (arc->items[k].mark != SIZE_MAX && c->marks[arc->items[k].mark].ends) {
            omega = 0;
            test = NAN; /* infinite in the limit */
        }
        status = grl_diagram_add_curve_point(s->diagram, index, at.p, at.h, omega, NAN, test, error);
    }
    if (status != GRL_OK) return status;
    grl_curve *out = &s->diagram->curves[index];
    if (arc->closed) {
        out->end[0] = out->end[1] = GRL_BRANCH_CLOSED;
    } else {
        set_end(s, c, arc, 0, index, 0);
        set_end(s, c, arc, arc->count - 1, index, 1);
    }
    return GRL_OK;
}

/* Whether det beta' > 0 is proven along a trace curve but for the ends where it vanishes. It cannot vanish in
 * between, for there all places where it does are marks that end the arc. */
static int is_hopf(const chart *s, const curve *c, const grl_chart_arc *arc)
{
    int proven = 0;
    for (size_t k = 0; k < arc->count; k++) {
        grl_chart_values values;
        if (arc->items[k].mark != SIZE_MAX && c->marks[arc->items[k].mark].ends) continue;
        grl_chart_evaluate(&s->map, 1u << GRL_CHART_DET, arc->items[k].a, &values);
        if (interval_sign(values.f[GRL_CHART_DET].c[0]) <= 0) return 0;
        proven = 1;
    }
    return proven;
}

static grl_status add_arc(chart *s, const curve *c, const grl_chart_arc *arc, grl_error *error)
{
    if (arc->lost) s->undecided++;
    if (arc->count < 2) return GRL_OK;
    if (c->function == GRL_CHART_TRACE && !is_hopf(s, c, arc)) {
        s->undecided++;
        return GRL_OK;
    }
    return add_curve(s, c, arc, error);
}

static grl_status trace(chart *s, curve *c, grl_error *error)
{
    grl_status status = GRL_OK;
    for (int border = 1; border >= 0; border--)
        for (size_t k = 0; k < c->count && status == GRL_OK; k++) {
            grl_chart_arc arc;
            if (c->marks[k].visited || border != (c->marks[k].edge != 0)) continue;
            status = grl_chart_trace(&s->map, c->function, c->count, c->marks, k, 1, MAX_POINTS, &arc, error);
            if (status == GRL_OK) status = add_arc(s, c, &arc, error);
            const int lost = arc.lost;
            free(arc.items);
            if (status != GRL_OK || !lost || border) continue;
            status =
                grl_chart_trace(&s->map, c->function, c->count, c->marks, k, -1, MAX_POINTS, &arc, error);
            if (status == GRL_OK) status = add_arc(s, c, &arc, error);
            free(arc.items);
        }
    return status;
}

grl_status grl_chart_equilibria(grl_path *path, const grl_bifurcation_options *options, const double low[2],
                                const double high[2], grl_diagram *diagram, int *applies, grl_error *error)
{
    chart s = {.options = options, .diagram = diagram};
    s.fold.function = GRL_CHART_DET;
    s.hopf.function = GRL_CHART_TRACE;
    *applies = 0;
    if (grl_path_count(path) != 2 || diagram->time != GRL_CONTINUOUS) return GRL_OK;
    const size_t first = diagram->curve_count;
    grl_status status = grl_chart_map_create(path, low, high, &s.map, applies, error);
    if (status != GRL_OK || !*applies) return status;
    status = find_special(&s, GRL_CUSP, GRL_CHART_DET, GRL_CHART_CUSP_0, 1, 0, error);
    if (status == GRL_OK)
        status = find_special(&s, GRL_BOGDANOV_TAKENS, GRL_CHART_DET, GRL_CHART_TRACE, 1, 1, error);
    if (status == GRL_OK)
        status = find_special(&s, GRL_GENERALIZED_HOPF, GRL_CHART_TRACE, GRL_CHART_LYAPUNOV, 0, 1, error);
    if (status == GRL_OK) status = find_marks(&s, &s.fold, error);
    if (status == GRL_OK) status = find_marks(&s, &s.hopf, error);
    if (status == GRL_OK) status = trace(&s, &s.fold, error);
    if (status == GRL_OK) status = trace(&s, &s.hopf, error);
    diagram->undecided += s.undecided;
    diagram->complete = status == GRL_OK && s.undecided == 0;
    for (size_t k = first; k < diagram->curve_count; k++) diagram->curves[k].proven = diagram->complete;
    free(s.fold.marks);
    free(s.hopf.marks);
    return status;
}

/* A proven fold or Hopf point of the line: the diagram's own, or a new one. */
static grl_status prove_point(chart *s, grl_special_type type, const grl_chart_zero *zero, size_t known,
                              int *taken, grl_error *error)
{
    place at;
    size_t index;
    grl_chart_taylor field;
    locate(&s->map, zero->a, &at);
    for (size_t k = 0; k < known; k++) {
        grl_special *special = &s->diagram->special[k];
        const double range = s->map.high[0] - s->map.low[0];
        if (special->type != type || taken[k] || !(fabs(special->p[0] - at.p[0]) <= SAME * range) ||
            !(fabs(special->h[0] - at.h[0]) <= SAME) || !(fabs(special->h[1] - at.h[1]) <= SAME))
            continue;
        taken[k] = special->proven = 1;
        special->p[0] = at.p[0];
        special->error = at.error;
        memcpy(special->h, at.h, sizeof at.h);
        return GRL_OK;
    }
    grl_special special = {.type = type, .h = at.h, .error = at.error, .proven = 1, .branch = SIZE_MAX};
    special.p[0] = at.p[0];
    special.coefficients = type == GRL_FOLD ? 1 : 2;
    grl_chart_taylor_at(&s->map, 3, at.a, &field);
    if (type == GRL_FOLD)
        special.normal_form[0] = grl_chart_fold(&field, (double[2]){1, 0});
    else
        grl_chart_hopf(&field, &special.omega, &special.normal_form[0], NULL);
    special.normal_form[1] = 0.5 * special.omega * special.normal_form[0];
    return grl_diagram_add_special(s->diagram, &special, &index, error);
}

grl_status grl_chart_line(grl_path *path, const grl_bifurcation_options *options, double low, double high,
                          grl_diagram *diagram, int *applies, grl_error *error)
{
    chart s = {.options = options, .diagram = diagram};
    const size_t known = diagram->special_count;
    *applies = 0;
    if (grl_path_count(path) != 1 || diagram->time != GRL_CONTINUOUS) return GRL_OK;
    grl_status status = grl_chart_map_create(path, &low, &high, &s.map, applies, error);
    if (status != GRL_OK || !*applies) return status;
    int *taken = grl_calloc(known, sizeof *taken);
    if (!taken) return grl_fail_memory(error, known, sizeof *taken);
    for (int hopf = 0; hopf < 2 && status == GRL_OK; hopf++) {
        grl_chart_zeros zeros;
        status =
            solve(&s, hopf ? GRL_CHART_TRACE : GRL_CHART_DET, GRL_CHART_PARAMETER_1, 0, hopf, &zeros, error);
        for (size_t k = 0; k < zeros.count && status == GRL_OK; k++)
            status = prove_point(&s, hopf ? GRL_HOPF : GRL_FOLD, &zeros.items[k], known, taken, error);
        free(zeros.items);
    }
    for (size_t k = 0; k < known; k++)
        if (diagram->special[k].type == GRL_FOLD || diagram->special[k].type == GRL_HOPF)
            s.undecided += !taken[k];
    diagram->undecided += s.undecided;
    diagram->complete = status == GRL_OK && s.undecided == 0;
    free(taken);
    return status;
}
