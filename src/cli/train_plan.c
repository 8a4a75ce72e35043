/* train_plan.c: from the command line of grulens train to the list of trainings. */
#include "cli/train.h"

#include <stdlib.h>
#include <string.h>

/* Lists of tasks are short. */
enum { MOST_TASKS = 64 };

static int no_memory(void)
{
    return grl_cli_fail(GRL_CLI_BAD_INPUT, "not enough memory");
}

/* "NAME,NAME" into problems. */
static int read_tasks(const grl_texts *texts, grl_problem *problems, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < texts->count; i++) {
        for (const char *at = texts->values[i]; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
            char name[64] = "";
            const size_t length = strcspn(at, ",");
            grl_problem found;
            if (length < sizeof name) memcpy(name, at, length);
            int status = grl_cli_task("train", length < sizeof name ? name : texts->values[i], &found);
            if (status != GRL_CLI_DONE) return status;
            for (size_t j = 0; j < *count; j++)
                if (problems[j].task == found.task)
                    return grl_cli_fail(GRL_CLI_USAGE, "--task: '%s' is there twice", name);
            if (*count == MOST_TASKS) return grl_cli_fail(GRL_CLI_USAGE, "--task: too many tasks");
            problems[(*count)++] = found;
        }
    }
    return GRL_CLI_DONE;
}

/* --set NAME=VALUE, into every problem that has such a parameter. */
static int read_parameters(const grl_texts *texts, grl_problem *problems, size_t count)
{
    for (size_t i = 0; i < texts->count; i++) {
        grl_error error = {0};
        char name[GRL_CLI_TASK_NAME];
        double value;
        size_t known = 0;
        int status = grl_cli_task_parameter("--set", texts->values[i], name, &value);
        if (status != GRL_CLI_DONE) return status;
        for (size_t p = 0; p < count; p++) {
            if (isnan(grl_problem_get(&problems[p], name))) continue;
            known++;
            if (grl_problem_set(&problems[p], name, value, &error) != GRL_OK) return grl_cli_error(&error);
        }
        if (known == 0)
            return count > 0 && grl_problem_set(&problems[0], name, value, &error) != GRL_OK
                       ? grl_cli_error(&error)
                       : grl_cli_fail(GRL_CLI_USAGE, "--set: recorded data have no parameters");
    }
    return GRL_CLI_DONE;
}

static void take(double given, double *value)
{
    if (given >= 0) *value = given;
}

static void take_count(long long given, size_t *value)
{
    if (given >= 0) *value = (size_t)given;
}

static void take_steps(long long given, long long *value)
{
    if (given >= 0) *value = given;
}

static grl_training_settings settings_of(const grl_cli_train_settings *given, const grl_problem *problem,
                                         size_t units, unsigned long long seed)
{
    grl_training_settings s = grl_training_defaults(problem);
    s.units = units;
    s.seed = seed;
    if (given->reset) s.reset = (grl_reset)(given->reset - 1);
    if (given->time) s.time = (grl_time)(given->time - 1);
    if (given->start) s.start = (grl_start)(given->start - 1);
    if (given->optimizer) s.optimizer = (grl_optimizer)(given->optimizer - 1);
    if (given->schedule) s.schedule = (grl_schedule)(given->schedule - 1);
    if (given->init) s.init = (grl_initialization)(given->init - 1);
    if (given->precision) s.precision = (grl_precision)(given->precision - 1);
    take(given->dt, &s.dt);
    take(given->growth, &s.growth);
    take(given->rate, &s.rate);
    take(given->weight_decay, &s.weight_decay);
    take(given->clip, &s.clip);
    take(given->noise, &s.noise);
    take_count(given->warm_up, &s.warm_up);
    take_count(given->teacher_forcing, &s.teacher_forcing);
    take_count(given->trajectories, &s.trajectories);
    take_count(given->horizon, &s.horizon);
    take_count(given->first_horizon, &s.first_horizon);
    take_count(given->batch, &s.batch);
    take_count(given->checkpoints, &s.checkpoints);
    take_steps(given->steps, &s.steps);
    take_steps(given->validate_every, &s.validate_every);
    take_steps(given->patience, &s.patience);
    return s;
}

int grl_cli_plan_make(const grl_cli_train_settings *given, grl_cli_plan *plan)
{
    grl_error error = {0};
    grl_problem problems[MOST_TASKS] = {0};
    size_t tasks = 0;
    const size_t sizes = given->units.count ? given->units.count : 1, seeds = (size_t)given->seeds;
    int status = read_tasks(&given->tasks, problems, &tasks);
    if (status == GRL_CLI_DONE) status = read_parameters(&given->set, problems, tasks);
    if (status != GRL_CLI_DONE) return status;
    if (given->data) {
        tasks = 1;
        if (grl_dataset_load(given->data, given->time_step, &plan->data, &error) != GRL_OK)
            return grl_cli_error(&error);
    }
    plan->trainees = calloc(tasks * sizes * seeds, sizeof *plan->trainees);
    plan->runs = calloc(tasks * sizes * seeds, sizeof *plan->runs);
    if (!plan->trainees || !plan->runs) return no_memory();
    for (size_t p = 0; p < tasks; p++)
        for (size_t n = 0; n < sizes; n++)
            for (size_t k = 0; k < seeds; k++) {
                grl_cli_trainee *t = &plan->trainees[plan->count];
                const size_t units = given->units.count ? (size_t)given->units.values[n] : 2;
                const unsigned long long seed = (unsigned long long)given->run.seed + k;
                t->problem = problems[p];
                t->settings = settings_of(given, &problems[p], units, seed);
                if (grl_training_check(&t->settings, &error) != GRL_OK) return grl_cli_error(&error);
                snprintf(t->name, sizeof t->name, "%s-n%zu-s%llu",
                         t->problem.task ? grl_task_name(t->problem.task) : "recorded", units, seed);
                /* A step costs as the number of weights at worst; what matters is the order. */
                plan->runs[plan->count] = (grl_sweep_run){
                    t->name, grl_training_key(&t->problem, plan->data, &t->settings),
                    (double)units * (double)units * (double)t->settings.horizon * (double)t->settings.steps};
                plan->count++;
            }
    return GRL_CLI_DONE;
}

void grl_cli_plan_drop(grl_cli_plan *plan)
{
    grl_dataset_free(plan->data);
    free(plan->trainees);
    free(plan->runs);
}
