/* Fixed points against closed forms and the reference values of the project (high-precision root finding by
 * others), properties over random networks, and an independent plain Newton search in long double. */
#include "cell/cell.h"
#include "networks.h"
#include "portrait/prove.h"

#include <grulens/portrait.h>

static grl_portrait *portrait_of(const grl_cell *cell, grl_time time)
{
    grl_portrait *portrait;
    grl_error error;
    grl_portrait_options options = grl_portrait_defaults();
    options.time = time;
    if (grl_portrait_compute(cell, NULL, &options, &portrait, &error) != GRL_OK)
        fail_msg("%s", error.message);
    return portrait;
}

static size_t count_of(const grl_portrait *portrait, grl_point_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < portrait->count; i++) count += portrait->points[i].type == type;
    return count;
}

/* h = tanh(1.5 h) in each unit: 0 and +/- 0.858559636640110 (reference value). */
static void test_three_identity(void **unused)
{
    (void)unused;
    for (size_t n = 1; n <= 4; n++) {
        double U_h[16] = {0};
        for (size_t i = 0; i < n; i++) U_h[i * n + i] = 3;
        grl_cell *cell = network_of_U_h(n, U_h);
        grl_portrait *p = portrait_of(cell, GRL_CONTINUOUS);
        assert_int_equal(p->count, (int)pow(3, (double)n));
        assert_true(p->complete && p->index_sum == 1 && p->undecided == 0);
        size_t stable = 0, unstable = 0;
        for (size_t i = 0; i < p->count; i++) {
            const grl_fixed_point *point = &p->points[i];
            int zeros = 0;
            assert_true(point->certified && point->stability_proven);
            for (size_t k = 0; k < n; k++) {
                double nearest = fabs(point->h[k]) < 0.4 ? 0 : copysign(0.858559636640110, point->h[k]);
                zeros += nearest == 0;
                check_near(point->h[k], nearest, 1e-15 + 4e-16); /* the reference has 15 digits */
            }
            assert_true(point->error_bound < 1e-13);
            assert_int_equal(point->unstable, zeros); /* f' = 1/4 at 0, negative at the others */
            assert_int_equal(point->index, zeros % 2 ? -1 : 1);
            check_near(point->eigenvalues[0],
                       zeros ? 0.25 : -0.5 + 0.75 * (1 - 0.858559636640110 * 0.858559636640110), 1e-14);
            stable += zeros == 0;
            unstable += zeros == (int)n;
            if (i > 0) assert_true(memcmp(p->points[i - 1].h, point->h, n * sizeof(double)) != 0);
        }
        assert_int_equal(stable, 1 << n);
        assert_int_equal(unstable, 1);
        if (n == 2) {
            assert_int_equal(count_of(p, GRL_STABLE_NODE), 4);
            assert_int_equal(count_of(p, GRL_SADDLE), 4);
            assert_int_equal(count_of(p, GRL_UNSTABLE_NODE), 1);
        }
        grl_portrait_free(p);
        grl_cell_free(cell);
    }
}

/* Reference: Hopf at 0.841068670567930, saddle-nodes at 0.147822070679066, Neimark-Sacker of the map
 * at 1.318116071652818. The origin has eigenvalues -1/2 + (3/4) exp(+-i alpha). */
