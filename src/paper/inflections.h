/* inflections.h: at most three fixed points of one unit, proven over a box of its reset gate's numbers. */
#ifndef GRL_PAPER_INFLECTIONS_H
#define GRL_PAPER_INFLECTIONS_H

#include <grulens/status.h>

typedef struct grl_inflections {
    long long boxes;                       /* of (U_r, b_r) that were looked at */
    long long certified;                   /* of the last ones, those that are proven */
    long long undecided;                   /* and those that are not */
    double certified_area, undecided_area; /* parts of the box */
    int most; /* turning points of p that were allowed for in a proven box, at most 2 */
} grl_inflections;

/* Looks at 0 <= U_r <= most_weight, |b_r| <= most_bias; the rest of |U_r| <= most_weight follows by symmetry. Boxes are cut
 * `depth` times at most. GRL_STOPPED if asked to stop. */
grl_status grl_inflections_scan(double most_weight, double most_bias, int depth, grl_progress *progress,
                                grl_inflections *result, grl_error *error);

#endif
