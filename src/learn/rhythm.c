/* rhythm.c: the period of a closed motion of the map h+ = h + dt f(h), and whether it attracts.
 *
 * The map of an oscillating network has, as a rule, an invariant curve, on which it turns by an angle that is no fraction
 * of a round, or a periodic orbit on that curve that closes after many rounds. The period is the mean time of a round,
 * which is 2 pi over the rotation number: with a state p on the motion and the step v that it takes there, the section is
 *
 *     g(h) = v . (h - p) = 0,  g growing,  within a distance `near` of p,
 *
 * the crossing times are interpolated linearly between the states on either side, and the period is the time from the
 * first crossing to the last over the number of rounds. A crossing time is off by a part of a step, and for N rounds 1/N
 * of a step is given as the error. Of several values of `near` the first is taken for which
 * all rounds are about equally long, lest the motion crosses the section elsewhere too.
 *
 * Kind and stability follow from the two largest Lyapunov exponents (portrait/lyapunov.c): one zero and the next negative is
 * an invariant curve that attracts, both negative a periodic orbit; two zeros are a torus, a positive one is chaos. */
#include "learn/rhythm.h"

#include "base/error.h"
#include "base/memory.h"
#include "learn/polyline.h"
#include "portrait/lyapunov.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 400, LEAST_ROUNDS = 10, SECTIONS = 4 };

/* Distances from p, in parts of the largest distance of any state from it. */
static const double nears[SECTIONS] = {0.5, 0.25, 0.1, 0.05};

/* A round may differ from the mean by two steps and by this part of it. */
static const double uneven = 0.05;

/* Rounds counted by one section. */
typedef struct rounds {
    size_t count;
    double first, last;
    double shortest, longest;
} rounds;

static void cross(rounds *r, double time)
{
    if (r->count > 0) {
        const double round = time - r->last;
        r->shortest = r->count == 1 ? round : fmin(r->shortest, round);
        r->longest = r->count == 1 ? round : fmax(r->longest, round);
    } else {
        r->first = time;
    }
    r->last = time;
    r->count++;
}

/* Follows a state for `steps` and counts rounds by the sections through p with direction v. */
static void count_rounds(grl_walk *walk, const double *p, const double *v, double reach, long long steps,
                         rounds sections[SECTIONS])
{
    const size_t n = walk->n;
    double before = 0;
    for (size_t i = 0; i < n; i++) before += v[i] * (walk->H[i] - p[i]);
    for (long long t = 0; t < steps; t++) {
        double g = 0, squares = 0;
        grl_walk_step(walk);
        for (size_t i = 0; i < n; i++) g += v[i] * (walk->H[i] - p[i]);
        if (before < 0 && g >= 0) {
            const double part = before / (before - g);
            for (size_t i = 0; i < n; i++) {
                /* The state where the line from the last state to this one crosses the section. */
                double off = walk->H[i] - (1 - part) * walk->dt * walk->F[i] - p[i];
                squares += off * off;
            }
            for (int s = 0; s < SECTIONS; s++)
                if (sqrt(squares) <= nears[s] * reach) cross(&sections[s], (double)t + part);
        }
        before = g;
        if (sections[0].count > ROUNDS) break;
    }
}

/* The step that belongs to p is of median length among those of about a round, so that the section is crossed neither
 * where the motion rests nor where it jumps. p, v: n each. reach: the largest distance from p. */
