/* paper.c: the report from its sections: computes or takes up each one's results, writes the report from them. */
#include "paper/paper.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"

#include <errno.h>
#include <grulens/report.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What is in a folder was computed by the same methods if this number is the same. */
enum { RESULTS_VERSION = 1 };

static const grl_paper_part *const parts[] = {
    &grl_paper_lens,       &grl_paper_one_unit,    &grl_paper_multistability, &grl_paper_oscillation,
    &grl_paper_homoclinic, &grl_paper_pseudo_line, &grl_paper_learning,       &grl_paper_uses,
};

enum { PARTS = sizeof parts / sizeof *parts };

static const char title[] = "Gated recurrent units in continuous time: what they can do, computed and proven";
static const char subtitle[] =
    "The claims of Jordan, Sok\xc3\xb3\xc5\x82 and Park (2021), recomputed by grulens";

grl_paper_options grl_paper_defaults(void)
{
    return (grl_paper_options){0};
}

const char *grl_paper_section(size_t i)
{
    return i < PARTS ? parts[i]->id : NULL;
}

const char *grl_paper_section_title(size_t i)
{
    return i < PARTS ? parts[i]->title : NULL;
}

/* 1 if the part is among the names, which are separated by commas. */
static int is_wanted(const char *names, const char *id)
{
    for (const char *at = names; at && *at;) {
        const size_t length = strcspn(at, ",");
        if (length == strlen(id) && strncmp(at, id, length) == 0) return 1;
        at += length + (at[length] == ',');
    }
    return !names;
}

static grl_status check_sections(const char *names, grl_error *error)
{
    for (const char *at = names; at && *at;) {
        const size_t length = strcspn(at, ",");
        size_t k = 0;
        while (k < PARTS && !(strlen(parts[k]->id) == length && strncmp(at, parts[k]->id, length) == 0)) k++;
        if (k == PARTS) {
            grl_text known = {0};
            for (k = 0; k < PARTS; k++) grl_text_addf(&known, "%s%s", k ? ", " : "", parts[k]->id);
            grl_status status = grl_fail(error, GRL_BAD_INPUT, "expected sections among %s, found \"%.*s\"",
                                         known.data ? known.data : "those of the report", (int)length, at);
            grl_text_drop(&known);
            return status;
        }
        at += length + (at[length] == ',');
    }
    return GRL_OK;
}

static grl_status make_folder(const char *path, grl_error *error)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) return GRL_OK;
    return grl_fail(error, GRL_IO, "%s: the folder could not be made: %s", path, strerror(errno));
}

static char *path_in(const grl_paper *paper, const char *folder, const char *name, const char *ending)
{
    grl_text path = {0};
    grl_text_addf(&path, "%s/%s%s%s%s", paper->directory, folder, *folder && *name ? "/" : "", name, ending);
    return grl_text_take(&path);
}

static grl_status make_folders(const grl_paper *paper, grl_error *error)
{
    static const char *const folders[] = {"", "models", "figures", "sections"};
    grl_status status = GRL_OK;
    for (size_t k = 0; k < sizeof folders / sizeof *folders && status == GRL_OK; k++) {
        char *path = path_in(paper, folders[k], "", "");
        status = path ? make_folder(path, error) : grl_fail_memory(error, 1, 1);
        free(path);
    }
    return status;
}

/* What decides the results of a section. */
static char *settings_of(const grl_paper *paper)
{
    grl_text text = {0};
    grl_text_addf(&text, "grulens %s, results %d, seed %llu, %s", grl_version(), RESULTS_VERSION,
                  paper->options->seed, paper->options->quick ? "quick" : "full");
    return grl_text_take(&text);
}

static grl_status save_tree(const grl_paper *paper, const char *folder, const char *name, const json_t *tree,
                            grl_error *error)
{
    grl_text text = {0};
    char *path = path_in(paper, folder, name, ".json");
    grl_results_write(tree, &text);
    char *bytes = grl_text_take(&text);
    grl_status status = path && bytes ? grl_text_save(bytes, path, error) : grl_fail_memory(error, 1, 1);
    free(bytes);
    free(path);
    return status;
}

/* The results of an earlier run, or NULL. */
static json_t *take_up(const grl_paper *paper, const char *id, const char *settings)
{
    json_t *stored = NULL, *results = NULL;
    char *path = path_in(paper, "sections", id, ".json");
    if (path && grl_results_read(path, &stored, NULL) == GRL_OK &&
        strcmp(grl_results_words(stored, "settings"), settings) == 0) {
        results = json_object_get(stored, "results");
        if (!json_is_object(results)) results = NULL;
        json_incref(results);
    }
    json_decref(stored);
    free(path);
    return results;
}

