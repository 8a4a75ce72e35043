/* hopf_vector.c: the eigenvector of i omega at a Hopf point. */
#include "bifurcation/hopf_vector.h"

#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool grl_hopf_vector(grl_track *track, const double *h, double p, double omega, double *vector)
{
    size_t n = track->n, best = n;
    double nearest = INFINITY, *J = grl_calloc(3 * n * n + 2 * n + grl_dense_eigen_work(n, true), sizeof *J);
    if (!J) return false;
    double *values = J + n * n, *vectors = values + 2 * n, *work = vectors + 2 * n * n;
    if (grl_track_move(track, p)) {
        grl_cell_jacobian(grl_path_cell(track->path), NULL, h, J, track->work);
        if (grl_dense_eigen(n, J, values, vectors, work))
            for (size_t k = 0; k < n; k++) {
                double distance = hypot(values[2 * k], values[2 * k + 1] - omega);
                if (!(distance < nearest)) continue;
                nearest = distance;
                best = k;
            }
    }
    if (best < n) memcpy(vector, vectors + 2 * n * best, 2 * n * sizeof *vector);
    free(J);
    return best < n;
}
