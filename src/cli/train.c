/* train.c: grulens train: networks trained on a task, over sizes and seeds, each judged by its portrait. */
#include "cli/train.h"

#include <stdlib.h>
#include <string.h>

#define OWN GRL_CLI_OWN_CHOICE

/* The settings of the training are the task's own, but for those that were given: numbers from 0 on, words counted from
 * "auto". */
static const grl_cli_train_settings defaults = {.seeds = 1,
                                                .dt = OWN,
                                                .warm_up = OWN,
                                                .teacher_forcing = OWN,
                                                .trajectories = OWN,
                                                .horizon = OWN,
                                                .first_horizon = OWN,
                                                .growth = OWN,
                                                .batch = OWN,
                                                .steps = OWN,
                                                .rate = OWN,
                                                .weight_decay = OWN,
                                                .clip = OWN,
                                                .validate_every = OWN,
                                                .patience = OWN,
                                                .noise = OWN,
                                                .checkpoints = OWN};

#define AT(field) offsetof(grl_cli_train_settings, field)

static const grl_option options[] = {
    {.name = "", .help = "What is learned"},
    {"task", GRL_OPTION_TEXTS, AT(tasks), "NAME,NAME,...", 0, 0, NULL,
     "fitzhugh-nagumo, line-attractor, ring-attractor, van-der-pol, two-wells, flip-flop, integrator or "
     "head-direction.",
     NULL},
    {"set", GRL_OPTION_TEXTS, AT(set), "NAME=VALUE", 0, 0, NULL, "A parameter of the task: I=0.5, bits=3.",
     NULL},
    {"data", GRL_OPTION_TEXT, AT(data), "FILE", 0, 0, NULL,
     "Recorded trajectories in place of a task: a CSV or npz file. Those that are longer than the horizon are "
     "cut into such pieces.",
     NULL},
    {"time-step", GRL_OPTION_NUMBER, AT(time_step), "STEP", 0, 1e12, "as the file says, else 1",
     "The time between rows of --data.", NULL},
    {.name = "", .help = "Which networks"},
    {"units", GRL_OPTION_NUMBERS, AT(units), "N,N,...", 0, 0, "2", "Sizes.", NULL},
    {"seeds", GRL_OPTION_INTEGER, AT(seeds), "K", 1, 1e6, "1", "Networks of each size, from --seed on.",
     NULL},
    {"reset", GRL_OPTION_CHOICE, AT(reset), "auto|before|after", 0, 0, "after",
     "Where the reset gate acts; after is what PyTorch runs.", NULL},
    {"time", GRL_OPTION_CHOICE, AT(time), "auto|continuous|discrete", 0, 0, "discrete",
     "discrete: the network, one step for each step of the data; continuous: its flow, by Euler steps of --dt.",
     NULL},
    {"dt", GRL_OPTION_NUMBER, AT(dt), "STEP", 1e-9, 1, "0.1",
     "With --time continuous: time of the flow in a step.", NULL},
    {"start", GRL_OPTION_CHOICE, AT(start), "auto|encoded|learned|zero", 0, 0, NULL,
     "The first state: encoded linearly from the first observation, learned, or zero. Without the option, the "
     "task's own.",
     NULL},
    {"warm-up", GRL_OPTION_INTEGER, AT(warm_up), "N", 0, 1e6, "0",
     "So many first steps see the observations as inputs and do not count; then the network runs freely.",
     NULL},
    {.name = "", .help = "How; without an option, the task's own setting"},
    {"trajectories", GRL_OPTION_INTEGER, AT(trajectories), "N", 1, 1e7, NULL, "Trajectories to learn from.",
     NULL},
    {"horizon", GRL_OPTION_INTEGER, AT(horizon), "N", 1, 1e6, NULL, "Steps that are predicted.", NULL},
    {"first-horizon", GRL_OPTION_INTEGER, AT(first_horizon), "N", 0, 1e6, NULL,
     "Steps that are predicted at first; 0: all.", NULL},
    {"growth", GRL_OPTION_NUMBER, AT(growth), "PART", 0, 1, NULL,
     "The part of the training in which the horizon grows to its full length.", NULL},
    {"teacher-forcing", GRL_OPTION_INTEGER, AT(teacher_forcing), "N", 0, 1e6, "0, never",
     "The state is encoded anew from the observation after so many steps; what is left over at the end of the "
     "horizon does not count.",
     NULL},
    {"batch", GRL_OPTION_INTEGER, AT(batch), "N", 0, 1e7, NULL, "Trajectories in a step; 0: all.", NULL},
    {"steps", GRL_OPTION_INTEGER, AT(steps), "N", 1, 1e12, NULL, "Steps of the optimiser.", NULL},
    {"optimizer", GRL_OPTION_CHOICE, AT(optimizer), "auto|adam|adamw", 0, 0, "adam", "The optimiser.", NULL},
    {"rate", GRL_OPTION_NUMBER, AT(rate), "X", 0, 1e3, NULL, "Its learning rate.", NULL},
    {"schedule", GRL_OPTION_CHOICE, AT(schedule), "auto|constant|cosine|plateau", 0, 0, NULL,
     "How the rate falls.", NULL},
    {"weight-decay", GRL_OPTION_NUMBER, AT(weight_decay), "X", 0, 1e3, "0",
     "adam: times the weights, added to the gradient; adamw: decoupled.", NULL},
    {"clip", GRL_OPTION_NUMBER, AT(clip), "X", 0, 1e300, "0.1", "The largest norm of the gradient; 0: any.",
     NULL},
    {"noise", GRL_OPTION_NUMBER, AT(noise), "X", 0, 1e3, "0",
     "Standard deviation of normal numbers that are added to every state in training.", NULL},
    {"initialization", GRL_OPTION_CHOICE, AT(init), "auto|pytorch|keras|orthogonal", 0, 0, "pytorch",
     "The first weights.", NULL},
    {"precision", GRL_OPTION_CHOICE, AT(precision), "auto|float64|float32", 0, 0, "float64",
     "Of the network's arithmetic in training.", NULL},
    {"validate-every", GRL_OPTION_INTEGER, AT(validate_every), "N", 1, 1e12, NULL,
     "Steps between looks at the validation data; the best network there is the result.", NULL},
    {"patience", GRL_OPTION_INTEGER, AT(patience), "N", 0, 1e9, "0, never",
     "The training ends when so many looks found nothing better.", NULL},
    {"checkpoints", GRL_OPTION_INTEGER, AT(checkpoints), "N", 0, 10000, "0",
     "Networks that are kept along the way, as runs/NAME-step-S.json; bifurcations between them are reported.",
     NULL},
    {.name = "", .help = "Result"},
    {"out", GRL_OPTION_TEXT, AT(out), "DIR", 0, 0, NULL,
     "The directory for networks, journal, documents and figures. Must be given.", NULL},
    {"resume", GRL_OPTION_FLAG, AT(resume), NULL, 0, 0, NULL,
     "Goes on with what a directory holds: finished trainings are kept, the one that was stopped is continued.",
     NULL},
    {.name = "", .help = "Computing", .table = grl_cli_run_options, .offset = AT(run)},
    {.name = "", .help = "Output", .table = grl_cli_output_options, .offset = AT(output)},
    {.name = NULL},
};

