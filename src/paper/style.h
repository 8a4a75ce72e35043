/* style.h: the style sheet of the report. */
#ifndef GRL_PAPER_STYLE_H
#define GRL_PAPER_STYLE_H

extern const char *const grl_paper_style[]; /* in pieces; NULL at the end */

#endif
