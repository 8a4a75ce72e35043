/* portrait2.c: the phase plane of two units.
 *
 * Flow: basins or the speed, streamlines or arrows, nullclines, manifolds of saddles and cycles where they are known,
 * else a few trajectories; fixed points. Map: short arrows along one step, on a
 * staggered grid, and orbits as dots, since a streamline would claim states that are never visited.
 */
#include "base/error.h"
#include "base/memory.h"
#include "draw/basins.h"
#include "draw/figures.h"
#include "draw/grid.h"
#include "draw/map_manifolds.h"
#include "draw/orbits.h"
#include "draw/slow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NULLCLINE_CELLS = 401, ITERATES = 1500, RASTER = 512, JOINED = 8, USUAL_ORBITS = 6 };
static const double stream_width = 0.75, null_width = 1.9, null_dash = 5.5, orbit_width = 1.15,
                    stream_spacing = 11;

typedef struct scene {
    const grl_cell *cell;
    const grl_portrait *portrait;
    int map;
    unsigned show;
    grl_theme theme;
    grl_window window;
    grl_planar flow; /* in the square that stands for the window */
    grl_lines streams, nullclines[2];
    grl_manifold_lines manifolds;
    grl_speed speed;
    grl_lines orbits; /* of a map: dots, one line for each orbit */
} scene;

typedef struct context {
    const grl_cell *cell;
    const grl_window *window;
    double *work;
} context;

static void field(void *opaque, const double u[2], double v[2])
{
    context *c = opaque;
    double h[2];
    grl_window_to_state(c->window, u, h);
    grl_cell_field(c->cell, NULL, h, v, c->work);
    for (int i = 0; i < 2; i++) v[i] *= 2 / (c->window->high[i] - c->window->low[i]);
}

/* Starts spread over the window instead of over all states, and those beside points, which stay. */
static grl_status find_trajectories(scene *s, size_t wanted, unsigned long long seed, grl_error *error)
{
    size_t count = 0;
    double *starts = NULL;
    grl_lines cycles = {0};
    grl_status status = grl_orbits_starts(s->portrait, wanted, GRL_BESIDE_FOCI, seed, &count, &starts, error);
    for (size_t k = wanted; k < count && status == GRL_OK; k++) {
        const double h[2] = {starts[2 * k], starts[2 * k + 1]};
        grl_window_to_square(&s->window, h, starts + 2 * k);
    }
    for (int c = 0; c < 2 && status == GRL_OK; c++)
        for (size_t k = 0; k < s->manifolds.cycles[c].count && status == GRL_OK; k++) {
            const grl_lines *from = &s->manifolds.cycles[c];
            if (!grl_lines_add(&cycles, from->first[k + 1] - from->first[k],
                               from->points + 2 * from->first[k]))
                status = grl_fail_memory(error, from->points_count, 2 * sizeof *from->points);
        }
    grl_window_lines_to_square(&s->window, &cycles);
    if (status == GRL_OK)
        status = grl_planar_orbits_make(&s->flow, count, starts, &cycles, &s->orbits, error);
    grl_window_lines_to_states(&s->window, &s->orbits);
    grl_lines_free(&cycles);
    free(starts);
    return status;
}

/* The square of the raster that stands for the window; RASTER * RASTER outside. */
static size_t raster_of(const scene *s, const double *h)
{
    double u[2];
    grl_window_to_square(&s->window, h, u);
    if (fabs(u[0]) > 1 || fabs(u[1]) > 1) return (size_t)RASTER * RASTER;
    size_t at[2];
    for (int i = 0; i < 2; i++) at[i] = (size_t)fmin(RASTER - 1, floor(0.5 * (u[i] + 1) * RASTER));
    return at[1] * RASTER + at[0];
}

