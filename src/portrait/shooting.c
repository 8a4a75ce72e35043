/* shooting.c: closed orbits by multiple shooting (Keller 1968; Stoer and Bulirsch 2002, 7.3.5).
 *
 * The orbit is cut in M pieces of equal time with starts y_0 .. y_{M-1}; phi is the flow over T/M, or one step of
 * the map, where M is the period. Newton's method is on all starts and T together:
 *
 *     phi(y_k, T/M) - y_{k+1} = 0   (y_M = y_0),     f(y_0) . dy_0 = 0   (flow only: no shift along the orbit)
 *
 * Errors grow over one piece only, so that long and unstable orbits converge too. The derivative is taken with
 * a rough tolerance and kept while steps shrink by ten or more (a chord method), the gaps with a fine one;
 * the accuracy is that of the gaps. The error is estimated by one more step with gaps a hundred times as
 * rough, which errors of the method of order 8 follow in proportion.
 *
 * What makes it fail: folds of cycles, where the matrix is singular; start values outside the basin of Newton's
 * method; more than MOST_UNKNOWNS unknowns. */
#include "portrait/shooting.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/dense.h"
#include "portrait/course.h"
#include "portrait/orbit_facts.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_UNKNOWNS = 1500, MOST_STEPS = 20, PATIENCE = 4, MOST_PIECES = 60 };

/* Time of a piece of the flow, about; longest change of a coordinate in one step. */
static const double piece_time = 8, longest = 0.2;
/* Gaps below this are converged if they do not shrink any more; below `closed_gap` they are rounding. */
static const double converged = 1e-11, closed_gap = 1e-14;
/* Gaps after PATIENCE steps that show that Newton's method has not found its way. */
static const double far_off = 1e-3;
/* An orbit that moves no unit by more than this is a fixed point. */
static const double smallest_orbit = 1e-6;

static const double fine = 1e-13, rough = 1e-11, derivative = 1e-6;

typedef struct shot {
    grl_system *system;
    size_t n, pieces, unknowns;
    double period;
    double *y, *end, *step, *matrix; /* pieces x n; the same; unknowns; unknowns^2, column-major */
    double *f, *work;
    int *pivots;
    grl_course state, tangents;
} shot;

static size_t pieces_for(const grl_system *s, double period)
{
    if (s->time == GRL_DISCRETE) return (size_t)llround(period);
    double most = fmax(1, floor(fmin(MOST_PIECES, (double)MOST_UNKNOWNS / (double)s->n)));
    return (size_t)fmin(most, fmax(4, ceil(period / piece_time)));
}

double grl_shooting_cost(const grl_system *s, double period)
{
    double n = (double)s->n, size = n * (double)pieces_for(s, period);
    double evaluations = s->time == GRL_DISCRETE ? 2 * period : 100 * period;
    return evaluations * grl_tangent_cost(s->n, s->n) + 2 * size * size * size;
}

static void shot_free(shot *s)
{
    free(s->y);
    free(s->pivots);
    grl_course_free(&s->state);
    grl_course_free(&s->tangents);
}

static grl_status shot_create(grl_system *system, double period, shot *s, grl_error *error)
{
    size_t n = system->n, pieces = pieces_for(system, period), size = pieces * n;
    size_t unknowns = size + (system->time == GRL_CONTINUOUS);
    size_t numbers = 2 * size + unknowns + unknowns * unknowns + n + grl_cell_work(system->cell);
    *s = (shot){.system = system, .n = n, .pieces = pieces, .unknowns = unknowns, .period = period};
    s->y = grl_calloc(numbers, sizeof(double));
    s->pivots = grl_calloc(unknowns, sizeof *s->pivots);
    if (!s->y || !s->pivots) return grl_fail_memory(error, numbers, sizeof(double));
    s->end = s->y + size;
    s->step = s->end + size;
    s->matrix = s->step + unknowns;
    s->f = s->matrix + unknowns * unknowns;
    s->work = s->f + n;
    grl_status status =
        grl_course_create(system, 0, false, &grl_ode_dop853, fine, fine / 10, &s->state, error);
    if (status == GRL_OK)
        status =
            grl_course_create(system, n, false, &grl_ode_dopri5, derivative, derivative, &s->tangents, error);
    return status;
}

