/* legend.c: what the marks and lines of a figure mean, and what is known of the list of points. */
#include "draw/plot.h"

#include <math.h>
#include <stdio.h>

static const double pitch = 17.5, entry_gap = 16, gap = 7, legend_gap = 18, page_margin = 9,
                    sample_width = 24, sample_gap = 8, size = 10.5, note_size = 9, note_pitch = 12,
                    ramp_width = 104;

grl_entry *grl_legend_add(grl_legend *legend, grl_sample sample, const char *text)
{
    if (legend->count < GRL_LEGEND_MOST) legend->count++;
    grl_entry *entry = &legend->entries[legend->count - 1];
    *entry = (grl_entry){.sample = sample, .role = GRL_INK, .width = 1};
    snprintf(entry->text, sizeof entry->text, "%s", text);
    return entry;
}

static bool between(size_t n, const double *h, const double *low, const double *high)
{
    for (size_t i = 0; low && i < n; i++)
        if (!(h[i] >= low[i] && h[i] <= high[i])) return false;
    return true;
}

void grl_legend_add_portrait(grl_legend *legend, const grl_portrait *portrait, const double *low,
                             const double *high)
{
    const size_t n = portrait->hidden_size;
    static const grl_point_type order[] = {
        GRL_STABLE,   GRL_STABLE_NODE,   GRL_STABLE_FOCUS,   GRL_HALF_STABLE, GRL_SADDLE,    GRL_SADDLE_FOCUS,
        GRL_UNSTABLE, GRL_UNSTABLE_NODE, GRL_UNSTABLE_FOCUS, GRL_CENTER,      GRL_DEGENERATE};
    char text[64];
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++) {
        size_t number = 0;
        for (size_t i = 0; i < portrait->count; i++)
            number += portrait->points[i].type == order[k] && between(n, portrait->points[i].h, low, high);
        if (number == 0) continue;
        if (number == 1) {
            snprintf(text, sizeof text, "%s", grl_point_type_name(order[k]));
        } else {
            snprintf(text, sizeof text, "%s (%zu)", grl_point_type_name(order[k]), number);
        }
        grl_legend_add(legend, GRL_SAMPLE_POINT, text)->type = order[k];
    }
    size_t slow = 0;
    for (size_t i = 0; i < portrait->slow_count; i++) slow += between(n, portrait->slow[i].h, low, high);
    if (slow > 0) {
        snprintf(text, sizeof text, slow == 1 ? "slow point" : "slow point (%zu)", slow);
        grl_legend_add(legend, GRL_SAMPLE_SLOW, text);
    }
    if (legend->count > 0) grl_legend_add(legend, GRL_SAMPLE_GAP, "");
    grl_legend_add_notes(legend, portrait);
}

void grl_legend_add_notes(grl_legend *legend, const grl_portrait *portrait)
{
    if (portrait->time == GRL_DISCRETE) {
        snprintf(legend->notes[0], sizeof legend->notes[0], "map, time step %g", portrait->dt);
    } else {
        snprintf(legend->notes[0], sizeof legend->notes[0], "continuous time");
    }
    snprintf(legend->notes[1], sizeof legend->notes[1], "%s",
             portrait->complete                      ? "fixed points: proven complete"
             : portrait->method == GRL_METHOD_SEARCH ? "fixed points: found by search"
                                                     : "fixed points: not proven complete");
}

double grl_legend_width(grl_canvas *canvas, const grl_legend *legend)
{
    double widest = 0;
    for (int i = 0; i < legend->count; i++)
        if (legend->entries[i].sample == GRL_SAMPLE_RAMP)
            widest = fmax(widest, fmax(ramp_width, grl_label_width(canvas, size, legend->entries[i].text)));
        else if (legend->entries[i].sample != GRL_SAMPLE_GAP)
            widest = fmax(widest,
                          sample_width + sample_gap + grl_label_width(canvas, size, legend->entries[i].text));
    for (int i = 0; i < 3; i++) widest = fmax(widest, grl_label_width(canvas, note_size, legend->notes[i]));
    return widest;
}

