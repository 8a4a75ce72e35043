/* chart_map.c: the map from fixed points to biases, and what vanishes at its special points, in intervals.
 *
 * N, for x' = a x + b y + sum a_ij x^i y^j, y' = c x + d y + sum b_ij x^i y^j with d = -a and Delta = -a^2 - bc > 0
 * (Perko 2001, section 4.4, eq. 3'): the first Lyapunov number is -3 pi / (2 b Delta^(3/2)) N with
 *
 *     N =   a c (a11^2 + a11 b02 + a02 b11) + a b (b11^2 + a20 b11 + a11 b20)
 *         + c^2 (a11 a02 + 2 a02 b02) - 2 a c (b02^2 - a20 a02) - 2 a b (a20^2 - b20 b02)
 *         - b^2 (2 a20 b20 + b11 b20) + (b c - 2 a^2)(b11 b02 - a11 a20)
 *         - (a^2 + b c) (3 (c b03 - b a30) + 2 a (a21 + b12) + (c a12 - b b21)).
 *
 * b is not zero where the trace vanishes and Delta > 0, so N = 0 says exactly that the coefficient vanishes.
 *
 * The gradient of N over a box needs the field's Taylor coefficients as functions of the fixed point: for beta
 * and the gates they are the Taylor coefficients of the next order, since the coefficient of u^i v^j has the
 * derivatives (i + 1) c_{i+1,j} and (j + 1) c_{i,j+1}. So N is computed in polynomials in the state whose
 * coefficients are jets of order 1 in the fixed point. With delta = b_h - beta(a + y) = O(y),
 *
 *     tau / (1 + h tau) = delta - h(a + y) delta^2 + (h^2 - 1/3) delta^3 + O(delta^4).
 *
 * What makes a chart impossible: a parameter that acts on other numbers than b_h, or two that act alike. */
#include "bifurcation/chart_map.h"

#include "cell/cell.h"

#include <math.h>
#include <string.h>

/* The direction of the slopes: a generic one, so that it is not along a curve of a network with a symmetry. */
static const double across[2] = {0.8137, 0.5813};

#define MODERATE 1e9

#define WANTED(function) (1u << (function))

static const unsigned thirds = WANTED(GRL_CHART_CUSP_0) | WANTED(GRL_CHART_CUSP_1) |
                               WANTED(GRL_CHART_DET_SLOPE) | WANTED(GRL_CHART_TRACE_SLOPE);

static const grl_interval none = {0, 0}, one = {1, 1}, minus_one = {-1, -1};

static grl_interval number(double x)
{
    return interval_exactly(x);
}

/* tanh of both pre-activations, each moving in its own variable. */
static void hidden(int order, const grl_interval a[2], grl_jet h[2])
{
    grl_interval series[GRL_JET_ORDER + 1];
    for (int i = 0; i < 2; i++) {
        grl_series_tanh(order, a[i], series);
        grl_jet_constant(order, series[0], &h[i]);
        for (int k = 1; k <= order; k++) h[i].c[i == 0 ? jet_index(k, 0) : jet_index(0, k)] = series[k];
    }
}

/* sign (U h + b), row i. */
static void row(int order, double sign, const double *U, int i, const grl_interval *b, const grl_jet h[2],
                grl_jet *out)
{
    grl_jet_constant(order, sign > 0 ? b[i] : interval_negate(b[i]), out);
    for (int j = 0; j < 2; j++) grl_jet_add(order, number(sign * U[2 * i + j]), &h[j], out);
}

static void gate(int order, double sign, const double *U, int i, const grl_interval *b, const grl_jet h[2],
                 grl_jet *out)
{
    grl_interval series[GRL_JET_ORDER + 1];
    grl_jet sum;
    row(order, sign, U, i, b, h, &sum);
    grl_series_sigma(order, sum.c[0], series);
    grl_jet_compose(order, series, &sum, out);
}

