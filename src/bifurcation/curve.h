/* curve.h: points of a curve of special points in two parameters, and test functions along it. */
#ifndef GRL_BIFURCATION_CURVE_H
#define GRL_BIFURCATION_CURVE_H

#include "bifurcation/arc.h"

/* What is looked for along a curve: on folds cusps, Bogdanov-Takens and fold-Hopf points; on Hopf points
 * Bogdanov-Takens, generalised Hopf, fold-Hopf and double Hopf points and, of the map, the resonance 1:2. */
enum { GRL_CURVE_TESTS = 5 };

typedef struct grl_curve_node {
    double *u;   /* unknowns of the extended system */
    double *psi; /* n: left null vector of a fold, unit, turned by continuity */
    double *l;   /* n: the border of PAIR with which u was found */
    double test[GRL_CURVE_TESTS];
    double value; /* normal-form coefficient there: a, l1, d, b */
} grl_curve_node;

typedef struct grl_curve_tracer {
    grl_equation *equation; /* two active parameters */
    grl_special_type type;  /* GRL_FOLD, GRL_HOPF, GRL_NEIMARK_SACKER, GRL_FLIP */
    grl_extended *system;
    double *J, *values, *vectors, *border, *work;
    int *pivots;
    double error; /* size of the last step of Newton's method in grl_curve_between */
} grl_curve_tracer;

grl_status grl_curve_tracer_create(grl_equation *equation, grl_special_type type, grl_curve_tracer **tracer,
                                   grl_error *error);
void grl_curve_tracer_free(grl_curve_tracer *tracer); /* NULL is allowed */

/* `count` nodes in one block; NULL if there is no memory; free with free(). */
grl_curve_node *grl_curve_nodes_create(const grl_curve_tracer *tracer, size_t count);
void grl_curve_node_copy(const grl_curve_tracer *tracer, const grl_curve_node *from, grl_curve_node *to);

/* A node at a special point known from elsewhere; false if it is none of this type. */
bool grl_curve_begin(grl_curve_tracer *tracer, const double *h, const double *t, grl_curve_node *node);

/* Tests at node->u; psi is turned to agree with that of `before` (NULL: as it comes). */
bool grl_curve_tests(grl_curve_tracer *tracer, const grl_curve_node *before, grl_curve_node *node);

/* The point of the curve at a fraction of the chord from a to b. */
bool grl_curve_between(grl_curve_tracer *tracer, const grl_curve_node *a, const grl_curve_node *b,
                       double fraction, grl_curve_node *middle);

/* Turns q in the plane of the critical pair as far from an eigenvector as can be, and l with it; u stays a
 * solution. */
void grl_curve_turn_border(grl_curve_tracer *tracer, grl_curve_node *node);

/* The product of the pair of eigenvalues with the smallest lambda + mu + step lambda mu, those that are
 * critical all along the curve left out; NaN if there is none. Negative: no second Hopf point, but a neutral
 * saddle. */
double grl_curve_other_pair(grl_curve_tracer *tracer, const grl_curve_node *node);

/* The type that a test's zero means on this curve. */
grl_special_type grl_curve_special(const grl_curve_tracer *tracer, int test);

#endif
