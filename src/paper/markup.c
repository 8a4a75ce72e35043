/* markup.c: from a text with places for numbers to spans in one style each. */
#include "paper/markup.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "paper/results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 256 };

static const char minus[] = "\xe2\x88\x92";

typedef struct reader {
    const char *text, *base;
    const json_t *sections;
    grl_spans *spans;
    grl_text word; /* of the style so far */
    unsigned style;
    int failed;
    grl_error *error;
} reader;

void grl_spans_free(grl_spans *spans)
{
    for (size_t i = 0; i < spans->count; i++) {
        free(spans->items[i].text);
        free(spans->items[i].pointer);
        free(spans->items[i].value);
    }
    free(spans->items);
    *spans = (grl_spans){0};
}

/* Takes all three texts over. */
static grl_status add(reader *r, char *text, unsigned style, char *pointer, char *value, int part)
{
    if (!text ||
        !grl_grow((void **)&r->spans->items, &r->spans->capacity, r->spans->count, sizeof *r->spans->items)) {
        free(text);
        free(pointer);
        free(value);
        return grl_fail_memory(r->error, 1, sizeof *r->spans->items);
    }
    r->spans->items[r->spans->count++] =
        (grl_span){.text = text, .style = style, .pointer = pointer, .value = value, .part = part};
    return GRL_OK;
}

static grl_status flush(reader *r, unsigned style)
{
    if (r->word.failed) return grl_fail_memory(r->error, 1, 1);
    if (r->word.size == 0) return GRL_OK;
    return add(r, grl_text_take(&r->word), style, NULL, NULL, 0);
}

/* A decimal number with a true minus sign, and its power of ten apart. */
static void split_number(const char *digits, grl_text *mantissa, grl_text *power)
{
    const char *e = strpbrk(digits, "eE");
    const size_t length = e ? (size_t)(e - digits) : strlen(digits);
    if (digits[0] == '-') grl_text_add(mantissa, minus);
    const char *from = digits + (digits[0] == '-');
    grl_text_add_bytes(mantissa, from, length - (size_t)(from - digits));
    if (!e) return;
    grl_text_add(mantissa, "\xc2\xb7"
                           "10");
    const int exponent = atoi(e + 1);
    grl_text_addf(power, "%s%d", exponent < 0 ? minus : "", abs(exponent));
}

/* A format of letters that printf knows for one double, and nothing else. */
static int good_format(const char *f)
{
    if (*f == '%') f++;
    if (*f == '.') f++;
    f += strspn(f, "0123456789");
    return (*f == 'f' || *f == 'g' || *f == 'd') && f[1] == '\0';
}

static void format_number(double value, const char *format, char digits[64], int *percent)
{
    char pattern[32];
    *percent = *format == '%';
    if (*percent) {
        format++;
        value *= 100;
    }
    if (format[strlen(format) - 1] == 'd') {
        snprintf(digits, 64, "%.0f", value);
        return;
    }
    snprintf(pattern, sizeof pattern, "%%%.20s", format);
    snprintf(digits, 64, pattern, value);
}

static grl_status add_value(reader *r, const json_t *value, const char *format, char *pointer)
{
    grl_text shown = {0}, power = {0}, full = {0};
    int percent = 0;
    if (json_is_number(value)) {
        char digits[64];
        format_number(json_number_value(value), format, digits, &percent);
        split_number(digits, &shown, &power);
        if (percent) grl_text_add(&shown, "\xe2\x80\x89%");
        if (json_is_integer(value)) {
            grl_text_addf(&full, "%lld", (long long)json_integer_value(value));
        } else {
            grl_text_add_number(&full, json_number_value(value));
        }
    } else if (json_is_string(value)) {
        grl_text_add(&shown, json_string_value(value));
        grl_text_add(&full, json_string_value(value));
    } else if (json_is_boolean(value)) {
        grl_text_add(&shown, json_is_true(value) ? "yes" : "no");
        grl_text_add(&full, json_is_true(value) ? "true" : "false");
    } else { /* a number that is not finite */
        grl_text_add(&shown, "\xe2\x88\x9e");
        grl_text_add(&full, "null");
    }
    const int raised = power.size > 0;
    char *text = grl_text_take(&shown), *exponent = raised ? grl_text_take(&power) : NULL,
         *whole = grl_text_take(&full);
    if (!text || !whole || (raised && !exponent)) {
        free(text);
        free(exponent);
        free(whole);
        free(pointer);
        return grl_fail_memory(r->error, 1, 1);
    }
    const unsigned style = r->style & ~(unsigned)(GRL_SPAN_ITALIC);
    grl_status status = add(r, text, style, pointer, whole, 0);
    if (!raised) return status;
    if (status == GRL_OK) return add(r, exponent, style | GRL_SPAN_RAISED, NULL, NULL, 1);
    free(exponent);
    return status;
}

