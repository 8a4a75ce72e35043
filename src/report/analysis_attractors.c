/* analysis_attractors.c: where random starts end, in the analysis: as sentences and as tables. */
#include "report/analysis.h"

#include "base/layout.h"
#include "report/grid.h"
#include "report/words.h"

#include <grulens/attractors.h>

#include <math.h>

enum { MOST_ITEMS = 12, MOST_SENTENCES = 3, MOST_EXPONENTS = 3, MOST_CLOSED = 20, MOST_SADDLES = 12 };

/* Periods of the map are whole numbers. */
static grl_short period(const grl_portrait *portrait, const grl_closed *closed, int digits)
{
    return portrait->time == GRL_DISCRETE ? grl_number_grouped((long long)closed->period)
                                          : grl_number_short(closed->period, digits);
}

static const char *step_word(const grl_portrait *portrait)
{
    return portrait->time == GRL_DISCRETE ? "periodic orbit" : "limit cycle";
}

/* "the stable node #1", "the limit cycle of period 14.977". */
static void add_place(grl_text *text, const grl_portrait *portrait, const grl_attractor *item)
{
    const grl_attractors *all = portrait->attractors;
    switch (item->kind) {
    case GRL_ATTRACTOR_POINT:
        if (item->which == GRL_ATTRACTOR_UNLISTED)
            grl_text_add(text, "a fixed point that is not in the list");
        else
            grl_text_addf(text, "the %s #%zu", grl_point_type_name(portrait->points[item->which].type),
                          item->which + 1);
        return;
    case GRL_ATTRACTOR_CYCLE:
        grl_text_addf(text, "the %s of period %s", step_word(portrait),
                      period(portrait, &all->closed[item->which], 5).text);
        return;
    case GRL_ATTRACTOR_CURVE:
        grl_text_add(text, "an invariant curve (quasi-periodic");
        if (item->rotation_error < 1e-6 && item->rotation != 0)
            grl_text_addf(text, ", rotation number %s: a round takes %s steps",
                          grl_number_short(item->rotation, 6).text,
                          grl_number_short(1 / fabs(item->rotation), 5).text);
        grl_text_add(text, ")");
        return;
    case GRL_ATTRACTOR_TORUS:
        grl_text_add(text, "an invariant torus (quasi-periodic)");
        return;
    case GRL_ATTRACTOR_CHAOS:
        grl_text_addf(text, "a chaotic attractor (largest Lyapunov exponent %s ± %s",
                      grl_number_short(item->lyapunov[0], 3).text,
                      grl_number_short(item->lyapunov_error[0], 1).text);
        if (isfinite(item->kaplan_yorke))
            grl_text_addf(text, ", Kaplan-Yorke dimension %s", grl_number_short(item->kaplan_yorke, 3).text);
        grl_text_add(text, ")");
        return;
    }
}

static void add_share(grl_text *text, double fraction, double low, double high)
{
    grl_text_addf(text, "%.3g %% (%.3g to %.3g %%)", 100 * fraction, 100 * low, 100 * high);
}

static void say(grl_text *text, const grl_portrait *portrait)
{
    const grl_attractors *a = portrait->attractors;
    size_t shown = a->count < MOST_SENTENCES ? a->count : MOST_SENTENCES, rest = a->starts - a->undecided;
    grl_text_addf(text, "Of %zu random starts, ", a->starts);
    for (size_t i = 0; i < shown; i++) {
        const grl_attractor *item = &a->items[i];
        rest -= item->starts;
        grl_text_add(text, i == 0 ? "" : i + 1 == a->count ? " and " : ", ");
        if (item->starts == a->starts)
            grl_text_add(text, "all");
        else
            add_share(text, item->fraction, item->low, item->high);
        grl_text_add(text, i == 0 ? " end at " : " at ");
        add_place(text, portrait, item);
    }
    if (shown == 0) grl_text_add(text, "none ended at an attractor that could be told");
    if (shown < a->count)
        grl_text_addf(text, ", and %zu at %zu further attractor%s", rest, a->count - shown,
                      a->count - shown == 1 ? "" : "s");
    if (a->undecided > 0) {
        grl_text_addf(text, "; %zu %s", a->undecided, a->undecided == 1 ? "is" : "are");
        grl_text_addf(text, " undecided, %s",
                      a->stopped_by[0] == 'e'
                          ? "because the effort allowed was used up"
                          : "not settled in the time allowed, or of a kind that could not be told");
    }
    grl_text_addf(text,
                  ". This is sampled, not proven: an attractor that fewer than %.2g %% of the starts reach "
                  "may have been missed.",
                  300.0 / (double)a->starts);
}

