/* Figures of learning: curves, predictions, portraits of learned networks, errors over sizes: what stands where,
 * every kind of file, equal bytes, degenerate inputs, and what is refused. */
#include "networks.h"
#include "pixels.h"

#include "draw/readout.h"

#include <grulens/attractors.h>
#include <grulens/cycles.h>
#include <grulens/draw.h>
#include <grulens/separatrices.h>
#include <grulens/slow.h>
#include <unistd.h>

static const char png[] = "test_learning.png";

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

/* Draws what `what` is about to a file. */
typedef grl_status drawer(const void *what, const grl_draw_options *options, const char *path,
                          grl_error *error);

static void draw(drawer *drawing, const void *what, const grl_draw_options *options, const char *path)
{
    grl_error error;
    if (drawing(what, options, path, &error) != GRL_OK) fail_msg("%s", error.message);
}

static void refuse(drawer *drawing, const void *what, const grl_draw_options *options, const char *path,
                   const char *words)
{
    grl_error error = {0};
    assert_int_equal(drawing(what, options, path, &error), GRL_BAD_INPUT);
    if (!strstr(error.message, words)) fail_msg("'%s' does not say '%s'", error.message, words);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* Every kind of file in every theme, twice with the same bytes; and what every figure refuses. */
static void check_files(drawer *drawing, const void *what)
{
    static const char *const names[] = {"test_learning.svg", "test_learning.pdf", "test_learning.png"};
    static const char *const begins[] = {"<?xml", "%PDF", "\x89PNG"};
    char *light = NULL;
    for (int k = 0; k < 3; k++)
        for (int theme = 0; theme < 3; theme++) {
            size_t first, second;
            grl_draw_options options = grl_draw_defaults();
            options.theme = (grl_theme)theme;
            options.title = "What was learned";
            draw(drawing, what, &options, names[k]);
            char *a = slurp(names[k], &first);
            assert_memory_equal(a, begins[k], strlen(begins[k]));
            draw(drawing, what, &options, names[k]);
            char *b = slurp(names[k], &second);
            assert_int_equal(first, second);
            assert_memory_equal(a, b, first);
            if (k == 0 && theme > 0) assert_string_not_equal(a, light);
            if (k == 0 && theme == 0) light = strdup(a);
            free(a);
            free(b);
            unlink(names[k]);
        }
    free(light);
    grl_draw_options options = grl_draw_defaults();
    refuse(drawing, what, &options, "no.gif", ".svg");
    options.title = "\xff";
    refuse(drawing, what, &options, "no.svg", "UTF-8");
    options = grl_draw_defaults();
    options.theme = (grl_theme)7;
    refuse(drawing, what, &options, "no.svg", "theme");
}

/* Learning curves. */

enum { MOST_RUNS = 24, POINTS = 9 };

typedef struct runs {
    size_t count;
    grl_learning_point points[MOST_RUNS][POINTS];
    grl_learning_curve curves[MOST_RUNS];
} runs;

/* A run with the same loss at all steps. */
static void add_run(runs *r, const char *task, size_t units, double loss)
{
    for (int i = 0; i < POINTS; i++)
        r->points[r->count][i] = (grl_learning_point){.step = 25 * i, .loss = loss, .validation = loss};
    r->curves[r->count] =
        (grl_learning_curve){.task = task, .units = units, .count = POINTS, .points = r->points[r->count]};
    r->count++;
}

static grl_status draw_runs(const void *what, const grl_draw_options *options, const char *path,
                            grl_error *error)
{
    const runs *r = what;
    return grl_draw_learning_curves(r->count, r->curves, options, path, error);
}

/* The median of three runs lies on the middle one, on a logarithmic scale whose ends are the other two's. */
static void the_median_is_the_middle_run(void **state)
{
    (void)state;
    double at[3];
    for (int k = 0; k < 3; k++) {
        runs r = {0};
        add_run(&r, "ring", 2, 1);
        add_run(&r, "ring", 2, 1e-4);
        add_run(&r, "ring", 2, pow(10, -1 - k));
        draw(draw_runs, &r, NULL, png);
        const pixels found = find_colour_above(png, SECOND, 0.85); /* the legend is below */
        assert_true(found.count > 1000);
        at[k] = found.y;
    }
    assert_true(at[1] - at[0] > 0.1);
    check_near(at[2] - at[1], at[1] - at[0], 2e-3);
    unlink(png);
}

/* A loss that is not finite is larger than all others: two of three such runs take the median away, one does not. */
static void failed_runs_count(void **state)
{
    (void)state;
    int lines[3];
    for (int bad = 0; bad < 3; bad++) {
        runs r = {0};
        for (int k = 0; k < 3; k++) add_run(&r, NULL, 4, 0.1);
        for (int k = 0; k < bad; k++)
            for (int i = 1; i < POINTS; i++) r.points[k][i].validation = k ? (double)INFINITY : (double)NAN;
        draw(draw_runs, &r, NULL, png);
        lines[bad] = find_colour(png, SECOND).count;
        assert_int_equal(find_colour(png, ALARM).count > 10, bad > 0);
    }
    assert_true(lines[1] > 0.9 * lines[0]);
    assert_true(lines[2] < 0.3 * lines[0]);
    unlink(png);
}

/* A run that ended earlier keeps its last value: the median of two and a short one goes on. */
static void runs_that_ended_go_on(void **state)
{
    (void)state;
    double at[2];
    for (int early = 0; early < 2; early++) {
        runs r = {0};
        add_run(&r, NULL, 4, 1);
        add_run(&r, NULL, 4, 1e-4);
        add_run(&r, NULL, 4, 1e-3);
        if (early) r.curves[2].count = 2;
        draw(draw_runs, &r, NULL, png);
        at[early] = find_colour_above(png, SECOND, 0.85).y;
    }
    check_near(at[0], at[1], 2e-3);
    unlink(png);
}

static void curves_of_all_kinds(void **state)
{
    (void)state;
    static const char *const tasks[] = {"fitzhugh-nagumo", "line-attractor", NULL};
    runs r = {0};
    for (int t = 0; t < 3; t++)
        for (int k = 0; k < 7; k++) add_run(&r, tasks[t], k < 5 ? 2u << k : 2, 0.1 / (1 + t + k));
    r.points[3][4].validation = (double)NAN; /* a gap */
    r.points[5][2].validation = 0;
    r.curves[6].count = 1;
    r.curves[7].count = 0;
    check_files(draw_runs, &r);

    runs one = {0};
    add_run(&one, NULL, 1, 0.3);
    check_files(draw_runs, &one);
    one.curves[0].count = 1;
    check_files(draw_runs, &one);
    one.points[0][0].validation = (double)NAN;
    check_files(draw_runs, &one);
    one.curves[0].count = 0;
    check_files(draw_runs, &one);
    one.count = 0;
    refuse(draw_runs, &one, NULL, "no.svg", "found none");
}

/* Predictions. */

typedef struct prediction {
    grl_dataset data;
    double *outputs;
    size_t warm_up, horizon;
} prediction;

static prediction make_prediction(size_t count, size_t steps, size_t outputs, size_t inputs)
{
    prediction p = {
        .data = {.count = count, .steps = steps, .outputs = outputs, .inputs = inputs, .time_step = 0.5}};
    const size_t rows = count * (steps + 1) * outputs;
    p.data.y = calloc(rows, sizeof *p.data.y);
    p.outputs = calloc(rows, sizeof *p.outputs);
    p.data.u = inputs > 0 ? calloc(count * steps * inputs, sizeof *p.data.u) : NULL;
    assert_true(p.data.y && p.outputs && (p.data.u || inputs == 0));
    for (size_t i = 0; i < rows; i++) {
        p.data.y[i] = sin(0.3 * (double)i);
        p.outputs[i] = 0.9 * sin(0.31 * (double)i);
    }
    for (size_t i = 0; i < count * steps * inputs; i++) p.data.u[i] = i % 7 == 0 ? 1 : i % 11 == 0 ? -1 : 0;
    return p;
}

static void drop_prediction(prediction *p)
{
    free(p->data.y);
    free(p->data.u);
    free(p->outputs);
}

static grl_status draw_one_prediction(const void *what, const grl_draw_options *options, const char *path,
                                      grl_error *error)
{
    const prediction *p = what;
    return grl_draw_prediction(&p->data, p->outputs, p->warm_up, p->horizon, options, path, error);
}

/* The truth rests at the top of a panel, the network at its foot; learned lines are green, true ones broad and pale. */
static void truth_and_network_lie_where_they_should(void **state)
{
    (void)state;
    prediction p = make_prediction(2, 40, 1, 0);
    double at[2][2];
    for (int way = 0; way < 2; way++) {
        for (size_t i = 0; i < 2 * 41; i++) {
            p.data.y[i] = way ? -1 : 1;
            p.outputs[i] = -p.data.y[i];
        }
        draw(draw_one_prediction, &p, NULL, png);
        const pixels network = find_colour(png, GREEN), truth = find_colour(png, STREAM);
        assert_true(network.count > 500 && truth.count > 2 * network.count);
        at[way][0] = truth.y;
        at[way][1] = network.y;
    }
    assert_true(at[0][0] < at[0][1] - 0.1 && at[1][0] > at[1][1] + 0.1);

    /* What is not finite is not drawn: half of the line is left. */
    const int all = find_colour(png, GREEN).count;
    for (size_t i = 0; i < 2 * 41; i++)
        if (i % 41 > 20) p.outputs[i] = i % 2 ? (double)NAN : (double)INFINITY;
    draw(draw_one_prediction, &p, NULL, png);
    const int half = find_colour(png, GREEN).count;
    assert_true(half > 0.35 * all && half < 0.7 * all);
    drop_prediction(&p);
    unlink(png);
}

static void the_horizon_is_marked_where_it_lies_inside(void **state)
{
    (void)state;
    prediction p = make_prediction(3, 40, 2, 0);
    size_t sizes[4], size;
    char *figures[4];
    for (int k = 0; k < 4; k++) {
        p.horizon = k == 1 ? 20 : k == 2 ? 40 : 0;
        p.warm_up = k == 3 ? 5 : 0;
        draw(draw_one_prediction, &p, NULL, "test_learning.svg");
        figures[k] = slurp("test_learning.svg", &size);
        sizes[k] = size;
    }
    assert_true(sizes[1] > sizes[0] + 500 && sizes[3] > sizes[0] + 500);
    assert_string_equal(figures[2], figures[0]);
    for (int k = 0; k < 4; k++) free(figures[k]);
    drop_prediction(&p);
    unlink("test_learning.svg");
}

static void predictions_of_all_kinds(void **state)
{
    (void)state;
    static const size_t shapes[][4] = {
        {1, 1, 1, 0}, {9, 30, 1, 1}, {4, 30, 2, 2}, {3, 12, 3, 3}, {2, 5, 7, 5}};
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        prediction p = make_prediction(shapes[k][0], shapes[k][1], shapes[k][2], shapes[k][3]);
        p.horizon = shapes[k][1] / 2;
        p.warm_up = shapes[k][1] / 4;
        if (k == 1) p.outputs[3] = (double)NAN;
        if (k == 4)
            for (size_t i = 0; i < 2 * 6 * 7; i++) p.outputs[i] = p.data.y[i] = (double)NAN;
        check_files(draw_one_prediction, &p);
        drop_prediction(&p);
    }
    prediction p = make_prediction(2, 5, 1, 0);
    grl_draw_options options = grl_draw_defaults();
    options.trajectories = 25;
    refuse(draw_one_prediction, &p, &options, "no.svg", "1 to 24 trajectories");
    options.trajectories = 0;
    refuse(draw_one_prediction, &p, &options, "no.svg", "1 to 24 trajectories");
    p.data.time_step = 0;
    refuse(draw_one_prediction, &p, NULL, "no.svg", "time step");
    p.data.time_step = 1;
    p.data.count = 0;
    refuse(draw_one_prediction, &p, NULL, "no.svg", "found 0");
    drop_prediction(&p);
}

