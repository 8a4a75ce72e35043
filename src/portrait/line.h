/* line.h: where the states of a one-unit flow go. */
#ifndef GRL_PORTRAIT_LINE_H
#define GRL_PORTRAIT_LINE_H

#include <grulens/portrait.h>

/* An open interval of states, all of which go to one stable point. */
typedef struct grl_line_basin {
    double low, high; /* fixed points, known to their error bounds, or -1 and 1 */
    size_t attractor; /* its place in the portrait */
} grl_line_basin;

/* The basins of attraction of a one-unit flow from left to right, into room for portrait->count of them; how many
 * there are. Between neighbouring fixed points f keeps its sign, so the basin of a stable point ends at the unstable
 * points beside it; this is proven as the list of points and their stability are. 0 if that is not so, or for a map
 * or more units. */
size_t grl_line_basins(const grl_portrait *portrait, grl_line_basin *basins);

#endif
