/* curve.c: points of a curve of special points in two parameters, and test functions along it.
 *
 *     on folds (J q = 0, psi J = 0):     psi B(q,q) = 0    cusp
 *                                        psi q = 0         Bogdanov-Takens
 *                                        pairs of the others, prod (lambda + mu + ..) = 0    fold-Hopf
 *     on flips:                          b = 0             generalised flip
 *     on Hopf points (kappa > 0):        kappa = 0         Bogdanov-Takens
 *                                        l1 = 0            generalised Hopf (map: d = 0, Chenciner)
 *                                        prod of the others = 0                              fold-Hopf
 *                                        pairs of the others, prod (lambda + mu + ..) = 0    double Hopf
 *                                        4 - kappa step^2 = 0    the map's resonance 1:2
 *
 * (Kuznetsov 2004, section 8.1, 9.1). All are evaluated at solutions of the curve's own equations, so a zero
 * along the curve solves the enlarged system to rounding.
 *
 * What makes it fail: a curve along which several eigenvalues stay critical (symmetric networks). */
#include "bifurcation/curve.h"

#include "base/error.h"
#include "base/memory.h"
#include "bifurcation/normal_form.h"
#include "num/dense.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the cosine between the left null vectors of neighbours. */
static const double least_alignment = 0.7;

void grl_curve_tracer_free(grl_curve_tracer *tracer)
{
    if (!tracer) return;
    grl_extended_free(tracer->system);
    free(tracer->work);
    free(tracer->pivots);
    free(tracer);
}

static bool is_pair_curve(grl_special_type type)
{
    return type == GRL_HOPF || type == GRL_NEIMARK_SACKER;
}

grl_status grl_curve_tracer_create(grl_equation *equation, grl_special_type type, grl_curve_tracer **tracer,
                                   grl_error *error)
{
    const size_t n = equation->n, N = 2 * n + 3, room = 3 * n * n + 2 * n + N + (n + 1) * (n + 3);
    grl_curve_tracer *made = grl_calloc(1, sizeof *made);
    *tracer = NULL;
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    made->equation = equation;
    made->type = type;
    grl_status status = grl_extended_create(
        equation, is_pair_curve(type) ? GRL_EXTENDED_PAIR : GRL_EXTENDED_EIGEN,
        type == GRL_FLIP && equation->step > 0 ? -2 / equation->step : 0, &made->system, error);
    made->work = grl_calloc(room, sizeof(double));
    made->pivots = grl_calloc(n + 1, sizeof *made->pivots);
    if (status == GRL_OK && (!made->work || !made->pivots))
        status = grl_fail_memory(error, room, sizeof(double));
    if (status != GRL_OK) {
        grl_curve_tracer_free(made);
        return status;
    }
    made->J = made->work;
    made->vectors = made->J + n * n;
    made->values = made->vectors + 2 * n * n;
    made->border = made->values + 2 * n;
    *tracer = made;
    return GRL_OK;
}

grl_curve_node *grl_curve_nodes_create(const grl_curve_tracer *tracer, size_t count)
{
    const size_t n = tracer->equation->n, width = tracer->system->unknowns + 2 * n;
    grl_curve_node *nodes = grl_calloc(count, sizeof *nodes + width * sizeof(double));
    if (!nodes) return NULL;
    double *next = (double *)(void *)(nodes + count);
    for (size_t i = 0; i < count; i++, next += width) {
        nodes[i].u = next;
        nodes[i].psi = next + tracer->system->unknowns;
        nodes[i].l = nodes[i].psi + n;
    }
    return nodes;
}

