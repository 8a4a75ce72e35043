/* cycle_march.c: where an orbit of a planar flow ends: at a fixed point, outside, or at a cycle, which it finds.
 *
 * An orbit that winds around a fixed point twice is looked at on a ray from there, laid through the place
 * where it turns fastest. Between two successive returns s and P(s) there is no cycle, because the map rises;
 * so the gap D(s) = P(s) - s points the way to the next cycle, and the march goes that way. Where |D| is
 * below the resolution, the march takes longer steps than D, up to the resolution, by what D and its slope
 * promise: past the next zero that Newton's step expects, or along a passage where D stays small (the ghost of
 * two cycles that have met). A step is believed when the cubic through both ends in value and slope has no
 * zero; else it is halved. A change of sign holds a cycle, or a jump of the map, told apart by closing in.
 *
 * After a cycle is found between two ends, D(s) / (s - s*) is compared at the ends and at s*. Where it
 * varies by more than a factor of four it is sampled, and each change of its sign is another cycle.
 *
 * What may be missed: two cycles that differ by less than the resolution, in a passage that is longer than
 * that and does not show them at the samples. */
#include "portrait/cycle_march.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { MOST_MARCH = 20000, MOST_RAYS = 60, MOST_CROSSINGS = 16 };

/* Below this the rough map, and the precise one, cannot tell the sign of D. */
static const double rough_noise = 1e-7, fine_noise = 1e-12;

size_t grl_place_outside(const grl_hunt *hunt)
{
    return hunt->plane.count;
}

size_t grl_place_cycle(const grl_hunt *hunt, size_t cycle)
{
    return hunt->plane.count + 1 + cycle;
}

/* A cycle that is known already, by where it meets the ray. */
static int is_known(grl_hunt *hunt, const grl_ray *ray, double s, double slope, size_t *cycle)
{
    double near = fabs(slope - 1) < 1e-4 ? 1e-6 : 1e-8;
    double crossings[MOST_CROSSINGS];
    for (size_t j = 0; j < hunt->count; j++) {
        /* Stiff ones are known less well. */
        double allowed = fmax(near, fmin(1e-5, 10 * hunt->cycles[j].error));
        size_t n = grl_cycle_crossings(&hunt->plane, &hunt->cycles[j], ray, MOST_CROSSINGS, crossings);
        for (size_t k = 0; k < n; k++)
            if (fabs(crossings[k] - s) < allowed) {
                *cycle = j;
                return 1;
            }
    }
    return 0;
}

/* The cycle near s and between two places, found or known: 1 and its number. */
static int take_cycle(grl_hunt *hunt, const grl_ray *ray, int sense_of_time, const double between[2],
                      double *s, double *slope, size_t *cycle)
{
    void *cycles = hunt->cycles, *anchors = hunt->anchors;
    const long long before = hunt->plane.steps;
    if (hunt->status != GRL_OK ||
        !grl_cycle_newton(&hunt->plane, hunt->patience, ray, sense_of_time, s, slope))
        return 0;
    if (!(*s >= between[0] && *s <= between[1])) return 0;
    if (is_known(hunt, ray, *s, *slope, cycle)) return 1;
    if (!grl_grow(&cycles, &hunt->capacity, hunt->count, sizeof *hunt->cycles)) goto no_memory;
    hunt->cycles = cycles;
    if (!grl_grow(&anchors, &hunt->anchors_capacity, hunt->count, sizeof *hunt->anchors)) goto no_memory;
    hunt->anchors = anchors;

    grl_cycle *added = &hunt->cycles[hunt->count];
    *added = (grl_cycle){0};
    hunt->plane.steps = before; /* what a cycle costs is not taken from the search for others */
    hunt->status =
        grl_cycle_describe(&hunt->plane, hunt->portrait, ray, sense_of_time, *s, added, hunt->error);
    if (hunt->status != GRL_OK) {
        grl_cycle_drop(added);
        return 0;
    }
    hunt->plane.steps = before;
    hunt->anchors[hunt->count] = (grl_anchor){*ray, *s, sense_of_time};
    *cycle = hunt->count++;
    return 1;

no_memory:
    hunt->status = grl_fail_memory(hunt->error, hunt->count, sizeof *hunt->cycles);
    return 0;
}

/* A function of s between two places where its sign differs: the gap D, or D(s) / (s - root). */
typedef struct bracket {
    double a, at_a, b, at_b;
    double root; /* < 0: of D itself */
} bracket;

/* Closes in on a zero; 0 if it is a jump. By false position with halving (Illinois), and bisection when that
 * is slow. */
