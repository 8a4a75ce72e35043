/* canvas.c: opens and saves a page: SVG, PDF or PNG by the file name's ending, through Cairo.
 *
 * The drawing is kept in memory and goes to the file in one step at the end, so that the file appears whole
 * or not at all. The same drawing gives the same bytes: the PDF carries no date, and what Cairo names after a
 * counter of the process in SVG is numbered anew. Cairo writes words as outlines into
 * SVG and as text into PDF.
 *
 * Fails on an unknown ending, on sizes out of bounds and where memory or the disk runs out. */
#include "draw/canvas.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Bounds on a page, in points, and on a picture, in pixels: 200 million take 0.8 GB. */
static const double shortest = 72, longest = 14400, most_pixels = 2e8, longest_side = 32000;

const double grl_canvas_text = 10.5;

struct grl_canvas_bytes {
    grl_text text;
};

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int length)
{
    struct grl_canvas_bytes *bytes = closure;
    grl_text_add_bytes(&bytes->text, (const char *)data, length);
    return bytes->text.failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static grl_status kind_of(const char *path, grl_canvas_kind *kind, grl_error *error)
{
    const char *ending = grl_file_ending(path);
    if (strcasecmp(ending, "svg") == 0) {
        *kind = GRL_CANVAS_SVG;
    } else if (strcasecmp(ending, "pdf") == 0) {
        *kind = GRL_CANVAS_PDF;
    } else if (strcasecmp(ending, "png") == 0) {
        *kind = GRL_CANVAS_PNG;
    } else {
        return grl_fail(error, GRL_BAD_INPUT,
                        "%s: expected a figure's name to end in .svg, .pdf or .png, found \"%s\"", path,
                        ending);
    }
    return GRL_OK;
}

static grl_status check_side(const char *what, double side, grl_error *error)
{
    if (side >= shortest && side <= longest) return GRL_OK;
    return grl_fail(error, GRL_BAD_INPUT, "figure %s: expected %g to %g points, found %g", what, shortest,
                    longest, side);
}

grl_status grl_canvas_check(const grl_draw_options *options, grl_error *error)
{
    if ((unsigned)options->theme > GRL_THEME_GREY)
        return grl_fail(error, GRL_BAD_INPUT, "figure theme: expected light, dark or grey, found number %d",
                        (int)options->theme);
    if (options->title && !grl_utf8_valid(options->title))
        return grl_fail(error, GRL_BAD_INPUT, "figure title: expected UTF-8, found bytes that are not");
    return GRL_OK;
}

grl_status grl_canvas_open(const grl_draw_options *options, double nominal_width, double nominal_height,
                           const char *path, grl_canvas *canvas, grl_error *error)
{
    *canvas = (grl_canvas){0};
    grl_status status = GRL_OK;
    if (options->drawing) {
        canvas->kind = GRL_CANVAS_DRAWING;
        canvas->drawing = options->drawing;
    } else {
        status = kind_of(path, &canvas->kind, error);
    }
    double width = options->width, height = options->height;
    /* One side given: the other follows in the figure's own proportion. */
    if (width == 0 && height == 0) {
        width = nominal_width;
        height = nominal_height;
    } else if (width == 0) {
        width = height * nominal_width / nominal_height;
    } else if (height == 0) {
        height = width * nominal_height / nominal_width;
    }
    if (status == GRL_OK) status = check_side("width", width, error);
    if (status == GRL_OK) status = check_side("height", height, error);
    if (status != GRL_OK) return status;

    /* Words of a chosen size leave the rest of the page to the plot, which must keep some room. */
    const double most_room = 1.7;
    double zoom = fmin(width / nominal_width, height / nominal_height);
    if (options->text != 0) {
        const double largest = fmin(40, most_room * zoom * grl_canvas_text);
        if (!(options->text >= 4 && options->text <= largest))
            return grl_fail(
                error, GRL_BAD_INPUT,
                "figure text: expected 4 to %.3g points on a page of %.4g by %.4g points, found %g",
                floor(10 * largest) / 10, width, height, options->text);
        zoom = options->text / grl_canvas_text;
    }

    double scale = 1;
    if (canvas->kind == GRL_CANVAS_PNG) {
        scale = options->scale;
        if (!(scale >= 0.1 && scale <= 20))
            return grl_fail(error, GRL_BAD_INPUT,
                            "figure scale: expected 0.1 to 20 pixels per point, found %g", scale);
        if (!(width * scale <= longest_side && height * scale <= longest_side &&
              width * height * scale * scale <= most_pixels))
            return grl_fail(
                error, GRL_BAD_INPUT,
                "figure size: expected at most %g million pixels, %g on a side, found %.0f by %.0f",
                most_pixels / 1e6, longest_side, width * scale, height * scale);
        int columns = (int)lround(width * scale), rows = (int)lround(height * scale);
        canvas->surface =
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns > 0 ? columns : 1, rows > 0 ? rows : 1);
    } else if (canvas->kind == GRL_CANVAS_DRAWING) {
        canvas->surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA,
                                                         &(cairo_rectangle_t){0, 0, width, height});
    } else {
        canvas->bytes = grl_calloc(1, sizeof *canvas->bytes);
        if (!canvas->bytes) return grl_fail_memory(error, 1, sizeof *canvas->bytes);
        if (canvas->kind == GRL_CANVAS_SVG) {
            canvas->surface = cairo_svg_surface_create_for_stream(collect, canvas->bytes, width, height);
        } else {
            canvas->surface = cairo_pdf_surface_create_for_stream(collect, canvas->bytes, width, height);
            cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
            cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_CREATOR, "grulens");
            if (options->title)
                cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_TITLE, options->title);
        }
    }
    canvas->cr = cairo_create(canvas->surface);
    if (cairo_status(canvas->cr) != CAIRO_STATUS_SUCCESS) {
        status =
            grl_fail(error, GRL_NO_MEMORY, "%s: a page of %g by %g points could not be made: %s",
                     path ? path : "figure", width, height, cairo_status_to_string(cairo_status(canvas->cr)));
        grl_canvas_close(canvas);
        return status;
    }
    canvas->width = width / zoom;
    canvas->height = height / zoom;
    canvas->colours = grl_theme_colours(options->theme);
    cairo_scale(canvas->cr, scale * zoom, scale * zoom);

    /* Without hinting, words are as wide in a picture as they are in print. */
    cairo_font_options_t *font = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(font, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(font, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_antialias(font, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(canvas->cr, font);
    cairo_font_options_destroy(font);

    cairo_set_line_join(canvas->cr, CAIRO_LINE_JOIN_ROUND);
    grl_canvas_colour(canvas, GRL_PAPER, 1);
    cairo_paint(canvas->cr);
    return GRL_OK;
}

/* Cairo numbers groups ("surfaceN") and pictures ("imageN") by a counter of the process: here they are numbered anew, in
 * the order in which they first appear. Where memory runs out for that, text->failed is set. */
static void name_parts(grl_text *svg)
{
    static const char *const kinds[] = {"surface", "image"};
    grl_text named = {0};
    unsigned long *known = NULL;
    size_t count = 0, room = 0;
    const char *from = svg->data ? svg->data : "";
    for (const char *at = from; (at = strpbrk(at, "\"#"));) {
        at++;
        size_t length = 0, k = 0;
        for (int i = 0; i < 2 && length == 0; i++)
            if (strncmp(at, kinds[i], strlen(kinds[i])) == 0) length = strlen(kinds[i]);
        if (length == 0 || !(at[length] >= '0' && at[length] <= '9')) continue;
        char *end;
        const unsigned long number = strtoul(at + length, &end, 10);
        while (k < count && known[k] != number) k++;
        if (k == room && !grl_grow((void **)&known, &room, room, sizeof *known)) {
            named.failed = true;
            break;
        }
        if (k == count) known[count++] = number;
        grl_text_add_bytes(&named, from, (size_t)(at + length - from));
        grl_text_addf(&named, "%zu", k + 1);
        at = from = end;
    }
    grl_text_add(&named, from);
    free(known);
    grl_text_drop(svg);
    *svg = named;
}

/* A finished recording goes to its drawing. */
static void keep(grl_canvas *canvas)
{
    grl_drawing *drawing = canvas->drawing;
    cairo_rectangle_t page;
    if (drawing->strokes) cairo_surface_destroy(drawing->strokes);
    drawing->strokes = cairo_surface_reference(canvas->surface);
    cairo_recording_surface_get_extents(canvas->surface, &page);
    drawing->width = page.width;
    drawing->height = page.height;
}

grl_status grl_canvas_save(grl_canvas *canvas, const char *path, grl_error *error)
{
    struct grl_canvas_bytes picture = {{0}};
    struct grl_canvas_bytes *bytes = canvas->kind == GRL_CANVAS_PNG ? &picture : canvas->bytes;
    grl_status status = GRL_OK;
    cairo_status_t state = cairo_status(canvas->cr);
    if (state == CAIRO_STATUS_SUCCESS && canvas->kind == GRL_CANVAS_PNG) {
        state = cairo_surface_write_to_png_stream(canvas->surface, collect, bytes);
    } else if (state == CAIRO_STATUS_SUCCESS && canvas->kind != GRL_CANVAS_DRAWING) {
        cairo_surface_finish(canvas->surface);
        state = cairo_surface_status(canvas->surface);
    }
    if (state != CAIRO_STATUS_SUCCESS) {
        status =
            grl_fail(error, state == CAIRO_STATUS_NO_MEMORY ? GRL_NO_MEMORY : GRL_IO,
                     "%s: could not be drawn: %s", path ? path : "figure", cairo_status_to_string(state));
        goto done;
    }
    if (canvas->kind == GRL_CANVAS_DRAWING) {
        keep(canvas);
        return GRL_OK;
    }
    if (canvas->kind == GRL_CANVAS_SVG) name_parts(&bytes->text);
    if (bytes->text.failed) {
        status = grl_fail_memory(error, 1, 1);
        goto done;
    }
    status = grl_file_write(path, bytes->text.data, bytes->text.size, error);
done:
    grl_text_drop(&picture.text);
    return status;
}

grl_status grl_canvas_take_svg(grl_canvas *canvas, char **text, grl_error *error)
{
    cairo_surface_finish(canvas->surface);
    const cairo_status_t state = cairo_surface_status(canvas->surface);
    if (state != CAIRO_STATUS_SUCCESS)
        return grl_fail(error, GRL_NO_MEMORY, "figure: could not be drawn: %s",
                        cairo_status_to_string(state));
    name_parts(&canvas->bytes->text);
    *text = grl_text_take(&canvas->bytes->text);
    return *text ? GRL_OK : grl_fail_memory(error, 1, 1);
}

void grl_canvas_close(grl_canvas *canvas)
{
    if (canvas->cr) cairo_destroy(canvas->cr);
    if (canvas->surface) cairo_surface_destroy(canvas->surface);
    if (canvas->bytes) grl_text_drop(&canvas->bytes->text);
    free(canvas->bytes);
    *canvas = (grl_canvas){0};
}

void grl_canvas_colour(grl_canvas *canvas, grl_role role, double opacity)
{
    const grl_colour *c = &canvas->colours[role];
    opacity *= 1 - canvas->fade;
    if (opacity < 1) {
        cairo_set_source_rgba(canvas->cr, c->red, c->green, c->blue, opacity);
    } else {
        cairo_set_source_rgb(canvas->cr, c->red, c->green, c->blue);
    }
}
