/* cycle_track.c: cycles along a parameter, as a boundary value problem.
 *
 *     u' = T f(u; p),   u(0) = u(1),
 *     int <u - v, f(v)> ds = 0                               phase: closest to the predicted cycle v
 *     int <u - v, du> ds + w (T - T_v) dT / T^2 + (p - p_v) dp / range^2 = 0       pseudo-arclength
 *
 * by collocation (num/collocation.c), as in Doedel, Keller and Kernevez (1991). The last condition is also
 * "T is given" or "p is given".
 *
 * Long cycles spend their time in a few slow places. With T given, the prediction is not the tangent: the orbit
 * keeps its places, and the time spent in interval i, at the mean speed v_i, becomes w_i v_i / (v_i - d) with
 * one d < min v_i. Near a homoclinic orbit all new time goes where the orbit is slowest; near a fold on the
 * cycle, where x' = m + x^2, it is exact to first order in m. So a step may double the period.
 *
 * What makes it fail: cycles that need more intervals than there are (very different time scales). */
#include "bifurcation/cycle_track.h"

#include "base/error.h"
#include "base/memory.h"
#include "bifurcation/cycle_floquet.h"
#include "cell/cell.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = GRL_BVP_POINTS, NEWTON = 10 };

/* Weight of the relative change of the period in the norm, beside the mean square change of the cycle. */
static const double period_weight = 0.05;

/* Newton's corrections end below this. Test functions are evaluated at the last but one iterate. */
static const double tolerance = 1e-11;

/* Where the cycle is this slow somewhere, relative to its greatest speed, corrections may end earlier: when it rests
 * beside two saddles, how its time is shared hardly matters to any equation, and is known to few digits. */
static const double at_rest = 1e-4, rest_tolerance = 1e-8;

static grl_status point_create(size_t n, grl_track_point *point, grl_error *error)
{
    grl_status status = grl_bvp_solution_create(n, 2, GRL_TRACK_INTERVALS, &point->u, error);
    if (status == GRL_OK) status = grl_bvp_solution_create(n, 2, GRL_TRACK_INTERVALS, &point->tangent, error);
    if (status != GRL_OK) return status;
    point->multipliers = grl_calloc(2 * n, sizeof(double));
    return point->multipliers ? GRL_OK : grl_fail_memory(error, 2 * n, sizeof(double));
}

static void point_free(grl_track_point *point)
{
    grl_bvp_solution_free(&point->u);
    grl_bvp_solution_free(&point->tangent);
    free(point->multipliers);
}

grl_status grl_track_create(grl_path *path, size_t vary, double range, const double *p, grl_track *track,
                            grl_error *error)
{
    const grl_cell *cell = grl_path_cell(path);
    size_t n = cell->n, most = GRL_TRACK_INTERVALS;
    *track = (grl_track){.path = path, .n = n, .vary = vary, .range = range, .error = error};
    memcpy(track->fixed, p, grl_path_count(path) * sizeof *p);
    size_t sizes[] = {most * M * n,                           /* reference */
                      most + 1,                               /* mesh */
                      most,                                   /* room */
                      grl_cell_derivative_work(cell) + 5 * n, /* work */
                      2 * n + n * n,                          /* field */
                      grl_cycle_floquet_work(n, most)};
    double **at[] = {&track->reference, &track->mesh,  &track->room,
                     &track->work,      &track->field, &track->floquet};
    size_t total = 0;
    for (int k = 0; k < 6; k++) total += sizes[k];
    double *block = grl_calloc(total, sizeof *block);
    if (!block) return grl_fail_memory(error, total, sizeof *block);
    for (int k = 0; k < 6; k++) {
        *at[k] = block;
        block += sizes[k];
    }
    grl_status status = point_create(n, &track->now, error);
    if (status == GRL_OK) status = point_create(n, &track->next, error);
    if (status == GRL_OK) status = grl_bvp_solution_create(n, 2, most, &track->predicted, error);
    if (status == GRL_OK) status = grl_bvp_solution_create(n, 2, most, &track->spare, error);
    if (status == GRL_OK) status = grl_bvp_solver_create(n, 2, most, &track->solver, error);
    if (status != GRL_OK) grl_track_free(track);
    return status;
}

