/* Proven charts of equilibria against published lists, against a dense scan of signs, and against what must hold:
 * symmetry, the chart over inputs is that over biases, a reversal of the fold curve at each cusp. */
#include "bifurcation/chart.h"
#include "bifurcation/chart_normal.h"
#include "bifurcation/diagram.h"
#include "cell/cell.h"
#include "networks.h"

static const char *const biases[2] = {"b_h[0]", "b_h[1]"};

static grl_model *model_of(grl_cell *cell)
{
    grl_model *model;
    assert_int_equal(grl_model_create(cell, &model, NULL), GRL_OK);
    return model;
}

/* Two units with all gates active, whose chart over b_h is known (published with 16 digits). */
static grl_model *gates(void)
{
    static const double U_z[4] = {0.5, 0.5, -1.25, 1.25}, U_r[4] = {0.5, -1.5, 1, -0.5},
                        U_h[4] = {-1.25, 2, -3.75, 2.25}, b_z[2] = {0.25, 0.75}, b_r[2] = {1, 1.5};
    grl_cell *cell = network_of_U_h(2, U_h);
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    return model_of(cell);
}

/* Frees the model. */
static grl_diagram *chart(grl_model *model, const char *const *names, const double *low, const double *high,
                          int expected)
{
    grl_path *path;
    grl_diagram *diagram;
    int applies;
    assert_int_equal(grl_path_create(model, NULL, NULL, 2, names, &path, NULL), GRL_OK);
    assert_int_equal(grl_diagram_create(2, 2, names, low, high, GRL_CONTINUOUS, 1, &diagram, NULL), GRL_OK);
    assert_int_equal(grl_chart_equilibria(path, NULL, low, high, diagram, &applies, NULL), GRL_OK);
    assert_int_equal(applies, expected);
    grl_path_free(path);
    grl_model_free(model);
    return diagram;
}

static grl_diagram *square(grl_model *model, double size)
{
    return chart(model, biases, (double[2]){-size, -size}, (double[2]){size, size}, 1);
}

static size_t special_count(const grl_diagram *d, grl_special_type type)
{
    size_t count = 0;
    for (size_t k = 0; k < d->special_count; k++) count += d->special[k].type == type;
    return count;
}

static size_t curve_count(const grl_diagram *d, grl_special_type type)
{
    size_t count = 0;
    for (size_t k = 0; k < d->curve_count; k++) count += d->curves[k].type == type;
    return count;
}

static const grl_special *find(const grl_diagram *d, grl_special_type type, double p0, double p1,
                               double within)
{
    for (size_t k = 0; k < d->special_count; k++) {
        const grl_special *s = &d->special[k];
        if (s->type == type && fabs(s->p[0] - p0) <= within && fabs(s->p[1] - p1) <= within) return s;
    }
    return NULL;
}

