/* bench_train.c: loss, gradient and Adam step of networks on sequences, one number of threads.
 *
 *     bench_train                             milliseconds a step by number of units and sequences, and what part of the
 *                                             multiplications that are needed a second has; single precision is compared
 *                                             with double first
 *     bench_train FILE THREADS ROUNDS STEPS   for bench/train_torch.py: reads a network and data, prints the losses of
 *                                             five steps from there, then, for each round of so many steps, seconds a
 *                                             step on the processor and on the wall */
#include "base/random.h"
#include "clock.h"
#include "learn/backprop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct problem {
    grl_shape shape;
    grl_learn_batch batch;
    size_t total, adam_steps;
    double *parameters, *gradient, *moment1, *moment2, *starts, *inputs, *targets;
} problem;

static void *need(size_t count)
{
    void *block = calloc(count ? count : 1, sizeof(double));
    if (block) return block;
    fprintf(stderr, "no memory\n");
    exit(1);
}

static problem new_problem(size_t n, size_t m, size_t k, size_t count, size_t steps)
{
    problem p = {.shape = {n, m, k, GRL_RESET_AFTER, 1, GRL_START_ENCODED}};
    p.total = grl_shape_offsets(&p.shape).total;
    p.parameters = need(p.total);
    p.gradient = need(p.total);
    p.moment1 = need(p.total);
    p.moment2 = need(p.total);
    p.starts = need(count * k);
    p.inputs = need(count * steps * m);
    p.targets = need(count * steps * k);
    p.batch = (grl_learn_batch){count, steps, 1, p.starts, p.inputs, p.targets, NULL};
    return p;
}

static void free_problem(problem *p)
{
    double *blocks[] = {p->parameters, p->gradient, p->moment1, p->moment2, p->starts, p->inputs, p->targets};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
}

static double train_step(problem *p, grl_backprop *backprop)
{
    double loss = grl_backprop_run(backprop, p->parameters, &p->batch, p->gradient, NULL);
    double t = (double)++p->adam_steps, rate = 1e-3 / (1 - pow(0.9, t)), size = 1 / (1 - pow(0.999, t));
    for (size_t i = 0; i < p->total; i++) {
        double g = p->gradient[i];
        p->moment1[i] = 0.9 * p->moment1[i] + 0.1 * g;
        p->moment2[i] = 0.999 * p->moment2[i] + 0.001 * g * g;
        p->parameters[i] -= rate * p->moment1[i] / (sqrt(size * p->moment2[i]) + 1e-8);
    }
    return loss;
}

static grl_backprop *workspace(const problem *p, grl_precision precision, int threads)
{
    grl_backprop *backprop;
    grl_error error;
    if (grl_backprop_create(&p->shape, precision, p->batch.count, p->batch.steps, threads, &backprop,
                            &error) == GRL_OK)
        return backprop;
    fprintf(stderr, "%s\n", error.message);
    exit(1);
}

static void randomize(double *x, size_t count, double scale, unsigned long long seed)
{
    grl_random random = grl_random_stream(seed, 0);
    for (size_t i = 0; i < count; i++) x[i] = scale * (2 * grl_random_uniform(&random) - 1);
}

/* Seconds a step on the processor, the fastest of some rounds. */
static double fastest(problem *p, grl_precision precision, double *loss)
{
    grl_backprop *backprop = workspace(p, precision, 1);
    double best = INFINITY, once = seconds();
    *loss = grl_backprop_run(backprop, p->parameters, &p->batch, p->gradient, NULL);
    once = seconds() - once;
    int steps = once < 2e-3 ? (int)(4e-3 / once) : 1;
    for (int round = 0; round < 12; round++) {
        double start = seconds();
        for (int i = 0; i < steps; i++)
            grl_backprop_run(backprop, p->parameters, &p->batch, p->gradient, NULL);
        best = fmin(best, (seconds() - start) / steps);
    }
    grl_backprop_free(backprop);
    return best;
}

static void own_table(void)
{
    static const size_t units[] = {1, 2, 4, 8, 16, 32, 64, 128, 256}, counts[] = {32, 128};
    printf(
        "loss and gradient, 100 steps, one thread; GFlop/s counts 18 n^2 for each step of each sequence\n");
    printf("%5s %9s %22s %22s\n", "units", "sequences", "single", "double");
    for (size_t a = 0; a < sizeof units / sizeof *units; a++)
        for (size_t b = 0; b < 2; b++) {
            size_t n = units[a];
            problem p = new_problem(n, 1, 2, counts[b], 100);
            randomize(p.parameters, p.total, 1 / sqrt((double)n), 1);
            randomize(p.starts, counts[b] * 2, 1, 2);
            randomize(p.inputs, counts[b] * 100, 1, 3);
            randomize(p.targets, counts[b] * 200, 1, 4);
            double loss[2], time[2], flops = 18.0 * (double)(n * n * counts[b] * 100) * 1e-9;
            time[0] = fastest(&p, GRL_FLOAT32, &loss[0]);
            time[1] = fastest(&p, GRL_FLOAT64, &loss[1]);
            if (!(fabs(loss[0] - loss[1]) <= 1e-5 * loss[1])) {
                printf("the losses differ: %.9g, %.9g\n", loss[0], loss[1]);
                exit(1);
            }
            printf("%5zu %9zu", n, counts[b]);
            for (int i = 0; i < 2; i++) printf("%9.3f ms %6.1f GF/s", time[i] * 1e3, flops / time[i]);
            printf("\n");
            free_problem(&p);
        }
}

static double wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void read_numbers(FILE *file, double *x, size_t count)
{
    if (fread(x, sizeof *x, count, file) == count) return;
    fprintf(stderr, "the file is too short\n");
    exit(1);
}

static void against_peer(const char *path, int threads, int rounds, int steps)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    double size[5]; /* n, m, k, sequences, steps */
    read_numbers(file, size, 5);
    problem p =
        new_problem((size_t)size[0], (size_t)size[1], (size_t)size[2], (size_t)size[3], (size_t)size[4]);
    read_numbers(file, p.parameters, p.total);
    read_numbers(file, p.starts, p.batch.count * p.shape.outputs);
    read_numbers(file, p.inputs, p.batch.count * p.batch.steps * p.shape.inputs);
    read_numbers(file, p.targets, p.batch.count * p.batch.steps * p.shape.outputs);
    fclose(file);
    grl_backprop *backprop = workspace(&p, GRL_FLOAT32, threads);
    for (int i = 0; i < 5; i++) printf("%.9g\n", train_step(&p, backprop));
    for (int round = 0; round < rounds; round++) {
        double start = seconds(), wall_start = wall();
        for (int i = 0; i < steps; i++) train_step(&p, backprop);
        printf("%.9g %.9g\n", (seconds() - start) / steps, (wall() - wall_start) / steps);
    }
    grl_backprop_free(backprop);
    free_problem(&p);
}

int main(int count, char **arguments)
{
    if (count == 5)
        against_peer(arguments[1], atoi(arguments[2]), atoi(arguments[3]), atoi(arguments[4]));
    else
        own_table();
    return 0;
}
