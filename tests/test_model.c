/* Families: parameters, expressions, tangents, and that a refused change changes nothing. */
#include "check.h"

#include <grulens/model.h>
#include <string.h>

static grl_model *new_model(size_t n, size_t m, grl_reset reset)
{
    grl_cell *cell;
    grl_model *model;
    assert_int_equal(grl_cell_create(n, m, reset, &cell, NULL), GRL_OK);
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    return model;
}

static double number(const grl_model *model, grl_block block, size_t index)
{
    return grl_cell_values(grl_model_cell(model), block)[index];
}

static grl_model *rotation(void)
{
    static const char *const text[] = {"3*cos(alpha)", "-3*sin(alpha)", "3*sin(alpha)", "3*cos(alpha)"};
    grl_model *model = new_model(2, 0, GRL_RESET_BEFORE);
    assert_int_equal(grl_model_add_parameter(model, "alpha", 0.7, NULL), GRL_OK);
    for (size_t i = 4; i-- > 0;)
        assert_int_equal(grl_model_add_expression(model, GRL_U_H, i, text[i], NULL), GRL_OK);
    return model;
}

static void test_family(void **state)
{
    (void)state;
    grl_model *model = rotation();
    assert_int_equal(grl_model_parameters(model), 1);
    assert_string_equal(grl_model_parameter_name(model, 0), "alpha");
    check_near(number(model, GRL_U_H, 0), 3 * cos(0.7), 0);
    check_near(number(model, GRL_U_H, 1), -3 * sin(0.7), 0);
    assert_int_equal(grl_model_set(model, "alpha", 0.25, NULL), GRL_OK);
    check_near(grl_model_parameter_value(model, 0), 0.25, 0);
    check_near(number(model, GRL_U_H, 2), 3 * sin(0.25), 0);
    check_near(number(model, GRL_U_H, 3), 3 * cos(0.25), 0);
    assert_string_equal(grl_model_expression(model, GRL_U_H, 1), "-3*sin(alpha)");
    assert_null(grl_model_expression(model, GRL_U_Z, 1));
    assert_int_equal(grl_model_set(model, "b_h[1]", -4.5, NULL), GRL_OK);
    check_near(number(model, GRL_B_H, 1), -4.5, 0);
    grl_model_free(model);
}

