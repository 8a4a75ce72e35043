/* Parts of the phase plane's figure: curves that wind, the window, the speed, the numbers of points. */
#include "check.h"

#include "draw/basins.h"
#include "draw/canvas.h"
#include "draw/grid.h"
#include "draw/planar.h"
#include "draw/plot.h"
#include "draw/stamps.h"

#include <stdint.h>
#include <string.h>

static double distance(const double *p, const double *q)
{
    return hypot(p[0] - q[0], p[1] - q[1]);
}

static double nearest_to(const double *p, const grl_lines *lines)
{
    double nearest = INFINITY;
    for (size_t i = 0; i < lines->points_count; i++)
        nearest = fmin(nearest, distance(p, lines->points + 2 * i));
    return nearest;
}

/* r = 0.5 + 0.4 exp(-t / 40), onto the circle of radius 0.5, in `count` points. */
static void wind(grl_lines *spiral, grl_lines *circle)
{
    enum { COUNT = 20000, ROUND = 600 };
    static double points[2 * COUNT];
    for (int i = 0; i < COUNT; i++) {
        double t = 0.01 * i, r = 0.5 + 0.4 * exp(-t / 40);
        points[2 * i] = r * cos(t);
        points[2 * i + 1] = r * sin(t);
    }
    assert_true(grl_lines_add(spiral, COUNT, points));
    for (int i = 0; i <= ROUND; i++) {
        points[2 * i] = 0.5 * cos(2 * 3.14159265358979 * i / ROUND);
        points[2 * i + 1] = 0.5 * sin(2 * 3.14159265358979 * i / ROUND);
    }
    assert_true(grl_lines_add(circle, ROUND + 1, points));
}

/* What is left of a spiral keeps away from the cycle and from itself, and what is left out lies beside something
 * that is drawn. */
static void a_winding_curve_leaves_room(void **state)
{
    (void)state;
    grl_lines spiral = {0}, circle = {0}, pieces = {0}, none = {0};
    const double step = 0.01, raster = 2.0 / 400;
    wind(&spiral, &circle);
    for (int with = 0; with < 2; with++) {
        assert_int_equal(grl_lines_thin(with ? &circle : &none, &spiral, &pieces, NULL), GRL_OK);
        assert_true(pieces.count >= 1);
        assert_true(pieces.points_count < spiral.points_count / 2);
        double length = 0;
        for (size_t k = 0; k < pieces.count; k++)
            for (size_t i = pieces.first[k] + 1; i < pieces.first[k + 1]; i++) {
                const double *p = pieces.points + 2 * i;
                length += distance(p, p - 2);
                /* Up to a square of the raster at each end, and the step to the first point that is covered. */
                if (with) assert_true(nearest_to(p, &circle) > GRL_STAMP_NEAR - 2 * raster - step);
            }
        /* The turns that are apart by more than the gap are there: their distance is 2 pi / 40 of the way to go, so
         * that is until r - 0.5 = GRL_STAMP_NEAR 40 / (2 pi) = 0.127, t = 46. */
        assert_true(length > 46 * 0.6);
        for (size_t i = 0; i < spiral.points_count; i += 50) {
            const double *p = spiral.points + 2 * i;
            double near = fmin(nearest_to(p, &pieces), with ? nearest_to(p, &circle) : INFINITY);
            /* A scrap that is left out too may have covered it. */
            assert_true(near < 2 * (GRL_STAMP_NEAR + raster) * sqrt(2) + step);
        }
        grl_lines_free(&pieces);
    }
    grl_lines_free(&spiral);
    grl_lines_free(&circle);
}

