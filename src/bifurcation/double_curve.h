/* double_curve.h: curves of folds of cycles and of period doublings, to their ends. */
#ifndef GRL_BIFURCATION_DOUBLE_CURVE_H
#define GRL_BIFURCATION_DOUBLE_CURVE_H

#include "bifurcation/cycle_double.h"
#include "bifurcation/diagram.h"

/* The curve through curve->arc.now (solved, with its tangent), both ways, added to the diagram of two
 * parameters. Its ends are looked for among the special points that the diagram has. */
grl_status grl_double_curve(grl_double *curve, const grl_bifurcation_options *options, const double *low,
                            const double *high, grl_diagram *diagram, grl_error *error);

#endif
