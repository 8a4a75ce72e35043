/* Attractors of flow and map against closed forms, the published reference values of the rotation family, and
 * properties: Liouville's formula, permutation of the units, equal bytes on any number of threads. */
#include "check.h"
#include "networks.h"

#include "portrait/floquet.h"
#include "portrait/lyapunov.h"
#include "portrait/shooting.h"

#include <grulens/attractors.h>
#include <grulens/format.h>
#include <string.h>

static grl_portrait *portrait_of(const grl_cell *cell, grl_time time)
{
    grl_portrait_options options = grl_portrait_defaults();
    grl_portrait *portrait;
    options.time = time;
    options.threads = 1;
    assert_int_equal(grl_portrait_compute(cell, NULL, &options, &portrait, NULL), GRL_OK);
    return portrait;
}

/* With the attractors in it. */
static grl_portrait *attractors_of(const grl_cell *cell, grl_time time, size_t starts, int threads)
{
    grl_portrait *portrait = portrait_of(cell, time);
    grl_attractors_options options = grl_attractors_defaults();
    options.starts = starts;
    options.threads = threads;
    assert_int_equal(grl_attractors_compute(cell, NULL, portrait, &options, &portrait->attractors, NULL),
                     GRL_OK);
    return portrait;
}

/* The rotation family beside a third unit that only decays: U_h = 1/2 for it. */
static grl_cell *rotation3(double alpha, const size_t *order)
{
    double c = 3 * cos(alpha), s = 3 * sin(alpha), U[9] = {c, -s, 0, s, c, 0, 0, 0, 0.5}, permuted[9];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) permuted[3 * i + j] = U[3 * order[i] + order[j]];
    return network_of_U_h(3, permuted);
}

static const size_t in_order[3] = {0, 1, 2};

/* Periods and multipliers by a Taylor method in quadruple precision; the third unit has h' = (tanh(h/4) - h)/2,
 * so its multiplier is exp(-3 T/8). */
static void test_rotation_in_three_units(void **state)
{
    static const double values[][3] = {
        {0.8, 12.20851006399213, 0.59538349188032},   {0.7, 14.97720003989973, 0.16025659328262},
        {0.6, 18.59604200445572, 0.03657535642670},   {0.5, 23.67402636697816, 0.00580711792808},
        {0.45, 27.13684151538479, 0.00179370348653},  {0.3, 46.76913108234911, 3.2708077382534e-06},
        {0.2, 96.32412248156114, 3.1932692494600e-13}};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        grl_cell *cell = rotation3(values[i][0], in_order);
        grl_portrait *p = attractors_of(cell, GRL_CONTINUOUS, 32, 1);
        const grl_attractors *a = p->attractors;
        double T = values[i][1], third = exp(-0.375 * T), mu = values[i][2], first = fmax(mu, third),
               second = fmin(mu, third);
        assert_int_equal(a->count, 1);
        assert_int_equal(a->items[0].kind, GRL_ATTRACTOR_CYCLE);
        assert_int_equal(a->items[0].starts, 32);
        assert_int_equal(a->undecided, 0);
        assert_int_equal(a->closed_count, 1);
        const grl_closed *closed = &a->closed[0];
        check_near(closed->period, T, 1e-11);
        check_near(closed->period, T, 10 * closed->error + 1e-12);
        assert_true(closed->stable);
        assert_int_equal(closed->multiplier_count, 2);
        check_near(closed->multipliers[0] / first, 1, 1e-9);
        check_near(closed->multipliers[2] / second, 1, 1e-9);
        assert_true(closed->multipliers[1] == 0 && closed->multipliers[3] == 0);
        assert_true(closed->trivial < 1e-10);
        assert_true(closed->multiplier_error < 1e-10);
        check_near(closed->exponents[0] + closed->exponents[1], closed->divergence, 1e-11);
        check_near(a->items[0].lyapunov[0], 0, 0);
        check_near(a->items[0].kaplan_yorke, 1, 0);
        grl_portrait_free(p);
        grl_cell_free(cell);
    }
}

static void test_permuted_units(void **state)
{
    static const size_t other[3] = {2, 0, 1};
    grl_cell *cell = rotation3(0.6, other);
    (void)state;
    grl_portrait *p = attractors_of(cell, GRL_CONTINUOUS, 16, 1);
    assert_int_equal(p->attractors->closed_count, 1);
    check_near(p->attractors->closed[0].period, 18.59604200445572, 1e-11);
    check_near(p->attractors->closed[0].multipliers[0], 0.03657535642670, 1e-11);
    grl_portrait_free(p);
    grl_cell_free(cell);
}

