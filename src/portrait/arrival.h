/* arrival.h (internal): the cyclic order in which branches of saddles reach what they end in. */
#ifndef GRL_PORTRAIT_ARRIVAL_H
#define GRL_PORTRAIT_ARRIVAL_H

#include "portrait/transversal.h"

/* Sorts branches (places in separatrices->branches), all of which end in the same: anticlockwise in the plane, around
 * a point or a cycle, or along the border. curve: of that point or side of a cycle; NULL: the border. Nothing is done
 * to fewer than three. *fault: NULL, or a static clause that says why the order could not be told. */
grl_status grl_arrivals_sort(const grl_cell *autonomous, const grl_portrait *portrait,
                             const grl_transversal *curve, size_t count, size_t *branches, const char **fault,
                             grl_error *error);

#endif
