/* canvas.h: a page to draw on, its colours and its words. Lengths are points of 1/72 inch, y grows downward.
 */
#ifndef GRL_DRAW_CANVAS_H
#define GRL_DRAW_CANVAS_H

#include <cairo.h>
#include <grulens/draw.h>

typedef struct grl_colour {
    double red, green, blue;
} grl_colour;

/* The roles colours have in a figure; a theme gives one to each. */
typedef enum grl_role {
    GRL_PAPER,      /* background */
    GRL_INK,        /* axes, labels, marks */
    GRL_FAINT,      /* secondary words and rules */
    GRL_STREAM,     /* the flow */
    GRL_FIRST,      /* first nullcline, f of one unit */
    GRL_SECOND,     /* second nullcline */
    GRL_TRAJECTORY, /* trajectories */
    GRL_SLOW,       /* slow points */
    GRL_ALARM,      /* degenerate points */
    GRL_MANIFOLD,   /* stable manifolds */
    GRL_UNSTABLE_MANIFOLD,
    GRL_SLOW_BAND, /* slow manifolds */
    GRL_ROLES      /* how many there are */
} grl_role;

const grl_colour *grl_theme_colours(grl_theme theme); /* GRL_ROLES of them; static storage */

/* Between the paper's colour and that of a role. */
grl_colour grl_theme_pale(grl_theme theme, grl_role role, double part);

enum { GRL_BASIN_COLOURS = 6 };
const grl_colour *grl_theme_basins(grl_theme theme); /* pale ones for areas; static storage */

typedef enum grl_canvas_kind {
    GRL_CANVAS_SVG,
    GRL_CANVAS_PDF,
    GRL_CANVAS_PNG,
    GRL_CANVAS_DRAWING
} grl_canvas_kind;

/* Text sizes and line widths are for a page of about 470 by 350; a canvas of another size is scaled as a
 * whole, so `width` and `height` (what a figure may use) have the page's aspect but not its size. */
typedef struct grl_canvas {
    cairo_t *cr;
    cairo_surface_t *surface;
    grl_canvas_kind kind;
    const grl_colour *colours;
    double width, height;
    double fade;                    /* 0: colours as asked; up to 1: so much of their opacity is taken away */
    struct grl_canvas_bytes *bytes; /* the file so far (SVG, PDF) */
    grl_drawing *drawing;           /* where it goes, or NULL */
} grl_canvas;

extern const double grl_canvas_text; /* the size of the smaller words on such a page */

/* GRL_BAD_INPUT unless the theme is one and the title is text. */
grl_status grl_canvas_check(const grl_draw_options *options, grl_error *error);

/* A canvas for the file `path`, whose ending says which kind. nominal_width and nominal_height are the size
 * the figure is laid out for, and the page's size where the options leave it open. Nothing is written yet. */
grl_status grl_canvas_open(const grl_draw_options *options, double nominal_width, double nominal_height,
                           const char *path, grl_canvas *canvas, grl_error *error);

/* Writes the file, whole or not at all. Call grl_canvas_close all the same. */
grl_status grl_canvas_save(grl_canvas *canvas, const char *path, grl_error *error);
/* The same as a text, of a canvas for SVG; free with grl_text_free. */
grl_status grl_canvas_take_svg(grl_canvas *canvas, char **text, grl_error *error);
void grl_canvas_close(grl_canvas *canvas);

/* The width and height of the page, and the strokes on it, of a drawing. */
struct grl_drawing {
    double width, height;
    cairo_surface_t *strokes; /* a recording; NULL: nothing yet */
};

/* The drawing with its upper left corner at (x, y) on another page, as large as `zoom` says. */
void grl_drawing_place(const grl_drawing *drawing, cairo_t *cr, double x, double y, double zoom);

void grl_canvas_colour(grl_canvas *canvas, grl_role role, double opacity);

/* Words. In a markup text "$" starts and ends italics, and "_" lowers the one character after it, or those in
 * braces after it, and "^" raises them; everything else stands for itself. */
typedef enum grl_align { GRL_ALIGN_LEFT, GRL_ALIGN_CENTRE, GRL_ALIGN_RIGHT } grl_align;

double grl_label_width(grl_canvas *canvas, double size, const char *markup);
/* y is the baseline. */
void grl_label_draw(grl_canvas *canvas, double x, double y, double size, grl_align align, const char *markup);
/* Turned by a quarter, reading upward, centred on (x, y); x is the baseline. */
void grl_label_draw_upright(grl_canvas *canvas, double x, double y, double size, const char *markup);
/* A plain text (no markup), bold, made smaller to fit `room` if it must; left-aligned. Control characters are
 * drawn as spaces. */
void grl_title_draw(grl_canvas *canvas, double x, double y, double size, double room, const char *text);
/* True if the text is well-formed UTF-8. */
int grl_utf8_valid(const char *text);

#endif
