/* document.c: the parts of a report. */
#include "paper/document.h"

#include "base/memory.h"

#include <stdlib.h>

const char *grl_claim_verdict_name(grl_claim_verdict verdict)
{
    static const char *const names[] = {"not reproduced", "computed", "proven"};
    return names[verdict];
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; texts && i < count; i++) free(texts[i]);
    free(texts);
}

static void free_part(grl_piece *part)
{
    free(part->base);
    free(part->text);
    free_texts(part->cells, part->rows * part->columns);
    for (size_t i = 0; i < part->drawing_count; i++) grl_drawing_free(part->drawings[i]);
    free(part->drawings);
    free_texts(part->files, part->drawing_count);
    free(part->id);
    free(part->evidence);
    free(part->command);
    for (size_t i = 0; i < part->check_count; i++) {
        free(part->checks[i].result);
        free(part->checks[i].found);
    }
}

void grl_document_free(grl_document *document)
{
    for (size_t i = 0; i < document->count; i++) free_part(&document->parts[i]);
    free(document->parts);
    *document = (grl_document){0};
}

static char *copy(grl_document *document, const char *text)
{
    char *made = grl_strdup(text ? text : "");
    if (!made) document->failed = 1;
    return made;
}

/* A new part at the end; NULL if memory ran out, now or before. */
static grl_piece *add(grl_document *document, grl_piece_kind kind, const char *text)
{
    if (!grl_grow((void **)&document->parts, &document->capacity, document->count, sizeof *document->parts))
        document->failed = 1;
    if (document->failed) return NULL;
    grl_piece *part = &document->parts[document->count++];
    *part = (grl_piece){.kind = kind};
    part->base = copy(document, document->base);
    part->text = copy(document, text);
    return part;
}

void grl_document_section(grl_document *document, const char *id, const char *title)
{
    document->base = id;
    grl_piece *part = add(document, GRL_PIECE_SECTION, title);
    if (part) part->number = ++document->sections;
}

void grl_document_heading(grl_document *document, const char *text)
{
    add(document, GRL_PIECE_HEADING, text);
}

void grl_document_paragraph(grl_document *document, const char *text)
{
    add(document, GRL_PIECE_PARAGRAPH, text);
}

void grl_document_equation(grl_document *document, const char *text)
{
    add(document, GRL_PIECE_EQUATION, text);
}

void grl_document_table(grl_document *document, size_t rows, size_t columns, const char *const *cells,
                        const char *caption)
{
    grl_piece *part = add(document, GRL_PIECE_TABLE, caption);
    if (!part) return;
    part->number = ++document->tables;
    part->cells = grl_calloc(rows * columns, sizeof *part->cells);
    if (!part->cells) {
        document->failed = 1;
        return;
    }
    part->rows = rows;
    part->columns = columns;
    for (size_t i = 0; i < rows * columns; i++) part->cells[i] = copy(document, cells[i]);
}

void grl_document_figure(grl_document *document, size_t columns, const char *caption)
{
    grl_piece *part = add(document, GRL_PIECE_FIGURE, caption);
    if (!part) return;
    part->number = ++document->figures;
    part->columns = columns;
}

void grl_document_drawing(grl_document *document, grl_drawing *drawing, const char *file)
{
    grl_piece *part = document->count > 0 ? &document->parts[document->count - 1] : NULL;
    grl_drawing **drawings = NULL;
    char **files = NULL;
    if (!document->failed && part && part->kind == GRL_PIECE_FIGURE) {
        drawings = grl_resize(part->drawings, part->drawing_count + 1, sizeof *drawings);
        if (drawings) part->drawings = drawings;
        files = grl_resize(part->files, part->drawing_count + 1, sizeof *files);
        if (files) part->files = files;
    }
    if (!drawings || !files) {
        document->failed = 1;
        grl_drawing_free(drawing);
        return;
    }
    files[part->drawing_count] = copy(document, file);
    drawings[part->drawing_count++] = drawing;
}

void grl_document_claim(grl_document *document, const grl_claim *claim)
{
    grl_piece *part = add(document, GRL_PIECE_CLAIM, claim->statement);
    if (!part) return;
    part->number = ++document->claims;
    part->id = copy(document, claim->id);
    part->evidence = copy(document, claim->evidence);
    part->command = copy(document, claim->command);
    part->verdict = claim->verdict;
    for (size_t i = 0; i < GRL_CHECKS_MOST && claim->checks[i].result; i++) {
        part->checks[i].result = copy(document, claim->checks[i].result);
        part->checks[i].found = copy(document, claim->checks[i].found);
        part->checks[i].tolerance = claim->checks[i].tolerance;
        part->checks[i].line = claim->checks[i].line;
        part->check_count++;
    }
}
