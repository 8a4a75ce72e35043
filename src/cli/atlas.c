/* atlas.c: grulens atlas FILE: what is in a catalogue of random networks. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    long long most;
    int dump, refine;
    grl_texts merge;
    const char *like;
    const char *example, *to;
    long long run;
    int figure;
    long long page;
    grl_cli_figure look;
    grl_cli_model model;
    grl_cli_output output;
};

static const struct settings defaults = {.most = 40, .model = {.layer = GRL_CLI_ANY_LAYER}};

static const grl_option options[] = {
    {.name = "", .help = "What to show"},
    {"most", GRL_OPTION_INTEGER, offsetof(struct settings, most), "N", 0, 0x1p40, "40; 0 is all",
     "The most classes to list of a run.", NULL},
    {"dump", GRL_OPTION_FLAG, offsetof(struct settings, dump), NULL, 0, 0, NULL,
     "Everything, as text that is the same for the same content.", NULL},
    {"like", GRL_OPTION_TEXT, offsetof(struct settings, like), "MODEL", 0, 0, NULL,
     "The class of this network in each run, and how frequent it is there.", NULL},
    {"example", GRL_OPTION_TEXT, offsetof(struct settings, example), "CLASS", 0, 0, NULL,
     "The example of a class, written to --to as a model file.", NULL},
    {"to", GRL_OPTION_TEXT, offsetof(struct settings, to), "FILE", 0, 0, NULL, "Where the example goes.",
     NULL},
    {"refine", GRL_OPTION_FLAG, offsetof(struct settings, refine), NULL, 0, 0, NULL,
     "First gives each class a readable example, moved away from bifurcations, with few digits and many zeros, and "
     "keeps it in the catalogue.",
     NULL},
    {"run", GRL_OPTION_INTEGER, offsetof(struct settings, run), "N", 0, 1e6, "0",
     "Of which run, counted from 0 as they are listed.", NULL},
    {"figure", GRL_OPTION_CHOICE, offsetof(struct settings, figure), "gallery|frequency|attractors", 0, 0,
     "gallery",
     "What --plot draws: the classes of a run as small portraits; their shares against the runs' scale of U_h; "
     "attractors of a network against the number of units.",
     NULL},
    {"page", GRL_OPTION_INTEGER, offsetof(struct settings, page), "N", 0, 1e9, "0",
     "Which page of the gallery; twenty classes are on one.", NULL},
    {.name = "",
     .help = "Figure",
     .table = grl_cli_figure_options,
     .offset = offsetof(struct settings, look)},
    {.name = "", .help = "Making one of several"},
    {"merge", GRL_OPTION_TEXTS, offsetof(struct settings, merge), "CATALOGUE", 0, 0, NULL,
     "FILE is made anew from these, which have no networks of the same run in common.", NULL},
    {.name = "",
     .help = "Reading the model of --like",
     .table = grl_cli_model_options,
     .offset = offsetof(struct settings, model)},
    {.name = "",
     .help = "Output",
     .table = grl_cli_output_options,
     .offset = offsetof(struct settings, output)},
    {.name = NULL},
};

static int dump(const char *path)
{
    grl_error error = {0};
    char *text = NULL;
    if (grl_atlas_dump(path, &text, &error) != GRL_OK) return grl_cli_error(&error);
    int status = grl_cli_print(text);
    grl_text_free(text);
    return status;
}

static const grl_atlas_class *find_class(const grl_atlas_run *run, const char *key)
{
    for (size_t k = 0; k < run->count; k++)
        if (strcmp(run->classes[k].key, key) == 0) return &run->classes[k];
    return NULL;
}

static int show_like(const struct settings *settings, const grl_atlas *atlas)
{
    grl_model *model = NULL;
    grl_error error = {0};
    int status = grl_cli_check_model(&settings->model);
    if (status == GRL_CLI_DONE) status = grl_cli_load(settings->like, &settings->model, &model);
    for (size_t i = 0; status == GRL_CLI_DONE && i < atlas->count; i++) {
        const grl_atlas_run *run = &atlas->runs[i];
        char *key = NULL;
        const char *reason = NULL;
        if (grl_atlas_classify(&run->settings, grl_model_cell(model), NULL, &key, &reason, &error) !=
            GRL_OK) {
            status = grl_cli_error(&error);
            break;
        }
        const grl_atlas_class *class = key ? find_class(run, key) : NULL;
        printf("%s\n", run->words);
        if (!key)
            printf("  %s: no class: %s\n", settings->like, reason);
        else if (!class)
            printf("  %s: class %s, which no network of this run has\n", settings->like, key);
        else
            printf("  %s: class %s (%s), %llu of %llu networks, %.4g %% (%.3g to %.3g)\n", settings->like,
                   key, class->name, class->count, run->networks, 100 * class->frequency, 100 * class->low,
                   100 * class->high);
        grl_text_free(key);
    }
    grl_model_free(model);
    return status == GRL_CLI_DONE ? grl_cli_flush() : status;
}

static int write_example(const struct settings *settings, const grl_atlas *atlas)
{
    grl_cell *cell = NULL;
    grl_model *model = NULL;
    grl_error error = {0};
    if (!settings->to) return grl_cli_fail(GRL_CLI_USAGE, "--example: expected --to FILE, where it goes");
    if ((size_t)settings->run >= atlas->count)
        return grl_cli_fail(GRL_CLI_BAD_INPUT, "--run: expected a number below %zu, found %lld", atlas->count,
                            settings->run);
    const grl_atlas_run *run = &atlas->runs[settings->run];
    const grl_atlas_class *class = find_class(run, settings->example);
    if (!class)
        return grl_cli_fail(GRL_CLI_BAD_INPUT, "--example: run %lld has no class '%s'", settings->run,
                            settings->example);
    grl_status status = grl_atlas_example(run, class, &cell, &error);
    if (status == GRL_OK) status = grl_model_create(cell, &model, &error);
    if (status == GRL_OK) status = grl_model_save(model, settings->to, &error);
    grl_model_free(model);
    return status == GRL_OK ? GRL_CLI_DONE : grl_cli_error(&error);
}

static int show(const struct settings *settings, const grl_atlas *atlas, const char *path)
{
    grl_error error = {0};
    char *text = NULL, *json = NULL;
    int status;
    if (grl_report_atlas_text(atlas, path, &text, &error) != GRL_OK ||
        grl_report_atlas_json(atlas, path, &json, &error) != GRL_OK)
        status = grl_cli_error(&error);
    else
        status = grl_cli_write(settings->output.json, json, text, settings->output.quiet);
    grl_text_free(json);
    grl_text_free(text);
    return status;
}

static int run(const void *given, const char *const *arguments, size_t count)
{
    const struct settings *settings = given;
    const char *path = arguments[0];
    grl_error error = {0};
    grl_atlas *atlas = NULL;
    grl_draw_options look;
    const grl_cli_file files[] = {{"FILE", path, settings->merge.count > 0},
                                  {"--json", settings->output.json, 1},
                                  {"--to", settings->to, 1},
                                  {"--plot", settings->look.plot, 1},
                                  {"--like", settings->like, 0}};
    (void)count;
    int status = grl_cli_check_files(files, sizeof files / sizeof *files);
    if (status == GRL_CLI_DONE) status = grl_cli_check_figure(&settings->look, &look);
    if (status != GRL_CLI_DONE) return status;
    if (settings->to && !settings->example)
        return grl_cli_fail(GRL_CLI_USAGE, "--to: expected --example CLASS, which is what goes there");
    if (settings->merge.count > 0 &&
        grl_atlas_merge(path, settings->merge.values, settings->merge.count, &error) != GRL_OK)
        return grl_cli_error(&error);
    if (settings->refine) {
        grl_progress *progress = grl_cli_watch_begin("examples", settings->output.quiet);
        grl_status refined = grl_atlas_refine(path, progress, &error);
        grl_cli_watch_end();
        if (refined != GRL_OK) return grl_cli_error(&error);
    }
    if (settings->dump) return dump(path);
    /* To find a class, all are needed. */
    const size_t most =
        settings->like || settings->example || settings->look.plot ? 0 : (size_t)settings->most;
    if (grl_atlas_read(path, most, &atlas, &error) != GRL_OK) return grl_cli_error(&error);
    if (settings->run > 0 && (size_t)settings->run >= atlas->count) {
        status = grl_cli_fail(GRL_CLI_BAD_INPUT, "--run: expected a number below %zu, found %lld",
                              atlas->count, settings->run);
        grl_atlas_free(atlas);
        return status;
    }
    if (settings->look.plot &&
        grl_draw_atlas(atlas, (grl_atlas_figure)settings->figure, (size_t)settings->run,
                       (size_t)settings->page, &look, settings->look.plot, &error) != GRL_OK) {
        grl_atlas_free(atlas);
        return grl_cli_error(&error);
    }
    status = settings->like      ? show_like(settings, atlas)
             : settings->example ? write_example(settings, atlas)
                                 : show(settings, atlas, path);
    grl_atlas_free(atlas);
    return status;
}

const grl_cli_command grl_cli_atlas = {
    .words =
        {"atlas", "FILE", "What is in a catalogue of random networks",
         "grulens atlas two.db\n"
         "grulens atlas two.db --refine --plot gallery.svg\n"
         "grulens atlas two.db --like trained.pt\n"
         "grulens atlas two.db --example 313 --to example.json\n"
         "grulens atlas all.db --merge part0.db --merge part1.db",
         "Lists the classes of each run of a catalogue that grulens survey made, with how frequent they are and the "
         "number of an example, the network that is farthest from a bifurcation.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
