/* edge.c: saddle cycles on the borders between basins, by tracking the edge (Skufca, Yorke and Eckhardt 2006).
 *
 * Of two starts that end at different attractors one goes to the middle of the segment between them, again and again,
 * until the two ends are a rounding apart: between them lies the border of the basin, the stable manifold of a
 * saddle point, a saddle cycle or something wilder. A trajectory from there stays near the border, and goes on it towards
 * that saddle, for a time of about log(1e13) over its unstable exponent; on the way returns near earlier states
 * give Newton's method a start, as for attracting orbits (recurrence.c). When the two ends have come apart, the segment
 * between them is halved again.
 *
 * What makes it fail: edges that lead to saddle points (then there is nothing to add) or to chaotic sets; orbits
 * with two and more unstable directions, which no border shows. */
#include "portrait/edge.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "portrait/course.h"
#include "portrait/recurrence.h"
#include "portrait/shooting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PAIRS = 6, MOST_ROUNDS = 4, HALVINGS = 60, EDGE_UNITS = 64 };

static const double tolerance = 1e-9;
static const double look_time = 5, longest = 2000;
/* The ends: how near they are brought, and how far apart they are when the segment is halved again. */
static const double together = 4e-15, asunder = 1e-3;
/* How much wider than usual the places are where a trajectory has ended. */
static const double wide = 10;
/* The shortest time near the edge that is worth a look. */
static const double shortest = 5;

typedef struct edge {
    grl_hunt_n *hunt;
    size_t n, target;
    double most;                       /* operations, as the system counts them */
    double *in, *out, *middle, *other; /* n each: goes to the target; does not; scratch */
    grl_course course;
} edge;

static double between(const edge *e)
{
    double apart = 0;
    for (size_t i = 0; i < e->n; i++) apart = fmax(apart, fabs(e->in[i] - e->out[i]));
    return apart;
}

/* 1: h ends at the target; 0: elsewhere, or it does not settle. */
static int ends_there(edge *e, const double *h)
{
    size_t which;
    const double step =
        e->hunt->system.time == GRL_DISCRETE ? ceil(look_time / e->hunt->system.dt) : look_time;
    memcpy(e->course.y, h, e->n * sizeof *h);
    for (double t = 0; t < longest; t += look_time) {
        if (!grl_course_run(&e->course, step)) return 0;
        if (grl_attract_settles(e->hunt, e->course.y, wide, &which)) return which == e->target;
    }
    return 0;
}

static void halve(edge *e)
{
    for (int i = 0; i < HALVINGS && between(e) > together; i++) {
        if (e->hunt->system.operations > e->most) return;
        for (size_t k = 0; k < e->n; k++) e->middle[k] = 0.5 * (e->in[k] + e->out[k]);
        memcpy(ends_there(e, e->middle) ? e->in : e->out, e->middle, e->n * sizeof(double));
    }
}

/* Both ends go on until they are asunder; how long that took (map: in steps). */
static double part(edge *e)
{
    double time = 0, step = e->hunt->system.time == GRL_DISCRETE ? 1 : 0.5;
    while (time < longest && between(e) < asunder) {
        for (int end = 0; end < 2; end++) {
            double *h = end ? e->out : e->in;
            memcpy(e->course.y, h, e->n * sizeof *h);
            if (!grl_course_run(&e->course, step)) return 0;
            memcpy(h, e->course.y, e->n * sizeof *h);
        }
        time += step;
    }
    return time;
}

static grl_status track(edge *e, grl_error *error)
{
    grl_hunt_n *hunt = e->hunt;
    grl_status status = GRL_OK;
    int done = 0;
    for (int round = 0; round < MOST_ROUNDS && status == GRL_OK && !done; round++) {
        halve(e);
        if (hunt->system.operations > e->most) break;
        memcpy(e->other, e->in, e->n * sizeof *e->other);
        double time = part(e);
        if (time < shortest) break;
        grl_recurrence outcome;
        grl_closed closed;
        hunt->system.limit = e->most;
        status =
            grl_recurrence_look(&hunt->system, e->other, time, hunt->options->max_period, hunt->most / 20, 1,
                                hunt->result->closed, hunt->result->closed_count, &outcome, &closed, error);
        done = outcome != GRL_RECURRENCE_NONE || between(e) < asunder;
        if (status == GRL_OK && outcome == GRL_RECURRENCE_CLOSED)
            status = grl_attract_add(hunt, (grl_target){.kind = GRL_ATTRACTOR_CYCLE}, &closed, error);
        grl_closed_drop(&closed);
    }
    return status;
}

/* A start that ended at the target; false if there is none. */
static int start_of(const grl_hunt_n *hunt, size_t target, double *h)
{
    for (size_t r = 0; r < hunt->result->starts; r++) {
        if (hunt->rows[r].target != target) continue;
        grl_random random = grl_random_stream(hunt->options->seed, r);
        for (size_t k = 0; k < hunt->system.n; k++) h[k] = 2 * grl_random_uniform(&random) - 1;
        return 1;
    }
    return 0;
}

grl_status grl_edge_look(grl_hunt_n *hunt, grl_error *error)
{
    size_t n = hunt->system.n, targets = hunt->target_count, largest = 0, pairs = 0;
    edge e = {.hunt = hunt, .n = n, .most = hunt->system.operations + hunt->most / 2};
    if (n > EDGE_UNITS) return GRL_OK;
    for (size_t t = 0; t < targets; t++)
        if (!hunt->targets[t].far && hunt->targets[t].starts > hunt->targets[largest].starts) largest = t;
    grl_status status = grl_course_create(&hunt->system, 0, false, &grl_ode_dopri5, tolerance, tolerance / 10,
                                          &e.course, error);
    e.in = grl_calloc(4 * n, sizeof *e.in);
    if (status == GRL_OK && !e.in) status = grl_fail_memory(error, 4 * n, sizeof *e.in);
    if (status != GRL_OK) goto done;
    e.out = e.in + n;
    e.middle = e.out + n;
    e.other = e.middle + n;
    for (size_t t = 0; t < targets && pairs < MOST_PAIRS && status == GRL_OK; t++) {
        e.target = t;
        if (t == largest || hunt->targets[t].far || !start_of(hunt, t, e.in) ||
            !start_of(hunt, largest, e.out))
            continue;
        pairs++;
        status = track(&e, error);
    }
done:
    grl_course_free(&e.course);
    free(e.in);
    return status;
}
