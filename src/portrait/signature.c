/* signature.c: the signature of the flow of one or two units, from its portrait.
 *
 * Two units. The planar map (scheme.h) has a node for the border, for each stable and unstable point and for each side
 * of each cycle, and the saddles' branches as arms. Around a saddle the arms are in the order of their directions, at a
 * node in that of arrival.c. The map must have all that structural stability asks of it, which an order told wrongly
 * hardly has (settle.c): every area between the manifolds is a strip from one source to one sink.
 *
 * One unit. On a line stable and unstable points alternate; their order, up to reflection, is everything.
 *
 * What makes it fail, and gives a reason instead: what is degenerate or undecided in the portrait, or too
 * close to that to be told. */
#include <grulens/signature.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "portrait/arrival.h"
#include "portrait/orbit.h"
#include "portrait/settle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 1, NO_NODE = -1 };

typedef struct counts {
    size_t stable, unstable, saddles, stable_cycles, unstable_cycles, depth;
} counts;

static int is_stable(grl_point_type type)
{
    return type == GRL_STABLE || type == GRL_STABLE_NODE || type == GRL_STABLE_FOCUS;
}

static int is_unstable(grl_point_type type)
{
    return type == GRL_UNSTABLE || type == GRL_UNSTABLE_NODE || type == GRL_UNSTABLE_FOCUS;
}

/* Is cycle a inside cycle b? Cycles do not cross, and each has a fixed point inside. */
static int within(const grl_cycles *cycles, size_t a, size_t b)
{
    const grl_cycle *inner = &cycles->items[a], *outer = &cycles->items[b];
    int found = 0;
    if (a == b) return 0;
    for (size_t k = 0; k < outer->enclosed_count; k++)
        found = found || outer->enclosed[k] == inner->enclosed[0];
    if (!found) return 0;
    if (inner->enclosed_count != outer->enclosed_count) return inner->enclosed_count < outer->enclosed_count;
    return inner->high[0] - inner->low[0] < outer->high[0] - outer->low[0];
}

static int encloses(const grl_cycle *cycle, size_t point)
{
    for (size_t k = 0; k < cycle->enclosed_count; k++)
        if (cycle->enclosed[k] == point) return 1;
    return 0;
}

static counts count(const grl_portrait *portrait)
{
    counts c = {0};
    for (size_t i = 0; i < portrait->count; i++) {
        c.stable += (size_t)is_stable(portrait->points[i].type);
        c.unstable += (size_t)is_unstable(portrait->points[i].type);
        c.saddles += portrait->points[i].type == GRL_SADDLE;
    }
    const grl_cycles *cycles = portrait->cycles;
    for (size_t i = 0; cycles && i < cycles->count; i++) {
        size_t around = 1;
        c.stable_cycles += cycles->items[i].stable != 0;
        c.unstable_cycles += !cycles->items[i].stable;
        for (size_t k = 0; k < cycles->count; k++) around += (size_t)within(cycles, i, k);
        c.depth = around > c.depth ? around : c.depth;
    }
    return c;
}

/* A sentence about what the portrait does not tell, or nothing. */
static void explain(const grl_portrait *portrait, grl_text *reason)
{
    const grl_cycles *cycles = portrait->cycles;
    const grl_separatrices *s = portrait->separatrices;
    if (portrait->time != GRL_CONTINUOUS || portrait->hidden_size > 2) {
        grl_text_add(reason, "A signature is defined for flows of one and two units.");
        return;
    }
    if (!portrait->complete) {
        grl_text_add(reason, "The list of fixed points is not proven complete.");
        return;
    }
    for (size_t i = 0; i < portrait->count; i++) {
        const grl_fixed_point *p = &portrait->points[i];
        if (p->stability_proven && (is_stable(p->type) || is_unstable(p->type) || p->type == GRL_SADDLE))
            continue;
        grl_text_addf(
            reason, "The stability of fixed point #%zu is not proven: it is degenerate or nearly so.", i + 1);
        return;
    }
    if (portrait->hidden_size == 1) return;
    if (!cycles || !s) {
        grl_text_add(reason, "Limit cycles or manifolds were not computed.");
        return;
    }
    if (cycles->undecided > 0) {
        grl_text_add(reason, "There may be limit cycles that were not found.");
        return;
    }
    for (size_t i = 0; i < cycles->count; i++)
        if (cycles->items[i].nearly_degenerate || cycles->items[i].enclosed_count == 0) {
            grl_text_addf(reason, "Limit cycle #%zu is nearly degenerate.", i + 1);
            return;
        }
    if (s->connection_count > 0) {
        const grl_connection *c = &s->connections[0];
        grl_text_addf(reason, "Saddles #%zu and #%zu are joined, but for a gap of %.2g.", c->from + 1,
                      c->to + 1, fabs(c->gap));
        return;
    }
    for (size_t b = 0; b < s->count; b++) {
        const grl_limit *limit = &s->branches[b].limit;
        int strange = limit->kind == GRL_LIMIT_UNDECIDED ||
                      (limit->kind == GRL_LIMIT_CYCLE && limit->which >= cycles->count);
        if (!strange) continue;
        grl_text_addf(reason, "A branch of the manifolds of saddle #%zu was not followed to its end.",
                      s->branches[b].saddle + 1);
        return;
    }
}

