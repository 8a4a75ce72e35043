/* safetensors: what is refused and with which words, and the way back. test_format_golden.c has the numbers.
 */
#define _DEFAULT_SOURCE /* mkstemps */
#include "check.h"

#include <grulens/format.h>
#include <string.h>
#include <unistd.h>

static unsigned char *make(const char *header, size_t data, size_t *size)
{
    size_t length = strlen(header);
    *size = 8 + length + data;
    unsigned char *bytes = calloc(*size, 1);
    for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)((uint64_t)length >> 8 * k);
    memcpy(bytes + 8, header, length);
    return bytes;
}

#define T(name, dtype, shape, begin, end)                                                                    \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" #begin "," #end "]}"
#define GRU T("weight_hh", "F32", "[6,2]", 0, 48) "," T("weight_ih", "F32", "[6,1]", 48, 72)

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t data;
        const char *words;
    } cases[] = {
        {"{}", 0, "found no tensor"},
        {"{" GRU "}", 71, "up to 71, found 48 to 72"},
        {"{" GRU "}", 73, "expected 72 bytes of data, found 73"},
        {"{" GRU "," T("x", "F32", "[1]", 68, 72) "}", 72, "two that overlap"},
        {"{" GRU "," T("x", "F32", "[1]", 76, 80) "}", 80, "a hole"},
        {"{" GRU "," T("weight_hh", "F32", "[6,2]", 72, 120) "}", 120, "duplicate"},
        {"{" T("weight_hh", "F32", "[6,2]", 0, 40) "}", 40,
         "weight_hh: expected 48 bytes for its shape, found 40"},
        {"{" T("weight_hh", "F32", "[6,2]", 48, 0) "}", 48, "in order"},
        {"{" T("weight_hh", "F32", "[6,2]", -1, 47) "}", 48, "whole number"},
        {"{" T("weight_hh", "F32", "[6,2]", 0.5, 48) "}", 48, "whole number"},
        {"{" T("weight_hh", "F32", "[-6,-2]", 0, 48) "}", 48, "as shape"},
        {"{" T("weight_hh", "F32", "[4294967296,4294967296,4294967296]", 0, 48) "}", 48, "larger"},
        {"{" T("weight_hh", "F32", "[99999999999999999999]", 0, 48) "}", 48, "header"},
        {"{" T("weight_hh", "F32", "[1,1,1,1,1,1,1,1,1]", 0, 4) "}", 4, "at most 8"},
        {"{" T("weight_hh", "F32", "\"6\"", 0, 4) "}", 4, "something else"},
        {"{" T("weight_hh", "F33", "[6,2]", 0, 48) "}", 48, "found F33"},
        {"{\"weight_hh\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "two data_offsets"},
        {"{\"weight_hh\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "something else"},
        {"{\"weight_hh\":7}", 4, "something else"},
        {"{\"__metadata__\":7," GRU "}", 72, "__metadata__"},
        {"{\"__metadata__\":{\"reset\":\"never\"}," GRU "}", 72, "found never"},
        {"{\"__metadata__\":{\"gate_order\":\"nzr\"}," GRU "}", 72, "found nzr"},
        {"{" T("weight_hh", "F32", "[8,2]", 0, 64) "}", 64,
         "looks like an LSTM (4 x 2 rows), expected a GRU (3 x 2 rows)"},
        {"{" T("weight_hh", "F32", "[2,2]", 0, 16) "}", 16, "without gates"},
        {"{" T("weight_hh", "F32", "[7,2]", 0, 56) "}", 56, "expected 3 x 2 rows, found 7"},
        {"{" T("weight_hh", "F32", "[6]", 0, 24) "}", 24, "expected a matrix"},
        {"{" T("weight_hh", "F32", "[0,0]", 0, 0) "}", 0, "at least one unit"},
        {"{" T("weight_hh", "F32", "[6,2]", 0, 48) "}", 48, "weight_ih: expected beside weight_hh"},
        {"{" T("weight_hh", "F32", "[6,2]", 0, 48) "," T("weight_ih", "F32", "[3,1]", 48, 60) "}", 60,
         "weight_ih: expected 6 x 1 numbers, found 3 x 1"},
        {"{" T("weight_hh", "I32", "[6,2]", 0, 48) "," T("weight_ih", "F32", "[6,1]", 48, 72) "}", 72,
         "weight_hh: expected floating-point"},
        {"{" GRU "," T("bias_ih", "F32", "[5]", 72, 92) "}", 92, "bias_ih: expected 6 numbers, found 5"},
        {"{" GRU "," T("bias_hh", "F32", "[6,1]", 72, 96) "}", 96, "bias_hh: expected a list"},
        {"{" T("a.hn.kernel", "F32", "[2,2]", 0, 16) "}", 16, "iz.kernel: expected beside a.hn.kernel"},
        {"{" T("a.hn.kernel", "F32", "[2,3]", 0, 24) "}", 24, "square"},
        {"{" T("a/hf/kernel", "F32", "[2,2]", 0, 16) "}", 16, "looks like an LSTM"},
        {"{" T("a.weight", "F32", "[2,2]", 0, 16) "}", 16, "1 other tensors, the first a.weight"},
        {"{" GRU, 72, "header, byte"},
        {"{" GRU "} x", 72, "header"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grl_error error = {0};
        grl_model *model;
        size_t size;
        unsigned char *bytes = make(cases[i].header, cases[i].data, &size);
        if (grl_model_read("m.safetensors", bytes, size, NULL, &model, &error) != GRL_BAD_INPUT)
            fail_msg("%s: not refused", cases[i].header);
        assert_null(model);
        if (!strstr(error.message, cases[i].words) || strncmp(error.message, "m.safetensors: ", 15) != 0)
            fail_msg("%s: \"%s\", expected \"%s\" in it", cases[i].header, error.message, cases[i].words);
        free(bytes);
    }
}

static void test_not_a_number(void **state)
{
    (void)state;
    grl_error error;
    grl_model *model;
    size_t size;
    unsigned char *bytes = make("{" GRU "}", 72, &size);
    assert_int_equal(grl_model_read("m", bytes, size, NULL, &model, &error), GRL_OK);
    grl_model_free(model);
    memcpy(bytes + size - 72 + 4 * 3, "\x00\x00\xc0\x7f", 4); /* r, unit 1, column 1 */
    assert_int_equal(grl_model_read("m", bytes, size, NULL, &model, &error), GRL_BAD_INPUT);
    if (!strstr(error.message, "U_r[1,1]")) fail_msg("%s", error.message);
    free(bytes);
}

static void test_truncated(void **state)
{
    (void)state;
    static const char *const files[] = {"grucell.safetensors", "flax-slash.safetensors"};
    for (size_t k = 0; k < 2; k++) {
        char path[512];
        grl_error error;
        grl_model *model;
        unsigned char bytes[4000];
        snprintf(path, sizeof path, "%s/conventions/%s", GRL_TEST_DATA, files[k]);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        assert_true(size > 500 && size < sizeof bytes);
        for (size_t cut = 0; cut < size; cut++) {
            unsigned char *copy = malloc(cut ? cut : 1);
            memcpy(copy, bytes, cut);
            assert_int_equal(grl_model_read("m.safetensors", copy, cut, NULL, &model, &error), GRL_BAD_INPUT);
            free(copy);
        }
    }
    grl_error error;
    grl_model *model;
    unsigned char huge[16] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, '{'};
    assert_int_equal(grl_model_read("m.safetensors", huge, sizeof huge, NULL, &model, &error), GRL_BAD_INPUT);
}

/* What is taken for the readout and for the start, by names and shapes. Unit 1 begins at the number 1, in place `at`. */
static void test_start_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t data, at;
        size_t outputs, observations;
        int start;
        const char *words; /* of the last note */
    } cases[] = {
        /* An encoder of n x k, and of n x n: no readout. */
        {"{" GRU
         "," T("encoder.weight", "F32", "[2,3]", 72, 96) "," T("encoder.bias", "F32", "[2]", 96, 104) "}",
         104, 100, 0, 3, 1, "start: encoder (from 3 observations)"},
        {"{" GRU "," T("enc.weight", "F32", "[2,2]", 72, 88) "," T("out.weight", "F32", "[2,2]", 88, 104) "}",
         104, 0, 2, 2, 1, "start: enc (from 2 observations, no bias)"},
        {"{" GRU "," T("net.encoder.weight", "F32", "[2,2]", 72, 88) "}", 88, 0, 0, 2, 1,
         "start: net.encoder (from 2 observations, no bias)"},
        /* A square matrix without such a name is a readout. */
        {"{" GRU "," T("fc.weight", "F32", "[2,2]", 72, 88) "}", 88, 0, 2, 0, 0,
         "linear readout: fc (2 outputs, no bias)"},
        /* An encoder that leads elsewhere is neither, and does not stand in the readout's way. */
        {"{" GRU "," T("encoder.weight", "F32", "[3,2]", 72, 96) "}", 96, 0, 0, 0, 0, "no biases"},
        {"{" GRU
         "," T("encoder.weight", "F32", "[3,2]", 72, 96) "," T("fc.weight", "F32", "[1,2]", 96, 104) "}",
         104, 0, 1, 0, 0, "linear readout: fc (1 output, no bias)"},
        /* Flax's Dense, with its transposed kernel. */
        {"{" GRU
         "," T("encoder.kernel", "F32", "[3,2]", 72, 96) "," T("encoder.bias", "F32", "[2]", 96, 104) "}",
         104, 100, 0, 3, 1, "start: encoder (from 3 observations)"},
        /* The start itself, also as torch.nn.GRU takes it. */
        {"{" GRU "," T("h0", "F32", "[2]", 72, 80) "}", 80, 76, 0, 0, 1, "start: h0"},
        {"{" GRU "," T("net.h_0", "F32", "[1,1,2]", 72, 80) "}", 80, 76, 0, 0, 1, "start: net.h_0"},
        {"{" GRU "," T("h0", "F32", "[2,2]", 72, 88) "}", 88, 0, 0, 0, 0, "no biases"},
        {"{" GRU "," T("h0", "F32", "[3]", 72, 84) "}", 84, 0, 0, 0, 0, "no biases"},
        {"{" GRU "," T("h0", "I32", "[2]", 72, 80) "}", 80, 0, 0, 0, 0, "no biases"},
        {"{" GRU "," T("h0", "F32", "[]", 72, 76) "}", 76, 0, 0, 0, 0, "no biases"},
        /* Several. */
        {"{" GRU "," T("a.encoder.weight", "F32", "[2,1]", 72, 80) "," T("h0", "F32", "[2]", 80, 88) "}", 88,
         0, 0, 0, 0, "2 tensors could be the start, a.encoder among them: none was taken"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grl_error error = {0};
        grl_model *model;
        size_t size;
        unsigned char *bytes = make(cases[i].header, cases[i].data, &size);
        if (cases[i].at) memcpy(bytes + size - cases[i].data + cases[i].at, "\x00\x00\x80\x3f", 4);
        if (grl_model_read("m", bytes, size, NULL, &model, &error) != GRL_OK)
            fail_msg("%s: %s", cases[i].header, error.message);
        assert_int_equal(grl_model_outputs(model), cases[i].outputs);
        assert_int_equal(grl_model_observations(model), cases[i].observations);
        assert_int_equal(grl_model_start_e(model) != NULL, cases[i].start);
        if (cases[i].start) check_near(grl_model_start_e(model)[1], cases[i].at ? 1 : 0, 0);
        const char *note = grl_model_note(model, grl_model_notes(model) - 1);
        if (!strstr(note, cases[i].words)) fail_msg("%s: \"%s\"", cases[i].header, note);
        grl_model_free(model);
        free(bytes);
    }
}

