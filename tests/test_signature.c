/* test_signature.c: signatures of known portraits on both sides of bifurcations, of networks and their images under exact
 * symmetries, and why some portraits have none. tests/test_scheme.c has the code alone. */
#include "check.h"
#include "networks.h"

#include <grulens/cycles.h>
#include <grulens/separatrices.h>
#include <grulens/signature.h>

#include <string.h>

typedef struct answer {
    char signature[600], name[200], reason[300];
} answer;

static void copy(char *to, size_t room, const char *from)
{
    if (from && strlen(from) >= room) fail_msg("longer than %zu: %s", room, from);
    strcpy(to, from ? from : "");
}

/* Frees the cell. */
static answer ask(grl_cell *cell, grl_time time)
{
    answer a;
    grl_error error = {0};
    grl_portrait *p;
    grl_portrait_options o = grl_portrait_defaults();
    grl_separatrix_options s = grl_separatrix_defaults();
    o.time = time;
    o.threads = 1;
    s.basins = 0;
    if (grl_portrait_compute(cell, NULL, &o, &p, &error) != GRL_OK) fail_msg("%s", error.message);
    if (grl_cell_hidden_size(cell) == 2 && time == GRL_CONTINUOUS &&
        (grl_cycles_compute(cell, NULL, p, NULL, &p->cycles, &error) != GRL_OK ||
         grl_separatrices_compute(cell, NULL, p, &s, &p->separatrices, &error) != GRL_OK))
        fail_msg("%s", error.message);
    /* Twice: the former answer is replaced. */
    for (int k = 0; k < 2; k++)
        if (grl_signature_compute(cell, NULL, p, &error) != GRL_OK) fail_msg("%s", error.message);
    assert_true(!p->signature == !p->signature_name);
    assert_true(!p->signature != !p->signature_reason);
    copy(a.signature, sizeof a.signature, p->signature);
    copy(a.name, sizeof a.name, p->signature_name);
    copy(a.reason, sizeof a.reason, p->signature_reason);
    grl_portrait_free(p);
    grl_cell_free(cell);
    return a;
}

static void expect(grl_cell *cell, const char *signature, const char *name)
{
    answer a = ask(cell, GRL_CONTINUOUS);
    if (a.reason[0]) fail_msg("expected %s, found: %s", signature, a.reason);
    assert_string_equal(a.signature, signature);
    assert_string_equal(a.name, name);
}

static void expect_none(grl_cell *cell, grl_time time, const char *words)
{
    answer a = ask(cell, time);
    if (a.signature[0]) fail_msg("expected none, found %s", a.signature);
    if (!strstr(a.reason, words)) fail_msg("expected words \"%s\", found: %s", words, a.reason);
}

static const char *const rest = "100.1.o,s", *const oscillator = "010c10.1.o,S+(i,u)",
                         *const ring = "414.1.o1a2a3a4a,s1b4d,u1c4c3c2c,s1d2b,s2d3b,s3d4b";

/* Hopf point at cos alpha = 2/3, saddle-nodes on the cycle at alpha = 0.1478. */
static void test_rotation(void **state)
{
    (void)state;
    expect(rotation_network(3, 0.85), rest, "1 stable");
    expect(rotation_network(3, 0.8), oscillator, "1 unstable, 1 cycle");
    expect(rotation_network(3, 0.16), oscillator, "1 unstable, 1 cycle");
    expect(rotation_network(3, 0.14), ring, "4 stable, 1 unstable, 4 saddles");
    expect(rotation_network(3, -0.14), ring, "4 stable, 1 unstable, 4 saddles");
    expect(rotation_network(3, -0.5), oscillator, "1 unstable, 1 cycle");
    expect(rotation_network(3, 0), ring, "4 stable, 1 unstable, 4 saddles");
}

