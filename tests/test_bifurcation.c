/* Branches of fixed points along one parameter and the special points on them, against closed forms, published
 * values, and properties that must hold. */
#include "bifurcation/normal_form.h"
#include "bifurcations.h"

/* h' = (tanh(u h/2 + b) - h)/2: folds at h = -/+ sqrt(1 - 2/u), b = atanh(h) - u h / 2; a = f''/2 = -u h / 4.
 */
static void test_hysteresis(void **state)
{
    (void)state;
    for (double u = 2.5; u <= 9; u += 0.5) {
        grl_diagram *d = along(one_unit(u, 0), "b_h[0]", -5, 5, GRL_CONTINUOUS, 0);
        const double h = sqrt(1 - 2 / u), b = u * h / 2 - atanh(h);
        check_whole(d);
        assert_int_equal(d->branch_count, 1);
        assert_int_equal(d->special_count, 2);
        for (int side = -1; side <= 1; side += 2) {
            const grl_special *fold = nearest_special(d, GRL_FOLD, side * b);
            check_near(fold->p[0], side * b, 1e-12);
            check_near(fold->h[0], -side * h, 1e-10); /* the parameter is quadratic in h there */
            check_near(fold->normal_form[0], side * u * h / 4, 1e-9);
        }
        /* Stable, unstable between the folds, stable. */
        const grl_diagram_branch *branch = &d->branches[0];
        assert_int_equal(branch->end[0], GRL_BRANCH_RANGE);
        assert_int_equal(branch->end[1], GRL_BRANCH_RANGE);
        for (size_t i = 0; i < branch->count; i++) {
            check_near(tanh(u * branch->h[i] / 2 + branch->p[i]), branch->h[i], 1e-11);
            if (fabs(fabs(branch->h[i]) - h) > 1e-6)
                assert_int_equal(branch->unstable[i], fabs(branch->h[i]) < h);
        }
        grl_diagram_free(d);
    }
}

/* U_h = u at b = 0: 0 = u h/2 - h - (u h/2)^3/3 ..: a pitchfork at u = 2 with x' = (1/4) beta x - x^3/6. */
static void test_pitchfork(void **state)
{
    (void)state;
    for (size_t samples = 2; samples <= 40; samples += 19) {
        grl_diagram *d = along(one_unit(1, 0), "U_h[0,0]", 0, 6, GRL_CONTINUOUS, samples);
        check_whole(d);
        assert_int_equal(d->branch_count, 2);
        assert_int_equal(d->special_count, 1);
        const grl_special *s = nearest_special(d, GRL_BRANCH_POINT, 2);
        check_near(s->p[0], 2, 1e-11);
        check_near(s->h[0], 0, 1e-11);
        check_near(s->normal_form[0], 0, 1e-10);
        check_near(s->normal_form[1], 0.25, 1e-10);
        check_near(s->normal_form[3], -1.0 / 6, 1e-10);
        grl_diagram_free(d);
    }
}

/* With a reset gate sigma(g h) the crossing is transcritical: n = tanh(u (h/2 + g h^2/4 ..)), b11 = u g / 4. */
static void test_transcritical(void **state)
{
    (void)state;
    grl_diagram *d = along(one_unit(1, 1.5), "U_h[0,0]", 0, 3, GRL_CONTINUOUS, 0);
    check_whole(d);
    assert_int_equal(count_of(d, GRL_BRANCH_POINT), 1);
    const grl_special *s = nearest_special(d, GRL_BRANCH_POINT, 2);
    check_near(s->p[0], 2, 1e-11);
    check_near(fabs(s->normal_form[0]), 2 * 1.5 / 4, 1e-10);
    check_near(s->normal_form[1], 0.25, 1e-10);
    assert_int_equal(d->branch_count, 2);
    grl_diagram_free(d);
}

/* From samples at the ends alone, where h = 0 is the only one seen, the other branches are found by switching
 * at their branch point: with b_h = -sin(p)^2.. there would be none; here u(p) = 2 + sin(p) is above 2
 * inside. */
