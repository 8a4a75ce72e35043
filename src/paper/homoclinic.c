/* homoclinic.c: a cycle that runs into a saddle (section 5).
 *
 * Near an orbit from a saddle to itself, with the eigenvalues -s and u of the saddle, s > u, the cycle is stable and its
 * period grows like -(1/u) ln |p - p*| (Kuznetsov 2004, theorem 6.1): nearly all of it is spent at the saddle. In two
 * parameters such orbits lie on a curve, which begins at a Bogdanov-Takens point. */
#include "paper/paper.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/cycles.h>
#include <grulens/separatrices.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char gates[] =
    "{\n"
    "  \"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": 2, \"input_size\": 0, \"reset\": \"before\",\n"
    "  \"U_z\": [[0.5, 0.5], [-1.25, 1.25]], \"U_r\": [[0.5, -1.5], [1, -0.5]], \"U_h\": [[-1.25, 2], [-3.75, 2.25]],\n"
    "  \"b_z\": [0.25, 0.75], \"b_r\": [1, 1.5], \"b_h\": [1.1, 1.5]\n"
    "}\n";

static const char along[] = "b_h[1]=1.4:1.8", plane[] = "b_h[0]=-5:5 b_h[1]=-5:5",
                  close_up[] = "b_h[0]=0.6:1.7 b_h[1]=1.3:2.05";
static const double aside = 0.006, bracket = 1e-6;

enum { CASES = 3 };

