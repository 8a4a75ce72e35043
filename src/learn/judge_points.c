/* judge_points.c: whether a network has the stable points that it was to learn, and no others.
 *
 * Targets and stable fixed points, seen by their outputs, are paired off: of all pairs that are within `near`, a quarter of
 * the least distance of two targets, the closest first, each target and each point once. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"
#include "learn/polyline.h"

#include <grulens/attractors.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const double near_part = 0.25;

static double least_distance(const grl_reference *r)
{
    double least = INFINITY;
    for (size_t i = 0; i < r->count; i++)
        for (size_t j = i + 1; j < r->count; j++)
            least =
                fmin(least, grl_distance(r->outputs, r->points + i * r->outputs, r->points + j * r->outputs));
    return least;
}

/* outputs: of each fixed point; taken: each may be a target's once. */
static void pair_off(const grl_portrait *p, const grl_reference *r, const double *outputs, char *taken,
                     grl_judged_points *out)
{
    const size_t k = r->outputs;
    for (;;) {
        size_t target = SIZE_MAX, point = 0;
        double best = out->near;
        for (size_t c = 0; c < r->count; c++)
            for (size_t i = 0; i < p->count && out->point[c] == SIZE_MAX; i++) {
                if (taken[i] || p->points[i].unstable > 0) continue;
                const double off = grl_distance(k, outputs + i * k, r->points + c * k);
                if (!(off < best)) continue;
                best = off;
                target = c;
                point = i;
            }
        if (target == SIZE_MAX) return;
        taken[point] = 1;
        out->point[target] = point;
        out->off[target] = best;
        out->matched++;
    }
}

static grl_status match(const grl_judging *judging, grl_judged_points *out, grl_error *error)
{
    const grl_portrait *p = judging->out->portrait;
    const grl_reference *r = judging->reference;
    const size_t k = judging->k;
    out->point = grl_calloc(r->count, sizeof *out->point);
    out->off = grl_calloc(r->count, sizeof *out->off);
    double *outputs = grl_calloc(p->count, k * sizeof *outputs);
    char *taken = grl_calloc(p->count, 1);
    if (!out->point || !out->off || !outputs || !taken) {
        free(outputs);
        free(taken);
        return grl_fail_memory(error, r->count + p->count, k * sizeof *outputs);
    }
    for (size_t i = 0; i < p->count; i++) grl_judge_outputs(judging, 1, p->points[i].h, outputs + i * k);
    out->targets = r->count;
    out->near = near_part * least_distance(r);
    for (size_t c = 0; c < r->count; c++) {
        out->point[c] = SIZE_MAX;
        out->off[c] = NAN;
    }
    pair_off(p, r, outputs, taken, out);
    out->spurious = out->stable - out->matched;
    if (out->matched > 0) out->off_mean = out->off_max = 0;
    for (size_t c = 0; c < r->count; c++) {
        if (out->point[c] == SIZE_MAX) continue;
        out->off_mean += out->off[c] / (double)out->matched;
        out->off_max = fmax(out->off_max, out->off[c]);
    }
    free(outputs);
    free(taken);
    return GRL_OK;
}

grl_status grl_judge_points(const grl_judging *judging, grl_error *error)
{
    const grl_portrait *p = judging->out->portrait;
    grl_judged_points *out = grl_calloc(1, sizeof *out);
    if (!out) return grl_fail_memory(error, 1, sizeof *out);
    judging->out->points = out;
    *out = (grl_judged_points){.proven = p->complete, .near = NAN, .off_mean = NAN, .off_max = NAN};
    for (size_t i = 0; i < p->count; i++) {
        out->stable += p->points[i].unstable == 0;
        out->proven = out->proven && p->points[i].certified && p->points[i].stability_proven;
    }
    if (p->attractors) out->undecided = p->attractors->undecided;
    for (size_t i = 0; p->attractors && i < p->attractors->count; i++)
        out->other += p->attractors->items[i].kind != GRL_ATTRACTOR_POINT;
    return judging->reference && judging->reference->count > 0 ? match(judging, out, error) : GRL_OK;
}
