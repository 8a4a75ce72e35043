/* loops.h: the cycles and unstable manifolds of the flow of three units or more in its figures; nothing where
 * portrait->attractors is NULL. */
#ifndef GRL_DRAW_LOOPS_H
#define GRL_DRAW_LOOPS_H

#include "draw/plot.h"

typedef struct grl_loops_lines {
    grl_lines cycles[2]; /* not stable, stable */
    grl_lines
        manifolds; /* along the flow: of saddles with one unstable direction, and a few trajectories of those with
                            two */
} grl_loops_lines;

/* Where the figure shows a state. */
typedef void grl_projection(const void *context, const double *h, double p[2]);

/* Whether there are manifolds to show. */
int grl_loops_has_manifolds(const grl_portrait *portrait);

/* `show`: bits of grl_show; what is not shown has no lines. */
grl_status grl_loops_make(const grl_portrait *portrait, unsigned show, grl_projection *project,
                          const void *context, grl_loops_lines *lines, grl_error *error);
/* Of the paths what does not run beside a cycle or an earlier round of itself, on a page with these axes. */
grl_status grl_loops_thin(const grl_axes *axes, const grl_loops_lines *lines, const grl_lines *paths,
                          grl_lines *pieces, grl_error *error);
void grl_loops_free(grl_loops_lines *lines);
grl_status grl_loops_draw(grl_canvas *canvas, const grl_axes *axes, const grl_loops_lines *lines,
                          grl_error *error);
void grl_loops_describe(const grl_loops_lines *lines, grl_legend *legend);

#endif
