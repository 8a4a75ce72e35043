/* separatrices_text.c: manifolds, connections and basins for a person. Points carry their numbers in the table
 * of fixed points. */
#include "report/separatrices.h"

#include "base/layout.h"
#include "report/grid.h"
#include "report/summary.h"
#include "report/words.h"

#include <math.h>

enum { MOST_BASINS = 12, MOST_SADDLES = 12, MOST_SLOW = 3 };

static void add_limit(grl_text *text, const grl_separatrices *s, const grl_limit *limit)
{
    if (limit->kind == GRL_LIMIT_POINT)
        grl_text_addf(text, "#%zu", limit->which + 1);
    else if (limit->kind == GRL_LIMIT_CYCLE)
        grl_text_addf(text, "the %s cycle of period %s",
                      s->cycles[limit->which].stable ? "stable" : "unstable",
                      grl_number_short(s->cycles[limit->which].period, 5).text);
    else
        grl_text_add(text, limit->kind == GRL_LIMIT_BOUNDARY ? "the border" : "undecided");
}

/* "62.1", or "62 +- 1.5" of samples. */
static void add_percent(grl_text *text, const grl_separatrices *s, const grl_basin *basin)
{
    double percent = 100 * basin->fraction;
    if (s->basin_method == GRL_BASIN_SAMPLES)
        grl_text_addf(text, "%s ± %s %%", grl_number_short(percent, percent < 10 ? 2 : 3).text,
                      grl_number_short(100 * basin->error, 1).text);
    else
        grl_text_addf(text, "%.3g %%", percent);
}

static const char *joint(size_t k, size_t count)
{
    return k == 0 ? "" : k + 1 == count ? " and " : ", ";
}

static void add_attractors(grl_text *text, const grl_separatrices *s, size_t count)
{
    size_t shown = count < MOST_BASINS ? count : MOST_BASINS;
    for (size_t b = 0; b < shown; b++) {
        grl_text_add(text, joint(b, count));
        add_limit(text, s, &s->basins[b].attractor);
    }
    bool alike = true;
    for (size_t b = 1; b < count; b++)
        alike = alike && fabs(s->basins[b].fraction - s->basins[0].fraction) < 1e-4;
    grl_text_add(text, shown < count ? " and others (" : " (");
    if (alike && count > 2) {
        add_percent(text, s, &s->basins[0]);
        grl_text_add(text, " of the square each)");
        return;
    }
    for (size_t b = 0; b < shown; b++) {
        grl_text_add(text, joint(b, count));
        add_percent(text, s, &s->basins[b]);
    }
    grl_text_add(text, shown < count ? ", ... of the square)" : " of the square)");
}

/* Saddles whose unstable branches end apart, and unstable cycles. */
static void add_separators(grl_text *text, const grl_separatrices *s)
{
    size_t saddles = 0, cycles = 0, k = 0;
    for (size_t b = 2; b < s->count; b += 4) {
        const grl_limit *p = &s->branches[b].limit, *q = &s->branches[b + 1].limit;
        saddles += p->kind != q->kind || p->which != q->which;
    }
    for (size_t c = 0; c < s->cycle_count; c++) cycles += !s->cycles[c].stable;
    if (saddles > 0)
        grl_text_add(text,
                     saddles == 1 ? "The stable manifold of saddle " : "The stable manifolds of saddles ");
    for (size_t b = 2; b < s->count; b += 4) {
        const grl_limit *p = &s->branches[b].limit, *q = &s->branches[b + 1].limit;
        if (p->kind == q->kind && p->which == q->which) continue;
        grl_text_addf(text, "%s#%zu", joint(k, saddles), s->branches[b].saddle + 1);
        k++;
    }
    k = 0;
    for (size_t c = 0; c < s->cycle_count; c++) {
        if (s->cycles[c].stable) continue;
        grl_text_addf(text, "%s%s unstable cycle of period %s",
                      k > 0         ? joint(k, cycles)
                      : saddles > 0 ? ", and "
                                    : "",
                      k > 0 || saddles > 0 ? "the" : "The", grl_number_short(s->cycles[c].period, 5).text);
        k++;
    }
    if (saddles + cycles == 0) grl_text_add(text, "What separates the basins was not found: they are those");
    grl_text_add(text, saddles + cycles == 0   ? " of "
                       : saddles + cycles == 1 ? " separates the basins of "
                                               : " separate the basins of ");
}

