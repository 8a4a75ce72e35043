/* map_crossings.c: where unstable branches cross stable ones.
 *
 * Segments of the stable branches are sorted into the cells of a grid; every segment of an unstable branch
 * is tried against those of its cells. Both curves leave a saddle there, so segments that touch it do not
 * count. A crossing at an angle of less than 1e-3 is left out: the curves are no nearer to their manifolds
 * than that tells. */
#include "portrait/map_branch.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS = 200 };
static const double least_angle = 1e-3;

typedef struct item {
    size_t branch, segment, next; /* next of the same cell, from 1; 0: none */
} item;

typedef struct grid {
    size_t *heads; /* CELLS x CELLS: places in items, from 1 */
    size_t count, capacity;
    item *items;
} grid;

static size_t cell_of(double h)
{
    double k = floor(0.5 * (h + 1) * CELLS);
    return k < 0 ? 0 : k >= CELLS ? CELLS - 1 : (size_t)k;
}

/* The cells that the box of a segment meets. */
static void cells_of(const double *a, size_t low[2], size_t high[2])
{
    for (int i = 0; i < 2; i++) {
        low[i] = cell_of(fmin(a[i], a[2 + i]));
        high[i] = cell_of(fmax(a[i], a[2 + i]));
    }
}

static grl_status insert(grid *g, size_t branch, size_t segment, const double *a, grl_error *error)
{
    size_t low[2], high[2];
    cells_of(a, low, high);
    for (size_t y = low[1]; y <= high[1]; y++)
        for (size_t x = low[0]; x <= high[0]; x++) {
            size_t *head = &g->heads[y * CELLS + x];
            if (!grl_grow((void **)&g->items, &g->capacity, g->count, sizeof *g->items))
                return grl_fail_memory(error, g->count + 1, sizeof *g->items);
            g->items[g->count] = (item){branch, segment, *head};
            *head = ++g->count;
        }
    return GRL_OK;
}

/* Where segments a and b cross: half open, so that a vertex counts once. */
static bool cross(const double *a, const double *b, double place[2], double *angle)
{
    double ux = a[2] - a[0], uy = a[3] - a[1], vx = b[2] - b[0], vy = b[3] - b[1], det = ux * vy - uy * vx;
    double size = hypot(ux, uy) * hypot(vx, vy);
    if (!(fabs(det) > least_angle * size)) return false;
    double wx = b[0] - a[0], wy = b[1] - a[1], s = (wx * vy - wy * vx) / det, t = (wx * uy - wy * ux) / det;
    if (!(s >= 0 && s < 1 && t >= 0 && t < 1)) return false;
    place[0] = a[0] + s * ux;
    place[1] = a[1] + s * uy;
    *angle = asin(fmin(1, fabs(det) / size));
    return true;
}

static void look(grl_map_manifolds *m, const grid *g, size_t u, size_t segment)
{
    const double *a = m->branches[u].points + 2 * segment;
    size_t low[2], high[2];
    cells_of(a, low, high);
    for (size_t y = low[1]; y <= high[1]; y++)
        for (size_t x = low[0]; x <= high[0]; x++)
            for (size_t at = g->heads[y * CELLS + x]; at != 0; at = g->items[at - 1].next) {
                const item *it = &g->items[at - 1];
                grl_map_crossing c = {.unstable = u, .stable = it->branch};
                if (!cross(a, m->branches[it->branch].points + 2 * it->segment, c.place, &c.angle)) continue;
                /* A pair of segments may share several cells. */
                if (cell_of(c.place[0]) != x || cell_of(c.place[1]) != y) continue;
                if (m->crossing_count < GRL_MAP_CROSSINGS) m->crossings[m->crossing_count] = c;
                m->crossing_count++;
            }
}

grl_status grl_map_crossings_find(grl_map_manifolds *m, grl_error *error)
{
    grid g = {0};
    grl_status status = GRL_OK;
    g.heads = grl_calloc((size_t)CELLS * CELLS, sizeof *g.heads);
    m->crossings = grl_calloc(GRL_MAP_CROSSINGS, sizeof *m->crossings);
    if (!g.heads || !m->crossings) {
        status = grl_fail_memory(error, (size_t)CELLS * CELLS, sizeof *g.heads);
        goto done;
    }
    for (size_t b = 0; b < m->count && status == GRL_OK; b++)
        for (size_t i = 1; m->branches[b].stable && i + 1 < m->branches[b].count && status == GRL_OK; i++)
            status = insert(&g, b, i, m->branches[b].points + 2 * i, error);
    for (size_t b = 0; b < m->count && status == GRL_OK; b++)
        for (size_t i = 1; !m->branches[b].stable && i + 1 < m->branches[b].count; i++) look(m, &g, b, i);
done:
    free(g.heads);
    free(g.items);
    return status;
}
