/* slow_refine.c: from the curve where f points along the slow eigenvector to one that is invariant.
 *
 * On an invariant curve f = m T, T its unit tangent. Fraser (1988) solves this for the points with the
 * tangents of the curve of the order before; each round gains an order in the ratio of the rates along and
 * across. For the map, whose image of a point is to be on the curve again, T is the tangent half a step
 * further on, which is the chord's direction to second order. Tangents come from the polynomial through five
 * neighbouring points. What is left, |f - (f . T) T| / attraction, estimates the distance from the invariant
 * curve: there, the part across of the field, which carries points away from the curve, and the attraction
 * are in balance.
 *
 * Rounds amplify the noise of the points by m / (attraction * spacing), so there are few of them; points at
 * which one does not converge stay as they are. */
#include "portrait/slow_curve.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The error of a tangent by five points, to first order, at the usual spacing. */
static const double alike = 1e-5;
enum { STENCIL = 5, ROUNDS = 3, LARGE_ROUNDS = 1, LARGE = 256 };

static double distance(size_t n, const double *a, const double *b)
{
    double squares = 0;
    for (size_t j = 0; j < n; j++) squares += (a[j] - b[j]) * (a[j] - b[j]);
    return sqrt(squares);
}

static size_t around(const grl_slow_curve *curve, size_t i, long shift)
{
    long count = (long)curve->count;
    return (size_t)((((long)i + shift) % count + count) % count);
}

/* Unit tangent at the arc length `ahead` from point i, into t; by the derivative of the polynomial through
 * the points near i. False with fewer than three points. */
static bool tangent(const grl_slow_curve *curve, size_t i, double ahead, double *t)
{
    size_t n = curve->n, count = curve->count, size = count < STENCIL ? count : STENCIL;
    double s[STENCIL], weight[STENCIL], squares = 0;
    size_t at[STENCIL];
    if (count < 3) return false;
    /* To the point nearest to the place. */
    for (size_t k = 0; k < count; k++) {
        size_t next = around(curve, i, ahead > 0 ? 1 : -1);
        double way = distance(n, grl_curve_h(curve, i), grl_curve_h(curve, next));
        bool end = !curve->closed && (ahead > 0 ? next < i : next > i);
        if (end || fabs(ahead) <= way / 2) break;
        ahead -= copysign(way, ahead);
        i = next;
    }
    long first = -(long)(size / 2);
    if (!curve->closed) {
        if ((long)i + first < 0) first = -(long)i;
        if ((long)i + first + (long)size > (long)count) first = (long)(count - size) - (long)i;
    }
    size_t own = (size_t)-first;
    for (size_t k = 0; k < size; k++) at[k] = around(curve, i, first + (long)k);
    s[own] = 0;
    for (size_t k = own; k-- > 0;)
        s[k] = s[k + 1] - distance(n, grl_curve_h(curve, at[k + 1]), grl_curve_h(curve, at[k]));
    for (size_t k = own + 1; k < size; k++)
        s[k] = s[k - 1] + distance(n, grl_curve_h(curve, at[k]), grl_curve_h(curve, at[k - 1]));
    /* The derivatives of Lagrange's polynomials at `ahead`. */
    for (size_t k = 0; k < size; k++) {
        weight[k] = 0;
        for (size_t j = 0; j < size; j++) {
            double product = 1 / (s[k] - s[j]);
            if (j == k) continue;
            for (size_t l = 0; l < size; l++)
                if (l != k && l != j) product *= (ahead - s[l]) / (s[k] - s[l]);
            weight[k] += product;
        }
    }
    for (size_t j = 0; j < n; j++) {
        t[j] = 0;
        for (size_t k = 0; k < size; k++) t[j] += weight[k] * grl_curve_h(curve, at[k])[j];
        squares += t[j] * t[j];
    }
    for (size_t j = 0; j < n; j++) t[j] /= sqrt(squares);
    return squares > 0 && isfinite(squares);
}

