/* locate.c: test functions of a fixed point along a branch, and special points from their changes of sign.
 *
 *     FOLD    the parameter's part of the tangent
 *     CROSS   det [J f_t; tangent], which changes sign at simple branch points and not at folds (Keller 1977)
 *     PAIR    prod (lambda + mu + step lambda mu) over pairs of eigenvalues: Hopf points, neutral saddles
 *     FLIP    prod (2 + step lambda)
 *
 * Up to six units PAIR is the product itself, which is smooth. Else the last two have the sign of the product
 * and the size of the smallest real factor, so that they neither overflow nor vanish for many units. A change
 * of sign gives a start for the extended system (extended.h), whose solution is the special point; it must
 * lie between the two points. Else the bracket is halved.
 *
 * What makes it fail: several special points of one kind at the same place (a highly symmetric network),
 * where the extended systems are singular. */
#include "bifurcation/locate.h"

#include "base/error.h"
#include "base/memory.h"
#include "bifurcation/branch_point.h"
#include "bifurcation/normal_form.h"

#include <complex.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SMOOTH_UNITS = 6 };

void grl_locator_free(grl_locator *locator)
{
    if (!locator) return;
    grl_extended_free(locator->point);
    grl_extended_free(locator->fold);
    grl_extended_free(locator->flip);
    grl_extended_free(locator->pair);
    grl_extended_free(locator->cross);
    free(locator->work);
    free(locator);
}

grl_status grl_locator_create(grl_equation *equation, grl_locator **locator, grl_error *error)
{
    const size_t n = equation->n, room = n * n + 2 * n * n + 2 * (2 * n + 3) + 2 * (n + 1);
    const double step = equation->step;
    grl_locator *made = grl_calloc(1, sizeof *made);
    *locator = NULL;
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    made->equation = equation;
    grl_status status = grl_extended_create(equation, GRL_EXTENDED_POINT, 0, &made->point, error);
    if (status == GRL_OK) status = grl_extended_create(equation, GRL_EXTENDED_EIGEN, 0, &made->fold, error);
    if (status == GRL_OK && step > 0)
        status = grl_extended_create(equation, GRL_EXTENDED_EIGEN, -2 / step, &made->flip, error);
    if (status == GRL_OK) status = grl_extended_create(equation, GRL_EXTENDED_PAIR, 0, &made->pair, error);
    if (status == GRL_OK) status = grl_extended_create(equation, GRL_EXTENDED_CROSS, 0, &made->cross, error);
    made->work = grl_calloc(room, sizeof(double));
    if (status == GRL_OK && !made->work) status = grl_fail_memory(error, room, sizeof(double));
    if (status != GRL_OK) {
        grl_locator_free(made);
        return status;
    }
    made->J = made->work;
    made->vectors = made->J + n * n;
    made->guess = made->vectors + 2 * n * n;
    made->border = made->guess + 2 * n + 3;
    made->tangents = made->border + 2 * n + 3;
    *locator = made;
    return GRL_OK;
}

grl_node *grl_nodes_create(size_t n, size_t count)
{
    const size_t width = 2 * (n + 1) + 2 * n;
    size_t numbers, bytes;
    if (!grl_product(count, width, &numbers) || !grl_product(numbers, sizeof(double), &bytes)) return NULL;
    grl_node *nodes = grl_calloc(count * sizeof *nodes + bytes, 1);
    if (!nodes) return NULL;
    double *next = (double *)(void *)(nodes + count);
    for (size_t i = 0; i < count; i++, next += width) {
        nodes[i].u = next;
        nodes[i].tangent = next + n + 1;
        nodes[i].values = next + 2 * (n + 1);
    }
    return nodes;
}

static bool is_real(const double *value)
{
    return value[1] == 0;
}

/* lambda + mu + step lambda mu for a real or a conjugate pair; NaN for others. */
static double pair_factor(double step, const double *a, const double *b)
{
    if (is_real(a) && is_real(b)) return a[0] + b[0] + step * a[0] * b[0];
    if (a[0] == b[0] && a[1] == -b[1]) return 2 * a[0] + step * (a[0] * a[0] + a[1] * a[1]);
    return NAN;
}

/* Which pair has the smallest factor, and that factor with the sign of the product. NaN for one unit. */
static double pair_test(size_t n, double step, const double *values, size_t *first, size_t *last)
{
    double sign = 1, least = INFINITY;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const double factor = pair_factor(step, values + 2 * i, values + 2 * j);
            if (isnan(factor)) continue;
            if (factor < 0) sign = -sign;
            if (fabs(factor) < least) {
                least = fabs(factor);
                *first = i;
                *last = j;
            }
        }
    return isfinite(least) ? sign * least : NAN;
}

