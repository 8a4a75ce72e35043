/* Recorded trajectories: CSV and NumPy's own npz files, what is refused and in which words, the parts of a split. */
#define _DEFAULT_SOURCE /* mkstemps */
#include "check.h"

#include "learn/data.h"
#include "learn/task.h"

#include <string.h>
#include <unistd.h>

static grl_dataset *read_text(const char *text, double time_step)
{
    grl_error error;
    grl_dataset *data;
    if (grl_dataset_read("r.csv", (const unsigned char *)text, strlen(text), time_step, &data, &error) !=
        GRL_OK)
        fail_msg("%s: %s", text, error.message);
    return data;
}

static void test_csv(void **state)
{
    (void)state;
    static const char text[] = "trajectory,t,x,u0,y,input b\n"
                               "7,0,1,99,2,99\n7,0.5,3,4,5,6\n7,1,7,8,9,10\n"
                               "-2,3,11,99,12,99\n-2,3.5,13,14,15,16\n-2,4,17,18,19,20\n";
    static const double y[] = {1, 2, 3, 5, 7, 9, 11, 12, 13, 15, 17, 19}, u[] = {4, 6, 8, 10, 14, 16, 18, 20};
    grl_dataset *data = read_text(text, 0);
    assert_int_equal(data->count, 2);
    assert_int_equal(data->steps, 2);
    assert_int_equal(data->outputs, 2);
    assert_int_equal(data->inputs, 2);
    check_near(data->time_step, 0.5, 0);
    assert_memory_equal(data->y, y, sizeof y);
    assert_memory_equal(data->u, u, sizeof u);
    grl_dataset_free(data);
    data = read_text(text, 3);
    check_near(data->time_step, 3, 0);
    grl_dataset_free(data);
    /* Neither trajectories nor times; "u" and "us" are outputs. */
    data = read_text("u us t1\n1 2 3\n4 5 6\n", 0);
    assert_int_equal(data->count, 1);
    assert_int_equal(data->steps, 1);
    assert_int_equal(data->outputs, 3);
    assert_int_equal(data->inputs, 0);
    assert_null(data->u);
    check_near(data->time_step, 1, 0);
    check_near(data->y[5], 6, 0);
    grl_dataset_free(data);
    grl_dataset_free(NULL);
}

/* Times as decimals of a far clock are even as far as they can be written down. */
static void test_times(void **state)
{
    (void)state;
    char text[20000];
    size_t size = (size_t)snprintf(text, sizeof text, "t,y\n");
    for (int k = 0; k < 500; k++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%.17g,%d\n", 1.7e9 + 0.001 * k, k);
    grl_dataset *data = read_text(text, 0);
    check_near(data->time_step, 0.001, 1e-9);
    grl_dataset_free(data);
    data = read_text("t,y\n0,1\n1,2\n2.0000009,3\n", 0);
    grl_dataset_free(data);
}

static void refuse_text(const char *text, const char *words)
{
    grl_error error = {0};
    grl_dataset *data;
    if (grl_dataset_read("r.csv", (const unsigned char *)text, strlen(text), 0, &data, &error) !=
        GRL_BAD_INPUT)
        fail_msg("%s: not refused", text);
    if (!strstr(error.message, words) || strncmp(error.message, "r.csv: ", 7) != 0)
        fail_msg("%s: \"%s\", expected \"%s\" in it", text, error.message, words);
    assert_null(data);
}

static void test_csv_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "an empty file"},
        {"1,2\n3,4\n", "expected a first line with the names of the columns, found numbers"},
        {"t,u1\n0,1\n1,2\n", "expected a column that is an output, found none among the 2"},
        {"t,y,t\n0,1,2\n", "column 3: expected one column \"t\", found another"},
        {"trajectory,trajectory,y\n0,1,2\n", "column 2: expected one column \"trajectory\""},
        {"y\n1\n", "at least two rows in a trajectory, found 1"},
        {"trajectory,y\n0,1\n1,2\n", "at least two rows in a trajectory, found 1"},
        {"trajectory,y\n0,1\n0,2\n0.5,3\n", "row 3: expected a whole number of a trajectory, found 0.5"},
        {"trajectory,y\n1e300,1\n1e300,2\n", "row 1: expected a whole number"},
        {"trajectory,y\n4,1\n4,2\n5,3\n5,4\n5,5\n",
         "row 3: expected trajectory 5 to have 2 rows, as the first has, found 3"},
        {"trajectory,y\n4,1\n4,2\n5,3\n5,4\n4,5\n4,6\n",
         "expected the rows of trajectory 4 together, found them in several places"},
        {"t,y\n1,1\n1,2\n", "row 2: expected a time after 1, found 1"},
        {"t,y\n1,1\n0,2\n", "row 2: expected a time after 1, found 0"},
        {"t,y\n-1e308,1\n1e308,2\n", "row 2: expected a time after"},
        {"t,y\n0,1\n1,2\n2.00001,3\n",
         "row 3: expected the time 2, one step of 1 after the row before, found 2.00001"},
        {"trajectory,t,y\n0,0,1\n0,1,2\n1,0,1\n1,2,2\n", "row 4: expected the time 1"},
        {"y\n1\nnan\n", "line 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) refuse_text(cases[i].text, cases[i].words);
    grl_error error;
    grl_dataset *data;
    static const double steps[] = {-1, NAN, INFINITY};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            grl_dataset_read("r", (const unsigned char *)"y\n1\n2\n", 6, steps[i], &data, &error),
            GRL_BAD_INPUT);
    assert_int_equal(grl_dataset_load("/nonexistent/r.csv", 0, &data, &error), GRL_IO);
    assert_int_equal(grl_dataset_load("/", 0, &data, &error), GRL_BAD_INPUT);
    assert_null(data);
}