/* What was set is remembered once each, parameters and refused values not. */
static void test_changes(void **state)
{
    (void)state;
    grl_model *model = rotation();
    assert_int_equal(grl_model_changes(model), 0);
    assert_int_equal(grl_model_set(model, "U_z[1,0]", 2, NULL), GRL_OK);
    assert_int_equal(grl_model_set(model, "alpha", 0.25, NULL), GRL_OK);
    assert_int_equal(grl_model_set(model, "c_h[1]", -3, NULL), GRL_OK);
    assert_int_equal(grl_model_set(model, "U_z[1,0]", 0.5, NULL), GRL_OK);
    assert_int_equal(grl_model_set(model, "U_h[0,1]", 1, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_set(model, "b_z[0]", INFINITY, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_changes(model), 2);
    assert_string_equal(grl_model_change_name(model, 0), "U_z[1,0]");
    check_near(grl_model_change_value(model, 0), 0.5, 0);
    assert_string_equal(grl_model_change_name(model, 1), "c_h[1]");
    check_near(grl_model_change_value(model, 1), -3, 0);
    grl_model_free(model);
}

static void test_set_is_all_or_nothing(void **state)
{
    (void)state;
    grl_error error;
    grl_model *model = new_model(2, 0, GRL_RESET_BEFORE);
    grl_model_add_parameter(model, "a", 2, NULL);
    assert_int_equal(grl_model_add_expression(model, GRL_B_H, 0, "a^2", NULL), GRL_OK);
    assert_int_equal(grl_model_add_expression(model, GRL_B_H, 1, "sqrt(a)", NULL), GRL_OK);
    assert_int_equal(grl_model_set(model, "a", -1, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "sqrt(a)"));
    check_near(number(model, GRL_B_H, 0), 4, 0);
    check_near(grl_model_parameter_value(model, 0), 2, 0);
    assert_int_equal(grl_model_set(model, "a", NAN, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_set(model, "b_h[0]", 1, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "a^2"));
    assert_int_equal(grl_model_set(model, "b_h[2]", 1, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_set(model, "q", 1, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "\"a\""));
    assert_int_equal(grl_model_set(model, "b_z[0]", INFINITY, NULL), GRL_BAD_INPUT);
    check_near(number(model, GRL_B_H, 0), 4, 0);
    check_near(number(model, GRL_B_H, 1), sqrt(2), 0);
    grl_model_free(model);
}

static void test_refused_expressions(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "a=3",      "1,2",   "\"x\"",    "rnd(1)",   "beta",  "a(2)",
                                      "2a",   "sin",      "sin()", "(a",       "a)",       "1e",    "1e999",
                                      "1/0",  "a>1",      "a?1:2", "!a",       "sqrt(-a)", "(1,2)", "sin(a,",
                                      "0x10", "a;a",      "$",     "_foo",     "a a",      "min()", ".",
                                      "a\n",  "\xc3\xa9", "1..2",  "atan2(1)", "1e-3e-3",  "a&&a",  "[a]"};
    grl_model *model = new_model(1, 0, GRL_RESET_AFTER);
    grl_model_add_parameter(model, "a", 2, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        grl_error error = {0};
        if (grl_model_add_expression(model, GRL_U_H, 0, bad[i], &error) != GRL_BAD_INPUT)
            fail_msg("\"%s\" was not refused", bad[i]);
        assert_true(strlen(error.message) > 10);
        assert_null(strchr(error.message, '\n'));
    }
    check_near(number(model, GRL_U_H, 0), 0, 0);
    check_near(grl_model_parameter_value(model, 0), 2, 0);

    char deep[400], *end = deep;
    for (int i = 0; i < 100; i++) *end++ = '(';
    *end++ = '1';
    for (int i = 0; i < 100; i++) *end++ = ')';
    *end = 0;
    assert_int_equal(grl_model_add_expression(model, GRL_U_H, 0, deep, NULL), GRL_BAD_INPUT);
    char *long_text = calloc(6000, 1);
    memset(long_text, '1', 5999);
    assert_int_equal(grl_model_add_expression(model, GRL_U_H, 0, long_text, NULL), GRL_BAD_INPUT);
    free(long_text);
    assert_int_equal(grl_model_add_expression(model, GRL_U_H, 1, "a", NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_add_expression(model, GRL_U_H, 0, "a", NULL), GRL_OK);
    assert_int_equal(grl_model_add_expression(model, GRL_U_H, 0, "a", NULL), GRL_BAD_INPUT);
    grl_model_free(model);
}

static void test_refused_names(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "1a",    "a b", "sin",      "_pi", "_e",
                                      "a[0]", "input", "a-b", "\xc3\xa9", "a"};
    grl_model *model = new_model(1, 0, GRL_RESET_AFTER);
    assert_int_equal(grl_model_add_parameter(model, "a", 2, NULL), GRL_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(grl_model_add_parameter(model, bad[i], 1, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_add_parameter(model, "b", NAN, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_parameters(model), 1);
    grl_model_free(model);
}

/* Against closed forms, over scales and near the ends of domains. */
static void test_tangent(void **state)
{
    (void)state;
    grl_cell *tangent;
    grl_model *model = rotation();
    assert_int_equal(grl_model_tangent(model, "alpha", &tangent, NULL), GRL_OK);
    check_near(grl_cell_values(tangent, GRL_U_H)[0], -3 * sin(0.7), 3e-11);
    check_near(grl_cell_values(tangent, GRL_U_H)[1], -3 * cos(0.7), 3e-11);
    check_near(grl_cell_values(tangent, GRL_U_Z)[0], 0, 0);
    check_near(grl_model_parameter_value(model, 0), 0.7, 0);
    grl_cell_free(tangent);
    assert_int_equal(grl_model_tangent(model, "b_r[1]", &tangent, NULL), GRL_OK);
    check_near(grl_cell_values(tangent, GRL_B_R)[1], 1, 0);
    check_near(grl_cell_values(tangent, GRL_B_R)[0], 0, 0);
    grl_cell_free(tangent);
    assert_int_equal(grl_model_tangent(model, "U_h[0,1]", &tangent, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_tangent(model, "input[0]", &tangent, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_tangent(model, "gamma", &tangent, NULL), GRL_BAD_INPUT);
    assert_null(tangent);
    grl_model_free(model);

    static const double at[] = {1e-6, 1e-3, 0.5, 1, 30, 4000};
    for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
        double a = at[k];
        const struct {
            const char *text;
            double derivative, scale;
        } cases[] = {{"a", 1, 1},
                     {"3*a^2-a", 6 * a - 1, 3 * a + 1},
                     {"sqrt(a)", 0.5 / sqrt(a), 1 / sqrt(a)},
                     {"1/a", -1 / a / a, 1 / a / a},
                     {"ln(a)", 1 / a, fmax(1, fabs(log(a))) / a},
                     {"cos(a)", -sin(a), 1},
                     {"exp(-a)", -exp(-a), 1},
                     {"7", 0, 1}};
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            model = new_model(1, 0, GRL_RESET_BEFORE);
            grl_model_add_parameter(model, "a", a, NULL);
            assert_int_equal(grl_model_add_expression(model, GRL_B_H, 0, cases[c].text, NULL), GRL_OK);
            assert_int_equal(grl_model_tangent(model, "a", &tangent, NULL), GRL_OK);
            double got = grl_cell_values(tangent, GRL_B_H)[0];
            if (!(fabs(got - cases[c].derivative) <= 1e-10 * cases[c].scale))
                fail_msg("d %s at a = %g: %.17g, expected %.17g", cases[c].text, a, got, cases[c].derivative);
            grl_cell_free(tangent);
            grl_model_free(model);
        }
    }
}

static void test_input_tangent(void **state)
{
    (void)state;
    grl_cell *tangent;
    grl_model *model = new_model(2, 3, GRL_RESET_AFTER);
    assert_int_equal(grl_model_set(model, "W_z[0,2]", 2, NULL), GRL_OK);
    assert_int_equal(grl_model_set(model, "W_r[1,2]", 3, NULL), GRL_OK);
    assert_int_equal(grl_model_set(model, "W_h[1,2]", 4, NULL), GRL_OK);
    assert_int_equal(grl_model_set(model, "W_h[1,1]", 5, NULL), GRL_OK);
    assert_int_equal(grl_model_tangent(model, "input[2]", &tangent, NULL), GRL_OK);
    check_near(grl_cell_values(tangent, GRL_B_Z)[0], 2, 0);
    check_near(grl_cell_values(tangent, GRL_B_R)[1], 3, 0);
    check_near(grl_cell_values(tangent, GRL_B_H)[1], 4, 0);
    check_near(grl_cell_values(tangent, GRL_C_H)[1], 0, 0);
    check_near(grl_cell_values(tangent, GRL_W_H)[5], 0, 0);
    grl_cell_free(tangent);
    static const char *const bad[] = {"input[3]", "input[]", "input[1", "input[1]x",
                                      "input[99999999999999999999]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(grl_model_tangent(model, bad[i], &tangent, NULL), GRL_BAD_INPUT);
    grl_model_free(model);
}

static void test_readout_and_notes(void **state)
{
    (void)state;
    double C[] = {1, 2, 3, 4, 5, 6}, d[] = {7, 8, 9};
    grl_model *model = new_model(2, 0, GRL_RESET_AFTER);
    assert_int_equal(grl_model_outputs(model), 0);
    assert_int_equal(grl_model_set_readout(model, 3, C, d, NULL), GRL_OK);
    C[1] = NAN;
    assert_int_equal(grl_model_set_readout(model, 3, C, d, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_model_outputs(model), 3);
    check_near(grl_model_readout_C(model)[1], 2, 0);
    check_near(grl_model_readout_d(model)[2], 9, 0);
    const double h[] = {0.5, -0.25};
    double y[3];
    grl_model_output(model, h, y);
    check_near(y[0], 7, 0);
    check_near(y[1], 8.5, 0);
    check_near(y[2], 10, 0);
    assert_int_equal(grl_model_add_note(model, "one", NULL), GRL_OK);
    assert_int_equal(grl_model_add_note(model, "two", NULL), GRL_OK);
    assert_int_equal(grl_model_notes(model), 2);
    assert_string_equal(grl_model_note(model, 1), "two");
    grl_model_free(model);
    grl_model_free(NULL);
}

static void test_start(void **state)
{
    (void)state;
    double E[] = {1, 2, 3, 4, 5, 6}, e[] = {7, NAN}, h[2];
    const double y[] = {0.5, -0.25, 2};
    grl_error error = {0};
    grl_model *copy, *model = new_model(2, 0, GRL_RESET_AFTER);
    /* None: zero. */
    assert_null(grl_model_start_e(model));
    grl_model_start(model, NULL, h);
    check_near(h[0], 0, 0);
    check_near(h[1], 0, 0);
    /* Encoded: E y + e, worked out by hand. */
    assert_int_equal(grl_model_set_start(model, 3, E, e, &error), GRL_BAD_INPUT);
    assert_string_equal(error.message, "start e[1]: expected a finite number, found nan");
    assert_null(grl_model_start_e(model));
    e[1] = -8;
    assert_int_equal(grl_model_set_start(model, 3, E, e, NULL), GRL_OK);
    E[4] = -INFINITY;
    assert_int_equal(grl_model_set_start(model, 3, E, e, &error), GRL_BAD_INPUT);
    assert_string_equal(error.message, "start E[1,1]: expected a finite number, found -inf");
    assert_int_equal(grl_model_observations(model), 3);
    check_near(grl_model_start_E(model)[4], 5, 0);
    check_near(grl_model_start_e(model)[1], -8, 0);
    grl_model_start(model, y, h);
    check_near(h[0], 0.5 - 0.5 + 6 + 7, 0);
    check_near(h[1], 2 - 1.25 + 12 - 8, 0);
    /* A copy has its own. Learned: e alone; and without e it is E y. */
    assert_int_equal(grl_model_copy(model, &copy, NULL), GRL_OK);
    assert_int_equal(grl_model_set_start(model, 0, NULL, e, NULL), GRL_OK);
    assert_int_equal(grl_model_observations(model), 0);
    assert_null(grl_model_start_E(model));
    grl_model_start(model, NULL, h);
    check_near(h[0], 7, 0);
    check_near(h[1], -8, 0);
    grl_model_start(copy, y, h);
    check_near(h[0], 13, 0);
    E[4] = 5;
    assert_int_equal(grl_model_set_start(copy, 3, E, NULL, NULL), GRL_OK);
    grl_model_start(copy, y, h);
    check_near(h[1], 12.75, 0);
    assert_int_equal(grl_model_set_start(copy, 3, NULL, NULL, NULL), GRL_OK);
    assert_int_equal(grl_model_observations(copy), 0);
    assert_null(grl_model_start_e(copy));
    grl_model_free(copy);
    grl_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_family),
                                       cmocka_unit_test(test_set_is_all_or_nothing),
                                       cmocka_unit_test(test_refused_names),
                                       cmocka_unit_test(test_refused_expressions),
                                       cmocka_unit_test(test_tangent),
                                       cmocka_unit_test(test_input_tangent),
                                       cmocka_unit_test(test_readout_and_notes),
                                       cmocka_unit_test(test_start),
                                       cmocka_unit_test(test_changes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
