/* basins.h: manifolds, cycles and basins of a two-unit flow in its figure. */
#ifndef GRL_DRAW_BASINS_H
#define GRL_DRAW_BASINS_H

#include "draw/planar.h"
#include "draw/plot.h"

#include <grulens/separatrices.h>

typedef struct grl_manifold_lines {
    grl_lines stable, unstable; /* both along the flow */
    grl_lines cycles[2];        /* unstable, stable */
} grl_manifold_lines;

/* Manifolds where portrait->separatrices has them; the cycles of portrait->cycles, or else those that manifolds
 * met. `show`: bits of grl_show; what is not shown has no lines. */
grl_status grl_manifolds_make(const grl_portrait *portrait, const grl_window *window, unsigned show,
                              grl_manifold_lines *lines, grl_error *error);
void grl_manifolds_free(grl_manifold_lines *lines);

/* Above the nullclines. */
grl_status grl_manifolds_draw(grl_canvas *canvas, const grl_axes *axes, const grl_manifold_lines *lines,
                              grl_error *error);
void grl_cycles_describe(const grl_manifold_lines *lines, grl_legend *legend);
void grl_manifolds_describe(const grl_manifold_lines *lines, grl_legend *legend);

/* Whether the basins' borders are known, so that there is something to fill. */
int grl_basins_known(const grl_portrait *portrait);
/* The basins, beneath everything else but the speed, which shows through at an opacity below 1. */
void grl_basins_draw(grl_canvas *canvas, const grl_axes *axes, const grl_portrait *portrait, grl_theme theme,
                     double opacity);
/* numbers: 1 if the points' numbers are in the figure. */
void grl_basins_describe(const grl_portrait *portrait, grl_theme theme, int numbers, grl_legend *legend);

#endif
