/* Field, map, Jacobian and derivatives against the equations written out again in long double, with nothing
 * shared with the library, and central differences of them. */
#include "base/random.h"
#include "check.h"

#include <grulens/cell.h>
#include <string.h>

enum { N = 3, M = 2 };

static grl_cell *random_cell(uint64_t seed, grl_reset reset, double scale)
{
    grl_cell *cell;
    grl_random random = grl_random_stream(seed, 0);
    assert_int_equal(grl_cell_create(N, M, reset, &cell, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, N, M, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++)
            grl_cell_block(cell, (grl_block)b)[i] = scale * grl_random_normal(&random);
    }
    return cell;
}

/* f at h + sum_k e_k u_k and numbers + sum_k e_k tangents_k, in long double. */
static void oracle(const grl_cell *cell, const double *x, const double *h, int order, const double *const *u,
                   const grl_cell *const *tangents, const long double *e, long double *f)
{
    long double P[GRL_BLOCKS][N * N], s[N], r[N], z[N], v[N];
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, N, M, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++) {
            P[b][i] = grl_cell_values(cell, (grl_block)b)[i];
            for (int k = 0; k < order; k++)
                if (tangents && tangents[k])
                    P[b][i] += e[k] * (long double)grl_cell_values(tangents[k], (grl_block)b)[i];
        }
    }
    for (int i = 0; i < N; i++) {
        s[i] = h[i];
        for (int k = 0; k < order; k++)
            if (u && u[k]) s[i] += e[k] * (long double)u[k][i];
    }
    for (int i = 0; i < N; i++) {
        long double a = P[GRL_B_Z][i], b = P[GRL_B_R][i], c = P[GRL_C_H][i];
        for (int j = 0; j < N; j++) {
            a += P[GRL_U_Z][i * N + j] * s[j];
            b += P[GRL_U_R][i * N + j] * s[j];
            c += P[GRL_U_H][i * N + j] * s[j];
        }
        for (int k = 0; x && k < M; k++) {
            a += P[GRL_W_Z][i * M + k] * (long double)x[k];
            b += P[GRL_W_R][i * M + k] * (long double)x[k];
        }
        z[i] = 1 / (1 + expl(-a));
        r[i] = 1 / (1 + expl(-b));
        v[i] = c;
    }
    for (int i = 0; i < N; i++) {
        long double a = P[GRL_B_H][i];
        for (int k = 0; x && k < M; k++) a += P[GRL_W_H][i * M + k] * (long double)x[k];
        if (grl_cell_reset(cell) == GRL_RESET_AFTER)
            a += r[i] * v[i];
        else
            for (int j = 0; j < N; j++) a += P[GRL_U_H][i * N + j] * r[j] * s[j];
        f[i] = (1 - z[i]) * (tanhl(a) - s[i]);
    }
}

/* The mixed derivative by central differences over the signs of all e_k. Error O(step^2) + rounding /
 * step^order. */
static void oracle_derivative(const grl_cell *cell, const double *x, const double *h, int order,
                              const double *const *u, const grl_cell *const *tangents, long double step,
                              long double *out)
{
    for (int i = 0; i < N; i++) out[i] = 0;
    for (int signs = 0; signs < 1 << order; signs++) {
        long double e[3], f[N], weight = 1;
        for (int k = 0; k < order; k++) {
            e[k] = signs >> k & 1 ? step : -step;
            weight *= (signs >> k & 1 ? 1 : -1) / (2 * step);
        }
        oracle(cell, x, h, order, u, tangents, e, f);
        for (int i = 0; i < N; i++) out[i] += weight * f[i];
    }
}

static const double state[N] = {0.3, -0.7, 0.55}, input[M] = {0.4, -1.2};

static void test_field_and_map(void **unused)
{
    (void)unused;
    for (int reset = 0; reset < 2; reset++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            grl_cell *cell = random_cell(seed, (grl_reset)reset, seed < 25 ? 1 : 5);
            double f[N], next[N], half[N], work[64];
            long double reference[N];
            assert_true(grl_cell_work(cell) <= 64);
            oracle(cell, input, state, 0, NULL, NULL, NULL, reference);
            grl_cell_field(cell, input, state, f, work);
            grl_cell_map(cell, input, 1, state, next, work);
            grl_cell_map(cell, input, 0.5, state, half, work);
            for (int i = 0; i < N; i++) {
                /* pre-activations reach 50, so arguments carry 50 * 5 u and the field about 1e-14 */
                check_near(f[i], (double)reference[i], 2e-14);
                check_near(next[i], state[i] + (double)reference[i], 2e-14);
                check_near(half[i], state[i] + 0.5 * (double)reference[i], 2e-14);
            }
            grl_cell_free(cell);
        }
}

