/* normal_form.h: coefficients of normal forms at special points of fixed points. The equation must have been
 * moved to the point's parameters. False if the linear problems behind a coefficient are singular: then there
 * is none. */
#ifndef GRL_BIFURCATION_NORMAL_FORM_H
#define GRL_BIFURCATION_NORMAL_FORM_H

#include "bifurcation/equation.h"

/* a of x' = b + a x^2, along unit right eigenvector q of J and left one p, p q = 1 (Kuznetsov 2004, section
 * 5.4); for the map that of x -> x + b + a x^2. */
bool grl_normal_form_fold(const grl_equation *equation, const double *h, const double *q, double *a);

/* c of x' = .. + c x^3 where a = 0 (Kuznetsov 2004, section 8.7), likewise. */
bool grl_normal_form_cusp(const grl_equation *equation, const double *h, const double *q, double *c);

/* Flow: l1 (Kuznetsov 2004, section 5.4), and Re c1 / 2 = omega l1 / 2, which is Guckenheimer and Holmes' a
 * (1983, eq. 3.4.11) for q of length 1. Map: d of the same section, and 0. */
bool grl_normal_form_hopf(const grl_equation *equation, const double *h, double kappa, double *first,
                          double *second);

/* Flow: l1 again, and l2 of z' = i omega z + omega l1 z |z|^2 + omega l2 z |z|^4, which means something where
 * l1 = 0. */
bool grl_normal_form_lyapunov(const grl_equation *equation, const double *h, double kappa, double *first,
                              double *second);

/* b of the map x -> -x + b x^3 (Kuznetsov 2004, section 5.4). */
bool grl_normal_form_flip(const grl_equation *equation, const double *h, const double *q, double *b);

/* a and b of x' = y, y' = .. + a x^2 + b x y (Kuznetsov 2004, section 8.7). */
bool grl_normal_form_bogdanov_takens(const grl_equation *equation, const double *h, double *a, double *b);

/* Of the flow, with q0 of the eigenvalue 0 and q1 of i omega: <p0,B(q0,q0)>, <p0,B(q1,q1*)>, Re
 * <p1,B(q0,q1)>, which decide between the cases of Kuznetsov (2004, section 8.5): the sign of the product of
 * the first two, and the third divided by the first. */
bool grl_normal_form_fold_hopf(const grl_equation *equation, const double *h, double kappa, double *c);

/* Of the flow, with q1 of i sqrt(kappa), q2 of i sqrt(other): the real parts of the cubic terms z1 |z1|^2, z1
 * |z2|^2, z2 |z1|^2, z2 |z2|^2, as in grl_cubic (Kuznetsov 2004, section 8.6; the first and the last twice
 * p11 and p22). */
bool grl_normal_form_double_hopf(const grl_equation *equation, const double *h, double kappa, double other,
                                 double *c);

/* The angle omega (flow: the imaginary part; map: the angle of the multiplier) that belongs to kappa > 0. */
double grl_normal_form_angle(const grl_equation *equation, double kappa);

#endif