void grl_plot_place(grl_canvas *canvas, const char *title, const grl_legend *legend, double below, int square,
                    grl_axes *axes)
{
    double column = grl_legend_width(canvas, legend);
    /* Half of the last number below the plot stands out. */
    column +=
        column > 0 ? legend_gap : 0.5 * grl_label_width(canvas, grl_size_tick, "0.00") - 0.5 * page_margin;
    double left = page_margin + grl_axes_room_left(canvas, axes->low_y, axes->high_y);
    double top = page_margin + grl_mark_radius + (title ? 1.5 * grl_size_title : 0);
    axes->width = canvas->width - left - column - page_margin;
    axes->height = canvas->height - top - below - page_margin;
    axes->left = left;
    axes->top = top;
    if (square) {
        double spare = axes->width - axes->height;
        if (spare > 0) axes->left += spare / 2;
        if (spare < 0) axes->top -= spare / 2;
        axes->width = axes->height = fmin(axes->width, axes->height);
    }
    if (!title) return;
    grl_canvas_colour(canvas, GRL_INK, 1);
    grl_title_draw(canvas, axes->left, axes->top - 0.75 * grl_size_title, grl_size_title,
                   canvas->width - axes->left - page_margin, title);
}

static void draw_sample(grl_canvas *canvas, const grl_entry *entry, double x, double y)
{
    double middle = x + sample_width / 2, right = x + sample_width;
    switch (entry->sample) {
    case GRL_SAMPLE_POINT:
        grl_mark_draw(canvas, middle, y, entry->type, -1);
        return;
    case GRL_SAMPLE_SLOW:
        grl_mark_slow(canvas, middle, y);
        return;
    case GRL_SAMPLE_DOTS:
        grl_mark_iterates(canvas,
                          &(grl_axes){.left = x,
                                      .top = y,
                                      .width = sample_width,
                                      .height = 1,
                                      .low_x = -0.4,
                                      .high_x = 4.4,
                                      .low_y = -1},
                          5, (const double[]){0, 0, 1, 0, 2, 0, 3, 0, 4, 0});
        return;
    case GRL_SAMPLE_AREA:
        cairo_rectangle(canvas->cr, x + 1, y - 4.5, sample_width - 2, 9);
        cairo_set_source_rgb(canvas->cr, entry->fill.red, entry->fill.green, entry->fill.blue);
        cairo_fill_preserve(canvas->cr);
        grl_canvas_colour(canvas, GRL_FAINT, 1);
        cairo_set_line_width(canvas->cr, 0.5);
        cairo_stroke(canvas->cr);
        return;
    case GRL_SAMPLE_RAMP: {
        cairo_pattern_t *ramp = cairo_pattern_create_linear(x, 0, x + ramp_width, 0);
        cairo_pattern_add_color_stop_rgb(ramp, 0, entry->from.red, entry->from.green, entry->from.blue);
        cairo_pattern_add_color_stop_rgb(ramp, 1, entry->fill.red, entry->fill.green, entry->fill.blue);
        cairo_rectangle(canvas->cr, x, y + 4, ramp_width, 9);
        cairo_set_source(canvas->cr, ramp);
        cairo_fill_preserve(canvas->cr);
        cairo_pattern_destroy(ramp);
        grl_canvas_colour(canvas, GRL_FAINT, 1);
        cairo_set_line_width(canvas->cr, 0.5);
        cairo_stroke(canvas->cr);
        return;
    }
    case GRL_SAMPLE_GAP:
        return;
    case GRL_SAMPLE_SYMBOL:
    case GRL_SAMPLE_LINE:
    case GRL_SAMPLE_ARROW:
    case GRL_SAMPLE_START:
        break;
    }
    cairo_save(canvas->cr);
    grl_canvas_colour(canvas, entry->role, 1);
    cairo_set_line_width(canvas->cr, entry->width);
    if (entry->dash > 0) {
        double pattern[] = {entry->dash, 0.6 * entry->dash};
        cairo_set_dash(canvas->cr, pattern, 2, 0);
    }
    if (entry->width > 0) {
        cairo_move_to(canvas->cr, x, y);
        cairo_line_to(canvas->cr, right, y);
        cairo_stroke(canvas->cr);
    }
    cairo_restore(canvas->cr);
    if (entry->sample == GRL_SAMPLE_SYMBOL) {
        grl_symbol_draw(canvas, middle, y, entry->symbol, 3, entry->role);
        return;
    }
    if (entry->sample == GRL_SAMPLE_START) grl_mark_start(canvas, x, y);
    if (entry->sample != GRL_SAMPLE_LINE) grl_arrow_draw(canvas, middle + 3, y, 1, 0, 5.5, entry->role);
}

