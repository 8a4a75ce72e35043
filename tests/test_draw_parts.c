/* The parts of figures: ticks, polylines, streamlines, nullclines, trajectories, principal components, pages.
 */
#include "check.h"

#include "base/file.h"
#include "draw/canvas.h"
#include "draw/pca.h"
#include "draw/planar.h"
#include "draw/plot.h"

#include <string.h>
#include <unistd.h>

static const grl_window whole = {{-1, -1}, {1, 1}};

static void ticks_are_round_and_inside(void **state)
{
    (void)state;
    grl_ticks ticks = grl_ticks_choose(-1, 1, 4);
    assert_int_equal(ticks.count, 5);
    assert_int_equal(ticks.decimals, 1);
    for (int i = 0; i < 5; i++) check_near(ticks.values[i], -1 + 0.5 * i, 1e-15);

    grl_ticks large = grl_ticks_choose(0, 12345, 4);
    check_near(large.step, 2000, 0);
    assert_int_equal(large.decimals, 0);

    const double ranges[][2] = {{0.1, 0.7},    {-3e-7, 2e-7}, {1e6, 1e6 + 3},
                                {-0.013, 4.2}, {99.5, 101},   {-8e4, -7e4}};
    for (size_t k = 0; k < sizeof ranges / sizeof ranges[0]; k++) {
        double low = ranges[k][0], high = ranges[k][1], slack = 1e-8 * (high - low);
        grl_ticks t = grl_ticks_choose(low, high, 4);
        assert_in_range(t.count, 2, 8);
        double mantissa = t.step / pow(10, floor(log10(t.step) + 1e-9));
        assert_true(fabs(mantissa - 1) < 1e-9 || fabs(mantissa - 2) < 1e-9 || fabs(mantissa - 5) < 1e-9);
        for (int i = 0; i < t.count; i++) {
            assert_true(t.values[i] >= low - slack && t.values[i] <= high + slack);
            check_near(t.values[i] / t.step, round(t.values[i] / t.step), 1e-6);
        }
        /* No room for one more at either end. */
        assert_true(t.values[0] - t.step < low + slack && t.values[t.count - 1] + t.step > high - slack);
    }
    assert_int_equal(grl_ticks_choose(1, 1, 4).count, 0);
    assert_int_equal(grl_ticks_choose(0, NAN, 4).count, 0);
    assert_int_equal(grl_ticks_choose(1e16, 1e16 + 2, 4).count, 0);
}

static void tick_text_has_a_true_minus(void **state)
{
    (void)state;
    char text[32];
    grl_tick_text(-0.5, 1, text);
    assert_string_equal(text, "\xe2\x88\x92"
                              "0.5");
    grl_tick_text(-1e-18, 2, text);
    assert_string_equal(text, "0.00");
    grl_tick_text(2, 0, text);
    assert_string_equal(text, "2");
    grl_tick_text(3e-9, 9, text);
    assert_string_equal(text, "3e-09");
}

static void simplified_line_stays_near(void **state)
{
    (void)state;
    enum { N = 1000 };
    static double points[2 * N];
    unsigned char keep[N];
    size_t stack[2 * N], kept = 0;
    for (int i = 0; i < N; i++) {
        points[2 * i] = cos(0.006 * i);
        points[2 * i + 1] = sin(0.006 * i);
    }
    const double tolerance = 1e-3;
    grl_line_simplify(N, points, tolerance, keep, stack);
    assert_true(keep[0] && keep[N - 1]);
    /* On a circle of radius 1 a chord of angle v leaves the sagitta 1 - cos(v / 2). */
    int last = 0;
    for (int i = 1; i < N; i++) {
        if (!keep[i]) continue;
        assert_true(1 - cos(0.003 * (i - last)) <= tolerance * 1.0001);
        last = i;
        kept++;
    }
    assert_true(kept < 150);

    const double straight[] = {0, 0, 1, 1, 2, 2, 5, 5};
    grl_line_simplify(4, straight, 1e-9, keep, stack);
    assert_true(keep[0] && !keep[1] && !keep[2] && keep[3]);
}

static void spiral(void *context, const double p[2], double v[2])
{
    double pull = *(double *)context;
    v[0] = -p[1] - pull * p[0];
    v[1] = p[0] - pull * p[1];
}

/* Attracts to the circle of radius 1/2, turning. */
static void ring(void *context, const double p[2], double v[2])
{
    (void)context;
    double r2 = p[0] * p[0] + p[1] * p[1];
    v[0] = -p[1] + p[0] * (0.25 - r2);
    v[1] = p[0] + p[1] * (0.25 - r2);
}