static double fit(size_t count, const double *x, const double *y, double *intercept)
{
    double mx = 0, my = 0, xx = 0, xy = 0;
    for (size_t i = 0; i < count; i++) {
        mx += x[i] / (double)count;
        my += y[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        xy += (x[i] - mx) * (y[i] - my);
    }
    *intercept = my - mx * xy / xx;
    return xy / xx;
}

/* The cycle's period against its distance from the end, where that is well above the error of the end. */
static grl_status add_periods(const grl_diagram_branch *branch, double end, double error_of_end,
                              grl_results *results, grl_error *error)
{
    size_t used = 0;
    double *x = grl_calloc(branch->count, 2 * sizeof *x), *y = x + branch->count, intercept = NAN,
           slope = NAN;
    if (!x) return grl_fail_memory(error, branch->count, 2 * sizeof *x);
    for (size_t i = 0; i < branch->count; i++) {
        const double distance = fabs(branch->p[i] - end);
        if (distance < 1e-4 && distance > fmax(1e-9, 30 * error_of_end) && branch->period[i] > 0) {
            x[used] = log(distance);
            y[used++] = branch->period[i];
        }
    }
    if (used > 2) slope = fit(used, x, y, &intercept);
    grl_results_numbers(results, branch->count, branch->p, "cycle/b");
    grl_results_numbers(results, branch->count, branch->period, "cycle/period");
    grl_results_integer(results, (long long)used, "blow_up/used");
    grl_results_number(results, -1 / slope, "blow_up/rate");
    grl_results_number(results, slope, "blow_up/slope");
    grl_results_number(results, -slope, "blow_up/longer");
    grl_results_number(results, intercept, "blow_up/intercept");
    free(x);
    return GRL_OK;
}

static grl_status compute_line(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_diagram *diagram = NULL;
    grl_status status =
        grl_paper_diagram_of(paper, results->root, "gates", NULL, along, 0, 1, &diagram, error);
    if (status != GRL_OK) return status;
    const grl_special *found = grl_paper_special(diagram, GRL_HOMOCLINIC),
                      *hopf = grl_paper_special(diagram, GRL_HOPF);
    grl_results_number(results, found ? found->p[0] : (double)NAN, "orbit/b");
    grl_results_number(results, found ? found->error : (double)NAN, "orbit/error");
    grl_results_number(results, found ? found->normal_form[0] : (double)NAN, "orbit/sigma");
    grl_results_numbers(results, 2, found ? found->h : (const double[]){NAN, NAN}, "orbit/saddle");
    grl_results_number(results, hopf ? hopf->p[0] : (double)NAN, "hopf/b");
    for (size_t k = 0; k < diagram->branch_count && status == GRL_OK && found; k++)
        if (diagram->branches[k].kind == GRL_BRANCH_CYCLE) {
            status = add_periods(&diagram->branches[k], found->p[0], found->error, results, error);
            break;
        }
    grl_diagram_free(diagram);
    return status;
}

/* A portrait beside the orbit to itself, and whether an unstable branch of the saddle winds onto a cycle. */
static grl_status compute_case(grl_paper *paper, grl_results *results, double b, const char *path,
                               grl_error *error)
{
    char settings[64];
    grl_portrait *portrait = NULL;
    int winds = 0;
    snprintf(settings, sizeof settings, "b_h[1]=%.17g", b);
    grl_status status =
        grl_paper_portrait_of(paper, results->root, "gates", settings, GRL_CONTINUOUS, &portrait, error);
    if (status != GRL_OK) return status;
    for (size_t i = 0; i < portrait->separatrices->count; i++) {
        const grl_branch *branch = &portrait->separatrices->branches[i];
        winds |= !branch->stable && branch->limit.kind == GRL_LIMIT_CYCLE;
    }
    grl_paper_add_portrait(results, portrait, path);
    grl_results_text(results, settings, "%s/settings", path);
    grl_results_number(results, b, "%s/b", path);
    grl_results_flag(results, winds, "%s/winds", path);
    if (portrait->cycles->count > 0)
        grl_results_number(results, portrait->cycles->items[0].period, "%s/period", path);
    for (size_t i = 0; i < portrait->count; i++)
        if (portrait->points[i].type == GRL_SADDLE)
            grl_results_numbers(results, 4, portrait->points[i].eigenvalues, "%s/saddle", path);
    grl_portrait_free(portrait);
    return GRL_OK;
}

/* What a curve of homoclinic orbits ends at, in words. */
static const char *special_words(grl_special_type type)
{
    return type == GRL_BOGDANOV_TAKENS       ? "Bogdanov\xe2\x80\x93Takens point"
           : type == GRL_SADDLE_NODE_LOOP    ? "saddle-node loop"
           : type == GRL_NEUTRAL_SADDLE_LOOP ? "neutral saddle loop"
                                             : grl_special_name(type);
}

static grl_status compute_plane(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_diagram *diagram = NULL;
    grl_status status =
        grl_paper_diagram_of(paper, results->root, "gates", NULL, plane, 0, 1, &diagram, error);
    if (status != GRL_OK) return status;
    const grl_special *takens = NULL;
    size_t curves = 0;
    for (size_t i = 0; i < diagram->curve_count; i++) {
        const grl_curve *c = &diagram->curves[i];
        if (c->type != GRL_HOMOCLINIC || c->count == 0) continue;
        grl_results_numbers(results, 2, c->p, "plane/curves/%zu/from", curves);
        grl_results_numbers(results, 2, c->p + 2 * (c->count - 1), "plane/curves/%zu/to", curves);
        grl_results_integer(results, (long long)c->count, "plane/curves/%zu/count", curves);
        grl_results_text(results,
                         c->end[0] == GRL_BRANCH_SPECIAL
                             ? special_words(diagram->special[c->end_special[0]].type)
                             : grl_branch_end_name(c->end[0]),
                         "plane/curves/%zu/begins", curves);
        grl_results_text(results,
                         c->end[1] == GRL_BRANCH_SPECIAL
                             ? special_words(diagram->special[c->end_special[1]].type)
                             : grl_branch_end_name(c->end[1]),
                         "plane/curves/%zu/ends", curves);
        curves++;
    }
    takens = grl_paper_special(diagram, GRL_BOGDANOV_TAKENS);
    grl_results_integer(results, (long long)curves, "plane/count");
    grl_results_flag(results, diagram->complete, "plane/complete");
    grl_results_number(results, takens ? takens->p[0] : (double)NAN, "plane/takens/b0");
    grl_results_number(results, takens ? takens->p[1] : (double)NAN, "plane/takens/b1");
    grl_results_flag(results, takens && takens->proven, "plane/takens/proven");
    grl_diagram_free(diagram);
    return GRL_OK;
}

static grl_status compute(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_paper_add_model(results, "gates", gates);
    grl_status status = compute_line(paper, results, error);
    const double b = grl_results_value(results->root, "orbit/b");
    for (int k = 0; k < CASES && status == GRL_OK; k++) {
        char path[32];
        snprintf(path, sizeof path, "cases/%d", k);
        status = compute_case(paper, results, b + (k - 1) * aside, path, error);
    }
    if (status == GRL_OK) status = compute_case(paper, results, b - bracket, "bracket/0", error);
    if (status == GRL_OK) status = compute_case(paper, results, b + bracket, "bracket/1", error);
    grl_results_number(results, bracket, "bracket_width");
    if (status == GRL_OK) {
        const double rate = grl_results_value(results->root, "cases/1/saddle/0");
        grl_results_number(results, rate, "blow_up/eigenvalue");
        grl_results_number(results, grl_results_value(results->root, "blow_up/rate") / rate, "blow_up/ratio");
        status = compute_plane(paper, results, error);
    }
    return status;
}

static grl_status draw_blow_up(grl_paper *paper, const json_t *results, grl_document *document,
                               grl_error *error)
{
    double *b = NULL, *period = NULL, *distance = NULL, x[2], y[2];
    size_t count, other;
    grl_status status = grl_results_list(results, "cycle/b", &b, &count, error);
    if (status == GRL_OK) status = grl_results_list(results, "cycle/period", &period, &other, error);
    if (status == GRL_OK && !(distance = grl_calloc(count, sizeof *distance)))
        status = grl_fail_memory(error, count, sizeof *distance);
    if (status == GRL_OK) {
        const double end = grl_results_value(results, "orbit/b"),
                     rate = grl_results_value(results, "blow_up/eigenvalue"),
                     slope = grl_results_value(results, "blow_up/slope"),
                     intercept = grl_results_value(results, "blow_up/intercept"), middle = log(1e-6);
        for (size_t i = 0; i < count; i++) distance[i] = fabs(b[i] - end);
        for (int k = 0; k < 2; k++) {
            x[k] = k ? 1e-1 : 1e-10;
            y[k] = intercept + slope * middle - (log(x[k]) - middle) / rate;
        }
        grl_series series[2] = {grl_series_line(0), grl_series_theory()};
        series[0].count = count;
        series[0].x = distance;
        series[0].y = period;
        series[0].symbol = GRL_SYMBOL_DISC;
        series[0].name = "computed";
        series[1].count = 2;
        series[1].x = x;
        series[1].y = y;
        series[1].name = "slope \xe2\x88\x92"
                         "1/$\xce\xbb$_u of the saddle";
        const grl_panel panel = {.label_x = "distance of $b_h$[1] from the orbit to itself",
                                 .label_y = "period",
                                 .log_x = 1,
                                 .low_x = 1e-10,
                                 .high_x = 0.1,
                                 .count = 2,
                                 .series = series};
        const grl_draw_options look = grl_paper_look(450, 280, NULL);
        status = grl_paper_draw_panels(paper, 1, &panel, 1, &look, document, error);
    }
    free(distance);
    free(period);
    free(b);
    return status;
}

static void add_claims(const json_t *results, grl_document *document)
{
    char command[512];
    const double ratio = grl_results_value(results, "blow_up/ratio");
    const int turns = grl_results_is(results, "bracket/0/winds") &&
                      !grl_results_is(results, "bracket/1/winds") &&
                      grl_results_value(results, "bracket/0/cycles") == 1 &&
                      grl_results_value(results, "bracket/1/cycles") == 0;
    snprintf(command, sizeof command,
             "grulens bifurcate models/gates.json --vary '%s' --json -\n"
             "grulens analyze models/gates.json --set '%s' --json -\n"
             "grulens analyze models/gates.json --set '%s' --json -",
             along, grl_results_words(results, "bracket/0/settings"),
             grl_results_words(results, "bracket/1/settings"));
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "orbit",
            .statement = "Two units have homoclinic bifurcations: a cycle grows into a saddle and is gone.",
            .evidence =
                "An orbit from a saddle to itself at $b_h$[1] = {orbit/b|.10f}, solved for as a boundary-value problem. The "
                "portraits on either side agree: {bracket_width|.0g} below, the saddle\xe2\x80\x99s unstable manifold winds onto a stable cycle of "
                "period {bracket/0/period|.2f}; as far above, there is no cycle and it goes past.",
            .command = command,
            .verdict = turns ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"orbit/b", "special_points/type=homoclinic/parameters/b_h[1]", 1e-9, 0},
                       {"orbit/sigma", "special_points/type=homoclinic/normal_form/sigma", 1e-6, 0},
                       {"bracket/0/period", "cycles/items/0/period", 1e-6, 1},
                       {"bracket/1/points/0/h/0", "fixed_points/items/0/h/0", 1e-9, 2}},
        });
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "blow-up",
            .statement = "The period grows with the logarithm of the distance, at the rate of the saddle.",
            .evidence =
                "From {blow_up/used} cycles within 10^{\xe2\x88\x92"
                "4}: rate {blow_up/rate|.5f}; the saddle\xe2\x80\x99s unstable eigenvalue is {blow_up/eigenvalue|.5f}; their ratio "
                "{blow_up/ratio|.4f}.",
            .command = "grulens bifurcate models/gates.json --vary 'b_h[1]=1.4:1.8' --json -\n"
                       "grulens paper --out again --section homoclinic",
            .verdict = fabs(ratio - 1) < 0.02 ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"hopf/b", "special_points/type=hopf/parameters/b_h[1]", 1e-9, 0},
                       {"orbit/b", "special_points/type=homoclinic/parameters/b_h[1]", 1e-9, 0}},
        });
    const int complete =
        grl_results_is(results, "plane/complete") && grl_results_is(results, "plane/takens/proven");
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "takens",
            .statement =
                "In two parameters the homoclinic orbits lie on a curve that comes from a Bogdanov\xe2\x80\x93Takens point.",
            .evidence =
                complete
                    ? "Over both biases from \xe2\x88\x92"
                      "5 to 5 the list of folds, Hopf points, cusps and Bogdanov\xe2\x80\x93Takens points is complete, and the "
                      "point ({plane/takens/b0|.7f}, {plane/takens/b1|.7f}) is proven to exist. From it a curve of "
                      "{plane/curves/0/count} homoclinic orbits goes to a {plane/curves/0/ends}. The point is proven, the "
                      "curve is computed."
                    : "At ({plane/takens/b0|.7f}, {plane/takens/b1|.7f}) there is a Bogdanov\xe2\x80\x93Takens point, and from it "
                      "a curve of {plane/curves/0/count} homoclinic orbits goes to a {plane/curves/0/ends}. That the list of "
                      "such points is complete is not proven.",
            .command =
                "grulens bifurcate models/gates.json --vary 'b_h[0]=-5:5' --vary 'b_h[1]=-5:5' --json -",
            .verdict = grl_results_value(results, "plane/count") > 0 &&
                               grl_results_is(results, "plane/takens/proven")
                           ? GRL_COMPUTED
                           : GRL_NOT_REPRODUCED,
            .checks = {{"plane/takens/b0", "special_points/type=bogdanov_takens/parameters/b_h[0]", 1e-9, 0},
                       {"plane/takens/b1", "special_points/type=bogdanov_takens/parameters/b_h[1]", 1e-9, 0},
                       {"plane/complete", "complete", 0, 0},
                       {"plane/curves/0/from/0", "curves/type=homoclinic/points/0/parameters/b_h[0]", 1e-6,
                        0}},
        });
}