/* The product itself, which is smooth along a branch. */
static double pair_product(size_t n, double step, const double *values)
{
    double complex product = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const double complex a = values[2 * i] + I * values[2 * i + 1],
                                 b = values[2 * j] + I * values[2 * j + 1];
            product *= a + b + step * a * b;
        }
    return creal(product);
}

static double flip_test(size_t n, double step, const double *values, size_t *which)
{
    double sign = 1, least = INFINITY;
    for (size_t i = 0; i < n; i++) {
        if (!is_real(values + 2 * i)) continue;
        const double factor = 2 + step * values[2 * i];
        if (factor < 0) sign = -sign;
        if (fabs(factor) < least) {
            least = fabs(factor);
            *which = i;
        }
    }
    return isfinite(least) ? sign * least : NAN;
}

bool grl_locator_tests(grl_locator *locator, grl_node *node, double determinant)
{
    const grl_equation *e = locator->equation;
    const size_t n = e->n;
    size_t i, j;
    if (!grl_equation_move(locator->equation, node->u + n)) return false;
    grl_equation_field(e, node->u, locator->guess, locator->J);
    if (!grl_equation_spectrum(e, locator->J, node->values, NULL)) return false;
    node->test[GRL_TEST_FOLD] = node->tangent[n];
    node->test[GRL_TEST_CROSS] = determinant;
    node->test[GRL_TEST_PAIR] = n > 1 && n <= SMOOTH_UNITS ? pair_product(n, e->step, node->values)
                                                           : pair_test(n, e->step, node->values, &i, &j);
    node->test[GRL_TEST_FLIP] = e->step > 0 ? flip_test(n, e->step, node->values, &i) : NAN;
    return true;
}

bool grl_locator_middle(grl_locator *locator, const grl_node *a, const grl_node *b, double fraction,
                        grl_node *middle)
{
    const size_t N = locator->equation->n + 1;
    double error, length = 0, target = 0;
    for (size_t i = 0; i < N; i++) {
        locator->border[i] = b->u[i] - a->u[i];
        length += locator->border[i] * locator->border[i];
    }
    length = sqrt(length);
    if (!(length > 0)) return false;
    for (size_t i = 0; i < N; i++) {
        locator->border[i] /= length;
        middle->u[i] = a->u[i] + fraction * (b->u[i] - a->u[i]);
        target += locator->border[i] * middle->u[i];
    }
    if (!grl_extended_correct(locator->point, middle->u, locator->border, target, 8, 1e-12, &error))
        return false;
    if (!grl_extended_tangent(locator->point, middle->u, locator->border, middle->tangent)) return false;
    return grl_locator_tests(locator, middle, locator->point->determinant);
}

static double normalise(size_t n, double *v)
{
    double size = 0;
    for (size_t i = 0; i < n; i++) size += v[i] * v[i];
    size = sqrt(size);
    for (size_t i = 0; i < n && size > 0; i++) v[i] /= size;
    return size;
}

/* The unknowns of the extended system of a test, from the spectrum at u. */
static bool first_guess(grl_locator *locator, grl_test test, const double *u, grl_extended **system)
{
    grl_equation *e = locator->equation;
    const size_t n = e->n;
    double *g = locator->guess, *q = g + n, *values = locator->border; /* 2n <= 2n + 3 */
    size_t i = 0, j = 0;
    if (!grl_equation_move(e, u + n)) return false;
    grl_equation_field(e, u, g, locator->J);
    if (test == GRL_TEST_CROSS) /* a left null vector: a right one of the transposed */
        for (size_t r = 0; r < n; r++)
            for (size_t c = 0; c < r; c++) {
                const double t = locator->J[r * n + c];
                locator->J[r * n + c] = locator->J[c * n + r];
                locator->J[c * n + r] = t;
            }
    if (!grl_equation_spectrum(e, locator->J, values, locator->vectors)) return false;
    *system = test == GRL_TEST_FOLD    ? locator->fold
              : test == GRL_TEST_CROSS ? locator->cross
              : test == GRL_TEST_PAIR  ? locator->pair
                                       : locator->flip;
    memcpy(g, u, n * sizeof *g);
    g[(*system)->t] = u[n];
    if (test == GRL_TEST_PAIR) {
        if (isnan(pair_test(n, e->step, values, &i, &j))) return false;
        const double *a = locator->vectors + 2 * n * i, *b = locator->vectors + 2 * n * j;
        double *l = locator->pair->l, product = 0;
        const bool real = is_real(values + 2 * i);
        for (size_t m = 0; m < n; m++) {
            q[m] = real ? a[2 * m] + b[2 * m] : a[2 * m];
            l[m] = real ? a[2 * m] - b[2 * m] : a[2 * m + 1];
        }
        normalise(n, q);
        for (size_t m = 0; m < n; m++) product += q[m] * l[m];
        for (size_t m = 0; m < n; m++) l[m] -= product * q[m];
        if (!(normalise(n, l) > 0)) return false;
        g[2 * n] = real ? values[2 * i] * values[2 * j]
                        : values[2 * i] * values[2 * i] + values[2 * i + 1] * values[2 * i + 1];
        return true;
    }
    if (test == GRL_TEST_FLIP) {
        flip_test(n, e->step, values, &i);
    } else {
        for (size_t m = 1; m < n; m++)
            if (hypot(values[2 * m], values[2 * m + 1]) < hypot(values[2 * i], values[2 * i + 1])) i = m;
    }
    for (size_t m = 0; m < n; m++) q[m] = locator->vectors[2 * (n * i + m)];
    if (test == GRL_TEST_CROSS) g[2 * n] = 0;
    return normalise(n, q) > 0;
}

