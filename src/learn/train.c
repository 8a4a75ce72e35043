/* train.c: training one network.
 *
 * A step: a batch of trajectories over the present horizon, its loss and gradient (backprop.h), the gradient's norm
 * clipped, Adam. After every validate_every steps the network runs freely over the full horizon on the validation data;
 * the network of the least such loss is the result. All random draws depend on the seed and on the number of the step or
 * epoch alone, so that a training that was stopped goes on to the same bytes.
 *
 * What makes it fail: a loss or gradient that is no finite number ends the training with the best network so far. */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/random.h"
#include "learn/fold.h"
#include "learn/initial.h"
#include "learn/optimizer.h"
#include "learn/sequences.h"
#include "learn/settings.h"
#include "learn/state.h"
#include "learn/task.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Seconds between two savings of the state. */
static const double save_every = 10;

typedef struct work {
    const grl_training_settings *settings;
    grl_shape shape;
    grl_offsets at;
    size_t horizon;   /* steps after the warm-up: what is asked for, or what recorded data have */
    size_t validated; /* steps of the validation after the warm-up, the horizon or less */
    size_t batch;     /* trajectories */
    grl_scaling scaling;
    grl_sequences train, validate;
    grl_backprop *forward, *check; /* of a training step, of the validation */
    size_t *order;                 /* of the trajectories in an epoch */
    long long epoch;               /* which that is; -1: none yet */
    double *gradient, *noise;
    grl_learning_state state;
} work;

static double thread_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double wall_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void work_drop(work *w)
{
    grl_scaling_drop(&w->scaling);
    grl_sequences_drop(&w->train);
    grl_sequences_drop(&w->validate);
    grl_backprop_free(w->forward);
    grl_backprop_free(w->check);
    free(w->order);
    free(w->gradient);
    free(w->noise);
    grl_learning_state_drop(&w->state);
}

/* The training and validation data of a problem, or of recorded trajectories. */
static grl_status make_data(const grl_problem *problem, const grl_dataset *data,
                            const grl_training_settings *s, grl_dataset *parts[2], grl_error *error)
{
    const size_t counts[2] = {s->trajectories, s->validation};
    for (int part = 0; part < 2; part++) {
        const grl_split split = part ? GRL_SPLIT_VALIDATE : GRL_SPLIT_TRAIN;
        grl_status status = data ? grl_dataset_split(data, s->seed, split, &parts[part], error)
                                 : grl_problem_generate(problem, s->seed, split, counts[part],
                                                        s->warm_up + s->horizon, &parts[part], error);
        if (status != GRL_OK) return status;
        if (parts[part]->steps <= s->warm_up)
            return grl_fail(error, GRL_BAD_INPUT,
                            "training: expected trajectories longer than the warm-up of %zu steps, found %zu",
                            s->warm_up, parts[part]->steps);
    }
    return GRL_OK;
}

/* Threads that are worth their meeting: each is to have 50 million multiplications, some milliseconds, in a step. */
static int useful(int threads, const grl_shape *shape, size_t sequences, size_t steps)
{
    const double products =
        9 * (double)(shape->units * (shape->units + shape->inputs + 4)) * (double)(sequences * steps);
    const double most = products / 5e7;
    return most < 1 ? 1 : most < threads ? (int)most : threads;
}

/* The sequences of a part. Trajectories that are longer than what is predicted, as recorded ones may be, become several, so
 * that every step of them counts. Such a window begins anywhere, so the network must be told where: by its encoder or by a
 * warm-up. Without these it begins with the trajectory. */
static grl_status make_sequences(const grl_training_settings *s, const grl_dataset *part,
                                 const grl_scaling *scaling, grl_sequences *sequences, grl_error *error)
{
    const size_t length = s->warm_up + s->horizon;
    grl_dataset *windows = NULL;
    grl_status status = GRL_OK;
    if (part->steps > length && (s->start == GRL_START_ENCODED || s->warm_up > 0))
        status = grl_dataset_cut(part, length, &windows, error);
    if (status == GRL_OK)
        status = grl_sequences_create(windows ? windows : part, scaling, s->warm_up, sequences, error);
    grl_dataset_free(windows);
    return status;
}

