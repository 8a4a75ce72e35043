/* loop_curve.h: curves of homoclinic orbits in two parameters, to their ends. */
#ifndef GRL_BIFURCATION_LOOP_CURVE_H
#define GRL_BIFURCATION_LOOP_CURVE_H

#include "bifurcation/diagram.h"
#include "bifurcation/homoclinic.h"

/* The curve through loop->arc.now (solved, with its tangent), both ways, added to the diagram of two parameters
 * with the neutral saddle loops on it and the saddle-node loops at its ends. */
grl_status grl_loop_curve(grl_loop *loop, const grl_bifurcation_options *options, const double *low,
                          const double *high, grl_diagram *diagram, grl_error *error);

#endif
