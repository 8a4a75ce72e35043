/* classify.c: which class a network belongs to.
 *
 * Inventory: the numbers of stable points, unstable points and saddles, from the batched proof; what that leaves
 * undecided is asked again of grl_portrait_compute with a higher limit on boxes. The key is the three numbers,
 * "313", with dashes between them if one has two digits. Cycles: the numbers of stable and unstable cycles are
 * added, "010+1s". Signature: the key is the portrait's signature.
 *
 * The distance to a bifurcation is the least of |Re| of the points' eigenvalues (map: | |.| - 1 |) and of |exponent|
 * of the cycles. How far separatrices are from joining is not in it. */
#include "survey/classify.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"

#include <grulens/cycles.h>
#include <grulens/separatrices.h>
#include <grulens/signature.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCHED_UNITS = 3, NAME_ROOM = 160, BATCH = 1024 };

/* How many times as long the second look for cycles may take. */
enum { PATIENCE = 10 };

/* Boxes that the second look may use. */
#define PATIENT_BOXES 64000000

grl_survey_settings grl_survey_defaults(void)
{
    return (grl_survey_settings){.sampling = grl_sampling_defaults(),
                                 .climbing = {.steps = 1000, .bound = 25},
                                 .dt = 1,
                                 .count = 1000000};
}

grl_status grl_survey_check(const grl_survey_settings *settings, grl_error *error)
{
    grl_status status = grl_sampling_check(&settings->sampling, error);
    if (status != GRL_OK) return status;
    if (settings->time == GRL_DISCRETE && !(settings->dt > 0 && settings->dt <= 1))
        return grl_fail(error, GRL_BAD_INPUT,
                        "survey: expected a step of the map above 0 and up to 1, found %g", settings->dt);
    if (settings->level != GRL_LEVEL_INVENTORY &&
        (settings->sampling.units > 2 || settings->time == GRL_DISCRETE))
        return grl_fail(
            error, GRL_BAD_INPUT,
            "survey: cycles and signatures are for flows of one and two units, found %s of %zu units",
            settings->time == GRL_DISCRETE ? "the map" : "the flow", settings->sampling.units);
    const grl_climbing *climbing = &settings->climbing;
    if (climbing->objective != GRL_OBJECTIVE_NONE && (climbing->steps < 1 || climbing->steps > 1000000000 ||
                                                      !(climbing->bound > 0 && climbing->bound <= 1e6)))
        return grl_fail(error, GRL_BAD_INPUT,
                        "survey: expected 1 to 1e9 steps of a climb and a bound up to 1e6, found %lld and %g",
                        climbing->steps, climbing->bound);
    if (climbing->objective != GRL_OBJECTIVE_NONE && settings->sampling.units > BATCHED_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "survey: expected at most %d units for climbs, found %zu",
                        BATCHED_UNITS, settings->sampling.units);
    if (climbing->objective == GRL_OBJECTIVE_CYCLES && settings->level == GRL_LEVEL_INVENTORY)
        return grl_fail(error, GRL_BAD_INPUT,
                        "survey: to maximise cycles expected the level cycles or signature");
    if (settings->count < 1 || settings->count > (1ull << 62))
        return grl_fail(error, GRL_BAD_INPUT, "survey: expected 1 to 2^62 networks, found %llu",
                        settings->count);
    return GRL_OK;
}

static void add_count(char *text, size_t room, int count, const char *word, const char *words)
{
    size_t used = strlen(text);
    if (count > 0)
        snprintf(text + used, room - used, "%s%d %s", used > 0 ? ", " : "", count, count > 1 ? words : word);
}

/* Key and name from the counts. */
static grl_status label(grl_class *class, grl_error *error)
{
    char key[NAME_ROOM], name[NAME_ROOM] = "";
    const int wide = class->stable > 9 || class->unstable > 9 || class->saddle > 9;
    snprintf(key, sizeof key, wide ? "%d-%d-%d" : "%d%d%d", class->stable, class->unstable, class->saddle);
    if (class->stable_cycles > 0) snprintf(key + strlen(key), 20, "+%ds", class->stable_cycles);
    if (class->unstable_cycles > 0) snprintf(key + strlen(key), 20, "+%du", class->unstable_cycles);
    add_count(name, sizeof name, class->stable, "stable", "stable");
    add_count(name, sizeof name, class->unstable, "unstable", "unstable");
    add_count(name, sizeof name, class->saddle, "saddle", "saddles");
    add_count(name, sizeof name, class->stable_cycles, "stable cycle", "stable cycles");
    add_count(name, sizeof name, class->unstable_cycles, "unstable cycle", "unstable cycles");
    class->key = grl_strdup(key);
    class->name = grl_strdup(name);
    return class->key && class->name ? GRL_OK : grl_fail_memory(error, 2, NAME_ROOM);
}

