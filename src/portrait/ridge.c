/* ridge.c: the points of a slow manifold.
 *
 * With one eigenvalue l of Df much smaller than the real parts of all others, states decay quickly to a
 * curve and drift along it. To zeroth order in the ratio of the rates, the curve is where the field has no
 * part across, that is where it points along the slow eigenvector v (Maas and Pope 1992):
 *
 *     F(h, m) = f(h) - m v(h) = 0,     m the velocity along the curve.
 *
 * Newton's method for it with v fixed during a step, in the plane through the predicted point across t:
 *
 *     [ Df, -v; t^T, 0 ] (dh, dm) = -(F, 0),
 *
 * regular also where l = 0, where fixed points meet. The same factors give the eigenvector, by inverse
 * iteration Df x = g v, t . x = 1, whose error falls by |l / l_2| each time; g tends to l. What is left out,
 * the change of v in a step, is small as m is. For more than 128 units the factors and v are those of the
 * predicted point.
 *
 * First and higher orders: on an invariant curve f is along its tangent T, so with T from the curve of the
 * order before, f(h) = m T is the curve of the next (Fraser 1988); grl_ridge_correct_along does this at one
 * point. For the map, T is the direction from h to its image.
 *
 * Normal form. With h = h0 + s v + s^2 a2 + s^3 a3, v . a_k = 0, equal powers of s in the equation of
 * invariance give, for l = 0,  Df a2 - g2 v = -B(v,v)/2,  Df a3 - g3 v = -(B(v,a2) + C(v,v,v)/6) + 2 g2 a2
 * (Kuznetsov 2004, section 5.4), bordered systems again; s is the arc length up to O(s^3), which these
 * coefficients do not see. For the map g2, g3 are those of the step over dt, which are those of the
 * generating flow where l = 0 and g2 = 0, and else to leading order.
 *
 * Fails where the slow direction ceases to be simple and real, where the caller stops. */
#include "portrait/ridge.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/bordered.h"
#include "num/dense.h"
#include "portrait/slow.h"
#include "portrait/stability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEWTON = 12, INVERSE = 12, MOST_SLOW = 16, BLAS_FROM = 12 };

/* Of dh, where Newton's method ends: h is of size 1, and rounding leaves some 1e-15. */
static const double tight = 1e-12, loose = 1e-8;

/* Found by search, not proven, and its least eigenvalue is zero against the next. */
static bool is_neutral(const grl_portrait *portrait, const grl_fixed_point *point)
{
    double least = INFINITY, next = INFINITY, one = portrait->time == GRL_DISCRETE ? 1 : 0;
    if (point->certified || portrait->method != GRL_METHOD_SEARCH) return false;
    for (size_t k = 0; k < portrait->hidden_size; k++) {
        double size = hypot(point->eigenvalues[2 * k] - one, point->eigenvalues[2 * k + 1]);
        next = fmin(next, fmax(size, least));
        least = fmin(least, size);
    }
    return least <= GRL_RIDGE_NEUTRAL * next;
}

grl_status grl_ridge_create(const grl_cell *autonomous, const grl_portrait *portrait,
                            const grl_slow_options *options, grl_ridge *ridge, grl_error *error)
{
    size_t n = autonomous->n, m = n + 1, eigen = grl_dense_eigen_work(n, false), work = 6 * n + 6;
    if (grl_cell_work(autonomous) > work) work = grl_cell_work(autonomous);
    if (grl_cell_derivative_work(autonomous) > work) work = grl_cell_derivative_work(autonomous);
    size_t total = 2 * n * n + m * m + eigen + 8 * m + work;
    *ridge = (grl_ridge){.cell = autonomous, .portrait = portrait, .options = options, .n = n};
    ridge->memory = grl_calloc(total, sizeof *ridge->memory);
    ridge->pivots = grl_calloc(m, sizeof *ridge->pivots);
    if (!ridge->memory || !ridge->pivots) return grl_fail_memory(error, total, sizeof *ridge->memory);
    ridge->neutral = grl_calloc(portrait->count, 1);
    if (!ridge->neutral) return grl_fail_memory(error, portrait->count, 1);
    for (size_t k = 0; k < portrait->count; k++)
        ridge->neutral[k] = is_neutral(portrait, &portrait->points[k]);
    ridge->J = ridge->memory;
    ridge->scratch = ridge->J + n * n;
    ridge->M = ridge->scratch + n * n;
    ridge->eigen = ridge->M + m * m;
    ridge->f = ridge->eigen + eigen;
    ridge->x = ridge->f + m;
    ridge->before = ridge->x + m;
    ridge->step = ridge->before + m;
    ridge->e = ridge->step + m;
    ridge->start = ridge->e + m;
    ridge->values = ridge->start + m;
    ridge->work = ridge->values + 2 * n;
    return GRL_OK;
}

