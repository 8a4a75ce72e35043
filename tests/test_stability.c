/* Eigenvalues of small matrices against LAPACK and against matrices built from known ones; proven counts
 * against eigenvalues. */
#include "cell/cell.h"
#include "networks.h"
#include "portrait/prove.h"
#include "portrait/spectrum_large.h"
#include "portrait/stability.h"

#include <complex.h>

/* The largest distance from an eigenvalue of one list to the nearest of the other. */
static double distance(size_t n, const double *a, const double *b)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        double best = INFINITY;
        for (size_t k = 0; k < n; k++)
            best = fmin(best, hypot(a[2 * i] - b[2 * k], a[2 * i + 1] - b[2 * k + 1]));
        worst = fmax(worst, best);
    }
    return worst;
}

static void check_vectors(size_t n, const double *J, const double *values, const double *vectors,
                          double tolerance)
{
    for (size_t k = 0; k < n; k++) {
        double norm = 0;
        double complex lambda = values[2 * k] + values[2 * k + 1] * I;
        for (size_t i = 0; i < n; i++) {
            double complex sum = 0, v = vectors[2 * (k * n + i)] + vectors[2 * (k * n + i) + 1] * I;
            for (size_t j = 0; j < n; j++)
                sum += J[i * n + j] * (vectors[2 * (k * n + j)] + vectors[2 * (k * n + j) + 1] * I);
            if (!(cabs(sum - lambda * v) <= tolerance))
                fail_msg("J v - lambda v = %g", cabs(sum - lambda * v));
            norm = hypot(norm, cabs(v));
        }
        check_near(norm, 1, 1e-14);
    }
}

static void test_random_matrices(void **unused)
{
    (void)unused;
    grl_random random = grl_random_stream(1, 2);
    for (int trial = 0; trial < 3000; trial++)
        for (size_t n = 1; n <= 3; n++) {
            double J[9], values[6], vectors[18], reference[6];
            for (size_t i = 0; i < n * n; i++) J[i] = 2 * grl_random_uniform(&random) - 1;
            grl_spectrum_small(n, J, values, vectors);
            assert_int_equal(grl_spectrum_dense(n, J, reference, NULL, NULL), GRL_OK);
            /* backward errors of 1e-15 move an eigenvalue by that over its sensitivity, rarely below 1e-6 */
            check_near(distance(n, values, reference), 0, 1e-7);
            check_vectors(n, J, values, vectors, 1e-6);
        }
}

