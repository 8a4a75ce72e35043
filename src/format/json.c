/* json.c: the grulens-model document, version 1.
 *
 *   { "format": "grulens-model", "version": 1, "hidden_size": n, "input_size": m, "reset": "before",
 *     "parameters": {"alpha": 0.7},
 *     "U_z": n x n, "U_r", "U_h", "W_z": n x m, "W_r", "W_h", "b_z": n, "b_r", "b_h", "c_h",
 *     "readout": {"C": outputs x n, "d": outputs},
 *     "start": {"E": n x observations, "e": n} }
 *
 * Missing matrices and biases are zero, without E the start is e; any number of the cell may be a string, a formula in the parameters.
 * jansson parses the text; it bounds the nesting and refuses repeated keys, bad UTF-8 and numbers that are
 * not finite. Shapes are checked before a cell is made, so that the file's size bounds the memory. */
#include "format/format.h"

#include "base/error.h"
#include "base/memory.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *kind(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_NULL:
        return "null";
    default:
        return "true or false";
    }
}

static bool recognise(const grl_source *source)
{
    size_t i = 0;
    if (source->size >= 3 && memcmp(source->bytes, "\xef\xbb\xbf", 3) == 0) i = 3;
    while (i < source->size && strchr(" \t\r\n", source->bytes[i]) && source->bytes[i]) i++;
    return i < source->size && source->bytes[i] == '{';
}

/* Refuses keys that are not in the list; `place` is "" or "readout." and the like. */
static grl_status check_keys(json_t *object, const char *place, const char *const *known, grl_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        size_t i = 0;
        while (known[i] && strcmp(known[i], key) != 0) i++;
        if (!known[i])
            return grl_fail(error, GRL_BAD_INPUT, "expected only keys of a grulens model, found \"%s%s\"",
                            place, grl_show(key, strlen(key)).text);
    }
    return GRL_OK;
}

static grl_status get_size(const json_t *root, const char *key, size_t *size, grl_error *error)
{
    const json_t *value = json_object_get(root, key);
    double number = json_real_value(value);
    if (!value) return grl_fail(error, GRL_BAD_INPUT, "%s: expected a number, found nothing", key);
    if (!json_is_real(value))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a number, found %s", key, kind(value));
    if (!(number >= 0 && number <= 1e9 && number == floor(number)))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a whole number from 0, found %g", key, number);
    *size = (size_t)number;
    return GRL_OK;
}

static grl_status check_list(const json_t *list, const char *place, size_t count, bool formulas,
                             grl_error *error)
{
    if (!json_is_array(list))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a list of %zu number%s, found %s", place, count,
                        count == 1 ? "" : "s", kind(list));
    if (json_array_size(list) != count)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected %zu number%s, found %zu", place, count,
                        count == 1 ? "" : "s", json_array_size(list));
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(list, i);
        if (!json_is_real(value) && !(formulas && json_is_string(value)))
            return grl_fail(error, GRL_BAD_INPUT, "%s[%zu]: expected a number, found %s", place, i,
                            kind(value));
    }
    return GRL_OK;
}

static grl_status check_matrix(const json_t *rows, const char *place, size_t count, size_t columns,
                               bool formulas, grl_error *error)
{
    char row_place[64];
    if (!json_is_array(rows))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a list of %zu row%s, found %s", place, count,
                        count == 1 ? "" : "s", kind(rows));
    if (json_array_size(rows) != count)
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected %zu row%s, found %zu", place, count,
                        count == 1 ? "" : "s", json_array_size(rows));
    for (size_t i = 0; i < count; i++) {
        snprintf(row_place, sizeof row_place, "%s[%zu]", place, i);
        grl_status status = check_list(json_array_get(rows, i), row_place, columns, formulas, error);
        if (status != GRL_OK) return status;
    }
    return GRL_OK;
}

