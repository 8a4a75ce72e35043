/* The judgement of lines and rings: the pseudo-line attractor, whose one fixed point is degenerate; the ring of ten units
 * in examples/; memory times against runs that are followed here. */
#include "judged.h"
#include "learn/polyline.h"

#include <grulens/format.h>
#include <grulens/slow.h>

#define EXAMPLES GRL_TEST_DATA "/../../examples/"

static const double pi = 3.141592653589793;

/* U_h = [[0, -2], [-2, 0]]: along h_1 = -h_2 the drift is x' ~ -x^3/6 in x = h_1, and it is symmetric. */
static void make_pseudo_line(made *m, double dt)
{
    const double U[] = {0, -2, -2, 0};
    make(m, network_of_U_h(2, U), dt == 1 ? GRL_DISCRETE : GRL_CONTINUOUS, dt, 5);
}

/* Steps until a state that starts at h has moved by `far`, in time; INFINITY: not within `most` steps. */
static double time_to_move(const grl_cell *cell, double dt, const double *start, double far, long most)
{
    double h[2] = {start[0], start[1]}, next[2], work[64];
    for (long t = 1; t <= most; t++) {
        grl_cell_map(cell, NULL, dt, h, next, work);
        const double before = hypot(h[0] - start[0], h[1] - start[1]),
                     after = hypot(next[0] - start[0], next[1] - start[1]);
        /* Between the two steps. */
        if (after > far) return dt * ((double)t - (after - far) / (after - before));
        memcpy(h, next, sizeof h);
    }
    return INFINITY;
}

static void test_pseudo_line(void **state)
{
    enum { POINTS = 101 };
    const double reach = 0.75;
    made m;
    double points[2 * POINTS];
    (void)state;
    for (int i = 0; i < POINTS; i++) {
        points[2 * i] = reach * (i - 50) / 50;
        points[2 * i + 1] = -points[2 * i];
    }
    const grl_reference line = {.count = POINTS, .outputs = 2, .points = points};
    make_pseudo_line(&m, 1);
    grl_judgement *j = judge_as(&m, GRL_TASK_LINE, &line, NULL);
    const grl_judged_continuum *c = j->continuum;
    /* One degenerate point in a box: not proven to be finitely many, but no line either. */
    assert_int_equal(c->finite, 0);
    assert_true(c->longest > 0 && c->longest < 1e-3);
    assert_int_equal(c->found, 1);
    assert_int_equal(c->closed, 0);
    check_near(c->true_length, 2 * sqrt(2) * reach, 1e-12);
    check_near(c->near, 0.05 * c->true_length, 1e-12);
    check_near(c->covered, 1, 1e-12);
    check_near(c->off, 0, 1e-6);
    /* The curve is the straight line h_1 = -h_2, seen as it is. */
    check_near(c->length, j->portrait->slow_manifolds->items[c->manifold].length, 1e-6);
    for (size_t i = 0; i < c->count; i++) check_near(c->points[2 * i] + c->points[2 * i + 1], 0, 1e-6);
    /* Across it, along h_1 = h_2 = s: s' = (tanh(-s) - s)/2, at rate 1 where it passes the origin. */
    check_near(c->decay_min, 1, 0.45);
    assert_int_equal(c->nodes + c->saddles + c->neutral, 1);
    assert_int_equal(c->alternating, 0);

    /* The worst place is an end; the drift there, by the run itself. */
    const double worst =
        time_to_move(grl_model_cell(m.training.model), 1, c->points, 0.1 * c->length, 100000);
    check_near(c->memory_worst / worst, 1, 0.2);
    /* Free runs start on the line, and one in the middle is held for ever. */
    assert_int_equal(c->runs, 64);
    assert_true(c->held >= 1 && c->held < 64);
    const double end =
        time_to_move(grl_model_cell(m.training.model), 1, points, 0.1 * c->true_length, 100000);
    check_near(c->run_memory_worst, ceil(end), 0.5);
    check_near(c->drift_median[0], 0, 0);
    assert_true(c->drift_count > 5);
    for (size_t i = 1; i < c->drift_count; i++)
        assert_true(c->drift_time[i] > c->drift_time[i - 1] && c->drift_worst[i] >= c->drift_median[i]);
    grl_judgement_free(j);
    unmake(&m);
}

/* By small steps the map's memory is the flow's, which is given by the drift alone: from the places of the curve on. Data
 * are not given, so that a step is a unit of time. */
