/* slow_measure.c: how long, how slow, and for how long a slow manifold holds a state.
 *
 * The drift along is s' = m(s), with m between two points the cubic of Hermite from velocities and rates.
 * For the map s grows by dt m(s) in a step, which is the time-dt map of the flow with m (1 - dt m' / 2) and
 * rate log(1 + dt m') / dt up to higher orders. The curve is cut into fine pieces, finer towards the slow
 * end of an interval. Their times are by Simpson's rule, or, where the velocity varies much, as beside a
 * stop, those of linear velocities:
 *
 *     t = ds log(m1 / m0) / (m1 - m0).
 *
 * A velocity below 1e-13 is rounding; it counts as 1e-13, so that times are not longer than is known.
 *
 * The memory time of a place is the time until the state has drifted by `fraction` of the length; past an
 * open end it is taken to go on with the speed that it has there. It is infinite if a stop comes first.
 * Places are spaced evenly by arc length.
 *
 * Ghost. About the slowest point, speed = a + b s^2: the derivative of the rate along, 2 b, is g2 of the
 * normal form there doubled. The whole way from far to far then takes pi / sqrt(a b). */
#include "portrait/slow_curve.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pieces of one interval between points; places from which memory times are taken. */
enum { PIECES = 16, PLACES = 401 };

/* A share of the length on either side of a stop that drift times leave out, since the last of the way to a
 * stop takes for ever; the least length of what may be taken for a line, a tenth of a unit's range. */
static const double excluded = 0.01, least_length = 0.2, pi = 3.14159265358979323846;

/* A quadratic term that matters only nearer to a degenerate point than this, about the width of the box that
 * holds it, is taken for zero; and so are coefficients that are zero to the rounding of second derivatives. */
static const double quadratic_reach = 1e-4, flat = 1e-9;

typedef struct profile {
    size_t count;      /* places; pieces are one fewer */
    double *s, *m, *t; /* t[i]: the time of the piece from i to i + 1 */
    double length;
    int closed;
} profile;

static double chord(const grl_slow_curve *curve, size_t i, size_t j)
{
    size_t n = curve->n;
    double squares = 0, cosine = 0;
    for (size_t k = 0; k < n; k++) {
        double d = grl_curve_h(curve, j)[k] - grl_curve_h(curve, i)[k];
        squares += d * d;
        cosine += grl_curve_v(curve, i)[k] * grl_curve_v(curve, j)[k];
    }
    /* An arc that turns by a is longer than its chord by a^2 / 24. */
    double turn = acos(fmin(1, fmax(-1, cosine)));
    return sqrt(squares) * (1 + turn * turn / 24);
}

/* Velocity and its derivative of the flow that stands for the drift. */
static void drift(const grl_portrait *portrait, double velocity, double value, double *m, double *slope)
{
    *m = velocity;
    *slope = value;
    if (portrait->time == GRL_CONTINUOUS) return;
    *m = velocity * (1 - portrait->dt * value / 2);
    *slope = log1p(portrait->dt * value) / portrait->dt;
}

/* The time that a piece takes, positive; INFINITY if there is a zero of the velocity in it. */
static double piece_time(double ds, double m0, double m1)
{
    if (!(m0 * m1 > 0)) return INFINITY;
    double x = (m1 - m0) / m0;
    return ds / fabs(m0) * (fabs(x) < 1e-6 ? 1 - x / 2 : log1p(x) / x);
}

/* The cubic on an interval of length ds with these values and slopes at its ends, at u from 0 to 1. */
static double hermite(double u, double ds, double m0, double d0, double m1, double d1)
{
    double w = 1 - u;
    return w * w * (1 + 2 * u) * m0 + u * u * (3 - 2 * u) * m1 + ds * u * w * (w * d0 - u * d1);
}

/* Places become closer towards the end that is slow: 0, 1; or neither. */
static double graded(double u, int towards)
{
    return towards == 0 ? u * u * u : towards == 1 ? 1 - (1 - u) * (1 - u) * (1 - u) : u;
}

