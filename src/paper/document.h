/* document.h: a report as a list of parts, before it is known how they will look. Texts are in the markup of
 * markup.h. html.c and pdf.c write it. */
#ifndef GRL_PAPER_DOCUMENT_H
#define GRL_PAPER_DOCUMENT_H

#include "paper/results.h"

#include <grulens/draw.h>

typedef enum grl_piece_kind {
    GRL_PIECE_SECTION, /* starts a section: `text` is its title, `base` its name */
    GRL_PIECE_HEADING, /* within a section */
    GRL_PIECE_PARAGRAPH,
    GRL_PIECE_EQUATION, /* on a line of its own */
    GRL_PIECE_TABLE,    /* rows x columns cells, the first row is the head; `text` is the caption */
    GRL_PIECE_FIGURE,   /* drawings in rows of `columns`; `text` is the caption */
    GRL_PIECE_CLAIM
} grl_piece_kind;

typedef enum grl_claim_verdict { GRL_NOT_REPRODUCED = 0, GRL_COMPUTED = 1, GRL_PROVEN = 2 } grl_claim_verdict;

const char *grl_claim_verdict_name(grl_claim_verdict verdict); /* "proven" */

/* A number of the report and where the command's document has it. `result` is a path of the section's results;
 * `found` one in the document, where a part may be NAME=VALUE: the first item of a list whose member NAME is
 * that, and # the number of items (see docs/formats.md). They agree to `tolerance`, relative to the larger of 1 and the number. */
typedef struct grl_check {
    const char *result, *found;
    double tolerance;
    int line; /* of the command, from 0 */
} grl_check;

enum { GRL_CHECKS_MOST = 8 };

/* What a section says of a claim; every text is copied. */
typedef struct grl_claim {
    const char *id; /* unique in its section */
    const char *statement, *evidence;
    /* As typed in the report's folder, one on a line; the document of each goes to standard output. */
    const char *command;
    grl_claim_verdict verdict;
    grl_check checks[GRL_CHECKS_MOST]; /* up to the first without a result */
} grl_claim;

typedef struct grl_piece {
    grl_piece_kind kind;
    int number; /* of sections, figures, tables and claims, from 1 */
    char *base, *text;
    size_t rows, columns;
    char **cells;
    size_t drawing_count;
    grl_drawing **drawings;
    char **files; /* of the drawings, in the report's folder */
    char *id, *evidence, *command;
    grl_claim_verdict verdict;
    size_t check_count;
    struct {
        char *result, *found;
        double tolerance;
        int line;
    } checks[GRL_CHECKS_MOST];
} grl_piece;

/* Start from {0}. As with grl_results, a failed allocation stays in `failed`. */
typedef struct grl_document {
    size_t count, capacity;
    grl_piece *parts;
    int failed;
    int sections, figures, tables, claims;
    const char *base; /* of what is added next; set by the caller; borrowed until the section ends */
} grl_document;

void grl_document_free(grl_document *document);

void grl_document_section(grl_document *document, const char *id, const char *title);
void grl_document_heading(grl_document *document, const char *text);
void grl_document_paragraph(grl_document *document, const char *text);
void grl_document_equation(grl_document *document, const char *text);
/* cells: rows x columns texts, row-major, with the head first. */
void grl_document_table(grl_document *document, size_t rows, size_t columns, const char *const *cells,
                        const char *caption);
/* A figure of several drawings, which follow. */
void grl_document_figure(grl_document *document, size_t columns, const char *caption);
/* Takes the drawing over, also on failure; for the last figure. */
void grl_document_drawing(grl_document *document, grl_drawing *drawing, const char *file);
void grl_document_claim(grl_document *document, const grl_claim *claim);

/* sections: as markup.h has it. The HTML file holds everything it needs. Free *text with free(). */
grl_status grl_document_html(const grl_document *document, const json_t *sections, const char *title,
                             const char *subtitle, const char *abstract, char **text, grl_error *error);
grl_status grl_document_pdf(const grl_document *document, const json_t *sections, const char *title,
                            const char *subtitle, const char *abstract, const char *path, grl_error *error);

#endif