static void invert(size_t n, double *A, double *out)
{
    for (size_t i = 0; i < n * n; i++) out[i] = i % (n + 1) == 0;
    for (size_t c = 0; c < n; c++) {
        size_t pivot = c;
        for (size_t r = c; r < n; r++)
            if (fabs(A[r * n + c]) > fabs(A[pivot * n + c])) pivot = r;
        for (size_t k = 0; k < n; k++) {
            double a = A[c * n + k], b = out[c * n + k];
            A[c * n + k] = A[pivot * n + k];
            A[pivot * n + k] = a;
            out[c * n + k] = out[pivot * n + k];
            out[pivot * n + k] = b;
        }
        double d = A[c * n + c];
        for (size_t k = 0; k < n; k++) {
            A[c * n + k] /= d;
            out[c * n + k] /= d;
        }
        for (size_t r = 0; r < n; r++) {
            double f = A[r * n + c];
            for (size_t k = 0; k < n && r != c; k++) {
                A[r * n + k] -= f * A[c * n + k];
                out[r * n + k] -= f * out[c * n + k];
            }
        }
    }
}

/* A_k = B_{k+1} D_k B_k^-1 with B_M = B_0: the product is similar to that of the D_k, which are diagonal but for
 * a rotation, so its eigenvalues are known, from 2 down to 1e-60. */
static void test_small_multipliers_of_a_product(void **state)
{
    enum { n = 5, M = 20 };
    static double A[M * n * n], B[M * n * n];
    const double rate[n] = {1.035264923841378, 0.5, 0.5, 1e-2, 1e-3}; /* the first: 2^(1/20) */
    grl_random random = grl_random_stream(7, 7);
    double values[2 * n], logs[n];
    (void)state;
    for (size_t i = 0; i < M * n * n; i++)
        B[i] = 0.3 * grl_random_normal(&random) + (i % (n * n) % (n + 1) == 0);
    for (size_t k = 0; k < M; k++) {
        double copy[n * n], inverse[n * n], D[n * n] = {0}, DB[n * n] = {0};
        const double *next = B + (k + 1) % M * n * n;
        memcpy(copy, B + k * n * n, sizeof copy);
        invert(n, copy, inverse);
        for (size_t i = 0; i < n; i++) D[i * n + i] = rate[i];
        D[1 * n + 1] = D[2 * n + 2] = 0.5 * cos(0.1);
        D[2 * n + 1] = 0.5 * sin(0.1);
        D[1 * n + 2] = -D[2 * n + 1];
        for (size_t i = 0; i < n; i++)
            for (size_t l = 0; l < n; l++)
                for (size_t j = 0; j < n; j++) DB[i * n + j] += D[i * n + l] * inverse[l * n + j];
        for (size_t i = 0; i < n; i++)
            for (size_t l = 0; l < n; l++)
                for (size_t j = 0; j < n; j++) /* transposed */
                    A[k * n * n + j * n + i] += next[i * n + l] * DB[l * n + j];
    }
    assert_int_equal(grl_floquet_values(n, M, A, values, logs, NULL), GRL_OK);
    check_near(values[0], 2, 1e-11);
    check_near(logs[1], 20 * log(0.5), 1e-11);
    check_near(values[2] / (pow(0.5, 20) * cos(2)), 1, 1e-10);
    check_near(fabs(values[3]) / (pow(0.5, 20) * sin(2)), 1, 1e-10);
    check_near(values[3] + values[5], 0, 1e-20);
    /* Each piece is inverted to about 1e-14, and its smallest direction is 1e-3 of its largest. */
    check_near(logs[3], 20 * log(1e-2), 1e-9);
    check_near(logs[4], 20 * log(1e-3), 1e-9);
}

