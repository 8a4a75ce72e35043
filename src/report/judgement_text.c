/* judgement_text.c: what a judgement says, for a person. */
#include "report/training.h"

#include "base/layout.h"
#include "report/analysis.h"
#include "report/grid.h"
#include "report/slow.h"
#include "report/words.h"

#include <grulens/attractors.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static const char *digits(double value, int count, grl_short *room)
{
    *room = grl_number_short(value, count);
    return room->text;
}

/* " S" with three digits. */
static void add_short(grl_text *text, const char *before, double value)
{
    grl_text_addf(text, "%s%s", before, grl_number_short(value, 3).text);
}

static void add_percent(grl_text *text, const char *before, double part)
{
    grl_text_addf(text, "%s%s %%", before, grl_number_short(100 * part, 2).text);
}

static void say_error(grl_text *text, const grl_judged_error *e)
{
    if (e->trajectories == 0) {
        grl_text_add(text, " There were no test data.");
        return;
    }
    grl_text_add(text, " Run freely from the starts of ");
    grl_words_plural(text, e->trajectories, "test trajectory", "test trajectories");
    if (isfinite(e->at_horizon)) {
        add_short(text, ", its mean squared error is ", e->at_horizon);
        grl_text_add(text, " of the variance over the horizon of ");
        grl_words_plural(text, e->horizon, "step", "steps");
    }
    if (isfinite(e->at_long) && e->steps != e->horizon) {
        add_short(text, isfinite(e->at_horizon) ? " and " : ", its mean squared error is ", e->at_long);
        if (isfinite(e->at_horizon)) {
            grl_text_addf(text, " over %zu", e->steps);
        } else {
            grl_text_add(text, " of the variance over ");
            grl_words_plural(text, e->steps, "step", "steps");
        }
    }
    grl_text_add(text, ".");
}

static void say_rhythm(grl_text *text, const grl_rhythm *r)
{
    if (!r->found) {
        grl_text_add(text, " of which no period could be told");
        return;
    }
    add_short(text, " with a period of ", r->period);
    if (isfinite(r->off)) {
        grl_short room;
        grl_text_addf(text, ", %s %% from the true one", digits(100 * r->off, 2, &room));
    }
}

static void say_motion(grl_text *text, const grl_judged_oscillation *o)
{
    static const struct {
        const char *kind, *words;
    } kinds[] = {{"cycle", "a closed orbit"},
                 {"curve", "a closed curve"},
                 {"torus", "a torus, no cycle,"},
                 {"chaos", "a chaotic set, no cycle,"}};
    const char *words = "a motion that could not be told";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(o->network.kind, kinds[i].kind) == 0) words = kinds[i].words;
    grl_text_addf(text, "Of the test runs %zu of %zu end on %s", o->on_cycle, o->starts, words);
    say_rhythm(text, &o->network);
    if (o->network.stable == 1)
        add_short(text, ". It attracts: deviations shrink at a rate of ", o->network.decay);
    else
        grl_text_add(text, ". That it attracts as a cycle is not established");
    grl_text_add(text, ".");
    if (isfinite(o->shape)) {
        add_short(text, " The Hausdorff distance of its outputs from the true cycle is ", o->network.shape);
        add_percent(text, ", ", o->shape);
        grl_text_add(text, " of the cycle's diameter.");
    }
    if (o->inside != SIZE_MAX) {
        grl_text_addf(text, " The unstable fixed point #%zu%s is ", o->inside + 1,
                      o->encloses == 1 ? ", which it encloses," : "");
        add_short(text, "", o->inside_off);
        grl_text_add(text, " from the true one.");
    }
}

