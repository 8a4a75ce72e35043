/* help.c: grulens help [COMMAND], and the whole man page and manual from the same tables. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    int man, markdown;
};

static const struct settings defaults;

static const grl_option options[] = {
    {"man", GRL_OPTION_FLAG, offsetof(struct settings, man), NULL, 0, 0, NULL,
     "The man page of all commands, as roff.", NULL},
    {"markdown", GRL_OPTION_FLAG, offsetof(struct settings, markdown), NULL, 0, 0, NULL,
     "The manual of all commands, as Markdown.", NULL},
    {.name = NULL},
};

/* What is true of every command. Paragraphs; used in the man page and in the manual. */
static const char common[] =
    "Results go to standard output, everything else to standard error. --json FILE writes the result as a "
    "JSON document; with --json - it goes to standard output, and nothing else does. Computations that take "
    "longer than two seconds show a progress bar on standard error, if that is a terminal. Ctrl-C ends a "
    "computation in good order; a second one at once. Colours are used on a terminal only, and never when "
    "the environment variable NO_COLOR is set. A file is written whole or not at all.\n"
    "\n"
    "Options are written --name VALUE or --name=VALUE; '--' ends them. Of an option given twice the last "
    "counts, except where the table says that it may be given several times.";

static const char *const statuses[][2] = {
    {"0", "done"},
    {"1", "the input is bad; one sentence names the file, the place in it, what was expected and what was "
          "found"},
    {"2", "the command line is bad"},
    {"3",
     "the computation stopped short of what was asked; the partial result is still written, and says so"},
};

/* The overview: each command with its summary. */
void grl_cli_overview(FILE *file)
{
    fputs("Example:\n  grulens analyze MODEL --plot portrait.svg\n\nUsage: grulens COMMAND ...\n\n"
          "grulens shows the dynamics of gated recurrent unit (GRU) networks: fixed points,\n"
          "with proof where proof is possible, cycles, manifolds, basins, slow regions, and\n"
          "what of this changes along a parameter.\n\n",
          file);
    for (size_t i = 0; grl_cli_commands[i]; i++) {
        const grl_command *words = &grl_cli_commands[i]->words;
        fprintf(file, "  %-9s %-10s %s\n", words->name, words->arguments ? words->arguments : "",
                words->summary);
    }
    fputs("\n'grulens help COMMAND' explains a command; 'grulens --version' tells the version.\n", file);
}

/* A paragraph break in the common text: ".PP" in roff, an empty line in Markdown. */
static void print_man_paragraphs(const char *text)
{
    for (const char *c = text; *c; c++) {
        if (c[0] == '\n' && c[1] == '\n') {
            fputs("\n.PP\n", stdout);
            c++;
        } else if (*c == '-') {
            fputs("\\-", stdout);
        } else {
            putchar(*c);
        }
    }
    putchar('\n');
}

static int print_sections(grl_status (*section)(const grl_command *, char **, grl_error *))
{
    for (size_t i = 0; grl_cli_commands[i]; i++) {
        grl_error error = {0};
        char *text;
        if (section(&grl_cli_commands[i]->words, &text, &error) != GRL_OK) return grl_cli_error(&error);
        fputs(text, stdout);
        putchar('\n');
        grl_text_free(text);
    }
    return GRL_CLI_DONE;
}

static int print_man(void)
{
    printf(".TH GRULENS 1 \"\" \"grulens %s\" \"User Commands\"\n.SH NAME\ngrulens \\- %s\n.SH SYNOPSIS\n"
           ".B grulens\n.I COMMAND\n.RI [ ARGUMENTS ]\n.RI [ OPTIONS ]\n.SH DESCRIPTION\n",
           grl_version(), "the dynamics of gated recurrent unit (GRU) networks");
    print_man_paragraphs(common);
    fputs(".SH COMMANDS\n", stdout);
    int status = print_sections(grl_options_man);
    fputs(".SH EXIT STATUS\n", stdout);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        printf(".TP\n.B %s\n%s\n", statuses[i][0], statuses[i][1]);
    fputs(".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nif set, no colours are used\n", stdout);
    return status == GRL_CLI_DONE ? grl_cli_flush() : status;
}

static int print_markdown(void)
{
    fputs("# The program grulens\n\nThis page is made by `grulens help --markdown`.\n\n", stdout);
    printf("%s\n\n| exit status | meaning |\n| --- | --- |\n", common);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        printf("| %s | %s |\n", statuses[i][0], statuses[i][1]);
    putchar('\n');
    int status = print_sections(grl_options_markdown);
    return status == GRL_CLI_DONE ? grl_cli_flush() : status;
}

static int run(const void *given, const char *const *arguments, size_t count)
{
    const struct settings *settings = given;
    grl_error error = {0};
    char *text;
    if (settings->man + settings->markdown + (count > 0) > 1)
        return grl_cli_fail(GRL_CLI_USAGE, "help expects one of COMMAND, --man and --markdown");
    if (settings->man) return print_man();
    if (settings->markdown) return print_markdown();
    if (count == 0) {
        grl_cli_overview(stdout);
        return grl_cli_flush();
    }
    const grl_cli_command *command = grl_cli_find(arguments[0]);
    if (!command) return GRL_CLI_USAGE;
    if (grl_options_help(&command->words, &text, &error) != GRL_OK) return grl_cli_error(&error);
    int status = grl_cli_print(text);
    grl_text_free(text);
    return status;
}

const grl_cli_command grl_cli_help = {
    .words = {"help", "[COMMAND]", "Explains the program or one of its commands", "grulens help analyze",
              NULL, options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
