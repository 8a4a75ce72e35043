/* hopf_vector.h: the direction in which cycles leave a Hopf point. */
#ifndef GRL_BIFURCATION_HOPF_VECTOR_H
#define GRL_BIFURCATION_HOPF_VECTOR_H

#include "bifurcation/cycle_track.h"

/* The eigenvector (n pairs, of 2-norm 1) of the eigenvalue nearest to i omega at the fixed point h and the
 * parameter p of the track. False if there is not enough memory or the eigenvalues do not converge. */
bool grl_hopf_vector(grl_track *track, const double *h, double p, double omega, double *vector);

#endif
