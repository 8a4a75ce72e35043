/* gallery.c: the classes of a catalogue as a page of small portraits, and what their frequencies do from run to
 * run.
 *
 * A portrait of the gallery is computed here, from the class's example: fixed points, cycles and manifolds of the
 * flow of two units. For other networks there is no small portrait, and the page shows words alone. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/chart.h"
#include "draw/plot.h"

#include <grulens/whole.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 5, ROWS = 4, MOST_LINES = 6, NAME_LINES = 3, LINE_LENGTH = 22 };

static const double page_width = 620, side = 100, pitch = 118, row_pitch = 158, left_margin = 22,
                    top_margin = 34, small_size = 7.5;

static grl_status portrait_of(const grl_atlas_run *run, const grl_cell *cell, grl_portrait **portrait,
                              grl_error *error)
{
    grl_whole_options ask = grl_whole_defaults();
    ask.parts = GRL_PART_CYCLES | GRL_PART_SEPARATRICES;
    ask.points.time = run->settings.time;
    ask.points.dt = run->settings.dt;
    ask.points.points_only = 1;
    ask.separatrices.basins = 0;
    ask.threads = 1;
    return grl_whole_compute(cell, NULL, &ask, portrait, error);
}

/* Words of a name in lines of at most LINE_LENGTH letters, the rest of what does not fit as "..". */
static void draw_name(grl_canvas *canvas, double x, double y, const char *name)
{
    for (int line = 0; line < NAME_LINES && *name; line++) {
        char text[LINE_LENGTH + 4];
        size_t length = strlen(name);
        if (length > LINE_LENGTH) {
            length = LINE_LENGTH;
            while (length > 0 && name[length] != ' ') length--;
            if (length == 0) length = LINE_LENGTH;
        }
        snprintf(text, sizeof text, "%.*s%s", (int)length, name,
                 line == NAME_LINES - 1 && name[length] ? " .." : "");
        grl_label_draw(canvas, x, y + 9 * line, small_size, GRL_ALIGN_LEFT, text);
        name += length;
        while (*name == ' ') name++;
    }
}

static grl_status draw_class(grl_canvas *canvas, const grl_atlas_run *run, const grl_atlas_class *class,
                             double x, double y, grl_error *error)
{
    grl_cell *cell = NULL;
    grl_portrait *portrait = NULL;
    char share[64];
    grl_status status = GRL_OK;
    if (run->settings.sampling.units == 2) {
        status = grl_atlas_example(run, class, &cell, error);
        if (status == GRL_OK) status = portrait_of(run, cell, &portrait, error);
    }
    if (status == GRL_OK) {
        const grl_region sample = {.cell = cell, .portrait = portrait};
        status = grl_thumbnail_draw(canvas, &sample, x, y, side, error);
    }
    grl_canvas_colour(canvas, GRL_INK, 1);
    snprintf(share, sizeof share, "%.3g %%", 100 * class->frequency);
    grl_label_draw(canvas, x, y + side + 12, small_size + 1, GRL_ALIGN_LEFT, share);
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    draw_name(canvas, x, y + side + 23, class->name);
    grl_portrait_free(portrait);
    grl_cell_free(cell);
    return status;
}

