/* task.h: what a network is to learn: trajectories, as recorded or from dynamics that are known exactly. */
#ifndef GRULENS_TASK_H
#define GRULENS_TASK_H

#include <grulens/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Trajectories of one length. Step t = 0 is the start; the input u_t leads from step t - 1 to step t. */
typedef struct grl_dataset {
    size_t count, steps; /* N trajectories of T steps */
    size_t outputs;      /* k: numbers that are observed and to be put out */
    size_t inputs;       /* m: numbers that drive */
    double time_step;    /* time between steps, in the unit of the task */
    double *y;           /* N x (T + 1) x k */
    double *u;           /* N x T x m; NULL if m = 0 */
} grl_dataset;

void grl_dataset_free(grl_dataset *data); /* NULL is allowed */

/* The part of the data: each has random streams of its own. */
typedef enum grl_split { GRL_SPLIT_TRAIN = 0, GRL_SPLIT_VALIDATE = 1, GRL_SPLIT_TEST = 2 } grl_split;

/* What the dynamics is, which decides by what a trained network is judged. */
typedef enum grl_task_kind {
    GRL_TASK_OSCILLATION, /* a stable limit cycle */
    GRL_TASK_LINE,        /* a line of fixed points; driven along it if there are inputs */
    GRL_TASK_RING,        /* a ring of fixed points; the same */
    GRL_TASK_POINTS,      /* a number of stable fixed points */
    GRL_TASK_RECORDED     /* not known */
} grl_task_kind;

enum { GRL_TASK_PARAMETERS = 8 };

typedef struct grl_task_parameter {
    const char *name; /* "I" */
    double initial, low, high;
    int whole; /* 1: a whole number */
    const char *help;
} grl_task_parameter;

/* A task with its parameters' values. Copied freely. */
typedef struct grl_task grl_task; /* static storage */
typedef struct grl_problem {
    const grl_task *task;
    double values[GRL_TASK_PARAMETERS];
} grl_problem;

/* The tasks that there are; NULL behind the last. */
const grl_task *grl_task_at(size_t i);
const grl_task *grl_task_find(const char *name); /* NULL if there is none */
const char *grl_task_name(const grl_task *task); /* "fitzhugh-nagumo" */
const char *grl_task_summary(const grl_task *task);
grl_task_kind grl_task_kind_of(const grl_task *task);
const grl_task_parameter *grl_task_parameters(const grl_task *task); /* ended by a NULL name */

/* A task with the initial values of its parameters. */
grl_problem grl_problem_of(const grl_task *task);
/* Sets a parameter; GRL_BAD_INPUT with the names that there are, or the range. */
grl_status grl_problem_set(grl_problem *problem, const char *name, double value, grl_error *error);
double grl_problem_get(const grl_problem *problem, const char *name); /* NaN if there is none */

size_t grl_problem_outputs(const grl_problem *problem);
size_t grl_problem_inputs(const grl_problem *problem);
double grl_problem_time_step(const grl_problem *problem);

/* `count` trajectories of `steps` steps. Trajectory i depends on the problem, seed, split and i alone, and its first
 * steps do not depend on how many there are. Free with grl_dataset_free. */
grl_status grl_problem_generate(const grl_problem *problem, unsigned long long seed, grl_split split,
                                size_t count, size_t steps, grl_dataset **data, grl_error *error);

/* The exact vector field at y (outputs numbers), for tasks that are an autonomous differential equation: 1, and dy is
 * filled in; else 0. */
int grl_problem_field(const grl_problem *problem, const double *y, double *dy);

/* The true attractor as points: of an oscillation one period, of a line or ring the set itself, of points these.
 * count x outputs doubles. */
typedef struct grl_reference {
    size_t count, outputs;
    double *points;
    double period;  /* of an oscillation, in the task's time; else NaN */
    int has_inside; /* 1: `inside` holds the unstable point inside an oscillation */
    double inside[2];
} grl_reference;

/* NULL in *reference where there is none. Free with grl_reference_free. */
grl_status grl_problem_reference(const grl_problem *problem, grl_reference **reference, grl_error *error);
void grl_reference_free(grl_reference *reference); /* NULL is allowed */

/* Recorded trajectories (docs/formats.md). CSV: a first line with names; a column "trajectory" (whole numbers; without it
 * all rows are one), a column "t" (even times), columns whose names begin with "input", or "u" and a digit, are inputs,
 * all others are outputs. Rows in the order of time; the inputs of a row lead to it, so those of the first row have no
 * effect. npz: array y (N x (T + 1) x k or (T + 1) x k), optionally u (N x T x m or T x m) and dt (one number), no other.
 * time_step: above 0, or 0: as the file says, 1 if it does not. GRL_BAD_INPUT, with the place: trajectories of
 * different lengths or in pieces, uneven times, numbers that are not finite, other arrays. Free with grl_dataset_free. */
grl_status grl_dataset_load(const char *path, double time_step, grl_dataset **data, grl_error *error);

/* A part of recorded trajectories, chosen by seed: 80, 10 and 10 %, at least one each, no trajectory in two parts. Of one
 * or two trajectories the times are split instead, in order: the first 80 % of the observations to train, the next 10 %
 * to validate, the last to test, at least two each. GRL_BAD_INPUT where these are too few. Free with grl_dataset_free. */
grl_status grl_dataset_split(const grl_dataset *all, unsigned long long seed, grl_split split,
                             grl_dataset **data, grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
