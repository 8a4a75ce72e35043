/* simulate.c: grulens simulate MODEL: trajectories, with a constant input or one from a file. */
#include "cli/cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    grl_cli_model model;
    grl_cli_system system;
    grl_texts from, observe;
    const char *from_file;
    double until, every, settle, rtol, atol, step;
    long long max_steps;
    const char *input_file, *array;
    int interpolate;
    const char *csv, *npz;
    int readout;
    grl_cli_figure figure;
    grl_cli_output output;
};

static const struct settings defaults = {
    .model = {.layer = GRL_CLI_ANY_LAYER},
    .until = NAN,
    .rtol = 1e-9,
    .atol = 1e-12,
    .max_steps = 10000000,
};

static const grl_option options[] = {
    {.name = "", .help = "The trajectory"},
    {"from", GRL_OPTION_TEXTS, offsetof(struct settings, from), "h[0],h[1],...", 0, 0,
     "all zero, or what the model learned", "Where a trajectory starts.", NULL},
    {"from-file", GRL_OPTION_TEXT, offsetof(struct settings, from_file), "FILE", 0, 0, NULL,
     "Starts from a file (.csv, .npz), one in each row.", NULL},
    {"observe", GRL_OPTION_TEXTS, offsetof(struct settings, observe), "y[0],y[1],...", 0, 0, NULL,
     "The start that the model's encoder makes of what is observed first: h = E y + e.", NULL},
    {"until", GRL_OPTION_NUMBER, offsetof(struct settings, until), "T", -1e9, 1e9,
     "100, or where the input file ends",
     "The end; the start is time 0. The flow also runs backwards, to T < 0.", NULL},
    {"every", GRL_OPTION_NUMBER, offsetof(struct settings, every), "T", 0, 1e9, "0, each step that was made",
     "Time between two rows of output.", NULL},
    {"settle", GRL_OPTION_NUMBER, offsetof(struct settings, settle), "SPEED", 0, INFINITY, "0, never",
     "Ends a trajectory whose speed |f| has been below this for one unit of time.", NULL},
    {"rtol", GRL_OPTION_NUMBER, offsetof(struct settings, rtol), "TOL", 1e-14, 0.1, "1e-9",
     "Relative error of a step of the flow, in each unit.", NULL},
    {"atol", GRL_OPTION_NUMBER, offsetof(struct settings, atol), "TOL", 1e-300, 0.1, "1e-12",
     "Absolute error of a step of the flow, in each unit.", NULL},
    {"max-steps", GRL_OPTION_INTEGER, offsetof(struct settings, max_steps), "N", 1, 1e15, "10000000",
     "Ends a trajectory after so many steps, with exit status 3.", NULL},
    {.name = "",
     .help = "The network",
     .table = grl_cli_system_options,
     .offset = offsetof(struct settings, system)},
    {.name = "", .help = "Input from a file"},
    {"input-file", GRL_OPTION_TEXT, offsetof(struct settings, input_file), "FILE", 0, 0, NULL,
     "A table (.csv, .npz) with a row for each time: time and inputs, or inputs only.", NULL},
    {"array", GRL_OPTION_TEXT, offsetof(struct settings, array), "NAME", 0, 0, "the only one",
     "The array in an .npz file.", NULL},
    {"step", GRL_OPTION_NUMBER, offsetof(struct settings, step), "T", 1e-9, 1e9, "1, or --dt",
     "Time between two rows of a table without times; the first row is at time 0.", NULL},
    {"interpolate", GRL_OPTION_CHOICE, offsetof(struct settings, interpolate), "hold|linear", 0, 0, "hold",
     "Between two rows: the former one, or a straight line.", NULL},
    {.name = "",
     .help = "Reading the model",
     .table = grl_cli_model_options,
     .offset = offsetof(struct settings, model)},
    {.name = "", .help = "Output"},
    {"csv", GRL_OPTION_TEXT, offsetof(struct settings, csv), "FILE", 0, 0, NULL,
     "Writes the trajectories as a CSV file; '-' is standard output, as it is without any file.", NULL},
    {"npz", GRL_OPTION_TEXT, offsetof(struct settings, npz), "FILE", 0, 0, NULL,
     "Writes them for NumPy: np.load(FILE)['values'] has the columns of the CSV file.", NULL},
    {"readout", GRL_OPTION_FLAG, offsetof(struct settings, readout), NULL, 0, 0, NULL,
     "Also columns y[0], y[1], ... with the output of the model's linear readout.", NULL},
    {.name = "",
     .help = "Figure: units over time",
     .table = grl_cli_figure_options,
     .offset = offsetof(struct settings, figure)},
    {.name = "",
     .help = "Document and messages",
     .table = grl_cli_output_options,
     .offset = offsetof(struct settings, output)},
    {.name = NULL},
};

