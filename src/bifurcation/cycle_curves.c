/* cycle_curves.c: curves of bifurcations of cycles in two parameters, all in one call.
 *
 * From places all along every curve of Hopf points, near its ends closer together, a branch of cycles is followed
 * along one parameter (the one that crosses the Hopf curve more steeply) to its end. A homoclinic orbit at an end,
 * and folds of cycles on the way (from three units on period doublings too), that lie on no curve yet are continued in both parameters. Places near the
 * Bogdanov-Takens points, where small cycles end at homoclinic orbits soon, and near the generalised Hopf points
 * stand in for the predictors at these points (Kuznetsov, Meijer, Al Hdaibat and Govaerts 2014).
 *
 * Where branches end at a saddle-node on a cycle, the fold curve between two saddle-node loops is the curve of these.
 *
 * Branches also start at cycles found at nine places of the plane.
 *
 * What makes it fail: curves that none of these branches meets. */
#include "bifurcation/cycle_curves.h"

#include "base/error.h"
#include "base/memory.h"
#include "bifurcation/cycle_branch.h"
#include "bifurcation/cycle_end.h"
#include "bifurcation/cycle_follow.h"
#include "bifurcation/cycle_sample.h"
#include "bifurcation/cycle_switch.h"
#include "bifurcation/double_curve.h"
#include "bifurcation/hopf_vector.h"
#include "bifurcation/loop_curve.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double places[] = {0.0004, 0.0012, 0.004, 0.012, 0.03, 0.06, 0.1,   0.17,  0.26,   0.37,  0.5,
                                0.63,   0.74,   0.83,  0.9,   0.94, 0.97, 0.988, 0.996, 0.9988, 0.9996};

/* A point nearer to a curve than this, relative to the range, lies on it; a chord may be off by that part of its
 * length more. */
static const double on_curve = 1e-4, bow = 0.2;

static const double first_size = 2e-3, end_distance = 1e-6;

/* Folds and doublings nearer to each other on one branch than this, relative to the range, crowd at a homoclinic orbit to
 * a saddle-focus: only the first is continued. And not more curves of a kind than that. */
static const double apart = 1e-4;
enum { MOST_CURVES = 12 };

/* Places of a square grid in the plane, off its round values. */
enum { GRID = 3 };
static const double offset = 0.0173;

/* What sweeps found. */
typedef struct start {
    grl_special_type type;
    size_t vary;
    double held, p[2], period;
    grl_bvp_solution u, tangent; /* of folds and doublings */
    double h[64];                /* of saddle-nodes on cycles */
} start;

typedef struct chart {
    grl_path *path;
    size_t n;
    const grl_bifurcation_options *options;
    const double *low, *high;
    double range[2];
    grl_diagram *diagram;
    grl_track track[2], probe[2]; /* by the parameter that moves */
    grl_loop loop;
    size_t count, capacity;
    start *starts;
    size_t vary; /* of the present sweep */
    double held;
    grl_error *error;
} chart;

/* Whether p lies on a curve of a type. */
static bool is_on_curve(const chart *c, grl_special_type type, const double *p)
{
    for (size_t i = 0; i < c->diagram->curve_count; i++) {
        const grl_curve *curve = &c->diagram->curves[i];
        if (curve->type != type) continue;
        for (size_t k = 0; k + 1 < curve->count; k++) {
            const double *a = curve->p + 2 * k, *b = a + 2;
            double d[2], e[2], along = 0, square = 0;
            for (int l = 0; l < 2; l++) {
                d[l] = (b[l] - a[l]) / c->range[l];
                e[l] = (p[l] - a[l]) / c->range[l];
                along += d[l] * e[l];
                square += d[l] * d[l];
            }
            double s = square > 0 ? fmin(1, fmax(0, along / square)) : 0;
            if (hypot(e[0] - s * d[0], e[1] - s * d[1]) < on_curve + bow * sqrt(square)) return true;
        }
    }
    return false;
}

static grl_status keep(chart *c, const start *from, const grl_track_point *point)
{
    void *block = c->starts;
    if (!grl_grow(&block, &c->capacity, c->count, sizeof *c->starts))
        return grl_fail_memory(c->error, c->count + 1, sizeof *c->starts);
    c->starts = block;
    start *to = &c->starts[c->count];
    *to = *from;
    if (point) {
        grl_status status = grl_bvp_solution_create(c->n, 2, GRL_TRACK_INTERVALS, &to->u, c->error);
        if (status != GRL_OK) return status;
        status = grl_bvp_solution_create(c->n, 2, GRL_TRACK_INTERVALS, &to->tangent, c->error);
        if (status != GRL_OK) {
            grl_bvp_solution_free(&to->u);
            return status;
        }
        grl_bvp_copy(&point->u, &to->u);
        grl_bvp_copy(&point->tangent, &to->tangent);
    }
    c->count++;
    return GRL_OK;
}