/* U_h = 0: every unit decays alone, h' = (1 - z)(tanh b - h). */
static void test_decoupled_units(void **state)
{
    grl_cell *cell;
    (void)state;
    assert_int_equal(grl_cell_create(4, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    for (size_t i = 0; i < 4; i++) {
        grl_cell_block(cell, GRL_B_Z)[i] = (double)i - 1;
        grl_cell_block(cell, GRL_B_H)[i] = 0.3 * (double)i;
    }
    for (int time = 0; time < 2; time++) {
        grl_portrait *p = attractors_of(cell, (grl_time)time, 64, 1);
        const grl_attractors *a = p->attractors;
        assert_int_equal(a->count, 1);
        assert_int_equal(a->items[0].kind, GRL_ATTRACTOR_POINT);
        assert_int_equal(a->items[0].which, 0);
        assert_int_equal(a->items[0].starts, 64);
        for (size_t i = 0; i < 4; i++) { /* the slowest has the largest bias */
            double z = 1 / (1 + exp(-(2 - (double)i)));
            check_near(a->items[0].lyapunov[i], time ? log(z) : -(1 - z), 1e-12);
        }
        check_near(a->items[0].kaplan_yorke, 0, 0);
        /* Wilson's interval for all of 64: from N/(N + z^2) to 1. */
        check_near(a->items[0].low, 64 / (64 + 3.841458820694124), 1e-12);
        check_near(a->items[0].high, 1, 0);
        check_near(a->undecided_low, 0, 0);
        check_near(a->undecided_high, 3.841458820694124 / (64 + 3.841458820694124), 1e-12);
        grl_portrait_free(p);
    }
    grl_cell_free(cell);
}

/* One unit, h+ = h/2 + tanh(-4 h)/2: the origin has multiplier -3/2, and +-h with 3 h = tanh(4 h) is an orbit
 * of period 2 whose multiplier is (1/2 - 2 (1 - 9 h^2))^2. */
static void test_period_two(void **state)
{
    const double U_h = -8;
    grl_cell *cell = network_of_U_h(1, &U_h);
    double h = 0.3;
    (void)state;
    for (int i = 0; i < 200; i++) h = tanh(4 * h) / 3;
    double slope = 0.5 - 2 * (1 - 9 * h * h);
    grl_portrait *p = attractors_of(cell, GRL_DISCRETE, 64, 1);
    const grl_attractors *a = p->attractors;
    assert_int_equal(a->count, 1);
    assert_int_equal(a->items[0].kind, GRL_ATTRACTOR_CYCLE);
    const grl_closed *closed = &a->closed[a->items[0].which];
    check_near(closed->period, 2, 0);
    check_near(closed->high[0], h, 1e-14);
    check_near(closed->low[0], -h, 1e-14);
    check_near(closed->multipliers[0], slope * slope, 1e-12);
    check_near(a->items[0].lyapunov[0], log(fabs(slope)), 1e-12);
    grl_portrait_free(p);
    grl_cell_free(cell);
}

/* Below the Neimark-Sacker point cos(alpha) = 1/4 the map has an invariant curve around the origin; its rotation
 * number against the mean turn over many steps, counted directly. */
static void test_invariant_curve(void **state)
{
    static const double alphas[] = {1.3, 1.2, 1.0};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        grl_cell *cell = rotation_network(3, alphas[i]);
        grl_portrait *p = attractors_of(cell, GRL_DISCRETE, 64, 1);
        const grl_attractors *a = p->attractors;
        assert_int_equal(a->count, 1);
        assert_int_equal(a->items[0].kind, GRL_ATTRACTOR_CURVE);
        assert_int_equal(a->items[0].starts, 64);
        double work[10], h[2] = {0.5, 0}, next[2], turns = 0;
        enum { STEPS = 100000, BEFORE = 5000 };
        for (int t = 0; t < BEFORE + STEPS; t++) {
            grl_cell_map(cell, NULL, 1, h, next, work);
            if (t >= BEFORE) turns += atan2(h[0] * next[1] - h[1] * next[0], h[0] * next[0] + h[1] * next[1]);
            memcpy(h, next, sizeof h);
        }
        /* The count is off by at most a turn. */
        check_near(a->items[0].rotation, turns / 6.283185307179586 / STEPS, 1.0 / STEPS);
        assert_true(a->items[0].rotation_error < 1e-6);
        check_near(a->items[0].lyapunov[0], 0, 2e-3);
        assert_true(a->items[0].lyapunov[1] < -5e-3);
        grl_portrait_free(p);
        grl_cell_free(cell);
    }
    grl_cell *cell = rotation_network(3, 1.35);
    grl_portrait *p = attractors_of(cell, GRL_DISCRETE, 64, 1);
    assert_int_equal(p->attractors->count, 1);
    assert_int_equal(p->attractors->items[0].kind, GRL_ATTRACTOR_POINT);
    grl_portrait_free(p);
    grl_cell_free(cell);
}

/* U_h = 3 I in three units: 8 stable corners, by symmetry with equal basins; all shares add up. */
static void test_equal_basins(void **state)
{
    const double U_h[9] = {3, 0, 0, 0, 3, 0, 0, 0, 3};
    grl_cell *cell = network_of_U_h(3, U_h);
    (void)state;
    grl_portrait *p = attractors_of(cell, GRL_CONTINUOUS, 512, 1);
    const grl_attractors *a = p->attractors;
    size_t sum = a->undecided;
    assert_int_equal(a->count, 8);
    for (size_t i = 0; i < 8; i++) {
        sum += a->items[i].starts;
        /* four standard deviations of a share of 1/8 of 512 */
        check_near(a->items[i].fraction, 0.125, 0.0585);
        assert_true(a->items[i].low < a->items[i].fraction && a->items[i].fraction < a->items[i].high);
    }
    assert_int_equal(sum, 512);
    grl_portrait_free(p);
    grl_cell_free(cell);
}

static int same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static void test_any_number_of_threads(void **state)
{
    (void)state;
    for (int time = 0; time < 2; time++) {
        grl_cell *cell = random_network(6, GRL_RESET_AFTER, 4, 5, 3);
        grl_portrait *one = attractors_of(cell, (grl_time)time, 200, 1),
                     *many = attractors_of(cell, (grl_time)time, 200, 3);
        const grl_attractors *a = one->attractors, *b = many->attractors;
        assert_int_equal(a->count, b->count);
        assert_int_equal(a->undecided, b->undecided);
        assert_true(a->count > 0);
        for (size_t i = 0; i < a->count; i++) {
            assert_int_equal(a->items[i].kind, b->items[i].kind);
            assert_int_equal(a->items[i].starts, b->items[i].starts);
            assert_int_equal(a->items[i].exponents, b->items[i].exponents);
            for (size_t k = 0; k < a->items[i].exponents; k++)
                assert_true(same(a->items[i].lyapunov[k], b->items[i].lyapunov[k]));
        }
        assert_int_equal(a->closed_count, b->closed_count);
        for (size_t i = 0; i < a->closed_count; i++)
            assert_true(same(a->closed[i].period, b->closed[i].period));
        grl_portrait_free(one);
        grl_portrait_free(many);
        grl_cell_free(cell);
    }
}

/* Trained to hold three bits: 2^3 memories. */
static void test_memories_of_a_trained_network(void **state)
{
    grl_model *model;
    grl_error error;
    (void)state;
    if (grl_model_load(GRL_TEST_DATA "/trained/flipflop16.pt", NULL, &model, &error) != GRL_OK)
        fail_msg("%s", error.message);
    grl_portrait *p = attractors_of(grl_model_cell(model), GRL_CONTINUOUS, 256, 1);
    const grl_attractors *a = p->attractors;
    size_t sum = 0;
    assert_int_equal(a->count, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(a->items[i].kind, GRL_ATTRACTOR_POINT);
        assert_true(a->items[i].lyapunov[0] < 0);
        sum += a->items[i].starts;
    }
    assert_int_equal(sum, 256);
    assert_int_equal(a->undecided, 0);
    grl_portrait_free(p);
    grl_model_free(model);
}

static void test_bad_options(void **state)
{
    grl_cell *cell = rotation_network(3, 0.7);
    grl_portrait *portrait = portrait_of(cell, GRL_DISCRETE);
    grl_attractors_options options = grl_attractors_defaults();
    grl_attractors *out;
    grl_error error;
    (void)state;
    options.max_time = NAN;
    assert_int_equal(grl_attractors_compute(cell, NULL, portrait, &options, &out, &error), GRL_BAD_INPUT);
    assert_null(out);
    assert_non_null(strstr(error.message, "max_time"));
    options = grl_attractors_defaults();
    options.max_period = 0;
    assert_int_equal(grl_attractors_compute(cell, NULL, portrait, &options, &out, &error), GRL_BAD_INPUT);
    grl_cell *three = rotation3(0.7, in_order);
    assert_int_equal(grl_attractors_compute(three, NULL, portrait, NULL, &out, &error), GRL_BAD_INPUT);
    grl_cell_free(three);
    grl_portrait_free(portrait);
    grl_cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rotation_in_three_units),
        cmocka_unit_test(test_permuted_units),
        cmocka_unit_test(test_small_multipliers_of_a_product),
        cmocka_unit_test(test_decoupled_units),
        cmocka_unit_test(test_period_two),
        cmocka_unit_test(test_invariant_curve),
        cmocka_unit_test(test_equal_basins),
        cmocka_unit_test(test_any_number_of_threads),
        cmocka_unit_test(test_memories_of_a_trained_network),
        cmocka_unit_test(test_bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
