/* judge_oscillation.c: whether a network has the oscillation that it was to learn.
 *
 * The network runs on from its starts on the test data until each run has settled: over a window of three true periods the
 * range of every unit is that of the window before, to two in a hundred of the largest range. What moves by less than
 * 1e-6 rests. Runs whose ranges agree to five in a hundred are on the same motion; the one with most of them is the
 * network's, and its period, kind and stability are those of rhythm.c.
 *
 * Its shape is compared with the true cycle in the space of the outputs by the Hausdorff distance
 *
 *     max( max_a min_r |a - r|, max_r min_a |a - r| ),
 *
 * where a runs over the outputs of successive steps, joined by straight lines in the order of time, as a plot would draw
 * them, and r over the true cycle in the same way. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"
#include "learn/polyline.h"
#include "learn/rhythm.h"

#include <grulens/attractors.h>
#include <grulens/cycles.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 3,
    SETTLE = 20,
    TIMES = 6,
    LEAST_RUNS = 4,
    ROUNDS = 50,
    MOST_POINTS = 2000,
    IN_ROUND = 400,
    UNKNOWN_ROUND = 100
};

static const double rest = 1e-6, settled = 0.02, alike = 0.05;

typedef enum ending { UNSETTLED, ON_POINT, ON_MOTION } ending;

/* Where runs end. range: N x 2n, low and high of each unit over the last window. */
typedef struct endings {
    size_t count;
    ending *end;
    double *range, *before, *state; /* N x 2n, N x 2n, N x n */
} endings;

static grl_status endings_create(size_t count, size_t n, endings *e, grl_error *error)
{
    *e = (endings){.count = count};
    e->end = grl_calloc(count, sizeof *e->end);
    e->range = grl_calloc(count, 5 * n * sizeof(double));
    if (!e->end || !e->range) return grl_fail_memory(error, count, 5 * n * sizeof(double));
    e->before = e->range + 2 * count * n;
    e->state = e->before + 2 * count * n;
    return GRL_OK;
}

static void endings_drop(endings *e)
{
    free(e->end);
    free(e->range);
}

/* Follows all states over a window: the range of each unit. */
static void look(grl_walk *walk, long long window, double *range)
{
    const size_t numbers = walk->count * walk->n;
    for (size_t i = 0; i < numbers; i++) range[2 * i] = range[2 * i + 1] = walk->H[i];
    for (long long t = 0; t < window; t++) {
        grl_walk_step(walk);
        for (size_t i = 0; i < numbers; i++) {
            range[2 * i] = fmin(range[2 * i], walk->H[i]);
            range[2 * i + 1] = fmax(range[2 * i + 1], walk->H[i]);
        }
    }
}

static double extent(size_t n, const double *range)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, range[2 * i + 1] - range[2 * i]);
    return most;
}

/* The largest difference of two ranges. */
static double between(size_t n, const double *a, const double *b)
{
    double most = 0;
    for (size_t i = 0; i < 2 * n; i++) most = fmax(most, fabs(a[i] - b[i]));
    return most;
}

static ending ending_of(size_t n, const double *range, const double *before)
{
    const double size = extent(n, range);
    if (size < rest) return ON_POINT;
    return between(n, range, before) <= settled * size ? ON_MOTION : UNSETTLED;
}

/* The shortest wait, in steps: twenty rounds, or ten horizons. */
static double first_wait(const grl_judging *judging, double round)
{
    return fmax(SETTLE * round, 10 * (double)judging->horizon);
}

/* How many of the test trajectories are followed: all, or as many as the operations are enough for. */
static size_t affordable(const grl_judging *judging, double round)
{
    const double steps = first_wait(judging, round) + 2 * WINDOW * round;
    const double most = judging->options->max_operations / grl_judge_cost(judging) / steps;
    const size_t count = judging->test->count, least = count < LEAST_RUNS ? count : LEAST_RUNS;
    return (double)count <= most ? count : most > (double)least ? (size_t)most : least;
}

