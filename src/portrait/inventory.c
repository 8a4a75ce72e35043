/* inventory.c: how many stable points, unstable points and saddles many small networks have, proven. */
#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "portrait/prove.h"
#include "portrait/stability.h"

#include <stdlib.h>

/* Networks whose proofs are in memory at once. */
enum { CHUNK = 4096 };

/* Wide enough to be reached in a few steps, tight enough to tell the signs of trace and determinant of nearly
 * every point. */
#define TIGHT 1e-6

/* Counts the points of a proof by their proven stability. False if a point's stability is not proven. */
static int take(const grl_cell *cell, const grl_proof *proof, grl_inventory *inventory)
{
    int clear = 1;
    *inventory = (grl_inventory){.complete = proof->complete, .undecided = (int)proof->undecided.count};
    if (proof->limited) inventory->undecided = 1;
    for (size_t k = 0; k < proof->points.count; k++) {
        int index, decided, stable, unstable;
        const double *box = proof->points.values + k * 2 * cell->n;
        grl_inertia_small(cell, GRL_CONTINUOUS, 1, box, &index, &decided, &stable, &unstable);
        if (!decided) {
            inventory->undecided++;
            clear = 0;
        } else if (unstable == 0) {
            inventory->stable++;
        } else if (stable == 0) {
            inventory->unstable++;
        } else {
            inventory->saddle++;
        }
    }
    return clear;
}

grl_status grl_inventory_batch(size_t count, const grl_cell *const *cells, long long max_boxes,
                               grl_inventory *out, grl_error *error)
{
    grl_status status = GRL_OK;
    if (count > 0 && cells[0]->n > GRL_SMALL_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "expected networks of at most %d units, found %zu",
                        (int)GRL_SMALL_UNITS, cells[0]->n);
    for (size_t i = 0; i < count && status == GRL_OK; i++) status = grl_cell_check(cells[i], error);
    if (status != GRL_OK) return status;
    grl_proof *proofs = grl_calloc(CHUNK, sizeof *proofs);
    if (!proofs) return grl_fail_memory(error, CHUNK, sizeof *proofs);
    grl_prove_options coarse = {max_boxes, TIGHT, grl_isa_best(), NULL},
                      fine = {max_boxes, 0, grl_isa_best(), NULL};

    for (size_t start = 0; start < count && status == GRL_OK; start += CHUNK) {
        size_t size = count - start < CHUNK ? count - start : CHUNK;
        status = grl_prove(size, cells + start, &coarse, proofs, error);
        for (size_t i = 0; i < size; i++) {
            const grl_cell *const *cell = &cells[start + i];
            if (status == GRL_OK && !take(*cell, &proofs[i], &out[start + i])) {
                grl_proof_free(&proofs[i]);
                status = grl_prove(1, cell, &fine, &proofs[i], error);
                if (status == GRL_OK) take(*cell, &proofs[i], &out[start + i]);
            }
            grl_proof_free(&proofs[i]);
        }
    }
    free(proofs);
    return status;
}