void grl_ridge_free(grl_ridge *ridge)
{
    free(ridge->neutral);
    free(ridge->memory);
    free(ridge->pivots);
    *ridge = (grl_ridge){0};
}

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

void grl_ridge_evaluate(grl_ridge *ridge, const double *h)
{
    size_t n = ridge->n;
    double size = (double)n;
    if (n < BLAS_FROM) {
        grl_cell_field(ridge->cell, NULL, h, ridge->f, ridge->work);
        grl_cell_jacobian(ridge->cell, NULL, h, ridge->J, ridge->work);
    } else {
        grl_slow_jacobian(ridge->cell, h, ridge->f, ridge->J, ridge->scratch, ridge->work);
    }
    ridge->operations += 2 * size * size * size;
}

/* Growth and size of log(1 + dt value) / dt for the map, of the value for the flow. */
static void rate_of(const grl_portrait *portrait, const double *value, double *growth, double *size)
{
    *growth = value[0];
    *size = hypot(value[0], value[1]);
    if (portrait->time == GRL_CONTINUOUS) return;
    double re = portrait->dt * value[0], im = portrait->dt * value[1];
    *growth = 0.5 * log1p(re * (2 + re) + im * im) / portrait->dt;
    *size = hypot(*growth, atan2(im, 1 + re) / portrait->dt);
}

double grl_ridge_rate(const grl_portrait *portrait, double value)
{
    return portrait->time == GRL_CONTINUOUS ? value : log1p(portrait->dt * value) / portrait->dt;
}

grl_rates grl_ridge_gap(const grl_ridge *ridge, const double *values, double leak)
{
    size_t n = ridge->n, order[MOST_SLOW + 1], most = n < MOST_SLOW ? n : MOST_SLOW;
    double sizes[MOST_SLOW + 1], growth, size;
    grl_rates rates = {0, false, values[0], 0, leak};
    if (n == 1) {
        rate_of(ridge->portrait, values, &rates.rate, &size);
        rates.dimension = fabs(rates.rate) <= ridge->options->ratio * leak;
        rates.attracts = true;
        return rates;
    }
    size_t kept = 0;
    for (size_t k = 0; k < n; k++) {
        rate_of(ridge->portrait, values + 2 * k, &growth, &size);
        if (!(size >= 0)) return rates;
        size_t place = kept;
        while (place > 0 && sizes[place - 1] > size) place--;
        if (place >= most) continue;
        if (kept < most) kept++;
        for (size_t i = kept - 1; i > place; i--) {
            sizes[i] = sizes[i - 1];
            order[i] = order[i - 1];
        }
        sizes[place] = size;
        order[place] = k;
    }
    for (size_t d = 1; d <= kept && d < n; d++) {
        double least = INFINITY, attraction = INFINITY;
        for (size_t k = 0; k < n; k++) {
            bool slow = false;
            for (size_t i = 0; i < d; i++) slow = slow || order[i] == k;
            if (slow) continue;
            rate_of(ridge->portrait, values + 2 * k, &growth, &size);
            least = fmin(least, fabs(growth));
            attraction = fmin(attraction, -growth);
        }
        const double *last = values + 2 * order[d - 1];
        if (!(sizes[d - 1] <= ridge->options->ratio * least) || (d == 1 && last[1] != 0)) continue;
        rates.dimension = d;
        rates.value = values[2 * order[0]];
        rate_of(ridge->portrait, values + 2 * order[0], &rates.rate, &size);
        rates.attraction = attraction;
        rates.attracts = attraction > 0;
        return rates;
    }
    return rates;
}

double grl_ridge_leak(const grl_ridge *ridge, double h)
{
    double *const *B = ridge->cell->block;
    return 1 / (1 + exp(B[GRL_U_Z][0] * h + B[GRL_B_Z][0]));
}

