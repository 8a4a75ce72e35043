/* test_scheme.c: the canonical code of planar maps, made by hand and at random, against an exhaustive search for
 * isomorphisms. */
#include "check.h"

#include "base/random.h"
#include "portrait/scheme.h"

#include <string.h>

enum { MOST_SADDLES = 5, MOST_NODES = 24, MOST_ARMS = 4 * MOST_SADDLES };

/* A map with lists that can grow. */
typedef struct map {
    size_t saddles, count;
    size_t pieces[MOST_SADDLES];
    grl_node nodes[MOST_NODES];
    size_t lists[MOST_NODES][MOST_ARMS];
} map;

static grl_scheme scheme_of(const map *m, grl_node *nodes, size_t *arms, size_t *pieces)
{
    size_t filled = 0;
    memcpy(nodes, m->nodes, sizeof m->nodes);
    memcpy(pieces, m->pieces, sizeof m->pieces);
    for (size_t i = 0; i < m->count; i++) {
        nodes[i].first = filled;
        for (size_t k = 0; k < nodes[i].count; k++) arms[filled++] = m->lists[i][k];
    }
    assert_int_equal(filled, 4 * m->saddles);
    return (grl_scheme){
        .saddles = m->saddles, .count = m->count, .pieces = pieces, .nodes = nodes, .arms = arms};
}

static const char *fault_of(const map *m)
{
    grl_node nodes[MOST_NODES];
    size_t arms[MOST_ARMS], pieces[MOST_SADDLES];
    const char *fault = NULL;
    grl_scheme scheme = scheme_of(m, nodes, arms, pieces);
    assert_int_equal(grl_scheme_check(&scheme, &fault, NULL), GRL_OK);
    return fault;
}

/* To be freed. */
static char *code_of(const map *m)
{
    grl_node nodes[MOST_NODES];
    size_t arms[MOST_ARMS], pieces[MOST_SADDLES];
    grl_scheme scheme = scheme_of(m, nodes, arms, pieces);
    char *code = grl_scheme_code(&scheme);
    assert_non_null(code);
    return code;
}

static size_t add_node(map *m, grl_node_kind kind, size_t piece)
{
    assert_true(m->count < MOST_NODES);
    m->nodes[m->count] = (grl_node){.kind = kind, .piece = piece};
    return m->count++;
}

static map rest(void)
{
    map m = {0};
    add_node(&m, GRL_NODE_BORDER, 0);
    add_node(&m, GRL_NODE_STABLE, 0);
    return m;
}

static void insert(map *m, size_t node, size_t at, size_t arm)
{
    grl_node *n = &m->nodes[node];
    memmove(&m->lists[node][at + 1], &m->lists[node][at], (n->count - at) * sizeof **m->lists);
    m->lists[node][at] = arm;
    n->count++;
}

static int attracts(const grl_node *n)
{
    return n->kind == GRL_NODE_STABLE ||
           ((n->kind == GRL_NODE_OUTSIDE || n->kind == GRL_NODE_INSIDE) && n->stable);
}

static size_t node_of(const map *m, size_t arm, size_t *at)
{
    for (size_t i = 0; i < m->count; i++)
        for (size_t k = 0; k < m->nodes[i].count; k++)
            if (m->lists[i][k] == arm) {
                *at = k;
                return i;
            }
    fail_msg("arm %zu ends nowhere", arm);
    return 0;
}

/* Before the arm at place `at` of node `one` there is a face; its corner at the other end. */
static size_t across(const map *m, size_t one, size_t at, size_t *other_at)
{
    if (m->nodes[one].count == 0) {
        *other_at = 0;
        for (size_t i = 0; i < m->count; i++)
            if (i != one && m->nodes[i].piece == m->nodes[one].piece) return i;
    }
    /* The next arm of that saddle ends at the other corner, and the face comes behind it. */
    size_t arm = m->lists[one][at], node = node_of(m, arm / 4 * 4 + (arm + 1) % 4, other_at);
    (*other_at)++;
    return node;
}

