/* The judgement of trained networks, on networks that are known: distances of circles, errors in closed form, the rotation
 * family's cycles, points and folds. */
#include "judged.h"
#include "learn/polyline.h"

#include <grulens/cycles.h>
#include <stdint.h>

static const double pi = 3.141592653589793;

enum { CIRCLE = 2000 };

static void circle(double radius, double x, double y, double points[2 * CIRCLE])
{
    for (int i = 0; i < CIRCLE; i++) {
        points[2 * i] = x + radius * cos(2 * pi * i / CIRCLE);
        points[2 * i + 1] = y + radius * sin(2 * pi * i / CIRCLE);
    }
}

static void test_distances_of_circles(void **state)
{
    static double a[2 * CIRCLE], b[2 * CIRCLE];
    const grl_polyline A = {.count = CIRCLE, .k = 2, .points = a, .closed = 1};
    const grl_polyline B = {.count = CIRCLE, .k = 2, .points = b, .closed = 1};
    (void)state;
    circle(1, 0, 0, a);
    circle(1.3, 0, 0, b);
    /* A polygon of 2000 sides is within 1.3e-6 of its circle. */
    check_near(grl_polyline_farthest(&B, CIRCLE, a), 0.3, 3e-6);
    check_near(grl_polyline_farthest(&A, CIRCLE, b), 0.3, 3e-6);
    check_near(grl_polyline_length(&A), 2 * pi, 1e-5);
    check_near(grl_points_diameter(CIRCLE, 2, b), 2.6, 1e-12);
    /* Apart by 0.4: the farthest point of either is that far from the other. */
    circle(1, 0.4, 0, b);
    check_near(grl_polyline_farthest(&B, CIRCLE, a), 0.4, 3e-6);
    /* One inside the other and off its middle: 1 + 0.2 - 0.5 from the large to the small. */
    circle(0.5, 0.2, 0, b);
    check_near(grl_polyline_farthest(&B, CIRCLE, a), 0.7, 3e-6);
    check_near(grl_polyline_farthest(&A, CIRCLE, b), 0.7, 3e-6);
}

static void test_distance_from_segments(void **state)
{
    const double points[] = {0, 0, 1, 0, 1, 2};
    const grl_polyline open = {.count = 3, .k = 2, .points = points};
    const grl_polyline closed = {.count = 3, .k = 2, .points = points, .closed = 1};
    const grl_polyline single = {.count = 1, .k = 2, .points = points};
    const double p[] = {0, 1}, q[] = {-3, -4};
    const double values[] = {5, 1, 3, INFINITY}, weights[] = {1, 1, 5, 1};
    (void)state;
    check_near(grl_polyline_distance(&open, p), 1, 1e-15);
    check_near(grl_polyline_distance(&closed, p), 1 / sqrt(5), 1e-15); /* from the third side, y = 2 x */
    check_near(grl_polyline_distance(&open, q), 5, 1e-15);
    check_near(grl_polyline_distance(&single, q), 5, 1e-15);
    check_near(grl_polyline_length(&open), 3, 1e-15);
    check_near(grl_polyline_length(&closed), 3 + sqrt(5), 1e-15);
    check_near(grl_weighted_median(4, values, weights), 3, 0);
    check_near(grl_weighted_median(4, values, NULL), 3, 0);
    check_near(grl_weighted_median(2, values, NULL), 1, 0);
    assert_true(isnan(grl_weighted_median(0, values, NULL)));
}

