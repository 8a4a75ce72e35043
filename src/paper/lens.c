/* lens.c: the flow and the network are two readings of one field (section 1).
 *
 * With R(alpha) a rotation and U_h = 3 R(alpha), all else zero, the field at the origin has the eigenvalues
 * lambda = (3/4) exp(+-i alpha) - 1/2. The step h + dt f(h) loses stability where |1 + dt lambda| = 1, that is where
 *
 *     cos(alpha) = (1 - 13 dt / 16) / (3/2 - 3 dt / 4),
 *
 * from 2/3 for the flow (dt -> 0) to 1/4 for the network (dt = 1). */
#include "paper/paper.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char rotation[] =
    "{\n"
    "  \"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": 2, \"input_size\": 0, \"reset\": \"before\",\n"
    "  \"parameters\": {\"alpha\": 1},\n"
    "  \"U_h\": [[\"3*cos(alpha)\", \"-3*sin(alpha)\"], [\"3*sin(alpha)\", \"3*cos(alpha)\"]]\n"
    "}\n";

/* The gates of the first unit are to be set: b_z[0] and b_r[0]. */
static const char update[] =
    "{\n"
    "  \"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": 2, \"input_size\": 0, \"reset\": \"before\",\n"
    "  \"U_h\": [[4, -4], [4, -1]]\n"
    "}\n";

static const char reset[] =
    "{\n"
    "  \"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": 2, \"input_size\": 0, \"reset\": \"before\",\n"
    "  \"U_h\": [[3, 0], [0, 3]]\n"
    "}\n";

enum { STEPS = 12 };

static double closed_form(double dt)
{
    return acos((1 - 13 * dt / 16) / (1.5 - 0.75 * dt));
}

/* The largest distance between points of the same number; infinite if the lists are not of one length. */
static double distance(const grl_portrait *a, const grl_portrait *b)
{
    double most = 0;
    if (a->count != b->count) return INFINITY;
    for (size_t i = 0; i < a->count; i++)
        for (size_t k = 0; k < a->hidden_size; k++)
            most = fmax(most, fabs(a->points[i].h[k] - b->points[i].h[k]));
    return most;
}

/* Two portraits of one model under two settings and readings of time, and what they share. */
static grl_status compare(grl_paper *paper, grl_results *results, const char *model, const char *first,
                          const char *second, grl_time time, const char *path, grl_error *error)
{
    grl_status status = GRL_OK;
    grl_portrait *portraits[2] = {NULL, NULL};
    char at[64];
    for (int k = 0; k < 2 && status == GRL_OK; k++) {
        grl_model *network = NULL;
        status = grl_paper_model(paper, results->root, model, k ? second : first, &network, error);
        if (status == GRL_OK)
            status = grl_paper_portrait(paper, network, k ? time : GRL_CONTINUOUS, &portraits[k], error);
        grl_model_free(network);
        snprintf(at, sizeof at, "%s/%s", path, k ? "second" : "first");
        if (status == GRL_OK) grl_paper_add_portrait(results, portraits[k], at);
    }
    if (status == GRL_OK) {
        grl_results_number(results, distance(portraits[0], portraits[1]), "%s/distance", path);
        grl_results_flag(results, portraits[0]->complete && portraits[1]->complete, "%s/complete", path);
    }
    grl_portrait_free(portraits[0]);
    grl_portrait_free(portraits[1]);
    return status;
}

/* Where a special point of a type lies on a line through one model, against a closed form. */
static grl_status locate(grl_paper *paper, grl_results *results, const char *model, const char *vary,
                         double dt, grl_special_type type, double expected, const char *path,
                         grl_error *error)
{
    grl_model *network = NULL;
    grl_diagram *diagram = NULL;
    grl_status status = grl_paper_model(paper, results->root, model, NULL, &network, error);
    if (status == GRL_OK) status = grl_paper_diagram(paper, network, vary, dt, 0, &diagram, error);
    if (status == GRL_OK) {
        const grl_special *found = grl_paper_special(diagram, type);
        grl_results_number(results, found ? found->p[0] : (double)NAN, "%s/value", path);
        grl_results_number(results, found ? found->omega : (double)NAN, "%s/omega", path);
        grl_results_number(results, expected, "%s/closed_form", path);
        grl_results_number(results, found ? fabs(found->p[0] - expected) : (double)NAN, "%s/error", path);
    }
    grl_diagram_free(diagram);
    grl_model_free(network);
    return status;
}

