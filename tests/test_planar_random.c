/* test_planar_random.c: the portraits of random two-unit flows against brute force and symmetries.
 *
 * Weights and biases are normal times 1.5, 3 and 6, both resets. Brute force is a Runge-Kutta method of order 4
 * with a fixed step from 400 starts, by the batch kernels: nothing of it is shared with the orbits that the
 * portrait follows but the field. GRL_PLANAR_NETWORKS sets how many networks each scale has. */
#include "check.h"
#include "networks.h"

#include <grulens/batch.h>
#include <grulens/cycles.h>
#include <grulens/separatrices.h>
#include <stdlib.h>

enum { SIDE = 20, STARTS = SIDE * SIDE };

static const double scales[] = {1.5, 3, 6};

typedef struct whole {
    grl_cell *cell;
    grl_portrait *p;
    grl_cycles *c;
    grl_separatrices *s;
} whole;

static whole look(grl_cell *cell)
{
    whole w = {.cell = cell};
    grl_error error;
    grl_portrait_options o = grl_portrait_defaults();
    o.max_starts = 1; /* slow points are not looked at here */
    if (grl_portrait_compute(cell, NULL, &o, &w.p, &error) != GRL_OK ||
        grl_cycles_compute(cell, NULL, w.p, NULL, &w.p->cycles, &error) != GRL_OK ||
        grl_separatrices_compute(cell, NULL, w.p, NULL, &w.p->separatrices, &error) != GRL_OK)
        fail_msg("%s", error.message);
    w.c = w.p->cycles;
    w.s = w.p->separatrices;
    return w;
}

static void drop(whole *w)
{
    grl_portrait_free(w->p);
    grl_cell_free(w->cell);
}

static double normal(grl_random *random)
{
    double u = grl_random_uniform(random), v = grl_random_uniform(random);
    return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * v);
}

static grl_cell *normal_network(double scale, grl_reset reset, uint64_t index)
{
    grl_cell *cell;
    grl_random random = grl_random_stream(2026, index);
    assert_int_equal(grl_cell_create(2, 0, reset, &cell, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++)
            grl_cell_block(cell, (grl_block)b)[i] = scale * normal(&random);
    }
    return cell;
}

static size_t networks(void)
{
    const char *wish = getenv("GRL_PLANAR_NETWORKS");
    return wish ? (size_t)atol(wish) : check_quick() ? 20 : 100;
}

/* Indices, undecided branches, areas. */
static void check_sums(const whole *w, double scale, size_t k)
{
    double sum = 0, error = 1e-9;
    size_t open = 0;
    if (w->p->complete && w->p->index_sum != 1) fail_msg("scale %g, network %zu: index sum", scale, k);
    for (size_t c = 0; c < w->c->count; c++)
        if (w->c->items[c].index_sum != 1) fail_msg("scale %g, network %zu: index sum of a cycle", scale, k);
    assert_int_equal(w->s->cycle_count, w->c->count);
    for (size_t b = 0; b < w->s->count; b++) {
        const grl_limit *limit = &w->s->branches[b].limit;
        open += limit->kind == GRL_LIMIT_UNDECIDED;
        if (limit->kind == GRL_LIMIT_POINT) assert_true(limit->which < w->p->count);
        if (limit->kind == GRL_LIMIT_CYCLE) assert_true(limit->which < w->c->count);
        assert_false(limit->kind == GRL_LIMIT_BOUNDARY && !w->s->branches[b].stable);
    }
    assert_int_equal(open, w->s->undecided);
    for (size_t b = 0; b < w->s->basin_count; b++) {
        sum += w->s->basins[b].fraction;
        error += w->s->basins[b].error;
    }
    if (!(fabs(sum - 1) <= error)) fail_msg("scale %g, network %zu: basins sum to %.12g", scale, k, sum);
}

/* The larger of the two rates 1 - z, which sets the pace of a state: steps are as long as it allows. */
static double rate(const grl_cell *cell, double x, double y)
{
    const double *U = grl_cell_values(cell, GRL_U_Z), *b = grl_cell_values(cell, GRL_B_Z);
    return 1 / (1 + exp(fmin(U[0] * x + U[1] * y + b[0], U[2] * x + U[3] * y + b[1])));
}

/* One step of RK4 for all states, and what it adds to their paths. */
static void step(const grl_cell *cell, const grl_batch *batch, double *H, double *path)
{
    static double K[4][2 * STARTS], at[2 * STARTS], dt[STARTS];
    static const double part[] = {0, 0.5, 0.5, 1};
    for (size_t n = 0; n < STARTS; n++) dt[n] = 0.05 / rate(cell, H[n], H[STARTS + n]);
    for (int i = 0; i < 4; i++) {
        for (size_t n = 0; n < 2 * STARTS; n++)
            at[n] = H[n] + (i > 0 ? dt[n % STARTS] * part[i] * K[i - 1][n] : 0);
        grl_batch_field(batch, at, K[i]);
    }
    for (size_t n = 0; n < 2 * STARTS; n++) {
        double change = dt[n % STARTS] / 6 * (K[0][n] + 2 * K[1][n] + 2 * K[2][n] + K[3][n]);
        H[n] += change;
        path[n % STARTS] += fabs(change);
    }
}

