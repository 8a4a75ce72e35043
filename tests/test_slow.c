/* test_slow.c: slow manifolds against closed forms on invariant lines and rings, and against trajectories:
 * where they run, how long they take, how fast they come closer. */
#include "check.h"
#include "networks.h"

#include <grulens/format.h>
#include <grulens/simulate.h>
#include <grulens/slow.h>

static const double root2 = 1.4142135623730951;

typedef struct whole {
    grl_cell *cell;
    grl_portrait *p;
    grl_slow_manifolds *s;
    size_t n;
} whole;

static whole look_at(grl_cell *cell, const double *x, grl_time time, double dt)
{
    whole w = {.cell = cell, .n = grl_cell_hidden_size(cell)};
    grl_error error;
    grl_portrait_options ask = grl_portrait_defaults();
    ask.time = time;
    ask.dt = dt;
    if (grl_portrait_compute(cell, x, &ask, &w.p, &error) != GRL_OK) fail_msg("%s", error.message);
    if (grl_slow_manifolds_compute(cell, x, w.p, NULL, &w.s, &error) != GRL_OK) fail_msg("%s", error.message);
    for (size_t k = 0; k < w.s->count; k++) {
        const grl_slow_manifold *m = &w.s->items[k];
        if (m->kind == GRL_SLOW_SET) continue;
        assert_true(m->count >= 2 && m->length > 0 && m->attraction_min > 0 && m->invariance >= 0);
        check_near(m->arc[0], 0, 0);
        for (size_t i = 1; i < m->count; i++) assert_true(m->arc[i] > m->arc[i - 1]);
        if (!m->closed) check_near(m->length, m->arc[m->count - 1], 0);
        assert_true(m->memory_min <= m->memory_median && m->speed_median <= m->speed_max);
    }
    return w;
}

static whole look(grl_cell *cell)
{
    return look_at(cell, NULL, GRL_CONTINUOUS, 1);
}

static void drop(whole *w)
{
    grl_slow_manifolds_free(w->s);
    grl_portrait_free(w->p);
    grl_cell_free(w->cell);
}

static double distance(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum);
}

/* Where the network is after a time. */
static void after(const whole *w, const double *h0, double time, double *h)
{
    grl_simulate_options o = grl_simulate_defaults();
    grl_trajectory *t;
    o.until = time;
    o.time = w->p->time;
    o.dt = w->p->dt;
    o.rtol = 1e-11;
    o.atol = 1e-14;
    assert_int_equal(grl_simulate(w->cell, h0, NULL, NULL, &o, &t, NULL), GRL_OK);
    memcpy(h, t->states + (t->count - 1) * w->n, w->n * sizeof *h);
    grl_trajectory_free(t);
}

/* U_h = -u [[0, 1], [1, 0]]: on h[1] = -h[0] = -s both units follow s' = (tanh(u s / 2) - s) / 2, and across
 * the eigenvalue is (-(u / 2) sech^2(u s / 2) - 1) / 2. The arc length is s sqrt(2). */
static grl_cell *antisymmetric(double u)
{
    const double U_h[] = {0, -u, -u, 0};
    return network_of_U_h(2, U_h);
}

static void test_pseudo_line(void **state)
{
    (void)state;
    whole w = look(antisymmetric(2));
    assert_int_equal(w.s->count, 1);
    const grl_slow_manifold *m = &w.s->items[0];
    assert_int_equal(m->kind, GRL_SLOW_DEGENERATE);
    assert_int_equal(m->acts_as, GRL_ACTS_AS_LINE);
    assert_int_equal(m->closed, 0);
    assert_int_equal(m->stop_count, 1);
    assert_int_equal(m->stops[0].point, 0);
    /* s' = -s^3/6, so x = sqrt(2) s has x' = -x^3/12. */
    assert_int_equal(m->exponent, 3);
    check_near(m->coefficient, -1.0 / 12, 1e-9);
    double middle = m->arc[m->stops[0].node];
    check_near(m->points[2 * m->stops[0].node], 0, 3e-5);
    for (size_t i = 0; i < m->count; i++) {
        double s = m->points[2 * i], x = m->arc[i] - middle, slope = 1 - tanh(s) * tanh(s);
        check_near(m->points[2 * i + 1], -s, 1e-12);
        check_near(fabs(x), root2 * fabs(s), 5e-5);
        if (i == m->stops[0].node) continue;
        check_near(fabs(m->velocity[i]), fabs(tanh(s) - s) / root2, 1e-13);
        assert_true(m->velocity[i] * x <= 0);
        check_near(m->rate[i], (slope - 1) / 2, 1e-10);
        check_near(m->attraction[i], (slope + 1) / 2, 1e-10);
    }
    /* It ends where the rates are 1 to 5: tanh^2 = 0.2 (2 - tanh^2). */
    assert_int_equal(m->borders[0], GRL_BORDER_RATES);
    assert_int_equal(m->borders[1], GRL_BORDER_RATES);
    double last = fabs(m->points[2 * (m->count - 1)]), end = atanh(sqrt(1.0 / 3));
    assert_true(last <= end + 1e-12 && last > end - 0.01);
    /* From the end, the fastest place, a tenth of the length takes memory_min. */
    double h[2];
    after(&w, m->points, m->memory_min, h);
    check_near(distance(2, h, m->points), 0.1 * m->length, 1e-5 * m->length);
    /* From 1 % of the length, to which decay like sqrt(6/t) takes 6 / (0.01 L)^2, to first order. */
    check_near(m->drift_time / (2 * 6 / (1e-4 * m->length * m->length)), 1, 0.01);
    after(&w, m->points, 1000, h);
    check_near(root2 * fabs(h[0]) / sqrt(6.0 / 1000), 1, 0.02);
    drop(&w);
}

