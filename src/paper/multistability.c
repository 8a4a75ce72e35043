/* multistability.c: what two units can have side by side (section 3).
 *
 * Random networks are drawn and classified by the signature of their portrait (docs/signatures.md): which fixed points and
 * cycles there are, and how the manifolds of the saddles join them. What is rare among draws is looked for by climbs. Each
 * class keeps one network as its example: here it is read anew, and its portrait computed again from scratch. An example
 * that is nearer than SAFE to a bifurcation is left out: rounding might decide what it is. */
#include "paper/gallery.h"
#include "paper/paper.h"

#include "base/error.h"
#include "base/memory.h"

#include <grulens/cycles.h>
#include <grulens/report.h>
#include <grulens/survey.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PER_PAGE = 42, PAPER_COUNT = 36, LISTED = 12 };

static const double SAFE = 1e-6, scale = 12;

typedef struct topology {
    char *signature, *name;
    size_t points, stable, unstable, saddles, cycles;
    unsigned long long count; /* among the draws; 0: from a climb */
    double frequency, low, high, margin;
    int proven; /* the list is complete, each point and its stability are certified */
    grl_cell *cell;
} topology;

typedef struct collection {
    size_t count, capacity;
    topology *items;
    size_t near, different,
        unclear; /* left out: near a bifurcation; other than the catalogue says; no signature */
} collection;

static void free_collection(collection *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->items[i].signature);
        free(c->items[i].name);
        grl_cell_free(c->items[i].cell);
    }
    free(c->items);
}

/* Looks at a class's example, and keeps it if its topology is new. */
static grl_status add_class(grl_paper *paper, const grl_atlas_run *run, const grl_atlas_class *class,
                            collection *c, grl_error *error)
{
    grl_cell *cell = NULL, *copy = NULL;
    grl_model *model = NULL;
    grl_portrait *portrait = NULL;
    const int drawn = run->settings.climbing.objective == GRL_OBJECTIVE_NONE;
    if (!(class->margin > SAFE)) {
        c->near++;
        return GRL_OK;
    }
    grl_status status = grl_atlas_example(run, class, &cell, error);
    if (status == GRL_OK) status = grl_cell_copy(cell, &copy, error);
    if (status == GRL_OK) status = grl_model_create(copy, &model, error);
    if (status == GRL_OK) status = grl_paper_portrait(paper, model, GRL_CONTINUOUS, &portrait, error);
    if (status != GRL_OK) goto done;
    if (!portrait->signature || (drawn && strcmp(portrait->signature, class->key) != 0)) {
        c->unclear += !portrait->signature;
        c->different += portrait->signature != NULL;
        goto done;
    }
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->items[i].signature, portrait->signature) == 0) goto done;
    if (!grl_grow((void **)&c->items, &c->capacity, c->count, sizeof *c->items)) {
        status = grl_fail_memory(error, c->count + 1, sizeof *c->items);
        goto done;
    }
    topology *t = &c->items[c->count++];
    *t = (topology){.signature = grl_strdup(portrait->signature),
                    .name = grl_strdup(portrait->signature_name ? portrait->signature_name : class->name),
                    .points = portrait->count,
                    .stable = (size_t) class->stable,
                    .unstable = (size_t) class->unstable,
                    .saddles = (size_t) class->saddle,
                    .cycles = portrait->cycles->count,
                    .count = drawn ? class->count : 0,
                    .frequency = drawn ? class->frequency : 0,
                    .low = drawn ? class->low : 0,
                    .high = drawn ? class->high : 0,
                    .margin = class->margin,
                    .proven = portrait->complete,
                    .cell = cell};
    cell = NULL;
    for (size_t i = 0; i < portrait->count; i++)
        t->proven = t->proven && portrait->points[i].certified && portrait->points[i].stability_proven;
    if (!t->signature || !t->name) status = grl_fail_memory(error, 1, 1);
done:
    grl_portrait_free(portrait);
    grl_model_free(model);
    grl_cell_free(cell);
    return status;
}