/* A focus so weak that its spirals all but close. */
static void weak(void *context, const double p[2], double v[2])
{
    double pull = *(double *)context * (p[0] * p[0] + p[1] * p[1]);
    v[0] = -p[1] - pull * p[0];
    v[1] = p[0] - pull * p[1];
}

static void shear(void *context, const double p[2], double v[2])
{
    (void)context;
    /* Speeds over many powers of ten must not matter. */
    double speed = exp(20 * p[0]);
    v[0] = speed;
    v[1] = speed * 0.3 * sin(4 * p[1]);
}

static double distance(const double *p, const double *q)
{
    return hypot(p[0] - q[0], p[1] - q[1]);
}

static void streamlines_are_evenly_spaced(void **state)
{
    (void)state;
    double pulls[] = {0.1, 0};
    const grl_planar flows[] = {{spiral, &pulls[0]}, {spiral, &pulls[1]}, {ring, NULL}, {shear, NULL}};
    const double separation = 0.08, test = GRL_STREAMLINE_TEST * separation;
    for (size_t f = 0; f < sizeof flows / sizeof flows[0]; f++) {
        grl_lines lines = {0};
        assert_int_equal(grl_streamlines_make(&flows[f], -1, 1, separation, &lines, NULL), GRL_OK);
        assert_true(lines.count > 5);
        double nearest = 9;
        for (size_t a = 0; a < lines.count; a++)
            for (size_t b = a + 1; b < lines.count; b++)
                for (size_t i = lines.first[a]; i < lines.first[a + 1]; i++)
                    for (size_t j = lines.first[b]; j < lines.first[b + 1]; j++)
                        nearest = fmin(nearest, distance(lines.points + 2 * i, lines.points + 2 * j));
        assert_true(nearest >= test);
        /* No hole: every place but the neighbourhood of the focus has a line near. */
        for (double x = -0.95; x < 1; x += 0.05)
            for (double y = -0.95; y < 1; y += 0.05) {
                const double p[2] = {x, y};
                double near = 9;
                for (size_t i = 0; i < lines.points_count; i++)
                    near = fmin(near, distance(p, lines.points + 2 * i));
                assert_true(near < 2 * separation || hypot(x, y) < 2 * separation);
            }
        /* Lines run along the flow. */
        for (size_t k = 0; k < lines.count; k++)
            for (size_t i = lines.first[k]; i + 1 < lines.first[k + 1]; i++) {
                const double *p = lines.points + 2 * i;
                double dx = p[2] - p[0], dy = p[3] - p[1], v[2];
                const double middle[2] = {p[0] + dx / 2, p[1] + dy / 2};
                flows[f].field(flows[f].context, middle, v);
                double cosine = (v[0] * dx + v[1] * dy) / (hypot(v[0], v[1]) * hypot(dx, dy));
                assert_true(cosine > 0.98 || hypot(dx, dy) < 1e-4);
                assert_true(fabs(p[0]) <= 1 && fabs(p[1]) <= 1);
            }
        grl_lines_free(&lines);
    }
}

static void trajectory_ends_in_its_cycle(void **state)
{
    (void)state;
    const grl_planar flow = {ring, NULL};
    const double starts[] = {0.05, 0, 0.9, 0.9, -0.9, 0.3};
    enum { CORNERS = 201 };
    double circle[2 * CORNERS];
    grl_lines paths = {0}, cycles = {0}, none = {0};
    for (int i = 0; i < CORNERS; i++) {
        circle[2 * i] = 0.5 * cos(6.283185307179586 * i / (CORNERS - 1));
        circle[2 * i + 1] = 0.5 * sin(6.283185307179586 * i / (CORNERS - 1));
    }
    assert_int_equal(grl_lines_add(&cycles, CORNERS, circle), 1);
    assert_int_equal(grl_planar_orbits_make(&flow, 3, starts, &cycles, &paths, NULL), GRL_OK);
    assert_int_equal(paths.count, 3);
    for (size_t k = 0; k < 3; k++) {
        const double *last = paths.points + 2 * (paths.first[k + 1] - 1);
        check_near(distance(paths.points + 2 * paths.first[k], starts + 2 * k), 0, 0);
        /* Each stops after it has come to the circle, with less than a round beside it. */
        check_near(hypot(last[0], last[1]), 0.5, 0.04);
        size_t beside = 0;
        for (size_t i = paths.first[k]; i < paths.first[k + 1]; i++)
            beside += fabs(hypot(paths.points[2 * i], paths.points[2 * i + 1]) - 0.5) < 0.005;
        assert_true((double)beside * 0.008 < 3);
    }
    grl_lines_free(&paths);
    grl_lines_free(&cycles);

    /* Round a weak focus or a centre a trajectory stops when it meets its own former round. */
    double pulls[] = {0.3, 0.003, 0};
    for (int k = 0; k < 3; k++) {
        const grl_planar inward = {k == 0 ? spiral : weak, &pulls[k]};
        assert_int_equal(grl_planar_orbits_make(&inward, 3, starts, &none, &paths, NULL), GRL_OK);
        assert_true(paths.count > 0);
        grl_lines_free(&paths);
    }
}

