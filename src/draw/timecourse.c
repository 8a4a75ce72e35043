/* timecourse.c: the states of units over time.
 *
 * Up to PANELS units: a panel for each, all with the same scale, all trajectories in each. More units: one
 * map, time to the right, a row for each unit, of the first trajectory. The input, if it varies, has a panel
 * of its own above. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PANELS = 8, NAMED = 3, DOTTED = 80, COLUMNS = 1200 };

static const double panel_gap = 17, panel_height = 80, map_height = 230, input_height = 62, scale_width = 10;

typedef struct course {
    size_t n, count;
    const grl_trajectory *const *items;
    const grl_signal *signal;
    int map;
    double low_t, high_t, low, high; /* of all times and states */
    double low_x, high_x;            /* of the input */
    grl_legend legend;
} course;

/* What tells the first three lines of a panel apart; more are drawn alike. */
static const grl_entry styles[NAMED] = {
    {.role = GRL_SECOND, .width = 1.4},
    {.role = GRL_FIRST, .width = 1.4, .dash = 6},
    {.role = GRL_TRAJECTORY, .width = 1.4, .dash = 2.2},
};

static const grl_entry *style(size_t k, size_t count)
{
    static const grl_entry alike = {.role = GRL_SECOND, .width = 0.8};
    return count > NAMED ? &alike : &styles[k];
}

/* Inputs that the legend does not name are not in the colour of a trajectory. */
static const grl_entry *input_style(size_t j, size_t count)
{
    static const grl_entry alone = {.role = GRL_INK, .width = 1.1}, many = {.role = GRL_INK, .width = 0.6};
    return count == 1 ? &alone : count > NAMED ? &many : &styles[j];
}

static void widen(double *low, double *high, double least)
{
    double middle = 0.5 * (*low + *high), span = fmax(1.12 * (*high - *low), least);
    *low = middle - 0.5 * span;
    *high = middle + 0.5 * span;
}

static void find_ranges(course *c)
{
    c->low = c->low_x = INFINITY;
    c->high = c->high_x = -INFINITY;
    for (size_t k = 0; k < c->count; k++) {
        const grl_trajectory *t = c->items[k];
        for (size_t i = 0; i < t->count; i++) {
            c->low_t = fmin(c->low_t, t->times[i]);
            c->high_t = fmax(c->high_t, t->times[i]);
        }
        for (size_t i = 0; i < t->count * c->n; i++) {
            c->low = fmin(c->low, t->states[i]);
            c->high = fmax(c->high, t->states[i]);
        }
    }
    if (!(c->high_t > c->low_t)) c->high_t = c->low_t + 1;
    widen(&c->low, &c->high, 0.05);
    for (size_t i = 0; c->signal && i < c->signal->count * c->signal->width; i++) {
        c->low_x = fmin(c->low_x, c->signal->values[i]);
        c->high_x = fmax(c->high_x, c->signal->values[i]);
    }
    widen(&c->low_x, &c->high_x, 1e-3 + 1e-6 * fabs(c->low_x));
}

/* One unit of one trajectory. */
static grl_status draw_unit(const course *c, grl_canvas *canvas, const grl_axes *axes, size_t k, size_t unit,
                            grl_error *error)
{
    const grl_trajectory *t = c->items[k];
    const grl_entry *s = style(k, c->count);
    grl_lines lines = {0};
    double *points = grl_calloc(t->count, 2 * sizeof *points);
    grl_status status = GRL_OK;
    if (!points) return grl_fail_memory(error, t->count, 2 * sizeof *points);
    for (size_t i = 0; i < t->count; i++) {
        points[2 * i] = t->times[i];
        points[2 * i + 1] = t->states[i * c->n + unit];
    }
    if (!grl_lines_add(&lines, t->count, points))
        status = grl_fail_memory(error, t->count, 2 * sizeof *points);
    if (status == GRL_OK) {
        /* Iterates are joined by a thin line only, for there is nothing between them. */
        double width = c->map && t->count <= DOTTED ? 0.5 : s->width;
        status = grl_lines_draw(canvas, axes, &lines, s->role, width, s->dash, error);
    }
    grl_canvas_colour(canvas, s->role, 1);
    for (size_t i = 0; c->map && t->count <= DOTTED && i < t->count; i++) {
        cairo_arc(canvas->cr, grl_axes_x(axes, points[2 * i]), grl_axes_y(axes, points[2 * i + 1]), 1.5, 0,
                  6.2832);
        cairo_fill(canvas->cr);
    }
    grl_lines_free(&lines);
    free(points);
    return status;
}

