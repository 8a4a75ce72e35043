/* orbit.c: an orbit of a planar flow until it is known where it ends.
 *
 * In the plane an orbit that stays in a bounded set tends to a fixed point, a closed orbit, or a ring of
 * saddles and connections (Poincare and Bendixson). After each step it is seen whether the orbit left the
 * square (the flow enters it everywhere), entered what a fixed point holds, or came through the section of a
 * known cycle (plane.c).
 *
 * Steps are explicit (Dormand and Prince, order 8 below 1e-9, else 5) until the flow is stiff: eighty steps
 * (eight hundred precise ones) shorter than 0.032 together, while the step is long against the faster of two
 * very different eigenvalues. Then they are linearly implicit (rosenbrock.c). The
 * divergence is integrated by Simpson's rule in these.
 *
 * What makes it fail: orbits that take longer than the limits, beside saddle-nodes, weak foci and cycles that
 * are not known. */
#include "portrait/orbit.h"

#include "portrait/rosenbrock.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Every so many steps it is seen whether they get on; precise ones may be smaller. */
enum { PACE = 80, PRECISE_PACE = 800 };
static const double crawling = 4e-4, stability_border = 0.8;

static void field2(double t, const double *y, double *dydt, void *context)
{
    const grl_orbit *orbit = context;
    const grl_pair *pair = &orbit->plane->pair;
    (void)t;
    pair->field(pair, y, dydt);
    dydt[0] *= orbit->sign;
    dydt[1] *= orbit->sign;
}

static void field3(double t, const double *y, double *dydt, void *context)
{
    const grl_orbit *orbit = context;
    const grl_pair *pair = &orbit->plane->pair;
    double J[4];
    (void)t;
    pair->linear(pair, y, dydt, J);
    dydt[0] *= orbit->sign;
    dydt[1] *= orbit->sign;
    dydt[2] = orbit->sign * (J[0] + J[3]);
}

/* f, divergence and J at y, in the orbit's time. */
static void linearize(grl_orbit *orbit, const double *y, double f[3], double J[4])
{
    const grl_pair *pair = &orbit->plane->pair;
    pair->linear(pair, y, f, J);
    for (int i = 0; i < 2; i++) f[i] *= orbit->sign;
    for (int i = 0; i < 4; i++) J[i] *= orbit->sign;
    f[2] = J[0] + J[3];
}

void grl_orbit_start(grl_orbit *orbit, grl_plane *plane, const double h[2], int sign,
                     const grl_orbit_options *options)
{
    const grl_ode_settings settings = {.method = options->rtol < 1e-9 ? &grl_ode_dop853 : &grl_ode_dopri5,
                                       .rtol = options->rtol,
                                       .atol = 0.01 * options->rtol};
    const double y[3] = {h[0], h[1], 0};
    orbit->plane = plane;
    orbit->options = *options;
    orbit->sign = sign;
    orbit->t = orbit->step = orbit->length = orbit->measured = orbit->offset = 0;
    memcpy(orbit->y, y, sizeof y);
    memcpy(orbit->y_old, y, sizeof y);
    orbit->end = GRL_END_NONE;
    orbit->stiff = orbit->crossed = 0;
    orbit->steps = 0;
    grl_ode_start(&orbit->ode, &settings, (size_t)options->numbers, options->numbers == 3 ? field3 : field2,
                  orbit, 0, y, orbit->room);
}

/* The rate at which the flow forgets, if it is large against the other rate; else 0. */
static double stiffness(const double J[4])
{
    double half = 0.5 * (J[0] + J[3]), square = half * half - (J[0] * J[3] - J[1] * J[2]);
    if (!(half < 0 && square > 0)) return 0;
    double fast = half - sqrt(square), slow = half + sqrt(square);
    return fabs(slow) < 0.05 * -fast ? -fast : 0;
}

/* At a part of an implicit step. */
static void between(const grl_orbit *orbit, double part, int numbers, double *y)
{
    double rest = 1 - part;
    for (int i = 0; i < 2; i++)
        y[i] = rest * orbit->y_old[i] +
               part * (orbit->y[i] + rest * (orbit->dense[0][i] + part * orbit->dense[1][i]));
    if (numbers == 2) return;
    /* The cubic through both ends in value and slope. */
    double change = orbit->y[2] - orbit->y_old[2], a = orbit->step * orbit->f_old[2] - change,
           b = change - orbit->step * orbit->f[2];
    y[2] = orbit->y_old[2] + part * (change + rest * (rest * a + part * b));
}