static void say_oscillation(grl_text *text, const grl_judgement *j)
{
    const grl_judged_oscillation *o = j->oscillation;
    if (o->starts == 0) {
        grl_text_add(text, "There were no test runs, so that it is not known where they end.");
    } else if (o->on_cycle > 0) {
        say_motion(text, o);
    } else {
        grl_text_add(text, "No test run ends on a cycle.");
    }
    if (o->on_point > 0) grl_text_addf(text, " %zu of the runs come to rest at a fixed point.", o->on_point);
    if (o->elsewhere > 0) grl_text_addf(text, " %zu end on another motion.", o->elsewhere);
    if (o->unsettled > 0) grl_text_addf(text, " %zu had not settled.", o->unsettled);
    if (o->other > 0 && o->on_cycle > 0) {
        grl_text_add(text, " Random starts find ");
        grl_words_plural(text, o->other, "other attractor.", "other attractors.");
    }
    if (o->undecided > 0)
        grl_text_addf(text, " Where %zu of %zu random starts end could not be told.", o->undecided,
                      j->portrait->attractors->starts);
    if (!j->flow) return;
    if (o->flow.found) {
        grl_text_add(text, " The flow behind the network has a stable cycle");
        say_rhythm(text, &o->flow);
    } else {
        grl_text_add(text, " In the flow behind the network no stable cycle was found");
    }
    if (o->flow_cycles >= 0) {
        grl_text_add(text, "; it has ");
        grl_words_plural(text, (size_t)o->flow_cycles, "cycle", "cycles");
        grl_text_addf(text, ", %d of them stable, computed to a resolution", o->flow_stable);
    }
    grl_text_add(text, ".");
}

static void say_proof(grl_text *text, const grl_judgement *j)
{
    const grl_judged_continuum *c = j->continuum;
    const char *shape = j->kind == GRL_TASK_RING ? "ring" : "line";
    if (c->finite) {
        grl_text_add(text, "It is proven that this network has ");
        grl_words_plural(text, c->fixed_points, "fixed point", "fixed points");
        grl_text_addf(text, " and no others: it has no %s of fixed points.", shape);
    } else if (isfinite(c->longest)) {
        add_short(text, "It is proven that no connected set of fixed points of this network is longer than ",
                  c->longest);
        grl_text_addf(text, ": it has no %s of them that long.", shape);
    } else {
        grl_text_add(text, "That the fixed points are finitely many is not proven.");
    }
}

/* Until something has drifted by a tenth. */
static void say_memory(grl_text *text, const char *before, double memory, double worst)
{
    grl_text_add(text, before);
    if (isfinite(memory))
        add_short(text, "that takes ", memory);
    else
        grl_text_add(text, "that never happens");
    if (isfinite(worst))
        add_short(text, ", from the worst ", worst);
    else if (isfinite(memory))
        grl_text_add(text, ", from the worst it never happens");
}

static void say_manifold(grl_text *text, const grl_judgement *j)
{
    const grl_judged_continuum *c = j->continuum;
    if (!c->found) {
        grl_text_add(text, " No slow manifold was found.");
        return;
    }
    grl_text_addf(text, " In its place there is a slow %s", c->closed ? "closed curve" : "curve");
    add_short(text, ", seen through the readout ", c->length);
    grl_text_add(text, " long");
    if (isfinite(c->true_length)) {
        add_short(text, " (true: ", c->true_length);
        add_percent(text, "), which covers ", c->covered);
        add_short(text, " of the true set within ", c->near);
    }
    add_short(text, ". Deviations from it shrink at a rate of ", c->decay);
    add_short(text, "; along it outputs drift at a speed of ", c->speed);
    grl_text_add(text, " (medians by length).");
    if (c->nodes + c->saddles + c->neutral > 0) {
        grl_text_add(text, " On it lie ");
        grl_words_plural(text, c->nodes, "node", "nodes");
        grl_text_add(text, c->neutral > 0 ? ", " : " and ");
        grl_words_plural(text, c->saddles, "saddle", "saddles");
        if (c->neutral > 0)
            grl_text_addf(text, " and %zu where the rate along it is zero to rounding", c->neutral);
        grl_text_add(text, c->alternating ? ", by turns." : ".");
    }
    say_memory(text, " Until outputs have drifted by a tenth of the length: from the median place ",
               c->memory, c->memory_worst);
    grl_text_add(text, ".");
}

