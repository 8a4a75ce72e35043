/* samples.h: all fixed points at several parameter values, from which branches start and against which they are
 * checked. */
#ifndef GRL_BIFURCATION_SAMPLES_H
#define GRL_BIFURCATION_SAMPLES_H

#include "bifurcation/equation.h"

typedef struct grl_sample {
    double t;               /* the equation's parameter, 0 to 1 */
    double p[2];            /* the path's */
    grl_portrait *portrait; /* NULL: the network does not exist there */
    size_t *branch;         /* of each fixed point: on which branch of the diagram; SIZE_MAX: none yet */
    size_t strange; /* times that a branch passed at no point of the list, or at one of another branch */
} grl_sample;

typedef struct grl_samples {
    size_t count;
    grl_sample *items; /* by rising t; the first and the last are the ends of the range */
} grl_samples;

/* `count` samples along an equation of one active parameter; 0: 65 for up to two units, 33 for three, else 9.
 * Inner ones are off the even spacing, since symmetric networks have their special points at round values. Free
 * with grl_samples_free. */
grl_status grl_samples_compute(grl_equation *equation, size_t count, const grl_bifurcation_options *options,
                               grl_samples **samples, grl_error *error);
void grl_samples_free(grl_samples *samples); /* NULL is allowed */

#endif
