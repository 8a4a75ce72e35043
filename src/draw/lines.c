/* lines.c: a growing set of polylines in the plane, and which of their vertices matter. */
#include "draw/lines.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void grl_lines_free(grl_lines *lines)
{
    free(lines->first);
    free(lines->points);
    *lines = (grl_lines){0};
}

bool grl_lines_add(grl_lines *lines, size_t count, const double *points)
{
    while (lines->first_capacity < lines->count + 2)
        if (!grl_grow((void **)&lines->first, &lines->first_capacity, lines->first_capacity,
                      sizeof *lines->first))
            return false;
    if (lines->points_capacity < lines->points_count + count) {
        size_t wanted = lines->points_count + count;
        if (wanted < 2 * lines->points_capacity) wanted = 2 * lines->points_capacity;
        double *grown = grl_resize(lines->points, wanted, 2 * sizeof *grown);
        if (!grown) return false;
        lines->points = grown;
        lines->points_capacity = wanted;
    }
    if (count > 0) memcpy(lines->points + 2 * lines->points_count, points, 2 * count * sizeof *points);
    lines->first[0] = 0;
    lines->points_count += count;
    lines->first[++lines->count] = lines->points_count;
    return true;
}

static double distance_to_segment(const double *p, const double *a, const double *b)
{
    double dx = b[0] - a[0], dy = b[1] - a[1], length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2 : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

void grl_line_simplify(size_t count, const double *points, double tolerance, unsigned char *keep,
                       size_t *stack)
{
    if (count == 0) return;
    memset(keep, 0, count);
    keep[0] = keep[count - 1] = 1;
    size_t depth = 0;
    stack[depth++] = 0;
    stack[depth++] = count - 1;
    while (depth > 0) {
        size_t last = stack[--depth], first = stack[--depth], worst = first;
        double most = tolerance;
        for (size_t i = first + 1; i < last; i++) {
            double d = distance_to_segment(points + 2 * i, points + 2 * first, points + 2 * last);
            if (d > most) {
                most = d;
                worst = i;
            }
        }
        if (worst == first) continue;
        keep[worst] = 1;
        stack[depth++] = first;
        stack[depth++] = worst;
        stack[depth++] = worst;
        stack[depth++] = last;
    }
}
