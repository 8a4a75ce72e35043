/* figures.h: the figures of a phase portrait, one function for each number of units. The cell has no inputs;
 * the options are checked. */
#ifndef GRL_DRAW_FIGURES_H
#define GRL_DRAW_FIGURES_H

#include <grulens/draw.h>

typedef grl_status grl_figure(const grl_cell *cell, const grl_portrait *portrait,
                              const grl_draw_options *options, const char *path, grl_error *error);

grl_figure grl_figure_one, grl_figure_two, grl_figure_many;

#endif