static void test_rotation(void **unused)
{
    (void)unused;
    static const struct {
        double alpha;
        grl_time time;
        size_t count;
        grl_point_type origin;
    } cases[] = {{0.8410686, GRL_CONTINUOUS, 1, GRL_UNSTABLE_FOCUS},
                 {0.8410687, GRL_CONTINUOUS, 1, GRL_STABLE_FOCUS},
                 {0.7, GRL_CONTINUOUS, 1, GRL_UNSTABLE_FOCUS},
                 {1.2, GRL_CONTINUOUS, 1, GRL_STABLE_FOCUS},
                 {0.1478220, GRL_CONTINUOUS, 9, GRL_UNSTABLE_FOCUS},
                 {0.1478221, GRL_CONTINUOUS, 1, GRL_UNSTABLE_FOCUS},
                 {1.3181160, GRL_DISCRETE, 1, GRL_UNSTABLE_FOCUS},
                 {1.3181161, GRL_DISCRETE, 1, GRL_STABLE_FOCUS},
                 {0.1, GRL_DISCRETE, 9, GRL_UNSTABLE_FOCUS}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grl_cell *cell = rotation_network(3, cases[i].alpha);
        grl_portrait *p = portrait_of(cell, cases[i].time);
        const grl_fixed_point *origin = &p->points[p->count / 2];
        assert_int_equal(p->count, cases[i].count);
        assert_true(p->complete && p->index_sum == 1);
        check_near(origin->h[0], 0, 1e-15);
        assert_int_equal(origin->type, cases[i].origin);
        assert_true(origin->stability_proven);
        double shift = cases[i].time == GRL_DISCRETE ? 1 : 0;
        check_near(origin->eigenvalues[0], shift - 0.5 + 0.75 * cos(cases[i].alpha), 1e-14);
        check_near(fabs(origin->eigenvalues[1]), 0.75 * sin(cases[i].alpha), 1e-14);
        grl_portrait_free(p);
        grl_cell_free(cell);
    }
    /* On the cycle's end, four pairs of points have merged into degenerate ones. */
    grl_cell *cell = rotation_network(3, 0.147822070679066);
    grl_portrait *p = portrait_of(cell, GRL_CONTINUOUS);
    assert_int_equal(count_of(p, GRL_DEGENERATE), 4);
    assert_int_equal(p->count, 5);
    assert_false(p->complete);
    for (size_t i = 0; i < p->count; i++)
        if (p->points[i].type == GRL_DEGENERATE) {
            double a = fabs(p->points[i].h[0]), b = fabs(p->points[i].h[1]);
            check_near(fmax(a, b), 0.896755619545687, p->points[i].error_bound);
            check_near(fmin(a, b), 0.565513954535515, p->points[i].error_bound);
            assert_true(p->points[i].error_bound < 1e-6);
            assert_false(p->points[i].certified);
        }
    grl_portrait_free(p);
    grl_cell_free(cell);
}

