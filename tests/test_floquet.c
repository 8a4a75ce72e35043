/* test_floquet.c: eigenvalues of products of matrices: known ones, of all sizes at once, and pairs. */
#include "check.h"

#include "base/random.h"
#include "num/floquet.h"

#include <string.h>

enum { MOST = 5, COUNT = 60 };

static void multiply(size_t n, const double *A, const double *B, double *C)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            C[i * n + j] = 0;
            for (size_t k = 0; k < n; k++) C[i * n + j] += A[i * n + k] * B[k * n + j];
        }
}

/* A random matrix near the identity and its inverse, by the series of (1 + X)^-1. */
static void pair(size_t n, grl_random *random, double *S, double *inverse)
{
    double X[MOST * MOST], term[MOST * MOST], next[MOST * MOST];
    for (size_t i = 0; i < n * n; i++) X[i] = 0.2 * (2 * grl_random_uniform(random) - 1) / (double)n;
    for (size_t i = 0; i < n * n; i++) {
        S[i] = X[i] + (i % (n + 1) == 0);
        inverse[i] = term[i] = i % (n + 1) == 0;
    }
    for (int k = 1; k < 60; k++) {
        multiply(n, X, term, next);
        for (size_t i = 0; i < n * n; i++) {
            term[i] = -next[i];
            inverse[i] += term[i];
        }
    }
}

/* A_k = S_(k+1) B S_k^-1 with S_count = S_0 has the eigenvalues of B^count. */
static void product_of(size_t n, const double *B, double *A)
{
    double S[COUNT + 1][MOST * MOST], inverse[COUNT + 1][MOST * MOST], half[MOST * MOST];
    grl_random random = grl_random_stream(7, n);
    for (int k = 0; k < COUNT; k++) pair(n, &random, S[k], inverse[k]);
    memcpy(S[COUNT], S[0], sizeof S[0]);
    for (int k = 0; k < COUNT; k++) {
        multiply(n, B, inverse[k], half);
        multiply(n, S[k + 1], half, A + (size_t)k * n * n);
    }
}

static void test_graded(void **state)
{
    (void)state;
    /* From 1e40 to 1e-200. */
    const double mu[4] = {1e40, 1, -1e-30, 1e-200};
    double B[16] = {0}, A[COUNT * 16], values[8], *work = malloc(grl_floquet_work(4, COUNT) * sizeof *work);
    assert_non_null(work);
    for (size_t i = 0; i < 4; i++) B[5 * i] = pow(fabs(mu[i]), 1.0 / COUNT);
    product_of(4, B, A);
    /* One sign in one factor. */
    double flip[16] = {0}, last[16];
    for (size_t i = 0; i < 4; i++) flip[5 * i] = mu[i] < 0 ? -1 : 1;
    memcpy(last, B, sizeof last);
    multiply(4, flip, last, B);
    for (size_t i = 0; i < 4; i++) last[5 * i] = 1 / fabs(B[5 * i]);
    /* A_0 := A_0 S_0 (|B|^-1 B) S_0^-1 */
    double S[16], inverse[16], left[16], right[16];
    grl_random random = grl_random_stream(7, 4);
    pair(4, &random, S, inverse);
    multiply(4, S, flip, left);
    multiply(4, left, inverse, right);
    multiply(4, A, right, left);
    memcpy(A, left, sizeof left);
    assert_true(grl_floquet(4, COUNT, A, values, work));
    for (size_t i = 0; i < 4; i++) {
        check_near(values[2 * i] / mu[i], 1, 1e-11);
        check_near(values[2 * i + 1], 0, 0);
    }
    free(work);
}

static void test_pair(void **state)
{
    (void)state;
    /* A rotation by a little more than a quarter of a turn in all, shrunk by 1e-3, beside 2 and 1e-50. */
    const double angle = 1.7, size = 1e-3, c = pow(size, 1.0 / COUNT);
    double B[16] = {0}, A[COUNT * 16], values[8], *work = malloc(grl_floquet_work(4, COUNT) * sizeof *work);
    assert_non_null(work);
    B[0] = pow(2, 1.0 / COUNT);
    B[5] = B[10] = c * cos(angle / COUNT);
    B[6] = -c * sin(angle / COUNT);
    B[9] = -B[6];
    B[15] = pow(1e-50, 1.0 / COUNT);
    product_of(4, B, A);
    assert_true(grl_floquet(4, COUNT, A, values, work));
    check_near(values[0], 2, 1e-11);
    check_near(values[2], size * cos(angle), 1e-12 * size * 10);
    check_near(fabs(values[3]), size * sin(angle), 1e-12 * size * 10);
    check_near(values[2], values[4], 1e-12 * size);
    check_near(values[3], -values[5], 1e-12 * size);
    check_near(values[6] / 1e-50, 1, 1e-11);
    free(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_graded), cmocka_unit_test(test_pair)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