static void test_switching(void **state)
{
    (void)state;
    const double zero = 0;
    grl_model *model = model_of(network_of_U_h(1, &zero));
    assert_int_equal(grl_model_add_parameter(model, "p", 1, NULL), GRL_OK);
    assert_int_equal(grl_model_add_expression(model, GRL_U_H, 0, "1.5+sin(p)", NULL), GRL_OK);
    grl_diagram *d = along(model, "p", 0, 3.1, GRL_CONTINUOUS, 2);
    check_whole(d);
    assert_int_equal(count_of(d, GRL_BRANCH_POINT), 2);
    check_near(nearest_special(d, GRL_BRANCH_POINT, 0)->p[0], asin(0.5), 1e-11);
    check_near(nearest_special(d, GRL_BRANCH_POINT, 3)->p[0], acos(-1) - asin(0.5), 1e-11);
    assert_true(d->branch_count > 1);
    double highest = 0;
    for (size_t b = 0; b < d->branch_count; b++)
        for (size_t i = 0; i < d->branches[b].count; i++) {
            const double p = d->branches[b].p[i], h = d->branches[b].h[i];
            check_near(tanh((1.5 + sin(p)) * h / 2), h, 1e-11);
            highest = fmax(highest, h);
        }
    check_near(tanh(1.25 * highest), highest, 2e-3); /* at p = pi/2, to the branch's spacing */
    grl_diagram_free(d);
}

/* b(p) = 0.6 - 0.3 exp(-p^2) stays where the upper point exists; the lower two exist where b is below the
 * fold's 0.532839975353552, |p| < p*: a closed branch. */
static void test_isola(void **state)
{
    (void)state;
    const double u = 4, p = sqrt(log(0.3 / (0.6 - 0.532839975353552)));
    grl_model *model = model_of(network_of_U_h(1, &u));
    assert_int_equal(grl_model_add_parameter(model, "p", 0, NULL), GRL_OK);
    assert_int_equal(grl_model_add_expression(model, GRL_B_H, 0, "0.6-0.3*exp(-p*p)", NULL), GRL_OK);
    grl_diagram *d = along(model, "p", -3, 3, GRL_CONTINUOUS, 0);
    check_whole(d);
    assert_int_equal(d->branch_count, 2);
    size_t closed = 0;
    for (size_t b = 0; b < 2; b++)
        closed += d->branches[b].end[0] == GRL_BRANCH_CLOSED && d->branches[b].end[1] == GRL_BRANCH_CLOSED;
    assert_int_equal(closed, 1);
    assert_int_equal(count_of(d, GRL_FOLD), 2);
    check_near(nearest_special(d, GRL_FOLD, -p)->p[0], -p, 1e-11);
    check_near(nearest_special(d, GRL_FOLD, p)->p[0], p, 1e-11);
    grl_diagram_free(d);
}

/* Published values of the rotation family; a = -9/32 of its Hopf point is exact. */
static void test_rotation(void **state)
{
    (void)state;
    static const double h[2] = {0.896755619545687, -0.565513954535515};
    grl_diagram *d = along(rotation(), "alpha", 0.1, 1.2, GRL_CONTINUOUS, 0);
    check_whole(d);
    assert_int_equal(d->branch_count, 5);
    assert_int_equal(d->special_count, 5);
    const grl_special *hopf = nearest_special(d, GRL_HOPF, 0.84);
    check_near(hopf->p[0], acos(2.0 / 3), 1e-12);
    check_near(hopf->omega, sqrt(5) / 4, 1e-12);
    check_near(hopf->normal_form[1], -9.0 / 32, 1e-12);
    check_near(hopf->normal_form[0], 2 * hopf->normal_form[1] / hopf->omega, 1e-12);
    /* Four saddle-nodes at once, each the last one turned by 90 degrees. */
    int seen[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < d->special_count; i++) {
        const grl_special *s = &d->special[i];
        if (s->type != GRL_FOLD) continue;
        check_near(s->p[0], 0.147822070679066, 1e-12);
        double x = h[0], y = h[1];
        for (int turn = 0; turn < 4; turn++) {
            seen[turn] += fabs(s->h[0] - x) < 1e-9 && fabs(s->h[1] - y) < 1e-9;
            const double t = x;
            x = -y;
            y = t;
        }
    }
    for (int turn = 0; turn < 4; turn++) assert_int_equal(seen[turn], 1);
    grl_diagram_free(d);
}

/* Its map: modulus 1 at cos(alpha) = 1/4; z -> mu z - (27/64) e^(i alpha) |z|^2 z, so with |q| = 1
 * d = -(27/32) cos(alpha - theta) = -189/256. */
