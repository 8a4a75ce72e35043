/* search.c: fixed points and slow points of a network of any size.
 *
 * Starts are taken in rounds (starts.c). Each is followed by damped Newton's method (newton_large.c) until it
 * converges, stalls, or is led into a cube in which a point found in an earlier round is proven to be the only
 * one. What has converged is gathered, one of each heap is tried for a proof (certify_large.c), and joined to
 * the list in the order of the starts:
 *
 *     same point      its proven box lies in the cube of a known point, or their proven boxes touch;
 *     without proof   (degenerate, or next to it) it counts as a point if G cannot be told from zero there,
 *                     and as the same as another if G cannot along the whole segment between them.
 *
 * Some starts, and some that stalled, descend to a local minimum of the speed (slow.c). It is kept, apart
 * from the fixed points, if it is below SLOW times the median speed of random states.
 *
 * The end: after K starts in a row without anything new, the probability p that a further start finds
 * something new satisfies (1 - p)^K >= 0.05 with 95 % confidence, p <= 3 / K (the rule of three; Hanley and
 * Lippman-Hand 1983), as far as starts are independent; the two kinds that use known points only help.
 *
 * Or after max_starts; or, if that is left open, once derivatives have taken EFFORT operations, which are
 * counted, not timed.
 *
 * Threads share only what earlier rounds have found; a round is merged in the order of its starts. So the
 * number of threads changes nothing. */
#include "portrait/search.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "cell/cell.h"
#include "num/kernels.h"
#include "portrait/certify_large.h"
#include "portrait/homotopy_large.h"
#include "portrait/newton_large.h"
#include "portrait/slow.h"
#include "portrait/starts.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define SLOW       0.05   /* of the median speed: slower is worth telling */
#define SAME_SPEED 0.03   /* or closer than this, with speeds that agree to a hundredth */
#define SAME_SLOW  1e-3   /* two slow points closer than this in every coordinate are one */
#define HEAP       1e-6   /* Newton's results closer than this, relative to 1 + |a|, are tried once */
#define MOST_BYTES 3.0e8  /* of workspaces; with more units, fewer threads */
#define EFFORT     4.0e12 /* operations after which a search of default length ends: about a minute */
#define INVERSES   1.0e8  /* bytes for inverses at known points */

/* Below THREADS_FROM units a whole search takes some milliseconds, less than threads cost on a busy machine.
 */
enum {
    ROUND = GRL_STARTS_ROUND,
    DESCENTS = 8,
    PATHS = 64,
    STARTS = 16384,
    THREADS_FROM = 12,
    CHORD_FROM = 32,
    LARGE = 256
};

typedef enum fate { NOTHING, CONVERGED, KNOWN, MINIMUM } fate;

typedef struct run {
    fate fate;
    long index;   /* KNOWN: which point; CONVERGED: which start of this round stands for it */
    double speed; /* MINIMUM */
    grl_certificate certificate;
    float *inverse; /* CONVERGED: n x n, at the point that stands for its heap; NULL: no room */
} run;

typedef struct search {
    const grl_cell *cell;
    const grl_portrait_options *options;
    grl_search_result *result;
    size_t n, capacity, slow_capacity;
    double *unique, *radius_a; /* beside result->a */
    float **inverse;           /* the same; each n x n or NULL */
    grl_newton_shared shared;
    int threads;
    grl_newton *newton; /* threads */
    grl_certifier *certifier;
    double *slow_work; /* threads x work */
    size_t work;
    double *A, *H; /* ROUND x n: last iterate, state */
    double *paths; /* trajectories' states, then their workspace */
    run *runs;     /* ROUND */
    double threshold;
    long long since; /* starts since the last discovery; -1: none so far */
    long descended;  /* derivatives that descents took */
} search;

void grl_search_free(grl_search_result *result)
{
    free(result->a);
    free(result->h);
    free(result->radius);
    free(result->starts);
    free(result->slow_h);
    free(result->slow_speed);
    free(result->slow_starts);
    *result = (grl_search_result){0};
}

static void release(search *s)
{
    for (size_t k = 0; k < s->result->count && s->inverse; k++) free(s->inverse[k]);
    for (size_t i = 0; i < ROUND && s->runs; i++) free(s->runs[i].inverse);
    free(s->inverse);
    for (int t = 0; t < s->threads; t++) {
        if (s->newton) grl_newton_free(&s->newton[t]);
        if (s->certifier) grl_certifier_free(&s->certifier[t]);
    }
    grl_newton_shared_free(&s->shared);
    free(s->newton);
    free(s->certifier);
    free(s->slow_work);
    free(s->A);
    free(s->paths);
    free(s->runs);
    free(s->unique);
    free(s->radius_a);
}

