/* raster.c: which points of the plane of two parameters are joined by a path that crosses no curve.
 *
 * Curves are drawn as walls into a square of pixels by Bresenham's lines (1965), which are connected by sides and
 * corners; parts are filled through sides alone, so they cannot leak through a wall. Depth is the number of steps
 * through sides and corners from a wall or the border. */
#include "bifurcation/regions.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { EMPTY = -1, WALL = -2 };

void grl_raster_free(grl_raster *raster)
{
    free(raster->part);
    free(raster->size);
    free(raster->inner);
    free(raster->depth);
    memset(raster, 0, sizeof *raster);
}

static int in_raster(const grl_raster *r, long x, long y)
{
    return x >= 0 && y >= 0 && x < (long)r->side && y < (long)r->side;
}

static size_t pixel(const grl_raster *r, long x, long y)
{
    return (size_t)y * r->side + (size_t)x;
}

int grl_raster_part(const grl_raster *raster, const double p[2])
{
    long at[2];
    for (int k = 0; k < 2; k++) {
        const double t = (p[k] - raster->low[k]) / (raster->high[k] - raster->low[k]);
        if (!(t >= 0 && t <= 1)) return -1;
        at[k] = (long)fmin(floor(t * (double)raster->side), (double)raster->side - 1);
    }
    return raster->part[pixel(raster, at[0], at[1])];
}

/* Curves at which the portrait does not change are no walls. */
static int is_wall(grl_special_type type)
{
    return type != GRL_NEUTRAL_SADDLE;
}

static void draw_line(grl_raster *r, const double *from, const double *to)
{
    long a[2], b[2];
    double t[2][2], first = 0, last = 1;
    /* Clipped to the square and a little more, so that coordinates are small numbers (Liang and Barsky 1984). */
    for (int k = 0; k < 2; k++) {
        const double scale = (double)r->side / (r->high[k] - r->low[k]);
        t[0][k] = (from[k] - r->low[k]) * scale;
        t[1][k] = (to[k] - r->low[k]) * scale;
        const double step = t[1][k] - t[0][k], low = (-1 - t[0][k]) / step,
                     high = ((double)r->side + 1 - t[0][k]) / step;
        if (step == 0 && !(t[0][k] >= -1 && t[0][k] <= (double)r->side + 1)) return;
        if (step == 0) continue;
        first = fmax(first, fmin(low, high));
        last = fmin(last, fmax(low, high));
    }
    if (!(first <= last)) return;
    for (int k = 0; k < 2; k++) {
        const double step = t[1][k] - t[0][k];
        a[k] = (long)floor(t[0][k] + first * step);
        b[k] = (long)floor(t[0][k] + last * step);
    }
    const long dx = labs(b[0] - a[0]), dy = -labs(b[1] - a[1]), sx = a[0] < b[0] ? 1 : -1,
               sy = a[1] < b[1] ? 1 : -1;
    for (long error = dx + dy;;) {
        if (in_raster(r, a[0], a[1])) r->part[pixel(r, a[0], a[1])] = WALL;
        if (a[0] == b[0] && a[1] == b[1]) return;
        const long twice = 2 * error;
        if (twice >= dy) {
            error += dy;
            a[0] += sx;
        }
        if (twice <= dx) {
            error += dx;
            a[1] += sy;
        }
    }
}

