/* cycle_follow.c: a branch of cycles from its start to its end: steps, special points, ends.
 *
 * Steps are of pseudo-arclength, of a size by which Newton's correction is about `aim`. Where nothing but
 * the period grows, and the orbit is slow somewhere, steps are of the period instead (cycle_track.c).
 *
 * Special points are where a test function changes sign in a step. dp/ds and (mu - 1) together: a fold of
 * cycles; (mu - 1) alone: a branch point; dp/ds alone is rounding, at the end of a homoclinic branch, where p
 * no longer moves. So no fold is reported there. A special point is located by the secant method along the
 * branch, on the mesh at hand and again on one of twice as many intervals, until it stays; the last move is its error.
 *
 * What makes it fail: two special points of one kind within one step. */
#include "bifurcation/cycle_follow.h"

#include "base/error.h"
#include "base/progress.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { SECANTS = 40, REFINEMENTS = 3, GAUSS = GRL_BVP_POINTS, MOST_UNITS = 60 };

/* Points of a branch, and of one that left another branch of cycles. */
enum { MOST_POINTS = 2000, MOST_FURTHER = 300 };

/* Steps of the period smaller than this do worse than those of arclength. */
static const double least_growth = 0.02;

/* Special points nearer to each other than this, relative to the range, are not told apart. */
static const double unresolved = 1e-8;

/* The same on branches that left another branch of cycles. */
static const double unresolved_further = 1e-4;

/* A special point that moves by less than this, relative to the range, on a finer mesh needs no finer one. */
static const double settled = 1e-11;

/* A branch point within this of another one, relative to the range, with the same period, is that one. */
static const double meeting = 1e-6;

static const double aim = 0.003, largest_step = 0.3, smallest_step = 1e-7;

/* Where the first cycle is as slow as this part of the limit of the period, the limit is longer. */
static const double slow_start = 20;

/* A cycle of this range is taken to have shrunk to its Hopf point: its period is off by the square of it. */
static const double shrunk = 2e-3;

grl_status grl_cycle_follow_add(grl_cycle_follow *follow, const grl_track_point *point, grl_error *error)
{
    double p[GRL_PATH_PARAMETERS] = {point->u.q[1]}, low[MOST_UNITS], high[MOST_UNITS];
    if (follow->track->n > MOST_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "cycles: expected at most %d units, found %zu", MOST_UNITS,
                        follow->track->n);
    grl_track_range(&point->u, low, high);
    for (int i = 2; i > 0; i--) {
        follow->periods[i] = follow->periods[i - 1];
        follow->parameters[i] = follow->parameters[i - 1];
    }
    follow->periods[0] = point->u.q[0];
    follow->parameters[0] = point->u.q[1];
    if (follow->diagram == NULL) return GRL_OK;
    return grl_diagram_add_point(follow->diagram, follow->branch, p, point->u.x, point->multipliers,
                                 point->unstable, point->u.q[0], low, high, error);
}

/* A step of size x from track->now: arclength, or the relative change of the period. */
static bool step_of(grl_track *track, grl_track_mode mode, double x)
{
    double size;
    return mode == GRL_TRACK_PERIOD ? grl_track_period(track, track->now.u.q[0] * (1 + x), &size)
                                    : grl_track_arc(track, x, &size);
}

/* The zero of a test between steps 0 and x, whose values are g0 and g1, by the method of Illinois. It is in
 * track->next then. At a branch point the equations are singular, and so near to it Newton's method may fail: the
 * last place before that is taken if the test all but vanishes there, and *rest is how far the parameter is from
 * the zero by the secant through the last two places; else 0. */
