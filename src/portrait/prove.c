/* prove.c: branch-and-prune over the box steps of cell/box.h.
 *
 * From a box that holds every fixed point, each step empties a box, proves that it holds exactly one zero,
 * shrinks it, or leaves it to be halved where tanh over it is widest. A proven zero is refined by further
 * steps, which converge quadratically. A box that is narrower than NARROW in every h and still open is left
 * undecided, and so is one in which rounding hides how G varies; that happens at degenerate points, where no
 * test of this kind can succeed.
 *
 * Lanes work on up to GRL_LANES networks at once. A network in work occupies a slot with its own stack of
 * boxes; a lane without a box takes one from its slot, else starts the next network, else helps another slot.
 * What is found depends on the boxes of a network alone, not on the lane or the order, so a proof does not
 * depend on the batch.
 *
 * Two proven enclosures may hold the same zero, found from two neighbouring boxes. They do if one lies within
 * the region where the other's zero is the only one; they do not if they are disjoint; anything else is left
 * undecided. */
#include "portrait/prove.h"

#include "base/error.h"
#include "base/memory.h"
#include "cell/cell.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NARROW 1e-8
#define COARSE 1e-4 /* what rounding blurs is believed up to here; beyond, Y is too bad to say anything */

enum { REFINEMENTS = 30, CROWD = 4096 };

/* A proven zero: its enclosure and the region in which it is the only one, 2n numbers each, in one row of 4n.
 */
typedef struct work_slot {
    size_t cell; /* index, or SIZE_MAX: free */
    int working; /* lanes that hold one of its boxes */
    long long boxes;
    grl_boxes stack, roots, open;
} work_slot;

typedef struct work_lane {
    int slot;     /* -1: idle */
    int refining; /* steps of refinement taken, 0: searching */
    int last;     /* this is the last attempt at a narrow box, enlarged; `alone` holds the box as it was */
    int guess;    /* refining: this box is a guess, and `best` is the enclosure to fall back on */
    double width; /* of the enclosure before this step */
    double best[2 * GRL_BOX_UNITS];
    double alone[2 * GRL_BOX_UNITS];
} work_lane;

typedef struct search {
    size_t n, count, next;
    const grl_cell *const *cells;
    const grl_prove_options *options;
    grl_proof *proofs;
    grl_box_batch *batch;
    grl_box_step_function *step;
    work_slot slots[GRL_LANES];
    work_lane lanes[GRL_LANES];
    int loaded[GRL_LANES]; /* which slot's network the lane's numbers are, -1: none */
} search;

static grl_status push(grl_boxes *boxes, const double *values, size_t width, grl_error *error)
{
    if (!grl_grow((void **)&boxes->values, &boxes->capacity, boxes->count, width * sizeof *values))
        return grl_fail_memory(error, boxes->capacity, 2 * width * sizeof *values);
    memcpy(boxes->values + boxes->count++ * width, values, width * sizeof *values);
    return GRL_OK;
}

static void take_box(int l, size_t n, grl_lanes *lo, grl_lanes *hi, double *box)
{
    for (size_t i = 0; i < n; i++) {
        box[2 * i] = lo[i][l];
        box[2 * i + 1] = hi[i][l];
    }
}

static void put_box(search *s, int l, const double *box)
{
    for (size_t i = 0; i < s->n; i++) {
        s->batch->lo[i][l] = box[2 * i];
        s->batch->hi[i][l] = box[2 * i + 1];
    }
}

static int inside(size_t n, const double *inner, const double *outer)
{
    for (size_t i = 0; i < n; i++)
        if (!(inner[2 * i] >= outer[2 * i] && inner[2 * i + 1] <= outer[2 * i + 1])) return 0;
    return 1;
}

static int apart(size_t n, const double *a, const double *b)
{
    for (size_t i = 0; i < n; i++)
        if (a[2 * i + 1] < b[2 * i] || b[2 * i + 1] < a[2 * i]) return 1;
    return 0;
}

static double width_in_h(const grl_box_batch *batch, int l, size_t n)
{
    double width = 0;
    for (size_t i = 0; i < n; i++) width = fmax(width, batch->h_hi[i][l] - batch->h_lo[i][l]);
    return width;
}

