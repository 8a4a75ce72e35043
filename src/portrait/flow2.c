/* flow2.c: orbits of a planar flow between its fixed points, and the return map along a ray.
 *
 * Where an orbit ends. Near an attracting fixed point V(v) = v' Q v with J' Q + Q J = -I falls along the flow
 * (Lyapunov's equation); the largest ellipse, of a row of ever smaller ones, in which V is seen to fall on
 * circles of samples is taken as the point's own: an orbit that enters it ends there, and no cycle passes
 * through. Repelling points are the same backward in time. A saddle holds only what comes within 1e-9 of it.
 * Around a degenerate point a disc of radius 0.02 is taken, on no better grounds than its slowness, and a focus
 * is given at least 2e-4, where the rounds of a weak one differ by rounding only.
 *
 * The return map. The angle of the orbit around a centre is added up from step to step; where it has changed
 * by a whole turn, the orbit is on the ray again. On a cycle that crosses the ray several times exactly one
 * crossing returns to itself in this way (the last one at its level of the angle), so every cycle around the
 * centre is one fixed point of the map, whatever the ray. With d along the ray and f_0, f_1 at start and end,
 *
 *     P'(s) = (f_0 x d) / (f_1 x d)  exp(integral of div f)
 *
 * (Andronov et al. 1973, Theory of bifurcations, section 13). Time runs backward for sense_of_time = -1.
 *
 * What makes it fail: a step so long that the orbit winds around a centre within it; a ray that the cycle
 * touches. Both need steps or rays that the tolerances and the choice of the ray by grl_trip.best avoid. */
#include "portrait/flow2.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/ode.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double whole_turn = 6.283185307179586;
static const double saddle_reach = 1e-9, degenerate_reach = 0.02, focus_reach = 2e-4;

/* Tolerances of the integrator: to follow, and to refine. */
static const double rough_tolerance = 1e-10, fine_tolerance = 1e-13;

/* Other turns than those asked for, until an orbit counts as lost to another centre. */
enum { STRAY_TURNS = 3 };

static double cross(const double a[2], const double b[2])
{
    return a[0] * b[1] - a[1] * b[0];
}

void grl_flow2_field2(double t, const double *y, double *dydt, void *context)
{
    grl_flow2 *flow = context;
    (void)t;
    grl_cell_field(flow->cell, NULL, y, dydt, flow->work);
}

void grl_flow2_field3(double t, const double *y, double *dydt, void *context)
{
    grl_flow2 *flow = context;
    double J[4];
    (void)t;
    grl_cell_linearize(flow->cell, NULL, y, dydt, J, flow->work);
    dydt[2] = J[0] + J[3];
}

void grl_flow2_field7(double t, const double *y, double *dydt, void *context)
{
    grl_flow2 *flow = context;
    double J[4];
    (void)t;
    grl_cell_linearize(flow->cell, NULL, y, dydt, J, flow->work);
    dydt[2] = J[0] + J[3];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) dydt[3 + 2 * i + j] = J[2 * i] * y[3 + j] + J[2 * i + 1] * y[5 + j];
}

/* v' Q v = level, as the image of a circle: with Q = L L', v = L'^-1 r (cos, sin). 0 if Q is not positive. */
static int on_ellipse(const grl_spot *spot, double level, double angle, double v[2])
{
    double r = sqrt(level), l0 = sqrt(spot->Q[0]), l1 = spot->Q[1] / l0;
    double l2 = sqrt(spot->Q[2] - l1 * l1);
    if (!(l2 > 0)) return 0;
    v[1] = r * sin(angle) / l2;
    v[0] = (r * cos(angle) - l1 * v[1]) / l0;
    return 1;
}

void grl_flow2_edge(const grl_spot *spot, double angle, double h[2])
{
    double v[2] = {1.01 * degenerate_reach * cos(angle), 1.01 * degenerate_reach * sin(angle)};
    if (spot->pull == 1 || spot->pull == -1) on_ellipse(spot, spot->level, angle, v);
    h[0] = spot->h[0] + v[0];
    h[1] = spot->h[1] + v[1];
}

/* Does V fall along the flow (of time `pull`) on circles of samples of the ellipse of this level? */
static int falls(grl_flow2 *flow, const grl_spot *spot, double level)
{
    enum { ANGLES = 24, SHELLS = 4 };
    static const double shells[SHELLS] = {1, 0.7, 0.4, 0.15};
    for (int k = 0; k < ANGLES; k++)
        for (int m = 0; m < SHELLS; m++) {
            double f[2], v[2];
            if (!on_ellipse(spot, shells[m] * shells[m] * level, whole_turn * k / ANGLES, v)) return 0;
            const double h[2] = {spot->h[0] + v[0], spot->h[1] + v[1]};
            grl_cell_field(flow->cell, NULL, h, f, flow->work);
            double change = (spot->Q[0] * v[0] + spot->Q[1] * v[1]) * f[0] +
                            (spot->Q[1] * v[0] + spot->Q[2] * v[1]) * f[1];
            /* V' of the linear part is -|v|^2: ask for a fifth of it. */
            if (!(2 * spot->pull * change < -0.2 * (v[0] * v[0] + v[1] * v[1]))) return 0;
        }
    return 1;
}