/* A curve that only crosses another, or itself, is drawn whole; and so is one beside another of its kind. */
static void crossing_leaves_no_gap(void **state)
{
    (void)state;
    grl_lines before = {0}, curves = {0}, pieces = {0};
    double across[402], up[402], beside[402], eight[802];
    for (int i = 0; i <= 200; i++) {
        across[2 * i] = up[2 * i + 1] = -1 + 0.01 * i;
        across[2 * i + 1] = up[2 * i] = 0;
        beside[2 * i] = -1 + 0.01 * i;
        beside[2 * i + 1] = 0.3 + 0.005 * (i % 2);
    }
    for (int i = 0; i <= 400; i++) {
        double t = 2 * 3.14159265358979 * (i / 400.0) + 0.8;
        eight[2 * i] = 0.8 * sin(t);
        eight[2 * i + 1] = 0.8 * sin(t) * cos(t);
    }
    assert_true(grl_lines_add(&before, 201, across));
    assert_true(grl_lines_add(&curves, 201, up));
    assert_true(grl_lines_add(&curves, 201, beside));
    assert_true(grl_lines_add(&curves, 201, beside));
    assert_true(grl_lines_add(&curves, 380, eight));
    assert_int_equal(grl_lines_thin(&before, &curves, &pieces, NULL), GRL_OK);
    assert_int_equal(pieces.count, curves.count);
    assert_int_equal(pieces.points_count, curves.points_count);
    assert_memory_equal(pieces.points, curves.points, 2 * curves.points_count * sizeof(double));
    grl_lines_free(&before);
    grl_lines_free(&curves);
    grl_lines_free(&pieces);
}

static void windows_go_there_and_back(void **state)
{
    (void)state;
    const grl_window window = {{-0.3, 0.5}, {0.9, 0.52}};
    const double corner[2] = {-1, 1};
    double h[2], u[2];
    grl_window_to_state(&window, corner, h);
    check_near(h[0], -0.3, 1e-15);
    check_near(h[1], 0.52, 1e-15);
    for (int i = 0; i < 50; i++) {
        const double p[2] = {sin(3.1 * i), cos(1.7 * i)};
        grl_window_to_state(&window, p, h);
        grl_window_to_square(&window, h, u);
        check_near(u[0], p[0], 1e-13);
        check_near(u[1], p[1], 1e-13); /* the window is 0.02 high: 50 roundings of 1 */
    }
}

