/* simulate.h: trajectories of the flow and of the map, with constant or time-varying input. */
#ifndef GRULENS_SIMULATE_H
#define GRULENS_SIMULATE_H

#include <grulens/cell.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_interpolation { GRL_HOLD = 0, GRL_LINEAR = 1 } grl_interpolation;

/* An input signal: `count` rows of m numbers at rising times. Held: a row is the input from its time up to
 * the next row's. Before the first and after the last row the input is constant. */
typedef struct grl_signal {
    size_t count;
    size_t width;         /* m */
    const double *times;  /* count */
    const double *values; /* count x width */
    grl_interpolation interpolation;
} grl_signal;

typedef struct grl_simulate_options {
    grl_time time; /* default GRL_CONTINUOUS */
    double dt;     /* of the map, in (0, 1]; default 1 */

    /* End time; default 100. Flow: may be negative, then time runs backwards. Map: until/dt steps, the last
     * one at or before `until`. */
    double until;

    /* A row of output at each multiple of this, and at the end; 0, the default: at each accepted step. Map: a
     * multiple of dt. */
    double every;

    double rtol, atol;   /* of the flow's integrator, per step and unit; default 1e-9 and 1e-12 */
    long long max_steps; /* accepted and rejected; default 10,000,000 */
    size_t max_rows;     /* default 10,000,000 */

    /* Stop when the speed |f| (2-norm) has been below this for one unit of time and the input does not change
     * any more; 0, the default: never. */
    double settle;

    grl_progress *progress; /* NULL, or shared with a watcher; borrowed */
} grl_simulate_options;

grl_simulate_options grl_simulate_defaults(void);

typedef struct grl_trajectory {
    size_t hidden_size;
    size_t count;
    double *times;   /* count; the first is 0 */
    double *states;  /* count x n */
    long long steps; /* accepted */
    long long rejected;

    /* "end", "settled", "limit" (of steps or rows), "step" (the step size became too small); static
     * storage. */
    const char *stopped_by;
} grl_trajectory;

/* One trajectory from h0 (n numbers) at time 0. x: constant input (m numbers, NULL is zero), used where
 * `signal` is NULL. `options` may be NULL. Flow: the 5(4) pair of Dormand and Prince (1980) with its dense
 * output; jumps of a held signal and kinks of a linear one are step ends. Map: the step from t to t + dt
 * takes the input at t. A run that stops early is a result that says so. Free with grl_trajectory_free. */
grl_status grl_simulate(const grl_cell *cell, const double *h0, const double *x, const grl_signal *signal,
                        const grl_simulate_options *options, grl_trajectory **trajectory, grl_error *error);
void grl_trajectory_free(grl_trajectory *trajectory); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
