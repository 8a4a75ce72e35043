/* slow_manifold.c: slow manifolds from all fixed points and slow points of a portrait.
 *
 * A point is a start if its eigenvalues leave a gap: with the slow rates no more than `ratio` times the
 * rates of all others. One slow direction gives a curve (slow_curve.c), unless the point lies on one that is
 * there; more give a set whose places are listed and not followed. Where a direction across repels, nobody
 * stays; such points are counted. */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "cell/cell.h"
#include "num/dense.h"
#include "portrait/slow_curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct collector {
    grl_ridge ridge;
    const grl_portrait *portrait;
    grl_slow_manifolds *out;
    size_t capacity, curve_count, curve_capacity;
    grl_slow_curve *curves;
    double *values; /* n pairs */
} collector;

static grl_status new_item(collector *c, grl_slow_manifold **item, grl_error *error)
{
    grl_slow_manifolds *out = c->out;
    if (!grl_grow((void **)&out->items, &c->capacity, out->count, sizeof *out->items))
        return grl_fail_memory(error, out->count + 1, sizeof *out->items);
    *item = &out->items[out->count++];
    memset(*item, 0, sizeof **item);
    return GRL_OK;
}

/* Adds a place to the set of this dimension. */
static grl_status add_to_set(collector *c, const double *h, const grl_rates *rates, double speed,
                             grl_error *error)
{
    size_t n = c->portrait->hidden_size, k = 0;
    grl_slow_manifold *set = NULL;
    grl_status status = GRL_OK;
    for (k = 0; k < c->out->count && !set; k++)
        if (c->out->items[k].kind == GRL_SLOW_SET && c->out->items[k].dimension == rates->dimension)
            set = &c->out->items[k];
    if (!set) {
        size_t most = c->portrait->count + c->portrait->slow_count;
        status = new_item(c, &set, error);
        if (status != GRL_OK) return status;
        set->kind = GRL_SLOW_SET;
        set->dimension = rates->dimension;
        set->attraction_min = INFINITY;
        set->speed_min = INFINITY;
        set->memory_median = set->memory_min = (double)NAN;
        set->points = grl_calloc(most, n * sizeof *set->points);
        set->arc = grl_calloc(most, 4 * sizeof *set->arc);
        if (!set->points || !set->arc) return grl_fail_memory(error, most, n * sizeof *set->points);
        set->velocity = set->arc + most;
        set->rate = set->velocity + most;
        set->attraction = set->rate + most;
    }
    memcpy(set->points + set->count * n, h, n * sizeof *h);
    set->velocity[set->count] = speed;
    set->rate[set->count] = rates->rate;
    set->attraction[set->count++] = rates->attraction;
    set->attraction_min = fmin(set->attraction_min, rates->attraction);
    set->speed_max = fmax(set->speed_max, speed);
    set->speed_min = fmin(set->speed_min, speed);
    return GRL_OK;
}

static grl_status add_curve(collector *c, const double *h, double value, size_t point, grl_error *error)
{
    grl_slow_curve curve = {0};
    grl_slow_manifold *item = NULL;
    double invariance = 0;
    grl_status status = grl_slow_curve_trace(&c->ridge, h, value, point, &curve, error);
    if (status == GRL_OK && curve.count < 2) {
        c->out->not_followed++;
        grl_slow_curve_free(&curve);
        return GRL_OK;
    }
    if (status == GRL_OK && !grl_grow((void **)&c->curves, &c->curve_capacity, c->curve_count, sizeof curve))
        status = grl_fail_memory(error, c->curve_count + 1, sizeof curve);
    if (status != GRL_OK) {
        grl_slow_curve_free(&curve);
        return status;
    }
    grl_slow_curve *kept = &c->curves[c->curve_count++];
    *kept = curve;
    status = grl_slow_curve_refine(&c->ridge, kept, &invariance, error);
    if (status == GRL_OK) status = new_item(c, &item, error);
    if (status != GRL_OK) return status;
    item->invariance = invariance;
    return grl_slow_measure(&c->ridge, kept, item, error);
}

/* point: a place in the portrait, or GRL_NO_STOP for a slow point. values: of Df. */
static grl_status look_at(collector *c, const double *h, const double *values, size_t point, double speed,
                          grl_error *error)
{
    double leak = c->ridge.n == 1 ? grl_ridge_leak(&c->ridge, h[0]) : 0;
    grl_rates rates = grl_ridge_gap(&c->ridge, values, leak);
    c->out->seeds++;
    for (size_t k = 0; k < c->curve_count; k++)
        if (grl_slow_curve_holds(&c->curves[k], h)) return GRL_OK;
    if (rates.dimension == 0 ||
        !(speed <= c->ridge.options->ratio * fabs(rates.attraction) * sqrt((double)c->ridge.n)))
        c->out->without_gap++;
    else if (!rates.attracts)
        c->out->repelling++;
    else if (rates.dimension > 1)
        return add_to_set(c, h, &rates, speed, error);
    else if (c->ridge.operations > c->ridge.options->max_operations)
        c->out->not_followed++;
    else
        return add_curve(c, h, rates.value, point, error);
    return GRL_OK;
}

/* Eigenvalues of Df from those of the portrait's points, which are of I + dt Df for the map. */
static void values_of(const grl_portrait *portrait, const grl_fixed_point *point, double *values)
{
    for (size_t k = 0; k < portrait->hidden_size; k++) {
        values[2 * k] = point->eigenvalues[2 * k];
        values[2 * k + 1] = point->eigenvalues[2 * k + 1];
        if (portrait->time == GRL_CONTINUOUS) continue;
        values[2 * k] = (values[2 * k] - 1) / portrait->dt;
        values[2 * k + 1] /= portrait->dt;
    }
}

