/* attract.c: trajectories are followed in rounds, and matched with the attractors known so far.
 *
 * A trajectory has ended at a fixed point once it is within `at_point` of a stable one and came nearer since the
 * last look, or is so near that no more can be seen; at a closed orbit once it was twice in succession within
 * `at_orbit` of its size; on a torus or a chaotic set once most of its states over a round are as near to samples of
 * that set as the set's own states. Those that remain are looked at alone after each round, the
 * first few of them: recurrence.c for closed orbits, lyapunov.c for the rest. So the number of costly
 * looks follows the number of attractors, not of starts.
 *
 * What makes it fail: an attractor with a small basin may not be met; an unstable closed orbit or a point that
 * repels within those distances of a stable one; sets that lie within each other to the distance between
 * samples are one. */
#include "portrait/attract.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "portrait/creep.h"
#include "portrait/recurrence.h"
#include "portrait/shooting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUND_LOOKS = 8,
    FIRST_CREEP = 1,
    FIRST_ALONE = 2,
    ALONE_AT_ONCE = 5,
    MOST_ASKED = 3,
    STEADY_LOOKS = 4,
    FEW = 3,
    LATE_STATES = 64,
    LONGEST_AVERAGE = 60000,
    WINDOWS = 6,
    LONGEST_PERIOD = 2000,
    LONGER = 50,
    CHEAP = 5,
    THOROUGH_AT_ONCE = 2,
    LEAST_STARTS = 64
};

static const double first_look = 5;
static const double at_point = 1e-4, surely_at_point = 1e-9, at_orbit = 3e-3;
/* A trajectory this near to a target and coming nearer is not looked at alone; relative to the orbit's size. */
static const double approaching = 0.1;
/* A trajectory this near to a point that comes nearer `steady_looks` times in succession at the rate of the
 * point's slowest eigenvalue, to within a quarter, is in its linear neighbourhood: it ends there. */
static const double linear = 0.15, rate_tolerance = 0.25;
/* A trajectory slower than this is not looked at alone, as long as it is not at rest: it creeps, and shows
 * nothing in a reasonable time. */
static const double creeping = 1e-3, resting = 1e-10;
/* Until this time: a cycle can creep as well, past places where points are about to appear. */
static const double patience = 600;
/* A trajectory whose states are near samples this often is on the same set. */
static const double alike = 0.7;
/* In the end: near a point that attracts more slowly than exponentially, and coming nearer. */
static const double at_degenerate = 0.1;
/* Averages of quasi-periodic motion over two windows agree to this; chaos differs by about 1e-2. */
static const double quasi_periodic = 1e-6;

grl_status grl_attract_add(grl_hunt_n *hunt, grl_target target, grl_closed *closed, grl_error *error)
{
    void *block = hunt->targets;
    if (!grl_grow(&block, &hunt->target_capacity, hunt->target_count, sizeof target))
        return grl_fail_memory(error, hunt->target_count + 1, sizeof target);
    hunt->targets = block;
    if (closed) {
        block = hunt->result->closed;
        if (!grl_grow(&block, &hunt->closed_capacity, hunt->result->closed_count, sizeof *closed))
            return grl_fail_memory(error, hunt->result->closed_count + 1, sizeof *closed);
        hunt->result->closed = block;
        target.which = hunt->result->closed_count;
        hunt->result->closed[hunt->result->closed_count++] = *closed;
        *closed = (grl_closed){0};
    }
    if (target.far) hunt->aperiodic[hunt->aperiodic_count++] = hunt->target_count;
    hunt->targets[hunt->target_count++] = target;
    return GRL_OK;
}

static double distance_to(const grl_hunt_n *hunt, const grl_target *target, const double *h)
{
    size_t n = hunt->system.n;
    double apart = 0;
    if (target->far) return INFINITY;
    if (target->kind == GRL_ATTRACTOR_CYCLE) {
        const grl_closed *closed = &hunt->result->closed[target->which];
        return closed->stable
                   ? grl_closed_distance(closed, hunt->system.time, n, h) / grl_closed_size(closed, n)
                   : INFINITY;
    }
    for (size_t i = 0; i < n; i++) apart = fmax(apart, fabs(h[i] - target->h[i]));
    return apart;
}

