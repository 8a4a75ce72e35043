/* oscillation.c: a limit cycle from its birth to its end (section 4), on the rotation family U_h = 3 R(alpha).
 *
 * At the Hopf point cos(alpha) = 2/3 the normal form is r' = mu r + a r^3 with mu = (3/4) cos(alpha) - 1/2 and a = -9/32 exactly
 * (Guckenheimer and Holmes 1983, eq. 3.4.11), so the cycle's radius is sqrt(mu / |a|) at first. It ends at a
 * saddle-node on an invariant circle, where the period grows like the inverse square root of the distance. */
#include "paper/paper.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/cycles.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char rotation[] =
    "{\n"
    "  \"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": 2, \"input_size\": 0, \"reset\": \"before\",\n"
    "  \"parameters\": {\"alpha\": 1},\n"
    "  \"U_h\": [[\"3*cos(alpha)\", \"-3*sin(alpha)\"], [\"3*sin(alpha)\", \"3*cos(alpha)\"]]\n"
    "}\n";

enum { PERIODS = 5, NEAR = 9 };

static const double shown[PERIODS] = {0.8, 0.7, 0.6, 0.5, 0.45};

static grl_status add_branch(const grl_diagram *diagram, const grl_diagram_branch *branch,
                             grl_results *results, grl_error *error)
{
    const size_t n = diagram->hidden_size;
    double *high = grl_calloc(branch->count, sizeof *high), nearest = INFINITY, ratio = NAN;
    if (!high) return grl_fail_memory(error, branch->count, sizeof *high);
    for (size_t i = 0; i < branch->count; i++) {
        const double mu = 0.75 * cos(branch->p[i]) - 0.5;
        high[i] = branch->high[i * n];
        if (mu > 1e-5 && mu < nearest) {
            nearest = mu;
            ratio = high[i] / sqrt(mu / (9.0 / 32));
        }
    }
    grl_results_numbers(results, branch->count, branch->p, "cycle/alpha");
    grl_results_numbers(results, branch->count, branch->period, "cycle/period");
    grl_results_numbers(results, branch->count, high, "cycle/high");
    grl_results_number(results, nearest, "growth/mu");
    grl_results_number(results, ratio, "growth/ratio");
    free(high);
    return GRL_OK;
}

static grl_status compute_diagram(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_diagram *diagram = NULL;
    grl_status status =
        grl_paper_diagram_of(paper, results->root, "rotation", NULL, "alpha=0.1:1.2", 0, 1, &diagram, error);
    if (status != GRL_OK) return status;
    const grl_special *hopf = grl_paper_special(diagram, GRL_HOPF),
                      *snic = grl_paper_special(diagram, GRL_SNIC);
    long long folds = 0;
    for (size_t i = 0; i < diagram->special_count; i++)
        folds += diagram->special[i].type == GRL_FOLD && snic &&
                 fabs(diagram->special[i].p[0] - snic->p[0]) < 1e-9;
    grl_results_number(results, hopf ? hopf->p[0] : (double)NAN, "hopf/alpha");
    grl_results_number(results, acos(2.0 / 3), "hopf/closed_form");
    grl_results_number(results, hopf ? hopf->omega : (double)NAN, "hopf/omega");
    grl_results_number(results, hopf ? hopf->normal_form[0] : (double)NAN, "hopf/l1");
    grl_results_number(results, hopf ? hopf->normal_form[1] : (double)NAN, "hopf/a");
    grl_results_number(results, hopf ? 8 * atan(1) / hopf->omega : (double)NAN, "hopf/period");
    grl_results_number(results, snic ? snic->p[0] : (double)NAN, "end/alpha");
    grl_results_integer(results, folds, "end/folds");
    for (size_t k = 0; k < diagram->branch_count && status == GRL_OK; k++)
        if (diagram->branches[k].kind == GRL_BRANCH_CYCLE && snic) {
            status = add_branch(diagram, &diagram->branches[k], results, error);
            break;
        }
    grl_diagram_free(diagram);
    return status;
}

