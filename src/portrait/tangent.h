/* tangent.h (internal): the field together with its derivative along several directions at once. */
#ifndef GRL_PORTRAIT_TANGENT_H
#define GRL_PORTRAIT_TANGENT_H

#include <grulens/cell.h>

/* What is looked at: flow or map of a cell without inputs, and what that has cost so far. */
typedef struct grl_system {
    const grl_cell *cell;
    size_t n;
    grl_time time;
    double dt;         /* of the map; flow: 1 */
    double operations; /* an estimate of the floating-point operations done */
    double limit;      /* Newton\'s method gives up once operations are beyond this; 0: no limit */
} grl_system;

/* X: (1 + k) x n, row 0 the state h, the others directions v. F, of the same shape: row 0 is f(h), the others
 * Df(h) v. divergence: NULL, or the trace of Df(h). work: grl_tangent_work doubles. */
size_t grl_tangent_work(size_t n, size_t k);
void grl_tangent_field(const grl_cell *cell, size_t k, const double *X, double *F, double *divergence,
                       double *work);

/* One step of the map for state and directions, in place: X + dt F. F: (1 + k) x n. */
void grl_tangent_map(const grl_cell *cell, double dt, size_t k, double *X, double *F, double *work);

/* Operations of one evaluation with k directions. */
double grl_tangent_cost(size_t n, size_t k);

/* Rows j = 0..k-1 of V (k x n) become orthonormal; size[j]: the length that row j had left after the rows
 * before it were taken out of it, and, unless NULL, L (k x k, lower): V_old = L V_new. */
void grl_orthonormalize(size_t k, size_t n, double *V, double *size, double *L);

#endif
