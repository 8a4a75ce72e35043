/* Curves of special points in two parameters by continuation, and the special points on them, against closed
 * forms and published values. */
#include "bifurcation/curves.h"
#include "bifurcation/diagram.h"
#include "bifurcations.h"

/* By continuation, whatever could be proven; frees the model. */
static grl_diagram *curves(grl_model *model, const char *const *names, const double *low, const double *high,
                           grl_time time)
{
    grl_path *path;
    grl_equation *equation;
    grl_diagram *diagram;
    grl_bifurcation_options options = grl_bifurcation_defaults();
    const size_t n = grl_cell_hidden_size(grl_model_cell(model));
    options.time = time;
    options.threads = 1;
    assert_int_equal(grl_path_create(model, NULL, NULL, 2, names, &path, NULL), GRL_OK);
    assert_int_equal(grl_diagram_create(n, 2, names, low, high, time, 1, &diagram, NULL), GRL_OK);
    assert_int_equal(grl_equation_create(path, low, high, time == GRL_DISCRETE, &equation, NULL), GRL_OK);
    assert_int_equal(grl_equilibrium_curves(equation, &options, diagram, NULL), GRL_OK);
    grl_equation_free(equation);
    grl_path_free(path);
    grl_model_free(model);
    return diagram;
}

static size_t curves_of(const grl_diagram *diagram, grl_special_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < diagram->curve_count; i++) count += diagram->curves[i].type == type;
    return count;
}

/* One unit: folds at b = +/- (u h/2 - atanh h), h = sqrt(1 - 2/u); they meet in the cusp u = 2, b = 0 with
 * c = -1/6 (the cubic term of (tanh h - h)/2). */
static void test_cusp(void **state)
{
    (void)state;
    static const char *const names[] = {"U_h[0,0]", "b_h[0]"};
    const double low[] = {0, -1.1}, high[] = {6, 1};
    grl_diagram *d = curves(one_unit(1, 0), names, low, high, GRL_CONTINUOUS);
    check_whole(d);
    assert_int_equal(d->curve_count, 1);
    assert_int_equal(d->special_count, 1);
    assert_int_equal(d->special[0].type, GRL_CUSP);
    check_near(d->special[0].p[0], 2, 1e-11);
    check_near(d->special[0].p[1], 0, 1e-11);
    check_near(d->special[0].normal_form[0], -1.0 / 6, 1e-9);
    for (size_t i = 0; i < d->curves[0].count; i++) {
        const double u = d->curves[0].p[2 * i], h = d->curves[0].h[i];
        check_near(1 - h * h, 2 / u, 1e-10);
        check_near(d->curves[0].p[2 * i + 1], atanh(h) - u * h / 2, 1e-10);
        check_near(d->curves[0].test[i], -u * h / 4, 1e-8);
    }
    assert_int_equal(d->curves[0].end[0], GRL_BRANCH_RANGE);
    assert_int_equal(d->curves[0].end[1], GRL_BRANCH_RANGE);
    grl_diagram_free(d);
}

typedef struct published {
    grl_special_type type;
    double p[2], h[2];
} published;

/* Complete, by Newton's method with 60 digits from all over the square. */
static const published of_gates[] = {
    {GRL_BOGDANOV_TAKENS, {0.7079600779450350, 1.4022915433630570}, {0.809618435883977, 0.595569039431381}},
    {GRL_BOGDANOV_TAKENS, {3.7441207645327928, 3.7155478148774926}, {0.916809825068182, -0.60140053474542}},
    {GRL_CUSP, {0.6827347983728008, 1.3853777351126829}, {0.835160480284516, 0.655529802495356}},
    {GRL_GENERALIZED_HOPF, {1.5746091702370598, 1.9048981322270692}, {0.533133107467094, -0.23647047425525}},
};

static void test_gates(void **state)
{
    (void)state;
    static const char *const names[] = {"b_h[0]", "b_h[1]"};
    const double low[] = {-5, -5}, high[] = {5, 5};
    grl_diagram *d = curves(gates(), names, low, high, GRL_CONTINUOUS);
    check_whole(d);
    assert_int_equal(curves_of(d, GRL_FOLD), 1);
    assert_int_equal(curves_of(d, GRL_HOPF), 1);
    assert_int_equal(d->special_count, sizeof of_gates / sizeof *of_gates);
    for (size_t i = 0; i < sizeof of_gates / sizeof *of_gates; i++) {
        const published *ref = &of_gates[i];
        const size_t k = grl_diagram_find_special(d, 0, ref->type, ref->p, ref->h, 1e-11);
        if (k == SIZE_MAX) fail_msg("%s is missing", grl_special_name(ref->type));
        /* Another method, in the plane alone (chart_normal.c), gives l2 = 5.88949. */
        if (ref->type == GRL_GENERALIZED_HOPF) check_near(d->special[k].normal_form[0], 5.88949, 1e-5);
    }
    for (size_t i = 0; i < d->curve_count; i++)
        if (d->curves[i].type == GRL_HOPF)
            for (int end = 0; end < 2; end++) {
                assert_int_equal(d->curves[i].end[end], GRL_BRANCH_SPECIAL);
                assert_int_equal(d->special[d->curves[i].end_special[end]].type, GRL_BOGDANOV_TAKENS);
            }
    grl_diagram_free(d);
}

