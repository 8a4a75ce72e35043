/* lanes.h (internal): the field of GRL_FIELD_LANES small networks at once. */
#ifndef GRL_CELL_LANES_H
#define GRL_CELL_LANES_H

#include "num/kernels.h"

enum { GRL_FIELD_LANES = 16 };

typedef double grl_field_lanes[GRL_FIELD_LANES];

/* P: the 3 n^2 + 4 n numbers of each network in the order of grl_block; h, f: n. f may not be h. */
typedef void grl_field_step_function(int n, int after, const grl_field_lanes *P, const grl_field_lanes *h,
                                     grl_field_lanes *f);

/* The version for an instruction set that runs here. */
grl_field_step_function *grl_field_step(grl_isa isa);

#endif
