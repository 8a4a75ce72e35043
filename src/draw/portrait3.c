#include "draw/figures.h"
grl_status grl_figure_three(const grl_cell *cell, const grl_portrait *portrait,
                            const grl_draw_options *options, const char *path, grl_error *error)
{
    return grl_figure_many(cell, portrait, options, path, error);
}