static double to_cycle(const grl_closed_orbit *cycle, double x, double y)
{
    double least = INFINITY;
    for (size_t i = 0; i < cycle->count; i++) {
        const double *a = cycle->points + 2 * i, *b = cycle->points + 2 * ((i + 1) % cycle->count);
        double dx = b[0] - a[0], dy = b[1] - a[1],
               s = ((x - a[0]) * dx + (y - a[1]) * dy) / fmax(dx * dx + dy * dy, 1e-300);
        s = s < 0 ? 0 : s > 1 ? 1 : s;
        least = fmin(least, hypot(x - a[0] - s * dx, y - a[1] - s * dy));
    }
    return least;
}

/* What the portrait has at a state: a stable point, or a degenerate one; or a stable cycle. */
static int is_listed(const whole *w, double x, double y)
{
    for (size_t i = 0; i < w->p->count; i++) {
        const grl_fixed_point *point = &w->p->points[i];
        double near = point->type == GRL_DEGENERATE || point->type == GRL_CENTER ? 0.1 : 1e-3;
        if ((point->unstable == 0 || near > 0.01) && hypot(x - point->h[0], y - point->h[1]) < near) return 1;
    }
    for (size_t c = 0; c < w->s->cycle_count; c++)
        if ((w->s->cycles[c].stable || w->c->items[c].nearly_degenerate) &&
            to_cycle(&w->s->cycles[c], x, y) < 2e-3)
            return 1;
    return 0;
}

/* 400 starts, simulated until all are at something listed or time is over. How many are not, and how many of
 * these still go about: those would be at an attractor that is missing. The others creep towards one along a
 * unit whose gate is all but shut. */
static size_t brute_force(const whole *w, size_t *going)
{
    enum { ROUNDS = 30, STEPS = 400 };
    static double H[2 * STARTS], path[STARTS];
    grl_batch *batch;
    size_t left = STARTS;
    assert_int_equal(grl_batch_create(2, grl_cell_reset(w->cell), STARTS, &batch, NULL), GRL_OK);
    for (size_t n = 0; n < STARTS; n++) {
        assert_int_equal(grl_batch_set(batch, n, w->cell, NULL), GRL_OK);
        H[n] = -1 + (2 * (double)(n % SIDE) + 1) / SIDE;
        H[STARTS + n] = -1 + (2 * (double)(n / SIDE) + 1) / SIDE;
    }
    for (int round = 0; round < ROUNDS && left > 0; round++) {
        memset(path, 0, sizeof path);
        for (int i = 0; i < STEPS; i++) step(w->cell, batch, H, path);
        left = *going = 0;
        for (size_t n = 0; n < STARTS; n++) {
            if (is_listed(w, H[n], H[STARTS + n])) continue;
            left++;
            *going += path[n] > 0.2;
        }
        /* What creeps is let alone. */
        if (*going == 0 && round > 5) break;
    }
    grl_batch_free(batch);
    return left;
}

static void test_brute_force(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        size_t creeping = 0, slow = 0, undecided = 0, samples = 0, open = 0, cycles = 0, missing = 0;
        for (size_t k = 0; k < networks(); k++) {
            size_t going = 0;
            whole w = look(normal_network(scales[s], k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, k));
            check_sums(&w, scales[s], k);
            size_t left = brute_force(&w, &going);
            if (going > 0) {
                missing++;
                print_message("scale %g, network %zu: %zu of %d starts go about where nothing is listed\n",
                              scales[s], k, going, STARTS);
            }
            slow += left > going;
            creeping += left - going;
            cycles += w.c->count;
            undecided += w.s->undecided > 0;
            open += w.c->undecided > 0;
            samples += w.s->basin_method == GRL_BASIN_SAMPLES;
            drop(&w);
        }
        print_message(
            "scale %g: %zu networks, %zu cycles; undecided branches in %zu, cycles in %zu; basins by "
            "samples in %zu; %zu starts in %zu networks creep\n",
            scales[s], networks(), cycles, undecided, open, samples, creeping, slow);
        assert_int_equal(missing, 0);
    }
}

