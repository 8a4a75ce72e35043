/* The report's parts: paths of results, numbers in texts, documents as well-formed HTML and as PDF, the scan of one unit's
 * turning points. The report as a whole is checked from outside, by paper.py. */
#include "check.h"

#include "base/file.h"
#include "paper/document.h"
#include "paper/inflections.h"
#include "paper/markup.h"
#include "paper/results.h"

#include <grulens/paper.h>
#include <grulens/report.h>

#include <string.h>
#include <unistd.h>

static void paths_of_results(void **state)
{
    (void)state;
    grl_results r = {.root = json_object()};
    grl_results_number(&r, 0.1, "hopf/alpha");
    grl_results_integer(&r, 7, "cases/%d/count", 0);
    grl_results_integer(&r, 8, "cases/%d/count", 1);
    grl_results_number(&r, INFINITY, "cases/0/memory");
    grl_results_number(&r, -0.0, "cases/0/zero");
    grl_results_flag(&r, 1, "cases/1/complete");
    grl_results_text(&r, "a \"b\"", "name");
    grl_results_numbers(&r, 2, (const double[]){1.5, -2}, "list");
    assert_int_equal(r.failed, 0);
    check_near(grl_results_value(r.root, "hopf/alpha"), 0.1, 0);
    check_near(grl_results_value(r.root, "cases/%d/count", 1), 8, 0);
    assert_true(isnan(grl_results_value(r.root, "cases/0/memory")));
    assert_true(isnan(grl_results_value(r.root, "cases/9/count")));
    assert_int_equal(grl_results_is(r.root, "cases/1/complete"), 1);
    assert_int_equal(grl_results_is(r.root, "cases/0/complete"), 0);
    assert_int_equal(grl_results_count(r.root, "cases"), 2);
    assert_string_equal(grl_results_words(r.root, "name"), "a \"b\"");
    double *list;
    size_t count;
    grl_error error;
    assert_int_equal(grl_results_list(r.root, "list", &list, &count, &error), GRL_OK);
    assert_int_equal(count, 2);
    check_near(list[1], -2, 0);
    free(list);
    assert_int_equal(grl_results_list(r.root, "name", &list, &count, &error), GRL_BAD_INPUT);

    /* A list grows at its end only. */
    grl_results_integer(&r, 1, "cases/5/count");
    assert_int_equal(r.failed, 1);

    /* The same bytes after a round through a file. */
    grl_text first = {0}, second = {0};
    json_t *again;
    grl_results_write(r.root, &first);
    assert_int_equal(grl_file_write("test_paper.json", first.data, first.size, &error), GRL_OK);
    assert_int_equal(grl_results_read("test_paper.json", &again, &error), GRL_OK);
    grl_results_write(again, &second);
    assert_string_equal(first.data, second.data);
    assert_non_null(strstr(first.data, "[1.5, -2]"));
    assert_null(strstr(first.data, "-0,"));
    grl_text_drop(&first);
    grl_text_drop(&second);
    json_decref(again);
    json_decref(r.root);

    assert_int_equal(grl_file_write("test_paper.json", "[1]", 3, &error), GRL_OK);
    assert_int_equal(grl_results_read("test_paper.json", &again, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_file_write("test_paper.json", "{", 1, &error), GRL_OK);
    assert_int_equal(grl_results_read("test_paper.json", &again, &error), GRL_BAD_INPUT);
    unlink("test_paper.json");
}

static json_t *sample_sections(void)
{
    grl_results r = {.root = json_object()};
    grl_results_number(&r, 0.84106867056793, "lens/hopf/alpha");
    grl_results_number(&r, -1.24e-9, "lens/error");
    grl_results_number(&r, 0.1234, "lens/share");
    grl_results_integer(&r, 12345, "lens/count");
    grl_results_text(&r, "stable <focus>", "lens/type");
    grl_results_flag(&r, 1, "lens/complete");
    grl_results_number(&r, INFINITY, "uses/memory");
    return r.root;
}

/* The whole text of spans, with marks for styles. */
static void flatten(const char *text, const json_t *sections, char flat[256])
{
    grl_spans spans = {0};
    grl_error error;
    if (grl_markup_parse(text, sections, "lens", &spans, &error) != GRL_OK) fail_msg("%s", error.message);
    flat[0] = '\0';
    for (size_t i = 0; i < spans.count; i++) {
        const char *mark = spans.items[i].style & GRL_SPAN_RAISED    ? "^"
                           : spans.items[i].style & GRL_SPAN_LOWERED ? "_"
                           : spans.items[i].style & GRL_SPAN_CODE    ? "`"
                           : spans.items[i].style & GRL_SPAN_BOLD    ? "*"
                           : spans.items[i].style & GRL_SPAN_ITALIC  ? "/"
                                                                     : "";
        snprintf(flat + strlen(flat), 256 - strlen(flat), "%s%s|", mark, spans.items[i].text);
    }
    grl_spans_free(&spans);
}

static void texts_with_numbers(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"plain", "plain|"},
        {"$U_h$ = 3^{-1}", "/U|_h| = 3|^-1|"},
        {"*bold* and `a_b $c$ {x}`", "*bold| and |`a_b $c$ {x}|"},
        {"\\$5 \\{", "$5 {|"},
        {"at {hopf/alpha|.4f}.", "at |0.8411|.|"},
        {"{error|.2g}", "\xe2\x88\x92"
                        "1.2\xc2\xb7"
                        "10|^\xe2\x88\x92"
                        "9|"},
        {"{share|%.1f}", "12.3\xe2\x80\x89%|"},
        {"{count|d} {count}", "12345| |12345|"},
        {"{type}, {complete}", "stable <focus>|, |yes|"},
        {"{/uses/memory|.3g}", "\xe2\x88\x9e|"},
    };
    json_t *sections = sample_sections();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char flat[256];
        flatten(cases[i][0], sections, flat);
        assert_string_equal(flat, cases[i][1]);
    }
    static const char *const wrong[] = {"{nowhere}",       "{hopf}",   "{hopf/alpha|.4s}",
                                        "{hopf/alpha|%n}", "{count|}", "{/lens/none|.2f}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        grl_spans spans = {0};
        grl_error error;
        assert_int_equal(grl_markup_parse(wrong[i], sections, "lens", &spans, &error), GRL_BAD_INPUT);
        grl_spans_free(&spans);
    }
    /* Where a number comes from. */
    grl_spans spans = {0};
    assert_int_equal(grl_markup_parse("{hopf/alpha|.2f}", sections, "lens", &spans, NULL), GRL_OK);
    assert_string_equal(spans.items[0].pointer, "/sections/lens/results/hopf/alpha");
    assert_string_equal(spans.items[0].value, "0.84106867056793");
    grl_spans_free(&spans);
    json_decref(sections);
}

