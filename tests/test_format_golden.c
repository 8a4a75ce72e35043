/* Every file under tests/data that holds a GRU, against PyTorch's own outputs in double precision: each step
 * (x, h) -> next of each cell in each file, through the options that the golden file names. */
#include "check.h"

#include <grulens/format.h>
#include <jansson.h>
#include <string.h>

static int compared;

static json_t *golden(const char *name)
{
    char path[512];
    json_error_t problem;
    snprintf(path, sizeof path, "%s/%s", GRL_TEST_DATA, name);
    json_t *root = json_load_file(path, 0, &problem);
    if (!root) fail_msg("%s: %s", path, problem.text);
    return root;
}

static size_t numbers(const json_t *list, double *out)
{
    size_t count = json_array_size(list);
    assert_true(count <= 128);
    for (size_t i = 0; i < count; i++) out[i] = json_number_value(json_array_get(list, i));
    return count;
}

static grl_model *load(const char *file, const grl_load_options *options)
{
    char path[512];
    grl_error error;
    grl_model *model;
    snprintf(path, sizeof path, "%s/%s", GRL_TEST_DATA, file);
    if (grl_model_load(path, options, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    return model;
}

static void check_steps(const char *file, const grl_model *model, const json_t *steps)
{
    const grl_cell *cell = grl_model_cell(model);
    size_t n = grl_cell_hidden_size(cell), m = grl_cell_input_size(cell);
    double x[128], h[128], next[128], expected[128];
    double *work = calloc(grl_cell_work(cell), sizeof *work);
    assert_true(json_array_size(steps) > 0);
    for (size_t s = 0; s < json_array_size(steps); s++) {
        const json_t *step = json_array_get(steps, s);
        assert_int_equal(numbers(json_object_get(step, "x"), x), m);
        assert_int_equal(numbers(json_object_get(step, "h"), h), n);
        assert_int_equal(numbers(json_object_get(step, "next"), expected), n);
        grl_cell_map(cell, x, 1, h, next, work);
        for (size_t i = 0; i < n; i++)
            if (!(fabs(next[i] - expected[i]) <= 1e-14))
                fail_msg("%s, step %zu, unit %zu: %.17g, expected %.17g", file, s, i, next[i], expected[i]);
        compared++;
    }
    free(work);
}

static const char *word(const json_t *cell, const char *key)
{
    const char *value = json_string_value(json_object_get(cell, key));
    assert_non_null(value);
    return value;
}

static void check_conventions(const char *name)
{
    char file[256];
    json_t *root = golden(name);
    const json_t *cells = json_object_get(root, "cells");
    assert_true(json_array_size(cells) > 0);
    for (size_t c = 0; c < json_array_size(cells); c++) {
        const json_t *cell = json_array_get(cells, c), *files = json_object_get(cell, "files");
        grl_load_options options = grl_load_defaults();
        /* Only what is not the default is asked for, so that the defaults are tested too. */
        if (strstr(name, "stack")) {
            options.layer = (int)json_integer_value(json_object_get(cell, "layer"));
            options.reverse = (int)json_integer_value(json_object_get(cell, "reverse"));
        }
        if (word(cell, "prefix")[0]) options.prefix = word(cell, "prefix");
        if (strcmp(word(cell, "reset"), "before") == 0) options.reset = GRL_RESET_FORCE_BEFORE;
        if (strcmp(word(cell, "gate_order"), "zrn") == 0) options.gate_order = GRL_GATES_ZRN;
        for (size_t f = 0; f < json_array_size(files); f++) {
            snprintf(file, sizeof file, "conventions/%s", json_string_value(json_array_get(files, f)));
            grl_model *model = load(file, &options);
            check_steps(file, model, json_object_get(cell, "steps"));
            grl_model_free(model);
        }
    }
    json_decref(root);
}

static void test_conventions(void **state)
{
    (void)state;
    compared = 0;
    check_conventions("conventions/stack.json");
    check_conventions("conventions/grucell.json");
    check_conventions("conventions/prefixes.json");
    check_conventions("conventions/flax.json");
    check_conventions("conventions/zrn-before.json");
    check_conventions("conventions/width.json");
    check_conventions("conventions/storages.json");
    assert_true(compared >= 150);
}

/* The same network from every file, bit for bit, and readout and notes with it. */
static void test_trained(void **state)
{
    (void)state;
    static const struct {
        const char *golden, *files[4];
        size_t outputs;
    } networks[] = {
        {"trained/oscillation2.json",
         {"trained/oscillation2.safetensors", "trained/oscillation2.pt", "trained/oscillation2-legacy.pt"},
         2},
        {"trained/flipflop16.json",
         {"trained/flipflop16.safetensors", "trained/flipflop16.pt", "trained/flipflop16-checkpoint.pt"},
         3},
        {"trained/context64.json", {"trained/context64.safetensors", "trained/context64.pt"}, 1}};
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++) {
        json_t *root = golden(networks[k].golden);
        grl_model *first = load(networks[k].files[0], NULL);
        size_t n = grl_cell_hidden_size(grl_model_cell(first)),
               m = grl_cell_input_size(grl_model_cell(first));
        check_steps(networks[k].files[0], first, json_object_get(root, "steps"));
        assert_int_equal(grl_model_outputs(first), networks[k].outputs);
        assert_non_null(strstr(grl_model_note(first, 0), "reset after"));
        for (size_t f = 1; networks[k].files[f]; f++) {
            grl_model *other = load(networks[k].files[f], NULL);
            for (int b = 0; b < GRL_BLOCKS; b++) {
                size_t rows, columns;
                grl_block_shape((grl_block)b, n, m, &rows, &columns);
                assert_memory_equal(grl_cell_values(grl_model_cell(first), (grl_block)b),
                                    grl_cell_values(grl_model_cell(other), (grl_block)b),
                                    rows * columns * sizeof(double));
            }
            assert_memory_equal(grl_model_readout_C(first), grl_model_readout_C(other),
                                networks[k].outputs * n * sizeof(double));
            assert_memory_equal(grl_model_readout_d(first), grl_model_readout_d(other),
                                networks[k].outputs * sizeof(double));
            grl_model_free(other);
        }
        grl_model_free(first);
        json_decref(root);
    }
}

/* What a choice that is missing, or that is not there, is told. */
static void test_choices(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        int layer, reverse;
        const char *prefix, *words;
    } cases[] = {
        {"conventions/stack", -1, -1, NULL, "--layer"},
        {"conventions/stack", -1, 0, NULL, "--layer"},
        {"conventions/stack", 1, -1, NULL, "--reverse"},
        {"conventions/stack", 2, 0, NULL, "expected --layer 0 to 1, found --layer 2"},
        {"conventions/prefixes", -1, -1, NULL, "decoder.rnn, encoder.rnn"},
        {"conventions/prefixes", -1, -1, "encoder", "decoder.rnn, encoder.rnn, found encoder"},
        {"conventions/prefixes", -1, 1, "encoder.rnn", "backward"},
        {"conventions/grucell", 1, -1, NULL, "expected --layer 0 (there is no other), found --layer 1"},
        {"conventions/grucell", -1, -1, "rnn", "found rnn"},
    };
    static const char *const endings[] = {"safetensors", "pt"};
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        char path[512];
        grl_error error = {0};
        grl_model *model;
        grl_load_options options = grl_load_defaults();
        options.layer = cases[i / 2].layer;
        options.reverse = cases[i / 2].reverse;
        options.prefix = cases[i / 2].prefix;
        snprintf(path, sizeof path, "%s/%s.%s", GRL_TEST_DATA, cases[i / 2].file, endings[i % 2]);
        assert_int_equal(grl_model_load(path, &options, &model, &error), GRL_BAD_INPUT);
        assert_null(model);
        if (!strstr(error.message, cases[i / 2].words) || !strstr(error.message, path))
            fail_msg("\"%s\", expected \"%s\" in it", error.message, cases[i / 2].words);
    }
    grl_load_options options = grl_load_defaults();
    options.prefix = "encoder.rnn.";
    grl_model_free(load("conventions/prefixes.safetensors", &options));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_conventions), cmocka_unit_test(test_trained),
                                       cmocka_unit_test(test_choices)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