static int close_in(grl_hunt *hunt, const grl_ray *ray, int sense_of_time, int precise, bracket *z, double *s)
{
    const double noise = precise ? fine_noise : rough_noise;
    int side = 0;
    for (int i = 0; i < 80; i++) {
        double t = i % 4 == 3 ? 0.5 * (z->a + z->b) : (z->at_a * z->b - z->at_b * z->a) / (z->at_a - z->at_b);
        grl_return back;
        grl_wind_back(&hunt->plane, ray, t, sense_of_time, precise, hunt->patience, &back);
        if (back.trip.end != GRL_END_NONE) return 0;
        double gap = back.s - t, value = z->root < 0 ? gap : gap / (t - z->root);
        *s = t;
        if (fabs(gap) < noise) return 1;
        if (fabs(z->b - z->a) < (precise ? 1e-13 : 1e-10)) return 0;
        if ((value > 0) == (z->at_a > 0)) {
            z->a = t;
            z->at_a = value;
            if (side == 1) z->at_b *= 0.5;
            side = 1;
        } else {
            z->b = t;
            z->at_b = value;
            if (side == -1) z->at_a *= 0.5;
            side = -1;
        }
    }
    return 0;
}

/* The cycle between two places where a function differs in sign. Where two cycles are close, the rough map does
 * not tell them apart, and Newton's method may lead to the other: then by the precise map. */
static int take_between(grl_hunt *hunt, const grl_ray *ray, int sense_of_time, const bracket *z, double *s,
                        double *slope, size_t *cycle)
{
    const double between[2] = {fmin(z->a, z->b), fmax(z->a, z->b)};
    for (int precise = 0; precise < 2; precise++) {
        bracket narrow = *z;
        if (close_in(hunt, ray, sense_of_time, precise, &narrow, s) &&
            take_cycle(hunt, ray, sense_of_time, between, s, slope, cycle))
            return 1;
        if (hunt->status != GRL_OK || fabs(between[1] - between[0]) > 10 * hunt->resolution) return 0;
    }
    return 0;
}

/* More cycles between a cycle at `root` and `end`, where the gap is known? */
static void look_between(grl_hunt *hunt, const grl_ray *ray, int sense_of_time, double root, double slope,
                         double end, double gap)
{
    enum { SAMPLES = 8 };
    double at_root = slope - 1, at_end = gap / (end - root), before = at_root, place = root;
    if (at_root * at_end > 0 && fabs(at_end) < 4 * fabs(at_root) && fabs(at_root) < 4 * fabs(at_end)) return;
    for (int i = 1; i <= SAMPLES && hunt->status == GRL_OK; i++) {
        double t = root + (end - root) * i / SAMPLES, value = at_end, s, other;
        size_t cycle;
        if (fabs(t - root) < 100 * rough_noise) continue;
        if (i < SAMPLES) {
            grl_return back;
            grl_wind_back(&hunt->plane, ray, t, sense_of_time, 0, hunt->patience, &back);
            if (back.trip.end != GRL_END_NONE) return;
            value = (back.s - t) / (t - root);
        }
        bracket z = {place, before, t, value, root};
        if (value * before < 0 && place != root)
            take_between(hunt, ray, sense_of_time, &z, &s, &other, &cycle);
        before = value;
        place = t;
    }
}

/* Has the cubic through two gaps and their slopes no zero between them, nor nearly one? */
static int stays_away(double length, double gap_a, double slope_a, double gap_b, double slope_b)
{
    double sign = gap_a > 0 ? 1 : -1, least = 0.3 * fmin(fabs(gap_a), fabs(gap_b));
    for (int k = 1; k < 8; k++) {
        double t = k / 8.0, u = 1 - t;
        double value = u * u * (1 + 2 * t) * gap_a + t * t * (1 + 2 * u) * gap_b +
                       length * t * u * (u * (slope_a - 1) - t * (slope_b - 1));
        if (!(sign * value > least)) return 0;
    }
    return 1;
}

/* How far to go from s, where the map is known. */
static double stride(const grl_hunt *hunt, double s, const grl_return *back)
{
    double gap = back->s - s, rate = back->slope - 1, sign = gap > 0 ? 1 : -1;
    if (!(fabs(gap) < hunt->resolution)) return gap;
    if (rate < 0) {
        double ahead = -gap / rate;
        if (fabs(ahead) <= hunt->resolution) return 1.05 * ahead;
        return sign * fmax(fabs(gap), fmin(hunt->resolution, 0.5 * fabs(ahead)));
    }
    double room = rate > 0 ? 0.5 * fabs(gap) / rate : hunt->resolution;
    return sign * fmax(fabs(gap), fmin(hunt->resolution, room));
}

typedef enum verdict { ENDED, TURNED_AWAY } verdict;

/* What a trip that did not come back says: where it ended, or that it is to be followed on from h. */
static verdict judge(const grl_hunt *hunt, const grl_trip *trip, double h[2], size_t *place)
{
    *place = GRL_PLACE_UNKNOWN;
    if (trip->end == GRL_END_POINT) *place = trip->spot;
    if (trip->end == GRL_END_OUTSIDE) *place = grl_place_outside(hunt);
    memcpy(h, trip->h, sizeof trip->h);
    return *place == GRL_PLACE_UNKNOWN ? TURNED_AWAY : ENDED;
}

