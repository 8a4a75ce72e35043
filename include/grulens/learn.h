/* learn.h: training a network on a task, sweeps over sizes and seeds.
 *
 * The network runs freely from a start that is encoded from the first observation, learned, or zero; its states are
 * read out linearly, and the mean squared error over a horizon is minimised by Adam (Kingma and Ba 2015) on gradients
 * from backpropagation through all steps. docs/learning.md has the equations. */
#ifndef GRULENS_LEARN_H
#define GRULENS_LEARN_H

#include <grulens/cell.h>
#include <grulens/model.h>
#include <grulens/task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_start {
    GRL_START_ENCODED = 0, /* h_0 = E y_0 + e */
    GRL_START_LEARNED = 1, /* one h_0 for all trajectories */
    GRL_START_ZERO = 2
} grl_start;

typedef enum grl_precision { GRL_FLOAT64 = 0, GRL_FLOAT32 = 1 } grl_precision;
typedef enum grl_optimizer { GRL_ADAM = 0, GRL_ADAMW = 1 } grl_optimizer;

typedef enum grl_schedule {
    GRL_SCHEDULE_CONSTANT = 0,
    GRL_SCHEDULE_COSINE = 1, /* from the rate to final_rate times it, along half a cosine */
    GRL_SCHEDULE_PLATEAU =
        2 /* halved when the validation loss has not fallen for plateau_patience validations */
} grl_schedule;

typedef enum grl_initialization {
    GRL_INIT_PYTORCH = 0,   /* all uniform up to 1/sqrt(n), as torch.nn.GRU and Linear */
    GRL_INIT_KERAS = 1,     /* W Glorot uniform, [U_z U_r U_h] with orthonormal rows, biases zero */
    GRL_INIT_ORTHOGONAL = 2 /* each U orthogonal, W and readout Glorot uniform, biases zero */
} grl_initialization;

/* How one network is trained. */
typedef struct grl_training_settings {
    size_t units;
    grl_reset reset; /* default after, as PyTorch */
    grl_time time;   /* discrete: the network, dt = 1; continuous: its flow by Euler steps of dt */
    double dt;       /* of the flow's steps, in (0, 1]; default 0.1; each is one step of the data */
    grl_start start;
    size_t
        warm_up; /* so many first steps have the observations as further inputs and do not count; default 0 */
    size_t teacher_forcing; /* the state is encoded anew from the observation after so many steps; 0: never */

    size_t trajectories, validation; /* how many to generate; recorded data have their own numbers */
    size_t horizon;                  /* steps that are predicted */
    size_t first_horizon;            /* training begins with so many; 0: with all */
    double growth; /* the horizon grows to the full one in this part of all steps; default 0.8 */
    size_t batch;  /* trajectories in a step; 0: all */

    long long steps; /* of the optimiser */
    grl_optimizer optimizer;
    double rate, beta1, beta2, epsilon; /* Adam's; defaults 0.01, 0.9, 0.999, 1e-8 */
    double weight_decay;                /* Adam: added to the gradient; AdamW: decoupled */
    double clip;                        /* largest norm of the gradient; default 0.1; 0: no limit */
    grl_schedule schedule;
    double final_rate;          /* cosine: last rate over first; default 0.01 */
    long long validate_every;   /* steps; default 25 */
    long long plateau_patience; /* validations; default 10 */
    long long patience;         /* stop when so many validations brought nothing better; 0: never */
    double noise;               /* standard deviation of what is added to every state in training */
    grl_initialization init;
    grl_precision precision;
    unsigned long long seed; /* of the network, the data and everything drawn */
    size_t checkpoints;      /* networks kept along the way, evenly; 0: none */
} grl_training_settings;

/* The settings that a task is learned with by default. */
grl_training_settings grl_training_defaults(const grl_problem *problem);
grl_status grl_training_check(const grl_training_settings *settings, grl_error *error);

/* One value of the learning curve. */
typedef struct grl_learning_point {
    long long step;
    size_t horizon;    /* then */
    double loss;       /* of the last training step, in units of the variance of the data */
    double validation; /* over the full horizon, the same units */
    double rate;
} grl_learning_point;

