/* slow_text.c: slow manifolds for a person. Points carry their numbers in the table of fixed points. */
#include "report/slow.h"

#include "base/layout.h"
#include "report/grid.h"
#include "report/words.h"

#include <math.h>

enum { MOST_ROWS = 20, MOST_SENTENCES = 2, MOST_STOPS = 6 };

static void add_time(grl_text *text, const grl_portrait *portrait, double time)
{
    if (portrait->time == GRL_DISCRETE)
        grl_text_addf(text, "%s steps", grl_number_short(time / portrait->dt, 3).text);
    else
        grl_text_add(text, grl_number_short(time, 3).text);
}

/* "#1", "#1, #2 and #3", "7 fixed points". */
static void add_stops(grl_text *text, const grl_slow_manifold *m)
{
    size_t unlisted = 0;
    for (size_t k = 0; k < m->stop_count; k++) unlisted += m->stops[k].point == GRL_SLOW_UNLISTED;
    if (m->stop_count > MOST_STOPS || unlisted > 0) {
        grl_words_plural(text, m->stop_count, "fixed point", "fixed points");
        if (unlisted > 0) grl_text_addf(text, ", %zu of them not in the table", unlisted);
        return;
    }
    for (size_t k = 0; k < m->stop_count; k++)
        grl_text_addf(text, "%s#%zu",
                      k == 0                   ? ""
                      : k + 1 == m->stop_count ? " and "
                                               : ", ",
                      m->stops[k].point + 1);
}

static void say_kind(grl_text *text, const grl_portrait *portrait, const grl_slow_manifold *m)
{
    size_t attracting = 0;
    for (size_t k = 0; k < m->stop_count; k++) attracting += m->stops[k].rate < 0;
    switch (m->kind) {
    case GRL_SLOW_NODE:
        grl_text_add(text, " On it the state creeps towards ");
        add_stops(text, m);
        grl_text_add(text, ", in time constants of ");
        add_time(text, portrait, -1 / m->stops[0].rate);
        grl_text_add(text, " there.");
        break;
    case GRL_SLOW_SADDLE:
        grl_text_add(text, " On it the state creeps away from ");
        add_stops(text, m);
        grl_text_add(text, ", in time constants of ");
        add_time(text, portrait, 1 / m->stops[0].rate);
        grl_text_add(text, " there.");
        break;
    case GRL_SLOW_CHAIN:
        grl_text_addf(text, " It is a chain: on it lie ");
        add_stops(text, m);
        grl_text_addf(text, ", of which %zu attract%s along it.", attracting, attracting == 1 ? "s" : "");
        break;
    case GRL_SLOW_DEGENERATE:
        grl_text_add(text, " On it lies the degenerate point ");
        add_stops(text, m);
        if (m->exponent == 3)
            grl_text_addf(text,
                          ": the distance x along the curve follows x' = %s x^3, so it %s x = "
                          "sqrt(%s/t), without a time constant.",
                          grl_number_short(m->coefficient, 4).text,
                          m->coefficient < 0 ? "decays like" : "grows, backwards in time like",
                          grl_number_short(1 / (2 * fabs(m->coefficient)), 4).text);
        else if (m->exponent == 2)
            grl_text_addf(text,
                          ": the distance x along the curve follows x' = %s x^2, attracting from one side "
                          "and repelling on the other.",
                          grl_number_short(m->coefficient, 4).text);
        else
            grl_text_add(text, ", about which the curve is at rest up to the third order.");
        break;
    case GRL_SLOW_NEUTRAL:
        grl_text_add(text, " It consists of fixed points, as nearly as computing tells.");
        break;
    case GRL_SLOW_GHOST:
        grl_text_addf(
            text,
            " No fixed point is on it: it is the ghost of a pair that has vanished. The speed is %s + "
            "%s x^2 about its least, and passing takes some ",
            grl_number_short(m->floor, 3).text, grl_number_short(m->coefficient, 3).text);
        add_time(text, portrait, m->passage_time);
        grl_text_add(text, ".");
        break;
    case GRL_SLOW_PASSAGE:
        grl_text_add(text, " No fixed point is on it.");
        break;
    case GRL_SLOW_SET:
        break;
    }
}

