/* torch.c: what torch.save writes for a state dict, or for any dict of tensors and plain data.
 *
 *   zip      (PyTorch 1.6 on) PREFIX/data.pkl: one pickle; PREFIX/data/KEY: the bytes of each storage;
 *            PREFIX/byteorder: "little" or "big"
 *   legacy   five pickles in a row: a magic number, 1001, a dict with "little_endian", the object, the list
 * of storage keys; then for each key an 8-byte count and the elements
 *
 * The object is walked through its dicts; keys on the way to a tensor, joined by dots, are the tensor's name,
 * so that a state dict inside a checkpoint is found like one by itself. */
#include "format/pickle.h"

#include "base/error.h"
#include "base/memory.h"
#include "format/archive.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 32, MAX_NAME = 4096 };

static const unsigned char magic[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                      0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};

static bool is_legacy(const grl_source *source)
{
    return source->size >= sizeof magic && memcmp(source->bytes, magic, sizeof magic) == 0;
}

static bool is_tar(const grl_source *source)
{
    return source->size >= 262 && memcmp(source->bytes + 257, "ustar", 5) == 0;
}

static bool recognise(const grl_source *source)
{
    return grl_archive_recognise(source->bytes, source->size) || is_tar(source) ||
           (source->size >= 2 && source->bytes[0] == 0x80 && source->bytes[1] >= 2 && source->bytes[1] <= 5);
}

typedef struct walk {
    grl_pickle *pickle;
    bool big_endian;
    grl_tensors *tensors;
    grl_text name;
    grl_error *error;
} walk;

static grl_status add_tensor(walk *w, const grl_view *view)
{
    const grl_storage *storage = &w->pickle->storages[view->storage];
    grl_tensor tensor = {.dtype = storage->dtype, .big_endian = w->big_endian, .dims = view->dims};
    if (storage->bytes) tensor.data = storage->bytes + view->offset * storage->element;
    for (size_t k = 0; k < view->dims; k++) {
        tensor.shape[k] = view->shape[k];
        tensor.stride[k] = view->stride[k];
    }
    return grl_tensors_add(w->tensors, w->name.data ? w->name.data : "", &tensor, w->error);
}

/* Adds ".KEY" to the name; false for keys that cannot be part of one. */
static bool add_key(walk *w, const grl_pickle_value *key)
{
    const char *dot = w->name.size ? "." : "";
    if (key->kind == GRL_PICKLE_INTEGER) {
        grl_text_addf(&w->name, "%s%lld", dot, key->as.integer);
        return true;
    }
    if (key->kind != GRL_PICKLE_TEXT || memchr(key->as.text.bytes, '\0', key->as.text.length) ||
        key->as.text.length > MAX_NAME || w->name.size > MAX_NAME)
        return false;
    grl_text_add(&w->name, dot);
    grl_text_add_bytes(&w->name, key->as.text.bytes, key->as.text.length);
    return true;
}

/* Each dict is entered once, so that neither cycles nor shared dicts make the walk long. */
static grl_status walk_dict(walk *w, uint32_t value, int depth)
{
    grl_pickle_value *dict = &w->pickle->values[value];
    if (dict->seen) return GRL_OK;
    if (depth == MAX_DEPTH)
        return grl_fail(w->error, GRL_BAD_INPUT, "expected dicts at most %d deep, found deeper", MAX_DEPTH);
    dict->seen = true;
    grl_status status = GRL_OK;
    for (size_t i = 0; status == GRL_OK && i + 1 < dict->as.list.count; i += 2) {
        const grl_pickle_value *key = &w->pickle->values[dict->as.list.items[i]];
        const grl_pickle_value *item = &w->pickle->values[dict->as.list.items[i + 1]];
        size_t length = w->name.size;
        if (item->kind != GRL_PICKLE_DICT && item->kind != GRL_PICKLE_TENSOR) continue;
        if (!add_key(w, key)) continue;
        if (w->name.failed) return grl_fail_memory(w->error, length, 2);
        status = item->kind == GRL_PICKLE_DICT ? walk_dict(w, dict->as.list.items[i + 1], depth + 1)
                                               : add_tensor(w, &w->pickle->views[item->as.place]);
        w->name.size = length;
        w->name.data[length] = '\0';
    }
    return status;
}

