/* portrait.h: what one network does: fixed points, their stability, slow points; and the handle that holds the rest of
 * a portrait, which cycles.h, separatrices.h, attractors.h, slow.h and others compute.
 *
 * Flow and map share their fixed points, n(h) = h, but not their stability. Up to a few units the list is
 * proven complete by interval branch-and-prune; beyond, points are searched by Newton's method from many
 * starts, each is proven to exist and to be the only one near, and completeness is never claimed.
 * docs/methods.md has the equations, the sources and the proofs. */
#ifndef GRULENS_PORTRAIT_H
#define GRULENS_PORTRAIT_H

#include <grulens/cell.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The types of fixed points. One unit: the first three. For the map, the same words by |eigenvalue|
 * against 1. */
typedef enum grl_point_type {
    GRL_STABLE,         /* one unit */
    GRL_UNSTABLE,       /* one unit */
    GRL_HALF_STABLE,    /* one unit: a degenerate point that attracts from one side */
    GRL_STABLE_NODE,    /* all eigenvalues stable and real */
    GRL_STABLE_FOCUS,   /* all stable, some complex */
    GRL_SADDLE,         /* some stable, some unstable, all real */
    GRL_SADDLE_FOCUS,   /* some stable, some unstable, some complex */
    GRL_UNSTABLE_NODE,  /* all unstable and real */
    GRL_UNSTABLE_FOCUS, /* all unstable, some complex */
    GRL_CENTER,         /* complex ones on the border of stability, to rounding, and nothing else there */
    GRL_DEGENERATE      /* a real one on the border of stability, to rounding, or undecided by the proof */
} grl_point_type;

const char *grl_point_type_name(grl_point_type type); /* "stable node" */

typedef enum grl_method {
    GRL_METHOD_AUTO,  /* branch-and-prune where it is quick, else search */
    GRL_METHOD_PROVE, /* branch-and-prune */
    GRL_METHOD_SEARCH /* Newton's method from many starts */
} grl_method;

/* A complete proof is possible for at most so many units. */
enum { GRL_PROVE_UNITS = 6 };

typedef struct grl_fixed_point {
    double *h; /* n: the point */
    double *a; /* n: its pre-activation, h = tanh(a); tells saturated points apart where h rounds to 1 */

    /* The exact point is within this of h in every coordinate: proven if certified, else an estimate. */
    double error_bound;

    /* 1: proven that a fixed point exists within error_bound of h, and only one in a neighbourhood. */
    int certified;

    /* 1: the numbers of stable and unstable eigenvalues are proven, not only computed. */
    int stability_proven;

    grl_point_type type;
    int unstable;    /* dimension of the unstable manifold, as computed */
    int index;       /* sign of det(-Df); 0 if degenerate and not certified */
    double residual; /* max |f(h)| in floating point */

    /* n pairs (re, im): of Df for the flow, by falling real part; of I + dt Df for the map, by falling
     * modulus. */
    double *eigenvalues;

    /* n x n complex, n rows of n pairs: row k belongs to eigenvalue k, unit 2-norm; NULL if n > 256. */
    double *eigenvectors;

    /* n, in the time unit of the flow: -1/re (flow), -dt/log|.| (map); negative: grows. */
    double *time_constants;

    double *box; /* 2n: low and high of each h, for a degenerate point; else NULL */
    int starts;  /* by search: how many starts ended here */
} grl_fixed_point;

/* A local minimum of the speed |f| that is no fixed point. */
typedef struct grl_slow_point {
    double *h;           /* n */
    double speed;        /* |f(h)|, 2-norm */
    double *eigenvalues; /* n pairs (re, im) of Df there, by falling real part */
    int starts;          /* how many starts ended here */
} grl_slow_point;

