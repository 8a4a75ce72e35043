/* grid.h: what a figure of two units shows on a grid of places: the direction of the flow, its speed. */
#ifndef GRL_DRAW_GRID_H
#define GRL_DRAW_GRID_H

#include "draw/planar.h"
#include "draw/plot.h"

/* One arrow for each place of a staggered grid, in points of the page `spacing` apart or more. Flow: all of one
 * length. Map with the step dt: along the step, as long as the step where that fits. */
grl_status grl_steps_draw(grl_canvas *canvas, const grl_axes *axes, const grl_cell *cell,
                          const grl_window *window, double spacing, int map, double dt, grl_error *error);

/* The speed |f| times `factor`, on a logarithmic scale, as a picture under the plot, and its entry in the legend.
 * Make it before the legend and the plot are placed. */
typedef struct grl_speed {
    cairo_surface_t *picture;
    double low, high; /* of what the colours tell apart */
    int slower;       /* 1: there are places slower than low */
} grl_speed;

grl_status grl_speed_make(const grl_cell *cell, const grl_window *window, double factor, grl_theme theme,
                          grl_speed *speed, grl_error *error);
void grl_speed_free(grl_speed *speed);
void grl_speed_draw(grl_canvas *canvas, const grl_axes *axes, const grl_speed *speed);
void grl_speed_describe(const grl_speed *speed, int map, grl_theme theme, grl_legend *legend);

/* The two ends of its colours: slow, fast. */
const grl_colour *grl_theme_speed(grl_theme theme);

#endif
