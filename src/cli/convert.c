/* convert.c: grulens convert A B: a model from one format to another. */
#include "cli/cli.h"

#include <string.h>

struct settings {
    grl_cli_model model;
    int quiet;
};

static const struct settings defaults = {.model = {.layer = GRL_CLI_ANY_LAYER}};

static const grl_option options[] = {
    {.name = "",
     .help = "Reading the model",
     .table = grl_cli_model_options,
     .offset = offsetof(struct settings, model)},
    {.name = "", .help = "Output"},
    {"quiet", GRL_OPTION_FLAG, offsetof(struct settings, quiet), NULL, 0, 0, NULL,
     "Says nothing about what was written.", NULL},
    {.name = NULL},
};

static int say(const grl_model *model, const char *path)
{
    const grl_cell *cell = grl_model_cell(model);
    const char *ending = strrchr(path, '.');
    const int kept = ending && strcmp(ending, ".json") == 0;
    size_t units = grl_cell_hidden_size(cell), inputs = grl_cell_input_size(cell);
    printf("%s: %zu unit%s, %zu input%s, reset %s\n", path, units, units == 1 ? "" : "s", inputs,
           inputs == 1 ? "" : "s", grl_cell_reset(cell) == GRL_RESET_AFTER ? "after" : "before");
    for (size_t i = 0; i < grl_model_parameters(model); i++)
        printf("  %s = %.15g%s\n", grl_model_parameter_name(model, i), grl_model_parameter_value(model, i),
               kept ? "" : ", fixed: only .json keeps parameters");
    for (size_t i = 0; i < grl_model_changes(model); i++)
        printf("  set: %s = %.15g\n", grl_model_change_name(model, i), grl_model_change_value(model, i));
    for (size_t i = 0; i < grl_model_notes(model); i++) printf("  assumed: %s\n", grl_model_note(model, i));
    return grl_cli_flush();
}

static int run(const void *given, const char *const *arguments, size_t count)
{
    const struct settings *settings = given;
    grl_error error = {0};
    grl_model *model = NULL;
    (void)count;

    int status = grl_cli_check_model(&settings->model);
    if (status == GRL_CLI_DONE) status = grl_cli_load(arguments[0], &settings->model, &model);
    if (status != GRL_CLI_DONE) return status;
    if (grl_model_save(model, arguments[1], &error) != GRL_OK)
        status = grl_cli_error(&error);
    else if (!settings->quiet)
        status = say(model, arguments[1]);
    grl_model_free(model);
    return status;
}

const grl_cli_command grl_cli_convert = {
    .words =
        {"convert", "A B", "Writes a model in another format",
         "grulens convert trained.pt trained.json\ngrulens convert family.json at_one.json --set alpha=1",
         "The format of A is told by its content, that of B by its name: .json (grulens-model), "
         ".safetensors. What had to be assumed to read A is listed; see also: grulens info.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
