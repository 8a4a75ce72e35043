/* portrait_n.c: the portrait of four units or more: trajectories, fixed points and slow points, projected on
 * the first two principal components of the trajectories.
 *
 * Trajectories start spread over the cube, and beside unstable points, so that the ways out of them show.
 * A projection hides directions: the labels say how much of the variance is seen. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/figures.h"
#include "draw/loops.h"
#include "draw/orbits.h"
#include "draw/pca.h"
#include "draw/plot.h"
#include "draw/slow.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1500, ITERATES = 250, STATES = 2000, USUAL_ORBITS = 8 };
static const double orbit_width = 0.8;

typedef struct scene {
    const grl_portrait *portrait;
    size_t n;
    int map;
    grl_orbits orbits;
    grl_pca pca;
    grl_lines paths; /* projected */
    grl_loops_lines closed;
    grl_axes axes;
} scene;

/* At most STATES states of all trajectories, evenly spaced in time. */
static grl_status find_axes(scene *s, grl_error *error)
{
    size_t total = 0, count = 0, size = 0;
    for (size_t k = 0; k < s->orbits.count; k++) total += s->orbits.items[k]->count;
    size_t every = 1 + total / STATES;
    double *states = NULL;
    if (grl_product(total / every + s->orbits.count + 1, s->n, &size))
        states = grl_calloc(size, sizeof *states);
    if (!states) return grl_fail_memory(error, size, sizeof *states);
    for (size_t k = 0; k < s->orbits.count; k++)
        for (size_t i = 0; i < s->orbits.items[k]->count; i += every)
            memcpy(states + count++ * s->n, s->orbits.items[k]->states + i * s->n, s->n * sizeof *states);
    grl_status status = grl_pca_compute(count, s->n, states, &s->pca, error);
    free(states);
    return status;
}

static grl_status project(scene *s, grl_error *error)
{
    size_t longest = 0;
    for (size_t k = 0; k < s->orbits.count; k++)
        if (s->orbits.items[k]->count > longest) longest = s->orbits.items[k]->count;
    double *points = grl_calloc(longest, 2 * sizeof *points);
    grl_status status = points ? GRL_OK : grl_fail_memory(error, longest, 2 * sizeof *points);
    for (size_t k = 0; k < s->orbits.count && status == GRL_OK; k++) {
        const grl_trajectory *t = s->orbits.items[k];
        for (size_t i = 0; i < t->count; i++) grl_pca_project(&s->pca, t->states + i * s->n, points + 2 * i);
        if (!grl_lines_add(&s->paths, t->count, points))
            status = grl_fail_memory(error, t->count, 2 * sizeof *points);
    }
    free(points);
    return status;
}

static void look(const void *context, const double *h, double p[2])
{
    grl_pca_project(context, h, p);
}

static void include(double range[4], const double p[2])
{
    for (int i = 0; i < 2; i++) {
        range[2 * i] = fmin(range[2 * i], p[i]);
        range[2 * i + 1] = fmax(range[2 * i + 1], p[i]);
    }
}

