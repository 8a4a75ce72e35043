/* test_survey.c: random networks against what their laws say, classes against single portraits, and catalogues
 * that must not depend on how they were made. */
#include "check.h"

#include "base/error.h"
#include "cell/cell.h"
#include "survey/catalogue.h"
#include "survey/classify.h"
#include "survey/tally.h"

#include <grulens/report.h>
#include <grulens/survey.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static grl_cell *new_cell(const grl_sampling *sampling)
{
    grl_cell *cell;
    assert_int_equal(grl_cell_create(sampling->units, 0, sampling->reset, &cell, NULL), GRL_OK);
    return cell;
}

/* Mean and variance of a block over many networks: with K numbers the mean is within 5 / sqrt(K) standard
 * deviations and the variance within 5 sqrt(2 / K) of it but for one seed in a million. */
static void moments(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    grl_sampling sampling = grl_sampling_defaults();
    sampling.seed = 3;
    sampling.scale[GRL_U_Z] = 0.5;
    for (int d = 0; d < 2; d++) {
        double sum[2] = {0}, squares[2] = {0}, largest = 0;
        sampling.distribution = (grl_distribution)d;
        grl_cell *cell = new_cell(&sampling);
        for (unsigned long long i = 0; i < COUNT; i++) {
            grl_sampling_draw(&sampling, i, cell);
            for (int k = 0; k < 4; k++) {
                const double z = cell->block[GRL_U_Z][k] / 0.5, h = cell->block[GRL_U_H][k] / 3;
                sum[0] += z;
                sum[1] += h;
                squares[0] += z * z;
                squares[1] += h * h;
                largest = fmax(largest, fabs(h));
            }
            for (int k = 0; k < 2; k++) assert_true(cell->block[GRL_C_H][k] == 0);
        }
        const double variance = d == GRL_UNIFORM ? 1.0 / 3 : 1;
        for (int b = 0; b < 2; b++) {
            check_near(sum[b] / (4 * COUNT), 0, 5 / sqrt(4 * COUNT));
            check_near(squares[b] / (4 * COUNT), variance, 5 * sqrt(2.0 / (4 * COUNT)));
        }
        if (d == GRL_UNIFORM) assert_true(largest < 1);
        grl_cell_free(cell);
    }
}

/* A network depends on its number alone, and its other blocks do not change with a constraint on one. */
static void numbers_alone(void **state)
{
    (void)state;
    grl_sampling sampling = grl_sampling_defaults(), other = sampling;
    grl_cell *a = new_cell(&sampling), *b = new_cell(&sampling);
    grl_sampling_draw(&sampling, 41, a);
    grl_sampling_draw(&sampling, 42, b);
    assert_true(memcmp(a->numbers, b->numbers, a->total * sizeof(double)) != 0);
    grl_sampling_draw(&sampling, 41, b);
    assert_memory_equal(a->numbers, b->numbers, a->total * sizeof(double));
    other.constraint = GRL_SYMMETRIC;
    grl_sampling_draw(&other, 41, b);
    assert_true(b->block[GRL_U_H][1] == b->block[GRL_U_H][2]);
    assert_memory_equal(a->block[GRL_B_H], b->block[GRL_B_H], 2 * sizeof(double));
    other.constraint = GRL_UNCONSTRAINED;
    other.gates_off = 1;
    grl_sampling_draw(&other, 41, b);
    for (int k = 0; k < 4; k++) assert_true(b->block[GRL_U_Z][k] == 0 && b->block[GRL_U_R][k] == 0);
    assert_memory_equal(a->block[GRL_U_H], b->block[GRL_U_H], 4 * sizeof(double));
    other.gates_off = 0;
    other.no_reset = 1;
    grl_sampling_draw(&other, 41, b);
    assert_true(1 / (1 + exp(-b->block[GRL_B_R][0])) == 1);
    grl_cell_free(a);
    grl_cell_free(b);
}