/* A document with every kind of part. */
static void make_document(grl_document *d)
{
    static const char *const cells[] = {"Name", "Value", "$\xce\xb1$", "{hopf/alpha|.3f}", "a & b", "{type}"};
    grl_drawing *drawing;
    grl_error error;
    *d = (grl_document){0};
    grl_document_section(d, "lens", "A title & more");
    grl_document_heading(d, "A heading");
    for (int i = 0; i < 40; i++)
        grl_document_paragraph(
            d, "Some words that fill a line, and a number, {count}, in them: again and again.");
    grl_document_equation(d, "$x$ = {error|.2g} < 1");
    grl_document_table(d, 3, 2, cells, "A table.");
    grl_document_figure(d, 2, "Two figures, {share|%.0f}.");
    for (int k = 0; k < 2; k++) {
        const grl_draw_options look = {.theme = GRL_THEME_LIGHT, .scale = 2, .trajectories = -1};
        grl_draw_options options = look;
        double rows[2] = {0, 1}, states[2] = {0.1, 0.2};
        const grl_trajectory t = {
            .hidden_size = 1, .count = 2, .times = rows, .states = states, .stopped_by = "end"};
        assert_int_equal(grl_drawing_create(&drawing, &error), GRL_OK);
        options.drawing = drawing;
        assert_int_equal(
            grl_draw_timecourse(1, (const grl_trajectory *const[]){&t}, NULL, 0, &options, NULL, &error),
            GRL_OK);
        grl_document_drawing(d, drawing, k ? "b.svg" : "a.svg");
    }
    grl_document_claim(d, &(grl_claim){.id = "one",
                                       .statement = "It holds: {complete}.",
                                       .evidence = "{count} points & \"more\".",
                                       .command = "grulens info 'a & b' <x>\ngrulens info c",
                                       .verdict = GRL_PROVEN,
                                       .checks = {{"count", "a/b", 0, 0}}});
    assert_int_equal(d->failed, 0);
}

