/* orbit.c: an orbit of a planar flow until its limit set is known.
 *
 * In the plane an orbit that stays in a bounded set tends to a fixed point, a closed orbit, or a ring of
 * saddles and connections (Poincare and Bendixson). After each step of the integrator it is seen whether the
 * orbit
 *   left the square (backwards only: the flow enters it everywhere),
 *   entered the neighbourhood of a point that attracts (plane.c); it is then followed to a smaller one,
 *   came along the slow curve of a degenerate point,
 *   returned to a section through an earlier state. Returns of a planar orbit to a section are monotone; if
 *   their steps d_k shrink by a factor q < 1 and the rest d q / (1 - q) is below 1e-8, it is a closed orbit.
 *   The section is chosen anew after twice the length if the orbit does not return, or moves away.
 *
 * What makes it fail: orbits that take longer than the limits, beside saddle-nodes, weak foci and cycles with
 * a multiplier near 1, stay undecided. Two closed orbits closer than 1e-4 are taken for one. */
#include "portrait/orbit.h"

#include "base/error.h"
#include "base/memory.h"
#include "portrait/rosenbrock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every so many steps: if they were shorter than this in the mean, the flow is taken to be stiff. */
enum { PACE = 40, MOST_UNCONFIRMED = 3 };
static const double crawling = 1e-3;

static const double window = 0.05; /* half of a section's length */
static const double rest_of_cycle = 1e-8, same_cycle = 1e-4, beside_saddle = 1e-5, least_round = 0.01,
                    long_round = 0.2, same_if_rough = 5e-3;
static const grl_orbit_options tight = {1e-11, 1e-13, 200, 100000, 0};

static void field(double t, const double *y, double *dydt, void *context)
{
    const grl_orbit *orbit = context;
    (void)t;
    grl_cell_field(orbit->plane->cell, NULL, y, dydt, orbit->plane->work);
    dydt[0] *= orbit->sign;
    dydt[1] *= orbit->sign;
}

static void set_anchor(grl_orbit *orbit, const double h[2], double t)
{
    double f[2];
    field(0, h, f, orbit);
    double size = hypot(f[0], f[1]);
    memcpy(orbit->anchor, h, sizeof orbit->anchor);
    orbit->normal[0] = size > 0 ? f[0] / size : 1;
    orbit->normal[1] = size > 0 ? f[1] / size : 0;
    orbit->anchored = orbit->length;
    orbit->returns = 0;
    orbit->last = 0;
    orbit->last_t = t;
}

void grl_orbit_start(grl_orbit *orbit, grl_plane *plane, const double h[2], int sign,
                     const grl_orbit_options *options)
{
    *orbit = (grl_orbit){.plane = plane, .options = *options, .sign = sign, .budget = 1};
    grl_ode_settings settings = {.method = options->rtol < 1e-9 ? &grl_ode_dop853 : &grl_ode_dopri5,
                                 .rtol = options->rtol,
                                 .atol = options->atol,
                                 .max_steps = options->max_steps};
    grl_ode_start(&orbit->ode, &settings, 2, field, orbit, 0, h, orbit->work);
    memcpy(orbit->limit.place, h, sizeof orbit->limit.place);
    memcpy(orbit->y, h, sizeof orbit->y);
    memcpy(orbit->y_old, h, sizeof orbit->y_old);
    set_anchor(orbit, h, 0);
}

void grl_orbit_at(grl_orbit *orbit, double t, double h[2])
{
    if (!orbit->stiff) {
        grl_ode_dense(&orbit->ode, t, h);
        return;
    }
    double part = orbit->t > orbit->t_old ? (t - orbit->t_old) / (orbit->t - orbit->t_old) : 1;
    for (int i = 0; i < 2; i++) h[i] = orbit->y_old[i] + part * (orbit->y[i] - orbit->y_old[i]);
}

