/* judgement_json.c: a judgement as a part of the documents grulens-training and grulens-analysis, without line feeds. */
#include "report/training.h"

#include "report/json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static void add_number(grl_text *text, const char *name, double value)
{
    grl_text_addf(text, ", \"%s\": ", name);
    grl_text_add_number(text, value);
}

/* May be infinite, which says something. */
static void add_time(grl_text *text, const char *name, double value)
{
    grl_text_addf(text, ", \"%s\": ", name);
    grl_json_measure(text, value);
}

static void add_size(grl_text *text, const char *name, size_t value)
{
    grl_text_addf(text, ", \"%s\": %zu", name, value);
}

static void add_bool(grl_text *text, const char *name, int value)
{
    grl_text_addf(text, ", \"%s\": %s", name, value < 0 ? "null" : value ? "true" : "false");
}

/* A list of `count` rows of k numbers. */
static void add_rows(grl_text *text, const char *name, size_t count, size_t k, const double *rows)
{
    grl_text_addf(text, ", \"%s\": [", name);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) grl_text_add(text, ", ");
        grl_json_numbers(text, rows + i * k, k);
    }
    grl_text_add(text, "]");
}

static void add_error(grl_text *text, const grl_judged_error *e)
{
    grl_text_addf(text, "\"error\": {\"trajectories\": %zu, \"horizon\": %zu, \"steps\": %zu",
                  e->trajectories, e->horizon, e->steps);
    add_number(text, "at_horizon", e->at_horizon);
    add_number(text, "at_long", e->at_long);
    grl_text_add(text, ", ");
    grl_json_named_numbers(text, "curve", e->curve, e->curve ? e->steps + 1 : 0);
    grl_text_add(text, "}");
}

/* The fixed points in short; `analyze` on the model's file has all of it. */
static void add_points(grl_text *text, const grl_model *model, const grl_portrait *p)
{
    const size_t k = grl_model_outputs(model);
    double *output = calloc(k, sizeof *output);
    if (!output) {
        text->failed = true;
        return;
    }
    grl_text_addf(text, "\"fixed_points\": {\"complete\": %s, \"method\": \"%s\", \"items\": [",
                  p->complete ? "true" : "false",
                  p->method == GRL_METHOD_PROVE ? "branch-and-prune" : "newton-search");
    for (size_t i = 0; i < p->count; i++) {
        const grl_fixed_point *point = &p->points[i];
        grl_model_output(model, point->h, output);
        grl_text_addf(text, "%s{\"type\": \"%s\", \"certified\": %s, ", i > 0 ? ", " : "",
                      grl_point_type_name(point->type), point->certified ? "true" : "false");
        grl_json_named_numbers(text, "h", point->h, p->hidden_size);
        grl_text_add(text, ", ");
        grl_json_named_numbers(text, "output", output, k);
        grl_text_add(text, "}");
    }
    grl_text_add(text, "]}");
    free(output);
}

static void add_rhythm(grl_text *text, const char *name, const grl_rhythm *r)
{
    grl_text_addf(text, "\"%s\": {\"found\": %s", name, r->found ? "true" : "false");
    add_bool(text, "stable", r->stable);
    grl_text_addf(text, ", \"kind\": \"%s\"", r->kind);
    add_number(text, "period", r->period);
    add_number(text, "period_error", r->period_error);
    add_number(text, "off", r->off);
    add_number(text, "decay", r->decay);
    add_number(text, "shape", r->shape);
    grl_text_add(text, "}");
}

static void add_oscillation(grl_text *text, size_t k, const grl_judged_oscillation *o)
{
    grl_text_add(text, ", \"oscillation\": {");
    add_rhythm(text, "network", &o->network);
    grl_text_add(text, ", ");
    add_rhythm(text, "flow", &o->flow);
    if (o->flow_cycles >= 0)
        grl_text_addf(text, ", \"flow_cycles\": %d, \"flow_stable_cycles\": %d", o->flow_cycles,
                      o->flow_stable);
    add_size(text, "starts", o->starts);
    add_size(text, "on_cycle", o->on_cycle);
    add_size(text, "on_point", o->on_point);
    add_size(text, "elsewhere", o->elsewhere);
    add_size(text, "unsettled", o->unsettled);
    add_number(text, "size", o->size);
    add_number(text, "shape", o->shape);
    add_number(text, "outside", o->outside);
    add_number(text, "missed", o->missed);
    if (o->inside != SIZE_MAX) {
        grl_text_addf(text, ", \"inside\": {\"point\": %zu, ", o->inside);
        grl_json_named_numbers(text, "output", o->inside_output, k);
        add_number(text, "distance", o->inside_off);
        add_bool(text, "encloses", o->encloses);
        grl_text_add(text, "}");
    }
    add_size(text, "other_attractors", o->other);
    add_size(text, "undecided_starts", o->undecided);
    add_number(text, "point_time", o->point_time);
    add_rows(text, "points", o->count, k, o->points);
    grl_text_add(text, "}");
}

