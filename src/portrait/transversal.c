/* transversal.c: closed curves that orbits into a point or a cycle cross once.
 *
 * Around a point it is an ellipse (plane.c). For a cycle: in the order of time in which it attracts, f is the field, l < 0 the mean of div f over a period, and
 * n the unit normal. A small normal deviation q changes by q' = (div f - (ln |f|)') q, so that with
 *
 *     p(t) = exp(integral of (div f - l)) / |f|,      q / p falls like exp(l t)
 *
 * (Andronov, Leontovich, Gordon, Maier 1973). The curve c + level p n is crossed towards the cycle at the rate
 * T x f = level p |f| l to first order, T its derivative by t. The level is the largest of a falling series at which
 * that rate, with f at the curve's place and T in closed form, is at least a quarter of this at every station, and the
 * curve keeps its distance from fixed points, other cycles and itself.
 *
 * What makes it fail: the stations are samples, not a proof. A cycle that almost meets a saddle has a curve that is
 * very thin in places. */
#include "portrait/transversal.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/ode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 20000, MOST_STATIONS = 20000, LEVELS = 60, WORK = 10, ODE_ROOM = 2 * 40 };
static const double pi = 3.14159265358979323846;

/* Between two stations at most this long, and so far turned. */
static const double longest = 0.003, widest_turn = 0.01;

/* Thinner than this in its widest place, a curve says nothing: orbits are known to some 1e-10. */
static const double thinnest = 1e-6;

typedef struct motion {
    const grl_cell *cell;
    int sign;
} motion;

static void field(double t, const double *y, double *dydt, void *context)
{
    const motion *m = context;
    double work[WORK];
    (void)t;
    grl_cell_field(m->cell, NULL, y, dydt, work);
    dydt[0] *= m->sign;
    dydt[1] *= m->sign;
}

void grl_transversal_free(grl_transversal *transversal)
{
    free(transversal->stations);
    transversal->stations = NULL;
}

static size_t nearest_station(const grl_transversal *t, const double h[2])
{
    size_t best = 0;
    double least = INFINITY;
    for (size_t k = 0; k < t->count; k++) {
        double x = h[0] - t->stations[k].c[0], y = h[1] - t->stations[k].c[1], r2 = x * x + y * y;
        if (r2 < least) {
            least = r2;
            best = k;
        }
    }
    return best;
}

/* The foot of the perpendicular from h on the cycle, which between stations is taken for the cubic through both with
 * their tangents: *place counts stations. Returns the distance, positive on the transversal's side. */
static double normal_distance(const grl_transversal *t, const double h[2], double *place)
{
    size_t k = nearest_station(t, h);
    const grl_station *s = &t->stations[k];
    if ((h[0] - s->c[0]) * s->tangent[0] + (h[1] - s->c[1]) * s->tangent[1] < 0)
        k = (k + t->count - 1) % t->count;
    const grl_station *p = &t->stations[k], *q = &t->stations[(k + 1) % t->count];
    const double chord[2] = {q->c[0] - p->c[0], q->c[1] - p->c[1]};
    double length = hypot(chord[0], chord[1]), u = 0.5, d[2], v[2], first[2];
    for (int step = 0; step < 5; step++) {
        double second[2];
        for (int i = 0; i < 2; i++) {
            double a = length * p->tangent[i] - chord[i], b = chord[i] - length * q->tangent[i];
            d[i] = h[i] - p->c[i] - u * chord[i] - u * (1 - u) * ((1 - u) * a + u * b);
            first[i] = chord[i] + (1 - 4 * u + 3 * u * u) * a + (2 * u - 3 * u * u) * b;
            second[i] = (6 * u - 4) * a + (2 - 6 * u) * b;
            v[i] = first[i];
        }
        if (step == 4) break;
        double slope = first[0] * first[0] + first[1] * first[1] - d[0] * second[0] - d[1] * second[1];
        double change = slope > 0 ? (d[0] * first[0] + d[1] * first[1]) / slope : 0;
        u = fmax(-0.5, fmin(1.5, u + change));
    }
    *place = (double)k + u;
    return t->side * (v[0] * d[1] - v[1] * d[0]) / hypot(v[0], v[1]);
}

