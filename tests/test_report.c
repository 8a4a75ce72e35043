/* Reports of hand-made portraits: the words claim what the flags say and no more; the documents parse, and
 * their numbers read back to the same doubles. */
#include "check.h"
#include "report_texts.h"

#include <grulens/grulens.h>
#include <jansson.h>
#include <string.h>

enum { MOST_POINTS = 9, MOST_UNITS = 16 };

/* A portrait whose arrays live beside it. */
typedef struct fixture {
    grl_portrait portrait;
    grl_fixed_point points[MOST_POINTS];
    grl_slow_point slow[2];
    double h[MOST_POINTS][MOST_UNITS], a[MOST_POINTS][MOST_UNITS], times[MOST_POINTS][MOST_UNITS];
    double eigenvalues[MOST_POINTS][2 * MOST_UNITS], box[MOST_POINTS][2 * MOST_UNITS];
    double slow_h[2][MOST_UNITS], slow_eigenvalues[2][2 * MOST_UNITS];
    grl_model *model;
} fixture;

static void start(fixture *f, size_t n, size_t m, grl_reset reset, grl_method method)
{
    grl_cell *cell;
    memset(f, 0, sizeof *f);
    assert_int_equal(grl_cell_create(n, m, reset, &cell, NULL), GRL_OK);
    assert_int_equal(grl_model_create(cell, &f->model, NULL), GRL_OK);
    f->portrait = (grl_portrait){.hidden_size = n,
                                 .time = GRL_CONTINUOUS,
                                 .dt = 1,
                                 .method = method,
                                 .points = f->points,
                                 .slow = f->slow,
                                 .unseen = 1,
                                 .stopped_by = method == GRL_METHOD_PROVE ? "done" : "criterion"};
}

/* A proven point with real eigenvalues l1 for half of the units and l2 for the rest, the larger first; the
 * test changes what it wants otherwise. */
static grl_fixed_point *add(fixture *f, grl_point_type type, double h1, double h2, double l1, double l2)
{
    size_t i = f->portrait.count++, n = f->portrait.hidden_size;
    for (size_t k = 0; k < n; k++) {
        f->h[i][k] = k == 0 ? h1 : h2;
        f->a[i][k] = atanh(f->h[i][k]);
        f->eigenvalues[i][2 * k] = (2 * k < n) == (l1 > l2) ? l1 : l2;
        f->times[i][k] = -1 / f->eigenvalues[i][2 * k];
    }
    int unstable = (int)((n + 1) / 2) * (l1 > 0) + (int)(n / 2) * (l2 > 0);
    int index = unstable % 2 ? -1 : 1;
    f->points[i] = (grl_fixed_point){.h = f->h[i],
                                     .a = f->a[i],
                                     .error_bound = 3e-16,
                                     .certified = 1,
                                     .stability_proven = 1,
                                     .type = type,
                                     .unstable = unstable,
                                     .index = index,
                                     .residual = 1e-17,
                                     .eigenvalues = f->eigenvalues[i],
                                     .time_constants = f->times[i]};
    f->portrait.index_sum += index;
    return &f->points[i];
}

/* The last point as one that the proof left in a box of half width r. */
static void make_degenerate(fixture *f, double r)
{
    size_t i = f->portrait.count - 1, n = f->portrait.hidden_size;
    grl_fixed_point *point = &f->points[i];
    for (size_t k = 0; k < n; k++) {
        f->box[i][2 * k] = f->h[i][k] - r;
        f->box[i][2 * k + 1] = f->h[i][k] + r;
    }
    f->portrait.index_sum -= point->index;
    point->type = n == 1 ? GRL_HALF_STABLE : GRL_DEGENERATE;
    point->certified = point->stability_proven = point->index = 0;
    point->error_bound = r;
    point->box = f->box[i];
    f->portrait.complete = 0;
    f->portrait.undecided = 1;
    f->portrait.undecided_boxes = f->box[i];
}

static void add_slow(fixture *f, double h, double speed, double l)
{
    size_t i = f->portrait.slow_count++, n = f->portrait.hidden_size;
    for (size_t k = 0; k < n; k++) {
        f->slow_h[i][k] = h;
        f->slow_eigenvalues[i][2 * k] = l * (double)(k + 1);
    }
    f->slow[i] = (grl_slow_point){f->slow_h[i], speed, f->slow_eigenvalues[i], 12};
}

