/* box_isa.c: one step of branch-and-prune on GRL_LANES boxes (method in box.h, rounding bounds in box.c).
 * Compiled once for each instruction set. Every inner loop runs over the lanes and has no branch, so it
 * becomes vector code; n is a constant in the calls at the end, so the loops over units are unrolled.
 *
 * A comparison with a NaN is false, and every selection below is written so that a NaN then changes nothing:
 * a singular Y leaves a box open. */
#include "cell/box.h"
#include "num/elementary.h"
#include "num/isa.h"

#define EACH_LANE for (int l = 0; l < GRL_LANES; l++)

/* Twice GRL_ELEMENTARY_ERROR covers the rounding of the correction too. */
#define SLACK 0x1p-49
#define TINY  0x1p-1000

static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* How far a box is enlarged on each side: a part of its width, and several times what rounding blurs, because
 * a box below that size can never be mapped into itself. The 1 is for units that rest at 0 whatever the
 * others do: there the blur is nearly 0, while rounding in Y couples them to boxes of other sizes. */
static inline double margin(double lo, double hi, double blur)
{
    return 0.0625 * (hi - lo) + 0x1p-50 * (1 + fabs(lo) + fabs(hi)) + 8 * blur;
}

static inline double tanh_below(double a)
{
    double t = elementary_tanh(a);
    return larger(-1.0, t - (SLACK * fabs(t) + TINY));
}

static inline double tanh_above(double a)
{
    double t = elementary_tanh(a);
    return smaller(1.0, t + (SLACK * fabs(t) + TINY));
}

/* sum_j U_j x_j + b over boxes, to rounding (e_r, e_v, e_f): each product takes the end that its sign asks
 * for. */
static inline void sum_over_box(int n, grl_lanes *U, grl_lanes *x_lo, grl_lanes *x_hi, const double *b,
                                double *lo, double *hi)
{
    EACH_LANE lo[l] = hi[l] = b[l];
    for (int j = 0; j < n; j++) EACH_LANE
        {
            double up = larger(U[j][l], 0), down = smaller(U[j][l], 0);
            lo[l] = fma(up, x_lo[j][l], fma(down, x_hi[j][l], lo[l]));
            hi[l] = fma(up, x_hi[j][l], fma(down, x_lo[j][l], hi[l]));
        }
}

/* The product of [a_lo, a_hi] >= 0 with [x_lo, x_hi], to rounding. */
static inline void product_over_box(const double *a_lo, const double *a_hi, const double *x_lo,
                                    const double *x_hi, double *lo, double *hi)
{
    EACH_LANE
    {
        double below = (x_lo[l] >= 0 ? a_lo[l] : a_hi[l]) * x_lo[l];
        double above = (x_hi[l] >= 0 ? a_hi[l] : a_lo[l]) * x_hi[l];
        lo[l] = below;
        hi[l] = above;
    }
}

/* Y ~ A^-1 by Gauss-Jordan elimination with partial pivoting. Lanes have their own pivots, hence rows are
 * exchanged by selection. Y need not be accurate: a bad one proves nothing, and only that. A is destroyed. */
static inline void invert(int n, grl_lanes A[GRL_BOX_UNITS][GRL_BOX_UNITS],
                          grl_lanes Y[GRL_BOX_UNITS][GRL_BOX_UNITS])
{
    if (n == 1) {
        EACH_LANE Y[0][0][l] = 1 / A[0][0][l];
        return;
    }
    if (n == 2) {
        EACH_LANE
        {
            double scale = 1 / (A[0][0][l] * A[1][1][l] - A[0][1][l] * A[1][0][l]);
            Y[0][0][l] = A[1][1][l] * scale;
            Y[0][1][l] = -A[0][1][l] * scale;
            Y[1][0][l] = -A[1][0][l] * scale;
            Y[1][1][l] = A[0][0][l] * scale;
        }
        return;
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) EACH_LANE Y[i][k][l] = i == k;
    for (int p = 0; p < n; p++) {
        for (int i = p + 1; i < n; i++) {
            grl_lanes swap;
            EACH_LANE swap[l] = fabs(A[i][p][l]) > fabs(A[p][p][l]) ? 1 : 0;
            for (int k = 0; k < n; k++) EACH_LANE
                {
                    double a = A[p][k][l], b = A[i][k][l], c = Y[p][k][l], d = Y[i][k][l];
                    A[p][k][l] = swap[l] > 0 ? b : a;
                    A[i][k][l] = swap[l] > 0 ? a : b;
                    Y[p][k][l] = swap[l] > 0 ? d : c;
                    Y[i][k][l] = swap[l] > 0 ? c : d;
                }
        }
        grl_lanes pivot;
        EACH_LANE pivot[l] = 1 / A[p][p][l];
        for (int k = 0; k < n; k++) EACH_LANE
            {
                A[p][k][l] *= pivot[l];
                Y[p][k][l] *= pivot[l];
            }
        for (int i = 0; i < n; i++) {
            if (i == p) continue;
            grl_lanes factor;
            EACH_LANE factor[l] = A[i][p][l];
            for (int k = 0; k < n; k++) EACH_LANE
                {
                    A[i][k][l] -= factor[l] * A[p][k][l];
                    Y[i][k][l] -= factor[l] * Y[p][k][l];
                }
        }
    }
}

