/* prove.h (internal): all fixed points of small networks by interval branch-and-prune. */
#ifndef GRL_PORTRAIT_PROVE_H
#define GRL_PORTRAIT_PROVE_H

#include "cell/box.h"

#include <grulens/cell.h>

/* Boxes of n pairs (low, high) of pre-activations, 2n numbers each. */
typedef struct grl_boxes {
    size_t count, capacity;
    double *values;
} grl_boxes;

typedef struct grl_proof {
    int complete;     /* every fixed point is in one of `points`, and each of these holds exactly one */
    int limited;      /* gave up at max_boxes */
    long long boxes;  /* boxes looked at */
    grl_boxes points; /* each encloses exactly one fixed point; disjoint */

    /* Together they hold every other fixed point, and may hold none; connected ones are merged into their
     * hull unless the limit was reached. `kept`: the boxes before that. */
    grl_boxes undecided, kept;
} grl_proof;

typedef struct grl_prove_options {
    long long max_boxes; /* for each network */
    double tight; /* enclosures are refined until no wider than this in h; 0: as far as rounding permits */
    grl_isa isa;
    grl_progress *progress; /* NULL, or told of boxes done */
} grl_prove_options;

/* All cells have the same n <= GRL_BOX_UNITS and reset, and m = 0. proofs: `count` of them, freed one by one
 * with grl_proof_free (also after a failure). Each proof is the same whatever other cells are in the batch,
 * unless a limit is reached or thousands of boxes stay undecided. */
grl_status grl_prove(size_t count, const grl_cell *const *cells, const grl_prove_options *options,
                     grl_proof *proofs, grl_error *error);
void grl_proof_free(grl_proof *proof);

#endif
