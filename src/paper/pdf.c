/* pdf.c: a report as a PDF file: the same parts, numbers and figures as in HTML, on pages of A4.
 *
 * The document is laid out twice: the first time to know the pages of the contents. A figure that finds no room waits
 * for the next page while the text goes on; no figure waits beyond its section. */
#include "paper/document.h"
#include "paper/lines.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double page_width = 595.28, page_height = 841.89, margin_side = 68, margin_top = 66,
                    margin_bottom = 70, gap = 9, cell_gap = 10;

static const grl_block_style body = {GRL_FACE_TEXT, 9.3, 13.6, GRL_INK, GRL_SET_JUSTIFIED},
                             small = {GRL_FACE_TEXT, 8, 11.3, GRL_FAINT, GRL_SET_LEFT},
                             cell_style = {GRL_FACE_TEXT, 8, 11, GRL_INK, GRL_SET_LEFT},
                             head_style = {GRL_FACE_BOLD, 8, 11, GRL_INK, GRL_SET_LEFT},
                             fine = {GRL_FACE_TEXT, 6.5, 8.8, GRL_INK, GRL_SET_LEFT},
                             fine_head = {GRL_FACE_BOLD, 6.5, 8.8, GRL_INK, GRL_SET_LEFT},
                             code = {GRL_FACE_CODE, 7, 9.8, GRL_INK, GRL_SET_LEFT},
                             title_style = {GRL_FACE_TEXT, 22, 28, GRL_INK, GRL_SET_LEFT},
                             subtitle_style = {GRL_FACE_ITALIC, 11, 15, GRL_FAINT, GRL_SET_LEFT},
                             section_style = {GRL_FACE_TEXT, 15.5, 20, GRL_INK, GRL_SET_LEFT},
                             heading_style = {GRL_FACE_ITALIC, 11, 15, GRL_INK, GRL_SET_LEFT},
                             equation_style = {GRL_FACE_TEXT, 9.8, 16, GRL_INK, GRL_SET_CENTRED};

typedef struct layout {
    grl_pages *pages;
    const json_t *sections;
    grl_error *error;
    double y; /* where the page is filled to */
    int page;
    const grl_piece **waiting; /* figures for the next page */
    size_t waiting_count;
    int *section_page; /* of the first layout */
    double bar_from;   /* a claim's bar begins here; below 0: none */
    grl_role bar;
} layout;

static const double room_width = page_width - 2 * margin_side, page_end = page_height - margin_bottom;

static grl_status place_figure(layout *l, const grl_piece *part);

static void turn(layout *l)
{
    char number[16];
    snprintf(number, sizeof number, "%d", l->page);
    const double width = grl_pages_measure(l->pages, GRL_FACE_TEXT, 8, number);
    grl_pages_write(l->pages, page_width / 2 - width / 2, page_height - 40, GRL_FACE_TEXT, 8, GRL_FAINT,
                    number);
    grl_pages_turn(l->pages);
    l->page++;
    l->y = margin_top;
}

static grl_status next_page(layout *l)
{
    turn(l);
    const size_t count = l->waiting_count;
    l->waiting_count = 0;
    for (size_t i = 0; i < count; i++) {
        grl_status status = place_figure(l, l->waiting[i]);
        if (status != GRL_OK) return status;
    }
    return GRL_OK;
}

/* Room for so much: figures that waited may fill the next page, too. */
static grl_status need(layout *l, double height)
{
    grl_status status = GRL_OK;
    while (status == GRL_OK && l->y + height > page_end && l->y > margin_top) status = next_page(l);
    return status;
}

/* Lines of running text may go on to the next page. */
static double flow_line(void *owner, double leading)
{
    layout *l = owner;
    /* A failure shows again, at the next part. */
    need(l, leading);
    l->y += leading;
    return l->y - 0.28 * leading;
}

