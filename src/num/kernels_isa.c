/* kernels_isa.c: the elementary functions by the batch. Compiled once for each instruction set; GRL_ISA names
 * it. */
#include "num/elementary.h"
#include "num/isa.h"
#include "num/kernels.h"

static void tanh_batch(size_t count, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++) y[i] = elementary_tanh(x[i]);
}

static void sigma_batch(size_t count, const double *x, double *y)
{
    for (size_t i = 0; i < count; i++) y[i] = elementary_sigma(x[i]);
}

extern const grl_kernels GRL_ISA_NAME(grl_kernels_);
const grl_kernels GRL_ISA_NAME(grl_kernels_) = {GRL_ISA_TEXT, tanh_batch, sigma_batch};