/* A fold in the face before place `at` of node `one`: a saddle, and a point of the other kind than `one`. */
static void fold(map *m, size_t one, size_t at)
{
    size_t other_at, other = across(m, one, at, &other_at), s = m->saddles++, piece = m->nodes[one].piece;
    size_t from = 4 * s + (attracts(&m->nodes[one]) ? 1 : 0);
    size_t born = add_node(m, attracts(&m->nodes[one]) ? GRL_NODE_UNSTABLE : GRL_NODE_STABLE, piece);
    m->pieces[s] = piece;
    insert(m, one, at, from);
    insert(m, one, at + 1, from / 4 * 4 + (from + 2) % 4);
    insert(m, born, 0, from / 4 * 4 + (from + 3) % 4);
    insert(m, other, other_at, from / 4 * 4 + (from + 1) % 4);
}

/* A Hopf point: a point turns into a cycle with a point of the other kind inside. */
static void hopf(map *m, size_t node, int clockwise)
{
    int stable = m->nodes[node].kind == GRL_NODE_STABLE;
    size_t inside = add_node(m, GRL_NODE_INSIDE, m->count);
    add_node(m, stable ? GRL_NODE_UNSTABLE : GRL_NODE_STABLE, inside);
    m->nodes[inside].stable = stable;
    m->nodes[node].kind = GRL_NODE_OUTSIDE;
    m->nodes[node].stable = stable;
    m->nodes[node].clockwise = clockwise;
    m->nodes[node].inside = inside;
}

static size_t pick(grl_random *random, size_t count)
{
    return (size_t)(grl_random_uniform(random) * (double)count);
}

/* Folds and Hopf points at random places. */
static map random_map(grl_random *random, size_t saddles, size_t cycles)
{
    map m = rest();
    while (m.saddles < saddles || cycles > 0) {
        size_t node = pick(random, m.count);
        if (pick(random, saddles + cycles + 1) < cycles) {
            if (m.nodes[node].kind != GRL_NODE_STABLE && m.nodes[node].kind != GRL_NODE_UNSTABLE) continue;
            hopf(&m, node, (int)pick(random, 2));
            cycles--;
        } else if (m.saddles < saddles) {
            fold(&m, node, pick(random, m.nodes[node].count > 0 ? m.nodes[node].count : 1));
        }
    }
    const char *fault = fault_of(&m);
    if (fault) fail_msg("%s", fault);
    return m;
}

/* The same map, everything called something else; or its mirror image. */
static map renamed(const map *m, grl_random *random, int mirrored)
{
    map r = {.saddles = m->saddles, .count = m->count};
    size_t node[MOST_NODES], saddle[MOST_SADDLES], shift[MOST_SADDLES];
    for (size_t i = 0; i < m->count; i++) node[i] = i;
    for (size_t i = m->count; i-- > 2;) {
        size_t k = 1 + pick(random, i), swap = node[i];
        node[i] = node[k];
        node[k] = swap;
    }
    for (size_t i = 0; i < m->saddles; i++) {
        saddle[i] = i;
        shift[i] = 2 * pick(random, 2);
    }
    for (size_t i = m->saddles; i-- > 1;) {
        size_t k = pick(random, i + 1), swap = saddle[i];
        saddle[i] = saddle[k];
        saddle[k] = swap;
    }
    for (size_t i = 0; i < m->saddles; i++) r.pieces[saddle[i]] = node[m->pieces[i]];
    for (size_t i = 0; i < m->count; i++) {
        grl_node *to = &r.nodes[node[i]];
        *to = m->nodes[i];
        to->piece = node[to->piece];
        to->inside = to->kind == GRL_NODE_OUTSIDE ? node[to->inside] : 0;
        if (to->kind == GRL_NODE_OUTSIDE && mirrored) to->clockwise = !to->clockwise;
        size_t turn = pick(random, to->count + 1);
        for (size_t k = 0; k < to->count; k++) {
            size_t arm = m->lists[i][(mirrored ? to->count - 1 - k : k) % to->count], a = arm % 4;
            a = (shift[arm / 4] + (mirrored ? 4 - a : a)) % 4;
            r.lists[node[i]][(k + turn) % to->count] = 4 * saddle[arm / 4] + a;
        }
    }
    return r;
}

