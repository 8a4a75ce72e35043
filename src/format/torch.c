/* torch.c: what torch.save writes for a state dict, or for any dict of tensors and plain data.
 *
 *   zip      (PyTorch 1.6 on) PREFIX/data.pkl: one pickle; PREFIX/data/KEY: the bytes of each storage;
 *            PREFIX/byteorder: "little" or "big"
 *   legacy   five pickles in a row: a magic number, 1001, a dict with "little_endian", the object, the
 *            list of storage keys; then for each key an 8-byte count and the elements
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
    grl_tensors *tensors;
    grl_text name;
    grl_error *error;
} walk;

static grl_status add_tensor(walk *w, const grl_view *view)
{
    const grl_storage *storage = &w->pickle->storages[view->storage];
    grl_tensor tensor = {.dtype = storage->dtype, .big_endian = storage->big_endian, .dims = view->dims};
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
static grl_status read_object(grl_pickle *pickle, size_t file_size, const grl_load_options *options,
                              grl_model **model, grl_error *error)
{
    grl_tensors tensors = {0};
    walk w = {.pickle = pickle, .tensors = &tensors, .error = error};
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

static grl_status load_storages(zip_file *zip, grl_pickle *pickle, bool big_endian)
{
    grl_storage **sorted;
    unsigned char *bytes = NULL;
    size_t size = 0;
    grl_text key = {0};
    grl_status status = grl_storages_sort(pickle, &sorted, zip->error);
    for (size_t i = 0; status == GRL_OK && i < pickle->storage_count; i++) {
        grl_storage *storage = sorted[i];
        if (i == 0 || !grl_storage_same(sorted[i - 1], storage)) bytes = NULL;
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
        if (status == GRL_OK) status = grl_storage_place(storage, bytes, size, big_endian, zip->error);
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
    if (status == GRL_OK) status = load_storages(&zip, &pickle, big_endian);
    if (status == GRL_OK) status = read_object(&pickle, source->size, options, model, error);
    grl_pickle_drop(&pickle);
    for (size_t i = 0; i < zip.block_count; i++) free(zip.blocks[i]);
    free(zip.blocks);
    grl_text_drop(&zip.name);
    grl_archive_close(zip.archive);
    return status;
}

static grl_status read_legacy(const grl_source *source, const grl_load_options *options, grl_model **model,
                              grl_error *error)
{
    grl_pickle object = {0};
    grl_status status = grl_legacy_read(source->bytes, source->size, &object, error);
    if (status == GRL_OK) status = read_object(&object, source->size, options, model, error);
    grl_pickle_drop(&object);
    return status;
}

/* What pickle.dump writes for a dict of tensors: each brings its storage along. */
static grl_status read_bare(const grl_source *source, const grl_load_options *options, grl_model **model,
                            grl_error *error)
{
    grl_pickle pickle = {.nests = true};
    size_t used;
    grl_status status = grl_pickle_read(source->bytes, source->size, &pickle, &used, error);
    for (size_t i = 0; status == GRL_OK && i < pickle.storage_count; i++)
        if (!pickle.storages[i].bytes)
            status =
                grl_fail(error, GRL_BAD_INPUT, "storage %s: expected its elements in the file, found none",
                         grl_show(pickle.storages[i].key, pickle.storages[i].key_length).text);
    if (status == GRL_OK) status = read_object(&pickle, source->size, options, model, error);
    grl_pickle_drop(&pickle);
    return status;
}

static grl_status read_torch(const grl_source *source, const grl_load_options *options, grl_model **model,
                             grl_error *error)
{
    if (grl_archive_recognise(source->bytes, source->size)) return read_zip(source, options, model, error);
    if (grl_legacy_recognise(source->bytes, source->size)) return read_legacy(source, options, model, error);
    if (is_tar(source))
        return grl_fail(
            error, GRL_BAD_INPUT,
            "expected a file of PyTorch 0.2 or later, found the older tar layout: load it with PyTorch "
            "and save its state_dict() again");
    return read_bare(source, options, model, error);
}

const struct grl_format grl_format_torch = {
    .name = "PyTorch", .endings = "pt pth", .recognise = recognise, .read = read_torch, .write = NULL};
