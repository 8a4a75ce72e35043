/* survey.h: what random networks do: drawing them, classifying them, and a catalogue of the classes.
 *
 * Network i of a survey depends on the sampling and on i alone, so that any part can be computed anywhere, again
 * or later, and the catalogue is the same however the work was divided. */
#ifndef GRULENS_SURVEY_H
#define GRULENS_SURVEY_H

#include <grulens/cell.h>
#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_distribution {
    GRL_NORMAL = 0, /* mean 0, standard deviation the scale */
    GRL_UNIFORM = 1 /* from -scale to scale */
} grl_distribution;

/* How a network's numbers are drawn. */
typedef enum grl_ensemble {
    GRL_ENSEMBLE_SCALED = 0, /* each block from the distribution, with its scale */
    GRL_ENSEMBLE_PYTORCH =
        1,                 /* torch.nn.GRU's default: all uniform up to 1/sqrt(n), two biases for each gate */
    GRL_ENSEMBLE_KERAS = 2 /* keras.layers.GRU's default: [U_z U_r U_h] with orthonormal rows, biases zero */
} grl_ensemble;

typedef enum grl_constraint {
    GRL_UNCONSTRAINED = 0,
    GRL_SYMMETRIC = 1, /* U_h = U_h' (the lower triangle as drawn) */
    GRL_ORTHOGONAL = 2 /* U_h is the scale times a random rotation or reflection (Stewart 1980) */
} grl_constraint;

typedef struct grl_sampling {
    size_t units;    /* 1 to 4 */
    grl_reset reset; /* default before; Keras' and PyTorch's ensembles are usually asked for with after */
    grl_ensemble ensemble;
    grl_distribution distribution;
    double scale[GRL_BLOCKS]; /* of each block; those of W_* are not used */
    grl_constraint constraint;
    int gates_off; /* 1: U_z = U_r = 0 and b_z = b_r = 0, so that z = r = 1/2 */
    int no_reset;  /* 1: U_r = 0 and b_r = 40, so that r rounds to 1 */
    unsigned long long seed;
} grl_sampling;

/* Two units, reset before, normal, every scale 3, seed 0. */
grl_sampling grl_sampling_defaults(void);

/* GRL_BAD_INPUT with a sentence if something is out of range. */
grl_status grl_sampling_check(const grl_sampling *sampling, grl_error *error);

/* Network i, into a cell of those units and that reset without inputs. */
void grl_sampling_draw(const grl_sampling *sampling, unsigned long long i, grl_cell *cell);

/* How closely each network is looked at. */
typedef enum grl_survey_level {
    GRL_LEVEL_INVENTORY = 0, /* how many stable points, unstable points and saddles, proven */
    GRL_LEVEL_CYCLES = 1,    /* and how many stable and unstable cycles; flow of up to two units */
    GRL_LEVEL_SIGNATURE = 2  /* and how all of it is joined; flow of up to two units */
} grl_survey_level;

/* What a climb from a random network raises. */
typedef enum grl_objective {
    GRL_OBJECTIVE_NONE = 0, /* no climb: the networks as drawn */
    GRL_OBJECTIVE_FIXED_POINTS = 1,
    GRL_OBJECTIVE_ATTRACTORS = 2, /* stable points, and stable cycles where the level looks for them */
    GRL_OBJECTIVE_CYCLES = 3,     /* needs GRL_LEVEL_CYCLES or more */
    GRL_OBJECTIVE_UNSTABLE = 4    /* unstable points, which are rare */
} grl_objective;

/* And what it then raises or lowers without changing its class. */
typedef enum grl_polish {
    GRL_POLISH_MARGIN = 0, /* farther from a bifurcation */
    GRL_POLISH_NORM = 1    /* smaller numbers */
} grl_polish;

/* A climb starts at the best of 256 networks drawn one after another. A step draws 16 changed networks (some
 * numbers moved by normal ones of random size, within `bound`, rounded to 3 decimals) and goes to one of those
 * with the most, if they have no fewer than the present one. */
typedef struct grl_climbing {
    grl_objective objective;
    grl_polish polish;
    long long steps; /* of 16 networks each, to climb; as many more to polish; default 1000 */
    double bound;    /* of every number; default 25 */
} grl_climbing;

typedef struct grl_survey_settings {
    grl_sampling sampling;
    grl_climbing climbing;
    grl_survey_level level;
    grl_time time;
    double dt;                /* of the map; default 1 */
    unsigned long long count; /* networks 0 to count - 1 */
} grl_survey_settings;

