/* summary.c: what a person would quote about a two-unit flow: its attractors, the share of the square that goes to
 * each, and what separates them.
 *
 * Attractors are the stable fixed points and the stable cycles of the portrait. "At least" stands before their number
 * where others are possible by the portrait's own account: the list of points is not complete, a point is degenerate,
 * or orbits left room for cycles. The last sentence says what is proven; all else is computed. */
#include "report/summary.h"

#include "base/memory.h"
#include "portrait/line.h"
#include "report/words.h"

#include <grulens/cycles.h>
#include <grulens/separatrices.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_NAMED = 12, MOST_CYCLES = 3 };

static size_t count_points(const grl_portrait *portrait, grl_point_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < portrait->count; i++) count += portrait->points[i].type == type;
    return count;
}

static size_t count_cycles(const grl_portrait *portrait, int stable)
{
    size_t count = 0;
    for (size_t i = 0; i < portrait->cycles->count; i++)
        count += (portrait->cycles->items[i].stable != 0) == stable;
    return count;
}

static size_t count_attractors(const grl_portrait *portrait)
{
    return count_points(portrait, GRL_STABLE_NODE) + count_points(portrait, GRL_STABLE_FOCUS) +
           count_cycles(portrait, 1);
}

int grl_summary_known(const grl_portrait *portrait)
{
    const grl_separatrices *s = portrait->separatrices;
    return portrait->hidden_size == 2 && portrait->time == GRL_CONTINUOUS && portrait->cycles && s &&
           s->basin_method != GRL_BASIN_NONE && s->basin_count > 0 && count_attractors(portrait) > 0;
}

static const char *joint(size_t k, size_t count)
{
    return k == 0 ? "" : k + 1 == count ? " and " : ", ";
}

/* "#1, #3 and #7": the points of a type. */
static void add_numbers(grl_text *words, const grl_portrait *portrait, grl_point_type type)
{
    const size_t count = count_points(portrait, type);
    size_t k = 0;
    if (count > MOST_NAMED) {
        grl_text_addf(words, "(%zu of them)", count);
        return;
    }
    for (size_t i = 0; i < portrait->count; i++)
        if (portrait->points[i].type == type) grl_text_addf(words, "%s#%zu", joint(k++, count), i + 1);
}

/* "limit cycle of period 9.79 around the unstable focus #1" */
static void add_cycle(grl_text *words, const grl_portrait *portrait, const grl_cycle *cycle)
{
    const size_t count = cycle->enclosed_count;
    grl_text_addf(words, "%s limit cycle of period %s around ", cycle->stable ? "stable" : "unstable",
                  grl_number_short(cycle->period, 5).text);
    if (count == 1) {
        grl_text_addf(words, "the %s #%zu", grl_point_type_name(portrait->points[cycle->enclosed[0]].type),
                      cycle->enclosed[0] + 1);
        return;
    }
    if (count > MOST_NAMED) {
        grl_text_addf(words, "%zu fixed points", count);
        return;
    }
    grl_text_add(words, "the fixed points ");
    for (size_t i = 0; i < count; i++)
        grl_text_addf(words, "%s#%zu", joint(i, count), cycle->enclosed[i] + 1);
}

/* Cycles of one kind, each as "a stable limit cycle ..."; `place` of `places` in the sentence's list. */
static void add_cycles(grl_text *words, const grl_portrait *portrait, int stable, const char *article,
                       size_t place, size_t places)
{
    size_t shown = 0, count = count_cycles(portrait, stable);
    for (size_t i = 0; i < portrait->cycles->count && shown < MOST_CYCLES; i++) {
        if ((portrait->cycles->items[i].stable != 0) != stable) continue;
        grl_text_addf(words, "%s%s ", joint(place + shown, places), article);
        add_cycle(words, portrait, &portrait->cycles->items[i]);
        shown++;
    }
    if (shown < count) grl_text_addf(words, " and %zu more", count - shown);
}

