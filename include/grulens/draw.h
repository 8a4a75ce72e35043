/* draw.h: figures. SVG, PDF and PNG from one drawing, through Cairo. */
#ifndef GRULENS_DRAW_H
#define GRULENS_DRAW_H

#include <grulens/model.h>
#include <grulens/portrait.h>
#include <grulens/simulate.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_theme { GRL_THEME_LIGHT = 0, GRL_THEME_DARK = 1, GRL_THEME_GREY = 2 } grl_theme;

typedef struct grl_draw_options {
    grl_theme theme;
    double width, height; /* in points of 1/72 inch; 0: the figure's own choice */
    double scale;         /* pixels per point in PNG; default 2 */
    const char *title;    /* NULL: none */
    int trajectories;     /* sample trajectories to draw; -1: the figure's own choice */
    unsigned long long seed;
} grl_draw_options;

grl_draw_options grl_draw_defaults(void);

/* The phase portrait of a network at constant input x (m numbers, NULL is zero), with the points of
 * `portrait`, which was computed for the same cell and input. One unit: f over h and the flow on the line.
 * Two units: streamlines, nullclines, fixed points, sample trajectories, and the portrait's cycles. More:
 * points and trajectories in the first two principal components of the trajectories. The kind of file follows
 * its name's ending (.svg, .pdf, .png); it appears whole or not at all. */
grl_status grl_draw_portrait(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                             const grl_draw_options *options, const char *path, grl_error *error);

/* Trajectories of one network over time, and the input if `signal` is not NULL. Up to eight units: a panel
 * for each. More: a map of the first trajectory, a row for each unit. `map`: 1 for iterates of the map. */
grl_status grl_draw_timecourse(size_t count, const grl_trajectory *const *trajectories,
                               const grl_signal *signal, int map, const grl_draw_options *options,
                               const char *path, grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
