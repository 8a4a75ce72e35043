/* interval.h: a few operations on intervals, one at a time, rounded outwards. For decisions after the search;
 * the search itself uses the bounds of cell/box.h.
 *
 * Every operation rounds to nearest and then moves each end by 2^-52 of its size, which is at least one unit
 * in the last place, and by GRL_INTERVAL_TINY: the exact end is inside. That is above the smallest normal
 * number, so that this holds also where a program has told its processor to flush subnormal numbers to zero.
 */
#ifndef GRL_NUM_INTERVAL_H
#define GRL_NUM_INTERVAL_H

#include "num/kernels.h"

#include <math.h>

#define GRL_INTERVAL_TINY 0x1p-1018

typedef struct grl_interval {
    double lo, hi;
} grl_interval;

static inline double interval_below(double x)
{
    return x - (fabs(x) * 0x1p-52 + GRL_INTERVAL_TINY);
}

static inline double interval_above(double x)
{
    return x + (fabs(x) * 0x1p-52 + GRL_INTERVAL_TINY);
}

static inline grl_interval interval_exactly(double x)
{
    return (grl_interval){x, x};
}

static inline grl_interval interval_add(grl_interval a, grl_interval b)
{
    return (grl_interval){interval_below(a.lo + b.lo), interval_above(a.hi + b.hi)};
}

static inline grl_interval interval_negate(grl_interval a)
{
    return (grl_interval){-a.hi, -a.lo};
}

static inline grl_interval interval_subtract(grl_interval a, grl_interval b)
{
    return interval_add(a, interval_negate(b));
}

/* Not for ends whose product overflows: an infinity times a zero would be dropped here. */
static inline grl_interval interval_multiply(grl_interval a, grl_interval b)
{
    double p = a.lo * b.lo, q = a.lo * b.hi, r = a.hi * b.lo, s = a.hi * b.hi;
    double lo = p < q ? p : q, hi = p < q ? q : p, less = r < s ? r : s, more = r < s ? s : r;
    return (grl_interval){interval_below(lo < less ? lo : less), interval_above(hi > more ? hi : more)};
}

/* a^2: tighter than a times a, since both factors are the same number. */
static inline grl_interval interval_square(grl_interval a)
{
    double p = a.lo * a.lo, q = a.hi * a.hi, least = a.lo <= 0 && a.hi >= 0 ? 0 : p < q ? p : q;
    double lo = interval_below(least);
    return (grl_interval){lo > 0 ? lo : 0, interval_above(p < q ? q : p)};
}

/* For b without zero; else everything, so that nothing follows from it. */
static inline grl_interval interval_divide(grl_interval a, grl_interval b)
{
    if (!(b.lo > 0) && !(b.hi < 0)) return (grl_interval){-INFINITY, INFINITY};
    double p = a.lo / b.lo, q = a.lo / b.hi, r = a.hi / b.lo, s = a.hi / b.hi;
    double lo = p < q ? p : q, hi = p < q ? q : p, less = r < s ? r : s, more = r < s ? s : r;
    return (grl_interval){interval_below(lo < less ? lo : less), interval_above(hi > more ? hi : more)};
}

static inline double interval_middle(grl_interval a)
{
    return 0.5 * a.lo + 0.5 * a.hi;
}

/* At least half the width, and at least as far as either end is from the middle. */
static inline double interval_radius(grl_interval a)
{
    double middle = interval_middle(a);
    return interval_above(a.hi - middle > middle - a.lo ? a.hi - middle : middle - a.lo);
}

static inline int interval_has(grl_interval a, double x)
{
    return x >= a.lo && x <= a.hi;
}

static inline int interval_inside(grl_interval inner, grl_interval outer)
{
    return inner.lo > outer.lo && inner.hi < outer.hi;
}

/* What both hold; lo > hi if they are apart. */
static inline grl_interval interval_both(grl_interval a, grl_interval b)
{
    return (grl_interval){a.lo > b.lo ? a.lo : b.lo, a.hi < b.hi ? a.hi : b.hi};
}

/* x := tanh(x) for `count` intervals. The bounds are those of kernels.h, doubled to cover the rounding of the
 * correction. */
static inline void interval_tanh(size_t count, grl_interval *x)
{
    grl_kernels_best()->tanh(2 * count, &x->lo, &x->lo);
    for (size_t i = 0; i < count; i++) {
        double lo = x[i].lo - (2 * GRL_ELEMENTARY_ERROR * fabs(x[i].lo) + 0x1p-1000);
        double hi = x[i].hi + (2 * GRL_ELEMENTARY_ERROR * fabs(x[i].hi) + 0x1p-1000);
        x[i] = (grl_interval){lo > -1 ? lo : -1, hi < 1 ? hi : 1};
    }
}

/* x := sigma(x), likewise. */
static inline void interval_sigma(size_t count, grl_interval *x)
{
    grl_kernels_best()->sigma(2 * count, &x->lo, &x->lo);
    for (size_t i = 0; i < count; i++) {
        double lo = x[i].lo - (2 * GRL_ELEMENTARY_ERROR * x[i].lo + 0x1p-1000);
        double hi = x[i].hi + (2 * GRL_ELEMENTARY_ERROR * x[i].hi + 0x1p-1000);
        x[i] = (grl_interval){lo > 0 ? lo : 0, hi < 1 ? hi : 1};
    }
}

/* 1, -1, or 0 if the interval does not tell. A NaN does not. */
static inline int interval_sign(grl_interval a)
{
    return a.lo > 0 ? 1 : a.hi < 0 ? -1 : 0;
}

#endif
