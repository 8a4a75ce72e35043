/* outline.h: the outline of a part of a raster as a path on the page. */
#ifndef GRL_DRAW_OUTLINE_H
#define GRL_DRAW_OUTLINE_H

#include "bifurcation/regions.h"
#include "draw/plot.h"

/* Adds the closed outlines of a part, holes too, to the canvas' path, smoothed to less than a pixel of the raster; the
 * raster covers the axes. */
grl_status grl_outline_add(grl_canvas *canvas, const grl_axes *axes, const grl_raster *raster, int part,
                           grl_error *error);

#endif