double grl_transversal_value(const grl_transversal *t, const double h[2])
{
    if (t->count == 0) {
        double x = h[0] - t->h[0], y = h[1] - t->h[1];
        return (t->V[0] * x * x + 2 * t->V[1] * x * y + t->V[2] * y * y) / t->level - 1;
    }
    double place, q = normal_distance(t, h, &place);
    double whole = floor(place), u = place - whole;
    size_t k = (size_t)(whole < 0 ? whole + (double)t->count : whole) % t->count;
    const grl_station *s = &t->stations[k], *next = &t->stations[(k + 1) % t->count];
    double length = hypot(next->c[0] - s->c[0], next->c[1] - s->c[1]);
    double change = log(next->p / s->p), a = length * s->growth - change, b = change - length * next->growth;
    double p = s->p * exp(u * (change + (1 - u) * ((1 - u) * a + u * b)));
    return q / (t->level * p) - 1;
}

double grl_transversal_phase(const grl_transversal *t, const double h[2])
{
    if (t->count == 0) return (pi + atan2(h[1] - t->h[1], h[0] - t->h[0])) / (2 * pi);
    double place;
    normal_distance(t, h, &place);
    double phase = place / (double)t->count;
    phase -= floor(phase);
    return t->anticlockwise ? phase : 1 - phase;
}

/* One station; its p is a logarithm at first, without the integral. */
static void put_station(const motion *m, const double h[2], grl_station *s, double *divergence)
{
    double f[2], J[4], work[WORK];
    field(0, h, f, (void *)m);
    grl_cell_jacobian(m->cell, NULL, h, J, work);
    double size = hypot(f[0], f[1]),
           g[2] = {m->sign * (J[0] * f[0] + J[1] * f[1]), m->sign * (J[2] * f[0] + J[3] * f[1])};
    memcpy(s->c, h, sizeof s->c);
    s->tangent[0] = f[0] / size;
    s->tangent[1] = f[1] / size;
    s->curvature = (f[0] * g[1] - f[1] * g[0]) / (size * size * size);
    s->p = -log(size);
    *divergence = m->sign * (J[0] + J[3]);
    /* div f - (ln |f|)' by arc length, without the mean. */
    s->growth = (*divergence - (f[0] * g[0] + f[1] * g[1]) / (size * size)) / size;
    s->speed = size;
}

/* Once around. *mean: of the divergence. The stations' p stay logarithms, without the part of the mean. */
static grl_status go_round(const motion *m, const grl_cycle *cycle, grl_transversal *t, double *mean,
                           const char **fault, grl_error *error)
{
    double work[ODE_ROOM], integral = 0, last_t = 0, last_divergence, divergence, h[2];
    size_t capacity = 0;
    grl_ode ode;
    const grl_ode_settings settings = {
        .method = &grl_ode_dop853, .rtol = 1e-12, .atol = 1e-14, .max_steps = MOST_STEPS};
    grl_ode_start(&ode, &settings, 2, field, (void *)m, 0, cycle->points + 1, work);
    if (!grl_grow((void **)&t->stations, &capacity, 0, sizeof *t->stations))
        return grl_fail_memory(error, 1, sizeof *t->stations);
    put_station(m, cycle->points + 1, &t->stations[t->count++], &last_divergence);
    grl_ode_outcome outcome;
    do {
        double before[2], now[2];
        outcome = grl_ode_step(&ode, cycle->period);
        if (outcome != GRL_ODE_STEP && outcome != GRL_ODE_END) break;
        field(0, ode.y_old, before, (void *)m);
        field(0, ode.y, now, (void *)m);
        double turn =
            fabs(atan2(before[0] * now[1] - before[1] * now[0], before[0] * now[0] + before[1] * now[1]));
        double chord = hypot(ode.y[0] - ode.y_old[0], ode.y[1] - ode.y_old[1]);
        int parts = 2 + (int)fmin(400, fmax(chord / longest, turn / widest_turn));
        for (int k = 1; k <= parts; k++) {
            double time = k == parts ? ode.t : ode.t_old + (ode.t - ode.t_old) * k / parts;
            grl_ode_dense(&ode, time, h);
            if (t->count == MOST_STATIONS) break;
            if (!grl_grow((void **)&t->stations, &capacity, t->count, sizeof *t->stations))
                return grl_fail_memory(error, t->count, sizeof *t->stations);
            put_station(m, h, &t->stations[t->count], &divergence);
            integral += 0.5 * (divergence + last_divergence) * (time - last_t);
            t->stations[t->count].t = time;
            t->stations[t->count++].p += integral;
            last_divergence = divergence;
            last_t = time;
        }
    } while (outcome == GRL_ODE_STEP && t->count < MOST_STATIONS);
    if (outcome != GRL_ODE_END || t->count < 8) *fault = "a cycle could not be followed once around";
    *mean = integral / cycle->period;
    /* The last is the first again. */
    t->count--;
    return GRL_OK;
}

