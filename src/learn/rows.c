/* rows.c: the rows of a table from the documents of trainings, as a journal keeps them:
 *
 *     {"format": "grulens-training", "version": 1, "task": "..", "settings": {"units": n, "seed": "..", ..},
 *      "result": {"seconds": s, ..}, "curve": {"step": [..], "horizon": [..], "loss": [..], ..}, "judgement": {"success": true|false|null, "measures": {NAME: number, ..}, ..}, ..}
 *
 * A seed is a text, since not every reader of JSON has whole numbers of 64 bits. A measure that is not known is null, and
 * one that is infinite is the text "infinite". */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static grl_status bad(size_t line, const char *what, grl_error *error)
{
    return grl_fail(error, GRL_BAD_INPUT,
                    "line %zu of the journal: expected a document grulens-training of version 1 with %s",
                    line + 1, what);
}

static grl_status read_measures(size_t line, json_t *measures, grl_judgement_row *row, grl_error *error)
{
    const char *key;
    json_t *value;
    grl_measure *made = grl_calloc(json_object_size(measures), sizeof *made);
    row->measures = made;
    if (!made) return grl_fail_memory(error, json_object_size(measures), sizeof *made);
    json_object_foreach(measures, key, value)
    {
        const char *name = grl_measure_known(key), *word = json_string_value(value);
        if (!name) continue;
        if (!json_is_number(value) && !json_is_null(value) && !(word && strcmp(word, "infinite") == 0))
            return bad(line, "measures that are numbers, null or \"infinite\"", error);
        made[row->count++] = (grl_measure){name, json_is_number(value) ? json_number_value(value)
                                                 : word                ? INFINITY
                                                                       : NAN};
    }
    return GRL_OK;
}

/* Numbers of one column of the curve; null is NaN. */
static double number_at(const json_t *curve, const char *column, size_t i)
{
    const json_t *value = json_array_get(json_object_get(curve, column), i);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static grl_status read_curve(size_t line, const json_t *curve, grl_judgement_row *row, grl_error *error)
{
    const size_t count = json_array_size(json_object_get(curve, "step"));
    grl_learning_point *points = grl_calloc(count, sizeof *points);
    row->curve = points;
    if (!points) return grl_fail_memory(error, count, sizeof *points);
    for (size_t i = 0; i < count; i++) {
        const double step = number_at(curve, "step", i), horizon = number_at(curve, "horizon", i);
        if (!(step >= 0 && step <= 0x1p53 && horizon >= 0 && horizon <= 0x1p53))
            return bad(line, "a curve of steps and horizons", error);
        points[i] = (grl_learning_point){.step = (long long)step,
                                         .horizon = (size_t)horizon,
                                         .loss = number_at(curve, "loss", i),
                                         .validation = number_at(curve, "validation", i),
                                         .rate = number_at(curve, "rate", i)};
    }
    row->curve_count = count;
    return GRL_OK;
}

static grl_status read_row(size_t line, json_t *root, grl_judgement_row *row, grl_error *error)
{
    json_t *settings = json_object_get(root, "settings"), *judgement = json_object_get(root, "judgement");
    json_t *success = json_object_get(judgement, "success"), *units = json_object_get(settings, "units"),
           *seconds = json_object_get(json_object_get(root, "result"), "seconds");
    const char *format = json_string_value(json_object_get(root, "format")),
               *task = json_string_value(json_object_get(root, "task")),
               *seed = json_string_value(json_object_get(settings, "seed"));
    if (!format || strcmp(format, "grulens-training") != 0 ||
        json_integer_value(json_object_get(root, "version")) != 1)
        return bad(line, "these two fields", error);
    if (!task || !seed || !json_is_integer(units) || json_integer_value(units) < 1 ||
        !json_is_number(seconds))
        return bad(line, "task, units, seed and seconds", error);
    if (!*seed || seed[strspn(seed, "0123456789")])
        return bad(line, "a seed that is a whole number, as a text", error);
    row->seed = strtoull(seed, NULL, 10);
    row->units = (size_t)json_integer_value(units);
    row->seconds = json_number_value(seconds);
    row->success = json_is_boolean(success) ? json_is_true(success) : -1;
    /* The row's own copy. */
    char *copy = grl_strdup(task);
    row->task = copy;
    if (!copy) return grl_fail_memory(error, strlen(task), 1);
    grl_status status = read_curve(line, json_object_get(root, "curve"), row, error);
    return status == GRL_OK && json_is_object(judgement)
               ? read_measures(line, json_object_get(judgement, "measures"), row, error)
               : status;
}

grl_status grl_judgement_rows_read(size_t count, const char *const *lines, grl_judgement_rows **rows,
                                   grl_error *error)
{
    grl_judgement_rows *out = grl_calloc(1, sizeof *out);
    grl_status status = GRL_OK;
    *rows = NULL;
    if (!out) return grl_fail_memory(error, 1, sizeof *out);
    out->items = grl_calloc(count, sizeof *out->items);
    if (!out->items) status = grl_fail_memory(error, count, sizeof *out->items);
    for (size_t i = 0; i < count && status == GRL_OK; i++) {
        if (!lines[i]) continue;
        json_error_t place;
        json_t *root = json_loads(lines[i], JSON_REJECT_DUPLICATES, &place);
        if (root)
            status = read_row(i, root, &out->items[out->count++], error);
        else
            status = grl_fail(error, GRL_BAD_INPUT, "line %zu of the journal: %.200s", i + 1, place.text);
        json_decref(root);
    }
    if (status == GRL_OK)
        *rows = out;
    else
        grl_judgement_rows_free(out);
    return status;
}

void grl_judgement_rows_free(grl_judgement_rows *rows)
{
    if (!rows) return;
    for (size_t i = 0; rows->items && i < rows->count; i++) {
        free((void *)rows->items[i].task);
        free((void *)rows->items[i].measures);
        free((void *)rows->items[i].curve);
    }
    free(rows->items);
    free(rows);
}
