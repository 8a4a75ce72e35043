/* lineplot.c: numbers over numbers.
 *
 * The panels of a row have one height and the columns one width; what the numbers beside the axes need is found
 * for each panel and the most of it given to all, so that frames stand in line. The legend runs in rows below. */
#include "draw/lineplot.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STYLES = 6 };

static const double margin = 9, entry_pitch = 17.5, line_width = 1.6, symbol_radius = 2.9;

static const struct style {
    grl_role role;
    double dash;
    grl_symbol symbol;
} styles[STYLES] = {
    {GRL_SECOND, 0, GRL_SYMBOL_DISC},     {GRL_FIRST, 7, GRL_SYMBOL_SQUARE},
    {GRL_TRAJECTORY, 0, GRL_SYMBOL_RING}, {GRL_UNSTABLE_MANIFOLD, 4, GRL_SYMBOL_TRIANGLE},
    {GRL_FAINT, 0, GRL_SYMBOL_DIAMOND},   {GRL_ALARM, 2, GRL_SYMBOL_CROSS},
};

static const struct style *style_of(int k)
{
    return &styles[(k < 0 ? 0 : k) % STYLES];
}

grl_series grl_series_line(int k)
{
    return (grl_series){.role = style_of(k)->role, .dash = style_of(k)->dash, .width = line_width};
}

grl_series grl_series_points(int k)
{
    return (grl_series){.role = style_of(k)->role, .symbol = style_of(k)->symbol};
}

grl_series grl_series_theory(void)
{
    return (grl_series){.role = GRL_INK, .dash = 4, .width = 1.1};
}

static int usable(double value, int logarithmic)
{
    return isfinite(value) && (!logarithmic || value > 0);
}

static int drawable(const grl_panel *panel, const grl_series *s, size_t i)
{
    return usable(s->x[i], panel->log_x) && usable(s->y[i], panel->log_y);
}

