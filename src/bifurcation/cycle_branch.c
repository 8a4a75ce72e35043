/* cycle_branch.c: branches of cycles along one parameter.
 *
 * They begin at the Hopf points of the diagram, where a small cycle is h + e Re(v exp(2 pi i t / T)), v the
 * eigenvector of i omega, T = 2 pi / omega, to first order in e (Kuznetsov 2004, ch. 10.2), the parameter moving by
 * e^2; at the period doublings and branch points of branches that are known; and at cycles that were found at sample
 * values of the parameter (cycle_sample.c) and are on no branch yet. Every branch is followed to its end, which is
 * named. */
#include "bifurcation/cycle_branch.h"

#include "base/error.h"
#include "base/memory.h"
#include "bifurcation/cycle_end.h"
#include "bifurcation/cycle_follow.h"
#include "bifurcation/cycle_sample.h"
#include "bifurcation/cycle_switch.h"
#include "bifurcation/hopf_vector.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Sizes of the first cycle, tried in turn; it grows from there by steps of growing size. */
static const double first_sizes[] = {2e-3, 2e-4, 2e-5};

/* Homoclinic orbits of one saddle as near to each other as this are one, by symmetry. */
static const double same_loop = 1e-7;

/* Distance of the ends of homoclinic orbits from their saddle: the parameter is off by its square. */
static const double end_distance = 1e-6;

/* Period doublings of period doublings are followed so often, and so many branches in all are begun so. */
enum { MOST_DOUBLINGS = 3, MOST_SWITCHES = 8 };

/* Not where another such point is nearer than this, relative to the range: there they pile up at a homoclinic orbit
 * to a saddle-focus, and there is no end of them. */
static const double apart = 1e-3;

/* A point at which another branch leaves. */
typedef struct leave {
    grl_special_type type;
    size_t special;
    int doublings;
    grl_bvp_solution u, tangent;
} leave;

typedef struct plan {
    grl_track track, probe;
    grl_loop loop;
    const grl_bifurcation_options *options;
    double low, high;
    grl_diagram *diagram;
    size_t *used;                  /* Hopf points from which or to which a branch leads already */
    size_t used_count, hopf_limit; /* hopf_limit: special points that were there before */
    double *vector;
    size_t count, capacity;
    leave *leaves;
    int doublings; /* of the present branch */
    grl_error *error;
} plan;

static bool is_used(const plan *p, size_t special)
{
    for (size_t i = 0; i < p->used_count; i++)
        if (p->used[i] == special) return true;
    return false;
}

static grl_status found(void *context, grl_special_type type, const grl_track_point *point)
{
    plan *p = context;
    void *block = p->leaves;
    if (type != GRL_PERIOD_DOUBLING && type != GRL_CYCLE_BRANCH_POINT) return GRL_OK;
    if (p->count >= MOST_SWITCHES || (type == GRL_PERIOD_DOUBLING && p->doublings >= MOST_DOUBLINGS))
        return GRL_OK;
    for (size_t i = 0; i < p->count; i++)
        if (p->leaves[i].doublings == p->doublings && p->leaves[i].type == type &&
            fabs(p->leaves[i].u.q[1] - point->u.q[1]) < apart * (p->high - p->low))
            return GRL_OK;
    if (!grl_grow(&block, &p->capacity, p->count, sizeof *p->leaves))
        return grl_fail_memory(p->error, p->count + 1, sizeof *p->leaves);
    p->leaves = block;
    leave *to = &p->leaves[p->count];
    *to = (leave){.type = type, .special = p->diagram->special_count, .doublings = p->doublings};
    grl_status status = grl_bvp_solution_create(p->track.n, 2, GRL_TRACK_INTERVALS, &to->u, p->error);
    if (status != GRL_OK) return status;
    status = grl_bvp_solution_create(p->track.n, 2, GRL_TRACK_INTERVALS, &to->tangent, p->error);
    if (status != GRL_OK) {
        grl_bvp_solution_free(&to->u);
        return status;
    }
    grl_bvp_copy(&point->u, &to->u);
    grl_bvp_copy(&point->tangent, &to->tangent);
    p->count++;
    return GRL_OK;
}

