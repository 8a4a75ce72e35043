/* Degenerate points and what lies next to them: each cluster is told as one degenerate point around the zeros
 * that are known in closed form, in little work, and nothing regular is taken for degenerate. */
#include "cell/cell.h"
#include "networks.h"

#include <grulens/portrait.h>

static grl_portrait *proof_of(const grl_cell *cell)
{
    grl_portrait *portrait;
    grl_error error;
    grl_portrait_options options = grl_portrait_defaults();
    options.method = GRL_METHOD_PROVE;
    if (grl_portrait_compute(cell, NULL, &options, &portrait, &error) != GRL_OK)
        fail_msg("%s", error.message);
    return portrait;
}

/* One degenerate point, with 0 in its box, and no other. */
static void check_cluster(const char *name, const grl_cell *cell, double widest)
{
    grl_portrait *p = proof_of(cell);
    size_t n = p->hidden_size;
    if (p->count != 1 || p->points[0].type != GRL_DEGENERATE || !p->points[0].box)
        fail_msg("%s, n = %zu: %zu points, %s, after %lld boxes", name, n, p->count, p->stopped_by, p->boxes);
    for (size_t i = 0; i < n; i++)
        assert_true(p->points[0].box[2 * i] <= 0 && 0 <= p->points[0].box[2 * i + 1]);
    assert_true(!p->complete && p->undecided > 0 && p->points[0].index == 0);
    assert_true(p->points[0].error_bound <= widest);
    if (!(p->boxes < 1000000)) fail_msg("%s, n = %zu: %lld boxes", name, n, p->boxes);
    grl_portrait_free(p);
}

/* U_h = 2 I + B with r = 1/2: G = a - tanh(a) - B tanh(a) / 2. Degenerate in the kernel of B; if the
 * symmetric part of B is not positive in any direction, 0 is the only zero, because h . G > 0 elsewhere. */
static void test_clusters_at_zero(void **unused)
{
    (void)unused;
    for (size_t n = 1; n <= 5; n++) {
        double U_h[25] = {0};
        for (size_t i = 0; i < n; i++) U_h[i * n + i] = 2;
        grl_cell *cell = network_of_U_h(n, U_h);
        check_cluster("2 I", cell, 1e-4);
        grl_cell_free(cell);
        if (n == 1) continue;

        for (size_t i = 0; i < n * n; i++) U_h[i] -= 1;
        cell = network_of_U_h(n, U_h);
        check_cluster("2 I - ones", cell, 2e-3);
        grl_cell_free(cell);
        if (n < 3) continue;

        /* an antisymmetric B of rank 2: a kernel of n - 2 slanted directions */
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                U_h[i * n + j] = 2.0 * (i == j) + (double)(i + 1) - (double)(j + 1);
        cell = network_of_U_h(n, U_h);
        check_cluster("2 I + antisymmetric", cell, 2e-3);
        grl_cell_free(cell);
    }
}

/* U_h = 2 (1 + e) I: in each unit a = (1 + e) tanh(a), zeros at 0 and near +-sqrt(3 e). They come together as
 * e falls, and at every e they are 3^n regular points, or in boxes left over. */
static void test_unfolding(void **unused)
{
    (void)unused;
    size_t complete = 0;
    for (size_t n = 1; n <= 3; n++)
        for (int k = 2; k < 16; k++) {
            double U_h[9] = {0}, e = pow(10, -k), distance;
            size_t all = n == 1 ? 3 : n == 2 ? 9 : 27;
            for (size_t i = 0; i < n; i++) U_h[i * n + i] = 2 * (1 + e);
            e = 0.5 * U_h[0] - 1;
            distance = sqrt(3 * e);
            grl_cell *cell = network_of_U_h(n, U_h);
            grl_portrait *p = proof_of(cell);
            assert_true(p->boxes < 400000);
            assert_string_equal(p->stopped_by, "done");
            complete += (size_t)p->complete;
            if (p->complete) {
                assert_int_equal(p->count, all);
                assert_int_equal(p->index_sum, 1);
            }
            for (size_t which = 0; which < all; which++) {
                int met = 0;
                for (size_t l = 0; l < p->count && !met; l++) {
                    met = 1;
                    size_t rest = which;
                    for (size_t i = 0; i < n; i++, rest /= 3) {
                        double h = ((double)(rest % 3) - 1) * distance;
                        if (!(fabs(p->points[l].h[i] - h) <= p->points[l].error_bound + 2 * e * distance))
                            met = 0;
                    }
                }
                if (!met) fail_msg("n = %zu, e = %g: zero %zu of %zu is nowhere", n, e, which, all);
            }
            grl_portrait_free(p);
            grl_cell_free(cell);
        }
    assert_true(complete > 15);
}

