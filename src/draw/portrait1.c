/* portrait1.c: the portrait of one unit.
 *
 * Flow: f over h with its zeros, the line with the direction of motion, and the potential V(h) = -integral of f,
 * in which the state moves downhill, as h' = -V'(h); its least value in sight is set to 0. Map: the next state over
 * the state, the diagonal, and two orbits as cobwebs; below it the same line, with the direction of one step.
 *
 * V is summed by Simpson's rule between the samples; its error, (2/1200)^4 / 2880 of the fourth derivative, is not
 * to be seen. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/figures.h"
#include "draw/orbits.h"
#include "draw/plot.h"
#include "portrait/line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES = 1201, MOST_NAMED = 6, USUAL_ORBITS = 2 };
static const double strip = 34; /* room of the line below f */

typedef struct scene {
    const grl_cell *cell;
    const grl_portrait *portrait;
    int map;
    unsigned show;
    grl_theme theme;
    double dt;
    double left, right; /* of the states in sight */
    double *work;
    grl_lines curve, level, webs; /* of f or of the map; zero line or diagonal; cobwebs */
    grl_lines potential;
    double low, high, highest; /* of the curve; of the potential, whose lowest is 0 */
    grl_line_basin *basins;
    size_t basin_count;
    grl_legend legend;
} scene;

static double field(scene *s, double h)
{
    double f;
    grl_cell_field(s->cell, NULL, &h, &f, s->work);
    return f;
}

static double at_sample(const scene *s, double i)
{
    return i == SAMPLES - 1 ? s->right : s->left + (s->right - s->left) * i / (SAMPLES - 1);
}

static grl_status sample(scene *s, grl_error *error)
{
    double points[2 * SAMPLES];
    s->low = s->high = 0;
    for (int i = 0; i < SAMPLES; i++) {
        double h = at_sample(s, i), value = s->map ? h + s->dt * field(s, h) : field(s, h);
        points[2 * i] = h;
        points[2 * i + 1] = value;
        s->low = fmin(s->low, value);
        s->high = fmax(s->high, value);
    }
    const double flat[] = {s->left, 0, s->right, 0}, diagonal[] = {s->left, s->left, s->right, s->right};
    if (!grl_lines_add(&s->curve, SAMPLES, points) || !grl_lines_add(&s->level, 2, s->map ? diagonal : flat))
        return grl_fail_memory(error, SAMPLES, sizeof *points);
    return GRL_OK;
}

static grl_status sum_potential(scene *s, grl_error *error)
{
    double points[2 * SAMPLES], before = field(s, s->left), lowest = 0;
    points[0] = s->left;
    points[1] = 0;
    for (int i = 1; i < SAMPLES; i++) {
        double h = at_sample(s, i), here = field(s, h), between = field(s, at_sample(s, i - 0.5));
        points[2 * i] = h;
        points[2 * i + 1] = points[2 * i - 1] - (h - points[2 * i - 2]) * (before + 4 * between + here) / 6;
        lowest = fmin(lowest, points[2 * i + 1]);
        before = here;
    }
    for (int i = 0; i < SAMPLES; i++) {
        points[2 * i + 1] -= lowest;
        s->highest = fmax(s->highest, points[2 * i + 1]);
    }
    return grl_lines_add(&s->potential, SAMPLES, points) ? GRL_OK
                                                         : grl_fail_memory(error, SAMPLES, sizeof *points);
}

/* The height of a curve of samples over h. */
static double height_at(const scene *s, const grl_lines *curve, double h)
{
    double at = (h - s->left) / (s->right - s->left) * (SAMPLES - 1);
    size_t i = at <= 0 ? 0 : at >= SAMPLES - 2 ? SAMPLES - 2 : (size_t)at;
    double low = curve->points[2 * i + 1], high = curve->points[2 * i + 3];
    return low + (high - low) * (at - (double)i);
}

