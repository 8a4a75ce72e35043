/* layout.h: text in lines, for people: paragraphs wrapped to a width, columns that line up. */
#ifndef GRL_BASE_LAYOUT_H
#define GRL_BASE_LAYOUT_H

#include "base/text.h"

/* How many columns a UTF-8 string takes, counting each code point as one. */
size_t grl_text_columns(const char *string);

/* Adds `count` spaces. */
void grl_text_add_spaces(grl_text *text, size_t count);

/* Adds a paragraph or several (split by empty lines), broken between words so that lines end before column
 * `width`. The first word goes at the present column, `column`; further lines are indented by `indent`. Ends
 * with a line feed. */
void grl_text_add_wrapped(grl_text *text, const char *words, size_t column, size_t indent, size_t width);

#endif
