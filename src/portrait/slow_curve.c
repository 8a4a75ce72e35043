/* slow_curve.c: a slow manifold from one of its points to both of its ends.
 *
 * Predicted along the last chord, at first along the slow eigenvector, corrected by grl_ridge_correct. A
 * step is halved if the correction fails, is more than a third of the step, or turns the direction by more
 * than 0.2; it grows again while the turn is below 0.07. Between two points, listed fixed points that lie
 * within a twentieth of the step of the chord are put in. Where the velocity changes its sign and no listed
 * point explains it, the zero is found by the method of regula falsi on the length of the step, and put in
 * as unlisted. A velocity below 1e-13 is rounding and has no sign.
 *
 * The curve ends where |rate along| > 2 ratio * attraction, of the slow eigenvalue or of the velocity
 * itself, or where it and the slow eigenvector, and so the field, differ by more than an angle of 0.35,
 * which means the same; where the speed is more than ratio * attraction * sqrt(n), so that while the state
 * falls onto the curve it drifts by more than `ratio` of the state space's half-diagonal; where the
 * attraction is lost, at the border of the cube, or where it comes back to its start.
 *
 * What makes it fail: two curves of the same kind within a tenth of a step of each other may be confused. */
#include "portrait/slow_curve.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the curve's steps; and how far beyond `ratio` the rates may come together before the curve ends, so
 * that it crosses the gaps between the points of a chain. */
static const double turn_most = 0.2, turn_little = 0.07, beside = 0.05, leeway = 2, astray_most = 0.35;
enum { HALVINGS = 12, SECANTS = 30 };

void grl_slow_curve_free(grl_slow_curve *curve)
{
    free(curve->rows);
    free(curve->stops);
    *curve = (grl_slow_curve){0};
}

static double distance(size_t n, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sqrt(sum);
}

static double dot(size_t n, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

/* Where x lies beside the chord from a to b: its part along, from 0 to 1, and the distance over the chord's.
 */
static double along_chord(size_t n, const double *a, const double *b, const double *x, double *off)
{
    double length = 0, part = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        length += (b[i] - a[i]) * (b[i] - a[i]);
        part += (b[i] - a[i]) * (x[i] - a[i]);
    }
    part /= length;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - a[i] - part * (b[i] - a[i]);
        squares += d * d;
    }
    *off = sqrt(squares / length);
    return part;
}

bool grl_slow_curve_holds(const grl_slow_curve *curve, const double *h)
{
    size_t n = curve->n;
    for (size_t i = 0; i < curve->count; i++) {
        size_t next = i + 1 < curve->count ? i + 1 : curve->closed ? 0 : i;
        double off, part;
        if (distance(n, grl_curve_h(curve, i), h) < 1e-6) return true;
        if (next == i) continue;
        part = along_chord(n, grl_curve_h(curve, i), grl_curve_h(curve, next), h, &off);
        if (part >= -beside && part <= 1 + beside && off < 4 * beside) return true;
    }
    return false;
}

static grl_status add(grl_slow_curve *curve, const grl_ridge_point *p, size_t stop, grl_error *error)
{
    size_t n = curve->n;
    if (!grl_grow((void **)&curve->rows, &curve->capacity, curve->count, curve->width * sizeof(double)) ||
        !grl_grow((void **)&curve->stops, &curve->stop_capacity, curve->count, sizeof *curve->stops))
        return grl_fail_memory(error, curve->count + 1, curve->width * sizeof(double));
    size_t i = curve->count++;
    memcpy(grl_curve_h(curve, i), p->h, n * sizeof *p->h);
    memcpy(grl_curve_v(curve, i), p->v, n * sizeof *p->v);
    double *number = grl_curve_number(curve, i);
    number[GRL_VELOCITY] = stop == GRL_NO_STOP ? p->velocity : 0;
    number[GRL_VALUE] = p->value;
    number[GRL_RATE] = p->rate;
    number[GRL_ATTRACTION] = p->attraction;
    curve->stops[i] = stop;
    return GRL_OK;
}

/* One direction of tracing. Points of n numbers each. */
typedef struct tracer {
    grl_ridge *ridge;
    grl_slow_curve *curve;
    size_t n;
    double longest, least;
    grl_ridge_point now, next, middle;
    double *t, *first_h, *first_v, *memory;
    bool outside; /* the last point that was tried left the cube */
    size_t since; /* points since the attraction was computed */
    double length;
} tracer;