static grl_status compute_curve(grl_paper *paper, grl_results *results, grl_error *error)
{
    double worst = 0;
    grl_status status = GRL_OK;
    for (int k = 0; k <= STEPS && status == GRL_OK; k++) {
        char path[32];
        const double dt = (double)k / STEPS;
        snprintf(path, sizeof path, "curve/points/%d", k);
        grl_results_number(results, dt, "%s/dt", path);
        status = locate(paper, results, "rotation", "alpha=0.6:1.5", dt,
                        dt > 0 ? GRL_NEIMARK_SACKER : GRL_HOPF, closed_form(dt), path, error);
        worst = fmax(worst, grl_results_value(results->root, "%s/error", path));
        if (isnan(grl_results_value(results->root, "%s/error", path))) worst = INFINITY;
    }
    grl_results_integer(results, STEPS + 1, "curve/count");
    grl_results_number(results, worst, "curve/error");
    return status;
}

static grl_status compute(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_paper_add_model(results, "rotation", rotation);
    grl_paper_add_model(results, "update", update);
    grl_paper_add_model(results, "reset", reset);
    grl_status status =
        compare(paper, results, "rotation", "alpha=0.1", "alpha=0.1", GRL_DISCRETE, "same", error);
    if (status == GRL_OK)
        status = compare(paper, results, "rotation", "alpha=1", "alpha=1", GRL_DISCRETE, "differ", error);
    if (status == GRL_OK)
        status =
            locate(paper, results, "rotation", "alpha=0.6:1.5", 0, GRL_HOPF, acos(2.0 / 3), "hopf", error);
    if (status == GRL_OK)
        status = locate(paper, results, "rotation", "alpha=0.6:1.5", 1, GRL_NEIMARK_SACKER, acos(0.25),
                        "torus", error);
    if (status == GRL_OK) status = compute_curve(paper, results, error);
    if (status == GRL_OK)
        status = compare(paper, results, "update", "b_z[0]=-2", "b_z[0]=0", GRL_CONTINUOUS, "update", error);
    if (status == GRL_OK)
        status = locate(paper, results, "update", "b_z[0]=-3:1", 0, GRL_HOPF, -log(3), "update/hopf", error);
    if (status == GRL_OK)
        status = compare(paper, results, "reset", "b_r[0]=-2", "b_r[0]=2", GRL_CONTINUOUS, "reset", error);
    if (status == GRL_OK)
        status = locate(paper, results, "reset", "b_r[0]=-3:3", 0, GRL_BRANCH_POINT, -log(2), "reset/branch",
                        error);
    return status;
}

/* Proven needs two complete lists with certified points and stability. */
static grl_claim_verdict by_lists(const json_t *results, const char *path, int holds)
{
    if (!holds) return GRL_NOT_REPRODUCED;
    return grl_results_is(results, "%s/complete", path) &&
                   grl_results_is(results, "%s/first/certified", path) &&
                   grl_results_is(results, "%s/second/certified", path)
               ? GRL_PROVEN
               : GRL_COMPUTED;
}

static grl_claim_verdict by_error(double error, double tolerance)
{
    return error <= tolerance ? GRL_COMPUTED : GRL_NOT_REPRODUCED;
}

