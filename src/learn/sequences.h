/* sequences.h (internal): a data set as the sequences that a network is trained on.
 *
 * Outputs are scaled to mean 0 and variance 1, each on its own, over all trajectories and steps of the training data; the
 * inputs are divided by their root mean square, so that no input stays none. Observations that a warm-up shows to the
 * network are outputs divided by their standard deviation. */
#ifndef GRL_LEARN_SEQUENCES_H
#define GRL_LEARN_SEQUENCES_H

#include "learn/backprop.h"

typedef struct grl_scaling {
    size_t outputs, inputs;
    double *mean, *deviation; /* outputs */
    double *size;             /* inputs */
} grl_scaling;

grl_status grl_scaling_create(const grl_dataset *data, grl_scaling *scaling, grl_error *error);
void grl_scaling_drop(grl_scaling *scaling);

/* The shape of the network that the settings ask for on such data. */
grl_shape grl_shape_of(const grl_training_settings *settings, size_t outputs, size_t inputs);

/* Scaled data, and room for a batch of them. */
typedef struct grl_sequences {
    size_t count, steps, outputs;
    size_t inputs; /* of the network: those of the data, and the observations of a warm-up */
    double *y;     /* count x (steps + 1) x outputs */
    double *x;     /* count x steps x inputs, NULL if there are none */
    double *starts, *inputs_of, *targets; /* of the batch */
} grl_sequences;

grl_status grl_sequences_create(const grl_dataset *data, const grl_scaling *scaling, size_t warm_up,
                                grl_sequences *sequences, grl_error *error);
void grl_sequences_drop(grl_sequences *sequences);

/* The batch of the trajectories `which` (NULL: all; count of them) over `horizon` steps: with teacher forcing after each
 * `every` steps (0: none) each trajectory is cut into as many sequences as are whole. The batch points into
 * `sequences`. */
grl_learn_batch grl_sequences_batch(grl_sequences *sequences, size_t count, const size_t *which,
                                    size_t horizon, size_t every, size_t warm_up);

#endif
