/* bench_search.c: all fixed points of networks of 2 to 128 units from 1024 starts, with certificates and
 * eigenvalues, on one thread, against the method of FixedPointFinder (Golub and Sussillo 2018) as
 * fixedpointfinder/fpf_peer.py has it in PyTorch, from as many starts on one thread. Both answers are checked
 * against the independent reference of tests/data/reference before anything is timed. Ratios above 1: ours is
 * faster. Run from the root of the source tree. */
#include <grulens/format.h>
#include <grulens/portrait.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const char *const cases[] = {"random2-g8-before",  "random8-g4-before",    "random16-g4-before",
                                    "flipflop16",         "random32-g4-before",   "random64-g4-after",
                                    "lowrank64-r2-after", "lowrank128-r2-before", "random128-g2-before"};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* How many points of the reference some point of ours meets. */
static size_t met(const grl_portrait *portrait, json_t *points)
{
    size_t count = 0;
    for (size_t k = 0; k < json_array_size(points); k++) {
        json_t *h = json_object_get(json_array_get(points, k), "h");
        double best = INFINITY;
        for (size_t l = 0; l < portrait->count; l++) {
            double distance = 0;
            for (size_t i = 0; i < portrait->hidden_size; i++)
                distance =
                    fmax(distance, fabs(portrait->points[l].h[i] - json_number_value(json_array_get(h, i))));
            best = fmin(best, distance);
        }
        count += best < 1e-9;
    }
    return count;
}

/* One run of the peer as its JSON, or NULL. */
static json_t *peer(const char *name, const char *model, const char *rate)
{
    char command[1024];
    snprintf(
        command, sizeof command,
        "/usr/bin/python3 bench/fixedpointfinder/fpf_peer.py tests/data/%s --starts 1024 --threads 1 --lr %s "
        "--reference tests/data/reference/%s.points.json 2>/dev/null",
        model, rate, name);
    FILE *pipe = popen(command, "r");
    if (!pipe) return NULL;
    json_t *json = json_loadf(pipe, JSON_DISABLE_EOF_CHECK, NULL);
    pclose(pipe);
    return json;
}

static int run(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "tests/data/reference/%s.points.json", name);
    json_t *reference = json_load_file(path, 0, NULL), *points = json_object_get(reference, "points");
    const char *file = json_string_value(json_object_get(reference, "model"));
    if (!file) return fprintf(stderr, "%s: cannot be read\n", path), 1;
    grl_error error;
    grl_model *model = NULL;
    grl_portrait *portrait = NULL;
    grl_portrait_options options = grl_portrait_defaults();
    options.method = GRL_METHOD_SEARCH;
    options.max_starts = 1024;
    options.unseen = 1e-9; /* all of them */
    options.threads = 1;
    snprintf(path, sizeof path, "tests/data/%s", file);
    if (grl_model_load(path, NULL, &model, &error) != GRL_OK)
        return fprintf(stderr, "%s\n", error.message), 1;
    double best = INFINITY;
    size_t found = 0, right = 0;
    for (int k = 0; k < 3; k++) {
        double start = seconds();
        if (grl_portrait_compute(grl_model_cell(model), NULL, &options, &portrait, &error) != GRL_OK)
            return fprintf(stderr, "%s\n", error.message), 1;
        best = fmin(best, seconds() - start);
        found = portrait->count;
        right = met(portrait, points);
        grl_portrait_free(portrait);
    }
    grl_model_free(model);
    printf("%-22s %3zu of %3zu points, %zu false  %8.3f s\n", name, right, json_array_size(points),
           found - right, best);
    const char *const rates[] = {"1.0", "0.05"};
    for (int k = 0; k < 2; k++) {
        json_t *answer = peer(name, file, rates[k]);
        if (!answer) {
            printf("%-22s no peer: python3-torch is needed\n", "");
            break;
        }
        double time = json_number_value(json_object_get(answer, "time"));
        printf("%-22s %3lld of %3zu points, %lld false  %8.3f s  ratio %.0f   (peer, rate %s)\n", "",
               (long long)json_integer_value(json_object_get(answer, "true")), json_array_size(points),
               (long long)json_integer_value(json_object_get(answer, "false")), time, time / best, rates[k]);
        json_decref(answer);
    }
    fflush(stdout);
    json_decref(reference);
    return right == found ? 0 : 1;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        if (argc < 2 || strcmp(argv[1], cases[k]) == 0) failed |= run(cases[k]);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("largest memory: %.0f MB\n", (double)usage.ru_maxrss / 1024);
    return failed;
}
