/* test_transversal.c: curves beside cycles that orbits cross once: by following orbits with a method of their own. */
#include "check.h"
#include "networks.h"

#include "cell/cell.h"
#include "portrait/transversal.h"

#include <string.h>

typedef struct scene {
    grl_cell *cell;
    grl_portrait *portrait;
} scene;

/* Two nested cycles, the outer one unstable, from the reference (reference/values.md): between the fold of cycles at
 * b_h[0] = 1.45799 and the Hopf point at 1.46093. */
static grl_cell *nested(void)
{
    static const double U_z[] = {0.5, 0.5, -1.25, 1.25}, U_r[] = {0.5, -1.5, 1, -0.5},
                        U_h[] = {-1.25, 2, -3.75, 2.25};
    static const double b_h[] = {1.459, 1.8}, b_z[] = {0.25, 0.75}, b_r[] = {1, 1.5};
    grl_cell *cell = network_of_U_h(2, U_h);
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    memcpy(grl_cell_block(cell, GRL_B_H), b_h, sizeof b_h);
    return cell;
}

static scene look(grl_cell *cell, size_t cycles)
{
    scene s = {.cell = cell};
    grl_error error = {0};
    if (grl_portrait_compute(cell, NULL, NULL, &s.portrait, &error) != GRL_OK ||
        grl_cycles_compute(cell, NULL, s.portrait, NULL, &s.portrait->cycles, &error) != GRL_OK)
        fail_msg("%s", error.message);
    assert_int_equal(s.portrait->cycles->count, cycles);
    return s;
}

static void drop(scene *s)
{
    grl_portrait_free(s->portrait);
    grl_cell_free(s->cell);
}

/* The classical Runge-Kutta method. */
static void follow(const grl_cell *cell, double h[2], double time, int steps)
{
    double k[4][2], at[2], work[10], dt = time / steps;
    for (int s = 0; s < steps; s++) {
        for (int i = 0; i < 4; i++) {
            double part = i == 0 ? 0 : i == 3 ? dt : dt / 2;
            for (int c = 0; c < 2; c++) at[c] = h[c] + (i > 0 ? part * k[i - 1][c] : 0);
            grl_cell_field(cell, NULL, at, k[i], work);
        }
        for (int c = 0; c < 2; c++) h[c] += dt / 6 * (k[0][c] + 2 * k[1][c] + 2 * k[2][c] + k[3][c]);
    }
}

static void check_curve(const scene *s, size_t which, int inside)
{
    const grl_cycle *cycle = &s->portrait->cycles->items[which];
    const char *fault = NULL;
    grl_transversal t;
    grl_error error = {0};
    if (grl_transversal_of_cycle(s->cell, s->portrait, which, inside, &t, &fault, &error) != GRL_OK)
        fail_msg("%s", error.message);
    if (fault) fail_msg("%s", fault);
    const double *middle = s->portrait->points[cycle->enclosed[0]].h;
    double turned = 0, before = 0, first = 0, phases = 0, last_phase = 0;
    for (size_t k = 0; k <= t.count; k++) {
        const grl_station *station = &t.stations[k % t.count];
        double q = t.side * t.level * station->p, dt = (cycle->stable ? 1e-3 : -1e-3) * cycle->period;
        double h[2] = {station->c[0] - q * station->tangent[1], station->c[1] + q * station->tangent[0]};
        double angle = atan2(h[1] - middle[1], h[0] - middle[0]), phase = grl_transversal_phase(&t, h);
        if (k > 0) {
            turned += remainder(angle - before, 6.283185307179586);
            phases += remainder(phase - last_phase, 1);
        }
        before = angle;
        last_phase = phase;
        first = k == 0 ? phase : first;
        check_near(grl_transversal_value(&t, h), 0, 1e-6);
        /* Inside: nearer to the point in the middle than the cycle is, there. */
        assert_int_equal(hypot(h[0] - middle[0], h[1] - middle[1]) <
                             hypot(station->c[0] - middle[0], station->c[1] - middle[1]),
                         inside);
        double later[2] = {h[0], h[1]}, earlier[2] = {h[0], h[1]};
        follow(s->cell, later, dt, 2);
        follow(s->cell, earlier, -dt, 2);
        if (!(grl_transversal_value(&t, later) < 0) || !(grl_transversal_value(&t, earlier) > 0))
            fail_msg("cycle %zu, station %zu is not crossed towards the cycle: %g, %g", which, k,
                     grl_transversal_value(&t, later), grl_transversal_value(&t, earlier));
        if (k % 16 == 0) {
            /* It stays, on its side. */
            for (int part = 0; part < 20; part++) {
                follow(s->cell, later, 50 * dt, 50);
                double value = grl_transversal_value(&t, later);
                if (!(value < 0 && value > -1 - 1e-3)) fail_msg("an orbit came back: %g", value);
            }
        }
    }
    /* Once around, anticlockwise the one as the other. */
    check_near(fabs(turned), 6.283185307179586, 1e-9);
    check_near(phases, turned > 0 ? 1 : -1, 1e-9);
    check_near(remainder(last_phase - first, 1), 0, 1e-12);
    assert_int_equal(turned > 0, t.anticlockwise);
    assert_int_equal((turned > 0) == (cycle->stable != 0), !cycle->clockwise);
    grl_transversal_free(&t);
}

static void test_stable(void **state)
{
    (void)state;
    static const double angles[] = {0.8, 0.5, 0.2, -0.6};
    for (size_t i = 0; i < sizeof angles / sizeof *angles; i++) {
        scene s = look(rotation_network(3, angles[i]), 1);
        for (int inside = 0; inside < 2; inside++) check_curve(&s, 0, inside);
        drop(&s);
    }
}

static void test_nested(void **state)
{
    (void)state;
    scene s = look(nested(), 2);
    assert_true(s.portrait->cycles->items[0].stable && !s.portrait->cycles->items[1].stable);
    for (size_t which = 0; which < 2; which++)
        for (int inside = 0; inside < 2; inside++) check_curve(&s, which, inside);
    drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stable), cmocka_unit_test(test_nested)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
