/* sweep.c: many trainings as tables: for each task and number of units how many succeeded, and the mean and standard
 * deviation of each measure over the runs.
 *
 * The standard deviation is that of the sample, with the divisor N - 1. Measures that are infinite (a memory without an
 * end) or not known are left out of both and counted: "3 inf" says that three runs had no end. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/layout.h"
#include "base/memory.h"
#include "report/grid.h"
#include "report/training.h"
#include "report/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct summary {
    size_t count, infinite; /* finite ones, infinite ones */
    double mean, deviation; /* NaN: none, or one alone */
} summary;

/* Runs of one task with one number of units. */
typedef struct group {
    const char *task;
    size_t units;
    size_t runs, judged, successes;
    summary seconds;
} group;

typedef struct groups {
    size_t count;
    group *items;
} groups;

static int is_of(const group *g, const grl_judgement_row *row)
{
    return g->units == row->units && strcmp(g->task, row->task) == 0;
}

/* The value of a measure, or NaN: not known. NULL: the seconds. */
static double value_of(const grl_judgement_row *row, const char *name)
{
    if (!name) return row->seconds;
    for (size_t m = 0; m < row->count; m++)
        if (strcmp(row->measures[m].name, name) == 0) return row->measures[m].value;
    return NAN;
}

static summary summarize(size_t count, const grl_judgement_row *rows, const group *g, const char *name)
{
    summary s = {0};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        const double value = is_of(g, &rows[i]) ? value_of(&rows[i], name) : NAN;
        s.infinite += isinf(value) != 0;
        if (!isfinite(value)) continue;
        s.count++;
        sum += value;
    }
    s.mean = s.count > 0 ? sum / (double)s.count : NAN;
    for (size_t i = 0; i < count; i++) {
        const double value = is_of(g, &rows[i]) ? value_of(&rows[i], name) : NAN;
        if (isfinite(value)) squares += (value - s.mean) * (value - s.mean);
    }
    s.deviation = s.count > 1 ? sqrt(squares / (double)(s.count - 1)) : NAN;
    return s;
}

/* Tasks in the order of the rows, and within one by the number of units. */
static grl_status collect(size_t count, const grl_judgement_row *rows, groups *out, grl_error *error)
{
    out->items = grl_calloc(count, sizeof *out->items);
    if (!out->items) return grl_fail_memory(error, count, sizeof *out->items);
    for (size_t i = 0; i < count; i++) {
        size_t place = out->count, task_end = out->count;
        int known = 0, met = 0;
        for (size_t g = 0; g < out->count && !known; g++) {
            known = is_of(&out->items[g], &rows[i]);
            if (strcmp(out->items[g].task, rows[i].task) != 0) continue;
            met = 1;
            task_end = g + 1;
            if (place == out->count && out->items[g].units > rows[i].units) place = g;
        }
        if (known) continue;
        if (met && place == out->count) place = task_end;
        memmove(out->items + place + 1, out->items + place, (out->count - place) * sizeof *out->items);
        out->items[place] = (group){.task = rows[i].task, .units = rows[i].units};
        out->count++;
    }
    for (size_t g = 0; g < out->count; g++) {
        group *item = &out->items[g];
        for (size_t i = 0; i < count; i++) {
            if (!is_of(item, &rows[i])) continue;
            item->runs++;
            item->judged += rows[i].success >= 0;
            item->successes += rows[i].success == 1;
        }
        item->seconds = summarize(count, rows, item, NULL);
    }
    return GRL_OK;
}

/* A row that has the measures of a task, whose names are all the same. */
static const grl_judgement_row *sample_of(size_t count, const grl_judgement_row *rows, const char *task)
{
    const grl_judgement_row *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].task, task) == 0 && (!best || rows[i].count > best->count)) best = &rows[i];
    return best;
}

