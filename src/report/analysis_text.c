/* analysis_text.c: the analysis for a person: a paragraph that can be quoted, tables, what was assumed, and
 * what to ask next. Tables stay within 100 columns; long ones are cut, and say so. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/layout.h"
#include "base/text.h"
#include "report/analysis.h"
#include "report/grid.h"
#include "report/map_manifolds.h"
#include "report/separatrices.h"
#include "report/signature.h"
#include "report/slow.h"
#include "report/training.h"
#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this a time is as good as endless: its eigenvalue is rounding. */
static const double ENDLESS = 1e14;

enum {
    MOST_COORDINATES = 4,
    MOST_POINTS = 100,
    MOST_SLOW = 20,
    MOST_TIMES = 3,
    MOST_BOXES = 10,
    MOST_OUTPUTS = 6
};

static int colour_of(grl_point_type type)
{
    switch (type) {
    case GRL_STABLE:
    case GRL_STABLE_NODE:
    case GRL_STABLE_FOCUS:
        return 32;
    case GRL_UNSTABLE:
    case GRL_UNSTABLE_NODE:
    case GRL_UNSTABLE_FOCUS:
        return 31;
    case GRL_SADDLE:
    case GRL_SADDLE_FOCUS:
        return 33;
    case GRL_HALF_STABLE:
    case GRL_CENTER:
    case GRL_DEGENERATE:
        return 35;
    }
    return 0;
}

static double norm(const double *v, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++) squares += v[i] * v[i];
    return sqrt(squares);
}

/* Fixed digits, so that columns line up at their points; no "-0.0000". */
static void add_fixed(grl_grid *grid, double value, int digits)
{
    double smallest = 0.5 * pow(10, -digits);
    grl_grid_addf(grid, "%.*f", digits, fabs(value) < smallest ? 0.0 : value);
}

/* Conjugates are stored side by side: 2 if a pair begins at k, else 1. */
static size_t pair_at(const double *eigenvalues, size_t n, size_t k)
{
    const double *v = eigenvalues + 2 * k;
    return k + 1 < n && v[1] != 0 && v[2] == v[0] && v[3] == -v[1] ? 2 : 1;
}

static void add_text(grl_grid *grid, grl_text *text)
{
    grl_grid_add(grid, 0, text->data ? text->data : "");
    grid->failed = grid->failed || text->failed;
    grl_text_drop(text);
}

/* "-0.25 ± 0.56i" stands for both of a pair. */
static void add_eigenvalues(grl_grid *grid, const double *values, size_t n, size_t most)
{
    grl_text text = {0};
    size_t k = 0;
    for (size_t shown = 0; k < n && shown < most; shown++) {
        double re = values[2 * k], im = values[2 * k + 1];
        const size_t length = pair_at(values, n, k);
        if (fabs(re) < 1 / ENDLESS) re = 0;
        if (shown > 0) grl_text_add(&text, ", ");
        grl_text_add(&text, grl_number_short(re, 3).text);
        if (im != 0)
            grl_text_addf(&text, " %s %si",
                          length == 2 ? "±"
                          : im < 0    ? "-"
                                      : "+",
                          grl_number_short(fabs(im), 3).text);
        k += length;
    }
    if (k < n) grl_text_add(&text, " ...");
    add_text(grid, &text);
}

/* Time constants in the order of the eigenvalues, one for a pair. */
static void add_times(grl_grid *grid, const double *eigenvalues, const double *times, size_t n)
{
    grl_text text = {0};
    size_t k = 0;
    for (int shown = 0; k < n && shown < MOST_TIMES; shown++, k += pair_at(eigenvalues, n, k)) {
        const bool endless = !(fabs(times[k]) <= ENDLESS);
        if (shown > 0) grl_text_add(&text, ", ");
        grl_text_add(&text, endless ? "inf" : grl_number_short(times[k], 3).text);
    }
    if (k < n) grl_text_add(&text, " ...");
    add_text(grid, &text);
}

/* The columns that tell where a point is: its coordinates, or for many units its norm. */
static size_t place_columns(size_t n)
{
    return n <= MOST_COORDINATES ? n : 1;
}

static void add_place_heads(grl_grid *grid, size_t n)
{
    if (n > MOST_COORDINATES) grl_grid_add(grid, 0, "|h|");
    for (size_t i = 0; i < n && n <= MOST_COORDINATES; i++) grl_grid_addf(grid, "h[%zu]", i);
}