/* One run of a survey, in a catalogue of its own among the sections' results, and its classes. */
static grl_status add_run(grl_paper *paper, const char *name, const grl_survey_settings *settings,
                          collection *c, grl_results *results, grl_error *error)
{
    grl_text made = {0};
    grl_survey_options how = grl_survey_options_defaults();
    grl_survey_result survey;
    grl_atlas *atlas = NULL;
    grl_text_addf(&made, "%s/sections/%s.db", paper->directory, name);
    char *path = grl_text_take(&made);
    if (!path) return grl_fail_memory(error, 1, 1);
    remove(path);
    how.threads = paper->options->threads;
    how.progress = paper->options->progress;
    grl_status status = grl_survey_run(path, settings, &how, &survey, error);
    if (status == GRL_OK && !survey.finished) status = grl_fail(error, GRL_STOPPED, "stopped in a survey");
    if (status == GRL_OK) status = grl_atlas_read(path, 0, &atlas, error);
    for (size_t k = 0; status == GRL_OK && k < atlas->runs[0].count; k++)
        status = add_class(paper, &atlas->runs[0], &atlas->runs[0].classes[k], c, error);
    if (status == GRL_OK) {
        grl_results_integer(results, (long long)atlas->runs[0].networks, "runs/%s/networks", name);
        grl_results_integer(results, (long long)atlas->runs[0].undecided, "runs/%s/undecided", name);
        grl_results_integer(results, (long long)atlas->runs[0].class_count, "runs/%s/classes", name);
        grl_results_text(results, atlas->runs[0].words, "runs/%s/settings", name);
    }
    grl_atlas_free(atlas);
    remove(path);
    free(path);
    return status;
}

static grl_survey_settings draws(int quick)
{
    grl_survey_settings s = grl_survey_defaults();
    s.level = GRL_LEVEL_SIGNATURE;
    s.sampling.distribution = GRL_UNIFORM;
    for (int k = 0; k < GRL_BLOCKS; k++) s.sampling.scale[k] = scale;
    s.count = quick ? 4000 : 300000;
    return s;
}

static grl_survey_settings climbs(grl_objective objective, double of, int steps, int count)
{
    grl_survey_settings s = grl_survey_defaults();
    for (int k = 0; k < GRL_BLOCKS; k++) s.sampling.scale[k] = of;
    s.climbing.objective = objective;
    s.climbing.steps = steps;
    s.count = (unsigned long long)count;
    return s;
}

/* Few points first, then few cycles, then the frequent ones. */
static int by_size(const void *a, const void *b)
{
    const topology *x = a, *y = b;
    if (x->points != y->points) return x->points < y->points ? -1 : 1;
    if (x->cycles != y->cycles) return x->cycles < y->cycles ? -1 : 1;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return strcmp(x->signature, y->signature);
}

static grl_status add_topology(grl_paper *paper, grl_results *results, const topology *t, size_t k,
                               grl_error *error)
{
    char name[32];
    snprintf(name, sizeof name, "topology-%02zu", k + 1);
    grl_status status = grl_paper_add_network(paper, results, name, t->cell, error);
    grl_results_text(results, name, "topologies/%zu/model", k);
    grl_results_text(results, t->signature, "topologies/%zu/signature", k);
    grl_results_text(results, t->name, "topologies/%zu/name", k);
    grl_results_integer(results, (long long)t->points, "topologies/%zu/points", k);
    grl_results_integer(results, (long long)t->stable, "topologies/%zu/stable", k);
    grl_results_integer(results, (long long)t->unstable, "topologies/%zu/unstable", k);
    grl_results_integer(results, (long long)t->saddles, "topologies/%zu/saddles", k);
    grl_results_integer(results, (long long)t->cycles, "topologies/%zu/cycles", k);
    grl_results_integer(results, (long long)t->count, "topologies/%zu/count", k);
    grl_results_number(results, t->frequency, "topologies/%zu/frequency", k);
    grl_results_number(results, t->low, "topologies/%zu/low", k);
    grl_results_number(results, t->high, "topologies/%zu/high", k);
    grl_results_number(results, t->margin, "topologies/%zu/margin", k);
    grl_results_flag(results, t->proven, "topologies/%zu/proven", k);
    return status;
}