static grl_status load(const char *folder, const char *name, grl_dataset **data, grl_error *error)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s", GRL_TEST_DATA, folder, name);
    return grl_dataset_load(path, 0, data, error);
}

static void test_npz(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t count, inputs;
        double time_step;
    } cases[] = {{"whole.npz", 3, 1, 0.25}, {"fortran.npz", 3, 1, 0.25}, {"compressed.npz", 3, 1, 0.25},
                 {"float32.npz", 3, 1, 1},  {"single.npz", 1, 1, 1},     {"outputs.npz", 3, 0, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        grl_error error;
        grl_dataset *data;
        if (load("learn/recordings", cases[k].file, &data, &error) != GRL_OK) fail_msg("%s", error.message);
        assert_int_equal(data->count, cases[k].count);
        assert_int_equal(data->steps, 4);
        assert_int_equal(data->outputs, 2);
        assert_int_equal(data->inputs, cases[k].inputs);
        check_near(data->time_step, cases[k].time_step, 0);
        for (size_t i = 0; i < data->count; i++)
            for (size_t t = 0; t <= 4; t++) {
                for (size_t j = 0; j < 2; j++)
                    check_near(data->y[(i * 5 + t) * 2 + j], 100 * (double)i + (double)t + (double)j / 4, 0);
                if (data->u && t > 0) check_near(data->u[i * 4 + t - 1], -100 * (double)i - (double)t, 0);
            }
        grl_dataset_free(data);
    }
}

static void test_npz_refused(void **state)
{
    (void)state;
    static const struct {
        const char *file, *words;
    } cases[] = {
        {"bad-none.npz", "expected the arrays y, u, dt alone, found x"},
        {"bad-more.npz", "expected the arrays y, u, dt alone, found notes"},
        {"bad-no-y.npz", "expected the array y, found none"},
        {"bad-vector.npz",
         "y: expected trajectories x times x outputs, or times x outputs, found 1 dimension"},
        {"bad-scalar.npz", "found 0 dimensions"},
        {"bad-four.npz", "y: expected an array's header with descr"},
        {"bad-short.npz", "y: expected at least two times, found 1"},
        {"bad-nan.npz", "y: expected finite numbers, found nan as number 13"},
        {"bad-infinite.npz", "u: expected finite numbers, found inf as number 5"},
        {"bad-u-steps.npz", "u: expected 4 steps, one between each two times of y, found 5"},
        {"bad-u-count.npz", "u: expected 3 trajectories, as y has, found 2"},
        {"bad-u-dims.npz", "u: expected 3 dimensions, as y has, found 2"},
        {"bad-dt.npz", "dt: expected one number above 0, found 0"},
        {"bad-dts.npz", "dt: expected one number above 0, found 0.25 and more"},
        {"bad-type.npz", "y: expected numbers of type <f8, <f4, <i8 or <i4, found <c16"},
        {"bad-empty.npz", "y: expected numbers, found 0 x 5 x 2"},
        {"../../tables/single.npy", "found a single NumPy array"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        grl_error error = {0};
        grl_dataset *data;
        if (load("learn/recordings", cases[k].file, &data, &error) != GRL_BAD_INPUT)
            fail_msg("%s: not refused", cases[k].file);
        if (!strstr(error.message, cases[k].words) || !strstr(error.message, cases[k].file))
            fail_msg("%s: \"%s\", expected \"%s\" in it", cases[k].file, error.message, cases[k].words);
        assert_null(data);
    }
}

/* Cut anywhere: refused; any one byte turned over: never a crash. */
static void test_damaged(void **state)
{
    (void)state;
    char path[512];
    unsigned char bytes[4000];
    snprintf(path, sizeof path, "%s/learn/recordings/compressed.npz", GRL_TEST_DATA);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(size > 500 && size < sizeof bytes);
    grl_error error;
    grl_dataset *data;
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *copy = malloc(cut ? cut : 1);
        memcpy(copy, bytes, cut);
        assert_int_equal(grl_dataset_read("r", copy, cut, 0, &data, &error), GRL_BAD_INPUT);
        free(copy);
    }
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0xff;
        if (grl_dataset_read("r", bytes, size, 0, &data, &error) == GRL_OK) grl_dataset_free(data);
        bytes[i] ^= 0xff;
    }
}

