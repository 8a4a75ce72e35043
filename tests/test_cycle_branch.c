/* test_cycle_branch.c: branches of cycles against cycles, folds of cycles and homoclinic orbits that a Taylor
 * method of order 40 in quadruple precision gave; and a period doubling of three units against simulation. */
#include "check.h"
#include "networks.h"

#include "bifurcation/cycle_follow.h"
#include "bifurcation/hopf_vector.h"
#include "num/dense.h"
#include "num/ode.h"

#include <grulens/bifurcation.h>
#include <grulens/cycles.h>
#include <string.h>

static grl_model *rotation_family(void)
{
    grl_cell *cell;
    grl_model *model;
    assert_int_equal(grl_cell_create(2, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    assert_int_equal(grl_model_add_parameter(model, "alpha", 0.7, NULL), GRL_OK);
    const char *const numbers[4] = {"3*cos(alpha)", "-3*sin(alpha)", "3*sin(alpha)", "3*cos(alpha)"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(grl_model_add_expression(model, GRL_U_H, i, numbers[i], NULL), GRL_OK);
    return model;
}

static grl_model *gates_family(double b1)
{
    const double U_z[4] = {0.5, 0.5, -1.25, 1.25}, U_r[4] = {0.5, -1.5, 1.0, -0.5},
                 U_h[4] = {-1.25, 2.0, -3.75, 2.25}, b_z[2] = {0.25, 0.75}, b_r[2] = {1.0, 1.5},
                 b_h[2] = {0, b1};
    grl_cell *cell = network_of_U_h(2, U_h);
    grl_model *model;
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    memcpy(grl_cell_block(cell, GRL_B_H), b_h, sizeof b_h);
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    return model;
}

static grl_diagram *diagram_of(const grl_model *model, const char *name, double low, double high)
{
    grl_diagram *diagram;
    grl_error error;
    const grl_vary vary = {name, low, high};
    if (grl_bifurcation_compute(model, NULL, NULL, 1, &vary, NULL, &diagram, &error) != GRL_OK)
        fail_msg("%s", error.message);
    return diagram;
}

/* The points of a type, of which there must be `count`. */
static size_t points_of(const grl_diagram *diagram, grl_special_type type, size_t count,
                        const grl_special **out)
{
    size_t found = 0;
    for (size_t i = 0; i < diagram->special_count; i++) {
        if (diagram->special[i].type != type) continue;
        if (found < count) out[found] = &diagram->special[i];
        found++;
    }
    return found;
}

/* Periods and multipliers of the rotation family, 14 digits. */
static void test_rotation(void **state)
{
    (void)state;
    static const double table[][3] = {
        {0.8, 12.20851006399213, 0.59538349188032},   {0.7, 14.97720003989973, 0.16025659328262},
        {0.6, 18.59604200445572, 0.03657535642670},   {0.5, 23.67402636697816, 0.00580711792808},
        {0.45, 27.13684151538479, 0.00179370348653},  {0.3, 46.76913108234911, 3.2708077382534e-06},
        {0.2, 96.32412248156114, 3.1932692494600e-13}};
    const char *names[1] = {"alpha"};
    const double h[2] = {0, 0}, omega = sqrt(5) / 4, start = acos(2.0 / 3);
    double vector[4], size;
    grl_model *model = rotation_family();
    grl_path *path;
    grl_track track;
    assert_int_equal(grl_path_create(model, NULL, NULL, 1, names, &path, NULL), GRL_OK);
    assert_int_equal(grl_track_create(path, 0, 1, &start, &track, NULL), GRL_OK);
    assert_true(grl_hopf_vector(&track, h, start, omega, vector));
    grl_track_begin_small(&track, h, vector, omega, start, 0.01);
    assert_true(grl_track_arc(&track, 0, &size));
    grl_track_accept(&track);
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        for (int step = 0; step < 300 && track.now.u.q[1] - table[k][0] > 0.01; step++) {
            assert_true(grl_track_arc(&track, 0.02, &size));
            grl_track_accept(&track);
        }
        for (int round = 0; round < 2; round++) {
            assert_true(grl_track_parameter(&track, table[k][0], &size));
            grl_track_accept(&track);
        }
        assert_true(grl_track_parameter(&track, table[k][0], &size));
        check_near(track.next.u.q[1], table[k][0], 1e-14);
        check_near(track.next.u.q[0], table[k][1], 1e-9 * table[k][1]);
        check_near(track.next.multipliers[2], table[k][2], 1e-8 * table[k][2]);
        assert_int_equal(track.next.unstable, 0);
    }
    grl_track_free(&track);
    grl_path_free(path);
    grl_model_free(model);
}

/* The whole diagram: the branch ends at four saddle-nodes at once. */
static void test_saddle_nodes(void **state)
{
    (void)state;
    grl_model *model = rotation_family();
    grl_diagram *diagram = diagram_of(model, "alpha", 0.1, 1.2);
    const grl_special *end = NULL;
    assert_int_equal(points_of(diagram, GRL_SNIC, 1, &end), 1);
    check_near(end->p[0], 0.147822070679066, 1e-13);
    assert_int_equal(end->coefficients, 1);
    check_near(end->normal_form[0], 4, 0);
    check_near(fmax(fabs(end->h[0]), fabs(end->h[1])), 0.896755619545687, 1e-12);
    assert_true(isinf(end->period));
    size_t cycles = 0;
    for (size_t b = 0; b < diagram->branch_count; b++) {
        const grl_diagram_branch *branch = &diagram->branches[b];
        if (branch->kind != GRL_BRANCH_CYCLE) continue;
        cycles++;
        assert_int_equal(branch->end[0], GRL_BRANCH_SPECIAL);
        assert_int_equal(diagram->special[branch->end_special[0]].type, GRL_HOPF);
        assert_int_equal(branch->end[1], GRL_BRANCH_SPECIAL);
        assert_int_equal(diagram->special[branch->end_special[1]].type, GRL_SNIC);
        check_near(branch->period[branch->count - 1], 500, 1e-9);
        for (size_t i = 1; i < branch->count; i++) {
            assert_int_equal(branch->unstable[i], 0);
            assert_true(branch->period[i] > branch->period[i - 1]);
            /* The symmetry h -> -h. */
            check_near(branch->low[2 * i], -branch->high[2 * i], 5e-4);
        }
    }
    assert_int_equal(cycles, 1);
    grl_diagram_free(diagram);
    grl_model_free(model);
}

static void test_cycle_folds(void **state)
{
    (void)state;
    static const double table[][3] = {
        {1.9, 1.5693547799872365, 9.512524721141022}, {1.85, 1.5147069363840345, 10.24485180062864},
        {1.8, 1.4579907148476624, 11.17564229734767}, {1.75, 1.3987693229890844, 12.44368918588293},
        {1.7, 1.3363527330923460, 14.39966983468907}, {1.65, 1.2694420787710298, 18.49028681696264}};
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        if (check_quick() && k % 3 != 2) continue;
        grl_model *model = gates_family(table[k][0]);
        grl_diagram *diagram = diagram_of(model, "b_h[0]", -5, 5);
        const grl_special *fold = NULL;
        assert_int_equal(points_of(diagram, GRL_CYCLE_FOLD, 1, &fold), 1);
        check_near(fold->p[0], table[k][1], 1e-11);
        check_near(fold->period, table[k][2], 1e-8);
        assert_true(fold->error < 1e-9);
        assert_int_equal(points_of(diagram, GRL_CYCLE_BRANCH_POINT, 1, &fold), 0);
        assert_int_equal(diagram->branches[fold ? fold->branch : 0].kind, GRL_BRANCH_CYCLE);
        grl_diagram_free(diagram);
        grl_model_free(model);
    }
}

/* h[1] at b_h[1] = 1.54 was published as 0.7428838038871, where the field is 4e-7; here it has the digit at which it
 * vanishes. */
static void test_homoclinic(void **state)
{
    (void)state;
    static const double table[][5] = {
        {3.7, 3.7125912480809823, 0.9163067188106, -0.587842792330, 0.03323301942},
        {3.5, 3.3791045706751362, 0.9153303093952, -0.428945334125, 0.36696942234},
        {3, 2.7692737251192477, 0.9243517372951, -0.101614980296, 0.72110395073},
        {2.5, 2.2453564502781277, 0.9322897678749, 0.1784117610295, 0.67715001041},
        {2, 1.7120266740170957, 0.9359899025161, 0.4439389937532, 0.38531361635},
        {1.9, 1.5960862835395148, 0.9361106270360, 0.4986454212648, 0.30258554146},
        {1.8, 1.4737940231513444, 0.9360306339800, 0.5554801135001, 0.21100912008},
        {1.7, 1.3421090278031001, 0.9358562156930, 0.6163571807978, 0.10821275474},
        {1.6, 1.1944699167884486, 0.9361023742594, 0.6865556614322, -0.0137188253},
        {1.55, 1.1084167896985170, 0.9372167677289, 0.7316153611663, -0.0923182668},
        {1.54, 1.0890470520097375, 0.9377288835639, 0.7428828038879, -0.1118622212},
        {1.398, 0.7019756727074454, 0.8220686330081, 0.6212002897808, -0.0234315765}};
    for (size_t k = 0; k < sizeof table / sizeof *table; k++) {
        if (check_quick() && k % 4 != 3) continue;
        grl_model *model = gates_family(table[k][0]);
        grl_diagram *diagram = diagram_of(model, "b_h[0]", -5, 5);
        const grl_special *loop = NULL;
        assert_int_equal(points_of(diagram, GRL_HOMOCLINIC, 1, &loop), 1);
        check_near(loop->p[0], table[k][1], 1e-9);
        check_near(loop->h[0], table[k][2], 1e-8);
        check_near(loop->h[1], table[k][3], 1e-8);
        check_near(loop->normal_form[0], table[k][4], 1e-7);
        grl_diagram_free(diagram);
        grl_model_free(model);
    }
}

/* One family that joins two Hopf points, found once, with the periods and multipliers of the table on it. */
static void test_between_hopf_points(void **state)
{
    (void)state;
    grl_model *model = gates_family(1.3);
    grl_diagram *diagram = diagram_of(model, "b_h[0]", -5, 5);
    size_t cycles = 0;
    for (size_t b = 0; b < diagram->branch_count; b++) {
        const grl_diagram_branch *branch = &diagram->branches[b];
        if (branch->kind != GRL_BRANCH_CYCLE) continue;
        cycles++;
        for (int side = 0; side < 2; side++) {
            assert_int_equal(branch->end[side], GRL_BRANCH_SPECIAL);
            assert_int_equal(diagram->special[branch->end_special[side]].type, GRL_HOPF);
        }
        assert_int_not_equal(branch->end_special[0], branch->end_special[1]);
    }
    assert_int_equal(cycles, 1);
    grl_diagram_free(diagram);
    model = (grl_model_free(model), gates_family(1.5));
    diagram = diagram_of(model, "b_h[0]", -5, 5);
    const grl_special *end = NULL;
    assert_int_equal(points_of(diagram, GRL_SNIC, 1, &end), 1);
    check_near(end->p[0], 0.9741950834759787, 1e-12);
    check_near(end->normal_form[0], 1, 0);
    grl_diagram_free(diagram);
    grl_model_free(model);
}

/* A range that cuts the branch: it ends at the bound exactly. */
static void test_range(void **state)
{
    (void)state;
    grl_model *model = rotation_family();
    grl_diagram *diagram = diagram_of(model, "alpha", 0.5, 1.2);
    size_t last = diagram->branch_count - 1;
    const grl_diagram_branch *branch = &diagram->branches[last];
    assert_int_equal(branch->kind, GRL_BRANCH_CYCLE);
    assert_int_equal(branch->end[1], GRL_BRANCH_RANGE);
    check_near(branch->p[branch->count - 1], 0.5, 1e-13);
    check_near(branch->period[branch->count - 1], 23.67402636697816, 1e-9);
    check_near(branch->values[4 * branch->count - 2], 0.00580711792808, 1e-9);
    grl_diagram_free(diagram);
    grl_model_free(model);
}

/* Found among random networks: a cascade of period doublings. */
static grl_model *cascade_family(void)
{
    const double U_z[9] = {-3.843, 3.15, 1.605, 3.544, 3.985, 0.286, 2.016, 0.126, 2.398},
                 U_r[9] = {-0.145, -1.027, 1.746, -1.44, -1.406, -0.069, 3.485, -2.129, 1.426},
                 U_h[9] = {3.509, 4.243, 3.124, -1.409, -2.477, 1.735, -7.163, -2.161, -1.964},
                 b_z[3] = {-0.601, 1.27, -1.276}, b_r[3] = {1.512, -1.59, -0.65},
                 b_h[3] = {0.514, -0.597, 0.896};
    grl_cell *cell = network_of_U_h(3, U_h);
    grl_model *model;
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    memcpy(grl_cell_block(cell, GRL_B_H), b_h, sizeof b_h);
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    return model;
}

enum { MOST = 4 };

/* h, and the columns of the variational equation. */
static void field_with_columns(double t, const double *y, double *dydt, void *context)
{
    const grl_cell *cell = context;
    const size_t n = grl_cell_hidden_size(cell);
    double J[MOST * MOST], work[5 * MOST];
    (void)t;
    grl_cell_field(cell, NULL, y, dydt, work);
    grl_cell_jacobian(cell, NULL, y, J, work);
    for (size_t c = 0; c < n; c++)
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++) sum += J[n * i + j] * y[n + n * c + j];
            dydt[n + n * c + i] = sum;
        }
}