static grl_status summarise(grl_paper *paper, const collection *c, grl_results *results, grl_error *error)
{
    size_t proven = 0, inventories = 0, cycles = 0, most_stable = 0;
    grl_status status = GRL_OK;
    for (size_t k = 0; k < c->count && status == GRL_OK; k++) {
        const topology *t = &c->items[k];
        int known = 0;
        status = add_topology(paper, results, t, k, error);
        proven += t->proven != 0;
        cycles += t->cycles > 0;
        most_stable = t->stable > most_stable ? t->stable : most_stable;
        for (size_t i = 0; i < k; i++)
            known |= c->items[i].stable == t->stable && c->items[i].unstable == t->unstable &&
                     c->items[i].saddles == t->saddles;
        inventories += t->proven && !known;
    }
    grl_results_integer(results, (long long)c->count, "count");
    grl_results_integer(results, (long long)proven, "proven");
    grl_results_integer(results, (long long)inventories, "inventories");
    grl_results_integer(results, (long long)cycles, "with_cycles");
    grl_results_integer(results, (long long)most_stable, "most_stable");
    grl_results_integer(results, (long long)c->near, "near");
    grl_results_integer(results, (long long)c->different, "different");
    grl_results_integer(results, (long long)c->unclear, "unclear");
    grl_results_integer(results, PAPER_COUNT, "paper_count");
    if (status == GRL_OK && c->count > 0) {
        grl_portrait *portrait = NULL;
        const topology *most = &c->items[c->count - 1];
        status = grl_paper_add_network(paper, results, "most", most->cell, error);
        if (status == GRL_OK)
            status =
                grl_paper_portrait_of(paper, results->root, "most", NULL, GRL_CONTINUOUS, &portrait, error);
        if (status == GRL_OK) grl_paper_add_portrait(results, portrait, "most");
        grl_portrait_free(portrait);
    }
    return status;
}

/* The shares of the most frequent ones, in order. */
static void rank(const collection *c, grl_results *results)
{
    size_t listed = 0;
    unsigned long long last = ~0ull;
    size_t last_at = 0;
    for (; listed < LISTED; listed++) {
        size_t best = c->count;
        for (size_t k = 0; k < c->count; k++) {
            const unsigned long long n = c->items[k].count;
            if (n == 0 || n > last || (n == last && k <= last_at)) continue;
            if (best == c->count || n > c->items[best].count) best = k;
        }
        if (best == c->count) break;
        last = c->items[best].count;
        last_at = best;
        grl_results_integer(results, (long long)best + 1, "ranks/%zu/topology", listed);
        grl_results_text(results, c->items[best].name, "ranks/%zu/name", listed);
        grl_results_text(results, c->items[best].signature, "ranks/%zu/signature", listed);
        grl_results_integer(results, (long long)c->items[best].count, "ranks/%zu/count", listed);
        grl_results_number(results, c->items[best].frequency, "ranks/%zu/frequency", listed);
        grl_results_number(results, c->items[best].low, "ranks/%zu/low", listed);
        grl_results_number(results, c->items[best].high, "ranks/%zu/high", listed);
    }
}

static grl_status compute(grl_paper *paper, grl_results *results, grl_error *error)
{
    const int quick = paper->options->quick;
    collection c = {0};
    grl_survey_settings settings = draws(quick);
    settings.sampling.seed = paper->options->seed;
    grl_status status = add_run(paper, "draws", &settings, &c, results, error);
    if (status == GRL_OK) {
        settings = quick ? climbs(GRL_OBJECTIVE_FIXED_POINTS, 12, 400, 4)
                         : climbs(GRL_OBJECTIVE_FIXED_POINTS, 12, 1000, 20);
        settings.sampling.seed = paper->options->seed;
        status = add_run(paper, "fixed_points", &settings, &c, results, error);
    }
    if (status == GRL_OK) {
        settings =
            quick ? climbs(GRL_OBJECTIVE_UNSTABLE, 10, 400, 2) : climbs(GRL_OBJECTIVE_UNSTABLE, 10, 2500, 10);
        settings.sampling.seed = paper->options->seed;
        status = add_run(paper, "unstable", &settings, &c, results, error);
    }
    if (status == GRL_OK && !quick) {
        settings = climbs(GRL_OBJECTIVE_ATTRACTORS, 12, 1000, 20);
        settings.sampling.seed = paper->options->seed;
        status = add_run(paper, "attractors", &settings, &c, results, error);
    }
    if (status == GRL_OK) {
        qsort(c.items, c.count, sizeof *c.items, by_size);
        rank(&c, results);
        status = summarise(paper, &c, results, error);
    }
    free_collection(&c);
    return status;
}

