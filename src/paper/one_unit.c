/* one_unit.c: everything that one unit can do (section 2).
 *
 * With open gates z = r = 1/2 the field is f(h) = (tanh(u h / 2 + b) - h) / 2. Folds lie at h = -+sqrt(1 - 2/u), where
 * b = atanh(h) - u h / 2, and meet in a cusp at u = 2, b = 0. An input that passes a fold at the rate e leaves the branch
 * late: the input is then past the fold by Omega (a b)^(-1/3) e^(2/3), Omega = 2.338.. minus the first zero of Airy's
 * function, a = df/dx and b = f''/2 at the fold (Berglund and Gentz 2006, section 2.2.4). */
#include "paper/inflections.h"
#include "paper/paper.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/simulate.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char unit[] =
    "{\n"
    "  \"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": 1, \"input_size\": 1, \"reset\": \"before\",\n"
    "  \"U_h\": [[4]], \"W_h\": [[1]]\n"
    "}\n";

static const double gain = 4, airy = 2.338107410459767,
                    sweep = 1; /* the input goes from -sweep to sweep and back */

enum { RATES = 4, SHOWN = 3 };

static double fold_bias(double u)
{
    const double h = sqrt(1 - 2 / u);
    return u * h / 2 - atanh(h);
}

static grl_status compute_cases(grl_paper *paper, grl_results *results, grl_error *error)
{
    const double biases[3] = {1, fold_bias(gain), 0};
    grl_status status = GRL_OK;
    for (int k = 0; k < 3 && status == GRL_OK; k++) {
        char settings[64], path[32];
        grl_portrait *portrait = NULL;
        snprintf(settings, sizeof settings, "b_h[0]=%.17g", biases[k]);
        snprintf(path, sizeof path, "cases/%d", k);
        status =
            grl_paper_portrait_of(paper, results->root, "unit", settings, GRL_CONTINUOUS, &portrait, error);
        if (status != GRL_OK) break;
        grl_paper_add_portrait(results, portrait, path);
        grl_results_number(results, biases[k], "%s/bias", path);
        grl_results_text(results, settings, "%s/settings", path);
        grl_portrait_free(portrait);
    }
    return status;
}

/* The fold curve in (b, u) and its cusp, against the closed form. */
static grl_status compute_chart(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_diagram *diagram = NULL;
    double worst = 0;
    size_t points = 0;
    grl_status status = grl_paper_diagram_of(paper, results->root, "unit", NULL, "b_h[0]=-3:3 U_h[0,0]=0:6",
                                             0, 0, &diagram, error);
    if (status != GRL_OK) return status;
    for (size_t k = 0; k < diagram->curve_count; k++) {
        const grl_curve *curve = &diagram->curves[k];
        if (curve->type != GRL_FOLD) continue;
        for (size_t i = 0; i < curve->count; i++) {
            const double u = curve->p[2 * i + 1];
            worst = fmax(worst, fabs(fabs(curve->p[2 * i]) - (u > 2 ? fold_bias(u) : 0)));
        }
        points += curve->count;
    }
    const grl_special *cusp = grl_paper_special(diagram, GRL_CUSP);
    grl_results_integer(results, (long long)points, "folds/count");
    grl_results_number(results, points > 0 ? worst : (double)NAN, "folds/error");
    grl_results_number(results, cusp ? cusp->p[0] : (double)NAN, "folds/cusp/bias");
    grl_results_number(results, cusp ? cusp->p[1] : (double)NAN, "folds/cusp/gain");
    grl_results_integer(results, (long long)diagram->incomplete, "folds/incomplete");
    grl_diagram_free(diagram);
    return status;
}

