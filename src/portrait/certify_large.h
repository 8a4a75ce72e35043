/* certify_large.h (internal): proof that a fixed point exists near an approximation, and that it is the only
 * one there, for any number of units. */
#ifndef GRL_PORTRAIT_CERTIFY_LARGE_H
#define GRL_PORTRAIT_CERTIFY_LARGE_H

#include "portrait/enclose_large.h"

#include <grulens/cell.h>
#include <stdbool.h>

typedef struct grl_certificate {
    bool certified;
    double radius_a; /* a fixed point has its pre-activation within this of a in every coordinate */
    double radius_h; /* and its state within this of h */
    double unique;   /* no other fixed point has its pre-activation within this of a in every coordinate */
} grl_certificate;

/* Workspace for one thread: 3 n^2 doubles and a little. */
typedef struct grl_certifier {
    const grl_cell *cell;
    size_t n;
    double *M, *Y, *R;                                                   /* n x n each */
    double *centre, *D, *away, *g, *dg, *step, *rho, *image, *s, *t, *x; /* n each; see certify_large.c */
    double *vectors;
    int *pivots;
    grl_enclosure box, point;
} grl_certifier;

grl_status grl_certifier_create(const grl_cell *autonomous, grl_certifier *certifier, grl_error *error);
void grl_certifier_free(grl_certifier *certifier);

/* Improves a (n numbers) by Newton's method, then tries the proof. On return h = tanh(a), rounded, also if
 * nothing is proven; the radii are then infinite and unique is 0. */
void grl_certify_large(grl_certifier *certifier, double *a, double *h, grl_certificate *certificate);

/* True if G(a) cannot be told from zero: it is within a few times the bound of its own rounding errors. */
bool grl_certifier_zero(grl_certifier *certifier, const double *a);

/* The proof alone, for the box of all pre-activations within rho (n numbers) of a: true only if it holds
 * exactly one fixed point. */
bool grl_certify_box(grl_certifier *certifier, const double *a, const double *rho);

#endif
