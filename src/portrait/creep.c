/* creep.c: creeping along slow manifolds, by a linearly implicit method whose steps follow the creeping, not the fast
 * rates.
 *
 *     (I/(gamma h) - J) k_i = f(y + sum_j a_ij k_j) + sum_j (c_ij/h) k_j,   y+ = y + sum_i b_i k_i,   gamma = 1/2
 *
 * with the coefficients of order 4 of Shampine (1982), as in rosenbrock.c. Saturated update gates make units that
 * change by 1e-5 and less in a unit of time; explicit steps would have to be counted in millions.
 *
 * Two things must not be stepped over. A method that damps fast directions damps unstable ones too, once h times
 * the eigenvalue is large; so the eigenvalues are taken at every step, and h is at most the inverse of the largest
 * real part that is positive. And for the map the flow stands for it: h+ = h + dt f(h) follows the flow to a relative
 * dt |lambda| along slow directions, as long as the fast ones contract in the map, |1 + dt lambda| < 1, which is checked
 * at every step.
 *
 * What makes it fail: nothing more than the number of steps; such rows stay undecided. */
#include "portrait/creep.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"
#include "num/dense.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { CREEP_UNITS = 64, STEPS = 300, TRIES = 30, STAGES = 4, ROWS_AT_ONCE = 32 };

static const double a[STAGES][3] = {{0}, {2}, {48.0 / 25, 6.0 / 25}, {48.0 / 25, 6.0 / 25}};
static const double c[STAGES][3] = {{0}, {-8}, {372.0 / 25, 12.0 / 5}, {-112.0 / 125, -54.0 / 125, -2.0 / 5}};
static const double b[STAGES] = {19.0 / 9, 1.0 / 2, 25.0 / 108, 125.0 / 108};
static const double e[STAGES] = {17.0 / 54, 7.0 / 36, 0, 125.0 / 108};

/* Speeds below which a row is followed, and above which it is left again. */
static const double slow = 1e-3, quick = 1e-2;
static const double tolerance = 1e-5, longest = 0.05; /* error and length of a step */
/* dt times an eigenvalue of a slow direction, at most, for the flow to stand for the map. */
static const double slow_rate = 0.05;

typedef struct creep {
    const grl_hunt_n *hunt;
    size_t n;
    double *y, *f, *J, *LU, *k, *next, *right, *values, *work, *eigen;
    int *pivots;
    double operations;
} creep;

static double largest(size_t n, const double *v)
{
    double size = 0;
    for (size_t i = 0; i < n; i++) size = fmax(size, fabs(v[i]));
    return size;
}

/* The longest step that steps over no instability; 0: the flow does not stand for the map here. */
static double allowed(creep *s)
{
    const grl_system *system = &s->hunt->system;
    double most = INFINITY;
    if (!grl_dense_eigen(s->n, s->J, s->values, NULL, s->eigen)) return 0;
    for (size_t i = 0; i < s->n; i++) {
        double re = s->values[2 * i], im = s->values[2 * i + 1];
        if (re > 0) most = fmin(most, 1 / re);
        if (system->time == GRL_DISCRETE && !(hypot(1 + system->dt * re, system->dt * im) < 1) &&
            !(system->dt * hypot(re, im) < slow_rate))
            return 0;
    }
    return most;
}

/* One step from y; *h: wanted, then what is wanted next. The step made, 0 if none. */
static double step(creep *s, double *h, double most)
{
    const size_t n = s->n;
    const grl_cell *cell = s->hunt->system.cell;
    for (int attempt = 0; attempt < TRIES; attempt++) {
        double size = fmin(*h, most), error = 0, length = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) s->LU[j * n + i] = (i == j ? 2 / size : 0) - s->J[i * n + j];
        if (!grl_dense_factor(n, s->LU, s->pivots)) return 0;
        for (int i = 0; i < STAGES; i++) {
            double *k = s->k + (size_t)i * n;
            if (i == 1 || i == 2) { /* the last stage is at the third's place */
                for (size_t m = 0; m < n; m++) {
                    s->next[m] = s->y[m];
                    for (int j = 0; j < i; j++) s->next[m] += a[i][j] * s->k[(size_t)j * n + m];
                }
                grl_cell_field(cell, NULL, s->next, s->right, s->work);
            }
            for (size_t m = 0; m < n; m++) {
                k[m] = i == 0 ? s->f[m] : s->right[m];
                for (int j = 0; j < i; j++) k[m] += c[i][j] / size * s->k[(size_t)j * n + m];
            }
            grl_dense_solve(n, s->LU, s->pivots, k);
        }
        for (size_t m = 0; m < n; m++) {
            double change = 0, off = 0;
            for (int i = 0; i < STAGES; i++) {
                change += b[i] * s->k[(size_t)i * n + m];
                off += e[i] * s->k[(size_t)i * n + m];
            }
            s->next[m] = s->y[m] + change;
            error = fmax(error, fabs(off) / tolerance);
            length = fmax(length, fabs(change));
        }
        s->operations += 4.0 * (double)(n * n * n) + 2 * grl_tangent_cost(n, 0) + 20.0 * (double)(n * n);
        if (error <= 1 && length <= longest) {
            *h = size * fmin(4, 0.9 * pow(fmax(error, 1e-8), -0.25));
            return size;
        }
        double factor =
            isfinite(error) ? fmin(0.9 * pow(fmax(error, 1e-8), -1.0 / 3), 0.8 * longest / length) : 0.1;
        *h = size * fmin(0.8, fmax(0.1, factor));
    }
    return 0;
}