static grl_status compute_part(grl_paper *paper, const grl_paper_part *part, const char *settings,
                               json_t **found, grl_error *error)
{
    grl_results results = {.root = json_object()};
    json_t *stored = NULL;
    grl_status status = results.root ? part->compute(paper, &results, error) : grl_fail_memory(error, 1, 1);
    /* A computation that was stopped is a result to its own call, not here. */
    if (status == GRL_OK && grl_progress_stopped(paper->options->progress))
        status = grl_fail(error, GRL_STOPPED, "stopped in section %s", part->id);
    if (status == GRL_OK && results.failed) status = grl_fail_memory(error, 1, 1);
    if (status == GRL_OK) {
        stored = json_pack("{s:s, s:O}", "settings", settings, "results", results.root);
        status =
            stored ? save_tree(paper, "sections", part->id, stored, error) : grl_fail_memory(error, 1, 1);
    }
    json_decref(stored);
    if (status != GRL_OK) {
        json_decref(results.root);
        results.root = NULL;
    }
    *found = results.root;
    return status;
}

static grl_status write_models(const grl_paper *paper, const json_t *results, grl_error *error)
{
    const char *name;
    json_t *model;
    grl_status status = GRL_OK;
    json_object_foreach(json_object_get(results, "models"), name, model)
    {
        char *path = path_in(paper, "models", name, strchr(name, '.') ? "" : ".json");
        if (status == GRL_OK)
            status =
                path ? grl_text_save(json_string_value(model), path, error) : grl_fail_memory(error, 1, 1);
        free(path);
    }
    return status;
}

/* What the report's document says of each part beside its results. */
static void describe(const grl_document *document, grl_results *to)
{
    int claim = 0, figure = 0;
    const char *base = "";
    for (size_t i = 0; i < document->count; i++) {
        const grl_piece *part = &document->parts[i];
        if (strcmp(part->base, base) != 0) {
            base = part->base;
            claim = figure = 0;
        }
        if (part->kind == GRL_PIECE_CLAIM) {
            char at[64];
            snprintf(at, sizeof at, "sections/%s/claims/%d", base, claim++);
            grl_results_text(to, part->id, "%s/id", at);
            grl_results_text(to, part->text, "%s/statement", at);
            grl_results_text(to, part->evidence, "%s/evidence", at);
            grl_results_text(to, grl_claim_verdict_name(part->verdict), "%s/verdict", at);
            grl_results_text(to, part->command, "%s/command", at);
            for (size_t k = 0; k < part->check_count; k++) {
                grl_results_text(to, part->checks[k].result, "%s/checks/%zu/result", at, k);
                grl_results_text(to, part->checks[k].found, "%s/checks/%zu/found", at, k);
                grl_results_number(to, part->checks[k].tolerance, "%s/checks/%zu/tolerance", at, k);
                grl_results_integer(to, part->checks[k].line, "%s/checks/%zu/line", at, k);
            }
        } else if (part->kind == GRL_PIECE_FIGURE) {
            grl_results_text(to, part->text, "sections/%s/figures/%d/caption", base, figure);
            for (size_t k = 0; k < part->drawing_count; k++)
                grl_results_text(to, part->files[k], "sections/%s/figures/%d/files/%zu", base, figure, k);
            figure++;
        }
    }
}

static grl_status save_figures(const grl_paper *paper, const grl_document *document, grl_error *error)
{
    grl_status status = GRL_OK;
    for (size_t i = 0; i < document->count; i++)
        for (size_t k = 0; k < document->parts[i].drawing_count && status == GRL_OK; k++) {
            char *path = path_in(paper, document->parts[i].files[k], "", "");
            status = path ? grl_drawing_save(document->parts[i].drawings[k], 2, path, error)
                          : grl_fail_memory(error, 1, 1);
            free(path);
        }
    return status;
}

static void count_claims(const grl_document *document, grl_paper_result *result)
{
    for (size_t i = 0; i < document->count; i++) {
        const grl_piece *part = &document->parts[i];
        if (part->kind == GRL_PIECE_SECTION) result->sections++;
        if (part->kind != GRL_PIECE_CLAIM) continue;
        result->claims++;
        *(part->verdict == GRL_PROVEN     ? &result->proven
          : part->verdict == GRL_COMPUTED ? &result->computed
                                          : &result->not_reproduced) += 1;
    }
}

