/* task.h (internal): how a task is written: one file with one `const grl_task`, and one line in the list in task.c. */
#ifndef GRL_LEARN_TASK_H
#define GRL_LEARN_TASK_H

#include "base/random.h"

#include <grulens/learn.h>
#include <grulens/task.h>

struct grl_task {
    const char *name, *summary;
    grl_task_kind kind;
    grl_task_parameter parameters[GRL_TASK_PARAMETERS + 1]; /* ended by a NULL name */

    /* All of the rest take the parameters' values in the order of the table. */
    size_t (*outputs)(const double *values);
    size_t (*inputs)(const double *values);
    double (*time_step)(const double *values);

    /* One trajectory: y is (steps + 1) x outputs, u is steps x inputs or NULL. */
    grl_status (*trajectory)(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error);
    void (*field)(const double *values, const double *y, double *dy); /* NULL: not autonomous */
    grl_status (*reference)(const double *values, grl_reference **reference, grl_error *error); /* or NULL */
    /* Changes the general settings to those with which this task is learned well. */
    void (*recipe)(const double *values, grl_training_settings *settings);
};

#endif
