/* bifurcation.h: what changes along one or two parameters of a network: branches of fixed points and cycles,
 * the special points on them, and in two parameters the curves of those. docs/methods.md has the methods.
 *
 * Shapes: n units, k parameters (1 or 2). */
#ifndef GRULENS_BIFURCATION_H
#define GRULENS_BIFURCATION_H

#include <grulens/model.h>
#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Special points, and the curves that they make in two parameters. */
typedef enum grl_special_type {
    /* On branches of fixed points. */
    GRL_FOLD,           /* LP: two fixed points meet */
    GRL_HOPF,           /* H: a cycle is born */
    GRL_NEUTRAL_SADDLE, /* two real eigenvalues of opposite sign and equal size: no bifurcation */
    GRL_BRANCH_POINT,   /* BP: two branches cross */
    GRL_FLIP,           /* PD of the map: an eigenvalue -1 */
    GRL_NEIMARK_SACKER, /* NS of the map: a closed invariant curve is born */
    /* On branches of cycles. */
    GRL_CYCLE_FOLD,         /* LPC: two cycles meet */
    GRL_CYCLE_BRANCH_POINT, /* BPC */
    GRL_PERIOD_DOUBLING,    /* PD */
    GRL_TORUS,              /* NS */
    /* Where branches of cycles end. */
    GRL_HOMOCLINIC,   /* Hom: an orbit from a saddle to itself */
    GRL_SNIC,         /* SNIC: a fold on the cycle, saddle-node on an invariant circle */
    GRL_HETEROCLINIC, /* Het: a ring of orbits between saddles */
    /* In two parameters. */
    GRL_CUSP,                /* CP */
    GRL_BOGDANOV_TAKENS,     /* BT */
    GRL_GENERALIZED_HOPF,    /* GH: the first Lyapunov coefficient vanishes */
    GRL_FOLD_HOPF,           /* ZH */
    GRL_DOUBLE_HOPF,         /* HH */
    GRL_NEUTRAL_SADDLE_LOOP, /* NSL: a homoclinic orbit to a neutral saddle */
    GRL_SADDLE_NODE_LOOP,    /* SNL: a homoclinic curve meets a fold curve, where SNIC begins */
    GRL_RESONANCE_TWO,       /* R2 of the map: a Neimark-Sacker curve meets a double eigenvalue -1 */
    GRL_GENERALIZED_FLIP,    /* GPD of the map: the coefficient b of a flip vanishes */
    GRL_SPECIAL_TYPES        /* how many there are */
} grl_special_type;

const char *grl_special_name(grl_special_type type);  /* "fold", as in the document; static storage */
const char *grl_special_label(grl_special_type type); /* "LP", as in the literature */

/* How many normal-form numbers a special point has at most. */
enum { GRL_NORMAL_FORM = 4 };

typedef struct grl_special {
    grl_special_type type;
    double p[2];      /* the parameters there */
    double *h;        /* n: the fixed point, or the cycle's first point */
    double error;     /* estimate of the error of p and h */
    int proven;       /* 1: existence, and that it is the only one near, are proven by interval arithmetic */
    double omega;     /* imaginary part at a Hopf point; angle of the multiplier at GRL_NEIMARK_SACKER and
                         GRL_TORUS; else 0 */
    double period;    /* of a cycle there; 0: none; infinite for orbits that take for ever */
    int coefficients; /* how many of the next are given */
    /* Numbers of the normal form, named by grl_special_coefficient; docs/methods.md has them all. With unit
       eigenvectors q and <p,q> = 1 (Kuznetsov 2004, sections 5.4, 8.7):
         fold                a of x' = b + a x^2, the largest component of q positive
         hopf                l1, first Lyapunov coefficient, and a = omega l1 / 2 of r' = mu r + a r^3
                             (Guckenheimer and Holmes 1983, eq. 3.4.11)
         branch_point        b11, b12, b22, c of 0 = b11 x^2/2 + b12 x b + b22 b^2/2 + c x^3
         flip, neimark_sacker  b or d
         cusp                c;  bogdanov_takens a, b;  generalized_hopf l2;  fold_hopf, double_hopf theirs
         homoclinic          sigma, the saddle quantity */
    double normal_form[GRL_NORMAL_FORM];
    size_t branch; /* of which branch, or SIZE_MAX */
    size_t point;  /* inserted in the branch as this point */
} grl_special;

const char *grl_special_coefficient(grl_special_type type, int k); /* "a", "l1"; NULL: no such */

typedef enum grl_branch_kind { GRL_BRANCH_FIXED_POINT, GRL_BRANCH_CYCLE } grl_branch_kind;

/* Why a branch or curve ends. */
typedef enum grl_branch_end {
    GRL_BRANCH_RANGE,   /* a parameter left its range */
    GRL_BRANCH_CLOSED,  /* it came back to its start */
    GRL_BRANCH_SPECIAL, /* at a special point: a Hopf point, a homoclinic orbit, a Bogdanov-Takens point.. */
    GRL_BRANCH_PERIOD,  /* the limit of the period was reached, and the end could not be named */
    GRL_BRANCH_STEPS,   /* the limit of steps */
    GRL_BRANCH_STEP_SIZE, /* steps became too small: it could not be followed further */
    GRL_BRANCH_MET        /* it came to a point that another branch has already: the rest is that one's */
} grl_branch_end;

