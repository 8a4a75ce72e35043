/* test_search_reference.c: the search against fixed points found independently, by another method in another
 * language, for random, low-rank and trained networks of 2 to 128 units (tests/data/reference). Every point
 * of the reference is found; every point that is proven and not in the reference of a network whose reference
 * is settled would be false. */
#include "cell/cell.h"
#include "check.h"
#include "portrait/search.h"

#include <grulens/format.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static json_t *load(const char *name)
{
    char path[512];
    json_error_t error;
    snprintf(path, sizeof path, "%s/reference/%s", GRL_TEST_DATA, name);
    json_t *json = json_load_file(path, 0, &error);
    if (!json) fail_msg("%s: %s", path, error.text);
    return json;
}

static grl_cell *load_cell(json_t *reference)
{
    char path[512];
    grl_error error;
    grl_model *model = NULL;
    grl_cell *cell = NULL;
    double x[64] = {0};
    json_t *input = json_object_get(reference, "input");
    snprintf(path, sizeof path, "%s/%s", GRL_TEST_DATA,
             json_string_value(json_object_get(reference, "model")));
    if (grl_model_load(path, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    for (size_t k = 0; k < json_array_size(input); k++) x[k] = json_number_value(json_array_get(input, k));
    assert_int_equal(grl_cell_at_input(grl_model_cell(model), json_array_size(input) ? x : NULL, &cell, NULL),
                     GRL_OK);
    grl_model_free(model);
    return cell;
}

static void check_case(const char *name)
{
    char file[256];
    snprintf(file, sizeof file, "%s.points.json", name);
    json_t *reference = load(file), *points = json_object_get(reference, "points");
    bool settled = json_is_true(json_object_get(reference, "settled"));
    grl_cell *cell = load_cell(reference);
    grl_portrait_options options = grl_portrait_defaults();
    grl_search_result r;
    if (check_quick() && cell->n > 16) goto done;
    if (!settled) options.max_starts = 2048; /* neither list is complete: half an hour would not settle it */
    assert_int_equal(grl_search(cell, &options, &r, NULL), GRL_OK);

    size_t n = r.n, expected = json_array_size(points), met = 0;
    for (size_t k = 0; k < expected; k++) {
        json_t *h = json_object_get(json_array_get(points, k), "h");
        double best = INFINITY;
        for (size_t l = 0; l < r.count; l++) {
            double distance = 0;
            for (size_t i = 0; i < n; i++)
                distance = fmax(distance, fabs(r.h[l * n + i] - json_number_value(json_array_get(h, i))));
            if (distance <= fabs(r.radius[l]) + 1e-15) best = fmin(best, distance);
        }
        met += best < INFINITY;
    }
    for (size_t l = 0; l < r.count; l++) assert_true(r.radius[l] >= 0 && r.radius[l] < 1e-8);
    if (settled && (met != expected || r.count != expected))
        fail_msg("%s: %zu of %zu points met, %zu found", name, met, expected, r.count);
    if (!settled && !(2 * met >= expected)) fail_msg("%s: %zu of %zu points met", name, met, expected);
    grl_search_free(&r);
done:
    grl_cell_free(cell);
    json_decref(reference);
}

static void test_every_case(void **state)
{
    (void)state;
    json_t *cases = load("cases.json");
    assert_true(json_array_size(cases) > 20);
    for (size_t k = 0; k < json_array_size(cases); k++)
        check_case(json_string_value(json_array_get(cases, k)));
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