void grl_track_free(grl_track *track)
{
    free(track->reference);
    point_free(&track->now);
    point_free(&track->next);
    grl_bvp_solution_free(&track->predicted);
    grl_bvp_solution_free(&track->spare);
    grl_bvp_solver_free(track->solver);
    *track = (grl_track){0};
}

bool grl_track_move(grl_track *track, double p)
{
    track->fixed[track->vary] = p;
    return grl_path_set(track->path, track->fixed, NULL) == GRL_OK;
}

static bool field(void *context, const double *u, const double *q, double *f, double *J, double *Q)
{
    grl_track *track = context;
    size_t n = track->n;
    double *slope = track->field;
    if (!grl_track_move(track, q[1])) return false;
    const grl_cell *tangent = grl_path_tangent(track->path, track->vary, NULL);
    if (!tangent) return false;
    grl_cell_linearize(grl_path_cell(track->path), NULL, u, f, J, track->work);
    grl_cell_derivative(grl_path_cell(track->path), NULL, u, 1, NULL, &tangent, slope, track->work);
    for (size_t i = 0; i < n * n; i++) J[i] *= q[0];
    for (size_t i = 0; i < n; i++) {
        Q[2 * i] = f[i];
        Q[2 * i + 1] = q[0] * slope[i];
        f[i] *= q[0];
    }
    return true;
}

static bool periodic(void *context, const double *u0, const double *u1, const double *q, double *g,
                     double *G0, double *G1, double *Gq)
{
    size_t n = ((grl_track *)context)->n;
    (void)q;
    (void)Gq;
    for (size_t i = 0; i < n; i++) {
        g[i] = u1[i] - u0[i];
        G0[i * n + i] = -1;
        G1[i * n + i] = 1;
    }
    return true;
}

static bool conditions(void *context, size_t at, const double *u, const double *q, double *g, double *Gu,
                       double *Gq)
{
    const grl_track *track = context;
    size_t n = track->n;
    const double *v = track->predicted.stage + at * n, *f = track->reference + at * n;
    for (size_t i = 0; i < n; i++) {
        g[0] += (u[i] - v[i]) * f[i];
        Gu[i] = f[i];
    }
    if (track->mode == GRL_TRACK_ARC) {
        const double *du = track->now.tangent.stage + at * n, *dq = track->now.tangent.q;
        double T = track->now.u.q[0];
        for (size_t i = 0; i < n; i++) {
            g[1] += (u[i] - v[i]) * du[i];
            Gu[n + i] = du[i];
        }
        Gq[2] = period_weight * dq[0] / (T * T);
        Gq[3] = dq[1] / (track->range * track->range);
        g[1] += Gq[2] * (q[0] - track->predicted.q[0]) + Gq[3] * (q[1] - track->predicted.q[1]);
    } else {
        size_t k = track->mode == GRL_TRACK_PERIOD ? 0 : 1;
        double scale = k == 0 ? 1 / track->target : 1 / track->range;
        g[1] = (q[k] - track->target) * scale;
        Gq[2 + k] = scale;
    }
    return true;
}

double grl_track_product(const grl_track *track, const grl_bvp_solution *a, const grl_bvp_solution *b)
{
    size_t n = track->n;
    double T = track->now.u.q[0], c[M], weight[M];
    double sum =
        period_weight * a->q[0] * b->q[0] / (T * T) + a->q[1] * b->q[1] / (track->range * track->range);
    grl_bvp_gauss(c, weight);
    for (size_t i = 0; i < a->intervals; i++) {
        double width = a->mesh[i + 1] - a->mesh[i];
        for (size_t j = 0; j < M; j++)
            for (size_t k = 0; k < n; k++) {
                size_t at = (i * M + j) * n + k;
                sum += width * weight[j] * a->stage[at] * b->stage[at];
            }
    }
    return sum;
}