/* Up to the curve, across to the diagonal, and so on. */
static grl_status cobwebs(scene *s, const grl_draw_options *options, grl_error *error)
{
    grl_orbits orbits = {0};
    size_t wanted = options->trajectories > 0 ? (size_t)options->trajectories : USUAL_ORBITS, rows = 60;
    double *points = grl_calloc(2 * rows + 4, 2 * sizeof *points);
    grl_status status = points ? GRL_OK : grl_fail_memory(error, rows, 4 * sizeof *points);
    if (status == GRL_OK)
        status = grl_orbits_run(s->cell, s->portrait, wanted, GRL_BESIDE_NONE, rows, options->seed, &orbits,
                                error);
    for (size_t k = 0; k < orbits.count && status == GRL_OK; k++) {
        const grl_trajectory *orbit = orbits.items[k];
        size_t count = 0;
        for (size_t i = 0; i + 1 < orbit->count && i < rows; i++) {
            double now = orbit->states[i], next = orbit->states[i + 1];
            points[2 * count] = now;
            points[2 * count++ + 1] = i == 0 ? s->left : now;
            points[2 * count] = now;
            points[2 * count++ + 1] = next;
        }
        if (count > 0 && !grl_lines_add(&s->webs, count, points))
            status = grl_fail_memory(error, count, sizeof *points);
    }
    grl_orbits_free(&orbits);
    free(points);
    return status;
}

static int in_sight(const scene *s, double h)
{
    return h >= s->left && h <= s->right;
}

/* The side from which a half-stable point attracts. */
static int attracting_side(scene *s, const grl_fixed_point *point)
{
    const double away = 1e-3 + point->error_bound;
    double left = field(s, fmax(-1, point->h[0] - away));
    return left > 0 ? -1 : 1;
}

static void draw_line_below(scene *s, grl_canvas *canvas, const grl_axes *axes)
{
    double y = axes->top + axes->height + 0.5 * strip, right = axes->left + axes->width;
    cairo_t *cr = canvas->cr;
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    cairo_set_line_width(cr, 1.1);
    cairo_move_to(cr, axes->left, y);
    cairo_line_to(cr, right, y);
    for (int end = 0; end < 2; end++) {
        cairo_move_to(cr, end ? right : axes->left, y - 4);
        cairo_line_to(cr, end ? right : axes->left, y + 4);
    }
    cairo_stroke(cr);
    /* Arrow heads in the gaps between points, closer where a gap is short. */
    const grl_portrait *p = s->portrait;
    for (size_t k = 0; k <= p->count; k++) {
        double a = fmax(s->left, k == 0 ? -1 : p->points[k - 1].h[0]);
        double b = fmin(s->right, k == p->count ? 1 : p->points[k].h[0]);
        double length = grl_axes_x(axes, b) - grl_axes_x(axes, a) - 4 * grl_mark_radius;
        int heads = (int)fmin(12, fmax(1, floor(length / 34)));
        for (int i = 0; length > 4 && i < heads; i++) {
            double h = a + (b - a) * (i + 1) / (heads + 1), f = field(s, h);
            double x = grl_axes_x(axes, h);
            grl_arrow_draw(canvas, x + (f > 0 ? 4.5 : -4.5), y, f, 0, 9, GRL_SECOND);
        }
    }
    for (size_t k = 0; k < p->count && s->show & GRL_SHOW_POINTS; k++)
        if (in_sight(s, p->points[k].h[0]))
            grl_mark_draw(canvas, grl_axes_x(axes, p->points[k].h[0]), y, p->points[k].type,
                          attracting_side(s, &p->points[k]));
}

/* Where the marks of the points stand: on the axis, on the diagonal, or on the potential. */
static grl_status draw_points(scene *s, grl_canvas *canvas, const grl_axes *axes, const grl_lines *on,
                              int numbers, grl_error *error)
{
    const size_t count = s->portrait->count;
    const grl_lines *lines[] = {&s->curve, &s->webs};
    double *places = grl_calloc(count, 2 * sizeof *places);
    if (!places) return grl_fail_memory(error, count, 2 * sizeof *places);
    for (size_t k = 0; k < count; k++) {
        const grl_fixed_point *point = &s->portrait->points[k];
        places[2 * k] = point->h[0];
        places[2 * k + 1] = on ? height_at(s, on, point->h[0]) : s->map ? point->h[0] : 0;
        if (in_sight(s, point->h[0]))
            grl_mark_draw(canvas, grl_axes_x(axes, places[2 * k]), grl_axes_y(axes, places[2 * k + 1]),
                          point->type, attracting_side(s, point));
    }
    grl_status status = GRL_OK;
    if (numbers) status = grl_numbers_draw(canvas, axes, count, places, 2, lines, error);
    free(places);
    return status;
}