/* By an integrator: the orbit closes, and the monodromy matrix has the eigenvalues 1 and exp(+-i angle). */
static void check_multipliers(grl_model *model, const grl_special *special, double angle)
{
    enum { ALL = MOST + MOST * MOST };
    const size_t n = grl_cell_hidden_size(grl_model_cell(model));
    double y[ALL] = {0}, work[ALL * 40], values[2 * MOST], room[2 * MOST * MOST + 40 * MOST];
    grl_ode ode;
    const grl_ode_settings set = {
        .method = &grl_ode_dop853, .rtol = 1e-13, .atol = 1e-14, .max_steps = 100000};
    assert_int_equal(grl_model_set(model, "b_h[0]", special->p[0], NULL), GRL_OK);
    memcpy(y, special->h, n * sizeof *y);
    for (size_t i = 0; i < n; i++) y[n + n * i + i] = 1;
    assert_true(grl_ode_work(set.method, n + n * n) <= sizeof work / sizeof *work);
    assert_true(grl_dense_eigen_work(n, false) <= sizeof room / sizeof *room);
    grl_ode_start(&ode, &set, n + n * n, field_with_columns, (void *)grl_model_cell(model), 0, y, work);
    grl_ode_outcome outcome;
    do outcome = grl_ode_step(&ode, special->period);
    while (outcome == GRL_ODE_STEP);
    assert_int_equal(outcome, GRL_ODE_END);
    for (size_t i = 0; i < n; i++) check_near(ode.y[i], y[i], 1e-9);
    assert_true(grl_dense_eigen(n, ode.y + n, values, NULL, room));
    const double wanted[3] = {0, angle, -angle};
    for (int k = 0; k < 3; k++) {
        double best = INFINITY;
        for (size_t i = 0; i < n; i++)
            best = fmin(best, hypot(values[2 * i] - cos(wanted[k]), values[2 * i + 1] - sin(wanted[k])));
        check_near(best, 0, 1e-7);
    }
}