static void scale_by(grl_bvp_solution *a, double factor)
{
    size_t n = a->n;
    for (size_t i = 0; i < (a->intervals + 1) * n; i++) a->x[i] *= factor;
    for (size_t i = 0; i < a->intervals * M * n; i++) a->stage[i] *= factor;
    for (size_t i = 0; i < a->parameters; i++) a->q[i] *= factor;
}

/* predicted += factor * tangent, on the same mesh. */
static void move_along(grl_bvp_solution *u, double factor, const grl_bvp_solution *tangent)
{
    size_t n = u->n;
    for (size_t i = 0; i < (u->intervals + 1) * n; i++) u->x[i] += factor * tangent->x[i];
    for (size_t i = 0; i < u->intervals * M * n; i++) u->stage[i] += factor * tangent->stage[i];
    for (size_t i = 0; i < u->parameters; i++) u->q[i] += factor * tangent->q[i];
}

void grl_track_range(const grl_bvp_solution *u, double *low, double *high)
{
    size_t n = u->n;
    for (size_t k = 0; k < n; k++) {
        low[k] = high[k] = u->x[k];
        for (size_t i = 0; i <= u->intervals; i++) {
            low[k] = fmin(low[k], u->x[i * n + k]);
            high[k] = fmax(high[k], u->x[i * n + k]);
        }
        for (size_t i = 0; i < u->intervals * M; i++) {
            low[k] = fmin(low[k], u->stage[i * n + k]);
            high[k] = fmax(high[k], u->stage[i * n + k]);
        }
    }
}

/* Multipliers, tests and amplitude of a cycle that was just computed. */
static void describe(grl_track *track, grl_track_point *point)
{
    size_t n = track->n;
    double length = sqrt(grl_track_product(track, &point->tangent, &point->tangent));
    scale_by(&point->tangent, 1 / length);
    grl_cycle_floquet(track, point);
    point->test[GRL_TEST_FOLD] = point->tangent.q[1] / track->range;
    point->amplitude = 0;
    for (size_t k = 0; k < n; k++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < point->u.intervals; i++) {
            low = fmin(low, point->u.x[i * n + k]);
            high = fmax(high, point->u.x[i * n + k]);
        }
        point->amplitude = fmax(point->amplitude, high - low);
    }
}

/* Newton's method from `predicted`. In `next` then, if it converges. */
static bool solve(grl_track *track, double *size)
{
    size_t n = track->n;
    const grl_bvp problem = {n, 2, n, 2, track, field, periodic, conditions};
    const grl_bvp_solution *v = &track->predicted;
    *size = INFINITY;
    if (!grl_track_move(track, v->q[1])) return false;
    double least = INFINITY, greatest = 0;
    for (size_t k = 0; k < v->intervals * M; k++) {
        double *f = track->reference + k * n, square = 0;
        grl_cell_field(grl_path_cell(track->path), NULL, v->stage + k * n, f, track->work);
        for (size_t i = 0; i < n; i++) square += f[i] * f[i];
        least = fmin(least, square);
        greatest = fmax(greatest, square);
    }
    double enough = least < at_rest * at_rest * greatest ? rest_tolerance : tolerance;
    grl_bvp_copy(v, &track->next.u);
    grl_bvp_outcome outcome =
        grl_bvp_solve(track->solver, &problem, &track->next.u, enough, NEWTON, &track->next.tangent);
    if (!outcome.converged || !(track->next.u.q[0] > 0)) return false;
    /* What was corrected, in the mean: the jumps of relaxation oscillations move by a lot, but are short. */
    move_along(&track->predicted, -1, &track->next.u);
    *size = sqrt(grl_track_product(track, &track->predicted, &track->predicted));
    describe(track, &track->next);
    return true;
}

/* The tangent points onward: it has a positive product with the former one. */
static void orient(grl_track *track)
{
    if (track->next.tangent.intervals == track->now.tangent.intervals &&
        grl_track_product(track, &track->next.tangent, &track->now.tangent) < 0) {
        scale_by(&track->next.tangent, -1);
        track->next.test[GRL_TEST_FOLD] *= -1;
    }
}

