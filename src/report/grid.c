/* grid.c: tables of text whose columns line up. */
#include "report/grid.h"

#include "base/layout.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_COLUMNS = 24 };

struct grl_grid_cell {
    char *text;
    int style;
};

void grl_grid_add(grl_grid *grid, int style, const char *string)
{
    if (grid->failed) return;
    char *copy = grl_strdup(string);
    if (!copy || !grl_grow((void **)&grid->cells, &grid->capacity, grid->count, sizeof *grid->cells)) {
        free(copy);
        grid->failed = true;
        return;
    }
    grid->cells[grid->count++] = (struct grl_grid_cell){copy, style};
}

void grl_grid_addf(grl_grid *grid, const char *format, ...)
{
    char string[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(string, sizeof string, format, arguments);
    va_end(arguments);
    grl_grid_add(grid, 0, string);
}

void grl_grid_print(const grl_grid *grid, grl_text *text)
{
    size_t widths[MOST_COLUMNS] = {0}, columns = grid->columns;
    if (grid->failed || columns > MOST_COLUMNS) {
        text->failed = true;
        return;
    }
    for (size_t k = 0; k < grid->count; k++) {
        size_t width = grl_text_columns(grid->cells[k].text);
        if (width > widths[k % columns]) widths[k % columns] = width;
    }
    for (size_t first = 0; first + columns <= grid->count; first += columns) {
        const struct grl_grid_cell *row = grid->cells + first;
        size_t last = columns;
        while (last > 0 && !row[last - 1].text[0]) last--;
        for (size_t column = 0; column < last; column++) {
            size_t pad = widths[column] - grl_text_columns(row[column].text);
            bool right = grid->align[column] == 'r';
            grl_text_add(text, "  ");
            if (right) grl_text_add_spaces(text, pad);
            if (row[column].style) grl_text_addf(text, "\033[%dm", row[column].style);
            grl_text_add(text, row[column].text);
            if (row[column].style) grl_text_add(text, "\033[0m");
            if (!right && column + 1 < last) grl_text_add_spaces(text, pad);
        }
        grl_text_add(text, "\n");
    }
}

void grl_grid_drop(grl_grid *grid)
{
    for (size_t k = 0; k < grid->count; k++) free(grid->cells[k].text);
    free(grid->cells);
    *grid = (grl_grid){0};
}
