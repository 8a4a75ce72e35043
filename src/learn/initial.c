/* initial.c: the parameters with which training begins, as the frameworks have them.
 *
 * PyTorch (torch.nn.GRU, torch.nn.Linear): everything uniform up to 1/sqrt(fan in), that of a GRU being n. Its gates have
 * two biases each, which only act as a sum, so b_z and b_r (and b_h with reset before) are sums of two draws.
 * Keras (keras.layers.GRU, Dense): W Glorot uniform, up to sqrt(6 / (fan in + fan out)) with the three gates as one kernel
 * (Glorot and Bengio 2010); [U_z' U_r' U_h'] with orthonormal rows; biases zero.
 * Orthogonal: each U orthogonal (Saxe and others 2014), the rest Glorot uniform gate by gate, biases zero.
 * A learned h_0 begins at zero. */
#include "learn/initial.h"

#include "base/error.h"
#include "base/memory.h"
#include "num/orthonormal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void uniform(grl_random *random, double bound, size_t count, double *values)
{
    for (size_t i = 0; i < count; i++) values[i] = bound * (2 * grl_random_uniform(random) - 1);
}

static double glorot(size_t in, size_t out)
{
    return sqrt(6.0 / (double)(in + out));
}

static void pytorch(const grl_shape *shape, const grl_offsets *at, grl_random *random, double *p)
{
    const size_t n = shape->units, k = shape->outputs;
    const double bound = 1 / sqrt((double)n), encoder = 1 / sqrt((double)k);
    uniform(random, bound, at->start, p);
    for (grl_block b = GRL_B_Z; b <= GRL_B_H; b++) {
        if (b == GRL_B_H && shape->reset == GRL_RESET_AFTER) continue;
        for (size_t i = 0; i < n; i++) {
            double second;
            uniform(random, bound, 1, &second);
            p[at->block[b] + i] += second;
        }
    }
    if (shape->start == GRL_START_ENCODED) uniform(random, encoder, n * k + n, p + at->start);
    uniform(random, bound, k * n + k, p + at->C);
}

/* W and the linear layers by Glorot's bound, `gates` gates to a kernel. */
static void linear(const grl_shape *shape, const grl_offsets *at, size_t gates, grl_random *random, double *p)
{
    const size_t n = shape->units, m = shape->inputs, k = shape->outputs;
    for (grl_block b = GRL_W_Z; m > 0 && b <= GRL_W_H; b++)
        uniform(random, glorot(m, gates * n), n * m, p + at->block[b]);
    if (shape->start == GRL_START_ENCODED) uniform(random, glorot(k, n), n * k, p + at->start);
    uniform(random, glorot(n, k), k * n, p + at->C);
}

static grl_status keras(const grl_shape *shape, const grl_offsets *at, grl_random *random, double *p,
                        grl_error *error)
{
    const size_t n = shape->units;
    double *kernel = grl_calloc(3 * n * n, sizeof *kernel);
    if (!kernel) return grl_fail_memory(error, 3 * n * n, sizeof *kernel);
    grl_orthonormal_rows(random, n, 3 * n, kernel);
    for (size_t gate = 0; gate < 3; gate++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                p[at->block[GRL_U_Z + gate] + i * n + j] = kernel[j * 3 * n + gate * n + i];
    free(kernel);
    linear(shape, at, 3, random, p);
    return GRL_OK;
}

grl_status grl_initialize(const grl_shape *shape, grl_initialization how, unsigned long long seed,
                          double *parameters, grl_error *error)
{
    const grl_offsets at = grl_shape_offsets(shape);
    grl_random random = grl_random_stream(seed, GRL_STREAM_INITIAL);
    memset(parameters, 0, at.total * sizeof *parameters);
    if (how == GRL_INIT_KERAS) return keras(shape, &at, &random, parameters, error);
    if (how == GRL_INIT_PYTORCH) {
        pytorch(shape, &at, &random, parameters);
    } else {
        for (grl_block b = GRL_U_Z; b <= GRL_U_H; b++)
            grl_orthonormal_rows(&random, shape->units, shape->units, parameters + at.block[b]);
        linear(shape, &at, 1, &random, parameters);
    }
    return GRL_OK;
}
