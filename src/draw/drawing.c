/* drawing.c: figures kept in memory, as Cairo's recording of their strokes and words; nothing is lost of either when
 * they go to a file later, or onto the page of a document. */
#include "draw/canvas.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

grl_status grl_drawing_create(grl_drawing **drawing, grl_error *error)
{
    *drawing = grl_calloc(1, sizeof **drawing);
    return *drawing ? GRL_OK : grl_fail_memory(error, 1, sizeof **drawing);
}

void grl_drawing_free(grl_drawing *drawing)
{
    if (!drawing) return;
    if (drawing->strokes) cairo_surface_destroy(drawing->strokes);
    free(drawing);
}

double grl_drawing_width(const grl_drawing *drawing)
{
    return drawing->width;
}

double grl_drawing_height(const grl_drawing *drawing)
{
    return drawing->height;
}

void grl_drawing_place(const grl_drawing *drawing, cairo_t *cr, double x, double y, double zoom)
{
    if (!drawing->strokes) return;
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_scale(cr, zoom, zoom);
    cairo_rectangle(cr, 0, 0, drawing->width, drawing->height);
    cairo_clip(cr);
    cairo_set_source_surface(cr, drawing->strokes, 0, 0);
    cairo_paint(cr);
    cairo_restore(cr);
}

static grl_status replay(const grl_drawing *drawing, double scale, const char *path, grl_canvas *canvas,
                         grl_error *error)
{
    if (!drawing->strokes)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a drawing with a figure, found an empty one",
                        path);
    grl_draw_options options = grl_draw_defaults();
    options.width = drawing->width;
    options.height = drawing->height;
    options.scale = scale;
    grl_status status = grl_canvas_open(&options, drawing->width, drawing->height, path, canvas, error);
    if (status == GRL_OK) grl_drawing_place(drawing, canvas->cr, 0, 0, 1);
    return status;
}

grl_status grl_drawing_save(const grl_drawing *drawing, double scale, const char *path, grl_error *error)
{
    grl_canvas canvas = {0};
    grl_status status = replay(drawing, scale, path, &canvas, error);
    if (status == GRL_OK) status = grl_canvas_save(&canvas, path, error);
    grl_canvas_close(&canvas);
    return status;
}

grl_status grl_drawing_svg(const grl_drawing *drawing, char **text, grl_error *error)
{
    grl_canvas canvas = {0};
    *text = NULL;
    grl_status status = replay(drawing, 1, "figure.svg", &canvas, error);
    if (status == GRL_OK) status = grl_canvas_take_svg(&canvas, text, error);
    grl_canvas_close(&canvas);
    return status;
}