typedef struct maker {
    const grl_portrait *portrait;
    const grl_cell *cell; /* without inputs */
    grl_plane plane;
    grl_scheme scheme;
    size_t *node_of_point;
    size_t *arm_of; /* of each branch */
    size_t *list;   /* branches of one node */
    double *gaps;   /* of each place among the scheme's arms */
    grl_text *reason;
} maker;

static size_t outside_node(const maker *m, size_t cycle)
{
    return m->scheme.count - 2 * (m->portrait->cycles->count - cycle);
}

/* The node that a piece is named after: the inside of the innermost of the cycles that are around, or the border. */
static size_t piece_of_point(const maker *m, size_t point)
{
    const grl_cycles *cycles = m->portrait->cycles;
    size_t best = cycles->count;
    for (size_t i = 0; i < cycles->count; i++)
        if (encloses(&cycles->items[i], point) && (best == cycles->count || within(cycles, i, best)))
            best = i;
    return best < cycles->count ? outside_node(m, best) + 1 : 0;
}

static size_t piece_of_cycle(const maker *m, size_t cycle)
{
    const grl_cycles *cycles = m->portrait->cycles;
    size_t best = cycles->count;
    for (size_t i = 0; i < cycles->count; i++)
        if (within(cycles, cycle, i) && (best == cycles->count || within(cycles, i, best))) best = i;
    return best < cycles->count ? outside_node(m, best) + 1 : 0;
}

static void make_nodes(maker *m)
{
    const grl_portrait *portrait = m->portrait;
    grl_node *nodes = m->scheme.nodes;
    size_t next = 1, saddle = 0;
    nodes[0] = (grl_node){.kind = GRL_NODE_BORDER};
    for (size_t i = 0; i < portrait->count; i++) {
        size_t piece = piece_of_point(m, i);
        m->node_of_point[i] = (size_t)NO_NODE;
        if (portrait->points[i].type == GRL_SADDLE) {
            m->scheme.pieces[saddle++] = piece;
            continue;
        }
        m->node_of_point[i] = next;
        nodes[next++] =
            (grl_node){.kind = is_stable(portrait->points[i].type) ? GRL_NODE_STABLE : GRL_NODE_UNSTABLE,
                       .piece = piece};
    }
    for (size_t i = 0; i < portrait->cycles->count; i++, next += 2) {
        const grl_cycle *cycle = &portrait->cycles->items[i];
        nodes[next] = (grl_node){.kind = GRL_NODE_OUTSIDE,
                                 .stable = cycle->stable,
                                 .clockwise = cycle->clockwise != 0,
                                 .inside = next + 1,
                                 .piece = piece_of_cycle(m, i)};
        nodes[next + 1] = (grl_node){.kind = GRL_NODE_INSIDE, .stable = cycle->stable, .piece = next + 1};
    }
}

/* The place of each branch among its saddle's arms. */
static void make_arms(maker *m)
{
    const grl_separatrices *s = m->portrait->separatrices;
    for (size_t b = 0; b < s->count; b += 4) {
        const double *v = s->branches[b].direction, *w = s->branches[b + 2].direction;
        size_t left = v[0] * w[1] - v[1] * w[0] > 0 ? 1 : 3;
        m->arm_of[b] = b;
        m->arm_of[b + 1] = b + 2;
        m->arm_of[b + 2] = b + left;
        m->arm_of[b + 3] = b + 4 - left;
    }
}

static size_t node_of_branch(const maker *m, const grl_branch *branch)
{
    if (branch->limit.kind == GRL_LIMIT_BOUNDARY) return 0;
    if (branch->limit.kind == GRL_LIMIT_POINT) return m->node_of_point[branch->limit.which];
    size_t cycle = branch->limit.which;
    return outside_node(m, cycle) + (size_t)encloses(&m->portrait->cycles->items[cycle], branch->saddle);
}

