/* layout.c: text in lines, for people. */
#include "base/layout.h"

#include <string.h>

/* Bytes 10xxxxxx continue a code point. */
static size_t columns_of(const char *string, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++) columns += ((unsigned char)string[i] & 0xc0) != 0x80;
    return columns;
}

size_t grl_text_columns(const char *string)
{
    return columns_of(string, strlen(string));
}

void grl_text_add_spaces(grl_text *text, size_t count)
{
    while (count--) grl_text_add(text, " ");
}

void grl_text_add_wrapped(grl_text *text, const char *words, size_t column, size_t indent, size_t width)
{
    bool fresh = true; /* nothing on this line yet */
    while (*words) {
        size_t feeds = 0, length;
        for (; *words == ' ' || *words == '\n'; words++) feeds += *words == '\n';
        length = strcspn(words, " \n");
        if (length == 0) break;
        size_t columns = columns_of(words, length);
        if (feeds >= 2) {
            grl_text_add(text, "\n\n");
            fresh = true;
            column = 0;
        } else if (!fresh && column + 1 + columns > width) {
            grl_text_add(text, "\n");
            fresh = true;
            column = 0;
        }
        if (!fresh) {
            grl_text_add(text, " ");
            column++;
        } else if (column < indent) {
            grl_text_add_spaces(text, indent - column);
            column = indent;
        }
        grl_text_add_bytes(text, words, length);
        words += length;
        column += columns;
        fresh = false;
    }
    grl_text_add(text, "\n");
}
