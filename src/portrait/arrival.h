/* arrival.h (internal): the cyclic order in which branches of saddles reach what they end in. */
#ifndef GRL_PORTRAIT_ARRIVAL_H
#define GRL_PORTRAIT_ARRIVAL_H

#include "portrait/transversal.h"

/* Sorts branches (places in separatrices->branches), all of which end in the same: anticlockwise in the plane, around
 * a point or a cycle, or along the border. curve: of that point or side of a cycle; NULL: the border. gaps: for each
 * its distance from the next; 0 where their order could not be told, infinite after the last. Fewer than three have
 * only one order. */
grl_status grl_arrivals_sort(const grl_cell *autonomous, const grl_portrait *portrait,
                             const grl_transversal *curve, size_t count, size_t *branches, double *gaps,
                             grl_error *error);

#endif
