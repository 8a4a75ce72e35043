/* One step of branch-and-prune as a property: for boxes of every size and place about a zero that is proven
 * in Arb, whatever the step does, the zero is not lost.
 *
 *     zero in the box          never EMPTY, and what is left of the box holds it
 *     verdict PROVEN           the region `alone` holds exactly one of the known zeros at most; if it holds
 *                              one, so does the enclosure; and Newton's method from the enclosure finds a
 *                              zero inside it
 *
 * Boxes run from 1e-15 to 10 in each direction by itself, have the zero within, next to a face, in a corner,
 * or outside; networks with a zero exactly at 0 have it on the face itself. */
#include "arb_network.h"
#include "cell/box.h"
#include "networks.h"

enum { MOST = 16 };

typedef struct known {
    size_t n, count;
    arb_ptr zero[MOST];
    double middle[MOST][4], below[MOST][4], above[MOST][4]; /* doubles next to the zero, or itself */
} known;

static void take_zero(known *zeros, arb_srcptr zero)
{
    size_t n = zeros->n, z = zeros->count++;
    arf_t bound;
    arf_init(bound);
    _arb_vec_set(zeros->zero[z], zero, (slong)n);
    for (size_t i = 0; i < n; i++) {
        zeros->middle[z][i] = arb_network_value(zero + i);
        arb_get_lbound_arf(bound, zero + i, 2 * ARB_BITS);
        zeros->below[z][i] = arf_get_d(bound, ARF_RND_FLOOR);
        arb_get_ubound_arf(bound, zero + i, 2 * ARB_BITS);
        zeros->above[z][i] = arf_get_d(bound, ARF_RND_CEIL);
    }
    arf_clear(bound);
}

/* Zeros by iteration of Newton's method in Arb from random starts. */
static void find_zeros(const grl_cell *cell, known *zeros, grl_random *random)
{
    size_t n = zeros->n;
    arb_ptr zero = _arb_vec_init((slong)n);
    double start[4] = {0}, bound[GRL_BOX_UNITS];
    grl_box_bound(cell, bound);
    zeros->count = 0;
    for (int attempt = 0; attempt < 8 && zeros->count < MOST; attempt++) {
        for (size_t i = 0; i < n && attempt > 0; i++)
            start[i] = fmin(bound[i], 4) * (2 * grl_random_uniform(random) - 1);
        if (!arb_network_zero(cell, NULL, start, zero)) continue;
        int met = 0;
        for (size_t z = 0; z < zeros->count && !met; z++) {
            met = 1;
            for (size_t i = 0; i < n; i++) met &= arb_overlaps(zeros->zero[z] + i, zero + i);
        }
        if (!met) take_zero(zeros, zero);
    }
    _arb_vec_clear(zero, (slong)n);
}

/* 1: certainly inside, -1: certainly outside, 0: neither. */
static int lies(const known *zeros, size_t z, const grl_lanes *lo, const grl_lanes *hi, int lane)
{
    int result = 1;
    for (size_t i = 0; i < zeros->n; i++) {
        double low = lo[i][lane], high = hi[i][lane];
        if (low <= zeros->below[z][i] && zeros->above[z][i] <= high) continue;
        int here = arb_network_inside(zeros->zero[z] + i, low, high);
        if (here < result) result = here;
    }
    return result;
}

static void random_box(const known *zeros, grl_random *random, grl_lanes *lo, grl_lanes *hi, int lane)
{
    size_t z = (size_t)(grl_random_uniform(random) * (double)zeros->count);
    double common = -15 + 16 * grl_random_uniform(random);
    int alike = grl_random_uniform(random) < 0.5;
    for (size_t i = 0; i < zeros->n; i++) {
        double exponent = alike ? common : -15 + 16 * grl_random_uniform(random);
        double width = pow(10, exponent), kind = grl_random_uniform(random);
        double below = zeros->below[z][i], above = zeros->above[z][i];
        if (kind < 0.2) { /* at the lower face */
            lo[i][lane] = below;
            hi[i][lane] = fmax(above, below + width);
        } else if (kind < 0.4) {
            hi[i][lane] = above;
            lo[i][lane] = fmin(below, above - width);
        } else if (kind < 0.45) { /* just outside */
            lo[i][lane] = nextafter(above, INFINITY);
            hi[i][lane] = lo[i][lane] + width;
        } else if (kind < 0.55) { /* further away */
            lo[i][lane] = above + width * grl_random_uniform(random);
            hi[i][lane] = lo[i][lane] + width;
        } else {
            double part = grl_random_uniform(random);
            lo[i][lane] = fmin(below, zeros->middle[z][i] - part * width);
            hi[i][lane] = fmax(above, zeros->middle[z][i] + (1 - part) * width);
        }
    }
}

typedef struct tally {
    size_t boxes, holding, proven, empty;
} tally;