/* Portraits of learned networks. */

static grl_status draw_learned(const void *what, const grl_draw_options *options, const char *path,
                               grl_error *error)
{
    return grl_draw_learned_portrait(what, options, path, error);
}

/* Takes the cell over. C: outputs x n, NULL: unit i to output i. */
static grl_model *read_out(grl_cell *cell, size_t outputs, const double *C, const double *d)
{
    const size_t n = grl_cell_hidden_size(cell);
    double *matrix = calloc(outputs * n, sizeof *matrix), *shift = calloc(outputs, sizeof *shift);
    grl_model *model;
    assert_true(matrix && shift);
    for (size_t i = 0; i < outputs; i++) matrix[i * n + i % n] = 1;
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    assert_int_equal(grl_model_set_readout(model, outputs, C ? C : matrix, d ? d : shift, NULL), GRL_OK);
    free(matrix);
    free(shift);
    return model;
}

static grl_portrait *portrait_of(const grl_model *model, grl_time time, int everything)
{
    const grl_cell *cell = grl_model_cell(model);
    grl_portrait_options how = grl_portrait_defaults();
    grl_attractors_options few = grl_attractors_defaults();
    grl_portrait *p;
    how.time = time;
    how.threads = few.threads = 1;
    how.max_starts = 64;
    few.starts = 16;
    assert_int_equal(grl_portrait_compute(cell, NULL, &how, &p, NULL), GRL_OK);
    if (!everything) return p;
    assert_int_equal(grl_slow_manifolds_compute(cell, NULL, p, NULL, &p->slow_manifolds, NULL), GRL_OK);
    assert_int_equal(grl_attractors_compute(cell, NULL, p, &few, &p->attractors, NULL), GRL_OK);
    if (time == GRL_CONTINUOUS && p->hidden_size == 2) {
        assert_int_equal(grl_cycles_compute(cell, NULL, p, NULL, &p->cycles, NULL), GRL_OK);
        assert_int_equal(grl_separatrices_compute(cell, NULL, p, NULL, &p->separatrices, NULL), GRL_OK);
    }
    return p;
}