/* The input goes up and down once at a rate; where the state changes its sign on the way up. */
static grl_status sweep_once(const grl_model *model, double rate, double every, grl_trajectory **trajectory,
                             grl_error *error)
{
    const double start = -0.99, whole = 4 * sweep / rate;
    const double times[] = {0, whole / 2, whole}, values[] = {-sweep, sweep, -sweep};
    const grl_signal signal = {
        .count = 3, .width = 1, .times = times, .values = values, .interpolation = GRL_LINEAR};
    grl_simulate_options ask = grl_simulate_defaults();
    ask.until = whole;
    ask.every = every;
    return grl_simulate(grl_model_cell(model), &start, NULL, &signal, &ask, trajectory, error);
}

static double input_at(double rate, double time)
{
    const double half = 2 * sweep / rate;
    return time <= half ? -sweep + rate * time : sweep - rate * (time - half);
}

static grl_status compute_hysteresis(grl_paper *paper, grl_results *results, grl_error *error)
{
    static const double rates[RATES] = {1e-2, 1e-3, 1e-4, 1e-5};
    const double fold = fold_bias(gain), law = airy / cbrt(0.25 * (gain / 4) * sqrt(1 - 2 / gain));
    double lags[RATES] = {0};
    grl_model *model = NULL;
    grl_status status = grl_paper_model(paper, results->root, "unit", NULL, &model, error);
    for (int k = 0; k < RATES && status == GRL_OK; k++) {
        grl_trajectory *t = NULL;
        double up = NAN, down = NAN;
        status = sweep_once(model, rates[k], 0, &t, error);
        if (status != GRL_OK) break;
        for (size_t i = 1; i < t->count; i++) {
            const double a = t->states[i - 1], b = t->states[i], part = a / (a - b);
            const double at = input_at(rates[k], t->times[i - 1] + part * (t->times[i] - t->times[i - 1]));
            if (a < 0 && b >= 0) up = at;
            if (a > 0 && b <= 0) down = at;
        }
        lags[k] = up - fold;
        grl_results_number(results, rates[k], "hysteresis/rates/%d/rate", k);
        grl_results_number(results, up, "hysteresis/rates/%d/up", k);
        grl_results_number(results, down, "hysteresis/rates/%d/down", k);
        grl_results_number(results, lags[k], "hysteresis/rates/%d/lag", k);
        grl_results_number(results, law * pow(rates[k], 2.0 / 3), "hysteresis/rates/%d/law", k);
        grl_trajectory_free(t);
    }
    grl_results_number(results, log(lags[RATES - 2] / lags[RATES - 1]) / log(10), "hysteresis/exponent");
    grl_results_number(results, lags[RATES - 1] / (law * pow(rates[RATES - 1], 2.0 / 3)), "hysteresis/ratio");
    grl_results_number(results, fold, "hysteresis/fold");
    /* What the command is asked for: the first rate, eight rows. */
    if (status == GRL_OK) {
        grl_trajectory *t = NULL;
        status = sweep_once(model, rates[0], 50, &t, error);
        for (size_t i = 0; status == GRL_OK && i < t->count; i++) {
            grl_results_number(results, t->times[i], "hysteresis/rows/%zu/time", i);
            grl_results_number(results, input_at(rates[0], t->times[i]), "hysteresis/rows/%zu/input", i);
            grl_results_number(results, t->states[i], "hysteresis/rows/%zu/h", i);
        }
        grl_trajectory_free(t);
    }
    grl_model_free(model);
    return status;
}

