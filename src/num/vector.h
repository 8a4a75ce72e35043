/* vector.h: vectors as wide as the instruction set that a file is compiled for (*_isa.c), for kernels that must keep
 * their sums in registers. They have +, - and *; a product and sum in one rounding is a function. Without extensions
 * a vector is one number. What is computed lane by lane comes out the same whatever the width. */
#ifndef GRL_NUM_VECTOR_H
#define GRL_NUM_VECTOR_H

#include <math.h>

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)

typedef float vector_single __attribute__((vector_size(64), aligned(4), may_alias));
typedef double vector_double __attribute__((vector_size(64), aligned(8), may_alias));
static inline vector_single vector_fma_single(vector_single a, vector_single b, vector_single c)
{
    return (vector_single)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
static inline vector_double vector_fma_double(vector_double a, vector_double b, vector_double c)
{
    return (vector_double)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}

#elif defined(__AVX2__) && defined(__FMA__)

typedef float vector_single __attribute__((vector_size(32), aligned(4), may_alias));
typedef double vector_double __attribute__((vector_size(32), aligned(8), may_alias));
static inline vector_single vector_fma_single(vector_single a, vector_single b, vector_single c)
{
    return (vector_single)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
static inline vector_double vector_fma_double(vector_double a, vector_double b, vector_double c)
{
    return (vector_double)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}

#else

typedef float vector_single;
typedef double vector_double;
static inline vector_single vector_fma_single(vector_single a, vector_single b, vector_single c)
{
    return fmaf(a, b, c);
}
static inline vector_double vector_fma_double(vector_double a, vector_double b, vector_double c)
{
    return fma(a, b, c);
}

#endif

#endif