/* Four units, found among random networks. */
static void test_torus(void **state)
{
    (void)state;
    const double U_z[16] = {2.819, -0.87,  3.576, 2.798, 0.595, 1.76,  -2.505, 3.859,
                            2.785, -3.515, -2.23, 3.968, 3.68,  3.801, -3.773, 0.876},
                 U_r[16] = {0.139, 3.695, -1.702, 1.533, 3.754,  -0.007, 3.956,  2.625,
                            3.67,  3.301, 2.264,  3.454, -1.169, -2.936, -0.983, -0.893},
                 U_h[16] = {-1.096, 2.593,  1.323, 1.586, -5.973, 1.834, 3.856,  3.149,
                            -1.664, -1.028, 3.713, 2.261, -7.743, -4.76, -3.796, -1.978},
                 b_z[4] = {-1.82, -1.09, 1.647, -1.489}, b_r[4] = {0.337, 1.338, -1.151, 0.929},
                 b_h[4] = {0.377, -0.289, 0.101, -0.9};
    grl_cell *cell = network_of_U_h(4, U_h);
    grl_model *model;
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    memcpy(grl_cell_block(cell, GRL_B_H), b_h, sizeof b_h);
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    grl_diagram *diagram = diagram_of(model, "b_h[0]", 1.6, 1.9);
    const grl_special *torus = NULL;
    assert_int_equal(points_of(diagram, GRL_TORUS, 1, &torus), 1);
    assert_true(torus->omega > 0 && torus->omega < 3.2);
    check_multipliers(model, torus, torus->omega);
    grl_diagram_free(diagram);
    grl_model_free(model);
}

