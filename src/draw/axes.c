/* axes.c: frame, ticks and labels of a plot, and lines and arrow heads inside it. */
#include "draw/plot.h"

#include "base/error.h"
#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double grl_size_label = 13, grl_size_tick = 10.5, grl_size_title = 13.5;

static const double tick_length = 4, frame_width = 0.9;

double grl_axes_x(const grl_axes *axes, double x)
{
    if (axes->log_x)
        return axes->left + axes->width * (log(x / axes->low_x) / log(axes->high_x / axes->low_x));
    return axes->left + axes->width * ((x - axes->low_x) / (axes->high_x - axes->low_x));
}

double grl_axes_y(const grl_axes *axes, double y)
{
    if (axes->log_y)
        return axes->top + axes->height * (log(axes->high_y / y) / log(axes->high_y / axes->low_y));
    return axes->top + axes->height * ((axes->high_y - y) / (axes->high_y - axes->low_y));
}

grl_ticks grl_ticks_choose(double low, double high, int wanted)
{
    grl_ticks ticks = {0};
    double span = high - low, size = fmax(fabs(low), fabs(high));
    /* A span lost in the rounding of its ends, or in that of the smallest numbers, has no ticks. */
    if (!(span > 16 * DBL_EPSILON * size && span > 1e-300 && span < DBL_MAX) || wanted < 1) return ticks;
    double rough = span / wanted;
    int power = (int)floor(log10(rough));
    double unit = pow(10, power), ratio = rough / unit;
    /* The borders are geometric means, so that the number of ticks is nearest to `wanted` as a ratio. */
    double factor = ratio < sqrt(2) ? 1 : ratio < sqrt(10) ? 2 : ratio < sqrt(50) ? 5 : 10;
    ticks.step = factor * unit;
    ticks.decimals = factor == 10 ? -(power + 1) : -power;
    if (ticks.decimals < 0) ticks.decimals = 0;
    double first = ceil(low / ticks.step - 1e-9), last = floor(high / ticks.step + 1e-9);
    for (double k = first; k <= last && ticks.count < 16; k += 1)
        ticks.values[ticks.count++] = k * ticks.step;
    return ticks;
}

grl_ticks grl_ticks_choose_log(double low, double high, int wanted)
{
    static const double between[] = {1, 2, 5};
    grl_ticks ticks = {.decimals = GRL_TICKS_LOG};
    if (!(low >= 1e-290 && high > low * (1 + 16 * DBL_EPSILON) && high <= 1e290) || wanted < 1) return ticks;
    const double first = ceil(log10(low) - 1e-9), last = floor(log10(high) + 1e-9);
    if (last - first >= 1) {
        const double step = fmax(1, ceil((last - first + 1) / (wanted + 1)));
        for (double k = step * ceil(first / step); k <= last && ticks.count < 16; k += step)
            ticks.values[ticks.count++] = pow(10, k);
        return ticks;
    }
    for (double k = first - 1; k <= last + 1; k += 1)
        for (int i = 0; i < 3 && ticks.count < 16; i++) {
            const double value = between[i] * pow(10, k);
            if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.values[ticks.count++] = value;
        }
    return ticks;
}

void grl_tick_text(double value, int decimals, char text[32])
{
    static const char minus[] = "\xe2\x88\x92";
    char digits[28];
    if (decimals == GRL_TICKS_LOG) {
        if (value >= 0.9e-3 && value < 1.1e4) {
            snprintf(text, 32, value < 1 ? "%.3g" : "%.0f", value);
        } else {
            const int power = (int)floor(log10(value) + 1e-9), factor = (int)lround(value / pow(10, power));
            digits[0] = '\0';
            if (factor != 1) snprintf(digits, sizeof digits, "%d\xc2\xb7", factor);
            snprintf(text, 32, "%s10^{%s%d}", digits, power < 0 ? minus : "", abs(power));
        }
        return;
    }
    if (decimals > 6 || fabs(value) >= 1e7) {
        snprintf(digits, sizeof digits, "%.3g", fabs(value));
    } else {
        snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
    }
    int negative = value < 0 && strspn(digits, "0.") != strlen(digits);
    snprintf(text, 32, "%s%s", negative ? minus : "", digits);
}

enum { TICKS_WANTED = 5 };
static const double gap_numbers = 7, gap_label = 6, numbers_apart = 15;