/* The row that lies in s->y. */
static void follow(creep *s, grl_row *row)
{
    const size_t n = s->n;
    double h = 1;
    size_t target;
    for (int i = 0; i < STEPS; i++) {
        grl_cell_linearize(s->hunt->system.cell, NULL, s->y, s->f, s->J, s->work);
        if (largest(n, s->f) > (i == 0 ? slow : quick)) return;
        if (grl_attract_settles(s->hunt, s->y, 1, &target)) {
            if (s->hunt->targets[target].kind == GRL_ATTRACTOR_POINT) row->target = target;
            return;
        }
        double most = allowed(s);
        s->operations += 25.0 * (double)(n * n * n) + grl_tangent_cost(n, n);
        if (!(most > 0) || !(step(s, &h, most) > 0)) return;
        memcpy(s->y, s->next, n * sizeof *s->y);
    }
}

static grl_status follow_some(grl_hunt_n *hunt, size_t first, size_t end, grl_error *error)
{
    const size_t n = hunt->system.n, eigen = grl_dense_eigen_work(n, false),
                 numbers = 2 * n * n + (4 + STAGES + 2) * n + grl_cell_work(hunt->system.cell) + eigen;
    int failed = 0, threads = hunt->options->threads > 0 ? hunt->options->threads : omp_get_num_procs();
    double operations = 0;
    if ((size_t)threads > end - first) threads = (int)(end - first);
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        double *room = grl_calloc(numbers, sizeof *room);
        int *pivots = grl_calloc(n, sizeof *pivots);
        if (!room || !pivots) {
#pragma omp atomic write
            failed = 1;
        }
        creep s = {.hunt = hunt, .n = n, .J = room, .pivots = pivots};
        if (room) {
            s.LU = s.J + n * n;
            s.y = s.LU + n * n;
            s.f = s.y + n;
            s.next = s.f + n;
            s.right = s.next + n;
            s.k = s.right + n;
            s.values = s.k + STAGES * n;
            s.work = s.values + 2 * n;
            s.eigen = s.work + grl_cell_work(hunt->system.cell);
        }
#pragma omp for schedule(dynamic, 1)
        for (size_t i = first; i < end; i++) {
            if (!room || !pivots) continue;
            size_t row = hunt->pool.list[i];
            memcpy(s.y, hunt->pool.H + row * n, n * sizeof *s.y);
            follow(&s, &hunt->rows[row]);
            memcpy(hunt->pool.H + row * n, s.y, n * sizeof *s.y);
        }
        /* whole numbers: their sum does not depend on the order */
#pragma omp atomic
        operations += s.operations;
        free(room);
        free(pivots);
    }
    hunt->system.operations += operations;
    return failed ? grl_fail_memory(error, numbers, sizeof(double)) : GRL_OK;
}

grl_status grl_creep_follow(grl_hunt_n *hunt, grl_error *error)
{
    grl_status status = GRL_OK;
    const double before = hunt->system.operations;
    if (hunt->system.n > CREEP_UNITS) return GRL_OK;
    grl_dense_serial();
    for (size_t first = 0; first < hunt->pool.active && status == GRL_OK; first += ROWS_AT_ONCE) {
        size_t end = first + ROWS_AT_ONCE < hunt->pool.active ? first + ROWS_AT_ONCE : hunt->pool.active;
        if (hunt->looked + hunt->system.operations - before > hunt->most) break;
        status = follow_some(hunt, first, end, error);
    }
    hunt->looked += hunt->system.operations - before;
    return status;
}