/* `count` points of a circle in the first two of `outputs` dimensions. */
static grl_reference circle(size_t count, size_t outputs, double *points)
{
    for (size_t i = 0; i < count * outputs; i++) points[i] = 0;
    for (size_t i = 0; i < count; i++) {
        const double angle = 6.283185307179586 * (double)i / (double)count;
        points[i * outputs] = 0.6 * cos(angle);
        if (outputs > 1) points[i * outputs + 1] = 0.6 * sin(angle);
    }
    return (grl_reference){.count = count, .outputs = outputs, .points = points, .period = (double)NAN};
}

/* The field of the plane of outputs is the change of the output along the state's own. */
static void the_plane_has_the_flow_of_the_states(void **state)
{
    (void)state;
    const double C[] = {2, 1, -0.5, 3}, d[] = {0.3, -4}, one[] = {1.5, -2, 0.7};
    grl_model *model = read_out(random_network(2, GRL_RESET_AFTER, 2, 5, 0), 2, C, d);
    grl_model *single = read_out(random_network(3, GRL_RESET_BEFORE, 2, 5, 1), 1, one, NULL);
    double work[64], next[3];
    grl_random random = grl_random_stream(3, 0);
    for (int time = 0; time < 2; time++) {
        grl_readout r;
        const grl_portrait p = {.hidden_size = 2, .time = (grl_time)time, .dt = 0.25};
        assert_int_equal(grl_readout_open(model, grl_model_cell(model), &p, 0, NULL, 0, NULL, &r, NULL),
                         GRL_OK);
        assert_true(r.invertible);
        for (int k = 0; k < 50; k++) {
            const double h[] = {2 * grl_random_uniform(&random) - 1, 2 * grl_random_uniform(&random) - 1};
            const double step = time == GRL_DISCRETE ? 0.25 : 1e-6;
            double from[2], to[2], v[2];
            assert_true(grl_cell_work(grl_model_cell(model)) <= 64);
            grl_cell_map(grl_model_cell(model), NULL, step, h, next, work);
            grl_readout_project(&r, h, from);
            check_near(from[0], C[0] * h[0] + C[1] * h[1] + d[0], 1e-14);
            check_near(from[1], C[2] * h[0] + C[3] * h[1] + d[1], 1e-14);
            grl_readout_project(&r, next, to);
            grl_readout_field(&r, from, v);
            assert_true(grl_readout_reached(&r, from));
            for (int i = 0; i < 2; i++)
                check_near(v[i], (to[i] - from[i]) / (time == GRL_DISCRETE ? 1 : step), 1e-8);
        }
        const double outside[] = {C[0] * 1.01 + d[0], C[2] * 1.01 + d[1]};
        double v[2];
        grl_readout_field(&r, outside, v);
        assert_true(v[0] == 0 && v[1] == 0 && !grl_readout_reached(&r, outside));
        grl_readout_close(&r);

        /* One output: its change in a step of the map. */
        const grl_portrait q = {.hidden_size = 3, .time = (grl_time)time, .dt = 0.25};
        assert_int_equal(grl_readout_open(single, grl_model_cell(single), &q, 0, NULL, 0, NULL, &r, NULL),
                         GRL_OK);
        const double h[] = {0.3, -0.2, 0.8}, step = time == GRL_DISCRETE ? 0.25 : 1;
        double seen[2];
        grl_cell_map(grl_model_cell(single), NULL, step, h, next, work);
        grl_readout_project(&r, h, seen);
        check_near(seen[0], 0.45 + 0.4 + 0.56, 1e-14);
        check_near(seen[1], 1.5 * (next[0] - 0.3) - 2 * (next[1] + 0.2) + 0.7 * (next[2] - 0.8), 1e-14);
        grl_readout_close(&r);
    }
    grl_model_free(model);
    grl_model_free(single);
}

