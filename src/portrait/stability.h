/* stability.h (internal): eigenvalues, and proven numbers of stable and unstable ones, for up to three units.
 */
#ifndef GRL_PORTRAIT_STABILITY_H
#define GRL_PORTRAIT_STABILITY_H

#include <grulens/portrait.h>

enum { GRL_SMALL_UNITS = 3 };

/* Eigenvalues (n pairs) of J (n x n, row-major, n <= 3), a complex pair with the positive imaginary part
 * first; and, unless NULL, eigenvectors (n rows of n pairs, 2-norm 1). */
void grl_spectrum_small(size_t n, const double *J, double *eigenvalues, double *eigenvectors);

/* At the fixed point whose pre-activation is in `box` (n pairs of low and high): the sign of det(-Df), or 0
 * if not proven; and whether the numbers of stable and unstable eigenvalues (flow: of Df; map: of I + dt Df)
 * are proven, with these. */
void grl_inertia_small(const grl_cell *autonomous, grl_time time, double dt, const double *box, int *index,
                       int *decided, int *stable, int *unstable);

#endif
