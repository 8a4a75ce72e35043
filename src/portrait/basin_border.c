/* basin_border.c: basins as the areas between computed curves.
 *
 * Where every fixed point is hyperbolic and saddles do not meet, basins are bounded by the stable manifolds
 * of saddles and by unstable cycles (and points). These curves and the border of the square make a plane
 * graph: its vertices are saddles, repelling points, places on the border and on cycles. Its faces are
 * walked with the face on the left (half-edges in their order about each vertex; de Berg et al. 2008, ch. 2);
 * parts that hang together nowhere with the rest are holes of the face around them.
 *
 * A face that touches a saddle between its two stable branches holds the unstable branch between them, and
 * with it belongs to that branch's attractor; every saddle of a face must say the same. Orbits do not leave a
 * face, so it has an attractor, and only one: the attractors that lie in a face confirm this, and tell faces
 * without a saddle.
 *
 * Areas are sums of (x dy - y dx) / 2 over edges. Chords of length d are off by O(d^2), so with F from all
 * points and C from every second one the value is F + (F - C) / 3 and its error at most about |F - C| / 3.
 *
 * What makes it fail: a limit set that is not known, or contradictions; then nothing is done. Faces below
 * 1e-9, where branches run along each other to rounding, are not questioned. */
#include "portrait/separatrix.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const double unquestioned = 1e-9, pi = 3.14159265358979323846;

typedef struct edge {
    size_t from, to; /* vertices */
    double angle[2]; /* of its two ends about their vertices, in any scale that sorts them */
    size_t count;
    double *points; /* count x 2 */
    double area, error;
    size_t branch; /* of a stable branch: its place; else SIZE_MAX */
    int rim;       /* on the border of the square */
} edge;

/* Half-edge 2e runs along edge e, 2e + 1 against it. */
typedef struct graph {
    size_t vertex_count, edge_count, edge_capacity;
    edge *edges;
    size_t *next; /* half-edges */
    size_t *ring; /* of each half-edge */
} graph;

typedef struct ring_of {
    size_t first; /* half-edge */
    double area, error;
    size_t part; /* the part of the graph that hangs together */
    size_t face; /* the ring that bounds the face from outside; SIZE_MAX: outside of the square */
    int outer;   /* this ring is that */
    size_t basin;
    int told;
} ring_of;

static double integral(const edge *e, size_t stride)
{
    double sum = 0;
    size_t last = 0;
    for (size_t i = 0; last + 1 < e->count; i = last) {
        last = i + stride < e->count ? i + stride : e->count - 1;
        const double *a = e->points + 2 * i, *b = e->points + 2 * last;
        sum += 0.5 * (a[0] * b[1] - a[1] * b[0]);
    }
    return sum;
}

/* Adds an edge along `count` points and, unless NULL, a last one. */
static grl_status add_edge(graph *g, size_t from, size_t to, const double *points, size_t count,
                           const double *last, edge **added, grl_error *error)
{
    if (!grl_grow((void **)&g->edges, &g->edge_capacity, g->edge_count, sizeof *g->edges))
        return grl_fail_memory(error, g->edge_count, sizeof *g->edges);
    edge *e = &g->edges[g->edge_count];
    *e = (edge){.from = from, .to = to, .branch = SIZE_MAX, .count = count + (last != NULL)};
    e->points = grl_calloc(e->count, 2 * sizeof *e->points);
    if (!e->points) return grl_fail_memory(error, e->count, 2 * sizeof *e->points);
    memcpy(e->points, points, 2 * count * sizeof *points);
    if (last) memcpy(e->points + 2 * count, last, 2 * sizeof *last);
    g->edge_count++;
    double fine = integral(e, 1), coarse = integral(e, 2);
    e->area = fine + (fine - coarse) / 3;
    e->error = fabs(fine - coarse) / 3;
    *added = e;
    return GRL_OK;
}

/* A vertex on a closed curve, at a place along it. */
typedef struct attached {
    double along;
    size_t vertex;
    double h[2];
} attached;

