/* The gradient by backpropagation through time against complex steps through an independent, plain forward pass (every
 * reset, start, step, with inputs, warm-up and noise), against central differences of the loss itself, and against
 * PyTorch's; single precision against double; the same bits from any number of threads and every instruction set. */
#include "base/random.h"
#include "check.h"
#include "learn/backprop_kernel.h"

#include <complex.h>
#include <string.h>

typedef struct example {
    grl_shape shape;
    grl_learn_batch batch;
    grl_offsets at;
    double *parameters, *starts, *inputs, *targets, *noise;
} example;

static double *random_numbers(size_t count, double scale, grl_random *random)
{
    double *x = malloc((count + 1) * sizeof *x);
    for (size_t i = 0; i < count; i++) x[i] = scale * (2 * grl_random_uniform(random) - 1);
    return x;
}

static example random_example(grl_shape shape, size_t count, size_t steps, size_t first, int noise,
                              unsigned long long seed)
{
    grl_random random = grl_random_stream(seed, 0);
    example e = {.shape = shape, .at = grl_shape_offsets(&shape)};
    e.parameters = random_numbers(e.at.total, 2 / sqrt((double)shape.units), &random);
    e.starts = random_numbers(count * shape.outputs, 1, &random);
    e.inputs = random_numbers(count * steps * shape.inputs, 1, &random);
    e.targets = random_numbers(count * steps * shape.outputs, 1, &random);
    e.noise = random_numbers(count * steps * shape.units, 0.1, &random);
    e.batch = (grl_learn_batch){count,
                                steps,
                                first,
                                shape.start == GRL_START_ENCODED ? e.starts : NULL,
                                shape.inputs ? e.inputs : NULL,
                                e.targets,
                                noise ? e.noise : NULL};
    return e;
}

static void free_example(example *e)
{
    free(e->parameters);
    free(e->starts);
    free(e->inputs);
    free(e->targets);
    free(e->noise);
}

static double run(const example *e, grl_precision precision, int threads, double *gradient, double *outputs)
{
    grl_backprop *backprop;
    assert_int_equal(
        grl_backprop_create(&e->shape, precision, e->batch.count, e->batch.steps, threads, &backprop, NULL),
        GRL_OK);
    double loss = grl_backprop_run(backprop, e->parameters, &e->batch, gradient, outputs);
    grl_backprop_free(backprop);
    return loss;
}

typedef double complex number;

static number sigma(number a)
{
    return 1 / (1 + cexp(-a));
}

/* b_i + W_i x + (U_i h), in plain loops. */
static number affine(const number *P, const grl_offsets *at, grl_block U, grl_block W, grl_block b, size_t n,
                     size_t m, size_t i, const number *h, const double *x)
{
    number a = P[at->block[b] + i];
    for (size_t j = 0; j < m; j++) a += P[at->block[W] + i * m + j] * x[j];
    for (size_t j = 0; j < n; j++) a += P[at->block[U] + i * n + j] * h[j];
    return a;
}