static double norm_of(const grl_cell *cell)
{
    double squares = 0;
    for (size_t i = 0; i < cell->total; i++) squares += cell->numbers[i] * cell->numbers[i];
    return sqrt(squares);
}

static double point_margin(const grl_portrait *portrait)
{
    double least = INFINITY;
    for (size_t i = 0; i < portrait->count; i++)
        for (size_t k = 0; k < portrait->hidden_size; k++) {
            const double *value = portrait->points[i].eigenvalues + 2 * k;
            least =
                fmin(least, fabs(portrait->time == GRL_DISCRETE ? hypot(value[0], value[1]) - 1 : value[0]));
        }
    return least;
}

/* The inventory of a portrait; 0, or why there is none. */
static int count_points(const grl_portrait *portrait, grl_class *class)
{
    if (!portrait->complete) return GRL_UNDECIDED_POINTS;
    for (size_t i = 0; i < portrait->count; i++) {
        const grl_fixed_point *point = &portrait->points[i];
        if (!point->stability_proven) return GRL_UNDECIDED_STABILITY;
        if (point->unstable == 0)
            class->stable++;
        else if ((size_t)point->unstable == portrait->hidden_size)
            class->unstable++;
        else
            class->saddle++;
    }
    class->margin = point_margin(portrait);
    return 0;
}

static grl_status portrait_of(const grl_survey_settings *settings, const grl_cell *cell, long long boxes,
                              grl_portrait **portrait, grl_error *error)
{
    grl_portrait_options ask = grl_portrait_defaults();
    ask.time = settings->time;
    ask.dt = settings->dt;
    ask.method = GRL_METHOD_PROVE;
    ask.max_boxes = boxes;
    ask.threads = 1;
    ask.points_only = 1;
    return grl_portrait_compute(cell, NULL, &ask, portrait, error);
}

/* Cycles into the class. A second, patient look where the first leaves something undecided. */
static grl_status count_cycles(const grl_cell *cell, grl_portrait *portrait, grl_class *class, int *reason,
                               grl_error *error)
{
    grl_cycles_options ask = grl_cycles_defaults();
    class->stable_cycles = class->unstable_cycles = 0;
    if (portrait->hidden_size == 1) return GRL_OK;
    grl_status status = grl_cycles_compute(cell, NULL, portrait, &ask, &portrait->cycles, error);
    if (status == GRL_OK && portrait->cycles->undecided > 0) {
        grl_cycles_free(portrait->cycles);
        portrait->cycles = NULL;
        ask.max_steps *= PATIENCE;
        status = grl_cycles_compute(cell, NULL, portrait, &ask, &portrait->cycles, error);
    }
    if (status != GRL_OK) return status;
    const grl_cycles *cycles = portrait->cycles;
    if (cycles->undecided > 0) *reason = GRL_UNDECIDED_CYCLES;
    for (size_t i = 0; i < cycles->count; i++) {
        if (cycles->items[i].nearly_degenerate) *reason = GRL_UNDECIDED_CYCLES;
        if (cycles->items[i].stable)
            class->stable_cycles++;
        else
            class->unstable_cycles++;
        class->margin = fmin(class->margin, fabs(cycles->items[i].exponent));
    }
    return GRL_OK;
}

/* The signature as the class's key. */
static grl_status sign(const grl_cell *cell, grl_portrait *portrait, grl_class *class, int *reason,
                       grl_error *error)
{
    grl_separatrix_options ask = grl_separatrix_defaults();
    grl_status status = GRL_OK;
    ask.basins = 0;
    if (portrait->hidden_size == 2)
        status = grl_separatrices_compute(cell, NULL, portrait, &ask, &portrait->separatrices, error);
    if (status == GRL_OK) status = grl_signature_compute(cell, NULL, portrait, error);
    if (status != GRL_OK) return status;
    if (!portrait->signature) {
        *reason = GRL_UNDECIDED_SEPARATRIX;
        return GRL_OK;
    }
    class->key = grl_strdup(portrait->signature);
    class->name = grl_strdup(portrait->signature_name);
    return class->key && class->name ? GRL_OK : grl_fail_memory(error, 2, strlen(portrait->signature));
}

