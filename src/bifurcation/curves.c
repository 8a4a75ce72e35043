/* curves.c: curves of special points of fixed points in two parameters, and the special points on them.
 *
 * Starts are the special points of one-parameter diagrams along lines of both parameters. From each that is
 * on no curve yet, the curve is followed both ways (arc.h, curve.h) until it leaves the range, closes, or
 * ends: a Hopf curve at a Bogdanov-Takens point (kappa = 0; beyond it there are neutral saddles), of the map
 * also at the resonance 1:2. Zeros of the test functions are bracketed by every step and its middle and found
 * by the Illinois variant of regula falsi (Dowell and Jarratt 1971) on the curve, to rounding.
 *
 * What makes it fail: curves that cross none of the lines. Then nothing tells of them. */
#include "bifurcation/curves.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "bifurcation/curve.h"
#include "bifurcation/diagram.h"
#include "bifurcation/equilibria.h"
#include "bifurcation/normal_form.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double longest_step = 0.02, same_point = 1e-6;

/* Of the cosine between the left null vectors of neighbours on a curve of folds. */
static const double least_alignment = 0.7;

/* Samples on each line, and on the border of the range, which every curve that leaves it crosses. */
enum { SAMPLES = 9, BORDER_SAMPLES = 33 };

typedef struct walker {
    grl_equation *equation;
    const grl_bifurcation_options *options;
    grl_diagram *diagram;
    grl_curve_tracer *tracer;
    grl_arc *arc;
    grl_curve_node *nodes; /* 0 and 1: ends of a step; 2: middle; 3, 4: scratch; 5: the start */
    size_t curve;
    bool ended;
    grl_branch_end end;
    size_t end_special;
} walker;

static grl_status add_point(walker *w, const grl_curve_node *node, grl_error *error)
{
    const grl_extended *system = w->tracer->system;
    double p[2], omega = NAN;
    grl_equation_parameters(w->equation, node->u + system->t, p);
    if (system->kind == GRL_EXTENDED_PAIR)
        omega = grl_normal_form_angle(w->equation, fmax(node->u[2 * w->equation->n], 0));
    return grl_diagram_add_curve_point(w->diagram, w->curve, p, node->u, omega, NAN, node->value, error);
}

static void finish(walker *w, grl_branch_end end)
{
    w->ended = true;
    w->end = end;
}

/* Between two nodes, in h and t. */
static double distance(const walker *w, const grl_curve_node *a, const grl_curve_node *b)
{
    const size_t n = w->equation->n, t = w->tracer->system->t;
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum = hypot(sum, b->u[i] - a->u[i]);
    for (size_t j = 0; j < 2; j++) sum = hypot(sum, b->u[t + j] - a->u[t + j]);
    return sum;
}

typedef enum outcome { FOUND, POLE, FAILED } outcome;

/* The zero of a test between a and b on the curve, in `at`. A normal-form coefficient also changes its sign
 * through infinity, where another eigenvalue makes its linear problems singular: that is no zero. *error: the
 * bracket that is left and the last step of Newton's method. */
static outcome find_zero(walker *w, int test, const grl_curve_node *a, const grl_curve_node *b,
                         grl_curve_node *at, double *error)
{
    double low = 0, high = 1, at_low = a->test[test], at_high = b->test[test];
    int side = 0;
    for (int round = 0; round < 60; round++) {
        double x = round % 8 == 7 ? (low + high) / 2 : (low * at_high - high * at_low) / (at_high - at_low);
        if (!(x > low && x < high)) x = (low + high) / 2;
        /* A place that is hit exactly may be singular; beside it is as good. */
        if (!grl_curve_between(w->tracer, a, b, x, at)) {
            x = low + 0.37 * (high - low);
            if (!grl_curve_between(w->tracer, a, b, x, at)) return FAILED;
        }
        const double y = at->test[test];
        if (isnan(y)) return FAILED;
        if (y == 0 || high - low < 1e-13) break;
        if (y * at_low > 0) {
            low = x;
            at_low = y;
            if (side == 1) at_high /= 2;
            side = 1;
        } else {
            high = x;
            at_high = y;
            if (side == -1) at_low /= 2;
            side = -1;
        }
    }
    const double slope = fabs(b->test[test] - a->test[test]);
    *error = fmin(high - low, fabs(at->test[test]) / slope) * distance(w, a, b) + w->tracer->error;
    if (!(high - low < 1e-9) && at->test[test] != 0) return FAILED;
    /* A test that changes its sign by a jump has no zero there either; what is there is not known. */
    const double least = fmin(fabs(a->test[test]), fabs(b->test[test])), left = fabs(at->test[test]);
    return left < 1e-4 * least ? FOUND : left > least ? POLE : FAILED;
}

