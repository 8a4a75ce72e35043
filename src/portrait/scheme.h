/* scheme.h (internal): the planar map of a structurally stable flow, and its canonical code. */
#ifndef GRL_PORTRAIT_SCHEME_H
#define GRL_PORTRAIT_SCHEME_H

#include <grulens/status.h>
#include <stddef.h>

/* What an arm of a saddle ends in. A cycle is two nodes, since its two sides are separate. */
typedef enum grl_node_kind {
    GRL_NODE_BORDER, /* of the square: arms leave through it backwards in time */
    GRL_NODE_STABLE,
    GRL_NODE_UNSTABLE,
    GRL_NODE_OUTSIDE, /* a cycle, seen from outside */
    GRL_NODE_INSIDE   /* a cycle, seen from inside */
} grl_node_kind;

typedef struct grl_node {
    grl_node_kind kind;
    int stable;          /* of a cycle, both nodes */
    int clockwise;       /* of a cycle */
    size_t inside;       /* OUTSIDE: the INSIDE node of the same cycle */
    size_t piece;        /* the border or the inside of the innermost cycle around it; of those two: itself */
    size_t first, count; /* its arms: places in grl_scheme.arms */
} grl_node;

/* Node 0 is the border. Saddle i has the arms 4 i to 4 i + 3, anticlockwise, stable ones at even places. Each
 * arm is at one place of one node. A node's arms are listed anticlockwise around it on the sphere that the
 * square becomes when a point is added outside: of the border, and of the inside of a cycle, this is the
 * clockwise order in the plane. */
typedef struct grl_scheme {
    size_t saddles, count;
    size_t *pieces; /* saddles: the piece each is in, as for nodes */
    grl_node *nodes;
    size_t *arms; /* 4 saddles */
} grl_scheme;

/* *fault: NULL, or a static clause that says why this is not the map of a structurally stable flow. */
grl_status grl_scheme_check(const grl_scheme *scheme, const char **fault, grl_error *error);

/* The canonical code, to be freed with free: the same for two maps without fault exactly when a homeomorphism of the
 * square, or a reflection of it, carries one to the other. NULL: not enough memory. */
char *grl_scheme_code(const grl_scheme *scheme);

#endif