static grl_status prepare(search *s, grl_error *error)
{
    size_t n = s->n, threads, paths = GRL_STARTS_TRAJECTORIES * n + grl_starts_work(s->cell);
    double bytes = 40.0 * (double)n * (double)n + 1e5;
    int wanted = s->options->threads > 0 ? s->options->threads : omp_get_num_procs();
    grl_status status;

    if (n < THREADS_FROM) wanted = 1;
    while (wanted > 1 && wanted * bytes > MOST_BYTES) wanted--;
    threads = (size_t)wanted;
    s->newton = grl_calloc(threads, sizeof *s->newton);
    s->certifier = grl_calloc(threads, sizeof *s->certifier);
    s->work = grl_slow_work(n) + grl_homotopy_work(n);
    s->slow_work = grl_calloc(threads * s->work, sizeof(double));
    s->A = grl_calloc(2 * ROUND * n, sizeof(double));
    s->paths = grl_calloc(paths, sizeof(double));
    s->runs = grl_calloc(ROUND, sizeof *s->runs);
    if (!s->newton || !s->certifier || !s->slow_work || !s->A || !s->paths || !s->runs)
        return grl_fail_memory(error, 2 * ROUND * n, sizeof(double));
    s->H = s->A + ROUND * n;
    if ((status = grl_newton_shared_create(s->cell, &s->shared, error)) != GRL_OK) return status;
    for (; s->threads < wanted; s->threads++) {
        if ((status = grl_newton_create(&s->shared, &s->newton[s->threads], error)) != GRL_OK) return status;
        if ((status = grl_certifier_create(s->cell, &s->certifier[s->threads], error)) != GRL_OK) {
            grl_newton_free(&s->newton[s->threads]);
            return status;
        }
    }
    s->threshold = SLOW * grl_starts_typical_speed(s->cell, s->options->seed, s->paths);
    return GRL_OK;
}

/* Both ways of Newton's method, and three lengths of step, take turns over every kind of start. */
static double cap_of(const search *s, size_t i)
{
    static const double lengths[4] = {0, 0.3, 0.6, 1.2};
    return lengths[i / 8 % 4] * s->shared.typical;
}

static void follow(search *s, size_t i, const grl_known_points *known, double cap, const double *away)
{
    run *r = &s->runs[i];
    grl_newton_end end =
        grl_newton_run(&s->newton[omp_get_thread_num()], known, cap, away, s->A + i * s->n, &r->index);
    r->fate = end == GRL_NEWTON_CONVERGED ? CONVERGED : end == GRL_NEWTON_KNOWN ? KNOWN : NOTHING;
}

/* From the state in row i of H to a local minimum of the speed, or on to a zero that lies below. */
static void descend(search *s, size_t i, const grl_known_points *known)
{
    size_t n = s->n, thread = (size_t)omp_get_thread_num();
    run *r = &s->runs[i];
    double *h = s->H + i * n;
    if (n >= CHORD_FROM) {
        grl_newton_preactivation(&s->newton[thread], h, s->A + i * n);
        if (grl_newton_attracted(&s->newton[thread], known, NULL, s->A + i * n, &r->index)) {
            r->fate = KNOWN;
            return;
        }
    }
    long steps;
    grl_slow_end end = grl_slow_run(s->cell, known, s->threshold, h, &r->speed, &r->index, &steps,
                                    s->certifier[thread].M, s->slow_work + thread * s->work);
#pragma omp atomic
    s->descended += steps;
    r->fate = end == GRL_SLOW_MINIMUM ? MINIMUM : end == GRL_SLOW_KNOWN ? KNOWN : NOTHING;
    if (end != GRL_SLOW_ZERO && end != GRL_SLOW_NONE) return;
    grl_newton_preactivation(&s->newton[thread], h, s->A + i * n);
    follow(s, i, known, 0, NULL);
}

/* The part of what a full round gets that falls to the `size` starts from `place` on. */
static size_t share(size_t most, size_t place, size_t size)
{
    return most * (place + size) / ROUND - most * place / ROUND;
}

/* Starts of the next round: few at first, so that the others know some points early. Parts of a full round do
 * not cross its end, for its trajectories are made together. */
static size_t round_size(size_t n, long long used, long long left)
{
    size_t place = (size_t)(used % ROUND), size = ROUND;
    if (n >= LARGE)
        size = n < 3 * LARGE ? ROUND / 4 : ROUND / 8;
    else if (n >= CHORD_FROM && used < ROUND)
        size = place < ROUND / 2 ? ROUND / 4 : ROUND / 2;
    return left < (long long)size ? (size_t)left : size;
}

