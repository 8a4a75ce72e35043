/* table.h (internal): the kinds of table files. Messages name the place; grl_table_read adds the file. */
#ifndef GRL_FORMAT_TABLE_H
#define GRL_FORMAT_TABLE_H

#include "base/text.h"

#include <grulens/table.h>

/* Most numbers in a table. */
#define GRL_MAX_TABLE ((size_t)1000000000)

grl_status grl_csv_read(const char *bytes, size_t size, grl_table *table, grl_error *error);
void grl_csv_write(const grl_table *table, grl_text *text);

/* An array of an archive of .npy files, or of a single .npy file. */
grl_status grl_npz_read(const unsigned char *bytes, size_t size, const char *array, grl_table *table,
                        grl_error *error);
grl_status grl_npy_read(const unsigned char *bytes, size_t size, grl_table *table, grl_error *error);
/* An array of up to three dimensions, row-major; a single number has none. values NULL: there is no such array. */
enum { GRL_ARRAY_DIMS = 3 };
typedef struct grl_array {
    size_t dims, shape[GRL_ARRAY_DIMS];
    size_t count; /* of numbers, >= 1; they may be infinite or NaN */
    double *values;
} grl_array;

/* The arrays of these names, as far as an archive has them; refused if it has another. To be dropped in the end. */
grl_status grl_npz_arrays(const unsigned char *bytes, size_t size, const char *const *names, size_t count,
                          grl_array *arrays, grl_error *error);
void grl_arrays_drop(grl_array *arrays, size_t count);

grl_status grl_npz_write(const grl_table *table, grl_text *text, grl_error *error);

#endif
