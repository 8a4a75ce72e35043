/* attract.h (internal): the attractors found so far, and where each trajectory stands. */
#ifndef GRL_PORTRAIT_ATTRACT_H
#define GRL_PORTRAIT_ATTRACT_H

#include "portrait/lyapunov.h"
#include "portrait/pool.h"

#include <grulens/attractors.h>

enum { GRL_APERIODIC = 6 }; /* at most so many tori and chaotic attractors are told apart */

/* Where a trajectory may end. */
typedef struct grl_target {
    grl_attractor_kind kind;
    size_t which;      /* as in grl_attractor */
    double *h;         /* point: n numbers, borrowed or, of an unlisted one, owned */
    int degenerate;    /* point: approached more slowly than exponentially */
    grl_lyapunov *far; /* curve, torus, chaos: owned */
    double rotation, rotation_error;
    double rate;   /* point: of the slowest approach, per unit of time */
    size_t starts; /* found so far */
} grl_target;

/* Where a trajectory stands. */
typedef struct grl_row {
    size_t target; /* GRL_ATTRACTOR_UNDECIDED: still moving */
    size_t nearest;
    double distance,
        before;     /* to the nearest target, now and at the last look; to that at the last round's end */
    int near;       /* consecutive looks at which it was within reach of the same target */
    int steady;     /* consecutive looks at which it came nearer to a point as its linear flow does */
    double settled; /* when it got its target */
    int asked;      /* how often it was looked at alone */
    int within[GRL_APERIODIC]; /* looks of a round at which it was near the samples of an aperiodic target */
} grl_row;

typedef struct grl_hunt_n {
    grl_system system;
    const grl_portrait *portrait;
    const grl_attractors_options *options;
    grl_attractors *result;
    grl_pool pool;
    grl_row *rows;
    size_t target_count, target_capacity;
    grl_target *targets;
    size_t aperiodic_count, aperiodic[GRL_APERIODIC]; /* targets */
    size_t closed_capacity;
    size_t kept, *order; /* targets that are attractors, in the order of the result */
    double time;         /* that the pool has run */
    double most;         /* operations for the pool, and as many for looks at single trajectories */
    double looked;       /* operations these have taken */
    int all;             /* 1: no row may be given up to spare effort */
} grl_hunt_n;

/* Follows all rows of the pool until each has a target, or time or operations are used up. */
grl_status grl_attract_follow(grl_hunt_n *hunt, grl_error *error);

/* Looks at one row alone: may add a target. */
grl_status grl_attract_identify(grl_hunt_n *hunt, size_t row, int thorough, grl_error *error);

/* Whether h is at a point or a closed orbit that is known, and at which; `wide`: 1, or how much farther off is still
 * there. */
int grl_attract_settles(const grl_hunt_n *hunt, const double *h, double wide, size_t *target);

/* A new target; *closed is taken over unless NULL. */
grl_status grl_attract_add(grl_hunt_n *hunt, grl_target target, grl_closed *closed, grl_error *error);

#endif
