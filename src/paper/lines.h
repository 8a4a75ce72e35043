/* lines.h: paragraphs on a page: spans broken into lines. */
#ifndef GRL_PAPER_LINES_H
#define GRL_PAPER_LINES_H

#include "draw/pages.h"
#include "paper/markup.h"

typedef enum grl_set { GRL_SET_LEFT, GRL_SET_JUSTIFIED, GRL_SET_CENTRED } grl_set;

typedef struct grl_block_style {
    grl_face face;
    double size, leading;
    grl_role role;
    grl_set set;
} grl_block_style;

/* How lines of the text come to be: called before each with its height; gives the baseline's y. */
typedef struct grl_line_place {
    double (*next)(void *owner, double leading);
    void *owner;
} grl_line_place;

/* Sets the spans in lines of `width` from x on, without drawing if place is NULL. Returns the number of lines,
 * -1 if memory runs out. */
int grl_lines_set(grl_pages *pages, const grl_spans *spans, const grl_block_style *style, double x,
                  double width, const grl_line_place *place);
/* As wide as its widest word; -1 if memory runs out. */
double grl_lines_word(grl_pages *pages, const grl_spans *spans, const grl_block_style *style);
/* As wide as the text is on a single line; -1 if memory runs out. */
double grl_lines_width(grl_pages *pages, const grl_spans *spans, const grl_block_style *style);

#endif
