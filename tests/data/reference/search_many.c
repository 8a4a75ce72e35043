/* search_many.c: random draws and hill climbing for two-unit networks (reset before) with many fixed points.
 *
 *     gcc -O2 -o /tmp/search_many search_many.c -lm && /tmp/search_many SEED TARGET SECONDS
 *
 * In pre-activation coordinates, h = tanh(a), the fixed points are the zeros of
 *
 *     G(a) = a - U_h (r * h) - b_h,    r = sigma(U_r h + b_r)        (z does not matter)
 *
 * They are counted by Newton's method from every cell of a grid in which both components change sign; a zero
 * that is missed only makes the count too low, and find_points.py counts again with far more starts. A climb
 * changes a few of the twelve numbers at a time and keeps a change that loses no point; at the target count
 * it keeps changes that move the points away from folds (larger min |det DG|). Prints the numbers, rounded to
 * three decimals, one network a line: count, min |det|, U_h (4), U_r (4), b_r (2), b_h (2). */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { NUMBERS = 12, NODES = 72, MOST = 64 };

static uint64_t state;

static double uniform(void) /* splitmix64 */
{
    uint64_t x = (state += 0x9e3779b97f4a7c15u);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

static double normal(void)
{
    return sqrt(-2 * log(1 - uniform())) * cos(6.283185307179586 * uniform());
}

static double sigma(double u)
{
    return 1 / (1 + exp(-u));
}

static void equations(const double *w, const double *a, double *G, double *D)
{
    const double *U = w, *V = w + 4, *c = w + 8, *b = w + 10;
    double h[2] = {tanh(a[0]), tanh(a[1])}, s[2] = {1 - h[0] * h[0], 1 - h[1] * h[1]}, r[2], q[2];
    for (int i = 0; i < 2; i++) {
        r[i] = sigma(V[2 * i] * h[0] + V[2 * i + 1] * h[1] + c[i]);
        q[i] = r[i] * (1 - r[i]) * h[i];
    }
    for (int i = 0; i < 2; i++) {
        G[i] = a[i] - U[2 * i] * r[0] * h[0] - U[2 * i + 1] * r[1] * h[1] - b[i];
        if (!D) continue;
        for (int j = 0; j < 2; j++) {
            double d = U[2 * i + j] * r[j] + U[2 * i] * q[0] * V[j] + U[2 * i + 1] * q[1] * V[2 + j];
            D[2 * i + j] = (i == j) - d * s[j];
        }
    }
}

/* 1 with the zero in a and det DG in *det, or 0. */
static int newton(const double *w, double *a, double *det)
{
    for (int k = 0; k < 25; k++) {
        double G[2], D[4];
        equations(w, a, G, D);
        *det = D[0] * D[3] - D[1] * D[2];
        double e[2] = {(D[3] * G[0] - D[1] * G[1]) / *det, (D[0] * G[1] - D[2] * G[0]) / *det};
        double size = fmax(fabs(e[0]), fabs(e[1]));
        if (!(size < 1e6)) return 0;
        double cut = size > 2 ? 2 / size : 1;
        a[0] -= cut * e[0];
        a[1] -= cut * e[1];
        if (size < 1e-9) return 1;
    }
    return 0;
}

static int count(const double *w, double *worst)
{
    static double node[NODES], g[NODES][NODES][2];
    for (int k = 0; k < NODES; k++) {
        double t = (k + 0.5) / NODES * 2 - 1;
        node[k] =
            fabs(t) < 0.85 ? atanh(t / 0.85 * 0.995) : (t > 0 ? 3 + (t - 0.85) * 250 : -3 + (t + 0.85) * 250);
    }
    for (int i = 0; i < NODES; i++)
        for (int j = 0; j < NODES; j++) equations(w, (double[]){node[i], node[j]}, g[i][j], NULL);
    double found[MOST][2];
    int n = 0;
    *worst = INFINITY;
    for (int i = 0; i + 1 < NODES; i++)
        for (int j = 0; j + 1 < NODES; j++) {
            int both = 1;
            for (int c = 0; c < 2; c++) {
                int k =
                    (g[i][j][c] > 0) + (g[i + 1][j][c] > 0) + (g[i][j + 1][c] > 0) + (g[i + 1][j + 1][c] > 0);
                if (k == 0 || k == 4) both = 0;
            }
            if (!both) continue;
            double a[2] = {(node[i] + node[i + 1]) / 2, (node[j] + node[j + 1]) / 2}, det;
            if (!newton(w, a, &det)) continue;
            int new = n < MOST;
            for (int k = 0; k < n && new; k++)
                if (fabs(found[k][0] - a[0]) + fabs(found[k][1] - a[1]) < 1e-5) new = 0;
            if (!new) continue;
            found[n][0] = a[0];
            found[n++][1] = a[1];
            *worst = fmin(*worst, fabs(det));
        }
    return n;
}

static void draw(double *w)
{
    double scale = 3 + 22 * uniform();
    for (int k = 0; k < NUMBERS; k++) w[k] = scale * (2 * uniform() - 1);
}

static void change(const double *w, double *v)
{
    double size = pow(10, 1.5 * uniform() - 1.0), share = uniform() < 0.5 ? 0.2 : 0.6;
    for (int k = 0; k < NUMBERS; k++) {
        v[k] = w[k] + (uniform() < share ? size * normal() : 0);
        v[k] = round(fmin(25, fmax(-25, v[k])) * 1000) / 1000;
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    state = strtoull(argv[1], NULL, 10) * 1000003;
    int target = atoi(argv[2]);
    clock_t end = clock() + (clock_t)(atof(argv[3]) * CLOCKS_PER_SEC);
    long climbs = 0, tally[MOST + 1] = {0};
    while (clock() < end) {
        double w[NUMBERS], v[NUMBERS], worst = 0, other;
        int best = 0;
        for (int k = 0; k < 300; k++) {
            draw(v);
            int n = count(v, &other);
            if (n > best) {
                best = n;
                for (int i = 0; i < NUMBERS; i++) w[i] = v[i];
            }
        }
        for (int idle = 0; idle < 3000 && best < target && clock() < end; idle++) {
            change(w, v);
            int n = count(v, &other);
            if (n < best) continue;
            if (n > best) idle = 0;
            best = n;
            for (int i = 0; i < NUMBERS; i++) w[i] = v[i];
        }
        climbs++;
        tally[best]++;
        if (best < target) continue;
        worst = 0;
        for (int k = 0; k < 4000; k++) {
            change(w, v);
            int n = count(v, &other);
            if (n < best || (n == best && other <= worst)) continue;
            best = n;
            worst = other;
            for (int i = 0; i < NUMBERS; i++) w[i] = v[i];
        }
        printf("%d %.4f ", best, worst);
        for (int i = 0; i < NUMBERS; i++) printf(" %.3f", w[i]);
        printf("\n");
        fflush(stdout);
    }
    fprintf(stderr, "%ld climbs, ending at:", climbs);
    for (int n = 0; n <= MOST; n++)
        if (tally[n]) fprintf(stderr, " %d points: %ld;", n, tally[n]);
    fprintf(stderr, "\n");
    return 0;
}