static void lay_ellipse(grl_flow2 *flow, grl_spot *spot)
{
    const double farthest = 0.3;
    const double *J = spot->J;
    double trace = spot->pull * (J[0] + J[3]), det = J[0] * J[3] - J[1] * J[2];
    /* Q = -(det I + adj(J)' adj(J)) / (2 trace det), adj(J) = [d -b; -c a], J reversed with time. */
    double factor = -1 / (2 * trace * det);
    spot->Q[0] = factor * (det + J[3] * J[3] + J[2] * J[2]);
    spot->Q[1] = -factor * (J[3] * J[1] + J[2] * J[0]);
    spot->Q[2] = factor * (det + J[1] * J[1] + J[0] * J[0]);
    double half = 0.5 * (spot->Q[0] + spot->Q[2]);
    double smallest = half - hypot(0.5 * (spot->Q[0] - spot->Q[2]), spot->Q[1]);
    spot->level = 0;
    if (!(smallest > 0) || !isfinite(half)) return;
    double level = smallest * farthest * farthest;
    for (int k = 0; k < 40 && spot->level == 0; k++, level *= 0.25)
        if (falls(flow, spot, level)) spot->level = level;
    /* So near a weak focus the map cannot be told from the identity. */
    if (trace * trace < 4 * det) spot->level = fmax(spot->level, smallest * focus_reach * focus_reach);
}

static void unit_direction(const double J[4], double lambda, double v[2])
{
    /* (J - lambda) v = 0 by its larger row. */
    double a = J[0] - lambda, d = J[3] - lambda;
    if (hypot(a, J[1]) > hypot(J[2], d)) {
        v[0] = -J[1];
        v[1] = a;
    } else {
        v[0] = -d;
        v[1] = J[2];
    }
    double length = hypot(v[0], v[1]);
    if (!(length > 0)) {
        v[0] = 1;
        v[1] = 0;
        return;
    }
    v[0] /= length;
    v[1] /= length;
}

static void describe(grl_flow2 *flow, const grl_fixed_point *point, grl_spot *spot)
{
    memcpy(spot->h, point->h, sizeof spot->h);
    grl_cell_jacobian(flow->cell, NULL, spot->h, spot->J, flow->work);
    const double *J = spot->J;
    double trace = J[0] + J[3], det = J[0] * J[3] - J[1] * J[2];
    spot->centre = point->index >= 0;
    spot->pull = 2;
    if (point->index < 0 && det < 0) {
        double root = sqrt(0.25 * (J[0] - J[3]) * (J[0] - J[3]) + J[1] * J[2]);
        spot->pull = 0;
        unit_direction(J, 0.5 * trace + root, spot->unstable);
        unit_direction(J, 0.5 * trace - root, spot->stable);
    } else if (point->index > 0 && det > 0 && trace != 0 && point->type != GRL_CENTER &&
               point->type != GRL_DEGENERATE) {
        spot->pull = trace < 0 ? 1 : -1;
        lay_ellipse(flow, spot);
        if (!(spot->level > 0)) spot->pull = 2;
    }
}

grl_status grl_flow2_create(const grl_cell *autonomous, const grl_portrait *portrait, grl_flow2 *flow,
                            grl_error *error)
{
    flow->cell = autonomous;
    flow->count = portrait->count;
    flow->spots = grl_calloc(portrait->count, sizeof *flow->spots);
    flow->angles = grl_calloc(portrait->count, sizeof *flow->angles);
    if (!flow->spots || !flow->angles) {
        grl_flow2_free(flow);
        return grl_fail_memory(error, portrait->count, sizeof *flow->spots);
    }
    for (size_t i = 0; i < portrait->count; i++) describe(flow, &portrait->points[i], &flow->spots[i]);
    return GRL_OK;
}

void grl_flow2_free(grl_flow2 *flow)
{
    free(flow->spots);
    free(flow->angles);
    flow->spots = NULL;
    flow->angles = NULL;
}

