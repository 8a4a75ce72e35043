/* state.h (internal): all that a training run carries from one step to the next, and the file that holds it.
 *
 * The file, in the byte order of the machine: "GRLTRAIN", a version, the key of settings and data, counts, then the
 * numbers of struct state in their order, and last a checksum (FNV-1a) of everything before it. It is written whole or not
 * at all; a file of another length, key or checksum is refused. */
#ifndef GRL_LEARN_STATE_H
#define GRL_LEARN_STATE_H

#include <grulens/learn.h>
#include <stdint.h>

typedef struct grl_learning_state {
    size_t total;               /* numbers in a parameter vector */
    double *parameters, *m, *v; /* and Adam's moments */
    double *best_parameters;
    double best, plateau_best; /* least validation losses; infinite at first */
    double factor;             /* of the rate, by plateaus */
    double seconds;
    long long step; /* done */
    long long best_step;
    long long since_best, since_plateau; /* validations */
    int finite;                          /* 0: the last loss or gradient was not */

    size_t count, capacity;
    grl_learning_point *curve;

    size_t checkpoint_count;
    size_t checkpoint_capacity; /* as many as the settings ask for */
    long long *checkpoint_steps;
    double *checkpoints; /* checkpoint_capacity x total */
} grl_learning_state;

grl_status grl_learning_state_create(size_t total, size_t checkpoints, grl_learning_state *state,
                                     grl_error *error);
void grl_learning_state_drop(grl_learning_state *state);

grl_status grl_learning_state_save(const grl_learning_state *state, uint64_t key, const char *path,
                                   grl_error *error);
/* Into a state that was created for the same settings. *found = 0: there is no such file, and the state is as it was. */
grl_status grl_learning_state_load(grl_learning_state *state, uint64_t key, const char *path, int *found,
                                   grl_error *error);

/* FNV-1a (Fowler, Noll and Vo), 64 bits, going on from `hash`; begin with grl_hash_begin. */
#define grl_hash_begin UINT64_C(14695981039346656037)
uint64_t grl_hash(uint64_t hash, const void *bytes, size_t size);

#endif
