/* elementary_vector.h: tanh and sigma of vectors (vector.h), for kernels that go on with the result: fewer operations
 * than elementary.h, and NaN for NaN. The same bits on every processor.
 *
 *     |sigma(x) - exact| <= 8 u exact    for |x| <= 86 (single), 707 (double); beyond, within 2^-124, 2^-1019 of 0 or 1
 *     |tanh(x) - exact|  <= 8 u |exact|, and |tanh(x)| <= 1
 *
 * with u = 2^-24 or 2^-53. Method: y = k ln 2 + r with integer k and |r| <= 0.3467; exp(r) and exp(r) - 1 by
 * polynomials; sigma = 1 / (1 + 2^k exp(r)) for y = -x, tanh = E / (E + 2) with E = 2^k (exp(r) - 1) + (2^k - 1) for
 * y = 2 x. In single precision the polynomials have degree 6 and coefficients that minimise the largest relative error
 * (0.06 u and 0.3 u, as rounded); in double precision they are Taylor's series to r^13 (0.18 u, elementary.h).
 *
 * Error, in units of u to first order:
 *
 *   r      single: k ln 2 is one product in a fma with ln 2 rounded to float, off by 0.033 u: 0.033 |k| u + 0.25 u (the
 *          fma's rounding, of a number below 1/2). Double: in two parts as in elementary.h, 0.51 u.
 *   sigma  e = exp(r): the last two steps of Horner's scheme round, on numbers below 1.42 and, times r, below 0.5: 1.2 u
 *          with the smaller ones before. With r and the polynomial, relative to e: below 2 u, and 0.033 |k| u in single
 *          precision. 1 + 2^k e adds u, and so does the quotient: below 4.2 u + 0.033 |k| u, where |k| <= 126.
 *   tanh   p = exp(r) - 1 = (r/2) q: q's last two roundings are at most 1.4 u, the product's u, with the polynomial
 *          below 2.7 u |p|. The worst is k = -1 or 1, where p and 2^k - 1 differ in sign: E has
 *          (2^k 2.7 u |p| + 2^k exp(r) 0.51 u) / |E| + u, and as in elementary.h for k = -1, where |E| >= 0.29 and
 *          |p| <= 0.42: below 4.3 u, times the condition 2 / (2 + E) <= 1.18; for k = 1, |E| >= 0.41 and |p| <= 0.30:
 *          below 6.8 u, times 2 / 2.41. Sum and quotient: u each. Together below 8 u. For |k| > 1 the relative error of
 *          2^k exp(r), at most 2.5 u + 0.033 |k| u with |k| <= 29, is multiplied by 2 / (2 + E) < 0.6 and
 *          (E + 1) / E < 1.6 (k > 0), or is small beside -1 (k < 0). |x| is taken as at most 10 (single) or 22
 *          (double), where 1 - tanh < u / 8.
 *
 * tests/test_learn_backprop.c goes over one float in a thousand, against the C library in double, and over many doubles;
 * a run over all floats from 2^-63 to 100 has found at most 4.0 u (tanh) and 5.6 u (sigma). */
#ifndef GRL_NUM_ELEMENTARY_VECTOR_H
#define GRL_NUM_ELEMENTARY_VECTOR_H

#include "num/vector.h"

/* x times s, plus c. */
static inline vector_single elementary_step_single(vector_single x, vector_single s, float c)
{
    return vector_fma_single(x, s, vector_all_single(c));
}

static inline vector_single elementary_sigma_vector_single(vector_single x)
{
    const float shift = 0x1.8p23f;
    x = vector_limit_single(x, 87);
    vector_single t = elementary_step_single(x, vector_all_single(-0x1.715476p+0f), shift);
    vector_single s = vector_fma_single(t - shift, vector_all_single(0x1.62e430p-1f), x); /* -r */
    vector_single q = elementary_step_single(vector_all_single(0x1.6a2402p-10f), s, -0x1.123a00p-7f);
    q = elementary_step_single(q, s, 0x1.5558f2p-5f);
    q = elementary_step_single(q, s, -0x1.555492p-3f);
    q = elementary_step_single(q, s, 0x1.fffffcp-2f);
    q = elementary_step_single(q, s, -1);
    q = elementary_step_single(q, s, 1);
    return 1 / elementary_step_single(vector_power_single(t), q, 1);
}

