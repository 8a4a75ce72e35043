/* test_collocation.c: boundary value problems with known solutions: linear ones, Bratu's, eigenvalues, layers;
 * the order of convergence; and meshes that follow the solution. */
#include "check.h"

#include "num/collocation.h"

#include <string.h>

/* u'' = -lambda exp(u) (Bratu) with u(0) = u(1) = 0; u = (u, u'). */
static bool bratu(void *context, const double *u, const double *q, double *f, double *J, double *Q)
{
    (void)context;
    f[0] = u[1];
    f[1] = -q[0] * exp(u[0]);
    J[0] = 0;
    J[1] = 1;
    J[2] = -q[0] * exp(u[0]);
    J[3] = 0;
    Q[0] = 0;
    Q[1] = -exp(u[0]);
    return true;
}

/* u(0) = u(1) = 0, and the scalar is what the context says. */
static bool bratu_ends(void *context, const double *u0, const double *u1, const double *q, double *g,
                       double *G0, double *G1, double *Gq)
{
    g[0] = u0[0];
    g[1] = u1[0];
    g[2] = q[0] - *(double *)context;
    G0[0] = G1[2] = Gq[2] = 1;
    return true;
}

static void even_mesh(grl_bvp_solution *u, size_t intervals)
{
    u->intervals = intervals;
    for (size_t i = 0; i <= intervals; i++) u->mesh[i] = (double)i / (double)intervals;
}

static void test_bratu(void **state)
{
    (void)state;
    double lambda = 1, theta = 1.5;
    for (int i = 0; i < 50; i++) theta = sqrt(2 * lambda) * cosh(theta / 4);
    const grl_bvp problem = {2, 1, 3, 0, &lambda, bratu, bratu_ends, NULL};
    grl_bvp_solution u, tangent;
    grl_bvp_solver *solver;
    assert_int_equal(grl_bvp_solution_create(2, 1, 64, &u, NULL), GRL_OK);
    assert_int_equal(grl_bvp_solution_create(2, 1, 64, &tangent, NULL), GRL_OK);
    assert_int_equal(grl_bvp_solver_create(2, 1, 64, &solver, NULL), GRL_OK);
    double error[2], slope[2];
    for (int k = 0; k < 2; k++) {
        even_mesh(&u, k == 0 ? 2 : 4);
        memset(u.x, 0, 2 * (u.intervals + 1) * sizeof *u.x);
        memset(u.stage, 0, 8 * u.intervals * sizeof *u.stage);
        u.q[0] = 0.9;
        grl_bvp_outcome outcome = grl_bvp_solve(solver, &problem, &u, 1e-15, 20, &tangent);
        assert_true(outcome.converged);
        double value[2];
        grl_bvp_at(&u, 0.5, value);
        /* u = -2 log(cosh((s - 1/2) theta / 2) / cosh(theta / 4)), theta = sqrt(2 lambda) cosh(theta / 4) */
        error[k] = fabs(value[0] - 2 * log(cosh(theta / 4)));
        /* d theta / d lambda, by differentiating its equation */
        double root = sqrt(2 * lambda), dtheta = cosh(theta / 4) / root / (1 - root * sinh(theta / 4) / 4);
        grl_bvp_at(&tangent, 0.5, value);
        slope[k] = fabs(value[0] - 0.5 * tanh(theta / 4) * dtheta);
    }
    /* Order 8 at the mesh. */
    assert_true(error[0] < 1e-8 && error[0] > 1e-12);
    assert_true(error[1] < error[0] / 128);
    assert_true(slope[0] < 1e-8 && slope[1] < slope[0] / 128);
    grl_bvp_solver_free(solver);
    grl_bvp_solution_free(&tangent);
    grl_bvp_solution_free(&u);
}

/* u'' = -q u with u(0) = u(1) = 0 and the integral of u^2 equal to 1/2: q = (k pi)^2. */
static bool eigen(void *context, const double *u, const double *q, double *f, double *J, double *Q)
{
    (void)context;
    f[0] = u[1];
    f[1] = -q[0] * u[0];
    J[0] = J[3] = 0;
    J[1] = 1;
    J[2] = -q[0];
    Q[0] = 0;
    Q[1] = -u[0];
    return true;
}

static bool eigen_ends(void *context, const double *u0, const double *u1, const double *q, double *g,
                       double *G0, double *G1, double *Gq)
{
    (void)context;
    (void)q;
    (void)Gq;
    g[0] = u0[0];
    g[1] = u1[0];
    G0[0] = G1[2] = 1;
    return true;
}

static bool square(void *context, size_t at, const double *u, const double *q, double *g, double *Gu,
                   double *Gq)
{
    (void)context;
    (void)at;
    (void)q;
    (void)Gq;
    g[0] = u[0] * u[0] - 0.5;
    Gu[0] = 2 * u[0];
    return true;
}

