/* figure.c: what a figure should look like, from the shared settings. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static int ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcmp(path + length - tail, ending) == 0;
}

/* "160x120mm", "450x340pt", and each with the unit after both numbers; no unit: millimetres. In points. */
static int parse_size(const char *text, double *width, double *height)
{
    double size[2], unit[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        char *end;
        if (strspn(text, "0123456789.") == 0) return 0;
        size[i] = strtod(text, &end);
        if (strncmp(end, "mm", 2) == 0) {
            unit[i] = 72 / 25.4;
            end += 2;
        } else if (strncmp(end, "pt", 2) == 0) {
            unit[i] = 1;
            end += 2;
        }
        if (*end != (i == 0 ? 'x' : '\0')) return 0;
        text = end + (i == 0);
    }
    if (unit[1] == 0) unit[1] = unit[0] > 0 ? unit[0] : 72 / 25.4;
    if (unit[0] == 0) unit[0] = unit[1];
    *width = size[0] * unit[0];
    *height = size[1] * unit[1];
    return 1;
}

int grl_cli_check_figure(const grl_cli_figure *settings, grl_draw_options *options)
{
    const char *plot = settings->plot;
    *options = grl_draw_defaults();
    if (plot && !ends_in(plot, ".svg") && !ends_in(plot, ".pdf") && !ends_in(plot, ".png"))
        return grl_cli_fail(GRL_CLI_USAGE,
                            "--plot: expected a name that ends in .svg, .pdf or .png, found '%s'", plot);
    if (!plot && (settings->size || settings->title || settings->text > 0 || settings->dpi > 0))
        return grl_cli_fail(GRL_CLI_USAGE, "--%s is for a figure; it needs --plot FILE",
                            settings->size       ? "size"
                            : settings->title    ? "title"
                            : settings->text > 0 ? "text"
                                                 : "dpi");
    options->theme = (grl_theme)settings->theme;
    options->text = settings->text;
    if (settings->dpi > 0) options->scale = settings->dpi / 72;
    options->title = settings->title;
    if (settings->size) {
        if (!parse_size(settings->size, &options->width, &options->height))
            return grl_cli_fail(GRL_CLI_USAGE, "--size: expected WIDTHxHEIGHT such as 160x120mm, found '%s'",
                                settings->size);
        if (!(options->width >= 72 && options->width <= 7200 && options->height >= 72 &&
              options->height <= 7200))
            return grl_cli_fail(GRL_CLI_USAGE, "--size: expected 25.4 to 2540 mm each way, found '%s'",
                                settings->size);
    }
    return GRL_CLI_DONE;
}

static int read_parts(const char *option, const char *words, unsigned *parts)
{
    grl_error error = {0};
    if (!words || grl_show_read(words, parts, &error) == GRL_OK) return GRL_CLI_DONE;
    return grl_cli_fail(GRL_CLI_USAGE, "--%s: %s", option, error.message);
}

/* "-1:0,0.5:1": at most GRL_DRAW_RANGES of them. */
static int parse_ranges(const char *text, grl_draw_options *options)
{
    for (int k = 0; k < GRL_DRAW_RANGES; k++) {
        double *const ends[] = {&options->low[k], &options->high[k]};
        for (int i = 0; i < 2; i++) {
            char *end;
            if (strspn(text, "0123456789.+-") == 0) return 0;
            *ends[i] = strtod(text, &end);
            if (end == text || (i == 0 && *end != ':')) return 0;
            text = end + (i == 0);
        }
        options->ranges = k + 1;
        if (!*text) return 1;
        if (*text++ != ',') return 0;
    }
    return 0;
}

int grl_cli_check_look(const grl_cli_look *settings, const char *plot, grl_draw_options *options)
{
    if (!plot && (settings->show || settings->hide || settings->range || settings->trajectories >= 0))
        return grl_cli_fail(GRL_CLI_USAGE, "--%s is for a figure; it needs --plot FILE",
                            settings->show    ? "show"
                            : settings->hide  ? "hide"
                            : settings->range ? "range"
                                              : "trajectories");
    int status = read_parts("hide", settings->hide, &options->hide);
    if (status == GRL_CLI_DONE) status = read_parts("show", settings->show, &options->show);
    if (status != GRL_CLI_DONE) return status;
    options->trajectories = (int)settings->trajectories;
    if (!settings->range) return GRL_CLI_DONE;
    if (!parse_ranges(settings->range, options))
        return grl_cli_fail(GRL_CLI_USAGE,
                            "--range: expected LO:HI such as -0.5:0.5, once or for each axis, found '%s'",
                            settings->range);
    for (int k = 0; k < options->ranges; k++)
        if (!(options->low[k] < options->high[k]))
            return grl_cli_fail(GRL_CLI_USAGE, "--range: expected LO below HI, found '%s'", settings->range);
    return GRL_CLI_DONE;
}
