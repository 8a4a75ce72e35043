/* networks.c: what sections ask of a network: to be read, set, and looked at. */
#include "paper/paper.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <grulens/cycles.h>
#include <grulens/format.h>
#include <grulens/separatrices.h>
#include <grulens/signature.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 64, MODEL_SIZE = 1 << 24 };

void grl_paper_add_model(grl_results *results, const char *name, const char *text)
{
    grl_results_text(results, text, "models/%s", name);
}

grl_status grl_paper_add_whole(grl_paper *paper, grl_results *results, const char *name,
                               const grl_model *model, grl_error *error)
{
    grl_text path = {0};
    unsigned char *bytes = NULL;
    size_t size;
    grl_text_addf(&path, "%s/models/%s.json", paper->directory, name);
    char *file = grl_text_take(&path);
    grl_status status = file ? grl_model_save(model, file, error) : grl_fail_memory(error, 1, 1);
    if (status == GRL_OK) status = grl_file_read(file, MODEL_SIZE, &bytes, &size, error);
    if (status == GRL_OK) grl_paper_add_model(results, name, (const char *)bytes);
    free(bytes);
    free(file);
    return status;
}

grl_status grl_paper_add_network(grl_paper *paper, grl_results *results, const char *name,
                                 const grl_cell *cell, grl_error *error)
{
    grl_cell *copy = NULL;
    grl_model *model = NULL;
    grl_status status = grl_cell_copy(cell, &copy, error);
    if (status == GRL_OK) status = grl_model_create(copy, &model, error);
    if (status == GRL_OK) status = grl_paper_add_whole(paper, results, name, model, error);
    grl_model_free(model);
    return status;
}

/* "alpha=0.7,b_h[0]=1"; a comma within brackets belongs to the name. */
static grl_status apply(grl_model *model, const char *settings, grl_error *error)
{
    for (const char *at = settings; at && *at;) {
        char name[NAME], *end;
        const size_t length = strcspn(at, "=");
        if (length >= sizeof name || !at[length])
            return grl_fail(error, GRL_BAD_INPUT, "expected NAME=VALUE, found \"%s\"", at);
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        const double value = strtod(at + length + 1, &end);
        grl_status status = grl_model_set(model, name, value, error);
        if (status != GRL_OK) return status;
        at = end + (*end == ',');
    }
    return GRL_OK;
}

grl_status grl_paper_model(grl_paper *paper, const json_t *results, const char *name, const char *settings,
                           grl_model **model, grl_error *error)
{
    char file[NAME + 8];
    const char *text = json_string_value(json_object_get(json_object_get(results, "models"), name));
    (void)paper;
    *model = NULL;
    snprintf(file, sizeof file, "%s.json", name);
    if (!text) return grl_fail(error, GRL_BAD_INPUT, "expected the model %s among the results", name);
    grl_status status = grl_model_read(file, text, strlen(text), NULL, model, error);
    if (status == GRL_OK) status = apply(*model, settings, error);
    if (status != GRL_OK) {
        grl_model_free(*model);
        *model = NULL;
    }
    return status;
}

grl_status grl_paper_portrait(grl_paper *paper, const grl_model *model, grl_time time,
                              grl_portrait **portrait, grl_error *error)
{
    const grl_cell *cell = grl_model_cell(model);
    const size_t n = grl_cell_hidden_size(cell);
    grl_portrait_options ask = grl_portrait_defaults();
    ask.time = time;
    ask.seed = paper->options->seed;
    ask.threads = paper->options->threads;
    grl_status status = grl_portrait_compute(cell, NULL, &ask, portrait, error);
    if (status != GRL_OK) return status;
    if (n == 2 && time == GRL_CONTINUOUS) {
        status = grl_cycles_compute(cell, NULL, *portrait, NULL, &(*portrait)->cycles, error);
        if (status == GRL_OK)
            status = grl_separatrices_compute(cell, NULL, *portrait, NULL, &(*portrait)->separatrices, error);
    }
    if (status == GRL_OK) status = grl_signature_compute(cell, NULL, *portrait, error);
    if (status != GRL_OK) {
        grl_portrait_free(*portrait);
        *portrait = NULL;
    }
    return status;
}

