/* Training as a whole: it learns, stops and goes on to the same bytes, does not depend on threads, ends well where the
 * numbers do not, and what it hands over in the task's units is what it trained in scaled ones. */
#include "check.h"

#include "base/progress.h"
#include "learn/fold.h"
#include "learn/sequences.h"

#include <grulens/format.h>
#include <grulens/learn.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/grulens-train-XXXXXX";

static grl_problem problem_of(const char *name)
{
    const grl_task *task = grl_task_find(name);
    assert_non_null(task);
    return grl_problem_of(task);
}

static grl_training_settings small(const grl_problem *problem)
{
    grl_training_settings s = grl_training_defaults(problem);
    s.units = 3;
    s.trajectories = 20;
    s.validation = 5;
    s.horizon = 20;
    s.first_horizon = 5;
    s.steps = 60;
    s.validate_every = 7;
    s.seed = 3;
    return s;
}

static void same(const grl_training *a, const grl_training *b)
{
    const grl_cell *p = grl_model_cell(a->model), *q = grl_model_cell(b->model);
    for (grl_block k = 0; k < GRL_BLOCKS; k++) {
        size_t rows, columns;
        grl_block_shape(k, grl_cell_hidden_size(p), grl_cell_input_size(p), &rows, &columns);
        if (rows * columns > 0)
            assert_memory_equal(grl_cell_values(p, k), grl_cell_values(q, k),
                                rows * columns * sizeof(double));
    }
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->curve, b->curve, a->count * sizeof *a->curve);
    assert_int_equal(a->steps, b->steps);
    assert_int_equal(a->checkpoint_count, b->checkpoint_count);
}

/* The settings in which a training can differ most, one after another. */
static grl_training_settings variant(int which, const grl_problem *problem)
{
    grl_training_settings s = small(problem);
    switch (which) {
    case 0:
        s.batch = 6;
        s.noise = 0.05;
        s.checkpoints = 4;
        break;
    case 1:
        s.teacher_forcing = 4;
        s.optimizer = GRL_ADAMW;
        s.weight_decay = 0.01;
        s.reset = GRL_RESET_BEFORE;
        break;
    case 2:
        s.start = GRL_START_ZERO;
        s.warm_up = 6;
        s.init = GRL_INIT_KERAS;
        s.schedule = GRL_SCHEDULE_PLATEAU;
        s.plateau_patience = 1;
        break;
    default:
        s.start = GRL_START_LEARNED;
        s.time = GRL_CONTINUOUS;
        s.init = GRL_INIT_ORTHOGONAL;
        s.precision = GRL_FLOAT32;
        s.batch = 7;
    }
    return s;
}

enum { VARIANTS = 4 };

static void test_threads(void **unused)
{
    const grl_problem problem = problem_of("ring-attractor");
    (void)unused;
    for (int v = 0; v < VARIANTS; v++) {
        grl_training *one, *three;
        const grl_training_settings s = variant(v, &problem);
        assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &one, NULL), GRL_OK);
        assert_int_equal(grl_train(&problem, NULL, &s, NULL, 3, NULL, &three, NULL), GRL_OK);
        same(one, three);
        assert_string_equal(one->stopped_by, "steps");
        assert_true(isfinite(one->best) && one->best < one->curve[0].validation + 1e-12);
        grl_training_free(one);
        grl_training_free(three);
    }
}

typedef struct watcher {
    grl_progress progress;
    long long stop_at;
    pthread_t thread;
} watcher;

static void *watch(void *context)
{
    watcher *w = context;
    long long done = 0, total;
    while (done < w->stop_at) grl_progress_read(&w->progress, &done, &total);
    grl_progress_stop(&w->progress);
    return NULL;
}

/* Stopped again and again at any step, it ends with the bytes of a training that was not. */
static void test_resume(void **unused)
{
    const grl_problem problem = problem_of("ring-attractor");
    int inside = 0;
    (void)unused;
    for (int v = 0; v < VARIANTS; v++) {
        grl_training *whole, *part = NULL;
        grl_training_settings s = variant(v, &problem);
        char state[200];
        s.steps = 1500;
        snprintf(state, sizeof state, "%s/resume%d.state", folder, v);
        assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &whole, NULL), GRL_OK);
        for (long long at = 0;; at += 200) {
            watcher w = {.stop_at = at};
            assert_int_equal(pthread_create(&w.thread, NULL, watch, &w), 0);
            assert_int_equal(grl_train(&problem, NULL, &s, state, 1, &w.progress, &part, NULL), GRL_OK);
            grl_progress_add(&w.progress, s.steps);
            pthread_join(w.thread, NULL);
            if (strcmp(part->stopped_by, "stopped") != 0) break;
            inside += part->steps > 0;
            grl_training_free(part);
        }
        same(whole, part);
        grl_training_free(part);
        /* A finished state gives the same again. */
        assert_int_equal(grl_train(&problem, NULL, &s, state, 1, NULL, &part, NULL), GRL_OK);
        same(whole, part);
        grl_training_free(part);
        grl_training_free(whole);
    }
    assert_true(inside > 0);
}