/* The complete list, computed with 60 digits by other means. */
static void test_reference(void **state)
{
    static const struct {
        grl_special_type type;
        double p[2], h[2];
    } expected[] = {
        {GRL_BOGDANOV_TAKENS,
         {0.7079600779450350, 1.4022915433630570},
         {0.809618435883977, 0.595569039431381}},
        {GRL_BOGDANOV_TAKENS,
         {3.7441207645327928, 3.7155478148774926},
         {0.916809825068182, -0.60140053474542}},
        {GRL_CUSP, {0.6827347983728008, 1.3853777351126829}, {0.835160480284516, 0.655529802495356}},
        {GRL_GENERALIZED_HOPF,
         {1.5746091702370598, 1.9048981322270692},
         {0.533133107467094, -0.23647047425525}},
    };
    (void)state;
    grl_diagram *d = square(gates(), 5);
    assert_int_equal(d->complete, 1);
    assert_int_equal(d->undecided, 0);
    assert_int_equal(d->unfinished, 0);
    assert_int_equal(d->special_count, 4);
    for (size_t k = 0; k < 4; k++) {
        const grl_special *s = find(d, expected[k].type, expected[k].p[0], expected[k].p[1], 1e-9);
        assert_non_null(s);
        assert_int_equal(s->proven, 1);
        assert_true(s->error < 1e-11);
        for (int i = 0; i < 2; i++) {
            check_near(s->p[i], expected[k].p[i], s->error + 1e-15);
            check_near(s->h[i], expected[k].h[i], s->error + 1e-14);
        }
    }
    /* One fold curve, from border to border; one Hopf curve, between the two Bogdanov-Takens points. */
    assert_int_equal(d->curve_count, 2);
    for (size_t k = 0; k < 2; k++) {
        const grl_curve *c = &d->curves[k];
        assert_int_equal(c->proven, 1);
        for (int end = 0; end < 2; end++) {
            assert_int_equal(c->end[end], c->type == GRL_FOLD ? GRL_BRANCH_RANGE : GRL_BRANCH_SPECIAL);
            if (c->type == GRL_HOPF)
                assert_int_equal(d->special[c->end_special[end]].type, GRL_BOGDANOV_TAKENS);
        }
    }
    assert_int_equal(curve_count(d, GRL_FOLD), 1);
    grl_diagram_free(d);
}

/* Every fold and Hopf point on lines b_h[1] = const, with the sign of l1 for Hopf points, else 0. */
static void test_lines(void **state)
{
    static const struct {
        double line, p;
        int sign;
    } expected[] = {
        {1.3, 0.5901221105377261, -1},   {1.3, 0.8366552240762210, -1},   {1.39, 0.6907432326061263, -1},
        {1.39, 0.9686449790435214, -1},  {1.39, 0.6898918083008826, 0},   {1.39, 0.6906726114311458, 0},
        {1.398, 0.7018489506077133, -1}, {1.398, 0.9796148768138479, -1}, {1.398, 0.7017524044779082, 0},
        {1.398, 0.7053485696636701, 0},  {1.42, 1.0093100107321106, -1},  {1.42, 0.7328519359154418, 0},
        {1.42, 0.7501839126938363, 0},   {1.5, 1.1125344326975104, -1},   {1.5, 0.8380409943588482, 0},
        {1.5, 0.9741950834759787, 0},    {2.0, 1.6755867463038962, 1},    {2.0, 1.4300302374525289, 0},
        {3.5, 3.3673791652075202, 1},    {3.5, 3.3497952395803048, 0},
    };
    const size_t count = sizeof expected / sizeof *expected;
    (void)state;
    for (size_t first = 0; first < count;) {
        size_t last = first;
        while (last < count && expected[last].line == expected[first].line) last++;
        grl_model *model = gates();
        grl_path *path;
        grl_diagram *d;
        int applies;
        const double low = 0, high = 4;
        assert_int_equal(grl_model_set(model, "b_h[1]", expected[first].line, NULL), GRL_OK);
        assert_int_equal(grl_path_create(model, NULL, NULL, 1, biases, &path, NULL), GRL_OK);
        assert_int_equal(grl_diagram_create(2, 1, biases, &low, &high, GRL_CONTINUOUS, 1, &d, NULL), GRL_OK);
        for (int again = 0; again < 2;
             again++) { /* the second time the points are known, and are not added */
            d->complete = 0;
            assert_int_equal(grl_chart_line(path, NULL, low, high, d, &applies, NULL), GRL_OK);
            assert_int_equal(applies, 1);
            assert_int_equal(d->complete, 1);
            assert_int_equal(d->special_count, last - first);
        }
        for (size_t k = first; k < last; k++) {
            size_t found = 0;
            for (size_t i = 0; i < d->special_count; i++) {
                const grl_special *s = &d->special[i];
                if (!(fabs(s->p[0] - expected[k].p) <= s->error + 1e-15) || !(s->error < 1e-10)) continue;
                assert_int_equal(s->type, expected[k].sign ? GRL_HOPF : GRL_FOLD);
                if (expected[k].sign) assert_true(s->normal_form[0] * expected[k].sign > 0);
                assert_int_equal(s->proven, 1);
                found++;
            }
            assert_int_equal(found, 1);
        }
        grl_diagram_free(d);
        grl_path_free(path);
        grl_model_free(model);
        first = last;
    }
}

