/* bench_inventory.c: random small networks whose fixed points are proven complete and counted by proven
 * stability, each second on one core, on each instruction set (one process each: the choice is made once).
 * Before the figure counts, every complete network must have index sum +1. The peer is the project's own
 * first prototype, scalar branch-and-prune on the C library without rigorous rounding: 60,000 two-unit
 * networks a second at weights up to 6, 0.61 ms a three-unit one. */
#include "base/random.h"
#include "cell/cell.h"
#include "clock.h"

#include <grulens/portrait.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int measure(size_t n, grl_reset reset, double scale, size_t count, double peer)
{
    grl_cell **cells = calloc(count, sizeof *cells);
    grl_inventory *inventories = calloc(count, sizeof *inventories);
    grl_error error;
    double best = INFINITY;
    size_t undecided = 0;
    if (!cells || !inventories) return 1;
    for (size_t i = 0; i < count; i++) {
        grl_random random = grl_random_stream(1, i);
        if (grl_cell_create(n, 0, reset, &cells[i], &error) != GRL_OK) return 1;
        for (size_t k = 0; k < cells[i]->total; k++)
            cells[i]->numbers[k] = scale * (2 * grl_random_uniform(&random) - 1);
    }
    for (int round = 0; round < 5; round++) {
        double start = seconds();
        if (grl_inventory_batch(count, (const grl_cell *const *)cells, NULL, inventories, &error) != GRL_OK) {
            printf("%s\n", error.message);
            return 1;
        }
        best = fmin(best, seconds() - start);
    }
    for (size_t i = 0; i < count; i++) {
        const grl_inventory *v = &inventories[i];
        int clear = v->complete && v->undecided == 0;
        undecided += !clear;
        if (clear && n == 2 && v->stable + v->unstable - v->saddle != 1) {
            printf("network %zu: index sum %d\n", i, v->stable + v->unstable - v->saddle);
            return 1;
        }
    }
    printf("%zu units, reset %-6s, weights to %-3g: %9.0f networks/s, %zu of %zu undecided", n,
           reset == GRL_RESET_AFTER ? "after" : "before", scale, (double)count / best, undecided, count);
    if (peer > 0) printf(", %.1fx the prototype", (double)count / best / peer);
    printf("\n");
    for (size_t i = 0; i < count; i++) grl_cell_free(cells[i]);
    free(cells);
    free(inventories);
    return 0;
}

int main(void)
{
    static const double scales[] = {1, 3, 6, 25, 100};
    int failed = 0;
    for (int reset = 0; reset < 2; reset++)
        for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
            failed |= measure(2, (grl_reset)reset, scales[s], scales[s] < 50 ? 20000 : 2000,
                              scales[s] == 6 ? 60000 : 0);
    for (int reset = 0; reset < 2; reset++) failed |= measure(3, (grl_reset)reset, 6, 1000, 1 / 0.61e-3);
    return failed;
}