static void add_attractors(grl_text *words, const grl_portrait *portrait)
{
    const size_t count = count_attractors(portrait), cycles = count_cycles(portrait, 1);
    const size_t nodes = count_points(portrait, GRL_STABLE_NODE),
                 foci = count_points(portrait, GRL_STABLE_FOCUS);
    const size_t places =
        (size_t)(nodes > 0) + (size_t)(foci > 0) + (cycles < MOST_CYCLES ? cycles : MOST_CYCLES);
    size_t place = 0;
    bool others = !portrait->complete || portrait->cycles->undecided > 0 ||
                  count_points(portrait, GRL_DEGENERATE) + count_points(portrait, GRL_CENTER) > 0;
    if (others) grl_text_add(words, "at least ");
    grl_words_count(words, count);
    grl_text_add(words, count == 1 ? " attractor, " : " attractors: ");
    if (nodes > 0) {
        grl_text_addf(words, "the stable node%s ", nodes == 1 ? "" : "s");
        add_numbers(words, portrait, GRL_STABLE_NODE);
        place++;
    }
    if (foci > 0) {
        grl_text_addf(words, "%sthe stable %s ", joint(place, places), foci == 1 ? "focus" : "foci");
        add_numbers(words, portrait, GRL_STABLE_FOCUS);
        place++;
    }
    add_cycles(words, portrait, 1, "a", place, places);
}

static void add_target(grl_text *words, const grl_portrait *portrait, const grl_limit *to)
{
    const grl_separatrices *s = portrait->separatrices;
    if (to->kind == GRL_LIMIT_POINT)
        grl_text_addf(words, "#%zu", to->which + 1);
    else if (count_cycles(portrait, 1) == 1)
        grl_text_add(words, "the stable cycle");
    else
        grl_text_addf(words, "the cycle of period %s", grl_number_short(s->cycles[to->which].period, 5).text);
}

/* Shares by area; the borders are known. */
static void add_shares(grl_text *words, const grl_portrait *portrait)
{
    const grl_separatrices *s = portrait->separatrices;
    const size_t count = s->basin_count, shown = count < MOST_NAMED ? count : MOST_NAMED;
    bool alike = count > 1;
    for (size_t b = 1; b < count; b++)
        alike = alike && fabs(s->basins[b].fraction - s->basins[0].fraction) < 1e-4;
    if (alike) {
        grl_text_addf(words, " Of all states in the square (-1,1) x (-1,1), %.3g %% go to each.",
                      100 * s->basins[0].fraction);
        return;
    }
    grl_text_add(words, " Of all states in the square (-1,1) x (-1,1), ");
    for (size_t b = 0; b < shown; b++) {
        grl_text_addf(words, "%s%.3g %% %sto ", joint(b, count), 100 * s->basins[b].fraction,
                      b == 0 ? "go " : "");
        add_target(words, portrait, &s->basins[b].attractor);
    }
    grl_text_add(words, shown < count ? ", and so on." : ".");
}

static void add_sampled_share(grl_text *words, const grl_basin *basin)
{
    const double percent = 100 * basin->fraction;
    grl_text_addf(words, "%s ± %s %%", grl_number_short(percent, percent < 10 ? 2 : 3).text,
                  grl_number_short(100 * basin->error, 1).text);
}

/* Shares by samples; what came to no decision is told last. */
static void add_sampled(grl_text *words, const grl_portrait *portrait)
{
    const grl_separatrices *s = portrait->separatrices;
    const grl_basin *open = NULL;
    size_t told = 0, k = 0;
    for (size_t b = 0; b < s->basin_count; b++)
        if (s->basins[b].attractor.kind == GRL_LIMIT_UNDECIDED)
            open = &s->basins[b];
        else
            told++;
    grl_text_addf(words, " Of %zu states that were followed, ", s->samples);
    for (size_t b = 0; b < s->basin_count && k < MOST_NAMED; b++) {
        if (&s->basins[b] == open) continue;
        grl_text_add(words, open ? (k == 0 ? "" : ", ") : joint(k, told));
        add_sampled_share(words, &s->basins[b]);
        grl_text_add(words, k++ == 0 ? " went to " : " to ");
        add_target(words, portrait, &s->basins[b].attractor);
    }
    if (open) {
        grl_text_add(words, told > 0 ? ", and of " : "of ");
        add_sampled_share(words, open);
        grl_text_add(words, " it could not be told");
    }
    grl_text_add(words, k < told ? "; others are in the document." : ".");
}

