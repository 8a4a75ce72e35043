/* homoclinic.h: orbits from a saddle to itself, in one or two parameters of a path. */
#ifndef GRL_BIFURCATION_HOMOCLINIC_H
#define GRL_BIFURCATION_HOMOCLINIC_H

#include "bifurcation/bvp_arc.h"
#include "bifurcation/path.h"

typedef struct grl_loop {
    grl_path *path;
    size_t n, parameters; /* of the path: 1 or 2 */
    size_t unstable;      /* dimension of the saddle's unstable manifold; kept along a curve, so that past a
                             saddle-node a sign is wrong and not the count */
    double T;             /* time from end to end of the orbit that is computed */
    double distance;      /* of the ends from the saddle, that is aimed at */
    grl_bvp_arc arc;      /* scalars: the parameters, then the saddle's n coordinates */

    /* Of arc.now, by grl_loop_describe. */
    double sigma;    /* saddle quantity: sum of the real parts of the leading eigenvalues */
    double lambda_u; /* leading unstable eigenvalue's real part */
    double lambda_s; /* leading stable one's */
    double size;     /* greatest distance from the saddle */

    /* Inner. */
    int critical; /* +1, -1: the last condition is that lambda_u, lambda_s vanishes; 0: not */
    double *reference, *block, *J, *values, *vectors, *left, *work;
    double weights[64];
    grl_bvp_solution extended;
} grl_loop;

/* range: of each parameter, for the norm. distance: of the ends, e.g. 1e-6. */
grl_status grl_loop_create(grl_path *path, const double *range, double distance, grl_loop *loop,
                           grl_error *error);
void grl_loop_free(grl_loop *loop);

/* From a long cycle (its first scalar: the period) that passes near the saddle h, at the parameters p; solved in
 * the parameter `vary`. False if there is no hyperbolic saddle or Newton's method fails. */
bool grl_loop_from_cycle(grl_loop *loop, const grl_bvp_solution *cycle, const double *saddle, const double *p,
                         size_t vary);

/* Eigenvalues and size, of arc.now or arc.next. False if they cannot be computed. */
bool grl_loop_describe(grl_loop *loop, const grl_bvp_solution *u);

/* Longer or shorter, so that the ends are at the distance aimed at. Two parameters: the tangent follows. */
void grl_loop_retime(grl_loop *loop);

/* Two parameters: from arc.now to where the leading unstable (+1) or stable (-1) eigenvalue vanishes; in
 * arc.next. */
bool grl_loop_critical(grl_loop *loop, int which);

/* Whether the orbit of arc.now is slow, away from its saddle, beside another fixed point; h (n) is that then. */
bool grl_loop_passes(grl_loop *loop, double *h);

#endif
