/* planar.c: linked with the planar path alone and libm, so what the path needs beyond these is missed here.
 * U_h = 3 I: the map h+ = (h + tanh(1.5 h)) / 2 takes 0.5 towards the fixed point +0.858559636640110. */
#include "portrait/assemble.h"

#include <grulens/cell.h>
#include <math.h>
#include <stdio.h>

int main(void)
{
    grl_error error = {0};
    grl_cell *cell = NULL;
    if (grl_cell_create(2, 0, GRL_RESET_BEFORE, &cell, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    double *U_h = grl_cell_block(cell, GRL_U_H);
    U_h[0] = U_h[3] = 3;
    double h[2] = {0.5, -0.5}, next[2], work[256];
    if (grl_cell_work(cell) > sizeof work / sizeof *work) return 1;
    for (int k = 0; k < 200; k++) {
        grl_cell_map(cell, NULL, 1, h, next, work);
        h[0] = next[0];
        h[1] = next[1];
    }
    grl_portrait_options options = grl_portrait_defaults();
    grl_portrait *portrait = NULL;
    if (grl_portrait_planar(cell, &options, &portrait, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (!portrait->complete || portrait->count != 9 || portrait->index_sum != 1) return 1;
    grl_portrait_free(portrait);
    grl_cell_free(cell);
    double expected = 0.858559636640110;
    printf("%.15f %.15f\n", h[0], h[1]);
    return !(fabs(h[0] - expected) < 1e-14 && fabs(h[1] + expected) < 1e-14);
}
