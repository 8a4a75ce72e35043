/* analysis_words.c: what a portrait shows, in sentences that can be quoted.
 *
 * No sentence claims more than the portrait's flags: "exactly" and "proven complete" need `complete`,
 * "proven" needs `certified`, and of a search it is said that completeness is not proven. The index sum uses
 * that, if no fixed point is degenerate, the signs of det(-Df) add up to +1 (the degree of -f on the cube).
 */
#include "report/analysis.h"

#include "base/layout.h"
#include "report/summary.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

enum { TYPES = GRL_DEGENERATE + 1, MOST_INPUTS_SHOWN = 6, MOST_DIRECTIONS = 32 };

/* One and several of a type; for one unit the word alone serves as both. */
static const char *const type_words[TYPES][2] = {
    [GRL_STABLE] = {"stable", "stable"},
    [GRL_UNSTABLE] = {"unstable", "unstable"},
    [GRL_HALF_STABLE] = {"half-stable", "half-stable"},
    [GRL_STABLE_NODE] = {"stable node", "stable nodes"},
    [GRL_STABLE_FOCUS] = {"stable focus", "stable foci"},
    [GRL_SADDLE] = {"saddle", "saddles"},
    [GRL_SADDLE_FOCUS] = {"saddle-focus", "saddle-foci"},
    [GRL_UNSTABLE_NODE] = {"unstable node", "unstable nodes"},
    [GRL_UNSTABLE_FOCUS] = {"unstable focus", "unstable foci"},
    [GRL_CENTER] = {"center", "centers"},
    [GRL_DEGENERATE] = {"degenerate point", "degenerate points"},
};

typedef enum kind { CERTIFIED, BOXED, COMPUTED } kind;

static kind kind_of(const grl_fixed_point *point)
{
    return point->certified ? CERTIFIED : point->box ? BOXED : COMPUTED;
}

grl_claims grl_claims_of(const grl_portrait *portrait)
{
    grl_claims claims = {0};
    for (size_t i = 0; i < portrait->count; i++) {
        const grl_fixed_point *point = &portrait->points[i];
        claims.certified += kind_of(point) == CERTIFIED;
        claims.boxed += kind_of(point) == BOXED;
        claims.computed += kind_of(point) == COMPUTED;
        claims.stability += point->certified && point->stability_proven;
    }
    claims.done = portrait->method == GRL_METHOD_PROVE &&
                  (portrait->complete || !portrait->stopped_by || strcmp(portrait->stopped_by, "limit") != 0);
    return claims;
}

/* " (12 with 1 unstable direction, 6 with 2)": of the saddles of one type among three units or more. */
static void add_directions(grl_text *text, const grl_portrait *portrait, kind wanted, grl_point_type type)
{
    int least = 0, most = 0, different = 0;
    size_t counts[MOST_DIRECTIONS + 1] = {0};
    for (size_t i = 0; i < portrait->count; i++) {
        const grl_fixed_point *point = &portrait->points[i];
        if (point->type != type || kind_of(point) != wanted) continue;
        if (least == 0 || point->unstable < least) least = point->unstable;
        if (point->unstable > most) most = point->unstable;
        if (point->unstable <= MOST_DIRECTIONS) different += counts[point->unstable]++ == 0;
    }
    if (most > MOST_DIRECTIONS || different > 4) {
        grl_text_addf(
            text, least < most ? " (with %d to %d unstable directions)" : " (with %d unstable directions)",
            least, most);
        return;
    }
    if (different == 1) {
        grl_text_addf(text, most == 1 ? " (with %d unstable direction)" : " (with %d unstable directions)",
                      most);
        return;
    }
    grl_text_add(text, " (");
    for (int k = 1, shown = 0; k <= most; k++) {
        if (counts[k] == 0) continue;
        grl_text_addf(text, "%s%zu with %d", shown > 0 ? ", " : "", counts[k], k);
        if (shown++ == 0) grl_text_add(text, k == 1 ? " unstable direction" : " unstable directions");
    }
    grl_text_add(text, ")");
}

/* "4 stable nodes, 4 saddles and 1 unstable node", of the points of one kind. */
static void add_types(grl_text *text, const grl_portrait *portrait, kind wanted)
{
    size_t counts[TYPES] = {0}, left = 0;
    bool first = true;
    for (size_t i = 0; i < portrait->count; i++)
        if (kind_of(&portrait->points[i]) == wanted) counts[portrait->points[i].type]++;
    for (int type = 0; type < TYPES; type++) left += counts[type] > 0;
    for (int type = 0; type < TYPES; type++) {
        if (counts[type] == 0) continue;
        left--;
        if (!first) grl_text_add(text, left == 0 ? " and " : ", ");
        grl_words_plural(text, counts[type], type_words[type][0], type_words[type][1]);
        if (portrait->hidden_size > 2 && (type == GRL_SADDLE || type == GRL_SADDLE_FOCUS))
            add_directions(text, portrait, wanted, (grl_point_type)type);
        first = false;
    }
}

