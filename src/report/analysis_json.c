/* analysis_json.c: the document grulens-analysis, version 1. docs/documents.md describes each field.
 *
 * Numbers read back to the same double; what is not finite is null. A field that says how something was
 * obtained (certified, stability_proven, complete) is never left out. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/text.h"
#include "report/analysis.h"
#include "report/json.h"
#include "report/map_manifolds.h"
#include "report/separatrices.h"
#include "report/signature.h"
#include "report/slow.h"
#include "report/system.h"
#include "report/training.h"

#include <stdlib.h>

enum { MOST_UNITS_FOR_VECTORS = 16 };

static void add_system(grl_text *text, const grl_model *model, const char *name, const double *x,
                       const grl_portrait *portrait)
{
    const size_t inputs = grl_cell_input_size(grl_model_cell(model));
    grl_text_add(text, "  \"system\": {\n    ");
    grl_json_model(text, model, name);
    grl_text_addf(text, ",\n    \"time\": \"%s\",\n",
                  portrait->time == GRL_DISCRETE ? "discrete" : "continuous");
    if (portrait->time == GRL_DISCRETE) {
        grl_text_add(text, "    \"dt\": ");
        grl_text_add_number(text, portrait->dt);
        grl_text_add(text, ",\n");
    }
    grl_text_add(text, "    \"input\": [");
    for (size_t i = 0; i < inputs; i++) {
        if (i > 0) grl_text_add(text, ", ");
        grl_text_add_number(text, x ? x[i] : 0);
    }
    grl_text_add(text, "]\n  },\n");
}

/* output: as many numbers as the readout has outputs, if there is one. */
static void add_point(grl_text *text, const grl_model *model, const grl_fixed_point *point, size_t n,
                      grl_method method, double *output)
{
    grl_text_add(text, "      {\n        \"h\": ");
    grl_json_numbers(text, point->h, n);
    grl_text_add(text, ",\n        \"preactivation\": ");
    grl_json_numbers(text, point->a, n);
    if (output) {
        grl_model_output(model, point->h, output);
        grl_text_add(text, ",\n        \"output\": ");
        grl_json_numbers(text, output, grl_model_outputs(model));
    }
    grl_text_add(text, ",\n        \"error_bound\": ");
    grl_text_add_number(text, point->error_bound);
    grl_text_add(text, ",\n        \"certified\": ");
    grl_json_bool(text, point->certified);
    grl_text_addf(text, ",\n        \"type\": \"%s\",\n        \"stability_proven\": ",
                  grl_point_type_name(point->type));
    grl_json_bool(text, point->stability_proven);
    grl_text_addf(text,
                  ",\n        \"unstable_dimension\": %d,\n        \"index\": %d,\n        \"residual\": ",
                  point->unstable, point->index);
    grl_text_add_number(text, point->residual);
    grl_text_add(text, ",\n        \"eigenvalues\": ");
    grl_json_pairs(text, point->eigenvalues, n);
    grl_text_add(text, ",\n        \"time_constants\": ");
    grl_json_numbers(text, point->time_constants, n);
    if (point->eigenvectors && n <= MOST_UNITS_FOR_VECTORS) {
        grl_text_add(text, ",\n        \"eigenvectors\": [");
        for (size_t k = 0; k < n; k++) {
            grl_text_add(text, k > 0 ? ",\n          " : "\n          ");
            grl_json_pairs(text, point->eigenvectors + 2 * n * k, n);
        }
        grl_text_add(text, "]");
    }
    if (point->box) {
        grl_text_add(text, ",\n        \"box\": ");
        grl_json_pairs(text, point->box, n);
    }
    if (method == GRL_METHOD_SEARCH) grl_text_addf(text, ",\n        \"starts\": %d", point->starts);
    grl_text_add(text, "\n      }");
}

/* At most this many undecided boxes are kept in a portrait. */
static size_t boxes_kept(const grl_portrait *portrait)
{
    size_t most = portrait->undecided_boxes ? 1000 : 0;
    return portrait->undecided < most ? portrait->undecided : most;
}

