/* cycle_end.h: what a branch of cycles ends at where its period grows beyond all bounds. */
#ifndef GRL_BIFURCATION_CYCLE_END_H
#define GRL_BIFURCATION_CYCLE_END_H

#include "bifurcation/cycle_track.h"
#include "bifurcation/homoclinic.h"

typedef struct grl_cycle_end {
    grl_special_type type; /* GRL_HOMOCLINIC, GRL_SNIC, GRL_HETEROCLINIC; GRL_SPECIAL_TYPES: cannot be told */
    double p;              /* the parameter there */
    double error;          /* its estimated error */
    double h[64];          /* n: the saddle or saddle-node; the first one of several */
    int places;            /* how many saddles or saddle-nodes are on the orbit */
    int loops;             /* how often it passes the one saddle of a homoclinic orbit in a turn */
    double sigma;          /* of one saddle: the saddle quantity */
} grl_cycle_end;

/* track->now: the longest cycle; periods and parameters: of it and of the two before, newest first. loop: for the
 * same path; holds the homoclinic orbit then, if it is one. */
void grl_cycle_end_name(grl_track *track, const double periods[3], const double parameters[3], grl_loop *loop,
                        grl_cycle_end *end);

/* Newton's method for a fold near h and p (in place): f = 0, J v = 0, |v| = 1. v: n numbers, its start. False
 * if it does not converge. `parameter`: which of the track's path moves. */
bool grl_cycle_end_fold(grl_track *track, double *h, double *v, double *p);

#endif
