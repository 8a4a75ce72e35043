/* chart_solve.h: all points where two functions of a chart vanish together, by proof. */
#ifndef GRL_BIFURCATION_CHART_SOLVE_H
#define GRL_BIFURCATION_CHART_SOLVE_H

#include "bifurcation/chart_map.h"

typedef struct grl_chart_system {
    grl_chart_function first, second; /* GRL_CHART_CUSP_0 stands for both functions of the cusp */
    double value;                     /* of the second, where it is a parameter; else 0 */
    int positive_det;                 /* only points with det beta' > 0 */
    long long max_boxes;
} grl_chart_system;

/* A zero: one exists in `a`, and only one in `alone`. */
typedef struct grl_chart_zero {
    grl_interval a[2], alone[2];
} grl_chart_zero;

typedef struct grl_chart_zeros {
    size_t count, capacity;
    grl_chart_zero *items; /* free() it */
    size_t
        undecided;   /* places that hold a zero or not: neither is proven; what is left at the limit is one */
    long long boxes; /* looked at */
    int limit;       /* 1: the limit of boxes was reached, and nothing is known of the rest */
} grl_chart_zeros;

/* All zeros whose parameters are in the map's box. Free zeros->items in any case. */
grl_status grl_chart_solve(const grl_chart_map *map, const grl_chart_system *system, grl_chart_zeros *zeros,
                           grl_error *error);

#endif
