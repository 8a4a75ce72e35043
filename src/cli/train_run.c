/* train_run.c: trains and judges the networks of a plan, several at once, and writes the results. */
#include "cli/train.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* What the threads share. */
typedef struct desk {
    const grl_cli_train_settings *given;
    const grl_cli_plan *plan;
    grl_sweep *sweep;
    grl_progress *progress;
    int threads;  /* for one training */
    double total; /* steps that were to be done */
    int *done;    /* of each run */
    double *best;
    grl_status status; /* the first thing that went wrong */
    grl_error error;
    omp_lock_t lock; /* of done, best, status, error */
} desk;

static void fail(desk *d, grl_status status, const grl_error *error)
{
    omp_set_lock(&d->lock);
    if (d->status == GRL_OK) {
        d->status = status;
        d->error = *error;
    }
    omp_unset_lock(&d->lock);
}

static int failed(desk *d)
{
    omp_set_lock(&d->lock);
    const int yes = d->status != GRL_OK;
    omp_unset_lock(&d->lock);
    return yes;
}

/* DIR/MIDDLE NAME ENDING; free it. NULL if memory is lacking. */
static char *in_out(const desk *d, const char *middle, const char *name, const char *ending)
{
    const size_t size = strlen(d->given->out) + strlen(middle) + strlen(name) + strlen(ending) + 4;
    char *path = malloc(size);
    if (path) snprintf(path, size, "%s/%s%s%s", d->given->out, middle, name, ending);
    return path;
}

static grl_status save_model(const desk *d, const char *name, const grl_training *training, grl_error *error)
{
    static const char *const endings[] = {".json", ".safetensors"};
    grl_status status = GRL_OK;
    for (size_t i = 0; status == GRL_OK && i < 2; i++) {
        char *path = in_out(d, "runs/", name, endings[i]);
        status = path ? grl_model_save(training->model, path, error) : GRL_NO_MEMORY;
        free(path);
    }
    return status;
}

/* One training, from start to journal. *stopped = 1: its state is kept. */
static grl_status one(desk *d, size_t i, int *stopped, grl_error *error)
{
    const grl_cli_trainee *t = &d->plan->trainees[i];
    grl_training *training = NULL;
    grl_judgement *judgement = NULL;
    char *json = NULL;
    grl_status status = grl_train(t->problem.task ? &t->problem : NULL, d->plan->data, &t->settings,
                                  grl_sweep_state(d->sweep, i), d->threads, d->progress, &training, error);
    if (status != GRL_OK) return status;
    *stopped = strcmp(training->stopped_by, "stopped") == 0;
    if (!*stopped) {
        status = grl_judge(training, d->plan->data, NULL, &judgement, error);
        if (status == GRL_OK) status = save_model(d, t->name, training, error);
        if (status == GRL_OK) status = grl_report_training_json(training, judgement, t->name, &json, error);
        if (status == GRL_OK) status = grl_sweep_done(d->sweep, i, json, error);
    }
    if (status == GRL_OK && !*stopped) {
        omp_set_lock(&d->lock);
        d->done[i] = 1;
        d->best[i] = training->best;
        omp_unset_lock(&d->lock);
    }
    grl_text_free(json);
    grl_judgement_free(judgement);
    grl_training_free(training);
    return status;
}

static void work(desk *d)
{
    int stopped = 0;
    while (!stopped && !failed(d)) {
        grl_error error = {0};
        const size_t i = grl_sweep_next(d->sweep);
        if (i == d->plan->count) break;
        grl_status status = one(d, i, &stopped, &error);
        if (status != GRL_OK) fail(d, status, &error);
    }
}

/* The live table: a line for each task and size. */
static int show(void *context, long long done, double seconds)
{
    desk *d = context;
    const grl_cli_plan *plan = d->plan;
    int lines = 1;
    fprintf(stderr, "%-18s %6s %9s %11s\033[K\n", "task", "units", "done", "best loss");
    omp_set_lock(&d->lock);
    for (size_t i = 0, end; i < plan->count; i = end, lines++) {
        const grl_cli_trainee *t = &plan->trainees[i];
        size_t finished = 0;
        double best = INFINITY;
        for (end = i; end < plan->count && plan->trainees[end].problem.task == t->problem.task &&
                      plan->trainees[end].settings.units == t->settings.units;
             end++) {
            finished += (size_t)d->done[end];
            if (d->best[end] < best) best = d->best[end];
        }
        fprintf(stderr, "%-18s %6zu %4zu/%-4zu ",
                t->problem.task ? grl_task_name(t->problem.task) : "recorded", t->settings.units, finished,
                end - i);
        if (isfinite(best))
            fprintf(stderr, "%11.3g\033[K\n", best);
        else
            fprintf(stderr, "%11s\033[K\n", "");
    }
    omp_unset_lock(&d->lock);
    const double rate = (double)done / seconds, left = d->total - (double)done;
    fprintf(stderr, "%.0f steps/s, %.0f s", rate, seconds);
    if (done > 0 && left > 0) fprintf(stderr, ", about %.0f s left", left / rate);
    fputs("\033[K\n", stderr);
    return lines + 1;
}
