/* polyline.c: distances between curves that are given by points. */
#include "learn/polyline.h"

#include <math.h>

double grl_distance(size_t k, const double *a, const double *b)
{
    double squares = 0;
    for (size_t i = 0; i < k; i++) squares += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(squares);
}

/* Squared distance of p from the segment a b. */
static double from_segment(size_t k, const double *a, const double *b, const double *p)
{
    double along = 0, length = 0, squares = 0;
    for (size_t i = 0; i < k; i++) {
        along += (p[i] - a[i]) * (b[i] - a[i]);
        length += (b[i] - a[i]) * (b[i] - a[i]);
    }
    const double t = length > 0 ? fmin(1, fmax(0, along / length)) : 0;
    for (size_t i = 0; i < k; i++) {
        double off = p[i] - a[i] - t * (b[i] - a[i]);
        squares += off * off;
    }
    return squares;
}

double grl_polyline_distance(const grl_polyline *line, const double *p)
{
    const size_t k = line->k, segments = line->closed ? line->count : line->count - (line->count > 0);
    double least = INFINITY;
    if (line->count == 1) return grl_distance(k, line->points, p);
    for (size_t i = 0; i < segments; i++) {
        size_t next = i + 1 < line->count ? i + 1 : 0;
        least = fmin(least, from_segment(k, line->points + i * k, line->points + next * k, p));
    }
    return sqrt(least);
}

double grl_polyline_farthest(const grl_polyline *line, size_t count, const double *points)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, grl_polyline_distance(line, points + i * line->k));
    return most;
}

double grl_polyline_length(const grl_polyline *line)
{
    double length = 0;
    for (size_t i = 0; i + 1 < line->count; i++)
        length += grl_distance(line->k, line->points + i * line->k, line->points + (i + 1) * line->k);
    if (line->closed && line->count > 1)
        length += grl_distance(line->k, line->points + (line->count - 1) * line->k, line->points);
    return length;
}

double grl_points_diameter(size_t count, size_t k, const double *points)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            most = fmax(most, grl_distance(k, points + i * k, points + j * k));
    return most;
}

double grl_weighted_median(size_t count, const double *values, const double *weights)
{
    double total = 0, best = NAN;
    for (size_t i = 0; i < count; i++) total += weights ? weights[i] : 1;
    for (size_t i = 0; i < count; i++) {
        double below = 0;
        if (best <= values[i]) continue;
        for (size_t j = 0; j < count; j++)
            if (values[j] <= values[i]) below += weights ? weights[j] : 1;
        if (2 * below >= total) best = values[i];
    }
    return best;
}
