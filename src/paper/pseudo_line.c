/* pseudo_line.c: what looks like a line of fixed points and is one (section 6).
 *
 * U_h = [[0, -2 - d], [-2 - d, 0]], all else zero. With d = 0 the nullclines touch at the origin to third order; on the
 * line h = (x, -x) the flow is x' = (tanh(x) - x) / 2 ~ -x^3 / 6, so that x ~ sqrt(3/t). With d the eigenvalue along it is
 * d/4: below zero one stable node, above zero a saddle between two. A bias b_h[0] = e moves the point to x ~ (3 e / 2)^(1/3). */
#include "paper/paper.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/simulate.h>
#include <grulens/slow.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char line[] =
    "{\n"
    "  \"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": 2, \"input_size\": 0, \"reset\": \"before\",\n"
    "  \"parameters\": {\"delta\": 0},\n"
    "  \"U_h\": [[0, \"-2-delta\"], [\"-2-delta\", 0]]\n"
    "}\n";

enum { DELTAS = 7, BIASES = 5, MARKS = 6 };

static const double deltas[DELTAS] = {-0.1, -0.01, -0.001, 0, 0.001, 0.01, 0.1}, start[2] = {0.9, -0.9},
                    biases[BIASES] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6};

/* The drift along the line, at powers of ten and in between. */
static grl_status compute_drift(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_model *model = NULL;
    grl_trajectory *t = NULL;
    grl_simulate_options ask = grl_simulate_defaults();
    ask.until = 1e6;
    grl_status status = grl_paper_model(paper, results->root, "line", NULL, &model, error);
    if (status == GRL_OK) status = grl_simulate(grl_model_cell(model), start, NULL, NULL, &ask, &t, error);
    if (status == GRL_OK) {
        double next = 0.1, first[2] = {0, 0}, last[2] = {0, 0};
        size_t kept = 0;
        for (size_t i = 1; i < t->count; i++) {
            const double time = t->times[i], x = t->states[2 * i];
            if (time < next && i + 1 < t->count) continue;
            next = 1.25 * time;
            grl_results_number(results, time, "drift/times/%zu", kept);
            grl_results_number(results, x, "drift/x/%zu", kept++);
            if (time > 1e4 && first[0] == 0) {
                first[0] = log(time);
                first[1] = log(x);
            }
            last[0] = log(time);
            last[1] = log(x);
        }
        grl_results_number(results, (last[1] - first[1]) / (last[0] - first[0]), "drift/exponent");
        grl_results_number(results, exp(last[1]) * sqrt(exp(last[0]) / 3), "drift/ratio");
    }
    grl_trajectory_free(t);
    /* What the command is asked for. */
    ask.until = 1e4;
    ask.every = 2500;
    t = NULL;
    if (status == GRL_OK) status = grl_simulate(grl_model_cell(model), start, NULL, NULL, &ask, &t, error);
    for (size_t i = 0; status == GRL_OK && i < t->count; i++)
        grl_results_number(results, t->states[2 * i], "drift/rows/%zu", i);
    grl_trajectory_free(t);
    grl_model_free(model);
    return status;
}

static grl_status compute_delta(grl_paper *paper, grl_results *results, int k, grl_error *error)
{
    char settings[32], path[32];
    grl_model *model = NULL;
    grl_portrait *portrait = NULL;
    grl_slow_manifolds *slow = NULL;
    snprintf(settings, sizeof settings, "delta=%g", deltas[k]);
    snprintf(path, sizeof path, "deltas/%d", k);
    grl_status status = grl_paper_model(paper, results->root, "line", settings, &model, error);
    if (status == GRL_OK) status = grl_paper_portrait(paper, model, GRL_CONTINUOUS, &portrait, error);
    if (status == GRL_OK)
        status = grl_slow_manifolds_compute(grl_model_cell(model), NULL, portrait, NULL, &slow, error);
    if (status == GRL_OK) {
        grl_paper_add_portrait(results, portrait, path);
        grl_results_number(results, deltas[k], "%s/delta", path);
        /* The origin is the middle one. */
        const grl_fixed_point *origin = &portrait->points[portrait->count / 2];
        grl_results_number(results, origin->eigenvalues[0], "%s/eigenvalue", path);
        grl_results_text(results, grl_point_type_name(origin->type), "%s/type", path);
        if (slow->count > 0) {
            const grl_slow_manifold *m = &slow->items[0];
            grl_results_text(results, grl_slow_kind_name(m->kind), "%s/kind", path);
            grl_results_number(results, m->length, "%s/length", path);
            grl_results_number(results, m->memory_median, "%s/memory", path);
            grl_results_number(results, m->attraction_min, "%s/across", path);
            grl_results_number(results, m->coefficient, "%s/coefficient", path);
            grl_results_integer(results, m->exponent, "%s/exponent", path);
        }
    }
    grl_slow_manifolds_free(slow);
    grl_portrait_free(portrait);
    grl_model_free(model);
    return status;
}

