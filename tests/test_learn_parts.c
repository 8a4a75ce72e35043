/* The parts of training that need no gradient: Adam, schedules, initial values, scaling and batches, the state's file,
 * the journal of a sweep. */
#include "check.h"

#include "base/file.h"
#include "learn/initial.h"
#include "learn/optimizer.h"
#include "learn/sequences.h"
#include "learn/state.h"

#include <grulens/learn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static grl_training_settings settings_of_test(void)
{
    grl_training_settings s = grl_training_defaults(NULL);
    s.steps = 100;
    return s;
}

/* The first step of Adam has m / (1 - b1) = g and v / (1 - b2) = g^2: it moves by rate g / (|g| + epsilon). */
static void test_adam_first_step(void **unused)
{
    grl_training_settings s = settings_of_test();
    const double g[3] = {0.5, -2e-3, 1e-8};
    double p[3] = {1, 2, 3}, m[3] = {0}, v[3] = {0};
    (void)unused;
    grl_adam(&s, 0.01, 1, 3, g, p, m, v);
    for (int i = 0; i < 3; i++) check_near(p[i], i + 1 - 0.01 * g[i] / (fabs(g[i]) + 1e-8), 1e-15);
}

/* Under a constant gradient both corrected moments stay g and g^2, so that every step is like the first. */
static void test_adam_constant_gradient(void **unused)
{
    grl_training_settings s = settings_of_test();
    const double g = -0.3;
    double p = 0, m = 0, v = 0;
    (void)unused;
    for (long long step = 1; step <= 50; step++) grl_adam(&s, 0.02, step, 1, &g, &p, &m, &v);
    check_near(p, 50 * 0.02 * 0.3 / (0.3 + 1e-8), 1e-12);
}

/* Adam's decay is part of the gradient, AdamW's shrinks the weights by 1 - rate decay. */
static void test_weight_decay(void **unused)
{
    grl_training_settings s = settings_of_test();
    double g = 0, p = 2, m = 0, v = 0;
    (void)unused;
    s.weight_decay = 0.1;
    grl_adam(&s, 0.01, 1, 1, &g, &p, &m, &v);
    check_near(p, 2 - 0.01 * 0.2 / (0.2 + 1e-8), 1e-14);
    s.optimizer = GRL_ADAMW;
    p = 2, m = 0, v = 0;
    grl_adam(&s, 0.01, 1, 1, &g, &p, &m, &v);
    check_near(p, 2 * (1 - 0.001), 1e-15);
}

static void test_clip(void **unused)
{
    double g[2] = {3, 4}, wild[2] = {NAN, 1};
    (void)unused;
    check_near(grl_clip(0, 2, g), 5, 1e-15);
    check_near(g[0], 3, 0);
    check_near(grl_clip(10, 2, g), 5, 1e-15);
    check_near(g[1], 4, 0);
    check_near(grl_clip(1, 2, g), 5, 1e-15);
    check_near(hypot(g[0], g[1]), 5 / (5 + 1e-6), 1e-15);
    check_near(g[0] / g[1], 0.75, 1e-15);
    assert_true(isnan(grl_clip(1, 2, wild)));
}

static void test_schedules(void **unused)
{
    grl_training_settings s = settings_of_test();
    (void)unused;
    s.rate = 0.1;
    s.final_rate = 0.01;
    check_near(grl_scheduled_rate(&s, 1), 0.1, 1e-15);
    check_near(grl_scheduled_rate(&s, 51), 0.1 * (0.01 + 0.99 / 2), 1e-15);
    check_near(grl_scheduled_rate(&s, 101), 0.001, 1e-15);
    s.schedule = GRL_SCHEDULE_CONSTANT;
    check_near(grl_scheduled_rate(&s, 77), 0.1, 0);

    s.horizon = 120;
    s.first_horizon = 10;
    s.growth = 0.5;
    size_t last = 0;
    for (long long step = 1; step <= 100; step++) {
        const size_t horizon = grl_scheduled_horizon(&s, step);
        assert_true(horizon >= last && horizon <= 120);
        if (step == 1) assert_int_equal(horizon, 10);
        if (step == 26) assert_int_equal(horizon, 65);
        if (step > 50) assert_int_equal(horizon, 120);
        last = horizon;
    }
    s.first_horizon = 0;
    assert_int_equal(grl_scheduled_horizon(&s, 1), 120);
}

/* max |A A' - 1| of a rows x columns matrix. */
static double defect(size_t rows, size_t columns, const double *A)
{
    double most = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < rows; j++) {
            double sum = i == j ? -1 : 0;
            for (size_t k = 0; k < columns; k++) sum += A[i * columns + k] * A[j * columns + k];
            if (fabs(sum) > most) most = fabs(sum);
        }
    return most;
}

