/* kernels.h: elementary functions by the batch, chosen at run time for the processor.
 *
 * kernels_isa.c is compiled once for each instruction set; all versions do the same IEEE operations in the
 * same order and give the same bits. The version without extensions is their specification and serves every
 * other processor.
 *
 * Error bounds (proof in elementary.h, test against Arb in tests/test_arb_elementary.c), for every finite x:
 *
 *     |grl tanh(x)  - tanh(x)|  <= GRL_ELEMENTARY_ERROR |tanh(x)|
 *     |grl sigma(x) - sigma(x)| <= GRL_ELEMENTARY_ERROR sigma(x) + GRL_SIGMA_TINY
 *
 * tanh is odd to the bit; |tanh| <= 1 and 0 < sigma <= 1 hold for the computed values too. */
#ifndef GRL_NUM_KERNELS_H
#define GRL_NUM_KERNELS_H

#include <stddef.h>

#define GRL_ELEMENTARY_ERROR 0x1p-50
#define GRL_SIGMA_TINY       0x1p-1020

typedef struct grl_kernels {
    const char *name;                                        /* "portable", "avx2", "avx512" */
    void (*tanh)(size_t count, const double *x, double *y);  /* y may be x */
    void (*sigma)(size_t count, const double *x, double *y); /* 1 / (1 + exp(-x)); y may be x */
    /* y += A x, A rows x columns, row-major; sums in sixteen parts, added up in a fixed order */
    void (*add_product)(size_t rows, size_t columns, const double *A, const double *x, double *y);
} grl_kernels;

/* The instruction sets, widest first: "avx512", "avx2", "portable". The best is the widest that this build
 * has and this processor runs, or what the environment variable GRULENS_KERNELS names (one that is lacking,
 * or an unknown name, is ignored). Decided at the first call. */
typedef enum grl_isa { GRL_ISA_PORTABLE, GRL_ISA_AVX2, GRL_ISA_AVX512, GRL_ISAS } grl_isa;
grl_isa grl_isa_best(void);
int grl_isa_runs(grl_isa isa);

const grl_kernels *grl_kernels_for(grl_isa isa); /* NULL if it does not run here */
const grl_kernels *grl_kernels_best(void);

#endif
