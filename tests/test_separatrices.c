/* test_separatrices.c: manifolds, connections and basins of two units against closed forms, symmetries,
 * published homoclinic points, and plain simulation. */
#include "check.h"
#include "networks.h"

#include <grulens/cycles.h>
#include <grulens/separatrices.h>
#include <grulens/simulate.h>

static const double u3 = 0.858559636640110;

typedef struct whole {
    grl_cell *cell;
    grl_portrait *p;
    grl_separatrices *s;
} whole;

static whole look(grl_cell *cell, const grl_separatrix_options *options)
{
    whole w = {.cell = cell};
    grl_error error;
    if (grl_portrait_compute(cell, NULL, NULL, &w.p, &error) != GRL_OK) fail_msg("%s", error.message);
    if (grl_separatrices_compute(cell, NULL, w.p, options, &w.s, &error) != GRL_OK)
        fail_msg("%s", error.message);
    assert_int_equal(w.s->count % 4, 0);
    return w;
}

static void drop(whole *w)
{
    grl_separatrices_free(w->s);
    grl_portrait_free(w->p);
    grl_cell_free(w->cell);
}

/* The family of the reference (reference/values.md): all gates active, parameters b_h. */
static grl_cell *gates(double b0, double b1)
{
    static const double U_z[] = {0.5, 0.5, -1.25, 1.25}, U_r[] = {0.5, -1.5, 1, -0.5},
                        U_h[] = {-1.25, 2, -3.75, 2.25};
    const double b_h[] = {b0, b1}, b_z[] = {0.25, 0.75}, b_r[] = {1, 1.5};
    grl_cell *cell = network_of_U_h(2, U_h);
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    memcpy(grl_cell_block(cell, GRL_B_H), b_h, sizeof b_h);
    return cell;
}

/* U_h = 3 I: the units do not see each other, so manifolds are the lines h_i = 0 and h_i = +-0.8585... */
static void test_axes(void **state)
{
    (void)state;
    static const double U_h[] = {3, 0, 0, 3};
    whole w = look(network_of_U_h(2, U_h), NULL);
    assert_int_equal(w.s->count, 16);
    assert_int_equal(w.s->undecided, 0);
    assert_int_equal(w.s->connection_count, 0);
    for (size_t b = 0; b < 16; b++) {
        const grl_branch *branch = &w.s->branches[b];
        const double *h = w.p->points[branch->saddle].h;
        size_t fixed = fabs(branch->direction[0]) > 0.5 ? 1 : 0;
        for (size_t i = 0; i < branch->count; i++) check_near(branch->points[2 * i + fixed], h[fixed], 1e-12);
        for (size_t i = 2; i + 1 < branch->count; i++)
            check_near(fabs(branch->points[2 * i + 1 - fixed] - branch->points[2 * i - 1 - fixed]), 0.005,
                       1e-6);
        if (!branch->stable) {
            assert_int_equal(branch->limit.kind, GRL_LIMIT_POINT);
            assert_int_equal(w.p->points[branch->limit.which].type, GRL_STABLE_NODE);
            check_near(branch->length, u3, 0.0026);
        } else if (branch->limit.kind == GRL_LIMIT_BOUNDARY) {
            check_near(branch->length, 1 - u3, 1e-10);
            check_near(fabs(branch->limit.place[1 - fixed]), 1, 0);
        } else {
            assert_int_equal(branch->limit.kind, GRL_LIMIT_POINT);
            assert_int_equal(w.p->points[branch->limit.which].type, GRL_UNSTABLE_NODE);
        }
    }
    assert_int_equal(w.s->basin_method, GRL_BASIN_BORDERS);
    assert_int_equal(w.s->basin_count, 4);
    assert_int_equal(w.s->ring_count, 4);
    for (size_t k = 0; k < 4; k++) {
        const grl_basin *basin = &w.s->basins[k];
        assert_int_equal(w.p->points[basin->attractor.which].type, GRL_STABLE_NODE);
        check_near(basin->fraction, 0.25, fmax(1e-9, basin->error));
        check_near(basin->error, 0, 1e-5);
    }
    drop(&w);
}