static inline void step(int n, int after, grl_box_batch *b)
{
    grl_lanes wide_lo[GRL_BOX_UNITS], wide_hi[GRL_BOX_UNITS], r_lo[GRL_BOX_UNITS], r_hi[GRL_BOX_UNITS];
    grl_lanes v_lo[GRL_BOX_UNITS], v_hi[GRL_BOX_UNITS]; /* before: r h; after: U_h h + c_h */
    grl_lanes M[GRL_BOX_UNITS][GRL_BOX_UNITS], M_radius[GRL_BOX_UNITS][GRL_BOX_UNITS];
    grl_lanes G[GRL_BOX_UNITS], A[GRL_BOX_UNITS][GRL_BOX_UNITS], Y[GRL_BOX_UNITS][GRL_BOX_UNITS];
    grl_lanes centre[GRL_BOX_UNITS], radius[GRL_BOX_UNITS], lo, hi, empty, proven;

    EACH_LANE
    {
        empty[l] = 0;
        proven[l] = 1;
        b->flat[l] = 1;
    }

    /* h and r over the enlarged box. */
    for (int i = 0; i < n; i++) EACH_LANE
        {
            double d = margin(b->lo[i][l], b->hi[i][l], b->e_c[i][l]);
            wide_lo[i][l] = b->lo[i][l] - d;
            wide_hi[i][l] = b->hi[i][l] + d;
            b->h_lo[i][l] = tanh_below(wide_lo[i][l]);
            b->h_hi[i][l] = tanh_above(wide_hi[i][l]);
        }
    for (int i = 0; i < n; i++) {
        sum_over_box(n, b->U_r[i], b->h_lo, b->h_hi, b->b_r[i], lo, hi);
        EACH_LANE
        {
            double below = elementary_sigma(lo[l] - b->e_r[i][l]),
                   above = elementary_sigma(hi[l] + b->e_r[i][l]);
            r_lo[i][l] = larger(0.0, below - (SLACK * below + TINY));
            r_hi[i][l] = smaller(1.0, above + (SLACK * above + TINY));
        }
    }

    /* F over the enlarged box, and the first contraction. */
    for (int i = 0; i < n; i++) {
        if (after) {
            sum_over_box(n, b->U_h[i], b->h_lo, b->h_hi, b->c_h[i], v_lo[i], v_hi[i]);
            EACH_LANE
            {
                v_lo[i][l] -= b->e_v[i][l];
                v_hi[i][l] += b->e_v[i][l];
            }
        } else {
            product_over_box(r_lo[i], r_hi[i], b->h_lo[i], b->h_hi[i], v_lo[i], v_hi[i]);
        }
    }
    for (int i = 0; i < n; i++) {
        if (after) {
            product_over_box(r_lo[i], r_hi[i], v_lo[i], v_hi[i], lo, hi);
            EACH_LANE
            {
                lo[l] += b->b_h[i][l];
                hi[l] += b->b_h[i][l];
            }
        } else {
            sum_over_box(n, b->U_h[i], v_lo, v_hi, b->b_h[i], lo, hi);
        }
        EACH_LANE
        {
            b->lo[i][l] = larger(lo[l] - b->e_f[i][l], b->lo[i][l]);
            b->hi[i][l] = smaller(hi[l] + b->e_f[i][l], b->hi[i][l]);
            empty[l] = b->lo[i][l] > b->hi[i][l] ? 1 : empty[l];
        }
    }

    /* F' over the enlarged box, as centre M and radius: r' = g = r (1 - r), s = 1 - h^2, and w = g h (before)
     * or g v (after). */
    grl_lanes s[GRL_BOX_UNITS], s_radius[GRL_BOX_UNITS], w[GRL_BOX_UNITS], w_radius[GRL_BOX_UNITS];
    for (int i = 0; i < n; i++) {
        grl_lanes g_lo, g_hi;
        EACH_LANE
        {
            double size_lo = fabs(b->h_lo[i][l]), size_hi = fabs(b->h_hi[i][l]);
            double most = larger(size_lo, size_hi);
            double least = b->h_lo[i][l] > 0 ? size_lo : b->h_hi[i][l] < 0 ? size_hi : 0.0;
            /* (1 - m)(1 + m) is off by at most 3 u; 2^-51 = 4 u. */
            double below = larger(0.0, (1 - most) * (1 + most) - 0x1p-51);
            double above = smaller(1.0, (1 - least) * (1 + least) + 0x1p-51);
            s[i][l] = 0.5 * (below + above);
            s_radius[i][l] = 0.5 * (above - below) + 0x1p-52;
            double at_lo = r_lo[i][l] * (1 - r_lo[i][l]), at_hi = r_hi[i][l] * (1 - r_hi[i][l]);
            double top = r_lo[i][l] <= 0.5 ? (r_hi[i][l] >= 0.5 ? 0.25 : at_hi) : at_lo;
            g_lo[l] = larger(0.0, smaller(at_lo, at_hi) - 0x1p-52);
            g_hi[l] = top + 0x1p-52;
        }
        if (after)
            product_over_box(g_lo, g_hi, v_lo[i], v_hi[i], lo, hi);
        else
            product_over_box(g_lo, g_hi, b->h_lo[i], b->h_hi[i], lo, hi);
        EACH_LANE
        {
            w[i][l] = 0.5 * (lo[l] + hi[l]);
            w_radius[i][l] = 0.5 * (hi[l] - lo[l]);
        }
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            grl_lanes X, X_radius;
            int gate = after ? i : k;
            EACH_LANE
            {
                double r = 0.5 * (r_lo[gate][l] + r_hi[gate][l]),
                       r_radius = 0.5 * (r_hi[gate][l] - r_lo[gate][l]);
                X[l] = b->U_h[i][k][l] * r;
                X_radius[l] = fabs(b->U_h[i][k][l]) * r_radius;
            }
            if (after) EACH_LANE
                {
                    X[l] = fma(b->U_r[i][k][l], w[i][l], X[l]);
                    X_radius[l] = fma(fabs(b->U_r[i][k][l]), w_radius[i][l], X_radius[l]);
                }
            else
                for (int j = 0; j < n; j++) EACH_LANE
                    {
                        double weight = b->U_h[i][j][l] * b->U_r[j][k][l];
                        X[l] = fma(weight, w[j][l], X[l]);
                        X_radius[l] = fma(fabs(weight), w_radius[j][l], X_radius[l]);
                    }
            EACH_LANE
            {
                M[i][k][l] = X[l] * s[k][l];
                M_radius[i][k][l] =
                    fma(fabs(X[l]), s_radius[k][l], X_radius[l] * (s[k][l] + s_radius[k][l])) + b->e_m[i][l];
                A[i][k][l] = (i == k) - M[i][k][l];
            }
        }

    /* D: what is left of the box, enlarged, within the box over which F' is enclosed. */
    grl_lanes at[GRL_BOX_UNITS], gate[GRL_BOX_UNITS];
    for (int i = 0; i < n; i++) EACH_LANE
        {
            double d = margin(b->lo[i][l], b->hi[i][l], b->e_c[i][l]);
            b->alone_lo[i][l] = larger(wide_lo[i][l], b->lo[i][l] - d);
            b->alone_hi[i][l] = smaller(wide_hi[i][l], b->hi[i][l] + d);
            double c = 0.5 * (b->alone_lo[i][l] + b->alone_hi[i][l]);
            centre[i][l] = c;
            radius[i][l] = larger(b->alone_hi[i][l] - c, c - b->alone_lo[i][l]) * (1 + 0x1p-50);
            at[i][l] = elementary_tanh(c);
        }

    /* G at the centre. */
    for (int i = 0; i < n; i++) {
        EACH_LANE lo[l] = b->b_r[i][l];
        for (int j = 0; j < n; j++) EACH_LANE lo[l] = fma(b->U_r[i][j][l], at[j][l], lo[l]);
        EACH_LANE gate[i][l] = elementary_sigma(lo[l]);
    }
    for (int i = 0; i < n; i++) {
        EACH_LANE lo[l] = after ? b->c_h[i][l] : b->b_h[i][l];
        for (int j = 0; j < n; j++)
            EACH_LANE lo[l] = fma(b->U_h[i][j][l], after ? at[j][l] : gate[j][l] * at[j][l], lo[l]);
        EACH_LANE G[i][l] = centre[i][l] - (after ? fma(gate[i][l], lo[l], b->b_h[i][l]) : lo[l]);
    }

    invert(n, A, Y);

    /* Krawczyk's operator. T bounds |I - Y G'(D)|; 2^-48 = 32 u covers the at most n + 3 roundings of each of
     * its entries and of Y G(c), and 2^-45 those of the sums of non-negative numbers. */
    for (int i = 0; i < n; i++) {
        grl_lanes move, reach, blur, change;
        EACH_LANE
        {
            move[l] = 0;
            reach[l] = 0;
            blur[l] = 0;
            change[l] = 0;
        }
        for (int k = 0; k < n; k++) {
            grl_lanes R, T;
            EACH_LANE
            {
                double half = larger(0.0, 0.5 * (b->hi[k][l] - b->lo[k][l]) - 4 * b->e_c[k][l]);
                change[l] = fma(fabs((i == k) - M[i][k][l]) + M_radius[i][k][l], half, change[l]);
                R[l] = (i == k) - Y[i][k][l];
                T[l] = 0x1p-48 * ((i == k) + fabs(Y[i][k][l]));
            }
            for (int j = 0; j < n; j++) EACH_LANE
                {
                    R[l] = fma(Y[i][j][l], M[j][k][l], R[l]);
                    T[l] = fma(fabs(Y[i][j][l]), fma(0x1p-48, fabs(M[j][k][l]), M_radius[j][k][l]), T[l]);
                }
            EACH_LANE
            {
                reach[l] = fma(fabs(R[l]) + T[l], radius[k][l], reach[l]);
                blur[l] = fma(fabs(Y[i][k][l]), fma(0x1p-48, fabs(G[k][l]), b->e_c[k][l]), blur[l]);
                move[l] = fma(Y[i][k][l], G[k][l], move[l]);
            }
        }
        EACH_LANE
        {
            double middle = centre[i][l] - move[l];
            double size =
                (reach[l] + blur[l]) * (1 + 0x1p-45) + 0x1p-50 * (fabs(centre[i][l]) + fabs(move[l]));
            double below = middle - size, above = middle + size;
            b->blur[i][l] = blur[l];
            b->flat[l] = change[l] < b->e_c[i][l] ? b->flat[l] : 0;
            b->root_lo[i][l] = below;
            b->root_hi[i][l] = above;
            proven[l] = below > b->alone_lo[i][l] ? proven[l] : 0;
            proven[l] = above < b->alone_hi[i][l] ? proven[l] : 0;
            b->lo[i][l] = larger(below, b->lo[i][l]);
            b->hi[i][l] = smaller(above, b->hi[i][l]);
            empty[l] = b->lo[i][l] > b->hi[i][l] ? 1 : empty[l];
        }
    }
    /* A zero in D but outside A makes A empty: the box that holds it finds it. */
    EACH_LANE b->verdict[l] = empty[l] > 0 ? GRL_BOX_EMPTY : proven[l] > 0 ? GRL_BOX_PROVEN : GRL_BOX_OPEN;
}

extern grl_box_step_function GRL_ISA_NAME(grl_box_step_);

void GRL_ISA_NAME(grl_box_step_)(grl_box_batch *batch)
{
    switch (batch->n) {
    case 1:
        batch->after ? step(1, 1, batch) : step(1, 0, batch);
        break;
    case 2:
        batch->after ? step(2, 1, batch) : step(2, 0, batch);
        break;
    case 3:
        batch->after ? step(3, 1, batch) : step(3, 0, batch);
        break;
    default:
        step(batch->n, batch->after, batch);
    }
}
