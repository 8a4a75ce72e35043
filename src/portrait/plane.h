/* plane.h (internal): what is known of a planar flow before an orbit is followed: its field, its fixed points
 * with the neighbourhoods that hold orbits, and its known cycles with the sections through which orbits come
 * to them. */
#ifndef GRL_PORTRAIT_PLANE_H
#define GRL_PORTRAIT_PLANE_H

#include "cell/pair.h"

#include <grulens/cycles.h>
#include <grulens/separatrices.h>

/* A fixed point as an orbit meets it. */
typedef struct grl_spot {
    double h[2];
    double nearest;    /* distance to the next other point */
    int pull;          /* +1: attracts forward in time; -1: backward; 0: a saddle; GRL_SPOT_DEGENERATE */
    int centre;        /* a cycle may wind around it alone: its index is +1, or not known */
    double V[3];       /* V0 x^2 + 2 V1 x y + V2 y^2 falls along orbits of time `pull` below `level` */
    double level;      /* an orbit below is caught, and no cycle passes */
    double inner;      /* where the curve of a branch ends */
    double near, fast; /* degenerate: where its slow curve is recognised, and the other eigenvalue */
    double stable[2], unstable[2]; /* of a saddle: unit vectors */
} grl_spot;

enum { GRL_SPOT_DEGENERATE = 2 };

/* A section across a known cycle: h + u across. On side k (0: u < 0) orbits of time pull[k] that cross it at
 * |u| <= reach[k] come to the cycle. */
typedef struct grl_gate {
    double h[2], across[2], forward[2]; /* forward: along the flow, whatever the time of an orbit */
    int pull[2];                        /* 0: not known */
    double reach[2];
} grl_gate;

typedef struct grl_plane {
    const grl_cell *cell; /* without inputs */
    grl_pair pair;
    const grl_portrait *portrait;
    size_t count;
    grl_spot *spots;
    size_t gate_count;
    grl_gate *gates;
    double *angles;             /* room: for each spot, of the orbit that is followed */
    long long steps, max_steps; /* used, and allowed */
} grl_plane;

/* spacing: of curves' points. */
grl_status grl_plane_create(const grl_cell *autonomous, const grl_portrait *portrait, double spacing,
                            grl_plane *plane, grl_error *error);
void grl_plane_free(grl_plane *plane);

/* From now on orbits end at these cycles too, each under its place in the list. */
grl_status grl_plane_know_cycles(grl_plane *plane, const grl_cycles *cycles, grl_error *error);

/* V of a spot at h. */
double grl_spot_value(const grl_spot *spot, const double h[2]);

/* A place on the border of what a fixed point holds (not of a saddle), in the direction of an angle. */
void grl_spot_edge(const grl_spot *spot, double angle, double h[2]);

/* What holds an orbit at h? 1 and its place. `coarse`: near a degenerate point nothing is told apart. */
int grl_plane_caught(const grl_plane *plane, const double h[2], int sign, int coarse, size_t *by);

#endif