static grl_status check_header(json_t *root, grl_error *error)
{
    static const char *const known[] = {"format",  "version", "hidden_size", "input_size", "reset",
                                        "U_z",     "U_r",     "U_h",         "W_z",        "W_r",
                                        "W_h",     "b_z",     "b_r",         "b_h",        "c_h",
                                        "readout", "start",   "parameters",  NULL};
    const json_t *format = json_object_get(root, "format"), *version = json_object_get(root, "version");
    if (!json_is_string(format) || strcmp(json_string_value(format), "grulens-model") != 0)
        return grl_fail(
            error, GRL_BAD_INPUT, "format: expected \"grulens-model\", found %s%s", format ? "" : "nothing",
            !format                  ? ""
            : json_is_string(format) ? grl_show(json_string_value(format), json_string_length(format)).text
                                     : kind(format));
    if (!json_is_real(version))
        return grl_fail(error, GRL_BAD_INPUT, "version: expected 1, found %s",
                        version ? kind(version) : "nothing");
    if (json_real_value(version) != 1)
        return grl_fail(error, GRL_BAD_INPUT, "version: expected 1, found %g", json_real_value(version));
    return check_keys(root, "", known, error);
}

static grl_status get_reset(const json_t *root, const grl_load_options *options, grl_reset *reset,
                            grl_error *error)
{
    const json_t *value = json_object_get(root, "reset");
    const char *word = json_string_value(value);
    if (value && (!word || (strcmp(word, "before") != 0 && strcmp(word, "after") != 0)))
        return grl_fail(error, GRL_BAD_INPUT, "reset: expected \"before\" or \"after\", found %s",
                        word ? grl_show(word, strlen(word)).text : kind(value));
    if (options->reset == GRL_RESET_FORCE_BEFORE || options->reset == GRL_RESET_FORCE_AFTER)
        *reset = options->reset == GRL_RESET_FORCE_BEFORE ? GRL_RESET_BEFORE : GRL_RESET_AFTER;
    else if (word)
        *reset = strcmp(word, "before") == 0 ? GRL_RESET_BEFORE : GRL_RESET_AFTER;
    else
        return grl_fail(error, GRL_BAD_INPUT,
                        "reset: expected \"before\" or \"after\", found nothing (--reset decides)");
    return GRL_OK;
}

static grl_status check_readout(json_t *root, size_t n, grl_error *error)
{
    static const char *const keys[] = {"C", "d", NULL};
    json_t *readout = json_object_get(root, "readout");
    if (!readout) return GRL_OK;
    if (!json_is_object(readout))
        return grl_fail(error, GRL_BAD_INPUT, "readout: expected an object with C and d, found %s",
                        kind(readout));
    grl_status status = check_keys(readout, "readout.", keys, error);
    if (status != GRL_OK) return status;
    const json_t *C = json_object_get(readout, "C"), *d = json_object_get(readout, "d");
    if (!json_is_array(C) || json_array_size(C) == 0)
        return grl_fail(error, GRL_BAD_INPUT, "readout.C: expected a list of rows, found %s",
                        !C                 ? "nothing"
                        : json_is_array(C) ? "an empty list"
                                           : kind(C));
    status = check_matrix(C, "readout.C", json_array_size(C), n, false, error);
    if (status == GRL_OK && d) status = check_list(d, "readout.d", json_array_size(C), false, error);
    return status;
}

/* Numbers in a row of E, which its first row tells. */
static size_t observations_of(const json_t *start)
{
    return json_array_size(json_array_get(json_object_get(start, "E"), 0));
}

static grl_status check_start(json_t *root, size_t n, grl_error *error)
{
    static const char *const keys[] = {"E", "e", NULL};
    json_t *start = json_object_get(root, "start");
    if (!start) return GRL_OK;
    if (!json_is_object(start))
        return grl_fail(error, GRL_BAD_INPUT, "start: expected an object with E and e, found %s",
                        kind(start));
    grl_status status = check_keys(start, "start.", keys, error);
    if (status != GRL_OK) return status;
    const json_t *E = json_object_get(start, "E"), *e = json_object_get(start, "e");
    if (!E && !e) return grl_fail(error, GRL_BAD_INPUT, "start: expected E, e or both, found neither");
    const json_t *first = json_array_get(E, 0);
    if (first && json_array_size(first) == 0)
        return grl_fail(error, GRL_BAD_INPUT, "start.E[0]: expected a list of numbers, found %s",
                        json_is_array(first) ? "an empty list" : kind(first));
    if (E) status = check_matrix(E, "start.E", n, observations_of(start), false, error);
    if (status == GRL_OK && e) status = check_list(e, "start.e", n, false, error);
    return status;
}

