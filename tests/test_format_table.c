/* Tables: CSV in its usual dialects, NumPy's own files, the way back, and what is refused. */
#define _DEFAULT_SOURCE /* mkstemps */
#include "check.h"

#include "format/format.h"

#include <string.h>
#include <unistd.h>

static grl_table *read_csv(const char *text)
{
    grl_error error;
    grl_table *table;
    if (grl_table_read("t.csv", text, strlen(text), NULL, &table, &error) != GRL_OK)
        fail_msg("%s: %s", text, error.message);
    return table;
}

static void test_csv_dialects(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int names;
    } cases[] = {
        {"1,-2.5\n3e-2,4\n", 0},
        {"1,-2.5\r\n3e-2,4", 0},
        {"a,b\n1,-2.5\n3e-2,4\n", 1},
        {"\xef\xbb\xbf\"a\",\"b\"\n 1 , -2.5 \n\n.03,+4\n\n", 1},
        {"# a comment, with a comma\na;b\n1;-2.5\n#another\n0.03;4\n", 1},
        {"a\tb\n1\t-2.5\n0.03\t4\n", 1},
        {"  1   -2.5\n  0.03 4.0E0  \n", 0},
        {"a b\n1 -2.5\n0.03 4\n", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grl_table *table = read_csv(cases[i].text);
        assert_int_equal(table->rows, 2);
        assert_int_equal(table->columns, 2);
        check_near(table->values[0], 1, 0);
        check_near(table->values[1], -2.5, 0);
        check_near(table->values[2], 0.03, 0);
        check_near(table->values[3], 4, 0);
        if (cases[i].names) {
            assert_string_equal(table->names[0], "a");
            assert_string_equal(table->names[1], "b");
        } else {
            assert_null(table->names);
        }
        grl_table_free(table);
    }
    grl_table *table = read_csv("\"x, the first\",y\n1,2\n");
    assert_string_equal(table->names[0], "x, the first");
    grl_table_free(table);
    table = read_csv("v\n1\n2\n3\n");
    assert_int_equal(table->rows, 3);
    assert_int_equal(table->columns, 1);
    grl_table_free(table);
}

static void test_csv_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "an empty file"},
        {"\n\n#\n", "found none"},
        {"a,b\n", "names alone"},
        {"1,2\n3\n", "line 2: expected 2 numbers, found 1"},
        {"1,2\n3,4,5\n", "line 2: expected 2 numbers, found 3"},
        {"1,2\n3,\n", "line 2, column 2: expected a finite number, found nothing"},
        {"1,2\n3,x\n", "found x"},
        {"1,nan\n", "line 1, column 2"},
        {"inf\n", "found inf"},
        {"1\n-Infinity\n", "line 2"},
        {"1\n1e999\n", "line 2"},
        {"1\n0x10\n", "found 0x10"},
        {"1\n1e\n", "found 1e"},
        {"1\n1 2\n", "line 2"},
        {"a\n1\nb\n", "line 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grl_error error = {0};
        grl_table *table;
        if (grl_table_read("t.csv", cases[i].text, strlen(cases[i].text), NULL, &table, &error) !=
            GRL_BAD_INPUT)
            fail_msg("%s: not refused", cases[i].text);
        if (!strstr(error.message, cases[i].words) || strncmp(error.message, "t.csv: ", 7) != 0)
            fail_msg("%s: \"%s\", expected \"%s\" in it", cases[i].text, error.message, cases[i].words);
        assert_null(table);
    }
    grl_error error;
    grl_table *table;
    assert_int_equal(grl_table_read("t.csv", "a\0b\n1\n", 6, NULL, &table, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_table_read("t.csv", "1\n", 2, "x", &table, &error), GRL_BAD_INPUT);
}

static grl_status load(const char *name, const char *array, grl_table **table, grl_error *error)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tables/%s", GRL_TEST_DATA, name);
    return grl_table_load(path, array, table, error);
}

static void test_numpy(void **state)
{
    (void)state;
    static const struct {
        const char *file, *array;
        int columns;
        double add;
    } cases[] = {{"types.npz", "f8", 2, 0.25},      {"types.npz", "f4", 2, 0.25},
                 {"types.npz", "i8", 2, 0},         {"types.npz", "i4", 2, 0},
                 {"types.npz", "fortran", 2, 0.25}, {"types.npz", "strided", 2, 0.25},
                 {"types.npz", "vector", 1, 0.25},  {"compressed.npz", NULL, 2, 0.25},
                 {"single.npy", NULL, 2, 0.25},     {"version2.npy", NULL, 2, 0.25},
                 {"version3.npy", NULL, 2, 0.25}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        grl_error error;
        grl_table *table;
        if (load(cases[k].file, cases[k].array, &table, &error) != GRL_OK) fail_msg("%s", error.message);
        assert_int_equal(table->rows, 3);
        assert_int_equal(table->columns, cases[k].columns);
        for (size_t i = 0; i < 3; i++)
            for (size_t j = 0; j < table->columns; j++)
                check_near(table->values[i * table->columns + j],
                           10 * (double)i + (double)j - 3 + cases[k].add, 0);
        grl_table_free(table);
    }
    static const struct {
        const char *array, *words;
    } refused[] = {{NULL, "expected one array"}, {"f9", "\"f9\" among"},  {"u1", "found |u1"},
                   {"big", "found >f8"},         {"cube", "found three"}, {"scalar", "dimensions"},
                   {"text", "found <U1"},        {"nan", "row 2"},        {"empty", "0 x 2"}};
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        grl_error error = {0};
        grl_table *table;
        assert_int_equal(load("types.npz", refused[k].array, &table, &error), GRL_BAD_INPUT);
        if (!strstr(error.message, refused[k].words) || !strstr(error.message, "types.npz"))
            fail_msg("\"%s\", expected \"%s\" in it", error.message, refused[k].words);
    }
}