/* Rows of the usual height that an entry takes. */
static double rows_of(const grl_entry *entry)
{
    return entry->sample == GRL_SAMPLE_GAP ? gap / pitch : entry->sample == GRL_SAMPLE_RAMP ? 2.4 : 1;
}

static void draw_ramp_words(grl_canvas *canvas, const grl_entry *entry, double x, double y)
{
    grl_label_draw(canvas, x, y, size, GRL_ALIGN_LEFT, entry->text);
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    grl_label_draw(canvas, x, y + 27, note_size, GRL_ALIGN_LEFT, entry->ends[0]);
    grl_label_draw(canvas, x + ramp_width, y + 27, note_size, GRL_ALIGN_RIGHT, entry->ends[1]);
}

/* How high the legend is at the usual pitch. */
static double height_of(const grl_legend *legend, double *rows, int *notes)
{
    *rows = 0;
    *notes = 0;
    while (*notes < 3 && legend->notes[*notes][0]) ++*notes;
    for (int i = 0; i < legend->count; i++) *rows += rows_of(&legend->entries[i]);
    return *rows * pitch + note_pitch * *notes + gap;
}

void grl_legend_draw_at(grl_canvas *canvas, const grl_legend *legend, double x, double top, double bottom)
{
    int notes;
    double rows, y = top, high = pitch;
    /* A long legend is set closer, so that it ends above the notes. */
    if (height_of(legend, &rows, &notes) > bottom - top)
        high = fmax(0.6 * pitch, (bottom - top - note_pitch * notes - gap) / rows);
    for (int i = 0; i < legend->count; i++) {
        const grl_entry *entry = &legend->entries[i];
        grl_canvas_colour(canvas, GRL_INK, 1);
        if (entry->sample == GRL_SAMPLE_RAMP) {
            draw_ramp_words(canvas, entry, x, y + 0.5 * high + 0.36 * size);
            draw_sample(canvas, entry, x, y + 0.5 * high + 0.36 * size);
        } else if (entry->sample != GRL_SAMPLE_GAP) {
            draw_sample(canvas, entry, x, y + 0.5 * high);
            grl_canvas_colour(canvas, GRL_INK, 1);
            grl_label_draw(canvas, x + sample_width + sample_gap, y + 0.5 * high + 0.36 * size, size,
                           GRL_ALIGN_LEFT, entry->text);
        }
        y += rows_of(entry) * high;
    }
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    for (int i = 0; i < notes; i++)
        grl_label_draw(canvas, x, bottom - note_pitch * (notes - 1 - i), note_size, GRL_ALIGN_LEFT,
                       legend->notes[i]);
}

void grl_legend_draw(grl_canvas *canvas, const grl_legend *legend, const grl_axes *axes)
{
    int notes;
    double rows, top = axes->top - 2, bottom = axes->top + axes->height;
    /* A long one may go on to the end of the page, and then begin higher. */
    double missing = height_of(legend, &rows, &notes) - (bottom - top);
    if (missing > 0) {
        double more = fmin(missing, fmax(0, canvas->height - page_margin - bottom));
        bottom += more;
        top -= fmin(missing - more, fmax(0, top - page_margin));
    }
    grl_legend_draw_at(canvas, legend, axes->left + axes->width + legend_gap, top, bottom);
}

double grl_legend_lay_rows(grl_canvas *canvas, const grl_legend *legend, double left, double top, double room,
                           int draw)
{
    double x = 0, y = 0;
    for (int i = 0; i < legend->count; i++) {
        const grl_legend one = {.count = 1, .entries = {legend->entries[i]}};
        const double width = grl_legend_width(canvas, &one);
        if (x > 0 && x + width > room) {
            x = 0;
            y += pitch;
        }
        if (draw) grl_legend_draw_at(canvas, &one, left + x, top + y, top + y + 4 * pitch);
        x += width + entry_gap;
    }
    return legend->count > 0 ? y + pitch : 0;
}
