/* rhythm.h (internal): the closed motion on which a state of a network moves. */
#ifndef GRL_LEARN_RHYTHM_H
#define GRL_LEARN_RHYTHM_H

#include "learn/judging.h"

/* From h, a state on the motion: the period of the map, its kind and stability, into `rhythm` (not `off`, nor `shape`).
 * first: steps in a round, about. */
grl_status grl_rhythm_measure(const grl_judging *judging, const double *h, double first, grl_rhythm *rhythm,
                              grl_error *error);

#endif