/* Four saddles and four nodes on an invariant circle, symmetric under turns by a quarter. */
static void test_circle(void **state)
{
    (void)state;
    whole w = look(rotation_network(3, 0.1), NULL);
    int ends[9] = {0};
    assert_int_equal(w.p->count, 9);
    assert_int_equal(w.s->count, 16);
    for (size_t b = 0; b < 16; b++) {
        const grl_branch *branch = &w.s->branches[b];
        if (branch->stable) continue;
        assert_int_equal(branch->limit.kind, GRL_LIMIT_POINT);
        assert_int_equal(w.p->points[branch->limit.which].type, GRL_STABLE_NODE);
        ends[branch->limit.which]++;
    }
    for (size_t i = 0; i < 9; i++) assert_int_equal(ends[i], w.p->points[i].type == GRL_STABLE_NODE ? 2 : 0);
    assert_int_equal(w.s->basin_method, GRL_BASIN_BORDERS);
    assert_int_equal(w.s->basin_count, 4);
    for (size_t k = 0; k < 4; k++) check_near(w.s->basins[k].fraction, 0.25, w.s->basins[k].error);
    drop(&w);
}

/* The stable cycle without any saddle; its period is in the reference. */
static void test_cycle(void **state)
{
    (void)state;
    whole w = look(rotation_network(3, 0.5), NULL);
    assert_int_equal(w.s->count, 0);
    assert_int_equal(w.s->cycle_count, 1);
    assert_int_equal(w.s->cycles[0].stable, 1);
    check_near(w.s->cycles[0].period, 23.67402636697816, 1e-8);
    assert_int_equal(w.s->basin_count, 1);
    assert_int_equal(w.s->basins[0].attractor.kind, GRL_LIMIT_CYCLE);
    check_near(w.s->basins[0].fraction, 1, 1e-12);
    drop(&w);
}

/* Cycles that the portrait has already keep their places, and none comes twice. */
static void test_known_cycles(void **state)
{
    (void)state;
    grl_cell *cells[] = {rotation_network(3, 0.5), gates(1.70, 2)};
    for (size_t k = 0; k < 2; k++) {
        whole w = look(cells[k], NULL);
        grl_separatrices *with;
        assert_int_equal(grl_cycles_compute(w.cell, NULL, w.p, NULL, &w.p->cycles, NULL), GRL_OK);
        assert_int_equal(grl_separatrices_compute(w.cell, NULL, w.p, NULL, &with, NULL), GRL_OK);
        assert_int_equal(w.p->cycles->count, 1);
        assert_int_equal(with->cycle_count, 1);
        check_near(with->cycles[0].period, w.p->cycles->items[0].period, 0);
        assert_int_equal(with->cycles[0].stable, w.s->cycles[0].stable);
        assert_int_equal(with->basin_method, GRL_BASIN_BORDERS);
        assert_int_equal(with->basin_count, w.s->basin_count);
        for (size_t b = 0; b < with->basin_count; b++)
            check_near(with->basins[b].fraction, w.s->basins[b].fraction, 1e-5);
        grl_separatrices_free(with);
        drop(&w);
    }
}

/* Homoclinic points to 16 digits, by a Taylor method of order 40 (reference/values.md). */
static void test_homoclinic(void **state)
{
    (void)state;
    static const struct {
        double b0, b1;
    } at[] = {{1.7120266740170957, 2},
              {2.2453564502781277, 2.5},
              {1.1944699167884486, 1.6},
              {3.3791045706751362, 3.5}};
    grl_separatrix_options options = grl_separatrix_defaults();
    options.gap_tolerance = 0.03;
    options.basins = 0;
    for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
        double gap[3];
        for (int side = -1; side <= 1; side++) {
            whole w = look(gates(at[k].b0 + 1e-6 * side, at[k].b1), &options);
            if (w.s->connection_count != 1)
                fail_msg("%zu, %d: %zu connections", k, side, w.s->connection_count);
            const grl_connection *c = w.s->connections;
            assert_int_equal(c->from, c->to);
            gap[side + 1] = c->gap;
            for (size_t b = 0; b < w.s->count && side == 0; b++) {
                const grl_branch *branch = &w.s->branches[b];
                if (branch->side != (branch->stable ? c->to_side : c->from_side)) continue;
                assert_int_equal(branch->limit.kind, GRL_LIMIT_POINT);
                assert_int_equal(branch->limit.which, c->to);
            }
            drop(&w);
        }
        check_near(gap[1], 0, 1e-9);
        assert_true(gap[0] * gap[2] < 0);
        assert_true(fabs(gap[0]) > 1e-6 && fabs(gap[2]) > 1e-6);
        /* Smooth in the parameter. */
        check_near(gap[0] / gap[2], -1, 0.05);
    }
    /* At the default tolerance it is reported at the point alone. */
    whole on = look(gates(at[0].b0, at[0].b1), NULL), off = look(gates(at[0].b0 + 1e-3, at[0].b1), NULL);
    assert_int_equal(on.s->connection_count, 1);
    assert_int_equal(off.s->connection_count, 0);
    assert_int_equal(on.s->basin_method, GRL_BASIN_SAMPLES);
    assert_int_equal(off.s->basin_method, GRL_BASIN_BORDERS);
    drop(&on);
    drop(&off);
}