/* Decoupled decay of 1e6 a step makes every weight overflow: the network of the best validation is what remains. */
static void test_not_finite(void **unused)
{
    const grl_problem problem = problem_of("line-attractor");
    grl_training_settings s = small(&problem);
    grl_training *t;
    (void)unused;
    s.optimizer = GRL_ADAMW;
    s.schedule = GRL_SCHEDULE_CONSTANT;
    s.rate = 1000;
    s.weight_decay = 1000;
    s.validate_every = 1;
    assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &t, NULL), GRL_OK);
    assert_string_equal(t->stopped_by, "not finite");
    assert_true(t->steps < s.steps);
    assert_int_equal(grl_cell_check(grl_model_cell(t->model), NULL), GRL_OK);
    grl_training_free(t);
}

/* The same before the first look: the network it began with, and no loss. */
static void test_never_finite(void **unused)
{
    const grl_problem problem = problem_of("line-attractor");
    grl_training_settings s = small(&problem);
    grl_training *t, *begun;
    (void)unused;
    s.optimizer = GRL_ADAMW;
    s.schedule = GRL_SCHEDULE_CONSTANT;
    s.rate = 1000;
    s.weight_decay = 1000;
    s.validate_every = s.steps;
    assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &t, NULL), GRL_OK);
    assert_string_equal(t->stopped_by, "not finite");
    assert_true(isinf(t->best) && t->count == 0 && t->best_step == 0);
    s.steps = 1;
    s.validate_every = 1;
    s.rate = 0;
    assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &begun, NULL), GRL_OK);
    assert_memory_equal(grl_cell_values(grl_model_cell(t->model), GRL_U_H),
                        grl_cell_values(grl_model_cell(begun->model), GRL_U_H), 9 * sizeof(double));
    grl_training_free(t);
    grl_training_free(begun);
}

/* One recorded trajectory of a wave, whose first 80 observations are to train, the next 10 to validate. */
static void test_recorded(void **unused)
{
    enum { TIMES = 100 };
    double y[TIMES];
    const grl_dataset data = {.count = 1, .steps = TIMES - 1, .outputs = 1, .time_step = 0.5, .y = y};
    grl_training_settings s = grl_training_defaults(NULL);
    (void)unused;
    s.steps = 4;
    s.first_horizon = 0;
    for (int start = 0; start < 2; start++) {
        grl_training *plain, *late;
        s.start = start ? GRL_START_LEARNED : GRL_START_ENCODED;
        s.horizon = 10;
        for (size_t t = 0; t < TIMES; t++) y[t] = sin(0.3 * (double)t);
        assert_int_equal(grl_train(NULL, &data, &s, NULL, 1, NULL, &plain, NULL), GRL_OK);
        assert_int_equal(plain->settings.horizon, 10);
        assert_int_equal(plain->validated, 9);
        /* Two late observations change places: no scale changes, and they count where a window can begin late. */
        y[77] = sin(0.3 * 78);
        y[78] = sin(0.3 * 77);
        assert_int_equal(grl_train(NULL, &data, &s, NULL, 1, NULL, &late, NULL), GRL_OK);
        const double moved = fabs(late->curve[0].loss - plain->curve[0].loss);
        assert_true(start ? moved < 1e-9 : moved > 1e-6);
        grl_training_free(plain);
        grl_training_free(late);

        s.horizon = 1000; /* more than there is */
        assert_int_equal(grl_train(NULL, &data, &s, NULL, 1, NULL, &plain, NULL), GRL_OK);
        assert_int_equal(plain->settings.horizon, 79);
        assert_int_equal(plain->curve[0].horizon, 79);
        assert_int_equal(plain->validated, 9);
        grl_training_free(plain);
    }
}

