/* cycle_end.c: the end of a branch of cycles whose period grows beyond all bounds.
 *
 * A long cycle is slow in a few places. Newton's method from the slowest point of each tells:
 *
 *     a saddle there       the cycle comes to pass through it: a homoclinic orbit if there is one such place,
 *                          a ring of heteroclinic ones if there are several. T ~ -log |p - p0| / lambda.
 *                          The homoclinic orbit is then solved for, and gives p0.
 *     no fixed point       they meet there at p0, where the fold is: a saddle-node on an invariant circle, one
 *                          or, by symmetry, several at once. T ~ c / sqrt |p - p0| is checked.
 *
 * Nothing is named that does not pass these checks. */
#include "bifurcation/cycle_end.h"

#include "cell/cell.h"
#include "num/dense.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { PLACES = 16, MOST_UNITS = 60, NEWTON = 30 };

static double norm_of(size_t n, const double *a)
{
    double square = 0;
    for (size_t i = 0; i < n; i++) square += a[i] * a[i];
    return sqrt(square);
}

static double distance_of(size_t n, const double *a, const double *b)
{
    double square = 0;
    for (size_t i = 0; i < n; i++) square += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(square);
}

/* Newton's method for a fixed point at the present parameters. */
static bool fixed_point(grl_track *track, double *h)
{
    size_t n = track->n;
    double f[MOST_UNITS], J[MOST_UNITS * MOST_UNITS], A[MOST_UNITS * MOST_UNITS];
    int pivots[MOST_UNITS];
    for (int step = 0; step < NEWTON; step++) {
        grl_cell_linearize(grl_path_cell(track->path), NULL, h, f, J, track->work);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) A[j * n + i] = J[i * n + j];
        if (!grl_dense_solve_columns(n, A, pivots, 1, f)) return false;
        double size = norm_of(n, f);
        for (size_t i = 0; i < n; i++) h[i] -= f[i];
        if (!(size < 0.5)) return false;
        if (size < 1e-14) return true;
    }
    grl_cell_field(grl_path_cell(track->path), NULL, h, f, track->work);
    return norm_of(n, f) < 1e-13;
}

bool grl_cycle_end_fold(grl_track *track, double *h, double *v, double *p)
{
    enum { MOST = 2 * MOST_UNITS + 1 };
    size_t n = track->n, size = 2 * n + 1;
    double A[41 * 41], right[41], f[MOST_UNITS], J[20 * 20], column[MOST_UNITS], unit[MOST_UNITS];
    int pivots[MOST];
    if (size > 41) return false;
    for (int step = 0; step < NEWTON; step++) {
        if (!grl_track_move(track, *p)) return false;
        const grl_cell *cell = grl_path_cell(track->path);
        const grl_cell *tangent = grl_path_tangent(track->path, track->vary, NULL),
                       *pair[2] = {NULL, tangent};
        if (!tangent) return false;
        const double *both[2] = {v, unit}, *alone[2] = {v, NULL};
        memset(A, 0, size * size * sizeof *A);
        grl_cell_linearize(cell, NULL, h, f, J, track->work);
        double square = -1;
        for (size_t i = 0; i < n; i++) {
            right[i] = -f[i];
            right[n + i] = 0;
            for (size_t j = 0; j < n; j++) {
                A[j * size + i] = A[(n + j) * size + n + i] = J[i * n + j];
                right[n + i] -= J[i * n + j] * v[j];
            }
            A[(n + i) * size + 2 * n] = 2 * v[i];
            square += v[i] * v[i];
        }
        right[2 * n] = -square;
        for (size_t j = 0; j < n; j++) {
            memset(unit, 0, n * sizeof *unit);
            unit[j] = 1;
            grl_cell_derivative(cell, NULL, h, 2, both, NULL, column, track->work);
            for (size_t i = 0; i < n; i++) A[j * size + n + i] = column[i];
        }
        grl_cell_derivative(cell, NULL, h, 1, NULL, &tangent, column, track->work);
        for (size_t i = 0; i < n; i++) A[2 * n * size + i] = column[i];
        grl_cell_derivative(cell, NULL, h, 2, alone, pair, column, track->work);
        for (size_t i = 0; i < n; i++) A[2 * n * size + n + i] = column[i];
        if (!grl_dense_solve_columns(size, A, pivots, 1, right)) return false;
        double change = norm_of(size, right);
        for (size_t i = 0; i < n; i++) {
            h[i] += right[i];
            v[i] += right[n + i];
        }
        *p += right[2 * n];
        if (!(change < 1)) return false;
        if (change < 1e-13) return true;
    }
    return false;
}

typedef struct place {
    double h[MOST_UNITS], v[MOST_UNITS]; /* the slowest point, the direction of the flow there */
} place;

/* The slow places of a cycle; 0 if there are none, or too many. Slow parts of relaxation oscillations are none: one
 * place is slower by far, or all are extremely slow. */