static grl_cell *make_cell(void)
{
    grl_cell *cell = NULL;
    assert_int_equal(grl_cell_create(2, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    const double U[] = {3, 0.4, -0.7, 2.5};
    memcpy(grl_cell_block(cell, GRL_U_H), U, sizeof U);
    return cell;
}

/* In a part of the plane nullclines are zeros as in the whole: n_i = h_i. */
static void nullclines_of_a_part_are_zeros(void **state)
{
    (void)state;
    grl_cell *cell = make_cell();
    const grl_window window = {{0.2, -1.1}, {1.2, 0.1}};
    grl_lines n[2] = {{0}, {0}};
    double *work = calloc(grl_cell_work(cell), sizeof *work);
    assert_non_null(work);
    assert_int_equal(grl_nullclines_make(cell, &window, 60, n, NULL), GRL_OK);
    for (int k = 0; k < 2; k++) {
        assert_true(n[k].points_count > 10);
        for (size_t i = 0; i < n[k].points_count; i++) {
            const double *p = n[k].points + 2 * i;
            double f[2];
            assert_true(p[0] >= 0.2 && p[0] <= 1.2 && p[1] >= -1.1 && p[1] <= 0.1);
            grl_cell_field(cell, NULL, p, f, work);
            check_near(f[k], 0, 1e-8); /* crossings are found to 1e-10, and |df/dh| is below 3 */
        }
        grl_lines_free(&n[k]);
    }
    free(work);
    grl_cell_free(cell);
}

/* The picture's colour is that of the speed where it stands, and the slowest place is a fixed point. */
static void the_speed_is_where_it_belongs(void **state)
{
    (void)state;
    grl_cell *cell = make_cell();
    const grl_window window = {{-1, -1}, {1, 1}};
    grl_speed speed = {0};
    const grl_colour *ends = grl_theme_speed(GRL_THEME_LIGHT);
    double *work = calloc(grl_cell_work(cell), sizeof *work), highest = 0;
    assert_non_null(work);
    assert_int_equal(grl_speed_make(cell, &window, 0.5, GRL_THEME_LIGHT, &speed, NULL), GRL_OK);
    const int side = cairo_image_surface_get_width(speed.picture);
    const unsigned char *pixels = cairo_image_surface_get_data(speed.picture);
    const size_t stride = (size_t)cairo_image_surface_get_stride(speed.picture);
    for (int j = 0; j < side; j++)
        for (int i = 0; i < side; i++) {
            const double h[2] = {(2 * i + 1.0) / side - 1, 1 - (2 * j + 1.0) / side};
            double f[2];
            uint32_t pixel;
            grl_cell_field(cell, NULL, h, f, work);
            double value = 0.5 * hypot(f[0], f[1]);
            highest = fmax(highest, value);
            double share = fmax(0, log(value / speed.low) / log(speed.high / speed.low));
            memcpy(&pixel, pixels + (size_t)j * stride + 4 * (size_t)i, sizeof pixel);
            double red = (double)(pixel >> 16 & 255) / 255;
            assert_true(fabs(red - (ends[0].red + share * (ends[1].red - ends[0].red))) <= 0.5 / 255 + 1e-9);
        }
    check_near(speed.high, highest, 1e-12);
    assert_true(speed.slower && speed.low > 0);
    grl_speed_free(&speed);
    free(work);
    grl_cell_free(cell);
}

static void numbers_keep_off_marks_and_each_other(void **state)
{
    (void)state;
    grl_draw_options options = grl_draw_defaults();
    grl_canvas canvas;
    const grl_axes axes = {.left = 50,
                           .top = 20,
                           .width = 270,
                           .height = 270,
                           .low_x = -1,
                           .high_x = 1,
                           .low_y = -1,
                           .high_y = 1};
    assert_int_equal(grl_canvas_open(&options, 500, 350, "numbers.png", &canvas, NULL), GRL_OK);
    enum { COUNT = 24 };
    double points[2 * COUNT];
    grl_box_on_page places[COUNT];
    for (int i = 0; i < COUNT - 1; i++) {
        /* A ring of points and some in the corners and on the sides. */
        points[2 * i] = i < 12 ? 0.6 * cos(i * 0.52) : i < 16 ? (i % 2 ? 1 : -1) : 0.22 * (i - 19);
        points[2 * i + 1] = i < 12   ? 0.6 * sin(i * 0.52)
                            : i < 16 ? (i / 2 % 2 ? 1 : -1)
                            : i % 2  ? 0.12
                                     : -0.12;
    }
    points[2 * COUNT - 2] = 1.3; /* out of sight */
    points[2 * COUNT - 1] = 0;
    assert_int_equal(grl_numbers_place(&canvas, &axes, COUNT, points, 0, NULL, places, NULL), GRL_OK);
    assert_true(places[COUNT - 1].right < places[COUNT - 1].left);
    for (int i = 0; i < COUNT - 1; i++) {
        const grl_box_on_page *a = &places[i];
        assert_true(a->right > a->left && a->bottom > a->top);
        assert_true(a->left >= 50 && a->right <= 320 && a->top >= 20 && a->bottom <= 290);
        for (int j = 0; j < COUNT - 1; j++) {
            const grl_box_on_page *b = &places[j];
            if (j != i)
                assert_true(a->right <= b->left || b->right <= a->left || a->bottom <= b->top ||
                            b->bottom <= a->top);
            /* The nearest place of the box to the mark. */
            double x = grl_axes_x(&axes, points[2 * j]), y = grl_axes_y(&axes, points[2 * j + 1]);
            double dx = fmax(0, fmax(a->left - x, x - a->right)),
                   dy = fmax(0, fmax(a->top - y, y - a->bottom));
            assert_true(hypot(dx, dy) > grl_mark_radius);
        }
    }
    /* A line through the first choice moves the number away. */
    const double middle[2] = {0, 0};
    double line[202];
    grl_lines lines = {0};
    const grl_lines *sets[] = {&lines};
    for (int i = 0; i <= 100; i++) {
        line[2 * i] = -1 + 0.02 * i;
        line[2 * i + 1] = 0;
    }
    assert_int_equal(grl_numbers_place(&canvas, &axes, 1, middle, 0, NULL, places, NULL), GRL_OK);
    assert_true(places[0].top < 155 && places[0].bottom > 155);
    assert_true(grl_lines_add(&lines, 101, line));
    assert_int_equal(grl_numbers_place(&canvas, &axes, 1, middle, 1, sets, places, NULL), GRL_OK);
    assert_true(places[0].bottom < 155 || places[0].top > 155);
    grl_lines_free(&lines);
    grl_canvas_close(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_winding_curve_leaves_room),
        cmocka_unit_test(crossing_leaves_no_gap),
        cmocka_unit_test(windows_go_there_and_back),
        cmocka_unit_test(nullclines_of_a_part_are_zeros),
        cmocka_unit_test(the_speed_is_where_it_belongs),
        cmocka_unit_test(numbers_keep_off_marks_and_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