/* The family of the reference (reference/values.md): all gates active, parameters b_h. */
static grl_cell *gates(double b0, double b1)
{
    static const double U_z[] = {0.5, 0.5, -1.25, 1.25}, U_r[] = {0.5, -1.5, 1, -0.5},
                        U_h[] = {-1.25, 2, -3.75, 2.25};
    const double b_h[] = {b0, b1}, b_z[] = {0.25, 0.75}, b_r[] = {1, 1.5};
    grl_cell *cell = network_of_U_h(2, U_h);
    memcpy(grl_cell_block(cell, GRL_U_Z), U_z, sizeof U_z);
    memcpy(grl_cell_block(cell, GRL_U_R), U_r, sizeof U_r);
    memcpy(grl_cell_block(cell, GRL_B_Z), b_z, sizeof b_z);
    memcpy(grl_cell_block(cell, GRL_B_R), b_r, sizeof b_r);
    memcpy(grl_cell_block(cell, GRL_B_H), b_h, sizeof b_h);
    return cell;
}

/* On lines b_h[1] = const: the places of folds, Hopf points and homoclinic orbits are in the reference, and the
 * theory says what each of them does to the portrait. */
static void test_gates(void **state)
{
    (void)state;
    const char *pair = "201.1.o1a1c,s1b,s1d", *fold = "111.1.o1a,s1b1d,u1c";
    /* Supercritical Hopf points at 0.5901 and 0.8367. */
    expect(gates(0.58, 1.3), rest, "1 stable");
    expect(gates(0.7, 1.3), oscillator, "1 unstable, 1 cycle");
    expect(gates(0.85, 1.3), rest, "1 stable");
    /* Fold at 2.6284 beside an unstable point, subcritical Hopf at 2.7279, homoclinic orbit at 2.7693. */
    expect(gates(2.6, 3), rest, "1 stable");
    expect(gates(2.7, 3), fold, "1 stable, 1 unstable, 1 saddle");
    expect(gates(2.76, 3), "201c01.1.o1a,s1b1d,U+1c(i,s)", "2 stable, 1 saddle, 1 unstable cycle");
    expect(gates(2.78, 3), pair, "2 stable, 1 saddle");
    /* At 1.5961 a homoclinic orbit, known to 16 digits. */
    expect(gates(1.58, 1.9), "201c01.1.o1a,s1b1d,U+1c(i,s)", "2 stable, 1 saddle, 1 unstable cycle");
    expect_none(gates(1.5960862835395148, 1.9), GRL_CONTINUOUS, "joined");
    expect(gates(1.6, 1.9), pair, "2 stable, 1 saddle");
}

static void test_one_unit(void **state)
{
    (void)state;
    double U_h = 4;
    expect(network_of_U_h(1, &U_h), "210.1.line:sus", "2 stable, 1 unstable");
    U_h = 1;
    expect(network_of_U_h(1, &U_h), "100.1.line:s", "1 stable");
    /* The cusp. */
    U_h = 2;
    expect_none(network_of_U_h(1, &U_h), GRL_CONTINUOUS, "proven");
    U_h = 4;
    expect_none(network_of_U_h(1, &U_h), GRL_DISCRETE, "flows of one and two units");
}

static void test_none(void **state)
{
    (void)state;
    static const double line[] = {0, -2, -2, 0}, three[] = {3, 0, 0, 0, 3, 0, 0, 0, 3}, two[] = {3, 0, 0, 3};
    expect_none(network_of_U_h(2, line), GRL_CONTINUOUS, "proven");
    expect_none(network_of_U_h(3, three), GRL_CONTINUOUS, "flows of one and two units");
    expect_none(network_of_U_h(2, two), GRL_DISCRETE, "flows of one and two units");

    grl_cell *cell = network_of_U_h(2, two), *other = network_of_U_h(3, three);
    grl_portrait *p;
    assert_int_equal(grl_portrait_compute(cell, NULL, NULL, &p, NULL), GRL_OK);
    assert_int_equal(grl_signature_compute(other, NULL, p, NULL), GRL_BAD_INPUT);
    assert_int_equal(grl_signature_compute(cell, NULL, p, NULL), GRL_OK);
    assert_null(p->signature);
    assert_non_null(strstr(p->signature_reason, "not computed"));
    grl_portrait_free(p);
    grl_cell_free(cell);
    grl_cell_free(other);
}