static grl_status found(void *context, grl_special_type type, const grl_track_point *point)
{
    chart *c = context;
    grl_track *probe = &c->probe[c->vary];
    double size;
    if (type != GRL_CYCLE_FOLD && type != GRL_PERIOD_DOUBLING) return GRL_OK;
    start at = {.type = type, .vary = c->vary, .held = c->held, .period = point->u.q[0]};
    at.p[c->vary] = point->u.q[1];
    at.p[1 - c->vary] = c->held;
    for (size_t i = 0; i < c->count; i++)
        if (c->starts[i].type == type && c->starts[i].vary == c->vary && c->starts[i].held == c->held &&
            fabs(c->starts[i].p[c->vary] - at.p[c->vary]) < apart * c->range[c->vary])
            return GRL_OK;
    grl_status status = keep(c, &at, point);
    if (status != GRL_OK || type == GRL_CYCLE_FOLD) return status;
    /* A doubling starts with its own vector, and not with the tangent of the branch. `point` is probe->now. */
    if (!grl_track_arc(probe, 0, &size) || !grl_cycle_vector(probe, -1, &c->starts[c->count - 1].tangent)) {
        c->count--;
        grl_bvp_solution_free(&c->starts[c->count].u);
        grl_bvp_solution_free(&c->starts[c->count].tangent);
    }
    return GRL_OK;
}

/* The parameters of the next sweep, along `vary`. */
static void prepare(chart *c, const double *p, size_t vary)
{
    c->vary = vary;
    c->held = p[1 - vary];
    memcpy(c->track[vary].fixed, p, 2 * sizeof *p);
    memcpy(c->probe[vary].fixed, p, 2 * sizeof *p);
}

/* Follows the branch of cycles from where the track of the present sweep is, to its end, and continues the
 * homoclinic orbit there. */
static grl_status sweep(chart *c, double first_step)
{
    grl_track *track = &c->track[c->vary];
    grl_cycle_end end;
    grl_cycle_follow follow = {.track = track,
                               .probe = &c->probe[c->vary],
                               .options = c->options,
                               .low = c->low[c->vary],
                               .high = c->high[c->vary],
                               .first_step = first_step,
                               .found = found,
                               .context = c,
                               .origin = SIZE_MAX};
    grl_status status = grl_cycle_follow_run(&follow, c->error);
    if (status != GRL_OK || follow.end != GRL_BRANCH_PERIOD) return status;
    grl_cycle_end_name(track, follow.periods, follow.parameters, &c->loop, &end);
    start at = {.type = end.type, .vary = c->vary, .held = c->held};
    at.p[c->vary] = end.p;
    at.p[1 - c->vary] = c->held;
    if (end.type == GRL_SNIC) {
        memcpy(at.h, end.h, c->n * sizeof *end.h);
        return keep(c, &at, NULL);
    }
    if (end.type != GRL_HOMOCLINIC || is_on_curve(c, GRL_HOMOCLINIC, at.p)) return GRL_OK;
    return grl_loop_curve(&c->loop, c->options, c->low, c->high, c->diagram, c->error);
}

static grl_status from_hopf(chart *c, const double *p, const double *h, double omega, size_t vary)
{
    grl_track *track = &c->track[vary];
    double size, vector[128];
    prepare(c, p, vary);
    if (!grl_hopf_vector(track, h, p[vary], omega, vector)) return GRL_OK;
    grl_track_begin_small(track, h, vector, omega, p[vary], first_size);
    if (!grl_track_arc(track, 0, &size)) return GRL_OK;
    grl_track_accept(track);
    return sweep(c, first_size);
}

/* From cycles at a few places of the plane, both ways along the first parameter: they may belong to Hopf curves
 * outside of the chart, or to none. */