/* Q, what the network adds to b_h. */
static void candidate(const grl_chart_map *map, int order, const grl_jet h[2], grl_jet Q[2])
{
    grl_jet r[2], v[2];
    const grl_interval c[2] = {number(map->c_h[0]), number(map->c_h[1])}, nothing[2] = {none, none};
    for (int i = 0; i < 2; i++) gate(order, 1, map->U_r, i, map->b_r, h, &r[i]);
    if (map->after) {
        for (int i = 0; i < 2; i++) {
            row(order, 1, map->U_h, i, c, h, &v[i]);
            grl_jet_multiply(order, &r[i], &v[i], &Q[i]);
        }
        return;
    }
    for (int i = 0; i < 2; i++) grl_jet_multiply(order, &r[i], &h[i], &v[i]);
    for (int i = 0; i < 2; i++) row(order, 1, map->U_h, i, nothing, v, &Q[i]);
}

static void beta_of(const grl_chart_map *map, int order, const grl_interval a[2], const grl_jet h[2],
                    grl_jet beta[2])
{
    grl_jet Q[2];
    candidate(map, order, h, Q);
    for (int i = 0; i < 2; i++) {
        grl_jet_constant(order, a[i], &beta[i]);
        beta[i].c[jet_index(i == 0, i == 1)] = one;
        grl_jet_add(order, minus_one, &Q[i], &beta[i]);
    }
}

/* Polynomials of order 3 in the state whose coefficients are jets of order 1 in the fixed point. */

enum { STATE = 3 };

typedef struct poly {
    grl_jet c[10];
} poly;

/* The Taylor coefficients of a jet of order `order`, and how they move with the point; terms of order STATE
 * and below whose derivatives are known. */
static void moving(int order, const grl_jet *a, poly *out)
{
    memset(out, 0, sizeof *out);
    for (int d = 0; d <= STATE && d < order; d++)
        for (int j = 0; j <= d; j++) {
            int i = d - j;
            grl_jet *c = &out->c[jet_index(i, j)];
            c->c[0] = a->c[jet_index(i, j)];
            c->c[1] = interval_multiply(number(i + 1), a->c[jet_index(i + 1, j)]);
            c->c[2] = interval_multiply(number(j + 1), a->c[jet_index(i, j + 1)]);
        }
}

/* out += k a b, where a and b begin at the given orders. */
static void poly_product(double k, const poly *a, int a_from, const poly *b, int b_from, poly *out)
{
    for (int p = a_from; p <= STATE; p++)
        for (int i = 0; i <= p; i++)
            for (int q = b_from; p + q <= STATE; q++)
                for (int j = 0; j <= q; j++)
                    grl_jet_add_product(1, number(k), &a->c[jet_index(p - i, i)], &b->c[jet_index(q - j, j)],
                                        &out->c[jet_index(p + q - i - j, i + j)]);
}

/* The field's component as a polynomial: w (delta - h delta^2 + (h^2 - 1/3) delta^3). */
static void field_poly(const grl_jet *beta, const grl_jet *w, const grl_jet *h, poly *out)
{
    poly delta, square, rest, gates, states, factor;
    moving(STATE + 1, beta, &delta);
    for (int k = 0; k < 10; k++)
        for (int i = 0; i < 3; i++) delta.c[k].c[i] = k == 0 ? none : interval_negate(delta.c[k].c[i]);
    moving(STATE, w, &gates);
    moving(STATE, h, &states);
    memset(&square, 0, sizeof square);
    poly_product(1, &delta, 1, &delta, 1, &square);
    memset(&factor, 0, sizeof factor); /* -h + (h^2 - 1/3) delta, which multiplies delta^2 */
    poly cubic = factor;
    grl_jet_multiply(1, &states.c[0], &states.c[0], &cubic.c[0]);
    cubic.c[0].c[0] = interval_subtract(cubic.c[0].c[0], interval_divide(one, number(3)));
    for (int k = 0; k < 10; k++) grl_jet_add(1, minus_one, &states.c[k], &factor.c[k]);
    poly_product(1, &cubic, 0, &delta, 1, &factor);
    rest = delta;
    poly_product(1, &factor, 0, &square, 2, &rest);
    memset(out, 0, sizeof *out);
    poly_product(1, &gates, 0, &rest, 1, out);
}

/* out += k times the product of `count` jets of order 1. */
static void term(grl_jet *out, double k, int count, const grl_jet *const *factors)
{
    grl_jet product = *factors[0], next;
    for (int i = 1; i < count; i++) {
        grl_jet_multiply(1, &product, factors[i], &next);
        product = next;
    }
    grl_jet_add(1, number(k), &product, out);
}

