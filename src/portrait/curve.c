/* curve.c: points along an orbit, evenly spaced: each lies at the same distance from the one before. At a
 * spacing s an arc of curvature k is longer than its chord by the part (k s)^2 / 24, which is nothing here. */
#include "portrait/curve.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int grl_curve_add(grl_curve *curve, const double h[2])
{
    void *block = curve->points;
    if (!grl_grow(&block, &curve->capacity, curve->count, 2 * sizeof *curve->points)) return 0;
    curve->points = block;
    memcpy(curve->points + 2 * curve->count++, h, 2 * sizeof *h);
    return 1;
}

int grl_curve_next(grl_curve *curve, grl_orbit *orbit, double *t, double t_stop, double h[2])
{
    const double *p = curve->points + 2 * (curve->count - 1), close = 1e-4 * curve->spacing;
    double low = *t, high = t_stop, y[3];
    grl_orbit_at(orbit, high, y);
    double at_high = hypot(y[0] - p[0], y[1] - p[1]) - curve->spacing;
    if (!(at_high >= 0) || !(high > low)) return 0;
    grl_orbit_at(orbit, low, y);
    double at_low = hypot(y[0] - p[0], y[1] - p[1]) - curve->spacing;
    /* The seed of a branch may lie farther from its saddle than the spacing. */
    if (at_low >= 0) {
        memcpy(h, y, 2 * sizeof *h);
        return 1;
    }
    double place = low + curve->pace;
    if (!(place < high)) place = low + (high - low) * at_low / (at_low - at_high);
    /* Secants, kept between places nearer and farther than the spacing, and halves where they are slow. */
    for (int k = 0; k < 60; k++) {
        if (!(place > low && place < high) || k % 6 == 5) place = 0.5 * (low + high);
        grl_orbit_at(orbit, place, y);
        double value = hypot(y[0] - p[0], y[1] - p[1]) - curve->spacing;
        if (fabs(value) <= close) break;
        if (value > 0) {
            high = place;
            at_high = value;
        } else {
            low = place;
            at_low = value;
        }
        place = low + (high - low) * at_low / (at_low - at_high);
    }
    if (!(place > *t)) return 0;
    curve->pace = place - *t;
    *t = place;
    grl_orbit_exactly_at(orbit, place, h);
    return 1;
}

grl_status grl_curve_of_cycle(grl_plane *plane, const grl_cycle *cycle, double spacing,
                              grl_closed_orbit *closed, grl_error *error)
{
    enum { MOST_STEPS = 200000 };
    const grl_orbit_options o = {1e-11, 1e-9, fmin(0.01, 2 * spacing), MOST_STEPS, 2, 0};
    const double *start = cycle->points + 1;
    grl_curve curve = {.spacing = spacing};
    grl_orbit orbit;
    *closed = (grl_closed_orbit){.stable = cycle->stable, .period = cycle->period};
    int sign = cycle->multiplier < 1 ? 1 : -1, fine = grl_curve_add(&curve, start);
    /* Small cycles have points, too. */
    curve.spacing =
        fmin(spacing, 0.05 * fmin(cycle->high[0] - cycle->low[0], cycle->high[1] - cycle->low[1]));
    grl_orbit_start(&orbit, plane, start, sign, &o);
    orbit.end = GRL_END_CYCLE; /* what it is known to be */
    while (fine && orbit.t < cycle->period && grl_orbit_step(&orbit)) {
        double t = 0, stop = fmin(orbit.step, cycle->period - (orbit.t - orbit.step)), h[2];
        while (fine && grl_curve_next(&curve, &orbit, &t, stop, h)) fine = grl_curve_add(&curve, h);
    }
    if (!fine) {
        free(curve.points);
        return grl_fail_memory(error, curve.count, 2 * sizeof *curve.points);
    }
    double *p = curve.points, *last = p + 2 * (curve.count - 1);
    if (curve.count > 3 && hypot(last[0] - start[0], last[1] - start[1]) < 0.3 * curve.spacing) curve.count--;
    for (size_t i = 1, k = curve.count - 1; sign < 0 && i < k; i++, k--)
        for (size_t c = 0; c < 2; c++) {
            double swap = p[2 * i + c];
            p[2 * i + c] = p[2 * k + c];
            p[2 * k + c] = swap;
        }
    closed->count = curve.count;
    closed->points = p;
    return GRL_OK;
}
