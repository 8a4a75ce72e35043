/* settle.c: the code of a scheme whose arms are in order but for some neighbours.
 *
 * Where branches of manifolds run together, or where a very stiff flow was integrated badly, their order at a
 * node may be wrong or unknown. Few orders fit together: of the map of a structurally stable flow all faces have
 * four sides (scheme.c), and an exchange of neighbours hardly leaves them so. Therefore all orders of the doubtful
 * ones are tried. The true order is among them and has no fault; so if all without fault have one code, that is the
 * true one, whatever its order.
 *
 * What makes it fail: more than some thousand orders; two that fit; arms that are ordered wrongly though far apart. */
#include "portrait/settle.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TRIALS = 6000 };

static const double doubtful = 0.02;

static const char *const unclear = "branches run too close together to tell their order";

typedef struct search {
    grl_scheme *s;
    const double *gaps;
    double limit; /* arms with a gap of at most this are exchanged */
    size_t trials;
    char *code;
    int several; /* different codes */
    const char *fault;
    grl_error *error;
} search;

static grl_status look(search *t)
{
    const char *fault = NULL;
    t->trials++;
    grl_status status = grl_scheme_check(t->s, &fault, t->error);
    if (status != GRL_OK || fault) {
        t->fault = fault ? fault : t->fault;
        return status;
    }
    char *code = grl_scheme_code(t->s);
    if (!code) return grl_fail(t->error, GRL_NO_MEMORY, "not enough memory for the signature");
    if (!t->code) {
        t->code = code;
        return GRL_OK;
    }
    t->several = t->several || strcmp(code, t->code) != 0;
    free(code);
    return GRL_OK;
}

/* All orders from this place on: it is exchanged with each later one of its group. */
static grl_status permute(search *t, size_t place)
{
    size_t all = 4 * t->s->saddles, end = place, *arms = t->s->arms;
    grl_status status = GRL_OK;
    if (t->several || t->trials >= MOST_TRIALS) return GRL_OK;
    if (place >= all) return look(t);
    while (end + 1 < all && t->gaps[end] <= t->limit) end++;
    for (size_t k = place; k <= end && status == GRL_OK; k++) {
        size_t swap = arms[place];
        arms[place] = arms[k];
        arms[k] = swap;
        status = permute(t, place + 1);
        arms[k] = arms[place];
        arms[place] = swap;
    }
    return status;
}

static grl_status try_all(search *t, double limit)
{
    t->limit = limit;
    t->trials = 0;
    return permute(t, 0);
}

grl_status grl_scheme_settle(grl_scheme *scheme, const double *gaps, char **code, const char **fault,
                             grl_error *error)
{
    search t = {.s = scheme, .gaps = gaps, .error = error};
    *code = NULL;
    *fault = NULL;
    grl_status status = try_all(&t, 0);
    if (status == GRL_OK && !t.code && t.trials < MOST_TRIALS) status = try_all(&t, doubtful);
    if (status == GRL_OK && (t.several || t.trials >= MOST_TRIALS))
        *fault = unclear;
    else if (status == GRL_OK && !t.code)
        *fault = t.fault;
    if (status != GRL_OK || *fault)
        free(t.code);
    else
        *code = t.code;
    return status;
}
