/* settings.c: settings of a training: defaults, checks, text. */
#include "learn/settings.h"

#include "base/error.h"
#include "learn/state.h"
#include "learn/task.h"

#include <math.h>
#include <string.h>

grl_training_settings grl_training_defaults(const grl_problem *problem)
{
    grl_training_settings settings = {.units = 2,
                                      .reset = GRL_RESET_AFTER,
                                      .time = GRL_DISCRETE,
                                      .dt = 0.1,
                                      .trajectories = 128,
                                      .validation = 32,
                                      .horizon = 100,
                                      .first_horizon = 10,
                                      .growth = 0.8,
                                      .steps = 4000,
                                      .rate = 0.01,
                                      .beta1 = 0.9,
                                      .beta2 = 0.999,
                                      .epsilon = 1e-8,
                                      .clip = 0.1,
                                      .schedule = GRL_SCHEDULE_COSINE,
                                      .final_rate = 0.01,
                                      .validate_every = 25,
                                      .plateau_patience = 10};
    if (problem && problem->task) problem->task->recipe(problem->values, &settings);
    return settings;
}

/* A finite number in [low, high]. */
static grl_status within(const char *name, double value, double low, double high, grl_error *error)
{
    if (value >= low && value <= high) return GRL_OK;
    return grl_fail(error, GRL_BAD_INPUT, "training: expected %s from %g to %g, found %g", name, low, high,
                    value);
}

grl_status grl_training_check(const grl_training_settings *s, grl_error *error)
{
    const struct {
        const char *name;
        double value, low, high;
    } ranges[] = {{"units", (double)s->units, 1, GRL_MAX_UNITS},
                  {"dt", s->dt, 1e-9, 1},
                  {"warm-up", (double)s->warm_up, 0, 1e6},
                  {"teacher forcing", (double)s->teacher_forcing, 0, 1e6},
                  {"trajectories", (double)s->trajectories, 1, 1e7},
                  {"validation trajectories", (double)s->validation, 1, 1e7},
                  {"horizon", (double)s->horizon, 1, 1e6},
                  {"first horizon", (double)s->first_horizon, 0, 1e6},
                  {"growth", s->growth, 0, 1},
                  {"batch", (double)s->batch, 0, 1e7},
                  {"steps", (double)s->steps, 1, 1e12},
                  {"rate", s->rate, 0, 1e3},
                  {"beta1", s->beta1, 0, 0.999999},
                  {"beta2", s->beta2, 0, 0.999999999},
                  {"epsilon", s->epsilon, 1e-300, 1},
                  {"weight decay", s->weight_decay, 0, 1e3},
                  {"clip", s->clip, 0, 1e300},
                  {"final rate", s->final_rate, 0, 1},
                  {"steps between validations", (double)s->validate_every, 1, 1e12},
                  {"plateau patience", (double)s->plateau_patience, 1, 1e9},
                  {"patience", (double)s->patience, 0, 1e9},
                  {"noise", s->noise, 0, 1e3},
                  {"checkpoints", (double)s->checkpoints, 0, 10000}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        grl_status status = within(ranges[i].name, ranges[i].value, ranges[i].low, ranges[i].high, error);
        if (status != GRL_OK) return status;
    }
    if (s->teacher_forcing > 0 && (s->start != GRL_START_ENCODED || s->warm_up > 0))
        return grl_fail(error, GRL_BAD_INPUT,
                        "training: teacher forcing sets the state by the encoder; expected an encoded start "
                        "and no warm-up");
    return GRL_OK;
}

const char *grl_words_start(grl_start start)
{
    static const char *const words[] = {"encoded", "learned", "zero"};
    return words[start];
}

const char *grl_words_optimizer(grl_optimizer optimizer)
{
    return optimizer == GRL_ADAMW ? "adamw" : "adam";
}

const char *grl_words_schedule(grl_schedule schedule)
{
    static const char *const words[] = {"constant", "cosine", "plateau"};
    return words[schedule];
}

const char *grl_words_initialization(grl_initialization init)
{
    static const char *const words[] = {"pytorch", "keras", "orthogonal"};
    return words[init];
}

void grl_training_numbers(const grl_training_settings *s, grl_training_number numbers[GRL_TRAINING_NUMBERS])
{
    const grl_training_number all[GRL_TRAINING_NUMBERS] = {{"dt", s->time == GRL_DISCRETE ? 1 : s->dt},
                                                           {"warm_up", (double)s->warm_up},
                                                           {"teacher_forcing", (double)s->teacher_forcing},
                                                           {"trajectories", (double)s->trajectories},
                                                           {"validation", (double)s->validation},
                                                           {"horizon", (double)s->horizon},
                                                           {"first_horizon", (double)s->first_horizon},
                                                           {"growth", s->growth},
                                                           {"batch", (double)s->batch},
                                                           {"steps", (double)s->steps},
                                                           {"rate", s->rate},
                                                           {"beta1", s->beta1},
                                                           {"beta2", s->beta2},
                                                           {"epsilon", s->epsilon},
                                                           {"weight_decay", s->weight_decay},
                                                           {"clip", s->clip},
                                                           {"final_rate", s->final_rate},
                                                           {"validate_every", (double)s->validate_every},
                                                           {"plateau_patience", (double)s->plateau_patience},
                                                           {"patience", (double)s->patience},
                                                           {"noise", s->noise},
                                                           {"checkpoints", (double)s->checkpoints}};
    memcpy(numbers, all, sizeof all);
}

void grl_training_settings_add(grl_text *text, const grl_problem *problem, const grl_training_settings *s)
{
    grl_training_number numbers[GRL_TRAINING_NUMBERS];
    grl_training_numbers(s, numbers);
    grl_text_add(text, problem && problem->task ? problem->task->name : "recorded");
    for (const grl_task_parameter *p = problem && problem->task ? problem->task->parameters : NULL;
         p && p->name; p++) {
        grl_text_addf(text, " %s=", p->name);
        grl_text_add_number(text, problem->values[p - problem->task->parameters]);
    }
    grl_text_addf(
        text, " units=%zu seed=%llu reset=%s time=%s start=%s optimizer=%s schedule=%s init=%s precision=%s",
        s->units, s->seed, s->reset == GRL_RESET_AFTER ? "after" : "before",
        s->time == GRL_DISCRETE ? "discrete" : "continuous", grl_words_start(s->start),
        grl_words_optimizer(s->optimizer), grl_words_schedule(s->schedule), grl_words_initialization(s->init),
        s->precision == GRL_FLOAT64 ? "float64" : "float32");
    for (size_t i = 0; i < GRL_TRAINING_NUMBERS; i++) {
        grl_text_addf(text, " %s=", numbers[i].name);
        grl_text_add_number(text, numbers[i].value);
    }
}

unsigned long long grl_training_key(const grl_problem *problem, const grl_dataset *data,
                                    const grl_training_settings *settings)
{
    grl_text text = {0};
    grl_training_settings_add(&text, problem, settings);
    if (text.failed) {
        grl_text_drop(&text);
        return 0;
    }
    uint64_t key = grl_hash(grl_hash_begin, text.data, text.size);
    grl_text_drop(&text);
    if (data) {
        const size_t sizes[4] = {data->count, data->steps, data->outputs, data->inputs};
        key = grl_hash(key, sizes, sizeof sizes);
        key = grl_hash(key, &data->time_step, sizeof data->time_step); /* of the judgement's times */
        key = grl_hash(key, data->y, data->count * (data->steps + 1) * data->outputs * sizeof(double));
        if (data->u) key = grl_hash(key, data->u, data->count * data->steps * data->inputs * sizeof(double));
    }
    return key;
}