/* Floating-point operations so far, about; the same on any number of threads. */
static double effort(const search *s)
{
    double n = (double)s->n;
    long derivatives = s->descended * 3; /* in double precision, with two more products */
    for (int t = 0; t < s->threads; t++) derivatives += s->newton[t].derivatives;
    return (double)derivatives * n * n * n * 8 / 3;
}

/* Threads for so many pieces of work: none that would only wait, at the cost of the others on a busy machine.
 */
static int team(const search *s, size_t pieces)
{
    return pieces < (size_t)s->threads ? (int)(pieces > 0 ? pieces : 1) : s->threads;
}

/* Follows `size` starts from number `first` on. */
static void follow_round(search *s, unsigned long long first, size_t size)
{
    size_t n = s->n;
    double step = s->options->time == GRL_DISCRETE && s->options->dt < 1 ? s->options->dt : 1;
    const grl_known_points known = {s->result->count, s->result->a, s->unique, s->inverse};
    size_t place = (size_t)(first % ROUND);
    double *states = s->paths + place / 4 * n, *work = s->paths + GRL_STARTS_TRAJECTORIES * n;
    unsigned long long seed = s->options->seed;

#pragma omp parallel num_threads(s->threads)
    {
        /* the trajectories first: they are the longest piece of work */
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < size; i++) {
            if (i == 0) {
                if (place == 0) grl_starts_on_trajectories(s->cell, seed, first, step, s->paths, work);
            } else if (!grl_start_on_trajectory(i) && !grl_progress_stopped(s->options->progress)) {
                const double *away;
                grl_start_make(&s->newton[omp_get_thread_num()], seed, first + i, &known, s->A + i * n,
                               &away);
                follow(s, i, &known, cap_of(s, i), away);
                grl_progress_add(s->options->progress, 1);
            }
        }
#pragma omp for schedule(dynamic, 1)
        for (size_t k = 0; k < (size + 3) / 4; k++) {
            size_t i = 4 * k;
            if (grl_progress_stopped(s->options->progress)) continue;
            memcpy(s->H + i * n, states + k * n, n * sizeof *states);
            if (grl_start_descends(n, i)) {
                descend(s, i, &known);
            } else {
                grl_newton_preactivation(&s->newton[omp_get_thread_num()], s->H + i * n, s->A + i * n);
                follow(s, i, &known, cap_of(s, i), NULL);
            }
            grl_progress_add(s->options->progress, 1);
        }
    }

    /* of those that stalled, some descend to where the speed is least; where many stall, some take the long
     * way along a path */
    size_t stalled[ROUND], count = 0, paths = PATHS, descents = n < 64 ? DESCENTS : DESCENTS / 2;
    for (size_t i = 0; i < size; i++)
        if (s->runs[i].fate == NOTHING && !grl_start_descends(n, i)) stalled[count++] = i;
    while (paths > 1 && paths * n > PATHS * 32) paths /= 2;
    paths = share(paths, place, size);
    descents = share(descents, place, size);
    if (count < size / 4 && paths > count / 8) paths = count / 8;
    if (count > descents + paths) count = descents + paths;
#pragma omp parallel for num_threads(team(s, count)) if (count > 1) schedule(dynamic, 1)
    for (size_t k = 0; k < count; k++) {
        size_t i = stalled[k];
        double *a = s->A + i * n, *h = s->H + i * n;
        if (grl_progress_stopped(s->options->progress)) continue;
        if (k >= descents) {
            grl_certifier *borrowed = &s->certifier[omp_get_thread_num()];
            if (grl_homotopy_run(&s->newton[omp_get_thread_num()], a, (float *)(void *)borrowed->M,
                                 s->slow_work + (size_t)omp_get_thread_num() * s->work, borrowed->pivots))
                follow(s, i, &known, 0, NULL);
            continue;
        }
        grl_kernels_best()->tanh(n, a, h);
        descend(s, i, &known);
    }
}

static bool in_one_heap(size_t n, const double *a, const double *b)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabs(a[i] - b[i]) <= HEAP * (1 + fabs(a[i])))) return false;
    return true;
}

/* The certifier's inverse in single precision, or NULL. */
static float *copy_of_inverse(const grl_certifier *certifier)
{
    size_t size = certifier->n * certifier->n;
    float *copy = grl_calloc(size, sizeof *copy);
    for (size_t k = 0; k < size && copy; k++) copy[k] = (float)certifier->Y[k];
    return copy;
}