/* Too small to go on with: in every direction below NARROW or below what rounding blurs. In a, not in h:
 * where h is saturated, a box that is wide in a is narrow in h. After every CROWD boxes that stayed undecided
 * NARROW counts four times: around points that are degenerate in two or more slanted directions there are
 * millions of narrow boxes. */
static int narrow(const grl_box_batch *batch, int l, size_t n, size_t undecided)
{
    double finest = NARROW;
    for (size_t k = CROWD; k <= undecided && finest < COARSE; k += CROWD) finest *= 4;
    for (size_t i = 0; i < n; i++) {
        double width = batch->hi[i][l] - batch->lo[i][l],
               size = 0.5 * fabs(batch->lo[i][l] + batch->hi[i][l]);
        double blur = batch->blur[i][l] < COARSE ? batch->blur[i][l] : 0;
        if (width > fmax(blur, finest * (1 + size))) return 0;
    }
    return 1;
}

/* Gives the lane a box from its own slot, a new network, or another slot; leaves it idle if there is nothing
 * to do. */
static grl_status find_work(search *s, int l, grl_error *error)
{
    work_lane *lane = &s->lanes[l];
    int from = lane->slot;
    lane->refining = lane->last = lane->guess = 0;
    if (from < 0 || s->slots[from].stack.count == 0) {
        from = -1;
        for (int k = 0; k < GRL_LANES && from < 0 && s->next < s->count; k++)
            if (s->slots[k].cell == SIZE_MAX) from = k;
        if (from >= 0) { /* a new network: its first box */
            double bound[GRL_BOX_UNITS], box[2 * GRL_BOX_UNITS];
            work_slot *slot = &s->slots[from];
            slot->cell = s->next++;
            slot->boxes = 0;
            for (int k = 0; k < GRL_LANES; k++)
                if (s->loaded[k] == from) s->loaded[k] = -1;
            grl_box_bound(s->cells[slot->cell], bound);
            for (size_t i = 0; i < s->n; i++) {
                box[2 * i] = -bound[i];
                box[2 * i + 1] = bound[i];
            }
            grl_status status = push(&slot->stack, box, 2 * s->n, error);
            if (status != GRL_OK) return status;
        } else {
            for (int k = 0; k < GRL_LANES && from < 0; k++)
                if (s->slots[k].cell != SIZE_MAX && s->slots[k].stack.count > 0) from = k;
        }
    }
    lane->slot = from;
    if (from < 0) return GRL_OK;
    work_slot *slot = &s->slots[from];
    if (s->loaded[l] != from) {
        grl_box_load(s->batch, l, s->cells[slot->cell]);
        s->loaded[l] = from;
    }
    put_box(s, l, slot->stack.values + --slot->stack.count * 2 * s->n);
    slot->working++;
    return GRL_OK;
}

static grl_status keep_root(search *s, int l, const double *box, grl_error *error)
{
    double row[4 * GRL_BOX_UNITS];
    memcpy(row, box, 2 * s->n * sizeof *row);
    memcpy(row + 2 * s->n, s->lanes[l].alone, 2 * s->n * sizeof *row);
    return push(&s->slots[s->lanes[l].slot].roots, row, 4 * s->n, error);
}

/* Halves the lane's box and keeps one half in the lane. */
static grl_status split(search *s, int l, grl_error *error)
{
    grl_box_batch *b = s->batch;
    work_slot *slot = &s->slots[s->lanes[l].slot];
    size_t n = s->n, widest = 0;
    double largest = -1, box[2 * GRL_BOX_UNITS];
    for (size_t i = 0; i < n; i++) {
        double weight = 0;
        for (size_t k = 0; k < n; k++) weight += fabs(b->U_h[k][i][l]) + 0.25 * fabs(b->U_r[k][i][l]);
        double width = (b->h_hi[i][l] - b->h_lo[i][l]) * (weight + 1);
        if (!(width > NARROW))
            width = NARROW * (1 - 1 / (1 + b->hi[i][l] - b->lo[i][l])); /* saturated: by a */
        if (width > largest) {
            largest = width;
            widest = i;
        }
    }
    take_box(l, n, b->lo, b->hi, box);

    /* In the middle of the part where tanh is not saturated, so that both halves are smaller in h too. */
    double lo = box[2 * widest], hi = box[2 * widest + 1];
    double inner_lo = fmax(lo, -2.5), inner_hi = fmin(hi, 2.5);
    double middle = inner_lo < inner_hi ? 0.5 * (inner_lo + inner_hi) : 0.5 * (lo + hi);
    box[2 * widest] = middle;
    grl_status status = push(&slot->stack, box, 2 * n, error);
    b->hi[widest][l] = middle;
    return status;
}

