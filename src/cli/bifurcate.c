/* bifurcate.c: grulens bifurcate MODEL --vary NAME=LO:HI: the diagram along one or two parameters; a report, a
 * document, a table, a figure. */
#include "cli/cli.h"

#include <grulens/bifurcation.h>

#include <stdlib.h>
#include <string.h>

enum { MOST_PARAMETERS = 2, MOST_NAME = 200 };

static const double LARGEST_NUMBER = 1e100; /* as grl_cell_check has it */

struct settings {
    grl_texts vary;
    const char *to;
    grl_cli_system system;
    long long samples, max_points;
    double max_period;
    int no_cycles, no_portraits;
    grl_cli_model model;
    long long axis;
    grl_cli_figure figure;
    grl_cli_run run;
    const char *csv;
    grl_cli_output output;
};

/* The numbers are those of grl_bifurcation_defaults, which the help repeats in words. */
static const struct settings defaults = {
    .model = {.layer = GRL_CLI_ANY_LAYER}, .max_points = 5000, .max_period = 500};

static const grl_option options[] = {
    {.name = "", .help = "The question"},
    {"vary", GRL_OPTION_TEXTS, offsetof(struct settings, vary), "NAME=LO:HI", 0, 0, NULL,
     "What varies from where to where; given twice: two parameters. NAME is a number of the network (b_h[0], "
     "U_h[0,1]), a family's parameter, input[0], scale(U_h), or path with --to.",
     NULL},
    {"to", GRL_OPTION_TEXT, offsetof(struct settings, to), "OTHER", 0, 0, NULL,
     "Another model of the same shape: path=0:1, the default then, is the straight line to it.", NULL},
    {.name = "",
     .help = "The system",
     .table = grl_cli_system_options,
     .offset = offsetof(struct settings, system)},
    {.name = "", .help = "How hard to look"},
    {"samples", GRL_OPTION_INTEGER, offsetof(struct settings, samples), "N", 2, 100000,
     "65 up to two units, 33 for three, else 9",
     "One parameter: values at which all fixed points are looked for, and branches start. Two: lines of each.",
     NULL},
    {"max-period", GRL_OPTION_NUMBER, offsetof(struct settings, max_period), "T", 1e-3, 1e9, "500",
     "Cycles are followed up to this period.", NULL},
    {"max-points", GRL_OPTION_INTEGER, offsetof(struct settings, max_points), "N", 2, 1e9, "5000",
     "The most points of one branch.", NULL},
    {"no-cycles", GRL_OPTION_FLAG, offsetof(struct settings, no_cycles), NULL, 0, 0, NULL,
     "Fixed points only.", NULL},
    {"no-portraits", GRL_OPTION_FLAG, offsetof(struct settings, no_portraits), NULL, 0, 0, NULL,
     "Two parameters: leaves out what happens in the regions between the curves.", NULL},
    {.name = "",
     .help = "Reading the model",
     .table = grl_cli_model_options,
     .offset = offsetof(struct settings, model)},
    {.name = "",
     .help = "Figure",
     .table = grl_cli_figure_options,
     .offset = offsetof(struct settings, figure)},
    {"axis", GRL_OPTION_INTEGER, offsetof(struct settings, axis), "UNIT", 0, GRL_MAX_UNITS, "0",
     "One parameter: which unit is drawn, counted from 0.", NULL},
    {.name = "", .help = "Computing", .table = grl_cli_run_options, .offset = offsetof(struct settings, run)},
    {.name = "", .help = "Table"},
    {"csv", GRL_OPTION_TEXT, offsetof(struct settings, csv), "FILE", 0, 0, NULL,
     "Writes the branches as a table, a row for each point.", NULL},
    {.name = "",
     .help = "Output",
     .table = grl_cli_output_options,
     .offset = offsetof(struct settings, output)},
    {.name = NULL},
};

