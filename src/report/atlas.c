/* atlas.c: a catalogue as tables for people and as a document. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/text.h"
#include "report/grid.h"
#include "report/words.h"

#include <math.h>

static void add_run_table(grl_text *text, const grl_atlas_run *run)
{
    grl_grid grid = {.columns = 6, .align = "lrrrll"};
    static const char *const heads[] = {"class", "networks", "share", "95 %", "example", "what it is"};
    for (size_t i = 0; i < grid.columns; i++) grl_grid_add(&grid, 0, heads[i]);
    for (size_t i = 0; i < run->count; i++) {
        const grl_atlas_class *class = &run->classes[i];
        grl_grid_add(&grid, 0, class->key);
        grl_grid_add(&grid, 0, grl_number_grouped((long long)class->count).text);
        grl_grid_addf(&grid, "%.4g %%", 100 * class->frequency);
        grl_grid_addf(&grid, "%.3g to %.3g", 100 * class->low, 100 * class->high);
        grl_grid_addf(&grid, "%llu", class->best);
        grl_grid_add(&grid, 0, class->name);
    }
    grl_grid_print(&grid, text);
    if (grid.failed) text->failed = true;
    grl_grid_drop(&grid);
}

grl_status grl_report_atlas_text(const grl_atlas *atlas, const char *name, char **text, grl_error *error)
{
    grl_text out = {0};
    grl_text_addf(&out, "%s: ", name);
    grl_words_plural(&out, atlas->count, "run", "runs");
    grl_text_add(&out, "\n");
    for (size_t i = 0; i < atlas->count; i++) {
        const grl_atlas_run *run = &atlas->runs[i];
        grl_text_addf(&out, "\n%s\n%s networks, %s undecided, ", run->words,
                      grl_number_grouped((long long)run->networks).text,
                      grl_number_grouped((long long)run->undecided).text);
        grl_words_plural(&out, (size_t)run->class_count, "class", "classes");
        if (run->count < run->class_count) grl_text_addf(&out, ", the %zu most frequent", run->count);
        grl_text_add(&out, "\n\n");
        add_run_table(&out, run);
    }
    grl_text_add(
        &out,
        "\nclass: stable points, unstable points, saddles; then cycles. share: of all networks, with its\n"
        "95 % interval in %. example: the number of the network farthest from a bifurcation.\n");
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the report");
}

static void add_class(grl_text *out, const grl_atlas_class *class)
{
    grl_text_add(out, "\n        {\"key\": ");
    grl_text_add_quoted(out, class->key);
    grl_text_add(out, ", \"name\": ");
    grl_text_add_quoted(out, class->name);
    grl_text_addf(out, ", \"stable\": %d, \"unstable\": %d, \"saddle\": %d, ", class->stable, class->unstable,
                  class->saddle);
    if (class->stable_cycles >= 0)
        grl_text_addf(out, "\"stable_cycles\": %d, \"unstable_cycles\": %d, ", class->stable_cycles,
                      class->unstable_cycles);
    grl_text_addf(out, "\"count\": %llu, \"frequency\": ", class->count);
    grl_text_add_number(out, class->frequency);
    grl_text_add(out, ", \"low\": ");
    grl_text_add_number(out, class->low);
    grl_text_add(out, ", \"high\": ");
    grl_text_add_number(out, class->high);
    grl_text_addf(out, ", \"first\": %llu, \"best\": %llu, \"margin\": ", class->first, class->best);
    grl_text_add_number(out, class->margin);
    grl_text_add(out, "}");
}

grl_status grl_report_atlas_json(const grl_atlas *atlas, const char *name, char **text, grl_error *error)
{
    grl_text out = {0};
    grl_text_add(&out, "{\n  \"format\": \"grulens-atlas\",\n  \"version\": 1,\n  \"catalogue\": ");
    grl_text_add_quoted(&out, name);
    grl_text_add(&out, ",\n  \"runs\": [");
    for (size_t i = 0; i < atlas->count; i++) {
        const grl_atlas_run *run = &atlas->runs[i];
        grl_text_add(&out, i > 0 ? ",\n    {\"settings\": " : "\n    {\"settings\": ");
        grl_text_add_quoted(&out, run->words);
        grl_text_addf(
            &out,
            ",\n      \"networks\": %llu, \"undecided\": %llu, \"class_count\": %llu,\n      \"classes\": [",
            run->networks, run->undecided, run->class_count);
        for (size_t k = 0; k < run->count; k++) {
            if (k > 0) grl_text_add(&out, ",");
            add_class(&out, &run->classes[k]);
        }
        grl_text_add(&out, "]}");
    }
    grl_text_add(&out, "]\n}\n");
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the document");
}
