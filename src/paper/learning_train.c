/* learning_train.c: trains networks on a limit cycle, a line and a ring (docs/learning.md), judges each, and keeps what the
 * report says of them: every measure of every network, means over the seeds, and the best network of a size.
 *
 * Trainings run side by side, each on one thread, and go to their places in one list: the results do not depend on how
 * many there are at a time. */
#include "paper/learning.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/judge.h>
#include <grulens/learn.h>
#include <grulens/task.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const grl_paper_tasks[GRL_PAPER_TASKS] = {"fitzhugh-nagumo", "line-attractor", "ring-attractor"};
const char *const grl_paper_learned[GRL_PAPER_TASKS] = {"oscillator-2", "line-4", "ring-4"};

static const size_t shown_units[GRL_PAPER_TASKS] = {2, 4, 4};

enum { PROVEN_UNITS = 4, MEASURES = 32 };

typedef struct trained {
    size_t task, units;
    unsigned long long seed;
    int success, alternating;
    size_t count;
    grl_measure measures[MEASURES];
    grl_model *model; /* of a size that is shown */
    size_t drift_count;
    double *drift; /* times, medians, worst */
} trained;

static double measure_of(const trained *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->measures[i].name, name) == 0) return t->measures[i].value;
    return NAN;
}

static grl_status train_one(grl_paper *paper, trained *t, grl_error *error)
{
    grl_training *training = NULL;
    grl_judgement *judgement = NULL;
    const grl_problem problem = grl_problem_of(grl_task_find(grl_paper_tasks[t->task]));
    grl_training_settings settings = grl_training_defaults(&problem);
    grl_judge_options how = grl_judge_defaults();
    settings.units = t->units;
    settings.seed = t->seed;
    how.seed = t->seed;
    how.threads = 1;
    grl_status status =
        grl_train(&problem, NULL, &settings, NULL, 1, paper->options->progress, &training, error);
    if (status == GRL_OK) status = grl_judge(training, NULL, &how, &judgement, error);
    if (status == GRL_OK) {
        t->success = judgement->success;
        t->count = judgement->measure_count < MEASURES ? judgement->measure_count : MEASURES;
        memcpy(t->measures, judgement->measures, t->count * sizeof *t->measures);
        const grl_judged_continuum *c = judgement->continuum;
        t->alternating = c && c->alternating;
        if (t->units == shown_units[t->task]) status = grl_model_copy(training->model, &t->model, error);
        if (status == GRL_OK && c && t->units == shown_units[t->task] && c->drift_count > 0) {
            t->drift = grl_calloc(c->drift_count, 3 * sizeof *t->drift);
            if (!t->drift) status = grl_fail_memory(error, c->drift_count, 3 * sizeof *t->drift);
            for (size_t i = 0; status == GRL_OK && i < c->drift_count; i++) {
                t->drift[i] = c->drift_time[i];
                t->drift[c->drift_count + i] = c->drift_median[i];
                t->drift[2 * c->drift_count + i] = c->drift_worst[i];
            }
            t->drift_count = c->drift_count;
        }
    }
    grl_judgement_free(judgement);
    grl_training_free(training);
    return status;
}

static void add_trained(const trained *t, size_t i, grl_results *results)
{
    grl_results_text(results, grl_paper_tasks[t->task], "networks/%zu/task", i);
    grl_results_integer(results, (long long)t->units, "networks/%zu/units", i);
    grl_results_integer(results, (long long)t->seed, "networks/%zu/seed", i);
    grl_results_flag(results, t->success == 1, "networks/%zu/success", i);
    for (size_t k = 0; k < t->count; k++)
        if (!isnan(t->measures[k].value))
            grl_results_number(results, t->measures[k].value, "networks/%zu/%s", i, t->measures[k].name);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The median of a measure over a group, where an infinite one is larger than all; values: room for the group. */
static double median_of(size_t count, const trained *const *group, const char *name, double *values)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        values[used] = measure_of(group[i], name);
        if (!isnan(values[used])) used++;
    }
    qsort(values, used, sizeof *values, by_value);
    return used == 0  ? (double)NAN
           : used % 2 ? values[used / 2]
                      : 0.5 * (values[used / 2 - 1] + values[used / 2]);
}

/* All seeds of one task and size. */
static void add_group(size_t count, const trained *const *group, size_t at, double *values,
                      grl_results *results)
{
    static const char *const medians[] = {"error",        "error_long",       "period", "period_error",
                                          "memory_worst", "run_memory_worst", "speed",  "covered"};
    long long learned = 0, finite = 0, complete = 0, fewest = -1, most = 0;
    for (size_t i = 0; i < count; i++) {
        const double points = measure_of(group[i], "fixed_points");
        learned += group[i]->success == 1;
        finite += measure_of(group[i], "finite") == 1;
        complete += measure_of(group[i], "complete") == 1;
        if (fewest < 0 || points < (double)fewest) fewest = (long long)points;
        if (points > (double)most) most = (long long)points;
    }
    grl_results_text(results, grl_paper_tasks[group[0]->task], "groups/%zu/task", at);
    grl_results_integer(results, (long long)group[0]->units, "groups/%zu/units", at);
    grl_results_integer(results, (long long)count, "groups/%zu/networks", at);
    grl_results_integer(results, learned, "groups/%zu/learned", at);
    grl_results_integer(results, finite, "groups/%zu/finite", at);
    grl_results_integer(results, complete, "groups/%zu/complete", at);
    grl_results_integer(results, fewest, "groups/%zu/fewest", at);
    grl_results_integer(results, most, "groups/%zu/most", at);
    for (size_t k = 0; k < sizeof medians / sizeof *medians; k++) {
        const double value = median_of(count, group, medians[k], values);
        if (!isnan(value)) grl_results_number(results, value, "groups/%zu/%s", at, medians[k]);
    }
}

