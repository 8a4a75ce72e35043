/* pool.c: many trajectories of one network at once, in blocks of ROWS that share their steps.
 *
 * A block is one system for the integrator, so its steps fit the fastest of its trajectories, and all
 * evaluations are those of grl_cell_field_batch. The tolerance is that of a picture: a trajectory has only to
 * find its attractor, and only from starts very near a border of basins could it find another.
 *
 * Blocks are made anew of the rows still active in every run, in their order, so nothing depends on which
 * thread does which. */
#include "portrait/pool.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/dense.h"
#include "num/ode.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64, MOST_STEPS = 20000 };

static const double relative = 1e-4, absolute = 3e-5;

typedef struct block {
    const grl_system *system;
    size_t rows;
    double *H, *F, *batch, *ode;
    double evaluations;
} block;

static void field(double t, const double *y, double *dydt, void *context)
{
    block *b = context;
    (void)t;
    grl_cell_field_batch(b->system->cell, NULL, b->rows, y, dydt, b->batch);
}

grl_status grl_pool_create(size_t n, size_t rows, grl_pool *pool, grl_error *error)
{
    *pool = (grl_pool){.n = n, .rows = rows, .active = rows};
    pool->H = grl_calloc(rows * n, sizeof *pool->H);
    pool->lost = grl_calloc(rows, 1);
    pool->list = grl_calloc(rows, sizeof *pool->list);
    if (!pool->H || !pool->lost || !pool->list) {
        grl_pool_free(pool);
        return grl_fail_memory(error, rows * n, sizeof *pool->H);
    }
    for (size_t i = 0; i < rows; i++) pool->list[i] = i;
    return GRL_OK;
}

void grl_pool_free(grl_pool *pool)
{
    free(pool->H);
    free(pool->lost);
    free(pool->list);
    *pool = (grl_pool){0};
}

static int run(block *b, double time)
{
    const grl_system *s = b->system;
    size_t size = b->rows * s->n;
    if (s->time == GRL_DISCRETE) {
        long long steps = llround(fmax(1, time / s->dt));
        for (long long i = 0; i < steps; i++) {
            field(0, b->H, b->F, b);
            for (size_t k = 0; k < size; k++) b->H[k] += s->dt * b->F[k];
        }
        b->evaluations += (double)steps;
        return 1;
    }
    const grl_ode_settings settings = {&grl_ode_dopri5, relative, absolute, 0, 0, MOST_STEPS};
    grl_ode ode;
    grl_ode_outcome outcome;
    grl_ode_start(&ode, &settings, size, field, b, 0, b->H, b->ode);
    while ((outcome = grl_ode_step(&ode, time)) == GRL_ODE_STEP) {}
    memcpy(b->H, ode.y, size * sizeof(double));
    b->evaluations += (double)ode.evaluations;
    return outcome == GRL_ODE_END;
}

grl_status grl_pool_run(grl_pool *pool, grl_system *system, double time, int threads, grl_error *error)
{
    const size_t n = pool->n, blocks = (pool->active + ROWS - 1) / ROWS, size = ROWS * n;
    size_t batch = grl_cell_batch_work(system->cell, ROWS), ode = grl_ode_work(&grl_ode_dopri5, size);
    int count = threads > 0 ? threads : omp_get_num_procs();
    int failed = 0;
    double evaluations = 0;
    if ((size_t)count > blocks) count = blocks > 0 ? (int)blocks : 1;
    grl_dense_serial();
#pragma omp parallel num_threads(count) if (count > 1)
    {
        double *room = grl_calloc(2 * size + batch + ode, sizeof *room);
        if (!room) {
#pragma omp atomic write
            failed = 1;
        }
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < blocks; i++) {
            if (!room) continue;
            size_t first = i * ROWS, rows = pool->active - first < ROWS ? pool->active - first : ROWS;
            block b = {system, rows, room, room + size, room + 2 * size, room + 2 * size + batch, 0};
            for (size_t r = 0; r < rows; r++)
                memcpy(b.H + r * n, pool->H + pool->list[first + r] * n, n * sizeof *room);
            int good = run(&b, time);
            for (size_t r = 0; r < rows; r++) {
                memcpy(pool->H + pool->list[first + r] * n, b.H + r * n, n * sizeof *room);
                if (!good) pool->lost[pool->list[first + r]] = 1;
            }
            /* whole numbers: their sum does not depend on the order */
#pragma omp atomic
            evaluations += b.evaluations;
        }
        free(room);
    }
    system->operations += evaluations * ROWS * (grl_tangent_cost(n, 0) + 40.0 * (double)n);
    if (failed) return grl_fail_memory(error, 2 * size + batch + ode, sizeof(double));
    size_t kept = 0;
    for (size_t i = 0; i < pool->active; i++)
        if (!pool->lost[pool->list[i]]) pool->list[kept++] = pool->list[i];
    pool->active = kept;
    return GRL_OK;
}
