/* cell.h (internal): how a cell is stored. */
#ifndef GRL_CELL_CELL_H
#define GRL_CELL_CELL_H

#include <grulens/cell.h>

struct grl_cell {
    size_t n, m;
    grl_reset reset;
    double *block[GRL_BLOCKS]; /* into `numbers`, in the order of grl_block */
    size_t total;              /* how many numbers there are */
    double *numbers;

    /* 3 n: the true b_z, b_r, b_h are within this of the stored ones; NULL: they are the stored ones. */
    double *bias_radius;
};

/* Field and Jacobian with one evaluation of the gates; as in the public header. */
void grl_cell_linearize(const grl_cell *cell, const double *x, const double *h, double *f, double *J,
                        double *work);

#endif
