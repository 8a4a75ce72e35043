/* npz.c: NumPy's arrays.
 *
 *   npy   "\x93NUMPY", version (major, minor), header length (2 bytes in version 1, 4 in 2 and 3,
 *         little-endian), header {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, the numbers
 *   npz   a zip archive of NAME.npy
 *
 * Read: little-endian f8, f4, i8, i4, up to three dimensions, both orders. A table has one or two; a vector is one
 * column. The header is read by a scanner for exactly this form of a Python dictionary; nothing in it is evaluated. */
#include "format/table.h"

#include "base/error.h"
#include "base/memory.h"
#include "format/archive.h"
#include "format/format.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct header {
    char descr[16];
    bool has_descr, has_order, has_shape, fortran;
    size_t dims, shape[GRL_ARRAY_DIMS];
} header;

typedef struct scanner {
    const char *place, *end;
} scanner;

static void skip_blanks(scanner *s)
{
    while (s->place < s->end && strchr(" \t\r\n", *s->place) && *s->place) s->place++;
}

static bool take(scanner *s, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(s);
    if ((size_t)(s->end - s->place) < length || memcmp(s->place, word, length) != 0) return false;
    s->place += length;
    return true;
}

static bool take_string(scanner *s, char *out, size_t room)
{
    skip_blanks(s);
    if (s->place >= s->end || (*s->place != '\'' && *s->place != '"')) return false;
    const char *start = s->place + 1, *stop = memchr(start, *s->place, (size_t)(s->end - start));
    if (!stop || (size_t)(stop - start) >= room) return false;
    memcpy(out, start, (size_t)(stop - start));
    out[stop - start] = '\0';
    s->place = stop + 1;
    return true;
}

static bool take_size(scanner *s, size_t *value)
{
    skip_blanks(s);
    const char *start = s->place;
    *value = 0;
    for (; s->place < s->end && *s->place >= '0' && *s->place <= '9'; s->place++) {
        if (*value > GRL_MAX_TABLE) return false;
        *value = 10 * *value + (size_t)(*s->place - '0');
    }
    if (s->place > start && s->place < s->end && *s->place == 'L') s->place++; /* Python 2 */
    return s->place > start;
}

static bool take_shape(scanner *s, header *h)
{
    if (!take(s, "(")) return false;
    for (h->dims = 0; !take(s, ")"); h->dims++) {
        if (h->dims == GRL_ARRAY_DIMS || (h->dims > 0 && !take(s, ","))) return false;
        if (h->dims > 0 && take(s, ")")) return true;
        if (!take_size(s, &h->shape[h->dims])) return false;
    }
    return true;
}

static bool scan_header(scanner *s, header *h)
{
    char key[32];
    if (!take(s, "{")) return false;
    while (!take(s, "}")) {
        if (!take_string(s, key, sizeof key) || !take(s, ":")) return false;
        if (strcmp(key, "descr") == 0 && !h->has_descr) {
            if (!take_string(s, h->descr, sizeof h->descr)) return false;
            h->has_descr = true;
        } else if (strcmp(key, "fortran_order") == 0 && !h->has_order) {
            h->fortran = take(s, "True");
            if (!h->fortran && !take(s, "False")) return false;
            h->has_order = true;
        } else if (strcmp(key, "shape") == 0 && !h->has_shape) {
            if (!take_shape(s, h)) return false;
            h->has_shape = true;
        } else {
            return false;
        }
        if (!take(s, ",")) {
            if (!take(s, "}")) return false;
            break;
        }
    }
    skip_blanks(s);
    return s->place == s->end && h->has_descr && h->has_order && h->has_shape;
}