/* omega^2 of the critical pair at a fold-Hopf point, met on either curve. */
static double critical_kappa(walker *w, const grl_curve_node *at)
{
    const size_t n = w->equation->n;
    if (w->tracer->system->kind == GRL_EXTENDED_PAIR) return at->u[2 * n];
    return grl_curve_other_pair(w->tracer, at);
}

/* Normal form and place of a special point on a curve. */
static grl_status add_special(walker *w, int test, const grl_curve_node *at, double estimate,
                              grl_error *error)
{
    grl_equation *e = w->equation;
    const size_t n = e->n, t = w->tracer->system->t;
    grl_special special = {.type = grl_curve_special(w->tracer, test),
                           .h = at->u,
                           .error = estimate,
                           .branch = SIZE_MAX,
                           .point = SIZE_MAX};
    double c[GRL_NORMAL_FORM] = {0};
    grl_equation_parameters(e, at->u + t, special.p);
    w->end_special = grl_diagram_find_special(w->diagram, 0, special.type, special.p, at->u, 1e-7);
    if (w->end_special != SIZE_MAX) return GRL_OK;
    if (grl_equation_move(e, at->u + t)) {
        if (special.type == GRL_CUSP && grl_normal_form_cusp(e, at->u, at->u + n, c))
            special.coefficients = 1;
        if (special.type == GRL_BOGDANOV_TAKENS && grl_normal_form_bogdanov_takens(e, at->u, c, c + 1))
            special.coefficients = 2;
    }
    if (special.type == GRL_GENERALIZED_HOPF && grl_equation_move(e, at->u + t)) {
        double l1;
        if (grl_normal_form_lyapunov(e, at->u, at->u[2 * n], &l1, c)) special.coefficients = 1;
    }
    if (special.type == GRL_FOLD_HOPF && grl_equation_move(e, at->u + t) &&
        grl_normal_form_fold_hopf(e, at->u, critical_kappa(w, at), c))
        special.coefficients = 3;
    if (special.type == GRL_DOUBLE_HOPF) {
        const double other = grl_curve_other_pair(w->tracer, at);
        if (grl_equation_move(e, at->u + t) && grl_normal_form_double_hopf(e, at->u, at->u[2 * n], other, c))
            special.coefficients = 4;
    }
    memcpy(special.normal_form, c, sizeof c);
    if (w->tracer->system->kind == GRL_EXTENDED_PAIR && special.type != GRL_BOGDANOV_TAKENS)
        special.omega = grl_normal_form_angle(e, fmax(at->u[2 * n], 0));
    return grl_diagram_add_special(w->diagram, &special, &w->end_special, error);
}

static bool opposite(double a, double b)
{
    return (a < 0 && b > 0) || (a > 0 && b < 0);
}

/* Hopf curves end where their pair becomes real. */
static bool ends_here(const walker *w, int test)
{
    return w->tracer->system->kind == GRL_EXTENDED_PAIR && (test == 0 || test == 4);
}