static grl_status parse(layout *l, const char *text, const char *base, grl_spans *spans)
{
    *spans = (grl_spans){0};
    return grl_markup_parse(text, l->sections, base, spans, l->error);
}

/* A block of text at x, in running lines; `before` points of room are left above it. */
static grl_status set_text(layout *l, const char *text, const char *base, const grl_block_style *style,
                           double x, double width, double before)
{
    grl_spans spans;
    grl_status status = parse(l, text, base, &spans);
    if (l->y > margin_top) l->y += before;
    if (status == GRL_OK &&
        grl_lines_set(l->pages, &spans, style, x, width, &(grl_line_place){flow_line, l}) < 0)
        status = grl_fail_memory(l->error, 1, 1);
    grl_spans_free(&spans);
    return status;
}

static grl_status measure(layout *l, const char *text, const char *base, const grl_block_style *style,
                          double width, double *height)
{
    grl_spans spans;
    grl_status status = parse(l, text, base, &spans);
    const int lines = status == GRL_OK ? grl_lines_set(l->pages, &spans, style, 0, width, NULL) : 0;
    if (lines < 0) status = grl_fail_memory(l->error, 1, 1);
    *height = lines * style->leading;
    grl_spans_free(&spans);
    return status;
}

/* Command lines and identifiers stand as they are. */
static char *as_code(const char *text)
{
    grl_text quoted = {0};
    grl_text_addf(&quoted, "`%s`", text);
    return grl_text_take(&quoted);
}

static double row_height(const grl_piece *part, size_t from, double *zooms)
{
    const double width = (room_width - gap * (double)(part->columns - 1)) / (double)part->columns;
    double height = 0;
    for (size_t i = from; i < part->drawing_count && i < from + part->columns; i++) {
        const double w = grl_drawing_width(part->drawings[i]), h = grl_drawing_height(part->drawings[i]);
        zooms[i - from] = fmin(fmin(width / w, 0.92), (page_end - margin_top - 80) / h);
        height = fmax(height, zooms[i - from] * h);
    }
    return height;
}

enum { COLUMNS_MOST = 8 };

static grl_status caption_of(const grl_piece *part, const char *kind, char **text, grl_error *error)
{
    grl_text made = {0};
    grl_text_addf(&made, "*%s %d.* %s", kind, part->number, part->text);
    *text = grl_text_take(&made);
    return *text ? GRL_OK : grl_fail_memory(error, 1, 1);
}

static grl_status figure_height(layout *l, const grl_piece *part, const char *caption, double *height)
{
    double zooms[COLUMNS_MOST];
    grl_status status = measure(l, caption, part->base, &small, room_width - 24, height);
    *height += 2 * gap + 6;
    for (size_t i = 0; i < part->drawing_count; i += part->columns) *height += row_height(part, i, zooms) + 4;
    return status;
}

static grl_status place_figure(layout *l, const grl_piece *part)
{
    char *caption;
    double zooms[COLUMNS_MOST], height;
    grl_status status = caption_of(part, "Figure", &caption, l->error);
    if (status != GRL_OK) return status;
    l->y += l->y > margin_top ? gap : 0;
    for (size_t i = 0; i < part->drawing_count; i += part->columns) {
        height = row_height(part, i, zooms);
        if (l->y + height > page_end && l->y > margin_top) turn(l);
        const size_t count =
            part->drawing_count - i < part->columns ? part->drawing_count - i : part->columns;
        double total = gap * (double)(count - 1), x;
        for (size_t k = 0; k < count; k++) total += zooms[k] * grl_drawing_width(part->drawings[i + k]);
        x = margin_side + (room_width - total) / 2;
        for (size_t k = 0; k < count; k++) {
            grl_pages_draw(l->pages, part->drawings[i + k], x, l->y, zooms[k]);
            x += zooms[k] * grl_drawing_width(part->drawings[i + k]) + gap;
        }
        l->y += height + 4;
    }
    status = set_text(l, caption, part->base, &small, margin_side + 12, room_width - 24, 2);
    l->y += gap;
    free(caption);
    return status;
}

