/* Command lines against option tables: every type, every way to be wrong, and the three forms of help. */
#include "check.h"

#include <grulens/options.h>
#include <grulens/report.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct shared {
    double dt;
};

struct settings {
    int quiet, choice;
    long long count, seed;
    double level;
    const char *file;
    grl_numbers input;
    grl_texts set;
    struct shared shared;
};

static const grl_option shared[] = {
    {"dt", GRL_OPTION_NUMBER, offsetof(struct shared, dt), "STEP", 1e-9, 1, "1", "The step.", NULL},
    {.name = NULL},
};

static const grl_option options[] = {
    {"quiet", GRL_OPTION_FLAG, offsetof(struct settings, quiet), NULL, 0, 0, NULL, "Says nothing.", NULL},
    {"method", GRL_OPTION_CHOICE, offsetof(struct settings, choice), "auto|prove|search", 0, 0, "auto",
     "How.", NULL},
    {"max-boxes", GRL_OPTION_INTEGER, offsetof(struct settings, count), "N", 1, 1e12, "4000000",
     "How many boxes.", NULL},
    {"seed", GRL_OPTION_INTEGER, offsetof(struct settings, seed), "N", 0, 0x1p63, "0", "The seed.", NULL},
    {"level", GRL_OPTION_NUMBER, offsetof(struct settings, level), "X", -INFINITY, INFINITY, NULL, "A level.",
     NULL},
    {"json", GRL_OPTION_TEXT, offsetof(struct settings, file), "FILE", 0, 0, NULL, "A file.", NULL},
    {"input", GRL_OPTION_NUMBERS, offsetof(struct settings, input), "x1,x2,...", 0, 0, "0", "Inputs.", NULL},
    {"set", GRL_OPTION_TEXTS, offsetof(struct settings, set), "NAME=VALUE", 0, 0, NULL, "Sets.", NULL},
    {.name = "", .help = "Shared ones", .table = shared, .offset = offsetof(struct settings, shared)},
    {.name = "", .help = "Last group"},
    {.name = NULL},
};

static const grl_command command = {
    "analyze", "A [B]", "Does it", "grulens analyze a\ngrulens analyze a b", "One paragraph.\n\nTwo.",
    options};

enum { ROOM = 16 };

typedef struct outcome {
    grl_status status;
    grl_error error;
    struct settings settings;
    const char *positional[ROOM];
    size_t count;
} outcome;