static void draw_basins(const scene *s, grl_canvas *canvas, const grl_axes *axes, double bottom)
{
    const grl_colour *colours = grl_theme_basins(s->theme);
    for (size_t b = 0; b < s->basin_count; b++) {
        double low = fmax(s->left, s->basins[b].low), high = fmin(s->right, s->basins[b].high);
        const grl_colour *c = &colours[b % GRL_BASIN_COLOURS];
        if (!(low < high)) continue;
        cairo_set_source_rgb(canvas->cr, c->red, c->green, c->blue);
        cairo_rectangle(canvas->cr, grl_axes_x(axes, low), axes->top,
                        grl_axes_x(axes, high) - grl_axes_x(axes, low), bottom - axes->top);
        cairo_fill(canvas->cr);
    }
}

static void describe_line(scene *s, const grl_lines *lines, const char *text, grl_role role, double width)
{
    if (lines->count == 0) return;
    grl_entry *entry = grl_legend_add(&s->legend, GRL_SAMPLE_LINE, text);
    entry->role = role;
    entry->width = width;
}

static void describe(scene *s)
{
    if (s->show & GRL_SHOW_POINTS)
        grl_legend_add_portrait(&s->legend, s->portrait, &s->left, &s->right);
    else
        grl_legend_add_notes(&s->legend, s->portrait);
    describe_line(s, &s->curve, s->map ? "next state" : "rate of change $f$", GRL_SECOND, 2);
    describe_line(s, &s->potential, "potential $V$", GRL_FIRST, 2);
    describe_line(s, &s->webs, s->webs.count == 1 ? "orbit" : "orbits", GRL_TRAJECTORY, 0.9);
    if (s->basin_count < 2) return;
    grl_legend_add(&s->legend, GRL_SAMPLE_GAP, "");
    for (size_t b = 0; b < s->basin_count && b < MOST_NAMED; b++) {
        char text[64], who[32] = "";
        if (s->show & GRL_SHOW_NUMBERS) snprintf(who, sizeof who, " of #%zu", s->basins[b].attractor + 1);
        snprintf(text, sizeof text, "basin%s, %.3g %%%s", who, 50 * (s->basins[b].high - s->basins[b].low),
                 b + 1 == MOST_NAMED && s->basin_count > MOST_NAMED ? ", ..." : "");
        grl_legend_add(&s->legend, GRL_SAMPLE_AREA, text)->fill =
            grl_theme_basins(s->theme)[b % GRL_BASIN_COLOURS];
    }
}

static grl_status compute(scene *s, const grl_draw_options *options, grl_error *error)
{
    grl_status status = sample(s, error);
    if (status == GRL_OK && s->show & GRL_SHOW_TRAJECTORIES) status = cobwebs(s, options, error);
    if (status == GRL_OK && s->show & GRL_SHOW_POTENTIAL) status = sum_potential(s, error);
    if (status != GRL_OK || !(s->show & GRL_SHOW_BASINS)) return status;
    s->basins = grl_calloc(s->portrait->count, sizeof *s->basins);
    if (!s->basins) return grl_fail_memory(error, s->portrait->count, sizeof *s->basins);
    s->basin_count = grl_line_basins(s->portrait, s->basins);
    return GRL_OK;
}

/* f and, below the line, the potential: they share the height that `axes` has. */
static void split(const scene *s, grl_axes *axes, grl_axes *below)
{
    const double share = 0.54;
    *below = *axes;
    below->low_y = -0.08 * s->highest;
    below->high_y = 1.08 * s->highest;
    if (!(below->low_y < below->high_y)) below->high_y = 1;
    if (s->potential.count == 0) return;
    double rest = axes->height - strip;
    axes->height = share * rest;
    below->top = axes->top + axes->height + strip;
    below->height = (1 - share) * rest;
}

