/* whole.h: the whole portrait of one network by one call: what portrait.h, cycles.h, separatrices.h,
 * map_manifolds.h, slow.h, attractors.h and signature.h compute, one after the other, each where it applies. */
#ifndef GRULENS_WHOLE_H
#define GRULENS_WHOLE_H

#include <grulens/attractors.h>
#include <grulens/cycles.h>
#include <grulens/map_manifolds.h>
#include <grulens/portrait.h>
#include <grulens/separatrices.h>
#include <grulens/slow.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The parts beside the fixed points, to be joined by |. A part that does not apply to the units and the time of
 * the portrait is left out without an error. */
typedef enum grl_part {
    GRL_PART_CYCLES = 1,        /* the flow of two units */
    GRL_PART_SEPARATRICES = 2,  /* the flow of two units */
    GRL_PART_MAP_MANIFOLDS = 4, /* the map of two units */
    GRL_PART_SLOW = 8,          /* slow manifolds; any */
    GRL_PART_ATTRACTORS = 16,   /* the map, and the flow of three units and more */
    GRL_PART_SIGNATURE = 32,    /* any: the signature, or why there is none */
    GRL_PART_ALL = 63
} grl_part;

typedef struct grl_whole_options {
    unsigned parts; /* default GRL_PART_ALL */
    /* How hard each part looks; the defaults are those of its own header. Their seed, threads and progress are not
     * used but those below. */
    grl_portrait_options points;
    grl_cycles_options cycles;
    grl_separatrix_options separatrices;
    grl_map_options map_manifolds;
    grl_slow_options slow;
    grl_attractors_options attractors;
    unsigned long long seed; /* default 0 */
    int threads;             /* 0: one for each core */
    grl_progress *progress;  /* NULL, or shared with a watcher; borrowed. Its `part` says what is computed */
} grl_whole_options;

grl_whole_options grl_whole_defaults(void);

/* Of a cell at constant input x (m numbers; NULL is zero). `options` may be NULL. Every part is handed over to
 * the portrait; one that was not asked for or does not apply is NULL there. Errors are those of the parts, and
 * *portrait is NULL then. The same seed gives the same bytes on any number of threads. Free with
 * grl_portrait_free. */
grl_status grl_whole_compute(const grl_cell *cell, const double *x, const grl_whole_options *options,
                             grl_portrait **portrait, grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