/* Fills the part that a pixel is in; queue: room for all pixels. */
static void fill(grl_raster *r, size_t start, int part, size_t *queue)
{
    static const long step[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    size_t head = 0, tail = 0;
    queue[tail++] = start;
    r->part[start] = part;
    while (head < tail) {
        const size_t at = queue[head++];
        const long x = (long)(at % r->side), y = (long)(at / r->side);
        for (int k = 0; k < 4; k++) {
            const long nx = x + step[k][0], ny = y + step[k][1];
            if (!in_raster(r, nx, ny) || r->part[pixel(r, nx, ny)] != EMPTY) continue;
            r->part[pixel(r, nx, ny)] = part;
            queue[tail++] = pixel(r, nx, ny);
        }
    }
    r->size[part] = tail;
}

/* Depths from the walls inwards; afterwards walls belong to a part beside them. */
static void measure(grl_raster *r, size_t *queue)
{
    const size_t pixels = r->side * r->side;
    size_t head = 0, tail = 0;
    for (size_t at = 0; at < pixels; at++) {
        const size_t x = at % r->side, y = at / r->side;
        const int border = x == 0 || y == 0 || x + 1 == r->side || y + 1 == r->side;
        r->depth[at] = r->part[at] == WALL ? 0 : border ? 1 : -1;
        if (r->depth[at] == 0) queue[tail++] = at;
    }
    for (size_t at = 0; at < pixels; at++)
        if (r->depth[at] == 1) queue[tail++] = at;
    for (size_t k = 0; k < r->count; k++) r->inner[k] = SIZE_MAX;
    while (head < tail) {
        const size_t at = queue[head++];
        const long x = (long)(at % r->side), y = (long)(at / r->side);
        if (r->part[at] >= 0) r->inner[r->part[at]] = at; /* the last one is the deepest */
        for (long dy = -1; dy <= 1; dy++)
            for (long dx = -1; dx <= 1; dx++) {
                if (!in_raster(r, x + dx, y + dy) || r->depth[pixel(r, x + dx, y + dy)] >= 0) continue;
                r->depth[pixel(r, x + dx, y + dy)] = r->depth[at] + 1;
                queue[tail++] = pixel(r, x + dx, y + dy);
            }
    }
}

/* Walls become part of what is beside them, from the parts outwards. */
static void spread(grl_raster *r, size_t *queue)
{
    size_t head = 0, tail = 0;
    for (size_t at = 0; at < r->side * r->side; at++)
        if (r->part[at] >= 0) queue[tail++] = at;
    while (head < tail) {
        const size_t at = queue[head++];
        const long x = (long)(at % r->side), y = (long)(at / r->side);
        for (long dy = -1; dy <= 1; dy++)
            for (long dx = -1; dx <= 1; dx++) {
                if (!in_raster(r, x + dx, y + dy) || r->part[pixel(r, x + dx, y + dy)] != WALL) continue;
                r->part[pixel(r, x + dx, y + dy)] = r->part[at];
                queue[tail++] = pixel(r, x + dx, y + dy);
            }
    }
    for (size_t at = 0; at < r->side * r->side; at++)
        if (r->part[at] == WALL) r->part[at] = -1;
}

grl_status grl_raster_make(const grl_diagram *diagram, const double low[2], const double high[2], size_t side,
                           grl_raster *raster, grl_error *error)
{
    const size_t pixels = side * side;
    size_t *queue = grl_calloc(pixels, sizeof *queue);
    memset(raster, 0, sizeof *raster);
    raster->side = side;
    memcpy(raster->low, low, sizeof raster->low);
    memcpy(raster->high, high, sizeof raster->high);
    raster->part = grl_calloc(pixels, sizeof *raster->part);
    raster->depth = grl_calloc(pixels, sizeof *raster->depth);
    raster->size = grl_calloc(pixels, sizeof *raster->size); /* no more parts than pixels */
    raster->inner = grl_calloc(pixels, sizeof *raster->inner);
    if (!queue || !raster->part || !raster->depth || !raster->size || !raster->inner) {
        free(queue);
        return grl_fail_memory(error, pixels, 4 * sizeof *queue);
    }
    for (size_t at = 0; at < pixels; at++) raster->part[at] = EMPTY;
    for (size_t k = 0; k < diagram->curve_count; k++) {
        const grl_curve *c = &diagram->curves[k];
        for (size_t i = 0; is_wall(c->type) && i + 1 < c->count; i++)
            draw_line(raster, c->p + 2 * i, c->p + 2 * i + 2);
    }
    for (size_t at = 0; at < pixels; at++)
        if (raster->part[at] == EMPTY) fill(raster, at, (int)raster->count++, queue);
    measure(raster, queue);
    spread(raster, queue);
    free(queue);
    return GRL_OK;
}
