/* test_spectrum_large.c: the proof of how many eigenvalues are stable, against closed forms on both sides of
 * every border and against computed eigenvalues of random networks. */
#include "base/random.h"
#include "cell/cell.h"
#include "check.h"
#include "portrait/slow.h"
#include "portrait/spectrum_large.h"

#include <stdlib.h>
#include <string.h>

static grl_cell *diagonal_cell(size_t n, grl_reset reset, double u)
{
    grl_cell *cell = NULL;
    assert_int_equal(grl_cell_create(n, 0, reset, &cell, NULL), GRL_OK);
    for (size_t i = 0; i < n; i++) grl_cell_block(cell, GRL_U_H)[i * n + i] = u;
    return cell;
}

/* decided * 10000 + stable * 100 + unstable */
static int inertia(const grl_cell *cell, grl_time time, double dt, const double *h, double radius)
{
    int decided = -1;
    size_t stable = 99, unstable = 99;
    assert_int_equal(
        grl_inertia_certify(cell, time, dt, h, radius, NULL, NULL, &decided, &stable, &unstable, NULL),
        GRL_OK);
    assert_true(decided == 1 || (decided == 0 && stable == 0 && unstable == 0));
    return decided * 10000 + (int)stable * 100 + (int)unstable;
}

/* U_h = 3 I: eigenvalues 1/4 at 0 and (1.5 (1 - h^2) - 1) / 2 < 0 at the other two values. */
static void test_lattice(void **state)
{
    (void)state;
    enum { N = 5 };
    for (int reset = 0; reset < 2; reset++) {
        grl_cell *cell = diagonal_cell(N, (grl_reset)reset, 3);
        for (int point = 0; point < 1 << N; point++) {
            double h[N];
            int zeros = 0;
            for (int i = 0; i < N; i++) {
                h[i] = point >> i & 1 ? 0 : (i % 2 ? -0.858559636640110 : 0.858559636640110);
                zeros += point >> i & 1;
            }
            int expected = 10000 + 100 * (N - zeros) + zeros;
            assert_int_equal(inertia(cell, GRL_CONTINUOUS, 1, h, 1e-14), expected);
            assert_int_equal(inertia(cell, GRL_DISCRETE, 1, h, 1e-14), expected);
            assert_int_equal(inertia(cell, GRL_DISCRETE, 0.1, h, 1e-14), expected);
            assert_int_equal(inertia(cell, GRL_CONTINUOUS, 1, h, 0.8), 0); /* too large a box */
        }
        assert_int_equal(inertia(cell, GRL_CONTINUOUS, 1, (double[N]){0}, INFINITY), 0);
        assert_int_equal(inertia(cell, GRL_CONTINUOUS, 1, (double[N]){0}, NAN), 0);
        grl_cell_free(cell);
    }
}

/* At the origin of U_h = u I the eigenvalue is (u / 2 - 1) / 2: zero at u = 2, and 1 + it is -1 at u = -6. */
static void test_borders(void **state)
{
    (void)state;
    const double h[3] = {0};
    for (int reset = 0; reset < 2; reset++) {
        const struct {
            grl_time time;
            double u, radius;
            int expected;
        } cases[] = {
            {GRL_CONTINUOUS, 2, 1e-15, 0},
            {GRL_CONTINUOUS, 2 + 1e-12, 1e-15, 10003},
            {GRL_CONTINUOUS, 2 - 1e-12, 1e-15, 10300},
            {GRL_DISCRETE, -6, 1e-15, 0},
            {GRL_DISCRETE, -6 - 1e-12, 1e-15, 10003},
            {GRL_DISCRETE, -6 + 1e-12, 1e-15, 10300},
            /* 1 - h^2 varies by 1e-6 over this box */
            {GRL_CONTINUOUS, 2 + 1e-7, 1e-3, 0},
            {GRL_CONTINUOUS, 2 + 1e-4, 1e-3, 10003},
        };
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
            grl_cell *cell = diagonal_cell(3, (grl_reset)reset, cases[k].u);
            assert_int_equal(inertia(cell, cases[k].time, 1, h, cases[k].radius), cases[k].expected);
            grl_cell_free(cell);
        }
    }
}

