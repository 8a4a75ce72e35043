/* Plots of numbers over numbers: logarithmic ticks, where points lie on the page, gaps, bands, and what is refused. */
#include "check.h"

#include "draw/lineplot.h"

#include <string.h>
#include <unistd.h>

static void logarithmic_ticks(void **state)
{
    (void)state;
    grl_ticks ticks = grl_ticks_choose_log(0.9e-3, 1.1e3, 6);
    assert_int_equal(ticks.count, 7);
    for (int i = 0; i < 7; i++) check_near(log10(ticks.values[i]), i - 3, 1e-12);

    ticks = grl_ticks_choose_log(1e-30, 1e30, 5);
    assert_in_range(ticks.count, 3, 8);
    for (int i = 1; i < ticks.count; i++)
        check_near(log10(ticks.values[i] / ticks.values[i - 1]), log10(ticks.values[1] / ticks.values[0]),
                   1e-9);

    /* Within one decade: 20, 50, 100, 200. */
    ticks = grl_ticks_choose_log(15, 300, 5);
    const double expected[] = {20, 50, 100, 200};
    assert_int_equal(ticks.count, 4);
    for (int i = 0; i < 4; i++) check_near(ticks.values[i], expected[i], 1e-12 * expected[i]);

    assert_int_equal(grl_ticks_choose_log(0, 1, 5).count, 0);
    assert_int_equal(grl_ticks_choose_log(2, 1, 5).count, 0);
    assert_int_equal(grl_ticks_choose_log(NAN, 1, 5).count, 0);

    char text[32];
    grl_tick_text(0.001, GRL_TICKS_LOG, text);
    assert_string_equal(text, "0.001");
    grl_tick_text(1e-6, GRL_TICKS_LOG, text);
    assert_string_equal(text, "10^{\xe2\x88\x92"
                              "6}");
    grl_tick_text(5e7, GRL_TICKS_LOG, text);
    assert_string_equal(text, "5\xc2\xb7"
                              "10^{7}");
}

static void scales(void **state)
{
    (void)state;
    const grl_axes axes = {.left = 10,
                           .top = 20,
                           .width = 300,
                           .height = 100,
                           .low_x = 1e-2,
                           .high_x = 10,
                           .low_y = 1,
                           .high_y = 1e4,
                           .log_x = 1,
                           .log_y = 1};
    check_near(grl_axes_x(&axes, 0.1), 110, 1e-9);
    check_near(grl_axes_y(&axes, 1e4), 20, 1e-9);
    check_near(grl_axes_y(&axes, 10), 95, 1e-9);
}

/* Pixels of a picture near a colour: how many, and their mean place as parts of the page. */
static int find_colour(const char *path, const int colour[3], double *x, double *y)
{
    cairo_surface_t *picture = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(picture), CAIRO_STATUS_SUCCESS);
    const int width = cairo_image_surface_get_width(picture),
              height = cairo_image_surface_get_height(picture);
    const int stride = cairo_image_surface_get_stride(picture);
    const unsigned char *data = cairo_image_surface_get_data(picture);
    int found = 0;
    *x = *y = 0;
    for (int j = 0; j < height; j++)
        for (int i = 0; i < width; i++) {
            unsigned pixel;
            memcpy(&pixel, data + j * stride + 4 * i, sizeof pixel);
            const int red = (int)(pixel >> 16 & 255), green = (int)(pixel >> 8 & 255),
                      blue = (int)(pixel & 255);
            if (abs(red - colour[0]) + abs(green - colour[1]) + abs(blue - colour[2]) >= 24) continue;
            found++;
            *x += (i + 0.5) / width;
            *y += (j + 0.5) / height;
        }
    cairo_surface_destroy(picture);
    *x /= found;
    *y /= found;
    return found;
}

static const int blue[3] = {0x00, 0x72, 0xb2}, orange[3] = {0xe0, 0x8a, 0x00};