/* The units exchanged. */
static grl_cell *exchanged(const grl_cell *cell)
{
    grl_cell *other;
    assert_int_equal(grl_cell_create(2, 0, grl_cell_reset(cell), &other, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
        const double *from = grl_cell_block((grl_cell *)cell, (grl_block)b);
        size_t size = rows * columns;
        for (size_t i = 0; i < size; i++) grl_cell_block(other, (grl_block)b)[i] = from[size - 1 - i];
    }
    return other;
}

/* h[unit] -> -h[unit]: columns of U_z and U_r change their sign, so that the gates keep their values, and row and
 * column of U_h, b_h and c_h do, so that n[unit] changes its sign. */
static grl_cell *turned(const grl_cell *cell, size_t unit)
{
    grl_cell *other;
    assert_int_equal(grl_cell_create(2, 0, grl_cell_reset(cell), &other, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
        double *to = grl_cell_block(other, (grl_block)b);
        memcpy(to, grl_cell_block((grl_cell *)cell, (grl_block)b), rows * columns * sizeof *to);
        if (b == GRL_U_Z || b == GRL_U_R || b == GRL_U_H)
            for (size_t row = 0; row < 2; row++) to[2 * row + unit] = -to[2 * row + unit];
        if (b == GRL_U_H)
            for (size_t column = 0; column < 2; column++) to[2 * unit + column] = -to[2 * unit + column];
        if (b == GRL_B_H || b == GRL_C_H) to[unit] = -to[unit];
    }
    return other;
}

/* Random networks of many scales; every third without much bias, which gives many points. */
static grl_cell *draw(uint64_t index)
{
    static const double scales[] = {2, 4, 6, 8, 10, 12};
    grl_cell *cell =
        random_network(2, index / 6 % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, scales[index % 6], 7, index);
    for (size_t k = 0; k < 2 && index % 3 == 0; k++) grl_cell_block(cell, GRL_B_H)[k] *= 0.1;
    return cell;
}

static void agree(const answer *a, const answer *b, uint64_t index, const char *what)
{
    if (a->signature[0] && b->signature[0] && strcmp(a->signature, b->signature) != 0)
        fail_msg("network %u, %s: %s and %s", (unsigned)index, what, a->signature, b->signature);
}

/* Where both have a signature it is the same; nearly all have one. */
static void test_symmetries(void **state)
{
    (void)state;
    uint64_t count = check_quick() ? 30 : 240, with = 0;
    for (uint64_t i = 0; i < count; i++) {
        grl_cell *cell = draw(i);
        answer e = ask(exchanged(cell), GRL_CONTINUOUS), t = ask(turned(cell, 0), GRL_CONTINUOUS),
               u = ask(turned(cell, 1), GRL_CONTINUOUS), a = ask(cell, GRL_CONTINUOUS);
        with += a.signature[0] && e.signature[0] && t.signature[0] && u.signature[0];
        agree(&a, &e, i, "units exchanged");
        agree(&a, &t, i, "h[0] turned");
        agree(&a, &u, i, "h[1] turned");
    }
    if (with < count * 95 / 100) fail_msg("only %u of %u have a signature", (unsigned)with, (unsigned)count);
}

/* Without U_z a common b_z is a unit of time. */
static void test_time(void **state)
{
    (void)state;
    uint64_t count = check_quick() ? 20 : 100, with = 0;
    for (uint64_t i = 0; i < count; i++) {
        answer answers[3];
        for (int k = 0; k < 3; k++) {
            grl_cell *cell = draw(i);
            memset(grl_cell_block(cell, GRL_U_Z), 0, 4 * sizeof(double));
            for (size_t j = 0; j < 2; j++) grl_cell_block(cell, GRL_B_Z)[j] = 2 * k - 1;
            answers[k] = ask(cell, GRL_CONTINUOUS);
            agree(&answers[0], &answers[k], i, "another unit of time");
        }
        with += answers[0].signature[0] && answers[1].signature[0] && answers[2].signature[0];
    }
    if (with < count * 95 / 100) fail_msg("only %u of %u have a signature", (unsigned)with, (unsigned)count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rotation), cmocka_unit_test(test_gates),      cmocka_unit_test(test_one_unit),
        cmocka_unit_test(test_none),     cmocka_unit_test(test_symmetries), cmocka_unit_test(test_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