/* ", which is stable" or ", a stable focus". */
static void add_only_type(grl_text *text, grl_point_type type)
{
    const char *word = type_words[type][0];
    if (type <= GRL_HALF_STABLE)
        grl_text_addf(text, ", which is %s", word);
    else
        grl_text_addf(text, ", %s %s", word[0] == 'u' ? "an" : "a", word);
}

static void add_who(grl_text *text, const grl_model *model, const char *name, const double *x,
                    const grl_portrait *portrait)
{
    const grl_cell *cell = grl_model_cell(model);
    size_t inputs = grl_cell_input_size(cell);
    bool zero = true;
    grl_text_addf(text, "This %zu-unit network (%s", portrait->hidden_size, name);
    grl_words_with(text, model);
    grl_text_addf(text, ", reset %s), as ", grl_cell_reset(cell) == GRL_RESET_AFTER ? "after" : "before");
    if (portrait->time == GRL_CONTINUOUS)
        grl_text_add(text, "a flow");
    else if (portrait->dt == 1)
        grl_text_add(text, "the map that is run in practice");
    else
        grl_text_addf(text, "the map h + %.4g f(h)", portrait->dt);
    for (size_t i = 0; i < inputs; i++) zero = zero && (!x || x[i] == 0);
    if (inputs > 0 && zero) {
        grl_text_add(text, " at zero input");
    } else if (inputs > 0 && inputs <= MOST_INPUTS_SHOWN) {
        grl_text_add(text, " at the constant input (");
        for (size_t i = 0; i < inputs; i++) {
            if (i > 0) grl_text_add(text, ", ");
            grl_text_add_number(text, x[i]);
        }
        grl_text_add(text, ")");
    } else if (inputs > 0) {
        grl_text_add(text, " at the constant input given");
    }
    grl_text_add(text, ", has ");
}

static void add_points(grl_text *text, size_t count)
{
    grl_words_count(text, count);
    grl_text_add(text, count == 1 ? " fixed point" : " fixed points");
}

static void add_complete(grl_text *text, const grl_portrait *portrait)
{
    grl_text_add(text, "exactly ");
    add_points(text, portrait->count);
    if (portrait->count == 1) {
        add_only_type(text, portrait->points[0].type);
        grl_text_add(text, "; it is proven that there is no other.");
    } else {
        grl_text_add(text, ", proven complete: ");
        add_types(text, portrait, CERTIFIED);
        grl_text_add(text, ".");
    }
}

/* Branch-and-prune came to its end, but boxes were left over. */
static void add_done(grl_text *text, const grl_portrait *portrait, const grl_claims *claims)
{
    bool one = claims->boxed == 1;
    if (claims->certified > 0) {
        add_points(text, claims->certified);
        grl_text_addf(text, " that %s proven (", claims->certified == 1 ? "is" : "are");
        add_types(text, portrait, CERTIFIED);
        grl_text_add(text, "), and ");
    }
    grl_words_count(text, claims->boxed);
    grl_text_addf(text, " degenerate %s%s", claims->certified > 0 ? "" : "fixed ", one ? "point" : "points");
    grl_text_addf(text, ", known up to %s. It is proven that there are none elsewhere, but not how many %s.",
                  one ? "a small box" : "small boxes", one ? "the box holds" : "the boxes hold");
}

static void add_at_least(grl_text *text, const grl_portrait *portrait, const grl_claims *claims)
{
    if (claims->certified == 0) {
        grl_text_add(text,
                     "no fixed point that could be proven to exist, though every network has at least one");
    } else {
        grl_text_add(text, "at least ");
        add_points(text, claims->certified);
        if (claims->certified == 1) {
            const grl_fixed_point *point = portrait->points;
            while (!point->certified) point++;
            add_only_type(text, point->type);
        } else {
            grl_text_add(text, ": ");
            add_types(text, portrait, CERTIFIED);
        }
    }
    grl_text_add(text, ".");
    if (claims->certified == 1) grl_text_add(text, " It is proven to exist and to be the only one near.");
    if (claims->certified > 1)
        grl_text_add(text, " Every one of them is proven to exist and to be the only one near.");
    if (claims->computed > 0) {
        grl_text_addf(text, " Computed, but not proven%s ", claims->certified > 0 ? ", are others:" : ":");
        add_types(text, portrait, COMPUTED);
        grl_text_add(text, ".");
    }
    if (claims->boxed > 0) {
        grl_text_add(text, " Of ");
        add_types(text, portrait, BOXED);
        grl_text_add(text, claims->boxed == 1 ? ", only a box is known." : ", only boxes are known.");
    }
}

