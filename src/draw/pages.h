/* pages.h: a document of several pages as one PDF file: words in a few faces, rules, and drawings. Lengths are points
 * of 1/72 inch from the upper left corner, y grows downward. The same calls give the same bytes. */
#ifndef GRL_DRAW_PAGES_H
#define GRL_DRAW_PAGES_H

#include "draw/canvas.h"

typedef enum grl_face {
    GRL_FACE_TEXT,
    GRL_FACE_ITALIC,
    GRL_FACE_BOLD,
    GRL_FACE_CODE,
    GRL_FACE_SANS,
    GRL_FACES /* how many there are */
} grl_face;

typedef struct grl_pages grl_pages;

/* One page, the first, is there at once. */
grl_status grl_pages_open(double width, double height, const char *title, grl_pages **pages,
                          grl_error *error);
void grl_pages_turn(grl_pages *pages); /* to the next page */

double grl_pages_measure(grl_pages *pages, grl_face face, double size, const char *text);
/* y is the baseline. */
void grl_pages_write(grl_pages *pages, double x, double y, grl_face face, double size, grl_role role,
                     const char *text);
void grl_pages_fill(grl_pages *pages, double x, double y, double width, double height, grl_role role,
                    double opacity);
void grl_pages_draw(grl_pages *pages, const grl_drawing *drawing, double x, double y, double zoom);
/* An entry of the outline that a reader shows beside the pages, leading to this one. */
void grl_pages_outline(grl_pages *pages, const char *text, int page);

/* Writes the file, whole or not at all; nothing can be added afterwards. */
grl_status grl_pages_save(grl_pages *pages, const char *path, grl_error *error);
void grl_pages_free(grl_pages *pages); /* NULL is allowed */

#endif
