/* analysis_cycles.c: the limit cycles in the analysis: as sentences, as a table, as part of the document. */
#include "report/analysis.h"

#include "base/layout.h"
#include "report/grid.h"
#include "report/summary.h"
#include "report/words.h"

#include <grulens/cycles.h>

enum { MOST_CYCLES = 20, MOST_AROUND = 6, MOST_SENTENCES = 3 };

static const char *kind(const grl_cycle *cycle)
{
    return cycle->stable ? "stable" : "unstable";
}

/* "the unstable focus #1", "#1, #2 and #3". */
static void add_around(grl_text *text, const grl_cycle *cycle, const grl_portrait *portrait)
{
    size_t count = cycle->enclosed_count;
    if (count == 1) {
        grl_text_addf(text, "the %s #%zu", grl_point_type_name(portrait->points[cycle->enclosed[0]].type),
                      cycle->enclosed[0] + 1);
        return;
    }
    if (count > MOST_AROUND) {
        grl_text_addf(text, "%zu fixed points", count);
        return;
    }
    grl_text_add(text, "the fixed points ");
    for (size_t i = 0; i < count; i++)
        grl_text_addf(text, "%s#%zu", i == 0 ? "" : i + 1 == count ? " and " : ", ", cycle->enclosed[i] + 1);
}

static void add_one(grl_text *text, const grl_cycle *cycle, const grl_portrait *portrait)
{
    grl_text_addf(text, "%s limit cycle of period %s (multiplier %s) around ", kind(cycle),
                  grl_number_short(cycle->period, 5).text, grl_number_short(cycle->multiplier, 3).text);
    add_around(text, cycle, portrait);
}

static void say(grl_text *text, const grl_portrait *portrait, const grl_cycles *cycles)
{
    if (cycles->count == 0) {
        grl_text_add(text, "No limit cycle was found");
    } else {
        size_t shown = cycles->count < MOST_SENTENCES ? cycles->count : MOST_SENTENCES;
        grl_text_add(text, "There is ");
        for (size_t i = 0; i < shown; i++) {
            grl_text_add(text, i == 0 ? "" : i + 1 == cycles->count ? ", and " : ", ");
            grl_text_add(text, cycles->count == 1 ? "one " : cycles->items[i].stable ? "a " : "an ");
            add_one(text, &cycles->items[i], portrait);
        }
        if (shown < cycles->count) grl_text_addf(text, ", and %zu more limit cycles", cycles->count - shown);
    }
    if (cycles->undecided == 0)
        grl_text_addf(text,
                      ". %s computed, not proven: orbits lead from each fixed point, from each cycle and "
                      "from the border of the square to another, and leave room only for cycles that differ "
                      "by less than %s.",
                      cycles->count == 1  ? "That it is the only one is"
                      : cycles->count > 1 ? "That these are all is"
                                          : "That there is none is",
                      grl_number_short(cycles->resolution, 1).text);
    else
        grl_text_addf(
            text,
            ". There may be %s: the orbits that were followed did not join all fixed points and cycles "
            "to each other.",
            cycles->count > 0 ? "others" : "some");
}

void grl_analysis_cycles_add(grl_text *words, const grl_portrait *portrait)
{
    const grl_cycles *cycles = portrait->cycles;
    if (cycles->undecided > 0) {
        grl_text_addf(words,
                      " %s: the orbits that were followed did not join all fixed points%s to each other.",
                      cycles->count > 0 ? "There may be other limit cycles"
                                        : "No limit cycle was found, but there may be some",
                      cycles->count > 0 ? " and cycles" : "");
        return;
    }
    grl_text_addf(
        words,
        " %s is computed, not proven: orbits lead from each fixed point%s and from the border of the "
        "square to another, and leave room only for cycles that differ by less than %s.",
        cycles->count == 0   ? "No limit cycle was found; that there is none"
        : cycles->count == 1 ? "That there is no other limit cycle"
                             : "That there are no other limit cycles",
        cycles->count > 0 ? ", from each cycle" : "", grl_number_short(cycles->resolution, 1).text);
}

void grl_analysis_cycles_words(grl_text *text, const grl_portrait *portrait)
{
    grl_text words = {0};
    if (!portrait->cycles || grl_summary_known(portrait)) return;
    say(&words, portrait, portrait->cycles);
    grl_text_add(text, "\n");
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
}