bool grl_track_arc(grl_track *track, double ds, double *size)
{
    track->mode = GRL_TRACK_ARC;
    grl_bvp_copy(&track->now.u, &track->predicted);
    move_along(&track->predicted, ds, &track->now.tangent);
    if (!(track->predicted.q[0] > 0) || !solve(track, size)) return false;
    orient(track);
    return true;
}

bool grl_track_period(grl_track *track, double period, double *size)
{
    double ratio = period / track->now.u.q[0];
    track->mode = GRL_TRACK_PERIOD;
    track->target = period;
    grl_bvp_copy(&track->now.u, &track->predicted);
    if (ratio > 1 + 1e-6) grl_bvp_slow_down(&track->predicted, track->n, ratio, track->room);
    track->predicted.q[0] = period;
    if (!solve(track, size)) return false;
    /* The tangent is that of rising period. */
    if (track->next.tangent.q[0] < 0) {
        scale_by(&track->next.tangent, -1);
        track->next.test[GRL_TEST_FOLD] *= -1;
    }
    return true;
}

bool grl_track_parameter(grl_track *track, double p, double *size)
{
    track->mode = GRL_TRACK_PARAMETER;
    track->target = p;
    grl_bvp_copy(&track->now.u, &track->predicted);
    double step = p - track->now.u.q[1], slope = track->now.tangent.q[1];
    /* Along the tangent, unless that is nearly at right angles to the parameter. */
    if (track->now.tangent.intervals == track->now.u.intervals && fabs(step) < 0.5 * fabs(slope))
        move_along(&track->predicted, step / slope, &track->now.tangent);
    track->predicted.q[1] = p;
    if (!solve(track, size)) return false;
    orient(track);
    return true;
}

size_t grl_track_intervals(grl_track *track)
{
    /* The polynomials are off by about 1e-4 (E / N)^5, which is 1e-6 here; at the mesh, and in the scalars,
       errors are of order 8 instead of 5. */
    double E = grl_bvp_equidistribute(&track->now.u, true, track->now.u.intervals, track->mesh, track->room);
    double wanted = 5 * E;
    return wanted < GRL_TRACK_FEW         ? GRL_TRACK_FEW
           : wanted > GRL_TRACK_INTERVALS ? GRL_TRACK_INTERVALS
                                          : (size_t)wanted;
}

static void onto(grl_track *track, size_t intervals)
{
    grl_bvp_equidistribute(&track->now.u, true, intervals, track->mesh, track->room);
    grl_bvp_remesh(&track->now.u, intervals, track->mesh, &track->spare);
    grl_bvp_copy(&track->spare, &track->now.u);
    if (track->now.tangent.intervals > 0) {
        grl_bvp_remesh(&track->now.tangent, intervals, track->mesh, &track->spare);
        grl_bvp_copy(&track->spare, &track->now.tangent);
    }
}

static void take_next(grl_track *track)
{
    grl_track_point swap = track->now;
    track->now = track->next;
    track->next = swap;
}

void grl_track_turn(grl_track *track)
{
    scale_by(&track->now.tangent, -1);
    track->now.test[GRL_TEST_FOLD] *= -1;
}

void grl_track_accept(grl_track *track)
{
    take_next(track);
    onto(track, grl_track_intervals(track));
}

bool grl_track_refine(grl_track *track, size_t intervals)
{
    double size;
    if (intervals > GRL_TRACK_INTERVALS) intervals = GRL_TRACK_INTERVALS;
    onto(track, intervals);
    if (track->mode == GRL_TRACK_PERIOD ? !grl_track_period(track, track->now.u.q[0], &size)
                                        : !grl_track_arc(track, 0, &size))
        return false;
    take_next(track);
    return true;
}

