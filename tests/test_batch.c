/* test_batch.c: the field at many states against the field at one, and eigenvalues against closed forms. */
#include <grulens/cell.h>
#include <grulens/portrait.h>

#include "base/random.h"
#include "check.h"
#include "portrait/spectrum_large.h"

#include <math.h>
#include <stdlib.h>

static grl_cell *random_cell(size_t n, size_t m, grl_reset reset, unsigned long long seed)
{
    grl_cell *cell = NULL;
    grl_random random = grl_random_stream(seed, 0);
    assert_int_equal(grl_cell_create(n, m, reset, &cell, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, n, m, &rows, &columns);
        for (size_t k = 0; k < rows * columns; k++)
            grl_cell_block(cell, (grl_block)b)[k] = grl_random_normal(&random);
    }
    return cell;
}

static void check_batch(size_t n, size_t m, grl_reset reset, size_t count)
{
    grl_cell *cell = random_cell(n, m, reset, n + m);
    grl_random random = grl_random_stream(5, n);
    double *H = malloc(count * n * sizeof *H), *F = malloc(count * n * sizeof *F),
           *x = malloc((m + 1) * sizeof *x), *one = malloc(n * sizeof *one),
           *work = malloc(grl_cell_work(cell) * sizeof *work),
           *batch = malloc(grl_cell_batch_work(cell, count) * sizeof *batch);
    for (size_t k = 0; k < count * n; k++) H[k] = 2 * grl_random_uniform(&random) - 1;
    for (size_t k = 0; k < m; k++) x[k] = grl_random_normal(&random);
    grl_cell_field_batch(cell, x, count, H, F, batch);
    for (size_t s = 0; s < count; s++) {
        grl_cell_field(cell, x, H + s * n, one, work);
        for (size_t i = 0; i < n; i++)
            if (!(fabs(F[s * n + i] - one[i]) <= 1e-13 * (double)n)) fail_msg("state %zu, unit %zu", s, i);
    }
    /* the same bits for the first states however many follow */
    double *fewer = malloc(count * n * sizeof *fewer);
    for (size_t s = 1; s < count; s += 17) {
        grl_cell_field_batch(cell, x, s, H, fewer, batch);
        assert_memory_equal(fewer, F, s * n * sizeof *F);
    }
    free(fewer);
    free(H), free(F), free(x), free(one), free(work), free(batch);
    grl_cell_free(cell);
}

static void test_batch(void **state)
{
    (void)state;
    for (int reset = 0; reset < 2; reset++) {
        check_batch(1, 0, (grl_reset)reset, 3);
        check_batch(3, 2, (grl_reset)reset, 130);
        check_batch(40, 3, (grl_reset)reset, 64);
        check_batch(129, 0, (grl_reset)reset, 70);
    }
}

/* A cyclic shift of n units: the eigenvalues are the n-th roots of one. */
static void test_spectrum_of_a_shift(void **state)
{
    (void)state;
    enum { N = 12 };
    double J[N * N] = {0}, values[2 * N], vectors[2 * N * N];
    for (size_t i = 0; i < N; i++) J[i * N + (i + 1) % N] = 1;
    assert_int_equal(grl_spectrum_dense(N, J, values, vectors, NULL), GRL_OK);
    assert_int_equal(grl_spectrum_sort(N, GRL_CONTINUOUS, values, vectors, NULL), GRL_OK);
    for (size_t k = 0; k < N; k++) {
        double angle = 2 * 3.14159265358979323846 * (double)((k + 1) / 2) / N, norm = 0;
        const double *v = vectors + 2 * N * k;
        assert_true(fabs(values[2 * k] - cos(angle)) < 1e-13);
        assert_true(fabs(fabs(values[2 * k + 1]) - fabs(sin(angle))) < 1e-13);
        for (size_t i = 0; i < N; i++) { /* J v = lambda v */
            const double *next = v + 2 * ((i + 1) % N);
            double re = values[2 * k] * v[2 * i] - values[2 * k + 1] * v[2 * i + 1];
            double im = values[2 * k] * v[2 * i + 1] + values[2 * k + 1] * v[2 * i];
            assert_true(fabs(next[0] - re) < 1e-13 && fabs(next[1] - im) < 1e-13);
            norm += v[2 * i] * v[2 * i] + v[2 * i + 1] * v[2 * i + 1];
        }
        assert_true(fabs(norm - 1) < 1e-13);
    }
    J[0] = NAN;
    assert_int_equal(grl_spectrum_dense(N, J, values, NULL, NULL), GRL_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_batch),
                                       cmocka_unit_test(test_spectrum_of_a_shift)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