static void test_special_matrices(void **unused)
{
    (void)unused;
    static const struct {
        size_t n;
        double J[9], values[6];
    } cases[] = {
        {3, {-0.3, 0, 0, 0, -0.3, 0, 0, 0, -0.3}, {-0.3, 0, -0.3, 0, -0.3, 0}},
        {3, {0.25, 0, 0, 0, -0.3, 0, 0, 0, -0.3}, {0.25, 0, -0.3, 0, -0.3, 0}},
        {3, {0, -1, 0, 1, 0, 0, 0, 0, 0.5}, {0, 1, 0, -1, 0.5, 0}},
        {3, {0, 1, 0, 0, 0, 1, 1, 0, 0}, {1, 0, -0.5, 0.8660254037844386, -0.5, -0.8660254037844386}},
        {3, {2, -1, 0, -1, 2, -1, 0, -1, 2}, {2, 0, 3.414213562373095, 0, 0.5857864376269049, 0}},
        {2, {-0.3, 0, 0, -0.3}, {-0.3, 0, -0.3, 0}},
        {2, {0, -1, -1, 0}, {1, 0, -1, 0}},
        {2, {-0.5, -0.5, -0.5, -0.5}, {0, 0, -1, 0}},
        {1, {-0.7}, {-0.7, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double values[6], vectors[18];
        grl_spectrum_small(cases[i].n, cases[i].J, values, vectors);
        check_near(distance(cases[i].n, values, cases[i].values), 0, 4e-15);
        check_near(distance(cases[i].n, cases[i].values, values), 0, 4e-15);
        check_vectors(cases[i].n, cases[i].J, values, vectors, 1e-14);
    }
    /* Rows of very different size: the smallest eigenvalue is det / (the others), to first order in their
     * ratio. */
    static const double graded[9] = {-1, 0.5, 0.25, 1e-9, -2e-9, 1e-9, 1e-20, 3e-20, -4e-20};
    double values[6], product = 1, smallest = INFINITY;
    grl_spectrum_small(3, graded, values, NULL);
    for (int k = 0; k < 3; k++) {
        product *= values[2 * k];
        smallest = fmin(smallest, fabs(values[2 * k]));
    }
    /* det = 1e-29 * det[[-1, .5, .25], [1, -2, 1], [1, 3, -4]] = -1e-29 * (5 - 2.5 - 1.25) */
    check_near(product / -1.25e-29, 1, 1e-13);
    /* the upper left 2 x 2 block has determinant 1.5e-9 */
    check_near(smallest / (1.25e-29 / 1.5e-9), 1, 1e-8);
}

/* At the points of random networks the proven counts agree with the eigenvalues that LAPACK computes, for
 * flow and map, and nearly every count is proven. */
static void test_inertia(void **unused)
{
    (void)unused;
    size_t points = 0, proven = 0, networks = check_quick() ? 50 : 1000;
    for (size_t n = 1; n <= 3; n++)
        for (int reset = 0; reset < 2; reset++)
            for (uint64_t i = 0; i < networks; i++) {
                grl_cell *cell = random_network(n, (grl_reset)reset, i % 2 ? 5 : 12, 21, i);
                const grl_cell *cells[1] = {cell};
                grl_prove_options options = {1000000, 0, grl_isa_best(), NULL};
                grl_proof proof;
                assert_int_equal(grl_prove(1, cells, &options, &proof, NULL), GRL_OK);
                for (size_t k = 0; k < proof.points.count; k++)
                    for (int map = 0; map < 2; map++) {
                        const double *box = proof.points.values + 2 * n * k;
                        double h[3], J[9], work[15], values[6], det = 1;
                        int index, decided, stable, unstable, counted = 0;
                        for (size_t j = 0; j < n; j++) h[j] = tanh(0.5 * (box[2 * j] + box[2 * j + 1]));
                        grl_cell_jacobian(cell, NULL, h, J, work);
                        assert_int_equal(grl_spectrum_dense(n, J, values, NULL, NULL), GRL_OK);
                        double complex product = 1;
                        double least = INFINITY, most = 0; /* LAPACK's errors are relative to the largest */
                        for (size_t j = 0; j < n; j++) {
                            double complex lambda = values[2 * j] + values[2 * j + 1] * I;
                            product *= -lambda;
                            least = fmin(least, cabs(lambda));
                            most = fmax(most, cabs(lambda));
                            counted += map ? creal(lambda) + 0.25 * creal(lambda * conj(lambda)) > 0
                                           : creal(lambda) > 0;
                        }
                        det = creal(product);
                        grl_inertia_small(cell, map ? GRL_DISCRETE : GRL_CONTINUOUS, 0.5, box, &index,
                                          &decided, &stable, &unstable);
                        points++;
                        proven += (size_t)decided;
                        if (!(least > 1e-12 * most && most > 1e-12)) continue;
                        if (decided) {
                            assert_int_equal(unstable, counted);
                            assert_int_equal(stable + unstable, n);
                        }
                        if (index != 0) assert_true(index * det > 0);
                    }
                grl_proof_free(&proof);
                grl_cell_free(cell);
            }
    print_message("%zu of %zu counts proven\n", proven, points);
    assert_true(points - proven <= points / 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_matrices),
                                       cmocka_unit_test(test_special_matrices),
                                       cmocka_unit_test(test_inertia)};
    return cmocka_run_group_tests_name("stability", tests, NULL, NULL);
}
