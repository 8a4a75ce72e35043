/* prediction.c: true and learned trajectories over time.
 *
 * Each trajectory is a block: the inputs, if there are any, and below them a panel for each output. Blocks stand side by
 * side with the same scales, the first trajectories of the data in their order, none chosen. */
#include "base/error.h"
#include "base/memory.h"
#include "draw/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { OUTPUTS = 4, NAMED = 3, MOST_BLOCKS = 24, COLUMNS = 3 };

static const double margin = 9, panel_width = 150, panel_height = 66, input_height = 36, gap = 8, beside = 20,
                    beneath = 20, true_width = 3.6, learned_width = 1.3, shade = 0.3;

typedef struct scene {
    const grl_dataset *data;
    const double *outputs;
    size_t warm_up, horizon;
    size_t blocks, columns, shown; /* outputs that are shown */
    int with_inputs;
    double low[OUTPUTS], high[OUTPUTS], low_u, high_u;
    grl_legend legend;
    double *points; /* room for the lines of one trajectory */
} scene;

/* Inputs that the legend does not name look alike. */
static const grl_entry input_styles[NAMED] = {
    {.role = GRL_FIRST, .width = 1.2},
    {.role = GRL_SECOND, .width = 1.2, .dash = 4},
    {.role = GRL_UNSTABLE_MANIFOLD, .width = 1.2, .dash = 2},
};

static const grl_entry *input_style(const scene *s, size_t j)
{
    static const grl_entry alike = {.role = GRL_INK, .width = 0.7};
    return s->data->inputs > 1 && s->data->inputs <= NAMED ? &input_styles[j] : &alike;
}

static void widen(double *low, double *high)
{
    if (!(*low <= *high)) *low = *high = 0;
    const double middle = 0.5 * (*low + *high), span = 1.14 * (*high - *low);
    const double least = fmax(1e-9, 1e-6 * fabs(middle));
    *low = middle - 0.5 * fmax(span, least);
    *high = middle + 0.5 * fmax(span, least);
}

