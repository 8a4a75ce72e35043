/* task.c: tasks and their parameters on the command line. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* Lists of tasks are short. */
enum { MOST_TASKS = 64 };

int grl_cli_task(const char *command, const char *name, grl_problem *problem)
{
    const grl_task *task = grl_task_find(name);
    const char *names[MOST_TASKS + 1] = {0};
    if (task) {
        *problem = grl_problem_of(task);
        return GRL_CLI_DONE;
    }
    for (size_t i = 0; i < MOST_TASKS && grl_task_at(i); i++) names[i] = grl_task_name(grl_task_at(i));
    const char *nearest = grl_options_nearest(name, names);
    if (nearest)
        return grl_cli_fail(GRL_CLI_USAGE, "--task: there is no task '%s'; did you mean '%s'?", name,
                            nearest);
    return grl_cli_fail(GRL_CLI_USAGE, "--task: there is no task '%s'; 'grulens help %s' lists the tasks",
                        name, command);
}

int grl_cli_task_parameter(const char *option, const char *text, char name[GRL_CLI_TASK_NAME], double *value)
{
    const char *equals = strchr(text, '=');
    char *end;
    if (!equals || (size_t)(equals - text) >= GRL_CLI_TASK_NAME)
        return grl_cli_fail(GRL_CLI_USAGE, "%s: expected NAME=VALUE, found '%s'", option, text);
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    *value = strtod(equals + 1, &end);
    if (end == equals + 1 || *end != '\0')
        return grl_cli_fail(GRL_CLI_USAGE, "%s: expected a number after '=', found '%s'", option, text);
    return GRL_CLI_DONE;
}