/* Flax's kernels are transposed; a start that is no number is refused by its name. */
static void test_start_numbers(void **state)
{
    (void)state;
    grl_error error;
    grl_model *model;
    size_t size;
    unsigned char *kernel = make("{" GRU "," T("encoder.kernel", "F32", "[3,2]", 72, 96) "}", 96, &size);
    memcpy(kernel + size - 24 + 4 * 2, "\x00\x00\x80\x3f", 4); /* observation 1, unit 0 */
    assert_int_equal(grl_model_read("m", kernel, size, NULL, &model, &error), GRL_OK);
    for (size_t i = 0; i < 6; i++) check_near(grl_model_start_E(model)[i], i == 1, 0);
    grl_model_free(model);
    free(kernel);
    unsigned char *bytes = make("{" GRU "," T("x.encoder.weight", "F32", "[2,1]", 72, 80) "}", 80, &size);
    memcpy(bytes + size - 4, "\x00\x00\xc0\x7f", 4);
    assert_int_equal(grl_model_read("m", bytes, size, NULL, &model, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "x.encoder: start E[1,0]: expected a finite number"));
    free(bytes);
}

/* Any cell comes back exactly, with its reset, readout and start, and so does a file that was read. */
static void test_round_trip(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        size_t n = 3, m = k < 2 ? 2 : 0, rows, columns;
        grl_reset reset = k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE;
        char path[] = "/tmp/grulens-test-XXXXXX.safetensors";
        double C[] = {1, 2, 3, 4, 5, 1.0 / 3}, d[] = {-0.1, 7e-300}, E[12];
        for (int i = 0; i < 12; i++) E[i] = cos(i);
        grl_error error;
        grl_cell *cell;
        grl_model *model, *again;
        assert_int_equal(grl_cell_create(n, m, reset, &cell, NULL), GRL_OK);
        for (int b = 0; b < GRL_BLOCKS; b++) {
            if (b == GRL_C_H && reset == GRL_RESET_BEFORE) continue;
            grl_block_shape((grl_block)b, n, m, &rows, &columns);
            for (size_t i = 0; i < rows * columns; i++)
                grl_cell_block(cell, (grl_block)b)[i] = sin((double)(100 * b) + (double)i);
        }
        assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
        if (m) assert_int_equal(grl_model_set_readout(model, 2, C, d, NULL), GRL_OK);
        /* Encoded from 2 and, without a readout, from n observations; learned; none. */
        const size_t observations = k == 0 ? 2 : k == 3 ? n : 0;
        if (k < 2 || k == 3)
            assert_int_equal(grl_model_set_start(model, observations, observations ? E : NULL, E + 9, NULL),
                             GRL_OK);
        int file = mkstemps(path, 12);
        assert_true(file >= 0);
        close(file);
        if (grl_model_save(model, path, &error) != GRL_OK) fail_msg("%s", error.message);
        if (grl_model_load(path, NULL, &again, &error) != GRL_OK) fail_msg("%s", error.message);
        assert_int_equal(grl_cell_reset(grl_model_cell(again)), reset);
        assert_int_equal(grl_cell_input_size(grl_model_cell(again)), m);
        assert_non_null(strstr(grl_model_note(again, 0), "the file says"));
        for (int b = 0; b < GRL_BLOCKS; b++) {
            grl_block_shape((grl_block)b, n, m, &rows, &columns);
            assert_memory_equal(grl_cell_values(grl_model_cell(again), (grl_block)b),
                                grl_cell_values(cell, (grl_block)b), rows * columns * sizeof(double));
        }
        assert_int_equal(grl_model_outputs(again), m ? 2 : 0);
        if (m) assert_memory_equal(grl_model_readout_C(again), C, sizeof C);
        if (m) assert_memory_equal(grl_model_readout_d(again), d, sizeof d);
        assert_int_equal(grl_model_observations(again), observations);
        if (observations) assert_memory_equal(grl_model_start_E(again), E, n * observations * sizeof(double));
        if (k == 2)
            assert_null(grl_model_start_e(again));
        else
            assert_memory_equal(grl_model_start_e(again), E + 9, n * sizeof(double));
        grl_model_free(model);
        grl_model_free(again);
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),       cmocka_unit_test(test_not_a_number),
        cmocka_unit_test(test_start_is_told), cmocka_unit_test(test_start_numbers),
        cmocka_unit_test(test_truncated),     cmocka_unit_test(test_round_trip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
