/* model.c: from the shared settings to a model and its input. */
#include "cli/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LARGEST_INPUT = 1e100; /* as grl_cell_at_input has it */

/* NAME=VALUE apart; 0 if it is not of this form. The last "=" counts. */
static int split_setting(const char *text, size_t *name_length, double *value)
{
    const char *equals = strrchr(text, '=');
    char *end;
    if (!equals || equals == text || !equals[1] || strspn(equals + 1, "0123456789+-.eE") < strlen(equals + 1))
        return 0;
    *name_length = (size_t)(equals - text);
    *value = strtod(equals + 1, &end);
    return *end == '\0' && isfinite(*value);
}

int grl_cli_check_model(const grl_cli_model *settings)
{
    if (settings->reverse && settings->forward)
        return grl_cli_fail(GRL_CLI_USAGE, "--reverse and --forward exclude each other");
    for (size_t i = 0; i < settings->set.count; i++) {
        size_t length;
        double value;
        if (!split_setting(settings->set.values[i], &length, &value))
            return grl_cli_fail(GRL_CLI_USAGE, "--set: expected NAME=VALUE with a number, found '%s'",
                                settings->set.values[i]);
    }
    return GRL_CLI_DONE;
}

int grl_cli_check_system(const grl_cli_system *settings)
{
    if (settings->dt > 0 && settings->time != GRL_DISCRETE)
        return grl_cli_fail(GRL_CLI_USAGE, "--dt is the step of the map; it needs --time discrete");
    return GRL_CLI_DONE;
}

double grl_cli_dt(const grl_cli_system *settings)
{
    return settings->dt > 0 ? settings->dt : 1;
}

int grl_cli_load(const char *path, const grl_cli_model *settings, grl_model **model)
{
    grl_error error = {0};
    grl_load_options options = grl_load_defaults();
    options.layer = (int)settings->layer;
    options.reverse = settings->reverse ? 1 : settings->forward ? 0 : -1;
    options.prefix = settings->prefix;
    options.reset = (grl_reset_choice)settings->reset;
    options.gate_order = (grl_gate_order)settings->gate_order;
    if (strcmp(path, "-") == 0)
        return grl_cli_fail(GRL_CLI_BAD_INPUT, "a model is read from a file, not from standard input");
    if (grl_model_load(path, &options, model, &error) != GRL_OK) return grl_cli_error(&error);
    for (size_t i = 0; i < settings->set.count; i++) {
        char name[256];
        size_t length = 0;
        double value = 0;
        int status = GRL_CLI_DONE;
        if (!split_setting(settings->set.values[i], &length, &value) || length >= sizeof name) {
            status = grl_cli_fail(GRL_CLI_USAGE, "--set: a name of %zu bytes is too long", length);
        } else {
            memcpy(name, settings->set.values[i], length);
            name[length] = '\0';
            if (grl_model_set(*model, name, value, &error) != GRL_OK)
                status = grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: --set %s: %s", path, settings->set.values[i],
                                      error.message);
        }
        if (status != GRL_CLI_DONE) {
            grl_model_free(*model);
            *model = NULL;
            return status;
        }
    }
    return GRL_CLI_DONE;
}

int grl_cli_input(const char *path, const grl_model *model, const grl_cli_system *settings, const double **x)
{
    size_t inputs = grl_cell_input_size(grl_model_cell(model));
    *x = settings->input.values;
    if (settings->input.values && settings->input.count != inputs)
        return grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: the network has %zu input%s; --input has %zu number%s",
                            path, inputs, inputs == 1 ? "" : "s", settings->input.count,
                            settings->input.count == 1 ? "" : "s");
    for (size_t i = 0; i < settings->input.count; i++)
        if (!(fabs(settings->input.values[i]) <= LARGEST_INPUT))
            return grl_cli_fail(GRL_CLI_BAD_INPUT, "--input: expected numbers up to %g, found %g",
                                LARGEST_INPUT, settings->input.values[i]);
    return GRL_CLI_DONE;
}
