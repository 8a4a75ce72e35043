/* learning.c: what trained networks have in place of a continuous attractor (section 7). */
#include "paper/learning.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/task.h>
#include <grulens/whole.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[GRL_PAPER_TASKS] = {"limit cycle", "line", "ring"};

/* The part of the plane of the outputs that is shown. */
static const double ranges[GRL_PAPER_TASKS][4] = {
    {-2.6, 2.6, -0.8, 2.2}, {-1.25, 1.25, -1.25, 1.25}, {-1.4, 1.4, -1.4, 1.4}};

static grl_status compute(grl_paper *paper, grl_results *results, grl_error *error)
{
    grl_status status = grl_paper_train(paper, results, error);
    for (int task = 0; task < GRL_PAPER_TASKS && status == GRL_OK; task++) {
        grl_portrait *portrait = NULL;
        char path[32];
        snprintf(path, sizeof path, "portraits/%d", task);
        status = grl_paper_portrait_of(paper, results->root, grl_paper_learned[task], NULL, GRL_DISCRETE,
                                       &portrait, error);
        if (status == GRL_OK) grl_paper_add_portrait(results, portrait, path);
        grl_portrait_free(portrait);
    }
    return status;
}

/* The portrait of a network that was kept, over its target. */
static grl_status draw_learned(grl_paper *paper, const json_t *results, int task, grl_document *document,
                               grl_error *error)
{
    grl_model *model = NULL;
    grl_portrait *portrait = NULL;
    grl_reference *reference = NULL;
    grl_drawing *drawing = NULL;
    grl_draw_options look = grl_paper_look(310, 300, names[task]);
    grl_whole_options ask = grl_whole_defaults();
    const grl_problem problem = grl_problem_of(grl_task_find(grl_paper_tasks[task]));
    look.text = 8.5;
    look.hide = GRL_SHOW_LEGEND | GRL_SHOW_NUMBERS;
    look.ranges = 2;
    for (int k = 0; k < 2; k++) {
        look.low[k] = ranges[task][2 * k];
        look.high[k] = ranges[task][2 * k + 1];
    }
    ask.points.time = GRL_DISCRETE;
    ask.seed = paper->options->seed;
    ask.threads = paper->options->threads;
    grl_status status = grl_paper_model(paper, results, grl_paper_learned[task], NULL, &model, error);
    if (status == GRL_OK) status = grl_whole_compute(grl_model_cell(model), NULL, &ask, &portrait, error);
    if (status == GRL_OK) status = grl_problem_reference(&problem, &reference, error);
    if (status == GRL_OK) status = grl_drawing_create(&drawing, error);
    if (status == GRL_OK) {
        const grl_learned learned = {.model = model,
                                     .portrait = portrait,
                                     .kind = grl_task_kind_of(problem.task),
                                     .reference = reference};
        look.drawing = drawing;
        status = grl_draw_learned_portrait(&learned, &look, NULL, error);
        status = grl_paper_take(paper, drawing, status, document, error);
    }
    grl_reference_free(reference);
    grl_portrait_free(portrait);
    grl_model_free(model);
    return status;
}

static grl_status draw_sizes(grl_paper *paper, const json_t *results, grl_document *document,
                             grl_error *error)
{
    const size_t count = grl_results_count(results, "networks");
    grl_drawing *drawing = NULL;
    grl_draw_options look = grl_paper_look(600, 300, NULL);
    grl_size_score *scores = grl_calloc(count, sizeof *scores);
    grl_status status =
        scores ? grl_drawing_create(&drawing, error) : grl_fail_memory(error, count, sizeof *scores);
    for (size_t i = 0; i < count && status == GRL_OK; i++)
        scores[i] = (grl_size_score){.series = grl_results_words(results, "networks/%zu/task", i),
                                     .units = (size_t)grl_results_value(results, "networks/%zu/units", i),
                                     .error = grl_results_value(results, "networks/%zu/error", i),
                                     .success = grl_results_is(results, "networks/%zu/success", i)};
    if (status == GRL_OK) {
        look.drawing = drawing;
        status = grl_draw_error_sizes(count, scores, "error / variance", &look, NULL, error);
        status = grl_paper_take(paper, drawing, status, document, error);
    }
    free(scores);
    return status;
}

