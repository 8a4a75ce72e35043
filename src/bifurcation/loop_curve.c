/* loop_curve.c: a curve of homoclinic orbits in two parameters, to its ends.
 *
 * Steps of pseudo-arclength; between steps the orbit is made longer or shorter, so that its ends stay near the
 * saddle. On the way and at the ends:
 *
 *     sigma = lambda_u + lambda_s = 0     a neutral saddle loop: a curve of folds of cycles begins there. By
 *                                         the secant method along the curve.
 *     lambda_u or lambda_s = 0            a saddle-node loop: the saddle meets a node. Homoclinic orbits end; the
 *                                         equations would go on with orbits of the node, which mean nothing. It is
 *                                         solved for with that eigenvalue zero (homoclinic.c).
 *     the orbit shrinks to a point        a Bogdanov-Takens point
 *
 *     steps lead nowhere                  the orbit comes to pass through another saddle
 *
 * What makes it fail: a saddle that becomes a focus is followed as it is, but sigma is of the leading real parts
 * then. */
#include "bifurcation/loop_curve.h"

#include "base/error.h"
#include "base/progress.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { SECANTS = 30 };

/* So many steps that move no parameter by more than that part of its range are in vain; ends that are as near to each
 * other as the next number are the same. */
enum { VAIN = 12, MOST_POINTS = 1500 };
static const double hardly = 2e-6, same_end = 1e-3;

/* A leading eigenvalue this small may be about to vanish. */
static const double weak = 0.05;

/* No step moves a parameter by more than this part of its range, so that curves can be read off between points. */
static const double farthest = 3e-3;

static const double aim = 0.01, first_step = 0.01, largest_step = 0.15, smallest_step = 1e-7;

/* An orbit of this size is taken to have shrunk to its Bogdanov-Takens point. */
static const double shrunk = 0.02;

typedef struct follower {
    grl_loop *loop;
    const double *low, *high;
    grl_diagram *diagram;
    size_t curve;
    grl_branch_end end;
    size_t end_special;
} follower;

static bool inside(const follower *f, const double *p)
{
    return p[0] >= f->low[0] && p[0] <= f->high[0] && p[1] >= f->low[1] && p[1] <= f->high[1];
}

static grl_status add(const follower *f, const grl_bvp_solution *u, grl_error *error)
{
    if (!grl_loop_describe(f->loop, u)) return GRL_OK;
    return grl_diagram_add_curve_point(f->diagram, f->curve, u->q, u->q + 2, NAN, INFINITY, f->loop->sigma,
                                       error);
}

static grl_status special(follower *f, grl_special_type type, const grl_bvp_solution *u, size_t *index,
                          grl_error *error)
{
    const grl_special at = {.type = type,
                            .p = {u->q[0], u->q[1]},
                            .h = (double *)u->q + 2,
                            .error = 1e-9,
                            .period = INFINITY,
                            .branch = SIZE_MAX};
    *index = grl_diagram_find_special(f->diagram, 0, type, at.p, at.h, 1e-6);
    return *index != SIZE_MAX ? GRL_OK : grl_diagram_add_special(f->diagram, &at, index, error);
}

/* sigma changes sign between now (sigma0) and the step ds (sigma1). */
static grl_status neutral(follower *f, double ds, double sigma0, double sigma1, grl_error *error)
{
    grl_loop *loop = f->loop;
    double a = 0, ga = sigma0, b = ds, gb = sigma1, size;
    for (int i = 0; i < SECANTS; i++) {
        double c = (a * gb - b * ga) / (gb - ga);
        if (!grl_bvp_arc_along(&loop->arc, c, &size) || !grl_loop_describe(loop, &loop->arc.next))
            return GRL_OK;
        double g = loop->sigma;
        if (fabs(g) < 1e-13 || fabs(b - a) < 1e-12) break;
        if ((g < 0) == (gb < 0)) {
            b = c;
            gb = g;
            ga *= 0.5;
        } else {
            a = b;
            ga = gb;
            b = c;
            gb = g;
        }
    }
    /* Of a saddle with real leading eigenvalues. */
    if (loop->values[2 * loop->unstable - 1] != 0 || loop->values[2 * loop->unstable + 1] != 0) return GRL_OK;
    size_t index;
    grl_status status = special(f, GRL_NEUTRAL_SADDLE_LOOP, &loop->arc.next, &index, error);
    if (status == GRL_OK) status = add(f, &loop->arc.next, error);
    return status;
}