/* count trajectories with y[i, t] = 1000 i + t and the inputs u[i, t] = y[i, t + 1]. */
static grl_dataset *numbered(size_t count, size_t steps)
{
    grl_dataset *data;
    assert_int_equal(grl_dataset_create(count, steps, 1, 1, 0.5, &data, NULL), GRL_OK);
    for (size_t i = 0; i < count; i++)
        for (size_t t = 0; t <= steps; t++) {
            data->y[i * (steps + 1) + t] = 1000 * (double)i + (double)t;
            if (t > 0) data->u[i * steps + t - 1] = data->y[i * (steps + 1) + t];
        }
    return data;
}

static grl_dataset *part_of(const grl_dataset *all, unsigned long long seed, grl_split split)
{
    grl_dataset *part;
    grl_error error;
    if (grl_dataset_split(all, seed, split, &part, &error) != GRL_OK) fail_msg("%s", error.message);
    check_near(part->time_step, 0.5, 0);
    assert_int_equal(part->outputs, 1);
    assert_int_equal(part->inputs, 1);
    for (size_t i = 0; i < part->count; i++)
        for (size_t t = 1; t <= part->steps; t++) {
            double y = part->y[i * (part->steps + 1) + t];
            check_near(y, part->y[i * (part->steps + 1) + t - 1] + 1, 0);
            check_near(part->u[i * part->steps + t - 1], y, 0);
        }
    return part;
}

static void test_split(void **state)
{
    (void)state;
    static const struct {
        size_t count, parts[3];
    } cases[] = {{3, {1, 1, 1}}, {4, {2, 1, 1}}, {10, {8, 1, 1}}, {97, {77, 10, 10}}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        grl_dataset *all = numbered(cases[k].count, 3);
        int seen[97] = {0}, moved = 0;
        for (int s = 0; s < 3; s++) {
            grl_dataset *part = part_of(all, 5, (grl_split)s), *again = part_of(all, 5, (grl_split)s),
                        *other = part_of(all, 6, (grl_split)s);
            assert_int_equal(part->count, cases[k].parts[s]);
            assert_int_equal(part->steps, 3);
            assert_memory_equal(part->y, again->y, part->count * 4 * sizeof *part->y);
            moved |= memcmp(part->y, other->y, part->count * 4 * sizeof *part->y) != 0;
            for (size_t i = 0; i < part->count; i++) seen[(int)(part->y[4 * i] / 1000)]++;
            grl_dataset_free(part);
            grl_dataset_free(again);
            grl_dataset_free(other);
        }
        for (size_t i = 0; i < cases[k].count; i++) assert_int_equal(seen[i], 1);
        assert_true(moved);
        grl_dataset_free(all);
    }
}