/* With the velocity in the middle too: by Simpson's rule where the velocity varies little. */
static double quadratic_time(double ds, double m0, double middle, double m1)
{
    double ratio = m1 / m0, half = middle / m0;
    if (ratio > 0.6 && ratio < 1.7 && half > 0.6 && half < 1.7)
        return ds / 6 * fabs(1 / m0 + 4 / middle + 1 / m1);
    return piece_time(ds / 2, m0, middle) + piece_time(ds / 2, middle, m1);
}

static grl_status profile_create(const grl_portrait *portrait, const grl_slow_curve *curve, const double *arc,
                                 profile *p, grl_error *error)
{
    size_t intervals = curve->closed ? curve->count : curve->count - 1;
    *p = (profile){.closed = curve->closed, .count = intervals * PIECES + 1};
    p->s = grl_calloc(p->count, 3 * sizeof *p->s);
    if (!p->s) return grl_fail_memory(error, p->count, 3 * sizeof *p->s);
    p->m = p->s + p->count;
    p->t = p->m + p->count;
    size_t at = 0;
    for (size_t i = 0; i < intervals; i++) {
        size_t j = (i + 1) % curve->count;
        const double *a = grl_curve_number(curve, i), *b = grl_curve_number(curve, j);
        double ds = chord(curve, i, j), m0, m1, d0, d1;
        drift(portrait, a[GRL_VELOCITY], a[GRL_VALUE], &m0, &d0);
        drift(portrait, b[GRL_VELOCITY], b[GRL_VALUE], &m1, &d1);
        int towards = fabs(m0) < 0.5 * fabs(m1) ? 0 : fabs(m1) < 0.5 * fabs(m0) ? 1 : 2;
        for (int k = 0; k < PIECES; k++, at++) {
            double u = graded((double)k / PIECES, towards), v = graded((double)(k + 1) / PIECES, towards);
            p->s[at] = arc[i] + u * ds;
            p->m[at] = hermite(u, ds, m0, d0, m1, d1);
            p->t[at] = quadratic_time((v - u) * ds, p->m[at], hermite((u + v) / 2, ds, m0, d0, m1, d1),
                                      hermite(v, ds, m0, d0, m1, d1));
        }
        p->s[at] = arc[i] + ds;
        p->m[at] = m1;
    }
    p->length = p->s[p->count - 1];
    /* What is below rounding is as slow as rounding tells, and has no sign of its own. */
    double sense = 1;
    bool changed = false;
    for (size_t k = 0; k < p->count; k++) {
        bool stop = k % PIECES == 0 && curve->stops[k / PIECES % curve->count] != GRL_NO_STOP;
        if (fabs(p->m[k]) > GRL_RIDGE_ROUNDING) sense = copysign(1, p->m[k]);
        if (fabs(p->m[k]) > GRL_RIDGE_ROUNDING || stop) continue;
        p->m[k] = sense * GRL_RIDGE_ROUNDING;
        changed = true;
    }
    for (size_t k = 0; changed && k + 1 < p->count; k++)
        p->t[k] = piece_time(p->s[k + 1] - p->s[k], p->m[k], p->m[k + 1]);
    return GRL_OK;
}

/* From place s on, in the direction of the drift there, until `distance` is gone. */
static double memory_from(const profile *p, double s, double distance)
{
    size_t last = p->count - 1, i = 0, high = last;
    while (high - i > 1) {
        size_t middle = (i + high) / 2;
        if (p->s[middle] <= s)
            i = middle;
        else
            high = middle;
    }
    double part = (s - p->s[i]) / (p->s[i + 1] - p->s[i]), m = p->m[i] + part * (p->m[i + 1] - p->m[i]);
    double time = 0, left = distance;
    if (m == 0 || !(p->m[i] * p->m[i + 1] > 0)) return INFINITY;
    for (size_t steps = 0; steps <= 2 * last; steps++) {
        double end = m > 0 ? p->s[i + 1] : p->s[i], m_end = m > 0 ? p->m[i + 1] : p->m[i];
        double way = fabs(end - s);
        if (way >= left) return time + piece_time(left, m, m + (m_end - m) * left / way);
        time += steps == 0 ? piece_time(way, m, m_end) : p->t[i];
        if (!isfinite(time)) return INFINITY;
        left -= way;
        s = end;
        if (m > 0 ? i + 1 == last : i == 0) {
            if (!p->closed) return time + left / fabs(m_end);
            i = m > 0 ? 0 : last - 1;
            s = m > 0 ? 0 : p->length;
        } else {
            i = m > 0 ? i + 1 : i - 1;
        }
        m = m_end;
    }
    return time;
}