static void lyapunov(const poly field[2], grl_jet *N)
{
    const grl_jet *a = &field[0].c[jet_index(1, 0)], *b = &field[0].c[jet_index(0, 1)],
                  *c = &field[1].c[jet_index(1, 0)], *a20 = &field[0].c[jet_index(2, 0)],
                  *a11 = &field[0].c[jet_index(1, 1)], *a02 = &field[0].c[jet_index(0, 2)],
                  *a30 = &field[0].c[jet_index(3, 0)], *a21 = &field[0].c[jet_index(2, 1)],
                  *a12 = &field[0].c[jet_index(1, 2)], *b20 = &field[1].c[jet_index(2, 0)],
                  *b11 = &field[1].c[jet_index(1, 1)], *b02 = &field[1].c[jet_index(0, 2)],
                  *b21 = &field[1].c[jet_index(2, 1)], *b12 = &field[1].c[jet_index(1, 2)],
                  *b03 = &field[1].c[jet_index(0, 3)];
    const struct {
        double k;
        const grl_jet *factors[4];
    } quadratic[] = {{1, {a, c, a11, a11}},  {1, {a, c, a11, b02}},  {1, {a, c, a02, b11}},
                     {1, {a, b, b11, b11}},  {1, {a, b, a20, b11}},  {1, {a, b, a11, b20}},
                     {1, {c, c, a11, a02}},  {2, {c, c, a02, b02}},  {-2, {a, c, b02, b02}},
                     {2, {a, c, a20, a02}},  {-2, {a, b, a20, a20}}, {2, {a, b, b20, b02}},
                     {-2, {b, b, a20, b20}}, {-1, {b, b, b11, b20}}, {1, {b, c, b11, b02}},
                     {-1, {b, c, a11, a20}}, {-2, {a, a, b11, b02}}, {2, {a, a, a11, a20}}};
    const struct {
        double k;
        const grl_jet *factors[2];
    } cubic[] = {{3, {c, b03}}, {-3, {b, a30}}, {2, {a, a21}}, {2, {a, b12}}, {1, {c, a12}}, {-1, {b, b21}}};
    grl_jet_constant(1, none, N);
    for (size_t k = 0; k < sizeof quadratic / sizeof *quadratic; k++)
        term(N, quadratic[k].k, 4, quadratic[k].factors);
    grl_jet sum, factor;
    grl_jet_constant(1, none, &sum);
    grl_jet_constant(1, none, &factor);
    for (size_t k = 0; k < sizeof cubic / sizeof *cubic; k++) term(&sum, cubic[k].k, 2, cubic[k].factors);
    grl_jet_add_product(1, one, a, a, &factor);
    grl_jet_add_product(1, one, b, c, &factor);
    grl_jet_add_product(1, minus_one, &factor, &sum, N);
}

static void slope(const grl_jet *f, grl_jet *out) /* f: order 2 */
{
    grl_jet part;
    grl_jet_constant(1, none, out);
    for (int i = 0; i < 2; i++) {
        grl_jet_derivative(1, i, f, &part);
        grl_jet_add(1, number(across[i]), &part, out);
    }
}

