/* The enclosures of num/jet.h and bifurcation/chart_map.h against Arb: over random boxes of random networks, what
 * Arb computes at points of the box must lie in the interval. Derivatives in Arb are forward differences with a
 * step of 2^-120 in numbers of 1000 bits, which shares nothing with Taylor arithmetic; their error is below what
 * is allowed here. */
#include "arb_network.h"
#include "bifurcation/chart_map.h"
#include "networks.h"

#include <grulens/model.h>

enum { STEP = 120, ERROR = 60 }; /* powers of two */

/* x + k 2^-STEP */
static void moved(arb_t out, const arb_t x, slong k)
{
    arb_t step;
    arb_init(step);
    arb_set_si(step, k);
    arb_mul_2exp_si(step, step, -STEP);
    arb_add(out, x, step, ARB_BITS);
    arb_clear(step);
}

/* Q(a), what the network adds to b_h, of a cell whose b_h is zero; B = d beta / da = I - Q'; w = 1 - z. */
static void network(const grl_cell *cell, arb_srcptr a, arb_ptr Q, arb_mat_t B, arb_ptr w)
{
    arb_network_candidate(cell, NULL, a, Q, B);
    arb_mat_neg(B, B);
    arb_ptr h = _arb_vec_init(2);
    for (slong i = 0; i < 2; i++) {
        arb_add_ui(arb_mat_entry(B, i, i), arb_mat_entry(B, i, i), 1, ARB_BITS);
        arb_tanh(h + i, a + i, ARB_BITS);
    }
    for (slong i = 0; i < 2; i++) {
        arb_network_row(w + i, cell, GRL_U_Z, i, h, NULL);
        arb_neg(w + i, w + i);
        arb_network_sigma(w + i, w + i);
    }
    _arb_vec_clear(h, 2);
}

enum { DET, TRACE, SIMPLE };

/* det beta' and the trace at a point, exactly. */
static void simple(const grl_cell *cell, arb_srcptr a, arb_ptr out)
{
    arb_ptr Q = _arb_vec_init(2), w = _arb_vec_init(2);
    arb_mat_t B;
    arb_mat_init(B, 2, 2);
    network(cell, a, Q, B, w);
    arb_mat_det(out + DET, B, ARB_BITS);
    arb_zero(out + TRACE);
    for (slong i = 0; i < 2; i++) arb_submul(out + TRACE, w + i, arb_mat_entry(B, i, i), ARB_BITS);
    arb_mat_clear(B);
    _arb_vec_clear(Q, 2), _arb_vec_clear(w, 2);
}

/* Their derivative number (i, j) by forward differences. */
static void difference(const grl_cell *cell, arb_srcptr a, int which, int i, int j, arb_t out)
{
    arb_ptr at = _arb_vec_init(2), values = _arb_vec_init(SIMPLE);
    arb_t term;
    arb_init(term);
    arb_zero(out);
    for (int p = 0; p <= i; p++)
        for (int q = 0; q <= j; q++) {
            static const slong binomial[3][3] = {{1, 0, 0}, {1, 1, 0}, {1, 2, 1}};
            moved(at, a, p);
            moved(at + 1, a + 1, q);
            simple(cell, at, values);
            arb_mul_si(term, values + which, binomial[i][p] * binomial[j][q] * ((i + j - p - q) % 2 ? -1 : 1),
                       ARB_BITS);
            arb_add(out, out, term, ARB_BITS);
        }
    arb_mul_2exp_si(out, out, (slong)STEP * (i + j));
    arb_clear(term);
    _arb_vec_clear(at, 2), _arb_vec_clear(values, SIMPLE);
}

/* The field in pre-activations at x, with the biases that make a fixed point of `a`:
 * (1 - z) (tanh(Q(x) + a - Q(a)) - tanh x) cosh^2 x. */
