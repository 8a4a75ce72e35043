/* assemble.c: a portrait from the points that were found: order, types, indices, degenerate points. */
#include "portrait/assemble.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/elementary.h"
#include "num/interval.h"

#include <grulens/attractors.h>
#include <grulens/cycles.h>
#include <grulens/map_manifolds.h>
#include <grulens/separatrices.h>
#include <grulens/slow.h>
#include <stdlib.h>
#include <string.h>

const char *grl_point_type_name(grl_point_type type)
{
    static const char *const names[] = {"stable",         "unstable", "half-stable",  "stable node",
                                        "stable focus",   "saddle",   "saddle-focus", "unstable node",
                                        "unstable focus", "center",   "degenerate"};
    return names[type];
}

grl_portrait_options grl_portrait_defaults(void)
{
    return (grl_portrait_options){
        .time = GRL_CONTINUOUS, .dt = 1, .method = GRL_METHOD_AUTO, .max_boxes = 4000000, .unseen = 0.005};
}

grl_status grl_portrait_create(const grl_cell *autonomous, const grl_portrait_options *options,
                               grl_method method, grl_portrait **portrait, grl_error *error)
{
    *portrait = grl_calloc(1, sizeof **portrait);
    if (!*portrait) return grl_fail_memory(error, 1, sizeof **portrait);
    (*portrait)->hidden_size = autonomous->n;
    (*portrait)->time = options->time;
    (*portrait)->dt = options->time == GRL_DISCRETE ? options->dt : 1;
    (*portrait)->method = method;
    (*portrait)->unseen = 1;
    return GRL_OK;
}

static void free_point(grl_fixed_point *point)
{
    free(point->h);
    free(point->a);
    free(point->eigenvalues);
    free(point->eigenvectors);
    free(point->time_constants);
    free(point->box);
}

void grl_portrait_free(grl_portrait *portrait)
{
    if (!portrait) return;
    for (size_t i = 0; i < portrait->count; i++) free_point(&portrait->points[i]);
    for (size_t i = 0; i < portrait->slow_count; i++) {
        free(portrait->slow[i].h);
        free(portrait->slow[i].eigenvalues);
    }
    free(portrait->points);
    free(portrait->slow);
    free(portrait->undecided_boxes);
    grl_cycles_free(portrait->cycles);
    grl_attractors_free(portrait->attractors);
    grl_separatrices_free(portrait->separatrices);
    grl_slow_manifolds_free(portrait->slow_manifolds);
    grl_map_manifolds_free(portrait->map_manifolds);
    free(portrait->signature);
    free(portrait->signature_name);
    free(portrait->signature_reason);
    free(portrait);
}

grl_status grl_portrait_add(grl_portrait *portrait, const double *h, const double *a, grl_fixed_point **point,
                            grl_error *error)
{
    size_t n = portrait->hidden_size;
    grl_fixed_point *grown = grl_resize(portrait->points, portrait->count + 1, sizeof *grown);
    if (!grown) return grl_fail_memory(error, portrait->count + 1, sizeof *grown);
    portrait->points = grown;
    grl_fixed_point *new = &grown[portrait->count];
    *new = (grl_fixed_point){.h = grl_calloc(n, sizeof(double)),
                             .a = grl_calloc(n, sizeof(double)),
                             .eigenvalues = grl_calloc(2 * n, sizeof(double)),
                             .time_constants = grl_calloc(n, sizeof(double))};
    if (n <= GRL_EIGENVECTOR_UNITS) new->eigenvectors = grl_calloc(2 * n * n, sizeof(double));
    if (!new->h || !new->a || !new->eigenvalues || !new->time_constants ||
        (n <= GRL_EIGENVECTOR_UNITS && !new->eigenvectors)) {
        free_point(new);
        return grl_fail_memory(error, 2 * n * n, sizeof(double));
    }
    memcpy(new->h, h, n * sizeof *h);
    memcpy(new->a, a, n * sizeof *a);
    portrait->count++;
    *point = new;
    return GRL_OK;
}