static grl_status tracer_create(grl_ridge *ridge, grl_slow_curve *curve, tracer *r, grl_error *error)
{
    size_t n = ridge->n;
    *r = (tracer){.ridge = ridge, .curve = curve, .n = n};
    r->memory = grl_calloc(9 * n, sizeof *r->memory);
    if (!r->memory) return grl_fail_memory(error, 9 * n, sizeof *r->memory);
    double *at = r->memory;
    grl_ridge_point *points[] = {&r->now, &r->next, &r->middle};
    for (int i = 0; i < 3; i++) {
        points[i]->h = at;
        points[i]->v = at + n;
        at += 2 * n;
    }
    r->t = at;
    r->first_h = at + n;
    r->first_v = at + 2 * n;
    r->longest = ridge->options->spacing * sqrt((double)n);
    r->least = 1e-3 * r->longest / (1 << HALVINGS);
    return GRL_OK;
}

static void copy(size_t n, const grl_ridge_point *from, grl_ridge_point *to)
{
    double *h = to->h, *v = to->v;
    memcpy(h, from->h, n * sizeof *h);
    memcpy(v, from->v, n * sizeof *v);
    *to = *from;
    to->h = h;
    to->v = v;
}

/* The point a step further from `now`. */
static bool advance(tracer *r, double step, grl_ridge_point *p)
{
    size_t n = r->n;
    double cosine, shift = 0;
    for (size_t i = 0; i < n; i++) {
        p->h[i] = r->now.h[i] + step * r->t[i];
        p->v[i] = r->now.v[i];
    }
    p->attraction = r->now.attraction;
    if (!grl_ridge_correct(r->ridge, r->t, p)) return false;
    for (size_t i = 0; i < n; i++) {
        double d = p->h[i] - r->now.h[i] - step * r->t[i];
        shift += d * d;
    }
    for (size_t i = 0; i < n; i++)
        if (!(fabs(p->h[i]) <= 1)) {
            r->outside = true;
            return false;
        }
    cosine = dot(n, p->v, r->now.v);
    return sqrt(shift) <= step / 3 && cosine >= cos(turn_most);
}

/* Why the curve does not go on to `next`; GRL_BORDER_CLOSED: it does. Computes the attraction there. */
static grl_slow_border judge(tracer *r, grl_ridge_point *p)
{
    const grl_slow_options *o = r->ridge->options;
    /* All eigenvalues cost as much as many points. */
    size_t large = r->n / GRL_RIDGE_DENSE_UNITS,
           every = r->n > GRL_RIDGE_DENSE_UNITS ? 1 + large * large / 4 : 1;
    if (++r->since >= every) {
        p->attraction = grl_ridge_attraction(r->ridge, p->h, p->value);
        r->since = 0;
    }
    if (!(p->attraction > 0)) return GRL_BORDER_REPELS;
    if (!(fabs(p->rate) <= leeway * o->ratio * p->attraction)) return GRL_BORDER_RATES;
    if (!(fabs(p->velocity) <= o->ratio * p->attraction * sqrt((double)r->n))) return GRL_BORDER_SPEED;
    return GRL_BORDER_CLOSED;
}

static int sign_of(double velocity)
{
    return fabs(velocity) <= GRL_RIDGE_ROUNDING ? 0 : velocity > 0 ? 1 : -1;
}

/* The listed fixed point that comes next on the chord from r->now to p behind the part `from`, or
 * GRL_NO_STOP. */
static size_t next_stop(const tracer *r, const grl_ridge_point *p, double from, double *part)
{
    const grl_portrait *portrait = r->ridge->portrait;
    size_t found = GRL_NO_STOP;
    for (size_t k = 0; k < portrait->count; k++) {
        if (r->ridge->neutral[k]) continue;
        double off, at = along_chord(r->n, r->now.h, p->h, portrait->points[k].h, &off);
        bool known = false;
        if (!(at > from && at <= 1 + 1e-9 && off <= beside) || (found != GRL_NO_STOP && at >= *part))
            continue;
        for (size_t i = 0; i < r->curve->count; i++) known = known || r->curve->stops[i] == k;
        if (known) continue;
        found = k;
        *part = at;
    }
    return found;
}