/* Shapes of everything that holds numbers. */
static grl_status check_shapes(json_t *root, size_t n, size_t m, grl_error *error)
{
    grl_status status = GRL_OK;
    for (int b = 0; status == GRL_OK && b < GRL_BLOCKS; b++) {
        const char *name = grl_block_name((grl_block)b);
        const json_t *value = json_object_get(root, name);
        size_t rows, columns;
        if (!value) continue;
        grl_block_shape((grl_block)b, n, m, &rows, &columns);
        status = b >= GRL_B_Z ? check_list(value, name, n, true, error)
                              : check_matrix(value, name, rows, columns, true, error);
    }
    if (status == GRL_OK) status = check_readout(root, n, error);
    if (status == GRL_OK) status = check_start(root, n, error);
    return status;
}

static grl_status read_parameters(const json_t *root, grl_model *model, grl_error *error)
{
    json_t *parameters = json_object_get(root, "parameters"), *value;
    const char *name;
    if (!parameters) return GRL_OK;
    if (!json_is_object(parameters))
        return grl_fail(error, GRL_BAD_INPUT, "parameters: expected an object, found %s", kind(parameters));
    json_object_foreach(parameters, name, value)
    {
        if (!json_is_real(value))
            return grl_fail(error, GRL_BAD_INPUT, "parameters.%s: expected a number, found %s",
                            grl_show(name, strlen(name)).text, kind(value));
        grl_status status = grl_model_add_parameter(model, name, json_real_value(value), error);
        if (status != GRL_OK) return grl_fail_in(error, status, "parameters");
    }
    return GRL_OK;
}

/* One block, whose shape has been checked. numbers: the same place in the cell. */
static grl_status read_block(const json_t *value, grl_block block, grl_model *model, double *numbers,
                             size_t rows, size_t columns, grl_error *error)
{
    for (size_t i = 0; i < rows * columns; i++) {
        const json_t *entry = block >= GRL_B_Z
                                  ? json_array_get(value, i)
                                  : json_array_get(json_array_get(value, i / columns), i % columns);
        if (json_is_real(entry)) {
            numbers[i] = json_real_value(entry);
            continue;
        }
        grl_status status = grl_model_add_expression(model, block, i, json_string_value(entry), error);
        if (status != GRL_OK) {
            char place[64];
            if (block >= GRL_B_Z)
                snprintf(place, sizeof place, "%s[%zu]", grl_block_name(block), i);
            else
                snprintf(place, sizeof place, "%s[%zu][%zu]", grl_block_name(block), i / columns,
                         i % columns);
            return grl_fail_in(error, status, place);
        }
    }
    return GRL_OK;
}

/* A matrix and a list whose shapes have been checked, in one block to be freed, the list's numbers last; what is missing
 * is zero. NULL: not enough memory. */
static double *read_linear(const json_t *matrix, const json_t *list, size_t rows, size_t columns)
{
    double *A = grl_calloc(rows * columns + rows, sizeof *A);
    for (size_t i = 0; A && i < rows; i++) {
        for (size_t j = 0; j < columns; j++)
            A[i * columns + j] = json_real_value(json_array_get(json_array_get(matrix, i), j));
        A[rows * columns + i] = json_real_value(json_array_get(list, i));
    }
    return A;
}

static grl_status read_readout(const json_t *root, size_t n, grl_model *model, grl_error *error)
{
    const json_t *readout = json_object_get(root, "readout"), *C = json_object_get(readout, "C");
    if (!readout) return GRL_OK;
    const size_t outputs = json_array_size(C);
    double *numbers = read_linear(C, json_object_get(readout, "d"), outputs, n);
    if (!numbers) return grl_fail_memory(error, outputs * n + outputs, sizeof *numbers);
    grl_status status = grl_model_set_readout(model, outputs, numbers, numbers + outputs * n, error);
    free(numbers);
    return status;
}

