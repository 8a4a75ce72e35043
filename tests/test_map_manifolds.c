/* test_map_manifolds.c: manifolds of saddles of the map against lines on which units do not see each other,
 * their own invariance, the flow's separatrices for small steps, the symmetry of swapped units, and counted
 * crossings. */
#include "check.h"
#include "networks.h"

#include <grulens/map_manifolds.h>
#include <grulens/separatrices.h>

static const double u3 = 0.858559636640110;

typedef struct whole {
    grl_cell *cell;
    grl_portrait *p;
    grl_map_manifolds *m;
} whole;

static whole look(grl_cell *cell, double dt, const grl_map_options *options)
{
    whole w = {.cell = cell};
    grl_error error;
    grl_portrait_options ask = grl_portrait_defaults();
    ask.time = GRL_DISCRETE;
    ask.dt = dt;
    if (grl_portrait_compute(cell, NULL, &ask, &w.p, &error) != GRL_OK) fail_msg("%s", error.message);
    if (grl_map_manifolds_compute(cell, NULL, w.p, options, &w.m, &error) != GRL_OK)
        fail_msg("%s", error.message);
    assert_int_equal(w.m->count % 4, 0);
    return w;
}

static void drop(whole *w)
{
    grl_map_manifolds_free(w->m);
    grl_portrait_free(w->p);
    grl_cell_free(w->cell);
}

static double distance_to(const double *points, size_t count, const double q[2])
{
    double best = INFINITY;
    for (size_t i = 0; i + 1 < count; i++) {
        const double *a = points + 2 * i, *b = a + 2;
        double dx = b[0] - a[0], dy = b[1] - a[1], size = dx * dx + dy * dy;
        double x = size > 0 ? ((q[0] - a[0]) * dx + (q[1] - a[1]) * dy) / size : 0;
        x = fmin(1, fmax(0, x));
        best = fmin(best, hypot(q[0] - a[0] - x * dx, q[1] - a[1] - x * dy));
    }
    return best;
}

static const grl_map_branch *branch_of(const whole *w, size_t saddle, int stable, int side)
{
    for (size_t b = 0; b < w->m->count; b++)
        if (w->m->branches[b].saddle == saddle && w->m->branches[b].stable == stable &&
            w->m->branches[b].side == side)
            return &w->m->branches[b];
    fail_msg("no such branch");
    return NULL;
}

static void check_branches(const whole *w, double spacing)
{
    for (size_t b = 0; b < w->m->count; b++) {
        const grl_map_branch *branch = &w->m->branches[b];
        double length = 0;
        assert_true(branch->count >= 2);
        for (size_t i = 1; i < branch->count; i++) {
            double piece = hypot(branch->points[2 * i] - branch->points[2 * i - 2],
                                 branch->points[2 * i + 1] - branch->points[2 * i - 1]);
            /* the last piece ends in a fixed point at most 1e-3 away; the local part is finer */
            assert_true(piece <= spacing + 1e-12 || i < 7);
            length += piece;
        }
        check_near(branch->length, length, 1e-12 * (1 + length));
    }
}