/* A network that a rotation by 90 degrees maps to itself has a chart that it maps to itself. */
static void test_symmetry(void **state)
{
    (void)state;
    grl_diagram *d = square(model_of(rotation_network(3, 0.7)), 3);
    assert_int_equal(d->complete, 1);
    assert_int_equal(special_count(d, GRL_CUSP), 4);
    assert_int_equal(d->special_count, 4);
    assert_int_equal(curve_count(d, GRL_FOLD), 4);
    assert_int_equal(curve_count(d, GRL_HOPF), 1);
    for (size_t k = 0; k < d->special_count; k++)
        assert_non_null(find(d, d->special[k].type, -d->special[k].p[1], d->special[k].p[0], 1e-12));
    for (size_t k = 0; k < d->curve_count; k++)
        if (d->curves[k].type == GRL_HOPF) assert_int_equal(d->curves[k].end[0], GRL_BRANCH_CLOSED);
    grl_diagram_free(d);

    /* Two units that do not see each other: the fold curves cross, and that is not decided. */
    d = square(model_of(network_of_U_h(2, (double[4]){6, 0, 0, 6})), 3);
    assert_int_equal(d->complete, 0);
    assert_true(d->undecided > 0);
    grl_diagram_free(d);
}

/* Over inputs that act through b_h = W x: the same points at x = W^-1 b. Other parameters: it does not apply. */
static void test_inputs(void **state)
{
    static const double W[4] = {0.8, -0.5, 0.3, 1.1}, low[2] = {-6, -6}, high[2] = {6, 6};
    static const char *const inputs[2] = {"input[0]", "input[1]"}, *const other[2] = {"b_h[0]", "U_h[0,1]"};
    (void)state;
    grl_model *model = gates();
    const grl_cell *from = grl_model_cell(model);
    for (int gated = 0; gated < 2; gated++) {
        grl_cell *cell;
        assert_int_equal(grl_cell_create(2, 2, GRL_RESET_BEFORE, &cell, NULL), GRL_OK);
        for (int b = 0; b < GRL_BLOCKS; b++) {
            size_t rows, columns;
            if (b >= GRL_W_Z && b <= GRL_W_H) continue;
            grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
            memcpy(grl_cell_block(cell, (grl_block)b), grl_cell_values(from, (grl_block)b),
                   rows * columns * sizeof(double));
        }
        memcpy(grl_cell_block(cell, GRL_W_H), W, sizeof W);
        grl_cell_block(cell, GRL_B_H)[0] = 0.25;
        if (gated) grl_cell_block(cell, GRL_W_Z)[1] = 0.1;
        grl_diagram *d = chart(model_of(cell), inputs, low, high, !gated);
        if (!gated) {
            assert_int_equal(d->complete, 1);
            for (int k = 0; k < 3; k++) {
                static const double b[3][2] = {{0.7079600779450350, 1.4022915433630570},
                                               {0.6827347983728008, 1.3853777351126829},
                                               {1.5746091702370598, 1.9048981322270692}};
                const double det = W[0] * W[3] - W[1] * W[2], u = b[k][0] - 0.25, v = b[k][1];
                const grl_special_type type[3] = {GRL_BOGDANOV_TAKENS, GRL_CUSP, GRL_GENERALIZED_HOPF};
                assert_non_null(
                    find(d, type[k], (W[3] * u - W[1] * v) / det, (W[0] * v - W[2] * u) / det, 1e-12));
            }
        }
        grl_diagram_free(d);
    }
    grl_diagram_free(chart(model, other, low, high, 0));
}

