/* tally.c: classes of networks and how many there are.
 *
 * Counts add, first examples take the minimum, best examples the maximum of (margin, -number), light ones
 * of (-norm, -number): all are
 * commutative and associative, so a survey's content does not depend on how it was divided. */
#include "survey/tally.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

const char *grl_undecided_text(int reason)
{
    static const char *const words[] = {
        "unknown",
        "the list of fixed points is not proven complete",
        "the stability of a fixed point is not proven",
        "cycles may be missing, or one is nearly degenerate",
        "a separatrix was not followed to its end, or saddles are joined",
    };
    return words[reason > 0 && reason < GRL_UNDECIDED_REASONS ? reason : 0];
}

int grl_tally_better(double a, uint64_t i, double b, uint64_t k)
{
    return a > b || (a == b && i < k);
}

/* FNV-1a (Fowler, Noll and Vo). */
static size_t hash(const char *key)
{
    uint64_t h = 14695981039346656037u;
    for (; *key; key++) h = (h ^ (unsigned char)*key) * 1099511628211u;
    return (size_t)(h ^ (h >> 32));
}

/* The slot of a key: where it is, or where it belongs. */
static size_t find(const grl_tally *tally, const char *key)
{
    size_t at = hash(key) & (tally->slots - 1);
    while (tally->slot[at] != 0 && strcmp(tally->classes[tally->slot[at] - 1].key, key) != 0)
        at = (at + 1) & (tally->slots - 1);
    return at;
}

static int grow_table(grl_tally *tally)
{
    const size_t wanted = tally->slots ? 2 * tally->slots : 64;
    if (2 * (tally->count + 1) < tally->slots) return 1;
    size_t *slot = grl_calloc(wanted, sizeof *slot);
    if (!slot) return 0;
    free(tally->slot);
    tally->slot = slot;
    tally->slots = wanted;
    for (size_t i = 0; i < tally->count; i++) tally->slot[find(tally, tally->classes[i].key)] = i + 1;
    return 1;
}

grl_status grl_tally_add(grl_tally *tally, const grl_class *one, grl_error *error)
{
    if (!grow_table(tally)) return grl_fail_memory(error, tally->slots, 2 * sizeof *tally->slot);
    const size_t at = find(tally, one->key);
    if (tally->slot[at] == 0) {
        grl_class made = *one;
        made.key = grl_strdup(one->key);
        made.name = grl_strdup(one->name);
        if (!made.key || !made.name ||
            !grl_grow((void **)&tally->classes, &tally->capacity, tally->count, sizeof *tally->classes)) {
            free(made.key);
            free(made.name);
            return grl_fail_memory(error, tally->count + 1, sizeof *tally->classes);
        }
        tally->classes[tally->count++] = made;
        tally->slot[at] = tally->count;
        return GRL_OK;
    }
    grl_class *class = &tally->classes[tally->slot[at] - 1];
    class->count += one->count;
    if (one->first < class->first) class->first = one->first;
    if (grl_tally_better(one->margin, one->best, class->margin, class->best)) {
        class->margin = one->margin;
        class->best = one->best;
    }
    if (grl_tally_better(-one->norm, one->light, -class->norm, class->light)) {
        class->norm = one->norm;
        class->light = one->light;
    }
    return GRL_OK;
}

grl_status grl_tally_add_odd(grl_tally *tally, uint64_t index, int reason, grl_error *error)
{
    if (!grl_grow((void **)&tally->odd, &tally->odd_capacity, tally->odd_count, sizeof *tally->odd))
        return grl_fail_memory(error, tally->odd_count + 1, sizeof *tally->odd);
    tally->odd[tally->odd_count++] = (grl_odd){index, reason};
    return GRL_OK;
}

void grl_tally_clear(grl_tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        free(tally->classes[i].key);
        free(tally->classes[i].name);
    }
    tally->count = tally->odd_count = 0;
    if (tally->slots) memset(tally->slot, 0, tally->slots * sizeof *tally->slot);
}

void grl_tally_free(grl_tally *tally)
{
    grl_tally_clear(tally);
    free(tally->classes);
    free(tally->slot);
    free(tally->odd);
    *tally = (grl_tally){0};
}

/* What one class or one undecided network is in a packed tally; keys and names follow as bytes. */
typedef struct packed {
    size_t key, name;
    grl_class class;
} packed;

static void put(unsigned char **at, const void *from, size_t size)
{
    memcpy(*at, from, size);
    *at += size;
}

grl_status grl_tally_pack(const grl_tally *tally, unsigned char **bytes, size_t *size, grl_error *error)
{
    size_t total = 2 * sizeof(size_t) + tally->odd_count * sizeof *tally->odd;
    for (size_t i = 0; i < tally->count; i++)
        total += sizeof(packed) + strlen(tally->classes[i].key) + strlen(tally->classes[i].name);
    unsigned char *at = *bytes = grl_calloc(total, 1);
    if (!at) return grl_fail_memory(error, total, 1);
    *size = total;
    put(&at, &tally->count, sizeof tally->count);
    put(&at, &tally->odd_count, sizeof tally->odd_count);
    for (size_t i = 0; i < tally->count; i++) {
        const grl_class *class = &tally->classes[i];
        packed head = {strlen(class->key), strlen(class->name), *class};
        put(&at, &head, sizeof head);
        put(&at, class->key, head.key);
        put(&at, class->name, head.name);
    }
    for (size_t i = 0; i < tally->odd_count; i++) put(&at, &tally->odd[i], sizeof tally->odd[i]);
    return GRL_OK;
}

static int take(const unsigned char **at, const unsigned char *end, void *to, size_t size)
{
    if ((size_t)(end - *at) < size) return 0;
    memcpy(to, *at, size);
    *at += size;
    return 1;
}

static char *take_text(const unsigned char **at, const unsigned char *end, size_t size)
{
    if ((size_t)(end - *at) < size) return NULL;
    char *text = grl_calloc(size + 1, 1);
    if (text) take(at, end, text, size);
    return text;
}

grl_status grl_tally_unpack(const unsigned char *bytes, size_t size, grl_tally *tally, grl_error *error)
{
    const unsigned char *at = bytes, *end = bytes + size;
    size_t classes, odd;
    grl_status status = GRL_OK;
    int good = take(&at, end, &classes, sizeof classes) && take(&at, end, &odd, sizeof odd);
    for (size_t i = 0; good && i < classes && status == GRL_OK; i++) {
        packed head;
        if (!take(&at, end, &head, sizeof head))
            return grl_fail(error, GRL_BAD_INPUT, "a message was cut off");
        head.class.key = take_text(&at, end, head.key);
        head.class.name = take_text(&at, end, head.name);
        if (!head.class.key || !head.class.name)
            status = grl_fail_memory(error, 1, size);
        else
            status = grl_tally_add(tally, &head.class, error);
        free(head.class.key);
        free(head.class.name);
    }
    for (size_t i = 0; good && i < odd && status == GRL_OK; i++) {
        grl_odd one;
        good = take(&at, end, &one, sizeof one);
        if (good) status = grl_tally_add_odd(tally, one.index, one.reason, error);
    }
    return good ? status : grl_fail(error, GRL_BAD_INPUT, "a message was cut off");
}
