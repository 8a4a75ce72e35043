/* analyze.c: grulens analyze MODEL: fixed points, their stability, limit cycles, slow points; a report, a document, a
 * figure. */
#include "cli/cli.h"

#include <string.h>

struct settings {
    grl_cli_system system;
    grl_cli_model model;
    int method; /* a grl_method */
    long long max_boxes, starts;
    double unseen;
    long long attractor_starts;
    const char *task;
    grl_texts task_set;
    long long warm_up;
    grl_cli_run run;
    grl_cli_figure figure;
    grl_cli_look look;
    grl_cli_output output;
};

/* The numbers are those of grl_portrait_defaults, which the help repeats in words. */
static const struct settings defaults = {.model = {.layer = GRL_CLI_ANY_LAYER},
                                         .max_boxes = 4000000,
                                         .unseen = 0.005,
                                         .attractor_starts = -1,
                                         .look = {.trajectories = GRL_CLI_OWN_CHOICE}};

static const grl_option options[] = {
    {.name = "",
     .help = "The question",
     .table = grl_cli_system_options,
     .offset = offsetof(struct settings, system)},
    {.name = "", .help = "How hard to look"},
    {"method", GRL_OPTION_CHOICE, offsetof(struct settings, method), "auto|prove|search", 0, 0,
     "auto, which proves where that is quick",
     "prove: interval branch-and-prune, whose list is proven complete; search: Newton's method from many "
     "starts, for any number of units.",
     NULL},
    {"max-boxes", GRL_OPTION_INTEGER, offsetof(struct settings, max_boxes), "N", 1, 0x1p62, "4000000",
     "prove: the most boxes to look at.", NULL},
    {"starts", GRL_OPTION_INTEGER, offsetof(struct settings, starts), "N", 1, 0x1p40,
     "16384, from some 300 units on fewer",
     "search: the most starts. By default a search also ends after some 4e12 operations, about a minute.",
     NULL},
    {"unseen", GRL_OPTION_NUMBER, offsetof(struct settings, unseen), "P", 1e-9, 1, "0.005",
     "search: ends when, with 95 % confidence, another start would find something new with at most this "
     "probability.",
     NULL},
    {"attractor-starts", GRL_OPTION_INTEGER, offsetof(struct settings, attractor_starts), "N", 0, 1e6,
     "512, from 17 units on fewer",
     "From how many random starts attractors are looked for, for the map and from three units on; 0: not.",
     NULL},
    {.name = "", .help = "Was it learned?"},
    {"task", GRL_OPTION_TEXT, offsetof(struct settings, task), "NAME", 0, 0, NULL,
     "Judges what the network, as the map, has learned of a task: fitzhugh-nagumo, line-attractor, "
     "ring-attractor, van-der-pol, two-wells, flip-flop, integrator or head-direction.",
     NULL},
    {"task-set", GRL_OPTION_TEXTS, offsetof(struct settings, task_set), "NAME=VALUE", 0, 0, NULL,
     "A parameter of the task: I=0.5, bits=3.", NULL},
    {"warm-up", GRL_OPTION_INTEGER, offsetof(struct settings, warm_up), "N", 0, 1e6, "0",
     "With --task: so many first steps see the observations as inputs, as in its training.", NULL},
    {.name = "",
     .help = "Reading the model",
     .table = grl_cli_model_options,
     .offset = offsetof(struct settings, model)},
    {.name = "",
     .help = "Figure",
     .table = grl_cli_figure_options,
     .offset = offsetof(struct settings, figure)},
    {.name = "",
     .help = "What the figure shows",
     .table = grl_cli_look_options,
     .offset = offsetof(struct settings, look)},
    {.name = "", .help = "Computing", .table = grl_cli_run_options, .offset = offsetof(struct settings, run)},
    {.name = "",
     .help = "Output",
     .table = grl_cli_output_options,
     .offset = offsetof(struct settings, output)},
    {.name = NULL},
};

static int check_method(const char *path, int method, const grl_cell *cell)
{
    const size_t n = grl_cell_hidden_size(cell);
    if (method != GRL_METHOD_PROVE || n <= GRL_PROVE_UNITS) return GRL_CLI_DONE;
    return grl_cli_fail(GRL_CLI_BAD_INPUT,
                        "%s: --method prove is possible for at most %d units, this network has %zu", path,
                        (int)GRL_PROVE_UNITS, n);
}

