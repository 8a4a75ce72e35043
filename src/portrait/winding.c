/* winding.c: orbits until they have wound around a fixed point, and the return map along a ray.
 *
 * The angle of the orbit around a centre is added up from step to step; where it has changed by a whole turn,
 * the orbit is on the ray again. On a cycle that crosses the ray several times exactly one crossing returns to
 * itself in this way (the last one at its level of the angle), so every cycle around the centre is one fixed
 * point of the map, whatever the ray. With d along the ray and f_0, f_1 at start and end,
 *
 *     P'(s) = (f_0 x d) / (f_1 x d)  exp(integral of div f)
 *
 * (Andronov et al. 1973, Theory of bifurcations, section 13), all in the orbit's own time.
 *
 * What makes it fail: a step so long that the orbit winds around a centre within it; a ray that the cycle
 * touches. Both need steps or rays that the tolerances and the choice of the ray by grl_trip.best avoid. */
#include "portrait/winding.h"

#include <math.h>
#include <string.h>

static const double whole_turn = 6.283185307179586;

/* Other turns than those asked for, until an orbit counts as lost to another centre. */
enum { STRAY_TURNS = 3 };

static double cross(const double a[2], const double b[2])
{
    return a[0] * b[1] - a[1] * b[0];
}

/* After a step: adds up the angles, and tells whether the orbit has wound once. */
static int wound(const grl_orbit *orbit, long centre, grl_trip *trip, double *best)
{
    const grl_plane *plane = orbit->plane;
    for (size_t i = 0; i < plane->count; i++) {
        const grl_spot *spot = &plane->spots[i];
        if (!spot->centre) continue;
        const double u[2] = {orbit->y_old[0] - spot->h[0], orbit->y_old[1] - spot->h[1]};
        const double v[2] = {orbit->y[0] - spot->h[0], orbit->y[1] - spot->h[1]};
        plane->angles[i] += atan2(cross(u, v), u[0] * v[0] + u[1] * v[1]);
        if (centre == (long)i) {
            double across = fabs(cross(v, orbit->f)) / hypot(v[0], v[1]);
            if (across > *best) {
                *best = across;
                memcpy(trip->best, orbit->y, sizeof trip->best);
            }
        }
        if (centre != GRL_ANY_CENTRE && centre != (long)i) continue;
        if (fabs(plane->angles[i]) >= whole_turn * (1 - 1e-12)) {
            trip->spot = i;
            return 1;
        }
    }
    return 0;
}

/* Has the orbit wound around others instead? */
static int strayed(const grl_plane *plane, long centre)
{
    if (centre == GRL_ANY_CENTRE) return 0;
    for (size_t i = 0; i < plane->count; i++)
        if (fabs(plane->angles[i]) > fabs(plane->angles[centre]) + STRAY_TURNS * whole_turn) return 1;
    return 0;
}

/* Follows until something happens; the orbit is left in the step in which it did. */
static void follow(grl_orbit *orbit, long centre, grl_trip *trip)
{
    double best = -1;
    memset(orbit->plane->angles, 0, orbit->plane->count * sizeof *orbit->plane->angles);
    trip->end = GRL_END_LOST;
    for (;;) {
        int moved = grl_orbit_step(orbit);
        /* A turn first: a cycle may graze what would catch a point of it in this step. */
        if (moved && wound(orbit, centre, trip, &best)) {
            trip->end = GRL_END_NONE;
            break;
        }
        if (orbit->end != GRL_END_NONE) {
            trip->end = orbit->end;
            trip->spot = orbit->which;
            break;
        }
        if (!moved || strayed(orbit->plane, centre)) break;
    }
    trip->time = orbit->t;
    memcpy(trip->h, orbit->y, sizeof trip->h);
}

/* 1 if the trip ends where it would begin. */
static int over_before(const grl_plane *plane, const double h[2], int sign, grl_trip *trip)
{
    *trip = (grl_trip){.end = GRL_END_LOST};
    memcpy(trip->h, h, sizeof trip->h);
    if (!(fabs(h[0]) <= 1 && fabs(h[1]) <= 1))
        trip->end = GRL_END_OUTSIDE;
    else if (grl_plane_caught(plane, h, sign, 1, &trip->spot))
        trip->end = GRL_END_POINT;
    return trip->end != GRL_END_LOST;
}

static grl_orbit_options options_of(int precise, int numbers, long long patience)
{
    return (grl_orbit_options){.rtol = precise ? 1e-13 : 1e-10,
                               .implicit = precise ? 1e-11 : 3e-9,
                               .longest = precise ? 0.01 : 0.02,
                               .max_steps = precise ? 20 * patience : patience,
                               .numbers = numbers,
                               .coarse = 1};
}

void grl_wind(grl_plane *plane, const double h[2], int sign, long centre, long long patience, grl_trip *trip)
{
    grl_orbit orbit;
    const grl_orbit_options options = options_of(0, 2, patience);
    if (over_before(plane, h, sign, trip)) return;
    grl_orbit_start(&orbit, plane, h, sign, &options);
    follow(&orbit, centre, trip);
}

void grl_wind_back(grl_plane *plane, const grl_ray *ray, double s, int sign, int precise, long long patience,
                   grl_return *back)
{
    double y[3];
    const double *c = plane->spots[ray->centre].h, *d = ray->d;
    const double start[2] = {c[0] + s * d[0], c[1] + s * d[1]}, normal[2] = {-d[1], d[0]};
    const grl_orbit_options options = options_of(precise, 3, patience);
    grl_trip *trip = &back->trip;
    *back = (grl_return){.trip = {.end = GRL_END_LOST}};
    if (!(s > 0)) return;
    if (over_before(plane, start, sign, trip)) return;
    grl_orbit orbit;
    grl_orbit_start(&orbit, plane, start, sign, &options);
    follow(&orbit, (long)ray->centre, trip);
    if (trip->end != GRL_END_NONE) return;
    trip->time -= orbit.step;
    trip->time += grl_orbit_crossing(&orbit, normal, -(normal[0] * c[0] + normal[1] * c[1]), 1, y);
    memcpy(trip->h, y, sizeof trip->h);
    trip->divergence = y[2];
    back->s = (y[0] - c[0]) * d[0] + (y[1] - c[1]) * d[1];
    back->stiff = orbit.stiff;
    double f0[2], f1[2];
    plane->pair.field(&plane->pair, start, f0);
    plane->pair.field(&plane->pair, y, f1);
    back->slope = cross(f0, d) / cross(f1, d) * exp(y[2]);
    /* It must come back in the sense in which it left. */
    if (!(back->slope >= 0) || !(back->s > 0)) trip->end = GRL_END_LOST;
}