/* How many of the eigenvalues are zero or nearly so: within the square root of rounding, as a double zero is
 * known no better. */
static int count_zeros(size_t n, const double *values)
{
    double scale = 1e-2;
    int zeros = 0;
    for (size_t i = 0; i < n; i++) scale = fmax(scale, hypot(values[2 * i], values[2 * i + 1]));
    for (size_t i = 0; i < n; i++) zeros += hypot(values[2 * i], values[2 * i + 1]) <= 1e-5 * scale;
    return zeros;
}

/* The same at h, where the path is. */
static int zeros_at(grl_locator *locator, const double *h)
{
    const grl_equation *e = locator->equation;
    double *f = locator->border, *values = locator->vectors;
    grl_equation_field(e, h, f, locator->J);
    return grl_equation_spectrum(e, locator->J, values, NULL) ? count_zeros(e->n, values) : (int)e->n;
}

/* Makes the largest component positive, so that coefficients of even terms have a sign that means something. */
static void point_up(size_t n, double *q)
{
    size_t largest = 0;
    for (size_t i = 1; i < n; i++)
        if (fabs(q[i]) > fabs(q[largest])) largest = i;
    const double sign = q[largest] < 0 ? -1 : 1;
    for (size_t i = 0; i < n; i++) q[i] *= sign;
}

/* Type, normal form and the rest from the solution in locator->guess. */
static void describe(grl_locator *locator, grl_test test, grl_extended *system, double error,
                     grl_special *special)
{
    grl_equation *e = locator->equation;
    const size_t n = e->n;
    const double *g = locator->guess, *q = g + n;
    double c[GRL_NORMAL_FORM] = {0};
    bool known = false;
    int count = 1;
    memset(special, 0, sizeof *special);
    special->error = error;
    special->branch = special->point = SIZE_MAX;
    grl_equation_parameters(e, g + system->t, special->p);
    if (!grl_equation_move(e, g + system->t)) return;
    switch (test) {
    case GRL_TEST_FOLD:
        special->type = GRL_FOLD;
        point_up(n, locator->guess + n);
        known = grl_normal_form_fold(e, g, q, c);
        break;
    case GRL_TEST_CROSS:
        special->type = GRL_BRANCH_POINT;
        known =
            zeros_at(locator, g) < 2 && grl_branch_point_form(e, g, g[system->t], q, c, locator->tangents);
        count = GRL_NORMAL_FORM;
        break;
    case GRL_TEST_FLIP:
        special->type = GRL_FLIP;
        known = grl_normal_form_flip(e, g, q, c);
        break;
    case GRL_TEST_PAIR:
    case GRL_TESTS: {
        const double kappa = g[2 * n], step = e->step;
        const bool turning = kappa > 0 && (!(step > 0) || kappa * step * step < 4);
        special->type = !turning ? GRL_NEUTRAL_SADDLE : step > 0 ? GRL_NEIMARK_SACKER : GRL_HOPF;
        if (!turning) return;
        special->omega = grl_normal_form_angle(e, kappa);
        known = grl_normal_form_hopf(e, g, kappa, c, c + 1);
        count = step > 0 ? 1 : 2;
        break;
    }
    }
    if (!known) return;
    special->coefficients = count;
    memcpy(special->normal_form, c, sizeof c);
}