/* A point is drawn at C h + d: in the middle of a plot with that place in its middle, whatever h is. */
static void points_stand_at_their_outputs(void **state)
{
    (void)state;
    static const double C[] = {2, 1, 0, 3}, d[] = {0.3, -4}, places[][2] = {{0, 0}, {0.5, 0.25}, {-0.7, 0.9}};
    grl_model *model = read_out(rotation_network(3, 0.7), 2, C, d);
    pixels found[3];
    for (int k = 0; k < 3; k++) {
        double h[2] = {places[k][0], places[k][1]}, numbers[8] = {0};
        grl_fixed_point point = {.h = h,
                                 .a = h,
                                 .type = GRL_DEGENERATE,
                                 .eigenvalues = numbers,
                                 .eigenvectors = numbers,
                                 .time_constants = numbers};
        grl_portrait p = {.hidden_size = 2, .count = 1, .points = &point, .dt = 1};
        const grl_learned learned = {.model = model, .portrait = &p};
        grl_draw_options options = grl_draw_defaults();
        options.hide = GRL_SHOW_LEGEND;
        options.ranges = 2;
        options.low[0] = 2 * h[0] + h[1] + 0.3 - 1;
        options.high[0] = 2 * h[0] + h[1] + 0.3 + 1;
        options.low[1] = 3 * h[1] - 4 - 2;
        options.high[1] = 3 * h[1] - 4 + 2;
        draw(draw_learned, &learned, &options, png);
        found[k] = find_colour(png, ALARM);
        assert_in_range(found[k].count, 50, 1000);
    }
    /* Labels of another width move the plot by some points of 370. */
    for (int k = 1; k < 3; k++) {
        check_near(found[k].x, found[0].x, 0.03);
        check_near(found[k].y, found[0].y, 0.002);
    }
    grl_model_free(model);
    unlink(png);
}