/* All zeros of tests between neighbours a and b, in the order of the tests. */
static grl_status look(walker *w, const grl_curve_node *a, const grl_curve_node *b, grl_error *error)
{
    grl_status status = GRL_OK;
    grl_curve_node *at = &w->nodes[3];
    for (int k = 0; k < GRL_CURVE_TESTS && status == GRL_OK; k++) {
        if (!opposite(a->test[k], b->test[k])) continue;
        double estimate;
        const outcome zero = find_zero(w, k, a, b, at, &estimate);
        w->diagram->unlocated += zero == FAILED;
        if (zero != FOUND) continue;
        const grl_special_type type = grl_curve_special(w->tracer, k);
        const bool second_pair = type == GRL_DOUBLE_HOPF ||
                                 (type == GRL_FOLD_HOPF && w->tracer->system->kind != GRL_EXTENDED_PAIR);
        if (second_pair && !(grl_curve_other_pair(w->tracer, at) > 0)) continue;
        status = add_special(w, k, at, estimate, error);
        if (status == GRL_OK) status = add_point(w, at, error);
        if (ends_here(w, k)) {
            finish(w, GRL_BRANCH_SPECIAL);
            break;
        }
    }
    return status;
}

/* Where the curve leaves the range between a and b: the point on the border, if it does. */
static grl_status leave_range(walker *w, const grl_curve_node *a, const grl_curve_node *b, grl_error *error)
{
    const grl_extended *system = w->tracer->system;
    const size_t t = system->t;
    grl_curve_node *at = &w->nodes[4];
    for (size_t j = 0; j < 2 && !w->ended; j++) {
        const double to = b->u[t + j], limit = to < 0 ? 0 : 1;
        if (to >= 0 && to <= 1) continue;
        /* The chord's fraction is where the border is crossed, to first order; three secant steps polish it. */
        double x0 = 0, y0 = a->u[t + j] - limit, x = (limit - a->u[t + j]) / (to - a->u[t + j]);
        bool reached = false;
        for (int round = 0; round < 8; round++) {
            if (!grl_curve_between(w->tracer, a, b, x, at)) break;
            reached = true;
            const double y = at->u[t + j] - limit;
            if (fabs(y) < 1e-14 || y == y0) break;
            const double next = x - y * (x - x0) / (y - y0);
            x0 = x;
            y0 = y;
            x = fmin(fmax(next, 0), 1);
        }
        if (reached) {
            at->u[t + j] = limit;
            grl_status status = add_point(w, at, error);
            if (status != GRL_OK) return status;
        }
        finish(w, GRL_BRANCH_RANGE);
    }
    return GRL_OK;
}

/* Does the step from a to b pass the start? */
static bool passes_start(walker *w, const grl_curve_node *a, const grl_curve_node *b)
{
    const size_t n = w->equation->n, N = w->tracer->system->unknowns, t = w->tracer->system->t;
    const double *s = w->nodes[5].u;
    double along = 0, length = 0, far = 0;
    for (size_t i = 0; i < N; i++) {
        if (i >= n && i < t) continue;
        const double d = b->u[i] - a->u[i];
        along += d * (s[i] - a->u[i]);
        length += d * d;
        far += (s[i] - a->u[i]) * (s[i] - a->u[i]);
    }
    if (!(along > 0 && along <= length) || far > 2 * length) return false;
    if (!grl_curve_between(w->tracer, a, b, along / length, &w->nodes[4])) return false;
    far = 0;
    for (size_t i = 0; i < N; i++)
        if (i < n || i >= t) far = fmax(far, fabs(w->nodes[4].u[i] - s[i]));
    return far < same_point;
}

/* On folds: whether the left null vector at the middle is as near to that of b as to that of a, which it was tested
 * against; else b's sign, and those of the tests, are a guess. */
static bool follows(walker *w, const grl_curve_node *a, const grl_curve_node *b)
{
    grl_curve_node *middle = &w->nodes[2];
    double cosine = 0;
    if (w->tracer->type != GRL_FOLD) return true;
    if (!grl_curve_between(w->tracer, a, b, 0.5, middle)) return false;
    for (size_t i = 0; i < w->equation->n; i++) cosine += middle->psi[i] * b->psi[i];
    return cosine > least_alignment;
}

/* The next point of the curve, in b. A step that ends beside the curve is made again, shorter; so is one
 * across which the bordered determinant changes its sign: two strands of the curve come close there, and it
 * went straight on to the other one. Only a true crossing does so however short the step. */
