/* attractors.c: where random starts end.
 *
 * Starts are drawn uniformly from (-1, 1)^n, into which everything falls, and followed (attract.c). The share
 * p of the space that a basin takes is estimated by k of N starts with the interval of Wilson (1927),
 *
 *     (p + z^2/2N +- z sqrt(p (1 - p)/N + z^2/4N^2)) / (1 + z^2/N),   p = k/N,  z = 1.96,
 *
 * which holds for small k too. Exponents of points and cycles follow from eigenvalues and multipliers, the
 * others are measured (lyapunov.c). */
#include <grulens/attractors.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/random.h"
#include "portrait/edge.h"
#include "portrait/unstable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double z95 = 1.959963984540054;

const char *grl_attractor_kind_name(grl_attractor_kind kind)
{
    static const char *const names[] = {"point", "cycle", "curve", "torus", "chaos"};
    return names[kind];
}

grl_attractors_options grl_attractors_defaults(void)
{
    return (grl_attractors_options){.max_time = 2000, .max_period = 64};
}

static void wilson(size_t count, size_t starts, double *low, double *high)
{
    double N = (double)starts, p = (double)count / N, square = z95 * z95 / N;
    double middle = p + square / 2, half = z95 * sqrt(p * (1 - p) / N + square / (4 * N));
    *low = count == 0 ? 0 : fmax(0, (middle - half) / (1 + square));
    *high = count == starts ? 1 : fmin(1, (middle + half) / (1 + square));
}

/* The stable points of the portrait are where trajectories may end from the beginning. */
static grl_status add_points(grl_hunt_n *hunt, grl_error *error)
{
    const grl_portrait *p = hunt->portrait;
    for (size_t i = 0; i < p->count; i++) {
        const grl_fixed_point *point = &p->points[i];
        int degenerate =
            point->type == GRL_DEGENERATE || point->type == GRL_CENTER || point->type == GRL_HALF_STABLE;
        if (point->unstable > 0) continue;
        grl_target target = {
            .kind = GRL_ATTRACTOR_POINT, .which = i, .h = point->h, .degenerate = degenerate};
        const double *slowest = point->eigenvalues;
        target.rate = hunt->system.time == GRL_DISCRETE
                          ? -log(hypot(slowest[0], slowest[1])) / hunt->system.dt
                          : -slowest[0];
        grl_status status = grl_attract_add(hunt, target, NULL, error);
        if (status != GRL_OK) return status;
    }
    return GRL_OK;
}

static grl_status make_rows(grl_hunt_n *hunt, grl_error *error)
{
    const size_t n = hunt->system.n, rows = hunt->result->starts;
    grl_status status = grl_pool_create(n, rows, &hunt->pool, error);
    if (status != GRL_OK) return status;
    hunt->rows = grl_calloc(rows, sizeof *hunt->rows);
    if (!hunt->rows) return grl_fail_memory(error, rows, sizeof *hunt->rows);
    for (size_t r = 0; r < rows; r++) {
        grl_random random = grl_random_stream(hunt->options->seed, r);
        hunt->rows[r].target = GRL_ATTRACTOR_UNDECIDED;
        hunt->rows[r].distance = hunt->rows[r].before = INFINITY;
        for (size_t k = 0; k < n; k++) hunt->pool.H[r * n + k] = 2 * grl_random_uniform(&random) - 1;
    }
    return GRL_OK;
}

/* Exponents of a point from its eigenvalues, which lie in the portrait in falling order. */
static void exponents_of_point(const grl_portrait *portrait, size_t which, double *out)
{
    const double *values = portrait->points[which].eigenvalues;
    for (size_t k = 0; k < portrait->hidden_size; k++)
        out[k] = portrait->time == GRL_DISCRETE ? log(hypot(values[2 * k], values[2 * k + 1])) / portrait->dt
                                                : values[2 * k];
}

/* Of a cycle of the flow the exponent along it, zero, comes first. */
static void exponents_of_orbit(const grl_closed *closed, size_t n, double *out)
{
    size_t first = n - closed->multiplier_count;
    memcpy(out + first, closed->exponents, closed->multiplier_count * sizeof *out);
}

