/* jet.h: Taylor polynomials in two variables whose coefficients are intervals.
 *
 * A jet of order K stands for the functions f near a point (or any point of a box) with
 *
 *     f(x + u, y + v) = sum over i + j <= K of c_ij u^i v^j + o(|(u, v)|^K),
 *
 * each c_ij in its interval. c_ij is kept at i + j = d: d (d + 1) / 2 + j, so that the terms of a lower order
 * come first. Arithmetic is that of truncated power series (Griewank and Walther 2008, ch. 13), rounded outwards
 * by interval.h: if the inputs enclose the coefficients over a box, so do the results.
 *
 * Every function takes the order as its first argument; outputs may not be inputs unless said. */
#ifndef GRL_NUM_JET_H
#define GRL_NUM_JET_H

#include "num/interval.h"

enum { GRL_JET_ORDER = 5, GRL_JET_TERMS = 21 };

typedef struct grl_jet {
    grl_interval c[GRL_JET_TERMS];
} grl_jet;

static inline size_t jet_terms(int order)
{
    return (size_t)((order + 1) * (order + 2) / 2);
}

static inline size_t jet_index(int i, int j)
{
    return (size_t)((i + j) * (i + j + 1) / 2 + j);
}

void grl_jet_constant(int order, grl_interval value, grl_jet *out);
void grl_jet_add(int order, grl_interval k, const grl_jet *a, grl_jet *out); /* out += k a */
void grl_jet_multiply(int order, const grl_jet *a, const grl_jet *b, grl_jet *out);
void grl_jet_add_product(int order, grl_interval k, const grl_jet *a, const grl_jet *b, grl_jet *out);

/* out = sum over k of series[k] (q - q_00)^k: the function whose Taylor coefficients at q_00 these are. */
void grl_jet_compose(int order, const grl_interval *series, const grl_jet *q, grl_jet *out);

/* The derivative by variable 0 or 1 of a jet of order + 1; out has this order. out may be a. */
void grl_jet_derivative(int order, int variable, const grl_jet *a, grl_jet *out);

/* order + 1 Taylor coefficients of tanh and sigma at every point of x. */
void grl_series_tanh(int order, grl_interval x, grl_interval *series);
void grl_series_sigma(int order, grl_interval x, grl_interval *series);

#endif