static grl_transversal curve_of_point(const maker *m, size_t node)
{
    size_t i = 0;
    while (m->node_of_point[i] != node) i++;
    const grl_spot *point = &m->plane.spots[i];
    return (grl_transversal){
        .h = {point->h[0], point->h[1]}, .V = {point->V[0], point->V[1], point->V[2]}, .level = point->level};
}

/* The arms of one node, in order. */
static grl_status fill_node(maker *m, size_t number, size_t *filled, grl_error *error)
{
    const grl_separatrices *s = m->portrait->separatrices;
    grl_node *node = &m->scheme.nodes[number];
    grl_transversal curve = {0};
    size_t count = 0;
    grl_status status = GRL_OK;
    const char *fault = NULL;
    double *gaps = m->gaps + *filled;
    for (size_t b = 0; b < s->count; b++)
        if (node_of_branch(m, &s->branches[b]) == number) m->list[count++] = b;
    if (node->kind == GRL_NODE_STABLE || node->kind == GRL_NODE_UNSTABLE) {
        curve = curve_of_point(m, number);
    } else if (node->kind != GRL_NODE_BORDER && count > 2) {
        int inside = node->kind == GRL_NODE_INSIDE;
        size_t which = (number - (size_t)inside - outside_node(m, 0)) / 2;
        status = grl_transversal_of_cycle(m->cell, m->portrait, which, inside, &curve, &fault, error);
    }
    if (status == GRL_OK && !fault)
        status = grl_arrivals_sort(m->cell, m->portrait, node->kind == GRL_NODE_BORDER ? NULL : &curve, count,
                                   m->list, gaps, error);
    grl_transversal_free(&curve);
    if (status != GRL_OK) return status;
    for (size_t k = 0; k < count && fault; k++) gaps[k] = k > 0 && k + 1 < count ? 0 : INFINITY;
    node->first = *filled;
    node->count = count;
    *filled += count;
    int turned = node->kind == GRL_NODE_BORDER || node->kind == GRL_NODE_INSIDE;
    for (size_t k = 0; k < count; k++)
        m->scheme.arms[node->first + k] = m->arm_of[m->list[turned ? count - 1 - k : k]];
    for (size_t i = 0, k = count - 1; turned && count > 2 && i + 1 < k; i++) {
        double swap = gaps[i];
        gaps[i] = gaps[--k];
        gaps[k] = swap;
    }
    return GRL_OK;
}

static grl_status make_code(maker *m, char **code, grl_error *error)
{
    const grl_portrait *portrait = m->portrait;
    const grl_separatrices *s = portrait->separatrices;
    const char *fault = NULL;
    size_t filled = 0, points = portrait->count;
    grl_scheme *scheme = &m->scheme;
    /* Only the forms around points are used, which do not depend on the spacing of curves' points. */
    grl_status status = grl_plane_create(m->cell, portrait, 0.005, &m->plane, error);
    if (status != GRL_OK) return status;
    scheme->saddles = s->count / 4;
    scheme->count = 1 + points - scheme->saddles + 2 * portrait->cycles->count;
    scheme->nodes = grl_calloc(scheme->count, sizeof *scheme->nodes);
    scheme->arms = grl_calloc(s->count, sizeof *scheme->arms);
    scheme->pieces = grl_calloc(scheme->saddles, sizeof *scheme->pieces);
    m->node_of_point = grl_calloc(points, sizeof *m->node_of_point);
    m->arm_of = grl_calloc(s->count, sizeof *m->arm_of);
    m->list = grl_calloc(s->count, sizeof *m->list);
    m->gaps = grl_calloc(s->count, sizeof *m->gaps);
    if (!scheme->nodes || !scheme->arms || !scheme->pieces || !m->node_of_point || !m->arm_of || !m->list ||
        !m->gaps)
        return grl_fail_memory(error, scheme->count + 3 * s->count, sizeof *scheme->nodes);
    make_nodes(m);
    make_arms(m);
    for (size_t i = 0; i < scheme->count; i++) {
        status = fill_node(m, i, &filled, error);
        if (status != GRL_OK) return status;
    }
    if (filled < s->count) {
        grl_text_add(m->reason, "A branch of a saddle's manifolds ends in a saddle.");
        return GRL_OK;
    }
    status = grl_scheme_settle(scheme, m->gaps, code, &fault, error);
    if (status == GRL_OK && fault)
        grl_text_addf(m->reason, "The computed manifolds do not make one picture: %s.", fault);
    return status;
}

/* Counts beyond 35 have no digit. */
static void add_digit(grl_text *text, size_t value, grl_text *reason)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    if (value < sizeof digits - 1)
        grl_text_add_bytes(text, digits + value, 1);
    else if (!reason->data)
        grl_text_add(reason, "There are more than 35 fixed points or cycles of one kind.");
}