/* Cycles nearer and nearer to the end. */
static grl_status compute_end(grl_paper *paper, grl_results *results, grl_error *error)
{
    const double end = grl_results_value(results->root, "end/alpha");
    double before = NAN, last = NAN;
    grl_status status = GRL_OK;
    for (int k = 0; k < NEAR && status == GRL_OK; k++) {
        const double distance = pow(10, -1 - 0.5 * k);
        char settings[48];
        grl_portrait *portrait = NULL;
        snprintf(settings, sizeof settings, "alpha=%.17g", end + distance);
        status = grl_paper_portrait_of(paper, results->root, "rotation", settings, GRL_CONTINUOUS, &portrait,
                                       error);
        if (status != GRL_OK) break;
        before = last;
        last = portrait->cycles->count == 1 ? portrait->cycles->items[0].period : (double)NAN;
        grl_results_text(results, settings, "end/near/%d/settings", k);
        grl_results_number(results, distance, "end/near/%d/distance", k);
        grl_results_number(results, last, "end/near/%d/period", k);
        grl_portrait_free(portrait);
    }
    grl_results_number(results, log(last / before) / (-0.5 * log(10)), "end/exponent");
    return status;
}

static grl_status compute(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_paper_add_model(results, "rotation", rotation);
    grl_status status = compute_diagram(paper, results, error);
    if (status == GRL_OK) status = compute_end(paper, results, error);
    for (int k = 0; k < PERIODS && status == GRL_OK; k++) {
        char settings[32];
        grl_portrait *portrait = NULL;
        snprintf(settings, sizeof settings, "alpha=%g", shown[k]);
        status = grl_paper_portrait_of(paper, results->root, "rotation", settings, GRL_CONTINUOUS, &portrait,
                                       error);
        if (status != GRL_OK) break;
        const grl_cycle *cycle = portrait->cycles->count == 1 ? &portrait->cycles->items[0] : NULL;
        grl_results_number(results, shown[k], "periods/%d/alpha", k);
        grl_results_number(results, cycle ? cycle->period : (double)NAN, "periods/%d/period", k);
        grl_results_number(results, cycle ? cycle->multiplier : (double)NAN, "periods/%d/multiplier", k);
        grl_results_flag(results, cycle && cycle->stable, "periods/%d/stable", k);
        grl_results_number(results, cycle ? cycle->high[0] : (double)NAN, "periods/%d/high", k);
        grl_results_number(results, cycle ? cycle->error : (double)NAN, "periods/%d/error", k);
        grl_portrait_free(portrait);
    }
    if (status == GRL_OK) {
        grl_portrait *portrait = NULL;
        status = grl_paper_portrait_of(paper, results->root, "rotation", "alpha=0.1", GRL_CONTINUOUS,
                                       &portrait, error);
        if (status == GRL_OK) grl_paper_add_portrait(results, portrait, "after");
        grl_portrait_free(portrait);
    }
    return status;
}

static grl_status draw_cycle(grl_paper *paper, const json_t *results, grl_document *document,
                             grl_error *error)
{
    enum { FINE = 60 };
    double *alpha = NULL, *high = NULL, x[FINE], y[FINE], distance[NEAR], period[NEAR], law[NEAR];
    size_t count, other;
    grl_status status = grl_results_list(results, "cycle/alpha", &alpha, &count, error);
    if (status == GRL_OK) status = grl_results_list(results, "cycle/high", &high, &other, error);
    if (status == GRL_OK) {
        const double hopf = grl_results_value(results, "hopf/alpha");
        for (int k = 0; k < FINE; k++) {
            x[k] = hopf - 0.35 * k / (FINE - 1);
            y[k] = sqrt(fmax(0, (0.75 * cos(x[k]) - 0.5) / (9.0 / 32)));
        }
        for (int k = 0; k < NEAR; k++) {
            distance[k] = grl_results_value(results, "end/near/%d/distance", k);
            period[k] = grl_results_value(results, "end/near/%d/period", k);
        }
        for (int k = 0; k < NEAR; k++) law[k] = period[NEAR - 1] * sqrt(distance[NEAR - 1] / distance[k]);
        grl_series amplitude[2] = {grl_series_line(0), grl_series_theory()},
                   periods[2] = {grl_series_line(0), grl_series_theory()};
        amplitude[0].count = count;
        periods[0].count = periods[1].count = NEAR;
        amplitude[0].x = alpha;
        amplitude[0].y = high;
        amplitude[0].symbol = periods[0].symbol = GRL_SYMBOL_DISC;
        amplitude[0].name = periods[0].name = "computed";
        amplitude[1].count = FINE;
        amplitude[1].x = x;
        amplitude[1].y = y;
        amplitude[1].name = periods[1].name = "law";
        periods[0].x = distance;
        periods[0].y = period;
        periods[1].x = distance;
        periods[1].y = law;
        const grl_panel panels[] = {{.title = "birth",
                                     .label_x = "$\xce\xb1$",
                                     .label_y = "largest $h$[0]",
                                     .low_y = 0,
                                     .high_y = 1,
                                     .low_x = 0.1,
                                     .high_x = 0.9,
                                     .count = 2,
                                     .series = amplitude},
                                    {.title = "end",
                                     .label_x = "distance from the end",
                                     .label_y = "period",
                                     .log_x = 1,
                                     .log_y = 1,
                                     .count = 2,
                                     .series = periods}};
        const grl_draw_options look = grl_paper_look(600, 295, NULL);
        status = grl_paper_draw_panels(paper, 2, panels, 2, &look, document, error);
    }
    free(alpha);
    free(high);
    return status;
}

