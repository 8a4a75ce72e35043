/* winding.h (internal): orbits until they have wound around a fixed point, and the return map along a ray. */
#ifndef GRL_PORTRAIT_WINDING_H
#define GRL_PORTRAIT_WINDING_H

#include "portrait/orbit.h"

typedef struct grl_trip {
    grl_end end;             /* GRL_END_NONE: it wound once around `spot` */
    size_t spot;             /* that caught it, or around which it wound */
    double h[2];             /* where it ended */
    double time, divergence; /* from start to end, in its own time; the second only of a return */
    double best[2];          /* of a turn: the place best suited to lay a section through */
} grl_trip;

/* A ray from a centre: the points h_centre + s d, s > 0. */
typedef struct grl_ray {
    size_t centre;
    double d[2];
} grl_ray;

/* Follows the orbit through h, forward (sign 1) or backward (-1), until it has wound around any centre, or
 * around `centre` if that is one, in at most `patience` steps. */
enum { GRL_ANY_CENTRE = -1 };
void grl_wind(grl_plane *plane, const double h[2], int sign, long centre, long long patience, grl_trip *trip);

/* The first return map of a ray, by the angle around its centre: the orbit through s d until it has wound
 * once. precise: to about 1e-13, else 1e-10. */
typedef struct grl_return {
    grl_trip trip; /* its end is GRL_END_NONE if the orbit came back */
    double s;      /* where */
    double slope;  /* derivative of the map */
    int stiff;     /* by implicit steps: precise to about 1e-10 only */
} grl_return;

void grl_wind_back(grl_plane *plane, const grl_ray *ray, double s, int sign, int precise, long long patience,
                   grl_return *back);

#endif