static void test_eigenvalue(void **state)
{
    (void)state;
    const double pi = acos(-1.0);
    const grl_bvp problem = {2, 1, 2, 1, NULL, eigen, eigen_ends, square};
    grl_bvp_solution u;
    grl_bvp_solver *solver;
    double c[4], w[4];
    grl_bvp_gauss(c, w);
    check_near(w[0] + w[1] + w[2] + w[3], 1, 1e-15);
    assert_int_equal(grl_bvp_solution_create(2, 1, 40, &u, NULL), GRL_OK);
    assert_int_equal(grl_bvp_solver_create(2, 1, 40, &solver, NULL), GRL_OK);
    for (int k = 1; k <= 3; k++) {
        even_mesh(&u, 40);
        for (size_t i = 0; i <= 40; i++) u.x[2 * i] = sin(3 * k * u.mesh[i]);
        for (size_t i = 0; i < 40; i++)
            for (size_t j = 0; j < 4; j++) {
                double s = u.mesh[i] + c[j] / 40;
                u.stage[8 * i + 2 * j] = sin(3 * k * s);
                u.stage[8 * i + 2 * j + 1] = 3 * k * cos(3 * k * s);
            }
        u.q[0] = 9 * k * k;
        assert_true(grl_bvp_solve(solver, &problem, &u, 1e-14, 20, NULL).converged);
        check_near(u.q[0], k * k * pi * pi, 1e-11 * k * k * pi * pi);
        double value[2];
        grl_bvp_at(&u, 0.3, value);
        check_near(value[0], sin(0.3 * k * pi), 1e-7);
    }
    grl_bvp_solver_free(solver);
    grl_bvp_solution_free(&u);
}

/* u' = (a u, -a v) with v(0) = 1 and u(1) = 1: growing and decaying layers, that a product of transitions
 * would not survive at a = 800. */
static bool layers(void *context, const double *u, const double *q, double *f, double *J, double *Q)
{
    double a = *(double *)context;
    (void)q;
    (void)Q;
    f[0] = a * u[0];
    f[1] = -a * u[1];
    J[0] = a;
    J[1] = J[2] = 0;
    J[3] = -a;
    return true;
}

static bool layer_ends(void *context, const double *u0, const double *u1, const double *q, double *g,
                       double *G0, double *G1, double *Gq)
{
    (void)context;
    (void)q;
    (void)Gq;
    g[0] = u0[1] - 1;
    g[1] = u1[0] - 1;
    G0[1] = G1[2] = 1;
    return true;
}

static void test_layers(void **state)
{
    (void)state;
    double a = 50, mesh[61], room[60];
    const grl_bvp problem = {2, 0, 2, 0, &a, layers, layer_ends, NULL};
    grl_bvp_solution u, other;
    grl_bvp_solver *solver;
    assert_int_equal(grl_bvp_solution_create(2, 0, 60, &u, NULL), GRL_OK);
    assert_int_equal(grl_bvp_solution_create(2, 0, 60, &other, NULL), GRL_OK);
    assert_int_equal(grl_bvp_solver_create(2, 0, 60, &solver, NULL), GRL_OK);
    even_mesh(&u, 60);
    for (; a <= 800; a *= 2) {
        assert_true(grl_bvp_solve(solver, &problem, &u, 1e-14, 10, NULL).converged);
        grl_bvp_equidistribute(&u, false, 60, mesh, room);
        assert_true(mesh[0] == 0 && mesh[60] == 1);
        for (size_t i = 0; i < 60; i++) assert_true(mesh[i + 1] > mesh[i]);
        grl_bvp_remesh(&u, 60, mesh, &other);
        grl_bvp_copy(&other, &u);
        assert_true(grl_bvp_solve(solver, &problem, &u, 1e-14, 10, NULL).converged);
    }
    a /= 2;
    for (size_t i = 0; i <= 60; i++) {
        check_near(u.x[2 * i], exp(-a * (1 - u.mesh[i])), 2e-6);
        check_near(u.x[2 * i + 1], exp(-a * u.mesh[i]), 2e-6);
    }
    /* Half of the mesh stands in the two layers, which are a hundredth of the range. */
    size_t inside = 0;
    for (size_t i = 0; i <= 60; i++) inside += u.mesh[i] < 0.05 || u.mesh[i] > 0.95;
    assert_true(inside > 30);
    check_near(grl_bvp_transition(solver, 0)[1], 0, 1e-15);
    grl_bvp_solver_free(solver);
    grl_bvp_solution_free(&other);
    grl_bvp_solution_free(&u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bratu), cmocka_unit_test(test_eigenvalue),
                                       cmocka_unit_test(test_layers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