static char *text_of(fixture *f, const char *name, const double *x)
{
    char *text;
    assert_int_equal(grl_report_analysis_text(f->model, name, x, &f->portrait, NULL, 0, &text, NULL), GRL_OK);
    return text;
}

static void bistable(fixture *f)
{
    start(f, 1, 0, GRL_RESET_BEFORE, GRL_METHOD_PROVE);
    add(f, GRL_STABLE, -0.9575040240772687, 0, -0.41, -0.41);
    add(f, GRL_UNSTABLE, 0, 0, 0.5, 0.5);
    add(f, GRL_STABLE, 0.9575040240772687, 0, -0.41, -0.41);
    f->portrait.complete = 1;
}

static void nine(fixture *f)
{
    const double c = 0.858559636640110;
    start(f, 2, 0, GRL_RESET_BEFORE, GRL_METHOD_PROVE);
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++)
            add(f,
                i && j   ? GRL_STABLE_NODE
                : i || j ? GRL_SADDLE
                         : GRL_UNSTABLE_NODE,
                i * c, j * c, i ? -0.3026 : 0.25, j ? -0.3026 : 0.25);
    f->portrait.complete = 1;
}

static void check_text(fixture *f, const char *name, const double *x, const char *expected)
{
    char *text = text_of(f, name, x);
    assert_string_equal(text, expected);
    grl_text_free(text);
    grl_model_free(f->model);
}

static void one_unit_bistable(void **state)
{
    fixture f;
    (void)state;
    bistable(&f);
    check_text(&f, "one.json", NULL, one_text);
}

static void nine_points(void **state)
{
    fixture f;
    (void)state;
    nine(&f);
    check_text(&f, "three_i.json", NULL, nine_text);
}

/* The pseudo-line attractor: one degenerate point, nothing proven but where it is. */
static void one_degenerate_point(void **state)
{
    fixture f;
    (void)state;
    start(&f, 2, 0, GRL_RESET_BEFORE, GRL_METHOD_PROVE);
    add(&f, GRL_STABLE_NODE, 0, 0, -1e-18, -1);
    make_degenerate(&f, 0.0021);
    check_text(&f, "line.json", NULL, line_text);
}

static void a_proven_and_a_degenerate_point_at_an_input(void **state)
{
    fixture f;
    const double x[3] = {0.5, 0, -1};
    (void)state;
    start(&f, 2, 3, GRL_RESET_AFTER, GRL_METHOD_PROVE);
    grl_fixed_point *focus = add(&f, GRL_STABLE_FOCUS, 0.1, 0.2, -0.5, -0.5);
    focus->eigenvalues[1] = 0.56;
    focus->eigenvalues[3] = -0.56;
    add(&f, GRL_STABLE_NODE, 0.3, 0.2, -1e-18, -1);
    make_degenerate(&f, 0.0021);
    check_text(&f, "x.json", x, mixed_text);
}

static void limited(fixture *f)
{
    start(f, 3, 0, GRL_RESET_AFTER, GRL_METHOD_PROVE);
    add(f, GRL_SADDLE, -0.3, 0.2, .1, -1)->stability_proven = 0;
    add(f, GRL_STABLE_NODE, 0.3, 0.2, -.1, -1);
    f->portrait.stopped_by = "limit";
    f->portrait.boxes = 4000000;
    f->portrait.undecided = 317;
}

static void a_proof_that_ran_out_of_boxes(void **state)
{
    fixture f;
    (void)state;
    limited(&f);
    check_text(&f, "x.json", NULL, limit_text);
}

static void searched(fixture *f)
{
    start(f, 16, 3, GRL_RESET_AFTER, GRL_METHOD_SEARCH);
    add(f, GRL_STABLE_NODE, -0.3, 0.2, -0.01, -1);
    add(f, GRL_SADDLE_FOCUS, -0.2, 0.2, .1, -1);
    add(f, GRL_SADDLE, 0.3, 0.2, .1, -1)->certified = 0;
    add_slow(f, 0.1, 1.2e-5, -0.001);
    f->portrait.starts = 2048;
    f->portrait.unseen = 0.0049;
    assert_int_equal(grl_model_add_note(f->model,
                                        "gates in the order r, z, n and the reset gate after the product, as "
                                        "PyTorch writes them",
                                        NULL),
                     GRL_OK);
}