static void orthogonal(void **state)
{
    (void)state;
    grl_sampling sampling = grl_sampling_defaults();
    sampling.units = 4;
    sampling.constraint = GRL_ORTHOGONAL;
    sampling.scale[GRL_U_H] = 2;
    grl_cell *cell = new_cell(&sampling);
    int turned = 0;
    for (unsigned long long i = 0; i < 200; i++) {
        grl_sampling_draw(&sampling, i, cell);
        const double *U = cell->block[GRL_U_H];
        for (int r = 0; r < 4; r++)
            for (int s = 0; s < 4; s++) {
                double dot = 0;
                for (int k = 0; k < 4; k++) dot += U[4 * r + k] * U[4 * s + k];
                check_near(dot, r == s ? 4 : 0, 1e-13);
            }
        turned += U[0] > 0;
    }
    assert_in_range(turned, 60, 140); /* half, within 5.6 standard deviations */
    grl_cell_free(cell);

    sampling = grl_sampling_defaults();
    sampling.ensemble = GRL_ENSEMBLE_KERAS;
    cell = new_cell(&sampling);
    grl_sampling_draw(&sampling, 5, cell);
    for (int r = 0; r < 2; r++)
        for (int s = 0; s < 2; s++) {
            double dot = 0;
            for (int g = GRL_U_Z; g <= GRL_U_H; g++)
                for (int k = 0; k < 2; k++) dot += cell->block[g][2 * k + r] * cell->block[g][2 * k + s];
            check_near(dot, r == s, 1e-14);
        }
    sampling.ensemble = GRL_ENSEMBLE_PYTORCH;
    for (unsigned long long i = 0; i < 500; i++) {
        grl_sampling_draw(&sampling, i, cell);
        for (int k = 0; k < 4; k++) assert_true(fabs(cell->block[GRL_U_H][k]) < sqrt(0.5));
        for (int k = 0; k < 2; k++) assert_true(fabs(cell->block[GRL_B_Z][k]) < 2 * sqrt(0.5));
    }
    grl_cell_free(cell);
}

static char *dump_of(const char *path)
{
    char *text;
    grl_error error;
    if (grl_atlas_dump(path, &text, &error) != GRL_OK) fail_msg("%s", error.message);
    return text;
}

static void run_survey(const char *path, const grl_survey_settings *settings, grl_survey_options options)
{
    grl_survey_result result;
    grl_error error;
    if (grl_survey_run(path, settings, &options, &result, &error) != GRL_OK) fail_msg("%s", error.message);
    assert_true(result.finished);
}

static const char *const files[] = {"survey-a.db", "survey-b.db", "survey-c.db", "survey-d.db"};

static int clean(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) unlink(files[i]);
    return 0;
}

/* The same catalogue from one thread and two, in one go, in parts that are merged, and bit by bit. */
static void same_content(void **state)
{
    (void)state;
    grl_survey_settings settings = grl_survey_defaults();
    grl_survey_options options = grl_survey_options_defaults();
    settings.count = check_quick() ? 20000 : 60000;
    for (int b = 0; b < GRL_BLOCKS; b++) settings.sampling.scale[b] = 8;
    options.threads = 1;
    run_survey(files[0], &settings, options);
    char *whole = dump_of(files[0]);
    options.threads = 2;
    run_survey(files[1], &settings, options);
    char *two = dump_of(files[1]);
    assert_string_equal(whole, two);
    grl_text_free(two);

    unlink(files[1]);
    options.shards = 2;
    run_survey(files[1], &settings, options);
    options.shard = 1;
    run_survey(files[2], &settings, options);
    const char *parts[] = {files[2], files[1]}, *twice[] = {files[1], files[1]};
    grl_error error;
    assert_int_equal(grl_atlas_merge(files[3], parts, 2, &error), GRL_OK);
    char *merged = dump_of(files[3]);
    assert_string_equal(whole, merged);
    grl_text_free(merged);
    unlink(files[3]);
    assert_int_equal(grl_atlas_merge(files[3], twice, 2, &error), GRL_BAD_INPUT);
    assert_int_not_equal(access(files[3], F_OK), 0);

    unlink(files[1]);
    options = grl_survey_options_defaults();
    options.resume = 1;
    const unsigned long long goal = settings.count, stops[] = {1, 777, 16384, 16385, goal};
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        settings.count = stops[i];
        run_survey(files[1], &settings, options);
    }
    char *bits = dump_of(files[1]);
    assert_string_equal(whole, bits);
    grl_text_free(bits);
    grl_text_free(whole);
}

/* Told to stop at once it stops, and says so. */
static void stopping(void **state)
{
    (void)state;
    grl_survey_settings settings = grl_survey_defaults();
    grl_survey_options options = grl_survey_options_defaults();
    grl_survey_result result;
    grl_progress progress = {0};
    options.progress = &progress;
    grl_progress_stop(&progress);
    assert_int_equal(grl_survey_run(files[0], &settings, &options, &result, NULL), GRL_OK);
    assert_false(result.finished);
    assert_true(result.networks == 0);
}