/* One input: stairs if it is held; constant before the first and after the last row. */
static grl_status draw_input(const course *c, grl_canvas *canvas, const grl_axes *axes, size_t j,
                             grl_error *error)
{
    const grl_signal *x = c->signal;
    const grl_entry *s = input_style(j, x->width);
    grl_lines lines = {0};
    double *points = grl_calloc(2 * x->count + 2, 2 * sizeof *points);
    grl_status status = GRL_OK;
    if (!points) return grl_fail_memory(error, 2 * x->count + 2, 2 * sizeof *points);
    size_t count = 0;
    double before = x->values[j];
    points[2 * count] = fmin(c->low_t, x->times[0]);
    points[2 * count++ + 1] = before;
    for (size_t i = 0; i < x->count; i++) {
        if (x->interpolation == GRL_HOLD) {
            points[2 * count] = x->times[i];
            points[2 * count++ + 1] = before;
        }
        before = x->values[i * x->width + j];
        points[2 * count] = x->times[i];
        points[2 * count++ + 1] = before;
    }
    points[2 * count] = fmax(c->high_t, x->times[x->count - 1]);
    points[2 * count++ + 1] = before;
    if (!grl_lines_add(&lines, count, points)) status = grl_fail_memory(error, count, 2 * sizeof *points);
    if (status == GRL_OK) status = grl_lines_draw(canvas, axes, &lines, s->role, s->width, s->dash, error);
    grl_lines_free(&lines);
    free(points);
    return status;
}

/* The colour of a state: from one colour over the paper's to another; grey has no two, and goes from the
 * paper to the ink. value from -1 to 1. */
static unsigned pixel(const grl_canvas *canvas, int grey, double value)
{
    const grl_colour *a = &canvas->colours[GRL_PAPER],
                     *b = &canvas->colours[value < 0 ? GRL_SECOND : GRL_FIRST];
    double part = fmin(1, fabs(value));
    if (grey) {
        b = &canvas->colours[GRL_INK];
        part = fmin(1, fmax(0, 0.5 * (1 + value)));
    }
    unsigned red = (unsigned)lround(255 * (a->red + part * (b->red - a->red)));
    unsigned green = (unsigned)lround(255 * (a->green + part * (b->green - a->green)));
    unsigned blue = (unsigned)lround(255 * (a->blue + part * (b->blue - a->blue)));
    return 0xff000000u | red << 16 | green << 8 | blue;
}

/* The row of a trajectory that is valid at time t: the last one before, or for the flow the nearest. */
static size_t row_at(const course *c, const grl_trajectory *trajectory, size_t from, double t)
{
    const double way = c->items[0]->times[trajectory->count - 1] < 0 ? -1 : 1;
    size_t i = from;
    while (i + 1 < trajectory->count && (t - trajectory->times[i + 1]) * way >= 0) i++;
    if (!c->map && i + 1 < trajectory->count &&
        fabs(trajectory->times[i + 1] - t) < fabs(t - trajectory->times[i]))
        i++;
    return i;
}

static grl_status paint(grl_canvas *canvas, cairo_surface_t *image, double left, double top, double width,
                        double height, int columns, int rows, grl_error *error)
{
    cairo_t *cr = canvas->cr;
    cairo_surface_mark_dirty(image);
    cairo_save(cr);
    cairo_translate(cr, left, top);
    cairo_scale(cr, width / columns, height / rows);
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
    cairo_rectangle(cr, 0, 0, columns, rows);
    cairo_fill(cr);
    cairo_restore(cr);
    cairo_status_t status = cairo_status(cr);
    return status == CAIRO_STATUS_SUCCESS
               ? GRL_OK
               : grl_fail(error, GRL_NO_MEMORY, "figure: %s", cairo_status_to_string(status));
}