static grl_status draw_gallery(const grl_atlas_run *run, size_t page, const grl_draw_options *options,
                               const char *path, grl_error *error)
{
    const size_t first = page * COLUMNS * ROWS;
    grl_canvas canvas;
    if (first >= run->count)
        return grl_fail(error, GRL_BAD_INPUT, "gallery: expected a page below %zu, found %zu",
                        (run->count + COLUMNS * ROWS - 1) / (COLUMNS * ROWS), page);
    const size_t shown = run->count - first < COLUMNS * ROWS ? run->count - first : COLUMNS * ROWS;
    const double rows = (double)((shown + COLUMNS - 1) / COLUMNS);
    grl_status status =
        grl_canvas_open(options, page_width, top_margin + rows * row_pitch, path, &canvas, error);
    if (status != GRL_OK) return status;
    char title[120];
    snprintf(title, sizeof title, "%llu networks, %zu classes", run->networks, run->count);
    grl_canvas_colour(&canvas, GRL_INK, 1);
    grl_title_draw(&canvas, left_margin, 20, grl_size_title, page_width - 2 * left_margin,
                   options->title ? options->title : title);
    for (size_t k = 0; k < shown && status == GRL_OK; k++)
        status =
            draw_class(&canvas, run, &run->classes[first + k], left_margin + pitch * (double)(k % COLUMNS),
                       top_margin + row_pitch * (double)(k / COLUMNS), error);
    if (status == GRL_OK) status = grl_canvas_save(&canvas, path, error);
    grl_canvas_close(&canvas);
    return status;
}

/* Of the lines, in order; every other one is dashed. */
static const grl_role roles[MOST_LINES] = {
    GRL_FIRST, GRL_SECOND, GRL_TRAJECTORY, GRL_MANIFOLD, GRL_UNSTABLE_MANIFOLD, GRL_SLOW};

/* What is plotted against what: a run's place on the horizontal axis. */
static double place_of(const grl_atlas_run *run, grl_atlas_figure figure)
{
    return figure == GRL_ATLAS_FREQUENCY ? run->settings.sampling.scale[GRL_U_H]
                                         : (double)run->settings.sampling.units;
}

static const grl_atlas_class *find_class(const grl_atlas_run *run, const char *key)
{
    for (size_t k = 0; k < run->count; k++)
        if (strcmp(run->classes[k].key, key) == 0) return &run->classes[k];
    return NULL;
}

/* Mean number of stable points (and cycles), over the networks that are decided. */
static double mean_attractors(const grl_atlas_run *run, int *most)
{
    double sum = 0, count = 0;
    *most = 0;
    for (size_t k = 0; k < run->count; k++) {
        const grl_atlas_class *c = &run->classes[k];
        const int attractors = c->stable + (c->stable_cycles > 0 ? c->stable_cycles : 0);
        sum += attractors * (double)c->count;
        count += (double)c->count;
        if (attractors > *most) *most = attractors;
    }
    return count > 0 ? sum / count : (double)NAN;
}

