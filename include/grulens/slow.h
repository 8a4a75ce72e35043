/* slow.h: slow manifolds: curves to which the state is attracted quickly and along which it drifts slowly, so
 * that for some time the network behaves as if it had a line or a ring of fixed points. docs/methods.md has
 * the equations, the sources and the limits of the method. */
#ifndef GRULENS_SLOW_H
#define GRULENS_SLOW_H

#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a slow manifold is, by the fixed points on it. */
typedef enum grl_slow_kind {
    GRL_SLOW_NODE,       /* one, which attracts along the curve */
    GRL_SLOW_SADDLE,     /* one, which repels along the curve */
    GRL_SLOW_DEGENERATE, /* one, where the rate along the curve is zero to rounding */
    GRL_SLOW_CHAIN,      /* several */
    /* None that stands alone, but the drift changes its sign or is zero to rounding: fixed points side by
     * side, as nearly as computing tells. */
    GRL_SLOW_NEUTRAL,
    GRL_SLOW_GHOST,   /* none; the speed has a minimum on the curve, like a + b s^2 */
    GRL_SLOW_PASSAGE, /* none, and no such minimum */
    GRL_SLOW_SET      /* two or more slow directions: no curve was followed */
} grl_slow_kind;

const char *grl_slow_kind_name(grl_slow_kind kind); /* "chain of fixed points" */

/* Why a curve is not followed further. */
typedef enum grl_slow_border {
    GRL_BORDER_CLOSED, /* it came back to its start */
    GRL_BORDER_RATES,  /* the rates along and across are no longer apart */
    GRL_BORDER_SPEED,  /* the drift is no longer slow */
    GRL_BORDER_REPELS, /* it no longer attracts from all sides */
    GRL_BORDER_CUBE,   /* the border of (-1,1)^n */
    GRL_BORDER_LOST,   /* no next point was found */
    GRL_BORDER_LIMIT   /* of points or operations */
} grl_slow_border;

const char *grl_slow_border_name(grl_slow_border border); /* "closed" */

/* What it may be taken for, for a while. */
typedef enum grl_slow_act { GRL_ACTS_AS_NOTHING, GRL_ACTS_AS_LINE, GRL_ACTS_AS_RING } grl_slow_act;

/* A fixed point on the curve that is not in the portrait. */
#define GRL_SLOW_UNLISTED ((size_t)-1)

typedef struct grl_slow_stop {
    size_t point; /* its place in the portrait, or GRL_SLOW_UNLISTED */
    size_t node;  /* its place among the points of the curve */
    double rate;  /* along the curve; negative: attracts */
} grl_slow_stop;

/* Times are in the time unit of the flow, for the map too (steps are times over dt); rates are in its
 * inverse. */
typedef struct grl_slow_manifold {
    grl_slow_kind kind;
    grl_slow_act acts_as;
    size_t dimension; /* how many slow directions; 1 but for GRL_SLOW_SET */
    int closed;       /* 1: the last point is followed by the first */
    grl_slow_border borders[2];

    /* The curve; of a GRL_SLOW_SET the places where the slow directions were seen. attraction: the rate at
     * which the slowest direction across decays; for more than 128 units that of the last place where it was
     * computed. */
    size_t count;
    double *points;     /* count x n */
    double *arc;        /* count: arc length from the first point */
    double *velocity;   /* count: along the curve, positive towards its end */
    double *rate;       /* count: of the slow direction */
    double *attraction; /* count */

    size_t stop_count;
    grl_slow_stop *stops; /* in the order of the curve */

    double length;
    double speed_max, speed_median,
        speed_min; /* by arc length; the least one is zero where there are stops */
    double attraction_min;

    /* From one end to the other (once around), without the hundredth of the length on either side of each
     * stop. */
    double drift_time;

    /* The time in which the state drifts by options.fraction of the length, past an open end with the speed
     * that it has there: from the median place, by arc length, and from the worst; INFINITY if it never
     * does. */
    double memory_median, memory_min;

    /* Estimate of the distance between this curve and an invariant one: the largest |f across| / attraction.
     */
    double invariance;

    /* GRL_SLOW_DEGENERATE: s' = coefficient s^exponent, s the arc length from the point; exponent 2 or 3, 0
     * if both coefficients are zero to rounding. GRL_SLOW_GHOST: speed = floor + coefficient s^2, exponent
     * 2. */
    int exponent;
    double coefficient;
    double floor;
    double passage_time; /* GRL_SLOW_GHOST: pi / sqrt(floor coefficient) */
} grl_slow_manifold;

typedef struct grl_slow_manifolds {
    size_t hidden_size;
    grl_time time;
    double dt;
    double ratio, fraction; /* as asked */
    size_t count;
    grl_slow_manifold *items; /* those that act as something first, by falling length */
    size_t seeds;             /* fixed and slow points that were looked at */
    size_t without_gap;       /* of those: no slow direction */
    size_t repelling;         /* a slow direction, but another one repels: not followed */
    size_t not_followed;      /* the limit of operations came first, or no curve could be started */
} grl_slow_manifolds;

typedef struct grl_slow_options {
    double ratio;      /* a start needs |rate along| <= ratio x attraction across; default 0.1 */
    double fraction;   /* of the length, for the memory times; default 0.1 */
    double spacing;    /* largest distance of neighbouring points over sqrt(n); default 0.02 */
    size_t max_points; /* of one curve, on either side of its start; default 2000 */

    /* For all curves; default 3e11, about a minute, which matters from some 500 units on. */
    double max_operations;
    grl_progress *progress; /* NULL, or shared with a watcher; borrowed */
} grl_slow_options;

grl_slow_options grl_slow_defaults(void);

/* The slow manifolds through the fixed points and slow points of a portrait, which was computed for the same
 * cell and constant input x (m numbers; NULL is zero), in the time of the portrait. Every curve is traced
 * both ways until it ends for one of the reasons of grl_slow_border. Nothing is proven, and slow regions
 * that hold neither a fixed point nor a slow point of the portrait are not seen. One unit: there is nothing
 * across, and the drift is compared with the unit's own rate 1 - z. `options` may be NULL. Free with
 * grl_slow_manifolds_free, or hand the result over to portrait->slow_manifolds. */
grl_status grl_slow_manifolds_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                                      const grl_slow_options *options, grl_slow_manifolds **manifolds,
                                      grl_error *error);
void grl_slow_manifolds_free(grl_slow_manifolds *manifolds); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
