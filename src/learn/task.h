/* task.h (internal): how a task is written: one file with one `const grl_task`, and one line in the list in task.c.
 *
 * Trajectory i of a split is drawn from the random stream GRL_TASK_STREAMS (1 + split) + i of the seed. Whoever draws
 * something else by the same seed uses streams below GRL_TASK_STREAMS. */
#ifndef GRL_LEARN_TASK_H
#define GRL_LEARN_TASK_H

#include "base/random.h"

#include <grulens/learn.h>
#include <grulens/task.h>

#define GRL_TASK_STREAMS ((uint64_t)1 << 56)

/* What a task with given values is made of. */
typedef struct grl_task_shape {
    size_t outputs, inputs;
    double time_step;
} grl_task_shape;

struct grl_task {
    const char *name, *summary;
    grl_task_kind kind;
    grl_task_parameter parameters[GRL_TASK_PARAMETERS + 1]; /* ended by a NULL name */

    /* All of the rest take the parameters' values in the order of the table. */
    grl_task_shape (*shape)(const double *values);

    /* One trajectory: y is (steps + 1) x outputs, u is steps x inputs or NULL. The first steps do not depend on how many
     * there are. */
    grl_status (*trajectory)(const double *values, grl_random *random, size_t steps, double *y, double *u,
                             grl_error *error);
    void (*field)(const double *values, const double *y, double *dy); /* NULL: not autonomous */
    grl_status (*reference)(const double *values, grl_reference **reference, grl_error *error); /* or NULL */
    /* Changes the general settings to those with which this task is learned well. */
    void (*recipe)(const double *values, grl_training_settings *settings);
};

extern const grl_task grl_task_fitzhugh_nagumo, grl_task_line_attractor, grl_task_ring_attractor,
    grl_task_van_der_pol, grl_task_two_wells, grl_task_flip_flop, grl_task_integrator,
    grl_task_head_direction;

/* An empty data set, all zero, to be filled in. GRL_BAD_INPUT where there would be none or more than 1e9 numbers. */
grl_status grl_dataset_create(size_t count, size_t steps, size_t outputs, size_t inputs, double time_step,
                              grl_dataset **data, grl_error *error);

/* Windows of `steps` steps, at most as many as the trajectories have: as few as hold every step, evenly placed; neighbours
 * share an observation, and more where the length is no multiple. Free with grl_dataset_free. */
grl_status grl_dataset_cut(const grl_dataset *all, size_t steps, grl_dataset **windows, grl_error *error);

/* A reference of `count` points, all zero, to be filled in; no period, nothing inside. */
grl_status grl_reference_create(size_t count, size_t outputs, grl_reference **reference, grl_error *error);

/* Points at even angles on the unit circle, the first at angle 0: the reference of the rings. */
grl_status grl_reference_circle(size_t count, grl_reference **reference, grl_error *error);

/* Uniform between low and high. */
double grl_task_between(grl_random *random, double low, double high);

#endif
