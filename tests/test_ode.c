/* test_ode.c: every Runge-Kutta method on every problem: order of convergence of steps and dense output
 * against closed forms, step control against SUNDIALS, events at known times, time reversal, and what must
 * fail. */
#include "num/ode.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX = 4, WORK = 40 * MAX };

typedef struct problem {
    const char *name;
    size_t n;
    grl_ode_field *field;
    void (*exact)(double t, double *y);
    double t0, t1;
    int steps; /* of the coarsest run of the test of order, for order 8 */
} problem;

/* y1' = -y1/2 - 3 y2, y2' = 3 y1 - y2/2: a spiral. */
static void spiral(double t, const double *y, double *f, void *context)
{
    (void)t;
    (void)context;
    f[0] = -0.5 * y[0] - 3 * y[1];
    f[1] = 3 * y[0] - 0.5 * y[1];
}

static void spiral_exact(double t, double *y)
{
    y[0] = exp(-0.5 * t) * cos(3 * t);
    y[1] = exp(-0.5 * t) * sin(3 * t);
}

/* y' = y (1 - y). */
static void logistic(double t, const double *y, double *f, void *context)
{
    (void)t;
    (void)context;
    f[0] = y[0] * (1 - y[0]);
}

static void logistic_exact(double t, double *y)
{
    y[0] = 1 / (1 + 9 * exp(-t));
}

/* y1' = 2 t y1 ln(max(y2, 0.001)), y2' = -2 t y2 ln y1 (the time-dependent test problem of Enright and
 * Pryce): y1 = exp(sin t^2), y2 = exp(cos t^2). */
static void coupled(double t, const double *y, double *f, void *context)
{
    (void)context;
    f[0] = 2 * t * y[0] * log(fmax(y[1], 0.001));
    f[1] = -2 * t * y[1] * log(fmax(y[0], 0.001));
}

static void coupled_exact(double t, double *y)
{
    y[0] = exp(sin(t * t));
    y[1] = exp(cos(t * t));
}

/* A GRU with U_h = 3 R(0.5), the rest zero: h' = (tanh(U_h h / 2) - h) / 2. */
static void rotation(double t, const double *h, double *f, void *context)
{
    const double c = 1.5 * cos(0.5), s = 1.5 * sin(0.5);
    (void)t;
    (void)context;
    f[0] = 0.5 * (tanh(c * h[0] - s * h[1]) - h[0]);
    f[1] = 0.5 * (tanh(s * h[0] + c * h[1]) - h[1]);
}

static void van_der_pol(double t, const double *y, double *f, void *context)
{
    (void)t;
    (void)context;
    f[0] = y[1];
    f[1] = (1 - y[0] * y[0]) * y[1] - y[0];
}

static const problem problems[] = {
    {"spiral", 2, spiral, spiral_exact, 0, 4, 8},
    {"logistic", 1, logistic, logistic_exact, 0, 6, 4},
    {"coupled", 2, coupled, coupled_exact, 0, 2, 10},
};

static double distance(size_t n, const double *a, const double *b)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        double d = fabs(a[i] - b[i]);
        if (!(d <= worst)) worst = d;
    }
    return worst;
}

/* Steps of one size: a tolerance that is always met, and a largest step. */
static grl_ode_settings fixed(const grl_ode_method *method, double h)
{
    return (grl_ode_settings){.method = method, .rtol = 0, .atol = 1e200, .first_step = h, .max_step = h};
}

/* The worst errors of steps and of dense output with `count` equal steps. */
static void errors(const grl_ode_method *method, const problem *p, int count, double *step, double *dense)
{
    grl_ode ode;
    double work[WORK], y[MAX], exact[MAX];
    assert_true(grl_ode_work(method, p->n) <= WORK);
    grl_ode_settings settings = fixed(method, (p->t1 - p->t0) / count);
    p->exact(p->t0, y);
    grl_ode_start(&ode, &settings, p->n, p->field, NULL, p->t0, y, work);
    grl_ode_outcome outcome = GRL_ODE_STEP;
    *step = *dense = 0;
    while (outcome == GRL_ODE_STEP) {
        outcome = grl_ode_step(&ode, p->t1);
        p->exact(ode.t, exact);
        *step = fmax(*step, distance(p->n, ode.y, exact));
        for (int k = 1; k < 8; k++) {
            double t = ode.t_old + (ode.t - ode.t_old) * k / 8;
            grl_ode_dense(&ode, t, y);
            p->exact(t, exact);
            *dense = fmax(*dense, distance(p->n, y, exact));
        }
    }
    assert_int_equal(outcome, GRL_ODE_END);
    assert_true(ode.t == p->t1);
    assert_int_equal(ode.steps, count);
    assert_int_equal(ode.rejected, 0);
}

