/* test_arb_certify_large.c: the proofs for any number of units against 300-bit arithmetic with Arb, which
 * shares nothing with them. */
#include "base/random.h"
#include "cell/cell.h"
#include "check.h"
#include "portrait/certify_large.h"

#include <arb.h>
#include <arb_mat.h>
#include <grulens/cell.h>
#include <string.h>

enum { BITS = 300 };

static grl_cell *random_cell(size_t n, grl_reset reset, double scale, uint64_t seed)
{
    grl_cell *cell = NULL;
    grl_random random = grl_random_stream(seed, n);
    assert_int_equal(grl_cell_create(n, 0, reset, &cell, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, n, 0, &rows, &columns);
        double size = columns > 1 ? scale / sqrt((double)n) : scale / 2;
        for (size_t k = 0; k < rows * columns; k++)
            grl_cell_block(cell, (grl_block)b)[k] = size * grl_random_normal(&random);
    }
    return cell;
}

/* G(a) and its derivative. shift: added to the biases b_r, b_h (2n numbers), or NULL. */
static void evaluate(const grl_cell *cell, const double *shift, arb_mat_t a, arb_mat_t G, arb_mat_t J)
{
    slong n = (slong)cell->n;
    arb_mat_t h, r, D, U_h, U_r, B;
    arb_t s, t;
    arb_init(s), arb_init(t);
    arb_mat_init(h, n, 1), arb_mat_init(r, n, 1), arb_mat_init(D, n, 1);
    arb_mat_init(U_h, n, n), arb_mat_init(U_r, n, n), arb_mat_init(B, n, n);
    for (slong i = 0; i < n; i++) {
        for (slong j = 0; j < n; j++) {
            arb_set_d(arb_mat_entry(U_h, i, j), cell->block[GRL_U_H][i * n + j]);
            arb_set_d(arb_mat_entry(U_r, i, j), cell->block[GRL_U_R][i * n + j]);
        }
        arb_tanh(arb_mat_entry(h, i, 0), arb_mat_entry(a, i, 0), BITS);
        arb_cosh(s, arb_mat_entry(a, i, 0), BITS);
        arb_mul(s, s, s, BITS);
        arb_inv(arb_mat_entry(D, i, 0), s, BITS);
    }
    arb_mat_mul(r, U_r, h, BITS);
    for (slong i = 0; i < n; i++) {
        arb_set_d(s, cell->block[GRL_B_R][i]);
        arb_add(s, s, arb_mat_entry(r, i, 0), BITS);
        if (shift) arb_set_d(t, shift[i]), arb_add(s, s, t, BITS);
        arb_neg(s, s);
        arb_exp(s, s, BITS);
        arb_add_ui(s, s, 1, BITS);
        arb_inv(arb_mat_entry(r, i, 0), s, BITS);
    }
    int before = cell->reset == GRL_RESET_BEFORE;
    arb_mat_t q; /* before: r * h; after: U_h h + c_h */
    arb_mat_init(q, n, 1);
    if (!before) arb_mat_mul(q, U_h, h, BITS);
    for (slong i = 0; i < n; i++) {
        arb_ptr entry = arb_mat_entry(q, i, 0);
        if (before) arb_mul(entry, arb_mat_entry(r, i, 0), arb_mat_entry(h, i, 0), BITS);
        if (!before) arb_set_d(s, cell->block[GRL_C_H][i]), arb_add(entry, entry, s, BITS);
    }
    /* B = diag(r) + diag(h r (1 - r)) U_r, J = I - U_h B D;  after: J = I - (r U_h + q r (1 - r) U_r) D */
    for (slong i = 0; i < n; i++) {
        arb_srcptr ri = arb_mat_entry(r, i, 0);
        arb_sub_ui(s, ri, 1, BITS);
        arb_neg(s, s);
        arb_mul(s, s, ri, BITS);
        arb_mul(s, s, before ? arb_mat_entry(h, i, 0) : arb_mat_entry(q, i, 0), BITS);
        for (slong j = 0; j < n; j++) {
            arb_ptr entry = arb_mat_entry(B, i, j);
            arb_mul(entry, s, arb_mat_entry(U_r, i, j), BITS);
            if (before && i == j) arb_add(entry, entry, ri, BITS);
            if (!before) arb_addmul(entry, ri, arb_mat_entry(U_h, i, j), BITS);
        }
    }
    if (before) arb_mat_mul(J, U_h, B, BITS);
    if (!before) arb_mat_set(J, B);
    if (before) arb_mat_mul(G, U_h, q, BITS);
    for (slong i = 0; i < n; i++) {
        arb_ptr g = arb_mat_entry(G, i, 0);
        if (!before) arb_mul(g, arb_mat_entry(r, i, 0), arb_mat_entry(q, i, 0), BITS);
        arb_set_d(s, cell->block[GRL_B_H][i]);
        arb_add(g, g, s, BITS);
        if (shift) arb_set_d(s, shift[n + i]), arb_add(g, g, s, BITS);
        arb_sub(g, arb_mat_entry(a, i, 0), g, BITS);
        for (slong j = 0; j < n; j++) {
            arb_ptr entry = arb_mat_entry(J, i, j);
            arb_mul(entry, entry, arb_mat_entry(D, j, 0), BITS);
            arb_neg(entry, entry);
            if (i == j) arb_add_ui(entry, entry, 1, BITS);
        }
    }
    arb_clear(s), arb_clear(t);
    arb_mat_clear(h), arb_mat_clear(r), arb_mat_clear(D), arb_mat_clear(U_h), arb_mat_clear(U_r);
    arb_mat_clear(B), arb_mat_clear(q);
}

