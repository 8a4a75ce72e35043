/* search.c: found the networks beside it, by random draws of weights with two decimals. Not part of any build:
 *
 *     cc -Isrc -Iinclude tests/data/cycles/search.c build/libgrulens.a (and its libraries) -lm -o search
 *     ./search three|beside|attractors SCALE COUNT >NAME.json
 *
 * three: a cycle around three fixed points. beside: two cycles, neither around the other. attractors: a stable
 * cycle and three stable points. */
#include "base/random.h"

#include <grulens/cycles.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wanted(const char *what, const grl_portrait *p, const grl_cycles *c)
{
    int stable_points = 0, stable_cycles = 0;
    for (size_t i = 0; i < p->count; i++) stable_points += p->points[i].unstable == 0;
    for (size_t i = 0; i < c->count; i++) stable_cycles += c->items[i].stable;
    if (strcmp(what, "attractors") == 0) return stable_cycles > 0 && stable_points >= 3;
    if (strcmp(what, "three") == 0) {
        for (size_t i = 0; i < c->count; i++)
            if (c->items[i].enclosed_count == 3) return 1;
        return 0;
    }
    for (size_t i = 0; i < c->count; i++)
        for (size_t k = 0; k < i; k++)
            if (c->items[i].high[0] < c->items[k].low[0] || c->items[i].low[0] > c->items[k].high[0] ||
                c->items[i].high[1] < c->items[k].low[1] || c->items[i].low[1] > c->items[k].high[1])
                return 1;
    return 0;
}

static void print(const grl_cell *cell)
{
    static const struct {
        const char *name;
        grl_block block;
    } blocks[] = {{"U_z", GRL_U_Z}, {"U_r", GRL_U_R}, {"U_h", GRL_U_H},
                  {"b_z", GRL_B_Z}, {"b_r", GRL_B_R}, {"b_h", GRL_B_H}};
    printf(
        "{\"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": 2, \"input_size\": 0, \"reset\": "
        "\"before\"");
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        const double *v = grl_cell_values(cell, blocks[b].block);
        if (b < 3)
            printf(",\n \"%s\": [[%g, %g], [%g, %g]]", blocks[b].name, v[0], v[1], v[2], v[3]);
        else
            printf(",\n \"%s\": [%g, %g]", blocks[b].name, v[0], v[1]);
    }
    printf("}\n");
}

int main(int count, char **arguments)
{
    double scale = count > 2 ? atof(arguments[2]) : 5;
    long most = count > 3 ? atol(arguments[3]) : 100000;
    if (count < 2) return 2;
    for (long k = 0; k < most; k++) {
        grl_cell *cell;
        grl_portrait *p = NULL;
        grl_cycles *c = NULL;
        grl_portrait_options o = grl_portrait_defaults();
        grl_random random = grl_random_stream(17, (uint64_t)k);
        o.max_starts = 1;
        if (grl_cell_create(2, 0, GRL_RESET_BEFORE, &cell, NULL) != GRL_OK) return 1;
        for (int b = 0; b < GRL_BLOCKS; b++) {
            size_t rows, columns;
            grl_block_shape((grl_block)b, 2, 0, &rows, &columns);
            /* The first two in odd flows, h' = -f(-h), where cycles around saddles and pairs of cycles are not
             * rare. */
            int zero = b == GRL_C_H || (arguments[1][0] != 'a' && b != GRL_U_H && b != GRL_B_Z);
            for (size_t i = 0; i < rows * columns; i++) {
                double draw = (double)(long)(100 * scale * (2 * grl_random_uniform(&random) - 1)) / 100;
                grl_cell_block(cell, (grl_block)b)[i] = zero ? 0 : draw;
            }
        }
        if (grl_portrait_compute(cell, NULL, &o, &p, NULL) != GRL_OK ||
            grl_cycles_compute(cell, NULL, p, NULL, &c, NULL) != GRL_OK)
            return 1;
        int found = c->undecided == 0 && wanted(arguments[1], p, c);
        if (found) print(cell);
        grl_cycles_free(c);
        grl_portrait_free(p);
        grl_cell_free(cell);
        if (found) return 0;
    }
    return 3;
}