/* A step on an enclosure that was proven before. What is left of it encloses the zero too; go on while it
 * shrinks. Where that stops far above rounding, because a box is enlarged as fast as it shrinks, guess: a
 * smaller box about the middle, which is nearly Newton's iterate. If that is proven, within the region where
 * the zero is alone, it holds the same zero. */
static grl_status refine(search *s, int l, int proven, int *kept, grl_error *error)
{
    grl_box_batch *b = s->batch;
    work_lane *lane = &s->lanes[l];
    size_t n = s->n;
    double box[2 * GRL_BOX_UNITS], width = 0, blur = 0;

    if (lane->guess) {
        lane->guess = 0;
        take_box(l, n, b->alone_lo, b->alone_hi, box);
        if (!proven || !inside(n, box, lane->alone)) return keep_root(s, l, lane->best, error);
        take_box(l, n, b->root_lo, b->root_hi, box);
        lane->width = INFINITY;
    } else {
        take_box(l, n, b->lo, b->hi, box);
    }
    for (size_t i = 0; i < n; i++) {
        width = fmax(width, box[2 * i + 1] - box[2 * i]);
        blur = fmax(blur, b->blur[i][l]);
    }
    if (width_in_h(b, l, n) <= s->options->tight || lane->refining > REFINEMENTS)
        return keep_root(s, l, box, error);
    if (width > 0.9 * lane->width) {
        if (!(width > 64 * blur)) return keep_root(s, l, box, error);
        memcpy(lane->best, box, sizeof box);
        lane->guess = 1;
        for (size_t i = 0; i < n; i++) {
            double middle = 0.5 * (box[2 * i] + box[2 * i + 1]),
                   reach = 0.125 * (box[2 * i + 1] - box[2 * i]);
            box[2 * i] = middle - reach;
            box[2 * i + 1] = middle + reach;
        }
    }
    put_box(s, l, box);
    lane->width = width;
    lane->refining++;
    *kept = 1;
    return GRL_OK;
}

/* A narrow box is tried once more, enlarged: contraction may have taken it below the size at which a proof
 * can succeed. */
static void enlarge(search *s, int l)
{
    grl_box_batch *b = s->batch;
    take_box(l, s->n, b->lo, b->hi, s->lanes[l].alone);
    for (size_t i = 0; i < s->n; i++) {
        double reach = 4 * NARROW * (1 + 0.5 * fabs(b->lo[i][l] + b->hi[i][l]));
        if (b->blur[i][l] < COARSE) reach = fmax(reach, 4 * b->blur[i][l]);
        b->lo[i][l] -= reach;
        b->hi[i][l] += reach;
    }
    s->lanes[l].last = 1;
}

/* Whether steps on the proven enclosure will go on to shrink it: it has to be half as wide as the region it
 * was proven in, or near what rounding blurs. Over wide boxes a proof can succeed whose enclosure is hardly
 * smaller, and then smaller boxes get there sooner. */
static int converges(const grl_box_batch *b, int l, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double root = b->root_hi[i][l] - b->root_lo[i][l], region = b->alone_hi[i][l] - b->alone_lo[i][l];
        if (!(root <= fmax(0.5 * region, 8 * b->blur[i][l]))) return 0;
    }
    return 1;
}

/* What the lane does after a step. *kept: it goes on with its box. */
static grl_status digest(search *s, int l, grl_lanes *old_lo, grl_lanes *old_hi, int *kept, grl_error *error)
{
    grl_box_batch *b = s->batch;
    work_lane *lane = &s->lanes[l];
    size_t n = s->n;
    int verdict = (int)b->verdict[l];
    *kept = 0;

    if (lane->refining) return refine(s, l, verdict == GRL_BOX_PROVEN, kept, error);
    if (verdict == GRL_BOX_EMPTY) return GRL_OK;
    if (verdict == GRL_BOX_PROVEN && (lane->last || converges(b, l, n))) {
        take_box(l, n, b->alone_lo, b->alone_hi, lane->alone);
        lane->width = INFINITY;
        lane->refining = 1;
        for (size_t i = 0; i < n; i++) {
            b->lo[i][l] = b->root_lo[i][l];
            b->hi[i][l] = b->root_hi[i][l];
        }
        *kept = 1;
        return GRL_OK;
    }
    if (lane->last) return push(&s->slots[lane->slot].open, lane->alone, 2 * n, error);
    double shrunk = 1;
    for (size_t i = 0; i < n; i++) {
        double old = old_hi[i][l] - old_lo[i][l];
        if (old > 0) shrunk *= (b->hi[i][l] - b->lo[i][l]) / old;
    }
    *kept = 1;
    if (b->flat[l] > 0 || narrow(b, l, n, s->slots[lane->slot].open.count))
        enlarge(s, l);
    else if (!(shrunk < 0.5))
        return split(s, l, error);
    return GRL_OK;
}

