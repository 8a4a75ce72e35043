/* atlas.c: reading catalogues. */
#include "survey/catalogue.h"
#include "survey/classify.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* Wilson's interval (1927, JASA 22, 209) for k of n, at 95 %. */
static void wilson(double k, double n, double *low, double *high)
{
    const double z = 1.959963984540054;
    if (!(n > 0)) {
        *low = 0;
        *high = 1;
        return;
    }
    double p = k / n, scale = 1 + z * z / n, middle = (p + z * z / (2 * n)) / scale;
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
    *low = fmax(0, middle - half);
    *high = fmin(1, middle + half);
}

void grl_atlas_free(grl_atlas *atlas)
{
    if (!atlas) return;
    for (size_t i = 0; i < atlas->count; i++) {
        grl_atlas_run *run = &atlas->runs[i];
        for (size_t k = 0; k < run->count; k++) {
            free(run->classes[k].key);
            free(run->classes[k].name);
            grl_cell_free(run->classes[k].example);
        }
        free(run->classes);
        free(run->words);
    }
    free(atlas->runs);
    free(atlas);
}

static grl_status read_example(grl_catalogue *catalogue, long long number,
                               const grl_survey_settings *settings, grl_atlas_class *class, grl_error *error)
{
    uint64_t source;
    char *numbers;
    grl_status status = grl_catalogue_example(catalogue, number, class->key, &source, &class->example_margin,
                                              &numbers, error);
    if (status != GRL_OK || !numbers) return status;
    if (source == class->best) {
        status =
            grl_cell_create(settings->sampling.units, 0, settings->sampling.reset, &class->example, error);
        if (status == GRL_OK) status = grl_numbers_read(numbers, class->example, error);
    }
    free(numbers);
    return status;
}

grl_status grl_atlas_example(const grl_atlas_run *run, const grl_atlas_class *of, grl_cell **cell,
                             grl_error *error)
{
    const grl_sampling *sampling = &run->settings.sampling;
    if (of->example) return grl_cell_copy(of->example, cell, error);
    grl_status status = grl_cell_create(sampling->units, 0, sampling->reset, cell, error);
    if (status == GRL_OK) status = grl_survey_network(&run->settings, of->best, *cell, error);
    if (status != GRL_OK) {
        grl_cell_free(*cell);
        *cell = NULL;
    }
    return status;
}

static grl_status read_run(grl_catalogue *catalogue, size_t i, size_t most, grl_atlas_run *run,
                           grl_error *error)
{
    long long number = 0;
    grl_survey_result result = {0};
    grl_tally tally = {0};
    grl_status status = grl_catalogue_settings(catalogue, i, &number, &run->settings, error);
    if (status == GRL_OK) status = grl_settings_text(&run->settings, &run->words, error);
    if (status == GRL_OK) status = grl_catalogue_count(catalogue, number, &result, error);
    if (status == GRL_OK)
        status = grl_catalogue_classes(catalogue, number, most ? most : (size_t)1 << 40, &tally, error);
    if (status == GRL_OK) {
        run->classes = grl_calloc(tally.count, sizeof *run->classes);
        if (!run->classes) status = grl_fail_memory(error, tally.count, sizeof *run->classes);
    }
    run->networks = result.networks;
    run->undecided = result.undecided;
    run->class_count = result.classes;
    run->settings.count = result.networks > 0 ? result.networks : 1;
    for (size_t k = 0; status == GRL_OK && k < tally.count; k++) {
        grl_class *from = &tally.classes[k];
        grl_atlas_class *to = &run->classes[run->count++];
        *to = (grl_atlas_class){.key = from->key,
                                .name = from->name,
                                .stable = from->stable,
                                .unstable = from->unstable,
                                .saddle = from->saddle,
                                .stable_cycles = from->stable_cycles,
                                .unstable_cycles = from->unstable_cycles,
                                .count = from->count,
                                .frequency = (double)from->count / (double)run->networks,
                                .first = from->first,
                                .best = from->best,
                                .margin = from->margin,
                                .light = from->light,
                                .norm = from->norm};
        wilson((double)from->count, (double)run->networks, &to->low, &to->high);
        from->key = from->name = NULL; /* moved */
        status = read_example(catalogue, number, &run->settings, to, error);
    }
    grl_tally_free(&tally);
    return status;
}

grl_status grl_atlas_read(const char *path, size_t most, grl_atlas **atlas, grl_error *error)
{
    grl_catalogue *catalogue = NULL;
    size_t runs = 0;
    *atlas = grl_calloc(1, sizeof **atlas);
    if (!*atlas) return grl_fail_memory(error, 1, sizeof **atlas);
    grl_status status = grl_catalogue_open(path, GRL_CATALOGUE_READ, &catalogue, error);
    if (status == GRL_OK) status = grl_catalogue_runs(catalogue, &runs, error);
    if (status == GRL_OK) {
        (*atlas)->runs = grl_calloc(runs, sizeof *(*atlas)->runs);
        if (!(*atlas)->runs) status = grl_fail_memory(error, runs, sizeof *(*atlas)->runs);
    }
    for (size_t i = 0; i < runs && status == GRL_OK; i++) {
        (*atlas)->count++;
        status = read_run(catalogue, i, most, &(*atlas)->runs[i], error);
    }
    grl_catalogue_close(catalogue);
    if (status != GRL_OK) {
        grl_atlas_free(*atlas);
        *atlas = NULL;
    }
    return status;
}

grl_status grl_atlas_dump(const char *path, char **text, grl_error *error)
{
    grl_catalogue *catalogue;
    *text = NULL;
    grl_status status = grl_catalogue_open(path, GRL_CATALOGUE_READ, &catalogue, error);
    if (status == GRL_OK) status = grl_catalogue_dump(catalogue, text, error);
    grl_catalogue_close(catalogue);
    return status;
}

grl_status grl_atlas_merge(const char *path, const char *const *others, size_t count, grl_error *error)
{
    grl_catalogue *catalogue;
    grl_status status = grl_catalogue_open(path, GRL_CATALOGUE_CREATE, &catalogue, error);
    if (status != GRL_OK) return status;
    for (size_t i = 0; i < count && status == GRL_OK; i++)
        status = grl_catalogue_merge(catalogue, others[i], error);
    grl_catalogue_close(catalogue);
    if (status != GRL_OK) unlink(path); /* whole or not at all */
    return status;
}

grl_status grl_atlas_classify(const grl_survey_settings *settings, const grl_cell *cell, const double *x,
                              char **key, const char **reason, grl_error *error)
{
    grl_cell *autonomous;
    grl_class class = {0};
    int why = 0;
    *key = NULL;
    *reason = NULL;
    if (grl_cell_hidden_size(cell) != settings->sampling.units)
        return grl_fail(error, GRL_BAD_INPUT,
                        "expected a network of %zu units, as in the catalogue, found %zu",
                        settings->sampling.units, grl_cell_hidden_size(cell));
    grl_status status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) return status;
    status = grl_classify(settings, autonomous, &class, &why, error);
    grl_cell_free(autonomous);
    if (status == GRL_OK && why) *reason = grl_undecided_text(why);
    if (status == GRL_OK && !why) *key = class.key;
    if (status != GRL_OK) free(class.key);
    free(class.name);
    return status;
}
