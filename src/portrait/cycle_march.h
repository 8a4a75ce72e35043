/* cycle_march.h: where an orbit ends, cycles included. */
#ifndef GRL_PORTRAIT_CYCLE_MARCH_H
#define GRL_PORTRAIT_CYCLE_MARCH_H

#include "portrait/cycle_refine.h"

/* What is needed to go on from a cycle: its place on a ray, and the time in which it attracts there. */
typedef struct grl_anchor {
    grl_ray ray;
    double s;
    int sense_of_time;
} grl_anchor;

typedef struct grl_hunt {
    grl_plane plane;
    long long patience; /* steps that one orbit may use */
    const grl_portrait *portrait;
    double resolution;
    size_t count, capacity, anchors_capacity;
    grl_cycle *cycles;
    grl_anchor *anchors; /* one for each cycle */
    grl_status status;   /* of an allocation that failed */
    grl_error *error;
} grl_hunt;

/* Places where an orbit may end: the fixed points by number, then the outside, then the cycles. */
size_t grl_place_outside(const grl_hunt *hunt);
size_t grl_place_cycle(const grl_hunt *hunt, size_t cycle);
#define GRL_PLACE_UNKNOWN ((size_t)-1)

/* Where the orbit through h ends, forward or backward in time. Cycles that it meets are added to the hunt. */
size_t grl_hunt_follow(grl_hunt *hunt, const double h[2], int sense_of_time);

#endif