/* The Bogdanov-Takens point that a small orbit belongs to, or SIZE_MAX. */
static size_t takens_near(const follower *f, const grl_bvp_solution *u)
{
    size_t best = SIZE_MAX;
    /* The smaller the orbit is, the less else it can belong to. */
    double nearest = f->loop->size < 0.1 * shrunk ? 0.1 : 0.02;
    for (size_t s = 0; s < f->diagram->special_count; s++) {
        const grl_special *at = &f->diagram->special[s];
        if (at->type != GRL_BOGDANOV_TAKENS) continue;
        double distance = 0;
        for (size_t k = 0; k < 2; k++)
            distance = fmax(distance, fabs(at->p[k] - u->q[k]) / (f->high[k] - f->low[k]));
        for (size_t i = 0; i < f->loop->n; i++) distance = fmax(distance, fabs(at->h[i] - u->q[2 + i]));
        if (distance < nearest) {
            nearest = distance;
            best = s;
        }
    }
    return best;
}

static grl_status finish(follower *f, grl_branch_end end, size_t which)
{
    f->end = end;
    f->end_special = which;
    return GRL_OK;
}

/* The curve ends at a Bogdanov-Takens point, which becomes its last one; its saddle has two eigenvalues zero. */
static grl_status finish_at_takens(follower *f, size_t which, grl_error *error)
{
    const grl_special *at = &f->diagram->special[which];
    finish(f, GRL_BRANCH_SPECIAL, which);
    return grl_diagram_add_curve_point(f->diagram, f->curve, at->p, at->h, NAN, INFINITY, 0, error);
}

/* A saddle-node loop from where the curve is, if its leading eigenvalue is that small. SIZE_MAX in *index: no. */
static grl_status saddle_node_loop(follower *f, int which, size_t *index, grl_error *error)
{
    grl_loop *loop = f->loop;
    const grl_bvp_solution *now = &loop->arc.now, *next = &loop->arc.next;
    const double before[2] = {now->q[0], now->q[1]};
    double state[64];
    *index = SIZE_MAX;
    memcpy(state, now->q + 2, loop->n * sizeof *state);
    if (!grl_loop_critical(loop, which)) return GRL_OK;
    for (size_t k = 0; k < 2; k++)
        if (!(fabs(next->q[k] - before[k]) < 0.05 * (f->high[k] - f->low[k]))) return GRL_OK;
    for (size_t i = 0; i < loop->n; i++)
        if (!(fabs(next->q[2 + i] - state[i]) < 0.3)) return GRL_OK;
    grl_status status = special(f, GRL_SADDLE_NODE_LOOP, next, index, error);
    if (status == GRL_OK) status = add(f, next, error);
    return status;
}

/* Steps no longer lead anywhere: perhaps the orbit comes to pass through another saddle, with a ring of heteroclinic
 * orbits as its limit. */
static grl_status finish_stalled(follower *f, double moved, grl_error *error)
{
    const grl_bvp_solution *u = &f->loop->arc.now;
    double h[64];
    size_t index;
    if (grl_loop_describe(f->loop, u) && fmin(f->loop->lambda_u, -f->loop->lambda_s) < weak) {
        grl_status status =
            saddle_node_loop(f, f->loop->lambda_u < -f->loop->lambda_s ? 1 : -1, &index, error);
        if (status != GRL_OK) return status;
        if (index != SIZE_MAX) return finish(f, GRL_BRANCH_SPECIAL, index);
    }
    if (!grl_loop_passes(f->loop, h)) return finish(f, GRL_BRANCH_STEP_SIZE, SIZE_MAX);
    const grl_special at = {.type = GRL_HETEROCLINIC,
                            .p = {u->q[0], u->q[1]},
                            .h = h,
                            .error = moved,
                            .period = INFINITY,
                            .coefficients = 1,
                            .normal_form = {2},
                            .branch = SIZE_MAX};
    index = grl_diagram_find_special(f->diagram, 0, at.type, at.p, NULL, same_end);
    if (index == SIZE_MAX) {
        grl_status status = grl_diagram_add_special(f->diagram, &at, &index, error);
        if (status != GRL_OK) return status;
    }
    return finish(f, GRL_BRANCH_SPECIAL, index);
}