static grl_status draw_map(const course *c, grl_canvas *canvas, const grl_axes *axes, int grey,
                           grl_error *error)
{
    const grl_trajectory *t = c->items[0];
    const double most = fmax(fabs(c->low), fabs(c->high)) < 1.2 ? 1 : fmax(fabs(c->low), fabs(c->high));
    const int rows = (int)c->n, steps = 64;
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, COLUMNS, rows);
    cairo_surface_t *scale = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, steps);
    grl_status status = GRL_OK;
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS ||
        cairo_surface_status(scale) != CAIRO_STATUS_SUCCESS) {
        status = grl_fail_memory(error, c->n, 4 * COLUMNS);
        goto done;
    }
    unsigned *pixels = (unsigned *)(void *)cairo_image_surface_get_data(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image) / sizeof *pixels;
    const int backwards = t->times[t->count - 1] < 0;
    size_t row = 0;
    for (int k = 0; k < COLUMNS; k++) {
        int column = backwards ? COLUMNS - 1 - k : k; /* in the order of the rows */
        row = row_at(c, t, row, c->low_t + (c->high_t - c->low_t) * (column + 0.5) / COLUMNS);
        for (size_t i = 0; i < c->n; i++)
            pixels[i * stride + (size_t)column] = pixel(canvas, grey, t->states[row * c->n + i] / most);
    }
    status = paint(canvas, image, axes->left, axes->top, axes->width, axes->height, COLUMNS, rows, error);
    if (status != GRL_OK) goto done;

    /* What the colours mean. */
    grl_axes bar = {.left = axes->left + axes->width + 16,
                    .top = axes->top,
                    .width = scale_width,
                    .height = axes->height,
                    .low_x = 0,
                    .high_x = 1,
                    .low_y = -most,
                    .high_y = most};
    pixels = (unsigned *)(void *)cairo_image_surface_get_data(scale);
    stride = (size_t)cairo_image_surface_get_stride(scale) / sizeof *pixels;
    for (int i = 0; i < steps; i++)
        pixels[(size_t)i * stride] = pixel(canvas, grey, 1 - 2 * (i + 0.5) / steps);
    status = paint(canvas, scale, bar.left, bar.top, bar.width, bar.height, 1, steps, error);
    grl_canvas_colour(canvas, GRL_INK, 1);
    cairo_set_line_width(canvas->cr, 0.9);
    cairo_rectangle(canvas->cr, bar.left, bar.top, bar.width, bar.height);
    cairo_stroke(canvas->cr);
    for (int i = -1; i <= 1; i++) {
        char text[32];
        grl_tick_text(i * most, most == 1 ? 0 : 2, text);
        grl_label_draw(canvas, bar.left + bar.width + 5, grl_axes_y(&bar, i * most) + 0.36 * grl_size_tick,
                       grl_size_tick, GRL_ALIGN_LEFT, text);
    }
    grl_label_draw(canvas, bar.left + bar.width + 24, bar.top + 0.25 * bar.height, grl_size_label,
                   GRL_ALIGN_LEFT, "$h$");
done:
    cairo_surface_destroy(image);
    cairo_surface_destroy(scale);
    return status;
}

static void describe(course *c)
{
    char text[64];
    for (size_t k = 0; k < c->count && c->count > 1 && c->count <= NAMED && c->n <= PANELS; k++) {
        snprintf(text, sizeof text, "start %zu", k + 1);
        grl_entry *entry = grl_legend_add(&c->legend, GRL_SAMPLE_LINE, text);
        entry->role = style(k, c->count)->role;
        entry->width = style(k, c->count)->width;
        entry->dash = style(k, c->count)->dash;
    }
    for (size_t j = 0; c->signal && j < c->signal->width && c->signal->width > 1 && c->signal->width <= NAMED;
         j++) {
        snprintf(text, sizeof text, "input $x$[%zu]", j);
        grl_entry *entry = grl_legend_add(&c->legend, GRL_SAMPLE_LINE, text);
        entry->role = input_style(j, c->signal->width)->role;
        entry->width = input_style(j, c->signal->width)->width;
        entry->dash = input_style(j, c->signal->width)->dash;
    }
}