static void take(double value, double *low, double *high)
{
    if (!isfinite(value)) return;
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

static void find_ranges(scene *s)
{
    const grl_dataset *d = s->data;
    const size_t rows = d->steps + 1;
    for (size_t j = 0; j < s->shown; j++) {
        s->low[j] = INFINITY;
        s->high[j] = -INFINITY;
        for (size_t i = 0; i < s->blocks * rows; i++) {
            take(d->y[i * d->outputs + j], &s->low[j], &s->high[j]);
            take(s->outputs[i * d->outputs + j], &s->low[j], &s->high[j]);
        }
        widen(&s->low[j], &s->high[j]);
    }
    s->low_u = s->high_u = 0;
    for (size_t i = 0; s->with_inputs && i < s->blocks * d->steps * d->inputs; i++)
        take(d->u[i], &s->low_u, &s->high_u);
    widen(&s->low_u, &s->high_u);
}

/* Output j of trajectory i, in `values`; what is not finite breaks the line. */
static grl_status draw_output(const scene *s, grl_canvas *canvas, const grl_axes *axes, const double *values,
                              size_t i, size_t j, grl_role role, double width, grl_error *error)
{
    const size_t rows = s->data->steps + 1;
    grl_lines lines = {0};
    bool fine = true;
    size_t count = 0;
    for (size_t t = 0; t <= rows && fine; t++) {
        const double y = t < rows ? values[(i * rows + t) * s->data->outputs + j] : (double)NAN;
        if (isfinite(y)) {
            s->points[2 * count] = (double)t * s->data->time_step;
            s->points[2 * count++ + 1] = y;
        } else if (count > 0) {
            fine = grl_lines_add(&lines, count, s->points);
            count = 0;
        }
    }
    grl_status status = fine ? grl_lines_draw(canvas, axes, &lines, role, width, 0, error)
                             : grl_fail_memory(error, rows, 2 * sizeof *s->points);
    grl_lines_free(&lines);
    return status;
}

/* Stairs: the input of a step holds over it. */
static grl_status draw_input(const scene *s, grl_canvas *canvas, const grl_axes *axes, size_t i, size_t j,
                             grl_error *error)
{
    const grl_dataset *d = s->data;
    const grl_entry *style = input_style(s, j);
    grl_lines lines = {0};
    for (size_t t = 0; t < d->steps; t++) {
        const double u = d->u[(i * d->steps + t) * d->inputs + j];
        for (size_t end = 0; end < 2; end++) {
            s->points[4 * t + 2 * end] = (double)(t + end) * d->time_step;
            s->points[4 * t + 2 * end + 1] = isfinite(u) ? u : 0;
        }
    }
    grl_status status = grl_lines_add(&lines, 2 * d->steps, s->points)
                            ? GRL_OK
                            : grl_fail_memory(error, 2 * d->steps, 2 * sizeof *s->points);
    if (status == GRL_OK)
        status = grl_lines_draw(canvas, axes, &lines, style->role, style->width, style->dash, error);
    grl_lines_free(&lines);
    return status;
}

static void draw_marks(const scene *s, grl_canvas *canvas, const grl_axes *axes)
{
    const double pattern[] = {4, 2.4};
    if (s->warm_up > 0) {
        const double right = grl_axes_x(axes, (double)s->warm_up * s->data->time_step);
        grl_canvas_colour(canvas, GRL_STREAM, shade);
        cairo_rectangle(canvas->cr, axes->left, axes->top, right - axes->left, axes->height);
        cairo_fill(canvas->cr);
    }
    if (s->horizon == 0) return;
    const double x = grl_axes_x(axes, (double)s->horizon * s->data->time_step);
    cairo_save(canvas->cr);
    cairo_set_dash(canvas->cr, pattern, 2, 0);
    cairo_set_line_width(canvas->cr, 1);
    grl_canvas_colour(canvas, GRL_INK, 1);
    cairo_move_to(canvas->cr, x, axes->top);
    cairo_line_to(canvas->cr, x, axes->top + axes->height);
    cairo_stroke(canvas->cr);
    cairo_restore(canvas->cr);
}

static void describe(scene *s, grl_theme theme)
{
    grl_legend *legend = &s->legend;
    char text[64];
    grl_entry *entry = grl_legend_add(legend, GRL_SAMPLE_LINE, "true");
    entry->role = GRL_STREAM;
    entry->width = true_width;
    if (s->shown < s->data->outputs) {
        snprintf(text, sizeof text, "learned (%zu of %zu outputs)", s->shown, s->data->outputs);
        entry = grl_legend_add(legend, GRL_SAMPLE_LINE, text);
    } else {
        entry = grl_legend_add(legend, GRL_SAMPLE_LINE, "learned");
    }
    entry->role = GRL_TRAJECTORY;
    entry->width = learned_width;
    if (s->horizon > 0) grl_legend_add(legend, GRL_SAMPLE_LINE, "horizon of training")->dash = 4;
    if (s->warm_up > 0)
        grl_legend_add(legend, GRL_SAMPLE_AREA, "warm-up")->fill = grl_theme_pale(theme, GRL_STREAM, shade);
    for (size_t j = 0;
         s->with_inputs && s->data->inputs > 1 && s->data->inputs <= NAMED && j < s->data->inputs; j++) {
        snprintf(text, sizeof text, "input $u$[%zu]", j);
        entry = grl_legend_add(legend, GRL_SAMPLE_LINE, text);
        entry->role = input_style(s, j)->role;
        entry->width = input_style(s, j)->width;
        entry->dash = input_style(s, j)->dash;
    }
}

static double block_height(const scene *s)
{
    return (s->with_inputs ? input_height + gap : 0) + (double)s->shown * (panel_height + gap) - gap;
}

/* Block i with its upper left corner at the place of `at`, whose range across is set. */
static grl_status draw_block(scene *s, grl_canvas *canvas, size_t i, grl_axes at, double zoom,
                             grl_error *error)
{
    grl_status status = GRL_OK;
    const int first = i % s->columns == 0, last = i + s->columns >= s->blocks;
    if (s->with_inputs) {
        at.height = input_height * zoom;
        at.low_y = s->low_u;
        at.high_y = s->high_u;
        grl_axes_clip(canvas, &at, 0);
        for (size_t j = 0; j < s->data->inputs && status == GRL_OK; j++)
            status = draw_input(s, canvas, &at, i, j, error);
        cairo_restore(canvas->cr);
        grl_axes_draw(canvas, &at, first ? "$u$" : NULL);
        at.top += at.height + gap * zoom;
    }
    at.height = panel_height * zoom;
    for (size_t j = 0; j < s->shown && status == GRL_OK; j++) {
        char label[32];
        snprintf(label, sizeof label, "$y$[%zu]", j);
        at.low_y = s->low[j];
        at.high_y = s->high[j];
        grl_axes_clip(canvas, &at, 0);
        draw_marks(s, canvas, &at);
        status = draw_output(s, canvas, &at, s->data->y, i, j, GRL_STREAM, true_width, error);
        if (status == GRL_OK)
            status = draw_output(s, canvas, &at, s->outputs, i, j, GRL_TRAJECTORY, learned_width, error);
        cairo_restore(canvas->cr);
        grl_axes_draw(canvas, &at, first ? label : NULL);
        if (j + 1 == s->shown && last) grl_axes_draw_below(canvas, &at, at.top + at.height, "time");
        at.top += at.height + gap * zoom;
    }
    return status;
}

static grl_status draw_page(scene *s, grl_canvas *canvas, const char *title, grl_error *error)
{
    double left = 0, top = margin + (title ? 1.6 * grl_size_title : 4);
    for (size_t j = 0; j < s->shown; j++)
        left = fmax(left, grl_axes_room_left(canvas, s->low[j], s->high[j]));
    if (s->with_inputs) left = fmax(left, grl_axes_room_left(canvas, s->low_u, s->high_u));
    left += margin;
    const double rows = (double)((s->blocks + s->columns - 1) / s->columns);
    const double foot =
        grl_legend_lay_rows(canvas, &s->legend, left, 0, canvas->width - left - margin, 0) + margin;
    const double height = canvas->height - top - foot - grl_axes_room_below() - margin - beneath * (rows - 1);
    const double zoom = height / (rows * block_height(s));
    const double width =
        (canvas->width - left - 1.5 * margin - beside * (double)(s->columns - 1)) / (double)s->columns;
    grl_status status = GRL_OK;
    if (title) {
        grl_canvas_colour(canvas, GRL_INK, 1);
        grl_title_draw(canvas, left, top - 0.6 * grl_size_title, grl_size_title,
                       canvas->width - left - margin, title);
    }
    for (size_t i = 0; i < s->blocks && status == GRL_OK; i++) {
        const grl_axes at = {.left = left + (double)(i % s->columns) * (width + beside),
                             .top = top + (double)(i / s->columns) * (block_height(s) * zoom + beneath),
                             .width = width,
                             .low_x = 0,
                             .high_x = (double)s->data->steps * s->data->time_step};
        status = draw_block(s, canvas, i, at, zoom, error);
    }
    grl_legend_lay_rows(canvas, &s->legend, left, canvas->height - foot, canvas->width - left - margin, 1);
    return status;
}

static grl_status check(const grl_dataset *data, const grl_draw_options *options, grl_error *error)
{
    if (data->count == 0 || data->steps == 0 || data->outputs == 0)
        return grl_fail(error, GRL_BAD_INPUT,
                        "figure: expected trajectories of one step and one output or more, found %zu of %zu "
                        "steps and %zu outputs",
                        data->count, data->steps, data->outputs);
    if (!(data->time_step > 0 && isfinite(data->time_step * (double)data->steps)))
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected a time step above 0, found %g",
                        data->time_step);
    if (options->trajectories < -1 || options->trajectories == 0 || options->trajectories > MOST_BLOCKS)
        return grl_fail(error, GRL_BAD_INPUT, "figure: expected 1 to %d trajectories, found %d", MOST_BLOCKS,
                        options->trajectories);
    return grl_canvas_check(options, error);
}

