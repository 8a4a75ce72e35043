/* ode_event.c: events, g(t, y(t)) = 0, on the dense output.
 *
 * g is looked at some places in each step; between two places where its sign differs, Chandrupatla's method
 * (1997, A new hybrid quadratic/bisection algorithm, Adv. Eng. Software 28) finds the zero to rounding:
 * inverse quadratic interpolation where it is safe, else bisection, so never much slower than bisection.
 *
 * What makes it fail: two crossings between two places are not seen, nor is a zero where g only touches. A
 * value of exactly zero counts as the sign before it. */
#include "num/ode.h"

#include <float.h>
#include <math.h>

static int sign_of(double value)
{
    return (value > 0) - (value < 0);
}

static double value_at(grl_ode *ode, const grl_ode_watch *watch, double t)
{
    grl_ode_dense(ode, t, ode->event_y);
    return watch->g(t, ode->event_y, watch->context);
}

/* A zero of g between a and b, where g has the values ga and gb of different sign. */
static double locate(grl_ode *ode, const grl_ode_watch *watch, double a, double ga, double b, double gb)
{
    double x1 = b, f1 = gb, x2 = a, f2 = ga, x3 = a, f3 = ga;
    double part = 0.5;
    if (ga == 0) return a;
    for (int i = 0; i < 200; i++) {
        double x = x1 + part * (x2 - x1);
        double f = value_at(ode, watch, x);
        if (sign_of(f) == sign_of(f1)) {
            x3 = x1;
            f3 = f1;
        } else {
            x3 = x2;
            f3 = f2;
            x2 = x1;
            f2 = f1;
        }
        x1 = x;
        f1 = f;
        double best = fabs(f1) < fabs(f2) ? x1 : x2;
        double least = 2 * DBL_EPSILON * fabs(best) / fabs(x2 - x1);
        if (!(least < 0.5) || f1 == 0 || isnan(f1)) return f1 == 0 ? x1 : best;
        double xi = (x1 - x2) / (x3 - x2), phi = (f1 - f2) / (f3 - f2);
        if (phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi)
            part = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2);
        else
            part = 0.5;
        part = fmin(1 - least, fmax(least, part));
    }
    return fabs(f1) < fabs(f2) ? x1 : x2;
}

/* Searches the rest of the last step for the next crossing of this watch. */
static void search(grl_ode *ode, grl_ode_watch *watch)
{
    const double forward = ode->done >= 0 ? 1 : -1;
    const int places = watch->samples > 1 ? watch->samples : 1;
    double a = watch->t;
    double ga = 0;
    int known = 0; /* whether ga is the value at a */
    for (int p = 1; p <= places; p++) {
        double b = p == places ? ode->t : ode->t_old + ode->done * p / places;
        if (!((b - a) * forward > 0)) continue;
        double gb = value_at(ode, watch, b);
        int sign = sign_of(gb);
        if (sign != 0 && watch->sign != 0 && sign != watch->sign) {
            if (!known) ga = value_at(ode, watch, a);
            watch->sign = sign;
            if (watch->direction == 0 || watch->direction == sign) {
                /* If rounding gave the start of the search the new sign already, the crossing is there. */
                watch->crossing = sign_of(ga) == sign ? a : locate(ode, watch, a, ga, b, gb);
                watch->found = 1;
                watch->t = watch->crossing;
                return;
            }
        } else if (sign != 0) {
            watch->sign = sign;
        }
        a = b;
        ga = gb;
        known = 1;
    }
    watch->t = ode->t;
}

grl_ode_outcome grl_ode_advance(grl_ode *ode, double t_end, grl_ode_watch *watches, size_t count)
{
    for (size_t w = 0; w < count; w++) {
        if (watches[w].begun) continue;
        watches[w].begun = 1;
        watches[w].t = ode->t;
        if (watches[w].sign == 0) watches[w].sign = sign_of(watches[w].g(ode->t, ode->y, watches[w].context));
    }
    for (;;) {
        grl_ode_watch *first = NULL;
        for (size_t w = 0; w < count; w++) {
            if (!watches[w].found && watches[w].t != ode->t) search(ode, &watches[w]);
            if (watches[w].found &&
                (!first || (watches[w].crossing - first->crossing) * (ode->done >= 0 ? 1 : -1) < 0))
                first = &watches[w];
        }
        if (first) {
            first->found = 0;
            ode->event = (int)(first - watches);
            ode->event_t = first->crossing;
            grl_ode_dense(ode, ode->event_t, ode->event_y);
            return GRL_ODE_EVENT;
        }
        if (ode->t == t_end) return GRL_ODE_END;
        grl_ode_outcome outcome = grl_ode_step(ode, t_end);
        if (outcome == GRL_ODE_LIMIT || outcome == GRL_ODE_TOO_SMALL) return outcome;
    }
}
