/* marks.c: the marks of points.
 *
 * Filled is stable, open is unstable, half-filled is a saddle; a ring around the mark says that the flow
 * turns there (a focus). A degenerate point is a diamond. A paper-coloured halo keeps a mark apart from the
 * lines it lies on. No mark needs its colour to be told from the others. */
#include "draw/plot.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

const double grl_mark_radius = 4.5;

static const double pi = 3.14159265358979323846, outline = 1.3;

static void disc(grl_canvas *canvas, double x, double y, double radius, grl_role role)
{
    cairo_new_sub_path(canvas->cr);
    cairo_arc(canvas->cr, x, y, radius, 0, 2 * pi);
    grl_canvas_colour(canvas, role, 1);
    cairo_fill(canvas->cr);
}

static void ring(grl_canvas *canvas, double x, double y, double radius, double width, grl_role role)
{
    cairo_new_sub_path(canvas->cr);
    cairo_arc(canvas->cr, x, y, radius, 0, 2 * pi);
    grl_canvas_colour(canvas, role, 1);
    cairo_set_line_width(canvas->cr, width);
    cairo_stroke(canvas->cr);
}

static void half(grl_canvas *canvas, double x, double y, double radius, int side)
{
    cairo_new_sub_path(canvas->cr);
    cairo_arc(canvas->cr, x, y, radius, side < 0 ? pi / 2 : -pi / 2, side < 0 ? 3 * pi / 2 : pi / 2);
    cairo_close_path(canvas->cr);
    grl_canvas_colour(canvas, GRL_INK, 1);
    cairo_fill(canvas->cr);
}

static void diamond(grl_canvas *canvas, double x, double y, double radius, grl_role role)
{
    cairo_move_to(canvas->cr, x - radius, y);
    cairo_line_to(canvas->cr, x, y - radius);
    cairo_line_to(canvas->cr, x + radius, y);
    cairo_line_to(canvas->cr, x, y + radius);
    cairo_close_path(canvas->cr);
    grl_canvas_colour(canvas, role, 1);
    cairo_fill_preserve(canvas->cr);
}

void grl_mark_draw(grl_canvas *canvas, double x, double y, grl_point_type type, int side)
{
    const double halo = 1.3, ring_gap = 2.9;
    int turns = type == GRL_STABLE_FOCUS || type == GRL_SADDLE_FOCUS || type == GRL_UNSTABLE_FOCUS;
    double radius = grl_mark_radius;
    cairo_save(canvas->cr);
    cairo_set_dash(canvas->cr, NULL, 0, 0);
    if (type == GRL_DEGENERATE) {
        radius *= 1.4;
        diamond(canvas, x, y, radius + 1.6 * halo, GRL_PAPER);
        cairo_new_path(canvas->cr);
        diamond(canvas, x, y, radius, GRL_ALARM);
        grl_canvas_colour(canvas, GRL_INK, 1);
        cairo_set_line_width(canvas->cr, outline);
        cairo_set_line_join(canvas->cr, CAIRO_LINE_JOIN_MITER);
        cairo_stroke(canvas->cr);
        cairo_restore(canvas->cr);
        return;
    }
    if (turns) radius *= 0.9;
    disc(canvas, x, y, radius + outline / 2 + halo + (turns ? ring_gap : 0), GRL_PAPER);
    disc(canvas, x, y, radius, GRL_PAPER);
    switch (type) {
    case GRL_STABLE:
    case GRL_STABLE_NODE:
    case GRL_STABLE_FOCUS:
        disc(canvas, x, y, radius, GRL_INK);
        break;
    case GRL_SADDLE:
    case GRL_SADDLE_FOCUS:
        half(canvas, x, y, radius, -1);
        break;
    case GRL_HALF_STABLE:
        half(canvas, x, y, radius, side);
        break;
    case GRL_CENTER:
        disc(canvas, x, y, 0.36 * radius, GRL_INK);
        break;
    case GRL_UNSTABLE:
    case GRL_UNSTABLE_NODE:
    case GRL_UNSTABLE_FOCUS:
    case GRL_DEGENERATE:
        break;
    }
    ring(canvas, x, y, radius, outline, GRL_INK);
    if (turns) ring(canvas, x, y, radius + ring_gap, 0.9, GRL_INK);
    cairo_restore(canvas->cr);
}

