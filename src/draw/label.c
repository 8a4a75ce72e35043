/* label.c: words in a figure, with italics, subscripts and exponents.
 *
 * Text goes through Cairo's own font selection: "DejaVu Sans", or whatever fontconfig has for it. Without
 * any font Cairo falls back to its built-in outline font, so a figure is always made. */
#include "base/memory.h"
#include "draw/canvas.h"

#include <stdlib.h>
#include <string.h>

static const char family[] = "DejaVu Sans";

/* Italics are the upright letters sheared, as in this font's own oblique face, which comes in another
 * package. */
static void select_font(grl_canvas *canvas, int italic, int bold, double size)
{
    const double slope = 0.2;
    cairo_matrix_t matrix;
    cairo_select_font_face(canvas->cr, family, CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_matrix_init(&matrix, size, 0, italic ? -slope * size : 0, size, 0, 0);
    cairo_set_font_matrix(canvas->cr, &matrix);
}

/* Copies the next run of characters of one style into `run` (at most 255 bytes, never splitting a character);
 * returns where to go on. */
static const char *next_run(const char *at, char run[256], int *italic, int *shift)
{
    size_t size = 0;
    *shift = 0;
    while (*at == '$') {
        *italic = !*italic;
        at++;
    }
    if ((*at == '_' || *at == '^') && at[1]) {
        *shift = *at == '_' ? -1 : 1;
        at++;
        if (*at == '{') {
            for (at++; *at && *at != '}' && size < 255; at++) run[size++] = *at;
            if (*at) at++;
        } else {
            do run[size++] = *at++;
            while (((unsigned char)*at & 0xc0) == 0x80 && size < 255);
        }
    } else {
        while (*at && *at != '$' && ((*at != '_' && *at != '^') || !at[1]) &&
               (size < 250 || ((unsigned char)*at & 0xc0) == 0x80))
            run[size++] = *at++;
    }
    run[size] = 0;
    return at;
}

/* Cairo's built-in font, a user font, has no true minus sign. */
static void make_plain(grl_canvas *canvas, char *run)
{
    if (cairo_scaled_font_get_type(cairo_get_scaled_font(canvas->cr)) != CAIRO_FONT_TYPE_USER) return;
    for (char *sign; (sign = strstr(run, "\xe2\x88\x92"));) {
        *sign = '-';
        memmove(sign + 1, sign + 3, strlen(sign + 3) + 1);
    }
}

/* Lays the text out from (x, y) on; draws it only if asked to. Returns its width. */
static double lay_out(grl_canvas *canvas, double x, double y, double size, const char *markup, int draw)
{
    char run[256];
    int italic = 0, shift = 0;
    double at = x;
    while (*markup) {
        markup = next_run(markup, run, &italic, &shift);
        /* A subscript or exponent that is a number stands upright. */
        select_font(canvas, italic && !(shift && run[0] >= '0' && run[0] <= '9'), 0,
                    shift ? 0.72 * size : size);
        make_plain(canvas, run);
        if (draw) {
            cairo_move_to(canvas->cr, at, shift < 0 ? y + 0.22 * size : shift > 0 ? y - 0.36 * size : y);
            cairo_show_text(canvas->cr, run);
        }
        cairo_text_extents_t extents;
        cairo_text_extents(canvas->cr, run, &extents);
        at += extents.x_advance;
    }
    cairo_new_path(canvas->cr);
    return at - x;
}

double grl_label_width(grl_canvas *canvas, double size, const char *markup)
{
    return lay_out(canvas, 0, 0, size, markup, 0);
}

void grl_label_draw(grl_canvas *canvas, double x, double y, double size, grl_align align, const char *markup)
{
    if (align != GRL_ALIGN_LEFT)
        x -= grl_label_width(canvas, size, markup) * (align == GRL_ALIGN_CENTRE ? 0.5 : 1);
    lay_out(canvas, x, y, size, markup, 1);
}

void grl_label_draw_upright(grl_canvas *canvas, double x, double y, double size, const char *markup)
{
    cairo_save(canvas->cr);
    cairo_translate(canvas->cr, x, y);
    cairo_rotate(canvas->cr, -1.57079632679489662);
    grl_label_draw(canvas, 0, 0, size, GRL_ALIGN_CENTRE, markup);
    cairo_restore(canvas->cr);
}

void grl_title_draw(grl_canvas *canvas, double x, double y, double size, double room, const char *text)
{
    char *copy = grl_strdup(text);
    if (!copy) return;
    for (char *at = copy; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f) *at = ' ';
    /* What can never fit need not be measured. */
    const size_t most = 400;
    if (strlen(copy) > most) {
        size_t end = most;
        while (((unsigned char)copy[end] & 0xc0) == 0x80) end--;
        copy[end] = 0;
    }
    cairo_text_extents_t extents;
    select_font(canvas, 0, 1, size);
    cairo_text_extents(canvas->cr, copy, &extents);
    /* A very long title would become unreadable before it fits: it is then cut, with an ellipsis. */
    const double smallest = 0.7 * size;
    if (extents.x_advance > room) {
        double fitting = size * room / extents.x_advance;
        select_font(canvas, 0, 1, fitting > smallest ? fitting : smallest);
        size_t length = strlen(copy);
        char *cut = fitting > smallest ? NULL : grl_calloc(length + 4, 1);
        while (cut && length > 0) {
            do length--;
            while (length > 0 && ((unsigned char)copy[length] & 0xc0) == 0x80);
            memcpy(cut, copy, length);
            memcpy(cut + length, "\xe2\x80\xa6", 4);
            cairo_text_extents(canvas->cr, cut, &extents);
            if (extents.x_advance <= room) break;
        }
        if (cut) {
            free(copy);
            copy = cut;
        }
    }
    cairo_move_to(canvas->cr, x, y);
    cairo_show_text(canvas->cr, copy);
    cairo_new_path(canvas->cr);
    free(copy);
}

int grl_utf8_valid(const char *text)
{
    static const unsigned long least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        int more = *at < 0x80             ? 0
                   : (*at & 0xe0) == 0xc0 ? 1
                   : (*at & 0xf0) == 0xe0 ? 2
                   : (*at & 0xf8) == 0xf0 ? 3
                                          : -1;
        if (more < 0) return 0;
        unsigned long code = more == 0 ? *at : *at & (0x3fu >> more);
        at++;
        for (int i = 0; i < more; i++, at++) {
            if ((*at & 0xc0) != 0x80) return 0;
            code = code << 6 | (*at & 0x3f);
        }
        if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
    }
    return 1;
}
