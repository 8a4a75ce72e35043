/* words.c: numbers and counts as a person would write them. */
#include "report/words.h"

#include "base/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CHANGES = 8 }; /* numbers that were set, in one sentence */

grl_short grl_number_short(double value, int digits)
{
    grl_short out;
    double size = fabs(value);
    if (isinf(value)) {
        snprintf(out.text, sizeof out.text, value > 0 ? "inf" : "-inf");
    } else if (size == 0 || (size >= 1e-3 && size < 1e6)) {
        int before = size > 0 ? (int)floor(log10(size)) + 1 : 1;
        int after = digits - before;
        snprintf(out.text, sizeof out.text, "%.*f", size == 0 || after < 0 ? 0 : after, value);
    } else {
        snprintf(out.text, sizeof out.text, "%.*e", digits - 1, value);
        /* 1.2e-09 and 1.2e+09 as 1.2e-9 and 1.2e9 */
        char *e = strchr(out.text, 'e');
        if (e) snprintf(e + 1, sizeof out.text - (size_t)(e + 1 - out.text), "%d", atoi(e + 1));
    }
    return out;
}

grl_short grl_number_grouped(long long value)
{
    grl_short out;
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%lld", value), at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-') out.text[at++] = ',';
        out.text[at++] = digits[i];
    }
    out.text[at] = '\0';
    return out;
}

void grl_words_count(grl_text *text, size_t count)
{
    static const char *const words[] = {"no",    "one",   "two",  "three", "four",   "five",  "six",
                                        "seven", "eight", "nine", "ten",   "eleven", "twelve"};
    if (count < sizeof words / sizeof *words)
        grl_text_add(text, words[count]);
    else
        grl_text_addf(text, "%zu", count);
}

void grl_words_plural(grl_text *text, size_t count, const char *singular, const char *plural)
{
    grl_text_addf(text, "%zu %s", count, count == 1 ? singular : plural);
}

void grl_words_notes(grl_text *text, const grl_model *model)
{
    size_t count = grl_model_notes(model);
    if (count == 0) return;
    grl_text_add(text, "\nAssumed about the file:\n");
    for (size_t i = 0; i < count; i++) {
        grl_text_add(text, "  - ");
        grl_text_add_wrapped(text, grl_model_note(model, i), 4, 4, GRL_REPORT_WIDTH);
    }
}

void grl_words_with(grl_text *text, const grl_model *model)
{
    const size_t parameters = grl_model_parameters(model), changes = grl_model_changes(model);
    const size_t shown = changes > MOST_CHANGES ? MOST_CHANGES - 1 : changes;
    for (size_t i = 0; i < parameters + shown; i++) {
        const int free_number = i >= parameters;
        const size_t k = free_number ? i - parameters : i;
        grl_text_addf(text, "%s%s %s ", i == 0 ? " with " : ", ",
                      free_number ? grl_model_change_name(model, k) : grl_model_parameter_name(model, k),
                      free_number ? "set to" : "=");
        grl_text_add_number(text, free_number ? grl_model_change_value(model, k)
                                              : grl_model_parameter_value(model, k));
    }
    if (shown < changes) grl_text_addf(text, " and %zu more numbers set", changes - shown);
}

/* "HEAD: NAME = VALUE, ..." as a line. */
static void add_values(grl_text *text, const char *head, const grl_model *model, size_t count,
                       const char *(*name)(const grl_model *, size_t),
                       double (*value)(const grl_model *, size_t))
{
    grl_text line = {0};
    if (count == 0) return;
    grl_text_addf(&line, "%s: ", head);
    for (size_t i = 0; i < count; i++) {
        grl_text_addf(&line, "%s%s = ", i > 0 ? ", " : "", name(model, i));
        grl_text_add_number(&line, value(model, i));
    }
    grl_text_add(&line, ".");
    if (line.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, line.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&line);
}

void grl_words_parameters(grl_text *text, const grl_model *model)
{
    const size_t count = grl_model_parameters(model);
    add_values(text, count == 1 ? "Family parameter" : "Family parameters", model, count,
               grl_model_parameter_name, grl_model_parameter_value);
    add_values(text, "Set", model, grl_model_changes(model), grl_model_change_name, grl_model_change_value);
}
