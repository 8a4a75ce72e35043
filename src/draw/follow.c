/* follow.c: follows a planar flow in its length instead of its time: p' = v / |v|.
 *
 * The 3(2) pair of Bogacki and Shampine (1989) with its last stage reused. Speeds that differ by many powers
 * of ten, as saturated gates make them, do not matter. Where the direction jumps (a fixed point), the step
 * shrinks to nothing and the curve ends. */
#include "draw/planar.h"

#include <math.h>
#include <string.h>

static int direction(const grl_planar *flow, double sign, const double p[2], double u[2])
{
    double v[2];
    flow->field(flow->context, p, v);
    double largest = fmax(fabs(v[0]), fabs(v[1]));
    if (!(largest > 0)) return 0;
    double x = v[0] / largest, y = v[1] / largest, speed = sqrt(x * x + y * y);
    u[0] = sign * x / speed;
    u[1] = sign * y / speed;
    return 1;
}

int grl_follow_start(grl_follower *f, const grl_planar *flow, const double p[2], double sign, double most)
{
    *f = (grl_follower){.flow = flow, .sign = sign, .p = {p[0], p[1]}, .step = most, .most = most};
    return direction(flow, sign, p, f->slope);
}

int grl_follow_step(grl_follower *f)
{
    const double tolerance = 6e-5, least = 1e-6, short_step = 2e-3;
    double k2[2], k3[2], k4[2], q[2];
    const double *k1 = f->slope;
    for (;;) {
        double step = f->step;
        for (int i = 0; i < 2; i++) q[i] = f->p[i] + step * 0.5 * k1[i];
        if (!direction(f->flow, f->sign, q, k2)) return 0;
        for (int i = 0; i < 2; i++) q[i] = f->p[i] + step * 0.75 * k2[i];
        if (!direction(f->flow, f->sign, q, k3)) return 0;
        for (int i = 0; i < 2; i++) q[i] = f->p[i] + step * (2 * k1[i] + 3 * k2[i] + 4 * k3[i]) / 9;
        if (!direction(f->flow, f->sign, q, k4)) return 0;
        double wrong = 0;
        for (int i = 0; i < 2; i++)
            wrong = fmax(wrong, step * fabs(-5 * k1[i] + 6 * k2[i] + 8 * k3[i] - 9 * k4[i]) / 72);
        double factor = wrong > 0 ? 0.9 * cbrt(tolerance / wrong) : 4;
        f->step = fmin(f->most, step * fmin(4, fmax(0.2, factor)));
        if (wrong <= tolerance) {
            /* Turning back within a short step: it only hops about a point of rest. */
            if (step < short_step && k1[0] * k4[0] + k1[1] * k4[1] < 0) return 0;
            memcpy(f->p, q, sizeof q);
            memcpy(f->slope, k4, sizeof k4);
            f->length += step;
            return 1;
        }
        if (f->step < least) return 0;
    }
}
