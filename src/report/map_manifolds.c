/* map_manifolds.c: manifolds of the saddles of a two-unit map in the analysis: as part of the document, as
 * sentences, as a table. Points are numbered by their place in fixed_points.items, from 0 in the document
 * and from 1 in the text. */
#include "report/map_manifolds.h"

#include "base/layout.h"
#include "report/grid.h"
#include "report/words.h"

enum { MOST_POINTS = 800, MOST_CROSSINGS = 200 };

static void add_pair(grl_text *text, const double *pair)
{
    grl_text_add(text, "[");
    grl_text_add_number(text, pair[0]);
    grl_text_add(text, ", ");
    grl_text_add_number(text, pair[1]);
    grl_text_add(text, "]");
}

static void add_branch(grl_text *text, const grl_map_branch *branch)
{
    grl_text_addf(text,
                  "{\"saddle\": %zu, \"manifold\": \"%s\", \"side\": %d, \"multiplier\": ", branch->saddle,
                  branch->stable ? "stable" : "unstable", branch->side);
    grl_text_add_number(text, branch->multiplier);
    grl_text_add(text, ", \"direction\": ");
    add_pair(text, branch->direction);
    grl_text_add(text, ",\n       \"length\": ");
    grl_text_add_number(text, branch->length);
    grl_text_addf(text, ", \"folds\": %zu, \"end\": \"%s\"", branch->folds, grl_map_end_name(branch->end));
    if (branch->end == GRL_MAP_END_POINT || branch->limit == GRL_MAP_LIMIT_POINT)
        grl_text_addf(text, ", \"point\": %zu", branch->point);
    if (branch->limit == GRL_MAP_LIMIT_ORBIT) grl_text_addf(text, ", \"period\": %zu", branch->period);
    grl_text_add(text, ",\n       \"points\": [");
    size_t every = 1 + branch->count / MOST_POINTS, written = 0;
    for (size_t i = 0; i < branch->count; i++) {
        if (i % every != 0 && i + 1 < branch->count) continue;
        if (written > 0) grl_text_add(text, written % 6 == 0 ? ",\n         " : ", ");
        add_pair(text, branch->points + 2 * i);
        written++;
    }
    grl_text_add(text, "]}");
}

void grl_map_manifolds_json(grl_text *text, const grl_portrait *portrait)
{
    const grl_map_manifolds *m = portrait->map_manifolds;
    if (!m) return;
    grl_text_addf(text, "  \"map_manifolds\": {\n    \"skipped\": %zu,\n    \"items\": [", m->skipped);
    for (size_t b = 0; b < m->count; b++) {
        grl_text_add(text, b > 0 ? ",\n      " : "\n      ");
        add_branch(text, &m->branches[b]);
    }
    grl_text_addf(text, "%s],\n    \"crossings\": {\"count\": %zu, \"items\": [",
                  m->count > 0 ? "\n    " : "", m->crossing_count);
    for (size_t k = 0; k < m->crossing_count && k < MOST_CROSSINGS; k++) {
        const grl_map_crossing *c = &m->crossings[k];
        grl_text_addf(text, "%s\n      {\"unstable\": %zu, \"stable\": %zu, \"place\": ", k > 0 ? "," : "",
                      c->unstable, c->stable);
        add_pair(text, c->place);
        grl_text_add(text, ", \"angle\": ");
        grl_text_add_number(text, c->angle);
        grl_text_add(text, "}");
    }
    grl_text_add(text, "]}\n  },\n");
}