/* "0.0123 ± 0.004, 2 inf" */
static void add_summary(grl_text *cell, const summary *s)
{
    if (s->count > 0) grl_text_add(cell, grl_number_short(s->mean, 3).text);
    if (s->count > 1) grl_text_addf(cell, " ± %s", grl_number_short(s->deviation, 2).text);
    if (s->infinite > 0) grl_text_addf(cell, "%s%zu inf", s->count > 0 ? ", " : "", s->infinite);
    if (s->count + s->infinite == 0) grl_text_add(cell, "-");
}

/* A table of one task, into rows of cells: for people or, with bars between the cells, in Markdown. */
typedef struct table {
    grl_grid grid;
    grl_text *text;
    int markdown;
} table;

static void put(table *t, const char *cell, int last)
{
    if (!t->markdown)
        grl_grid_add(&t->grid, 0, cell);
    else
        grl_text_addf(t->text, "| %s%s", cell, last ? " |\n" : " ");
}

static void put_text(table *t, grl_text *cell, int last)
{
    put(t, cell->data ? cell->data : "", last);
    t->text->failed = t->text->failed || cell->failed;
    grl_text_drop(cell);
}

/* Rows are the measures, columns the numbers of units. */
static void add_table(grl_text *text, size_t count, const grl_judgement_row *rows, const groups *all,
                      size_t first, size_t end, int markdown)
{
    enum { MOST_COLUMNS = 40 };
    const grl_judgement_row *sample = sample_of(count, rows, all->items[first].task);
    char align[MOST_COLUMNS + 2];
    table t = {.text = text, .markdown = markdown};
    grl_text cell = {0};
    memset(align, 'r', sizeof align);
    align[0] = 'l';
    align[end - first + 1] = '\0';
    t.grid = (grl_grid){.columns = end - first + 1, .align = align};
    put(&t, "units", first == end);
    for (size_t g = first; g < end; g++) {
        grl_text_addf(&cell, "%zu", all->items[g].units);
        put_text(&t, &cell, g + 1 == end);
    }
    if (markdown)
        for (size_t g = first; g <= end; g++)
            grl_text_add(text, g == first ? "| ---" : g < end ? " | ---:" : " | ---: |\n");
    put(&t, "learned", 0);
    for (size_t g = first; g < end; g++) {
        const group *item = &all->items[g];
        if (item->judged > 0)
            grl_text_addf(&cell, "%zu of %zu", item->successes, item->runs);
        else {
            grl_text_add(&cell, "no criterion, ");
            grl_words_plural(&cell, item->runs, "run", "runs");
        }
        put_text(&t, &cell, g + 1 == end);
    }
    for (size_t m = 0; m < sample->count; m++) {
        const char *name = sample->measures[m].name, *words = grl_measure_words(name);
        put(&t, words ? words : name, 0);
        for (size_t g = first; g < end; g++) {
            const summary s = summarize(count, rows, &all->items[g], name);
            add_summary(&cell, &s);
            put_text(&t, &cell, g + 1 == end);
        }
    }
    put(&t, "seconds", 0);
    for (size_t g = first; g < end; g++) {
        add_summary(&cell, &all->items[g].seconds);
        put_text(&t, &cell, g + 1 == end);
    }
    if (!markdown) grl_grid_print(&t.grid, text);
    text->failed = text->failed || t.grid.failed;
    grl_grid_drop(&t.grid);
}

/* The groups of one task from `first` on, at most as many as a page takes: where they end. */
static size_t end_of(const groups *all, size_t first, size_t most)
{
    size_t end = first;
    while (end < all->count && end - first < most &&
           strcmp(all->items[end].task, all->items[first].task) == 0)
        end++;
    return end;
}