void grl_track_begin_small(grl_track *track, const double *h, const double *v, double omega, double p,
                           double size)
{
    size_t n = track->n, N = GRL_TRACK_FEW;
    const double turn = 2 * acos(-1.0);
    grl_bvp_solution *u = &track->now.u, *t = &track->now.tangent;
    double c[M], w[M];
    grl_bvp_gauss(c, w);
    u->intervals = t->intervals = N;
    for (size_t i = 0; i <= N; i++) u->mesh[i] = t->mesh[i] = (double)i / (double)N;
    for (size_t i = 0; i <= N; i++)
        for (size_t j = 0; j <= M; j++) {
            if (i == N && j > 0) break;
            double s = u->mesh[i] + (j == 0 ? 0 : c[j - 1] / (double)N), C = cos(turn * s), S = sin(turn * s);
            double *at = j == 0 ? t->x + i * n : t->stage + (i * M + j - 1) * n;
            for (size_t k = 0; k < n; k++) at[k] = v[2 * k] * C - v[2 * k + 1] * S;
        }
    t->q[0] = t->q[1] = 0;
    u->q[0] = turn / omega;
    u->q[1] = p;
    scale_by(t, 1 / sqrt(grl_track_product(track, t, t)));
    for (size_t i = 0; i <= N; i++) memcpy(u->x + i * n, h, n * sizeof *h);
    for (size_t i = 0; i < N * M; i++) memcpy(u->stage + i * n, h, n * sizeof *h);
    move_along(u, size, t);
    track->mode = GRL_TRACK_ARC;
}

/* The state at the fraction s of the way through the points. */
static void along(size_t n, size_t count, const double *points, double s, double *h)
{
    size_t low = 0, high = count - 1, row = n + 1;
    double t = points[0] + s * (points[(count - 1) * row] - points[0]);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (points[middle * row] <= t)
            low = middle;
        else
            high = middle;
    }
    const double *a = points + low * row, *b = points + high * row;
    double part = b[0] > a[0] ? (t - a[0]) / (b[0] - a[0]) : 0;
    for (size_t k = 0; k < n; k++) h[k] = a[1 + k] + part * (b[1 + k] - a[1 + k]);
}

bool grl_track_begin_points(grl_track *track, size_t count, const double *points, double p)
{
    size_t n = track->n, N = 100, row = n + 1;
    grl_bvp_solution *u = &track->now.u;
    double c[M], w[M], length = 0, size;
    grl_bvp_gauss(c, w);
    if (count < 3) return false;
    /* A mesh even in what the orbit does: half by arc length, half by time. */
    for (size_t i = 1; i < count; i++) {
        double square = 0;
        for (size_t k = 1; k < row; k++)
            square += (points[i * row + k] - points[(i - 1) * row + k]) *
                      (points[i * row + k] - points[(i - 1) * row + k]);
        length += sqrt(square);
    }
    double T = points[(count - 1) * row] - points[0], done = 0, s = 0;
    size_t k = 0;
    u->mesh[0] = 0;
    for (size_t i = 1; i < count && k < N - 1; i++) {
        double square = 0, time = (points[i * row] - points[(i - 1) * row]) / T;
        for (size_t l = 1; l < row; l++)
            square += (points[i * row + l] - points[(i - 1) * row + l]) *
                      (points[i * row + l] - points[(i - 1) * row + l]);
        double share = 0.5 * (sqrt(square) / length + time);
        for (; k < N - 1 && share > 0 && done + share >= (double)(k + 1) / (double)N; k++)
            u->mesh[k + 1] = s + time * ((double)(k + 1) / (double)N - done) / share;
        done += share;
        s += time;
    }
    for (size_t i = k + 1; i <= N; i++)
        u->mesh[i] = u->mesh[k] + (1 - u->mesh[k]) * (double)(i - k) / (double)(N - k);
    u->intervals = N;
    for (size_t i = 0; i <= N; i++) {
        along(n, count, points, u->mesh[i], u->x + i * n);
        for (size_t j = 0; i < N && j < M; j++)
            along(n, count, points, u->mesh[i] + c[j] * (u->mesh[i + 1] - u->mesh[i]),
                  u->stage + (i * M + j) * n);
    }
    u->q[0] = T;
    u->q[1] = p;
    track->now.tangent.intervals = 0;
    if (!grl_track_parameter(track, p, &size)) return false;
    grl_track_accept(track);
    return true;
}
