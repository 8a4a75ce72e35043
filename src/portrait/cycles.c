/* cycles.c: the limit cycles of the flow of two units: which orbits to follow, and when they are enough.
 *
 * By the theorem of Poincare and Bendixson every orbit ends, both ways in time, at a fixed point, a cycle, a
 * ring of connections (not in general) or outside the square. Take the fixed points, the outside and the
 * cycles found as places, and orbits as what joins two places. No orbit crosses a cycle, and a cycle has at
 * least one fixed point inside and the outside outside. So a cycle that has not been found leaves the places
 * in at least two groups that no orbit joins, and as soon as there is one group only, all cycles are found.
 *
 * Orbits start beside each fixed point (of a saddle along its four branches), on the border of the square,
 * and on both sides of each cycle found, in the time in which they leave; first from the groups that are
 * not yet joined to the outside.
 *
 * What makes it fail: an orbit that needs more steps than allowed (rates of very different size, as from
 * saturated update gates), and the shortcuts of cycle_march.c. Groups that stay apart are counted as
 * undecided: there may be cycles between them. */
#include <grulens/cycles.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "cell/cell.h"
#include "portrait/cycle_march.h"

#include <math.h>
#include <stdlib.h>

enum { BORDER_STARTS = 8, MORE_ANGLES = 6 };

/* Steps for one orbit: at first, and when it is taken up again because others were not enough. */
enum { IMPATIENT = 6000, PATIENT = 30000 };

/* Beside a saddle, and beside a cycle: there well beyond where the march takes a place for the cycle itself. */
static const double beside_saddle = 1e-6, beside_cycle = 5e-6;

/* Within this of a degenerate point nothing is told apart (plane.c). */
static const double degenerate_resolution = 0.02;

/* An orbit to be followed. */
typedef struct start {
    size_t place; /* where it comes from */
    double h[2];
    int sense_of_time;
    int rank;  /* smaller first */
    int tries; /* 2: never again */
} start;

typedef struct plan {
    grl_hunt hunt;
    size_t count, capacity, sided; /* starts; cycles whose sides are among them */
    start *starts;
    size_t orbits;
    size_t *group; /* of each place, by union and find */
    size_t places, group_capacity;
} plan;

static size_t root_of(plan *p, size_t place)
{
    while (p->group[place] != place) place = p->group[place] = p->group[p->group[place]];
    return place;
}

static int failed(plan *p)
{
    if (p->hunt.status == GRL_OK)
        p->hunt.status = grl_fail_memory(p->hunt.error, p->count + 1, sizeof *p->starts);
    return 0;
}

static int add_place(plan *p)
{
    void *block = p->group;
    if (!grl_grow(&block, &p->group_capacity, p->places, sizeof *p->group)) return failed(p);
    p->group = block;
    p->group[p->places] = p->places;
    p->places++;
    return 1;
}

static int add_start(plan *p, size_t place, double x, double y, int sense_of_time, int rank)
{
    void *block = p->starts;
    if (!grl_grow(&block, &p->capacity, p->count, sizeof *p->starts)) return failed(p);
    p->starts = block;
    p->starts[p->count++] = (start){place, {x, y}, sense_of_time, rank, 0};
    return 1;
}

static int add_point(plan *p, size_t place)
{
    const grl_spot *spot = &p->hunt.plane.spots[place];
    double h[2];
    if (spot->pull == 0) {
        for (int branch = 0; branch < 4; branch++) {
            const double *v = branch < 2 ? spot->unstable : spot->stable;
            double step = branch % 2 ? -beside_saddle : beside_saddle;
            if (!add_start(p, place, spot->h[0] + step * v[0], spot->h[1] + step * v[1], branch < 2 ? 1 : -1,
                           1))
                return 0;
        }
        return 1;
    }
    for (int k = 0; k < 1 + MORE_ANGLES; k++) {
        grl_spot_edge(spot, 1 + k, h);
        for (int sense_of_time = -1; sense_of_time <= 1; sense_of_time += 2)
            if (spot->pull != sense_of_time &&
                !add_start(p, place, h[0], h[1], sense_of_time, k == 0 ? 0 : 3))
                return 0;
    }
    return 1;
}

