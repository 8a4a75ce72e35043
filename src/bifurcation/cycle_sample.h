/* cycle_sample.h: cycles at sample values of the parameter, from which branches start that meet no Hopf point. */
#ifndef GRL_BIFURCATION_CYCLE_SAMPLE_H
#define GRL_BIFURCATION_CYCLE_SAMPLE_H

#include "bifurcation/diagram.h"
#include "bifurcation/path.h"
#include "num/collocation.h"

#include <stdbool.h>

typedef struct grl_sample_cycle {
    size_t n, count;
    double p, period;
    double *points; /* count x (1 + n): time and state over one period, the last is the first again */
} grl_sample_cycle;

typedef struct grl_sample_cycles {
    size_t count, capacity;
    grl_sample_cycle *items;
} grl_sample_cycles;

/* Two units: all that grl_cycles_compute finds. More: attracting ones that orbits from several places end at. The
 * path has one parameter, and is left where the last sample was. */
grl_status grl_cycle_samples(grl_path *path, const grl_bifurcation_options *options, double low, double high,
                             grl_sample_cycles *samples, grl_error *error);
/* The same for one network; p: what the cycles say about their parameter; seed and index: of the random places. */
grl_status grl_cycle_sample_at(const grl_cell *cell, double p, unsigned long long seed, size_t index,
                               grl_sample_cycles *samples, grl_error *error);
void grl_cycle_samples_free(grl_sample_cycles *samples);

/* Whether a branch of cycles of the diagram (one parameter) passes the cycle u (scalars: period, parameter): two of
 * its points are on both sides of p, and period and ranges of the cycle lie between theirs. */
bool grl_cycle_sample_known(const grl_diagram *diagram, const grl_bvp_solution *u);

#endif