/* All numbers zero: h+ = h/2, so that o_t = y_0 / 2^t. */
static void test_error_in_closed_form(void **state)
{
    enum { STEPS = 8 };
    made m;
    grl_cell *cell;
    double y[2 * (STEPS + 1) * 2];
    grl_dataset test = {.count = 2, .steps = STEPS, .outputs = 2, .time_step = 1, .y = y};
    (void)state;
    assert_int_equal(grl_cell_create(2, 0, GRL_RESET_AFTER, &cell, NULL), GRL_OK);
    make(&m, cell, GRL_DISCRETE, 1, 4);
    for (int i = 0; i < 2; i++)
        for (int t = 0; t <= STEPS; t++) {
            y[2 * (i * (STEPS + 1) + t)] = (i ? 1 : -1) * pow(0.5, t);
            y[2 * (i * (STEPS + 1) + t) + 1] = t > 4 ? 0 : i ? 0.5 : -0.5;
        }
    grl_judgement *j = judge_as(&m, GRL_TASK_RECORDED, NULL, &test);
    /* Output 0 is met exactly; output 1 stays at +-1/2, with variance 1/4, while the network halves it. That it is zero
     * behind the horizon does not change the unit. */
    double sum = 0;
    for (int t = 0; t <= STEPS; t++) {
        const double e = 0.5 * pow(t > 4 ? pow(0.5, t) : 1 - pow(0.5, t), 2);
        check_near(j->error.curve[t], e, 1e-15);
        if (t > 0) sum += e;
        if (t == 4) check_near(j->error.at_horizon, sum / 4, 1e-15);
    }
    check_near(j->error.at_long, sum / STEPS, 1e-15);
    assert_int_equal(j->success, -1);
    assert_int_equal(j->portrait->count, 1);
    grl_judgement_free(j);
    /* Steps of a warm-up do not count; and data that do not vary have no error. */
    for (int i = 0; i < 2 * (STEPS + 1) * 2; i++) y[i] = 0.25;
    j = judge_as(&m, GRL_TASK_RECORDED, NULL, &test);
    assert_true(isnan(j->error.at_horizon));
    grl_judgement_free(j);
    j = judge_as(&m, GRL_TASK_RECORDED, NULL, NULL);
    assert_int_equal(j->error.trajectories, 0);
    assert_true(isnan(j->error.at_horizon));
    grl_judgement_free(j);
    unmake(&m);
}

/* The mean turn about the origin over many rounds of the map, which is not how the judgement measures. */
static double period_by_turning(const grl_cell *cell, double dt, double start)
{
    double h[2] = {start, 0}, next[2], work[64], turn = 0;
    const int steps = (int)(60000 / dt), skip = steps / 4;
    assert_true(grl_cell_work(cell) <= 64);
    for (int t = 0; t < steps; t++) {
        grl_cell_map(cell, NULL, dt, h, next, work);
        if (t >= skip) turn += atan2(h[0] * next[1] - h[1] * next[0], h[0] * next[0] + h[1] * next[1]);
        memcpy(h, next, sizeof h);
    }
    return 2 * pi * (steps - skip) / fabs(turn);
}

