/* fuzz_journal.c: the reader of a journal's lines. */
#include <grulens/judge.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    grl_error error = {0};
    grl_judgement_rows *rows;
    char *line = malloc(size + 1);
    if (!line) return 0;
    memcpy(line, data, size);
    line[size] = '\0';
    const char *const lines[] = {NULL, line};
    if (grl_judgement_rows_read(2, lines, &rows, &error) != GRL_OK) {
        if (rows || strncmp(error.message, "line 2 of the journal: ", 23) != 0 || strchr(error.message, '\n'))
            abort();
    } else {
        const grl_judgement_row *row = rows->items;
        if (rows->count != 1 || row->units == 0 || !row->task || !isfinite(row->seconds)) abort();
        for (size_t m = 0; m < row->count; m++)
            if (!grl_measure_words(row->measures[m].name)) abort();
    }
    grl_judgement_rows_free(rows);
    free(line);
    return 0;
}
