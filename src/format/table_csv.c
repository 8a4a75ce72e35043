/* table_csv.c: a table as the bytes of a CSV file, for whoever has another place for them than a file. */
#include "format/table.h"

#include "base/error.h"

grl_status grl_table_csv(const grl_table *table, char **text, grl_error *error)
{
    grl_text out = {0};
    grl_text_add(&out, "");
    grl_csv_write(table, &out);
    *text = grl_text_take(&out);
    return *text
               ? GRL_OK
               : grl_fail(error, GRL_NO_MEMORY, "not enough memory for a table of %zu x %zu numbers as text",
                          table->rows, table->columns);
}
