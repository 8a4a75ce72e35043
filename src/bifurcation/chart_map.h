/* chart_map.h: the equilibria of two units over their biases b_h, as one smooth map of the plane.
 *
 * In pre-activations a = atanh(h) a state is a fixed point exactly if
 *
 *     b_h = beta(a) = a - Q(a),   Q = U_h (r * h)  or  r * (U_h h + c_h),   h = tanh(a), r = sigma(U_r h + b_r),
 *
 * so the plane of a shows every fixed point of every bias once. b_h = b + A p with the parameters p, so p is a
 * function of a too. In these coordinates the field and its linear part at a fixed point are
 *
 *     a_i' = (1 - z_i) tau_i / (1 + h_i tau_i),   tau = tanh(b_h - beta(a));   -diag(1 - z) beta'(a),
 *
 * which is regular where h saturates. What is zero where:
 *
 *     fold              det beta' = 0: folds of the equilibria over b_h are those of the map (Whitney 1955)
 *     trace             tr = -sum (1 - z_i) d beta_i / d a_i = 0: a Hopf point where det beta' > 0
 *     cusp              grad(det beta') . v = 0 with v in the kernel of beta', on the fold
 *     Lyapunov          N = 0 on the trace curve: N is the first Lyapunov coefficient without its positive
 *                       factors, a polynomial in the derivatives (Perko 2001, section 4.4, after Andronov)
 *
 * Two columns of the adjugate of beta' span the kernel on the fold where they are not zero, hence two functions
 * for the cusp. All functions are enclosed with their gradients over boxes of a, by num/jet.h. */
#ifndef GRL_BIFURCATION_CHART_MAP_H
#define GRL_BIFURCATION_CHART_MAP_H

#include "bifurcation/path.h"
#include "num/jet.h"

typedef enum grl_chart_function {
    GRL_CHART_DET,
    GRL_CHART_TRACE,
    GRL_CHART_PARAMETER_0,
    GRL_CHART_PARAMETER_1,
    GRL_CHART_CUSP_0,      /* by the first column of the adjugate of beta' */
    GRL_CHART_CUSP_1,      /* by the second */
    GRL_CHART_DET_SLOPE,   /* derivative of det beta' in a fixed direction */
    GRL_CHART_TRACE_SLOPE, /* of the trace */
    GRL_CHART_LYAPUNOV,
    GRL_CHART_FUNCTIONS
} grl_chart_function;

typedef struct grl_chart_map {
    int after;
    double U_z[4], U_r[4], U_h[4], c_h[2];
    grl_interval b_z[2], b_r[2], b[2]; /* known to a radius */
    double A[4];                       /* b_h = b + A p, row-major */
    grl_interval inverse[4];
    double low[2], high[2]; /* the box of parameters */
    double bound[2];        /* |a_i| of every fixed point of that box */
} grl_chart_map;

typedef struct grl_chart_values {
    grl_jet f[GRL_CHART_FUNCTIONS]; /* order 1: value and gradient, of those that were asked for */
    grl_interval kernel[2][2];      /* the adjugate's columns: in the kernel of beta' on the fold */
} grl_chart_values;

/* Whether the path acts through b_h alone and affinely, on two units: then the map is made for the box of
 * parameters, with *applies = 1. One parameter: the second one is made up, across the line, and its range is
 * the number 0. The path ends where it was. */
grl_status grl_chart_map_create(grl_path *path, const double *low, const double *high, grl_chart_map *map,
                                int *applies, grl_error *error);

/* Encloses the functions whose bits are in `wanted` over a box of a. */
void grl_chart_evaluate(const grl_chart_map *map, unsigned wanted, const grl_interval a[2],
                        grl_chart_values *values);

/* Whether no point of the box has its parameters in the box of parameters. `values` holds the parameters. */
int grl_chart_outside(const grl_chart_map *map, const grl_chart_values *values);

/* Taylor polynomials of the field in h, of order up to GRL_JET_ORDER, at the fixed point tanh(a) and its own
 * parameters. */
void grl_chart_field(const grl_chart_map *map, int order, const grl_interval a[2], grl_jet field[2]);

#endif
