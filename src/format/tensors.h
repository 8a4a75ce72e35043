/* tensors.h: named arrays of numbers, as tensor files hold them. */
#ifndef GRL_FORMAT_TENSORS_H
#define GRL_FORMAT_TENSORS_H

#include "format/format.h"

typedef enum grl_dtype {
    GRL_DTYPE_OTHER, /* whole numbers, truth values, complex numbers: no weights */
    GRL_DTYPE_F16,
    GRL_DTYPE_BF16,
    GRL_DTYPE_F32,
    GRL_DTYPE_F64
} grl_dtype;

enum { GRL_MAX_DIMS = 8 };

/* data is borrowed from the file; whoever makes a tensor has checked that every element lies inside. */
typedef struct grl_tensor {
    char *name;
    grl_dtype dtype;
    bool big_endian;
    size_t dims;
    size_t shape[GRL_MAX_DIMS];
    size_t stride[GRL_MAX_DIMS]; /* in elements */
    const unsigned char *data;
} grl_tensor;

typedef struct grl_tensors {
    grl_tensor *items;
    size_t count, capacity;
    grl_reset_choice reset;    /* what the file itself says, if it does */
    grl_gate_order gate_order; /* likewise */
} grl_tensors;

size_t grl_dtype_size(grl_dtype dtype); /* bytes of an element; 0 for GRL_DTYPE_OTHER */

/* Element (i, j) of a matrix, or (i) of a vector with j = 0, as a double. */
double grl_tensor_value(const grl_tensor *tensor, size_t i, size_t j);

/* Adds a tensor under a copy of the name. */
grl_status grl_tensors_add(grl_tensors *tensors, const char *name, const grl_tensor *tensor,
                           grl_error *error);
/* Sorts by name, and refuses a name that is there twice. */
grl_status grl_tensors_sort(grl_tensors *tensors, grl_error *error);
/* After grl_tensors_sort; NULL if there is none. */
const grl_tensor *grl_tensors_find(const grl_tensors *tensors, const char *name);
void grl_tensors_drop(grl_tensors *tensors);

/* Finds the one GRU that the options choose among sorted tensors, and makes a model of it. */
grl_status grl_recurrent_read(const grl_tensors *tensors, size_t file_size, const grl_load_options *options,
                              grl_model **model, grl_error *error);

#endif
