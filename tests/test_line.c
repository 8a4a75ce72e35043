/* The basins of one-unit flows: against trajectories. */
#include "check.h"

#include "portrait/line.h"

#include <grulens/simulate.h>
#include <string.h>

static grl_portrait *portrait_of(double weight, double bias, grl_time time, grl_cell **cell)
{
    grl_portrait *portrait = NULL;
    grl_portrait_options options = grl_portrait_defaults();
    options.time = time;
    assert_int_equal(grl_cell_create(1, 0, GRL_RESET_BEFORE, cell, NULL), GRL_OK);
    grl_cell_block(*cell, GRL_U_H)[0] = weight;
    grl_cell_block(*cell, GRL_B_H)[0] = bias;
    grl_cell_block(*cell, GRL_U_R)[0] = 2;
    assert_int_equal(grl_portrait_compute(*cell, NULL, &options, &portrait, NULL), GRL_OK);
    return portrait;
}

/* Every start ends at the point whose basin it is in, and the basins fill the line. */
static void basins_are_where_trajectories_end(void **state)
{
    (void)state;
    static const double networks[][2] = {{6, 0}, {6, 0.3}, {9, -1}, {0.5, 0.2}, {-3, 0}, {30, -6}};
    for (size_t k = 0; k < sizeof networks / sizeof *networks; k++) {
        grl_cell *cell;
        grl_line_basin basins[16];
        grl_portrait *p = portrait_of(networks[k][0], networks[k][1], GRL_CONTINUOUS, &cell);
        assert_in_range(p->count, 1, 16);
        size_t count = grl_line_basins(p, basins);
        assert_int_equal(2 * count, p->count + 1);
        assert_true(basins[0].low == -1 && basins[count - 1].high == 1);
        for (size_t b = 0; b < count; b++) {
            if (b > 0) assert_true(basins[b].low == basins[b - 1].high);
            for (int i = 1; i < 8; i++) {
                double start = basins[b].low + (basins[b].high - basins[b].low) * i / 8;
                grl_simulate_options options = grl_simulate_defaults();
                grl_trajectory *t = NULL;
                options.until = 2000;
                assert_int_equal(grl_simulate(cell, &start, NULL, NULL, &options, &t, NULL), GRL_OK);
                check_near(t->states[t->count - 1], p->points[basins[b].attractor].h[0], 1e-6);
                grl_trajectory_free(t);
            }
        }
        grl_portrait_free(p);
        grl_cell_free(cell);
    }
}

static void nothing_is_claimed_without_proof(void **state)
{
    (void)state;
    grl_cell *cell;
    grl_line_basin basins[16];
    grl_portrait *p = portrait_of(6, 0, GRL_CONTINUOUS, &cell);
    p->complete = 0;
    assert_int_equal(grl_line_basins(p, basins), 0);
    p->complete = 1;
    p->points[0].stability_proven = 0;
    assert_int_equal(grl_line_basins(p, basins), 0);
    p->points[0].stability_proven = 1;
    assert_true(grl_line_basins(p, basins) > 0);
    grl_portrait_free(p);
    grl_cell_free(cell);
    p = portrait_of(6, 0, GRL_DISCRETE, &cell);
    assert_int_equal(grl_line_basins(p, basins), 0);
    grl_portrait_free(p);
    grl_cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(basins_are_where_trajectories_end),
        cmocka_unit_test(nothing_is_claimed_without_proof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
