/* inflections.c: one unit (reset before) has at most three fixed points.
 *
 * With w = U_r, c = b_r, u = U_h, b = b_h a fixed point h in (-1, 1) solves
 *
 *     b = g(h) = atanh(h) - u phi(h),   phi(h) = h sigma(w h + c),
 *     g'(h) = (1 - u p(h)) / (1 - h^2), p(h) = (1 - h^2) phi'(h).
 *
 * p does not depend on u and b, and vanishes at both ends. Suppose that p' has at most two zeros, counted with their
 * multiplicity. Then p = 1/u has at most three solutions (Rolle), and, since p - 1/u has the same sign at both ends, an
 * even number of them: at most two. So g' has at most two zeros and g = b at most three solutions, for every u and
 * every b; U_z and b_z do not occur. (u = 0: one.) Replacing h, w by -h, -w maps p to itself: w >= 0 is enough.
 *
 * p' has the zeros of r = p' / sigma. With t = 1 - sigma(w h + c), t' = -w t (1 - t):
 *
 *     G = 2 w t + w^2 h (2 t^2 - t),    r = -2 h - 2 w h^2 t + (1 - h^2) G.
 *
 * For a box of (w, c) the interval [-1, 1] is cut into cells by interval arithmetic (Moore 1966): a cell where r has a
 * sign holds no zero. What is left makes groups of neighbouring cells. A group over which r' has one sign has at most
 * one zero, one over which r'' has one sign at most two. If that is at most two altogether, the box is proven; else it
 * is cut in two. The zeros are counted on [-1, 1], which is more than is needed. */
#include "paper/inflections.h"

#include "base/error.h"
#include "base/progress.h"
#include "num/interval.h"

enum { MOST_DEPTH = 60, CUTS = 18, ENOUGH = 11 };

static grl_interval times(double factor, grl_interval a)
{
    return interval_multiply(interval_exactly(factor), a);
}

/* r and its first two derivatives by h. */
static void evaluate(grl_interval w, grl_interval c, grl_interval h, grl_interval r[3])
{
    const grl_interval one = interval_exactly(1), w2 = interval_square(w), h2 = interval_square(h);
    grl_interval t = interval_negate(interval_add(interval_multiply(w, h), c));
    interval_sigma(1, &t);
    const grl_interval s = interval_subtract(one, t), st = interval_multiply(s, t);
    const grl_interval t1 = interval_negate(interval_multiply(w, st));
    const grl_interval t2 = interval_multiply(interval_multiply(w2, interval_subtract(s, t)), st);
    /* q = 2 t^2 - t = t (t - s) */
    const grl_interval q = interval_multiply(t, interval_subtract(t, s));
    const grl_interval slope = interval_subtract(times(4, t), one), q1 = interval_multiply(slope, t1);
    const grl_interval q2 = interval_add(times(4, interval_square(t1)), interval_multiply(slope, t2));
    const grl_interval w2h = interval_multiply(w2, h), rest = interval_subtract(one, h2);
    const grl_interval G = interval_add(times(2, interval_multiply(w, t)), interval_multiply(w2h, q));
    const grl_interval G1 = interval_add(times(2, interval_multiply(w, t1)),
                                         interval_add(interval_multiply(w2, q), interval_multiply(w2h, q1)));
    const grl_interval G2 =
        interval_add(times(2, interval_multiply(w, t2)),
                     interval_add(times(2, interval_multiply(w2, q1)), interval_multiply(w2h, q2)));
    const grl_interval wt = interval_multiply(w, t), wt1 = interval_multiply(w, t1),
                       wt2 = interval_multiply(w, t2);
    r[0] = interval_add(times(-2, interval_add(h, interval_multiply(h2, wt))), interval_multiply(rest, G));
    r[1] = interval_add(times(-2, interval_add(one, interval_add(times(2, interval_multiply(h, wt)),
                                                                 interval_multiply(h2, wt1)))),
                        interval_subtract(interval_multiply(rest, G1), times(2, interval_multiply(h, G))));
    r[2] =
        interval_add(times(-2, interval_add(interval_add(times(2, wt), times(4, interval_multiply(h, wt1))),
                                            interval_multiply(h2, wt2))),
                     interval_subtract(interval_multiply(rest, G2),
                                       interval_add(times(4, interval_multiply(h, G1)), times(2, G))));
}

