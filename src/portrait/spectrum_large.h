/* spectrum_large.h (internal): eigenvalues at a fixed point for any number of units, and the proof of how
 * many are stable. */
#ifndef GRL_PORTRAIT_SPECTRUM_LARGE_H
#define GRL_PORTRAIT_SPECTRUM_LARGE_H

#include <grulens/portrait.h>
#include <stddef.h>

/* Eigenvalues (n pairs re, im) of the n x n row-major J in LAPACK's order, a complex pair with the positive
 * imaginary part first, and, unless NULL, eigenvectors: n rows of n pairs, of 2-norm 1. Fails with
 * GRL_NOT_REACHED if the QR iteration does not converge. */
grl_status grl_spectrum_dense(size_t n, const double *J, double *eigenvalues, double *eigenvectors,
                              grl_error *error);

/* Into the order of grl_fixed_point: by falling real part (flow) or falling modulus (map). Equal keys keep
 * their order, so pairs stay together. eigenvectors may be NULL. */
grl_status grl_spectrum_sort(size_t n, grl_time time, double *eigenvalues, double *eigenvectors,
                             grl_error *error);

/* How many eigenvalues of Df lie left and right of the imaginary axis (flow), or of I + dt Df inside and
 * outside the unit circle (map), at every fixed point within `radius` of h in each coordinate. Proven, or
 * *decided = 0 and both counts 0. The cell has no inputs; its biases may carry a radius. eigenvalues,
 * eigenvectors: of Df at h in the form of grl_spectrum_dense, of any quality, or both NULL: computed here. */
grl_status grl_inertia_certify(const grl_cell *cell, grl_time time, double dt, const double *h, double radius,
                               const double *eigenvalues, const double *eigenvectors, int *decided,
                               size_t *stable, size_t *unstable, grl_error *error);

/* The sign of det(-Df) at the fixed point h, as computed. Saturated update gates do not harm it. */
grl_status grl_index_dense(const grl_cell *cell, const double *h, int *index, grl_error *error);

#endif