/* Is there a renaming that makes b of a? Arms of a go to arms[] of b; nodes follow. */
static int carries(const map *a, const map *b, const size_t *arms, int mirrored)
{
    size_t to[MOST_NODES];
    for (size_t i = 0; i < a->count; i++) to[i] = MOST_NODES;
    to[0] = 0;
    for (size_t i = 0, at; i < a->count; i++)
        if (a->nodes[i].count > 0) to[i] = node_of(b, arms[a->lists[i][0]], &at);
    if (to[0] != 0) return 0;
    /* Nodes without arms follow from the cycle or the piece that they are in. */
    for (size_t round = 0; round < a->count; round++)
        for (size_t i = 0; i < a->count; i++) {
            if (a->nodes[i].kind == GRL_NODE_OUTSIDE && to[i] < MOST_NODES &&
                b->nodes[to[i]].kind == GRL_NODE_OUTSIDE && to[a->nodes[i].inside] == MOST_NODES)
                to[a->nodes[i].inside] = b->nodes[to[i]].inside;
            size_t piece = to[a->nodes[i].piece];
            for (size_t k = 0; to[i] == MOST_NODES && piece < MOST_NODES && k < b->count; k++)
                if (b->nodes[k].piece == piece && k != piece && b->nodes[k].count == 0) to[i] = k;
        }
    for (size_t i = 0; i < a->count; i++) {
        if (to[i] == MOST_NODES) return 0;
        const grl_node *x = &a->nodes[i], *y = &b->nodes[to[i]];
        for (size_t k = 0; k < i; k++)
            if (to[k] == to[i]) return 0;
        if (x->kind != y->kind || x->count != y->count || x->stable != y->stable || to[x->piece] != y->piece)
            return 0;
        if (x->kind == GRL_NODE_OUTSIDE &&
            (to[x->inside] != y->inside || (x->clockwise != y->clockwise) != mirrored))
            return 0;
        size_t at = 0;
        if (x->count > 0) node_of(b, arms[a->lists[i][0]], &at);
        for (size_t k = 0; k < x->count; k++)
            if (b->lists[to[i]][(at + (mirrored ? x->count - k : k)) % x->count] != arms[a->lists[i][k]])
                return 0;
    }
    return 1;
}

/* All ways to send saddles to saddles, each in two ways around, plain and mirrored. */
static int search(const map *a, const map *b, size_t *arms, size_t done, unsigned used, int mirrored)
{
    if (done == a->saddles) return carries(a, b, arms, mirrored);
    for (size_t s = 0; s < b->saddles; s++)
        for (size_t shift = 0; shift < 4 && !(used >> s & 1); shift += 2) {
            for (size_t k = 0; k < 4; k++) arms[4 * done + k] = 4 * s + (shift + (mirrored ? 4 - k : k)) % 4;
            if (search(a, b, arms, done + 1, used | 1u << s, mirrored)) return 1;
        }
    return 0;
}

static int isomorphic(const map *a, const map *b)
{
    size_t arms[MOST_ARMS];
    if (a->saddles != b->saddles || a->count != b->count) return 0;
    return search(a, b, arms, 0, 0, 0) || search(a, b, arms, 0, 0, 1);
}

static void check_code(const map *m, const char *expected)
{
    char *code = code_of(m);
    assert_null(fault_of(m));
    assert_string_equal(code, expected);
    free(code);
}

/* Codes that can be read off a drawing. */
static void test_by_hand(void **state)
{
    (void)state;
    map m = rest();
    check_code(&m, "o,s");
    hopf(&m, 1, 1);
    check_code(&m, "o,S+(i,u)");
    hopf(&m, 3, 1);
    check_code(&m, "o,S+(i,U+(i,s))");
    m.nodes[3].clockwise = 0; /* against the outer one: another portrait */
    check_code(&m, "o,S+(i,U-(i,s))");
    m = rest();
    fold(&m, 0, 0);
    check_code(&m, "o1a1c,s1b,s1d");
    m = rest();
    fold(&m, 1, 0);
    check_code(&m, "o1a,s1b1d,u1c");
}

/* Three more stable points, each born from the border, side by side or one behind the other: the second saddle's place
 * along the border decides. */