static bool zero_between(grl_track *track, grl_track_mode mode, grl_cycle_test test, double x, double g0,
                         double g1, double *at, double *rest)
{
    double p[2] = {track->now.u.q[1], track->next.u.q[1]}, value[2] = {g0, g1}; /* of the last two places */
    double a = 0, ga = g0, b = x, gb = g1;
    for (int i = 0; i < SECANTS; i++) {
        double c = (a * gb - b * ga) / (gb - ga);
        if (!(c > fmin(a, b) && c < fmax(a, b))) c = 0.5 * (a + b);
        if (!step_of(track, mode, c)) {
            if (i == 0 || !(fabs(value[1]) < 1e-5) || !step_of(track, mode, *at)) return false;
            *rest = -value[1] * (p[1] - p[0]) / (value[1] - value[0]);
            return isfinite(*rest);
        }
        double g = track->next.test[test];
        *at = c;
        p[0] = p[1];
        value[0] = value[1];
        p[1] = track->next.u.q[1];
        value[1] = g;
        if (fabs(g) < 1e-8 || fabs(b - a) < 1e-9 * fabs(x)) return true;
        if ((g < 0) == (gb < 0)) {
            b = c;
            gb = g;
            ga *= 0.5;
        } else {
            a = b;
            ga = gb;
            b = c;
            gb = g;
        }
    }
    return fabs(b - a) < 1e-6 * fabs(x);
}

/* probe->now: a cycle near the zero; moves it there, on the mesh that it has. */
static bool polish(grl_track *probe, grl_track_mode mode, grl_cycle_test test)
{
    double x0 = 0, g0 = probe->now.test[test], x1 = mode == GRL_TRACK_PERIOD ? 1e-4 : 1e-3, best = fabs(g0);
    if (!step_of(probe, mode, x1)) return false;
    for (int i = 0; i < 12; i++) {
        double g1 = probe->next.test[test];
        best = fmin(best, fabs(g1));
        if (fabs(g1) < 1e-13 || g1 == g0) break;
        double x = x1 - g1 * (x1 - x0) / (g1 - g0);
        if (!(fabs(x) < 0.1)) return false;
        x0 = x1;
        g0 = g1;
        if (fabs(x - x1) < 1e-12) break;
        x1 = x;
        if (!step_of(probe, mode, x1)) return false;
    }
    grl_track_point swap = probe->now;
    probe->now = probe->next;
    probe->next = swap;
    return best < 1e-6;
}

static void copy_point(size_t n, const grl_track_point *from, grl_track_point *to)
{
    grl_bvp_copy(&from->u, &to->u);
    grl_bvp_copy(&from->tangent, &to->tangent);
    memcpy(to->multipliers, from->multipliers, 2 * n * sizeof(double));
    memcpy(to->test, from->test, sizeof to->test);
    to->unstable = from->unstable;
    to->amplitude = from->amplitude;
}

/* Where a branch that left another one comes back to a branch: a branch point of its own at a place that is known as
 * one already, or as a period doubling of a cycle of half the period. SIZE_MAX: not so. */
static size_t meets(const grl_cycle_follow *follow, const grl_track_point *point)
{
    for (size_t s = 0; follow->diagram && s < follow->diagram->special_count; s++) {
        const grl_special *at = &follow->diagram->special[s];
        double factor = at->type == GRL_CYCLE_BRANCH_POINT ? 1 : at->type == GRL_PERIOD_DOUBLING ? 2 : 0;
        if (factor > 0 && fabs(at->p[0] - point->u.q[1]) < meeting * follow->track->range &&
            fabs(factor * at->period - point->u.q[0]) < 1e-4 * point->u.q[0])
            return s;
    }
    return SIZE_MAX;
}

static grl_status note(grl_cycle_follow *follow, grl_special_type type, double error_estimate,
                       grl_error *error)
{
    const grl_track_point *point = &follow->probe->now;
    size_t n = follow->track->n;
    if (!(point->u.q[1] >= follow->low && point->u.q[1] <= follow->high)) return GRL_OK;
    grl_special special = {.type = type,
                           .p = {point->u.q[1]},
                           .h = point->u.x,
                           .error = error_estimate,
                           .period = point->u.q[0],
                           .branch = follow->branch};
    if (type == GRL_TORUS) {
        double best = INFINITY;
        for (size_t k = 1; k < n; k++) {
            double re = point->multipliers[2 * k], im = point->multipliers[2 * k + 1];
            if (im > 0 && fabs(hypot(re, im) - 1) < best) {
                best = fabs(hypot(re, im) - 1);
                special.omega = atan2(im, re);
            }
        }
        if (!(best < 1e-3)) return GRL_OK; /* two real ones whose product is 1: nothing happens there */
    }
    if (type == GRL_CYCLE_BRANCH_POINT) {
        size_t met = meets(follow, point);
        /* Its own beginning, where tests are near zero, is nothing new. */
        if (met != SIZE_MAX && met != follow->origin) follow->met = met;
        if (met != SIZE_MAX) return GRL_OK;
    }
    if (follow->found) {
        grl_status status = follow->found(follow->context, type, point);
        if (status != GRL_OK) return status;
    }
    if (!follow->diagram) return GRL_OK;
    special.point = follow->diagram->branches[follow->branch].count;
    size_t index;
    grl_status status = grl_diagram_add_special(follow->diagram, &special, &index, error);
    if (status == GRL_OK) status = grl_cycle_follow_add(follow, point, error);
    return status;
}

