/* Whole figures: files, formats, bytes, bounds, and that every point is drawn. Points are given by hand. */
#include "check.h"

#include <grulens/attractors.h>
#include <grulens/draw.h>

#include "base/file.h"

#include <cairo.h>
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128];

static const char *in_folder(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int files_there(void)
{
    int count = 0;
    DIR *open = opendir(folder);
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open));) count += entry->d_name[0] != '.';
    closedir(open);
    return count;
}

static void remove_files(void)
{
    char name[400];
    DIR *open = opendir(folder);
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open));) {
        if (entry->d_name[0] == '.') continue;
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        unlink(name);
    }
    closedir(open);
}

/* A cell of n units with U_h = scale I, and room for its points. */
typedef struct network {
    grl_cell *cell;
    grl_fixed_point points[9];
    double h[9][4];
    grl_portrait portrait;
} network;

static void build(network *w, size_t n, double scale)
{
    memset(w, 0, sizeof *w);
    assert_int_equal(grl_cell_create(n, 1, GRL_RESET_BEFORE, &w->cell, NULL), GRL_OK);
    for (size_t i = 0; i < n; i++) grl_cell_block(w->cell, GRL_U_H)[i * n + i] = scale;
    w->portrait = (grl_portrait){.hidden_size = n,
                                 .time = GRL_CONTINUOUS,
                                 .dt = 1,
                                 .method = GRL_METHOD_PROVE,
                                 .complete = 1,
                                 .points = w->points,
                                 .stopped_by = "done"};
}

static void add(network *w, grl_point_type type, double h1, double h2)
{
    size_t k = w->portrait.count++;
    w->h[k][0] = h1;
    w->h[k][1] = h2;
    w->points[k] = (grl_fixed_point){.h = w->h[k], .type = type};
}

/* The nine points of U_h = 3 I. */
static void build_nine(network *w)
{
    const double at[] = {-0.858559636640110, 0, 0.858559636640110};
    build(w, 2, 3);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            add(w,
                i == 1 && j == 1   ? GRL_UNSTABLE_NODE
                : i == 1 || j == 1 ? GRL_SADDLE
                                   : GRL_STABLE_NODE,
                at[i], at[j]);
}

static void drop(network *w)
{
    grl_cell_free(w->cell);
}

static void draw(const network *w, const grl_draw_options *options, const char *name)
{
    grl_error error = {0};
    if (grl_draw_portrait(w->cell, NULL, &w->portrait, options, in_folder(name), &error) != GRL_OK)
        fail_msg("%s", error.message);
}

static char *read_whole(const char *name, size_t *size)
{
    unsigned char *bytes;
    assert_int_equal(grl_file_read(in_folder(name), 1 << 28, &bytes, size, NULL), GRL_OK);
    return (char *)bytes;
}

static int count_of(const char *name, const char *what)
{
    size_t size;
    char *text = read_whole(name, &size);
    int count = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what)) count++;
    free(text);
    return count;
}

/* Letters are paths too, but without the blank that Cairo puts before the style of a shape. */
static int shapes_in(const char *name)
{
    return count_of(name, "<path style=\"") - count_of(name, "<path style=\"stroke:none;\" d");
}

static void files_are_what_their_names_say(void **state)
{
    (void)state;
    network w;
    size_t size;
    build_nine(&w);
    draw(&w, NULL, "a.svg");
    draw(&w, NULL, "a.pdf");
    draw(&w, NULL, "a.PNG");
    char *bytes = read_whole("a.svg", &size);
    assert_non_null(strstr(bytes, "<svg "));
    assert_memory_equal(bytes + size - 7, "</svg>\n", 7);
    assert_non_null(strstr(bytes, "width=\"500pt\" height=\"350pt\""));
    free(bytes);
    bytes = read_whole("a.pdf", &size);
    assert_memory_equal(bytes, "%PDF-1.", 7);
    free(bytes);
    cairo_surface_t *picture = cairo_image_surface_create_from_png(in_folder("a.PNG"));
    assert_int_equal(cairo_image_surface_get_width(picture), 1000);
    assert_int_equal(cairo_image_surface_get_height(picture), 700);
    cairo_surface_destroy(picture);
    assert_int_equal(files_there(), 3);
    drop(&w);
    remove_files();
}

