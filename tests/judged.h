/* judged.h: networks with a readout, made up as trainings, to be judged. */
#ifndef GRL_TEST_JUDGED_H
#define GRL_TEST_JUDGED_H

#include "networks.h"

#include <grulens/judge.h>
#include <string.h>

/* A network whose outputs are its states, and whose start is the first observation. */
typedef struct made {
    grl_training training;
    double identity[64], zero[8];
} made;

static inline void make(made *m, grl_cell *cell, grl_time time, double dt, size_t horizon)
{
    const size_t n = grl_cell_hidden_size(cell);
    memset(m, 0, sizeof *m);
    assert_true(n <= 8);
    for (size_t i = 0; i < n; i++) m->identity[i * n + i] = 1;
    assert_int_equal(grl_model_create(cell, &m->training.model, NULL), GRL_OK);
    assert_int_equal(grl_model_set_readout(m->training.model, n, m->identity, m->zero, NULL), GRL_OK);
    assert_int_equal(grl_model_set_start(m->training.model, n, m->identity, m->zero, NULL), GRL_OK);
    m->training.stopped_by = "steps";
    m->training.settings = grl_training_defaults(NULL);
    m->training.settings.units = n;
    m->training.settings.reset = grl_cell_reset(cell);
    m->training.settings.time = time;
    m->training.settings.dt = dt;
    m->training.settings.horizon = horizon;
}

static inline void unmake(made *m)
{
    grl_model_free(m->training.model);
}

/* Judged as a kind of task, by a true attractor that may be NULL. */
static inline grl_judgement *judge_as(const made *m, grl_task_kind kind, const grl_reference *reference,
                                      const grl_dataset *test)
{
    grl_judgement *judgement = NULL;
    grl_error error = {0};
    grl_judge_options ask = grl_judge_defaults();
    ask.kind = (int)kind;
    ask.reference = reference;
    if (grl_judge(&m->training, test, &ask, &judgement, &error) != GRL_OK) fail_msg("%s", error.message);
    return judgement;
}

#endif
