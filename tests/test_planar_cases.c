/* test_planar_cases.c: portraits of two-unit flows that are hard: cycles around three points, beside each other
 * and within each other, manifolds that wind onto weak cycles, stiff gates, and degenerate networks. */
#include "cell/cell.h"
#include "check.h"
#include "networks.h"
#include "portrait/orbit.h"
#include "portrait/rosenbrock.h"

#include <grulens/cycles.h>
#include <grulens/separatrices.h>
#include <grulens/simulate.h>

typedef struct whole {
    grl_cell *cell;
    grl_portrait *p;
    grl_cycles *c;
    grl_separatrices *s;
} whole;

static whole look(grl_cell *cell)
{
    whole w = {.cell = cell};
    grl_error error;
    if (grl_portrait_compute(cell, NULL, NULL, &w.p, &error) != GRL_OK ||
        grl_cycles_compute(cell, NULL, w.p, NULL, &w.p->cycles, &error) != GRL_OK ||
        grl_separatrices_compute(cell, NULL, w.p, NULL, &w.p->separatrices, &error) != GRL_OK)
        fail_msg("%s", error.message);
    w.c = w.p->cycles;
    w.s = w.p->separatrices;
    assert_int_equal(w.s->cycle_count, w.c->count);
    return w;
}

static void drop(whole *w)
{
    grl_portrait_free(w->p);
    grl_cell_free(w->cell);
}

/* The family of the reference: all gates active. */
static grl_cell *gates(double b0, double b1)
{
    static const double U_z[] = {0.5, 0.5, -1.25, 1.25}, U_r[] = {0.5, -1.5, 1, -0.5},
                        U_h[] = {-1.25, 2, -3.75, 2.25}, b_z[] = {0.25, 0.75}, b_r[] = {1, 1.5};
    const double b_h[] = {b0, b1};
    grl_cell *cell = network_of_U_h(2, U_h);
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    memcpy(grl_cell_block(cell, GRL_B_H), b_h, sizeof b_h);
    return cell;
}

/* The networks of tests/data/cycles: U_h from the search, b_z[0] varied. */
static grl_cell *odd(double bias)
{
    static const double U_h[] = {3.08, 3.66, -1.43, -3.39};
    grl_cell *cell = network_of_U_h(2, U_h);
    grl_cell_block(cell, GRL_B_Z)[0] = bias;
    grl_cell_block(cell, GRL_B_Z)[1] = 2.72;
    return cell;
}

/* A plain simulation over the period, in the time in which the cycle attracts, comes back. */
static void check_closes(const grl_cell *cell, const grl_cycle *cycle)
{
    grl_simulate_options o = grl_simulate_defaults();
    grl_trajectory *t;
    o.until = cycle->stable ? cycle->period : -cycle->period;
    o.rtol = 1e-12;
    o.atol = 1e-14;
    assert_int_equal(grl_simulate(cell, cycle->points + 1, NULL, NULL, &o, &t, NULL), GRL_OK);
    const double *end = t->states + 2 * (t->count - 1);
    check_near(hypot(end[0] - cycle->points[1], end[1] - cycle->points[2]), 0, 1e-9);
    grl_trajectory_free(t);
}

static void cycle_around_three_points(void **state)
{
    (void)state;
    whole w = look(odd(-1.18));
    assert_int_equal(w.p->count, 3);
    assert_int_equal(w.c->undecided, 0);
    assert_int_equal(w.c->count, 1);
    assert_true(w.c->items[0].stable);
    assert_int_equal(w.c->items[0].enclosed_count, 3);
    assert_int_equal(w.c->items[0].index_sum, 1);
    check_closes(w.cell, &w.c->items[0]);
    /* Odd: the cycle is its own mirror image. */
    check_near(w.c->items[0].high[0], -w.c->items[0].low[0], 1e-3);
    assert_int_equal(w.s->undecided, 0);
    for (size_t b = 0; b < w.s->count; b++)
        assert_int_equal(w.s->branches[b].limit.kind,
                         w.s->branches[b].stable ? GRL_LIMIT_POINT : GRL_LIMIT_CYCLE);
    drop(&w);
}

