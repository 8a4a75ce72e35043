/* climb.c: from a random network to one with many fixed points, attractors or cycles.
 *
 * A plain hill climb on a plateau: a step draws a group of changed networks, proves their fixed points in one
 * batch, and goes to the first of those that have the most, unless they all have fewer than the present one.
 * Steps that change nothing in the count are taken, too: most of the way is along plateaus. At the end as many
 * steps more are taken only where the class stays and the distance to a bifurcation rises (or the norm falls).
 *
 * Climb i is a function of the settings and i alone. What is found is proven afterwards like any network
 * (classify.c), so a climb cannot claim too much; that there is nothing higher is not shown. */
#include "survey/classify.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "cell/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP = 16, FIRST_GROUPS = 16 };

/* Streams of climbs, apart from those of the networks that are drawn. */
#define CLIMB_STREAM 0x8000000000000000u

/* What a network is worth. */
typedef struct worth {
    int decided, count; /* of what is maximised */
    int kind[5];        /* stable, unstable, saddle, stable and unstable cycles */
    double polish;      /* larger is better */
} worth;

typedef struct climb {
    const grl_survey_settings *settings;
    grl_random random;
    grl_cell *here, *group[GROUP];
    worth now, worths[GROUP];
} climb;

static double size_of(const grl_cell *cell)
{
    double squares = 0;
    for (size_t i = 0; i < cell->total; i++) squares += cell->numbers[i] * cell->numbers[i];
    return squares;
}

static void value(const climb *c, const grl_cell *cell, double margin, worth *w)
{
    switch (c->settings->climbing.objective) {
    case GRL_OBJECTIVE_ATTRACTORS:
        w->count = w->kind[0] + w->kind[3];
        break;
    case GRL_OBJECTIVE_CYCLES:
        w->count = w->kind[3] + w->kind[4];
        break;
    case GRL_OBJECTIVE_UNSTABLE:
        w->count = w->kind[1];
        break;
    default:
        w->count = w->kind[0] + w->kind[1] + w->kind[2];
        break;
    }
    w->polish = c->settings->climbing.polish == GRL_POLISH_NORM ? -size_of(cell) : margin;
}

/* The worths of the group's networks. */
static grl_status judge(climb *c, grl_error *error)
{
    grl_inventory found[GROUP];
    const grl_inventory_options ask = {.time = c->settings->time, .dt = c->settings->dt, .max_boxes = 20000};
    const int cycles = c->settings->level != GRL_LEVEL_INVENTORY && c->settings->sampling.units == 2;
    grl_status status = grl_inventory_batch(GROUP, (const grl_cell *const *)c->group, &ask, found, error);
    for (size_t i = 0; i < GROUP && status == GRL_OK; i++) {
        worth *w = &c->worths[i];
        double margin = found[i].margin;
        *w = (worth){.decided = found[i].complete && found[i].undecided == 0,
                     .kind = {found[i].stable, found[i].unstable, found[i].saddle}};
        if (cycles && w->decided) {
            grl_class class = {0};
            int reason;
            status = grl_classify(c->settings, c->group[i], &class, &reason, error);
            w->decided = reason == 0;
            w->kind[3] = class.stable_cycles;
            w->kind[4] = class.unstable_cycles;
            margin = class.margin;
            free(class.key);
            free(class.name);
        }
        value(c, c->group[i], margin, w);
    }
    return status;
}

static void go_to(climb *c, size_t i)
{
    memcpy(c->here->numbers, c->group[i]->numbers, c->here->total * sizeof(double));
    c->now = c->worths[i];
}

/* The best of some networks as drawn. */
static grl_status start(climb *c, uint64_t number, grl_error *error)
{
    grl_status status = GRL_OK;
    c->now.count = -1;
    for (uint64_t round = 0; round < FIRST_GROUPS && status == GRL_OK; round++) {
        for (uint64_t i = 0; i < GROUP; i++)
            grl_sampling_draw(&c->settings->sampling, (number * FIRST_GROUPS + round) * GROUP + i,
                              c->group[i]);
        status = judge(c, error);
        for (size_t i = 0; i < GROUP && status == GRL_OK; i++)
            if (c->worths[i].decided && c->worths[i].count > c->now.count) go_to(c, i);
    }
    /* If nothing was decided, the first network as drawn. */
    if (c->now.count < 0) grl_sampling_draw(&c->settings->sampling, number * FIRST_GROUPS * GROUP, c->here);
    return status;
}