static void test_order(void **state)
{
    (void)state;
    for (int m = 0; grl_ode_methods[m]; m++) {
        const grl_ode_method *method = grl_ode_methods[m];
        for (size_t q = 0; q < sizeof problems / sizeof *problems; q++) {
            const problem *p = &problems[q];
            double step[3], dense[3];
            int count = p->steps * (method->order < 5 ? 16 : method->order < 8 ? 8 : 1);
            for (int k = 0; k < 3; k++, count *= 2) errors(method, p, count, &step[k], &dense[k]);
            double order = log2(step[1] / step[2]), dense_order = log2(dense[1] / dense[2]);
            double expected = fmin(method->order, method->dense_order + 1);
            printf("%s, %s: order %.2f (%.1e), dense %.2f (%.1e)\n", method->name, p->name, order, step[2],
                   dense_order, dense[2]);
            assert_true(step[2] > 2e-14); /* or else the order is that of the rounding */
            assert_true(order > method->order - 0.35 && order < method->order + 1.5);
            assert_true(dense_order > expected - 0.35);
        }
    }
}

/* One step from the exact solution: the local error of the dense output is O(h^(dense_order + 1)). */
static void test_dense_local_order(void **state)
{
    (void)state;
    for (int m = 0; grl_ode_methods[m]; m++) {
        const grl_ode_method *method = grl_ode_methods[m];
        double error[2];
        for (int k = 0; k < 2; k++) {
            double h = (method->order == 8 ? 0.5 : 0.1) / (k + 1), work[WORK], y[MAX], exact[MAX];
            grl_ode ode;
            grl_ode_settings settings = fixed(method, h);
            spiral_exact(0, y);
            grl_ode_start(&ode, &settings, 2, spiral, NULL, 0, y, work);
            assert_int_equal(grl_ode_step(&ode, h), GRL_ODE_END);
            error[k] = 0;
            for (int i = 1; i < 16; i++) {
                grl_ode_dense(&ode, h * i / 16, y);
                spiral_exact(h * i / 16, exact);
                error[k] = fmax(error[k], distance(2, y, exact));
            }
        }
        double order = log2(error[0] / error[1]);
        printf("%s: local order of the dense output %.2f (%.1e)\n", method->name, order, error[1]);
        assert_true(order > method->dense_order + 1 - 0.3 && order < method->dense_order + 1 + 0.6);
    }
}

/* Value and slope of the dense output at both ends of a step. */
static void test_dense_ends(void **state)
{
    (void)state;
    for (int m = 0; grl_ode_methods[m]; m++) {
        double work[WORK], y[MAX], f[MAX], a[MAX], b[MAX];
        grl_ode ode;
        grl_ode_settings settings = fixed(grl_ode_methods[m], 0.3);
        coupled_exact(0.5, y);
        grl_ode_start(&ode, &settings, 2, coupled, NULL, 0.5, y, work);
        for (int s = 0; s < 3; s++) assert_int_equal(grl_ode_step(&ode, 9), GRL_ODE_STEP);
        const double t[2] = {ode.t_old, ode.t}, *end[2] = {ode.y_old, ode.y}, e = 1e-5;
        for (int k = 0; k < 2; k++) {
            grl_ode_dense(&ode, t[k], y);
            assert_true(distance(2, y, end[k]) <= 1e-15);
            coupled(t[k], end[k], f, NULL);
            grl_ode_dense(&ode, t[k] + e, a);
            grl_ode_dense(&ode, t[k] - e, b);
            for (int i = 0; i < 2; i++) {
                double slope = (a[i] - b[i]) / (2 * e);
                assert_true(fabs(slope - f[i]) <= 1e-7);
            }
        }
        coupled(ode.t, ode.y, f, NULL);
        assert_true(distance(2, f, ode.f) == 0);
    }
}

