/* attractors.h: where random starts end: fixed points, cycles, tori, chaos; their Lyapunov exponents, closed
 * orbits with all multipliers, and the unstable manifolds of saddles. Flow and map, any number of units.
 *
 * Everything here is sampled and computed, nothing is proven: attractors with small basins may be missed, and
 * what could not be decided is counted. docs/methods.md has the equations and the sources. */
#ifndef GRULENS_ATTRACTORS_H
#define GRULENS_ATTRACTORS_H

#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_attractor_kind {
    GRL_ATTRACTOR_POINT, /* a fixed point */
    GRL_ATTRACTOR_CYCLE, /* flow: a limit cycle; map: a periodic orbit of period 2 or more */
    GRL_ATTRACTOR_CURVE, /* map: quasi-periodic with one exponent zero: an invariant curve, or several */
    GRL_ATTRACTOR_TORUS, /* quasi-periodic with two or more exponents zero */
    GRL_ATTRACTOR_CHAOS  /* the largest exponent is positive by more than its error */
} grl_attractor_kind;

const char *grl_attractor_kind_name(grl_attractor_kind kind); /* "point" */

/* A closed orbit: a limit cycle of the flow, or a periodic orbit of the map. */
typedef struct grl_closed {
    double period;         /* flow: time; map: steps */
    double error;          /* estimate of the error of the period (flow) and of the points */
    double residual;       /* largest gap between the pieces of the orbit */
    int stable;            /* 1: all multipliers lie inside the unit circle */
    int unstable;          /* how many lie outside */
    int nearly_degenerate; /* 1: a multiplier is within 0.001 of the unit circle */
    size_t multiplier_count;
    double *
        multipliers; /* pairs (re, im), by falling modulus; flow: n - 1, without the 1 along the orbit; map: n */
    double *exponents; /* log |multiplier| per unit of time, also where the multiplier underflows */
    double trivial;    /* flow: how far the multiplier along the orbit is from 1, a check */
    double
        divergence; /* mean of the sum of all exponents: flow: of div f along the orbit; map: of log |det| */
    double multiplier_error; /* |sum of the exponents - divergence| x period, a check */
    double *low, *high;      /* n: the range of each unit */
    size_t count;
    double *points; /* count x (1 + n): time and state; flow: the last is the first again */
} grl_closed;

typedef struct grl_attractor {
    grl_attractor_kind kind;
    size_t which;  /* point: in the portrait's list, or GRL_ATTRACTOR_UNLISTED; cycle: in `closed` */
    size_t starts; /* how many of the starts ended here */
    double fraction, low, high; /* of the starts, and the interval of Wilson at `confidence` */
    size_t exponents;           /* how many Lyapunov exponents are known; the first are the largest */
    double *lyapunov;           /* per unit of time, by falling size */
    double
        *lyapunov_error; /* half the width of a 95 % interval of each; 0 where it follows from a spectrum */
    double kaplan_yorke; /* dimension; NaN where too few exponents are known */
    double rotation; /* curve: rotation number, mean turn a step in the plane of largest extent; else NaN */
    double rotation_error;
    double time;   /* curve, torus, chaos: over which the exponents were averaged */
    double *h;     /* n: a state on it, or near it */
    double *range; /* 2n: low and high of each unit; NULL: a point */
} grl_attractor;

#define GRL_ATTRACTOR_UNLISTED  ((size_t)-1) /* a point that the portrait does not list */
#define GRL_ATTRACTOR_UNDECIDED ((size_t)-1) /* no attractor is known for it */

/* One trajectory on the unstable manifold of a saddle. */
typedef struct grl_unstable_branch {
    size_t attractor; /* in `items`, or GRL_ATTRACTOR_UNDECIDED */
    double angle;     /* one direction: 0 and pi; two: in their plane */
    size_t count;     /* 0 for more than GRL_BRANCH_UNITS units */
    double *points;   /* count x (1 + n) */
} grl_unstable_branch;

enum { GRL_BRANCH_UNITS = 16 };

typedef struct grl_unstable_manifold {
    size_t saddle; /* in the portrait's list */
    int dimension; /* 1 or 2 */
    size_t count;  /* 2 branches, or a ring of trajectories */
    grl_unstable_branch *branches;
} grl_unstable_manifold;

typedef struct grl_attractors {
    size_t hidden_size;
    grl_time time;
    double dt;
    size_t starts;    /* drawn uniformly from the cube (-1, 1)^n */
    size_t undecided; /* of these, how many ended nowhere that could be told */
    double undecided_low, undecided_high;
    double confidence;      /* of the intervals: 0.95 */
    const char *stopped_by; /* "done"; "time": some starts had not settled; "effort": the operations were used
                               up. Static storage */
    double longest;         /* time over which starts were followed at most */
    size_t count;
    grl_attractor *items; /* by falling number of starts */
    size_t closed_count;
    grl_closed *closed; /* attracting ones, and unstable ones that were met; never complete */
    int period_searched; /* map: periodic orbits were looked for by Newton's method up to this period; 0: not */
    size_t manifold_count;
    grl_unstable_manifold *manifolds;
    size_t saddles_left; /* saddles with one or two unstable directions that were not followed */
} grl_attractors;

typedef struct grl_attractors_options {
    size_t starts; /* default 0: 512, from 17 units on 256, from 65 on 128, from 257 on 64 */
    double
        max_time; /* a start is followed so long, and up to 50 times as long while that costs less than a fifth of
                        the operations; default 2000 */
    /* An estimate of floating-point operations, for all starts together, and as many for looks at single
     * trajectories; default 0: 5e9, from 17 units on 2e10, from 65 on 1e11, from 257 on 5e11. */
    double max_operations;
    int max_period; /* map: longest period that is looked for among attractors; default 64 */
    unsigned long long seed;
    int threads;            /* 0: one for each core */
    grl_progress *progress; /* NULL, or shared with a watcher; borrowed */
} grl_attractors_options;

grl_attractors_options grl_attractors_defaults(void);

/* The attractors of a cell at constant input x (m numbers; NULL is zero) that random starts find, as flow or
 * map as the portrait says, which was computed for the same cell and input. `options` may be NULL. The same
 * seed gives the same bytes on any number of threads. Free with grl_attractors_free. */
grl_status grl_attractors_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                                  const grl_attractors_options *options, grl_attractors **attractors,
                                  grl_error *error);
void grl_attractors_free(grl_attractors *attractors); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