static void test_initial_values(void **unused)
{
    const grl_shape shape = {.units = 40, .inputs = 3, .outputs = 2, .reset = GRL_RESET_AFTER, .dt = 1};
    const grl_offsets at = grl_shape_offsets(&shape);
    double *p = calloc(at.total, sizeof *p), *other = calloc(at.total, sizeof *p);
    double kernel[40 * 120];
    (void)unused;
    assert_non_null(p);
    assert_non_null(other);

    assert_int_equal(grl_initialize(&shape, GRL_INIT_PYTORCH, 5, p, NULL), GRL_OK);
    const double bound = 1 / sqrt(40);
    double square = 0;
    for (size_t i = 0; i < at.block[GRL_B_Z]; i++) {
        assert_true(fabs(p[i]) < bound);
        square += p[i] * p[i];
    }
    /* Variance bound^2 / 3 over 5160 numbers: its relative standard error is sqrt(0.8 / 5160) = 0.0125. */
    check_near(square / (double)at.block[GRL_B_Z] / (bound * bound / 3), 1, 0.06);
    double most = 0;
    for (size_t i = 0; i < 40; i++) {
        if (fabs(p[at.block[GRL_B_Z] + i]) > most) most = fabs(p[at.block[GRL_B_Z] + i]);
        assert_true(fabs(p[at.block[GRL_B_H] + i]) < bound && fabs(p[at.block[GRL_C_H] + i]) < bound);
        assert_true(fabs(p[at.block[GRL_B_Z] + i]) < 2 * bound);
    }
    assert_true(most > bound); /* sums of two draws reach farther than one */
    assert_int_equal(grl_initialize(&shape, GRL_INIT_PYTORCH, 5, other, NULL), GRL_OK);
    assert_memory_equal(p, other, at.total * sizeof *p);
    assert_int_equal(grl_initialize(&shape, GRL_INIT_PYTORCH, 6, other, NULL), GRL_OK);
    assert_true(memcmp(p, other, at.total * sizeof *p) != 0);

    assert_int_equal(grl_initialize(&shape, GRL_INIT_ORTHOGONAL, 5, p, NULL), GRL_OK);
    for (int b = GRL_U_Z; b <= GRL_U_H; b++) assert_true(defect(40, 40, p + at.block[b]) < 1e-13);
    for (size_t i = 0; i < 40; i++) check_near(p[at.block[GRL_B_R] + i], 0, 0);

    assert_int_equal(grl_initialize(&shape, GRL_INIT_KERAS, 5, p, NULL), GRL_OK);
    for (size_t j = 0; j < 40; j++)
        for (size_t gate = 0; gate < 3; gate++)
            for (size_t i = 0; i < 40; i++)
                kernel[j * 120 + gate * 40 + i] = p[at.block[GRL_U_Z + gate] + i * 40 + j];
    assert_true(defect(40, 120, kernel) < 1e-13);
    for (size_t i = 0; i < 120; i++) assert_true(fabs(p[at.block[GRL_W_H] + i]) < sqrt(6.0 / 123));
    free(p);
    free(other);
}

/* Two trajectories of 4 steps; output 1 never changes; one input. */
static const double test_y[] = {0, 7, 1, 7, 2, 7, 3, 7, 4, 7, /**/ 10, 7, 11, 7, 12, 7, 13, 7, 14, 7};
static const double test_u[] = {1, -1, 1, -1, 2, 0, 0, 0};
static const grl_dataset test_data = {.count = 2,
                                      .steps = 4,
                                      .outputs = 2,
                                      .inputs = 1,
                                      .time_step = 1,
                                      .y = (double *)test_y,
                                      .u = (double *)test_u};