/* Whole numbers of units, each once. */
static int check_units(const grl_numbers *units)
{
    for (size_t i = 0; i < units->count; i++) {
        const double value = units->values[i];
        if (!(value >= 1 && value <= GRL_MAX_UNITS && floor(value) == value))
            return grl_cli_fail(GRL_CLI_USAGE, "--units: expected whole numbers from 1 to %d, found %g",
                                (int)GRL_MAX_UNITS, value);
        for (size_t j = 0; j < i; j++)
            if (units->values[j] == value)
                return grl_cli_fail(GRL_CLI_USAGE, "--units: %g is there twice", value);
    }
    return GRL_CLI_DONE;
}

static int run(const void *given, const char *const *arguments, size_t count)
{
    const grl_cli_train_settings *settings = given;
    grl_cli_plan plan = {0};
    (void)arguments;
    (void)count;
    if (!settings->out) return grl_cli_fail(GRL_CLI_USAGE, "train: expected --out DIR, where the results go");
    if ((settings->tasks.count > 0) == (settings->data != NULL))
        return grl_cli_fail(GRL_CLI_USAGE, "train: expected --task NAME or --data FILE");
    /* What would be without effect. */
    if (!settings->data && settings->time_step > 0)
        return grl_cli_fail(GRL_CLI_USAGE, "--time-step: expected --data FILE; a task has its own, --set "
                                           "time-step=STEP if it can be chosen");
    if (settings->dt >= 0 && settings->time != 1 + GRL_CONTINUOUS)
        return grl_cli_fail(GRL_CLI_USAGE,
                            "--dt: expected --time continuous; as the network itself steps are 1");
    int status = check_units(&settings->units);
    if (status == GRL_CLI_DONE) status = grl_cli_plan_make(settings, &plan);
    if (status == GRL_CLI_DONE) status = grl_cli_plan_run(settings, &plan);
    grl_cli_plan_drop(&plan);
    return status;
}

const grl_cli_command grl_cli_train = {
    .words =
        {"train", NULL, "Trains networks on a task or on recorded data, and judges what they learned",
         "grulens train --task fitzhugh-nagumo --units 2 --out fhn\n"
         "grulens train --task line-attractor,ring-attractor --units 2,4,8 --seeds 10 --out sweep\n"
         "grulens train --data recorded.csv --units 16 --out recorded --resume",
         "Networks predict trajectories: each runs freely from its first state, its states are read out "
         "linearly, and the mean squared error over the horizon is minimised. What comes out is then "
         "judged not by this loss but by the network's portrait: does it have the limit cycle, with which "
         "period; are there fixed points where a continuous attractor should be, proven and complete up to four "
         "units; how long does it remember.\n\n"
         "The directory holds each network as a grulens model and as safetensors that PyTorch loads, "
         "a report on each, runs.jsonl with everything, one document in a line, table.md and sweep.json with "
         "means over the seeds, figures, and a journal. But for the seconds it is the same on any number of "
         "threads and processes (mpirun), and also if it was interrupted: Ctrl-C keeps the state, --resume "
         "goes on.",
         options},
    .settings_size = sizeof defaults,
    .defaults = &defaults,
    .run = run,
};
