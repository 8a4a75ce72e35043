/* backprop_kernel.h (internal): what backprop.c and the kernels of each precision and instruction set
 * (backprop_lanes.h) tell each other.
 *
 * The kernels see the parameters as a few matrices that act on stacked columns of numbers, so that biases are columns
 * like the others:
 *
 *     gates   [U_z b_z W_z; U_r b_r W_r]   on (h, 1, x)
 *     back    [U_h c_h] on (h, 1) with reset after, U_h on r * h with reset before
 *     drive   [b_h W_h]                    on (1, x)
 *     read    [C d]                        on (h, 1)
 *     start   [E e] on (y_0, 1), or h_0 on 1 */
#ifndef GRL_LEARN_BACKPROP_KERNEL_H
#define GRL_LEARN_BACKPROP_KERNEL_H

#include "base/memory.h"
#include "learn/backprop.h"
#include "num/kernels.h"

#include <stdint.h>

enum { STACK_GATES, STACK_BACK, STACK_DRIVE, STACK_READ, STACK_START, STACKS };

typedef struct grl_stack {
    size_t rows, columns;
    size_t at; /* where it begins among all of them, rows after each other */
} grl_stack;

/* Where a block of the parameter vector lies in the matrices. */
typedef struct grl_piece {
    size_t offset, rows, columns; /* in the parameter vector, row-major */
    size_t at, stride;            /* the first entry, and entries from row to row */
} grl_piece;

enum { GRL_PIECES = GRL_BLOCKS + 4 };

/* Lanes of a group where there are many units, which the kernels are written for, and at most; always a multiple. */
enum { GRL_BACKPROP_LANES = 16, GRL_BACKPROP_MOST_LANES = 64 };

/* One run: sizes, and the batch. */
typedef struct grl_pass {
    size_t n, m, k, features; /* features: rows of the start's column without the one: k or 0 */
    int after, started;       /* started: h_0 is not zero */
    double dt;
    grl_stack stack[STACKS];
    size_t stacked; /* numbers in all */
    grl_piece piece[GRL_PIECES];
    size_t pieces;
    size_t lanes; /* of a group */
    const grl_learn_batch *batch;
} grl_pass;

typedef struct grl_backprop_kernel {
    size_t size; /* of a number */
    /* The matrices in the order in which the kernels read them; weights: 2 x stacked numbers. */
    void (*pack)(const grl_pass *pass, const double *stacked, void *weights);
    /* The sequences of one group, from `first`, at most `lanes`; the last one fills up what remains, with weight zero.
     * room: numbers as below, aligned to 64 bytes. Returns the sum of squares; adds to gradient (stacked) unless NULL;
     * writes the sequences' outputs unless NULL. */
    double (*group)(const grl_pass *pass, const void *weights, size_t first, void *room, double *gradient,
                    double *outputs);
} grl_backprop_kernel;

/* Numbers that a group needs: this, times the lanes. False if they are too many. */
static inline bool grl_backprop_room(const grl_pass *pass, size_t steps, size_t *numbers)
{
    if (steps == SIZE_MAX || !grl_product(5 * pass->n + 3 + pass->m + 2 * pass->k, steps + 1, numbers))
        return false;
    *numbers += 2 * pass->n + pass->k + 1;
    return true;
}

/* The sizes of a network of this shape; lanes and batch are left to fill in. */
void grl_pass_lay_out(grl_pass *pass, const grl_shape *shape);

/* The parameters, as they lie in the matrices: stacked numbers. */
void grl_pass_stack(const grl_pass *pass, const double *parameters, double *stacked);

const grl_backprop_kernel *grl_backprop_kernel_for(grl_precision precision, grl_isa isa);

#endif
