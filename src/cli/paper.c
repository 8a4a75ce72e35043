/* paper.c: grulens paper --out DIR: the claims of the founding paper, computed anew, as one report. */
#include "cli/cli.h"

#include <grulens/paper.h>

struct settings {
    const char *out, *sections;
    int quick, resume;
    grl_cli_run run;
    int quiet;
};

static const struct settings defaults = {0};

static const grl_option options[] = {
    {.name = "", .help = "The report"},
    {"out", GRL_OPTION_TEXT, offsetof(struct settings, out), "DIR", 0, 0, NULL,
     "The folder for the report; it is made if it is not there.", NULL},
    {"quick", GRL_OPTION_FLAG, offsetof(struct settings, quick), NULL, 0, 0, NULL,
     "Smaller surveys and less training: under two minutes instead of fifteen.", NULL},
    {"resume", GRL_OPTION_FLAG, offsetof(struct settings, resume), NULL, 0, 0, NULL,
     "Takes results of sections that are in the folder, if they were computed with the same settings.", NULL},
    {"section", GRL_OPTION_TEXT, offsetof(struct settings, sections), "NAME,...", 0, 0, "all",
     "Only these sections: lens, one-unit, multistability, oscillation, homoclinic, pseudo-line, learning, uses.",
     NULL},
    {.name = "", .help = "Computing", .table = grl_cli_run_options, .offset = offsetof(struct settings, run)},
    {"quiet", GRL_OPTION_FLAG, offsetof(struct settings, quiet), NULL, 0, 0, NULL,
     "Nothing but results and errors.", NULL},
    {.name = NULL},
};

static int run(const void *given, const char *const *arguments, size_t count)
{
    const struct settings *settings = given;
    grl_error error = {0};
    grl_paper_result result;
    grl_paper_options ask = grl_paper_defaults();
    (void)arguments;
    (void)count;
    if (!settings->out) return grl_cli_fail(GRL_CLI_USAGE, "expected --out DIR");
    ask.quick = settings->quick;
    ask.resume = settings->resume;
    ask.sections = settings->sections;
    ask.seed = (unsigned long long)settings->run.seed;
    ask.threads = (int)settings->run.threads;
    ask.progress = grl_cli_watch_begin("paper", settings->quiet);
    grl_status status = grl_paper_run(settings->out, &ask, &result, &error);
    grl_cli_watch_end();
    if (status == GRL_STOPPED)
        return grl_cli_fail(GRL_CLI_NOT_REACHED, "%s; --resume goes on from the last finished section",
                            error.message);
    if (status != GRL_OK) return grl_cli_error(&error);
    char line[400];
    snprintf(line, sizeof line, "%d section%s, %d claims: %d proven, %d computed, %d not reproduced\n",
             result.sections, result.sections == 1 ? "" : "s", result.claims, result.proven, result.computed,
             result.not_reproduced);
    grl_cli_note(settings->quiet, "wrote %s/paper.html, paper.pdf and paper.json", settings->out);
    return grl_cli_print(line);
}

const grl_cli_command grl_cli_paper = {
    .words =
        {"paper", NULL, "Every claim of the founding paper, computed anew and proven where possible",
         "grulens paper --out report\n"
         "grulens paper --out report --quick --section lens,one-unit",
         "Writes a report into a folder: paper.html and paper.pdf to read, paper.json with every number in them, "
         "models/ with the networks, figures/ with the figures. Each claim stands beside what supports it, a "
         "verdict (proven, computed, not reproduced) and the command that shows it, to be typed in that folder.\n\n"
         "The results of each section are written when they are there: after Ctrl-C, --resume goes on with the "
         "next one. The same options give the same bytes.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