void grl_map_manifolds_paragraph(grl_text *text, const grl_portrait *portrait)
{
    const grl_map_manifolds *m = portrait->map_manifolds;
    grl_text words = {0};
    size_t folded = 0, own = 0, short_of = 0;
    if (!m) return;
    for (size_t b = 0; b < m->count; b++) {
        const grl_map_branch *branch = &m->branches[b];
        folded += branch->folds > 0;
        short_of += branch->end == GRL_MAP_END_LOST || branch->end == GRL_MAP_END_STEPS ||
                    branch->end == GRL_MAP_END_SADDLE || branch->end == GRL_MAP_END_LENGTH;
    }
    size_t kept = m->crossing_count < GRL_MAP_CROSSINGS ? m->crossing_count : GRL_MAP_CROSSINGS;
    for (size_t k = 0; k < kept; k++)
        own += m->branches[m->crossings[k].unstable].saddle == m->branches[m->crossings[k].stable].saddle;
    if (m->crossing_count > 0) {
        grl_text_addf(&words, "Unstable manifolds cross stable ones, at ");
        grl_words_plural(&words, m->crossing_count, "place", "places");
        grl_text_addf(&words, " on the lengths that were followed%s.",
                      own > 0 ? ", also those of the same saddle: a homoclinic tangle" : "");
    }
    if (folded > 0) {
        grl_text_add(&words, words.size > 0 ? " The" : "The");
        grl_text_add(&words, " map folds the plane along ");
        grl_words_plural(&words, folded, "branch", "branches");
        grl_text_add(
            &words,
            " of the saddles' manifolds, so it is not invertible; stable sets may have further pieces.");
    }
    if (short_of > 0) {
        grl_text_add(&words, words.size > 0 ? " " : "");
        grl_words_plural(&words, short_of, "branch was", "branches were");
        grl_text_add(&words, " not followed to the end.");
    }
    if (m->skipped > 0) {
        grl_text_add(&words, words.size > 0 ? " The manifolds of " : "The manifolds of ");
        grl_words_plural(&words, m->skipped, "saddle", "saddles");
        grl_text_add(&words, " with a multiplier too close to the border of stability were not followed.");
    }
    if (words.failed)
        text->failed = true;
    else if (words.data) {
        grl_text_add(text, "\n");
        /* A sentence may begin with a count. */
        if (words.data[0] >= 'a' && words.data[0] <= 'z') words.data[0] = (char)(words.data[0] - 'a' + 'A');
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    }
    grl_text_drop(&words);
}

static void add_where(grl_text *text, const grl_map_branch *branch)
{
    if (branch->end == GRL_MAP_END_BOUNDARY)
        grl_text_add(text, "the border");
    else if (branch->end == GRL_MAP_END_POINT || branch->limit == GRL_MAP_LIMIT_POINT)
        grl_text_addf(text, "#%zu", branch->point + 1);
    else if (branch->limit == GRL_MAP_LIMIT_ORBIT)
        grl_text_addf(text, "period %zu", branch->period);
    else
        grl_text_add(text, branch->end == GRL_MAP_END_SADDLE ? "folded" : "undecided");
}

static void add_two(grl_grid *grid, const grl_map_branch *branches)
{
    grl_text text = {0};
    add_where(&text, &branches[0]);
    grl_text_add(&text, ", ");
    add_where(&text, &branches[1]);
    grl_grid_add(grid, 0, text.data ? text.data : "");
    grid->failed = grid->failed || text.failed;
    grl_text_drop(&text);
}

void grl_map_manifolds_table(grl_text *text, const grl_portrait *portrait, int colour)
{
    const grl_map_manifolds *m = portrait->map_manifolds;
    int folded = 0;
    if (!m || m->count == 0) return;
    grl_grid grid = {.columns = 4, .align = "rlll"};
    grl_grid_add(&grid, 0, "saddle");
    grl_grid_add(&grid, 0, "unstable branches to");
    grl_grid_add(&grid, 0, "stable branches from");
    grl_grid_add(&grid, 0, "multipliers");
    for (size_t b = 0; b < m->count; b += 4) {
        const grl_map_branch *own = &m->branches[b];
        grl_grid_addf(&grid, "#%zu", own->saddle + 1);
        add_two(&grid, own + 2);
        add_two(&grid, own);
        grl_grid_addf(&grid, "%s, %s", grl_number_short(own[2].multiplier, 4).text,
                      grl_number_short(own[0].multiplier, 4).text);
        for (int k = 0; k < 4; k++) folded = folded || own[k].end == GRL_MAP_END_SADDLE;
    }
    grl_text_addf(text, "\n%sManifolds of the saddles of the map%s\n", colour ? "\033[1m" : "",
                  colour ? "\033[0m" : "");
    grl_grid_print(&grid, text);
    grl_grid_drop(&grid);
    if (folded) grl_text_add(text, "  (folded: its image runs back over the saddle; not followed beyond.)\n");
}
