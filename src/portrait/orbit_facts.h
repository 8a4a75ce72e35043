/* orbit_facts.h (internal): what is told about a closed orbit once its pieces are known. */
#ifndef GRL_PORTRAIT_ORBIT_FACTS_H
#define GRL_PORTRAIT_ORBIT_FACTS_H

#include "portrait/tangent.h"

#include <grulens/attractors.h>

/* Multipliers, range and course of the orbit of period closed->period whose pieces of equal time start at y
 * (pieces x n). */
grl_status grl_closed_describe(grl_system *system, size_t pieces, const double *y, grl_closed *closed,
                               grl_error *error);

#endif