void grl_analysis_cycles_table(grl_text *text, const grl_portrait *portrait, int colour)
{
    const grl_cycles *cycles = portrait->cycles;
    if (!cycles || cycles->count == 0) return;
    size_t shown = cycles->count < MOST_CYCLES ? cycles->count : MOST_CYCLES;
    int close = 0;
    grl_grid grid = {.columns = 7, .align = "rlrrrrl"};
    static const char *const heads[] = {"#", "type", "period", "multiplier", "h[0]", "h[1]", "around"};
    for (int i = 0; i < 7; i++) grl_grid_add(&grid, 0, heads[i]);
    for (size_t i = 0; i < shown; i++) {
        const grl_cycle *cycle = &cycles->items[i];
        grl_text around = {0};
        grl_grid_addf(&grid, "%zu", i + 1);
        grl_grid_addf(&grid, "%s%s", kind(cycle), cycle->nearly_degenerate ? " *" : "");
        grl_grid_add(&grid, 0, grl_number_short(cycle->period, 8).text);
        grl_grid_add(&grid, 0, grl_number_short(cycle->multiplier, 4).text);
        for (int k = 0; k < 2; k++) grl_grid_addf(&grid, "%.3f to %.3f", cycle->low[k], cycle->high[k]);
        for (size_t k = 0; k < cycle->enclosed_count && k < MOST_AROUND; k++)
            grl_text_addf(&around, "%s#%zu", k > 0 ? ", " : "", cycle->enclosed[k] + 1);
        if (cycle->enclosed_count > MOST_AROUND) grl_text_add(&around, ", ...");
        grl_grid_add(&grid, 0, around.data ? around.data : "");
        grid.failed = grid.failed || around.failed;
        grl_text_drop(&around);
        close += cycle->nearly_degenerate;
    }
    grl_text_addf(text, "\n%s%s%s\n", colour ? "\033[1m" : "", "Limit cycles", colour ? "\033[0m" : "");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    if (shown < cycles->count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", cycles->count - shown);
    grl_text_add(text, "\n");
    grl_text_add_wrapped(
        text,
        "multiplier: the factor by which a small deviation grows in one round. h[0], h[1]: the "
        "range of each unit. around: the fixed points inside.",
        0, 0, GRL_REPORT_WIDTH);
    if (close > 0)
        grl_text_add_wrapped(
            text,
            "*: the multiplier is almost 1; a small change of the weights can make the cycle "
            "vanish, with another or in a point.",
            0, 0, GRL_REPORT_WIDTH);
}

static void add_pair(grl_text *text, const char *name, const double *values)
{
    grl_text_addf(text, ",\n        \"%s\": [", name);
    grl_text_add_number(text, values[0]);
    grl_text_add(text, ", ");
    grl_text_add_number(text, values[1]);
    grl_text_add(text, "]");
}

static void add_number(grl_text *text, const char *name, double value)
{
    grl_text_addf(text, ",\n        \"%s\": ", name);
    grl_text_add_number(text, value);
}

static void add_item(grl_text *text, const grl_cycle *cycle)
{
    static const char *const words[] = {"false", "true"};
    double amplitude[2] = {cycle->high[0] - cycle->low[0], cycle->high[1] - cycle->low[1]};
    grl_text_add(text, "      {\n        \"period\": ");
    grl_text_add_number(text, cycle->period);
    grl_text_addf(text, ",\n        \"stable\": %s,\n        \"multipliers\": [[", words[cycle->stable != 0]);
    grl_text_add_number(text, cycle->multiplier);
    grl_text_add(text, ", 0]]");
    add_number(text, "multiplier_error", cycle->multiplier_error);
    add_number(text, "exponent", cycle->exponent);
    add_number(text, "error", cycle->error);
    add_number(text, "residual", cycle->residual);
    grl_text_addf(text, ",\n        \"nearly_degenerate\": %s,\n        \"clockwise\": %s",
                  words[cycle->nearly_degenerate != 0], words[cycle->clockwise != 0]);
    add_pair(text, "low", cycle->low);
    add_pair(text, "high", cycle->high);
    add_pair(text, "amplitude", amplitude);
    grl_text_add(text, ",\n        \"encloses\": [");
    for (size_t i = 0; i < cycle->enclosed_count; i++)
        grl_text_addf(text, "%s%zu", i > 0 ? ", " : "", cycle->enclosed[i]);
    grl_text_addf(text, "],\n        \"index_sum\": %d,\n        \"points\": [", cycle->index_sum);
    for (size_t i = 0; i < cycle->count; i++) {
        grl_text_add(text, i > 0 ? ",\n          [" : "\n          [");
        for (size_t k = 0; k < 3; k++) {
            if (k > 0) grl_text_add(text, ", ");
            grl_text_add_number(text, cycle->points[3 * i + k]);
        }
        grl_text_add(text, "]");
    }
    grl_text_add(text, "]\n      }");
}

void grl_analysis_cycles_json(grl_text *text, const grl_portrait *portrait)
{
    const grl_cycles *cycles = portrait->cycles;
    grl_text_add(text, "  \"cycles\": {");
    if (!cycles && portrait->hidden_size == 1 && portrait->time == GRL_CONTINUOUS) {
        /* On a line a flow cannot come back. */
        grl_text_add(text, "\"computed\": true, \"complete\": true, \"items\": []},\n");
        return;
    }
    if (!cycles && portrait->attractors) {
        grl_analysis_closed_json(text, portrait);
        return;
    }
    if (!cycles) {
        grl_text_add(text, "\"computed\": false},\n");
        return;
    }
    grl_text_addf(text, "\n    \"computed\": true,\n    \"complete\": %s,\n    \"resolution\": ",
                  cycles->complete ? "true" : "false");
    grl_text_add_number(text, cycles->resolution);
    grl_text_addf(text, ",\n    \"undecided\": %zu,\n    \"orbits\": %zu,\n    \"items\": [",
                  cycles->undecided, cycles->orbits);
    for (size_t i = 0; i < cycles->count; i++) {
        grl_text_add(text, i > 0 ? ",\n" : "\n");
        add_item(text, &cycles->items[i]);
    }
    grl_text_add(text, cycles->count > 0 ? "\n    ]\n  },\n" : "]\n  },\n");
}
