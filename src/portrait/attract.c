/* attract.c: trajectories are followed in rounds, and matched with the attractors known so far.
 *
 * A trajectory has ended at a fixed point once it is within `at_point` of a stable one and came nearer since the
 * last look, or is so near that no more can be seen; at a closed orbit once it was twice in succession within
 * `at_orbit` of its size; on a torus or a chaotic set once its mean distance to the samples of that set over a
 * round is like that of the set's own states. Those that remain are looked at alone after each round, the
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
#include "portrait/recurrence.h"
#include "portrait/shooting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUND_LOOKS = 8, FIRST_ALONE = 2, ALONE_AT_ONCE = 6, MOST_ASKED = 3 };

static const double first_look = 5;
static const double at_point = 1e-4, surely_at_point = 1e-9, at_orbit = 1e-3;
/* A trajectory this near to a target and coming nearer is not looked at alone; relative to the orbit's size. */
static const double approaching = 0.1;
/* Mean distance to samples, against that of the set's own states. */
static const double alike = 1.5;
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
        return grl_closed_distance(closed, hunt->system.time, n, h) / grl_closed_size(closed, n);
    }
    for (size_t i = 0; i < n; i++) apart = fmax(apart, fabs(h[i] - target->h[i]));
    return apart;
}

/* Where the row stands now. */
static void look(const grl_hunt_n *hunt, grl_row *row, const double *h)
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
        row->near = within ? (same ? row->near + 1 : 1) : 0;
        row->nearest = nearest;
        row->distance = distance;
    }
    for (size_t a = 0; a < hunt->aperiodic_count; a++)
        row->sum[a] += grl_lyapunov_distance(hunt->targets[hunt->aperiodic[a]].far, 1, h);
}

