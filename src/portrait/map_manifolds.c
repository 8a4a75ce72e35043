/* map_manifolds.c: the manifolds of all saddles of a planar map: map_unstable.c and map_stable.c follow one
 * branch. */
#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "portrait/map_branch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *grl_map_end_name(grl_map_end end)
{
    static const char *const names[] = {"length", "point", "orbit", "boundary", "saddle", "lost", "steps"};
    return (unsigned)end < sizeof names / sizeof *names ? names[end] : "";
}

grl_map_options grl_map_manifold_defaults(void)
{
    return (grl_map_options){.spacing = 0.005, .max_length = 20, .max_steps = 1000000};
}

void grl_map_manifolds_free(grl_map_manifolds *manifolds)
{
    if (!manifolds) return;
    for (size_t b = 0; b < manifolds->count; b++) free(manifolds->branches[b].points);
    free(manifolds->branches);
    free(manifolds->crossings);
    free(manifolds);
}

static grl_status check(const grl_cell *cell, const grl_portrait *portrait, const grl_map_options *o,
                        grl_error *error)
{
    size_t n = grl_cell_hidden_size(cell);
    if (n != 2 || portrait->hidden_size != 2 || portrait->time != GRL_DISCRETE)
        return grl_fail(
            error, GRL_BAD_INPUT,
            "map manifolds: expected a map of two units and its portrait, found a %s of %zu and a "
            "portrait of %zu",
            portrait->time == GRL_CONTINUOUS ? "flow" : "map", n, portrait->hidden_size);
    if (!(o->spacing >= 1e-5 && o->spacing <= 0.1))
        return grl_fail(error, GRL_BAD_INPUT, "spacing: expected 1e-5 to 0.1, found %g", o->spacing);
    if (!(o->max_length > 0 && o->max_length / o->spacing <= 1e7))
        return grl_fail(error, GRL_BAD_INPUT,
                        "max_length: expected more than 0 and at most 1e7 spacings, found %g", o->max_length);
    if (o->max_steps < 1)
        return grl_fail(error, GRL_BAD_INPUT, "max_steps: expected at least 1, found %lld", o->max_steps);
    return GRL_OK;
}

/* Both manifolds of one saddle, four branches; *done = 0: they could not be started. */
static grl_status follow(grl_map_work *work, size_t saddle, grl_map_branch *branches, int *done,
                         grl_error *error)
{
    const grl_portrait *portrait = work->portrait;
    const grl_fixed_point *point = &portrait->points[saddle];
    grl_map_local local[2];
    grl_status status = GRL_OK;
    work->nearest = 2;
    for (size_t k = 0; k < portrait->count; k++) {
        const double *h = portrait->points[k].h;
        if (k != saddle) work->nearest = fmin(work->nearest, hypot(h[0] - point->h[0], h[1] - point->h[1]));
    }
    *done = grl_map_local_make(work, point, 1, &local[0]) && grl_map_local_make(work, point, 0, &local[1]);
    for (int b = 0; b < 4 && *done && status == GRL_OK; b++) {
        grl_map_branch *branch = &branches[b];
        const grl_map_local *own = &local[b / 2];
        branch->saddle = saddle;
        branch->stable = b < 2;
        branch->side = b % 2 ? -1 : 1;
        branch->multiplier = own->multiplier;
        for (int i = 0; i < 2; i++) branch->direction[i] = branch->side * own->v[i];
        work->steps = 0;
        work->capacity = 0;
        status = (b < 2 ? grl_map_branch_stable : grl_map_branch_unstable)(work, own, branch, error);
    }
    return status;
}

grl_status grl_map_manifolds_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                                     const grl_map_options *options, grl_map_manifolds **manifolds,
                                     grl_error *error)
{
    grl_map_options defaults = grl_map_manifold_defaults();
    const grl_map_options *o = options ? options : &defaults;
    grl_cell *autonomous = NULL;
    grl_map_work work = {.portrait = portrait, .options = o};
    size_t saddles = 0;
    *manifolds = NULL;
    grl_status status = check(cell, portrait, o, error);
    if (status == GRL_OK) status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) return status;
    for (size_t i = 0; i < portrait->count; i++) saddles += portrait->points[i].type == GRL_SADDLE;
    size_t room = grl_cell_work(autonomous), derivative = grl_cell_derivative_work(autonomous);
    grl_map_manifolds *out = grl_calloc(1, sizeof *out);
    work.cell = autonomous;
    work.work = grl_calloc(room > derivative ? room : derivative, sizeof *work.work);
    if (out) out->branches = grl_calloc(saddles, 4 * sizeof *out->branches);
    if (!out || !out->branches || !work.work) {
        status = grl_fail_memory(error, saddles, 4 * sizeof(grl_map_branch));
        goto done;
    }
    out->dt = portrait->dt;
    for (size_t i = 0; i < portrait->count && status == GRL_OK; i++) {
        int done = 0;
        if (portrait->points[i].type != GRL_SADDLE) continue;
        out->count += 4;
        status = follow(&work, i, &out->branches[out->count - 4], &done, error);
        if (done) continue;
        out->count -= 4;
        out->skipped++;
    }
    if (status == GRL_OK) status = grl_map_crossings_find(out, error);
done:
    free(work.work);
    grl_cell_free(autonomous);
    if (status == GRL_OK)
        *manifolds = out;
    else
        grl_map_manifolds_free(out);
    return status;
}
