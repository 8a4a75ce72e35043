/* data.c: recorded trajectories from CSV and npz files (docs/formats.md has the columns and arrays).
 *
 * Every file may be hostile: sizes are those of a table that was read, never what the file says. Times are even if each is
 * within 1e-6 of a step, and the rounding of the times themselves, of where even steps put it. */
#include "learn/data.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "format/archive.h"
#include "format/format.h"
#include "format/table.h"
#include "learn/task.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the columns of a table are. */
typedef struct columns {
    size_t trajectory, time; /* their places; the number of columns if there is none */
    size_t outputs, inputs;
    char *role; /* of each column: 'y', 'u', or 'i' for trajectory and 't' for time */
} columns;

static bool is_input(const char *name)
{
    return strncmp(name, "input", 5) == 0 || (name[0] == 'u' && name[1] >= '0' && name[1] <= '9');
}

static grl_status find_columns(const grl_table *table, columns *c, grl_error *error)
{
    if (!table->names)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a first line with the names of the columns, found numbers");
    *c = (columns){.trajectory = table->columns, .time = table->columns};
    c->role = grl_calloc(table->columns, 1);
    if (!c->role) return grl_fail_memory(error, table->columns, 1);
    for (size_t j = 0; j < table->columns; j++) {
        const char *name = table->names[j];
        bool time = strcmp(name, "t") == 0, trajectory = strcmp(name, "trajectory") == 0;
        if ((time && c->time < j) || (trajectory && c->trajectory < j))
            return grl_fail(error, GRL_BAD_INPUT, "column %zu: expected one column \"%s\", found another",
                            j + 1, name);
        if (time)
            c->time = j;
        else if (trajectory)
            c->trajectory = j;
        c->role[j] = time ? 't' : trajectory ? 'i' : is_input(name) ? 'u' : 'y';
        c->outputs += c->role[j] == 'y';
        c->inputs += c->role[j] == 'u';
    }
    if (c->outputs == 0)
        return grl_fail(error, GRL_BAD_INPUT, "expected a column that is an output, found none among the %zu",
                        table->columns);
    return GRL_OK;
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Where the trajectories are: `count` blocks of `length` rows. */
static grl_status find_blocks(const grl_table *table, const columns *c, size_t *count, size_t *length,
                              grl_error *error)
{
    grl_status status = GRL_OK;
    double *seen = NULL;
    *count = 1;
    *length = table->rows;
    if (c->trajectory == table->columns) goto done;

    const double *id = table->values + c->trajectory;
    size_t step = table->columns, start = 0;
    seen = grl_calloc(table->rows, sizeof *seen);
    if (!seen) return grl_fail_memory(error, table->rows, sizeof *seen);
    *count = 0;
    for (size_t i = 0; i < table->rows; i++) {
        double now = id[i * step];
        if (now != floor(now) || fabs(now) > 9007199254740992) {
            status = grl_fail(error, GRL_BAD_INPUT,
                              "row %zu: expected a whole number of a trajectory, found %.10g", i + 1, now);
            goto done;
        }
        if (i + 1 < table->rows && id[(i + 1) * step] == now) continue;
        size_t rows = i + 1 - start;
        if (*count == 0) *length = rows;
        if (rows != *length) {
            status =
                grl_fail(error, GRL_BAD_INPUT,
                         "row %zu: expected trajectory %.16g to have %zu rows, as the first has, found %zu",
                         start + 1, now, *length, rows);
            goto done;
        }
        seen[(*count)++] = now;
        start = i + 1;
    }
    qsort(seen, *count, sizeof *seen, compare_numbers);
    for (size_t k = 1; k < *count && status == GRL_OK; k++)
        if (seen[k] == seen[k - 1])
            status = grl_fail(error, GRL_BAD_INPUT,
                              "expected the rows of trajectory %.16g together, found them in several places",
                              seen[k]);
done:
    free(seen);
    if (status == GRL_OK && *length < 2)
        status =
            grl_fail(error, GRL_BAD_INPUT, "expected at least two rows in a trajectory, found %zu", *length);
    return status;
}

static grl_status check_times(const grl_table *table, const columns *c, size_t count, size_t length,
                              double *time_step, grl_error *error)
{
    if (c->time == table->columns) return GRL_OK;
    const double *t = table->values + c->time;
    const size_t step = table->columns;
    const double dt = t[step] - t[0];
    if (!(dt > 0 && isfinite(dt)))
        return grl_fail(error, GRL_BAD_INPUT, "row 2: expected a time after %.10g, found %.10g", t[0],
                        t[step]);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 1; k < length; k++) {
            size_t row = i * length + k;
            double before = t[(row - 1) * step], now = t[row * step];
            double rounding = 4 * DBL_EPSILON * (fabs(before) + fabs(now) + fabs(t[0]) + fabs(t[step]));
            if (!(fabs(now - before - dt) <= 1e-6 * dt + rounding))
                return grl_fail(error, GRL_BAD_INPUT,
                                "row %zu: expected the time %.10g, one step of %.10g after the row before, "
                                "found %.10g",
                                row + 1, before + dt, dt, now);
        }
    /* The mean over the first trajectory has least of the rounding of printed times. */
    *time_step = (t[(length - 1) * step] - t[0]) / (double)(length - 1);
    return GRL_OK;
}