static grl_status from_samples(chart *c)
{
    grl_status status = GRL_OK;
    for (size_t k = 0; k < GRID * GRID && status == GRL_OK; k++) {
        const double part[2] = {((double)(k % GRID) + 0.5) / GRID + offset,
                                ((double)(k / GRID) + 0.5) / GRID - offset};
        double p[2];
        grl_sample_cycles samples = {0};
        for (size_t l = 0; l < 2; l++) p[l] = c->low[l] + part[l] * c->range[l];
        if (grl_path_set(c->path, p, NULL) != GRL_OK) continue;
        status = grl_cycle_sample_at(grl_path_cell(c->path), p[0], c->options->seed, k, &samples, c->error);
        for (size_t i = 0; i < samples.count && status == GRL_OK; i++)
            for (int side = 0; side < 2 && status == GRL_OK; side++) {
                prepare(c, p, 0);
                if (!grl_track_begin_points(&c->track[0], samples.items[i].count, samples.items[i].points,
                                            p[0]))
                    break;
                if (side == 1) grl_track_turn(&c->track[0]);
                status = sweep(c, 0.01);
            }
        grl_cycle_samples_free(&samples);
    }
    return status;
}

/* The point of a curve of Hopf points at a fraction of its length (relative to the ranges), interpolated, and
 * which parameter crosses the curve. Newton's method for the first small cycle corrects what is off. */
static void point_at(const chart *c, const grl_curve *curve, double fraction, double *p, double *h,
                     double *omega, size_t *vary)
{
    double all = 0, done = 0, step = 0;
    for (size_t k = 1; k < curve->count; k++)
        all += hypot((curve->p[2 * k] - curve->p[2 * k - 2]) / c->range[0],
                     (curve->p[2 * k + 1] - curve->p[2 * k - 1]) / c->range[1]);
    size_t k = 1;
    for (;; k++) {
        step = hypot((curve->p[2 * k] - curve->p[2 * k - 2]) / c->range[0],
                     (curve->p[2 * k + 1] - curve->p[2 * k - 1]) / c->range[1]);
        if (k + 1 == curve->count || done + step >= fraction * all) break;
        done += step;
    }
    double part = step > 0 ? fmin(1, (fraction * all - done) / step) : 0, d[2];
    for (size_t l = 0; l < 2; l++) {
        double a = curve->p[2 * k - 2 + l], b = curve->p[2 * k + l];
        p[l] = a + part * (b - a);
        d[l] = fabs(b - a) / c->range[l];
    }
    for (size_t i = 0; i < c->n; i++) {
        double a = curve->h[(k - 1) * c->n + i], b = curve->h[k * c->n + i];
        h[i] = a + part * (b - a);
    }
    /* omega^2 is smooth where it vanishes, at a Bogdanov-Takens point. */
    double a = curve->omega[k - 1] * curve->omega[k - 1], b = curve->omega[k] * curve->omega[k];
    *omega = sqrt(a + part * (b - a));
    *vary = d[0] > d[1] ? 1 : 0;
}

static grl_status from_hopf_curves(chart *c)
{
    grl_status status = GRL_OK;
    size_t curves = c->diagram->curve_count;
    for (size_t i = 0; i < curves && status == GRL_OK; i++) {
        if (c->diagram->curves[i].type != GRL_HOPF || c->diagram->curves[i].count < 2) continue;
        for (size_t k = 0; k < sizeof places / sizeof *places && status == GRL_OK; k++) {
            size_t vary;
            double p[2], h[64], omega;
            point_at(c, &c->diagram->curves[i], places[k], p, h, &omega, &vary);
            if (!(omega > 1e-3)) continue;
            if (!(p[0] >= c->low[0] && p[0] <= c->high[0] && p[1] >= c->low[1] && p[1] <= c->high[1]))
                continue;
            status = from_hopf(c, p, h, omega, vary);
        }
    }
    return status;
}

/* Curves of folds of cycles or of period doublings. */
static grl_status double_curves(chart *c, grl_special_type type)
{
    grl_double curve;
    int made = 0;
    grl_status status = grl_double_create(c->path, type, c->range, &curve, c->error);
    for (size_t i = 0; i < c->count && status == GRL_OK && made < MOST_CURVES; i++) {
        start *at = &c->starts[i];
        if (at->type != type || is_on_curve(c, type, at->p)) continue;
        const grl_track_point point = {.u = at->u, .tangent = at->tangent};
        if (!grl_double_begin(&curve, &point, at->vary, at->held)) continue;
        status = grl_double_curve(&curve, c->options, c->low, c->high, c->diagram, c->error);
        made++;
    }
    grl_double_free(&curve);
    return status;
}

/* Where along a fold curve a point (p, h) lies: the number of the vertex before it, and the distance. */
static size_t vertex_near(const chart *c, const grl_curve *curve, const double *p, const double *h,
                          double *distance)
{
    size_t best = SIZE_MAX;
    *distance = INFINITY;
    for (size_t k = 0; k < curve->count; k++) {
        double d = hypot((curve->p[2 * k] - p[0]) / c->range[0], (curve->p[2 * k + 1] - p[1]) / c->range[1]);
        for (size_t i = 0; i < c->n; i++) d = fmax(d, fabs(curve->h[k * c->n + i] - h[i]));
        if (d < *distance) {
            *distance = d;
            best = k;
        }
    }
    return best;
}