static void test_golden(void **state)
{
    (void)state;
    FILE *file = fopen(GRL_TEST_DATA "/ode/golden.csv", "r");
    assert_non_null(file);
    char line[400];
    int compared = 0;
    while (fgets(line, sizeof line, file)) {
        double t, want[2], difference;
        char name[40];
        if (sscanf(line, "%39[^,],%lf,%lf,%lf,%lf", name, &t, &want[0], &want[1], &difference) != 5) continue;
        grl_ode_field *field = NULL;
        double y0[2] = {2, 0};
        if (!strcmp(name, "van_der_pol")) field = van_der_pol;
        if (!strcmp(name, "rotation")) {
            field = rotation;
            y0[0] = 0.1;
        }
        if (!field) continue;
        for (int m = 0; grl_ode_methods[m]; m++) {
            const grl_ode_method *method = grl_ode_methods[m];
            double work[WORK];
            grl_ode ode;
            double last = 1;
            for (double rtol = 1e-4; rtol > (method->order == 3 ? 1e-9 : 1e-13); rtol *= 0.01) {
                grl_ode_settings settings = {.method = method, .rtol = rtol, .atol = rtol};
                grl_ode_start(&ode, &settings, 2, field, NULL, 0, y0, work);
                assert_int_equal(grl_ode_advance(&ode, t, NULL, 0), GRL_ODE_END);
                assert_true(ode.t == t);
                last = distance(2, ode.y, want);
                /* The tolerance is per step; errors along a cycle grow with time. */
                assert_true(last <= 100 * rtol * (1 + t) + difference);
            }
            printf("%s at %g by %s: error %.1e, %lld steps, %lld rejected, %lld evaluations\n", name, t,
                   method->name, last, ode.steps, ode.rejected, ode.evaluations);
        }
        compared++;
    }
    fclose(file);
    assert_int_equal(compared, 7);
}

static void counted(double t, const double *y, double *f, void *context)
{
    ++*(long long *)context;
    coupled(t, y, f, NULL);
}

static void test_statistics(void **state)
{
    (void)state;
    for (int m = 0; grl_ode_methods[m]; m++) {
        const grl_ode_method *method = grl_ode_methods[m];
        double work[WORK], y[2];
        long long count = 0;
        grl_ode ode;
        grl_ode_settings settings = {.method = method, .rtol = 1e-6, .atol = 1e-6};
        coupled_exact(0, y);
        grl_ode_start(&ode, &settings, 2, counted, &count, 0, y, work);
        assert_int_equal(grl_ode_advance(&ode, 5, NULL, 0), GRL_ODE_END);
        assert_int_equal(ode.evaluations, count);
        assert_int_equal(count, 2 + (ode.steps + ode.rejected) * (method->stages - 1));
        grl_ode_dense(&ode, 0.5 * (ode.t + ode.t_old), y);
        grl_ode_dense(&ode, 0.6 * (ode.t + ode.t_old), y);
        assert_int_equal(ode.evaluations, count);
        assert_int_equal(count, 2 + (ode.steps + ode.rejected) * (method->stages - 1) + method->extra);
    }
}

/* Forward and back again. */
static void test_reversal(void **state)
{
    (void)state;
    for (int m = 1; grl_ode_methods[m]; m++) {
        double work[WORK], y0[2] = {0.3, -0.2}, y[2];
        grl_ode ode;
        grl_ode_settings settings = {.method = grl_ode_methods[m], .rtol = 1e-11, .atol = 1e-12};
        grl_ode_start(&ode, &settings, 2, rotation, NULL, 0, y0, work);
        assert_int_equal(grl_ode_advance(&ode, 8, NULL, 0), GRL_ODE_END);
        assert_true(distance(2, ode.y, y0) > 0.01);
        while (grl_ode_step(&ode, 0) == GRL_ODE_STEP) {
            assert_true(ode.t < ode.t_old);
            grl_ode_dense(&ode, 0.5 * (ode.t + ode.t_old), y);
            assert_true((y[0] - ode.y[0]) * (y[0] - ode.y_old[0]) <= 1e-6);
        }
        assert_true(ode.t == 0);
        assert_true(distance(2, ode.y, y0) <= 1e-8);

        grl_ode_start(&ode, &settings, 2, spiral, NULL, 0, (double[]){1, 0}, work);
        assert_int_equal(grl_ode_advance(&ode, -3, NULL, 0), GRL_ODE_END);
        spiral_exact(-3, y);
        assert_true(distance(2, ode.y, y) <= 1e-8);
    }
}

