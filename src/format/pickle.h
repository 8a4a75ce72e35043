/* pickle.h: Python's pickle, as far as it can hold tensors and plain data; nothing in it is ever called. */
#ifndef GRL_FORMAT_PICKLE_H
#define GRL_FORMAT_PICKLE_H

#include "format/tensors.h"

#include <stdint.h>

typedef enum grl_pickle_kind {
    GRL_PICKLE_NONE,
    GRL_PICKLE_BOOL,
    GRL_PICKLE_INTEGER,
    GRL_PICKLE_REAL,
    GRL_PICKLE_TEXT,
    GRL_PICKLE_BYTES, /* also whole numbers beyond 64 bits */
    GRL_PICKLE_LIST,
    GRL_PICKLE_TUPLE,
    GRL_PICKLE_DICT,
    GRL_PICKLE_GLOBAL, /* one of the functions and classes that are known; see pickle_build.c */
    GRL_PICKLE_STORAGE,
    GRL_PICKLE_TENSOR
} grl_pickle_kind;

typedef struct grl_pickle_value {
    grl_pickle_kind kind;
    bool seen; /* for walks over containers, which may hold themselves */
    union {
        long long integer; /* BOOL, INTEGER */
        double real;
        struct {
            const char *bytes; /* into the file, without a NUL */
            size_t length;
        } text; /* TEXT, BYTES */
        struct {
            uint32_t *items; /* numbers of values; of a DICT: key, value, key, value */
            size_t count, capacity;
        } list;       /* LIST, TUPLE, DICT */
        size_t place; /* GLOBAL: its number; STORAGE, TENSOR: the place in the pickle's list */
    } as;
} grl_pickle_value;

/* The memory that tensors view, named by a key. Where its bytes are, the container tells later. */
typedef struct grl_storage {
    const char *key;
    size_t key_length;
    grl_dtype dtype;
    size_t element; /* bytes of one element */
    size_t count;   /* elements */
    bool big_endian;
    const unsigned char *bytes;
} grl_storage;

typedef struct grl_view {
    size_t storage, offset, dims, shape[GRL_MAX_DIMS], stride[GRL_MAX_DIMS];
} grl_view;

typedef struct grl_pickle {
    grl_pickle_value *values;
    size_t count, capacity;
    grl_storage *storages;
    size_t storage_count, storage_capacity;
    grl_view *views;
    size_t view_count, view_capacity;
    uint32_t root;
    bool nests; /* whether storages may come along as bytes in the legacy layout; set before reading */
} grl_pickle;

/* Reads one pickle; *used: the bytes up to its end. Texts stay borrowed from `bytes`. Start from {0}; drop it
 * also after a failure. */
grl_status grl_pickle_read(const unsigned char *bytes, size_t size, grl_pickle *pickle, size_t *used,
                           grl_error *error);
void grl_pickle_drop(grl_pickle *pickle);

/* "a list", "a tensor", for messages. */
const char *grl_pickle_kind_name(grl_pickle_kind kind);

/* Shared by pickle.c and pickle_build.c: a new value of a kind, all else zero. */
grl_status grl_pickle_new(grl_pickle *pickle, grl_pickle_kind kind, uint32_t *value, grl_error *error);
/* The number of a known global; GRL_BAD_INPUT by its name otherwise. */
grl_status grl_pickle_global(const char *module, size_t module_length, const char *name, size_t name_length,
                             size_t *global, grl_error *error);
/* What calling a known global with these arguments would give. */
grl_status grl_pickle_reduce(grl_pickle *pickle, uint32_t function, uint32_t arguments, uint32_t *result,
                             grl_error *error);
/* The storage behind a persistent id ("storage", TYPE, KEY, DEVICE, COUNT). */
grl_status grl_pickle_persistent(grl_pickle *pickle, uint32_t id, uint32_t *result, grl_error *error);

/* Every tensor brings its own copy of its storage's id. Sorted by key, those of one storage stand together;
 * free the list with free(). */
grl_status grl_storages_sort(const grl_pickle *pickle, grl_storage ***sorted, grl_error *error);
bool grl_storage_same(const grl_storage *x, const grl_storage *y);
/* Gives the storage its bytes, of which `size` are there. */
grl_status grl_storage_place(grl_storage *storage, const unsigned char *bytes, size_t size, bool big_endian,
                             grl_error *error);

/* The layout of PyTorch before 1.6: the object, its storages placed. */
bool grl_legacy_recognise(const unsigned char *bytes, size_t size);
grl_status grl_legacy_read(const unsigned char *bytes, size_t size, grl_pickle *object, grl_error *error);

#endif
