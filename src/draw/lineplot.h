/* lineplot.h: plots of numbers over numbers: lines, points, bands, in one panel or several, each axis linear or
 * logarithmic. */
#ifndef GRL_DRAW_LINEPLOT_H
#define GRL_DRAW_LINEPLOT_H

#include "draw/plot.h"

/* A set of points in the plane of a panel. Everything is borrowed for the call. A point with a coordinate that is
 * not finite, or not above zero on a logarithmic axis, is not drawn and breaks the line. */
typedef struct grl_series {
    size_t count;
    const double *x, *y;
    /* NULL, or the ends of an interval for each point: a pale band along a line (width > 0), a whisker through each
     * symbol without one. */
    const double *low, *high;
    const char *name;          /* in the legend (markup, at most 63 bytes); NULL: not there */
    const char *const *labels; /* NULL, or a word (markup) beside each point; an entry may be NULL */
    grl_role role;
    double width;      /* of the line; 0: none */
    double dash;       /* 0: solid */
    grl_symbol symbol; /* at each point */
    double radius;     /* of the symbol; 0: the usual */
    double fade;       /* 0 to 1: how much of its opacity is taken away, for one of many */
} grl_series;

/* Style k of the series of a figure, with a line and no symbol: colours that also differ in dash. From the sixth
 * on they repeat. */
grl_series grl_series_line(int k);
/* The same with a symbol and no line; the symbols differ too. */
grl_series grl_series_points(int k);
/* What a theory says, against which the others are measured: a dashed line in ink. */
grl_series grl_series_theory(void);

typedef struct grl_panel {
    const char *title;             /* markup, above the panel; NULL: none */
    const char *label_x, *label_y; /* markup */
    int log_x, log_y;
    const grl_ticks *ticks_x; /* NULL: chosen */
    /* The ranges; where low is not below high, that of the data with some margin. Data outside is cut off. */
    double low_x, high_x, low_y, high_y;
    size_t count;
    const grl_series *series;
} grl_panel;

/* Draws `count` panels, `columns` of them in a row, under one legend. Series of one name have one entry. Panels
 * without a single point that can be drawn have a range of one unit (one decade). GRL_BAD_INPUT on no panel, on
 * a logarithmic range that is not above zero, on a range that is not finite. options->width and height: of the page, default 300
 * by 240 a panel. */
grl_status grl_lineplot_draw(size_t count, const grl_panel *panels, size_t columns,
                             const grl_draw_options *options, const char *path, grl_error *error);

#endif
