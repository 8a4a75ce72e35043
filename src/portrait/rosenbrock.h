/* rosenbrock.h (internal): one step of a linearly implicit method for a stiff planar flow. */
#ifndef GRL_PORTRAIT_ROSENBROCK_H
#define GRL_PORTRAIT_ROSENBROCK_H

#include <grulens/cell.h>

/* From y to next, in the direction sign in time: at most *step long in time, and at most `longest` long in
 * the plane, with an error of rtol |y| + atol in each coordinate. *step becomes the proposal for the next
 * step. Returns the time of the step, or 0 if none can be made. work: grl_cell_work(cell) numbers. */
double grl_rosenbrock_step(const grl_cell *cell, int sign, double longest, double rtol, double atol,
                           const double y[2], double *step, double next[2], double *work);

#endif