static unsigned char *bytes_of(const char *name, size_t *size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/tables/%s", GRL_TEST_DATA, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char *bytes = malloc(100000);
    *size = fread(bytes, 1, 100000, file);
    fclose(file);
    return bytes;
}

/* Cut anywhere, or with any one byte turned over: never a crash; cut npy and npz files are always refused. */
static void test_damaged(void **state)
{
    (void)state;
    static const char *const files[] = {"compressed.npz", "single.npy", "version2.npy"};
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        grl_error error;
        grl_table *table;
        size_t size;
        unsigned char *bytes = bytes_of(files[k], &size);
        for (size_t cut = 0; cut < size; cut++) {
            unsigned char *copy = malloc(cut ? cut : 1);
            memcpy(copy, bytes, cut);
            assert_int_equal(grl_table_read("t", copy, cut, NULL, &table, &error), GRL_BAD_INPUT);
            free(copy);
        }
        for (size_t i = 0; i < size; i++) {
            bytes[i] ^= 0xff;
            if (grl_table_read("t", bytes, size, NULL, &table, &error) == GRL_OK) grl_table_free(table);
            bytes[i] ^= 0xff;
        }
        free(bytes);
    }
}

static void test_npy_headers_refused(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "",
        "{}",
        "{'descr': '<f8'}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 1)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000, 2000000000)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999999,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (0,)}",
        "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<c16', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '<f8",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1 1)}"};
    for (size_t k = 0; k < sizeof headers / sizeof *headers; k++) {
        unsigned char bytes[400] = "\x93NUMPY\1";
        grl_error error;
        grl_table *table;
        size_t length = strlen(headers[k]);
        bytes[8] = (unsigned char)length;
        memcpy(bytes + 10, headers[k], length);
        if (grl_table_read("t", bytes, 10 + length + 8, NULL, &table, &error) != GRL_BAD_INPUT)
            fail_msg("%s: not refused", headers[k]);
    }
    unsigned char good[400] = "\x93NUMPY\1";
    static const char header[] = "{\"shape\":(1L,),'fortran_order':True,'descr':'<i4'}";
    grl_table *table;
    good[8] = sizeof header - 1;
    memcpy(good + 10, header, sizeof header - 1);
    memcpy(good + 10 + sizeof header - 1, "\xfe\xff\xff\xff", 4);
    assert_int_equal(grl_table_read("t", good, 10 + sizeof header - 1 + 4, NULL, &table, NULL), GRL_OK);
    check_near(table->values[0], -2, 0);
    grl_table_free(table);
}

static void test_round_trip(void **state)
{
    (void)state;
    double values[] = {0.1, -1e-300, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0};
    char first[] = "h 1", second[] = "x\"y,z";
    char *names[] = {first, second};
    grl_table table = {.rows = 3, .columns = 2, .values = values, .names = names};
    static const char *const endings[] = {".csv", ".npz"};
    for (int k = 0; k < 2; k++) {
        char path[] = "/tmp/grulens-test-XXXXXX.csv";
        grl_error error;
        grl_table *again;
        memcpy(path + sizeof path - 5, endings[k], 4);
        int file = mkstemps(path, 4);
        assert_true(file >= 0);
        close(file);
        if (grl_table_save(&table, path, &error) != GRL_OK) fail_msg("%s", error.message);
        if (grl_table_load(path, k ? "values" : NULL, &again, &error) != GRL_OK)
            fail_msg("%s", error.message);
        assert_int_equal(again->rows, 3);
        assert_int_equal(again->columns, 2);
        assert_memory_equal(again->values, values, sizeof values);
        if (k == 0) assert_string_equal(again->names[0], "h 1");
        if (k == 0) assert_string_equal(again->names[1], "x'y,z");
        grl_table_free(again);
        unlink(path);
    }
    values[2] = NAN;
    assert_int_equal(grl_table_save(&table, "/tmp/never.csv", NULL), GRL_BAD_INPUT);
    assert_int_equal(access("/tmp/never.csv", F_OK), -1);
    values[2] = 1;
    assert_int_equal(grl_table_save(&table, "/tmp/never.xls", NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_table_save(&table, "/nonexistent/never.csv", NULL), GRL_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_dialects), cmocka_unit_test(test_csv_refused),
        cmocka_unit_test(test_numpy),        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_npy_headers_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
