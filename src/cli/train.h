/* train.h: the parts of grulens train: its settings, what is to be trained, doing it. */
#ifndef GRL_CLI_TRAIN_H
#define GRL_CLI_TRAIN_H

#include "cli/cli.h"

typedef struct grl_cli_train_settings {
    grl_texts tasks, set;
    const char *data, *out;
    double time_step;
    grl_numbers units;
    long long seeds;
    int reset, time, start, optimizer, schedule, init, precision; /* 0: auto; then the place in the words */
    double dt, growth, rate, weight_decay, clip, noise;           /* below 0: not given */
    long long warm_up, teacher_forcing, trajectories, horizon, first_horizon, batch, steps, validate_every,
        patience, checkpoints; /* below 0: not given */
    int resume;
    grl_cli_run run;
    grl_cli_output output;
} grl_cli_train_settings;

/* One training. */
typedef struct grl_cli_trainee {
    grl_problem problem; /* task NULL: recorded data */
    grl_training_settings settings;
    char name[100]; /* "ring-attractor-n8-s3" */
} grl_cli_trainee;

typedef struct grl_cli_plan {
    grl_dataset *data; /* recorded, or NULL */
    size_t count;
    grl_cli_trainee *trainees; /* by task, units, seed */
    grl_sweep_run *runs;
} grl_cli_plan;

int grl_cli_plan_make(const grl_cli_train_settings *settings, grl_cli_plan *plan);
void grl_cli_plan_drop(grl_cli_plan *plan);

/* Trains and judges all of a plan, and writes what there is to write. */
int grl_cli_plan_run(const grl_cli_train_settings *settings, const grl_cli_plan *plan);

/* The figures of one network: true against learned trajectories, and its portrait over the target. recorded: the test part
 * of recorded data; NULL: fresh trajectories of the problem. */
grl_status grl_cli_draw_network(const grl_training *training, const grl_judgement *judgement,
                                const grl_dataset *recorded, const char *prediction, const char *portrait,
                                grl_error *error);

/* The learning curves of all networks, and their errors against the number of units where there are several sizes. */
grl_status grl_cli_draw_sweep(const grl_judgement_rows *rows, const char *curves, const char *sizes,
                              grl_error *error);

#endif