const char *grl_branch_end_name(grl_branch_end end); /* "left the range" */

/* Points along a branch, in order; special points are among them. */
typedef struct grl_diagram_branch {
    grl_branch_kind kind;
    size_t count;
    double *p;             /* count x k */
    double *h;             /* count x n: the fixed point, or a point of the cycle */
    double *values;        /* count x n pairs: eigenvalues (of the map if it is one), or multipliers */
    int *unstable;         /* count: how many of those are unstable; 0: stable */
    double *period;        /* cycles: count */
    double *low, *high;    /* cycles: count x n, the range of each unit */
    grl_branch_end end[2]; /* at the first and at the last point */
    size_t end_special[2]; /* with GRL_BRANCH_SPECIAL: which special point */
    int complete_at_start; /* fixed points: 1 if the list that it was started from was proven complete */
} grl_diagram_branch;

/* A curve in two parameters. */
typedef struct grl_curve {
    grl_special_type type; /* of its points: GRL_FOLD, GRL_HOPF, GRL_CYCLE_FOLD, GRL_HOMOCLINIC.. */
    size_t count;
    double *p;      /* count x 2 */
    double *h;      /* count x n */
    double *omega;  /* count; Hopf */
    double *period; /* count; cycles */
    double *test; /* count: fold: quadratic coefficient a; Hopf: l1; homoclinic: saddle quantity; else NaN */
    grl_branch_end end[2];
    size_t end_special[2];
    int proven; /* 1: part of a chart of equilibria that is proven complete */
} grl_curve;

/* A part of the plane of two parameters, with a sample portrait. */
typedef struct grl_region {
    double p[2];     /* the sample, well inside */
    double area;     /* fraction of the chart that shows this portrait around p */
    char *name;      /* short words: "2 stable, 1 saddle, 1 stable cycle" */
    char *signature; /* NULL: none */
    /* The network at p without inputs, and its portrait, with cycles and manifolds if it is a flow of two
       units; owned by the diagram. NULL: none. */
    grl_cell *cell;
    grl_portrait *portrait;
} grl_region;

typedef struct grl_diagram {
    size_t hidden_size;
    size_t parameters; /* k */
    char *names[2];
    double low[2], high[2];
    grl_time time;
    double dt;
    size_t branch_count;
    grl_diagram_branch *branches;
    size_t special_count;
    grl_special *special;
    size_t curve_count;
    grl_curve *curves;
    size_t region_count;
    grl_region *regions;
    /* Two parameters that are biases or act through them, two units: 1 if it is proven that there are no other
       fold and Hopf points, cusps, Bogdanov-Takens and generalised Hopf points in the box of parameters. */
    int complete;
    size_t undecided;  /* places where that proof could not decide */
    size_t samples;    /* parameter values at which all fixed points were looked for */
    size_t incomplete; /* of those, how many lists are not proven complete */
    size_t unfinished; /* ends of branches and curves by a limit of steps or step size */
    size_t unlocated;  /* changes of a test function's sign behind which no special point was found */
    size_t mismatched; /* samples at which branches and the list of fixed points disagree */
} grl_diagram;

typedef struct grl_vary {
    const char *name; /* see docs/manual.md: "b_h[0]", "alpha", "input[0]", "scale(U_h)", "path" */
    double low, high;
} grl_vary;

typedef struct grl_bifurcation_options {
    grl_time time; /* default GRL_CONTINUOUS */
    double dt;     /* of the map; default 1 */
    /* One parameter: values to start from; default 0: 65 up to two units, 33 for three, else 9. Two: lines of
       each; default 0: 17, 13, 9. */
    size_t samples;
    double max_period;    /* cycles are followed up to this period; default 500 */
    long long max_points; /* of one branch; default 5000 */
    int cycles;           /* 0: leave cycles out; default 1; followed for up to 60 units */
    int portraits;        /* 0: leave the regions' portraits out; default 1 */
    unsigned long long seed;
    int threads;
    grl_progress *progress; /* NULL, or shared with a watcher; borrowed */
} grl_bifurcation_options;

grl_bifurcation_options grl_bifurcation_defaults(void);

/* The diagram of a model at constant input x (m numbers; NULL is zero) along `count` = 1 or 2 parameters.
 * other: the end of the straight line whose parameter is "path", else NULL. `options` may be NULL. What was
 * cut off says so in the result. Free with grl_diagram_free. */
grl_status grl_bifurcation_compute(const grl_model *model, const double *x, const grl_model *other,
                                   size_t count, const grl_vary *vary, const grl_bifurcation_options *options,
                                   grl_diagram **diagram, grl_error *error);
void grl_diagram_free(grl_diagram *diagram); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
