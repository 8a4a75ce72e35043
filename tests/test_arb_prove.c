/* The proofs of completeness, error bounds and stability for few units against 1000-bit balls with Arb, which
 * shares nothing with them. Networks of many kinds are drawn; their zeros are found by a plain Newton search,
 * proven in Arb, and compared with what the library claims. */
#include "arb_network.h"
#include "networks.h"
#include "portrait/prove.h"

#include <acb_mat.h>
#include <grulens/portrait.h>

enum { MOST_ZEROS = 64, KINDS = 9 };

static double uniform(grl_random *random, double scale)
{
    return scale * (2 * grl_random_uniform(random) - 1);
}

/* A network of one of several kinds, with two inputs; x gets the input. */
static grl_cell *make(size_t n, grl_reset reset, int kind, uint64_t index, double *x)
{
    static const double scales[KINDS] = {0.5, 3, 10, 30, 100, 5, 5, 5, 8};
    grl_random random = grl_random_stream(31, index);
    grl_cell *cell;
    double scale = scales[kind];
    assert_int_equal(grl_cell_create(n, 2, reset, &cell, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        double *block = grl_cell_block(cell, (grl_block)b);
        int input = b >= GRL_W_Z && b <= GRL_W_H;
        grl_block_shape((grl_block)b, n, 2, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++) {
            block[i] = uniform(&random, scale);
            if (kind == 5) block[i] = floor(block[i]);                             /* integers */
            if (kind == 6 && grl_random_uniform(&random) < 0.6) block[i] = 0;      /* sparse */
            if (kind == 7 && (b == GRL_U_R || b == GRL_B_R)) block[i] *= 1e6;      /* a gate like a step */
            if (kind == 8 && b == GRL_U_H) block[i] = i / n == i % n ? 4.5 : 0.25; /* many points */
            if (kind == 8 && b != GRL_U_H) block[i] *= 0.01;
            if (input && index % 2) block[i] *= 1e5;
        }
    }
    for (int k = 0; k < 2; k++) x[k] = index % 3 ? uniform(&random, index % 2 ? 1e-5 : 1) : 0;
    return cell;
}

/* G and Newton's step in doubles, by differences: only a way to starts for Arb. */
static int plain_newton(const grl_cell *cell, double *a)
{
    size_t n = grl_cell_hidden_size(cell);
    double f[4], h[4], moved[4], J[4][5], work[64];
    int after = grl_cell_reset(cell) == GRL_RESET_AFTER;
    for (int step = 0; step < 60; step++) {
        for (size_t column = 0; column <= n; column++) {
            memcpy(moved, a, n * sizeof *a);
            double d = 1e-7 * (1 + fabs(a[column < n ? column : 0]));
            if (column < n) moved[column] += d;
            for (size_t i = 0; i < n; i++) h[i] = tanh(moved[i]);
            for (size_t i = 0; i < n; i++) {
                double v = grl_cell_values(cell, GRL_B_R)[i];
                for (size_t j = 0; j < n; j++) v += grl_cell_values(cell, GRL_U_R)[i * n + j] * h[j];
                work[i] = 1 / (1 + exp(-v));
            }
            for (size_t i = 0; i < n; i++) {
                double v = after ? grl_cell_values(cell, GRL_C_H)[i] : 0;
                for (size_t j = 0; j < n; j++)
                    v += grl_cell_values(cell, GRL_U_H)[i * n + j] * h[j] * (after ? 1 : work[j]);
                f[i] = moved[i] - grl_cell_values(cell, GRL_B_H)[i] - v * (after ? work[i] : 1);
            }
            for (size_t i = 0; i < n; i++) J[i][column] = column < n ? f[i] / d : f[i];
        }
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++) J[i][k] -= J[i][n] / (1e-7 * (1 + fabs(a[k])));
        for (size_t p = 0; p < n; p++) {
            size_t best = p;
            for (size_t i = p; i < n; i++)
                if (fabs(J[i][p]) > fabs(J[best][p])) best = i;
            for (size_t k = 0; k <= n; k++) {
                double swap = J[p][k];
                J[p][k] = J[best][k];
                J[best][k] = swap;
            }
            for (size_t i = 0; i < n; i++) {
                double factor = i == p ? 0 : J[i][p] / J[p][p];
                for (size_t k = p; k <= n; k++) J[i][k] -= factor * J[p][k];
            }
        }
        double most = 0, damp, size = 0;
        for (size_t i = 0; i < n; i++) {
            most = fmax(most, fabs(J[i][n] / J[i][i]));
            size = fmax(size, fabs(a[i]));
        }
        if (!(most < 1e6)) return 0;
        damp = most > 2 ? 2 / most : 1;
        for (size_t i = 0; i < n; i++) a[i] -= damp * J[i][n] / J[i][i];
        if (most < 1e-9 * (1 + size)) return 1;
    }
    return 0;
}

