/* target.c: the true attractor as a pale ribbon with an edge, broad enough to be seen under everything that is drawn
 * over it, slow manifolds included; single points as discs of the same kind. */
#include "draw/target.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { PATHS = 12 };
static const double ribbon = 14, edge = 0.7, path_width = 2.2, disc = 14, inside_radius = 8;

static grl_colour pale(grl_theme theme)
{
    return grl_theme_pale(theme, GRL_SECOND,
                          theme == GRL_THEME_DARK   ? 0.36
                          : theme == GRL_THEME_GREY ? 0.14
                                                    : 0.24);
}

void grl_target_free(grl_target *target)
{
    grl_lines_free(&target->ribbons);
    grl_lines_free(&target->points);
    grl_lines_free(&target->paths);
}

static grl_status take_reference(const grl_learned *learned, const grl_readout *readout, double *room,
                                 grl_target *target, grl_error *error)
{
    const grl_reference *reference = learned->reference;
    size_t count = reference->count;
    const int closed = learned->kind == GRL_TASK_OSCILLATION || learned->kind == GRL_TASK_RING;
    bool fine = true;
    for (size_t i = 0; i < count; i++)
        grl_readout_place(readout, reference->points + i * reference->outputs, room + 2 * i);
    if (learned->kind == GRL_TASK_POINTS || count == 1) {
        for (size_t i = 0; i < count && fine; i++) fine = grl_lines_add(&target->points, 1, room + 2 * i);
    } else if (count > 1) {
        if (closed) {
            room[2 * count] = room[0];
            room[2 * count + 1] = room[1];
            count++;
        }
        fine = grl_lines_add(&target->ribbons, count, room);
    }
    if (reference->has_inside && readout->k == 2) {
        target->has_inside = 1;
        grl_readout_place(readout, reference->inside, target->inside);
    }
    return fine ? GRL_OK : grl_fail_memory(error, count, 2 * sizeof *room);
}

/* Of one output alone the rate of change is not known. */
static grl_status take_paths(const grl_dataset *data, const grl_readout *readout, double *room,
                             grl_target *target, grl_error *error)
{
    const size_t rows = data->steps + 1;
    if (readout->k < 2) return GRL_OK;
    for (size_t i = 0; i < data->count && i < PATHS; i++) {
        for (size_t t = 0; t < rows; t++)
            grl_readout_place(readout, data->y + (i * rows + t) * data->outputs, room + 2 * t);
        if (!grl_lines_add(&target->paths, rows, room)) return grl_fail_memory(error, rows, 2 * sizeof *room);
    }
    return GRL_OK;
}

grl_status grl_target_make(const grl_learned *learned, const grl_readout *readout, grl_target *target,
                           grl_error *error)
{
    const size_t count = learned->reference ? learned->reference->count
                         : learned->data    ? learned->data->steps + 1
                                            : 0;
    double *room = grl_calloc(count + 1, 2 * sizeof *room);
    grl_status status = room ? GRL_OK : grl_fail_memory(error, count + 1, 2 * sizeof *room);
    if (status == GRL_OK && learned->reference)
        status = take_reference(learned, readout, room, target, error);
    else if (status == GRL_OK && learned->data)
        status = take_paths(learned->data, readout, room, target, error);
    free(room);
    return status;
}

int grl_target_known(const grl_target *target)
{
    return target->ribbons.count > 0 || target->points.count > 0 || target->paths.count > 0;
}

static void set_colour(grl_canvas *canvas, const grl_colour *colour)
{
    cairo_set_source_rgb(canvas->cr, colour->red, colour->green, colour->blue);
}

static void stroke(grl_canvas *canvas, const grl_axes *axes, const grl_lines *lines, double width)
{
    cairo_set_line_width(canvas->cr, width);
    for (size_t k = 0; k < lines->count; k++) {
        for (size_t i = lines->first[k]; i < lines->first[k + 1]; i++)
            cairo_line_to(canvas->cr, grl_axes_x(axes, lines->points[2 * i]),
                          grl_axes_y(axes, lines->points[2 * i + 1]));
        cairo_stroke(canvas->cr);
    }
}

void grl_target_draw(grl_canvas *canvas, const grl_axes *axes, const grl_target *target, grl_theme theme)
{
    const grl_colour fill = pale(theme);
    cairo_save(canvas->cr);
    cairo_set_line_cap(canvas->cr, CAIRO_LINE_CAP_ROUND);
    set_colour(canvas, &fill);
    stroke(canvas, axes, &target->paths, path_width);
    /* Dots are lines of no length with round ends. */
    for (int inner = 0; inner < 2; inner++) {
        grl_canvas_colour(canvas, GRL_FAINT, 1);
        if (inner) set_colour(canvas, &fill);
        stroke(canvas, axes, &target->ribbons, ribbon - 2 * edge * inner);
        for (size_t k = 0; k < target->points.count; k++) {
            const double *p = target->points.points + 2 * k;
            cairo_new_sub_path(canvas->cr);
            cairo_arc(canvas->cr, grl_axes_x(axes, p[0]), grl_axes_y(axes, p[1]), disc - edge * inner, 0,
                      6.283185307179586);
            cairo_fill(canvas->cr);
        }
    }
    if (target->has_inside) {
        cairo_new_sub_path(canvas->cr);
        cairo_arc(canvas->cr, grl_axes_x(axes, target->inside[0]), grl_axes_y(axes, target->inside[1]),
                  inside_radius, 0, 6.283185307179586);
        set_colour(canvas, &fill);
        cairo_set_line_width(canvas->cr, 5);
        cairo_stroke(canvas->cr);
    }
    cairo_restore(canvas->cr);
}

void grl_target_describe(const grl_target *target, grl_theme theme, grl_legend *legend)
{
    const char *text = target->paths.count > 0 ? "true trajectories"
                       : target->has_inside    ? "true cycle, point inside"
                                               : "true attractor";
    if (grl_target_known(target)) grl_legend_add(legend, GRL_SAMPLE_AREA, text)->fill = pale(theme);
}
