/* double_curve.c: a curve of folds of cycles, or of period doublings, to its ends.
 *
 * Steps of pseudo-arclength. A curve of folds of cycles ends where the cycle shrinks to a point, at a generalised
 * Hopf point, or where its period grows beyond all bounds, at a homoclinic orbit of a neutral saddle. There
 * sigma T tends to a constant, since the divergence over the cycle is zero: so the parameters behave like p0 + c /
 * T, and p0 is extrapolated and compared with the neutral saddle loops that are known. Where the period is long
 * and nothing but it grows, steps are of the period (grl_bvp_slow_down).
 *
 * What makes it fail: a cycle that shrinks where no generalised Hopf point is known. */
#include "bifurcation/double_curve.h"

#include "base/error.h"
#include "base/progress.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* No step moves a parameter by more than this part of its range, so that curves can be read off between points. */
static const double farthest = 3e-3;

enum { MOST_POINTS = 600 };

static const double aim = 0.01, first_step = 0.01, largest_step = 0.2, smallest_step = 1e-7;

/* A cycle of this range is taken to have shrunk to its Hopf point; the parameters are off by the square. */
static const double shrunk = 5e-3;

/* Distance of an extrapolated end from a neutral saddle loop, relative to the range, within which it is that one. */
static const double same = 2e-3;

/* A cycle is long if its least speed is this part of the greatest. */
static const double slow = 0.02;

typedef struct follower {
    grl_double *curve;
    const double *low, *high;
    grl_diagram *diagram;
    size_t index;
    grl_branch_end end;
    size_t end_special;
} follower;

static grl_status add(const follower *f, const grl_bvp_solution *w, grl_error *error)
{
    return grl_diagram_add_curve_point(f->diagram, f->index, w->q + 1, w->x, NAN, w->q[0], NAN, error);
}

/* The nearest special point of a type in the plane of the parameters, and its distance relative to the range. */
static size_t nearest(const follower *f, grl_special_type type, const double *p, double *distance)
{
    size_t best = SIZE_MAX;
    *distance = INFINITY;
    for (size_t s = 0; s < f->diagram->special_count; s++) {
        const grl_special *at = &f->diagram->special[s];
        if (at->type != type) continue;
        double d = 0;
        for (size_t k = 0; k < 2; k++) d = fmax(d, fabs(at->p[k] - p[k]) / (f->high[k] - f->low[k]));
        if (d < *distance) {
            *distance = d;
            best = s;
        }
    }
    return best;
}

/* The least speed along the cycle, relative to the greatest. */
static double slowness(const grl_double *curve)
{
    const grl_bvp_solution *w = &curve->arc.now;
    double least = INFINITY, greatest = 0;
    for (size_t i = 0; i < w->intervals; i++) {
        double square = 0;
        for (size_t k = 0; k < curve->n; k++) {
            double d = w->x[2 * (i + 1) * curve->n + k] - w->x[2 * i * curve->n + k];
            square += d * d;
        }
        double speed = sqrt(square) / (w->mesh[i + 1] - w->mesh[i]);
        least = fmin(least, speed);
        greatest = fmax(greatest, speed);
    }
    return least / greatest;
}

static grl_status finish(follower *f, grl_branch_end end, size_t which)
{
    f->end = end;
    f->end_special = which;
    return GRL_OK;
}

/* The curve ends at a generalised Hopf point, which becomes its last one. */
static grl_status finish_at_hopf(follower *f, size_t which, grl_error *error)
{
    const grl_special *at = &f->diagram->special[which];
    const double period = at->omega > 0 ? 2 * acos(-1.0) / at->omega : f->curve->arc.now.q[0];
    finish(f, GRL_BRANCH_SPECIAL, which);
    return grl_diagram_add_curve_point(f->diagram, f->index, at->p, at->h, NAN, period, NAN, error);
}

/* The point at which the cycle has shrunk to nothing: the cycle turned round within the step. */
static bool turned_round(const follower *f)
{
    const grl_bvp_solution *a = &f->curve->arc.now, *b = &f->curve->arc.next;
    size_t n = f->curve->n;
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        double mean_a = 0, mean_b = 0, both = 0;
        for (size_t i = 0; i < a->intervals; i++) {
            double w = a->mesh[i + 1] - a->mesh[i], x = a->x[2 * i * n + k], y = b->x[2 * i * n + k];
            mean_a += w * x;
            mean_b += w * y;
            both += w * x * y;
        }
        sum += both - mean_a * mean_b;
    }
    return sum < 0;
}