static int compute(const struct settings *settings, const grl_model *model, const double *x,
                   grl_portrait **portrait)
{
    grl_error error = {0};
    grl_whole_options ask = grl_whole_defaults();
    ask.points.time = (grl_time)settings->system.time;
    ask.points.dt = grl_cli_dt(&settings->system);
    ask.points.method = (grl_method)settings->method;
    ask.points.max_boxes = settings->max_boxes;
    ask.points.max_starts = settings->starts;
    ask.points.unseen = settings->unseen;
    if (settings->attractor_starts == 0) ask.parts &= ~(unsigned)GRL_PART_ATTRACTORS;
    if (settings->attractor_starts > 0) ask.attractors.starts = (size_t)settings->attractor_starts;
    ask.seed = (unsigned long long)settings->run.seed;
    ask.threads = (int)settings->run.threads;
    ask.progress = grl_cli_watch_begin("fixed points", settings->output.quiet);
    grl_status status = grl_whole_compute(grl_model_cell(model), x, &ask, portrait, &error);
    grl_cli_watch_end();
    return status == GRL_OK ? GRL_CLI_DONE : grl_cli_error(&error);
}

/* The task, or none. */
static int read_task(const struct settings *settings, grl_problem *problem)
{
    grl_error error = {0};
    if (!settings->task) {
        if (settings->task_set.count > 0 || settings->warm_up > 0)
            return grl_cli_fail(GRL_CLI_USAGE, "--task-set and --warm-up need --task");
        return GRL_CLI_DONE;
    }
    if (settings->system.input.values)
        return grl_cli_fail(GRL_CLI_USAGE, "--task judges at zero input: it and --input exclude each other");
    int status = grl_cli_task("analyze", settings->task, problem);
    for (size_t i = 0; status == GRL_CLI_DONE && i < settings->task_set.count; i++) {
        char name[GRL_CLI_TASK_NAME];
        double value;
        status = grl_cli_task_parameter("--task-set", settings->task_set.values[i], name, &value);
        if (status == GRL_CLI_DONE && grl_problem_set(problem, name, value, &error) != GRL_OK)
            status = grl_cli_error(&error);
    }
    return status;
}

/* Whether the model is one for the task. */
static int check_task(const struct settings *settings, const char *path, const grl_problem *problem,
                      const grl_model *model)
{
    const size_t k = grl_problem_outputs(problem), outputs = grl_model_outputs(model),
                 observed = grl_model_observations(model);
    const size_t m = grl_problem_inputs(problem) + (settings->warm_up > 0 ? k : 0),
                 inputs = grl_cell_input_size(grl_model_cell(model));
    const char *warm_up = settings->warm_up > 0 ? " after a warm-up" : "";
    if (outputs == 0)
        return grl_cli_fail(GRL_CLI_BAD_INPUT,
                            "%s: --task needs a model with a readout, whose outputs C h + d are those of the "
                            "task (%zu)",
                            path, k);
    if (outputs != k)
        return grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: %s has %zu output%s, the model's readout %zu", path,
                            settings->task, k, k == 1 ? "" : "s", outputs);
    if (inputs < m)
        return grl_cli_fail(GRL_CLI_BAD_INPUT,
                            "%s: %s%s needs a network of at least %zu input%s, this one has %zu", path,
                            settings->task, warm_up, m, m == 1 ? "" : "s", inputs);
    if (observed != 0 && observed != k)
        return grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: %s has %zu output%s, the model's encoder takes %zu", path,
                            settings->task, k, k == 1 ? "" : "s", observed);
    return GRL_CLI_DONE;
}

static int judge(const struct settings *settings, const grl_problem *problem, const grl_model *model,
                 grl_judgement **judgement)
{
    grl_error error = {0};
    grl_judge_options ask = grl_judge_defaults();
    const grl_judge_subject subject = {.model = model,
                                       .problem = *problem,
                                       .dt = grl_cli_dt(&settings->system),
                                       .warm_up = (size_t)settings->warm_up,
                                       .horizon = grl_training_defaults(problem).horizon,
                                       .seed = (unsigned long long)settings->run.seed};
    ask.seed = subject.seed;
    ask.threads = (int)settings->run.threads;
    ask.progress = grl_cli_watch_begin("judgement", settings->output.quiet);
    grl_status status = grl_judge_model(&subject, NULL, &ask, judgement, &error);
    grl_cli_watch_end();
    return status == GRL_OK ? GRL_CLI_DONE : grl_cli_error(&error);
}