static int move_implicit(grl_orbit *orbit)
{
    const grl_orbit_options *o = &orbit->options;
    double next[3] = {0}, J[4];
    double step =
        grl_rosenbrock_step(&orbit->plane->pair, orbit->sign, o->longest, o->implicit, 0.1 * o->implicit,
                            orbit->y, orbit->f, orbit->J, &orbit->stiff_step, next, orbit->dense);
    if (!(step > 0)) return 0;
    orbit->step = step;
    orbit->t += step;
    memcpy(orbit->y_old, orbit->y, sizeof orbit->y_old);
    memcpy(orbit->f_old, orbit->f, sizeof orbit->f_old);
    memcpy(orbit->J_old, orbit->J, sizeof orbit->J_old);
    memcpy(orbit->y, next, sizeof next);
    linearize(orbit, orbit->y, orbit->f, orbit->J);
    if (o->numbers == 3) {
        double middle[2], f[3];
        between(orbit, 0.5, 2, middle);
        linearize(orbit, middle, f, J);
        orbit->y[2] = orbit->y_old[2] + step / 6 * (orbit->f_old[2] + 4 * f[2] + orbit->f[2]);
    }
    return isfinite(orbit->y[0]) && isfinite(orbit->y[1]);
}

static void become_stiff(grl_orbit *orbit)
{
    orbit->stiff = 1;
    orbit->stiff_step = orbit->step;
    if (!(orbit->stiff_step > 0)) orbit->stiff_step = 1e-3;
    linearize(orbit, orbit->y, orbit->f, orbit->J);
}

/* Is it time for implicit steps? Those longer than any rate of the cell, which is at most about 1, are looked at
 * at once: where a unit is saturated to the last digit, explicit steps do not see its rate. */
static int is_stiff(grl_orbit *orbit)
{
    const double long_step = 30;
    const int pace = orbit->options.rtol < 1e-12 ? PRECISE_PACE : PACE;
    int crawls = 0;
    if (orbit->steps > 0 && orbit->steps % pace == 0) {
        crawls = orbit->length - orbit->measured < PACE * crawling;
        orbit->measured = orbit->length;
    }
    if (!crawls && orbit->step < long_step) return 0;
    double f[3], J[4];
    linearize(orbit, orbit->y, f, J);
    return stiffness(J) * orbit->step > (crawls ? stability_border : 10);
}

static int move(grl_orbit *orbit)
{
    if (orbit->steps >= orbit->options.max_steps || orbit->plane->steps >= orbit->plane->max_steps) return 0;
    if (!orbit->stiff && is_stiff(orbit)) become_stiff(orbit);
    orbit->steps++;
    orbit->plane->steps++;
    if (orbit->stiff) return move_implicit(orbit);
    /* Time means nothing to the field: it begins anew with each step, so that long orbits do not round it. */
    orbit->ode.t = 0;
    if (grl_ode_step(&orbit->ode, DBL_MAX) != GRL_ODE_STEP) {
        become_stiff(orbit);
        return move_implicit(orbit);
    }
    const size_t bytes = (size_t)orbit->options.numbers * sizeof(double);
    orbit->step = orbit->ode.t;
    orbit->t += orbit->step;
    memcpy(orbit->y_old, orbit->ode.y_old, bytes);
    memcpy(orbit->y, orbit->ode.y, bytes);
    memcpy(orbit->f_old, orbit->ode.k, bytes);
    memcpy(orbit->f, orbit->ode.f, bytes);
    return isfinite(orbit->y[0]) && isfinite(orbit->y[1]);
}

void grl_orbit_at(grl_orbit *orbit, double time, double *y)
{
    if (!orbit->stiff)
        grl_ode_dense(&orbit->ode, time, y);
    else
        between(orbit, orbit->step > 0 ? time / orbit->step : 1, orbit->options.numbers, y);
}

void grl_orbit_exactly_at(grl_orbit *orbit, double time, double y[2])
{
    double state[3], next[2], dense[2][2], step = time;
    grl_orbit_at(orbit, time, state);
    memcpy(y, state, 2 * sizeof *y);
    /* The cubic between implicit steps is of lower order than they are: a shorter one ends here. */
    if (orbit->stiff && time > 0 && time < orbit->step &&
        grl_rosenbrock_step(&orbit->plane->pair, orbit->sign, 1, 1, 1, orbit->y_old, orbit->f_old,
                            orbit->J_old, &step, next, dense) == time &&
        hypot(next[0] - y[0], next[1] - y[1]) < 0.1 * orbit->options.longest)
        memcpy(y, next, 2 * sizeof *y);
}

/* One step of the same kind from the beginning of the last one to a time in it. */
static int again(grl_orbit *orbit, double time, double *y)
{
    double room[GRL_ORBIT_ROOM];
    if (orbit->stiff) return 0;
    grl_ode_settings settings = orbit->ode.settings;
    grl_ode ode;
    settings.first_step = time;
    grl_ode_start(&ode, &settings, (size_t)orbit->options.numbers, orbit->ode.field, orbit, 0, orbit->y_old,
                  room);
    for (int k = 0; k < 20; k++) {
        grl_ode_outcome outcome = grl_ode_step(&ode, time);
        if (outcome == GRL_ODE_STEP) continue;
        if (outcome != GRL_ODE_END) return 0;
        memcpy(y, ode.y, (size_t)orbit->options.numbers * sizeof *y);
        return 1;
    }
    return 0;
}

