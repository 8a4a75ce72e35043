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

static grl_status save_text(const desk *d, const char *middle, const char *name, const char *ending,
                            const char *text, grl_error *error)
{
    char *path = in_out(d, middle, name, ending);
    grl_status status = path ? grl_text_save(text, path, error) : GRL_NO_MEMORY;
    free(path);
    return status;
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

/* The networks on the way. */
static grl_status save_checkpoints(const desk *d, const char *name, const grl_training *training,
                                   grl_error *error)
{
    grl_status status = GRL_OK;
    for (size_t i = 0; status == GRL_OK && i < training->checkpoint_count; i++) {
        char ending[48];
        snprintf(ending, sizeof ending, "-step-%lld.json", training->checkpoint_steps[i]);
        char *path = in_out(d, "runs/", name, ending);
        status = path ? grl_model_save(training->checkpoints[i], path, error) : GRL_NO_MEMORY;
        free(path);
    }
    return status;
}

static grl_status draw_one(const desk *d, size_t i, const grl_training *training,
                           const grl_judgement *judgement, const grl_dataset *test, grl_error *error)
{
    const grl_cli_trainee *t = &d->plan->trainees[i];
    /* Of each task and size the first seed. */
    if (t->settings.seed != (unsigned long long)d->given->run.seed) return GRL_OK;
    char *prediction = in_out(d, "runs/", t->name, "-prediction.svg"),
         *portrait = in_out(d, "runs/", t->name, "-portrait.svg");
    grl_status status = prediction && portrait
                            ? grl_cli_draw_network(training, judgement, test, prediction, portrait, error)
                            : GRL_NO_MEMORY;
    free(prediction);
    free(portrait);
    return status;
}

/* One training, from start to journal. *stopped = 1: its state is kept. */
static grl_status one(desk *d, size_t i, int *stopped, grl_error *error)
{
    const grl_cli_trainee *t = &d->plan->trainees[i];
    grl_training *training = NULL;
    grl_judgement *judgement = NULL;
    grl_dataset *test = NULL;
    char *json = NULL, *text = NULL;
    grl_status status = grl_train(t->problem.task ? &t->problem : NULL, d->plan->data, &t->settings,
                                  grl_sweep_state(d->sweep, i), d->threads, d->progress, &training, error);
    if (status != GRL_OK) return status;
    *stopped = strcmp(training->stopped_by, "stopped") == 0;
    if (!*stopped) {
        if (d->plan->data)
            status = grl_dataset_split(d->plan->data, t->settings.seed, GRL_SPLIT_TEST, &test, error);
        if (status == GRL_OK) status = grl_judge(training, test, NULL, &judgement, error);
        if (status == GRL_OK) status = draw_one(d, i, training, judgement, test, error);
        if (status == GRL_OK) status = save_model(d, t->name, training, error);
        if (status == GRL_OK) status = save_checkpoints(d, t->name, training, error);
        if (status == GRL_OK) status = grl_report_training_text(training, judgement, t->name, &text, error);
        if (status == GRL_OK) status = save_text(d, "runs/", t->name, ".txt", text, error);
        if (status == GRL_OK) status = grl_report_training_json(training, judgement, t->name, &json, error);
        if (status == GRL_OK) status = grl_sweep_done(d->sweep, i, json, error);
    }
    if (status == GRL_OK && !*stopped) {
        omp_set_lock(&d->lock);
        d->done[i] = 1;
        d->best[i] = training->best;
        omp_unset_lock(&d->lock);
    }
    grl_text_free(text);
    grl_text_free(json);
    grl_dataset_free(test);
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

/* As many lines as any terminal shows. */
enum { MOST_LINES = 18 };

/* The live table: a line for each task and size. */
static int show(void *context, long long done, double seconds)
{
    desk *d = context;
    const grl_cli_plan *plan = d->plan;
    int lines = 1, more = 0;
    fprintf(stderr, "%-18s %6s %9s %11s\033[K\n", "task", "units", "done", "best loss");
    omp_set_lock(&d->lock);
    for (size_t i = 0, end; i < plan->count; i = end) {
        const grl_cli_trainee *t = &plan->trainees[i];
        size_t finished = 0;
        double best = INFINITY;
        for (end = i; end < plan->count && plan->trainees[end].problem.task == t->problem.task &&
                      plan->trainees[end].settings.units == t->settings.units;
             end++) {
            finished += (size_t)d->done[end];
            if (d->best[end] < best) best = d->best[end];
        }
        if (lines > MOST_LINES) {
            more++;
            continue;
        }
        lines++;
        fprintf(stderr, "%-18s %6zu %4zu/%-4zu ",
                t->problem.task ? grl_task_name(t->problem.task) : "recorded", t->settings.units, finished,
                end - i);
        if (isfinite(best))
            fprintf(stderr, "%11.3g\033[K\n", best);
        else
            fprintf(stderr, "%11s\033[K\n", "");
    }
    omp_unset_lock(&d->lock);
    if (more > 0) fprintf(stderr, "and %d more\033[K\n", more);
    const double rate = (double)done / seconds, left = d->total - (double)done;
    fprintf(stderr, "%.0f steps/s, %.0f s", rate, seconds);
    if (done > 0 && left > 0) fprintf(stderr, ", about %.0f s left", left / rate);
    fputs("\033[K\n", stderr);
    return lines + 1 + (more > 0);
}

/* DIR/runs.jsonl: the documents in the order of the plan. */
static int write_lines(const desk *d, const char *const *lines)
{
    grl_error error = {0};
    size_t size = 1;
    for (size_t i = 0; i < d->plan->count; i++) size += lines[i] ? strlen(lines[i]) + 1 : 0;
    char *text = malloc(size), *at = text, *path = in_out(d, "", "runs", ".jsonl");
    int status = GRL_CLI_DONE;
    if (!text || !path) {
        status = grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory for %zu bytes", size);
        goto done;
    }
    *at = '\0';
    for (size_t i = 0; i < d->plan->count; i++)
        if (lines[i]) {
            const size_t length = strlen(lines[i]);
            memcpy(at, lines[i], length);
            at[length] = '\n';
            at += length + 1;
            *at = '\0';
        }
    if (grl_text_save(text, path, &error) != GRL_OK) status = grl_cli_error(&error);
done:
    free(text);
    free(path);
    return status;
}

/* What is there to be said about the runs that are done. */
static int conclude(const desk *d, const char *const *lines)
{
    grl_error error = {0};
    grl_judgement_rows *rows = NULL;
    char *text = NULL, *json = NULL, *markdown = NULL;
    int status = write_lines(d, lines);
    if (status != GRL_CLI_DONE) return status;
    if (grl_judgement_rows_read(d->plan->count, lines, &rows, &error) != GRL_OK ||
        grl_report_sweep_text(rows->count, rows->items, &text, &error) != GRL_OK ||
        grl_report_sweep_markdown(rows->count, rows->items, &markdown, &error) != GRL_OK ||
        grl_report_sweep_json(rows->count, rows->items, &json, &error) != GRL_OK ||
        save_text(d, "", "table", ".md", markdown, &error) != GRL_OK ||
        save_text(d, "", "sweep", ".json", json, &error) != GRL_OK)
        status = grl_cli_error(&error);
    char *curves = in_out(d, "", "learning", ".svg"), *sizes = in_out(d, "", "error", ".svg");
    if (status == GRL_CLI_DONE &&
        (!curves || !sizes || grl_cli_draw_sweep(rows, curves, sizes, &error) != GRL_OK))
        status = grl_cli_error(&error);
    free(curves);
    free(sizes);
    if (status == GRL_CLI_DONE)
        status = grl_cli_write(d->given->output.json, json, text, d->given->output.quiet);
    grl_text_free(text);
    grl_text_free(json);
    grl_text_free(markdown);
    grl_judgement_rows_free(rows);
    return status;
}

/* All that is left, by as many threads as were asked for: side by side, and what is over within each training. */
static void work_all(desk *d)
{
    const size_t left = d->plan->count - grl_sweep_count_done(d->sweep);
    const int threads = d->given->run.threads > 0 ? (int)d->given->run.threads : omp_get_num_procs();
    const int side_by_side = left < (size_t)threads ? (left > 0 ? (int)left : 1) : threads;
    d->threads = threads / side_by_side;
    /* A team within a team of one would be made anew at every step. */
    if (side_by_side == 1) {
        work(d);
        return;
    }
    omp_set_max_active_levels(2);
#pragma omp parallel num_threads(side_by_side)
    work(d);
}

int grl_cli_plan_run(const grl_cli_train_settings *given, const grl_cli_plan *plan)
{
    desk d = {.given = given, .plan = plan};
    const char *const *lines;
    int helper = 0, status = GRL_CLI_DONE;
    grl_error error = {0};
    size_t left = 0;
    omp_init_lock(&d.lock);
    d.done = calloc(plan->count, sizeof *d.done);
    d.best = calloc(plan->count, sizeof *d.best);
    if (!d.done || !d.best) {
        status = grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory");
        goto done;
    }
    if (grl_sweep_open(given->out, plan->count, plan->runs, given->resume, &d.sweep, &error) != GRL_OK) {
        status = grl_cli_error(&error);
        goto done;
    }
    for (size_t i = 0; i < plan->count; i++) {
        d.best[i] = INFINITY;
        d.done[i] = grl_sweep_is_done(d.sweep, i);
        if (!d.done[i]) d.total += (double)plan->trainees[i].settings.steps;
    }
    d.progress = grl_cli_watch_begin_rows(show, &d, given->output.quiet);
    work_all(&d);
    grl_cli_watch_end();
    /* Other processes wait for this one also where it failed. */
    const grl_status collected = grl_sweep_collect(d.sweep, &lines, &helper, &error);
    if (d.status != GRL_OK || collected != GRL_OK) {
        status = grl_cli_error(d.status != GRL_OK ? &d.error : &error);
        goto done;
    }
    if (!helper) status = conclude(&d, lines);
    for (size_t i = 0; i < plan->count; i++) left += !lines[i];
    if (status == GRL_CLI_DONE && !helper && left > 0)
        status =
            grl_cli_fail(GRL_CLI_NOT_REACHED, "%s: stopped with %zu of %zu trainings to do; --resume goes on",
                         given->out, left, plan->count);
done:
    grl_sweep_close(d.sweep);
    free(d.done);
    free(d.best);
    omp_destroy_lock(&d.lock);
    return status;
}