/* The rotation family (MATH.md): the origin is stable for cos alpha < 2/3 (flow), < 1/4 (map). */
static void test_rotation(void **state)
{
    (void)state;
    const double h[2] = {0}, at[2] = {acos(2.0 / 3), acos(0.25)};
    for (int time = 0; time < 2; time++)
        for (int side = -1; side <= 1; side++) {
            grl_cell *cell = diagonal_cell(2, GRL_RESET_BEFORE, 0);
            double alpha = at[time] + side * 1e-11, *U = grl_cell_block(cell, GRL_U_H);
            U[0] = U[3] = 3 * cos(alpha);
            U[1] = -3 * sin(alpha);
            U[2] = 3 * sin(alpha);
            int expected = side == 0 ? 0 : side > 0 ? 10200 : 10002;
            int found = inertia(cell, (grl_time)time, 1, h, 1e-15);
            if (found != expected) fail_msg("time %d, side %d: %d, expected %d", time, side, found, expected);
            grl_cell_free(cell);
        }
}

/* Random states stand in for fixed points by a bias that makes them so: b_h = atanh h - p(h). What is proven
 * must be what LAPACK computes with another formula for Df. */
static void test_random(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 2, 7, 30, 64};
    int proven = 0, all = 0;
    for (size_t s = 0; s < 5; s++)
        for (uint64_t seed = 0; seed < 12; seed++, all++) {
            size_t n = sizes[s];
            grl_random random = grl_random_stream(seed, n);
            grl_cell *cell = diagonal_cell(n, (grl_reset)(seed % 2), 0);
            for (int b = 0; b < GRL_BLOCKS; b++) {
                size_t rows, columns;
                grl_block_shape((grl_block)b, n, 0, &rows, &columns);
                double size = 4 / sqrt((double)n);
                for (size_t k = 0; k < rows * columns; k++)
                    grl_cell_block(cell, (grl_block)b)[k] = size * grl_random_normal(&random);
            }
            double *h = malloc(n * sizeof *h), *J = malloc(3 * n * n * sizeof *J), *f = malloc(n * sizeof *f),
                   *values = malloc(2 * n * sizeof *values),
                   *work = malloc(grl_cell_work(cell) * sizeof *work), *slow = malloc(6 * n * sizeof *slow);
            for (size_t i = 0; i < n; i++) h[i] = tanh(1.5 * grl_random_normal(&random));
            for (int k = 0; k < 3; k++) {
                grl_cell *open = NULL; /* the same with the gate open: candidate - h, halved */
                assert_int_equal(grl_cell_copy(cell, &open, NULL), GRL_OK);
                memset(grl_cell_block(open, GRL_U_Z), 0, n * n * sizeof(double));
                memset(grl_cell_block(open, GRL_B_Z), 0, n * sizeof(double));
                grl_cell_field(open, NULL, h, f, work);
                for (size_t i = 0; i < n; i++)
                    grl_cell_block(cell, GRL_B_H)[i] += atanh(h[i]) - atanh(2 * f[i] + h[i]);
                grl_cell_free(open);
            }
            grl_cell_jacobian(cell, NULL, h, J, work);
            grl_slow_jacobian(cell, h, f, J + n * n, J + 2 * n * n, slow);
            for (size_t k = 0; k < n * n; k++) check_near(J[n * n + k], J[k], 1e-12);
            assert_int_equal(grl_spectrum_dense(n, J, values, NULL, NULL), GRL_OK);
            for (int time = 0; time < 2; time++) {
                int unstable = 0;
                for (size_t k = 0; k < n; k++) {
                    double re = values[2 * k], im = values[2 * k + 1];
                    unstable += time ? hypot(1 + 0.7 * re, 0.7 * im) > 1 : re > 0;
                }
                int found = inertia(cell, (grl_time)time, 0.7, h, 1e-13);
                if (!found) continue;
                proven++;
                assert_int_equal(found, 10000 + 100 * ((int)n - unstable) + unstable);
            }
            free(h), free(J), free(f), free(values), free(work), free(slow);
            grl_cell_free(cell);
        }
    if (!(proven >= 2 * all - 4)) fail_msg("only %d of %d proven", proven, 2 * all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lattice), cmocka_unit_test(test_borders),
                                       cmocka_unit_test(test_rotation), cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