/* Places around the border, not at its corners. */
static int add_border(plan *p)
{
    for (int k = 0; k < BORDER_STARTS; k++) {
        double along = k / 4 ? -0.583 : 0.391, side = k % 2 ? 1 : -1;
        int upright = k / 2 % 2;
        if (!add_start(p, grl_place_outside(&p->hunt), upright ? along : side, upright ? side : along, 1,
                       k == 0 ? 0 : 3))
            return 0;
    }
    return 1;
}

/* Both sides of a cycle, in the time in which orbits leave it; where attraction is too weak to be sure, in the
 * time that the return map shows. A degenerate cycle is stable if both sides come nearer. */
static int add_sides(plan *p, size_t cycle)
{
    const grl_anchor *anchor = &p->hunt.anchors[cycle];
    const double *c = p->hunt.plane.spots[anchor->ray.centre].h;
    grl_cycle *item = &p->hunt.cycles[cycle];
    double step = fmin(beside_cycle, 0.01 * anchor->s);
    int nearer = 0;
    for (int side = -1; side <= 1; side += 2) {
        double s = anchor->s + side * step;
        int sense_of_time = -anchor->sense_of_time;
        if (item->nearly_degenerate) {
            grl_return back;
            grl_wind_back(&p->hunt.plane, &anchor->ray, s, 1, 1, p->hunt.patience, &back);
            if (back.trip.end == GRL_END_NONE) sense_of_time = (back.s - s) * side > 0 ? 1 : -1;
            nearer += sense_of_time < 0;
        }
        if (!add_start(p, grl_place_cycle(&p->hunt, cycle), c[0] + s * anchor->ray.d[0],
                       c[1] + s * anchor->ray.d[1], sense_of_time, 2))
            return 0;
    }
    if (item->nearly_degenerate) item->stable = nearer == 2;
    return 1;
}

static size_t groups(plan *p)
{
    size_t count = 0;
    for (size_t i = 0; i < p->places; i++) count += p->group[i] == i;
    return count;
}

/* The next orbit to follow, or NULL. */
static start *choose(plan *p)
{
    const int last = 10, again = 20;
    start *best = NULL;
    int best_rank = 0;
    size_t outside = root_of(p, grl_place_outside(&p->hunt));
    for (size_t i = 0; i < p->count; i++) {
        start *s = &p->starts[i];
        if (s->tries == 2) continue;
        int rank = s->rank + again * s->tries;
        if (s->rank > 0 && root_of(p, s->place) == outside) rank += last;
        if (best && rank >= best_rank) continue;
        best = s;
        best_rank = rank;
    }
    return best;
}

static grl_status follow_all(plan *p, const grl_cycles_options *options, grl_error *error)
{
    grl_hunt *hunt = &p->hunt;
    for (size_t i = 0; i < hunt->plane.count + 1; i++)
        if (!add_place(p)) return hunt->status;
    for (size_t i = 0; i < hunt->plane.count; i++)
        if (!add_point(p, i)) return hunt->status;
    if (!add_border(p)) return hunt->status;
    while (groups(p) > 1 && hunt->plane.steps < hunt->plane.max_steps) {
        if (grl_progress_stopped(options->progress))
            return grl_fail(error, GRL_STOPPED, "stopped while looking for cycles");
        start *next = choose(p);
        if (!next) break;
        hunt->patience = next->tries == 0 ? IMPATIENT : PATIENT;
        next->tries++;
        p->orbits++;
        size_t number = (size_t)(next - p->starts), from = next->place,
               to = grl_hunt_follow(hunt, next->h, next->sense_of_time);
        for (; p->sided < hunt->count; p->sided++)
            if (!add_place(p) || !add_sides(p, p->sided)) break;
        if (hunt->status != GRL_OK) return hunt->status;
        if (to == GRL_PLACE_UNKNOWN) continue;
        p->group[root_of(p, to)] = root_of(p, from);
        p->starts[number].tries = 2;
    }
    return GRL_OK;
}

