/* map_manifolds.h: the one-dimensional invariant manifolds of the saddles of the map h+ = h + dt f(h) of two
 * units, where they go, and where stable and unstable ones cross. docs/methods.md has the methods.
 *
 * The map need not be invertible. Its unstable manifolds are images and may cross themselves; its stable
 * sets may consist of many pieces, of which those that hang together with the saddle are followed. */
#ifndef GRULENS_MAP_MANIFOLDS_H
#define GRULENS_MAP_MANIFOLDS_H

#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_map_end {
    GRL_MAP_END_LENGTH,   /* max_length was reached */
    GRL_MAP_END_POINT,    /* it comes to a fixed point; of a stable branch: from there */
    GRL_MAP_END_ORBIT,    /* unstable branches: it comes to a periodic orbit */
    GRL_MAP_END_BOUNDARY, /* stable branches: the border of the square, which the map enters everywhere */
    GRL_MAP_END_SADDLE,   /* stable branches: folded so that its image runs back over the saddle */
    GRL_MAP_END_LOST,     /* no next point was found, as where it winds to what is no fixed point */
    GRL_MAP_END_STEPS     /* a limit of work came first */
} grl_map_end;

const char *grl_map_end_name(grl_map_end end); /* "length" */

/* Where the states on an unstable branch go in the end. */
typedef enum grl_map_limit {
    GRL_MAP_LIMIT_UNDECIDED,
    GRL_MAP_LIMIT_POINT,
    GRL_MAP_LIMIT_ORBIT
} grl_map_limit;

/* One half of a manifold: it leaves the saddle along `direction`. */
typedef struct grl_map_branch {
    size_t saddle;       /* its place in the portrait */
    int stable;          /* 1: of the stable set */
    int side;            /* +1 or -1; the eigenvector's larger coordinate is positive on side +1 */
    double multiplier;   /* negative: a step of the map takes this branch to the one on the other side */
    double direction[2]; /* unit vector */
    size_t count;
    double *points; /* count x 2, from the saddle on; neighbours are at most `spacing` apart */
    double length;
    /* How often det D(map) changes its sign along the branch: where it does, the map folds the plane. */
    size_t folds;
    grl_map_end end;
    size_t point; /* GRL_MAP_END_POINT and GRL_MAP_LIMIT_POINT: its place in the portrait */
    /* Unstable branches: of the last point, under further steps of the map. */
    grl_map_limit limit;
    size_t period; /* of GRL_MAP_LIMIT_ORBIT, at most 64 */
} grl_map_branch;

/* A place where an unstable branch crosses a stable one: the unstable states there come (back) to a saddle.
 */
typedef struct grl_map_crossing {
    size_t unstable, stable; /* branches */
    double place[2];
    double angle; /* between them, 0 to pi/2 */
} grl_map_crossing;

enum { GRL_MAP_CROSSINGS = 1000 }; /* at most so many are kept */

typedef struct grl_map_manifolds {
    double dt;
    /* Four for each saddle that is followed, in the order of the points: stable +1, -1, unstable +1, -1. */
    size_t count;
    grl_map_branch *branches;
    size_t skipped; /* saddles with a multiplier too close to 1 or -1: their manifolds could not be started */
    /* All that were found on the followed lengths; the first GRL_MAP_CROSSINGS are kept. */
    size_t crossing_count;
    grl_map_crossing *crossings;
} grl_map_manifolds;

typedef struct grl_map_options {
    double spacing;      /* largest distance of neighbouring points; default 0.005 */
    double max_length;   /* of a branch; default 20 */
    long long max_steps; /* of the map for one branch; default 1,000,000 */
} grl_map_options;

grl_map_options grl_map_manifold_defaults(void);

/* Of the map of a two-unit cell at constant input x (m numbers; NULL is zero), whose portrait was computed
 * for the same cell, input and dt with GRL_DISCRETE; GRL_BAD_INPUT for a flow or another number of units.
 * `options` may be NULL. Free with grl_map_manifolds_free, or hand the result over to
 * portrait->map_manifolds. */
grl_status grl_map_manifolds_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                                     const grl_map_options *options, grl_map_manifolds **manifolds,
                                     grl_error *error);
void grl_map_manifolds_free(grl_map_manifolds *manifolds); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
