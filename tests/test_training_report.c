/* A training and its judgement as a document and as a report, rows read back from a journal, tables of sweeps: against
 * numbers worked out by hand. */
#include "judged.h"

#include <grulens/report.h>
#include <jansson.h>

static grl_judgement_row row(const char *task, size_t units, unsigned long long seed, int success,
                             double seconds, size_t count, const grl_measure *measures)
{
    return (grl_judgement_row){.task = task,
                               .units = units,
                               .seed = seed,
                               .success = success,
                               .seconds = seconds,
                               .count = count,
                               .measures = measures};
}

/* A line attractor of two units, with a learning curve, judged. */
static grl_judgement *judged_line(made *m, grl_learning_point curve[2])
{
    const double U[] = {0, -2, -2, 0};
    grl_judgement *j = NULL;
    grl_judge_options ask = grl_judge_defaults();
    make(m, network_of_U_h(2, U), GRL_DISCRETE, 1, 20);
    m->training.problem = grl_problem_of(grl_task_find("line-attractor"));
    m->training.settings.seed = 18446744073709551615u;
    curve[0] = (grl_learning_point){.step = 25, .horizon = 10, .loss = 0.5, .validation = 0.75, .rate = 0.01};
    curve[1] = (grl_learning_point){.step = 50, .horizon = 20, .loss = 0.1, .validation = NAN, .rate = 0.005};
    m->training.count = 2;
    m->training.curve = curve;
    m->training.best = 0.75;
    m->training.best_step = 25;
    m->training.steps = 50;
    m->training.seconds = 1.25;
    ask.trajectories = 4;
    assert_int_equal(grl_judge(&m->training, NULL, &ask, &j, NULL), GRL_OK);
    return j;
}

static double number(const json_t *object, const char *a, const char *b, const char *c)
{
    const json_t *value = json_object_get(object, a);
    if (b) value = json_object_get(value, b);
    if (c) value = json_object_get(value, c);
    return json_is_null(value) ? (double)NAN : json_number_value(value);
}

/* The words stand in the text, whose lines may be broken anywhere. */
static void check_words(const char *text, const char *words)
{
    char flat[20000];
    assert_true(strlen(text) < sizeof flat);
    for (size_t i = 0; i <= strlen(text); i++)
        flat[i] = text[i] == '\n' && text[i + 1] != ' ' ? ' ' : text[i];
    if (strstr(flat, words)) return;
    fputs(text, stderr);
    fail_msg("not in the report: %s", words);
}

/* The judgement of a network from anywhere, in the document and the report of its analysis. */
static void test_analysis(void **state)
{
    made m;
    grl_learning_point curve[2];
    char *text = NULL;
    (void)state;
    grl_judgement *j = judged_line(&m, curve);
    grl_model *model = m.training.model;
    assert_int_equal(grl_report_analysis_json(model, "m", NULL, j->portrait, j, &text, NULL), GRL_OK);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    const json_t *judged = json_object_get(root, "judged");
    assert_string_equal(json_string_value(json_object_get(judged, "task")), "line-attractor");
    assert_string_equal(json_string_value(json_object_get(judged, "start")), "encoded");
    check_near(number(judged, "parameters", "time-step", NULL), 0.1, 0);
    check_near(number(judged, "dt", NULL, NULL), 1, 0);
    check_near(number(judged, "warm_up", NULL, NULL), 0, 0);
    check_near(number(root, "judgement", "error", "at_horizon"), j->error.at_horizon, 0);
    json_decref(root);
    grl_text_free(text);

    assert_int_equal(grl_report_analysis_text(model, "m", NULL, j->portrait, j, 0, &text, NULL), GRL_OK);
    const char *section = strstr(text, "\nJudgement\n");
    assert_non_null(section);
    check_words(section,
                "By what it was to learn, line-attractor (time-step = 0.1), run as the map with dt = 1 from "
                "its encoded start.");
    check_words(section, "Not learned, by the criterion");
    /* The map was described above. */
    assert_null(strstr(section, "This 2-unit network"));
    grl_text_free(text);

    /* Without a start, and with an input that the task does not use; beside the portrait of the flow. */
    grl_cell *cell;
    grl_model *other;
    assert_int_equal(grl_cell_create(2, 1, GRL_RESET_AFTER, &cell, NULL), GRL_OK);
    assert_int_equal(grl_model_create(cell, &other, NULL), GRL_OK);
    assert_int_equal(grl_model_set_readout(other, 2, m.identity, m.zero, NULL), GRL_OK);
    assert_non_null(j->flow);
    assert_int_equal(grl_report_analysis_text(other, "m", NULL, j->flow, j, 0, &text, NULL), GRL_OK);
    section = strstr(text, "\nJudgement\n");
    assert_non_null(section);
    check_words(section, "from zero, since the model has no start.");
    check_words(section, "The task does not use 1 input of the network, which was kept at zero.");
    assert_non_null(strstr(section, "This 2-unit network"));
    grl_text_free(text);
    grl_model_free(other);
    grl_judgement_free(j);
    unmake(&m);
}

