/* plane.c: what is known of a planar flow's fixed points before orbits are followed.
 *
 * Around a point that attracts, forwards or backwards in time, a quadratic form V falls along orbits: in the
 * coordinates y of the eigenvectors V = y1^2 + y2^2, whose derivative in the linear flow is 2 (re1 y1^2 + re2
 * y2^2) (Khalil 2002, Nonlinear Systems, 4.3). The level `outer` is the largest of a falling series at which
 * V' <= -|re_slow| V, half of what the linear part has at least, on rings of samples inside; orbits that
 * enter it are taken to end in the point. Gates make the rows of f, and with them linear part and remainder,
 * small together, so different speeds do not shrink the neighbourhood.
 *
 * What makes it fail: the rings are samples, not a proof. Beside a saddle-node the neighbourhood is as small
 * as the distance to the partner, and orbits need long to reach it. */
#include "portrait/orbit.h"

#include "base/error.h"
#include "base/memory.h"
#include "portrait/stability.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RINGS = 4, ANGLES = 24, HALVINGS = 60 };
static const double pi = 3.14159265358979323846;

static void field_at(const grl_plane *plane, const grl_basin_point *p, const double d[2], double f[2])
{
    const double h[2] = {p->h[0] + d[0], p->h[1] + d[1]};
    grl_cell_field(plane->cell, NULL, h, f, plane->work);
}

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

/* Does V fall fast enough at this level? */
static int falls(const grl_plane *plane, const grl_basin_point *p, const double T[4], double radius,
                 double slow)
{
    for (int ring = 1; ring <= RINGS; ring++) {
        double r = radius * ring / RINGS;
        for (int k = 0; k < ANGLES; k++) {
            double angle = 2 * pi * (k + 0.5 * (ring % 2)) / ANGLES, y[2] = {r * cos(angle), r * sin(angle)};
            const double d[2] = {T[0] * y[0] + T[1] * y[1], T[2] * y[0] + T[3] * y[1]};
            double f[2];
            field_at(plane, p, d, f);
            double rate =
                2 * ((p->V[0] * d[0] + p->V[1] * d[1]) * f[0] + (p->V[1] * d[0] + p->V[2] * d[1]) * f[1]);
            if (!(p->attracts * rate <= -0.5 * slow * r * r)) return 0;
        }
    }
    return 1;
}

static void neighbourhood(const grl_plane *plane, const grl_fixed_point *point, grl_basin_point *p)
{
    double J[4], T[4];
    grl_cell_jacobian(plane->cell, NULL, p->h, J, plane->work);
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
    p->outer = radius * radius;
    radius = fmin(radius, 0.5 * plane->spacing / longest);
    p->inner = radius * radius;
}

static void prepare(const grl_plane *plane, size_t i)
{
    const grl_portrait *portrait = plane->portrait;
    const grl_fixed_point *point = &portrait->points[i];
    grl_basin_point *p = &plane->points[i];
    memcpy(p->h, point->h, sizeof p->h);
    p->nearest = 2;
    for (size_t k = 0; k < portrait->count; k++) {
        const double *h = portrait->points[k].h;
        if (k != i) p->nearest = fmin(p->nearest, hypot(h[0] - p->h[0], h[1] - p->h[1]));
    }
    double first = point->eigenvalues[0], second = point->eigenvalues[2];
    if (point->type == GRL_DEGENERATE || point->type == GRL_CENTER) {
        p->near = fmin(0.03, 0.25 * p->nearest);
        p->fast = fmax(fabs(first), fabs(second));
        return;
    }
    if (first < 0) p->attracts = 1;
    if (second > 0) p->attracts = -1;
    if (p->attracts) neighbourhood(plane, point, p);
}

grl_status grl_plane_create(const grl_cell *autonomous, const grl_portrait *portrait, double spacing,
                            grl_plane *plane, grl_error *error)
{
    *plane = (grl_plane){.cell = autonomous, .portrait = portrait, .spacing = spacing};
    size_t work = grl_cell_work(autonomous);
    plane->work = grl_calloc(work, sizeof *plane->work);
    plane->points = grl_calloc(portrait->count, sizeof *plane->points);
    if (!plane->work || !plane->points) return grl_fail_memory(error, work, sizeof *plane->work);
    for (size_t i = 0; i < portrait->count; i++) prepare(plane, i);
    return GRL_OK;
}

void grl_plane_free(grl_plane *plane)
{
    for (size_t i = 0; i < plane->cycle_count; i++) free(plane->cycles[i].points);
    free(plane->cycles);
    free(plane->points);
    free(plane->work);
    *plane = (grl_plane){0};
}