/* q'' = -q, q(0) = cos 0: position cos t. */
static void oscillator(double t, const double *y, double *f, void *context)
{
    (void)t;
    (void)context;
    f[0] = y[1];
    f[1] = -y[0];
}

static double position(double t, const double *y, void *context)
{
    (void)t;
    (void)context;
    return y[0];
}

static double above_half(double t, const double *y, void *context)
{
    (void)t;
    (void)context;
    return y[0] - 0.5;
}

static double clock_at(double t, const double *y, void *context)
{
    (void)y;
    return t - *(double *)context;
}

static void test_events(void **state)
{
    (void)state;
    const double pi = acos(-1.0);
    for (int m = 1; grl_ode_methods[m]; m++) {
        for (int way = 1; way >= -1; way -= 2) {
            double work[WORK], y0[2] = {1, 0};
            grl_ode ode;
            grl_ode_settings settings = {.method = grl_ode_methods[m], .rtol = 1e-12, .atol = 1e-13};
            /* Falling zeros of cos, all passages of 1/2, and a time. cos is even: the same in both
             * directions. */
            double alarm = 12.25 * way;
            grl_ode_watch watches[3] = {
                {.g = position, .direction = -1}, {.g = above_half}, {.g = clock_at, .context = &alarm}};
            static const int order[] = {1, 0, 1, 1, 0, 1, 2, 1, 0, 1};
            const double time[] = {pi / 3,      pi / 2, 5 * pi / 3,  7 * pi / 3, 5 * pi / 2,
                                   11 * pi / 3, 12.25,  13 * pi / 3, 9 * pi / 2, 17 * pi / 3};
            grl_ode_start(&ode, &settings, 2, oscillator, NULL, 0, y0, work);
            for (int k = 0; k < 10; k++) {
                assert_int_equal(grl_ode_advance(&ode, 18 * way, watches, 3), GRL_ODE_EVENT);
                assert_int_equal(ode.event, order[k]);
                assert_true(fabs(ode.event_t - way * time[k]) <= 2e-10);
                assert_true(fabs(ode.event_y[0] - cos(ode.event_t)) <= 2e-10);
                assert_true(fabs(ode.event_y[1] + sin(ode.event_t)) <= 2e-10);
            }
            assert_int_equal(grl_ode_advance(&ode, 18 * way, watches, 3), GRL_ODE_END);
            assert_true(ode.t == 18 * way);
        }
    }
}

/* Two crossings in one step are found when the places are dense enough; a start on the surface is no event.
 */
static void test_event_places(void **state)
{
    (void)state;
    const double pi = acos(-1.0);
    double work[WORK];
    grl_ode ode;
    grl_ode_settings settings = fixed(&grl_ode_dop853, 2.4);
    grl_ode_watch watches[2] = {{.g = above_half}, {.g = above_half, .samples = 8}};
    for (int k = 0; k < 2; k++) {
        /* sin(t + 0.3) is above 1/2 inside the one step only. Its size makes for the error. */
        int found = 0;
        double at[4] = {0};
        grl_ode_start(&ode, &settings, 2, oscillator, NULL, 0.1, (double[]){sin(0.4), cos(0.4)}, work);
        while (found < 4 && grl_ode_advance(&ode, 2.5, &watches[k], 1) == GRL_ODE_EVENT)
            at[found++] = ode.event_t;
        assert_int_equal(ode.steps, 1);
        assert_int_equal(found, k == 0 ? 0 : 2);
        if (k == 1) {
            assert_true(fabs(at[0] - (pi / 6 - 0.3)) <= 2e-3);
            assert_true(fabs(at[1] - (5 * pi / 6 - 0.3)) <= 2e-3);
        }
    }

    /* A return map: start on q = 0 going up, with a wrong last bit; the next upward passage is at 2 pi. */
    grl_ode_settings sharp = {.method = &grl_ode_dop853, .rtol = 1e-13, .atol = 1e-14};
    for (int k = -1; k <= 1; k++) {
        grl_ode_watch section = {.g = position, .direction = 1, .sign = 1};
        grl_ode_start(&ode, &sharp, 2, oscillator, NULL, 0, (double[]){k * 1e-17, 1}, work);
        assert_int_equal(grl_ode_advance(&ode, 10, &section, 1), GRL_ODE_EVENT);
        assert_true(fabs(ode.event_t - 2 * pi) <= 1e-11);
    }
}

