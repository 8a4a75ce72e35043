/* bifurcation_text.c: a diagram for a person: a paragraph that can be quoted, tables of special points,
 * branches and curves, and what was cut off. Tables stay within 100 columns; long ones are cut, and say so.
 */
#include <grulens/report.h>

#include "base/error.h"
#include "base/layout.h"
#include "base/text.h"
#include "report/grid.h"
#include "report/words.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MOST_COORDINATES = 3, MOST_SPECIAL = 60, MOST_BRANCHES = 40, MOST_CURVES = 40, MOST_VALUES = 8 };

static const char *const singular[GRL_SPECIAL_TYPES] = {
    [GRL_FOLD] = "fold",
    [GRL_HOPF] = "Hopf point",
    [GRL_NEUTRAL_SADDLE] = "neutral saddle",
    [GRL_BRANCH_POINT] = "branch point",
    [GRL_FLIP] = "flip",
    [GRL_NEIMARK_SACKER] = "Neimark-Sacker point",
    [GRL_CYCLE_FOLD] = "fold of cycles",
    [GRL_CYCLE_BRANCH_POINT] = "branch point of cycles",
    [GRL_PERIOD_DOUBLING] = "period doubling",
    [GRL_TORUS] = "torus bifurcation",
    [GRL_HOMOCLINIC] = "homoclinic orbit",
    [GRL_SNIC] = "saddle-node on an invariant circle",
    [GRL_HETEROCLINIC] = "heteroclinic ring",
    [GRL_CUSP] = "cusp",
    [GRL_BOGDANOV_TAKENS] = "Bogdanov-Takens point",
    [GRL_GENERALIZED_HOPF] = "generalised Hopf point",
    [GRL_FOLD_HOPF] = "fold-Hopf point",
    [GRL_DOUBLE_HOPF] = "double Hopf point",
    [GRL_NEUTRAL_SADDLE_LOOP] = "neutral saddle loop",
    [GRL_SADDLE_NODE_LOOP] = "saddle-node loop",
    [GRL_RESONANCE_TWO] = "resonance 1:2",
    [GRL_GENERALIZED_FLIP] = "generalised flip",
};

static const char *const plural[GRL_SPECIAL_TYPES] = {
    [GRL_FOLD] = "folds",
    [GRL_HOPF] = "Hopf points",
    [GRL_NEUTRAL_SADDLE] = "neutral saddles",
    [GRL_BRANCH_POINT] = "branch points",
    [GRL_FLIP] = "flips",
    [GRL_NEIMARK_SACKER] = "Neimark-Sacker points",
    [GRL_CYCLE_FOLD] = "folds of cycles",
    [GRL_CYCLE_BRANCH_POINT] = "branch points of cycles",
    [GRL_PERIOD_DOUBLING] = "period doublings",
    [GRL_TORUS] = "torus bifurcations",
    [GRL_HOMOCLINIC] = "homoclinic orbits",
    [GRL_SNIC] = "saddle-nodes on an invariant circle",
    [GRL_HETEROCLINIC] = "heteroclinic rings",
    [GRL_CUSP] = "cusps",
    [GRL_BOGDANOV_TAKENS] = "Bogdanov-Takens points",
    [GRL_GENERALIZED_HOPF] = "generalised Hopf points",
    [GRL_FOLD_HOPF] = "fold-Hopf points",
    [GRL_DOUBLE_HOPF] = "double Hopf points",
    [GRL_NEUTRAL_SADDLE_LOOP] = "neutral saddle loops",
    [GRL_SADDLE_NODE_LOOP] = "saddle-node loops",
    [GRL_RESONANCE_TWO] = "resonances 1:2",
    [GRL_GENERALIZED_FLIP] = "generalised flips",
};

static void add_heading(grl_text *text, int colour, const char *heading)
{
    grl_text_addf(text, colour ? "\n\x1b[1m%s\x1b[0m\n" : "\n%s\n", heading);
}

