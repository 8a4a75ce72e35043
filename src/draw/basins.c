/* basins.c: manifolds, cycles and basins of a two-unit flow.
 *
 * Areas are filled along the computed curves, so their edges are as sharp as the manifolds. Where the basins
 * are known by samples alone nothing is filled. */
#include "draw/basins.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMED = 4 };
static const double stable_width = 2, unstable_width = 1.5, unstable_dash = 2.4, cycle_width = 2.4,
                    unstable_cycle_dash = 7;

/* How much of a branch that winds to a cycle to draw: up to where it stays beside it. */
static size_t up_to_cycle(const grl_branch *branch, const grl_closed_orbit *cycle)
{
    const double beside = 0.015;
    size_t count = branch->count;
    while (count > 2) {
        const double *p = branch->points + 2 * (count - 1);
        double least = INFINITY;
        for (size_t i = 0; i < cycle->count; i++)
            least = fmin(least, hypot(p[0] - cycle->points[2 * i], p[1] - cycle->points[2 * i + 1]));
        if (least > beside) break;
        count--;
    }
    return count < branch->count ? count + 1 : count;
}

/* A branch that ends in a fixed point is drawn up to it; a stable one is turned to run along the flow. */
static bool add_branch(grl_lines *lines, const grl_portrait *portrait, const grl_branch *branch, double *room)
{
    size_t count = branch->count;
    if (branch->limit.kind == GRL_LIMIT_CYCLE)
        count = up_to_cycle(branch, &portrait->separatrices->cycles[branch->limit.which]);
    memcpy(room, branch->points, 2 * count * sizeof *room);
    if (branch->limit.kind == GRL_LIMIT_POINT)
        memcpy(room + 2 * count++, portrait->points[branch->limit.which].h, 2 * sizeof *room);
    for (size_t i = 0, k = count - 1; branch->stable && i < k; i++, k--)
        for (size_t c = 0; c < 2; c++) {
            double swap = room[2 * i + c];
            room[2 * i + c] = room[2 * k + c];
            room[2 * k + c] = swap;
        }
    return grl_lines_add(lines, count, room);
}

grl_status grl_manifolds_make(const grl_portrait *portrait, grl_manifold_lines *lines, grl_error *error)
{
    const grl_separatrices *s = portrait->separatrices;
    size_t longest = 0;
    bool fine = true;
    if (!s) return GRL_OK;
    for (size_t b = 0; b < s->count; b++)
        if (s->branches[b].count > longest) longest = s->branches[b].count;
    for (size_t c = 0; c < s->cycle_count; c++)
        if (s->cycles[c].count > longest) longest = s->cycles[c].count;
    double *room = grl_calloc(longest + 1, 2 * sizeof *room);
    if (!room) return grl_fail_memory(error, longest + 1, 2 * sizeof *room);
    for (size_t b = 0; b < s->count && fine; b++)
        fine = add_branch(s->branches[b].stable ? &lines->stable : &lines->unstable, portrait,
                          &s->branches[b], room);
    /* A portrait with all its cycles has these among them. */
    const size_t cycles = portrait->cycles ? 0 : s->cycle_count;
    for (size_t c = 0; c < cycles && fine; c++) {
        const grl_closed_orbit *cycle = &s->cycles[c];
        memcpy(room, cycle->points, 2 * cycle->count * sizeof *room);
        memcpy(room + 2 * cycle->count, cycle->points, 2 * sizeof *room);
        fine = grl_lines_add(&lines->cycles[cycle->stable], cycle->count + 1, room);
    }
    free(room);
    return fine ? GRL_OK : grl_fail_memory(error, longest, 2 * sizeof *room);
}

void grl_manifolds_free(grl_manifold_lines *lines)
{
    grl_lines_free(&lines->stable);
    grl_lines_free(&lines->unstable);
    grl_lines_free(&lines->cycles[0]);
    grl_lines_free(&lines->cycles[1]);
}

static int filled(const grl_separatrices *s)
{
    return s && s->basin_method == GRL_BASIN_BORDERS && s->basin_count > 1;
}

void grl_basins_draw(grl_canvas *canvas, const grl_axes *axes, const grl_portrait *portrait, grl_theme theme)
{
    const grl_separatrices *s = portrait->separatrices;
    const grl_colour *colours = grl_theme_basins(theme);
    if (!filled(s)) return;
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
        cairo_set_source_rgb(canvas->cr, c->red, c->green, c->blue);
        cairo_fill(canvas->cr);
    }
    cairo_restore(canvas->cr);
}

grl_status grl_manifolds_draw(grl_canvas *canvas, const grl_axes *axes, const grl_manifold_lines *lines,
                              grl_error *error)
{
    grl_status status = grl_lines_draw(canvas, axes, &lines->unstable, GRL_UNSTABLE_MANIFOLD, unstable_width,
                                       unstable_dash, error);
    if (status == GRL_OK)
        status = grl_lines_draw(canvas, axes, &lines->stable, GRL_MANIFOLD, stable_width, 0, error);
    for (int stable = 0; stable < 2 && status == GRL_OK; stable++)
        status = grl_lines_draw(canvas, axes, &lines->cycles[stable], GRL_TRAJECTORY, cycle_width,
                                stable ? 0 : unstable_cycle_dash, error);
    if (status != GRL_OK) return status;
    grl_arrows_draw(canvas, axes, &lines->unstable, 150, 7.5, GRL_UNSTABLE_MANIFOLD);
    grl_arrows_draw(canvas, axes, &lines->stable, 150, 7.5, GRL_MANIFOLD);
    for (int stable = 0; stable < 2; stable++)
        grl_arrows_draw(canvas, axes, &lines->cycles[stable], 150, 9, GRL_TRAJECTORY);
    return GRL_OK;
}

static void describe_line(grl_legend *legend, size_t count, grl_sample sample, const char *text,
                          grl_role role, double width, double dash)
{
    if (count == 0) return;
    grl_entry *entry = grl_legend_add(legend, sample, text);
    entry->role = role;
    entry->width = width;
    entry->dash = dash;
}

void grl_manifolds_describe(const grl_portrait *portrait, const grl_manifold_lines *lines, grl_theme theme,
                            grl_legend *legend)
{
    const grl_separatrices *s = portrait->separatrices;
    if (!s) return;
    describe_line(legend, lines->stable.count, GRL_SAMPLE_ARROW, "stable manifold", GRL_MANIFOLD,
                  stable_width, 0);
    describe_line(legend, lines->unstable.count, GRL_SAMPLE_ARROW, "unstable manifold", GRL_UNSTABLE_MANIFOLD,
                  unstable_width, unstable_dash);
    describe_line(legend, lines->cycles[1].count, GRL_SAMPLE_LINE, "stable cycle", GRL_TRAJECTORY,
                  cycle_width, 0);
    describe_line(legend, lines->cycles[0].count, GRL_SAMPLE_LINE, "unstable cycle", GRL_TRAJECTORY,
                  cycle_width, unstable_cycle_dash);
    if (!filled(s)) return;
    grl_legend_add(legend, GRL_SAMPLE_GAP, "");
    for (size_t b = 0; b < s->basin_count && b < MOST_NAMED; b++) {
        char text[64];
        snprintf(text, sizeof text,
                 b + 1 == MOST_NAMED && s->basin_count > MOST_NAMED ? "basin, %.3g %%, ..."
                                                                    : "basin, %.3g %%",
                 100 * s->basins[b].fraction);
        grl_legend_add(legend, GRL_SAMPLE_AREA, text)->fill = grl_theme_basins(theme)[b % GRL_BASIN_COLOURS];
    }
}
