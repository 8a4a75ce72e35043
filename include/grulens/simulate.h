/* simulate.h: trajectories of the flow and of the map, with constant or time-varying input. */
#ifndef GRULENS_SIMULATE_H
#define GRULENS_SIMULATE_H

#include <grulens/cell.h>
#include <grulens/portrait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grl_interpolation { GRL_HOLD = 0, GRL_LINEAR = 1 } grl_interpolation;

/* An input signal: `count` rows of m numbers at rising times. Before the first and after the last row it is
 * constant. */
typedef struct grl_signal {
    size_t count;
    size_t width;
    const double *times;  /* count */
    const double *values; /* count x width */
    grl_interpolation interpolation;
} grl_signal;

typedef struct grl_simulate_options {
    grl_time time;     /* default GRL_CONTINUOUS */
    double dt;         /* of the map; default 1 */
    double until;      /* end time; for the map, until/dt steps; may be negative for the flow; default 100 */
    double every;      /* a row of output at each multiple of this; 0: each accepted step; default 0 */
    double rtol, atol; /* of the flow's integrator; default 1e-9 and 1e-12 */
    long long max_steps; /* default 10,000,000 */
    size_t max_rows;     /* default 10,000,000 */
    double settle;       /* stop when the speed |f| stays below this; 0: never; default 0 */
    grl_progress *progress;
} grl_simulate_options;

grl_simulate_options grl_simulate_defaults(void);

typedef struct grl_trajectory {
    size_t hidden_size;
    size_t count;
    double *times;   /* count */
    double *states;  /* count x n */
    long long steps; /* accepted */
    long long rejected;
    const char
        *stopped_by; /* "end", "settled", "limit", "step" (the step size became too small); static storage */
} grl_trajectory;

/* One trajectory from h0 (n numbers). x: constant input (m numbers, NULL is zero), used where `signal` is
 * NULL. Flow: the 5(4) pair of Dormand and Prince (1980) with its dense output; a held signal's jumps are
 * step ends. Free with grl_trajectory_free. A run that stops early is a result that says so. */
grl_status grl_simulate(const grl_cell *cell, const double *h0, const double *x, const grl_signal *signal,
                        const grl_simulate_options *options, grl_trajectory **trajectory, grl_error *error);
void grl_trajectory_free(grl_trajectory *trajectory); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