/* An unstable cycle between two attractors: the stable branch winds out of it. */
static void test_unstable_cycle(void **state)
{
    (void)state;
    whole w = look(gates(1.70, 2), NULL);
    int winds = 0;
    assert_int_equal(w.s->cycle_count, 1);
    assert_int_equal(w.s->cycles[0].stable, 0);
    for (size_t b = 0; b < w.s->count; b++)
        winds += w.s->branches[b].stable && w.s->branches[b].limit.kind == GRL_LIMIT_CYCLE;
    assert_int_equal(winds, 1);
    /* Its points run along the flow, and stay on it. */
    double work[64], f[2];
    assert_true(grl_cell_work(w.cell) <= 64);
    for (size_t i = 0; i + 1 < w.s->cycles[0].count; i++) {
        const double *p = w.s->cycles[0].points + 2 * i, h[2] = {0.5 * (p[0] + p[2]), 0.5 * (p[1] + p[3])};
        grl_cell_field(w.cell, NULL, h, f, work);
        double along = f[0] * (p[2] - p[0]) + f[1] * (p[3] - p[1]);
        check_near(along / (hypot(f[0], f[1]) * hypot(p[2] - p[0], p[3] - p[1])), 1, 1e-3);
    }
    assert_int_equal(w.s->basin_method, GRL_BASIN_BORDERS);
    assert_int_equal(w.s->basin_count, 2);
    check_near(w.s->basins[0].fraction + w.s->basins[1].fraction, 1, 1e-9 + w.s->basins[0].error);
    drop(&w);
}

static double distance_to(const grl_branch *branch, const double h[2])
{
    double least = INFINITY;
    for (size_t i = 0; i + 1 < branch->count; i++) {
        const double *a = branch->points + 2 * i, *b = a + 2;
        double dx = b[0] - a[0], dy = b[1] - a[1],
               s = ((h[0] - a[0]) * dx + (h[1] - a[1]) * dy) / (dx * dx + dy * dy);
        s = s < 0 ? 0 : s > 1 ? 1 : s;
        least = fmin(least, hypot(h[0] - a[0] - s * dx, h[1] - a[1] - s * dy));
    }
    return least;
}

/* The seed leaves the manifold as the third power. */
static void test_seed(void **state)
{
    (void)state;
    grl_separatrix_options options = grl_separatrix_defaults();
    options.spacing = 1e-4;
    options.max_length = 0.2;
    options.basins = 0;
    whole w = look(gates(1.72, 2), &options);
    for (size_t b = 0; b < w.s->count; b++) {
        const grl_branch *branch = &w.s->branches[b];
        double off[2];
        if (branch->length < 0.09) continue;
        for (int k = 0; k < 2; k++) {
            double h[2];
            assert_int_equal(grl_separatrix_seed(w.cell, NULL, &w.p->points[branch->saddle], branch->stable,
                                                 branch->side * (k ? 0.02 : 0.04), h, NULL),
                             GRL_OK);
            off[k] = distance_to(branch, h);
        }
        check_near(log2(off[0] / off[1]), 3, 0.25);
    }
    double h[2];
    assert_int_equal(grl_separatrix_seed(w.cell, NULL, &w.p->points[0], 1, 0.1, h, NULL), GRL_BAD_INPUT);
    drop(&w);
}

