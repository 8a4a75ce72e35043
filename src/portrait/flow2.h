/* flow2.h: orbits of a planar flow between its fixed points, and the return map along a ray. */
#ifndef GRL_PORTRAIT_FLOW2_H
#define GRL_PORTRAIT_FLOW2_H

#include <grulens/cell.h>
#include <grulens/portrait.h>
#include <grulens/status.h>

/* A fixed point as an orbit meets it. */
typedef struct grl_spot {
    double h[2];
    int pull;     /* +1: attracts forward in time; -1: backward in time; 0: a saddle; 2: degenerate */
    int centre;   /* a cycle may wind around it alone: its index is +1, or not known */
    double Q[3];  /* q0 x^2 + 2 q1 x y + q2 y^2 falls along the flow (of time `pull`) where it is */
    double level; /* below this: an orbit there is caught, and no cycle passes */
    double J[4], stable[2], unstable[2]; /* saddle: its directions, unit vectors */
} grl_spot;

typedef struct grl_flow2 {
    const grl_cell *cell; /* without inputs */
    size_t count;
    grl_spot *spots;
    double *angles;             /* for each spot, of the orbit that is followed */
    long long steps, max_steps; /* used, and allowed */
    long long patience;         /* steps that one orbit may use */
    double work[10];
} grl_flow2;

grl_status grl_flow2_create(const grl_cell *autonomous, const grl_portrait *portrait, grl_flow2 *flow,
                            grl_error *error);
void grl_flow2_free(grl_flow2 *flow);

/* A place on the border of what a fixed point holds (not of a saddle), in the direction of an angle. */
void grl_flow2_edge(const grl_spot *spot, double angle, double h[2]);

typedef enum grl_end {
    GRL_END_POINT,   /* caught by a fixed point */
    GRL_END_OUTSIDE, /* left the square */
    GRL_END_TURN,    /* wound once around a centre */
    GRL_END_LOST     /* none of these in the steps allowed */
} grl_end;

typedef struct grl_trip {
    grl_end end;
    size_t spot;             /* that caught it, or around which it wound */
    double h[2];             /* where it ended */
    double time, divergence; /* from start to end; the second only with a section */
    double best[2];          /* of a turn: the place best suited to lay a section through */
    double sense;            /* of the turn: +1 anticlockwise, in the time of the trip */
} grl_trip;

/* A ray from a centre: the points h_centre + s d, s > 0. */
typedef struct grl_ray {
    size_t centre;
    double d[2];
} grl_ray;

/* Follows the orbit through h, forward (sense_of_time 1) or backward (-1), until it has wound around any
 * centre, or around `centre` if that is one. */
enum { GRL_ANY_CENTRE = -1 };
void grl_flow2_follow(grl_flow2 *flow, const double h[2], double sense_of_time, long centre, grl_trip *trip);

/* The first return map of a ray, by the angle around its centre: the orbit through s d until it has wound
 * once. precise: to about 1e-13, else 1e-10. */
typedef struct grl_return {
    grl_trip trip; /* its end is GRL_END_TURN if the orbit came back */
    double s;      /* where */
    double slope;  /* derivative of the map */
} grl_return;

void grl_flow2_return(grl_flow2 *flow, const grl_ray *ray, double s, double sense_of_time, int precise,
                      grl_return *back);

/* Right sides for grl_ode, context a grl_flow2: the field alone; with the divergence as a third number; with
 * the variational equation, 4 more, row-major. */
void grl_flow2_field2(double t, const double *y, double *dydt, void *flow);
void grl_flow2_field3(double t, const double *y, double *dydt, void *flow);
void grl_flow2_field7(double t, const double *y, double *dydt, void *flow);

#endif