static void a_search(void **state)
{
    fixture f;
    (void)state;
    searched(&f);
    check_text(&f, "trained/flipflop16.pt", NULL, search_text);
}

/* Are these words in the text, across line ends? */
static int says(const char *text, const char *words)
{
    char flat[8000];
    size_t length = strlen(text);
    assert_true(length < sizeof flat);
    for (size_t i = 0; i <= length; i++) flat[i] = text[i] == '\n' ? ' ' : text[i];
    return strstr(flat, words) != NULL;
}

/* Only `complete` lets the report say "exactly" or "proven complete"; only `certified` lets it say "proven".
 */
static void nothing_is_claimed_beyond_the_flags(void **state)
{
    fixture f;
    char *text;
    (void)state;
    nine(&f);
    f.portrait.complete = 0;
    f.portrait.stopped_by = "limit";
    text = text_of(&f, "m", NULL);
    assert_false(says(text, "exactly"));
    assert_false(says(text, "complete"));
    assert_true(says(text, "at least nine fixed points"));
    assert_true(says(text, "it does not prove that nothing is"));
    grl_text_free(text);
    f.portrait.stopped_by = "done";
    f.portrait.undecided = 2;
    text = text_of(&f, "m", NULL);
    assert_true(says(text, "at least nine fixed points"));
    assert_true(says(text, "The proof left 2 boxes undecided, so there may be others."));
    grl_text_free(text);
    for (size_t i = 0; i < f.portrait.count; i++) f.points[i].certified = f.points[i].stability_proven = 0;
    f.portrait.method = GRL_METHOD_SEARCH;
    text = text_of(&f, "m", NULL);
    assert_true(says(text, "no fixed point that could be proven to exist"));
    assert_true(says(text, "Computed, but not proven: 4 stable nodes"));
    assert_false(says(text, "stability of"));
    assert_false(says(text, "at least nine"));
    grl_text_free(text);
    grl_model_free(f.model);
}

static void saddles_by_their_unstable_directions(void **state)
{
    fixture f;
    (void)state;
    start(&f, 4, 0, GRL_RESET_AFTER, GRL_METHOD_SEARCH);
    for (int i = 0; i < 6; i++) {
        grl_fixed_point *point = add(&f, i == 5 ? GRL_SADDLE : GRL_SADDLE_FOCUS, 0.1 * i, 0, 1, -1);
        point->unstable = i < 3 ? 1 : i < 5 ? 3 : 2;
    }
    char *text = text_of(&f, "m", NULL);
    assert_true(says(text,
                     "at least six fixed points: 1 saddle (with 2 unstable directions) and 5 saddle-foci (3 "
                     "with 1 unstable direction, 2 with 3)."));
    grl_text_free(text);
    for (int i = 0; i < 5; i++) f.points[i].unstable = i + 1;
    text = text_of(&f, "m", NULL);
    assert_true(says(text, "and 5 saddle-foci (with 1 to 5 unstable directions)."));
    grl_text_free(text);
    grl_model_free(f.model);
}

static void one_point_only(void **state)
{
    fixture f;
    char *text;
    (void)state;
    start(&f, 2, 1, GRL_RESET_BEFORE, GRL_METHOD_PROVE);
    add(&f, GRL_UNSTABLE_FOCUS, 0, 0, 0.1, 0.1);
    f.portrait.complete = 1;
    f.portrait.time = GRL_DISCRETE;
    f.portrait.dt = 0.25;
    text = text_of(&f, "m", NULL);
    assert_true(says(text,
                     "This 2-unit network (m, reset before), as the map h + 0.25 f(h) at zero input, has "
                     "exactly one fixed point, an unstable focus; it is proven that there is no other. Its "
                     "stability is proven too. "));
    assert_true(says(text, "eigenvalues of the map"));
    assert_false(says(text, "--time discrete"));
    grl_text_free(text);
    grl_model_free(f.model);
    start(&f, 1, 0, GRL_RESET_BEFORE, GRL_METHOD_PROVE);
    assert_int_equal(grl_model_add_parameter(f.model, "alpha", 0.1, NULL), GRL_OK);
    assert_int_equal(grl_model_add_parameter(f.model, "beta", -2, NULL), GRL_OK);
    add(&f, GRL_STABLE, 0.5, 0, -1, -1);
    f.portrait.complete = 1;
    text = text_of(&f, "m", NULL);
    assert_true(says(text, "(m with alpha = 0.1, beta = -2, reset before), as a flow, has exactly one fixed "
                           "point, which is stable; it is proven that there is no other."));
    grl_text_free(text);
    grl_model_free(f.model);
}