static void add_connections(grl_text *text, const grl_separatrices *s)
{
    for (size_t c = 0; c < s->connection_count; c++) {
        const grl_connection *connection = &s->connections[c];
        if (connection->from == connection->to)
            grl_text_addf(text, " An unstable branch of saddle #%zu returns to it, a homoclinic orbit",
                          connection->from + 1);
        else
            grl_text_addf(text,
                          " An unstable branch of saddle #%zu goes to saddle #%zu, a heteroclinic orbit",
                          connection->from + 1, connection->to + 1);
        grl_text_addf(text, " but for a gap of %s.", grl_number_short(fabs(connection->gap), 2).text);
    }
}

/* The slowest places of basins. */
static void add_slow(grl_text *text, const grl_separatrices *s)
{
    for (size_t b = 0, told = 0; b < s->basin_count && told < MOST_SLOW; b++) {
        const grl_basin *basin = &s->basins[b];
        if (!(basin->slow_speed >= 0) || basin->attractor.kind == GRL_LIMIT_UNDECIDED) continue;
        told++;
        grl_text_add(text, " States on their way to ");
        add_limit(text, s, &basin->attractor);
        grl_text_addf(text, " are slowest at (%s, %s), where passing takes %s units of time.",
                      grl_number_short(basin->slow[0], 3).text, grl_number_short(basin->slow[1], 3).text,
                      grl_number_short(basin->slow_time, 3).text);
    }
}

void grl_separatrices_paragraph(grl_text *text, const grl_portrait *portrait)
{
    const grl_separatrices *s = portrait->separatrices;
    grl_text words = {0};
    if (!s) return;
    /* The summary has told who goes where. */
    size_t told = grl_summary_known(portrait) ? 0 : s->basin_count, unknown = told;
    for (size_t b = 0; b < told; b++)
        if (s->basins[b].attractor.kind == GRL_LIMIT_UNDECIDED) unknown = b;
    if (told == 1 && unknown == told) {
        grl_text_addf(&words,
                      s->basin_method == GRL_BASIN_BORDERS ? "Almost every state goes to "
                                                           : "All of %zu states that were followed go to ",
                      s->samples);
        add_limit(&words, s, &s->basins[0].attractor);
        grl_text_add(&words, ".");
    } else if (told > 1 && unknown == told) {
        add_separators(&words, s);
        add_attractors(&words, s, told);
        if (s->basin_method == GRL_BASIN_SAMPLES) grl_text_addf(&words, ", by %zu samples", s->samples);
        grl_text_add(&words, ".");
    } else if (told > 0) {
        grl_text_addf(&words, "Of %zu states that were followed, ", s->samples);
        for (size_t b = 0; b < told && b < MOST_BASINS; b++) {
            grl_text_add(&words, joint(b, told));
            add_percent(&words, s, &s->basins[b]);
            grl_text_add(&words, b == unknown ? " came to no decision" : " went to ");
            if (b != unknown) add_limit(&words, s, &s->basins[b].attractor);
        }
        grl_text_add(&words, ".");
    }
    add_connections(&words, s);
    add_slow(&words, s);
    if (told > 0 && s->basin_method == GRL_BASIN_BORDERS)
        grl_text_add(&words, " This is computed, not proven.");
    if (s->undecided > 0) {
        grl_text_add(&words, " ");
        grl_words_plural(&words, s->undecided, "branch of a saddle's manifolds was",
                         "branches of saddles' manifolds were");
        grl_text_add(&words, " not followed to the end.");
    }
    if (words.failed)
        text->failed = true;
    else if (words.data) {
        grl_text_add(text, "\n");
        grl_text_add_wrapped(text, words.data + (words.data[0] == ' '), 0, 0, GRL_REPORT_WIDTH);
    }
    grl_text_drop(&words);
}

static void add_two(grl_grid *grid, const grl_separatrices *s, size_t first)
{
    grl_text text = {0};
    add_limit(&text, s, &s->branches[first].limit);
    grl_text_add(&text, ", ");
    add_limit(&text, s, &s->branches[first + 1].limit);
    grl_grid_add(grid, 0, text.data ? text.data : "");
    grid->failed = grid->failed || text.failed;
    grl_text_drop(&text);
}

void grl_separatrices_table(grl_text *text, const grl_portrait *portrait, int colour)
{
    const grl_separatrices *s = portrait->separatrices;
    grl_grid grid = {.columns = 3, .align = "rll"};
    if (!s || s->count == 0) return;
    grl_grid_add(&grid, 0, "saddle");
    grl_grid_add(&grid, 0, "unstable branches to");
    grl_grid_add(&grid, 0, "stable branches from");
    for (size_t b = 0; b < s->count; b += 4) {
        grl_grid_addf(&grid, "#%zu", s->branches[b].saddle + 1);
        add_two(&grid, s, b + 2);
        add_two(&grid, s, b);
    }
    grl_text_addf(text, "\n%sManifolds of the saddles%s\n", colour ? "\033[1m" : "", colour ? "\033[0m" : "");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
}
