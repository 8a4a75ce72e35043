/* refine.c: readable examples for the classes of a catalogue.
 *
 * From the network of the class that is farthest from a bifurcation: single changed networks, taken where the class
 * stays and the distance grows; then all numbers rounded to 0, 1, 2 or 3 decimals, the first that keeps the class at
 * a third of the distance or more; then one number after another, the smallest first, set to zero where that keeps
 * the class at half of the distance. Every network that is taken is classified like those of the survey, so what
 * is proven of them is proven of it.
 *
 * An example is a function of the settings and of the network that it was made from. */
#include "survey/catalogue.h"
#include "survey/classify.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/random.h"
#include "cell/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 120, MOST_DECIMALS = 3 };

#define REFINE_STREAM 0xc000000000000000u

typedef struct refiner {
    const grl_survey_settings *settings;
    const char *key;
    grl_cell *here, *other;
    double margin;
    int *zeros; /* room for the order of the numbers */
} refiner;

/* Goes to `other` if it is of the class and at least so far from a bifurcation. */
static grl_status try_other(refiner *r, double least, int *taken, grl_error *error)
{
    grl_class class;
    int reason;
    grl_status status = grl_classify(r->settings, r->other, &class, &reason, error);
    if (status != GRL_OK) return status;
    *taken = reason == 0 && strcmp(class.key, r->key) == 0 && class.margin >= least;
    if (*taken) {
        memcpy(r->here->numbers, r->other->numbers, r->here->total * sizeof(double));
        r->margin = class.margin;
    }
    free(class.key);
    free(class.name);
    return GRL_OK;
}

static grl_status move_away(refiner *r, uint64_t source, grl_error *error)
{
    grl_random random = grl_random_stream(r->settings->sampling.seed, REFINE_STREAM | source);
    grl_status status = GRL_OK;
    int taken;
    for (int k = 0; k < STEPS && status == GRL_OK; k++) {
        const double size = 0.3 * pow(10, grl_random_uniform(&random) - 1);
        for (size_t i = 0; i < r->here->total; i++) {
            const double now = r->here->numbers[i];
            /* Numbers that the sampling holds at zero stay there. */
            r->other->numbers[i] = now == 0 ? 0 : now + size * grl_random_normal(&random);
        }
        status = try_other(r, r->margin, &taken, error);
    }
    return status;
}

static grl_status round_off(refiner *r, grl_error *error)
{
    grl_status status = GRL_OK;
    int taken = 0;
    for (int decimals = 0; decimals <= MOST_DECIMALS && !taken && status == GRL_OK; decimals++) {
        const double scale = pow(10, decimals);
        for (size_t i = 0; i < r->here->total; i++)
            r->other->numbers[i] = round(r->here->numbers[i] * scale) / scale + 0.0; /* no -0 */
        status = try_other(r, r->margin / 3, &taken, error);
    }
    return status;
}

static grl_status set_to_zero(refiner *r, grl_error *error)
{
    grl_status status = GRL_OK;
    const size_t total = r->here->total;
    memset(r->zeros, 0, total * sizeof *r->zeros);
    for (size_t k = 0; k < total && status == GRL_OK; k++) {
        size_t next = total;
        int taken;
        for (size_t i = 0; i < total; i++)
            if (!r->zeros[i] && r->here->numbers[i] != 0 &&
                (next == total || fabs(r->here->numbers[i]) < fabs(r->here->numbers[next])))
                next = i;
        if (next == total) break;
        r->zeros[next] = 1;
        memcpy(r->other->numbers, r->here->numbers, total * sizeof(double));
        r->other->numbers[next] = 0;
        status = try_other(r, r->margin / 2, &taken, error);
    }
    return status;
}

static grl_status refine_class(grl_catalogue *catalogue, long long run, const grl_survey_settings *settings,
                               const grl_class *class, grl_error *error)
{
    refiner r = {.settings = settings, .key = class->key, .margin = class->margin};
    const grl_sampling *sampling = &settings->sampling;
    char *numbers = NULL;
    grl_status status = grl_cell_create(sampling->units, 0, sampling->reset, &r.here, error);
    if (status == GRL_OK) status = grl_cell_create(sampling->units, 0, sampling->reset, &r.other, error);
    if (status == GRL_OK) {
        r.zeros = grl_calloc(r.here->total, sizeof *r.zeros);
        if (!r.zeros) status = grl_fail_memory(error, r.here->total, sizeof *r.zeros);
    }
    if (status == GRL_OK) status = grl_survey_network(settings, class->best, r.here, error);
    if (status == GRL_OK) status = move_away(&r, class->best, error);
    if (status == GRL_OK) status = round_off(&r, error);
    if (status == GRL_OK) status = set_to_zero(&r, error);
    if (status == GRL_OK) status = grl_numbers_text(r.here, &numbers, error);
    if (status == GRL_OK)
        status =
            grl_catalogue_keep_example(catalogue, run, class->key, class->best, r.margin, numbers, error);
    free(numbers);
    free(r.zeros);
    grl_cell_free(r.here);
    grl_cell_free(r.other);
    return status;
}

static grl_status refine_run(grl_catalogue *catalogue, size_t i, grl_progress *progress, grl_error *error)
{
    grl_survey_settings settings;
    grl_tally tally = {0};
    long long run;
    grl_status status = grl_catalogue_settings(catalogue, i, &run, &settings, error);
    if (status == GRL_OK) status = grl_catalogue_classes(catalogue, run, (size_t)1 << 40, &tally, error);
    grl_progress_expect(progress, (long long)tally.count);
    for (size_t k = 0; k < tally.count && status == GRL_OK; k++) {
        uint64_t source = 0;
        double margin;
        char *there = NULL;
        if (grl_progress_stopped(progress)) break;
        status = grl_catalogue_example(catalogue, run, tally.classes[k].key, &source, &margin, &there, error);
        if (status == GRL_OK && (!there || source != tally.classes[k].best)) {
            status = refine_class(catalogue, run, &settings, &tally.classes[k], error);
            if (status == GRL_OK) status = grl_catalogue_commit(catalogue, error);
        }
        free(there);
        grl_progress_add(progress, 1);
    }
    grl_tally_free(&tally);
    return status;
}

grl_status grl_atlas_refine(const char *path, grl_progress *progress, grl_error *error)
{
    grl_catalogue *catalogue;
    size_t runs = 0;
    grl_status status = grl_catalogue_open(path, GRL_CATALOGUE_CHANGE, &catalogue, error);
    if (status == GRL_OK) status = grl_catalogue_runs(catalogue, &runs, error);
    for (size_t i = 0; i < runs && status == GRL_OK; i++) status = refine_run(catalogue, i, progress, error);
    grl_catalogue_close(catalogue);
    return status;
}