/* Every network's class against the portrait of its own, and the counts against a count by hand. */
static void classes(void **state)
{
    (void)state;
    grl_survey_settings settings = grl_survey_defaults();
    settings.count = check_quick() ? 200 : 1500;
    for (int b = 0; b < GRL_BLOCKS; b++) settings.sampling.scale[b] = 8;
    settings.sampling.seed = 11;
    for (int level = 0; level <= GRL_LEVEL_CYCLES; level++) {
        grl_tally tally = {0};
        grl_cell *cell = new_cell(&settings.sampling);
        uint64_t total = 0, bistable = 0;
        settings.level = (grl_survey_level)level;
        if (level == GRL_LEVEL_CYCLES) settings.count = 100;
        assert_int_equal(grl_classify_range(&settings, 0, (size_t)settings.count, &tally, NULL), GRL_OK);
        for (unsigned long long i = 0; i < settings.count; i++) {
            grl_portrait *portrait;
            int stable = 0, saddles = 0;
            grl_sampling_draw(&settings.sampling, i, cell);
            assert_int_equal(grl_portrait_compute(cell, NULL, NULL, &portrait, NULL), GRL_OK);
            for (size_t k = 0; k < portrait->count; k++) {
                stable += portrait->points[k].unstable == 0;
                saddles += portrait->points[k].unstable == 1;
            }
            bistable += portrait->count == 3 && stable == 2 && saddles == 1;
            grl_portrait_free(portrait);
        }
        for (size_t k = 0; k < tally.count; k++) {
            const grl_class *class = &tally.classes[k];
            total += class->count;
            assert_int_equal(class->stable + class->unstable - class->saddle, 1);
            if (strcmp(class->key, "201") == 0) {
                assert_true(class->count == bistable);
                assert_string_equal(class->name, "2 stable, 1 saddle");
                assert_true(class->margin > 0 && class->norm > 0);
            }
        }
        assert_true(total + tally.odd_count == settings.count);
        grl_cell_free(cell);
        grl_tally_free(&tally);
    }
}

/* A tally survives the way to another process, and a message that is cut off anywhere is refused. */
static void packing(void **state)
{
    (void)state;
    grl_survey_settings settings = grl_survey_defaults();
    grl_tally tally = {0}, back = {0};
    unsigned char *bytes, *again;
    size_t size, size_again;
    assert_int_equal(grl_classify_range(&settings, 0, 500, &tally, NULL), GRL_OK);
    assert_int_equal(grl_tally_add_odd(&tally, 77, GRL_UNDECIDED_POINTS, NULL), GRL_OK);
    assert_int_equal(grl_tally_pack(&tally, &bytes, &size, NULL), GRL_OK);
    assert_int_equal(grl_tally_unpack(bytes, size, &back, NULL), GRL_OK);
    assert_int_equal(back.count, tally.count);
    assert_int_equal(back.odd_count, 1);
    for (size_t i = 0; i < tally.count; i++) {
        assert_string_equal(back.classes[i].key, tally.classes[i].key);
        assert_true(back.classes[i].count == tally.classes[i].count &&
                    back.classes[i].best == tally.classes[i].best);
    }
    assert_int_equal(grl_tally_pack(&back, &again, &size_again, NULL), GRL_OK);
    assert_int_equal(size, size_again);
    for (size_t cut = 0; cut < size; cut++) {
        grl_tally part = {0};
        assert_int_not_equal(grl_tally_unpack(bytes, cut, &part, NULL), GRL_OK);
        grl_tally_free(&part);
    }
    free(bytes);
    free(again);
    grl_tally_free(&tally);
    grl_tally_free(&back);
}

static void settings_text(void **state)
{
    (void)state;
    grl_survey_settings settings = grl_survey_defaults(), back;
    char *text, *again;
    settings.sampling.reset = GRL_RESET_AFTER;
    settings.sampling.scale[GRL_U_R] = 0.1;
    settings.sampling.seed = 18446744073709551615u;
    settings.time = GRL_DISCRETE;
    settings.dt = 0.3;
    settings.climbing.objective = GRL_OBJECTIVE_ATTRACTORS;
    assert_int_equal(grl_settings_text(&settings, &text, NULL), GRL_OK);
    assert_int_equal(grl_settings_read(text, &back, NULL), GRL_OK);
    assert_int_equal(grl_settings_text(&back, &again, NULL), GRL_OK);
    assert_string_equal(text, again);
    assert_true(back.sampling.seed == settings.sampling.seed && back.sampling.scale[GRL_U_R] == 0.1);
    assert_int_equal(grl_settings_read("units=7 reset=before", &back, NULL), GRL_BAD_INPUT);
    grl_text_free(text);
    grl_text_free(again);
}

/* A climb is as good as its parts say: certified, within its bound, better than the draws it started from, and
 * the same again. */