typedef struct grl_portrait {
    size_t hidden_size;
    grl_time time;
    double dt;
    grl_method method; /* what was done: GRL_METHOD_PROVE or GRL_METHOD_SEARCH */
    int complete;      /* 1: proven that there are no other fixed points */
    int index_sum;     /* over the points whose index is known; +1 if complete */

    size_t count;
    grl_fixed_point *points; /* in lexicographic order of h */

    /* Boxes in which the proof could not decide, part of the degenerate points' boxes: how many, and
     * low and high of each h, undecided x 2n; at most 1000 are kept. */
    size_t undecided;
    double *undecided_boxes;

    size_t slow_count;
    grl_slow_point *slow;

    long long boxes;  /* branch-and-prune: boxes looked at */
    long long starts; /* search: starts used */

    /* Search: with 95 % confidence a further start of the same kind finds something new with at most this
     * probability (rule of three on the starts since the last discovery); 1 if nothing is known. */
    double unseen;

    /* Search: "criterion", "limit" or, with the default max_starts alone, "effort"; prove: "done" or "limit".
     * Static storage. */
    const char *stopped_by;
    /* NULL, or what grl_separatrices_compute found, handed over by its caller: then reports and figures show
       it, and it is freed with this. */
    struct grl_separatrices *separatrices;
    /* NULL: not looked for; or what grl_cycles_compute found, handed over in the same way. */
    struct grl_cycles *cycles;
    /* The same for grl_slow_manifolds_compute. */
    struct grl_slow_manifolds *slow_manifolds;
    /* The same for grl_map_manifolds_compute. */
    struct grl_map_manifolds *map_manifolds;
    /* NULL: not looked for; or what grl_attractors_compute found, handed over in the same way. */
    struct grl_attractors *attractors;
    /* NULL, or what grl_signature_compute wrote: the signature and its short name, or why there is none. */
    char *signature, *signature_name, *signature_reason;
} grl_portrait;

typedef struct grl_portrait_options {
    grl_time time;           /* default GRL_CONTINUOUS */
    double dt;               /* of the map; default 1 */
    grl_method method;       /* default GRL_METHOD_AUTO */
    long long max_boxes;     /* branch-and-prune gives up after so many; default 4,000,000 */
    long long max_starts;    /* the search ends after so many; default 0: after 16384, or after some 4e12
                                operations (about a minute), which come first from some 300 units on */
    double unseen;           /* the search ends when this is reached; default 0.005 */
    unsigned long long seed; /* default 0 */
    int threads;             /* 0: one for each core */
    grl_progress *progress;  /* NULL, or shared with a watcher; borrowed */
    int points_only;         /* 1: no slow points beside a proof, which take most of the time; default 0 */
} grl_portrait_options;

grl_portrait_options grl_portrait_defaults(void);

/* All fixed points that can be found of a cell at constant input x (m numbers; NULL is zero). `options` may
 * be NULL. The same seed gives the same bytes on any number of threads. GRL_NOT_REACHED does not occur: a
 * partial answer says so itself. Free with grl_portrait_free. */
grl_status grl_portrait_compute(const grl_cell *cell, const double *x, const grl_portrait_options *options,
                                grl_portrait **portrait, grl_error *error);
void grl_portrait_free(grl_portrait *portrait); /* NULL is allowed */

/* Many small networks at once, proven fixed points only: the inner loop of surveys. All cells have the same
 * n <= 3 and the same reset, and m = 0. */
typedef struct grl_inventory {
    int complete;  /* as in grl_portrait */
    int stable;    /* all eigenvalues have negative real part (map: are inside the unit circle), proven */
    int unstable;  /* all have positive real part (are outside), proven */
    int saddle;    /* both kinds, proven */
    int undecided; /* points whose stability is not proven, and boxes left over */

    /* How far from a bifurcation of a fixed point: the least |Re| of an eigenvalue of any point (map: the
     * least distance of a modulus from 1), computed, not proven; 0 if something is undecided. */
    double margin;
} grl_inventory;

typedef struct grl_inventory_options {
    grl_time time;       /* default GRL_CONTINUOUS */
    double dt;           /* of the map; default 1 */
    long long max_boxes; /* for each network; default 4,000,000 */
} grl_inventory_options;

grl_inventory_options grl_inventory_defaults(void);

/* `options` may be NULL. out[i] depends on cell i and the options alone. */
grl_status grl_inventory_batch(size_t count, const grl_cell *const *cells,
                               const grl_inventory_options *options, grl_inventory *out, grl_error *error);

#ifdef __cplusplus
}
#endif
#endif
