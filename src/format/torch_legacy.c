/* torch_legacy.c: the layout of PyTorch's files before version 1.6, which pickled storages still have.
 *
 * Five pickles in a row: a magic number, 1001, a dict with "little_endian", the object, the list of storage
 * keys; then for each key an 8-byte count and the elements. A count is checked against the bytes left, and
 * each tensor's storage against the count. */
#include "format/pickle.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const unsigned char magic[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                      0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};

bool grl_legacy_recognise(const unsigned char *bytes, size_t size)
{
    return size >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

static int by_key(const void *a, const void *b)
{
    const grl_storage *x = *(const grl_storage *const *)a, *y = *(const grl_storage *const *)b;
    size_t shorter = x->key_length < y->key_length ? x->key_length : y->key_length;
    int order = shorter ? memcmp(x->key, y->key, shorter) : 0;
    if (order != 0) return order;
    if (x->key_length != y->key_length) return x->key_length < y->key_length ? -1 : 1;
    return x < y ? -1 : x > y;
}

bool grl_storage_same(const grl_storage *x, const grl_storage *y)
{
    return x->key_length == y->key_length &&
           (x->key_length == 0 || memcmp(x->key, y->key, x->key_length) == 0);
}

grl_status grl_storages_sort(const grl_pickle *pickle, grl_storage ***sorted, grl_error *error)
{
    *sorted = grl_calloc(pickle->storage_count, sizeof **sorted);
    if (!*sorted) return grl_fail_memory(error, pickle->storage_count, sizeof **sorted);
    for (size_t i = 0; i < pickle->storage_count; i++) (*sorted)[i] = &pickle->storages[i];
    if (pickle->storage_count) qsort(*sorted, pickle->storage_count, sizeof **sorted, by_key);
    return GRL_OK;
}

grl_status grl_storage_place(grl_storage *storage, const unsigned char *bytes, size_t size, bool big_endian,
                             grl_error *error)
{
    if (storage->count > size / storage->element)
        return grl_fail(
            error, GRL_BAD_INPUT, "storage %s: expected %zu elements of %zu bytes, found %zu bytes",
            grl_show(storage->key, storage->key_length).text, storage->count, storage->element, size);
    storage->bytes = bytes;
    storage->big_endian = big_endian;
    return GRL_OK;
}

/* The next of the pickles in a row. */
static grl_status next_pickle(const unsigned char *bytes, size_t size, size_t *place, grl_pickle *pickle,
                              grl_error *error)
{
    size_t used;
    grl_status status = grl_pickle_read(bytes + *place, size - *place, pickle, &used, error);
    *place += used;
    return status;
}

/* 1001, then the dict that tells the byte order. */
static grl_status read_head(const unsigned char *bytes, size_t size, size_t *place, bool *big_endian,
                            grl_error *error)
{
    grl_pickle version = {0}, facts = {0};
    grl_status status = next_pickle(bytes, size, place, &version, error);
    if (status == GRL_OK) {
        const grl_pickle_value *v = &version.values[version.root];
        if (v->kind != GRL_PICKLE_INTEGER || v->as.integer != 1001)
            status =
                grl_fail(error, GRL_BAD_INPUT, "expected protocol 1001 of PyTorch's files, found another");
    }
    if (status == GRL_OK) status = next_pickle(bytes, size, place, &facts, error);
    if (status == GRL_OK) {
        const grl_pickle_value *dict = &facts.values[facts.root];
        *big_endian = false;
        for (size_t i = 0; dict->kind == GRL_PICKLE_DICT && i + 1 < dict->as.list.count; i += 2) {
            const grl_pickle_value *key = &facts.values[dict->as.list.items[i]];
            const grl_pickle_value *value = &facts.values[dict->as.list.items[i + 1]];
            if (key->kind == GRL_PICKLE_TEXT && key->as.text.length == 13 &&
                memcmp(key->as.text.bytes, "little_endian", 13) == 0 && value->kind == GRL_PICKLE_BOOL)
                *big_endian = value->as.integer == 0;
        }
    }
    grl_pickle_drop(&version);
    grl_pickle_drop(&facts);
    return status;
}

/* The first of the sorted storages with this key, or NULL. */
static grl_storage **find_storage(grl_storage **sorted, size_t count, const grl_storage *wanted)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const grl_storage *s = sorted[middle];
        size_t shorter = s->key_length < wanted->key_length ? s->key_length : wanted->key_length;
        int order = shorter ? memcmp(s->key, wanted->key, shorter) : 0;
        if (order < 0 || (order == 0 && s->key_length < wanted->key_length))
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && grl_storage_same(sorted[low], wanted) ? sorted + low : NULL;
}