/* Proven zeros of the network at input x, found from random starts. */
static size_t find_zeros(const grl_cell *cell, const grl_cell *autonomous, const double *x, int starts,
                         uint64_t seed, arb_ptr *zeros)
{
    size_t n = grl_cell_hidden_size(cell), count = 0;
    grl_random random = grl_random_stream(seed, 5);
    arb_ptr zero = _arb_vec_init((slong)n);
    double bound[GRL_BOX_UNITS], a[4];
    grl_box_bound(autonomous, bound);
    for (int start = 0; start < starts && count < MOST_ZEROS; start++) {
        for (size_t i = 0; i < n; i++)
            a[i] = start % 2 ? uniform(&random, bound[i]) : atanh(uniform(&random, 0.9999));
        if (!plain_newton(autonomous, a)) continue;
        size_t known = 0;
        for (; known < count; known++) {
            double apart = 0;
            for (size_t i = 0; i < n; i++)
                apart = fmax(apart, fabs(arb_network_value(zeros[known] + i) - a[i]));
            if (apart < 1e-7) break;
        }
        if (known < count || !arb_network_zero(cell, x, a, zero)) continue;
        _arb_vec_set(zeros[count++], zero, (slong)n);
    }
    _arb_vec_clear(zero, (slong)n);
    return count;
}

/* Numbers of eigenvalues on both sides of the border of stability, in balls. False if Arb cannot tell. */
static int count_sides(const grl_cell *cell, const double *x, arb_srcptr zero, grl_time time, double dt,
                       int *stable, int *unstable)
{
    slong n = (slong)grl_cell_hidden_size(cell);
    arb_mat_t Df;
    acb_mat_t A, R;
    acb_ptr values = _acb_vec_init(n), rough = _acb_vec_init(n);
    arb_t size;
    int good;
    arb_init(size), arb_mat_init(Df, n, n), acb_mat_init(A, n, n), acb_mat_init(R, n, n);
    arb_network_field(cell, x, zero, Df);
    acb_mat_set_arb_mat(A, Df);
    *stable = *unstable = 0;
    acb_mat_approx_eig_qr(rough, NULL, R, A, NULL, 0, ARB_BITS);
    good = acb_mat_eig_simple(values, NULL, NULL, A, rough, R, ARB_BITS);
    for (slong i = 0; i < n && good; i++) {
        arb_ptr re = acb_realref(values + i);
        if (time == GRL_DISCRETE) { /* (|1 + dt lambda|^2 - 1) / dt */
            arb_t t;
            arb_init(t);
            arb_set_d(t, dt);
            arb_sqr(size, re, ARB_BITS);
            arb_addmul(size, acb_imagref(values + i), acb_imagref(values + i), ARB_BITS);
            arb_mul(size, size, t, ARB_BITS);
            arb_addmul_ui(size, re, 2, ARB_BITS);
            arb_clear(t);
        } else {
            arb_set(size, re);
        }
        if (arb_is_negative(size))
            ++*stable;
        else if (arb_is_positive(size))
            ++*unstable;
        else
            good = 0;
    }
    arb_clear(size), arb_mat_clear(Df), acb_mat_clear(A), acb_mat_clear(R);
    _acb_vec_clear(values, n), _acb_vec_clear(rough, n);
    return good;
}

typedef struct tally {
    size_t networks, complete, points, zeros, sides, unchecked;
} tally;

/* The claims about one certified point: a zero of the exact network within the bound, and its stability. */
static void check_point(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                        const grl_fixed_point *point, const char *name, tally *t)
{
    slong n = (slong)portrait->hidden_size;
    arb_ptr zero = _arb_vec_init(n);
    arb_t h;
    arb_init(h);
    if (!arb_network_zero(cell, x, point->a, zero)) fail_msg("%s: no zero at a certified point", name);
    for (slong i = 0; i < n; i++) {
        arb_t off, bound;
        arb_init(off), arb_init(bound);
        arb_tanh(h, zero + i, ARB_BITS);
        arb_set_d(off, point->h[i]);
        arb_sub(off, off, h, ARB_BITS);
        arb_abs(off, off);
        arb_set_d(bound, point->error_bound);
        if (!arb_le(off, bound))
            fail_msg("%s: h[%d] is off by %g, claimed %g", name, (int)i, arb_network_value(off),
                     point->error_bound);
        arb_clear(off), arb_clear(bound);
    }
    t->points++;
    if (point->stability_proven) {
        int stable, unstable;
        if (count_sides(cell, x, zero, portrait->time, portrait->dt, &stable, &unstable)) {
            t->sides++;
            if (point->unstable != unstable)
                fail_msg("%s: %d unstable directions proven, there are %d", name, point->unstable, unstable);
        } else {
            t->unchecked++;
        }
    }
    arb_clear(h);
    _arb_vec_clear(zero, n);
}

static int holds(size_t n, const double *box, arb_srcptr zero)
{
    for (size_t i = 0; i < n; i++)
        if (arb_network_inside(zero + i, box[2 * i], box[2 * i + 1]) < 0) return 0;
    return 1;
}

