/* pages.c: PDF documents of several pages, through Cairo.
 *
 * Words go through Cairo's own font selection. Italics are the upright letters sheared where the family has no italic
 * face of its own: that face comes in another package than the upright one. */
#include "draw/pages.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <stdlib.h>

struct grl_pages {
    cairo_surface_t *surface;
    cairo_t *cr;
    const grl_colour *colours;
    grl_text bytes;
};

static cairo_status_t collect(void *closure, const unsigned char *data, unsigned int length)
{
    grl_text *bytes = closure;
    grl_text_add_bytes(bytes, (const char *)data, length);
    return bytes->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static const struct face {
    const char *family;
    double shear;
    cairo_font_weight_t weight;
} faces[GRL_FACES] = {
    [GRL_FACE_TEXT] = {"DejaVu Serif", 0, CAIRO_FONT_WEIGHT_NORMAL},
    [GRL_FACE_ITALIC] = {"DejaVu Serif", 0.18, CAIRO_FONT_WEIGHT_NORMAL},
    [GRL_FACE_BOLD] = {"DejaVu Serif", 0, CAIRO_FONT_WEIGHT_BOLD},
    [GRL_FACE_CODE] = {"DejaVu Sans Mono", 0, CAIRO_FONT_WEIGHT_NORMAL},
    [GRL_FACE_SANS] = {"DejaVu Sans", 0, CAIRO_FONT_WEIGHT_NORMAL},
};

static void select_face(grl_pages *pages, grl_face face, double size)
{
    cairo_matrix_t matrix;
    cairo_select_font_face(pages->cr, faces[face].family, CAIRO_FONT_SLANT_NORMAL, faces[face].weight);
    cairo_matrix_init(&matrix, size, 0, -faces[face].shear * size, size, 0, 0);
    cairo_set_font_matrix(pages->cr, &matrix);
}

grl_status grl_pages_open(double width, double height, const char *title, grl_pages **pages, grl_error *error)
{
    grl_pages *p = *pages = grl_calloc(1, sizeof *p);
    if (!p) return grl_fail_memory(error, 1, sizeof *p);
    p->colours = grl_theme_colours(GRL_THEME_LIGHT);
    p->surface = cairo_pdf_surface_create_for_stream(collect, &p->bytes, width, height);
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, "grulens");
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, title);
    p->cr = cairo_create(p->surface);
    if (cairo_status(p->cr) != CAIRO_STATUS_SUCCESS) {
        grl_status status = grl_fail(error, GRL_NO_MEMORY, "a page of %g by %g points could not be made: %s",
                                     width, height, cairo_status_to_string(cairo_status(p->cr)));
        grl_pages_free(p);
        *pages = NULL;
        return status;
    }
    cairo_font_options_t *font = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(font, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(font, CAIRO_HINT_STYLE_NONE);
    cairo_set_font_options(p->cr, font);
    cairo_font_options_destroy(font);
    return GRL_OK;
}

void grl_pages_turn(grl_pages *pages)
{
    cairo_show_page(pages->cr);
}

double grl_pages_measure(grl_pages *pages, grl_face face, double size, const char *text)
{
    cairo_text_extents_t extents;
    select_face(pages, face, size);
    cairo_text_extents(pages->cr, text, &extents);
    return extents.x_advance;
}

static void choose_colour(grl_pages *pages, grl_role role, double opacity)
{
    const grl_colour *c = &pages->colours[role];
    cairo_set_source_rgba(pages->cr, c->red, c->green, c->blue, opacity);
}

void grl_pages_write(grl_pages *pages, double x, double y, grl_face face, double size, grl_role role,
                     const char *text)
{
    select_face(pages, face, size);
    choose_colour(pages, role, 1);
    cairo_move_to(pages->cr, x, y);
    cairo_show_text(pages->cr, text);
    cairo_new_path(pages->cr);
}

void grl_pages_fill(grl_pages *pages, double x, double y, double width, double height, grl_role role,
                    double opacity)
{
    choose_colour(pages, role, opacity);
    cairo_rectangle(pages->cr, x, y, width, height);
    cairo_fill(pages->cr);
}

void grl_pages_draw(grl_pages *pages, const grl_drawing *drawing, double x, double y, double zoom)
{
    grl_drawing_place(drawing, pages->cr, x, y, zoom);
}

void grl_pages_outline(grl_pages *pages, const char *text, int page)
{
    char place[32];
    snprintf(place, sizeof place, "page=%d", page);
    cairo_pdf_surface_add_outline(pages->surface, CAIRO_PDF_OUTLINE_ROOT, text, place,
                                  (cairo_pdf_outline_flags_t)0);
}

grl_status grl_pages_save(grl_pages *pages, const char *path, grl_error *error)
{
    cairo_status_t state = cairo_status(pages->cr);
    if (state == CAIRO_STATUS_SUCCESS) {
        cairo_surface_finish(pages->surface);
        state = cairo_surface_status(pages->surface);
    }
    if (state != CAIRO_STATUS_SUCCESS)
        return grl_fail(error, state == CAIRO_STATUS_NO_MEMORY ? GRL_NO_MEMORY : GRL_IO,
                        "%s: could not be written: %s", path, cairo_status_to_string(state));
    return grl_file_write(path, pages->bytes.data, pages->bytes.size, error);
}

void grl_pages_free(grl_pages *pages)
{
    if (!pages) return;
    if (pages->cr) cairo_destroy(pages->cr);
    if (pages->surface) cairo_surface_destroy(pages->surface);
    grl_text_drop(&pages->bytes);
    free(pages);
}
