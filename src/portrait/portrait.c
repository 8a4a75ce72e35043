/* portrait.c: the fixed points of one network, by proof where it is quick, else by search.
 *
 * Up to three units: branch-and-prune, all of it in planar.c. Four to six units: the same with LAPACK's
 * eigenvalues; if the proof runs into its limit and the method was left open, what it found is given up for a
 * search. More: search. Slow points always come from a search. */
#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"
#include "portrait/assemble.h"
#include "portrait/search.h"
#include "portrait/slow.h"
#include "portrait/spectrum_large.h"
#include "portrait/stability.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Starts of the search for slow points where the fixed points were proven; units from which BLAS is quicker
 * than loops, and threads than one. */
enum { SLOW_STARTS = 256, BLAS_FROM = 12, THREADS_FROM = 12 };

#define MOST_BYTES 4.0e8 /* to describe points; with more units, fewer threads */

/* Boxes before branch-and-prune gives way to the search when the method is left open: about half a second of
 * work. */
#define QUICK_BOXES 2000000

_Static_assert((int)GRL_PROVE_UNITS == (int)GRL_BOX_UNITS, "what is promised is what the kernels can do");

/* Room to describe one point. */
typedef struct desk {
    double *J, *scratch, *vectors; /* n x n; n x n; n x n pairs, or NULL if every point has its own */
    double *work;                  /* grl_cell_work and 7 n */
} desk;

static void desk_free(desk *d)
{
    free(d->J);
    free(d->work);
}

static grl_status desk_create(const grl_cell *cell, desk *d, grl_error *error)
{
    size_t n = cell->n, matrices = n > GRL_EIGENVECTOR_UNITS ? 4 : 2, numbers = grl_cell_work(cell) + 7 * n;
    *d = (desk){.J = grl_calloc(matrices * n * n, sizeof(double)),
                .work = grl_calloc(numbers, sizeof(double))};
    if (!d->J || !d->work) {
        desk_free(d);
        return grl_fail_memory(error, matrices * n * n, sizeof(double));
    }
    d->scratch = d->J + n * n;
    d->vectors = matrices > 2 ? d->scratch + n * n : NULL;
    return GRL_OK;
}

/* d->J = Df at h. */
static void jacobian(const grl_cell *cell, const double *h, desk *d)
{
    size_t n = cell->n;
    if (n < BLAS_FROM)
        grl_cell_jacobian(cell, NULL, h, d->J, d->work);
    else
        grl_slow_jacobian(cell, h, d->work, d->J, d->scratch, d->work + n);
}

/* Eigenvalues and type of one point whose h, a, error bound and certificate are known. */
static grl_status describe(const grl_cell *cell, const grl_portrait *portrait, grl_fixed_point *point,
                           desk *d, grl_error *error)
{
    size_t n = cell->n, stable = 0, unstable = 0;
    double norm = 0, *vectors = point->eigenvectors ? point->eigenvectors : d->vectors;
    int decided = 0;
    grl_status status = GRL_OK;
    jacobian(cell, point->h, d);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++) sum += fabs(d->J[i * n + k]);
        norm = fmax(norm, sum);
    }
    if (n <= GRL_SMALL_UNITS)
        grl_spectrum_small(n, d->J, point->eigenvalues, vectors);
    else
        status = grl_spectrum_dense(n, d->J, point->eigenvalues, vectors, error);
    if (status == GRL_OK && point->certified)
        status = grl_inertia_certify(cell, portrait->time, portrait->dt, point->h, point->error_bound,
                                     point->eigenvalues, n > GRL_SMALL_UNITS ? vectors : NULL, &decided,
                                     &stable, &unstable, error);
    if (status == GRL_OK) status = grl_index_dense(cell, point->h, &point->index, error);
    point->stability_proven = decided;
    return status == GRL_OK
               ? grl_portrait_classify(portrait, point, norm, decided ? (int)unstable : -1, error)
               : status;
}

/* Eigenvalues at a slow point, of the flow. */
static grl_status describe_slow(const grl_cell *cell, grl_slow_point *slow, desk *d, grl_error *error)
{
    size_t n = cell->n;
    grl_status status = GRL_OK;
    jacobian(cell, slow->h, d);
    if (n <= GRL_SMALL_UNITS)
        grl_spectrum_small(n, d->J, slow->eigenvalues, NULL);
    else
        status = grl_spectrum_dense(n, d->J, slow->eigenvalues, NULL, error);
    return status == GRL_OK ? grl_spectrum_sort(n, GRL_CONTINUOUS, slow->eigenvalues, NULL, error) : status;
}

