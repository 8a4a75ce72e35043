/* bench_ode.c: a trajectory of 75 time units at rtol 1e-9, against ERKStep of SUNDIALS (its default pair of
 * order 4 and the one of order 8) with the same right-hand side. Errors are against order 8 at rtol 1e-13.
 * Ratios above 1: ours is faster. */
#include <grulens/simulate.h>

#include "num/ode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef GRL_BENCH_SUNDIALS
#include <arkode/arkode_erkstep.h>
#include <nvector/nvector_serial.h>
#endif

enum { MOST = 64 };

static const double span = 75, tolerance = 1e-9; /* relative; absolute: a thousandth of it */

typedef struct system_ {
    size_t n;
    grl_cell *cell; /* NULL: the rotation network by hand, with the C library's tanh */
    double work[8 * MOST];
    double h0[MOST], exact[MOST];
} system_;

static void field(double t, const double *h, double *f, void *context)
{
    system_ *s = context;
    (void)t;
    if (s->cell) {
        grl_cell_field(s->cell, NULL, h, f, s->work);
        return;
    }
    const double c = 1.5 * 0.87758256189037271612, d = 1.5 * 0.47942553860420300027; /* cos, sin of 1/2 */
    f[0] = 0.5 * (tanh(c * h[0] - d * h[1]) - h[0]);
    f[1] = 0.5 * (tanh(d * h[0] + c * h[1]) - h[1]);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

typedef struct outcome {
    double time, error;
    long long evaluations;
} outcome;

static double distance(const system_ *s, const double *h)
{
    double worst = 0;
    for (size_t i = 0; i < s->n; i++) worst = fmax(worst, fabs(h[i] - s->exact[i]));
    return worst;
}

static void ours_once(system_ *s, const grl_ode_method *method, double rtol, grl_ode *ode, double *work)
{
    grl_ode_settings settings = {.method = method, .rtol = rtol, .atol = rtol * 1e-3};
    grl_ode_start(ode, &settings, s->n, field, s, 0, s->h0, work);
    if (grl_ode_advance(ode, span, NULL, 0) != GRL_ODE_END) {
        fprintf(stderr, "bench_ode: %s did not reach the end\n", method->name);
        exit(1);
    }
}

/* The best of several runs. */
static outcome ours(system_ *s, const grl_ode_method *method, int repeats)
{
    static double work[40 * MOST];
    outcome best = {.time = INFINITY};
    for (int k = 0; k < repeats; k++) {
        grl_ode ode;
        double begin = seconds();
        ours_once(s, method, tolerance, &ode, work);
        double took = seconds() - begin;
        best.time = fmin(best.time, took);
        best.error = distance(s, ode.y);
        best.evaluations = ode.evaluations;
    }
    return best;
}

#ifdef GRL_BENCH_SUNDIALS
static int sundials_field(realtype t, N_Vector h, N_Vector f, void *context)
{
    field(t, N_VGetArrayPointer(h), N_VGetArrayPointer(f), context);
    return 0;
}

static outcome theirs(system_ *s, int order, int repeats)
{
    outcome best = {.time = INFINITY};
    SUNContext sun;
    SUNContext_Create(NULL, &sun);
    double h[MOST];
    N_Vector v = N_VMake_Serial((sunindextype)s->n, h, sun);
    for (int k = 0; k < repeats; k++) {
        realtype t;
        long evaluations = 0;
        memcpy(h, s->h0, sizeof h);
        void *erk = ERKStepCreate(sundials_field, 0, v, sun);
        ERKStepSStolerances(erk, tolerance, tolerance * 1e-3);
        ERKStepSetUserData(erk, s);
        ERKStepSetOrder(erk, order);
        ERKStepSetMaxNumSteps(erk, 1000000);
        ERKStepSetStopTime(erk, span);
        double begin = seconds(); /* without the allocations */
        int flag = ERKStepEvolve(erk, span, v, &t, ARK_NORMAL);
        double took = seconds() - begin;
        if (flag < 0) {
            fprintf(stderr, "bench_ode: ERKStep: %d\n", flag);
            exit(1);
        }
        ERKStepGetNumRhsEvals(erk, &evaluations);
        ERKStepFree(&erk);
        best.time = fmin(best.time, took);
        best.error = distance(s, h);
        best.evaluations = evaluations;
    }
    N_VDestroy(v);
    SUNContext_Free(&sun);
    return best;
}
#endif

static void line(const char *name, outcome o, double reference)
{
    printf("  %-22s %8.4f ms  %6lld evaluations  error %.1e", name, 1e3 * o.time, o.evaluations, o.error);
    if (reference > 0) printf("  ratio %.1f", o.time / reference);
    printf("\n");
}

static void compare(const char *title, system_ *s, int repeats)
{
    static double work[40 * MOST];
    grl_ode ode;
    ours_once(s, &grl_ode_dop853, 1e-13, &ode, work);
    memcpy(s->exact, ode.y, s->n * sizeof *s->exact);
    printf("%s\n", title);
    outcome five = ours(s, &grl_ode_dopri5, repeats), eight = ours(s, &grl_ode_dop853, repeats);
    if (!(five.error < 1e-6 && eight.error < 1e-6)) {
        fprintf(stderr, "bench_ode: wrong answer\n");
        exit(1);
    }
    line("dopri5", five, 0);
    line("dop853", eight, five.time);
#ifdef GRL_BENCH_SUNDIALS
    line("ERKStep, order 4", theirs(s, 4, repeats), five.time);
    line("ERKStep, order 5", theirs(s, 5, repeats), five.time);
    line("ERKStep, order 8", theirs(s, 8, repeats), eight.time);
#else
    printf("  SUNDIALS is not installed: no comparison\n");
#endif
}

int main(void)
{
    static system_ s;
    s = (system_){.n = 2, .h0 = {0.1, 0}};
    compare("two units, C library", &s, 200);
    for (size_t n = 2; n <= 64; n *= 32) {
        grl_error error;
        char title[80];
        s = (system_){.n = n};
        if (grl_cell_create(n, 0, GRL_RESET_AFTER, &s.cell, &error) != GRL_OK) {
            fprintf(stderr, "bench_ode: %s\n", error.message);
            return 1;
        }
        for (int b = GRL_U_Z; b <= GRL_U_H; b++)
            for (size_t i = 0; i < n * n; i++)
                grl_cell_block(s.cell, (grl_block)b)[i] =
                    3 / sqrt((double)n) * sin(1.0 + (double)i * (b + 1));
        for (size_t i = 0; i < n; i++) s.h0[i] = 0.1 * cos((double)i);
        snprintf(title, sizeof title, "grl_cell_field, %zu units", n);
        compare(title, &s, n > 2 ? 10 : 200);
        grl_cell_free(s.cell);
    }
    return 0;
}