static grl_status write(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    static const char *const titles[CASES] = {"before", "at the bifurcation", "after"};
    grl_draw_options look = grl_paper_look(270, 260, NULL);
    grl_status status = GRL_OK;
    look.hide = GRL_SHOW_LEGEND | GRL_SHOW_STREAMLINES | GRL_SHOW_BASINS;
    look.text = 9;
    look.ranges = 2;
    look.low[0] = 0;
    look.high[0] = 1.02;
    look.low[1] = -0.6;
    look.high[1] = 1.02;
    grl_document_paragraph(
        document,
        "A cycle can also end without losing its stability: it comes nearer and nearer to a saddle, takes longer and longer to "
        "pass it, and at one value of the parameter it is an orbit that leaves the saddle and comes back to it after an "
        "infinite time. The network here has both gates at work; the bifurcation was found by following its cycle from a "
        "Hopf point.");
    grl_document_figure(
        document, 3,
        "Before, at and after the homoclinic bifurcation. Black (white on a dark page): the saddle\xe2\x80\x99s stable manifold; purple: its unstable one. "
        "Before, the unstable manifold winds onto the cycle; after, it goes past.");
    for (int k = 0; k < CASES && status == GRL_OK; k++) {
        char settings[64];
        snprintf(settings, sizeof settings, "%s", grl_results_words(results, "cases/%d/settings", k));
        look.title = titles[k];
        status = grl_paper_draw_portrait(paper, results, "gates", settings, GRL_CONTINUOUS, &look, document,
                                         error);
    }
    if (status != GRL_OK) return status;
    grl_document_figure(
        document, 1,
        "The cycle\xe2\x80\x99s period against its distance from the homoclinic orbit, and the law.");
    status = draw_blow_up(paper, results, document, error);
    if (status != GRL_OK) return status;
    look = grl_paper_look(0, 0, NULL);
    grl_document_figure(
        document, 1,
        "The plane of both biases near the Bogdanov\xe2\x80\x93Takens point (BT): curves of folds, of Hopf points, of homoclinic "
        "orbits, and the portraits between them.");
    status = grl_paper_draw_diagram(paper, results, "gates", NULL, close_up, 0, 0, &look, document, error);
    if (status == GRL_OK) add_claims(results, document);
    return status;
}

const grl_paper_part grl_paper_homoclinic = {.id = "homoclinic",
                                             .title = "Homoclinic bifurcation: a cycle meets a saddle",
                                             .compute = compute,
                                             .write = write};
