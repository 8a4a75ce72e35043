/* loops.c: the cycles and unstable manifolds of the flow of three units or more, as lines of a figure: what
 * grl_attractors_compute found, seen from where the figure looks. A cycle that is stable is solid, another dashed. */
#include "draw/loops.h"

#include "base/error.h"
#include "base/memory.h"
#include "draw/planar.h"
#include "draw/stamps.h"

#include <grulens/attractors.h>
#include <stdio.h>
#include <stdlib.h>

enum { RING = 2 }; /* trajectories of a manifold of two dimensions */
static const double cycle_width = 2.2, cycle_dash = 7, manifold_width = 1.3, manifold_dash = 2.4;

static int is_flow(const grl_portrait *portrait)
{
    return portrait->attractors && portrait->time == GRL_CONTINUOUS;
}

int grl_loops_has_manifolds(const grl_portrait *portrait)
{
    const grl_attractors *a = portrait->attractors;
    for (size_t k = 0; is_flow(portrait) && k < a->manifold_count; k++)
        if (a->manifolds[k].dimension == 1 && a->manifolds[k].count > 0 &&
            a->manifolds[k].branches[0].count > 1)
            return 1;
    return 0;
}

/* points: count x (1 + n), time and state. */
static grl_status add_line(grl_lines *lines, size_t n, size_t count, const double *points,
                           grl_projection *project, const void *context, grl_error *error)
{
    if (count < 2) return GRL_OK;
    double *seen = grl_calloc(count, 2 * sizeof *seen);
    if (!seen) return grl_fail_memory(error, count, 2 * sizeof *seen);
    for (size_t i = 0; i < count; i++) project(context, points + i * (1 + n) + 1, seen + 2 * i);
    const int added = grl_lines_add(lines, count, seen);
    free(seen);
    return added ? GRL_OK : grl_fail_memory(error, count, 2 * sizeof *seen);
}

grl_status grl_loops_make(const grl_portrait *portrait, unsigned show, grl_projection *project,
                          const void *context, grl_loops_lines *lines, grl_error *error)
{
    const grl_attractors *a = portrait->attractors;
    const size_t n = portrait->hidden_size;
    grl_status status = GRL_OK;
    if (!is_flow(portrait)) return GRL_OK;
    for (size_t k = 0; k < a->closed_count && show & GRL_SHOW_CYCLES && status == GRL_OK; k++)
        status = add_line(&lines->cycles[a->closed[k].stable != 0], n, a->closed[k].count,
                          a->closed[k].points, project, context, error);
    for (size_t k = 0; k < a->manifold_count && show & GRL_SHOW_MANIFOLDS; k++) {
        const grl_unstable_manifold *manifold = &a->manifolds[k];
        const size_t step = manifold->dimension == 1 || manifold->count < RING ? 1 : manifold->count / RING;
        for (size_t b = 0; b < manifold->count && status == GRL_OK; b += step)
            status = add_line(&lines->manifolds, n, manifold->branches[b].count, manifold->branches[b].points,
                              project, context, error);
    }
    return status;
}

static grl_status copy(const grl_lines *from, const grl_window *window, grl_lines *to, grl_error *error)
{
    for (size_t k = 0; k < from->count; k++) {
        const size_t count = from->first[k + 1] - from->first[k];
        if (!grl_lines_add(to, count, from->points + 2 * from->first[k]))
            return grl_fail_memory(error, count, 2 * sizeof(double));
    }
    grl_window_lines_to_square(window, to);
    return GRL_OK;
}

grl_status grl_loops_thin(const grl_axes *axes, const grl_loops_lines *lines, const grl_lines *paths,
                          grl_lines *pieces, grl_error *error)
{
    const grl_window window = {{axes->low_x, axes->low_y}, {axes->high_x, axes->high_y}};
    grl_lines cycles = {0}, all = {0}, more = {0};
    grl_status status = copy(&lines->cycles[0], &window, &cycles, error);
    if (status == GRL_OK) status = copy(&lines->cycles[1], &window, &more, error);
    for (size_t k = 0; k < more.count && status == GRL_OK; k++)
        if (!grl_lines_add(&cycles, more.first[k + 1] - more.first[k], more.points + 2 * more.first[k]))
            status = grl_fail_memory(error, more.points_count, 2 * sizeof(double));
    if (status == GRL_OK) status = copy(paths, &window, &all, error);
    if (status == GRL_OK) status = grl_lines_thin(&cycles, &all, pieces, error);
    grl_window_lines_to_states(&window, pieces);
    grl_lines_free(&cycles);
    grl_lines_free(&more);
    grl_lines_free(&all);
    return status;
}

void grl_loops_free(grl_loops_lines *lines)
{
    grl_lines_free(&lines->cycles[0]);
    grl_lines_free(&lines->cycles[1]);
    grl_lines_free(&lines->manifolds);
}

grl_status grl_loops_draw(grl_canvas *canvas, const grl_axes *axes, const grl_loops_lines *lines,
                          grl_error *error)
{
    grl_lines manifolds = {0};
    grl_status status = grl_loops_thin(axes, lines, &lines->manifolds, &manifolds, error);
    if (status == GRL_OK)
        status = grl_lines_draw(canvas, axes, &manifolds, GRL_UNSTABLE_MANIFOLD, manifold_width,
                                manifold_dash, error);
    for (int stable = 0; stable < 2 && status == GRL_OK; stable++)
        status = grl_lines_draw(canvas, axes, &lines->cycles[stable], GRL_TRAJECTORY, cycle_width,
                                stable ? 0 : cycle_dash, error);
    grl_arrows_draw(canvas, axes, &manifolds, 250, 6.5, GRL_UNSTABLE_MANIFOLD);
    for (int stable = 0; stable < 2; stable++)
        grl_arrows_draw(canvas, axes, &lines->cycles[stable], 200, 8, GRL_TRAJECTORY);
    grl_lines_free(&manifolds);
    return status;
}

void grl_loops_describe(const grl_loops_lines *lines, grl_legend *legend)
{
    static const char *const words[2][2] = {{"unstable cycle", "unstable cycle (%zu)"},
                                            {"stable cycle", "stable cycle (%zu)"}};
    grl_entry *entry;
    for (int stable = 1; stable >= 0; stable--) {
        const size_t count = lines->cycles[stable].count;
        char text[64];
        if (count == 0) continue;
        snprintf(text, sizeof text, words[stable][count > 1], count);
        entry = grl_legend_add(legend, GRL_SAMPLE_LINE, text);
        entry->role = GRL_TRAJECTORY;
        entry->width = cycle_width;
        entry->dash = stable ? 0 : cycle_dash;
    }
    if (lines->manifolds.count == 0) return;
    entry = grl_legend_add(legend, GRL_SAMPLE_ARROW, "unstable manifold");
    entry->role = GRL_UNSTABLE_MANIFOLD;
    entry->width = manifold_width;
    entry->dash = manifold_dash;
}
