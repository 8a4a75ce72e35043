/* basins.c: the basins of attraction of a two-unit flow as areas of pale colours.
 *
 * Areas are filled along the computed curves, so their edges are as sharp as the manifolds. Where the basins
 * are known by samples alone nothing is filled. */
#include "draw/basins.h"

#include <stdio.h>

enum { MOST_NAMED = 4 };

int grl_basins_known(const grl_portrait *portrait)
{
    const grl_separatrices *s = portrait->separatrices;
    return s && s->basin_method == GRL_BASIN_BORDERS && s->basin_count > 1;
}

void grl_basins_draw(grl_canvas *canvas, const grl_axes *axes, const grl_portrait *portrait, grl_theme theme,
                     double opacity)
{
    const grl_separatrices *s = portrait->separatrices;
    const grl_colour *colours = grl_theme_basins(theme);
    if (!grl_basins_known(portrait)) return;
    cairo_save(canvas->cr);
    cairo_set_fill_rule(canvas->cr, CAIRO_FILL_RULE_EVEN_ODD);
    for (size_t r = 0; r < s->ring_count; r++) {
        const grl_ring *ring = &s->rings[r];
        for (size_t i = 0; i < ring->count; i++)
            cairo_line_to(canvas->cr, grl_axes_x(axes, ring->points[2 * i]),
                          grl_axes_y(axes, ring->points[2 * i + 1]));
        cairo_close_path(canvas->cr);
        if (r + 1 < s->ring_count && s->rings[r + 1].hole) continue;
        const grl_colour *c = &colours[ring->basin % GRL_BASIN_COLOURS];
        cairo_set_source_rgba(canvas->cr, c->red, c->green, c->blue, opacity);
        cairo_fill(canvas->cr);
    }
    cairo_restore(canvas->cr);
}

void grl_basins_describe(const grl_portrait *portrait, grl_theme theme, int numbers, grl_legend *legend)
{
    const grl_separatrices *s = portrait->separatrices;
    if (!grl_basins_known(portrait)) return;
    grl_legend_add(legend, GRL_SAMPLE_GAP, "");
    for (size_t b = 0; b < s->basin_count && b < MOST_NAMED; b++) {
        const grl_limit *to = &s->basins[b].attractor;
        char who[40] = "", text[64];
        if (to->kind == GRL_LIMIT_CYCLE)
            snprintf(who, sizeof who, " of the cycle");
        else if (to->kind == GRL_LIMIT_POINT && numbers)
            snprintf(who, sizeof who, " of #%zu", to->which + 1);
        snprintf(text, sizeof text, "basin%s, %.3g %%%s", who, 100 * s->basins[b].fraction,
                 b + 1 == MOST_NAMED && s->basin_count > MOST_NAMED ? ", ..." : "");
        grl_legend_add(legend, GRL_SAMPLE_AREA, text)->fill = grl_theme_basins(theme)[b % GRL_BASIN_COLOURS];
    }
}
