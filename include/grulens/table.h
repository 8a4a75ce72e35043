/* table.h: columns of numbers in and out of files: CSV (with or without a header row) and NumPy's npz. */
#ifndef GRULENS_TABLE_H
#define GRULENS_TABLE_H

#include <grulens/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A table of rows x columns doubles, row-major. */
typedef struct grl_table {
    size_t rows;
    size_t columns;
    double *values;
    char **names; /* columns, or NULL if the file has none */
} grl_table;

/* Reads a CSV file, or the array `array` of an npz file (NULL: its only array). At most 1e9 numbers.
 * Not-a-number and infinite entries are refused. Free with grl_table_free. */
grl_status grl_table_load(const char *path, const char *array, grl_table **table, grl_error *error);
/* Writes by the file name's ending (.csv, .npz); the file appears whole or not at all. In an npz file, the
 * table is the array "values" (rows x columns, float64). Numbers in CSV read back to the same double. */
grl_status grl_table_save(const grl_table *table, const char *path, grl_error *error);
/* The bytes of the CSV file: a line of names, if there are any, then a line for each row; free with
 * grl_text_free (report.h). */
grl_status grl_table_csv(const grl_table *table, char **text, grl_error *error);
void grl_table_free(grl_table *table); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