/* What the input file says; the numbers are the table's. */
typedef struct input {
    grl_table *table;
    double *times, *values;
    grl_signal signal;
} input;

typedef struct result {
    size_t count;
    grl_trajectory **items;
} result;

/* Numbers separated by commas into `values` (room for n): how many there are, or 0 if it is nothing such. */
static size_t parse_numbers(const char *text, size_t n, double *values)
{
    for (size_t count = 0;; text++) {
        char *end;
        const size_t length = strspn(text, "0123456789+-.eE");
        double value = strtod(text, &end);
        if (length == 0 || end != text + length || !isfinite(value) || (*end && *end != ',')) return 0;
        if (count < n) values[count] = value;
        count++;
        text = end;
        if (!*end) return count;
    }
}

/* The starts of a file, one a row. */
static int load_starts(const char *path, size_t n, size_t *count, double **starts)
{
    grl_error error = {0};
    grl_table *table = NULL;
    int status = GRL_CLI_DONE;
    if (grl_table_load(path, NULL, &table, &error) != GRL_OK) return grl_cli_error(&error);
    *count = table->rows;
    if (table->columns != n || table->rows == 0)
        status = grl_cli_fail(GRL_CLI_BAD_INPUT,
                              "%s: expected rows of %zu numbers, one for each unit, found %zu x %zu", path, n,
                              table->rows, table->columns);
    else if (!(*starts = calloc(*count, n * sizeof **starts)))
        status = grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory for %zu starts", *count);
    else
        memcpy(*starts, table->values, *count * n * sizeof **starts);
    grl_table_free(table);
    return status;
}

/* That of --observe number i. */
static int encode(const struct settings *settings, const char *path, const grl_model *model, size_t i,
                  double *start)
{
    const size_t k = grl_model_observations(model);
    if (k == 0)
        return grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: the model has no encoder, which --observe asks for%s",
                            path, grl_model_start_e(model) ? ": its start was learned" : "");
    double *y = calloc(k, sizeof *y);
    if (!y) return grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory for %zu observations", k);
    const size_t found = parse_numbers(settings->observe.values[i], k, y);
    int status = GRL_CLI_DONE;
    if (found == k)
        grl_model_start(model, y, start);
    else
        status = grl_cli_fail(GRL_CLI_BAD_INPUT,
                              "%s: the encoder takes %zu observation%s; --observe has %zu number%s", path, k,
                              k == 1 ? "" : "s", found, found == 1 ? "" : "s");
    free(y);
    return status;
}

/* The starts, one a row. */
static int find_starts(const struct settings *settings, const char *path, const grl_model *model,
                       size_t *count, double **starts)
{
    const size_t n = grl_cell_hidden_size(grl_model_cell(model));
    const size_t given = settings->from.count, observed = settings->observe.count;
    if (settings->from_file) return load_starts(settings->from_file, n, count, starts);
    *count = given + observed > 0 ? given + observed : 1;
    *starts = calloc(*count, n * sizeof **starts);
    if (!*starts) return grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory for %zu starts", *count);
    for (size_t i = 0; i < given; i++) {
        size_t found = parse_numbers(settings->from.values[i], n, *starts + i * n);
        if (found != n)
            return grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: the network has %zu unit%s; --from has %zu number%s",
                                path, n, n == 1 ? "" : "s", found, found == 1 ? "" : "s");
    }
    for (size_t i = 0; i < observed; i++) {
        int status = encode(settings, path, model, i, *starts + i * n);
        if (status != GRL_CLI_DONE) return status;
    }
    if (given + observed == 0 && grl_model_observations(model) == 0) grl_model_start(model, NULL, *starts);
    return GRL_CLI_DONE;
}