/* All that a result depends on is in the key; times are part of the judgement. */
static void test_key(void **unused)
{
    double y[] = {0, 1, 2};
    grl_dataset data = {.count = 1, .steps = 2, .outputs = 1, .time_step = 1, .y = y};
    grl_training_settings s = grl_training_defaults(NULL);
    (void)unused;
    const unsigned long long key = grl_training_key(NULL, &data, &s);
    assert_true(key == grl_training_key(NULL, &data, &s));
    data.time_step = 2;
    assert_true(key != grl_training_key(NULL, &data, &s));
    data.time_step = 1;
    y[2] = 3;
    assert_true(key != grl_training_key(NULL, &data, &s));
    y[2] = 2;
    s.seed++;
    assert_true(key != grl_training_key(NULL, &data, &s));
}

static void test_patience(void **unused)
{
    const grl_problem problem = problem_of("line-attractor");
    grl_training_settings s = small(&problem);
    grl_training *t;
    (void)unused;
    s.rate = 0;
    s.patience = 2;
    assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &t, NULL), GRL_OK);
    assert_string_equal(t->stopped_by, "patience");
    assert_int_equal(t->steps, 3 * s.validate_every); /* the first look is the best one */
    grl_training_free(t);
}

/* Run freely in the task's units, as it comes back from its file, the error over the variance is the validation loss. */
static void test_units(void **unused)
{
    const char *const tasks[] = {"ring-attractor", "flip-flop"};
    const grl_start starts[] = {GRL_START_ENCODED, GRL_START_ZERO, GRL_START_LEARNED};
    char path[64];
    (void)unused;
    snprintf(path, sizeof path, "%s/units.safetensors", folder);
    for (int which = 0; which < 6; which++) {
        const grl_problem problem = problem_of(tasks[which % 2]);
        grl_training_settings s = small(&problem);
        grl_training *t;
        grl_dataset *train, *valid;
        grl_scaling scaling;
        double sum = 0;
        s.start = starts[which / 2];
        s.warm_up = s.start == GRL_START_ZERO ? 3 : 0;
        assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &t, NULL), GRL_OK);
        assert_int_equal(grl_model_save(t->model, path, NULL), GRL_OK);
        grl_model_free(t->model);
        assert_int_equal(grl_model_load(path, NULL, &t->model, NULL), GRL_OK);
        const size_t T = s.horizon + s.warm_up;
        assert_int_equal(grl_problem_generate(&problem, s.seed, GRL_SPLIT_TRAIN, 20, T, &train, NULL),
                         GRL_OK);
        assert_int_equal(grl_problem_generate(&problem, s.seed, GRL_SPLIT_VALIDATE, 5, T, &valid, NULL),
                         GRL_OK);
        assert_int_equal(grl_scaling_create(train, &scaling, NULL), GRL_OK);
        const size_t k = valid->outputs;
        double *out = calloc(5 * (T + 1) * k, sizeof *out);
        assert_non_null(out);
        assert_int_equal(grl_training_run(t, valid, out, NULL, NULL), GRL_OK);
        for (size_t i = 0; i < 5; i++)
            for (size_t step = s.warm_up + 1; step <= T; step++)
                for (size_t o = 0; o < k; o++) {
                    const size_t at = (i * (T + 1) + step) * k + o;
                    const double off = (out[at] - valid->y[at]) / scaling.deviation[o];
                    sum += off * off;
                }
        /* The same sums in another order and with other roundings: 400 terms of relative error some 1e-13. */
        check_near(sum / (double)(5 * s.horizon * k) / t->best, 1, 1e-10);
        free(out);
        grl_scaling_drop(&scaling);
        grl_dataset_free(train);
        grl_dataset_free(valid);
        grl_training_free(t);
        unlink(path);
    }
}

static void test_bad_settings(void **unused)
{
    const grl_problem problem = problem_of("line-attractor");
    grl_training_settings s = small(&problem);
    grl_training *t;
    grl_error error = {0};
    (void)unused;
    s.units = 0;
    assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &t, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "units"));
    s = small(&problem);
    s.rate = NAN;
    assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &t, &error), GRL_BAD_INPUT);
    s = small(&problem);
    s.teacher_forcing = 3;
    s.start = GRL_START_LEARNED;
    assert_int_equal(grl_train(&problem, NULL, &s, NULL, 1, NULL, &t, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "encoder"));
    assert_int_equal(grl_train(NULL, NULL, &s, NULL, 1, NULL, &t, &error), GRL_BAD_INPUT);
    assert_null(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),      cmocka_unit_test(test_resume),
        cmocka_unit_test(test_not_finite),   cmocka_unit_test(test_never_finite),
        cmocka_unit_test(test_recorded),     cmocka_unit_test(test_key),
        cmocka_unit_test(test_patience),     cmocka_unit_test(test_units),
        cmocka_unit_test(test_bad_settings),
    };
    if (!mkdtemp(folder)) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
