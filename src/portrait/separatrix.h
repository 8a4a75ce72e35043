/* separatrix.h (internal): what the parts of grl_separatrices_compute share. */
#ifndef GRL_PORTRAIT_SEPARATRIX_H
#define GRL_PORTRAIT_SEPARATRIX_H

#include "portrait/orbit.h"

/* The manifold of a saddle for one eigenvalue: h + s v + s^2 c2 w + s^3 c3 w, w the other eigenvector. */
typedef struct grl_expansion {
    double h[2], v[2], w[2];
    double value, other; /* eigenvalues of v and w */
    double c2, c3;
} grl_expansion;

/* On side +1 the larger coordinate of v and w is positive. work: grl_cell_derivative_work numbers. */
void grl_expansion_make(const grl_cell *autonomous, const grl_fixed_point *saddle, int stable,
                        grl_expansion *expansion, double *work);

/* What an orbit's end means, with its present state. */
grl_limit grl_limit_of(const grl_orbit *orbit);

/* Basins by the borders if that is possible, else by samples. */
grl_status grl_basins_make(grl_plane *plane, grl_separatrices *s, grl_error *error);

/* Areas between the manifolds. *done = 0: not possible, and nothing was changed. */
grl_status grl_basins_by_borders(const grl_plane *plane, grl_separatrices *s, int *done, grl_error *error);
grl_status grl_basins_by_samples(grl_plane *plane, grl_separatrices *s, grl_error *error);

/* The slowest place of each basin. */
void grl_basins_find_slow(grl_plane *plane, grl_separatrices *s);

/* The basin of this attractor, added if it is new. */
grl_status grl_basin_of(grl_separatrices *s, const grl_limit *attractor, size_t *basin, grl_error *error);

#endif