static bool advance(walker *w, const grl_curve_node *a, grl_curve_node *b)
{
    grl_extended *system = w->tracer->system;
    const size_t n = w->equation->n, N = system->unknowns;
    double *tangent = w->nodes[3].u, *border = w->nodes[4].u;
    memcpy(border, w->arc->border, N * sizeof(double));
    memcpy(system->l, a->l, n * sizeof(double));
    /* With the present q and l, which may have turned since the last step. */
    if (!grl_extended_tangent(system, a->u, border, tangent)) return false;
    memcpy(w->arc->tangent, tangent, N * sizeof(double));
    const double before = system->determinant;
    for (int round = 0; round < 12; round++) {
        if (!grl_arc_advance(w->arc)) return false;
        const bool crossed = opposite(before, w->arc->determinant) && w->arc->step > 1e-5;
        memcpy(b->u, w->arc->u, N * sizeof(double));
        memcpy(b->l, a->l, n * sizeof(double));
        if (!crossed && grl_curve_tests(w->tracer, a, b) && follows(w, a, b)) return true;
        memcpy(w->arc->u, a->u, N * sizeof(double));
        memcpy(w->arc->tangent, tangent, N * sizeof(double));
        memcpy(w->arc->border, border, N * sizeof(double));
        w->arc->step /= 4;
    }
    return false;
}

static grl_status walk(walker *w, grl_error *error)
{
    grl_curve_node *a = &w->nodes[0], *b = &w->nodes[1], *middle = &w->nodes[2];
    grl_status status = GRL_OK;
    w->ended = false;
    for (size_t step = 0; !w->ended && status == GRL_OK; step++) {
        if ((long long)w->diagram->curves[w->curve].count >= w->options->max_points) {
            finish(w, GRL_BRANCH_STEPS);
            break;
        }
        if (grl_progress_stopped(w->options->progress)) return grl_fail(error, GRL_STOPPED, "stopped");
        if (!advance(w, a, b)) {
            finish(w, GRL_BRANCH_STEP_SIZE);
            break;
        }
        const bool closed = step > 3 && passes_start(w, a, b);
        if (grl_curve_between(w->tracer, a, b, 0.5, middle)) {
            status = look(w, a, middle, error);
            if (!w->ended && status == GRL_OK) status = look(w, middle, b, error);
        } else {
            status = look(w, a, b, error);
        }
        if (w->ended || status != GRL_OK) break;
        status = leave_range(w, a, b, error);
        if (w->ended || status != GRL_OK) break;
        if (closed) {
            finish(w, GRL_BRANCH_CLOSED);
            status = add_point(w, &w->nodes[5], error);
            break;
        }
        status = add_point(w, b, error);
        grl_curve_turn_border(w->tracer, b);
        memcpy(w->arc->u, b->u, w->tracer->system->unknowns * sizeof(double));
        const grl_curve_node swap = *a;
        *a = *b;
        *b = swap;
    }
    return status;
}