/* How far the outputs of the line's and the ring's network drift, over time. */
static grl_status draw_drift(grl_paper *paper, const json_t *results, grl_document *document,
                             grl_error *error)
{
    double *lists[2][3] = {{NULL}};
    size_t count[2] = {0};
    static const char *const parts[] = {"time", "median", "worst"};
    static const char *const labels[] = {NULL, "median of starts", "worst"};
    grl_series series[2][2];
    grl_panel panels[2];
    grl_status status = GRL_OK;
    for (int k = 0; k < 2; k++) {
        for (int part = 0; part < 3 && status == GRL_OK; part++) {
            char path[64];
            snprintf(path, sizeof path, "best/%d/drift/%s", k + 1, parts[part]);
            status = grl_results_list(results, path, &lists[k][part], &count[k], error);
        }
        for (int part = 1; part < 3; part++) {
            series[k][part - 1] = grl_series_line(part - 1);
            series[k][part - 1].count = count[k];
            series[k][part - 1].x = lists[k][0];
            series[k][part - 1].y = lists[k][part];
            series[k][part - 1].name = labels[part];
        }
        panels[k] = (grl_panel){.title = names[k + 1],
                                .label_x = "time",
                                .label_y = "distance from where it should stay",
                                .log_x = 1,
                                .log_y = 1,
                                .count = 2,
                                .series = series[k]};
    }
    if (status == GRL_OK) {
        const grl_draw_options look = grl_paper_look(600, 290, NULL);
        status = grl_paper_draw_panels(paper, 2, panels, 2, &look, document, error);
    }
    for (int k = 0; k < 2; k++)
        for (int part = 0; part < 3; part++) free(lists[k][part]);
    return status;
}

static void add_groups(const json_t *results, grl_document *document)
{
    enum { COLUMNS = 8, MOST = GRL_PAPER_TASKS * GRL_PAPER_SIZES };
    const size_t count = grl_results_count(results, "groups");
    char texts[MOST][COLUMNS][80];
    const char *cells[(MOST + 1) * COLUMNS] = {"Task",
                                               "Units",
                                               "Learned",
                                               "Error",
                                               "Error, ten times as long",
                                               "Fixed points",
                                               "Proven finite",
                                               "Memory, worst start"};
    for (size_t k = 0; k < count && k < MOST; k++) {
        const int continuous =
            strcmp(grl_results_words(results, "groups/%zu/task", k), grl_paper_tasks[0]) != 0;
        char(*row)[80] = texts[k];
        snprintf(row[0], sizeof *row, "{groups/%zu/task}", k);
        snprintf(row[1], sizeof *row, "{groups/%zu/units|d}", k);
        snprintf(row[2], sizeof *row, "{groups/%zu/learned|d} of {groups/%zu/networks|d}", k, k);
        snprintf(row[3], sizeof *row, "{groups/%zu/error|.2g}", k);
        snprintf(row[4], sizeof *row, "{groups/%zu/error_long|.2g}", k);
        if (grl_results_value(results, "groups/%zu/fewest", k) <
            grl_results_value(results, "groups/%zu/most", k))
            snprintf(row[5], sizeof *row, "{groups/%zu/fewest|d} to {groups/%zu/most|d}", k, k);
        else
            snprintf(row[5], sizeof *row, "{groups/%zu/most|d}", k);
        snprintf(row[6], sizeof *row, "\xe2\x80\x93");
        snprintf(row[7], sizeof *row, "\xe2\x80\x93");
        if (continuous) {
            snprintf(row[6], sizeof *row, "{groups/%zu/finite|d} of {groups/%zu/networks|d}", k, k);
            snprintf(row[7], sizeof *row, "{groups/%zu/run_memory_worst|.4g}", k);
        }
        for (int j = 0; j < COLUMNS; j++) cells[(k + 1) * COLUMNS + (size_t)j] = row[j];
    }
    grl_document_table(
        document, count + 1, COLUMNS, cells,
        "Networks trained on three kinds of dynamics; medians over {seeds} seeds. Learned: for the cycle, at least "
        "nine in ten runs end on one stable closed motion, whose period is right within 1 %; for line and ring, a "
        "slow curve covers at least nine tenths of the set, and half of the runs stay within a tenth of its length "
        "for ten times the horizon. Errors of free runs in units of the variance of the data, over the horizon of "
        "the training and ten times as long. Memory: until the output has drifted by a tenth of the "
        "set\xe2\x80\x99s length, from the worst of 64 starts, in the time of the task; \xe2\x88\x9e: not within "
        "the time that was run. Above four units lists of fixed points are searched for, not proven.");
}

