/* curves.h: curves of special points of fixed points in two parameters. */
#ifndef GRL_BIFURCATION_CURVES_H
#define GRL_BIFURCATION_CURVES_H

#include "bifurcation/equation.h"

/* Adds the curves of folds and Hopf points (map: folds, flips, Neimark-Sacker points) through the special
 * points of one-parameter diagrams along lines of both parameters, and the special points on these curves. Two
 * parameters are active in the equation, before and after. */
grl_status grl_equilibrium_curves(grl_equation *equation, const grl_bifurcation_options *options,
                                  grl_diagram *diagram, grl_error *error);

/* One curve from a known point of it: h (n) at t (2), both ways. A start on a curve of this type that is in the
 * diagram already, or one that is no such point, adds nothing. */
grl_status grl_equilibrium_curve_from(grl_equation *equation, grl_special_type type, const double *h,
                                      const double *t, const grl_bifurcation_options *options,
                                      grl_diagram *diagram, grl_error *error);

#endif