/* Which numbers a climb may change: those that the constraint leaves free. */
static int free_block(const grl_sampling *s, int block)
{
    if (block >= GRL_W_Z && block <= GRL_W_H) return 0;
    if (block == GRL_C_H && s->reset == GRL_RESET_BEFORE) return 0;
    if (block == GRL_U_H && s->constraint == GRL_ORTHOGONAL) return 0;
    if ((block == GRL_U_Z || block == GRL_B_Z) && s->gates_off) return 0;
    if ((block == GRL_U_R || block == GRL_B_R) && (s->gates_off || s->no_reset)) return 0;
    return 1;
}

static void change(climb *c, grl_cell *to)
{
    const grl_sampling *s = &c->settings->sampling;
    const double bound = c->settings->climbing.bound;
    const double size = 0.04 * bound * pow(10, 1.5 * grl_random_uniform(&c->random) - 1);
    const double share = grl_random_uniform(&c->random) < 0.5 ? 0.2 : 0.6;
    memcpy(to->numbers, c->here->numbers, to->total * sizeof(double));
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, s->units, 0, &rows, &columns);
        for (size_t i = 0; i < rows * columns && free_block(s, b); i++) {
            double *number = &to->block[b][i];
            if (grl_random_uniform(&c->random) < share) *number += size * grl_random_normal(&c->random);
            *number = round(1000 * fmin(bound, fmax(-bound, *number))) / 1000;
        }
    }
    if (s->constraint == GRL_SYMMETRIC)
        for (size_t i = 0; i < s->units; i++)
            for (size_t j = i + 1; j < s->units; j++)
                to->block[GRL_U_H][i * s->units + j] = to->block[GRL_U_H][j * s->units + i];
}

static grl_status step(climb *c, int polishing, grl_error *error)
{
    for (size_t i = 0; i < GROUP; i++) change(c, c->group[i]);
    grl_status status = judge(c, error);
    if (status != GRL_OK) return status;
    size_t best = GROUP;
    for (size_t i = 0; i < GROUP; i++) {
        const worth *w = &c->worths[i];
        if (!w->decided) continue;
        if (polishing) {
            const double least = best < GROUP ? c->worths[best].polish : c->now.polish;
            if (memcmp(w->kind, c->now.kind, sizeof w->kind) == 0 && w->polish > least) best = i;
        } else if (w->count >= c->now.count && (best == GROUP || w->count > c->worths[best].count)) {
            best = i;
        }
    }
    if (best < GROUP) go_to(c, best);
    return GRL_OK;
}

static grl_status climb_to(const grl_survey_settings *settings, uint64_t number, grl_cell *cell,
                           grl_error *error)
{
    const grl_sampling *sampling = &settings->sampling;
    climb c = {.settings = settings,
               .random = grl_random_stream(sampling->seed, CLIMB_STREAM | number),
               .here = cell};
    grl_status status = GRL_OK;
    for (size_t i = 0; i < GROUP && status == GRL_OK; i++)
        status = grl_cell_create(sampling->units, 0, sampling->reset, &c.group[i], error);
    if (status == GRL_OK) status = start(&c, number, error);
    for (long long k = 0; k < 2 * settings->climbing.steps && status == GRL_OK; k++)
        status = step(&c, k >= settings->climbing.steps, error);
    for (size_t i = 0; i < GROUP; i++) grl_cell_free(c.group[i]);
    return status;
}

grl_status grl_survey_network(const grl_survey_settings *settings, unsigned long long i, grl_cell *cell,
                              grl_error *error)
{
    if (settings->climbing.objective != GRL_OBJECTIVE_NONE) return climb_to(settings, i, cell, error);
    grl_sampling_draw(&settings->sampling, i, cell);
    return GRL_OK;
}