static grl_status draw_shares(grl_paper *paper, const json_t *results, grl_document *document,
                              grl_error *error)
{
    const size_t count = grl_results_count(results, "topologies");
    size_t used = 0;
    double *place = grl_calloc(count, 4 * sizeof *place), *share = place + count, *low = share + count,
           *high = low + count;
    if (!place) return grl_fail_memory(error, count, 4 * sizeof *place);
    for (size_t k = 0; k < count; k++) {
        if (!(grl_results_value(results, "topologies/%zu/count", k) > 0)) continue;
        /* In their order by share. */
        double rank_of = 1;
        for (size_t i = 0; i < count; i++) {
            const double a = grl_results_value(results, "topologies/%zu/count", i),
                         b = grl_results_value(results, "topologies/%zu/count", k);
            rank_of += a > b || (a == b && i < k);
        }
        place[used] = rank_of;
        share[used] = grl_results_value(results, "topologies/%zu/frequency", k);
        low[used] = grl_results_value(results, "topologies/%zu/low", k);
        high[used++] = grl_results_value(results, "topologies/%zu/high", k);
    }
    grl_series series = grl_series_points(0);
    series.count = used;
    series.x = place;
    series.y = share;
    series.low = low;
    series.high = high;
    const grl_panel panel = {.label_x = "topology, by its share",
                             .label_y = "share of networks",
                             .log_y = 1,
                             .low_x = 0,
                             .high_x = (double)used + 1,
                             .count = 1,
                             .series = &series};
    const grl_draw_options look = grl_paper_look(470, 250, NULL);
    grl_status status = grl_paper_draw_panels(paper, 1, &panel, 1, &look, document, error);
    free(place);
    return status;
}

static void add_ranks(const json_t *results, grl_document *document)
{
    enum { COLUMNS = 4 };
    const size_t count = grl_results_count(results, "ranks");
    char texts[(LISTED + 1) * COLUMNS][96];
    const char *cells[(LISTED + 1) * COLUMNS] = {"Topology", "What it is", "Share", "95 % interval"};
    for (size_t k = 0; k < count && k < LISTED; k++) {
        char(*row)[96] = texts + (k + 1) * COLUMNS;
        snprintf(row[0], sizeof *row, "{ranks/%zu/topology|d}", k);
        snprintf(row[1], sizeof *row, "{ranks/%zu/name}", k);
        snprintf(row[2], sizeof *row, "{ranks/%zu/frequency|%%.3g}", k);
        snprintf(row[3], sizeof *row, "{ranks/%zu/low|%%.3g} to {ranks/%zu/high|%%.3g}", k, k);
        for (int j = 0; j < COLUMNS; j++) cells[(k + 1) * COLUMNS + (size_t)j] = row[j];
    }
    grl_document_table(
        document, count + 1, COLUMNS, cells,
        "The most frequent topologies among {runs/draws/networks} random networks, numbers uniform from "
        "\xe2\x88\x92"
        "12 to 12; intervals of Wilson (1927). {runs/draws/undecided} networks could not be decided.");
}

static void claim_counts(const json_t *results, grl_document *document)
{
    char command[400], last[64];
    const size_t count = grl_results_count(results, "topologies");
    const double found = grl_results_value(results, "count");
    snprintf(last, sizeof last, "topologies/%zu/signature", count > 0 ? count - 1 : 0);
    snprintf(command, sizeof command,
             "grulens analyze models/%s.json --json -\n"
             "grulens analyze models/%s.json --json -",
             grl_results_words(results, "topologies/%zu/model", count / 2),
             grl_results_words(results, "topologies/%zu/model", count > 0 ? count - 1 : 0));
    char middle[64], points[64];
    snprintf(middle, sizeof middle, "topologies/%zu/signature", count / 2);
    snprintf(points, sizeof points, "topologies/%zu/stable", count / 2);
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "topologies",
            .statement = "Two units have at least {paper_count} topologies.",
            .evidence =
                "Found: {count} different signatures, each with an example in models/. In {proven} of them the fixed points "
                "and their stability are proven and the list is complete; how cycles and manifolds join them is "
                "computed. {with_cycles} have limit cycles. Left out: {near} whose example is within 10^{\xe2\x88\x92"
                "6} of a bifurcation, {unclear} without a signature, {different} that came out otherwise the second time.",
            .command = command,
            .verdict = found >= PAPER_COUNT ? GRL_COMPUTED : GRL_NOT_REPRODUCED,
            .checks = {{middle, "signature", 0, 0}, {last, "signature", 0, 1}},
        });
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "most-points",
            .statement =
                "Two units can have {most/count} fixed points: more than the nine of two units that do not act on each other.",
            .evidence =
                "{most/stable} stable, {most/unstable} unstable, {most/saddle} saddles, index sum {most/index_sum}. Every "
                "point is proven, and that there are no others. That no network has more is not known.",
            .command = "grulens analyze models/most.json --json -",
            .verdict = !(grl_results_value(results, "most/count") > 9) ? GRL_NOT_REPRODUCED
                       : grl_results_is(results, "most/complete") && grl_results_is(results, "most/certified")
                           ? GRL_PROVEN
                           : GRL_COMPUTED,
            .checks = {{"most/count", "fixed_points/items/#", 0, 0},
                       {"most/index_sum", "fixed_points/index_sum", 0, 0},
                       {"most/complete", "fixed_points/complete", 0, 0},
                       {"most/points/0/h/0", "fixed_points/items/0/h/0", 1e-9, 0},
                       {"most/points/9/type", "fixed_points/items/9/type", 0, 0}},
        });
}