static void test_document(void **state)
{
    made m;
    grl_learning_point curve[2];
    char *text = NULL;
    (void)state;
    grl_judgement *j = judged_line(&m, curve);
    assert_int_equal(grl_report_training_json(&m.training, j, "a \"run\"", &text, NULL), GRL_OK);
    assert_null(strchr(text, '\n'));
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "format")), "grulens-training");
    assert_string_equal(json_string_value(json_object_get(root, "name")), "a \"run\"");
    check_near(number(root, "parameters", "time-step", NULL), 0.1, 0);
    check_near(number(root, "result", "seconds", NULL), 1.25, 0);
    check_near(number(root, "judgement", "error", "at_horizon"), j->error.at_horizon, 0);
    check_near(number(root, "judgement", "continuum", "longest"), j->continuum->longest, 0);
    const json_t *columns = json_object_get(root, "curve");
    check_near(json_number_value(json_array_get(json_object_get(columns, "validation"), 0)), 0.75, 0);
    assert_true(json_is_null(json_array_get(json_object_get(columns, "validation"), 1)));
    const json_t *E = json_object_get(json_object_get(root, "start"), "E");
    assert_int_equal(json_array_size(E), 2);
    check_near(json_number_value(json_array_get(json_array_get(E, 1), 1)), 1, 0);
    const json_t *points = json_object_get(
        json_object_get(json_object_get(json_object_get(root, "judgement"), "continuum"), "slow_manifold"),
        "points");
    assert_int_equal(json_array_size(points), j->continuum->count);

    /* The same as a row. */
    const char *lines[] = {NULL, text};
    grl_judgement_rows *rows = NULL;
    assert_int_equal(grl_judgement_rows_read(2, lines, &rows, NULL), GRL_OK);
    assert_int_equal(rows->count, 1);
    assert_string_equal(rows->items[0].task, "line-attractor");
    assert_int_equal(rows->items[0].units, 2);
    assert_true(rows->items[0].seed == 18446744073709551615u);
    assert_int_equal(rows->items[0].success, j->success);
    check_near(rows->items[0].seconds, 1.25, 0);
    assert_int_equal(rows->items[0].curve_count, 2);
    assert_true(rows->items[0].curve[0].step == 25 && rows->items[0].curve[1].horizon == 20);
    check_near(rows->items[0].curve[0].validation, 0.75, 0);
    check_near(rows->items[0].curve[1].loss, 0.1, 0);
    assert_true(isnan(rows->items[0].curve[1].validation));
    assert_int_equal(rows->items[0].curve_count, 2);
    assert_int_equal(rows->items[0].curve[1].step, 50);
    assert_int_equal(rows->items[0].curve[0].horizon, 10);
    check_near(rows->items[0].curve[0].validation, 0.75, 0);
    assert_true(isnan(rows->items[0].curve[1].validation));
    assert_int_equal(rows->items[0].count, j->measure_count);
    for (size_t i = 0; i < j->measure_count; i++) {
        const double had = j->measures[i].value, got = rows->items[0].measures[i].value;
        assert_string_equal(rows->items[0].measures[i].name, j->measures[i].name);
        assert_non_null(grl_measure_words(j->measures[i].name));
        assert_true(had == got || (isnan(had) && isnan(got)));
    }
    grl_judgement_rows_free(rows);
    json_decref(root);
    grl_text_free(text);

    /* Without a judgement. */
    assert_int_equal(grl_report_training_json(&m.training, NULL, "r", &text, NULL), GRL_OK);
    lines[0] = text;
    assert_int_equal(grl_judgement_rows_read(1, lines, &rows, NULL), GRL_OK);
    assert_int_equal(rows->items[0].count, 0);
    assert_int_equal(rows->items[0].success, -1);
    grl_judgement_rows_free(rows);
    grl_text_free(text);
    grl_judgement_free(j);
    unmake(&m);
}

static void test_bad_lines(void **state)
{
    static const char *const lines[] = {
        "",
        "{\"format\": \"grulens-model\", \"version\": 1}",
        "{\"format\": \"grulens-training\", \"version\": 1, \"task\": \"t\", \"settings\": {\"units\": 0, "
        "\"seed\": \"1\"}, \"result\": {\"seconds\": 1}}",
        "{\"format\": \"grulens-training\", \"version\": 1, \"task\": \"t\", \"settings\": {\"units\": 1, "
        "\"seed\": \"1x\"}, \"result\": {\"seconds\": 1}}",
        "{\"format\": \"grulens-training\", \"version\": 1, \"task\": \"t\", \"settings\": {\"units\": 1, "
        "\"seed\": \"1\"}, \"result\": {\"seconds\": 1}, \"judgement\": {\"success\": true, \"measures\": "
        "{\"error\": \"large\"}}}",
        "{\"format\": \"grulens-training\", \"format\": \"grulens-training\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        grl_judgement_rows *rows = NULL;
        grl_error error = {0};
        assert_int_equal(grl_judgement_rows_read(1, &lines[i], &rows, &error), GRL_BAD_INPUT);
        assert_null(rows);
        assert_non_null(strstr(error.message, "line 1 of the journal"));
    }
}