void grl_curve_node_copy(const grl_curve_tracer *tracer, const grl_curve_node *from, grl_curve_node *to)
{
    const size_t n = tracer->equation->n;
    memcpy(to->u, from->u, tracer->system->unknowns * sizeof(double));
    memcpy(to->psi, from->psi, n * sizeof(double));
    memcpy(to->l, from->l, n * sizeof(double));
    memcpy(to->test, from->test, sizeof to->test);
    to->value = from->value;
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static double normalise(size_t n, double *v)
{
    const double size = sqrt(dot(n, v, v));
    for (size_t i = 0; i < n && size > 0; i++) v[i] /= size;
    return size;
}

static double complex value_at(const double *values, size_t i)
{
    return values[2 * i] + I * values[2 * i + 1];
}

static double complex factor_of(double step, double complex a, double complex b)
{
    return a + b + step * a * b;
}

/* The pair of eigenvalues with the smallest factor, among real pairs and conjugates. */
static bool critical_pair(size_t n, double step, const double *values, size_t *first, size_t *last)
{
    double least = INFINITY;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const bool real = values[2 * i + 1] == 0 && values[2 * j + 1] == 0;
            if (!real && !(values[2 * i + 1] == -values[2 * j + 1] && values[2 * i] == values[2 * j]))
                continue;
            const double size = cabs(factor_of(step, value_at(values, i), value_at(values, j)));
            if (size < least) {
                least = size;
                *first = i;
                *last = j;
            }
        }
    return isfinite(least);
}

static size_t nearest_to(size_t n, const double *values, double lambda)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (cabs(value_at(values, i) - lambda) < cabs(value_at(values, best) - lambda)) best = i;
    return best;
}

/* J and the spectrum at h and t; vectors too if asked for. */
static bool linearise(grl_curve_tracer *tracer, const double *h, const double *t, bool vectors)
{
    if (!grl_equation_move(tracer->equation, t)) return false;
    grl_equation_field(tracer->equation, h, tracer->border, tracer->J);
    return grl_equation_spectrum(tracer->equation, tracer->J, tracer->values,
                                 vectors ? tracer->vectors : NULL);
}

bool grl_curve_begin(grl_curve_tracer *tracer, const double *h, const double *t, grl_curve_node *node)
{
    const grl_equation *e = tracer->equation;
    const size_t n = e->n, at = tracer->system->t;
    double *q = node->u + n, error;
    if (!linearise(tracer, h, t, true)) return false;
    memcpy(node->u, h, n * sizeof *h);
    memcpy(node->u + at, t, 2 * sizeof *t);
    if (is_pair_curve(tracer->type)) {
        size_t i = 0, j = 0;
        if (!critical_pair(n, e->step, tracer->values, &i, &j)) return false;
        const double *a = tracer->vectors + 2 * n * i, *b = tracer->vectors + 2 * n * j;
        const bool real = tracer->values[2 * i + 1] == 0;
        for (size_t m = 0; m < n; m++) {
            q[m] = real ? a[2 * m] + b[2 * m] : a[2 * m];
            node->l[m] = real ? a[2 * m] - b[2 * m] : a[2 * m + 1];
        }
        normalise(n, q);
        const double overlap = dot(n, q, node->l);
        for (size_t m = 0; m < n; m++) node->l[m] -= overlap * q[m];
        if (!(normalise(n, node->l) > 0)) return false;
        node->u[2 * n] = creal(value_at(tracer->values, i) * value_at(tracer->values, j));
        memcpy(tracer->system->l, node->l, n * sizeof(double));
    } else {
        const size_t i = nearest_to(n, tracer->values, tracer->system->lambda);
        for (size_t m = 0; m < n; m++) q[m] = tracer->vectors[2 * (n * i + m)];
        if (!(normalise(n, q) > 0)) return false;
    }
    /* Both lines through the start cross the curve, unless it runs along one of them. */
    for (size_t j = 0; j < 2; j++) {
        double *border = tracer->border;
        memset(border, 0, tracer->system->unknowns * sizeof *border);
        border[at + j] = 1;
        memcpy(node->u, h, n * sizeof *h);
        memcpy(node->u + at, t, 2 * sizeof *t);
        if (grl_extended_correct(tracer->system, node->u, border, t[j], 10, 1e-13, &error) && error < 1e-9 &&
            fabs(node->u[at] - t[0]) + fabs(node->u[at + 1] - t[1]) < 1e-6)
            return grl_curve_tests(tracer, NULL, node);
    }
    return false;
}

