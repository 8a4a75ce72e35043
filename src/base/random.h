/* random.h: counter-based random streams (Salmon et al. 2011, Philox4x64-10, from Random123): draw k of
 * stream (seed, i) depends on these three numbers alone, on any thread or process. */
#ifndef GRL_BASE_RANDOM_H
#define GRL_BASE_RANDOM_H

#include <stdint.h>

typedef struct grl_random {
    uint64_t seed, stream, counter;
    uint64_t block[4];
    int left;
} grl_random;

grl_random grl_random_stream(uint64_t seed, uint64_t stream);
uint64_t grl_random_bits(grl_random *random);
double grl_random_uniform(grl_random *random); /* in (0, 1), never an end */
double grl_random_normal(grl_random *random);  /* mean 0, variance 1: Box and Muller (1958), two draws each */

#endif