/* Removes the duplicates among a slot's zeros; what cannot be told apart is kept as undecided. Rows of 4n in
 * `roots`. */
static grl_status sort_out(search *s, work_slot *slot, grl_proof *proof, grl_error *error)
{
    size_t n = s->n, row = 4 * n;
    grl_status status = GRL_OK;
    for (size_t i = 0; i < slot->roots.count && status == GRL_OK; i++) {
        const double *mine = slot->roots.values + i * row;
        int same = 0, unclear = 0;
        for (size_t j = 0; j < i && !same; j++) {
            const double *other = slot->roots.values + j * row;
            if (apart(n, mine, other)) continue;
            if (inside(n, mine, other + 2 * n) || inside(n, other, mine + 2 * n))
                same = 1;
            else
                unclear = 1;
        }
        if (same) continue;
        status = push(unclear ? &proof->kept : &proof->points, mine, 2 * n, error);
    }
    /* An open box adds nothing if it lies within a region whose only zero is enclosed elsewhere. */
    for (size_t i = 0; i < slot->open.count && status == GRL_OK; i++) {
        const double *box = slot->open.values + i * 2 * n;
        int known = 0;
        for (size_t j = 0; j < slot->roots.count && !known; j++)
            known = inside(n, box, slot->roots.values + j * row + 2 * n);
        if (!known) status = push(&proof->kept, box, 2 * n, error);
    }
    return status;
}

/* Merges undecided boxes that touch, to a small distance, into their hulls. */
static grl_status merge(size_t n, grl_proof *proof, grl_error *error)
{
    grl_boxes *hulls = &proof->undecided;
    for (size_t i = 0; i < proof->kept.count; i++) {
        double box[2 * GRL_BOX_UNITS];
        memcpy(box, proof->kept.values + i * 2 * n, 2 * n * sizeof *box);
        for (size_t j = 0; j < hulls->count;) {
            double *hull = hulls->values + j * 2 * n, near[2 * GRL_BOX_UNITS];
            for (size_t k = 0; k < n; k++) {
                double reach = fmax(hull[2 * k + 1] - hull[2 * k], box[2 * k + 1] - box[2 * k]) + 16 * NARROW;
                near[2 * k] = hull[2 * k] - reach;
                near[2 * k + 1] = hull[2 * k + 1] + reach;
            }
            if (apart(n, box, near)) {
                j++;
                continue;
            }
            for (size_t k = 0; k < n; k++) {
                box[2 * k] = fmin(box[2 * k], hull[2 * k]);
                box[2 * k + 1] = fmax(box[2 * k + 1], hull[2 * k + 1]);
            }
            memmove(hull, hulls->values + --hulls->count * 2 * n, 2 * n * sizeof *box);
            j = 0;
        }
        grl_status status = push(hulls, box, 2 * n, error);
        if (status != GRL_OK) return status;
    }
    return GRL_OK;
}

static grl_status finish(search *s, work_slot *slot, int limited, grl_error *error)
{
    grl_proof *proof = &s->proofs[slot->cell];
    size_t n = s->n;
    grl_status status = GRL_OK;
    proof->boxes = slot->boxes;
    proof->limited = limited;
    while (slot->stack.count > 0 && status == GRL_OK) /* only at the limit */
        status = push(&slot->open, slot->stack.values + --slot->stack.count * 2 * n, 2 * n, error);
    if (status == GRL_OK) status = sort_out(s, slot, proof, error);
    if (status == GRL_OK && !limited) status = merge(n, proof, error);
    proof->complete = status == GRL_OK && proof->kept.count == 0;
    slot->cell = SIZE_MAX;
    slot->stack.count = slot->roots.count = slot->open.count = 0;
    return status;
}