static grl_status add_figure(layout *l, const grl_piece *part)
{
    char *caption;
    double height = 0;
    grl_status status = caption_of(part, "Figure", &caption, l->error);
    if (status == GRL_OK) status = figure_height(l, part, caption, &height);
    free(caption);
    if (status != GRL_OK) return status;
    /* In their order. */
    if (l->waiting_count > 0 || (l->y + height > page_end && l->y > margin_top)) {
        l->waiting[l->waiting_count++] = part;
        return GRL_OK;
    }
    return place_figure(l, part);
}

static grl_status place_waiting(layout *l)
{
    grl_status status = GRL_OK;
    while (status == GRL_OK && l->waiting_count > 0) status = next_page(l);
    return status;
}

/* The widest of the columns that may be narrower than they are; of all, where each is as narrow as its words. */
static size_t widest_of(size_t columns, const double *widths, const double *least)
{
    size_t widest = columns, any = 0;
    for (size_t j = 0; j < columns; j++) {
        any = widths[j] > widths[any] ? j : any;
        if (widths[j] > least[j] && (widest == columns || widths[j] > widths[widest])) widest = j;
    }
    return widest < columns ? widest : any;
}

/* As wide as the text wants to be, or, where that is too much, the widest columns narrowed; words are cut only where
 * there is no room for them at all. `least` has room for as many numbers as `widths`. */
static grl_status column_widths(layout *l, const char *base, size_t rows, size_t columns,
                                const char *const *cells, const grl_block_style *head,
                                const grl_block_style *style, double *widths, double *least)
{
    double total = 0, room = room_width - cell_gap * (double)(columns - 1);
    grl_status status = GRL_OK;
    for (size_t j = 0; j < columns; j++) widths[j] = least[j] = 0;
    for (size_t i = 0; i < rows * columns && status == GRL_OK; i++) {
        grl_spans spans;
        status = parse(l, cells[i], base, &spans);
        if (status == GRL_OK) {
            const grl_block_style *of = i < columns ? head : style;
            const size_t j = i % columns;
            widths[j] = fmax(widths[j], 1 + grl_lines_width(l->pages, &spans, of));
            least[j] = fmax(least[j], 1 + grl_lines_word(l->pages, &spans, of));
        }
        grl_spans_free(&spans);
    }
    for (size_t j = 0; j < columns; j++) total += widths[j];
    for (int round = 0; round < 200 && total > room; round++) {
        const size_t widest = widest_of(columns, widths, least);
        const double spare = widths[widest] - least[widest], step = fmin(total - room, 0.15 * widths[widest]),
                     less = spare > 0 ? fmin(step, spare) : step;
        widths[widest] -= less;
        total -= less;
    }
    return status;
}

typedef struct cell_place {
    double y;
} cell_place;

static double cell_line(void *owner, double leading)
{
    cell_place *place = owner;
    place->y += leading;
    return place->y - 0.28 * leading;
}

static grl_status set_row(layout *l, const char *base, size_t columns, const char *const *cells,
                          const double *widths, const grl_block_style *style, int draw, double *height)
{
    double x = margin_side;
    *height = 0;
    for (size_t j = 0; j < columns; j++) {
        grl_spans spans;
        cell_place place = {l->y + 3};
        grl_status status = parse(l, cells[j], base, &spans);
        int lines = 0;
        if (status == GRL_OK)
            lines = grl_lines_set(l->pages, &spans, style, x, widths[j],
                                  draw ? &(grl_line_place){cell_line, &place} : NULL);
        grl_spans_free(&spans);
        if (lines < 0) status = grl_fail_memory(l->error, 1, 1);
        if (status != GRL_OK) return status;
        *height = fmax(*height, lines * style->leading + 7);
        x += widths[j] + cell_gap;
    }
    return GRL_OK;
}