static grl_status run(follower *f, const grl_bifurcation_options *options, grl_error *error)
{
    grl_loop *loop = f->loop;
    grl_bvp_arc *arc = &loop->arc;
    double ds = first_step, size;
    grl_status status;
    size_t index;
    int vain = 0;
    for (long long points = 0; points < options->max_points && points < MOST_POINTS;) {
        if (grl_progress_stopped(options->progress)) return grl_fail(error, GRL_STOPPED, "stopped");
        if (!grl_loop_describe(loop, &arc->now)) return finish(f, GRL_BRANCH_STEP_SIZE, SIZE_MAX);
        double sigma = loop->sigma, extent = loop->size;
        bool good =
            grl_bvp_arc_along(arc, ds, &size) && size < 10 * aim && grl_loop_describe(loop, &arc->next);
        if (good && (loop->lambda_u < 0 || loop->lambda_s > 0)) {
            int which = loop->lambda_u < 0 ? 1 : -1;
            size_t takens = extent < 3 * shrunk ? takens_near(f, &arc->now) : SIZE_MAX;
            if (takens != SIZE_MAX) return finish_at_takens(f, takens, error);
            if (ds < 0.01) {
                status = saddle_node_loop(f, which, &index, error);
                if (status != GRL_OK) return status;
                if (index != SIZE_MAX) return finish(f, GRL_BRANCH_SPECIAL, index);
            }
            good = false;
        }
        if (!good) {
            ds *= 0.4;
            if (ds < smallest_step) return finish_stalled(f, hardly, error);
            continue;
        }
        if (!inside(f, arc->next.q)) {
            size_t k = arc->next.q[0] < f->low[0] || arc->next.q[0] > f->high[0] ? 0 : 1;
            double bound = arc->next.q[k] < f->low[k] ? f->low[k] : f->high[k];
            if (grl_bvp_arc_fixed(arc, k, bound, &size)) {
                status = add(f, &arc->next, error);
                if (status != GRL_OK) return status;
            }
            return finish(f, GRL_BRANCH_RANGE, SIZE_MAX);
        }
        double extent_next = loop->size;
        if ((loop->sigma < 0) != (sigma < 0)) {
            status = neutral(f, ds, sigma, loop->sigma, error);
            if (status != GRL_OK) return status;
            if (!grl_bvp_arc_along(arc, ds, &size)) return finish(f, GRL_BRANCH_STEP_SIZE, SIZE_MAX);
        }
        status = add(f, &arc->next, error);
        if (status != GRL_OK) return status;
        points++;
        double moved = 0;
        for (size_t k = 0; k < 2; k++)
            moved = fmax(moved, fabs(arc->next.q[k] - arc->now.q[k]) / (f->high[k] - f->low[k]));
        vain = moved < hardly ? vain + 1 : 0;
        grl_bvp_arc_accept(arc);
        grl_loop_retime(loop);
        if (vain == VAIN && extent_next > 3 * shrunk) return finish_stalled(f, moved, error);
        double done = ds;
        ds = fmin(largest_step, ds * fmin(2, fmax(0.4, sqrt(aim / size))));
        for (size_t k = 0; k < 2; k++)
            ds = fmin(ds, farthest * (f->high[k] - f->low[k]) / fabs(arc->tangent.q[k]));
        if (extent_next < extent) {
            size_t takens = extent_next < shrunk ? takens_near(f, &arc->now) : SIZE_MAX;
            if (takens != SIZE_MAX) return finish_at_takens(f, takens, error);
            ds = fmin(ds, fmax(0.5 * extent_next * done / (extent - extent_next), 1e-3 * shrunk));
        }
    }
    return finish(f, GRL_BRANCH_STEPS, SIZE_MAX);
}

grl_status grl_loop_curve(grl_loop *loop, const grl_bifurcation_options *options, const double *low,
                          const double *high, grl_diagram *diagram, grl_error *error)
{
    follower f = {.loop = loop, .low = low, .high = high, .diagram = diagram};
    size_t n = loop->n;
    grl_bvp_solution u = {0}, tangent = {0};
    double T = loop->T;
    grl_status status = grl_bvp_solution_create(n, 2 + n, loop->arc.now.capacity, &u, error);
    if (status == GRL_OK) status = grl_bvp_solution_create(n, 2 + n, loop->arc.now.capacity, &tangent, error);
    if (status == GRL_OK) status = grl_diagram_add_curve(diagram, GRL_HOMOCLINIC, &f.curve, error);
    if (status != GRL_OK) goto done;
    grl_bvp_copy(&loop->arc.now, &u);
    grl_bvp_copy(&loop->arc.tangent, &tangent);
    status = add(&f, &u, error);
    for (int side = 0; side < 2 && status == GRL_OK; side++) {
        if (side == 1) {
            grl_diagram_turn_curve(diagram, f.curve);
            grl_bvp_copy(&u, &loop->arc.now);
            grl_bvp_copy(&tangent, &loop->arc.tangent);
            grl_bvp_arc_turn(&loop->arc);
            loop->T = T;
        }
        status = run(&f, options, error);
        diagram->curves[f.curve].end[1] = f.end;
        diagram->curves[f.curve].end_special[1] = f.end_special;
    }
done:
    grl_bvp_solution_free(&u);
    grl_bvp_solution_free(&tangent);
    return status;
}
