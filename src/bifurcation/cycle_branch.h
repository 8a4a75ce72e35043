/* cycle_branch.h: branches of cycles along one parameter. */
#ifndef GRL_BIFURCATION_CYCLE_BRANCH_H
#define GRL_BIFURCATION_CYCLE_BRANCH_H

#include "bifurcation/diagram.h"
#include "bifurcation/path.h"

/* Adds to the diagram (of the flow, one parameter) the branches of cycles that begin at its Hopf points, and
 * their special points and ends. options: as in the public header. */
grl_status grl_cycle_branches(grl_path *path, const grl_bifurcation_options *options, double low, double high,
                              grl_diagram *diagram, grl_error *error);

#endif
