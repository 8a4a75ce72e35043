/* Attractors of flow and map against closed forms, the published reference values of the rotation family, and
 * properties: Liouville's formula, permutation of the units, equal bytes on any number of threads. */
#include "check.h"
#include "networks.h"

#include "portrait/floquet.h"
#include "portrait/lyapunov.h"
#include "portrait/shooting.h"

#include <grulens/attractors.h>
#include <grulens/cycles.h>
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

/* Uncoupled units end on the side where they start, however slow they are: with b_z = 12 a rate is 6e-6. */
static void test_creeping_units(void **state)
{
    const double U_h[9] = {3, 0, 0, 0, 3, 0, 0, 0, 3};
    grl_cell *cell = network_of_U_h(3, U_h);
    (void)state;
    grl_cell_block(cell, GRL_B_Z)[0] = 12;
    grl_cell_block(cell, GRL_B_Z)[1] = 6;
    for (int time = 0; time < 2; time++) {
        grl_portrait *p = attractors_of(cell, (grl_time)time, 128, 1);
        const grl_attractors *a = p->attractors;
        size_t sides[8] = {0};
        for (uint64_t r = 0; r < 128; r++) {
            grl_random random = grl_random_stream(0, r);
            size_t side = 0;
            for (int k = 0; k < 3; k++) side = 2 * side + (grl_random_uniform(&random) > 0.5);
            sides[side]++;
        }
        assert_int_equal(a->undecided, 0);
        assert_int_equal(a->count, 8);
        for (size_t i = 0; i < 8; i++) {
            size_t side = 0;
            for (int k = 0; k < 3; k++) side = 2 * side + (a->items[i].h[k] > 0);
            assert_int_equal(a->items[i].starts, sides[side]);
        }
        grl_portrait_free(p);
    }
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

static grl_model *load(const char *name)
{
    grl_model *model;
    grl_error error;
    char path[1000];
    snprintf(path, sizeof path, "%s/%s", GRL_TEST_DATA, name);
    if (grl_model_load(path, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    return model;
}

/* Trained to hold three bits: 2^3 memories. */
static void test_memories_of_a_trained_network(void **state)
{
    grl_model *model = load("trained/flipflop16.pt");
    (void)state;
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

enum { MOST_UNITS = 16, BLOCKS = 20 };

/* f and the growth of one tangent vector, with the Jacobian itself. */
static void tangent(const grl_cell *cell, const double *h, const double *v, double *f, double *dv,
                    double *trace)
{
    double J[MOST_UNITS * MOST_UNITS], work[5 * MOST_UNITS];
    size_t n = grl_cell_hidden_size(cell);
    grl_cell_field(cell, NULL, h, f, work);
    grl_cell_jacobian(cell, NULL, h, J, work);
    *trace = 0;
    for (size_t i = 0; i < n; i++) {
        dv[i] = 0;
        for (size_t k = 0; k < n; k++) dv[i] += J[i * n + k] * v[k];
        *trace += J[i * n + i];
    }
}

typedef struct growth {
    double exponent, error, divergence;
} growth;

/* Of the flow by the classical Runge-Kutta method with a fixed step; of the map step by step. One vector only, from a
 * start of its own: nothing of the code under test but field and Jacobian. */
static growth grow(const grl_cell *cell, int map, int steps)
{
    enum { TRANSIENT = 4000 };
    const double dt = map ? 1 : 0.05;
    size_t n = grl_cell_hidden_size(cell);
    double h[MOST_UNITS], v[MOST_UNITS], block[BLOCKS] = {0}, squares = 0;
    growth out = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        h[i] = 0.1 * (double)i - 0.7;
        v[i] = i == 1;
    }
    for (int t = -TRANSIENT; t < steps; t++) {
        double f[4][MOST_UNITS], g[4][MOST_UNITS], trace[4], x[MOST_UNITS], w[MOST_UNITS], size = 0;
        tangent(cell, h, v, f[0], g[0], &trace[0]);
        for (int s = 1; s < 4 && !map; s++) {
            double part = s < 3 ? 0.5 * dt : dt;
            for (size_t i = 0; i < n; i++) {
                x[i] = h[i] + part * f[s - 1][i];
                w[i] = v[i] + part * g[s - 1][i];
            }
            tangent(cell, x, w, f[s], g[s], &trace[s]);
        }
        for (size_t i = 0; i < n; i++) {
            h[i] += map ? f[0][i] : dt / 6 * (f[0][i] + 2 * f[1][i] + 2 * f[2][i] + f[3][i]);
            v[i] += map ? g[0][i] : dt / 6 * (g[0][i] + 2 * g[1][i] + 2 * g[2][i] + g[3][i]);
            size += v[i] * v[i];
        }
        size = sqrt(size);
        for (size_t i = 0; i < n; i++) v[i] /= size;
        if (t < 0) continue;
        block[(long)t * BLOCKS / steps] += log(size) / (dt * steps / BLOCKS);
        out.divergence += map ? 0 : (trace[0] + 2 * trace[1] + 2 * trace[2] + trace[3]) / 6 / steps;
    }
    for (int b = 0; b < BLOCKS; b++) out.exponent += block[b] / BLOCKS;
    for (int b = 0; b < BLOCKS; b++) squares += (block[b] - out.exponent) * (block[b] - out.exponent);
    out.error = 2.09 * sqrt(squares / (BLOCKS - 1) / BLOCKS);
    return out;
}

/* Two estimates, each with half a 95 % interval: they differ by more than the sum of both in one case of 200. */
static void test_chaos_of_a_flow(void **state)
{
    grl_model *model = load("chaos/chaos16.json");
    const grl_cell *cell = grl_model_cell(model);
    growth own = grow(cell, 0, check_quick() ? 15000 : 60000);
    double sum = 0, errors = 0;
    (void)state;
    grl_portrait *p = attractors_of(cell, GRL_CONTINUOUS, 64, 1);
    assert_int_equal(p->attractors->count, 1);
    const grl_attractor *item = &p->attractors->items[0];
    assert_int_equal(item->kind, GRL_ATTRACTOR_CHAOS);
    assert_int_equal(item->exponents, 16);
    assert_true(item->lyapunov[0] > 3 * item->lyapunov_error[0]);
    check_near(item->lyapunov[0], own.exponent, item->lyapunov_error[0] + own.error);
    check_near(item->lyapunov[1], 0, item->lyapunov_error[1] + 1e-3); /* along the flow */
    for (size_t k = 0; k < 16; k++) {
        sum += item->lyapunov[k];
        errors += item->lyapunov_error[k];
    }
    check_near(sum, own.divergence, errors);
    assert_true(errors < 0.1 * fabs(own.divergence));
    assert_true(item->kaplan_yorke > 2 && item->kaplan_yorke < 3);
    grl_portrait_free(p);
    grl_model_free(model);
}

static void test_chaos_of_a_map(void **state)
{
    static const size_t other[3] = {2, 0, 1};
    grl_model *model = load("chaos/chaos3map.json");
    const grl_cell *cell = grl_model_cell(model);
    growth own = grow(cell, 1, 100000);
    grl_cell *permuted;
    (void)state;
    assert_int_equal(grl_cell_create(3, 0, GRL_RESET_AFTER, &permuted, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 3, 0, &rows, &columns);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++)
                grl_cell_block(permuted, (grl_block)b)[i * columns + j] =
                    grl_cell_values(cell, (grl_block)b)[other[i] * columns + (columns > 1 ? other[j] : 0)];
    }
    for (int i = 0; i < 2; i++) {
        grl_portrait *p = attractors_of(i == 0 ? cell : permuted, GRL_DISCRETE, 64, 1);
        const grl_attractor *item = &p->attractors->items[0];
        assert_int_equal(item->kind, GRL_ATTRACTOR_CHAOS);
        check_near(item->lyapunov[0], own.exponent, item->lyapunov_error[0] + own.error);
        check_near(item->kaplan_yorke, 1 + item->lyapunov[0] / fabs(item->lyapunov[1]), 1e-12);
        grl_portrait_free(p);
    }
    grl_cell_free(permuted);
    grl_model_free(model);
}

/* On the invariant curve of the rotation map the exponents add up to the mean of log |det|, which is counted here;
 * both are averages over a smooth quasi-periodic motion, with an error of a few periods over all. */
static void test_sum_of_exponents(void **state)
{
    grl_cell *cell = rotation_network(3, 1.2);
    grl_system system = {cell, 2, GRL_DISCRETE, 1, 0, 0};
    double h[2] = {0.5, 0}, next[2], J[4], work[10], mean = 0;
    grl_lyapunov found;
    enum { STEPS = 20000 };
    (void)state;
    for (int t = -2000; t < STEPS; t++) {
        if (t == 0) assert_int_equal(grl_lyapunov_run(&system, h, 2, 4000, 1e12, &found, NULL), GRL_OK);
        grl_cell_jacobian(cell, NULL, h, J, work);
        if (t >= 0) mean += log(fabs((1 + J[0]) * (1 + J[3]) - J[1] * J[2])) / STEPS;
        grl_cell_map(cell, NULL, 1, h, next, work);
        memcpy(h, next, sizeof h);
    }
    assert_int_equal(found.motion, GRL_MOTION_REGULAR);
    assert_int_equal(found.zeros, 1);
    check_near(found.exponent[0] + found.exponent[1], mean, 2e-4);
    grl_lyapunov_free(&found);
    grl_cell_free(cell);
}

/* The saddle at the origin of U_h = diag(3, 0, 0) has one unstable direction, whose branches end at the two nodes
 * +-h of h = tanh(3 h / 2); that of diag(3, 3, 0) has two, and each node takes a quarter of the ring. */
static void test_where_saddles_lead(void **state)
{
    const double one[9] = {3}, two[9] = {3, 0, 0, 0, 3, 0, 0, 0, 0};
    grl_cell *cell = network_of_U_h(3, one);
    (void)state;
    grl_portrait *p = attractors_of(cell, GRL_CONTINUOUS, 32, 1);
    const grl_attractors *a = p->attractors;
    assert_int_equal(a->manifold_count, 1);
    assert_int_equal(a->saddles_left, 0);
    const grl_unstable_manifold *m = &a->manifolds[0];
    assert_int_equal(m->dimension, 1);
    assert_int_equal(m->count, 2);
    assert_true(m->branches[0].attractor != m->branches[1].attractor);
    for (int b = 0; b < 2; b++) {
        const grl_unstable_branch *branch = &m->branches[b];
        const grl_attractor *end = &a->items[branch->attractor];
        assert_true(branch->count > 10);
        const double *last = branch->points + (branch->count - 1) * 4 + 1, *second = branch->points + 4 + 1;
        for (size_t k = 0; k < 3; k++) check_near(last[k], end->h[k], 1e-3);
        assert_true(second[0] * end->h[0] > 0);
        check_near(second[1], 0, 1e-12);
    }
    grl_portrait_free(p);
    grl_cell_free(cell);

    cell = network_of_U_h(3, two);
    p = attractors_of(cell, GRL_CONTINUOUS, 32, 1);
    a = p->attractors;
    for (size_t i = 0; i < a->manifold_count; i++) {
        size_t ends[8] = {0};
        if (a->manifolds[i].dimension != 2) continue;
        assert_int_equal(a->manifolds[i].count, 32);
        for (size_t b = 0; b < 32; b++)
            if (a->manifolds[i].branches[b].attractor < 4) ends[a->manifolds[i].branches[b].attractor]++;
        /* The four trajectories on the axes may stay there, at saddles, by symmetry. */
        for (int k = 0; k < 4; k++) assert_true(ends[k] >= 7 && ends[k] <= 9);
    }
    grl_portrait_free(p);
    grl_cell_free(cell);
}

/* The family of gates.json beside a unit that only decays. */
static grl_cell *gates(size_t n, double b0, double b1)
{
    static const double U_z[2][2] = {{0.5, 0.5}, {-1.25, 1.25}}, U_r[2][2] = {{0.5, -1.5}, {1, -0.5}},
                        U_h[2][2] = {{-1.25, 2}, {-3.75, 2.25}};
    grl_cell *cell;
    assert_int_equal(grl_cell_create(n, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++) {
            grl_cell_block(cell, GRL_U_Z)[i * n + k] = U_z[i][k];
            grl_cell_block(cell, GRL_U_R)[i * n + k] = U_r[i][k];
            grl_cell_block(cell, GRL_U_H)[i * n + k] = U_h[i][k];
        }
    grl_cell_block(cell, GRL_B_Z)[0] = 0.25;
    grl_cell_block(cell, GRL_B_Z)[1] = 0.75;
    grl_cell_block(cell, GRL_B_R)[0] = 1;
    grl_cell_block(cell, GRL_B_R)[1] = 1.5;
    grl_cell_block(cell, GRL_B_H)[0] = b0;
    grl_cell_block(cell, GRL_B_H)[1] = b1;
    return cell;
}

/* Between its subcritical Hopf point at b_h = (1.67559, 2) and its homoclinic orbit at (1.71203, 2) the planar family has
 * an unstable cycle around a stable focus; its own code finds it another way. With the third unit it is a saddle on the
 * border of the focus's basin. Its third multiplier is exp(-T/2). */
static void test_saddle_cycle_on_a_border(void **state)
{
    grl_cell *plane = gates(2, 1.69, 2), *space = gates(3, 1.69, 2);
    grl_portrait *flat = portrait_of(plane, GRL_CONTINUOUS);
    grl_cycles *cycles;
    (void)state;
    assert_int_equal(grl_cycles_compute(plane, NULL, flat, NULL, &cycles, NULL), GRL_OK);
    assert_int_equal(cycles->count, 1);
    grl_portrait *p = attractors_of(space, GRL_CONTINUOUS, 256, 1);
    assert_int_equal(p->attractors->closed_count, 1);
    const grl_closed *closed = &p->attractors->closed[0];
    assert_false(closed->stable);
    assert_int_equal(closed->unstable, 1);
    check_near(closed->period, cycles->items[0].period, 1e-9);
    check_near(closed->multipliers[0], cycles->items[0].multiplier, 1e-8);
    check_near(closed->multipliers[2], exp(-0.5 * closed->period), 1e-10);
    grl_portrait_free(p);
    grl_portrait_free(flat);
    grl_cycles_free(cycles);
    grl_cell_free(plane);
    grl_cell_free(space);
}

/* Two members of the rotation family that do not see each other: almost all starts end on the product of their cycles, a
 * torus, whose exponents are those of both cycles. */
static void test_torus_of_two_oscillators(void **state)
{
    const double T[2] = {14.97720003989973, 18.59604200445572}, mu[2] = {0.16025659328262, 0.03657535642670};
    double U[16] = {0};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        double alpha = k == 0 ? 0.7 : 0.6, c = 3 * cos(alpha), s = 3 * sin(alpha);
        U[(2 * k) * 4 + 2 * k] = U[(2 * k + 1) * 4 + 2 * k + 1] = c;
        U[(2 * k) * 4 + 2 * k + 1] = -s;
        U[(2 * k + 1) * 4 + 2 * k] = s;
    }
    grl_cell *cell = network_of_U_h(4, U);
    grl_portrait *p = attractors_of(cell, GRL_CONTINUOUS, 32, 1);
    const grl_attractor *item = &p->attractors->items[0];
    assert_int_equal(item->kind, GRL_ATTRACTOR_TORUS);
    assert_int_equal(item->starts, 32);
    check_near(item->kaplan_yorke, 2, 0);
    for (size_t k = 0; k < 2; k++) {
        /* What is left of a sum of about one after the time; the integration's tolerance is 1e-5. */
        check_near(item->lyapunov[k], 0, 2 / item->time);
        check_near(item->lyapunov[2 + k], log(mu[k]) / T[k], 2 / item->time + 1e-4);
    }
    grl_portrait_free(p);
    grl_cell_free(cell);
}

/* An oscillator among weakly coupled units: 23 multipliers whose logarithms must add up to the integral of the divergence,
 * and the one along the cycle, which must be 1; both are found apart from the cycle's refinement. */
static void test_all_multipliers_of_many_units(void **state)
{
    enum { n = 24 };
    double U[n * n], sum = 0;
    grl_random random = grl_random_stream(11, 0);
    (void)state;
    for (size_t i = 0; i < n * n; i++) U[i] = 0.06 * grl_random_normal(&random);
    U[0] = U[n + 1] = 3 * cos(0.7);
    U[n] = 3 * sin(0.7);
    U[1] = -U[n];
    grl_cell *cell = network_of_U_h(n, U);
    grl_portrait *p = attractors_of(cell, GRL_CONTINUOUS, 32, 1);
    const grl_attractors *a = p->attractors;
    assert_int_equal(a->closed_count, 1);
    assert_int_equal(a->items[0].starts, 32);
    const grl_closed *closed = &a->closed[0];
    assert_int_equal(closed->multiplier_count, n - 1);
    for (size_t k = 0; k < n - 1; k++) sum += closed->exponents[k];
    check_near(sum, closed->divergence, 1e-11);
    check_near(closed->trivial, 0, 1e-10);
    assert_true(closed->residual < 1e-12);
    for (size_t k = 0; k < n - 1; k++) /* the moduli, as exponents and as numbers */
        check_near(hypot(closed->multipliers[2 * k], closed->multipliers[2 * k + 1]),
                   exp(closed->exponents[k] * closed->period), 1e-12);
    grl_portrait_free(p);
    grl_cell_free(cell);
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
        cmocka_unit_test(test_chaos_of_a_flow),
        cmocka_unit_test(test_chaos_of_a_map),
        cmocka_unit_test(test_sum_of_exponents),
        cmocka_unit_test(test_where_saddles_lead),
        cmocka_unit_test(test_saddle_cycle_on_a_border),
        cmocka_unit_test(test_creeping_units),
        cmocka_unit_test(test_torus_of_two_oscillators),
        cmocka_unit_test(test_all_multipliers_of_many_units),
        cmocka_unit_test(test_bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
