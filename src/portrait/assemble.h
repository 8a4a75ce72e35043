/* assemble.h (internal): how a portrait is built, whichever way its points were found. Needs no LAPACK. */
#ifndef GRL_PORTRAIT_ASSEMBLE_H
#define GRL_PORTRAIT_ASSEMBLE_H

#include "portrait/prove.h"

#include <grulens/portrait.h>

enum { GRL_EIGENVECTOR_UNITS = 256, GRL_KEPT_BOXES = 1000 };

/* A portrait without points. */
grl_status grl_portrait_create(const grl_cell *autonomous, const grl_portrait_options *options,
                               grl_method method, grl_portrait **portrait, grl_error *error);

/* One more point, with h and a filled in (n numbers each) and the rest zero; *point lives in the portrait
 * until the next call. */
grl_status grl_portrait_add(grl_portrait *portrait, const double *h, const double *a, grl_fixed_point **point,
                            grl_error *error);

/* Eigenvalues in `point->eigenvalues` are those of Df, in any order, with eigenvectors beside them or NULL:
 * brings them into the form of grl_fixed_point for flow or map and derives type, dimension, index and time
 * constants. `norm` is the size of Df, against which an eigenvalue counts as zero; `proven`: how many
 * eigenvalues are unstable and that the others are stable, or -1 if that is not proven. */
grl_status grl_portrait_classify(const grl_portrait *portrait, grl_fixed_point *point, double norm,
                                 int proven, grl_error *error);

/* Points into lexicographic order, and the index sum. */
void grl_portrait_finish(grl_portrait *portrait);

/* From the enclosures of a proof, what every number of units shares: points with h, a, error bound, residual
 * and certificate; the degenerate points; the undecided boxes. `work`: grl_cell_work numbers. */
grl_status grl_portrait_take_proof(const grl_cell *autonomous, const grl_proof *proof, grl_portrait *portrait,
                                   double *work, grl_error *error);

/* The whole portrait of at most GRL_SMALL_UNITS units by proof alone, without LAPACK, files or threads. */
grl_status grl_portrait_planar(const grl_cell *autonomous, const grl_portrait_options *options,
                               grl_portrait **portrait, grl_error *error);

#endif