static grl_status read_table(const grl_table *table, double *file_step, grl_dataset **data, grl_error *error)
{
    columns c = {0};
    size_t count = 0, length = 0;
    grl_status status = find_columns(table, &c, error);
    if (status == GRL_OK) status = find_blocks(table, &c, &count, &length, error);
    if (status == GRL_OK) status = check_times(table, &c, count, length, file_step, error);
    if (status == GRL_OK) status = grl_dataset_create(count, length - 1, c.outputs, c.inputs, 1, data, error);
    if (status == GRL_OK) {
        double *y = (*data)->y, *u = (*data)->u;
        for (size_t row = 0; row < table->rows; row++)
            for (size_t j = 0; j < table->columns; j++) {
                double value = table->values[row * table->columns + j];
                if (c.role[j] == 'y') *y++ = value;
                /* The inputs of a row lead to it: nothing led to the first. */
                if (c.role[j] == 'u' && row % length > 0) *u++ = value;
            }
    }
    free(c.role);
    return status;
}

static grl_status check_finite(const grl_array *array, const char *name, grl_error *error)
{
    for (size_t i = 0; i < array->count; i++)
        if (!isfinite(array->values[i]))
            return grl_fail(error, GRL_BAD_INPUT, "%s: expected finite numbers, found %g as number %zu", name,
                            array->values[i], i + 1);
    return GRL_OK;
}

static grl_status read_arrays(const grl_array *y, const grl_array *u, const grl_array *dt, double *file_step,
                              grl_dataset **data, grl_error *error)
{
    grl_status status = GRL_OK;
    if (!y->values) return grl_fail(error, GRL_BAD_INPUT, "expected the array y, found none");
    status = check_finite(y, "y", error);
    if (status == GRL_OK) status = check_finite(u, "u", error);
    if (status != GRL_OK) return status;
    if (y->dims < 2)
        return grl_fail(
            error, GRL_BAD_INPUT,
            "y: expected trajectories x times x outputs, or times x outputs, found %zu dimension%s", y->dims,
            y->dims == 1 ? "" : "s");
    const size_t *shape = y->shape + y->dims - 2, count = y->dims == 3 ? y->shape[0] : 1;
    if (shape[0] < 2)
        return grl_fail(error, GRL_BAD_INPUT, "y: expected at least two times, found %zu", shape[0]);
    if (u->values) {
        const size_t *other = u->shape + (u->dims < 2 ? 0 : u->dims - 2);
        if (u->dims != y->dims)
            return grl_fail(error, GRL_BAD_INPUT, "u: expected %zu dimensions, as y has, found %zu", y->dims,
                            u->dims);
        if (u->dims == 3 && u->shape[0] != count)
            return grl_fail(error, GRL_BAD_INPUT, "u: expected %zu trajectories, as y has, found %zu", count,
                            u->shape[0]);
        if (other[0] != shape[0] - 1)
            return grl_fail(error, GRL_BAD_INPUT,
                            "u: expected %zu steps, one between each two times of y, found %zu", shape[0] - 1,
                            other[0]);
    }
    if (dt->values) {
        if (dt->count != 1 || !(dt->values[0] > 0 && isfinite(dt->values[0])))
            return grl_fail(error, GRL_BAD_INPUT, "dt: expected one number above 0, found %g%s",
                            dt->values[0], dt->count > 1 ? " and more" : "");
        *file_step = dt->values[0];
    }
    status = grl_dataset_create(count, shape[0] - 1, shape[1], u->values ? u->shape[u->dims - 1] : 0, 1, data,
                                error);
    if (status != GRL_OK) return status;
    memcpy((*data)->y, y->values, y->count * sizeof *y->values);
    if (u->values) memcpy((*data)->u, u->values, u->count * sizeof *u->values);
    return GRL_OK;
}

grl_status grl_dataset_read(const char *name, const unsigned char *bytes, size_t size, double time_step,
                            grl_dataset **data, grl_error *error)
{
    static const char *const names[] = {"y", "u", "dt"};
    grl_table *table = NULL;
    grl_array arrays[3] = {0};
    double file_step = 1;
    grl_status status;
    *data = NULL;
    if (!(time_step >= 0 && isfinite(time_step)))
        return grl_fail(error, GRL_BAD_INPUT, "expected a time step above 0, or 0 for the file's, found %g",
                        time_step);
    if (grl_archive_recognise(bytes, size)) {
        status = grl_npz_arrays(bytes, size, names, 3, arrays, error);
        if (status == GRL_OK)
            status = read_arrays(&arrays[0], &arrays[1], &arrays[2], &file_step, data, error);
        grl_arrays_drop(arrays, 3);
        grl_fail_in(error, status, name);
    } else if (size >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0) {
        status = grl_fail(
            error, GRL_BAD_INPUT,
            "%s: expected a CSV file or an npz file with the array y, found a single NumPy array", name);
    } else {
        status = grl_table_read(name, bytes, size, NULL, &table, error);
        if (status == GRL_OK) status = grl_fail_in(error, read_table(table, &file_step, data, error), name);
        grl_table_free(table);
    }
    if (status == GRL_OK) (*data)->time_step = time_step > 0 ? time_step : file_step;
    return status;
}

grl_status grl_dataset_load(const char *path, double time_step, grl_dataset **data, grl_error *error)
{
    unsigned char *bytes;
    size_t size;
    *data = NULL;
    grl_status status = grl_file_read(path, GRL_MAX_FILE, &bytes, &size, error);
    if (status != GRL_OK) return status;
    status = grl_dataset_read(path, bytes, size, time_step, data, error);
    free(bytes);
    return status;
}