double grl_ridge_attraction(grl_ridge *ridge, const double *h, double value)
{
    size_t n = ridge->n, own = 0;
    double attraction = INFINITY, growth, size, units = (double)n;
    ridge->operations += 20 * units * units * units;
    if (n == 1) return grl_ridge_leak(ridge, h[0]);
    grl_ridge_evaluate(ridge, h);
    if (n <= GRL_SMALL_UNITS)
        grl_spectrum_small(n, ridge->J, ridge->values, NULL);
    else if (!grl_dense_eigen(n, ridge->J, ridge->values, NULL, ridge->eigen))
        return (double)NAN;
    for (size_t k = 1; k < n; k++) {
        const double *v = ridge->values;
        if (hypot(v[2 * k] - value, v[2 * k + 1]) < hypot(v[2 * own] - value, v[2 * own + 1])) own = k;
    }
    for (size_t k = 0; k < n; k++) {
        if (k == own) continue;
        rate_of(ridge->portrait, ridge->values + 2 * k, &growth, &size);
        attraction = fmin(attraction, -growth);
    }
    return attraction;
}

bool grl_ridge_direction(grl_ridge *ridge, double value, double *v)
{
    size_t n = ridge->n;
    /* A start that no structure of the weights makes orthogonal to v. */
    for (size_t i = 0; i < n; i++) ridge->e[i] = 1 + 0.5 * sin(1 + 2.399963 * (double)i);
    for (int round = 0; round < 3; round++) {
        double size = sqrt(dot(n, ridge->e, ridge->e));
        for (size_t i = 0; i < n; i++) ridge->e[i] /= size;
        grl_bordered_fill(n, ridge->J, value, ridge->e, ridge->e, ridge->M);
        ridge->operations += 0.7 * pow((double)n, 3);
        if (!grl_bordered_factor(n, ridge->M, ridge->pivots)) return false;
        memset(ridge->x, 0, n * sizeof *ridge->x);
        ridge->x[n] = 1;
        grl_bordered_solve(n, ridge->M, ridge->pivots, ridge->x);
        memcpy(ridge->e, ridge->x, n * sizeof *ridge->e);
    }
    double size = sqrt(dot(n, ridge->e, ridge->e)), largest = 0;
    if (!(size > 0) || !isfinite(size)) return false;
    for (size_t i = 0; i < n; i++)
        if (fabs(ridge->e[i]) > 1.0000001 * fabs(largest)) largest = ridge->e[i];
    for (size_t i = 0; i < n; i++) v[i] = ridge->e[i] / copysign(size, largest);
    return true;
}

/* The factors of [J, -e; t^T, 0], e in ridge->e. */
static bool factor(grl_ridge *ridge, const double *t)
{
    size_t n = ridge->n;
    for (size_t i = 0; i < n; i++) ridge->start[i] = -ridge->e[i];
    grl_bordered_fill(n, ridge->J, 0, ridge->start, t, ridge->M);
    ridge->operations += 0.7 * pow((double)n, 3);
    return grl_bordered_factor(n, ridge->M, ridge->pivots);
}

/* ridge->x = the eigenvector with t . x = 1, from ridge->e with t . e = 1 by the factors; returns its value.
 */
static double inverse_iteration(grl_ridge *ridge)
{
    size_t n = ridge->n;
    double g = 0;
    memcpy(ridge->before, ridge->e, n * sizeof *ridge->before);
    for (int k = 0; k < INVERSE; k++) {
        double change = 0;
        for (size_t i = 0; i < n; i++) ridge->x[i] = g * (ridge->before[i] - ridge->e[i]);
        ridge->x[n] = 1;
        grl_bordered_solve(n, ridge->M, ridge->pivots, ridge->x);
        g = ridge->x[n];
        for (size_t i = 0; i < n; i++) change = fmax(change, fabs(ridge->x[i] - ridge->before[i]));
        memcpy(ridge->before, ridge->x, n * sizeof *ridge->before);
        if (!(change > 1e-13)) break;
    }
    return g;
}

/* Solves for the step to F = f - m d, d in ridge->step; moves h; returns |dh|. */
static double move(grl_ridge *ridge, double m, double *h)
{
    size_t n = ridge->n;
    double squares = 0;
    for (size_t i = 0; i < n; i++) ridge->x[i] = m * ridge->step[i] - ridge->f[i];
    ridge->x[n] = 0;
    grl_bordered_solve(n, ridge->M, ridge->pivots, ridge->x);
    for (size_t i = 0; i < n; i++) {
        h[i] += ridge->x[i];
        squares += ridge->x[i] * ridge->x[i];
    }
    return sqrt(squares);
}

/* Not far outside the cube: on the way to a point beside its border, Newton's method may cross that. */
static bool inside(size_t n, const double *h)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(h[i]) <= 1.01)) return false;
    return true;
}

