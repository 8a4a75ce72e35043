/* orbits.h: sample trajectories for a figure. */
#ifndef GRL_DRAW_ORBITS_H
#define GRL_DRAW_ORBITS_H

#include <grulens/portrait.h>
#include <grulens/simulate.h>

typedef struct grl_orbits {
    size_t count;
    grl_trajectory **items;
} grl_orbits;

/* Beside which points more trajectories start, along their most unstable direction. */
typedef enum grl_beside {
    GRL_BESIDE_NONE,
    GRL_BESIDE_FOCI,    /* one beside each unstable focus */
    GRL_BESIDE_UNSTABLE /* two, both ways, beside each point that is not stable */
} grl_beside;

/* `wanted` starts spread over the cube, and those beside points: count x n numbers, freed with free(). */
grl_status grl_orbits_starts(const grl_portrait *portrait, size_t wanted, grl_beside beside,
                             unsigned long long seed, size_t *count, double **starts, grl_error *error);

/* `wanted` trajectories of a cell without inputs, in the time of the portrait, from such starts. Long enough
 * to show where they go, about `rows` states each at most. Free with grl_orbits_free. */
grl_status grl_orbits_run(const grl_cell *cell, const grl_portrait *portrait, size_t wanted,
                          grl_beside beside, size_t rows, unsigned long long seed, grl_orbits *orbits,
                          grl_error *error);
void grl_orbits_free(grl_orbits *orbits);

#endif