static double span(const shot *s)
{
    return s->system->time == GRL_DISCRETE ? 1 : s->period / (double)s->pieces;
}

/* First values: the trajectory from h. */
static bool lay(shot *s, const double *h)
{
    memcpy(s->state.y, h, s->n * sizeof *h);
    for (size_t k = 0; k < s->pieces; k++) {
        memcpy(s->y + k * s->n, s->state.y, s->n * sizeof *h);
        if (k + 1 < s->pieces && !grl_course_run(&s->state, span(s))) return false;
    }
    return true;
}

/* s->end, and the gaps with their signs as the right-hand side in s->step; the largest, or NaN. */
static double gaps(shot *s)
{
    const size_t n = s->n;
    double largest = 0;
    for (size_t k = 0; k < s->pieces; k++) {
        const double *next = s->y + (k + 1) % s->pieces * n;
        memcpy(s->state.y, s->y + k * n, n * sizeof(double));
        if (!grl_course_run(&s->state, span(s))) return NAN;
        memcpy(s->end + k * n, s->state.y, n * sizeof(double));
        for (size_t i = 0; i < n; i++) {
            double gap = s->state.y[i] - next[i];
            s->step[k * n + i] = -gap;
            if (!(fabs(gap) <= largest)) largest = fabs(gap);
        }
    }
    if (s->unknowns > n * s->pieces) s->step[n * s->pieces] = 0;
    return largest;
}

/* The matrix of Newton's method, factored. */
static bool derive(shot *s)
{
    const size_t n = s->n, N = s->unknowns;
    double *A = s->matrix;
    memset(A, 0, N * N * sizeof *A);
    for (size_t k = 0; k < s->pieces; k++) {
        size_t next = (k + 1) % s->pieces;
        memcpy(s->tangents.y, s->y + k * n, n * sizeof *A);
        grl_course_identity(&s->tangents);
        if (!grl_course_run(&s->tangents, span(s))) return false;
        for (size_t j = 0; j < n; j++)
            for (size_t i = 0; i < n; i++) A[(k * n + j) * N + k * n + i] = s->tangents.y[n + j * n + i];
        for (size_t i = 0; i < n; i++) A[(next * n + i) * N + k * n + i] -= 1;
        if (N == n * s->pieces) continue;
        grl_cell_field(s->system->cell, NULL, s->tangents.y, s->f, s->work);
        for (size_t i = 0; i < n; i++) A[(N - 1) * N + k * n + i] = s->f[i] / (double)s->pieces;
    }
    if (N > n * s->pieces) {
        grl_cell_field(s->system->cell, NULL, s->y, s->f, s->work);
        for (size_t i = 0; i < n; i++) A[i * N + N - 1] = s->f[i];
    }
    s->system->operations += 0.7 * (double)N * (double)N * (double)N;
    return grl_dense_factor(N, A, s->pivots);
}

/* The step from the gaps, at most `longest`; its size, relative for the period. */
static double solve(shot *s)
{
    const size_t size = s->n * s->pieces;
    double largest = 0;
    grl_dense_solve(s->unknowns, s->matrix, s->pivots, s->step);
    for (size_t i = 0; i < s->unknowns; i++) {
        double part = fabs(s->step[i]) / (i < size ? 1 : s->period);
        if (!(part <= largest)) largest = part;
    }
    if (largest > longest)
        for (size_t i = 0; i < s->unknowns; i++) s->step[i] *= longest / largest;
    return largest;
}