static grl_status describe(const grl_hunt_n *hunt, const grl_target *target, grl_attractor *item,
                           grl_error *error)
{
    const size_t n = hunt->system.n, count = target->far ? target->far->k : n;
    const grl_closed *closed =
        target->kind == GRL_ATTRACTOR_CYCLE ? &hunt->result->closed[target->which] : NULL;
    item->lyapunov = grl_calloc(2 * count + 3 * n, sizeof(double));
    if (!item->lyapunov) return grl_fail_memory(error, 2 * count + 3 * n, sizeof(double));
    item->kind = target->kind;
    item->which = target->which;
    item->starts = target->starts;
    item->exponents = count;
    item->lyapunov_error = item->lyapunov + count;
    item->h = item->lyapunov_error + count;
    item->rotation = item->rotation_error = NAN;
    if (target->far) {
        const grl_lyapunov *far = target->far;
        memcpy(item->lyapunov, far->exponent, count * sizeof(double));
        memcpy(item->lyapunov_error, far->error, count * sizeof(double));
        memcpy(item->h, far->h, n * sizeof(double));
        item->range = item->h + n;
        for (size_t i = 0; i < n; i++) {
            item->range[2 * i] = far->low[i];
            item->range[2 * i + 1] = far->high[i];
        }
        item->time = far->time;
        item->rotation = target->rotation;
        item->rotation_error = target->rotation_error;
        item->kaplan_yorke =
            target->kind == GRL_ATTRACTOR_CHAOS ? grl_kaplan_yorke(count, far->exponent) : (double)far->zeros;
        return GRL_OK;
    }
    memcpy(item->h, closed ? closed->points + 1 : target->h, n * sizeof(double));
    if (closed) {
        exponents_of_orbit(closed, n, item->lyapunov);
        item->range = item->h + n;
        for (size_t i = 0; i < n; i++) {
            item->range[2 * i] = closed->low[i];
            item->range[2 * i + 1] = closed->high[i];
        }
        item->kaplan_yorke = hunt->system.time == GRL_CONTINUOUS;
    } else if (target->which != GRL_ATTRACTOR_UNLISTED) {
        exponents_of_point(hunt->portrait, target->which, item->lyapunov);
    } else {
        item->exponents = 0;
    }
    return GRL_OK;
}

static void count_starts(grl_hunt_n *hunt)
{
    grl_attractors *result = hunt->result;
    for (size_t r = 0; r < result->starts; r++) {
        size_t target = hunt->rows[r].target;
        if (target == GRL_ATTRACTOR_UNDECIDED)
            result->undecided++;
        else
            hunt->targets[target].starts++;
    }
    wilson(result->undecided, result->starts, &result->undecided_low, &result->undecided_high);
}

/* Whether a trajectory was seen to end there, or the set itself is seen to attract. */
static int is_attractor(const grl_hunt_n *hunt, size_t target)
{
    const grl_target *t = &hunt->targets[target];
    if (t->starts > 0 || t->far) return 1;
    if (t->kind == GRL_ATTRACTOR_CYCLE) return hunt->result->closed[t->which].stable;
    for (size_t m = 0; m < hunt->result->manifold_count; m++)
        for (size_t b = 0; b < hunt->result->manifolds[m].count; b++)
            if (hunt->result->manifolds[m].branches[b].attractor == target) return 1;
    return 0;
}

/* Attractors by falling number of starts, and as they were found where that is equal. */
static void sort_targets(grl_hunt_n *hunt)
{
    for (size_t t = 0; t < hunt->target_count; t++) {
        if (!is_attractor(hunt, t)) continue;
        size_t place = hunt->kept++;
        for (; place > 0 && hunt->targets[hunt->order[place - 1]].starts < hunt->targets[t].starts; place--)
            hunt->order[place] = hunt->order[place - 1];
        hunt->order[place] = t;
    }
}

/* From numbers of targets to places in the list. */
static void rename_branches(grl_hunt_n *hunt)
{
    grl_attractors *result = hunt->result;
    for (size_t m = 0; m < result->manifold_count; m++)
        for (size_t b = 0; b < result->manifolds[m].count; b++) {
            size_t *attractor = &result->manifolds[m].branches[b].attractor, place = 0;
            if (*attractor == GRL_ATTRACTOR_UNDECIDED) continue;
            while (hunt->order[place] != *attractor) place++;
            *attractor = place;
        }
}

static grl_status collect(grl_hunt_n *hunt, grl_error *error)
{
    grl_attractors *result = hunt->result;
    result->items = grl_calloc(hunt->target_count, sizeof *result->items);
    hunt->order = grl_calloc(hunt->target_count, sizeof *hunt->order);
    if (!result->items || !hunt->order)
        return grl_fail_memory(error, hunt->target_count, sizeof *result->items);
    sort_targets(hunt);
    for (size_t i = 0; i < hunt->kept; i++) {
        grl_attractor *item = &result->items[result->count++];
        grl_status status = describe(hunt, &hunt->targets[hunt->order[i]], item, error);
        if (status != GRL_OK) return status;
        item->fraction = (double)item->starts / (double)result->starts;
        wilson(item->starts, result->starts, &item->low, &item->high);
    }
    rename_branches(hunt);
    return GRL_OK;
}

