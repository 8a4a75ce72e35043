/* run.h (internal): a network run freely on data. */
#ifndef GRL_LEARN_RUN_H
#define GRL_LEARN_RUN_H

#include <grulens/model.h>
#include <grulens/task.h>

/* The map h + dt f(h) from the model's start for the first observation of each trajectory of `data`, under its inputs and,
 * for warm_up steps, the observations as further ones; inputs beyond these are zero. outputs: N x (T + 1) x k; states: N x (T + 1) x n, or NULL.
 * GRL_BAD_INPUT if the model takes fewer inputs, observes or puts out another number of numbers. */
grl_status grl_run(const grl_model *model, double dt, size_t warm_up, const grl_dataset *data,
                   double *outputs, double *states, grl_error *error);

#endif
