/* cycles.h: the limit cycles of the flow of two units.
 *
 * Cycles are found by following orbits: from every fixed point, from the border of the square and from both
 * sides of every cycle found, forward or backward in time, each to where it ends. No orbit crosses a cycle,
 * so a further cycle would separate these places; once orbits join them all, there is none, but for what
 * hides within `resolution`. Nothing of this is a proof: `complete` is never set. docs/methods.md has more. */
#ifndef GRULENS_CYCLES_H
#define GRULENS_CYCLES_H

#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct grl_cycle {
    double period;
    double error;          /* estimate of the error of the period and of the points */
    double residual;       /* distance of the ends of the orbit after one period */
    int stable;            /* 1: it attracts from both sides; 0: it does not */
    int nearly_degenerate; /* 1: the multiplier is so near to 1 that two cycles are about to meet here, or the
                              cycle is about to shrink to a point */
    int clockwise;
    double multiplier; /* Floquet multiplier: exp of the integral of the divergence along the cycle */
    double exponent;   /* that integral divided by the period: negative if stable, even where the
                               multiplier underflows */
    double
        multiplier_error; /* how far the variational equation disagrees with the multiplier; for an unstable
                                cycle, with its inverse, backward in time */
    double *low, *high;   /* n: the range of each unit */
    size_t enclosed_count;
    size_t *enclosed; /* the fixed points inside, as numbers in the portrait's list */
    int index_sum;    /* of those: +1 */
    size_t count;
    double *points; /* count x (1 + n): time and state over one period; the last is the first again */
} grl_cycle;

typedef struct grl_cycles {
    size_t hidden_size;
    int complete; /* always 0: cycles are computed, not proven */
    double
        resolution; /* cycles that differ from those found, or from each other, by less than this along a ray
                          may have been missed */
    size_t undecided; /* groups of fixed points and cycles that no orbit joined to the others, between which
                          cycles may have been missed; 0: none */
    size_t orbits;    /* orbits followed */
    size_t count;
    grl_cycle *items; /* by rising range of unit 0, so that of nested ones the inner comes first */
} grl_cycles;

typedef struct grl_cycles_options {
    double resolution;      /* default 1e-3; 1e-6 to 0.1 */
    long long max_steps;    /* of the integration, altogether; default 300,000 */
    grl_progress *progress; /* NULL, or shared with a watcher; borrowed */
} grl_cycles_options;

grl_cycles_options grl_cycles_defaults(void);

/* The limit cycles of a cell of two units at constant input x (m numbers; NULL is zero). `portrait` was
 * computed for the flow of the same cell and input; GRL_BAD_INPUT for the map and for other numbers of units.
 * `options` may be NULL. Free with grl_cycles_free. */
grl_status grl_cycles_compute(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                              const grl_cycles_options *options, grl_cycles **cycles, grl_error *error);
void grl_cycles_free(grl_cycles *cycles); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