/* Two unstable cycles beside each other, mirror images, within a stable one. */
static void cycles_beside_each_other(void **state)
{
    (void)state;
    whole w = look(odd(-0.08));
    assert_int_equal(w.c->undecided, 0);
    assert_int_equal(w.c->count, 3);
    const grl_cycle *left = &w.c->items[0], *right = &w.c->items[1], *around = &w.c->items[2];
    assert_true(!left->stable && !right->stable && around->stable);
    assert_true(left->high[0] < 0 && right->low[0] > 0);
    check_near(left->period, right->period, 1e-10 * left->period);
    check_near(left->multiplier, right->multiplier, 1e-9);
    assert_int_equal(left->enclosed_count, 1);
    assert_int_equal(around->enclosed_count, 3);
    for (size_t c = 0; c < 3; c++) check_closes(w.cell, &w.c->items[c]);
    /* The saddle's stable branches wind out of one each; the basins inside are equal. */
    assert_int_equal(w.s->undecided, 0);
    size_t met[3] = {0};
    for (size_t b = 0; b < w.s->count; b++) {
        assert_int_equal(w.s->branches[b].limit.kind, GRL_LIMIT_CYCLE);
        met[w.s->branches[b].limit.which]++;
    }
    assert_int_equal(met[0], 1);
    assert_int_equal(met[1], 1);
    assert_int_equal(met[2], 2);
    assert_int_equal(w.s->basin_method, GRL_BASIN_BORDERS);
    assert_int_equal(w.s->basin_count, 3);
    check_near(w.s->basins[1].fraction, w.s->basins[2].fraction, w.s->basins[1].error + w.s->basins[2].error);
    drop(&w);
}

/* Beyond the gluing: one unstable cycle around the three points, within the stable one. */
static void cycles_within_each_other(void **state)
{
    (void)state;
    whole w = look(odd(0.12));
    assert_int_equal(w.c->count, 2);
    assert_true(!w.c->items[0].stable && w.c->items[1].stable);
    for (size_t c = 0; c < 2; c++) {
        assert_int_equal(w.c->items[c].enclosed_count, 3);
        check_closes(w.cell, &w.c->items[c]);
    }
    drop(&w);
}

/* A stable branch that winds out of a weakly repelling cycle ends there, under the cycle's number; beside the
 * fold of cycles at 1.4579907148476624 (reference/values.md) there are two or none. */
static void manifolds_end_at_weak_cycles(void **state)
{
    (void)state;
    static const double b0[] = {1.46, 1.4579907148476624 + 1e-5, 1.4579907148476624 - 1e-3};
    for (size_t k = 0; k < 3; k++) {
        whole w = look(gates(b0[k], 1.8));
        assert_int_equal(w.c->undecided, 0);
        assert_int_equal(w.c->count, k < 2 ? 2 : 0);
        assert_int_equal(w.s->undecided, 0);
        size_t winds = 0;
        for (size_t b = 0; b < w.s->count; b++) {
            const grl_branch *branch = &w.s->branches[b];
            if (branch->limit.kind != GRL_LIMIT_CYCLE) continue;
            winds++;
            assert_true(branch->stable);
            assert_int_equal(branch->limit.which, 1); /* the outer one, which repels */
            assert_true(branch->length < 15);
        }
        assert_int_equal(winds, k < 2);
        assert_int_equal(w.s->basin_method, GRL_BASIN_BORDERS);
        drop(&w);
    }
}

/* alpha = 0.14: past the saddle-nodes nine points and no cycle, and an invariant circle of branches. */
static void rotation_past_the_saddle_nodes(void **state)
{
    (void)state;
    whole w = look(rotation_network(3, 0.14));
    assert_int_equal(w.p->count, 9);
    assert_int_equal(w.c->count, 0);
    assert_int_equal(w.c->undecided, 0);
    for (size_t b = 0; b < w.s->count; b++)
        if (!w.s->branches[b].stable) {
            assert_int_equal(w.s->branches[b].limit.kind, GRL_LIMIT_POINT);
            assert_int_equal(w.p->points[w.s->branches[b].limit.which].type, GRL_STABLE_NODE);
        }
    drop(&w);
    w = look(rotation_network(3, 0.16));
    assert_int_equal(w.c->count, 1);
    assert_int_equal(w.s->basin_count, 1);
    /* The ghosts of the saddle-nodes, at (0.8967, -0.5655) and its turns, are where it is slow. */
    const grl_basin *basin = &w.s->basins[0];
    assert_true(basin->slow_speed < 0.01);
    check_near(fabs(basin->slow[0]) + fabs(basin->slow[1]), 0.896755619545687 + 0.565513954535515, 0.03);
    assert_true(basin->slow_time > 0.05 * w.c->items[0].period && basin->slow_time < w.c->items[0].period);
    drop(&w);
}