static void test_sequences(void **unused)
{
    grl_scaling scaling;
    grl_sequences s;
    const size_t second = 1;
    (void)unused;
    assert_int_equal(grl_scaling_create(&test_data, &scaling, NULL), GRL_OK);
    check_near(scaling.mean[0], 7, 1e-15);
    check_near(scaling.deviation[0], sqrt(27), 1e-14); /* 25 between, 2 within */
    check_near(scaling.deviation[1], 1, 0);
    check_near(scaling.size[0], 1, 1e-15);

    assert_int_equal(grl_sequences_create(&test_data, &scaling, 0, &s, NULL), GRL_OK);
    grl_learn_batch batch = grl_sequences_batch(&s, 1, &second, 3, 0, 0);
    assert_int_equal(batch.count, 1);
    assert_int_equal(batch.steps, 3);
    assert_int_equal(batch.first, 1);
    check_near(batch.starts[0], 3 / sqrt(27), 1e-15);
    check_near(batch.targets[2 * 2], 6 / sqrt(27), 1e-15);
    check_near(batch.inputs[0], 2, 0);

    /* Teacher forcing after 2 steps: two pieces each, from steps 0 and 2. */
    batch = grl_sequences_batch(&s, 2, NULL, 4, 2, 0);
    assert_int_equal(batch.count, 4);
    assert_int_equal(batch.steps, 2);
    check_near(batch.starts[1 * 2], -5 / sqrt(27), 1e-15);
    check_near(batch.targets[(3 * 2 + 1) * 2], 7 / sqrt(27), 1e-15);
    check_near(batch.inputs[1 * 2 + 1], -1, 0);
    grl_sequences_drop(&s);

    /* A warm-up of 2 steps shows y_0 and y_1, not centred, and then nothing; the loss counts from step 3 on. */
    assert_int_equal(grl_sequences_create(&test_data, &scaling, 2, &s, NULL), GRL_OK);
    assert_int_equal(s.inputs, 3);
    batch = grl_sequences_batch(&s, 2, NULL, 4, 0, 2);
    assert_int_equal(batch.first, 3);
    check_near(batch.inputs[(1 * 4 + 1) * 3 + 1], 11 / sqrt(27), 1e-15);
    check_near(batch.inputs[(1 * 4 + 2) * 3 + 1], 0, 0);
    check_near(batch.inputs[(0 * 4 + 2) * 3], 1, 0);
    grl_sequences_drop(&s);
    grl_scaling_drop(&scaling);
}

/* What cannot be scaled is refused, not turned into zeros or infinities. */
static void test_sizes(void **unused)
{
    static const double values[] = {1e300, -1e160, 1e-200};
    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        double y[] = {0, 1, 2}, u[] = {1, 1};
        const grl_dataset data = {
            .count = 1, .steps = 2, .outputs = 1, .inputs = 1, .time_step = 1, .y = y, .u = u};
        grl_scaling scaling;
        grl_error error = {0};
        for (size_t t = 0; t < 3; t++) y[t] *= values[i];
        assert_int_equal(grl_scaling_create(&data, &scaling, &error), GRL_BAD_INPUT);
        assert_non_null(strstr(error.message, "largest number of output 1"));
        for (size_t t = 0; t < 3; t++) y[t] = (double)t;
        for (size_t t = 0; t < 2; t++) u[t] = values[i];
        assert_int_equal(grl_scaling_create(&data, &scaling, &error), GRL_BAD_INPUT);
        assert_non_null(strstr(error.message, "largest number of input 1"));
    }
}

static char folder[] = "/tmp/grulens-learn-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void test_state_file(void **unused)
{
    grl_learning_state a, b;
    grl_error error = {0};
    unsigned char *bytes;
    size_t size;
    int found;
    const char *path = in_folder("one.state");
    (void)unused;
    assert_int_equal(grl_learning_state_create(3, 2, &a, NULL), GRL_OK);
    assert_int_equal(grl_learning_state_create(3, 2, &b, NULL), GRL_OK);
    assert_int_equal(grl_learning_state_load(&b, 9, path, &found, NULL), GRL_OK);
    assert_int_equal(found, 0);
    a.parameters[1] = 0.1;
    a.m[0] = -0.0;
    a.v[2] = 1e-300;
    a.best_parameters[2] = 5;
    a.best = 0.25;
    a.step = 77;
    a.curve = calloc(1, sizeof *a.curve);
    assert_non_null(a.curve);
    a.curve[0] = (grl_learning_point){25, 10, 0.5, 0.25, 0.01};
    a.count = a.capacity = 1;
    a.checkpoint_count = 1;
    a.checkpoints[2] = 8;
    assert_int_equal(grl_learning_state_save(&a, 9, path, NULL), GRL_OK);
    assert_int_equal(grl_learning_state_load(&b, 9, path, &found, NULL), GRL_OK);
    assert_int_equal(found, 1);
    assert_memory_equal(a.parameters, b.parameters, 24);
    assert_memory_equal(a.m, b.m, 24);
    assert_memory_equal(a.v, b.v, 24);
    assert_memory_equal(a.best_parameters, b.best_parameters, 24);
    assert_memory_equal(a.curve, b.curve, sizeof *a.curve);
    assert_memory_equal(a.checkpoints, b.checkpoints, 24);
    assert_true(b.step == 77 && b.best == 0.25 && isinf(b.plateau_best));

    /* Other settings; any byte changed; any length cut. */
    assert_int_equal(grl_learning_state_load(&b, 10, path, &found, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "other settings"));
    assert_int_equal(grl_file_read(path, 1 << 20, &bytes, &size, NULL), GRL_OK);
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0x10;
        assert_int_equal(grl_file_write(path, bytes, size, NULL), GRL_OK);
        assert_int_equal(grl_learning_state_load(&b, 9, path, &found, &error), GRL_BAD_INPUT);
        bytes[i] ^= 0x10;
        assert_int_equal(grl_file_write(path, bytes, i, NULL), GRL_OK);
        assert_int_equal(grl_learning_state_load(&b, 9, path, &found, &error), GRL_BAD_INPUT);
    }
    free(bytes);
    grl_learning_state_drop(&a);
    grl_learning_state_drop(&b);
}

