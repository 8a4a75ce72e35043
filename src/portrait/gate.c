/* gate.c: sections across known cycles, through which orbits come to them.
 *
 * The section lies where the cycle is fastest, across the flow. On each side, and for each sense of time, the
 * orbit from its end at a distance u is followed for one round; if it returns on the same side at P(u) with
 * |P(u)| < |u|, then every orbit that crosses between comes nearer from round to round, because P rises and no
 * other known cycle crosses there. u begins at 0.1, or half of what other parts of cycles and points leave,
 * and is halved until that is so.
 *
 * What makes it fail: a multiplier so near to 1 that P(u) - u is below rounding; then the side has no gate, and
 * orbits that come to the cycle stay undecided. */
#include "portrait/orbit.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { MOST_HALVINGS = 14, MOST_STEPS = 20000 };
static const double widest = 0.1;

/* The section at the fastest point of the course; returns that point's place. */
static size_t lay_section(const grl_plane *plane, const grl_cycle *cycle, grl_gate *gate)
{
    double fastest = 0;
    size_t at = 0;
    for (size_t i = 0; i + 1 < cycle->count; i++) {
        double f[2];
        const double *h = cycle->points + 3 * i + 1;
        plane->pair.field(&plane->pair, h, f);
        double speed = hypot(f[0], f[1]);
        if (!(speed > fastest)) continue;
        fastest = speed;
        at = i;
        memcpy(gate->h, h, sizeof gate->h);
        for (int k = 0; k < 2; k++) gate->forward[k] = f[k] / speed;
    }
    gate->across[0] = -gate->forward[1];
    gate->across[1] = gate->forward[0];
    return at;
}

/* How far the section may reach on a side until it meets a cycle: `skip` is the place on its own. */
static double room(const grl_gate *gate, const grl_cycles *cycles, size_t own, size_t skip, int side)
{
    double least = 2 * widest, sign = side ? 1 : -1;
    for (size_t c = 0; c < cycles->count; c++) {
        const grl_cycle *cycle = &cycles->items[c];
        for (size_t i = 0; i + 1 < cycle->count; i++) {
            const double *a = cycle->points + 3 * i + 1, *b = a + 3;
            double fa = (a[0] - gate->h[0]) * gate->forward[0] + (a[1] - gate->h[1]) * gate->forward[1];
            double fb = (b[0] - gate->h[0]) * gate->forward[0] + (b[1] - gate->h[1]) * gate->forward[1];
            if ((fa < 0) == (fb < 0)) continue;
            if (c == own && (i == skip || i + 1 == skip || (skip == 0 && i + 2 == cycle->count))) continue;
            double part = fa / (fa - fb);
            double u = (a[0] + part * (b[0] - a[0]) - gate->h[0]) * gate->across[0] +
                       (a[1] + part * (b[1] - a[1]) - gate->h[1]) * gate->across[1];
            if (u * sign > 0) least = fmin(least, u * sign);
        }
    }
    return least;
}

/* |P(u)| < |u| with P(u) on the same side, and the flow crosses the section in one sense up to u. */
static int contracts(grl_plane *plane, const grl_gate *gate, double period, double u, int sign)
{
    enum { SAMPLES = 8 };
    const grl_orbit_options o = {1e-11, 1e-10, 0.01, MOST_STEPS, 2, 0};
    double f[2], y[3];
    for (int k = 1; k <= SAMPLES; k++) {
        const double h[2] = {gate->h[0] + u * k / SAMPLES * gate->across[0],
                             gate->h[1] + u * k / SAMPLES * gate->across[1]};
        plane->pair.field(&plane->pair, h, f);
        if (!(f[0] * gate->forward[0] + f[1] * gate->forward[1] > 0.1 * hypot(f[0], f[1]))) return 0;
    }
    const double h[2] = {gate->h[0] + u * gate->across[0], gate->h[1] + u * gate->across[1]};
    const double normal[2] = {sign * gate->forward[0], sign * gate->forward[1]};
    double shift = -(normal[0] * gate->h[0] + normal[1] * gate->h[1]);
    if (!(fabs(h[0]) <= 1 && fabs(h[1]) <= 1)) return 0;
    grl_orbit orbit;
    grl_orbit_start(&orbit, plane, h, sign, &o);
    while (grl_orbit_step(&orbit) && orbit.end == GRL_END_NONE && orbit.t < 4 * period) {
        double from = normal[0] * orbit.y_old[0] + normal[1] * orbit.y_old[1] + shift;
        double to = normal[0] * orbit.y[0] + normal[1] * orbit.y[1] + shift;
        if (!(from < 0 && to >= 0)) continue;
        grl_orbit_crossing(&orbit, normal, shift, 0, y);
        double back = (y[0] - gate->h[0]) * gate->across[0] + (y[1] - gate->h[1]) * gate->across[1];
        if (fabs(back) > 2 * fabs(u)) continue; /* another part of the round */
        return back * u > 0 && fabs(u) - fabs(back) > 1e-9 + 1e-7 * fabs(u);
    }
    return 0;
}

grl_status grl_plane_know_cycles(grl_plane *plane, const grl_cycles *cycles, grl_error *error)
{
    grl_gate *gates = grl_calloc(cycles->count, sizeof *gates);
    if (!gates) return grl_fail_memory(error, cycles->count, sizeof *gates);
    for (size_t c = 0; c < cycles->count; c++) {
        const grl_cycle *cycle = &cycles->items[c];
        grl_gate *gate = &gates[c];
        size_t at = lay_section(plane, cycle, gate);
        for (int side = 0; side < 2; side++) {
            double u = fmin(widest, 0.5 * room(gate, cycles, c, at, side));
            int likely = cycle->multiplier < 1 ? 1 : -1;
            for (int k = 0; k < MOST_HALVINGS && gate->pull[side] == 0; k++, u *= 0.5)
                for (int sign = likely, tries = 0; tries < 1 + cycle->nearly_degenerate;
                     sign = -sign, tries++) {
                    if (!contracts(plane, gate, cycle->period, side ? u : -u, sign)) continue;
                    gate->pull[side] = sign;
                    gate->reach[side] = u;
                    break;
                }
        }
    }
    plane->gates = gates;
    plane->gate_count = cycles->count;
    return GRL_OK;
}
