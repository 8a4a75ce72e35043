/* collocation_mesh.c: piecewise polynomials of collocation: their values, their meshes.
 *
 * In an interval the polynomial of degree 4 is that through the value at its beginning and the values at the
 * four Gauss points; at the end of the interval it has the next value at the mesh, to rounding, where the
 * collocation equations hold.
 *
 * A mesh is good where every interval has the same share of the integral of |u^(5)|^(1/5) (de Boor 1973;
 * Russell and Christiansen 1978): then the largest error of the polynomials is smallest. The fifth derivative
 * comes from the differences of the fourth, which is constant in each interval. */
#include "num/collocation.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = GRL_BVP_POINTS };

/* A share of the mesh that goes to where the solution hardly moves, so that no interval becomes very long. */
static const double flat_share = 0.1;

/* Speeds below this part of the greatest are rest, and all the same: of several places of rest each gets its share of
 * the time, as near a ring of saddles, where times go with 1 / lambda. */
static const double at_rest = 1e-4;

grl_status grl_bvp_solution_create(size_t n, size_t parameters, size_t capacity, grl_bvp_solution *u,
                                   grl_error *error)
{
    size_t total = capacity + 1 + (capacity + 1) * n + capacity * M * n + parameters;
    double *block = grl_calloc(total, sizeof *block);
    *u = (grl_bvp_solution){n, parameters, capacity, 0, block, NULL, NULL, NULL};
    if (!block) return grl_fail_memory(error, total, sizeof *block);
    u->x = u->mesh + capacity + 1;
    u->stage = u->x + (capacity + 1) * n;
    u->q = u->stage + capacity * M * n;
    return GRL_OK;
}

void grl_bvp_solution_free(grl_bvp_solution *u)
{
    free(u->mesh);
    *u = (grl_bvp_solution){0};
}

void grl_bvp_copy(const grl_bvp_solution *from, grl_bvp_solution *to)
{
    size_t N = from->intervals, n = from->n;
    to->intervals = N;
    memcpy(to->mesh, from->mesh, (N + 1) * sizeof *to->mesh);
    memcpy(to->x, from->x, (N + 1) * n * sizeof *to->x);
    memcpy(to->stage, from->stage, N * M * n * sizeof *to->stage);
    memcpy(to->q, from->q, from->parameters * sizeof *to->q);
}

/* Weights of the values at 0 and at the Gauss points for the value at s in [0,1]. */
static void lagrange(double s, double weight[M + 1])
{
    double node[M + 1], w[M];
    node[0] = 0;
    grl_bvp_gauss(node + 1, w);
    for (int j = 0; j <= M; j++) {
        weight[j] = 1;
        for (int k = 0; k <= M; k++)
            if (k != j) weight[j] *= (s - node[k]) / (node[j] - node[k]);
    }
}

/* Polynomial of interval i at the fraction s of it. */
static void value_in(const grl_bvp_solution *u, size_t i, const double weight[M + 1], double *value)
{
    size_t n = u->n;
    const double *x = u->x + i * n, *stage = u->stage + i * M * n;
    for (size_t a = 0; a < n; a++) {
        value[a] = weight[0] * x[a];
        for (size_t j = 0; j < M; j++) value[a] += weight[j + 1] * stage[j * n + a];
    }
}

/* The interval that holds s, by halving. */
static size_t interval_of(const grl_bvp_solution *u, double s)
{
    size_t low = 0, high = u->intervals;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s < u->mesh[middle])
            high = middle;
        else
            low = middle;
    }
    return low;
}

void grl_bvp_at(const grl_bvp_solution *u, double s, double *value)
{
    double weight[M + 1];
    size_t i = interval_of(u, s);
    lagrange((s - u->mesh[i]) / (u->mesh[i + 1] - u->mesh[i]), weight);
    value_in(u, i, weight, value);
}

void grl_bvp_remesh(const grl_bvp_solution *from, size_t intervals, const double *mesh, grl_bvp_solution *to)
{
    size_t n = from->n;
    double c[M], w[M];
    grl_bvp_gauss(c, w);
    to->intervals = intervals;
    memcpy(to->mesh, mesh, (intervals + 1) * sizeof *mesh);
    memcpy(to->q, from->q, from->parameters * sizeof *to->q);
    for (size_t i = 0; i < intervals; i++) {
        double width = mesh[i + 1] - mesh[i];
        grl_bvp_at(from, mesh[i], to->x + i * n);
        for (size_t j = 0; j < M; j++) grl_bvp_at(from, mesh[i] + c[j] * width, to->stage + (i * M + j) * n);
    }
    memcpy(to->x + intervals * n, from->x + from->intervals * n, n * sizeof *to->x);
}

