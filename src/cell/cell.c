/* cell.c: the numbers of a cell: creation, copies, checks, names, constant input. */
#include "cell/cell.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const block_names[GRL_BLOCKS] = {"U_z", "U_r", "U_h", "W_z", "W_r",
                                                    "W_h", "b_z", "b_r", "b_h", "c_h"};

const char *grl_block_name(grl_block block)
{
    return block_names[block];
}

void grl_block_shape(grl_block block, size_t hidden_size, size_t input_size, size_t *rows, size_t *columns)
{
    *rows = hidden_size;
    *columns = block <= GRL_U_H ? hidden_size : block <= GRL_W_H ? input_size : 1;
}

grl_status grl_cell_create(size_t hidden_size, size_t input_size, grl_reset reset, grl_cell **cell,
                           grl_error *error)
{
    size_t n = hidden_size, m = input_size;
    *cell = NULL;
    if (n < 1 || n > GRL_MAX_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "hidden size: expected 1 to %d, found %zu", GRL_MAX_UNITS, n);
    if (m > GRL_MAX_INPUTS)
        return grl_fail(error, GRL_BAD_INPUT, "input size: expected 0 to %d, found %zu", GRL_MAX_INPUTS, m);
    if (reset != GRL_RESET_BEFORE && reset != GRL_RESET_AFTER)
        return grl_fail(error, GRL_BAD_INPUT, "reset: expected before or after, found %d", (int)reset);

    grl_cell *new = grl_calloc(1, sizeof *new);
    if (!new) return grl_fail_memory(error, 1, sizeof *new);
    new->n = n;
    new->m = m;
    new->reset = reset;
    new->total = n *(3 * n + 3 * m + 4); /* fits: n and m are bounded above */
    new->numbers = grl_calloc(new->total, sizeof *new->numbers);
    if (!new->numbers) {
        size_t total = new->total;
        grl_cell_free(new);
        return grl_fail_memory(error, total, sizeof(double));
    }
    double *next = new->numbers;
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, n, m, &rows, &columns);
        new->block[b] = next;
        next += rows * columns;
    }
    *cell = new;
    return GRL_OK;
}

grl_status grl_cell_copy(const grl_cell *cell, grl_cell **copy, grl_error *error)
{
    grl_status status = grl_cell_create(cell->n, cell->m, cell->reset, copy, error);
    if (status != GRL_OK) return status;
    memcpy((*copy)->numbers, cell->numbers, cell->total * sizeof *cell->numbers);
    if (cell->bias_radius) {
        (*copy)->bias_radius = grl_calloc(3 * cell->n, sizeof(double));
        if (!(*copy)->bias_radius) {
            grl_cell_free(*copy);
            *copy = NULL;
            return grl_fail_memory(error, 3 * cell->n, sizeof(double));
        }
        memcpy((*copy)->bias_radius, cell->bias_radius, 3 * cell->n * sizeof(double));
    }
    return GRL_OK;
}

void grl_cell_free(grl_cell *cell)
{
    if (!cell) return;
    free(cell->numbers);
    free(cell->bias_radius);
    free(cell);
}

size_t grl_cell_hidden_size(const grl_cell *cell)
{
    return cell->n;
}

size_t grl_cell_input_size(const grl_cell *cell)
{
    return cell->m;
}

grl_reset grl_cell_reset(const grl_cell *cell)
{
    return cell->reset;
}

double *grl_cell_block(grl_cell *cell, grl_block block)
{
    return cell->block[block];
}

const double *grl_cell_values(const grl_cell *cell, grl_block block)
{
    return cell->block[block];
}

grl_status grl_cell_check(const grl_cell *cell, grl_error *error)
{
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, cell->n, cell->m, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++) {
            double value = cell->block[b][i];
            if (fabs(value) <= 1e100) continue;
            if (b <= GRL_W_H)
                return grl_fail(error, GRL_BAD_INPUT, "%s[%zu,%zu]: expected a number up to 1e100, found %g",
                                block_names[b], i / columns, i % columns, value);
            return grl_fail(error, GRL_BAD_INPUT, "%s[%zu]: expected a number up to 1e100, found %g",
                            block_names[b], i, value);
        }
    }
    return GRL_OK;
}

