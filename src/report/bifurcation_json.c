/* bifurcation_json.c: the document grulens-bifurcation, version 1. docs/documents.md describes each field.
 *
 * Numbers read back to the same double; what is not finite is null. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/text.h"
#include "report/json.h"
#include "report/system.h"

#include <math.h>
#include <stdint.h>

/* "parameters": {NAME: value, ...} */
static void add_parameters(grl_text *text, const grl_diagram *diagram, const double *p)
{
    grl_text_add(text, "\"parameters\": {");
    for (size_t k = 0; k < diagram->parameters; k++) {
        if (k > 0) grl_text_add(text, ", ");
        grl_text_add_quoted(text, diagram->names[k]);
        grl_text_add(text, ": ");
        grl_text_add_number(text, p[k]);
    }
    grl_text_add(text, "}");
}

static void add_index(grl_text *text, const char *name, size_t index)
{
    if (index == SIZE_MAX)
        grl_text_addf(text, "\"%s\": null", name);
    else
        grl_text_addf(text, "\"%s\": %zu", name, index);
}

static void add_system(grl_text *text, const grl_model *model, const char *name, const double *x,
                       const grl_diagram *diagram)
{
    const size_t inputs = grl_cell_input_size(grl_model_cell(model));
    grl_text_add(text, "  \"system\": {\n    ");
    grl_json_model(text, model, name);
    grl_text_addf(text, ",\n    \"time\": \"%s\",\n",
                  diagram->time == GRL_DISCRETE ? "discrete" : "continuous");
    if (diagram->time == GRL_DISCRETE) {
        grl_text_add(text, "    \"dt\": ");
        grl_text_add_number(text, diagram->dt);
        grl_text_add(text, ",\n");
    }
    grl_text_add(text, "    \"input\": [");
    for (size_t i = 0; i < inputs; i++) {
        if (i > 0) grl_text_add(text, ", ");
        grl_text_add_number(text, x ? x[i] : 0);
    }
    grl_text_add(text, "]\n  },\n");
}

static void add_question(grl_text *text, const grl_diagram *diagram)
{
    grl_text_add(text, "  \"vary\": [");
    for (size_t k = 0; k < diagram->parameters; k++) {
        grl_text_add(text, k > 0 ? ", {\"name\": " : "{\"name\": ");
        grl_text_add_quoted(text, diagram->names[k]);
        grl_text_add(text, ", \"low\": ");
        grl_text_add_number(text, diagram->low[k]);
        grl_text_add(text, ", \"high\": ");
        grl_text_add_number(text, diagram->high[k]);
        grl_text_add(text, "}");
    }
    grl_text_addf(text,
                  "],\n  \"samples\": {\"count\": %zu, \"incomplete\": %zu, \"mismatched\": %zu},\n"
                  "  \"unfinished\": %zu,\n  \"unlocated\": %zu,\n  \"unfollowed\": %zu,\n",
                  diagram->samples, diagram->incomplete, diagram->mismatched, diagram->unfinished,
                  diagram->unlocated, diagram->unfollowed);
    grl_text_add(text, "  \"complete\": ");
    grl_json_bool(text, diagram->complete);
    grl_text_addf(text, ",\n  \"undecided\": %zu,\n  \"cycles\": %s,\n", diagram->undecided,
                  diagram->cycles ? "true" : "false");
}

/* "ends": both ends of a branch or curve */
static void add_ends(grl_text *text, const grl_branch_end *end, const size_t *special)
{
    grl_text_add(text, "\"ends\": [");
    for (int i = 0; i < 2; i++) {
        grl_text_addf(text, "%s{\"reason\": \"%s\"", i > 0 ? ", " : "", grl_branch_end_name(end[i]));
        if (end[i] == GRL_BRANCH_SPECIAL) {
            grl_text_add(text, ", ");
            add_index(text, "special_point", special[i]);
        }
        grl_text_add(text, "}");
    }
    grl_text_add(text, "]");
}

static void add_branch(grl_text *text, const grl_diagram *diagram, const grl_diagram_branch *branch)
{
    const size_t n = diagram->hidden_size, k = diagram->parameters;
    const int cycle = branch->kind == GRL_BRANCH_CYCLE;
    grl_text_addf(text, "    {\"kind\": \"%s\", ", cycle ? "cycle" : "fixed_point");
    add_ends(text, branch->end, branch->end_special);
    if (!cycle) {
        grl_text_add(text, ", \"complete_at_start\": ");
        grl_json_bool(text, branch->complete_at_start);
    }
    grl_text_add(text, ",\n     \"points\": [");
    for (size_t i = 0; i < branch->count && !text->failed; i++) {
        grl_text_add(text, i > 0 ? ",\n      {" : "\n      {");
        grl_json_named_numbers(text, "p", branch->p + i * k, k);
        grl_text_add(text, ", ");
        add_parameters(text, diagram, branch->p + i * k);
        grl_text_add(text, ", ");
        grl_json_named_numbers(text, "h", branch->h + i * n, n);
        grl_text_add(text, ", \"stable\": ");
        grl_json_bool(text, branch->unstable[i] == 0);
        grl_text_addf(text, ", \"unstable_dimension\": %d, ", branch->unstable[i]);
        if (cycle) {
            grl_text_add(text, "\"period\": ");
            grl_text_add_number(text, branch->period[i]);
            grl_text_add(text, ", ");
            grl_json_named_numbers(text, "low", branch->low + i * n, n);
            grl_text_add(text, ", ");
            grl_json_named_numbers(text, "high", branch->high + i * n, n);
            grl_text_add(text, ", ");
        }
        grl_json_named_pairs(text, cycle ? "multipliers" : "eigenvalues", branch->values + 2 * n * i, n);
        grl_text_add(text, "}");
    }
    grl_text_add(text, "]}");
}