/* From s, in the direction of the gap, to the next cycle on the ray, or to where the map ends. */
static verdict march(grl_hunt *hunt, const grl_ray *ray, double s, int sense_of_time, double h[2],
                     size_t *place)
{
    grl_return here, there;
    double slope = 0;
    size_t cycle;
    int precise_here = 0, plain = 0; /* steps to be taken without haste, after a jump */
    grl_wind_back(&hunt->plane, ray, s, sense_of_time, 0, hunt->patience, &here);
    for (int count = 0; count < MOST_MARCH && hunt->status == GRL_OK; count++) {
        if (here.trip.end != GRL_END_NONE) return judge(hunt, &here.trip, h, place);
        double gap = here.s - s;
        int precise = fabs(gap) < rough_noise;
        if (precise) {
            if (!precise_here) grl_wind_back(&hunt->plane, ray, s, sense_of_time, 1, hunt->patience, &here);
            if (here.trip.end != GRL_END_NONE) return judge(hunt, &here.trip, h, place);
            gap = here.s - s;
            double root = s;
            if (!(fabs(gap) > 1e-6 * fabs(here.slope - 1)) || fabs(gap) < 1e-12) {
                const double anywhere[2] = {0, INFINITY};
                if (take_cycle(hunt, ray, sense_of_time, anywhere, &root, &slope, &cycle)) {
                    *place = grl_place_cycle(hunt, cycle);
                    return ENDED;
                }
                if (fabs(gap) < 1e-12) break; /* a band of orbits that all close, to rounding */
            }
        }
        double step = plain > 0 ? gap : stride(hunt, s, &here), next = here.s;
        plain -= plain > 0;
        for (;;) {
            int hasty = fabs(step) > fabs(gap) * (1 + 1e-9);
            next = hasty ? fmax(s + step, 0.5 * s) : here.s;
            grl_wind_back(&hunt->plane, ray, next, sense_of_time, precise, hunt->patience, &there);
            /* Steps end where the centre holds what comes. */
            if (!hasty || (there.trip.end == GRL_END_POINT && there.trip.time == 0)) break;
            if (there.trip.end == GRL_END_NONE &&
                ((there.s - next) * gap < 0 ||
                 stays_away(next - s, gap, here.slope, there.s - next, there.slope)))
                break;
            step = there.trip.end == GRL_END_NONE && fabs(step) > 2 * fabs(gap) ? 0.5 * step : gap;
        }
        double gap_next = there.s - next;
        if (there.trip.end == GRL_END_NONE && gap_next * gap < 0) {
            bracket z = {s, gap, next, gap_next, -1};
            double root;
            if (take_between(hunt, ray, sense_of_time, &z, &root, &slope, &cycle)) {
                look_between(hunt, ray, sense_of_time, root, slope, s, gap);
                look_between(hunt, ray, sense_of_time, root, slope, next, gap_next);
                *place = grl_place_cycle(hunt, cycle);
                return ENDED;
            }
            plain = 8;
            next = here.s;
            grl_wind_back(&hunt->plane, ray, next, sense_of_time, precise, hunt->patience, &there);
        }
        s = next;
        here = there;
        precise_here = precise;
    }
    *place = GRL_PLACE_UNKNOWN;
    return ENDED;
}

size_t grl_hunt_follow(grl_hunt *hunt, const double start[2], int sense_of_time)
{
    double h[2] = {start[0], start[1]};
    size_t place = GRL_PLACE_UNKNOWN;
    grl_trip trip;
    for (int i = 0; i < MOST_RAYS && hunt->status == GRL_OK; i++) {
        grl_wind(&hunt->plane, h, sense_of_time, GRL_ANY_CENTRE, hunt->patience, &trip);
        if (trip.end != GRL_END_NONE) {
            judge(hunt, &trip, h, &place);
            return place;
        }
        size_t centre = trip.spot;
        memcpy(h, trip.h, sizeof h);
        grl_wind(&hunt->plane, h, sense_of_time, (long)centre, hunt->patience, &trip);
        if (trip.end != GRL_END_NONE) {
            if (judge(hunt, &trip, h, &place) == ENDED) return place;
            continue;
        }
        const double *c = hunt->plane.spots[centre].h;
        double s = hypot(trip.best[0] - c[0], trip.best[1] - c[1]);
        const grl_ray ray = {centre, {(trip.best[0] - c[0]) / s, (trip.best[1] - c[1]) / s}};
        if (march(hunt, &ray, s, sense_of_time, h, &place) == ENDED) return place;
    }
    return GRL_PLACE_UNKNOWN;
}
