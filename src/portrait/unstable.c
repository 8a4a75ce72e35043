/* unstable.c: unstable manifolds of saddles as trajectories, and periodic orbits of the map by Newton's method.
 *
 * A saddle p with one unstable direction v is left along p + `beside` v and p - `beside` v; one with two along a ring
 * p + `beside` (cos t e_1 + sin t e_2), where e_1, e_2 is an orthonormal basis of the real plane of both eigenvectors.
 * The manifold is tangent to that, so the distance to it is of the order of beside^2, and shrinks from then on. Each
 * trajectory is followed like a start (attract.c) to the attractor that it reaches; its points are those of a
 * second, more accurate integration.
 *
 * What makes it fail: saddles that are left so slowly that time runs out: those branches stay undecided. */
#include "portrait/unstable.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "portrait/course.h"
#include "portrait/shooting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RING = 32, MOST_ROWS = 256, MOST_POINTS = 200, MOST_RING_POINTS = 50 };
/* The search for periodic orbits. */
enum { SEARCH_UNITS = 4, SEARCH_PERIOD = 6, SEARCH_STARTS = 100 };

static const double beside = 1e-3;
/* Between points of a branch; of one of a ring. */
static const double spacing = 0.03, ring_spacing = 0.1;
static const double tolerance = 1e-8;
/* Two orbits nearer than this are the same. */
static const double same_orbit = 1e-6;

/* An orthonormal basis of the unstable directions, dimension x n. */
static void directions(const grl_fixed_point *point, size_t n, double *basis)
{
    int complex = point->eigenvalues[1] != 0 && point->unstable == 2;
    double size[2];
    for (int d = 0; d < point->unstable; d++)
        for (size_t i = 0; i < n; i++)
            basis[(size_t)d * n + i] = complex ? point->eigenvectors[2 * i + (size_t)d]
                                               : point->eigenvectors[2 * ((size_t)d * n + i)];
    grl_orthonormalize((size_t)point->unstable, n, basis, size, NULL);
}

static int is_saddle(const grl_fixed_point *point, size_t n)
{
    return (point->unstable == 1 || point->unstable == 2) && (size_t)point->unstable < n;
}

/* Where each branch begins: rows of the pool. */
static grl_status lay(grl_hunt_n *hunt, grl_error *error)
{
    const grl_portrait *p = hunt->portrait;
    grl_attractors *result = hunt->result;
    const size_t n = hunt->system.n;
    size_t row = 0;
    double *basis = grl_calloc(2 * n, sizeof *basis);
    if (!basis) return grl_fail_memory(error, 2 * n, sizeof *basis);
    for (size_t m = 0; m < result->manifold_count; m++) {
        grl_unstable_manifold *manifold = &result->manifolds[m];
        const grl_fixed_point *point = &p->points[manifold->saddle];
        directions(point, n, basis);
        for (size_t b = 0; b < manifold->count; b++, row++) {
            double angle = 6.283185307179586 * (double)b / (double)manifold->count;
            double *h = hunt->pool.H + row * n, c = manifold->count == 2 ? 1 - 2 * (double)b : cos(angle),
                   s = manifold->count == 2 ? 0 : sin(angle);
            manifold->branches[b].angle = angle;
            for (size_t i = 0; i < n; i++) {
                double shift = c * basis[i] + (manifold->dimension == 2 ? s * basis[n + i] : 0);
                h[i] = fmin(1, fmax(-1, point->h[i] + beside * shift));
            }
        }
    }
    free(basis);
    return GRL_OK;
}

/* The list of manifolds with room for their branches; *rows: how many these are. */
static grl_status list(grl_hunt_n *hunt, size_t *rows, grl_error *error)
{
    const grl_portrait *p = hunt->portrait;
    grl_attractors *result = hunt->result;
    *rows = 0;
    result->manifolds = grl_calloc(p->count, sizeof *result->manifolds);
    if (!result->manifolds) return grl_fail_memory(error, p->count, sizeof *result->manifolds);
    for (size_t i = 0; i < p->count; i++) {
        const grl_fixed_point *point = &p->points[i];
        size_t count = point->unstable == 1 ? 2 : RING;
        if (!is_saddle(point, hunt->system.n)) continue;
        if (*rows + count > MOST_ROWS || !point->eigenvectors) {
            result->saddles_left++;
            continue;
        }
        grl_unstable_manifold *manifold = &result->manifolds[result->manifold_count++];
        *manifold = (grl_unstable_manifold){.saddle = i, .dimension = point->unstable};
        manifold->branches = grl_calloc(count, sizeof *manifold->branches);
        if (!manifold->branches) return grl_fail_memory(error, count, sizeof *manifold->branches);
        manifold->count = count;
        *rows += count;
    }
    return GRL_OK;
}

typedef struct drawing {
    grl_unstable_branch *branch;
    size_t n, capacity, most;
    double apart;
} drawing;

/* Keeps the state, unless it is still near the last one kept; the first and `last` always. */
static grl_status keep(drawing *d, double t, const double *h, int last, grl_error *error)
{
    grl_unstable_branch *branch = d->branch;
    const size_t n = d->n;
    void *block = branch->points;
    if (branch->count > 0 && !last) {
        const double *before = branch->points + (branch->count - 1) * (1 + n) + 1;
        double squares = 0;
        for (size_t i = 0; i < n; i++) squares += (h[i] - before[i]) * (h[i] - before[i]);
        if (squares < d->apart * d->apart || branch->count >= d->most) return GRL_OK;
    }
    if (!grl_grow(&block, &d->capacity, branch->count, (1 + n) * sizeof(double)))
        return grl_fail_memory(error, branch->count + 1, (1 + n) * sizeof(double));
    branch->points = block;
    double *at = branch->points + branch->count++ * (1 + n);
    at[0] = t;
    memcpy(at + 1, h, n * sizeof *h);
    return GRL_OK;
}

