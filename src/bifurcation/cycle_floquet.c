/* cycle_floquet.c: Floquet multipliers of a cycle.
 *
 * Two units: 1 and exp(int div f dt) (Liouville), to a relative 1e-9 even where it is 1e-100.
 *
 * More units: the transitions over the intervals of the mesh take f to f, which is the multiplier 1. On the
 * directions perpendicular to f they act as P(i+1)' A(i) P(i), P(i) an orthonormal basis of these at mesh point i;
 * the eigenvalues of the product (num/floquet.c) are the other multipliers. So a second multiplier 1, at a fold, is
 * a simple one here.
 *
 * The collocation's own transitions are exact to O(w^8), as the cycle is. But where the cycle rests, an interval
 * may be long in terms of the field's rates, and a Runge-Kutta method's factor R(z) says little of e^z there; that
 * made spurious period doublings beside homoclinic orbits. Over such intervals the variational equation is
 * integrated again, by steps in which |J| times the time is below 1/2, with Magnus' series to order 4 (Hairer, Lubich
 * and Wanner 2006, IV.7):
 *
 *     exp(w/2 (J1 + J2) + sqrt(3)/12 w^2 (J2 J1 - J1 J2)),   J1, J2 at the two Gauss points of the step
 *
 * and the exponential by its Taylor series.
 *
 * What makes it fail: a cycle at a homoclinic orbit to rounding. Its distance from the saddle's stable manifold, about
 * |p - p0| ~ exp(-lambda_u T), grows on the way to a change of direction, and if it is rounding so is that. Multipliers
 * are then those of the cycle before. Beyond 1e300 they are given as that. */
#include "bifurcation/cycle_floquet.h"

#include "cell/cell.h"
#include "num/floquet.h"

#include <math.h>
#include <string.h>

enum { M = GRL_BVP_POINTS, TAYLOR = 12, MOST_STEPS = 400 };

/* A cycle is at a homoclinic orbit if it is this slow somewhere, relative to the greatest speed, and the parameter
 * moves by less than this, relative to its range, where log T moves by 1: errors of p are some 1e-11. */
static const double at_rest = 1e-4, still = 1e-9;

static const double greatest_multiplier = 1e300;

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

/* C = A B. */
static void multiply(size_t n, const double *A, const double *B, double *C)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++) sum += A[i * n + k] * B[k * n + j];
            C[i * n + j] = sum;
        }
}

static void jacobian_at(grl_track *track, const grl_bvp_solution *u, double s, double *J)
{
    double *h = track->field;
    grl_bvp_at(u, s, h);
    grl_cell_jacobian(grl_path_cell(track->path), NULL, h, J, track->work);
}

/* The transition over the mesh interval i in `steps` steps; room: 5 n n. */
static void transition(grl_track *track, const grl_bvp_solution *u, size_t i, size_t steps, double *A,
                       double *room)
{
    size_t n = track->n, all = n * n;
    double *J1 = room, *J2 = J1 + all, *X = J2 + all, *term = X + all, *other = term + all;
    double width = (u->mesh[i + 1] - u->mesh[i]) / (double)steps, w = width * u->q[0], offset = sqrt(3.0) / 6;
    memset(A, 0, all * sizeof *A);
    for (size_t k = 0; k < n; k++) A[k * n + k] = 1;
    for (size_t step = 0; step < steps; step++) {
        double middle = u->mesh[i] + ((double)step + 0.5) * width;
        jacobian_at(track, u, middle - offset * width, J1);
        jacobian_at(track, u, middle + offset * width, J2);
        multiply(n, J2, J1, X);
        multiply(n, J1, J2, term);
        for (size_t k = 0; k < all; k++)
            X[k] = 0.5 * w * (J1[k] + J2[k]) + sqrt(3.0) / 12 * w * w * (X[k] - term[k]);
        memcpy(term, A, all * sizeof *A);
        for (int order = 1; order <= TAYLOR; order++) {
            multiply(n, X, term, other);
            for (size_t k = 0; k < all; k++) {
                term[k] = other[k] / order;
                A[k] += term[k];
            }
        }
    }
}

/* The greatest absolute row sum of J at the Gauss points of interval i. */
static double rate(grl_track *track, const grl_bvp_solution *u, size_t i, double *J)
{
    size_t n = track->n;
    double most = 0;
    for (size_t j = 0; j < M; j++) {
        grl_cell_jacobian(grl_path_cell(track->path), NULL, u->stage + (i * M + j) * n, J, track->work);
        for (size_t a = 0; a < n; a++) {
            double sum = 0;
            for (size_t b = 0; b < n; b++) sum += fabs(J[a * n + b]);
            most = fmax(most, sum);
        }
    }
    return most;
}