/* Takes a value into a range, where it can be drawn. */
static void take(double value, int logarithmic, double *low, double *high)
{
    if (!usable(value, logarithmic)) return;
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

static void widen(int logarithmic, double *low, double *high)
{
    const double part = 0.05;
    if (!(*low <= *high)) {
        *low = logarithmic ? 1 : 0;
        *high = logarithmic ? 10 : 1;
    } else if (logarithmic) {
        const double factor = *low < *high ? pow(*high / *low, part) : 2;
        *low /= factor;
        *high *= factor;
    } else {
        const double room = *low < *high ? part * (*high - *low) : fmax(1e-9, 0.05 * fabs(*low));
        *low -= room;
        *high += room;
    }
}

static grl_status find_range(const char *which, int given, int logarithmic, double low, double high,
                             grl_error *error)
{
    if (given && !(isfinite(low) && isfinite(high)))
        return grl_fail(error, GRL_BAD_INPUT, "plot: expected a finite range %s, found %g to %g", which, low,
                        high);
    if (given && logarithmic && !(low > 0))
        return grl_fail(error, GRL_BAD_INPUT,
                        "plot: expected a logarithmic range %s above zero, found %g to %g", which, low, high);
    return GRL_OK;
}

static grl_status place_ranges(const grl_panel *panel, grl_axes *axes, grl_error *error)
{
    const int given_x = panel->low_x < panel->high_x, given_y = panel->low_y < panel->high_y;
    *axes = (grl_axes){.low_x = panel->low_x,
                       .high_x = panel->high_x,
                       .low_y = panel->low_y,
                       .high_y = panel->high_y,
                       .log_x = panel->log_x,
                       .ticks_x = panel->ticks_x,
                       .log_y = panel->log_y};
    grl_status status = find_range("across", given_x, panel->log_x, axes->low_x, axes->high_x, error);
    if (status == GRL_OK)
        status = find_range("upward", given_y, panel->log_y, axes->low_y, axes->high_y, error);
    if (status != GRL_OK) return status;
    double low_x = INFINITY, high_x = -INFINITY, low_y = INFINITY, high_y = -INFINITY;
    for (size_t k = 0; k < panel->count; k++) {
        const grl_series *s = &panel->series[k];
        for (size_t i = 0; i < s->count; i++) {
            if (!drawable(panel, s, i) || (given_x && !(s->x[i] >= axes->low_x && s->x[i] <= axes->high_x)))
                continue;
            take(s->x[i], panel->log_x, &low_x, &high_x);
            take(s->y[i], panel->log_y, &low_y, &high_y);
            if (s->low) take(s->low[i], panel->log_y, &low_y, &high_y);
            if (s->high) take(s->high[i], panel->log_y, &low_y, &high_y);
        }
    }
    if (!given_x) {
        widen(panel->log_x, &low_x, &high_x);
        axes->low_x = low_x;
        axes->high_x = high_x;
    }
    if (!given_y) {
        widen(panel->log_y, &low_y, &high_y);
        axes->low_y = low_y;
        axes->high_y = high_y;
    }
    return GRL_OK;
}

/* How many points from `from` on can be joined. */
static size_t run_length(const grl_panel *panel, const grl_series *s, size_t from)
{
    size_t i = from;
    while (i < s->count && drawable(panel, s, i)) i++;
    return i - from;
}

static void draw_band(grl_canvas *canvas, const grl_axes *axes, const grl_panel *panel, const grl_series *s)
{
    cairo_t *cr = canvas->cr;
    for (size_t from = 0; from < s->count;) {
        const size_t length = run_length(panel, s, from);
        for (size_t i = from; i < from + length; i++)
            cairo_line_to(cr, grl_axes_x(axes, s->x[i]),
                          grl_axes_y(axes, usable(s->high[i], panel->log_y) ? s->high[i] : s->y[i]));
        for (size_t i = from + length; i-- > from;)
            cairo_line_to(cr, grl_axes_x(axes, s->x[i]),
                          grl_axes_y(axes, usable(s->low[i], panel->log_y) ? s->low[i] : axes->low_y));
        cairo_close_path(cr);
        grl_canvas_colour(canvas, s->role, 0.18);
        cairo_fill(cr);
        from += length + 1;
    }
}

static void draw_whisker(grl_canvas *canvas, const grl_axes *axes, const grl_panel *panel,
                         const grl_series *s, size_t i)
{
    const double half = 2.5, x = grl_axes_x(axes, s->x[i]);
    const double low = usable(s->low[i], panel->log_y) ? s->low[i] : axes->low_y;
    if (!usable(s->high[i], panel->log_y)) return;
    const double y0 = grl_axes_y(axes, low), y1 = grl_axes_y(axes, s->high[i]);
    cairo_move_to(canvas->cr, x, y0);
    cairo_line_to(canvas->cr, x, y1);
    cairo_move_to(canvas->cr, x - half, y0);
    cairo_line_to(canvas->cr, x + half, y0);
    cairo_move_to(canvas->cr, x - half, y1);
    cairo_line_to(canvas->cr, x + half, y1);
    grl_canvas_colour(canvas, s->role, 1);
    cairo_set_line_width(canvas->cr, 0.9);
    cairo_stroke(canvas->cr);
}

static grl_status draw_line(grl_canvas *canvas, const grl_axes *axes, const grl_panel *panel,
                            const grl_series *s, grl_error *error)
{
    grl_lines lines = {0};
    double *points = grl_calloc(s->count, 2 * sizeof *points);
    grl_status status = GRL_OK;
    if (!points) return grl_fail_memory(error, s->count, 2 * sizeof *points);
    for (size_t from = 0; from < s->count && status == GRL_OK;) {
        const size_t length = run_length(panel, s, from);
        for (size_t i = 0; i < length; i++) {
            points[2 * i] = s->x[from + i];
            points[2 * i + 1] = s->y[from + i];
        }
        if (length > 1 && !grl_lines_add(&lines, length, points))
            status = grl_fail_memory(error, length, 2 * sizeof *points);
        from += length + 1;
    }
    if (status == GRL_OK) status = grl_lines_draw(canvas, axes, &lines, s->role, s->width, s->dash, error);
    grl_lines_free(&lines);
    free(points);
    return status;
}

static int inside(const grl_axes *axes, double x, double y)
{
    const double slack = 0.5;
    return x >= axes->left - slack && x <= axes->left + axes->width + slack && y >= axes->top - slack &&
           y <= axes->top + axes->height + slack;
}

static void draw_label(grl_canvas *canvas, const grl_axes *axes, double x, double y, const char *text)
{
    const double size = grl_size_tick, away = 6, width = grl_label_width(canvas, size, text);
    const int right = x + away + width <= axes->left + axes->width;
    grl_canvas_colour(canvas, GRL_INK, 1);
    grl_label_draw(canvas, right ? x + away : x - away, y - 5 < axes->top + size ? y + size + 2 : y - 5, size,
                   right ? GRL_ALIGN_LEFT : GRL_ALIGN_RIGHT, text);
}

static grl_status draw_series(grl_canvas *canvas, const grl_axes *axes, const grl_panel *panel,
                              const grl_series *s, grl_error *error)
{
    grl_status status = GRL_OK;
    canvas->fade = s->fade;
    grl_axes_clip(canvas, axes, 0);
    if (s->low && s->high && s->width > 0) draw_band(canvas, axes, panel, s);
    if (s->width > 0) status = draw_line(canvas, axes, panel, s, error);
    cairo_restore(canvas->cr);
    for (size_t i = 0; i < s->count && status == GRL_OK; i++) {
        if (!drawable(panel, s, i)) continue;
        const double x = grl_axes_x(axes, s->x[i]), y = grl_axes_y(axes, s->y[i]);
        if (!inside(axes, x, y)) continue;
        if (s->low && s->high && !(s->width > 0)) {
            grl_axes_clip(canvas, axes, 0);
            draw_whisker(canvas, axes, panel, s, i);
            cairo_restore(canvas->cr);
        }
        grl_symbol_draw(canvas, x, y, s->symbol, s->radius > 0 ? s->radius : symbol_radius, s->role);
        if (s->labels && s->labels[i]) draw_label(canvas, axes, x, y, s->labels[i]);
    }
    canvas->fade = 0;
    return status;
}

/* One entry for each name, in the order in which they first come. */
static void describe(size_t count, const grl_panel *panels, grl_legend *legend)
{
    for (size_t p = 0; p < count; p++)
        for (size_t k = 0; k < panels[p].count; k++) {
            const grl_series *s = &panels[p].series[k];
            int known = !s->name;
            for (int i = 0; i < legend->count && !known; i++)
                known = strncmp(legend->entries[i].text, s->name, sizeof legend->entries[i].text - 1) == 0;
            if (known) continue;
            grl_entry *entry =
                grl_legend_add(legend, s->symbol ? GRL_SAMPLE_SYMBOL : GRL_SAMPLE_LINE, s->name);
            entry->role = s->role;
            entry->width = s->width;
            entry->dash = s->dash;
            entry->symbol = s->symbol;
        }
}

/* Gives every panel its frame, above a foot for the legend. */
static void place_panels(grl_canvas *canvas, size_t count, const grl_panel *panels, size_t columns,
                         double top, double foot, grl_axes *axes)
{
    const double rows = (double)((count + columns - 1) / columns);
    double left = 0, title = 0, right = 0.5 * grl_label_width(canvas, grl_size_tick, "0.00");
    for (size_t p = 0; p < count; p++) {
        left = fmax(left, axes[p].log_y ? grl_axes_room_left_log(canvas, axes[p].low_y, axes[p].high_y)
                                        : grl_axes_room_left(canvas, axes[p].low_y, axes[p].high_y));
        if (panels[p].title) title = 1.5 * grl_size_label;
    }
    const double cell_width = (canvas->width - 2 * margin) / (double)columns,
                 cell_height = (canvas->height - top - foot - 2 * margin) / rows;
    for (size_t p = 0; p < count; p++) {
        axes[p].left = margin + cell_width * (double)(p % columns) + left;
        axes[p].top = margin + top + cell_height * (double)(p / columns) + title + 3;
        axes[p].width = cell_width - left - right - 3;
        axes[p].height = cell_height - title - grl_axes_room_below() - 6;
    }
}

static grl_status draw_panel(grl_canvas *canvas, const grl_axes *axes, const grl_panel *panel,
                             grl_error *error)
{
    grl_status status = GRL_OK;
    grl_axes_draw(canvas, axes, panel->label_y ? panel->label_y : "");
    grl_axes_draw_below(canvas, axes, axes->top + axes->height, panel->label_x ? panel->label_x : "");
    if (panel->title)
        grl_label_draw(canvas, axes->left, axes->top - 7, grl_size_label, GRL_ALIGN_LEFT, panel->title);
    for (size_t k = 0; k < panel->count && status == GRL_OK; k++)
        status = draw_series(canvas, axes, panel, &panel->series[k], error);
    return status;
}

grl_status grl_lineplot_draw(size_t count, const grl_panel *panels, size_t columns,
                             const grl_draw_options *options, const char *path, grl_error *error)
{
    const grl_draw_options defaults = grl_draw_defaults();
    const double panel_width = 300, panel_height = 240;
    grl_legend legend = {0};
    grl_canvas canvas = {0};
    if (!options) options = &defaults;
    if (count == 0) return grl_fail(error, GRL_BAD_INPUT, "plot: expected a panel, found none");
    if (options->title && !grl_utf8_valid(options->title))
        return grl_fail(error, GRL_BAD_INPUT, "figure title: expected UTF-8, found bytes that are not");
    if (columns == 0 || columns > count) columns = count;
    const double rows = (double)((count + columns - 1) / columns);
    grl_axes *axes = grl_calloc(count, sizeof *axes);
    if (!axes) return grl_fail_memory(error, count, sizeof *axes);
    grl_status status = GRL_OK;
    for (size_t p = 0; p < count && status == GRL_OK; p++) status = place_ranges(&panels[p], &axes[p], error);
    if (status != GRL_OK) goto done;
    describe(count, panels, &legend);
    /* A single panel is wider than each of several. */
    status = grl_canvas_open(options, columns == 1 ? 430 : panel_width * (double)columns,
                             (rows == 1 ? 1.1 : 1) * panel_height * rows + entry_pitch, path, &canvas, error);
    if (status != GRL_OK) goto done;
    const double top = options->title ? 1.5 * grl_size_title : 0, left = margin + 6;
    const double foot = grl_legend_lay_rows(&canvas, &legend, left, 0, canvas.width - left - margin, 0);
    if (options->title) {
        grl_canvas_colour(&canvas, GRL_INK, 1);
        grl_title_draw(&canvas, margin, margin + grl_size_title, grl_size_title, canvas.width - 2 * margin,
                       options->title);
    }
    place_panels(&canvas, count, panels, columns, top, foot, axes);
    for (size_t p = 0; p < count && status == GRL_OK; p++)
        status = draw_panel(&canvas, &axes[p], &panels[p], error);
    grl_legend_lay_rows(&canvas, &legend, left, canvas.height - margin - foot, canvas.width - left - margin,
                        1);
    if (status == GRL_OK) status = grl_canvas_save(&canvas, path, error);
done:
    grl_canvas_close(&canvas);
    free(axes);
    return status;
}
