/* csv.c: tables as text, one row a line.
 *
 * The separator is the first of comma, semicolon, tab, space that the first line has; spaces count as one.
 * Empty lines and lines that begin with # are passed over. The first line may hold names, in quotes or not:
 * it does if any of its fields is no number. Every line must have as many fields as the first. */
#include "format/table.h"

#include "base/error.h"
#include "base/memory.h"
#include "format/format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longest text of one number: the exact decimals of the smallest double are about 1100. */
enum { MAX_DIGITS = 1200 };

typedef struct field {
    const char *text;
    size_t length;
} field;

typedef struct line {
    const char *text;
    size_t length;
    size_t number; /* from 1 */
} line;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next line with something in it; false at the end. */
static bool next_line(const char **place, const char *end, line *l)
{
    while (*place < end) {
        const char *start = *place, *stop = memchr(start, '\n', (size_t)(end - start));
        *place = stop ? stop + 1 : end;
        l->number++;
        if (!stop) stop = end;
        while (stop > start && is_blank(stop[-1]) && stop[-1] != '\t') stop--;
        l->text = start;
        l->length = (size_t)(stop - start);
        while (start < stop && is_blank(*start)) start++;
        if (start < stop && *start != '#') return true;
    }
    return false;
}

static char find_separator(const line *l)
{
    static const char separators[] = {',', ';', '\t'};
    for (size_t i = 0; i < sizeof separators; i++)
        if (memchr(l->text, separators[i], l->length)) return separators[i];
    return ' ';
}

/* The next field of a line, without the blanks around it; *place is its end or, after the last, NULL. */
static field next_field(const char **place, const char *end, char separator)
{
    const char *start = *place;
    while (start < end && is_blank(*start) && *start != separator) start++;
    while (separator == ' ' && start < end && *start == ' ') start++;
    const char *stop = start;
    if (start < end && *start == '"') {
        const char *quote = memchr(start + 1, '"', (size_t)(end - start - 1));
        if (quote) stop = quote + 1;
    }
    while (stop < end && *stop != separator) stop++;
    *place = stop < end ? stop + 1 : NULL;
    while (stop > start && is_blank(stop[-1])) stop--;
    return (field){.text = start, .length = (size_t)(stop - start)};
}

/* Decimal numbers, and nan and inf in any case, so that these are not taken for names. */
static bool to_number(field f, double *value)
{
    char digits[MAX_DIGITS + 1], *rest;
    if (f.length == 0 || f.length > MAX_DIGITS) return false;
    memcpy(digits, f.text, f.length);
    digits[f.length] = '\0';
    const char *unsigned_digits = digits + (digits[0] == '-' || digits[0] == '+');
    if (strcasecmp(unsigned_digits, "nan") == 0 || strcasecmp(unsigned_digits, "inf") == 0 ||
        strcasecmp(unsigned_digits, "infinity") == 0) {
        *value = NAN;
        return true;
    }
    if (strspn(digits, "+-.0123456789eE") != f.length) return false;
    *value = strtod(digits, &rest);
    return *rest == '\0';
}

static size_t count_fields(const line *l, char separator)
{
    size_t count = 0;
    for (const char *place = l->text; place; count++) next_field(&place, l->text + l->length, separator);
    return count;
}

static bool is_header(const line *l, char separator)
{
    double value;
    for (const char *place = l->text; place;)
        if (!to_number(next_field(&place, l->text + l->length, separator), &value)) return true;
    return false;
}

static grl_status read_names(const line *l, char separator, grl_table *table, grl_error *error)
{
    const char *place = l->text;
    table->names = grl_calloc(table->columns, sizeof *table->names);
    for (size_t i = 0; table->names && i < table->columns; i++) {
        field f = next_field(&place, l->text + l->length, separator);
        if (f.length >= 2 && f.text[0] == '"' && f.text[f.length - 1] == '"') {
            f.text++;
            f.length -= 2;
        }
        if (memchr(f.text, '\0', f.length))
            return grl_fail(error, GRL_BAD_INPUT, "line %zu: expected text, found a zero byte", l->number);
        table->names[i] = grl_calloc(f.length + 1, 1);
        if (!table->names[i]) return grl_fail_memory(error, f.length, 1);
        memcpy(table->names[i], f.text, f.length);
    }
    return table->names ? GRL_OK : grl_fail_memory(error, table->columns, sizeof *table->names);
}