static int rising(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* From end to end, without what is within `skip` of a stop. */
static double drift_time(const profile *p, const grl_slow_manifold *m, double skip)
{
    double time = 0;
    for (size_t i = 0; i + 1 < p->count; i++) {
        double low = p->s[i], high = p->s[i + 1], ds = high - low;
        for (size_t k = 0; k < m->stop_count; k++) {
            double stop = m->arc[m->stops[k].node];
            for (int turn = m->closed ? -1 : 0; turn <= (m->closed ? 1 : 0); turn++) {
                double from = stop - skip + turn * p->length, to = stop + skip + turn * p->length;
                if (from <= low && to > low) low = to;
                if (to >= high && from < high) high = from;
            }
        }
        if (!(high > low)) continue;
        if (high - low == ds) {
            time += p->t[i];
            continue;
        }
        double slope = (p->m[i + 1] - p->m[i]) / ds;
        time += piece_time(high - low, p->m[i] + slope * (low - p->s[i]), p->m[i] + slope * (high - p->s[i]));
    }
    return time;
}

static grl_status times(const profile *p, const grl_slow_options *o, grl_slow_manifold *m, grl_error *error)
{
    double *memory = grl_calloc(2 * PLACES, sizeof *memory), *speed = memory + PLACES;
    if (!memory) return grl_fail_memory(error, 2 * PLACES, sizeof *memory);
    size_t j = 0;
    for (size_t k = 0; k < PLACES; k++) {
        double s = p->length * (double)k / (p->closed ? PLACES : PLACES - 1);
        while (j + 2 < p->count && p->s[j + 1] < s) j++;
        speed[k] = fabs(p->m[j] + (p->m[j + 1] - p->m[j]) * (s - p->s[j]) / (p->s[j + 1] - p->s[j]));
        memory[k] = memory_from(p, s, o->fraction * p->length);
    }
    qsort(memory, PLACES, sizeof *memory, rising);
    qsort(speed, PLACES, sizeof *speed, rising);
    m->memory_min = memory[0];
    m->memory_median = memory[PLACES / 2];
    m->speed_median = speed[PLACES / 2];
    m->speed_min = m->stop_count > 0 ? 0 : INFINITY;
    for (size_t i = 0; i < p->count; i++) {
        m->speed_max = fmax(m->speed_max, fabs(p->m[i]));
        m->speed_min = fmin(m->speed_min, fabs(p->m[i]));
    }
    m->drift_time = drift_time(p, m, excluded * p->length);
    free(memory);
    return GRL_OK;
}

/* Does the velocity come to zero without a stop? */
static bool is_neutral(const grl_slow_manifold *m)
{
    for (size_t i = 0; i < m->count; i++)
        if (fabs(m->velocity[i]) <= GRL_RIDGE_ROUNDING || m->velocity[i] * m->velocity[0] < 0) return true;
    return false;
}

/* The kind of a curve, and the law of the drift where it is slowest. */
static void name_kind(grl_ridge *ridge, grl_slow_manifold *m)
{
    size_t n = ridge->n, slowest = 0;
    double g2, g3;
    if (m->stop_count > 1) {
        m->kind = GRL_SLOW_CHAIN;
        return;
    }
    for (size_t i = 0; i < m->count; i++)
        if (fabs(m->velocity[i]) < fabs(m->velocity[slowest])) slowest = i;
    const double *h = m->points + slowest * n;
    if (m->stop_count == 1) {
        size_t node = m->stops[0].node, point = m->stops[0].point;
        double value = m->stops[0].rate;
        bool degenerate = fabs(value) <= GRL_RIDGE_NEUTRAL * m->attraction[node];
        if (point != GRL_SLOW_UNLISTED) {
            grl_point_type type = ridge->portrait->points[point].type;
            degenerate = degenerate || type == GRL_DEGENERATE || type == GRL_HALF_STABLE;
        }
        m->kind = degenerate ? GRL_SLOW_DEGENERATE : value < 0 ? GRL_SLOW_NODE : GRL_SLOW_SADDLE;
        if (!degenerate) return;
        h = m->points + node * n;
        slowest = node;
    } else {
        m->kind = is_neutral(m) ? GRL_SLOW_NEUTRAL : GRL_SLOW_PASSAGE;
        if (m->kind == GRL_SLOW_NEUTRAL) return;
        if (!m->closed && (slowest == 0 || slowest + 1 == m->count)) return;
    }
    /* The direction of the curve there. */
    grl_ridge_evaluate(ridge, h);
    double *direction = ridge->values;
    if (!grl_ridge_direction(ridge, m->rate[slowest], direction)) return;
    size_t next = slowest + 1 < m->count ? slowest + 1 : slowest, last = next > 0 ? next - 1 : 0;
    double along = 0;
    for (size_t k = 0; k < n; k++)
        along += direction[k] * (m->points[next * n + k] - m->points[last * n + k]);
    for (size_t k = 0; k < n; k++) direction[k] *= along < 0 ? -1 : 1;
    if (!grl_ridge_normal_form(ridge, h, direction, &g2, &g3)) return;
    if (m->kind == GRL_SLOW_DEGENERATE) {
        bool quadratic = fabs(g2) > flat && fabs(g2) > quadratic_reach * fabs(g3);
        m->exponent = quadratic ? 2 : fabs(g3) > flat ? 3 : 0;
        m->coefficient = quadratic ? g2 : m->exponent ? g3 : 0;
        return;
    }
    double velocity = m->velocity[slowest], b = velocity > 0 ? g2 : -g2;
    if (!(b > 0)) return;
    m->kind = GRL_SLOW_GHOST;
    m->exponent = 2;
    m->coefficient = b;
    m->floor = fabs(velocity);
    m->passage_time = pi / sqrt(m->floor * b);
}

static grl_status take_points(const grl_slow_curve *curve, grl_slow_manifold *m, grl_error *error)
{
    size_t n = curve->n, count = curve->count;
    m->points = grl_calloc(count, n * sizeof *m->points);
    m->arc = grl_calloc(count, 4 * sizeof *m->arc);
    m->stops = grl_calloc(count, sizeof *m->stops);
    if (!m->points || !m->arc || !m->stops) return grl_fail_memory(error, count, n * sizeof *m->points);
    m->velocity = m->arc + count;
    m->rate = m->velocity + count;
    m->attraction = m->rate + count;
    m->count = count;
    m->dimension = 1;
    m->closed = curve->closed;
    m->borders[0] = curve->borders[0];
    m->borders[1] = curve->borders[1];
    m->attraction_min = INFINITY;
    for (size_t i = 0; i < count; i++) {
        const double *number = grl_curve_number(curve, i);
        memcpy(m->points + i * n, grl_curve_h(curve, i), n * sizeof *m->points);
        m->arc[i] = i == 0 ? 0 : m->arc[i - 1] + chord(curve, i - 1, i);
        m->velocity[i] = number[GRL_VELOCITY];
        m->rate[i] = number[GRL_RATE];
        m->attraction[i] = number[GRL_ATTRACTION];
        m->attraction_min = fmin(m->attraction_min, m->attraction[i]);
        if (curve->stops[i] != GRL_NO_STOP)
            m->stops[m->stop_count++] = (grl_slow_stop){curve->stops[i], i, m->rate[i]};
    }
    return GRL_OK;
}

grl_status grl_slow_measure(grl_ridge *ridge, const grl_slow_curve *curve, grl_slow_manifold *m,
                            grl_error *error)
{
    const grl_slow_options *o = ridge->options;
    profile p = {0};
    grl_status status = take_points(curve, m, error);
    if (status == GRL_OK) status = profile_create(ridge->portrait, curve, m->arc, &p, error);
    if (status == GRL_OK) {
        m->length = p.length;
        status = times(&p, o, m, error);
    }
    if (status == GRL_OK) {
        name_kind(ridge, m);
        bool slow = m->memory_median * m->attraction_min * o->ratio >= 1 && m->length >= least_length;
        m->acts_as = !slow ? GRL_ACTS_AS_NOTHING : m->closed ? GRL_ACTS_AS_RING : GRL_ACTS_AS_LINE;
    }
    free(p.s);
    return status;
}
