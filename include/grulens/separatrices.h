/* separatrices.h: the invariant manifolds of the saddles of a two-unit flow, where they go, which of them
 * (nearly) join, and the basins of attraction that they separate. docs/methods.md has the methods. */
#ifndef GRULENS_SEPARATRICES_H
#define GRULENS_SEPARATRICES_H

#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_limit_kind {
    GRL_LIMIT_UNDECIDED, /* a limit of steps or length came first */
    GRL_LIMIT_POINT,     /* a fixed point */
    GRL_LIMIT_CYCLE,     /* a closed orbit */
    GRL_LIMIT_BOUNDARY   /* backwards in time: the border of the square, which the flow enters everywhere */
} grl_limit_kind;

/* Where an orbit goes. */
typedef struct grl_limit {
    grl_limit_kind kind;
    size_t which;    /* POINT: its place in the portrait; CYCLE: its place among the separatrices' cycles */
    double place[2]; /* the last state; on the border that place */
} grl_limit;

/* One half of an invariant manifold of a saddle: it leaves the saddle along `direction`. */
typedef struct grl_branch {
    size_t saddle;       /* its place in the portrait */
    int stable;          /* 1: of the stable manifold, followed backwards in time */
    int side;            /* +1 or -1; the eigenvector's larger coordinate is positive on side +1 */
    double direction[2]; /* unit vector */
    size_t count;
    double *points; /* count x 2, from the saddle on, evenly spaced by arc length but for the last one */
    double length;  /* of the arc, up to where it was followed */
    grl_limit limit;
} grl_branch;

/* An unstable branch that comes back to a saddle's stable branch, or nearly so. Both cross the section,
 * which is the line parallel to the unstable eigenvector of `to`, on the stable branch's side, at the
 * distance `distance` from `to` along the stable eigenvector; the gap is measured along the section. */
typedef struct grl_connection {
    size_t from, to; /* saddles; the same one: homoclinic */
    int from_side;   /* of the unstable branch of `from` */
    int to_side;     /* of the stable branch of `to` */
    double gap;      /* unstable minus stable; positive: passes on side +1 of the unstable manifold of `to` */
    double distance;
} grl_connection;

/* A limit cycle. */
typedef struct grl_closed_orbit {
    int stable;
    double period;
    size_t count;
    double *
        points; /* count x 2, along the flow, evenly spaced but for the last gap; the first is not repeated */
} grl_closed_orbit;

typedef struct grl_basin {
    grl_limit attractor; /* POINT or CYCLE; UNDECIDED: what could not be told */
    double fraction;     /* of the area of the square (-1,1)^2 */
    double error;        /* estimate: of the borders' computation, or one standard error of the sampling */

    /* The slowest place in the basin that is not beside a fixed point: the least local minimum of the speed |f|
     * below a tenth of the median speed. slow_speed: NaN if there is none. */
    double slow[2], slow_speed;
    double slow_time; /* that the orbit through it takes while its speed is less than twice that */
} grl_basin;

/* A closed curve that bounds a part of a basin; holes follow the ring that they are in. */
typedef struct grl_ring {
    size_t basin;
    int hole;
    size_t count;
    double *points; /* count x 2; the first is not repeated */
} grl_ring;

typedef enum grl_basin_method {
    GRL_BASIN_NONE,    /* not computed */
    GRL_BASIN_BORDERS, /* the areas between the computed manifolds and unstable cycles */
    GRL_BASIN_SAMPLES  /* starts spread evenly: where something is degenerate, undecided or not complete */
} grl_basin_method;

typedef struct grl_separatrices {
    size_t count; /* four for each saddle, in the order of the points: stable +1, -1, unstable +1, -1 */
    grl_branch *branches; /* their places are in the portrait that was given */
    size_t undecided;     /* branches whose limit set is not known */
    double gap_tolerance;
    size_t connection_count;
    grl_connection *connections; /* whose gap is at most the tolerance */
    /* Those of portrait->cycles, or of grl_cycles_compute if the portrait has none, in that order. */
    size_t cycle_count;
    grl_closed_orbit *cycles;
    grl_basin_method basin_method;
    size_t basin_count;
    grl_basin *basins; /* by falling area */
    size_t samples;    /* starts that were followed for the basins */
    size_t ring_count;
    grl_ring *rings; /* of GRL_BASIN_BORDERS */
} grl_separatrices;

typedef struct grl_separatrix_options {
    double spacing;       /* of a branch's points; default 0.005 */
    double max_length;    /* of a branch; default 100 */
    double gap_tolerance; /* default 1e-6 */
    int basins;           /* default 1 */
    /* A branch that winds onto its limit set ends where its rounds are closer than this; default 0.004. */
    double closest;
} grl_separatrix_options;

grl_separatrix_options grl_separatrix_defaults(void);

/* Of the flow of a two-unit cell at constant input x (m numbers; NULL is zero), whose portrait was computed
 * for the same cell and input; GRL_BAD_INPUT for a map or another number of units. `options` may be NULL.
 * Free with grl_separatrices_free, or hand the result over to portrait->separatrices. */
grl_status grl_separatrices_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                                    const grl_separatrix_options *options, grl_separatrices **separatrices,
                                    grl_error *error);
void grl_separatrices_free(grl_separatrices *separatrices); /* NULL is allowed */

/* The local expansion from which a branch starts: h + s v + s^2 c, with v the unit eigenvector and c along
 * the other one, so that the curve is within O(s^3) of the manifold (Kuznetsov 2004, ch. 5). */
grl_status grl_separatrix_seed(const grl_cell *cell, const double *x, const grl_fixed_point *saddle,
                               int stable, double s, double h[2], grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
