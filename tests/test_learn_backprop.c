/* The gradient by backpropagation through time against complex steps through an independent, plain forward pass (every
 * reset, start, step, with inputs, warm-up and noise), against central differences of the loss itself, and against
 * PyTorch's; single precision against double; the same bits from any number of threads and every instruction set. */
#include "base/random.h"
#include "check.h"
#include "learn/backprop_kernel.h"
#include "num/elementary_vector.h"

#include <complex.h>
#include <float.h>
#include <jansson.h>
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

/* Many units, several panels of rows and blocks of steps, groups that are not full, warm-up: fewer entries. */
static void test_large(void **unused)
{
    (void)unused;
    static const grl_shape shapes[] = {{64, 0, 2, GRL_RESET_AFTER, 1, GRL_START_ENCODED},
                                       {64, 3, 1, GRL_RESET_BEFORE, 0.2, GRL_START_LEARNED},
                                       {100, 0, 3, GRL_RESET_BEFORE, 1, GRL_START_ENCODED},
                                       {100, 3, 2, GRL_RESET_AFTER, 0.5, GRL_START_ZERO},
                                       {2, 0, 2, GRL_RESET_AFTER, 1, GRL_START_ENCODED}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        int small = shapes[i].units == 2;
        example e =
            random_example(shapes[i], small ? 150 : 18, small ? 200 : 5, small ? 71 : 1, small, 100 + i);
        compare(&e, check_quick() ? 3 : 12);
        free_example(&e);
    }
}

/* What the loss does when a parameter is moved, over long and short steps: differences of the loss itself, whose error
 * falls with the square of the step. */
static void test_differences(void **unused)
{
    (void)unused;
    for (int reset = 0; reset < 2; reset++) {
        grl_shape shape = {5, 2, 2, (grl_reset)reset, 1, GRL_START_ENCODED};
        example e = random_example(shape, 20, 25, 4, 0, 7);
        double *gradient = malloc(e.at.total * sizeof *gradient);
        run(&e, GRL_FLOAT64, 1, gradient, NULL);
        for (size_t i = 0; i < e.at.total; i += 7) {
            double error[2], x = e.parameters[i];
            for (int k = 0; k < 2; k++) {
                double step = k ? 1e-4 : 1e-3;
                e.parameters[i] = x + step;
                double up = run(&e, GRL_FLOAT64, 1, NULL, NULL);
                e.parameters[i] = x - step;
                error[k] = fabs((up - run(&e, GRL_FLOAT64, 1, NULL, NULL)) / (2 * step) - gradient[i]);
            }
            e.parameters[i] = x;
            /* rounding: 1e-15 over the step, 1e-11; the rest must have fallen a hundredfold */
            assert_true(error[0] <= 1e-4 && error[1] <= 0.011 * error[0] + 1e-10);
        }
        free(gradient);
        free_example(&e);
    }
}

static double *numbers(const json_t *from, const char *key)
{
    const json_t *array = json_object_get(from, key);
    double *x = malloc((json_array_size(array) + 1) * sizeof *x);
    for (size_t i = 0; i < json_array_size(array); i++) x[i] = json_number_value(json_array_get(array, i));
    return x;
}

static size_t whole(const json_t *from, const char *key)
{
    return (size_t)json_integer_value(json_object_get(from, key));
}

/* tests/data/learn/make_gradients.py */
static void test_pytorch(void **unused)
{
    (void)unused;
    json_error_t problem;
    json_t *root = json_load_file(GRL_TEST_DATA "/learn/gradients.json", 0, &problem);
    assert_non_null(root);
    const json_t *cases = json_object_get(root, "cases");
    assert_int_equal(json_array_size(cases), 4);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *c = json_array_get(cases, i);
        const char *start = json_string_value(json_object_get(c, "start"));
        example e = {.shape = {whole(c, "units"), whole(c, "inputs"), whole(c, "outputs"), GRL_RESET_AFTER, 1,
                               start[0] == 'e'   ? GRL_START_ENCODED
                               : start[0] == 'l' ? GRL_START_LEARNED
                                                 : GRL_START_ZERO}};
        e.at = grl_shape_offsets(&e.shape);
        e.parameters = numbers(c, "parameters");
        e.starts = numbers(c, "starts");
        e.inputs = numbers(c, "x");
        e.targets = numbers(c, "targets");
        e.batch = (grl_learn_batch){whole(c, "count"),
                                    whole(c, "steps"),
                                    whole(c, "first"),
                                    e.starts,
                                    e.shape.inputs ? e.inputs : NULL,
                                    e.targets,
                                    NULL};
        double *expected = numbers(c, "gradient"), *gradient = malloc(e.at.total * sizeof *gradient);
        assert_int_equal(json_array_size(json_object_get(c, "gradient")), e.at.total);
        double loss = json_real_value(json_object_get(c, "loss")), size = norm(expected, e.at.total);
        check_near(run(&e, GRL_FLOAT64, 1, gradient, NULL), loss, 1e-14 * loss);
        for (size_t j = 0; j < e.at.total; j++) check_near(gradient[j], expected[j], 1e-14 * size);
        free(expected);
        free(gradient);
        free_example(&e);
    }
    json_decref(root);
}

