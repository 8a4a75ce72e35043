/* test_separatrices_report.c: manifolds, connections and basins in the document, the report and the figure. */
#include "check.h"
#include "networks.h"

#include <grulens/draw.h>
#include <grulens/report.h>
#include <grulens/separatrices.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

typedef struct fixture {
    grl_model *model;
    grl_portrait *p;
} fixture;

/* U_h = 3 R(alpha): below 0.1478 four nodes and four saddles on a circle, above a cycle. */
static fixture make(double alpha, grl_time time)
{
    fixture f;
    grl_portrait_options options = grl_portrait_defaults();
    options.time = time;
    assert_int_equal(grl_model_create(rotation_network(3, alpha), &f.model, NULL), GRL_OK);
    const grl_cell *cell = grl_model_cell(f.model);
    assert_int_equal(grl_portrait_compute(cell, NULL, &options, &f.p, NULL), GRL_OK);
    if (time == GRL_CONTINUOUS)
        assert_int_equal(grl_separatrices_compute(cell, NULL, f.p, NULL, &f.p->separatrices, NULL), GRL_OK);
    return f;
}

static void drop(fixture *f)
{
    grl_portrait_free(f->p);
    grl_model_free(f->model);
}

static json_t *document(const fixture *f)
{
    char *text;
    json_error_t error;
    assert_int_equal(grl_report_analysis_json(f->model, "m", NULL, f->p, NULL, &text, NULL), GRL_OK);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!json) fail_msg("line %d: %s", error.line, error.text);
    grl_text_free(text);
    return json;
}

static double number(const json_t *array, size_t i)
{
    return json_number_value(json_array_get(array, i));
}

static void test_document(void **state)
{
    (void)state;
    fixture f = make(0.1, GRL_CONTINUOUS);
    json_t *json = document(&f), *all = json_object_get(json, "separatrices");
    json_t *items = json_object_get(all, "items"), *basins = json_object_get(json, "basins");
    assert_int_equal(json_array_size(items), 16);
    assert_int_equal(json_integer_value(json_object_get(all, "undecided")), 0);
    for (size_t b = 0; b < 16; b++) {
        const json_t *item = json_array_get(items, b), *points = json_object_get(item, "points");
        const grl_branch *branch = &f.p->separatrices->branches[b];
        size_t saddle = (size_t)json_integer_value(json_object_get(item, "saddle"));
        const json_t *first = json_array_get(points, 0),
                     *last = json_array_get(points, json_array_size(points) - 1);
        double length = 0;
        assert_int_equal(f.p->points[saddle].type, GRL_SADDLE);
        for (size_t i = 0; i < 2; i++) {
            check_near(number(first, i), f.p->points[saddle].h[i], 0);
            check_near(number(last, i), branch->limit.place[i], 0);
        }
        for (size_t k = 1; k < json_array_size(points); k++)
            length += hypot(number(json_array_get(points, k), 0) - number(json_array_get(points, k - 1), 0),
                            number(json_array_get(points, k), 1) - number(json_array_get(points, k - 1), 1));
        check_near(length, json_number_value(json_object_get(item, "length")), 1e-3);
        const char *kind = json_string_value(json_object_get(json_object_get(item, "limit"), "kind"));
        assert_true(strcmp(kind, "point") == 0 || (strcmp(kind, "boundary") == 0 && branch->stable));
    }
    assert_int_equal(json_array_size(json_object_get(json_object_get(json, "connections"), "items")), 0);
    assert_string_equal(json_string_value(json_object_get(basins, "method")), "borders");
    items = json_object_get(basins, "items");
    assert_int_equal(json_array_size(items), 4);
    for (size_t b = 0; b < 4; b++)
        check_near(json_number_value(json_object_get(json_array_get(items, b), "fraction")), 0.25, 1e-5);
    json_decref(json);
    drop(&f);

    f = make(0.5, GRL_CONTINUOUS);
    json = document(&f);
    all = json_object_get(json_object_get(json, "separatrices"), "cycles");
    assert_int_equal(json_array_size(all), 1);
    check_near(json_number_value(json_object_get(json_array_get(all, 0), "period")), 23.67402636697816, 1e-8);
    json_decref(json);
    drop(&f);

    /* Of a map nothing is said, rather than that there is nothing. */
    f = make(0.1, GRL_DISCRETE);
    json = document(&f);
    assert_null(json_object_get(json, "separatrices"));
    assert_null(json_object_get(json, "connections"));
    assert_null(json_object_get(json, "basins"));
    json_decref(json);
    drop(&f);
}