static void rule(layout *l, double thickness)
{
    grl_pages_fill(l->pages, margin_side, l->y - thickness / 2, room_width, thickness, GRL_INK, 1);
}

static grl_status set_cells(layout *l, const char *base, size_t rows, size_t columns,
                            const char *const *cells, const grl_block_style *head,
                            const grl_block_style *style)
{
    double *widths = grl_calloc(2 * columns, sizeof *widths), height = 0, next = 0;
    if (!widths) return grl_fail_memory(l->error, columns, sizeof *widths);
    grl_status status = column_widths(l, base, rows, columns, cells, head, style, widths, widths + columns);
    for (size_t i = 0; i < rows && status == GRL_OK; i++) {
        const grl_block_style *of = i == 0 ? head : style;
        status = set_row(l, base, columns, cells + i * columns, widths, of, 0, &height);
        /* The last row does not stand alone on a page. */
        next = 0;
        if (status == GRL_OK && i + 2 == rows)
            status = set_row(l, base, columns, cells + (i + 1) * columns, widths, style, 0, &next);
        const int again = status == GRL_OK && i > 0 && l->y + height + next > page_end;
        if (again) {
            status = next_page(l);
            if (status == GRL_OK) status = need(l, 60 + height + next);
            rule(l, 1);
            if (status == GRL_OK) status = set_row(l, base, columns, cells, widths, head, 1, &height);
            l->y += height;
            rule(l, 0.5);
        }
        if (i == 0) rule(l, 1);
        if (status == GRL_OK) status = set_row(l, base, columns, cells + i * columns, widths, of, 1, &height);
        l->y += height;
        if (i + 1 < rows)
            grl_pages_fill(l->pages, margin_side, l->y, room_width, 0.4, i == 0 ? GRL_INK : GRL_STREAM, 1);
    }
    rule(l, 1);
    l->y += gap;
    free(widths);
    return status;
}

static grl_status add_table(layout *l, const grl_piece *part)
{
    char *caption;
    grl_status status = caption_of(part, "Table", &caption, l->error);
    if (status == GRL_OK) status = need(l, 40 + 18 * (double)(part->rows < 14 ? part->rows : 6));
    if (status == GRL_OK) status = set_text(l, caption, part->base, &small, margin_side, room_width, gap);
    l->y += 5;
    if (status == GRL_OK)
        status = set_cells(l, part->base, part->rows, part->columns, (const char *const *)part->cells,
                           &head_style, &cell_style);
    free(caption);
    return status;
}

static grl_role verdict_role(grl_claim_verdict verdict)
{
    return verdict == GRL_PROVEN ? GRL_TRAJECTORY : verdict == GRL_COMPUTED ? GRL_SECOND : GRL_ALARM;
}

static grl_status add_claim(layout *l, const grl_piece *part)
{
    const double indent = 14, x = margin_side + indent, width = room_width - 2 * indent;
    const char *verdict = grl_claim_verdict_name(part->verdict);
    double heights[3] = {0};
    grl_text says = {0};
    grl_text_addf(&says, "*Claim %d.* %s", part->number, part->text);
    char *statement = grl_text_take(&says), *command = as_code(part->command);
    grl_status status = statement && command ? GRL_OK : grl_fail_memory(l->error, 1, 1);
    if (status == GRL_OK) status = measure(l, statement, part->base, &body, width, &heights[0]);
    if (status == GRL_OK) status = measure(l, part->evidence, part->base, &small, width, &heights[1]);
    if (status == GRL_OK) status = measure(l, command, part->base, &code, width, &heights[2]);
    const double height = heights[0] + heights[1] + heights[2] + 34;
    if (status == GRL_OK) status = need(l, height + gap);
    if (status == GRL_OK) {
        l->y += gap;
        const double top = l->y;
        grl_pages_fill(l->pages, margin_side, top, room_width, height, GRL_STREAM, 0.16);
        grl_pages_fill(l->pages, margin_side, top, 2.5, height, verdict_role(part->verdict), 1);
        grl_pages_write(l->pages, x, top + 14, GRL_FACE_SANS, 6.6, verdict_role(part->verdict), verdict);
        l->y += 17;
        status = set_text(l, statement, part->base, &body, x, width, 0);
        if (status == GRL_OK) status = set_text(l, part->evidence, part->base, &small, x, width, 3);
        if (status == GRL_OK) status = set_text(l, command, part->base, &code, x, width, 3);
        l->y = top + height + gap;
    }
    free(statement);
    free(command);
    return status;
}