/* A sign change of `test` in the step x from now. */
static grl_status locate(grl_cycle_follow *follow, grl_track_mode mode, grl_cycle_test test,
                         grl_special_type type, double x, double g0, double g1, grl_error *error)
{
    grl_track *track = follow->track, *probe = follow->probe;
    double at = 0, rest = 0;
    if (!zero_between(track, mode, test, x, g0, g1, &at, &rest)) {
        if (follow->diagram) follow->diagram->unlocated++;
        return GRL_OK;
    }
    /* A jump of a test is no zero: of multipliers beyond 1e50 even the sign is rounding. */
    if (!(fabs(track->next.test[test]) < 1e-4)) return GRL_OK;
    if (test == GRL_TEST_FOLD && !(fabs(track->next.test[GRL_TEST_ONE]) < 0.05)) return GRL_OK;
    copy_point(track->n, &track->next, &probe->now);
    probe->mode = mode;
    double rough = probe->now.u.q[1], estimate = INFINITY;
    for (int i = 0; i < REFINEMENTS && estimate > settled * track->range; i++) {
        size_t intervals = 2 * probe->now.u.intervals;
        if (intervals > GRL_TRACK_INTERVALS) intervals = GRL_TRACK_INTERVALS;
        if (i > 0 && intervals == probe->now.u.intervals) break;
        copy_point(track->n, &probe->now, &track->next);
        if (!grl_track_refine(probe, intervals) || !polish(probe, mode, test)) {
            copy_point(track->n, &track->next, &probe->now);
            break;
        }
        estimate = fabs(probe->now.u.q[1] - rough) + 4 * DBL_EPSILON * fabs(rough);
        rough = probe->now.u.q[1];
    }
    if (rest != 0 && estimate == INFINITY) {
        probe->now.u.q[1] += rest;
        estimate = fabs(rest);
    }
    return note(follow, type, estimate, error);
}

static bool changed(const double *before, const double *after, grl_cycle_test test)
{
    return (before[test] < 0) != (after[test] < 0);
}

/* All special points in the step x. Leaves track->next as it was, or false if it cannot be computed again. */
static grl_status special_points(grl_cycle_follow *follow, grl_track_mode mode, double x, bool *kept,
                                 grl_error *error)
{
    grl_track *track = follow->track;
    double before[GRL_CYCLE_TESTS], after[GRL_CYCLE_TESTS];
    grl_status status = GRL_OK;
    memcpy(before, track->now.test, sizeof before);
    memcpy(after, track->next.test, sizeof after);
    bool one = changed(before, after, GRL_TEST_ONE), fold = changed(before, after, GRL_TEST_FOLD);
    bool twice = changed(before, after, GRL_TEST_DOUBLE), torus = changed(before, after, GRL_TEST_TORUS);
    *kept = true;
    if (!one && !twice && !torus) return GRL_OK;
    /* Where only the period still moves, at a homoclinic orbit, whatever happens does so at that orbit's parameter:
       infinitely often if the saddle is a focus (Shilnikov), and then no list could be complete. The parameter must
       have stood still for three steps: at a sharp fold, of canards, it does for one. */
    double least = follow->origin == SIZE_MAX ? unresolved : unresolved_further, moved = 0;
    for (int i = 0; i < 3; i++) moved = fmax(moved, fabs(track->next.u.q[1] - follow->parameters[i]));
    if (moved < least * track->range) return GRL_OK;
    if (one)
        status = fold ? locate(follow, mode, GRL_TEST_FOLD, GRL_CYCLE_FOLD, x, before[GRL_TEST_FOLD],
                               after[GRL_TEST_FOLD], error)
                      : locate(follow, mode, GRL_TEST_ONE, GRL_CYCLE_BRANCH_POINT, x, before[GRL_TEST_ONE],
                               after[GRL_TEST_ONE], error);
    if (status == GRL_OK && twice)
        status = locate(follow, mode, GRL_TEST_DOUBLE, GRL_PERIOD_DOUBLING, x, before[GRL_TEST_DOUBLE],
                        after[GRL_TEST_DOUBLE], error);
    if (status == GRL_OK && torus)
        status = locate(follow, mode, GRL_TEST_TORUS, GRL_TORUS, x, before[GRL_TEST_TORUS],
                        after[GRL_TEST_TORUS], error);
    if (status == GRL_OK) *kept = step_of(track, mode, x);
    return status;
}

