/* grid.h: tables of text whose columns line up. */
#ifndef GRL_REPORT_GRID_H
#define GRL_REPORT_GRID_H

#include "base/text.h"

/* Start from {.columns = k, .align = "lrr"}: one letter for each column, l or r. Cells are added row by row;
 * after a failed allocation `failed` stays set and further calls do nothing. */
typedef struct grl_grid {
    size_t columns;
    const char *align;
    size_t count, capacity; /* of cells */
    struct grl_grid_cell *cells;
    bool failed;
} grl_grid;

/* style: 0, or an ANSI colour number (32 green) in which the cell is shown. */
void grl_grid_add(grl_grid *grid, int style, const char *string);
void grl_grid_addf(grl_grid *grid, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds the rows to a text, indented by two spaces, two spaces between columns, no spaces at the end. */
void grl_grid_print(const grl_grid *grid, grl_text *text);
void grl_grid_drop(grl_grid *grid);

#endif