static grl_status read_start(const json_t *root, size_t n, grl_model *model, grl_error *error)
{
    const json_t *start = json_object_get(root, "start");
    if (!start) return GRL_OK;
    const size_t observations = observations_of(start);
    double *numbers = read_linear(json_object_get(start, "E"), json_object_get(start, "e"), n, observations);
    if (!numbers) return grl_fail_memory(error, n * observations + n, sizeof *numbers);
    grl_status status = grl_model_set_start(model, observations, numbers, numbers + n * observations, error);
    free(numbers);
    return status;
}

static grl_status add_notes(const grl_load_options *options, grl_model *model, grl_error *error)
{
    grl_status status = GRL_OK;
    if (options->reset != GRL_RESET_FROM_FILE)
        status = grl_model_add_note(model,
                                    options->reset == GRL_RESET_FORCE_BEFORE ? "reset before, as asked"
                                                                             : "reset after, as asked",
                                    error);
    if (status == GRL_OK && options->gate_order != GRL_GATES_FROM_FILE)
        status = grl_model_add_note(model, "the file names its gates: --gate-order changes nothing", error);
    return status;
}

/* With the reset before there is no c_h in the equations: numbers there would be lost without a word. */
static grl_status check_no_c_h(const json_t *root, grl_error *error)
{
    const json_t *list = json_object_get(root, "c_h");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        if (!json_is_real(value) || json_real_value(value) != 0)
            return grl_fail(error, GRL_BAD_INPUT, "c_h[%zu]: expected 0 with reset before, found %s", i,
                            json_is_real(value) ? "another number" : kind(value));
    }
    return GRL_OK;
}

static grl_status read_root(json_t *root, size_t file_size, const grl_load_options *options,
                            grl_model **model, grl_error *error)
{
    size_t n = 0, m = 0;
    grl_reset reset = GRL_RESET_AFTER;
    grl_cell *cell;
    if (!json_is_object(root))
        return grl_fail(error, GRL_BAD_INPUT, "expected an object, found %s", kind(root));
    grl_status status = check_header(root, error);
    if (status == GRL_OK) status = grl_load_single(options, error);
    if (status == GRL_OK) status = get_size(root, "hidden_size", &n, error);
    if (status == GRL_OK && json_object_get(root, "input_size"))
        status = get_size(root, "input_size", &m, error);
    if (status == GRL_OK) status = get_reset(root, options, &reset, error);
    if (status == GRL_OK) status = grl_load_size(n, m, file_size, error);
    if (status == GRL_OK) status = check_shapes(root, n, m, error);
    if (status == GRL_OK && reset == GRL_RESET_BEFORE) status = check_no_c_h(root, error);
    if (status == GRL_OK) status = grl_cell_create(n, m, reset, &cell, error);
    if (status != GRL_OK) return status;
    status = grl_model_create(cell, model, error);
    if (status != GRL_OK) return status;
    status = read_parameters(root, *model, error);
    for (int b = 0; status == GRL_OK && b < GRL_BLOCKS; b++) {
        const json_t *value = json_object_get(root, grl_block_name((grl_block)b));
        size_t rows, columns;
        grl_block_shape((grl_block)b, n, m, &rows, &columns);
        if (value)
            status = read_block(value, (grl_block)b, *model, grl_cell_block(cell, (grl_block)b), rows,
                                columns, error);
    }
    if (status == GRL_OK) status = read_readout(root, n, *model, error);
    if (status == GRL_OK) status = read_start(root, n, *model, error);
    if (status == GRL_OK) status = add_notes(options, *model, error);
    if (status != GRL_OK) {
        grl_model_free(*model);
        *model = NULL;
    }
    return status;
}

