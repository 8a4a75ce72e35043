/* pickle_build.c: what the few names that a pickle may call stand for.
 *
 *   collections.OrderedDict()                                             a dict
 *   torch.Size(list)                                                      its argument
 *   torch._utils._rebuild_tensor_v2(storage, offset, size, stride, ...)   a view of a storage
 *   torch._utils._rebuild_tensor(storage, offset, size, stride)           the same
 *   torch._utils._rebuild_parameter(tensor, ...)                          its argument
 *   torch.storage._load_from_bytes(bytes)                                 a storage in the legacy layout, in
 *                                                                         bare pickles
 *   torch.FloatStorage and the like                                       types of elements
 *
 * A view is accepted only if every element it reaches lies in its storage: no negative size, stride or
 * offset, and offset + sum (size_k - 1) stride_k below the storage's count. */
#include "format/pickle.h"

#include "base/error.h"
#include "base/memory.h"

#include <string.h>

typedef enum role {
    STORAGE_TYPE,
    ORDERED_DICT,
    SIZE,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    LOAD_FROM_BYTES
} role;

static const struct {
    const char *module, *name;
    role role;
    grl_dtype dtype;
    size_t element;
} globals[] = {
    {"collections", "OrderedDict", ORDERED_DICT, GRL_DTYPE_OTHER, 0},
    {"torch", "Size", SIZE, GRL_DTYPE_OTHER, 0},
    {"torch._utils", "_rebuild_tensor_v2", REBUILD_TENSOR, GRL_DTYPE_OTHER, 0},
    {"torch._utils", "_rebuild_tensor", REBUILD_TENSOR, GRL_DTYPE_OTHER, 0},
    {"torch._utils", "_rebuild_parameter", REBUILD_PARAMETER, GRL_DTYPE_OTHER, 0},
    {"torch.storage", "_load_from_bytes", LOAD_FROM_BYTES, GRL_DTYPE_OTHER, 0},
    {"torch", "FloatStorage", STORAGE_TYPE, GRL_DTYPE_F32, 4},
    {"torch", "DoubleStorage", STORAGE_TYPE, GRL_DTYPE_F64, 8},
    {"torch", "HalfStorage", STORAGE_TYPE, GRL_DTYPE_F16, 2},
    {"torch", "BFloat16Storage", STORAGE_TYPE, GRL_DTYPE_BF16, 2},
    {"torch", "LongStorage", STORAGE_TYPE, GRL_DTYPE_OTHER, 8},
    {"torch", "IntStorage", STORAGE_TYPE, GRL_DTYPE_OTHER, 4},
    {"torch", "ShortStorage", STORAGE_TYPE, GRL_DTYPE_OTHER, 2},
    {"torch", "CharStorage", STORAGE_TYPE, GRL_DTYPE_OTHER, 1},
    {"torch", "ByteStorage", STORAGE_TYPE, GRL_DTYPE_OTHER, 1},
    {"torch", "BoolStorage", STORAGE_TYPE, GRL_DTYPE_OTHER, 1},
    {"torch", "ComplexFloatStorage", STORAGE_TYPE, GRL_DTYPE_OTHER, 8},
    {"torch", "ComplexDoubleStorage", STORAGE_TYPE, GRL_DTYPE_OTHER, 16},
};