static void test_jacobian(void **unused)
{
    (void)unused;
    for (int reset = 0; reset < 2; reset++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            grl_cell *cell = random_cell(seed, (grl_reset)reset, 1.5);
            double J[N * N], work[64];
            grl_cell_jacobian(cell, input, state, J, work);
            for (int j = 0; j < N; j++) {
                double unit[N] = {0};
                const double *u[1] = {unit};
                long double column[N];
                unit[j] = 1;
                oracle_derivative(cell, input, state, 1, u, NULL, 1e-6L, column);
                for (int i = 0; i < N; i++)
                    check_near(J[i * N + j], (double)column[i], 2e-9); /* third derivatives to 1e3 */
            }
            grl_cell_free(cell);
        }
}

static void test_derivatives(void **unused)
{
    (void)unused;
    static const double u0[N] = {0.5, -0.3, 0.8}, u1[N] = {-0.2, 0.9, 0.1}, u2[N] = {0.7, 0.4, -0.6};
    const double *u[3] = {u0, u1, u2};
    for (int reset = 0; reset < 2; reset++)
        for (uint64_t seed = 0; seed < 20; seed++)
            for (int order = 1; order <= 3; order++)
                for (int which = 0; which < 1 << order; which++) { /* which directions move numbers too */
                    grl_cell *cell = random_cell(seed, (grl_reset)reset, 0.7);
                    grl_cell *tangent[3];
                    const grl_cell *tangents[3];
                    for (int k = 0; k < 3; k++) {
                        tangent[k] = random_cell(1000 + 3 * seed + (uint64_t)k, (grl_reset)reset, 0.5);
                        tangents[k] = k < order && which >> k & 1 ? tangent[k] : NULL;
                    }
                    double out[N], *work = calloc(grl_cell_derivative_work(cell), sizeof *work);
                    long double coarse[N], fine[N];
                    grl_cell_derivative(cell, input, state, order, u, tangents, out, work);
                    oracle_derivative(cell, input, state, order, u, tangents, 2e-3L, coarse);
                    oracle_derivative(cell, input, state, order, u, tangents, 1e-3L, fine);
                    /* one step of Richardson: O(step^4) is 1e-12 times fifth derivatives and more, up to 1e5
                     */
                    for (int i = 0; i < N; i++)
                        check_near(out[i], (double)((4 * fine[i] - coarse[i]) / 3), 1e-7);
                    free(work);
                    for (int k = 0; k < 3; k++) grl_cell_free(tangent[k]);
                    grl_cell_free(cell);
                }
}

static void test_constant_input(void **unused)
{
    (void)unused;
    for (int reset = 0; reset < 2; reset++) {
        grl_cell *cell = random_cell(7, (grl_reset)reset, 1), *fixed;
        double f[N], g[N], work[64];
        assert_int_equal(grl_cell_at_input(cell, input, &fixed, NULL), GRL_OK);
        assert_int_equal(grl_cell_input_size(fixed), 0);
        grl_cell_field(cell, input, state, f, work);
        grl_cell_field(fixed, NULL, state, g, work);
        for (int i = 0; i < N; i++) check_near(f[i], g[i], 1e-15);
        grl_cell_free(fixed);
        double bad[M] = {0, (double)NAN};
        grl_error error;
        assert_int_equal(grl_cell_at_input(cell, bad, &fixed, &error), GRL_BAD_INPUT);
        assert_non_null(strstr(error.message, "input[1]"));
        assert_null(fixed);
        grl_cell_free(cell);
    }
}

static void test_names(void **unused)
{
    (void)unused;
    grl_cell *cell = random_cell(1, GRL_RESET_AFTER, 1);
    grl_block block;
    size_t index;
    grl_error error;
    assert_int_equal(grl_cell_find(cell, "U_h[2,1]", &block, &index, NULL), GRL_OK);
    assert_int_equal(block, GRL_U_H);
    assert_int_equal(index, 7);
    assert_int_equal(grl_cell_find(cell, "W_r[2,1]", &block, &index, NULL), GRL_OK);
    assert_int_equal(block, GRL_W_R);
    assert_int_equal(index, 5);
    assert_int_equal(grl_cell_find(cell, "c_h[0]", &block, &index, NULL), GRL_OK);
    assert_int_equal(block, GRL_C_H);
    static const char *const bad[] = {"U_h[3,0]", "U_h[0]",  "U_h[0,2",  "b_h[-1]",
                                      "b_h[]",    "b_h[0]x", "q[0]",     "W_z[0,2]",
                                      "",         "U_h",     "b_h[0,0]", "b_h[99999999999999999999]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(grl_cell_find(cell, bad[i], &block, &index, &error), GRL_BAD_INPUT);
        assert_true(strlen(error.message) > 20);
    }
    grl_cell_block(cell, GRL_U_R)[4] = INFINITY;
    assert_int_equal(grl_cell_check(cell, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "U_r[1,1]"));
    grl_cell_free(cell);
    assert_int_equal(grl_cell_create(0, 0, GRL_RESET_AFTER, &cell, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_cell_create(GRL_MAX_UNITS + 1, 0, GRL_RESET_AFTER, &cell, &error), GRL_BAD_INPUT);
    assert_null(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field_and_map), cmocka_unit_test(test_jacobian),
        cmocka_unit_test(test_derivatives),   cmocka_unit_test(test_constant_input),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests_name("cell", tests, NULL, NULL);
}