static grl_status choose_section(grl_walk *walk, double first, double *p, double *v, double *reach,
                                 grl_error *error)
{
    const size_t n = walk->n, count = (size_t)fmin(fmax(2 * first, 16), 4096);
    double *states = grl_calloc(count, (n + 1) * sizeof *states), *steps = states + count * n;
    size_t chosen = 0;
    if (!states) return grl_fail_memory(error, count, (n + 1) * sizeof *states);
    for (size_t t = 0; t < count; t++) {
        memcpy(states + t * n, walk->H, n * sizeof *states);
        grl_walk_step(walk);
        for (size_t i = 0; i < n; i++) steps[t] += walk->F[i] * walk->F[i];
    }
    const double middle = grl_weighted_median(count, steps, NULL);
    for (size_t t = 0; t < count; t++)
        if (steps[t] == middle) chosen = t;
    memcpy(p, states + chosen * n, n * sizeof *p);
    const double *next = chosen + 1 < count ? states + (chosen + 1) * n : walk->H;
    *reach = 0;
    for (size_t i = 0; i < n; i++) v[i] = next[i] - p[i];
    for (size_t t = 0; t < count; t++) *reach = fmax(*reach, grl_distance(n, states + t * n, p));
    free(states);
    return GRL_OK;
}

static grl_status find_period(const grl_judging *judging, const double *h, double first, grl_rhythm *rhythm,
                              grl_error *error)
{
    const size_t n = judging->n;
    rounds sections[SECTIONS] = {{0}};
    double reach = 0;
    grl_walk walk;
    double *p = grl_calloc(2, n * sizeof *p), *v = p + n;
    if (!p) return grl_fail_memory(error, 2, n * sizeof *p);
    grl_status status = grl_walk_create(judging, 1, h, &walk, error);
    if (status == GRL_OK) status = choose_section(&walk, first, p, v, &reach, error);
    if (status == GRL_OK) {
        const double most = judging->options->max_operations / grl_judge_cost(judging);
        count_rounds(&walk, p, v, reach, (long long)fmin(most, ROUNDS * fmax(4 * first, 16)), sections);
    }
    for (int s = 0; status == GRL_OK && s < SECTIONS && !rhythm->found; s++) {
        const rounds *r = &sections[s];
        if (r->count <= LEAST_ROUNDS) continue;
        const double mean = (r->last - r->first) / (double)(r->count - 1), slack = 2 + uneven * mean;
        if (r->longest - mean > slack || mean - r->shortest > slack) continue;
        rhythm->found = 1;
        rhythm->period = mean * judging->dt / judging->unit;
        rhythm->period_error = judging->dt / judging->unit / (double)(r->count - 1);
    }
    grl_walk_free(&walk);
    free(p);
    return status;
}

/* Of two exponents; one unit has one alone. */
static void name_motion(const grl_lyapunov *l, grl_rhythm *rhythm)
{
    const double last = l->exponent[l->k - 1], error = l->error[l->k - 1];
    rhythm->kind = "undecided";
    rhythm->stable = -1;
    if (l->motion == GRL_MOTION_UNDECIDED) return;
    rhythm->stable = 0;
    if (l->motion == GRL_MOTION_CHAOS)
        rhythm->kind = "chaos";
    else if (l->zeros >= 2)
        rhythm->kind = "torus";
    else
        rhythm->kind = l->zeros == 1 ? "curve" : "cycle";
    if (l->motion == GRL_MOTION_REGULAR && l->zeros < (int)l->k) {
        rhythm->stable = last + error < 0 ? 1 : -1;
        rhythm->decay = -last;
    }
}

grl_status grl_rhythm_measure(const grl_judging *judging, const double *h, double first, grl_rhythm *rhythm,
                              grl_error *error)
{
    grl_system system = {.cell = judging->cell, .n = judging->n, .time = GRL_DISCRETE, .dt = judging->dt};
    grl_lyapunov lyapunov;
    *rhythm = (grl_rhythm){.stable = -1,
                           .kind = "undecided",
                           .period = NAN,
                           .period_error = NAN,
                           .off = NAN,
                           .decay = NAN,
                           .shape = NAN};
    grl_status status = find_period(judging, h, first, rhythm, error);
    if (status != GRL_OK) return status;
    status = grl_lyapunov_run(&system, h, judging->n < 2 ? 1 : 2, 1e5, judging->options->max_operations,
                              &lyapunov, error);
    if (status != GRL_OK) return status;
    name_motion(&lyapunov, rhythm);
    rhythm->decay *= judging->unit;
    grl_lyapunov_free(&lyapunov);
    return GRL_OK;
}