static double width(const grl_cycle *cycle)
{
    return cycle->high[0] - cycle->low[0];
}

/* Of nested cycles the inner first; widths that are equal but for rounding, as of mirror images, go by place. */
static int by_width(const void *a, const void *b)
{
    const grl_cycle *one = a, *two = b;
    double x = width(one), y = width(two);
    if (fabs(x - y) < 1e-5 && (one->high[0] < two->low[0] || two->high[0] < one->low[0])) {
        x = one->low[0];
        y = two->low[0];
    }
    return (x > y) - (x < y);
}

static grl_status check(const grl_cell *cell, const grl_portrait *portrait, const grl_cycles_options *o,
                        grl_error *error)
{
    if (cell->n != 2 || portrait->hidden_size != 2)
        return grl_fail(error, GRL_BAD_INPUT, "cycles: expected a network of two units, found %zu", cell->n);
    if (portrait->time != GRL_CONTINUOUS)
        return grl_fail(error, GRL_BAD_INPUT, "cycles: expected the portrait of the flow, found the map's");
    if (!(o->resolution >= 1e-6 && o->resolution <= 0.1))
        return grl_fail(error, GRL_BAD_INPUT, "resolution: expected 1e-6 to 0.1, found %g", o->resolution);
    if (o->max_steps < 1)
        return grl_fail(error, GRL_BAD_INPUT, "max_steps: expected at least 1, found %lld", o->max_steps);
    return GRL_OK;
}

grl_cycles_options grl_cycles_defaults(void)
{
    return (grl_cycles_options){.resolution = 1e-3, .max_steps = 300000};
}

grl_status grl_cycles_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                              const grl_cycles_options *options, grl_cycles **cycles, grl_error *error)
{
    grl_cycles_options defaults = grl_cycles_defaults();
    const grl_cycles_options *o = options ? options : &defaults;
    grl_cell *autonomous = NULL;
    grl_cycles *result = NULL;
    plan p = {.hunt = {.portrait = portrait, .resolution = o->resolution, .error = error}};
    *cycles = NULL;

    grl_status status = check(cell, portrait, o, error);
    if (status == GRL_OK) status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) return status;
    status = grl_plane_create(autonomous, portrait, 0.005, &p.hunt.plane, error);
    p.hunt.plane.max_steps = o->max_steps;
    if (status == GRL_OK) status = follow_all(&p, o, error);
    if (status != GRL_OK) goto done;
    result = grl_calloc(1, sizeof *result);
    if (!result) {
        status = grl_fail_memory(error, 1, sizeof *result);
        goto done;
    }
    result->hidden_size = 2;
    result->resolution = o->resolution;
    for (size_t i = 0; i < p.hunt.plane.count; i++)
        if (p.hunt.plane.spots[i].pull == 2) result->resolution = fmax(o->resolution, degenerate_resolution);
    result->undecided = groups(&p) - 1;
    if (!portrait->complete && portrait->undecided > 0) result->undecided += portrait->undecided;
    result->orbits = p.orbits;
    result->count = p.hunt.count;
    result->items = p.hunt.cycles;
    p.hunt.cycles = NULL;
    p.hunt.count = 0;
    if (result->count > 1) qsort(result->items, result->count, sizeof *result->items, by_width);
    *cycles = result;
done:
    for (size_t i = 0; i < p.hunt.count; i++) grl_cycle_drop(&p.hunt.cycles[i]);
    free(p.hunt.cycles);
    free(p.hunt.anchors);
    free(p.starts);
    free(p.group);
    grl_plane_free(&p.hunt.plane);
    grl_cell_free(autonomous);
    return status;
}

void grl_cycles_free(grl_cycles *cycles)
{
    if (!cycles) return;
    for (size_t i = 0; i < cycles->count; i++) grl_cycle_drop(&cycles->items[i]);
    free(cycles->items);
    free(cycles);
}
