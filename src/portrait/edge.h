/* edge.h (internal): closed orbits on the borders between basins. */
#ifndef GRL_PORTRAIT_EDGE_H
#define GRL_PORTRAIT_EDGE_H

#include "portrait/attract.h"

/* Between the basins of points and cycles that starts have reached; needs the rows of the hunt. What is found is
 * added to hunt->result->closed. */
grl_status grl_edge_look(grl_hunt_n *hunt, grl_error *error);

#endif
