/* cycle_switch.c: from a period doubling or a branch point of cycles to the branch that leaves there.
 *
 * With the monodromy matrix M, the product of the transitions of the mesh intervals, and f at the cycle's first
 * point, the vector begins with
 *
 *     period doubling     (M + 1) v = 0
 *     branch point        (M - 1) v + c f = 0,  f'v = 0
 *
 * by inverse iteration, since these matrices are singular. It goes on by the transitions from mesh point to mesh point,
 * and between by Hermite's cubic; at a branch point - c s f(s) is added, which makes it periodic (S = -c). The
 * branch leaves in this direction with a change of the parameter of second order (Kuznetsov 2004, section 10.2), so
 * that a Newton iteration at a fixed small distance finds its first cycle.
 *
 * What makes it fail: multipliers so large that M is nothing but these. */
#include "bifurcation/cycle_switch.h"

#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = GRL_BVP_POINTS };

/* The start of the vector (n) and c. room: (n + 1)^2 + 2 n^2 + (n + 1). */
static bool start_of(grl_track *track, int sign, const double *f, double *v, double *c, double *room,
                     int *pivots)
{
    size_t n = track->n, N = track->now.u.intervals, size = sign < 0 ? n : n + 1;
    double *A = room, *product = A + (n + 1) * (n + 1), *next = product + n * n, *x = next + n * n;
    memset(product, 0, n * n * sizeof *product);
    for (size_t i = 0; i < n; i++) product[i * n + i] = 1;
    for (size_t i = 0; i < N; i++) {
        grl_dense_product(n, 1, grl_bvp_transition(track->solver, i), product, 0, next);
        memcpy(product, next, n * n * sizeof *product);
    }
    for (size_t i = 0; i < size; i++) x[i] = 1 + 0.3 * (double)i; /* any start that is not special */
    for (int step = 0; step < 3; step++) {
        memset(A, 0, size * size * sizeof *A);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) A[j * size + i] = product[i * n + j] - (i == j ? sign : 0);
            if (sign > 0) A[n * size + i] = A[i * size + n] = f[i];
        }
        if (!grl_dense_solve_columns(size, A, pivots, 1, x)) return false;
        double square = 0;
        for (size_t i = 0; i < n; i++) square += x[i] * x[i];
        if (!(square > 0) || !isfinite(square)) return false;
        for (size_t i = 0; i < size; i++) x[i] /= sqrt(square);
    }
    memcpy(v, x, n * sizeof *v);
    *c = sign < 0 ? 0 : x[n];
    return true;
}

/* T J v at a state. */
static void slope(grl_track *track, const double *u, const double *v, double *f, double *J, double *out)
{
    size_t n = track->n;
    grl_cell_linearize(grl_path_cell(track->path), NULL, u, f, J, track->work);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++) sum += J[i * n + j] * v[j];
        out[i] = track->now.u.q[0] * sum;
    }
}