/* Whether the step led through a Hopf point to the same cycles half a period later: deviations from the mean
 * have turned round. */
static bool turned_round(const grl_bvp_solution *a, const grl_bvp_solution *b)
{
    size_t n = a->n;
    double sum = 0, c[GAUSS], weight[GAUSS];
    grl_bvp_gauss(c, weight);
    for (size_t k = 0; k < n; k++) {
        double mean_a = 0, mean_b = 0, both = 0;
        for (size_t i = 0; i < a->intervals; i++)
            for (size_t j = 0; j < GAUSS; j++) {
                size_t at = (i * GAUSS + j) * n + k;
                double w = weight[j] * (a->mesh[i + 1] - a->mesh[i]);
                mean_a += w * a->stage[at];
                mean_b += w * b->stage[at];
                both += w * a->stage[at] * b->stage[at];
            }
        sum += both - mean_a * mean_b;
    }
    return sum < 0;
}

/* Whether the step led through a period doubling, from the doubled cycle to the same one half a period later: what
 * tells its two halves apart has turned round. The doubling of the diagram then, or SIZE_MAX. */
static size_t through_doubling(const grl_cycle_follow *follow)
{
    enum { PLACES = 64 };
    const grl_bvp_solution *a = &follow->track->now.u, *b = &follow->track->next.u;
    size_t n = a->n, found = SIZE_MAX;
    double sum = 0, nearest = INFINITY, x[MOST_UNITS], y[MOST_UNITS], here[MOST_UNITS], there[MOST_UNITS];
    for (int i = 0; i < PLACES; i++) {
        double s = (double)i / (2 * PLACES);
        grl_bvp_at(a, s, x);
        grl_bvp_at(a, s + 0.5, y);
        grl_bvp_at(b, s, here);
        grl_bvp_at(b, s + 0.5, there);
        for (size_t k = 0; k < n; k++) sum += (x[k] - y[k]) * (here[k] - there[k]);
    }
    if (!(sum < 0)) return SIZE_MAX;
    for (size_t s = 0; follow->diagram && s < follow->diagram->special_count; s++) {
        const grl_special *at = &follow->diagram->special[s];
        double distance = fabs(at->p[0] - b->q[1]) / follow->track->range;
        if (at->type != GRL_PERIOD_DOUBLING || !(fabs(2 * at->period - b->q[0]) < 0.02 * b->q[0])) continue;
        if (distance < 0.01 && distance < nearest) {
            nearest = distance;
            found = s;
        }
    }
    return found;
}

/* The Hopf point of the diagram that this small cycle belongs to, or SIZE_MAX. */
static size_t hopf_near(const grl_cycle_follow *follow, const grl_track_point *point)
{
    size_t n = follow->track->n, found = SIZE_MAX;
    double best = INFINITY;
    for (size_t s = 0; follow->diagram && s < follow->diagram->special_count; s++) {
        const grl_special *special = &follow->diagram->special[s];
        if (special->type != GRL_HOPF) continue;
        double distance = fabs(special->p[0] - point->u.q[1]) / follow->track->range;
        double omega = 2 * acos(-1.0) / point->u.q[0];
        for (size_t k = 0; k < n; k++) distance = fmax(distance, fabs(special->h[k] - point->u.x[k]));
        if (distance < 3 * point->amplitude + 1e-6 && fabs(omega - special->omega) < 0.1 * omega &&
            distance < best) {
            best = distance;
            found = s;
        }
    }
    return found;
}