/* A place "path|format" for a number. */
static grl_status add_place(reader *r, const char *place, size_t length)
{
    char path[PATH], *bar;
    const char *format = ".6g", *base = r->base;
    if (length >= sizeof path)
        return grl_fail(r->error, GRL_BAD_INPUT, "report: expected a shorter path in \"%.60s\"", r->text);
    memcpy(path, place, length);
    path[length] = '\0';
    if ((bar = strchr(path, '|'))) {
        *bar = '\0';
        format = bar + 1;
    }
    if (!good_format(format))
        return grl_fail(r->error, GRL_BAD_INPUT, "report: expected a format as in .4f, .3g, d, found \"%s\"",
                        format);
    char from_root[2 * PATH + 4];
    snprintf(from_root, sizeof from_root, "%.255s%s%s", path[0] == '/' ? path + 1 : base,
             path[0] == '/' ? "" : "/", path[0] == '/' ? "" : path);
    const json_t *value = grl_results_find(r->sections, from_root);
    if (!value || json_is_array(value) || json_is_object(value))
        return grl_fail(r->error, GRL_BAD_INPUT,
                        "report: expected a value at \"%s\" among the results, found %s, in \"%.120s\"",
                        from_root, value ? "a list or an object" : "nothing", r->text);
    grl_text pointer = {0};
    /* The results of a section are in its member "results". */
    const size_t name = strcspn(from_root, "/");
    grl_text_addf(&pointer, "/sections/%.*s/results%s", (int)name, from_root, from_root + name);
    char *taken = grl_text_take(&pointer);
    return taken ? add_value(r, value, format, taken) : grl_fail_memory(r->error, 1, 1);
}

/* What "_" or "^" moves: one character, or what is in braces. Returns where it goes on. */
static const char *shifted(const char *at, grl_text *text)
{
    if (*at == '{') {
        const size_t length = strcspn(at + 1, "}");
        grl_text_add_bytes(text, at + 1, length);
        return at + 1 + length + (at[1 + length] == '}');
    }
    size_t length = *at ? 1 : 0;
    while (length && ((unsigned char)at[length] & 0xc0) == 0x80) length++;
    grl_text_add_bytes(text, at, length);
    return at + length;
}

grl_status grl_markup_parse(const char *text, const json_t *sections, const char *base, grl_spans *spans,
                            grl_error *error)
{
    reader r = {.text = text, .base = base, .sections = sections, .spans = spans, .error = error};
    grl_status status = GRL_OK;
    for (const char *at = text; *at && status == GRL_OK;) {
        const int code = (r.style & GRL_SPAN_CODE) != 0;
        const char c = *at;
        if (c == '`' || (!code && (c == '$' || c == '*'))) {
            status = flush(&r, r.style);
            r.style ^= c == '`' ? GRL_SPAN_CODE : c == '$' ? GRL_SPAN_ITALIC : GRL_SPAN_BOLD;
            at++;
        } else if (!code && (c == '_' || c == '^') && at[1]) {
            status = flush(&r, r.style);
            at = shifted(at + 1, &r.word);
            const unsigned shift = c == '_' ? GRL_SPAN_LOWERED : GRL_SPAN_RAISED;
            /* A lowered or raised number stands upright. */
            const int upright = r.word.data && strpbrk(r.word.data, "0123456789") == r.word.data;
            if (status == GRL_OK)
                status = flush(&r, (upright ? r.style & ~(unsigned)GRL_SPAN_ITALIC : r.style) | shift);
        } else if (!code && c == '{') {
            const size_t length = strcspn(at + 1, "}");
            status = flush(&r, r.style);
            if (status == GRL_OK) status = add_place(&r, at + 1, length);
            at += 1 + length + (at[1 + length] == '}');
        } else {
            if (!code && c == '\\' && at[1]) at++;
            grl_text_add_bytes(&r.word, at, 1);
            at++;
        }
    }
    if (status == GRL_OK) status = flush(&r, r.style);
    grl_text_drop(&r.word);
    return status;
}
