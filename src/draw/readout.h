/* readout.h: the plane in which the outputs of a network are drawn, o = C h + d:
 *
 *     one output       o[0], and how fast it changes: C f(h) (flow), dt C f(h), its change in a step (map)
 *     two outputs      o[0] and o[1]
 *     more outputs     their first two principal components, of the target's points where there are some, else of the
 *                      network's own states
 *
 * With two units and two outputs the readout may have an inverse; then the network's flow is one of this plane. */
#ifndef GRL_DRAW_READOUT_H
#define GRL_DRAW_READOUT_H

#include "draw/pca.h"

#include <grulens/model.h>
#include <grulens/portrait.h>

typedef struct grl_readout {
    const grl_model *model;
    const grl_cell *cell; /* without inputs */
    size_t n, k;
    int map;
    double dt;
    grl_pca pca;            /* three outputs or more */
    double *output, *field; /* k, n: room for one state */
    double *work;
    int invertible;
    double inverse[4]; /* of C */
} grl_readout;

/* targets: `target_count` x k, outputs that the axes are made for; states: state_count x n, which they are made for where there
 * is no target. Both may be NULL. Free with grl_readout_close, also on failure. */
grl_status grl_readout_open(const grl_model *model, const grl_cell *cell, const grl_portrait *portrait,
                            size_t target_count, const double *targets, size_t state_count,
                            const double *states, grl_readout *readout, grl_error *error);
void grl_readout_close(grl_readout *readout);

/* A grl_projection, whose context is a grl_readout: where a state is seen. */
void grl_readout_project(const void *readout, const double *h, double p[2]);
/* Where an output is seen; of a single output at rest. */
void grl_readout_place(const grl_readout *readout, const double *output, double p[2]);

/* With an inverse: the field at a place of the plane, for the map times dt. Zero where the state would lie outside of (-1, 1)^2. */
void grl_readout_field(const grl_readout *readout, const double p[2], double v[2]);

/* With an inverse: whether a state of (-1, 1)^2 puts this out. */
int grl_readout_reached(const grl_readout *readout, const double p[2]);

/* What axis 0 (across) or 1 (up) shows. */
void grl_readout_label(const grl_readout *readout, int axis, char text[64]);

#endif