/* The fourth derivative of component a in interval i. */
static double fourth(const grl_bvp_solution *u, size_t i, const double leading[M + 1], size_t a)
{
    double width = u->mesh[i + 1] - u->mesh[i], sum = leading[0] * u->x[i * u->n + a];
    for (size_t j = 0; j < M; j++) sum += leading[j + 1] * u->stage[(i * M + j) * u->n + a];
    double square = width * width;
    return sum / (square * square);
}

/* |u^(5)| at the border between intervals i and k, from the distance of their middles. */
static double fifth(const grl_bvp_solution *u, size_t i, size_t k, const double leading[M + 1])
{
    double distance = 0.5 * (u->mesh[i + 1] - u->mesh[i] + u->mesh[k + 1] - u->mesh[k]), square = 0;
    for (size_t a = 0; a < u->n; a++) {
        double d = (fourth(u, k, leading, a) - fourth(u, i, leading, a)) / distance;
        square += d * d;
    }
    return sqrt(square);
}

double grl_bvp_equidistribute(const grl_bvp_solution *u, bool periodic, size_t intervals, double *mesh,
                              double *room)
{
    size_t N = u->intervals;
    double node[M + 1], w[M], leading[M + 1], total = 0;
    node[0] = 0;
    grl_bvp_gauss(node + 1, w);
    for (int j = 0; j <= M; j++) {
        leading[j] = 24; /* 4! */
        for (int k = 0; k <= M; k++)
            if (k != j) leading[j] /= node[j] - node[k];
    }
    for (size_t i = 0; i < N; i++) {
        bool first = i == 0 && !periodic, last = i + 1 == N && !periodic;
        double left = first || N < 2 ? NAN : fifth(u, (i + N - 1) % N, i, leading);
        double right = last || N < 2 ? NAN : fifth(u, i, (i + 1) % N, leading);
        double both = first ? right : last ? left : 0.5 * (left + right);
        room[i] = isfinite(both) ? pow(both, 0.2) : 0;
        total += room[i] * (u->mesh[i + 1] - u->mesh[i]);
    }
    if (!(total > 0)) total = 1e-300; /* constant: any mesh will do, and an even one comes out */
    double floor = flat_share * total, all = 0;
    for (size_t i = 0; i < N; i++) {
        room[i] += floor;
        all += room[i] * (u->mesh[i + 1] - u->mesh[i]);
    }
    size_t i = 0;
    double done = 0;
    mesh[0] = 0;
    for (size_t k = 1; k < intervals; k++) {
        double target = all * (double)k / (double)intervals;
        for (; i + 1 < N && done + room[i] * (u->mesh[i + 1] - u->mesh[i]) < target; i++)
            done += room[i] * (u->mesh[i + 1] - u->mesh[i]);
        mesh[k] = u->mesh[i] + (target - done) / room[i];
    }
    mesh[intervals] = 1;
    return total;
}

void grl_bvp_slow_down(grl_bvp_solution *u, size_t components, double ratio, double *room)
{
    size_t n = u->n, N = u->intervals;
    double *speed = room, slowest = INFINITY, fastest = 0;
    for (size_t i = 0; i < N; i++) {
        const double *from = u->x + i * n;
        double length = 0;
        for (size_t j = 0; j <= M; j++) {
            const double *to = j < M ? u->stage + (i * M + j) * n : u->x + (i + 1) * n;
            double square = 0;
            for (size_t k = 0; k < components; k++) square += (to[k] - from[k]) * (to[k] - from[k]);
            length += sqrt(square);
            from = to;
        }
        speed[i] = fmax(length, 1e-300) / (u->mesh[i + 1] - u->mesh[i]);
        fastest = fmax(fastest, speed[i]);
    }
    for (size_t i = 0; i < N; i++) {
        speed[i] = fmax(speed[i], at_rest * fastest);
        slowest = fmin(slowest, speed[i]);
    }
    double low = 0, high = slowest;
    for (int step = 0; step < 100; step++) {
        double total = 0, d = 0.5 * (low + high);
        for (size_t i = 0; i < N; i++) total += (u->mesh[i + 1] - u->mesh[i]) * speed[i] / (speed[i] - d);
        if (!(total < ratio))
            high = d;
        else
            low = d;
    }
    double total = 0, before = u->mesh[0];
    for (size_t i = 0; i < N; i++) {
        double width = u->mesh[i + 1] - before;
        before = u->mesh[i + 1];
        total += width * speed[i] / (speed[i] - low);
        u->mesh[i + 1] = total;
    }
    for (size_t i = 1; i < N; i++) u->mesh[i] /= total;
    u->mesh[N] = 1;
}
