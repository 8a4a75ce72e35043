/* chart_labels.h: words beside points of a crowded plot, where they hide least. */
#ifndef GRL_DRAW_CHART_LABELS_H
#define GRL_DRAW_CHART_LABELS_H

#include "draw/plot.h"

enum { GRL_LABELS_MOST = 160 };

typedef struct grl_spot {
    double left, top, width, height;
} grl_spot;

typedef struct grl_labels {
    const grl_axes *axes;
    const grl_lines *obstacles; /* lines that a label would hide, in the numbers of the axes */
    int count;
    grl_spot spots[GRL_LABELS_MOST]; /* what is taken, on the page */
} grl_labels;

void grl_labels_block(grl_labels *labels, double x, double y, double radius); /* a mark on the page */

/* Draws the text (markup) beside (x, y) of the page, at the free place nearest to it, with a thin line to the point
 * if that is far; `inside`: on the point itself if that is free. */
void grl_labels_draw(grl_labels *labels, grl_canvas *canvas, double x, double y, double size, grl_role role,
                     int inside, const char *text);

#endif
