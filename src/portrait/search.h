/* search.h (internal): fixed points and slow points of a network of any size, by Newton's method from many
 * starts. */
#ifndef GRL_PORTRAIT_SEARCH_H
#define GRL_PORTRAIT_SEARCH_H

#include <grulens/portrait.h>
#include <stddef.h>

typedef struct grl_search_result {
    size_t n;
    size_t count;   /* fixed points, in the order in which they were found */
    double *a;      /* count x n: pre-activations */
    double *h;      /* count x n: tanh(a), rounded */
    double *radius; /* count: a fixed point is proven within this of h in every coordinate; < 0: not proven */
    int *starts;    /* count: how many starts ended here */
    size_t slow_count;
    double *slow_h;     /* slow_count x n */
    double *slow_speed; /* slow_count: |f|, 2-norm */
    int *slow_starts;   /* slow_count */
    long long starts_used;
    double unseen;          /* see grl_portrait */
    const char *stopped_by; /* "criterion", "limit" or "effort"; static storage */
} grl_search_result;

/* `autonomous` has no inputs; its biases may carry a radius, and what is proven then holds for all of them.
 * Uses from `options`: max_starts, unseen, seed, threads, progress. The same seed gives the same numbers on
 * any number of threads. GRL_STOPPED if the progress object asked for it. On failure the result is empty. */
grl_status grl_search(const grl_cell *autonomous, const grl_portrait_options *options,
                      grl_search_result *result, grl_error *error);
void grl_search_free(grl_search_result *result);

#endif