/* Feigenbaum's cascade: distances between doublings shrink by 4.669 in the limit. */
static void test_doublings(void **state)
{
    (void)state;
    grl_model *model = cascade_family();
    grl_diagram *diagram = diagram_of(model, "b_h[0]", 0, 1);
    const grl_special *d[4] = {NULL};
    assert_int_equal(points_of(diagram, GRL_PERIOD_DOUBLING, 4, d), 4);
    for (size_t k = 0; k < 4; k++) {
        assert_true(d[k]->error < 1e-8);
        if (k < 3) check_multipliers(model, d[k], acos(-1.0));
        if (k > 0) check_near(d[k]->period / d[k - 1]->period, 2, 0.1);
        if (k > 1) check_near((d[k - 1]->p[0] - d[k - 2]->p[0]) / (d[k]->p[0] - d[k - 1]->p[0]), 4.669, 0.05);
    }
    /* Each branch begins at a doubling, with twice its period, and stable where its parent is not. */
    size_t doubled = 0;
    for (size_t b = 0; b < diagram->branch_count; b++) {
        const grl_diagram_branch *branch = &diagram->branches[b];
        if (branch->kind != GRL_BRANCH_CYCLE) continue;
        const grl_special *from = &diagram->special[branch->end_special[0]];
        if (from->type != GRL_PERIOD_DOUBLING) continue;
        doubled++;
        check_near(branch->p[0], from->p[0], 1e-3);
        check_near(branch->period[0], 2 * from->period, 1e-2 * from->period);
        assert_int_equal(branch->unstable[0], 0);
    }
    assert_int_equal(doubled, 3);
    grl_diagram_free(diagram);
    grl_model_free(model);
}

