/* dataset.c: trajectories of one length in memory, and their parts. */
#include "learn/task.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Most numbers in a data set. */
static const size_t most_numbers = 1000000000;

grl_status grl_dataset_create(size_t count, size_t steps, size_t outputs, size_t inputs, double time_step,
                              grl_dataset **data, grl_error *error)
{
    size_t rows, numbers;
    *data = NULL;
    if (count == 0 || steps == 0 || outputs == 0)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected at least one trajectory, one step and one output, found %zu, %zu and %zu",
                        count, steps, outputs);
    if (steps > most_numbers || !grl_product(count, steps + 1, &rows) || rows > most_numbers ||
        !grl_product(rows, outputs > inputs ? outputs : inputs, &numbers) || numbers > most_numbers)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected at most %zu numbers, found %zu trajectories of %zu steps with %zu outputs "
                        "and %zu inputs",
                        most_numbers, count, steps, outputs, inputs);
    grl_dataset *made = grl_calloc(1, sizeof *made);
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    *made = (grl_dataset){
        .count = count, .steps = steps, .outputs = outputs, .inputs = inputs, .time_step = time_step};
    made->y = grl_calloc(rows * outputs, sizeof *made->y);
    if (inputs > 0) made->u = grl_calloc(count * steps * inputs, sizeof *made->u);
    if (!made->y || (inputs > 0 && !made->u)) {
        grl_dataset_free(made);
        return grl_fail_memory(error, rows * (outputs + inputs), sizeof *made->y);
    }
    *data = made;
    return GRL_OK;
}

void grl_dataset_free(grl_dataset *data)
{
    if (!data) return;
    free(data->y);
    free(data->u);
    free(data);
}

/* Trajectory i of a part: that of number `of`, from observation `from` on. */
static void copy_one(const grl_dataset *all, size_t of, size_t from, size_t i, grl_dataset *part)
{
    const size_t k = all->outputs, m = all->inputs;
    memcpy(part->y + i * (part->steps + 1) * k, all->y + (of * (all->steps + 1) + from) * k,
           (part->steps + 1) * k * sizeof *all->y);
    if (m > 0)
        memcpy(part->u + i * part->steps * m, all->u + (of * all->steps + from) * m,
               part->steps * m * sizeof *all->u);
}

grl_status grl_dataset_cut(const grl_dataset *all, size_t steps, grl_dataset **windows, grl_error *error)
{
    const size_t pieces = (all->steps + steps - 1) / steps, room = all->steps - steps;
    size_t count;
    *windows = NULL;
    if (!grl_product(all->count, pieces, &count)) return grl_fail_memory(error, all->count, pieces);
    grl_status status =
        grl_dataset_create(count, steps, all->outputs, all->inputs, all->time_step, windows, error);
    for (size_t i = 0; status == GRL_OK && i < count; i++)
        copy_one(all, i / pieces, pieces > 1 ? i % pieces * room / (pieces - 1) : 0, i, *windows);
    return status;
}

/* A tenth, rounded, but at least `least`. */
static size_t tenth(size_t of, size_t least)
{
    size_t part = (of + 5) / 10;
    return part > least ? part : least;
}

grl_status grl_dataset_split(const grl_dataset *all, unsigned long long seed, grl_split split,
                             grl_dataset **data, grl_error *error)
{
    const int by_time = all->count < 3;
    const size_t whole = by_time ? all->steps + 1 : all->count; /* what is split */
    const size_t part = tenth(whole, by_time ? 2 : 1);
    *data = NULL;
    if (by_time && whole < 6)
        return grl_fail(
            error, GRL_BAD_INPUT,
            "expected at least three trajectories, or six times in each, to split into parts, found "
            "%zu and %zu",
            all->count, whole);
    size_t *order = grl_calloc(all->count, sizeof *order);
    if (!order) return grl_fail_memory(error, all->count, sizeof *order);
    for (size_t i = 0; i < all->count; i++) order[i] = i;
    if (!by_time) {
        /* Fisher and Yates' shuffle. */
        grl_random random = grl_random_stream(seed, GRL_TASK_STREAMS);
        for (size_t i = all->count - 1; i > 0; i--) {
            size_t j = (size_t)(grl_random_uniform(&random) * (double)(i + 1)), swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
    }
    size_t first = split == GRL_SPLIT_TRAIN      ? 0
                   : split == GRL_SPLIT_VALIDATE ? whole - 2 * part
                                                 : whole - part;
    size_t count = split == GRL_SPLIT_TRAIN ? whole - 2 * part : part;
    grl_status status = grl_dataset_create(by_time ? all->count : count, by_time ? count - 1 : all->steps,
                                           all->outputs, all->inputs, all->time_step, data, error);
    for (size_t i = 0; status == GRL_OK && i < (*data)->count; i++)
        copy_one(all, order[by_time ? i : first + i], by_time ? first : 0, i, *data);
    free(order);
    return status;
}
