/* batch.h: many small networks at once, one state each, by vector kernels.
 *
 * The kernels exist for plain C, AVX2 and AVX-512 and give the same bits on all of them; the widest that the
 * processor runs is chosen, or what the environment variable GRULENS_KERNELS names ("portable", "avx2",
 * "avx512"). */
#ifndef GRULENS_BATCH_H
#define GRULENS_BATCH_H

#include <grulens/cell.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GRL_BATCH_UNITS = 6 };

typedef struct grl_batch grl_batch;

/* Room for `count` networks of n <= GRL_BATCH_UNITS units without inputs and with one reset placement, all
 * zero. */
grl_status grl_batch_create(size_t hidden_size, grl_reset reset, size_t count, grl_batch **batch,
                            grl_error *error);
void grl_batch_free(grl_batch *batch); /* NULL is allowed */

/* Network i becomes a copy of the cell, which has the batch's sizes and reset and no inputs
 * (grl_cell_at_input). */
grl_status grl_batch_set(grl_batch *batch, size_t i, const grl_cell *cell, grl_error *error);

/* The field of every network at its state. H, F: n x count, unit-major (unit k of network i at k * count +
 * i); F may be H. The relative error is below 30 units in the last place of (1 - z) (|n| + |h|), plus what
 * rounding in the pre-activations does. */
void grl_batch_field(const grl_batch *batch, const double *H, double *F);

/* One step of the map of each: H + dt F. next may be H. */
void grl_batch_map(const grl_batch *batch, double dt, const double *H, double *next);

#ifdef __cplusplus
}
#endif
#endif
