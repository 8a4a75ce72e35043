/* bench_portrait.c: the complete portrait of two-unit flows, fixed points to basins and document, a network at
 * a time on one thread. Each answer is checked before its time counts: complete points with the index sum +1,
 * cycles around the index sum +1, basins that fill the square, and every branch either decided or counted. */
#include "base/random.h"
#include "clock.h"

#include <grulens/cycles.h>
#include <grulens/report.h>
#include <grulens/separatrices.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORKS = 400, PARTS = 5 };

/* Weights and biases uniform in (-scale, scale). */
static grl_cell *network(double scale, int after, unsigned long long index)
{
    grl_cell *cell;
    grl_random random = grl_random_stream(7, index);
    if (grl_cell_create(2, 0, after ? GRL_RESET_AFTER : GRL_RESET_BEFORE, &cell, NULL) != GRL_OK) exit(1);
    for (int b = 0; b < GRL_BLOCKS; b++) {
        size_t rows, columns;
        grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
        for (size_t i = 0; i < rows * columns; i++)
            grl_cell_block(cell, (grl_block)b)[i] = scale * (2 * grl_random_uniform(&random) - 1);
    }
    return cell;
}

static void expect(int true_for_all, const char *what, double scale, unsigned long long index)
{
    if (true_for_all) return;
    printf("scale %g, network %llu: %s\n", scale, index, what);
    exit(1);
}

static int ascending(const void *a, const void *b)
{
    const double *p = a, *q = b;
    return *p < *q ? -1 : *p > *q;
}

/* Seconds for the points, the cycles, the manifolds and basins, the document, and all. */
static void one(double scale, unsigned long long index, double parts[PARTS], size_t undecided[3])
{
    grl_cell *cell = network(scale, index % 2 != 0, index);
    grl_model *model;
    grl_portrait *p;
    expect(grl_model_create(cell, &model, NULL) == GRL_OK, "no model", scale, index);
    grl_portrait_options o = grl_portrait_defaults();
    o.threads = 1;
    double at[PARTS], sum = 0, error = 1e-9;
    at[0] = seconds();
    expect(grl_portrait_compute(cell, NULL, &o, &p, NULL) == GRL_OK, "no portrait", scale, index);
    at[1] = seconds();
    expect(grl_cycles_compute(cell, NULL, p, NULL, &p->cycles, NULL) == GRL_OK, "no cycles", scale, index);
    at[2] = seconds();
    expect(grl_separatrices_compute(cell, NULL, p, NULL, &p->separatrices, NULL) == GRL_OK, "no manifolds",
           scale, index);
    at[3] = seconds();
    char *json = NULL, *text = NULL;
    expect(grl_report_analysis_json(model, "random", NULL, p, NULL, &json, NULL) == GRL_OK &&
               grl_report_analysis_text(model, "random", NULL, p, NULL, 0, &text, NULL) == GRL_OK,
           "no document", scale, index);
    at[4] = seconds();
    for (int k = 0; k < 4; k++) parts[k] = at[k + 1] - at[k];
    parts[4] = at[4] - at[0];
    expect(!p->complete || p->index_sum == 1, "the index sum", scale, index);
    for (size_t c = 0; c < p->cycles->count; c++)
        expect(p->cycles->items[c].index_sum == 1, "a cycle's index sum", scale, index);
    size_t open = 0;
    for (size_t b = 0; b < p->separatrices->count; b++)
        open += p->separatrices->branches[b].limit.kind == GRL_LIMIT_UNDECIDED;
    expect(open == p->separatrices->undecided, "the count of undecided branches", scale, index);
    for (size_t b = 0; b < p->separatrices->basin_count; b++) {
        sum += p->separatrices->basins[b].fraction;
        error += p->separatrices->basins[b].error;
    }
    expect(fabs(sum - 1) <= error, "the basins do not fill the square", scale, index);
    undecided[0] += open > 0;
    undecided[1] += p->cycles->undecided > 0;
    undecided[2] += p->separatrices->basin_method == GRL_BASIN_SAMPLES;
    grl_text_free(json);
    grl_text_free(text);
    grl_portrait_free(p);
    grl_model_free(model);
}

int main(void)
{
    static const double scales[] = {3, 6, 12, 20};
    static const char *const names[PARTS] = {"points", "cycles", "manifolds, basins", "document", "all"};
    static double times[PARTS][NETWORKS];
    printf("%-6s %-18s %10s %10s %10s %12s\n", "scale", "", "median ms", "99 % ms", "worst ms", "networks/s");
    for (size_t s = 0; s < sizeof scales / sizeof scales[0]; s++) {
        size_t undecided[3] = {0};
        for (size_t i = 0; i < NETWORKS; i++) {
            double parts[PARTS];
            one(scales[s], i, parts, undecided);
            for (int k = 0; k < PARTS; k++) times[k][i] = parts[k];
        }
        for (int k = 0; k < PARTS; k++) {
            double sum = 0;
            qsort(times[k], NETWORKS, sizeof times[k][0], ascending);
            for (size_t i = 0; i < NETWORKS; i++) sum += times[k][i];
            printf("%-6g %-18s %10.3f %10.3f %10.3f %12.0f\n", scales[s], names[k],
                   1e3 * times[k][NETWORKS / 2], 1e3 * times[k][NETWORKS * 99 / 100],
                   1e3 * times[k][NETWORKS - 1], NETWORKS / sum);
        }
        printf("%-6g of %d networks, undecided: branches in %zu, cycles in %zu; basins by samples in %zu\n",
               scales[s], NETWORKS, undecided[0], undecided[1], undecided[2]);
    }
    return 0;
}
