/* chart.h: the figure of a diagram in two parameters, and its small portraits. */
#ifndef GRL_DRAW_CHART_H
#define GRL_DRAW_CHART_H

#include "draw/plot.h"

#include <grulens/bifurcation.h>

/* The diagram has two parameters; the options are checked. */
grl_status grl_figure_chart(const grl_diagram *diagram, const grl_draw_options *options, const char *path,
                            grl_error *error);

/* The portrait of a region in a small square: nullclines, manifolds, cycles and points of two units; nothing
 * where it has none, or not two units. */
grl_status grl_thumbnail_draw(grl_canvas *canvas, const grl_region *region, double left, double top,
                              double side, grl_error *error);

#endif
