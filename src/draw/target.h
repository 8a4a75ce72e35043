/* target.h: what a network was to learn, beneath the portrait of what it learned. */
#ifndef GRL_DRAW_TARGET_H
#define GRL_DRAW_TARGET_H

#include "draw/plot.h"
#include "draw/readout.h"

/* Start from {0}; lines are in the numbers of the axes. */
typedef struct grl_target {
    grl_lines ribbons; /* the true attractor, where it is a curve */
    grl_lines points;  /* where it is single points: lines of one point */
    grl_lines paths;   /* true trajectories, where it is not known */
    int has_inside;    /* 1: an unstable point inside an oscillation */
    double inside[2];
} grl_target;

grl_status grl_target_make(const grl_learned *learned, const grl_readout *readout, grl_target *target,
                           grl_error *error);
void grl_target_free(grl_target *target);

/* Whether there is something to draw. */
int grl_target_known(const grl_target *target);
void grl_target_draw(grl_canvas *canvas, const grl_axes *axes, const grl_target *target, grl_theme theme);
void grl_target_describe(const grl_target *target, grl_theme theme, grl_legend *legend);

#endif