size_t grl_cycle_floquet_work(size_t n, size_t intervals)
{
    return n > 2 ? (intervals + 1) * n + intervals * n * n + 6 * n * n + grl_floquet_work(n - 1, intervals)
                 : 0;
}

/* x := (1 - 2 v v' / v'v) x, the reflection that takes f to the first axis; v = f + sign(f_0) |f| e_0. */
static void reflect(size_t n, const double *v, double *x, size_t stride)
{
    double dot = 0, square = 0;
    for (size_t k = 0; k < n; k++) {
        dot += v[k] * x[k * stride];
        square += v[k] * v[k];
    }
    for (size_t k = 0; k < n; k++) x[k * stride] -= 2 * dot / square * v[k];
}

/* Vectors of the reflections at the mesh points ((N + 1) x n); returns the least speed, relative to the greatest. */
static double directions(grl_track *track, const grl_bvp_solution *u, double *v)
{
    size_t n = track->n, N = u->intervals;
    double least = INFINITY, greatest = 0;
    for (size_t i = 0; i <= N; i++) {
        double *f = v + i * n, square = 0;
        grl_cell_field(grl_path_cell(track->path), NULL, u->x + (i < N ? i : 0) * n, f, track->work);
        for (size_t k = 0; k < n; k++) square += f[k] * f[k];
        double speed = sqrt(square);
        least = fmin(least, speed);
        greatest = fmax(greatest, speed);
        f[0] += copysign(speed, f[0]);
    }
    return least / greatest;
}

/* Multipliers of more than two units, the one that is always 1 first. False if they cannot be told. */
static bool by_transitions(grl_track *track, grl_track_point *point)
{
    size_t n = track->n, N = point->u.intervals, m = n - 1;
    double *mu = point->multipliers, *v = track->floquet, *A = v + (N + 1) * n, *room = A + N * n * n;
    double *work = room + 6 * n * n;
    if (!grl_track_move(track, point->u.q[1])) return false;
    double slowest = directions(track, &point->u, v), rise = point->tangent.q[0] / point->u.q[0];
    if (slowest < at_rest && fabs(point->tangent.q[1] / track->range) < still * fabs(rise)) return false;
    for (size_t i = 0; i < N; i++) {
        double turn =
            rate(track, &point->u, i, room) * (point->u.mesh[i + 1] - point->u.mesh[i]) * point->u.q[0];
        double *full = room + 5 * n * n, *out = A + i * m * m;
        if (turn > 1)
            transition(track, &point->u, i, (size_t)fmin(MOST_STEPS, ceil(2 * turn)), full, room);
        else
            memcpy(full, grl_bvp_transition(track->solver, i), n * n * sizeof *full);
        /* Rows by the reflection at the end, columns by that at the beginning; then without the first ones. */
        for (size_t k = 0; k < n; k++) reflect(n, v + (i + 1) * n, full + k, n);
        for (size_t k = 0; k < n; k++) reflect(n, v + i * n, full + k * n, 1);
        for (size_t a = 0; a < m; a++) memcpy(out + a * m, full + (a + 1) * n + 1, m * sizeof *out);
    }
    mu[0] = 1;
    mu[1] = 0;
    return grl_floquet(m, N, A, mu + 2, work);
}

void grl_cycle_floquet(grl_track *track, grl_track_point *point)
{
    size_t n = track->n;
    double *mu = point->multipliers;
    if (n == 2) {
        double exponent = divergence(track, &point->u);
        mu[0] = 1;
        mu[1] = mu[3] = 0;
        mu[2] = fmin(greatest_multiplier, exp(exponent));
        point->test[GRL_TEST_ONE] = tanh(0.5 * exponent); /* (mu - 1) / (mu + 1) */
        point->test[GRL_TEST_DOUBLE] = point->test[GRL_TEST_TORUS] = 1;
    } else {
        if (!by_transitions(track, point)) memcpy(mu, track->now.multipliers, 2 * n * sizeof *mu);
        for (size_t k = 0; k < 2 * n; k++)
            mu[k] = k % 2 && fabs(mu[k - 1]) >= greatest_multiplier
                        ? 0
                        : fmin(greatest_multiplier, fmax(-greatest_multiplier, mu[k]));
        point->test[GRL_TEST_ONE] = product_about(n, mu, 1);
        point->test[GRL_TEST_DOUBLE] = product_about(n, mu, -1);
        point->test[GRL_TEST_TORUS] = product_of_pairs(n, mu);
    }
    point->unstable = 0;
    for (size_t k = 1; k < n; k++) point->unstable += hypot(mu[2 * k], mu[2 * k + 1]) > 1;
}
