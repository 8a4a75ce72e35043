/* The first paragraph of the report on a two-unit flow: which attractors there are and who goes where, of networks
 * whose portraits are known from elsewhere, and no word beyond what the portrait says of itself. */
#include "check.h"

#include <grulens/cycles.h>
#include <grulens/format.h>
#include <grulens/report.h>
#include <grulens/separatrices.h>
#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    grl_model *model;
    grl_portrait *portrait;
} fixture;

static fixture analyze(const char *name, const char *first, double value, const char *second, double other)
{
    fixture f = {0};
    grl_error error = {0};
    if (grl_model_load(name, NULL, &f.model, &error) != GRL_OK) fail_msg("%s", error.message);
    if (first) assert_int_equal(grl_model_set(f.model, first, value, NULL), GRL_OK);
    if (second) assert_int_equal(grl_model_set(f.model, second, other, NULL), GRL_OK);
    const grl_cell *cell = grl_model_cell(f.model);
    assert_int_equal(grl_portrait_compute(cell, NULL, NULL, &f.portrait, NULL), GRL_OK);
    assert_int_equal(grl_cycles_compute(cell, NULL, f.portrait, NULL, &f.portrait->cycles, NULL), GRL_OK);
    assert_int_equal(grl_separatrices_compute(cell, NULL, f.portrait, NULL, &f.portrait->separatrices, NULL),
                     GRL_OK);
    return f;
}

/* The first paragraph, its lines joined. */
static void first_paragraph(const fixture *f, char flat[4000])
{
    char *text = NULL;
    assert_int_equal(grl_report_analysis_text(f->model, "m", NULL, f->portrait, NULL, 0, &text, NULL),
                     GRL_OK);
    const char *end = strstr(text, "\n\n");
    assert_non_null(end);
    size_t length = (size_t)(end - text);
    assert_true(length < 4000);
    for (size_t i = 0; i < length; i++) flat[i] = text[i] == '\n' ? ' ' : text[i];
    flat[length] = '\0';
    for (const char *line = text; line < end;) {
        size_t width = strcspn(line, "\n");
        assert_true(width <= 90);
        line += width + 1;
    }
    grl_text_free(text);
}

static void drop(fixture *f)
{
    grl_portrait_free(f->portrait);
    grl_model_free(f->model);
}

static void check_words(const fixture *f, const char *const *words)
{
    char flat[4000];
    first_paragraph(f, flat);
    for (; *words; words++)
        if (!strstr(flat, *words)) fail_msg("\"%s\" is not in: %s", *words, flat);
}

#define EXAMPLES   GRL_TEST_DATA "/../../examples/"
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Symmetry: the nine points of U_h = 3 I, and of the rotated family, have basins of a quarter each. */
static void equal_basins_are_told_at_once(void **state)
{
    (void)state;
    fixture f = analyze(EXAMPLES "three_i.json", NULL, 0, NULL, 0);
    check_words(&f,
                WORDS("has four attractors: the stable nodes #1, #3, #7 and #9.", "25 % go to each",
                      "the stable manifolds of the saddles #2, #4, #6 and #8 (the states that end in them).",
                      "The fixed points and their stability are proven; the rest is computed."));
    drop(&f);
}

/* Periods by another program, tests/test_cycles.c. */
static void cycles_are_attractors_too(void **state)
{
    (void)state;
    fixture f = analyze(EXAMPLES "rotation.json", "alpha", 0.7, NULL, 0);
    check_words(
        &f, WORDS("has one attractor, a stable limit cycle of period 14.977 around the unstable focus #1;",
                  "almost every state goes to it."));
    drop(&f);
    f = analyze(EXAMPLES "gates.json", "b_h[0]", 1.2, "b_h[1]", 1.6);
    check_words(&f, WORDS("has two attractors: the stable node #3 and a stable limit cycle of period 16.7",
                          "to #3", "to the stable cycle"));
    drop(&f);
    f = analyze(EXAMPLES "gates.json", "b_h[0]", 1.46, "b_h[1]", 1.8);
    check_words(&f, WORDS("has two attractors: the stable focus #3 and a stable limit cycle of period 9.79",
                          "an unstable limit cycle of period 13.1", "to #3"));
    drop(&f);
}

static void shares_are_told_by_size(void **state)
{
    (void)state;
    fixture f = analyze(EXAMPLES "gates.json", "b_h[0]", 1.6, "b_h[1]", 1.9);
    char flat[4000];
    first_paragraph(&f, flat);
    const char *at = strstr(flat, "(-1,1) x (-1,1), ");
    assert_non_null(at);
    char *end;
    double first = strtod(at + strlen("(-1,1) x (-1,1), "), &end);
    assert_memory_equal(end, " % go to #3 and ", 16);
    double second = strtod(end + 16, &end);
    assert_memory_equal(end, " % to #1.", 9);
    /* Three digits of each are shown. */
    check_near(first + second, 100, 0.06);
    assert_true(first > second);
    drop(&f);
}

static void nothing_is_claimed_beyond_the_flags(void **state)
{
    (void)state;
    char flat[4000];
    fixture f = analyze(EXAMPLES "three_i.json", NULL, 0, NULL, 0);
    f.portrait->complete = 0;
    first_paragraph(&f, flat);
    assert_non_null(strstr(flat, "at least four attractors"));
    assert_null(strstr(flat, "are proven"));
    f.portrait->complete = 1;
    f.portrait->points[4].stability_proven = 0;
    first_paragraph(&f, flat);
    assert_non_null(strstr(flat, "That there are no other fixed points is proven; the rest is computed."));
    f.portrait->points[4].stability_proven = 1;
    f.portrait->cycles->undecided = 1;
    first_paragraph(&f, flat);
    assert_non_null(strstr(flat, "at least four attractors"));
    drop(&f);
    /* Not known where states go: the report begins with the fixed points. */
    f = analyze(EXAMPLES "pseudo_line.json", NULL, 0, NULL, 0);
    first_paragraph(&f, flat);
    assert_null(strstr(flat, "attractor"));
    assert_non_null(strstr(flat, "one degenerate fixed point"));
    drop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_basins_are_told_at_once),
        cmocka_unit_test(cycles_are_attractors_too),
        cmocka_unit_test(shares_are_told_by_size),
        cmocka_unit_test(nothing_is_claimed_beyond_the_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