/* Reads a decimal index below `limit` and steps past it. */
static int take_index(const char **text, size_t limit, size_t *index)
{
    const char *c = *text;
    size_t value = 0;
    if (*c < '0' || *c > '9') return 0;
    for (; *c >= '0' && *c <= '9'; c++) {
        value = 10 * value + (size_t)(*c - '0');
        if (value >= limit) return 0;
    }
    *text = c;
    *index = value;
    return 1;
}

grl_status grl_cell_find(const grl_cell *cell, const char *name, grl_block *block, size_t *index,
                         grl_error *error)
{
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns, row, column = 0, length = strlen(block_names[b]);
        if (strncmp(name, block_names[b], length) != 0 || name[length] != '[') continue;
        grl_block_shape((grl_block)b, cell->n, cell->m, &rows, &columns);
        const char *rest = name + length + 1;
        int good = take_index(&rest, rows, &row);
        if (good && b <= GRL_W_H) good = *rest++ == ',' && take_index(&rest, columns, &column);
        if (good && strcmp(rest, "]") == 0) {
            *block = (grl_block)b;
            *index = row * columns + column;
            return GRL_OK;
        }
        if (b <= GRL_W_H)
            return grl_fail(error, GRL_BAD_INPUT,
                            "%s: expected %s[row,column] with row below %zu and column below %zu", name,
                            block_names[b], rows, columns);
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected %s[unit] with unit below %zu", name,
                        block_names[b], rows);
    }
    return grl_fail(error, GRL_BAD_INPUT,
                    "%s: expected the name of a number of the network, such as U_h[0,1] or b_h[0]", name);
}

grl_status grl_cell_at_input(const grl_cell *cell, const double *x, grl_cell **autonomous, grl_error *error)
{
    size_t n = cell->n, m = cell->m;
    grl_status status = grl_cell_create(n, 0, cell->reset, autonomous, error);
    if (status != GRL_OK) return status;
    grl_cell *out = *autonomous;
    memcpy(out->block[GRL_U_Z], cell->block[GRL_U_Z], 3 * n * n * sizeof(double));
    memcpy(out->block[GRL_B_Z], cell->block[GRL_B_Z], 4 * n * sizeof(double));

    int moved = 0;
    for (size_t k = 0; x && k < m; k++) {
        if (!(fabs(x[k]) <= 1e100)) {
            grl_cell_free(out);
            *autonomous = NULL;
            return grl_fail(error, GRL_BAD_INPUT, "input[%zu]: expected a number up to 1e100, found %g", k,
                            x[k]);
        }
        moved |= x[k] != 0;
    }
    if (!moved && !cell->bias_radius) return GRL_OK;
    out->bias_radius = grl_calloc(3 * n, sizeof(double));
    if (!out->bias_radius) {
        grl_cell_free(out);
        *autonomous = NULL;
        return grl_fail_memory(error, 3 * n, sizeof(double));
    }
    if (cell->bias_radius) memcpy(out->bias_radius, cell->bias_radius, 3 * n * sizeof(double));
    if (!moved) return GRL_OK;

    /* The sum of m + 1 terms in any order, with or without fma, is off by at most gamma_{m+1} = (m+1)u / (1 -
     * (m+1)u) times the sum of absolute values (Higham 2002, section 3.1); (m + 4) 2^-52 also covers the
     * rounding of that sum, the addition of an old radius, and underflow via the added 2^-1000. */
    for (size_t gate = 0; gate < 3; gate++)
        for (size_t i = 0; i < n; i++) {
            const double *row = cell->block[GRL_W_Z + gate] + i * m;
            double sum = cell->block[GRL_B_Z + gate][i], size = fabs(sum);
            for (size_t k = 0; k < m; k++) {
                sum += row[k] * x[k];
                size += fabs(row[k] * x[k]);
            }
            out->block[GRL_B_Z + gate][i] = sum;
            double *radius = &out->bias_radius[gate * n + i];
            *radius = (*radius + (double)(m + 4) * 0x1p-52 * size) * (1 + 0x1p-50) + 0x1p-1000;
        }
    return GRL_OK;
}