/* Names the end of a branch that reached the limit of the period, and adds that special point. */
static grl_status name_end(plan *p, grl_cycle_follow *follow, grl_error *error)
{
    grl_cycle_end end;
    if (follow->end != GRL_BRANCH_PERIOD) return GRL_OK;
    grl_cycle_end_name(&p->track, follow->periods, follow->parameters, &p->loop, &end);
    if (end.type == GRL_SPECIAL_TYPES) return GRL_OK;
    const grl_special special = {.type = end.type,
                                 .p = {end.p},
                                 .h = end.h,
                                 .error = end.error,
                                 .period = INFINITY,
                                 .coefficients = 1,
                                 .normal_form = {end.type == GRL_HOMOCLINIC ? end.sigma : end.places},
                                 .branch = follow->branch,
                                 .point = p->diagram->branches[follow->branch].count - 1};
    follow->end = GRL_BRANCH_SPECIAL;
    /* A cycle around two loops ends where their own cycles do, on a homoclinic orbit that is known. */
    follow->end_special = end.loops > 1
                              ? grl_diagram_find_special(p->diagram, 0, end.type, special.p, end.h, same_loop)
                              : SIZE_MAX;
    if (follow->end_special != SIZE_MAX) return GRL_OK;
    return grl_diagram_add_special(p->diagram, &special, &follow->end_special, error);
}

static grl_cycle_follow begin(plan *p, size_t branch)
{
    return (grl_cycle_follow){.track = &p->track,
                              .probe = &p->probe,
                              .options = p->options,
                              .low = p->low,
                              .high = p->high,
                              .diagram = p->diagram,
                              .branch = branch,
                              .found = found,
                              .context = p,
                              .origin = SIZE_MAX};
}

/* Follows the branch to its end, and keeps that. */
static grl_status run(plan *p, grl_cycle_follow *follow, grl_error *error)
{
    grl_status status = grl_cycle_follow_run(follow, error);
    if (status == GRL_OK) status = name_end(p, follow, error);
    if (status != GRL_OK) return status;
    grl_diagram_branch *made = &p->diagram->branches[follow->branch];
    made->end[1] = follow->end;
    made->end_special[1] = follow->end_special;
    if (follow->end == GRL_BRANCH_SPECIAL && follow->end_special < p->hopf_limit &&
        !is_used(p, follow->end_special))
        p->used[p->used_count++] = follow->end_special;
    return GRL_OK;
}

static grl_status from_hopf(plan *p, size_t which, grl_error *error)
{
    grl_track *track = &p->track;
    size_t n = track->n, branch;
    const grl_special hopf = p->diagram->special[which];
    if (!grl_hopf_vector(track, hopf.h, hopf.p[0], hopf.omega, p->vector)) return GRL_OK;
    grl_status status = grl_diagram_add_branch(p->diagram, GRL_BRANCH_CYCLE, &branch, error);
    if (status != GRL_OK) return status;
    grl_cycle_follow follow = begin(p, branch);
    p->doublings = 0;
    p->used[p->used_count++] = which;
    p->diagram->branches[branch].end[0] = GRL_BRANCH_SPECIAL;
    p->diagram->branches[branch].end_special[0] = which;
    /* The Hopf point itself is the first point of the branch, a cycle of no size. */
    grl_track_begin_small(track, hopf.h, p->vector, hopf.omega, hopf.p[0], 0);
    for (size_t k = 0; k < n; k++) {
        track->now.multipliers[2 * k] = k < 2;
        track->now.multipliers[2 * k + 1] = 0;
    }
    status = grl_cycle_follow_add(&follow, &track->now, error);
    if (status != GRL_OK) return status;
    for (size_t k = 0; k < sizeof first_sizes / sizeof *first_sizes; k++) {
        double size;
        follow.first_step = first_sizes[k];
        grl_track_begin_small(track, hopf.h, p->vector, hopf.omega, hopf.p[0], first_sizes[k]);
        if (!grl_track_arc(track, 0, &size)) continue;
        status = grl_cycle_follow_add(&follow, &track->next, error);
        grl_track_accept(track);
        return status == GRL_OK ? run(p, &follow, error) : status;
    }
    p->diagram->branches[branch].end[1] = GRL_BRANCH_STEP_SIZE;
    return GRL_OK;
}

/* Whether a branch that left another one ends at this period doubling: its own branch would be that one again. */
static bool comes_back(const grl_diagram *diagram, size_t special)
{
    for (size_t b = 0; b < diagram->branch_count; b++) {
        const grl_diagram_branch *branch = &diagram->branches[b];
        if (branch->kind == GRL_BRANCH_CYCLE && branch->end[1] == GRL_BRANCH_SPECIAL &&
            branch->end_special[1] == special)
            return true;
    }
    return false;
}