/* Both axes in the same unit, unless that would leave most of the plot empty; or as the options say. */
static void set_ranges(scene *s, const grl_draw_options *options)
{
    const double most_unequal = 2.5;
    double range[4] = {DBL_MAX, -DBL_MAX, DBL_MAX, -DBL_MAX}, p[2], span[2];
    for (size_t i = 0; i < s->paths.points_count; i++) include(range, s->paths.points + 2 * i);
    for (int c = 0; c < 2; c++)
        for (size_t i = 0; i < s->closed.cycles[c].points_count; i++)
            include(range, s->closed.cycles[c].points + 2 * i);
    for (size_t k = 0; k < s->portrait->count; k++) {
        grl_pca_project(&s->pca, s->portrait->points[k].h, p);
        include(range, p);
    }
    for (size_t k = 0; k < s->portrait->slow_count; k++) {
        grl_pca_project(&s->pca, s->portrait->slow[k].h, p);
        include(range, p);
    }
    for (int i = 0; i < 2; i++) {
        if (!(range[2 * i] <= range[2 * i + 1])) range[2 * i] = range[2 * i + 1] = 0;
        span[i] = fmax(range[2 * i + 1] - range[2 * i], 1e-6);
    }
    double widest = fmax(span[0], span[1]);
    if (widest < most_unequal * fmin(span[0], span[1])) span[0] = span[1] = widest;
    for (int i = 0; i < 2; i++) {
        double middle = 0.5 * (range[2 * i] + range[2 * i + 1]);
        range[2 * i] = middle - 0.56 * span[i];
        range[2 * i + 1] = middle + 0.56 * span[i];
    }
    for (int i = 0; i < 2; i++) grl_figure_range(options, i, &range[2 * i], &range[2 * i + 1]);
    s->axes = (grl_axes){.low_x = range[0], .high_x = range[1], .low_y = range[2], .high_y = range[3]};
}

static void name_axis(const scene *s, int k, char text[64])
{
    double share = s->pca.total > 0 ? 100 * s->pca.variance[k] / s->pca.total : 0;
    snprintf(text, 64,
             share >= 99.95 || share < 0.05 ? "PC %d (%.0f %%)"
             : share < 10                   ? "PC %d (%.1f %%)"
                                            : "PC %d (%.0f %%)",
             k + 1, share);
}

static int in_sight(const scene *s, const double p[2])
{
    const grl_axes *a = &s->axes;
    return p[0] >= a->low_x && p[0] <= a->high_x && p[1] >= a->low_y && p[1] <= a->high_y;
}

static void draw_paths(scene *s, grl_canvas *canvas)
{
    if (s->map) grl_mark_iterates(canvas, &s->axes, s->paths.points_count, s->paths.points);
    for (size_t k = 0; k < s->paths.count; k++) {
        const double *start = s->paths.points + 2 * s->paths.first[k];
        if (s->paths.first[k + 1] > s->paths.first[k])
            grl_mark_start(canvas, grl_axes_x(&s->axes, start[0]), grl_axes_y(&s->axes, start[1]));
    }
}

static grl_status draw_points(scene *s, grl_canvas *canvas, int numbers, grl_error *error)
{
    const size_t count = s->portrait->count;
    const grl_lines *lines[] = {&s->paths};
    double p[2], *places;
    for (size_t k = 0; k < s->portrait->slow_count; k++) {
        grl_pca_project(&s->pca, s->portrait->slow[k].h, p);
        if (!in_sight(s, p)) continue;
        grl_mark_slow(canvas, grl_axes_x(&s->axes, p[0]), grl_axes_y(&s->axes, p[1]));
    }
    /* Stable points last, so that they are seen where points fall together. */
    for (int stable = 0; stable <= 1; stable++)
        for (size_t k = 0; k < s->portrait->count; k++) {
            const grl_fixed_point *point = &s->portrait->points[k];
            if ((point->type == GRL_STABLE_NODE || point->type == GRL_STABLE_FOCUS) != stable) continue;
            grl_pca_project(&s->pca, point->h, p);
            if (in_sight(s, p))
                grl_mark_draw(canvas, grl_axes_x(&s->axes, p[0]), grl_axes_y(&s->axes, p[1]), point->type,
                              -1);
        }
    if (!numbers) return GRL_OK;
    places = grl_calloc(count, 2 * sizeof *places);
    if (!places) return grl_fail_memory(error, count, 2 * sizeof *places);
    for (size_t k = 0; k < count; k++) grl_pca_project(&s->pca, s->portrait->points[k].h, places + 2 * k);
    grl_status status = grl_numbers_draw(canvas, &s->axes, count, places, 1, lines, error);
    free(places);
    return status;
}