/* The least speed along the cycle, relative to the greatest. */
static double slowness(const grl_track *track, const grl_bvp_solution *u)
{
    size_t n = track->n;
    double least = INFINITY, greatest = 0;
    for (size_t i = 0; i < u->intervals; i++) {
        double square = 0;
        for (size_t k = 0; k < n; k++) {
            double d = u->x[(i + 1) * n + k] - u->x[i * n + k];
            square += d * d;
        }
        double speed = sqrt(square) / (u->mesh[i + 1] - u->mesh[i]);
        least = fmin(least, speed);
        greatest = fmax(greatest, speed);
    }
    return least / greatest;
}

/* Whether the period rises much faster than the parameter moves, and the orbit is slow somewhere. What the orbit
 * itself does is no measure: in scaled time a jump that comes a little later is a large change. */
static bool by_period_now(const grl_track *track)
{
    const grl_track_point *now = &track->now;
    double rate = now->tangent.q[0] / now->u.q[0];
    return rate > 3 * fabs(now->test[GRL_TEST_FOLD]) && slowness(track, &now->u) < 0.05;
}

static grl_status finish(grl_cycle_follow *follow, grl_branch_end end, size_t special, bool add,
                         grl_error *error)
{
    follow->end = end;
    follow->end_special = special;
    return add ? grl_cycle_follow_add(follow, &follow->track->next, error) : GRL_OK;
}

/* Parameter, logarithm of the period and ranges of the units: where a cycle is, but for its phase. 2 n + 2 numbers. */
static void place_of(const grl_track *track, double *place)
{
    size_t n = track->n;
    place[0] = track->now.u.q[1] / track->range;
    place[1] = log(track->now.u.q[0]);
    grl_track_range(&track->now.u, place + 2, place + 2 + n);
}

/* Whether the step from `last` to now passed the start. */
static bool closed(grl_cycle_follow *follow, const double *origin, double *last, long long points)
{
    const grl_track *track = follow->track;
    size_t size = 2 * track->n + 2;
    double now[2 * MOST_UNITS + 2], along = 0, square = 0, off = 0;
    place_of(track, now);
    for (size_t k = 0; k < size; k++) {
        along += (origin[k] - last[k]) * (now[k] - last[k]);
        square += (now[k] - last[k]) * (now[k] - last[k]);
    }
    double s = along / square;
    for (size_t k = 0; k < size; k++) off += pow(origin[k] - last[k] - s * (now[k] - last[k]), 2);
    memcpy(last, now, size * sizeof *last);
    return points > 8 && s >= 0 && s < 1 && off < 0.01 * square;
}