/* Dots that fall on a dot that is there, or outside, are left out, but for those that will be joined. */
static grl_status find_iterates(scene *s, size_t wanted, unsigned long long seed, grl_error *error)
{
    grl_orbits orbits = {0};
    unsigned char *taken = grl_calloc((size_t)RASTER * RASTER + 1, 1);
    double *kept = grl_calloc(ITERATES + 2, 2 * sizeof *kept);
    grl_status status = taken && kept ? GRL_OK : grl_fail_memory(error, (size_t)RASTER * RASTER, 1);
    if (status == GRL_OK)
        status =
            grl_orbits_run(s->cell, s->portrait, wanted, GRL_BESIDE_FOCI, ITERATES, seed, &orbits, error);
    for (size_t k = 0; k < orbits.count && status == GRL_OK; k++) {
        size_t count = 0;
        taken[(size_t)RASTER * RASTER] = 1;
        for (size_t i = 0; i < orbits.items[k]->count && count < ITERATES + 2; i++) {
            const double *h = orbits.items[k]->states + 2 * i;
            unsigned char *at = &taken[raster_of(s, h)];
            if (!*at || i <= JOINED) memcpy(kept + 2 * count++, h, 2 * sizeof *h);
            *at = 1;
        }
        if (!grl_lines_add(&s->orbits, count, kept)) status = grl_fail_memory(error, count, 2 * sizeof *kept);
    }
    free(taken);
    free(kept);
    grl_orbits_free(&orbits);
    return status;
}

/* The start of a trajectory, or all states of an orbit, of which the first are joined by faint lines to
 * show their order. */
static void draw_dots(const scene *s, grl_canvas *canvas, const grl_axes *axes, size_t first, size_t end)
{
    const double *p = s->orbits.points;
    if (first == end) return;
    if (s->map) {
        grl_canvas_colour(canvas, GRL_TRAJECTORY, 0.45);
        cairo_set_line_width(canvas->cr, 0.6);
        for (size_t i = first; i < end && i <= first + JOINED; i++)
            cairo_line_to(canvas->cr, grl_axes_x(axes, p[2 * i]), grl_axes_y(axes, p[2 * i + 1]));
        cairo_stroke(canvas->cr);
        grl_mark_iterates(canvas, axes, end - first, p + 2 * first);
    }
    grl_mark_start(canvas, grl_axes_x(axes, p[2 * first]), grl_axes_y(axes, p[2 * first + 1]));
}

static void describe(const scene *s, grl_legend *legend)
{
    static const char *const names[2][2] = {{"$h$[0] nullcline", "$h$[1] nullcline"},
                                            {"$h$[0] unchanged", "$h$[1] unchanged"}};
    grl_entry *entry;
    if (s->show & GRL_SHOW_POINTS)
        grl_legend_add_portrait(legend, s->portrait, s->window.low, s->window.high);
    else
        grl_legend_add_notes(legend, s->portrait);
    for (int i = 0; i < 2 && s->show & GRL_SHOW_NULLCLINES; i++) {
        entry = grl_legend_add(legend, GRL_SAMPLE_LINE, names[s->map][i]);
        entry->role = i ? GRL_SECOND : GRL_FIRST;
        entry->width = null_width;
        entry->dash = i ? null_dash : 0;
    }
    if (s->orbits.count > 0) {
        entry = grl_legend_add(legend, s->map ? GRL_SAMPLE_DOTS : GRL_SAMPLE_START,
                               s->map ? "orbit" : "trajectory");
        entry->role = GRL_TRAJECTORY;
        entry->width = orbit_width;
    }
    grl_cycles_describe(&s->manifolds, legend);
    if (s->show & (GRL_SHOW_STREAMLINES | GRL_SHOW_ARROWS)) {
        entry = grl_legend_add(legend, GRL_SAMPLE_ARROW, s->map ? "one step" : "flow");
        entry->role = GRL_STREAM;
        entry->width = stream_width;
    }
    if (s->show & GRL_SHOW_MANIFOLDS) {
        grl_slow_bands_describe(s->portrait, legend);
        grl_map_manifolds_describe(s->portrait, legend);
    }
    grl_manifolds_describe(&s->manifolds, legend);
    if (s->show & GRL_SHOW_BASINS)
        grl_basins_describe(s->portrait, s->theme, (s->show & GRL_SHOW_NUMBERS) != 0, legend);
    grl_speed_describe(&s->speed, s->map, s->theme, legend);
}

static void look(const void *nothing, const double *h, double p[2])
{
    (void)nothing;
    memcpy(p, h, 2 * sizeof *p);
}

