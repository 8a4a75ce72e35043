/* judge.c: the judgement of a trained network: the data, the portraits of map and flow, then the parts that belong to the
 * kind of task. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "num/dense.h"

#include <grulens/whole.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Times the horizon, of test data that are generated; the least number of them. */
enum { LONG = 10, LEAST_TRAJECTORIES = 8 };

/* Of a search for fixed points: steps of Newton's method from a start, about; up to so many units a search ends early enough
 * by its own criterion; the least number of starts where it would not. */
enum { STEPS = 20, FREELY_SEARCHED = 64, LEAST_STARTS = 64 };

/* A proof of all fixed points is tried up to so many units. */
enum { PROVEN_UNITS = 4 };

grl_judge_options grl_judge_defaults(void)
{
    return (grl_judge_options){.trajectories = 32,
                               .kind = -1,
                               .flow = 1,
                               .path_units = 4,
                               .max_boxes = 400000,
                               .starts = 64,
                               .max_operations = 2e9,
                               .threads = 1};
}

static grl_status check(const grl_judge_subject *subject, const grl_dataset *test, const grl_judge_options *o,
                        grl_error *error)
{
    const size_t k = grl_model_outputs(subject->model);
    if (k == 0) return grl_fail(error, GRL_BAD_INPUT, "judgement: expected a network with a readout");
    if (!(subject->dt > 0 && subject->dt <= 1) || subject->horizon < 1)
        return grl_fail(
            error, GRL_BAD_INPUT,
            "judgement: expected dt in (0, 1] and a horizon of at least one step, found %g and %zu",
            subject->dt, subject->horizon);
    if (o->kind < -1 || o->kind > GRL_TASK_RECORDED)
        return grl_fail(error, GRL_BAD_INPUT, "judgement: expected a kind of task or -1, found %d", o->kind);
    if (o->starts < 1 || o->starts > 1000000 || !(o->max_operations > 0) || o->max_boxes < 1)
        return grl_fail(error, GRL_BAD_INPUT,
                        "judgement: expected 1 to 1,000,000 starts, some operations and boxes, found %zu, %g "
                        "and %lld",
                        o->starts, o->max_operations, o->max_boxes);
    if (test && test->outputs != k)
        return grl_fail(error, GRL_BAD_INPUT,
                        "judgement: expected test data of %zu outputs, as the network has, found %zu", k,
                        test->outputs);
    if (o->reference && o->reference->outputs != k)
        return grl_fail(error, GRL_BAD_INPUT,
                        "judgement: expected a true attractor of %zu outputs, as the network has, found %zu",
                        k, o->reference->outputs);
    return GRL_OK;
}

/* Fresh test data of the problem; fewer where running them would cost too much. */
static grl_status make_test(const grl_judging *j, grl_dataset **test, grl_error *error)
{
    const size_t steps = j->subject->warm_up + LONG * j->horizon;
    const double affordable = j->options->max_operations / grl_judge_cost(j) / (double)steps;
    size_t count = j->options->trajectories;
    if ((double)count > affordable) count = (size_t)fmax(affordable, LEAST_TRAJECTORIES);
    return grl_problem_generate(&j->subject->problem, j->subject->seed, GRL_SPLIT_TEST, count, steps, test,
                                error);
}

static grl_status look(const grl_judging *j, grl_time time, unsigned parts, grl_portrait **portrait,
                       grl_error *error)
{
    const grl_judge_options *o = j->options;
    grl_whole_options ask = grl_whole_defaults();
    ask.parts = parts;
    ask.points.time = time;
    ask.points.dt = time == GRL_DISCRETE ? j->dt : 1;
    ask.points.method = j->n <= PROVEN_UNITS ? GRL_METHOD_PROVE : GRL_METHOD_SEARCH;
    ask.points.max_boxes = o->max_boxes;
    if (j->n > FREELY_SEARCHED) {
        const double newton = STEPS * pow((double)j->n, 3);
        ask.points.max_starts = (long long)fmax(10 * o->max_operations / newton, LEAST_STARTS);
    }
    ask.points.points_only = !(parts & GRL_PART_SLOW);
    ask.slow.max_operations = o->max_operations;
    ask.attractors.starts = o->starts;
    /* A cycle of the flow is solved for, which is worth more. */
    ask.attractors.max_operations = (time == GRL_CONTINUOUS ? 10 : 1) * o->max_operations;
    ask.seed = o->seed;
    ask.threads = o->threads;
    ask.progress = o->progress;
    grl_status status = grl_whole_compute(j->cell, NULL, &ask, portrait, error);
    /* A proof that was not finished lists fewer points than a search would find. */
    if (status == GRL_OK && j->n <= PROVEN_UNITS && strcmp((*portrait)->stopped_by, "limit") == 0) {
        grl_portrait_free(*portrait);
        ask.points.method = GRL_METHOD_SEARCH;
        status = grl_whole_compute(j->cell, NULL, &ask, portrait, error);
    }
    return status;
}