static grl_status prepare(work *w, grl_dataset *const parts[2], int threads, grl_error *error)
{
    const grl_training_settings *s = w->settings;
    grl_status status = grl_scaling_create(parts[0], &w->scaling, error);
    if (status == GRL_OK) status = make_sequences(s, parts[0], &w->scaling, &w->train, error);
    if (status == GRL_OK) status = make_sequences(s, parts[1], &w->scaling, &w->validate, error);
    if (status != GRL_OK) return status;

    const size_t room = w->train.steps - s->warm_up, every = s->teacher_forcing;
    w->horizon = s->horizon < room ? s->horizon : room;
    const size_t checked = w->validate.steps - s->warm_up;
    w->validated = w->horizon < checked ? w->horizon : checked;
    w->batch = s->batch > 0 && s->batch < w->train.count ? s->batch : w->train.count;
    w->shape = grl_shape_of(s, parts[0]->outputs, parts[0]->inputs);
    w->at = grl_shape_offsets(&w->shape);
    w->epoch = -1;
    const size_t length = every > 0 && every < w->horizon ? every : s->warm_up + w->horizon;
    const size_t pieces = every > 0 ? (w->horizon + every - 1) / every : 1;
    /* With teacher forcing the horizons below `every` are one piece of up to that length. */
    status = grl_backprop_create(&w->shape, s->precision, w->batch * pieces, length,
                                 useful(threads, &w->shape, w->batch * pieces, length), &w->forward, error);
    if (status == GRL_OK)
        status = grl_backprop_create(&w->shape, s->precision, w->validate.count, w->validate.steps,
                                     useful(threads, &w->shape, w->validate.count, w->validate.steps),
                                     &w->check, error);
    if (status != GRL_OK) return status;
    w->order = grl_calloc(w->train.count, sizeof *w->order);
    w->gradient = grl_calloc(w->at.total, sizeof(double));
    if (s->noise > 0) w->noise = grl_calloc(w->batch * pieces, length * s->units * sizeof(double));
    if (!w->order || !w->gradient || (s->noise > 0 && !w->noise))
        return grl_fail_memory(error, w->at.total, sizeof(double));
    status = grl_learning_state_create(w->at.total, s->checkpoints, &w->state, error);
    if (status == GRL_OK) status = grl_initialize(&w->shape, s->init, s->seed, w->state.parameters, error);
    if (status == GRL_OK) memcpy(w->state.best_parameters, w->state.parameters, w->at.total * sizeof(double));
    return status;
}

/* The trajectories of step `step` (from 0): parts of a random order, a new one in each epoch, what is left over at the
 * end of an epoch being left out. NULL: all. */
static const size_t *choose(work *w, long long step)
{
    const size_t N = w->train.count;
    if (w->batch == N) return NULL;
    const long long batches = (long long)(N / w->batch), epoch = step / batches;
    if (epoch != w->epoch) {
        grl_random random = grl_random_stream(w->settings->seed, GRL_STREAM_EPOCHS + (uint64_t)epoch);
        for (size_t i = 0; i < N; i++) w->order[i] = i;
        for (size_t i = N - 1; i > 0; i--) { /* Fisher and Yates (1938) */
            const size_t j = (size_t)(grl_random_uniform(&random) * (double)(i + 1)), other = w->order[j];
            w->order[j] = w->order[i];
            w->order[i] = other;
        }
        w->epoch = epoch;
    }
    return w->order + (size_t)(step % batches) * w->batch;
}

