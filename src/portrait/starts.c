/* starts.c: where the search for fixed points begins. Start i depends on (seed, i) and, for two kinds, on the
 * points that earlier rounds have found; so on any number of threads the starts are the same. By i % 8:
 *
 *     0, 4   states on trajectories: after a random number of steps of the map, up to TRAJECTORY; every
 *            fourth of them at the slowest state so far. Attractors, and the saddles that trajectories pass
 *            by.
 *     1      h uniform in (-1, 1)^n
 *     2      corners, edges and faces: each unit at -1, 0 or 1, then what the network makes of it
 *     3      pre-activations uniform in the box that holds all fixed points: saturated states
 *     5      h uniform, then what the network makes of it
 *     6      near a known point, deflated from it: its neighbours across a fold
 *     7      between two known points, or opposite to one: saddles lie between attractors, and networks
 *            without biases are symmetric
 *
 * 6 and 7 are as 1 with a smaller range while nothing is known. */
#include "portrait/starts.h"

#include "base/random.h"
#include "cell/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRAJECTORY = 48 };

static size_t pick(grl_random *random, size_t count)
{
    size_t k = (size_t)(grl_random_uniform(random) * (double)count);
    return k < count ? k : count - 1;
}

void grl_start_make(grl_newton *newton, unsigned long long seed, unsigned long long i,
                    const grl_known_points *known, double *a, const double **away)
{
    size_t n = newton->shared->n;
    const double *bound = newton->shared->bound;
    grl_random random = grl_random_stream(seed, i);
    int kind = (int)(i % 8);
    double *h = newton->trial; /* free before the first step */
    double range = kind >= 6 ? 0.3 : 1;

    *away = NULL;
    if (kind == 6 && known->count > 0) {
        const double *b = known->a + pick(&random, known->count) * n;
        double size = exp(-6 * grl_random_uniform(&random)) * 2;
        for (size_t k = 0; k < n; k++) a[k] = b[k] + size * grl_random_normal(&random);
        *away = b;
    } else if (kind == 7 && known->count > 0) {
        const double *b = known->a + pick(&random, known->count) * n;
        const double *c = known->a + pick(&random, known->count) * n;
        double t = grl_random_uniform(&random);
        bool opposite = b == c || grl_random_uniform(&random) < 0.25;
        for (size_t k = 0; k < n; k++) a[k] = opposite ? -b[k] : b[k] + t * (c[k] - b[k]);
    } else if (kind == 3) {
        for (size_t k = 0; k < n; k++) a[k] = (2 * grl_random_uniform(&random) - 1) * bound[k];
    } else {
        for (size_t k = 0; k < n; k++) {
            double u = grl_random_uniform(&random);
            h[k] = kind == 2 ? floor(3 * u) - 1 : range * (2 * u - 1);
        }
        if (kind == 2 || kind == 5) grl_newton_preactivation(newton, h, a);
        for (size_t k = 0; k < n && kind != 2 && kind != 5; k++) a[k] = atanh(h[k]);
    }
}

size_t grl_starts_work(const grl_cell *cell)
{
    return 2 * GRL_STARTS_TRAJECTORIES * cell->n + 2 * GRL_STARTS_TRAJECTORIES +
           grl_cell_batch_work(cell, GRL_STARTS_TRAJECTORIES);
}

void grl_starts_on_trajectories(const grl_cell *cell, unsigned long long seed, unsigned long long first,
                                double step, double *H, double *work)
{
    enum { ROWS = GRL_STARTS_TRAJECTORIES };
    size_t n = cell->n;
    double *now = work, *F = now + ROWS * n, *slowest = F + ROWS * n, *until = slowest + ROWS,
           *batch = until + ROWS;

    for (size_t s = 0; s < ROWS; s++) {
        grl_random random = grl_random_stream(seed, first + 4 * s);
        for (size_t k = 0; k < n; k++) now[s * n + k] = 2 * grl_random_uniform(&random) - 1;
        /* mostly short: log-uniform */
        until[s] = floor(exp(grl_random_uniform(&random) * log(TRAJECTORY + 1)));
        slowest[s] = INFINITY;
    }
    memcpy(H, now, ROWS * n * sizeof *H);
    for (int t = 0; t <= TRAJECTORY; t++) {
        grl_cell_field_batch(cell, NULL, ROWS, now, F, batch);
        for (size_t s = 0; s < ROWS; s++) {
            double *h = now + s * n, *f = F + s * n, speed = 0;
            for (size_t k = 0; k < n; k++) speed += f[k] * f[k];
            bool keep = s % 4 == 3 ? t > 0 && speed < slowest[s] : t == (int)until[s];
            if (t > 0 && speed < slowest[s]) slowest[s] = speed;
            if (keep) memcpy(H + s * n, h, n * sizeof *h);
            for (size_t k = 0; k < n; k++) h[k] += step * f[k];
        }
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double grl_starts_typical_speed(const grl_cell *cell, unsigned long long seed, double *work)
{
    enum { ROWS = GRL_STARTS_TRAJECTORIES };
    size_t n = cell->n;
    double *now = work, *F = now + ROWS * n, *batch = F + ROWS * n, speed[ROWS];
    for (size_t s = 0; s < ROWS; s++) {
        grl_random random = grl_random_stream(seed, 4 * s);
        for (size_t k = 0; k < n; k++) now[s * n + k] = 2 * grl_random_uniform(&random) - 1;
    }
    grl_cell_field_batch(cell, NULL, ROWS, now, F, batch);
    for (size_t s = 0; s < ROWS; s++) {
        speed[s] = 0;
        for (size_t k = 0; k < n; k++) speed[s] += F[s * n + k] * F[s * n + k];
    }
    qsort(speed, ROWS, sizeof *speed, by_size);
    return sqrt(speed[ROWS / 2]);
}