/* Runs on until all have settled or the operations are used up. */
static grl_status settle(const grl_judging *judging, const double *starts, double round, endings *e,
                         grl_error *error)
{
    const size_t n = judging->n;
    const double most = judging->options->max_operations / grl_judge_cost(judging) / (double)e->count;
    const long long window = (long long)ceil(WINDOW * round);
    long long wait = (long long)first_wait(judging, round), steps = 0;
    grl_walk walk;
    grl_status status = grl_walk_create(judging, e->count, starts, &walk, error);
    for (int time = 0; status == GRL_OK && time < TIMES; time++, wait *= 2) {
        size_t unsettled = 0;
        for (long long t = 0; t < wait; t++) grl_walk_step(&walk);
        look(&walk, window, e->before);
        look(&walk, window, e->range);
        for (size_t i = 0; i < e->count; i++) {
            e->end[i] = ending_of(n, e->range + 2 * i * n, e->before + 2 * i * n);
            unsettled += e->end[i] == UNSETTLED;
        }
        memcpy(e->state, walk.H, e->count * n * sizeof(double));
        steps += wait + 2 * window;
        if (unsettled == 0 || (double)(steps + 2 * wait) > most) break;
    }
    grl_walk_free(&walk);
    return status;
}

static int same(const endings *e, size_t n, size_t i, size_t j)
{
    const double *a = e->range + 2 * i * n, *b = e->range + 2 * j * n;
    return e->end[i] == ON_MOTION && e->end[j] == ON_MOTION &&
           between(n, a, b) <= alike * fmax(extent(n, a), extent(n, b));
}

/* The run on the motion that most of them share, or e->count if none is on any. */
static size_t most_shared(const endings *e, size_t n, size_t *runs)
{
    size_t best = e->count;
    *runs = 0;
    for (size_t i = 0; i < e->count; i++) {
        size_t shared = 0;
        for (size_t j = 0; j < e->count; j++) shared += (size_t)same(e, n, i, j);
        if (shared > *runs) {
            *runs = shared;
            best = i;
        }
    }
    return best;
}

static void count_endings(const endings *e, size_t on_cycle, grl_judged_oscillation *out)
{
    size_t moving = 0;
    out->starts = e->count;
    for (size_t i = 0; i < e->count; i++) {
        out->on_point += e->end[i] == ON_POINT;
        out->unsettled += e->end[i] == UNSETTLED;
        moving += e->end[i] == ON_MOTION;
    }
    out->on_cycle = on_cycle;
    out->elsewhere = moving - on_cycle;
}

/* The outputs along the motion from h, and their distance from the true cycle. */
static grl_status compare_shape(const grl_judging *judging, const double *h, double round,
                                grl_judged_oscillation *out, grl_error *error)
{
    const size_t k = judging->k;
    const grl_reference *r = judging->reference;
    /* Of fine steps some are left out. */
    const size_t stride = (size_t)fmax(1, floor(round / IN_ROUND)),
                 count = (size_t)fmin(MOST_POINTS, fmax(ROUNDS * round, IN_ROUND));
    grl_walk walk;
    out->points = grl_calloc(count, k * sizeof(double));
    if (!out->points) return grl_fail_memory(error, count, k * sizeof(double));
    grl_status status = grl_walk_create(judging, 1, h, &walk, error);
    if (status != GRL_OK) return status;
    for (size_t t = 0; t < count; t++) {
        grl_judge_outputs(judging, 1, walk.H, out->points + t * k);
        for (size_t s = 0; s < stride; s++) grl_walk_step(&walk);
    }
    grl_walk_free(&walk);
    out->count = count;
    out->point_time = (double)stride * judging->dt / judging->unit;
    if (!r || r->count == 0) return GRL_OK;
    const grl_polyline own = {.count = count, .k = k, .points = out->points};
    const grl_polyline true_cycle = {.count = r->count, .k = k, .points = r->points, .closed = 1};
    out->outside = grl_polyline_farthest(&true_cycle, count, out->points);
    out->missed = grl_polyline_farthest(&own, r->count, r->points);
    out->network.shape = fmax(out->outside, out->missed);
    out->shape = out->network.shape / out->size;
    return GRL_OK;
}

