/* bvp_arc.h: curves of solutions of a boundary value problem that has one scalar unknown more than conditions,
 * by pseudo-arclength. */
#ifndef GRL_BIFURCATION_BVP_ARC_H
#define GRL_BIFURCATION_BVP_ARC_H

#include "num/collocation.h"

/* How the last condition is chosen. */
typedef enum grl_bvp_arc_mode {
    GRL_ARC_ALONG, /* at a given arclength from `now` */
    GRL_ARC_FIXED, /* one scalar is given */
    GRL_ARC_CLOSED /* the problem brings all its conditions itself */
} grl_bvp_arc_mode;

typedef struct grl_bvp_arc {
    /* For the caller to fill. */
    grl_bvp problem;       /* with all integral conditions but the last one, unless GRL_ARC_CLOSED */
    bool periodic;         /* of the solution, for its mesh */
    const double *weights; /* parameters: of the squares of the scalars in the norm */
    double least, most;    /* numbers of intervals */
    double tolerance;      /* of Newton's corrections */
    double accuracy;       /* the mesh has E times this many intervals (grl_bvp_equidistribute) */
    void (*prepare)(void *context, const grl_bvp_solution *predicted); /* before each solution; or NULL */

    grl_bvp_solution now, next, tangent, next_tangent; /* tangents are of length 1 */
    grl_bvp_arc_mode mode;

    /* Inner. */
    grl_bvp_solver *solver;
    grl_bvp_solution predicted, spare;
    double *mesh, *room;
    size_t which;
    double target;
} grl_bvp_arc;

/* arc: filled as said; capacity: intervals that there is room for. Free with grl_bvp_arc_free. */
grl_status grl_bvp_arc_create(grl_bvp_arc *arc, size_t capacity, grl_error *error);
void grl_bvp_arc_free(grl_bvp_arc *arc);

/* Solves for `next` from `now`: at the arclength ds along the tangent; with scalar k equal to a value; as it
 * is. *size: of the correction, in the norm. False if Newton's method fails. */
bool grl_bvp_arc_along(grl_bvp_arc *arc, double ds, double *size);
bool grl_bvp_arc_fixed(grl_bvp_arc *arc, size_t k, double value, double *size);
/* Scalar 0, the period of an orbit that the first `components` functions are: it is slowed down where it is slow
 * (grl_bvp_slow_down). */
bool grl_bvp_arc_period(grl_bvp_arc *arc, size_t components, double period, double *size);
bool grl_bvp_arc_closed(grl_bvp_arc *arc, double *size);

/* `next` becomes `now`, on the same mesh (grl_bvp_arc_take) or on one that suits it. */
void grl_bvp_arc_take(grl_bvp_arc *arc);
void grl_bvp_arc_accept(grl_bvp_arc *arc);
void grl_bvp_arc_remesh(grl_bvp_arc *arc); /* of `now` */
void grl_bvp_arc_turn(grl_bvp_arc *arc);   /* the tangent of `now` points the other way */

double grl_bvp_arc_product(const grl_bvp_arc *arc, const grl_bvp_solution *a, const grl_bvp_solution *b);

#endif