/* Describes the points from number `first` on and all slow points, each on one thread. Of several failures
 * the first in order counts. */
static grl_status describe_all(const grl_cell *cell, const grl_portrait_options *options,
                               grl_portrait *portrait, size_t first, grl_error *error)
{
    size_t n = cell->n, points = portrait->count, all = points + portrait->slow_count;
    grl_status status = GRL_OK;
    double bytes = 140.0 * (double)n * (double)n + 1e5; /* the proof of stability needs most of it */
    int threads = n < THREADS_FROM ? 1 : options->threads > 0 ? options->threads : omp_get_num_procs();
    while (threads > 1 && (threads * bytes > MOST_BYTES || (size_t)threads > all - first)) threads--;
    grl_error *places = grl_calloc(all, sizeof *places);
    if (!places) return grl_fail_memory(error, all, sizeof *places);

    grl_dense_serial();
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        desk d = {0};
        grl_error none = {0};
        grl_status ready = desk_create(cell, &d, &none);
#pragma omp for schedule(dynamic, 1)
        for (size_t i = first; i < all; i++) {
            if (ready != GRL_OK)
                places[i] = none;
            else
                places[i].status = i < points
                                       ? describe(cell, portrait, &portrait->points[i], &d, &places[i])
                                       : describe_slow(cell, &portrait->slow[i - points], &d, &places[i]);
        }
        desk_free(&d);
    }
    for (size_t i = first; i < all && status == GRL_OK; i++) {
        status = places[i].status;
        if (status != GRL_OK && error) *error = places[i];
    }
    free(places);
    return status;
}

static grl_status by_proof(const grl_cell *cell, const grl_portrait_options *options, long long max_boxes,
                           double *work, grl_portrait **portrait, grl_error *error)
{
    grl_proof proof = {0};
    grl_prove_options prove = {max_boxes, 0, grl_isa_best(), options->progress};
    grl_status status = grl_portrait_create(cell, options, GRL_METHOD_PROVE, portrait, error);
    if (status == GRL_OK) status = grl_prove(1, &cell, &prove, &proof, error);
    if (status == GRL_OK) status = grl_portrait_take_proof(cell, &proof, *portrait, work, error);
    grl_proof_free(&proof);
    return status;
}

static grl_status take_slow_points(const grl_cell *cell, const grl_search_result *found,
                                   grl_portrait *portrait, grl_error *error)
{
    size_t n = cell->n;
    portrait->slow = grl_calloc(found->slow_count, sizeof *portrait->slow);
    if (!portrait->slow) return grl_fail_memory(error, found->slow_count, sizeof *portrait->slow);
    for (size_t i = 0; i < found->slow_count; i++) {
        grl_slow_point *slow = &portrait->slow[portrait->slow_count++];
        slow->h = grl_calloc(n, sizeof(double));
        slow->eigenvalues = grl_calloc(2 * n, sizeof(double));
        if (!slow->h || !slow->eigenvalues) return grl_fail_memory(error, 2 * n, sizeof(double));
        memcpy(slow->h, found->slow_h + i * n, n * sizeof(double));
        slow->speed = found->slow_speed[i];
        slow->starts = found->slow_starts[i];
    }
    return GRL_OK;
}

/* Beside a proof, the slow points of a short search. */
static grl_status add_slow_points(const grl_cell *cell, const grl_portrait_options *options,
                                  grl_portrait *portrait, grl_error *error)
{
    grl_portrait_options brief = *options;
    grl_search_result found = {0};
    if (options->points_only) return GRL_OK;
    brief.max_starts = SLOW_STARTS;
    grl_status status = grl_search(cell, &brief, &found, error);
    if (status == GRL_OK) status = take_slow_points(cell, &found, portrait, error);
    grl_search_free(&found);
    return status;
}