/* The loss of example e at complex parameters P. */
static number plain_loss(const example *e, const number *P, double *outputs)
{
    size_t n = e->shape.units, m = e->shape.inputs, k = e->shape.outputs, T = e->batch.steps;
    number *h = calloc(4 * n, sizeof *h), *r = h + n, *q = r + n, *next = q + n, loss = 0;
    for (size_t s = 0; s < e->batch.count; s++) {
        for (size_t i = 0; i < n; i++) {
            h[i] = 0;
            if (e->shape.start == GRL_START_LEARNED) h[i] = P[e->at.start + i];
            if (e->shape.start == GRL_START_ENCODED) {
                h[i] = P[e->at.shift + i];
                for (size_t j = 0; j < k; j++) h[i] += P[e->at.start + i * k + j] * e->starts[s * k + j];
            }
        }
        for (size_t t = 0; t < T; t++) {
            const double *x = e->inputs + (s * T + t) * m;
            for (size_t i = 0; i < n; i++) {
                r[i] = sigma(affine(P, &e->at, GRL_U_R, GRL_W_R, GRL_B_R, n, m, i, h, x));
                q[i] = r[i] * h[i];
            }
            for (size_t i = 0; i < n; i++) {
                number z = sigma(affine(P, &e->at, GRL_U_Z, GRL_W_Z, GRL_B_Z, n, m, i, h, x)), a;
                if (e->shape.reset == GRL_RESET_BEFORE) {
                    a = affine(P, &e->at, GRL_U_H, GRL_W_H, GRL_B_H, n, m, i, q, x);
                } else {
                    a = affine(P, &e->at, GRL_U_H, GRL_W_H, GRL_C_H, n, 0, i, h, x);
                    a = affine(P, &e->at, GRL_U_H, GRL_W_H, GRL_B_H, 0, m, i, h, x) + r[i] * a;
                }
                next[i] = h[i] + e->shape.dt * (1 - z) * (ctanh(a) - h[i]);
                if (e->batch.noise) next[i] += e->noise[(s * T + t) * n + i];
            }
            memcpy(h, next, n * sizeof *h);
            for (size_t i = 0; i < k; i++) {
                number o = P[e->at.d + i];
                for (size_t j = 0; j < n; j++) o += P[e->at.C + i * n + j] * h[j];
                if (outputs) outputs[(s * T + t) * k + i] = creal(o);
                o -= e->targets[(s * T + t) * k + i];
                if (t + 1 >= e->batch.first) loss += o * o;
            }
        }
    }
    free(h);
    return loss / ((double)e->batch.count * (double)(T - e->batch.first + 1) * (double)k);
}

static double norm(const double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += x[i] * x[i];
    return sqrt(sum);
}

/* Loss, outputs and up to `most` entries of the gradient against the plain forward pass. Sums of up to some thousand
 * terms, and states that are multiplied by slopes of at most 1 or so at each step: a relative 1e-12 is ample in double
 * precision, and 1e-4 in single. */
static void compare(const example *e, size_t most)
{
    size_t total = e->at.total, numbers = e->batch.count * e->batch.steps * e->shape.outputs;
    double *gradient = malloc(total * sizeof *gradient), *single = malloc(total * sizeof *single),
           *outputs = malloc(numbers * sizeof *outputs), *plain = malloc(numbers * sizeof *plain);
    number *P = malloc(total * sizeof *P);
    for (size_t i = 0; i < total; i++) P[i] = e->parameters[i];
    double loss = run(e, GRL_FLOAT64, 1, gradient, outputs), expected = creal(plain_loss(e, P, plain));
    check_near(loss, expected, 1e-13 * expected);
    for (size_t i = 0; i < numbers; i++) check_near(outputs[i], plain[i], 1e-12);
    double size = norm(gradient, total);
    assert_true(size > 1e-4);
    size_t stride = total / most + 1;
    for (size_t i = 0; i < total; i += stride) {
        P[i] += 1e-200 * I;
        check_near(gradient[i], cimag(plain_loss(e, P, NULL)) * 1e200, 1e-12 * size);
        P[i] = e->parameters[i];
    }
    check_near(run(e, GRL_FLOAT32, 1, single, outputs), expected, 1e-5 * expected);
    for (size_t i = 0; i < numbers; i++) check_near(outputs[i], plain[i], 1e-4);
    for (size_t i = 0; i < total; i++) check_near(single[i], gradient[i], 1e-4 * size);
    free(gradient);
    free(single);
    free(outputs);
    free(plain);
    free(P);
}

static void test_gradient(void **unused)
{
    (void)unused;
    static const size_t units[] = {1, 2, 3, 5, 8, 17}, inputs[] = {0, 3}, counts[] = {1, 7, 37};
    unsigned long long seed = 0;
    for (size_t a = 0; a < sizeof units / sizeof *units; a++)
        for (int reset = 0; reset < 2; reset++)
            for (int start = 0; start < 3; start++)
                for (size_t b = 0; b < 2; b++) {
                    seed++;
                    grl_shape shape = {units[a],         inputs[b],          1 + seed % 3,
                                       (grl_reset)reset, seed % 4 ? 0.3 : 1, (grl_start)start};
                    example e = random_example(shape, counts[seed % 3], seed % 5 ? 9 : 1,
                                               seed % 5 ? 1 + seed % 7 : 1, seed % 2 == 0, seed);
                    compare(&e, check_quick() ? 20 : 80);
                    free_example(&e);
                }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_gradient)};
    return cmocka_run_group_tests_name("learn_backprop", tests, NULL, NULL);
}