/* y = C h + d at (-0.5, 0.25), (0.5, 0.25). */
static void the_readout_at_each_point(void **state)
{
    fixture f;
    const double C[16] = {1, 2, 4000, 0}, d[8] = {0.5, 2000};
    (void)state;
    start(&f, 2, 0, GRL_RESET_AFTER, GRL_METHOD_PROVE);
    add(&f, GRL_STABLE_NODE, -0.5, 0.25, -1, -1);
    add(&f, GRL_STABLE_NODE, 0.5, 0.25, -1, -1);
    assert_int_equal(grl_model_set_readout(f.model, 2, C, d, NULL), GRL_OK);
    char *text = text_of(&f, "m", NULL);
    assert_non_null(strstr(text, "\nReadout at the fixed points, y = C h + d\n"
                                 "  #  type           y[0]    y[1]\n"
                                 "  1  stable node  0.5000  0.0000\n"
                                 "  2  stable node  1.5000    4000\n"
                                 "\nNext"));
    grl_text_free(text);
    assert_int_equal(grl_model_set_readout(f.model, 8, C, d, NULL), GRL_OK);
    text = text_of(&f, "m", NULL);
    assert_true(says(text, "y[4]    y[5]   1  stable"));
    assert_true(says(text, "0.0000   (2 more outputs; the JSON document has them all.)"));
    grl_text_free(text);
    grl_model_free(f.model);
}

/* A network that is not the file's says so. */
static void what_was_set(void **state)
{
    fixture f;
    char name[16];
    (void)state;
    bistable(&f);
    assert_int_equal(grl_model_add_parameter(f.model, "alpha", 0.1, NULL), GRL_OK);
    assert_int_equal(grl_model_set(f.model, "U_h[0,0]", 0.25, NULL), GRL_OK);
    char *text = text_of(&f, "m", NULL);
    assert_true(says(text, "network (m with alpha = 0.1, U_h[0,0] set to 0.25, reset before), as a flow"));
    grl_text_free(text);
    assert_int_equal(grl_report_info_text(f.model, "m", &text, NULL), GRL_OK);
    assert_true(says(text, "Family parameter: alpha = 0.1. Set: U_h[0,0] = 0.25. "));
    grl_text_free(text);
    grl_model_free(f.model);

    start(&f, 4, 0, GRL_RESET_BEFORE, GRL_METHOD_SEARCH);
    for (int i = 0; i < 9; i++) {
        snprintf(name, sizeof name, "U_z[%d,%d]", i / 4, i % 4);
        assert_int_equal(grl_model_set(f.model, name, i, NULL), GRL_OK);
        text = text_of(&f, "m", NULL);
        assert_int_equal(says(text, "more numbers set"), i == 8);
        if (i == 7) assert_true(says(text, "U_z[1,2] set to 6, U_z[1,3] set to 7, reset"));
        if (i == 8) assert_true(says(text, "U_z[1,2] set to 6 and 2 more numbers set, reset"));
        grl_text_free(text);
    }
    grl_model_free(f.model);
}

static void colours_only_where_asked(void **state)
{
    fixture f;
    char *text;
    (void)state;
    nine(&f);
    assert_int_equal(grl_report_analysis_text(f.model, "m", NULL, &f.portrait, NULL, 1, &text, NULL), GRL_OK);
    assert_true(says(text, "\033[32mstable node\033[0m    -0.858560"));
    assert_true(says(text, "\033[1mFixed points\033[0m"));
    grl_text_free(text);
    text = text_of(&f, "m", NULL);
    assert_null(strchr(text, '\033'));
    grl_text_free(text);
    grl_model_free(f.model);
}

static json_t *parse(fixture *f, const double *x)
{
    char *text;
    json_error_t where;
    assert_int_equal(grl_report_analysis_json(f->model, "dir/m.json", x, &f->portrait, NULL, &text, NULL),
                     GRL_OK);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    if (!root) fail_msg("line %d: %s", where.line, where.text);
    grl_text_free(text);
    return root;
}

static double number_at(const json_t *array, size_t i)
{
    return json_number_value(json_array_get(array, i));
}

