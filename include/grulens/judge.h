/* judge.h: what a trained network does, judged by its dynamics and not by its loss alone: how far it runs freely, and
 * whether it has the cycle, the line or ring, or the points that it was to learn. docs/learning.md has the equations.
 *
 * A network is judged in the time in which it was trained: the map h + dt f(h), one step for each step of the data, at
 * zero input where it is not driven. Times are in the unit of the task and distances in that of its outputs, unless said
 * otherwise. Only what says so is proven; what could not be decided is counted. NaN: not known, or not there. */
#ifndef GRULENS_JUDGE_H
#define GRULENS_JUDGE_H

#include <grulens/bifurcation.h>
#include <grulens/learn.h>
#include <grulens/portrait.h>
#include <grulens/slow.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One number of a judgement. The same task kind has the same names, in the same order. */
typedef struct grl_measure {
    const char *name; /* "period_error"; static storage */
    double value;
} grl_measure;

/* A few words for a measure, for the head of a table: "period error"; NULL if there is no such name. */
const char *grl_measure_words(const char *name);

/* A run of a sweep, as its row in a table. */
typedef struct grl_judgement_row {
    const char *task; /* its name; "recorded" */
    size_t units;
    unsigned long long seed;
    int success;    /* 1, 0, or -1: there is no criterion */
    double seconds; /* of training */
    size_t count;
    const grl_measure *measures;
    size_t curve_count;
    const grl_learning_point *curve;
} grl_judgement_row;

/* The rows of trainings whose documents (grulens-training, one in a line of a journal) are given; NULL is left out.
 * Measures that this version does not know are left out too. GRL_BAD_INPUT with the number of the line. Free with
 * grl_judgement_rows_free. */
typedef struct grl_judgement_rows {
    size_t count;
    grl_judgement_row *items;
} grl_judgement_rows;

grl_status grl_judgement_rows_read(size_t count, const char *const *lines, grl_judgement_rows **rows,
                                   grl_error *error);
void grl_judgement_rows_free(grl_judgement_rows *rows); /* NULL is allowed */

/* Free running on test data, as mean squared error over the variance of the data: the mean over the outputs of each
 * one's mean squared error over its variance, which is that up to the horizon. Steps of a warm-up do not count. */
typedef struct grl_judged_error {
    size_t trajectories;
    size_t horizon, steps; /* the horizon, and how many steps the test data have */
    double at_horizon;     /* mean over the steps up to the horizon */
    double at_long;        /* the same up to `steps`, ten times the horizon where the data are that long */
    double *curve;         /* steps + 1: at each step alone */
} grl_judged_error;

/* A closed motion: a limit cycle of the flow, or of the map a periodic orbit or an invariant curve. */
typedef struct grl_rhythm {
    int found;
    int stable;                  /* 1, 0, or -1: not decided */
    const char *kind;            /* "cycle", "curve", "torus", "chaos", "undecided"; static storage */
    double period, period_error; /* of one round, and an estimate of its error */
    double off;                  /* |period / true period - 1| */
    double decay;                /* rate at which states return to it: minus the largest exponent across it */
    double shape;                /* Hausdorff distance from the true cycle, of the outputs */
} grl_rhythm;

typedef struct grl_judged_oscillation {
    grl_rhythm network; /* the motion on which most test trajectories end */
    grl_rhythm flow;    /* the flow behind the network: the stable cycle that is nearest to the true one */
    int flow_cycles,
        flow_stable; /* its cycles, all to a resolution for two units; -1: not looked for, or not known */

    /* Where the test trajectories end. */
    size_t starts, on_cycle, on_point, elsewhere, unsettled;

    double size;  /* the diameter of the true cycle */
    double shape; /* network.shape / size */
    double outside,
        missed; /* largest distance of the network's states from the true cycle, and of the true cycle from
                               these; the larger of the two is network.shape */
    size_t count;
    double *points;    /* count x outputs: the motion, in order, some rounds */
    double point_time; /* from one to the next */

    size_t
        inside; /* the unstable fixed point that is nearest to the true one: in portrait->points, or SIZE_MAX */
    double *inside_output; /* outputs; NULL if there is none */
    double inside_off;     /* its distance from the true one */
    int encloses;          /* two outputs: 1 if the motion goes around it; else -1 */
    size_t other;          /* other attractors that random starts found */
    size_t undecided;      /* random starts that ended nowhere that could be told */
} grl_judged_oscillation;

/* A line or a ring. */
typedef struct grl_judged_continuum {
    /* 1: it is proven that the network has `fixed_points` fixed points and no others, each alone in a neighbourhood: no
     * line or ring of fixed points. Else no line of fixed points is longer than `longest`, proven, where that is finite:
     * all lie in boxes of that size together. */
    int finite;
    size_t fixed_points;
    double longest; /* 2-norm, in the state's units; 0 if finite */

    /* The slow manifold that covers most of the true set. */
    int found;
    size_t manifold; /* in portrait->slow_manifolds->items */
    int closed;
    size_t count;
    double *points; /* count x outputs */
    double length, true_length;
    double covered; /* part of the true set that is within `near` of it */
    double near;    /* 0.05 of the diameter of the true set */
    double off; /* largest distance of its covered part from the true set: of its points from the true set */
    double speed, speed_max; /* of the drift along it: median by length, and largest */
    double decay, decay_min; /* rate at which a deviation across it shrinks: median by length, and least */
    double memory,
        memory_worst; /* until the output has drifted by a tenth of the length: from the median place by
                                     length and from the worst; INFINITY if it never does */
    /* The fixed points along it, in its order. */
    size_t nodes, saddles, neutral;
    int alternating; /* 1: at least two, nodes and saddles by turns */

    /* Run freely from starts on the true set: until an output is a tenth of the true set's length away from where it
     * should stay. */
    size_t runs;
    double run_time;                     /* how long they were followed */
    size_t held;                         /* how many never were so far away */
    double run_memory, run_memory_worst; /* median and least; INFINITY: not within run_time */
    size_t drift_count;
    double *drift_time, *drift_median, *drift_worst; /* drift_count: the distances over time */
} grl_judged_continuum;