static void hunt_free(grl_hunt_n *hunt)
{
    for (size_t t = 0; t < hunt->target_count; t++) {
        grl_target *target = &hunt->targets[t];
        if (target->kind == GRL_ATTRACTOR_POINT && target->which == GRL_ATTRACTOR_UNLISTED) free(target->h);
        if (target->far) grl_lyapunov_free(target->far);
        free(target->far);
    }
    free(hunt->targets);
    free(hunt->order);
    free(hunt->rows);
    grl_pool_free(&hunt->pool);
}

static grl_status check(const grl_cell *cell, const grl_portrait *portrait, const grl_attractors_options *o,
                        grl_error *error)
{
    if (grl_cell_hidden_size(cell) != portrait->hidden_size)
        return grl_fail(error, GRL_BAD_INPUT,
                        "attractors: expected the portrait of this network, found one of %zu units",
                        portrait->hidden_size);
    if (o->starts > 1000000)
        return grl_fail(error, GRL_BAD_INPUT, "starts: expected at most 1,000,000, found %zu", o->starts);
    if (!(o->max_time > 0) || !(o->max_operations >= 0))
        return grl_fail(error, GRL_BAD_INPUT,
                        "max_time: expected more than 0, max_operations 0 or more, found %g and %g",
                        o->max_time, o->max_operations);
    if (o->max_period < 1 || o->max_period > 1000)
        return grl_fail(error, GRL_BAD_INPUT, "max_period: expected 1 to 1000, found %d", o->max_period);
    return GRL_OK;
}

static size_t default_starts(size_t n)
{
    return n <= 16 ? 512 : n <= 64 ? 256 : n <= 256 ? 128 : 64;
}

/* About half a second for small networks, a few seconds for hundreds of units. */
static double default_operations(size_t n)
{
    return n <= 16 ? 5e9 : n <= 64 ? 2e10 : n <= 256 ? 1e11 : 5e11;
}

grl_status grl_attractors_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                                  const grl_attractors_options *options, grl_attractors **attractors,
                                  grl_error *error)
{
    grl_attractors_options defaults = grl_attractors_defaults();
    const grl_attractors_options *o = options ? options : &defaults;
    grl_cell *autonomous = NULL;
    grl_attractors *result = NULL;
    grl_hunt_n hunt = {.portrait = portrait, .options = o};
    *attractors = NULL;

    grl_status status = check(cell, portrait, o, error);
    if (status == GRL_OK) status = grl_cell_check(cell, error);
    if (status == GRL_OK) status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) goto done;
    result = grl_calloc(1, sizeof *result);
    if (!result) {
        status = grl_fail_memory(error, 1, sizeof *result);
        goto done;
    }
    *result = (grl_attractors){.hidden_size = portrait->hidden_size,
                               .time = portrait->time,
                               .dt = portrait->dt,
                               .starts = o->starts > 0 ? o->starts : default_starts(portrait->hidden_size),
                               .confidence = 0.95,
                               .stopped_by = "done"};
    hunt.result = result;
    hunt.most = o->max_operations > 0 ? o->max_operations : default_operations(portrait->hidden_size);
    hunt.system = (grl_system){autonomous,
                               portrait->hidden_size,
                               portrait->time,
                               portrait->time == GRL_DISCRETE ? portrait->dt : 1,
                               0,
                               0};
    grl_progress_expect(o->progress, (long long)result->starts);
    status = add_points(&hunt, error);
    if (status == GRL_OK) status = make_rows(&hunt, error);
    if (status == GRL_OK) status = grl_attract_follow(&hunt, error);
    result->longest = hunt.time;
    if (status == GRL_OK) {
        count_starts(&hunt);
        status = grl_edge_look(&hunt, error);
    }
    if (status == GRL_OK) status = grl_unstable_periodic(&hunt, error);
    if (status == GRL_OK) status = grl_unstable_follow(&hunt, error);
    if (status == GRL_OK) status = collect(&hunt, error);
done:
    hunt_free(&hunt);
    grl_cell_free(autonomous);
    if (status == GRL_OK)
        *attractors = result;
    else
        grl_attractors_free(result);
    return status;
}
