/* error.h: filling in a grl_error. */
#ifndef GRL_BASE_ERROR_H
#define GRL_BASE_ERROR_H

#include <grulens/status.h>
#include <stddef.h>

/* Writes the sentence and returns the status, so that a function can end with `return grl_fail(...)`. error
 * may be NULL. */
grl_status grl_fail(grl_error *error, grl_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a failed allocation of count x size bytes. */
grl_status grl_fail_memory(grl_error *error, size_t count, size_t size);

#endif