static void document_of_a_proof(void **state)
{
    fixture f;
    (void)state;
    nine(&f);
    f.points[3].error_bound = INFINITY;
    json_t *root = parse(&f, NULL), *fixed = json_object_get(root, "fixed_points");
    assert_string_equal(json_string_value(json_object_get(root, "format")), "grulens-analysis");
    assert_int_equal(json_integer_value(json_object_get(root, "version")), 1);
    json_t *system = json_object_get(root, "system");
    assert_string_equal(json_string_value(json_object_get(system, "model")), "dir/m.json");
    assert_string_equal(json_string_value(json_object_get(system, "reset")), "before");
    assert_null(json_object_get(system, "parameters"));
    assert_null(json_object_get(system, "set"));
    assert_int_equal(json_integer_value(json_object_get(system, "hidden_size")), 2);
    assert_string_equal(json_string_value(json_object_get(system, "time")), "continuous");
    assert_null(json_object_get(system, "dt"));
    assert_int_equal(json_array_size(json_object_get(system, "input")), 0);
    assert_true(json_is_true(json_object_get(fixed, "complete")));
    assert_string_equal(json_string_value(json_object_get(fixed, "method")), "branch-and-prune");
    assert_int_equal(json_integer_value(json_object_get(fixed, "index_sum")), 1);
    json_t *items = json_object_get(fixed, "items");
    assert_int_equal(json_array_size(items), 9);
    for (size_t i = 0; i < 9; i++) {
        json_t *item = json_array_get(items, i), *h = json_object_get(item, "h");
        assert_true(number_at(h, 0) == f.h[i][0] && number_at(h, 1) == f.h[i][1]);
        json_t *a = json_object_get(item, "preactivation");
        assert_true(number_at(a, 0) == f.a[i][0] && number_at(a, 1) == f.a[i][1]);
        json_t *first = json_array_get(json_object_get(item, "eigenvalues"), 0);
        assert_true(number_at(first, 0) == f.eigenvalues[i][0] && number_at(first, 1) == 0);
        assert_true(json_is_true(json_object_get(item, "certified")));
        assert_true(json_is_true(json_object_get(item, "stability_proven")));
        assert_string_equal(json_string_value(json_object_get(item, "type")),
                            grl_point_type_name(f.points[i].type));
        assert_int_equal(json_integer_value(json_object_get(item, "unstable_dimension")),
                         f.points[i].unstable);
        assert_int_equal(json_integer_value(json_object_get(item, "index")), f.points[i].index);
        assert_true(json_number_value(json_object_get(item, "residual")) == 1e-17);
        json_t *times = json_object_get(item, "time_constants");
        assert_true(number_at(times, 1) == f.times[i][1]);
        assert_null(json_object_get(item, "box"));
        assert_null(json_object_get(item, "eigenvectors"));
        assert_null(json_object_get(item, "starts"));
        assert_null(json_object_get(item, "output"));
        json_t *bound = json_object_get(item, "error_bound");
        assert_true(i == 3 ? json_is_null(bound) : json_number_value(bound) == 3e-16);
    }
    /* The fixture has no list of cycles: not that there are none, but that nobody looked. */
    assert_true(json_is_false(json_object_get(json_object_get(root, "cycles"), "computed")));
    assert_null(json_object_get(json_object_get(root, "cycles"), "items"));
    assert_int_equal(json_array_size(json_object_get(root, "slow_points")), 0);
    json_decref(root);
    grl_model_free(f.model);
}

