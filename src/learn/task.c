/* task.c: the list of tasks, their parameters, and data sets drawn from them. */
#include "learn/task.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const grl_task *const tasks[] = {
    &grl_task_fitzhugh_nagumo, &grl_task_van_der_pol, &grl_task_line_attractor, &grl_task_ring_attractor,
    &grl_task_two_wells,       &grl_task_flip_flop,   &grl_task_integrator,     &grl_task_head_direction,
};

const grl_task *grl_task_at(size_t i)
{
    return i < sizeof tasks / sizeof *tasks ? tasks[i] : NULL;
}

const grl_task *grl_task_find(const char *name)
{
    for (size_t i = 0; grl_task_at(i); i++)
        if (strcmp(tasks[i]->name, name) == 0) return tasks[i];
    return NULL;
}

const char *grl_task_name(const grl_task *task)
{
    return task->name;
}

const char *grl_task_summary(const grl_task *task)
{
    return task->summary;
}

grl_task_kind grl_task_kind_of(const grl_task *task)
{
    return task->kind;
}

const grl_task_parameter *grl_task_parameters(const grl_task *task)
{
    return task->parameters;
}

grl_problem grl_problem_of(const grl_task *task)
{
    grl_problem problem = {.task = task};
    for (size_t i = 0; task->parameters[i].name; i++) problem.values[i] = task->parameters[i].initial;
    return problem;
}

static grl_status check_value(const grl_task_parameter *parameter, double value, grl_error *error)
{
    if (!(value >= parameter->low && value <= parameter->high))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a number from %g to %g, found %g",
                        parameter->name, parameter->low, parameter->high, value);
    if (parameter->whole && value != floor(value))
        return grl_fail(error, GRL_BAD_INPUT, "%s: expected a whole number from %g to %g, found %g",
                        parameter->name, parameter->low, parameter->high, value);
    return GRL_OK;
}

static grl_status check_problem(const grl_problem *problem, grl_error *error)
{
    grl_status status = GRL_OK;
    if (!problem->task) return grl_fail(error, GRL_BAD_INPUT, "expected a task, found recorded data");
    for (size_t i = 0; status == GRL_OK && problem->task->parameters[i].name; i++)
        status = check_value(&problem->task->parameters[i], problem->values[i], error);
    return status;
}

grl_status grl_problem_set(grl_problem *problem, const char *name, double value, grl_error *error)
{
    grl_text names = {0};
    const grl_task_parameter *parameters = problem->task->parameters;
    for (size_t i = 0; parameters[i].name; i++) {
        if (strcmp(parameters[i].name, name) == 0) {
            grl_status status = check_value(&parameters[i], value, error);
            if (status == GRL_OK) problem->values[i] = value;
            grl_text_drop(&names);
            return status;
        }
        grl_text_addf(&names, "%s%s", i ? ", " : "", parameters[i].name);
    }
    grl_status status =
        grl_fail(error, GRL_BAD_INPUT, "expected a parameter of the task %s (%s), found \"%.60s\"",
                 problem->task->name, names.data ? names.data : "it has none", name);
    grl_text_drop(&names);
    return status;
}

double grl_problem_get(const grl_problem *problem, const char *name)
{
    for (size_t i = 0; problem->task->parameters[i].name; i++)
        if (strcmp(problem->task->parameters[i].name, name) == 0) return problem->values[i];
    return NAN;
}

size_t grl_problem_outputs(const grl_problem *problem)
{
    return problem->task->shape(problem->values).outputs;
}

size_t grl_problem_inputs(const grl_problem *problem)
{
    return problem->task->shape(problem->values).inputs;
}

double grl_problem_time_step(const grl_problem *problem)
{
    return problem->task->shape(problem->values).time_step;
}

int grl_problem_field(const grl_problem *problem, const double *y, double *dy)
{
    if (!problem->task || !problem->task->field) return 0;
    problem->task->field(problem->values, y, dy);
    return 1;
}

grl_status grl_problem_generate(const grl_problem *problem, unsigned long long seed, grl_split split,
                                size_t count, size_t steps, grl_dataset **data, grl_error *error)
{
    grl_dataset *made;
    *data = NULL;
    grl_status status = check_problem(problem, error);
    if (status != GRL_OK) return status;
    grl_task_shape shape = problem->task->shape(problem->values);
    status = grl_dataset_create(count, steps, shape.outputs, shape.inputs, shape.time_step, &made, error);
    for (size_t i = 0; status == GRL_OK && i < count; i++) {
        grl_random random = grl_random_stream(seed, GRL_TASK_STREAMS * (1 + (uint64_t)split) + i);
        status = problem->task->trajectory(problem->values, &random, steps,
                                           made->y + i * (steps + 1) * shape.outputs,
                                           made->u ? made->u + i * steps * shape.inputs : NULL, error);
    }
    if (status == GRL_OK)
        *data = made;
    else
        grl_dataset_free(made);
    return status;
}

grl_status grl_reference_create(size_t count, size_t outputs, grl_reference **reference, grl_error *error)
{
    *reference = grl_calloc(1, sizeof **reference);
    if (!*reference) return grl_fail_memory(error, 1, sizeof **reference);
    **reference = (grl_reference){.count = count, .outputs = outputs, .period = NAN};
    (*reference)->points = grl_calloc(count, outputs * sizeof *(*reference)->points);
    if (!(*reference)->points) {
        free(*reference);
        *reference = NULL;
        return grl_fail_memory(error, count, outputs * sizeof *(*reference)->points);
    }
    return GRL_OK;
}

grl_status grl_reference_circle(size_t count, grl_reference **reference, grl_error *error)
{
    grl_status status = grl_reference_create(count, 2, reference, error);
    for (size_t i = 0; status == GRL_OK && i < count; i++) {
        double angle = 6.283185307179586 * (double)i / (double)count;
        (*reference)->points[2 * i] = cos(angle);
        (*reference)->points[2 * i + 1] = sin(angle);
    }
    return status;
}

double grl_task_between(grl_random *random, double low, double high)
{
    return low + (high - low) * grl_random_uniform(random);
}

grl_status grl_problem_reference(const grl_problem *problem, grl_reference **reference, grl_error *error)
{
    *reference = NULL;
    if (!problem->task) return GRL_OK;
    grl_status status = check_problem(problem, error);
    if (status == GRL_OK && problem->task->reference)
        status = problem->task->reference(problem->values, reference, error);
    return status;
}

void grl_reference_free(grl_reference *reference)
{
    if (!reference) return;
    free(reference->points);
    free(reference);
}
