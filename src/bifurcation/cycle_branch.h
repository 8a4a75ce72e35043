/* cycle_branch.h: branches of cycles along one parameter. */
#ifndef GRL_BIFURCATION_CYCLE_BRANCH_H
#define GRL_BIFURCATION_CYCLE_BRANCH_H

#include "bifurcation/diagram.h"
#include "bifurcation/path.h"

/* Cycles are followed up to so many units: one row of the collocation has some n^2 numbers, sixty rows and more. */
enum { GRL_CYCLE_UNITS = 60 };

/* Adds to the diagram (of the flow, one parameter) the branches of cycles that begin at its Hopf points, and
 * their special points and ends. options: as in the public header. */
grl_status grl_cycle_branches(grl_path *path, const grl_bifurcation_options *options, double low, double high,
                              grl_diagram *diagram, grl_error *error);

#endif
