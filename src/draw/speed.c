/* speed.c: the speed of a two-unit network as the background of its phase plane.
 *
 * One colour for log |f| on a grid of places, drawn as one smooth picture. The scale goes from the slowest place to
 * the fastest, but over at most two powers of ten: at a fixed point the speed is 0, and a scale that followed
 * it down would leave no colours for the rest. */
#include "draw/grid.h"

#include "base/error.h"
#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIDE = 160 };
static const double decades = 2;

static uint32_t mix(const grl_colour ends[2], double share)
{
    double c[3] = {ends[0].red + share * (ends[1].red - ends[0].red),
                   ends[0].green + share * (ends[1].green - ends[0].green),
                   ends[0].blue + share * (ends[1].blue - ends[0].blue)};
    uint32_t pixel = 0;
    for (int i = 0; i < 3; i++) pixel = pixel << 8 | (uint32_t)lround(255 * c[i]);
    return pixel;
}

grl_status grl_speed_make(const grl_cell *cell, const grl_window *window, double factor, grl_theme theme,
                          grl_speed *speed, grl_error *error)
{
    const grl_colour *ends = grl_theme_speed(theme);
    grl_status status = GRL_OK;
    double *states = grl_calloc(SIDE, 2 * sizeof *states),
           *fields = grl_calloc((size_t)SIDE * SIDE, 2 * sizeof *fields);
    double *work = grl_calloc(grl_cell_batch_work(cell, SIDE), sizeof *work);
    double least = DBL_MAX, most = 0;
    if (!states || !fields || !work) {
        status = grl_fail_memory(error, (size_t)SIDE * SIDE, 2 * sizeof *fields);
        goto done;
    }
    for (size_t j = 0; j < SIDE; j++) {
        for (size_t i = 0; i < SIDE; i++) {
            const double u[2] = {(2 * (double)i + 1) / SIDE - 1, 1 - (2 * (double)j + 1) / SIDE};
            grl_window_to_state(window, u, states + 2 * i);
        }
        double *row = fields + 2 * SIDE * j;
        grl_cell_field_batch(cell, NULL, SIDE, states, row, work);
        for (size_t i = 0; i < SIDE; i++) {
            row[2 * i] = factor * hypot(row[2 * i], row[2 * i + 1]);
            least = fmin(least, row[2 * i]);
            most = fmax(most, row[2 * i]);
        }
    }
    most = fmax(most, DBL_MIN);
    speed->high = most;
    speed->low = fmax(least, most * pow(10, -decades));
    speed->slower = speed->low > least;
    speed->picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, SIDE, SIDE);
    if (cairo_surface_status(speed->picture) != CAIRO_STATUS_SUCCESS) {
        status = grl_fail_memory(error, (size_t)SIDE * SIDE, 4);
        goto done;
    }
    unsigned char *pixels = cairo_image_surface_get_data(speed->picture);
    const size_t stride = (size_t)cairo_image_surface_get_stride(speed->picture);
    const double span = fmax(log(speed->high / speed->low), 1e-9);
    for (size_t j = 0; j < SIDE; j++)
        for (size_t i = 0; i < SIDE; i++) {
            double share = log(fmax(fields[2 * (SIDE * j + i)], speed->low) / speed->low) / span;
            *(uint32_t *)(void *)(pixels + j * stride + 4 * i) = mix(ends, fmin(1, share));
        }
    cairo_surface_mark_dirty(speed->picture);
done:
    free(states);
    free(fields);
    free(work);
    return status;
}

void grl_speed_free(grl_speed *speed)
{
    if (speed->picture) cairo_surface_destroy(speed->picture);
    *speed = (grl_speed){0};
}

void grl_speed_draw(grl_canvas *canvas, const grl_axes *axes, const grl_speed *speed)
{
    if (!speed->picture) return;
    cairo_save(canvas->cr);
    cairo_rectangle(canvas->cr, axes->left, axes->top, axes->width, axes->height);
    cairo_clip(canvas->cr);
    cairo_translate(canvas->cr, axes->left, axes->top);
    cairo_scale(canvas->cr, axes->width / SIDE, axes->height / SIDE);
    cairo_set_source_surface(canvas->cr, speed->picture, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(canvas->cr), CAIRO_FILTER_BILINEAR);
    cairo_pattern_set_extend(cairo_get_source(canvas->cr), CAIRO_EXTEND_PAD);
    cairo_paint(canvas->cr);
    cairo_restore(canvas->cr);
}

void grl_speed_describe(const grl_speed *speed, int map, grl_theme theme, grl_legend *legend)
{
    if (!speed->picture) return;
    grl_legend_add(legend, GRL_SAMPLE_GAP, "");
    grl_entry *entry = grl_legend_add(legend, GRL_SAMPLE_RAMP, map ? "length of a step" : "speed |$f$|");
    entry->from = grl_theme_speed(theme)[0];
    entry->fill = grl_theme_speed(theme)[1];
    snprintf(entry->ends[0], sizeof entry->ends[0], "%s%.2g", speed->slower ? "\xe2\x89\xa4 " : "",
             speed->low);
    snprintf(entry->ends[1], sizeof entry->ends[1], "%.2g", speed->high);
}
