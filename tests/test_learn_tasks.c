/* Tasks: their trajectories against closed forms, 45-digit Taylor series and their own vector fields; their true
 * attractors against the same; driven ones recomputed from their inputs; what the draws depend on. */
#include "check.h"

#include "learn/flow.h"
#include "learn/task.h"

#include <grulens/table.h>

#include <string.h>

static grl_problem problem_of(const char *name)
{
    const grl_task *task = grl_task_find(name);
    if (!task) fail_msg("no task %s", name);
    return grl_problem_of(task);
}

static void set(grl_problem *problem, const char *name, double value)
{
    grl_error error;
    if (grl_problem_set(problem, name, value, &error) != GRL_OK) fail_msg("%s", error.message);
}

static grl_dataset *generate(const grl_problem *problem, unsigned long long seed, grl_split split,
                             size_t count, size_t steps)
{
    grl_dataset *data;
    grl_error error;
    if (grl_problem_generate(problem, seed, split, count, steps, &data, &error) != GRL_OK)
        fail_msg("%s: %s", grl_task_name(problem->task), error.message);
    assert_int_equal(data->count, count);
    assert_int_equal(data->steps, steps);
    assert_int_equal(data->outputs, grl_problem_outputs(problem));
    assert_int_equal(data->inputs, grl_problem_inputs(problem));
    check_near(data->time_step, grl_problem_time_step(problem), 0);
    return data;
}

static grl_reference *reference_of(const grl_problem *problem)
{
    grl_reference *reference;
    grl_error error;
    if (grl_problem_reference(problem, &reference, &error) != GRL_OK) fail_msg("%s", error.message);
    assert_non_null(reference);
    assert_int_equal(reference->outputs, grl_problem_outputs(problem));
    return reference;
}

static const double *at(const grl_dataset *data, size_t i, size_t t)
{
    return data->y + (i * (data->steps + 1) + t) * data->outputs;
}

static void test_names(void **state)
{
    (void)state;
    static const char *const names[] = {"fitzhugh-nagumo", "van-der-pol", "line-attractor", "ring-attractor",
                                        "two-wells",       "flip-flop",   "integrator",     "head-direction"};
    size_t count = 0;
    for (; grl_task_at(count); count++) {
        const grl_task *task = grl_task_at(count);
        assert_string_equal(grl_task_name(task), names[count]);
        assert_ptr_equal(grl_task_find(names[count]), task);
        assert_true(strlen(grl_task_summary(task)) > 10);
        grl_problem problem = grl_problem_of(task);
        for (const grl_task_parameter *p = grl_task_parameters(task); p->name; p++) {
            check_near(grl_problem_get(&problem, p->name), p->initial, 0);
            assert_true(p->low <= p->initial && p->initial <= p->high && p->help);
            set(&problem, p->name, p->low);
            check_near(grl_problem_get(&problem, p->name), p->low, 0);
        }
        grl_training_settings settings = grl_training_defaults(&problem);
        assert_int_equal(grl_training_check(&settings, NULL), GRL_OK);
        assert_true(settings.horizon > settings.first_horizon && settings.first_horizon > 0);
    }
    assert_int_equal(count, sizeof names / sizeof *names);
    assert_null(grl_task_find("lorenz"));
}