static void claim_shares(const json_t *results, grl_document *document)
{
    char command[200];
    snprintf(
        command, sizeof command,
        "grulens survey --level signature --scale 12 --distribution uniform --count %.0f --out again.db\n"
        "grulens atlas again.db --json -",
        grl_results_value(results, "runs/draws/networks"));
    grl_document_claim(
        document,
        &(grl_claim){
            .id = "shares",
            .statement = "Most random networks have one stable point; what is richer is rare.",
            .evidence =
                "One stable point alone: {ranks/0/frequency|%.2f} ({ranks/0/low|%.2f} to {ranks/0/high|%.2f}); two "
                "and a saddle: {ranks/1/frequency|%.2f}. The signatures are joined by computed manifolds, so this "
                "is computed.",
            .command = command,
            .verdict = strcmp(grl_results_words(results, "ranks/0/name"), "1 stable") == 0 &&
                               grl_results_value(results, "ranks/0/low") > 0.5
                           ? GRL_COMPUTED
                           : GRL_NOT_REPRODUCED,
            .checks = {{"ranks/0/frequency", "runs/0/classes/0/frequency", 1e-12, 1},
                       {"ranks/1/count", "runs/0/classes/1/count", 0, 1},
                       {"ranks/1/signature", "runs/0/classes/1/key", 0, 1},
                       {"runs/draws/undecided", "runs/0/undecided", 0, 1}},
        });
}

static grl_status write(grl_paper *paper, const json_t *results, grl_document *document, grl_error *error)
{
    const size_t count = grl_results_count(results, "topologies");
    grl_status status = GRL_OK;
    grl_document_paragraph(
        document,
        "Two units flow in a square. Their portrait is told by its fixed points, its cycles, and the manifolds of its "
        "saddles, which part the basins. The founding paper counts {paper_count} such topologies. Here random networks are "
        "drawn, and for the rare ones climbs go from random networks to more and more fixed points. Two portraits count as "
        "one if a signature, which names points, cycles and what joins them, is the same.");
    for (size_t first = 0; first < count && status == GRL_OK; first += PER_PAGE) {
        const size_t shown = count - first < PER_PAGE ? count - first : PER_PAGE;
        grl_document_figure(
            document, 1,
            first == 0
                ? "Every topology of two units that was found, few fixed points first. Orange and dashed blue: "
                  "nullclines; black (white on a dark page): stable manifolds of saddles (the borders of basins); dashed purple: "
                  "unstable ones; green: cycles, dashed if they repel. Filled points attract, half-filled ones "
                  "are saddles; a ring marks a focus. Below each: its number, its share among random networks or "
                  "that it was found by a climb; stable \xc2\xb7 unstable \xc2\xb7 saddle points."
                : "More topologies of two units.");
        status = grl_paper_draw_gallery(paper, results, first, shown, document, error);
    }
    if (status != GRL_OK) return status;
    claim_counts(results, document);
    grl_document_heading(document, "How frequent they are");
    add_ranks(results, document);
    grl_document_figure(document, 1, "Shares of all topologies that were drawn, with 95 % intervals.");
    status = draw_shares(paper, results, document, error);
    if (status != GRL_OK) return status;
    claim_shares(results, document);
    grl_document_heading(document, "The most fixed points");
    grl_draw_options look = grl_paper_look(0, 0, NULL);
    look.hide = GRL_SHOW_STREAMLINES;
    grl_document_figure(
        document, 1,
        "The network with the most fixed points that was found: {most/count}, of them {most/stable} stable.");
    return grl_paper_draw_portrait(paper, results, "most", NULL, GRL_CONTINUOUS, &look, document, error);
}

const grl_paper_part grl_paper_multistability = {.id = "multistability",
                                                 .title = "Two units: many memories side by side",
                                                 .compute = compute,
                                                 .write = write};
