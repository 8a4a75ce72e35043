/* branch_point.h: where two branches of fixed points cross. */
#ifndef GRL_BIFURCATION_BRANCH_POINT_H
#define GRL_BIFURCATION_BRANCH_POINT_H

#include "bifurcation/equation.h"

/* At a branch point (h, t) of one parameter, with the left null vector psi of J. With q the unit right null
 * vector and psi q = 1, states h + alpha q + .. at parameters p + beta satisfy, to leading orders,
 *
 *     0 = b11 alpha^2 / 2 + b12 alpha beta + b22 beta^2 / 2 + c alpha^3
 *
 * (Kuznetsov 2004, section 10.4): transcritical if b11 is not 0, a pitchfork if it is. p is along the
 * direction, in units of the path's parameter. coefficients: b11, b12, b22, c. tangents: 2 x (n + 1), of both
 * branches, unit in h and t. False if there is no simple crossing: another null vector, psi q = 0, or curves
 * that do not cross transversally. Moves the path. */
bool grl_branch_point_form(grl_equation *equation, const double *h, double t, const double *psi,
                           double *coefficients, double *tangents);

#endif