static void field(const grl_cell *cell, arb_srcptr a, arb_srcptr x, arb_ptr out)
{
    arb_ptr Qa = _arb_vec_init(2), Qx = _arb_vec_init(2), w = _arb_vec_init(2);
    arb_mat_t B;
    arb_t s;
    arb_mat_init(B, 2, 2), arb_init(s);
    network(cell, a, Qa, B, w);
    network(cell, x, Qx, B, w);
    for (slong i = 0; i < 2; i++) {
        arb_add(out + i, Qx + i, a + i, ARB_BITS);
        arb_sub(out + i, out + i, Qa + i, ARB_BITS);
        arb_tanh(out + i, out + i, ARB_BITS);
        arb_tanh(s, x + i, ARB_BITS);
        arb_sub(out + i, out + i, s, ARB_BITS);
        arb_cosh(s, x + i, ARB_BITS);
        arb_sqr(s, s, ARB_BITS);
        arb_mul(out + i, out + i, s, ARB_BITS);
        arb_mul(out + i, out + i, w + i, ARB_BITS);
    }
    arb_mat_clear(B), arb_clear(s);
    _arb_vec_clear(Qa, 2), _arb_vec_clear(Qx, 2), _arb_vec_clear(w, 2);
}

/* N from the field's Taylor coefficients, and the sum of the sizes of its terms. That its zeros are those of the
 * first Lyapunov coefficient is tested elsewhere, against published points. */
static void lyapunov(const grl_cell *cell, arb_srcptr at, double *N, double *size)
{
    double c[2][4][4] = {{{0}}};
    arb_ptr x = _arb_vec_init(2), value = _arb_vec_init(2);
    arb_t sum[2], term;
    arb_init(sum[0]), arb_init(sum[1]), arb_init(term);
    for (int i = 0; i <= 3; i++)
        for (int j = 0; i + j <= 3; j++) {
            static const slong binomial[4][4] = {{1, 0, 0, 0}, {1, 1, 0, 0}, {1, 2, 1, 0}, {1, 3, 3, 1}};
            static const double factorial[4] = {1, 1, 2, 6};
            arb_zero(sum[0]), arb_zero(sum[1]);
            for (int p = 0; p <= i; p++)
                for (int q = 0; q <= j; q++) {
                    moved(x, at, p);
                    moved(x + 1, at + 1, q);
                    field(cell, at, x, value);
                    for (int k = 0; k < 2; k++) {
                        arb_mul_si(term, value + k,
                                   binomial[i][p] * binomial[j][q] * ((i + j - p - q) % 2 ? -1 : 1),
                                   ARB_BITS);
                        arb_add(sum[k], sum[k], term, ARB_BITS);
                    }
                }
            for (int k = 0; k < 2; k++) {
                arb_mul_2exp_si(sum[k], sum[k], (slong)STEP * (i + j));
                c[k][i][j] = arb_network_value(sum[k]) / (factorial[i] * factorial[j]);
            }
        }
    arb_clear(sum[0]), arb_clear(sum[1]), arb_clear(term);
    _arb_vec_clear(x, 2), _arb_vec_clear(value, 2);

    /* The terms of N, in doubles: their rounding is far below the width of the boxes that are tested. */
    const double a = c[0][1][0], b = c[0][0][1], d = c[1][1][0];
    const double a20 = c[0][2][0], a11 = c[0][1][1], a02 = c[0][0][2], a30 = c[0][3][0], a21 = c[0][2][1],
                 a12 = c[0][1][2], b20 = c[1][2][0], b11 = c[1][1][1], b02 = c[1][0][2], b21 = c[1][2][1],
                 b12 = c[1][1][2], b03 = c[1][0][3];
    const double terms[] = {a * d * (a11 * a11 + a11 * b02 + a02 * b11),
                            a * b * (b11 * b11 + a20 * b11 + a11 * b20),
                            d * d * (a11 * a02 + 2 * a02 * b02),
                            -2 * a * d * (b02 * b02 - a20 * a02),
                            -2 * a * b * (a20 * a20 - b20 * b02),
                            -b * b * (2 * a20 * b20 + b11 * b20),
                            (b * d - 2 * a * a) * (b11 * b02 - a11 * a20),
                            -(a * a + b * d) *
                                (3 * (d * b03 - b * a30) + 2 * a * (a21 + b12) + (d * a12 - b * b21))};
    *N = *size = 0;
    for (size_t k = 0; k < sizeof terms / sizeof *terms; k++) {
        *N += terms[k];
        *size += fabs(terms[k]);
    }
}

static void check_inside(const char *what, const arb_t exact, grl_interval computed)
{
    arb_t ball;
    arb_init(ball);
    arb_set(ball, exact);
    mag_t slack;
    mag_init(slack);
    arb_get_mag(slack, ball);
    mag_add_ui(slack, slack, 1);
    mag_mul_2exp_si(slack, slack, -ERROR);
    mag_add(arb_radref(ball), arb_radref(ball), slack);
    if (!(computed.lo <= computed.hi) || arb_network_inside(ball, computed.lo, computed.hi) == -1)
        fail_msg("%s: %.17g is not in [%.17g, %.17g]", what, arb_network_value(exact), computed.lo,
                 computed.hi);
    mag_clear(slack);
    arb_clear(ball);
}

