/* portrait2.c: the phase plane of two units.
 *
 * Flow: basins, streamlines, nullclines, manifolds of saddles and cycles where they are known, else a few
 * trajectories; fixed points. Map: short arrows along one step, on a
 * staggered grid, and orbits as dots, since a streamline would claim states that are never visited.
 */
#include "base/error.h"
#include "base/memory.h"
#include "draw/basins.h"
#include "draw/figures.h"
#include "draw/map_manifolds.h"
#include "draw/orbits.h"
#include "draw/planar.h"
#include "draw/plot.h"
#include "draw/slow.h"

#include <grulens/cycles.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NULLCLINE_CELLS = 401, ITERATES = 1500, RASTER = 512, JOINED = 8 };
static const double stream_width = 0.75, null_width = 1.9, null_dash = 5.5, orbit_width = 1.15,
                    cycle_width = 2.4, cycle_dash = 7, stream_spacing = 11;

typedef struct scene {
    const grl_cell *cell;
    const grl_portrait *portrait;
    int map;
    grl_planar flow;
    grl_lines streams, nullclines[2], cycles[2]; /* stable ones, and others */
    grl_manifold_lines manifolds;
    grl_theme theme;
    grl_lines orbits; /* of a map: dots, one line for each orbit */
} scene;

typedef struct context {
    const grl_cell *cell;
    double *work;
} context;

static void field(void *opaque, const double p[2], double v[2])
{
    context *c = opaque;
    grl_cell_field(c->cell, NULL, p, v, c->work);
}

static size_t raster_of(double h)
{
    double k = floor(0.5 * (h + 1) * RASTER);
    return k < 0 ? 0 : k >= RASTER ? RASTER - 1 : (size_t)k;
}

static grl_status take_cycles(scene *s, const grl_cycles *cycles, grl_error *error)
{
    for (size_t k = 0; k < cycles->count; k++) {
        const grl_cycle *cycle = &cycles->items[k];
        double *states = grl_calloc(cycle->count, 2 * sizeof *states);
        if (!states) return grl_fail_memory(error, cycle->count, 2 * sizeof *states);
        for (size_t i = 0; i < cycle->count; i++)
            memcpy(states + 2 * i, cycle->points + 3 * i + 1, 2 * sizeof *states);
        int added = grl_lines_add(&s->cycles[!cycle->stable], cycle->count, states);
        free(states);
        if (!added) return grl_fail_memory(error, cycle->count, 2 * sizeof *states);
    }
    return GRL_OK;
}

static grl_status find_trajectories(scene *s, size_t wanted, unsigned long long seed, grl_error *error)
{
    size_t count = 0;
    double *starts = NULL;
    grl_status status = grl_orbits_starts(s->portrait, wanted, GRL_BESIDE_FOCI, seed, &count, &starts, error);
    if (status == GRL_OK)
        status = grl_planar_orbits_make(&s->flow, count, starts, &s->cycles[0], &s->orbits, error);
    free(starts);
    return status;
}

