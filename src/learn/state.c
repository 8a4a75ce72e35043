/* state.c: all that a training run carries from one step to the next, and the file that holds it. */
#include "learn/state.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char magic[8] = {'G', 'R', 'L', 'T', 'R', 'A', 'I', 'N'};
enum { VERSION = 1, MOST_POINTS = 100000000 };

/* The part of the file before the arrays. */
typedef struct header {
    char magic[8];
    uint64_t version, key, total, count, checkpoint_count;
    double best, plateau_best, factor, seconds;
    int64_t step, best_step, since_best, since_plateau, finite;
} header;

uint64_t grl_hash(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
    return hash;
}

grl_status grl_learning_state_create(size_t total, size_t checkpoints, grl_learning_state *state,
                                     grl_error *error)
{
    size_t kept;
    *state = (grl_learning_state){.total = total,
                                  .best = INFINITY,
                                  .plateau_best = INFINITY,
                                  .factor = 1,
                                  .finite = 1,
                                  .checkpoint_capacity = checkpoints};
    if (!grl_product(checkpoints, total, &kept)) return grl_fail_memory(error, checkpoints, total);
    state->parameters = grl_calloc(total, sizeof(double));
    state->m = grl_calloc(total, sizeof(double));
    state->v = grl_calloc(total, sizeof(double));
    state->best_parameters = grl_calloc(total, sizeof(double));
    state->checkpoint_steps = grl_calloc(checkpoints, sizeof(long long));
    state->checkpoints = grl_calloc(kept, sizeof(double));
    if (!state->parameters || !state->m || !state->v || !state->best_parameters || !state->checkpoint_steps ||
        !state->checkpoints) {
        grl_learning_state_drop(state);
        return grl_fail_memory(error, total, sizeof(double));
    }
    return GRL_OK;
}

void grl_learning_state_drop(grl_learning_state *state)
{
    free(state->parameters);
    free(state->m);
    free(state->v);
    free(state->best_parameters);
    free(state->curve);
    free(state->checkpoint_steps);
    free(state->checkpoints);
    *state = (grl_learning_state){0};
}

static void add(grl_text *text, const void *bytes, size_t size)
{
    grl_text_add_bytes(text, bytes, size);
}

grl_status grl_learning_state_save(const grl_learning_state *state, uint64_t key, const char *path,
                                   grl_error *error)
{
    const size_t size = state->total * sizeof(double);
    grl_text text = {0};
    header head = {.version = VERSION,
                   .key = key,
                   .total = state->total,
                   .count = state->count,
                   .checkpoint_count = state->checkpoint_count,
                   .best = state->best,
                   .plateau_best = state->plateau_best,
                   .factor = state->factor,
                   .seconds = state->seconds,
                   .step = state->step,
                   .best_step = state->best_step,
                   .since_best = state->since_best,
                   .since_plateau = state->since_plateau,
                   .finite = state->finite};
    memcpy(head.magic, magic, sizeof magic);
    add(&text, &head, sizeof head);
    add(&text, state->parameters, size);
    add(&text, state->m, size);
    add(&text, state->v, size);
    add(&text, state->best_parameters, size);
    if (state->count > 0) add(&text, state->curve, state->count * sizeof *state->curve);
    add(&text, state->checkpoint_steps, state->checkpoint_count * sizeof(long long));
    add(&text, state->checkpoints, state->checkpoint_count * size);
    if (!text.failed) {
        const uint64_t sum = grl_hash(grl_hash_begin, text.data, text.size);
        add(&text, &sum, sizeof sum);
    }
    grl_status status = text.failed ? grl_fail_memory(error, 1, text.size)
                                    : grl_file_write(path, text.data, text.size, error);
    grl_text_drop(&text);
    return status;
}

static const unsigned char *take(const unsigned char *from, void *to, size_t size)
{
    memcpy(to, from, size);
    return from + size;
}

grl_status grl_learning_state_load(grl_learning_state *state, uint64_t key, const char *path, int *found,
                                   grl_error *error)
{
    const size_t size = state->total * sizeof(double);
    unsigned char *bytes = NULL;
    size_t length;
    struct stat facts;
    header head;
    uint64_t sum;
    *found = 0;
    if (stat(path, &facts) != 0 && errno == ENOENT) return GRL_OK;
    grl_status status = grl_file_read(path, (size_t)1 << 40, &bytes, &length, error);
    if (status != GRL_OK) return status;

    status = GRL_BAD_INPUT;
    if (length < sizeof head + sizeof sum || memcmp(bytes, magic, sizeof magic) != 0) {
        grl_fail(error, status, "%s: expected the state of a training, found something else", path);
        goto done;
    }
    const unsigned char *at = take(bytes, &head, sizeof head);
    memcpy(&sum, bytes + length - sizeof sum, sizeof sum);
    if (head.version != VERSION || sum != grl_hash(grl_hash_begin, bytes, length - sizeof sum)) {
        grl_fail(error, status, "%s: the state of the training is damaged", path);
        goto done;
    }
    if (head.key != key || head.total != state->total) {
        grl_fail(error, status, "%s: the training that was begun here has other settings or data", path);
        goto done;
    }
    if (head.count > MOST_POINTS || head.checkpoint_count > state->checkpoint_capacity ||
        length != sizeof head + sizeof sum + 4 * size + head.count * sizeof *state->curve +
                      head.checkpoint_count * (sizeof(long long) + size)) {
        grl_fail(error, status, "%s: the state of the training is damaged", path);
        goto done;
    }
    grl_learning_point *curve = grl_resize(state->curve, head.count + 1, sizeof *curve);
    if (!curve) {
        status = grl_fail_memory(error, head.count, sizeof *curve);
        goto done;
    }
    state->curve = curve;
    state->capacity = head.count + 1;
    state->count = head.count;
    state->checkpoint_count = head.checkpoint_count;
    state->best = head.best;
    state->plateau_best = head.plateau_best;
    state->factor = head.factor;
    state->seconds = head.seconds;
    state->step = head.step;
    state->best_step = head.best_step;
    state->since_best = head.since_best;
    state->since_plateau = head.since_plateau;
    state->finite = head.finite != 0;
    at = take(at, state->parameters, size);
    at = take(at, state->m, size);
    at = take(at, state->v, size);
    at = take(at, state->best_parameters, size);
    at = take(at, state->curve, state->count * sizeof *state->curve);
    at = take(at, state->checkpoint_steps, state->checkpoint_count * sizeof(long long));
    take(at, state->checkpoints, state->checkpoint_count * size);
    *found = 1;
    status = GRL_OK;
done:
    free(bytes);
    return status;
}