void grl_analysis_attractors_words(grl_text *text, const grl_portrait *portrait)
{
    grl_text words = {0};
    if (!portrait->attractors) return;
    say(&words, portrait);
    grl_text_add(text, "\n");
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
}

static void heading(grl_text *text, int colour, const char *words)
{
    grl_text_addf(text, "\n%s%s%s\n", colour ? "\033[1m" : "", words, colour ? "\033[0m" : "");
}

static void add_name(grl_grid *grid, const grl_attractor *item)
{
    if (item->kind == GRL_ATTRACTOR_POINT && item->which != GRL_ATTRACTOR_UNLISTED)
        grl_grid_addf(grid, "point #%zu", item->which + 1);
    else if (item->kind == GRL_ATTRACTOR_CYCLE)
        grl_grid_addf(grid, "cycle %zu", item->which + 1);
    else
        grl_grid_add(grid, 0, grl_attractor_kind_name(item->kind));
}

static void add_exponents(grl_grid *grid, const grl_attractor *item)
{
    grl_text text = {0};
    for (size_t k = 0; k < item->exponents && k < MOST_EXPONENTS; k++) {
        grl_text_addf(&text, "%s%s", k > 0 ? ", " : "", grl_number_short(item->lyapunov[k], 3).text);
        if (item->lyapunov_error[k] > 0)
            grl_text_addf(&text, " ± %s", grl_number_short(item->lyapunov_error[k], 1).text);
    }
    if (item->exponents > MOST_EXPONENTS) grl_text_add(&text, " ...");
    grl_grid_add(grid, 0, text.data ? text.data : "");
    grid->failed = grid->failed || text.failed;
    grl_text_drop(&text);
}

