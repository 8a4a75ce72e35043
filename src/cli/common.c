/* common.c: what every command says and where: errors, remarks, results. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int grl_cli_fail(int exit_status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("grulens: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    return exit_status;
}

int grl_cli_error(const grl_error *error)
{
    if (error->status == GRL_STOPPED)
        return grl_cli_fail(GRL_CLI_NOT_REACHED, "stopped before there was an answer; nothing was written");
    return grl_cli_fail(error->status == GRL_NOT_REACHED ? GRL_CLI_NOT_REACHED : GRL_CLI_BAD_INPUT, "%s",
                        error->message);
}

void grl_cli_note(int quiet, const char *format, ...)
{
    va_list arguments;
    if (quiet || !isatty(STDERR_FILENO)) return;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
}

static int same_file(const char *a, const char *b)
{
    struct stat facts_a, facts_b;
    if (!a || !b || strcmp(a, "-") == 0 || strcmp(b, "-") == 0) return 0;
    if (strcmp(a, b) == 0) return 1;
    return stat(a, &facts_a) == 0 && stat(b, &facts_b) == 0 && facts_a.st_dev == facts_b.st_dev &&
           facts_a.st_ino == facts_b.st_ino;
}

int grl_cli_check_files(const grl_cli_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if ((files[i].written || files[k].written) && same_file(files[i].path, files[k].path))
                return grl_cli_fail(GRL_CLI_USAGE, "%s and %s are the same file, %s", files[k].name,
                                    files[i].name, files[i].path);
    return GRL_CLI_DONE;
}

static int cannot_write(int reason)
{
    return grl_cli_fail(GRL_CLI_BAD_INPUT, "standard output: cannot be written: %s",
                        reason ? strerror(reason) : "an earlier write failed");
}

int grl_cli_flush(void)
{
    errno = 0;
    return fflush(stdout) == 0 && !ferror(stdout) ? GRL_CLI_DONE : cannot_write(errno);
}

int grl_cli_print(const char *text)
{
    errno = 0;
    return fputs(text, stdout) < 0 ? cannot_write(errno) : grl_cli_flush();
}

int grl_cli_colour(void)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(terminal && strcmp(terminal, "dumb") == 0);
}

int grl_cli_write(const char *json_path, const char *json, const char *text, int quiet)
{
    grl_error error = {0};
    if (json_path && strcmp(json_path, "-") == 0) return grl_cli_print(json);
    if (json_path) {
        if (grl_text_save(json, json_path, &error) != GRL_OK) return grl_cli_error(&error);
        grl_cli_note(quiet, "wrote %s", json_path);
    }
    return text ? grl_cli_print(text) : GRL_CLI_DONE;
}
