/* fold.h (internal): from a parameter vector, which speaks scaled units, to a network in the task's units. */
#ifndef GRL_LEARN_FOLD_H
#define GRL_LEARN_FOLD_H

#include "learn/sequences.h"

/* The cell, the readout and the start, with the data's scaling folded in:
 *
 *     C' = S C, d' = S d + mean;   W' = W / size;   E' = E / S, e' = e - E mean / S       S: the standard deviations
 */
grl_status grl_fold_model(const grl_shape *shape, const grl_scaling *scaling, const double *parameters,
                          grl_model **model, grl_error *error);

#endif
