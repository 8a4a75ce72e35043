/* options_help.c: what a command's table says, for the terminal, as a section of the man page (roff, man(7))
 * and as a section of the manual (Markdown). */
#include <grulens/options.h>

#include "base/error.h"
#include "base/layout.h"
#include "base/memory.h"
#include "base/options_walk.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 80, OPTION_INDENT = 28 };

static grl_status hand_over(grl_text *out, char **text, grl_error *error)
{
    *text = grl_text_take(out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for a help text");
}

static void add_range(grl_text *text, const grl_option *option)
{
    if (option->type != GRL_OPTION_INTEGER && option->type != GRL_OPTION_NUMBER) return;
    /* Bounds that nobody will meet are not worth a word. */
    int low = isfinite(option->low) && fabs(option->low) < 1e6;
    int high = isfinite(option->high) && fabs(option->high) < 1e6;
    if (low && high)
        grl_text_addf(text, " From %g to %.15g.", option->low, option->high);
    else if (low && option->low != 0)
        grl_text_addf(text, " At least %g.", option->low);
    else if (high)
        grl_text_addf(text, " At most %g.", option->high);
}

/* Help, range and default as one string of sentences. */
static void add_sentences(grl_text *text, const grl_option *option)
{
    grl_text_add(text, option->help);
    add_range(text, option);
    if (option->type == GRL_OPTION_TEXTS) grl_text_add(text, " May be given several times.");
    if (option->initial) grl_text_addf(text, " Default: %s.", option->initial);
}

static void add_lines(grl_text *text, const char *lines, const char *before)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        grl_text_add(text, before);
        grl_text_add_bytes(text, lines, length);
        grl_text_add(text, "\n");
        lines += length;
        lines += *lines == '\n';
    }
}

static int has_options(const grl_command *command)
{
    return command->options && command->options->name;
}

grl_status grl_options_help(const grl_command *command, char **text, grl_error *error)
{
    grl_text out = {0};
    grl_text_add(&out, "Example:\n");
    add_lines(&out, command->example, "  ");
    grl_text_addf(&out, "\nUsage: grulens %s%s%s%s\n\n", command->name, command->arguments ? " " : "",
                  command->arguments ? command->arguments : "", has_options(command) ? " [OPTIONS]" : "");
    grl_text_addf(&out, "%s.\n", command->summary);
    if (command->text) {
        grl_text_add(&out, "\n");
        grl_text_add_wrapped(&out, command->text, 0, 0, WIDTH);
    }
    if (has_options(command) && command->options->name[0]) grl_text_add(&out, "\nOptions:\n");
    grl_option option;
    for (grl_options_walk walk = grl_options_start(command); grl_options_next(&walk, &option);) {
        const grl_option *o = &option;
        if (!o->name[0]) {
            grl_text_addf(&out, "\n%s:\n", o->help);
            continue;
        }
        grl_text head = {0}, sentences = {0};
        grl_text_addf(&head, "  --%s%s%s", o->name, o->type == GRL_OPTION_FLAG ? "" : " ",
                      o->type == GRL_OPTION_FLAG ? "" : o->argument);
        add_sentences(&sentences, o);
        if (head.failed || sentences.failed) {
            out.failed = true;
        } else {
            size_t column = grl_text_columns(head.data);
            grl_text_add(&out, head.data);
            if (column + 2 > OPTION_INDENT) {
                grl_text_add(&out, "\n");
                column = 0;
            }
            grl_text_add_wrapped(&out, sentences.data, column, OPTION_INDENT, WIDTH);
        }
        grl_text_drop(&head);
        grl_text_drop(&sentences);
    }
    return hand_over(&out, text, error);
}

/* Plain text as roff: backslashes, dashes that must stay dashes, and lines that would start a request. */
static void add_roff(grl_text *text, const char *string)
{
    for (const char *c = string; *c; c++) {
        int line_start = c == string || c[-1] == '\n';
        if (line_start && (*c == '.' || *c == '\'')) grl_text_add(text, "\\&");
        if (*c == '\\')
            grl_text_add(text, "\\e");
        else if (*c == '-')
            grl_text_add(text, "\\-");
        else
            grl_text_add_bytes(text, c, 1);
    }
}

