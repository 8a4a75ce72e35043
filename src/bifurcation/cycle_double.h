/* cycle_double.h: curves of folds of cycles and of period doublings in two parameters. */
#ifndef GRL_BIFURCATION_CYCLE_DOUBLE_H
#define GRL_BIFURCATION_CYCLE_DOUBLE_H

#include "bifurcation/bvp_arc.h"
#include "bifurcation/cycle_track.h"

typedef struct grl_double {
    grl_path *path;
    size_t n;
    grl_special_type type; /* GRL_CYCLE_FOLD or GRL_PERIOD_DOUBLING */
    /* Functions: the cycle u and a vector v along it; scalars: T, the two parameters, and of a fold the change
       of the period that goes with v. */
    grl_bvp_arc arc;

    /* Inner. */
    double weights[4];
    double *reference, *block, *J, *f, *slope, *unit, *work;
} grl_double;

grl_status grl_double_create(grl_path *path, grl_special_type type, const double *range, grl_double *curve,
                             grl_error *error);
void grl_double_free(grl_double *curve);

/* From a point that was located along parameter `vary`, the other one being `held`. False if Newton's method
 * fails. arc.now and its tangent are the start of the curve then. */
bool grl_double_begin(grl_double *curve, const grl_track_point *point, size_t vary, double held);

/* The greatest range of a unit over the cycle of arc.now. */
double grl_double_amplitude(const grl_double *curve);

#endif
