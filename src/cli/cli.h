/* cli.h: what the commands share. One command is one file with one grl_cli_command, and one line in the list
 * in main.c.
 *
 * A command's run function returns an exit status and prints nothing but its result; what it has to say
 * otherwise goes through grl_cli_fail and grl_cli_note to standard error. It writes outputs only after all
 * that can fail before has succeeded. */
#ifndef GRL_CLI_CLI_H
#define GRL_CLI_CLI_H

#include <grulens/grulens.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

/* Exit statuses. USAGE is for what is wrong whatever the files say. */
enum { GRL_CLI_DONE = 0, GRL_CLI_BAD_INPUT = 1, GRL_CLI_USAGE = 2, GRL_CLI_NOT_REACHED = 3 };

typedef struct grl_cli_command {
    grl_command words;    /* name, help and options */
    size_t settings_size; /* of the settings struct that the options are offsets into */
    const void *defaults; /* such a struct */
    int (*run)(const void *settings, const char *const *arguments, size_t count);
} grl_cli_command;

extern const grl_cli_command *const grl_cli_commands[]; /* in main.c; ended by NULL */
extern const grl_cli_command grl_cli_analyze, grl_cli_simulate, grl_cli_bifurcate, grl_cli_survey,
    grl_cli_atlas, grl_cli_train, grl_cli_paper, grl_cli_convert, grl_cli_info, grl_cli_help;
const grl_cli_command *grl_cli_find(const char *name); /* NULL, with a message, if there is none */
void grl_cli_overview(FILE *file);                     /* the commands and what they are for */

/* Messages on standard error: "grulens: SENTENCE". grl_cli_error gives the exit status that belongs to the
 * error's status. */
int grl_cli_fail(int exit_status, const char *format, ...) __attribute__((format(printf, 2, 3)));
int grl_cli_error(const grl_error *error);
void grl_cli_note(int quiet, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A file that a command reads or writes. path may be NULL or "-": not to be checked. */
typedef struct grl_cli_file {
    const char *name; /* "MODEL", "--json" */
    const char *path;
    int written;
} grl_cli_file;

/* Fails if a file that is to be written is another one of the list. */
int grl_cli_check_files(const grl_cli_file *files, size_t count);

/* Writes a text to standard output. Both make sure that all that was written there got there. */
int grl_cli_print(const char *text);
int grl_cli_flush(void);

/* 1 if standard output is a terminal that wants colours. */
int grl_cli_colour(void);

/* --json FILE and the text for people: the document goes to the file, or to standard output ("-"), and then
 * the text goes nowhere; `text` may be NULL. Both are the caller's. */
int grl_cli_write(const char *json_path, const char *json, const char *text, int quiet);

/* Watches a computation: after two seconds a progress bar, if standard error is a terminal and not quiet;
 * Ctrl-C sets `stop` (twice: ends the program). Hand the progress to the computation; not to be nested. */
grl_progress *grl_cli_watch_begin(const char *what, int quiet);
void grl_cli_watch_end(void);

/* The same with a live table in place of the bar: the function prints it on standard error, from the watcher's thread,
 * each line ended by "\033[K\n", and gives the number of lines. */
typedef int grl_cli_watch_rows(void *context, long long done, double seconds);
grl_progress *grl_cli_watch_begin_rows(grl_cli_watch_rows *rows, void *context, int quiet);

/* Settings that several commands share, each with its part of an option table (shared.c). A command has them
 * as members of its settings and names the part in its own table:
 *
 *     {.name = "", .help = "Reading the model", .table = grl_cli_model_options,
 *      .offset = offsetof(struct settings, model)},
 */
typedef struct grl_cli_model {
    long long layer; /* -1: not chosen; initialise with GRL_CLI_ANY_LAYER */
    int reverse, forward;
    const char *prefix;
    int reset, gate_order; /* places in the words; 0: as the file says */
    grl_texts set;
} grl_cli_model;

#define GRL_CLI_ANY_LAYER (-1)

/* What is asked of a network: flow or map, at which constant input. */
typedef struct grl_cli_system {
    int time;  /* a grl_time */
    double dt; /* 0: not given */
    grl_numbers input;
} grl_cli_system;

typedef struct grl_cli_figure {
    const char *plot; /* NULL: no figure */
    int theme;        /* a grl_theme */
    const char *size;
    double text, dpi; /* 0: not given */
    const char *title;
} grl_cli_figure;

/* What the figure of a portrait shows. */
typedef struct grl_cli_look {
    const char *show, *hide, *range;
    long long trajectories; /* -1: the figure's own choice; initialise with GRL_CLI_OWN_CHOICE */
} grl_cli_look;

#define GRL_CLI_OWN_CHOICE (-1)

/* For commands that compute. */
typedef struct grl_cli_run {
    long long seed, threads;
} grl_cli_run;

typedef struct grl_cli_output {
    const char *json; /* NULL: no document */
    int quiet;
} grl_cli_output;

extern const grl_option grl_cli_model_options[];
extern const grl_option grl_cli_system_options[];
extern const grl_option grl_cli_figure_options[];
extern const grl_option grl_cli_look_options[];
extern const grl_option grl_cli_run_options[];
extern const grl_option grl_cli_output_options[];

/* What is wrong with these settings on their own: an exit status with its message, or GRL_CLI_DONE. */
int grl_cli_check_model(const grl_cli_model *settings);
int grl_cli_check_system(const grl_cli_system *settings);
/* Checks the figure's settings and fills in what to draw with. */
int grl_cli_check_figure(const grl_cli_figure *settings, grl_draw_options *options);
/* The same for a portrait's figure, after grl_cli_check_figure. */
int grl_cli_check_look(const grl_cli_look *settings, const char *plot, grl_draw_options *options);

/* Loads a model as the settings say and applies --set. */
int grl_cli_load(const char *path, const grl_cli_model *settings, grl_model **model);
/* The constant input for a loaded model, or NULL for zero, after checking how many numbers there are. */
int grl_cli_input(const char *path, const grl_model *model, const grl_cli_system *settings, const double **x);
/* The step: dt, or 1 if it was not given. */
double grl_cli_dt(const grl_cli_system *settings);

/* A task by its name; the message sends to the help of `command` for the list. And NAME=VALUE, given to an option, apart. */
enum { GRL_CLI_TASK_NAME = 64 };
int grl_cli_task(const char *command, const char *name, grl_problem *problem);
int grl_cli_task_parameter(const char *option, const char *text, char name[GRL_CLI_TASK_NAME], double *value);

#endif
