/* cubic.h: resonant cubic terms on centre manifolds, which Lyapunov coefficients are made of.
 *
 * Complex vectors are 2 n numbers: n real parts, then n imaginary parts. */
#ifndef GRL_BIFURCATION_CUBIC_H
#define GRL_BIFURCATION_CUBIC_H

#include "bifurcation/equation.h"

/* An eigenvector of J with its eigenvalue. */
typedef struct grl_mode {
    const double *q;
    double _Complex lambda;
} grl_mode;

/* J q = lambda q and J^T p = conj(lambda) p with |q| = 1 and <p,q> = 1. */
bool grl_mode_vectors(size_t n, const double *J, double _Complex lambda, double *q, double *p);

/* <p, x>, conjugate in p. */
double _Complex grl_hermitian(size_t n, const double *p, const double *x);

/* <p, C(u,v,w) + B(u,H(v,w)) + B(v,H(u,w)) + B(w,H(u,v))> with (lambda + mu + step lambda mu - J) H(u,v) =
 * B(u,v): the coefficient of z_u z_v z_w in the direction of p (Kuznetsov 2004, section 8.7; of the map
 * divided by its step). False if a linear system is singular. */
bool grl_cubic(const grl_equation *equation, const double *h, const double *p, const grl_mode modes[3],
               double _Complex *out);

#endif