static int by_place(const void *a, const void *b)
{
    const attached *p = a, *q = b;
    return p->along < q->along ? -1 : p->along > q->along;
}

/* The border of the square, counter-clockwise from (-1, -1). */
static double along_border(const double h[2])
{
    if (h[1] <= -1) return h[0] + 1;
    if (h[0] >= 1) return 3 + h[1];
    if (h[1] >= 1) return 5 - h[0];
    return 7 - h[1];
}

static double along_cycle(const grl_closed_orbit *cycle, const double h[2], double place[2])
{
    double least = INFINITY, along = 0;
    for (size_t i = 0; i < cycle->count; i++) {
        const double *a = cycle->points + 2 * i, *b = cycle->points + 2 * ((i + 1) % cycle->count);
        double dx = b[0] - a[0], dy = b[1] - a[1], size2 = dx * dx + dy * dy;
        double s = size2 > 0 ? ((h[0] - a[0]) * dx + (h[1] - a[1]) * dy) / size2 : 0;
        s = s < 0 ? 0 : s > 0.999999 ? 0.999999 : s;
        double d = hypot(h[0] - a[0] - s * dx, h[1] - a[1] - s * dy);
        if (d < least) {
            least = d;
            along = (double)i + s;
            place[0] = a[0] + s * dx;
            place[1] = a[1] + s * dy;
        }
    }
    return along;
}

static int inside(size_t count, const double *points, const double h[2])
{
    int in = 0;
    for (size_t i = 0, k = count - 1; i < count; k = i++) {
        const double *a = points + 2 * k, *b = points + 2 * i;
        if ((a[1] > h[1]) != (b[1] > h[1]) && h[0] < (b[0] - a[0]) * (h[1] - a[1]) / (b[1] - a[1]) + a[0])
            in = !in;
    }
    return in;
}

/* Edges along a closed curve between the vertices on it, which are sorted. corners: a polygon's vertices. */
static grl_status close_curve(graph *g, size_t count, const attached *on, size_t corners,
                              const double *points, double step, int rim, grl_error *error)
{
    double *piece = grl_calloc(corners + 2, 2 * sizeof *piece);
    grl_status status = piece ? GRL_OK : grl_fail_memory(error, corners + 2, 2 * sizeof *piece);
    for (size_t k = 0; k < count && status == GRL_OK; k++) {
        const attached *a = &on[k], *b = &on[(k + 1) % count];
        double stop = b->along / step + (k + 1 < count ? 0 : (double)corners);
        size_t n = 0;
        edge *e;
        memcpy(piece, a->h, sizeof a->h);
        for (double i = floor(a->along / step) + 1; i < stop; i += 1) {
            size_t corner = (size_t)i % corners;
            memcpy(piece + 2 * ++n, points + 2 * corner, 2 * sizeof *points);
        }
        status = add_edge(g, a->vertex, b->vertex, piece, n + 1, b->h, &e, error);
        if (status == GRL_OK) {
            e->angle[0] = 0;
            e->angle[1] = pi;
            e->rim = rim;
        }
    }
    free(piece);
    return status;
}

/* One more vertex on a closed curve. */
static void attach(attached *on, size_t *count, double along, const double place[2], size_t vertex)
{
    on[*count] = (attached){.along = along, .vertex = vertex};
    memcpy(on[*count].h, place, sizeof on[*count].h);
    (*count)++;
}

/* Does another stable branch come from the limit set of this one? */
static int others_end_there(const grl_separatrices *s, size_t b)
{
    const grl_limit *own = &s->branches[b].limit;
    for (size_t k = 0; k < s->count; k++) {
        const grl_limit *limit = &s->branches[k].limit;
        if (k != b && s->branches[k].stable && limit->kind == own->kind && limit->which == own->which)
            return 1;
    }
    return 0;
}