/* One step. Gives the loss, which the state's `finite` judges. */
static double train_step(work *w)
{
    const grl_training_settings *s = w->settings;
    grl_learning_state *state = &w->state;
    const long long step = state->step + 1;
    size_t horizon = grl_scheduled_horizon(s, step);
    if (horizon > w->horizon) horizon = w->horizon;
    grl_learn_batch batch = grl_sequences_batch(&w->train, w->batch, choose(w, state->step),
                                                s->warm_up + horizon, s->teacher_forcing, s->warm_up);
    if (w->noise) {
        grl_random random = grl_random_stream(s->seed, GRL_STREAM_NOISE + (uint64_t)step);
        for (size_t i = 0; i < batch.count * batch.steps * s->units; i++)
            w->noise[i] = s->noise * grl_random_normal(&random);
        batch.noise = w->noise;
    }
    const double loss = grl_backprop_run(w->forward, state->parameters, &batch, w->gradient, NULL);
    const double norm = grl_clip(s->clip, w->at.total, w->gradient);
    state->finite = isfinite(loss) && isfinite(norm);
    if (!state->finite) return loss;
    grl_adam(s, state->factor * grl_scheduled_rate(s, step), step, w->at.total, w->gradient,
             state->parameters, state->m, state->v);
    state->step = step;
    return loss;
}

static grl_status validate(work *w, double loss, grl_error *error)
{
    const grl_training_settings *s = w->settings;
    grl_learning_state *state = &w->state;
    grl_learn_batch batch =
        grl_sequences_batch(&w->validate, w->validate.count, NULL, s->warm_up + w->validated, 0, s->warm_up);
    const double found = grl_backprop_run(w->check, state->parameters, &batch, NULL, NULL);
    if (!grl_grow((void **)&state->curve, &state->capacity, state->count, sizeof *state->curve))
        return grl_fail_memory(error, state->count, sizeof *state->curve);
    grl_learning_point *point = &state->curve[state->count++];
    size_t horizon = grl_scheduled_horizon(s, state->step);
    *point = (grl_learning_point){.step = state->step,
                                  .horizon = horizon < w->horizon ? horizon : w->horizon,
                                  .loss = loss,
                                  .validation = found,
                                  .rate = state->factor * grl_scheduled_rate(s, state->step)};
    state->since_best++;
    if (found < state->best) {
        state->best = found;
        state->best_step = state->step;
        state->since_best = 0;
        memcpy(state->best_parameters, state->parameters, w->at.total * sizeof(double));
    }
    if (s->schedule != GRL_SCHEDULE_PLATEAU) return GRL_OK;
    /* As torch.optim.lr_scheduler.ReduceLROnPlateau: a fall by a part in 10,000 counts. */
    state->since_plateau++;
    if (found < state->plateau_best * (1 - 1e-4)) {
        state->plateau_best = found;
        state->since_plateau = 0;
    } else if (state->since_plateau > s->plateau_patience) {
        state->factor *= 0.5;
        state->since_plateau = 0;
    }
    return GRL_OK;
}

/* Keeps the network if this step is one of those that are kept: the first at step 0, the last at the end. */
static void keep(work *w)
{
    grl_learning_state *state = &w->state;
    const size_t kept = state->checkpoint_count, all = state->checkpoint_capacity;
    if (kept == all) return;
    const double due = all > 1 ? (double)kept / (double)(all - 1) * (double)w->settings->steps : 0;
    if ((double)state->step < floor(due)) return;
    state->checkpoint_steps[kept] = state->step;
    memcpy(state->checkpoints + kept * w->at.total, state->parameters, w->at.total * sizeof(double));
    state->checkpoint_count++;
}

/* Trains until one of the reasons to stop. */
static grl_status loop(work *w, uint64_t key, const char *path, grl_progress *progress,
                       const char **stopped_by, grl_error *error)
{
    const grl_training_settings *s = w->settings;
    grl_learning_state *state = &w->state;
    double saved = wall_seconds(), begun = thread_seconds();
    grl_status status = GRL_OK;
    *stopped_by = NULL;
    while (status == GRL_OK && !*stopped_by) {
        keep(w);
        if (!state->finite)
            *stopped_by = "not finite";
        else if (state->step >= s->steps)
            *stopped_by = "steps";
        else if (s->patience > 0 && state->since_best >= s->patience)
            *stopped_by = "patience";
        else if (grl_progress_stopped(progress))
            *stopped_by = "stopped";
        if (*stopped_by) break;
        const double loss = train_step(w);
        if (state->finite && (state->step % s->validate_every == 0 || state->step == s->steps))
            status = validate(w, loss, error);
        grl_progress_add(progress, 1);
        if (path && status == GRL_OK && wall_seconds() > saved + save_every) {
            const double now = thread_seconds();
            state->seconds += now - begun;
            begun = now;
            status = grl_learning_state_save(state, key, path, error);
            saved = wall_seconds();
        }
    }
    state->seconds += thread_seconds() - begun;
    if (path && status == GRL_OK) status = grl_learning_state_save(state, key, path, error);
    return status;
}