/* The other branch at a period doubling, or at a branch point, there on both sides. */
static grl_status from_leave(plan *p, size_t which, grl_error *error)
{
    grl_track *track = &p->track;
    grl_status status = GRL_OK;
    const int sides = p->leaves[which].type == GRL_PERIOD_DOUBLING ? 1 : 2;
    if (sides == 1 && comes_back(p->diagram, p->leaves[which].special)) return GRL_OK;
    for (int side = 0; side < sides && status == GRL_OK; side++) {
        const leave *at = &p->leaves[which];
        const int sign = sides == 1 ? -1 : 1;
        size_t branch;
        bool begun = false;
        double size = 0;
        for (size_t k = 0; k < sizeof first_sizes / sizeof *first_sizes && !begun; k++) {
            grl_bvp_copy(&at->u, &track->now.u);
            grl_bvp_copy(&at->tangent, &track->now.tangent);
            track->mode = GRL_TRACK_ARC;
            size = (side == 0 ? 2 : -2) * first_sizes[k];
            begun = grl_cycle_switch(track, sign, size);
        }
        if (!begun) continue;
        if (side == 1) grl_track_turn(track);
        status = grl_diagram_add_branch(p->diagram, GRL_BRANCH_CYCLE, &branch, error);
        if (status != GRL_OK) return status;
        p->diagram->branches[branch].end[0] = GRL_BRANCH_SPECIAL;
        p->diagram->branches[branch].end_special[0] = at->special;
        p->doublings = at->doublings + (sign < 0);
        grl_cycle_follow follow = begin(p, branch);
        follow.first_step = fabs(size);
        follow.origin = at->special;
        status = grl_cycle_follow_add(&follow, &track->now, error);
        if (status == GRL_OK) status = run(p, &follow, error);
    }
    return status;
}

/* Cycles of a sample that are on no branch yet: their branch, both ways. */
static grl_status from_sample(plan *p, const grl_sample_cycle *cycle, grl_error *error)
{
    grl_track *track = &p->track;
    size_t branch;
    if (!grl_track_begin_points(track, cycle->count, cycle->points, cycle->p)) return GRL_OK;
    if (grl_cycle_sample_known(p->diagram, &track->now.u)) return GRL_OK;
    grl_status status = grl_diagram_add_branch(p->diagram, GRL_BRANCH_CYCLE, &branch, error);
    for (int side = 0; side < 2 && status == GRL_OK; side++) {
        if (side == 1) {
            if (p->diagram->branches[branch].end[1] == GRL_BRANCH_CLOSED) {
                p->diagram->branches[branch].end[0] = GRL_BRANCH_CLOSED;
                break;
            }
            if (!grl_track_begin_points(track, cycle->count, cycle->points, cycle->p)) break;
            grl_track_turn(track);
            grl_diagram_turn_branch(p->diagram, branch);
        }
        grl_cycle_follow follow = begin(p, branch);
        follow.first_step = 0.01;
        p->doublings = 0;
        if (side == 0) status = grl_cycle_follow_add(&follow, &track->now, error);
        if (status == GRL_OK) status = run(p, &follow, error);
    }
    return status;
}

grl_status grl_cycle_branches(grl_path *path, const grl_bifurcation_options *options, double low, double high,
                              grl_diagram *diagram, grl_error *error)
{
    size_t n = diagram->hidden_size, specials = diagram->special_count;
    plan p = {.options = options,
              .low = low,
              .high = high,
              .diagram = diagram,
              .hopf_limit = specials,
              .error = error};
    grl_status status = GRL_OK;
    grl_sample_cycles samples = {0};
    const double *start = grl_path_values(path), range = high - low;
    if (n < 2 || n > GRL_CYCLE_UNITS) return GRL_OK;
    diagram->cycles = 1;
    status = grl_track_create(path, 0, range, start, &p.track, error);
    if (status != GRL_OK) goto done;
    status = grl_track_create(path, 0, range, start, &p.probe, error);
    if (status != GRL_OK) goto done;
    status = grl_loop_create(path, &range, end_distance, &p.loop, error);
    if (status != GRL_OK) goto done;
    p.used = grl_calloc(2 * specials, sizeof *p.used);
    p.vector = grl_calloc(2 * n, sizeof *p.vector);
    if (!p.used || !p.vector) {
        status = grl_fail_memory(error, 2 * n + 2 * specials, sizeof(double));
        goto done;
    }
    for (size_t s = 0; s < specials && status == GRL_OK; s++)
        if (diagram->special[s].type == GRL_HOPF && !is_used(&p, s)) status = from_hopf(&p, s, error);
    if (status == GRL_OK) status = grl_cycle_samples(path, options, low, high, &samples, error);
    size_t left = 0;
    for (; left < p.count && status == GRL_OK; left++) status = from_leave(&p, left, error);
    for (size_t i = 0; i < samples.count && status == GRL_OK; i++) {
        status = from_sample(&p, &samples.items[i], error);
        for (; left < p.count && status == GRL_OK; left++) status = from_leave(&p, left, error);
    }
done:
    grl_cycle_samples_free(&samples);
    for (size_t i = 0; i < p.count; i++) {
        grl_bvp_solution_free(&p.leaves[i].u);
        grl_bvp_solution_free(&p.leaves[i].tangent);
    }
    free(p.leaves);
    grl_track_free(&p.track);
    grl_track_free(&p.probe);
    grl_loop_free(&p.loop);
    free(p.used);
    free(p.vector);
    return status;
}
