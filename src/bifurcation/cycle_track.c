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
 * Multipliers: of two units 1 and exp(int div f dt) (Liouville), to a relative 1e-9 even where they are
 * 1e-100; of more units from the transitions of the collocation intervals (num/floquet.c).
 *
 * What makes it fail: cycles that need more intervals than there are (very different time scales). */
#include "bifurcation/cycle_track.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/floquet.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = GRL_BVP_POINTS, NEWTON = 8 };

/* Weight of the relative change of the period in the norm, beside the mean square change of the cycle. */
static const double period_weight = 0.05;

/* Newton's corrections end below this. Test functions are evaluated at the last but one iterate. */
static const double tolerance = 1e-11;

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
    size_t floquet = n > 2 ? grl_floquet_work(n, most) : 0;
    size_t sizes[] = {most * M * n,                           /* reference */
                      most + 1,                               /* mesh */
                      most,                                   /* room */
                      grl_cell_derivative_work(cell) + 5 * n, /* work */
                      2 * n + n * n + floquet};               /* field */
    double **at[] = {&track->reference, &track->mesh, &track->room, &track->work, &track->field};
    size_t total = 0;
    for (int k = 0; k < 5; k++) total += sizes[k];
    double *block = grl_calloc(total, sizeof *block);
    if (!block) return grl_fail_memory(error, total, sizeof *block);
    for (int k = 0; k < 5; k++) {
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

/* The integral of the divergence over a period. */
static double divergence(grl_track *track, const grl_bvp_solution *u)
{
    size_t n = track->n;
    double c[M], weight[M], sum = 0, *f = track->field, *J = f + n;
    grl_bvp_gauss(c, weight);
    if (!grl_track_move(track, u->q[1])) return NAN;
    for (size_t i = 0; i < u->intervals; i++)
        for (size_t j = 0; j < M; j++) {
            double trace = 0;
            grl_cell_linearize(grl_path_cell(track->path), NULL, u->stage + (i * M + j) * n, f, J,
                               track->work);
            for (size_t k = 0; k < n; k++) trace += J[k * n + k];
            sum += (u->mesh[i + 1] - u->mesh[i]) * weight[j] * trace;
        }
    return sum * u->q[0];
}

/* (mu - at) / (1 + |mu|) over the multipliers but the first; complex ones come in pairs. */
static double product_about(size_t n, const double *mu, double at)
{
    double product = 1;
    for (size_t k = 1; k < n; k++) {
        double size = 1 + hypot(mu[2 * k], mu[2 * k + 1]);
        if (mu[2 * k + 1] == 0)
            product *= (mu[2 * k] - at) / size;
        else if (mu[2 * k + 1] > 0)
            product *= ((mu[2 * k] - at) * (mu[2 * k] - at) + mu[2 * k + 1] * mu[2 * k + 1]) / (size * size);
    }
    return product;
}

static double product_of_pairs(size_t n, const double *mu)
{
    double product = 1;
    for (size_t i = 1; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            double a = mu[2 * i], b = mu[2 * i + 1], c = mu[2 * j], d = mu[2 * j + 1];
            double re = a * c - b * d, im = a * d + b * c;
            if (fabs(im) <= 1e-14 * fabs(re)) product *= (re - 1) / (1 + fabs(re));
            /* Products that are not real come in conjugate pairs, whose modulus does not vanish. */
        }
    return product;
}

/* Multipliers, tests and amplitude of a cycle that was just computed. */
static void describe(grl_track *track, grl_track_point *point)
{
    size_t n = track->n;
    double *mu = point->multipliers, length;
    memset(mu, 0, 2 * n * sizeof *mu);
    length = sqrt(grl_track_product(track, &point->tangent, &point->tangent));
    scale_by(&point->tangent, 1 / length);
    if (n == 2) {
        double exponent = divergence(track, &point->u);
        mu[0] = 1;
        mu[2] = exp(exponent);
        point->test[GRL_TEST_ONE] = expm1(exponent) / (1 + mu[2]);
        point->test[GRL_TEST_DOUBLE] = point->test[GRL_TEST_TORUS] = 1;
    } else {
        size_t one = 0;
        if (!grl_floquet(n, point->u.intervals, grl_bvp_transition(track->solver, 0), mu,
                         track->field + 2 * n + n * n))
            for (size_t k = 0; k < 2 * n; k++) mu[k] = NAN;
        for (size_t k = 1; k < n; k++)
            if (hypot(mu[2 * k] - 1, mu[2 * k + 1]) < hypot(mu[2 * one] - 1, mu[2 * one + 1])) one = k;
        /* The one that is always there comes first. Of a pair that should be real, at a fold, the imaginary
           parts are rounding. */
        if (mu[2 * one + 1] != 0) {
            size_t other = mu[2 * one + 1] > 0 ? one + 1 : one - 1;
            if (other < n) mu[2 * other + 1] = 0;
        }
        for (; one > 0; one--) memcpy(mu + 2 * one, mu + 2 * one - 2, 2 * sizeof *mu);
        mu[0] = 1;
        mu[1] = 0;
        point->test[GRL_TEST_ONE] = product_about(n, mu, 1);
        point->test[GRL_TEST_DOUBLE] = product_about(n, mu, -1);
        point->test[GRL_TEST_TORUS] = product_of_pairs(n, mu);
    }
    point->test[GRL_TEST_FOLD] = point->tangent.q[1] / track->range;
    point->unstable = 0;
    for (size_t k = 1; k < n; k++) point->unstable += hypot(mu[2 * k], mu[2 * k + 1]) > 1;
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
    double *J = track->field + n;
    const grl_bvp_solution *v = &track->predicted;
    *size = INFINITY;
    if (!grl_track_move(track, v->q[1])) return false;
    for (size_t k = 0; k < v->intervals * M; k++)
        grl_cell_linearize(grl_path_cell(track->path), NULL, v->stage + k * n, track->reference + k * n, J,
                           track->work);
    grl_bvp_copy(v, &track->next.u);
    grl_bvp_outcome outcome =
        grl_bvp_solve(track->solver, &problem, &track->next.u, tolerance, NEWTON, &track->next.tangent);
    *size = outcome.first;
    if (!outcome.converged || !(track->next.u.q[0] > 0)) return false;
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

/* New widths of the mesh of `predicted`, so that the whole takes `ratio` times as long. */
static void slow_down(grl_track *track, double ratio)
{
    grl_bvp_solution *v = &track->predicted;
    size_t n = v->n, N = v->intervals;
    double *speed = track->room, slowest = INFINITY;
    for (size_t i = 0; i < N; i++) {
        const double *from = v->x + i * n;
        double length = 0;
        for (size_t j = 0; j <= M; j++) {
            const double *to = j < M ? v->stage + (i * M + j) * n : v->x + (i + 1) * n;
            double square = 0;
            for (size_t k = 0; k < n; k++) square += (to[k] - from[k]) * (to[k] - from[k]);
            length += sqrt(square);
            from = to;
        }
        speed[i] = fmax(length, 1e-300) / (v->mesh[i + 1] - v->mesh[i]);
        slowest = fmin(slowest, speed[i]);
    }
    double low = 0, high = slowest, d = 0;
    for (int step = 0; step < 100; step++) {
        double total = 0;
        d = 0.5 * (low + high);
        for (size_t i = 0; i < N; i++) total += (v->mesh[i + 1] - v->mesh[i]) * speed[i] / (speed[i] - d);
        if (!(total < ratio))
            high = d;
        else
            low = d;
    }
    double total = 0, before = v->mesh[0];
    for (size_t i = 0; i < N; i++) {
        double width = v->mesh[i + 1] - before;
        before = v->mesh[i + 1];
        total += width * speed[i] / (speed[i] - low);
        v->mesh[i + 1] = total;
    }
    for (size_t i = 1; i < N; i++) v->mesh[i] /= total;
    v->mesh[N] = 1;
}

bool grl_track_period(grl_track *track, double period, double *size)
{
    double ratio = period / track->now.u.q[0];
    track->mode = GRL_TRACK_PERIOD;
    track->target = period;
    grl_bvp_copy(&track->now.u, &track->predicted);
    if (ratio > 1 + 1e-6) slow_down(track, ratio);
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