static grl_status compute(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_paper_add_model(results, "line", line);
    grl_status status = compute_drift(paper, results, error);
    for (int k = 0; k < DELTAS && status == GRL_OK; k++) status = compute_delta(paper, results, k, error);
    double first = NAN, last = NAN;
    for (int k = 0; k < BIASES && status == GRL_OK; k++) {
        char settings[32];
        grl_portrait *portrait = NULL;
        snprintf(settings, sizeof settings, "b_h[0]=%g", biases[k]);
        status =
            grl_paper_portrait_of(paper, results->root, "line", settings, GRL_CONTINUOUS, &portrait, error);
        if (status != GRL_OK) break;
        const double moved = portrait->count == 1 ? portrait->points[0].h[0] : (double)NAN;
        grl_results_number(results, biases[k], "moved/%d/bias", k);
        grl_results_number(results, moved, "moved/%d/h", k);
        grl_results_number(results, cbrt(1.5 * biases[k]), "moved/%d/law", k);
        grl_results_flag(results, portrait->complete, "moved/%d/complete", k);
        first = k == 0 ? log(moved) : first;
        last = log(moved);
        grl_portrait_free(portrait);
    }
    grl_results_number(results, (last - first) / (log(biases[BIASES - 1]) - log(biases[0])),
                       "moved_exponent");
    return status;
}

static grl_status draw_laws(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    double *times = NULL, *x = NULL, bias[BIASES], moved[BIASES], law[BIASES];
    const double ends[] = {3, 1e6}, drift[] = {1, sqrt(3e-6)};
    size_t count, other;
    grl_status status = grl_results_list(results, "drift/times", &times, &count, error);
    if (status == GRL_OK) status = grl_results_list(results, "drift/x", &x, &other, error);
    for (int k = 0; k < BIASES; k++) {
        bias[k] = grl_results_value(results, "moved/%d/bias", k);
        moved[k] = grl_results_value(results, "moved/%d/h", k);
        law[k] = grl_results_value(results, "moved/%d/law", k);
    }
    if (status == GRL_OK) {
        grl_series left[2] = {grl_series_points(0), grl_series_theory()},
                   right[2] = {grl_series_points(0), grl_series_theory()};
        left[0].count = count;
        left[0].x = times;
        left[0].y = x;
        left[0].name = right[0].name = "computed";
        left[1].count = 2;
        left[1].x = ends;
        left[1].y = drift;
        left[1].name = right[1].name = "law";
        right[0].count = right[1].count = BIASES;
        right[0].x = right[1].x = bias;
        right[0].y = moved;
        right[1].y = law;
        const grl_panel panels[] = {{.title = "drift",
                                     .label_x = "time",
                                     .label_y = "$h$[0]",
                                     .log_x = 1,
                                     .log_y = 1,
                                     .count = 2,
                                     .series = left},
                                    {.title = "what a bias does",
                                     .label_x = "bias $b_h$[0]",
                                     .label_y = "$h$[0] of the point",
                                     .log_x = 1,
                                     .log_y = 1,
                                     .count = 2,
                                     .series = right}};
        const grl_draw_options look = grl_paper_look(600, 290, NULL);
        status = grl_paper_draw_panels(paper, 2, panels, 2, &look, document, error);
    }
    free(times);
    free(x);
    return status;
}

