/* options.c: a command line against its table.
 *
 * An argument that starts with "--" is an option; the next argument, or what follows "=", is its value. A
 * value may start with "-" (negative numbers, "-" for standard output) but not with "--" and a letter, so
 * that a forgotten value does not swallow the next option; --name=--value says so where it is meant. A
 * mistyped name is answered with the nearest one in optimal string alignment distance (Damerau 1964). */
#include <grulens/options.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/options_walk.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_WORD = 40 }; /* compared in full when looking for the nearest name */

/* Edits (insert, delete, replace, swap neighbours) between two words. */
static size_t distance(const char *a, const char *b)
{
    size_t row[3][LONGEST_WORD + 1] = {{0}};
    size_t la = strlen(a), lb = strlen(b);
    if (la > LONGEST_WORD || lb > LONGEST_WORD) return LONGEST_WORD;
    for (size_t j = 0; j <= lb; j++) row[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[la % 3][lb];
}

const char *grl_options_nearest(const char *word, const char *const *candidates)
{
    const char *nearest = NULL;
    size_t length = strlen(word), least = length < 4 ? 2 : length < 8 ? 3 : 4;
    for (; *candidates; candidates++) {
        size_t d = distance(word, *candidates);
        /* The beginning of a name is near too: --max for --max-boxes. */
        if (length >= 3 && strncmp(word, *candidates, length) == 0) d = 1;
        if (d < least) {
            least = d;
            nearest = *candidates;
        }
    }
    return nearest;
}

grl_options_walk grl_options_start(const grl_command *command)
{
    return (grl_options_walk){.at = command->options};
}

bool grl_options_next(grl_options_walk *walk, grl_option *option)
{
    if (walk->outer && !walk->at->name) {
        walk->at = walk->outer;
        walk->outer = NULL;
        walk->base = 0;
    }
    if (!walk->at || !walk->at->name) return false;
    *option = *walk->at++;
    option->offset += walk->base;
    if (!option->name[0] && option->table) {
        walk->outer = walk->at;
        walk->at = option->table;
        walk->base = option->offset;
    }
    return true;
}

static bool find_option(const grl_command *command, const char *name, size_t length, grl_option *option)
{
    grl_options_walk walk = grl_options_start(command);
    while (grl_options_next(&walk, option))
        if (length > 0 && strlen(option->name) == length && strncmp(option->name, name, length) == 0)
            return true;
    return false;
}

static grl_status unknown_option(const grl_command *command, const char *given, size_t length,
                                 grl_error *error)
{
    grl_option option;
    size_t count = 0;
    for (grl_options_walk walk = grl_options_start(command); grl_options_next(&walk, &option);) count++;
    char *word = grl_calloc(length + 1, 1);
    const char **names = grl_calloc(count + 1, sizeof *names), *nearest = NULL;
    if (word && names) {
        size_t k = 0;
        memcpy(word, given, length);
        for (grl_options_walk walk = grl_options_start(command); grl_options_next(&walk, &option);)
            if (option.name[0]) names[k++] = option.name;
        nearest = grl_options_nearest(word, names);
    }
    grl_status status =
        nearest
            ? grl_fail(error, GRL_BAD_INPUT, "%s has no option --%s; did you mean --%s?", command->name, word,
                       nearest)
            : grl_fail(error, GRL_BAD_INPUT, "%s has no option --%.*s; 'grulens help %s' lists its options",
                       command->name, (int)(length > 200 ? 200 : length), given, command->name);
    free(names);
    free(word);
    return status;
}

/* The words of an option's `argument`, "before|after", as "before or after". */
static void add_choices(grl_text *text, const char *choices)
{
    while (*choices) {
        size_t length = strcspn(choices, "|");
        grl_text_add_bytes(text, choices, length);
        choices += length;
        if (!*choices) break;
        choices++;
        grl_text_add(text, strchr(choices, '|') ? ", " : " or ");
    }
}

static grl_status parse_choice(const grl_option *option, const char *value, int *choice, grl_error *error)
{
    int place = 0;
    for (const char *word = option->argument;; place++) {
        size_t length = strcspn(word, "|");
        if (strlen(value) == length && strncmp(word, value, length) == 0) {
            *choice = place;
            return GRL_OK;
        }
        if (!word[length]) break;
        word += length + 1;
    }
    grl_text words = {0};
    add_choices(&words, option->argument);
    grl_status status = grl_fail(error, GRL_BAD_INPUT, "--%s: expected %s, found '%s'", option->name,
                                 words.data ? words.data : option->argument, value);
    grl_text_drop(&words);
    return status;
}

/* Plain decimal numbers only: strtod alone would also take "nan", "inf" and hexadecimal. */
static int parse_decimal(const char *start, size_t length, double *value)
{
    char digits[64], *end;
    if (length == 0 || length >= sizeof digits || strspn(start, "0123456789+-.eE") < length) return 0;
    memcpy(digits, start, length);
    digits[length] = '\0';
    *value = strtod(digits, &end);
    return end == digits + length && isfinite(*value);
}

static grl_status check_range(const grl_option *option, double number, const char *value, grl_error *error)
{
    if (number >= option->low && number <= option->high) return GRL_OK;
    if (option->high >= 0x1p63) /* every integer */
        return grl_fail(error, GRL_BAD_INPUT, "--%s: expected at least %.15g, found %s", option->name,
                        option->low, value);
    if (isinf(option->low))
        return grl_fail(error, GRL_BAD_INPUT, "--%s: expected at most %.15g, found %s", option->name,
                        option->high, value);
    return grl_fail(error, GRL_BAD_INPUT, "--%s: expected a number from %.15g to %.15g, found %s",
                    option->name, option->low, option->high, value);
}

static grl_status parse_integer(const grl_option *option, const char *value, long long *integer,
                                grl_error *error)
{
    char *end;
    double number;
    errno = 0;
    long long exact = strtoll(value, &end, 10);
    if (isspace((unsigned char)value[0]) || end == value || *end || errno) {
        /* 4e6 is an integer too, as long as a double holds it exactly. */
        if (!parse_decimal(value, strlen(value), &number) || number != floor(number) || fabs(number) > 0x1p53)
            return grl_fail(error, GRL_BAD_INPUT, "--%s: expected an integer, found '%s'", option->name,
                            value);
        exact = (long long)number;
    }
    grl_status status = check_range(option, (double)exact, value, error);
    if (status == GRL_OK) *integer = exact;
    return status;
}

static grl_status parse_number(const grl_option *option, const char *value, double *number, grl_error *error)
{
    double parsed;
    if (!parse_decimal(value, strlen(value), &parsed))
        return grl_fail(error, GRL_BAD_INPUT, "--%s: expected a number, found '%s'", option->name, value);
    grl_status status = check_range(option, parsed, value, error);
    if (status == GRL_OK) *number = parsed;
    return status;
}

static grl_status parse_numbers(const grl_option *option, const char *value, grl_numbers *numbers,
                                grl_error *error)
{
    size_t count = 1;
    for (const char *c = value; *c; c++) count += *c == ',';
    double *values = grl_calloc(count, sizeof *values);
    if (!values) return grl_fail_memory(error, count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(value, ",");
        if (!parse_decimal(value, length, &values[i])) {
            free(values);
            return grl_fail(error, GRL_BAD_INPUT,
                            "--%s: expected numbers separated by commas, found '%.*s' as number %zu",
                            option->name, (int)(length > 200 ? 200 : length), value, i + 1);
        }
        value += length + 1;
    }
    free(numbers->values);
    numbers->values = values;
    numbers->count = count;
    return GRL_OK;
}

static grl_status add_text(const char *value, grl_texts *texts, grl_error *error)
{
    const char **grown = grl_resize(texts->values, texts->count + 1, sizeof *grown);
    if (!grown) return grl_fail_memory(error, texts->count + 1, sizeof *grown);
    texts->values = grown;
    grown[texts->count++] = value;
    return GRL_OK;
}

static grl_status set_value(const grl_option *option, const char *value, void *settings, grl_error *error)
{
    void *place = (char *)settings + option->offset;
    switch (option->type) {
    case GRL_OPTION_FLAG:
        *(int *)place = 1;
        return GRL_OK;
    case GRL_OPTION_INTEGER:
        return parse_integer(option, value, place, error);
    case GRL_OPTION_NUMBER:
        return parse_number(option, value, place, error);
    case GRL_OPTION_TEXT:
        *(const char **)place = value;
        return GRL_OK;
    case GRL_OPTION_CHOICE:
        return parse_choice(option, value, place, error);
    case GRL_OPTION_NUMBERS:
        return parse_numbers(option, value, place, error);
    case GRL_OPTION_TEXTS:
        return add_text(value, place, error);
    }
    return GRL_OK;
}

/* The positional arguments against "A B [C]". */
static grl_status check_positionals(const grl_command *command, const char *const *positional, size_t count,
                                    grl_error *error)
{
    const char *word = command->arguments ? command->arguments : "";
    size_t allowed = 0;
    while (*word) {
        size_t length = strcspn(word, " ");
        if (allowed < count && positional[allowed][0] == '\0')
            return grl_fail(error, GRL_BAD_INPUT, "%s expects %s, found an empty word for %.*s",
                            command->name, command->arguments, (int)length, word);
        if (allowed >= count && word[0] != '[')
            return grl_fail(error, GRL_BAD_INPUT, "%s expects %s, found %s; 'grulens help %s' has an example",
                            command->name, command->arguments,
                            count == 0   ? "nothing"
                            : count == 1 ? "one argument only"
                                         : "too few arguments",
                            command->name);
        allowed++;
        word += length;
        word += strspn(word, " ");
    }
    if (count > allowed)
        return grl_fail(error, GRL_BAD_INPUT, "%s expects %s, found '%s' beyond that", command->name,
                        allowed ? command->arguments : "no arguments", positional[allowed]);
    return GRL_OK;
}

grl_status grl_options_parse(const grl_command *command, int argc, const char *const *argv, void *settings,
                             const char **positional, size_t *positionals, grl_error *error)
{
    int ended = 0;
    *positionals = 0;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        double number;
        if (ended || word[0] != '-' || word[1] == '\0' || parse_decimal(word, strlen(word), &number)) {
            positional[(*positionals)++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            ended = 1;
            continue;
        }
        if (word[1] != '-')
            return grl_fail(error, GRL_BAD_INPUT,
                            "expected an option with two dashes, found '%s'; 'grulens help %s' lists them",
                            word, command->name);
        size_t length = strcspn(word + 2, "=");
        const char *value = word[2 + length] ? word + 2 + length + 1 : NULL;
        grl_option option;
        if (!find_option(command, word + 2, length, &option))
            return unknown_option(command, word + 2, length, error);
        if (option.type == GRL_OPTION_FLAG && value)
            return grl_fail(error, GRL_BAD_INPUT, "--%s takes no value, found '%s'", option.name, value);
        if (option.type != GRL_OPTION_FLAG && !value) {
            const char *next = i + 1 < argc ? argv[i + 1] : NULL;
            if (!next ||
                (strncmp(next, "--", 2) == 0 && (next[2] == '\0' || isalpha((unsigned char)next[2]))))
                return grl_fail(error, GRL_BAD_INPUT, "--%s expects a value (%s), found %s", option.name,
                                option.argument, next ? next : "the end of the command line");
            value = next;
            i++;
        }
        if (value && !*value)
            return grl_fail(error, GRL_BAD_INPUT, "--%s expects a value (%s), found nothing", option.name,
                            option.argument);
        grl_status status = set_value(&option, value, settings, error);
        if (status != GRL_OK) return status;
    }
    return check_positionals(command, positional, *positionals, error);
}

void grl_options_free(const grl_command *command, void *settings)
{
    grl_option option;
    for (grl_options_walk walk = grl_options_start(command); grl_options_next(&walk, &option);) {
        void *place = (char *)settings + option.offset;
        if (!option.name[0]) continue;
        if (option.type == GRL_OPTION_NUMBERS) {
            grl_numbers *numbers = place;
            free(numbers->values);
            *numbers = (grl_numbers){0};
        } else if (option.type == GRL_OPTION_TEXTS) {
            grl_texts *texts = place;
            free(texts->values);
            *texts = (grl_texts){0};
        }
    }
}