/* The part of a fold curve between two saddle-node loops on which branches of cycles were seen to end. */
static grl_status snic_curves(chart *c)
{
    grl_diagram *d = c->diagram;
    size_t curves = d->curve_count;
    grl_status status = GRL_OK;
    for (size_t i = 0; i < curves && status == GRL_OK; i++) {
        if (d->curves[i].type != GRL_FOLD) continue;
        for (size_t s = 0; s < c->count && status == GRL_OK; s++) {
            const start *seen = &c->starts[s];
            double distance;
            if (seen->type != GRL_SNIC) continue;
            size_t at = vertex_near(c, &d->curves[i], seen->p, seen->h, &distance), from = SIZE_MAX,
                   to = SIZE_MAX;
            size_t ends[2] = {SIZE_MAX, SIZE_MAX};
            if (!(distance < 0.05) || is_on_curve(c, GRL_SNIC, seen->p)) continue;
            for (size_t k = 0; k < d->special_count; k++) {
                const grl_special *loop = &d->special[k];
                if (loop->type != GRL_SADDLE_NODE_LOOP) continue;
                size_t v = vertex_near(c, &d->curves[i], loop->p, loop->h, &distance);
                if (!(distance < 0.05)) continue;
                if (v <= at && (from == SIZE_MAX || v > from)) {
                    from = v;
                    ends[0] = k;
                }
                if (v >= at && (to == SIZE_MAX || v < to) && k != ends[0]) {
                    to = v;
                    ends[1] = k;
                }
            }
            if (ends[0] == SIZE_MAX || ends[1] == SIZE_MAX) continue;
            size_t index;
            status = grl_diagram_add_curve(d, GRL_SNIC, &index, c->error);
            if (status != GRL_OK) break;
            d->curves[index].end[0] = d->curves[index].end[1] = GRL_BRANCH_SPECIAL;
            memcpy(d->curves[index].end_special, ends, sizeof ends);
            const grl_special *first = &d->special[ends[0]], *second = &d->special[ends[1]];
            status = grl_diagram_add_curve_point(d, index, first->p, first->h, NAN, INFINITY, NAN, c->error);
            for (size_t k = from + 1; k < to && status == GRL_OK; k++)
                status = grl_diagram_add_curve_point(d, index, d->curves[i].p + 2 * k,
                                                     d->curves[i].h + k * c->n, NAN, INFINITY, NAN, c->error);
            if (status == GRL_OK)
                status =
                    grl_diagram_add_curve_point(d, index, second->p, second->h, NAN, INFINITY, NAN, c->error);
        }
    }
    return status;
}

grl_status grl_cycle_curves(grl_path *path, const grl_bifurcation_options *options, const double *low,
                            const double *high, grl_diagram *diagram, grl_error *error)
{
    chart c = {.path = path,
               .n = diagram->hidden_size,
               .options = options,
               .low = low,
               .high = high,
               .range = {high[0] - low[0], high[1] - low[1]},
               .diagram = diagram,
               .error = error};
    grl_status status = GRL_OK;
    if (c.n < 2 || c.n > GRL_CYCLE_UNITS) return GRL_OK;
    diagram->cycles = 1;
    for (size_t k = 0; k < 2 && status == GRL_OK; k++) {
        status = grl_track_create(path, k, c.range[k], low, &c.track[k], error);
        if (status == GRL_OK) status = grl_track_create(path, k, c.range[k], low, &c.probe[k], error);
    }
    if (status == GRL_OK) status = grl_loop_create(path, c.range, end_distance, &c.loop, error);
    if (status == GRL_OK) status = from_hopf_curves(&c);
    if (status == GRL_OK) status = from_samples(&c);
    if (status == GRL_OK) status = double_curves(&c, GRL_CYCLE_FOLD);
    if (status == GRL_OK && c.n > 2) status = double_curves(&c, GRL_PERIOD_DOUBLING);
    if (status == GRL_OK) status = snic_curves(&c);
    for (size_t k = 0; k < 2; k++) {
        grl_track_free(&c.track[k]);
        grl_track_free(&c.probe[k]);
    }
    grl_loop_free(&c.loop);
    for (size_t i = 0; i < c.count; i++) {
        grl_bvp_solution_free(&c.starts[i].u);
        grl_bvp_solution_free(&c.starts[i].tangent);
    }
    free(c.starts);
    return status;
}
