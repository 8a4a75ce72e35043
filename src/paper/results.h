/* results.h: the numbers of a report, as a tree with a path to each. "hopf/alpha" is the member alpha of the object
 * hopf; a part that is a number, as in "cases/0/alpha", is a place in a list. */
#ifndef GRL_PAPER_RESULTS_H
#define GRL_PAPER_RESULTS_H

#include "base/text.h"

#include <grulens/status.h>
#include <jansson.h>
#include <stddef.h>

/* Start from {json_object()}; what failed, a number that is not finite aside, stays in `failed`, so that only the
 * end needs a check. Paths are printf formats. What lies on the way is made where it is missing; a list grows by
 * one at its end. */
typedef struct grl_results {
    json_t *root;
    int failed;
} grl_results;

void grl_results_number(grl_results *results, double value, const char *path, ...)
    __attribute__((format(printf, 3, 4)));
void grl_results_integer(grl_results *results, long long value, const char *path, ...)
    __attribute__((format(printf, 3, 4)));
void grl_results_flag(grl_results *results, int value, const char *path, ...)
    __attribute__((format(printf, 3, 4)));
void grl_results_text(grl_results *results, const char *value, const char *path, ...)
    __attribute__((format(printf, 3, 4)));
void grl_results_numbers(grl_results *results, size_t count, const double *values, const char *path, ...)
    __attribute__((format(printf, 4, 5)));

/* Reading: NULL, NAN, 0, "" where there is no such thing. Lists of numbers are copied; free with free(). */
const json_t *grl_results_find(const json_t *root, const char *path);
double grl_results_value(const json_t *root, const char *path, ...) __attribute__((format(printf, 2, 3)));
int grl_results_is(const json_t *root, const char *path, ...) __attribute__((format(printf, 2, 3)));
const char *grl_results_words(const json_t *root, const char *path, ...)
    __attribute__((format(printf, 2, 3)));
size_t grl_results_count(const json_t *root, const char *path, ...) __attribute__((format(printf, 2, 3)));
grl_status grl_results_list(const json_t *root, const char *path, double **values, size_t *count,
                            grl_error *error);

/* Appends the tree as a document, with the shortest decimals that read back to the same doubles; equal trees give
 * equal bytes. */
void grl_results_write(const json_t *tree, grl_text *text);

/* Reads a document back. GRL_BAD_INPUT with the place on anything that is no JSON object. */
grl_status grl_results_read(const char *path, json_t **tree, grl_error *error);

#endif
