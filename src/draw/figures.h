/* figures.h: the figures of a phase portrait, one function for each number of units. The cell has no inputs;
 * the options are checked, and their `show` is what to show and nothing else. */
#ifndef GRL_DRAW_FIGURES_H
#define GRL_DRAW_FIGURES_H

#include <grulens/draw.h>

typedef grl_status grl_figure(const grl_cell *cell, const grl_portrait *portrait,
                              const grl_draw_options *options, const char *path, grl_error *error);

grl_figure grl_figure_one, grl_figure_two, grl_figure_three, grl_figure_many;

/* What a figure of n units shows after `hide` and `show`; GRL_BAD_INPUT if `show` has what it cannot have. */
grl_status grl_show_resolve(const grl_draw_options *options, const grl_portrait *portrait, unsigned *show,
                            grl_error *error);

/* GRL_BAD_INPUT: the first part of `wrong` that "the figure ..." cannot show. */
grl_status grl_show_refuse(const char *figure, unsigned wrong, grl_error *error);

/* How many axes a figure of n units has. */
int grl_figure_axes(size_t n);
/* The range of axis k (from 0), if the options have one: 1, else 0. */
int grl_figure_range(const grl_draw_options *options, int k, double *low, double *high);

#endif
