/* trajectory.c: one trajectory of the flow or of the map.
 *
 *     flow:  h' = f(h; x(t)), by the pair of Dormand and Prince (num/ode.c); rows of output come from its
 *            dense output, except the last, which is the end of a step
 *     map:   h+ = h + dt f(h; x(t)) at t = 0, dt, 2 dt ...; times are k dt, not a running sum
 *
 * What makes it fail: weights of 1e6 and more make the flow stiff, and it ends at the limit of steps; the
 * result says so. (-1,1)^n is invariant, so forwards nothing grows beyond bounds; backwards it may ("step").
 */
#include <grulens/simulate.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "cell/signal.h"
#include "num/ode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS = 1000 }; /* units of progress in a run */

/* Times that come out of decimal numbers differ in their last bits: 3 * 0.1 is above 0.3. */
static const double rounding = 1e-9;

typedef struct run {
    const grl_cell *cell;
    size_t n;
    const grl_simulate_options *options;
    const double *x; /* constant input, or NULL; without meaning if there is a signal */
    const grl_signal *signal;
    grl_signal_walk walk;
    double *work; /* of the field */
    grl_trajectory *out;
    size_t room_times, room_states;
    double calm_since; /* time since which the speed is low; NaN while it is not */
    long long told;    /* progress */
} run;

grl_simulate_options grl_simulate_defaults(void)
{
    return (grl_simulate_options){.time = GRL_CONTINUOUS,
                                  .dt = 1,
                                  .until = 100,
                                  .rtol = 1e-9,
                                  .atol = 1e-12,
                                  .max_steps = 10000000,
                                  .max_rows = 10000000};
}

void grl_trajectory_free(grl_trajectory *trajectory)
{
    if (!trajectory) return;
    free(trajectory->times);
    free(trajectory->states);
    free(trajectory);
}

static grl_status check_numbers(const char *what, const double *values, size_t count, grl_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return grl_fail(error, GRL_BAD_INPUT, "entry %zu of the %s is not a finite number", i, what);
    return GRL_OK;
}

static grl_status check(const grl_simulate_options *o, grl_error *error)
{
    if (!isfinite(o->until))
        return grl_fail(error, GRL_BAD_INPUT, "the end time must be a finite number, found %g", o->until);
    if (!(o->every >= 0 && isfinite(o->every)))
        return grl_fail(error, GRL_BAD_INPUT, "the interval of output must be 0 or more, found %g", o->every);
    if (!(o->settle >= 0))
        return grl_fail(error, GRL_BAD_INPUT, "the speed to settle at must be 0 or more, found %g",
                        o->settle);
    if (o->max_rows < 2 || o->max_steps < 1)
        return grl_fail(error, GRL_BAD_INPUT, "there must be room for two rows and a step at least");
    if (o->time == GRL_CONTINUOUS) {
        if (!(o->rtol >= 1e-15 && o->rtol < 1))
            return grl_fail(error, GRL_BAD_INPUT, "the relative tolerance must be in [1e-15, 1), found %g",
                            o->rtol);
        if (!(o->atol > 0 && isfinite(o->atol)))
            return grl_fail(error, GRL_BAD_INPUT, "the absolute tolerance must be above 0, found %g",
                            o->atol);
        return GRL_OK;
    }
    if (!(o->dt > 0 && o->dt <= 1))
        return grl_fail(error, GRL_BAD_INPUT, "the step of the map must be in (0, 1], found %g", o->dt);
    if (o->until < 0)
        return grl_fail(error, GRL_BAD_INPUT, "the map does not run backwards: end time %g is below 0",
                        o->until);
    if (o->every > 0) {
        double stride = o->every / o->dt;
        if (!(fabs(stride - round(stride)) <= rounding * stride && round(stride) >= 1))
            return grl_fail(error, GRL_BAD_INPUT,
                            "output of the map every %g is not a multiple of its step %g", o->every, o->dt);
    }
    return GRL_OK;
}

/* A row for time t, to be filled in; NULL if there is no memory. */
static double *add_row(run *r, double t)
{
    grl_trajectory *out = r->out;
    if (!grl_grow((void **)&out->times, &r->room_times, out->count, sizeof *out->times) ||
        !grl_grow((void **)&out->states, &r->room_states, out->count, r->n * sizeof *out->states))
        return NULL;
    out->times[out->count] = t;
    return out->states + out->count++ * r->n;
}

