/* backprop.c: loss and gradient of a network on a batch (backprop.h): the batch in groups of lanes, and groups over
 * threads. The kernels are in backprop_lanes.h. */
#include "learn/backprop_kernel.h"

#include "base/error.h"
#include "base/memory.h"

#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    LANES = GRL_BACKPROP_LANES,
    WIDE_LANES =
        GRL_BACKPROP_MOST_LANES, /* where there are few, and steps have little work that can go on at once */
    WIDE_UNITS = 8,
    SLOTS = 32, /* sums of gradients that go on at once */
    ALIGNMENT = 64
};

/* Multiplications, about, that are worth another thread: a tenth of a millisecond. */
static const double THREAD_WORK = 6e6;

struct grl_backprop {
    grl_pass pass;
    grl_offsets offsets;
    const grl_backprop_kernel *kernel;
    size_t most_sequences, most_steps, slots;
    int threads;
    size_t room;       /* bytes of a thread's room */
    double *stacked;   /* the parameters as stacked matrices */
    double *gradients; /* slots x stacked */
    double losses[SLOTS];
    void *weights, *rooms;
    void *memory;
};

grl_offsets grl_shape_offsets(const grl_shape *shape)
{
    grl_offsets at = {.total = 0};
    size_t n = shape->units, k = shape->outputs;
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, n, shape->inputs, &rows, &columns);
        at.block[b] = at.total;
        at.total += rows * columns;
    }
    at.start = at.total;
    if (shape->start == GRL_START_LEARNED) at.total += n;
    if (shape->start == GRL_START_ENCODED) at.total += n * k;
    at.shift = at.total;
    if (shape->start == GRL_START_ENCODED) at.total += n;
    at.C = at.total;
    at.d = at.C + k * n;
    at.total = at.d + k;
    return at;
}

static void add_stack(grl_pass *pass, int which, size_t rows, size_t columns)
{
    pass->stack[which] = (grl_stack){rows, columns, pass->stacked};
    pass->stacked += rows * columns;
}

static void add_piece(grl_pass *pass, size_t offset, size_t rows, size_t columns, int which, size_t row,
                      size_t column)
{
    const grl_stack *stack = &pass->stack[which];
    pass->piece[pass->pieces++] =
        (grl_piece){offset, rows, columns, stack->at + row * stack->columns + column, stack->columns};
}

void grl_pass_lay_out(grl_pass *pass, const grl_shape *shape)
{
    grl_offsets offsets = grl_shape_offsets(shape), *at = &offsets;
    size_t n = shape->units, m = shape->inputs, k = shape->outputs;
    *pass = (grl_pass){.stacked = 0};
    pass->n = n;
    pass->m = m;
    pass->k = k;
    pass->after = shape->reset == GRL_RESET_AFTER;
    pass->started = shape->start != GRL_START_ZERO;
    pass->features = shape->start == GRL_START_ENCODED ? k : 0;
    pass->dt = shape->dt;
    add_stack(pass, STACK_GATES, 2 * n, n + 1 + m);
    add_stack(pass, STACK_BACK, n, pass->after ? n + 1 : n);
    add_stack(pass, STACK_DRIVE, n, 1 + m);
    add_stack(pass, STACK_READ, k, n + 1);
    add_stack(pass, STACK_START, pass->started ? n : 0, pass->features + 1);

    add_piece(pass, at->block[GRL_U_Z], n, n, STACK_GATES, 0, 0);
    add_piece(pass, at->block[GRL_B_Z], n, 1, STACK_GATES, 0, n);
    add_piece(pass, at->block[GRL_W_Z], n, m, STACK_GATES, 0, n + 1);
    add_piece(pass, at->block[GRL_U_R], n, n, STACK_GATES, n, 0);
    add_piece(pass, at->block[GRL_B_R], n, 1, STACK_GATES, n, n);
    add_piece(pass, at->block[GRL_W_R], n, m, STACK_GATES, n, n + 1);
    add_piece(pass, at->block[GRL_U_H], n, n, STACK_BACK, 0, 0);
    if (pass->after) add_piece(pass, at->block[GRL_C_H], n, 1, STACK_BACK, 0, n);
    add_piece(pass, at->block[GRL_B_H], n, 1, STACK_DRIVE, 0, 0);
    add_piece(pass, at->block[GRL_W_H], n, m, STACK_DRIVE, 0, 1);
    add_piece(pass, at->C, k, n, STACK_READ, 0, 0);
    add_piece(pass, at->d, k, 1, STACK_READ, 0, n);
    if (pass->started) add_piece(pass, at->start, n, pass->features ? k : 1, STACK_START, 0, 0);
    if (pass->features) add_piece(pass, at->shift, n, 1, STACK_START, 0, k);
}

extern const grl_backprop_kernel grl_backprop_single_portable, grl_backprop_double_portable;
#ifndef GRL_KERNELS_PORTABLE_ONLY
extern const grl_backprop_kernel grl_backprop_single_avx2, grl_backprop_double_avx2,
    grl_backprop_single_avx512, grl_backprop_double_avx512;
#endif

const grl_backprop_kernel *grl_backprop_kernel_for(grl_precision precision, grl_isa isa)
{
    int single = precision == GRL_FLOAT32;
#ifndef GRL_KERNELS_PORTABLE_ONLY
    if (isa == GRL_ISA_AVX512) return single ? &grl_backprop_single_avx512 : &grl_backprop_double_avx512;
    if (isa == GRL_ISA_AVX2) return single ? &grl_backprop_single_avx2 : &grl_backprop_double_avx2;
#else
    (void)isa;
#endif
    return single ? &grl_backprop_single_portable : &grl_backprop_double_portable;
}

