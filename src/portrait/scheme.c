/* scheme.c: the canonical code of a planar map, and whether it is one of a structurally stable flow.
 *
 * Cut the square along its cycles, and shrink the border and each side of a cycle to a point. Each piece is
 * then a flow on a sphere with saddles, sources and sinks only, whose scheme is a map: nodes and saddles
 * joined by the saddles' arms, with the cyclic order of the arms at each. Two such flows are equivalent
 * exactly when their maps are (Andronov, Leontovich, Gordon, Maier 1973; Peixoto 1973). Every face of
 * the map has four sides, source - saddle - sink - saddle, and is a strip of orbits from the source to the
 * sink. docs/signatures.md has the theorem for the whole square.
 *
 * Faces. Going along an arm to its node, on to the next arm there, back to its saddle and on to the next arm
 * there, walks half around a face; doing it twice must come back. With E = 4 S arms and faces of four sides
 * F = E / 2, so Euler's V - E + F = 2 says N - S = 2 for N nodes and S saddles of a piece: the index sum.
 *
 * Code. A piece is written from its outer node (border, or inside of a cycle), starting with any of that
 * node's arms: nodes in the order in which they are met, each with its arms in order from the one by which it
 * was met; saddles are numbered as they are met, their arms called a, b, c, d in order from the one by which
 * they were met. A cycle's inner piece follows its outer node in brackets. Everything is read in one of two
 * orientations, the same for all pieces. The text can be read back to the map, so that equal texts mean equal
 * maps; and the least text over all starts, and over both orientations, depends on the map alone. (Such codes
 * of rooted maps: Weinberg 1966; Brinkmann and McKay 2007.)
 *
 * The work is for each piece that of one text times the arms of its outer node. */
#include "portrait/scheme.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = -1 };

typedef struct reader {
    const grl_scheme *s;
    int mirrored;
    size_t *node;  /* of each arm */
    size_t *place; /* of each arm, in scheme.arms */
    /* Of the piece that is being written: */
    size_t *label; /* of each saddle, from 1; 0: not met yet */
    size_t *arm_a; /* of each saddle met: the arm called a */
    size_t *queue; /* nodes met */
    size_t *entry; /* of each node met: the place of the arm by which it was met */
    char *met;     /* nodes */
    char **inside; /* of each OUTSIDE node, the code of its inner piece */
} reader;

static size_t next_at_saddle(const reader *r, size_t arm)
{
    return arm / 4 * 4 + (arm + (r->mirrored ? 3 : 1)) % 4;
}

static size_t next_at_node(const reader *r, size_t arm)
{
    const grl_node *node = &r->s->nodes[r->node[arm]];
    size_t k = r->place[arm] - node->first;
    return r->s->arms[node->first + (k + (r->mirrored ? node->count - 1 : 1)) % node->count];
}

static void drop(reader *r)
{
    for (size_t i = 0; r->inside && i < r->s->count; i++) free(r->inside[i]);
    free(r->node);
    free(r->place);
    free(r->label);
    free(r->arm_a);
    free(r->queue);
    free(r->entry);
    free(r->met);
    free(r->inside);
}

static int make(reader *r, const grl_scheme *scheme)
{
    size_t arms = 4 * scheme->saddles;
    *r = (reader){.s = scheme};
    r->node = grl_calloc(arms, sizeof *r->node);
    r->place = grl_calloc(arms, sizeof *r->place);
    r->label = grl_calloc(scheme->saddles, sizeof *r->label);
    r->arm_a = grl_calloc(scheme->saddles, sizeof *r->arm_a);
    r->queue = grl_calloc(scheme->count, sizeof *r->queue);
    r->entry = grl_calloc(scheme->count, sizeof *r->entry);
    r->met = grl_calloc(scheme->count, sizeof *r->met);
    r->inside = grl_calloc(scheme->count, sizeof *r->inside);
    if (!r->node || !r->place || !r->label || !r->arm_a || !r->queue || !r->entry || !r->met || !r->inside)
        return 0;
    for (size_t i = 0; i < scheme->count; i++)
        for (size_t k = 0; k < scheme->nodes[i].count; k++) {
            size_t place = scheme->nodes[i].first + k, arm = scheme->arms[place];
            r->node[arm] = i;
            r->place[arm] = place;
        }
    return 1;
}