static grl_status look_at_both(const grl_judging *j, grl_error *error)
{
    grl_judgement *out = j->out;
    unsigned parts = GRL_PART_ATTRACTORS, of_flow = GRL_PART_CYCLES | GRL_PART_SIGNATURE;
    if (out->kind == GRL_TASK_LINE || out->kind == GRL_TASK_RING || out->kind == GRL_TASK_RECORDED)
        parts |= GRL_PART_SLOW;
    if (j->n == 2) of_flow |= GRL_PART_SEPARATRICES;
    if (out->kind == GRL_TASK_OSCILLATION) of_flow |= GRL_PART_ATTRACTORS;
    grl_status status = look(j, GRL_DISCRETE, parts, &out->portrait, error);
    /* Beyond two units there is more to see in the flow for oscillations alone. */
    if (status == GRL_OK && j->options->flow && (j->n <= 2 || out->kind == GRL_TASK_OSCILLATION))
        status = look(j, GRL_CONTINUOUS, of_flow, &out->flow, error);
    return status;
}

static grl_status judge_all(const grl_judging *j, grl_error *error)
{
    grl_progress *progress = j->options->progress;
    grl_progress_begin(progress, "free runs");
    grl_status status = grl_judge_error(j, error);
    if (status == GRL_OK) status = look_at_both(j, error);
    if (status != GRL_OK) return status;
    grl_progress_begin(progress, "judgement");
    switch (j->out->kind) {
    case GRL_TASK_OSCILLATION:
        status = grl_judge_oscillation(j, error);
        break;
    case GRL_TASK_LINE:
    case GRL_TASK_RING:
        status = grl_judge_continuum(j, error);
        break;
    case GRL_TASK_POINTS:
        status = grl_judge_points(j, error);
        break;
    case GRL_TASK_RECORDED:
        break;
    }
    if (status == GRL_OK) grl_progress_begin(progress, "bifurcations between checkpoints");
    if (status == GRL_OK) status = grl_judge_path(j, error);
    if (status == GRL_OK) status = grl_judge_measures(j, error);
    if (status == GRL_OK && grl_progress_stopped(progress))
        status = grl_fail(error, GRL_STOPPED, "judgement: stopped");
    return status;
}

grl_status grl_judge_model(const grl_judge_subject *subject, const grl_dataset *test,
                           const grl_judge_options *options, grl_judgement **judgement, grl_error *error)
{
    const grl_judge_options defaults = grl_judge_defaults(), *o = options ? options : &defaults;
    const grl_task *task = subject->problem.task;
    grl_cell *cell = NULL;
    grl_dataset *fresh = NULL;
    grl_reference *known = NULL;
    *judgement = NULL;
    grl_status status = check(subject, test, o, error);
    if (status != GRL_OK) return status;
    grl_judgement *out = grl_calloc(1, sizeof *out);
    if (!out) return grl_fail_memory(error, 1, sizeof *out);
    grl_dense_serial();
    grl_judging j = {.subject = subject,
                     .options = o,
                     .reference = o->reference,
                     .test = test,
                     .n = grl_cell_hidden_size(grl_model_cell(subject->model)),
                     .k = grl_model_outputs(subject->model),
                     .dt = subject->dt,
                     .horizon = o->horizon > 0 ? o->horizon : subject->horizon,
                     .out = out};
    status = grl_cell_at_input(grl_model_cell(subject->model), NULL, &cell, error);
    j.cell = cell;
    if (status == GRL_OK && task && !test) {
        status = make_test(&j, &fresh, error);
        j.test = fresh;
    }
    if (status == GRL_OK && task && !j.reference) {
        status = grl_problem_reference(&subject->problem, &known, error);
        j.reference = known;
    }
    if (status == GRL_OK) {
        out->kind = o->kind >= 0 ? (grl_task_kind)o->kind : task ? grl_task_kind_of(task) : GRL_TASK_RECORDED;
        out->problem = subject->problem;
        out->warm_up = subject->warm_up;
        out->units = j.n;
        out->outputs = j.k;
        out->dt = j.dt;
        out->time_step = task ? grl_problem_time_step(&subject->problem) : test ? test->time_step : 1;
        j.unit = j.dt / out->time_step;
        status = judge_all(&j, error);
    }
    grl_cell_free(cell);
    grl_dataset_free(fresh);
    grl_reference_free(known);
    if (status == GRL_OK)
        *judgement = out;
    else
        grl_judgement_free(out);
    return status;
}

grl_status grl_judge(const grl_training *training, const grl_dataset *test, const grl_judge_options *options,
                     grl_judgement **judgement, grl_error *error)
{
    const grl_training_settings *s = &training->settings;
    const grl_judge_subject subject = {.model = training->model,
                                       .problem = training->problem,
                                       .dt = s->time == GRL_DISCRETE ? 1 : s->dt,
                                       .warm_up = s->warm_up,
                                       .horizon = s->horizon,
                                       .seed = s->seed,
                                       .checkpoint_count = training->checkpoint_count,
                                       .checkpoints = training->checkpoints,
                                       .checkpoint_steps = training->checkpoint_steps};
    return grl_judge_model(&subject, test, options, judgement, error);
}

void grl_judgement_free(grl_judgement *judgement)
{
    if (!judgement) return;
    free(judgement->error.curve);
    grl_portrait_free(judgement->portrait);
    grl_portrait_free(judgement->flow);
    if (judgement->oscillation) {
        free(judgement->oscillation->points);
        free(judgement->oscillation->inside_output);
    }
    if (judgement->continuum) {
        free(judgement->continuum->points);
        free(judgement->continuum->drift_time);
    }
    if (judgement->points) {
        free(judgement->points->point);
        free(judgement->points->off);
    }
    free(judgement->oscillation);
    free(judgement->continuum);
    free(judgement->points);
    free(judgement->path);
    free(judgement->measures);
    free(judgement);
}
