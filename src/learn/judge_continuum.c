/* judge_continuum.c: whether a network acts as the line or ring of fixed points that it was to learn.
 *
 * None of these networks has such a line. What is proven of that: where the list of fixed points is proven complete and
 * each is the only one near, there are so many and no more. Where boxes are left in which the proof could not tell how many
 * points there are, all that are not listed lie in them, and a connected set of fixed points is no longer than the boxes'
 * diagonals together.
 *
 * What takes its place is a slow manifold (portrait/slow_manifold.c). It is looked at through the readout: with the curve
 * h(s), its drift s' = v(s) in the time of the flow and the outputs y = C h + d,
 *
 *     sigma(s) = length of y along the curve,   sigma' = v dsigma/ds,   t in the task's time: unit = dt / time step.
 *
 * The memory time of a place is that in which sigma drifts by a tenth of the curve's length L,
 *
 *     integral over |sigma - sigma_0| < L/10 of dsigma / |sigma'|,
 *
 * with sigma' linear between the points of the curve; past an open end it stays what it was there; it is infinite if
 * sigma' comes to zero first. Of all slow manifolds that is taken which covers most of the true set; a point of that is
 * covered if the curve is within `near` of it. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"
#include "learn/polyline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double near_part = 0.05, memory_part = 0.1;

/* A rate along the curve that is zero to rounding. */
static const double neutral_rate = 1e-9;

/* What the proof leaves for a line of fixed points. */
static void judge_proof(const grl_portrait *p, grl_judged_continuum *out)
{
    const size_t n = p->hidden_size;
    int alone = 1;
    double longest = 0;
    out->fixed_points = p->count;
    out->longest = INFINITY;
    /* Whatever is not listed lies in the boxes of those that are listed with one. */
    if (p->method != GRL_METHOD_PROVE || strcmp(p->stopped_by, "done") != 0) return;
    for (size_t i = 0; i < p->count; i++) {
        double squares = 0;
        if (!p->points[i].box) {
            alone = alone && p->points[i].certified;
            continue;
        }
        alone = 0;
        for (size_t j = 0; j < n; j++) {
            double side = p->points[i].box[2 * j + 1] - p->points[i].box[2 * j];
            squares += side * side;
        }
        longest += sqrt(squares);
    }
    out->finite = alone && p->complete;
    out->longest = longest;
}

/* The outputs along a slow manifold. */
static double *see(const grl_judging *judging, const grl_slow_manifold *m)
{
    double *points = grl_calloc(m->count, judging->k * sizeof *points);
    if (points) grl_judge_outputs(judging, m->count, m->points, points);
    return points;
}

/* The part of the true set that is near the curve, its points taken as evenly spread; and their mean distance from it. */
static double covered_part(const grl_reference *r, const grl_polyline *line, double near, double *off)
{
    size_t covered = 0;
    double sum = 0;
    for (size_t i = 0; i < r->count; i++) {
        const double distance = grl_polyline_distance(line, r->points + i * line->k);
        if (!(distance <= near)) continue;
        covered++;
        sum += distance;
    }
    *off = covered > 0 ? sum / (double)covered : NAN;
    return (double)covered / (double)r->count;
}

static grl_status choose_manifold(const grl_judging *judging, grl_judged_continuum *out, grl_error *error)
{
    const grl_slow_manifolds *all = judging->out->portrait->slow_manifolds;
    const grl_reference *r = judging->reference;
    for (size_t i = 0; all && i < all->count; i++) {
        const grl_slow_manifold *m = &all->items[i];
        double off = NAN, covered = NAN;
        if (m->kind == GRL_SLOW_SET || m->count < 2) continue;
        double *points = see(judging, m);
        if (!points) return grl_fail_memory(error, m->count, judging->k * sizeof *points);
        const grl_polyline line = {.count = m->count, .k = judging->k, .points = points, .closed = m->closed};
        const double length = grl_polyline_length(&line);
        if (r) covered = covered_part(r, &line, out->near, &off);
        const int better =
            !out->found || covered > out->covered || (!(covered < out->covered) && length > out->length);
        if (!better || !(length > 0)) {
            free(points);
            continue;
        }
        free(out->points);
        out->found = 1;
        out->manifold = i;
        out->closed = m->closed;
        out->count = m->count;
        out->points = points;
        out->length = length;
        out->covered = covered;
        out->off = off;
    }
    return GRL_OK;
}

/* A curve as the readout shows it: places and velocities by its own length there. */
typedef struct seen {
    size_t count;
    int closed;
    double length;
    double *sigma, *velocity, *weight; /* count each; weight: the length that belongs to a point */
} seen;