/* The zero of G that Newton's method reaches from `start`, in 300 bits. */
static void exact_root(const grl_cell *cell, const double *shift, const double *start, arb_mat_t a)
{
    slong n = (slong)cell->n;
    arb_mat_t G, J, X;
    arb_mat_init(G, n, 1), arb_mat_init(J, n, n), arb_mat_init(X, n, 1);
    for (slong i = 0; i < n; i++) arb_set_d(arb_mat_entry(a, i, 0), start[i]);
    for (int k = 0; k < 8; k++) {
        evaluate(cell, shift, a, G, J);
        assert_true(arb_mat_solve(X, J, G, BITS));
        arb_mat_sub(a, a, X, BITS);
        for (slong i = 0; i < n; i++) mag_zero(arb_radref(arb_mat_entry(a, i, 0)));
    }
    for (slong i = 0; i < n; i++) /* converged */
        assert_true(fabs(arf_get_d(arb_midref(arb_mat_entry(X, i, 0)), ARF_RND_NEAR)) < 1e-60);
    arb_mat_clear(G), arb_mat_clear(J), arb_mat_clear(X);
}

/* Largest |exact - approximation|, of pre-activations and of states. */
static void distances(size_t n, arb_mat_t root, const double *a, const double *h, double *in_a, double *in_h)
{
    arb_t s, t;
    arb_init(s), arb_init(t);
    *in_a = *in_h = 0;
    for (slong i = 0; i < (slong)n; i++) {
        arb_set_d(t, a[i]);
        arb_sub(s, arb_mat_entry(root, i, 0), t, BITS);
        double da = fabs(arf_get_d(arb_midref(s), ARF_RND_NEAR));
        arb_tanh(s, arb_mat_entry(root, i, 0), BITS);
        arb_set_d(t, h[i]);
        arb_sub(s, s, t, BITS);
        double dh = fabs(arf_get_d(arb_midref(s), ARF_RND_NEAR));
        if (!(da <= *in_a)) *in_a = da;
        if (!(dh <= *in_h)) *in_h = dh;
    }
    arb_clear(s), arb_clear(t);
}

/* Brings a into the neighbourhood of a fixed point: first the candidate's own iteration, then half steps of
 * Newton's method by the certifier. */
static bool find(grl_certifier *certifier, grl_random *random, double *a, double *h, grl_certificate *result)
{
    size_t n = certifier->n;
    for (int attempt = 0; attempt < 20; attempt++) {
        for (size_t i = 0; i < n; i++) a[i] = 2 * grl_random_normal(random);
        grl_certify_large(certifier, a, h, result);
        if (result->certified) return true;
    }
    return false;
}