static grl_status add_section(layout *l, const grl_piece *part, const char *id)
{
    char heading[256];
    grl_status status = place_waiting(l);
    if (status == GRL_OK) status = need(l, 120);
    if (part) snprintf(heading, sizeof heading, "%d   %s", part->number, part->text);
    if (!part) snprintf(heading, sizeof heading, "%s", id);
    l->section_page[part ? part->number : 0] = l->page;
    grl_pages_outline(l->pages, part ? part->text : id, l->page);
    if (status == GRL_OK) status = set_text(l, heading, "", &section_style, margin_side, room_width, 22);
    l->y += 3;
    return status;
}

/* A heading does not stand at the foot of a page: with it goes what follows. */
static grl_status room_for(layout *l, const grl_piece *next, double *room)
{
    grl_status status = GRL_OK;
    *room = 70;
    if (next && next->kind == GRL_PIECE_TABLE) *room = 80 + 18 * (double)(next->rows < 14 ? next->rows : 6);
    if (next && next->kind == GRL_PIECE_FIGURE) {
        status = figure_height(l, next, next->text, room);
        *room = fmin(*room + 40, page_end - margin_top);
    }
    return status;
}

static grl_status add_part(layout *l, const grl_piece *part, const grl_piece *next)
{
    double height;
    grl_status status = room_for(l, next, &height);
    if (status != GRL_OK) return status;
    switch (part->kind) {
    case GRL_PIECE_SECTION:
        return add_section(l, part, NULL);
    case GRL_PIECE_HEADING:
        status = need(l, height);
        return status == GRL_OK
                   ? set_text(l, part->text, part->base, &heading_style, margin_side, room_width, 10)
                   : status;
    case GRL_PIECE_PARAGRAPH:
        status = need(l, 2 * body.leading);
        return status == GRL_OK ? set_text(l, part->text, part->base, &body, margin_side, room_width, 5)
                                : status;
    case GRL_PIECE_EQUATION:
        status = need(l, 3 * equation_style.leading);
        return status == GRL_OK
                   ? set_text(l, part->text, part->base, &equation_style, margin_side, room_width, 5)
                   : status;
    case GRL_PIECE_TABLE:
        return add_table(l, part);
    case GRL_PIECE_FIGURE:
        return add_figure(l, part);
    case GRL_PIECE_CLAIM:
        return add_claim(l, part);
    }
    return GRL_OK;
}

/* The contents, with the pages that the first layout found. */
static void add_contents(layout *l, const grl_document *document, const int *pages)
{
    const double size = 9.3, leading = 15;
    l->y += 18;
    for (size_t i = 0; i <= document->count; i++) {
        const grl_piece *part = i < document->count ? &document->parts[i] : NULL;
        char line[256], number[16];
        if (part && part->kind != GRL_PIECE_SECTION) continue;
        if (part) snprintf(line, sizeof line, "%d   %s", part->number, part->text);
        if (!part) snprintf(line, sizeof line, "All claims");
        snprintf(number, sizeof number, "%d", pages[part ? part->number : 0]);
        l->y += leading;
        grl_pages_write(l->pages, margin_side, l->y, GRL_FACE_TEXT, size, GRL_INK, line);
        grl_pages_write(l->pages,
                        margin_side + room_width - grl_pages_measure(l->pages, GRL_FACE_TEXT, size, number),
                        l->y, GRL_FACE_TEXT, size, GRL_INK, number);
    }
}

