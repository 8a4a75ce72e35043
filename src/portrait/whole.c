/* whole.c: the whole portrait of one network: the parts in the order in which they need one another. Cycles come
 * before the manifolds that end on them, and the signature, which reads all of it, comes last. */
#include "base/progress.h"

#include <grulens/signature.h>
#include <grulens/whole.h>

grl_whole_options grl_whole_defaults(void)
{
    return (grl_whole_options){.parts = GRL_PART_ALL,
                               .points = grl_portrait_defaults(),
                               .cycles = grl_cycles_defaults(),
                               .separatrices = grl_separatrix_defaults(),
                               .map_manifolds = grl_map_manifold_defaults(),
                               .slow = grl_slow_defaults(),
                               .attractors = grl_attractors_defaults()};
}

/* The parts of `wanted` that apply to a portrait. */
static unsigned applicable(unsigned wanted, const grl_portrait *portrait)
{
    unsigned parts = GRL_PART_SLOW | GRL_PART_SIGNATURE;
    if (portrait->hidden_size == 2)
        parts |= portrait->time == GRL_CONTINUOUS ? GRL_PART_CYCLES | GRL_PART_SEPARATRICES
                                                  : GRL_PART_MAP_MANIFOLDS;
    if (portrait->hidden_size > 2 || portrait->time == GRL_DISCRETE) parts |= GRL_PART_ATTRACTORS;
    return wanted & parts;
}

/* The parts that are told to a watcher; the others are quick. */
static grl_status add_parts(const grl_cell *cell, const double *x, grl_whole_options *o, grl_portrait *p,
                            grl_error *error)
{
    const unsigned parts = applicable(o->parts, p);
    grl_status status = GRL_OK;
    if (parts & GRL_PART_CYCLES) {
        grl_progress_begin(o->progress, "cycles");
        status = grl_cycles_compute(cell, x, p, &o->cycles, &p->cycles, error);
    }
    if (status == GRL_OK && parts & GRL_PART_SEPARATRICES)
        status = grl_separatrices_compute(cell, x, p, &o->separatrices, &p->separatrices, error);
    if (status == GRL_OK && parts & GRL_PART_MAP_MANIFOLDS)
        status = grl_map_manifolds_compute(cell, x, p, &o->map_manifolds, &p->map_manifolds, error);
    if (status == GRL_OK && parts & GRL_PART_SLOW) {
        grl_progress_begin(o->progress, "slow manifolds");
        status = grl_slow_manifolds_compute(cell, x, p, &o->slow, &p->slow_manifolds, error);
    }
    if (status == GRL_OK && parts & GRL_PART_ATTRACTORS) {
        grl_progress_begin(o->progress, "attractors");
        status = grl_attractors_compute(cell, x, p, &o->attractors, &p->attractors, error);
    }
    if (status == GRL_OK && parts & GRL_PART_SIGNATURE) status = grl_signature_compute(cell, x, p, error);
    return status;
}

grl_status grl_whole_compute(const grl_cell *cell, const double *x, const grl_whole_options *options,
                             grl_portrait **portrait, grl_error *error)
{
    grl_whole_options o = options ? *options : grl_whole_defaults();
    grl_portrait *whole = NULL;
    *portrait = NULL;
    o.points.seed = o.attractors.seed = o.seed;
    o.points.threads = o.attractors.threads = o.threads;
    o.points.progress = o.cycles.progress = o.slow.progress = o.attractors.progress = o.progress;
    grl_progress_begin(o.progress, "fixed points");
    grl_status status = grl_portrait_compute(cell, x, &o.points, &whole, error);
    if (status == GRL_OK) status = add_parts(cell, x, &o, whole, error);
    if (status == GRL_OK)
        *portrait = whole;
    else
        grl_portrait_free(whole);
    return status;
}