static double number(const unsigned char *bytes, const char *descr, size_t size)
{
    uint64_t bits = 0;
    for (size_t k = 0; k < size; k++) bits |= (uint64_t)bytes[k] << 8 * k;
    if (descr[1] == 'f' && size == 8) {
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    if (descr[1] == 'f') {
        uint32_t word = (uint32_t)bits;
        float value;
        memcpy(&value, &word, sizeof value);
        return (double)value;
    }
    if (size == 4) return bits >> 31 ? (double)bits - 4294967296.0 : (double)bits;
    return bits >> 63 ? -(double)(~bits + 1) : (double)bits;
}

/* "2 x 3", or "1" for a single number. */
static void show_shape(const header *h, char words[80])
{
    int length = snprintf(words, 80, "%zu", h->dims ? h->shape[0] : 1);
    for (size_t d = 1; d < h->dims; d++)
        length += snprintf(words + length, 80 - (size_t)length, " x %zu", h->shape[d]);
}

/* Where element i, counted in row-major order, lies in the file. */
static size_t place_of(const header *h, size_t count, size_t i)
{
    size_t place = 0, stride = count;
    if (!h->fortran) return i;
    for (size_t d = h->dims; d-- > 0; i /= h->shape[d]) {
        stride /= h->shape[d];
        place += i % h->shape[d] * stride;
    }
    return place;
}

static grl_status read_array(const unsigned char *bytes, size_t size, grl_array *array, grl_error *error)
{
    static const char *const known[] = {"<f8", "<f4", "<i8", "<i4"};
    header h = {0};
    char words[80];
    if (size < 10 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return grl_fail(error, GRL_BAD_INPUT, "expected a NumPy array, found something else");
    size_t fixed = bytes[6] == 1 ? 10 : 12, length = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] < 1 || bytes[6] > 3)
        return grl_fail(error, GRL_BAD_INPUT, "expected version 1, 2 or 3 of a NumPy array, found %d",
                        bytes[6]);
    if (fixed == 12 && size >= 12) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (size < fixed || length > size - fixed)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected an array's header that fits the file, found a longer one");
    scanner s = {.place = (const char *)bytes + fixed, .end = (const char *)bytes + fixed + length};
    if (!scan_header(&s, &h))
        return grl_fail(
            error, GRL_BAD_INPUT,
            "expected an array's header with descr, fortran_order and a shape of at most three sizes, "
            "found something else at byte %zu",
            (size_t)((const unsigned char *)s.place - bytes));
    size_t type = 0;
    while (type < 4 && strcmp(known[type], h.descr) != 0) type++;
    if (type == 4)
        return grl_fail(error, GRL_BAD_INPUT, "expected numbers of type <f8, <f4, <i8 or <i4, found %s",
                        grl_show(h.descr, strlen(h.descr)).text);
    size_t each = (size_t)(h.descr[2] - '0'), count = 1;
    bool fits = true;
    for (size_t d = 0; d < h.dims; d++) fits = fits && grl_product(count, h.shape[d], &count);
    show_shape(&h, words);
    if (!fits || count > GRL_MAX_TABLE)
        return grl_fail(error, GRL_BAD_INPUT, "expected at most %zu numbers, found %s", GRL_MAX_TABLE, words);
    if (count == 0) return grl_fail(error, GRL_BAD_INPUT, "expected numbers, found %s", words);
    const unsigned char *data = bytes + fixed + length;
    if (count * each != size - fixed - length)
        return grl_fail(error, GRL_BAD_INPUT, "expected %zu bytes of numbers (%s), found %zu", count * each,
                        words, size - fixed - length);
    array->values = grl_calloc(count, sizeof *array->values);
    if (!array->values) return grl_fail_memory(error, count, sizeof *array->values);
    array->dims = h.dims;
    array->count = count;
    memcpy(array->shape, h.shape, sizeof array->shape);
    for (size_t i = 0; i < count; i++)
        array->values[i] = number(data + each * place_of(&h, count, i), h.descr, each);
    return GRL_OK;
}

grl_status grl_npy_read(const unsigned char *bytes, size_t size, grl_table *table, grl_error *error)
{
    static const char *const dims[] = {"none", "one", "two", "three"};
    grl_array array = {0};
    grl_status status = read_array(bytes, size, &array, error);
    if (status != GRL_OK) return status;
    if (array.dims != 1 && array.dims != 2) {
        free(array.values);
        return grl_fail(error, GRL_BAD_INPUT, "expected one or two dimensions, found %s", dims[array.dims]);
    }
    table->rows = array.shape[0];
    table->columns = array.dims == 2 ? array.shape[1] : 1;
    table->values = array.values;
    return GRL_OK;
}

static size_t array_name(const char *entry)
{
    size_t length = strlen(entry);
    return length > 4 && strcmp(entry + length - 4, ".npy") == 0 ? length - 4 : 0;
}

