/* basins.h: manifolds, cycles and basins of a two-unit flow in its figure; all of it does nothing without
 * portrait->separatrices. */
#ifndef GRL_DRAW_BASINS_H
#define GRL_DRAW_BASINS_H

#include "draw/plot.h"

#include <grulens/separatrices.h>

typedef struct grl_manifold_lines {
    grl_lines stable, unstable; /* both along the flow */
    grl_lines cycles[2];        /* unstable, stable */
} grl_manifold_lines;

grl_status grl_manifolds_make(const grl_portrait *portrait, grl_manifold_lines *lines, grl_error *error);
void grl_manifolds_free(grl_manifold_lines *lines);

/* The basins, beneath everything else. */
void grl_basins_draw(grl_canvas *canvas, const grl_axes *axes, const grl_portrait *portrait, grl_theme theme);
/* Manifolds and cycles, above the nullclines. */
grl_status grl_manifolds_draw(grl_canvas *canvas, const grl_axes *axes, const grl_manifold_lines *lines,
                              grl_error *error);
void grl_manifolds_describe(const grl_portrait *portrait, const grl_manifold_lines *lines, grl_theme theme,
                            grl_legend *legend);

#endif
