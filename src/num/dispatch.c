/* dispatch.c: chooses the version of the kernels for this processor. The choice is cached: it comes out the
 * same whichever thread makes it, so the cache is no state that a caller could notice. */
#include "num/kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

extern const grl_kernels grl_kernels_portable;
#ifndef GRL_KERNELS_PORTABLE_ONLY
extern const grl_kernels grl_kernels_avx2, grl_kernels_avx512;
#endif

int grl_isa_runs(grl_isa isa)
{
#ifndef GRL_KERNELS_PORTABLE_ONLY
    int fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (isa == GRL_ISA_AVX2) return fma;
    if (isa == GRL_ISA_AVX512)
        return fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
#endif
    return isa == GRL_ISA_PORTABLE;
}

grl_isa grl_isa_best(void)
{
    static const char *const names[GRL_ISAS] = {"portable", "avx2", "avx512"};
    static _Atomic int chosen = -1;
    int isa = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (isa >= 0) return (grl_isa)isa;
    const char *wish = getenv("GRULENS_KERNELS");
    for (int i = 0; wish && i < GRL_ISAS; i++)
        if (strcmp(wish, names[i]) == 0 && grl_isa_runs((grl_isa)i)) isa = i;
    for (int i = GRL_ISAS - 1; isa < 0; i--)
        if (grl_isa_runs((grl_isa)i)) isa = i;
    atomic_store_explicit(&chosen, isa, memory_order_relaxed);
    return (grl_isa)isa;
}

const grl_kernels *grl_kernels_for(grl_isa isa)
{
    if (!grl_isa_runs(isa)) return NULL;
#ifndef GRL_KERNELS_PORTABLE_ONLY
    if (isa == GRL_ISA_AVX512) return &grl_kernels_avx512;
    if (isa == GRL_ISA_AVX2) return &grl_kernels_avx2;
#endif
    return &grl_kernels_portable;
}

const grl_kernels *grl_kernels_best(void)
{
    return grl_kernels_for(grl_isa_best());
}
