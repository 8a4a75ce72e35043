/* cycle_branch.c: branches of cycles along one parameter, from the Hopf points of a diagram.
 *
 * A small cycle at a Hopf point is h + e Re(v exp(2 pi i t / T)), v the eigenvector of i omega, T = 2 pi /
 * omega, to first order in e (Kuznetsov 2004, ch. 10.2); parameter and period change by e^2, and the first
 * Newton step at fixed size finds them. Every branch is followed to its end, which is named. */
#include "bifurcation/cycle_branch.h"

#include "base/error.h"
#include "base/memory.h"
#include "bifurcation/cycle_end.h"
#include "bifurcation/cycle_follow.h"
#include "bifurcation/hopf_vector.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Sizes of the first cycle, tried in turn; it grows from there by steps of growing size. */
static const double first_sizes[] = {2e-3, 2e-4, 2e-5};

/* Distance of the ends of homoclinic orbits from their saddle: the parameter is off by its square. */
static const double end_distance = 1e-6;

typedef struct plan {
    grl_track track, probe;
    grl_loop loop;
    const grl_bifurcation_options *options;
    double low, high;
    grl_diagram *diagram;
    size_t *used; /* Hopf points from which or to which a branch leads already; as many as special points */
    size_t used_count, hopf_limit; /* special points that were there before */
    double *room;
} plan;

static bool is_used(const plan *p, size_t special)
{
    for (size_t i = 0; i < p->used_count; i++)
        if (p->used[i] == special) return true;
    return false;
}

/* Names the end of a branch that reached the limit of the period, and adds that special point. */
static grl_status name_end(plan *p, grl_cycle_follow *follow, grl_error *error)
{
    grl_cycle_end end;
    if (follow->end != GRL_BRANCH_PERIOD) return GRL_OK;
    grl_cycle_end_name(&p->track, follow->periods, follow->parameters, &p->loop, &end);
    if (end.type == GRL_SPECIAL_TYPES) return GRL_OK;
    grl_special special = {.type = end.type,
                           .p = {end.p},
                           .h = end.h,
                           .error = end.error,
                           .period = INFINITY,
                           .branch = follow->branch,
                           .point = p->diagram->branches[follow->branch].count - 1};
    if (end.type == GRL_HOMOCLINIC) {
        special.coefficients = 1;
        special.normal_form[0] = end.sigma;
    } else {
        special.coefficients = 1;
        special.normal_form[0] = end.places;
    }
    follow->end = GRL_BRANCH_SPECIAL;
    return grl_diagram_add_special(p->diagram, &special, &follow->end_special, error);
}

static grl_status from_hopf(plan *p, size_t which, grl_error *error)
{
    grl_track *track = &p->track;
    size_t n = track->n, branch;
    double *vector = p->room;
    grl_special hopf = p->diagram->special[which];
    if (!grl_hopf_vector(track, hopf.h, hopf.p[0], hopf.omega, vector)) return GRL_OK;
    grl_status status = grl_diagram_add_branch(p->diagram, GRL_BRANCH_CYCLE, &branch, error);
    if (status != GRL_OK) return status;
    grl_track_begin_small(track, hopf.h, vector, hopf.omega, hopf.p[0], 0);
    memset(track->now.test, 0, sizeof track->now.test);
    grl_cycle_follow follow = {.track = track,
                               .probe = &p->probe,
                               .options = p->options,
                               .low = p->low,
                               .high = p->high,
                               .diagram = p->diagram,
                               .branch = branch};
    /* The Hopf point itself is the first point of the branch, a cycle of no size. */
    for (size_t k = 0; k < n; k++) track->now.multipliers[2 * k] = k < 2;
    status = grl_cycle_follow_add(&follow, &track->now, error);
    if (status == GRL_OK) {
        double size;
        bool begun = false;
        for (size_t k = 0; k < sizeof first_sizes / sizeof *first_sizes && !begun; k++) {
            follow.first_step = first_sizes[k];
            grl_track_begin_small(track, hopf.h, vector, hopf.omega, hopf.p[0], first_sizes[k]);
            begun = grl_track_arc(track, 0, &size);
        }
        follow.end = GRL_BRANCH_STEP_SIZE;
        follow.end_special = SIZE_MAX;
        if (begun) {
            status = grl_cycle_follow_add(&follow, &track->next, error);
            grl_track_accept(track);
            if (status == GRL_OK) status = grl_cycle_follow_run(&follow, error);
            if (status == GRL_OK) status = name_end(p, &follow, error);
        }
    }
    if (status != GRL_OK) return status;
    grl_diagram_branch *made = &p->diagram->branches[branch];
    made->end[0] = GRL_BRANCH_SPECIAL;
    made->end_special[0] = which;
    made->end[1] = follow.end;
    made->end_special[1] = follow.end_special;
    p->used[p->used_count++] = which;
    if (follow.end == GRL_BRANCH_SPECIAL && follow.end_special < p->hopf_limit &&
        !is_used(p, follow.end_special))
        p->used[p->used_count++] = follow.end_special;
    return GRL_OK;
}

grl_status grl_cycle_branches(grl_path *path, const grl_bifurcation_options *options, double low, double high,
                              grl_diagram *diagram, grl_error *error)
{
    size_t n = diagram->hidden_size, specials = diagram->special_count;
    plan p = {.options = options, .low = low, .high = high, .diagram = diagram, .hopf_limit = specials};
    grl_status status = GRL_OK;
    size_t room = 2 * n;
    const double *start = grl_path_values(path), range = high - low;
    if (n < 2) return GRL_OK;
    status = grl_track_create(path, 0, high - low, start, &p.track, error);
    if (status != GRL_OK) goto done;
    status = grl_track_create(path, 0, high - low, start, &p.probe, error);
    if (status != GRL_OK) goto done;
    status = grl_loop_create(path, &range, end_distance, &p.loop, error);
    if (status != GRL_OK) goto done;
    p.used = grl_calloc(2 * specials, sizeof *p.used);
    p.room = grl_calloc(room, sizeof *p.room);
    if (!p.used || !p.room) {
        status = grl_fail_memory(error, room + 2 * specials, sizeof(double));
        goto done;
    }
    for (size_t s = 0; s < specials && status == GRL_OK; s++)
        if (diagram->special[s].type == GRL_HOPF && !is_used(&p, s)) status = from_hopf(&p, s, error);
done:
    grl_track_free(&p.track);
    grl_track_free(&p.probe);
    grl_loop_free(&p.loop);
    free(p.used);
    free(p.room);
    return status;
}