static grl_status draw_curve(grl_paper *paper, const json_t *results, grl_document *document,
                             grl_error *error)
{
    enum { FINE = 101 };
    double dt[STEPS + 1], alpha[STEPS + 1], x[FINE], y[FINE];
    /* Where the words stand: beside the ends of the curve. */
    const double ends_x[] = {0.03, 1}, ends_y[] = {0.78, closed_form(1)};
    static const char *const labels[] = {"Hopf, cos $\xce\xb1$ = 2/3",
                                         "Neimark\xe2\x80\x93Sacker, cos $\xce\xb1$ = 1/4"};
    for (int k = 0; k <= STEPS; k++) {
        dt[k] = grl_results_value(results, "curve/points/%d/dt", k);
        alpha[k] = grl_results_value(results, "curve/points/%d/value", k);
    }
    for (int k = 0; k < FINE; k++) {
        x[k] = (double)k / (FINE - 1);
        y[k] = closed_form(x[k]);
    }
    grl_series series[] = {grl_series_theory(), grl_series_points(0), grl_series_points(1)};
    series[0].count = FINE;
    series[0].x = x;
    series[0].y = y;
    series[0].name = "closed form";
    series[1].count = STEPS + 1;
    series[1].x = dt;
    series[1].y = alpha;
    series[1].name = "computed";
    series[2].count = 2;
    series[2].x = ends_x;
    series[2].y = ends_y;
    series[2].labels = labels;
    series[2].symbol = GRL_SYMBOL_NONE;
    const grl_panel panel = {.label_x = "time step d$t$",
                             .label_y = "$\xce\xb1$",
                             .low_x = -0.05,
                             .high_x = 1.05,
                             .low_y = 0.75,
                             .high_y = 1.42,
                             .count = 3,
                             .series = series};
    const grl_draw_options look = grl_paper_look(430, 290, NULL);
    return grl_paper_draw_panels(paper, 1, &panel, 1, &look, document, error);
}

static void claim_lists(const json_t *results, grl_document *document)
{
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "same-points",
            .statement = "The flow and the network have the same fixed points.",
            .evidence =
                "At $\xce\xb1$ = 0.1 both lists are proven complete, {same/first/count} points each, and differ by at most "
                "{same/distance|.1g}. In general both ask for $f$($h$) = 0.",
            .command = "grulens analyze models/rotation.json --set alpha=0.1 --json -\n"
                       "grulens analyze models/rotation.json --set alpha=0.1 --time discrete --json -",
            .verdict = by_lists(results, "same", grl_results_value(results, "same/distance") < 1e-12),
            .checks = {{"same/first/points/0/h/0", "fixed_points/items/0/h/0", 1e-12, 0},
                       {"same/second/points/0/h/0", "fixed_points/items/0/h/0", 1e-12, 1},
                       {"same/first/points/8/h/1", "fixed_points/items/8/h/1", 1e-12, 0},
                       {"same/second/complete", "fixed_points/complete", 0, 1}},
        });
    const int differ = grl_results_value(results, "differ/first/stable") == 1 &&
                       grl_results_value(results, "differ/second/unstable") == 1 &&
                       grl_results_value(results, "differ/first/count") == 1;
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "other-stability",
            .statement = "They need not share the stability of a fixed point.",
            .evidence =
                "At $\xce\xb1$ = 1 the only fixed point is a {differ/first/points/0/type} of the flow and an "
                "{differ/second/points/0/type} of the network; both are proven.",
            .command = "grulens analyze models/rotation.json --set alpha=1 --json -\n"
                       "grulens analyze models/rotation.json --set alpha=1 --time discrete --json -",
            .verdict = by_lists(results, "differ", differ),
            .checks = {{"differ/first/points/0/eigenvalues/0", "fixed_points/items/0/eigenvalues/0/0", 1e-12,
                        0},
                       {"differ/second/points/0/eigenvalues/0", "fixed_points/items/0/eigenvalues/0/0", 1e-12,
                        1},
                       {"differ/first/points/0/type", "fixed_points/items/0/type", 0, 0},
                       {"differ/second/points/0/type", "fixed_points/items/0/type", 0, 1}},
        });
}