static int by_use(const void *a, const void *b)
{
    const grl_slow_manifold *x = a, *y = b;
    int acts = (y->acts_as != GRL_ACTS_AS_NOTHING) - (x->acts_as != GRL_ACTS_AS_NOTHING);
    if (acts != 0) return acts;
    if (x->length != y->length) return x->length > y->length ? -1 : 1;
    return (x->dimension > y->dimension) - (x->dimension < y->dimension);
}

static grl_status check(const grl_cell *cell, const grl_portrait *portrait, const grl_slow_options *o,
                        grl_error *error)
{
    size_t n = grl_cell_hidden_size(cell);
    if (portrait->hidden_size != n)
        return grl_fail(error, GRL_BAD_INPUT, "slow manifolds: expected a portrait of %zu units, found %zu",
                        n, portrait->hidden_size);
    if (!(o->ratio > 0 && o->ratio <= 0.5))
        return grl_fail(error, GRL_BAD_INPUT, "ratio: expected more than 0 and at most 0.5, found %g",
                        o->ratio);
    if (!(o->fraction > 0 && o->fraction < 1))
        return grl_fail(error, GRL_BAD_INPUT, "fraction: expected more than 0 and less than 1, found %g",
                        o->fraction);
    if (!(o->spacing >= 1e-4 && o->spacing <= 0.2))
        return grl_fail(error, GRL_BAD_INPUT, "spacing: expected 1e-4 to 0.2, found %g", o->spacing);
    if (o->max_points < 2 || o->max_points > 1000000)
        return grl_fail(error, GRL_BAD_INPUT, "max_points: expected 2 to 1,000,000, found %zu",
                        o->max_points);
    if (!(o->max_operations >= 0))
        return grl_fail(error, GRL_BAD_INPUT, "max_operations: expected 0 or more, found %g",
                        o->max_operations);
    return GRL_OK;
}

/* The order in which slow points are looked at: the slowest first, at most `count` places. */
static size_t slowest_after(const grl_portrait *portrait, double speed, size_t place)
{
    size_t best = portrait->slow_count;
    for (size_t k = 0; k < portrait->slow_count; k++) {
        double own = portrait->slow[k].speed;
        bool later = own > speed || (own == speed && k > place);
        if (later && (best == portrait->slow_count || own < portrait->slow[best].speed)) best = k;
    }
    return best;
}

static grl_status collect(collector *c, const grl_slow_options *o, grl_error *error)
{
    const grl_portrait *portrait = c->portrait;
    grl_status status = GRL_OK;
    grl_progress_expect(o->progress, (long long)(portrait->count + portrait->slow_count));
    for (size_t k = 0; k < portrait->count && status == GRL_OK; k++) {
        values_of(portrait, &portrait->points[k], c->values);
        size_t point = c->ridge.neutral[k] ? GRL_NO_STOP : k;
        status = look_at(c, portrait->points[k].h, c->values, point, 0, error);
        grl_progress_add(o->progress, 1);
        if (status == GRL_OK && grl_progress_stopped(o->progress))
            status = grl_fail(error, GRL_STOPPED, "slow manifolds: stopped");
    }
    double speed = -1;
    size_t place = 0;
    for (size_t round = 0; round < portrait->slow_count && status == GRL_OK; round++) {
        place = slowest_after(portrait, speed, place);
        if (place == portrait->slow_count) break;
        const grl_slow_point *slow = &portrait->slow[place];
        speed = slow->speed;
        status = look_at(c, slow->h, slow->eigenvalues, GRL_NO_STOP, slow->speed, error);
        grl_progress_add(o->progress, 1);
        if (status == GRL_OK && grl_progress_stopped(o->progress))
            status = grl_fail(error, GRL_STOPPED, "slow manifolds: stopped");
    }
    return status;
}

grl_status grl_slow_manifolds_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                                      const grl_slow_options *options, grl_slow_manifolds **manifolds,
                                      grl_error *error)
{
    grl_slow_options defaults = grl_slow_defaults();
    const grl_slow_options *o = options ? options : &defaults;
    collector c = {.portrait = portrait};
    grl_cell *autonomous = NULL;
    *manifolds = NULL;
    grl_status status = check(cell, portrait, o, error);
    if (status == GRL_OK) status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) return status;
    grl_dense_serial();
    c.out = grl_calloc(1, sizeof *c.out);
    c.values = grl_calloc(portrait->hidden_size, 2 * sizeof *c.values);
    if (!c.out || !c.values) {
        status = grl_fail_memory(error, portrait->hidden_size, 2 * sizeof *c.values);
        goto done;
    }
    *c.out = (grl_slow_manifolds){.hidden_size = portrait->hidden_size,
                                  .time = portrait->time,
                                  .dt = portrait->dt,
                                  .ratio = o->ratio,
                                  .fraction = o->fraction};
    status = grl_ridge_create(autonomous, portrait, o, &c.ridge, error);
    if (status == GRL_OK) status = collect(&c, o, error);
    if (status == GRL_OK && c.out->count > 1) qsort(c.out->items, c.out->count, sizeof *c.out->items, by_use);
done:
    for (size_t k = 0; k < c.curve_count; k++) grl_slow_curve_free(&c.curves[k]);
    free(c.curves);
    free(c.values);
    grl_ridge_free(&c.ridge);
    grl_cell_free(autonomous);
    if (status == GRL_OK)
        *manifolds = c.out;
    else
        grl_slow_manifolds_free(c.out);
    return status;
}
