/* locate.h: test functions of a fixed point along a branch, and special points from their changes of sign. */
#ifndef GRL_BIFURCATION_LOCATE_H
#define GRL_BIFURCATION_LOCATE_H

#include "bifurcation/arc.h"

typedef enum grl_test { GRL_TEST_CROSS, GRL_TEST_FOLD, GRL_TEST_PAIR, GRL_TEST_FLIP, GRL_TESTS } grl_test;

/* A point of a branch with what is known there. */
typedef struct grl_node {
    double *u;              /* n + 1: h and t */
    double *tangent;        /* n + 1 */
    double *values;         /* n pairs: eigenvalues of J */
    double test[GRL_TESTS]; /* NaN: does not apply */
} grl_node;

typedef struct grl_locator {
    grl_equation *equation; /* one active parameter */
    grl_extended *point, *fold, *flip, *pair, *cross;
    double *J, *vectors, *guess, *border, *tangents, *work;
} grl_locator;

/* The equation has one active parameter from now on. Free with grl_locator_free. */
grl_status grl_locator_create(grl_equation *equation, grl_locator **locator, grl_error *error);
void grl_locator_free(grl_locator *locator); /* NULL is allowed */

/* Nodes, `count` in one block. NULL if there is no memory; free with free(). */
grl_node *grl_nodes_create(size_t n, size_t count);

/* Tests at a point of a branch whose tangent and bordered determinant are known; moves the path there. */
bool grl_locator_tests(grl_locator *locator, grl_node *node, double determinant);

/* The point of the branch in the middle of both, and its tests. False if there is none near. */
bool grl_locator_middle(grl_locator *locator, const grl_node *a, const grl_node *b, double fraction,
                        grl_node *middle);

/* The special point of a test that changes sign between a and b, which are neighbours on a branch: its type, p,
 * error, omega and normal form; u (n + 1) is where, special->h is not set. scratch: one node. False if no
 * solution of the extended system was found between them. */
bool grl_locator_find(grl_locator *locator, grl_test test, const grl_node *a, const grl_node *b,
                      grl_node *scratch, double *u, grl_special *special);

/* Halves the bracket until its width is rounding: where the test changes sign (u, n + 1), how many eigenvalues
 * are zero there or nearly so, and the width. False if the branch cannot be followed in between. */
bool grl_locator_halve(grl_locator *locator, grl_test test, const grl_node *a, const grl_node *b,
                       grl_node *scratch, double *u, int *zeros, double *width);

/* Both tangents (2 x (n + 1)) at a branch point near u. */
bool grl_locator_tangents(grl_locator *locator, const double *u, double *tangents);

#endif