static void sizes_follow_the_options(void **state)
{
    (void)state;
    static const struct {
        double width, height, scale;
        int columns, rows;
    } cases[] = {{250, 0, 1, 250, 175},
                 {0, 175, 3, 750, 525},
                 {72, 72, 1, 72, 72},
                 {900, 72, 1, 900, 72},
                 {80, 2000, 0.5, 40, 1000}};
    network w;
    build_nine(&w);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        grl_draw_options options = grl_draw_defaults();
        options.width = cases[k].width;
        options.height = cases[k].height;
        options.scale = cases[k].scale;
        options.title =
            "A title that is much too long for a narrow page and so must be cut somewhere, with \xe2\x80\xa6";
        draw(&w, &options, "size.png");
        cairo_surface_t *picture = cairo_image_surface_create_from_png(path);
        assert_int_equal(cairo_image_surface_get_width(picture), cases[k].columns);
        assert_int_equal(cairo_image_surface_get_height(picture), cases[k].rows);
        cairo_surface_destroy(picture);
    }
    drop(&w);
    remove_files();
}

static void same_input_gives_same_bytes(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"a.svg", "b.svg"}, {"a.pdf", "b.pdf"}, {"a.png", "b.png"}};
    for (size_t n = 1; n <= 4; n++)
        for (int map = 0; map < 2; map++)
            for (size_t k = 0; k < 3; k++) {
                network w;
                build(&w, n, 3);
                add(&w, n == 1 ? GRL_UNSTABLE : GRL_UNSTABLE_NODE, 0, 0);
                if (map) w.portrait.time = GRL_DISCRETE;
                size_t size, other;
                draw(&w, NULL, pairs[k][0]);
                draw(&w, NULL, pairs[k][1]);
                char *a = read_whole(pairs[k][0], &size), *b = read_whole(pairs[k][1], &other);
                assert_int_equal(size, other);
                assert_memory_equal(a, b, size);
                free(a);
                free(b);
                drop(&w);
            }
    remove_files();
}

static void every_point_is_drawn(void **state)
{
    (void)state;
    /* One more of a type that the legend has already adds its mark and nothing else. Cairo writes a disc that
     * is filled and then outlined as one shape. Halo, outlined disc: 2; black on white: 3; a half or a dot
     * inside: 4; a ring around: one more. */
    static const struct {
        grl_point_type type;
        int paths;
    } cases[] = {{GRL_STABLE_NODE, 3},   {GRL_STABLE_FOCUS, 4},   {GRL_SADDLE, 4}, {GRL_SADDLE_FOCUS, 5},
                 {GRL_UNSTABLE_NODE, 2}, {GRL_UNSTABLE_FOCUS, 3}, {GRL_CENTER, 4}};
    grl_draw_options options = grl_draw_defaults();
    options.trajectories = 0;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        network w;
        build(&w, 2, 3);
        add(&w, cases[k].type, -0.5, 0);
        add(&w, cases[k].type, 0.1, 0.3);
        draw(&w, &options, "two.svg");
        int before = shapes_in("two.svg");
        add(&w, cases[k].type, 0.5, -0.3);
        draw(&w, &options, "two.svg");
        assert_int_equal(shapes_in("two.svg") - before, cases[k].paths);
        drop(&w);
    }
    remove_files();
}

