/* map_branch.h (internal): one branch of a saddle of a planar map. */
#ifndef GRL_PORTRAIT_MAP_BRANCH_H
#define GRL_PORTRAIT_MAP_BRANCH_H

#include <grulens/map_manifolds.h>
#include <stdbool.h>

/* The manifold near the saddle, h + s v + s^2 a2 + s^3 a3, on which a step of the map multiplies s by
 * `multiplier`; good to rounding for |s| <= reach. */
typedef struct grl_map_local {
    double h[2], v[2], a2[2], a3[2];
    double multiplier, reach;
} grl_map_local;

typedef struct grl_map_work {
    const grl_cell *cell; /* without inputs */
    const grl_portrait *portrait;
    const grl_map_options *options;
    double *work;    /* for cell and derivatives */
    double nearest;  /* from the saddle to the next fixed point */
    long long steps; /* of the map, for the present branch */
    size_t capacity; /* of the present branch's points */
} grl_map_work;

/* One step of the map, or two for a negative multiplier; D: 2 x 2 its derivative, or NULL. */
void grl_map_step(grl_map_work *work, int twice, const double h[2], double image[2], double *D);

/* det D(map), one step. */
double grl_map_determinant(grl_map_work *work, const double h[2]);

/* False: no reach is large enough. */
bool grl_map_local_make(grl_map_work *work, const grl_fixed_point *saddle, int stable, grl_map_local *local);
void grl_map_local_at(const grl_map_local *local, double s, double h[2]);

/* Appends a point and adds to the length. */
grl_status grl_map_branch_add(grl_map_work *work, grl_map_branch *branch, const double h[2],
                              grl_error *error);

/* The fixed point, other than the saddle itself, that holds h if it attracts (sense 1) or repels (-1): place
 * or -1. */
long grl_map_caught(const grl_map_work *work, const grl_map_branch *branch, const double h[2], int sense);

grl_status grl_map_branch_unstable(grl_map_work *work, const grl_map_local *local, grl_map_branch *branch,
                                   grl_error *error);
grl_status grl_map_branch_stable(grl_map_work *work, const grl_map_local *local, grl_map_branch *branch,
                                 grl_error *error);

/* All crossings of unstable with stable branches. */
grl_status grl_map_crossings_find(grl_map_manifolds *manifolds, grl_error *error);

#endif