/* Do orbits end here forwards in time? */
static int attracts(const grl_node *node)
{
    if (node->kind == GRL_NODE_OUTSIDE || node->kind == GRL_NODE_INSIDE) return node->stable;
    return node->kind == GRL_NODE_STABLE;
}

/* Numbers a saddle that is met by this arm, and lists the nodes of its other arms. */
static void meet(reader *r, size_t arm, size_t *saddles, size_t *nodes)
{
    if (r->label[arm / 4] > 0) return;
    r->label[arm / 4] = ++*saddles;
    r->arm_a[arm / 4] = arm;
    for (size_t k = 0, other = arm; k < 4; k++, other = next_at_saddle(r, other)) {
        size_t node = r->node[other];
        if (r->met[node]) continue;
        r->met[node] = 1;
        r->entry[node] = r->place[other];
        r->queue[(*nodes)++] = node;
    }
}

/* Goes through a piece from an arm of its outer node, or from the outer node alone if root is NONE. text may be NULL.
 * Returns how many nodes were met. */
static size_t walk(reader *r, size_t outer, size_t root, grl_text *text)
{
    static const char *const kinds[] = {"o", "s", "u", "", "i"};
    size_t saddles = 0, nodes = 1;
    memset(r->label, 0, r->s->saddles * sizeof *r->label);
    memset(r->met, 0, r->s->count);
    r->met[outer] = 1;
    r->queue[0] = outer;
    r->entry[outer] = root == (size_t)NONE ? 0 : r->place[root];
    for (size_t i = 0; i < nodes; i++) {
        const grl_node *node = &r->s->nodes[r->queue[i]];
        if (text && i > 0) grl_text_add(text, ",");
        if (text && node->kind == GRL_NODE_OUTSIDE)
            grl_text_addf(text, "%c%c", node->stable ? 'S' : 'U', node->clockwise == r->mirrored ? '+' : '-');
        else if (text)
            grl_text_add(text, kinds[node->kind]);
        size_t arm = node->count > 0 ? r->s->arms[r->entry[r->queue[i]]] : 0;
        for (size_t k = 0; k < node->count; k++, arm = next_at_node(r, arm)) {
            meet(r, arm, &saddles, &nodes);
            char letter = 'a';
            for (size_t a = r->arm_a[arm / 4]; a != arm; a = next_at_saddle(r, a)) letter++;
            if (text) grl_text_addf(text, "%zu%c", r->label[arm / 4], letter);
        }
        if (text && node->kind == GRL_NODE_OUTSIDE) grl_text_addf(text, "(%s)", r->inside[r->queue[i]]);
        /* A piece without saddles is a source and a sink. */
        for (size_t other = 0; node->count == 0 && i == 0 && other < r->s->count; other++)
            if (other != outer && r->s->nodes[other].piece == outer) r->queue[nodes++] = other;
    }
    return nodes;
}

/* Cycles around a node; the pieces within others are written first. */
static size_t depth(const grl_scheme *s, size_t node)
{
    size_t levels = 0, at = s->nodes[node].piece;
    while (at != 0 && levels <= s->count) {
        for (size_t i = 0; i < s->count; i++)
            if (s->nodes[i].kind == GRL_NODE_OUTSIDE && s->nodes[i].inside == at) {
                at = s->nodes[i].piece;
                break;
            }
        levels++;
    }
    return levels;
}

/* The least text of a piece. */
static char *least(reader *r, size_t outer)
{
    const grl_node *node = &r->s->nodes[outer];
    char *best = NULL;
    for (size_t k = 0; k < node->count || k == 0; k++) {
        grl_text text = {0};
        walk(r, outer, node->count > 0 ? r->s->arms[node->first + k] : (size_t)NONE, &text);
        char *code = grl_text_take(&text);
        if (!code || (best && strcmp(code, best) >= 0)) {
            free(code);
            if (!code) {
                free(best);
                return NULL;
            }
            continue;
        }
        free(best);
        best = code;
    }
    return best;
}

