/* main.c: from the command line to a command and to an exit status.
 *
 * Results go to standard output, everything else to standard error. Exit status: 0 done, 1 the input is bad,
 * 2 the command line is bad, 3 the computation stopped short of what was asked. SIGPIPE keeps its default
 * meaning: when the reader of a pipe goes away, as `head` does, the program ends without a word. */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const grl_cli_command *const grl_cli_commands[] = {
    &grl_cli_analyze, &grl_cli_simulate, &grl_cli_bifurcate, &grl_cli_survey, &grl_cli_atlas, &grl_cli_train,
    &grl_cli_paper,   &grl_cli_convert,  &grl_cli_info,      &grl_cli_help,   NULL,
};

const grl_cli_command *grl_cli_find(const char *name)
{
    const char *names[sizeof grl_cli_commands / sizeof *grl_cli_commands] = {0};
    for (size_t i = 0; grl_cli_commands[i]; i++) {
        names[i] = grl_cli_commands[i]->words.name;
        if (strcmp(names[i], name) == 0) return grl_cli_commands[i];
    }
    const char *nearest = grl_options_nearest(name, names);
    if (nearest)
        grl_cli_fail(GRL_CLI_USAGE, "there is no command '%s'; did you mean '%s'?", name, nearest);
    else
        grl_cli_fail(GRL_CLI_USAGE, "there is no command '%s'; 'grulens help' lists the commands", name);
    return NULL;
}

static int run_help(const char *const *arguments, size_t count)
{
    return grl_cli_help.run(grl_cli_help.defaults, arguments, count);
}

/* "--help" anywhere before "--" asks for the command's help, whatever else is wrong with the line. */
static int asks_for_help(int argc, const char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return 1;
    return 0;
}

static int run_command(const grl_cli_command *command, int argc, const char *const *argv)
{
    int status;
    grl_error error = {0};
    size_t count = 0;
    void *settings = calloc(1, command->settings_size + 1);
    const char **arguments = calloc((size_t)argc + 1, sizeof *arguments);
    if (!settings || !arguments) {
        status = grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory for the command line");
        goto done;
    }
    memcpy(settings, command->defaults, command->settings_size);
    if (grl_options_parse(&command->words, argc, argv, settings, arguments, &count, &error) != GRL_OK)
        status = grl_cli_fail(GRL_CLI_USAGE, "%s", error.message);
    else
        status = command->run(settings, arguments, count);
    grl_options_free(&command->words, settings);
done:
    free(arguments);
    free(settings);
    return status;
}

int main(int argc, char **argv)
{
    const char *const *words = (const char *const *)argv;
    /* A limit on the size of files is then an error of the write like any other, and nothing half-written stays. */
    signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        grl_cli_overview(stderr);
        return GRL_CLI_USAGE;
    }
    if (strcmp(words[1], "--version") == 0) {
        char line[64];
        snprintf(line, sizeof line, "grulens %s\n", grl_version());
        return grl_cli_print(line);
    }
    if (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) return run_help(NULL, 0);
    if (words[1][0] == '-')
        return grl_cli_fail(GRL_CLI_USAGE, "expected a command first, found '%s'; 'grulens help' lists them",
                            words[1]);
    const grl_cli_command *command = grl_cli_find(words[1]);
    if (!command) return GRL_CLI_USAGE;
    if (asks_for_help(argc - 2, words + 2)) return run_help(&command->words.name, 1);
    return run_command(command, argc - 2, words + 2);
}