/* Which fixed point holds an orbit at h? */
static int caught(const grl_flow2 *flow, const double h[2], double sense_of_time, size_t *by)
{
    for (size_t i = 0; i < flow->count; i++) {
        const grl_spot *spot = &flow->spots[i];
        double x = h[0] - spot->h[0], y = h[1] - spot->h[1];
        int held = 0;
        if (spot->pull == 0)
            held = hypot(x, y) < saddle_reach;
        else if (spot->pull == 2)
            held = hypot(x, y) < degenerate_reach;
        else if (spot->pull == sense_of_time)
            held = spot->Q[0] * x * x + 2 * spot->Q[1] * x * y + spot->Q[2] * y * y < spot->level;
        if (held) {
            *by = i;
            return 1;
        }
    }
    return 0;
}

/* What one orbit is followed for. */
typedef struct chase {
    grl_flow2 *flow;
    long centre;
    double sense_of_time;
    grl_trip *trip;
    double best; /* how well the place in the trip suits */
} chase;

/* After a step: adds up the angles, and tells whether the orbit has wound once. */
static int wound(chase *c, const double *from, const double *to, const double *f)
{
    grl_flow2 *flow = c->flow;
    for (size_t i = 0; i < flow->count; i++) {
        const grl_spot *spot = &flow->spots[i];
        if (!spot->centre) continue;
        const double u[2] = {from[0] - spot->h[0], from[1] - spot->h[1]};
        const double v[2] = {to[0] - spot->h[0], to[1] - spot->h[1]};
        flow->angles[i] += atan2(cross(u, v), u[0] * v[0] + u[1] * v[1]);
        if (c->centre == (long)i) {
            double across = fabs(cross(v, f)) / hypot(v[0], v[1]);
            if (across > c->best) {
                c->best = across;
                memcpy(c->trip->best, to, sizeof c->trip->best);
            }
        }
        if (c->centre != GRL_ANY_CENTRE && c->centre != (long)i) continue;
        if (fabs(flow->angles[i]) >= whole_turn * (1 - 1e-12)) {
            c->trip->spot = i;
            c->trip->sense = flow->angles[i] > 0 ? 1 : -1;
            return 1;
        }
    }
    return 0;
}

/* Has the orbit wound around others instead? */
static int strayed(const chase *c)
{
    const grl_flow2 *flow = c->flow;
    if (c->centre == GRL_ANY_CENTRE) return 0;
    for (size_t i = 0; i < flow->count; i++)
        if (fabs(flow->angles[i]) > fabs(flow->angles[c->centre]) + STRAY_TURNS * whole_turn) return 1;
    return 0;
}

/* Follows until something happens; the integrator is left in the step in which it did. */
static void follow(chase *c, grl_ode *ode)
{
    grl_flow2 *flow = c->flow;
    grl_trip *trip = c->trip;
    const double end = c->sense_of_time * DBL_MAX;
    memset(flow->angles, 0, flow->count * sizeof *flow->angles);
    trip->end = GRL_END_LOST;
    c->best = -1;
    for (;;) {
        grl_ode_outcome outcome = grl_ode_step(ode, end);
        flow->steps++;
        if (outcome != GRL_ODE_STEP) break;
        if (!(fabs(ode->y[0]) <= 1 && fabs(ode->y[1]) <= 1)) {
            trip->end = GRL_END_OUTSIDE;
            break;
        }
        /* A turn first: a cycle may graze what would catch a point of it in this step. */
        if (wound(c, ode->y_old, ode->y, ode->f)) {
            trip->end = GRL_END_TURN;
            break;
        }
        if (caught(flow, ode->y, c->sense_of_time, &trip->spot)) {
            trip->end = GRL_END_POINT;
            break;
        }
        if (strayed(c)) break;
    }
    trip->time = ode->t;
    memcpy(trip->h, ode->y, sizeof trip->h);
}

static grl_ode_settings settings(const grl_flow2 *flow, int precise)
{
    double tolerance = precise ? fine_tolerance : rough_tolerance;
    long long left = flow->max_steps - flow->steps;
    return (grl_ode_settings){.method = &grl_ode_dop853,
                              .rtol = tolerance,
                              .atol = 0.1 * tolerance,
                              .max_steps = left < 1                ? 1
                                           : left < flow->patience ? left
                                                                   : flow->patience};
}

enum { ODE_ROOM = 3 * 40 };

void grl_flow2_follow(grl_flow2 *flow, const double h[2], double sense_of_time, long centre, grl_trip *trip)
{
    double room[ODE_ROOM];
    grl_ode ode;
    grl_ode_settings s = settings(flow, 0);
    chase c = {.flow = flow, .centre = centre, .sense_of_time = sense_of_time, .trip = trip};
    *trip = (grl_trip){.end = GRL_END_LOST};
    memcpy(trip->h, h, sizeof trip->h);
    if (grl_ode_work(s.method, 2) > ODE_ROOM) return;
    if (caught(flow, h, sense_of_time, &trip->spot)) {
        trip->end = GRL_END_POINT;
        return;
    }
    grl_ode_start(&ode, &s, 2, grl_flow2_field2, flow, 0, h, room);
    follow(&c, &ode);
}