static void test_rotation_map(void **state)
{
    (void)state;
    grl_diagram *d = along(rotation(), "alpha", 1, 1.5, GRL_DISCRETE, 0);
    check_whole(d);
    assert_int_equal(d->special_count, 1);
    const grl_special *s = nearest_special(d, GRL_NEIMARK_SACKER, 1.3);
    check_near(s->p[0], 1.318116071652818, 1e-12);
    check_near(cos(s->omega), 0.6875, 1e-12); /* Re mu = 1/2 + (3/4) cos(alpha) */
    check_near(s->normal_form[0], -189.0 / 256, 1e-12);
    grl_diagram_free(d);
}

/* One unit with U_h = -u as a map: h -> (h - tanh(u h / 2)) / 2 + h/2..: multiplier 1/2 - u/4 is -1 at u = 6;
 * with g(h) = h/2 - tanh(3 h)/2: b = g'''/6 = 9/2. */
static void test_flip(void **state)
{
    (void)state;
    grl_diagram *d = along(one_unit(-3, 0), "U_h[0,0]", -8, -1, GRL_DISCRETE, 0);
    check_whole(d);
    assert_int_equal(d->special_count, 1);
    const grl_special *s = nearest_special(d, GRL_FLIP, -6);
    check_near(s->p[0], -6, 1e-11);
    check_near(s->normal_form[0], 4.5, 1e-10);
    grl_diagram_free(d);
}

typedef struct published {
    double b1, b0, omega; /* omega 0: a fold */
    int sign;             /* of l1 */
} published;

/* Computed independently with 60 digits. */
static const published lines[] = {
    {1.3, 0.5901221105377261, 0.1795011188, -1},
    {1.3, 0.8366552240762210, 0.5236436372, -1},
    {1.39, 0.6907432326061263, 0.0569292317, -1},
    {1.39, 0.9686449790435214, 0.5690333005, -1},
    {1.39, 0.6898918083008826, 0, 0},
    {1.39, 0.6906726114311458, 0, 0},
    {1.398, 0.7018489506077133, 0.0334284636, -1},
    {1.398, 0.9796148768138479, 0.5722779966, -1},
    {1.398, 0.7017524044779082, 0, 0},
    {1.398, 0.7053485696636701, 0, 0},
    {1.8, 1.4609345674534961, 0.6579694815, -1},
    {1.8, 1.1987096885644573, 0, 0},
    {2.0, 1.6755867463038963, 0.6676228301, 1},
    {2.0, 1.4300302374525289, 0, 0},
    {3.5, 3.3673791652075202, 0.3022614801, 1},
    {3.5, 3.3497952395803048, 0, 0},
};

static void test_gates(void **state)
{
    (void)state;
    const size_t count = sizeof lines / sizeof *lines;
    for (size_t i = 0; i < count;) {
        size_t last = i, folds = 0, hopfs = 0;
        grl_model *model = gates();
        assert_int_equal(grl_model_set(model, "b_h[1]", lines[i].b1, NULL), GRL_OK);
        grl_diagram *d = along(model, "b_h[0]", -5, 5, GRL_CONTINUOUS, 0);
        check_whole(d);
        for (; last < count && lines[last].b1 == lines[i].b1; last++) {
            const int hopf = lines[last].omega > 0;
            const grl_special *s = nearest_special(d, hopf ? GRL_HOPF : GRL_FOLD, lines[last].b0);
            check_near(s->p[0], lines[last].b0, 1e-11);
            if (hopf) {
                check_near(s->omega, lines[last].omega, 1e-9);
                assert_int_equal(s->normal_form[0] > 0, lines[last].sign > 0);
            }
            folds += hopf ? 0 : 1;
            hopfs += hopf ? 1 : 0;
        }
        assert_int_equal(count_of(d, GRL_FOLD), folds);
        assert_int_equal(count_of(d, GRL_HOPF), hopfs);
        assert_int_equal(d->special_count, folds + hopfs);
        grl_diagram_free(d);
        i = last;
    }
}

/* U_h = 3 s I: both eigenvalues of the origin vanish at s = 2/3, where nine points meet. It is told as one
 * branch point without a normal form, and all branches are there. */