static grl_point_type type_of(size_t n, size_t unstable, int complex_pair)
{
    if (n == 1) return unstable ? GRL_UNSTABLE : GRL_STABLE;
    if (unstable == 0) return complex_pair ? GRL_STABLE_FOCUS : GRL_STABLE_NODE;
    if (unstable == n) return complex_pair ? GRL_UNSTABLE_FOCUS : GRL_UNSTABLE_NODE;
    return complex_pair ? GRL_SADDLE_FOCUS : GRL_SADDLE;
}

/* Exchanges eigenvalues i and j and their vectors. */
static void exchange(grl_fixed_point *point, size_t n, size_t i, size_t j)
{
    for (size_t k = 0; k < 2; k++) {
        double swap = point->eigenvalues[2 * i + k];
        point->eigenvalues[2 * i + k] = point->eigenvalues[2 * j + k];
        point->eigenvalues[2 * j + k] = swap;
    }
    for (size_t k = 0; point->eigenvectors && k < 2 * n; k++) {
        double swap = point->eigenvectors[2 * n * i + k];
        point->eigenvectors[2 * n * i + k] = point->eigenvectors[2 * n * j + k];
        point->eigenvectors[2 * n * j + k] = swap;
    }
}

grl_status grl_portrait_classify(const grl_portrait *portrait, grl_fixed_point *point, double norm,
                                 int proven, grl_error *error)
{
    size_t n = portrait->hidden_size, unstable = 0, on_border = 0, real_on_border = 0;
    int map = portrait->time == GRL_DISCRETE, complex_pair = 0, sign = 1;
    double dt = portrait->dt, *e = point->eigenvalues;
    double *key = grl_calloc(n, sizeof *key);
    if (!key) return grl_fail_memory(error, n, sizeof *key);

    for (size_t k = 0; k < n; k++) {
        double re = e[2 * k], im = e[2 * k + 1], excess;
        if (im == 0) sign *= re < 0 ? 1 : re > 0 ? -1 : 0; /* complex pairs contribute |lambda|^2 > 0 */
        if (map) {
            /* |1 + dt lambda|^2 - 1, without cancellation */
            double step_re = dt * re, step_im = dt * im;
            excess = 2 * step_re + step_re * step_re + step_im * step_im;
            e[2 * k] = 1 + step_re;
            e[2 * k + 1] = step_im;
            key[k] = hypot(1 + step_re, step_im);
            point->time_constants[k] = excess > -1 ? -2 * dt / log1p(excess) : 0;
        } else {
            excess = re;
            key[k] = re;
            point->time_constants[k] = -1 / re;
        }
        if (proven < 0 && fabs(excess) <= 1e-12 * (map ? 1 + dt * norm : norm)) {
            on_border++;
            if (im == 0) real_on_border++;
        }
        unstable += excess > 0;
        /* A double real eigenvalue is computed as a pair with an imaginary part up to the square root of
         * rounding. */
        if (fabs(im) > 4e-8 * hypot(re, im)) complex_pair = 1;
    }
    if (proven >= 0) unstable = (size_t)proven;
    point->unstable = (int)unstable;
    if (point->index == 0) point->index = sign;
    if (point->box || real_on_border > 0 || on_border > 2)
        point->type = GRL_DEGENERATE;
    else if (on_border == 2)
        point->type = GRL_CENTER;
    else
        point->type = type_of(n, unstable, complex_pair);
    if (point->type == GRL_DEGENERATE && !point->certified) point->index = 0;

    for (size_t i = 1; i < n; i++) /* by insertion: equal keys keep their order, so pairs stay together */
        for (size_t k = i; k > 0 && key[k] > key[k - 1]; k--) {
            double swap = key[k];
            key[k] = key[k - 1];
            key[k - 1] = swap;
            swap = point->time_constants[k];
            point->time_constants[k] = point->time_constants[k - 1];
            point->time_constants[k - 1] = swap;
            exchange(point, n, k, k - 1);
        }
    free(key);
    return GRL_OK;
}

static int by_state(const void *left, const void *right, size_t n)
{
    const grl_fixed_point *a = left, *b = right;
    for (size_t i = 0; i < n; i++) {
        /* by pre-activation: the same order as by h, and it tells saturated points apart */
        if (a->a[i] < b->a[i]) return -1;
        if (a->a[i] > b->a[i]) return 1;
    }
    return 0;
}