static bool same(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

grl_status grl_pickle_global(const char *module, size_t module_length, const char *name, size_t name_length,
                             size_t *global, grl_error *error)
{
    for (*global = 0; *global < sizeof globals / sizeof *globals; ++*global)
        if (same(globals[*global].module, module, module_length) &&
            same(globals[*global].name, name, name_length))
            return GRL_OK;
    /* What torch has besides modules is a kind of tensor that is not read, and no pickled object. */
    const bool torch = module_length >= 5 && memcmp(module, "torch", 5) == 0;
    const bool code = !torch || (module_length >= 8 && memcmp(module, "torch.nn", 8) == 0);
    return grl_fail(error, GRL_BAD_INPUT,
                    "expected tensors and plain data, found that global %s.%s is refused%s",
                    grl_show(module, module_length).text, grl_show(name, name_length).text,
                    code ? " (a pickled object needs code: save the module's state_dict() instead)" : "");
}

/* The values in a tuple or list; NULL if it is none. */
static const uint32_t *items_of(const grl_pickle *pickle, uint32_t value, size_t *count)
{
    static const uint32_t none[1] = {0};
    const grl_pickle_value *v = &pickle->values[value];
    *count = 0;
    if (v->kind != GRL_PICKLE_TUPLE && v->kind != GRL_PICKLE_LIST) return NULL;
    *count = v->as.list.count;
    return *count ? v->as.list.items : none;
}

static bool get_size(const grl_pickle *pickle, uint32_t value, size_t *size)
{
    const grl_pickle_value *v = &pickle->values[value];
    if (v->kind != GRL_PICKLE_INTEGER || v->as.integer < 0) return false;
    *size = (size_t)v->as.integer;
    return true;
}

/* Whether all elements of the view lie below `count`. */
static bool fits(const grl_view *view, size_t count)
{
    size_t last = view->offset;
    for (size_t k = 0; k < view->dims; k++)
        if (view->shape[k] == 0) return view->offset <= count;
    for (size_t k = 0; k < view->dims; k++) {
        size_t reach;
        if (!grl_product(view->shape[k] - 1, view->stride[k], &reach) || reach > count) return false;
        if (last > count - reach) return false;
        last += reach;
    }
    return last < count;
}

static grl_status rebuild_tensor(grl_pickle *pickle, const uint32_t *arguments, size_t count,
                                 uint32_t *result, grl_error *error)
{
    grl_view view = {0};
    size_t strides = 0;
    const grl_pickle_value *storage = count >= 4 ? &pickle->values[arguments[0]] : NULL;
    if (!storage || storage->kind != GRL_PICKLE_STORAGE)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a tensor of a storage, offset, size and stride, found %s",
                        storage ? grl_pickle_kind_name(storage->kind) : "too few arguments");
    view.storage = storage->as.place;
    const uint32_t *size = items_of(pickle, arguments[2], &view.dims);
    const uint32_t *stride = items_of(pickle, arguments[3], &strides);
    if (!size || !stride || view.dims != strides || view.dims > GRL_MAX_DIMS)
        return grl_fail(
            error, GRL_BAD_INPUT,
            "expected a tensor with a size and a stride for each of at most %d dimensions, found %zu "
            "and %zu",
            GRL_MAX_DIMS, view.dims, strides);
    bool good = get_size(pickle, arguments[1], &view.offset);
    for (size_t k = 0; k < view.dims; k++)
        good =
            good && get_size(pickle, size[k], &view.shape[k]) && get_size(pickle, stride[k], &view.stride[k]);
    if (!good)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected whole numbers from 0 as a tensor's offset, size and stride, found another");
    const grl_storage *s = &pickle->storages[view.storage];
    if (!fits(&view, s->count))
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a tensor inside its storage %s of %zu elements, found one beyond it",
                        grl_show(s->key, s->key_length).text, s->count);
    if (!grl_grow((void **)&pickle->views, &pickle->view_capacity, pickle->view_count, sizeof view))
        return grl_fail_memory(error, pickle->view_count, sizeof view);
    grl_status status = grl_pickle_new(pickle, GRL_PICKLE_TENSOR, result, error);
    if (status != GRL_OK) return status;
    pickle->views[pickle->view_count] = view;
    pickle->values[*result].as.place = pickle->view_count++;
    return GRL_OK;
}