/* U_h = 3 I: manifolds are the lines h_i = 0 and h_i = +-0.8585... */
static void test_axes(void **state)
{
    (void)state;
    static const double U_h[] = {3, 0, 0, 3};
    whole w = look(network_of_U_h(2, U_h), 1, NULL);
    assert_int_equal(w.m->count, 16);
    assert_int_equal(w.m->skipped, 0);
    check_branches(&w, 0.005);
    for (size_t b = 0; b < 16; b++) {
        const grl_map_branch *branch = &w.m->branches[b];
        const double *h = w.p->points[branch->saddle].h;
        size_t fixed = fabs(branch->direction[0]) > 0.5 ? 1 : 0;
        assert_int_equal(branch->folds, 0);
        for (size_t i = 0; i < branch->count; i++) check_near(branch->points[2 * i + fixed], h[fixed], 1e-12);
        if (!branch->stable) {
            assert_int_equal(branch->end, GRL_MAP_END_POINT);
            assert_int_equal(branch->limit, GRL_MAP_LIMIT_POINT);
            assert_int_equal(w.p->points[branch->point].type, GRL_STABLE_NODE);
            check_near(branch->length, u3, 1e-9);
        } else if (branch->end == GRL_MAP_END_BOUNDARY) {
            check_near(branch->length, 1 - u3, 1e-9);
        } else {
            assert_int_equal(branch->end, GRL_MAP_END_POINT);
            assert_int_equal(w.p->points[branch->point].type, GRL_UNSTABLE_NODE);
            check_near(branch->length, u3, 1e-9);
        }
    }
    /* The stable branches of the outer saddles do not meet the unstable ones but in the saddles. */
    assert_int_equal(w.m->crossing_count, 0);
    drop(&w);
}

/* Images of points lie on the branch, or on the other one for a negative multiplier. */
static void check_invariance(const whole *w)
{
    double *work = calloc(grl_cell_work(w->cell), sizeof *work);
    assert_non_null(work);
    for (size_t b = 0; b < w->m->count; b++) {
        const grl_map_branch *branch = &w->m->branches[b];
        const grl_map_branch *other = branch_of(w, branch->saddle, branch->stable, -branch->side);
        size_t left = 0;
        for (size_t i = 0; i < branch->count; i += 7) {
            double image[2];
            grl_cell_map(w->cell, NULL, w->p->dt, branch->points + 2 * i, image, work);
            double d = fmin(distance_to(branch->points, branch->count, image),
                            distance_to(other->points, other->count, image));
            /* An unstable branch that was cut has its last images beyond the cut. */
            if (!branch->stable && d > 2e-5 && branch->end != GRL_MAP_END_POINT) {
                left++;
                continue;
            }
            /* The chord of an arc of 0.005 that turns by 0.25 leaves it by 0.005 * 0.25 / 8. */
            check_near(d, 0, 1.6e-4);
        }
        assert_true(left < 1 + branch->count / 7 || branch->stable);
    }
    free(work);
}

/* A crossing is on both curves, and so is its image; that of the stable one is nearer to the saddle, on what
 * was followed. */
static void check_crossings(const whole *w)
{
    double *work = calloc(grl_cell_work(w->cell), sizeof *work);
    assert_non_null(work);
    size_t kept = w->m->crossing_count < GRL_MAP_CROSSINGS ? w->m->crossing_count : GRL_MAP_CROSSINGS;
    for (size_t k = 0; k < kept; k++) {
        const grl_map_crossing *c = &w->m->crossings[k];
        const grl_map_branch *stable = &w->m->branches[c->stable], *unstable = &w->m->branches[c->unstable];
        const grl_map_branch *other = branch_of(w, stable->saddle, 1, -stable->side);
        double image[2];
        assert_true(stable->stable && !unstable->stable && c->angle > 0 && c->angle <= 1.5708);
        check_near(distance_to(stable->points, stable->count, c->place), 0, 1e-12);
        check_near(distance_to(unstable->points, unstable->count, c->place), 0, 1e-12);
        grl_cell_map(w->cell, NULL, w->p->dt, c->place, image, work);
        /* A step stretches the distance of the chords, 1.6e-4, by no more than 10 here. */
        check_near(fmin(distance_to(stable->points, stable->count, image),
                        distance_to(other->points, other->count, image)),
                   0, 1.6e-3);
    }
    free(work);
}

