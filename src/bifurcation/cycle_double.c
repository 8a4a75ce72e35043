/* cycle_double.c: curves of folds of cycles and of period doublings, by extended boundary value problems
 * (Kuznetsov 2004, section 10.4; Doedel, Govaerts and Kuznetsov 2003).
 *
 *     fold:      u' = T f,  v' = T J v + S f,  both periodic,   int v.v + w S^2 / T^2 = 1,   int v.f(ref) = 0
 *     doubling:  u' = T f,  v' = T J v,        v(1) = -v(0),    int v.v = 1
 *
 * with the phase condition of u. At a fold (v, S) is the tangent of the branch of cycles, which has no part in
 * the parameter. The systems are regular at these points, and the fold's also where the curve has a cusp.
 *
 * The Jacobian of J v with respect to u is B(v, .), the bilinear form of the field. */
#include "bifurcation/cycle_double.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = GRL_BVP_POINTS, INTERVALS = 240, T = 0, P = 1, S = 3 };

static const double period_weight = 0.05;

static bool move(const grl_double *curve, const double *q)
{
    return grl_path_set(curve->path, q + P, NULL) == GRL_OK;
}

static bool field(void *context, const double *w, const double *q, double *f, double *J, double *Q)
{
    grl_double *curve = context;
    size_t n = curve->n, all = 2 * n, scalars = curve->arc.problem.parameters;
    bool fold = curve->type == GRL_CYCLE_FOLD;
    const double *u = w, *v = w + n;
    double change = fold ? q[S] : 0;
    if (!move(curve, q)) return false;
    const grl_cell *cell = grl_path_cell(curve->path);
    grl_cell_linearize(cell, NULL, u, curve->f, curve->J, curve->work);
    memset(J, 0, all * all * sizeof *J);
    memset(Q, 0, all * scalars * sizeof *Q);
    for (size_t i = 0; i < n; i++) {
        double along = 0;
        for (size_t j = 0; j < n; j++) {
            double entry = curve->J[i * n + j];
            along += entry * v[j];
            J[i * all + j] = J[(n + i) * all + n + j] = q[T] * entry;
            J[(n + i) * all + j] = change * entry;
        }
        f[i] = q[T] * curve->f[i];
        f[n + i] = q[T] * along + change * curve->f[i];
        Q[i * scalars + T] = curve->f[i];
        Q[(n + i) * scalars + T] = along;
        if (fold) Q[(n + i) * scalars + S] = curve->f[i];
    }
    for (size_t j = 0; j < n; j++) {
        const double *pair[2] = {v, curve->unit};
        memset(curve->unit, 0, n * sizeof *curve->unit);
        curve->unit[j] = 1;
        grl_cell_derivative(cell, NULL, u, 2, pair, NULL, curve->slope, curve->work);
        for (size_t i = 0; i < n; i++) J[(n + i) * all + j] += q[T] * curve->slope[i];
    }
    for (size_t k = 0; k < 2; k++) {
        const grl_cell *tangent = grl_path_tangent(curve->path, k, NULL), *both[2] = {NULL, tangent};
        const double *alone[2] = {v, NULL};
        if (!tangent) return false;
        grl_cell_derivative(cell, NULL, u, 1, NULL, &tangent, curve->slope, curve->work);
        for (size_t i = 0; i < n; i++) {
            Q[i * scalars + P + k] = q[T] * curve->slope[i];
            Q[(n + i) * scalars + P + k] = change * curve->slope[i];
        }
        grl_cell_derivative(cell, NULL, u, 2, alone, both, curve->slope, curve->work);
        for (size_t i = 0; i < n; i++) Q[(n + i) * scalars + P + k] += q[T] * curve->slope[i];
    }
    return true;
}

static bool ends(void *context, const double *w0, const double *w1, const double *q, double *g, double *G0,
                 double *G1, double *Gq)
{
    const grl_double *curve = context;
    size_t n = curve->n, all = 2 * n;
    double sign = curve->type == GRL_CYCLE_FOLD ? -1 : 1;
    (void)q;
    (void)Gq;
    for (size_t i = 0; i < all; i++) {
        double s = i < n ? -1 : sign;
        g[i] = w1[i] + s * w0[i];
        G1[i * all + i] = 1;
        G0[i * all + i] = s;
    }
    return true;
}

static bool integrand(void *context, size_t at, const double *w, const double *q, double *g, double *Gu,
                      double *Gq)
{
    const grl_double *curve = context;
    size_t n = curve->n, all = 2 * n, scalars = curve->arc.problem.parameters;
    const double *before = curve->arc.predicted.stage + at * all, *f = curve->reference + at * n, *v = w + n;
    g[1] = -1;
    for (size_t i = 0; i < n; i++) {
        g[0] += (w[i] - before[i]) * f[i];
        Gu[i] = f[i];
        g[1] += v[i] * v[i];
        Gu[all + n + i] = 2 * v[i];
    }
    if (curve->type != GRL_CYCLE_FOLD) return true;
    double relative = q[S] / q[T];
    g[1] += period_weight * relative * relative;
    Gq[scalars + S] = 2 * period_weight * relative / q[T];
    Gq[scalars + T] = -2 * period_weight * relative * relative / q[T];
    for (size_t i = 0; i < n; i++) {
        g[2] += v[i] * f[i];
        Gu[2 * all + n + i] = f[i];
    }
    return true;
}

