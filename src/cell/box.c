/* box.c: the bounds on rounding errors that box_isa.c adds, and the choice of the instruction set.
 *
 * u = 2^-53. A sum of k products in any order, with or without fma, is off by at most
 * gamma_k = k u / (1 - k u) times the sum of absolute products (Higham 2002, section 3.1). Below, integer
 * factors are rounded up generously, which covers 1 / (1 - k u), the rounding of the bounds themselves, of
 * the subtraction that applies them, and (by TINY) underflow.
 *
 *   S_r = sum_j |U_r,ij| + |b_r,i|,   S_h = sum_j |U_h,ij| + |b_h,i|,   S_v = sum_j |U_h,ij| + |c_h,i|
 *
 *   e_r   The bounds are sums of 2n products and a bias, each product at most |U| in size: (2n + 8) u S_r,
 *         plus the radius of b_r.
 *   e_v   (2n + 8) u S_v.
 *   e_f   before: q = r h is rounded (one u), then as e_r: (2n + 10) u S_h.
 *         after:  r v and the sum with b_h: 4 u (S_v + |b_h|) doubled.
 *         Plus the radius of b_h.
 *   e_c   G at the point c. h is off by 8 u (GRL_ELEMENTARY_ERROR), so U_r h + b_r by (n + 12) u S_r plus the
 *         radius of b_r; sigma' <= 1/4 and its own 8 u: r is off by
 *         delta_r = (n + 12) u S_r / 4 + 8 u + radius / 4.
 *         before: q by delta_r + 9 u; F by sum_j |U_h,ij| (delta_r,j + 9 u) + (n + 4) u S_h + radius.
 *         after:  v by (n + 12) u S_v; F by delta_r S_v + (n + 12) u S_v + 4 u (S_v + |b_h|) + radius.
 *         G = c - F: |c| is at most the bound of F on the boxes in use, enlarged by a sixteenth: 4 u more
 *         of it.
 *   e_m   An entry of F' is U_h r s + (products U_h U_r w s) with r, s <= 1 and |w| <= 1/4 (before),
 *         S_v / 4 (after): sizes sum to B = max_k (|U_h,ik| + sum_j |U_h,ij U_r,jk|) or
 *         |U_h,ik| + |U_r,ik| S_v; centre and radius each take at most n + 10 roundings of numbers up to 2 B:
 *         (4n + 40) u B. */
#include "cell/box.h"

#include "cell/cell.h"

#include <math.h>

#define U_ROUND 0x1p-53
#define TINY    0x1p-990

void grl_box_bound(const grl_cell *cell, double *bound)
{
    size_t n = cell->n;
    for (size_t i = 0; i < n; i++) {
        double sum = fabs(cell->block[GRL_B_H][i]) + (cell->bias_radius ? cell->bias_radius[2 * n + i] : 0);
        for (size_t j = 0; j < n; j++) sum += fabs(cell->block[GRL_U_H][i * n + j]);
        if (cell->reset == GRL_RESET_AFTER) sum += fabs(cell->block[GRL_C_H][i]);
        bound[i] = sum * (1 + 0x1p-40) + 0x1p-40; /* more than the rounding of up to 8 terms */
    }
}

void grl_box_load(grl_box_batch *batch, int lane, const grl_cell *cell)
{
    size_t n = cell->n;
    const double *radius = cell->bias_radius;
    double k = (double)n, S_r[GRL_BOX_UNITS], S_h[GRL_BOX_UNITS], S_v[GRL_BOX_UNITS], delta_r[GRL_BOX_UNITS];
    const double *U_r = cell->block[GRL_U_R], *U_h = cell->block[GRL_U_H];

    for (size_t i = 0; i < n; i++) {
        S_r[i] = fabs(cell->block[GRL_B_R][i]);
        S_h[i] = fabs(cell->block[GRL_B_H][i]);
        S_v[i] = fabs(cell->block[GRL_C_H][i]);
        batch->b_r[i][lane] = cell->block[GRL_B_R][i];
        batch->b_h[i][lane] = cell->block[GRL_B_H][i];
        batch->c_h[i][lane] = cell->block[GRL_C_H][i];
        for (size_t j = 0; j < n; j++) {
            batch->U_r[i][j][lane] = U_r[i * n + j];
            batch->U_h[i][j][lane] = U_h[i * n + j];
            S_r[i] += fabs(U_r[i * n + j]);
            S_h[i] += fabs(U_h[i * n + j]);
            S_v[i] += fabs(U_h[i * n + j]);
        }
        double radius_r = radius ? radius[n + i] : 0;
        batch->e_r[i][lane] = (2 * k + 8) * U_ROUND * S_r[i] + radius_r * (1 + 0x1p-40) + TINY;
        delta_r[i] = (k + 12) * U_ROUND / 4 * S_r[i] + 8 * U_ROUND + radius_r / 4 * (1 + 0x1p-40) + TINY;
    }
    for (size_t i = 0; i < n; i++) {
        double radius_h = (radius ? radius[2 * n + i] : 0) * (1 + 0x1p-40) + TINY, point, largest = 0;
        if (batch->after) {
            double size = S_v[i] + fabs(cell->block[GRL_B_H][i]);
            batch->e_v[i][lane] = (2 * k + 8) * U_ROUND * S_v[i] + TINY;
            batch->e_f[i][lane] = 8 * U_ROUND * size + radius_h;
            point = delta_r[i] * S_v[i] + ((k + 12) * S_v[i] + 8 * size) * U_ROUND;
            for (size_t j = 0; j < n; j++)
                largest = fmax(largest, fabs(U_h[i * n + j]) + fabs(U_r[i * n + j]) * S_v[i]);
        } else {
            batch->e_v[i][lane] = 0;
            batch->e_f[i][lane] = (2 * k + 10) * U_ROUND * S_h[i] + radius_h;
            point = (k + 8) * U_ROUND * S_h[i];
            for (size_t j = 0; j < n; j++) {
                double entry = fabs(U_h[i * n + j]);
                point += fabs(U_h[i * n + j]) * (delta_r[j] + 9 * U_ROUND);
                for (size_t l = 0; l < n; l++) entry += fabs(U_h[i * n + l] * U_r[l * n + j]);
                largest = fmax(largest, entry);
            }
        }
        batch->e_c[i][lane] = point * (1 + 0x1p-40) + radius_h;
        batch->e_m[i][lane] = (4 * k + 40) * U_ROUND * largest + TINY;
    }
}

extern grl_box_step_function grl_box_step_portable;
#ifndef GRL_KERNELS_PORTABLE_ONLY
extern grl_box_step_function grl_box_step_avx2, grl_box_step_avx512;
#endif

grl_box_step_function *grl_box_step(grl_isa isa)
{
    if (!grl_isa_runs(isa)) return NULL;
#ifndef GRL_KERNELS_PORTABLE_ONLY
    if (isa == GRL_ISA_AVX512) return grl_box_step_avx512;
    if (isa == GRL_ISA_AVX2) return grl_box_step_avx2;
#endif
    return grl_box_step_portable;
}