static void documents_are_written(void **state)
{
    (void)state;
    json_t *sections = sample_sections();
    grl_document d;
    grl_error error;
    char *text[2];
    make_document(&d);
    for (int k = 0; k < 2; k++)
        if (grl_document_html(&d, sections, "T & T", "sub", "abstract {/lens/count}", &text[k], &error) !=
            GRL_OK)
            fail_msg("%s", error.message);
    assert_string_equal(text[0], text[1]);
    assert_non_null(strstr(text[0], "data-ref=\"/sections/lens/results/count\""));
    assert_non_null(strstr(text[0], "stable &lt;focus&gt;"));
    assert_non_null(strstr(text[0], "grulens info 'a &amp; b' &lt;x&gt;"));
    assert_null(strstr(text[0], "<x>"));
    /* Identifiers of the two figures are apart, and their colours are the page's. */
    assert_non_null(strstr(text[0], "id=\"f1-1-glyph"));
    assert_non_null(strstr(text[0], "id=\"f1-2-glyph"));
    assert_null(strstr(text[0], "id=\"glyph"));
    assert_non_null(strstr(text[0], "var(--g1)"));

    for (int k = 0; k < 2; k++) {
        unsigned char *bytes;
        size_t size;
        if (grl_document_pdf(&d, sections, "T", "sub", "abstract", "test_paper.pdf", &error) != GRL_OK)
            fail_msg("%s", error.message);
        assert_int_equal(grl_file_read("test_paper.pdf", 1 << 24, &bytes, &size, &error), GRL_OK);
        assert_true(size > 1000 && memcmp(bytes, "%PDF", 4) == 0);
        free(bytes);
    }
    unlink("test_paper.pdf");
    free(text[0]);
    free(text[1]);

    /* A text that names what is not there is an error, and no file is left. */
    grl_document_paragraph(&d, "{nowhere}");
    assert_int_equal(grl_document_html(&d, sections, "T", "", "", &text[0], &error), GRL_BAD_INPUT);
    assert_null(text[0]);
    assert_int_equal(grl_document_pdf(&d, sections, "T", "", "", "test_paper.pdf", &error), GRL_BAD_INPUT);
    assert_int_not_equal(access("test_paper.pdf", F_OK), 0);
    grl_document_free(&d);
    json_decref(sections);
}

/* Sign changes of p'(h) on a fine grid: what the proof bounds, counted by another way, from p itself. */
static int turning_points(double w, double c)
{
    enum { GRID = 20000 };
    int turns = 0, last = 0;
    double before = 0;
    for (int i = 0; i <= GRID; i++) {
        const double h = -1 + 2.0 * i / GRID, s = 1 / (1 + exp(-(w * h + c)));
        const double p = (1 - h * h) * (s + h * w * s * (1 - s));
        const int sign = p > before ? 1 : p < before ? -1 : 0;
        if (i > 0 && sign != 0) {
            turns += last != 0 && sign != last;
            last = sign;
        }
        before = p;
    }
    return turns;
}

static void one_unit_has_two_turning_points_at_most(void **state)
{
    (void)state;
    grl_inflections scan;
    grl_error error;
    assert_int_equal(grl_inflections_scan(8, 12, 40, NULL, &scan, &error), GRL_OK);
    assert_int_equal(scan.undecided, 0);
    check_near(scan.certified_area, 1, 1e-12);
    assert_in_range(scan.most, 1, 2);
    unsigned seed = 1;
    int most = 0;
    for (int k = 0; k < 200; k++) {
        seed = seed * 1103515245u + 12345u;
        const double w = -8 + 16.0 * (seed >> 8 & 0xffff) / 65536;
        seed = seed * 1103515245u + 12345u;
        const double c = -12 + 24.0 * (seed >> 8 & 0xffff) / 65536;
        const int turns = turning_points(w, c);
        most = turns > most ? turns : most;
    }
    assert_int_equal(most, 2);

    /* Without room to cut it says that it does not know. */
    assert_int_equal(grl_inflections_scan(50, 50, 3, NULL, &scan, &error), GRL_OK);
    assert_true(scan.undecided > 0 && scan.undecided_area > 0);
    check_near(scan.certified_area + scan.undecided_area, 1, 1e-12);
    grl_progress progress = {.stop = 1};
    assert_int_equal(grl_inflections_scan(8, 12, 40, &progress, &scan, &error), GRL_STOPPED);
}

static void what_is_refused(void **state)
{
    (void)state;
    grl_error error;
    grl_paper_options options = grl_paper_defaults();
    options.sections = "lens,lense";
    assert_int_equal(grl_paper_run("test_paper_report", &options, NULL, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "lense"));
    assert_non_null(strstr(error.message, "one-unit"));
    assert_int_not_equal(access("test_paper_report", F_OK), 0);
    assert_string_equal(grl_paper_section(0), "lens");
    size_t count = 0;
    while (grl_paper_section(count)) assert_non_null(grl_paper_section_title(count++));
    assert_int_equal(count, 8);
    options.sections = "lens";
    grl_progress progress = {.stop = 1};
    options.progress = &progress;
    assert_int_equal(grl_paper_run("/dev/null/report", &options, NULL, &error), GRL_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_of_results),      cmocka_unit_test(texts_with_numbers),
        cmocka_unit_test(documents_are_written), cmocka_unit_test(one_unit_has_two_turning_points_at_most),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
