/* The grulens-model document: what is read, what is refused and with which words, and the way back. */
#define _DEFAULT_SOURCE /* mkstemps */
#include "check.h"

#include <grulens/format.h>
#include <string.h>
#include <unistd.h>

#define HEAD                                                                                                 \
    "{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":2,\"input_size\":1,\"reset\":\"after\""

static grl_status read_text(const char *text, const grl_load_options *options, grl_model **model,
                            grl_error *error)
{
    return grl_model_read("m.json", text, strlen(text), options, model, error);
}

static const char full[] =
    HEAD ",\"parameters\":{\"alpha\":0.7,\"b\":-1e-3},"
         "\"U_z\":[[0.1,2],[\"alpha*b\",-4]],\"U_h\":[[5,6],[7,8]],\"W_r\":[[9],[10]],\"b_z\":[-0.0,\"b\"],"
         "\"c_h\":[1.5e-300,11],\"readout\":{\"C\":[[1,2],[3,4],[5,6]],\"d\":[0.3,0,-1]},"
         "\"start\":{\"E\":[[1,2,3],[4,5,0.1]],\"e\":[-1,1e-300]}}";

static void check_full(const grl_model *model)
{
    const grl_cell *cell = grl_model_cell(model);
    assert_int_equal(grl_cell_hidden_size(cell), 2);
    assert_int_equal(grl_cell_input_size(cell), 1);
    assert_int_equal(grl_cell_reset(cell), GRL_RESET_AFTER);
    check_near(grl_cell_values(cell, GRL_U_Z)[0], 0.1, 0);
    check_near(grl_cell_values(cell, GRL_U_Z)[2], 0.7 * -1e-3, 0);
    check_near(grl_cell_values(cell, GRL_U_R)[3], 0, 0);
    check_near(grl_cell_values(cell, GRL_U_H)[2], 7, 0);
    check_near(grl_cell_values(cell, GRL_W_R)[1], 10, 0);
    check_near(grl_cell_values(cell, GRL_B_Z)[1], -1e-3, 0);
    check_near(grl_cell_values(cell, GRL_C_H)[0], 1.5e-300, 0);
    assert_string_equal(grl_model_expression(model, GRL_B_Z, 1), "b");
    assert_int_equal(grl_model_parameters(model), 2);
    assert_int_equal(grl_model_outputs(model), 3);
    check_near(grl_model_readout_C(model)[4], 5, 0);
    check_near(grl_model_readout_d(model)[2], -1, 0);
    assert_int_equal(grl_model_observations(model), 3);
    check_near(grl_model_start_E(model)[5], 0.1, 0);
    check_near(grl_model_start_e(model)[1], 1e-300, 0);
}

static void test_round_trip(void **state)
{
    (void)state;
    char path[] = "/tmp/grulens-test-XXXXXX.json";
    grl_error error = {0};
    grl_model *model, *again;
    if (read_text(full, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    check_full(model);
    int file = mkstemps(path, 5);
    assert_true(file >= 0);
    close(file);
    if (grl_model_save(model, path, &error) != GRL_OK) fail_msg("%s", error.message);
    if (grl_model_load(path, NULL, &again, &error) != GRL_OK) fail_msg("%s", error.message);
    check_full(again);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 2, 1, &rows, &columns);
        assert_memory_equal(grl_cell_values(grl_model_cell(model), (grl_block)b),
                            grl_cell_values(grl_model_cell(again), (grl_block)b),
                            rows * columns * sizeof(double));
    }
    assert_int_equal(grl_model_set(again, "alpha", 2, NULL), GRL_OK);
    check_near(grl_cell_values(grl_model_cell(again), GRL_U_Z)[2], -2e-3, 0);
    grl_model_free(model);
    grl_model_free(again);
    unlink(path);
}

/* Learned, and an encoder without e, come back as they were. */
static void test_starts(void **state)
{
    static const struct {
        const char *text;
        size_t observations;
        double e1;
    } cases[] = {{HEAD ",\"start\":{\"e\":[0.1,-0.2]}}", 0, -0.2},
                 {HEAD ",\"start\":{\"E\":[[0.5],[-1]]}}", 1, 0},
                 {HEAD ",\"readout\":{\"C\":[[1,2]]},\"start\":{\"e\":[0,0.3]}}", 0, 0.3}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[] = "/tmp/grulens-test-XXXXXX.json";
        grl_model *model, *again;
        int file = mkstemps(path, 5);
        assert_true(file >= 0);
        close(file);
        assert_int_equal(read_text(cases[i].text, NULL, &model, NULL), GRL_OK);
        assert_int_equal(grl_model_save(model, path, NULL), GRL_OK);
        assert_int_equal(grl_model_load(path, NULL, &again, NULL), GRL_OK);
        assert_int_equal(grl_model_observations(again), cases[i].observations);
        check_near(grl_model_start_e(again)[1], cases[i].e1, 0);
        if (cases[i].observations) check_near(grl_model_start_E(again)[1], -1, 0);
        assert_int_equal(grl_model_outputs(again), grl_model_outputs(model));
        grl_model_free(model);
        grl_model_free(again);
        unlink(path);
    }
}