static void add_roff_paragraphs(grl_text *text, const char *string)
{
    const char *gap;
    while ((gap = strstr(string, "\n\n")) != NULL) {
        char *paragraph = grl_calloc((size_t)(gap - string) + 1, 1);
        if (!paragraph) {
            text->failed = true;
            return;
        }
        memcpy(paragraph, string, (size_t)(gap - string));
        grl_text_add(text, ".PP\n");
        add_roff(text, paragraph);
        grl_text_add(text, "\n");
        free(paragraph);
        string = gap + 2;
    }
    grl_text_add(text, ".PP\n");
    add_roff(text, string);
    grl_text_add(text, "\n");
}

grl_status grl_options_man(const grl_command *command, char **text, grl_error *error)
{
    grl_text out = {0};
    grl_text_addf(&out, ".SS grulens %s", command->name);
    if (command->arguments) grl_text_addf(&out, " %s", command->arguments);
    grl_text_add(&out, "\n");
    add_roff(&out, command->summary);
    grl_text_add(&out, ".\n.PP\n.EX\n");
    add_roff(&out, command->example);
    grl_text_add(&out, "\n.EE\n");
    if (command->text) add_roff_paragraphs(&out, command->text);
    grl_option option;
    for (grl_options_walk walk = grl_options_start(command); grl_options_next(&walk, &option);) {
        const grl_option *o = &option;
        if (!o->name[0]) {
            grl_text_add(&out, ".PP\n");
            add_roff(&out, o->help);
            grl_text_add(&out, ":\n");
            continue;
        }
        grl_text sentences = {0};
        grl_text_add(&out, ".TP\n\\fB\\-\\-");
        add_roff(&out, o->name);
        grl_text_add(&out, "\\fR");
        if (o->type != GRL_OPTION_FLAG) {
            grl_text_add(&out, " \\fI");
            add_roff(&out, o->argument);
            grl_text_add(&out, "\\fR");
        }
        grl_text_add(&out, "\n");
        add_sentences(&sentences, o);
        if (sentences.failed)
            out.failed = true;
        else
            add_roff(&out, sentences.data);
        grl_text_add(&out, "\n");
        grl_text_drop(&sentences);
    }
    return hand_over(&out, text, error);
}

/* Inside a table of Markdown, "|" separates cells unless escaped; angle brackets would be HTML. */
static void add_cell(grl_text *text, const char *string)
{
    for (const char *c = string; *c; c++) {
        if (*c == '|')
            grl_text_add(text, "\\|");
        else if (*c == '<')
            grl_text_add(text, "&lt;");
        else
            grl_text_add_bytes(text, c, 1);
    }
}

grl_status grl_options_markdown(const grl_command *command, char **text, grl_error *error)
{
    grl_text out = {0};
    int open = 0; /* inside a table */
    grl_text_addf(&out, "## grulens %s%s%s\n\n%s.\n\n```sh\n", command->name, command->arguments ? " " : "",
                  command->arguments ? command->arguments : "", command->summary);
    add_lines(&out, command->example, "");
    grl_text_add(&out, "```\n");
    if (command->text) {
        grl_text_add(&out, "\n");
        grl_text_add_wrapped(&out, command->text, 0, 0, 100);
    }
    grl_option option;
    for (grl_options_walk walk = grl_options_start(command); grl_options_next(&walk, &option);) {
        const grl_option *o = &option;
        if (!o->name[0]) {
            grl_text_addf(&out, "\n%s:\n", o->help);
            open = 0;
            continue;
        }
        if (!open) grl_text_add(&out, "\n| option | meaning |\n| --- | --- |\n");
        open = 1;
        grl_text sentences = {0};
        grl_text_addf(&out, "| `--%s%s", o->name, o->type == GRL_OPTION_FLAG ? "" : " ");
        if (o->type != GRL_OPTION_FLAG) {
            /* In code, only the bar needs care. */
            for (const char *c = o->argument; *c; c++) grl_text_addf(&out, *c == '|' ? "\\%c" : "%c", *c);
        }
        grl_text_add(&out, "` | ");
        add_sentences(&sentences, o);
        if (sentences.failed)
            out.failed = true;
        else
            add_cell(&out, sentences.data);
        grl_text_add(&out, " |\n");
        grl_text_drop(&sentences);
    }
    return hand_over(&out, text, error);
}