static grl_status paint(scene *s, grl_canvas *canvas, grl_axes *axes, grl_axes *below, grl_error *error)
{
    const int two = s->potential.count > 0;
    const double bottom = two ? below->top + below->height : axes->top + axes->height + strip;
    if (s->basin_count > 1) draw_basins(s, canvas, axes, two ? bottom : axes->top + axes->height);
    grl_status status = grl_lines_draw(canvas, axes, &s->level, GRL_FAINT, 0.8, 0, error);
    grl_axes_clip(canvas, axes, 0);
    if (status == GRL_OK) status = grl_lines_draw(canvas, axes, &s->webs, GRL_TRAJECTORY, 0.9, 0, error);
    if (status == GRL_OK) status = grl_lines_draw(canvas, axes, &s->curve, GRL_SECOND, 2, 0, error);
    cairo_restore(canvas->cr);
    if (status == GRL_OK && two) {
        grl_axes_clip(canvas, below, 0);
        status = grl_lines_draw(canvas, below, &s->potential, GRL_FIRST, 2, 0, error);
        cairo_restore(canvas->cr);
    }
    if (status != GRL_OK) return status;
    grl_axes_draw(canvas, axes, s->map ? "$h$ one step later" : "$f$($h$)");
    if (two) grl_axes_draw(canvas, below, "$V$($h$)");
    grl_axes_draw_below(canvas, axes, bottom, "$h$");
    draw_line_below(s, canvas, axes);
    if (!(s->show & GRL_SHOW_POINTS)) return GRL_OK;
    status = draw_points(s, canvas, axes, NULL, (s->show & GRL_SHOW_NUMBERS) != 0, error);
    if (status == GRL_OK && two) status = draw_points(s, canvas, below, &s->potential, 0, error);
    return status;
}

grl_status grl_figure_one(const grl_cell *cell, const grl_portrait *portrait, const grl_draw_options *options,
                          const char *path, grl_error *error)
{
    scene s = {.cell = cell,
               .portrait = portrait,
               .map = portrait->time == GRL_DISCRETE,
               .show = options->show,
               .theme = options->theme,
               .dt = portrait->dt,
               .left = -1,
               .right = 1};
    grl_canvas canvas = {0};
    const int two = (s.show & GRL_SHOW_POTENTIAL) != 0, legend = (s.show & GRL_SHOW_LEGEND) != 0;
    grl_figure_range(options, 0, &s.left, &s.right);
    s.work = grl_calloc(grl_cell_work(cell), sizeof *s.work);
    if (!s.work) return grl_fail_memory(error, grl_cell_work(cell), sizeof *s.work);
    grl_status status = grl_canvas_open(options, (s.map ? 500 : 480) - (legend ? 0 : 130),
                                        s.map ? 390
                                        : two ? 430
                                              : 310,
                                        path, &canvas, error);
    if (status == GRL_OK) status = compute(&s, options, error);
    if (status != GRL_OK) goto done;
    if (legend) describe(&s);

    double span = s.high - s.low;
    grl_axes axes = {.low_x = s.left, .high_x = s.right, .low_y = s.left, .high_y = s.right}, below;
    if (!s.map) {
        axes.low_y = s.low - 0.08 * span;
        axes.high_y = s.high + 0.08 * span;
        if (!(span > 0)) axes.high_y = axes.low_y + 1;
    }
    grl_plot_place(&canvas, options->title, &s.legend, grl_axes_room_below() + (two ? 0 : strip), s.map,
                   &axes);
    grl_axes whole = axes;
    split(&s, &axes, &below);
    status = paint(&s, &canvas, &axes, &below, error);
    if (status != GRL_OK) goto done;
    grl_legend_draw(&canvas, &s.legend, &whole);
    status = grl_canvas_save(&canvas, path, error);
done:
    free(s.work);
    free(s.basins);
    grl_lines_free(&s.curve);
    grl_lines_free(&s.level);
    grl_lines_free(&s.webs);
    grl_lines_free(&s.potential);
    grl_canvas_close(&canvas);
    return status;
}
