/* text.c: a growing text. */
#include "base/text.h"

#include "base/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(grl_text *text, size_t more)
{
    if (text->failed) return false;
    if (text->size + more + 1 <= text->capacity) return true;
    size_t larger = 2 * text->capacity + more + 64;
    char *grown = grl_resize(text->data, larger, 1);
    if (!grown) {
        text->failed = true;
        return false;
    }
    text->data = grown;
    text->capacity = larger;
    return true;
}

void grl_text_add_bytes(grl_text *text, const char *bytes, size_t size)
{
    if (!reserve(text, size)) return;
    memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void grl_text_add(grl_text *text, const char *string)
{
    grl_text_add_bytes(text, string, strlen(string));
}

void grl_text_addf(grl_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0) {
        text->failed = true;
        return;
    }
    if (!reserve(text, (size_t)size)) return;
    va_start(arguments, format);
    vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    text->size += (size_t)size;
}

void grl_text_add_number(grl_text *text, double value)
{
    char digits[40];
    if (!isfinite(value)) {
        grl_text_add(text, "null");
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value) break;
    }
    grl_text_add(text, digits);
}

/* The bytes of the UTF-8 sequence at c (Unicode 15, table 3-7), or 0 if it is none. */
static size_t sequence_length(const unsigned char *c)
{
    size_t length = c[0] < 0x80   ? 1
                    : c[0] < 0xc2 ? 0
                    : c[0] < 0xe0 ? 2
                    : c[0] < 0xf0 ? 3
                    : c[0] < 0xf5 ? 4
                                  : 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80) return 0;
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf0 && c[1] < 0x90) ||
        (c[0] == 0xf4 && c[1] > 0x8f))
        return 0;
    return length;
}

void grl_text_add_quoted(grl_text *text, const char *string)
{
    grl_text_add(text, "\"");
    for (const char *c = string; *c;) {
        size_t length = sequence_length((const unsigned char *)c);
        if (*c == '"' || *c == '\\')
            grl_text_addf(text, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            grl_text_addf(text, "\\u%04x", (unsigned)(unsigned char)*c);
        else if (length == 0) /* a file's name may be any bytes, a document may not */
            grl_text_add(text, "\\ufffd");
        else
            grl_text_add_bytes(text, c, length);
        c += length ? length : 1;
    }
    grl_text_add(text, "\"");
}

char *grl_text_take(grl_text *text)
{
    char *data = text->data;
    if (text->failed) {
        free(data);
        data = NULL;
    } else if (!data) {
        data = grl_calloc(1, 1);
    }
    *text = (grl_text){0};
    return data;
}

void grl_text_drop(grl_text *text)
{
    free(text->data);
    *text = (grl_text){0};
}
