/* pca.h: principal components. */
#ifndef GRL_DRAW_PCA_H
#define GRL_DRAW_PCA_H

#include <grulens/status.h>
#include <stddef.h>

enum { GRL_PCA_AXES = 2 };

typedef struct grl_pca {
    size_t n;
    double *mean;                  /* n */
    double *axes;                  /* GRL_PCA_AXES x n, orthonormal; the largest entry of each is positive */
    double variance[GRL_PCA_AXES]; /* along each, falling */
    double total;                  /* variance in all directions */
} grl_pca;

/* The first principal components of `count` states of n numbers, one state a row; n >= GRL_PCA_AXES. Free
 * with grl_pca_free. */
grl_status grl_pca_compute(size_t count, size_t n, const double *states, grl_pca *pca, grl_error *error);
void grl_pca_free(grl_pca *pca);

/* The coordinates of a state on the axes, from the mean. */
void grl_pca_project(const grl_pca *pca, const double *h, double p[GRL_PCA_AXES]);

#endif