/* h = 3 R(alpha) tanh.. : the flow's period is in MATH, that of the map is measured in another way. */
static void check_rotation(double alpha, double dt, double time_step, double flow_period)
{
    made m;
    const double starts[] = {0.3, 0.1, -0.9, 0.2, 0.01, -0.01, 0, 0};
    double y[4 * 2 * 2];
    grl_dataset test = {.count = 4, .steps = 1, .outputs = 2, .time_step = time_step, .y = y};
    static double points[2 * CIRCLE];
    circle(0.5, 0, 0, points);
    for (int i = 0; i < 4; i++) {
        memcpy(y + 4 * i, starts + 2 * i, 2 * sizeof *y);
        memcpy(y + 4 * i + 2, starts + 2 * i, 2 * sizeof *y);
    }
    make(&m, rotation_network(3, alpha), dt == 1 ? GRL_DISCRETE : GRL_CONTINUOUS, dt, 100);
    const grl_cell *cell = grl_model_cell(m.training.model);
    const double per_step = time_step, unit = dt / time_step;
    const double expected = period_by_turning(cell, dt, 0.3) * per_step;
    const grl_reference reference = {
        .count = CIRCLE, .outputs = 2, .points = points, .period = expected, .has_inside = 1};
    grl_judgement *j = judge_as(&m, GRL_TASK_OSCILLATION, &reference, &test);
    const grl_judged_oscillation *o = j->oscillation;
    assert_int_equal(o->network.found, 1);
    assert_int_equal(o->network.stable, 1);
    assert_string_equal(o->network.kind, "curve");
    check_near(o->network.period / expected, 1, 2e-4);
    check_near(o->network.period, expected, o->network.period_error + 1e-4 * expected);
    check_near(o->network.off, 0, 2e-4);
    /* Three go to the cycle; what starts at the origin stays there. */
    assert_int_equal(o->starts, 4);
    assert_int_equal(o->on_cycle, 3);
    assert_int_equal(o->on_point, 1);
    assert_int_equal(o->elsewhere + o->unsettled, 0);
    assert_int_equal(o->other, 0);
    assert_int_equal(j->success, 0); /* three of four are less than nine in ten */
    check_near(o->flow.period * unit, flow_period, 1e-4);
    assert_int_equal(o->flow_cycles, 1);
    assert_int_equal(o->flow_stable, 1);
    check_near(o->flow.decay, -j->flow->cycles->items[0].exponent * unit, 1e-12);
    check_near(o->size, 1, 1e-6);
    /* The origin is the unstable point, in the middle. */
    assert_true(o->inside != SIZE_MAX);
    check_near(o->inside_off, 0, 1e-12);
    assert_int_equal(o->encloses, 1);
    /* The distance from a circle of radius 1/2 is told by the radii. */
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < o->count; i++) {
        const double r = hypot(o->points[2 * i], o->points[2 * i + 1]);
        least = fmin(least, r);
        most = fmax(most, r);
    }
    check_near(o->outside, fmax(fabs(most - 0.5), fabs(least - 0.5)), 1e-5);
    check_near(o->network.shape, fmax(o->outside, o->missed), 0);
    check_near(o->shape, o->network.shape, 1e-6);
    grl_judgement_free(j);
    unmake(&m);
}

static void test_oscillation(void **state)
{
    (void)state;
    check_rotation(0.7, 1, 1, 14.9772);
    check_rotation(0.5, 1, 0.2, 23.6740);
    check_rotation(0.6, 0.1, 0.1, 18.5960);
}

/* The map with dt goes to the flow with dt: period and decay, to first order. */
static void test_oscillation_goes_to_the_flow(void **state)
{
    double off[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        const double dt = i ? 0.05 : 0.1;
        made m;
        double y[4] = {0.5, 0, 0.5, 0};
        const grl_dataset test = {.count = 1, .steps = 1, .outputs = 2, .time_step = dt, .y = y};
        const grl_reference reference = {.count = 0, .outputs = 2, .period = 12.2085};
        make(&m, rotation_network(3, 0.8), GRL_CONTINUOUS, dt, 50);
        grl_judgement *j = judge_as(&m, GRL_TASK_OSCILLATION, &reference, &test);
        off[i] = j->oscillation->network.period - j->oscillation->flow.period;
        check_near(j->oscillation->flow.period, 12.2085, 1e-4);
        assert_int_equal(j->success, j->oscillation->network.off <= 0.01);
        assert_true(isnan(j->oscillation->shape));
        grl_judgement_free(j);
        unmake(&m);
    }
    check_near(off[0] / off[1], 2, 0.1);
}

/* Where there is no cycle nothing is made up. */
static void test_no_oscillation(void **state)
{
    made m;
    double y[8] = {0.5, 0, 0.5, 0, -0.2, 0.3, 0, 0};
    const grl_dataset test = {.count = 2, .steps = 1, .outputs = 2, .time_step = 1, .y = y};
    const grl_reference reference = {.count = 0, .outputs = 2, .period = 10, .has_inside = 1};
    (void)state;
    make(&m, rotation_network(3, 1.4), GRL_CONTINUOUS, 0.1, 50); /* beyond the Hopf point */
    grl_judgement *j = judge_as(&m, GRL_TASK_OSCILLATION, &reference, &test);
    assert_int_equal(j->oscillation->network.found, 0);
    assert_int_equal(j->oscillation->flow.found, 0);
    assert_int_equal(j->oscillation->flow_cycles, 0);
    assert_int_equal(j->oscillation->on_point, 2);
    assert_true(j->oscillation->inside == SIZE_MAX);
    assert_true(isnan(j->oscillation->network.period));
    assert_int_equal(j->success, 0);
    grl_judgement_free(j);
    unmake(&m);
}

