/* rosenbrock.h: one linearly implicit step of y' = sign f(y) in the plane. */
#ifndef GRL_PORTRAIT_ROSENBROCK_H
#define GRL_PORTRAIT_ROSENBROCK_H

#include "cell/pair.h"

/* From y, where the right side is f and its Jacobian J, to next, at most `longest` away. *step: wanted; set to
 * what is wanted next. The step made; 0: too small. At a part s of the step the state is
 * (1 - s) y + s (next + (1 - s) (dense[0] + s dense[1])). */
double grl_rosenbrock_step(const grl_pair *pair, int sign, double longest, double rtol, double atol,
                           const double y[2], const double f[2], const double J[4], double *step,
                           double next[2], double dense[2][2]);

#endif
