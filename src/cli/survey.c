/* survey.c: grulens survey: draws random networks, classifies them, keeps a catalogue. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    long long units, count;
    int reset, ensemble, distribution, constraint, gates, level, time, maximise, polish;
    long long steps;
    double bound;
    double scale, dt;
    grl_texts scales;
    const char *out, *shard;
    int resume;
    grl_cli_run run;
    int quiet;
};

/* Numbers are those of grl_survey_defaults, which the help repeats in words. */
static const struct settings defaults = {
    .units = 2, .count = 1000000, .scale = 3, .dt = 1, .steps = 1000, .bound = 25};

static const grl_option options[] = {
    {.name = "", .help = "Which networks"},
    {"units", GRL_OPTION_INTEGER, offsetof(struct settings, units), "N", 1, 4, "2", "Units of each network.",
     NULL},
    {"count", GRL_OPTION_INTEGER, offsetof(struct settings, count), "K", 1, 0x1p62, "1000000",
     "How many networks. More can be asked for later, with --resume.", NULL},
    {"scale", GRL_OPTION_NUMBER, offsetof(struct settings, scale), "X", 0, 1e6, "3",
     "Standard deviation of all weights and biases, or with --distribution uniform their largest size.",
     NULL},
    {"scale-of", GRL_OPTION_TEXTS, offsetof(struct settings, scales), "BLOCK=X", 0, 0, NULL,
     "Another scale for one block: U_z=1, b_h=0.", NULL},
    {"distribution", GRL_OPTION_CHOICE, offsetof(struct settings, distribution), "normal|uniform", 0, 0,
     "normal", "How numbers are drawn.", NULL},
    {"ensemble", GRL_OPTION_CHOICE, offsetof(struct settings, ensemble), "scaled|pytorch|keras", 0, 0,
     "scaled", "pytorch, keras: as these initialise a GRU of so many units; then there is no scale.", NULL},
    {"constraint", GRL_OPTION_CHOICE, offsetof(struct settings, constraint), "none|symmetric|orthogonal", 0,
     0, "none", "Of U_h.", NULL},
    {"gates", GRL_OPTION_CHOICE, offsetof(struct settings, gates), "on|off|no-reset", 0, 0, "on",
     "off: z = r = 1/2 always; no-reset: r = 1 always.", NULL},
    {"reset", GRL_OPTION_CHOICE, offsetof(struct settings, reset), "before|after", 0, 0, "before",
     "Where the reset gate acts.", NULL},
    {.name = "", .help = "What is asked of each"},
    {"level", GRL_OPTION_CHOICE, offsetof(struct settings, level), "inventory|cycles|signature", 0, 0,
     "inventory",
     "inventory: how many stable points, unstable points and saddles, proven; cycles: and how many cycles; "
     "signature: and how all is joined. The latter two for the flow of one and two units.",
     NULL},
    {"time", GRL_OPTION_CHOICE, offsetof(struct settings, time), "continuous|discrete", 0, 0, "continuous",
     "The flow, or the map.", NULL},
    {"dt", GRL_OPTION_NUMBER, offsetof(struct settings, dt), "STEP", 1e-9, 1, "1, the network itself",
     "The step of the map.", NULL},
    {.name = "", .help = "Search for the rare"},
    {"maximise", GRL_OPTION_CHOICE, offsetof(struct settings, maximise),
     "none|fixed_points|attractors|cycles|unstable", 0, 0, "none",
     "Climbs from random networks to many of these; then --count is the number of climbs.", NULL},
    {"steps", GRL_OPTION_INTEGER, offsetof(struct settings, steps), "N", 1, 1e9, "1000",
     "Steps of a climb, of 16 networks each, and as many more to polish.", NULL},
    {"polish", GRL_OPTION_CHOICE, offsetof(struct settings, polish), "margin|norm", 0, 0, "margin",
     "At the top: farther from bifurcations, or smaller numbers.", NULL},
    {"bound", GRL_OPTION_NUMBER, offsetof(struct settings, bound), "X", 1e-3, 1e6, "25",
     "The largest size of a number that a climb may reach.", NULL},
    {.name = "", .help = "Catalogue"},
    {"out", GRL_OPTION_TEXT, offsetof(struct settings, out), "FILE", 0, 0, NULL,
     "The catalogue, a SQLite file. Must be given.", NULL},
    {"resume", GRL_OPTION_FLAG, offsetof(struct settings, resume), NULL, 0, 0, NULL,
     "Goes on with a catalogue that is there, or adds another run to it.", NULL},
    {"shard", GRL_OPTION_TEXT, offsetof(struct settings, shard), "i/k", 0, 0, "0/1",
     "Only the i-th of k parts, i from 0, for job arrays; atlas --merge puts the catalogues together.", NULL},
    {.name = "", .help = "Computing", .table = grl_cli_run_options, .offset = offsetof(struct settings, run)},
    {"quiet", GRL_OPTION_FLAG, offsetof(struct settings, quiet), NULL, 0, 0, NULL,
     "No progress bar and no remarks on standard error, only errors.", NULL},
    {.name = NULL},
};

