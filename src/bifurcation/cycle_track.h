/* cycle_track.h: a branch of cycles, one step at a time. The unknowns are the cycle in scaled time, u(s) = h(s
 * T), its period T and one parameter p of a path. */
#ifndef GRL_BIFURCATION_CYCLE_TRACK_H
#define GRL_BIFURCATION_CYCLE_TRACK_H

#include "bifurcation/path.h"
#include "num/collocation.h"

#include <grulens/bifurcation.h>

/* What closes the system: what is kept fixed in a Newton iteration. */
typedef enum grl_track_mode {
    GRL_TRACK_ARC,      /* the pseudo-arclength from the last cycle */
    GRL_TRACK_PERIOD,   /* the period */
    GRL_TRACK_PARAMETER /* the parameter */
} grl_track_mode;

/* Functions of a cycle that change sign at special points. */
typedef enum grl_cycle_test {
    GRL_TEST_FOLD,   /* dp/ds */
    GRL_TEST_ONE,    /* product of (mu - 1) over the multipliers but the one that is always 1 */
    GRL_TEST_DOUBLE, /* product of (mu + 1) */
    GRL_TEST_TORUS,  /* product of (mu_i mu_j - 1) over pairs */
    GRL_CYCLE_TESTS
} grl_cycle_test;

/* One cycle. */
typedef struct grl_track_point {
    grl_bvp_solution u;       /* its scalars: T, p */
    grl_bvp_solution tangent; /* of the branch, of length 1 in the branch's norm */
    double *multipliers;      /* n pairs; the first is 1 */
    int unstable;
    double test[GRL_CYCLE_TESTS];
    double amplitude; /* greatest range of a unit */
} grl_track_point;

typedef struct grl_track {
    grl_path *path;
    size_t n, vary; /* vary: which of the path's parameters */
    double range;   /* of that parameter: differences are relative to it */
    double fixed[GRL_PATH_PARAMETERS];
    grl_bvp_solver *solver;
    grl_track_point now, next; /* where the branch is; where the last step led */
    grl_track_mode mode;       /* of the last step */

    /* Inner. */
    grl_bvp_solution predicted, spare;
    double *reference; /* f at the Gauss points of `predicted` */
    double *mesh, *room, *work, *field, *floquet;
    size_t room_size;
    double target; /* of GRL_TRACK_PERIOD and GRL_TRACK_PARAMETER */
    grl_status status;
    grl_error *error;
} grl_track;

enum { GRL_TRACK_INTERVALS = 240, GRL_TRACK_FEW = 16 };

/* vary: the parameter that moves; p: values of all. The path is borrowed. */
grl_status grl_track_create(grl_path *path, size_t vary, double range, const double *p, grl_track *track,
                            grl_error *error);
void grl_track_free(grl_track *track);

/* Makes `now` the small cycle h + size Re(v exp(2 pi i s)) at a Hopf point (v: n pairs, of unit length), whose
 * branch begins in this direction. */
void grl_track_begin_small(grl_track *track, const double *h, const double *v, double omega, double p,
                           double size);

/* Makes `now` the cycle that Newton's method finds from count points (each time, then n coordinates; the last
 * is the first again), at the parameter p. False if it finds none. */
bool grl_track_begin_points(grl_track *track, size_t count, const double *points, double p);

/* Puts into `next` the cycle at the arclength ds from `now`, or of the period or parameter `target`. False if
 * Newton's method fails; *size: of its correction, in the norm of the branch. GRL_TRACK_PERIOD slows the orbit down where it is
 * slow already; to == now.u.q[0] polishes. */
bool grl_track_arc(grl_track *track, double ds, double *size);
bool grl_track_period(grl_track *track, double period, double *size);
bool grl_track_parameter(grl_track *track, double p, double *size);

/* `next` becomes `now`, on a mesh that suits it; every further step begins there. */
void grl_track_accept(grl_track *track);

/* `now` on a mesh of so many intervals, converged again there. False if that fails. */
bool grl_track_refine(grl_track *track, size_t intervals);

/* The other way along the branch. */
void grl_track_turn(grl_track *track);

/* How many intervals `now` needs, for errors of the period and parameters around 1e-11. */
size_t grl_track_intervals(grl_track *track);

/* Field and Jacobian at the parameters where the path is now. */
bool grl_track_move(grl_track *track, double p);

/* Range of each unit over a cycle (n each). */
void grl_track_range(const grl_bvp_solution *u, double *low, double *high);

/* The inner product of two functions with scalars, in the norm of the branch. */
double grl_track_product(const grl_track *track, const grl_bvp_solution *a, const grl_bvp_solution *b);

#endif
