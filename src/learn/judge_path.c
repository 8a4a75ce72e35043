/* judge_path.c: the bifurcations between one checkpoint of a training and the next, along the straight line between the
 * two networks, number by number: that line is not the way that the training took, which went in small steps of all kinds,
 * but it joins the same two networks, and what differs between them in kind happens on it at least once. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"

enum { SAMPLES = 17, POINTS = 2000 };

grl_status grl_judge_path(const grl_judging *judging, grl_error *error)
{
    const grl_judge_subject *subject = judging->subject;
    const grl_vary along = {.name = "path", .low = 0, .high = 1};
    grl_judgement *out = judging->out;
    grl_bifurcation_options ask = grl_bifurcation_defaults();
    grl_status status = GRL_OK;
    if (subject->checkpoint_count < 2 || judging->n > judging->options->path_units) return GRL_OK;
    ask.time = GRL_DISCRETE;
    ask.dt = judging->dt;
    ask.samples = SAMPLES;
    ask.max_points = POINTS;
    ask.cycles = 0;
    ask.seed = judging->options->seed;
    ask.threads = judging->options->threads;
    ask.progress = judging->options->progress;
    out->path = grl_calloc(subject->checkpoint_count - 1, sizeof *out->path);
    if (!out->path) return grl_fail_memory(error, subject->checkpoint_count - 1, sizeof *out->path);
    for (size_t i = 0; i + 1 < subject->checkpoint_count && status == GRL_OK; i++) {
        grl_judged_path *step = &out->path[out->path_count++];
        grl_diagram *diagram = NULL;
        step->from = subject->checkpoint_steps[i];
        step->to = subject->checkpoint_steps[i + 1];
        status = grl_bifurcation_compute(subject->checkpoints[i], NULL, subject->checkpoints[i + 1], 1,
                                         &along, &ask, &diagram, error);
        if (status != GRL_OK) break;
        for (size_t s = 0; s < diagram->special_count; s++) {
            step->special[diagram->special[s].type]++;
            step->count += diagram->special[s].type != GRL_NEUTRAL_SADDLE;
        }
        step->unlocated = diagram->unlocated;
        step->unfinished = diagram->unfinished;
        grl_diagram_free(diagram);
    }
    return status;
}