/* How far the work went, and what may be missing. */
static void add_limits(grl_text *text, const grl_portrait *portrait)
{
    bool limit = portrait->stopped_by && strcmp(portrait->stopped_by, "limit") == 0;
    bool effort = portrait->stopped_by && strcmp(portrait->stopped_by, "effort") == 0;
    if (portrait->method == GRL_METHOD_PROVE) {
        if (limit)
            grl_text_addf(text, " The proof stopped at its limit, after %s boxes, with ",
                          grl_number_grouped(portrait->boxes).text);
        else
            grl_text_add(text, " The proof left ");
        grl_words_plural(text, portrait->undecided, "box", "boxes");
        grl_text_add(text, portrait->count > 0 ? " undecided, so there may be others." : " undecided.");
        return;
    }
    grl_text_addf(text, " Whether there are more is not proven: %s starts were used",
                  grl_number_grouped(portrait->starts).text);
    if (limit) grl_text_add(text, ", the limit");
    if (effort) grl_text_add(text, ", as many as the default effort allows");
    if (portrait->unseen < 1)
        grl_text_addf(
            text,
            "; with 95 %% confidence, another start finds something new with a probability of at most "
            "%s %%.",
            grl_number_short(100 * portrait->unseen, 2).text);
    else
        grl_text_add(text, ", too few to say how much is unseen.");
}

static void add_stability(grl_text *text, const grl_claims *claims)
{
    bool all = claims->boxed + claims->computed == 0, one = claims->certified == 1;
    if (claims->certified == 0) return;
    if (claims->stability == 0)
        grl_text_add(text, " Stability is computed, not proven.");
    else if (claims->stability < claims->certified)
        grl_text_addf(text, " Stability is proven for %zu of the %zu, and computed for the others.",
                      claims->stability, claims->certified);
    else if (all)
        grl_text_add(text, one ? " Its stability is proven too." : " The stability of each is proven too.");
    else
        grl_text_addf(text, " The stability of the proven %s is proven too.", one ? "one" : "ones");
}

void grl_analysis_paragraph(grl_text *text, const grl_model *model, const char *name, const double *x,
                            const grl_portrait *portrait)
{
    grl_claims claims = grl_claims_of(portrait);
    grl_text words = {0};
    const int summary = grl_summary_known(portrait);
    add_who(&words, model, name, x, portrait);
    if (summary) {
        /* First what a person asks: where it goes; the points and how they are known follow. */
        grl_summary_add(&words, portrait);
        if (words.failed)
            text->failed = true;
        else
            grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
        grl_text_drop(&words);
        grl_text_add(text, "\n");
        grl_text_add(&words, "It has ");
    }
    if (portrait->complete) {
        add_complete(&words, portrait);
    } else if (claims.done && claims.boxed > 0) {
        add_done(&words, portrait, &claims);
    } else {
        add_at_least(&words, portrait, &claims);
        add_limits(&words, portrait);
    }
    if (!summary || claims.stability < portrait->count) add_stability(&words, &claims);
    grl_summary_add_line(&words, portrait);
    if (summary) grl_analysis_cycles_add(&words, portrait);
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
}

void grl_analysis_index(grl_text *text, const grl_portrait *portrait)
{
    grl_claims claims = grl_claims_of(portrait);
    grl_text words = {0};
    int sum = portrait->index_sum;
    size_t unknown = 0;
    for (size_t i = 0; i < portrait->count; i++) unknown += portrait->points[i].index == 0;

    if (portrait->count == 0) return;
    grl_text_addf(&words, sum == 0 ? "Index sum: %d" : "Index sum: %+d", sum);
    if (unknown > 0) {
        grl_text_addf(&words, ", without the degenerate %s; all together must give +1",
                      unknown == 1 ? "point" : "points");
        if (claims.done && unknown == 1)
            grl_text_addf(&words,
                          sum == 1 ? ", so the degenerate point counts %d"
                                   : ", so the degenerate point counts %+d",
                          1 - sum);
    } else if (portrait->complete) {
        grl_text_add(&words, ", as it must be when nothing is missing");
    } else if (sum == 1) {
        grl_text_add(&words, ", as it must be if nothing is missing; it does not prove that nothing is");
    } else {
        grl_text_addf(&words,
                      "; with all points it would be +1, so at least %d more %s to be expected, unless one "
                      "is degenerate",
                      sum > 1 ? sum - 1 : 1 - sum, abs(sum - 1) == 1 ? "is" : "are");
    }
    grl_text_add(&words, ".");
    if (words.failed)
        text->failed = true;
    else
        grl_text_add_wrapped(text, words.data, 0, 0, GRL_REPORT_WIDTH);
    grl_text_drop(&words);
}