static int by_place(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* One line over the runs, in the order of the horizontal axis, with its marks. points: room for 2 count. */
static grl_status draw_line(grl_canvas *canvas, const grl_axes *axes, size_t count, double *points, int style,
                            grl_error *error)
{
    grl_lines lines = {0};
    qsort(points, count, 2 * sizeof *points, by_place);
    grl_status status =
        grl_lines_add(&lines, count, points) ? GRL_OK : grl_fail_memory(error, count, 2 * sizeof *points);
    if (status == GRL_OK && count > 1)
        status = grl_lines_draw(canvas, axes, &lines, roles[style], 1.6, style % 2 ? 4 : 0, error);
    grl_canvas_colour(canvas, roles[style], 1);
    for (size_t i = 0; i < count; i++) {
        cairo_arc(canvas->cr, grl_axes_x(axes, points[2 * i]), grl_axes_y(axes, points[2 * i + 1]), 2.6, 0,
                  6.283185307179586);
        cairo_fill(canvas->cr);
    }
    grl_lines_free(&lines);
    return status;
}

/* The lines' names, and for frequencies the classes: those with the most networks over all runs. */
static int choose_classes(const grl_atlas *atlas, const char *keys[MOST_LINES])
{
    int chosen = 0;
    for (; chosen < MOST_LINES; chosen++) {
        const grl_atlas_class *best = NULL;
        for (size_t i = 0; i < atlas->count; i++)
            for (size_t k = 0; k < atlas->runs[i].count; k++) {
                const grl_atlas_class *c = &atlas->runs[i].classes[k];
                int taken = 0;
                for (int j = 0; j < chosen; j++) taken = taken || strcmp(keys[j], c->key) == 0;
                if (!taken && (!best || c->frequency > best->frequency)) best = c;
            }
        if (!best) break;
        keys[chosen] = best->key;
    }
    return chosen;
}

static void add_entry(grl_legend *legend, int style, const char *text)
{
    grl_entry *entry = grl_legend_add(legend, GRL_SAMPLE_LINE, text);
    entry->role = roles[style];
    entry->width = 1.6;
    entry->dash = style % 2 ? 4 : 0;
}

static grl_status draw_over_runs(const grl_atlas *atlas, grl_atlas_figure figure,
                                 const grl_draw_options *options, const char *path, grl_error *error)
{
    const int frequency = figure == GRL_ATLAS_FREQUENCY;
    const char *keys[MOST_LINES] = {NULL};
    const int lines = frequency ? choose_classes(atlas, keys) : 2;
    double low = INFINITY, high = -INFINITY, top = 1;
    grl_legend legend = {0};
    grl_canvas canvas;
    double *points = grl_calloc(atlas->count, 2 * sizeof *points);
    if (!points) return grl_fail_memory(error, atlas->count, 2 * sizeof *points);
    for (size_t i = 0; i < atlas->count; i++) {
        int most;
        low = fmin(low, place_of(&atlas->runs[i], figure));
        high = fmax(high, place_of(&atlas->runs[i], figure));
        mean_attractors(&atlas->runs[i], &most);
        if (!frequency) top = fmax(top, most);
    }
    const double margin = high > low ? 0.04 * (high - low) : 0.5;
    grl_axes axes = {.low_x = low - margin, .high_x = high + margin, .low_y = 0, .high_y = 1.04 * top};
    for (int k = 0; k < lines; k++) add_entry(&legend, k, frequency ? keys[k] : k ? "most" : "mean");
    grl_status status = grl_canvas_open(options, 470, 330, path, &canvas, error);
    if (status != GRL_OK) {
        free(points);
        return status;
    }
    grl_plot_place(&canvas, options->title, &legend, grl_axes_room_below(), 0, &axes);
    for (int k = 0; k < lines && status == GRL_OK; k++) {
        size_t count = 0;
        for (size_t i = 0; i < atlas->count; i++) {
            const grl_atlas_run *run = &atlas->runs[i];
            int most;
            const double mean = mean_attractors(run, &most);
            const grl_atlas_class *class = frequency ? find_class(run, keys[k]) : NULL;
            points[2 * count] = place_of(run, figure);
            points[2 * count + 1] = frequency ? (class ? class->frequency : 0) : k ? most : mean;
            count += isfinite(points[2 * count + 1]) != 0;
        }
        status = draw_line(&canvas, &axes, count, points, k, error);
    }
    if (status == GRL_OK) {
        grl_axes_draw(&canvas, &axes, frequency ? "share of networks" : "attractors of a network");
        grl_axes_draw_below(&canvas, &axes, axes.top + axes.height, frequency ? "scale of $U$_h" : "units");
        grl_legend_draw(&canvas, &legend, &axes);
        status = grl_canvas_save(&canvas, path, error);
    }
    grl_canvas_close(&canvas);
    free(points);
    return status;
}

grl_status grl_draw_atlas(const grl_atlas *atlas, grl_atlas_figure figure, size_t run, size_t page,
                          const grl_draw_options *options, const char *path, grl_error *error)
{
    const grl_draw_options defaults = grl_draw_defaults();
    if (!options) options = &defaults;
    if (run >= atlas->count)
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected a run below %zu, found %zu", atlas->count,
                        run);
    if (figure == GRL_ATLAS_GALLERY) return draw_gallery(&atlas->runs[run], page, options, path, error);
    return draw_over_runs(atlas, figure, options, path, error);
}