/* What the scan knows of a network: beta and the linear part, by the formulas of the cell alone. */
typedef struct scan {
    grl_cell *cell;
    double b[2], det, trace;
} scan;

static void look(scan *s, const double *a)
{
    double h[2] = {tanh(a[0]), tanh(a[1])}, work[16], J[4];
    const double *U_r = grl_cell_values(s->cell, GRL_U_R), *U_h = grl_cell_values(s->cell, GRL_U_H);
    double r[2], *b_h = grl_cell_block(s->cell, GRL_B_H);
    for (int i = 0; i < 2; i++)
        r[i] = 1 /
               (1 + exp(-(U_r[2 * i] * h[0] + U_r[2 * i + 1] * h[1] + grl_cell_values(s->cell, GRL_B_R)[i])));
    for (int i = 0; i < 2; i++) {
        const double *u = U_h + 2 * i;
        s->b[i] = a[i] - (grl_cell_reset(s->cell) == GRL_RESET_BEFORE
                              ? u[0] * r[0] * h[0] + u[1] * r[1] * h[1]
                              : r[i] * (u[0] * h[0] + u[1] * h[1] + grl_cell_values(s->cell, GRL_C_H)[i]));
    }
    memcpy(b_h, s->b, sizeof s->b);
    grl_cell_jacobian(s->cell, NULL, h, J, work);
    s->det = J[0] * J[3] - J[1] * J[2];
    s->trace = J[0] + J[3];
}

static double distance_to_curves(const grl_diagram *d, grl_special_type type, const double *h)
{
    double least = INFINITY;
    for (size_t k = 0; k < d->curve_count; k++) {
        const grl_curve *c = &d->curves[k];
        for (size_t i = 0; c->type == type && i + 1 < c->count; i++) {
            const double *p = c->h + 2 * i, u[2] = {p[2] - p[0], p[3] - p[1]},
                         v[2] = {h[0] - p[0], h[1] - p[1]};
            double t = (u[0] * v[0] + u[1] * v[1]) / (u[0] * u[0] + u[1] * u[1]);
            t = t > 0 ? fmin(t, 1) : 0;
            least = fmin(least, hypot(v[0] - t * u[0], v[1] - t * u[1]));
        }
    }
    return least;
}

/* The zero of det or trace between two places with different signs, by bisection. */
static void check_crossing(const grl_diagram *d, scan *s, grl_special_type type, const double *from,
                           const double *to, double size, size_t *seen)
{
    double lo[2] = {from[0], from[1]}, hi[2] = {to[0], to[1]}, middle[2], h[2];
    look(s, lo);
    const int sign = (type == GRL_FOLD ? s->det : s->trace) > 0;
    for (int k = 0; k < 40; k++) {
        for (int i = 0; i < 2; i++) middle[i] = 0.5 * (lo[i] + hi[i]);
        look(s, middle);
        memcpy(((type == GRL_FOLD ? s->det : s->trace) > 0) == sign ? lo : hi, middle, sizeof middle);
    }
    if (fabs(s->b[0]) > size || fabs(s->b[1]) > size || (type == GRL_HOPF && !(s->det > 1e-9))) return;
    (*seen)++;
    for (int i = 0; i < 2; i++) h[i] = tanh(middle[i]);
    /* Output points are at most 0.1 apart in a, and turn by at most 8 degrees: the chord is off by 0.1 * 0.15 / 8. */
    if (!(distance_to_curves(d, type, h) < 2.5e-3))
        fail_msg("a %s at h = (%.6f, %.6f) is on no curve: %g", grl_special_name(type), h[0], h[1],
                 distance_to_curves(d, type, h));
}