/* U_h = s 3 R(alpha): the origin's eigenvalues are (3 s e^(i alpha)/2 - 1)/2, those of the map 1 more. */
static void test_rotation(void **state)
{
    (void)state;
    static const char *const names[] = {"alpha", "scale(U_h)"};
    const double low[] = {0.3, 0.3}, high[] = {1.4, 1.9};
    for (int map = 0; map < 2; map++) {
        const grl_special_type type = map ? GRL_NEIMARK_SACKER : GRL_HOPF;
        grl_diagram *d = curves(rotation(), names, low, high, map ? GRL_DISCRETE : GRL_CONTINUOUS);
        check_whole(d);
        assert_int_equal(curves_of(d, type), 1);
        for (size_t k = 0; k < d->curve_count; k++) {
            const grl_curve *curve = &d->curves[k];
            if (curve->type != type) continue;
            assert_true(curve->count > 10);
            for (size_t i = 0; i < curve->count; i++) {
                const double alpha = curve->p[2 * i], s = curve->p[2 * i + 1], re = 0.75 * s * cos(alpha),
                             im = 0.75 * s * sin(alpha);
                check_near(map ? hypot(0.5 + re, im) : re, map ? 1 : 0.5, 1e-11);
                check_near(curve->omega[i], map ? atan2(im, 0.5 + re) : im, 1e-10);
            }
        }
        grl_diagram_free(d);
    }
}

/* Three units that do not touch: one with u = 4, a pair with 3 R(alpha). Its fold b_h[0] = +/- 0.5328.. and the
 * pair's Hopf point alpha = acos(2/3) cross in two fold-Hopf points. */
static void test_fold_hopf(void **state)
{
    (void)state;
    static const char *const names[] = {"alpha", "b_h[0]"};
    static const char *const entries[] = {"3*cos(alpha)", "-3*sin(alpha)", "3*sin(alpha)", "3*cos(alpha)"};
    const double low[] = {0.5, -1.03}, high[] = {1.2, 1}, b = 0.532839975353552;
    grl_cell *cell;
    assert_int_equal(grl_cell_create(3, 0, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
    grl_cell_block(cell, GRL_U_H)[0] = 4;
    grl_model *model = model_of(cell);
    assert_int_equal(grl_model_add_parameter(model, "alpha", 0.7, NULL), GRL_OK);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(
            grl_model_add_expression(model, GRL_U_H, (1 + i / 2) * 3 + 1 + i % 2, entries[i], NULL), GRL_OK);
    grl_diagram *d = curves(model, names, low, high, GRL_CONTINUOUS);
    assert_int_equal(d->unfinished, 0);
    assert_int_equal(count_of(d, GRL_FOLD_HOPF), 2);
    for (size_t i = 0; i < d->special_count; i++) {
        if (d->special[i].type != GRL_FOLD_HOPF) continue;
        check_near(d->special[i].p[0], acos(2.0 / 3), 1e-10);
        check_near(fabs(d->special[i].p[1]), b, 1e-10);
    }
    grl_diagram_free(d);
}

/* Two pairs that do not touch, 3 R(alpha) and 4 R(beta): Hopf points at cos = 2/3 and 1/2, both at once in one
 * double Hopf point. */
static void test_double_hopf(void **state)
{
    (void)state;
    static const char *const names[] = {"alpha", "beta"};
    const double u[] = {3, 4}, low[] = {0.8, 0.95}, high[] = {0.9, 1.13};
    grl_diagram *d = curves(rotations(2, u, names), names, low, high, GRL_CONTINUOUS);
    assert_int_equal(d->unfinished, 0);
    assert_int_equal(curves_of(d, GRL_HOPF), 2);
    assert_int_equal(count_of(d, GRL_DOUBLE_HOPF), 1);
    const grl_special *s = nearest_special(d, GRL_DOUBLE_HOPF, 0.84);
    check_near(s->p[0], acos(2.0 / 3), 1e-10);
    check_near(s->p[1], acos(0.5), 1e-10);
    /* z' = .. - (u/2)^3 e^(i alpha) |z|^2 z / 8 for each pair (as in test_rotation_map), twice that in h = z
       q + conj with |q| = 1, and the term counts z q q conj twice; nothing between the pairs. */
    assert_int_equal(s->coefficients, 4);
    const double own[2] = {-27.0 / 32 * 2 * 2 / 3, -2 * 2 * 0.5};
    const int swapped = fabs(s->normal_form[0] - own[0]) > 0.1;
    check_near(s->normal_form[swapped ? 3 : 0], own[0], 1e-10);
    check_near(s->normal_form[swapped ? 0 : 3], own[1], 1e-10);
    check_near(s->normal_form[1], 0, 1e-10);
    check_near(s->normal_form[2], 0, 1e-10);
    grl_diagram_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cusp),      cmocka_unit_test(test_gates),       cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_fold_hopf), cmocka_unit_test(test_double_hopf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