static void test_pseudo_line_map(void **state)
{
    (void)state;
    whole flow = look(antisymmetric(2));
    whole w = look_at(antisymmetric(2), NULL, GRL_DISCRETE, 1);
    assert_int_equal(w.s->count, 1);
    const grl_slow_manifold *m = &w.s->items[0];
    assert_int_equal(m->kind, GRL_SLOW_DEGENERATE);
    assert_int_equal(m->acts_as, GRL_ACTS_AS_LINE);
    check_near(m->coefficient, -1.0 / 12, 1e-9);
    for (size_t i = 0; i < m->count; i++) {
        double s = m->points[2 * i], slope = 1 - tanh(s) * tanh(s);
        if (i == m->stops[0].node) continue;
        check_near(m->points[2 * i + 1], -s, 1e-12);
        check_near(m->rate[i], log1p((slope - 1) / 2), 1e-10);
        check_near(m->attraction[i], -log1p(-(slope + 1) / 2), 1e-7);
    }
    /* Times against steps: the state after the whole part of memory_median steps from the quarter and the
     * steps around it. */
    double h[2];
    double steps = floor(m->memory_min), left = m->memory_min - steps, next[2];
    after(&w, m->points, steps, h);
    after(&w, m->points, steps + 1, next);
    double drift = (1 - left) * distance(2, h, m->points) + left * distance(2, next, m->points);
    check_near(drift, 0.1 * m->length, 2e-3 * m->length);
    drop(&w);
    drop(&flow);
}

/* tanh(a s) = s. */
static double outer_root(double a)
{
    double s = 1;
    for (int k = 0; k < 20000; k++) s = tanh(a * s);
    return s;
}

static void test_chain(void **state)
{
    (void)state;
    whole w = look(antisymmetric(2.04));
    assert_int_equal(w.s->count, 1);
    const grl_slow_manifold *m = &w.s->items[0];
    double s = outer_root(1.02), squares = s * s;
    assert_int_equal(m->kind, GRL_SLOW_CHAIN);
    assert_int_equal(m->acts_as, GRL_ACTS_AS_LINE);
    assert_int_equal(m->stop_count, 3);
    for (size_t k = 0; k < 3; k++) {
        const grl_slow_stop *stop = &m->stops[k];
        check_near(m->velocity[stop->node], 0, 0);
        check_near(stop->rate, k == 1 ? 0.01 : (1.02 * (1 - squares) - 1) / 2, 1e-10);
        check_near(fabs(m->points[2 * stop->node]), k == 1 ? 0 : s, 1e-9);
    }
    assert_int_equal(m->stops[1].point, 1);
    check_near(m->arc[m->stops[2].node] - m->arc[m->stops[0].node], 2 * root2 * s, 1e-9);
    /* Across the saddle a deviation shrinks as the attraction says. */
    const double start[] = {1e-6, 1e-6};
    double h[2];
    after(&w, start, 1, h);
    check_near(log(h[0] / 1e-6), -m->attraction[m->stops[1].node], 1e-8);
    drop(&w);
}