/* The unit left null vector psi of J near `before`, from [J^T q; b^T 0]. */
static bool left_null(grl_curve_tracer *tracer, const double *q, const double *before, double *psi)
{
    const size_t n = tracer->equation->n, N = n + 1;
    double *A = tracer->border + 2 * n + 3, *x = A + N * N;
    memcpy(psi, before ? before : q, n * sizeof *psi);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) A[i * N + j] = tracer->J[j * n + i];
            A[i * N + n] = q[i];
            A[n * N + i] = psi[i];
        }
        A[n * N + n] = 0;
        memset(x, 0, N * sizeof *x);
        x[n] = 1;
        if (!grl_dense_factor_rows(N, A, tracer->pivots)) {
            /* psi q = 0 makes the first border singular: any other does. */
            for (size_t i = 0; i < n; i++) psi[i] = cos(1 + (double)i);
            continue;
        }
        grl_dense_solve_rows(N, A, tracer->pivots, x);
        memcpy(psi, x, n * sizeof *psi);
        if (!(normalise(n, psi) > 0) || !isfinite(psi[0])) return false;
    }
    if (before && dot(n, psi, before) < 0)
        for (size_t i = 0; i < n; i++) psi[i] = -psi[i];
    return true;
}

/* prod (lambda + mu + step lambda mu) over pairs without the eigenvalues i and j. */
static double other_pairs(size_t n, double step, const double *values, size_t i, size_t j)
{
    double complex product = 1;
    bool any = false;
    for (size_t a = 0; a < n; a++)
        for (size_t b = a + 1; b < n; b++) {
            if (a == i || a == j || b == i || b == j) continue;
            product *= factor_of(step, value_at(values, a), value_at(values, b));
            any = true;
        }
    return any ? creal(product) : NAN;
}

static double other_product(size_t n, const double *values, size_t i, size_t j)
{
    double complex product = 1;
    for (size_t a = 0; a < n; a++)
        if (a != i && a != j) product *= value_at(values, a);
    return n > 2 ? creal(product) : NAN;
}

bool grl_curve_tests(grl_curve_tracer *tracer, const grl_curve_node *before, grl_curve_node *node)
{
    grl_equation *e = tracer->equation;
    const size_t n = e->n, at = tracer->system->t;
    const double *h = node->u, *q = node->u + n, step = e->step;
    if (!linearise(tracer, h, node->u + at, false)) return false;
    for (int k = 0; k < GRL_CURVE_TESTS; k++) node->test[k] = NAN;
    node->value = NAN;
    if (tracer->type == GRL_FOLD) {
        double *second = tracer->vectors;
        const size_t zero = nearest_to(n, tracer->values, 0);
        if (!left_null(tracer, q, before ? before->psi : NULL, node->psi)) return false;
        /* Turned by more than this, its sign is a guess, and so are the signs of both tests below. */
        if (before && !(fabs(dot(n, node->psi, before->psi)) > least_alignment)) return false;
        grl_equation_second(e, h, q, q, second);
        node->test[0] = dot(n, node->psi, second);
        node->test[1] = dot(n, node->psi, q);
        node->test[2] = other_pairs(n, step, tracer->values, zero, zero);
        node->value = node->test[0] / node->test[1] / 2 * (step > 0 ? step : 1);
    } else if (is_pair_curve(tracer->type)) {
        const double kappa = node->u[2 * n];
        size_t i = 0, j = 0;
        double second, scale = 0;
        if (!critical_pair(n, step, tracer->values, &i, &j)) return false;
        /* A single real eigenvector that is orthogonal to l solves PAIR too, and is no point of the curve. */
        for (size_t m = 0; m < n * n; m++) scale = fmax(scale, fabs(tracer->J[m]));
        if (!(cabs(factor_of(step, value_at(tracer->values, i), value_at(tracer->values, j))) <=
              1e-8 * scale))
            return false;
        node->test[0] = kappa;
        if (kappa > 0 && grl_normal_form_hopf(e, h, kappa, &node->value, &second))
            node->test[1] = node->value;
        node->test[2] = other_product(n, tracer->values, i, j);
        node->test[3] = other_pairs(n, step, tracer->values, i, j);
        if (step > 0) node->test[4] = 4 - kappa * step * step;
    } else {
        if (!grl_normal_form_flip(e, h, q, &node->value)) node->value = NAN;
        node->test[0] = node->value;
    }
    return true;
}