/* A storage that stands in the pickle itself. What is inside may not nest further. */
static grl_status load_from_bytes(grl_pickle *pickle, uint32_t argument, uint32_t *result, grl_error *error)
{
    grl_pickle inner = {0};
    const grl_pickle_value *v = &pickle->values[argument];
    const unsigned char *bytes = (const unsigned char *)v->as.text.bytes;
    if (!pickle->nests || v->kind != GRL_PICKLE_BYTES || !grl_legacy_recognise(bytes, v->as.text.length))
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected _load_from_bytes of a storage in a bare pickle, found it of %s%s",
                        grl_pickle_kind_name(v->kind), pickle->nests ? "" : " elsewhere");
    grl_status status = grl_legacy_read(bytes, v->as.text.length, &inner, error);
    if (status == GRL_OK && inner.values[inner.root].kind != GRL_PICKLE_STORAGE)
        status = grl_fail(error, GRL_BAD_INPUT, "expected a storage in bytes, found %s",
                          grl_pickle_kind_name(inner.values[inner.root].kind));
    if (status == GRL_OK && !grl_grow((void **)&pickle->storages, &pickle->storage_capacity,
                                      pickle->storage_count, sizeof *pickle->storages))
        status = grl_fail_memory(error, pickle->storage_count, sizeof *pickle->storages);
    if (status == GRL_OK) status = grl_pickle_new(pickle, GRL_PICKLE_STORAGE, result, error);
    if (status == GRL_OK) {
        pickle->storages[pickle->storage_count] = inner.storages[inner.values[inner.root].as.place];
        pickle->values[*result].as.place = pickle->storage_count++;
    }
    grl_pickle_drop(&inner);
    return status;
}

grl_status grl_pickle_reduce(grl_pickle *pickle, uint32_t function, uint32_t arguments, uint32_t *result,
                             grl_error *error)
{
    size_t count;
    const uint32_t *items = items_of(pickle, arguments, &count);
    const grl_pickle_value *f = &pickle->values[function];
    if (f->kind != GRL_PICKLE_GLOBAL || !items)
        return grl_fail(error, GRL_BAD_INPUT, "expected a known function and its arguments, found %s",
                        grl_pickle_kind_name(f->kind));
    const char *name = globals[f->as.place].name;
    switch (globals[f->as.place].role) {
    case ORDERED_DICT:
        if (count == 0) return grl_pickle_new(pickle, GRL_PICKLE_DICT, result, error);
        break;
    case REBUILD_TENSOR:
        return rebuild_tensor(pickle, items, count, result, error);
    case REBUILD_PARAMETER:
        if (count > 0 && pickle->values[items[0]].kind == GRL_PICKLE_TENSOR) {
            *result = items[0];
            return GRL_OK;
        }
        break;
    case SIZE:
        if (count == 1 && items_of(pickle, items[0], &count)) {
            *result = items[0];
            return GRL_OK;
        }
        break;
    case LOAD_FROM_BYTES:
        if (count == 1) return load_from_bytes(pickle, items[0], result, error);
        break;
    case STORAGE_TYPE:
        break;
    }
    return grl_fail(error, GRL_BAD_INPUT, "expected %s with other arguments, found %zu that it does not take",
                    name, count);
}

grl_status grl_pickle_persistent(grl_pickle *pickle, uint32_t id, uint32_t *result, grl_error *error)
{
    grl_storage storage = {0};
    size_t count;
    const uint32_t *items = items_of(pickle, id, &count);
    const grl_pickle_value *v = pickle->values;
    bool good = items && count >= 5 && v[items[0]].kind == GRL_PICKLE_TEXT &&
                same("storage", v[items[0]].as.text.bytes, v[items[0]].as.text.length) &&
                v[items[1]].kind == GRL_PICKLE_GLOBAL && globals[v[items[1]].as.place].role == STORAGE_TYPE &&
                v[items[2]].kind == GRL_PICKLE_TEXT && get_size(pickle, items[4], &storage.count);
    if (!good)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a persistent id of \"storage\", type, key, device and count, found %s",
                        items ? "another" : grl_pickle_kind_name(v[id].kind));
    if (count > 5 && v[items[5]].kind != GRL_PICKLE_NONE)
        return grl_fail(error, GRL_BAD_INPUT, "expected whole storages, found a view of one");
    storage.key = v[items[2]].as.text.bytes;
    storage.key_length = v[items[2]].as.text.length;
    storage.dtype = globals[v[items[1]].as.place].dtype;
    storage.element = globals[v[items[1]].as.place].element;
    if (!grl_grow((void **)&pickle->storages, &pickle->storage_capacity, pickle->storage_count,
                  sizeof storage))
        return grl_fail_memory(error, pickle->storage_count, sizeof storage);
    grl_status status = grl_pickle_new(pickle, GRL_PICKLE_STORAGE, result, error);
    if (status != GRL_OK) return status;
    pickle->storages[pickle->storage_count] = storage;
    pickle->values[*result].as.place = pickle->storage_count++;
    return GRL_OK;
}