/* Unit 0 is just past its fold, unit 1 alone and fast. */
static void test_ghost(void **state)
{
    (void)state;
    const double U_h[] = {3, 0, 0, 0}, delta = 1e-4, t = -sqrt(1.0 / 3), u = atanh(t);
    const double b = 0.207546455322030 + delta;
    grl_cell *cell = network_of_U_h(2, U_h);
    grl_cell_block(cell, GRL_B_H)[0] = b;
    grl_cell_block(cell, GRL_B_Z)[1] = -5;
    whole w = look(cell);
    assert_true(w.p->slow_count >= 1);
    const grl_slow_manifold *m = NULL;
    for (size_t k = 0; k < w.s->count; k++)
        if (w.s->items[k].kind == GRL_SLOW_GHOST) m = &w.s->items[k];
    assert_non_null(m);
    /* f = (tanh(3 h / 2 + b) - h) / 2 is least where sech^2 = 2/3. */
    double floor_exact = (t - (u - b) / 1.5) / 2, curvature = -0.75 * t;
    assert_int_equal(m->stop_count, 0);
    check_near(m->coefficient / curvature, 1, 1e-3);
    check_near(m->floor / floor_exact, 1, 1e-3);
    check_near(m->speed_min / floor_exact, 1, 1e-6);
    for (size_t i = 0; i < m->count; i++) check_near(m->points[2 * i + 1], 0, 1e-12);
    /* From end to end along it: the time that a trajectory takes. */
    const double *first = m->velocity[0] > 0 ? m->points : m->points + 2 * (m->count - 1);
    double h[2];
    after(&w, first, m->drift_time, h);
    check_near(distance(2, h, first), m->length, 2e-4 * m->length);
    assert_true(m->drift_time < m->passage_time && m->drift_time > 0.5 * m->passage_time);
    drop(&w);
}

/* One unit alone, just past its fold: the drift is compared with 1 - z = 1/2. */
static void test_one_unit(void **state)
{
    (void)state;
    const double u = 3, delta = 1e-3, t = -sqrt(1.0 / 3), b = 0.207546455322030 + delta;
    grl_cell *cell = network_of_U_h(1, &u);
    grl_cell_block(cell, GRL_B_H)[0] = b;
    whole w = look(cell);
    assert_true(w.s->count >= 1);
    const grl_slow_manifold *m = &w.s->items[0];
    double lowest = (t - (atanh(t) - b) / 1.5) / 2;
    assert_int_equal(m->kind, GRL_SLOW_GHOST);
    check_near(m->floor / lowest, 1, 1e-2);
    check_near(m->coefficient / (-0.75 * t), 1, 1e-2);
    for (size_t i = 0; i < m->count; i++) {
        double f = (tanh(1.5 * m->points[i] + b) - m->points[i]) / 2;
        check_near(m->velocity[i], f, 1e-14);
        check_near(m->attraction[i], 0.5, 1e-15);
    }
    double h;
    after(&w, m->points, m->drift_time, &h);
    check_near(h, m->points[m->count - 1], 1e-4);
    drop(&w);
}

/* A curved one, past four saddle-nodes on a circle: trajectories from its points stay on it, and are in
 * time. */
static void test_curved(void **state)
{
    (void)state;
    whole w = look(rotation_network(3, 0.1479));
    size_t ghosts = 0;
    for (size_t k = 0; k < w.s->count; k++) {
        const grl_slow_manifold *m = &w.s->items[k];
        double h[2], nearest = INFINITY;
        assert_int_equal(m->kind, GRL_SLOW_GHOST);
        ghosts++;
        int forward = m->velocity[0] > 0;
        const double *first = forward ? m->points : m->points + 2 * (m->count - 1);
        after(&w, first, m->drift_time, h);
        check_near(distance(2, h, forward ? m->points + 2 * (m->count - 1) : m->points), 0, 2e-3 * m->length);
        for (int part = 1; part < 8; part++) {
            after(&w, first, m->drift_time * part / 8, h);
            nearest = INFINITY;
            for (size_t i = 0; i + 1 < m->count; i++) {
                const double *a = m->points + 2 * i, *b = a + 2;
                double dx = b[0] - a[0], dy = b[1] - a[1], size = dx * dx + dy * dy;
                double at = ((h[0] - a[0]) * dx + (h[1] - a[1]) * dy) / size;
                if (at > -0.1 && at < 1.1)
                    nearest = fmin(nearest, fabs((h[0] - a[0]) * dy - (h[1] - a[1]) * dx) / sqrt(size));
            }
            /* Chords of an arc of the size of the spacing leave it by some 1e-5. */
            check_near(nearest, 0, m->invariance + 5e-5);
        }
        assert_true(m->invariance < 1e-4);
    }
    assert_int_equal(ghosts, 4);
    drop(&w);
}

