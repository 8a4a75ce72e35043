/* slow_curve.h (internal): a slow manifold as it grows, and what is measured on it. */
#ifndef GRL_PORTRAIT_SLOW_CURVE_H
#define GRL_PORTRAIT_SLOW_CURVE_H

#include "portrait/ridge.h"

/* Not a stop. */
#define GRL_NO_STOP ((size_t)-2)

/* One point is n numbers h, n numbers v, then velocity, value, rate, attraction. */
typedef struct grl_slow_curve {
    size_t n, width;
    size_t count, capacity, stop_capacity;
    double *rows;  /* count x width */
    size_t *stops; /* count: a place in the portrait, GRL_SLOW_UNLISTED or GRL_NO_STOP */
    int closed;
    grl_slow_border borders[2];
} grl_slow_curve;

void grl_slow_curve_free(grl_slow_curve *curve);

static inline double *grl_curve_h(const grl_slow_curve *curve, size_t i)
{
    return curve->rows + i * curve->width;
}
static inline double *grl_curve_v(const grl_slow_curve *curve, size_t i)
{
    return grl_curve_h(curve, i) + curve->n;
}
enum { GRL_VELOCITY, GRL_VALUE, GRL_RATE, GRL_ATTRACTION, GRL_CURVE_NUMBERS };
static inline double *grl_curve_number(const grl_slow_curve *curve, size_t i)
{
    return grl_curve_h(curve, i) + 2 * curve->n;
}

/* Traces the curve through the fixed point `point` of the portrait, or, if that is GRL_NO_STOP, beside the
 * slow point at h, both ways. value: the slow eigenvalue there. No point at all: it could not be started. */
grl_status grl_slow_curve_trace(grl_ridge *ridge, const double *h, double value, size_t point,
                                grl_slow_curve *curve, grl_error *error);

/* Moves the points so that f is along the curve, by orders (Fraser 1988). *invariance: an estimate of the
 * distance from an invariant curve that is left. */
grl_status grl_slow_curve_refine(grl_ridge *ridge, grl_slow_curve *curve, double *invariance,
                                 grl_error *error);

/* Fills in all numbers of a manifold whose points are those of the curve, which stay the curve's. */
grl_status grl_slow_measure(grl_ridge *ridge, const grl_slow_curve *curve, grl_slow_manifold *manifold,
                            grl_error *error);

/* Does h lie on the curve, as nearly as its points tell? */
bool grl_slow_curve_holds(const grl_slow_curve *curve, const double *h);

#endif