void grl_paper_add_portrait(grl_results *results, const grl_portrait *portrait, const char *path)
{
    const size_t n = portrait->hidden_size;
    long long stable = 0, unstable = 0, saddle = 0, degenerate = 0;
    int certified = 1;
    for (size_t i = 0; i < portrait->count; i++) {
        const grl_fixed_point *p = &portrait->points[i];
        certified = certified && p->certified && p->stability_proven;
        if (p->type == GRL_DEGENERATE || p->type == GRL_CENTER || p->type == GRL_HALF_STABLE) {
            degenerate++;
        } else if (p->unstable == 0) {
            stable++;
        } else if (p->unstable == (int)n) {
            unstable++;
        } else {
            saddle++;
        }
        grl_results_text(results, grl_point_type_name(p->type), "%s/points/%zu/type", path, i);
        grl_results_numbers(results, n, p->h, "%s/points/%zu/h", path, i);
        grl_results_numbers(results, 2 * n, p->eigenvalues, "%s/points/%zu/eigenvalues", path, i);
    }
    grl_results_integer(results, (long long)portrait->count, "%s/count", path);
    grl_results_integer(results, stable, "%s/stable", path);
    grl_results_integer(results, unstable, "%s/unstable", path);
    grl_results_integer(results, saddle, "%s/saddle", path);
    grl_results_integer(results, degenerate, "%s/degenerate", path);
    grl_results_integer(results, portrait->index_sum, "%s/index_sum", path);
    grl_results_flag(results, portrait->complete, "%s/complete", path);
    grl_results_flag(results, certified, "%s/certified", path);
    if (portrait->cycles) grl_results_integer(results, (long long)portrait->cycles->count, "%s/cycles", path);
    if (portrait->signature) grl_results_text(results, portrait->signature, "%s/signature", path);
}

static grl_status read_vary(const char *text, char name[NAME], grl_vary *vary, const char **end,
                            grl_error *error)
{
    const char *equals = strchr(text, '=');
    char *after;
    if (!equals || equals - text >= NAME)
        return grl_fail(error, GRL_BAD_INPUT, "expected NAME=LO:HI, found \"%s\"", text);
    snprintf(name, NAME, "%.*s", (int)(equals - text), text);
    vary->name = name;
    vary->low = strtod(equals + 1, &after);
    if (*after != ':') return grl_fail(error, GRL_BAD_INPUT, "expected NAME=LO:HI, found \"%s\"", text);
    vary->high = strtod(after + 1, &after);
    *end = after + strspn(after, " ");
    return GRL_OK;
}

grl_status grl_paper_diagram(grl_paper *paper, const grl_model *model, const char *vary, double dt,
                             int cycles, grl_diagram **diagram, grl_error *error)
{
    grl_vary varied[2];
    char names[2][NAME];
    size_t count = 0;
    grl_status status = GRL_OK;
    *diagram = NULL;
    for (const char *at = vary; *at && count < 2 && status == GRL_OK; count++)
        status = read_vary(at, names[count], &varied[count], &at, error);
    if (status != GRL_OK) return status;
    grl_bifurcation_options ask = grl_bifurcation_defaults();
    ask.time = dt > 0 ? GRL_DISCRETE : GRL_CONTINUOUS;
    if (dt > 0) ask.dt = dt;
    ask.cycles = cycles;
    ask.seed = paper->options->seed;
    ask.threads = paper->options->threads;
    return grl_bifurcation_compute(model, NULL, NULL, count, varied, &ask, diagram, error);
}

const grl_special *grl_paper_special(const grl_diagram *diagram, grl_special_type type)
{
    for (size_t i = 0; i < diagram->special_count; i++)
        if (diagram->special[i].type == type) return &diagram->special[i];
    return NULL;
}

grl_status grl_paper_diagram_of(grl_paper *paper, const json_t *results, const char *name,
                                const char *settings, const char *vary, double dt, int cycles,
                                grl_diagram **diagram, grl_error *error)
{
    grl_model *model = NULL;
    *diagram = NULL;
    grl_status status = grl_paper_model(paper, results, name, settings, &model, error);
    if (status == GRL_OK) status = grl_paper_diagram(paper, model, vary, dt, cycles, diagram, error);
    grl_model_free(model);
    return status;
}

grl_status grl_paper_portrait_of(grl_paper *paper, const json_t *results, const char *name,
                                 const char *settings, grl_time time, grl_portrait **portrait,
                                 grl_error *error)
{
    grl_model *model = NULL;
    *portrait = NULL;
    grl_status status = grl_paper_model(paper, results, name, settings, &model, error);
    if (status == GRL_OK) status = grl_paper_portrait(paper, model, time, portrait, error);
    grl_model_free(model);
    return status;
}