static grl_status add_claims(layout *l, const grl_document *document)
{
    enum { COLUMNS = 4 };
    static const char *const head[COLUMNS] = {"Claim", "Evidence", "Verdict", "Command"};
    double height = 0;
    const double widths[COLUMNS] = {104, 138, 42, room_width - 104 - 138 - 42 - 3 * cell_gap};
    grl_status status = add_section(l, NULL, "All claims");
    rule(l, 1);
    if (status == GRL_OK) status = set_row(l, "", COLUMNS, head, widths, &fine_head, 1, &height);
    l->y += height;
    rule(l, 0.5);
    for (size_t i = 0; i < document->count && status == GRL_OK; i++) {
        const grl_piece *part = &document->parts[i];
        if (part->kind != GRL_PIECE_CLAIM) continue;
        grl_text says = {0};
        grl_text_addf(&says, "%d. %s", part->number, part->text);
        char *statement = grl_text_take(&says), *command = as_code(part->command);
        const char *const cells[COLUMNS] = {statement, part->evidence, grl_claim_verdict_name(part->verdict),
                                            command};
        if (!statement || !command) status = grl_fail_memory(l->error, 1, 1);
        if (status == GRL_OK) status = set_row(l, part->base, COLUMNS, cells, widths, &fine, 0, &height);
        if (status == GRL_OK) status = need(l, height);
        if (status == GRL_OK) status = set_row(l, part->base, COLUMNS, cells, widths, &fine, 1, &height);
        l->y += height;
        grl_pages_fill(l->pages, margin_side, l->y, room_width, 0.4, GRL_STREAM, 1);
        free(statement);
        free(command);
    }
    return status;
}

static grl_status lay_out(layout *l, const grl_document *document, const char *title, const char *subtitle,
                          const char *abstract, const int *pages)
{
    grl_status status = grl_pages_open(page_width, page_height, title, &l->pages, l->error);
    l->page = 1;
    l->y = margin_top + 24;
    if (status == GRL_OK) status = set_text(l, title, "", &title_style, margin_side, room_width, 0);
    if (status == GRL_OK) status = set_text(l, subtitle, "", &subtitle_style, margin_side, room_width, 6);
    if (status == GRL_OK) status = set_text(l, abstract, "", &body, margin_side, room_width, 16);
    if (status != GRL_OK) return status;
    add_contents(l, document, pages);
    for (size_t i = 0; i < document->count && status == GRL_OK; i++)

        status = add_part(l, &document->parts[i], i + 1 < document->count ? &document->parts[i + 1] : NULL);
    if (status == GRL_OK) status = place_waiting(l);
    if (status == GRL_OK) status = add_claims(l, document);
    if (status == GRL_OK) turn(l);
    return status;
}

grl_status grl_document_pdf(const grl_document *document, const json_t *sections, const char *title,
                            const char *subtitle, const char *abstract, const char *path, grl_error *error)
{
    grl_status status = GRL_OK;
    layout l = {.sections = sections, .error = error};
    const size_t count = (size_t)document->sections + 1;
    int *pages = grl_calloc(count, sizeof *pages), *found = grl_calloc(count, sizeof *found);
    l.waiting = grl_calloc(document->count, sizeof *l.waiting);
    if (!pages || !found || !l.waiting) status = grl_fail_memory(error, count, sizeof *pages);
    for (int round = 0; round < 2 && status == GRL_OK; round++) {
        l.waiting_count = 0;
        l.section_page = round == 0 ? pages : found;
        status = lay_out(&l, document, title, subtitle, abstract, pages);
        if (status == GRL_OK && round == 1) status = grl_pages_save(l.pages, path, error);
        grl_pages_free(l.pages);
        l.pages = NULL;
    }
    free(l.waiting);
    free(found);
    free(pages);
    return status;
}