/* The largest distance from the cycle at which nothing else is near. */
static double room(const grl_portrait *portrait, size_t which, const grl_station *s)
{
    const grl_cycles *cycles = portrait->cycles;
    double nearest = 1;
    for (size_t i = 0; i < portrait->count; i++)
        nearest =
            fmin(nearest, hypot(portrait->points[i].h[0] - s->c[0], portrait->points[i].h[1] - s->c[1]));
    for (size_t i = 0; i < cycles->count; i++)
        for (size_t k = 0; i != which && k < cycles->items[i].count; k++) {
            const double *h = cycles->items[i].points + 3 * k + 1;
            nearest = fmin(nearest, hypot(h[0] - s->c[0], h[1] - s->c[1]));
        }
    return 0.3 * fmin(nearest, 1 / fabs(s->curvature));
}

static void place_on(const grl_transversal *t, const grl_station *s, double h[2])
{
    double q = t->side * t->level * s->p;
    h[0] = s->c[0] - q * s->tangent[1];
    h[1] = s->c[1] + q * s->tangent[0];
}

/* Is the curve at its level crossed towards the cycle everywhere? */
static int crossed(const motion *m, const grl_transversal *t, double mean)
{
    for (size_t k = 0; k < t->count; k++) {
        const grl_station *s = &t->stations[k];
        double f[2], there[2], h[2], q = t->side * t->level * s->p;
        place_on(t, s, h);
        if (!(fabs(h[0]) < 1 && fabs(h[1]) < 1)) return 0;
        field(0, s->c, f, (void *)m);
        field(0, h, there, (void *)m);
        double size = hypot(f[0], f[1]), u = s->tangent[0], v = s->tangent[1];
        double forward = size * (1 - q * s->curvature), sideways = q * size * s->growth;
        const double T[2] = {forward * u - sideways * v, forward * v + sideways * u};
        if (!(t->side * (T[0] * there[1] - T[1] * there[0]) <= 0.25 * t->level * s->p * size * mean))
            return 0;
    }
    return 1;
}

/* Does each place of the curve belong to its own station, or a neighbour of that? */
static int simple(const grl_transversal *t)
{
    for (size_t k = 0; k < t->count; k++) {
        double h[2];
        place_on(t, &t->stations[k], h);
        size_t found = nearest_station(t, h), apart = found > k ? found - k : k - found;
        if (apart > 3 && t->count - apart > 3) return 0;
    }
    return 1;
}

grl_status grl_transversal_of_cycle(const grl_cell *autonomous, const grl_portrait *portrait, size_t which,
                                    int inside, grl_transversal *t, const char **fault, grl_error *error)
{
    const grl_cycle *cycle = &portrait->cycles->items[which];
    const motion m = {autonomous, cycle->stable ? 1 : -1};
    double mean = 0, top = -INFINITY, level = INFINITY;
    *t = (grl_transversal){.anticlockwise = cycle->stable ? !cycle->clockwise : cycle->clockwise};
    t->side = (inside != 0) == (t->anticlockwise != 0) ? 1 : -1;
    *fault = NULL;
    grl_status status = go_round(&m, cycle, t, &mean, fault, error);
    if (status != GRL_OK || *fault) goto done;
    for (size_t k = 0; k < t->count; k++) {
        t->stations[k].p -= mean * t->stations[k].t;
        t->stations[k].growth -= mean / t->stations[k].speed;
        top = fmax(top, t->stations[k].p);
    }
    for (size_t k = 0; k < t->count; k++) {
        grl_station *s = &t->stations[k];
        s->p = exp(s->p - top);
        level = fmin(level, room(portrait, which, s) / fmax(s->p, 1e-300));
    }
    t->level = level;
    int good = 0;
    for (int k = 0; k < LEVELS && !good && t->level >= thinnest; k++) {
        good = crossed(&m, t, mean) && simple(t);
        if (!good) t->level *= 0.7;
    }
    if (!good) *fault = "beside a cycle no curve was found that orbits cross only once";
done:
    if (status != GRL_OK || *fault) grl_transversal_free(t);
    return status;
}
