/* table.c: tables of numbers in and out of files. Content tells what a file is: an archive is npz, the magic
 * of NumPy npy, all else CSV. */
#include "format/table.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "format/archive.h"
#include "format/format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static grl_status check_finite(const grl_table *table, grl_error *error)
{
    for (size_t i = 0; i < table->rows * table->columns; i++)
        if (!isfinite(table->values[i]))
            return grl_fail(error, GRL_BAD_INPUT, "row %zu, column %zu: expected a finite number, found %g",
                            i / table->columns + 1, i % table->columns + 1, table->values[i]);
    return GRL_OK;
}

grl_status grl_table_read(const char *name, const void *bytes, size_t size, const char *array,
                          grl_table **table, grl_error *error)
{
    grl_status status;
    *table = NULL;
    grl_table *made = grl_calloc(1, sizeof *made);
    if (!made) return grl_fail_memory(error, 1, sizeof *made);
    if (grl_archive_recognise(bytes, size))
        status = grl_npz_read(bytes, size, array, made, error);
    else if (array)
        status = grl_fail(error, GRL_BAD_INPUT,
                          "expected an npz file to take the array %.60s from, found another", array);
    else if (size >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0)
        status = grl_npy_read(bytes, size, made, error);
    else
        status = grl_csv_read(bytes, size, made, error);
    if (status == GRL_OK) status = check_finite(made, error);
    if (status != GRL_OK) {
        grl_table_free(made);
        return grl_fail_in(error, status, name);
    }
    *table = made;
    return GRL_OK;
}

grl_status grl_table_load(const char *path, const char *array, grl_table **table, grl_error *error)
{
    unsigned char *bytes;
    size_t size;
    *table = NULL;
    grl_status status = grl_file_read(path, GRL_MAX_FILE, &bytes, &size, error);
    if (status != GRL_OK) return status;
    status = grl_table_read(path, bytes, size, array, table, error);
    free(bytes);
    return status;
}

grl_status grl_table_save(const grl_table *table, const char *path, grl_error *error)
{
    const char *ending = grl_file_ending(path);
    grl_text text = {0};
    grl_status status = grl_fail_in(error, check_finite(table, error), path);
    if (status != GRL_OK) return status;
    if (strcasecmp(ending, "csv") == 0)
        grl_csv_write(table, &text);
    else if (strcasecmp(ending, "npz") == 0)
        status = grl_npz_write(table, &text, error);
    else
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a file name ending in .csv or .npz, found .%s",
                        path, ending);
    if (status == GRL_OK && text.failed) status = grl_fail_memory(error, text.capacity, 2);
    if (status == GRL_OK) status = grl_file_write(path, text.data, text.size, error);
    grl_text_drop(&text);
    return status;
}

void grl_table_free(grl_table *table)
{
    if (!table) return;
    for (size_t i = 0; table->names && i < table->columns; i++) free(table->names[i]);
    free(table->names);
    free(table->values);
    free(table);
}
