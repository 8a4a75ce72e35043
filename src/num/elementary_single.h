/* elementary_single.h: tanh and sigma for one float, by the method of elementary.h with a shorter series: for loops
 * that become vector code, the same bits on every processor, NaN for NaN. */
#ifndef GRL_NUM_ELEMENTARY_SINGLE_H
#define GRL_NUM_ELEMENTARY_SINGLE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* exp(y) = scale (1 + p), for -87 <= y <= 0. */
static inline float elementary_exp_parts_single(float y, float *scale)
{
    const float shift = 0x1.8p23f;
    float t = fmaf(y, 0x1.715476p+0f, shift);
    float k = t - shift;
    float r = fmaf(k, -0x1.62e430p-1f, y);
    r = fmaf(k, 0x1.05c610p-29f, r);

    float r2 = r * r;
    float odd = fmaf(1.0f / 5040, r2, 1.0f / 120);
    float even = fmaf(1.0f / 720, r2, 1.0f / 24);
    odd = fmaf(odd, r2, 1.0f / 6);
    even = fmaf(even, r2, 0.5f);
    float p = fmaf(r2, fmaf(odd, r, even), r);

    uint32_t bits;
    memcpy(&bits, &t, sizeof bits); /* the low bits of t hold k */
    bits = (bits + 127) << 23;
    memcpy(scale, &bits, sizeof bits);
    return p;
}

static inline float elementary_tanh_single(float x)
{
    float scale, size = fabsf(x);
    size = size > 10.0f ? 10.0f : size;
    float p = elementary_exp_parts_single(-2 * size, &scale);
    float e = fmaf(scale, p, scale - 1);
    return copysignf(e / (2 + e), x);
}

static inline float elementary_sigma_single(float x)
{
    float scale, size = fabsf(x);
    size = size > 87.0f ? 87.0f : size;
    float p = elementary_exp_parts_single(-size, &scale);
    float e = fmaf(scale, p, scale);
    return (x < 0 ? e : 1.0f) / (1 + e);
}

#endif
