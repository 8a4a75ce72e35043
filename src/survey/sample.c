/* sample.c: random networks, each a function of the sampling and its number.
 *
 * Network i reads the counter-based stream (seed, i) block by block in the order of grl_block, so that a block's
 * numbers do not depend on which constraints hold for others. Blocks that a constraint makes zero are drawn
 * all the same.
 *
 * Orthogonal U_h: the rows of a Gaussian matrix, made orthonormal one after another, are uniform over the
 * orthogonal group (Stewart 1980, The efficient generation of random orthogonal matrices, theorem 3.3); with
 * four units at most, two rounds of Gram and Schmidt's method lose nothing. Keras' orthogonal initialiser makes
 * the rows of the n x 3n matrix [U_z' U_r' U_h'] orthonormal in the same way. */
#include <grulens/survey.h>

#include "base/error.h"
#include "base/random.h"
#include "cell/cell.h"
#include "num/orthonormal.h"

#include <math.h>
#include <string.h>

enum { MOST_UNITS = 4 };
#define OPEN_RESET_BIAS 40 /* sigma(40) rounds to 1 */
#define LARGEST_SCALE   1e6

grl_sampling grl_sampling_defaults(void)
{
    grl_sampling sampling = {.units = 2};
    for (int b = 0; b < GRL_BLOCKS; b++) sampling.scale[b] = 3;
    return sampling;
}

grl_status grl_sampling_check(const grl_sampling *sampling, grl_error *error)
{
    if (sampling->units < 1 || sampling->units > MOST_UNITS)
        return grl_fail(error, GRL_BAD_INPUT, "survey: expected 1 to %d units, found %zu", MOST_UNITS,
                        sampling->units);
    if ((unsigned)sampling->ensemble > GRL_ENSEMBLE_KERAS || (unsigned)sampling->distribution > GRL_UNIFORM ||
        (unsigned)sampling->constraint > GRL_ORTHOGONAL || (unsigned)sampling->reset > GRL_RESET_AFTER)
        return grl_fail(error, GRL_BAD_INPUT, "survey: unknown ensemble, distribution, constraint or reset");
    if (sampling->ensemble != GRL_ENSEMBLE_SCALED &&
        (sampling->constraint || sampling->gates_off || sampling->no_reset))
        return grl_fail(error, GRL_BAD_INPUT,
                        "survey: expected no constraint with a framework's own initialisation");
    if (sampling->gates_off && sampling->no_reset)
        return grl_fail(error, GRL_BAD_INPUT, "survey: expected gates off or no reset, found both");
    for (int b = 0; b < GRL_BLOCKS; b++)
        if (!(sampling->scale[b] >= 0 && sampling->scale[b] <= LARGEST_SCALE))
            return grl_fail(error, GRL_BAD_INPUT, "survey: expected a scale of %s from 0 to %g, found %g",
                            grl_block_name((grl_block)b), LARGEST_SCALE, sampling->scale[b]);
    return GRL_OK;
}

static double draw(grl_random *random, grl_distribution distribution, double scale)
{
    if (distribution == GRL_UNIFORM) return scale * (2 * grl_random_uniform(random) - 1);
    return scale * grl_random_normal(random);
}

static void draw_pytorch(const grl_sampling *sampling, grl_random *random, grl_cell *cell)
{
    const size_t n = sampling->units;
    const double most = 1 / sqrt((double)n);
    for (int b = GRL_U_Z; b <= GRL_U_H; b++)
        for (size_t i = 0; i < n * n; i++) cell->block[b][i] = draw(random, GRL_UNIFORM, most);
    for (int b = GRL_B_Z; b <= GRL_C_H; b++)
        for (size_t i = 0; i < n; i++) cell->block[b][i] = draw(random, GRL_UNIFORM, most);
    /* b_hz and b_hr add to b_iz and b_ir; b_hn is c_h, which reset before has no place for but in b_h. */
    for (int b = GRL_B_Z; b <= GRL_B_R; b++)
        for (size_t i = 0; i < n; i++) cell->block[b][i] += draw(random, GRL_UNIFORM, most);
    if (sampling->reset == GRL_RESET_AFTER) return;
    for (size_t i = 0; i < n; i++) {
        cell->block[GRL_B_H][i] += cell->block[GRL_C_H][i];
        cell->block[GRL_C_H][i] = 0;
    }
}

static void draw_keras(const grl_sampling *sampling, grl_random *random, grl_cell *cell)
{
    const size_t n = sampling->units;
    double kernel[MOST_UNITS * 3 * MOST_UNITS];
    grl_orthonormal_rows(random, n, 3 * n, kernel);
    for (size_t gate = 0; gate < 3; gate++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                cell->block[GRL_U_Z + gate][i * n + j] = kernel[j * 3 * n + gate * n + i];
}

static void draw_scaled(const grl_sampling *sampling, grl_random *random, grl_cell *cell)
{
    const size_t n = sampling->units;
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        double *block = cell->block[b];
        grl_block_shape((grl_block)b, n, 0, &rows, &columns);
        if (b == GRL_C_H && sampling->reset == GRL_RESET_BEFORE) continue;
        if (b == GRL_U_H && sampling->constraint == GRL_ORTHOGONAL) {
            grl_orthonormal_rows(random, n, n, block);
            for (size_t i = 0; i < n * n; i++) block[i] *= sampling->scale[b];
            continue;
        }
        for (size_t i = 0; i < rows * columns; i++)
            block[i] = draw(random, sampling->distribution, sampling->scale[b]);
    }
    if (sampling->constraint == GRL_SYMMETRIC)
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                cell->block[GRL_U_H][i * n + j] = cell->block[GRL_U_H][j * n + i];
    if (sampling->gates_off) {
        memset(cell->block[GRL_U_Z], 0, n * n * sizeof(double));
        memset(cell->block[GRL_B_Z], 0, n * sizeof(double));
    }
    if (sampling->gates_off || sampling->no_reset) {
        memset(cell->block[GRL_U_R], 0, n * n * sizeof(double));
        for (size_t i = 0; i < n; i++) cell->block[GRL_B_R][i] = sampling->no_reset ? OPEN_RESET_BIAS : 0;
    }
}

void grl_sampling_draw(const grl_sampling *sampling, unsigned long long i, grl_cell *cell)
{
    grl_random random = grl_random_stream(sampling->seed, i);
    memset(cell->numbers, 0, cell->total * sizeof(double));
    if (sampling->ensemble == GRL_ENSEMBLE_PYTORCH)
        draw_pytorch(sampling, &random, cell);
    else if (sampling->ensemble == GRL_ENSEMBLE_KERAS)
        draw_keras(sampling, &random, cell);
    else
        draw_scaled(sampling, &random, cell);
}
