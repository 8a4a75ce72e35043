/* train_figures.c: the figures of grulens train: of one network, and of all of them. */
#include "cli/train.h"

#include <stdlib.h>
#include <string.h>

/* Test trajectories that are drawn beside the network's. */
enum { SHOWN = 6 };

static grl_status draw_network(const grl_training *training, const grl_judgement *judgement,
                               const grl_dataset *test, const grl_reference *reference, const double *outputs,
                               const double *states, const char *prediction, const char *portrait,
                               grl_error *error)
{
    const grl_training_settings *s = &training->settings;
    grl_draw_options look = grl_draw_defaults();
    const grl_judged_oscillation *o = judgement->oscillation;
    /* The portrait is that at zero input, where trajectories that are driven do not run. */
    const int driven = test->inputs > 0 || s->warm_up > 0;
    const grl_learned learned = {.model = training->model,
                                 .portrait = judgement->portrait,
                                 .kind = judgement->kind,
                                 .reference = reference,
                                 .data = test,
                                 .count = test->count,
                                 .steps = test->steps,
                                 .states = driven ? NULL : states,
                                 .motion_count = o ? o->count : 0,
                                 .motion = o && o->count > 0 ? o->points : NULL};
    grl_status status =
        grl_draw_prediction(test, outputs, s->warm_up, s->warm_up + s->horizon, &look, prediction, error);
    if (status == GRL_OK) status = grl_draw_learned_portrait(&learned, &look, portrait, error);
    return status;
}

grl_status grl_cli_draw_network(const grl_training *training, const grl_judgement *judgement,
                                const grl_dataset *recorded, const char *prediction, const char *portrait,
                                grl_error *error)
{
    const grl_training_settings *s = &training->settings;
    grl_dataset *made = NULL;
    grl_reference *reference = NULL;
    double *outputs = NULL, *states = NULL;
    grl_status status = GRL_OK;
    if (!recorded)
        status = grl_problem_generate(&training->problem, s->seed, GRL_SPLIT_TEST, SHOWN,
                                      s->warm_up + 3 * s->horizon, &made, error);
    const grl_dataset *test = recorded ? recorded : made;
    if (status == GRL_OK && training->problem.task)
        status = grl_problem_reference(&training->problem, &reference, error);
    if (status == GRL_OK) {
        const size_t rows = test->count * (test->steps + 1);
        outputs = calloc(rows, test->outputs * sizeof *outputs);
        states = calloc(rows, s->units * sizeof *states);
        if (!outputs || !states) status = GRL_NO_MEMORY;
    }
    if (status == GRL_OK) status = grl_training_run(training, test, outputs, states, error);
    if (status == GRL_OK)
        status =
            draw_network(training, judgement, test, reference, outputs, states, prediction, portrait, error);
    free(outputs);
    free(states);
    grl_reference_free(reference);
    grl_dataset_free(made);
    return status;
}

grl_status grl_cli_draw_sweep(const grl_judgement_rows *rows, const char *curves, const char *sizes,
                              grl_error *error)
{
    grl_draw_options look = grl_draw_defaults();
    grl_learning_curve *learning = calloc(rows->count + 1, sizeof *learning);
    grl_size_score *scores = calloc(rows->count + 1, sizeof *scores);
    grl_status status = learning && scores ? GRL_OK : GRL_NO_MEMORY;
    size_t differ = 0;
    for (size_t i = 0; status == GRL_OK && i < rows->count; i++) {
        const grl_judgement_row *row = &rows->items[i];
        learning[i] = (grl_learning_curve){row->task, row->units, row->curve_count, row->curve};
        scores[i] = (grl_size_score){row->task, row->units, NAN, row->success};
        for (size_t m = 0; m < row->count; m++)
            if (strcmp(row->measures[m].name, "error") == 0) scores[i].error = row->measures[m].value;
        differ += row->units != rows->items[0].units;
    }
    if (status == GRL_OK && rows->count > 0)
        status = grl_draw_learning_curves(rows->count, learning, &look, curves, error);
    if (status == GRL_OK && differ > 0)
        status = grl_draw_error_sizes(rows->count, scores, "error over the horizon / variance", &look, sizes,
                                      error);
    free(learning);
    free(scores);
    return status;
}
