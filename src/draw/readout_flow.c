/* readout_flow.c: the flow of two units in the plane of two outputs: y' = C f(C^-1 (y - d)), as far as states of (-1, 1)^2
 * reach. */
#include "draw/readout_flow.h"

#include "draw/planar.h"

#include <math.h>

static const double stream_width = 0.75, stream_spacing = 13, arrow_spacing = 17, border_width = 0.8,
                    border_dash = 2.5;

typedef struct context {
    const grl_readout *readout;
    const grl_window *window;
} context;

static void field(void *opaque, const double u[2], double v[2])
{
    const context *c = opaque;
    double y[2];
    grl_window_to_state(c->window, u, y);
    grl_readout_field(c->readout, y, v);
    for (int i = 0; i < 2; i++) v[i] *= 2 / (c->window->high[i] - c->window->low[i]);
}

static grl_status draw_streams(grl_canvas *canvas, const grl_axes *a, const grl_readout *readout,
                               grl_error *error)
{
    const grl_window window = {{a->low_x, a->low_y}, {a->high_x, a->high_y}};
    context c = {readout, &window};
    const grl_planar flow = {field, &c};
    grl_lines streams = {0};
    grl_status status =
        grl_streamlines_make(&flow, -1, 1, 2 * stream_spacing / fmax(a->width, a->height), &streams, error);
    grl_window_lines_to_states(&window, &streams);
    if (status == GRL_OK) status = grl_lines_draw(canvas, a, &streams, GRL_STREAM, stream_width, 0, error);
    if (status == GRL_OK) grl_arrows_draw(canvas, a, &streams, 85, 5.5, GRL_STREAM);
    grl_lines_free(&streams);
    return status;
}

/* One step of the map on a staggered grid, no longer than the grid allows. */
static void draw_steps(grl_canvas *canvas, const grl_axes *a, const grl_readout *readout)
{
    const size_t across = (size_t)fmax(4, floor(a->width / arrow_spacing)),
                 up = (size_t)fmax(4, floor(a->height / arrow_spacing));
    cairo_set_line_width(canvas->cr, stream_width);
    for (size_t k = 0; k < across * up; k++) {
        const double place[2] = {((double)(k % across) + (k / across % 2 ? 0.75 : 0.25)) / (double)across,
                                 ((double)(k / across) + 0.5) / (double)up};
        const double y[2] = {a->low_x + place[0] * (a->high_x - a->low_x),
                             a->low_y + place[1] * (a->high_y - a->low_y)};
        double v[2];
        grl_readout_field(readout, y, v);
        double dx = v[0] * a->width / (a->high_x - a->low_x), dy = -v[1] * a->height / (a->high_y - a->low_y);
        const double length = hypot(dx, dy), drawn = fmin(length, 0.86 * arrow_spacing);
        if (!(length > 0.8)) continue;
        dx *= drawn / length;
        dy *= drawn / length;
        const double x = grl_axes_x(a, y[0]), z = grl_axes_y(a, y[1]);
        grl_canvas_colour(canvas, GRL_STREAM, 1);
        cairo_move_to(canvas->cr, x - dx / 2, z - dy / 2);
        cairo_line_to(canvas->cr, x + dx / 2, z + dy / 2);
        cairo_stroke(canvas->cr);
        grl_arrow_draw(canvas, x + dx / 2, z + dy / 2, dx, dy, fmin(5, 0.6 * drawn), GRL_STREAM);
    }
}

static void draw_border(grl_canvas *canvas, const grl_axes *axes, const grl_readout *readout)
{
    static const double corners[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    const double pattern[] = {border_dash, border_dash};
    cairo_save(canvas->cr);
    for (int k = 0; k < 4; k++) {
        double p[2];
        grl_readout_project(readout, corners[k], p);
        cairo_line_to(canvas->cr, grl_axes_x(axes, p[0]), grl_axes_y(axes, p[1]));
    }
    cairo_close_path(canvas->cr);
    cairo_set_dash(canvas->cr, pattern, 2, 0);
    cairo_set_line_width(canvas->cr, border_width);
    grl_canvas_colour(canvas, GRL_FAINT, 1);
    cairo_stroke(canvas->cr);
    cairo_restore(canvas->cr);
}

grl_status grl_readout_flow_draw(grl_canvas *canvas, const grl_axes *axes, const grl_readout *readout,
                                 grl_error *error)
{
    if (!readout->invertible) return GRL_OK;
    draw_border(canvas, axes, readout);
    if (!readout->map) return draw_streams(canvas, axes, readout, error);
    draw_steps(canvas, axes, readout);
    return GRL_OK;
}

void grl_readout_flow_describe(const grl_axes *axes, const grl_readout *readout, grl_legend *legend)
{
    int inside = 0;
    if (!readout->invertible) return;
    grl_entry *entry = grl_legend_add(legend, GRL_SAMPLE_ARROW, readout->map ? "one step" : "flow");
    entry->role = GRL_STREAM;
    entry->width = stream_width;
    for (int k = 0; k < 4; k++) {
        const double p[2] = {k & 1 ? axes->low_x : axes->high_x, k & 2 ? axes->low_y : axes->high_y};
        inside += grl_readout_reached(readout, p);
    }
    if (inside == 4) return; /* the border lies outside of the plot */
    entry = grl_legend_add(legend, GRL_SAMPLE_LINE, "border of the states");
    entry->role = GRL_FAINT;
    entry->width = border_width;
    entry->dash = border_dash;
}