/* How often the outputs go around y, in two dimensions. */
static double rounds_about(size_t count, const double *points, const double *y)
{
    double turn = 0, before = 0;
    for (size_t t = 0; t < count; t++) {
        const double angle = atan2(points[2 * t + 1] - y[1], points[2 * t] - y[0]);
        if (t > 0) turn += remainder(angle - before, 6.283185307179586);
        before = angle;
    }
    return fabs(turn) / 6.283185307179586;
}

/* period: of a round, in the task's time. */
static grl_status find_inside(const grl_judging *judging, double period, grl_judged_oscillation *out,
                              grl_error *error)
{
    const grl_portrait *p = judging->out->portrait;
    const size_t k = judging->k;
    if (!judging->reference || !judging->reference->has_inside || k != 2) return GRL_OK;
    out->inside_output = grl_calloc(2 * k, sizeof(double));
    if (!out->inside_output) return grl_fail_memory(error, 2 * k, sizeof(double));
    double *y = out->inside_output + k;
    for (size_t i = 0; i < p->count; i++) {
        if (p->points[i].unstable == 0) continue;
        grl_judge_outputs(judging, 1, p->points[i].h, y);
        const double off = grl_distance(k, y, judging->reference->inside);
        if (out->inside != SIZE_MAX && !(off < out->inside_off)) continue;
        out->inside = i;
        out->inside_off = off;
        memcpy(out->inside_output, y, k * sizeof *y);
    }
    if (out->inside != SIZE_MAX && out->count > 0)
        out->encloses = rounds_about(out->count, out->points, out->inside_output) >
                        0.5 * (double)(out->count - 1) * out->point_time / period;
    if (out->inside == SIZE_MAX) {
        free(out->inside_output);
        out->inside_output = NULL;
    }
    return GRL_OK;
}

/* A cycle of the flow is the better one if it is nearer to the true cycle. points: count x (1 + n), time first. */
static grl_status consider(const grl_judging *judging, size_t count, const double *points,
                           const grl_rhythm *found, grl_rhythm *best, grl_error *error)
{
    const size_t n = judging->n, k = judging->k;
    const grl_reference *r = judging->reference;
    grl_rhythm rhythm = *found;
    double *outputs = grl_calloc(count, k * sizeof *outputs);
    if (!outputs) return grl_fail_memory(error, count, k * sizeof *outputs);
    for (size_t i = 0; i < count; i++)
        grl_judge_outputs(judging, 1, points + i * (1 + n) + 1, outputs + i * k);
    if (r && r->count > 0) {
        const grl_polyline own = {.count = count, .k = k, .points = outputs, .closed = 1};
        const grl_polyline true_cycle = {.count = r->count, .k = k, .points = r->points, .closed = 1};
        rhythm.shape = fmax(grl_polyline_farthest(&true_cycle, count, outputs),
                            grl_polyline_farthest(&own, r->count, r->points));
    }
    free(outputs);
    if (!best->found || rhythm.shape < best->shape) *best = rhythm;
    return GRL_OK;
}

/* The flow's cycles: all of them, to a resolution, for two units, else those that random starts found. */
static grl_status judge_flow(const grl_judging *judging, grl_judged_oscillation *out, grl_error *error)
{
    const grl_portrait *flow = judging->out->flow;
    const double unit = judging->unit;
    grl_status status = GRL_OK;
    if (flow && flow->cycles) {
        out->flow_cycles = (int)flow->cycles->count;
        out->flow_stable = 0;
        for (size_t i = 0; i < flow->cycles->count && status == GRL_OK; i++) {
            const grl_cycle *c = &flow->cycles->items[i];
            const grl_rhythm found = {.found = 1,
                                      .stable = 1,
                                      .kind = "cycle",
                                      .period = c->period / unit,
                                      .period_error = c->error / unit,
                                      .decay = -c->exponent * unit,
                                      .shape = NAN};
            out->flow_stable += c->stable != 0;
            if (c->stable) status = consider(judging, c->count, c->points, &found, &out->flow, error);
        }
    }
    if (flow && flow->attractors)
        for (size_t i = 0; i < flow->attractors->count && status == GRL_OK; i++) {
            const grl_attractor *a = &flow->attractors->items[i];
            if (a->kind != GRL_ATTRACTOR_CYCLE) continue;
            const grl_closed *c = &flow->attractors->closed[a->which];
            const grl_rhythm found = {.found = 1,
                                      .stable = c->stable,
                                      .kind = "cycle",
                                      .period = c->period / unit,
                                      .period_error = c->error / unit,
                                      .decay = c->multiplier_count > 0 ? -c->exponents[0] * unit : NAN,
                                      .shape = NAN};
            if (c->stable) status = consider(judging, c->count, c->points, &found, &out->flow, error);
        }
    return status;
}