/* Whether to go on, to stop with success, or to give up, by the sizes of the last two steps. */
typedef enum verdict { GO_ON, DONE, GIVE_UP } verdict;

static verdict judge(const grl_ridge *ridge, int k, double size, double *last)
{
    double limit = ridge->n > GRL_RIDGE_DENSE_UNITS ? loose : tight;
    if (!(size < 1)) return GIVE_UP;
    if (size <= limit * sqrt((double)ridge->n)) return DONE;
    if (k > 2 && size > 0.7 * *last) return size < 1e-9 ? DONE : GIVE_UP;
    *last = size;
    return GO_ON;
}

bool grl_ridge_correct(grl_ridge *ridge, const double *t, grl_ridge_point *p)
{
    size_t n = ridge->n;
    double last = INFINITY;
    verdict end = GO_ON;
    for (int k = 0; k < NEWTON && end == GO_ON; k++) {
        if (k == 0 || n <= GRL_RIDGE_DENSE_UNITS) {
            double along = dot(n, p->v, t);
            if (!(along > 0.1)) return false;
            for (size_t i = 0; i < n; i++) ridge->e[i] = p->v[i] / along;
            grl_ridge_evaluate(ridge, p->h);
            if (!factor(ridge, t)) return false;
            p->value = inverse_iteration(ridge);
            double size = sqrt(dot(n, ridge->x, ridge->x));
            if (!isfinite(size)) return false;
            for (size_t i = 0; i < n; i++) p->v[i] = ridge->step[i] = ridge->x[i] / size;
        } else {
            grl_cell_field(ridge->cell, NULL, p->h, ridge->f, ridge->work);
        }
        end = judge(ridge, k, move(ridge, dot(n, ridge->f, p->v), p->h), &last);
        if (!inside(n, p->h)) return false;
    }
    if (end != DONE) return false;
    grl_cell_field(ridge->cell, NULL, p->h, ridge->f, ridge->work);
    p->velocity = dot(n, ridge->f, p->v);
    p->rate = grl_ridge_rate(ridge->portrait, p->value);
    return isfinite(p->velocity) && isfinite(p->rate);
}

bool grl_ridge_correct_along(grl_ridge *ridge, const double *t, grl_ridge_point *p)
{
    size_t n = ridge->n;
    double last = INFINITY;
    verdict end = GO_ON;
    for (int k = 0; k < NEWTON && end == GO_ON; k++) {
        memcpy(ridge->e, t, n * sizeof *t);
        memcpy(ridge->step, t, n * sizeof *t);
        grl_ridge_evaluate(ridge, p->h);
        if (!factor(ridge, t)) return false;
        end = judge(ridge, k, move(ridge, dot(n, ridge->f, t), p->h), &last);
        if (!inside(n, p->h)) return false;
    }
    if (end != DONE) return false;
    grl_cell_field(ridge->cell, NULL, p->h, ridge->f, ridge->work);
    p->velocity = dot(n, ridge->f, t);
    return isfinite(p->velocity);
}

bool grl_ridge_normal_form(grl_ridge *ridge, const double *h, const double *v, double *g2, double *g3)
{
    size_t n = ridge->n;
    double *second = ridge->before, *third = ridge->x, *a2 = ridge->step;
    const double *both[] = {v, a2}, *thrice[] = {v, v, v}, *twice[] = {v, v};
    grl_ridge_evaluate(ridge, h);
    memcpy(ridge->e, v, n * sizeof *v);
    if (!factor(ridge, v)) return false;
    grl_cell_derivative(ridge->cell, NULL, h, 2, twice, NULL, second, ridge->work);
    for (size_t i = 0; i < n; i++) a2[i] = -0.5 * second[i];
    a2[n] = 0;
    grl_bordered_solve(n, ridge->M, ridge->pivots, a2);
    *g2 = a2[n];
    grl_cell_derivative(ridge->cell, NULL, h, 2, both, NULL, second, ridge->work);
    grl_cell_derivative(ridge->cell, NULL, h, 3, thrice, NULL, third, ridge->work);
    for (size_t i = 0; i < n; i++) third[i] = 2 * *g2 * a2[i] - second[i] - third[i] / 6;
    third[n] = 0;
    grl_bordered_solve(n, ridge->M, ridge->pivots, third);
    *g3 = third[n];
    return isfinite(*g2) && isfinite(*g3);
}
