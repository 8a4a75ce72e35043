/* text.h: a growing text, and numbers that read back to the same double. */
#ifndef GRL_BASE_TEXT_H
#define GRL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Start from {0}. After a failed allocation `failed` stays set and further calls do nothing, so only the end
 * needs a check. */
typedef struct grl_text {
    char *data; /* NUL-terminated once anything was added */
    size_t size;
    size_t capacity;
    bool failed;
} grl_text;

void grl_text_add(grl_text *text, const char *string);
void grl_text_add_bytes(grl_text *text, const char *bytes, size_t size);
void grl_text_addf(grl_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The shortest decimal form that strtod reads back to the same double; "null" for a number that is not
 * finite. */
void grl_text_add_number(grl_text *text, double value);

/* A JSON string, quoted and escaped. */
void grl_text_add_quoted(grl_text *text, const char *string);

/* Hands the text over (to be freed with free) and leaves an empty one; NULL if anything had failed. */
char *grl_text_take(grl_text *text);
void grl_text_drop(grl_text *text);

#endif