/* Folds of one unit at |b| = 0.532839975353552 (u = 4), cusp at u = 2, b = 0 (reference values). */
static void test_one_unit(void **unused)
{
    (void)unused;
    static const struct {
        double u, b;
        size_t count;
        int complete;
    } cases[] = {{4, 0, 3, 1},
                 {4, 0.5, 3, 1},
                 {4, 0.5328399753, 3, 1},
                 {4, 0.5328399754, 1, 1},
                 {4, 0.532839975353552, 2, 0},
                 {3, 0.20754645, 3, 1},
                 {3, 0.20754646, 1, 1},
                 {6, -1.3032739080, 3, 1},
                 {6, -1.3032739081, 1, 1},
                 {2, 0, 1, 0},
                 {1.99, 0, 1, 1},
                 {2.01, 0, 3, 1},
                 {-50, 3, 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        grl_cell *cell = network_of_U_h(1, &cases[i].u);
        grl_cell_block(cell, GRL_B_H)[0] = cases[i].b;
        grl_portrait *p = portrait_of(cell, GRL_CONTINUOUS);
        assert_int_equal(p->count, cases[i].count);
        assert_int_equal(p->complete, cases[i].complete);
        if (p->count == 3) {
            assert_int_equal(p->points[0].type, GRL_STABLE);
            assert_int_equal(p->points[1].type, GRL_UNSTABLE);
            assert_int_equal(p->points[2].type, GRL_STABLE);
        }
        if (i == 4) {
            assert_int_equal(count_of(p, GRL_HALF_STABLE), 1);
            check_near(p->points[0].h[0], -0.707106781186548, 1e-7);
        }
        if (i == 9) assert_int_equal(p->points[0].type, GRL_DEGENERATE);
        grl_portrait_free(p);
        grl_cell_free(cell);
    }
}

static void test_pseudo_line(void **unused)
{
    (void)unused;
    static const double U_h[4] = {0, -2, -2, 0};
    grl_cell *cell = network_of_U_h(2, U_h);
    grl_portrait *p = portrait_of(cell, GRL_CONTINUOUS);
    assert_int_equal(p->count, 1);
    assert_int_equal(p->points[0].type, GRL_DEGENERATE);
    assert_false(p->complete);
    assert_false(p->points[0].certified);
    assert_true(p->points[0].box[0] < 0 && p->points[0].box[1] > 0 && p->points[0].error_bound < 1e-4);
    check_near(p->points[0].eigenvalues[0], 0, 1e-8); /* eigenvalues 0 and -1 */
    check_near(p->points[0].eigenvalues[2], -1, 1e-8);
    grl_portrait_free(p);
    grl_cell_free(cell);

    /* Two directions at once: G = a^3 / 3 in each unit. Ends, and as one point. */
    static const double two[4] = {2, 0, 0, 2};
    cell = network_of_U_h(2, two);
    p = portrait_of(cell, GRL_CONTINUOUS);
    assert_int_equal(p->count, 1);
    assert_int_equal(p->points[0].type, GRL_DEGENERATE);
    assert_true(p->boxes < 10000);
    grl_portrait_free(p);
    grl_cell_free(cell);
}

/* Just past a fold (u = 4, b = 0.55) the ghost of the pair is a slow point, where f' = 0: tanh^2(2 h + b) =
 * 1/2. Proven points keep apart from it. */
static void test_ghost(void **unused)
{
    (void)unused;
    static const double u[1] = {4};
    grl_cell *cell = network_of_U_h(1, u);
    grl_cell_block(cell, GRL_B_H)[0] = 0.55;
    grl_portrait *p = portrait_of(cell, GRL_CONTINUOUS);
    assert_int_equal(p->count, 1);
    assert_true(p->complete);
    assert_int_equal(p->slow_count, 1);
    check_near(p->slow[0].h[0], (-atanh(sqrt(0.5)) - 0.55) / 2, 1e-4);
    check_near(p->slow[0].speed, 0.5 * (tanh(2 * p->slow[0].h[0] + 0.55) - p->slow[0].h[0]), 1e-15);
    grl_portrait_free(p);
    grl_cell_free(cell);
}

/* At a Hopf point (cos alpha = 2/3; reference) the point itself is regular: certified, a center at the linear
 * order, also beside units of another kind; index +1. At mu = -1 of a map (U_h = -u in one unit, 1 + f'(0) =
 * 1/2 - u/4 = -1 at u = 6) it is called degenerate, and is certified too. */
static void test_border_of_stability(void **unused)
{
    (void)unused;
    double c = 3 * (2.0 / 3), s = 3 * sqrt(5) / 3;
    const double U_h[9] = {c, -s, 0, s, c, 0, 0, 0, 1};
    for (size_t n = 2; n <= 3; n++) {
        double U[9];
        for (size_t i = 0; i < n * n; i++) U[i] = U_h[i / n * 3 + i % n];
        grl_cell *cell = network_of_U_h(n, U);
        grl_portrait *p = portrait_of(cell, GRL_CONTINUOUS);
        assert_int_equal(p->count, 1);
        assert_true(p->complete && p->points[0].certified);
        assert_int_equal(p->points[0].type, GRL_CENTER);
        assert_int_equal(p->points[0].index, 1);
        assert_false(p->points[0].stability_proven);
        grl_portrait_free(p);
        grl_cell_free(cell);
    }
    static const double flip[1] = {-6};
    grl_cell *cell = network_of_U_h(1, flip);
    grl_portrait *p = portrait_of(cell, GRL_DISCRETE);
    assert_int_equal(p->count, 1);
    assert_true(p->complete && p->points[0].certified);
    check_near(p->points[0].eigenvalues[0], -1, 1e-15);
    assert_int_equal(p->points[0].type, GRL_DEGENERATE);
    assert_int_equal(p->points[0].index, 1);
    grl_portrait_free(p);
    grl_cell_free(cell);
}

/* h in a's own formula in long double: G(a) = a - F(a). */
static void equation(const grl_cell *cell, const long double *a, long double *G)
{
    size_t n = cell->n;
    long double h[4], r[4];
    for (size_t i = 0; i < n; i++) h[i] = tanhl(a[i]);
    for (size_t i = 0; i < n; i++) {
        long double sum = cell->block[GRL_B_R][i];
        for (size_t j = 0; j < n; j++) sum += cell->block[GRL_U_R][i * n + j] * h[j];
        r[i] = 1 / (1 + expl(-sum));
    }
    for (size_t i = 0; i < n; i++) {
        long double sum = cell->reset == GRL_RESET_AFTER ? cell->block[GRL_C_H][i] : 0;
        for (size_t j = 0; j < n; j++)
            sum += cell->block[GRL_U_H][i * n + j] * (cell->reset == GRL_RESET_AFTER ? h[j] : r[j] * h[j]);
        G[i] = a[i] - cell->block[GRL_B_H][i] - (cell->reset == GRL_RESET_AFTER ? r[i] * sum : sum);
    }
}

/* Newton's method for two units with differences for the Jacobian; true if it converged. */
static int newton(const grl_cell *cell, long double *a)
{
    for (int step = 0; step < 60; step++) {
        long double G[2], P[2], Q[2], d = 1e-9L, move[2];
        equation(cell, a, G);
        long double p[2] = {a[0] + d, a[1]}, q[2] = {a[0], a[1] + d};
        equation(cell, p, P);
        equation(cell, q, Q);
        for (int i = 0; i < 2; i++) {
            P[i] = (P[i] - G[i]) / d;
            Q[i] = (Q[i] - G[i]) / d;
        }
        long double det = P[0] * Q[1] - P[1] * Q[0];
        move[0] = (G[0] * Q[1] - G[1] * Q[0]) / det;
        move[1] = (P[0] * G[1] - P[1] * G[0]) / det;
        if (!(fabsl(move[0]) + fabsl(move[1]) < 1e6L)) return 0;
        long double length = fabsl(move[0]) + fabsl(move[1]), damp = length > 2 ? 2 / length : 1;
        a[0] -= damp * move[0];
        a[1] -= damp * move[1];
        if (length < 1e-16L * (1 + fabsl(a[0]) + fabsl(a[1]))) return 1;
    }
    return 0;
}

/* Over scales up to 100 and both placements of the reset: complete for all but 1 in 10,000; an odd number of
 * points; index sum +1; and no zero that a plain search finds is missing. */
static void test_random_two_units(void **unused)
{
    (void)unused;
    static const double scales[] = {0.5, 2, 5, 10, 25, 100};
    size_t networks = check_quick() ? 40 : 1500, incomplete = 0, checked = 0, total = 0;
    for (int reset = 0; reset < 2; reset++)
        for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
            for (uint64_t i = 0; i < networks; i++) {
                grl_cell *cell = random_network(2, (grl_reset)reset, scales[s], 17, 1000 * s + i);
                const grl_cell *cells[1] = {cell};
                grl_prove_options options = {4000000, 0, grl_isa_best(), NULL};
                grl_proof proof;
                grl_inventory inventory;
                assert_int_equal(grl_prove(1, cells, &options, &proof, NULL), GRL_OK);
                assert_int_equal(grl_inventory_batch(1, cells, NULL, &inventory, NULL), GRL_OK);
                assert_int_equal(inventory.complete, proof.complete);
                total++;
                incomplete += !proof.complete;
                if (proof.complete && inventory.undecided == 0) {
                    assert_int_equal(inventory.stable + inventory.unstable - inventory.saddle, 1);
                    assert_int_equal(inventory.stable + inventory.unstable + inventory.saddle,
                                     proof.points.count);
                }
                grl_random random = grl_random_stream(3, i);
                for (int start = 0; start < 20; start++) {
                    long double a[2];
                    for (int k = 0; k < 2; k++) a[k] = atanh(0.9999 * (2 * grl_random_uniform(&random) - 1));
                    if (!newton(cell, a)) continue;
                    int inside = 0;
                    for (int kind = 0; kind < 2; kind++) {
                        const grl_boxes *boxes = kind ? &proof.kept : &proof.points;
                        for (size_t k = 0; k < boxes->count && !inside; k++) {
                            const double *box = boxes->values + 4 * k;
                            inside = box[0] <= a[0] && a[0] <= box[1] && box[2] <= a[1] && a[1] <= box[3];
                        }
                    }
                    if (!inside)
                        fail_msg("network %zu at scale %g, reset %d: a zero at (%.17Lg, %.17Lg) was missed",
                                 (size_t)i, scales[s], reset, a[0], a[1]);
                    checked++;
                }
                grl_proof_free(&proof);
                grl_cell_free(cell);
            }
    print_message("%zu networks, %zu incomplete, %zu zeros of a plain search all enclosed\n", total,
                  incomplete, checked);
    assert_true(checked > 10 * networks);
    assert_true(incomplete <= 1 + total / 10000);
}

static void test_random_three_units(void **unused)
{
    (void)unused;
    size_t networks = check_quick() ? 20 : 500;
    for (int reset = 0; reset < 2; reset++)
        for (uint64_t i = 0; i < networks; i++) {
            grl_cell *cell = random_network(3, (grl_reset)reset, 6, 18, i);
            grl_portrait *p = portrait_of(cell, i % 2 ? GRL_DISCRETE : GRL_CONTINUOUS);
            assert_true(p->complete);
            assert_int_equal(p->index_sum, 1);
            for (size_t k = 0; k < p->count; k++) {
                assert_true(p->points[k].certified && p->points[k].residual < 1e-12);
                assert_true(p->points[k].stability_proven);
            }
            grl_portrait_free(p);
            grl_cell_free(cell);
        }
}

/* A proof does not depend on the other networks of the batch, the instruction set, or the order of the units.
 */
static void test_same_everywhere(void **unused)
{
    (void)unused;
    enum { COUNT = 60 };
    const grl_cell *cells[COUNT];
    grl_proof together[COUNT], alone, other[COUNT];
    for (size_t i = 0; i < COUNT; i++) cells[i] = random_network(2, GRL_RESET_BEFORE, i < 50 ? 8 : 40, 19, i);
    grl_prove_options options = {4000000, 0, GRL_ISA_PORTABLE, NULL};
    assert_int_equal(grl_prove(COUNT, cells, &options, together, NULL), GRL_OK);
    for (int isa = 1; isa < GRL_ISAS; isa++) {
        if (!grl_isa_runs((grl_isa)isa)) continue;
        options.isa = (grl_isa)isa;
        assert_int_equal(grl_prove(COUNT, cells, &options, other, NULL), GRL_OK);
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(together[i].points.count, other[i].points.count);
            assert_int_equal(together[i].boxes, other[i].boxes);
            assert_memory_equal(together[i].points.values, other[i].points.values,
                                4 * together[i].points.count * sizeof(double));
            grl_proof_free(&other[i]);
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(grl_prove(1, &cells[i], &options, &alone, NULL), GRL_OK);
        assert_int_equal(together[i].points.count, alone.points.count);
        assert_int_equal(together[i].boxes, alone.boxes);

        grl_cell *swapped = random_network(2, GRL_RESET_BEFORE, 1, 0, 0);
        for (int b = 0; b < GRL_BLOCKS; b++) {
            size_t rows, columns;
            grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
            for (size_t k = 0; k < rows * columns; k++)
                swapped->block[b][k] = cells[i]->block[b][rows * columns - 1 - k];
        }
        const grl_cell *one[1] = {swapped};
        grl_inventory a, b;
        assert_int_equal(grl_inventory_batch(1, one, NULL, &a, NULL), GRL_OK);
        assert_int_equal(grl_inventory_batch(1, &cells[i], NULL, &b, NULL), GRL_OK);
        assert_true(a.complete == b.complete && a.stable == b.stable && a.unstable == b.unstable &&
                    a.saddle == b.saddle && a.undecided == b.undecided);
        /* Eigenvalues of the same matrix with rows and columns exchanged: to rounding, which a double
           eigenvalue enlarges to its square root. */
        check_near(a.margin, b.margin, 1e-7 * (1 + b.margin));
        grl_cell_free(swapped);
        grl_proof_free(&alone);
        grl_proof_free(&together[i]);
        grl_cell_free((grl_cell *)cells[i]);
    }
}

static void test_limits_and_errors(void **unused)
{
    (void)unused;
    grl_cell *cell = rotation_network(3, 0);
    grl_portrait_options options = grl_portrait_defaults();
    grl_portrait *p;
    grl_error error;
    options.max_boxes = 5;
    assert_int_equal(grl_portrait_compute(cell, NULL, &options, &p, &error), GRL_OK);
    assert_false(p->complete);
    assert_string_equal(p->stopped_by, "limit");
    assert_true(p->undecided > 0);
    grl_portrait_free(p);

    grl_progress progress = {.stop = 1};
    options = grl_portrait_defaults();
    options.progress = &progress;
    assert_int_equal(grl_portrait_compute(cell, NULL, &options, &p, &error), GRL_STOPPED);
    assert_null(p);
    options.progress = NULL;

    options.dt = 0;
    assert_int_equal(grl_portrait_compute(cell, NULL, &options, &p, &error), GRL_BAD_INPUT);
    options.dt = 1;
    grl_cell_block(cell, GRL_U_Z)[1] = (double)NAN;
    assert_int_equal(grl_portrait_compute(cell, NULL, &options, &p, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "U_z[0,1]"));
    grl_cell_free(cell);

    cell = random_network(7, GRL_RESET_BEFORE, 1, 17, 3);
    options.method = GRL_METHOD_PROVE;
    assert_int_equal(grl_portrait_compute(cell, NULL, &options, &p, &error), GRL_BAD_INPUT);
    grl_cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_identity),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_one_unit),
        cmocka_unit_test(test_pseudo_line),
        cmocka_unit_test(test_border_of_stability),
        cmocka_unit_test(test_ghost),
        cmocka_unit_test(test_random_two_units),
        cmocka_unit_test(test_random_three_units),
        cmocka_unit_test(test_same_everywhere),
        cmocka_unit_test(test_limits_and_errors),
    };
    return cmocka_run_group_tests_name("portrait", tests, NULL, NULL);
}