/* One round: new points from the tangents of the old ones. fresh: room for as many rows. */
static void round_of(grl_ridge *ridge, grl_slow_curve *curve, double *fresh, double *t)
{
    size_t n = curve->n;
    double half = ridge->portrait->time == GRL_DISCRETE ? ridge->portrait->dt / 2 : 0;
    memcpy(fresh, curve->rows, curve->count * curve->width * sizeof *fresh);
    for (size_t i = 0; i < curve->count; i++) {
        double *row = fresh + i * curve->width, shift = 0, near = 0;
        if (curve->stops[i] != GRL_NO_STOP) continue;
        if (!tangent(curve, i, half * grl_curve_number(curve, i)[GRL_VELOCITY], t)) continue;
        grl_ridge_point p = {.h = row, .v = row + n};
        size_t next = i + 1 < curve->count ? i + 1 : i - 1;
        bool done = grl_ridge_correct_along(ridge, t, &p);
        for (size_t j = 0; j < n; j++) {
            double d = row[j] - grl_curve_h(curve, i)[j],
                   c = grl_curve_h(curve, next)[j] - grl_curve_h(curve, i)[j];
            shift += d * d;
            near += c * c;
        }
        if (done && shift < 0.1 * near)
            row[2 * n + GRL_VELOCITY] = p.velocity;
        else
            memcpy(row, grl_curve_h(curve, i), curve->width * sizeof *row);
    }
    memcpy(curve->rows, fresh, curve->count * curve->width * sizeof *fresh);
}

/* Tangents, velocities and their derivatives along the curve, and the part of f across. */
static double finish(grl_ridge *ridge, grl_slow_curve *curve, double *t)
{
    size_t n = curve->n;
    double worst = 0, half = ridge->portrait->time == GRL_DISCRETE ? ridge->portrait->dt / 2 : 0;
    for (size_t i = 0; i < curve->count; i++) {
        double *number = grl_curve_number(curve, i), *v = grl_curve_v(curve, i), squares = 0, velocity = 0;
        if (n > LARGE) {
            if (!tangent(curve, i, half * number[GRL_VELOCITY], t)) continue;
            for (size_t j = 0; j < n; j++) velocity += v[j] * t[j];
            worst = fmax(worst, fabs(number[GRL_VELOCITY]) * sqrt(fmax(0, 1 - velocity * velocity)) /
                                    number[GRL_ATTRACTION]);
            continue;
        }
        grl_ridge_evaluate(ridge, grl_curve_h(curve, i));
        if (tangent(curve, i, half * number[GRL_VELOCITY], t)) {
            for (size_t j = 0; j < n; j++) velocity += ridge->f[j] * t[j];
            for (size_t j = 0; j < n; j++) {
                double d = ridge->f[j] - velocity * t[j];
                squares += d * d;
            }
            worst = fmax(worst, sqrt(squares) / number[GRL_ATTRACTION]);
            if (curve->stops[i] == GRL_NO_STOP) number[GRL_VELOCITY] = velocity;
            if (curve->stops[i] == GRL_NO_STOP && tangent(curve, i, 0, t)) memcpy(v, t, n * sizeof *t);
        }
        double value = 0;
        for (size_t j = 0; j < n; j++) {
            double row = 0;
            for (size_t k = 0; k < n; k++) row += ridge->J[j * n + k] * v[k];
            value += v[j] * row;
        }
        /* t . J t suffers from the error of t to first order, the eigenvalue differs by what m is small. */
        if (fabs(value - number[GRL_VALUE]) > alike * number[GRL_ATTRACTION]) number[GRL_VALUE] = value;
        value = number[GRL_VALUE];
        number[GRL_RATE] = grl_ridge_rate(ridge->portrait, value);
    }
    return worst;
}

grl_status grl_slow_curve_refine(grl_ridge *ridge, grl_slow_curve *curve, double *invariance,
                                 grl_error *error)
{
    size_t n = curve->n;
    int rounds = n <= GRL_RIDGE_DENSE_UNITS ? ROUNDS : n <= LARGE ? LARGE_ROUNDS : 0;
    double *fresh = grl_calloc(curve->count, curve->width * sizeof *fresh);
    double *t = grl_calloc(n, sizeof *t);
    grl_status status = fresh && t ? GRL_OK : grl_fail_memory(error, curve->count, curve->width * sizeof *t);
    for (int k = 0; status == GRL_OK && k < rounds && n > 1; k++) round_of(ridge, curve, fresh, t);
    if (status == GRL_OK) *invariance = finish(ridge, curve, t);
    free(fresh);
    free(t);
    return status;
}