static void test_order(void **state)
{
    (void)state;
    map chain = rest(), star = rest();
    fold(&chain, 0, 0);
    fold(&star, 0, 0);
    /* Into the middle of the new point's share of the border, or beside it. */
    fold(&chain, 0, 1);
    fold(&star, 0, 0);
    fold(&chain, 0, 2);
    fold(&star, 0, 0);
    char *one = code_of(&chain), *two = code_of(&star);
    assert_string_not_equal(one, two);
    assert_false(isomorphic(&chain, &star));
    free(one);
    free(two);
}

/* Two cycles beside each other turn in the same sense or not, which a reflection does not change. */
static void test_senses(void **state)
{
    (void)state;
    char *codes[4];
    for (int k = 0; k < 4; k++) {
        map m = rest();
        fold(&m, 0, 0);
        hopf(&m, 1, k & 1);
        hopf(&m, 2, k >> 1);
        codes[k] = code_of(&m);
    }
    assert_string_equal(codes[0], codes[3]);
    assert_string_equal(codes[1], codes[2]);
    assert_string_not_equal(codes[0], codes[1]);
    for (int k = 0; k < 4; k++) free(codes[k]);
}

static void test_names(void **state)
{
    (void)state;
    grl_random random = grl_random_stream(3, 0);
    for (int i = 0; i < 300; i++) {
        map m = random_map(&random, pick(&random, 6), pick(&random, 4));
        char *code = code_of(&m);
        for (int k = 0; k < 8; k++) {
            map other = renamed(&m, &random, k % 2);
            assert_null(fault_of(&other));
            check_code(&other, code);
        }
        free(code);
    }
}

/* Equal codes exactly for isomorphic maps. */
static void test_oracle(void **state)
{
    (void)state;
    enum { COUNT = 120 };
    static map maps[COUNT];
    static char *codes[COUNT];
    grl_random random = grl_random_stream(4, 0);
    size_t equal = 0, different = 0;
    for (size_t saddles = 1; saddles <= 4; saddles++)
        for (size_t cycles = 0; cycles < 3; cycles++) {
            size_t count = check_quick() ? 25 : saddles < 4 ? COUNT : 60;
            for (size_t i = 0; i < count; i++) {
                maps[i] = random_map(&random, saddles, cycles);
                codes[i] = code_of(&maps[i]);
            }
            for (size_t i = 0; i < count; i++)
                for (size_t k = 0; k < i; k++) {
                    int same = strcmp(codes[i], codes[k]) == 0;
                    if (same != isomorphic(&maps[i], &maps[k])) fail_msg("%s and %s", codes[i], codes[k]);
                    equal += (size_t)same;
                    different += (size_t)!same;
                }
            for (size_t i = 0; i < count; i++) free(codes[i]);
        }
    assert_true(equal > 100 && different > 100);
}

/* Every exchange of two neighbours at a node makes a map that no flow has, or the same as a reflection would. */
static void test_faults(void **state)
{
    (void)state;
    grl_random random = grl_random_stream(5, 0);
    size_t broken = 0;
    for (int i = 0; i < 100; i++) {
        map m = random_map(&random, 4, pick(&random, 2));
        for (size_t node = 0; node < m.count; node++) {
            if (m.nodes[node].count < 3) continue;
            map wrong = m;
            wrong.lists[node][0] = m.lists[node][1];
            wrong.lists[node][1] = m.lists[node][0];
            const char *fault = fault_of(&wrong);
            if (!fault) fail_msg("a wrong order at node %zu was not seen", node);
            broken++;
        }
    }
    assert_true(broken > 100);
    map m = rest();
    fold(&m, 0, 0);
    m.nodes[2].kind = GRL_NODE_UNSTABLE;
    assert_non_null(fault_of(&m));
    m = rest();
    add_node(&m, GRL_NODE_STABLE, 0);
    assert_non_null(fault_of(&m));
    m = rest();
    m.nodes[1].kind = GRL_NODE_UNSTABLE;
    assert_non_null(fault_of(&m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand), cmocka_unit_test(test_order),  cmocka_unit_test(test_senses),
        cmocka_unit_test(test_names),   cmocka_unit_test(test_oracle), cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
