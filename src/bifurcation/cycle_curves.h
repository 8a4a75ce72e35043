/* cycle_curves.h: curves of bifurcations of cycles in two parameters. */
#ifndef GRL_BIFURCATION_CYCLE_CURVES_H
#define GRL_BIFURCATION_CYCLE_CURVES_H

#include "bifurcation/diagram.h"
#include "bifurcation/path.h"

/* Adds to the diagram (of the flow, two parameters, with its curves of Hopf points and folds) the curves of
 * homoclinic orbits, of folds of cycles and of saddle-nodes on cycles, and their special points. They are found by
 * branches of cycles along one parameter, from places all along the curves of Hopf points. low, high: 2. */
grl_status grl_cycle_curves(grl_path *path, const grl_bifurcation_options *options, const double *low,
                            const double *high, grl_diagram *diagram, grl_error *error);

#endif