static void add_periods(grl_document *document)
{
    enum { COLUMNS = 4 };
    char texts[PERIODS][COLUMNS][64];
    const char *cells[(PERIODS + 1) * COLUMNS] = {"$\xce\xb1$", "Period", "Floquet multiplier",
                                                  "Largest $h$[0]"};
    for (int k = 0; k < PERIODS; k++) {
        snprintf(texts[k][0], sizeof texts[k][0], "{periods/%d/alpha|.2f}", k);
        snprintf(texts[k][1], sizeof texts[k][1], "{periods/%d/period|.6f}", k);
        snprintf(texts[k][2], sizeof texts[k][2], "{periods/%d/multiplier|.3g}", k);
        snprintf(texts[k][3], sizeof texts[k][3], "{periods/%d/high|.5f}", k);
        for (int j = 0; j < COLUMNS; j++) cells[(k + 1) * COLUMNS + j] = texts[k][j];
    }
    grl_document_table(document, PERIODS + 1, COLUMNS, cells,
                       "The limit cycle along the family. A multiplier below one: it attracts.");
}

static void add_claims(const json_t *results, grl_document *document)
{
    const double a = grl_results_value(results, "hopf/a"), omega = grl_results_value(results, "hopf/omega"),
                 off = fabs(grl_results_value(results, "hopf/alpha") -
                            grl_results_value(results, "hopf/closed_form"));
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "hopf",
            .statement = "A supercritical Hopf bifurcation gives two units a limit cycle.",
            .evidence =
                "At $\xce\xb1$ = {hopf/alpha|.12f} with $\xcf\x89$ = {hopf/omega|.12f}; the cubic coefficient is $a$ = {hopf/a|.8f}. In "
                "closed form: cos $\xce\xb1$ = 2/3, $\xcf\x89$ = \xe2\x88\x9a"
                "5/4, $a$ = \xe2\x88\x92"
                "9/32. Since $a$ < 0 the cycle that is born attracts.",
            .command = "grulens bifurcate models/rotation.json --vary alpha=0.1:1.2 --json -",
            .verdict = off < 1e-9 && fabs(a + 9.0 / 32) < 1e-8 && fabs(omega - sqrt(5) / 4) < 1e-9
                           ? GRL_COMPUTED
                           : GRL_NOT_REPRODUCED,
            .checks = {{"hopf/alpha", "special_points/type=hopf/parameters/alpha", 1e-9, 0},
                       {"hopf/omega", "special_points/type=hopf/omega", 1e-9, 0},
                       {"hopf/a", "special_points/type=hopf/normal_form/a", 1e-9, 0},
                       {"hopf/l1", "special_points/type=hopf/normal_form/l1", 1e-9, 0}},
        });
    int stable = 1;
    for (int k = 0; k < PERIODS; k++) stable = stable && grl_results_is(results, "periods/%d/stable", k);
    const double ratio = grl_results_value(results, "growth/ratio");
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "growth",
            .statement = "The cycle grows like a square root, and its period can be set over a wide range.",
            .evidence =
                "Nearest to its birth its size is {growth/ratio|.4f} times what the normal form says. The period "
                "goes up from 2\xcf\x80/$\xcf\x89$ = {hopf/period|.4f}; the longest that was computed is "
                "{end/near/8/period|.1f}, close to the end of the cycle.",
            .command = "grulens analyze models/rotation.json --set alpha=0.8 --json -\n"
                       "grulens analyze models/rotation.json --set alpha=0.45 --json -\n"
                       "grulens paper --out again --section oscillation",
            .verdict = stable && fabs(ratio - 1) < 0.02 ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"periods/0/period", "cycles/items/0/period", 1e-7, 0},
                       {"periods/0/high", "cycles/items/0/high/0", 1e-5, 0},
                       {"periods/4/period", "cycles/items/0/period", 1e-7, 1}},
        });
    const double exponent = grl_results_value(results, "end/exponent");
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "end",
            .statement =
                "It ends where saddle-nodes appear on it: what turned now rests, and the period grows like an inverse "
                "square root before.",
            .evidence =
                "At $\xce\xb1$ = {end/alpha|.12f} there are {end/folds} folds on the cycle at once, by symmetry. At "
                "a distance of {end/near/8/distance|.0g} from there the period is {end/near/8/period|.1f}, and its "
                "exponent {end/exponent|.4f} (law: \xe2\x88\x92"
                "1/2). Beyond, {after/count} fixed points.",
            .command = "grulens bifurcate models/rotation.json --vary alpha=0.1:1.2 --json -\n"
                       "grulens analyze models/rotation.json --set alpha=0.1 --json -\n"
                       "grulens paper --out again --section oscillation",
            .verdict = grl_results_value(results, "end/folds") == 4 && fabs(exponent + 0.5) < 0.02
                           ? GRL_COMPUTED
                           : GRL_NOT_REPRODUCED,
            .checks = {{"end/alpha", "special_points/type=snic/parameters/alpha", 1e-9, 0},
                       {"after/index_sum", "fixed_points/index_sum", 0, 1},
                       {"after/points/0/h/0", "fixed_points/items/0/h/0", 1e-12, 1}},
        });
}

