/* info.c: grulens info MODEL: what is in a model file, and what had to be assumed to read it. */
#include "cli/cli.h"

struct settings {
    grl_cli_model model;
    grl_cli_output output;
};

static const struct settings defaults = {.model = {.layer = GRL_CLI_ANY_LAYER}};

static const grl_option options[] = {
    {.name = "",
     .help = "Reading the model",
     .table = grl_cli_model_options,
     .offset = offsetof(struct settings, model)},
    {.name = "",
     .help = "Output",
     .table = grl_cli_output_options,
     .offset = offsetof(struct settings, output)},
    {.name = NULL},
};

static int run(const void *given, const char *const *arguments, size_t count)
{
    const struct settings *settings = given;
    grl_error error = {0};
    grl_model *model = NULL;
    char *text = NULL, *json = NULL;
    const grl_cli_file files[] = {{"MODEL", arguments[0], 0}, {"--json", settings->output.json, 1}};
    (void)count;

    int status = grl_cli_check_files(files, sizeof files / sizeof *files);
    if (status == GRL_CLI_DONE) status = grl_cli_check_model(&settings->model);
    if (status == GRL_CLI_DONE) status = grl_cli_load(arguments[0], &settings->model, &model);
    if (status != GRL_CLI_DONE) goto done;
    if (grl_report_info_text(model, arguments[0], &text, &error) != GRL_OK ||
        grl_report_info_json(model, arguments[0], &json, &error) != GRL_OK)
        status = grl_cli_error(&error);
    else
        status = grl_cli_write(settings->output.json, json, text, settings->output.quiet);
done:
    grl_text_free(json);
    grl_text_free(text);
    grl_model_free(model);
    return status;
}

const grl_cli_command grl_cli_info = {
    .words =
        {"info", "MODEL", "What is in a model file, and what had to be assumed to read it",
         "grulens info trained.pt",
         "A file of weights does not always say in which order its gates are, where the reset gate acts, or "
         "which of several networks is meant. What it does not say is assumed as the framework that "
         "writes such files has it, and listed here; the options below decide otherwise.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
