/* pool.h (internal): many trajectories of one network at once. */
#ifndef GRL_PORTRAIT_POOL_H
#define GRL_PORTRAIT_POOL_H

#include "portrait/tangent.h"

typedef struct grl_pool {
    size_t n, rows;
    double *H;           /* rows x n */
    unsigned char *lost; /* 1: the integrator gave up */
    size_t active;
    size_t *list; /* the rows that still move, `active` of them, in rising order */
} grl_pool;

grl_status grl_pool_create(size_t n, size_t rows, grl_pool *pool, grl_error *error);
void grl_pool_free(grl_pool *pool);

/* All active rows go on for `time` (map: so many steps of dt as it has), on `threads` threads; rows that are
 * lost leave the list. Bytes do not depend on the number of threads. */
grl_status grl_pool_run(grl_pool *pool, grl_system *system, double time, int threads, grl_error *error);

#endif