static void add_deltas(grl_document *document)
{
    enum { COLUMNS = 5 };
    char texts[DELTAS][COLUMNS][64];
    const char *cells[(DELTAS + 1) * COLUMNS] = {"$\xce\xb4$", "Fixed points", "The one at the origin",
                                                 "Eigenvalue along the line", "Memory time"};
    for (int k = 0; k < DELTAS; k++) {
        snprintf(texts[k][0], sizeof texts[k][0], "{deltas/%d/delta|.3g}", k);
        snprintf(texts[k][1], sizeof texts[k][1], "{deltas/%d/count|d}", k);
        snprintf(texts[k][2], sizeof texts[k][2], "{deltas/%d/type}", k);
        snprintf(texts[k][3], sizeof texts[k][3], "{deltas/%d/eigenvalue|.3g}", k);
        snprintf(texts[k][4], sizeof texts[k][4], "{deltas/%d/memory|.4g}", k);
        for (int j = 0; j < COLUMNS; j++) cells[(k + 1) * COLUMNS + j] = texts[k][j];
    }
    grl_document_table(
        document, DELTAS + 1, COLUMNS, cells,
        "The line when $U_h$ is changed by $\xce\xb4$. Memory time: in which the state drifts by a tenth of the slow "
        "manifold\xe2\x80\x99s length, from its median place.");
}

static void add_claims(const json_t *results, grl_document *document)
{
    const double exponent = grl_results_value(results, "drift/exponent"),
                 ratio = grl_results_value(results, "drift/ratio");
    const int zero = DELTAS / 2;
    double worst = 0;
    int counts = 1, complete = 1;
    for (int k = 0; k < DELTAS; k++) {
        const double d = grl_results_value(results, "deltas/%d/delta", k);
        worst = fmax(worst, fabs(grl_results_value(results, "deltas/%d/eigenvalue", k) - d / 4));
        counts = counts && grl_results_value(results, "deltas/%d/count", k) == (d > 0 ? 3 : 1) &&
                 (k == zero || grl_results_value(results, "deltas/%d/stable", k) == (d > 0 ? 2 : 1));
        complete = complete && (k == zero || (grl_results_is(results, "deltas/%d/complete", k) &&
                                              grl_results_is(results, "deltas/%d/certified", k)));
    }
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "pseudo-line",
            .statement =
                "Two units have a pseudo-line attractor: it looks like a line of fixed points and holds a single one.",
            .evidence =
                "The nullclines touch to third order. One point is found, a {deltas/3/type} one; along the curve through it the "
                "flow is $s\xe2\x80\xb2$ = {deltas/3/coefficient|.6f} $s$^3 with $s$ the arc length (closed form \xe2\x88\x92"
                "1/12), across it deviations decay at the rate {deltas/3/across|.3g} or faster. A point whose eigenvalue is zero can be enclosed but "
                "not proven by rounding arithmetic.",
            .command = "grulens analyze models/line.json --json -",
            .verdict = grl_results_value(results, "deltas/3/count") == 1 &&
                               grl_results_value(results, "deltas/3/exponent") == 3 &&
                               fabs(grl_results_value(results, "deltas/3/coefficient") + 1.0 / 12) < 1e-6
                           ? GRL_COMPUTED
                           : GRL_NOT_REPRODUCED,
            .checks = {{"deltas/3/type", "fixed_points/items/0/type", 0, 0},
                       {"deltas/3/coefficient", "slow_manifolds/items/0/law/coefficient", 1e-9, 0},
                       {"deltas/3/memory", "slow_manifolds/items/0/memory_median", 1e-6, 0}},
        });
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "drift",
            .statement =
                "Along it the state drifts like \xe2\x88\x9a(3/$t$): it forgets by a power law, not exponentially.",
            .evidence = "From $t$ = 10^{4} to 10^{6} the exponent is {drift/exponent|.5f} (law: \xe2\x88\x92"
                        "1/2); at the end $x$ is {drift/ratio|.5f} times \xe2\x88\x9a(3/$t$).",
            .command =
                "grulens simulate models/line.json --from 0.9,-0.9 --until 10000 --every 2500 --json -\n"
                "grulens paper --out again --section pseudo-line",
            .verdict =
                fabs(exponent + 0.5) < 0.005 && fabs(ratio - 1) < 0.005 ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"drift/rows/1", "trajectories/0/points/1/1", 1e-7, 0},
                       {"drift/rows/4", "trajectories/0/points/4/1", 1e-7, 0}},
        });
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "fragile",
            .statement =
                "Changed by as little as a thousandth it is a single stable point, or a saddle between two of them.",
            .evidence =
                "At six values of $\xce\xb4$ the lists are complete and every point and its stability are proven: {deltas/0/count} point for "
                "$\xce\xb4$ < 0, {deltas/6/count} for $\xce\xb4$ > 0. The eigenvalue along the line is $\xce\xb4$/4. Below zero "
                "the memory time falls, from {deltas/3/memory|.4g} at $\xce\xb4$ = 0 to {deltas/0/memory|.4g} at \xe2\x88\x92"
                "0.1; above zero what is kept in the end is which of the two nodes. A bias moves the point by its "
                "power {moved_exponent|.4f} (law: 1/3).",
            .command = "grulens analyze models/line.json --set delta=-0.01 --json -\n"
                       "grulens analyze models/line.json --set delta=0.01 --json -\n"
                       "grulens analyze models/line.json --set 'b_h[0]=0.0001' --json -",
            .verdict = !(counts && worst < 1e-9) ? GRL_NOT_REPRODUCED
                       : complete                ? GRL_PROVEN
                                                 : GRL_COMPUTED,
            .checks = {{"deltas/1/points/0/type", "fixed_points/items/0/type", 0, 0},
                       {"deltas/1/eigenvalue", "fixed_points/items/0/eigenvalues/0/0", 1e-12, 0},
                       {"deltas/5/points/2/h/0", "fixed_points/items/2/h/0", 1e-9, 1},
                       {"moved/2/h", "fixed_points/items/0/h/0", 1e-9, 2}},
        });
}