/* No Hopf point in the range: the branch is found at a sample, and followed both ways. */
static void test_from_sample(void **state)
{
    (void)state;
    grl_model *model = gates_family(1.6);
    assert_int_equal(grl_model_set(model, "b_h[0]", 1.1, NULL), GRL_OK);
    grl_diagram *diagram = diagram_of(model, "U_h[0,1]", 0, 6);
    const grl_special *loop = NULL;
    assert_int_equal(points_of(diagram, GRL_HOPF, 1, &loop), 0);
    assert_int_equal(points_of(diagram, GRL_HOMOCLINIC, 1, &loop), 1);
    const grl_diagram_branch *branch = NULL;
    size_t cycles = 0;
    for (size_t b = 0; b < diagram->branch_count; b++)
        if (diagram->branches[b].kind == GRL_BRANCH_CYCLE) {
            branch = &diagram->branches[b];
            cycles++;
        }
    assert_int_equal(cycles, 1);
    size_t at_range = branch->end[0] == GRL_BRANCH_RANGE ? 0 : branch->count - 1;
    assert_int_equal(branch->end[at_range == 0 ? 0 : 1], GRL_BRANCH_RANGE);
    assert_int_equal(branch->end[at_range == 0 ? 1 : 0], GRL_BRANCH_SPECIAL);
    check_near(branch->p[at_range], 6, 1e-12);
    /* Orbits that are followed give the same cycle there. */
    grl_portrait *portrait;
    grl_cycles *found;
    assert_int_equal(grl_model_set(model, "U_h[0,1]", 6, NULL), GRL_OK);
    assert_int_equal(grl_portrait_compute(grl_model_cell(model), NULL, NULL, &portrait, NULL), GRL_OK);
    assert_int_equal(grl_cycles_compute(grl_model_cell(model), NULL, portrait, NULL, &found, NULL), GRL_OK);
    assert_int_equal(found->count, 1);
    check_near(branch->period[at_range], found->items[0].period, 1e-9 * found->items[0].period);
    check_near(branch->values[4 * at_range + 2], found->items[0].multiplier, 1e-8);
    grl_cycles_free(found);
    grl_portrait_free(portrait);
    grl_diagram_free(diagram);
    grl_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rotation),    cmocka_unit_test(test_saddle_nodes),
        cmocka_unit_test(test_cycle_folds), cmocka_unit_test(test_homoclinic),
        cmocka_unit_test(test_range),       cmocka_unit_test(test_between_hopf_points),
        cmocka_unit_test(test_doublings),   cmocka_unit_test(test_torus),
        cmocka_unit_test(test_from_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