static void say(grl_text *text, const grl_portrait *portrait, const grl_slow_manifold *m, double fraction)
{
    const char *shape = m->acts_as == GRL_ACTS_AS_RING ? "ring" : "line";
    grl_text_addf(text,
                  "There is a slow %s of length %s. The state falls onto it at a rate of %s or more and ",
                  m->closed ? "closed curve" : "curve", grl_number_short(m->length, 3).text,
                  grl_number_short(m->attraction_min, 2).text);
    grl_text_addf(text, "drifts along it at a speed of %s (median; at most %s).",
                  grl_number_short(m->speed_median, 2).text, grl_number_short(m->speed_max, 2).text);
    say_kind(text, portrait, m);
    if (isfinite(m->memory_median)) {
        grl_text_addf(text, " The network behaves as a %s attractor for times longer than ", shape);
        add_time(text, portrait, 1 / m->attraction_min);
        grl_text_add(text, " and shorter than ");
        add_time(text, portrait, m->memory_median);
        grl_text_addf(text, ", in which the state drifts by %s %% of the length from the median place",
                      grl_number_short(100 * fraction, 3).text);
        grl_text_add(text, "; from the worst place that takes ");
        add_time(text, portrait, m->memory_min);
        grl_text_add(text, ".");
    } else {
        grl_text_addf(text, " The network behaves as a %s attractor for times longer than ", shape);
        add_time(text, portrait, 1 / m->attraction_min);
        grl_text_addf(text, ": from most places the state never drifts by %s %% of the length",
                      grl_number_short(100 * fraction, 3).text);
        if (isfinite(m->memory_min)) {
            grl_text_add(text, ", and from the worst that takes ");
            add_time(text, portrait, m->memory_min);
        }
        grl_text_add(text, ".");
    }
}

/* Ghosts that are too short to be a line, but hold a state for long. */
static void say_ghosts(grl_text *text, const grl_portrait *portrait, const grl_slow_manifolds *s)
{
    size_t count = 0;
    double shortest = INFINITY, longest = 0;
    for (size_t k = 0; k < s->count; k++) {
        const grl_slow_manifold *m = &s->items[k];
        if (m->kind != GRL_SLOW_GHOST || m->acts_as != GRL_ACTS_AS_NOTHING) continue;
        if (!(m->passage_time * m->attraction_min * s->ratio >= 1)) continue;
        count++;
        shortest = fmin(shortest, m->passage_time);
        longest = fmax(longest, m->passage_time);
    }
    if (count == 0) return;
    grl_text_add(text, text->size > 0 ? " At " : "At ");
    grl_words_count(text, count);
    grl_text_addf(
        text,
        " %s the state lingers at the ghost of a pair of fixed points that has vanished: passing takes some ",
        count == 1 ? "place" : "places");
    add_time(text, portrait, shortest);
    if (longest > 1.01 * shortest) {
        grl_text_add(text, " to ");
        add_time(text, portrait, longest);
    }
    grl_text_add(text, ".");
}

void grl_slow_paragraph(grl_text *text, const grl_portrait *portrait)
{
    const grl_slow_manifolds *s = portrait->slow_manifolds;
    grl_text words = {0};
    size_t acting = 0;
    if (!s) return;
    for (size_t k = 0; k < s->count; k++) acting += s->items[k].acts_as != GRL_ACTS_AS_NOTHING;
    for (size_t k = 0; k < acting && k < MOST_SENTENCES; k++) {
        if (k > 0) grl_text_add(&words, " ");
        say(&words, portrait, &s->items[k], s->fraction);
    }
    if (acting > MOST_SENTENCES) grl_text_addf(&words, " The table has %zu more.", acting - MOST_SENTENCES);
    say_ghosts(&words, portrait, s);
    for (size_t k = 0; k < s->count; k++) {
        const grl_slow_manifold *m = &s->items[k];
        if (m->kind != GRL_SLOW_SET) continue;
        grl_text_addf(&words,
                      "%sAt %zu place%s %zu directions are slow together, not one: a slow set of that "
                      "dimension, which was not followed.",
                      words.size > 0 ? " " : "", m->count, m->count == 1 ? "" : "s", m->dimension);
    }
    if (words.size == 0) return;
    grl_text_add(text, "\n");
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
}

