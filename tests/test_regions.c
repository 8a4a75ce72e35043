/* Regions of a chart: pixels against areas that are known, samples against published cycles; where labels go; the
 * figure as a file. */
#include "base/file.h"
#include "bifurcation/diagram.h"
#include "bifurcation/regions.h"
#include "draw/chart_labels.h"
#include "networks.h"

#include <grulens/bifurcation.h>
#include <grulens/draw.h>
#include <string.h>
#include <unistd.h>

static const char *const names[2] = {"b_h[0]", "b_h[1]"};

static grl_diagram *empty(double size)
{
    grl_diagram *d;
    const double low[2] = {-size, -size}, high[2] = {size, size};
    assert_int_equal(grl_diagram_create(2, 2, names, low, high, GRL_CONTINUOUS, 1, &d, NULL), GRL_OK);
    return d;
}

static void add_point(grl_diagram *d, size_t curve, double x, double y)
{
    const double p[2] = {x, y}, h[2] = {0, 0};
    assert_int_equal(grl_diagram_add_curve_point(d, curve, p, h, NAN, NAN, NAN, NULL), GRL_OK);
}

/* A circle of radius 1 and a straight line beside it, in the square of side 4; a curve of neutral saddles does not
 * divide anything. */
static void test_areas(void **state)
{
    const double pi = acos(-1), low[2] = {-2, -2}, high[2] = {2, 2};
    const size_t side = 400;
    size_t curve;
    grl_raster raster;
    (void)state;
    grl_diagram *d = empty(2);
    assert_int_equal(grl_diagram_add_curve(d, GRL_HOPF, &curve, NULL), GRL_OK);
    for (int k = 0; k <= 200; k++) add_point(d, curve, cos(2 * pi * k / 200), sin(2 * pi * k / 200));
    assert_int_equal(grl_diagram_add_curve(d, GRL_FOLD, &curve, NULL), GRL_OK);
    add_point(d, curve, 1.5, -7); /* beyond the square */
    add_point(d, curve, 1.5, 7);
    assert_int_equal(grl_diagram_add_curve(d, GRL_NEUTRAL_SADDLE, &curve, NULL), GRL_OK);
    add_point(d, curve, -2, 0);
    add_point(d, curve, 2, 0.1);
    assert_int_equal(grl_raster_make(d, low, high, side, &raster, NULL), GRL_OK);
    assert_int_equal(raster.count, 3);
    const double places[3][2] = {{0.1, 0}, {1.8, 0}, {-1.5, 1}}, areas[3] = {pi, 2, 14 - pi};
    for (int k = 0; k < 3; k++) {
        const int part = grl_raster_part(&raster, places[k]);
        assert_true(part >= 0);
        for (int j = 0; j < k; j++) assert_int_not_equal(part, grl_raster_part(&raster, places[j]));
        /* The walls, some 4 * 200 + 400 pixels, belong to none. */
        check_near(16.0 * (double)raster.size[part] / (double)(side * side), areas[k],
                   16 * 1300.0 / (double)(side * side));
    }
    /* The middle of the circle is furthest from it. */
    const size_t inner = raster.inner[grl_raster_part(&raster, places[0])];
    check_near((double)(inner % side), 199.5, 20);
    check_near((double)(inner / side), 199.5, 20);
    assert_int_equal(grl_raster_part(&raster, (double[2]){2.5, 0}), -1);
    grl_raster_free(&raster);
    grl_diagram_free(d);
}

static grl_diagram *gates(void)
{
    static const double U_z[4] = {0.5, 0.5, -1.25, 1.25}, U_r[4] = {0.5, -1.5, 1, -0.5},
                        U_h[4] = {-1.25, 2, -3.75, 2.25}, b_z[2] = {0.25, 0.75}, b_r[2] = {1, 1.5};
    const grl_vary vary[2] = {{names[0], -5, 5}, {names[1], -5, 5}};
    grl_cell *cell = network_of_U_h(2, U_h);
    grl_model *model;
    grl_diagram *d;
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    assert_int_equal(grl_bifurcation_compute(model, NULL, NULL, 2, vary, NULL, &d, NULL), GRL_OK);
    grl_model_free(model);
    return d;
}

static const char *name_at(const grl_diagram *d, const grl_raster *raster, double x, double y)
{
    const int part = grl_raster_part(raster, (double[2]){x, y});
    for (size_t k = 0; k < d->region_count; k++)
        if (part >= 0 && grl_raster_part(raster, d->regions[k].p) == part) return d->regions[k].name;
    return "";
}

