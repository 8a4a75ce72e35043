/* regions.h: the parts into which the curves of a diagram divide the plane of two parameters. */
#ifndef GRL_BIFURCATION_REGIONS_H
#define GRL_BIFURCATION_REGIONS_H

#include "bifurcation/path.h"

/* The plane as side x side pixels, row 0 at the low end of the second parameter. Pixels that a curve passes are
 * walls; parts are what is connected between them. */
typedef struct grl_raster {
    size_t side;
    double low[2], high[2];
    int *part;     /* side x side: which part, of a wall the part beside it; -1: none is near */
    size_t count;  /* parts */
    size_t *size;  /* pixels of each, walls left out */
    size_t *inner; /* its pixel that is furthest from the walls and the border */
    int *depth;    /* how far, in pixels */
} grl_raster;

/* Start from {0}; free with grl_raster_free in any case. */
grl_status grl_raster_make(const grl_diagram *diagram, const double low[2], const double high[2], size_t side,
                           grl_raster *raster, grl_error *error);
void grl_raster_free(grl_raster *raster);
int grl_raster_part(const grl_raster *raster, const double p[2]); /* -1: outside or none */

/* Whether special points crowd in a small part of a box of parameters, which then deserves a look of its own: the
 * smallest box, with room around, of the largest group of points that are closer to each other than a thirtieth of
 * the given box. low, high: may be inner. */
int grl_chart_crowd(const grl_diagram *diagram, const double outer_low[2], const double outer_high[2],
                    double low[2], double high[2]);

/* How often a crowd is looked at within a crowd. */
enum { GRL_CHART_LEVELS = 2 };

/* Adds a sample portrait of each part of the chart, then of the parts of the crowd, and of the crowd within it,
 * that have none of these inside. Parts too thin to hold a point with a pixel of 1/400 of the chart or the crowd to
 * both sides are not looked at. The path ends where it was. */
grl_status grl_chart_regions(grl_path *path, const grl_bifurcation_options *options, grl_diagram *diagram,
                             grl_error *error);

#endif