/* The result, in the task's units. */
static grl_status finish(work *w, const grl_problem *problem, const char *stopped_by, grl_training **out,
                         grl_error *error)
{
    const grl_learning_state *state = &w->state;
    grl_training *t = grl_calloc(1, sizeof *t);
    if (!t) return grl_fail_memory(error, 1, sizeof *t);
    t->settings = *w->settings;
    t->settings.horizon = w->horizon;
    t->validated = w->validated;
    if (problem) t->problem = *problem;
    t->best = state->best;
    t->best_step = state->best_step;
    t->steps = state->step;
    t->stopped_by = stopped_by;
    t->seconds = state->seconds;
    t->count = state->count;
    t->curve = grl_calloc(state->count, sizeof *t->curve);
    t->checkpoints = grl_calloc(state->checkpoint_count, sizeof(grl_model *));
    t->checkpoint_steps = grl_calloc(state->checkpoint_count, sizeof(long long));
    grl_status status = t->curve && t->checkpoints && t->checkpoint_steps
                            ? GRL_OK
                            : grl_fail_memory(error, state->count, sizeof *t->curve);
    if (status == GRL_OK && state->count > 0) memcpy(t->curve, state->curve, state->count * sizeof *t->curve);
    if (status == GRL_OK)
        status = grl_fold_model(&w->shape, &w->scaling, state->best_parameters, &t->model, error);
    for (size_t i = 0; status == GRL_OK && i < state->checkpoint_count; i++) {
        t->checkpoint_steps[i] = state->checkpoint_steps[i];
        status = grl_fold_model(&w->shape, &w->scaling, state->checkpoints + i * w->at.total,
                                &t->checkpoints[i], error);
        if (status == GRL_OK) t->checkpoint_count = i + 1;
    }
    if (status != GRL_OK) {
        grl_training_free(t);
        return status;
    }
    *out = t;
    return GRL_OK;
}

grl_status grl_train(const grl_problem *problem, const grl_dataset *data,
                     const grl_training_settings *settings, const char *path, int threads,
                     grl_progress *progress, grl_training **training, grl_error *error)
{
    work w = {.settings = settings};
    grl_dataset *parts[2] = {NULL, NULL};
    const char *stopped_by;
    int found = 0;
    *training = NULL;
    grl_status status = grl_training_check(settings, error);
    if (status != GRL_OK) return status;
    if (!data && !(problem && problem->task))
        return grl_fail(error, GRL_BAD_INPUT, "training: expected a task or recorded trajectories");
    const uint64_t key = grl_training_key(problem, data, settings);
    status = make_data(problem, data, settings, parts, error);
    if (status == GRL_OK) status = prepare(&w, parts, threads > 0 ? threads : 1, error);
    if (status == GRL_OK && path) status = grl_learning_state_load(&w.state, key, path, &found, error);
    if (status == GRL_OK) {
        grl_progress_expect(progress, settings->steps);
        grl_progress_add(progress, w.state.step);
        status = loop(&w, key, path, progress, &stopped_by, error);
    }
    if (status == GRL_OK) status = finish(&w, problem, stopped_by, training, error);
    grl_dataset_free(parts[0]);
    grl_dataset_free(parts[1]);
    work_drop(&w);
    return status;
}

void grl_training_free(grl_training *t)
{
    if (!t) return;
    grl_model_free(t->model);
    free(t->curve);
    for (size_t i = 0; i < t->checkpoint_count; i++) grl_model_free(t->checkpoints[i]);
    free(t->checkpoints);
    free(t->checkpoint_steps);
    free(t);
}