/* Along the curves: they are where they should be, and their special points are where something changes. */
static void check_curves(const grl_diagram *d, scan *s)
{
    for (size_t k = 0; k < d->curve_count; k++) {
        const grl_curve *c = &d->curves[k];
        for (size_t i = 0; i < c->count; i++) {
            double a[2] = {atanh(c->h[2 * i]), atanh(c->h[2 * i + 1])};
            if (!(fabs(a[0]) < 8) || !(fabs(a[1]) < 8)) continue; /* where atanh loses digits */
            look(s, a);
            check_near(c->type == GRL_FOLD ? s->det : s->trace, 0, 1e-8);
            for (int j = 0; j < 2; j++) check_near(c->p[2 * i + (size_t)j], s->b[j], 1e-8);
        }
        for (size_t i = 0; i + 1 < c->count && c->type == GRL_HOPF; i++) {
            if (!(c->test[i] * c->test[i + 1] < 0)) continue; /* l1 changes its sign: at a GH point */
            const size_t at = fabs(c->test[i]) < fabs(c->test[i + 1]) ? i : i + 1;
            assert_non_null(find(d, GRL_GENERALIZED_HOPF, c->p[2 * at], c->p[2 * at + 1], 1e-10));
        }
    }
    for (size_t k = 0; k < d->special_count; k++) {
        const grl_special *special = &d->special[k];
        size_t curves = 0;
        for (size_t j = 0; j < d->curve_count; j++) {
            const grl_curve *c = &d->curves[j];
            for (size_t i = 0; i < c->count; i++) {
                if (hypot(c->h[2 * i] - special->h[0], c->h[2 * i + 1] - special->h[1]) > 1e-10) continue;
                curves++;
                if (special->type != GRL_CUSP || i == 0 || i + 1 == c->count) continue;
                const double *p = c->p + 2 * i; /* the curve of parameters turns back */
                assert_true((p[2] - p[0]) * (p[0] - p[-2]) + (p[3] - p[1]) * (p[1] - p[-1]) < 0);
            }
        }
        assert_true(curves >= 1);
    }
}

static void test_dense_scan(void **state)
{
    const size_t networks = check_quick() ? 6 : 50, grid = check_quick() ? 120 : 250;
    size_t complete = 0, seen = 0, specials = 0;
    (void)state;
    for (size_t k = 0; k < networks; k++) {
        const double size = 5;
        scan s = {.cell = random_network(2, k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, 3, 20, k)};
        double bound[2], *signs = calloc(2 * (grid + 1) * (grid + 1), sizeof *signs);
        grl_cell *copy;
        assert_non_null(signs);
        assert_int_equal(grl_cell_copy(s.cell, &copy, NULL), GRL_OK);
        grl_diagram *d = square(model_of(copy), size);
        complete += (size_t)d->complete;
        specials += d->special_count;
        for (int i = 0; i < 2; i++) {
            const double *u = grl_cell_values(s.cell, GRL_U_H) + 2 * i;
            bound[i] = size + fabs(u[0]) + fabs(u[1]) + fabs(grl_cell_values(s.cell, GRL_C_H)[i]);
        }
        for (size_t i = 0; i <= grid; i++)
            for (size_t j = 0; j <= grid; j++) {
                double a[2] = {bound[0] * (2 * (double)i / (double)grid - 1),
                               bound[1] * (2 * (double)j / (double)grid - 1)};
                double *here = signs + 2 * (i * (grid + 1) + j);
                look(&s, a);
                here[0] = s.det;
                here[1] = s.trace;
                for (int back = 0; back < 2; back++) {
                    if (back == 0 ? i == 0 : j == 0) continue;
                    const double *there = here - (back == 0 ? 2 * (grid + 1) : 2);
                    double b[2] = {a[0], a[1]};
                    b[back] -= 2 * bound[back] / (double)grid;
                    if (here[0] * there[0] < 0) check_crossing(d, &s, GRL_FOLD, a, b, size, &seen);
                    if (here[1] * there[1] < 0) check_crossing(d, &s, GRL_HOPF, a, b, size, &seen);
                }
            }
        check_curves(d, &s);
        grl_diagram_free(d);
        grl_cell_free(s.cell);
        free(signs);
    }
    assert_int_equal(complete, networks);
    assert_true(seen > 40 * networks && specials > networks / 2);
}

