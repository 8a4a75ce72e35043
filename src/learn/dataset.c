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