static void test_points(void **state)
{
    const double a = 0.858559636640110, I[] = {3, 0, 0, 3};
    double corners[] = {a, a, -a, a, a, -a, -a, -a}, ones[] = {1, 1, -1, 1, 1, -1, -1, -1};
    double elsewhere[] = {0.1, 0, 0.2, 0.1};
    const grl_reference all = {.count = 4, .outputs = 2, .points = corners};
    const grl_reference two = {.count = 2, .outputs = 2, .points = corners};
    const grl_reference large = {.count = 4, .outputs = 2, .points = ones};
    const grl_reference none = {.count = 2, .outputs = 2, .points = elsewhere};
    made m;
    (void)state;
    make(&m, network_of_U_h(2, I), GRL_DISCRETE, 1, 10);
    grl_judgement *j = judge_as(&m, GRL_TASK_POINTS, &all, NULL);
    assert_int_equal(j->portrait->count, 9);
    assert_int_equal(j->points->stable, 4);
    assert_int_equal(j->points->proven, 1);
    assert_int_equal(j->points->matched, 4);
    assert_int_equal(j->points->spurious, 0);
    check_near(j->points->off_max, 0, 1e-14);
    check_near(j->points->near, a / 2, 1e-14);
    assert_int_equal(j->success, 1);
    grl_judgement_free(j);

    j = judge_as(&m, GRL_TASK_POINTS, &two, NULL);
    assert_int_equal(j->points->matched, 2);
    assert_int_equal(j->points->spurious, 2);
    assert_int_equal(j->success, 0);
    grl_judgement_free(j);

    j = judge_as(&m, GRL_TASK_POINTS, &large, NULL);
    assert_int_equal(j->points->matched, 4);
    check_near(j->points->off_mean, sqrt(2) * (1 - a), 1e-14);
    for (int c = 0; c < 4; c++) {
        const double *h = j->portrait->points[j->points->point[c]].h;
        assert_true(h[0] * ones[2 * c] > 0 && h[1] * ones[2 * c + 1] > 0);
    }
    grl_judgement_free(j);

    j = judge_as(&m, GRL_TASK_POINTS, &none, NULL);
    assert_int_equal(j->points->matched, 0);
    assert_true(j->points->point[0] == SIZE_MAX && isnan(j->points->off[0]) && isnan(j->points->off_max));
    grl_judgement_free(j);
    unmake(&m);
}

/* One unit with U_h from 1 to 6 and b_h = 0.3: one fold, where sqrt(1 - 2/u) is the fold's place (MATH). */
static void test_path(void **state)
{
    made m;
    grl_model *checkpoints[3];
    long long steps[] = {0, 100, 250};
    const double U[] = {1, 6, 6.5};
    (void)state;
    for (int i = 0; i < 3; i++) {
        grl_cell *cell = network_of_U_h(1, &U[i]);
        grl_cell_block(cell, GRL_B_H)[0] = 0.3;
        assert_int_equal(grl_model_create(cell, &checkpoints[i], NULL), GRL_OK);
    }
    make(&m, network_of_U_h(1, &U[2]), GRL_DISCRETE, 1, 10);
    m.training.checkpoint_count = 3;
    m.training.checkpoints = checkpoints;
    m.training.checkpoint_steps = steps;
    grl_judgement *j = judge_as(&m, GRL_TASK_RECORDED, NULL, NULL);
    assert_int_equal(j->path_count, 2);
    assert_int_equal(j->path[0].from, 0);
    assert_int_equal(j->path[0].to, 100);
    assert_int_equal(j->path[0].count, 1);
    assert_int_equal(j->path[0].special[GRL_FOLD], 1);
    assert_int_equal(j->path[1].to, 250);
    assert_int_equal(j->path[1].count, 0);
    assert_int_equal(j->path[0].unlocated + j->path[0].unfinished, 0);
    grl_judgement_free(j);
    unmake(&m);
    for (int i = 0; i < 3; i++) grl_model_free(checkpoints[i]);
}

