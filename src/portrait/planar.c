/* planar.c: the portrait of up to three units by proof alone. No LAPACK, files or threads. */
#include "portrait/assemble.h"

#include "cell/cell.h"
#include "portrait/stability.h"

#include <math.h>

/* A degenerate point of one unit at which f has the same sign on both sides attracts from one of them. */
static int half_stable(const grl_cell *cell, const grl_fixed_point *point)
{
    double below = point->box[0] - 1e-6, above = point->box[1] + 1e-6, left, right, work[5];
    grl_cell_field(cell, NULL, &below, &left, work);
    grl_cell_field(cell, NULL, &above, &right, work);
    return left * right > 0;
}

grl_status grl_portrait_planar(const grl_cell *autonomous, const grl_portrait_options *options,
                               grl_portrait **portrait, grl_error *error)
{
    size_t n = autonomous->n;
    double work[5 * GRL_SMALL_UNITS], J[GRL_SMALL_UNITS * GRL_SMALL_UNITS];
    grl_proof proof = {0};
    grl_prove_options prove = {options->max_boxes, 0, grl_isa_best(), options->progress};
    grl_status status = grl_portrait_create(autonomous, options, GRL_METHOD_PROVE, portrait, error);
    if (status == GRL_OK) status = grl_prove(1, &autonomous, &prove, &proof, error);
    if (status == GRL_OK) status = grl_portrait_take_proof(autonomous, &proof, *portrait, work, error);
    for (size_t i = 0; status == GRL_OK && i < (*portrait)->count; i++) {
        grl_fixed_point *point = &(*portrait)->points[i];
        double norm = 0;
        grl_cell_jacobian(autonomous, NULL, point->h, J, work);
        for (size_t k = 0; k < n * n; k++) norm = fmax(norm, fabs(J[k]));
        grl_spectrum_small(n, J, point->eigenvalues, point->eigenvectors);
        int stable, unstable = -1;
        if (point->certified) {
            grl_inertia_small(autonomous, options->time, (*portrait)->dt, proof.points.values + i * 2 * n,
                              &point->index, &point->stability_proven, &stable, &unstable);
        }
        status =
            grl_portrait_classify(*portrait, point, norm, point->stability_proven ? unstable : -1, error);
        if (n == 1 && point->type == GRL_DEGENERATE && point->box && half_stable(autonomous, point))
            point->type = GRL_HALF_STABLE;
    }
    if (status == GRL_OK) grl_portrait_finish(*portrait);
    grl_proof_free(&proof);
    if (status != GRL_OK) {
        grl_portrait_free(*portrait);
        *portrait = NULL;
    }
    return status;
}