static grl_status run(follower *f, const grl_bifurcation_options *options, grl_error *error)
{
    grl_double *curve = f->curve;
    grl_bvp_arc *arc = &curve->arc;
    const bool fold = curve->type == GRL_CYCLE_FOLD;
    double ds = first_step, size, distance, growth = 0.1, first = 0, last[3];
    bool by_period = false;
    grl_status status;
    for (long long points = 0; points < options->max_points && points < MOST_POINTS;) {
        if (grl_progress_stopped(options->progress)) return grl_fail(error, GRL_STOPPED, "stopped");
        double before = grl_double_amplitude(curve);
        memcpy(last, arc->now.q, sizeof last);
        bool good = by_period ? grl_bvp_arc_period(arc, curve->n,
                                                   fmin(options->max_period, last[0] * (1 + growth)), &size)
                              : grl_bvp_arc_along(arc, ds, &size);
        good = good && size < 10 * aim && arc->next.q[0] > 0;
        if (good && !by_period && turned_round(f)) {
            size_t hopf = nearest(f, GRL_GENERALIZED_HOPF, arc->now.q + 1, &distance);
            if (before < 4 * shrunk && distance < 1e-3) return finish_at_hopf(f, hopf, error);
            good = false;
        }
        if (!good && by_period) {
            growth *= 0.4;
            if (growth > 1e-3) continue;
            by_period = false;
            ds = 1e-3;
            growth = 0.1;
            first = 1.2 * last[0]; /* not again soon */
            continue;
        }
        if (!good) {
            ds *= 0.4;
            if (ds < smallest_step) return finish(f, GRL_BRANCH_STEP_SIZE, SIZE_MAX);
            continue;
        }
        for (size_t k = 0; k < 2; k++) {
            double p = arc->next.q[1 + k];
            if (p >= f->low[k] && p <= f->high[k]) continue;
            if (grl_bvp_arc_fixed(arc, 1 + k, p < f->low[k] ? f->low[k] : f->high[k], &size)) {
                status = add(f, &arc->next, error);
                if (status != GRL_OK) return status;
            }
            return finish(f, GRL_BRANCH_RANGE, SIZE_MAX);
        }
        status = add(f, &arc->next, error);
        if (status != GRL_OK) return status;
        points++;
        grl_bvp_arc_accept(arc);
        double done = ds, amplitude = grl_double_amplitude(curve),
               factor = fmin(2, fmax(0.4, sqrt(aim / size)));
        if (by_period)
            growth = fmin(0.5, growth * factor);
        else
            ds = fmin(largest_step, ds * factor);
        for (size_t k = 0; k < 2; k++)
            ds = fmin(ds, farthest * (f->high[k] - f->low[k]) / fabs(arc->tangent.q[1 + k]));
        if (fold && by_period && slowness(curve) < 1e-3 * slow) {
            double T = arc->now.q[0], end[2];
            for (size_t k = 0; k < 2; k++)
                end[k] = (T * arc->now.q[1 + k] - last[0] * last[1 + k]) / (T - last[0]);
            size_t loop = nearest(f, GRL_NEUTRAL_SADDLE_LOOP, end, &distance);
            if (distance < same) {
                const grl_special *at = &f->diagram->special[loop];
                status = grl_diagram_add_curve_point(f->diagram, f->index, at->p, at->h, NAN, INFINITY, NAN,
                                                     error);
                return status == GRL_OK ? finish(f, GRL_BRANCH_SPECIAL, loop) : status;
            }
        }
        if (fold && amplitude < shrunk) {
            size_t hopf = nearest(f, GRL_GENERALIZED_HOPF, arc->now.q + 1, &distance);
            if (distance < 1e-3) return finish_at_hopf(f, hopf, error);
        }
        if (amplitude < before)
            ds = fmin(ds, fmax(0.5 * amplitude * done / (before - amplitude), 0.05 * shrunk));
        if (!(arc->now.q[0] < options->max_period)) return finish(f, GRL_BRANCH_PERIOD, SIZE_MAX);
        by_period = by_period || (arc->now.q[0] > first && arc->tangent.q[0] > 0 && slowness(curve) < slow);
    }
    return finish(f, GRL_BRANCH_STEPS, SIZE_MAX);
}

grl_status grl_double_curve(grl_double *curve, const grl_bifurcation_options *options, const double *low,
                            const double *high, grl_diagram *diagram, grl_error *error)
{
    follower f = {.curve = curve, .low = low, .high = high, .diagram = diagram};
    const grl_bvp_solution *now = &curve->arc.now;
    grl_bvp_solution w = {0}, tangent = {0};
    grl_status status = grl_bvp_solution_create(now->n, now->parameters, now->capacity, &w, error);
    if (status == GRL_OK)
        status = grl_bvp_solution_create(now->n, now->parameters, now->capacity, &tangent, error);
    if (status == GRL_OK) status = grl_diagram_add_curve(diagram, curve->type, &f.index, error);
    if (status != GRL_OK) goto done;
    grl_bvp_copy(now, &w);
    grl_bvp_copy(&curve->arc.tangent, &tangent);
    status = add(&f, &w, error);
    for (int side = 0; side < 2 && status == GRL_OK; side++) {
        if (side == 1) {
            grl_diagram_turn_curve(diagram, f.index);
            grl_bvp_copy(&w, &curve->arc.now);
            grl_bvp_copy(&tangent, &curve->arc.tangent);
            grl_bvp_arc_turn(&curve->arc);
        }
        status = run(&f, options, error);
        diagram->curves[f.index].end[1] = f.end;
        diagram->curves[f.index].end_special[1] = f.end_special;
    }
done:
    grl_bvp_solution_free(&w);
    grl_bvp_solution_free(&tangent);
    return status;
}