/* Ticks whose numbers have room beside each other along a horizontal axis: fewer on a short one. */
static grl_ticks ticks_across(grl_canvas *canvas, const grl_axes *axes)
{
    const double apart = 7;
    grl_ticks ticks = {0};
    if (axes->ticks_x) return *axes->ticks_x;
    if (axes->log_x) return grl_ticks_choose_log(axes->low_x, axes->high_x, TICKS_WANTED);
    for (int wanted = TICKS_WANTED; wanted > 0; wanted--) {
        double widest = 0;
        ticks = grl_ticks_choose(axes->low_x, axes->high_x, wanted);
        for (int i = 0; i < ticks.count; i++) {
            char text[32];
            grl_tick_text(ticks.values[i], ticks.decimals, text);
            widest = fmax(widest, grl_label_width(canvas, grl_size_tick, text));
        }
        if (ticks.count < 2 || (widest + apart) * (axes->high_x - axes->low_x) <= ticks.step * axes->width)
            break;
    }
    return ticks;
}

static double room_left(grl_canvas *canvas, const grl_ticks *of)
{
    const grl_ticks ticks = *of;
    double widest = 0;
    for (int i = 0; i < ticks.count; i++) {
        char text[32];
        grl_tick_text(ticks.values[i], ticks.decimals, text);
        widest = fmax(widest, grl_label_width(canvas, grl_size_tick, text));
    }
    return tick_length + gap_numbers + widest + gap_label + 1.25 * grl_size_label;
}

double grl_axes_room_left(grl_canvas *canvas, double low, double high)
{
    const grl_ticks ticks = grl_ticks_choose(low, high, TICKS_WANTED);
    return room_left(canvas, &ticks);
}

double grl_axes_room_left_log(grl_canvas *canvas, double low, double high)
{
    const grl_ticks ticks = grl_ticks_choose_log(low, high, TICKS_WANTED);
    return room_left(canvas, &ticks);
}

double grl_axes_room_below(void)
{
    return tick_length + gap_numbers + 0.75 * grl_size_tick + gap_label + 1.25 * grl_size_label;
}

void grl_axes_draw(grl_canvas *canvas, const grl_axes *axes, const char *label_y)
{
    cairo_t *cr = canvas->cr;
    double left = axes->left, top = axes->top, bottom = top + axes->height;
    char text[32];
    grl_canvas_colour(canvas, GRL_INK, 1);
    cairo_set_line_width(cr, frame_width);
    cairo_rectangle(cr, left, top, axes->width, axes->height);
    cairo_stroke(cr);

    double widest = 0;
    const int wanted = (int)fmin(TICKS_WANTED, fmax(1, floor(axes->height / numbers_apart)));
    grl_ticks ticks = axes->log_y ? grl_ticks_choose_log(axes->low_y, axes->high_y, wanted)
                                  : grl_ticks_choose(axes->low_y, axes->high_y, wanted);
    for (int i = 0; i < ticks.count; i++) {
        double y = grl_axes_y(axes, ticks.values[i]);
        cairo_move_to(cr, left - tick_length, y);
        cairo_line_to(cr, left, y);
        cairo_stroke(cr);
        if (!label_y) continue;
        grl_tick_text(ticks.values[i], ticks.decimals, text);
        grl_label_draw(canvas, left - gap_numbers, y + 0.36 * grl_size_tick, grl_size_tick, GRL_ALIGN_RIGHT,
                       text);
        widest = fmax(widest, grl_label_width(canvas, grl_size_tick, text));
    }
    if (label_y)
        grl_label_draw_upright(canvas, left - gap_numbers - widest - gap_label - 0.3 * grl_size_label,
                               top + axes->height / 2, grl_size_label, label_y);

    ticks = ticks_across(canvas, axes);
    for (int i = 0; i < ticks.count; i++) {
        double x = grl_axes_x(axes, ticks.values[i]);
        cairo_move_to(cr, x, bottom);
        cairo_line_to(cr, x, bottom + tick_length);
        cairo_stroke(cr);
    }
}

void grl_axes_draw_below(grl_canvas *canvas, const grl_axes *axes, double bottom, const char *label)
{
    double baseline = bottom + gap_numbers + 0.75 * grl_size_tick;
    grl_canvas_colour(canvas, GRL_INK, 1);
    grl_ticks ticks = ticks_across(canvas, axes);
    for (int i = 0; i < ticks.count; i++) {
        char text[32];
        grl_tick_text(ticks.values[i], ticks.decimals, text);
        grl_label_draw(canvas, grl_axes_x(axes, ticks.values[i]), baseline, grl_size_tick, GRL_ALIGN_CENTRE,
                       text);
    }
    grl_label_draw(canvas, axes->left + axes->width / 2, baseline + gap_label + 0.85 * grl_size_label,
                   grl_size_label, GRL_ALIGN_CENTRE, label);
}