static void test_refused(void **state)
{
    (void)state;
    grl_problem problem = problem_of("flip-flop");
    grl_error error;
    grl_dataset *data;
    static const struct {
        const char *name;
        double value;
        const char *words;
    } cases[] = {{"bits", 2.5, "bits: expected a whole number from 1 to 8, found 2.5"},
                 {"bits", 9, "expected a number from 1 to 8, found 9"},
                 {"bits", NAN, "found nan"},
                 {"I", 1, "expected a parameter of the task flip-flop (bits, rate), found \"I\""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(grl_problem_set(&problem, cases[i].name, cases[i].value, &error), GRL_BAD_INPUT);
        if (!strstr(error.message, cases[i].words)) fail_msg("%s", error.message);
    }
    assert_true(isnan(grl_problem_get(&problem, "I")));
    check_near(grl_problem_get(&problem, "bits"), 3, 0);
    problem.values[0] = -1;
    assert_int_equal(grl_problem_generate(&problem, 1, GRL_SPLIT_TRAIN, 1, 1, &data, &error), GRL_BAD_INPUT);
    assert_null(data);
    problem = problem_of("line-attractor");
    assert_int_equal(grl_problem_generate(&problem, 1, GRL_SPLIT_TRAIN, 0, 1, &data, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_problem_generate(&problem, 1, GRL_SPLIT_TRAIN, 1, 0, &data, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_problem_generate(&problem, 1, GRL_SPLIT_TRAIN, SIZE_MAX / 8, 9, &data, &error),
                     GRL_BAD_INPUT);
    assert_int_equal(grl_problem_generate(&problem, 1, GRL_SPLIT_TRAIN, 1, SIZE_MAX, &data, &error),
                     GRL_BAD_INPUT);
    if (!strstr(error.message, "at most 1000000000 numbers")) fail_msg("%s", error.message);
    grl_reference *reference;
    problem.values[0] = INFINITY;
    assert_int_equal(grl_problem_reference(&problem, &reference, &error), GRL_BAD_INPUT);
    problem.task = NULL;
    assert_int_equal(grl_problem_generate(&problem, 1, GRL_SPLIT_TRAIN, 1, 1, &data, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_problem_reference(&problem, &reference, &error), GRL_OK);
    assert_null(reference);
}

/* The same trajectory whatever else is drawn: of another number, another length; another by seed and split. */
static void test_draws(void **state)
{
    (void)state;
    for (size_t k = 0; grl_task_at(k); k++) {
        grl_problem problem = grl_problem_of(grl_task_at(k));
        grl_dataset *a = generate(&problem, 7, GRL_SPLIT_TRAIN, 12, 40);
        grl_dataset *b = generate(&problem, 7, GRL_SPLIT_TRAIN, 5, 90);
        for (size_t i = 0; i < 5; i++) {
            assert_memory_equal(at(a, i, 0), at(b, i, 0), 41 * a->outputs * sizeof(double));
            if (a->u)
                assert_memory_equal(a->u + i * 40 * a->inputs, b->u + i * 90 * b->inputs,
                                    40 * a->inputs * sizeof(double));
        }
        grl_dataset *others[] = {generate(&problem, 8, GRL_SPLIT_TRAIN, 12, 40),
                                 generate(&problem, 7, GRL_SPLIT_VALIDATE, 12, 40),
                                 generate(&problem, 7, GRL_SPLIT_TEST, 12, 40), a};
        for (size_t p = 0; p < 4; p++)
            for (size_t q = 0; q <= p; q++)
                for (size_t i = 0; i < 12; i++)
                    for (size_t j = 0; j < 12; j++)
                        if ((p != q || i != j) && memcmp(at(others[p], i, 0), at(others[q], j, 0),
                                                         41 * a->outputs * sizeof(double)) == 0)
                            fail_msg("%s: trajectory %zu of draw %zu is trajectory %zu of draw %zu",
                                     grl_task_name(problem.task), i, p, j, q);
        for (size_t p = 0; p < 4; p++) grl_dataset_free(others[p]);
        grl_dataset_free(b);
    }
}

/* Starts lie on both sides of the attractor, in every quarter of the plane around the middle. */
static void test_starts_cover(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double middle[2], half[2];
    } boxes[] = {{"fitzhugh-nagumo", {0, 0.7}, {2.5, 1.25}},
                 {"van-der-pol", {0, 0}, {2.5, 3.5}},
                 {"line-attractor", {0, 0}, {1, 1}},
                 {"ring-attractor", {0, 0}, {1.5, 1.5}},
                 {"two-wells", {0, 0}, {1.5, 1.5}}};
    for (size_t k = 0; k < sizeof boxes / sizeof *boxes; k++) {
        grl_problem problem = problem_of(boxes[k].name);
        grl_dataset *data = generate(&problem, 3, GRL_SPLIT_TRAIN, 400, 1);
        int quarters[4] = {0}, inner = 0, outer = 0;
        for (size_t i = 0; i < 400; i++) {
            double part[2];
            for (size_t j = 0; j < 2; j++) {
                part[j] = (at(data, i, 0)[j] - boxes[k].middle[j]) / boxes[k].half[j];
                assert_true(fabs(part[j]) <= 1);
            }
            quarters[2 * (part[0] > 0) + (part[1] > 0)]++;
            inner += hypot(part[0], part[1]) < 0.5;
            outer += hypot(part[0], part[1]) > 0.9;
        }
        for (size_t q = 0; q < 4; q++) assert_true(quarters[q] > 60);
        assert_true(inner > 40 && outer > 40);
        grl_dataset_free(data);
    }
}

static grl_table *golden(const char *name)
{
    char path[512];
    grl_error error;
    grl_table *table;
    snprintf(path, sizeof path, "%s/learn/%s", GRL_TEST_DATA, name);
    if (grl_table_load(path, NULL, &table, &error) != GRL_OK) fail_msg("%s", error.message);
    return table;
}

static grl_problem oscillation(const double *row)
{
    grl_problem problem = problem_of(row[0] == 0 ? "fitzhugh-nagumo" : "van-der-pol");
    set(&problem, row[0] == 0 ? "I" : "mu", row[1]);
    return problem;
}

static void test_flows(void **state)
{
    (void)state;
    grl_table *table = golden("flows.csv");
    assert_int_equal(table->rows, 12);
    for (size_t i = 0; i < table->rows; i++) {
        const double *row = table->values + i * table->columns;
        grl_problem problem = oscillation(row);
        grl_error error;
        size_t steps = (size_t)(row[4] * 4);
        double *y = calloc(2 * (steps + 1), sizeof *y);
        y[0] = row[2];
        y[1] = row[3];
        if (grl_flow_follow(problem.task->field, problem.values, 0.25, steps, y, &error) != GRL_OK)
            fail_msg("%s", error.message);
        check_near(y[2 * steps], row[5], 1e-10);
        check_near(y[2 * steps + 1], row[6], 1e-10);
        free(y);
    }
    grl_table_free(table);
}

static void test_cycles(void **state)
{
    (void)state;
    grl_table *table = golden("cycles.csv");
    assert_int_equal(table->rows, 8);
    for (size_t i = 0; i < table->rows; i++) {
        const double *row = table->values + i * table->columns;
        grl_problem problem = oscillation(row);
        grl_reference *reference = reference_of(&problem);
        check_near(reference->period, row[2], 1e-9);
        assert_int_equal(reference->has_inside, 1);
        check_near(reference->inside[0], row[3], 1e-14);
        check_near(reference->inside[1], row[4], 1e-14);
        check_near(reference->points[0], row[3], 1e-11);
        check_near(reference->points[1], row[5], 1e-9);
        double dy[2], least = INFINITY, most = -INFINITY;
        assert_int_equal(grl_problem_field(&problem, reference->inside, dy), 1);
        check_near(hypot(dy[0], dy[1]), 0, 1e-13);
        /* Evenly spaced over one period: once around, and the last point is one step before the first. */
        for (size_t k = 0; k < reference->count; k++) {
            least = fmin(least, reference->points[2 * k]);
            most = fmax(most, reference->points[2 * k]);
        }
        assert_true(least < -1.7 && most > 1.7 && least > -2.1 && most < 2.1);
        double two[4] = {reference->points[2 * reference->count - 2],
                         reference->points[2 * reference->count - 1]};
        grl_error error;
        assert_int_equal(grl_flow_follow(problem.task->field, problem.values,
                                         reference->period / (double)reference->count, 1, two, &error),
                         GRL_OK);
        check_near(two[2], reference->points[0], 1e-8);
        check_near(two[3], reference->points[1], 1e-8);
        grl_reference_free(reference);
    }
    grl_table_free(table);
    /* van der Pol at mu = 1: published, Amore, Boyd and Fernandez (2018), and others. */
    grl_problem problem = problem_of("van-der-pol");
    grl_reference *reference = reference_of(&problem);
    check_near(reference->period, 6.66328685932313, 1e-9);
    grl_reference_free(reference);
    problem = problem_of("fitzhugh-nagumo");
    reference = reference_of(&problem);
    check_near(reference->period, 37.0, 0.05);
    grl_reference_free(reference);
}

/* The field is the derivative of the trajectories: a central difference of order 4 at small steps. */
static void test_fields(void **state)
{
    (void)state;
    for (size_t k = 0; grl_task_at(k); k++) {
        grl_problem problem = grl_problem_of(grl_task_at(k));
        double dy[8];
        if (grl_problem_inputs(&problem) > 0) {
            assert_int_equal(grl_problem_field(&problem, (double[8]){0}, dy), 0);
            continue;
        }
        set(&problem, "time-step", 0.01);
        grl_dataset *data = generate(&problem, 5, GRL_SPLIT_TEST, 50, 20);
        for (size_t i = 0; i < 50; i++)
            for (size_t t = 2; t <= 18; t++) {
                assert_int_equal(grl_problem_field(&problem, at(data, i, t), dy), 1);
                for (size_t j = 0; j < data->outputs; j++) {
                    double slope = (8 * (at(data, i, t + 1)[j] - at(data, i, t - 1)[j]) -
                                    (at(data, i, t + 2)[j] - at(data, i, t - 2)[j])) /
                                   (12 * 0.01);
                    check_near(slope, dy[j], 2e-5 * (1 + fabs(dy[j])));
                }
            }
        grl_dataset_free(data);
    }
}

/* The closed forms against the integrator. */
static void test_closed_forms(void **state)
{
    (void)state;
    static const char *const names[] = {"line-attractor", "ring-attractor", "two-wells"};
    for (size_t k = 0; k < 3; k++) {
        grl_problem problem = problem_of(names[k]);
        grl_dataset *data = generate(&problem, 11, GRL_SPLIT_TRAIN, 30, 100);
        double y[2 * 101];
        for (size_t i = 0; i < 30; i++) {
            grl_error error;
            memcpy(y, at(data, i, 0), 2 * sizeof *y);
            assert_int_equal(
                grl_flow_follow(problem.task->field, problem.values, data->time_step, 100, y, &error),
                GRL_OK);
            for (size_t m = 0; m < 2 * 101; m++) check_near(at(data, i, 0)[m], y[m], 1e-11);
        }
        grl_dataset_free(data);
    }
}

static void test_flow_escapes(void **state)
{
    (void)state;
    /* x' = x - x^3 backwards in time is not a task; forwards from NaN nothing can be followed. */
    grl_problem problem = problem_of("two-wells");
    double y[4] = {NAN, 0};
    grl_error error;
    assert_int_equal(grl_flow_follow(problem.task->field, problem.values, 1, 1, y, &error), GRL_NOT_REACHED);
    /* No cycle: every orbit goes to a well. */
    const double inside[2] = {0, 0};
    grl_reference *reference = NULL;
    assert_int_equal(grl_flow_cycle(problem.task->field, problem.values, inside, 10, &reference, &error),
                     GRL_NOT_REACHED);
    assert_null(reference);
}

static void test_flip_flop(void **state)
{
    (void)state;
    grl_problem problem = problem_of("flip-flop");
    for (int bits = 1; bits <= 8; bits += 7) {
        set(&problem, "bits", bits);
        size_t k = (size_t)bits, pulses = 0, ups = 0, numbers = 50 * 200 * k;
        grl_dataset *data = generate(&problem, 2, GRL_SPLIT_TRAIN, 50, 200);
        for (size_t i = 0; i < 50; i++)
            for (size_t j = 0; j < k; j++) {
                double last = at(data, i, 0)[j];
                assert_true(last == 1 || last == -1);
                for (size_t t = 1; t <= 200; t++) {
                    double u = data->u[(i * 200 + t - 1) * k + j];
                    assert_true(u == 0 || u == 1 || u == -1);
                    if (u != 0) last = u;
                    pulses += u != 0;
                    ups += u == 1;
                    check_near(at(data, i, t)[j], last, 0);
                }
            }
        /* Five standard deviations of the binomial distribution. */
        check_near((double)pulses, 0.1 * (double)numbers, 5 * sqrt(0.09 * (double)numbers));
        check_near((double)ups, 0.5 * (double)pulses, 5 * sqrt(0.25 * (double)pulses));
        grl_dataset_free(data);
        grl_reference *reference = reference_of(&problem);
        assert_int_equal(reference->count, 1 << bits);
        for (size_t a = 0; a < reference->count; a++) {
            for (size_t j = 0; j < k; j++) check_near(fabs(reference->points[a * k + j]), 1, 0);
            for (size_t b = 0; b < a; b++)
                assert_memory_not_equal(reference->points + a * k, reference->points + b * k,
                                        k * sizeof(double));
        }
        grl_reference_free(reference);
    }
}

static void test_integrator(void **state)
{
    (void)state;
    grl_problem problem = problem_of("integrator");
    for (double size = 0.2; size <= 1; size += 0.8) {
        set(&problem, "size", size);
        grl_dataset *data = generate(&problem, 2, GRL_SPLIT_TRAIN, 100, 300);
        size_t pulses = 0;
        for (size_t i = 0; i < 100; i++) {
            double sum = at(data, i, 0)[0];
            for (size_t t = 1; t <= 300; t++) {
                double u = data->u[i * 300 + t - 1];
                assert_true(u == 0 || u == 1 || u == -1);
                sum += size * u;
                pulses += u != 0;
                check_near(at(data, i, t)[0], sum, 0);
                assert_true(fabs(sum) <= 1);
            }
        }
        check_near((double)pulses, 0.2 * 30000, 5 * sqrt(0.16 * 30000));
        grl_dataset_free(data);
    }
}

static void test_head_direction(void **state)
{
    (void)state;
    grl_problem problem = problem_of("head-direction");
    grl_dataset *data = generate(&problem, 2, GRL_SPLIT_TRAIN, 200, 300);
    double squares = 0;
    size_t rests = 0, turns = 0;
    for (size_t i = 0; i < 200; i++) {
        double angle = atan2(at(data, i, 0)[1], at(data, i, 0)[0]);
        for (size_t t = 1; t <= 300; t++) {
            double u = data->u[i * 300 + t - 1];
            angle += 0.1 * u;
            check_near(at(data, i, t)[0], cos(angle), 1e-12);
            check_near(at(data, i, t)[1], sin(angle), 1e-12);
            squares += u * u;
            rests += u == 0;
            turns += t > 1 && u != data->u[i * 300 + t - 2];
        }
    }
    /* Half of the whiles are rest, of mean length 10; a while begins anew with another velocity 3 times of 4. */
    check_near(squares / 60000, 0.5, 0.06);
    check_near((double)rests / 60000, 0.5, 0.04);
    check_near((double)turns / 60000, 0.075, 0.008);
    grl_dataset_free(data);
}

static void test_sets(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t count;
        grl_task_kind kind;
    } cases[] = {{"line-attractor", 201, GRL_TASK_LINE}, {"ring-attractor", 360, GRL_TASK_RING},
                 {"two-wells", 2, GRL_TASK_POINTS},      {"integrator", 201, GRL_TASK_LINE},
                 {"head-direction", 360, GRL_TASK_RING}, {"flip-flop", 8, GRL_TASK_POINTS}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        grl_problem problem = problem_of(cases[k].name);
        grl_reference *reference = reference_of(&problem);
        assert_int_equal(grl_task_kind_of(problem.task), cases[k].kind);
        assert_int_equal(reference->count, cases[k].count);
        assert_true(isnan(reference->period) && !reference->has_inside);
        for (size_t i = 0; i < reference->count; i++) {
            const double *y = reference->points + i * reference->outputs;
            double dy[2] = {0, 0};
            if (grl_problem_field(&problem, y, dy)) check_near(hypot(dy[0], dy[1]), 0, 1e-14);
            if (cases[k].kind == GRL_TASK_RING) check_near(hypot(y[0], y[1]), 1, 1e-14);
            if (cases[k].kind == GRL_TASK_LINE)
                check_near(y[reference->outputs - 1], -1 + 0.01 * (double)i, 1e-14);
        }
        grl_reference_free(reference);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_draws),        cmocka_unit_test(test_starts_cover),
        cmocka_unit_test(test_flows),        cmocka_unit_test(test_cycles),
        cmocka_unit_test(test_fields),       cmocka_unit_test(test_closed_forms),
        cmocka_unit_test(test_flow_escapes), cmocka_unit_test(test_flip_flop),
        cmocka_unit_test(test_integrator),   cmocka_unit_test(test_head_direction),
        cmocka_unit_test(test_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