/* The target lies beneath, the cycle of the rotation family above it; without a cycle, no line. */
static void target_and_cycle_are_drawn(void **state)
{
    (void)state;
    double points[2 * 100];
    const grl_reference reference = circle(100, 2, points);
    grl_model *model = read_out(rotation_network(3, 0.7), 2, NULL, NULL);
    grl_portrait *p = portrait_of(model, GRL_CONTINUOUS, 1);
    grl_learned learned = {.model = model, .portrait = p, .kind = GRL_TASK_RING, .reference = &reference};
    grl_draw_options options = grl_draw_defaults();
    options.hide = GRL_SHOW_TRAJECTORIES | GRL_SHOW_STREAMLINES | GRL_SHOW_ARROWS | GRL_SHOW_LEGEND;
    const unsigned pale = 0xc2deed; /* SECOND on paper, a part of 0.24 */
    draw(draw_learned, &learned, &options, png);
    const pixels with = find_colour(png, GREEN), ribbon = find_colour(png, pale);
    assert_true(with.count > 2000 && ribbon.count > 10000);
    options.hide |= GRL_SHOW_CYCLES;
    draw(draw_learned, &learned, &options, png);
    assert_int_equal(find_colour(png, GREEN).count, 0);
    /* A line is open: a quarter of the points less is a quarter of the ribbon less. */
    const int closed = find_colour(png, pale).count;
    grl_reference part = reference;
    part.count = 75;
    learned.reference = &part;
    learned.kind = GRL_TASK_LINE;
    options.ranges = 1;
    options.low[0] = -1;
    options.high[0] = 1;
    draw(draw_learned, &learned, &options, png);
    const int open = find_colour(png, pale).count;
    learned.reference = &reference;
    learned.kind = GRL_TASK_RING;
    draw(draw_learned, &learned, &options, png);
    const int whole = find_colour(png, pale).count;
    assert_true(open > 0.7 * whole && open < 0.82 * whole && closed > whole);
    learned.reference = NULL;
    draw(draw_learned, &learned, &options, png);
    assert_int_equal(find_colour(png, pale).count, 0);
    grl_portrait_free(p);
    grl_model_free(model);
    unlink(png);
}

