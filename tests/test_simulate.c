/* test_simulate.c: trajectories of the flow and the map against closed forms, SUNDIALS, PyTorch and each
 * other. */
#include <grulens/format.h>
#include <grulens/simulate.h>
#include <jansson.h>

#include "check.h"

#include <string.h>

/* Number k of all the network's numbers is 2 sin(k + 1), in the order of tests/data/ode/make_golden.c, which
 * is the order of the blocks. */
static grl_cell *formula_cell(size_t n, grl_reset reset)
{
    grl_cell *cell = NULL;
    grl_error error;
    if (grl_cell_create(n, 1, reset, &cell, &error) != GRL_OK) fail_msg("%s", error.message);
    int k = 0;
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, n, 1, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++) grl_cell_block(cell, (grl_block)b)[i] = 2 * sin(++k);
    }
    return cell;
}

/* One unit, one input: h' = (tanh(x) - h) / 2. */
static grl_cell *relaxation(void)
{
    grl_cell *cell = NULL;
    grl_error error;
    if (grl_cell_create(1, 1, GRL_RESET_BEFORE, &cell, &error) != GRL_OK) fail_msg("%s", error.message);
    grl_cell_block(cell, GRL_W_H)[0] = 1;
    return cell;
}

static grl_trajectory *simulate(const grl_cell *cell, const double *h0, const double *x,
                                const grl_signal *signal, const grl_simulate_options *options)
{
    grl_trajectory *trajectory = NULL;
    grl_error error;
    if (grl_simulate(cell, h0, x, signal, options, &trajectory, &error) != GRL_OK)
        fail_msg("%s", error.message);
    assert_int_equal(trajectory->hidden_size, grl_cell_hidden_size(cell));
    assert_true(trajectory->times[0] == 0);
    return trajectory;
}

static const double *row_at(const grl_trajectory *trajectory, double t)
{
    for (size_t k = 0; k < trajectory->count; k++)
        if (trajectory->times[k] == t) return trajectory->states + k * trajectory->hidden_size;
    fail_msg("no row at time %g", t);
    return NULL;
}

/* The courses of tests/data/ode: jumps and kinks at 1.5, 2, 6, 7; rows at the steps and at multiples of 0.5.
 */
static void test_golden(void **state)
{
    (void)state;
    static const double times[] = {0, 1.5, 2, 6, 7}, values[] = {0.5, -1, 2, 0.25, -0.75};
    FILE *file = fopen(GRL_TEST_DATA "/ode/golden.csv", "r");
    assert_non_null(file);
    char line[400];
    int compared = 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "held_", 5) != 0 && strncmp(line, "linear_", 7) != 0) continue;
        double want[8], h0[5] = {0.1, 0.2, 0.3, 0.4, 0.5};
        size_t count = 0;
        for (char *at = strchr(line, ','); at; at = strchr(at + 1, ',')) want[count++] = strtod(at + 1, NULL);
        const size_t n = count - 2; /* time, states, difference */
        grl_cell *cell = formula_cell(n, strstr(line, "_after") ? GRL_RESET_AFTER : GRL_RESET_BEFORE);
        grl_signal signal = {5, 1, times, values, strstr(line, "linear_") ? GRL_LINEAR : GRL_HOLD};
        grl_simulate_options options = grl_simulate_defaults();
        options.rtol = 1e-11;
        options.atol = 1e-13;
        options.until = 20;
        for (int k = 0; k < 2; k++) {
            options.every = 0.5 * k;
            grl_trajectory *trajectory = simulate(cell, h0, NULL, &signal, &options);
            const double *h = row_at(trajectory, want[0]);
            for (size_t i = 0; i < n; i++) check_near(h[i], want[i + 1], 2e-10);
            assert_string_equal(trajectory->stopped_by, "end");
            assert_true(trajectory->times[trajectory->count - 1] == 20);
            if (k == 1) assert_int_equal(trajectory->count, 41);
            if (k == 0) assert_int_equal(trajectory->count, trajectory->steps + 1);
            grl_trajectory_free(trajectory);
        }
        grl_cell_free(cell);
        compared++;
    }
    fclose(file);
    assert_int_equal(compared, 20);
}