static void test_report(void **state)
{
    made m;
    grl_learning_point curve[2];
    char *text = NULL;
    (void)state;
    grl_judgement *j = judged_line(&m, curve);
    assert_int_equal(grl_report_training_text(&m.training, j, "run", &text, NULL), GRL_OK);
    static const char *const words[] = {
        "run: a GRU of 2 units (reset before) that was trained on line-attractor (time-step = 0.1)",
        "Not learned, by the criterion: a slow manifold covers",
        "no connected set of fixed points of this network is longer than",
        "On it lie 0 nodes, 0 saddles and 1 where the rate along it is zero to rounding",
        "has one degenerate fixed point",
        "Learning curve",
        "   25       10  0.500       0.750   0.0100",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) check_words(text, words[i]);
    for (const char *line = text; *line;) {
        const size_t width = strcspn(line, "\n");
        assert_true(width <= 90);
        line += width + 1;
    }
    grl_text_free(text);
    grl_judgement_free(j);
    unmake(&m);
}

/* Mean 2 and deviation 1 of 1, 2, 3; one infinite, one not known. */
static void test_sweep(void **state)
{
    const grl_measure values[] = {{"error", 1}, {"memory", 10}},
                      more[] = {{"error", 2}, {"memory", INFINITY}}, last[] = {{"error", 3}, {"memory", 30}},
                      unknown[] = {{"error", NAN}, {"memory", INFINITY}},
                      other[] = {{"error", 0.25}, {"period", 7}};
    const grl_judgement_row rows[] = {row("line", 4, 1, 1, 2, 2, values), row("line", 2, 1, 0, 1, 2, unknown),
                                      row("line", 4, 2, 0, 4, 2, more), row("fhn", 8, 1, 1, 5, 2, other),
                                      row("line", 4, 3, 1, 6, 2, last)};
    enum { ROWS = sizeof rows / sizeof *rows };
    char *text = NULL;
    (void)state;
    assert_int_equal(grl_report_sweep_json(ROWS, rows, &text, NULL), GRL_OK);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    const json_t *groups = json_object_get(root, "groups");
    assert_int_equal(json_array_size(groups), 3);
    /* line with 2, then with 4 units; then fhn. */
    const json_t *two = json_array_get(groups, 0), *four = json_array_get(groups, 1),
                 *fhn = json_array_get(groups, 2);
    check_near(number(two, "units", NULL, NULL), 2, 0);
    check_near(number(four, "units", NULL, NULL), 4, 0);
    assert_string_equal(json_string_value(json_object_get(fhn, "task")), "fhn");
    check_near(number(four, "runs", NULL, NULL), 3, 0);
    check_near(number(four, "successes", NULL, NULL), 2, 0);
    check_near(number(four, "seconds", "mean", NULL), 4, 1e-15);
    check_near(number(four, "seconds", "deviation", NULL), 2, 1e-15);
    check_near(number(four, "measures", "error", "mean"), 2, 1e-15);
    check_near(number(four, "measures", "error", "deviation"), 1, 1e-15);
    check_near(number(four, "measures", "memory", "mean"), 20, 1e-15);
    check_near(number(four, "measures", "memory", "deviation"), sqrt(200), 1e-13);
    check_near(number(four, "measures", "memory", "count"), 2, 0);
    check_near(number(four, "measures", "memory", "infinite"), 1, 0);
    assert_true(isnan(number(two, "measures", "error", "mean")));
    check_near(number(two, "measures", "error", "count"), 0, 0);
    check_near(number(two, "measures", "memory", "infinite"), 1, 0);
    check_near(number(fhn, "measures", "period", "mean"), 7, 0);
    assert_true(isnan(number(fhn, "measures", "period", "deviation")));
    assert_int_equal(json_array_size(json_object_get(four, "items")), 3);
    json_decref(root);
    grl_text_free(text);

    assert_int_equal(grl_report_sweep_markdown(ROWS, rows, &text, NULL), GRL_OK);
    assert_non_null(
        strstr(text, "### line\n\n| units | 2 | 4 |\n| --- | ---: | ---: |\n| learned | 0 of 1 | 2 of 3 |\n"
                     "| error | - | 2.00 ± 1.0 |\n| memory | 1 inf | 20.0 ± 14, 1 inf |\n"
                     "| seconds | 1.00 | 4.00 ± 2.0 |\n"));
    grl_text_free(text);
    assert_int_equal(grl_report_sweep_text(ROWS, rows, &text, NULL), GRL_OK);
    assert_non_null(strstr(text, "line\n  units         2                 4\n"
                                 "  learned  0 of 1            2 of 3\n"));
    grl_text_free(text);
    assert_int_equal(grl_report_sweep_text(0, NULL, &text, NULL), GRL_OK);
    assert_string_equal(text, "no runs\n");
    grl_text_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document), cmocka_unit_test(test_analysis), cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_report),   cmocka_unit_test(test_sweep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