static void portraits_of_all_kinds(void **state)
{
    (void)state;
    static const size_t units[] = {1, 2, 3, 64}, outputs[] = {1, 2, 3, 5};
    double points[40 * 5];
    for (size_t a = 0; a < 4; a++)
        for (size_t b = 0; b < 4; b++) {
            if (check_quick() && (a + b) % 2) continue;
            const grl_time time = (a + b) % 2 ? GRL_DISCRETE : GRL_CONTINUOUS;
            const size_t n = units[a], k = outputs[b], steps = 12;
            grl_model *model =
                read_out(random_network(n, GRL_RESET_AFTER, n > 3 ? 0.4 : 3, 7, a), k, NULL, NULL);
            grl_portrait *p = portrait_of(model, time, n < 64);
            const grl_reference reference = circle(40, k, points);
            double *states = calloc(3 * (steps + 1) * n, sizeof *states);
            assert_non_null(states);
            for (size_t i = 0; i < 3 * (steps + 1) * n; i++) states[i] = 0.9 * sin(0.1 * (double)i);
            states[(steps + 1) * n + 2 * n] = (double)NAN;
            grl_learned learned = {
                .model = model, .portrait = p, .kind = (grl_task_kind)((a + b) % 4), .reference = &reference};
            check_files(draw_learned, &learned);
            learned.count = 3;
            learned.steps = steps;
            learned.states = states;
            draw(draw_learned, &learned, NULL, "test_learning.svg");
            learned.reference = NULL;
            draw(draw_learned, &learned, NULL, "test_learning.svg");
            const grl_dataset data = {.count = 2, .steps = 19, .outputs = k, .time_step = 1, .y = points};
            learned.data = &data;
            learned.states = NULL;
            grl_draw_options options = grl_draw_defaults();
            options.show = GRL_SHOW_NUMBERS;
            draw(draw_learned, &learned, &options, "test_learning.svg");
            options.hide = GRL_SHOW_ALL;
            options.show = 0;
            draw(draw_learned, &learned, &options, "test_learning.svg");
            free(states);
            grl_portrait_free(p);
            grl_model_free(model);
            unlink("test_learning.svg");
        }
}

