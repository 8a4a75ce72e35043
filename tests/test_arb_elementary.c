/* The error bounds of kernels.h against Arb at 200 bits, and the same bits from every instruction set. */
#include "base/random.h"
#include "check.h"
#include "num/kernels.h"

#include <arb.h>
#include <string.h>

enum { COUNT = 40000 };

/* Arguments of every size: uniform in small and large ranges, log-uniform down to subnormal numbers, the
 * edges of the argument reduction (multiples of ln 2 / 2 and their neighbours), and special values. */
static size_t arguments(double *x)
{
    static const double special[] = {0.0,       0x1p-1074,
                                     0x1p-1022, 1e-300,
                                     0x1p-60,   21.999999999999996,
                                     22,        22.000000000000004,
                                     37,        707.9999,
                                     708,       708.0001,
                                     745,       1e5,
                                     1e100,     0x1.fffffffffffffp1023};
    grl_random random = grl_random_stream(1, 0);
    size_t count = 0;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) x[count++] = special[i];
    for (int k = 1; k < 2200; k++) {
        double edge = k * 0.17328679513998632; /* ln 2 / 4 */
        x[count++] = edge;
        x[count++] = nextafter(edge, 0);
        x[count++] = nextafter(edge, 1e9);
    }
    while (count < COUNT / 2) {
        double u = grl_random_uniform(&random);
        switch (count % 4) {
        case 0:
            x[count++] = u;
            break;
        case 1:
            x[count++] = 25 * u;
            break;
        case 2:
            x[count++] = 720 * u;
            break;
        default:
            x[count++] = exp(-720 * u);
            break;
        }
    }
    for (size_t i = 0; i < count; i++) x[count + i] = -x[i];
    return 2 * count;
}

/* |y - exact| / exact as a double, rounded up; the sign of exact is that of y or the test fails. */
static double relative_error(double y, const arb_t exact)
{
    arb_t e;
    mag_t bound;
    arb_init(e);
    mag_init(bound);
    arb_set_d(e, y);
    arb_sub(e, e, exact, 200);
    arb_div(e, e, exact, 200);
    arb_get_mag(bound, e);
    double error = mag_get_d(bound);
    arb_clear(e);
    mag_clear(bound);
    return error;
}

static void test_bounds(void **unused)
{
    (void)unused;
    static double x[COUNT + 16], t[COUNT + 16], s[COUNT + 16];
    size_t count = arguments(x), step = check_quick() ? 10 : 1;
    const grl_kernels *kernels = grl_kernels_best();
    double worst_tanh = 0, worst_sigma = 0;
    arb_t exact, a;
    arb_init(exact);
    arb_init(a);
    kernels->tanh(count, x, t);
    kernels->sigma(count, x, s);
    for (size_t i = 0; i < count; i += step) {
        assert_true(fabs(t[i]) <= 1 && s[i] > 0 && s[i] <= 1);
        if (x[i] == 0) {
            assert_true(t[i] == 0 && s[i] == 0.5);
            continue;
        }
        arb_set_d(a, fmax(-1e5, fmin(1e5, x[i]))); /* beyond, exact is +-1 to thousands of bits */
        arb_tanh(exact, a, 200);
        double error = relative_error(t[i], exact);
        worst_tanh = fmax(worst_tanh, error);
        if (!(error <= GRL_ELEMENTARY_ERROR)) fail_msg("tanh(%a) is off by %g", x[i], error);

        arb_neg(a, a);
        arb_exp(a, a, 400);
        arb_add_ui(a, a, 1, 400);
        arb_inv(exact, a, 200);
        if (x[i] < -700) {
            double value = arf_get_d(arb_midref(exact), ARF_RND_NEAR);
            assert_true(fabs(s[i] - value) <= GRL_ELEMENTARY_ERROR * value + GRL_SIGMA_TINY);
            continue;
        }
        error = relative_error(s[i], exact);
        worst_sigma = fmax(worst_sigma, error);
        if (!(error <= GRL_ELEMENTARY_ERROR)) fail_msg("sigma(%a) is off by %g", x[i], error);
    }
    print_message("largest relative error seen: tanh %.2f u, sigma %.2f u, bound 8 u (u = 2^-53)\n",
                  worst_tanh * 0x1p53, worst_sigma * 0x1p53);
    arb_clear(exact);
    arb_clear(a);
}

static void test_same_bits(void **unused)
{
    (void)unused;
    static double x[COUNT + 16], reference[COUNT + 16], y[COUNT + 16];
    size_t count = arguments(x);
    const grl_kernels *portable = grl_kernels_for(GRL_ISA_PORTABLE);
    for (int isa = 0; isa < GRL_ISAS; isa++) {
        const grl_kernels *kernels = grl_kernels_for((grl_isa)isa);
        if (!kernels) {
            print_message("this processor lacks kernel version %d\n", isa);
            continue;
        }
        portable->tanh(count, x, reference);
        kernels->tanh(count, x, y);
        assert_memory_equal(reference, y, count * sizeof *y);
        portable->sigma(count, x, reference);
        kernels->sigma(count, x, y);
        assert_memory_equal(reference, y, count * sizeof *y);
        for (size_t tail = 1; tail < 40; tail++) { /* ends of vectors */
            kernels->sigma(tail, x + tail, y);
            assert_memory_equal(reference + tail, y, tail * sizeof *y);
        }
        assert_int_equal(strlen(kernels->name) > 3, 1);
    }
    portable->tanh(count / 2, x, y);
    portable->tanh(count / 2, x + count / 2, reference);
    for (size_t i = 0; i < count / 2; i++) assert_true(y[i] == -reference[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bounds), cmocka_unit_test(test_same_bits)};
    return cmocka_run_group_tests_name("elementary", tests, NULL, NULL);
}