static void test_random(void **state)
{
    (void)state;
    size_t saddles = 0, crossings = 0, lost = 0, branches = 0;
    for (uint64_t k = 0; k < (check_quick() ? 16 : 60); k++) {
        whole w = look(random_network(2, k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, 6, 71, k), 1, NULL);
        saddles += w.m->count / 4;
        check_branches(&w, 0.005);
        check_invariance(&w);
        check_crossings(&w);
        crossings += w.m->crossing_count;
        for (size_t b = 0; b < w.m->count; b++) {
            branches++;
            lost += w.m->branches[b].end == GRL_MAP_END_LOST;
        }
        drop(&w);
    }
    assert_true(saddles > 2);
    assert_true(check_quick() || crossings > 0);
    /* Few end for want of a method. */
    assert_true(lost <= branches / 20);
}

/* The family of the reference: all gates active, parameters b_h. */
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

/* The farthest that the first `part` of a branch of the map is from one of the flow. */
static double apart(const grl_map_branch *a, const grl_branch *b, double part)
{
    double worst = 0, length = 0;
    for (size_t i = 1; i < a->count && length < part; i++) {
        length += hypot(a->points[2 * i] - a->points[2 * i - 2], a->points[2 * i + 1] - a->points[2 * i - 1]);
        worst = fmax(worst, distance_to(b->points, b->count, a->points + 2 * i));
    }
    return worst;
}

/* dt -> 0: the separatrices of the flow; the difference is of first order in dt. */
static void test_small_steps(void **state)
{
    (void)state;
    double worst[2] = {0, 0};
    const double dt[2] = {0.02, 0.01};
    for (int k = 0; k < 2; k++) {
        grl_portrait *flow;
        grl_separatrices *s;
        whole w = look(gates(1.9, 2), dt[k], NULL);
        assert_int_equal(grl_portrait_compute(w.cell, NULL, NULL, &flow, NULL), GRL_OK);
        assert_int_equal(grl_separatrices_compute(w.cell, NULL, flow, NULL, &s, NULL), GRL_OK);
        assert_true(w.m->count >= 4);
        assert_int_equal(w.m->count, s->count);
        for (size_t b = 0; b < s->count; b++) {
            assert_int_equal(w.m->branches[b].stable, s->branches[b].stable);
            assert_int_equal(w.m->branches[b].side, s->branches[b].side);
            worst[k] = fmax(worst[k], apart(&w.m->branches[b], &s->branches[b], 0.4));
        }
        grl_separatrices_free(s);
        grl_portrait_free(flow);
        drop(&w);
    }
    check_near(worst[0], 0, 0.05);
    check_near(worst[1] / worst[0], 0.5, 0.1);
}

static void test_swapped(void **state)
{
    (void)state;
    whole a = look(gates(1.9, 2), 1, NULL);
    grl_cell *cell = gates(1.9, 2), *swapped = gates(1.9, 2);
    for (int block = 0; block < GRL_BLOCKS; block++) {
        size_t rows, columns;
        grl_block_shape((grl_block)block, 2, 0, &rows, &columns);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++)
                grl_cell_block(swapped, (grl_block)block)[(1 - i) * columns + (columns == 2 ? 1 - j : j)] =
                    grl_cell_block(cell, (grl_block)block)[i * columns + j];
    }
    whole b = look(swapped, 1, NULL);
    assert_int_equal(a.m->count, b.m->count);
    assert_true(a.m->count >= 4);
    for (size_t k = 0; k < a.m->count; k++) {
        const grl_map_branch *own = &a.m->branches[k], *found = NULL;
        for (size_t l = 0; l < b.m->count; l++) {
            const grl_map_branch *other = &b.m->branches[l];
            if (other->stable == own->stable && fabs(other->direction[0] - own->direction[1]) < 1e-9 &&
                fabs(other->direction[1] - own->direction[0]) < 1e-9)
                found = other;
        }
        assert_non_null(found);
        assert_int_equal(found->end, own->end);
        assert_int_equal(found->folds, own->folds);
        check_near(found->length, own->length, 1e-4 * own->length);
        for (size_t i = 0; i < own->count; i += 11) {
            const double p[2] = {own->points[2 * i + 1], own->points[2 * i]};
            check_near(distance_to(found->points, found->count, p), 0, 3e-4);
        }
    }
    grl_cell_free(cell);
    drop(&a);
    drop(&b);
}