static void check_lane(const grl_cell *cell, const known *zeros, const grl_box_batch *batch,
                       const grl_lanes *lo, const grl_lanes *hi, int lane, tally *t)
{
    size_t n = zeros->n, held = 0;
    int verdict = (int)batch->verdict[lane], holding = 0;
    for (size_t z = 0; z < zeros->count; z++) {
        if (lies(zeros, z, lo, hi, lane) > 0) {
            holding = 1;
            if (verdict == GRL_BOX_EMPTY) fail_msg("a box with a zero was called empty");
            if (lies(zeros, z, batch->lo, batch->hi, lane) < 0) fail_msg("a zero was cut off");
        }
        if (verdict == GRL_BOX_PROVEN && lies(zeros, z, batch->alone_lo, batch->alone_hi, lane) > 0) {
            held++;
            if (lies(zeros, z, batch->root_lo, batch->root_hi, lane) < 0)
                fail_msg("a zero is alone in a region and not in its enclosure");
        }
    }
    t->boxes++;
    t->holding += (size_t)holding;
    t->empty += verdict == GRL_BOX_EMPTY;
    if (verdict != GRL_BOX_PROVEN) return;
    t->proven++;
    if (held > 1) fail_msg("%zu zeros in a region that was proven to hold one", held);
    if (held == 1) return;
    /* A zero that was not known, or one on the region's border. */
    arb_ptr zero = _arb_vec_init((slong)n);
    double start[4];
    for (size_t i = 0; i < n; i++) start[i] = 0.5 * (batch->root_lo[i][lane] + batch->root_hi[i][lane]);
    if (!arb_network_zero(cell, NULL, start, zero)) fail_msg("proven, and Newton's method finds no zero");
    for (size_t i = 0; i < n; i++)
        if (arb_network_inside(zero + i, batch->root_lo[i][lane], batch->root_hi[i][lane]) < 0)
            fail_msg("the zero lies outside of its enclosure");
    _arb_vec_clear(zero, (slong)n);
}

static void check_network(const grl_cell *cell, grl_isa isa, grl_random *random, tally *t)
{
    static grl_box_batch batch;
    grl_lanes lo[4], hi[4];
    known zeros = {.n = grl_cell_hidden_size(cell)};
    for (size_t z = 0; z < MOST; z++) zeros.zero[z] = _arb_vec_init((slong)zeros.n);
    find_zeros(cell, &zeros, random);
    batch.n = (int)zeros.n;
    batch.after = grl_cell_reset(cell) == GRL_RESET_AFTER;
    for (int lane = 0; lane < GRL_LANES; lane++) grl_box_load(&batch, lane, cell);
    for (int round = 0; round < (check_quick() ? 3 : 25) && zeros.count > 0; round++) {
        for (int lane = 0; lane < GRL_LANES; lane++) random_box(&zeros, random, lo, hi, lane);
        memcpy(batch.lo, lo, zeros.n * sizeof *lo);
        memcpy(batch.hi, hi, zeros.n * sizeof *hi);
        grl_box_step(isa)(&batch);
        for (int lane = 0; lane < GRL_LANES; lane++)
            check_lane(cell, &zeros, &batch, (const grl_lanes *)lo, (const grl_lanes *)hi, lane, t);
    }
    for (size_t z = 0; z < MOST; z++) _arb_vec_clear(zeros.zero[z], (slong)zeros.n);
}

static void test_no_zero_is_lost(void **unused)
{
    (void)unused;
    static const double scales[] = {0.1, 1, 3, 10, 30, 100};
    tally t = {0};
    grl_random random = grl_random_stream(41, 0);
    for (size_t n = 1; n <= 4; n++)
        for (int reset = 0; reset < 2; reset++)
            for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
                for (uint64_t index = 0; index < 9; index++) {
                    grl_cell *cell = random_network(n, (grl_reset)reset, scales[s], 42, 100 * s + index);
                    grl_isa isa = (grl_isa)(index % GRL_ISAS);
                    if (index % 3 == 0) { /* no biases: a zero at 0 exactly */
                        memset(grl_cell_block(cell, GRL_B_H), 0, n * sizeof(double));
                        memset(grl_cell_block(cell, GRL_C_H), 0, n * sizeof(double));
                    }
                    if (index == 1) /* gates like steps */
                        for (size_t k = 0; k < n * n; k++) grl_cell_block(cell, GRL_U_R)[k] *= 1e5;
                    check_network(cell, grl_isa_runs(isa) ? isa : GRL_ISA_PORTABLE, &random, &t);
                    grl_cell_free(cell);
                }
    print_message("%zu boxes, %zu of them with a zero, %zu proven, %zu empty\n", t.boxes, t.holding, t.proven,
                  t.empty);
    assert_true(4 * t.holding > t.boxes && 8 * t.proven > t.boxes && 50 * t.empty > t.boxes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_zero_is_lost)};
    int failed = cmocka_run_group_tests_name("arb_box", tests, NULL, NULL);
    flint_cleanup();
    return failed;
}