/* Windows hold every step, in order, none longer than asked for, and stay within their trajectory. */
static void test_cut(void **state)
{
    (void)state;
    static const struct {
        size_t steps, window, pieces;
    } cases[] = {{10, 10, 1}, {10, 5, 2}, {10, 4, 3}, {10, 9, 2}, {10, 1, 10}, {99, 7, 15}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const size_t pieces = cases[c].pieces, steps = cases[c].window;
        grl_dataset *all = numbered(2, cases[c].steps), *cut;
        assert_int_equal(grl_dataset_cut(all, steps, &cut, NULL), GRL_OK);
        assert_int_equal(cut->count, 2 * pieces);
        assert_int_equal(cut->steps, steps);
        check_near(cut->time_step, 0.5, 0);
        for (size_t i = 0; i < cut->count; i++) {
            const double *y = cut->y + i * (steps + 1), begin = 1000.0 * (double)(i / pieces);
            if (i % pieces == 0) check_near(y[0], begin, 0);
            if (i % pieces > 0) assert_true(y[0] > y[-(ptrdiff_t)steps - 1] && y[0] <= y[-1]);
            if (i % pieces + 1 == pieces) check_near(y[steps], begin + (double)cases[c].steps, 0);
            for (size_t t = 0; t < steps; t++) {
                check_near(y[t + 1], y[0] + (double)(t + 1), 0);
                check_near(cut->u[i * steps + t], y[t + 1], 0);
            }
        }
        grl_dataset_free(all);
        grl_dataset_free(cut);
    }
}

/* Of one or two trajectories the times are split: each in one part, in order. */
static void test_split_in_time(void **state)
{
    (void)state;
    static const struct {
        size_t count, steps, parts[3];
    } cases[] = {{1, 5, {2, 2, 2}}, {1, 99, {80, 10, 10}}, {2, 30, {25, 3, 3}}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        grl_dataset *all = numbered(cases[k].count, cases[k].steps);
        double next = 0;
        for (int s = 0; s < 3; s++) {
            grl_dataset *part = part_of(all, (unsigned long long)s, (grl_split)s);
            assert_int_equal(part->count, cases[k].count);
            assert_int_equal(part->steps + 1, cases[k].parts[s]);
            for (size_t i = 0; i < part->count; i++)
                check_near(part->y[i * (part->steps + 1)], 1000 * (double)i + next, 0);
            next += (double)(part->steps + 1);
            grl_dataset_free(part);
        }
        check_near(next, (double)cases[k].steps + 1, 0);
        grl_dataset_free(all);
    }
    grl_dataset *all = numbered(2, 4), *part;
    grl_error error;
    assert_int_equal(grl_dataset_split(all, 1, GRL_SPLIT_TEST, &part, &error), GRL_BAD_INPUT);
    if (!strstr(error.message, "or six times in each, to split into parts, found 2 and 5"))
        fail_msg("%s", error.message);
    assert_null(part);
    grl_dataset_free(all);
}

/* Generated data written as CSV read back to the same numbers. */
static void test_round_trip(void **state)
{
    (void)state;
    grl_problem problem = grl_problem_of(grl_task_find("head-direction"));
    grl_dataset *data, *again;
    grl_error error;
    assert_int_equal(grl_problem_generate(&problem, 1, GRL_SPLIT_TRAIN, 4, 25, &data, &error), GRL_OK);
    char path[] = "/tmp/grulens-test-XXXXXX.csv";
    int descriptor = mkstemps(path, 4);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    fputs("trajectory,t,cos,sin,u0\n", file);
    for (size_t i = 0; i < 4; i++)
        for (size_t t = 0; t <= 25; t++)
            fprintf(file, "%zu,%.17g,%.17g,%.17g,%.17g\n", i, (double)t * 0.1, data->y[(i * 26 + t) * 2],
                    data->y[(i * 26 + t) * 2 + 1], t ? data->u[i * 25 + t - 1] : 0);
    fclose(file);
    if (grl_dataset_load(path, 0, &again, &error) != GRL_OK) fail_msg("%s", error.message);
    unlink(path);
    assert_int_equal(again->count, 4);
    assert_int_equal(again->steps, 25);
    check_near(again->time_step, 0.1, 1e-15);
    assert_memory_equal(again->y, data->y, 4 * 26 * 2 * sizeof *data->y);
    assert_memory_equal(again->u, data->u, 4 * 25 * sizeof *data->u);
    grl_dataset_free(again);
    grl_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),         cmocka_unit_test(test_times),
        cmocka_unit_test(test_csv_refused), cmocka_unit_test(test_npz),
        cmocka_unit_test(test_npz_refused), cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_split),       cmocka_unit_test(test_split_in_time),
        cmocka_unit_test(test_round_trip),  cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
