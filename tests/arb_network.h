/* arb_network.h: a cell's fixed point equation in balls with Arb, which shares nothing with the library.
 *
 *     G(a) = a - F(a),   F(a) = U_h (r * h) + b_h   or   b_h + r * (U_h h + c_h),   h = tanh(a)
 *
 * with the exact sums of biases and inputs; its derivative; that of the field; and zeros, proven by the
 * interval Newton operator (Moore 1966): if N = c - G'(X)^-1 G(c) lies in the interior of X, then X holds
 * exactly one zero, and N holds it. */
#ifndef GRL_TEST_ARB_NETWORK_H
#define GRL_TEST_ARB_NETWORK_H

#include "check.h"

#include <arb.h>
#include <arb_mat.h>
#include <grulens/cell.h>

/* Many, because saturated gates put eigenvalues of 1 and of exp(-300) into one matrix. */
enum { ARB_BITS = 1000 };

static inline double arb_network_value(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* y = U h + b + W x, for one row of the blocks. */
static inline void arb_network_row(arb_t y, const grl_cell *cell, grl_block gate, slong i, arb_srcptr h,
                                   const double *x)
{
    static const grl_block W[] = {GRL_W_Z, GRL_W_R, GRL_W_H}, b[] = {GRL_B_Z, GRL_B_R, GRL_B_H};
    slong n = (slong)grl_cell_hidden_size(cell), m = (slong)grl_cell_input_size(cell);
    arb_t s, t;
    arb_init(s), arb_init(t);
    arb_set_d(y, grl_cell_values(cell, b[gate])[i]);
    for (slong k = 0; x && k < m; k++) {
        arb_set_d(s, grl_cell_values(cell, W[gate])[i * m + k]);
        arb_set_d(t, x[k]);
        arb_addmul(y, s, t, ARB_BITS);
    }
    for (slong j = 0; h && j < n; j++) {
        arb_set_d(s, grl_cell_values(cell, gate)[i * n + j]);
        arb_addmul(y, s, h + j, ARB_BITS);
    }
    arb_clear(s), arb_clear(t);
}

static inline void arb_network_sigma(arb_t y, const arb_t x)
{
    arb_neg(y, x);
    arb_exp(y, y, ARB_BITS);
    arb_add_ui(y, y, 1, ARB_BITS);
    arb_inv(y, y, ARB_BITS);
}

/* F(a) and its derivative over a ball of pre-activations (n balls each, J row-major n x n). */
static inline void arb_network_candidate(const grl_cell *cell, const double *x, arb_srcptr a, arb_ptr F,
                                         arb_mat_t J)
{
    slong n = (slong)grl_cell_hidden_size(cell);
    int after = grl_cell_reset(cell) == GRL_RESET_AFTER;
    arb_ptr h = _arb_vec_init(n), r = _arb_vec_init(n), q = _arb_vec_init(n), slope = _arb_vec_init(n),
            bend = _arb_vec_init(n);
    arb_t s, t;
    arb_init(s), arb_init(t);
    for (slong i = 0; i < n; i++) {
        arb_tanh(h + i, a + i, ARB_BITS);
        arb_sech(s, a + i, ARB_BITS);
        arb_sqr(slope + i, s, ARB_BITS);
    }
    for (slong i = 0; i < n; i++) {
        arb_network_row(s, cell, GRL_U_R, i, h, x);
        arb_network_sigma(r + i, s);
        arb_neg(s, s);
        arb_network_sigma(t, s);
        arb_mul(bend + i, r + i, t, ARB_BITS); /* r (1 - r) */
        if (!after) {
            arb_mul(q + i, r + i, h + i, ARB_BITS);
            arb_mul(bend + i, bend + i, h + i, ARB_BITS);
            continue;
        }
        arb_set_d(q + i, grl_cell_values(cell, GRL_C_H)[i]);
        for (slong j = 0; j < n; j++) {
            arb_set_d(s, grl_cell_values(cell, GRL_U_H)[i * n + j]);
            arb_addmul(q + i, s, h + j, ARB_BITS);
        }
        arb_mul(bend + i, bend + i, q + i, ARB_BITS);
    }
    for (slong i = 0; i < n; i++) {
        if (after) {
            arb_network_row(F + i, cell, GRL_U_H, i, NULL, x);
            arb_addmul(F + i, r + i, q + i, ARB_BITS);
        } else {
            arb_network_row(F + i, cell, GRL_U_H, i, q, x);
        }
        for (slong k = 0; k < n; k++) {
            arb_ptr entry = arb_mat_entry(J, i, k);
            arb_set_d(s, grl_cell_values(cell, GRL_U_H)[i * n + k]);
            arb_mul(entry, s, r + (after ? i : k), ARB_BITS);
            if (after) {
                arb_set_d(s, grl_cell_values(cell, GRL_U_R)[i * n + k]);
                arb_addmul(entry, s, bend + i, ARB_BITS);
            }
            for (slong j = 0; !after && j < n; j++) {
                arb_set_d(s, grl_cell_values(cell, GRL_U_H)[i * n + j]);
                arb_set_d(t, grl_cell_values(cell, GRL_U_R)[j * n + k]);
                arb_mul(s, s, t, ARB_BITS);
                arb_addmul(entry, s, bend + j, ARB_BITS);
            }
            arb_mul(entry, entry, slope + k, ARB_BITS);
        }
    }
    _arb_vec_clear(h, n), _arb_vec_clear(r, n), _arb_vec_clear(q, n);
    _arb_vec_clear(slope, n), _arb_vec_clear(bend, n);
    arb_clear(s), arb_clear(t);
}

/* G = a - F and its derivative, both as matrices. */
static inline void arb_network_equation(const grl_cell *cell, const double *x, arb_srcptr a, arb_mat_t G,
                                        arb_mat_t J)
{
    slong n = (slong)grl_cell_hidden_size(cell);
    arb_ptr F = _arb_vec_init(n);
    arb_network_candidate(cell, x, a, F, J);
    for (slong i = 0; i < n; i++) {
        arb_sub(arb_mat_entry(G, i, 0), a + i, F + i, ARB_BITS);
        arb_sub_ui(arb_mat_entry(J, i, i), arb_mat_entry(J, i, i), 1, ARB_BITS);
    }
    arb_mat_neg(J, J);
    _arb_vec_clear(F, n);
}

/* Df = diag(1 - z) (F' - I) at a fixed point, in h: similar to the derivative of the field, since
 * dn/dh = diag(slope) (dF/dh) and F' = (dF/dh) diag(slope) have the same form up to the diagonal `slope`. */
static inline void arb_network_field(const grl_cell *cell, const double *x, arb_srcptr a, arb_mat_t Df)
{
    slong n = (slong)grl_cell_hidden_size(cell);
    arb_ptr F = _arb_vec_init(n), h = _arb_vec_init(n), slope = _arb_vec_init(n);
    arb_t s;
    arb_init(s);
    arb_network_candidate(cell, x, a, F, Df);
    for (slong i = 0; i < n; i++) {
        arb_tanh(h + i, a + i, ARB_BITS);
        arb_sech(s, a + i, ARB_BITS);
        arb_sqr(slope + i, s, ARB_BITS);
    }
    for (slong i = 0; i < n; i++) {
        arb_network_row(s, cell, GRL_U_Z, i, h, x);
        arb_neg(s, s);
        arb_network_sigma(s, s);
        for (slong k = 0; k < n; k++) {
            arb_ptr entry = arb_mat_entry(Df, i, k);
            arb_mul(entry, entry, slope + i, ARB_BITS);
            arb_div(entry, entry, slope + k, ARB_BITS);
            if (i == k) arb_sub_ui(entry, entry, 1, ARB_BITS);
            arb_mul(entry, entry, s, ARB_BITS);
        }
    }
    _arb_vec_clear(F, n), _arb_vec_clear(h, n), _arb_vec_clear(slope, n);
    arb_clear(s);
}

/* The zero of G that Newton's method reaches from `start`: proven, as a ball. False if it reaches none or the
 * zero is too close to degenerate. */
static inline int arb_network_zero(const grl_cell *cell, const double *x, const double *start, arb_ptr zero)
{
    slong n = (slong)grl_cell_hidden_size(cell);
    arb_mat_t G, J, S;
    arb_ptr X = _arb_vec_init(n);
    int good = 1;
    arb_mat_init(G, n, 1), arb_mat_init(J, n, n), arb_mat_init(S, n, 1);
    for (slong i = 0; i < n; i++) arb_set_d(zero + i, start[i]);
    for (int k = 0; k < 60 && good; k++) {
        double most = 0;
        arb_network_equation(cell, x, zero, G, J);
        good = arb_mat_solve(S, J, G, ARB_BITS);
        for (slong i = 0; i < n && good; i++) {
            arb_ptr step = arb_mat_entry(S, i, 0);
            arb_sub(zero + i, zero + i, step, ARB_BITS);
            mag_zero(arb_radref(zero + i));
            most = fmax(most, fabs(arb_network_value(step)));
        }
        if (!(most < 1e300)) good = 0;
        if (most < 0x1p-450) break;
    }
    if (good) {
        arb_network_equation(cell, x, zero, G, J);
        for (slong i = 0; i < n; i++) {
            arb_set(X + i, zero + i);
            mag_set_ui_2exp_si(arb_radref(X + i), 1, -200);
        }
        arb_mat_t unused;
        arb_mat_init(unused, n, 1);
        arb_network_equation(cell, x, X, unused, J);
        arb_mat_clear(unused);
        good = arb_mat_solve(S, J, G, ARB_BITS);
        for (slong i = 0; i < n && good; i++) {
            arb_sub(zero + i, zero + i, arb_mat_entry(S, i, 0), ARB_BITS);
            good = arb_contains_interior(X + i, zero + i);
        }
    }
    arb_mat_clear(G), arb_mat_clear(J), arb_mat_clear(S);
    _arb_vec_clear(X, n);
    return good;
}

/* Whether the ball lies in [lo, hi] for certain (1), for certain not (-1), or neither (0). */
static inline int arb_network_inside(const arb_t x, double lo, double hi)
{
    arf_t below, above;
    arf_init(below), arf_init(above);
    arb_get_lbound_arf(below, x, 2 * ARB_BITS);
    arb_get_ubound_arf(above, x, 2 * ARB_BITS);
    int result = 0;
    if (arf_cmp_d(below, lo) >= 0 && arf_cmp_d(above, hi) <= 0) result = 1;
    if (arf_cmp_d(above, lo) < 0 || arf_cmp_d(below, hi) > 0) result = -1;
    arf_clear(below), arf_clear(above);
    return result;
}

#endif
