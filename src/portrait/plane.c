/* plane.c: what is known of a planar flow's fixed points and cycles before orbits are followed.
 *
 * Points. Around a point that attracts, forward or backward in time, a quadratic form V falls along orbits: in
 * the coordinates y of the eigenvectors V = y1^2 + y2^2, whose derivative in the linear flow is 2 (re1 y1^2 +
 * re2 y2^2) (Khalil 2002, Nonlinear Systems, 4.3). `level` is the largest of a falling series at which V' <=
 * -|re_slow| V / 2, a quarter of what the linear part has at least, on rings of samples inside; orbits that
 * enter it are taken to end in the point, and no cycle passes through. Gates make the rows of f, and with them
 * linear part and remainder, small together, so different speeds do not shrink the neighbourhood. A focus is
 * given at least 2e-4, where the rounds of a weak one differ by rounding only. A saddle holds only what comes
 * within 1e-9 of it.
 *
 * Degenerate points. Those that follow single orbits take one to end there if it comes along the slow curve,
 * within 0.03 and a quarter of the way to other points. The search for cycles takes a disc of radius 0.02, on
 * no better grounds than its slowness, since there nothing can be told apart.
 *
 * Cycles. A section of half-width w lies across a known cycle. If the orbit from its end on one side returns to
 * it nearer to the cycle, on the same side, then by the monotony of the return map, and because no other known
 * cycle crosses there, all orbits that cross it between come to the cycle (in the time in which that is so).
 *
 * What makes it fail: the rings are samples, not a proof. Beside a saddle-node the neighbourhood is as small
 * as the distance to the partner, and orbits need long to reach it. */
#include "portrait/plane.h"

#include "base/error.h"
#include "base/memory.h"
#include "portrait/orbit.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RINGS = 3, ANGLES = 16, HALVINGS = 60 };

static const double saddle_reach = 1e-9, degenerate_reach = 0.02, focus_reach = 2e-4;

/* Columns of T: the eigenvectors, or real and imaginary part of one, or for nearly parallel ones an
 * orthonormal basis of the first, in which the second is stretched until the coupling is small. */
static void frame(const grl_fixed_point *point, const double J[4], double T[4])
{
    const double *e = point->eigenvectors;
    int complex = point->eigenvalues[1] != 0;
    for (int i = 0; i < 2; i++) {
        T[2 * i] = e[2 * i];
        T[2 * i + 1] = complex ? e[2 * i + 1] : e[4 + 2 * i];
    }
    if (complex || fabs(T[0] * T[3] - T[1] * T[2]) > 0.05) return;
    double a = T[0], b = T[2], size = hypot(a, b);
    a /= size;
    b /= size;
    double coupling = a * (-J[0] * b + J[1] * a) + b * (-J[2] * b + J[3] * a);
    double slow = fmin(fabs(point->eigenvalues[0]), fabs(point->eigenvalues[2]));
    double stretch = fabs(coupling) > 0.5 * slow ? 0.5 * slow / fabs(coupling) : 1;
    T[0] = a;
    T[2] = b;
    T[1] = -b * stretch;
    T[3] = a * stretch;
}

/* Does V fall fast enough on rings up to this one? The outermost first, since it fails first. */
static int falls(const grl_plane *plane, const grl_spot *p, const double T[4], double radius, double slow)
{
    static const double cosine[ANGLES] = {
        1,  0.92387953251128674,  0.70710678118654752,  0.38268343236508977,
        0,  -0.38268343236508977, -0.70710678118654752, -0.92387953251128674,
        -1, -0.92387953251128674, -0.70710678118654752, -0.38268343236508977,
        0,  0.38268343236508977,  0.70710678118654752,  0.92387953251128674};
    for (int ring = RINGS; ring >= 1; ring--) {
        double r = radius * ring / RINGS;
        for (int k = 0; k < ANGLES; k++) {
            double y[2] = {r * cosine[k], r * cosine[(k + 12) % ANGLES]}, f[2];
            const double d[2] = {T[0] * y[0] + T[1] * y[1], T[2] * y[0] + T[3] * y[1]};
            const double h[2] = {p->h[0] + d[0], p->h[1] + d[1]};
            plane->pair.field(&plane->pair, h, f);
            double rate =
                2 * ((p->V[0] * d[0] + p->V[1] * d[1]) * f[0] + (p->V[1] * d[0] + p->V[2] * d[1]) * f[1]);
            if (!(p->pull * rate <= -0.5 * slow * r * r)) return 0;
        }
    }
    return 1;
}

static void neighbourhood(const grl_plane *plane, const grl_fixed_point *point, const double J[4],
                          double spacing, grl_spot *p)
{
    double T[4];
    frame(point, J, T);
    double det = T[0] * T[3] - T[1] * T[2], S[4] = {T[3] / det, -T[1] / det, -T[2] / det, T[0] / det};
    p->V[0] = S[0] * S[0] + S[2] * S[2];
    p->V[1] = S[0] * S[1] + S[2] * S[3];
    p->V[2] = S[1] * S[1] + S[3] * S[3];
    double slow = fmin(fabs(point->eigenvalues[0]), fabs(point->eigenvalues[2]));
    /* y of length 1 is at most this long in h. */
    double longest = hypot(hypot(T[0], T[1]), hypot(T[2], T[3]));
    double radius = fmin(0.3, 0.9 * p->nearest) / longest;
    for (int k = 0; k < HALVINGS && !falls(plane, p, T, radius, slow); k++) radius *= k < 20 ? 0.7 : 0.5;
    /* Below this, rounding in h decides. */
    radius = fmax(radius, fmin(1e-13, 0.25 * p->nearest) / longest);
    if (point->eigenvalues[1] != 0) radius = fmax(radius, fmin(focus_reach, 0.25 * p->nearest) / longest);
    p->level = radius * radius;
    radius = fmin(radius, 0.5 * spacing / longest);
    p->inner = radius * radius;
}