static grl_status compute(grl_paper *paper, grl_results *results, grl_error *error)
{
    const double weight = paper->options->quick ? 20 : 100, bias = paper->options->quick ? 40 : 200;
    grl_inflections scan;
    grl_paper_add_model(results, "unit", unit);
    grl_paper_add_model(results, "ramp.csv", "0,-1\n200,1\n400,-1\n");
    grl_status status = compute_cases(paper, results, error);
    if (status == GRL_OK) status = compute_chart(paper, results, error);
    if (status == GRL_OK) status = compute_hysteresis(paper, results, error);
    if (status == GRL_OK)
        status = grl_inflections_scan(weight, bias, 40, paper->options->progress, &scan, error);
    if (status != GRL_OK) return status;
    grl_results_number(results, weight, "scan/weight");
    grl_results_number(results, bias, "scan/bias");
    grl_results_integer(results, scan.boxes, "scan/boxes");
    grl_results_integer(results, scan.certified, "scan/certified");
    grl_results_integer(results, scan.undecided, "scan/undecided");
    grl_results_number(results, scan.certified_area, "scan/certified_area");
    grl_results_number(results, scan.undecided_area, "scan/undecided_area");
    grl_results_integer(results, scan.most + 1, "scan/most_fixed_points");
    return GRL_OK;
}

static grl_status draw_loops(grl_paper *paper, const json_t *results, grl_document *document,
                             grl_error *error)
{
    enum { CURVE = 401 };
    static const double rates[SHOWN] = {1e-2, 1e-3, 1e-4};
    static const char *const names[SHOWN] = {"d$x$/d$t$ = 10^{\xe2\x88\x92"
                                             "2}",
                                             "10^{\xe2\x88\x92"
                                             "3}",
                                             "10^{\xe2\x88\x92"
                                             "4}"};
    double x[CURVE], h[CURVE];
    double *inputs[SHOWN] = {NULL};
    grl_trajectory *t[SHOWN] = {NULL};
    grl_model *model = NULL;
    grl_series series[SHOWN + 1] = {grl_series_theory()};
    grl_status status = grl_paper_model(paper, results, "unit", NULL, &model, error);
    for (int i = 0; i < CURVE; i++) {
        h[i] = -0.999 + 1.998 * i / (CURVE - 1);
        x[i] = atanh(h[i]) - gain * h[i] / 2;
    }
    series[0].count = CURVE;
    series[0].x = x;
    series[0].y = h;
    series[0].name = "fixed points";
    for (int k = 0; k < SHOWN && status == GRL_OK; k++) {
        status = sweep_once(model, rates[k], 0, &t[k], error);
        if (status == GRL_OK && !(inputs[k] = grl_calloc(t[k]->count, sizeof **inputs)))
            status = grl_fail_memory(error, t[k]->count, sizeof **inputs);
        if (status != GRL_OK) break;
        for (size_t i = 0; i < t[k]->count; i++) inputs[k][i] = input_at(rates[k], t[k]->times[i]);
        series[k + 1] = grl_series_line(k);
        series[k + 1].count = t[k]->count;
        series[k + 1].x = inputs[k];
        series[k + 1].y = t[k]->states;
        series[k + 1].name = names[k];
    }
    if (status == GRL_OK) {
        double rate[RATES], lag[RATES], law[RATES];
        for (int k = 0; k < RATES; k++) {
            rate[k] = grl_results_value(results, "hysteresis/rates/%d/rate", k);
            lag[k] = grl_results_value(results, "hysteresis/rates/%d/lag", k);
            law[k] = grl_results_value(results, "hysteresis/rates/%d/law", k);
        }
        grl_series lags[2] = {grl_series_points(0), grl_series_theory()};
        lags[0].count = lags[1].count = RATES;
        lags[0].x = lags[1].x = rate;
        lags[0].y = lag;
        lags[1].y = law;
        lags[0].name = "lag behind the fold";
        lags[1].name = "4.17 (d$x$/d$t$)^{2/3}";
        const grl_panel panels[] = {
            {.label_x = "input $x$",
             .label_y = "$h$",
             .low_x = -1,
             .high_x = 1,
             .count = SHOWN + 1,
             .series = series},
            {.label_x = "d$x$/d$t$", .label_y = "lag", .log_x = 1, .log_y = 1, .count = 2, .series = lags}};
        const grl_draw_options look = grl_paper_look(600, 285, NULL);
        status = grl_paper_draw_panels(paper, 2, panels, 2, &look, document, error);
    }
    for (int k = 0; k < SHOWN; k++) {
        free(inputs[k]);
        grl_trajectory_free(t[k]);
    }
    grl_model_free(model);
    return status;
}

