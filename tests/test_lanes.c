/* The field of many networks at once against the field of one, and the same bits from every instruction set.
 */
#include "cell/cell.h"
#include "cell/lanes.h"
#include "networks.h"

#include <grulens/batch.h>

enum { COUNT = 203 }; /* no multiple of a vector */

static void test_against_single(void **unused)
{
    (void)unused;
    for (size_t n = 1; n <= GRL_BATCH_UNITS; n++)
        for (int reset = 0; reset < 2; reset++) {
            grl_batch *batch;
            double H[COUNT * GRL_BATCH_UNITS], F[COUNT * GRL_BATCH_UNITS], work[64];
            grl_random random = grl_random_stream(4, n);
            grl_cell *cells[COUNT];
            assert_int_equal(grl_batch_create(n, (grl_reset)reset, COUNT, &batch, NULL), GRL_OK);
            for (size_t i = 0; i < COUNT; i++) {
                cells[i] = random_network(n, (grl_reset)reset, i % 3 ? 3 : 40, 5, i);
                assert_int_equal(grl_batch_set(batch, i, cells[i], NULL), GRL_OK);
                for (size_t k = 0; k < n; k++) H[k * COUNT + i] = 2 * grl_random_uniform(&random) - 1;
            }
            grl_batch_field(batch, H, F);
            for (size_t i = 0; i < COUNT; i++) {
                double h[GRL_BATCH_UNITS], f[GRL_BATCH_UNITS];
                for (size_t k = 0; k < n; k++) h[k] = H[k * COUNT + i];
                grl_cell_field(cells[i], NULL, h, f, work);
                /* sums of 7 terms up to 40: 4e-14 in the argument of slopes up to 40 / 4 */
                for (size_t k = 0; k < n; k++) check_near(F[k * COUNT + i], f[k], i % 3 ? 3e-14 : 5e-13);
            }
            double next[COUNT * GRL_BATCH_UNITS];
            grl_batch_map(batch, 0.5, H, next);
            for (size_t i = 0; i < n * COUNT; i++) check_near(next[i], H[i] + 0.5 * F[i], 1e-16);
            for (size_t i = 0; i < COUNT; i++) grl_cell_free(cells[i]);
            grl_batch_free(batch);
        }
}

static void test_same_bits(void **unused)
{
    (void)unused;
    grl_random random = grl_random_stream(6, 0);
    for (int n = 1; n <= GRL_BATCH_UNITS; n++)
        for (int after = 0; after < 2; after++) {
            grl_field_lanes P[3 * 36 + 24], h[6], f[6], reference[6];
            for (int k = 0; k < 3 * n * n + 4 * n; k++)
                for (int l = 0; l < GRL_FIELD_LANES; l++)
                    P[k][l] = 20 * (2 * grl_random_uniform(&random) - 1);
            for (int k = 0; k < n; k++)
                for (int l = 0; l < GRL_FIELD_LANES; l++) h[k][l] = 2 * grl_random_uniform(&random) - 1;
            const grl_field_lanes *cP = (const grl_field_lanes *)P, *ch = (const grl_field_lanes *)h;
            grl_field_step(GRL_ISA_PORTABLE)(n, after, cP, ch, reference);
            for (int isa = 1; isa < GRL_ISAS; isa++) {
                if (!grl_isa_runs((grl_isa)isa)) continue;
                grl_field_step((grl_isa)isa)(n, after, cP, ch, f);
                assert_memory_equal(f, reference, (size_t)n * sizeof *f);
            }
        }
}

static void test_errors(void **unused)
{
    (void)unused;
    grl_batch *batch;
    grl_error error;
    assert_int_equal(grl_batch_create(0, GRL_RESET_AFTER, 3, &batch, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_batch_create(7, GRL_RESET_AFTER, 3, &batch, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_batch_create(6, GRL_RESET_AFTER, SIZE_MAX / 2, &batch, &error), GRL_NO_MEMORY);
    assert_null(batch);
    assert_int_equal(grl_batch_create(2, GRL_RESET_AFTER, 3, &batch, &error), GRL_OK);
    grl_cell *before = random_network(2, GRL_RESET_BEFORE, 1, 0, 0),
             *after = random_network(2, GRL_RESET_AFTER, 1, 0, 0);
    assert_int_equal(grl_batch_set(batch, 0, before, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_batch_set(batch, 3, after, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_batch_set(batch, 2, after, &error), GRL_OK);
    grl_cell_free(before);
    grl_cell_free(after);
    grl_batch_free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_single),
                                       cmocka_unit_test(test_same_bits), cmocka_unit_test(test_errors)};
    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