static void add_row(grl_grid *grid, const grl_portrait *portrait, const grl_slow_manifold *m, size_t number)
{
    static const char *const acts[] = {"-", "line", "ring"};
    double unit = portrait->time == GRL_DISCRETE ? portrait->dt : 1;
    grl_text stops = {0};
    grl_grid_addf(grid, "%zu", number);
    grl_grid_add(grid, 0, grl_slow_kind_name(m->kind));
    grl_grid_add(grid, 0, acts[m->acts_as]);
    grl_grid_add(grid, 0, grl_number_short(m->length, 4).text);
    grl_grid_add(grid, 0, grl_number_short(m->speed_median, 2).text);
    grl_grid_add(grid, 0, grl_number_short(1 / m->attraction_min / unit, 3).text);
    grl_grid_add(grid, 0,
                 isfinite(m->memory_median) ? grl_number_short(m->memory_median / unit, 3).text : "never");
    grl_grid_add(grid, 0, isfinite(m->drift_time) ? grl_number_short(m->drift_time / unit, 3).text : "never");
    for (size_t k = 0; k < m->stop_count && k < MOST_STOPS; k++)
        if (m->stops[k].point == GRL_SLOW_UNLISTED)
            grl_text_addf(&stops, "%s?", k > 0 ? ", " : "");
        else
            grl_text_addf(&stops, "%s#%zu", k > 0 ? ", " : "", m->stops[k].point + 1);
    if (m->stop_count > MOST_STOPS) grl_text_add(&stops, ", ...");
    grl_grid_add(grid, 0, stops.data ? stops.data : "");
    grid->failed = grid->failed || stops.failed;
    grl_text_drop(&stops);
}

void grl_slow_table(grl_text *text, const grl_portrait *portrait, int colour)
{
    const grl_slow_manifolds *s = portrait->slow_manifolds;
    size_t curves = 0, shown = 0;
    if (!s) return;
    for (size_t k = 0; k < s->count; k++) curves += s->items[k].kind != GRL_SLOW_SET;
    if (curves == 0) return;
    grl_grid grid = {.columns = 9, .align = "rllrrrrrl"};
    static const char *const heads[] = {"#",      "kind",   "acts as", "length", "speed",
                                        "across", "memory", "drift",   "points"};
    for (int i = 0; i < 9; i++) grl_grid_add(&grid, 0, heads[i]);
    for (size_t k = 0; k < s->count && shown < MOST_ROWS; k++)
        if (s->items[k].kind != GRL_SLOW_SET) add_row(&grid, portrait, &s->items[k], ++shown);
    grl_text_addf(text, "\n%s%s%s\n", colour ? "\033[1m" : "", "Slow manifolds", colour ? "\033[0m" : "");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    if (shown < curves)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", curves - shown);
    grl_text_add(text, "\n");
    grl_text words = {0};
    grl_text_addf(
        &words,
        "speed: of the drift along the curve, median by length. across: in which a deviation from it "
        "shrinks by a factor e, at the weakest place. memory: in which the state drifts by %s %% of the "
        "length, from the median place. drift: from end to end, without 1 %% of the length on either side "
        "of the points on it. Times in %s. Computed, not proven; slow regions without a fixed point or a "
        "slow point in the tables are not seen.",
        grl_number_short(100 * s->fraction, 3).text,
        portrait->time == GRL_DISCRETE ? "steps of the map" : "the time unit of the flow");
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
}