/* "U_z=1" into the scales. */
static int read_scale(const char *text, grl_sampling *sampling)
{
    const char *equals = strchr(text, '=');
    for (int b = 0; equals && b < GRL_BLOCKS; b++) {
        const char *name = grl_block_name((grl_block)b);
        char *end;
        if (strlen(name) != (size_t)(equals - text) || strncmp(text, name, strlen(name)) != 0) continue;
        sampling->scale[b] = strtod(equals + 1, &end);
        if (end != equals + 1 && *end == '\0') return GRL_CLI_DONE;
    }
    return grl_cli_fail(GRL_CLI_USAGE,
                        "--scale-of: expected BLOCK=X with a block from U_z to c_h, found '%s'", text);
}

static int read_shard(const char *text, grl_survey_options *how)
{
    char *end, *last;
    if (!text) return GRL_CLI_DONE;
    if (text[0] < '0' || text[0] > '9') goto bad;
    how->shard = strtoull(text, &end, 10);
    if (*end != '/' || end[1] < '0' || end[1] > '9') goto bad;
    how->shards = strtoull(end + 1, &last, 10);
    if (*last == '\0' && how->shards > 0 && how->shard < how->shards) return GRL_CLI_DONE;
bad:
    return grl_cli_fail(GRL_CLI_USAGE, "--shard: expected i/k with i below k, such as 0/4, found '%s'", text);
}

static int fill_in(const struct settings *given, grl_survey_settings *survey, grl_survey_options *how)
{
    grl_sampling *sampling = &survey->sampling;
    *survey = grl_survey_defaults();
    *how = grl_survey_options_defaults();
    sampling->units = (size_t)given->units;
    sampling->reset = (grl_reset)given->reset;
    sampling->ensemble = (grl_ensemble)given->ensemble;
    sampling->distribution = (grl_distribution)given->distribution;
    sampling->constraint = (grl_constraint)given->constraint;
    sampling->gates_off = given->gates == 1;
    sampling->no_reset = given->gates == 2;
    sampling->seed = (unsigned long long)given->run.seed;
    for (int b = 0; b < GRL_BLOCKS; b++) sampling->scale[b] = given->scale;
    survey->level = (grl_survey_level)given->level;
    survey->time = (grl_time)given->time;
    survey->dt = given->dt;
    survey->count = (unsigned long long)given->count;
    survey->climbing =
        (grl_climbing){(grl_objective)given->maximise, (grl_polish)given->polish, given->steps, given->bound};
    how->resume = given->resume;
    how->threads = (int)given->run.threads;
    for (size_t i = 0; i < given->scales.count; i++) {
        int status = read_scale(given->scales.values[i], sampling);
        if (status != GRL_CLI_DONE) return status;
    }
    return read_shard(given->shard, how);
}

static int run(const void *given, const char *const *arguments, size_t count)
{
    const struct settings *settings = given;
    grl_survey_settings survey;
    grl_survey_options how;
    grl_survey_result result;
    grl_error error = {0};
    char line[200];
    (void)arguments;
    (void)count;
    int status = fill_in(settings, &survey, &how);
    if (status != GRL_CLI_DONE) return status;
    if (!settings->out)
        return grl_cli_fail(GRL_CLI_USAGE, "survey: expected --out FILE, where the catalogue goes");
    how.progress = grl_cli_watch_begin("networks", settings->quiet);
    grl_status done = grl_survey_run(settings->out, &survey, &how, &result, &error);
    grl_cli_watch_end();
    if (done != GRL_OK) return grl_cli_error(&error);
    if (result.helper) return GRL_CLI_DONE;
    snprintf(line, sizeof line, "%s: %llu networks, %llu classes, %llu undecided\n", settings->out,
             result.networks, result.classes, result.undecided);
    status = grl_cli_print(line);
    if (status == GRL_CLI_DONE && !result.finished)
        return grl_cli_fail(GRL_CLI_NOT_REACHED, "%s: stopped before the end; --resume goes on",
                            settings->out);
    return status;
}

const grl_cli_command grl_cli_survey = {
    .words =
        {"survey", NULL, "Draws random networks, classifies each, and keeps a catalogue",
         "grulens survey --units 2 --count 1000000 --scale 6 --out two.db\n"
         "grulens survey --level cycles --count 10000 --out cycles.db\n"
         "grulens survey --maximise fixed_points --scale 12 --count 20 --out records.db\n"
         "mpirun -n 4 grulens survey --count 100000000 --out many.db",
         "Network i depends on the seed and on i alone, so that a catalogue is the same however many threads and "
         "processes made it, and whether or not it was interrupted. The catalogue is written in transactions: "
         "killed at any moment, it goes on with --resume.\n\n"
         "Each network is decided, or counted as undecided and stored by its number with the reason. "
         "grulens atlas shows what is in a catalogue.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
