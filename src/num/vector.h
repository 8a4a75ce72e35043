/* vector.h: vectors as wide as the instruction set that a file is compiled for (*_isa.c), for kernels that must keep
 * their sums in registers. They have +, - and *; the rest are functions. Without extensions a vector is one number.
 * What is computed lane by lane comes out the same whatever the width.
 *
 * all(x) is x in every lane; fma(a, b, c) is a b + c in one rounding; limit(x, most) is x within most and -most, and
 * NaN for NaN; power(t) is 2^k where t = k + 1.5 2^23 (single) or k + 1.5 2^52 (double), a number whose low bits are k.
 *
 * fold(a, b, run) adds the second half of every run of lanes (run: a power of two) to its first half, and puts what
 * remains of a before what remains of b. So as many vectors as there are lanes become one, of their sums, in
 * log2(lanes) rounds. */
#ifndef GRL_NUM_VECTOR_H
#define GRL_NUM_VECTOR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>

/* The first halves of the runs of lanes o .. o + 7, and of as many vectors of those as there are. */
#define VECTOR_RUN_2(o)      (o), (o) + 2, (o) + 4, (o) + 6
#define VECTOR_RUN_4(o)      (o), (o) + 1, (o) + 4, (o) + 5
#define VECTOR_RUN_8(o)      (o), (o) + 1, (o) + 2, (o) + 3
#define VECTOR_RUN_16(o)     VECTOR_RUN_8(o), VECTOR_RUN_8((o) + 4)
#define VECTOR_ONCE(RUN, o)  RUN(o)
#define VECTOR_TWICE(RUN, o) RUN(o), RUN((o) + 8)
#define VECTOR_FOUR(RUN, o)  VECTOR_TWICE(RUN, o), VECTOR_TWICE(RUN, (o) + 16)
#define VECTOR_PAIR(RUN, o)  RUN(o), RUN((o) + 16)
#define VECTOR_FOLD(TIMES, RUN, half)                                                                        \
    (__builtin_shufflevector(a, b, TIMES(RUN, 0)) + __builtin_shufflevector(a, b, TIMES(RUN, half)))
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

static inline vector_single vector_limit_single(vector_single x, float most)
{
    __m512 high = _mm512_set1_ps(most), low = _mm512_set1_ps(-most); /* of two, the second if one is NaN */
    return (vector_single)_mm512_max_ps(low, _mm512_min_ps(high, (__m512)x));
}

static inline vector_double vector_limit_double(vector_double x, double most)
{
    __m512d high = _mm512_set1_pd(most), low = _mm512_set1_pd(-most);
    return (vector_double)_mm512_max_pd(low, _mm512_min_pd(high, (__m512d)x));
}

static inline vector_single vector_power_single(vector_single t)
{
    __m512i k = _mm512_castps_si512((__m512)t);
    return (vector_single)_mm512_slli_epi32(_mm512_add_epi32(k, _mm512_set1_epi32(127)), 23);
}

static inline vector_double vector_power_double(vector_double t)
{
    __m512i k = _mm512_castpd_si512((__m512d)t);
    return (vector_double)_mm512_slli_epi64(_mm512_add_epi64(k, _mm512_set1_epi64(1023)), 52);
}

static inline vector_single vector_fold_single(vector_single a, vector_single b, int run)
{
    return run == 16  ? VECTOR_FOLD(VECTOR_PAIR, VECTOR_RUN_16, 8)
           : run == 8 ? VECTOR_FOLD(VECTOR_FOUR, VECTOR_RUN_8, 4)
           : run == 4 ? VECTOR_FOLD(VECTOR_FOUR, VECTOR_RUN_4, 2)
                      : VECTOR_FOLD(VECTOR_FOUR, VECTOR_RUN_2, 1);
}

static inline vector_double vector_fold_double(vector_double a, vector_double b, int run)
{
    return run == 8   ? VECTOR_FOLD(VECTOR_TWICE, VECTOR_RUN_8, 4)
           : run == 4 ? VECTOR_FOLD(VECTOR_TWICE, VECTOR_RUN_4, 2)
                      : VECTOR_FOLD(VECTOR_TWICE, VECTOR_RUN_2, 1);
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

static inline vector_single vector_limit_single(vector_single x, float most)
{
    __m256 high = _mm256_set1_ps(most), low = _mm256_set1_ps(-most); /* of two, the second if one is NaN */
    return (vector_single)_mm256_max_ps(low, _mm256_min_ps(high, (__m256)x));
}

static inline vector_double vector_limit_double(vector_double x, double most)
{
    __m256d high = _mm256_set1_pd(most), low = _mm256_set1_pd(-most);
    return (vector_double)_mm256_max_pd(low, _mm256_min_pd(high, (__m256d)x));
}

static inline vector_single vector_power_single(vector_single t)
{
    __m256i k = _mm256_castps_si256((__m256)t);
    return (vector_single)_mm256_slli_epi32(_mm256_add_epi32(k, _mm256_set1_epi32(127)), 23);
}

static inline vector_double vector_power_double(vector_double t)
{
    __m256i k = _mm256_castpd_si256((__m256d)t);
    return (vector_double)_mm256_slli_epi64(_mm256_add_epi64(k, _mm256_set1_epi64x(1023)), 52);
}

static inline vector_single vector_fold_single(vector_single a, vector_single b, int run)
{
    return run == 8   ? VECTOR_FOLD(VECTOR_TWICE, VECTOR_RUN_8, 4)
           : run == 4 ? VECTOR_FOLD(VECTOR_TWICE, VECTOR_RUN_4, 2)
                      : VECTOR_FOLD(VECTOR_TWICE, VECTOR_RUN_2, 1);
}

static inline vector_double vector_fold_double(vector_double a, vector_double b, int run)
{
    return run == 4 ? VECTOR_FOLD(VECTOR_ONCE, VECTOR_RUN_4, 2) : VECTOR_FOLD(VECTOR_ONCE, VECTOR_RUN_2, 1);
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

static inline vector_single vector_limit_single(vector_single x, float most)
{
    x = x > most ? most : x;
    return x < -most ? -most : x;
}

static inline vector_double vector_limit_double(vector_double x, double most)
{
    x = x > most ? most : x;
    return x < -most ? -most : x;
}

static inline vector_single vector_power_single(vector_single t)
{
    uint32_t bits;
    memcpy(&bits, &t, sizeof bits);
    bits = (bits + 127) << 23;
    memcpy(&t, &bits, sizeof t);
    return t;
}

static inline vector_double vector_power_double(vector_double t)
{
    uint64_t bits;
    memcpy(&bits, &t, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&t, &bits, sizeof t);
    return t;
}

/* Never called: there are no runs in one lane. */
static inline vector_single vector_fold_single(vector_single a, vector_single b, int run)
{
    return run ? a + b : a;
}

static inline vector_double vector_fold_double(vector_double a, vector_double b, int run)
{
    return run ? a + b : a;
}

#endif

static inline vector_single vector_all_single(float x)
{
    return x - (vector_single){0};
}

static inline vector_double vector_all_double(double x)
{
    return x - (vector_double){0};
}

#endif