/* Explicit steps while they get on, else implicit ones. 0: neither. */
static int move(grl_orbit *orbit)
{
    const grl_orbit_options *o = &orbit->options;
    if (orbit->steps >= o->max_steps) return 0;
    if (!orbit->stiff && orbit->steps > 0 && orbit->steps % PACE == 0) {
        orbit->stiff = orbit->length - orbit->measured < PACE * crawling;
        orbit->measured = orbit->length;
        orbit->stiff_step = orbit->t - orbit->t_old;
    }
    orbit->steps++;
    if (!orbit->stiff) {
        if (grl_ode_step(&orbit->ode, INFINITY) == GRL_ODE_STEP) {
            orbit->t_old = orbit->ode.t_old;
            orbit->t = orbit->ode.t;
            memcpy(orbit->y_old, orbit->ode.y_old, sizeof orbit->y_old);
            memcpy(orbit->y, orbit->ode.y, sizeof orbit->y);
            return isfinite(orbit->y[0]) && isfinite(orbit->y[1]);
        }
        if (orbit->steps == 1) return 0;
        orbit->stiff = 1;
        orbit->stiff_step = orbit->t - orbit->t_old;
    }
    /* What is stiff forgets errors across the orbit, so that its tolerance may be wider. */
    double next[2], longest = orbit->plane->spacing * (o->quick ? 4 : 0.1), allowed = o->quick ? 1e-6 : 1e-9;
    double step = grl_rosenbrock_step(orbit->plane->cell, orbit->sign, longest, 10 * allowed, allowed,
                                      orbit->y, &orbit->stiff_step, next, orbit->plane->work);
    if (!(step > 0)) return 0;
    orbit->t_old = orbit->t;
    orbit->t += step;
    memcpy(orbit->y_old, orbit->y, sizeof orbit->y_old);
    memcpy(orbit->y, next, sizeof orbit->y);
    return 1;
}

static double level(const grl_basin_point *p, const double h[2])
{
    double x = h[0] - p->h[0], y = h[1] - p->h[1];
    return p->V[0] * x * x + 2 * p->V[1] * x * y + p->V[2] * y * y;
}

static double outside(const double h[2])
{
    return fmax(fabs(h[0]), fabs(h[1])) - 1;
}

/* The time in the last step at which a function of the state changes sign, by bisection on the dense output;
 * which: -2 the border, -1 the section, else the inner level of a point. */
static double value_of(const grl_orbit *orbit, int which, const double h[2])
{
    if (which == -2) return outside(h);
    if (which >= 0) return orbit->plane->points[which].inner - level(&orbit->plane->points[which], h);
    return (h[0] - orbit->anchor[0]) * orbit->normal[0] + (h[1] - orbit->anchor[1]) * orbit->normal[1];
}

static double crossing(grl_orbit *orbit, int which, double h[2])
{
    double low = orbit->t_old, high = orbit->t;
    for (int k = 0; k < 60; k++) {
        double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high)) break;
        grl_orbit_at(orbit, middle, h);
        if (value_of(orbit, which, h) < 0)
            low = middle;
        else
            high = middle;
    }
    grl_orbit_at(orbit, high, h);
    return high;
}

static void end(grl_orbit *orbit, grl_limit_kind kind, size_t which, double t, const double h[2])
{
    orbit->ended = 1;
    orbit->t_stop = t;
    orbit->limit.kind = kind;
    orbit->limit.which = which;
    memcpy(orbit->limit.place, h, sizeof orbit->limit.place);
}

static void end_on_border(grl_orbit *orbit)
{
    double h[2];
    double t = crossing(orbit, -2, h);
    int axis = fabs(h[1]) > fabs(h[0]);
    h[axis] = h[axis] > 0 ? 1 : -1;
    h[!axis] = fmax(-1, fmin(1, h[!axis]));
    end(orbit, GRL_LIMIT_BOUNDARY, 0, t, h);
}

/* 1 if the orbit has come to a point. */
static int at_point(grl_orbit *orbit)
{
    const double *h = orbit->y;
    double place[2];
    for (size_t i = 0; i < orbit->plane->portrait->count; i++) {
        const grl_basin_point *p = &orbit->plane->points[i];
        if (p->attracts == orbit->sign) {
            double V = level(p, h);
            if (!(V <= p->outer)) continue;
            orbit->limit.kind = GRL_LIMIT_POINT;
            orbit->limit.which = i;
            if (orbit->options.quick) {
                end(orbit, GRL_LIMIT_POINT, i, orbit->t, h);
            } else if (V <= p->inner) {
                double t = level(p, orbit->y_old) <= p->inner ? orbit->t_old : crossing(orbit, (int)i, place);
                grl_orbit_at(orbit, t, place);
                end(orbit, GRL_LIMIT_POINT, i, t, place);
            }
            return 1;
        }
        if (p->near > 0) {
            double x = h[0] - p->h[0], y = h[1] - p->h[1], r = hypot(x, y), f[2];
            if (!(r <= p->near)) continue;
            field(0, h, f, orbit);
            if (x * f[0] + y * f[1] < 0 && hypot(f[0], f[1]) < 0.05 * p->fast * r) {
                end(orbit, GRL_LIMIT_POINT, i, orbit->t, h);
                return 1;
            }
        }
    }
    return 0;
}

