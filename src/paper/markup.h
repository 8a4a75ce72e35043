/* markup.h: the text of a report: words with numbers in them that come from the results.
 *
 *     $x$        italics            _1  _{ab}      lowered       ^2  ^{-1}     raised
 *     *word*     bold               `code`         as it stands
 *     {path}     the value at a path of the results, in its shortest form of six digits
 *     {path|F}   the same in a format F: ".4f", ".3g", "d", "%.2f" (per cent); a text or a yes or no as it is
 *
 * A path is that of results.h, below the text's base, or, with a slash first, below the sections of the report:
 * "{/oscillation/hopf/alpha|.6f}". Every such number knows its JSON pointer, so that what a reader sees can be
 * traced. A backslash takes its meaning from the next character. */
#ifndef GRL_PAPER_MARKUP_H
#define GRL_PAPER_MARKUP_H

#include <grulens/status.h>
#include <jansson.h>
#include <stddef.h>

enum {
    GRL_SPAN_ITALIC = 1,
    GRL_SPAN_BOLD = 2,
    GRL_SPAN_CODE = 4,
    GRL_SPAN_LOWERED = 8,
    GRL_SPAN_RAISED = 16
};

/* A piece of text in one style. */
typedef struct grl_span {
    char *text;
    unsigned style;
    char *pointer; /* of the first span of a number: its JSON pointer; else NULL */
    char *value;   /* and its full value */
    int part;      /* 1: goes on with the number before */
} grl_span;

typedef struct grl_spans {
    size_t count, capacity;
    grl_span *items;
} grl_spans;

/* sections: the object that holds each section's results under its name. base: the section of relative paths.
 * GRL_BAD_INPUT for a path that leads nowhere, with the text. Start from {0}; free in any case. */
grl_status grl_markup_parse(const char *text, const json_t *sections, const char *base, grl_spans *spans,
                            grl_error *error);
void grl_spans_free(grl_spans *spans);

#endif
