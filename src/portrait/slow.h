/* slow.h (internal): slow points, local minima of the speed |f| that are no fixed points. */
#ifndef GRL_PORTRAIT_SLOW_H
#define GRL_PORTRAIT_SLOW_H

#include "portrait/newton_large.h"

#include <grulens/cell.h>

/* f (n) and Df (n x n, row-major) of a cell without inputs, with BLAS: for many units much faster than
 * grl_cell_jacobian. scratch: n x n; work: 6 n. */
void grl_slow_jacobian(const grl_cell *cell, const double *h, double *f, double *J, double *scratch,
                       double *work);

typedef enum grl_slow_end {
    GRL_SLOW_MINIMUM, /* h is a local minimum of the speed, to the tolerance, and the speed is not zero */
    GRL_SLOW_ZERO,    /* the speed goes to zero: a fixed point is near */
    GRL_SLOW_KNOWN,   /* h came into the cube of a known fixed point */
    GRL_SLOW_NONE     /* none of these: too fast, or no convergence */
} grl_slow_end;

/* Descends from h (n numbers, replaced), by the method of Levenberg and Marquardt. A minimum faster than
 * `threshold` is none. *steps: how many derivatives that took. matrices: 3 n^2 doubles; vectors: grl_slow_work(n) doubles. */
size_t grl_slow_work(size_t n);
grl_slow_end grl_slow_run(const grl_cell *cell, const grl_known_points *known, double threshold, double *h,
                          double *speed, long *index, long *steps, double *matrices, double *vectors);

#endif
