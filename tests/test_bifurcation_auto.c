/* test_bifurcation_auto.c: diagrams and charts against AUTO-07p (tests/data/auto; README.md there says what its
 * numbers are worth). Every point that AUTO found must be found, one for one, and no other, periods along the branches
 * of cycles and the ends of these must agree, and the sign of the first Lyapunov coefficient.
 *
 * Tolerances: AUTO solves to 1e-11 and locates on equilibria to 1e-10, on cycles to 1e-9 on a mesh of 100 to 200
 * intervals, and prints 11 digits. Its generalised Hopf points are those of a coefficient from finite differences, good
 * to 1e-5. At a fold the state is known to the root of what the parameter is known to. */
#include "check.h"

#include <grulens/bifurcation.h>
#include <grulens/format.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static double item(const json_t *object, const char *key, size_t i)
{
    return json_number_value(json_array_get(json_object_get(object, key), i));
}

static double tolerance_of(grl_special_type type)
{
    const bool chart = type == GRL_CUSP || type == GRL_BOGDANOV_TAKENS || type == GRL_FOLD_HOPF;
    const bool equilibrium = type == GRL_FOLD || type == GRL_HOPF || type == GRL_BRANCH_POINT;
    return type == GRL_GENERALIZED_HOPF ? 1e-5 : chart ? 2e-6 : equilibrium ? 2e-9 : 1e-8;
}

/* Types that AUTO finds too. */
static bool is_compared(grl_special_type type, bool chart)
{
    static const grl_special_type lines[] =
        {GRL_FOLD, GRL_HOPF, GRL_BRANCH_POINT, GRL_CYCLE_FOLD, GRL_CYCLE_BRANCH_POINT, GRL_PERIOD_DOUBLING,
         GRL_TORUS},
                                  charts[] = {GRL_CUSP, GRL_BOGDANOV_TAKENS, GRL_FOLD_HOPF,
                                              GRL_GENERALIZED_HOPF};
    const size_t count = chart ? sizeof charts / sizeof *charts : sizeof lines / sizeof *lines;
    for (size_t i = 0; i < count; i++)
        if (type == (chart ? charts : lines)[i]) return true;
    return false;
}

static bool agree(const grl_special *s, const json_t *point, size_t n, size_t parameters)
{
    if (strcmp(grl_special_name(s->type), json_string_value(json_object_get(point, "type"))) != 0)
        return false;
    for (size_t k = 0; k < parameters; k++) {
        const double p = item(point, "p", k);
        if (!(fabs(s->p[k] - p) <= tolerance_of(s->type) * fmax(1, fabs(p)))) return false;
    }
    for (size_t k = 0; k < n && json_object_get(point, "period") == NULL; k++)
        if (!(fabs(s->h[k] - item(point, "h", k)) <= 3e-5)) return false;
    const double period = number(point, "period");
    return period == 0 || fabs(s->period - period) <= 1e-5 * period;
}

/* Whether AUTO is known to have passed over this one. */
static bool is_lacking(const grl_special *s, const json_t *lacks)
{
    for (size_t i = 0; i < json_array_size(lacks); i++) {
        const json_t *box = json_array_get(lacks, i);
        bool inside = strcmp(grl_special_name(s->type), json_string_value(json_object_get(box, "type"))) == 0;
        for (size_t k = 0; k < json_array_size(json_object_get(box, "low")); k++)
            inside = inside && s->p[k] > item(box, "low", k) && s->p[k] < item(box, "high", k);
        if (inside) return true;
    }
    return false;
}

static void compare_points(const char *name, const grl_diagram *d, const json_t *points, const json_t *lacks)
{
    const size_t count = json_array_size(points), n = d->hidden_size;
    bool *used = calloc(d->special_count + 1, sizeof *used);
    assert_non_null(used);
    for (size_t i = 0; i < count; i++) {
        const json_t *point = json_array_get(points, i);
        size_t k = 0;
        while (k < d->special_count && (used[k] || !agree(&d->special[k], point, n, d->parameters))) k++;
        if (k == d->special_count)
            fail_msg("%s: %s at %.11g was missed", name, json_string_value(json_object_get(point, "type")),
                     item(point, "p", 0));
        used[k] = true;
        const double l1 = number(point, "l1");
        if (l1 != 0 && !(l1 * d->special[k].normal_form[0] > 0))
            fail_msg("%s: l1 = %g at %.11g", name, d->special[k].normal_form[0], item(point, "p", 0));
    }
    for (size_t k = 0; k < d->special_count; k++)
        if (is_compared(d->special[k].type, d->parameters == 2) && !used[k] &&
            !is_lacking(&d->special[k], lacks))
            fail_msg("%s: AUTO has no %s at %.11g", name, grl_special_name(d->special[k].type),
                     d->special[k].p[0]);
    free(used);
}

/* The period at p from four neighbours of a branch, by Lagrange's formula; -1 unless p rises or falls along them. */
static double period_between(const grl_diagram_branch *branch, size_t first, double p)
{
    double sum = 0;
    const double *x = branch->p + first, *y = branch->period + first;
    for (int i = 0; i < 3; i++)
        if (!((x[i + 1] - x[i]) * (x[1] - x[0]) > 0)) return -1;
    for (int i = 0; i < 4; i++) {
        double term = y[i];
        for (int j = 0; j < 4; j++)
            if (j != i) term *= (p - x[j]) / (x[i] - x[j]);
        sum += term;
    }
    return sum;
}