static int run(const void *given, const char *const *arguments, size_t count)
{
    const struct settings *settings = given;
    const char *path = arguments[0], *plot = settings->figure.plot;
    grl_error error = {0};
    grl_draw_options look;
    grl_model *model = NULL;
    grl_portrait *portrait = NULL;
    grl_judgement *judgement = NULL;
    grl_problem problem = {0};
    const double *x;
    char *text = NULL, *json = NULL;
    const grl_cli_file files[] = {
        {"MODEL", path, 0}, {"--json", settings->output.json, 1}, {"--plot", plot, 1}};
    (void)count;

    int status = grl_cli_check_files(files, sizeof files / sizeof *files);
    if (status == GRL_CLI_DONE) status = grl_cli_check_model(&settings->model);
    if (status == GRL_CLI_DONE) status = grl_cli_check_system(&settings->system);
    if (status == GRL_CLI_DONE) status = grl_cli_check_figure(&settings->figure, &look);
    if (status == GRL_CLI_DONE) status = grl_cli_check_look(&settings->look, plot, &look);
    if (status == GRL_CLI_DONE) status = read_task(settings, &problem);
    if (status == GRL_CLI_DONE) status = grl_cli_load(path, &settings->model, &model);
    if (status == GRL_CLI_DONE) status = grl_cli_input(path, model, &settings->system, &x);
    if (status == GRL_CLI_DONE) status = check_method(path, settings->method, grl_model_cell(model));
    if (status == GRL_CLI_DONE && problem.task) status = check_task(settings, path, &problem, model);
    if (status == GRL_CLI_DONE) status = compute(settings, model, x, &portrait);
    if (status == GRL_CLI_DONE && problem.task) status = judge(settings, &problem, model, &judgement);
    if (status != GRL_CLI_DONE) goto done;

    look.seed = (unsigned long long)settings->run.seed;
    if (grl_report_analysis_text(model, path, x, portrait, judgement, grl_cli_colour(), &text, &error) !=
            GRL_OK ||
        grl_report_analysis_json(model, path, x, portrait, judgement, &json, &error) != GRL_OK ||
        (plot && grl_draw_portrait(grl_model_cell(model), x, portrait, &look, plot, &error) != GRL_OK)) {
        status = grl_cli_error(&error);
        goto done;
    }
    if (plot) grl_cli_note(settings->output.quiet, "wrote %s", plot);
    status = grl_cli_write(settings->output.json, json, text, settings->output.quiet);
    /* A degenerate point is an answer; a limit that came first is not. */
    if (status == GRL_CLI_DONE && !portrait->complete && portrait->stopped_by &&
        strcmp(portrait->stopped_by, "limit") == 0)
        status = grl_cli_fail(GRL_CLI_NOT_REACHED, "%s: the %s stopped at its limit; the result is partial",
                              path, portrait->method == GRL_METHOD_SEARCH ? "search" : "proof");
done:
    grl_text_free(json);
    grl_text_free(text);
    grl_judgement_free(judgement);
    grl_portrait_free(portrait);
    grl_model_free(model);
    return status;
}

const grl_cli_command grl_cli_analyze = {
    .words =
        {"analyze", "MODEL", "What one network does: fixed points, cycles, manifolds, basins, slow regions",
         "grulens analyze trained.pt --plot portrait.svg\n"
         "grulens analyze family.json --set alpha=0.5 --time discrete --json -\n"
         "grulens analyze trained.pt --time discrete --task fitzhugh-nagumo",
         "For a few units the list of fixed points is proven complete by interval arithmetic; "
         "degenerate points are listed with the small box that holds them. For more units points are "
         "searched for; each one is proven to exist and to be the only one near, and it is said how "
         "much may be unseen, but never that there are no others.\n\n"
         "In the flow of two units limit cycles are looked for too, all of them to a resolution that the "
         "report gives; the manifolds of the saddles are followed to where they go, "
         "saddles that are joined or nearly so are named, and the basins of attraction are measured "
         "and drawn. The signature, a text, names the topology of all this.\n\n"
         "For the map, and from three units on, random starts are followed to the attractors that "
         "they reach: points, cycles, tori, chaos, with the share of each and its Lyapunov exponents.\n\n"
         "In the map of two units the manifolds of its saddles are followed, also where it is "
         "not invertible.\n\n"
         "For any number of units slow manifolds are traced from the fixed points and slow points: curves to "
         "which the state is attracted quickly and along which it drifts slowly. The report says which of "
         "them behave as a line or a ring attractor, and for how long.\n\n"
         "With --task the network is also judged by what it was to learn, wherever it was trained: run freely, "
         "from the start that its encoder makes of the first observation, on test data of the task, and by its "
         "dynamics against the task's true attractor. The model needs a readout that puts out the task's "
         "outputs. It is judged as the map, of one that was trained as a flow by its Euler steps: --time "
         "discrete --dt STEP.\n\n"
         "The exit status is 3 if the limit of boxes or starts came before the answer; the partial "
         "result is written all the same. A degenerate point that could not be decided is an answer.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