grl_survey_settings grl_survey_defaults(void);
grl_status grl_survey_check(const grl_survey_settings *settings, grl_error *error);

/* Network i of a survey: as drawn, or where the climb number i ends. */
grl_status grl_survey_network(const grl_survey_settings *settings, unsigned long long i, grl_cell *cell,
                              grl_error *error);

typedef struct grl_survey_options {
    int resume;                       /* 1: go on with a catalogue that is there; 0: refuse one that is */
    unsigned long long shard, shards; /* this process does the shard-th of so many parts; default 0 of 1 */
    int threads;                      /* 0: one for each core */
    grl_progress *progress;           /* NULL, or shared with a watcher; counts networks */
} grl_survey_options;

grl_survey_options grl_survey_options_defaults(void);

/* What a survey came to. */
typedef struct grl_survey_result {
    unsigned long long networks;  /* in the catalogue now, of this run */
    unsigned long long undecided; /* of those */
    unsigned long long classes;
    int finished; /* 1: all networks of this shard are in it */
    int helper;   /* 1: this is a process of mpirun that computed for another one, which has the result */
} grl_survey_result;

/* Draws and classifies networks and keeps the classes in the catalogue at `path`, a SQLite file, in transactions:
 * however it ends, the file can be resumed, and a finished one has the same content in any case. Stopped by
 * grl_progress_stop it returns GRL_OK with finished = 0. Where the library was built with MPI and the program was
 * started by mpirun, all its processes call this alike, from the main thread; the first one writes. */
grl_status grl_survey_run(const char *path, const grl_survey_settings *settings,
                          const grl_survey_options *options, grl_survey_result *result, grl_error *error);

/* A catalogue, read. */
typedef struct grl_atlas_class {
    char *key;  /* inventory "313" (stable, unstable, saddle), with cycles "010+1s", or a signature */
    char *name; /* "3 stable, 1 unstable, 3 saddles" */
    int stable, unstable, saddle;
    int stable_cycles, unstable_cycles; /* -1: not looked at */
    unsigned long long count;
    double frequency, low, high; /* of all networks, with Wilson's 95 % interval (1927) */
    unsigned long long first;    /* the first network of this class */
    unsigned long long best;     /* the one farthest from a bifurcation */
    double margin;               /* its distance */
    unsigned long long light;    /* the one with the smallest numbers */
    double norm;                 /* their Frobenius norm */
    grl_cell *example;           /* a readable one, made by grl_atlas_refine; NULL: none */
    double example_margin;
} grl_atlas_class;

typedef struct grl_atlas_run {
    char *words; /* its settings as a line of text */
    grl_survey_settings settings;
    unsigned long long networks, undecided;
    unsigned long long class_count; /* all, also those that were not asked for */
    size_t count;
    grl_atlas_class *classes; /* by falling count, then by key */
} grl_atlas_run;

typedef struct grl_atlas {
    size_t count;
    grl_atlas_run *runs;
} grl_atlas;

/* Reads a catalogue, of each run at most `most` classes (0: all). Free with grl_atlas_free. */
grl_status grl_atlas_read(const char *path, size_t most, grl_atlas **atlas, grl_error *error);
void grl_atlas_free(grl_atlas *atlas); /* NULL is allowed */

/* All of a catalogue's content as canonical text, the same for the same content; free with grl_text_free. */
grl_status grl_atlas_dump(const char *path, char **text, grl_error *error);

/* Makes the new catalogue `path` from others, whose runs have no networks in common. */
grl_status grl_atlas_merge(const char *path, const char *const *others, size_t count, grl_error *error);

/* Gives each class a readable example, kept in the catalogue: the best one, moved farther from bifurcations by small
 * steps, its numbers rounded to as few decimals as the class allows, and set to zero where it allows that; then
 * classified, so proven, again. An example that is there for the same best network is kept. */
grl_status grl_atlas_refine(const char *path, grl_progress *progress, grl_error *error);

/* The example of a class: the readable one, or the network farthest from a bifurcation. Free it. */
grl_status grl_atlas_example(const grl_atlas_run *run, const grl_atlas_class *of, grl_cell **cell,
                             grl_error *error);

/* The class of a cell (at constant input x; NULL is zero) as a run would have it. *key is NULL, and *reason says
 * why, if it cannot be decided; free *key with grl_text_free. */
grl_status grl_atlas_classify(const grl_survey_settings *settings, const grl_cell *cell, const double *x,
                              char **key, const char **reason, grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