static void test_memory_of_the_curve(void **state)
{
    enum { POINTS = 64, MOST = 4000 };
    const double dt = 0.02;
    made m;
    static double times[MOST], speeds[MOST], weights[MOST];
    double points[2 * POINTS] = {0};
    (void)state;
    make_pseudo_line(&m, dt);
    const grl_cell *cell = grl_model_cell(m.training.model);
    const grl_reference some = {.count = POINTS, .outputs = 2, .points = points};
    grl_judgement *j = judge_as(&m, GRL_TASK_LINE, &some, NULL);
    const grl_judged_continuum *c = j->continuum;
    assert_int_equal(c->found, 1);
    assert_true(c->count <= MOST);
    for (size_t i = 0; i < c->count; i++) {
        const size_t before = i > 0 ? i - 1 : 0, after = i + 1 < c->count ? i + 1 : i;
        const double x = c->points[2 * i];
        times[i] = time_to_move(cell, dt, c->points + 2 * i, 0.1 * c->length, 20000) / dt;
        weights[i] = grl_distance(2, c->points + 2 * before, c->points + 2 * after);
        /* h' = (tanh(-U h/2) - h)/2 on the line, where r = z = 1/2. */
        speeds[i] = dt * fabs(sqrt(2) * (tanh(x) - x) / 2);
    }
    check_near(c->memory / grl_weighted_median(c->count, times, weights), 1, 0.02);
    check_near(c->memory_worst / fmin(times[0], times[c->count - 1]), 1, 0.03);
    check_near(c->speed / grl_weighted_median(c->count, speeds, weights), 1, 0.01);
    check_near(c->speed_max / fmax(speeds[0], speeds[c->count - 1]), 1, 0.02);
    grl_judgement_free(j);
    unmake(&m);
}

static void test_ring(void **state)
{
    enum { POINTS = 360 };
    grl_model *model;
    grl_error error;
    double C[20], d[2] = {0, 0}, points[2 * POINTS], E[20];
    (void)state;
    if (grl_model_load(EXAMPLES "ring.json", NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    for (int i = 0; i < 10; i++) {
        C[i] = 0.2 * cos(2 * pi * i / 10);
        C[10 + i] = 0.2 * sin(2 * pi * i / 10);
        E[2 * i] = cos(2 * pi * i / 10);
        E[2 * i + 1] = sin(2 * pi * i / 10);
    }
    assert_int_equal(grl_model_set_readout(model, 2, C, d, NULL), GRL_OK);
    assert_int_equal(grl_model_set_start(model, 2, E, NULL, NULL), GRL_OK);
    grl_training training = {.model = model, .stopped_by = "steps"};
    training.settings = grl_training_defaults(NULL);
    training.settings.time = GRL_DISCRETE;
    training.settings.horizon = 20;
    grl_judge_options ask = grl_judge_defaults();
    grl_judgement *j = NULL;
    ask.kind = GRL_TASK_RING;
    /* Without a true set: the longest curve, and what is known of it. */
    assert_int_equal(grl_judge(&training, NULL, &ask, &j, NULL), GRL_OK);
    assert_int_equal(j->continuum->found, 1);
    assert_int_equal(j->continuum->closed, 1);
    assert_true(isnan(j->continuum->covered));
    assert_int_equal(j->success, 0);
    /* By the ring's symmetry it is near a circle. */
    double radius = 0;
    for (size_t i = 0; i < j->continuum->count; i++)
        radius +=
            hypot(j->continuum->points[2 * i], j->continuum->points[2 * i + 1]) / (double)j->continuum->count;
    grl_judgement_free(j);

    for (int i = 0; i < POINTS; i++) {
        points[2 * i] = radius * cos(2 * pi * i / POINTS);
        points[2 * i + 1] = radius * sin(2 * pi * i / POINTS);
    }
    const grl_reference ring = {.count = POINTS, .outputs = 2, .points = points};
    ask.reference = &ring;
    assert_int_equal(grl_judge(&training, NULL, &ask, &j, NULL), GRL_OK);
    const grl_judged_continuum *c = j->continuum;
    assert_int_equal(c->finite, 0); /* ten units: not proven */
    assert_true(isinf(c->longest));
    check_near(c->covered, 1, 0);
    check_near(c->length, 2 * pi * radius, 0.02 * radius);
    check_near(c->true_length, 2 * pi * radius, 0.001 * radius);
    /* Ten stable nodes and ten saddles, by turns; from most places the drift ends at a node before a tenth. */
    assert_int_equal(c->nodes, 10);
    assert_int_equal(c->saddles, 10);
    assert_int_equal(c->neutral, 0);
    assert_int_equal(c->alternating, 1);
    assert_true(isinf(c->memory) && isinf(c->memory_worst));
    assert_int_equal(c->runs, 64);
    assert_int_equal(j->success, isinf(c->run_memory) || c->run_memory >= 200);
    grl_judgement_free(j);
    grl_model_free(model);
}

/* One thread or more: the same numbers, to the bit. */
static void test_same_on_any_threads(void **state)
{
    (void)state;
    double found[2][2];
    for (int i = 0; i < 2; i++) {
        made m;
        grl_judgement *j = NULL;
        grl_judge_options ask = grl_judge_defaults();
        make_pseudo_line(&m, 1);
        ask.kind = GRL_TASK_LINE;
        ask.threads = i + 1;
        assert_int_equal(grl_judge(&m.training, NULL, &ask, &j, NULL), GRL_OK);
        found[i][0] = j->continuum->memory;
        found[i][1] = j->continuum->length;
        grl_judgement_free(j);
        unmake(&m);
    }
    assert_memory_equal(found[0], found[1], sizeof found[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pseudo_line),
        cmocka_unit_test(test_memory_of_the_curve),
        cmocka_unit_test(test_ring),
        cmocka_unit_test(test_same_on_any_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
