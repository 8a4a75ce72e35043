/* pair_isa.c: the field and the Jacobian of one two-unit network at one state. Compiled once for each
 * instruction set. The four gates are four lanes, the two candidates two; field.c has the equations. */
#include "cell/pair.h"
#include "num/elementary.h"
#include "num/isa.h"

#define EACH_GATE for (int l = 0; l < 4; l++)
#define EACH_UNIT for (int i = 0; i < 2; i++)

typedef struct state {
    double gate[4], rest[4]; /* r, 1 - z; 1 - r, z */
    double v[2], candidate[2];
} state;

static inline void evaluate(const grl_pair *p, const double *h, int with_rest, state *s)
{
    double sum[4], a[2];
    EACH_GATE sum[l] = fma(p->from[1][l], h[1], fma(p->from[0][l], h[0], p->bias[l]));
    EACH_GATE
    {
        double bottom, top = elementary_sigma_parts(sum[l], &bottom);
        s->gate[l] = top / bottom;
        /* Of the two parts of 1 + exp(-|x|) one is sigma's and the other the rest's. */
        if (with_rest) s->rest[l] = (sum[l] < 0 ? 1.0 : bottom - 1) / bottom;
    }
    if (p->after) {
        EACH_UNIT s->v[i] = fma(p->U_h[1][i], h[1], fma(p->U_h[0][i], h[0], p->c_h[i]));
        EACH_UNIT a[i] = fma(s->gate[i], s->v[i], p->b_h[i]);
    } else {
        EACH_UNIT s->v[i] = s->gate[i] * h[i];
        EACH_UNIT a[i] = fma(p->U_h[1][i], s->v[1], fma(p->U_h[0][i], s->v[0], p->b_h[i]));
    }
    EACH_UNIT s->candidate[i] = elementary_tanh(a[i]);
}

extern grl_pair_field_function GRL_ISA_NAME(grl_pair_field_);
extern grl_pair_linear_function GRL_ISA_NAME(grl_pair_linear_);

void GRL_ISA_NAME(grl_pair_field_)(const grl_pair *p, const double *h, double *f)
{
    state s;
    evaluate(p, h, 0, &s);
    EACH_UNIT f[i] = s.gate[2 + i] * (s.candidate[i] - h[i]);
}

void GRL_ISA_NAME(grl_pair_linear_)(const grl_pair *p, const double *h, double *f, double *J)
{
    state s;
    evaluate(p, h, 1, &s);
    EACH_UNIT
    {
        double row[2], slope = (1 - s.candidate[i]) * (1 + s.candidate[i]);
        double pass = s.gate[2 + i], off = s.candidate[i] - h[i], gate = off * s.rest[2 + i] * pass;
        if (p->after) {
            double weight = s.v[i] * s.gate[i] * s.rest[i];
            for (int j = 0; j < 2; j++) row[j] = s.gate[i] * p->U_h[j][i] + weight * p->U_r[2 * i + j];
        } else {
            for (int j = 0; j < 2; j++) row[j] = p->U_h[j][i] * s.gate[j];
            for (int k = 0; k < 2; k++) {
                double weight = p->U_h[k][i] * s.v[k] * s.rest[k];
                for (int j = 0; j < 2; j++) row[j] += weight * p->U_r[2 * k + j];
            }
        }
        f[i] = pass * off;
        for (int j = 0; j < 2; j++)
            J[2 * i + j] = pass * (slope * row[j] - (i == j)) - gate * p->U_z[2 * i + j];
    }
}