static void plot(size_t count, const grl_panel *panels, size_t columns, const char *path)
{
    grl_error error;
    if (grl_lineplot_draw(count, panels, columns, NULL, path, &error) != GRL_OK)
        fail_msg("%s", error.message);
}

/* Three points of a power law lie on a line in logarithmic axes, evenly spaced; the frame's middle is the second's. */
static void points_lie_where_they_should(void **state)
{
    (void)state;
    double x[3], y[3];
    for (int k = 0; k < 3; k++) {
        const double at[1] = {pow(10, k)}, of[1] = {pow(10, -2 * k)};
        grl_series series = grl_series_points(0);
        series.count = 1;
        series.x = at;
        series.y = of;
        const grl_panel panel = {.log_x = 1,
                                 .log_y = 1,
                                 .low_x = 0.1,
                                 .high_x = 1e3,
                                 .low_y = 1e-5,
                                 .high_y = 10,
                                 .count = 1,
                                 .series = &series,
                                 .label_x = "x",
                                 .label_y = "y"};
        plot(1, &panel, 1, "test_lineplot.png");
        assert_in_range(find_colour("test_lineplot.png", blue, &x[k], &y[k]), 30, 400);
    }
    check_near(x[1] - x[0], x[2] - x[1], 2e-3);
    check_near(y[1] - y[0], y[2] - y[1], 2e-3);
    assert_true(x[1] - x[0] > 0.15 && y[1] - y[0] > 0.15);
    unlink("test_lineplot.png");
}

/* What cannot be drawn breaks a line; data beyond a given range is cut off. */
static void gaps_and_cuts(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2, 3}, whole[] = {1, 1, 1, 1}, broken[] = {1, NAN, 1, 1};
    grl_series series = grl_series_line(0);
    series.count = 4;
    series.x = x;
    series.y = whole;
    grl_panel panel = {.low_y = 0, .high_y = 2, .count = 1, .series = &series};
    double at[2];
    plot(1, &panel, 1, "test_lineplot_gap.png");
    const int all = find_colour("test_lineplot_gap.png", blue, &at[0], &at[1]);
    series.y = broken;
    plot(1, &panel, 1, "test_lineplot_gap.png");
    const int part = find_colour("test_lineplot_gap.png", blue, &at[0], &at[1]);
    assert_true(part > all / 4 && part < all / 2);
    panel.low_y = 5;
    panel.high_y = 6;
    plot(1, &panel, 1, "test_lineplot_gap.png");
    assert_int_equal(find_colour("test_lineplot_gap.png", blue, &at[0], &at[1]), 0);
    unlink("test_lineplot_gap.png");
}

/* Several panels with bands, whiskers, words and a legend, in every kind of file; an empty panel is a frame. */
static void everything_together(void **state)
{
    (void)state;
    double x[20], y[20], low[20], high[20];
    const char *words[20] = {[3] = "$\xce\xb1$_0"};
    for (int i = 0; i < 20; i++) {
        x[i] = 1 + i;
        y[i] = 10 * exp(-0.3 * i);
        low[i] = i == 7 ? -1 : 0.7 * y[i];
        high[i] = 1.5 * y[i];
    }
    grl_series series[4] = {grl_series_line(0), grl_series_points(1), grl_series_theory(),
                            grl_series_line(3)};
    for (int k = 0; k < 4; k++) {
        series[k].count = 20;
        series[k].x = x;
        series[k].y = y;
    }
    series[0].low = series[1].low = low;
    series[0].high = series[1].high = high;
    series[0].name = "mean";
    series[1].name = "seeds";
    series[2].name = "10 $e$^{\xe2\x88\x92"
                     "0.3t}";
    series[3].symbol = GRL_SYMBOL_RING;
    series[1].labels = words;
    const grl_panel panels[] = {
        {.title = "(a) linear", .label_x = "$t$", .label_y = "error", .count = 3, .series = series},
        {.title = "(b) logarithmic",
         .label_x = "$t$",
         .label_y = "error",
         .log_y = 1,
         .count = 4,
         .series = series},
        {.title = "(c) empty", .log_x = 1},
    };
    double at[2];
    plot(3, panels, 2, "test_lineplot_all.png");
    assert_true(find_colour("test_lineplot_all.png", blue, &at[0], &at[1]) > 100);
    assert_true(find_colour("test_lineplot_all.png", orange, &at[0], &at[1]) > 500);
    plot(3, panels, 2, "test_lineplot_all.svg");
    plot(3, panels, 2, "test_lineplot_all.pdf");
    if (!getenv("GRL_KEEP")) {
        unlink("test_lineplot_all.png");
        unlink("test_lineplot_all.svg");
        unlink("test_lineplot_all.pdf");
    }
}

