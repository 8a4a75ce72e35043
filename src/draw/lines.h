/* lines.h: a growing set of polylines in the plane. */
#ifndef GRL_DRAW_LINES_H
#define GRL_DRAW_LINES_H

#include <grulens/status.h>
#include <stdbool.h>
#include <stddef.h>

/* Start from {0}. Line k has the points first[k] .. first[k + 1] - 1; point i is points[2 i], points[2 i +
 * 1]. A closed line repeats its first point at the end. */
typedef struct grl_lines {
    size_t count, points_count;
    size_t *first; /* count + 1 */
    double *points;
    size_t first_capacity, points_capacity;
} grl_lines;

void grl_lines_free(grl_lines *lines);

/* Adds one line at once. False if memory runs out; nothing changes then. */
bool grl_lines_add(grl_lines *lines, size_t count, const double *points);

/* Which vertices of one line of `count` points to keep so that no other is further than `tolerance` from the
 * line through the kept ones (Douglas and Peucker 1973): sets keep[i] to 1 or 0. stack: room for 2 count
 * numbers. */
void grl_line_simplify(size_t count, const double *points, double tolerance, unsigned char *keep,
                       size_t *stack);

#endif
