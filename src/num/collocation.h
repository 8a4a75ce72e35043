/* collocation.h: boundary value problems by orthogonal collocation on a mesh that adapts.
 *
 *     u'(s) = F(u, q) on [0,1],   boundary conditions in u(0), u(1), q,   integral conditions in u, q
 *
 * u has n components, q are free scalars (a period, parameters); there are n + parameters conditions. On each
 * interval of the mesh u is a polynomial of degree 4 that satisfies the equation at the 4 Gauss points. */
#ifndef GRL_NUM_COLLOCATION_H
#define GRL_NUM_COLLOCATION_H

#include <grulens/status.h>
#include <stdbool.h>
#include <stddef.h>

enum { GRL_BVP_POINTS = 4 };

/* A piecewise polynomial, and the scalars that go with it. */
typedef struct grl_bvp_solution {
    size_t n, parameters, capacity; /* capacity: intervals that there is room for */
    size_t intervals;
    double *mesh;  /* intervals + 1, from 0 to 1 */
    double *x;     /* (intervals + 1) x n: at the mesh */
    double *stage; /* intervals x 4 x n: at the Gauss points */
    double *q;     /* parameters */
} grl_bvp_solution;

grl_status grl_bvp_solution_create(size_t n, size_t parameters, size_t capacity, grl_bvp_solution *u,
                                   grl_error *error);
void grl_bvp_solution_free(grl_bvp_solution *u);
void grl_bvp_copy(const grl_bvp_solution *from, grl_bvp_solution *to); /* of the same sizes */

/* The Gauss points in (0,1) and their weights, 4 each. */
void grl_bvp_gauss(double *points, double *weights);

/* u(s), n numbers; s is taken modulo nothing: outside [0,1] the end polynomials go on. */
void grl_bvp_at(const grl_bvp_solution *u, double s, double *value);

/* `from` on another mesh (intervals + 1 numbers); `to` has the same sizes and another block. */
void grl_bvp_remesh(const grl_bvp_solution *from, size_t intervals, const double *mesh, grl_bvp_solution *to);

/* A mesh of `intervals` intervals on which the fifth derivative's fifth root is spread evenly (de Boor 1973;
 * Russell and Christiansen 1978). periodic: u(0) = u(1) and smooth there. Returns that root's integral E: on
 * that mesh the polynomials are off by about 1e-4 (E / intervals)^5. room: u->intervals doubles. */
double grl_bvp_equidistribute(const grl_bvp_solution *u, bool periodic, size_t intervals, double *mesh,
                              double *room);

/* The mesh of a solution whose first `components` functions are an orbit in scaled time becomes that of the same
 * orbit, lasting `ratio` > 1 times as long: the time that is spent in interval i, at the mean speed v_i, becomes w_i
 * v_i / (v_i - d) with one d < min v_i; speeds below 1e-4 of the greatest count as that. room: u->intervals doubles. */
void grl_bvp_slow_down(grl_bvp_solution *u, size_t components, double ratio, double *room);

/* The problem. Functions return false where they cannot be evaluated. */
typedef struct grl_bvp {
    size_t n, parameters, boundary, integral; /* boundary + integral = n + parameters */
    void *context;
    /* f (n); J = df/du (n x n, row-major); Q = df/dq (n x parameters, row-major). */
    bool (*field)(void *context, const double *u, const double *q, double *f, double *J, double *Q);
    /* g (boundary) and its derivatives with respect to u(0), u(1) (boundary x n) and q; all zero before. */
    bool (*ends)(void *context, const double *u0, const double *u1, const double *q, double *g, double *G0,
                 double *G1, double *Gq);
    /* The integrands of the integral conditions at Gauss point `at` (interval x 4 + number), g (integral) and
       derivatives with respect to u (integral x n) and q; all zero before. */
    bool (*integrand)(void *context, size_t at, const double *u, const double *q, double *g, double *Gu,
                      double *Gq);
} grl_bvp;

typedef struct grl_bvp_solver grl_bvp_solver;

grl_status grl_bvp_solver_create(size_t n, size_t parameters, size_t capacity, grl_bvp_solver **solver,
                                 grl_error *error);
void grl_bvp_solver_free(grl_bvp_solver *solver); /* NULL is allowed */

typedef struct grl_bvp_outcome {
    bool converged;
    int iterations;
    double first,
        last; /* sizes of the first and of the last correction: in u, and in q relative to 1 + |q| */
} grl_bvp_outcome;

/* Newton's method from u, in place, until a further correction would be below `tolerance`, or corrections below 100
 * times that no longer shrink. tangent: NULL, or
 * of the same sizes: the solution of the linear system for a unit change of the last condition (the last
 * integral one, else the last at the ends), of any length. */
grl_bvp_outcome grl_bvp_solve(grl_bvp_solver *solver, const grl_bvp *problem, grl_bvp_solution *u,
                              double tolerance, int most, grl_bvp_solution *tangent);

/* Of the last linear system: du(mesh[i+1]) / du(mesh[i]), n x n, row-major. */
const double *grl_bvp_transition(const grl_bvp_solver *solver, size_t i);

#endif
