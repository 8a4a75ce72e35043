/* enclose_large.h (internal): bounds, with every rounding counted, of a network's gates, pre-activation and
 * derivative over a box of states, for any number of units. */
#ifndef GRL_PORTRAIT_ENCLOSE_LARGE_H
#define GRL_PORTRAIT_ENCLOSE_LARGE_H

#include <grulens/cell.h>
#include <stddef.h>

/* Every pair (x, dx) below means: the exact value lies within dx of x, for every state within dh of h and
 * every bias within the cell's radius. All arrays have n entries and lie in one work block.
 *
 *     p(h) = U_h (r * h) + b_h,            dp/dh = U_h (diag(r) + diag(w) U_r),   w = h r (1 - r)   (before)
 *     p(h) = b_h + r * q, q = U_h h + c_h, dp/dh = diag(r) U_h + diag(w) U_r,     w = q r (1 - r)   (after)
 */
typedef struct grl_enclosure {
    const grl_cell *cell;
    size_t n;
    double *h, *dh; /* given */
    double *r, *dr;
    double *w, *dw;
    double *p, *dp;
    double *scratch; /* 4 n */
} grl_enclosure;

/* Roundings of a bound that itself is computed in the nearest rounding: a sum of n products of numbers >= 0
 * and up to thirty operations more, all on numbers >= 0, is at most `grow` times its computed value, plus
 * GRL_TINY for underflow. GRL_ROUND (n + 8) is at least gamma_(n+4) (Higham 2002, lemma 3.1), n <= 2^14. */
#define GRL_TINY     0x1p-900
#define GRL_ROUND(k) (1.01 * 0x1p-53 * (double)(k))
static inline double grl_outward(size_t n)
{
    return 1 + 4 * GRL_ROUND(n + 64);
}

size_t grl_enclosure_work(size_t n); /* doubles */
void grl_enclosure_begin(grl_enclosure *e, const grl_cell *cell, double *work);

/* Fills r, w, p and their radii from h and dh. */
void grl_enclosure_fill(grl_enclosure *e);

/* P = dp/dh at the middles (h, r, w), n x n, as rounded; scratch: n x n, used for reset before only. */
void grl_enclosure_matrix(const grl_enclosure *e, double *P, double *scratch);

/* For x >= 0: y >= |dp/dh - P| x for every derivative in the box and the matrix P from above. */
void grl_enclosure_spread(const grl_enclosure *e, const double *x, double *y);

/* For x >= 0: y >= |P| x, also with all products taken before the sums. */
void grl_enclosure_size(const grl_enclosure *e, const double *x, double *y);

/* An upper bound of sech^2 (the derivative of tanh) over [a - radius, a + radius]. */
double grl_sech2_upper(double a, double radius);

#endif