static void append(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_sweep(void **unused)
{
    grl_sweep_run runs[3] = {{"a-n2-s0", 1, 5}, {"a-n4-s0", 2, 50}, {"a-n8-s0", 0xdeadbeefdeadbeef, 20}};
    grl_sweep *sweep;
    grl_error error = {0};
    const char *const *lines;
    int helper;
    char dir[200], journal[220];
    (void)unused;
    snprintf(dir, sizeof dir, "%s", in_folder("sweep"));
    snprintf(journal, sizeof journal, "%s/journal.jsonl", dir);
    assert_int_equal(grl_sweep_open(dir, 3, runs, 0, &sweep, NULL), GRL_OK);
    /* Nobody else meanwhile: both would write the same states. */
    grl_sweep *other;
    assert_int_equal(grl_sweep_open(dir, 3, runs, 1, &other, &error), GRL_IO);
    assert_non_null(strstr(error.message, "another process"));
    assert_int_equal(grl_sweep_next(sweep), 1); /* costly ones first */
    assert_int_equal(grl_sweep_next(sweep), 2);
    append(grl_sweep_state(sweep, 2), "a state");
    assert_int_equal(grl_sweep_done(sweep, 2, "{\"x\":0.1,\"words\":\"a \\\"result\\\":}\"}", NULL), GRL_OK);
    assert_int_not_equal(access(grl_sweep_state(sweep, 2), F_OK), 0);
    assert_int_equal(grl_sweep_count_done(sweep), 1);
    grl_sweep_close(sweep);

    assert_int_equal(grl_sweep_open(dir, 3, runs, 0, &sweep, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "--resume"));

    /* A kill in the middle of a line. */
    append(journal, "{\"run\":\"a-n2-s0\",\"key\":\"1\",\"resu");
    assert_int_equal(grl_sweep_open(dir, 3, runs, 1, &sweep, NULL), GRL_OK);
    assert_int_equal(grl_sweep_next(sweep), 1);
    assert_int_equal(grl_sweep_done(sweep, 1, "[1]", NULL), GRL_OK);
    assert_int_equal(grl_sweep_next(sweep), 0);
    assert_int_equal(grl_sweep_next(sweep), 3);
    assert_int_equal(grl_sweep_collect(sweep, &lines, &helper, NULL), GRL_OK);
    assert_int_equal(helper, 0);
    assert_null(lines[0]);
    assert_string_equal(lines[1], "[1]");
    assert_string_equal(lines[2], "{\"x\":0.1,\"words\":\"a \\\"result\\\":}\"}");
    grl_sweep_close(sweep);

    /* More runs than before are no trouble; a run with other settings is. */
    assert_int_equal(grl_sweep_open(dir, 1, runs, 1, &sweep, NULL), GRL_OK);
    assert_int_equal(grl_sweep_count_done(sweep), 0);
    grl_sweep_close(sweep);
    runs[2].key = 4;
    assert_int_equal(grl_sweep_open(dir, 3, runs, 1, &sweep, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "a-n8-s0"));
    append(journal, "{\"result\":[2],\"key\":\"1\",\"run\":\"a-n2-s0\"}\n"); /* the same, but by hand */
    assert_int_equal(grl_sweep_open(dir, 1, runs, 1, &sweep, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "line 3: run a-n2-s0 was changed"));
    append(journal, "nonsense\n");
    runs[0].name = "another";
    assert_int_equal(grl_sweep_open(dir, 1, runs, 1, &sweep, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "line 4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adam_first_step), cmocka_unit_test(test_adam_constant_gradient),
        cmocka_unit_test(test_weight_decay),    cmocka_unit_test(test_clip),
        cmocka_unit_test(test_schedules),       cmocka_unit_test(test_initial_values),
        cmocka_unit_test(test_sequences),       cmocka_unit_test(test_state_file),
        cmocka_unit_test(test_sweep),           cmocka_unit_test(test_sizes),
    };
    if (!mkdtemp(folder)) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
