/* equation.h: the field of a network along a path, its derivatives in state and parameters, and its spectrum.
 *
 * Parameters are measured along `active` directions in the space of the path's parameters:
 *
 *     p = origin + t[0] d_0 (+ t[1] d_1)
 *
 * with t from 0 to 1 over the range, so that steps of states and parameters have one scale. One range: d is
 * its width. Two: a line in their plane (one direction), or the plane itself (two).
 *
 * One thread at a time uses one equation. */
#ifndef GRL_BIFURCATION_EQUATION_H
#define GRL_BIFURCATION_EQUATION_H

#include "bifurcation/path.h"

#include <stdbool.h>

typedef struct grl_equation {
    grl_path *path; /* borrowed */
    size_t n, k;    /* units; parameters of the path */
    size_t active;
    double origin[2], direction[2][2]; /* [j]: d_j, k numbers */
    double step;                       /* dt of the map; 0: the flow */
    double *work;                      /* see equation.c */
} grl_equation;

/* step: dt of the map, or 0 for the flow. The directions are those of the whole ranges: one parameter, or the
 * plane of two. Free with grl_equation_free. */
grl_status grl_equation_create(grl_path *path, const double *low, const double *high, double step,
                               grl_equation **equation, grl_error *error);
void grl_equation_free(grl_equation *equation); /* NULL is allowed */

/* Only the line from `from` to `to` (k numbers each); t is 0 and 1 there. */
void grl_equation_line(grl_equation *equation, const double *from, const double *to);

/* p at t. */
void grl_equation_parameters(const grl_equation *equation, const double *t, double *p);

/* Moves the path there; false if the network does not exist there (an expression that is not finite). */
bool grl_equation_move(grl_equation *equation, const double *t);

/* Where the path is: f (n) and J = df/dh (n x n), and the derivatives of f along directions. u, v, w: n
 * numbers; j: an active parameter; derivatives with j are along t[j]. False if a tangent cannot be had. */
void grl_equation_field(const grl_equation *equation, const double *h, double *f, double *J);
void grl_equation_second(const grl_equation *equation, const double *h, const double *u, const double *v,
                         double *out);
void grl_equation_third(const grl_equation *equation, const double *h, const double *u, const double *v,
                        const double *w, double *out);
bool grl_equation_slope(const grl_equation *equation, const double *h, size_t j, double *out); /* f_t */
bool grl_equation_slope_of(const grl_equation *equation, const double *h, size_t j, const double *u,
                           double *out); /* J_t u */

/* Eigenvalues (n pairs) of J and, unless NULL, eigenvectors (n rows of n pairs, unit). */
bool grl_equation_spectrum(const grl_equation *equation, const double *J, double *values, double *vectors);

/* What a diagram shows of n eigenvalues of J: those of the map if it is one, in order (falling real part, or
 * modulus), and how many are unstable. */
int grl_equation_stability(const grl_equation *equation, const double *values, double *shown);

#endif