static char *code_of(reader *r)
{
    const grl_scheme *s = r->s;
    size_t deepest = 0;
    for (size_t i = 0; i < s->count; i++) {
        size_t levels = depth(s, i);
        deepest = levels > deepest ? levels : deepest;
    }
    /* The outer side of a cycle lies one level above its inner one. */
    for (size_t level = deepest + 1; level-- > 0;)
        for (size_t i = 0; i < s->count; i++) {
            if (s->nodes[i].kind != GRL_NODE_OUTSIDE || depth(s, i) != level) continue;
            free(r->inside[i]);
            r->inside[i] = least(r, s->nodes[i].inside);
            if (!r->inside[i]) return NULL;
        }
    return least(r, 0);
}

char *grl_scheme_code(const grl_scheme *scheme)
{
    reader r;
    char *plain = NULL, *mirrored = NULL;
    if (make(&r, scheme)) {
        plain = code_of(&r);
        r.mirrored = 1;
        if (plain) mirrored = code_of(&r);
    }
    drop(&r);
    if (!mirrored || strcmp(plain, mirrored) <= 0) {
        free(mirrored);
        if (mirrored) return plain;
        free(plain);
        return NULL;
    }
    free(plain);
    return mirrored;
}

/* Arms run within one piece, from sources and to sinks. */
static const char *fault_of_arms(const reader *r)
{
    const grl_scheme *s = r->s;
    for (size_t arm = 0; arm < 4 * s->saddles; arm++) {
        const grl_node *node = &s->nodes[r->node[arm]];
        if (s->arms[r->place[arm]] != arm) return "an arm of a saddle ends nowhere";
        if (attracts(node) != (int)(arm % 2)) return "an arm of a saddle ends in what it cannot end in";
        if (node->piece != s->pieces[arm / 4]) return "an arm of a saddle crosses a cycle";
    }
    return NULL;
}

static const char *fault_of_pieces(reader *r)
{
    const grl_scheme *s = r->s;
    for (size_t outer = 0; outer < s->count; outer++) {
        if (s->nodes[outer].piece != outer) continue;
        size_t nodes = 0, saddles = 0, sinks = 0;
        for (size_t i = 0; i < s->count; i++) {
            nodes += s->nodes[i].piece == outer;
            sinks += s->nodes[i].piece == outer && attracts(&s->nodes[i]);
        }
        for (size_t i = 0; i < s->saddles; i++) saddles += s->pieces[i] == outer;
        if (nodes != saddles + 2) return "the indices between the cycles do not add up";
        if (saddles == 0 && sinks != 1) return "orbits have nowhere to go";
        if (saddles > 0 && s->nodes[outer].count == 0) return "the manifolds do not join what they must";
        size_t root = s->nodes[outer].count > 0 ? s->arms[s->nodes[outer].first] : (size_t)NONE;
        if (walk(r, outer, root, NULL) != nodes) return "the manifolds do not join what they must";
    }
    return NULL;
}

grl_status grl_scheme_check(const grl_scheme *scheme, const char **fault_found, grl_error *error)
{
    reader r;
    if (!make(&r, scheme)) {
        drop(&r);
        return grl_fail_memory(error, scheme->count + 4 * scheme->saddles, sizeof(size_t));
    }
    const char *fault = fault_of_arms(&r);
    for (size_t arm = 0; !fault && arm < 4 * scheme->saddles; arm++) {
        size_t at = arm;
        for (int half = 0; half < 2; half++) at = next_at_saddle(&r, next_at_node(&r, at));
        if (at != arm) fault = "areas between the manifolds have more or fewer than four sides";
    }
    if (!fault) fault = fault_of_pieces(&r);
    drop(&r);
    *fault_found = fault;
    return GRL_OK;
}
