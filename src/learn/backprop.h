/* backprop.h (internal): the loss of a network on a batch of sequences, and its gradient by backpropagation through
 * time (Werbos 1990): the forward pass keeps what the backward pass needs, which goes from the last step to the
 * first with the adjoint state. The gradient is that of the loss as it is computed, no approximation and no
 * truncation.
 *
 * One sequence, of T steps, with inputs x_1 .. x_T and targets y_s .. y_T:
 *
 *     h_0 = 0, or h_0 (trained), or E y_0 + e (trained E, e)
 *     h_t = h_{t-1} + dt f(h_{t-1}; x_t) + noise_t            the cell of cell.h, either reset
 *     o_t = C h_t + d
 *     loss = mean over sequences, steps first .. T and outputs of (o_t - y_t)^2
 *
 * The parameters are one vector of doubles:
 *
 *     U_z U_r U_h W_z W_r W_h b_z b_r b_h c_h      as in cell.h; c_h is there for both resets, with reset before it
 *                                                  has no effect and its gradient is zero
 *     h_0 (n)  or  E (n x outputs), e (n)          where the start is trained
 *     C (outputs x n), d (outputs)
 *
 * In single precision the parameters are rounded to float and sequences, states, gates and adjoints are float; sums
 * over groups are double, and so is what is returned. Sequences are treated in groups whose size depends on the units
 * and on how many sequences there are, and the groups' gradients are added up in a fixed order: the result is the same
 * to the bit on any number of threads and with every instruction set (kernels.h). */
#ifndef GRL_LEARN_BACKPROP_H
#define GRL_LEARN_BACKPROP_H

#include <grulens/cell.h>
#include <grulens/learn.h>

typedef struct grl_shape {
    size_t units, inputs, outputs;
    grl_reset reset;
    double dt;       /* of the map, in (0, 1]; 1 is the network */
    grl_start start; /* GRL_START_ZERO, GRL_START_LEARNED, GRL_START_ENCODED */
} grl_shape;

/* Where each part of the parameter vector begins, and how many numbers there are. */
typedef struct grl_offsets {
    size_t block[GRL_BLOCKS];
    size_t start; /* h_0, or E; of size zero for GRL_START_ZERO */
    size_t shift; /* e */
    size_t C, d;
    size_t total;
} grl_offsets;

grl_offsets grl_shape_offsets(const grl_shape *shape);

/* Sequences, all of the same length, all doubles, row-major. */
typedef struct grl_learn_batch {
    size_t count, steps;   /* B, T >= 1 */
    size_t first;          /* 1 .. T: the first step that counts in the loss */
    const double *starts;  /* B x outputs: y_0; NULL unless the start is encoded */
    const double *inputs;  /* B x T x inputs; NULL if there are none */
    const double *targets; /* B x T x outputs */
    const double *noise;   /* B x T x units, added to the states; NULL: none */
} grl_learn_batch;

typedef struct grl_backprop grl_backprop;

/* A workspace for batches of up to so many sequences and steps. threads: at least 1. GRL_NO_MEMORY where the states do
 * not fit. Free with grl_backprop_free. */
grl_status grl_backprop_create(const grl_shape *shape, grl_precision precision, size_t most_sequences,
                               size_t most_steps, int threads, grl_backprop **backprop, grl_error *error);
void grl_backprop_free(grl_backprop *backprop); /* NULL is allowed */

/* The loss of `batch` (no larger than the workspace) at `parameters`; its gradient (total numbers) unless NULL; what the
 * network put out, o_t of B x T x outputs, unless NULL. The loss may come out as infinite or NaN, and so may the
 * gradient, which is for the caller to see: NaN anywhere in the parameters or the data is NaN here. One workspace serves
 * one call at a time. */
double grl_backprop_run(grl_backprop *backprop, const double *parameters, const grl_learn_batch *batch,
                        double *gradient, double *outputs);

#endif