static void check_point(const grl_cell *cell, arb_srcptr a, const grl_chart_values *v)
{
    static const double across[2] = {0.8137, 0.5813};
    arb_ptr Q = _arb_vec_init(2), w = _arb_vec_init(2);
    arb_mat_t B;
    arb_t s, t, u;
    arb_mat_init(B, 2, 2), arb_init(s), arb_init(t), arb_init(u);
    network(cell, a, Q, B, w);
    for (int k = 0; k < 2; k++) {
        arb_sub(s, a + k, Q + k, ARB_BITS);
        check_inside("parameter", s, v->f[GRL_CHART_PARAMETER_0 + k].c[0]);
        for (int j = 0; j < 2; j++)
            check_inside("slope of a parameter", arb_mat_entry(B, k, j),
                         v->f[GRL_CHART_PARAMETER_0 + k].c[1 + j]);
        for (int i = 0; i < 2; i++) { /* adj B = [[B11, -B01], [-B10, B00]] */
            arb_set(s, arb_mat_entry(B, i == k ? 1 - k : i, i == k ? 1 - k : k));
            if (i != k) arb_neg(s, s);
            check_inside("kernel", s, v->kernel[k][i]);
        }
    }
    for (int which = 0; which < SIMPLE; which++) {
        const grl_jet *f = &v->f[which == DET ? GRL_CHART_DET : GRL_CHART_TRACE];
        const grl_jet *slope = &v->f[which == DET ? GRL_CHART_DET_SLOPE : GRL_CHART_TRACE_SLOPE];
        for (int i = 0; i <= 1; i++)
            for (int j = 0; i + j <= 1; j++) {
                difference(cell, a, which, i, j, s);
                check_inside(which == DET ? "det" : "trace", s, f->c[jet_index(i, j)]);
                difference(cell, a, which, i + 1, j, t);
                difference(cell, a, which, i, j + 1, u);
                arb_set_d(s, across[0]);
                arb_mul(t, t, s, ARB_BITS);
                arb_set_d(s, across[1]);
                arb_addmul(t, u, s, ARB_BITS);
                check_inside("slope", t, slope->c[jet_index(i, j)]);
            }
    }
    for (int k = 0; k < 2; k++) { /* grad det . column k of the adjugate */
        arb_zero(u);
        for (int i = 0; i < 2; i++) {
            difference(cell, a, DET, i == 0, i == 1, t);
            arb_set(s, arb_mat_entry(B, i == k ? 1 - k : i, i == k ? 1 - k : k));
            if (i != k) arb_neg(s, s);
            arb_addmul(u, t, s, ARB_BITS);
        }
        check_inside("cusp", u, v->f[GRL_CHART_CUSP_0 + k].c[0]);
    }
    double N, size;
    lyapunov(cell, a, &N, &size);
    const grl_interval computed = v->f[GRL_CHART_LYAPUNOV].c[0];
    if (!(N >= computed.lo - 1e-13 * size && N <= computed.hi + 1e-13 * size))
        fail_msg("N = %.17g is not in [%.17g, %.17g]", N, computed.lo, computed.hi);
    arb_mat_clear(B), arb_clear(s), arb_clear(t), arb_clear(u);
    _arb_vec_clear(Q, 2), _arb_vec_clear(w, 2);
}

/* The gradient of N: the mean value theorem along a straight line in the box. */
static void check_slope(const grl_cell *cell, double ends[2][2], const grl_chart_values *v)
{
    const grl_jet *f = &v->f[GRL_CHART_LYAPUNOV];
    double N[2], size[2];
    for (int end = 0; end < 2; end++) {
        arb_ptr at = _arb_vec_init(2);
        for (int i = 0; i < 2; i++) arb_set_d(at + i, ends[end][i]);
        lyapunov(cell, at, &N[end], &size[end]);
        _arb_vec_clear(at, 2);
    }
    grl_interval change = interval_exactly(0);
    for (int i = 0; i < 2; i++)
        change =
            interval_add(change, interval_multiply(f->c[1 + i], interval_exactly(ends[1][i] - ends[0][i])));
    const double slack = 1e-13 * (size[0] + size[1]);
    if (!(N[1] - N[0] >= change.lo - slack && N[1] - N[0] <= change.hi + slack))
        fail_msg("N changes by %.17g, not in [%.17g, %.17g]", N[1] - N[0], change.lo, change.hi);
}