/* From an unpickled object, whose storages have their bytes, to a model. */
static grl_status read_object(grl_pickle *pickle, bool big_endian, size_t file_size,
                              const grl_load_options *options, grl_model **model, grl_error *error)
{
    grl_tensors tensors = {0};
    walk w = {.pickle = pickle, .big_endian = big_endian, .tensors = &tensors, .error = error};
    grl_pickle_kind kind = pickle->values[pickle->root].kind;
    if (kind != GRL_PICKLE_DICT)
        return grl_fail(error, GRL_BAD_INPUT, "expected a state dict, found %s", grl_pickle_kind_name(kind));
    grl_status status = walk_dict(&w, pickle->root, 0);
    if (status == GRL_OK) status = grl_tensors_sort(&tensors, error);
    if (status == GRL_OK) status = grl_recurrent_read(&tensors, file_size, options, model, error);
    grl_text_drop(&w.name);
    grl_tensors_drop(&tensors);
    return status;
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

static bool same_key(const grl_storage *x, const grl_storage *y)
{
    return x->key_length == y->key_length &&
           (x->key_length == 0 || memcmp(x->key, y->key, x->key_length) == 0);
}

/* Every tensor brings its own copy of its storage's id: sorted, those of one storage stand together. */
static grl_status sort_storages(const grl_pickle *pickle, grl_storage ***sorted, grl_error *error)
{
    *sorted = grl_calloc(pickle->storage_count, sizeof **sorted);
    if (!*sorted) return grl_fail_memory(error, pickle->storage_count, sizeof **sorted);
    for (size_t i = 0; i < pickle->storage_count; i++) (*sorted)[i] = &pickle->storages[i];
    if (pickle->storage_count) qsort(*sorted, pickle->storage_count, sizeof **sorted, by_key);
    return GRL_OK;
}

/* Gives the storage its bytes, of which `size` are there. */
static grl_status place_storage(grl_storage *storage, const unsigned char *bytes, size_t size,
                                grl_error *error)
{
    if (storage->count > size / storage->element)
        return grl_fail(
            error, GRL_BAD_INPUT, "storage %s: expected %zu elements of %zu bytes, found %zu bytes",
            grl_show(storage->key, storage->key_length).text, storage->count, storage->element, size);
    storage->bytes = bytes;
    return GRL_OK;
}

typedef struct zip_file {
    grl_archive *archive;
    grl_text name; /* "PREFIX/", then an entry's name */
    size_t prefix_length;
    unsigned char **blocks; /* what was read, to be freed */
    size_t block_count, block_capacity;
    grl_error *error;
} zip_file;

/* PREFIX/name; the number of entries if there is none. */
static size_t find_entry(zip_file *zip, const char *name, size_t length)
{
    zip->name.size = zip->prefix_length;
    grl_text_add_bytes(&zip->name, name, length);
    return zip->name.failed || strlen(zip->name.data) != zip->name.size
               ? grl_archive_count(zip->archive)
               : grl_archive_find(zip->archive, zip->name.data);
}

static grl_status read_entry(zip_file *zip, size_t entry, unsigned char **bytes, size_t *size)
{
    if (!grl_grow((void **)&zip->blocks, &zip->block_capacity, zip->block_count, sizeof *zip->blocks))
        return grl_fail_memory(zip->error, zip->block_count, sizeof *zip->blocks);
    grl_status status = grl_archive_read(zip->archive, entry, bytes, size, zip->error);
    if (status == GRL_OK) zip->blocks[zip->block_count++] = *bytes;
    return status;
}

/* Finds PREFIX/data.pkl, and refuses what only looks like a state dict. */
static grl_status find_pickle(zip_file *zip, size_t *found)
{
    static const char last[] = "/data.pkl";
    size_t entries = grl_archive_count(zip->archive), seen = 0;
    for (size_t i = 0; i < entries; i++) {
        const char *name = grl_archive_name(zip->archive, i);
        size_t length = strlen(name);
        if (length < sizeof last - 1 || strcmp(name + length - (sizeof last - 1), last) != 0) continue;
        if (seen++ > 0)
            return grl_fail(zip->error, GRL_BAD_INPUT, "expected one data.pkl in the archive, found several");
        *found = i;
        zip->prefix_length = length - (sizeof last - 2);
    }
    if (seen == 0)
        return grl_fail(zip->error, GRL_BAD_INPUT,
                        "expected a PyTorch file (an archive with data.pkl), found an archive without it");
    grl_text_add_bytes(&zip->name, grl_archive_name(zip->archive, *found), zip->prefix_length);
    if (zip->name.failed) return grl_fail_memory(zip->error, zip->prefix_length, 1);
    if (find_entry(zip, "constants.pkl", 13) < entries)
        return grl_fail(zip->error, GRL_BAD_INPUT,
                        "expected a state dict, found a TorchScript module: save its state_dict() instead");
    return GRL_OK;
}

static grl_status read_byteorder(zip_file *zip, bool *big_endian)
{
    unsigned char *bytes;
    size_t size, entry = find_entry(zip, "byteorder", 9);
    *big_endian = false;
    if (entry == grl_archive_count(zip->archive)) return GRL_OK;
    grl_status status = read_entry(zip, entry, &bytes, &size);
    if (status != GRL_OK) return status;
    *big_endian = size == 3 && memcmp(bytes, "big", 3) == 0;
    if (!*big_endian && !(size == 6 && memcmp(bytes, "little", 6) == 0))
        return grl_fail(zip->error, GRL_BAD_INPUT, "byteorder: expected little or big, found %s",
                        grl_show((const char *)bytes, size).text);
    return GRL_OK;
}

static grl_status load_storages(zip_file *zip, grl_pickle *pickle)
{
    grl_storage **sorted;
    unsigned char *bytes = NULL;
    size_t size = 0;
    grl_text key = {0};
    grl_status status = sort_storages(pickle, &sorted, zip->error);
    for (size_t i = 0; status == GRL_OK && i < pickle->storage_count; i++) {
        grl_storage *storage = sorted[i];
        if (i == 0 || !same_key(sorted[i - 1], storage)) bytes = NULL;
        /* Whole numbers are no weights: what they are does not matter. */
        if (storage->dtype == GRL_DTYPE_OTHER) continue;
        if (!bytes) {
            key.size = 0;
            grl_text_add(&key, "data/");
            grl_text_add_bytes(&key, storage->key, storage->key_length);
            size_t entry = key.failed ? 0 : find_entry(zip, key.data, key.size);
            if (key.failed)
                status = grl_fail_memory(zip->error, storage->key_length, 1);
            else if (entry == grl_archive_count(zip->archive))
                status = grl_fail(zip->error, GRL_BAD_INPUT,
                                  "expected the storage data/%s in the archive, found none",
                                  grl_show(storage->key, storage->key_length).text);
            else
                status = read_entry(zip, entry, &bytes, &size);
        }
        if (status == GRL_OK) status = place_storage(storage, bytes, size, zip->error);
    }
    grl_text_drop(&key);
    free(sorted);
    return status;
}

static grl_status read_zip(const grl_source *source, const grl_load_options *options, grl_model **model,
                           grl_error *error)
{
    zip_file zip = {.error = error};
    grl_pickle pickle = {0};
    unsigned char *bytes;
    size_t entry = 0, size = 0, used;
    bool big_endian = false;
    grl_status status = grl_archive_open(source->bytes, source->size, &zip.archive, error);
    if (status != GRL_OK) return status;
    status = find_pickle(&zip, &entry);
    if (status == GRL_OK) status = read_byteorder(&zip, &big_endian);
    if (status == GRL_OK) status = read_entry(&zip, entry, &bytes, &size);
    if (status == GRL_OK) status = grl_pickle_read(bytes, size, &pickle, &used, error);
    if (status == GRL_OK) status = load_storages(&zip, &pickle);
    if (status == GRL_OK) status = read_object(&pickle, big_endian, source->size, options, model, error);
    grl_pickle_drop(&pickle);
    for (size_t i = 0; i < zip.block_count; i++) free(zip.blocks[i]);
    free(zip.blocks);
    grl_text_drop(&zip.name);
    grl_archive_close(zip.archive);
    return status;
}

/* The next of the pickles in a row. */
static grl_status next_pickle(const grl_source *source, size_t *place, grl_pickle *pickle, grl_error *error)
{
    size_t used;
    grl_status status = grl_pickle_read(source->bytes + *place, source->size - *place, pickle, &used, error);
    *place += used;
    return status;
}

/* 1001, then the dict that tells the byte order. */
static grl_status read_legacy_head(const grl_source *source, size_t *place, bool *big_endian,
                                   grl_error *error)
{
    grl_pickle version = {0}, facts = {0};
    grl_status status = next_pickle(source, place, &version, error);
    if (status == GRL_OK) {
        const grl_pickle_value *v = &version.values[version.root];
        if (v->kind != GRL_PICKLE_INTEGER || v->as.integer != 1001)
            status =
                grl_fail(error, GRL_BAD_INPUT, "expected protocol 1001 of PyTorch's files, found another");
    }
    if (status == GRL_OK) status = next_pickle(source, place, &facts, error);
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
    return low < count && same_key(sorted[low], wanted) ? sorted + low : NULL;
}

static grl_status place_legacy_storages(const grl_source *source, size_t place, bool big_endian,
                                        const grl_pickle *keys, const grl_pickle *object, grl_error *error)
{
    grl_storage **sorted;
    const grl_pickle_value *list = &keys->values[keys->root];
    if (list->kind != GRL_PICKLE_LIST)
        return grl_fail(error, GRL_BAD_INPUT, "expected the list of storages, found %s",
                        grl_pickle_kind_name(list->kind));
    grl_status status = sort_storages(object, &sorted, error);
    for (size_t i = 0; status == GRL_OK && i < list->as.list.count; i++) {
        const grl_pickle_value *key = &keys->values[list->as.list.items[i]];
        grl_storage wanted = {0};
        uint64_t count = 0;
        size_t left = source->size - place;
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
            count |= (uint64_t)source->bytes[place + (size_t)k] << 8 * (big_endian ? 7 - k : k);
        place += 8;
        size_t element = (*found)->element;
        if (count > (left - 8) / element) {
            status =
                grl_fail(error, GRL_BAD_INPUT, "storage %s: expected at most %zu bytes, found %llu elements",
                         grl_show(wanted.key, wanted.key_length).text, left - 8, (unsigned long long)count);
            break;
        }
        size_t size = (size_t)count * element;
        for (; status == GRL_OK && found < sorted + object->storage_count && same_key(*found, &wanted);
             found++)
            status = place_storage(*found, source->bytes + place, size, error);
        place += size;
    }
    for (size_t i = 0; status == GRL_OK && i < object->storage_count; i++)
        if (!object->storages[i].bytes)
            status =
                grl_fail(error, GRL_BAD_INPUT, "storage %s: expected its elements in the file, found none",
                         grl_show(object->storages[i].key, object->storages[i].key_length).text);
    free(sorted);
    return status;
}

static grl_status read_legacy(const grl_source *source, const grl_load_options *options, grl_model **model,
                              grl_error *error)
{
    grl_pickle object = {0}, keys = {0};
    size_t place = sizeof magic;
    bool big_endian = false;
    grl_status status = read_legacy_head(source, &place, &big_endian, error);
    if (status == GRL_OK) status = next_pickle(source, &place, &object, error);
    if (status == GRL_OK) status = next_pickle(source, &place, &keys, error);
    if (status == GRL_OK) status = place_legacy_storages(source, place, big_endian, &keys, &object, error);
    if (status == GRL_OK) status = read_object(&object, big_endian, source->size, options, model, error);
    grl_pickle_drop(&object);
    grl_pickle_drop(&keys);
    return status;
}

static grl_status read_torch(const grl_source *source, const grl_load_options *options, grl_model **model,
                             grl_error *error)
{
    grl_pickle pickle = {0};
    size_t used;
    if (grl_archive_recognise(source->bytes, source->size)) return read_zip(source, options, model, error);
    if (is_legacy(source)) return read_legacy(source, options, model, error);
    if (is_tar(source))
        return grl_fail(
            error, GRL_BAD_INPUT,
            "expected a file of PyTorch 0.2 or later, found the older tar layout: load it with PyTorch "
            "and save its state_dict() again");
    grl_status status = grl_pickle_read(source->bytes, source->size, &pickle, &used, error);
    if (status == GRL_OK && pickle.storage_count > 0)
        status = grl_fail(error, GRL_BAD_INPUT, "expected storages in the file, found a pickle without them");
    if (status == GRL_OK) status = read_object(&pickle, false, source->size, options, model, error);
    grl_pickle_drop(&pickle);
    return status;
}

const struct grl_format grl_format_torch = {
    .name = "PyTorch", .endings = "pt pth", .recognise = recognise, .read = read_torch, .write = NULL};