static void add_wrapped(grl_text *out, grl_text *words)
{
    if (words->failed)
        out->failed = true;
    else if (words->data)
        grl_text_add_wrapped(out, words->data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(words);
}

/* ", " between items and " and " before the last of `count`. */
static void add_separator(grl_text *text, size_t i, size_t count)
{
    if (i > 0) grl_text_add(text, i + 1 == count ? " and " : ", ");
}

static bool is_varied(const grl_diagram *diagram, const char *name)
{
    for (size_t k = 0; k < diagram->parameters; k++)
        if (strcmp(diagram->names[k], name) == 0) return true;
    return false;
}

/* " with alpha = 0.5, U_h[0,1] = 0": parameters of the family and numbers that were set, but for those that
 * vary. */
static void add_values(grl_text *text, const grl_model *model, const grl_diagram *diagram)
{
    const size_t parameters = grl_model_parameters(model), changes = grl_model_changes(model);
    size_t shown = 0;
    for (size_t i = 0; i < parameters + changes; i++) {
        const bool own = i < parameters;
        const char *name =
            own ? grl_model_parameter_name(model, i) : grl_model_change_name(model, i - parameters);
        if (is_varied(diagram, name)) continue;
        if (shown == MOST_VALUES) {
            grl_text_add(text, ", ..");
            break;
        }
        grl_text_addf(text, "%s%s = ", shown++ > 0 ? ", " : " with ", name);
        grl_text_add_number(text, own ? grl_model_parameter_value(model, i)
                                      : grl_model_change_value(model, i - parameters));
    }
}

static void add_question(grl_text *text, const grl_model *model, const char *name, const double *x,
                         const grl_diagram *diagram)
{
    const size_t inputs = grl_cell_input_size(grl_model_cell(model));
    bool zero = true;
    for (size_t i = 0; x && i < inputs; i++) zero = zero && x[i] == 0;
    grl_text_add(text, name);
    add_values(text, model, diagram);
    grl_text_add(text, ", a network of ");
    grl_words_plural(text, diagram->hidden_size, "unit", "units");
    if (diagram->time == GRL_DISCRETE)
        grl_text_addf(text, ", as a map with dt = %g", diagram->dt);
    else
        grl_text_add(text, ", as a flow");
    if (inputs > 0) grl_text_add(text, zero ? ", at zero input" : ", at a constant input");
    for (size_t k = 0; k < diagram->parameters; k++)
        grl_text_addf(text, "%s %s from %g to %g", k == 0 ? ", along" : " and", diagram->names[k],
                      diagram->low[k], diagram->high[k]);
    grl_text_add(text, ": ");
}

static void add_found(grl_text *text, const grl_diagram *diagram)
{
    size_t points = 0, cycles = 0, counts[GRL_SPECIAL_TYPES] = {0}, kinds = 0, shown = 0;
    for (size_t i = 0; i < diagram->branch_count; i++) {
        if (diagram->branches[i].kind == GRL_BRANCH_CYCLE)
            cycles++;
        else
            points++;
    }
    for (size_t i = 0; i < diagram->special_count; i++) counts[diagram->special[i].type]++;
    for (int t = 0; t < GRL_SPECIAL_TYPES; t++) kinds += counts[t] > 0;
    if (diagram->branch_count > 0) {
        grl_words_plural(text, points, "branch of fixed points", "branches of fixed points");
        if (cycles > 0) {
            grl_text_add(text, " and ");
            grl_words_plural(text, cycles, "branch of cycles", "branches of cycles");
        }
    }
    if (diagram->curve_count > 0) {
        if (diagram->branch_count > 0) grl_text_add(text, ", ");
        grl_words_plural(text, diagram->curve_count, "curve of special points", "curves of special points");
    }
    if (diagram->branch_count == 0 && diagram->curve_count == 0) {
        grl_text_add(text, "no curves of special points.");
        return;
    }
    grl_text_add(text, kinds > 0 ? "; " : "; no special points.");
    for (int t = 0; t < GRL_SPECIAL_TYPES; t++) {
        if (counts[t] == 0) continue;
        add_separator(text, shown++, kinds);
        grl_words_plural(text, counts[t], singular[t], plural[t]);
    }
    if (kinds > 0) grl_text_add(text, ".");
}

/* How far the claims go, and what was cut off. */
static void add_claims(grl_text *text, const grl_diagram *diagram)
{
    if (diagram->samples > 0) {
        grl_text_addf(text, " Fixed points were looked for at %zu values of the parameter%s; ",
                      diagram->samples, diagram->parameters > 1 ? "s" : "");
        if (diagram->incomplete == 0)
            grl_text_add(text, "each list is proven complete");
        else
            grl_text_addf(text, "%zu of the lists are not proven complete", diagram->incomplete);
        if (diagram->mismatched == 0)
            grl_text_add(text, ", and the branches pass through all of the points and no others there.");
        else
            grl_text_addf(text, ", and at %zu of the values branches and list disagree.",
                          diagram->mismatched);
    }
    if (diagram->complete && diagram->parameters == 1)
        grl_text_add(text, " It is proven that there are no other folds and Hopf points in the range.");
    if (diagram->complete && diagram->parameters == 2)
        grl_text_add(text,
                     " It is proven that there are no other folds and Hopf points in the range, and no other "
                     "cusps, Bogdanov-Takens and generalised Hopf points.");
    if (!diagram->complete && diagram->undecided > 0)
        grl_text_addf(text, " A proof that there are no other folds and Hopf points left %zu %s open.",
                      diagram->undecided, diagram->undecided == 1 ? "place" : "places");
    if (diagram->unlocated > 0)
        grl_text_addf(text,
                      " At %zu places a test function changes sign and no special point was found: "
                      "several at one place, or the equations are singular there.",
                      diagram->unlocated);
    if (diagram->unfinished > 0)
        grl_text_addf(text, " %zu %s by a limit of steps.", diagram->unfinished,
                      diagram->unfinished == 1 ? "end of a branch is cut off"
                                               : "ends of branches are cut off");
}

/* What a normal form's first number says. */
static const char *meaning(const grl_special *special)
{
    if (special->coefficients == 0)
        return special->type == GRL_BRANCH_POINT ? "several eigenvalues vanish" : "";
    const double c = special->normal_form[0];
    switch (special->type) {
    case GRL_HOPF:
        return c < 0 ? "supercritical" : c > 0 ? "subcritical" : "degenerate";
    case GRL_NEIMARK_SACKER:
        return c < 0 ? "supercritical" : c > 0 ? "subcritical" : "degenerate";
    case GRL_FLIP:
        return c > 0 ? "supercritical" : c < 0 ? "subcritical" : "degenerate";
    case GRL_BRANCH_POINT:
        /* b11 against c, which is what is left when b11 vanishes. */
        return fabs(c) > 1e-6 * (1 + fabs(special->normal_form[3])) ? "transcritical" : "pitchfork";
    default:
        return "";
    }
}

static void add_details(grl_grid *grid, const grl_special *special)
{
    grl_text text = {0};
    const char *word = meaning(special);
    grl_text_add(&text, word);
    if (special->omega != 0)
        grl_text_addf(&text, "%somega %s", text.size > 0 ? ", " : "",
                      grl_number_short(special->omega, 5).text);
    if (special->period != 0)
        grl_text_addf(&text, "%speriod %s", text.size > 0 ? ", " : "",
                      grl_number_short(special->period, 6).text);
    for (int k = 0; k < special->coefficients; k++) {
        const char *name = grl_special_coefficient(special->type, k);
        if (!name) continue;
        if (text.size > 0) grl_text_add(&text, ", ");
        if (special->type == GRL_SNIC || special->type == GRL_HETEROCLINIC) /* how many on the orbit */
            grl_text_addf(&text, "%.0f %s%s", special->normal_form[k],
                          special->type == GRL_SNIC ? "saddle-node" : "saddle",
                          special->normal_form[k] == 1 ? "" : "s");
        else
            grl_text_addf(&text, "%s %s", name, grl_number_short(special->normal_form[k], 4).text);
    }
    grl_grid_add(grid, 0, text.data ? text.data : "");
    grid->failed = grid->failed || text.failed;
    grl_text_drop(&text);
}

/* Neutral saddles are no bifurcations, and of many units there are many: the document has them. */
static bool in_table(const grl_special *special)
{
    return special->type != GRL_NEUTRAL_SADDLE;
}

static void add_special_points(grl_text *text, const grl_diagram *diagram, int colour)
{
    const size_t n = diagram->hidden_size, shown_units = n < MOST_COORDINATES ? n : MOST_COORDINATES;
    size_t count = 0, shown = 0;
    char align[16];
    for (size_t i = 0; i < diagram->special_count; i++) count += in_table(&diagram->special[i]) ? 1 : 0;
    if (count == 0) return;
    snprintf(align, sizeof align, "rl%.*s%.*sl", (int)diagram->parameters, "rr", (int)shown_units, "rrr");
    grl_grid grid = {.columns = 3 + diagram->parameters + shown_units, .align = align};
    grl_grid_add(&grid, 0, "#");
    grl_grid_add(&grid, 0, "type");
    for (size_t k = 0; k < diagram->parameters; k++) grl_grid_add(&grid, 0, diagram->names[k]);
    for (size_t j = 0; j < shown_units; j++) grl_grid_addf(&grid, "h[%zu]", j);
    grl_grid_add(&grid, 0, "");
    for (size_t i = 0; i < diagram->special_count && shown < MOST_SPECIAL; i++) {
        const grl_special *special = &diagram->special[i];
        if (!in_table(special)) continue;
        shown++;
        grl_grid_addf(&grid, "%zu", i + 1);
        grl_grid_addf(&grid, "%s %s", grl_special_label(special->type), singular[special->type]);
        for (size_t k = 0; k < diagram->parameters; k++) grl_grid_addf(&grid, "%.9f", special->p[k]);
        for (size_t j = 0; j < shown_units; j++) grl_grid_addf(&grid, "%.6f", special->h[j]);
        add_details(&grid, special);
    }
    add_heading(text, colour, "Special points");
    grl_grid_print(&grid, text);
    if (grid.failed) text->failed = true;
    grl_grid_drop(&grid);
    if (shown < count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", count - shown);
}

static void add_end(grl_grid *grid, const grl_diagram *diagram, grl_branch_end end, size_t special)
{
    if (end == GRL_BRANCH_SPECIAL && special < diagram->special_count)
        grl_grid_addf(grid, "%s #%zu", grl_special_label(diagram->special[special].type), special + 1);
    else
        grl_grid_add(grid, 0, grl_branch_end_name(end));
}

/* "stable to 0.84, unstable": the pieces of a branch by stability, if they are few. */
static void add_pieces(grl_grid *grid, const grl_diagram_branch *branch)
{
    grl_text text = {0};
    size_t pieces = 1;
    for (size_t i = 1; i < branch->count; i++)
        pieces += (branch->unstable[i] == 0) != (branch->unstable[i - 1] == 0);
    if (pieces > 3)
        grl_text_addf(&text, "%zu changes", pieces - 1);
    else
        for (size_t i = 0; i < branch->count; i++)
            if (i == 0 || (branch->unstable[i] == 0) != (branch->unstable[i - 1] == 0))
                grl_text_addf(&text, "%s%s", i > 0 ? ", " : "",
                              branch->unstable[i] == 0 ? "stable" : "unstable");
    grl_grid_add(grid, 0, text.data ? text.data : "");
    grid->failed = grid->failed || text.failed;
    grl_text_drop(&text);
}

static void add_branches(grl_text *text, const grl_diagram *diagram, int colour)
{
    const size_t count = diagram->branch_count, shown = count < MOST_BRANCHES ? count : MOST_BRANCHES,
                 k = diagram->parameters;
    if (count == 0) return;
    grl_grid grid = {.columns = 8, .align = "rlrrrlll"};
    static const char *const heads[] = {"#", "branch of", "points", "from", "to", "begins", "ends", ""};
    for (size_t j = 0; j < 8; j++) grl_grid_add(&grid, 0, heads[j]);
    for (size_t i = 0; i < shown; i++) {
        const grl_diagram_branch *branch = &diagram->branches[i];
        grl_grid_addf(&grid, "%zu", i + 1);
        grl_grid_add(&grid, 0, branch->kind == GRL_BRANCH_CYCLE ? "cycles" : "fixed points");
        grl_grid_addf(&grid, "%zu", branch->count);
        grl_grid_addf(&grid, "%.6g", branch->count > 0 ? branch->p[0] : NAN);
        grl_grid_addf(&grid, "%.6g", branch->count > 0 ? branch->p[(branch->count - 1) * k] : NAN);
        add_end(&grid, diagram, branch->end[0], branch->end_special[0]);
        add_end(&grid, diagram, branch->end[1], branch->end_special[1]);
        add_pieces(&grid, branch);
    }
    add_heading(text, colour, "Branches");
    grl_grid_print(&grid, text);
    if (grid.failed) text->failed = true;
    grl_grid_drop(&grid);
    if (shown < count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", count - shown);
}

static void add_curves(grl_text *text, const grl_diagram *diagram, int colour)
{
    const size_t count = diagram->curve_count, shown = count < MOST_CURVES ? count : MOST_CURVES;
    if (count == 0) return;
    grl_grid grid = {.columns = 7, .align = "rlrllll"};
    static const char *const heads[] = {"#", "curve of", "points", "from", "to", "begins", "ends"};
    for (size_t j = 0; j < 7; j++) grl_grid_add(&grid, 0, heads[j]);
    for (size_t i = 0; i < shown; i++) {
        const grl_curve *curve = &diagram->curves[i];
        const double *first = curve->p, *last = curve->count > 0 ? curve->p + 2 * (curve->count - 1) : NULL;
        grl_grid_addf(&grid, "%zu", i + 1);
        grl_grid_add(&grid, 0, plural[curve->type]);
        grl_grid_addf(&grid, "%zu", curve->count);
        grl_grid_addf(&grid, "(%.4g, %.4g)", last ? first[0] : NAN, last ? first[1] : NAN);
        grl_grid_addf(&grid, "(%.4g, %.4g)", last ? last[0] : NAN, last ? last[1] : NAN);
        add_end(&grid, diagram, curve->end[0], curve->end_special[0]);
        add_end(&grid, diagram, curve->end[1], curve->end_special[1]);
    }
    add_heading(text, colour, "Curves");
    grl_grid_print(&grid, text);
    if (grid.failed) text->failed = true;
    grl_grid_drop(&grid);
    if (shown < count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", count - shown);
}

static void add_regions(grl_text *text, const grl_diagram *diagram, int colour)
{
    if (diagram->region_count == 0) return;
    grl_grid grid = {.columns = 3, .align = "lrl"};
    grl_grid_add(&grid, 0, "around");
    grl_grid_add(&grid, 0, "area");
    grl_grid_add(&grid, 0, "portrait");
    for (size_t i = 0; i < diagram->region_count; i++) {
        const grl_region *region = &diagram->regions[i];
        grl_grid_addf(&grid, "(%.4g, %.4g)", region->p[0], region->p[1]);
        grl_grid_addf(&grid, "%.3g %%", 100 * region->area);
        grl_grid_add(&grid, 0, region->name);
    }
    add_heading(text, colour, "Regions");
    grl_grid_print(&grid, text);
    grl_text_add(
        text,
        "Found in 400 x 400 pixels, and closer where points crowd; narrower ones may be missing. What is in\n"
        "them is computed.\n");
    if (grid.failed) text->failed = true;
    grl_grid_drop(&grid);
}

grl_status grl_report_bifurcation_text(const grl_model *model, const char *name, const double *x,
                                       const grl_diagram *diagram, int colour, char **text, grl_error *error)
{
    grl_text out = {0}, words = {0};
    add_question(&words, model, name, x, diagram);
    add_found(&words, diagram);
    add_claims(&words, diagram);
    add_wrapped(&out, &words);
    add_special_points(&out, diagram, colour);
    add_branches(&out, diagram, colour);
    add_curves(&out, diagram, colour);
    add_regions(&out, diagram, colour);
    grl_words_notes(&out, model);
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the report");
}
