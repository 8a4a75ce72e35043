/* basin_slow.c: where orbits on their way to an attractor are slowest, such as at the ghost of two fixed points
 * that have met.
 *
 * Local minima of the speed |f| on a grid are refined by Newton's method on |f|^2 / 2, damped (Levenberg), with
 * second derivatives by differences. One that runs into a fixed point is none, nor is one whose orbit reaches its attractor before its speed has doubled,
 * which lies beside that. The orbit through a minimum tells the basin, and, followed both ways while it is
 * slower than twice the minimum, how long passing takes.
 *
 * What makes it fail: minima narrower than the grid, in steep networks. */
#include "portrait/separatrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 32, MOST_STEPS = 3000 };

static double speed_at(const grl_plane *plane, double x, double y)
{
    const double h[2] = {x, y};
    double f[2];
    plane->pair.field(&plane->pair, h, f);
    return hypot(f[0], f[1]);
}

/* Half the speed's square, and its gradient J' f. */
static double slope_at(const grl_plane *plane, const double h[2], double g[2])
{
    double f[2], J[4];
    plane->pair.linear(&plane->pair, h, f, J);
    g[0] = J[0] * f[0] + J[2] * f[1];
    g[1] = J[1] * f[0] + J[3] * f[1];
    return 0.5 * (f[0] * f[0] + f[1] * f[1]);
}

/* Downhill from a place of the grid by Newton's method, damped as Levenberg's until it goes down. 1: to a
 * minimum inside the square. */
static int descend(const grl_plane *plane, double h[2], double *speed)
{
    enum { ITERATIONS = 60 };
    const double off = 1e-6;
    double g[2], q = slope_at(plane, h, g), damping = 1e-3;
    for (int k = 0; k < ITERATIONS; k++) {
        double H[4], x[2], to[2];
        for (int j = 0; j < 2; j++) {
            memcpy(to, h, sizeof to);
            to[j] += off;
            slope_at(plane, to, x);
            for (int i = 0; i < 2; i++) H[2 * i + j] = (x[i] - g[i]) / off;
        }
        double middle = 0.5 * (H[1] + H[2]), size = fabs(H[0]) + fabs(H[3]) + 2 * fabs(middle);
        double least = 0.5 * (H[0] + H[3]) - hypot(0.5 * (H[0] - H[3]), middle);
        double shift = damping * size + fmax(0, -1.1 * least);
        double a = H[0] + shift, d = H[3] + shift, det = a * d - middle * middle;
        x[0] = -(d * g[0] - middle * g[1]) / det;
        x[1] = -(a * g[1] - middle * g[0]) / det;
        double length = hypot(x[0], x[1]);
        if (!isfinite(length)) return 0;
        for (int i = 0; i < 2; i++) to[i] = h[i] + x[i] * fmin(1, 0.1 / fmax(length, 1e-300));
        if (!(fabs(to[0]) < 1 && fabs(to[1]) < 1)) return 0;
        double next_g[2], next = slope_at(plane, to, next_g);
        if (next <= q) {
            memcpy(h, to, sizeof to);
            memcpy(g, next_g, sizeof next_g);
            q = next;
            damping = fmax(1e-12, 0.1 * damping);
            *speed = sqrt(2 * q);
            if (length < 1e-7) return least > 0;
        } else {
            damping *= 10;
            if (damping > 1e12) return length < 1e-7 && least > 0;
        }
    }
    return 0;
}

/* The time from h until the orbit is twice as fast, and where it ends; NaN if it ends before. */
static double leave(grl_plane *plane, const double h[2], int sign, double speed, grl_limit *limit)
{
    const grl_orbit_options o = {1e-8, 1e-6, 0.005, MOST_STEPS, 2, 0};
    double time = (double)NAN;
    grl_orbit orbit;
    grl_orbit_start(&orbit, plane, h, sign, &o);
    while (grl_orbit_step(&orbit) && orbit.end == GRL_END_NONE) {
        if (isnan(time) && hypot(orbit.f[0], orbit.f[1]) >= 2 * speed) time = orbit.t;
        if (!isnan(time) && !limit) break;
    }
    if (limit) *limit = grl_limit_of(&orbit);
    return isnan(time) && orbit.end == GRL_END_OUTSIDE ? orbit.t : time;
}

static void consider(grl_plane *plane, grl_separatrices *s, const double h[2], double speed)
{
    grl_limit limit;
    for (size_t i = 0; i < plane->count; i++)
        if (hypot(h[0] - plane->spots[i].h[0], h[1] - plane->spots[i].h[1]) < 1e-3) return;
    for (size_t b = 0; b < s->basin_count; b++)
        if (s->basin_count == 1 && s->basins[b].slow_speed <= speed) return;
    double after = leave(plane, h, 1, speed, &limit), before = leave(plane, h, -1, speed, NULL);
    if (isnan(after) || isnan(before)) return;
    for (size_t b = 0; b < s->basin_count; b++) {
        grl_basin *basin = &s->basins[b];
        if (basin->attractor.kind != limit.kind || basin->attractor.which != limit.which) continue;
        if (basin->slow_speed <= speed) return;
        memcpy(basin->slow, h, sizeof basin->slow);
        basin->slow_speed = speed;
        basin->slow_time = before + after;
    }
}

static int ascending(const void *a, const void *b)
{
    const double *p = a, *q = b;
    return *p < *q ? -1 : *p > *q;
}

void grl_basins_find_slow(grl_plane *plane, grl_separatrices *s)
{
    double grid[SIDE * SIDE], sorted[SIDE * SIDE];
    for (int k = 0; k < SIDE * SIDE; k++)
        grid[k] = speed_at(plane, (2.0 * (k % SIDE) + 1) / SIDE - 1, (2.0 * (k / SIDE) + 1) / SIDE - 1);
    memcpy(sorted, grid, sizeof grid);
    qsort(sorted, SIDE * SIDE, sizeof *sorted, ascending);
    double slow = 0.1 * sorted[SIDE * SIDE / 2];
    for (int k = 0; k < SIDE * SIDE; k++) {
        int column = k % SIDE, row = k / SIDE, least = 1;
        if (column == 0 || row == 0 || column == SIDE - 1 || row == SIDE - 1) continue;
        for (int dy = -SIDE; dy <= SIDE; dy += SIDE)
            for (int dx = -1; dx <= 1; dx++) least = least && grid[k] <= grid[k + dx + dy];
        /* The minimum itself may be slower than the grid shows. */
        if (!least || !(grid[k] < 5 * slow)) continue;
        double h[2] = {(2.0 * column + 1) / SIDE - 1, (2.0 * row + 1) / SIDE - 1};
        double speed = grid[k];
        if (descend(plane, h, &speed) && speed < slow) consider(plane, s, h, speed);
    }
}
