/* trajectory.c: simulated trajectories as a JSON document and in a few words. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/layout.h"
#include "base/text.h"
#include "report/grid.h"
#include "report/system.h"
#include "report/words.h"

#include <math.h>
#include <string.h>

enum { SHOWN = 6 }; /* units whose last value is in the text */

static void add_numbers(grl_text *out, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) grl_text_add(out, ", ");
        grl_text_add_number(out, values ? values[i] : 0);
    }
}

static void add_trajectory(grl_text *out, const grl_trajectory *trajectory)
{
    const size_t n = trajectory->hidden_size;
    grl_text_addf(out, "    {\"stopped_by\": \"%s\", \"steps\": %lld, \"rejected\": %lld, \"points\": [",
                  trajectory->stopped_by, trajectory->steps, trajectory->rejected);
    for (size_t k = 0; k < trajectory->count && !out->failed; k++) {
        grl_text_add(out, k > 0 ? ",\n      [" : "\n      [");
        grl_text_add_number(out, trajectory->times[k]);
        grl_text_add(out, ", ");
        add_numbers(out, trajectory->states + k * n, n);
        grl_text_add(out, "]");
    }
    grl_text_add(out, "]}");
}

grl_status grl_report_trajectories_json(const grl_model *model, const char *name, const double *x,
                                        const grl_signal *signal, const grl_simulate_options *options,
                                        size_t count, const grl_trajectory *const *trajectories, char **text,
                                        grl_error *error)
{
    const int discrete = options->time == GRL_DISCRETE;
    grl_text out = {0};
    grl_text_add(&out, "{\n  \"format\": \"grulens-trajectories\",\n  \"version\": 1,\n"
                       "  \"system\": {\n    ");
    grl_json_model(&out, model, name);
    grl_text_addf(&out, ",\n    \"time\": \"%s\",\n    ", discrete ? "discrete" : "continuous");
    if (discrete) {
        grl_text_add(&out, "\"dt\": ");
        grl_text_add_number(&out, options->dt);
    } else {
        grl_text_add(&out, "\"rtol\": ");
        grl_text_add_number(&out, options->rtol);
        grl_text_add(&out, ",\n    \"atol\": ");
        grl_text_add_number(&out, options->atol);
    }
    if (signal) {
        grl_text_addf(&out, ",\n    \"input\": {\"interpolation\": \"%s\", \"points\": [",
                      signal->interpolation == GRL_LINEAR ? "linear" : "hold");
        for (size_t k = 0; k < signal->count && !out.failed; k++) {
            grl_text_add(&out, k > 0 ? ", [" : "[");
            grl_text_add_number(&out, signal->times[k]);
            grl_text_add(&out, ", ");
            add_numbers(&out, signal->values + k * signal->width, signal->width);
            grl_text_add(&out, "]");
        }
        grl_text_add(&out, "]}");
    } else {
        grl_text_add(&out, ",\n    \"input\": [");
        add_numbers(&out, x, grl_cell_input_size(grl_model_cell(model)));
        grl_text_add(&out, "]");
    }
    grl_text_add(&out, "\n  },\n  \"trajectories\": [\n");
    for (size_t i = 0; i < count; i++) {
        add_trajectory(&out, trajectories[i]);
        grl_text_add(&out, i + 1 < count ? ",\n" : "\n");
    }
    grl_text_add(&out, "  ]\n}\n");
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the document");
}

/* Why a run ended, for people. */
static const char *ending(const char *stopped_by)
{
    if (strcmp(stopped_by, "settled") == 0) return "settled";
    if (strcmp(stopped_by, "limit") == 0) return "limit of steps or rows";
    if (strcmp(stopped_by, "step") == 0) return "step size too small";
    return "at the end";
}

grl_status grl_report_trajectories_text(const grl_model *model, const char *name,
                                        const grl_simulate_options *options, size_t count,
                                        const grl_trajectory *const *trajectories, char **text,
                                        grl_error *error)
{
    const size_t n = grl_cell_hidden_size(grl_model_cell(model)), shown = n < SHOWN ? n : SHOWN;
    grl_text out = {0}, first = {0};
    grl_grid grid = {.columns = 5 + shown, .align = "rrrrlrrrrrr"};
    grl_text_add(&first, name);
    grl_words_with(&first, model);
    grl_text_add(&first, ": ");
    grl_words_plural(&first, count, "trajectory of ", "trajectories of ");
    grl_words_plural(&first, n, "unit", "units");
    if (options->time == GRL_DISCRETE)
        grl_text_addf(&first, ", the map with dt = %g.", options->dt);
    else
        grl_text_addf(&first, ", the flow at a relative tolerance of %g.", options->rtol);
    if (first.failed)
        out.failed = true;
    else
        grl_text_add_wrapped(&out, first.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&first);
    grl_text_add(&out, "\n");

    static const char *const heads[] = {"start", "rows", "steps", "time", "stopped"};
    for (size_t j = 0; j < 5; j++) grl_grid_add(&grid, 0, heads[j]);
    for (size_t j = 0; j < shown; j++) grl_grid_addf(&grid, "h[%zu]", j);
    for (size_t i = 0; i < count; i++) {
        const grl_trajectory *trajectory = trajectories[i];
        const double *last = trajectory->states + (trajectory->count - 1) * n;
        grl_grid_addf(&grid, "%zu", i + 1);
        grl_grid_addf(&grid, "%zu", trajectory->count);
        grl_grid_addf(&grid, "%lld", trajectory->steps);
        grl_grid_addf(&grid, "%.6g", trajectory->times[trajectory->count - 1]);
        grl_grid_add(&grid, 0, ending(trajectory->stopped_by));
        for (size_t j = 0; j < shown; j++) grl_grid_addf(&grid, "%.6f", last[j]);
    }
    grl_grid_print(&grid, &out);
    if (grid.failed) out.failed = true;
    grl_grid_drop(&grid);
    if (shown < n) grl_text_addf(&out, "  (%zu more units)\n", n - shown);
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the report");
}
