/* memory.h: allocation with checked sizes. Free with free(). */
#ifndef GRL_BASE_MEMORY_H
#define GRL_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* count x size bytes, all zero; NULL if there is not enough or the product does not fit. A count of zero
 * gives a valid pointer, so that NULL always means failure. */
void *grl_calloc(size_t count, size_t size);

/* As realloc for count x size bytes; on failure NULL, and the old block stays. New bytes are not cleared. */
void *grl_resize(void *block, size_t count, size_t size);

/* Makes room for one more item in a growing array: doubles *capacity where needed. False on failure; nothing
 * changes then. */
bool grl_grow(void **block, size_t *capacity, size_t count, size_t size);

/* a * b in *product, or false if it does not fit. */
bool grl_product(size_t a, size_t b, size_t *product);

/* A copy of a string, or NULL. */
char *grl_strdup(const char *text);

#endif
