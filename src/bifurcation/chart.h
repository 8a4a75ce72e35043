/* chart.h: the proven chart of the equilibria of two units over biases of the candidate, or over inputs that act
 * through them. docs/methods.md has the proof. */
#ifndef GRL_BIFURCATION_CHART_H
#define GRL_BIFURCATION_CHART_H

#include "bifurcation/path.h"

/* Two parameters. If the path acts through b_h alone, affinely and invertibly, on the flow of two units, *applies
 * is 1, and the diagram gets all curves of folds and of Hopf points in the box of parameters, and all cusps,
 * Bogdanov-Takens and generalised Hopf points there, each proven, with their normal forms. diagram->complete
 * becomes 1 if it is proven that there are no others; diagram->undecided grows by the places that the proof
 * left open. Else *applies is 0 and nothing changes. `options` may be NULL. The path ends where it was. */
grl_status grl_chart_equilibria(grl_path *path, const grl_bifurcation_options *options, const double low[2],
                                const double high[2], grl_diagram *diagram, int *applies, grl_error *error);

/* One parameter, likewise: proves the list of folds and Hopf points on the line. A point that the diagram has
 * already becomes proven; one that it lacks is added, with no branch. diagram->complete becomes 1 if the proof
 * left nothing open and the diagram has no fold or Hopf point beside the proven ones. */
grl_status grl_chart_line(grl_path *path, const grl_bifurcation_options *options, double low, double high,
                          grl_diagram *diagram, int *applies, grl_error *error);

#endif