/* Is the start, in nodes[5], on a curve that was followed? */
static bool known(walker *w)
{
    const size_t n = w->equation->n, t = w->tracer->system->t;
    const grl_curve_node *start = &w->nodes[5];
    grl_curve_node *a = &w->nodes[0], *b = &w->nodes[1];
    double p[2], scale[2];
    grl_equation_parameters(w->equation, start->u + t, p);
    for (size_t k = 0; k < 2; k++) scale[k] = w->equation->direction[k][k];
    for (size_t c = 0; c < w->diagram->curve_count; c++) {
        const grl_curve *curve = &w->diagram->curves[c];
        if (curve->type != w->tracer->type) continue;
        for (size_t i = 0; i + 1 < curve->count; i++) {
            const double *h = curve->h + i * n, *q = curve->p + 2 * i;
            double length = 0, along = 0, far = 0;
            for (size_t j = 0; j < n + 2; j++) {
                const double x = j < n ? h[j] : q[j - n] / scale[j - n],
                             y = j < n ? h[n + j] : q[j - n + 2] / scale[j - n],
                             s = j < n ? start->u[j] : p[j - n] / scale[j - n];
                length += (y - x) * (y - x);
                along += (y - x) * (s - x);
                far += (s - x) * (s - x);
            }
            if (along < -0.01 * length || along > 1.01 * length || far > 2 * length) continue;
            /* Two points of the curve around, with the start's own auxiliary unknowns. */
            grl_curve_node_copy(w->tracer, start, a);
            grl_curve_node_copy(w->tracer, start, b);
            for (size_t j = 0; j < n; j++) {
                a->u[j] = h[j];
                b->u[j] = h[n + j];
            }
            for (size_t j = 0; j < 2; j++) {
                a->u[t + j] = (q[j] - w->equation->origin[j]) / scale[j];
                b->u[t + j] = (q[j + 2] - w->equation->origin[j]) / scale[j];
            }
            if (!grl_curve_between(w->tracer, a, b, along / length, &w->nodes[4])) continue;
            double off = 0;
            for (size_t j = 0; j < n; j++) off = fmax(off, fabs(w->nodes[4].u[j] - start->u[j]));
            for (size_t j = 0; j < 2; j++) off = fmax(off, fabs(w->nodes[4].u[t + j] - start->u[t + j]));
            if (off < same_point) return true;
        }
    }
    return false;
}

/* The curve through nodes[5], both ways. */
static grl_status both_ways(walker *w, grl_error *error)
{
    const size_t N = w->tracer->system->unknowns, n = w->equation->n;
    grl_curve_node *start = &w->nodes[5];
    double *towards = w->nodes[4].u;
    grl_curve_turn_border(w->tracer, start);
    grl_status status = grl_diagram_add_curve(w->diagram, w->tracer->type, &w->curve, error);
    if (status == GRL_OK) status = add_point(w, start, error);
    for (int way = 0; way < 2 && status == GRL_OK; way++) {
        w->end = GRL_BRANCH_STEP_SIZE;
        w->end_special = SIZE_MAX;
        memcpy(w->tracer->system->l, start->l, n * sizeof(double));
        bool begun = grl_arc_start(w->arc, start->u, NULL);
        if (begun && way == 1) {
            memset(towards, 0, N * sizeof *towards);
            for (size_t i = 0; i < N; i++) towards[i] = -w->arc->border[i];
            begun = grl_arc_start(w->arc, start->u, towards);
        }
        grl_curve_node_copy(w->tracer, start, &w->nodes[0]);
        if (begun) status = walk(w, error);
        grl_curve *curve = &w->diagram->curves[w->curve];
        curve->end[1] = w->end;
        curve->end_special[1] = w->end == GRL_BRANCH_SPECIAL ? w->end_special : SIZE_MAX;
        if (w->end == GRL_BRANCH_CLOSED) {
            curve->end[0] = w->end;
            break;
        }
        grl_diagram_turn_curve(w->diagram, w->curve);
    }
    for (int end = 0; end < 2 && status == GRL_OK; end++) {
        const grl_branch_end e = w->diagram->curves[w->curve].end[end];
        w->diagram->unfinished += e == GRL_BRANCH_STEPS || e == GRL_BRANCH_STEP_SIZE;
    }
    return status;
}

static void close_walker(walker *w)
{
    grl_arc_free(w->arc);
    grl_curve_tracer_free(w->tracer);
    free(w->nodes);
}

static grl_status open_walker(walker *w, grl_special_type type, grl_error *error)
{
    grl_status status = grl_curve_tracer_create(w->equation, type, &w->tracer, error);
    if (status == GRL_OK) status = grl_arc_create(w->tracer->system, longest_step, &w->arc, error);
    if (status != GRL_OK) return status;
    w->nodes = grl_curve_nodes_create(w->tracer, 6);
    return w->nodes ? GRL_OK : grl_fail_memory(error, 6, sizeof *w->nodes);
}

static grl_status follow_from(walker *w, const double *h, const double *t, grl_error *error)
{
    if (!grl_curve_begin(w->tracer, h, t, &w->nodes[5]) || known(w)) return GRL_OK;
    return both_ways(w, error);
}

