/* outline.c: from pixels to polygons.
 *
 * Each side of a pixel of the part whose other side is not of the part is a directed edge with the part to its left.
 * At every corner of the lattice as many edges begin as end, so a walk along edges that turns left where it can,
 * and takes each once, closes. Vertices that are within TOLERANCE pixels of the line through their neighbours are
 * left out (Douglas and Peucker 1973): the stairs of a slanted border become straight. */
#include "draw/outline.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>

#define TOLERANCE 0.75

static const int step[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};

typedef struct outline {
    size_t corners;         /* on a side of the lattice */
    unsigned char *leaving; /* corners x corners: bit d: an edge leaves in direction d */
    double *points;         /* of one loop, in pixels */
    unsigned char *keep;
    size_t *stack;
} outline;

static int has(const grl_raster *r, int part, long x, long y)
{
    const long side = (long)r->side;
    return x >= 0 && y >= 0 && x < side && y < side && r->part[y * side + x] == part;
}

/* Marks the edges; returns how many there are. */
static size_t find_edges(outline *o, const grl_raster *r, int part)
{
    size_t count = 0;
    for (long y = 0; y < (long)r->side; y++)
        for (long x = 0; x < (long)r->side; x++) {
            if (!has(r, part, x, y)) continue;
            for (int d = 0; d < 4; d++) {
                /* Below, right, above, left of the pixel; the edge begins at that side's first corner. */
                static const int beside[4][2] = {{0, -1}, {1, 0}, {0, 1}, {-1, 0}};
                static const int corner[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
                if (has(r, part, x + beside[d][0], y + beside[d][1])) continue;
                o->leaving[(size_t)(y + corner[d][1]) * o->corners + (size_t)(x + corner[d][0])] |=
                    (unsigned char)(1u << d);
                count++;
            }
        }
    return count;
}

/* Walks one loop from a corner; returns its number of points, the first repeated at the end. */
static size_t walk(outline *o, size_t start)
{
    size_t at = start, count = 0;
    int direction = 0;
    while (o->leaving[at]) {
        int turn = direction + 1; /* left, straight, right */
        while (!(o->leaving[at] >> (turn & 3) & 1)) turn += 3;
        if (count == 0 || (turn & 3) != direction) {
            o->points[2 * count] = (double)(at % o->corners);
            o->points[2 * count++ + 1] = (double)(at / o->corners);
        }
        direction = turn & 3;
        o->leaving[at] &= (unsigned char)~(1u << direction);
        at = (size_t)((long)at + step[direction][1] * (long)o->corners + step[direction][0]);
    }
    o->points[2 * count] = (double)(start % o->corners);
    o->points[2 * count++ + 1] = (double)(start / o->corners);
    return count;
}

grl_status grl_outline_add(grl_canvas *canvas, const grl_axes *axes, const grl_raster *raster, int part,
                           grl_error *error)
{
    outline o = {.corners = raster->side + 1};
    const double w = axes->width / (double)raster->side, h = axes->height / (double)raster->side;
    grl_status status = GRL_OK;
    o.leaving = grl_calloc(o.corners * o.corners, 1);
    const size_t edges = o.leaving ? find_edges(&o, raster, part) : 0;
    o.points = grl_calloc(edges + 2, 2 * sizeof *o.points);
    o.keep = grl_calloc(edges + 2, 1);
    o.stack = grl_calloc(edges + 2, 2 * sizeof *o.stack);
    if (!o.leaving || !o.points || !o.keep || !o.stack) {
        status = grl_fail_memory(error, edges + o.corners * o.corners, 4);
        goto done;
    }
    for (size_t start = 0; start < o.corners * o.corners; start++) {
        if (!o.leaving[start]) continue;
        const size_t count = walk(&o, start);
        grl_line_simplify(count, o.points, TOLERANCE, o.keep, o.stack);
        for (size_t i = 0; i + 1 < count; i++)
            if (o.keep[i])
                cairo_line_to(canvas->cr, axes->left + w * o.points[2 * i],
                              axes->top + axes->height - h * o.points[2 * i + 1]);
        cairo_close_path(canvas->cr);
        cairo_new_sub_path(canvas->cr);
    }
done:
    free(o.leaving);
    free(o.points);
    free(o.keep);
    free(o.stack);
    return status;
}