static void claim_cases(const json_t *results, grl_document *document)
{
    char command[200];
    const int right =
        grl_results_value(results, "cases/0/count") == 1 && grl_results_value(results, "cases/2/count") == 3;
    const int proven =
        grl_results_is(results, "cases/0/certified") && grl_results_is(results, "cases/0/complete") &&
        grl_results_is(results, "cases/2/certified") && grl_results_is(results, "cases/2/complete");
    const int half = grl_results_value(results, "cases/1/count") == 2 &&
                     grl_results_value(results, "cases/1/degenerate") == 1;
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "two-kinds",
            .statement = "One unit can rest in one state, or in one of two.",
            .evidence =
                "With $u$ = 4: {cases/0/count} fixed point at $b$ = 1, and {cases/2/count} at $b$ = 0, of which {cases/2/stable} "
                "attract. Both lists are proven complete, and the stability of each point is proven.",
            .command = "grulens analyze models/unit.json --set 'b_h[0]=1' --json -\n"
                       "grulens analyze models/unit.json --set 'b_h[0]=0' --json -",
            .verdict = !right   ? GRL_NOT_REPRODUCED
                       : proven ? GRL_PROVEN
                                : GRL_COMPUTED,
            .checks = {{"cases/0/points/0/h/0", "fixed_points/items/0/h/0", 1e-12, 0},
                       {"cases/0/count", "fixed_points/items/#", 0, 0},
                       {"cases/2/points/2/h/0", "fixed_points/items/2/h/0", 1e-12, 1},
                       {"cases/2/complete", "fixed_points/complete", 0, 1}},
        });
    snprintf(command, sizeof command, "grulens analyze models/unit.json --set '%s' --json -",
             grl_results_words(results, "cases/1/settings"));
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "half-stable",
            .statement = "On the border between them one fixed point attracts from one side only.",
            .evidence =
                "At the fold there are {cases/1/count} points, one of them {cases/1/points/0/type}, known up to a small box. That it is "
                "one point, and not two or none, holds for one real number $b$ alone: arithmetic that rounds can compute it, but not "
                "prove it.",
            .command = command,
            .verdict = half ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"cases/1/points/0/type", "fixed_points/items/0/type", 0, 0},
                       {"cases/1/points/1/h/0", "fixed_points/items/1/h/0", 1e-12, 0}},
        });
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "cusp",
            .statement = "Two fold curves meet in a cusp: bistability needs a gain $u$ > 2.",
            .evidence =
                "{folds/count} points of the fold curve, each within {folds/error|.1g} of the closed form $b$ = \xc2\xb1($u h$/2 "
                "\xe2\x88\x92 atanh $h$), $h$ = \xe2\x88\x9a(1 \xe2\x88\x92 2/$u$). The cusp: $b$ = {folds/cusp/bias|.1g}, $u$ = "
                "{folds/cusp/gain|.9f}. For $u$ \xe2\x89\xa4 2 the sigmoid is nowhere steeper than the line, which it meets once.",
            .command =
                "grulens bifurcate models/unit.json --vary 'b_h[0]=-3:3' --vary 'U_h[0,0]=0:6' --json -",
            .verdict = grl_results_value(results, "folds/error") < 1e-9 &&
                               fabs(grl_results_value(results, "folds/cusp/gain") - 2) < 1e-7
                           ? GRL_COMPUTED
                           : GRL_NOT_REPRODUCED,
            .checks = {{"folds/cusp/gain", "special_points/type=cusp/parameters/U_h[0,0]", 1e-9, 0},
                       {"folds/cusp/bias", "special_points/type=cusp/parameters/b_h[0]", 1e-9, 0}},
        });
}

