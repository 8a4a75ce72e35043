/* training_text.c: a training for a person: what was trained, how the error fell, what became of it. */
#include <grulens/report.h>

#include "base/error.h"
#include "base/layout.h"
#include "report/grid.h"
#include "report/training.h"
#include "report/words.h"

#include <math.h>
#include <string.h>

enum { ROWS = 12 }; /* of the learning curve */

void grl_words_problem(grl_text *words, const grl_problem *problem)
{
    if (!problem->task) {
        grl_text_add(words, "recorded data");
        return;
    }
    grl_text_add(words, grl_task_name(problem->task));
    const grl_task_parameter *p = grl_task_parameters(problem->task);
    for (size_t i = 0; p[i].name; i++)
        grl_text_addf(words, "%s%s = %g", i == 0 ? " (" : ", ", p[i].name, problem->values[i]);
    if (p[0].name) grl_text_add(words, ")");
}

/* "stopped by" of the document, in words. */
static const char *end_words(const char *stopped_by)
{
    if (strcmp(stopped_by, "patience") == 0) return ", when nothing better came any more";
    if (strcmp(stopped_by, "not finite") == 0) return ", when the loss was no finite number";
    if (strcmp(stopped_by, "stopped") == 0) return ", when it was stopped";
    return "";
}

static void say_training(grl_text *words, const grl_training *t, const char *name)
{
    const grl_training_settings *s = &t->settings;
    grl_text_addf(words, "%s: a GRU of ", name);
    grl_words_plural(words, s->units, "unit", "units");
    grl_text_addf(words, " (reset %s) that was trained on ",
                  s->reset == GRL_RESET_AFTER ? "after" : "before");
    grl_words_problem(words, &t->problem);
    if (s->time == GRL_DISCRETE)
        grl_text_add(words, " as the map");
    else
        grl_text_addf(words, " as the flow, by Euler steps of %s", grl_number_short(s->dt, 3).text);
    grl_text_addf(words, ", from the seed %llu, by %s steps of %s in %s s%s.", s->seed,
                  grl_number_grouped(t->steps).text, s->optimizer == GRL_ADAMW ? "AdamW" : "Adam",
                  grl_number_short(t->seconds, 3).text, end_words(t->stopped_by));
    if (!isfinite(t->best)) {
        grl_text_add(words,
                     " No validation loss was a finite number: the network is the one that it began with.");
        return;
    }
    grl_text_add(words, " The least validation loss, over a horizon of ");
    grl_words_plural(words, t->validated, "step", "steps");
    grl_text_addf(words, " and in units of the variance, is %s, at step %s.",
                  grl_number_short(t->best, 3).text, grl_number_grouped(t->best_step).text);
}

/* Some rows of the learning curve, evenly taken, the last one among them. */
static void add_curve(grl_text *text, const grl_training *t)
{
    grl_grid grid = {.columns = 5, .align = "rrrrr"};
    static const char *const heads[] = {"step", "horizon", "loss", "validation", "rate"};
    const size_t shown = t->count < ROWS ? t->count : ROWS;
    if (shown == 0) return;
    for (size_t i = 0; i < grid.columns; i++) grl_grid_add(&grid, 0, heads[i]);
    for (size_t i = 0; i < shown; i++) {
        const grl_learning_point *p = &t->curve[(i + 1) * t->count / shown - 1];
        grl_grid_addf(&grid, "%lld", p->step);
        grl_grid_addf(&grid, "%zu", p->horizon);
        grl_grid_add(&grid, 0, grl_number_short(p->loss, 3).text);
        grl_grid_add(&grid, 0, grl_number_short(p->validation, 3).text);
        grl_grid_add(&grid, 0, grl_number_short(p->rate, 3).text);
    }
    grl_text_add(text, "\nLearning curve\n");
    grl_grid_print(&grid, text);
    text->failed = text->failed || grid.failed;
    grl_grid_drop(&grid);
    grl_text_add(text,
                 "\nloss: of the last training step, over the horizon then; validation: over the whole\n"
                 "horizon. Both in units of the variance.\n");
}

grl_status grl_report_training_text(const grl_training *training, const grl_judgement *judgement,
                                    const char *name, char **text, grl_error *error)
{
    grl_text out = {0}, words = {0};
    say_training(&words, training, name);
    if (words.failed)
        out.failed = true;
    else
        grl_text_add_wrapped(&out, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
    if (judgement) {
        grl_text_add(&out, "\n");
        grl_judgement_words(&out, judgement);
        grl_judgement_map(&out, training->model, name, judgement);
        grl_judgement_path(&out, judgement);
    }
    add_curve(&out, training);
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the report");
}