static void expect(const fixture *f, const char *words, int there)
{
    char *text;
    assert_int_equal(grl_report_analysis_text(f->model, "m", NULL, f->p, NULL, 0, &text, NULL), GRL_OK);
    for (char *c = text; *c; c++)
        if (*c == '\n') *c = ' ';
    if ((strstr(text, words) != NULL) != there) fail_msg("'%s' in: %s", words, text);
    grl_text_free(text);
}

static void test_words(void **state)
{
    (void)state;
    fixture f = make(0.1, GRL_CONTINUOUS);
    expect(
        &f,
        "The stable manifolds of saddles #2, #4, #6 and #8 separate the basins of #1, #3, #7 and #9 (25 % of the "
        "square each).",
        1);
    expect(&f, "#2  #1, #3                #5, the border", 1);
    expect(&f, "homoclinic", 0);
    drop(&f);
    f = make(0.5, GRL_CONTINUOUS);
    expect(&f, "Almost every state goes to the stable cycle of period 23.674.", 1);
    expect(&f, "Manifolds", 0);
    drop(&f);
    f = make(0.1, GRL_DISCRETE);
    expect(&f, "basin", 0);
    drop(&f);

    /* Made up: joined saddles, samples, and what was not decided. */
    f = make(0.1, GRL_CONTINUOUS);
    grl_separatrices *s = f.p->separatrices;
    grl_connection joined[] = {{.from = 1, .to = 1, .gap = -3e-9}, {.from = 1, .to = 3, .gap = 2e-7}};
    grl_connection *own = s->connections;
    s->connections = joined;
    s->connection_count = 2;
    expect(&f, "An unstable branch of saddle #2 returns to it, a homoclinic orbit but for a gap of 3.0e-9.",
           1);
    expect(&f,
           "An unstable branch of saddle #2 goes to saddle #4, a heteroclinic orbit but for a gap of 2.0e-7.",
           1);
    s->basin_method = GRL_BASIN_SAMPLES;
    s->samples = 1024;
    s->basins[0].error = 0.01;
    s->basins[0].fraction = 0.3;
    expect(&f, "(30.0 ± 1 %", 1);
    expect(&f, "by 1024 samples", 1);
    s->basins[1].attractor.kind = GRL_LIMIT_UNDECIDED;
    s->undecided = 1;
    expect(&f, "came to no decision", 1);
    expect(&f, "1 branch of a saddle's manifolds was not followed to the end.", 1);
    s->connections = own;
    s->connection_count = 0;
    drop(&f);
}

/* The words in a drawing's file. */
static size_t count_in(const char *path, const char *words)
{
    static char text[4000000];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file), count = 0;
    fclose(file);
    text[size] = 0;
    for (const char *at = text; (at = strstr(at, words)); at++) count++;
    return count;
}

static void test_figure(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "separatrices-%ld.svg", (long)getpid());
    fixture f = make(0.1, GRL_CONTINUOUS);
    const grl_cell *cell = grl_model_cell(f.model);
    /* The fill of the first basin (0xe9f2fb): its area and its mark in the legend. */
    const char *fill = "94.901961%";
    assert_int_equal(grl_draw_portrait(cell, NULL, f.p, NULL, path, NULL), GRL_OK);
    assert_int_equal(count_in(path, fill), 2);
    grl_separatrices *s = f.p->separatrices;
    f.p->separatrices = NULL;
    assert_int_equal(grl_draw_portrait(cell, NULL, f.p, NULL, path, NULL), GRL_OK);
    assert_int_equal(count_in(path, fill), 0);
    f.p->separatrices = s;
    /* Samples have no borders to fill along. */
    s->basin_method = GRL_BASIN_SAMPLES;
    assert_int_equal(grl_draw_portrait(cell, NULL, f.p, NULL, path, NULL), GRL_OK);
    assert_int_equal(count_in(path, fill), 0);
    remove(path);
    drop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_document), cmocka_unit_test(test_words),
                                       cmocka_unit_test(test_figure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
