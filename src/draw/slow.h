/* slow.h: slow manifolds in the figure of a portrait, as pale bands beneath everything that is drawn in
 * lines. */
#ifndef GRL_DRAW_SLOW_H
#define GRL_DRAW_SLOW_H

#include "draw/loops.h"
#include "draw/plot.h"

/* Bands along the portrait's slow manifolds, where `project` puts them. Does nothing without
 * portrait->slow_manifolds. */
grl_status grl_slow_bands_draw(grl_canvas *canvas, const grl_axes *axes, const grl_portrait *portrait,
                               grl_projection *project, const void *context, grl_error *error);
void grl_slow_bands_describe(const grl_portrait *portrait, grl_legend *legend);

#endif