static void prepare(void *context, const grl_bvp_solution *predicted)
{
    grl_double *curve = context;
    size_t n = curve->n;
    if (!move(curve, predicted->q)) return;
    curve->weights[T] = period_weight / (predicted->q[T] * predicted->q[T]);
    for (size_t k = 0; k < predicted->intervals * M; k++)
        grl_cell_field(grl_path_cell(curve->path), NULL, predicted->stage + 2 * k * n,
                       curve->reference + k * n, curve->work);
}

grl_status grl_double_create(grl_path *path, grl_special_type type, const double *range, grl_double *curve,
                             grl_error *error)
{
    const grl_cell *cell = grl_path_cell(path);
    size_t n = cell->n, scalars = type == GRL_CYCLE_FOLD ? 4 : 3;
    *curve = (grl_double){.path = path, .n = n, .type = type};
    curve->weights[P] = 1 / (range[0] * range[0]);
    curve->weights[P + 1] = 1 / (range[1] * range[1]);
    size_t sizes[] = {INTERVALS * M * n, n * n, n, n, n, grl_cell_derivative_work(cell)}, total = 0;
    double **at[] = {&curve->reference, &curve->J, &curve->f, &curve->slope, &curve->unit, &curve->work};
    for (int k = 0; k < 6; k++) total += sizes[k];
    double *next = curve->block = grl_calloc(total, sizeof *next);
    if (!next) return grl_fail_memory(error, total, sizeof *next);
    for (int k = 0; k < 6; k++) {
        *at[k] = next;
        next += sizes[k];
    }
    size_t integral = type == GRL_CYCLE_FOLD ? 3 : 2;
    curve->arc.problem = (grl_bvp){2 * n, scalars, 2 * n, integral, curve, field, ends, integrand};
    curve->arc.periodic = type == GRL_CYCLE_FOLD;
    curve->arc.weights = curve->weights;
    curve->arc.least = 24;
    curve->arc.most = INTERVALS;
    curve->arc.accuracy = 4;
    curve->arc.tolerance = 1e-9; /* long cycles have vectors that grow and shrink by 1e6 on the way */
    curve->arc.prepare = prepare;
    grl_status status = grl_bvp_arc_create(&curve->arc, INTERVALS, error);
    if (status != GRL_OK) grl_double_free(curve);
    return status;
}

void grl_double_free(grl_double *curve)
{
    grl_bvp_arc_free(&curve->arc);
    free(curve->block);
    curve->block = NULL;
}

/* Two functions side by side: w = (u, v). */
static void join(const grl_bvp_solution *u, const grl_bvp_solution *v, double factor, grl_bvp_solution *w)
{
    size_t n = u->n, N = u->intervals;
    w->intervals = N;
    memcpy(w->mesh, u->mesh, (N + 1) * sizeof *u->mesh);
    for (size_t i = 0; i < N * (M + 1) + 1; i++) {
        bool stage = i > N;
        size_t at = stage ? i - N - 1 : i;
        const double *from = (stage ? u->stage : u->x) + at * n, *other = (stage ? v->stage : v->x) + at * n;
        double *to = (stage ? w->stage : w->x) + 2 * at * n;
        memcpy(to, from, n * sizeof *to);
        for (size_t k = 0; k < n; k++) to[n + k] = factor * other[k];
    }
}

bool grl_double_begin(grl_double *curve, const grl_track_point *point, size_t vary, double held)
{
    grl_bvp_arc *arc = &curve->arc;
    double size, length;
    if (point->u.intervals > INTERVALS) return false;
    length = period_weight * point->tangent.q[0] * point->tangent.q[0] / (point->u.q[0] * point->u.q[0]);
    double c[M], weight[M];
    grl_bvp_gauss(c, weight);
    for (size_t i = 0; i < point->tangent.intervals; i++)
        for (size_t j = 0; j < M * curve->n; j++) {
            double value = point->tangent.stage[i * M * curve->n + j];
            length +=
                (point->tangent.mesh[i + 1] - point->tangent.mesh[i]) * weight[j / curve->n] * value * value;
        }
    join(&point->u, &point->tangent, 1 / sqrt(length), &arc->now);
    arc->now.q[T] = point->u.q[0];
    arc->now.q[P + vary] = point->u.q[1];
    arc->now.q[P + 1 - vary] = held;
    if (curve->type == GRL_CYCLE_FOLD) arc->now.q[S] = point->tangent.q[0] / sqrt(length);
    arc->tangent.intervals = 0;
    if (!grl_bvp_arc_fixed(arc, P + 1 - vary, held, &size)) return false;
    grl_bvp_arc_accept(arc);
    return true;
}

double grl_double_amplitude(const grl_double *curve)
{
    const grl_bvp_solution *w = &curve->arc.now;
    double most = 0;
    for (size_t k = 0; k < curve->n; k++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < w->intervals; i++) {
            low = fmin(low, w->x[2 * i * curve->n + k]);
            high = fmax(high, w->x[2 * i * curve->n + k]);
        }
        most = fmax(most, high - low);
    }
    return most;
}