grl_status grl_cycle_follow_run(grl_cycle_follow *follow, grl_error *error)
{
    grl_track *track = follow->track;
    const double longest = fmax(follow->options->max_period, slow_start * track->now.u.q[0]);
    double ds = follow->first_step, growth = 0.1, size, origin[2 * MOST_UNITS + 2], last[2 * MOST_UNITS + 2];
    bool by_period = false;
    if (track->n > MOST_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "cycles: expected at most %d units, found %zu", MOST_UNITS,
                        track->n);
    place_of(track, origin);
    memcpy(last, origin, sizeof last);
    long long patience = 0; /* no steps of the period before so many points */
    follow->end_special = follow->met = SIZE_MAX;
    const long long limit = follow->origin == SIZE_MAX ? MOST_POINTS : MOST_FURTHER;
    const long long most = follow->options->max_points < limit ? follow->options->max_points : limit;
    for (long long points = 0; points < most;) {
        if (grl_progress_stopped(follow->options->progress)) return grl_fail(error, GRL_STOPPED, "stopped");
        grl_track_mode mode = by_period ? GRL_TRACK_PERIOD : GRL_TRACK_ARC;
        double x = by_period ? fmin(growth, longest / track->now.u.q[0] - 1) : ds;
        bool good = by_period ? grl_track_period(track, track->now.u.q[0] * (1 + x), &size)
                              : grl_track_arc(track, x, &size);
        good = good && size < 10 * aim;
        if (good && !by_period && turned_round(&track->now.u, &track->next.u)) {
            good = false;
            if (track->now.amplitude < shrunk)
                return finish(follow, GRL_BRANCH_SPECIAL, hopf_near(follow, &track->now), false, error);
        }
        if (!good) {
            if (by_period) {
                growth *= 0.3;
                if (growth < least_growth) {
                    by_period = false;
                    ds = 0.01;
                    patience = points + 30;
                }
            } else {
                ds *= 0.3;
                if (ds < smallest_step) return finish(follow, GRL_BRANCH_STEP_SIZE, SIZE_MAX, false, error);
            }
            continue;
        }
        grl_status status;
        const double p = track->next.u.q[1], T = track->next.u.q[0];
        const bool leaves = !(p >= follow->low && p <= follow->high), too_long = !by_period && T > longest;
        if (leaves || too_long) {
            bool ignored;
            status = special_points(follow, mode, x, &ignored, error);
            if (status != GRL_OK) return status;
        }
        if (leaves) {
            bool there = grl_track_parameter(track, p < follow->low ? follow->low : follow->high, &size);
            return finish(follow, GRL_BRANCH_RANGE, SIZE_MAX, there && track->next.u.q[0] <= longest, error);
        }
        if (too_long) {
            if (!grl_track_period(track, longest, &size))
                return finish(follow, GRL_BRANCH_PERIOD, SIZE_MAX, false, error);
            status = finish(follow, GRL_BRANCH_PERIOD, SIZE_MAX, true, error);
            grl_track_accept(track);
            return status;
        }
        if (changed(track->now.test, track->next.test, GRL_TEST_FOLD) &&
            !changed(track->now.test, track->next.test, GRL_TEST_ONE) && points > 2) {
            size_t doubling = through_doubling(follow);
            if (doubling != SIZE_MAX) return finish(follow, GRL_BRANCH_SPECIAL, doubling, false, error);
        }
        bool kept;
        status = special_points(follow, mode, x, &kept, error);
        if (status == GRL_OK && follow->met != SIZE_MAX)
            return finish(follow, GRL_BRANCH_SPECIAL, follow->met, false, error);
        if (status == GRL_OK && kept) status = grl_cycle_follow_add(follow, &track->next, error);
        if (status != GRL_OK) return status;
        if (!kept) {
            ds *= 0.7;
            growth *= 0.7;
            continue;
        }
        points++;
        double before = track->now.amplitude;
        grl_track_accept(track);
        if (by_period && !(track->now.u.q[0] < longest * (1 - 1e-12)))
            return finish(follow, GRL_BRANCH_PERIOD, SIZE_MAX, false, error);
        double factor = fmin(2, fmax(0.4, sqrt(aim / size)));
        if (by_period) {
            growth = fmin(0.3, growth * factor);
            if (growth < least_growth) {
                by_period = false;
                ds = 0.01;
                patience = points + 30;
            }
        } else {
            ds = fmin(largest_step, ds * factor);
            if (track->now.amplitude < before) {
                if (track->now.amplitude < shrunk) {
                    size_t hopf = hopf_near(follow, &track->now);
                    if (hopf != SIZE_MAX) return finish(follow, GRL_BRANCH_SPECIAL, hopf, false, error);
                }
                /* Towards a Hopf point by steps that leave something of the cycle. */
                ds = fmin(
                    ds, fmax(0.6 * track->now.amplitude * x / (before - track->now.amplitude), 0.1 * shrunk));
            }
            if (points >= patience && by_period_now(track)) {
                by_period = true;
                growth = 0.1;
            }
        }
        if (closed(follow, origin, last, points))
            return finish(follow, GRL_BRANCH_CLOSED, SIZE_MAX, false, error);
    }
    return finish(follow, GRL_BRANCH_STEPS, SIZE_MAX, false, error);
}
