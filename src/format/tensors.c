/* tensors.c: named arrays of numbers, and their elements as doubles.
 *
 * Half precision: 1 sign, 5 exponent and 10 fraction bits (IEEE 754 binary16); bfloat16: the upper half of a
 * binary32. Both widen to double exactly. */
#include "format/tensors.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t grl_dtype_size(grl_dtype dtype)
{
    switch (dtype) {
    case GRL_DTYPE_F16:
    case GRL_DTYPE_BF16:
        return 2;
    case GRL_DTYPE_F32:
        return 4;
    case GRL_DTYPE_F64:
        return 8;
    default:
        return 0;
    }
}

static double from_half(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
    double value = exponent == 31  ? (fraction ? NAN : INFINITY)
                   : exponent == 0 ? ldexp(fraction, -24)
                                   : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -value : value;
}

static double from_single(uint64_t bits)
{
    uint32_t word = (uint32_t)bits;
    float value;
    memcpy(&value, &word, sizeof value);
    return (double)value;
}

double grl_tensor_value(const grl_tensor *tensor, size_t i, size_t j)
{
    size_t size = grl_dtype_size(tensor->dtype);
    const unsigned char *bytes =
        tensor->data + size * (i * tensor->stride[0] + (tensor->dims > 1 ? j * tensor->stride[1] : 0));
    uint64_t bits = 0;
    for (size_t k = 0; k < size; k++)
        bits |= (uint64_t)bytes[k] << 8 * (tensor->big_endian ? size - 1 - k : k);
    switch (tensor->dtype) {
    case GRL_DTYPE_F16:
        return from_half(bits);
    case GRL_DTYPE_BF16:
        return from_single(bits << 16);
    case GRL_DTYPE_F32:
        return from_single(bits);
    case GRL_DTYPE_F64: {
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    default:
        return NAN;
    }
}

grl_status grl_tensors_add(grl_tensors *tensors, const char *name, const grl_tensor *tensor, grl_error *error)
{
    char *copy = grl_strdup(name);
    if (!copy || !grl_grow((void **)&tensors->items, &tensors->capacity, tensors->count, sizeof *tensor)) {
        free(copy);
        return grl_fail_memory(error, 1, sizeof *tensor);
    }
    tensors->items[tensors->count] = *tensor;
    tensors->items[tensors->count++].name = copy;
    return GRL_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const grl_tensor *)a)->name, ((const grl_tensor *)b)->name);
}

grl_status grl_tensors_sort(grl_tensors *tensors, grl_error *error)
{
    if (tensors->count == 0) return GRL_OK;
    qsort(tensors->items, tensors->count, sizeof *tensors->items, by_name);
    for (size_t i = 1; i < tensors->count; i++) {
        const char *name = tensors->items[i].name;
        if (strcmp(name, tensors->items[i - 1].name) == 0)
            return grl_fail(error, GRL_BAD_INPUT, "%s: expected one tensor of this name, found two",
                            grl_show(name, strlen(name)).text);
    }
    return GRL_OK;
}

const grl_tensor *grl_tensors_find(const grl_tensors *tensors, const char *name)
{
    size_t low = 0, high = tensors->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(tensors->items[middle].name, name);
        if (order == 0) return &tensors->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void grl_tensors_drop(grl_tensors *tensors)
{
    for (size_t i = 0; i < tensors->count; i++) free(tensors->items[i].name);
    free(tensors->items);
    *tensors = (grl_tensors){0};
}