/* From a state on an unstable branch time reversed leads to the saddle; from one on a stable branch, time. */
static void test_reversal(void **state)
{
    (void)state;
    whole w = look(gates(1.72, 2), NULL);
    for (size_t b = 0; b < w.s->count; b++) {
        const grl_branch *branch = &w.s->branches[b];
        const double *h = w.p->points[branch->saddle].h;
        grl_simulate_options o = grl_simulate_defaults();
        grl_trajectory *path;
        double least = INFINITY;
        o.until = branch->stable ? 300 : -300;
        o.rtol = 1e-12;
        assert_int_equal(grl_simulate(w.cell, branch->points + 2 * 16, NULL, NULL, &o, &path, NULL), GRL_OK);
        for (size_t i = 0; i < path->count; i++)
            least = fmin(least, hypot(path->states[2 * i] - h[0], path->states[2 * i + 1] - h[1]));
        check_near(least, 0, 1e-3);
        grl_trajectory_free(path);
    }
    drop(&w);
}

/* The attractor near which a plain simulation settles; SIZE_MAX: none. */
static size_t settles(const whole *w, const double h[2])
{
    grl_simulate_options o = grl_simulate_defaults();
    grl_trajectory *path;
    size_t best = SIZE_MAX;
    o.until = 3000;
    o.settle = 1e-7;
    o.rtol = 1e-7;
    o.atol = 1e-9;
    o.max_steps = 20000;
    assert_int_equal(grl_simulate(w->cell, h, NULL, NULL, &o, &path, NULL), GRL_OK);
    const double *end = path->states + 2 * (path->count - 1);
    for (size_t i = 0; i < w->p->count && strcmp(path->stopped_by, "settled") == 0; i++)
        if (w->p->points[i].unstable == 0 &&
            hypot(end[0] - w->p->points[i].h[0], end[1] - w->p->points[i].h[1]) < 1e-3)
            best = i;
    grl_trajectory_free(path);
    return best;
}

static void compare_areas(const whole *w, size_t index)
{
    enum { SIDE = 20 };
    double shares[32] = {0}, told = 0;
    for (int k = 0; k < SIDE * SIDE; k++) {
        const double h[2] = {-1 + (2 * (k % SIDE) + 1.0) / SIDE, -1 + (2 * (k / SIDE) + 1.0) / SIDE};
        size_t end = settles(w, h);
        if (end == SIZE_MAX) continue;
        shares[end] += 1;
        told += 1;
    }
    if (told < SIDE * SIDE) return; /* something oscillates, or is too slow for this */
    for (size_t i = 0; i < w->p->count; i++) {
        double fraction = 0, error = 0;
        for (size_t b = 0; b < w->s->basin_count; b++)
            if (w->s->basins[b].attractor.kind == GRL_LIMIT_POINT && w->s->basins[b].attractor.which == i) {
                fraction = w->s->basins[b].fraction;
                error = w->s->basins[b].error;
            }
        /* A border of length L passes 20 L / 2 squares, each off by less than a half. */
        double allowed = 3.5 / SIDE + error;
        if (!(fabs(shares[i] / told - fraction) <= allowed))
            fail_msg("network %zu: basin of point %zu is %g, simulation says %g", index, i, fraction,
                     shares[i] / told);
    }
}

/* Random networks: limit sets and areas agree with simulation, the basins fill the square, and every stable
 * point has one. */
static void test_random(void **state)
{
    (void)state;
    size_t networks = check_quick() ? 60 : 300, saddles = 0, followed = 0, agreed = 0, compared = 0;
    for (size_t k = 0; k < networks; k++) {
        whole w = look(random_network(2, k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, 5, 11, k), NULL);
        double sum = 0, error = 0;
        saddles += w.s->count / 4;
        if (w.s->undecided > 0) fail_msg("network %zu: %zu undecided", k, w.s->undecided);
        for (size_t b = 0; b < w.s->count; b++) {
            const grl_branch *branch = &w.s->branches[b];
            if (branch->stable) {
                if (branch->limit.kind == GRL_LIMIT_POINT)
                    assert_int_equal(w.p->points[branch->limit.which].unstable, 2);
                continue;
            }
            assert_true(branch->limit.kind == GRL_LIMIT_POINT || branch->limit.kind == GRL_LIMIT_CYCLE);
            followed++;
            size_t end = settles(&w, branch->points + 2 * (branch->count / 4));
            if (end == SIZE_MAX) continue;
            agreed++;
            if (branch->limit.kind != GRL_LIMIT_POINT || branch->limit.which != end)
                fail_msg("network %zu: a branch of saddle %zu ends elsewhere", k, branch->saddle);
        }
        for (size_t b = 0; b < w.s->basin_count; b++) {
            sum += w.s->basins[b].fraction;
            error += w.s->basins[b].error;
        }
        check_near(sum, 1, 1e-9 + error);
        if (w.s->basin_method == GRL_BASIN_BORDERS) {
            size_t stable = 0, basins = 0;
            for (size_t i = 0; i < w.p->count; i++) stable += w.p->points[i].unstable == 0;
            for (size_t b = 0; b < w.s->basin_count; b++)
                basins += w.s->basins[b].attractor.kind == GRL_LIMIT_POINT;
            assert_int_equal(stable, basins);
        }
        if (w.s->count > 0 && compared < 12) {
            compared++;
            compare_areas(&w, k);
        }
        drop(&w);
    }
    assert_true(saddles * 20 > networks);
    assert_true(agreed * 10 > followed * 6);
}