/* True if it converged; *residual: the largest gap. */
static bool newton(shot *s, double *residual)
{
    const size_t size = s->n * s->pieces;
    const double begin = s->period;
    double before = INFINITY;
    bool fresh = false;
    for (int i = 0; i < MOST_STEPS; i++) {
        double gap = gaps(s);
        *residual = gap;
        if (!isfinite(gap)) return false;
        if (gap <= closed_gap) return fresh || derive(s);
        if (gap < converged && !(gap < 0.5 * before)) return true;
        if (i > PATIENCE && !(gap < far_off)) return false;
        if (s->system->limit > 0 && s->system->operations > s->system->limit) return false;
        if (!fresh || !(gap < 0.1 * before)) {
            if (!derive(s)) return false;
            fresh = true;
        }
        double size_of_step = solve(s);
        if (!isfinite(size_of_step)) return false;
        for (size_t l = 0; l < size; l++) s->y[l] += s->step[l];
        if (s->unknowns > size) s->period += s->step[size];
        if (!(s->period > 0.5 * begin && s->period < 2 * begin)) return false;
        before = gap;
    }
    return *residual < converged;
}

/* How far a rough integration would have moved the solution, scaled to the fine one. */
static double estimate(shot *s)
{
    const size_t size = s->n * s->pieces;
    double moved = 0;
    if (s->system->time == GRL_CONTINUOUS) {
        s->state.settings.rtol = rough;
        s->state.settings.atol = rough / 10;
    }
    if (!isfinite(gaps(s))) return NAN;
    grl_dense_solve(s->unknowns, s->matrix, s->pivots, s->step);
    s->state.settings.rtol = fine;
    s->state.settings.atol = fine / 10;
    for (size_t i = 0; i < s->unknowns; i++)
        if (!(fabs(s->step[i]) <= moved)) moved = fabs(s->step[i]);
    double scale = s->system->time == GRL_DISCRETE ? 1 : fine / rough;
    return scale * moved + 16 * DBL_EPSILON * (size < s->unknowns ? s->period : 1);
}

static double extent(const shot *s)
{
    double largest = 0;
    for (size_t i = 0; i < s->n; i++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t k = 0; k < s->pieces; k++) {
            low = fmin(low, s->y[k * s->n + i]);
            high = fmax(high, s->y[k * s->n + i]);
        }
        largest = fmax(largest, high - low);
    }
    return largest;
}

/* The orbit may go around `m` times: then it is where it was after the m-th part of the period. */
static size_t rounds(shot *s)
{
    static const size_t parts[] = {7, 5, 3, 2};
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        double apart = 0, time = s->period / (double)parts[p];
        if (s->system->time == GRL_DISCRETE) {
            if (s->pieces % parts[p] != 0) continue;
        }
        memcpy(s->state.y, s->y, s->n * sizeof(double));
        if (!grl_course_run(&s->state, time)) continue;
        for (size_t i = 0; i < s->n; i++) apart = fmax(apart, fabs(s->state.y[i] - s->y[i]));
        if (apart < 1e-6 * fmin(1, extent(s))) return parts[p];
    }
    return 1;
}

grl_status grl_shooting_find(grl_system *system, const double *h, double period, grl_closed *closed,
                             int *found, grl_error *error)
{
    shot s = {0};
    grl_status status = GRL_OK;
    *found = 0;
    *closed = (grl_closed){0};
    double *start = grl_calloc(system->n, sizeof *start);
    if (!start) return grl_fail_memory(error, system->n, sizeof *start);
    memcpy(start, h, system->n * sizeof *start);
    grl_dense_serial();
    for (int again = 0; again < 5; again++) {
        if (system->n * pieces_for(system, period) > MOST_UNKNOWNS) break;
        status = shot_create(system, period, &s, error);
        if (status != GRL_OK || !lay(&s, start)) break;
        double residual;
        if (!newton(&s, &residual) || extent(&s) < smallest_orbit) break;
        size_t parts = rounds(&s);
        if (parts == 1) {
            closed->residual = residual;
            closed->error = estimate(&s);
            closed->period = s.period;
            status = grl_closed_describe(system, s.pieces, s.y, closed, error);
            *found = status == GRL_OK;
            break;
        }
        period = s.period / (double)parts;
        if (system->time == GRL_DISCRETE && llround(period) < 2) break;
        memcpy(start, s.y, s.n * sizeof *start);
        shot_free(&s);
        s = (shot){0};
    }
    if (status != GRL_OK) grl_closed_drop(closed);
    shot_free(&s);
    free(start);
    return status;
}
