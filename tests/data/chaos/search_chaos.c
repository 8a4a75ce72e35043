/* search_chaos.c: random networks whose motion is chaotic, as flow (16 units) and as map (3 units).
 *
 * Weights are normal, rounded to three digits, of network k from stream (1000, k). Each is run for 10,000 steps
 * (flow: Euler's method, 0.1) and then asked for its largest Lyapunov exponent; the first that is chaotic with an
 * exponent above 0.03 (flow) or 0.2 (map) is written to standard output.
 *
 *   gcc -std=gnu17 -I src -I include -I tests search_chaos.c build/libgrulens.a ... -o search_chaos
 *   ./search_chaos flow > chaos16.json;  ./search_chaos map > chaos3map.json */
#include "networks.h"
#include "portrait/lyapunov.h"

static void print(const char *name, const double *A, size_t rows, size_t columns)
{
    printf(",\n  \"%s\": [", name);
    for (size_t i = 0; i < rows; i++) {
        printf("%s", i > 0 ? ",\n    " : rows > 1 && columns > 1 ? "\n    " : "");
        for (size_t j = 0; j < columns; j++)
            printf("%s%.3f%s", j == 0 ? (columns > 1 ? "[" : "") : ", ", A[i * columns + j],
                   j + 1 == columns && columns > 1 ? "]" : "");
    }
    printf("]");
}

static void fill(grl_random *random, double *out, size_t count, double size)
{
    for (size_t i = 0; i < count; i++) out[i] = round(1000 * size * grl_random_normal(random)) / 1000;
}

int main(int count, char **arguments)
{
    int map = count > 1 && arguments[1][0] == 'm';
    size_t n = map ? 3 : 16;
    double gain = (map ? 10 : 6) / sqrt((double)n), gate = (map ? 4 : 0) / sqrt((double)n), h[16], f[16],
           work[200];
    for (uint64_t k = 0; k < 1000; k++) {
        grl_random random = grl_random_stream(1000, k);
        grl_cell *cell;
        grl_lyapunov found;
        grl_cell_create(n, 0, GRL_RESET_AFTER, &cell, NULL);
        fill(&random, grl_cell_block(cell, GRL_U_H), n * n, gain);
        fill(&random, grl_cell_block(cell, GRL_U_Z), n * n, gate);
        fill(&random, grl_cell_block(cell, GRL_B_H), n, 0.5);
        for (size_t i = 0; i < n; i++) h[i] = 2 * grl_random_uniform(&random) - 1;
        for (int t = 0; t < 10000; t++) {
            grl_cell_field(cell, NULL, h, f, work);
            for (size_t i = 0; i < n; i++) h[i] += (map ? 1 : 0.1) * f[i];
        }
        grl_system system = {cell, n, map ? GRL_DISCRETE : GRL_CONTINUOUS, 1, 0, 0};
        grl_lyapunov_run(&system, h, 2, 3000, 1e10, &found, NULL);
        int chosen = found.motion == GRL_MOTION_CHAOS && found.exponent[0] > (map ? 0.2 : 0.03);
        if (chosen) {
            printf(
                "{ \"format\": \"grulens-model\", \"version\": 1, \"hidden_size\": %zu, \"input_size\": 0, \"reset\": "
                "\"after\"",
                n);
            print("U_h", grl_cell_block(cell, GRL_U_H), n, n);
            if (map) print("U_z", grl_cell_block(cell, GRL_U_Z), n, n);
            print("b_h", grl_cell_block(cell, GRL_B_H), n, 1);
            printf(" }\n");
        }
        grl_lyapunov_free(&found);
        grl_cell_free(cell);
        if (chosen) return 0;
    }
    return 1;
}
