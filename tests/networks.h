/* networks.h: small networks for tests. */
#ifndef GRL_TEST_NETWORKS_H
#define GRL_TEST_NETWORKS_H

#include "base/random.h"
#include "check.h"

#include <grulens/cell.h>
#include <string.h>

/* Every number uniform in (-scale, scale), from (seed, index). */
static inline grl_cell *random_network(size_t n, grl_reset reset, double scale, uint64_t seed, uint64_t index)
{
    grl_cell *cell;
    grl_random random = grl_random_stream(seed, index);
    assert_int_equal(grl_cell_create(n, 0, reset, &cell, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, n, 0, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++)
            grl_cell_block(cell, (grl_block)b)[i] = scale * (2 * grl_random_uniform(&random) - 1);
    }
    return cell;
}

/* U_h as given (n x n), all else zero, reset before. */
static inline grl_cell *network_of_U_h(size_t n, const double *U_h)
{
    grl_cell *cell;
    assert_int_equal(grl_cell_create(n, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    memcpy(grl_cell_block(cell, GRL_U_H), U_h, n * n * sizeof *U_h);
    return cell;
}

/* U_h = u R(alpha). */
static inline grl_cell *rotation_network(double u, double alpha)
{
    double U_h[4] = {u * cos(alpha), -u * sin(alpha), u * sin(alpha), u * cos(alpha)};
    return network_of_U_h(2, U_h);
}

#endif
