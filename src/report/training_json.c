/* training_json.c: a training as a document, grulens-training: one line without line feeds, so that a journal holds one in
 * each line. docs/documents.md has its fields. */
#include <grulens/report.h>

#include "base/error.h"
#include "learn/settings.h"
#include "report/json.h"
#include "report/training.h"

#include <math.h>

const char *grl_words_model_start(const grl_model *model)
{
    return grl_words_start(grl_model_start_E(model)   ? GRL_START_ENCODED
                           : grl_model_start_e(model) ? GRL_START_LEARNED
                                                      : GRL_START_ZERO);
}

const char *grl_words_kind(grl_task_kind kind)
{
    static const char *const words[] = {"oscillation", "line", "ring", "points", "recorded"};
    return words[kind];
}

void grl_json_measure(grl_text *text, double value)
{
    if (isinf(value) && value > 0)
        grl_text_add(text, "\"infinite\"");
    else
        grl_text_add_number(text, value);
}

void grl_json_problem(grl_text *text, const grl_problem *problem)
{
    if (!problem->task) {
        grl_text_add(text, "\"task\": \"recorded\", \"parameters\": {}");
        return;
    }
    grl_text_addf(text, "\"task\": \"%s\", \"parameters\": {", grl_task_name(problem->task));
    const grl_task_parameter *p = grl_task_parameters(problem->task);
    for (size_t i = 0; p[i].name; i++) {
        grl_text_addf(text, "%s\"%s\": ", i > 0 ? ", " : "", p[i].name);
        grl_text_add_number(text, problem->values[i]);
    }
    grl_text_add(text, "}");
}

static void add_settings(grl_text *text, const grl_training_settings *s)
{
    grl_training_number numbers[GRL_TRAINING_NUMBERS];
    grl_training_numbers(s, numbers);
    grl_text_addf(text,
                  "\"settings\": {\"units\": %zu, \"seed\": \"%llu\", \"reset\": \"%s\", \"time\": \"%s\", "
                  "\"start\": \"%s\", \"optimizer\": \"%s\", \"schedule\": \"%s\", \"init\": \"%s\", "
                  "\"precision\": \"%s\"",
                  s->units, s->seed, s->reset == GRL_RESET_AFTER ? "after" : "before",
                  s->time == GRL_DISCRETE ? "discrete" : "continuous", grl_words_start(s->start),
                  grl_words_optimizer(s->optimizer), grl_words_schedule(s->schedule),
                  grl_words_initialization(s->init), s->precision == GRL_FLOAT64 ? "float64" : "float32");
    for (size_t i = 0; i < GRL_TRAINING_NUMBERS; i++) {
        grl_text_addf(text, ", \"%s\": ", numbers[i].name);
        grl_text_add_number(text, numbers[i].value);
    }
    grl_text_add(text, "}");
}

/* As in the model's file. */
static void add_start(grl_text *text, const grl_model *model)
{
    const size_t n = grl_cell_hidden_size(grl_model_cell(model)), k = grl_model_observations(model);
    const double *E = grl_model_start_E(model), *e = grl_model_start_e(model);
    grl_text_add(text, "\"start\": {");
    if (E) grl_text_add(text, "\"E\": [");
    for (size_t i = 0; E && i < n; i++) {
        if (i > 0) grl_text_add(text, ", ");
        grl_json_numbers(text, E + i * k, k);
    }
    if (E) grl_text_add(text, "], ");
    if (e) grl_json_named_numbers(text, "e", e, n);
    grl_text_add(text, "}");
}

/* The learning curve by columns. */
static void add_curve(grl_text *text, const grl_training *t)
{
    static const char *const columns[] = {"step", "horizon", "loss", "validation", "rate"};
    grl_text_add(text, "\"curve\": {");
    for (int c = 0; c < 5; c++) {
        grl_text_addf(text, "%s\"%s\": [", c > 0 ? ", " : "", columns[c]);
        for (size_t i = 0; i < t->count; i++) {
            const grl_learning_point *p = &t->curve[i];
            const double row[] = {(double)p->step, (double)p->horizon, p->loss, p->validation, p->rate};
            if (i > 0) grl_text_add(text, ", ");
            grl_text_add_number(text, row[c]);
        }
        grl_text_add(text, "]");
    }
    grl_text_add(text, "}");
}

grl_status grl_report_training_json(const grl_training *training, const grl_judgement *judgement,
                                    const char *name, char **text, grl_error *error)
{
    grl_text out = {0};
    grl_text_add(&out, "{\"format\": \"grulens-training\", \"version\": 1, \"name\": ");
    grl_text_add_quoted(&out, name);
    grl_text_add(&out, ", ");
    grl_json_problem(&out, &training->problem);
    grl_text_add(&out, ", ");
    add_settings(&out, &training->settings);
    grl_text_add(&out, ", \"result\": {\"best\": ");
    grl_text_add_number(&out, training->best);
    grl_text_addf(&out, ", \"best_step\": %lld, \"steps\": %lld, \"stopped_by\": \"%s\", \"seconds\": ",
                  training->best_step, training->steps, training->stopped_by);
    grl_text_add_number(&out, training->seconds);
    grl_text_add(&out, "}, ");
    add_start(&out, training->model);
    grl_text_add(&out, ", ");
    add_curve(&out, training);
    grl_text_add(&out, ", \"checkpoints\": [");
    for (size_t i = 0; i < training->checkpoint_count; i++)
        grl_text_addf(&out, "%s%lld", i > 0 ? ", " : "", training->checkpoint_steps[i]);
    grl_text_add(&out, "], ");
    grl_judgement_json(&out, training->model, judgement);
    grl_text_add(&out, "}");
    *text = grl_text_take(&out);
    return *text ? GRL_OK : grl_fail(error, GRL_NO_MEMORY, "not enough memory for the document");
}
