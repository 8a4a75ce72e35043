/* Random networks along random parameters: nothing crashes or runs on, every end has a name, branches agree
 * with the proven lists of fixed points at all samples, and following from the other end of the range gives
 * the same special points. */
#include "bifurcation/diagram.h"
#include "bifurcation/equilibria.h"
#include "bifurcations.h"

/* From low to high, or the other way. */
static grl_diagram *follow(const grl_model *model, const char *name, double low, double high,
                           const grl_bifurcation_options *options, int backwards)
{
    grl_path *path;
    grl_equation *equation;
    grl_samples *samples;
    grl_diagram *diagram;
    const size_t n = grl_cell_hidden_size(grl_model_cell(model));
    assert_int_equal(grl_path_create(model, NULL, NULL, 1, &name, &path, NULL), GRL_OK);
    assert_int_equal(grl_diagram_create(n, 1, &name, &low, &high, options->time, options->dt, &diagram, NULL),
                     GRL_OK);
    assert_int_equal(grl_equation_create(path, &low, &high, options->time == GRL_DISCRETE ? options->dt : 0,
                                         &equation, NULL),
                     GRL_OK);
    if (backwards) grl_equation_line(equation, &high, &low);
    assert_int_equal(grl_samples_compute(equation, 0, options, &samples, NULL), GRL_OK);
    assert_int_equal(grl_equilibrium_branches(equation, samples, options, diagram, NULL), GRL_OK);
    grl_samples_free(samples);
    grl_equation_free(equation);
    grl_path_free(path);
    return diagram;
}

/* How many special points of a, neutral saddles apart, b lacks. Two that nearly fall together, which one of
 * both ways may see and the other not, are allowed for in pairs by the caller. */
static size_t missing(const grl_diagram *a, const grl_diagram *b)
{
    size_t count = 0;
    for (size_t i = 0; i < a->special_count; i++) {
        const grl_special *s = &a->special[i];
        if (s->type == GRL_NEUTRAL_SADDLE) continue;
        count += grl_diagram_find_special(b, 0, s->type, s->p, s->h, 1e-8) == SIZE_MAX;
    }
    return count;
}

static void test_random(void **state)
{
    (void)state;
    static const char *const names[] = {"b_h[0]",     "b_h[1]",     "b_z[0]",    "b_r[1]",
                                        "U_h[0,1]",   "U_h[1,1]",   "U_r[0,0]",  "U_z[0,1]",
                                        "scale(U_h)", "scale(U_r)", "scale(U_z)"};
    const uint64_t count = check_quick() ? 12 : 60;
    size_t points = 0, lacking = 0, unlocated = 0;
    for (uint64_t i = 0; i < count; i++) {
        grl_random random = grl_random_stream(77, i);
        const size_t n = 2 + i % 3;
        const double scale = 1 + 7 * grl_random_uniform(&random);
        const char *name = names[(size_t)(grl_random_uniform(&random) * 11)];
        grl_model *model =
            model_of(random_network(n, i % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, scale, 1, i));
        grl_bifurcation_options options = grl_bifurcation_defaults();
        options.time = i % 5 == 0 ? GRL_DISCRETE : GRL_CONTINUOUS;
        options.threads = 1;
        const double low = name[0] == 's' ? 0 : -5, high = name[0] == 's' ? 2 : 5;
        grl_diagram *there = follow(model, name, low, high, &options, 0),
                    *back = follow(model, name, low, high, &options, 1);
        assert_int_equal(there->unfinished, 0);
        assert_int_equal(there->mismatched, 0);
        assert_int_equal(there->branch_count, back->branch_count);
        lacking += missing(there, back) + missing(back, there);
        unlocated += there->unlocated;
        points += there->special_count;
        for (size_t b = 0; b < there->branch_count; b++)
            for (int end = 0; end < 2; end++)
                assert_true(there->branches[b].end[end] == GRL_BRANCH_RANGE ||
                            there->branches[b].end[end] == GRL_BRANCH_CLOSED ||
                            there->branches[b].end[end] == GRL_BRANCH_SPECIAL);
        grl_diagram_free(there);
        grl_diagram_free(back);
        grl_model_free(model);
    }
    assert_true(points > 10);
    assert_int_equal(lacking, 0);
    assert_int_equal(unlocated, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