static grl_status no_memory(const run *r, grl_error *error)
{
    return grl_fail_memory(error, r->out->count + 1, r->n * sizeof *r->out->states);
}

static int full(const run *r)
{
    return r->out->count >= r->options->max_rows;
}

static const double *input_at(const run *r, double t)
{
    return r->signal ? grl_signal_at(&r->walk, t) : r->x;
}

/* Whether the speed has been low for one unit of time and the input rests for ever. */
static int settled(run *r, double t, const double *f)
{
    const int input_rests = !r->signal || isinf(r->walk.end);
    double square = 0;
    for (size_t i = 0; i < r->n; i++) square += f[i] * f[i];
    if (!input_rests || !(sqrt(square) < r->options->settle))
        r->calm_since = NAN;
    else if (isnan(r->calm_since))
        r->calm_since = t;
    return fabs(t - r->calm_since) >= 1; /* false for NaN */
}

/* Tells how far the run is; true if it is to stop. */
static int tell(run *r, double part)
{
    long long now = (long long)(part * PROGRESS);
    if (now > r->told) {
        grl_progress_add(r->options->progress, now - r->told);
        r->told = now;
    }
    return grl_progress_stopped(r->options->progress);
}

static void field(double t, const double *h, double *f, void *context)
{
    const run *r = context;
    grl_cell_field(r->cell, input_at(r, t), h, f, r->work);
}

/* The rows of output that the last step passed; false without memory. The row at the end of all is not among
 * them. */
static int passed_rows(run *r, grl_ode *ode, long long *next)
{
    const grl_simulate_options *o = r->options;
    const double way = o->until < 0 ? -1 : 1;
    for (;; ++*next) {
        double t = way * (double)*next * o->every;
        if ((t - ode->t) * way > 0 || fabs(t) >= fabs(o->until) - rounding * o->every || full(r)) return 1;
        double *to = add_row(r, t);
        if (!to) return 0;
        grl_ode_dense(ode, t, to);
    }
}

/* The row at the end, wherever that is. */
static grl_status last_row(run *r, double t, const double *h, grl_error *error)
{
    grl_trajectory *out = r->out;
    if (out->times[out->count - 1] == t) return GRL_OK;
    if (full(r)) {
        out->stopped_by = "limit";
        return GRL_OK;
    }
    double *to = add_row(r, t);
    if (!to) return no_memory(r, error);
    memcpy(to, h, r->n * sizeof *to);
    return GRL_OK;
}

static grl_status flow(run *r, const double *h0, double *work, grl_error *error)
{
    const grl_simulate_options *o = r->options;
    grl_trajectory *out = r->out;
    grl_ode ode;
    grl_ode_settings settings = {
        .method = &grl_ode_dopri5, .rtol = o->rtol, .atol = o->atol, .max_steps = o->max_steps};
    grl_ode_start(&ode, &settings, r->n, field, r, 0, h0, work);
    long long next = 1;
    for (;;) {
        double end = o->until;
        if (r->signal && fabs(r->walk.end) < fabs(end)) end = r->walk.end;
        grl_ode_outcome outcome = grl_ode_step(&ode, end);
        if (outcome == GRL_ODE_LIMIT || outcome == GRL_ODE_TOO_SMALL) {
            out->stopped_by = outcome == GRL_ODE_LIMIT ? "limit" : "step";
            break;
        }
        if (o->every > 0 && !passed_rows(r, &ode, &next)) return no_memory(r, error);
        if (ode.t == o->until) break;
        if (o->settle > 0 && settled(r, ode.t, ode.f)) {
            out->stopped_by = "settled";
            break;
        }
        if (full(r)) {
            out->stopped_by = "limit";
            break;
        }
        if (o->every == 0) {
            double *to = add_row(r, ode.t);
            if (!to) return no_memory(r, error);
            memcpy(to, ode.y, r->n * sizeof *to);
        }
        if (tell(r, ode.t / o->until)) return grl_fail(error, GRL_STOPPED, "stopped at time %g", ode.t);
        if (outcome == GRL_ODE_END) {
            grl_signal_next(&r->walk);
            grl_ode_jump(&ode);
        }
    }
    out->steps = ode.steps;
    out->rejected = ode.rejected;
    return last_row(r, ode.t, ode.y, error);
}