void grl_axes_clip(grl_canvas *canvas, const grl_axes *axes, double margin)
{
    cairo_save(canvas->cr);
    cairo_rectangle(canvas->cr, axes->left - margin, axes->top - margin, axes->width + 2 * margin,
                    axes->height + 2 * margin);
    cairo_clip(canvas->cr);
}

grl_status grl_lines_draw(grl_canvas *canvas, const grl_axes *axes, const grl_lines *lines, grl_role role,
                          double width, double dash, grl_error *error)
{
    const double tolerance = 0.04; /* in points: a twelfth of a pixel at twice the screen's resolution */
    size_t longest = 0;
    for (size_t k = 0; k < lines->count; k++) {
        size_t length = lines->first[k + 1] - lines->first[k];
        if (length > longest) longest = length;
    }
    double *page = grl_calloc(longest, 2 * sizeof *page);
    unsigned char *keep = grl_calloc(longest, 1);
    size_t *stack = grl_calloc(longest, 2 * sizeof *stack);
    grl_status status = GRL_OK;
    if (!page || !keep || !stack) {
        status = grl_fail_memory(error, longest, 2 * sizeof *page);
        goto done;
    }
    cairo_save(canvas->cr);
    grl_canvas_colour(canvas, role, 1);
    cairo_set_line_width(canvas->cr, width);
    if (dash > 0) {
        double pattern[] = {dash, 0.6 * dash};
        cairo_set_dash(canvas->cr, pattern, 2, 0);
    } else {
        cairo_set_line_cap(canvas->cr, CAIRO_LINE_CAP_ROUND);
    }
    for (size_t k = 0; k < lines->count; k++) {
        const double *points = lines->points + 2 * lines->first[k];
        size_t count = lines->first[k + 1] - lines->first[k];
        for (size_t i = 0; i < count; i++) {
            page[2 * i] = grl_axes_x(axes, points[2 * i]);
            page[2 * i + 1] = grl_axes_y(axes, points[2 * i + 1]);
        }
        grl_line_simplify(count, page, tolerance, keep, stack);
        for (size_t i = 0; i < count; i++)
            if (keep[i]) cairo_line_to(canvas->cr, page[2 * i], page[2 * i + 1]);
        cairo_stroke(canvas->cr);
    }
    cairo_restore(canvas->cr);
done:
    free(page);
    free(keep);
    free(stack);
    return status;
}

void grl_arrow_draw(grl_canvas *canvas, double x, double y, double dx, double dy, double size, grl_role role)
{
    double length = hypot(dx, dy);
    if (!(length > 0)) return;
    dx /= length;
    dy /= length;
    cairo_t *cr = canvas->cr;
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, x - size * (dx + 0.42 * dy), y - size * (dy - 0.42 * dx));
    cairo_line_to(cr, x - 0.72 * size * dx, y - 0.72 * size * dy);
    cairo_line_to(cr, x - size * (dx - 0.42 * dy), y - size * (dy + 0.42 * dx));
    cairo_close_path(cr);
    grl_canvas_colour(canvas, role, 1);
    cairo_fill(cr);
}

void grl_arrows_draw(grl_canvas *canvas, const grl_axes *axes, const grl_lines *lines, double spacing,
                     double size, grl_role role)
{
    const double most_heads = 20000; /* a line that is far longer lies far outside of the plot */
    for (size_t k = 0; k < lines->count; k++) {
        const double *p = lines->points + 2 * lines->first[k];
        size_t count = lines->first[k + 1] - lines->first[k];
        double length = 0;
        for (size_t i = 1; i < count; i++)
            length += hypot(grl_axes_x(axes, p[2 * i]) - grl_axes_x(axes, p[2 * i - 2]),
                            grl_axes_y(axes, p[2 * i + 1]) - grl_axes_y(axes, p[2 * i - 1]));
        if (length < 2 * size) continue;
        double heads = fmin(most_heads, fmax(1, floor(length / spacing))), pitch = length / heads,
               next = pitch / 2, at = 0;
        for (size_t i = 1; i < count; i++) {
            double x0 = grl_axes_x(axes, p[2 * i - 2]), y0 = grl_axes_y(axes, p[2 * i - 1]);
            double x1 = grl_axes_x(axes, p[2 * i]), y1 = grl_axes_y(axes, p[2 * i + 1]);
            double piece = hypot(x1 - x0, y1 - y0);
            for (; piece > 0 && next <= at + piece; next += pitch) {
                double t = (next - at) / piece;
                /* The head's middle, not its tip, is on the chosen place. */
                double tip = 0.5 * size / piece;
                grl_arrow_draw(canvas, x0 + (t + tip) * (x1 - x0), y0 + (t + tip) * (y1 - y0), x1 - x0,
                               y1 - y0, size, role);
            }
            at += piece;
        }
    }
}