static bool parts(const grl_separatrices *s, size_t b)
{
    const grl_limit *p = &s->branches[b].limit, *q = &s->branches[b + 1].limit;
    return p->kind != q->kind || p->which != q->which;
}

/* Saddles whose unstable branches end apart, and unstable cycles. */
static void add_borders(grl_text *words, const grl_portrait *portrait)
{
    const grl_separatrices *s = portrait->separatrices;
    const size_t cycles = count_cycles(portrait, 0);
    size_t saddles = 0, k = 0;
    for (size_t b = 2; b < s->count; b += 4) saddles += parts(s, b);
    if (s->basin_method != GRL_BASIN_BORDERS || s->basin_count < 2) saddles = 0;
    if (saddles > 0) {
        grl_text_addf(words, " What separates them %s of the saddle%s ",
                      saddles == 1 ? "is the stable manifold" : "are the stable manifolds",
                      saddles == 1 ? "" : "s");
        for (size_t b = 2; b < s->count; b += 4)
            if (parts(s, b)) grl_text_addf(words, "%s#%zu", joint(k++, saddles), s->branches[b].saddle + 1);
        grl_text_addf(words, " (the states that end in %s)", saddles == 1 ? "it" : "them");
    }
    if (cycles > 0) {
        grl_text_add(words, saddles > 0 ? ", and "
                            : s->basin_method == GRL_BASIN_BORDERS && s->basin_count > 1
                                ? " What separates them is "
                                : " There is also ");
        add_cycles(words, portrait, 0, "an", 0, cycles < MOST_CYCLES ? cycles : MOST_CYCLES);
    }
    if (saddles + cycles > 0) grl_text_add(words, ".");
}

static void add_proof(grl_text *words, const grl_portrait *portrait)
{
    bool stability = true;
    for (size_t i = 0; i < portrait->count; i++)
        stability = stability && portrait->points[i].certified && portrait->points[i].stability_proven;
    if (portrait->complete && stability)
        grl_text_add(words, " The fixed points and their stability are proven; the rest is computed.");
    else if (portrait->complete)
        grl_text_add(words, " That there are no other fixed points is proven; the rest is computed.");
    else
        grl_text_add(words, " This is computed; what of it is proven is said below.");
}

void grl_summary_add(grl_text *words, const grl_portrait *portrait)
{
    const grl_separatrices *s = portrait->separatrices;
    const bool borders = s->basin_method == GRL_BASIN_BORDERS;
    add_attractors(words, portrait);
    if (borders && s->basin_count == 1 && count_attractors(portrait) == 1) {
        grl_text_add(words, "; almost every state goes to it.");
    } else {
        grl_text_add(words, ".");
        if (borders)
            add_shares(words, portrait);
        else
            add_sampled(words, portrait);
    }
    add_borders(words, portrait);
    add_proof(words, portrait);
}

void grl_summary_add_line(grl_text *words, const grl_portrait *portrait)
{
    grl_line_basin *basins = grl_calloc(portrait->count, sizeof *basins);
    if (!basins) {
        words->failed = true;
        return;
    }
    const size_t count = grl_line_basins(portrait, basins), shown = count < MOST_NAMED ? count : MOST_NAMED;
    if (count == 1) grl_text_add(words, " So every state goes to it.");
    if (count == 2)
        grl_text_addf(
            words,
            " So states below #2 go to #1 and states above it to #3: %.3g %% and %.3g %% of all states.",
            50 * (basins[0].high - basins[0].low), 50 * (basins[1].high - basins[1].low));
    if (count > 2) grl_text_add(words, " So the unstable points lie between the basins: ");
    for (size_t b = 0; b < shown && count > 2; b++)
        grl_text_addf(words, "%s%.3g %%%s to #%zu", joint(b, count), 50 * (basins[b].high - basins[b].low),
                      b == 0 ? " of all states go" : "", basins[b].attractor + 1);
    if (count > 2) grl_text_add(words, shown < count ? ", and so on." : ".");
    free(basins);
}
