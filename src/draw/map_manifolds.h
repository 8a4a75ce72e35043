/* map_manifolds.h: the manifolds of the saddles of a two-unit map in its figure; nothing without
 * portrait->map_manifolds. */
#ifndef GRL_DRAW_MAP_MANIFOLDS_H
#define GRL_DRAW_MAP_MANIFOLDS_H

#include "draw/plot.h"

grl_status grl_map_manifolds_draw(grl_canvas *canvas, const grl_axes *axes, const grl_portrait *portrait,
                                  grl_error *error);
void grl_map_manifolds_describe(const grl_portrait *portrait, grl_legend *legend);

#endif