/* Every part can be left out, and a readout whose plane is a line has no flow to show. */
static void parts_of_the_portrait(void **state)
{
    (void)state;
    static const unsigned parts[] = {GRL_SHOW_MANIFOLDS,    GRL_SHOW_CYCLES,
                                     GRL_SHOW_TRAJECTORIES, GRL_SHOW_POINTS,
                                     GRL_SHOW_LEGEND,       GRL_SHOW_STREAMLINES | GRL_SHOW_ARROWS};
    const double flat[] = {1, 2, 2, 4};
    size_t whole, size;
    grl_model *models[] = {read_out(rotation_network(3, 0.1), 2, NULL, NULL),
                           read_out(rotation_network(3, 0.7), 2, NULL, NULL),
                           read_out(rotation_network(3, 0.7), 2, flat, NULL)};
    for (int m = 0; m < 3; m++) {
        grl_portrait *p = portrait_of(models[m], GRL_CONTINUOUS, 1);
        const grl_learned learned = {.model = models[m], .portrait = p};
        draw(draw_learned, &learned, NULL, "test_learning.svg");
        char *all = slurp("test_learning.svg", &whole);
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            const int there = parts[k] == GRL_SHOW_CYCLES      ? m > 0
                              : parts[k] == GRL_SHOW_MANIFOLDS ? m == 0
                              : parts[k] & GRL_SHOW_ARROWS     ? m < 2
                                                               : 1;
            grl_draw_options options = grl_draw_defaults();
            options.hide = parts[k];
            draw(draw_learned, &learned, &options, "test_learning.svg");
            char *less = slurp("test_learning.svg", &size);
            assert_int_equal(strcmp(all, less) != 0, there);
            free(less);
        }
        free(all);
        grl_portrait_free(p);
        grl_model_free(models[m]);
    }
    unlink("test_learning.svg");
}

static void refused_portraits(void **state)
{
    (void)state;
    double points[3 * 4];
    grl_model *model = read_out(rotation_network(3, 0.7), 2, NULL, NULL), *mute;
    assert_int_equal(grl_model_create(rotation_network(3, 0.7), &mute, NULL), GRL_OK);
    grl_portrait *p = portrait_of(model, GRL_CONTINUOUS, 0);
    grl_reference wrong = circle(4, 3, points);
    const grl_learned good = {.model = model, .portrait = p};
    grl_learned bad = good;
    bad.model = mute;
    refuse(draw_learned, &bad, NULL, "no.svg", "readout");
    bad = good;
    bad.reference = &wrong;
    refuse(draw_learned, &bad, NULL, "no.svg", "2 outputs");
    wrong = circle(4, 2, points);
    wrong.count = 0;
    refuse(draw_learned, &bad, NULL, "no.svg", "one point or more");
    grl_portrait other = *p;
    other.hidden_size = 3;
    bad = good;
    bad.portrait = &other;
    refuse(draw_learned, &bad, NULL, "no.svg", "units");
    bad = good;
    bad.states = points;
    refuse(draw_learned, &bad, NULL, "no.svg", "found none");
    grl_draw_options options = grl_draw_defaults();
    options.show = GRL_SHOW_BASINS;
    refuse(draw_learned, &good, &options, "no.svg", "no basins to show");
    options = grl_draw_defaults();
    options.ranges = 3;
    refuse(draw_learned, &good, &options, "no.svg", "range");
    options.ranges = 1;
    refuse(draw_learned, &good, &options, "no.svg", "low and a high end");
    grl_portrait_free(p);
    grl_model_free(model);
    grl_model_free(mute);
}

