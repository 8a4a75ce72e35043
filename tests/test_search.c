/* test_search.c: the search for fixed points and slow points against closed forms, symmetries and itself. */
#include "base/random.h"
#include "cell/cell.h"
#include "check.h"
#include "portrait/search.h"

#include <stdbool.h>
#include <string.h>

static const double lattice = 0.858559636640110; /* h = tanh(3 h / 2) */

static grl_cell *empty_cell(size_t n, grl_reset reset)
{
    grl_cell *cell = NULL;
    assert_int_equal(grl_cell_create(n, 0, reset, &cell, NULL), GRL_OK);
    return cell;
}

static grl_cell *random_cell(size_t n, grl_reset reset, double scale, uint64_t seed)
{
    grl_cell *cell = empty_cell(n, reset);
    grl_random random = grl_random_stream(seed, n);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, n, 0, &rows, &columns);
        double size = columns > 1 ? scale / sqrt((double)n) : scale / 4;
        for (size_t k = 0; k < rows * columns; k++)
            grl_cell_block(cell, (grl_block)b)[k] = size * grl_random_normal(&random);
    }
    return cell;
}

static grl_search_result search(const grl_cell *cell, int threads, long long max_starts, double unseen)
{
    grl_portrait_options options = {.dt = 1, .max_starts = max_starts, .unseen = unseen, .threads = threads};
    grl_search_result result;
    assert_int_equal(grl_search(cell, &options, &result, NULL), GRL_OK);
    return result;
}

/* U_h = 3 I: every unit for itself, at 0 or one of two symmetric values; 3^n points. */
static void test_lattice(void **state)
{
    (void)state;
    for (size_t n = 1, points = 3; n <= 4; n++, points *= 3)
        for (int reset = 0; reset < 2; reset++) {
            grl_cell *cell = empty_cell(n, (grl_reset)reset);
            for (size_t i = 0; i < n; i++) grl_cell_block(cell, GRL_U_H)[i * n + i] = 3;
            grl_search_result r = search(cell, 2, 16384, 0.002);
            assert_int_equal(r.count, points);
            assert_int_equal(r.slow_count, 0);
            assert_string_equal(r.stopped_by, "criterion");
            assert_true(r.unseen <= 0.002);
            for (size_t k = 0; k < r.count; k++) {
                assert_true(r.radius[k] >= 0 && r.radius[k] < 1e-13);
                for (size_t i = 0; i < n; i++) {
                    double size = fabs(r.h[k * n + i]), nearest = size > 0.4 ? lattice : 0;
                    check_near(size, nearest, r.radius[k] + 1e-15);
                    check_near(tanh(r.a[k * n + i]), r.h[k * n + i], 1e-15);
                }
            }
            grl_search_free(&r);
            grl_cell_free(cell);
        }
}

/* One unit past its fold (MATH.md): one fixed point; near the fold at -0.7071 a slow point remains. */
static void test_ghost(void **state)
{
    (void)state;
    const double biases[] = {0.5329, 0.54, 0.55, 0.56};
    for (size_t k = 0; k < sizeof biases / sizeof *biases; k++)
        for (int reset = 0; reset < 2; reset++) {
            grl_cell *cell = empty_cell(1, (grl_reset)reset);
            *grl_cell_block(cell, GRL_U_H) = 4;
            *grl_cell_block(cell, GRL_B_H) = biases[k];
            grl_search_result r = search(cell, 1, 4096, 0.005);
            assert_int_equal(r.count, 1);
            assert_true(r.h[0] > 0.9 && r.radius[0] >= 0);
            assert_int_equal(r.slow_count, 1);
            /* f' = 0 where sech^2(2 h + b) = 1 / 2 */
            double h = (-acosh(sqrt(2.0)) - biases[k]) / 2;
            check_near(r.slow_h[0], h, 1e-4);
            check_near(r.slow_speed[0], fabs(tanh(2 * h + biases[k]) - h) / 2, 1e-9);
            grl_search_free(&r);
            grl_cell_free(cell);
        }
}

/* The pseudo-line attractor (MATH.md): one degenerate fixed point, neither proven nor doubled, no slow point.
 */
static void test_degenerate(void **state)
{
    (void)state;
    grl_cell *cell = empty_cell(2, GRL_RESET_BEFORE);
    grl_cell_block(cell, GRL_U_H)[1] = grl_cell_block(cell, GRL_U_H)[2] = -2;
    grl_search_result r = search(cell, 1, 4096, 0.005);
    assert_int_equal(r.count, 1);
    assert_true(r.radius[0] < 0);
    check_near(r.h[0], 0, 1e-3);
    check_near(r.h[1], 0, 1e-3);
    assert_int_equal(r.slow_count, 0);
    grl_search_free(&r);
    grl_cell_free(cell);
}