static int is_steady(const grl_target *target, double before, double now, double time)
{
    double ratio = log(before / now) / (target->rate * time);
    return now < linear && fabs(ratio - 1) < rate_tolerance;
}

/* Where the row stands now, `time` after the last look. */
static void look(const grl_hunt_n *hunt, grl_row *row, const double *h, double time)
{
    size_t nearest = 0;
    double distance = INFINITY;
    for (size_t t = 0; t < hunt->target_count; t++) {
        double d = distance_to(hunt, &hunt->targets[t], h);
        if (!(d < distance)) continue;
        distance = d;
        nearest = t;
    }
    if (distance < INFINITY) {
        const grl_target *target = &hunt->targets[nearest];
        int orbit = target->kind == GRL_ATTRACTOR_CYCLE, same = row->nearest == nearest;
        int within = distance < (orbit ? at_orbit : at_point);
        if (within && (orbit ? same && row->near > 0
                             : (same && distance < 0.9 * row->distance) || distance < surely_at_point))
            row->target = nearest;
        row->steady =
            !orbit && same && is_steady(target, row->distance, distance, time) ? row->steady + 1 : 0;
        if (row->steady >= STEADY_LOOKS) row->target = nearest;
        row->near = within ? (same ? row->near + 1 : 1) : 0;
        row->nearest = nearest;
        row->distance = distance;
    }
    for (size_t a = 0; a < hunt->aperiodic_count; a++)
        row->within[a] += grl_lyapunov_share(hunt->targets[hunt->aperiodic[a]].far, 1, h) > 0;
}

static void drop_settled(grl_hunt_n *hunt)
{
    size_t kept = 0;
    for (size_t i = 0; i < hunt->pool.active; i++) {
        size_t row = hunt->pool.list[i];
        if (hunt->rows[row].target == GRL_ATTRACTOR_UNDECIDED)
            hunt->pool.list[kept++] = row;
        else
            hunt->rows[row].settled = hunt->time;
    }
    hunt->pool.active = kept;
}

static grl_status add_far(grl_hunt_n *hunt, grl_target target, grl_lyapunov *far, grl_error *error)
{
    target.far = grl_calloc(1, sizeof *target.far);
    if (!target.far) return grl_fail_memory(error, 1, sizeof *target.far);
    *target.far = *far;
    grl_status status = grl_attract_add(hunt, target, NULL, error);
    if (status == GRL_OK)
        *far = (grl_lyapunov){0};
    else
        free(target.far);
    return status;
}

/* How many exponents: all of a small network, the leading ones of a large one. */
static size_t exponents(size_t n)
{
    return n <= 32 ? n : n <= 128 ? 16 : 8;
}

/* Whether an attractor that exponents describe is one of those known. */
static int is_known(const grl_hunt_n *hunt, const grl_lyapunov *far)
{
    for (size_t a = 0; a < hunt->aperiodic_count; a++) {
        const grl_target *target = &hunt->targets[hunt->aperiodic[a]];
        if (grl_lyapunov_share(target->far, LATE_STATES, far->sample + far->samples / 2 * far->n) >= alike)
            return 1;
    }
    return 0;
}

/* The full spectrum takes more effort for the same time, so its first exponents may be less sure than those that
 * decided: then these are taken. What they said must not be contradicted; motion that is no chaos has at
 * least `zeros` zeros. */
static int agree(grl_lyapunov *far, const grl_lyapunov *few, int zeros)
{
    if (few->motion == GRL_MOTION_CHAOS &&
        !(far->exponent[0] > 0 &&
          fabs(far->exponent[0] - few->exponent[0]) < 2 * (far->error[0] + few->error[0])))
        return 0;
    if (few->motion != GRL_MOTION_CHAOS && (far->motion != few->motion || far->zeros < zeros)) return 0;
    for (size_t k = 0; k < few->k; k++)
        if (few->error[k] < far->error[k]) {
            far->exponent[k] = few->exponent[k];
            far->error[k] = few->error[k];
        }
    return 1;
}