static grl_status seen_create(const grl_judging *judging, const grl_slow_manifold *m,
                              const grl_judged_continuum *out, seen *s, grl_error *error)
{
    const size_t count = m->count, k = judging->k;
    *s = (seen){.count = count, .closed = m->closed, .length = out->length};
    s->sigma = grl_calloc(count, 3 * sizeof *s->sigma);
    if (!s->sigma) return grl_fail_memory(error, count, 3 * sizeof *s->sigma);
    s->velocity = s->sigma + count;
    s->weight = s->velocity + count;
    for (size_t i = 0; i < count; i++) {
        const size_t next = i + 1 < count ? i + 1 : 0;
        const double gap = grl_distance(k, out->points + i * k, out->points + next * k);
        if (i + 1 < count) s->sigma[i + 1] = s->sigma[i] + gap;
        if (i + 1 < count || m->closed) {
            s->weight[i] += gap / 2;
            s->weight[next] += gap / 2;
        }
    }
    for (size_t i = 0; i < count; i++) {
        /* dsigma/ds by the neighbours. */
        const size_t a = i > 0 ? i - 1 : 0, b = i + 1 < count ? i + 1 : i;
        const double ratio = (s->sigma[b] - s->sigma[a]) / (m->arc[b] - m->arc[a]);
        s->velocity[i] = m->velocity[i] * ratio * judging->unit;
    }
    return GRL_OK;
}

/* Time over a length d with the speed going linearly from v to w (both positive) over the length `whole`. */
static double passing(double d, double whole, double v, double w)
{
    const double end = v + (w - v) * d / whole, x = (end - v) / v;
    if (!(end > 0)) return INFINITY;
    return fabs(x) < 1e-8 ? d / v : d * log1p(x) / (end - v);
}

static double memory_from(const seen *s, size_t from)
{
    const int ahead = s->velocity[from] > 0;
    double left = memory_part * s->length, time = 0;
    size_t i = from;
    if (s->velocity[from] == 0) return INFINITY;
    for (size_t steps = 0; steps <= s->count; steps++) {
        const double v = fabs(s->velocity[i]);
        const int at_end = ahead ? i + 1 == s->count : i == 0;
        if (at_end && !s->closed) return time + left / v;
        const size_t next = ahead ? (at_end ? 0 : i + 1) : (at_end ? s->count - 1 : i - 1);
        const double gap = at_end ? s->length - s->sigma[s->count - 1] : fabs(s->sigma[next] - s->sigma[i]);
        const double w = ahead ? s->velocity[next] : -s->velocity[next];
        const double d = fmin(left, gap);
        if (gap > 0) time += passing(d, gap, v, w);
        left -= d;
        if (!(left > 0) || !isfinite(time)) return time;
        if (!(w > 0)) return INFINITY;
        i = next;
    }
    return time;
}

static grl_status measure_curve(const grl_judging *judging, grl_judged_continuum *out, grl_error *error)
{
    const grl_slow_manifold *m = &judging->out->portrait->slow_manifolds->items[out->manifold];
    seen s = {0};
    double *values = grl_calloc(m->count, sizeof *values);
    if (!values) return grl_fail_memory(error, m->count, sizeof *values);
    grl_status status = seen_create(judging, m, out, &s, error);
    if (status == GRL_OK) {
        out->speed_max = 0;
        for (size_t i = 0; i < m->count; i++) {
            values[i] = fabs(s.velocity[i]);
            out->speed_max = fmax(out->speed_max, values[i]);
        }
        out->speed = grl_weighted_median(m->count, values, s.weight);
        for (size_t i = 0; i < m->count; i++) values[i] = m->attraction[i] * judging->unit;
        out->decay = grl_weighted_median(m->count, values, s.weight);
        out->decay_min = m->attraction_min * judging->unit;
        out->memory_worst = INFINITY;
        for (size_t i = 0; i < m->count; i++) {
            values[i] = memory_from(&s, i);
            out->memory_worst = fmin(out->memory_worst, values[i]);
        }
        out->memory = grl_weighted_median(m->count, values, s.weight);
    }
    for (size_t i = 0; i < m->stop_count; i++) {
        out->nodes += m->stops[i].rate < -neutral_rate;
        out->saddles += m->stops[i].rate > neutral_rate;
        out->neutral += fabs(m->stops[i].rate) <= neutral_rate;
    }
    out->alternating = m->stop_count >= 2 && out->neutral == 0;
    for (size_t i = 0; i + 1 < m->stop_count + (size_t)m->closed && out->alternating; i++)
        out->alternating = m->stops[i].rate * m->stops[(i + 1) % m->stop_count].rate < 0;
    free(s.sigma);
    free(values);
    return status;
}

grl_status grl_judge_continuum(const grl_judging *judging, grl_error *error)
{
    const grl_reference *r = judging->reference;
    grl_judged_continuum *out = grl_calloc(1, sizeof *out);
    if (!out) return grl_fail_memory(error, 1, sizeof *out);
    judging->out->continuum = out;
    out->length = out->covered = out->off = out->speed = out->speed_max = out->decay = out->decay_min = NAN;
    out->true_length = out->near = NAN;
    out->memory = out->memory_worst = out->run_memory = out->run_memory_worst = NAN;
    judge_proof(judging->out->portrait, out);
    if (r && r->count > 0) {
        const grl_polyline true_set = {.count = r->count,
                                       .k = judging->k,
                                       .points = r->points,
                                       .closed = judging->out->kind == GRL_TASK_RING};
        out->true_length = grl_polyline_length(&true_set);
        out->near = near_part * grl_points_diameter(r->count, judging->k, r->points);
    }
    grl_status status = choose_manifold(judging, out, error);
    if (status == GRL_OK && out->found) status = measure_curve(judging, out, error);
    if (status == GRL_OK) status = grl_judge_holding(judging, error);
    return status;
}