static grl_status run(search *s, grl_error *error)
{
    grl_lanes old_lo[GRL_BOX_UNITS], old_hi[GRL_BOX_UNITS];
    grl_status status = GRL_OK;
    for (int l = 0; l < GRL_LANES && status == GRL_OK; l++) status = find_work(s, l, error);
    while (status == GRL_OK) {
        int busy = 0;
        memcpy(old_lo, s->batch->lo, sizeof old_lo);
        memcpy(old_hi, s->batch->hi, sizeof old_hi);
        s->step(s->batch);
        for (int l = 0; l < GRL_LANES && status == GRL_OK; l++) {
            work_lane *lane = &s->lanes[l];
            int kept = 0;
            if (lane->slot >= 0) {
                work_slot *slot = &s->slots[lane->slot];
                slot->boxes++;
                status = digest(s, l, old_lo, old_hi, &kept, error);
                if (status != GRL_OK) break;
                int limited = slot->boxes >= s->options->max_boxes;
                if (limited && kept && !lane->refining && !lane->last) {
                    double box[2 * GRL_BOX_UNITS];
                    take_box(l, s->n, s->batch->lo, s->batch->hi, box);
                    status = push(&slot->open, box, 2 * s->n, error);
                    kept = 0;
                }
                /* What is left on the stack is not looked at; lanes at work end by themselves. */
                if (limited) {
                    while (slot->stack.count > 0 && status == GRL_OK)
                        status = push(&slot->open, slot->stack.values + --slot->stack.count * 2 * s->n,
                                      2 * s->n, error);
                }
                if (!kept && --slot->working == 0 && slot->stack.count == 0 && status == GRL_OK) {
                    status = finish(s, slot, limited, error);
                    lane->slot = -1;
                }
            }
            if (!kept && status == GRL_OK) status = find_work(s, l, error);
            busy |= lane->slot >= 0;
        }
        if (s->options->progress) {
            __atomic_fetch_add(&s->options->progress->done, GRL_LANES, __ATOMIC_RELAXED);
            if (__atomic_load_n(&s->options->progress->stop, __ATOMIC_RELAXED) && status == GRL_OK)
                status = grl_fail(error, GRL_STOPPED, "stopped on request");
        }
        if (!busy) break;
    }
    return status;
}

grl_status grl_prove(size_t count, const grl_cell *const *cells, const grl_prove_options *options,
                     grl_proof *proofs, grl_error *error)
{
    grl_status status = GRL_OK;
    memset(proofs, 0, count * sizeof *proofs);
    if (count == 0) return GRL_OK;
    size_t n = cells[0]->n;
    for (size_t i = 0; i < count; i++)
        if (cells[i]->n != n || n > GRL_BOX_UNITS || cells[i]->m != 0 || cells[i]->reset != cells[0]->reset)
            return grl_fail(
                error, GRL_BAD_INPUT,
                "expected networks of one kind with at most %d units and no inputs, found another at %zu",
                GRL_BOX_UNITS, i);

    search *s = grl_calloc(1, sizeof *s);
    grl_box_batch *batch = grl_calloc(1, sizeof *batch);
    if (!s || !batch) {
        status = grl_fail_memory(error, 1, sizeof *batch);
        goto done;
    }
    batch->n = (int)n;
    batch->after = cells[0]->reset == GRL_RESET_AFTER;
    *s = (search){
        .n = n, .count = count, .cells = cells, .options = options, .proofs = proofs, .batch = batch};
    s->step = grl_box_step(options->isa);
    for (int k = 0; k < GRL_LANES; k++) {
        s->slots[k].cell = SIZE_MAX;
        s->lanes[k].slot = s->loaded[k] = -1;
    }
    status = run(s, error);
done:
    if (s)
        for (int k = 0; k < GRL_LANES; k++) {
            free(s->slots[k].stack.values);
            free(s->slots[k].roots.values);
            free(s->slots[k].open.values);
        }
    free(s);
    free(batch);
    return status;
}

void grl_proof_free(grl_proof *proof)
{
    free(proof->points.values);
    free(proof->undecided.values);
    free(proof->kept.values);
    *proof = (grl_proof){0};
}