static void claim_cycle(const json_t *results, grl_document *document)
{
    char command[200];
    const double learned = grl_results_value(results, "groups/0/learned"),
                 networks = grl_results_value(results, "groups/0/networks");
    snprintf(command, sizeof command,
             "grulens train --task fitzhugh-nagumo --units 2 --seed %.0f --out again-cycle --json -",
             grl_results_value(results, "best/0/seed"));
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "cycle",
            .statement = "Two units learn the limit cycle of FitzHugh and Nagumo\xe2\x80\x99s neuron.",
            .evidence =
                "{groups/0/learned} of {groups/0/networks} networks of two units end on a stable closed motion whose period is "
                "within one per cent. The best has the period {best/0/period|.4f}, off by {best/0/period_error|%.2g}, and "
                "an error of {best/0/error|.2g} of the variance.",
            .command = command,
            .verdict = 2 * learned > networks ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"best/0/error", "groups/0/items/0/measures/error", 1e-6, 0},
                       {"best/0/period", "groups/0/items/0/measures/period", 1e-6, 0}},
        });
}

static void claim_finite(const json_t *results, grl_document *document)
{
    char command[300];
    const int all = grl_results_value(results, "continuous/finite") ==
                        grl_results_value(results, "continuous/networks") &&
                    grl_results_is(results, "portraits/1/complete") &&
                    grl_results_is(results, "portraits/2/complete");
    snprintf(command, sizeof command,
             "grulens analyze models/%s.json --time discrete --json -\n"
             "grulens analyze models/%s.json --time discrete --json -",
             grl_paper_learned[1], grl_paper_learned[2]);
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "finite",
            .statement =
                "No network of two to four units that was trained on a line or a ring has one: its fixed points are finitely many.",
            .evidence =
                "Proven for {continuous/finite} of {continuous/networks} networks of up to four units: the list of fixed points is complete and each "
                "is alone in a neighbourhood. The best network for the line has {portraits/1/count}, the best for the ring {portraits/2/count}.",
            .command = command,
            .verdict = all ? GRL_PROVEN : GRL_NOT_REPRODUCED,
            .checks = {{"portraits/1/count", "fixed_points/items/#", 0, 0},
                       {"portraits/1/complete", "fixed_points/complete", 0, 0},
                       {"portraits/1/points/0/h/0", "fixed_points/items/0/h/0", 1e-9, 0},
                       {"portraits/2/count", "fixed_points/items/#", 0, 1},
                       {"portraits/2/index_sum", "fixed_points/index_sum", 0, 1},
                       {"portraits/2/points/1/h/1", "fixed_points/items/1/h/1", 1e-9, 1}},
        });
}

