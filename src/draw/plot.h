/* plot.h: the parts that figures share: axes, lines, marks of fixed points, the legend. */
#ifndef GRL_DRAW_PLOT_H
#define GRL_DRAW_PLOT_H

#include "draw/canvas.h"
#include "draw/lines.h"

/* Where a plot is on the page and which numbers its sides stand for. */
typedef struct grl_axes {
    double left, top, width, height;
    double low_x, high_x, low_y, high_y;
    int log_x, log_y;                /* 1: the scale is logarithmic, and its numbers are above zero */
    const struct grl_ticks *ticks_x; /* of the horizontal axis; NULL: chosen */
} grl_axes;

double grl_axes_x(const grl_axes *axes, double x);
double grl_axes_y(const grl_axes *axes, double y);

/* Round numbers (1, 2 or 5 times a power of ten apart) inside [low, high], about `wanted` and at most 16 of
 * them. */
typedef struct grl_ticks {
    int count;
    int decimals; /* that tell them apart; GRL_TICKS_LOG: of a logarithmic scale */
    double step;
    double values[16];
} grl_ticks;
enum { GRL_TICKS_LOG = -1 };

grl_ticks grl_ticks_choose(double low, double high, int wanted);
/* Of a logarithmic scale from low > 0 on: powers of ten, evenly spaced, about `wanted` of them; where less than two
 * lie inside, also their double and fivefold. step has no meaning. */
grl_ticks grl_ticks_choose_log(double low, double high, int wanted);
/* "0.5" with a true minus sign; no more than 31 bytes. decimals GRL_TICKS_LOG: "0.01" or, far from one, "10^{-6}"
 * (markup). */
void grl_tick_text(double value, int decimals, char text[32]);

/* Frame, ticks, and on the left numbers and label (markup); NULL: neither. */
void grl_axes_draw(grl_canvas *canvas, const grl_axes *axes, const char *label_y);
/* Numbers and label of the horizontal axis, below the line y = bottom. */
void grl_axes_draw_below(grl_canvas *canvas, const grl_axes *axes, double bottom, const char *label_x);
/* Room that the numbers and the label left of and below a plot take. */
double grl_axes_room_left(grl_canvas *canvas, double low, double high);
double grl_axes_room_left_log(grl_canvas *canvas, double low, double high);
double grl_axes_room_below(void);

/* Clips to the frame and `margin` around it; undo with cairo_restore. */
void grl_axes_clip(grl_canvas *canvas, const grl_axes *axes, double margin);

/* Strokes polylines given in the numbers of the axes; vertices that change nothing to be seen are left out.
 * dash 0: solid. */
grl_status grl_lines_draw(grl_canvas *canvas, const grl_axes *axes, const grl_lines *lines, grl_role role,
                          double width, double dash, grl_error *error);

/* A solid arrow head with its tip at (x, y), pointing along (dx, dy); nothing for a zero direction. */
void grl_arrow_draw(grl_canvas *canvas, double x, double y, double dx, double dy, double size, grl_role role);
/* One arrow head about every `spacing` along each line, and one in the middle of a shorter line. */
void grl_arrows_draw(grl_canvas *canvas, const grl_axes *axes, const grl_lines *lines, double spacing,
                     double size, grl_role role);

/* A mark of data, in the colour of a role. */
typedef enum grl_symbol {
    GRL_SYMBOL_NONE,
    GRL_SYMBOL_DISC,
    GRL_SYMBOL_SQUARE,
    GRL_SYMBOL_TRIANGLE,
    GRL_SYMBOL_RING,
    GRL_SYMBOL_DIAMOND,
    GRL_SYMBOL_CROSS
} grl_symbol;
void grl_symbol_draw(grl_canvas *canvas, double x, double y, grl_symbol symbol, double radius, grl_role role);

/* The mark of a fixed point. side: half-stable points of one unit, the side that attracts: -1 left, +1 right.
 */
