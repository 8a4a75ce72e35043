/* arc.h: one step along a curve of solutions of an extended system. */
#ifndef GRL_BIFURCATION_ARC_H
#define GRL_BIFURCATION_ARC_H

#include "bifurcation/extended.h"

typedef struct grl_arc {
    grl_extended *extended; /* borrowed */
    double *u, *tangent;    /* unknowns: where it is, and the direction of travel */
    double *border;         /* unknowns: tangent without the auxiliary unknowns */
    double *next;           /* unknowns: work */
    double *turned;         /* unknowns: work */
    double step;            /* length of the next step */
    double longest;         /* no step is longer */
    double determinant;     /* of the bordered system at u, see grl_extended; changes sign at branch points */
} grl_arc;

grl_status grl_arc_create(grl_extended *extended, double longest, grl_arc **arc, grl_error *error);
void grl_arc_free(grl_arc *arc); /* NULL is allowed */

/* Starts at u, which solves the system, in the direction that has a positive product with `towards` (unknowns
 * numbers; only h and t count). NULL: any direction. False where the curve has no unique tangent. */
bool grl_arc_start(grl_arc *arc, const double *u, const double *towards);

/* One step. False if even the shortest cannot be made; it is where it was then. */
bool grl_arc_advance(grl_arc *arc);

#endif
