/* numbers.c: the numbers of fixed points beside their marks.
 *
 * Each number stands on one of eight sides of its mark, or a little further away on one of them. The points choose
 * one after the other, with a fine for what the number would cover there: the border of the plot, a mark, a number
 * already placed, and drawn lines by how much of them (the greedy method of Christensen, Marks and Shieber 1995).
 * Points outside of the plot get none. */
#include "draw/plot.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIDES = 8, PLACES = 2 * SIDES }; /* near, and further away */
static const double size = 9, border_fine = 1e4, mark_fine = 1e3, number_fine = 1e3, line_fine = 1,
                    far_fine = 2;

typedef grl_box_on_page box;

static double overlap(const box *a, const box *b)
{
    double width = fmin(a->right, b->right) - fmax(a->left, b->left);
    double height = fmin(a->bottom, b->bottom) - fmax(a->top, b->top);
    return width > 0 && height > 0 ? width * height : 0;
}

/* Place k of the mark at (x, y): right, left, above, below, then the corners; then all of them further away. */
static box box_beside(double x, double y, double width, int k)
{
    static const int across[SIDES] = {1, -1, 0, 0, 1, -1, 1, -1}, down[SIDES] = {0, 0, -1, 1, -1, -1, 1, 1};
    const int side = k % SIDES;
    const double height = 0.74 * size, away = (side < 4 ? 9.5 : 7) + (k < SIDES ? 0 : 9);
    double cx = x + across[side] * (away + width / 2), cy = y + down[side] * (away + height / 2);
    return (box){cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2};
}

/* How much of the lines runs through the box, in points of the page. */
static double covered(const grl_axes *axes, const box *b, size_t sets, const grl_lines *const *lines)
{
    double length = 0;
    for (size_t s = 0; s < sets; s++)
        for (size_t k = 0; k < lines[s]->count; k++)
            for (size_t i = lines[s]->first[k] + 1; i < lines[s]->first[k + 1]; i++) {
                const double *p = lines[s]->points + 2 * i;
                double x = grl_axes_x(axes, p[0]), y = grl_axes_y(axes, p[1]);
                if (x < b->left || x > b->right || y < b->top || y > b->bottom) continue;
                length +=
                    fmin(b->right - b->left, hypot(x - grl_axes_x(axes, p[-2]), y - grl_axes_y(axes, p[-1])));
            }
    return length;
}

grl_status grl_numbers_place(grl_canvas *canvas, const grl_axes *axes, size_t count, const double *points,
                             size_t sets, const grl_lines *const *lines, grl_box_on_page *places,
                             grl_error *error)
{
    const double reach = grl_mark_radius + 3.5;
    const box frame = {axes->left, axes->top, axes->left + axes->width, axes->top + axes->height};
    box *marks = grl_calloc(count, sizeof *marks);
    if (!marks) return grl_fail_memory(error, count, sizeof *marks);
    for (size_t k = 0; k < count; k++) {
        double x = grl_axes_x(axes, points[2 * k]), y = grl_axes_y(axes, points[2 * k + 1]);
        marks[k] = (box){x - reach, y - reach, x + reach, y + reach};
        places[k] = (box){0, 0, -1, -1};
    }
    for (size_t k = 0; k < count; k++) {
        char text[32];
        double x = grl_axes_x(axes, points[2 * k]), y = grl_axes_y(axes, points[2 * k + 1]), least = INFINITY;
        if (!(x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom)) continue;
        snprintf(text, sizeof text, "#%zu", k + 1);
        const double width = grl_label_width(canvas, size, text);
        for (int side = 0; side < PLACES; side++) {
            box b = box_beside(x, y, width, side);
            double area = (b.right - b.left) * (b.bottom - b.top);
            double fine =
                border_fine * (1 - overlap(&b, &frame) / area) + (side < SIDES ? 0.01 : far_fine) * side;
            for (size_t i = 0; i < count; i++) fine += mark_fine * (i != k) * overlap(&b, &marks[i]) / area;
            for (size_t i = 0; i < k; i++) fine += number_fine * overlap(&b, &places[i]) / area;
            fine += line_fine * covered(axes, &b, sets, lines);
            if (fine < least) {
                least = fine;
                places[k] = b;
            }
        }
    }
    free(marks);
    return GRL_OK;
}

grl_status grl_numbers_draw(grl_canvas *canvas, const grl_axes *axes, size_t count, const double *points,
                            size_t sets, const grl_lines *const *lines, grl_error *error)
{
    box *places = grl_calloc(count, sizeof *places);
    if (!places) return grl_fail_memory(error, count, sizeof *places);
    grl_status status = grl_numbers_place(canvas, axes, count, points, sets, lines, places, error);
    for (size_t k = 0; k < count && status == GRL_OK; k++) {
        const box *at = &places[k];
        char text[32];
        if (at->right < at->left) continue;
        snprintf(text, sizeof text, "#%zu", k + 1);
        cairo_rectangle(canvas->cr, at->left - 1, at->top - 1, at->right - at->left + 2,
                        at->bottom - at->top + 2);
        grl_canvas_colour(canvas, GRL_PAPER, 0.75);
        cairo_fill(canvas->cr);
        grl_canvas_colour(canvas, GRL_INK, 1);
        grl_label_draw(canvas, at->left, at->bottom, size, GRL_ALIGN_LEFT, text);
    }
    free(places);
    return status;
}