/* Errors over sizes. */

typedef struct scores {
    size_t count;
    grl_size_score items[40];
} scores;

static void add_score(scores *s, const char *series, size_t units, double error, int success)
{
    s->items[s->count++] = (grl_size_score){series, units, error, success};
}

static grl_status draw_scores(const void *what, const grl_draw_options *options, const char *path,
                              grl_error *error)
{
    const scores *s = what;
    return grl_draw_error_sizes(s->count, s->items, NULL, options, path, error);
}

/* The mean of a size is the arithmetic one: networks about it leave it where it is. */
static void the_line_goes_through_the_means(void **state)
{
    (void)state;
    static const double middle[][3] = {{0.02, 0.02, 0.02}, {0.01, 0.02, 0.03}, {0.2, 0.2, 0.2}};
    pixels found[3];
    for (int k = 0; k < 3; k++) {
        scores s = {0};
        add_score(&s, "line", 2, 1, -1);
        add_score(&s, "line", 8, 1e-4, -1);
        for (int i = 0; i < 3; i++) add_score(&s, "line", 4, middle[k][i], -1);
        draw(draw_scores, &s, NULL, png);
        found[k] = find_colour_above(png, SECOND, 0.85);
    }
    check_near(found[1].y, found[0].y, 0.006);
    assert_true(found[2].y < found[0].y - 0.03);
    unlink(png);
}

static void scores_of_all_kinds(void **state)
{
    (void)state;
    scores s = {0};
    add_score(&s, "fitzhugh-nagumo", 2, 0.01, 1);
    check_files(draw_scores, &s);
    draw(draw_scores, &s, NULL, png);
    assert_int_equal(find_colour(png, ALARM).count, 0);
    for (size_t n = 2; n <= 64; n *= 2)
        for (int k = 0; k < 3; k++) add_score(&s, "ring-attractor", n, 0.1 / (double)n / (1 + k), k - 1);
    check_files(draw_scores, &s);
    add_score(&s, "line-attractor", 4, (double)NAN, 0);
    add_score(&s, "line-attractor", 4, (double)INFINITY, 0);
    check_files(draw_scores, &s);
    draw(draw_scores, &s, NULL, png);
    assert_true(find_colour(png, ALARM).count > 20);
    scores zero = {0};
    add_score(&zero, "line", 1, 0, -1);
    check_files(draw_scores, &zero);
    draw(draw_scores, &zero, NULL, png);
    assert_true(find_colour(png, ALARM).count > 20);
    add_score(&zero, NULL, 1, 0, -1);
    refuse(draw_scores, &zero, NULL, "no.svg", "without a name");
    zero.count = 0;
    refuse(draw_scores, &zero, NULL, "no.svg", "found none");
    unlink(png);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_median_is_the_middle_run),
        cmocka_unit_test(failed_runs_count),
        cmocka_unit_test(runs_that_ended_go_on),
        cmocka_unit_test(curves_of_all_kinds),
        cmocka_unit_test(truth_and_network_lie_where_they_should),
        cmocka_unit_test(the_horizon_is_marked_where_it_lies_inside),
        cmocka_unit_test(predictions_of_all_kinds),
        cmocka_unit_test(the_plane_has_the_flow_of_the_states),
        cmocka_unit_test(points_stand_at_their_outputs),
        cmocka_unit_test(target_and_cycle_are_drawn),
        cmocka_unit_test(portraits_of_all_kinds),
        cmocka_unit_test(parts_of_the_portrait),
        cmocka_unit_test(refused_portraits),
        cmocka_unit_test(the_line_goes_through_the_means),
        cmocka_unit_test(scores_of_all_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