/* h' = (tanh(x) - h) / 2 with held input, closed form from row to row, in both directions of time. */
static void test_held_closed_form(void **state)
{
    (void)state;
    static const double times[] = {-2, -0.5, 1, 1.25, 4}, values[] = {3, -1, 0.5, -2, 1};
    static const double forward[] = {1, 1.25, 4, 6, INFINITY}, forward_x[] = {-1, 0.5, -2, 1};
    /* what is before the first row is the first row: no jump at -2 */
    static const double backward[] = {-0.5, -3, INFINITY}, backward_x[] = {-1, 3};
    grl_cell *cell = relaxation();
    grl_signal signal = {5, 1, times, values, GRL_HOLD};
    for (int way = 0; way < 2; way++) {
        const double *ends = way ? backward : forward, *x = way ? backward_x : forward_x;
        grl_simulate_options options = grl_simulate_defaults();
        options.until = way ? -3 : 6;
        grl_trajectory *trajectory = simulate(cell, &(double){0.25}, NULL, &signal, &options);
        double h = 0.25, t = 0;
        for (int k = 0; isfinite(ends[k]); k++) {
            h = tanh(x[k]) + (h - tanh(x[k])) * exp(-(ends[k] - t) / 2);
            t = ends[k];
            check_near(row_at(trajectory, t)[0], h, 1e-8);
        }
        grl_trajectory_free(trajectory);
    }
    grl_cell_free(cell);
}

/* Back to the start under the same signal. */
static void test_reversal(void **state)
{
    (void)state;
    static const double times[] = {0.5, 1.5, 2.5}, values[] = {1, -1, 2};
    const double h0[3] = {0.1, -0.2, 0.3};
    grl_cell *cell = formula_cell(3, GRL_RESET_AFTER);
    grl_signal there = {3, 1, times, values, GRL_LINEAR}, again = {3, 1, times, values, GRL_LINEAR};
    grl_simulate_options options = grl_simulate_defaults();
    options.rtol = options.atol = 1e-12;
    options.until = 3;
    grl_trajectory *forth = simulate(cell, h0, NULL, &there, &options);
    /* The clock starts at 0 again: the signal is moved by 3 for the way back. */
    double moved[3];
    for (int k = 0; k < 3; k++) moved[k] = times[k] - 3;
    again.times = moved;
    options.until = -3;
    grl_trajectory *home = simulate(cell, row_at(forth, 3), NULL, &again, &options);
    for (size_t i = 0; i < 3; i++) check_near(row_at(home, -3)[i], h0[i], 1e-9);
    assert_true(home->times[1] < 0);
    grl_trajectory_free(home);
    grl_trajectory_free(forth);
    grl_cell_free(cell);
}

/* A constant input, a signal of one row and a signal of many equal rows are the same, in values and in work.
 */
static void test_same_input(void **state)
{
    (void)state;
    const double x = 0.7, h0[3] = {0.1, -0.2, 0.3};
    double times[1000], values[1000];
    for (int k = 0; k < 1000; k++) {
        times[k] = -1 + 0.02 * k;
        values[k] = x;
    }
    grl_cell *cell = formula_cell(3, GRL_RESET_BEFORE);
    grl_trajectory *constant = simulate(cell, h0, &x, NULL, NULL);
    for (int k = 0; k < 4; k++) {
        grl_signal signal = {k < 2 ? 1 : 1000, 1, times, values, k % 2 ? GRL_LINEAR : GRL_HOLD};
        grl_trajectory *trajectory = simulate(cell, h0, NULL, &signal, NULL);
        assert_int_equal(trajectory->steps, constant->steps);
        for (size_t i = 0; i < 3; i++)
            check_near(row_at(trajectory, 100)[i], row_at(constant, 100)[i], 1e-12);
        grl_trajectory_free(trajectory);
    }
    grl_trajectory_free(constant);
    /* Without an input it is another trajectory. */
    grl_trajectory *zero = simulate(cell, h0, NULL, NULL, NULL),
                   *other = simulate(cell, h0, &(double){0}, NULL, NULL);
    for (size_t i = 0; i < 3; i++) check_near(row_at(zero, 100)[i], row_at(other, 100)[i], 0);
    grl_trajectory_free(zero);
    grl_trajectory_free(other);
    grl_cell_free(cell);
}