static grl_status place_storages(const unsigned char *bytes, size_t size, size_t place, bool big_endian,
                                 const grl_pickle *keys, const grl_pickle *object, grl_error *error)
{
    grl_storage **sorted;
    const grl_pickle_value *list = &keys->values[keys->root];
    if (list->kind != GRL_PICKLE_LIST)
        return grl_fail(error, GRL_BAD_INPUT, "expected the list of storages, found %s",
                        grl_pickle_kind_name(list->kind));
    grl_status status = grl_storages_sort(object, &sorted, error);
    for (size_t i = 0; status == GRL_OK && i < list->as.list.count; i++) {
        const grl_pickle_value *key = &keys->values[list->as.list.items[i]];
        grl_storage wanted = {0};
        uint64_t count = 0;
        size_t left = size - place;
        if (key->kind == GRL_PICKLE_TEXT) {
            wanted.key = key->as.text.bytes;
            wanted.key_length = key->as.text.length;
        }
        grl_storage **found = find_storage(sorted, object->storage_count, &wanted);
        if (key->kind != GRL_PICKLE_TEXT || !found || left < 8) {
            status = grl_fail(error, GRL_BAD_INPUT, "storage %s: expected %s",
                              grl_show(wanted.key ? wanted.key : "", wanted.key_length).text,
                              found && left < 8 ? "8 bytes of its count, found the end of the file"
                                                : "one that a tensor uses, found another");
            break;
        }
        for (int k = 0; k < 8; k++)
            count |= (uint64_t)bytes[place + (size_t)k] << 8 * (big_endian ? 7 - k : k);
        place += 8;
        size_t element = (*found)->element;
        if (count > (left - 8) / element) {
            status =
                grl_fail(error, GRL_BAD_INPUT, "storage %s: expected at most %zu bytes, found %llu elements",
                         grl_show(wanted.key, wanted.key_length).text, left - 8, (unsigned long long)count);
            break;
        }
        size_t block = (size_t)count * element;
        for (;
             status == GRL_OK && found < sorted + object->storage_count && grl_storage_same(*found, &wanted);
             found++)
            status = grl_storage_place(*found, bytes + place, block, big_endian, error);
        place += block;
    }
    for (size_t i = 0; status == GRL_OK && i < object->storage_count; i++)
        if (!object->storages[i].bytes)
            status =
                grl_fail(error, GRL_BAD_INPUT, "storage %s: expected its elements in the file, found none",
                         grl_show(object->storages[i].key, object->storages[i].key_length).text);
    free(sorted);
    return status;
}

grl_status grl_legacy_read(const unsigned char *bytes, size_t size, grl_pickle *object, grl_error *error)
{
    grl_pickle keys = {0};
    size_t place = sizeof magic;
    bool big_endian = false;
    grl_status status = read_head(bytes, size, &place, &big_endian, error);
    if (status == GRL_OK) status = next_pickle(bytes, size, &place, object, error);
    if (status == GRL_OK) status = next_pickle(bytes, size, &place, &keys, error);
    if (status == GRL_OK) status = place_storages(bytes, size, place, big_endian, &keys, object, error);
    grl_pickle_drop(&keys);
    return status;
}
