/* fuzz_table.c: the readers of CSV, npz and npy. */
#include "format/format.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    grl_error error = {0};
    grl_table *table;
    if (grl_table_read("t", data, size, NULL, &table, &error) != GRL_OK) {
        if (table || strncmp(error.message, "t: ", 3) != 0 || strchr(error.message, '\n')) abort();
        return 0;
    }
    if (table->rows == 0 || table->columns == 0) abort();
    for (size_t i = 0; i < table->rows * table->columns; i++)
        if (!isfinite(table->values[i])) abort();
    grl_table_free(table);
    return 0;
}