static void add_items(grl_text *text, const grl_attractors *a, int colour)
{
    size_t shown = a->count < MOST_ITEMS ? a->count : MOST_ITEMS;
    grl_grid grid = {.columns = 6, .align = "lrrrrl"};
    static const char *const heads[] = {"attractor",     "starts",    "share",
                                        "95 % interval", "dimension", "Lyapunov exponents"};
    if (shown == 0) return;
    for (int i = 0; i < 6; i++) grl_grid_add(&grid, 0, heads[i]);
    for (size_t i = 0; i < shown; i++) {
        const grl_attractor *item = &a->items[i];
        add_name(&grid, item);
        grl_grid_addf(&grid, "%zu", item->starts);
        grl_grid_addf(&grid, "%.1f %%", 100 * item->fraction);
        grl_grid_addf(&grid, "%.1f to %.1f %%", 100 * item->low, 100 * item->high);
        grl_grid_add(&grid, 0,
                     isfinite(item->kaplan_yorke) ? grl_number_short(item->kaplan_yorke, 3).text : "");
        add_exponents(&grid, item);
    }
    heading(text, colour, "Attractors");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    if (shown < a->count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", a->count - shown);
    grl_text_add(text, "\n");
    grl_text_add_wrapped(
        text,
        "share: of the starts that end there, drawn uniformly from the cube, with the 95 % interval of "
        "Wilson. dimension: Kaplan and Yorke's. Lyapunov exponents: per unit of time, the largest "
        "first.",
        0, 0, GRL_REPORT_WIDTH);
}

static void add_multipliers(grl_grid *grid, const grl_closed *closed)
{
    grl_text text = {0};
    for (size_t k = 0, shown = 0; k < closed->multiplier_count && shown < MOST_EXPONENTS; shown++) {
        const double *m = closed->multipliers + 2 * k;
        grl_text_addf(&text, "%s%s", shown > 0 ? ", " : "", grl_number_short(m[0], 4).text);
        if (m[1] != 0) grl_text_addf(&text, " ± %si", grl_number_short(fabs(m[1]), 4).text);
        k += m[1] != 0 ? 2 : 1;
    }
    grl_grid_add(grid, 0, text.data ? text.data : "");
    grid->failed = grid->failed || text.failed;
    grl_text_drop(&text);
}

static void add_closed(grl_text *text, const grl_portrait *portrait, int colour)
{
    const grl_attractors *a = portrait->attractors;
    size_t shown = a->closed_count < MOST_CLOSED ? a->closed_count : MOST_CLOSED, n = a->hidden_size;
    if (shown == 0) return;
    grl_grid grid = {.columns = 5, .align = "rlrrl"};
    static const char *const heads[] = {"#", "type", "period", "range", "multipliers"};
    for (int i = 0; i < 5; i++) grl_grid_add(&grid, 0, heads[i]);
    for (size_t i = 0; i < shown; i++) {
        const grl_closed *closed = &a->closed[i];
        double range = 0;
        for (size_t k = 0; k < n; k++) range = fmax(range, closed->high[k] - closed->low[k]);
        grl_grid_addf(&grid, "%zu", i + 1);
        grl_grid_addf(&grid, "%s%s",
                      closed->stable                                         ? "stable"
                      : (size_t)closed->unstable == closed->multiplier_count ? "unstable"
                                                                             : "saddle",
                      closed->nearly_degenerate ? " *" : "");
        grl_grid_add(&grid, 0, period(portrait, closed, 8).text);
        grl_grid_addf(&grid, "%.3f", range);
        add_multipliers(&grid, closed);
    }
    heading(text, colour, portrait->time == GRL_DISCRETE ? "Periodic orbits" : "Limit cycles");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    if (shown < a->closed_count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n", a->closed_count - shown);
    grl_text_add(text, "\n");
    grl_text_add_wrapped(
        text,
        portrait->time == GRL_DISCRETE
            ? "Found, not all there are. period: in steps of the map. range: the widest of a unit. "
              "multipliers: eigenvalues of the derivative over one period, the largest first."
            : "Found, not all there are. range: the widest of a unit. multipliers: the factors by which "
              "small deviations grow in one round, the largest first.",
        0, 0, GRL_REPORT_WIDTH);
}

/* "point #1", "cycle 2", "chaos". */
static void add_target(grl_text *text, const grl_attractors *a, size_t which)
{
    if (which == GRL_ATTRACTOR_UNDECIDED)
        grl_text_add(text, "undecided");
    else if (a->items[which].kind == GRL_ATTRACTOR_POINT && a->items[which].which != GRL_ATTRACTOR_UNLISTED)
        grl_text_addf(text, "#%zu", a->items[which].which + 1);
    else if (a->items[which].kind == GRL_ATTRACTOR_CYCLE)
        grl_text_addf(text, "cycle %zu", a->items[which].which + 1);
    else
        grl_text_add(text, grl_attractor_kind_name(a->items[which].kind));
}

/* One direction: both ends. Two: the share of the ring that goes to each. */
static void add_ends(grl_grid *grid, const grl_attractors *a, const grl_unstable_manifold *m)
{
    grl_text text = {0};
    for (size_t b = 0; b < m->count; b++) {
        size_t which = m->branches[b].attractor, same = 0, first = 1;
        for (size_t c = 0; c < m->count; c++) {
            same += m->branches[c].attractor == which;
            first = first && (c >= b || m->branches[c].attractor != which);
        }
        if (m->dimension > 1 && !first) continue;
        if (b > 0) grl_text_add(&text, ", ");
        add_target(&text, a, which);
        if (m->dimension > 1) grl_text_addf(&text, " (%zu of %zu)", same, m->count);
    }
    grl_grid_add(grid, 0, text.data ? text.data : "");
    grid->failed = grid->failed || text.failed;
    grl_text_drop(&text);
}

static void add_saddles(grl_text *text, const grl_attractors *a, int colour)
{
    size_t shown = a->manifold_count < MOST_SADDLES ? a->manifold_count : MOST_SADDLES;
    if (shown == 0) return;
    grl_grid grid = {.columns = 3, .align = "rrl"};
    grl_grid_add(&grid, 0, "saddle");
    grl_grid_add(&grid, 0, "unstable");
    grl_grid_add(&grid, 0, "leads to");
    for (size_t i = 0; i < shown; i++) {
        grl_grid_addf(&grid, "#%zu", a->manifolds[i].saddle + 1);
        grl_grid_addf(&grid, "%d", a->manifolds[i].dimension);
        add_ends(&grid, a, &a->manifolds[i]);
    }
    heading(text, colour, "Where saddles lead");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    if (shown < a->manifold_count)
        grl_text_addf(text, "  ... and %zu more; the JSON document has them all.\n",
                      a->manifold_count - shown);
    if (a->saddles_left > 0) grl_text_addf(text, "  %zu more were not followed.\n", a->saddles_left);
    grl_text_add(text, "\n");
    grl_text_add_wrapped(
        text,
        "Where trajectories on the unstable manifold end: of one dimension both branches, of two a ring "
        "of trajectories around the saddle.",
        0, 0, GRL_REPORT_WIDTH);
}

void grl_analysis_attractors_table(grl_text *text, const grl_portrait *portrait, int colour)
{
    if (!portrait->attractors) return;
    add_items(text, portrait->attractors, colour);
    add_closed(text, portrait, colour);
    add_saddles(text, portrait->attractors, colour);
}