static void add_fixed_points(grl_text *text, const grl_model *model, const grl_portrait *portrait)
{
    const size_t outputs = grl_model_outputs(model);
    double *output = outputs > 0 ? malloc(outputs * sizeof *output) : NULL;
    size_t n = portrait->hidden_size;
    int search = portrait->method == GRL_METHOD_SEARCH;
    grl_text_add(text, "  \"fixed_points\": {\n    \"complete\": ");
    grl_json_bool(text, portrait->complete);
    grl_text_addf(text, ",\n    \"method\": \"%s\",\n    \"stopped_by\": \"%s\",\n",
                  search ? "newton-search" : "branch-and-prune",
                  portrait->stopped_by ? portrait->stopped_by : "done");
    if (search) {
        grl_text_addf(text, "    \"starts\": %lld,\n    \"unseen\": ", portrait->starts);
        grl_text_add_number(text, portrait->unseen);
        grl_text_add(text, ",\n");
    } else {
        size_t kept = boxes_kept(portrait);
        grl_text_addf(text, "    \"boxes\": %lld,\n    \"undecided\": {\"count\": %zu, \"boxes\": [",
                      portrait->boxes, portrait->undecided);
        for (size_t i = 0; i < kept; i++) {
            grl_text_add(text, i > 0 ? ",\n      " : "\n      ");
            grl_json_pairs(text, portrait->undecided_boxes + 2 * n * i, n);
        }
        grl_text_add(text, "]},\n");
    }
    grl_text_addf(text, "    \"index_sum\": %d,\n    \"items\": [", portrait->index_sum);
    for (size_t i = 0; i < portrait->count; i++) {
        grl_text_add(text, i > 0 ? ",\n" : "\n");
        add_point(text, model, &portrait->points[i], n, portrait->method, output);
    }
    grl_text_add(text, portrait->count > 0 ? "\n    ]\n  },\n" : "]\n  },\n");
    if (outputs > 0 && !output) text->failed = true;
    free(output);
}

static void add_slow_points(grl_text *text, const grl_portrait *portrait)
{
    size_t n = portrait->hidden_size;
    grl_text_add(text, "  \"slow_points\": [");
    for (size_t i = 0; i < portrait->slow_count; i++) {
        const grl_slow_point *slow = &portrait->slow[i];
        grl_text_add(text, i > 0 ? ",\n    {\"h\": " : "\n    {\"h\": ");
        grl_json_numbers(text, slow->h, n);
        grl_text_add(text, ",\n     \"speed\": ");
        grl_text_add_number(text, slow->speed);
        grl_text_add(text, ",\n     \"eigenvalues\": ");
        grl_json_pairs(text, slow->eigenvalues, n);
        grl_text_addf(text, ",\n     \"starts\": %d}", slow->starts);
    }
    grl_text_add(text, portrait->slow_count > 0 ? "\n  ],\n" : "],\n");
}

/* How it was run, and the judgement as in the document of a training. */
static void add_judgement(grl_text *text, const grl_model *model, const grl_judgement *judgement)
{
    grl_text_add(text, "  \"judged\": {");
    grl_json_problem(text, &judgement->problem);
    grl_text_addf(text, ", \"start\": \"%s\", \"warm_up\": %zu, \"dt\": ", grl_words_model_start(model),
                  judgement->warm_up);
    grl_text_add_number(text, judgement->dt);
    grl_text_add(text, "},\n  ");
    grl_judgement_json(text, model, judgement);
    grl_text_add(text, ",\n");
}

grl_status grl_report_analysis_json(const grl_model *model, const char *name, const double *x,
                                    const grl_portrait *portrait, const grl_judgement *judgement, char **text,
                                    grl_error *error)
{
    grl_text out = {0};
    grl_text_add(&out, "{\n  \"format\": \"grulens-analysis\",\n  \"version\": 1,\n");
    add_system(&out, model, name, x, portrait);
    add_fixed_points(&out, model, portrait);
    grl_analysis_cycles_json(&out, portrait);
    add_slow_points(&out, portrait);
    grl_separatrices_json(&out, portrait);
    grl_analysis_line_json(&out, portrait);
    grl_map_manifolds_json(&out, portrait);
    grl_slow_json(&out, model, portrait);
    grl_analysis_attractors_json(&out, portrait);
    grl_signature_json(&out, portrait);
    if (judgement) add_judgement(&out, model, judgement);
    grl_text_add(&out, "  \"notes\": [");
    for (size_t i = 0; i < grl_model_notes(model); i++) {
        grl_text_add(&out, i > 0 ? ",\n    " : "\n    ");
        grl_text_add_quoted(&out, grl_model_note(model, i));
    }
    grl_text_add(&out, "]\n}\n");

    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the document");
}