static grl_status read_json(const grl_source *source, const grl_load_options *options, grl_model **model,
                            grl_error *error)
{
    json_error_t problem;
    size_t skip = source->size >= 3 && memcmp(source->bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    json_t *root = json_loadb((const char *)source->bytes + skip, source->size - skip,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &problem);
    /* jansson has no words for a failed allocation. */
    if (!root && problem.text[0] == '\0') return grl_fail_memory(error, source->size, 1);
    if (!root)
        return grl_fail(error, GRL_BAD_INPUT, "line %d, column %d: expected JSON, found: %s", problem.line,
                        problem.column, problem.text);
    grl_status status = read_root(root, source->size, options, model, error);
    json_decref(root);
    return status;
}

static void write_row(grl_text *text, const grl_model *model, grl_block block, size_t start, size_t count)
{
    const double *numbers = grl_cell_values(grl_model_cell(model), block);
    grl_text_add(text, "[");
    for (size_t i = start; i < start + count; i++) {
        const char *formula = grl_model_expression(model, block, i);
        if (i > start) grl_text_add(text, ", ");
        if (formula)
            grl_text_add_quoted(text, formula);
        else
            grl_text_add_number(text, numbers[i]);
    }
    grl_text_add(text, "]");
}

static void write_block(grl_text *text, const grl_model *model, grl_block block, size_t n, size_t m)
{
    size_t rows, columns;
    grl_block_shape(block, n, m, &rows, &columns);
    grl_text_addf(text, ",\n  \"%s\": ", grl_block_name(block));
    if (block >= GRL_B_Z) {
        write_row(text, model, block, 0, n);
        return;
    }
    for (size_t i = 0; i < rows; i++) {
        grl_text_add(text, i == 0 ? "[\n    " : ",\n    ");
        write_row(text, model, block, i * columns, columns);
    }
    grl_text_add(text, "\n  ]");
}

static void write_numbers(grl_text *text, const double *numbers, size_t count)
{
    grl_text_add(text, "[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) grl_text_add(text, ", ");
        grl_text_add_number(text, numbers[i]);
    }
    grl_text_add(text, "]");
}

/* Opens the object `name` with its matrix. */
static void write_linear(grl_text *text, const char *name, const char *key, const double *A, size_t rows,
                         size_t columns)
{
    grl_text_addf(text, ",\n  \"%s\": {\n    \"%s\": [", name, key);
    for (size_t i = 0; i < rows; i++) {
        grl_text_add(text, i == 0 ? "\n      " : ",\n      ");
        write_numbers(text, A + i * columns, columns);
    }
    grl_text_add(text, "\n    ]");
}

static grl_status write_json(const grl_model *model, grl_text *text, grl_error *error)
{
    const grl_cell *cell = grl_model_cell(model);
    size_t n = grl_cell_hidden_size(cell), m = grl_cell_input_size(cell), outputs = grl_model_outputs(model);
    const double *E = grl_model_start_E(model), *e = grl_model_start_e(model);
    bool after = grl_cell_reset(cell) == GRL_RESET_AFTER;
    (void)error;
    grl_text_addf(text,
                  "{\n  \"format\": \"grulens-model\",\n  \"version\": 1,\n  \"hidden_size\": %zu,\n"
                  "  \"input_size\": %zu,\n  \"reset\": \"%s\"",
                  n, m, after ? "after" : "before");
    for (size_t i = 0; i < grl_model_parameters(model); i++) {
        grl_text_addf(text, "%s\"%s\": ", i == 0 ? ",\n  \"parameters\": {" : ", ",
                      grl_model_parameter_name(model, i));
        grl_text_add_number(text, grl_model_parameter_value(model, i));
        if (i + 1 == grl_model_parameters(model)) grl_text_add(text, "}");
    }
    for (int b = 0; b < GRL_BLOCKS; b++) {
        bool input = b >= GRL_W_Z && b <= GRL_W_H;
        if ((input && m == 0) || (b == GRL_C_H && !after)) continue;
        write_block(text, model, (grl_block)b, n, m);
    }
    if (outputs) {
        write_linear(text, "readout", "C", grl_model_readout_C(model), outputs, n);
        grl_text_add(text, ",\n    \"d\": ");
        write_numbers(text, grl_model_readout_d(model), outputs);
        grl_text_add(text, "\n  }");
    }
    if (e) {
        if (E) write_linear(text, "start", "E", E, n, grl_model_observations(model));
        grl_text_add(text, E ? ",\n    \"e\": " : ",\n  \"start\": {\n    \"e\": ");
        write_numbers(text, e, n);
        grl_text_add(text, "\n  }");
    }
    grl_text_add(text, "\n}\n");
    return GRL_OK;
}

const struct grl_format grl_format_json = {.name = "grulens JSON",
                                           .endings = "json",
                                           .recognise = recognise,
                                           .read = read_json,
                                           .write = write_json};
