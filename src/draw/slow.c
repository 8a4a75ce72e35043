/* slow.c: slow manifolds as bands. A band that acts as a line or a ring is wider than one that only is slow.
 */
#include "draw/slow.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/slow.h>
#include <stdlib.h>

static const double wide = 9, narrow = 5;

static size_t curves(const grl_portrait *portrait)
{
    const grl_slow_manifolds *s = portrait->slow_manifolds;
    size_t count = 0;
    for (size_t k = 0; s && k < s->count; k++) count += s->items[k].kind != GRL_SLOW_SET;
    return count;
}

grl_status grl_slow_bands_draw(grl_canvas *canvas, const grl_axes *axes, const grl_portrait *portrait,
                               grl_projection *project, const void *context, grl_error *error)
{
    const grl_slow_manifolds *s = portrait->slow_manifolds;
    size_t n = portrait->hidden_size, longest = 0;
    if (curves(portrait) == 0) return GRL_OK;
    for (size_t k = 0; k < s->count; k++)
        if (s->items[k].count > longest) longest = s->items[k].count;
    double *points = grl_calloc(longest + 1, 2 * sizeof *points);
    if (!points) return grl_fail_memory(error, longest + 1, 2 * sizeof *points);
    cairo_save(canvas->cr);
    cairo_set_line_cap(canvas->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(canvas->cr, CAIRO_LINE_JOIN_ROUND);
    for (size_t k = 0; k < s->count; k++) {
        const grl_slow_manifold *m = &s->items[k];
        if (m->kind == GRL_SLOW_SET) continue;
        for (size_t i = 0; i < m->count; i++) project(context, m->points + i * n, points + 2 * i);
        for (size_t i = 0; i < m->count; i++)
            cairo_line_to(canvas->cr, grl_axes_x(axes, points[2 * i]), grl_axes_y(axes, points[2 * i + 1]));
        if (m->closed) cairo_close_path(canvas->cr);
        grl_canvas_colour(canvas, GRL_SLOW_BAND, 1);
        cairo_set_line_width(canvas->cr, m->acts_as == GRL_ACTS_AS_NOTHING ? narrow : wide);
        cairo_stroke(canvas->cr);
    }
    cairo_restore(canvas->cr);
    free(points);
    return GRL_OK;
}

void grl_slow_bands_describe(const grl_portrait *portrait, grl_legend *legend)
{
    if (curves(portrait) == 0) return;
    grl_entry *entry = grl_legend_add(legend, GRL_SAMPLE_LINE, "slow manifold");
    entry->role = GRL_SLOW_BAND;
    entry->width = narrow;
}