/* A figure that went through memory is the same picture. */
static void drawings_in_memory(void **state)
{
    (void)state;
    grl_error error;
    const double x[] = {0, 1, 2}, y[] = {0, 1, 0.5};
    grl_series series = grl_series_line(0);
    series.count = 3;
    series.x = x;
    series.y = y;
    const grl_panel panel = {.label_x = "$t$", .label_y = "$h$_0", .count = 1, .series = &series};
    grl_drawing *drawing;
    grl_draw_options options = grl_draw_defaults();
    assert_int_equal(grl_drawing_create(&drawing, &error), GRL_OK);
    assert_int_equal(grl_drawing_save(drawing, 2, "test_drawing.png", &error), GRL_BAD_INPUT);
    options.drawing = drawing;
    for (int round = 0; round < 2; round++) /* the second takes the place of the first */
        assert_int_equal(grl_lineplot_draw(1, &panel, 1, &options, NULL, &error), GRL_OK);
    assert_int_equal(grl_drawing_save(drawing, 2, "test_drawing.png", &error), GRL_OK);
    plot(1, &panel, 1, "test_drawing_direct.png");
    double at[2], direct[2];
    const int through = find_colour("test_drawing.png", blue, &at[0], &at[1]);
    /* Up to the rounding of a line's edges. */
    check_near(through, find_colour("test_drawing_direct.png", blue, &direct[0], &direct[1]),
               0.002 * through);
    assert_true(through > 100);
    check_near(at[0], direct[0], 1e-4);
    check_near(at[1], direct[1], 1e-4);

    char *text[2];
    for (int k = 0; k < 2; k++) assert_int_equal(grl_drawing_svg(drawing, &text[k], &error), GRL_OK);
    assert_non_null(strstr(text[0], "<path"));
    if (getenv("GRL_KEEP")) puts(text[0]);
    assert_string_equal(text[0], text[1]);
    free(text[0]);
    free(text[1]);
    check_near(grl_drawing_width(drawing), 430, 1e-9);
    grl_drawing_free(drawing);
    unlink("test_drawing.png");
    unlink("test_drawing_direct.png");
}

static void what_is_refused(void **state)
{
    (void)state;
    grl_error error;
    const grl_panel below = {.log_y = 1, .low_y = -1, .high_y = 1},
                    endless = {.low_x = 0, .high_x = INFINITY};
    assert_int_equal(grl_lineplot_draw(0, NULL, 1, NULL, "x.png", &error), GRL_BAD_INPUT);
    assert_int_equal(grl_lineplot_draw(1, &below, 1, NULL, "x.png", &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "above zero"));
    assert_int_equal(grl_lineplot_draw(1, &endless, 1, NULL, "x.png", &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "finite"));
    assert_int_not_equal(access("x.png", F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logarithmic_ticks),
        cmocka_unit_test(scales),
        cmocka_unit_test(points_lie_where_they_should),
        cmocka_unit_test(gaps_and_cuts),
        cmocka_unit_test(everything_together),
        cmocka_unit_test(drawings_in_memory),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
