/* manifolds.c: the manifolds of the saddles of a two-unit flow, and its cycles, as lines of a figure.
 *
 * A branch that winds onto a cycle, or that nearly comes back to its saddle, is drawn once where it lies: later
 * rounds are left out where they would touch the earlier ones or the cycle (stamps.c). */
#include "draw/basins.h"
#include "draw/stamps.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/cycles.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double stable_width = 2, unstable_width = 1.5, unstable_dash = 2.4, cycle_width = 2.7,
                    unstable_cycle_dash = 7;

static grl_status add_cycle(grl_lines *lines, size_t count, const double *points, size_t stride, int closed,
                            grl_error *error)
{
    double *states = grl_calloc(count + 1, 2 * sizeof *states);
    if (!states) return grl_fail_memory(error, count + 1, 2 * sizeof *states);
    for (size_t i = 0; i < count; i++) memcpy(states + 2 * i, points + stride * i, 2 * sizeof *states);
    memcpy(states + 2 * count, states, 2 * sizeof *states);
    const int added = grl_lines_add(lines, count + !closed, states);
    free(states);
    return added ? GRL_OK : grl_fail_memory(error, count + 1, 2 * sizeof *states);
}

static grl_status take_cycles(const grl_portrait *portrait, grl_lines lines[2], grl_error *error)
{
    const grl_separatrices *s = portrait->separatrices;
    grl_status status = GRL_OK;
    if (portrait->cycles) {
        for (size_t k = 0; k < portrait->cycles->count && status == GRL_OK; k++) {
            const grl_cycle *cycle = &portrait->cycles->items[k];
            status = add_cycle(&lines[cycle->stable != 0], cycle->count, cycle->points + 1, 3, 1, error);
        }
    } else if (s) {
        for (size_t k = 0; k < s->cycle_count && status == GRL_OK; k++)
            status = add_cycle(&lines[s->cycles[k].stable != 0], s->cycles[k].count, s->cycles[k].points, 2,
                               0, error);
    }
    return status;
}

/* The branches of one kind, from the saddle on; one that ends in a fixed point up to it. */
static grl_status take_branches(const grl_portrait *portrait, int stable, grl_lines *lines, grl_error *error)
{
    const grl_separatrices *s = portrait->separatrices;
    size_t longest = 0;
    bool fine = true;
    for (size_t b = 0; b < s->count; b++)
        if (s->branches[b].count > longest) longest = s->branches[b].count;
    double *room = grl_calloc(longest + 1, 2 * sizeof *room);
    if (!room) return grl_fail_memory(error, longest + 1, 2 * sizeof *room);
    for (size_t b = 0; b < s->count && fine; b++) {
        const grl_branch *branch = &s->branches[b];
        if (branch->stable != stable) continue;
        size_t count = branch->count;
        memcpy(room, branch->points, 2 * count * sizeof *room);
        if (branch->limit.kind == GRL_LIMIT_POINT)
            memcpy(room + 2 * count++, portrait->points[branch->limit.which].h, 2 * sizeof *room);
        fine = grl_lines_add(lines, count, room);
    }
    free(room);
    return fine ? GRL_OK : grl_fail_memory(error, longest, 2 * sizeof *room);
}

static void reverse(grl_lines *lines)
{
    for (size_t k = 0; k < lines->count; k++)
        for (size_t i = lines->first[k], j = lines->first[k + 1]; i + 1 < j; i++, j--)
            for (size_t c = 0; c < 2; c++) {
                double swap = lines->points[2 * i + c];
                lines->points[2 * i + c] = lines->points[2 * (j - 1) + c];
                lines->points[2 * (j - 1) + c] = swap;
            }
}

static grl_status copy_cycles(const grl_lines cycles[2], grl_lines *all, grl_error *error)
{
    for (int c = 0; c < 2; c++)
        for (size_t k = 0; k < cycles[c].count; k++) {
            const size_t count = cycles[c].first[k + 1] - cycles[c].first[k];
            if (!grl_lines_add(all, count, cycles[c].points + 2 * cycles[c].first[k]))
                return grl_fail_memory(error, count, 2 * sizeof(double));
        }
    return GRL_OK;
}

grl_status grl_manifolds_make(const grl_portrait *portrait, const grl_window *window, unsigned show,
                              grl_manifold_lines *lines, grl_error *error)
{
    grl_lines all = {0}, branches = {0};
    grl_status status = GRL_OK;
    if (show & GRL_SHOW_CYCLES) status = take_cycles(portrait, lines->cycles, error);
    if (status != GRL_OK || !portrait->separatrices || !(show & GRL_SHOW_MANIFOLDS)) return status;
    status = copy_cycles(lines->cycles, &all, error);
    grl_window_lines_to_square(window, &all);
    for (int stable = 0; stable < 2 && status == GRL_OK; stable++) {
        grl_lines *to = stable ? &lines->stable : &lines->unstable;
        status = take_branches(portrait, stable, &branches, error);
        grl_window_lines_to_square(window, &branches);
        if (status == GRL_OK) status = grl_lines_thin(&all, &branches, to, error);
        grl_window_lines_to_states(window, to);
        if (stable) reverse(to);
        grl_lines_free(&branches);
    }
    grl_lines_free(&all);
    return status;
}

void grl_manifolds_free(grl_manifold_lines *lines)
{
    grl_lines_free(&lines->stable);
    grl_lines_free(&lines->unstable);
    grl_lines_free(&lines->cycles[0]);
    grl_lines_free(&lines->cycles[1]);
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

static void describe_line(grl_legend *legend, const grl_lines *lines, grl_sample sample, const char *text,
                          grl_role role, double width, double dash)
{
    if (lines->count == 0) return;
    grl_entry *entry = grl_legend_add(legend, sample, text);
    entry->role = role;
    entry->width = width;
    entry->dash = dash;
}

void grl_cycles_describe(const grl_manifold_lines *lines, grl_legend *legend)
{
    for (int stable = 1; stable >= 0; stable--) {
        const size_t count = lines->cycles[stable].count;
        char text[64];
        if (count > 1)
            snprintf(text, sizeof text, stable ? "stable cycle (%zu)" : "unstable cycle (%zu)", count);
        else
            snprintf(text, sizeof text, stable ? "stable cycle" : "unstable cycle");
        describe_line(legend, &lines->cycles[stable], GRL_SAMPLE_LINE, text, GRL_TRAJECTORY, cycle_width,
                      stable ? 0 : unstable_cycle_dash);
    }
}

void grl_manifolds_describe(const grl_manifold_lines *lines, grl_legend *legend)
{
    describe_line(legend, &lines->stable, GRL_SAMPLE_ARROW, "stable manifold", GRL_MANIFOLD, stable_width, 0);
    describe_line(legend, &lines->unstable, GRL_SAMPLE_ARROW, "unstable manifold", GRL_UNSTABLE_MANIFOLD,
                  unstable_width, unstable_dash);
}