/* Slow points of random networks are local minima of the speed: no state near is slower, beyond what the
 * tolerance leaves. Weights up to saturation, where walls and closed gates make false ones easy. */
static void test_slow_points(void **state)
{
    (void)state;
    size_t seen = 0;
    for (uint64_t seed = 0; seed < 24; seed++) {
        const double scales[] = {4, 8, 30};
        size_t n = 1 + seed % 12;
        grl_cell *cell = random_cell(n, (grl_reset)(seed % 2), scales[seed % 3], seed);
        grl_search_result r = search(cell, 1, 1024, 0.001);
        grl_random random = grl_random_stream(seed, 1000);
        double *h = malloc(n * sizeof *h), *f = malloc(n * sizeof *f),
               *work = malloc(grl_cell_work(cell) * sizeof *work);
        for (size_t k = 0; k < r.slow_count; k++, seen++)
            for (int trial = 0; trial < 2000; trial++) {
                double size = pow(10, -2 - 5 * grl_random_uniform(&random)), speed = 0;
                for (size_t i = 0; i < n; i++) {
                    h[i] = r.slow_h[k * n + i] + size * (2 * grl_random_uniform(&random) - 1);
                    h[i] = fmin(1, fmax(-1, h[i]));
                }
                grl_cell_field(cell, NULL, h, f, work);
                for (size_t i = 0; i < n; i++) speed += f[i] * f[i];
                if (!(sqrt(speed) >= r.slow_speed[k] * (1 - 1e-3)))
                    fail_msg("seed %d: %g is slower than the slow point's %g", (int)seed, sqrt(speed),
                             r.slow_speed[k]);
            }
        free(h), free(f), free(work);
        grl_search_free(&r);
        grl_cell_free(cell);
    }
    assert_true(seen > 5);
}

/* One thread against many, to the bit. */
static void test_threads(void **state)
{
    (void)state;
    grl_cell *cell = random_cell(24, GRL_RESET_BEFORE, 4, 3);
    grl_search_result one = search(cell, 1, 700, 0.0001), many = search(cell, 5, 700, 0.0001);
    assert_true(one.count + one.slow_count > 3);
    assert_int_equal(one.count, many.count);
    assert_int_equal(one.slow_count, many.slow_count);
    assert_int_equal(one.starts_used, 700);
    assert_memory_equal(one.a, many.a, one.count * one.n * sizeof(double));
    assert_memory_equal(one.h, many.h, one.count * one.n * sizeof(double));
    assert_memory_equal(one.radius, many.radius, one.count * sizeof(double));
    assert_memory_equal(one.starts, many.starts, one.count * sizeof(int));
    assert_memory_equal(one.slow_h, many.slow_h, one.slow_count * one.n * sizeof(double));
    grl_search_free(&one);
    grl_search_free(&many);
    grl_cell_free(cell);
}

/* Every point of a network is a point of the network with its units renamed. */
static void test_permutation(void **state)
{
    (void)state;
    enum { N = 6 };
    int points = 0;
    for (uint64_t seed = 0; seed < 12; seed++) {
        grl_cell *cell = random_cell(N, (grl_reset)(seed % 2), 5, seed),
                 *renamed = empty_cell(N, (grl_reset)(seed % 2));
        const size_t to[N] = {3, 0, 5, 1, 4, 2};
        for (int b = 0; b < GRL_BLOCKS; b++) {
            size_t rows, columns;
            grl_block_shape((grl_block)b, N, 0, &rows, &columns);
            const double *from = grl_cell_values(cell, (grl_block)b);
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < columns; j++) {
                    size_t place = columns == N ? to[i] * N + to[j] : to[i];
                    grl_cell_block(renamed, (grl_block)b)[place] = from[i * columns + j];
                }
        }
        grl_search_result r = search(cell, 2, 4096, 0.002), q = search(renamed, 2, 4096, 0.002);
        assert_int_equal(r.count, q.count);
        for (size_t k = 0; k < r.count; k++, points++) {
            bool met = false;
            for (size_t l = 0; l < q.count && !met; l++) {
                met = true;
                for (size_t i = 0; i < N; i++)
                    if (!(fabs(r.h[k * N + i] - q.h[l * N + to[i]]) <= r.radius[k] + q.radius[l]))
                        met = false;
            }
            assert_true(met);
        }
        grl_search_free(&r);
        grl_search_free(&q);
        grl_cell_free(cell);
        grl_cell_free(renamed);
    }
    assert_true(points > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lattice),    cmocka_unit_test(test_ghost),
                                       cmocka_unit_test(test_degenerate), cmocka_unit_test(test_slow_points),
                                       cmocka_unit_test(test_threads),    cmocka_unit_test(test_permutation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