static void slow_points_and_degenerate_points_are_drawn(void **state)
{
    (void)state;
    network w;
    double at[2] = {0.2, 0.2};
    grl_slow_point slow = {.h = at, .speed = 1e-4};
    build(&w, 2, 3);
    add(&w, GRL_DEGENERATE, 0, 0);
    draw(&w, NULL, "slow.svg");
    int before = shapes_in("slow.svg");
    w.portrait.slow = &slow;
    w.portrait.slow_count = 1;
    draw(&w, NULL, "slow.svg");
    assert_int_equal(shapes_in("slow.svg") - before, 4); /* halo and body, also in the legend */
    double box[4] = {-0.1, 0.1, -0.05, 0.05};
    w.points[0].box = box;
    before = shapes_in("slow.svg");
    draw(&w, NULL, "slow.svg");
    assert_int_equal(shapes_in("slow.svg") - before, 1);
    drop(&w);
    remove_files();
}

static void every_kind_of_network_is_drawn(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 4; n++)
        for (int map = 0; map < 2; map++)
            for (int theme = 0; theme < 3; theme++)
                for (int points = 0; points < 2; points++) {
                    network w;
                    build(&w, n, n == 3 ? 100 : 3);
                    if (points) add(&w, n == 1 ? GRL_HALF_STABLE : GRL_SADDLE, 0, 0);
                    if (map) w.portrait.time = GRL_DISCRETE;
                    w.portrait.dt = 0.5;
                    w.portrait.complete = points;
                    const double x[] = {1.5};
                    grl_cell_block(w.cell, GRL_W_H)[0] = 1;
                    grl_draw_options options = grl_draw_defaults();
                    options.theme = (grl_theme)theme;
                    options.trajectories = theme;
                    options.title = theme ? "Title" : NULL;
                    assert_int_equal(
                        grl_draw_portrait(w.cell, x, &w.portrait, &options, in_folder("all.png"), NULL),
                        GRL_OK);
                    drop(&w);
                }
    remove_files();
}

/* Whatever parts are asked for, the figure is made, or it is said which part it cannot have. */
static void every_part_can_be_left_out(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 4; n++)
        for (int map = 0; map < 2; map++) {
            network w;
            build(&w, n, 3);
            add(&w, n == 1 ? GRL_UNSTABLE : GRL_UNSTABLE_NODE, 0, 0);
            if (map) w.portrait.time = GRL_DISCRETE;
            size_t whole, other;
            grl_draw_options options = grl_draw_defaults();
            draw(&w, &options, "part.svg");
            char *all = read_whole("part.svg", &whole);
            for (unsigned part = 1; part < GRL_SHOW_ALL; part <<= 1) {
                options = grl_draw_defaults();
                options.hide = part;
                if (n == 2 && !map) draw(&w, &options, "part.svg");
                /* The part alone. */
                options.hide = GRL_SHOW_ALL;
                options.show = part;
                grl_error error = {0};
                if (grl_draw_portrait(w.cell, NULL, &w.portrait, &options, in_folder("part.svg"), &error) !=
                    GRL_OK) {
                    assert_int_equal(error.status, GRL_BAD_INPUT);
                    assert_non_null(strstr(error.message, "to show"));
                }
            }
            options = grl_draw_defaults();
            options.show = GRL_SHOW_ALL;
            draw(&w, &options, "part.svg");
            /* What is hidden and shown is as it was. */
            options = grl_draw_defaults();
            options.hide = options.show = GRL_SHOW_POINTS | GRL_SHOW_LEGEND;
            draw(&w, &options, "part.svg");
            char *again = read_whole("part.svg", &other);
            assert_int_equal(whole, other);
            assert_memory_equal(all, again, whole);
            free(all);
            free(again);
            drop(&w);
        }
    remove_files();
}

