/* planar.h: the curves of a planar flow. */
#ifndef GRL_DRAW_PLANAR_H
#define GRL_DRAW_PLANAR_H

#include "draw/lines.h"

#include <grulens/cell.h>

/* The part of the plane that a figure shows. Curves are made in the square [-1,1]^2 that stands for it on the page,
 * so that distances and steps are those of the page, whatever the window. */
typedef struct grl_window {
    double low[2], high[2];
} grl_window;

void grl_window_to_state(const grl_window *window, const double u[2], double h[2]);
void grl_window_to_square(const grl_window *window, const double h[2], double u[2]);
void grl_window_lines_to_states(const grl_window *window, grl_lines *lines);
void grl_window_lines_to_square(const grl_window *window, grl_lines *lines);

/* A vector field of the plane: v = field(p). */
typedef struct grl_planar {
    void (*field)(void *context, const double p[2], double v[2]);
    void *context;
} grl_planar;

/* Following a flow (sign 1) or its reverse (-1) in its length, steps of `most` or less. */
typedef struct grl_follower {
    const grl_planar *flow;
    double sign, most, step;
    double p[2], slope[2]; /* now, and the direction there */
    double length;         /* so far */
} grl_follower;

/* Both return 0 where the flow rests or its direction jumps: the curve ends. */
int grl_follow_start(grl_follower *follower, const grl_planar *flow, const double p[2], double sign,
                     double most);
int grl_follow_step(grl_follower *follower);

/* Evenly spaced streamlines in the square [low, high] x [low, high]. Points of different lines are never
 * closer than GRL_STREAMLINE_TEST times `separation`. Lines run along the flow. */
grl_status grl_streamlines_make(const grl_planar *flow, double low, double high, double separation,
                                grl_lines *lines, grl_error *error);
#define GRL_STREAMLINE_TEST 0.5

/* Trajectories in [-1, 1] x [-1, 1] from `count` starts (count x 2), each cut where it runs along what is
 * drawn already, the cycles included. */
grl_status grl_planar_orbits_make(const grl_planar *flow, size_t count, const double *starts,
                                  const grl_lines *cycles, grl_lines *paths, grl_error *error);

/* The nullclines of a two-unit cell without inputs in the window: curve i is where n[i] = h[i].
 * cells: squares on a side of the grid. */
grl_status grl_nullclines_make(const grl_cell *cell, const grl_window *window, size_t cells,
                               grl_lines nullclines[2], grl_error *error);

#endif