/* A network from anywhere is judged as the same one from a training. */
static void test_model(void **state)
{
    made m;
    grl_error error;
    grl_judgement *a = NULL, *b = NULL;
    grl_judge_options ask = grl_judge_defaults();
    (void)state;
    ask.trajectories = 2;
    ask.max_operations = 1e7;
    make(&m, rotation_network(3, 0.7), GRL_DISCRETE, 1, 10);
    m.training.problem = grl_problem_of(grl_task_find("van-der-pol"));
    m.training.settings.seed = 5;
    grl_judge_subject subject = {
        .model = m.training.model, .problem = m.training.problem, .dt = 1, .horizon = 10, .seed = 5};
    assert_int_equal(grl_judge(&m.training, NULL, &ask, &a, NULL), GRL_OK);
    assert_int_equal(grl_judge_model(&subject, NULL, &ask, &b, NULL), GRL_OK);
    assert_ptr_equal(b->problem.task, m.training.problem.task);
    assert_int_equal(a->error.steps, 100);
    assert_int_equal(a->measure_count, b->measure_count);
    for (size_t i = 0; i < a->measure_count; i++)
        assert_memory_equal(&a->measures[i].value, &b->measures[i].value, sizeof(double));
    grl_judgement_free(a);
    grl_judgement_free(b);
    b = NULL;

    /* Not for these data. */
    subject.warm_up = 3;
    assert_int_equal(grl_judge_model(&subject, NULL, &ask, &b, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "at least 2 inputs for these data and a warm-up, found 0"));
    subject.warm_up = 0;
    assert_int_equal(grl_model_set_start(m.training.model, 1, m.identity, NULL, NULL), GRL_OK);
    assert_int_equal(grl_judge_model(&subject, NULL, &ask, &b, &error), GRL_BAD_INPUT);
    assert_string_equal(error.message,
                        "expected data of 1 outputs, from which the network's start is encoded, found 2");
    subject.dt = 1.5;
    assert_int_equal(grl_judge_model(&subject, NULL, &ask, &b, &error), GRL_BAD_INPUT);
    subject.dt = 1;
    subject.horizon = 0;
    assert_int_equal(grl_judge_model(&subject, NULL, &ask, &b, &error), GRL_BAD_INPUT);
    assert_null(b);
    unmake(&m);
}

static void test_bad_input(void **state)
{
    made m;
    grl_error error;
    grl_judgement *j = NULL;
    grl_judge_options ask = grl_judge_defaults();
    double y[3] = {0};
    const grl_dataset test = {.count = 1, .steps = 2, .outputs = 1, .time_step = 1, .y = y};
    const grl_reference reference = {.count = 1, .outputs = 3, .points = y};
    (void)state;
    make(&m, rotation_network(3, 0.7), GRL_DISCRETE, 1, 10);
    assert_int_equal(grl_judge(&m.training, &test, NULL, &j, &error), GRL_BAD_INPUT);
    assert_string_equal(error.message,
                        "judgement: expected test data of 2 outputs, as the network has, found 1");
    ask.reference = &reference;
    assert_int_equal(grl_judge(&m.training, NULL, &ask, &j, &error), GRL_BAD_INPUT);
    ask = grl_judge_defaults();
    ask.kind = 7;
    assert_int_equal(grl_judge(&m.training, NULL, &ask, &j, &error), GRL_BAD_INPUT);
    ask = grl_judge_defaults();
    ask.starts = 0;
    assert_int_equal(grl_judge(&m.training, NULL, &ask, &j, &error), GRL_BAD_INPUT);
    assert_null(j);
    unmake(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances_of_circles),
        cmocka_unit_test(test_distance_from_segments),
        cmocka_unit_test(test_error_in_closed_form),
        cmocka_unit_test(test_oscillation),
        cmocka_unit_test(test_oscillation_goes_to_the_flow),
        cmocka_unit_test(test_no_oscillation),
        cmocka_unit_test(test_points),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_model),
        cmocka_unit_test(test_bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