/* The entry that holds the array, or the only one. */
static grl_status choose(const grl_archive *archive, const char *array, size_t *chosen, grl_error *error)
{
    grl_text list = {0};
    grl_status status = GRL_OK;
    size_t found = 0, listed = 0;
    for (size_t i = 0; i < grl_archive_count(archive); i++) {
        const char *entry = grl_archive_name(archive, i);
        size_t length = array_name(entry);
        if (length == 0) continue;
        if (listed < 8) grl_text_addf(&list, "%s%s", listed ? ", " : "", grl_show(entry, length).text);
        listed++;
        if (array && (strlen(array) != length || memcmp(array, entry, length) != 0)) continue;
        *chosen = i;
        found++;
    }
    const char *names = list.data ? list.data : "none";
    if (found == 0)
        status = grl_fail(error, GRL_BAD_INPUT, "expected %s%.60s%s among the arrays of the file, found %s",
                          array ? "\"" : "one", array ? array : "", array ? "\"" : "", names);
    else if (found > 1)
        status = grl_fail(error, GRL_BAD_INPUT,
                          "expected one array, or the name of the one to take, found the arrays %s%s", names,
                          listed > 8 ? " and more" : "");
    grl_text_drop(&list);
    return status;
}

grl_status grl_npz_read(const unsigned char *bytes, size_t size, const char *array, grl_table *table,
                        grl_error *error)
{
    grl_archive *archive;
    unsigned char *entry = NULL;
    size_t chosen = 0, entry_size;
    grl_status status = grl_archive_open(bytes, size, &archive, error);
    if (status != GRL_OK) return status;
    status = choose(archive, array, &chosen, error);
    if (status == GRL_OK) status = grl_archive_read(archive, chosen, &entry, &entry_size, error);
    if (status == GRL_OK) {
        const char *name = grl_archive_name(archive, chosen);
        status = grl_fail_in(error, grl_npy_read(entry, entry_size, table, error),
                             grl_show(name, strlen(name)).text);
    }
    free(entry);
    grl_archive_close(archive);
    return status;
}

grl_status grl_npz_arrays(const unsigned char *bytes, size_t size, const char *const *names, size_t count,
                          grl_array *arrays, grl_error *error)
{
    grl_archive *archive;
    for (size_t k = 0; k < count; k++) arrays[k] = (grl_array){0};
    grl_status status = grl_archive_open(bytes, size, &archive, error);
    if (status != GRL_OK) return status;
    for (size_t i = 0; status == GRL_OK && i < grl_archive_count(archive); i++) {
        const char *entry = grl_archive_name(archive, i);
        size_t length = array_name(entry), k = 0, entry_size;
        unsigned char *data = NULL;
        while (k < count && (strlen(names[k]) != length || memcmp(names[k], entry, length) != 0)) k++;
        if (k == count) {
            grl_text list = {0};
            for (size_t j = 0; j < count; j++) grl_text_addf(&list, "%s%s", j ? ", " : "", names[j]);
            status =
                grl_fail(error, GRL_BAD_INPUT, "expected the arrays %s alone, found %s",
                         list.data ? list.data : "", grl_show(entry, length ? length : strlen(entry)).text);
            grl_text_drop(&list);
            break;
        }
        status = grl_archive_read(archive, i, &data, &entry_size, error);
        if (status == GRL_OK)
            status = grl_fail_in(error, read_array(data, entry_size, &arrays[k], error), names[k]);
        free(data);
    }
    grl_archive_close(archive);
    if (status != GRL_OK) grl_arrays_drop(arrays, count);
    return status;
}

void grl_arrays_drop(grl_array *arrays, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        free(arrays[k].values);
        arrays[k] = (grl_array){0};
    }
}

grl_status grl_npz_write(const grl_table *table, grl_text *text, grl_error *error)
{
    grl_text array = {0};
    char words[256];
    size_t count = table->rows * table->columns;
    int length =
        snprintf(words, sizeof words, "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu, %zu), }",
                 table->rows, table->columns);
    /* The numbers begin at a multiple of 64, after a line feed. */
    size_t total = (10 + (size_t)length + 1 + 63) / 64 * 64, header_length = total - 10;
    char magic[10] = {
        '\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, (char)(header_length & 255), (char)(header_length >> 8)};
    grl_text_add_bytes(&array, magic, sizeof magic);
    grl_text_add_bytes(&array, words, (size_t)length);
    while (array.size + 1 < total && !array.failed) grl_text_add(&array, " ");
    grl_text_add(&array, "\n");
    for (size_t i = 0; i < count; i++) {
        uint64_t bits;
        char bytes[8];
        memcpy(&bits, &table->values[i], sizeof bits);
        for (int k = 0; k < 8; k++) bytes[k] = (char)(bits >> 8 * k & 255);
        grl_text_add_bytes(&array, bytes, sizeof bytes);
    }
    grl_status status = array.failed ? grl_fail_memory(error, count, 8)
                                     : grl_archive_write("values.npy", array.data, array.size, text, error);
    grl_text_drop(&array);
    return status;
}
