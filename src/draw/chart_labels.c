/* chart_labels.c: greedy placement: each label tries places around its point, nearer ones first, and takes the
 * one with the least sum of what it would cover: other labels and marks much, lines a little. */
#include "draw/chart_labels.h"

#include <math.h>

enum { DIRECTIONS = 16, RINGS = 5 };

static const double pi = 3.14159265358979323846;

static int overlap(const grl_spot *a, const grl_spot *b)
{
    return a->left < b->left + b->width && b->left < a->left + a->width && a->top < b->top + b->height &&
           b->top < a->top + a->height;
}

/* Whether the segment from p to q passes the spot (Liang and Barsky 1984). */
static int crosses(const grl_spot *s, double px, double py, double qx, double qy)
{
    double first = 0, last = 1;
    const double from[2] = {px - s->left, py - s->top}, step[2] = {qx - px, qy - py},
                 size[2] = {s->width, s->height};
    for (int k = 0; k < 2; k++) {
        if (step[k] == 0) {
            if (from[k] < 0 || from[k] > size[k]) return 0;
            continue;
        }
        const double a = -from[k] / step[k], b = (size[k] - from[k]) / step[k];
        first = fmax(first, fmin(a, b));
        last = fmin(last, fmax(a, b));
    }
    return first <= last;
}

static double cost(const grl_labels *labels, const grl_spot *spot)
{
    const grl_axes *axes = labels->axes;
    double sum = 0;
    for (int k = 0; k < labels->count; k++) sum += overlap(spot, &labels->spots[k]) ? 20 : 0;
    if (spot->left < axes->left || spot->top < axes->top ||
        spot->left + spot->width > axes->left + axes->width ||
        spot->top + spot->height > axes->top + axes->height)
        sum += 30;
    const grl_lines *lines = labels->obstacles;
    for (size_t k = 0; lines && k < lines->count; k++)
        for (size_t i = lines->first[k]; i + 1 < lines->first[k + 1]; i++) {
            const double *p = lines->points + 2 * i;
            if (!crosses(spot, grl_axes_x(axes, p[0]), grl_axes_y(axes, p[1]), grl_axes_x(axes, p[2]),
                         grl_axes_y(axes, p[3])))
                continue;
            sum += 4;
            break;
        }
    return sum;
}

void grl_labels_block(grl_labels *labels, double x, double y, double radius)
{
    if (labels->count < GRL_LABELS_MOST)
        labels->spots[labels->count++] = (grl_spot){x - radius, y - radius, 2 * radius, 2 * radius};
}

void grl_labels_draw(grl_labels *labels, grl_canvas *canvas, double x, double y, double size, grl_role role,
                     int inside, const char *text)
{
    const double width = grl_label_width(canvas, size, text) + 3, height = size + 1;
    grl_spot best = {x - width / 2, y - height / 2, width, height};
    double least = inside ? cost(labels, &best) : INFINITY, reach = 0;
    for (int ring = 0; ring < RINGS && least > 0; ring++)
        for (int k = 0; k < DIRECTIONS; k++) {
            const double angle = 2 * pi * (k + 0.5) / DIRECTIONS, away = 5 + 9 * ring;
            const double cx = x + cos(angle) * (away + width / 2), cy = y + sin(angle) * (away + height / 2);
            const grl_spot spot = {cx - width / 2, cy - height / 2, width, height};
            const double here = cost(labels, &spot) + 0.7 * ring;
            if (here >= least) continue;
            least = here;
            best = spot;
            reach = away;
        }
    const double cx = best.left + width / 2, cy = best.top + height / 2;
    if (reach > 12) {
        /* From the point to the label's border. */
        const double dx = cx - x, dy = cy - y,
                     t = 1 -
                         fmin(1, fmin(width / 2 / fmax(fabs(dx), 1e-9), height / 2 / fmax(fabs(dy), 1e-9)));
        grl_canvas_colour(canvas, GRL_FAINT, 1);
        cairo_set_line_width(canvas->cr, 0.6);
        cairo_move_to(canvas->cr, x, y);
        cairo_line_to(canvas->cr, x + t * dx, y + t * dy);
        cairo_stroke(canvas->cr);
    }
    grl_canvas_colour(canvas, GRL_PAPER, 0.75);
    cairo_rectangle(canvas->cr, best.left, best.top, width, height);
    cairo_fill(canvas->cr);
    grl_canvas_colour(canvas, role, 1);
    grl_label_draw(canvas, cx, cy + 0.36 * size, size, GRL_ALIGN_CENTRE, text);
    if (labels->count < GRL_LABELS_MOST) labels->spots[labels->count++] = best;
}