/* NAME=LO:HI; the name goes to `name`. */
static int parse_vary(const char *text, char *name, grl_vary *vary)
{
    const char *equals = strrchr(text, '='), *colon = equals ? strchr(equals, ':') : NULL;
    char *end_low, *end_high;
    if (!equals || !colon || equals == text || equals - text >= MOST_NAME)
        return grl_cli_fail(GRL_CLI_USAGE, "--vary: expected NAME=LO:HI, found '%s'", text);
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    vary->name = name;
    vary->low = strtod(equals + 1, &end_low);
    vary->high = strtod(colon + 1, &end_high);
    if (end_low != colon || end_low == equals + 1 || *end_high || end_high == colon + 1 ||
        !isfinite(vary->low) || !isfinite(vary->high))
        return grl_cli_fail(GRL_CLI_USAGE, "--vary: expected NAME=LO:HI with two numbers, found '%s'", text);
    if (fabs(vary->low) > LARGEST_NUMBER || fabs(vary->high) > LARGEST_NUMBER)
        return grl_cli_fail(GRL_CLI_USAGE, "--vary: expected numbers up to %g, found '%s'", LARGEST_NUMBER,
                            text);
    if (!(vary->low < vary->high))
        return grl_cli_fail(GRL_CLI_USAGE, "--vary: expected LO below HI, found '%s'", text);
    return GRL_CLI_DONE;
}

static int parse_all(const struct settings *settings, char names[][MOST_NAME], grl_vary *vary, size_t *count)
{
    *count = settings->vary.count;
    if (*count > MOST_PARAMETERS)
        return grl_cli_fail(GRL_CLI_USAGE, "--vary: expected one or two parameters, found %zu", *count);
    for (size_t k = 0; k < *count; k++) {
        int status = parse_vary(settings->vary.values[k], names[k], &vary[k]);
        if (status != GRL_CLI_DONE) return status;
    }
    if (*count == 0 && !settings->to)
        return grl_cli_fail(GRL_CLI_USAGE, "expected --vary NAME=LO:HI or --to OTHER");
    int path = 0;
    for (size_t k = 0; k < *count; k++) path |= strcmp(vary[k].name, "path") == 0;
    if (settings->to && !path) {
        if (*count == MOST_PARAMETERS)
            return grl_cli_fail(GRL_CLI_USAGE, "--to needs --vary path=LO:HI among two parameters");
        vary[(*count)++] = (grl_vary){.name = "path", .low = 0, .high = 1};
    }
    if (path && !settings->to) return grl_cli_fail(GRL_CLI_USAGE, "--vary path needs --to OTHER");
    return GRL_CLI_DONE;
}

static int compute(const struct settings *settings, const grl_model *model, const double *x,
                   const grl_model *other, size_t count, const grl_vary *vary, grl_diagram **diagram)
{
    grl_error error = {0};
    grl_bifurcation_options ask = grl_bifurcation_defaults();
    ask.time = (grl_time)settings->system.time;
    ask.dt = grl_cli_dt(&settings->system);
    ask.samples = (size_t)settings->samples;
    ask.max_points = settings->max_points;
    ask.max_period = settings->max_period;
    ask.cycles = !settings->no_cycles;
    ask.portraits = !settings->no_portraits;
    ask.seed = (unsigned long long)settings->run.seed;
    ask.threads = (int)settings->run.threads;
    ask.progress = grl_cli_watch_begin("bifurcations", settings->output.quiet);
    grl_status status = grl_bifurcation_compute(model, x, other, count, vary, &ask, diagram, &error);
    grl_cli_watch_end();
    return status == GRL_OK ? GRL_CLI_DONE : grl_cli_error(&error);
}

static int write_all(const struct settings *settings, const char *path, const grl_model *model,
                     const double *x, const grl_diagram *diagram, const grl_draw_options *look)
{
    grl_error error = {0};
    char *text = NULL, *json = NULL, *csv = NULL;
    const char *plot = settings->figure.plot;
    int status = GRL_CLI_DONE;
    if (grl_report_bifurcation_text(model, path, x, diagram, grl_cli_colour(), &text, &error) != GRL_OK ||
        (settings->output.json &&
         grl_report_bifurcation_json(model, path, x, diagram, &json, &error) != GRL_OK) ||
        (settings->csv && grl_report_bifurcation_csv(diagram, &csv, &error) != GRL_OK) ||
        (plot && grl_draw_diagram(diagram, (size_t)settings->axis, look, plot, &error) != GRL_OK)) {
        status = grl_cli_error(&error);
        goto done;
    }
    if (csv && grl_text_save(csv, settings->csv, &error) != GRL_OK) {
        status = grl_cli_error(&error);
        goto done;
    }
    if (csv) grl_cli_note(settings->output.quiet, "wrote %s", settings->csv);
    if (plot) grl_cli_note(settings->output.quiet, "wrote %s", plot);
    status = grl_cli_write(settings->output.json, json, text, settings->output.quiet);
    if (status == GRL_CLI_DONE && diagram->unfinished > 0)
        status = grl_cli_fail(
            GRL_CLI_NOT_REACHED, "%s: %zu %s cut off; the result is partial", path, diagram->unfinished,
            diagram->unfinished == 1 ? "end of a branch or curve was" : "ends of branches or curves were");
done:
    grl_text_free(csv);
    grl_text_free(json);
    grl_text_free(text);
    return status;
}