static void claim_scan(const json_t *results, int quick, grl_document *document)
{
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "at-most-three",
            .statement =
                "One unit has at most three fixed points, as long as |$U_r$| \xe2\x89\xa4 {scan/weight} "
                "and |$b_r$| \xe2\x89\xa4 {scan/bias}.",
            .evidence =
                "For every $U_h$, $b_h$, $U_z$, $b_z$ whatever, counted with multiplicity: {scan/certified} boxes "
                "that cover the region of $U_r$ and $b_r$ are proven, {scan/undecided} are undecided "
                "({scan/undecided_area|%.3g} of its area). Beyond the region nothing is claimed. The reset gate "
                "acts before the product with $U_h$, as in the equations above; a constant input acts as a change "
                "of the biases.",
            .command = quick ? "grulens paper --out again --quick --section one-unit"
                             : "grulens paper --out again --section one-unit",
            .verdict = grl_results_value(results, "scan/undecided") == 0          ? GRL_PROVEN
                       : grl_results_value(results, "scan/undecided_area") < 0.01 ? GRL_COMPUTED
                                                                                  : GRL_NOT_REPRODUCED,
            .checks = {{"scan/certified", "sections/one-unit/results/scan/certified", 0, 0},
                       {"scan/undecided", "sections/one-unit/results/scan/undecided", 0, 0},
                       {"scan/bias", "sections/one-unit/results/scan/bias", 0, 0}},
        });
}

static void claim_hysteresis(const json_t *results, grl_document *document)
{
    const double exponent = grl_results_value(results, "hysteresis/exponent"),
                 ratio = grl_results_value(results, "hysteresis/ratio");
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "hysteresis",
            .statement = "A bistable unit under a slow input is a switch with memory: it jumps at the folds.",
            .evidence =
                "Going up it jumps at $x$ = {hysteresis/rates/3/up|.5f} and going down at {hysteresis/rates/3/down|.5f} at "
                "the slowest rate; the folds lie at \xc2\xb1{hysteresis/fold|.5f}. The lag falls with the rate to the power "
                "{hysteresis/exponent|.3f} (law: 2/3), and is {hysteresis/ratio|.3f} times what the law says. The "
                "first command shows the loop at the rate 10^{\xe2\x88\x92"
                "2}, the second all rates.",
            .command =
                "grulens simulate models/unit.json --input-file models/ramp.csv --interpolate linear --from -0.99 "
                "--every 50 --json -\n"
                "grulens paper --out again --section one-unit",
            .verdict =
                fabs(exponent - 2.0 / 3) < 0.03 && fabs(ratio - 1) < 0.1 ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"hysteresis/rows/3/h", "trajectories/0/points/3/1", 1e-6, 0},
                       {"hysteresis/rows/5/h", "trajectories/0/points/5/1", 1e-6, 0},
                       {"hysteresis/rows/8/h", "trajectories/0/points/8/1", 1e-6, 0}},
        });
}