static void test_rows(void **state)
{
    (void)state;
    grl_cell *cell = relaxation();
    grl_simulate_options options = grl_simulate_defaults();
    options.every = 0.1;
    options.until = 1.234;
    for (int way = 1; way >= -1; way -= 2) {
        options.until *= way;
        grl_trajectory *trajectory = simulate(cell, &(double){0.8}, NULL, NULL, &options);
        assert_int_equal(trajectory->count, 14);
        for (size_t k = 0; k < 14; k++) {
            double t = k < 13 ? way * (double)k * 0.1 : way * 1.234;
            assert_true(trajectory->times[k] == t);
            check_near(trajectory->states[k], 0.8 * exp(-t / 2), 2e-9);
        }
        grl_trajectory_free(trajectory);
        options.until *= way;
    }
    options.until = 1.2; /* 12 * 0.1 is one rounding above: still one row */
    grl_trajectory *trajectory = simulate(cell, &(double){0.8}, NULL, NULL, &options);
    assert_int_equal(trajectory->count, 13);
    assert_true(trajectory->times[12] == 1.2);
    grl_trajectory_free(trajectory);

    options.until = 0;
    trajectory = simulate(cell, &(double){0.8}, NULL, NULL, &options);
    assert_int_equal(trajectory->count, 1);
    assert_true(trajectory->states[0] == 0.8);
    grl_trajectory_free(trajectory);
    grl_cell_free(cell);
}

/* h+ = h + dt (tanh(x) - h) / 2: x at the beginning of the step. */
static void test_map(void **state)
{
    (void)state;
    static const double times[] = {0.1, 0.3, 0.4}, values[] = {1, -1, 2};
    grl_cell *cell = relaxation();
    grl_simulate_options options = grl_simulate_defaults();
    options.time = GRL_DISCRETE;
    options.dt = 0.1;
    options.until = 1;
    for (int linear = 0; linear < 2; linear++) {
        /* Steps from 0, 0.1, 0.2 ...; 3 * 0.1 is one rounding above 0.3, and that row is meant. */
        const double x[10] = {1, 1, linear ? 0 : 1, -1, 2, 2, 2, 2, 2, 2};
        grl_signal signal = {3, 1, times, values, linear ? GRL_LINEAR : GRL_HOLD};
        double h = 0.3;
        grl_trajectory *trajectory = simulate(cell, &h, NULL, &signal, &options);
        assert_int_equal(trajectory->count, 11);
        assert_int_equal(trajectory->steps, 10);
        for (size_t k = 0; k < 10; k++) {
            h += 0.1 * (tanh(x[k]) - h) / 2;
            check_near(trajectory->states[k + 1], h, 1e-14);
            assert_true(trajectory->times[k + 1] == (double)(k + 1) * 0.1);
        }
        grl_trajectory_free(trajectory);
    }
    /* Fewer rows, and an end between two steps. */
    options.every = 0.3;
    options.until = 0.95;
    grl_trajectory *trajectory = simulate(cell, &(double){0.5}, NULL, NULL, &options);
    assert_int_equal(trajectory->count, 4);
    for (size_t k = 0; k < 4; k++) {
        check_near(trajectory->times[k], 0.3 * (double)k, 1e-15);
        check_near(trajectory->states[k], 0.5 * pow(0.95, 3 * (double)k), 1e-15);
    }
    grl_trajectory_free(trajectory);

    options.until = 0.7; /* 0.7 / 0.1 is one rounding below 7 */
    trajectory = simulate(cell, &(double){0.5}, NULL, NULL, &options);
    assert_int_equal(trajectory->steps, 7);
    assert_int_equal(trajectory->count, 4);
    check_near(trajectory->states[3], 0.5 * pow(0.95, 7), 1e-15);
    grl_trajectory_free(trajectory);
    grl_cell_free(cell);
}

/* The map of a small step goes along the flow: its error falls like dt. */
static void test_map_against_flow(void **state)
{
    (void)state;
    const double h0[3] = {0.1, -0.2, 0.3}, x = 0.4;
    grl_cell *cell = formula_cell(3, GRL_RESET_BEFORE);
    grl_simulate_options options = grl_simulate_defaults();
    options.until = 2;
    grl_trajectory *flow = simulate(cell, h0, &x, NULL, &options);
    double error[2];
    options.time = GRL_DISCRETE;
    for (int k = 0; k < 2; k++) {
        options.dt = k ? 0.0005 : 0.001;
        grl_trajectory *map = simulate(cell, h0, &x, NULL, &options);
        error[k] = 0;
        for (size_t i = 0; i < 3; i++)
            error[k] = fmax(error[k], fabs(map->states[(map->count - 1) * 3 + i] - row_at(flow, 2)[i]));
        grl_trajectory_free(map);
    }
    check_near(error[0] / error[1], 2, 0.02);
    grl_trajectory_free(flow);
    grl_cell_free(cell);
}

/* The map of a trained network along a sequence of inputs, as torch.nn.GRU has it in float64. Row k of `h` is
 * the state after row k of `x`. */