/* Of three units and more: a cycle and a saddle's branch are there, and gone when they are hidden. */
static void cycles_of_more_units_are_drawn(void **state)
{
    (void)state;
    enum { COUNT = 41 };
    for (size_t n = 3; n <= 4; n++) {
        static double points[COUNT * 5], branch[2 * 5];
        network w;
        size_t sizes[4];
        char *bytes[4];
        build(&w, n, 3);
        for (size_t i = 0; i < COUNT; i++)
            for (size_t k = 0; k <= n; k++)
                points[i * (n + 1) + k] = 0.5 * sin(0.157079632679 * (double)i + (double)k);
        for (size_t k = 0; k <= n; k++) branch[n + 1 + k] = 0.9;
        grl_closed closed = {.stable = 1, .count = COUNT, .points = points};
        grl_unstable_branch branches = {.count = 2, .points = branch};
        grl_unstable_manifold manifold = {.dimension = 1, .count = 1, .branches = &branches};
        grl_attractors attractors = {.hidden_size = n,
                                     .closed_count = 1,
                                     .closed = &closed,
                                     .manifold_count = 1,
                                     .manifolds = &manifold};
        const unsigned hide[4] = {GRL_SHOW_CYCLES | GRL_SHOW_MANIFOLDS, 0, GRL_SHOW_CYCLES,
                                  GRL_SHOW_MANIFOLDS};
        for (int k = 0; k < 4; k++) {
            grl_draw_options options = grl_draw_defaults();
            options.hide = hide[k];
            w.portrait.attractors = &attractors;
            draw(&w, &options, "loops.svg");
            bytes[k] = read_whole("loops.svg", &sizes[k]);
        }
        w.portrait.attractors = NULL;
        draw(&w, NULL, "loops.svg");
        size_t size;
        char *without = read_whole("loops.svg", &size);
        assert_int_equal(size, sizes[0]);
        assert_memory_equal(without, bytes[0], size);
        assert_true(sizes[1] > sizes[2] && sizes[1] > sizes[3] && sizes[2] > sizes[0] && sizes[3] > sizes[0]);
        for (int k = 0; k < 4; k++) free(bytes[k]);
        free(without);
        drop(&w);
    }
    remove_files();
}

static void words_name_parts(void **state)
{
    (void)state;
    static const char *const words[] = {"streamlines", "arrows",  "nullclines", "manifolds",
                                        "cycles",      "basins",  "speed",      "trajectories",
                                        "points",      "numbers", "potential",  "legend"};
    unsigned show = 0;
    grl_error error = {0};
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++) {
        assert_int_equal(grl_show_read(words[k], &show, NULL), GRL_OK);
        assert_int_equal(show, 1u << k);
    }
    assert_int_equal(grl_show_read("legend,cycles,legend", &show, NULL), GRL_OK);
    assert_int_equal(show, GRL_SHOW_LEGEND | GRL_SHOW_CYCLES);
    assert_int_equal(grl_show_read("all", &show, NULL), GRL_OK);
    assert_int_equal(show, GRL_SHOW_ALL);
    static const char *const wrong[] = {"", ",", "cycles,", "Cycles", "cycle", "cycles speed"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
        assert_int_equal(grl_show_read(wrong[k], &show, &error), GRL_BAD_INPUT);
    assert_int_equal(grl_show_read("basin", &show, &error), GRL_BAD_INPUT);
    assert_non_null(strstr(error.message, "basins"));
    assert_int_equal(show, GRL_SHOW_ALL);
}

/* Words of the size that they have anyway give the same figure; larger ones another on the same page. */
static void words_have_the_size_asked_for(void **state)
{
    (void)state;
    network w;
    size_t size, other;
    grl_draw_options options = grl_draw_defaults();
    build_nine(&w);
    draw(&w, &options, "a.svg");
    char *a = read_whole("a.svg", &size);
    options.text = 10.5;
    draw(&w, &options, "b.svg");
    char *b = read_whole("b.svg", &other);
    assert_int_equal(size, other);
    assert_memory_equal(a, b, size);
    free(b);
    options.text = 14;
    draw(&w, &options, "b.svg");
    b = read_whole("b.svg", &other);
    assert_non_null(strstr(b, "width=\"500pt\" height=\"350pt\""));
    assert_true(size != other || memcmp(a, b, size) != 0);
    free(a);
    free(b);
    drop(&w);
    remove_files();
}