static void test_symmetric(void **state)
{
    (void)state;
    static const double U_h[4] = {3, 0, 0, 3};
    grl_diagram *d = along(model_of(network_of_U_h(2, U_h)), "scale(U_h)", 0, 1.5, GRL_CONTINUOUS, 0);
    check_whole(d);
    assert_int_equal(count_of(d, GRL_BRANCH_POINT), 1);
    assert_int_equal(count_of(d, GRL_FOLD), 0);
    const grl_special *s = nearest_special(d, GRL_BRANCH_POINT, 0.6);
    check_near(s->p[0], 2.0 / 3, 1e-9);
    assert_int_equal(s->coefficients, 0);
    assert_int_equal(d->branch_count, 5); /* the origin, and four lines through it */
    grl_diagram_free(d);
}

/* l1 by projection and l1 from the polynomials of the centre manifold are two computations of one number. */
static void test_lyapunov(void **state)
{
    (void)state;
    size_t compared = 0;
    for (uint64_t i = 0; i < (check_quick() ? 20 : 60); i++) {
        const char *name = "b_h[0]";
        const double low = -5, high = 5;
        const grl_reset reset = i % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE;
        grl_diagram *d =
            along(model_of(random_network(3, reset, 4, 5, i)), name, low, high, GRL_CONTINUOUS, 9);
        grl_model *model = model_of(random_network(3, reset, 4, 5, i));
        grl_path *path;
        grl_equation *equation;
        assert_int_equal(grl_path_create(model, NULL, NULL, 1, &name, &path, NULL), GRL_OK);
        assert_int_equal(grl_equation_create(path, &low, &high, 0, &equation, NULL), GRL_OK);
        for (size_t k = 0; k < d->special_count; k++) {
            const grl_special *s = &d->special[k];
            double first, second;
            if (s->type != GRL_HOPF || s->omega < 0.01) continue;
            assert_int_equal(grl_path_set(path, s->p, NULL), GRL_OK);
            assert_true(grl_normal_form_lyapunov(equation, s->h, s->omega * s->omega, &first, &second));
            check_near(first, s->normal_form[0], 1e-8 * (1 + fabs(first)));
            compared++;
        }
        grl_equation_free(equation);
        grl_path_free(path);
        grl_model_free(model);
        grl_diagram_free(d);
    }
    assert_true(compared >= 1);
}

/* The straight path between two models: the same folds as along the number that differs. */
static void test_path(void **state)
{
    (void)state;
    grl_model *from = one_unit(4, 0), *to = one_unit(4, 0);
    grl_diagram *d;
    assert_int_equal(grl_model_set(from, "b_h[0]", -1, NULL), GRL_OK);
    assert_int_equal(grl_model_set(to, "b_h[0]", 1, NULL), GRL_OK);
    const grl_vary vary = {"path", 0, 1};
    assert_int_equal(grl_bifurcation_compute(from, NULL, to, 1, &vary, NULL, &d, NULL), GRL_OK);
    check_near(nearest_special(d, GRL_FOLD, 0.9)->p[0], (1 + 0.532839975353552) / 2, 1e-12);
    check_near(nearest_special(d, GRL_FOLD, 0.1)->p[0], (1 - 0.532839975353552) / 2, 1e-12);
    grl_diagram_free(d);
    grl_model_free(from);
    grl_model_free(to);
}

static void test_refusals(void **state)
{
    (void)state;
    grl_model *model = rotation();
    grl_diagram *d;
    grl_error error = {0};
    const grl_vary unknown = {"beta", 0, 1}, backwards = {"alpha", 1, 0},
                   twice[2] = {{"alpha", 0, 1}, {"alpha", 0, 1}};
    assert_int_equal(grl_bifurcation_compute(model, NULL, NULL, 1, &unknown, NULL, &d, &error),
                     GRL_BAD_INPUT);
    assert_null(d);
    assert_int_equal(grl_bifurcation_compute(model, NULL, NULL, 1, &backwards, NULL, &d, &error),
                     GRL_BAD_INPUT);
    assert_int_equal(grl_bifurcation_compute(model, NULL, NULL, 2, twice, NULL, &d, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_bifurcation_compute(model, NULL, NULL, 0, NULL, NULL, &d, &error), GRL_BAD_INPUT);
    grl_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hysteresis),    cmocka_unit_test(test_pitchfork),
        cmocka_unit_test(test_transcritical), cmocka_unit_test(test_switching),
        cmocka_unit_test(test_isola),         cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_rotation_map),  cmocka_unit_test(test_flip),
        cmocka_unit_test(test_gates),         cmocka_unit_test(test_symmetric),
        cmocka_unit_test(test_lyapunov),      cmocka_unit_test(test_path),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
