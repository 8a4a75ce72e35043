/* results.c: the tree of a report's numbers. */
#include "paper/results.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 256, LARGEST_FILE = 256 << 20 };

static int is_number(const char *part)
{
    return *part && strspn(part, "0123456789") == strlen(part);
}

static json_t *child(const json_t *parent, const char *part)
{
    if (json_is_array(parent))
        return is_number(part) ? json_array_get(parent, strtoul(part, NULL, 10)) : NULL;
    return json_object_get(parent, part);
}

/* Takes `value` over. */
static int attach(json_t *parent, const char *part, json_t *value)
{
    if (!json_is_array(parent)) return json_object_set_new(parent, part, value);
    const size_t at = strtoul(part, NULL, 10), size = json_array_size(parent);
    if (!is_number(part) || at > size) {
        json_decref(value);
        return -1;
    }
    return at < size ? json_array_set_new(parent, at, value) : json_array_append_new(parent, value);
}

/* Puts a value, which it takes over, at the path, which it cuts up. */
static void put(grl_results *results, char *path, json_t *value)
{
    json_t *at = results->root;
    char *part = path;
    for (char *slash; (slash = strchr(part, '/')); part = slash + 1) {
        *slash = '\0';
        json_t *next = child(at, part);
        if (!next) {
            const size_t length = strcspn(slash + 1, "/");
            char follows[PATH];
            snprintf(follows, sizeof follows, "%.*s", (int)length, slash + 1);
            next = is_number(follows) ? json_array() : json_object();
            if (!next || attach(at, part, next) != 0) {
                results->failed = 1;
                json_decref(value);
                return;
            }
        }
        at = next;
    }
    if (!value || attach(at, part, value) != 0) results->failed = 1;
}

static void format_path(char path[PATH], const char *format, va_list arguments)
{
    if (vsnprintf(path, PATH, format, arguments) >= PATH) path[0] = '\0';
}

/* The path of the caller's arguments, in `path`. */
#define TAKE_PATH(format)                                                                                    \
    char path[PATH];                                                                                         \
    va_list arguments;                                                                                       \
    va_start(arguments, format);                                                                             \
    format_path(path, format, arguments);                                                                    \
    va_end(arguments)

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value + 0.0)
                           : json_null(); /* no negative zero: it would not read back */
}

void grl_results_number(grl_results *results, double value, const char *format, ...)
{
    TAKE_PATH(format);
    put(results, path, number(value));
}

void grl_results_integer(grl_results *results, long long value, const char *format, ...)
{
    TAKE_PATH(format);
    put(results, path, json_integer(value));
}

void grl_results_flag(grl_results *results, int value, const char *format, ...)
{
    TAKE_PATH(format);
    put(results, path, json_boolean(value));
}

void grl_results_text(grl_results *results, const char *value, const char *format, ...)
{
    TAKE_PATH(format);
    put(results, path, json_string(value));
}

void grl_results_numbers(grl_results *results, size_t count, const double *values, const char *format, ...)
{
    TAKE_PATH(format);
    json_t *list = json_array();
    for (size_t i = 0; i < count && list; i++)
        if (json_array_append_new(list, number(values[i])) != 0) results->failed = 1;
    put(results, path, list);
}

const json_t *grl_results_find(const json_t *root, const char *path)
{
    char parts[PATH];
    if (snprintf(parts, sizeof parts, "%s", path) >= (int)sizeof parts) return NULL;
    const json_t *at = root;
    for (char *part = parts; at && part;) {
        char *slash = strchr(part, '/');
        if (slash) *slash = '\0';
        at = child(at, part);
        part = slash ? slash + 1 : NULL;
    }
    return at;
}

double grl_results_value(const json_t *root, const char *format, ...)
{
    TAKE_PATH(format);
    const json_t *found = grl_results_find(root, path);
    return json_is_number(found) ? json_number_value(found) : (double)NAN;
}

