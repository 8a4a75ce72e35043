/* Growing texts: quoting for JSON, numbers that read back, wrapped paragraphs, tables. */
#include "check.h"

#include "base/layout.h"
#include "base/random.h"
#include "base/text.h"
#include "report/grid.h"
#include "report/words.h"

#include <float.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Every pair of bytes, and random strings of bytes, must become a JSON string that a parser takes. */
static void any_bytes_become_a_json_string(void **state)
{
    grl_random random = grl_random_stream(1, 0);
    (void)state;
    for (int k = 0; k < 20000; k++) {
        char bytes[8] = {0};
        int length = 1 + (int)(7 * grl_random_uniform(&random));
        for (int i = 0; i < length; i++) bytes[i] = (char)(1 + (int)(255 * grl_random_uniform(&random)));
        if (k % 2) bytes[0] = (char)(0xe0 + k % 24); /* beginnings of long sequences */
        grl_text text = {0};
        grl_text_add(&text, "[");
        grl_text_add_quoted(&text, bytes);
        grl_text_add(&text, "]");
        assert_false(text.failed);
        json_t *root = json_loads(text.data, 0, NULL);
        if (!root) fail_msg("not JSON: %s", text.data);
        json_decref(root);
        grl_text_drop(&text);
    }
}

static void valid_text_is_kept(void **state)
{
    static const char words[] = "tab\t quote\" slash\\ h\xc3\xb6he \xe2\x82\xac \xf0\x9f\x98\x80 \x7f";
    (void)state;
    grl_text text = {0};
    grl_text_add_quoted(&text, words);
    json_t *root = json_loads(text.data, JSON_DECODE_ANY, NULL);
    assert_string_equal(json_string_value(root), words);
    json_decref(root);
    grl_text_drop(&text);
}

static void numbers_read_back(void **state)
{
    grl_random random = grl_random_stream(2, 0);
    (void)state;
    for (int k = 0; k < 100000; k++) {
        uint64_t bits = grl_random_bits(&random);
        double value, back;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) continue;
        grl_text text = {0};
        grl_text_add_number(&text, value);
        back = strtod(text.data, NULL);
        assert_memory_equal(&back, &value, sizeof value);
        grl_text_drop(&text);
    }
}

static void short_numbers(void **state)
{
    (void)state;
    assert_string_equal(grl_number_short(0, 3).text, "0");
    assert_string_equal(grl_number_short(0.012345, 3).text, "0.0123");
    assert_string_equal(grl_number_short(-12.345, 3).text, "-12.3");
    assert_string_equal(grl_number_short(123456, 3).text, "123456");
    assert_string_equal(grl_number_short(1.2e-9, 2).text, "1.2e-9");
    assert_string_equal(grl_number_short(3e12, 3).text, "3.00e12");
    assert_string_equal(grl_number_short(3e-16, 1).text, "3e-16");
    assert_string_equal(grl_number_short(INFINITY, 3).text, "inf");
    assert_string_equal(grl_number_short(-DBL_MAX, 3).text, "-1.80e308");
    assert_string_equal(grl_number_grouped(0).text, "0");
    assert_string_equal(grl_number_grouped(-123).text, "-123");
    assert_string_equal(grl_number_grouped(4000000).text, "4,000,000");
    assert_string_equal(grl_number_grouped(-1234567).text, "-1,234,567");
}

static void paragraphs_wrap(void **state)
{
    (void)state;
    grl_text text = {0};
    grl_text_add(&text, "ab");
    grl_text_add_wrapped(&text, "one two  three\nfour \xc2\xb1\xc2\xb1\xc2\xb1\xc2\xb1 five\n\nnext", 2, 4,
                         14);
    assert_string_equal(
        text.data, "ab  one two\n    three four\n    \xc2\xb1\xc2\xb1\xc2\xb1\xc2\xb1 five\n\n    next\n");
    grl_text_drop(&text);
}

static void tables_line_up(void **state)
{
    (void)state;
    grl_grid grid = {.columns = 3, .align = "lrl"};
    static const char *const cells[] = {"a", "10", "", "bcd", "\xc2\xb1", "x", "", "", ""};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) grl_grid_add(&grid, i == 5 ? 32 : 0, cells[i]);
    grl_text text = {0};
    grl_grid_print(&grid, &text);
    assert_string_equal(text.data, "  a    10\n  bcd   \xc2\xb1  \033[32mx\033[0m\n\n");
    grl_text_drop(&text);
    grl_grid_drop(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_become_a_json_string),
        cmocka_unit_test(valid_text_is_kept),
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(short_numbers),
        cmocka_unit_test(paragraphs_wrap),
        cmocka_unit_test(tables_line_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
