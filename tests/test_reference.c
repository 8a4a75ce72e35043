/* test_reference.c: whole portraits against fixed points found independently (tests/data/README.md). Networks
 * of two and three units, by proof and by search: the networks with 13 and 15 points, saturated and steep
 * ones, and crowds of random ones with weights up to 100. Every point is met, there is no other, and indices
 * and eigenvalues agree. (test_search_reference.c has the larger networks.) */
#include "cell/cell.h"
#include "check.h"

#include <grulens/format.h>
#include <grulens/portrait.h>
#include <jansson.h>
#include <string.h>

static json_t *load(const char *name)
{
    char path[512];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", GRL_TEST_DATA, name);
    json_t *json = json_load_file(path, 0, &error);
    if (!json) fail_msg("%s: %s", path, error.text);
    return json;
}

static double number(const json_t *array, size_t i)
{
    return json_number_value(json_array_get(array, i));
}

/* Eigenvalues of Df in the reference's order, by falling real part; a pair may be told in either order. */
static void check_eigenvalues(const char *name, const grl_fixed_point *point, size_t n, const json_t *values)
{
    double size = 1;
    for (size_t k = 0; k < n; k++) size = fmax(size, fabs(number(json_array_get(values, k), 0)));
    for (size_t k = 0; k < n; k++) {
        const json_t *value = json_array_get(values, k);
        double re = number(value, 0), im = fabs(number(value, 1));
        double off = hypot(point->eigenvalues[2 * k] - re, fabs(point->eigenvalues[2 * k + 1]) - im);
        if (!(off <= 1e-8 * size)) fail_msg("%s: eigenvalue %zu is off by %g", name, k, off);
    }
}

/* states, indices, spectra (or NULL): what the portrait must have. Returns how many points were missed. */
static size_t compare(const char *name, const grl_portrait *p, const json_t *states, const json_t *indices,
                      const json_t *spectra)
{
    size_t n = p->hidden_size, expected = json_array_size(states), missed = 0;
    for (size_t k = 0; k < expected; k++) {
        const json_t *h = json_array_get(states, k);
        const grl_fixed_point *found = NULL;
        double best = INFINITY;
        for (size_t l = 0; l < p->count; l++) {
            double distance = 0;
            for (size_t i = 0; i < n; i++) distance = fmax(distance, fabs(p->points[l].h[i] - number(h, i)));
            if (distance < best) {
                best = distance;
                found = &p->points[l];
            }
        }
        if (!found || !(best <= found->error_bound + 2e-15)) {
            missed++;
            continue;
        }
        if (!found->certified) fail_msg("%s: a regular point is not certified", name);
        if (found->index != (int)json_integer_value(json_array_get(indices, k)))
            fail_msg("%s: index %d of point %zu", name, found->index, k);
        if (spectra) check_eigenvalues(name, found, n, json_array_get(spectra, k));
    }
    if (p->count > expected) fail_msg("%s: %zu points, there are %zu", name, p->count, expected);
    return missed;
}

static size_t check_network(const char *name, const grl_cell *cell, const double *x, grl_method method,
                            const json_t *states, const json_t *indices, const json_t *spectra)
{
    grl_portrait_options options = grl_portrait_defaults();
    grl_portrait *p;
    grl_error error;
    options.method = method;
    if (grl_portrait_compute(cell, x, &options, &p, &error) != GRL_OK)
        fail_msg("%s: %s", name, error.message);
    size_t missed = compare(name, p, states, indices, spectra);
    if (method == GRL_METHOD_PROVE) {
        if (missed > 0) fail_msg("%s: %zu points missed", name, missed);
        if (!p->complete || p->index_sum != 1) fail_msg("%s: not complete", name);
        for (size_t k = 0; k < p->count; k++)
            if (!p->points[k].stability_proven) fail_msg("%s: stability of point %zu not proven", name, k);
    }
    grl_portrait_free(p);
    return missed;
}

static json_t *column(const json_t *points, const char *key)
{
    json_t *list = json_array();
    for (size_t k = 0; k < json_array_size(points); k++)
        json_array_append(list, json_object_get(json_array_get(points, k), key));
    return list;
}