static void test_options(void **state)
{
    (void)state;
    grl_error error;
    grl_model *model;
    static const char no_reset[] = "{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":1}";
    grl_load_options options = grl_load_defaults();
    assert_int_equal(read_text(no_reset, &options, &model, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "--reset"));
    options.reset = GRL_RESET_FORCE_BEFORE;
    assert_int_equal(read_text(no_reset, &options, &model, &error), GRL_OK);
    assert_int_equal(grl_cell_reset(grl_model_cell(model)), GRL_RESET_BEFORE);
    assert_int_equal(grl_model_notes(model), 1);
    grl_model_free(model);
    assert_int_equal(read_text(full, &options, &model, &error), GRL_BAD_INPUT); /* c_h has numbers */
    assert_non_null(strstr(error.message, "c_h[0]"));
    options = grl_load_defaults();
    options.layer = 1;
    assert_int_equal(read_text(full, &options, &model, &error), GRL_BAD_INPUT);
    options = grl_load_defaults();
    options.reverse = 1;
    assert_int_equal(read_text(full, &options, &model, &error), GRL_BAD_INPUT);
    options = grl_load_defaults();
    options.prefix = "a";
    assert_int_equal(read_text(full, &options, &model, &error), GRL_BAD_INPUT);
    options = grl_load_defaults();
    options.layer = -2;
    assert_int_equal(read_text(full, &options, &model, &error), GRL_BAD_INPUT);
    options.layer = 0;
    options.reverse = 0;
    options.gate_order = GRL_GATES_ZRN;
    assert_int_equal(read_text(full, &options, &model, &error), GRL_OK);
    assert_non_null(strstr(grl_model_note(model, 0), "--gate-order"));
    grl_model_free(model);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"{}", "format"},
        {"[]", "found a list"},
        {"{\"format\":1}", "a number"},
        {"{\"format\":\"x\"}", "found x"},
        {"{\"format\":\"grulens-model\"}", "version"},
        {"{\"format\":\"grulens-model\",\"version\":2}", "expected 1, found 2"},
        {"{\"format\":\"grulens-model\",\"version\":\"1\"}", "a string"},
        {"{\"format\":\"grulens-model\",\"version\":1}", "hidden_size"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":0,\"reset\":\"after\"}", "found 0"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":-1,\"reset\":\"after\"}", "found -1"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":1.5,\"reset\":\"after\"}", "found 1.5"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":1e300,\"reset\":\"after\"}",
         "found 1e+300"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":16384,\"reset\":\"after\"}",
         "bytes for 16384"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":1000000,\"reset\":\"after\"}", "16384"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":9999,\"input_size\":65536,\"reset\":"
         "\"after\"}",
         "bytes for"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":2,\"reset\":\"never\"}", "found never"},
        {"{\"format\":\"grulens-model\",\"version\":1,\"hidden_size\":2,\"reset\":7}", "found a number"},
        {HEAD ",\"U_q\":[]}", "\"U_q\""},
        {HEAD ",\"U_h\":[[1,2],[1,2,3]]}", "U_h[1]: expected 2 numbers, found 3"},
        {HEAD ",\"U_h\":[[1,2]]}", "U_h: expected 2 rows, found 1"},
        {HEAD ",\"U_h\":[1,2]}", "U_h[0]: expected a list of 2 numbers, found a number"},
        {HEAD ",\"U_h\":5}", "U_h: expected a list of 2 rows, found a number"},
        {HEAD ",\"W_h\":[[1,2],[3,4]]}", "W_h[0]: expected 1 number, found 2"},
        {HEAD ",\"b_h\":[1,null]}", "b_h[1]: expected a number, found null"},
        {HEAD ",\"b_h\":[1,true]}", "b_h[1]"},
        {HEAD ",\"b_h\":{}}", "b_h: expected a list of 2 numbers, found an object"},
        {HEAD ",\"b_h\":[1,NaN]}", "line 1"},
        {HEAD ",\"b_h\":[1,1e999]}", "line 1"},
        {HEAD ",\"b_h\":[1,1e101]}", "b_h[1]"},
        {HEAD ",\"b_h\":[1,\"x\"]}", "b_h[1]: expected a parameter"},
        {HEAD ",\"U_r\":[[1,2],[3,\"1/0\"]]}", "U_r[1][1]"},
        {HEAD ",\"b_h\":[1,2],\"b_h\":[1,2]}", "duplicate"},
        {HEAD ",\"parameters\":[]}", "parameters: expected an object"},
        {HEAD ",\"parameters\":{\"a\":\"b\"}}", "parameters.a"},
        {HEAD ",\"parameters\":{\"sin\":1}}", "\"sin\""},
        {HEAD ",\"parameters\":{\"a\":1,\"a\":2}}", "duplicate"},
        {HEAD ",\"readout\":[]}", "readout: expected an object"},
        {HEAD ",\"readout\":{}}", "readout.C: expected a list of rows, found nothing"},
        {HEAD ",\"readout\":{\"C\":[]}}", "an empty list"},
        {HEAD ",\"readout\":{\"C\":[[1]]}}", "readout.C[0]: expected 2 numbers, found 1"},
        {HEAD ",\"readout\":{\"C\":[[1,\"2\"]]}}", "readout.C[0][1]"},
        {HEAD ",\"readout\":{\"C\":[[1,2]],\"d\":[1,2]}}", "readout.d: expected 1 number, found 2"},
        {HEAD ",\"readout\":{\"C\":[[1,2]],\"e\":[1]}}", "readout.e"},
        {HEAD ",\"start\":[]}", "start: expected an object with E and e, found a list"},
        {HEAD ",\"start\":{}}", "start: expected E, e or both, found neither"},
        {HEAD ",\"start\":{\"h0\":[1,2]}}", "start.h0"},
        {HEAD ",\"start\":{\"e\":[1]}}", "start.e: expected 2 numbers, found 1"},
        {HEAD ",\"start\":{\"e\":1}}", "start.e: expected a list of 2 numbers, found a number"},
        {HEAD ",\"start\":{\"e\":[1,\"2\"]}}", "start.e[1]: expected a number, found a string"},
        {HEAD ",\"start\":{\"e\":[1,1e200]}}", "start e[1]: expected a finite number, found 1e+200"},
        {HEAD ",\"start\":{\"E\":1,\"e\":[1,2]}}", "start.E: expected a list of 2 rows, found a number"},
        {HEAD ",\"start\":{\"E\":[],\"e\":[1,2]}}", "start.E: expected 2 rows, found 0"},
        {HEAD ",\"start\":{\"E\":[[1]]}}", "start.E: expected 2 rows, found 1"},
        {HEAD ",\"start\":{\"E\":[[],[]]}}", "start.E[0]: expected a list of numbers, found an empty list"},
        {HEAD ",\"start\":{\"E\":[1,2]}}", "start.E[0]: expected a list of numbers, found a number"},
        {HEAD ",\"start\":{\"E\":[[1],[2,3]]}}", "start.E[1]: expected 1 number, found 2"},
        {HEAD "} {}", "end of file"},
        {"", "an empty file"},
        {"\xef\xbb\xbf{", "line 1"},
        {HEAD ",\"b_h\":[1,\"\xff\"]}", "line 1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grl_error error = {0};
        grl_model *model;
        if (read_text(cases[i].text, NULL, &model, &error) != GRL_BAD_INPUT)
            fail_msg("%s: not refused", cases[i].text);
        assert_null(model);
        if (!strstr(error.message, cases[i].words) || strncmp(error.message, "m.json: ", 8) != 0)
            fail_msg("%s: message \"%s\", expected \"%s\" in it", cases[i].text, error.message,
                     cases[i].words);
    }
}

static void test_truncated_and_nested(void **state)
{
    (void)state;
    grl_error error;
    grl_model *model;
    for (size_t size = 0; size < sizeof full - 1; size++) {
        char *copy = malloc(size ? size : 1); /* its end is the file's end, for AddressSanitizer */
        memcpy(copy, full, size);
        assert_int_equal(grl_model_read("m.json", copy, size, NULL, &model, &error), GRL_BAD_INPUT);
        free(copy);
    }
    size_t depth = 200000;
    char *deep = malloc(depth + 100);
    size_t head = (size_t)sprintf(deep, "%s,\"U_h\":", HEAD);
    memset(deep + head, '[', depth);
    assert_int_equal(grl_model_read("m.json", deep, head + depth, NULL, &model, &error), GRL_BAD_INPUT);
    free(deep);
}

/* A file name longer than a message must leave the sentence readable. */
static void test_long_name(void **state)
{
    (void)state;
    grl_error error;
    grl_model *model;
    char name[3000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_int_equal(grl_model_read(name, "{}", 2, NULL, &model, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "expected \"grulens-model\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_starts),
                                       cmocka_unit_test(test_options),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_truncated_and_nested),
                                       cmocka_unit_test(test_long_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
