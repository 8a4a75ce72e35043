/* test_cycle_curves.c: curves of homoclinic orbits, folds of cycles and period doublings in two parameters, against
 * points that a Taylor method of order 40 in quadruple precision gave, and against one-parameter diagrams. */
#include "check.h"
#include "networks.h"

#include <grulens/bifurcation.h>
#include <string.h>

static grl_model *model_of(size_t n, const double *U_z, const double *U_r, const double *U_h,
                           const double *b_z, const double *b_r, const double *b_h)
{
    grl_cell *cell = network_of_U_h(n, U_h);
    grl_model *model;
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, n * n * sizeof *U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, n * n * sizeof *U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, n * sizeof *b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, n * sizeof *b_r);
    memcpy(grl_cell_block(cell, GRL_B_H), b_h, n * sizeof *b_h);
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    return model;
}

static grl_model *gates_family(void)
{
    const double U_z[4] = {0.5, 0.5, -1.25, 1.25}, U_r[4] = {0.5, -1.5, 1.0, -0.5},
                 U_h[4] = {-1.25, 2.0, -3.75, 2.25}, b_z[2] = {0.25, 0.75}, b_r[2] = {1.0, 1.5}, b_h[2] = {0};
    return model_of(2, U_z, U_r, U_h, b_z, b_r, b_h);
}

static grl_diagram *chart_of(const grl_model *model, double low0, double high0, double low1, double high1)
{
    grl_diagram *diagram;
    grl_error error;
    const grl_vary vary[2] = {{"b_h[0]", low0, high0}, {"b_h[1]", low1, high1}};
    grl_bifurcation_options options = grl_bifurcation_defaults();
    options.portraits = 0;
    if (grl_bifurcation_compute(model, NULL, NULL, 2, vary, &options, &diagram, &error) != GRL_OK)
        fail_msg("%s", error.message);
    return diagram;
}

/* Where curves of a type cross b_h[1] = y nearest to x, between points by a parabola through three. */
static double crossing(const grl_diagram *diagram, grl_special_type type, double x, double y)
{
    double best = INFINITY;
    for (size_t i = 0; i < diagram->curve_count; i++) {
        const grl_curve *c = &diagram->curves[i];
        for (size_t k = 1; c->type == type && k < c->count; k++) {
            if ((c->p[2 * k + 1] - y) * (c->p[2 * k - 1] - y) > 0) continue;
            size_t j = k + 1 < c->count ? k + 1 : k - 2; /* a third point */
            const double *a = c->p + 2 * k - 2, *b = c->p + 2 * k, *d = c->p + 2 * j;
            double value = a[0] * (y - b[1]) * (y - d[1]) / ((a[1] - b[1]) * (a[1] - d[1])) +
                           b[0] * (y - a[1]) * (y - d[1]) / ((b[1] - a[1]) * (b[1] - d[1])) +
                           d[0] * (y - a[1]) * (y - b[1]) / ((d[1] - a[1]) * (d[1] - b[1]));
            if (fabs(value - x) < fabs(best - x)) best = value;
        }
    }
    return best;
}

static const grl_special *nearest(const grl_diagram *diagram, grl_special_type type, double x, double y)
{
    const grl_special *best = NULL;
    for (size_t i = 0; i < diagram->special_count; i++) {
        const grl_special *s = &diagram->special[i];
        if (s->type == type &&
            (!best || hypot(s->p[0] - x, s->p[1] - y) < hypot(best->p[0] - x, best->p[1] - y)))
            best = s;
    }
    assert_non_null(best);
    return best;
}

static size_t count_of(const grl_diagram *diagram, grl_special_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < diagram->special_count; i++) count += diagram->special[i].type == type;
    return count;
}

/* The ends of a curve, which are special points of these types in some order. */
static void check_ends(const grl_diagram *diagram, const grl_curve *curve, grl_special_type a,
                       grl_special_type b)
{
    for (int k = 0; k < 2; k++) assert_int_equal(curve->end[k], GRL_BRANCH_SPECIAL);
    grl_special_type first = diagram->special[curve->end_special[0]].type;
    grl_special_type second = diagram->special[curve->end_special[1]].type;
    assert_true((first == a && second == b) || (first == b && second == a));
    for (int k = 0; k < 2; k++) {
        const grl_special *end = &diagram->special[curve->end_special[k]];
        const double *p = curve->p + (k == 0 ? 0 : 2 * (curve->count - 1));
        check_near(p[0], end->p[0], 1e-8);
        check_near(p[1], end->p[1], 1e-8);
    }
}

