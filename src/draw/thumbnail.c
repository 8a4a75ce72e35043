/* thumbnail.c: the portrait of two units in a square of an inch: no flow and no numbers, since they would be
 * unreadable; what differs between regions is drawn: nullclines, manifolds of saddles, cycles, points. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/chart.h"
#include "draw/planar.h"

#include <grulens/cycles.h>
#include <grulens/separatrices.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 101 };

static const double null_width = 0.9, manifold_width = 0.7, cycle_width = 1.7, mark_scale = 0.62;

static grl_status draw_manifolds(grl_canvas *canvas, const grl_axes *axes, const grl_separatrices *s,
                                 grl_error *error)
{
    grl_lines lines[2] = {{0}, {0}};
    grl_status status = GRL_OK;
    for (size_t k = 0; k < s->count && status == GRL_OK; k++)
        if (!grl_lines_add(&lines[s->branches[k].stable == 0], s->branches[k].count, s->branches[k].points))
            status = grl_fail_memory(error, s->branches[k].count, 2 * sizeof(double));
    for (int i = 0; i < 2 && status == GRL_OK; i++)
        status = grl_lines_draw(canvas, axes, &lines[i], i ? GRL_UNSTABLE_MANIFOLD : GRL_MANIFOLD,
                                manifold_width, i ? 2.5 : 0, error);
    grl_lines_free(&lines[0]);
    grl_lines_free(&lines[1]);
    return status;
}

static grl_status draw_cycles(grl_canvas *canvas, const grl_axes *axes, const grl_cycles *cycles,
                              grl_error *error)
{
    grl_status status = GRL_OK;
    for (size_t k = 0; k < cycles->count && status == GRL_OK; k++) {
        const grl_cycle *cycle = &cycles->items[k];
        grl_lines line = {0};
        double *states = grl_calloc(cycle->count, 2 * sizeof *states);
        for (size_t i = 0; states && i < cycle->count; i++)
            memcpy(states + 2 * i, cycle->points + 3 * i + 1, 2 * sizeof *states);
        if (states && grl_lines_add(&line, cycle->count, states))
            status = grl_lines_draw(canvas, axes, &line, GRL_TRAJECTORY, cycle_width, cycle->stable ? 0 : 4,
                                    error);
        else
            status = grl_fail_memory(error, cycle->count, 2 * sizeof *states);
        free(states);
        grl_lines_free(&line);
    }
    return status;
}

grl_status grl_thumbnail_draw(grl_canvas *canvas, const grl_region *region, double left, double top,
                              double side, grl_error *error)
{
    const grl_axes axes = {.left = left,
                           .top = top,
                           .width = side,
                           .height = side,
                           .low_x = -1,
                           .high_x = 1,
                           .low_y = -1,
                           .high_y = 1};
    const grl_window window = {{-1, -1}, {1, 1}};
    grl_lines nullclines[2] = {{0}, {0}};
    grl_status status = GRL_OK;
    grl_canvas_colour(canvas, GRL_PAPER, 1);
    cairo_rectangle(canvas->cr, left, top, side, side);
    cairo_fill(canvas->cr);
    if (region->cell && region->portrait && region->portrait->hidden_size == 2) {
        grl_axes_clip(canvas, &axes, 0);
        status = grl_nullclines_make(region->cell, &window, CELLS, nullclines, error);
        for (int i = 0; i < 2 && status == GRL_OK; i++)
            status = grl_lines_draw(canvas, &axes, &nullclines[i], i ? GRL_SECOND : GRL_FIRST, null_width,
                                    i ? 3 : 0, error);
        if (status == GRL_OK && region->portrait->separatrices)
            status = draw_manifolds(canvas, &axes, region->portrait->separatrices, error);
        if (status == GRL_OK && region->portrait->cycles)
            status = draw_cycles(canvas, &axes, region->portrait->cycles, error);
        cairo_restore(canvas->cr);
        for (size_t k = 0; status == GRL_OK && k < region->portrait->count; k++) {
            const grl_fixed_point *point = &region->portrait->points[k];
            cairo_save(canvas->cr);
            cairo_translate(canvas->cr, grl_axes_x(&axes, point->h[0]), grl_axes_y(&axes, point->h[1]));
            cairo_scale(canvas->cr, mark_scale, mark_scale);
            grl_mark_draw(canvas, 0, 0, point->type, -1);
            cairo_restore(canvas->cr);
        }
    }
    grl_lines_free(&nullclines[0]);
    grl_lines_free(&nullclines[1]);
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    cairo_set_line_width(canvas->cr, 0.7);
    cairo_rectangle(canvas->cr, left, top, side, side);
    cairo_stroke(canvas->cr);
    return status;
}