static void add_count(grl_text *text, size_t number, const char *one, const char *several)
{
    if (number == 0) return;
    grl_text_addf(text, "%s%zu %s", text->data ? ", " : "", number, number == 1 ? one : several);
}

static void add_name(grl_text *name, const counts *c)
{
    size_t cycles = c->stable_cycles + c->unstable_cycles;
    add_count(name, c->stable, "stable", "stable");
    add_count(name, c->unstable, "unstable", "unstable");
    add_count(name, c->saddles, "saddle", "saddles");
    if (c->depth > 1 && c->depth == cycles)
        add_count(name, cycles, "", "nested cycles");
    else if (c->unstable_cycles == cycles)
        add_count(name, cycles, "unstable cycle", "unstable cycles");
    else
        add_count(name, cycles, "cycle", "cycles");
    if (c->depth > 1 && c->depth < cycles) grl_text_addf(name, ", up to %zu nested", c->depth);
}

/* s and u in the order of h, or backwards if that comes first. */
static char *line_code(const grl_portrait *portrait)
{
    size_t n = portrait->count;
    char *code = grl_calloc(n + 1, 1), *back = grl_calloc(n + 1, 1);
    for (size_t i = 0; code && back && i < n; i++)
        code[i] = back[n - 1 - i] = is_stable(portrait->points[i].type) ? 's' : 'u';
    if (code && back && strcmp(back, code) < 0) memcpy(code, back, n);
    if (!back) {
        free(code);
        code = NULL;
    }
    free(back);
    return code;
}

static void drop(maker *m)
{
    free(m->scheme.nodes);
    free(m->scheme.arms);
    free(m->scheme.pieces);
    free(m->node_of_point);
    free(m->arm_of);
    free(m->list);
    free(m->gaps);
    grl_plane_free(&m->plane);
}

/* Either a code or a reason is written. */
static grl_status find_code(const grl_cell *cell, const double *x, const grl_portrait *portrait,
                            grl_text *reason, char **code, grl_error *error)
{
    grl_cell *autonomous = NULL;
    maker m = {.portrait = portrait, .reason = reason};
    explain(portrait, reason);
    if (reason->data || reason->failed) return GRL_OK;
    if (portrait->hidden_size == 1) {
        *code = line_code(portrait);
        return *code ? GRL_OK : grl_fail_memory(error, portrait->count + 1, 1);
    }
    grl_status status = grl_cell_at_input(cell, x, &autonomous, error);
    m.cell = autonomous;
    if (status == GRL_OK) status = make_code(&m, code, error);
    drop(&m);
    grl_cell_free(autonomous);
    return status;
}

grl_status grl_signature_compute(const grl_cell *cell, const double *x, grl_portrait *portrait,
                                 grl_error *error)
{
    grl_text text = {0}, name = {0}, reason = {0};
    char *code = NULL;
    if (grl_cell_hidden_size(cell) != portrait->hidden_size)
        return grl_fail(error, GRL_BAD_INPUT,
                        "signature: expected the portrait of a cell of %zu units, found %zu",
                        grl_cell_hidden_size(cell), portrait->hidden_size);
    grl_status status = find_code(cell, x, portrait, &reason, &code, error);
    if (status != GRL_OK) goto done;
    if (code) {
        counts c = count(portrait);
        add_digit(&text, c.stable, &reason);
        add_digit(&text, c.unstable, &reason);
        add_digit(&text, c.saddles, &reason);
        if (c.stable_cycles + c.unstable_cycles > 0) {
            grl_text_add(&text, "c");
            add_digit(&text, c.stable_cycles, &reason);
            add_digit(&text, c.unstable_cycles, &reason);
        }
        grl_text_addf(&text, ".%d.%s%s", VERSION, portrait->hidden_size == 1 ? "line:" : "", code);
        add_name(&name, &c);
    }
    if (text.failed || name.failed || reason.failed) {
        status = grl_fail(error, GRL_NO_MEMORY, "not enough memory for the signature");
        goto done;
    }
    free(portrait->signature);
    free(portrait->signature_name);
    free(portrait->signature_reason);
    int known = !reason.data;
    portrait->signature = known ? grl_text_take(&text) : NULL;
    portrait->signature_name = known ? grl_text_take(&name) : NULL;
    portrait->signature_reason = known ? NULL : grl_text_take(&reason);
done:
    free(code);
    grl_text_drop(&text);
    grl_text_drop(&name);
    grl_text_drop(&reason);
    return status;
}