/* The zero of the velocity between now and next, both corrected; in r->middle. */
static bool find_zero(tracer *r, double step)
{
    double low = 0, high = step, at_low = r->now.velocity, at_high = r->next.velocity;
    int side = 0;
    for (int k = 0; k < SECANTS; k++) {
        double at = (low * at_high - high * at_low) / (at_high - at_low);
        if (!advance(r, at, &r->middle)) return false;
        double value = r->middle.velocity;
        if (fabs(value) <= GRL_RIDGE_ROUNDING || high - low < 1e-14) return true;
        if ((value > 0) == (at_high > 0)) {
            high = at;
            at_high = value;
            if (side > 0) at_low /= 2;
            side = 1;
        } else {
            low = at;
            at_low = value;
            if (side < 0) at_high /= 2;
            side = -1;
        }
    }
    return fabs(r->middle.velocity) <= 1e-9;
}

/* Adds what lies between now and next, and next. */
static grl_status add_stretch(tracer *r, double step, grl_error *error)
{
    size_t n = r->n, stops = 0;
    double from = 0, part = 0;
    grl_status status = GRL_OK;
    bool replaced = false;
    for (size_t k; status == GRL_OK && (k = next_stop(r, &r->next, from, &part)) != GRL_NO_STOP;
         from = part) {
        const double *h = r->ridge->portrait->points[k].h;
        copy(n, &r->next, &r->middle);
        memcpy(r->middle.h, h, n * sizeof *h);
        if (grl_ridge_correct(r->ridge, r->t, &r->middle)) {
            memcpy(r->middle.h, h, n * sizeof *h);
            if (n <= GRL_RIDGE_DENSE_UNITS)
                r->middle.attraction = grl_ridge_attraction(r->ridge, h, r->middle.value);
            status = add(r->curve, &r->middle, k, error);
            stops++;
            replaced = part > 1 - 1e-6;
        }
    }
    int before = sign_of(r->now.velocity), after = sign_of(r->next.velocity);
    if (status == GRL_OK && before * after < 0 && stops % 2 == 0 && find_zero(r, step) &&
        fabs(r->middle.rate) > GRL_RIDGE_NEUTRAL * r->middle.attraction)
        status = add(r->curve, &r->middle, GRL_SLOW_UNLISTED, error);
    if (status == GRL_OK && !replaced) status = add(r->curve, &r->next, GRL_NO_STOP, error);
    return status;
}

/* Is the start between now and next? */
static bool back_at_start(const tracer *r, double step)
{
    double off, part = along_chord(r->n, r->now.h, r->next.h, r->first_h, &off);
    return r->length > 2 * step && part > 0 && part <= 1 && off <= 2 * beside &&
           dot(r->n, r->next.v, r->first_v) > 0.5;
}

/* Does the field at `next` point so far away from the curve, or change so much along it, that this is no
 * longer near an invariant and slow one? */
static bool astray(const tracer *r)
{
    const grl_slow_options *o = r->ridge->options;
    double along = 0, chord = distance(r->n, r->now.h, r->next.h);
    for (size_t i = 0; i < r->n; i++) along += r->next.v[i] * (r->next.h[i] - r->now.h[i]);
    double change = fabs(r->next.velocity - r->now.velocity);
    return !(along >= cos(astray_most) * chord && change <= leeway * o->ratio * r->next.attraction * chord);
}