static size_t lanes_for(size_t n, size_t count)
{
    size_t wide = (count + LANES - 1) / LANES * LANES;
    if (n > WIDE_UNITS) return LANES;
    return wide < WIDE_LANES ? wide : WIDE_LANES;
}

/* a * b, rounded up to the alignment; false if it does not fit. */
static bool bytes_of(size_t a, size_t b, size_t *bytes)
{
    if (!grl_product(a, b, bytes)) return false;
    *bytes = (*bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return true;
}

grl_status grl_backprop_create(const grl_shape *shape, grl_precision precision, size_t most_sequences,
                               size_t most_steps, int threads, grl_backprop **backprop, grl_error *error)
{
    *backprop = NULL;
    grl_backprop *new = grl_calloc(1, sizeof *new);
    if (!new) return grl_fail_memory(error, 1, sizeof *new);
    new->offsets = grl_shape_offsets(shape);
    grl_pass_lay_out(&new->pass, shape);
    new->kernel = grl_backprop_kernel_for(precision, grl_isa_best());
    new->most_sequences = most_sequences;
    new->most_steps = most_steps;
    size_t groups = (most_sequences + LANES - 1) / LANES;
    new->slots = groups < SLOTS ? groups : SLOTS;
    new->threads = threads < (int)new->slots ? threads : (int)new->slots;

    size_t lanes = lanes_for(shape->units, most_sequences), numbers, weights, stacked, gradients, rooms,
           total = 0;
    bool fits = grl_backprop_room(&new->pass, most_steps, &numbers) &&
                grl_product(numbers, lanes, &numbers) && bytes_of(numbers, new->kernel->size, &new->room) &&
                bytes_of(new->room, (size_t) new->threads, &rooms) &&
                bytes_of(new->pass.stacked, 2 * new->kernel->size, &weights) &&
                bytes_of(new->pass.stacked, sizeof(double), &stacked) &&
                bytes_of(stacked, new->slots, &gradients);
    if (fits) total = rooms + weights + stacked + gradients + ALIGNMENT;
    new->memory = fits ? grl_calloc(total, 1) : NULL;
    if (!new->memory) {
        size_t size = new->kernel->size;
        free(new);
        return grl_fail(error, GRL_NO_MEMORY,
                        "not enough memory for %zu sequences of %zu steps of %zu units, %zu bytes a number",
                        most_sequences, most_steps, shape->units, size);
    }
    char *at = new->memory;
    at += ALIGNMENT - (uintptr_t)at % ALIGNMENT;
    new->rooms = at;
    new->weights = at + rooms;
    new->stacked = (double *)(void *)(at + rooms + weights);
    new->gradients = (double *)(void *)(at + rooms + weights + stacked);
    *backprop = new;
    return GRL_OK;
}

void grl_backprop_free(grl_backprop *backprop)
{
    if (!backprop) return;
    free(backprop->memory);
    free(backprop);
}

void grl_pass_stack(const grl_pass *pass, const double *parameters, double *stacked)
{
    for (size_t b = 0; b < pass->pieces; b++) {
        const grl_piece *piece = &pass->piece[b];
        for (size_t i = 0; i < piece->rows; i++)
            memcpy(stacked + piece->at + i * piece->stride, parameters + piece->offset + i * piece->columns,
                   piece->columns * sizeof(double));
    }
}

static void take_apart(const grl_pass *pass, const double *stacked, double *gradient)
{
    for (size_t b = 0; b < pass->pieces; b++) {
        const grl_piece *piece = &pass->piece[b];
        for (size_t i = 0; i < piece->rows; i++)
            memcpy(gradient + piece->offset + i * piece->columns, stacked + piece->at + i * piece->stride,
                   piece->columns * sizeof(double));
    }
}

double grl_backprop_run(grl_backprop *backprop, const double *parameters, const grl_learn_batch *batch,
                        double *gradient, double *outputs)
{
    grl_pass pass = backprop->pass;
    pass.batch = batch;
    pass.lanes = lanes_for(pass.n, batch->count);
    grl_pass_stack(&pass, parameters, backprop->stacked);
    backprop->kernel->pack(&pass, backprop->stacked, backprop->weights);

    /* Slot s has the groups s, s + slots, ..., so that what is added to what does not depend on the threads. */
    size_t groups = (batch->count + pass.lanes - 1) / pass.lanes;
    int slots = (int)(groups < SLOTS ? groups : SLOTS), threads = backprop->threads;
    double work = (double)batch->count * (double)batch->steps * (double)pass.n * (18 * (double)pass.n + 100);
    if (work < THREAD_WORK) threads = 1;
#pragma omp parallel for num_threads(threads) if (threads > 1) schedule(dynamic, 1)
    for (int slot = 0; slot < slots; slot++) {
        char *room = (char *)backprop->rooms + (size_t)omp_get_thread_num() * backprop->room;
        double *sums = gradient ? backprop->gradients + (size_t)slot * pass.stacked : NULL, loss = 0;
        if (sums) memset(sums, 0, pass.stacked * sizeof *sums);
        for (size_t g = (size_t)slot; g < groups; g += SLOTS)
            loss += backprop->kernel->group(&pass, backprop->weights, g * pass.lanes, room, sums, outputs);
        backprop->losses[slot] = loss;
    }

    double loss = 0;
    for (int slot = 0; slot < slots; slot++) loss += backprop->losses[slot];
    for (int slot = 1; slot < slots && gradient; slot++)
        for (size_t i = 0; i < pass.stacked; i++)
            backprop->gradients[i] += backprop->gradients[(size_t)slot * pass.stacked + i];
    if (gradient) {
        memset(gradient, 0, backprop->offsets.total * sizeof *gradient);
        take_apart(&pass, backprop->gradients, gradient);
    }
    return loss / ((double)batch->count * (double)(batch->steps - batch->first + 1) * (double)pass.k);
}
