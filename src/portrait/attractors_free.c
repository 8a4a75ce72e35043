/* attractors_free.c: the list of attractors is freed with the portrait, also where there is no LAPACK. */
#include <grulens/attractors.h>

#include <stdlib.h>

void grl_attractors_free(grl_attractors *attractors)
{
    if (!attractors) return;
    for (size_t i = 0; i < attractors->count; i++) free(attractors->items[i].lyapunov);
    for (size_t i = 0; i < attractors->closed_count; i++) {
        grl_closed *closed = &attractors->closed[i];
        free(closed->multipliers);
        free(closed->exponents);
        free(closed->low);
        free(closed->high);
        free(closed->points);
    }
    for (size_t i = 0; i < attractors->manifold_count; i++) {
        for (size_t b = 0; b < attractors->manifolds[i].count; b++)
            free(attractors->manifolds[i].branches[b].points);
        free(attractors->manifolds[i].branches);
    }
    free(attractors->items);
    free(attractors->closed);
    free(attractors->manifolds);
    free(attractors);
}