static void claim_ring(const json_t *results, grl_document *document)
{
    char command[300];
    const double nodes = grl_results_value(results, "best/2/nodes"),
                 saddles = grl_results_value(results, "best/2/saddles");
    const int turns = nodes == saddles && nodes > 0 && grl_results_is(results, "best/2/alternating");
    snprintf(command, sizeof command,
             "grulens analyze models/%s.json --time discrete --json -\n"
             "grulens train --task ring-attractor --units 4 --seed %.0f --out again-ring --json -",
             grl_paper_learned[2], grl_results_value(results, "best/2/seed"));
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "ring",
            .statement =
                "What the best network has for a ring is a closed slow curve with nodes and saddles by turns.",
            .evidence =
                "The best of four units: {best/2/nodes|d} nodes and {best/2/saddles|d} saddles by turns along a curve that covers "
                "{best/2/covered|%.3g} of the circle; median drift {best/2/speed|.2g} in a unit of time, while deviations decay at the rate "
                "{best/2/decay|.3g}.",
            .command = command,
            .verdict = turns ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"portraits/2/complete", "fixed_points/complete", 0, 0},
                       {"best/2/nodes", "groups/0/items/0/measures/nodes", 0, 1},
                       {"best/2/saddles", "groups/0/items/0/measures/saddles", 0, 1},
                       {"best/2/speed", "groups/0/items/0/measures/speed", 1e-6, 1}},
        });
}

static void claim_memory(const json_t *results, grl_document *document)
{
    char command[300];
    const double speed = grl_results_value(results, "best/1/speed"),
                 decay = grl_results_value(results, "best/1/decay");
    snprintf(command, sizeof command,
             "grulens train --task line-attractor --units 4 --seed %.0f --out again-line --json -",
             grl_results_value(results, "best/1/seed"));
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "memory",
            .statement = "A trained slow curve holds most values for long, but not for ever.",
            .evidence =
                "The best network of four units for the line covers {best/1/covered|%.3g} of it with a slow curve; deviations across "
                "it decay at the rate {best/1/decay|.3g}, the median drift along it is {best/1/speed|.2g}. From the worst of the starts the "
                "output has drifted by a tenth of the line after {best/1/run_memory_worst|.4g}.",
            .command = command,
            .verdict = speed < 0.1 * decay ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{"best/1/speed", "groups/0/items/0/measures/speed", 1e-6, 0},
                       {"best/1/decay", "groups/0/items/0/measures/decay", 1e-6, 0},
                       {"best/1/fixed_points", "groups/0/items/0/measures/fixed_points", 0, 0}},
        });
}

static grl_status write(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    grl_status status = GRL_OK;
    grl_document_paragraph(
        document,
        "Can training find what the portraits say? Networks are trained to predict three kinds of dynamics: a limit cycle (the "
        "neuron of FitzHugh and Nagumo), a line of fixed points, and a ring of fixed points. Each runs freely from a start that is "
        "encoded from the first observation; the mean squared error over the horizon is minimised by Adam (Kingma and Ba, 2015). "
        "Then the training\xe2\x80\x99s loss is put aside, and the network is judged by its portrait: what does it have for an attractor?");
    add_groups(results, document);
    grl_document_figure(document, 1,
                        "Errors and successes over the number of units; each faint point is one network.");
    status = draw_sizes(paper, results, document, error);
    if (status != GRL_OK) return status;
    grl_document_figure(
        document, 3,
        "The best networks, in the plane of their outputs: two units on the limit cycle, four on the line and on the "
        "ring. Pale blue: the target; yellow: slow curves; green: what the network runs along. Marks are fixed points: filled ones "
        "attract, half-filled ones are saddles.");
    for (int task = 0; task < GRL_PAPER_TASKS && status == GRL_OK; task++)
        status = draw_learned(paper, results, task, document, error);
    if (status != GRL_OK) return status;
    claim_cycle(results, document);
    claim_finite(results, document);
    claim_ring(results, document);
    grl_document_figure(
        document, 1,
        "How far the outputs of the best networks for the line and the ring drift from where they should stay.");
    status = draw_drift(paper, results, document, error);
    if (status != GRL_OK) return status;
    claim_memory(results, document);
    return GRL_OK;
}

const grl_paper_part grl_paper_learning = {
    .id = "learning", .title = "Learning: no continuous attractors", .compute = compute, .write = write};
