/* random.c: counter-based random streams. */
#include "base/random.h"

#include <Random123/philox.h>
#include <math.h>

grl_random grl_random_stream(uint64_t seed, uint64_t stream)
{
    return (grl_random){.seed = seed, .stream = stream};
}

uint64_t grl_random_bits(grl_random *random)
{
    if (random->left == 0) {
        philox4x64_ctr_t counter = {{random->counter++, random->stream, 0, 0}};
        philox4x64_key_t key = {{random->seed, 0x6772756c656e73u}};
        philox4x64_ctr_t out = philox4x64(counter, key);
        for (int i = 0; i < 4; i++) random->block[i] = out.v[i];
        random->left = 4;
    }
    return random->block[4 - random->left--];
}

double grl_random_uniform(grl_random *random)
{
    return ((double)(grl_random_bits(random) >> 12) + 0.5) * 0x1p-52;
}

double grl_random_normal(grl_random *random)
{
    double u = grl_random_uniform(random), v = grl_random_uniform(random);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}