static void claim_curve(const json_t *results, grl_document *document)
{
    const double error = grl_results_value(results, "curve/error");
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "time-step",
            .statement =
                "A smaller time step joins the two: where stability is lost moves from the network's place to the "
                "flow's.",
            .evidence =
                "Located at {curve/count} time steps from 0 to 1; the largest difference from the closed form is "
                "{curve/error|.1g}. The flow's Hopf point lies at $\xce\xb1$ = {hopf/value|.12f}, the network's "
                "Neimark\xe2\x80\x93Sacker point at $\xce\xb1$ = {torus/value|.12f}.",
            .command =
                "grulens bifurcate models/rotation.json --vary alpha=0.6:1.5 --no-cycles --json -\n"
                "grulens bifurcate models/rotation.json --vary alpha=0.6:1.5 --time discrete --json -\n"
                "grulens bifurcate models/rotation.json --vary alpha=0.6:1.5 --time discrete --dt 0.5 --json -",
            .verdict = by_error(error, 1e-9),
            .checks = {{"hopf/value", "special_points/type=hopf/parameters/alpha", 1e-9, 0},
                       {"hopf/omega", "special_points/type=hopf/omega", 1e-9, 0},
                       {"torus/value", "special_points/type=neimark_sacker/parameters/alpha", 1e-9, 1},
                       {"curve/points/6/value", "special_points/type=neimark_sacker/parameters/alpha", 1e-9,
                        2}},
        });
}

static void claim_gates(const json_t *results, grl_document *document)
{
    const int moves = grl_results_value(results, "update/distance") < 1e-12 &&
                      grl_results_value(results, "update/first/unstable") == 1 &&
                      grl_results_value(results, "update/second/stable") == 1;
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "update-gate",
            .statement =
                "The update gate sets the time constant of each unit: it changes stability, never place.",
            .evidence =
                "It does not occur in $n$($h$) = $h$. With $b_z$[0] = \xe2\x88\x92"
                "2 and 0 the complete lists differ by {update/distance|.1g}, but the point is "
                "an {update/first/points/0/type} in one and a {update/second/points/0/type} in the other. It changes at a "
                "Hopf point, $b_z$[0] = {update/hopf/value|.9f}; the closed form is \xe2\x88\x92ln 3.",
            .command = "grulens analyze models/update.json --set 'b_z[0]=-2' --json -\n"
                       "grulens analyze models/update.json --set 'b_z[0]=0' --json -\n"
                       "grulens bifurcate models/update.json --vary 'b_z[0]=-3:1' --json -",
            .verdict =
                by_lists(results, "update", moves && grl_results_value(results, "update/hopf/error") < 1e-9),
            .checks = {{"update/first/points/0/eigenvalues/0", "fixed_points/items/0/eigenvalues/0/0", 1e-12,
                        0},
                       {"update/second/points/0/eigenvalues/0", "fixed_points/items/0/eigenvalues/0/0", 1e-12,
                        1},
                       {"update/hopf/value", "special_points/type=hopf/parameters/b_z[0]", 1e-9, 2}},
        });
    const int grows =
        grl_results_value(results, "reset/first/count") < grl_results_value(results, "reset/second/count");
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "reset-gate",
            .statement = "The reset gate scales the feedback: it changes how many fixed points there are.",
            .evidence =
                "With $b_r$[0] = \xe2\x88\x92"
                "2 there are {reset/first/count}, with 2 there are {reset/second/count}, both lists proven "
                "complete. They part at $b_r$[0] = {reset/branch/value|.9f}, where $r u$ = 1; the closed form is "
                "\xe2\x88\x92ln 2.",
            .command = "grulens analyze models/reset.json --set 'b_r[0]=-2' --json -\n"
                       "grulens analyze models/reset.json --set 'b_r[0]=2' --json -\n"
                       "grulens bifurcate models/reset.json --vary 'b_r[0]=-3:3' --json -",
            .verdict =
                by_lists(results, "reset", grows && grl_results_value(results, "reset/branch/error") < 1e-9),
            .checks = {{"reset/first/points/0/h/1", "fixed_points/items/0/h/1", 1e-12, 0},
                       {"reset/second/points/0/h/0", "fixed_points/items/0/h/0", 1e-12, 1},
                       {"reset/branch/value", "special_points/type=branch_point/parameters/b_r[0]", 1e-9, 2}},
        });
}