static int run(const void *given, const char *const *arguments, size_t count)
{
    const struct settings *settings = given;
    const char *path = arguments[0];
    grl_draw_options look;
    grl_vary vary[MOST_PARAMETERS] = {{NULL, 0, 0}};
    char names[MOST_PARAMETERS][MOST_NAME];
    size_t varied = 0;
    grl_model *model = NULL, *other = NULL;
    grl_diagram *diagram = NULL;
    const double *x;
    const grl_cli_file files[] = {{"MODEL", path, 0},
                                  {"--to", settings->to, 0},
                                  {"--json", settings->output.json, 1},
                                  {"--csv", settings->csv, 1},
                                  {"--plot", settings->figure.plot, 1}};
    (void)count;

    int status = grl_cli_check_files(files, sizeof files / sizeof *files);
    if (status == GRL_CLI_DONE) status = grl_cli_check_model(&settings->model);
    if (status == GRL_CLI_DONE) status = grl_cli_check_system(&settings->system);
    if (status == GRL_CLI_DONE) status = grl_cli_check_figure(&settings->figure, &look);
    if (status == GRL_CLI_DONE) status = parse_all(settings, names, vary, &varied);
    if (status == GRL_CLI_DONE) status = grl_cli_load(path, &settings->model, &model);
    if (status == GRL_CLI_DONE && settings->to) status = grl_cli_load(settings->to, &settings->model, &other);
    if (status == GRL_CLI_DONE) status = grl_cli_input(path, model, &settings->system, &x);
    if (status == GRL_CLI_DONE && (size_t)settings->axis >= grl_cell_hidden_size(grl_model_cell(model)))
        status = grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: --axis: expected a unit below %zu, found %lld", path,
                              grl_cell_hidden_size(grl_model_cell(model)), settings->axis);
    if (status == GRL_CLI_DONE) status = compute(settings, model, x, other, varied, vary, &diagram);
    if (status == GRL_CLI_DONE) status = write_all(settings, path, model, x, diagram, &look);
    grl_diagram_free(diagram);
    grl_model_free(other);
    grl_model_free(model);
    return status;
}

const grl_cli_command grl_cli_bifurcate = {
    .words =
        {"bifurcate", "MODEL", "What changes along one or two parameters: branches and special points",
         "grulens bifurcate examples/rotation.json --vary alpha=0.1:1.2 --plot diagram.svg\n"
         "grulens bifurcate gates.json --vary 'b_h[0]=-5:5' --vary 'b_h[1]=-5:5' --json chart.json\n"
         "grulens bifurcate before.pt --to after.pt",
         "Branches of fixed points are followed through folds from all fixed points at several values of the "
         "parameter; folds, Hopf points, branch points (for the map: folds, flips, "
         "Neimark-Sacker points) are located as solutions of their own equations, with the numbers of "
         "their normal forms.\n\n"
         "In the flow, branches of cycles are followed from Hopf points and from the cycles at several values, "
         "with their folds, period doublings and tori, to their ends, which are named: connecting orbits are "
         "solved for.\n\n"
         "Two parameters give the curves of all these points, the codimension-two points on them, and the "
         "portraits in the regions between. Over two biases b_h of a flow of two units, or inputs that act "
         "through them, the list of folds, Hopf points, cusps, Bogdanov-Takens and generalised Hopf points is "
         "proven complete where the report says so; over one of them that of folds and Hopf points.\n\n"
         "The exit status is 3 if a branch was cut off by a limit; the partial result is written all the "
         "same.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