/* Units alone. Unit 0: h+ = (h + tanh(-4 h)) / 2 with slope -3/2 at 0 and an orbit of period 2; unit 1
 * decays. */
static void test_negative_multiplier(void **state)
{
    (void)state;
    static const double U_h[] = {-8, 0, 0, 0};
    whole w = look(network_of_U_h(2, U_h), 1, NULL);
    assert_int_equal(w.m->count, 4);
    double h = 0.5;
    for (int k = 0; k < 400; k++) h = (h + tanh(-4 * h)) / 2;
    for (int side = -1; side <= 1; side += 2) {
        const grl_map_branch *branch = branch_of(&w, 0, 0, side);
        check_near(branch->multiplier, -1.5, 1e-14);
        assert_int_equal(branch->end, GRL_MAP_END_ORBIT);
        assert_int_equal(branch->limit, GRL_MAP_LIMIT_ORBIT);
        assert_int_equal(branch->period, 2);
        for (size_t i = 0; i < branch->count; i++) check_near(branch->points[2 * i + 1], 0, 1e-14);
        check_near(branch->points[2 * (branch->count - 1)], side * fabs(h), 1e-9);
    }
    drop(&w);
}

/* Unit 0: h+ = (h + tanh(-5 h / 2)) / 2 with slope -3/4 at 0, folded where 1 = 5/2 sech^2(5 h / 2), and with
 * a second preimage of 0; unit 1 leaves. The stable set is the axis of unit 0, followed across the fold up
 * to that preimage. */
static void test_folded(void **state)
{
    (void)state;
    static const double U_h[] = {-5, 0, 0, 3};
    whole w = look(network_of_U_h(2, U_h), 1, NULL);
    double zero = 1;
    for (int k = 0; k < 200; k++) zero = tanh(2.5 * zero);
    size_t saddle = 1;
    check_near(w.p->points[saddle].h[1], 0, 1e-12);
    for (int side = -1; side <= 1; side += 2) {
        const grl_map_branch *branch = branch_of(&w, saddle, 1, side);
        check_near(branch->multiplier, -0.75, 1e-14);
        for (size_t i = 0; i < branch->count; i++) check_near(branch->points[2 * i + 1], 0, 1e-12);
        assert_int_equal(branch->folds, 1);
        assert_true(branch->length > zero - 0.02);
    }
    drop(&w);
}

static void test_bad_input(void **state)
{
    (void)state;
    whole w = look(gates(1.9, 2), 1, NULL);
    grl_portrait *flow;
    grl_map_manifolds *m;
    grl_error error;
    grl_map_options o = grl_map_manifold_defaults();
    assert_int_equal(grl_portrait_compute(w.cell, NULL, NULL, &flow, NULL), GRL_OK);
    assert_int_equal(grl_map_manifolds_compute(w.cell, NULL, flow, NULL, &m, &error), GRL_BAD_INPUT);
    o.spacing = (double)NAN;
    assert_int_equal(grl_map_manifolds_compute(w.cell, NULL, w.p, &o, &m, &error), GRL_BAD_INPUT);
    o = grl_map_manifold_defaults();
    o.max_steps = 1;
    assert_int_equal(grl_map_manifolds_compute(w.cell, NULL, w.p, &o, &m, &error), GRL_OK);
    for (size_t b = 0; b < m->count; b++) assert_int_equal(m->branches[b].end, GRL_MAP_END_STEPS);
    grl_map_manifolds_free(m);
    grl_map_manifolds_free(NULL);
    grl_portrait_free(flow);
    drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_small_steps),
        cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_negative_multiplier),
        cmocka_unit_test(test_folded),
        cmocka_unit_test(test_bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
