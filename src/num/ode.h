/* ode.h: initial value problems y' = f(t, y) by adaptive explicit Runge-Kutta methods, one step at a time,
 * with dense output and the location of events. Nothing here allocates: the caller gives the workspace.
 *
 *     grl_ode ode;
 *     grl_ode_start(&ode, &settings, n, field, context, t0, y0, work);
 *     while ((outcome = grl_ode_step(&ode, t_end)) == GRL_ODE_STEP)
 *         grl_ode_dense(&ode, some t in [ode.t_old, ode.t], y);
 */
#ifndef GRL_NUM_ODE_H
#define GRL_NUM_ODE_H

#include <stddef.h>

/* dydt = f(t, y); y and dydt have n numbers and do not overlap. */
typedef void grl_ode_field(double t, const double *y, double *dydt, void *context);

/* A method: its numbers and nothing else. All stages, then `extra` more that only the dense output needs.
 * Stage `stages` is evaluated at the new point, so that it is the first stage of the next step. */
typedef struct grl_ode_method {
    const char *name;
    int order;            /* of the solution that is carried on */
    int dense_order;      /* of the dense output: its local error is O(h^(dense_order + 1)) */
    int stages, extra;    /* evaluations */
    int rows;             /* terms of the dense output beyond the cubic Hermite one */
    const double *c;      /* stages + extra */
    const double *a;      /* row i has i weights, i = 1 .. stages + extra - 1, one row after another */
    const double *error;  /* stages: weights of the error estimate */
    const double *error3; /* stages: a second, coarser estimate that is mixed in; NULL: none */
    const double *dense;  /* rows x (stages + extra) */
    double exponent;      /* the estimate behaves like h^exponent */
    double beta;          /* weight of the former error in the step control */
    double shrink, grow;  /* least and greatest factor between two steps */
} grl_ode_method;

extern const grl_ode_method grl_ode_bs32;   /* Bogacki, Shampine (1989): for pictures */
extern const grl_ode_method grl_ode_dopri5; /* Dormand, Prince (1980) */
extern const grl_ode_method
    grl_ode_dop853; /* Dormand, Prince in Hairer, Norsett, Wanner (1993): rtol < 1e-9 */
extern const grl_ode_method *const grl_ode_methods[]; /* all of them, then NULL */

typedef struct grl_ode_settings {
    const grl_ode_method *method; /* NULL: grl_ode_dopri5 */
    double rtol, atol;            /* error of one step, in every coordinate: atol + rtol |y_i| */
    double first_step;            /* 0: chosen */
    double max_step;              /* 0: none */
    long long max_steps;          /* accepted and rejected; 0: none */
} grl_ode_settings;

typedef enum grl_ode_outcome {
    GRL_ODE_STEP,      /* a step was made; t_end lies further on */
    GRL_ODE_END,       /* a step was made, or none was needed, and t is t_end exactly */
    GRL_ODE_EVENT,     /* grl_ode_advance only: an event, see event_t */
    GRL_ODE_LIMIT,     /* max_steps are used up */
    GRL_ODE_TOO_SMALL, /* the step fell below the rounding of t: a singular or very stiff field, or NaN */
} grl_ode_outcome;

typedef struct grl_ode {
    /* For the caller to read. */
    double t, *y;         /* now: n numbers */
    double t_old, *y_old; /* before the last step */
    const double *f;      /* the field at (t, y), once a step was made */
    long long steps, rejected, evaluations;
    int event; /* which watch saw the event */
    double event_t, *event_y;

    /* Inner. */
    grl_ode_settings settings;
    grl_ode_field *field;
    void *context;
    size_t n;
    double h;         /* size of the next step, > 0; 0: not chosen yet */
    double done;      /* signed size of the last step */
    double direction; /* +1, -1, or 0 before the first step */
    double old_error;
    int fresh; /* the first stage must be evaluated */
    int dense_ready;
    double *k, *stage, *dense;
} grl_ode;

/* Doubles of workspace. The caller checks that n * 30 fits a size_t. */
size_t grl_ode_work(const grl_ode_method *method, size_t n);

/* y0 is copied. work: grl_ode_work doubles, in use as long as the ode is. */
void grl_ode_start(grl_ode *ode, const grl_ode_settings *settings, size_t n, grl_ode_field *field,
                   void *context, double t0, const double *y0, double *work);

/* One step towards t_end, on either side of t, never past it. */
grl_ode_outcome grl_ode_step(grl_ode *ode, double t_end);

/* To be called when the field jumps or has a kink at t, or y was changed from outside. The last grl_ode_dense
 * of a step comes before the field's context changes, since it may evaluate the field. */
void grl_ode_jump(grl_ode *ode);

/* y at any t of the last step (n numbers); until the next call of grl_ode_step. */
void grl_ode_dense(grl_ode *ode, double t, double *y);

/* Events: zeros of g(t, y) along the solution. */
typedef double grl_ode_function(double t, const double *y, void *context);

typedef struct grl_ode_watch {
    grl_ode_function *g;
    void *context;

    /* +1: only where g goes from negative to positive in the order of integration; -1: the other way; 0:
     * both. */
    int direction;

    /* g is looked at this many places in each step; 0 and 1: at its end. Two crossings between two places
     * stay unseen. */
    int samples;

    /* Of g just before here; 0: not known yet. To start on the surface g = 0, set the sign that g has after
     * the start, or else rounding may make the start itself an event. */
    int sign;

    /* Inner: what was searched. */
    double t;
    int begun, found;
    double crossing;
} grl_ode_watch;

/* Steps until t_end or the next event of any watch, in the order of time. After GRL_ODE_EVENT, event_t and
 * event_y tell where; t is already the end of that step. Calling again goes on behind the event; to stop
 * there is up to the caller. The time is exact to rounding on the dense output, whose error is that of its
 * order. */
grl_ode_outcome grl_ode_advance(grl_ode *ode, double t_end, grl_ode_watch *watches, size_t count);

#endif