/* Nothing to separate, a line of rest but for third order, units that do not see each other, gates that are shut
 * to the last digit: an answer, and no more said than is so. */
static void degenerate_networks(void **state)
{
    (void)state;
    static const double line[] = {0, -2, -2, 0}, nothing[4] = {0};
    whole w = look(network_of_U_h(2, line));
    assert_int_equal(w.c->count, 0);
    assert_int_equal(w.s->count, 0);
    assert_int_equal(w.s->basin_method, GRL_BASIN_SAMPLES);
    drop(&w);
    w = look(network_of_U_h(2, nothing));
    assert_int_equal(w.p->count, 1);
    assert_int_equal(w.s->basin_count, 1);
    check_near(w.s->basins[0].fraction, 1, 0);
    drop(&w);
    /* On the axes between four equal basins saddles and connections are exact. */
    size_t count = check_quick() ? 6 : 30;
    for (size_t k = 0; k < count; k++) {
        grl_cell *cell = random_network(2, k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, 100, 3, k);
        w = look(cell);
        double sum = 0, error = 1e-9;
        for (size_t b = 0; b < w.s->basin_count; b++) {
            sum += w.s->basins[b].fraction;
            error += w.s->basins[b].error;
        }
        check_near(sum, 1, error);
        for (size_t b = 0; b < w.s->count; b++)
            for (size_t i = 0; i < 2 * w.s->branches[b].count; i++)
                assert_true(fabs(w.s->branches[b].points[i]) <= 1 + 1e-9);
        drop(&w);
    }
}

/* The implicit step has order 4, and its dense output order 3. */
static void implicit_steps_converge(void **state)
{
    (void)state;
    grl_cell *cell = random_network(2, GRL_RESET_BEFORE, 1.5, 3, 1);
    grl_pair pair;
    double ends[6][2];
    grl_pair_take(cell, &pair);
    for (int k = 0; k < 6; k++) {
        int steps = 16 << k;
        double y[2] = {-0.2, 0.7};
        for (int i = 0; i < steps; i++) {
            double f[2], J[4], next[2], dense[2][2], step = 8.0 / steps;
            pair.linear(&pair, y, f, J);
            check_near(grl_rosenbrock_step(&pair, 1, 10, 1e9, 1e9, y, f, J, &step, next, dense), 8.0 / steps,
                       0);
            memcpy(y, next, sizeof y);
        }
        memcpy(ends[k], y, sizeof y);
    }
    for (int k = 1; k < 4; k++) {
        double coarse = hypot(ends[k - 1][0] - ends[k][0], ends[k - 1][1] - ends[k][1]),
               fine = hypot(ends[k][0] - ends[k + 1][0], ends[k][1] - ends[k + 1][1]);
        check_near(log2(coarse / fine), 4, 1);
    }
    grl_cell_free(cell);
}

/* The kernel of one network at one state against the general one. */
static void kernel_agrees(void **state)
{
    (void)state;
    for (size_t k = 0; k < 500; k++) {
        grl_cell *cell = random_network(2, k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, 10, 4, k);
        grl_random random = grl_random_stream(8, k);
        grl_pair pair;
        grl_pair_take(cell, &pair);
        const double h[2] = {2 * grl_random_uniform(&random) - 1, 2 * grl_random_uniform(&random) - 1};
        double f[3][2], J[2][4], work[64];
        assert_true(grl_cell_work(cell) <= 64);
        pair.field(&pair, h, f[0]);
        pair.linear(&pair, h, f[1], J[0]);
        grl_cell_linearize(cell, NULL, h, f[2], J[1], work);
        for (int i = 0; i < 2; i++) {
            check_near(f[0][i], f[1][i], 0);
            check_near(f[0][i], f[2][i], 1e-14);
        }
        for (int i = 0; i < 4; i++) check_near(J[0][i], J[1][i], 1e-13 * (1 + fabs(J[1][i])));
        grl_cell_free(cell);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cycle_around_three_points),      cmocka_unit_test(cycles_beside_each_other),
        cmocka_unit_test(cycles_within_each_other),       cmocka_unit_test(manifolds_end_at_weak_cycles),
        cmocka_unit_test(rotation_past_the_saddle_nodes), cmocka_unit_test(degenerate_networks),
        cmocka_unit_test(implicit_steps_converge),        cmocka_unit_test(kernel_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
