/* test_path.c: paths through networks, against central differences of the field and by hand. */
#include "check.h"

#include "bifurcation/path.h"

#include <grulens/format.h>
#include <grulens/simulate.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A two-unit network with one input and numbers that are all different. */
static grl_model *network(double shift)
{
    grl_cell *cell;
    grl_model *model;
    assert_int_equal(grl_cell_create(2, 1, GRL_RESET_AFTER, &cell, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 2, 1, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++)
            grl_cell_block(cell, (grl_block)b)[i] = sin(shift + 3.1 * b + 1.7 * (double)i);
    }
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    return model;
}

static void field_at(grl_path *path, const double *p, double f[2])
{
    const double h[2] = {0.3, -0.6};
    double *work;
    assert_int_equal(grl_path_set(path, p, NULL), GRL_OK);
    work = malloc(grl_cell_work(grl_path_cell(path)) * sizeof *work);
    assert_non_null(work);
    grl_cell_field(grl_path_cell(path), NULL, h, f, work);
    free(work);
}

/* The tangent against a central difference: f is smooth and of order 1, so with a step of 1e-5 the difference is
 * good to 1e-10 in truncation and 1e-11 in rounding. */
static void check_tangents(grl_path *path, const double *p)
{
    const double h[2] = {0.3, -0.6};
    for (size_t k = 0; k < grl_path_count(path); k++) {
        double moved[2] = {p[0], p[1]}, up[2], down[2], got[2];
        moved[k] = p[k] + 1e-5;
        field_at(path, moved, up);
        moved[k] = p[k] - 1e-5;
        field_at(path, moved, down);
        assert_int_equal(grl_path_set(path, p, NULL), GRL_OK);
        const grl_cell *tangent = grl_path_tangent(path, k, NULL);
        assert_non_null(tangent);
        const grl_cell *tangents[] = {tangent};
        const double *none[] = {NULL};
        double *work = malloc(grl_cell_derivative_work(grl_path_cell(path)) * sizeof *work);
        assert_non_null(work);
        grl_cell_derivative(grl_path_cell(path), NULL, h, 1, none, tangents, got, work);
        free(work);
        for (int i = 0; i < 2; i++) check_near(got[i], (up[i] - down[i]) / 2e-5, 1e-9);
    }
}

static void every_kind(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"U_h[0,1]", "b_z[1]"}, {"input[0]", "c_h[0]"}, {"scale(U_h)", "U_h[1,0]"}, {"path", "scale(W_h)"},
        {"input[0]", "path"},   {"path", "b_r[0]"},     {"scale(c_h)", "W_z[0,0]"}};
    const double x[1] = {0.7};
    grl_model *model = network(0), *other = network(1);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        grl_path *path, *copy;
        int straight = strcmp(pairs[i][0], "path") == 0 || strcmp(pairs[i][1], "path") == 0;
        const double p[2] = {0.4, 1.2}, q[2] = {-0.3, 0.2};
        double here[2], there[2], again[2];
        assert_int_equal(grl_path_create(model, x, straight ? other : NULL, 2, pairs[i], &path, NULL),
                         GRL_OK);
        check_tangents(path, p);
        assert_int_equal(grl_path_copy(path, &copy, NULL), GRL_OK);
        assert_true(grl_path_start(copy, 1) == grl_path_start(path, 1));
        field_at(path, p, here);
        field_at(copy, q, there);
        field_at(copy, p, again);
        assert_true(here[0] != there[0]);
        /* The same numbers in the same order: the same bits. */
        assert_memory_equal(here, again, sizeof here);
        grl_path_free(copy);
        grl_path_free(path);
    }
    grl_model_free(other);
    grl_model_free(model);
}

/* "path" ends at the other model; the model itself is not touched. */
static void ends(void **state)
{
    (void)state;
    static const char *const names[] = {"path"};
    const double one = 1, zero = 0;
    grl_model *model = network(0), *other = network(1);
    grl_path *path;
    assert_int_equal(grl_path_create(model, NULL, other, 1, names, &path, NULL), GRL_OK);
    assert_int_equal(grl_path_set(path, &one, NULL), GRL_OK);
    for (int i = 0; i < 4; i++)
        assert_true(grl_cell_values(grl_path_cell(path), GRL_U_H)[i] ==
                    grl_cell_values(grl_model_cell(other), GRL_U_H)[i]);
    assert_int_equal(grl_path_set(path, &zero, NULL), GRL_OK);
    for (int i = 0; i < 4; i++)
        assert_true(grl_cell_values(grl_path_cell(path), GRL_U_H)[i] ==
                    grl_cell_values(grl_model_cell(model), GRL_U_H)[i]);
    grl_path_free(path);
    grl_model_free(other);
    grl_model_free(model);
}

static void family(void **state)
{
    (void)state;
    static const char *const names[] = {"alpha", "scale(U_h)"};
    const double p[2] = {0.5, 1.5};
    grl_model *model = network(0);
    grl_path *path;
    assert_int_equal(grl_model_add_parameter(model, "alpha", 0.7, NULL), GRL_OK);
    assert_int_equal(grl_model_add_expression(model, GRL_U_H, 0, "3*cos(alpha)", NULL), GRL_OK);
    assert_int_equal(grl_path_create(model, NULL, NULL, 2, names, &path, NULL), GRL_OK);
    assert_true(grl_path_start(path, 0) == 0.7);
    check_tangents(path, p);
    check_near(grl_cell_values(grl_path_cell(path), GRL_U_H)[0], 1.5 * 3 * cos(0.5), 1e-15);
    assert_true(grl_model_parameter_value(model, 0) == 0.7);
    grl_path_free(path);
    grl_model_free(model);
}

static void refusals(void **state)
{
    (void)state;
    static const char *const bad[] = {"alpha",      "U_h[2,0]", "input[1]", "input[",
                                      "scale(U_x)", "path",     "b_h",      ""};
    grl_model *model = network(0);
    grl_path *path;
    grl_error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *names[] = {bad[i]};
        assert_int_equal(grl_path_create(model, NULL, NULL, 1, names, &path, &error), GRL_BAD_INPUT);
        assert_null(path);
        assert_true(strlen(error.message) > 10);
    }
    const char *twice[] = {"b_h[0]", "b_h[0]"};
    assert_int_equal(grl_path_create(model, NULL, NULL, 2, twice, &path, &error), GRL_BAD_INPUT);
    /* A value that is refused leaves the path where it was. */
    const char *names[] = {"b_h[0]"};
    const double good = 0.25, nan = (double)NAN;
    assert_int_equal(grl_path_create(model, NULL, NULL, 1, names, &path, &error), GRL_OK);
    assert_int_equal(grl_path_set(path, &good, NULL), GRL_OK);
    assert_int_equal(grl_path_set(path, &nan, &error), GRL_BAD_INPUT);
    assert_true(grl_path_values(path)[0] == good);
    assert_true(grl_cell_values(grl_path_cell(path), GRL_B_H)[0] == good);
    grl_path_free(path);
    grl_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_kind), cmocka_unit_test(ends),
                                       cmocka_unit_test(family), cmocka_unit_test(refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