/* The best network of the size that is shown: of those that learned it the one with the least error. */
static grl_status add_best(grl_paper *paper, size_t count, const trained *all, size_t task,
                           grl_results *results, grl_error *error)
{
    const trained *best = NULL;
    const char *name = grl_paper_learned[task];
    for (size_t i = 0; i < count; i++) {
        const trained *t = &all[i];
        if (t->task != task || !t->model) continue;
        const int better =
            !best || t->success > best->success ||
            (t->success == best->success && measure_of(t, "error") < measure_of(best, "error"));
        if (better) best = t;
    }
    if (!best) return GRL_OK;
    grl_status status = grl_paper_add_whole(paper, results, name, best->model, error);
    grl_results_integer(results, (long long)best->seed, "best/%zu/seed", task);
    grl_results_integer(results, (long long)best->units, "best/%zu/units", task);
    grl_results_flag(results, best->success == 1, "best/%zu/success", task);
    grl_results_flag(results, best->alternating, "best/%zu/alternating", task);
    for (size_t k = 0; k < best->count; k++)
        if (!isnan(best->measures[k].value))
            grl_results_number(results, best->measures[k].value, "best/%zu/%s", task, best->measures[k].name);
    if (best->drift) {
        const size_t n = best->drift_count;
        grl_results_numbers(results, n, best->drift, "best/%zu/drift/time", task);
        grl_results_numbers(results, n, best->drift + n, "best/%zu/drift/median", task);
        grl_results_numbers(results, n, best->drift + 2 * n, "best/%zu/drift/worst", task);
    }
    return status;
}

static grl_status summarise(grl_paper *paper, size_t count, const trained *all, size_t seeds,
                            grl_results *results, grl_error *error)
{
    const trained **group = grl_calloc(seeds, sizeof *group);
    double *values = grl_calloc(seeds, sizeof *values);
    long long small = 0, finite = 0;
    grl_status status = group && values ? GRL_OK : grl_fail_memory(error, seeds, sizeof *group);
    for (size_t i = 0; i < count && status == GRL_OK; i++) {
        add_trained(&all[i], i, results);
        group[i % seeds] = &all[i];
        if (i % seeds == seeds - 1) add_group(seeds, group, i / seeds, values, results);
        if (all[i].task > 0 && all[i].units <= PROVEN_UNITS) {
            small++;
            finite += measure_of(&all[i], "finite") == 1;
        }
    }
    grl_results_integer(results, (long long)count, "count");
    grl_results_integer(results, (long long)seeds, "seeds");
    grl_results_integer(results, small, "continuous/networks");
    grl_results_integer(results, finite, "continuous/finite");
    for (size_t task = 0; task < GRL_PAPER_TASKS && status == GRL_OK; task++)
        status = add_best(paper, count, all, task, results, error);
    free(values);
    free(group);
    return status;
}

grl_status grl_paper_train(grl_paper *paper, grl_results *results, grl_error *error)
{
    static const size_t sizes[2][GRL_PAPER_SIZES] = {{2, 3, 4, 8}, {2, 4}};
    const int quick = paper->options->quick != 0;
    const size_t used = quick ? 2 : GRL_PAPER_SIZES, seeds = quick ? 2 : 10,
                 count = GRL_PAPER_TASKS * used * seeds;
    trained *all = grl_calloc(count, sizeof *all);
    grl_error *errors = grl_calloc(count, sizeof *errors);
    grl_status *states = grl_calloc(count, sizeof *states), status = GRL_OK;
    if (!all || !errors || !states) {
        status = grl_fail_memory(error, count, sizeof *all);
        goto done;
    }
    for (size_t i = 0; i < count; i++)
        all[i] = (trained){.task = i / (used * seeds),
                           .units = sizes[quick][i / seeds % used],
                           .seed = paper->options->seed + i % seeds};
    const int threads = paper->options->threads > 0 ? paper->options->threads : omp_get_max_threads();
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t k = 0; k < count; k++) {
        /* The large ones first. */
        const size_t size = used - 1 - k / (GRL_PAPER_TASKS * seeds), rest = k % (GRL_PAPER_TASKS * seeds);
        const size_t i = (rest / seeds * used + size) * seeds + rest % seeds;
        states[i] = train_one(paper, &all[i], &errors[i]);
    }
    for (size_t i = 0; i < count && status == GRL_OK; i++) {
        status = states[i];
        if (status != GRL_OK && error) *error = errors[i];
    }
    if (status == GRL_OK) status = summarise(paper, count, all, seeds, results, error);
done:
    for (size_t i = 0; all && i < count; i++) {
        grl_model_free(all[i].model);
        free(all[i].drift);
    }
    free(states);
    free(errors);
    free(all);
    return status;
}