grl_status grl_figure_many(const grl_cell *cell, const grl_portrait *portrait,
                           const grl_draw_options *options, const char *path, grl_error *error)
{
    scene s = {.portrait = portrait, .n = portrait->hidden_size, .map = portrait->time == GRL_DISCRETE};
    grl_canvas canvas = {0};
    grl_legend legend = {0};
    grl_lines pieces = {0};
    char label[2][64];
    size_t wanted = !(options->show & GRL_SHOW_TRAJECTORIES) ? 0
                    : options->trajectories > 0              ? (size_t)options->trajectories
                                                             : USUAL_ORBITS;
    const int with_legend = (options->show & GRL_SHOW_LEGEND) != 0;
    grl_status status = grl_canvas_open(options, with_legend ? 500 : 370, 350, path, &canvas, error);
    if (status == GRL_OK)
        status = grl_orbits_run(cell, portrait, wanted > 0 ? wanted : 1,
                                options->show & GRL_SHOW_MANIFOLDS && grl_loops_has_manifolds(portrait)
                                    ? GRL_BESIDE_NONE
                                    : GRL_BESIDE_UNSTABLE,
                                s.map ? ITERATES : ROWS, options->seed, &s.orbits, error);
    if (status == GRL_OK) status = find_axes(&s, error);
    if (status == GRL_OK && wanted > 0) status = project(&s, error);
    if (status == GRL_OK) status = grl_loops_make(portrait, options->show, look, &s.pca, &s.closed, error);
    if (status != GRL_OK) goto done;
    set_ranges(&s, options);
    name_axis(&s, 0, label[0]);
    name_axis(&s, 1, label[1]);
    if (with_legend && options->show & GRL_SHOW_POINTS)
        grl_legend_add_portrait(&legend, portrait, NULL, NULL);
    else if (with_legend)
        grl_legend_add_notes(&legend, portrait);
    const int bands = (options->show & GRL_SHOW_MANIFOLDS) != 0;
    if (with_legend && bands) grl_slow_bands_describe(portrait, &legend);
    if (with_legend && s.paths.count > 0) {
        grl_entry *entry = grl_legend_add(&legend, s.map ? GRL_SAMPLE_DOTS : GRL_SAMPLE_START,
                                          s.map ? "orbit" : "trajectory");
        entry->role = GRL_TRAJECTORY;
        entry->width = orbit_width;
    }
    if (with_legend) grl_loops_describe(&s.closed, &legend);
    grl_plot_place(&canvas, options->title, &legend, grl_axes_room_below(), 1, &s.axes);
    grl_axes_clip(&canvas, &s.axes, 0);
    if (bands) status = grl_slow_bands_draw(&canvas, &s.axes, portrait, look, &s.pca, error);
    if (!s.map && status == GRL_OK) {
        status = grl_loops_thin(&s.axes, &s.closed, &s.paths, &pieces, error);
        if (status == GRL_OK)
            status = grl_lines_draw(&canvas, &s.axes, &pieces, GRL_TRAJECTORY, orbit_width, 0, error);
        grl_arrows_draw(&canvas, &s.axes, &pieces, 400, 6, GRL_TRAJECTORY);
        grl_lines_free(&pieces);
    }
    if (status == GRL_OK) status = grl_loops_draw(&canvas, &s.axes, &s.closed, error);
    draw_paths(&s, &canvas);
    cairo_restore(canvas.cr);
    if (status != GRL_OK) goto done;
    grl_axes_draw(&canvas, &s.axes, label[1]);
    grl_axes_draw_below(&canvas, &s.axes, s.axes.top + s.axes.height, label[0]);
    if (options->show & GRL_SHOW_POINTS)
        status = draw_points(&s, &canvas, (options->show & GRL_SHOW_NUMBERS) != 0, error);
    if (status != GRL_OK) goto done;
    grl_legend_draw(&canvas, &legend, &s.axes);
    status = grl_canvas_save(&canvas, path, error);
done:
    grl_pca_free(&s.pca);
    grl_orbits_free(&s.orbits);
    grl_lines_free(&s.paths);
    grl_loops_free(&s.closed);
    grl_canvas_close(&canvas);
    return status;
}
