/* lanes_isa.c: the field of GRL_FIELD_LANES small networks, each with its own numbers and state. Compiled
 * once for each instruction set.
 *
 * (1 - z) (n - h) with 1 - z = s / S and n = t / T is s (t - h T) / (S T): one division for two functions. */
#include "cell/lanes.h"
#include "num/elementary.h"
#include "num/isa.h"

#define EACH_LANE for (int l = 0; l < GRL_FIELD_LANES; l++)

enum { UNITS = 6 };

/* out = b + U x */
static inline void affine(int n, const grl_field_lanes *U, const grl_field_lanes *b, const grl_field_lanes *x,
                          int i, double *out)
{
    EACH_LANE out[l] = b[i][l];
    for (int j = 0; j < n; j++) EACH_LANE out[l] = fma(U[i * n + j][l], x[j][l], out[l]);
}

static inline void field(int n, int after, const grl_field_lanes *P, const grl_field_lanes *h,
                         grl_field_lanes *f)
{
    const grl_field_lanes *U_z = P, *U_r = P + n * n, *U_h = P + 2 * n * n, *b_z = P + 3 * n * n,
                          *b_r = b_z + n, *b_h = b_r + n, *c_h = b_h + n;
    grl_field_lanes gate[UNITS], sum;

    for (int i = 0; i < n; i++) {
        affine(n, U_r, b_r, h, i, sum);
        EACH_LANE
        {
            double r = elementary_sigma(sum[l]);
            gate[i][l] = after ? r : r * h[i][l];
        }
    }
    for (int i = 0; i < n; i++) {
        grl_field_lanes pass;
        if (after) {
            affine(n, U_h, c_h, h, i, sum);
            EACH_LANE sum[l] = fma(gate[i][l], sum[l], b_h[i][l]);
        } else {
            affine(n, U_h, b_h, (const grl_field_lanes *)gate, i, sum);
        }
        affine(n, U_z, b_z, h, i, pass);
        EACH_LANE
        {
            double S, T, s = elementary_sigma_parts(-pass[l], &S), t = elementary_tanh_parts(sum[l], &T);
            f[i][l] = s * fma(-h[i][l], T, t) / (S * T);
        }
    }
}

extern grl_field_step_function GRL_ISA_NAME(grl_field_step_);

void GRL_ISA_NAME(grl_field_step_)(int n, int after, const grl_field_lanes *P, const grl_field_lanes *h,
                                   grl_field_lanes *f)
{
    switch (n) {
    case 1:
        after ? field(1, 1, P, h, f) : field(1, 0, P, h, f);
        break;
    case 2:
        after ? field(2, 1, P, h, f) : field(2, 0, P, h, f);
        break;
    case 3:
        after ? field(3, 1, P, h, f) : field(3, 0, P, h, f);
        break;
    default:
        field(n, after, P, h, f);
    }
}