static double distance_to_cycle(const grl_closed_orbit *cycle, const double h[2])
{
    double least = INFINITY;
    for (size_t i = 0; i < cycle->count; i++) {
        const double *a = cycle->points + 2 * i, *b = cycle->points + 2 * ((i + 1) % cycle->count);
        double dx = b[0] - a[0], dy = b[1] - a[1], size2 = dx * dx + dy * dy;
        double s = size2 > 0 ? ((h[0] - a[0]) * dx + (h[1] - a[1]) * dy) / size2 : 0;
        s = s < 0 ? 0 : s > 1 ? 1 : s;
        least = fmin(least, hypot(h[0] - a[0] - s * dx, h[1] - a[1] - s * dy));
    }
    return least;
}

static double distance_to_saddles(const grl_plane *plane, const double h[2])
{
    double least = INFINITY;
    for (size_t i = 0; i < plane->portrait->count; i++)
        if (plane->portrait->points[i].type == GRL_SADDLE)
            least = fmin(least, hypot(h[0] - plane->points[i].h[0], h[1] - plane->points[i].h[1]));
    return least;
}

/* Follows one round from h and keeps it, unless it passes a saddle as closely as a connection would and is not
 * known to be one. */
static grl_status keep_cycle(const grl_orbit *orbit, const double h[2], int known, grl_error *error)
{
    grl_plane *plane = orbit->plane;
    double length = 0, before[2], now[2], nearest = INFINITY;
    size_t capacity = 0;
    grl_closed_orbit cycle = {.stable = orbit->sign > 0, .period = orbit->period};
    if (!grl_grow((void **)&plane->cycles, &plane->cycle_capacity, plane->cycle_count, sizeof *plane->cycles))
        return grl_fail_memory(error, plane->cycle_count, sizeof *plane->cycles);
    /* Once for the length, then for points that divide it evenly. */
    for (int pass = 0; pass < 2; pass++) {
        grl_orbit round;
        double along = 0, spacing = 0;
        if (pass == 1) {
            capacity = (size_t)ceil(fmax(16, length / plane->spacing));
            spacing = length / (double)capacity;
            cycle.points = grl_calloc(capacity, 2 * sizeof *cycle.points);
            if (!cycle.points) return grl_fail_memory(error, capacity, 2 * sizeof *cycle.points);
        }
        grl_orbit_start(&round, plane, h, orbit->sign, &tight);
        memcpy(before, h, sizeof before);
        while (round.t < orbit->period && move(&round)) {
            double chord = hypot(round.y[0] - round.y_old[0], round.y[1] - round.y_old[1]);
            double span = fmin(round.t, orbit->period) - round.t_old;
            int parts = 4 + (int)(4 * chord / plane->spacing);
            round.length += chord;
            for (int k = 1; k <= parts; k++) {
                grl_orbit_at(&round, round.t_old + span * k / parts, now);
                double piece = hypot(now[0] - before[0], now[1] - before[1]);
                nearest = fmin(nearest, distance_to_saddles(plane, now));
                while (pass == 1 && cycle.count < capacity &&
                       spacing * (double)cycle.count <= along + piece) {
                    double s = piece > 0 ? (spacing * (double)cycle.count - along) / piece : 0;
                    cycle.points[2 * cycle.count] = before[0] + s * (now[0] - before[0]);
                    cycle.points[2 * cycle.count + 1] = before[1] + s * (now[1] - before[1]);
                    cycle.count++;
                }
                along += piece;
                memcpy(before, now, sizeof before);
            }
        }
        length = along;
        if (round.t < orbit->period) nearest = 0;
    }
    /* Along the flow. */
    for (size_t i = 1, k = cycle.count - 1; orbit->sign < 0 && i < k; i++, k--)
        for (size_t c = 0; c < 2; c++) {
            double swap = cycle.points[2 * i + c];
            cycle.points[2 * i + c] = cycle.points[2 * k + c];
            cycle.points[2 * k + c] = swap;
        }
    if (!known && nearest < beside_saddle)
        free(cycle.points);
    else
        plane->cycles[plane->cycle_count++] = cycle;
    return GRL_OK;
}

grl_status grl_plane_add_cycle(grl_plane *plane, const double h[2], double period, int stable,
                               grl_error *error)
{
    const grl_orbit orbit = {.plane = plane, .sign = stable ? 1 : -1, .period = period};
    return keep_cycle(&orbit, h, 1, error);
}