/* In the step that `ode` made last, the orbit crosses the ray: where? By the secant method on the dense
 * output, then with one step that ends there, since the dense output is less accurate than the step. */
static int cross_ray(grl_flow2 *flow, grl_ode *ode, const double centre[2], const double d[2], double y[3],
                     double *time)
{
    double a = ode->t_old, b = ode->t, v[3], room[ODE_ROOM], start[3];
    const double p[2] = {ode->y_old[0] - centre[0], ode->y_old[1] - centre[1]};
    const double q[2] = {ode->y[0] - centre[0], ode->y[1] - centre[1]};
    double ga = cross(d, p), gb = cross(d, q), t = b;
    memcpy(v, ode->y, sizeof v);
    if (ga * gb < 0) {
        int side = 0;
        for (int i = 0; i < 60 && fabs(b - a) > 4 * DBL_EPSILON * fabs(b); i++) {
            t = (ga * b - gb * a) / (ga - gb);
            grl_ode_dense(ode, t, v);
            const double r[2] = {v[0] - centre[0], v[1] - centre[1]};
            double g = cross(d, r);
            if (fabs(g) < 1e-16) break;
            if (g * gb > 0) {
                b = t;
                gb = g;
                if (side == 1) ga *= 0.5; /* the Illinois algorithm */
                side = 1;
            } else {
                a = t;
                ga = g;
                if (side == -1) gb *= 0.5;
                side = -1;
            }
        }
    }
    if (t != ode->t_old && t != ode->t) {
        grl_ode step;
        grl_ode_settings s = ode->settings;
        s.first_step = fabs(t - ode->t_old);
        s.max_steps = 0;
        memcpy(start, ode->y_old, sizeof start);
        grl_ode_start(&step, &s, 3, grl_flow2_field3, flow, ode->t_old, start, room);
        grl_ode_outcome outcome;
        do {
            outcome = grl_ode_step(&step, t);
        } while (outcome == GRL_ODE_STEP);
        if (outcome != GRL_ODE_END) return 0;
        memcpy(v, step.y, sizeof v);
    }
    /* What is left is a Newton step in time, far below the step's own error. */
    double f[3];
    grl_flow2_field3(t, v, f, flow);
    const double r[2] = {v[0] - centre[0], v[1] - centre[1]};
    double dt = -cross(d, r) / cross(d, f);
    if (!(fabs(dt) < 0.1 * fabs(ode->t - ode->t_old) + 1e-12)) return 0;
    for (int i = 0; i < 3; i++) y[i] = v[i] + dt * f[i];
    *time = t + dt;
    return 1;
}

void grl_flow2_return(grl_flow2 *flow, const grl_ray *ray, double s, double sense_of_time, int precise,
                      grl_return *back)
{
    double room[ODE_ROOM], f0[2], f1[2], y[3];
    const double *centre = flow->spots[ray->centre].h;
    const double start[3] = {centre[0] + s * ray->d[0], centre[1] + s * ray->d[1], 0};
    grl_ode ode;
    grl_ode_settings set = settings(flow, precise);
    grl_trip *trip = &back->trip;
    chase c = {.flow = flow, .centre = (long)ray->centre, .sense_of_time = sense_of_time, .trip = trip};
    *back = (grl_return){.trip = {.end = GRL_END_LOST}};
    memcpy(trip->h, start, sizeof trip->h);
    if (grl_ode_work(set.method, 3) > ODE_ROOM || !(s > 0)) return;
    if (!(fabs(start[0]) <= 1 && fabs(start[1]) <= 1)) {
        trip->end = GRL_END_OUTSIDE;
        return;
    }
    if (caught(flow, start, sense_of_time, &trip->spot)) {
        trip->end = GRL_END_POINT;
        return;
    }
    grl_ode_start(&ode, &set, 3, grl_flow2_field3, flow, 0, start, room);
    follow(&c, &ode);
    if (trip->end != GRL_END_TURN) return;
    if (!cross_ray(flow, &ode, centre, ray->d, y, &trip->time)) {
        trip->end = GRL_END_LOST;
        return;
    }
    memcpy(trip->h, y, sizeof trip->h);
    trip->divergence = y[2];
    back->s = (y[0] - centre[0]) * ray->d[0] + (y[1] - centre[1]) * ray->d[1];
    grl_flow2_field2(0, start, f0, flow);
    grl_flow2_field2(0, y, f1, flow);
    back->slope = cross(f0, ray->d) / cross(f1, ray->d) * exp(y[2]);
    /* It must come back in the sense in which it left. */
    if (!(back->slope >= 0) || !(back->s > 0)) trip->end = GRL_END_LOST;
}