static grl_status take_far(grl_hunt_n *hunt, const grl_lyapunov *few, grl_target target, grl_error *error)
{
    const int map = hunt->system.time == GRL_DISCRETE;
    grl_lyapunov far = {0};
    grl_status status = grl_lyapunov_run(&hunt->system, few->h, exponents(hunt->system.n), LONGEST_AVERAGE,
                                         hunt->most / 2, &far, error);
    if (status != GRL_OK) return status;
    if (target.kind != GRL_ATTRACTOR_CHAOS)
        target.kind = map && far.zeros <= 1 ? GRL_ATTRACTOR_CURVE : GRL_ATTRACTOR_TORUS;
    if (far.samples >= 2 * LATE_STATES && agree(&far, few, map ? 1 : 2) && !is_known(hunt, &far))
        status = add_far(hunt, target, &far, error);
    grl_lyapunov_free(&far);
    return status;
}

/* First with few exponents, which is cheap: they decide what it is. h becomes the state at the end; *periodic:
 * 1 if they are those of a closed orbit. */
static grl_status by_exponents(grl_hunt_n *hunt, double *h, int *periodic, grl_error *error)
{
    const int map = hunt->system.time == GRL_DISCRETE;
    grl_target target = {.which = GRL_ATTRACTOR_UNLISTED, .rotation = NAN, .rotation_error = NAN};
    grl_lyapunov far = {0};
    double difference = INFINITY;
    size_t few = hunt->system.n < FEW ? hunt->system.n : FEW;
    *periodic = 0;
    if (hunt->aperiodic_count == GRL_APERIODIC) return GRL_OK;
    grl_status status = grl_lyapunov_run(&hunt->system, h, few, LONGEST_AVERAGE, hunt->most / 6, &far, error);
    if (status != GRL_OK) return status;
    memcpy(h, far.h, far.n * sizeof *h);
    *periodic = far.motion == GRL_MOTION_REGULAR && far.zeros == !map;
    if (far.motion == GRL_MOTION_REGULAR && far.zeros > !map) {
        target.kind = GRL_ATTRACTOR_TORUS;
        status = grl_birkhoff(&hunt->system, &far, &difference, map ? &target.rotation : NULL,
                              &target.rotation_error, error);
    }
    if (far.motion == GRL_MOTION_CHAOS) target.kind = GRL_ATTRACTOR_CHAOS;
    if (status == GRL_OK && (far.motion == GRL_MOTION_CHAOS || difference < quasi_periodic))
        status = take_far(hunt, &far, target, error);
    grl_lyapunov_free(&far);
    return status;
}

static double speed_at(const grl_hunt_n *hunt, const double *h, double *work)
{
    size_t n = hunt->system.n;
    double speed = 0;
    grl_cell_field(hunt->system.cell, NULL, h, work, work + n);
    for (size_t i = 0; i < n; i++) speed = fmax(speed, fabs(work[i]));
    return speed;
}

/* A point at which the trajectory rests and that the portrait does not list. */
static grl_status unlisted(grl_hunt_n *hunt, const double *h, grl_error *error)
{
    size_t n = hunt->system.n;
    grl_target target = {.kind = GRL_ATTRACTOR_POINT, .which = GRL_ATTRACTOR_UNLISTED};
    double *f = grl_calloc(n + grl_cell_work(hunt->system.cell), sizeof *f), speed;
    if (!f) return grl_fail_memory(error, n, sizeof *f);
    speed = speed_at(hunt, h, f);
    for (size_t t = 0; t < hunt->target_count; t++)
        if (distance_to(hunt, &hunt->targets[t], h) < 10 * at_point) speed = INFINITY;
    /* Symmetry can lead a trajectory into a saddle. */
    for (size_t i = 0; i < hunt->portrait->count; i++) {
        double apart = 0;
        for (size_t k = 0; k < n; k++) apart = fmax(apart, fabs(h[k] - hunt->portrait->points[i].h[k]));
        if (apart < 10 * at_point) speed = INFINITY;
    }
    if (!(speed < 1e-12)) {
        free(f);
        return GRL_OK;
    }
    memcpy(f, h, n * sizeof *f);
    target.h = f;
    grl_status status = grl_attract_add(hunt, target, NULL, error);
    if (status != GRL_OK) free(f);
    return status;
}

int grl_attract_settles(const grl_hunt_n *hunt, const double *h, double wide, size_t *target)
{
    for (size_t t = 0; t < hunt->target_count; t++)
        if (distance_to(hunt, &hunt->targets[t], h) <
            wide * (hunt->targets[t].kind == GRL_ATTRACTOR_CYCLE ? at_orbit : at_point)) {
            *target = t;
            return 1;
        }
    return 0;
}