/* Tries the proof for one start of each heap of converged starts. */
static void certify_round(search *s, size_t size)
{
    size_t n = s->n, heads[ROUND], count = 0, held = s->result->count;
    size_t most = (size_t)(INVERSES / (4.0 * (double)n * (double)n)), room = held < most ? most - held : 0;
    for (size_t i = 0; i < size; i++) {
        if (s->runs[i].fate != CONVERGED) continue;
        size_t k = 0;
        while (k < count && !in_one_heap(n, s->A + heads[k] * n, s->A + i * n)) k++;
        if (k == count) heads[count++] = i;
        s->runs[i].index = (long)heads[k];
    }
#pragma omp parallel for num_threads(team(s, count)) if (count > 1) schedule(dynamic, 1)
    for (size_t k = 0; k < count; k++) {
        size_t i = heads[k];
        if (grl_progress_stopped(s->options->progress)) continue;
        grl_certify_large(&s->certifier[omp_get_thread_num()], s->A + i * n, s->H + i * n,
                          &s->runs[i].certificate);
        if (s->runs[i].certificate.certified && k < room)
            s->runs[i].inverse = copy_of_inverse(&s->certifier[omp_get_thread_num()]);
    }
}

/* Whether point a, proven within `radius` and alone within `unique`, is the known point b likewise. */
static bool same_proven(size_t n, const double *a, const grl_certificate *p, const double *b, double radius,
                        double unique)
{
    double distance = 0;
    for (size_t i = 0; i < n; i++) distance = fmax(distance, fabs(a[i] - b[i]));
    distance *= 1 + 1e-12;
    return distance + p->radius_a < unique || distance + radius < p->unique ||
           distance <= p->radius_a + radius;
}

static bool zero_between(search *s, const double *a, const double *b)
{
    size_t n = s->n;
    double *middle = s->newton[0].trial;
    for (int k = 1; k < 4; k++) {
        for (size_t i = 0; i < n; i++) middle[i] = a[i] + k / 4.0 * (b[i] - a[i]);
        if (!grl_certifier_zero(&s->certifier[0], middle)) return false;
    }
    return true;
}

static void store(search *s, size_t k, size_t i)
{
    const double *a = s->A + i * s->n, *h = s->H + i * s->n;
    const grl_certificate *p = &s->runs[i].certificate;
    size_t n = s->n;
    memcpy(s->result->a + k * n, a, n * sizeof *a);
    memcpy(s->result->h + k * n, h, n * sizeof *h);
    s->result->radius[k] = p->certified ? p->radius_h : -1;
    s->unique[k] = p->certified ? p->unique : 0;
    s->radius_a[k] = p->certified ? p->radius_a : 0;
    s->inverse[k] = s->runs[i].inverse;
    s->runs[i].inverse = NULL;
}

/* False if there is no memory; *block is as it was then. */
static bool resize_doubles(double **block, size_t count, size_t width)
{
    double *grown = grl_resize(*block, count, width * sizeof **block);
    if (grown) *block = grown;
    return grown != NULL;
}

static bool resize_ints(int **block, size_t count)
{
    int *grown = grl_resize(*block, count, sizeof **block);
    if (grown) *block = grown;
    return grown != NULL;
}

/* Room for one point more. */
static bool grow_points(search *s)
{
    grl_search_result *r = s->result;
    if (r->count < s->capacity) return true;
    size_t larger = s->capacity ? 2 * s->capacity : 16;
    if (!resize_doubles(&r->a, larger, s->n) || !resize_doubles(&r->h, larger, s->n) ||
        !resize_doubles(&r->radius, larger, 1) || !resize_ints(&r->starts, larger) ||
        !resize_doubles(&s->unique, larger, 1) || !resize_doubles(&s->radius_a, larger, 1))
        return false;
    float **grown = grl_resize(s->inverse, larger, sizeof *grown);
    if (!grown) return false;
    s->inverse = grown;
    s->capacity = larger;
    return true;
}

static bool grow_slow(search *s)
{
    grl_search_result *r = s->result;
    if (r->slow_count < s->slow_capacity) return true;
    size_t larger = s->slow_capacity ? 2 * s->slow_capacity : 16;
    if (!resize_doubles(&r->slow_h, larger, s->n) || !resize_doubles(&r->slow_speed, larger, 1) ||
        !resize_ints(&r->slow_starts, larger))
        return false;
    s->slow_capacity = larger;
    return true;
}