bool grl_curve_between(grl_curve_tracer *tracer, const grl_curve_node *a, const grl_curve_node *b,
                       double fraction, grl_curve_node *middle)
{
    const size_t n = tracer->equation->n, N = tracer->system->unknowns, at = tracer->system->t;
    double *border = tracer->border, target = 0, length = 0;
    memcpy(middle->l, a->l, n * sizeof(double));
    memcpy(tracer->system->l, a->l, n * sizeof(double));
    memset(border, 0, N * sizeof *border);
    for (size_t i = 0; i < N; i++) {
        const bool real = i < n || i >= at;
        middle->u[i] = a->u[i];
        if (!real && tracer->system->kind == GRL_EXTENDED_PAIR && i < 2 * n) continue; /* another border */
        middle->u[i] += fraction * (b->u[i] - a->u[i]);
        if (!real) continue;
        border[i] = b->u[i] - a->u[i];
        length += border[i] * border[i];
    }
    length = sqrt(length);
    if (!(length > 0)) return false;
    for (size_t i = 0; i < N; i++) {
        border[i] /= length;
        target += border[i] * middle->u[i];
    }
    return grl_extended_correct(tracer->system, middle->u, border, target, 10, 1e-14, &tracer->error) &&
           grl_curve_tests(tracer, a, middle);
}

void grl_curve_turn_border(grl_curve_tracer *tracer, grl_curve_node *node)
{
    const size_t n = tracer->equation->n;
    double *q = node->u + n, *s = tracer->vectors, *image = s + n, scale = 0, m[2][2];
    if (tracer->system->kind != GRL_EXTENDED_PAIR) return;
    if (!linearise(tracer, node->u, node->u + tracer->system->t, false)) return;
    for (size_t i = 0; i < n; i++) s[i] = dot(n, tracer->J + i * n, q);
    for (size_t i = 0; i < n * n; i++) scale = fmax(scale, fabs(tracer->J[i]));
    m[0][0] = dot(n, s, q);
    for (size_t i = 0; i < n; i++) s[i] -= m[0][0] * q[i];
    /* J q is in the plane, known to rounding; where q is nearly an eigenvector nothing is left beside q. */
    m[1][0] = normalise(n, s);
    if (!(m[1][0] > 1e-7 * scale)) return;
    for (size_t i = 0; i < n; i++) image[i] = dot(n, tracer->J + i * n, s);
    m[0][1] = dot(n, q, image);
    m[1][1] = dot(n, s, image);
    /* q' = x q + y s with the largest component of J q' beside q': an eigenvector of [m10 d; d -m01]. */
    const double d = (m[1][1] - m[0][0]) / 2, angle = atan2(2 * d, m[1][0] + m[0][1]) / 2,
                 mean = (m[1][0] - m[0][1]) / 2, half = hypot((m[1][0] + m[0][1]) / 2, d),
                 turn = fabs(mean + half) >= fabs(mean - half) ? angle : angle + acos(0), x = cos(turn),
                 y = sin(turn);
    for (size_t i = 0; i < n; i++) {
        node->l[i] = x * s[i] - y * q[i];
        q[i] = x * q[i] + y * s[i];
    }
    memcpy(tracer->system->l, node->l, n * sizeof *s);
}

double grl_curve_other_pair(grl_curve_tracer *tracer, const grl_curve_node *node)
{
    const size_t n = tracer->equation->n;
    const double step = tracer->equation->step;
    double best = INFINITY, product = NAN;
    size_t first, last;
    if (!linearise(tracer, node->u, node->u + tracer->system->t, false)) return NAN;
    if (!is_pair_curve(tracer->type))
        first = last = nearest_to(n, tracer->values, 0);
    else if (!critical_pair(n, step, tracer->values, &first, &last))
        return NAN;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const double complex a = value_at(tracer->values, i), b = value_at(tracer->values, j);
            const double size = cabs(factor_of(step, a, b));
            if (i == first || j == first || i == last || j == last || !(size < best)) continue;
            best = size;
            product = creal(a * b);
        }
    return product;
}

grl_special_type grl_curve_special(const grl_curve_tracer *tracer, int test)
{
    static const grl_special_type fold[] = {GRL_CUSP, GRL_BOGDANOV_TAKENS, GRL_FOLD_HOPF},
                                  pair[] = {GRL_BOGDANOV_TAKENS, GRL_GENERALIZED_HOPF, GRL_FOLD_HOPF,
                                            GRL_DOUBLE_HOPF, GRL_RESONANCE_TWO};
    return is_pair_curve(tracer->type) ? pair[test]
           : tracer->type == GRL_FLIP  ? GRL_GENERALIZED_FLIP
                                       : fold[test];
}
