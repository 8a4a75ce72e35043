/* portrait1.c: the portrait of one unit.
 *
 * Flow: f over h with its zeros, and below it the line with the direction of motion. Map: the next state over
 * the state, the diagonal, and two orbits as cobwebs; below it the same line, with the direction of one step.
 */
#include "base/error.h"
#include "base/memory.h"
#include "draw/figures.h"
#include "draw/orbits.h"
#include "draw/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES = 1201 };
static const double strip = 34; /* room of the line below the plot */

typedef struct scene {
    const grl_cell *cell;
    const grl_portrait *portrait;
    int map;
    double dt;
    double *work;
    grl_lines curve, level, webs; /* of f or of the map; zero line or diagonal; cobwebs */
    double low, high;             /* of the curve */
    grl_legend legend;
} scene;

static double field(scene *s, double h)
{
    double f;
    grl_cell_field(s->cell, NULL, &h, &f, s->work);
    return f;
}

static grl_status sample(scene *s, grl_error *error)
{
    double points[2 * SAMPLES];
    s->low = s->high = 0;
    for (int i = 0; i < SAMPLES; i++) {
        double h = -1 + 2 * (double)i / (SAMPLES - 1);
        double value = s->map ? h + s->dt * field(s, h) : field(s, h);
        points[2 * i] = h;
        points[2 * i + 1] = value;
        s->low = fmin(s->low, value);
        s->high = fmax(s->high, value);
    }
    const double zero[] = {-1, 0, 1, 0}, diagonal[] = {-1, -1, 1, 1};
    if (!grl_lines_add(&s->curve, SAMPLES, points) || !grl_lines_add(&s->level, 2, s->map ? diagonal : zero))
        return grl_fail_memory(error, SAMPLES, sizeof *points);
    return GRL_OK;
}

/* Up to the curve, across to the diagonal, and so on. */
static grl_status cobwebs(scene *s, const grl_draw_options *options, grl_error *error)
{
    grl_orbits orbits = {0};
    size_t wanted = options->trajectories < 0 ? 2 : (size_t)options->trajectories, rows = 60;
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
            points[2 * count++ + 1] = i == 0 ? -1 : now;
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

/* The side from which a half-stable point attracts. */
static int attracting_side(scene *s, const grl_fixed_point *point)
{
    const double away = 1e-3 + point->error_bound;
    double left = field(s, fmax(-1, point->h[0] - away));
    return left > 0 ? -1 : 1;
}

static void draw_line_below(scene *s, grl_canvas *canvas, const grl_axes *axes)
{
    double y = axes->top + axes->height + 0.56 * strip, right = axes->left + axes->width;
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
        double a = k == 0 ? -1 : p->points[k - 1].h[0], b = k == p->count ? 1 : p->points[k].h[0];
        double length = grl_axes_x(axes, b) - grl_axes_x(axes, a) - 4 * grl_mark_radius;
        int heads = (int)fmin(12, fmax(1, floor(length / 34)));
        for (int i = 0; length > 4 && i < heads; i++) {
            double h = a + (b - a) * (i + 1) / (heads + 1), f = field(s, h);
            double x = grl_axes_x(axes, h);
            grl_arrow_draw(canvas, x + (f > 0 ? 4.5 : -4.5), y, f, 0, 9, GRL_SECOND);
        }
    }
    for (size_t k = 0; k < p->count; k++)
        grl_mark_draw(canvas, grl_axes_x(axes, p->points[k].h[0]), y, p->points[k].type,
                      attracting_side(s, &p->points[k]));
}

static void describe(scene *s)
{
    grl_legend_add_portrait(&s->legend, s->portrait, NULL, NULL);
    grl_entry *entry =
        grl_legend_add(&s->legend, GRL_SAMPLE_LINE, s->map ? "next state" : "rate of change $f$");
    entry->role = GRL_SECOND;
    entry->width = 2;
    if (s->webs.count > 0) {
        entry = grl_legend_add(&s->legend, GRL_SAMPLE_LINE, s->webs.count == 1 ? "orbit" : "orbits");
        entry->role = GRL_TRAJECTORY;
        entry->width = 0.9;
    }
}

grl_status grl_figure_one(const grl_cell *cell, const grl_portrait *portrait, const grl_draw_options *options,
                          const char *path, grl_error *error)
{
    scene s = {.cell = cell, .portrait = portrait, .map = portrait->time == GRL_DISCRETE, .dt = portrait->dt};
    grl_canvas canvas = {0};
    s.work = grl_calloc(grl_cell_work(cell), sizeof *s.work);
    if (!s.work) return grl_fail_memory(error, grl_cell_work(cell), sizeof *s.work);
    grl_status status = grl_canvas_open(options, s.map ? 500 : 480, s.map ? 390 : 310, path, &canvas, error);
    if (status == GRL_OK) status = sample(&s, error);
    if (status == GRL_OK && s.map) status = cobwebs(&s, options, error);
    if (status != GRL_OK) goto done;
    describe(&s);

    double span = s.high - s.low;
    grl_axes axes = {.low_x = -1, .high_x = 1, .low_y = -1, .high_y = 1};
    if (!s.map) {
        axes.low_y = s.low - 0.08 * span;
        axes.high_y = s.high + 0.08 * span;
    }
    grl_plot_place(&canvas, options->title, &s.legend, grl_axes_room_below() + strip, s.map, &axes);
    status = grl_lines_draw(&canvas, &axes, &s.level, GRL_FAINT, 0.8, 0, error);
    grl_axes_clip(&canvas, &axes, 0);
    if (status == GRL_OK) status = grl_lines_draw(&canvas, &axes, &s.webs, GRL_TRAJECTORY, 0.9, 0, error);
    if (status == GRL_OK) status = grl_lines_draw(&canvas, &axes, &s.curve, GRL_SECOND, 2, 0, error);
    cairo_restore(canvas.cr);
    if (status != GRL_OK) goto done;
    grl_axes_draw(&canvas, &axes, s.map ? "$h$ one step later" : "$f$($h$)");
    grl_axes_draw_below(&canvas, &axes, axes.top + axes.height + strip, "$h$");
    for (size_t k = 0; k < portrait->count; k++) {
        const grl_fixed_point *point = &portrait->points[k];
        grl_mark_draw(&canvas, grl_axes_x(&axes, point->h[0]), grl_axes_y(&axes, s.map ? point->h[0] : 0),
                      point->type, attracting_side(&s, point));
    }
    draw_line_below(&s, &canvas, &axes);
    grl_legend_draw(&canvas, &s.legend, &axes);
    status = grl_canvas_save(&canvas, path, error);
done:
    free(s.work);
    grl_lines_free(&s.curve);
    grl_lines_free(&s.level);
    grl_lines_free(&s.webs);
    grl_canvas_close(&canvas);
    return status;
}