static grl_status draw(grl_hunt_n *hunt, const double *h, double time, int dimension,
                       grl_unstable_branch *branch, grl_error *error)
{
    const size_t n = hunt->system.n;
    const int flow = hunt->system.time == GRL_CONTINUOUS;
    drawing d = {branch, n, 0, dimension == 1 ? MOST_POINTS : MOST_RING_POINTS,
                 dimension == 1 ? spacing : ring_spacing};
    grl_course course;
    grl_status status =
        grl_course_create(&hunt->system, 0, false, &grl_ode_dopri5, tolerance, tolerance, &course, error);
    if (status == GRL_OK) memcpy(course.y, h, n * sizeof *h);
    if (status == GRL_OK) status = keep(&d, 0, h, 0, error);
    if (status == GRL_OK && !flow) {
        long long steps = llround(time / hunt->system.dt);
        for (long long i = 1; i <= steps && status == GRL_OK && branch->count < d.most; i++) {
            grl_course_run(&course, 1);
            status = keep(&d, (double)i, course.y, i == steps, error);
        }
    }
    if (status == GRL_OK && flow) {
        grl_ode_outcome outcome = GRL_ODE_STEP;
        grl_course_begin(&course);
        while (outcome == GRL_ODE_STEP && status == GRL_OK && branch->count < d.most) {
            grl_ode *ode = &course.ode;
            outcome = grl_ode_step(ode, time);
            for (int k = 1; k <= 8 && status == GRL_OK; k++) {
                double t = k == 8 ? ode->t : ode->t_old + (ode->t - ode->t_old) * k / 8;
                grl_ode_dense(ode, t, course.y);
                status = keep(&d, t, course.y, k == 8 && outcome != GRL_ODE_STEP, error);
            }
        }
        grl_course_end(&course);
    }
    grl_course_free(&course);
    return status;
}

grl_status grl_unstable_follow(grl_hunt_n *hunt, grl_error *error)
{
    grl_attractors *result = hunt->result;
    const size_t n = hunt->system.n;
    const char *stopped_by = result->stopped_by;
    size_t rows, row = 0;
    double *begin = NULL;
    grl_status status = list(hunt, &rows, error);
    if (status != GRL_OK || rows == 0) return status;
    grl_pool_free(&hunt->pool);
    free(hunt->rows);
    hunt->rows = grl_calloc(rows, sizeof *hunt->rows);
    begin = grl_calloc(rows * n, sizeof *begin);
    if (!hunt->rows || !begin) {
        status = grl_fail_memory(error, rows * n, sizeof *begin);
        goto done;
    }
    for (size_t r = 0; r < rows; r++)
        hunt->rows[r] =
            (grl_row){.target = GRL_ATTRACTOR_UNDECIDED, .distance = INFINITY, .before = INFINITY};
    status = grl_pool_create(n, rows, &hunt->pool, error);
    if (status == GRL_OK) status = lay(hunt, error);
    if (status != GRL_OK) goto done;
    memcpy(begin, hunt->pool.H, rows * n * sizeof *begin);
    hunt->time = 0;
    hunt->looked = hunt->system.operations;
    hunt->most /= 5;
    hunt->all = 1;
    status = grl_attract_follow(hunt, error);
    result->stopped_by = stopped_by;
    for (size_t m = 0; m < result->manifold_count && status == GRL_OK; m++)
        for (size_t b = 0; b < result->manifolds[m].count && status == GRL_OK; b++, row++) {
            grl_unstable_branch *branch = &result->manifolds[m].branches[b];
            const grl_row *at = &hunt->rows[row];
            branch->attractor = at->target;
            if (n <= GRL_BRANCH_UNITS)
                status = draw(hunt, begin + row * n, at->settled > 0 ? at->settled : hunt->time,
                              result->manifolds[m].dimension, branch, error);
        }
done:
    free(begin);
    return status;
}

static int is_new(const grl_hunt_n *hunt, const grl_closed *closed)
{
    for (size_t c = 0; c < hunt->result->closed_count; c++) {
        const grl_closed *other = &hunt->result->closed[c];
        if (other->period == closed->period &&
            grl_closed_distance(other, GRL_DISCRETE, hunt->system.n, closed->points + 1) < same_orbit)
            return 0;
    }
    return 1;
}

grl_status grl_unstable_periodic(grl_hunt_n *hunt, grl_error *error)
{
    const size_t n = hunt->system.n;
    double h[SEARCH_UNITS];
    grl_status status = GRL_OK;
    if (hunt->system.time != GRL_DISCRETE || n > SEARCH_UNITS) return GRL_OK;
    hunt->system.limit = 0;
    for (int k = 2; k <= SEARCH_PERIOD && status == GRL_OK; k++)
        for (int i = 0; i < SEARCH_STARTS && status == GRL_OK; i++) {
            /* Streams from 2^32 on are not those of the starts. */
            grl_random random = grl_random_stream(hunt->options->seed, ((uint64_t)k << 32) + (uint64_t)i);
            grl_closed closed;
            int found;
            for (size_t j = 0; j < n; j++) h[j] = 2 * grl_random_uniform(&random) - 1;
            status = grl_shooting_find(&hunt->system, h, k, &closed, &found, error);
            if (status == GRL_OK && found && is_new(hunt, &closed))
                status = grl_attract_add(hunt, (grl_target){.kind = GRL_ATTRACTOR_CYCLE}, &closed, error);
            grl_closed_drop(&closed);
        }
    hunt->result->period_searched = SEARCH_PERIOD;
    return status;
}