/* Random boxes, from points to wide ones, of networks from mild to saturated. */
static void test_enclosures(void **state)
{
    const int networks = check_quick() ? 3 : 15;
    (void)state;
    for (int k = 0; k < networks; k++) {
        static const char *const names[2] = {"b_h[0]", "b_h[1]"};
        const double low[2] = {-5, -5}, high[2] = {5, 5}, scales[3] = {1, 4, 12};
        grl_cell *cell = random_network(2, k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, scales[k % 3], 31,
                                        (uint64_t)k),
                 *plain;
        grl_model *model;
        grl_path *path;
        grl_chart_map map;
        int applies;
        grl_random random = grl_random_stream(32, (uint64_t)k);
        assert_int_equal(grl_cell_copy(cell, &plain, NULL), GRL_OK);
        memset(grl_cell_block(plain, GRL_B_H), 0, 2 * sizeof(double));
        assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
        assert_int_equal(grl_path_create(model, NULL, NULL, 2, names, &path, NULL), GRL_OK);
        assert_int_equal(grl_chart_map_create(path, low, high, &map, &applies, NULL), GRL_OK);
        assert_int_equal(applies, 1);
        for (int box = 0; box < 6; box++) {
            static const double radii[6] = {0, 1e-12, 1e-6, 1e-2, 0.2, 2};
            grl_interval a[2];
            grl_chart_values values;
            for (int i = 0; i < 2; i++) {
                const double middle = 6 * (2 * grl_random_uniform(&random) - 1);
                a[i] = (grl_interval){middle - radii[box], middle + radii[box]};
            }
            grl_chart_evaluate(&map, ~0u, a, &values);
            double points[2][2];
            for (int point = 0; point < 2; point++) {
                arb_ptr at = _arb_vec_init(2);
                for (int i = 0; i < 2; i++) {
                    points[point][i] =
                        fmin(a[i].hi, a[i].lo + grl_random_uniform(&random) * (a[i].hi - a[i].lo));
                    arb_set_d(at + i, points[point][i]);
                }
                check_point(plain, at, &values);
                _arb_vec_clear(at, 2);
            }
            check_slope(plain, points, &values);
        }
        grl_path_free(path);
        grl_model_free(model);
        grl_cell_free(plain);
    }
}

/* Taylor coefficients of tanh and sigma against Arb's power series. */
static void test_series(void **state)
{
    (void)state;
    for (int k = -40; k <= 40; k++) {
        const double x = 0.37 * k;
        grl_interval tanh_series[GRL_JET_ORDER + 1], sigma_series[GRL_JET_ORDER + 1];
        grl_series_tanh(GRL_JET_ORDER, interval_exactly(x), tanh_series);
        grl_series_sigma(GRL_JET_ORDER, interval_exactly(x), sigma_series);
        /* The coefficients of tanh by (1 - t^2) = t', those of sigma(x) = (1 + tanh(x / 2)) / 2 from them. */
        for (int half = 0; half < 2; half++) {
            arb_ptr t = _arb_vec_init(GRL_JET_ORDER + 1);
            arb_t s;
            arb_init(s);
            arb_set_d(s, half ? x / 2 : x);
            arb_tanh(t, s, ARB_BITS);
            for (int n = 0; n < GRL_JET_ORDER; n++) {
                arb_set_si(s, n == 0);
                for (int i = 0; i <= n; i++) arb_submul(s, t + i, t + n - i, ARB_BITS);
                arb_div_ui(t + n + 1, s, (ulong)n + 1, ARB_BITS);
            }
            for (int n = 0; n <= GRL_JET_ORDER; n++) {
                if (half) {
                    if (n == 0) arb_add_ui(t, t, 1, ARB_BITS);
                    arb_mul_2exp_si(t + n, t + n, -1 - n);
                }
                const grl_interval computed = half ? sigma_series[n] : tanh_series[n];
                check_inside(half ? "sigma" : "tanh", t + n, computed);
                assert_true(computed.hi - computed.lo <= 1e-13);
            }
            arb_clear(s);
            _arb_vec_clear(t, GRL_JET_ORDER + 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_series), cmocka_unit_test(test_enclosures)};
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    flint_cleanup();
    return result;
}