static grl_status write_gates(grl_paper *paper, const json_t *results, grl_document *document,
                              grl_error *error)
{
    grl_draw_options look = grl_paper_look(340, 240, "update gate");
    look.text = 8;
    grl_document_heading(document, "What the gates do");
    grl_document_paragraph(
        document,
        "A fixed point has $n$($h$) = $h$. The update gate $z$ does not occur in this: 1 \xe2\x88\x92 $z$ multiplies each unit's "
        "rate and so sets its time constant. With more than one unit that can decide about stability. The reset gate $r$ "
        "stands inside $n$ and multiplies the feedback: with it fixed points appear and vanish.");
    grl_document_figure(
        document, 2,
        "Two networks of two units along the bias of one gate. Left: the update gate moves no fixed point "
        "but makes one unstable, at a Hopf point where a cycle is born. Right: the reset gate makes "
        "{reset/second/count} fixed points out of {reset/first/count}. Stable: solid; unstable: dashed.");
    grl_status status =
        grl_paper_draw_diagram(paper, results, "update", NULL, "b_z[0]=-3:1", 0, 0, &look, document, error);
    look.title = "reset gate";
    if (status == GRL_OK)
        status = grl_paper_draw_diagram(paper, results, "reset", NULL, "b_r[0]=-3:3", 0, 0, &look, document,
                                        error);
    if (status == GRL_OK) claim_gates(results, document);
    return status;
}

static grl_status write(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    grl_document_paragraph(
        document,
        "A gated recurrent unit (Cho and others, 2014) with state $h$ computes an update gate $z$, a reset gate "
        "$r$ and a candidate $n$, and keeps the old state as far as $z$ says:");
    grl_document_equation(
        document,
        "$z$ = $\xcf\x83$($U_z$ $h$ + $b_z$),\xe2\x80\x83 $r$ = $\xcf\x83$($U_r$ $h$ + $b_r$),\xe2\x80\x83"
        "$n$ = tanh($U_h$ ($r$ \xe2\x88\x98 $h$) + $b_h$)");
    grl_document_equation(document, "$h^+$ = $z$ \xe2\x88\x98 $h$ + (1 \xe2\x88\x92 $z$) \xe2\x88\x98 $n$");
    grl_document_paragraph(document, "This is one step, of size one, of Euler's method for the flow");
    grl_document_equation(
        document,
        "$h\xe2\x80\xb2$ = $f$($h$) = (1 \xe2\x88\x92 $z$) \xe2\x88\x98 ($n$ \xe2\x88\x92 $h$),\xe2\x80\x83"
        "$h^+$ = $h$ + d$t$ $f$($h$) with d$t$ = 1.");
    grl_document_paragraph(
        document,
        "The flow is what the founding paper studies. How much of it is the network's own? As an example take "
        "$U_h$ = 3 $R$($\xce\xb1$), $R$ a rotation by the angle $\xce\xb1$, and every other number zero. The eigenvalues of $f$ at the "
        "origin are $\xce\xbb$ = (3/4) e^{\xc2\xb1i\xce\xb1} \xe2\x88\x92 1/2, and the step loses stability where |1 + d$t$ $\xce\xbb$| = 1:");
    grl_document_equation(document,
                          "cos $\xce\xb1$ = (1 \xe2\x88\x92 13 d$t$/16) / (3/2 \xe2\x88\x92 3 d$t$/4).");
    grl_draw_options look = grl_paper_look(0, 0, "flow");
    grl_document_figure(
        document, 2,
        "One network, $\xce\xb1$ = 1, read in two ways. The flow comes to rest; the network, a step of size one along "
        "the same field, turns for ever: its orbits settle on a closed curve around the fixed point.");
    grl_status status = grl_paper_draw_portrait(paper, results, "rotation", "alpha=1", GRL_CONTINUOUS, &look,
                                                document, error);
    look.title = "network";
    if (status == GRL_OK)
        status = grl_paper_draw_portrait(paper, results, "rotation", "alpha=1", GRL_DISCRETE, &look, document,
                                         error);
    if (status != GRL_OK) return status;
    claim_lists(results, document);
    grl_document_figure(
        document, 1,
        "Where the origin loses stability, in the plane of the angle and the time step: a Hopf point of the flow "
        "becomes a Neimark\xe2\x80\x93Sacker point of the map. Below the curve it is unstable.");
    status = draw_curve(paper, results, document, error);
    if (status != GRL_OK) return status;
    claim_curve(results, document);
    return write_gates(paper, results, document, error);
}

const grl_paper_part grl_paper_lens = {
    .id = "lens", .title = "The lens: a network and its flow", .compute = compute, .write = write};
