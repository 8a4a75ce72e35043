/* judge_measures.c: a judgement as a list of numbers with names, and whether it was a success. */
#include "learn/judging.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

/* Of a motion, a curve, or points that are to be called learned. */
static const double period_within = 0.01, most_runs = 0.9, most_covered = 0.9, horizons = 10;

static const struct {
    const char *name, *words;
} names[] = {
    {"error", "error"},
    {"error_long", "error, long"},
    {"fixed_points", "fixed points"},
    {"complete", "proven complete"},
    {"period", "period"},
    {"period_error", "period error"},
    {"shape_error", "shape error"},
    {"on_cycle", "runs on the cycle"},
    {"decay", "decay"},
    {"inside_distance", "inner point off by"},
    {"flow_period_error", "flow: period error"},
    {"finite", "proven finite"},
    {"length", "length"},
    {"covered", "covered"},
    {"speed", "drift speed"},
    {"memory", "memory"},
    {"memory_worst", "memory, worst"},
    {"run_memory", "memory, run"},
    {"run_memory_worst", "memory, run, worst"},
    {"held", "runs held"},
    {"nodes", "nodes along"},
    {"saddles", "saddles along"},
    {"stable_points", "stable points"},
    {"matched", "targets matched"},
    {"spurious", "spurious points"},
    {"point_error", "point error"},
};

enum { MOST = sizeof names / sizeof *names };

const char *grl_measure_words(const char *name)
{
    for (size_t i = 0; i < MOST; i++)
        if (strcmp(names[i].name, name) == 0) return names[i].words;
    return NULL;
}

const char *grl_measure_known(const char *name)
{
    for (size_t i = 0; i < MOST; i++)
        if (strcmp(names[i].name, name) == 0) return names[i].name;
    return NULL;
}

static void add(grl_judgement *out, const char *name, double value)
{
    out->measures[out->measure_count++] = (grl_measure){.name = name, .value = value};
}

static double part(size_t count, size_t of)
{
    return of > 0 ? (double)count / (double)of : NAN;
}

static void add_oscillation(grl_judgement *out)
{
    const grl_judged_oscillation *o = out->oscillation;
    add(out, "period", o->network.period);
    add(out, "period_error", o->network.off);
    add(out, "shape_error", o->shape);
    add(out, "on_cycle", part(o->on_cycle, o->starts));
    add(out, "decay", o->network.decay);
    add(out, "inside_distance", o->inside_off);
    add(out, "flow_period_error", o->flow.off);
    out->success = o->network.found && o->network.stable == 1 && o->network.off <= period_within &&
                   part(o->on_cycle, o->starts) >= most_runs;
    out->criterion =
        "at least nine in ten test runs end on one stable cycle, whose period is the true one within 1 %";
}

static void add_continuum(const grl_judging *judging, grl_judgement *out)
{
    const grl_judged_continuum *c = out->continuum;
    const double held = c->runs > 0 ? c->run_memory : c->memory;
    add(out, "finite", c->finite);
    add(out, "length", c->length);
    add(out, "covered", c->covered);
    add(out, "speed", c->speed);
    add(out, "decay", c->decay);
    add(out, "memory", c->memory);
    add(out, "memory_worst", c->memory_worst);
    add(out, "run_memory", c->run_memory);
    add(out, "run_memory_worst", c->run_memory_worst);
    add(out, "held", part(c->held, c->runs));
    add(out, "nodes", c->found ? (double)c->nodes : NAN);
    add(out, "saddles", c->found ? (double)c->saddles : NAN);
    out->success = c->found && c->covered >= most_covered &&
                   held >= horizons * (double)judging->horizon * out->time_step;
    out->criterion =
        "a slow manifold covers at least nine tenths of the true set, and half of the runs that start on the "
        "true set stay within a tenth of its length for ten times the horizon";
}

static void add_points(grl_judgement *out)
{
    const grl_judged_points *p = out->points;
    add(out, "stable_points", (double)p->stable);
    add(out, "matched", (double)p->matched);
    add(out, "spurious", (double)p->spurious);
    add(out, "point_error", p->off_max);
    out->success = p->targets > 0 && p->matched == p->targets && p->spurious == 0 && p->other == 0;
    out->criterion =
        "each target has a stable fixed point of its own near it, and no other attractor was found";
}

grl_status grl_judge_measures(const grl_judging *judging, grl_error *error)
{
    grl_judgement *out = judging->out;
    out->measures = grl_calloc(MOST, sizeof *out->measures);
    if (!out->measures) return grl_fail_memory(error, MOST, sizeof *out->measures);
    add(out, "error", out->error.at_horizon);
    add(out, "error_long", out->error.at_long);
    add(out, "fixed_points", (double)out->portrait->count);
    add(out, "complete", out->portrait->complete);
    out->success = -1;
    out->criterion = "none: what the dynamics should be is not known";
    if (out->oscillation) add_oscillation(out);
    if (out->continuum) add_continuum(judging, out);
    if (out->points) add_points(out);
    return GRL_OK;
}
