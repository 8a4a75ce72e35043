/* chart_trace.h: following a curve of zeros in the plane of pre-activations, by proof. */
#ifndef GRL_BIFURCATION_CHART_TRACE_H
#define GRL_BIFURCATION_CHART_TRACE_H

#include "bifurcation/chart_solve.h"

/* A proven point of the curve that means something. */
typedef struct grl_chart_mark {
    grl_chart_zero zero;
    int edge; /* the curve crosses the border of the box of parameters: 1 + 2 k + (at the high end); else 0 */
    int ends; /* a trace curve: det beta' vanishes, and the curve of Hopf points ends here */
    size_t special; /* the special point of the diagram that it is; SIZE_MAX: none */
    int visited;    /* some trace passed through it */
} grl_chart_mark;

/* A point along a trace: the curve has a point inside `a`. */
typedef struct grl_chart_point {
    grl_interval a[2];
    size_t mark; /* which mark it is, or SIZE_MAX */
} grl_chart_point;

typedef struct grl_chart_arc {
    size_t count, capacity;
    grl_chart_point *items; /* free() it */
    int closed;             /* it came back to its start, which is repeated at the end */
    int lost;               /* it could not be followed further by proof */
} grl_chart_arc;

/* Follows the zeros of `function` from a mark: into the box of parameters from a mark on its border, to where
 * det beta' > 0 from one that ends, else to the side `side` = +1 or -1; up to the border, a mark that ends, around
 * to the start, or as far as the proof goes; max_points ends it too. Sets `visited` of the marks on the way. Free arc->items in any case. */
grl_status grl_chart_trace(const grl_chart_map *map, grl_chart_function function, size_t marks,
                           grl_chart_mark *mark, size_t start, int side, size_t max_points,
                           grl_chart_arc *arc, grl_error *error);

#endif