static int read_input(const struct settings *settings, size_t m, input *in)
{
    const char *path = settings->input_file;
    grl_error error = {0};
    if (m == 0) return grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: the network has no inputs", path);
    if (grl_table_load(path, settings->array, &in->table, &error) != GRL_OK) return grl_cli_error(&error);
    const grl_table *table = in->table;
    const int timed = table->columns == m + 1;
    if (table->rows == 0 || (!timed && table->columns != m))
        return grl_cli_fail(
            GRL_CLI_BAD_INPUT,
            "%s: expected rows of %zu numbers (time and inputs) or %zu (inputs), found %zu x %zu", path,
            m + 1, m, table->rows, table->columns);
    if (timed && settings->step > 0)
        return grl_cli_fail(GRL_CLI_USAGE, "--step is for a table without times; %s has a column of times",
                            path);
    in->times = calloc(table->rows, sizeof *in->times);
    in->values = calloc(table->rows, m * sizeof *in->values);
    if (!in->times || !in->values)
        return grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: not enough memory for %zu rows", path, table->rows);
    const double step = settings->step > 0 ? settings->step : grl_cli_dt(&settings->system);
    for (size_t k = 0; k < table->rows; k++) {
        const double *row = table->values + k * table->columns;
        in->times[k] = timed ? row[0] : (double)k * step;
        memcpy(in->values + k * m, row + timed, m * sizeof *row);
        if (k > 0 && !(in->times[k] > in->times[k - 1]))
            return grl_cli_fail(GRL_CLI_BAD_INPUT,
                                "%s: row %zu: expected rising times, found %.17g after %.17g", path, k + 1,
                                in->times[k], in->times[k - 1]);
    }
    in->signal = (grl_signal){.count = table->rows,
                              .width = m,
                              .times = in->times,
                              .values = in->values,
                              .interpolation = settings->interpolate ? GRL_LINEAR : GRL_HOLD};
    return GRL_CLI_DONE;
}

/* Where a run ends by itself. A held last row lasts as long as the one before. */
static double natural_end(const struct settings *settings, const input *in)
{
    const size_t count = in->signal.count;
    if (count == 0) return 100;
    double last = in->times[count - 1];
    if (in->signal.interpolation == GRL_HOLD)
        last += count > 1 ? last - in->times[count - 2] : fmax(settings->step, grl_cli_dt(&settings->system));
    return last > 0 ? last : 100;
}

static size_t outputs_of(const struct settings *settings, const grl_model *model)
{
    return settings->readout ? grl_model_outputs(model) : 0;
}

/* The name of column j of the table. */
static char *name_of(size_t j, size_t starts, size_t n)
{
    char *name = malloc(24);
    if (!name) return NULL;
    if (j < starts)
        snprintf(name, 24, "start");
    else if (j == starts)
        snprintf(name, 24, "t");
    else if (j <= starts + n)
        snprintf(name, 24, "h[%zu]", j - starts - 1);
    else
        snprintf(name, 24, "y[%zu]", j - starts - 1 - n);
    return name;
}

static void drop_table(grl_table *table)
{
    for (size_t j = 0; table->names && j < table->columns; j++) free(table->names[j]);
    free(table->names);
    free(table->values);
    *table = (grl_table){0};
}

/* Columns [start,] t, h[0].. [, y[0]..]; the column `start` is there if there are several trajectories. */
static int make_table(const grl_model *model, size_t outputs, const result *found, grl_table *table)
{
    const size_t n = grl_cell_hidden_size(grl_model_cell(model)), starts = found->count > 1;
    *table = (grl_table){.columns = starts + 1 + n + outputs};
    for (size_t i = 0; i < found->count; i++) table->rows += found->items[i]->count;
    table->names = calloc(table->columns, sizeof *table->names);
    table->values = calloc(table->rows, table->columns * sizeof *table->values);
    if (!table->names || !table->values) goto no_memory;
    for (size_t j = 0; j < table->columns; j++) {
        table->names[j] = name_of(j, starts, n);
        if (!table->names[j]) goto no_memory;
    }
    double *to = table->values;
    for (size_t i = 0; i < found->count; i++)
        for (size_t k = 0; k < found->items[i]->count; k++) {
            const double *h = found->items[i]->states + k * n;
            if (starts) *to++ = (double)(i + 1);
            *to++ = found->items[i]->times[k];
            memcpy(to, h, n * sizeof *to);
            to += n;
            if (outputs > 0) grl_model_output(model, h, to);
            to += outputs;
        }
    return GRL_CLI_DONE;
no_memory:
    drop_table(table);
    return grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory for a table of %zu x %zu numbers", table->rows,
                        table->columns);
}

static int check_numbers(const char *option, const grl_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        if (parse_numbers(texts->values[i], 0, NULL) == 0)
            return grl_cli_fail(GRL_CLI_USAGE, "%s: expected numbers separated by commas, found '%s'", option,
                                texts->values[i]);
    return GRL_CLI_DONE;
}