/* Exchanging the units mirrors everything. */
static void test_swap(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 40; k++) {
        grl_cell *cell = random_network(2, GRL_RESET_BEFORE, 5, 12, k), *other;
        assert_int_equal(grl_cell_copy(cell, &other, NULL), GRL_OK);
        for (int b = 0; b < GRL_BLOCKS; b++) {
            size_t rows, columns;
            grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
            const double *v = grl_cell_values(cell, (grl_block)b);
            for (size_t i = 0; i < rows * columns; i++)
                grl_cell_block(other, (grl_block)b)[rows * columns - 1 - i] = v[i];
        }
        whole a = look(cell, NULL), b = look(other, NULL);
        assert_int_equal(a.s->count, b.s->count);
        assert_int_equal(a.s->basin_count, b.s->basin_count);
        double lengths[2] = {0};
        for (size_t i = 0; i < a.s->count; i++) {
            lengths[0] += a.s->branches[i].length;
            lengths[1] += b.s->branches[i].length;
        }
        check_near(lengths[0], lengths[1], 1e-3 * (1 + lengths[0]));
        for (size_t i = 0; i < a.s->basin_count; i++)
            check_near(a.s->basins[i].fraction, b.s->basins[i].fraction,
                       1e-6 + 2 * (a.s->basins[i].error + b.s->basins[i].error));
        drop(&a);
        drop(&b);
    }
}

static void test_refused(void **state)
{
    (void)state;
    grl_portrait_options map = grl_portrait_defaults();
    grl_separatrix_options options = grl_separatrix_defaults();
    grl_portrait *p;
    grl_separatrices *s;
    grl_error error;
    grl_cell *cell = rotation_network(3, 0.1), *three = random_network(3, GRL_RESET_BEFORE, 1, 1, 1);
    map.time = GRL_DISCRETE;
    assert_int_equal(grl_portrait_compute(cell, NULL, &map, &p, NULL), GRL_OK);
    assert_int_equal(grl_separatrices_compute(cell, NULL, p, NULL, &s, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "map"));
    grl_portrait_free(p);
    assert_int_equal(grl_portrait_compute(three, NULL, NULL, &p, NULL), GRL_OK);
    assert_int_equal(grl_separatrices_compute(three, NULL, p, NULL, &s, &error), GRL_BAD_INPUT);
    grl_portrait_free(p);
    assert_int_equal(grl_portrait_compute(cell, NULL, NULL, &p, NULL), GRL_OK);
    options.spacing = 0;
    assert_int_equal(grl_separatrices_compute(cell, NULL, p, &options, &s, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "spacing"));
    /* Handed over, they are freed with the portrait. */
    assert_int_equal(grl_separatrices_compute(cell, NULL, p, NULL, &p->separatrices, &error), GRL_OK);
    grl_portrait_free(p);
    grl_separatrices_free(NULL);
    grl_cell_free(cell);
    grl_cell_free(three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axes),       cmocka_unit_test(test_circle),
        cmocka_unit_test(test_cycle),      cmocka_unit_test(test_known_cycles),
        cmocka_unit_test(test_homoclinic), cmocka_unit_test(test_unstable_cycle),
        cmocka_unit_test(test_seed),       cmocka_unit_test(test_reversal),
        cmocka_unit_test(test_random),     cmocka_unit_test(test_swap),
        cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