/* Only the points in sight have marks: of the nine three in the upper row, and one of them in the corner. */
static void a_range_shows_what_is_in_it(void **state)
{
    (void)state;
    static const struct {
        int ranges;
        double low[2], high[2];
        int saddles, nodes;
    } cases[] = {{0, {0, 0}, {0, 0}, 4, 4}, {2, {-1, 0.5}, {1, 1}, 1, 2}, {1, {0.5, 0}, {1, 0}, 0, 1}};
    network w;
    build_nine(&w);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        grl_draw_options options = grl_draw_defaults();
        options.hide = GRL_SHOW_ALL;
        options.show = GRL_SHOW_POINTS;
        options.ranges = cases[k].ranges;
        memcpy(options.low, cases[k].low, sizeof cases[k].low);
        memcpy(options.high, cases[k].high, sizeof cases[k].high);
        draw(&w, &options, "range.svg");
        /* Frame, and ticks, each a path with "fill:none"; a saddle has four shapes, a stable node three. */
        options.show = 0;
        int with = shapes_in("range.svg");
        draw(&w, &options, "range.svg");
        int unstable = k == 0 ? 2 : 0;
        assert_int_equal(with - shapes_in("range.svg"), 4 * cases[k].saddles + 3 * cases[k].nodes + unstable);
    }
    drop(&w);
    remove_files();
}

static void the_input_counts(void **state)
{
    (void)state;
    network w;
    size_t size, other;
    const double zero[] = {0}, one[] = {1};
    build(&w, 2, 3);
    grl_cell_block(w.cell, GRL_W_H)[0] = 1;
    draw(&w, NULL, "a.svg");
    char *a = read_whole("a.svg", &size);
    assert_int_equal(grl_draw_portrait(w.cell, zero, &w.portrait, NULL, in_folder("b.svg"), NULL), GRL_OK);
    char *b = read_whole("b.svg", &other);
    assert_int_equal(size, other);
    assert_memory_equal(a, b, size);
    free(b);
    assert_int_equal(grl_draw_portrait(w.cell, one, &w.portrait, NULL, in_folder("b.svg"), NULL), GRL_OK);
    b = read_whole("b.svg", &other);
    assert_true(size != other || memcmp(a, b, size) != 0);
    free(a);
    free(b);
    drop(&w);
    remove_files();
}

static void refused(network *w, const grl_draw_options *options, const char *name, grl_status expected,
                    const char *words)
{
    grl_error error = {0};
    assert_int_equal(grl_draw_portrait(w->cell, NULL, &w->portrait, options, in_folder(name), &error),
                     expected);
    assert_int_equal(error.status, expected);
    if (!strstr(error.message, words)) fail_msg("\"%s\" does not say \"%s\"", error.message, words);
}