static void test_chart(void **state)
{
    (void)state;
    static const double loops[][2] = {
        {3.7, 3.7125912480809823},  {3.5, 3.3791045706751362},  {3, 2.7692737251192477},
        {2.5, 2.2453564502781277},  {2, 1.7120266740170957},    {1.9, 1.5960862835395148},
        {1.8, 1.4737940231513444},  {1.7, 1.3421090278031001},  {1.6, 1.1944699167884486},
        {1.55, 1.1084167896985170}, {1.54, 1.0890470520097375}, {1.398, 0.7019756727074454}};
    static const double folds[][2] = {{1.9, 1.5693547799872365}, {1.85, 1.5147069363840345},
                                      {1.8, 1.4579907148476624}, {1.75, 1.3987693229890844},
                                      {1.7, 1.3363527330923460}, {1.65, 1.2694420787710298}};
    grl_model *model = gates_family();
    grl_diagram *chart = chart_of(model, -0.5, 4.5, 0.5, 4.5);

    const grl_special *point = nearest(chart, GRL_NEUTRAL_SADDLE_LOOP, 1.21, 1.61);
    assert_int_equal(count_of(chart, GRL_NEUTRAL_SADDLE_LOOP), 1);
    check_near(point->p[0], 1.210431368666533, 1e-9);
    check_near(point->p[1], 1.610056024655442, 1e-9);
    assert_int_equal(count_of(chart, GRL_SADDLE_NODE_LOOP), 2);
    point = nearest(chart, GRL_SADDLE_NODE_LOOP, 1.02, 1.51);
    check_near(point->p[0], 1.024554885293574, 1e-9);
    check_near(point->p[1], 1.513306799502869, 1e-9);
    point = nearest(chart, GRL_SADDLE_NODE_LOOP, 0.69, 1.39);
    check_near(point->p[0], 0.699669198687909, 1e-9);
    check_near(point->p[1], 1.394966529622311, 1e-9);

    size_t homoclinic = 0, cycle_folds = 0, snic = 0;
    for (size_t i = 0; i < chart->curve_count; i++) {
        const grl_curve *c = &chart->curves[i];
        if (c->type == GRL_HOMOCLINIC) {
            check_ends(chart, c, GRL_BOGDANOV_TAKENS, GRL_SADDLE_NODE_LOOP);
            homoclinic++;
        } else if (c->type == GRL_CYCLE_FOLD) {
            check_ends(chart, c, GRL_GENERALIZED_HOPF, GRL_NEUTRAL_SADDLE_LOOP);
            cycle_folds++;
        } else if (c->type == GRL_SNIC) {
            check_ends(chart, c, GRL_SADDLE_NODE_LOOP, GRL_SADDLE_NODE_LOOP);
            snic++;
        }
    }
    assert_int_equal(homoclinic, 2);
    assert_int_equal(cycle_folds, 1);
    assert_int_equal(snic, 1);
    /* Between points the curves are read off by parabolas over some hundredths; the last loop is on a curve that is
       no longer than that. */
    for (size_t k = 0; k < sizeof loops / sizeof *loops; k++)
        check_near(crossing(chart, GRL_HOMOCLINIC, loops[k][1], loops[k][0]), loops[k][1],
                   k < 11 ? 2e-5 : 2e-4);
    for (size_t k = 0; k < sizeof folds / sizeof *folds; k++)
        check_near(crossing(chart, GRL_CYCLE_FOLD, folds[k][1], folds[k][0]), folds[k][1], 2e-5);
    grl_diagram_free(chart);
    grl_model_free(model);
}

/* Three units: the curve of period doublings through the first one of a cascade. */
static void test_doublings(void **state)
{
    (void)state;
    const double U_z[9] = {-3.843, 3.15, 1.605, 3.544, 3.985, 0.286, 2.016, 0.126, 2.398},
                 U_r[9] = {-0.145, -1.027, 1.746, -1.44, -1.406, -0.069, 3.485, -2.129, 1.426},
                 U_h[9] = {3.509, 4.243, 3.124, -1.409, -2.477, 1.735, -7.163, -2.161, -1.964},
                 b_z[3] = {-0.601, 1.27, -1.276}, b_r[3] = {1.512, -1.59, -0.65},
                 b_h[3] = {0.514, -0.597, 0.896};
    if (check_quick()) return;
    grl_model *model = model_of(3, U_z, U_r, U_h, b_z, b_r, b_h);
    grl_diagram *chart = chart_of(model, 0.1, 0.7, -0.9, -0.4), *line;
    const grl_vary vary = {"b_h[0]", 0.2, 0.9};
    assert_int_equal(grl_bifurcation_compute(model, NULL, NULL, 1, &vary, NULL, &line, NULL), GRL_OK);
    const grl_special *doubling = nearest(line, GRL_PERIOD_DOUBLING, 0.243, 0);
    check_near(crossing(chart, GRL_PERIOD_DOUBLING, doubling->p[0], -0.597), doubling->p[0], 2e-5);
    grl_diagram_free(line);
    grl_diagram_free(chart);
    grl_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_chart), cmocka_unit_test(test_doublings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