void grl_chart_evaluate(const grl_chart_map *map, unsigned wanted, const grl_interval a[2],
                        grl_chart_values *values)
{
    const int order = wanted & WANTED(GRL_CHART_LYAPUNOV) ? 4 : wanted & thirds ? 3 : 2;
    const int inner = order < 3 ? 1 : 2; /* of det and trace */
    grl_jet h[2], beta[2], w[2], B[2][2], det, trace, part;
    hidden(order, a, h);
    beta_of(map, order, a, h, beta);
    for (int k = 0; k < 2; k++) {
        grl_jet *p = &values->f[GRL_CHART_PARAMETER_0 + k];
        grl_jet_constant(1, none, p);
        for (int i = 0; i < 2; i++) {
            part = beta[i];
            part.c[0] = interval_subtract(part.c[0], map->b[i]);
            grl_jet_add(1, map->inverse[2 * k + i], &part, p);
        }
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) grl_jet_derivative(inner, j, &beta[i], &B[i][j]);
    for (int i = 0; i < 2; i++) {
        values->kernel[0][i] = i == 0 ? B[1][1].c[0] : interval_negate(B[1][0].c[0]);
        values->kernel[1][i] = i == 0 ? interval_negate(B[0][1].c[0]) : B[0][0].c[0];
    }
    grl_jet_multiply(inner, &B[0][0], &B[1][1], &det);
    grl_jet_add_product(inner, minus_one, &B[0][1], &B[1][0], &det);
    values->f[GRL_CHART_DET] = det;

    if (wanted & (WANTED(GRL_CHART_TRACE) | WANTED(GRL_CHART_TRACE_SLOPE) | WANTED(GRL_CHART_LYAPUNOV))) {
        const int gates = order == 4 ? STATE : inner;
        for (int i = 0; i < 2; i++) gate(gates, -1, map->U_z, i, map->b_z, h, &w[i]);
        grl_jet_constant(inner, none, &trace);
        for (int i = 0; i < 2; i++) grl_jet_add_product(inner, minus_one, &w[i], &B[i][i], &trace);
        values->f[GRL_CHART_TRACE] = trace;
        if (wanted & WANTED(GRL_CHART_TRACE_SLOPE)) slope(&trace, &values->f[GRL_CHART_TRACE_SLOPE]);
    }
    if (wanted & WANTED(GRL_CHART_DET_SLOPE)) slope(&det, &values->f[GRL_CHART_DET_SLOPE]);
    if (wanted & (WANTED(GRL_CHART_CUSP_0) | WANTED(GRL_CHART_CUSP_1))) {
        grl_jet grad[2], *cusp[2] = {&values->f[GRL_CHART_CUSP_0], &values->f[GRL_CHART_CUSP_1]};
        for (int i = 0; i < 2; i++) grl_jet_derivative(1, i, &det, &grad[i]);
        grl_jet_multiply(1, &grad[0], &B[1][1], cusp[0]);
        grl_jet_add_product(1, minus_one, &grad[1], &B[1][0], cusp[0]);
        grl_jet_multiply(1, &grad[1], &B[0][0], cusp[1]);
        grl_jet_add_product(1, minus_one, &grad[0], &B[0][1], cusp[1]);
    }
    if (wanted & WANTED(GRL_CHART_LYAPUNOV)) {
        poly field[2];
        for (int i = 0; i < 2; i++) field_poly(&beta[i], &w[i], &h[i], &field[i]);
        lyapunov(field, &values->f[GRL_CHART_LYAPUNOV]);
    }
}

int grl_chart_outside(const grl_chart_map *map, const grl_chart_values *values)
{
    for (int k = 0; k < 2; k++) {
        grl_interval p = values->f[GRL_CHART_PARAMETER_0 + k].c[0];
        if (p.hi < map->low[k] || p.lo > map->high[k]) return 1;
    }
    return 0;
}

void grl_chart_field(const grl_chart_map *map, int order, const grl_interval a[2], grl_jet field[2])
{
    grl_jet h[2], Q[2], pass, rest;
    grl_interval series[GRL_JET_ORDER + 1];
    for (int i = 0; i < 2; i++) {
        grl_series_tanh(0, a[i], series);
        grl_jet_constant(order, series[0], &h[i]);
        h[i].c[jet_index(i == 0, i == 1)] = one;
    }
    candidate(map, order, h, Q);
    for (int i = 0; i < 2; i++) {
        grl_series_tanh(order, a[i], series);
        grl_jet_compose(order, series, &Q[i], &rest);
        grl_jet_add(order, minus_one, &h[i], &rest);
        gate(order, -1, map->U_z, i, map->b_z, h, &pass);
        grl_jet_multiply(order, &pass, &rest, &field[i]);
    }
}

static int acts_linearly(const char *name)
{
    return strncmp(name, "b_h[", 4) == 0 || strncmp(name, "input[", 6) == 0;
}

/* Only b_h may move. */
static int in_b_h_alone(const grl_cell *tangent)
{
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
        for (size_t i = 0; b != GRL_B_H && i < rows * columns; i++)
            if (tangent->block[b][i] != 0) return 0;
    }
    return 1;
}