/* The words of a line, ended by NULL, through the parser. */
static outcome parse(const char *const *words)
{
    outcome out = {.settings = {.seed = 7, .shared = {.dt = 0.5}}};
    int argc = 0;
    while (words[argc]) argc++;
    out.status =
        grl_options_parse(&command, argc, words, &out.settings, out.positional, &out.count, &out.error);
    return out;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void done(outcome *out)
{
    grl_options_free(&command, &out->settings);
    assert_null(out->settings.input.values);
    assert_null(out->settings.set.values);
}

static void every_type_in_both_forms(void **state)
{
    (void)state;
    outcome out =
        PARSE("model", "--quiet", "--method", "search", "--max-boxes=12", "--level", "-2.5e-3", "--json", "-",
              "--input=0.25,-1,3e2", "--set", "a=1", "--set=b=2", "--dt", "0.125", "second");
    assert_int_equal(out.status, GRL_OK);
    assert_int_equal(out.settings.quiet, 1);
    assert_int_equal(out.settings.choice, 2);
    assert_int_equal(out.settings.count, 12);
    assert_int_equal(out.settings.seed, 7);
    assert_true(out.settings.level == -2.5e-3);
    assert_string_equal(out.settings.file, "-");
    assert_int_equal(out.settings.input.count, 3);
    assert_true(out.settings.input.values[0] == 0.25 && out.settings.input.values[1] == -1 &&
                out.settings.input.values[2] == 300);
    assert_int_equal(out.settings.set.count, 2);
    assert_string_equal(out.settings.set.values[0], "a=1");
    assert_string_equal(out.settings.set.values[1], "b=2");
    assert_true(out.settings.shared.dt == 0.125);
    assert_int_equal(out.count, 2);
    assert_string_equal(out.positional[0], "model");
    assert_string_equal(out.positional[1], "second");
    done(&out);
}

static void dashes_end_options_and_negative_numbers_are_arguments(void **state)
{
    (void)state;
    outcome out = PARSE("-1.5", "--", "--quiet");
    assert_int_equal(out.status, GRL_OK);
    assert_int_equal(out.settings.quiet, 0);
    assert_string_equal(out.positional[0], "-1.5");
    assert_string_equal(out.positional[1], "--quiet");
    done(&out);
    out = PARSE("m", "--json=--odd", "--input", "-1,-2");
    assert_int_equal(out.status, GRL_OK);
    assert_string_equal(out.settings.file, "--odd");
    assert_true(out.settings.input.values[0] == -1);
    done(&out);
}

static void the_last_of_two_counts(void **state)
{
    (void)state;
    outcome out = PARSE("m", "--dt", "0.5", "--dt", "0.25", "--input", "1,2,3", "--input", "4");
    assert_int_equal(out.status, GRL_OK);
    assert_true(out.settings.shared.dt == 0.25);
    assert_int_equal(out.settings.input.count, 1);
    assert_true(out.settings.input.values[0] == 4);
    done(&out);
}

static void integers_are_exact(void **state)
{
    (void)state;
    outcome out = PARSE("m", "--seed", "9223372036854775807", "--max-boxes", "4e6");
    assert_int_equal(out.status, GRL_OK);
    assert_true(out.settings.seed == 9223372036854775807LL);
    assert_int_equal(out.settings.count, 4000000);
    done(&out);
}

static void refused(outcome out, const char *sentence)
{
    assert_int_equal(out.status, GRL_BAD_INPUT);
    assert_string_equal(out.error.message, sentence);
    done(&out);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    refused(PARSE("m", "--max-box", "1"), "analyze has no option --max-box; did you mean --max-boxes?");
    refused(PARSE("m", "--qiuet"), "analyze has no option --qiuet; did you mean --quiet?");
    refused(PARSE("m", "--td=1"), "analyze has no option --td; did you mean --dt?");
    refused(PARSE("m", "--elephant"),
            "analyze has no option --elephant; 'grulens help analyze' lists its options");
    refused(PARSE("m", "--=1"), "analyze has no option --; 'grulens help analyze' lists its options");
    refused(PARSE("m", "-q"),
            "expected an option with two dashes, found '-q'; 'grulens help analyze' lists them");
    refused(PARSE("m", "--quiet=1"), "--quiet takes no value, found '1'");
    refused(PARSE("m", "--json"), "--json expects a value (FILE), found the end of the command line");
    refused(PARSE("m", "--json", "--quiet"), "--json expects a value (FILE), found --quiet");
    refused(PARSE("m", "--json="), "--json expects a value (FILE), found nothing");
    refused(PARSE("m", "--json", ""), "--json expects a value (FILE), found nothing");
    refused(PARSE("m", "--method", "Prove"), "--method: expected auto, prove or search, found 'Prove'");
    refused(PARSE("m", "--method", "prov"), "--method: expected auto, prove or search, found 'prov'");
    refused(PARSE("m", "--method", "auto|prove"),
            "--method: expected auto, prove or search, found 'auto|prove'");
    refused(PARSE("m", "--max-boxes", "1.5"), "--max-boxes: expected an integer, found '1.5'");
    refused(PARSE("m", "--max-boxes", " 1"), "--max-boxes: expected an integer, found ' 1'");
    refused(PARSE("m", "--max-boxes", "12x"), "--max-boxes: expected an integer, found '12x'");
    refused(PARSE("m", "--max-boxes", "0"),
            "--max-boxes: expected a number from 1 to 1000000000000, found 0");
    refused(PARSE("m", "--seed", "9223372036854775808"),
            "--seed: expected an integer, found '9223372036854775808'");
    refused(PARSE("m", "--seed", "-1"), "--seed: expected at least 0, found -1");
    refused(PARSE("m", "--level", "nan"), "--level: expected a number, found 'nan'");
    refused(PARSE("m", "--level", "inf"), "--level: expected a number, found 'inf'");
    refused(PARSE("m", "--level", "0x10"), "--level: expected a number, found '0x10'");
    refused(PARSE("m", "--level", "1e999"), "--level: expected a number, found '1e999'");
    refused(PARSE("m", "--dt", "0"), "--dt: expected a number from 1e-09 to 1, found 0");
    refused(PARSE("m", "--dt", "1.5"), "--dt: expected a number from 1e-09 to 1, found 1.5");
    refused(PARSE("m", "--input", "1,,2"),
            "--input: expected numbers separated by commas, found '' as number 2");
    refused(PARSE("m", "--input", "1,two"),
            "--input: expected numbers separated by commas, found 'two' as number 2");
    refused(PARSE("m", "--input", "1,"),
            "--input: expected numbers separated by commas, found '' as number 2");
    refused(PARSE("--quiet"), "analyze expects A [B], found nothing; 'grulens help analyze' has an example");
    refused(PARSE("a", "b", "c"), "analyze expects A [B], found 'c' beyond that");
    refused(PARSE("m", "--set", "a=1", "--input", "1,2", "--nothing"),
            "analyze has no option --nothing; 'grulens help analyze' lists its options");
}

static void a_long_name_is_no_trouble(void **state)
{
    char word[5000] = "--";
    (void)state;
    memset(word + 2, 'x', sizeof word - 3);
    outcome out = PARSE("m", word);
    assert_int_equal(out.status, GRL_BAD_INPUT);
    assert_non_null(strstr(out.error.message, "has no option --xxx"));
    done(&out);
}

static void nearest_word(void **state)
{
    static const char *const words[] = {"analyze", "info", "convert", "simulate", "help", NULL};
    (void)state;
    assert_string_equal(grl_options_nearest("anlayze", words), "analyze");
    assert_string_equal(grl_options_nearest("analyse", words), "analyze");
    assert_string_equal(grl_options_nearest("sim", words), "simulate");
    assert_string_equal(grl_options_nearest("hepl", words), "help");
    assert_null(grl_options_nearest("zebra", words));
    assert_null(grl_options_nearest("", words));
}

static void help_has_an_example_first(void **state)
{
    char *text;
    (void)state;
    assert_int_equal(grl_options_help(&command, &text, NULL), GRL_OK);
    assert_string_equal(text, "Example:\n"
                              "  grulens analyze a\n"
                              "  grulens analyze a b\n"
                              "\n"
                              "Usage: grulens analyze A [B] [OPTIONS]\n"
                              "\n"
                              "Does it.\n"
                              "\n"
                              "One paragraph.\n"
                              "\n"
                              "Two.\n"
                              "\n"
                              "Options:\n"
                              "  --quiet                   Says nothing.\n"
                              "  --method auto|prove|search\n"
                              "                            How. Default: auto.\n"
                              "  --max-boxes N             How many boxes. At least 1. Default: 4000000.\n"
                              "  --seed N                  The seed. Default: 0.\n"
                              "  --level X                 A level.\n"
                              "  --json FILE               A file.\n"
                              "  --input x1,x2,...         Inputs. Default: 0.\n"
                              "  --set NAME=VALUE          Sets. May be given several times.\n"
                              "\n"
                              "Shared ones:\n"
                              "  --dt STEP                 The step. From 1e-09 to 1. Default: 1.\n"
                              "\n"
                              "Last group:\n");
    grl_text_free(text);
}

static void markdown_and_man_escape(void **state)
{
    char *text;
    (void)state;
    assert_int_equal(grl_options_markdown(&command, &text, NULL), GRL_OK);
    assert_non_null(strstr(text, "## grulens analyze A [B]\n"));
    assert_non_null(strstr(text, "| `--method auto\\|prove\\|search` | How. Default: auto. |\n"));
    grl_text_free(text);
    static const grl_option awkward[] = {
        {"a-b", GRL_OPTION_TEXT, 0, "X", 0, 0, NULL, ".first \\ and '-'\n.second", NULL}, {.name = NULL}};
    static const grl_command odd = {"odd", NULL, "Odd", "odd", NULL, awkward};
    assert_int_equal(grl_options_man(&odd, &text, NULL), GRL_OK);
    assert_non_null(
        strstr(text, ".TP\n\\fB\\-\\-a\\-b\\fR \\fIX\\fR\n\\&.first \\e and '\\-'\n\\&.second\n"));
    grl_text_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_in_both_forms),
        cmocka_unit_test(dashes_end_options_and_negative_numbers_are_arguments),
        cmocka_unit_test(the_last_of_two_counts),
        cmocka_unit_test(integers_are_exact),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(a_long_name_is_no_trouble),
        cmocka_unit_test(nearest_word),
        cmocka_unit_test(help_has_an_example_first),
        cmocka_unit_test(markdown_and_man_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