void grl_symbol_draw(grl_canvas *canvas, double x, double y, grl_symbol symbol, double radius, grl_role role)
{
    cairo_t *cr = canvas->cr;
    cairo_save(cr);
    grl_canvas_colour(canvas, role, 1);
    cairo_set_line_width(cr, 1.3);
    switch (symbol) {
    case GRL_SYMBOL_NONE:
        break;
    case GRL_SYMBOL_DISC:
        cairo_arc(cr, x, y, radius, 0, 6.283185307179586);
        cairo_fill(cr);
        break;
    case GRL_SYMBOL_SQUARE:
        cairo_rectangle(cr, x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius);
        cairo_fill(cr);
        break;
    case GRL_SYMBOL_TRIANGLE:
        cairo_move_to(cr, x, y - 1.2 * radius);
        cairo_line_to(cr, x + 1.1 * radius, y + 0.8 * radius);
        cairo_line_to(cr, x - 1.1 * radius, y + 0.8 * radius);
        cairo_close_path(cr);
        cairo_fill(cr);
        break;
    case GRL_SYMBOL_RING:
        disc(canvas, x, y, radius, GRL_PAPER);
        ring(canvas, x, y, radius, 1.3, role);
        break;
    case GRL_SYMBOL_DIAMOND:
        diamond(canvas, x, y, 1.25 * radius, role);
        break;
    case GRL_SYMBOL_CROSS:
        cairo_move_to(cr, x - radius, y - radius);
        cairo_line_to(cr, x + radius, y + radius);
        cairo_move_to(cr, x - radius, y + radius);
        cairo_line_to(cr, x + radius, y - radius);
        cairo_stroke(cr);
        break;
    }
    cairo_new_path(cr);
    cairo_restore(cr);
}

void grl_mark_slow(grl_canvas *canvas, double x, double y)
{
    const double radius = 0.8 * grl_mark_radius;
    cairo_save(canvas->cr);
    diamond(canvas, x, y, radius + 1.2, GRL_PAPER);
    cairo_new_path(canvas->cr);
    diamond(canvas, x, y, radius, GRL_SLOW);
    cairo_new_path(canvas->cr);
    cairo_restore(canvas->cr);
}

void grl_mark_start(grl_canvas *canvas, double x, double y)
{
    disc(canvas, x, y, 2.1, GRL_TRAJECTORY);
}

/* Dots as lines of no length with round ends: one shape for all of them keeps files small, and so does leaving
 * out what falls on a dot that is there; if there is no memory to know that, all are drawn. */
void grl_mark_iterates(grl_canvas *canvas, const grl_axes *axes, size_t count, const double *points)
{
    const double grain = 0.7;
    const size_t columns = 1 + (size_t)(axes->width / grain), rows = 1 + (size_t)(axes->height / grain);
    unsigned char *taken = grl_calloc(rows, columns);
    cairo_save(canvas->cr);
    cairo_set_line_cap(canvas->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(canvas->cr, 2.5);
    grl_canvas_colour(canvas, GRL_TRAJECTORY, 1);
    for (size_t i = 0; i < count; i++) {
        double x = grl_axes_x(axes, points[2 * i]), y = grl_axes_y(axes, points[2 * i + 1]);
        double column = floor((x - axes->left) / grain), row = floor((y - axes->top) / grain);
        if (!(column >= 0 && row >= 0 && column < (double)columns && row < (double)rows)) continue;
        unsigned char *at = taken ? &taken[(size_t)row * columns + (size_t)column] : NULL;
        if (at && *at) continue;
        if (at) *at = 1;
        cairo_move_to(canvas->cr, x, y);
        cairo_line_to(canvas->cr, x, y);
    }
    cairo_stroke(canvas->cr);
    cairo_restore(canvas->cr);
    free(taken);
}
