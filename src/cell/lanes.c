/* lanes.c: many small networks at once (batch.h): storage in blocks of lanes, and the choice of the
 * instruction set. */
#include "cell/lanes.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"

#include <grulens/batch.h>
#include <stdlib.h>
#include <string.h>

struct grl_batch {
    size_t n, count, numbers; /* numbers of each network: 3 n^2 + 4 n */
    int after;
    grl_field_lanes *P; /* blocks x numbers */
};

extern grl_field_step_function grl_field_step_portable;
#ifndef GRL_KERNELS_PORTABLE_ONLY
extern grl_field_step_function grl_field_step_avx2, grl_field_step_avx512;
#endif

grl_field_step_function *grl_field_step(grl_isa isa)
{
#ifndef GRL_KERNELS_PORTABLE_ONLY
    if (isa == GRL_ISA_AVX512) return grl_field_step_avx512;
    if (isa == GRL_ISA_AVX2) return grl_field_step_avx2;
#else
    (void)isa;
#endif
    return grl_field_step_portable;
}

grl_status grl_batch_create(size_t hidden_size, grl_reset reset, size_t count, grl_batch **batch,
                            grl_error *error)
{
    *batch = NULL;
    if (hidden_size < 1 || hidden_size > GRL_BATCH_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "hidden size: expected 1 to %d, found %zu", GRL_BATCH_UNITS,
                        hidden_size);
    grl_batch *new = grl_calloc(1, sizeof *new);
    if (!new) return grl_fail_memory(error, 1, sizeof *new);
    size_t blocks = count / GRL_FIELD_LANES + 1, total;
    new->n = hidden_size;
    new->count = count;
    new->after = reset == GRL_RESET_AFTER;
    new->numbers = 3 * hidden_size *hidden_size + 4 * hidden_size;
    new->P = grl_product(blocks, new->numbers, &total) ? grl_calloc(total, sizeof *new->P) : NULL;
    if (!new->P) {
        free(new);
        return grl_fail_memory(error, count, sizeof(double));
    }
    *batch = new;
    return GRL_OK;
}

void grl_batch_free(grl_batch *batch)
{
    if (!batch) return;
    free(batch->P);
    free(batch);
}

grl_status grl_batch_set(grl_batch *batch, size_t i, const grl_cell *cell, grl_error *error)
{
    if (i >= batch->count)
        return grl_fail(error, GRL_BAD_INPUT, "expected a network below %zu, found %zu", batch->count, i);
    if (cell->n != batch->n || cell->m != 0 || (cell->reset == GRL_RESET_AFTER) != batch->after)
        return grl_fail(
            error, GRL_BAD_INPUT,
            "expected a network of %zu units, reset %s, no inputs; found %zu units, %s, %zu inputs", batch->n,
            batch->after ? "after" : "before", cell->n, cell->reset == GRL_RESET_AFTER ? "after" : "before",
            cell->m);
    grl_field_lanes *block = batch->P + i / GRL_FIELD_LANES * batch->numbers;
    for (size_t k = 0; k < batch->numbers; k++)
        block[k][i % GRL_FIELD_LANES] = cell->numbers[k]; /* m = 0: no W between */
    return GRL_OK;
}

/* next = H + dt f(H), or f(H) itself for dt = 0. */
static void advance(const grl_batch *batch, double dt, const double *H, double *next)
{
    grl_field_step_function *step = grl_field_step(grl_isa_best());
    size_t n = batch->n, count = batch->count;
    grl_field_lanes h[GRL_BATCH_UNITS] = {{0}}, f[GRL_BATCH_UNITS];
    for (size_t first = 0; first < count; first += GRL_FIELD_LANES) {
        size_t lanes = count - first < GRL_FIELD_LANES ? count - first : GRL_FIELD_LANES;
        for (size_t k = 0; k < n; k++) memcpy(h[k], H + k * count + first, lanes * sizeof(double));
        step((int)n, batch->after,
             (const grl_field_lanes *)batch->P + first / GRL_FIELD_LANES * batch->numbers,
             (const grl_field_lanes *)h, f);
        for (size_t k = 0; k < n; k++)
            for (size_t l = 0; l < lanes; l++)
                next[k * count + first + l] = dt == 0 ? f[k][l] : h[k][l] + dt * f[k][l];
    }
}

void grl_batch_field(const grl_batch *batch, const double *H, double *F)
{
    advance(batch, 0, H, F);
}

void grl_batch_map(const grl_batch *batch, double dt, const double *H, double *next)
{
    advance(batch, dt, H, next);
}