static void add_place(grl_grid *grid, const double *h, size_t n)
{
    if (n > MOST_COORDINATES) grl_grid_add(grid, 0, grl_number_short(norm(h, n), 4).text);
    for (size_t i = 0; i < n && n <= MOST_COORDINATES; i++) add_fixed(grid, h[i], n <= 2 ? 6 : 4);
}

static void add_heading(grl_text *text, int colour, const char *words)
{
    grl_text_addf(text, "\n%s%s%s\n", colour ? "\033[1m" : "", words, colour ? "\033[0m" : "");
}

static void add_points(grl_text *text, const grl_portrait *portrait, int colour)
{
    size_t n = portrait->hidden_size, shown = portrait->count < MOST_POINTS ? portrait->count : MOST_POINTS;
    size_t eigenvalues = n <= 2 || n > MOST_COORDINATES ? 2 : 1;
    bool estimates = false;
    grl_grid grid = {.columns = 6 + place_columns(n) - (n == 1), .align = "rlrrrrrrrr"};
    char align[16];
    if (portrait->count == 0) return;

    snprintf(align, sizeof align, "rl%.*s%srll", (int)place_columns(n), "rrrr", n == 1 ? "" : "r");
    grid.align = align;
    grl_grid_add(&grid, 0, "#");
    grl_grid_add(&grid, 0, "type");
    add_place_heads(&grid, n);
    if (n > 1) grl_grid_add(&grid, 0, "unstable");
    grl_grid_add(&grid, 0, "error");
    grl_grid_add(&grid, 0, "times");
    grl_grid_add(&grid, 0, portrait->time == GRL_DISCRETE ? "eigenvalues of the map" : "eigenvalues");
    for (size_t i = 0; i < shown; i++) {
        const grl_fixed_point *point = &portrait->points[i];
        grl_grid_addf(&grid, "%zu", i + 1);
        grl_grid_add(&grid, colour ? colour_of(point->type) : 0, grl_point_type_name(point->type));
        add_place(&grid, point->h, n);
        if (n > 1) grl_grid_addf(&grid, "%d", point->unstable);
        grl_grid_addf(&grid, "%s%s", point->certified ? "" : "~",
                      grl_number_short(point->error_bound, 1).text);
        add_times(&grid, point->eigenvalues, point->time_constants, n);
        add_eigenvalues(&grid, point->eigenvalues, n, eigenvalues);
        estimates = estimates || !point->certified;
    }
    add_heading(text, colour, "Fixed points");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    if (shown < portrait->count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", portrait->count - shown);
    grl_text_add(text, "\n");
    grl_text words = {0};
    if (n > 1) grl_text_add(&words, "unstable: dimension of the unstable manifold. ");
    grl_text_addf(&words,
                  "error: proven bound on each coordinate%s. times: in which a deviation shrinks by a "
                  "factor e; negative: grows%s.",
                  estimates ? "; with ~ an estimate, not proven" : "",
                  n > 1 ? "; one for each eigenvalue or conjugate pair, in the same order, the least stable "
                          "first"
                        : "");
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
}

/* Which memory is this? The readout at each point, if there is one. */
static void add_outputs(grl_text *text, const grl_model *model, const grl_portrait *portrait, int colour)
{
    const size_t outputs = grl_model_outputs(model),
                 columns = outputs < MOST_OUTPUTS ? outputs : MOST_OUTPUTS;
    const size_t shown = portrait->count < MOST_POINTS ? portrait->count : MOST_POINTS;
    if (outputs == 0 || shown == 0) return;
    double *y = malloc(outputs * sizeof *y);
    if (!y) {
        text->failed = true;
        return;
    }
    grl_grid grid = {.columns = 2 + columns, .align = "rlrrrrrr"};
    grl_grid_add(&grid, 0, "#");
    grl_grid_add(&grid, 0, "type");
    for (size_t k = 0; k < columns; k++) grl_grid_addf(&grid, "y[%zu]", k);
    for (size_t i = 0; i < shown; i++) {
        const grl_fixed_point *point = &portrait->points[i];
        grl_model_output(model, point->h, y);
        grl_grid_addf(&grid, "%zu", i + 1);
        grl_grid_add(&grid, colour ? colour_of(point->type) : 0, grl_point_type_name(point->type));
        for (size_t k = 0; k < columns; k++)
            if (fabs(y[k]) < 1000)
                add_fixed(&grid, y[k], 4);
            else
                grl_grid_add(&grid, 0, grl_number_short(y[k], 4).text);
    }
    free(y);
    add_heading(text, colour, "Readout at the fixed points, y = C h + d");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    if (columns < outputs)
        grl_text_addf(text, "  (%zu more outputs; the JSON document has them all.)\n", outputs - columns);
}

static double widest(const double *box, size_t n)
{
    double width = 0;
    for (size_t i = 0; i < n; i++) width = fmax(width, box[2 * i + 1] - box[2 * i]);
    return width;
}

static void add_boxes(grl_text *text, const grl_portrait *portrait, int colour)
{
    size_t n = portrait->hidden_size, shown = 0, boxed = grl_claims_of(portrait).boxed;
    if (boxed == 0) return;
    add_heading(text, colour, boxed == 1 ? "The degenerate point" : "The degenerate points");
    for (size_t i = 0; i < portrait->count && shown < MOST_BOXES; i++) {
        const double *box = portrait->points[i].box;
        if (!box) continue;
        grl_text_addf(text, "  #%zu lies in ", i + 1);
        if (n > MOST_COORDINATES)
            grl_text_addf(text, "a box of width %s", grl_number_short(widest(box, n), 2).text);
        for (size_t k = 0; k < n && n <= MOST_COORDINATES; k++)
            grl_text_addf(text, "%s[%s, %s]", k > 0 ? " x " : "", grl_number_short(box[2 * k], 3).text,
                          grl_number_short(box[2 * k + 1], 3).text);
        grl_text_add(text, "\n");
        shown++;
    }
    if (shown < boxed)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", boxed - shown);
    /* All points together have index sum +1, so a single box with what is missing of it is not empty. Only where the
     * indices of the others are proven: a proven stability is, for the flow, and for up to three units also of the map. */
    int held = boxed == 1 && portrait->method == GRL_METHOD_PROVE && portrait->index_sum != 1 &&
               (n <= 3 || portrait->time == GRL_CONTINUOUS) && portrait->stopped_by &&
               strcmp(portrait->stopped_by, "limit") != 0;
    for (size_t i = 0; i < portrait->count; i++)
        held = held && (portrait->points[i].box || portrait->points[i].stability_proven);
    grl_text_add_wrapped(
        text,
        held ? "Inside, points come together or nearly so: an eigenvalue is on the border of stability, or "
               "too close to it for the proof. At least one point is there, because the indices sum to "
               "+1; a small change of the weights can leave several."
             : "Inside, points come together or nearly so: an eigenvalue is on the border of stability, or "
               "too close to it for the proof. A small change of the weights can leave several points "
               "there, or none.",
        0, 0, GRL_REPORT_WIDTH);
}

static void add_slow(grl_text *text, const grl_portrait *portrait, int colour)
{
    size_t n = portrait->hidden_size, count = portrait->slow_count;
    size_t shown = count < MOST_SLOW ? count : MOST_SLOW;
    char align[16];
    if (count == 0) return;

    double *times = malloc(n * sizeof *times);
    if (!times) {
        text->failed = true;
        return;
    }
    snprintf(align, sizeof align, "r%.*srrl", (int)place_columns(n), "rrrr");
    grl_grid grid = {.columns = 4 + place_columns(n), .align = align};
    grl_grid_add(&grid, 0, "#");
    add_place_heads(&grid, n);
    grl_grid_add(&grid, 0, "speed");
    grl_grid_add(&grid, 0, "starts");
    grl_grid_add(&grid, 0, "times");
    for (size_t i = 0; i < shown; i++) {
        const grl_slow_point *slow = &portrait->slow[i];
        grl_grid_addf(&grid, "%zu", i + 1);
        add_place(&grid, slow->h, n);
        grl_grid_add(&grid, 0, grl_number_short(slow->speed, 2).text);
        grl_grid_addf(&grid, "%d", slow->starts);
        for (size_t k = 0; k < n; k++) times[k] = -1 / slow->eigenvalues[2 * k];
        add_times(&grid, slow->eigenvalues, times, n);
    }
    add_heading(text, colour, "Slow points");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    free(times);
    if (shown < count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", count - shown);
    grl_text_add(text, "\n");
    grl_text_add_wrapped(
        text,
        "Local minima of the speed |f| of the flow that are not fixed points: the state lingers there. "
        "Times as above, for the flow; starts: how many starts of the search ended there.",
        0, 0, GRL_REPORT_WIDTH);
}

static void add_next(grl_text *text, const grl_portrait *portrait, int colour)
{
    grl_grid grid = {.columns = 2, .align = "ll"};
    bool search = portrait->method == GRL_METHOD_SEARCH;
    const char *by = portrait->stopped_by ? portrait->stopped_by : "";
    if (!portrait->complete && (strcmp(by, "limit") == 0 || strcmp(by, "effort") == 0)) {
        grl_grid_add(&grid, 0, search ? "--starts N" : "--max-boxes N");
        grl_grid_add(&grid, 0, "looks longer");
    }
    grl_grid_add(&grid, 0, "--plot portrait.svg");
    grl_grid_add(&grid, 0, "draws it");
    if (portrait->time == GRL_CONTINUOUS) {
        grl_grid_add(&grid, 0, "--time discrete");
        grl_grid_add(&grid, 0, "asks how stable the same points are in the map that is run in practice");
    }
    grl_grid_add(&grid, 0, "--json analysis.json");
    grl_grid_add(&grid, 0, "writes all of it in numbers");
    add_heading(text, colour, "Next, added to the same command:");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
}

/* How it was run, and the verdict; its map, where that is not what has been described already. */
static void add_judgement(grl_text *text, const grl_model *model, const char *name,
                          const grl_portrait *portrait, const grl_judgement *j, int colour)
{
    const char *start = grl_words_model_start(model);
    const size_t inputs = grl_cell_input_size(grl_model_cell(model));
    const size_t used =
        !j->problem.task ? inputs : grl_problem_inputs(&j->problem) + (j->warm_up > 0 ? j->outputs : 0);
    grl_text words = {0};
    grl_text_add(&words, "By what it was to learn, ");
    grl_words_problem(&words, &j->problem);
    grl_text_addf(&words, ", run as the map with dt = %g from ", j->dt);
    if (strcmp(start, "zero") == 0)
        grl_text_add(&words, "zero, since the model has no start");
    else
        grl_text_addf(&words, "its %s start", start);
    if (j->warm_up > 0) {
        grl_text_add(&words, ", with ");
        grl_words_plural(&words, j->warm_up, "step of warm-up", "steps of warm-up");
    }
    grl_text_add(&words, ".");
    if (inputs > used) {
        grl_text_add(&words, " The task does not use ");
        grl_words_plural(&words, inputs - used, "input of the network, which was",
                         "inputs of the network, which were");
        grl_text_add(&words, " kept at zero.");
    }
    add_heading(text, colour, "Judgement");
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
    grl_text_add(text, "\n");
    grl_judgement_words(text, j);
    if (portrait->time != GRL_DISCRETE) grl_judgement_map(text, model, name, j);
}

grl_status grl_report_analysis_text(const grl_model *model, const char *name, const double *x,
                                    const grl_portrait *portrait, const grl_judgement *judgement, int colour,
                                    char **text, grl_error *error)
{
    grl_text out = {0};
    grl_analysis_paragraph(&out, model, name, x, portrait);
    grl_analysis_cycles_words(&out, portrait);
    grl_separatrices_paragraph(&out, portrait);
    grl_map_manifolds_paragraph(&out, portrait);
    grl_analysis_attractors_words(&out, portrait);
    grl_slow_paragraph(&out, portrait);
    grl_signature_line(&out, portrait);
    add_points(&out, portrait, colour);
    grl_analysis_index(&out, portrait);
    add_outputs(&out, model, portrait, colour);
    grl_separatrices_table(&out, portrait, colour);
    grl_map_manifolds_table(&out, portrait, colour);
    add_boxes(&out, portrait, colour);
    grl_analysis_cycles_table(&out, portrait, colour);
    grl_analysis_attractors_table(&out, portrait, colour);
    add_slow(&out, portrait, colour);
    grl_slow_table(&out, portrait, colour);
    if (judgement) add_judgement(&out, model, name, portrait, judgement, colour);
    grl_words_notes(&out, model);
    add_next(&out, portrait, colour);

    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the report");
}
