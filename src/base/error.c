/* error.c: the one place where an error's sentence is formed. */
#include "base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

grl_status grl_fail(grl_error *error, grl_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;
        error->status = status;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        /* One line, whatever a file put into it. */
        for (char *c = error->message; *c; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
    }
    return status;
}

grl_status grl_fail_memory(grl_error *error, size_t count, size_t size)
{
    return grl_fail(error, GRL_NO_MEMORY, "not enough memory for %zu items of %zu bytes", count, size);
}

const char *grl_status_text(grl_status status)
{
    switch (status) {
    case GRL_OK:
        return "done";
    case GRL_BAD_INPUT:
        return "bad input";
    case GRL_NO_MEMORY:
        return "not enough memory";
    case GRL_IO:
        return "input or output failed";
    case GRL_NOT_REACHED:
        return "not reached";
    case GRL_STOPPED:
        return "stopped";
    }
    return "unknown status";
}

const char *grl_version(void)
{
    return GRL_VERSION;
}