static void document_of_a_degenerate_point_of_a_map(void **state)
{
    fixture f;
    double vectors[8] = {1, 0, 0, 0, 0.6, 0.1, 0.8, -0.1};
    const double x[1] = {0.1};
    (void)state;
    start(&f, 2, 1, GRL_RESET_BEFORE, GRL_METHOD_PROVE);
    f.portrait.time = GRL_DISCRETE;
    f.portrait.dt = 0.5;
    add(&f, GRL_STABLE_NODE, 0, 0, -1e-18, -1)->eigenvectors = vectors;
    make_degenerate(&f, 0.0021);
    assert_int_equal(grl_model_add_parameter(f.model, "alpha", 0.1, NULL), GRL_OK);
    assert_int_equal(grl_model_set(f.model, "U_h[0,1]", 0.2, NULL), GRL_OK);
    assert_int_equal(grl_model_set(f.model, "b_z[1]", 0, NULL), GRL_OK);
    const double C[2] = {7, 8}, d[1] = {-0.3};
    assert_int_equal(grl_model_set_readout(f.model, 1, C, d, NULL), GRL_OK);
    json_t *root = parse(&f, x), *fixed = json_object_get(root, "fixed_points");
    json_t *system = json_object_get(root, "system");
    assert_true(json_number_value(json_object_get(system, "dt")) == 0.5);
    assert_true(number_at(json_object_get(system, "input"), 0) == 0.1);
    assert_true(json_number_value(json_object_get(json_object_get(system, "parameters"), "alpha")) == 0.1);
    json_t *set = json_object_get(system, "set");
    assert_int_equal(json_object_size(set), 2);
    assert_true(json_number_value(json_object_get(set, "U_h[0,1]")) == 0.2);
    assert_true(json_is_number(json_object_get(set, "b_z[1]")));
    assert_true(json_is_false(json_object_get(fixed, "complete")));
    json_t *undecided = json_object_get(fixed, "undecided");
    assert_int_equal(json_integer_value(json_object_get(undecided, "count")), 1);
    assert_true(number_at(json_array_get(json_array_get(json_object_get(undecided, "boxes"), 0), 1), 1) ==
                0.0021);
    json_t *item = json_array_get(json_object_get(fixed, "items"), 0);
    assert_true(number_at(json_array_get(json_object_get(item, "box"), 0), 0) == -0.0021);
    assert_int_equal(json_array_size(json_object_get(item, "output")), 1);
    assert_true(number_at(json_object_get(item, "output"), 0) == -0.3);
    assert_string_equal(json_string_value(json_object_get(item, "type")), "degenerate");
    assert_true(json_is_false(json_object_get(item, "certified")));
    json_t *second = json_array_get(json_object_get(item, "eigenvectors"), 1);
    assert_true(number_at(json_array_get(second, 0), 0) == 0.6 &&
                number_at(json_array_get(second, 1), 1) == -0.1);
    json_decref(root);
    grl_model_free(f.model);
}

static void document_of_a_search(void **state)
{
    fixture f;
    (void)state;
    searched(&f);
    json_t *root = parse(&f, NULL), *fixed = json_object_get(root, "fixed_points");
    assert_string_equal(json_string_value(json_object_get(fixed, "method")), "newton-search");
    assert_string_equal(json_string_value(json_object_get(fixed, "stopped_by")), "criterion");
    assert_int_equal(json_integer_value(json_object_get(fixed, "starts")), 2048);
    assert_true(json_number_value(json_object_get(fixed, "unseen")) == 0.0049);
    assert_null(json_object_get(fixed, "undecided"));
    assert_int_equal(json_array_size(json_object_get(json_object_get(root, "system"), "input")), 3);
    json_t *slow = json_array_get(json_object_get(root, "slow_points"), 0);
    assert_true(json_number_value(json_object_get(slow, "speed")) == 1.2e-5);
    assert_int_equal(json_array_size(json_object_get(slow, "h")), 16);
    assert_int_equal(json_array_size(json_object_get(slow, "eigenvalues")), 16);
    assert_int_equal(json_array_size(json_object_get(root, "notes")), 1);
    json_decref(root);
    grl_model_free(f.model);
}

static void text_files(void **state)
{
    grl_error error = {0};
    (void)state;
    assert_int_equal(grl_text_save("x", "-", &error), GRL_BAD_INPUT);
    assert_string_equal(error.message, "expected the name of a file, found '-'");
    assert_int_equal(grl_text_save("x", "no/such/folder/x.json", &error), GRL_IO);
    grl_text_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_unit_bistable),
        cmocka_unit_test(nine_points),
        cmocka_unit_test(one_degenerate_point),
        cmocka_unit_test(a_proven_and_a_degenerate_point_at_an_input),
        cmocka_unit_test(a_proof_that_ran_out_of_boxes),
        cmocka_unit_test(a_search),
        cmocka_unit_test(nothing_is_claimed_beyond_the_flags),
        cmocka_unit_test(saddles_by_their_unstable_directions),
        cmocka_unit_test(one_point_only),
        cmocka_unit_test(the_readout_at_each_point),
        cmocka_unit_test(what_was_set),
        cmocka_unit_test(colours_only_where_asked),
        cmocka_unit_test(document_of_a_proof),
        cmocka_unit_test(document_of_a_degenerate_point_of_a_map),
        cmocka_unit_test(document_of_a_search),
        cmocka_unit_test(text_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