grl_status grl_draw_prediction(const grl_dataset *data, const double *outputs, size_t warm_up, size_t horizon,
                               const grl_draw_options *options, const char *path, grl_error *error)
{
    const grl_draw_options defaults = grl_draw_defaults();
    if (!options) options = &defaults;
    grl_status status = check(data, options, error);
    if (status != GRL_OK) return status;
    scene s = {.data = data,
               .outputs = outputs,
               .warm_up = warm_up < data->steps ? warm_up : data->steps,
               .horizon = horizon < data->steps ? horizon : 0,
               .shown = data->outputs < OUTPUTS ? data->outputs : OUTPUTS,
               .with_inputs = data->inputs > 0 && data->u};
    const size_t usual = s.shown == 1 ? 6 : s.shown == 2 ? 3 : 2;
    s.blocks = options->trajectories > 0 ? (size_t)options->trajectories : usual;
    if (s.blocks > data->count) s.blocks = data->count;
    s.columns = s.blocks < COLUMNS ? s.blocks : COLUMNS;
    find_ranges(&s);
    describe(&s, options->theme);
    grl_canvas canvas = {0};
    const double rows = (double)((s.blocks + s.columns - 1) / s.columns);
    s.points = grl_calloc(2 * (data->steps + 1), 2 * sizeof *s.points);
    if (!s.points) return grl_fail_memory(error, 2 * (data->steps + 1), 2 * sizeof *s.points);
    status = grl_canvas_open(options, 90 + fmax(2, (double)s.columns) * panel_width,
                             rows * (block_height(&s) + beneath) + 100, path, &canvas, error);
    if (status == GRL_OK) status = draw_page(&s, &canvas, options->title, error);
    if (status == GRL_OK) status = grl_canvas_save(&canvas, path, error);
    grl_canvas_close(&canvas);
    free(s.points);
    return status;
}