static grl_status by_search(const grl_cell *cell, const grl_portrait_options *options, double *work,
                            grl_portrait **portrait, grl_error *error)
{
    size_t n = cell->n;
    grl_search_result found = {0};
    grl_status status = grl_portrait_create(cell, options, GRL_METHOD_SEARCH, portrait, error);
    if (status == GRL_OK) status = grl_search(cell, options, &found, error);
    for (size_t i = 0; status == GRL_OK && i < found.count; i++) {
        grl_fixed_point *point;
        const double *h = found.h + i * n;
        status = grl_portrait_add(*portrait, h, found.a + i * n, &point, error);
        if (status != GRL_OK) break;
        double *f = work + grl_cell_work(cell);
        grl_cell_field(cell, NULL, h, f, work);
        for (size_t k = 0; k < n; k++) point->residual = fmax(point->residual, fabs(f[k]));
        point->certified = found.radius[i] >= 0;
        point->error_bound = point->certified ? found.radius[i] : 1e-8;
        point->starts = found.starts[i];
    }
    if (status == GRL_OK) status = take_slow_points(cell, &found, *portrait, error);
    if (status == GRL_OK) {
        (*portrait)->starts = found.starts_used;
        (*portrait)->unseen = found.unseen;
        (*portrait)->stopped_by = found.stopped_by;
    }
    grl_search_free(&found);
    return status;
}

static grl_status check_options(const grl_portrait_options *o, size_t n, grl_error *error)
{
    if (o->time != GRL_CONTINUOUS && o->time != GRL_DISCRETE)
        return grl_fail(error, GRL_BAD_INPUT, "time: expected continuous or discrete, found %d",
                        (int)o->time);
    if (!(o->dt > 0 && o->dt <= 1))
        return grl_fail(error, GRL_BAD_INPUT, "dt: expected more than 0 and at most 1, found %g", o->dt);
    if (o->max_boxes < 1)
        return grl_fail(error, GRL_BAD_INPUT, "max_boxes: expected at least 1, found %lld", o->max_boxes);
    if (o->max_starts < 0)
        return grl_fail(error, GRL_BAD_INPUT, "max_starts: expected 0 or more, found %lld", o->max_starts);
    if (!(o->unseen > 0 && o->unseen <= 1))
        return grl_fail(error, GRL_BAD_INPUT, "unseen: expected more than 0 and at most 1, found %g",
                        o->unseen);
    if (o->method == GRL_METHOD_PROVE && n > GRL_PROVE_UNITS)
        return grl_fail(error, GRL_BAD_INPUT,
                        "method: a complete proof is possible for at most %d units, this network has %zu",
                        (int)GRL_PROVE_UNITS, n);
    return GRL_OK;
}

grl_status grl_portrait_compute(const grl_cell *cell, const double *x, const grl_portrait_options *options,
                                grl_portrait **portrait, grl_error *error)
{
    grl_portrait_options defaults = grl_portrait_defaults();
    const grl_portrait_options *o = options ? options : &defaults;
    size_t n = cell->n, described = 0;
    double *work = NULL;
    grl_cell *autonomous = NULL;
    *portrait = NULL;

    grl_status status = check_options(o, n, error);
    if (status == GRL_OK) status = grl_cell_check(cell, error);
    if (status == GRL_OK) status = grl_cell_at_input(cell, x, &autonomous, error);
    if (status != GRL_OK) goto done;
    work = grl_calloc(grl_cell_work(autonomous) + n, sizeof *work);
    if (!work) {
        status = grl_fail_memory(error, grl_cell_work(autonomous) + n, sizeof *work);
        goto done;
    }

    int open = o->method == GRL_METHOD_AUTO;
    if (o->method != GRL_METHOD_SEARCH && n <= GRL_SMALL_UNITS) {
        status = grl_portrait_planar(autonomous, o, portrait, error);
        if (status == GRL_OK) described = (*portrait)->count;
        if (status == GRL_OK) status = add_slow_points(autonomous, o, *portrait, error);
        goto done;
    }
    if (o->method != GRL_METHOD_SEARCH && n <= GRL_BOX_UNITS) {
        long long limit = open && o->max_boxes > QUICK_BOXES ? QUICK_BOXES : o->max_boxes;
        status = by_proof(autonomous, o, limit, work, portrait, error);
        if (status == GRL_OK && (!open || strcmp((*portrait)->stopped_by, "limit") != 0)) {
            status = add_slow_points(autonomous, o, *portrait, error);
            goto done;
        }
        if (status != GRL_OK) goto done;
        grl_portrait_free(*portrait);
        *portrait = NULL;
    }
    status = by_search(autonomous, o, work, portrait, error);
done:
    if (status == GRL_OK) status = describe_all(autonomous, o, *portrait, described, error);
    if (status == GRL_OK) {
        grl_portrait_finish(*portrait);
    } else {
        grl_portrait_free(*portrait);
        *portrait = NULL;
    }
    grl_cell_free(autonomous);
    free(work);
    return status;
}