/* h becomes the state at the end of the look. */
static grl_status by_recurrence(grl_hunt_n *hunt, double *h, double window, int most_period, grl_error *error)
{
    grl_recurrence outcome;
    grl_closed closed = {0};
    /* Some twenty evaluations a unit of time. */
    window = fmin(window, hunt->most / 20 / (20 * grl_tangent_cost(hunt->system.n, 0)));
    hunt->system.limit = hunt->system.operations + hunt->most / 5;
    grl_status status =
        grl_recurrence_look(&hunt->system, h, window, most_period, hunt->most / 5, 0, hunt->result->closed,
                            hunt->result->closed_count, &outcome, &closed, error);
    if (status == GRL_OK && outcome == GRL_RECURRENCE_STILL) status = unlisted(hunt, h, error);
    if (status == GRL_OK && outcome == GRL_RECURRENCE_CLOSED) {
        grl_target target = {.kind = GRL_ATTRACTOR_CYCLE};
        int known = 0;
        for (size_t t = 0; t < hunt->target_count; t++)
            known = known || (hunt->targets[t].kind == GRL_ATTRACTOR_CYCLE &&
                              distance_to(hunt, &hunt->targets[t], closed.points + 1) < at_orbit);
        if (!known) status = grl_attract_add(hunt, target, &closed, error);
    }
    grl_closed_drop(&closed);
    return status;
}

grl_status grl_attract_identify(grl_hunt_n *hunt, size_t row, int thorough, grl_error *error)
{
    const size_t n = hunt->system.n;
    grl_row *state = &hunt->rows[row];
    int periodic;
    double *h = grl_calloc(2 * n + grl_cell_work(hunt->system.cell), sizeof *h),
           before = hunt->system.operations;
    if (!h) return grl_fail_memory(error, 2 * n, sizeof *h);
    memcpy(h, hunt->pool.H + row * n, n * sizeof *h);
    grl_status status = by_recurrence(hunt, h, WINDOWS * fmax(100, fmin(hunt->time, LONGEST_PERIOD)),
                                      hunt->options->max_period, error);
    if (status == GRL_OK && thorough && !grl_attract_settles(hunt, h, 1, &state->nearest) &&
        speed_at(hunt, h, h + n) > creeping) {
        status = by_exponents(hunt, h, &periodic, error);
        /* By now the transient is over. */
        if (status == GRL_OK && periodic && !grl_attract_settles(hunt, h, 1, &state->nearest))
            status = by_recurrence(hunt, h, WINDOWS * LONGEST_PERIOD, LONGEST_PERIOD, error);
    }
    /* Its own continuation shows where it ends. */
    if (status == GRL_OK && grl_attract_settles(hunt, h, 1, &state->nearest)) state->target = state->nearest;
    hunt->looked += hunt->system.operations - before;
    free(h);
    return status;
}

/* The first rows that nothing is known of. */
static grl_status look_alone(grl_hunt_n *hunt, grl_error *error)
{
    grl_status status = GRL_OK;
    int asked = 0;
    double *work = grl_calloc(hunt->system.n + grl_cell_work(hunt->system.cell), sizeof *work);
    if (!work) return grl_fail_memory(error, hunt->system.n, sizeof *work);
    for (size_t i = 0; i < hunt->pool.active && asked < ALONE_AT_ONCE && status == GRL_OK; i++) {
        size_t number = hunt->pool.list[i], before = hunt->target_count;
        grl_row *row = &hunt->rows[number];
        const double *h = hunt->pool.H + number * hunt->system.n;
        double speed = speed_at(hunt, h, work);
        if (speed < creeping && speed > resting && hunt->time < patience) continue;
        if (row->asked >= MOST_ASKED || hunt->looked > hunt->most) continue;
        if (row->distance < approaching && row->distance < 0.7 * row->before) continue;
        /* One found for an earlier row may be this one's too. */
        row->distance = INFINITY;
        look(hunt, row, h, 1);
        if (row->target != GRL_ATTRACTOR_UNDECIDED || row->distance < 10 * at_orbit) continue;
        asked++;
        row->asked++;
        status = grl_attract_identify(hunt, number, asked <= THOROUGH_AT_ONCE, error);
        if (hunt->target_count > before && hunt->targets[before].far) row->target = before;
    }
    free(work);
    return status;
}

