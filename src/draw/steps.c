/* steps.c: short arrows on a staggered grid: one step of the map, or the direction of the flow. */
#include "draw/grid.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

grl_status grl_steps_draw(grl_canvas *canvas, const grl_axes *axes, const grl_cell *cell,
                          const grl_window *window, double spacing, int map, double dt, grl_error *error)
{
    const double line_width = 0.75, shortest = 0.8, flow_length = 0.62;
    size_t side = (size_t)fmax(4, floor(axes->width / spacing)), count = side * side;
    double pitch = 2.0 / (double)side, longest = 0.86 * axes->width / (double)side;
    double *states = grl_calloc(count, 2 * sizeof *states), *fields = grl_calloc(count, 2 * sizeof *fields);
    double *work = grl_calloc(grl_cell_batch_work(cell, count), sizeof *work);
    grl_status status = GRL_OK;
    if (!states || !fields || !work) {
        status = grl_fail_memory(error, count, 4 * sizeof *states);
        goto done;
    }
    for (size_t k = 0; k < count; k++) {
        const double u[2] = {-1 + pitch * ((double)(k % side) + (k / side % 2 ? 0.75 : 0.25)),
                             -1 + pitch * ((double)(k / side) + 0.5)};
        grl_window_to_state(window, u, states + 2 * k);
    }
    grl_cell_field_batch(cell, NULL, count, states, fields, work);
    cairo_set_line_width(canvas->cr, line_width);
    for (size_t k = 0; k < count; k++) {
        double dx = dt * fields[2 * k] * axes->width / (axes->high_x - axes->low_x);
        double dy = -dt * fields[2 * k + 1] * axes->height / (axes->high_y - axes->low_y),
               length = hypot(dx, dy);
        double wanted = map ? fmin(length, longest) : flow_length * axes->width / (double)side;
        if (!(length > (map ? shortest : 0))) continue;
        dx *= wanted / length;
        dy *= wanted / length;
        double x = grl_axes_x(axes, states[2 * k]), y = grl_axes_y(axes, states[2 * k + 1]);
        grl_canvas_colour(canvas, GRL_STREAM, 1);
        cairo_move_to(canvas->cr, x - dx / 2, y - dy / 2);
        cairo_line_to(canvas->cr, x + dx / 2, y + dy / 2);
        cairo_stroke(canvas->cr);
        grl_arrow_draw(canvas, x + dx / 2, y + dy / 2, dx, dy, fmin(5, 0.6 * hypot(dx, dy)), GRL_STREAM);
    }
done:
    free(states);
    free(fields);
    free(work);
    return status;
}