/* U_h = (4 a / n) u u^T, u of +-1: on h = s u, s' = (tanh(a s) - s) / 2; all directions across decay at 1/2
 * where s = 0. */
static grl_cell *rank_one(size_t n, double a)
{
    grl_cell *cell;
    assert_int_equal(grl_cell_create(n, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            grl_cell_block(cell, GRL_U_H)[i * n + k] =
                ((i * i + k * k) % 3 == 1 ? -1 : 1) * 2 * a / (double)n;
    return cell;
}

static void test_many_units(void **state)
{
    (void)state;
    enum { UNITS = 32 };
    whole w = look(rank_one(UNITS, 1.01));
    assert_true(w.s->count >= 1);
    const grl_slow_manifold *m = &w.s->items[0];
    double s = outer_root(1.01), side = sqrt((double)UNITS);
    assert_int_equal(m->kind, GRL_SLOW_CHAIN);
    assert_int_equal(m->acts_as, GRL_ACTS_AS_LINE);
    assert_int_equal(m->stop_count, 3);
    check_near(m->arc[m->stops[2].node] - m->arc[m->stops[0].node], 2 * side * s, 1e-8);
    for (size_t i = 0; i < m->count; i++) {
        double size = fabs(m->points[i * UNITS]);
        for (size_t k = 1; k < UNITS; k++) check_near(fabs(m->points[i * UNITS + k]), size, 1e-10);
        check_near(fabs(m->velocity[i]), side * fabs(tanh(1.01 * size) - size) / 2, 1e-9);
        check_near(m->attraction[i], 0.5, 1e-9);
    }
    double h[UNITS];
    after(&w, m->points, m->memory_min, h);
    check_near(distance(UNITS, h, m->points), 0.1 * m->length, 1e-4 * m->length);
    drop(&w);
}

/* A portrait that lacks points: they are found on the curve, and said to be unlisted. */
static void test_unlisted(void **state)
{
    (void)state;
    enum { UNITS = 12 };
    whole w = {.cell = rank_one(UNITS, 1.01), .n = UNITS};
    grl_portrait_options ask = grl_portrait_defaults();
    ask.max_starts = 1;
    assert_int_equal(grl_portrait_compute(w.cell, NULL, &ask, &w.p, NULL), GRL_OK);
    assert_int_equal(w.p->count, 1);
    assert_int_equal(grl_slow_manifolds_compute(w.cell, NULL, w.p, NULL, &w.s, NULL), GRL_OK);
    assert_int_equal(w.s->count, 1);
    const grl_slow_manifold *m = &w.s->items[0];
    size_t unlisted = 0;
    double s = outer_root(1.01);
    assert_int_equal(m->stop_count, 3);
    for (size_t k = 0; k < 3; k++) {
        unlisted += m->stops[k].point == GRL_SLOW_UNLISTED;
        check_near(fabs(m->points[m->stops[k].node * UNITS]), k == 1 ? 0 : s, 1e-9);
    }
    assert_int_equal(unlisted, 2);
    drop(&w);
}

/* U_h_ij = (4 k / n) cos(2 pi (i - j) / n): a ring of nearly fixed points h_i = tanh(c cos(theta_i - phi)).
 */
static void test_ring(void **state)
{
    (void)state;
    enum { UNITS = 16, ANGLES = 4096 };
    const double turn = 2 * 3.14159265358979323846, k = 1.5;
    grl_cell *cell;
    assert_int_equal(grl_cell_create(UNITS, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    for (int i = 0; i < UNITS; i++)
        for (int j = 0; j < UNITS; j++)
            grl_cell_block(cell, GRL_U_H)[i * UNITS + j] = 4 * k / UNITS * cos(turn * (i - j) / UNITS);
    whole w = look(cell);
    double c = 1, length = 0, before[UNITS], now[UNITS];
    for (int round = 0; round < 500; round++) {
        double sum = 0;
        for (int i = 0; i < UNITS; i++) sum += tanh(c * cos(turn * i / UNITS)) * cos(turn * i / UNITS);
        c = 2 * k / UNITS * sum;
    }
    for (int a = 0; a <= ANGLES; a++) {
        for (int i = 0; i < UNITS; i++)
            now[i] = tanh(c * cos(turn * ((double)i / UNITS - (double)a / ANGLES)));
        if (a > 0) length += distance(UNITS, before, now);
        memcpy(before, now, sizeof before);
    }
    assert_true(w.s->count >= 1);
    const grl_slow_manifold *m = &w.s->items[0];
    assert_int_equal(m->closed, 1);
    assert_int_equal(m->acts_as, GRL_ACTS_AS_RING);
    check_near(m->length, length, 1e-4 * length);
    assert_true(m->speed_max < 1e-4);
    /* By symmetry it holds fixed points, whether they stand alone or not. */
    assert_true(m->kind == GRL_SLOW_CHAIN || m->kind == GRL_SLOW_NEUTRAL);
    drop(&w);
}

/* Nothing is taken for a line where there is none; a trained integrator has one in its context. */
static grl_cell *load(const char *file)
{
    grl_model *model;
    grl_cell *cell;
    grl_error error;
    if (grl_model_load(file, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    assert_int_equal(grl_cell_copy(grl_model_cell(model), &cell, NULL), GRL_OK);
    grl_model_free(model);
    return cell;
}

static void test_trained(void **state)
{
    (void)state;
    const double context[] = {0, 0, 0, 1};
    whole w = look(load(GRL_TEST_DATA "/trained/flipflop16.pt"));
    for (size_t k = 0; k < w.s->count; k++) assert_int_equal(w.s->items[k].acts_as, GRL_ACTS_AS_NOTHING);
    drop(&w);
    w = look(load(GRL_TEST_DATA "/trained/context64.pt"));
    for (size_t k = 0; k < w.s->count; k++) assert_int_equal(w.s->items[k].acts_as, GRL_ACTS_AS_NOTHING);
    drop(&w);
    w = look_at(load(GRL_TEST_DATA "/trained/context64.pt"), context, GRL_DISCRETE, 1);
    assert_true(w.s->count >= 1);
    const grl_slow_manifold *m = &w.s->items[0];
    assert_int_equal(m->acts_as, GRL_ACTS_AS_LINE);
    assert_int_equal(m->kind, GRL_SLOW_CHAIN);
    assert_int_equal(m->stop_count, 3);
    drop(&w);
}

/* No coupling at all: every direction is as slow as any other. Two equal slow ones and a fast one: a set. */
static void test_sets(void **state)
{
    (void)state;
    const double U_h[9] = {0};
    whole w = look(network_of_U_h(3, U_h));
    assert_int_equal(w.s->count, 0);
    assert_int_equal(w.s->without_gap, 1);
    drop(&w);
    const double plane[9] = {1.96, 0, 0, 0, 1.98, 0, 0, 0, 0};
    w = look(network_of_U_h(3, plane));
    assert_int_equal(w.s->count, 1);
    assert_int_equal(w.s->items[0].kind, GRL_SLOW_SET);
    assert_int_equal(w.s->items[0].dimension, 2);
    check_near(w.s->items[0].attraction_min, 0.5, 1e-12);
    drop(&w);
}

static void test_bad_input(void **state)
{
    (void)state;
    whole w = look(antisymmetric(2)), three = look(rank_one(3, 1));
    grl_slow_manifolds *s;
    grl_error error;
    grl_slow_options o = grl_slow_defaults();
    assert_int_equal(grl_slow_manifolds_compute(w.cell, NULL, three.p, NULL, &s, &error), GRL_BAD_INPUT);
    o.ratio = (double)NAN;
    assert_int_equal(grl_slow_manifolds_compute(w.cell, NULL, w.p, &o, &s, &error), GRL_BAD_INPUT);
    o = grl_slow_defaults();
    o.fraction = 1;
    assert_int_equal(grl_slow_manifolds_compute(w.cell, NULL, w.p, &o, &s, &error), GRL_BAD_INPUT);
    o = grl_slow_defaults();
    o.max_operations = 0;
    assert_int_equal(grl_slow_manifolds_compute(w.cell, NULL, w.p, &o, &s, &error), GRL_OK);
    for (size_t k = 0; k < s->count; k++) assert_int_equal(s->items[k].borders[1], GRL_BORDER_LIMIT);
    grl_slow_manifolds_free(s);
    grl_slow_manifolds_free(NULL);
    drop(&w);
    drop(&three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pseudo_line), cmocka_unit_test(test_pseudo_line_map),
        cmocka_unit_test(test_chain),       cmocka_unit_test(test_ghost),
        cmocka_unit_test(test_one_unit),    cmocka_unit_test(test_curved),
        cmocka_unit_test(test_many_units),  cmocka_unit_test(test_unlisted),
        cmocka_unit_test(test_ring),        cmocka_unit_test(test_trained),
        cmocka_unit_test(test_sets),        cmocka_unit_test(test_bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