static void add_continuum(grl_text *text, size_t k, const grl_judged_continuum *c)
{
    grl_text_addf(text, ", \"continuum\": {\"finite\": %s", c->finite ? "true" : "false");
    add_size(text, "fixed_points", c->fixed_points);
    add_time(text, "longest", c->longest);
    add_number(text, "true_length", c->true_length);
    grl_text_add(text, ", \"slow_manifold\": ");
    if (c->found) {
        grl_text_addf(text, "{\"closed\": %s", c->closed ? "true" : "false");
        add_number(text, "length", c->length);
        add_number(text, "covered", c->covered);
        add_number(text, "near", c->near);
        add_number(text, "off", c->off);
        add_number(text, "speed", c->speed);
        add_number(text, "speed_max", c->speed_max);
        add_number(text, "decay", c->decay);
        add_number(text, "decay_min", c->decay_min);
        add_time(text, "memory", c->memory);
        add_time(text, "memory_worst", c->memory_worst);
        add_size(text, "nodes", c->nodes);
        add_size(text, "saddles", c->saddles);
        add_size(text, "neutral", c->neutral);
        add_bool(text, "alternating", c->alternating);
        add_rows(text, "points", c->count, k, c->points);
        grl_text_add(text, "}");
    } else {
        grl_text_add(text, "null");
    }
    grl_text_addf(text, ", \"runs\": {\"count\": %zu", c->runs);
    add_number(text, "time", c->runs > 0 ? c->run_time : NAN);
    add_size(text, "held", c->held);
    add_time(text, "memory", c->run_memory);
    add_time(text, "memory_worst", c->run_memory_worst);
    grl_text_add(text, ", \"drift\": {");
    grl_json_named_numbers(text, "time", c->drift_time, c->drift_count);
    grl_text_add(text, ", ");
    grl_json_named_numbers(text, "median", c->drift_median, c->drift_count);
    grl_text_add(text, ", ");
    grl_json_named_numbers(text, "worst", c->drift_worst, c->drift_count);
    grl_text_add(text, "}}}");
}

static void add_judged_points(grl_text *text, const grl_judged_points *p)
{
    grl_text_addf(text, ", \"points\": {\"targets\": %zu", p->targets);
    add_size(text, "stable", p->stable);
    add_bool(text, "proven", p->proven);
    add_number(text, "near", p->near);
    add_size(text, "matched", p->matched);
    add_size(text, "spurious", p->spurious);
    add_number(text, "off_mean", p->off_mean);
    add_number(text, "off_max", p->off_max);
    add_size(text, "other_attractors", p->other);
    add_size(text, "undecided_starts", p->undecided);
    grl_text_add(text, ", \"pairs\": [");
    for (size_t i = 0; i < p->targets; i++) {
        if (i > 0) grl_text_add(text, ", ");
        if (p->point[i] == SIZE_MAX) {
            grl_text_add(text, "null");
            continue;
        }
        grl_text_addf(text, "{\"point\": %zu", p->point[i]);
        add_number(text, "distance", p->off[i]);
        grl_text_add(text, "}");
    }
    grl_text_add(text, "]}");
}

static void add_path(grl_text *text, const grl_judgement *j)
{
    grl_text_add(text, ", \"path\": [");
    for (size_t i = 0; i < j->path_count; i++) {
        const grl_judged_path *p = &j->path[i];
        int first = 1;
        grl_text_addf(text, "%s{\"from\": %lld, \"to\": %lld, \"bifurcations\": %zu, \"special_points\": {",
                      i > 0 ? ", " : "", p->from, p->to, p->count);
        for (int type = 0; type < GRL_SPECIAL_TYPES; type++) {
            if (p->special[type] == 0) continue;
            grl_text_addf(text, "%s\"%s\": %zu", first ? "" : ", ", grl_special_name((grl_special_type)type),
                          p->special[type]);
            first = 0;
        }
        grl_text_addf(text, "}, \"unlocated\": %zu, \"unfinished\": %zu}", p->unlocated, p->unfinished);
    }
    grl_text_add(text, "]");
}

void grl_judgement_json(grl_text *text, const grl_model *model, const grl_judgement *j)
{
    grl_text_add(text, "\"judgement\": ");
    if (!j) {
        grl_text_add(text, "null");
        return;
    }
    grl_text_addf(text, "{\"kind\": \"%s\", \"time_step\": ", grl_words_kind(j->kind));
    grl_text_add_number(text, j->time_step);
    add_bool(text, "success", j->success);
    grl_text_add(text, ", \"criterion\": ");
    grl_text_add_quoted(text, j->criterion);
    grl_text_add(text, ", \"measures\": {");
    for (size_t i = 0; i < j->measure_count; i++) {
        grl_text_addf(text, "%s\"%s\": ", i > 0 ? ", " : "", j->measures[i].name);
        grl_json_measure(text, j->measures[i].value);
    }
    grl_text_add(text, "}, ");
    add_error(text, &j->error);
    grl_text_add(text, ", ");
    add_points(text, model, j->portrait);
    if (j->oscillation) add_oscillation(text, j->outputs, j->oscillation);
    if (j->continuum) add_continuum(text, j->outputs, j->continuum);
    if (j->points) add_judged_points(text, j->points);
    if (j->path) add_path(text, j);
    grl_text_add(text, "}");
}