static void explosion(double t, const double *y, double *f, void *context)
{
    (void)t;
    (void)context;
    f[0] = y[0] * y[0];
}

static void undefined(double t, const double *y, double *f, void *context)
{
    (void)y;
    (void)context;
    f[0] = t < 1 ? 1 : NAN;
}

static void test_failures(void **state)
{
    (void)state;
    for (int m = 0; grl_ode_methods[m]; m++) {
        double work[WORK], one = 1;
        grl_ode ode;
        grl_ode_settings settings = {
            .method = grl_ode_methods[m], .rtol = 1e-6, .atol = 1e-6, .max_steps = 100000};
        grl_ode_start(&ode, &settings, 1, explosion, NULL, 0, &one, work);
        assert_int_equal(grl_ode_advance(&ode, 2, NULL, 0), GRL_ODE_TOO_SMALL);
        assert_true(fabs(ode.t - 1) <= 1e-4);
        assert_true(isfinite(ode.y[0]));

        grl_ode_start(&ode, &settings, 1, undefined, NULL, 0, &one, work);
        assert_int_equal(grl_ode_advance(&ode, 2, NULL, 0), GRL_ODE_TOO_SMALL);
        assert_true(fabs(ode.t - 1) <= 1e-9);
        assert_true(fabs(ode.y[0] - 2) <= 1e-9);

        grl_ode_start(&ode, &settings, 1, explosion, NULL, 0, &(double){NAN}, work);
        assert_int_equal(grl_ode_advance(&ode, 2, NULL, 0), GRL_ODE_TOO_SMALL);
        grl_ode_start(&ode, &settings, 1, explosion, NULL, 0, &(double){1e300}, work);
        assert_int_equal(grl_ode_advance(&ode, 2, NULL, 0), GRL_ODE_TOO_SMALL);

        /* The limit, and going on after it. */
        settings.max_steps = 20;
        settings.rtol = settings.atol = 1e-9;
        grl_ode_start(&ode, &settings, 2, spiral, NULL, 0, (double[]){1, 0}, work);
        assert_int_equal(grl_ode_advance(&ode, 100, NULL, 0), GRL_ODE_LIMIT);
        assert_int_equal(ode.steps + ode.rejected, 20);
        ode.settings.max_steps = 0;
        assert_int_equal(grl_ode_advance(&ode, 5, NULL, 0), GRL_ODE_END);
        double exact[2];
        spiral_exact(5, exact);
        assert_true(distance(2, ode.y, exact) <= 1e-7);

        /* No way to go. */
        assert_int_equal(grl_ode_step(&ode, 5), GRL_ODE_END);
    }
}

/* y' = the sign of a switch in the context. */
static void switched(double t, const double *y, double *f, void *context)
{
    (void)t;
    (void)y;
    f[0] = *(double *)context;
}

static void test_jump(void **state)
{
    (void)state;
    for (int m = 0; grl_ode_methods[m]; m++) {
        double work[WORK], slope = 1, zero = 0;
        grl_ode ode;
        grl_ode_settings settings = {.method = grl_ode_methods[m], .rtol = 1e-9, .atol = 1e-9};
        grl_ode_start(&ode, &settings, 1, switched, &slope, 0, &zero, work);
        assert_int_equal(grl_ode_advance(&ode, 1, NULL, 0), GRL_ODE_END);
        assert_true(fabs(ode.y[0] - 1) <= 1e-14);
        slope = -2;
        grl_ode_jump(&ode);
        assert_int_equal(grl_ode_advance(&ode, 3, NULL, 0), GRL_ODE_END);
        assert_true(fabs(ode.y[0] + 3) <= 1e-14);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),      cmocka_unit_test(test_dense_local_order),
        cmocka_unit_test(test_dense_ends), cmocka_unit_test(test_golden),
        cmocka_unit_test(test_statistics), cmocka_unit_test(test_reversal),
        cmocka_unit_test(test_events),     cmocka_unit_test(test_event_places),
        cmocka_unit_test(test_failures),   cmocka_unit_test(test_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
