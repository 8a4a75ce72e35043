/* bvp_arc.c: curves of solutions of a boundary value problem by pseudo-arclength (Keller 1977).
 *
 *     int <u - v, du> ds + sum w_k (q_k - q_k(v)) dq_k = 0,   v = now + ds (du, dq)
 *
 * is the last condition; the tangent (du, dq) of a solution is that of the linear system for a unit change of
 * that condition. Solutions move to a mesh of their own after every step. */
#include "bifurcation/bvp_arc.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = GRL_BVP_POINTS, NEWTON = 12 };

grl_status grl_bvp_arc_create(grl_bvp_arc *arc, size_t capacity, grl_error *error)
{
    size_t n = arc->problem.n, q = arc->problem.parameters;
    grl_bvp_solution *const all[] = {&arc->now,          &arc->next,      &arc->tangent,
                                     &arc->next_tangent, &arc->predicted, &arc->spare};
    grl_status status = GRL_OK;
    for (size_t k = 0; k < sizeof all / sizeof *all && status == GRL_OK; k++)
        status = grl_bvp_solution_create(n, q, capacity, all[k], error);
    if (status == GRL_OK) status = grl_bvp_solver_create(n, q, capacity, &arc->solver, error);
    if (status == GRL_OK && !(arc->mesh = grl_calloc(2 * capacity + 1, sizeof *arc->mesh)))
        status = grl_fail_memory(error, 2 * capacity + 1, sizeof *arc->mesh);
    if (status == GRL_OK)
        arc->room = arc->mesh + capacity + 1;
    else
        grl_bvp_arc_free(arc);
    return status;
}

void grl_bvp_arc_free(grl_bvp_arc *arc)
{
    grl_bvp_solution_free(&arc->now);
    grl_bvp_solution_free(&arc->next);
    grl_bvp_solution_free(&arc->tangent);
    grl_bvp_solution_free(&arc->next_tangent);
    grl_bvp_solution_free(&arc->predicted);
    grl_bvp_solution_free(&arc->spare);
    grl_bvp_solver_free(arc->solver);
    free(arc->mesh);
    arc->solver = NULL;
    arc->mesh = NULL;
}

double grl_bvp_arc_product(const grl_bvp_arc *arc, const grl_bvp_solution *a, const grl_bvp_solution *b)
{
    size_t n = a->n;
    double sum = 0, c[M], weight[M];
    grl_bvp_gauss(c, weight);
    for (size_t k = 0; k < a->parameters; k++) sum += arc->weights[k] * a->q[k] * b->q[k];
    for (size_t i = 0; i < a->intervals; i++)
        for (size_t j = 0; j < M; j++)
            for (size_t k = 0; k < n; k++) {
                size_t at = (i * M + j) * n + k;
                sum += (a->mesh[i + 1] - a->mesh[i]) * weight[j] * a->stage[at] * b->stage[at];
            }
    return sum;
}

/* u += factor * v, or u *= factor if v is NULL; on one mesh. */
static void combine(grl_bvp_solution *u, double factor, const grl_bvp_solution *v)
{
    size_t n = u->n, x = (u->intervals + 1) * n, stage = u->intervals * M * n;
    for (size_t i = 0; i < x; i++) u->x[i] = v ? u->x[i] + factor * v->x[i] : factor * u->x[i];
    for (size_t i = 0; i < stage; i++)
        u->stage[i] = v ? u->stage[i] + factor * v->stage[i] : factor * u->stage[i];
    for (size_t i = 0; i < u->parameters; i++) u->q[i] = v ? u->q[i] + factor * v->q[i] : factor * u->q[i];
}

/* The problem's functions with the arc's own condition after them; the context is the arc. */
static bool field(void *context, const double *u, const double *q, double *f, double *J, double *Q)
{
    const grl_bvp_arc *arc = context;
    return arc->problem.field(arc->problem.context, u, q, f, J, Q);
}

static bool ends(void *context, const double *u0, const double *u1, const double *q, double *g, double *G0,
                 double *G1, double *Gq)
{
    const grl_bvp_arc *arc = context;
    return arc->problem.ends(arc->problem.context, u0, u1, q, g, G0, G1, Gq);
}

static bool integrand(void *context, size_t at, const double *u, const double *q, double *g, double *Gu,
                      double *Gq)
{
    const grl_bvp_arc *arc = context;
    size_t n = arc->problem.n, parameters = arc->problem.parameters, last = arc->problem.integral;
    if (last > 0 && !arc->problem.integrand(arc->problem.context, at, u, q, g, Gu, Gq)) return false;
    if (arc->mode == GRL_ARC_CLOSED) return true;
    double *row = Gu + last * n, *scalars = Gq + last * parameters;
    if (arc->mode == GRL_ARC_FIXED) {
        scalars[arc->which] = 1;
        g[last] = q[arc->which] - arc->target;
        return true;
    }
    const double *v = arc->predicted.stage + at * n, *du = arc->tangent.stage + at * n;
    for (size_t k = 0; k < n; k++) {
        row[k] = du[k];
        g[last] += (u[k] - v[k]) * du[k];
    }
    for (size_t k = 0; k < parameters; k++) {
        scalars[k] = arc->weights[k] * arc->tangent.q[k];
        g[last] += scalars[k] * (q[k] - arc->predicted.q[k]);
    }
    return true;
}

