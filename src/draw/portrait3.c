/* portrait3.c: the portrait of three units from three sides: trajectories, fixed points and slow points over h[0] and
 * h[1], h[0] and h[2], h[1] and h[2].
 *
 * Panels that stand above or beside each other share an axis, so that a point is found by going along a column or a
 * row; the legend stands where the fourth would be. Trajectories start spread over the cube and, where
 * their unstable manifolds are not known, beside unstable points, so that the ways out of them show. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/figures.h"
#include "draw/loops.h"
#include "draw/orbits.h"
#include "draw/plot.h"
#include "draw/slow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDES = 3, ROWS = 8000, ITERATES = 250, USUAL_ORBITS = 8 };
static const double orbit_width = 0.8, beside = 30, beneath = 16, margin = 9;

/* Across and up of each panel. */
static const size_t across[SIDES] = {0, 0, 1}, up[SIDES] = {1, 2, 2};
static const char *const names[] = {"$h$[0]", "$h$[1]", "$h$[2]"};

typedef struct scene {
    const grl_portrait *portrait;
    int map;
    unsigned show;
    double low[3], high[3];
    grl_orbits orbits;
    grl_axes axes[SIDES];
    grl_lines paths; /* seen from the side that is drawn, as are these */
    grl_loops_lines closed;
} scene;

static int in_sight(const scene *s, const double *h)
{
    for (int i = 0; i < 3; i++)
        if (!(h[i] >= s->low[i] && h[i] <= s->high[i])) return 0;
    return 1;
}

static void look(const void *context, const double *h, double p[2])
{
    const int side = *(const int *)context;
    p[0] = h[across[side]];
    p[1] = h[up[side]];
}

static grl_status project(scene *s, int side, grl_error *error)
{
    size_t longest = 0;
    for (size_t k = 0; k < s->orbits.count; k++)
        if (s->orbits.items[k]->count > longest) longest = s->orbits.items[k]->count;
    double *points = grl_calloc(longest, 2 * sizeof *points);
    grl_status status = points ? GRL_OK : grl_fail_memory(error, longest, 2 * sizeof *points);
    grl_lines_free(&s->paths);
    grl_loops_free(&s->closed);
    if (status == GRL_OK) status = grl_loops_make(s->portrait, s->show, look, &side, &s->closed, error);
    for (size_t k = 0; k < s->orbits.count && status == GRL_OK; k++) {
        const grl_trajectory *t = s->orbits.items[k];
        for (size_t i = 0; i < t->count; i++) {
            points[2 * i] = t->states[3 * i + across[side]];
            points[2 * i + 1] = t->states[3 * i + up[side]];
        }
        if (!grl_lines_add(&s->paths, t->count, points))
            status = grl_fail_memory(error, t->count, 2 * sizeof *points);
    }
    free(points);
    return status;
}

static grl_status draw_points(scene *s, grl_canvas *canvas, int side, grl_error *error)
{
    const grl_portrait *portrait = s->portrait;
    const grl_axes *axes = &s->axes[side];
    const size_t a = across[side], b = up[side];
    for (size_t k = 0; k < portrait->slow_count; k++) {
        const double *h = portrait->slow[k].h;
        if (in_sight(s, h)) grl_mark_slow(canvas, grl_axes_x(axes, h[a]), grl_axes_y(axes, h[b]));
    }
    /* Stable points last, so that they are seen where points fall together. */
    for (int stable = 0; stable <= 1; stable++)
        for (size_t k = 0; k < portrait->count; k++) {
            const grl_fixed_point *point = &portrait->points[k];
            if ((point->type == GRL_STABLE_NODE || point->type == GRL_STABLE_FOCUS) != stable) continue;
            if (in_sight(s, point->h))
                grl_mark_draw(canvas, grl_axes_x(axes, point->h[a]), grl_axes_y(axes, point->h[b]),
                              point->type, -1);
        }
    if (!(s->show & GRL_SHOW_NUMBERS)) return GRL_OK;
    const grl_lines *lines[] = {&s->paths};
    double *places = grl_calloc(portrait->count, 2 * sizeof *places);
    if (!places) return grl_fail_memory(error, portrait->count, 2 * sizeof *places);
    for (size_t k = 0; k < portrait->count; k++) {
        const double *h = portrait->points[k].h;
        places[2 * k] = in_sight(s, h) ? h[a] : INFINITY;
        places[2 * k + 1] = h[b];
    }
    grl_status status = grl_numbers_draw(canvas, axes, portrait->count, places, 1, lines, error);
    free(places);
    return status;
}

