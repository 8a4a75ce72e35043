/* tally.h (internal): classes of networks and how many there are, for a part of a survey. */
#ifndef GRL_SURVEY_TALLY_H
#define GRL_SURVEY_TALLY_H

#include <grulens/status.h>
#include <stddef.h>
#include <stdint.h>

/* Why a network has no class. The numbers are stored in catalogues. */
typedef enum grl_undecided_reason {
    GRL_UNDECIDED_POINTS = 1,     /* the list of fixed points is not proven complete */
    GRL_UNDECIDED_STABILITY = 2,  /* a point's stability is not proven */
    GRL_UNDECIDED_CYCLES = 3,     /* there may be cycles that were not found, or one is nearly degenerate */
    GRL_UNDECIDED_SEPARATRIX = 4, /* a separatrix was not followed to its limit set, or saddles are joined */
    GRL_UNDECIDED_REASONS
} grl_undecided_reason;

const char *grl_undecided_text(int reason); /* in words; static storage */

typedef struct grl_class {
    char *key;  /* what tells classes apart */
    char *name; /* for people; follows from the key */
    int stable, unstable, saddle;
    int stable_cycles, unstable_cycles; /* -1: not looked at */
    uint64_t count;
    uint64_t first; /* the least number of a network of this class */
    uint64_t best;  /* the number of the one farthest from a bifurcation; of equals the least */
    double margin;  /* its distance */
    uint64_t light; /* the one with the smallest numbers; of equals the least */
    double norm;    /* their Frobenius norm */
} grl_class;

typedef struct grl_odd {
    uint64_t index;
    int reason;
} grl_odd;

typedef struct grl_tally {
    size_t count, capacity;
    grl_class *classes;
    size_t slots; /* of a hash table of places + 1, a power of two */
    size_t *slot;
    size_t odd_count, odd_capacity;
    grl_odd *odd;
} grl_tally; /* starts as {0} */

/* Adds one network, or a class with its counts (key and name are copied). The order does not matter for the
 * content. */
grl_status grl_tally_add(grl_tally *tally, const grl_class *one, grl_error *error);
grl_status grl_tally_add_odd(grl_tally *tally, uint64_t index, int reason, grl_error *error);
void grl_tally_clear(grl_tally *tally);
void grl_tally_free(grl_tally *tally); /* and clears */

/* As bytes, for another process of the same program on the same kind of machine; free with free(). */
grl_status grl_tally_pack(const grl_tally *tally, unsigned char **bytes, size_t *size, grl_error *error);
grl_status grl_tally_unpack(const unsigned char *bytes, size_t size, grl_tally *tally, grl_error *error);

/* Is a network with margin a and number i a better example than one with margin b and number k? */
int grl_tally_better(double a, uint64_t i, double b, uint64_t k);

#endif
