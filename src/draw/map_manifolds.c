/* map_manifolds.c: the manifolds of the saddles of a map, in the colours of those of the flow. No arrows:
 * states jump along them. */
#include "draw/map_manifolds.h"

#include "base/error.h"

#include <grulens/map_manifolds.h>

static const double stable_width = 2, unstable_width = 1.2, unstable_dash = 2.4;

grl_status grl_map_manifolds_draw(grl_canvas *canvas, const grl_axes *axes, const grl_portrait *portrait,
                                  grl_error *error)
{
    const grl_map_manifolds *m = portrait->map_manifolds;
    grl_lines lines[2] = {{0}, {0}}; /* unstable, stable */
    grl_status status = GRL_OK;
    if (!m) return GRL_OK;
    for (size_t b = 0; b < m->count && status == GRL_OK; b++) {
        const grl_map_branch *branch = &m->branches[b];
        if (!grl_lines_add(&lines[branch->stable], branch->count, branch->points))
            status = grl_fail_memory(error, branch->count, 2 * sizeof *branch->points);
    }
    if (status == GRL_OK)
        status = grl_lines_draw(canvas, axes, &lines[0], GRL_UNSTABLE_MANIFOLD, unstable_width, unstable_dash,
                                error);
    if (status == GRL_OK)
        status = grl_lines_draw(canvas, axes, &lines[1], GRL_MANIFOLD, stable_width, 0, error);
    grl_lines_free(&lines[0]);
    grl_lines_free(&lines[1]);
    return status;
}

void grl_map_manifolds_describe(const grl_portrait *portrait, grl_legend *legend)
{
    const grl_map_manifolds *m = portrait->map_manifolds;
    if (!m || m->count == 0) return;
    grl_entry *entry = grl_legend_add(legend, GRL_SAMPLE_LINE, "stable manifold");
    entry->role = GRL_MANIFOLD;
    entry->width = stable_width;
    entry = grl_legend_add(legend, GRL_SAMPLE_LINE, "unstable manifold");
    entry->role = GRL_UNSTABLE_MANIFOLD;
    entry->width = unstable_width;
    entry->dash = unstable_dash;
}