static void test_named_cases(void **unused)
{
    (void)unused;
    json_t *cases = load("reference/cases.json");
    size_t small = 0, most = 0;
    for (size_t c = 0; c < json_array_size(cases); c++) {
        const char *name = json_string_value(json_array_get(cases, c));
        char file[256], path[512];
        grl_model *model;
        grl_error error;
        double x[8] = {0};
        snprintf(file, sizeof file, "reference/%s.points.json", name);
        json_t *reference = load(file), *input = json_object_get(reference, "input");
        if (json_integer_value(json_object_get(reference, "hidden_size")) <= 3) {
            snprintf(path, sizeof path, "%s/%s", GRL_TEST_DATA,
                     json_string_value(json_object_get(reference, "model")));
            if (grl_model_load(path, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
            for (size_t k = 0; k < json_array_size(input); k++) x[k] = number(input, k);
            json_t *points = json_object_get(reference, "points"), *states = column(points, "h"),
                   *indices = column(points, "index"), *spectra = column(points, "eigenvalues");
            assert_true(json_is_true(json_object_get(reference, "settled")));
            check_network(name, grl_model_cell(model), x, GRL_METHOD_PROVE, states, indices, spectra);
            size_t missed =
                check_network(name, grl_model_cell(model), x, GRL_METHOD_SEARCH, states, indices, spectra);
            if (missed > 0) fail_msg("%s: the search missed %zu points", name, missed);
            small++;
            most += json_array_size(points) == 15;
            json_decref(states);
            json_decref(indices);
            json_decref(spectra);
            grl_model_free(model);
        }
        json_decref(reference);
    }
    json_decref(cases);
    assert_true(small >= 15 && most == 3);
}

/* `weights`: U_z, U_r, U_h, b_z, b_r, b_h, c_h in one list. */
static void check_crowd(const char *file)
{
    json_t *crowd = load(file), *networks = json_object_get(crowd, "networks");
    size_t n = (size_t)json_integer_value(json_object_get(crowd, "hidden_size")), points = 0, missed = 0;
    static const grl_block blocks[] = {GRL_U_Z, GRL_U_R, GRL_U_H, GRL_B_Z, GRL_B_R, GRL_B_H, GRL_C_H};
    size_t step = check_quick() ? 10 : 1, count = 0;
    for (size_t k = 0; k < json_array_size(networks); k += step, count++) {
        json_t *network = json_array_get(networks, k), *weights = json_object_get(network, "weights");
        int before = strcmp(json_string_value(json_object_get(network, "reset")), "before") == 0;
        char name[64];
        size_t next = 0;
        grl_cell *cell;
        snprintf(name, sizeof name, "%s, network %zu", file, k);
        assert_int_equal(grl_cell_create(n, 0, before ? GRL_RESET_BEFORE : GRL_RESET_AFTER, &cell, NULL),
                         GRL_OK);
        for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
            size_t rows, columns;
            grl_block_shape(blocks[b], n, 0, &rows, &columns);
            for (size_t i = 0; i < rows * columns; i++)
                grl_cell_block(cell, blocks[b])[i] = number(weights, next++);
        }
        assert_int_equal(next, json_array_size(weights));
        json_t *states = json_object_get(network, "points"), *indices = json_object_get(network, "index");
        check_network(name, cell, NULL, GRL_METHOD_PROVE, states, indices, NULL);
        points += json_array_size(states);
        missed += check_network(name, cell, NULL, GRL_METHOD_SEARCH, states, indices, NULL);
        grl_cell_free(cell);
    }
    print_message("%s: %zu networks, %zu points, all proven; the search missed %zu\n", file, count, points,
                  missed);
    assert_true(count >= 7 && missed <= 1 + points / 100);
    json_decref(crowd);
}

static void test_crowds(void **unused)
{
    (void)unused;
    check_crowd("reference/crowd2.json");
    check_crowd("reference/crowd3.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_named_cases), cmocka_unit_test(test_crowds)};
    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