static void compare_periods(const char *name, const grl_diagram *d, const json_t *cycles)
{
    for (size_t c = 0; c < json_array_size(cycles); c++) {
        const json_t *cycle = json_array_get(cycles, c);
        const double p = number(cycle, "p"), period = number(cycle, "period");
        double best = INFINITY;
        for (size_t b = 0; b < d->branch_count; b++) {
            const grl_diagram_branch *branch = &d->branches[b];
            if (branch->kind != GRL_BRANCH_CYCLE) continue;
            for (size_t i = 1; i + 2 < branch->count; i++)
                if ((branch->p[i] - p) * (branch->p[i + 1] - p) <= 0)
                    best = fmin(best, fabs(period_between(branch, i - 1, p) / period - 1));
        }
        if (!(best <= 2e-3)) fail_msg("%s: no cycle of period %.10g at %.10g, by %g", name, period, p, best);
    }
}

/* AUTO's cycle of period 900 is as near to a homoclinic orbit as makes no difference, unless the saddle is slow; to a
 * saddle-node as the square of 1/900 of its time scale. `unnamed`: so many ends may be known as the limit of the
 * period only. */
static void compare_ends(const char *name, const grl_diagram *d, const json_t *ends, size_t unnamed)
{
    for (size_t e = 0; e < json_array_size(ends); e++) {
        const double p = number(json_array_get(ends, e), "p");
        double best = INFINITY;
        for (size_t i = 0; i < d->special_count; i++) {
            const grl_special *s = &d->special[i];
            if (s->type == GRL_HOMOCLINIC || s->type == GRL_HETEROCLINIC || s->type == GRL_SNIC)
                best = fmin(best, fabs(s->p[0] - p) / (s->type == GRL_SNIC ? 0.1 : 1e-6));
        }
        if (best <= 1) continue;
        size_t limits = 0;
        for (size_t b = 0; b < d->branch_count; b++) {
            const grl_diagram_branch *branch = &d->branches[b];
            limits += branch->end[1] == GRL_BRANCH_PERIOD && fabs(branch->p[branch->count - 1] - p) < 1e-6;
        }
        if (limits == 0 || limits > unnamed) fail_msg("%s: no end of a branch of cycles at %.11g", name, p);
    }
}

static void compare(const char *name)
{
    char path[512];
    json_error_t trouble;
    grl_error error = {0};
    grl_model *model;
    grl_diagram *d;
    snprintf(path, sizeof path, "%s/auto/%s.json", GRL_TEST_DATA, name);
    json_t *golden = json_load_file(path, 0, &trouble);
    if (!golden) fail_msg("%s: %s", path, trouble.text);
    snprintf(path, sizeof path, "%s/auto/%s", GRL_TEST_DATA,
             json_string_value(json_object_get(golden, "model")));
    if (grl_model_load(path, NULL, &model, &error) != GRL_OK) fail_msg("%s", error.message);
    const json_t *vary = json_object_get(golden, "vary");
    const size_t count = json_array_size(vary);
    grl_vary varied[2];
    assert_in_range(count, 1, 2);
    for (size_t k = 0; k < count; k++) {
        const json_t *one = json_array_get(vary, k);
        varied[k] = (grl_vary){json_string_value(json_object_get(one, "name")), number(one, "low"),
                               number(one, "high")};
    }
    grl_bifurcation_options options = grl_bifurcation_defaults();
    options.threads = 1;
    options.max_period = 300;
    options.cycles = count == 1;
    options.portraits = 0;
    if (grl_bifurcation_compute(model, NULL, NULL, count, varied, &options, &d, &error) != GRL_OK)
        fail_msg("%s", error.message);
    assert_int_equal(d->unlocated, 0);
    assert_int_equal(d->mismatched, 0);
    compare_points(name, d, json_object_get(golden, "points"), json_object_get(golden, "lacks"));
    compare_periods(name, d, json_object_get(golden, "cycles"));
    /* The saddle of one end of input2 is so slow that the orbit of period 300 is still far from it. */
    compare_ends(name, d, json_object_get(golden, "ends"), strcmp(name, "input2") == 0);
    grl_diagram_free(d);
    grl_model_free(model);
    json_decref(golden);
}

static void test_lines(void **state)
{
    (void)state;
    static const char *const names[] = {"canard2", "bridge2", "scale2", "input2",     "isola2",  "after2",
                                        "reset2",  "rate2",   "gate2",  "pitchfork2", "weight3", "two3",
                                        "loop3",   "reset3",  "folds3", "doubling3",  "torus3"};
    const char *only = getenv("GRL_TEST_AUTO");
    for (size_t i = 0; i < sizeof names / sizeof *names; i += check_quick() ? 4 : 1)
        if (!only || strcmp(only, names[i]) == 0) compare(names[i]);
}

static void test_charts(void **state)
{
    (void)state;
    static const char *const names[] = {"scale2-chart", "bridge2-chart", "input2-chart", "weight3-chart"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i += check_quick() ? 4 : 1) compare(names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_charts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
