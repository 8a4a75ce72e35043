/* equilibria.h: branches of fixed points along one parameter. */
#ifndef GRL_BIFURCATION_EQUILIBRIA_H
#define GRL_BIFURCATION_EQUILIBRIA_H

#include "bifurcation/samples.h"

/* Adds the branches through all points of the samples, and the special points on them, to the diagram; the
 * equation has one active parameter. Each sample's points get the number of their branch. */
grl_status grl_equilibrium_branches(grl_equation *equation, grl_samples *samples,
                                    const grl_bifurcation_options *options, grl_diagram *diagram,
                                    grl_error *error);

#endif