static grl_status read_row(const line *l, char separator, const grl_table *table, double *row,
                           grl_error *error)
{
    const char *place = l->text;
    for (size_t i = 0; i < table->columns; i++) {
        if (!place)
            return grl_fail(error, GRL_BAD_INPUT, "line %zu: expected %zu number%s, found %zu", l->number,
                            table->columns, table->columns == 1 ? "" : "s", i);
        field f = next_field(&place, l->text + l->length, separator);
        if (!to_number(f, &row[i]) || !isfinite(row[i]))
            return grl_fail(error, GRL_BAD_INPUT, "line %zu, column %zu: expected a finite number, found %s",
                            l->number, i + 1, f.length ? grl_show(f.text, f.length).text : "nothing");
    }
    if (place)
        return grl_fail(error, GRL_BAD_INPUT, "line %zu: expected %zu number%s, found %zu", l->number,
                        table->columns, table->columns == 1 ? "" : "s", count_fields(l, separator));
    return GRL_OK;
}

grl_status grl_csv_read(const char *bytes, size_t size, grl_table *table, grl_error *error)
{
    const char *place = bytes, *end = bytes + size;
    size_t capacity = 0;
    line l = {0};
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) place += 3;
    if (!next_line(&place, end, &l))
        return grl_fail(error, GRL_BAD_INPUT, "expected rows of numbers, found %s",
                        size ? "none" : "an empty file");
    char separator = find_separator(&l);
    table->columns = count_fields(&l, separator);
    bool more = true;
    if (is_header(&l, separator)) {
        grl_status status = read_names(&l, separator, table, error);
        if (status != GRL_OK) return status;
        more = next_line(&place, end, &l);
        if (!more) return grl_fail(error, GRL_BAD_INPUT, "expected rows of numbers, found names alone");
    }
    for (; more; more = next_line(&place, end, &l)) {
        if (table->rows == capacity) {
            size_t larger = capacity ? 2 * capacity : 16, count;
            double *grown = NULL;
            if (grl_product(larger, table->columns, &count))
                grown = grl_resize(table->values, count, sizeof *grown);
            if (!grown) return grl_fail_memory(error, larger, table->columns * sizeof *grown);
            table->values = grown;
            capacity = larger;
        }
        if ((table->rows + 1) * table->columns > GRL_MAX_TABLE)
            return grl_fail(error, GRL_BAD_INPUT, "expected at most %zu numbers, found more", GRL_MAX_TABLE);
        grl_status status =
            read_row(&l, separator, table, table->values + table->rows * table->columns, error);
        if (status != GRL_OK) return status;
        table->rows++;
    }
    return GRL_OK;
}

void grl_csv_write(const grl_table *table, grl_text *text)
{
    for (size_t j = 0; table->names && j < table->columns; j++) {
        const char *name = table->names[j];
        bool quote = strpbrk(name, ",;\t \"#") != NULL || name[0] == '\0';
        if (j > 0) grl_text_add(text, ",");
        if (quote) grl_text_add(text, "\"");
        for (const char *c = name; *c; c++)
            grl_text_add_bytes(text, *c == '"' ? "'" : *c == '\n' || *c == '\r' ? " " : c, 1);
        if (quote) grl_text_add(text, "\"");
        if (j + 1 == table->columns) grl_text_add(text, "\n");
    }
    for (size_t i = 0; i < table->rows; i++)
        for (size_t j = 0; j < table->columns; j++) {
            grl_text_add_number(text, table->values[i * table->columns + j]);
            grl_text_add(text, j + 1 < table->columns ? "," : "\n");
        }
}