static void say_continuum(grl_text *text, const grl_judgement *j)
{
    const grl_judged_continuum *c = j->continuum;
    say_proof(text, j);
    say_manifold(text, j);
    if (c->runs == 0) return;
    grl_text_addf(text, " Of %zu free runs that start on the true set %zu stay within a tenth of its length",
                  c->runs, c->held);
    add_short(text, " for all of ", c->run_time);
    if (c->held < c->runs)
        say_memory(text, "; to leave it: for the median run ", c->run_memory, c->run_memory_worst);
    grl_text_add(text, ".");
}

static void say_points(grl_text *text, const grl_judgement *j)
{
    const grl_judged_points *p = j->points;
    grl_text_add(text, "The network has ");
    grl_words_plural(text, p->stable, "stable fixed point", "stable fixed points");
    grl_text_add(text, p->proven ? ", which is proven" : ", as far as was found");
    grl_text_addf(text, "; %zu of the %zu targets have one of their own near them", p->matched, p->targets);
    if (p->matched > 0) {
        add_short(text, " (mean distance ", p->off_mean);
        add_short(text, ", largest ", p->off_max);
        grl_text_add(text, ")");
    }
    if (p->spurious > 0)
        grl_text_addf(text, ", and %zu %s no target's", p->spurious, p->spurious == 1 ? "is" : "are");
    grl_text_add(text, ".");
    if (p->other > 0) {
        grl_text_add(text, " Random starts find ");
        grl_words_plural(text, p->other, "attractor that is", "attractors that are");
        grl_text_add(text, " no fixed point.");
    }
    if (p->undecided > 0)
        grl_text_addf(text, " Where %zu of %zu random starts end could not be told.", p->undecided,
                      j->portrait->attractors->starts);
}

static void wrap(grl_text *text, grl_text *words)
{
    if (words->failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words->data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(words);
}

void grl_judgement_path(grl_text *text, const grl_judgement *j)
{
    grl_grid grid = {.columns = 3, .align = "lrl"};
    static const char *const heads[] = {"steps", "bifurcations",
                                        "special points on the line between the two networks"};
    if (!j->path) return;
    for (size_t i = 0; i < grid.columns; i++) grl_grid_add(&grid, 0, heads[i]);
    for (size_t i = 0; i < j->path_count; i++) {
        const grl_judged_path *p = &j->path[i];
        grl_text words = {0};
        for (int type = 0; type < GRL_SPECIAL_TYPES; type++)
            if (p->special[type] > 0)
                grl_text_addf(&words, "%s%zu %s", words.size > 0 ? ", " : "", p->special[type],
                              grl_special_name((grl_special_type)type));
        if (p->unlocated > 0)
            grl_text_addf(&words, "%s%zu not located", words.size > 0 ? ", " : "", p->unlocated);
        if (p->unfinished > 0)
            grl_text_addf(&words, "%s%zu ends cut off", words.size > 0 ? ", " : "", p->unfinished);
        grl_grid_addf(&grid, "%lld to %lld", p->from, p->to);
        grl_grid_addf(&grid, "%zu", p->count);
        grl_grid_add(&grid, 0, words.size > 0 ? words.data : "-");
        grid.failed = grid.failed || words.failed;
        grl_text_drop(&words);
    }
    grl_text_add(text, "\nWhat changed on the way\n");
    grl_grid_print(&grid, text);
    text->failed = text->failed || grid.failed;
    grl_grid_drop(&grid);
}

void grl_judgement_words(grl_text *text, const grl_judgement *j)
{
    grl_text words = {0};
    if (j->success >= 0) grl_text_add(&words, j->success ? "Learned" : "Not learned");
    if (j->success >= 0) grl_text_addf(&words, ", by the criterion: %s.", j->criterion);
    say_error(&words, &j->error);
    wrap(text, &words);
    if (j->oscillation) say_oscillation(&words, j);
    if (j->continuum) say_continuum(&words, j);
    if (j->points) say_points(&words, j);
    if (words.size > 0) {
        grl_text_add(text, "\n");
        wrap(text, &words);
    }
}

void grl_judgement_map(grl_text *text, const grl_model *model, const char *name, const grl_judgement *j)
{
    grl_text_add(text, "\n");
    grl_analysis_paragraph(text, model, name, NULL, j->portrait);
    if (j->kind == GRL_TASK_RECORDED) grl_slow_paragraph(text, j->portrait);
}