/* Is the solution between a and b? By its place along the chord and its distance from it. */
static bool between(const grl_locator *locator, const grl_extended *system, const grl_node *a,
                    const grl_node *b)
{
    const size_t n = locator->equation->n;
    double along = 0, distance = 0, length = 0;
    for (size_t i = 0; i <= n; i++) {
        const double x = (i < n ? locator->guess[i] : locator->guess[system->t]) - a->u[i],
                     d = b->u[i] - a->u[i];
        along += x * d;
        distance += x * x;
        length += d * d;
    }
    along /= length;
    return along > -0.02 && along < 1.02 && distance < 1.5 * length;
}

/* A single real eigenvector solves PAIR too where it happens to be orthogonal to l. Then no pair is critical.
 */
static bool is_pair(grl_locator *locator, const grl_extended *system)
{
    const grl_equation *e = locator->equation;
    const size_t n = e->n;
    double *values = locator->vectors, scale = 0;
    size_t i, j;
    if (!grl_equation_move(locator->equation, locator->guess + system->t)) return false;
    grl_equation_field(e, locator->guess, locator->border, locator->J);
    if (!grl_equation_spectrum(e, locator->J, values, NULL)) return false;
    for (i = 0; i < n * n; i++) scale = fmax(scale, fabs(locator->J[i]));
    return fabs(pair_test(n, e->step, values, &i, &j)) <= 1e-10 * scale;
}

bool grl_locator_find(grl_locator *locator, grl_test test, const grl_node *a, const grl_node *b,
                      grl_node *scratch, double *u, grl_special *special)
{
    const size_t n = locator->equation->n;
    double low = 0, high = 1, at_low = a->test[test], at_high = b->test[test], error;
    for (int round = 0; round < 40 && high - low > 1e-9; round++) {
        grl_extended *system;
        double fraction = at_low / (at_low - at_high);
        if (!(fraction > 0.1 && fraction < 0.9) || round % 3 == 2) fraction = 0.5;
        fraction = low + fraction * (high - low);
        /* A branch point that is hit exactly has no tangent; beside it there is one. */
        if (!grl_locator_middle(locator, a, b, fraction, scratch)) {
            fraction = low + 0.37 * (high - low);
            if (!grl_locator_middle(locator, a, b, fraction, scratch)) return false;
        }
        if (first_guess(locator, test, scratch->u, &system) &&
            grl_extended_correct(system, locator->guess, NULL, 0, 12, 0, &error) && error < 1e-9 &&
            between(locator, system, a, b) && (test != GRL_TEST_PAIR || is_pair(locator, system))) {
            memcpy(u, locator->guess, n * sizeof *u);
            u[n] = locator->guess[system->t];
            describe(locator, test, system, error, special);
            return true;
        }
        if (scratch->test[test] * at_low > 0) {
            low = fraction;
            at_low = scratch->test[test];
        } else {
            high = fraction;
            at_high = scratch->test[test];
        }
    }
    return false;
}

bool grl_locator_halve(grl_locator *locator, grl_test test, const grl_node *a, const grl_node *b,
                       grl_node *scratch, double *u, int *zeros, double *width)
{
    const size_t n = locator->equation->n;
    double low = 0, high = 1, length = 0;
    for (size_t i = 0; i <= n; i++) length = hypot(length, b->u[i] - a->u[i]);
    for (int round = 0; round < 50 && (high - low) * length > 1e-13; round++) {
        double middle = (low + high) / 2;
        if (!grl_locator_middle(locator, a, b, middle, scratch)) {
            middle = low + 0.37 * (high - low);
            if (!grl_locator_middle(locator, a, b, middle, scratch)) break;
        }
        memcpy(u, scratch->u, (n + 1) * sizeof *u);
        if (scratch->test[test] * a->test[test] > 0)
            low = middle;
        else
            high = middle;
    }
    *width = (high - low) * length;
    if (*width > 1e-6) return false;
    *zeros = count_zeros(n, scratch->values);
    return true;
}

bool grl_locator_tangents(grl_locator *locator, const double *u, double *tangents)
{
    const size_t n = locator->equation->n;
    double coefficients[GRL_NORMAL_FORM], error;
    grl_extended *system;
    return first_guess(locator, GRL_TEST_CROSS, u, &system) &&
           grl_extended_correct(system, locator->guess, NULL, 0, 12, 0, &error) && error < 1e-9 &&
           grl_branch_point_form(locator->equation, locator->guess, locator->guess[system->t],
                                 locator->guess + n, coefficients, tangents);
}