/* What lies under the axes. */
static grl_status paint_ground(scene *s, grl_canvas *canvas, const grl_axes *axes, grl_error *error)
{
    grl_status status = GRL_OK;
    grl_axes_clip(canvas, axes, 0);
    grl_speed_draw(canvas, axes, &s->speed);
    if (s->show & GRL_SHOW_BASINS)
        grl_basins_draw(canvas, axes, s->portrait, s->theme, s->speed.picture ? 0.5 : 1);
    if (s->show & GRL_SHOW_MANIFOLDS)
        status = grl_slow_bands_draw(canvas, axes, s->portrait, look, NULL, error);
    if (s->show & GRL_SHOW_ARROWS && status == GRL_OK)
        status = grl_steps_draw(canvas, axes, s->cell, &s->window, 15, s->map, s->portrait->dt, error);
    if (s->show & GRL_SHOW_STREAMLINES && status == GRL_OK) {
        status = grl_streamlines_make(&s->flow, -1, 1, 2 * stream_spacing / axes->width, &s->streams, error);
        grl_window_lines_to_states(&s->window, &s->streams);
        if (status == GRL_OK)
            status = grl_lines_draw(canvas, axes, &s->streams, GRL_STREAM, stream_width, 0, error);
        if (status == GRL_OK) grl_arrows_draw(canvas, axes, &s->streams, 85, 5.5, GRL_STREAM);
    }
    cairo_restore(canvas->cr);
    return status;
}

static grl_status paint(scene *s, grl_canvas *canvas, const grl_axes *axes, grl_error *error)
{
    grl_status status = paint_ground(s, canvas, axes, error);
    if (status != GRL_OK) return status;
    grl_axes_draw(canvas, axes, "$h$[1]");
    grl_axes_draw_below(canvas, axes, axes->top + axes->height, "$h$[0]");
    /* A nullcline may run on the border: it is drawn over the frame. */
    grl_axes_clip(canvas, axes, null_width / 2);
    for (int i = 0; i < 2 && status == GRL_OK; i++)
        status = grl_lines_draw(canvas, axes, &s->nullclines[i], i ? GRL_SECOND : GRL_FIRST, null_width,
                                i ? null_dash : 0, error);
    if (status == GRL_OK && !s->map) {
        status = grl_lines_draw(canvas, axes, &s->orbits, GRL_TRAJECTORY, orbit_width, 0, error);
        grl_arrows_draw(canvas, axes, &s->orbits, 170, 7, GRL_TRAJECTORY);
    }
    if (status == GRL_OK) status = grl_manifolds_draw(canvas, axes, &s->manifolds, error);
    if (status == GRL_OK && s->show & GRL_SHOW_MANIFOLDS)
        status = grl_map_manifolds_draw(canvas, axes, s->portrait, error);
    for (size_t k = 0; k < s->orbits.count; k++)
        draw_dots(s, canvas, axes, s->orbits.first[k], s->orbits.first[k + 1]);
    cairo_restore(canvas->cr);
    return status;
}

static int is_inside(const scene *s, const double *h)
{
    double u[2];
    grl_window_to_square(&s->window, h, u);
    return fabs(u[0]) <= 1 && fabs(u[1]) <= 1;
}

static grl_status draw_points(scene *s, grl_canvas *canvas, const grl_axes *axes, grl_error *error)
{
    const grl_portrait *portrait = s->portrait;
    const grl_lines *lines[] = {&s->nullclines[0],
                                &s->nullclines[1],
                                &s->manifolds.stable,
                                &s->manifolds.unstable,
                                &s->manifolds.cycles[0],
                                &s->manifolds.cycles[1],
                                &s->orbits};
    for (size_t k = 0; k < portrait->slow_count; k++)
        if (is_inside(s, portrait->slow[k].h))
            grl_mark_slow(canvas, grl_axes_x(axes, portrait->slow[k].h[0]),
                          grl_axes_y(axes, portrait->slow[k].h[1]));
    for (size_t k = 0; k < portrait->count; k++) {
        const grl_fixed_point *point = &portrait->points[k];
        if (point->box) { /* seen only where it is larger than the mark */
            double left = grl_axes_x(axes, point->box[0]), right = grl_axes_x(axes, point->box[1]);
            double top = grl_axes_y(axes, point->box[3]), bottom = grl_axes_y(axes, point->box[2]);
            grl_axes_clip(canvas, axes, null_width / 2);
            grl_canvas_colour(canvas, GRL_ALARM, 1);
            cairo_set_line_width(canvas->cr, 0.9);
            cairo_rectangle(canvas->cr, left, top, right - left, bottom - top);
            cairo_stroke(canvas->cr);
            cairo_restore(canvas->cr);
        }
        if (is_inside(s, point->h))
            grl_mark_draw(canvas, grl_axes_x(axes, point->h[0]), grl_axes_y(axes, point->h[1]), point->type,
                          -1);
    }
    if (!(s->show & GRL_SHOW_NUMBERS)) return GRL_OK;
    double *places = grl_calloc(portrait->count, 2 * sizeof *places);
    if (!places) return grl_fail_memory(error, portrait->count, 2 * sizeof *places);
    for (size_t k = 0; k < portrait->count; k++)
        memcpy(places + 2 * k, portrait->points[k].h, 2 * sizeof *places);
    grl_status status =
        grl_numbers_draw(canvas, axes, portrait->count, places, sizeof lines / sizeof *lines, lines, error);
    free(places);
    return status;
}