/* The same bits from any number of threads; from a workspace that was used before; and with or without gradient. */
static void test_threads(void **unused)
{
    (void)unused;
    static const size_t units[] = {2, 17};
    for (size_t a = 0; a < 2; a++)
        for (int precision = 0; precision < 2; precision++) {
            grl_shape shape = {units[a], 1, 2, GRL_RESET_AFTER, 1, GRL_START_ENCODED};
            example e =
                random_example(shape, 600, 11, 3, 1, 31); /* more groups than sums that go on at once */
            size_t total = e.at.total * sizeof(double);
            double *gradient = malloc(total), *other = malloc(total);
            double loss = run(&e, (grl_precision)precision, 1, gradient, NULL);
            for (int threads = 2; threads <= 5; threads++) {
                double again = run(&e, (grl_precision)precision, threads, other, NULL);
                assert_memory_equal(&loss, &again, sizeof loss);
                assert_memory_equal(gradient, other, total);
            }
            grl_backprop *backprop;
            assert_int_equal(
                grl_backprop_create(&shape, (grl_precision)precision, 900, 40, 2, &backprop, NULL), GRL_OK);
            grl_learn_batch part = e.batch;
            part.count = 33;
            for (int k = 0; k < 2; k++) {
                grl_backprop_run(backprop, e.parameters, &part, other, NULL);
                double again = grl_backprop_run(backprop, e.parameters, &e.batch, k ? NULL : other, NULL);
                assert_memory_equal(&loss, &again, sizeof loss);
                if (!k) assert_memory_equal(gradient, other, total);
            }
            grl_backprop_free(backprop);
            free(gradient);
            free(other);
            free_example(&e);
        }
}

/* One group by each instruction set. */
static void test_instruction_sets(void **unused)
{
    (void)unused;
    static const size_t units[] = {1, 2, 7, 33}, lanes[] = {16, 64};
    for (int a = 0; a < 16; a++) {
        grl_precision precision = (grl_precision)(a / 8);
        grl_shape shape = {units[a % 4], (size_t)a % 3, 2, (grl_reset)(a / 4 % 2), 0.7, GRL_START_ENCODED};
        size_t width = lanes[a % 2], room;
        example e = random_example(shape, width - 5, 70, 2, a % 2, 50 + (unsigned long long)a);
        grl_pass pass;
        grl_pass_lay_out(&pass, &shape);
        pass.lanes = width;
        pass.batch = &e.batch;
        assert_true(grl_backprop_room(&pass, 70, &room));
        size_t size = pass.stacked * sizeof(double), bytes = (room * width * sizeof(double) + 63) / 64 * 64;
        double *stacked = malloc(size), *gradient = calloc(1, size), *other = calloc(1, size),
               *weights = malloc(2 * size), loss = 0;
        void *memory = aligned_alloc(64, bytes);
        grl_pass_stack(&pass, e.parameters, stacked);
        for (int isa = 0; isa < GRL_ISAS; isa++) {
            if (!grl_isa_runs((grl_isa)isa)) continue;
            const grl_backprop_kernel *kernel = grl_backprop_kernel_for(precision, (grl_isa)isa);
            double *sums = isa ? other : gradient;
            memset(sums, 0, size);
            kernel->pack(&pass, stacked, weights);
            double again = kernel->group(&pass, weights, 0, memory, sums, NULL);
            if (!isa) loss = again;
            assert_true(again > 0);
            assert_memory_equal(&loss, &again, sizeof loss);
            if (isa) assert_memory_equal(gradient, other, size);
        }
        free(stacked);
        free(gradient);
        free(other);
        free(weights);
        free(memory);
        free_example(&e);
    }
}

