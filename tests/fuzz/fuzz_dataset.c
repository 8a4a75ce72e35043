/* fuzz_dataset.c: the readers of recorded trajectories, CSV and npz. */
#include "learn/data.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    grl_error error = {0};
    grl_dataset *made;
    if (grl_dataset_read("r", data, size, 0, &made, &error) != GRL_OK) {
        if (made || strncmp(error.message, "r: ", 3) != 0 || strchr(error.message, '\n')) abort();
        return 0;
    }
    if (made->count == 0 || made->steps == 0 || made->outputs == 0 || !(made->time_step > 0)) abort();
    for (size_t i = 0; i < made->count * (made->steps + 1) * made->outputs; i++)
        if (!isfinite(made->y[i])) abort();
    for (size_t i = 0; i < made->count * made->steps * made->inputs; i++)
        if (!isfinite(made->u[i])) abort();
    grl_dataset_free(made);
    return 0;
}