static int slow_places(grl_track *track, place *places)
{
    size_t n = track->n, N = track->now.u.intervals, start = 0;
    double *speed = track->room, f[MOST_UNITS], least = INFINITY, greatest = 0;
    const double *x = track->now.u.x;
    int count = 0;
    for (size_t i = 0; i < N; i++) {
        grl_cell_field(grl_path_cell(track->path), NULL, x + i * n, f, track->work);
        speed[i] = norm_of(n, f);
        least = fmin(least, speed[i]);
        if (speed[i] > greatest) {
            greatest = speed[i];
            start = i;
        }
    }
    double border = sqrt(fmax(least, 1e-8 * greatest) * greatest);
    if (!(least < 0.02 * greatest)) return 0;
    size_t slowest = SIZE_MAX;
    double time = 0;
    for (size_t step = 1; step <= N; step++) {
        size_t i = (start + step) % N;
        if (speed[i] < border) {
            if (slowest == SIZE_MAX || speed[i] < speed[slowest]) slowest = i;
            time += track->now.u.mesh[i + 1] - track->now.u.mesh[i];
            continue;
        }
        if (slowest != SIZE_MAX && time > 0.02 && speed[slowest] < fmax(10 * least, 1e-6 * greatest)) {
            if (count == PLACES) return 0;
            place *to = &places[count++];
            memcpy(to->h, x + slowest * n, n * sizeof *x);
            grl_cell_field(grl_path_cell(track->path), NULL, to->h, to->v, track->work);
            double length = norm_of(n, to->v);
            for (size_t k = 0; k < n; k++) to->v[k] /= length;
        }
        slowest = SIZE_MAX;
        time = 0;
    }
    return count;
}

/* Whether T^2 (p - p0) is the same for the last two cycles, to a third. */
static bool root_law(const double periods[3], const double parameters[3], double p0)
{
    double a = periods[0] * periods[0] * (parameters[0] - p0),
           b = periods[1] * periods[1] * (parameters[1] - p0);
    return a / b > 2.0 / 3 && a / b < 1.5;
}

static void name_folds(grl_track *track, const double periods[3], const double parameters[3], place *places,
                       int count, grl_cycle_end *end)
{
    size_t n = track->n;
    double first = NAN, worst = 0;
    for (int k = 0; k < count; k++) {
        double p = parameters[0], before[MOST_UNITS];
        memcpy(before, places[k].h, n * sizeof *before);
        if (!grl_cycle_end_fold(track, places[k].h, places[k].v, &p)) return;
        if (!(distance_of(n, before, places[k].h) < 0.2)) return;
        if (k == 0) first = p;
        worst = fmax(worst, fabs(p - first));
    }
    if (!(worst < 1e-9 * (1 + fabs(first))) || !root_law(periods, parameters, first)) return;
    end->type = GRL_SNIC;
    end->p = first;
    end->error = worst + 1e-15 * (1 + fabs(first));
    end->places = count;
    memcpy(end->h, places[0].h, n * sizeof *end->h);
}

void grl_cycle_end_name(grl_track *track, const double periods[3], const double parameters[3], grl_loop *loop,
                        grl_cycle_end *end)
{
    size_t n = track->n;
    place places[PLACES];
    double points[PLACES][MOST_UNITS];
    *end = (grl_cycle_end){.type = GRL_SPECIAL_TYPES};
    if (n > MOST_UNITS || !grl_track_move(track, parameters[0])) return;
    int count = slow_places(track, places), saddles = 0;
    if (count == 0) return;
    for (int k = 0; k < count; k++) {
        memcpy(points[k], places[k].h, n * sizeof(double));
        saddles += fixed_point(track, points[k]) &&
                   distance_of(n, points[k], places[k].h) < 0.1 * fmin(1, track->now.amplitude);
    }
    if (saddles == 0) {
        name_folds(track, periods, parameters, places, count, end);
        return;
    }
    if (saddles < count) return;
    end->p = parameters[0];
    end->error = fabs(parameters[0] - parameters[1]);
    memcpy(end->h, points[0], n * sizeof *end->h);
    end->places = 1;
    for (int k = 1; k < count; k++) {
        bool old = false;
        for (int l = 0; l < k; l++) old = old || distance_of(n, points[k], points[l]) < 1e-8;
        end->places += !old;
    }
    if (end->places > 1) {
        end->type = GRL_HETEROCLINIC;
        return;
    }
    double p[GRL_PATH_PARAMETERS];
    memcpy(p, track->fixed, grl_path_count(track->path) * sizeof *p);
    p[track->vary] = parameters[0];
    if (!grl_loop_from_cycle(loop, &track->now.u, points[0], p, track->vary)) return;
    double solved = loop->arc.now.q[track->vary];
    /* Of a cycle that passes its saddle several times one of the loops is solved for: by symmetry they are there
       together, or else this is another orbit. */
    if (!(fabs(solved - parameters[0]) < (count > 1 ? 1e-5 : 1e-3) * track->range)) return;
    end->type = GRL_HOMOCLINIC;
    end->loops = count;
    end->error = fmin(end->error, fabs(solved - parameters[0])) + 1e-11;
    end->p = solved;
    end->sigma = loop->sigma;
    memcpy(end->h, loop->arc.now.q + loop->parameters, n * sizeof *end->h);
}