static void end_round(grl_hunt_n *hunt)
{
    for (size_t i = 0; i < hunt->pool.active; i++) {
        grl_row *row = &hunt->rows[hunt->pool.list[i]];
        for (size_t a = 0; a < hunt->aperiodic_count; a++)
            if (row->target == GRL_ATTRACTOR_UNDECIDED && row->within[a] >= alike * ROUND_LOOKS)
                row->target = hunt->aperiodic[a];
        row->before = row->distance;
        memset(row->within, 0, sizeof row->within);
    }
    drop_settled(hunt);
}

/* What following all trajectories together has taken. */
static double pool_cost(const grl_hunt_n *hunt)
{
    return hunt->system.operations - hunt->looked;
}

/* Where the effort does not suffice for all starts, the first of them are followed to the end: a sample as random as
 * all, but smaller. `cost`: of the round before; the next takes twice the time. */
static void make_fewer(grl_hunt_n *hunt, double cost)
{
    size_t active = hunt->pool.active, starts = hunt->result->starts;
    while (starts / 2 >= LEAST_STARTS && hunt->pool.active > 0 &&
           pool_cost(hunt) + 2 * cost * (double)hunt->pool.active / (double)active > 0.7 * hunt->most) {
        size_t kept = 0;
        starts /= 2;
        for (size_t i = 0; i < hunt->pool.active; i++)
            if (hunt->pool.list[i] < starts) hunt->pool.list[kept++] = hunt->pool.list[i];
        hunt->pool.active = kept;
    }
    hunt->result->starts = starts;
}

/* Points without exponential attraction are only ever approached. */
static void end_at_degenerate(grl_hunt_n *hunt)
{
    for (size_t i = 0; i < hunt->pool.active; i++) {
        grl_row *row = &hunt->rows[hunt->pool.list[i]];
        if (row->distance < at_degenerate && hunt->targets[row->nearest].degenerate &&
            row->distance < row->before)
            row->target = row->nearest;
    }
    drop_settled(hunt);
}

static int goes_on(const grl_hunt_n *hunt)
{
    const double most = hunt->options->max_time;
    return hunt->time < most || (hunt->time < LONGER * most && pool_cost(hunt) < hunt->most / CHEAP);
}

grl_status grl_attract_follow(grl_hunt_n *hunt, grl_error *error)
{
    grl_status status = GRL_OK;
    const int threads = hunt->options->threads;
    double look_time = first_look;
    for (int round = 0; hunt->pool.active > 0 && goes_on(hunt); round++) {
        double cost = pool_cost(hunt);
        if (round > 2) look_time *= 2;
        for (int i = 0; i < ROUND_LOOKS && hunt->pool.active > 0 && status == GRL_OK; i++) {
            if (pool_cost(hunt) > hunt->most) break;
            if (grl_progress_stopped(hunt->options->progress))
                return grl_fail(error, GRL_STOPPED, "stopped while looking for attractors");
            status = grl_pool_run(&hunt->pool, &hunt->system, look_time, threads, error);
            if (status != GRL_OK) return status;
            hunt->time += look_time;
            for (size_t r = 0; r < hunt->pool.active; r++) {
                size_t row = hunt->pool.list[r];
                look(hunt, &hunt->rows[row], hunt->pool.H + row * hunt->system.n, look_time);
            }
            size_t before = hunt->pool.active;
            drop_settled(hunt);
            grl_progress_add(hunt->options->progress, (long long)(before - hunt->pool.active));
        }
        if (pool_cost(hunt) > hunt->most) {
            status = grl_creep_follow(hunt, error);
            drop_settled(hunt);
            hunt->result->stopped_by = "effort";
            break;
        }
        cost = pool_cost(hunt) - cost;
        int last = !goes_on(hunt);
        if (last) end_at_degenerate(hunt);
        end_round(hunt);
        if (round >= FIRST_CREEP) status = grl_creep_follow(hunt, error);
        drop_settled(hunt);
        if (round >= FIRST_ALONE && !last && status == GRL_OK) status = look_alone(hunt, error);
        if (status != GRL_OK) return status;
        drop_settled(hunt);
        if (!hunt->all) make_fewer(hunt, cost);
    }
    if (hunt->pool.active > 0 && strcmp(hunt->result->stopped_by, "done") == 0)
        hunt->result->stopped_by = "time";
    return status;
}
