/* lines.c: breaks text into lines, each as long as it can be (first fit), and stretches its spaces where the block is
 * to be justified. A word that is wider than a line is cut. */
#include "paper/lines.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A piece of a word in one style. */
typedef struct piece {
    char *text;
    unsigned style;
    int after_space; /* 1: a word begins; 2: a cut word goes on; 3: a word begins, on a line of its own */
    double width;
} piece;

typedef struct pieces {
    size_t count, capacity;
    piece *items;
    int failed;
} pieces;

static grl_face face_of(const grl_block_style *style, unsigned span)
{
    if (span & GRL_SPAN_CODE) return GRL_FACE_CODE;
    if (span & GRL_SPAN_BOLD) return GRL_FACE_BOLD;
    if (span & GRL_SPAN_ITALIC) return style->face == GRL_FACE_ITALIC ? GRL_FACE_TEXT : GRL_FACE_ITALIC;
    return style->face;
}

static double size_of(const grl_block_style *style, unsigned span)
{
    const double part = span & (GRL_SPAN_LOWERED | GRL_SPAN_RAISED) ? 0.7 : span & GRL_SPAN_CODE ? 0.86 : 1;
    return part * style->size;
}

static void free_pieces(pieces *p)
{
    for (size_t i = 0; i < p->count; i++) free(p->items[i].text);
    free(p->items);
}

static void add_piece(grl_pages *pages, const grl_block_style *style, const char *text, size_t length,
                      unsigned span, int after_space, pieces *p)
{
    char *copy = grl_calloc(length + 1, 1);
    if (!copy || !grl_grow((void **)&p->items, &p->capacity, p->count, sizeof *p->items)) {
        free(copy);
        p->failed = 1;
        return;
    }
    memcpy(copy, text, length);
    const double width = grl_pages_measure(pages, face_of(style, span), size_of(style, span), copy);
    p->items[p->count++] = (piece){copy, span, after_space, width};
}

/* The same, in parts that fit into a line. */
static void add_cut(grl_pages *pages, const grl_block_style *style, const char *text, size_t length,
                    unsigned span, int after_space, double width, pieces *p)
{
    const size_t before = p->count;
    add_piece(pages, style, text, length, span, after_space, p);
    if (p->failed || p->count == before || p->items[before].width <= width || length < 2) return;
    size_t half = length / 2;
    while (half > 1 && ((unsigned char)text[half] & 0xc0) == 0x80) half--;
    p->count = before;
    free(p->items[before].text);
    add_cut(pages, style, text, half, span, after_space, width, p);
    add_cut(pages, style, text + half, length - half, span, 2, width, p);
}

static pieces break_up(grl_pages *pages, const grl_spans *spans, const grl_block_style *style, double width)
{
    pieces p = {0};
    int space = 1;
    for (size_t i = 0; i < spans->count && !p.failed; i++) {
        const char *at = spans->items[i].text;
        while (*at && !p.failed) {
            const size_t gap = strspn(at, " \n");
            if (gap > 0) space = memchr(at, '\n', gap) ? 3 : 1;
            at += gap;
            const size_t length = strcspn(at, " \n");
            if (length == 0) continue;
            add_cut(pages, style, at, length, spans->items[i].style, space, width, &p);
            space = 0;
            at += length;
        }
    }
    return p;
}

static double space_of(grl_pages *pages, const grl_block_style *style)
{
    return grl_pages_measure(pages, style->face, style->size, " ");
}

/* The end of the line that begins with piece `from`, and how wide its pieces are and how many gaps it has. */
static size_t find_end(const pieces *p, size_t from, double width, double space, double *used, int *gaps)
{
    size_t end = from;
    *used = 0;
    *gaps = 0;
    for (size_t word = from; word < p->count;) {
        size_t next = word + 1;
        double wide = p->items[word].width;
        while (next < p->count && p->items[next].after_space == 0) wide += p->items[next++].width;
        const int gap = word > from && p->items[word].after_space == 1;
        if (word > from && p->items[word].after_space == 3) break;
        if (word > from && *used + wide + space * (*gaps + gap) > width) break;
        *used += wide;
        *gaps += gap;
        end = word = next;
    }
    return end;
}

static void draw_line(grl_pages *pages, const pieces *p, size_t from, size_t end,
                      const grl_block_style *style, double x, double y, double space)
{
    for (size_t i = from; i < end; i++) {
        const piece *w = &p->items[i];
        if (i > from && w->after_space == 1) x += space;
        const double shift = w->style & GRL_SPAN_LOWERED  ? 0.18 * style->size
                             : w->style & GRL_SPAN_RAISED ? -0.36 * style->size
                                                          : 0;
        grl_pages_write(pages, x, y + shift, face_of(style, w->style), size_of(style, w->style), style->role,
                        w->text);
        x += w->width;
    }
}

int grl_lines_set(grl_pages *pages, const grl_spans *spans, const grl_block_style *style, double x,
                  double width, const grl_line_place *place)
{
    pieces p = break_up(pages, spans, style, width);
    const double space = space_of(pages, style);
    int lines = 0;
    for (size_t from = 0; from < p.count && !p.failed; lines++) {
        double used, gap = space;
        int gaps;
        const size_t end = find_end(&p, from, width, space, &used, &gaps);
        if (place) {
            const double y = place->next(place->owner, style->leading), spare = width - used - gaps * space;
            if (style->set == GRL_SET_JUSTIFIED && end < p.count && p.items[end].after_space != 3 && gaps > 0)
                gap += fmin(spare / gaps, 1.2 * style->size);
            draw_line(pages, &p, from, end, style, style->set == GRL_SET_CENTRED ? x + spare / 2 : x, y, gap);
        }
        from = end;
    }
    const int failed = p.failed;
    free_pieces(&p);
    return failed ? -1 : lines;
}

double grl_lines_word(grl_pages *pages, const grl_spans *spans, const grl_block_style *style)
{
    pieces p = break_up(pages, spans, style, INFINITY);
    double widest = 0, wide = 0;
    for (size_t i = 0; i < p.count; i++) {
        wide = p.items[i].width + (p.items[i].after_space == 0 ? wide : 0);
        widest = fmax(widest, wide);
    }
    const int failed = p.failed;
    free_pieces(&p);
    return failed ? -1 : widest;
}

double grl_lines_width(grl_pages *pages, const grl_spans *spans, const grl_block_style *style)
{
    pieces p = break_up(pages, spans, style, INFINITY);
    const double space = space_of(pages, style);
    double width = 0;
    for (size_t i = 0; i < p.count; i++)
        width += p.items[i].width + (i > 0 && p.items[i].after_space == 1) * space;
    const int failed = p.failed;
    free_pieces(&p);
    return failed ? -1 : width;
}