/* Units that rest at 0 whatever the others do; units without any weight; a unit that drives the others and is
 * itself free: all regular, all proven. */
static void test_sparse_networks(void **unused)
{
    (void)unused;
    for (size_t n = 1; n <= 5; n++)
        for (uint64_t index = 0; index < 300; index++) {
            grl_cell *cell = random_network(n, (grl_reset)(index % 2), 8, 51, 10 * index + n);
            grl_random random = grl_random_stream(52, index);
            for (size_t k = 0; k < cell->total; k++)
                if (grl_random_uniform(&random) < 0.75) cell->numbers[k] = 0;
            grl_portrait *p = proof_of(cell);
            if (!p->complete) fail_msg("n = %zu, index %d: not complete", n, (int)index);
            assert_int_equal(p->index_sum, 1);
            grl_portrait_free(p);
            grl_cell_free(cell);
        }
}

/* Update gates so far closed that an eigenvalue of Df is 1e-30, that of the map 1 to rounding: the points are
 * regular, and their indices are known. */
static void test_closed_gates(void **unused)
{
    (void)unused;
    for (size_t n = 2; n <= 5; n++)
        for (int time = 0; time < 2; time++) {
            double U_h[25] = {0};
            for (size_t i = 0; i < n; i++) U_h[i * n + i] = 3;
            grl_cell *cell = network_of_U_h(n, U_h);
            grl_cell_block(cell, GRL_B_Z)[0] = 70;
            grl_cell_block(cell, GRL_B_Z)[1] = 700;
            grl_portrait_options options = grl_portrait_defaults();
            grl_portrait *p;
            options.time = (grl_time)time;
            options.method = GRL_METHOD_PROVE;
            assert_int_equal(grl_portrait_compute(cell, NULL, &options, &p, NULL), GRL_OK);
            assert_true(p->complete && p->index_sum == 1);
            assert_int_equal(p->count, (int)pow(3, (double)n));
            for (size_t k = 0; k < p->count; k++) {
                int zeros = 0;
                for (size_t i = 0; i < n; i++) zeros += fabs(p->points[k].h[i]) < 0.4;
                assert_true(p->points[k].certified);
                assert_int_equal(p->points[k].index, zeros % 2 ? -1 : 1);
            }
            grl_portrait_free(p);
            grl_cell_free(cell);
        }
}

/* Steep networks: over wide boxes a proof can succeed without getting anywhere. */
static void test_steep_networks(void **unused)
{
    (void)unused;
    static const double scales[] = {300, 1000, 3000, 10000};
    size_t networks = 0, incomplete = 0;
    for (size_t n = 1; n <= 2; n++)
        for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
            for (uint64_t index = 0; index < (check_quick() ? 10 : 60); index++) {
                grl_cell *cell = random_network(n, (grl_reset)(index % 2), scales[s], 53, 100 * s + index);
                grl_portrait *p = proof_of(cell);
                networks++;
                incomplete += !p->complete;
                if (p->complete) assert_int_equal(p->index_sum, 1);
                if (n == 1) assert_true(p->complete && p->boxes < 10000);
                grl_portrait_free(p);
                grl_cell_free(cell);
            }
    print_message("%zu of %zu steep networks incomplete\n", incomplete, networks);
    assert_true(20 * incomplete <= networks);
}

/* Weights of U_r down to the smallest numbers: this once never came to an end. */
static void test_tiny_gates(void **unused)
{
    (void)unused;
    for (size_t n = 1; n <= 3; n++)
        for (int power = -310; power < 0; power += 31)
            for (uint64_t index = 0; index < 20; index++) {
                grl_cell *cell = random_network(n, (grl_reset)(index % 2), 3, 54, index);
                for (size_t k = 0; k < n * n; k++) grl_cell_block(cell, GRL_U_R)[k] *= pow(10, power);
                for (size_t k = 0; k < n; k++) grl_cell_block(cell, GRL_B_R)[k] *= pow(10, power);
                grl_portrait *p = proof_of(cell);
                assert_true(p->complete && p->index_sum == 1);
                grl_portrait_free(p);
                grl_cell_free(cell);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clusters_at_zero), cmocka_unit_test(test_unfolding),
        cmocka_unit_test(test_sparse_networks),  cmocka_unit_test(test_closed_gates),
        cmocka_unit_test(test_steep_networks),   cmocka_unit_test(test_tiny_gates)};
    return cmocka_run_group_tests_name("degenerate", tests, NULL, NULL);
}