grl_status grl_classify(const grl_survey_settings *settings, const grl_cell *cell, grl_class *class,
                        int *reason, grl_error *error)
{
    grl_portrait *portrait = NULL;
    *class = (grl_class){.count = 1, .stable_cycles = -1, .unstable_cycles = -1};
    *reason = 0;
    grl_status status = portrait_of(settings, cell, PATIENT_BOXES, &portrait, error);
    if (status == GRL_OK) *reason = count_points(portrait, class);
    if (status == GRL_OK && *reason == 0 && settings->level != GRL_LEVEL_INVENTORY)
        status = count_cycles(cell, portrait, class, reason, error);
    if (status == GRL_OK && *reason == 0)
        status = settings->level == GRL_LEVEL_SIGNATURE ? sign(cell, portrait, class, reason, error)
                                                        : label(class, error);
    grl_portrait_free(portrait);
    return status;
}

static grl_status classify_one(const grl_survey_settings *settings, const grl_cell *cell, uint64_t index,
                               grl_tally *tally, grl_error *error)
{
    grl_class class;
    int reason;
    grl_status status = grl_classify(settings, cell, &class, &reason, error);
    if (status == GRL_OK && reason != 0) return grl_tally_add_odd(tally, index, reason, error);
    class.first = class.best = class.light = index;
    class.norm = norm_of(cell);
    if (status == GRL_OK) status = grl_tally_add(tally, &class, error);
    free(class.key);
    free(class.name);
    return status;
}

static grl_status add_inventory(const grl_survey_settings *settings, const grl_cell *cell,
                                const grl_inventory *inventory, uint64_t index, grl_tally *tally,
                                grl_error *error)
{
    if (!inventory->complete || inventory->undecided > 0)
        return classify_one(settings, cell, index, tally, error);
    grl_class class = {.stable = inventory->stable,
                       .unstable = inventory->unstable,
                       .saddle = inventory->saddle,
                       .stable_cycles = -1,
                       .unstable_cycles = -1,
                       .count = 1,
                       .first = index,
                       .best = index,
                       .light = index,
                       .norm = norm_of(cell),
                       .margin = inventory->margin};
    grl_status status = label(&class, error);
    if (status == GRL_OK) status = grl_tally_add(tally, &class, error);
    free(class.key);
    free(class.name);
    return status;
}

static grl_status classify_batch(const grl_survey_settings *settings, uint64_t first, size_t count,
                                 grl_cell *const *cells, grl_tally *tally, grl_error *error)
{
    grl_inventory inventories[BATCH];
    const grl_inventory_options ask = {.time = settings->time, .dt = settings->dt, .max_boxes = 4000000};
    grl_status status = GRL_OK;
    for (size_t i = 0; i < count && status == GRL_OK; i++)
        status = grl_survey_network(settings, first + i, cells[i], error);
    if (status != GRL_OK) return status;
    if (settings->level == GRL_LEVEL_INVENTORY && settings->sampling.units <= BATCHED_UNITS) {
        status = grl_inventory_batch(count, (const grl_cell *const *)cells, &ask, inventories, error);
        for (size_t i = 0; i < count && status == GRL_OK; i++)
            status = add_inventory(settings, cells[i], &inventories[i], first + i, tally, error);
    } else {
        for (size_t i = 0; i < count && status == GRL_OK; i++)
            status = classify_one(settings, cells[i], first + i, tally, error);
    }
    return status;
}

grl_status grl_classify_range(const grl_survey_settings *settings, uint64_t first, size_t count,
                              grl_tally *tally, grl_error *error)
{
    const size_t room = count < BATCH ? count : BATCH;
    grl_cell **cells = grl_calloc(room, sizeof *cells);
    grl_status status = cells ? GRL_OK : grl_fail_memory(error, room, sizeof *cells);
    for (size_t i = 0; i < room && status == GRL_OK; i++)
        status = grl_cell_create(settings->sampling.units, 0, settings->sampling.reset, &cells[i], error);
    for (size_t done = 0; done < count && status == GRL_OK; done += BATCH)
        status = classify_batch(settings, first + done, count - done < BATCH ? count - done : BATCH, cells,
                                tally, error);
    for (size_t i = 0; cells && i < room; i++) grl_cell_free(cells[i]);
    free(cells);
    return status;
}