/* Dots that fall on a dot that is there are left out, but for those that will be joined. */
static grl_status find_iterates(scene *s, size_t wanted, unsigned long long seed, grl_error *error)
{
    grl_orbits orbits = {0};
    unsigned char *taken = grl_calloc((size_t)RASTER * RASTER, 1);
    double *kept = grl_calloc(ITERATES + 2, 2 * sizeof *kept);
    grl_status status = taken && kept ? GRL_OK : grl_fail_memory(error, (size_t)RASTER * RASTER, 1);
    if (status == GRL_OK)
        status =
            grl_orbits_run(s->cell, s->portrait, wanted, GRL_BESIDE_FOCI, ITERATES, seed, &orbits, error);
    for (size_t k = 0; k < orbits.count && status == GRL_OK; k++) {
        size_t count = 0;
        for (size_t i = 0; i < orbits.items[k]->count && count < ITERATES + 2; i++) {
            const double *h = orbits.items[k]->states + 2 * i;
            unsigned char *at = &taken[raster_of(h[1]) * RASTER + raster_of(h[0])];
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

/* One arrow for each place: along the step, as long as the step where that fits. */
static grl_status draw_steps(scene *s, grl_canvas *canvas, const grl_axes *axes, double spacing,
                             grl_error *error)
{
    size_t side = (size_t)fmax(4, floor(axes->width / spacing)), count = side * side;
    double pitch = 2.0 / (double)side, longest = 0.86 * axes->width / (double)side;
    double *states = grl_calloc(count, 2 * sizeof *states), *fields = grl_calloc(count, 2 * sizeof *fields);
    double *work = grl_calloc(grl_cell_batch_work(s->cell, count), sizeof *work);
    grl_status status = GRL_OK;
    if (!states || !fields || !work) {
        status = grl_fail_memory(error, count, 4 * sizeof *states);
        goto done;
    }
    for (size_t k = 0; k < count; k++) {
        states[2 * k] = -1 + pitch * ((double)(k % side) + (k / side % 2 ? 0.75 : 0.25));
        states[2 * k + 1] = -1 + pitch * ((double)(k / side) + 0.5);
    }
    grl_cell_field_batch(s->cell, NULL, count, states, fields, work);
    cairo_set_line_width(canvas->cr, stream_width);
    for (size_t k = 0; k < count; k++) {
        double dx = s->portrait->dt * fields[2 * k] * axes->width / 2;
        double dy = -s->portrait->dt * fields[2 * k + 1] * axes->height / 2, length = hypot(dx, dy);
        if (!(length > 0.8)) continue;
        double shrink = fmin(1, longest / length);
        dx *= shrink;
        dy *= shrink;
        double x = grl_axes_x(axes, states[2 * k]), y = grl_axes_y(axes, states[2 * k + 1]);
        grl_canvas_colour(canvas, GRL_STREAM, 1);
        cairo_move_to(canvas->cr, x - dx / 2, y - dy / 2);
        cairo_line_to(canvas->cr, x + dx / 2, y + dy / 2);
        cairo_stroke(canvas->cr);
        grl_arrow_draw(canvas, x + dx / 2, y + dy / 2, dx, dy, fmin(5, 0.6 * hypot(dx, dy)), GRL_STREAM);
    }
done:
    free(states);
    free(fields);
    free(work);
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
    grl_legend_add_portrait(legend, s->portrait);
    grl_entry *entry;
    for (int i = 0; i < 2; i++) {
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
    static const char *const cycles[2][2] = {{"stable cycle", "stable cycle (%zu)"},
                                             {"unstable cycle", "unstable cycle (%zu)"}};
    for (int i = 0; i < 2; i++) {
        char text[64];
        if (s->cycles[i].count == 0) continue;
        snprintf(text, sizeof text, cycles[i][s->cycles[i].count > 1], s->cycles[i].count);
        entry = grl_legend_add(legend, GRL_SAMPLE_LINE, text);
        entry->role = GRL_TRAJECTORY;
        entry->width = cycle_width;
        entry->dash = i ? cycle_dash : 0;
    }
    entry = grl_legend_add(legend, GRL_SAMPLE_ARROW, s->map ? "one step" : "flow");
    entry->role = GRL_STREAM;
    entry->width = stream_width;
    grl_slow_bands_describe(s->portrait, legend);
    grl_map_manifolds_describe(s->portrait, legend);
    grl_manifolds_describe(s->portrait, &s->manifolds, s->theme, legend);
}

static grl_status paint(scene *s, grl_canvas *canvas, const grl_axes *axes, grl_error *error)
{
    grl_status status = GRL_OK;
    grl_axes_clip(canvas, axes, 0);
    grl_basins_draw(canvas, axes, s->portrait, s->theme);
    status = grl_slow_bands_draw(canvas, axes, s->portrait, NULL, error);
    if (s->map && status == GRL_OK) {
        status = draw_steps(s, canvas, axes, 15, error);
    } else if (status == GRL_OK) {
        status = grl_lines_draw(canvas, axes, &s->streams, GRL_STREAM, stream_width, 0, error);
        grl_arrows_draw(canvas, axes, &s->streams, 85, 5.5, GRL_STREAM);
    }
    cairo_restore(canvas->cr);
    if (status != GRL_OK) return status;

    grl_axes_draw(canvas, axes, "$h$[1]");
    grl_axes_draw_below(canvas, axes, axes->top + axes->height, "$h$[0]");
    /* A nullcline may run on the border: it is drawn over the frame. */
    grl_axes_clip(canvas, axes, null_width / 2);
    for (int i = 0; i < 2 && status == GRL_OK; i++)
        status = grl_lines_draw(canvas, axes, &s->nullclines[i], i ? GRL_SECOND : GRL_FIRST, null_width,
                                i ? null_dash : 0, error);
    if (status == GRL_OK) status = grl_manifolds_draw(canvas, axes, &s->manifolds, error);
    if (status == GRL_OK) status = grl_map_manifolds_draw(canvas, axes, s->portrait, error);
    cairo_restore(canvas->cr);
    if (status == GRL_OK && !s->map) {
        status = grl_lines_draw(canvas, axes, &s->orbits, GRL_TRAJECTORY, orbit_width, 0, error);
        for (int i = 0; i < 2 && status == GRL_OK; i++)
            status = grl_lines_draw(canvas, axes, &s->cycles[i], GRL_TRAJECTORY, cycle_width,
                                    i ? cycle_dash : 0, error);
        grl_arrows_draw(canvas, axes, &s->orbits, 170, 7, GRL_TRAJECTORY);
        for (int i = 0; i < 2; i++) grl_arrows_draw(canvas, axes, &s->cycles[i], 150, 9, GRL_TRAJECTORY);
    }
    for (size_t k = 0; k < s->orbits.count; k++)
        draw_dots(s, canvas, axes, s->orbits.first[k], s->orbits.first[k + 1]);
    return status;
}

static void draw_points(const grl_portrait *portrait, grl_canvas *canvas, const grl_axes *axes)
{
    for (size_t k = 0; k < portrait->slow_count; k++)
        grl_mark_slow(canvas, grl_axes_x(axes, portrait->slow[k].h[0]),
                      grl_axes_y(axes, portrait->slow[k].h[1]));
    for (size_t k = 0; k < portrait->count; k++) {
        const grl_fixed_point *point = &portrait->points[k];
        if (point->box) { /* seen only where it is larger than the mark */
            double left = grl_axes_x(axes, point->box[0]), right = grl_axes_x(axes, point->box[1]);
            double top = grl_axes_y(axes, point->box[3]), bottom = grl_axes_y(axes, point->box[2]);
            grl_canvas_colour(canvas, GRL_ALARM, 1);
            cairo_set_line_width(canvas->cr, 0.9);
            cairo_rectangle(canvas->cr, left, top, right - left, bottom - top);
            cairo_stroke(canvas->cr);
        }
        grl_mark_draw(canvas, grl_axes_x(axes, point->h[0]), grl_axes_y(axes, point->h[1]), point->type, -1);
    }
}

grl_status grl_figure_two(const grl_cell *cell, const grl_portrait *portrait, const grl_draw_options *options,
                          const char *path, grl_error *error)
{
    scene s = {
        .cell = cell, .portrait = portrait, .map = portrait->time == GRL_DISCRETE, .theme = options->theme};
    grl_canvas canvas = {0};
    grl_legend legend = {0};
    grl_axes axes = {.low_x = -1, .high_x = 1, .low_y = -1, .high_y = 1};
    /* Where manifolds tell where states go, sample trajectories would only be in their way. */
    int told = portrait->separatrices && portrait->separatrices->count > 0;
    size_t wanted = options->trajectories >= 0 ? (size_t)options->trajectories : told ? 0 : 6;
    context c = {cell, grl_calloc(grl_cell_work(cell), sizeof *c.work)};
    if (!c.work) return grl_fail_memory(error, grl_cell_work(cell), sizeof *c.work);
    s.flow = (grl_planar){field, &c};

    grl_status status = grl_canvas_open(options, 500, 350, path, &canvas, error);
    if (status == GRL_OK) status = grl_nullclines_make(cell, NULLCLINE_CELLS, s.nullclines, error);
    if (status == GRL_OK && portrait->cycles && !s.map) status = take_cycles(&s, portrait->cycles, error);
    if (status == GRL_OK && wanted > 0)
        status = (s.map ? find_iterates : find_trajectories)(&s, wanted, options->seed, error);
    if (status == GRL_OK) status = grl_manifolds_make(portrait, &s.manifolds, error);
    if (status != GRL_OK) goto done;
    describe(&s, &legend);
    grl_plot_place(&canvas, options->title, &legend, grl_axes_room_below(), 1, &axes);
    if (!s.map)
        status = grl_streamlines_make(&s.flow, -1, 1, 2 * stream_spacing / axes.width, &s.streams, error);
    if (status == GRL_OK) status = paint(&s, &canvas, &axes, error);
    if (status != GRL_OK) goto done;
    draw_points(portrait, &canvas, &axes);
    grl_legend_draw(&canvas, &legend, &axes);
    status = grl_canvas_save(&canvas, path, error);
done:
    free(c.work);
    grl_lines_free(&s.streams);
    grl_lines_free(&s.nullclines[0]);
    grl_lines_free(&s.nullclines[1]);
    grl_lines_free(&s.cycles[0]);
    grl_lines_free(&s.cycles[1]);
    grl_manifolds_free(&s.manifolds);
    grl_lines_free(&s.orbits);
    grl_canvas_close(&canvas);
    return status;
}