/* Follows the curve from its last point, until it ends. */
static grl_status follow(tracer *r, grl_slow_border *border, grl_error *error)
{
    const grl_slow_options *o = r->ridge->options;
    double step = 0.25 * r->longest;
    grl_status status = GRL_OK;
    memcpy(r->t, r->now.v, r->n * sizeof *r->t);
    for (size_t made = 0; status == GRL_OK; made++) {
        *border = GRL_BORDER_LIMIT;
        if (made >= o->max_points || r->ridge->operations > o->max_operations) return GRL_OK;
        bool done = false;
        grl_slow_border end = GRL_BORDER_LOST;
        r->outside = false;
        for (; step >= r->least && !done; step /= 2) {
            if (!advance(r, step, &r->next)) continue;
            end = judge(r, &r->next);
            if (end == GRL_BORDER_CLOSED && astray(r)) end = GRL_BORDER_RATES;
            /* The end is found to a sixteenth of the longest step. */
            if (end != GRL_BORDER_CLOSED && step > r->longest / 16) continue;
            done = true;
            break;
        }
        if (!done) {
            *border = r->outside ? GRL_BORDER_CUBE : GRL_BORDER_LOST;
            return GRL_OK;
        }
        *border = end;
        if (end != GRL_BORDER_CLOSED) return GRL_OK;
        if (back_at_start(r, step)) {
            r->curve->closed = 1;
            return GRL_OK;
        }
        status = add_stretch(r, step, error);
        double turn = acos(fmin(1, dot(r->n, r->now.v, r->next.v)));
        r->length += distance(r->n, r->now.h, r->next.h);
        for (size_t i = 0; i < r->n; i++) r->t[i] = r->next.h[i] - r->now.h[i];
        double size = sqrt(dot(r->n, r->t, r->t));
        for (size_t i = 0; i < r->n; i++) r->t[i] /= size;
        copy(r->n, &r->next, &r->now);
        if (turn < turn_little) step = fmin(1.6 * step, r->longest);
    }
    return status;
}

/* The other way round: the points so far become the first part. */
static void reverse(grl_slow_curve *curve)
{
    size_t n = curve->n;
    for (size_t i = 0, j = curve->count - 1; i < j; i++, j--) {
        double *a = grl_curve_h(curve, i), *b = grl_curve_h(curve, j);
        for (size_t k = 0; k < curve->width; k++) {
            double x = a[k];
            a[k] = b[k];
            b[k] = x;
        }
        size_t stop = curve->stops[i];
        curve->stops[i] = curve->stops[j];
        curve->stops[j] = stop;
    }
    for (size_t i = 0; i < curve->count; i++) {
        double *v = grl_curve_v(curve, i);
        for (size_t k = 0; k < n; k++) v[k] = -v[k];
        grl_curve_number(curve, i)[GRL_VELOCITY] *= -1;
    }
}

grl_status grl_slow_curve_trace(grl_ridge *ridge, const double *h, double value, size_t point,
                                grl_slow_curve *curve, grl_error *error)
{
    size_t n = ridge->n;
    tracer r;
    *curve = (grl_slow_curve){.n = n, .width = 2 * n + GRL_CURVE_NUMBERS};
    grl_status status = tracer_create(ridge, curve, &r, error);
    if (status != GRL_OK) goto done;
    memcpy(r.now.h, h, n * sizeof *h);
    grl_ridge_evaluate(ridge, h);
    if (!grl_ridge_direction(ridge, value, r.now.v)) goto done;
    memcpy(r.t, r.now.v, n * sizeof *r.t);
    if (!grl_ridge_correct(ridge, r.t, &r.now)) goto done;
    if (point != GRL_NO_STOP) memcpy(r.now.h, h, n * sizeof *h);
    if (dot(n, r.now.v, r.t) < 0.5) goto done;
    r.since = n;
    if (judge(&r, &r.now) != GRL_BORDER_CLOSED) goto done;
    status = add(curve, &r.now, point, error);
    if (status != GRL_OK) goto done;
    copy(n, &r.now, &r.middle);
    memcpy(r.first_h, r.now.h, n * sizeof *h);
    memcpy(r.first_v, r.now.v, n * sizeof *h);
    status = follow(&r, &curve->borders[1], error);
    if (status != GRL_OK || curve->closed) {
        curve->borders[0] = curve->borders[1];
        goto done;
    }
    reverse(curve);
    size_t last = curve->count - 1;
    const double *number = grl_curve_number(curve, last);
    memcpy(r.now.h, grl_curve_h(curve, last), n * sizeof *h);
    memcpy(r.now.v, grl_curve_v(curve, last), n * sizeof *h);
    r.now.velocity = number[GRL_VELOCITY];
    r.now.value = number[GRL_VALUE];
    r.now.rate = number[GRL_RATE];
    r.now.attraction = number[GRL_ATTRACTION];
    r.length = 0;
    for (size_t i = 0; i < n; i++) r.first_v[i] = -r.first_v[i];
    status = follow(&r, &curve->borders[0], error);
    /* Back to the orientation of the start. */
    if (status == GRL_OK) reverse(curve);
done:
    free(r.memory);
    if (status != GRL_OK) grl_slow_curve_free(curve);
    return status;
}
