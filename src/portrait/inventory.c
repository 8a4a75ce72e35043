/* inventory.c: how many stable points, unstable points and saddles many small networks have, proven. */
#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "portrait/prove.h"
#include "portrait/stability.h"

#include <math.h>
#include <stdlib.h>

/* Networks whose proofs are in memory at once. */
enum { CHUNK = 4096 };

/* Wide enough to be reached in a few steps, tight enough to tell the signs of trace and determinant of nearly
 * every point. */
#define TIGHT 1e-6

/* The least distance of an eigenvalue from the border of stability, at the middle of a proven box. */
static double margin(const grl_cell *cell, const grl_inventory_options *options, const double *box)
{
    double h[GRL_SMALL_UNITS] = {0}, J[GRL_SMALL_UNITS * GRL_SMALL_UNITS], values[2 * GRL_SMALL_UNITS];
    double work[5 * GRL_SMALL_UNITS], least = INFINITY;
    const size_t n = cell->n;
    for (size_t i = 0; i < n; i++) h[i] = tanh(0.5 * (box[2 * i] + box[2 * i + 1]));
    grl_cell_jacobian(cell, NULL, h, J, work);
    grl_spectrum_small(n, J, values, NULL);
    for (size_t k = 0; k < n; k++) {
        double re = values[2 * k], im = values[2 * k + 1];
        double off = options->time == GRL_DISCRETE ? hypot(1 + options->dt * re, options->dt * im) - 1 : re;
        least = fmin(least, fabs(off));
    }
    return least;
}

/* Counts the points of a proof by their proven stability. False if a point's stability is not proven. */
static int take(const grl_cell *cell, const grl_proof *proof, const grl_inventory_options *options,
                grl_inventory *inventory)
{
    int clear = 1;
    *inventory = (grl_inventory){
        .complete = proof->complete, .undecided = (int)proof->undecided.count, .margin = INFINITY};
    if (proof->limited) inventory->undecided = 1;
    for (size_t k = 0; k < proof->points.count; k++) {
        int index, decided, stable, unstable;
        const double *box = proof->points.values + k * 2 * cell->n;
        grl_inertia_small(cell, options->time, options->dt, box, &index, &decided, &stable, &unstable);
        inventory->margin = fmin(inventory->margin, margin(cell, options, box));
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
    if (inventory->undecided > 0) inventory->margin = 0;
    return clear;
}

grl_inventory_options grl_inventory_defaults(void)
{
    return (grl_inventory_options){.time = GRL_CONTINUOUS, .dt = 1, .max_boxes = 4000000};
}

grl_status grl_inventory_batch(size_t count, const grl_cell *const *cells,
                               const grl_inventory_options *options, grl_inventory *out, grl_error *error)
{
    const grl_inventory_options defaults = grl_inventory_defaults();
    grl_status status = GRL_OK;
    if (!options) options = &defaults;
    if (options->time == GRL_DISCRETE && !(options->dt > 0 && options->dt <= 1))
        return grl_fail(error, GRL_BAD_INPUT, "expected a step of the map above 0 and up to 1, found %g",
                        options->dt);
    if (count > 0 && cells[0]->n > GRL_SMALL_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "expected networks of at most %d units, found %zu",
                        (int)GRL_SMALL_UNITS, cells[0]->n);
    for (size_t i = 0; i < count && status == GRL_OK; i++) status = grl_cell_check(cells[i], error);
    if (status != GRL_OK) return status;
    grl_proof *proofs = grl_calloc(CHUNK, sizeof *proofs);
    if (!proofs) return grl_fail_memory(error, CHUNK, sizeof *proofs);
    grl_prove_options coarse = {options->max_boxes, TIGHT, grl_isa_best(), NULL},
                      fine = {options->max_boxes, 0, grl_isa_best(), NULL};

    for (size_t start = 0; start < count && status == GRL_OK; start += CHUNK) {
        size_t size = count - start < CHUNK ? count - start : CHUNK;
        status = grl_prove(size, cells + start, &coarse, proofs, error);
        for (size_t i = 0; i < size; i++) {
            const grl_cell *const *cell = &cells[start + i];
            if (status == GRL_OK && !take(*cell, &proofs[i], options, &out[start + i])) {
                grl_proof_free(&proofs[i]);
                status = grl_prove(1, cell, &fine, &proofs[i], error);
                if (status == GRL_OK) take(*cell, &proofs[i], options, &out[start + i]);
            }
            grl_proof_free(&proofs[i]);
        }
    }
    free(proofs);
    return status;
}
