/* pair.h (internal): the field of one network of two units without inputs, at one state, as fast as can be: the
 * inner loop of everything that follows orbits in the plane. */
#ifndef GRL_CELL_PAIR_H
#define GRL_CELL_PAIR_H

#include <grulens/cell.h>

typedef struct grl_pair grl_pair;

/* f: 2 numbers; J: 2 x 2, row-major; h is none of them. */
typedef void grl_pair_field_function(const grl_pair *pair, const double *h, double *f);
typedef void grl_pair_linear_function(const grl_pair *pair, const double *h, double *f, double *J);

struct grl_pair {
    /* Weights by columns and biases of the four gates r[0], r[1], 1 - z[0], 1 - z[1]. */
    double from[2][4], bias[4];
    double U_h[2][2], b_h[2], c_h[2]; /* U_h by columns */
    double U_z[4], U_r[4];            /* by rows, for the Jacobian */
    int after;
    grl_pair_field_function *field;
    grl_pair_linear_function *linear;
};

/* A copy of the numbers of a cell of two units without inputs. */
void grl_pair_take(const grl_cell *autonomous, grl_pair *pair);

#endif