static void unit_direction(const double J[4], double lambda, double v[2])
{
    /* (J - lambda) v = 0 by its larger row. */
    double a = J[0] - lambda, d = J[3] - lambda;
    int first = hypot(a, J[1]) > hypot(J[2], d);
    v[0] = first ? -J[1] : -d;
    v[1] = first ? a : J[2];
    double length = hypot(v[0], v[1]);
    v[0] = length > 0 ? v[0] / length : 1;
    v[1] = length > 0 ? v[1] / length : 0;
}

static void describe(const grl_plane *plane, size_t i, double spacing)
{
    const grl_portrait *portrait = plane->portrait;
    const grl_fixed_point *point = &portrait->points[i];
    grl_spot *p = &plane->spots[i];
    double f[2], J[4];
    memcpy(p->h, point->h, sizeof p->h);
    p->nearest = 2;
    for (size_t k = 0; k < portrait->count; k++) {
        const double *h = portrait->points[k].h;
        if (k != i) p->nearest = fmin(p->nearest, hypot(h[0] - p->h[0], h[1] - p->h[1]));
    }
    plane->pair.linear(&plane->pair, p->h, f, J);
    double trace = J[0] + J[3], first = point->eigenvalues[0], second = point->eigenvalues[2];
    p->centre = point->index >= 0;
    p->pull = GRL_SPOT_DEGENERATE;
    if (point->type == GRL_SADDLE) {
        double root = sqrt(0.25 * (J[0] - J[3]) * (J[0] - J[3]) + J[1] * J[2]);
        p->pull = 0;
        unit_direction(J, 0.5 * trace + root, p->unstable);
        unit_direction(J, 0.5 * trace - root, p->stable);
    } else if (point->type != GRL_DEGENERATE && point->type != GRL_CENTER) {
        p->pull = first < 0 ? 1 : second > 0 ? -1 : GRL_SPOT_DEGENERATE;
    }
    if (p->pull == 1 || p->pull == -1) neighbourhood(plane, point, J, spacing, p);
    if (p->pull != GRL_SPOT_DEGENERATE) return;
    p->near = fmin(0.03, 0.25 * p->nearest);
    p->fast = fmax(fabs(first), fabs(second));
}

grl_status grl_plane_create(const grl_cell *autonomous, const grl_portrait *portrait, double spacing,
                            grl_plane *plane, grl_error *error)
{
    *plane = (grl_plane){.cell = autonomous, .portrait = portrait, .count = portrait->count};
    grl_pair_take(autonomous, &plane->pair);
    plane->spots = grl_calloc(portrait->count, sizeof *plane->spots);
    plane->angles = grl_calloc(portrait->count, sizeof *plane->angles);
    if (!plane->spots || !plane->angles) {
        grl_plane_free(plane);
        return grl_fail_memory(error, portrait->count, sizeof *plane->spots);
    }
    plane->max_steps = LLONG_MAX;
    for (size_t i = 0; i < portrait->count; i++) describe(plane, i, spacing);
    return GRL_OK;
}

void grl_plane_free(grl_plane *plane)
{
    free(plane->spots);
    free(plane->gates);
    free(plane->angles);
    plane->spots = NULL;
    plane->gates = NULL;
    plane->angles = NULL;
    plane->count = plane->gate_count = 0;
}

double grl_spot_value(const grl_spot *spot, const double h[2])
{
    double x = h[0] - spot->h[0], y = h[1] - spot->h[1];
    return spot->V[0] * x * x + 2 * spot->V[1] * x * y + spot->V[2] * y * y;
}

void grl_spot_edge(const grl_spot *spot, double angle, double h[2])
{
    double x = cos(angle), y = sin(angle), r = 1.01 * degenerate_reach;
    if (spot->pull == 1 || spot->pull == -1)
        r = sqrt(spot->level / (spot->V[0] * x * x + 2 * spot->V[1] * x * y + spot->V[2] * y * y));
    h[0] = spot->h[0] + r * x;
    h[1] = spot->h[1] + r * y;
}

/* Along the slow curve of a degenerate point, towards it. */
static int comes_slowly(const grl_plane *plane, const grl_spot *spot, const double h[2], int sign)
{
    double x = h[0] - spot->h[0], y = h[1] - spot->h[1], r = hypot(x, y), f[2];
    if (!(r <= spot->near)) return 0;
    plane->pair.field(&plane->pair, h, f);
    return sign * (x * f[0] + y * f[1]) < 0 && hypot(f[0], f[1]) < 0.05 * spot->fast * r;
}

int grl_plane_caught(const grl_plane *plane, const double h[2], int sign, int coarse, size_t *by)
{
    for (size_t i = 0; i < plane->count; i++) {
        const grl_spot *spot = &plane->spots[i];
        double x = h[0] - spot->h[0], y = h[1] - spot->h[1], r2 = x * x + y * y;
        int held = 0;
        if (spot->pull == 0)
            held = r2 < saddle_reach * saddle_reach;
        else if (spot->pull == sign)
            held = grl_spot_value(spot, h) < spot->level;
        else if (spot->pull == GRL_SPOT_DEGENERATE)
            held = coarse ? r2 < degenerate_reach * degenerate_reach : comes_slowly(plane, spot, h, sign);
        if (held) {
            *by = i;
            return 1;
        }
    }
    return 0;
}