static void climbs(void **state)
{
    (void)state;
    grl_survey_settings settings = grl_survey_defaults();
    grl_inventory first, second;
    settings.climbing.objective = GRL_OBJECTIVE_FIXED_POINTS;
    settings.climbing.steps = check_quick() ? 20 : 150;
    settings.climbing.bound = 15;
    grl_cell *a = new_cell(&settings.sampling), *b = new_cell(&settings.sampling);
    const grl_cell *one[] = {a};
    assert_int_equal(grl_survey_network(&settings, 3, a, NULL), GRL_OK);
    assert_int_equal(grl_survey_network(&settings, 3, b, NULL), GRL_OK);
    assert_memory_equal(a->numbers, b->numbers, a->total * sizeof(double));
    assert_int_equal(grl_inventory_batch(1, one, NULL, &first, NULL), GRL_OK);
    assert_true(first.complete && first.stable + first.unstable + first.saddle >= 7);
    for (size_t i = 0; i < a->total; i++) assert_true(fabs(a->numbers[i]) <= 15);
    settings.climbing.polish = GRL_POLISH_NORM;
    assert_int_equal(grl_survey_network(&settings, 3, b, NULL), GRL_OK);
    one[0] = b;
    assert_int_equal(grl_inventory_batch(1, one, NULL, &second, NULL), GRL_OK);
    assert_int_equal(second.stable + second.unstable + second.saddle,
                     first.stable + first.unstable + first.saddle);
    grl_cell_free(a);
    grl_cell_free(b);
}

/* Files that are no catalogues, and catalogues that are there. */
static void refusals(void **state)
{
    (void)state;
    grl_survey_settings settings = grl_survey_defaults();
    grl_survey_options options = grl_survey_options_defaults();
    grl_survey_result result;
    grl_atlas *atlas;
    grl_error error;
    settings.count = 10;
    FILE *file = fopen(files[0], "w");
    assert_non_null(file);
    fputs("not a data base, though long enough to look like the first page of one, perhaps. Not.", file);
    fclose(file);
    assert_int_equal(grl_survey_run(files[0], &settings, &options, &result, &error), GRL_BAD_INPUT);
    options.resume = 1;
    assert_int_equal(grl_survey_run(files[0], &settings, &options, &result, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_atlas_read(files[0], 0, &atlas, &error), GRL_BAD_INPUT);
    assert_null(atlas);
    assert_int_equal(grl_atlas_read("nowhere.db", 0, &atlas, &error), GRL_IO);
    assert_int_equal(grl_survey_run("/nowhere/at/all.db", &settings, &options, &result, &error), GRL_IO);
    settings.sampling.units = 5;
    assert_int_equal(grl_survey_run(files[1], &settings, &options, &result, &error), GRL_BAD_INPUT);
    assert_int_not_equal(access(files[1], F_OK), 0);
}

/* Wilson's interval of 15 of 100, by hand: (0.0931, 0.2328) (Newcombe 1998 has such tables). */
static void frequencies(void **state)
{
    (void)state;
    grl_catalogue *catalogue;
    grl_survey_settings settings = grl_survey_defaults();
    grl_tally tally = {0};
    grl_class class = {.key = (char *)"100", .name = (char *)"1 stable", .stable = 1, .count = 15};
    long long run;
    grl_atlas *atlas;
    assert_int_equal(grl_tally_add(&tally, &class, NULL), GRL_OK);
    class.key = (char *)"201";
    class.count = 85;
    assert_int_equal(grl_tally_add(&tally, &class, NULL), GRL_OK);
    assert_int_equal(grl_catalogue_open(files[0], GRL_CATALOGUE_CREATE, &catalogue, NULL), GRL_OK);
    assert_int_equal(grl_catalogue_run(catalogue, &settings, &run, NULL), GRL_OK);
    assert_int_equal(grl_catalogue_add(catalogue, run, 0, 100, &tally, NULL), GRL_OK);
    assert_int_equal(grl_catalogue_commit(catalogue, NULL), GRL_OK);
    grl_catalogue_close(catalogue);
    assert_int_equal(grl_atlas_read(files[0], 0, &atlas, NULL), GRL_OK);
    assert_int_equal(atlas->count, 1);
    assert_int_equal(atlas->runs[0].count, 2);
    assert_string_equal(atlas->runs[0].classes[0].key, "201");
    check_near(atlas->runs[0].classes[1].frequency, 0.15, 1e-15);
    check_near(atlas->runs[0].classes[1].low, 0.0931, 5e-5);
    check_near(atlas->runs[0].classes[1].high, 0.2328, 5e-5);
    grl_atlas_free(atlas);
    grl_tally_free(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments),
        cmocka_unit_test(numbers_alone),
        cmocka_unit_test(orthogonal),
        cmocka_unit_test_setup_teardown(same_content, clean, clean),
        cmocka_unit_test_setup_teardown(stopping, clean, clean),
        cmocka_unit_test(classes),
        cmocka_unit_test(packing),
        cmocka_unit_test(settings_text),
        cmocka_unit_test(climbs),
        cmocka_unit_test_setup_teardown(refusals, clean, clean),
        cmocka_unit_test_setup_teardown(frequencies, clean, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