static int check(const struct settings *settings)
{
    int status = grl_cli_check_model(&settings->model);
    if (status == GRL_CLI_DONE) status = grl_cli_check_system(&settings->system);
    if (status != GRL_CLI_DONE) return status;
    status = check_numbers("--from", &settings->from);
    if (status == GRL_CLI_DONE) status = check_numbers("--observe", &settings->observe);
    if (status != GRL_CLI_DONE) return status;
    if (settings->from.count > 0 && settings->from_file)
        return grl_cli_fail(GRL_CLI_USAGE, "--from and --from-file exclude each other");
    if (settings->observe.count > 0 && (settings->from.count > 0 || settings->from_file))
        return grl_cli_fail(GRL_CLI_USAGE, "--observe and %s exclude each other",
                            settings->from_file ? "--from-file" : "--from");
    if (settings->system.input.values && settings->input_file)
        return grl_cli_fail(GRL_CLI_USAGE, "--input and --input-file exclude each other");
    if (!settings->input_file && (settings->array || settings->step > 0 || settings->interpolate))
        return grl_cli_fail(GRL_CLI_USAGE, "--array, --step and --interpolate need --input-file");
    if (settings->csv && settings->output.json && !strcmp(settings->csv, "-") &&
        !strcmp(settings->output.json, "-"))
        return grl_cli_fail(GRL_CLI_USAGE, "--csv - and --json - exclude each other");
    if (settings->npz &&
        (strlen(settings->npz) < 4 || strcmp(settings->npz + strlen(settings->npz) - 4, ".npz") != 0))
        return grl_cli_fail(GRL_CLI_USAGE, "--npz: expected a name that ends in .npz, found '%s'",
                            settings->npz);
    if (settings->system.time == GRL_DISCRETE && settings->until < 0)
        return grl_cli_fail(GRL_CLI_USAGE, "--until: the map does not run backwards, found %g",
                            settings->until);
    return GRL_CLI_DONE;
}

typedef struct output {
    grl_table table;
    char *csv, *json, *text;
} output;

/* Everything that is to be written, so that a failure comes before the first file. */
static int make_output(const struct settings *settings, const char *path, const grl_model *model,
                       const double *x, const input *in, const grl_simulate_options *how, const result *found,
                       output *out)
{
    const grl_trajectory *const *items = (const grl_trajectory *const *)found->items;
    const int files = settings->csv || settings->npz || settings->figure.plot || settings->output.json;
    grl_error error = {0};
    grl_status made = GRL_OK;
    int status = make_table(model, outputs_of(settings, model), found, &out->table);
    if (status != GRL_CLI_DONE) return status;
    if (settings->csv || !files) made = grl_table_csv(&out->table, &out->csv, &error);
    if (made == GRL_OK && settings->output.json)
        made = grl_report_trajectories_json(model, path, x, in->signal.count ? &in->signal : NULL, how,
                                            found->count, items, &out->json, &error);
    if (made == GRL_OK && files)
        made = grl_report_trajectories_text(model, path, how, found->count, items, &out->text, &error);
    return made == GRL_OK ? GRL_CLI_DONE : grl_cli_error(&error);
}

/* Files first, then standard output: the rows, or the text for people if files took them. */
static int write_output(const struct settings *settings, const grl_draw_options *drawing, const input *in,
                        const result *found, const output *out)
{
    const grl_trajectory *const *items = (const grl_trajectory *const *)found->items;
    const int csv_there = out->csv && (!settings->csv || strcmp(settings->csv, "-") == 0);
    grl_error error = {0};
    if (out->csv && !csv_there) {
        if (grl_text_save(out->csv, settings->csv, &error) != GRL_OK) return grl_cli_error(&error);
        grl_cli_note(settings->output.quiet, "wrote %s", settings->csv);
    }
    if (settings->npz) {
        if (grl_table_save(&out->table, settings->npz, &error) != GRL_OK) return grl_cli_error(&error);
        grl_cli_note(settings->output.quiet, "wrote %s", settings->npz);
    }
    if (settings->figure.plot) {
        if (grl_draw_timecourse(found->count, items, in->signal.count ? &in->signal : NULL,
                                settings->system.time != GRL_CONTINUOUS, drawing, settings->figure.plot,
                                &error) != GRL_OK)
            return grl_cli_error(&error);
        grl_cli_note(settings->output.quiet, "wrote %s", settings->figure.plot);
    }
    return grl_cli_write(settings->output.json, out->json, csv_there ? out->csv : out->text,
                         settings->output.quiet);
}

/* Exit status 3 if a trajectory stopped short. */
static int complain(const result *found)
{
    int status = GRL_CLI_DONE;
    for (size_t i = 0; i < found->count; i++) {
        const grl_trajectory *t = found->items[i];
        if (strcmp(t->stopped_by, "limit") != 0 && strcmp(t->stopped_by, "step") != 0) continue;
        status = grl_cli_fail(GRL_CLI_NOT_REACHED, "trajectory %zu stopped at time %g: %s", i + 1,
                              t->times[t->count - 1],
                              strcmp(t->stopped_by, "limit") == 0 ? "the limit of steps or rows was reached"
                                                                  : "the step size became too small");
    }
    return status;
}

