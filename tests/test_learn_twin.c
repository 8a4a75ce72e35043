/* Training against a twin trained by torch.nn.GRU in float64 (tests/data/learn/torch_twin.py): the same data and initial
 * weights, the same loss at each of 100 steps, the same weights in the end. */
#include "check.h"

#include "learn/optimizer.h"
#include "learn/sequences.h"

#include <jansson.h>
#include <string.h>

static double number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_number(value)) fail_msg("no number %s", name);
    return json_number_value(value);
}

static double *numbers(const json_t *object, const char *name, size_t count)
{
    const json_t *array = json_object_get(object, name);
    if (json_array_size(array) != count)
        fail_msg("%s: expected %zu numbers, found %zu", name, count, json_array_size(array));
    double *values = calloc(count ? count : 1, sizeof *values);
    for (size_t i = 0; i < count; i++) values[i] = json_number_value(json_array_get(array, i));
    return values;
}

static void follow(const json_t *twin, int threads)
{
    grl_dataset data = {.count = (size_t)number(twin, "trajectories"),
                        .steps = (size_t)number(twin, "steps"),
                        .outputs = (size_t)number(twin, "outputs"),
                        .inputs = (size_t)number(twin, "inputs"),
                        .time_step = 1};
    data.y = numbers(twin, "y", data.count * (data.steps + 1) * data.outputs);
    data.u = numbers(twin, "u", data.count * data.steps * data.inputs);
    const char *name = json_string_value(json_object_get(twin, "name"));
    const char *optimizer = json_string_value(json_object_get(twin, "optimizer"));
    grl_training_settings settings = grl_training_defaults(NULL);
    settings.units = (size_t)number(twin, "units");
    settings.optimizer = strcmp(optimizer, "adamw") == 0 ? GRL_ADAMW : GRL_ADAM;
    settings.rate = number(twin, "rate");
    settings.weight_decay = number(twin, "weight_decay");
    settings.clip = number(twin, "clip");
    assert_int_equal(settings.start, GRL_START_ENCODED);
    assert_int_equal(settings.reset, GRL_RESET_AFTER);

    const grl_shape shape = grl_shape_of(&settings, data.outputs, data.inputs);
    const size_t total = grl_shape_offsets(&shape).total;
    double *p = numbers(twin, "parameters", total), *final = numbers(twin, "final", total);
    double *losses = numbers(twin, "losses", 100), *work = calloc(3 * total, sizeof *work);
    double *gradient = work, *m = work + total, *v = m + total;
    grl_scaling scaling;
    grl_sequences sequences;
    grl_backprop *backprop;
    assert_int_equal(grl_scaling_create(&data, &scaling, NULL), GRL_OK);
    assert_int_equal(grl_sequences_create(&data, &scaling, 0, &sequences, NULL), GRL_OK);
    assert_int_equal(
        grl_backprop_create(&shape, GRL_FLOAT64, data.count, data.steps, threads, &backprop, NULL), GRL_OK);
    for (long long step = 1; step <= 100; step++) {
        grl_learn_batch batch = grl_sequences_batch(&sequences, data.count, NULL, data.steps, 0, 0);
        double loss = grl_backprop_run(backprop, p, &batch, gradient, NULL);
        if (!(fabs(loss - losses[step - 1]) <= 1e-9))
            fail_msg("%s, step %lld: loss %.17g, the twin's %.17g", name, step, loss, losses[step - 1]);
        grl_clip(settings.clip, total, gradient);
        grl_adam(&settings, settings.rate, step, total, gradient, p, m, v);
    }
    for (size_t i = 0; i < total; i++)
        if (!(fabs(p[i] - final[i]) <= 1e-8))
            fail_msg("%s, parameter %zu: %.17g, the twin's %.17g", name, i, p[i], final[i]);
    grl_backprop_free(backprop);
    grl_sequences_drop(&sequences);
    grl_scaling_drop(&scaling);
    free(work);
    free(losses);
    free(final);
    free(p);
    free(data.u);
    free(data.y);
}

static void test_twins(void **state)
{
    (void)state;
    json_error_t error;
    json_t *file = json_load_file(GRL_TEST_DATA "/learn/twin.json", 0, &error);
    if (!file) fail_msg("%s", error.text);
    const json_t *cases = json_object_get(file, "cases");
    assert_int_equal(json_array_size(cases), 4);
    for (size_t i = 0; i < 4; i++) follow(json_array_get(cases, i), 1 + (int)(i % 2));
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_twins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