/* Joins what stands in row i to the fixed points; *index: which one it is, -1: none. False: no memory. */
static bool join_point(search *s, size_t i, long *index, bool *found)
{
    size_t n = s->n;
    grl_search_result *r = s->result;
    const double *a = s->A + i * n;
    const grl_certificate *p = &s->runs[i].certificate;

    *index = -1;
    *found = false;
    if (!p->certified && !grl_certifier_zero(&s->certifier[0], a)) return true;
    for (size_t k = 0; k < r->count && *index < 0; k++) {
        const double *b = r->a + k * n;
        bool proven = r->radius[k] >= 0;
        if (p->certified && proven) {
            if (same_proven(n, a, p, b, s->radius_a[k], s->unique[k])) *index = (long)k;
        } else if (zero_between(s, a, b)) {
            *index = (long)k;
            if (p->certified) store(s, k, i);
        }
    }
    if (*index >= 0) return true;
    if (!grow_points(s)) return false;
    *index = (long)r->count++;
    *found = true;
    r->starts[*index] = 0;
    store(s, (size_t)*index, i);
    return true;
}

static bool join_slow(search *s, size_t i, bool *found)
{
    size_t n = s->n;
    grl_search_result *r = s->result;
    const double *h = s->H + i * n;
    for (size_t k = 0; k < r->slow_count; k++) {
        double distance = 0, speed = r->slow_speed[k];
        for (size_t j = 0; j < n; j++) distance = fmax(distance, fabs(h[j] - r->slow_h[k * n + j]));
        bool equal = fabs(s->runs[i].speed - speed) <= 0.01 * speed;
        if (!(distance < (equal ? SAME_SPEED : SAME_SLOW))) continue;
        r->slow_starts[k]++;
        return true;
    }
    if (!grow_slow(s)) return false;
    memcpy(r->slow_h + r->slow_count * n, h, n * sizeof *h);
    r->slow_speed[r->slow_count] = s->runs[i].speed;
    r->slow_starts[r->slow_count++] = 1;
    *found = true;
    return true;
}

/* Joins a round to the result, in the order of its starts. */
static bool merge_round(search *s, size_t size)
{
    grl_search_result *r = s->result;
    for (size_t i = 0; i < size; i++) {
        run *now = &s->runs[i];
        bool found = false;
        if (now->fate == CONVERGED) {
            run *head = &s->runs[now->index];
            if ((size_t)now->index == i && !join_point(s, i, &head->index, &found)) return false;
            now->index = head->index; /* from here on, which point it is */
            now->fate = now->index >= 0 ? KNOWN : NOTHING;
        }
        if (now->fate == KNOWN) r->starts[now->index]++;
        if (now->fate == MINIMUM && !join_slow(s, i, &found)) return false;
        if (found)
            s->since = 0;
        else if (s->since >= 0)
            s->since++;
    }
    return true;
}

grl_status grl_search(const grl_cell *autonomous, const grl_portrait_options *options,
                      grl_search_result *result, grl_error *error)
{
    search s = {.cell = autonomous, .options = options, .result = result, .n = autonomous->n, .since = -1};
    long long limit = options->max_starts > 0 ? options->max_starts : STARTS;
    grl_status status;

    *result = (grl_search_result){.n = s.n, .unseen = 1, .stopped_by = "limit"};
    grl_progress_expect(options->progress, limit);
    status = prepare(&s, error);
    if (status != GRL_OK) goto done;
    while (result->starts_used < limit) {
        long long left = limit - result->starts_used;
        size_t size = round_size(s.n, result->starts_used, left);
        for (size_t i = 0; i < ROUND; i++) free(s.runs[i].inverse);
        memset(s.runs, 0, ROUND * sizeof *s.runs);
        follow_round(&s, (unsigned long long)result->starts_used, size);
        certify_round(&s, size);
        if (grl_progress_stopped(options->progress)) {
            status = grl_fail(error, GRL_STOPPED, "the search for fixed points was stopped after %lld starts",
                              result->starts_used);
            goto done;
        }
        if (!merge_round(&s, size)) {
            status = grl_fail_memory(error, 2 * s.capacity * s.n, sizeof(double));
            goto done;
        }
        result->starts_used += (long long)size;
        if (s.since > 0)
            result->unseen = s.since > 3 ? 3.0 / (double)s.since : 1;
        else
            result->unseen = 1;
        if (result->unseen <= options->unseen) {
            result->stopped_by = "criterion";
            break;
        }
        if (options->max_starts == 0 && effort(&s) > EFFORT) {
            result->stopped_by = "effort";
            break;
        }
    }
done:
    release(&s);
    if (status != GRL_OK) grl_search_free(result);
    return status;
}
