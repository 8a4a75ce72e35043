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

enum { PARTS = 16 };

/* Without fma, so that the version without extensions is not slow here. */
static void add_product(size_t rows, size_t columns, const double *A, const double *x, double *y)
{
    for (size_t i = 0; i < rows; i++) {
        const double *row = A + i * columns;
        double part[PARTS] = {0}, *last = part;
        size_t j = 0;
        for (; j + PARTS <= columns; j += PARTS)
            for (size_t l = 0; l < PARTS; l++) part[l] += row[j + l] * x[j + l];
        for (; j < columns; j++) *last++ += row[j] * x[j];
        for (size_t half = PARTS / 2; half > 0; half /= 2)
            for (size_t l = 0; l < half; l++) part[l] += part[l + half];
        y[i] += part[0];
    }
}

extern const grl_kernels GRL_ISA_NAME(grl_kernels_);
const grl_kernels GRL_ISA_NAME(grl_kernels_) = {GRL_ISA_TEXT, tanh_batch, sigma_batch, add_product};