/* The same network with its units swapped. */
static grl_cell *swapped(const grl_cell *cell)
{
    grl_cell *other;
    assert_int_equal(grl_cell_create(2, 0, grl_cell_reset(cell), &other, NULL), GRL_OK);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < columns; j++)
                grl_cell_block(other, (grl_block)b)[i * columns + j] = grl_cell_values(
                    cell, (grl_block)b)[(rows - 1 - i) * columns + (columns > 1 ? columns - 1 - j : 0)];
    }
    return other;
}

/* The place in the portrait of the mirror image of a point: units swapped, or h -> -h. */
static size_t image_of(const grl_portrait *p, const double *h, int negate)
{
    size_t best = 0;
    double least = INFINITY;
    for (size_t i = 0; i < p->count; i++) {
        double d = negate ? hypot(p->points[i].h[0] + h[0], p->points[i].h[1] + h[1])
                          : hypot(p->points[i].h[0] - h[1], p->points[i].h[1] - h[0]);
        if (d < least) {
            least = d;
            best = i;
        }
    }
    check_near(least, 0, 1e-9);
    return best;
}

static int ascending(const void *a, const void *b)
{
    const double *p = a, *q = b;
    return *p < *q ? -1 : *p > *q;
}

static void compare(const whole *a, const whole *b, int negate, double scale, size_t k)
{
    if (a->p->count != b->p->count || a->c->count != b->c->count || a->s->undecided != b->s->undecided)
        fail_msg("scale %g, network %zu: %zu and %zu points, %zu and %zu cycles, %zu and %zu undecided",
                 scale, k, a->p->count, b->p->count, a->c->count, b->c->count, a->s->undecided,
                 b->s->undecided);
    double periods[2][64];
    assert_true(a->c->count <= 64);
    for (size_t c = 0; c < a->c->count; c++) {
        periods[0][c] = a->c->items[c].period;
        periods[1][c] = b->c->items[c].period;
    }
    qsort(periods[0], a->c->count, sizeof(double), ascending);
    qsort(periods[1], a->c->count, sizeof(double), ascending);
    for (size_t c = 0; c < a->c->count; c++) check_near(periods[0][c], periods[1][c], 1e-9 * periods[1][c]);
    for (size_t m = 0; m < a->s->count; m++) {
        const grl_branch *one = &a->s->branches[m];
        size_t saddle = image_of(b->p, a->p->points[one->saddle].h, negate), found = 0;
        double x = negate ? -one->direction[0] : one->direction[1],
               y = negate ? -one->direction[1] : one->direction[0];
        for (size_t n = 0; n < b->s->count; n++) {
            const grl_branch *two = &b->s->branches[n];
            if (two->saddle != saddle || two->stable != one->stable ||
                !(two->direction[0] * x + two->direction[1] * y > 0.999))
                continue;
            found++;
            if (one->limit.kind != two->limit.kind)
                fail_msg("scale %g, network %zu: a branch has limits %d and %d", scale, k,
                         (int)one->limit.kind, (int)two->limit.kind);
            if (one->limit.kind == GRL_LIMIT_POINT)
                assert_int_equal(two->limit.which, image_of(b->p, a->p->points[one->limit.which].h, negate));
        }
        assert_int_equal(found, 1);
    }
    for (size_t m = 0; m < a->s->basin_count; m++) {
        const grl_basin *one = &a->s->basins[m];
        if (one->attractor.kind != GRL_LIMIT_POINT) continue;
        size_t image = image_of(b->p, a->p->points[one->attractor.which].h, negate);
        for (size_t n = 0; n < b->s->basin_count; n++) {
            const grl_basin *two = &b->s->basins[n];
            if (two->attractor.kind != GRL_LIMIT_POINT || two->attractor.which != image) continue;
            double allowed = 4 * (one->error + two->error) + 1e-9;
            if (!(fabs(one->fraction - two->fraction) <= allowed))
                fail_msg("scale %g, network %zu: areas %.9g and %.9g", scale, k, one->fraction,
                         two->fraction);
        }
    }
}

static void test_swapped_units(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        for (size_t k = 0; k < networks(); k++) {
            whole a = look(normal_network(scales[s], k % 2 ? GRL_RESET_AFTER : GRL_RESET_BEFORE, k));
            whole b = look(swapped(a.cell));
            compare(&a, &b, 0, scales[s], k);
            drop(&a);
            drop(&b);
        }
}

/* Without biases and with constant gates the flow is odd. */
static void test_odd_flows(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        for (size_t k = 0; k < networks(); k++) {
            grl_random random = grl_random_stream(5, k);
            double U_h[4];
            for (int i = 0; i < 4; i++) U_h[i] = scales[s] * normal(&random);
            whole a = look(network_of_U_h(2, U_h));
            compare(&a, &a, 1, scales[s], k);
            drop(&a);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_brute_force),
                                       cmocka_unit_test(test_swapped_units),
                                       cmocka_unit_test(test_odd_flows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