static grl_status write(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    static const char *const settings[] = {"alpha=1", "alpha=0.6", "alpha=0.1"};
    static const char *const titles[] = {"\xce\xb1 = 1", "\xce\xb1 = 0.6", "\xce\xb1 = 0.1"};
    grl_draw_options look = grl_paper_look(270, 260, NULL);
    grl_status status = GRL_OK;
    look.hide = GRL_SHOW_LEGEND;
    look.text = 9;
    grl_document_paragraph(
        document,
        "The rotation family again, $U_h$ = 3 $R$($\xce\xb1$), now as a flow alone. As the angle falls the point at the origin loses "
        "its stability, a cycle grows out of it, slows down, and breaks where new fixed points appear on it.");
    grl_document_figure(document, 3, "Rest, oscillation, and choice: three members of one family.");
    for (int k = 0; k < 3 && status == GRL_OK; k++) {
        look.title = titles[k];
        status = grl_paper_draw_portrait(paper, results, "rotation", settings[k], GRL_CONTINUOUS, &look,
                                         document, error);
    }
    if (status != GRL_OK) return status;
    look = grl_paper_look(430, 260, NULL);
    look.text = 9;
    grl_document_figure(
        document, 1,
        "Fixed points and the cycle along the family; of the cycle the least and the greatest $h$[0].");
    status = grl_paper_draw_diagram(paper, results, "rotation", NULL, "alpha=0.05:1.2", 0, 0, &look, document,
                                    error);
    if (status != GRL_OK) return status;
    grl_document_figure(
        document, 1,
        "Left: the cycle\xe2\x80\x99s size against \xe2\x88\x9a($\xce\xbc$/|$a$|), which is what the normal form says at first. Right: its "
        "period, against the power \xe2\x88\x92"
        "1/2 of the distance from its end.");
    status = draw_cycle(paper, results, document, error);
    if (status != GRL_OK) return status;
    add_periods(document);
    add_claims(results, document);
    return GRL_OK;
}

const grl_paper_part grl_paper_oscillation = {.id = "oscillation",
                                              .title = "Oscillation: the life of a limit cycle",
                                              .compute = compute,
                                              .write = write};