/* What is not finite is seen in the loss and in the gradient; what only fills up a group is not. */
static void test_not_finite(void **unused)
{
    (void)unused;
    static const double bad[] = {NAN, INFINITY, 1e300};
    for (int a = 0; a < 12; a++) {
        grl_shape shape = {a % 2 ? 2 : 9, 1, 1, (grl_reset)(a / 2 % 2), 1, GRL_START_ENCODED};
        grl_precision precision =
            a % 3 == 2 ? GRL_FLOAT32 : (grl_precision)(a / 6); /* 1e300 is infinite as float */
        example e = random_example(shape, 3, 6, 1, 0, 5);
        double *gradient = malloc(e.at.total * sizeof *gradient);
        assert_true(isfinite(run(&e, precision, 1, gradient, NULL)) && isfinite(norm(gradient, e.at.total)));
        size_t at = a < 6 ? e.at.block[GRL_U_Z] : e.at.C;
        double keep = e.parameters[at];
        e.parameters[at] = bad[a % 3];
        double loss = run(&e, precision, 1, gradient, NULL);
        assert_false(isfinite(loss) && isfinite(norm(gradient, e.at.total)));
        if (isnan(bad[a % 3])) assert_true(isnan(loss));
        e.parameters[at] = keep;
        e.inputs[4] = NAN;
        assert_true(isnan(run(&e, precision, 1, NULL, NULL)));
        free(gradient);
        free_example(&e);
    }
}

static void test_memory(void **unused)
{
    (void)unused;
    grl_shape shape = {64, 1, 2, GRL_RESET_AFTER, 1, GRL_START_ZERO};
    grl_backprop *backprop;
    grl_error error;
    /* too many numbers, bytes, bytes for three threads, steps */
    static const size_t steps[] = {SIZE_MAX / 1000, SIZE_MAX / 20000, SIZE_MAX / 100000, SIZE_MAX};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_int_equal(grl_backprop_create(&shape, GRL_FLOAT64, 100, steps[i], 3, &backprop, &error),
                         GRL_NO_MEMORY);
        assert_null(backprop);
    }
    grl_backprop_free(NULL);
}

/* The version of vector.h for the processor that this file is compiled for; all versions give the same bits, which
 * test_instruction_sets shows. All floats, or every 1009th; and doubles of all sizes. */
static void test_elementary(void **unused)
{
    (void)unused;
    uint32_t step = check_quick() ? 100003 : 1009;
    double worst = 0;
    for (uint32_t sign = 0; sign < 2; sign++)
        for (uint32_t bits = 0; bits < 0x7f800000u; bits += step) {
            uint32_t both = bits | sign << 31;
            vector_single x;
            float at;
            memcpy(&at, &both, sizeof at);
            x = vector_all_single(at);
            vector_single t = elementary_tanh_vector_single(x), s = elementary_sigma_vector_single(x);
            float value[2];
            memcpy(&value[0], &t, sizeof(float));
            memcpy(&value[1], &s, sizeof(float));
            double exact = tanh((double)at), other = 1 / (1 + exp(-(double)at));
            worst = fmax(worst, fabs((double)value[0] - exact) / fmax(fabs(exact), DBL_MIN));
            assert_true(fabs((double)value[0] - exact) <= 8 * 0x1p-24 * fabs(exact) && fabsf(value[0]) <= 1);
            assert_true(fabs((double)value[1] - other) <= (fabsf(at) <= 86 ? 8 * 0x1p-24 * other : 0x1p-124));
        }
    print_message("largest relative error seen of tanh in single precision: %.1f u\n", worst * 0x1p24);
    grl_random random = grl_random_stream(3, 0);
    for (int i = 0; i < 400000; i++) {
        double u = grl_random_uniform(&random),
               at = (i % 2 ? -1 : 1) * (i % 3 == 0   ? 25 * u
                                        : i % 3 == 1 ? 720 * u
                                                     : exp(-700 * u)),
               value[2];
        vector_double x = vector_all_double(at), t = elementary_tanh_vector_double(x),
                      s = elementary_sigma_vector_double(x);
        memcpy(&value[0], &t, sizeof(double));
        memcpy(&value[1], &s, sizeof(double));
        long double exact = tanhl((long double)at), other = 1 / (1 + expl(-(long double)at));
        assert_true(fabsl(value[0] - exact) <= 8 * 0x1p-53L * fabsl(exact) && fabs(value[0]) <= 1);
        assert_true(fabsl(value[1] - other) <= (fabs(at) <= 707 ? 8 * 0x1p-53L * other : 0x1p-1019L));
    }
    vector_single none = elementary_tanh_vector_single(vector_all_single(NAN)) +
                         elementary_sigma_vector_single(vector_all_single(NAN));
    float first;
    memcpy(&first, &none, sizeof first);
    assert_true(isnan(first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient),    cmocka_unit_test(test_large),
        cmocka_unit_test(test_differences), cmocka_unit_test(test_pytorch),
        cmocka_unit_test(test_threads),     cmocka_unit_test(test_instruction_sets),
        cmocka_unit_test(test_not_finite),  cmocka_unit_test(test_memory),
        cmocka_unit_test(test_elementary)};
    return cmocka_run_group_tests_name("learn_backprop", tests, NULL, NULL);
}