double grl_orbit_crossing(grl_orbit *orbit, const double a[2], double b, int exact, double *y)
{
    double low = 0, high = orbit->step, t = high;
    double at_low = a[0] * orbit->y_old[0] + a[1] * orbit->y_old[1] + b,
           at_high = a[0] * orbit->y[0] + a[1] * orbit->y[1] + b;
    int side = 0;
    memcpy(y, orbit->y, (size_t)orbit->options.numbers * sizeof *y);
    if (!(at_low * at_high < 0)) return t;
    /* The Illinois algorithm. */
    for (int k = 0; k < 60 && high - low > 4 * DBL_EPSILON * fabs(high); k++) {
        t = (at_low * high - at_high * low) / (at_low - at_high);
        grl_orbit_at(orbit, t, y);
        double value = a[0] * y[0] + a[1] * y[1] + b;
        if (fabs(value) < 1e-16) break;
        if (value * at_high > 0) {
            high = t;
            at_high = value;
            if (side == 1) at_low *= 0.5;
            side = 1;
        } else {
            low = t;
            at_low = value;
            if (side == -1) at_high *= 0.5;
            side = -1;
        }
    }
    if (exact && t > 0 && t < orbit->step) {
        double better[3], f[3], J[4];
        if (again(orbit, t, better)) {
            /* What is left is a Newton step in time, far below the step's own error. */
            linearize(orbit, better, f, J);
            double dt = -(a[0] * better[0] + a[1] * better[1] + b) / (a[0] * f[0] + a[1] * f[1]);
            if (fabs(dt) < 0.1 * orbit->step + 1e-12) {
                for (int i = 0; i < orbit->options.numbers; i++) y[i] = better[i] + dt * f[i];
                t += dt;
            }
        }
    }
    return t;
}

/* Did the last step come through the section of a cycle? */
static void look_at_gate(grl_orbit *orbit, size_t g)
{
    const grl_gate *gate = &orbit->plane->gates[g];
    const double *a = orbit->y_old, *b = orbit->y, *n = gate->forward;
    double from = orbit->sign * ((a[0] - gate->h[0]) * n[0] + (a[1] - gate->h[1]) * n[1]);
    double to = orbit->sign * ((b[0] - gate->h[0]) * n[0] + (b[1] - gate->h[1]) * n[1]);
    if (!(from < 0 && to >= 0)) return;
    double chord = hypot(b[0] - a[0], b[1] - a[1]), widest = fmax(gate->reach[0], gate->reach[1]);
    double part = from / (from - to), y[3];
    double offset = (a[0] + part * (b[0] - a[0]) - gate->h[0]) * gate->across[0] +
                    (a[1] + part * (b[1] - a[1]) - gate->h[1]) * gate->across[1];
    if (!(fabs(offset) < widest + chord)) return;
    const double s = orbit->sign, normal[2] = {s * n[0], s * n[1]};
    grl_orbit_crossing(orbit, normal, -s * (n[0] * gate->h[0] + n[1] * gate->h[1]), 0, y);
    offset = (y[0] - gate->h[0]) * gate->across[0] + (y[1] - gate->h[1]) * gate->across[1];
    int side = offset > 0;
    if (!(fabs(offset) <= gate->reach[side])) return;
    orbit->crossed = 1;
    orbit->gate = g;
    orbit->offset = offset;
    if (orbit->end != GRL_END_NONE || gate->pull[side] != orbit->sign) return;
    orbit->end = GRL_END_CYCLE;
    orbit->which = g;
}

int grl_orbit_step(grl_orbit *orbit)
{
    if (!move(orbit)) {
        if (orbit->end == GRL_END_NONE) orbit->end = GRL_END_LOST;
        return 0;
    }
    const double *y = orbit->y;
    orbit->length += hypot(y[0] - orbit->y_old[0], y[1] - orbit->y_old[1]);
    orbit->crossed = 0;
    /* Forward in time only rounding leads out. */
    if (orbit->sign < 0 && !(fabs(y[0]) <= 1 && fabs(y[1]) <= 1)) {
        if (orbit->end == GRL_END_NONE) orbit->end = GRL_END_OUTSIDE;
        return 0;
    }
    if (orbit->end == GRL_END_NONE || orbit->end == GRL_END_CYCLE)
        for (size_t g = 0; g < orbit->plane->gate_count; g++) look_at_gate(orbit, g);
    if (orbit->end == GRL_END_NONE &&
        grl_plane_caught(orbit->plane, y, orbit->sign, orbit->options.coarse, &orbit->which))
        orbit->end = GRL_END_POINT;
    return 1;
}

void grl_orbit_run(grl_orbit *orbit)
{
    while (orbit->end == GRL_END_NONE && grl_orbit_step(orbit)) {}
}