/* Published: the parameters of four stable cycles around an unstable point; and of two, three fixed points. */
static void test_samples(void **state)
{
    static const double cycles[4][2] = {{0.65, 1.3}, {0.7, 1.3}, {0.75, 1.3}, {0.8, 1.3}};
    double low[2], high[2], area = 0;
    grl_raster raster;
    (void)state;
    grl_diagram *d = gates();
    assert_true(d->region_count >= 4);
    assert_int_equal(grl_raster_make(d, d->low, d->high, 400, &raster, NULL), GRL_OK);
    for (int k = 0; k < 4; k++)
        assert_string_equal(name_at(d, &raster, cycles[k][0], cycles[k][1]), "1 unstable, 1 stable cycle");
    assert_string_equal(name_at(d, &raster, -3, 2), "1 stable");
    assert_string_equal(name_at(d, &raster, 4, 2.5), "2 stable, 1 saddle");
    grl_raster_free(&raster);

    /* Each name tells the truth about its own portrait, whose indices add up to 1. */
    for (size_t k = 0; k < d->region_count; k++) {
        const grl_region *region = &d->regions[k];
        assert_non_null(region->portrait);
        assert_int_equal(region->portrait->complete, 1);
        assert_int_equal(region->portrait->index_sum, 1);
        assert_true((strstr(region->name, "saddle") != NULL) == (region->portrait->count > 1));
        area += region->area;
    }
    /* All of the chart but the walls; what is in the crowd counts twice. */
    assert_true(area > 0.97 && area < 1.02);

    /* The cusp and its neighbours crowd; the other Bogdanov-Takens point is far. */
    memcpy(low, d->low, sizeof low);
    memcpy(high, d->high, sizeof high);
    for (int level = 0; level < 2; level++) { /* first with other points around, then alone */
        assert_int_equal(grl_chart_crowd(d, low, high, low, high), 1);
        assert_true(low[0] < 0.6827 && high[0] > 0.708 && low[1] < 1.3853 && high[1] > 1.4023);
        assert_true(high[0] < (level ? 0.8 : 3.7));
    }
    grl_diagram_free(d);
    d = empty(1);
    assert_int_equal(grl_chart_crowd(d, d->low, d->high, low, high), 0);
    grl_diagram_free(d);
}

/* Labels of points that are close together do not cover each other, and stay in the plot. */
static void test_labels(void **state)
{
    const grl_axes axes = {.left = 10, .top = 10, .width = 200, .height = 200, .high_x = 1, .high_y = 1};
    grl_draw_options options = grl_draw_defaults();
    grl_canvas canvas;
    grl_labels labels = {.axes = &axes};
    (void)state;
    assert_int_equal(grl_canvas_open(&options, 220, 220, "labels.png", &canvas, NULL), GRL_OK);
    for (int k = 0; k < 4; k++) grl_labels_block(&labels, 206 - k, 14 + k, 3);
    for (int k = 0; k < 4; k++) grl_labels_draw(&labels, &canvas, 206 - k, 14 + k, 9, GRL_INK, 0, "GH");
    assert_int_equal(labels.count, 8);
    for (int i = 4; i < 8; i++) {
        const grl_spot *a = &labels.spots[i];
        assert_true(a->left >= 10 && a->top >= 10 && a->left + a->width <= 210 && a->top + a->height <= 210);
        for (int j = 0; j < i; j++) {
            const grl_spot *b = &labels.spots[j];
            assert_true(a->left >= b->left + b->width || b->left >= a->left + a->width ||
                        a->top >= b->top + b->height || b->top >= a->top + a->height);
        }
    }
    grl_canvas_close(&canvas);
}

/* The same bytes twice; every format; nothing where the folder is missing. */
static void test_figure(void **state)
{
    static const char *const endings[3] = {"svg", "pdf", "png"};
    char folder[] = "/tmp/grulens-chart-XXXXXX", path[2][64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    grl_diagram *d = gates();
    for (int e = 0; e < 3; e++) {
        unsigned char *bytes[2];
        size_t size[2];
        for (int k = 0; k < 2; k++) {
            grl_draw_options options = grl_draw_defaults();
            options.theme = e == 1 ? GRL_THEME_GREY : GRL_THEME_LIGHT;
            options.title = "a chart";
            snprintf(path[k], sizeof path[k], "%s/%d.%s", folder, k, endings[e]);
            assert_int_equal(grl_draw_diagram(d, 0, &options, path[k], NULL), GRL_OK);
            assert_int_equal(grl_file_read(path[k], (size_t)1 << 26, &bytes[k], &size[k], NULL), GRL_OK);
        }
        assert_true(size[0] > 10000);
        assert_int_equal(size[0], size[1]);
        if (e != 1) assert_memory_equal(bytes[0], bytes[1], size[0]); /* a PDF holds the time */
        for (int k = 0; k < 2; k++) {
            free(bytes[k]);
            unlink(path[k]);
        }
    }
    assert_int_equal(grl_draw_diagram(d, 0, NULL, "/tmp/grulens-no-such-folder/a.svg", NULL), GRL_IO);
    grl_diagram_free(d);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_areas), cmocka_unit_test(test_samples),
                                       cmocka_unit_test(test_labels), cmocka_unit_test(test_figure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