/* Of the cycle that is a branch's limit set. */
static double length_of(const grl_separatrices *s, const grl_branch *branch)
{
    const grl_closed_orbit *cycle = &s->cycles[branch->limit.which];
    double length = 0;
    for (size_t i = 0; i < cycle->count; i++) {
        const double *p = cycle->points + 2 * i, *q = cycle->points + 2 * ((i + 1) % cycle->count);
        length += hypot(q[0] - p[0], q[1] - p[1]);
    }
    return length;
}

/* The edge of a stable branch. Vertices: fixed points first, then new ones. */
static grl_status add_branch(graph *g, const grl_plane *plane, const grl_separatrices *s, size_t b,
                             attached *on_rim, size_t *on_rim_count, attached *on_cycle,
                             size_t *on_cycle_count, grl_error *error)
{
    const grl_branch *branch = &s->branches[b];
    const double *end = branch->limit.place;
    const double *before = branch->points + 2 * (branch->count > 1 ? branch->count - 2 : 0);
    size_t to;
    double angle, place[2];
    const double *last = NULL;
    if (branch->limit.kind == GRL_LIMIT_POINT) {
        to = branch->limit.which;
        last = plane->spots[to].h;
        angle = atan2(end[1] - last[1], end[0] - last[0]);
    } else if (branch->limit.kind == GRL_LIMIT_BOUNDARY) {
        to = g->vertex_count++;
        double along = along_border(end);
        int side = (int)fmin(3, floor(along / 2));
        static const double direction[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
        const double *d = direction[side];
        double x = before[0] - end[0], y = before[1] - end[1];
        angle = fmin(pi - 1e-9, fmax(1e-9, atan2(d[0] * y - d[1] * x, d[0] * x + d[1] * y)));
        attach(on_rim, on_rim_count, along, end, to);
    } else {
        const grl_closed_orbit *cycle = &s->cycles[branch->limit.which];
        to = g->vertex_count++;
        double along = along_cycle(cycle, end, place), area = 0;
        for (size_t i = 0; i < cycle->count; i++) {
            const double *p = cycle->points + 2 * i, *q = cycle->points + 2 * ((i + 1) % cycle->count);
            area += p[0] * q[1] - p[1] * q[0];
        }
        int left = inside(cycle->count, cycle->points, branch->points) == (area > 0);
        angle = left ? pi / 2 : -pi / 2;
        attach(on_cycle, on_cycle_count, along, place, to);
        last = place;
    }
    edge *e;
    grl_status status = add_edge(g, branch->saddle, to, branch->points, branch->count, last, &e, error);
    if (status != GRL_OK) return status;
    e->branch = b;
    e->angle[0] = atan2(branch->direction[1], branch->direction[0]);
    e->angle[1] = angle;
    /* Rounds that are left out between its end and its limit matter if another branch goes the same way. */
    if (last && others_end_there(s, b)) {
        double r = hypot(end[0] - last[0], end[1] - last[1]);
        e->error += branch->limit.kind == GRL_LIMIT_POINT ? pi * r * r : r * length_of(s, branch);
    }
    return GRL_OK;
}

/* on: for the border of the square, and for each cycle, room for the vertices on it. */
static grl_status build(graph *g, const grl_plane *plane, const grl_separatrices *s, grl_error *error)
{
    static const double corners[] = {-1, -1, 1, -1, 1, 1, -1, 1};
    size_t most = s->count + 8, rim_count = 0, *cycle_counts = NULL;
    attached *on = grl_calloc(s->cycle_count + 1, most * sizeof *on), *rim = on;
    grl_status status = GRL_OK;
    cycle_counts = grl_calloc(s->cycle_count, sizeof *cycle_counts);
    if (!on || !cycle_counts) {
        status = grl_fail_memory(error, most, sizeof *on);
        goto done;
    }
    g->vertex_count = plane->portrait->count;
    for (size_t k = 0; k < 4; k++)
        rim[rim_count++] = (attached){
            .along = 2 * (double)k, .vertex = g->vertex_count++, .h = {corners[2 * k], corners[2 * k + 1]}};
    for (size_t b = 0; b < s->count && status == GRL_OK; b++) {
        const grl_limit *limit = &s->branches[b].limit;
        size_t c = limit->kind == GRL_LIMIT_CYCLE ? limit->which : 0;
        if (!s->branches[b].stable) continue;
        status = add_branch(g, plane, s, b, rim, &rim_count, on + (c + 1) * most,
                            s->cycle_count > 0 ? &cycle_counts[c] : NULL, error);
    }
    if (status != GRL_OK) goto done;
    qsort(rim, rim_count, sizeof *rim, by_place);
    status = close_curve(g, rim_count, rim, 4, corners, 2, 1, error);
    for (size_t c = 0; c < s->cycle_count && status == GRL_OK; c++) {
        const grl_closed_orbit *cycle = &s->cycles[c];
        attached *list = on + (c + 1) * most;
        if (cycle->stable) continue;
        if (cycle_counts[c] == 0) attach(list, &cycle_counts[c], 0, cycle->points, g->vertex_count++);
        qsort(list, cycle_counts[c], sizeof *list, by_place);
        status = close_curve(g, cycle_counts[c], list, cycle->count, cycle->points, 1, 0, error);
    }
done:
    free(on);
    free(cycle_counts);
    return status;
}

static size_t origin(const graph *g, size_t half)
{
    const edge *e = &g->edges[half / 2];
    return half % 2 ? e->to : e->from;
}

static double angle_of(const graph *g, size_t half)
{
    return g->edges[half / 2].angle[half % 2];
}

/* After arriving by `half`: the outgoing half-edge next clockwise from the way back. */
static size_t after(const graph *g, size_t half)
{
    size_t back = half ^ 1, best = back, first = back;
    double own = angle_of(g, back);
    for (size_t k = 0; k < 2 * g->edge_count; k++) {
        if (origin(g, k) != origin(g, back) || k == back) continue;
        double angle = angle_of(g, k);
        if (angle < own || (angle == own && k < back)) { /* the largest of the smaller ones */
            if (best == back || angle > angle_of(g, best) || (angle == angle_of(g, best) && k > best))
                best = k;
        }
        if (first == back || angle > angle_of(g, first) || (angle == angle_of(g, first) && k > first))
            first = k;
    }
    return best != back ? best : first;
}

static size_t root_of(size_t *parent, size_t v)
{
    while (parent[v] != v) v = parent[v] = parent[parent[v]];
    return v;
}

static size_t ring_points(const graph *g, size_t first, double *points)
{
    size_t count = 0, half = first;
    do {
        const edge *e = &g->edges[half / 2];
        for (size_t i = 0; i + 1 < e->count; i++) {
            const double *p = e->points + 2 * (half % 2 ? e->count - 1 - i : i);
            if (points) memcpy(points + 2 * count, p, 2 * sizeof *p);
            count++;
        }
        half = g->next[half];
    } while (half != first);
    return count;
}

/* Rings, which of them bound faces, and which are holes of which. */
static grl_status find_rings(graph *g, ring_of **rings, size_t *count, grl_ring **curves, grl_error *error)
{
    size_t halves = 2 * g->edge_count;
    size_t *parent = grl_calloc(g->vertex_count, sizeof *parent);
    ring_of *r = NULL;
    grl_ring *c = NULL;
    grl_status status = GRL_OK;
    *count = 0;
    g->next = grl_calloc(halves, sizeof *g->next);
    g->ring = grl_calloc(halves, sizeof *g->ring);
    *rings = r = grl_calloc(halves, sizeof *r);
    *curves = c = grl_calloc(halves, sizeof *c);
    if (!parent || !g->next || !g->ring || !r || !c) {
        status = grl_fail_memory(error, halves, sizeof *r);
        goto done;
    }
    for (size_t v = 0; v < g->vertex_count; v++) parent[v] = v;
    for (size_t e = 0; e < g->edge_count; e++)
        parent[root_of(parent, g->edges[e].from)] = root_of(parent, g->edges[e].to);
    for (size_t k = 0; k < halves; k++) {
        g->next[k] = after(g, k);
        g->ring[k] = SIZE_MAX;
    }
    for (size_t k = 0; k < halves; k++) {
        if (g->ring[k] != SIZE_MAX) continue;
        ring_of *ring = &r[*count];
        *ring = (ring_of){.first = k, .part = root_of(parent, origin(g, k)), .face = SIZE_MAX, .outer = 1};
        for (size_t half = k; g->ring[half] == SIZE_MAX; half = g->next[half]) {
            const edge *e = &g->edges[half / 2];
            g->ring[half] = *count;
            ring->area += half % 2 ? -e->area : e->area;
            ring->error += e->error;
        }
        grl_ring *curve = &c[(*count)++];
        curve->count = ring_points(g, k, NULL);
        curve->points = grl_calloc(curve->count, 2 * sizeof *curve->points);
        if (!curve->points) {
            status = grl_fail_memory(error, curve->count, 2 * sizeof *curve->points);
            goto done;
        }
        ring_points(g, k, curve->points);
    }
    /* Of each part the ring with the least area is its outside. */
    for (size_t i = 0; i < *count; i++) {
        size_t least = i;
        for (size_t k = 0; k < *count; k++)
            if (r[k].part == r[i].part && r[k].area < r[least].area) least = k;
        r[least].outer = 0;
    }
    for (size_t i = 0; i < *count; i++) {
        if (r[i].outer) r[i].face = i;
        if (r[i].outer || g->edges[r[i].first / 2].rim) continue;
        double smallest = INFINITY;
        for (size_t k = 0; k < *count; k++)
            if (r[k].outer && r[k].part != r[i].part && r[k].area < smallest &&
                inside(c[k].count, c[k].points, c[i].points)) {
                smallest = r[k].area;
                r[i].face = k;
            }
    }
done:
    free(parent);
    return status;
}

/* What the saddles on a ring say about its face. *fine = 0: contradiction. */
static grl_status ask_saddles(const graph *g, grl_separatrices *s, ring_of *rings, size_t ring, int *fine,
                              grl_error *error)
{
    ring_of *face = &rings[rings[ring].face];
    size_t half = rings[ring].first;
    do {
        size_t next = g->next[half], b = g->edges[next / 2].branch;
        if (b != SIZE_MAX && next % 2 == 0) {
            /* The face lies counter-clockwise of the branch on which the ring leaves the saddle. */
            const double *d = s->branches[b].direction;
            const grl_branch *unstable = &s->branches[b / 4 * 4 + 2];
            if (d[0] * unstable->direction[1] - d[1] * unstable->direction[0] < 0) unstable++;
            size_t basin;
            grl_status status = grl_basin_of(s, &unstable->limit, &basin, error);
            if (status != GRL_OK) return status;
            if (face->told && face->basin != basin && face->area > unquestioned) *fine = 0;
            face->basin = basin;
            face->told = 1;
        }
        half = next;
    } while (half != rings[ring].first);
    return GRL_OK;
}

/* Is a state inside a face: in its outer ring, and in none of its holes? Saturated states lie on the border of
 * the square, or beyond it by rounding. */
static int holds(const ring_of *rings, size_t count, const grl_ring *curves, size_t face, const double *at)
{
    const double most = 1 - 1e-12, h[2] = {fmax(-most, fmin(most, at[0])), fmax(-most, fmin(most, at[1]))};
    if (!inside(curves[face].count, curves[face].points, h)) return 0;
    for (size_t q = 0; q < count; q++)
        if (q != face && rings[q].face == face && inside(curves[q].count, curves[q].points, h)) return 0;
    return 1;
}

/* The attractors in a face: there must be one, the same that saddles told. *fine = 0: it is not so. */
static grl_status ask_attractors(const grl_plane *plane, grl_separatrices *s, ring_of *rings, size_t count,
                                 const grl_ring *curves, size_t ring, int *fine, grl_error *error)
{
    ring_of *face = &rings[ring];
    size_t found = 0, basin;
    grl_limit attractor = {0};
    for (size_t i = 0; i < plane->count; i++) {
        if (plane->spots[i].pull != 1 || !holds(rings, count, curves, ring, plane->spots[i].h)) continue;
        attractor = (grl_limit){.kind = GRL_LIMIT_POINT, .which = i};
        found++;
    }
    for (size_t c = 0; c < s->cycle_count; c++) {
        if (!s->cycles[c].stable || !holds(rings, count, curves, ring, s->cycles[c].points)) continue;
        attractor = (grl_limit){.kind = GRL_LIMIT_CYCLE, .which = c};
        found++;
    }
    if (found != 1) {
        if (face->area > unquestioned || !face->told) *fine = 0;
        return GRL_OK;
    }
    grl_status status = grl_basin_of(s, &attractor, &basin, error);
    if (face->told && basin != face->basin && face->area > unquestioned) *fine = 0;
    if (!face->told) face->basin = basin;
    face->told = 1;
    return status;
}

/* Every limit set is what a structurally stable flow has. */
static int regular(const grl_plane *plane, const grl_separatrices *s)
{
    if (!plane->portrait->complete) return 0;
    for (size_t i = 0; i < plane->portrait->count; i++)
        if (plane->spots[i].pull == GRL_SPOT_DEGENERATE) return 0;
    for (size_t b = 0; b < s->count; b++) {
        const grl_limit *limit = &s->branches[b].limit;
        int sign = s->branches[b].stable ? -1 : 1;
        if (limit->kind == GRL_LIMIT_UNDECIDED || (limit->kind == GRL_LIMIT_BOUNDARY && sign > 0)) return 0;
        if (limit->kind == GRL_LIMIT_POINT && plane->spots[limit->which].pull != sign) return 0;
    }
    return 1;
}

static grl_status hand_over(grl_separatrices *s, const ring_of *rings, size_t count, grl_ring *curves,
                            grl_error *error)
{
    s->rings = grl_calloc(count, sizeof *s->rings);
    if (!s->rings) return grl_fail_memory(error, count, sizeof *s->rings);
    for (size_t i = 0; i < count; i++) {
        if (!rings[i].outer) continue;
        for (size_t pass = 0; pass < 2; pass++)
            for (size_t k = 0; k < count; k++) {
                if (rings[k].face != i || (k == i) != (pass == 0)) continue;
                grl_basin *basin = &s->basins[rings[i].basin];
                basin->fraction += rings[k].area / 4;
                basin->error += rings[k].error / 4;
                s->rings[s->ring_count] = curves[k];
                s->rings[s->ring_count].basin = rings[i].basin;
                s->rings[s->ring_count++].hole = k != i;
                curves[k].points = NULL;
            }
    }
    s->basin_method = GRL_BASIN_BORDERS;
    return GRL_OK;
}

grl_status grl_basins_by_borders(const grl_plane *plane, grl_separatrices *s, int *done, grl_error *error)
{
    graph g = {0};
    ring_of *rings = NULL;
    grl_ring *curves = NULL;
    size_t count = 0;
    *done = 0;
    if (!regular(plane, s)) return GRL_OK;
    int fine = 1;
    grl_status status = build(&g, plane, s, error);
    if (status == GRL_OK) status = find_rings(&g, &rings, &count, &curves, error);
    for (size_t i = 0; i < count && status == GRL_OK; i++)
        if (rings[i].face != SIZE_MAX) status = ask_saddles(&g, s, rings, i, &fine, error);
    for (size_t i = 0; i < count && status == GRL_OK && fine; i++)
        if (rings[i].outer) status = ask_attractors(plane, s, rings, count, curves, i, &fine, error);
    if (status == GRL_OK && fine) {
        status = hand_over(s, rings, count, curves, error);
        *done = status == GRL_OK;
    }
    for (size_t i = 0; curves && i < count; i++) free(curves[i].points);
    for (size_t e = 0; e < g.edge_count; e++) free(g.edges[e].points);
    free(g.edges);
    free(g.next);
    free(g.ring);
    free(rings);
    free(curves);
    return status;
}