/* Neighbouring cells that may hold zeros: the signs that r' and r'' have on all of them; 0: not one sign. */
typedef struct group {
    int open, first, second;
} group;

static int zeros_of(const group *g)
{
    return g->first ? 1 : g->second ? 2 : 3;
}

/* An upper bound on the number of zeros for all (w, c) of a box; 3 or more: not known. */
static int count_zeros(grl_interval w, grl_interval c)
{
    struct {
        grl_interval h;
        int cuts;
    } stack[2 * CUTS + 4];
    int top = 0, total = 0;
    group g = {0};
    stack[top].h = (grl_interval){-1, 1};
    stack[top++].cuts = 0;
    while (top > 0) {
        const grl_interval h = stack[--top].h;
        const int cuts = stack[top].cuts;
        grl_interval r[3];
        evaluate(w, c, h, r);
        if (interval_sign(r[0]) != 0) {
            total += g.open ? zeros_of(&g) : 0;
            g = (group){0};
            continue;
        }
        const int first = interval_sign(r[1]), second = interval_sign(r[2]);
        /* Cells that tell a derivative's sign are cut a few times more, so that groups stay small. */
        if (cuts < (first || second ? ENOUGH : CUTS)) {
            const double middle = interval_middle(h);
            stack[top].h = (grl_interval){middle, h.hi};
            stack[top++].cuts = cuts + 1;
            stack[top].h = (grl_interval){h.lo, middle};
            stack[top++].cuts = cuts + 1;
            continue;
        }
        g.first = !g.open || g.first == first ? first : 0;
        g.second = !g.open || g.second == second ? second : 0;
        g.open = 1;
        if (zeros_of(&g) > 2) return 3;
    }
    return total + (g.open ? zeros_of(&g) : 0);
}

grl_status grl_inflections_scan(double most_weight, double most_bias, int depth, grl_progress *progress,
                                grl_inflections *result, grl_error *error)
{
    struct {
        grl_interval w, c;
        int depth;
    } stack[MOST_DEPTH + 2];
    int top = 0;
    *result = (grl_inflections){0};
    if (depth > MOST_DEPTH) depth = MOST_DEPTH;
    stack[top].w = (grl_interval){0, most_weight};
    stack[top].c = (grl_interval){-most_bias, most_bias};
    stack[top++].depth = 0;
    while (top > 0) {
        const grl_interval w = stack[--top].w, c = stack[top].c;
        const int cut = stack[top].depth;
        const double area = ldexp(1, -cut);
        if (grl_progress_stopped(progress)) return grl_fail(error, GRL_STOPPED, "stopped");
        result->boxes++;
        const int zeros = count_zeros(w, c);
        if (zeros <= 2) {
            result->certified++;
            result->certified_area += area;
            result->most = zeros > result->most ? zeros : result->most;
        } else if (cut == depth) {
            result->undecided++;
            result->undecided_area += area;
        } else {
            /* The longer side, by what it moves the gate: w h + c with |h| <= 1. */
            const int along = w.hi - w.lo >= c.hi - c.lo;
            for (int half = 0; half < 2; half++) {
                grl_interval *side = along ? &stack[top].w : &stack[top].c;
                stack[top].w = w;
                stack[top].c = c;
                const double middle = interval_middle(*side);
                *(half ? &side->lo : &side->hi) = middle;
                stack[top++].depth = cut + 1;
            }
        }
    }
    return GRL_OK;
}
