/* pair.c: the numbers of a two-unit network in the order in which the kernel reads them. */
#include "cell/pair.h"

#include "cell/cell.h"
#include "num/kernels.h"

#include <string.h>

extern grl_pair_field_function grl_pair_field_portable;
extern grl_pair_linear_function grl_pair_linear_portable;
#ifndef GRL_KERNELS_PORTABLE_ONLY
extern grl_pair_field_function grl_pair_field_avx2, grl_pair_field_avx512;
extern grl_pair_linear_function grl_pair_linear_avx2, grl_pair_linear_avx512;
#endif

static void choose(grl_pair *pair)
{
    pair->field = grl_pair_field_portable;
    pair->linear = grl_pair_linear_portable;
#ifndef GRL_KERNELS_PORTABLE_ONLY
    grl_isa isa = grl_isa_best();
    if (isa == GRL_ISA_AVX2) {
        pair->field = grl_pair_field_avx2;
        pair->linear = grl_pair_linear_avx2;
    } else if (isa == GRL_ISA_AVX512) {
        pair->field = grl_pair_field_avx512;
        pair->linear = grl_pair_linear_avx512;
    }
#endif
}

void grl_pair_take(const grl_cell *autonomous, grl_pair *pair)
{
    double *const *B = autonomous->block;
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            pair->from[j][i] = B[GRL_U_R][2 * i + j];
            pair->from[j][2 + i] = -B[GRL_U_Z][2 * i + j];
            pair->U_h[j][i] = B[GRL_U_H][2 * i + j];
        }
        pair->bias[i] = B[GRL_B_R][i];
        pair->bias[2 + i] = -B[GRL_B_Z][i];
        pair->b_h[i] = B[GRL_B_H][i];
        pair->c_h[i] = B[GRL_C_H][i];
    }
    memcpy(pair->U_z, B[GRL_U_Z], sizeof pair->U_z);
    memcpy(pair->U_r, B[GRL_U_R], sizeof pair->U_r);
    pair->after = autonomous->reset == GRL_RESET_AFTER;
    choose(pair);
}
