/* judging.h (internal): what the parts of a judgement share. */
#ifndef GRL_LEARN_JUDGING_H
#define GRL_LEARN_JUDGING_H

#include <grulens/judge.h>

typedef struct grl_judging {
    const grl_judge_subject *subject;
    const grl_judge_options *options;
    const grl_reference *reference; /* NULL: not known */
    const grl_dataset *test;        /* NULL: there is none */
    const grl_cell *cell;           /* at zero input */
    size_t n, k;
    double dt;
    double unit;    /* time of the flow in a unit of the task's time */
    size_t horizon; /* steps */
    grl_judgement *out;
} grl_judging;

/* Each fills in its part of the judgement; those of the kinds of task take the portraits that are there already. */
grl_status grl_judge_error(const grl_judging *judging, grl_error *error);
grl_status grl_judge_oscillation(const grl_judging *judging, grl_error *error);
grl_status grl_judge_continuum(const grl_judging *judging, grl_error *error);
/* How long it holds what it was told; a part of the last. */
grl_status grl_judge_holding(const grl_judging *judging, grl_error *error);
grl_status grl_judge_points(const grl_judging *judging, grl_error *error);
grl_status grl_judge_path(const grl_judging *judging, grl_error *error);
/* The measures, and whether it was a success; last. */
grl_status grl_judge_measures(const grl_judging *judging, grl_error *error);

/* The name itself, in static storage; NULL if there is no such measure. */
const char *grl_measure_known(const char *name);

/* Operations of a step of one state, an estimate. */
double grl_judge_cost(const grl_judging *judging);

/* The network's states from which it runs freely on `data`: its starts, or what the warm-up leads to. count x n; free
 * with free. */
grl_status grl_judge_starts(const grl_judging *judging, const grl_dataset *data, double **states,
                            grl_error *error);

/* The outputs of count states. */
void grl_judge_outputs(const grl_judging *judging, size_t count, const double *states, double *outputs);

/* Many states that go on freely at zero input, step by step. */
typedef struct grl_walk {
    const grl_cell *cell;
    size_t count, n;
    double dt;
    double *H; /* count x n */
    double *F, *work;
} grl_walk;

grl_status grl_walk_create(const grl_judging *judging, size_t count, const double *states, grl_walk *walk,
                           grl_error *error);
void grl_walk_step(grl_walk *walk);
void grl_walk_free(grl_walk *walk);

#endif