static grl_status compute(scene *s, const grl_draw_options *options, grl_error *error)
{
    const size_t wanted = !(s->show & GRL_SHOW_TRAJECTORIES) ? 0
                          : options->trajectories > 0        ? (size_t)options->trajectories
                                                             : USUAL_ORBITS;
    grl_status status = GRL_OK;
    if (s->show & GRL_SHOW_NULLCLINES)
        status = grl_nullclines_make(s->cell, &s->window, NULLCLINE_CELLS, s->nullclines, error);
    if (status == GRL_OK && !s->map)
        status = grl_manifolds_make(s->portrait, &s->window, s->show, &s->manifolds, error);
    if (status == GRL_OK && wanted > 0)
        status = (s->map ? find_iterates : find_trajectories)(s, wanted, options->seed, error);
    if (status == GRL_OK && s->show & GRL_SHOW_SPEED)
        status =
            grl_speed_make(s->cell, &s->window, s->map ? s->portrait->dt : 1, s->theme, &s->speed, error);
    return status;
}

grl_status grl_figure_two(const grl_cell *cell, const grl_portrait *portrait, const grl_draw_options *options,
                          const char *path, grl_error *error)
{
    scene s = {.cell = cell,
               .portrait = portrait,
               .map = portrait->time == GRL_DISCRETE,
               .show = options->show,
               .theme = options->theme,
               .window = {{-1, -1}, {1, 1}}};
    grl_canvas canvas = {0};
    grl_legend legend = {0};
    for (int k = 0; k < 2; k++) grl_figure_range(options, k, &s.window.low[k], &s.window.high[k]);
    grl_axes axes = {.low_x = s.window.low[0],
                     .high_x = s.window.high[0],
                     .low_y = s.window.low[1],
                     .high_y = s.window.high[1]};
    context c = {cell, &s.window, grl_calloc(grl_cell_work(cell), sizeof *c.work)};
    if (!c.work) return grl_fail_memory(error, grl_cell_work(cell), sizeof *c.work);
    s.flow = (grl_planar){field, &c};

    grl_status status =
        grl_canvas_open(options, s.show & GRL_SHOW_LEGEND ? 500 : 370, 350, path, &canvas, error);
    if (status == GRL_OK) status = compute(&s, options, error);
    if (status != GRL_OK) goto done;
    if (s.show & GRL_SHOW_LEGEND) describe(&s, &legend);
    grl_plot_place(&canvas, options->title, &legend, grl_axes_room_below(), 1, &axes);
    status = paint(&s, &canvas, &axes, error);
    if (status == GRL_OK && s.show & GRL_SHOW_POINTS) status = draw_points(&s, &canvas, &axes, error);
    if (status != GRL_OK) goto done;
    grl_legend_draw(&canvas, &legend, &axes);
    status = grl_canvas_save(&canvas, path, error);
done:
    free(c.work);
    grl_lines_free(&s.streams);
    grl_lines_free(&s.nullclines[0]);
    grl_lines_free(&s.nullclines[1]);
    grl_manifolds_free(&s.manifolds);
    grl_speed_free(&s.speed);
    grl_lines_free(&s.orbits);
    grl_canvas_close(&canvas);
    return status;
}