/* A number of stable points. */
typedef struct grl_judged_points {
    size_t targets, stable;   /* the true ones; the stable fixed points */
    int proven;               /* 1: the list is proven complete and the stability of each is */
    double near;              /* a quarter of the least distance of two targets */
    size_t matched;           /* targets with a stable point of their own within `near` */
    size_t *point;            /* targets: its place in portrait->points, or SIZE_MAX */
    double *off;              /* targets: its distance, NaN if there is none */
    double off_mean, off_max; /* over the matched ones */
    size_t spurious;          /* stable points that are no target's */
    size_t other;             /* attractors of random starts that are no fixed points */
    size_t undecided;         /* random starts that ended nowhere that could be told */
} grl_judged_points;

/* What happened to the network from one checkpoint to the next, along the straight line between them. */
typedef struct grl_judged_path {
    long long from, to; /* steps of the optimiser */
    size_t special[GRL_SPECIAL_TYPES];
    size_t count;                 /* bifurcations among them: all but neutral saddles */
    size_t unlocated, unfinished; /* as in grl_diagram */
} grl_judged_path;

typedef struct grl_judgement {
    grl_task_kind kind;
    grl_problem problem; /* by which it was judged; task NULL: recorded data */
    size_t units, outputs;
    double dt;        /* of the map */
    size_t warm_up;   /* steps */
    double time_step; /* of the task, for one step of the map */
    grl_judged_error error;
    grl_portrait *
        portrait; /* of the map at zero input, with slow manifolds and attractors where they were asked for */
    grl_portrait *flow;                  /* the flow's; NULL: not looked at */
    grl_judged_oscillation *oscillation; /* NULL but for the task's kind, and so the next two */
    grl_judged_continuum *continuum;
    grl_judged_points *points;
    size_t path_count;
    grl_judged_path *path; /* NULL: no checkpoints, or not looked at */
    int success;           /* 1, 0, or -1: there is no criterion for this kind */
    const char *criterion; /* what success means: a sentence; static storage */
    size_t measure_count;
    grl_measure *measures;
} grl_judgement;

typedef struct grl_judge_options {
    size_t trajectories; /* of test data that are generated; default 32 */
    size_t horizon;      /* default 0: the subject's */
    /* By what it is judged: -1, the default: by its task's kind; else a grl_task_kind. And the true attractor: NULL, the
     * default: the task's; borrowed. */
    int kind;
    const grl_reference *reference;
    int flow;            /* 1: the flow is looked at too; default 1 */
    size_t path_units;   /* bifurcations between checkpoints up to so many units; default 4; 0: not */
    long long max_boxes; /* of the proof of the fixed points, up to four units; default 400,000 */
    size_t starts;       /* random starts for attractors; default 64 */
    /* An estimate of floating-point operations for each of: free runs, slow manifolds, attractors (of the flow ten times as
     * many), and ten times as many for the search for fixed points beyond 64 units; default 2e9. */
    double max_operations;
    unsigned long long seed; /* default 0 */
    int threads;             /* default 1; 0: one for each core */
    grl_progress *progress;  /* NULL, or shared with a watcher; borrowed. Its `part` says what is computed */
} grl_judge_options;

grl_judge_options grl_judge_defaults(void);

/* What is judged, and how it is run: trained anywhere. All is borrowed. */
typedef struct grl_judge_subject {
    const grl_model *model;  /* with a readout; run freely from its start */
    grl_problem problem;     /* what it was to learn; task NULL: recorded data */
    double dt;               /* of the map, a step of the data each; 1: the network itself */
    size_t warm_up, horizon; /* as in grl_training_settings */
    unsigned long long seed; /* of test data that are generated */
    size_t checkpoint_count; /* networks along the training; 0: none */
    grl_model *const *checkpoints;
    const long long *checkpoint_steps;
} grl_judge_subject;

/* Judges a network. test: data that it has not seen, of ten times the horizon where errors are to be known so far; NULL:
 * fresh ones of its problem (GRL_SPLIT_TEST of its seed), and of recorded data none: errors are NaN then. `options` may be
 * NULL. The same seed gives the same bytes on any number of threads. GRL_BAD_INPUT for a network without a readout, whose
 * outputs or observations are not those of the data, or with fewer inputs than the data need; further inputs are zero.
 * Free with grl_judgement_free. */
grl_status grl_judge_model(const grl_judge_subject *subject, const grl_dataset *test,
                           const grl_judge_options *options, grl_judgement **judgement, grl_error *error);
/* The same for a training. */
grl_status grl_judge(const grl_training *training, const grl_dataset *test, const grl_judge_options *options,
                     grl_judgement **judgement, grl_error *error);
void grl_judgement_free(grl_judgement *judgement); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