static int run(const void *given, const char *const *arguments, size_t arguments_count)
{
    const struct settings *settings = given;
    const char *path = arguments[0];
    grl_error error = {0};
    grl_model *model = NULL;
    double *starts = NULL;
    const double *x = NULL;
    input in = {0};
    result found = {0};
    output out = {0};
    grl_draw_options drawing = grl_draw_defaults();
    const grl_cli_file files[] = {{"MODEL", path, 0},
                                  {"--from-file", settings->from_file, 0},
                                  {"--input-file", settings->input_file, 0},
                                  {"--csv", settings->csv, 1},
                                  {"--npz", settings->npz, 1},
                                  {"--plot", settings->figure.plot, 1},
                                  {"--json", settings->output.json, 1}};
    (void)arguments_count;

    int status = grl_cli_check_files(files, sizeof files / sizeof *files);
    if (status == GRL_CLI_DONE) status = check(settings);
    if (status == GRL_CLI_DONE) status = grl_cli_check_figure(&settings->figure, &drawing);
    if (status == GRL_CLI_DONE) status = grl_cli_load(path, &settings->model, &model);
    if (status == GRL_CLI_DONE) status = grl_cli_input(path, model, &settings->system, &x);
    if (status != GRL_CLI_DONE) goto done;
    const grl_cell *cell = grl_model_cell(model);
    const size_t n = grl_cell_hidden_size(cell);
    if (settings->readout && grl_model_outputs(model) == 0) {
        status =
            grl_cli_fail(GRL_CLI_BAD_INPUT, "%s: the model has no readout, which --readout asks for", path);
        goto done;
    }
    size_t count = 0;
    status = find_starts(settings, path, model, &count, &starts);
    if (status == GRL_CLI_DONE && settings->input_file)
        status = read_input(settings, grl_cell_input_size(cell), &in);
    if (status != GRL_CLI_DONE) goto done;

    grl_simulate_options how = grl_simulate_defaults();
    how.time = settings->system.time ? GRL_DISCRETE : GRL_CONTINUOUS;
    how.dt = grl_cli_dt(&settings->system);
    how.until = isnan(settings->until) ? natural_end(settings, &in) : settings->until;
    how.every = settings->every;
    how.settle = settings->settle;
    how.rtol = settings->rtol;
    how.atol = settings->atol;
    how.max_steps = settings->max_steps;
    found.items = calloc(count, sizeof *found.items);
    if (!found.items) {
        status = grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory for %zu trajectories", count);
        goto done;
    }
    how.progress = grl_cli_watch_begin("simulating", settings->output.quiet);
    grl_status made = GRL_OK;
    for (; found.count < count && made == GRL_OK; found.count += made == GRL_OK)
        made = grl_simulate(cell, starts + found.count * n, x, in.signal.count ? &in.signal : NULL, &how,
                            &found.items[found.count], &error);
    grl_cli_watch_end();
    status = made == GRL_OK ? make_output(settings, path, model, x, &in, &how, &found, &out)
                            : grl_cli_error(&error);
    if (status == GRL_CLI_DONE) status = write_output(settings, &drawing, &in, &found, &out);
    if (status == GRL_CLI_DONE) status = complain(&found);
done:
    for (size_t i = 0; i < found.count; i++) grl_trajectory_free(found.items[i]);
    free(found.items);
    grl_text_free(out.text);
    grl_text_free(out.json);
    grl_text_free(out.csv);
    drop_table(&out.table);
    grl_table_free(in.table);
    free(in.times);
    free(in.values);
    free(starts);
    grl_model_free(model);
    return status;
}

const grl_cli_command grl_cli_simulate = {
    .words =
        {"simulate", "MODEL", "Trajectories of the flow or of the map",
         "grulens simulate examples/rotation.json --from 0.1,0 --until 75 --csv cycle.csv\n"
         "grulens simulate trained.pt --time discrete --input-file sequence.csv --csv states.csv\n"
         "grulens simulate trained.safetensors --observe 0.3,0.1 --time discrete --readout",
         "A row of output is a time and a state. With several starts, a column 'start' before them counts "
         "the trajectories. Without --csv, --npz, --json or --plot the rows go to standard output.\n\n"
         "The flow is integrated by an adaptive Runge-Kutta method of order 5; jumps and kinks of the "
         "input are ends of steps. The map takes the input at the beginning of a step: with --time "
         "discrete and a table without times, row k of the output is the state after k rows of input, as "
         "torch.nn.GRU has it.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