static grl_status draw_states(course *c, grl_canvas *canvas, grl_axes plot, int grey, grl_error *error)
{
    const size_t panels = c->n <= PANELS ? c->n : 1;
    const double height = (plot.height - panel_gap * (double)(panels - 1)) / (double)panels;
    for (size_t p = 0; p < panels; p++) {
        grl_axes axes = plot;
        char label[32] = "unit";
        grl_status status = GRL_OK;
        axes.top += (double)p * (height + panel_gap);
        axes.height = height;
        if (c->n <= PANELS) {
            snprintf(label, sizeof label, "$h$[%zu]", p);
            grl_axes_clip(canvas, &axes, 0);
            for (size_t k = 0; k < c->count && status == GRL_OK; k++)
                status = draw_unit(c, canvas, &axes, k, p, error);
            cairo_restore(canvas->cr);
        } else {
            status = draw_map(c, canvas, &axes, grey, error);
        }
        if (status != GRL_OK) return status;
        grl_axes_draw(canvas, &axes, label);
    }
    for (size_t k = 0; c->n > PANELS && k < 2; k++) {
        const size_t unit = k ? c->n - 1 : 0;
        char number[32];
        snprintf(number, sizeof number, "%zu", unit);
        grl_label_draw(canvas, plot.left - 6, grl_axes_y(&plot, (double)unit) + 0.36 * grl_size_tick,
                       grl_size_tick, GRL_ALIGN_RIGHT, number);
    }
    grl_axes_draw_below(canvas, &plot, plot.top + plot.height, "time");
    return GRL_OK;
}

grl_status grl_draw_timecourse(size_t count, const grl_trajectory *const *trajectories,
                               const grl_signal *signal, int map, const grl_draw_options *options,
                               const char *path, grl_error *error)
{
    const grl_draw_options defaults = grl_draw_defaults();
    if (!options) options = &defaults;
    if (count == 0) return grl_fail(error, GRL_BAD_INPUT, "figure: expected trajectories, found none");
    course c = {.count = count,
                .items = trajectories,
                .signal = signal,
                .map = map,
                .n = trajectories[0]->hidden_size};
    for (size_t k = 0; k < count; k++)
        if (trajectories[k]->hidden_size != c.n)
            return grl_fail(error, GRL_BAD_INPUT,
                            "figure: expected trajectories of %zu units, found one of %zu", c.n,
                            trajectories[k]->hidden_size);
    grl_status status = grl_canvas_check(options, error);
    if (status != GRL_OK) return status;
    find_ranges(&c);
    describe(&c);
    const int panels = c.n <= PANELS, grey = options->theme == GRL_THEME_GREY;
    const double states = panels ? (double)c.n * panel_height + 40 : map_height;
    grl_canvas canvas = {0};
    status = grl_canvas_open(options, 500, states + 70 + (signal ? input_height : 0), path, &canvas, error);
    if (status != GRL_OK) goto done;

    /* All panels are as wide as the one place that the plot gets. */
    grl_axes plot = {.low_x = c.low_t, .high_x = c.high_t, .low_y = c.low, .high_y = c.high};
    if (!panels) {
        plot.low_y = (double)c.n - 0.5;
        plot.high_y = -0.5;
    }
    grl_plot_place(&canvas, options->title, &c.legend, grl_axes_room_below(), 0, &plot);
    if (!panels && c.legend.count == 0) plot.width -= 52; /* for the scale; else it is below the legend */
    if (signal) {
        grl_axes axes = plot;
        axes.height = input_height;
        axes.low_y = c.low_x;
        axes.high_y = c.high_x;
        plot.top += input_height + panel_gap;
        plot.height -= input_height + panel_gap;
        grl_axes_clip(&canvas, &axes, 0);
        for (size_t j = 0; j < signal->width && status == GRL_OK; j++)
            status = draw_input(&c, &canvas, &axes, j, error);
        cairo_restore(canvas.cr);
        if (status != GRL_OK) goto done;
        grl_axes_draw(&canvas, &axes, "$x$");
        grl_legend_draw(&canvas, &c.legend, &axes);
    } else {
        grl_legend_draw(&canvas, &c.legend, &plot);
    }
    status = draw_states(&c, &canvas, plot, grey, error);
    if (status == GRL_OK) status = grl_canvas_save(&canvas, path, error);
done:
    grl_canvas_close(&canvas);
    return status;
}