void grl_mark_draw(grl_canvas *canvas, double x, double y, grl_point_type type, int side);
void grl_mark_slow(grl_canvas *canvas, double x, double y);
void grl_mark_start(grl_canvas *canvas, double x, double y); /* where a trajectory starts */
void grl_mark_iterates(grl_canvas *canvas, const grl_axes *axes, size_t count,
                       const double *points); /* states of a map's orbit */

/* "#1", "#2" ... beside the marks at points (count x 2, in the numbers of the axes), each on the side where it
 * covers least: of marks, of other numbers, of the `sets` of lines. */
grl_status grl_numbers_draw(grl_canvas *canvas, const grl_axes *axes, size_t count, const double *points,
                            size_t sets, const grl_lines *const *lines, grl_error *error);

/* Where they go, `count` places; a point outside of the plot gets an empty one, whose right is left of its left. */
typedef struct grl_box_on_page {
    double left, top, right, bottom;
} grl_box_on_page;
grl_status grl_numbers_place(grl_canvas *canvas, const grl_axes *axes, size_t count, const double *points,
                             size_t sets, const grl_lines *const *lines, grl_box_on_page *places,
                             grl_error *error);

typedef enum grl_sample {
    GRL_SAMPLE_POINT,  /* a fixed point of a type */
    GRL_SAMPLE_SLOW,   /* a slow point */
    GRL_SAMPLE_LINE,   /* a line of a role, width and dash */
    GRL_SAMPLE_ARROW,  /* the same with an arrow head */
    GRL_SAMPLE_START,  /* the same, starting with the mark of a start */
    GRL_SAMPLE_DOTS,   /* iterates */
    GRL_SAMPLE_SYMBOL, /* a symbol, on a line if the width is above zero */
    GRL_SAMPLE_AREA,   /* a square of a colour */
    GRL_SAMPLE_RAMP,   /* a bar from `from` to `fill`, with two texts under its ends, in two rows */
    GRL_SAMPLE_GAP     /* some room */
} grl_sample;

typedef struct grl_entry {
    grl_sample sample;
    grl_point_type type;
    grl_role role;
    double width, dash;
    grl_colour fill, from; /* of an area, of a ramp */
    char text[64];         /* markup */
    char ends[2][24];      /* of a ramp */
    grl_symbol symbol;
} grl_entry;

enum { GRL_LEGEND_MOST = 24 };

typedef struct grl_legend {
    int count;
    grl_entry entries[GRL_LEGEND_MOST];
    char notes[3][64]; /* small, at the foot of the plot; "" for none */
} grl_legend;

/* An entry to be filled in; beyond GRL_LEGEND_MOST the last one again. */
grl_entry *grl_legend_add(grl_legend *legend, grl_sample sample, const char *text);
/* Entries for the types of points that there are, with how many, and for slow points; notes on time and
 * on what is known of the list's completeness. low and high, n numbers each or NULL: only points between them. */
void grl_legend_add_portrait(grl_legend *legend, const grl_portrait *portrait, const double *low,
                             const double *high);
/* The notes alone. */
void grl_legend_add_notes(grl_legend *legend, const grl_portrait *portrait);
/* An empty legend takes no room. x, top and bottom: where it stands. */
double grl_legend_width(grl_canvas *canvas, const grl_legend *legend);
void grl_legend_draw_at(grl_canvas *canvas, const grl_legend *legend, double x, double top, double bottom);
void grl_legend_draw(grl_canvas *canvas, const grl_legend *legend, const grl_axes *axes);

/* Lays the entries out in rows of at most `room` from (left, top) on, and draws them if asked to. Returns their height. */
double grl_legend_lay_rows(grl_canvas *canvas, const grl_legend *legend, double left, double top, double room,
                           int draw);

/* Places a plot on the page: title above, legend to the right, `below` points of room under it. square: as
 * high as wide. The ranges of `axes` must be set. */
void grl_plot_place(grl_canvas *canvas, const char *title, const grl_legend *legend, double below, int square,
                    grl_axes *axes);

/* Sizes that all figures share. */
extern const double grl_size_label, grl_size_tick, grl_size_title, grl_mark_radius;

#endif
