/* elementary.h: tanh and sigma for one double, written so that a loop over them becomes vector code.
 *
 * Method: y = -2|x| (tanh) or -|x| (sigma); y = k ln 2 + r with integer k and |r| <= 0.35; p ~ exp(r) - 1 by
 * Taylor's series to r^13; exp(y) - 1 = 2^k p + (2^k - 1); tanh|x| = -E / (2 + E) with E = exp(y) - 1,
 * sigma(-|x|) = e / (1 + e) with e = exp(y). No branch, no table; fma() is one rounding on every processor (a
 * call where the processor has none), so all versions agree to the bit.
 *
 * Error, in units of u = 2^-53, to first order; terms of order u^2 are far below the slack at the end:
 *
 *   k      is |y| log2(e) rounded to an integer, off by less than 1/2 + 2^-40, so |r| <= 0.3466 < 0.35.
 *   r      is y - k ln2_high - k ln2_low in two fma, each rounding a number below 1/2: 2^-55 each.
 *          ln2_high + ln2_low differs from ln 2 by less than 2^-108, times |k| <= 1075. Together
 *          |dr| <= 0.51 u. For k = 0, r = y exactly.
 *   p      truncated after r^13: relative to r, at most 0.35^13 / 14! * e^0.35 < 2.0e-17 = 0.18 u. In
 *          p = r + r^2 q, q (between 0.44 and 0.57) carries at most 3 u relative and r^2 one u; since
 *          |r^2 q / p| <= 0.35 * 0.57 / 0.84 < 0.24, that gives 0.96 u, and the last fma one u:
 *          |dp| <= 2.2 u |p|.
 *   E      for k = 0 is p: relative error 2.2 u, and E > -0.296. For k = -1, E = fma(1/2, p, -1/2) lies in
 *          [-0.65, -0.29]: (0.5 * 2.2 u * 0.42 + 0.5 * 1.42 * 0.51 u) / 0.29 + u <= 3.9 u; at the lower end
 *          / 0.65, 2.3 u. For smaller k the first terms at least halve while |E| grows: at most 1.7 u for
 *          k = -2, tending to 1 u. (2^k - 1 is exact for k >= -53; below, it rounds to -1, off by less
 *          than u.)
 *   tanh   the relative condition of -E / (2 + E) is 2 / (2 + E): at most 1.18 for k = 0; 1.18 to 1.49 for
 *          k = -1; 1.72 for k = -2; 2 beyond. The worst product is 3.9 * 1.18 < 4.7 u at the upper end of
 *          k = -1 (2.3 * 1.49 at its lower end, 1.7 * 1.72 for k = -2, 2 * 2 in the limit). The sum 2 + E
 *          and the quotient add one u each: below 6.8 u < 8 u = 2^-50. For |x| > 22 tanh is taken at 22:
 *          1 - tanh(22) < 2^-62. Tiny x: p = r = y, and E / 2 is exact.
 *   sigma  e = fma(2^k, p, 2^k): (2.2 u |p| + 0.51 u (1 + p)) / (1 + p) + u <= 0.92 u + 0.51 u + u < 2.5 u.
 *          Then e / (1 + e) has at most 2.5 u + 2 u and 1 / (1 + e) at most 1.25 u + 2 u: below
 *          8 u = 2^-50. For x < -708 sigma is taken at -708, 3.4e-308 < 2^-1020 (GRL_SIGMA_TINY covers
 *          it).
 *
 * NaN gives NaN: the limits are written so that the comparison keeps it. */
#ifndef GRL_NUM_ELEMENTARY_H
#define GRL_NUM_ELEMENTARY_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD == 2 || defined(__FAST_MATH__)
#error "doubles must be computed as doubles: no x87 arithmetic (-msse2 -mfpmath=sse), no -ffast-math"
#endif

/* exp(y) = scale (1 + p), for -708 <= y <= 0. */
static inline double elementary_exp_parts(double y, double *scale)
{
    const double shift = 0x1.8p52;
    double t = fma(y, 0x1.71547652b82fep+0, shift);
    double k = t - shift;
    double r = fma(k, -0x1.62e42fefa39efp-1, y);
    r = fma(k, -0x1.abc9e3b39803fp-56, r);

    double r2 = r * r;
    double odd = 1.0 / 6227020800; /* 1/13! */
    double even = 1.0 / 479001600; /* 1/12! */
    even = fma(even, r2, 1.0 / 3628800);
    odd = fma(odd, r2, 1.0 / 39916800);
    even = fma(even, r2, 1.0 / 40320);
    odd = fma(odd, r2, 1.0 / 362880);
    even = fma(even, r2, 1.0 / 720);
    odd = fma(odd, r2, 1.0 / 5040);
    even = fma(even, r2, 1.0 / 24);
    odd = fma(odd, r2, 1.0 / 120);
    even = fma(even, r2, 0.5);
    odd = fma(odd, r2, 1.0 / 6);
    double q = fma(odd, r, even);
    double p = fma(r2, q, r);

    uint64_t bits;
    memcpy(&bits, &t, sizeof bits); /* the low bits of t hold k */
    bits = (bits + 1023) << 52;
    memcpy(scale, &bits, sizeof bits);
    return p;
}

/* tanh(x) = the result / *bottom, 1 <= *bottom <= 2; for a quotient that can share its division. */
static inline double elementary_tanh_parts(double x, double *bottom)
{
    double scale, size = fabs(x);
    size = size > 22.0 ? 22.0 : size;
    double p = elementary_exp_parts(-2 * size, &scale);
    double e = fma(scale, p, scale - 1);
    *bottom = 2 + e;
    return copysign(-e, x);
}

/* sigma(x) = the result / *bottom, 1 <= *bottom <= 2. */
static inline double elementary_sigma_parts(double x, double *bottom)
{
    double scale, size = fabs(x);
    size = size > 708.0 ? 708.0 : size;
    double p = elementary_exp_parts(-size, &scale);
    double e = fma(scale, p, scale);
    *bottom = 1 + e;
    return x < 0 ? e : 1.0;
}

static inline double elementary_tanh(double x)
{
    double bottom, top = elementary_tanh_parts(x, &bottom);
    return top / bottom;
}

static inline double elementary_sigma(double x)
{
    double bottom, top = elementary_sigma_parts(x, &bottom);
    return top / bottom;
}

#endif
