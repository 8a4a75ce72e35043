/* portrait.c: the phase portrait of a network as a figure: checks what it is given and picks the figure. */
#include "base/error.h"
#include "draw/canvas.h"
#include "draw/figures.h"

#include <math.h>

grl_draw_options grl_draw_defaults(void)
{
    return (grl_draw_options){.theme = GRL_THEME_LIGHT, .scale = 2, .trajectories = -1};
}

static grl_status check(const grl_cell *cell, const grl_portrait *portrait, const grl_draw_options *options,
                        grl_error *error)
{
    size_t n = grl_cell_hidden_size(cell);
    if (portrait->hidden_size != n)
        return grl_fail(error, GRL_BAD_INPUT,
                        "figure: expected the portrait of a network of %zu units, found one of %zu", n,
                        portrait->hidden_size);
    if (portrait->time == GRL_DISCRETE && !(portrait->dt > 0 && isfinite(portrait->dt)))
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected a map with a time step above 0, found %g",
                        portrait->dt);
    if (options->trajectories < -1 || options->trajectories > 1000)
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected 0 to 1000 trajectories, found %d",
                        options->trajectories);
    if ((options->show | options->hide) & ~(unsigned)GRL_SHOW_ALL)
        return grl_fail(error, GRL_BAD_INPUT,
                        "figure parts: expected bits of grl_show, found %u to show and %u to hide",
                        options->show, options->hide);
    return grl_canvas_check(options, error);
}

static grl_status check_ranges(size_t n, const grl_draw_options *options, grl_error *error)
{
    /* A range must leave numbers between its ends that differ; beyond 1.5 there are no states. */
    const double narrowest = 1e-6, widest = n <= 3 ? 1.5 : 1e6;
    const int axes = grl_figure_axes(n);
    if (options->ranges < 0 || (options->ranges > 1 && options->ranges != axes))
        return grl_fail(error, GRL_BAD_INPUT,
                        axes == 1 ? "figure range: expected %d range, found %d"
                                  : "figure range: expected 1 range or %d, one for each axis, found %d",
                        axes, options->ranges);
    for (int k = 0; k < options->ranges; k++) {
        const double low = options->low[k], high = options->high[k];
        if (!(low >= -widest && high <= widest && high - low >= narrowest))
            return grl_fail(error, GRL_BAD_INPUT,
                            "figure range: expected from %g to %g, at least %g wide, found %g to %g", -widest,
                            widest, narrowest, low, high);
    }
    return GRL_OK;
}

grl_status grl_draw_portrait(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                             const grl_draw_options *options, const char *path, grl_error *error)
{
    grl_draw_options defaults = grl_draw_defaults();
    if (!options) options = &defaults;
    grl_cell *autonomous = NULL;
    grl_draw_options resolved = *options;
    grl_status status = check(cell, portrait, options, error);
    if (status == GRL_OK) status = check_ranges(portrait->hidden_size, options, error);
    if (status == GRL_OK) status = grl_show_resolve(options, portrait, &resolved.show, error);
    if (status == GRL_OK) status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) return status;
    size_t n = grl_cell_hidden_size(cell);
    grl_figure *figure = n == 1   ? grl_figure_one
                         : n == 2 ? grl_figure_two
                         : n == 3 ? grl_figure_three
                                  : grl_figure_many;
    status = figure(autonomous, portrait, &resolved, path, error);
    grl_cell_free(autonomous);
    return status;
}