/* work: 3 n doubles. */
static grl_status map(run *r, const double *h0, double *work, grl_error *error)
{
    const grl_simulate_options *o = r->options;
    const size_t n = r->n;
    grl_trajectory *out = r->out;
    double *h = work, *next = h + n, *f = next + n;
    const double count = floor(o->until / o->dt * (1 + rounding) + rounding);
    const long long steps = count < (double)o->max_steps ? (long long)count : o->max_steps;
    const long long stride = o->every > 0 ? (long long)fmin(round(o->every / o->dt), 0x1p62) : 1;
    if ((double)steps < count) out->stopped_by = "limit";
    memcpy(h, h0, n * sizeof *h);
    long long k = 0;
    while (k < steps) {
        const double t = (double)k * o->dt;
        if (r->signal)
            while (r->walk.end <= t + rounding * o->dt) grl_signal_next(&r->walk);
        grl_cell_map(r->cell, input_at(r, t), o->dt, h, next, r->work);
        for (size_t i = 0; i < n; i++) f[i] = (next[i] - h[i]) / o->dt;
        double *swap = h;
        h = next;
        next = swap;
        k++;
        if (k == steps) break;
        if (o->settle > 0 && settled(r, t, f)) {
            out->stopped_by = "settled";
            break;
        }
        if (k % stride == 0) {
            if (full(r)) {
                out->stopped_by = "limit";
                break;
            }
            double *to = add_row(r, (double)k * o->dt);
            if (!to) return no_memory(r, error);
            memcpy(to, h, n * sizeof *to);
        }
        if (tell(r, (double)k / (double)steps)) return grl_fail(error, GRL_STOPPED, "stopped at time %g", t);
    }
    out->steps = k;
    return last_row(r, (double)k * o->dt, h, error);
}

grl_status grl_simulate(const grl_cell *cell, const double *h0, const double *x, const grl_signal *signal,
                        const grl_simulate_options *options, grl_trajectory **trajectory, grl_error *error)
{
    const grl_simulate_options defaults = grl_simulate_defaults();
    const size_t n = grl_cell_hidden_size(cell), m = grl_cell_input_size(cell);
    grl_cell *autonomous = NULL;
    double *work = NULL;
    run r = {
        .cell = cell, .n = n, .options = options ? options : &defaults, .signal = signal, .calm_since = NAN};
    *trajectory = NULL;

    grl_status status = check(r.options, error);
    if (status == GRL_OK) status = check_numbers("start", h0, n, error);
    if (status == GRL_OK && signal) status = grl_signal_check(signal, m, error);
    if (status == GRL_OK && !signal && x) status = check_numbers("input", x, m, error);
    /* A constant input goes into the biases once, not into every evaluation. */
    if (status == GRL_OK && !signal && x && m > 0) {
        status = grl_cell_at_input(cell, x, &autonomous, error);
        if (status == GRL_OK) r.cell = autonomous;
    }
    if (status != GRL_OK) goto done;

    const int discrete = r.options->time == GRL_DISCRETE;
    const size_t inner = discrete ? 3 * n : grl_ode_work(&grl_ode_dopri5, n);
    const size_t size = inner + grl_cell_work(cell) + m;
    work = grl_calloc(size, sizeof *work);
    r.out = grl_calloc(1, sizeof *r.out);
    if (!work || !r.out) {
        status = grl_fail_memory(error, size, sizeof *work);
        goto done;
    }
    r.work = work + inner;
    if (signal)
        grl_signal_begin(&r.walk, signal, r.options->until < 0 ? -1 : 1, r.work + grl_cell_work(cell));
    r.out->hidden_size = n;
    r.out->stopped_by = "end";
    double *first = add_row(&r, 0);
    if (!first) {
        status = no_memory(&r, error);
        goto done;
    }
    memcpy(first, h0, n * sizeof *first);
    grl_progress_expect(r.options->progress, PROGRESS);
    status = discrete ? map(&r, h0, work, error) : flow(&r, h0, work, error);
    tell(&r, 1);
    if (status == GRL_OK) {
        *trajectory = r.out;
        r.out = NULL;
    }
done:
    grl_trajectory_free(r.out);
    grl_cell_free(autonomous);
    free(work);
    return status;
}
