/* bench_field.c: tanh, sigma and the field of many two-unit networks, in nanoseconds each, against the C
 * library, on each instruction set. The answers are compared first. Ratios above 1: ours is faster. */
#include "base/random.h"
#include "cell/cell.h"
#include "cell/lanes.h"
#include "clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 1024, ROUNDS = 60 };

static double x[COUNT], y[COUNT], reference[COUNT], H[2 * COUNT], F[2 * COUNT];
static grl_field_lanes P[COUNT / GRL_FIELD_LANES][20];

static void libm_tanh(size_t count, const double *in, double *out)
{
    for (size_t i = 0; i < count; i++) out[i] = tanh(in[i]);
}

static void libm_sigma(size_t count, const double *in, double *out)
{
    for (size_t i = 0; i < count; i++) out[i] = 1 / (1 + exp(-in[i]));
}

/* The field of every network by the C library. */
static void libm_fields(void)
{
    for (size_t i = 0; i < COUNT; i++) {
        const grl_field_lanes *p = (const grl_field_lanes *)P[i / GRL_FIELD_LANES];
        size_t l = i % GRL_FIELD_LANES;
        double h[2] = {H[i], H[COUNT + i]}, q[2], a;
        for (int k = 0; k < 2; k++)
            q[k] = h[k] / (1 + exp(-(p[4 + 2 * k][l] * h[0] + p[5 + 2 * k][l] * h[1] + p[14 + k][l])));
        for (int k = 0; k < 2; k++) {
            a = tanh(p[8 + 2 * k][l] * q[0] + p[9 + 2 * k][l] * q[1] + p[16 + k][l]);
            F[(size_t)k * COUNT + i] =
                (a - h[k]) / (1 + exp(p[2 * k][l] * h[0] + p[2 * k + 1][l] * h[1] + p[12 + k][l]));
        }
    }
}

static void own_fields(grl_field_step_function *step)
{
    grl_field_lanes h[2], f[2];
    for (size_t b = 0; b < COUNT / GRL_FIELD_LANES; b++) {
        for (size_t l = 0; l < GRL_FIELD_LANES; l++) {
            h[0][l] = H[b * GRL_FIELD_LANES + l];
            h[1][l] = H[COUNT + b * GRL_FIELD_LANES + l];
        }
        step(2, 0, (const grl_field_lanes *)P[b], (const grl_field_lanes *)h, f);
        for (size_t l = 0; l < GRL_FIELD_LANES; l++) {
            F[b * GRL_FIELD_LANES + l] = f[0][l];
            F[COUNT + b * GRL_FIELD_LANES + l] = f[1][l];
        }
    }
}

/* The fastest of several rounds, in nanoseconds an item. */
static double time_batch(void (*function)(size_t, const double *, double *))
{
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        for (int k = 0; k < 10; k++) function(COUNT, x, y);
        best = fmin(best, (seconds() - start) * 1e9 / 10 / COUNT);
    }
    return best;
}

static double time_fields(grl_field_step_function *step)
{
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        for (int k = 0; k < 10; k++) {
            if (step)
                own_fields(step);
            else
                libm_fields();
        }
        best = fmin(best, (seconds() - start) * 1e9 / 10 / COUNT);
    }
    return best;
}

static void compare(const char *what, const double *a, const double *b, size_t count, double tolerance)
{
    for (size_t i = 0; i < count; i++)
        if (!(fabs(a[i] - b[i]) <= tolerance * (1 + fabs(b[i])))) {
            printf("%s differs from the C library: %.17g, %.17g\n", what, a[i], b[i]);
            exit(1);
        }
}

int main(void)
{
    static double fields[2 * COUNT];
    grl_random random = grl_random_stream(1, 0);
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = 16 * grl_random_uniform(&random) - 8;
        H[i] = 2 * grl_random_uniform(&random) - 1;
        H[COUNT + i] = 2 * grl_random_uniform(&random) - 1;
        for (size_t k = 0; k < 20; k++)
            P[i / GRL_FIELD_LANES][k][i % GRL_FIELD_LANES] = 6 * grl_random_uniform(&random) - 3;
    }
    double tanh_time = time_batch(libm_tanh), sigma_time = time_batch(libm_sigma),
           field_time = time_fields(NULL);
    for (size_t i = 0; i < 2 * COUNT; i++) fields[i] = F[i];
    printf("%-10s %22s %22s %26s\n", "", "tanh", "sigma", "field of two units");
    printf("%-10s %15.2f ns       %15.2f ns       %19.2f ns\n", "C library", tanh_time, sigma_time,
           field_time);
    for (int isa = GRL_ISAS - 1; isa >= 0; isa--) {
        const grl_kernels *kernels = grl_kernels_for((grl_isa)isa);
        if (!kernels) continue;
        libm_tanh(COUNT, x, reference);
        kernels->tanh(COUNT, x, y);
        compare("tanh", y, reference, COUNT, 1e-15);
        libm_sigma(COUNT, x, reference);
        kernels->sigma(COUNT, x, y);
        compare("sigma", y, reference, COUNT, 1e-15);
        own_fields(grl_field_step((grl_isa)isa));
        compare("the field", F, fields, 2 * COUNT, 1e-14);
        double a = time_batch(kernels->tanh), b = time_batch(kernels->sigma),
               c = time_fields(grl_field_step((grl_isa)isa));
        printf("%-10s %15.2f ns %4.1fx %15.2f ns %4.1fx %19.2f ns %4.1fx\n", kernels->name, a, tanh_time / a,
               b, sigma_time / b, c, field_time / c);
    }
    return 0;
}