void grl_portrait_finish(grl_portrait *portrait)
{
    for (size_t i = 1; i < portrait->count; i++)
        for (size_t k = i;
             k > 0 && by_state(&portrait->points[k], &portrait->points[k - 1], portrait->hidden_size) < 0;
             k--) {
            grl_fixed_point swap = portrait->points[k];
            portrait->points[k] = portrait->points[k - 1];
            portrait->points[k - 1] = swap;
        }
    portrait->index_sum = 0;
    for (size_t i = 0; i < portrait->count; i++) portrait->index_sum += portrait->points[i].index;
}

static double speed_at(const grl_cell *cell, const double *h, double *f, double *work)
{
    double most = 0;
    grl_cell_field(cell, NULL, h, f, work);
    for (size_t i = 0; i < cell->n; i++) most = fmax(most, fabs(f[i]));
    return most;
}

/* The point of a box: its middle in a, with h between the enclosing ends of tanh. */
static grl_status add_box(const grl_cell *cell, const double *box, grl_portrait *portrait, double *work,
                          grl_fixed_point **point, grl_error *error)
{
    size_t n = cell->n;
    double a[GRL_BOX_UNITS], h[GRL_BOX_UNITS], f[GRL_BOX_UNITS], bound = 0;
    for (size_t i = 0; i < n; i++) {
        grl_interval range = {box[2 * i], box[2 * i + 1]};
        interval_tanh(1, &range);
        a[i] = 0.5 * (box[2 * i] + box[2 * i + 1]);
        h[i] = elementary_tanh(a[i]);
        bound = fmax(bound, fmax(interval_above(range.hi - h[i]), interval_above(h[i] - range.lo)));
    }
    grl_status status = grl_portrait_add(portrait, h, a, point, error);
    if (status != GRL_OK) return status;
    (*point)->error_bound = bound;
    (*point)->residual = speed_at(cell, h, f, work);
    return GRL_OK;
}

grl_status grl_portrait_take_proof(const grl_cell *autonomous, const grl_proof *proof, grl_portrait *portrait,
                                   double *work, grl_error *error)
{
    size_t n = autonomous->n;
    grl_status status = GRL_OK;
    grl_fixed_point *point;
    portrait->complete = proof->complete;
    portrait->boxes = proof->boxes;
    portrait->stopped_by = proof->limited ? "limit" : "done";

    for (size_t i = 0; i < proof->points.count; i++) {
        status = add_box(autonomous, proof->points.values + i * 2 * n, portrait, work, &point, error);
        if (status != GRL_OK) return status;
        point->certified = 1;
    }
    for (size_t i = 0; i < proof->undecided.count; i++) {
        const double *box = proof->undecided.values + i * 2 * n;
        status = add_box(autonomous, box, portrait, work, &point, error);
        if (status != GRL_OK) return status;
        point->box = grl_calloc(2 * n, sizeof(double));
        if (!point->box) return grl_fail_memory(error, 2 * n, sizeof(double));
        for (size_t k = 0; k < n; k++) {
            grl_interval range = {box[2 * k], box[2 * k + 1]};
            interval_tanh(1, &range);
            point->box[2 * k] = range.lo;
            point->box[2 * k + 1] = range.hi;
        }
    }
    portrait->undecided = proof->kept.count;
    size_t shown = proof->kept.count < GRL_KEPT_BOXES ? proof->kept.count : GRL_KEPT_BOXES;
    portrait->undecided_boxes = grl_calloc(shown * 2 * n, sizeof(double));
    if (!portrait->undecided_boxes) return grl_fail_memory(error, shown * 2 * n, sizeof(double));
    for (size_t i = 0; i < shown * n; i++) {
        grl_interval range = {proof->kept.values[2 * i], proof->kept.values[2 * i + 1]};
        interval_tanh(1, &range);
        portrait->undecided_boxes[2 * i] = range.lo;
        portrait->undecided_boxes[2 * i + 1] = range.hi;
    }
    return GRL_OK;
}