static void add_special(grl_text *text, const grl_diagram *diagram, const grl_special *special)
{
    grl_text_addf(text, "    {\"type\": \"%s\", \"label\": \"%s\", ", grl_special_name(special->type),
                  grl_special_label(special->type));
    add_parameters(text, diagram, special->p);
    grl_text_add(text, ",\n     ");
    grl_json_named_numbers(text, "h", special->h, diagram->hidden_size);
    grl_text_add(text, ", \"error\": ");
    grl_text_add_number(text, special->error);
    grl_text_add(text, ", \"proven\": ");
    grl_json_bool(text, special->proven);
    if (special->omega != 0) {
        grl_text_add(text, ", \"omega\": ");
        grl_text_add_number(text, special->omega);
    }
    if (special->period != 0) {
        grl_text_add(text, ", \"period\": ");
        grl_text_add_number(text, special->period);
    }
    if (special->coefficients > 0) {
        grl_text_add(text, ", \"normal_form\": {");
        for (int k = 0; k < special->coefficients; k++) {
            const char *name = grl_special_coefficient(special->type, k);
            if (!name) break;
            grl_text_addf(text, "%s\"%s\": ", k > 0 ? ", " : "", name);
            grl_text_add_number(text, special->normal_form[k]);
        }
        grl_text_add(text, "}");
    }
    grl_text_add(text, ", ");
    add_index(text, "branch", special->branch);
    if (special->branch != SIZE_MAX) {
        grl_text_add(text, ", ");
        add_index(text, "point", special->point);
    }
    grl_text_add(text, "}");
}

static void add_optional(grl_text *text, const char *name, double value)
{
    if (!isfinite(value)) return;
    grl_text_addf(text, ", \"%s\": ", name);
    grl_text_add_number(text, value);
}

/* What the number along a curve of this type is. */
static const char *test_name(grl_special_type type)
{
    return type == GRL_HOPF ? "l1" : type == GRL_FOLD ? "a" : type == GRL_HOMOCLINIC ? "sigma" : "test";
}

static void add_curve(grl_text *text, const grl_diagram *diagram, const grl_curve *curve)
{
    const size_t n = diagram->hidden_size;
    grl_text_addf(text,
                  "    {\"type\": \"%s\", \"label\": \"%s\", \"proven\": ", grl_special_name(curve->type),
                  grl_special_label(curve->type));
    grl_json_bool(text, curve->proven);
    grl_text_add(text, ", ");
    add_ends(text, curve->end, curve->end_special);
    grl_text_add(text, ",\n     \"points\": [");
    for (size_t i = 0; i < curve->count && !text->failed; i++) {
        grl_text_add(text, i > 0 ? ",\n      {" : "\n      {");
        add_parameters(text, diagram, curve->p + 2 * i);
        grl_text_add(text, ", ");
        grl_json_named_numbers(text, "h", curve->h + i * n, n);
        add_optional(text, "omega", curve->omega[i]);
        add_optional(text, "period", curve->period[i]);
        add_optional(text, test_name(curve->type), curve->test[i]);
        grl_text_add(text, "}");
    }
    grl_text_add(text, "]}");
}

static void add_region(grl_text *text, const grl_diagram *diagram, const grl_region *region)
{
    grl_text_add(text, "    {");
    add_parameters(text, diagram, region->p);
    grl_text_add(text, ", \"area\": ");
    grl_text_add_number(text, region->area);
    grl_text_add(text, ", \"name\": ");
    grl_text_add_quoted(text, region->name);
    if (region->signature) {
        grl_text_add(text, ", \"signature\": ");
        grl_text_add_quoted(text, region->signature);
    }
    grl_text_add(text, "}");
}

grl_status grl_report_bifurcation_json(const grl_model *model, const char *name, const double *x,
                                       const grl_diagram *diagram, char **text, grl_error *error)
{
    grl_text out = {0};
    grl_text_add(&out, "{\n  \"format\": \"grulens-bifurcation\",\n  \"version\": 1,\n");
    add_system(&out, model, name, x, diagram);
    add_question(&out, diagram);
    grl_text_add(&out, "  \"special_points\": [");
    for (size_t i = 0; i < diagram->special_count; i++) {
        grl_text_add(&out, i > 0 ? ",\n" : "\n");
        add_special(&out, diagram, &diagram->special[i]);
    }
    grl_text_add(&out, "],\n  \"branches\": [");
    for (size_t i = 0; i < diagram->branch_count; i++) {
        grl_text_add(&out, i > 0 ? ",\n" : "\n");
        add_branch(&out, diagram, &diagram->branches[i]);
    }
    grl_text_add(&out, "],\n  \"curves\": [");
    for (size_t i = 0; i < diagram->curve_count; i++) {
        grl_text_add(&out, i > 0 ? ",\n" : "\n");
        add_curve(&out, diagram, &diagram->curves[i]);
    }
    grl_text_add(&out, "],\n  \"regions\": [");
    for (size_t i = 0; i < diagram->region_count; i++) {
        grl_text_add(&out, i > 0 ? ",\n" : "\n");
        add_region(&out, diagram, &diagram->regions[i]);
    }
    grl_text_add(&out, "],\n  \"notes\": [");
    for (size_t i = 0; i < grl_model_notes(model); i++) {
        grl_text_add(&out, i > 0 ? ",\n    " : "\n    ");
        grl_text_add_quoted(&out, grl_model_note(model, i));
    }
    grl_text_add(&out, "]\n}\n");
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the document");
}
