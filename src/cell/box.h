/* box.h (internal): proofs about the fixed points of small networks in boxes of pre-activations, many boxes
 * at a time.
 *
 * A fixed point h = tanh(a) solves G(a) = a - F(a) = 0 with
 *
 *     F(a) = U_h (r * h) + b_h             reset before
 *     F(a) = b_h + r * (U_h h + c_h)       reset after,      r = sigma(U_r h + b_r), h = tanh(a)
 *
 * One step takes a box A and (1) shrinks it to A intersected with an enclosure of F(A), since a fixed point
 * has a = F(a); (2) applies Krawczyk's operator (Krawczyk 1969; Moore 1977; Neumaier 1990, theorem 5.1.8) on
 * a slightly larger box D:
 *
 *     K = c - Y G(c) + (I - Y G'(D)) (D - c),   Y ~ G'(c)^-1
 *
 * Every zero in D lies in K. If K is inside the interior of D there is exactly one zero in D; if K misses A
 * there is none in A. D is larger than A so that a zero on the border between two boxes is found from one of
 * them at least.
 *
 * Lanes: GRL_LANES boxes, each with the numbers of its own network, are treated at once, in arrays whose last
 * index is the lane.
 *
 * Rounding. All arithmetic rounds to nearest; what it can lose is bounded once for each network
 * (grl_box_load) by absolute bounds e_*, since |h| <= 1 and 0 <= r <= 1 bound every intermediate result by
 * sums S of absolute weights. The derivations are beside the code in box.c and box_isa.c. */
#ifndef GRL_CELL_BOX_H
#define GRL_CELL_BOX_H

#include "num/kernels.h"

#include <grulens/cell.h>

enum { GRL_BOX_UNITS = 6, GRL_LANES = 16 };

typedef enum grl_verdict { GRL_BOX_EMPTY, GRL_BOX_OPEN, GRL_BOX_PROVEN } grl_verdict;

typedef double grl_lanes[GRL_LANES];

typedef struct grl_box_batch {
    int n, after; /* the same for all lanes */

    /* Each lane's network and its bounds on rounding errors. */
    grl_lanes U_r[GRL_BOX_UNITS][GRL_BOX_UNITS], U_h[GRL_BOX_UNITS][GRL_BOX_UNITS];
    grl_lanes b_r[GRL_BOX_UNITS], b_h[GRL_BOX_UNITS], c_h[GRL_BOX_UNITS];
    grl_lanes e_r[GRL_BOX_UNITS]; /* of U_r h + b_r */
    grl_lanes e_v[GRL_BOX_UNITS]; /* of U_h h + c_h, reset after */
    grl_lanes e_f[GRL_BOX_UNITS]; /* of F over a box, given enclosures of what it is made of */
    grl_lanes e_c[GRL_BOX_UNITS]; /* of G at a point */
    grl_lanes e_m[GRL_BOX_UNITS]; /* of the entries of row i of F' */

    grl_lanes lo[GRL_BOX_UNITS], hi[GRL_BOX_UNITS]; /* in: the box A; out: what is left of it */

    /* Out: encloses tanh over the old box, a little enlarged. */
    grl_lanes h_lo[GRL_BOX_UNITS], h_hi[GRL_BOX_UNITS];

    /* Out, if proven: root encloses the zero, alone is D, where it is the only one. */
    grl_lanes root_lo[GRL_BOX_UNITS], root_hi[GRL_BOX_UNITS];
    grl_lanes alone_lo[GRL_BOX_UNITS], alone_hi[GRL_BOX_UNITS];

    /* Out: the part of Krawczyk's radius that is due to rounding; a smaller box cannot be proven. */
    grl_lanes blur[GRL_BOX_UNITS];

    /* Out: 1 if G varies over the box by less than rounding blurs it, and so over every part of the box:
     * nothing more can be decided there. */
    grl_lanes flat;

    grl_lanes verdict; /* out: grl_verdict as a number */
} grl_box_batch;

/* Puts a network (m = 0, n = batch->n) into one lane. */
void grl_box_load(grl_box_batch *batch, int lane, const grl_cell *cell);

/* A box that contains every fixed point's pre-activation: bound[i] >= |a_i|. */
void grl_box_bound(const grl_cell *cell, double *bound);

/* One step on all lanes, on the best instruction set; or on a given one (NULL if it does not run here). */
typedef void grl_box_step_function(grl_box_batch *batch);
grl_box_step_function *grl_box_step(grl_isa isa);

#endif