static grl_status write_proof(grl_paper *paper, const json_t *results, grl_document *document)
{
    grl_document_heading(document, "Why there are never more than three");
    grl_document_paragraph(
        document,
        "With the reset gate at work the feedback is $\xcf\x86$($h$) = $h$ $\xcf\x83$($U_r$ $h$ + $b_r$), and a fixed "
        "point is a solution of");
    grl_document_equation(
        document,
        "$b_h$ = $g$($h$) = atanh $h$ \xe2\x88\x92 $U_h$ $\xcf\x86$($h$),\xe2\x80\x83"
        "$g\xe2\x80\xb2$ = (1 \xe2\x88\x92 $U_h$ $p$) / (1 \xe2\x88\x92 $h$^2),\xe2\x80\x83 $p$ = (1 \xe2\x88\x92 $h$^2) $\xcf\x86\xe2\x80\xb2$.");
    grl_document_paragraph(
        document,
        "The function $p$ knows neither $U_h$ nor $b_h$, and vanishes at $h$ = \xc2\xb1"
        "1. Suppose that "
        "$p\xe2\x80\xb2$ has at most two zeros from \xe2\x88\x92"
        "1 to 1; zeros are counted with their "
        "multiplicity. Then by Rolle\xe2\x80\x99s theorem $p$ takes each value at most three times, and each value "
        "other than zero an even number of times, since $p$ is on the same side of it at both ends: at most twice. "
        "So $g\xe2\x80\xb2$, which is zero where $U_h$ $p$ = 1, has at most two zeros, and $g$ takes each value at "
        "most three times. (If $U_h$ = 0, $g$ increases: once.) It is enough, then, to bound the number of zeros of "
        "$p\xe2\x80\xb2$, over a region of the two numbers $U_r$ and $b_r$. Interval arithmetic does that for whole "
        "boxes of them at once, with the function $p\xe2\x80\xb2$/$\xcf\x83$, which has the same zeros: where it "
        "has one sign it has no zero, where its derivative has one sign at most one, where its second derivative "
        "has one sign at most two. Boxes in which that does not decide are cut in two. Replacing $h$ and $U_r$ by "
        "\xe2\x88\x92$h$ and \xe2\x88\x92$U_r$ leaves $p$ as it is: half of the region is enough.");
    claim_scan(results, paper->options->quick, document);
    return GRL_OK;
}

static grl_status write(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    static const char *const titles[] = {"monostable", "half-stable", "bistable"};
    grl_draw_options look = grl_paper_look(300, 250, NULL);
    grl_status status = GRL_OK;
    look.hide = GRL_SHOW_POTENTIAL | GRL_SHOW_LEGEND;
    look.text = 9;
    grl_document_paragraph(
        document,
        "One unit flows along a line. With both gates half open, $h\xe2\x80\xb2$ = (tanh($u h$/2 + $b$) \xe2\x88\x92 $h$)/2: a "
        "line meets a sigmoid once, twice or three times.");
    grl_document_figure(
        document, 3,
        "The three kinds of flow of one unit, $u$ = 4: $f$($h$) over $h$. Filled marks attract, open ones repel, a "
        "half-filled one attracts from one side.");
    for (int k = 0; k < 3 && status == GRL_OK; k++) {
        char settings[64];
        snprintf(settings, sizeof settings, "%s", grl_results_words(results, "cases/%d/settings", k));
        look.title = titles[k];
        status =
            grl_paper_draw_portrait(paper, results, "unit", settings, GRL_CONTINUOUS, &look, document, error);
    }
    if (status != GRL_OK) return status;
    claim_cases(results, document);
    look = grl_paper_look(400, 260, NULL);
    look.text = 9;
    grl_document_figure(
        document, 1,
        "The fold curve of one unit in the plane of its bias and its gain, with the cusp where it begins.");
    status = grl_paper_draw_diagram(paper, results, "unit", NULL, "b_h[0]=-3:3 U_h[0,0]=0:6", 0, 0, &look,
                                    document, error);
    if (status == GRL_OK) status = write_proof(paper, results, document);
    if (status != GRL_OK) return status;
    grl_document_heading(document, "Hysteresis");
    grl_document_paragraph(
        document,
        "Between the folds the state depends on the past. A slow input that goes up and down takes the unit around a loop: it "
        "stays on its branch up to the fold, and a little beyond. How far beyond follows a law of the fold alone, the "
        "2/3-power of the input\xe2\x80\x99s rate.");
    grl_document_figure(
        document, 1,
        "Left: the loop at three rates of the input. Right: how far behind the fold the state changes its sign, "
        "against the law.");
    status = draw_loops(paper, results, document, error);
    if (status == GRL_OK) claim_hysteresis(results, document);
    return status;
}

const grl_paper_part grl_paper_one_unit = {.id = "one-unit",
                                           .title = "One unit: rest, memory, and nothing else",
                                           .compute = compute,
                                           .write = write};