/* Attractors of random starts that are not the motion with this range. */
static size_t count_others(const grl_judging *judging, const double *range)
{
    const grl_attractors *a = judging->out->portrait->attractors;
    const size_t n = judging->n;
    size_t others = 0;
    for (size_t i = 0; a && i < a->count; i++) {
        const double *own = a->items[i].range;
        others += !(range && own && between(n, own, range) <= alike * fmax(extent(n, own), extent(n, range)));
    }
    return others;
}

static void compare_period(const grl_reference *reference, grl_rhythm *rhythm)
{
    if (reference && rhythm->found) rhythm->off = fabs(rhythm->period / reference->period - 1);
}

grl_status grl_judge_oscillation(const grl_judging *judging, grl_error *error)
{
    const grl_reference *r = judging->reference;
    const grl_rhythm none = {.stable = -1,
                             .kind = "undecided",
                             .period = NAN,
                             .period_error = NAN,
                             .off = NAN,
                             .decay = NAN,
                             .shape = NAN};
    const double per_step = judging->dt / judging->unit;
    const double round = r && r->period > 0 ? r->period / per_step : UNKNOWN_ROUND;
    grl_judged_oscillation *out = grl_calloc(1, sizeof *out);
    endings e = {0};
    double *starts = NULL;
    size_t chosen = 0, runs = 0;
    grl_status status = GRL_OK;
    if (!out) return grl_fail_memory(error, 1, sizeof *out);
    judging->out->oscillation = out;
    *out = (grl_judged_oscillation){.network = none,
                                    .flow = none,
                                    .flow_cycles = -1,
                                    .flow_stable = -1,
                                    .shape = NAN,
                                    .outside = NAN,
                                    .missed = NAN,
                                    .inside = SIZE_MAX,
                                    .inside_off = NAN,
                                    .encloses = -1};
    out->size = r ? grl_points_diameter(r->count, judging->k, r->points) : NAN;
    if (judging->test) {
        status = grl_judge_starts(judging, judging->test, &starts, error);
        if (status == GRL_OK) status = endings_create(affordable(judging, round), judging->n, &e, error);
        if (status == GRL_OK) status = settle(judging, starts, round, &e, error);
        if (status == GRL_OK) chosen = most_shared(&e, judging->n, &runs);
        if (status == GRL_OK) count_endings(&e, runs, out);
    }
    if (status == GRL_OK && runs > 0) {
        const double *h = e.state + chosen * judging->n;
        status = grl_rhythm_measure(judging, h, round, &out->network, error);
        const double own = out->network.found ? out->network.period / per_step : round;
        if (status == GRL_OK) status = compare_shape(judging, h, own, out, error);
        if (status == GRL_OK) status = find_inside(judging, own * per_step, out, error);
    } else if (status == GRL_OK) {
        status = find_inside(judging, round * per_step, out, error);
    }
    if (status == GRL_OK) {
        out->other = count_others(judging, runs > 0 ? e.range + 2 * chosen * judging->n : NULL);
        if (judging->out->portrait->attractors)
            out->undecided = judging->out->portrait->attractors->undecided;
        status = judge_flow(judging, out, error);
    }
    compare_period(r, &out->network);
    compare_period(r, &out->flow);
    endings_drop(&e);
    free(starts);
    return status;
}