int grl_results_is(const json_t *root, const char *format, ...)
{
    TAKE_PATH(format);
    return json_is_true(grl_results_find(root, path));
}

const char *grl_results_words(const json_t *root, const char *format, ...)
{
    TAKE_PATH(format);
    const char *words = json_string_value(grl_results_find(root, path));
    return words ? words : "";
}

size_t grl_results_count(const json_t *root, const char *format, ...)
{
    TAKE_PATH(format);
    return json_array_size(grl_results_find(root, path));
}

grl_status grl_results_list(const json_t *root, const char *path, double **values, size_t *count,
                            grl_error *error)
{
    const json_t *list = grl_results_find(root, path);
    *values = NULL;
    *count = json_array_size(list);
    if (!json_is_array(list))
        return grl_fail(error, GRL_BAD_INPUT, "results: expected a list of numbers at \"%s\"", path);
    *values = grl_calloc(*count, sizeof **values);
    if (!*values) return grl_fail_memory(error, *count, sizeof **values);
    for (size_t i = 0; i < *count; i++) {
        const json_t *item = json_array_get(list, i);
        (*values)[i] = json_is_number(item) ? json_number_value(item) : (double)NAN;
    }
    return GRL_OK;
}

static void indent(grl_text *text, int depth)
{
    grl_text_add(text, "\n");
    for (int i = 0; i < depth; i++) grl_text_add(text, "  ");
}

/* Lists of plain things stay on one line. */
static int is_flat(const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)list, i, item) if (json_is_array(item) || json_is_object(item)) return 0;
    return 1;
}

static void write_value(const json_t *value, int depth, grl_text *text)
{
    size_t i;
    json_t *item;
    const char *name;
    int first = 1;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        grl_text_add(text, "{");
        json_object_foreach((json_t *)value, name, item)
        {
            if (!first) grl_text_add(text, ",");
            first = 0;
            indent(text, depth + 1);
            grl_text_add_quoted(text, name);
            grl_text_add(text, ": ");
            write_value(item, depth + 1, text);
        }
        if (!first) indent(text, depth);
        grl_text_add(text, "}");
        break;
    case JSON_ARRAY: {
        const int flat = is_flat(value);
        grl_text_add(text, "[");
        json_array_foreach((json_t *)value, i, item)
        {
            if (i > 0) grl_text_add(text, flat ? ", " : ",");
            if (!flat) indent(text, depth + 1);
            write_value(item, depth + 1, text);
        }
        if (!flat) indent(text, depth);
        grl_text_add(text, "]");
        break;
    }
    case JSON_STRING:
        grl_text_add_quoted(text, json_string_value(value));
        break;
    case JSON_INTEGER:
        grl_text_addf(text, "%lld", (long long)json_integer_value(value));
        break;
    case JSON_REAL:
        grl_text_add_number(text, json_real_value(value));
        break;
    case JSON_TRUE:
        grl_text_add(text, "true");
        break;
    case JSON_FALSE:
        grl_text_add(text, "false");
        break;
    case JSON_NULL:
        grl_text_add(text, "null");
        break;
    }
}

void grl_results_write(const json_t *tree, grl_text *text)
{
    write_value(tree, 0, text);
    grl_text_add(text, "\n");
}

grl_status grl_results_read(const char *path, json_t **tree, grl_error *error)
{
    unsigned char *bytes;
    size_t size;
    json_error_t where;
    *tree = NULL;
    grl_status status = grl_file_read(path, LARGEST_FILE, &bytes, &size, error);
    if (status != GRL_OK) return status;
    json_t *read = json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, &where);
    free(bytes);
    if (read && json_is_object(read)) {
        *tree = read;
        return GRL_OK;
    }
    json_decref(read);
    return grl_fail(error, GRL_BAD_INPUT, "%s: expected a JSON object, found %s (line %d, column %d)", path,
                    read ? "another value" : where.text, where.line, where.column);
}