static void what_is_wrong_is_said_and_nothing_is_written(void **state)
{
    (void)state;
    network w;
    build_nine(&w);
    refused(&w, NULL, "a.jpg", GRL_BAD_INPUT, ".svg, .pdf or .png");
    refused(&w, NULL, "a", GRL_BAD_INPUT, ".svg, .pdf or .png");
    refused(&w, NULL, "no/such/folder/a.svg", GRL_IO, "a.svg");

    const grl_draw_options good = grl_draw_defaults();
    grl_draw_options options = good;
    const double sides[] = {71, 14401, -5, NAN, INFINITY};
    for (size_t k = 0; k < sizeof sides / sizeof sides[0]; k++) {
        options = good;
        options.width = sides[k];
        refused(&w, &options, "a.svg", GRL_BAD_INPUT, "72 to 14400");
        options = good;
        options.height = sides[k];
        refused(&w, &options, "a.pdf", GRL_BAD_INPUT, "72 to 14400");
    }
    const double scales[] = {0, -1, 21, NAN};
    for (size_t k = 0; k < sizeof scales / sizeof scales[0]; k++) {
        options = good;
        options.scale = scales[k];
        refused(&w, &options, "a.png", GRL_BAD_INPUT, "pixels per point");
    }
    options = good;
    options.width = 14400;
    options.height = 14400;
    refused(&w, &options, "a.png", GRL_BAD_INPUT, "pixels");
    options = good;
    options.title = "\xff\xfe";
    refused(&w, &options, "a.svg", GRL_BAD_INPUT, "UTF-8");
    options = good;
    options.theme = (grl_theme)7;
    refused(&w, &options, "a.svg", GRL_BAD_INPUT, "theme");
    options = good;
    options.trajectories = -2;
    refused(&w, &options, "a.svg", GRL_BAD_INPUT, "trajectories");
    const double texts[] = {-1, 3.9, 41, NAN, INFINITY};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        options = good;
        options.text = texts[k];
        refused(&w, &options, "a.svg", GRL_BAD_INPUT, "figure text");
    }
    options = good;
    options.width = 241; /* 85 mm */
    options.text = 9;    /* which would leave the plot no room */
    refused(&w, &options, "a.svg", GRL_BAD_INPUT, "figure text");
    options = good;
    options.show = GRL_SHOW_POTENTIAL;
    refused(&w, &options, "a.svg", GRL_BAD_INPUT, "potential");
    options.show = GRL_SHOW_ALL + 1;
    refused(&w, &options, "a.svg", GRL_BAD_INPUT, "parts");
    static const struct {
        int ranges;
        double low, high;
    } ranges[] = {{-1, 0, 1},  {3, 0, 1},        {1, 0, 0},   {1, 1, 0},
                  {1, NAN, 1}, {1, 0, INFINITY}, {1, 0, 1.6}, {2, 0, 1}};
    for (size_t k = 0; k < sizeof ranges / sizeof ranges[0]; k++) {
        options = good;
        options.ranges = ranges[k].ranges; /* two: the second from 0 to 0 */
        options.low[0] = ranges[k].low;
        options.high[0] = ranges[k].high;
        refused(&w, &options, "a.svg", GRL_BAD_INPUT, "range");
    }
    w.portrait.hidden_size = 3;
    refused(&w, NULL, "a.svg", GRL_BAD_INPUT, "units");
    drop(&w);
    assert_int_equal(files_there(), 0);
}

static void a_failed_figure_leaves_the_old_one(void **state)
{
    (void)state;
    network w;
    build_nine(&w);
    draw(&w, NULL, "keep.png");
    size_t size, other;
    char *a = read_whole("keep.png", &size);
    grl_draw_options options = grl_draw_defaults();
    options.width = 9;
    refused(&w, &options, "keep.png", GRL_BAD_INPUT, "width");
    char *b = read_whole("keep.png", &other);
    assert_int_equal(size, other);
    assert_memory_equal(a, b, size);
    free(a);
    free(b);
    assert_int_equal(files_there(), 1);
    drop(&w);
    remove_files();
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/test_draw.XXXXXX");
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    remove_files();
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_what_their_names_say),
        cmocka_unit_test(sizes_follow_the_options),
        cmocka_unit_test(same_input_gives_same_bytes),
        cmocka_unit_test(every_point_is_drawn),
        cmocka_unit_test(slow_points_and_degenerate_points_are_drawn),
        cmocka_unit_test(every_kind_of_network_is_drawn),
        cmocka_unit_test(every_part_can_be_left_out),
        cmocka_unit_test(cycles_of_more_units_are_drawn),
        cmocka_unit_test(words_name_parts),
        cmocka_unit_test(words_have_the_size_asked_for),
        cmocka_unit_test(a_range_shows_what_is_in_it),
        cmocka_unit_test(the_input_counts),
        cmocka_unit_test(what_is_wrong_is_said_and_nothing_is_written),
        cmocka_unit_test(a_failed_figure_leaves_the_old_one),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
