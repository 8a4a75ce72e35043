/* jet.c: arithmetic of two-variable Taylor polynomials with interval coefficients.
 *
 * The Taylor coefficients of the elementary functions are polynomials in their values. With t = tanh x and
 * s = 1 - t^2:
 *
 *     t,  s,  -t s,  s (3 t^2 - 1) / 3,  t s (2 - 3 t^2) / 3,  s (2 - 15 t^2 + 15 t^4) / 15
 *
 * and with y = sigma x, v = y (1 - y) and m = 1 - 2 y:
 *
 *     y,  v,  v m / 2,  v (1 - 6 v) / 6,  v m (1 - 12 v) / 24,  v (1 - 30 v + 120 v^2) / 120.
 *
 * 1 - y is taken as sigma(-x), so that all of these are accurate relative to y where the gate is shut; and s so that
 * they are accurate relative to it where tanh is saturated. */
#include "num/jet.h"

static const grl_interval one = {1, 1};

static grl_interval scaled(double k, grl_interval a)
{
    return interval_multiply(interval_exactly(k), a);
}

void grl_jet_constant(int order, grl_interval value, grl_jet *out)
{
    for (size_t k = 1; k < jet_terms(order); k++) out->c[k] = interval_exactly(0);
    out->c[0] = value;
}

void grl_jet_add(int order, grl_interval k, const grl_jet *a, grl_jet *out)
{
    for (size_t i = 0; i < jet_terms(order); i++)
        out->c[i] = interval_add(out->c[i], interval_multiply(k, a->c[i]));
}

void grl_jet_multiply(int order, const grl_jet *a, const grl_jet *b, grl_jet *out)
{
    grl_jet_constant(order, interval_exactly(0), out);
    grl_jet_add_product(order, one, a, b, out);
}

void grl_jet_add_product(int order, grl_interval k, const grl_jet *a, const grl_jet *b, grl_jet *out)
{
    for (int p = 0; p <= order; p++)
        for (int i = 0; i <= p; i++) {
            grl_interval left = a->c[jet_index(p - i, i)];
            if (left.lo == 0 && left.hi == 0) continue;
            if (k.lo != 1 || k.hi != 1) left = interval_multiply(k, left);
            for (int q = 0; q + p <= order; q++)
                for (int j = 0; j <= q; j++) {
                    grl_interval *sum = &out->c[jet_index(p + q - i - j, i + j)];
                    *sum = interval_add(*sum, interval_multiply(left, b->c[jet_index(q - j, j)]));
                }
        }
}

void grl_jet_compose(int order, const grl_interval *series, const grl_jet *q, grl_jet *out)
{
    grl_jet step = *q, product;
    step.c[0] = interval_exactly(0);
    grl_jet_constant(order, series[order], out);
    for (int k = order - 1; k >= 0; k--) {
        grl_jet_multiply(order, out, &step, &product);
        *out = product;
        out->c[0] = series[k];
    }
}

void grl_jet_derivative(int order, int variable, const grl_jet *a, grl_jet *out)
{
    for (int p = 0; p <= order; p++)
        for (int j = 0; j <= p; j++) {
            int i = p - j;
            out->c[jet_index(i, j)] = variable == 0 ? scaled(i + 1, a->c[jet_index(i + 1, j)])
                                                    : scaled(j + 1, a->c[jet_index(i, j + 1)]);
        }
}

/* 1 - tanh^2. Where tanh is nearly 1 it would cancel: there it is 4 sigma(2x) sigma(-2x), which falls as |x|
 * grows. */
static grl_interval slope_of_tanh(grl_interval x, grl_interval t)
{
    const double saturated = 0.99;
    if (t.lo < saturated && t.hi > -saturated) {
        const grl_interval s = interval_subtract(one, interval_square(t));
        return (grl_interval){s.lo > 0 ? s.lo : 0, s.hi < 1 ? s.hi : 1};
    }
    const double near = x.lo > 0 ? x.lo : -x.hi, far = x.lo > 0 ? x.hi : -x.lo;
    grl_interval y[4] = {
        {2 * near, 2 * near}, {-2 * near, -2 * near}, {2 * far, 2 * far}, {-2 * far, -2 * far}};
    interval_sigma(4, y);
    return (grl_interval){scaled(4, interval_multiply(y[2], y[3])).lo,
                          scaled(4, interval_multiply(y[0], y[1])).hi};
}

void grl_series_tanh(int order, grl_interval x, grl_interval *series)
{
    grl_interval t = x;
    interval_tanh(1, &t);
    const grl_interval q = interval_square(t), s = slope_of_tanh(x, t);
    series[0] = t;
    if (order > 0) series[1] = s;
    if (order > 1) series[2] = interval_negate(interval_multiply(t, s));
    if (order > 2)
        series[3] =
            interval_divide(interval_multiply(s, interval_subtract(scaled(3, q), one)), interval_exactly(3));
    if (order > 3)
        series[4] = interval_divide(
            interval_multiply(interval_multiply(t, s), interval_subtract(interval_exactly(2), scaled(3, q))),
            interval_exactly(3));
    if (order > 4)
        series[5] = interval_divide(
            interval_multiply(
                s, interval_add(interval_exactly(2), scaled(15, interval_subtract(interval_square(q), q)))),
            interval_exactly(15));
}

void grl_series_sigma(int order, grl_interval x, grl_interval *series)
{
    grl_interval y[2] = {x, interval_negate(x)};
    interval_sigma(2, y);
    grl_interval v = interval_multiply(y[0], y[1]), m = interval_subtract(y[1], y[0]);
    series[0] = y[0];
    if (order > 0) series[1] = v;
    if (order > 1) series[2] = scaled(0.5, interval_multiply(v, m));
    if (order > 2)
        series[3] =
            interval_divide(interval_multiply(v, interval_subtract(one, scaled(6, v))), interval_exactly(6));
    if (order > 3)
        series[4] =
            interval_divide(interval_multiply(interval_multiply(v, m), interval_subtract(one, scaled(12, v))),
                            interval_exactly(24));
    if (order > 4)
        series[5] = interval_divide(interval_multiply(v, interval_add(interval_subtract(one, scaled(30, v)),
                                                                      scaled(120, interval_square(v)))),
                                    interval_exactly(120));
}