static bool solve(grl_bvp_arc *arc, double *size)
{
    grl_bvp problem = arc->problem;
    problem.context = arc;
    problem.field = field;
    problem.ends = ends;
    problem.integrand = integrand;
    if (arc->mode != GRL_ARC_CLOSED) problem.integral++;
    if (arc->prepare) arc->prepare(arc->problem.context, &arc->predicted);
    grl_bvp_copy(&arc->predicted, &arc->next);
    grl_bvp_outcome outcome =
        grl_bvp_solve(arc->solver, &problem, &arc->next, arc->tolerance, NEWTON, &arc->next_tangent);
    *size = outcome.first;
    if (!outcome.converged) return false;
    /* What was corrected, in the mean: where something quick happens a little earlier is a large change there. */
    combine(&arc->predicted, -1, &arc->next);
    *size = sqrt(grl_bvp_arc_product(arc, &arc->predicted, &arc->predicted));
    double length = sqrt(grl_bvp_arc_product(arc, &arc->next_tangent, &arc->next_tangent));
    combine(&arc->next_tangent, 1 / length, NULL);
    if (arc->tangent.intervals == arc->next_tangent.intervals &&
        grl_bvp_arc_product(arc, &arc->tangent, &arc->next_tangent) < 0)
        combine(&arc->next_tangent, -1, NULL);
    return isfinite(length);
}

bool grl_bvp_arc_along(grl_bvp_arc *arc, double ds, double *size)
{
    arc->mode = GRL_ARC_ALONG;
    grl_bvp_copy(&arc->now, &arc->predicted);
    combine(&arc->predicted, ds, &arc->tangent);
    return solve(arc, size);
}

bool grl_bvp_arc_fixed(grl_bvp_arc *arc, size_t k, double value, double *size)
{
    arc->mode = GRL_ARC_FIXED;
    arc->which = k;
    arc->target = value;
    grl_bvp_copy(&arc->now, &arc->predicted);
    double step = value - arc->now.q[k];
    if (arc->tangent.intervals == arc->now.intervals && fabs(step) < 0.5 * fabs(arc->tangent.q[k]))
        combine(&arc->predicted, step / arc->tangent.q[k], &arc->tangent);
    arc->predicted.q[k] = value;
    return solve(arc, size);
}

bool grl_bvp_arc_period(grl_bvp_arc *arc, size_t components, double period, double *size)
{
    arc->mode = GRL_ARC_FIXED;
    arc->which = 0;
    arc->target = period;
    grl_bvp_copy(&arc->now, &arc->predicted);
    grl_bvp_slow_down(&arc->predicted, components, period / arc->now.q[0], arc->room);
    arc->predicted.q[0] = period;
    size_t kept = arc->tangent.intervals;
    arc->tangent.intervals = 0; /* it belongs to another mesh */
    bool good = solve(arc, size);
    arc->tangent.intervals = kept;
    if (good && arc->next_tangent.q[0] < 0) combine(&arc->next_tangent, -1, NULL);
    return good;
}

bool grl_bvp_arc_closed(grl_bvp_arc *arc, double *size)
{
    arc->mode = GRL_ARC_CLOSED;
    grl_bvp_copy(&arc->now, &arc->predicted);
    return solve(arc, size);
}

void grl_bvp_arc_take(grl_bvp_arc *arc)
{
    grl_bvp_solution u = arc->now, t = arc->tangent;
    arc->now = arc->next;
    arc->next = u;
    arc->tangent = arc->next_tangent;
    arc->next_tangent = t;
}

void grl_bvp_arc_remesh(grl_bvp_arc *arc)
{
    double E = grl_bvp_equidistribute(&arc->now, arc->periodic, arc->now.intervals, arc->mesh, arc->room);
    size_t intervals = (size_t)fmin(arc->most, fmax(arc->least, arc->accuracy * E));
    grl_bvp_equidistribute(&arc->now, arc->periodic, intervals, arc->mesh, arc->room);
    grl_bvp_remesh(&arc->now, intervals, arc->mesh, &arc->spare);
    grl_bvp_copy(&arc->spare, &arc->now);
    if (arc->tangent.intervals > 0) {
        grl_bvp_remesh(&arc->tangent, intervals, arc->mesh, &arc->spare);
        grl_bvp_copy(&arc->spare, &arc->tangent);
    }
}

void grl_bvp_arc_accept(grl_bvp_arc *arc)
{
    grl_bvp_arc_take(arc);
    grl_bvp_arc_remesh(arc);
}

void grl_bvp_arc_turn(grl_bvp_arc *arc)
{
    combine(&arc->tangent, -1, NULL);
}