static grl_status draw_side(scene *s, grl_canvas *canvas, int side, grl_error *error)
{
    const grl_axes *axes = &s->axes[side];
    grl_lines pieces = {0};
    grl_status status = project(s, side, error);
    if (status != GRL_OK) return status;
    grl_axes_clip(canvas, axes, 0);
    if (s->show & GRL_SHOW_MANIFOLDS)
        status = grl_slow_bands_draw(canvas, axes, s->portrait, look, &side, error);
    if (s->map && status == GRL_OK) {
        grl_mark_iterates(canvas, axes, s->paths.points_count, s->paths.points);
    } else if (status == GRL_OK) {
        status = grl_loops_thin(axes, &s->closed, &s->paths, &pieces, error);
        if (status == GRL_OK)
            status = grl_lines_draw(canvas, axes, &pieces, GRL_TRAJECTORY, orbit_width, 0, error);
        grl_arrows_draw(canvas, axes, &pieces, 250, 5.5, GRL_TRAJECTORY);
        grl_lines_free(&pieces);
    }
    if (status == GRL_OK) status = grl_loops_draw(canvas, axes, &s->closed, error);
    for (size_t k = 0; k < s->paths.count; k++) {
        const double *start = s->paths.points + 2 * s->paths.first[k];
        if (s->paths.first[k + 1] > s->paths.first[k])
            grl_mark_start(canvas, grl_axes_x(axes, start[0]), grl_axes_y(axes, start[1]));
    }
    cairo_restore(canvas->cr);
    if (status != GRL_OK) return status;
    grl_axes_draw(canvas, axes, side < 2 ? names[up[side]] : NULL);
    if (side > 0) grl_axes_draw_below(canvas, axes, axes->top + axes->height, names[across[side]]);
    return s->show & GRL_SHOW_POINTS ? draw_points(s, canvas, side, error) : GRL_OK;
}

static void describe(const scene *s, grl_legend *legend)
{
    if (s->show & GRL_SHOW_POINTS)
        grl_legend_add_portrait(legend, s->portrait, s->low, s->high);
    else
        grl_legend_add_notes(legend, s->portrait);
    if (s->show & GRL_SHOW_MANIFOLDS) grl_slow_bands_describe(s->portrait, legend);
    if (s->orbits.count > 0) {
        grl_entry *entry = grl_legend_add(legend, s->map ? GRL_SAMPLE_DOTS : GRL_SAMPLE_START,
                                          s->map ? "orbit" : "trajectory");
        entry->role = GRL_TRAJECTORY;
        entry->width = orbit_width;
    }
    grl_loops_describe(&s->closed, legend);
}

/* Three squares of one size; where they begin from the left and from above. */
static void place(scene *s, grl_canvas *canvas, const char *title)
{
    const double head = title ? 1.5 * grl_size_title : 0;
    double left = margin + fmax(grl_axes_room_left(canvas, s->low[1], s->high[1]),
                                grl_axes_room_left(canvas, s->low[2], s->high[2]));
    double top = margin + grl_mark_radius + head, width = canvas->width - left - 2 * margin - beside;
    double height = canvas->height - top - grl_axes_room_below() - margin - beneath,
           side = fmin(width, height) / 2;
    left += fmax(0, width - 2 * side) / 2;
    for (int k = 0; k < SIDES; k++)
        s->axes[k] = (grl_axes){.left = left + (k == 2) * (side + beside),
                                .top = top + (k > 0) * (side + beneath),
                                .width = side,
                                .height = side,
                                .low_x = s->low[across[k]],
                                .high_x = s->high[across[k]],
                                .low_y = s->low[up[k]],
                                .high_y = s->high[up[k]]};
    if (!title) return;
    grl_canvas_colour(canvas, GRL_INK, 1);
    grl_title_draw(canvas, left, top - 0.75 * grl_size_title, grl_size_title, canvas->width - left - margin,
                   title);
}

grl_status grl_figure_three(const grl_cell *cell, const grl_portrait *portrait,
                            const grl_draw_options *options, const char *path, grl_error *error)
{
    scene s = {.portrait = portrait,
               .map = portrait->time == GRL_DISCRETE,
               .show = options->show,
               .low = {-1, -1, -1},
               .high = {1, 1, 1}};
    grl_canvas canvas = {0};
    grl_legend legend = {0};
    const size_t wanted = options->trajectories > 0 ? (size_t)options->trajectories : USUAL_ORBITS;
    for (int k = 0; k < 3; k++) grl_figure_range(options, k, &s.low[k], &s.high[k]);
    grl_status status = grl_canvas_open(options, 500, 450, path, &canvas, error);
    if (status == GRL_OK && s.show & GRL_SHOW_TRAJECTORIES)
        status = grl_orbits_run(cell, portrait, wanted,
                                s.show & GRL_SHOW_MANIFOLDS && grl_loops_has_manifolds(portrait)
                                    ? GRL_BESIDE_NONE
                                    : GRL_BESIDE_UNSTABLE,
                                s.map ? ITERATES : ROWS, options->seed, &s.orbits, error);
    if (status != GRL_OK) goto done;
    place(&s, &canvas, options->title);
    for (int k = 0; k < SIDES && status == GRL_OK; k++) status = draw_side(&s, &canvas, k, error);
    if (status != GRL_OK) goto done;
    if (s.show & GRL_SHOW_LEGEND) {
        describe(&s, &legend);
        grl_legend_draw_at(&canvas, &legend, s.axes[2].left, s.axes[0].top,
                           s.axes[0].top + s.axes[0].height - beneath);
    }
    status = grl_canvas_save(&canvas, path, error);
done:
    grl_orbits_free(&s.orbits);
    grl_lines_free(&s.paths);
    grl_loops_free(&s.closed);
    grl_canvas_close(&canvas);
    return status;
}
