/* initial.h (internal): the parameters with which training begins. */
#ifndef GRL_LEARN_INITIAL_H
#define GRL_LEARN_INITIAL_H

#include "learn/backprop.h"

/* Fills in all of `parameters` (see backprop.h) from the stream of the seed for initial values. */
grl_status grl_initialize(const grl_shape *shape, grl_initialization how, unsigned long long seed,
                          double *parameters, grl_error *error);

/* The streams of random numbers of one seed; tasks have their own (task.h). */
enum { GRL_STREAM_INITIAL = 0, GRL_STREAM_SPLIT = 1 };
#define GRL_STREAM_EPOCHS ((uint64_t)1 << 40) /* + epoch: the order of the trajectories */
#define GRL_STREAM_NOISE  ((uint64_t)1 << 41) /* + step: what is added to the states */

#endif