/* Every zero found independently lies in exactly one enclosure of the proof, or in a box left undecided. */
static void check_lost(const grl_proof *proof, size_t n, arb_ptr *zeros, size_t count, const char *name)
{
    for (size_t z = 0; z < count; z++) {
        size_t holding = 0, left = 0;
        for (size_t k = 0; k < proof->points.count; k++)
            holding += (size_t)holds(n, proof->points.values + 2 * n * k, zeros[z]);
        for (size_t k = 0; k < proof->kept.count && !left; k++)
            left += (size_t)holds(n, proof->kept.values + 2 * n * k, zeros[z]);
        if (holding > 1 || holding + left == 0)
            fail_msg("%s: the zero at (%.17g, ...) is in %zu enclosures and %zu undecided boxes, complete %d",
                     name, arb_network_value(zeros[z]), holding, left, proof->complete);
    }
}

static void check_network(size_t n, grl_reset reset, int kind, uint64_t index, tally *t)
{
    double x[2];
    char name[80];
    grl_cell *cell = make(n, reset, kind, index, x), *autonomous;
    grl_proof proof;
    grl_portrait *portrait;
    grl_error error;
    arb_ptr zeros[MOST_ZEROS];
    snprintf(name, sizeof name, "n %zu, reset %d, kind %d, index %d", n, (int)reset, kind, (int)index);
    for (size_t z = 0; z < MOST_ZEROS; z++) zeros[z] = _arb_vec_init((slong)n);
    assert_int_equal(grl_cell_at_input(cell, x, &autonomous, &error), GRL_OK);

    const grl_cell *cells[1] = {autonomous};
    grl_prove_options prove = {200000, index % 2 ? 1e-6 : 0, grl_isa_best(), NULL};
    assert_int_equal(grl_prove(1, cells, &prove, &proof, &error), GRL_OK);
    size_t count = find_zeros(cell, autonomous, x, n < 3 ? 30 : 60, index, zeros);
    check_lost(&proof, n, zeros, count, name);

    grl_portrait_options options = grl_portrait_defaults();
    options.time = index % 4 > 1 ? GRL_DISCRETE : GRL_CONTINUOUS;
    options.dt = index % 8 > 3 ? 0.375 : 1;
    options.max_boxes = 200000;
    options.method = n > 3 && index % 2 ? GRL_METHOD_SEARCH : GRL_METHOD_PROVE;
    options.max_starts = 512;
    if (grl_portrait_compute(cell, x, &options, &portrait, &error) != GRL_OK)
        fail_msg("%s: %s", name, error.message);
    for (size_t k = 0; k < portrait->count; k++)
        if (portrait->points[k].certified) check_point(cell, x, portrait, &portrait->points[k], name, t);
    t->networks++;
    t->zeros += count;
    t->complete += (size_t)portrait->complete;
    if (portrait->complete && portrait->method == GRL_METHOD_PROVE) assert_int_equal(portrait->index_sum, 1);

    grl_portrait_free(portrait);
    grl_proof_free(&proof);
    for (size_t z = 0; z < MOST_ZEROS; z++) _arb_vec_clear(zeros[z], (slong)n);
    grl_cell_free(autonomous);
    grl_cell_free(cell);
}

static void test_claims(void **unused)
{
    (void)unused;
    for (size_t n = 1; n <= 4; n++) {
        tally t = {0};
        uint64_t count = check_quick() ? 2 : n < 4 ? 24 : 4;
        for (int reset = 0; reset < 2; reset++)
            for (int kind = 0; kind < KINDS; kind++)
                for (uint64_t index = 0; index < count; index++) {
                    if (n == 4 && kind == 8) continue; /* 81 points: minutes in Arb */
                    check_network(n, (grl_reset)reset, kind, 1000 * (uint64_t)kind + index, &t);
                }
        print_message("n = %zu: %zu networks, %zu complete, %zu points and %zu zeros checked, %zu counts "
                      "of unstable directions checked, %zu beyond Arb\n",
                      n, t.networks, t.complete, t.points, t.zeros, t.sides, t.unchecked);
        assert_true(t.zeros >= t.networks && t.points >= t.networks);
        assert_true((n == 4 || 10 * t.complete > 9 * t.networks) && 50 * t.unchecked <= t.points);
    }
}

/* A fold of one unit, approached (MATH.md: u = 4, |b| = 0.532839975353552): two points that come together. */
static void test_fold(void **unused)
{
    (void)unused;
    tally t = {0};
    for (int k = 4; k < 16; k++) {
        double u = 4;
        grl_cell *cell = network_of_U_h(1, &u);
        grl_cell_block(cell, GRL_B_H)[0] = 0.532839975353552 - pow(10, -k);
        grl_portrait *portrait;
        assert_int_equal(grl_portrait_compute(cell, NULL, NULL, &portrait, NULL), GRL_OK);
        for (size_t i = 0; i < portrait->count; i++)
            if (portrait->points[i].certified)
                check_point(cell, NULL, portrait, &portrait->points[i], "fold", &t);
        assert_true(portrait->complete ? portrait->count == 3 : k > 12);
        grl_portrait_free(portrait);
        grl_cell_free(cell);
    }
    assert_true(t.points > 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_claims), cmocka_unit_test(test_fold)};
    int failed = cmocka_run_group_tests_name("arb_prove", tests, NULL, NULL);
    flint_cleanup();
    return failed;
}