static inline vector_single elementary_tanh_vector_single(vector_single x)
{
    const float shift = 0x1.8p23f;
    x = vector_limit_single(x, 10);
    vector_single t = elementary_step_single(x, vector_all_single(0x1.715476p+1f), shift);
    vector_single s = vector_fma_single(t - shift, vector_all_single(-0x1.62e430p-2f), x); /* r / 2 */
    vector_single q = elementary_step_single(vector_all_single(0x1.6bec02p-4f), s, 0x1.122792p-2f);
    q = elementary_step_single(q, s, 0x1.555674p-1f);
    q = elementary_step_single(q, s, 0x1.5554b0p+0f);
    q = elementary_step_single(q, s, 0x1.fffffep+0f);
    q = elementary_step_single(q, s, 2);
    vector_single power = vector_power_single(t), e = vector_fma_single(power, q * s, power - 1);
    return e / (e + 2);
}

static inline vector_double elementary_step_double(vector_double x, vector_double s, double c)
{
    return vector_fma_double(x, s, vector_all_double(c));
}

static inline vector_double elementary_sigma_vector_double(vector_double x)
{
    const double shift = 0x1.8p52;
    x = vector_limit_double(x, 708);
    vector_double t = elementary_step_double(x, vector_all_double(-0x1.71547652b82fep+0), shift),
                  k = t - shift;
    vector_double s = vector_fma_double(k, vector_all_double(0x1.62e42fefa39efp-1), x); /* -r */
    s = vector_fma_double(k, vector_all_double(0x1.abc9e3b39803fp-56), s);
    vector_double q = elementary_step_double(vector_all_double(-1.0 / 6227020800), s, 1.0 / 479001600);
    q = elementary_step_double(q, s, -1.0 / 39916800);
    q = elementary_step_double(q, s, 1.0 / 3628800);
    q = elementary_step_double(q, s, -1.0 / 362880);
    q = elementary_step_double(q, s, 1.0 / 40320);
    q = elementary_step_double(q, s, -1.0 / 5040);
    q = elementary_step_double(q, s, 1.0 / 720);
    q = elementary_step_double(q, s, -1.0 / 120);
    q = elementary_step_double(q, s, 1.0 / 24);
    q = elementary_step_double(q, s, -1.0 / 6);
    q = elementary_step_double(q, s, 0.5);
    q = elementary_step_double(q, s, -1);
    q = elementary_step_double(q, s, 1);
    return 1 / elementary_step_double(vector_power_double(t), q, 1);
}

static inline vector_double elementary_tanh_vector_double(vector_double x)
{
    const double shift = 0x1.8p52;
    x = vector_limit_double(x, 22);
    vector_double t = elementary_step_double(x, vector_all_double(0x1.71547652b82fep+1), shift),
                  k = t - shift;
    vector_double s = vector_fma_double(k, vector_all_double(-0x1.62e42fefa39efp-2), x); /* r / 2 */
    s = vector_fma_double(k, vector_all_double(-0x1.abc9e3b39803fp-57), s);
    vector_double q = elementary_step_double(vector_all_double(8192.0 / 6227020800), s, 4096.0 / 479001600);
    q = elementary_step_double(q, s, 2048.0 / 39916800);
    q = elementary_step_double(q, s, 1024.0 / 3628800);
    q = elementary_step_double(q, s, 512.0 / 362880);
    q = elementary_step_double(q, s, 256.0 / 40320);
    q = elementary_step_double(q, s, 128.0 / 5040);
    q = elementary_step_double(q, s, 64.0 / 720);
    q = elementary_step_double(q, s, 32.0 / 120);
    q = elementary_step_double(q, s, 16.0 / 24);
    q = elementary_step_double(q, s, 8.0 / 6);
    q = elementary_step_double(q, s, 2);
    q = elementary_step_double(q, s, 2);
    vector_double power = vector_power_double(t), e = vector_fma_double(power, q * s, power - 1);
    return e / (e + 2);
}

#endif