static grl_cell *cell_of(const double U_h[4])
{
    grl_cell *cell = NULL;
    assert_int_equal(grl_cell_create(2, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    memcpy(grl_cell_block(cell, GRL_U_H), U_h, 4 * sizeof *U_h);
    return cell;
}

static double length_of(const grl_lines *lines)
{
    double length = 0;
    for (size_t k = 0; k < lines->count; k++)
        for (size_t i = lines->first[k] + 1; i < lines->first[k + 1]; i++)
            length += distance(lines->points + 2 * i, lines->points + 2 * i - 2);
    return length;
}

static void nullclines_match_closed_forms(void **state)
{
    (void)state;
    const double independent[] = {3, 0, 0, 3}, pseudo_line[] = {0, -2, -2, 0};
    const double root = 0.858559636640110;
    grl_lines n[2] = {{0}};
    grl_cell *cell = cell_of(independent);
    /* h_i = tanh(3 h_i / 2): three straight lines for each unit. */
    assert_int_equal(grl_nullclines_make(cell, &whole, 101, n, NULL), GRL_OK);
    for (int unit = 0; unit < 2; unit++) {
        assert_int_equal(n[unit].count, 3);
        check_near(length_of(&n[unit]), 6, 1e-8);
        for (size_t i = 0; i < n[unit].points_count; i++) {
            double h = fabs(n[unit].points[2 * i + (size_t)unit]);
            check_near(fmin(h, fabs(h - root)), 0, 1e-9);
        }
        grl_lines_free(&n[unit]);
    }
    grl_cell_free(cell);

    /* h_1 = -tanh(h_2), h_2 = -tanh(h_1): one curve each. A shut update gate changes nothing. */
    cell = cell_of(pseudo_line);
    grl_cell_block(cell, GRL_B_Z)[0] = 2000;
    assert_int_equal(grl_nullclines_make(cell, &whole, 101, n, NULL), GRL_OK);
    for (int unit = 0; unit < 2; unit++) {
        assert_int_equal(n[unit].count, 1);
        for (size_t i = 0; i < n[unit].points_count; i++) {
            const double *h = n[unit].points + 2 * i;
            check_near(h[unit], -tanh(h[1 - unit]), 1e-9);
        }
        assert_true(length_of(&n[unit]) > 2);
        grl_lines_free(&n[unit]);
    }
    grl_cell_free(cell);
}

static void saturated_nullclines_run_along_the_border(void **state)
{
    (void)state;
    /* n_1 = tanh(b_1) rounds to 1, n_2 = tanh(-b_2) to -1: the curves are the sides of the square. */
    const double zero[] = {0, 0, 0, 0};
    grl_lines n[2] = {{0}};
    grl_cell *cell = cell_of(zero);
    grl_cell_block(cell, GRL_B_H)[0] = 60;
    grl_cell_block(cell, GRL_B_H)[1] = -60;
    assert_int_equal(grl_nullclines_make(cell, &whole, 64, n, NULL), GRL_OK);
    for (int unit = 0; unit < 2; unit++) {
        check_near(length_of(&n[unit]), 2, 1e-9);
        for (size_t i = 0; i < n[unit].points_count; i++)
            check_near(n[unit].points[2 * i + (size_t)unit], unit ? -1 : 1, 1e-9);
        grl_lines_free(&n[unit]);
    }
    grl_cell_free(cell);
}

static void nullclines_close_and_lie_on_zeros(void **state)
{
    (void)state;
    /* Every vertex is a zero of f, also with gates; ends lie on the border only. */
    const double U_h[] = {5, -3, 4, 6}, U_r[] = {3, -8, 6, 2};
    grl_lines n[2] = {{0}};
    grl_cell *cell = cell_of(U_h);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    assert_int_equal(grl_nullclines_make(cell, &whole, 201, n, NULL), GRL_OK);
    double work[64], f[2];
    assert_true(grl_cell_work(cell) <= 64);
    for (int unit = 0; unit < 2; unit++) {
        assert_true(n[unit].count > 0);
        for (size_t i = 0; i < n[unit].points_count; i++) {
            grl_cell_field(cell, NULL, n[unit].points + 2 * i, f, work);
            check_near(f[unit], 0, 1e-8);
        }
        for (size_t k = 0; k < n[unit].count; k++) {
            const double *a = n[unit].points + 2 * n[unit].first[k],
                         *b = n[unit].points + 2 * n[unit].first[k + 1] - 2;
            double on_border = fmax(fabs(a[0]), fabs(a[1])), also = fmax(fabs(b[0]), fabs(b[1]));
            assert_true(distance(a, b) == 0 || (on_border == 1 && also == 1));
        }
        grl_lines_free(&n[unit]);
    }
    grl_cell_free(cell);
}

static void components_match_closed_form(void **state)
{
    (void)state;
    /* States m + a_r u + b_r v with orthogonal u, v and a, b without mean and uncorrelated: the axes are u
     * and v, the variances those of a and b. */
    enum { N = 5, ROWS = 8 };
    const double u[N] = {0.6, 0, 0.8, 0, 0}, v[N] = {0, -1, 0, 0, 0}, m[N] = {1, 2, 3, 4, 5};
    const double a[ROWS] = {3, 3, -3, -3, 1, 1, -1, -1}, b[ROWS] = {1, -1, 1, -1, 2, -2, 2, -2};
    double states[ROWS * N];
    for (int r = 0; r < ROWS; r++)
        for (int i = 0; i < N; i++) states[r * N + i] = m[i] + a[r] * u[i] + b[r] * v[i];
    grl_pca pca;
    assert_int_equal(grl_pca_compute(ROWS, N, states, &pca, NULL), GRL_OK);
    check_near(pca.variance[0], 5, 1e-12);
    check_near(pca.variance[1], 2.5, 1e-12);
    check_near(pca.total, 7.5, 1e-12);
    for (int i = 0; i < N; i++) {
        check_near(pca.mean[i], m[i], 1e-14);
        check_near(pca.axes[i], u[i], 1e-10);
        check_near(pca.axes[N + i], -v[i], 1e-10); /* the largest entry is positive */
    }
    double p[2];
    grl_pca_project(&pca, states, p);
    check_near(p[0], 3, 1e-9);
    check_near(p[1], -1, 1e-9);
    grl_pca_free(&pca);
}

static void components_of_many_dimensions(void **state)
{
    (void)state;
    /* Against the equations: C w = variance w, orthonormal, for a cloud with close variances. */
    enum { N = 30, ROWS = 400 };
    static double states[ROWS * N];
    for (int r = 0; r < ROWS; r++)
        for (int i = 0; i < N; i++) states[r * N + i] = sin(1.7 * r * (i + 1) + i * i) * (1 + 0.1 * (N - i));
    grl_pca pca;
    assert_int_equal(grl_pca_compute(ROWS, N, states, &pca, NULL), GRL_OK);
    assert_true(pca.variance[0] >= pca.variance[1] && pca.variance[1] > 0);
    assert_true(pca.variance[0] + pca.variance[1] < pca.total);
    for (int k = 0; k < 2; k++) {
        const double *w = pca.axes + k * N;
        double image[N] = {0}, norm = 0, cross = 0;
        for (int r = 0; r < ROWS; r++) {
            double p[2];
            grl_pca_project(&pca, states + r * N, p);
            for (int i = 0; i < N; i++) image[i] += p[k] * (states[r * N + i] - pca.mean[i]) / ROWS;
        }
        for (int i = 0; i < N; i++) {
            check_near(image[i], pca.variance[k] * w[i], 1e-4 * pca.total);
            norm += w[i] * w[i];
            cross += w[i] * pca.axes[(1 - k) * N + i];
        }
        check_near(norm, 1, 1e-12);
        check_near(cross, 0, 1e-12);
    }
    grl_pca_free(&pca);

    /* All states the same: no variance, and no harm. */
    for (int i = 0; i < ROWS * N; i++) states[i] = 0.5;
    assert_int_equal(grl_pca_compute(ROWS, N, states, &pca, NULL), GRL_OK);
    check_near(pca.total, 0, 0);
    check_near(pca.variance[0], 0, 0);
    grl_pca_free(&pca);
}

static void utf8_is_checked(void **state)
{
    (void)state;
    assert_true(grl_utf8_valid("plain, \xc3\xa9, \xe2\x88\x92, \xf0\x9f\x98\x80"));
    assert_false(grl_utf8_valid("\xff"));
    assert_false(grl_utf8_valid("cut \xe2\x88"));
    assert_false(grl_utf8_valid("overlong \xc0\xaf"));
    assert_false(grl_utf8_valid("overlong \xe0\x80\xaf"));
    assert_false(grl_utf8_valid("surrogate \xed\xa0\x80"));
    assert_false(grl_utf8_valid("too large \xf4\x90\x80\x80"));
    assert_false(grl_utf8_valid("\x80"));
}

static void markup_lays_out(void **state)
{
    (void)state;
    grl_draw_options options = {.scale = 1};
    grl_canvas canvas;
    assert_int_equal(grl_canvas_open(&options, 300, 200, "x.png", &canvas, NULL), GRL_OK);
    double h = grl_label_width(&canvas, 10, "$h$"), both = grl_label_width(&canvas, 10, "$h_1$");
    double plain = grl_label_width(&canvas, 10, "h1");
    assert_true(h > 0 && both > h && both < plain * 1.05);
    check_near(grl_label_width(&canvas, 20, "$h_{12}$ a"), 2 * grl_label_width(&canvas, 10, "$h_{12}$ a"),
               0.01);
    check_near(grl_label_width(&canvas, 10, ""), 0, 0);
    grl_canvas_close(&canvas);
}

enum { BOX = 24, TYPES = GRL_DEGENERATE + 1 };

/* A mark, drawn alone in grey of 8 bits, one pixel per point. */
static void mark_pixels(grl_theme theme, int type, unsigned char out[BOX * BOX])
{
    grl_draw_options options = {.scale = 1, .width = 80, .height = 80, .theme = theme};
    grl_canvas canvas;
    assert_int_equal(grl_canvas_open(&options, 80, 80, "x.png", &canvas, NULL), GRL_OK);
    grl_mark_draw(&canvas, BOX / 2, BOX / 2, (grl_point_type)type, 1);
    cairo_surface_flush(canvas.surface);
    const unsigned char *data = cairo_image_surface_get_data(canvas.surface);
    int stride = cairo_image_surface_get_stride(canvas.surface);
    for (int y = 0; y < BOX; y++)
        for (int x = 0; x < BOX; x++) {
            uint32_t pixel;
            memcpy(&pixel, data + y * stride + 4 * x, sizeof pixel);
            out[y * BOX + x] =
                (unsigned char)((30 * (pixel >> 16 & 255) + 59 * (pixel >> 8 & 255) + 11 * (pixel & 255)) /
                                100);
        }
    grl_canvas_close(&canvas);
}

static void marks_differ_without_colour(void **state)
{
    (void)state;
    for (int theme = 0; theme < 3; theme++) {
        static unsigned char marks[TYPES][BOX * BOX];
        for (int t = 0; t < TYPES; t++) mark_pixels((grl_theme)theme, t, marks[t]);
        const int middle = BOX / 2 * BOX + BOX / 2;
        int paper = marks[0][0], ink = marks[GRL_STABLE_NODE][middle];
        assert_true(abs(paper - ink) > 150);
        /* Filled, open, half. */
        assert_int_equal(marks[GRL_STABLE_FOCUS][middle], ink);
        assert_int_equal(marks[GRL_UNSTABLE_NODE][middle], paper);
        assert_int_equal(marks[GRL_UNSTABLE_FOCUS][middle], paper);
        assert_int_equal(marks[GRL_SADDLE][middle - 2], ink);
        assert_int_equal(marks[GRL_SADDLE][middle + 2], paper);
        assert_int_equal(marks[GRL_HALF_STABLE][middle + 2], ink);
        assert_int_equal(marks[GRL_HALF_STABLE][middle - 2], paper);
        /* One and several units share the marks of plain stable and unstable. */
        for (int a = 0; a < TYPES; a++)
            for (int b = a + 1; b < TYPES; b++) {
                if ((a == GRL_STABLE && b == GRL_STABLE_NODE) ||
                    (a == GRL_UNSTABLE && b == GRL_UNSTABLE_NODE))
                    continue;
                long difference = 0;
                for (int i = 0; i < BOX * BOX; i++) difference += abs(marks[a][i] - marks[b][i]);
                assert_true(difference > 1000);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_round_and_inside),
        cmocka_unit_test(tick_text_has_a_true_minus),
        cmocka_unit_test(simplified_line_stays_near),
        cmocka_unit_test(streamlines_are_evenly_spaced),
        cmocka_unit_test(trajectory_ends_in_its_cycle),
        cmocka_unit_test(nullclines_match_closed_forms),
        cmocka_unit_test(saturated_nullclines_run_along_the_border),
        cmocka_unit_test(nullclines_close_and_lie_on_zeros),
        cmocka_unit_test(components_match_closed_form),
        cmocka_unit_test(components_of_many_dimensions),
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(markup_lays_out),
        cmocka_unit_test(marks_differ_without_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