static void check_cell(const grl_cell *cell, uint64_t seed, int *points)
{
    size_t n = cell->n;
    grl_certifier certifier;
    grl_certificate result;
    grl_random random = grl_random_stream(seed, 99);
    double *a = malloc(n * sizeof *a), *h = malloc(n * sizeof *h), *rho = malloc(n * sizeof *rho),
           *moved = malloc(n * sizeof *moved), in_a, in_h;
    arb_mat_t root;
    arb_mat_init(root, (slong)n, 1);
    assert_int_equal(grl_certifier_create(cell, &certifier, NULL), GRL_OK);
    for (int k = 0; k < 4; k++) {
        if (!find(&certifier, &random, a, h, &result)) continue;
        ++*points;
        exact_root(cell, NULL, a, root);
        distances(n, root, a, h, &in_a, &in_h);
        if (!(in_a <= result.radius_a))
            fail_msg("n = %zu: a off by %g, claimed %g", n, in_a, result.radius_a);
        if (!(in_h <= result.radius_h))
            fail_msg("n = %zu: h off by %g, claimed %g", n, in_h, result.radius_h);
        if (!(result.radius_h <= 1e-9)) fail_msg("n = %zu: useless bound %g", n, result.radius_h);
        assert_true(result.unique > 0);

        /* boxes beside the root must fail, whichever side they leave it on; boxes around it may pass */
        for (double width = result.unique; width > result.radius_a; width /= 16)
            for (int trial = 0; trial < 4; trial++) {
                size_t unit = (size_t)(grl_random_uniform(&random) * (double)n);
                double side = grl_random_uniform(&random) < 0.5 ? -1 : 1;
                memcpy(moved, a, n * sizeof *a);
                moved[unit] += side * (1.001 * width + 2 * result.radius_a);
                for (size_t j = 0; j < n; j++) rho[j] = j == unit ? width : 4 * width;
                if (grl_certify_box(&certifier, moved, rho)) {
                    /* allowed only if another root is there: then Newton's method finds it */
                    exact_root(cell, NULL, moved, root);
                    distances(n, root, moved, h, &in_a, &in_h);
                    if (!(in_a <= 4 * width)) fail_msg("n = %zu: an empty box of width %g passed", n, width);
                }
            }
    }
    grl_certifier_free(&certifier);
    arb_mat_clear(root);
    free(a), free(h), free(rho), free(moved);
}

static void test_against_arb(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 2, 3, 5, 8, 16, 32};
    const double scales[] = {1, 3, 8, 30};
    int points = 0;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t k = 0; k < sizeof scales / sizeof *scales; k++)
            for (int reset = 0; reset < 2; reset++) {
                grl_cell *cell = random_cell(sizes[s], (grl_reset)reset, scales[k], 10 * s + k);
                check_cell(cell, 7 * s + k, &points);
                grl_cell_free(cell);
            }
    if (points < 100) fail_msg("only %d points", points);
}

/* With uncertain biases, the bounds hold for the fixed point at every bias in the range. */
static void test_uncertain_biases(void **state)
{
    (void)state;
    for (int reset = 0; reset < 2; reset++) {
        enum { N = 6 };
        const double radius = 1e-7;
        grl_cell *cell = random_cell(N, (grl_reset)reset, 2, 77);
        cell->bias_radius = calloc(3 * N, sizeof(double));
        for (size_t i = 0; i < 3 * N; i++) cell->bias_radius[i] = radius;
        grl_certifier certifier;
        grl_certificate result;
        grl_random random = grl_random_stream(3, 3);
        double a[N], h[N], shift[2 * N], in_a, in_h, worst = 0;
        arb_mat_t root;
        arb_mat_init(root, N, 1);
        assert_int_equal(grl_certifier_create(cell, &certifier, NULL), GRL_OK);
        assert_true(find(&certifier, &random, a, h, &result));
        for (int k = 0; k < 50; k++) {
            for (size_t i = 0; i < 2 * N; i++)
                shift[i] = grl_random_uniform(&random) < 0.5 ? -radius : radius;
            exact_root(cell, shift, a, root);
            distances(N, root, a, h, &in_a, &in_h);
            if (!(in_a <= result.radius_a && in_h <= result.radius_h))
                fail_msg("off by %g and %g", in_a, in_h);
            if (in_a > worst) worst = in_a;
        }
        assert_true(worst > result.radius_a / 50); /* and they are not far too wide */
        arb_mat_clear(root);
        grl_certifier_free(&certifier);
        grl_cell_free(cell);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_arb),
                                       cmocka_unit_test(test_uncertain_biases)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    flint_cleanup();
    return failed;
}