static void test_pytorch(void **state)
{
    (void)state;
    static const char *const names[] = {"oscillation2", "flipflop16", "context64"};
    for (int q = 0; q < 3; q++) {
        char path[500];
        grl_error error;
        json_error_t place;
        grl_model *model = NULL;
        snprintf(path, sizeof path, GRL_TEST_DATA "/trained/%s.safetensors", names[q]);
        if (grl_model_load(path, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
        snprintf(path, sizeof path, GRL_TEST_DATA "/trained/%s.json", names[q]);
        json_t *golden = json_load_file(path, 0, &place);
        if (!golden) fail_msg("%s: %s", path, place.text);
        const json_t *run = json_object_get(golden, "trajectory"), *x = json_object_get(run, "x"),
                     *h = json_object_get(run, "h"), *start = json_object_get(run, "h0");
        const grl_cell *cell = grl_model_cell(model);
        const size_t n = grl_cell_hidden_size(cell), m = grl_cell_input_size(cell), rows = json_array_size(x);
        double times[64], values[64 * 4], h0[64];
        assert_true(rows == 50 && m <= 4 && n <= 64);
        for (size_t i = 0; i < n; i++) h0[i] = json_number_value(json_array_get(start, i));
        for (size_t k = 0; k < rows; k++) {
            times[k] = (double)k;
            for (size_t j = 0; j < m; j++)
                values[k * m + j] = json_number_value(json_array_get(json_array_get(x, k), j));
        }
        grl_signal signal = {rows, m, times, values, GRL_HOLD};
        grl_simulate_options options = grl_simulate_defaults();
        options.time = GRL_DISCRETE;
        options.until = (double)rows;
        grl_trajectory *trajectory = simulate(cell, h0, NULL, &signal, &options);
        assert_int_equal(trajectory->count, rows + 1);
        for (size_t k = 0; k < rows; k++)
            for (size_t i = 0; i < n; i++)
                check_near(trajectory->states[(k + 1) * n + i],
                           json_number_value(json_array_get(json_array_get(h, k), i)), 1e-12);
        grl_trajectory_free(trajectory);
        json_decref(golden);
        grl_model_free(model);
    }
}

static void test_stops(void **state)
{
    (void)state;
    grl_cell *cell = relaxation();
    grl_simulate_options options = grl_simulate_defaults();
    for (int time = 0; time < 2; time++) {
        options = grl_simulate_defaults();
        options.time = (grl_time)time;
        options.dt = 0.5;
        options.settle = 1e-4;
        options.until = 1000;
        grl_trajectory *trajectory = simulate(cell, &(double){0.5}, NULL, NULL, &options);
        assert_string_equal(trajectory->stopped_by, "settled");
        /* speed h/2: below at t = 2 ln(2500) = 15.65; map: h = 0.5 * 0.75^k, below at t = 13.6 */
        double t = trajectory->times[trajectory->count - 1];
        assert_true(t >= (time ? 14.5 : 16.65) && t < (time ? 16 : 20));
        check_near(trajectory->states[trajectory->count - 1],
                   time ? 0.5 * pow(0.75, t / 0.5) : 0.5 * exp(-t / 2), 1e-9);
        grl_trajectory_free(trajectory);

        /* A pulse to come keeps it from settling. */
        const double times[] = {0, 100, 101}, values[] = {0, 1, 0};
        grl_signal signal = {3, 1, times, values, GRL_HOLD};
        trajectory = simulate(cell, &(double){0.5}, NULL, &signal, &options);
        assert_string_equal(trajectory->stopped_by, "settled");
        t = trajectory->times[trajectory->count - 1];
        assert_true(t > 110 && t < 125);
        grl_trajectory_free(trajectory);

        options.settle = 0;
        options.max_rows = 5;
        trajectory = simulate(cell, &(double){0.5}, NULL, NULL, &options);
        assert_string_equal(trajectory->stopped_by, "limit");
        assert_int_equal(trajectory->count, 5);
        grl_trajectory_free(trajectory);
        options.every = 1;
        trajectory = simulate(cell, &(double){0.5}, NULL, NULL, &options);
        assert_string_equal(trajectory->stopped_by, "limit");
        assert_int_equal(trajectory->count, 5);
        assert_true(trajectory->times[4] == 4);
        check_near(trajectory->states[4], time ? 0.5 * pow(0.75, 8) : 0.5 * exp(-2), 1e-9);
        grl_trajectory_free(trajectory);

        options.max_rows = 100;
        options.max_steps = 7;
        trajectory = simulate(cell, &(double){0.5}, NULL, NULL, &options);
        assert_string_equal(trajectory->stopped_by, "limit");
        assert_int_equal(trajectory->steps + trajectory->rejected, 7);
        grl_trajectory_free(trajectory);

        grl_progress progress = {.stop = 1};
        options.progress = &progress;
        grl_error error;
        assert_int_equal(grl_simulate(cell, &(double){0.5}, NULL, NULL, &options, &trajectory, &error),
                         GRL_STOPPED);
        assert_null(trajectory);
        progress = (grl_progress){0};
        options.max_steps = 1000000;
        options.max_rows = 100000;
        trajectory = simulate(cell, &(double){0.5}, NULL, NULL, &options);
        assert_int_equal(progress.done, progress.total);
        assert_true(progress.total > 0);
        grl_trajectory_free(trajectory);
    }
    /* Backwards every state leaves. */
    options = grl_simulate_defaults();
    options.until = -10000;
    grl_trajectory *trajectory = simulate(cell, &(double){0.5}, NULL, NULL, &options);
    assert_string_equal(trajectory->stopped_by, "step");
    assert_true(isfinite(trajectory->states[trajectory->count - 1]));
    grl_trajectory_free(trajectory);
    grl_cell_free(cell);
}

static void refuse(const grl_cell *cell, double h0, const double *x, const grl_signal *signal,
                   const grl_simulate_options *options, const char *words)
{
    grl_error error = {0};
    grl_trajectory *trajectory = (grl_trajectory *)&error;
    assert_int_equal(grl_simulate(cell, &h0, x, signal, options, &trajectory, &error), GRL_BAD_INPUT);
    assert_null(trajectory);
    if (!strstr(error.message, words)) fail_msg("'%s' does not say '%s'", error.message, words);
    assert_int_equal(grl_simulate(cell, &h0, x, signal, options, &trajectory, NULL), GRL_BAD_INPUT);
}

static void test_refusals(void **state)
{
    (void)state;
    grl_cell *cell = relaxation();
    const grl_simulate_options good = grl_simulate_defaults();
    refuse(cell, NAN, NULL, NULL, NULL, "entry 0 of the start");
    refuse(cell, 0, &(double){INFINITY}, NULL, NULL, "entry 0 of the input");
#define REFUSE(field, value, words)                                                                          \
    do {                                                                                                     \
        grl_simulate_options bad = good;                                                                     \
        bad.field = value;                                                                                   \
        refuse(cell, 0, NULL, NULL, &bad, words);                                                            \
        bad.time = GRL_DISCRETE;                                                                             \
        if (strcmp(#field, "rtol") != 0 && strcmp(#field, "atol") != 0)                                      \
            refuse(cell, 0, NULL, NULL, &bad, words);                                                        \
    } while (0)
    REFUSE(until, NAN, "end time");
    REFUSE(until, INFINITY, "end time");
    REFUSE(every, -1, "interval of output");
    REFUSE(every, NAN, "interval of output");
    REFUSE(settle, NAN, "settle");
    REFUSE(max_rows, 1, "room for two rows");
    REFUSE(max_steps, 0, "room for two rows");
    REFUSE(rtol, 0, "relative tolerance");
    REFUSE(rtol, NAN, "relative tolerance");
    REFUSE(atol, 0, "absolute tolerance");
    grl_simulate_options map = good;
    map.time = GRL_DISCRETE;
    map.dt = 0;
    refuse(cell, 0, NULL, NULL, &map, "step of the map");
    map.dt = NAN;
    refuse(cell, 0, NULL, NULL, &map, "step of the map");
    map.dt = 0.25;
    map.every = 0.3;
    refuse(cell, 0, NULL, NULL, &map, "multiple of its step");
    map.every = 0;
    map.until = -1;
    refuse(cell, 0, NULL, NULL, &map, "backwards");

    double times[] = {0, 1, 2}, values[] = {1, 2, 3};
    grl_signal signal = {3, 2, times, values, GRL_HOLD};
    refuse(cell, 0, NULL, &signal, NULL, "2 columns, the network has 1 inputs");
    signal.width = 1;
    signal.count = 0;
    refuse(cell, 0, NULL, &signal, NULL, "no rows");
    signal.count = 3;
    times[2] = 1;
    refuse(cell, 0, NULL, &signal, NULL, "must rise, found 1 after 1 in row 2");
    times[2] = NAN;
    refuse(cell, 0, NULL, &signal, NULL, "time of row 2");
    times[2] = 2;
    values[1] = NAN;
    refuse(cell, 0, NULL, &signal, NULL, "input 0 in row 1");
    grl_cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_held_closed_form),
        cmocka_unit_test(test_reversal),
        cmocka_unit_test(test_same_input),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_map),
        cmocka_unit_test(test_map_against_flow),
        cmocka_unit_test(test_pytorch),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