/* The inverse of A, and whether A has one. */
static int invert(const double *A, grl_interval *inverse)
{
    const grl_interval det = interval_subtract(interval_multiply(number(A[0]), number(A[3])),
                                               interval_multiply(number(A[1]), number(A[2])));
    if (interval_sign(det) == 0) return 0;
    inverse[0] = interval_divide(number(A[3]), det);
    inverse[1] = interval_divide(number(-A[1]), det);
    inverse[2] = interval_divide(number(-A[2]), det);
    inverse[3] = interval_divide(number(A[0]), det);
    return 1;
}

static void load(const grl_cell *cell, grl_chart_map *map)
{
    const double *radius = cell->bias_radius;
    map->after = cell->reset == GRL_RESET_AFTER;
    memcpy(map->U_z, cell->block[GRL_U_Z], sizeof map->U_z);
    memcpy(map->U_r, cell->block[GRL_U_R], sizeof map->U_r);
    memcpy(map->U_h, cell->block[GRL_U_H], sizeof map->U_h);
    memcpy(map->c_h, cell->block[GRL_C_H], sizeof map->c_h);
    for (size_t i = 0; i < 2; i++) {
        grl_interval *biases[3] = {&map->b_z[i], &map->b_r[i], &map->b[i]};
        for (size_t gate_ = 0; gate_ < 3; gate_++) {
            double b = cell->block[GRL_B_Z + gate_][i], r = radius ? radius[2 * gate_ + i] : 0;
            *biases[gate_] = r > 0 ? interval_add(number(b), (grl_interval){-r, r}) : number(b);
        }
    }
}

/* |a_i| = |b_i + Q_i|, with |h| and r at most 1. */
static void bound(grl_chart_map *map)
{
    for (int i = 0; i < 2; i++) {
        grl_interval b = map->b[i];
        for (int k = 0; k < 2; k++)
            b = interval_add(
                b, interval_multiply(number(map->A[2 * i + k]), (grl_interval){map->low[k], map->high[k]}));
        double sum = fmax(fabs(b.lo), fabs(b.hi)) + fabs(map->U_h[2 * i]) + fabs(map->U_h[2 * i + 1]);
        if (map->after) sum += fabs(map->c_h[i]);
        map->bound[i] = sum * (1 + 0x1p-50);
    }
}

/* N multiplies four derivatives of up to fifth order in the weights; beyond MODERATE they could overflow. */
static int is_moderate(const grl_chart_map *map)
{
    const double *blocks[4] = {map->U_z, map->U_r, map->U_h, map->A};
    for (int b = 0; b < 4; b++)
        for (int i = 0; i < 4; i++)
            if (!(fabs(blocks[b][i]) <= MODERATE)) return 0;
    return map->bound[0] <= MODERATE && map->bound[1] <= MODERATE;
}

grl_status grl_chart_map_create(grl_path *path, const double *low, const double *high, grl_chart_map *map,
                                int *applies, grl_error *error)
{
    const size_t count = grl_path_count(path);
    const double zero[2] = {0, 0};
    double before[2] = {0, 0};
    *applies = 0;
    memset(map, 0, sizeof *map);
    if (grl_path_cell(path)->n != 2) return GRL_OK;
    for (size_t k = 0; k < count; k++) {
        if (!acts_linearly(grl_path_name(path, k))) return GRL_OK;
        before[k] = grl_path_values(path)[k];
    }
    grl_status status = grl_path_set(path, zero, error);
    if (status != GRL_OK) return status;
    load(grl_path_cell(path), map);
    int good = 1;
    for (size_t k = 0; k < count; k++) {
        const grl_cell *tangent = grl_path_tangent(path, k, error);
        if (!tangent) return GRL_BAD_INPUT;
        good &= in_b_h_alone(tangent);
        for (size_t i = 0; i < 2; i++) map->A[2 * i + k] = tangent->block[GRL_B_H][i];
        map->low[k] = low[k];
        map->high[k] = high[k];
    }
    if (count == 1) {
        map->A[1] = -map->A[2];
        map->A[3] = map->A[0];
    }
    bound(map);
    *applies = good && is_moderate(map) && invert(map->A, map->inverse);
    return grl_path_set(path, before, error);
}