static void drop_settled(grl_hunt_n *hunt)
{
    size_t kept = 0;
    for (size_t i = 0; i < hunt->pool.active; i++) {
        size_t row = hunt->pool.list[i];
        if (hunt->rows[row].target == GRL_ATTRACTOR_UNDECIDED) hunt->pool.list[kept++] = row;
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

static grl_status by_exponents(grl_hunt_n *hunt, const double *h, grl_error *error)
{
    const int map = hunt->system.time == GRL_DISCRETE;
    grl_target target = {.which = GRL_ATTRACTOR_UNLISTED, .rotation = NAN, .rotation_error = NAN};
    grl_lyapunov far = {0};
    double difference;
    if (hunt->aperiodic_count == GRL_APERIODIC) return GRL_OK;
    grl_status status = grl_lyapunov_run(&hunt->system, h, exponents(hunt->system.n), hunt->options->max_time * 3,
                                         hunt->most / 8, &far, error);
    if (status != GRL_OK) return status;
    int known = far.motion != GRL_MOTION_UNDECIDED;
    for (size_t a = 0; a < hunt->aperiodic_count && known; a++) {
        const grl_lyapunov *other = hunt->targets[hunt->aperiodic[a]].far;
        if (grl_lyapunov_distance(other, 64, far.sample + (far.samples / 2) * far.n) < alike * other->self)
            known = 0; /* the same again; the row will be matched as it goes on */
    }
    if (known && far.motion == GRL_MOTION_CHAOS) {
        target.kind = GRL_ATTRACTOR_CHAOS;
        status = add_far(hunt, target, &far, error);
    } else if (known && far.zeros >= (map ? 1 : 2)) {
        status = grl_birkhoff(&hunt->system, &far, &difference, map ? &target.rotation : NULL,
                              &target.rotation_error, error);
        target.kind = map && far.zeros == 1 ? GRL_ATTRACTOR_CURVE : GRL_ATTRACTOR_TORUS;
        if (status == GRL_OK && difference < quasi_periodic) status = add_far(hunt, target, &far, error);
    }
    grl_lyapunov_free(&far);
    return status;
}

/* A point at which the trajectory rests and that the portrait does not list. */
static grl_status unlisted(grl_hunt_n *hunt, const double *h, grl_error *error)
{
    size_t n = hunt->system.n;
    grl_target target = {.kind = GRL_ATTRACTOR_POINT, .which = GRL_ATTRACTOR_UNLISTED};
    double *f = grl_calloc(2 * n + grl_cell_work(hunt->system.cell), sizeof *f), speed = 0;
    if (!f) return grl_fail_memory(error, 2 * n, sizeof *f);
    grl_cell_field(hunt->system.cell, NULL, h, f, f + n);
    for (size_t i = 0; i < n; i++) speed = fmax(speed, fabs(f[i]));
    for (size_t t = 0; t < hunt->target_count; t++)
        if (distance_to(hunt, &hunt->targets[t], h) < 10 * at_point) speed = INFINITY;
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

grl_status grl_attract_identify(grl_hunt_n *hunt, size_t row, int thorough, grl_error *error)
{
    const size_t n = hunt->system.n;
    grl_recurrence outcome;
    grl_closed closed = {0};
    double *h = grl_calloc(n, sizeof *h), window = fmin(hunt->options->max_time, fmax(200, 2 * hunt->time));
    if (!h) return grl_fail_memory(error, n, sizeof *h);
    memcpy(h, hunt->pool.H + row * n, n * sizeof *h);
    grl_status status = grl_recurrence_look(&hunt->system, h, window, hunt->options->max_period,
                                            hunt->most / 4, &outcome, &closed, error);
    if (status == GRL_OK && outcome == GRL_RECURRENCE_CLOSED) {
        grl_target target = {.kind = GRL_ATTRACTOR_CYCLE};
        int known = 0;
        for (size_t t = 0; t < hunt->target_count; t++)
            known = known || (hunt->targets[t].kind == GRL_ATTRACTOR_CYCLE &&
                              distance_to(hunt, &hunt->targets[t], closed.points + 1) < at_orbit);
        if (!known) status = grl_attract_add(hunt, target, &closed, error);
    } else if (status == GRL_OK && outcome == GRL_RECURRENCE_STILL) {
        status = unlisted(hunt, h, error);
    } else if (status == GRL_OK && thorough) {
        status = by_exponents(hunt, h, error);
    }
    grl_closed_drop(&closed);
    free(h);
    return status;
}

/* The first rows that nothing is known of. */
static grl_status look_alone(grl_hunt_n *hunt, int thorough, grl_error *error)
{
    grl_status status = GRL_OK;
    int asked = 0;
    for (size_t i = 0; i < hunt->pool.active && asked < ALONE_AT_ONCE && status == GRL_OK; i++) {
        size_t number = hunt->pool.list[i], before = hunt->target_count;
        grl_row *row = &hunt->rows[number];
        const double *h = hunt->pool.H + number * hunt->system.n;
        if (row->asked >= MOST_ASKED || hunt->system.operations > hunt->most) continue;
        if (row->distance < approaching && row->distance < 0.7 * row->before) continue;
        /* One found for an earlier row may be this one's too. */
        row->distance = INFINITY;
        look(hunt, row, h);
        if (row->target != GRL_ATTRACTOR_UNDECIDED || row->distance < 10 * at_orbit) continue;
        asked++;
        row->asked++;
        status = grl_attract_identify(hunt, number, thorough, error);
        if (hunt->target_count > before && hunt->targets[before].far) row->target = before;
    }
    return status;
}

static void end_round(grl_hunt_n *hunt)
{
    for (size_t i = 0; i < hunt->pool.active; i++) {
        grl_row *row = &hunt->rows[hunt->pool.list[i]];
        for (size_t a = 0; a < hunt->aperiodic_count; a++)
            if (row->target == GRL_ATTRACTOR_UNDECIDED &&
                row->sum[a] / ROUND_LOOKS < alike * hunt->targets[hunt->aperiodic[a]].far->self)
                row->target = hunt->aperiodic[a];
        row->before = row->distance;
        memset(row->sum, 0, sizeof row->sum);
    }
    drop_settled(hunt);
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

grl_status grl_attract_follow(grl_hunt_n *hunt, grl_error *error)
{
    grl_status status = GRL_OK;
    const int threads = hunt->options->threads;
    double look_time = first_look;
    for (int round = 0; hunt->pool.active > 0 && hunt->time < hunt->options->max_time; round++) {
        if (round > 2) look_time *= 2;
        for (int i = 0; i < ROUND_LOOKS && hunt->pool.active > 0 && status == GRL_OK; i++) {
            if (hunt->system.operations > hunt->most) break;
            if (grl_progress_stopped(hunt->options->progress))
                return grl_fail(error, GRL_STOPPED, "stopped while looking for attractors");
            status = grl_pool_run(&hunt->pool, &hunt->system, look_time, threads, error);
            if (status != GRL_OK) return status;
            hunt->time += look_time;
            for (size_t r = 0; r < hunt->pool.active; r++) {
                size_t row = hunt->pool.list[r];
                look(hunt, &hunt->rows[row], hunt->pool.H + row * hunt->system.n);
            }
            size_t before = hunt->pool.active;
            drop_settled(hunt);
            grl_progress_add(hunt->options->progress, (long long)(before - hunt->pool.active));
        }
        if (hunt->system.operations > hunt->most) {
            hunt->result->stopped_by = "effort";
            break;
        }
        int last = hunt->time >= hunt->options->max_time;
        if (last) end_at_degenerate(hunt);
        end_round(hunt);
        if (round >= FIRST_ALONE && !last) status = look_alone(hunt, round > FIRST_ALONE, error);
        if (status != GRL_OK) return status;
        drop_settled(hunt);
    }
    if (hunt->pool.active > 0 && strcmp(hunt->result->stopped_by, "done") == 0)
        hunt->result->stopped_by = "time";
    return status;
}