static const char abstract[] =
    "A gated recurrent unit is a map that is applied again and again. Jordan, Sok\xc3\xb3\xc5\x82 and Park read it "
    "as one Euler step of a flow and asked which dynamics one and two units can have, and what can be learned. This "
    "report asks again, with computations whose results are proven where that is possible: complete lists of fixed "
    "points by interval arithmetic, complete charts of their bifurcations, cycles and connecting orbits computed to "
    "a stated accuracy. Of {/summary/claims} claims {/summary/proven} are proven, {/summary/computed} computed, and "
    "{/summary/not_reproduced} not reproduced. *Proven* means: by a complete computation whose rounding errors are "
    "enclosed, or by an argument that is written out; *computed*: by numerical methods whose errors are small but "
    "not enclosed. Each claim stands beside the commands that compute it again, in the report\xe2\x80\x99s folder; "
    "every number is in paper.json, at the place that the HTML page shows when the pointer rests on it.";

static grl_status save_report(const grl_paper *paper, const grl_document *document, grl_paper_result *result,
                              grl_error *error)
{
    grl_results whole = {.root = json_object()};
    char *html = NULL, *html_path = path_in(paper, "paper.html", "", ""),
         *pdf_path = path_in(paper, "paper.pdf", "", "");
    const char *id;
    json_t *found;
    grl_status status = GRL_OK;
    count_claims(document, result);
    grl_results summary = {.root = json_object()};
    grl_results_integer(&summary, result->claims, "claims");
    grl_results_integer(&summary, result->proven, "proven");
    grl_results_integer(&summary, result->computed, "computed");
    grl_results_integer(&summary, result->not_reproduced, "not_reproduced");
    if (json_object_set_new(paper->sections, "summary", summary.root) != 0) whole.failed = 1;

    grl_results_text(&whole, "grulens-paper", "format");
    grl_results_integer(&whole, 1, "version");
    grl_results_text(&whole, title, "title");
    grl_results_text(&whole, grl_version(), "grulens");
    grl_results_flag(&whole, paper->options->quick, "quick");
    grl_results_number(&whole, (double)paper->options->seed, "seed");
    json_object_foreach(paper->sections, id, found)
    {
        json_t *section = json_pack("{s:O}", "results", found),
               *all = json_object_get(whole.root, "sections");
        if (!all && json_object_set_new(whole.root, "sections", all = json_object()) != 0) whole.failed = 1;
        if (json_object_set_new(all, id, section) != 0) whole.failed = 1;
    }
    describe(document, &whole);
    if (whole.failed || summary.failed || !html_path || !pdf_path) status = grl_fail_memory(error, 1, 1);
    if (status == GRL_OK) status = save_figures(paper, document, error);
    if (status == GRL_OK)
        status = grl_document_html(document, paper->sections, title, subtitle, abstract, &html, error);
    if (status == GRL_OK) status = grl_text_save(html, html_path, error);
    if (status == GRL_OK)
        status = grl_document_pdf(document, paper->sections, title, subtitle, abstract, pdf_path, error);
    if (status == GRL_OK) status = save_tree(paper, "paper", "", whole.root, error);
    json_decref(whole.root);
    free(html);
    free(html_path);
    free(pdf_path);
    return status;
}

grl_status grl_paper_run(const char *directory, const grl_paper_options *options, grl_paper_result *result,
                         grl_error *error)
{
    const grl_paper_options defaults = grl_paper_defaults();
    grl_paper_result own;
    if (!options) options = &defaults;
    if (!result) result = &own;
    *result = (grl_paper_result){0};
    grl_document document = {0};
    grl_paper paper = {.directory = directory, .options = options, .sections = json_object()};
    char *settings = settings_of(&paper);
    grl_status status = check_sections(options->sections, error);
    if (status == GRL_OK && (!settings || !paper.sections)) status = grl_fail_memory(error, 1, 1);
    if (status == GRL_OK) status = make_folders(&paper, error);
    for (size_t k = 0; k < PARTS && status == GRL_OK; k++) {
        const grl_paper_part *part = parts[k];
        if (!is_wanted(options->sections, part->id)) continue;
        json_t *results = options->resume && !part->anew ? take_up(&paper, part->id, settings) : NULL;
        paper.section = part->id;
        result->resumed += results != NULL;
        if (!results) status = compute_part(&paper, part, settings, &results, error);
        if (status == GRL_OK) status = write_models(&paper, results, error);
        if (status == GRL_OK && json_object_set(paper.sections, part->id, results) != 0)
            status = grl_fail_memory(error, 1, 1);
        if (status == GRL_OK) {
            grl_document_section(&document, part->id, part->title);
            status = part->write(&paper, results, &document, error);
        }
        json_decref(results);
    }
    if (status == GRL_OK && document.failed) status = grl_fail_memory(error, 1, 1);
    if (status == GRL_OK) status = save_report(&paper, &document, result, error);
    grl_document_free(&document);
    json_decref(paper.sections);
    free(settings);
    return status;
}