static grl_status write(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    static const char *const settings[] = {"delta=-0.1", NULL, "delta=0.1"};
    static const char *const titles[] = {("\xce\xb4 = \xe2\x88\x92"
                                          "0.1"),
                                         "\xce\xb4 = 0", "\xce\xb4 = 0.1"};
    grl_draw_options look = grl_paper_look(270, 260, NULL);
    grl_status status = GRL_OK;
    look.hide = GRL_SHOW_LEGEND | GRL_SHOW_BASINS;
    look.text = 9;
    grl_document_paragraph(
        document,
        "To hold a quantity that can have any value a network needs a line of fixed points. No network of this "
        "report was found to have one, and two units whose reset gates are constant cannot have one: their fixed "
        "points solve");
    grl_document_equation(
        document,
        "$h$[0] = tanh($a$ $h$[0] + $b$ $h$[1] + $c$),\xe2\x80\x83$h$[1] = tanh($d$ $h$[0] + $e$ $h$[1] + $k$).");
    grl_document_paragraph(
        document,
        "If $b$ is not zero, the first says $h$[1] = $F$($h$[0]) with $F$($x$) = (atanh $x$ \xe2\x88\x92 $a x$ "
        "\xe2\x88\x92 $c$)/$b$, and the second $G$($h$[0]) = 0 with $G$($x$) = $F$($x$) \xe2\x88\x92 tanh($d x$ + "
        "$e$ $F$($x$) + $k$). $G$ is analytic between \xe2\x88\x92"
        "1 and 1. It has no zero where |$F$| "
        "\xe2\x89\xa5 1, as near both ends: so it is not zero throughout, its zeros lie in a closed interval "
        "inside, and there are finitely many. If $b$ = 0, there are finitely many values of $h$[0] in the same way, "
        "and finitely many of $h$[1] to each.");
    grl_document_paragraph(
        document,
        "But a network can come near to a line. With $U_h$ = [[0, \xe2\x88\x92"
        "2], [\xe2\x88\x92"
        "2, 0]] the "
        "nullclines $h$[1] = \xe2\x88\x92tanh $h$[0] and $h$[0] = \xe2\x88\x92tanh $h$[1] nearly coincide over a "
        "long way. They meet in one point, and touch there to third order.");
    grl_document_figure(document, 3,
                        "The pseudo-line and what a change of its weights by $\xce\xb4$ makes of it.");
    for (int k = 0; k < 3 && status == GRL_OK; k++) {
        look.title = titles[k];
        status = grl_paper_draw_portrait(paper, results, "line", settings[k], GRL_CONTINUOUS, &look, document,
                                         error);
    }
    if (status != GRL_OK) return status;
    grl_document_figure(
        document, 1,
        "Left: the drift along the line, against \xe2\x88\x9a(3/$t$). Right: where the point goes when one unit gets a bias "
        "$\xce\xb5$, against (3$\xce\xb5$/2)^{1/3}.");
    status = draw_laws(paper, results, document, error);
    if (status != GRL_OK) return status;
    add_deltas(document);
    add_claims(results, document);
    return GRL_OK;
}

const grl_paper_part grl_paper_pseudo_line = {.id = "pseudo-line",
                                              .title = "The pseudo-line: memory that fades by a power",
                                              .compute = compute,
                                              .write = write};