/* A trained network. Its model's readout puts out the task's own units, and its start takes them. */
typedef struct grl_training {
    /* As asked for, but for the horizon: that of the data if recorded trajectories are shorter. */
    grl_training_settings settings;
    grl_problem problem; /* task NULL: recorded data */
    /* Of the least validation loss; inputs: the task's, then k observations if there is a warm-up, zero after it. A start
     * at zero is none. */
    grl_model *model;
    size_t count;
    grl_learning_point *curve;
    size_t validated; /* steps of the validation: the horizon, or fewer if recorded data have no more */
    double best;      /* least validation loss; infinite: none was finite, and the model is the first */
    long long best_step, steps;
    const char *stopped_by; /* "steps", "patience", "not finite", "stopped"; static storage */
    size_t checkpoint_count;
    grl_model **checkpoints; /* along the way, the first as initialised */
    long long *checkpoint_steps;
    double seconds; /* of processor time, also before a resumption */
} grl_training;

/* Trains one network; data: recorded trajectories, or NULL: the problem's. state: a file that holds the whole state of
 * the training when it stops, and from which it goes on to the same bytes if it is there; NULL: none. threads: at least
 * 1; the result does not depend on it. Stopped by `progress` (counts steps), the state is saved and the result is the
 * network so far. Free with grl_training_free. */
grl_status grl_train(const grl_problem *problem, const grl_dataset *data,
                     const grl_training_settings *settings, const char *state, int threads,
                     grl_progress *progress, grl_training **training, grl_error *error);
void grl_training_free(grl_training *training); /* NULL is allowed */

/* The network run freely from the starts of `data` (observations for a warm-up too), under its inputs: outputs y_0 ..
 * y_T in the task's units, N x (T + 1) x k; states N x (T + 1) x n unless NULL. y_0 is C h_0 + d. */
grl_status grl_training_run(const grl_training *training, const grl_dataset *data, double *outputs,
                            double *states, grl_error *error);

/* Many trainings, whose results are lines of one journal. It hands out what is left to do and keeps what is done:
 *
 *     DIR/journal.jsonl             a JSON document per line, of a training that is finished
 *     DIR/journal.R.jsonl           those of process R of mpirun, R from 1 on
 *     DIR/runs/NAME.state           a training that is not
 *
 * What was done is kept through kills: a line that was not written whole is cut off when the journal is opened again. */
typedef struct grl_sweep grl_sweep;

typedef struct grl_sweep_run {
    const char *name;       /* of this run: letters, digits, '-' and '.'; no two the same */
    unsigned long long key; /* of what its result depends on (grl_training_key) */
    double cost;            /* costly ones are handed out first; in any unit */
} grl_sweep_run;

/* Depends on all that the result of a training depends on. data: NULL: the problem's. */
unsigned long long grl_training_key(const grl_problem *problem, const grl_dataset *data,
                                    const grl_training_settings *settings);

/* Opens or makes the directory. GRL_BAD_INPUT if it has a journal and resume is 0, or holds one of the runs with another
 * key; GRL_IO if another process has it open. Runs that the journal holds are not handed out again. Processes of mpirun open the same sweep, from the main
 * thread, and each is handed its own part. Free with grl_sweep_close. */
grl_status grl_sweep_open(const char *dir, size_t count, const grl_sweep_run *runs, int resume,
                          grl_sweep **sweep, grl_error *error);

/* The next run to do, or `count` if there is none left; from any thread. */
size_t grl_sweep_next(grl_sweep *sweep);
/* The file for the state of a run; lives as long as the sweep. */
const char *grl_sweep_state(const grl_sweep *sweep, size_t run);
/* Keeps the result of a run, a JSON document without line feeds, and removes its state; from any thread. */
grl_status grl_sweep_done(grl_sweep *sweep, size_t run, const char *json, grl_error *error);

/* 1 if the run was done when the sweep was opened, or is by now. */
int grl_sweep_is_done(grl_sweep *sweep, size_t run);
/* How many runs are done, with those of earlier openings; of all processes as far as they are known. */
size_t grl_sweep_count_done(grl_sweep *sweep);

/* Waits for the other processes; then *lines has the document of every run that is done, in the order of the runs, NULL
 * for one that is not; they live as long as the sweep. *helper = 1: this is another process than the first, and its lines
 * are all NULL. Call it once, from the main thread. */
grl_status grl_sweep_collect(grl_sweep *sweep, const char *const **lines, int *helper, grl_error *error);
void grl_sweep_close(grl_sweep *sweep); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
