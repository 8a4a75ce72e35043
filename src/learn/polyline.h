/* polyline.h (internal): curves given by points, count x k, row-major; closed ones go on from the last point to the
 * first. */
#ifndef GRL_LEARN_POLYLINE_H
#define GRL_LEARN_POLYLINE_H

#include <stddef.h>

typedef struct grl_polyline {
    size_t count, k;
    const double *points;
    int closed;
} grl_polyline;

double grl_distance(size_t k, const double *a, const double *b); /* 2-norm */

/* Distance of p from the curve; from the point itself if there is only one, INFINITY if there is none. */
double grl_polyline_distance(const grl_polyline *line, const double *p);

/* The largest such distance of `count` points: the directed Hausdorff distance from them to the curve. */
double grl_polyline_farthest(const grl_polyline *line, size_t count, const double *points);

double grl_polyline_length(const grl_polyline *line);

/* The largest distance of two of the points. */
double grl_points_diameter(size_t count, size_t k, const double *points);

/* The least value that has half of the weight at or below it; NaN if there is none. weights: NULL: all are 1. */
double grl_weighted_median(size_t count, const double *values, const double *weights);

#endif