static grl_status end_on_cycle(grl_orbit *orbit, const double h[2], double t, grl_error *error)
{
    grl_plane *plane = orbit->plane;
    size_t best = 0;
    double least = INFINITY;
    for (size_t i = 0; i < plane->cycle_count; i++) {
        double distance = distance_to_cycle(&plane->cycles[i], h);
        if (plane->cycles[i].stable == (orbit->sign > 0) && distance < least) {
            least = distance;
            best = i;
        }
    }
    grl_status status = GRL_OK;
    int rough = orbit->stiff && orbit->options.quick;
    if (!(least <= (rough ? same_if_rough : same_cycle))) {
        best = plane->cycle_count;
        if (!(orbit->options.rtol <= tight.rtol)) { /* comes back here once, to keep it */
            grl_orbit again = {.limit = {.kind = GRL_LIMIT_UNDECIDED}};
            if (plane->unconfirmed < MOST_UNCONFIRMED) {
                grl_orbit_start(&again, plane, h, orbit->sign, &tight);
                status = grl_orbit_run(&again, error);
                plane->unconfirmed += again.limit.kind == GRL_LIMIT_UNDECIDED;
            }
            end(orbit, again.limit.kind, again.limit.which, t, h);
            return status;
        }
        status = keep_cycle(orbit, h, 0, error);
    }
    /* A ring of saddles and connections is none. */
    end(orbit, best < plane->cycle_count ? GRL_LIMIT_CYCLE : GRL_LIMIT_UNDECIDED, best, t, h);
    return status;
}

/* A return to the section, if the last step made one. */
static grl_status look_back(grl_orbit *orbit, grl_error *error)
{
    double h[2], f[2];
    if (!(value_of(orbit, -1, orbit->y_old) < 0 && value_of(orbit, -1, orbit->y) >= 0)) return GRL_OK;
    double t = crossing(orbit, -1, h);
    double place =
        -(h[0] - orbit->anchor[0]) * orbit->normal[1] + (h[1] - orbit->anchor[1]) * orbit->normal[0];
    field(0, h, f, orbit);
    if (fabs(place) > window ||
        !(f[0] * orbit->normal[0] + f[1] * orbit->normal[1] > 0.5 * hypot(f[0], f[1])))
        return GRL_OK;
    double step = place - orbit->last, ratio = step / orbit->step;
    /* Rounding makes a resting orbit return, too. */
    double round = orbit->length - orbit->anchored;
    if (round < least_round) return GRL_OK;
    orbit->returns++;
    orbit->period = t - orbit->last_t;
    if (orbit->returns >= 2) {
        double rest = fabs(step) * ratio / (1 - ratio);
        /* As good as crossings of steps taken for straight lines are. */
        double allowed = !orbit->stiff ? rest_of_cycle : orbit->options.quick ? 1e-3 : 1e-6;
        int still = orbit->stiff && round > long_round && fmax(fabs(step), fabs(orbit->step)) < 0.1 * allowed;
        if (fabs(step) < 1e-12 || still || (ratio >= 0 && ratio < 1 && rest < allowed))
            return end_on_cycle(orbit, h, t, error);
    }
    orbit->step = step;
    orbit->last = place;
    orbit->last_t = t;
    orbit->anchored = orbit->length;
    if (fabs(place) > 0.4 * window) set_anchor(orbit, h, t);
    return GRL_OK;
}

grl_status grl_orbit_step(grl_orbit *orbit, grl_error *error)
{
    if (orbit->ended) return GRL_OK;
    if (!move(orbit)) {
        orbit->ended = 1;
        orbit->t_stop = orbit->t_old;
        return GRL_OK;
    }
    orbit->t_stop = orbit->t;
    memcpy(orbit->limit.place, orbit->y, sizeof orbit->limit.place);
    double before = orbit->length;
    orbit->length += hypot(orbit->y[0] - orbit->y_old[0], orbit->y[1] - orbit->y_old[1]);
    if (outside(orbit->y) > 0 && orbit->sign < 0) {
        end_on_border(orbit);
        return GRL_OK;
    }
    int arrived = at_point(orbit);
    if (!orbit->ended && !(orbit->length < orbit->options.max_length)) orbit->ended = 1;
    if (arrived || orbit->ended) return GRL_OK;
    grl_status status = look_back(orbit, error);
    if (status == GRL_OK && !orbit->ended && before - orbit->anchored > orbit->budget) {
        orbit->budget *= 2;
        set_anchor(orbit, orbit->y, orbit->t);
    }
    return status;
}

grl_status grl_orbit_run(grl_orbit *orbit, grl_error *error)
{
    grl_status status = GRL_OK;
    while (status == GRL_OK && !orbit->ended) status = grl_orbit_step(orbit, error);
    return status;
}
