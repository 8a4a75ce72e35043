/* transversal.h (internal): closed curves that every orbit into a point or a cycle crosses once. */
#ifndef GRL_PORTRAIT_TRANSVERSAL_H
#define GRL_PORTRAIT_TRANSVERSAL_H

#include <grulens/cycles.h>
#include <grulens/separatrices.h>

/* A place of a cycle, in the order of time in which the cycle attracts. */
typedef struct grl_station {
    double c[2], tangent[2]; /* unit vector along the motion */
    double curvature;        /* positive: bends to the left */
    double t, speed;
    double p, growth; /* the curve is at the distance level * p; derivative of ln p along the cycle */
} grl_station;

typedef struct grl_transversal {
    double h[2], V[3]; /* around a point: where V0 x^2 + 2 V1 x y + V2 y^2 is `level` */
    size_t count;      /* 0: around a point */
    grl_station *stations;
    double level;
    int side;          /* +1: to the left of the motion, -1: to the right */
    int anticlockwise; /* of the motion */
} grl_transversal;

/* That of a point is written down by the caller: the largest ellipse of a form that falls along orbits.
 *
 * On one side of a cycle. *fault: NULL, or a static clause that says why there is none; then there is nothing to free.
 * Else free with grl_transversal_free. */
grl_status grl_transversal_of_cycle(const grl_cell *autonomous, const grl_portrait *portrait, size_t which,
                                    int inside, grl_transversal *transversal, const char **fault,
                                    grl_error *error);
void grl_transversal_free(grl_transversal *transversal);

/* Negative: past it. Orbits go from positive to negative and never back. */
double grl_transversal_value(const grl_transversal *transversal, const double h[2]);

/* 0 to 1 along the curve, anticlockwise. */
double grl_transversal_phase(const grl_transversal *transversal, const double h[2]);

#endif