grl_status grl_equilibrium_curve_from(grl_equation *equation, grl_special_type type, const double *h,
                                      const double *t, const grl_bifurcation_options *options,
                                      grl_diagram *diagram, grl_error *error)
{
    walker w = {.equation = equation, .options = options, .diagram = diagram};
    grl_status status = open_walker(&w, type, error);
    if (status == GRL_OK) status = follow_from(&w, h, t, error);
    close_walker(&w);
    return status;
}

/* The one-parameter diagram along a line, into `found`. */
static grl_status along_line(grl_equation *equation, const double *from, const double *to, size_t count,
                             const grl_bifurcation_options *options, grl_diagram *found, grl_error *error)
{
    const grl_equation whole = *equation;
    grl_samples *samples = NULL;
    grl_equation_line(equation, from, to);
    grl_status status = grl_samples_compute(equation, count, options, &samples, error);
    if (status == GRL_OK) status = grl_equilibrium_branches(equation, samples, options, found, error);
    grl_samples_free(samples);
    *equation = whole;
    return status;
}

static grl_status all_lines(grl_equation *equation, const grl_bifurcation_options *options,
                            const grl_diagram *diagram, grl_diagram *found, grl_error *error)
{
    const size_t n = equation->n, lines = options->samples > 1 ? options->samples
                                          : n <= 2             ? 17
                                          : n == 3             ? 13
                                                               : 9;
    grl_status status = GRL_OK;
    for (size_t i = 0; i < 2 * lines && status == GRL_OK; i++) {
        const size_t across = i / lines, k = i % lines;
        const double spacing = 1 / (double)(lines - 1);
        const bool border = k == 0 || k + 1 == lines;
        const double s = k + 1 == lines ? 1 : ((double)k + (border ? 0 : 0.0713)) * spacing;
        double from[2], to[2];
        for (size_t j = 0; j < 2; j++) {
            from[j] = diagram->low[j];
            to[j] = diagram->high[j];
        }
        from[across] = to[across] = diagram->low[across] + s * (diagram->high[across] - diagram->low[across]);
        status = along_line(equation, from, to, border && n <= 3 ? BORDER_SAMPLES : SAMPLES, options, found,
                            error);
    }
    return status;
}

grl_status grl_equilibrium_curves(grl_equation *equation, const grl_bifurcation_options *options,
                                  grl_diagram *diagram, grl_error *error)
{
    static const grl_special_type types[] = {GRL_FOLD, GRL_HOPF, GRL_FLIP, GRL_NEIMARK_SACKER};
    const char *const names[] = {diagram->names[0], diagram->names[1]};
    grl_diagram *found = NULL;
    grl_status status = grl_diagram_create(diagram->hidden_size, 2, names, diagram->low, diagram->high,
                                           diagram->time, diagram->dt, &found, error);
    if (status == GRL_OK) status = all_lines(equation, options, diagram, found, error);
    for (size_t k = 0; k < sizeof types / sizeof *types && status == GRL_OK; k++) {
        walker w = {.equation = equation, .options = options, .diagram = diagram};
        status = open_walker(&w, types[k], error);
        for (size_t i = 0; status == GRL_OK && i < found->special_count; i++) {
            const grl_special *special = &found->special[i];
            double t[2];
            if (special->type != types[k]) continue;
            for (size_t j = 0; j < 2; j++)
                t[j] = (special->p[j] - diagram->low[j]) / (diagram->high[j] - diagram->low[j]);
            status = follow_from(&w, special->h, t, error);
        }
        close_walker(&w);
    }
    if (status == GRL_OK) {
        diagram->samples += found->samples;
        diagram->incomplete += found->incomplete;
        diagram->mismatched += found->mismatched;
        diagram->unlocated += found->unlocated;
        diagram->unfinished += found->unfinished;
        for (size_t i = 0; i < found->special_count; i++)
            diagram->unfollowed += found->special[i].type == GRL_BRANCH_POINT;
    }
    grl_diagram_free(found);
    return status;
}