/* Normal forms against fields whose coefficients are known. */
static void test_normal_forms(void **state)
{
    grl_chart_taylor f = {{{0}}};
    double a, b, omega, l1, l2;
    (void)state;

    /* x' = x y, y' = -y + x^2: on the centre manifold y = x^2 + .., x' = x^3. */
    f.c[0][jet_index(1, 1)] = 1;
    f.c[1][jet_index(0, 1)] = -1;
    f.c[1][jet_index(2, 0)] = 1;
    check_near(grl_chart_cusp(&f), 1, 1e-15);

    /* Bogdanov-Takens with a = 2, b = -3, in coordinates turned by an angle. */
    const double s = sin(0.4), c = cos(0.4);
    memset(&f, 0, sizeof f);
    /* x1 = c u + s v, x2 = -s u + c v;  u' = c x1' - s x2', v' = s x1' + c x2'. */
    const double x1[2] = {c, s}, x2[2] = {-s, c}, to[2][2] = {{c, -s}, {s, c}};
    for (int i = 0; i < 2; i++) {
        f.c[i][jet_index(1, 0)] = to[i][0] * x2[0];
        f.c[i][jet_index(0, 1)] = to[i][0] * x2[1];
        f.c[i][jet_index(2, 0)] = to[i][1] * (2 * x1[0] * x1[0] - 3 * x1[0] * x2[0]);
        f.c[i][jet_index(1, 1)] = to[i][1] * (4 * x1[0] * x1[1] - 3 * (x1[0] * x2[1] + x1[1] * x2[0]));
        f.c[i][jet_index(0, 2)] = to[i][1] * (2 * x1[1] * x1[1] - 3 * x1[1] * x2[1]);
    }
    grl_chart_bogdanov_takens(&f, &a, &b);
    check_near(fabs(a), 2, 1e-14); /* a and b change their signs with x1 and x2 */
    check_near(b / a, -1.5, 1e-14);

    /* z' = i w z + w z |z|^2 (l1 + i) + w z |z|^4 (l2 - i), h = z q + conj with q = (1, -i) / sqrt(2): with
     * h = sqrt(2) (x, y), z = x + i y. */
    memset(&f, 0, sizeof f);
    const double w = 1.7, L1 = 0.3, L2 = -0.8;
    f.c[0][jet_index(0, 1)] = -w;
    f.c[1][jet_index(1, 0)] = w;
    /* |z|^2 = (h1^2 + h2^2) / 2 =: R;  h1' = -w h2 + w R (L1 h1 - h2) + w R^2 (L2 h1 + h2), h2' likewise. */
    const double R1[2][2] = {{L1, -1}, {1, L1}}, R2[2][2] = {{L2, 1}, {-1, L2}};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            for (int k = 0; k <= 2; k++) {
                const int e = j == 0, g = j == 1;
                static const double binomial[3] = {1, 2, 1};
                if (k < 2) f.c[i][jet_index(2 * (1 - k) + e, 2 * k + g)] += w * R1[i][j] / 2;
                f.c[i][jet_index(2 * (2 - k) + e, 2 * k + g)] += w * R2[i][j] * binomial[k] / 4;
            }
    grl_chart_hopf(&f, &omega, &l1, &l2);
    check_near(omega, w, 1e-15);
    check_near(l1, L1, 1e-14);
    check_near(l2, L2, 0.2); /* exact only where l1 = 0 */
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            for (int k = 0; k < 2; k++)
                f.c[i][jet_index(2 * (1 - k) + (j == 0), 2 * k + (j == 1))] -= i == j ? w * L1 / 2 : 0;
    grl_chart_hopf(&f, &omega, &l1, &l2);
    check_near(l1, 0, 1e-14);
    check_near(l2, L2, 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference),  cmocka_unit_test(test_lines),
        cmocka_unit_test(test_symmetry),   cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_dense_scan), cmocka_unit_test(test_normal_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
