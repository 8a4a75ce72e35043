/* test_draw_timecourse.c: the figure of units over time: what stands where in its pixels, every kind of file,
 * and what it refuses. */
#include <cairo.h>
#include <grulens/draw.h>

#include "check.h"

#include <string.h>

enum { MOST = 12, ROWS = 5 };

/* A trajectory whose units rest: unit i at value[i]. */
typedef struct rest {
    double times[ROWS], states[ROWS * MOST];
    grl_trajectory trajectory;
} rest;

static void make_rest(rest *r, size_t n, const double *value, double end)
{
    for (size_t k = 0; k < ROWS; k++) {
        r->times[k] = end * (double)k / (ROWS - 1);
        for (size_t i = 0; i < n; i++) r->states[k * n + i] = value[i];
    }
    r->trajectory = (grl_trajectory){
        .hidden_size = n, .count = ROWS, .times = r->times, .states = r->states, .stopped_by = "end"};
}

static void draw(size_t count, const grl_trajectory *const *items, const grl_signal *signal, int map,
                 const grl_draw_options *options, const char *path)
{
    grl_error error;
    if (grl_draw_timecourse(count, items, signal, map, options, path, &error) != GRL_OK)
        fail_msg("%s", error.message);
}

/* How many pixels of a picture are near a colour, in one horizontal band (from, to as parts of the height).
 */
static int pixels_near(const char *path, const int colour[3], double from, double to)
{
    cairo_surface_t *picture = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(picture), CAIRO_STATUS_SUCCESS);
    const int width = cairo_image_surface_get_width(picture),
              height = cairo_image_surface_get_height(picture);
    const int stride = cairo_image_surface_get_stride(picture);
    const unsigned char *data = cairo_image_surface_get_data(picture);
    int found = 0;
    for (int y = (int)(from * height); y < (int)(to * height); y++)
        for (int x = 0; x < width * 3 / 4; x++) { /* the scale of colours is further right */
            unsigned pixel;
            memcpy(&pixel, data + y * stride + 4 * x, sizeof pixel);
            int red = (int)(pixel >> 16 & 255), green = (int)(pixel >> 8 & 255), blue = (int)(pixel & 255);
            found += abs(red - colour[0]) + abs(green - colour[1]) + abs(blue - colour[2]) < 24;
        }
    cairo_surface_destroy(picture);
    return found;
}

static const int orange[3] = {0xe0, 0x8a, 0x00}, blue[3] = {0x00, 0x72, 0xb2}, green[3] = {0x00, 0x63, 0x4a};

/* Twelve units: the upper six at +1 (orange), the lower six at -1 (blue). */
static void test_map_of_units(void **state)
{
    (void)state;
    double value[MOST];
    rest r;
    for (int i = 0; i < MOST; i++) value[i] = i < 6 ? 1 : -1;
    for (int way = 1; way >= -1; way -= 2) {
        make_rest(&r, MOST, value, 10.0 * way);
        draw(1, (const grl_trajectory *const[]){&r.trajectory}, NULL, 0, NULL, "test_timecourse.png");
        const int up = pixels_near("test_timecourse.png", orange, 0, 0.4),
                  down = pixels_near("test_timecourse.png", blue, 0.5, 0.9);
        assert_true(up > 50000 && down > 50000);
        assert_int_equal(pixels_near("test_timecourse.png", blue, 0, 0.4), 0);
        assert_int_equal(pixels_near("test_timecourse.png", orange, 0.5, 1), 0);
    }
    remove("test_timecourse.png");
}

/* Three trajectories in three colours; many in one. */
static void test_panels(void **state)
{
    (void)state;
    rest r[5];
    const grl_trajectory *items[5];
    for (int k = 0; k < 5; k++) {
        make_rest(&r[k], 2, (const double[]){0.1 * k, -0.2 * k}, 10);
        items[k] = &r[k].trajectory;
    }
    for (size_t count = 1; count <= 5; count += 2) {
        draw(count, items, NULL, 0, NULL, "test_timecourse.png");
        assert_true(pixels_near("test_timecourse.png", blue, 0, 1) > 400);
        assert_int_equal(pixels_near("test_timecourse.png", orange, 0, 1) > 400, count == 3);
        assert_int_equal(pixels_near("test_timecourse.png", green, 0, 1) > 200, count == 3);
    }
    remove("test_timecourse.png");
}

static void test_kinds(void **state)
{
    (void)state;
    static const char *const names[] = {"test_timecourse.svg", "test_timecourse.pdf", "test_timecourse.png"};
    static const char *const begins[] = {"<?xml", "%PDF", "\x89PNG"};
    const double times[] = {-1, 2, 3}, values[] = {0, 1, 1, -1, 0.5, 0};
    double value[MOST] = {0.3, -0.2, 0.9};
    rest r;
    for (int q = 0; q < 3; q++)
        for (size_t n = 1; n <= MOST; n += n < 2 ? 1 : 5)
            for (int map = 0; map < 2; map++) {
                grl_signal signal = {3, 2, times, values, map ? GRL_HOLD : GRL_LINEAR};
                grl_draw_options options = grl_draw_defaults();
                options.theme = (grl_theme)q;
                options.title = "Units over time";
                make_rest(&r, n, value, 10);
                draw(1, (const grl_trajectory *const[]){&r.trajectory}, &signal, map, &options, names[q]);
                FILE *file = fopen(names[q], "rb");
                char begin[8] = {0};
                assert_non_null(file);
                assert_int_equal(fread(begin, 1, 4, file), 4);
                assert_memory_equal(begin, begins[q], 4);
                fclose(file);
                remove(names[q]);
            }
    /* One row only, and a start outside of [-1, 1]. */
    make_rest(&r, 2, (const double[]){3, -7}, 0);
    r.trajectory.count = 1;
    draw(1, (const grl_trajectory *const[]){&r.trajectory}, NULL, 0, NULL, names[0]);
    remove(names[0]);
}

static void refuse(size_t count, const grl_trajectory *const *items, const grl_draw_options *options,
                   const char *path, const char *words)
{
    grl_error error = {0};
    assert_int_equal(grl_draw_timecourse(count, items, NULL, 0, options, path, &error), GRL_BAD_INPUT);
    if (!strstr(error.message, words)) fail_msg("'%s' does not say '%s'", error.message, words);
}

static void test_refusals(void **state)
{
    (void)state;
    rest a, b;
    make_rest(&a, 2, (const double[]){0, 0}, 1);
    make_rest(&b, 3, (const double[]){0, 0, 0}, 1);
    const grl_trajectory *const items[] = {&a.trajectory, &b.trajectory};
    refuse(0, items, NULL, "a.svg", "found none");
    refuse(2, items, NULL, "a.svg", "trajectories of 2 units, found one of 3");
    refuse(1, items, NULL, "a.gif", ".svg");
    grl_draw_options options = grl_draw_defaults();
    options.title = "\xff";
    refuse(1, items, &options, "a.svg", "UTF-8");
    options = grl_draw_defaults();
    options.theme = (grl_theme)7;
    refuse(1, items, &options, "a.svg", "theme");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_of_units),
        cmocka_unit_test(test_panels),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