bool grl_cycle_vector(grl_track *track, int sign, grl_bvp_solution *v)
{
    size_t n = track->n, N = track->now.u.intervals;
    const grl_bvp_solution *u = &track->now.u;
    double gauss[M], weight[M], c, length;
    double *block = grl_calloc((n + 1) * (n + 1) + 3 * n * n + 6 * n + 1, sizeof *block);
    int *pivots = grl_calloc(n + 1, sizeof *pivots);
    bool good = block && pivots && grl_track_move(track, u->q[1]);
    if (!good) goto done;
    double *f = block, *left = f + n, *right = left + n, *J = right + n, *room = J + n * n;
    grl_cell_linearize(grl_path_cell(track->path), NULL, u->x, f, J, track->work);
    good = start_of(track, sign, f, v->x, &c, room, pivots);
    if (!good) goto done;
    grl_bvp_gauss(gauss, weight);
    v->intervals = N;
    memcpy(v->mesh, u->mesh, (N + 1) * sizeof *u->mesh);
    for (size_t i = 0; i < N; i++) {
        const double *A = grl_bvp_transition(track->solver, i);
        double *from = v->x + i * n, *to = from + n, width = u->mesh[i + 1] - u->mesh[i];
        for (size_t a = 0; a < n; a++) {
            to[a] = 0;
            for (size_t b = 0; b < n; b++) to[a] += A[a * n + b] * from[b];
        }
        slope(track, u->x + i * n, from, f, J, left);
        slope(track, u->x + (i + 1) * n, to, f, J, right);
        for (size_t j = 0; j < M; j++) {
            double s = gauss[j], r = 1 - s;
            for (size_t a = 0; a < n; a++)
                v->stage[(i * M + j) * n + a] = r * r * (1 + 2 * s) * from[a] + s * s * (1 + 2 * r) * to[a] +
                                                width * s * r * (r * left[a] - s * right[a]);
        }
    }
    for (size_t i = 0; i <= N && c != 0; i++)
        for (size_t j = 0; j <= M; j++) {
            if (i == N && j > 0) break;
            size_t at = j == 0 ? i * n : (i * M + j - 1) * n;
            double s = u->mesh[i] + (j == 0 ? 0 : gauss[j - 1] * (u->mesh[i + 1] - u->mesh[i]));
            grl_cell_field(grl_path_cell(track->path), NULL, (j == 0 ? u->x : u->stage) + at, f, track->work);
            for (size_t a = 0; a < n; a++) (j == 0 ? v->x : v->stage)[at + a] += c * s * f[a];
        }
    v->q[0] = c;
    v->q[1] = 0;
    length = sqrt(grl_track_product(track, v, v));
    for (size_t i = 0; i < (N + 1) * n; i++) v->x[i] /= length;
    for (size_t i = 0; i < N * M * n; i++) v->stage[i] /= length;
    v->q[0] /= length;
    good = isfinite(length) && length > 0;
done:
    free(block);
    free(pivots);
    return good;
}

/* u over two periods; the second half of the values times `sign`. */
static void twice(const grl_bvp_solution *u, double sign, grl_bvp_solution *to)
{
    size_t n = u->n, N = u->intervals;
    to->intervals = 2 * N;
    for (size_t half = 0; half < 2; half++) {
        double factor = half == 0 ? 1 : sign;
        for (size_t i = 0; i <= N; i++) {
            size_t at = half * N + i;
            if (half == 0 && i == N) break;
            to->mesh[at] = 0.5 * ((double)half + u->mesh[i]);
            for (size_t k = 0; k < n; k++) to->x[at * n + k] = factor * u->x[i * n + k];
        }
        for (size_t i = 0; i < N * M * n; i++) to->stage[half * N * M * n + i] = factor * u->stage[i];
    }
    memcpy(to->q, u->q, 2 * sizeof *u->q);
}

bool grl_cycle_switch(grl_track *track, int sign, double size)
{
    grl_bvp_solution *u = &track->now.u, *tangent = &track->now.tangent, *v = &track->spare;
    size_t most = GRL_TRACK_INTERVALS / 2;
    double ignored;
    if (u->intervals > most && !grl_track_refine(track, most)) return false;
    /* The transitions on this mesh. */
    if (!grl_track_arc(track, 0, &ignored) || !grl_cycle_vector(track, sign, v)) return false;
    if (sign < 0) {
        twice(u, 1, &track->predicted);
        grl_bvp_copy(&track->predicted, u);
        twice(v, -1, tangent);
        u->q[0] *= 2;
        tangent->q[0] *= 2;
    } else
        grl_bvp_copy(v, tangent);
    for (size_t i = 0; i < (u->intervals + 1) * u->n; i++) u->x[i] += size * tangent->x[i];
    for (size_t i = 0; i < u->intervals * M * u->n; i++) u->stage[i] += size * tangent->stage[i];
    u->q[0] += size * tangent->q[0];
    if (!grl_track_arc(track, 0, &ignored)) return false;
    grl_track_accept(track);
    return true;
}