static grl_status report(size_t count, const grl_judgement_row *rows, int markdown, char **text,
                         grl_error *error)
{
    enum { IN_TEXT = 5, IN_MARKDOWN = 40 };
    groups all = {0};
    grl_text out = {0};
    grl_status status = collect(count, rows, &all, error);
    if (status != GRL_OK) return status;
    for (size_t first = 0, end; first < all.count; first = end) {
        end = end_of(&all, first, markdown ? IN_MARKDOWN : IN_TEXT);
        if (first > 0) grl_text_add(&out, "\n");
        grl_text_addf(&out, markdown ? "### %s\n\n" : "%s\n", all.items[first].task);
        add_table(&out, count, rows, &all, first, end, markdown);
    }
    grl_text_add(
        &out, all.count > 0
                  ? "\nMean ± standard deviation over the runs, of the finite ones; inf: how many have no\n"
                    "end. learned: by the criterion of the task. Errors in units of the variance, times and\n"
                    "lengths in those of the task.\n"
                  : "no runs\n");
    free(all.items);
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the report");
}

grl_status grl_report_sweep_text(size_t count, const grl_judgement_row *rows, char **text, grl_error *error)
{
    return report(count, rows, 0, text, error);
}

grl_status grl_report_sweep_markdown(size_t count, const grl_judgement_row *rows, char **text,
                                     grl_error *error)
{
    return report(count, rows, 1, text, error);
}

static void add_summary_json(grl_text *text, const char *name, const summary *s)
{
    grl_text_addf(text, "\"%s\": {\"mean\": ", name);
    grl_text_add_number(text, s->mean);
    grl_text_add(text, ", \"deviation\": ");
    grl_text_add_number(text, s->deviation);
    grl_text_addf(text, ", \"count\": %zu, \"infinite\": %zu}", s->count, s->infinite);
}

static void add_run(grl_text *text, const grl_judgement_row *row)
{
    grl_text_addf(text, "{\"seed\": \"%llu\", \"success\": %s, \"seconds\": ", row->seed,
                  row->success < 0 ? "null"
                  : row->success   ? "true"
                                   : "false");
    grl_text_add_number(text, row->seconds);
    grl_text_add(text, ", \"measures\": {");
    for (size_t m = 0; m < row->count; m++) {
        grl_text_addf(text, "%s\"%s\": ", m > 0 ? ", " : "", row->measures[m].name);
        grl_json_measure(text, row->measures[m].value);
    }
    grl_text_add(text, "}}");
}

grl_status grl_report_sweep_json(size_t count, const grl_judgement_row *rows, char **text, grl_error *error)
{
    groups all = {0};
    grl_text out = {0};
    grl_status status = collect(count, rows, &all, error);
    if (status != GRL_OK) return status;
    grl_text_add(&out, "{\n  \"format\": \"grulens-sweep\",\n  \"version\": 1,\n  \"groups\": [");
    for (size_t g = 0; g < all.count; g++) {
        const group *item = &all.items[g];
        const grl_judgement_row *sample = sample_of(count, rows, item->task);
        size_t listed = 0;
        grl_text_add(&out, g > 0 ? ",\n    {\"task\": " : "\n    {\"task\": ");
        grl_text_add_quoted(&out, item->task);
        grl_text_addf(&out, ", \"units\": %zu, \"runs\": %zu, \"successes\": ", item->units, item->runs);
        if (item->judged > 0)
            grl_text_addf(&out, "%zu", item->successes);
        else
            grl_text_add(&out, "null");
        grl_text_add(&out, ",\n      ");
        add_summary_json(&out, "seconds", &item->seconds);
        grl_text_add(&out, ",\n      \"measures\": {");
        for (size_t m = 0; m < sample->count; m++) {
            const summary s = summarize(count, rows, item, sample->measures[m].name);
            grl_text_add(&out, m > 0 ? ",\n        " : "\n        ");
            add_summary_json(&out, sample->measures[m].name, &s);
        }
        grl_text_add(&out, "},\n      \"items\": [");
        for (size_t i = 0; i < count; i++) {
            if (!is_of(item, &rows[i])) continue;
            grl_text_add(&out, listed++ > 0 ? ",\n        " : "\n        ");
            add_run(&out, &rows[i]);
        }
        grl_text_add(&out, "]}");
    }
    grl_text_add(&out, "\n  ]\n}\n");
    free(all.items);
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the document");
}
