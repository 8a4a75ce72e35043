/* The figure of a diagram: every kind of file, equal bytes, and what is wrong is refused. */
#include "bifurcations.h"

#include <grulens/draw.h>
#include <string.h>
#include <unistd.h>

static char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    bytes[*size] = '\0';
    fclose(file);
    return bytes;
}

static void test_kinds(void **state)
{
    (void)state;
    static const char *const names[] = {"diagram.svg", "diagram.pdf", "diagram.png"}, *const begins[] = {
                                                                                          "<?xml", "%PDF",
                                                                                          "\x89PNG"};
    grl_diagram *d = along(rotation(), "alpha", 0.1, 1.2, GRL_CONTINUOUS, 9);
    for (int k = 0; k < 3; k++)
        for (int theme = 0; theme < 3; theme++) {
            size_t first, second;
            grl_draw_options options = grl_draw_defaults();
            options.theme = (grl_theme)theme;
            options.title = "rotation";
            assert_int_equal(grl_draw_diagram(d, 1, &options, names[k], NULL), GRL_OK);
            char *a = slurp(names[k], &first);
            assert_memory_equal(a, begins[k], strlen(begins[k]));
            assert_int_equal(grl_draw_diagram(d, 1, &options, names[k], NULL), GRL_OK);
            char *b = slurp(names[k], &second);
            assert_int_equal(first, second);
            if (k != 1) assert_memory_equal(a, b, first); /* PDF carries its date */
            free(a);
            free(b);
            unlink(names[k]);
        }
    grl_diagram_free(d);
}

static void test_refusals(void **state)
{
    (void)state;
    grl_error error = {0};
    grl_draw_options options = grl_draw_defaults();
    grl_diagram *d = along(rotation(), "alpha", 0.5, 1.2, GRL_CONTINUOUS, 2);
    assert_int_equal(grl_draw_diagram(d, 2, &options, "no.svg", &error), GRL_BAD_INPUT);
    assert_int_equal(grl_draw_diagram(d, 0, &options, "no.gif", &error), GRL_BAD_INPUT);
    options.title = "\xff";
    assert_int_equal(grl_draw_diagram(d, 0, &options, "no.svg", &error), GRL_BAD_INPUT);
    options.title = NULL;
    options.theme = (grl_theme)7;
    assert_int_equal(grl_draw_diagram(d, 0, &options, "no.svg", &error), GRL_BAD_INPUT);
    assert_int_not_equal(access("no.svg", F_OK), 0);
    grl_diagram_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
