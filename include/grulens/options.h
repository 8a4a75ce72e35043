/* options.h: command lines from tables. One table for each command gives name, type, default, range and help;
 * the parser, --help, the man page and the documentation come from it. */
#ifndef GRULENS_OPTIONS_H
#define GRULENS_OPTIONS_H

#include <grulens/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_option_type {
    GRL_OPTION_FLAG,    /* int, 0 or 1 */
    GRL_OPTION_INTEGER, /* long long, in [low, high] */
    GRL_OPTION_NUMBER,  /* double, in [low, high] */
    GRL_OPTION_TEXT,    /* const char *, borrowed from argv */
    GRL_OPTION_CHOICE,  /* int, the place in `choices`, words separated by '|' */
    GRL_OPTION_NUMBERS, /* grl_numbers, separated by commas */
    GRL_OPTION_TEXTS    /* grl_texts: may be given several times */
} grl_option_type;

typedef struct grl_numbers {
    size_t count;
    double *values; /* owned by the parse; freed with grl_options_free */
} grl_numbers;

typedef struct grl_texts {
    size_t count;
    const char **values; /* the array is owned by the parse, the texts borrowed from argv */
} grl_texts;

typedef struct grl_option {
    /* "max-boxes" for --max-boxes; "" starts a group, whose heading is in `help`; NULL ends the table. */
    const char *name;

    grl_option_type type;
    size_t offset; /* of the value in the command's settings, which hold the defaults before the parse */
    const char *argument; /* "N", "FILE", "x[0],x[1],..."; for CHOICE the words themselves: "before|after" */
    double low, high;     /* of INTEGER and NUMBER, inclusive; may be infinite */
    const char *initial;  /* the default in words, or NULL */
    const char *help;     /* one sentence */

    /* Of a group: its options, shared between commands, whose offsets count from the group's; NULL: the group
     * is what follows. */
    const struct grl_option *table;
} grl_option;

typedef struct grl_command {
    const char *name;          /* "analyze" */
    const char *arguments;     /* "MODEL", "A B"; "[COMMAND]" may be left out; NULL for none */
    const char *summary;       /* one line without a full stop */
    const char *example;       /* first in the help; may have several lines */
    const char *text;          /* paragraphs of explanation, with an empty line between them */
    const grl_option *options; /* ended by a NULL name */
} grl_command;

/* Parses argv[0..argc) into settings; positional arguments go to positional (room for argc) and *positionals.
 * Both --name VALUE and --name=VALUE; "--" ends the options; negative numbers are values; of an option given
 * twice the last counts, except for TEXTS. GRL_BAD_INPUT with a sentence on anything wrong, a missing or
 * surplus positional argument included. Call grl_options_free in any case. */
grl_status grl_options_parse(const grl_command *command, int argc, const char *const *argv, void *settings,
                             const char **positional, size_t *positionals, grl_error *error);
void grl_options_free(const grl_command *command, void *settings);

/* The candidate (of a list ended by NULL) that `word` was probably meant to be, or NULL if none is near. */
const char *grl_options_nearest(const char *word, const char *const *candidates);

/* Help text, the man page's section (roff) and the manual's section (Markdown) of a command; freed with
 * grl_text_free. */
grl_status grl_options_help(const grl_command *command, char **text, grl_error *error);
grl_status grl_options_man(const grl_command *command, char **text, grl_error *error);
grl_status grl_options_markdown(const grl_command *command, char **text, grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
