/* memory.c: allocation with checked sizes. */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool grl_product(size_t a, size_t b, size_t *product)
{
    if (b != 0 && a > SIZE_MAX / 2 / b) return false;
    *product = a * b;
    return true;
}

void *grl_calloc(size_t count, size_t size)
{
    size_t bytes;
    if (!grl_product(count, size, &bytes)) return NULL;
    return calloc(bytes ? bytes : 1, 1);
}

void *grl_resize(void *block, size_t count, size_t size)
{
    size_t bytes;
    if (!grl_product(count, size, &bytes)) return NULL;
    return realloc(block, bytes ? bytes : 1);
}

bool grl_grow(void **block, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity) return true;
    size_t larger = *capacity < 8 ? 16 : 2 * *capacity;
    void *grown = grl_resize(*block, larger, size);
    if (!grown) return false;
    *block = grown;
    *capacity = larger;
    return true;
}

char *grl_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = grl_calloc(size, 1);
    if (copy) memcpy(copy, text, size);
    return copy;
}
