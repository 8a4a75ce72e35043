/* streamlines.c: evenly spaced streamlines.
 *
 * Jobard and Lefer (1997): a line is followed both ways from its seed until it leaves the square, comes to
 * rest, or comes closer than d_test to another line or to an earlier piece of itself. New seeds lie at the
 * distance d_sep beside lines that there are, the oldest line first; when none of them fits, gaps are looked
 * for on a grid. Points are kept in a grid of squares of side d_sep, so that a test looks at nine of them.
 */
#include "draw/planar.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 4000 }; /* points of a line */

typedef struct builder {
    const grl_planar *flow;
    double low, high, separation, test;
    size_t side; /* squares on a side */
    int32_t *head, *next;
    size_t next_capacity;
    grl_lines *lines;
    double *points, *lengths; /* the line in work: LONGEST points and where they are along it */
} builder;

static size_t square_of(const builder *b, double x)
{
    double k = floor((x - b->low) / b->separation);
    return k < 0 ? 0 : k >= (double)b->side ? b->side - 1 : (size_t)k;
}

/* Is p at least d (at most the separation) from all lines? */
static int is_clear(const builder *b, const double p[2], double d)
{
    size_t i = square_of(b, p[0]), j = square_of(b, p[1]);
    for (size_t r = j > 0 ? j - 1 : 0; r <= j + 1 && r < b->side; r++)
        for (size_t c = i > 0 ? i - 1 : 0; c <= i + 1 && c < b->side; c++)
            for (int32_t k = b->head[r * b->side + c]; k >= 0; k = b->next[k]) {
                const double *q = b->lines->points + 2 * (size_t)k;
                if (hypot(q[0] - p[0], q[1] - p[1]) < d) return 0;
            }
    return 1;
}

static int is_inside(const builder *b, const double p[2])
{
    return p[0] >= b->low && p[0] <= b->high && p[1] >= b->low && p[1] <= b->high;
}

/* Does the line in work, `count` points so far, come back to itself at p, `length` along it? Points follow
 * each other at test / 2 or less, so a point far away allows its neighbours to be skipped. */
static int returns(const builder *b, size_t count, const double p[2], double length)
{
    for (size_t i = 0; i < count;) {
        double d = hypot(b->points[2 * i] - p[0], b->points[2 * i + 1] - p[1]);
        if (d < b->test && fabs(b->lengths[i] - length) > 2.5 * b->test) return 1;
        double ahead = (d - b->test) / (b->test / 2);
        i += ahead > 1 ? (size_t)ahead : 1;
    }
    return 0;
}

/* Appends the points of one half of a line, from but without its seed; returns how many points there are
 * then. */
static size_t follow(builder *b, const double seed[2], double sign, size_t count)
{
    grl_follower f;
    if (!grl_follow_start(&f, b->flow, seed, sign, b->test / 2)) return count;
    for (int last = 0; !last && count < LONGEST;) {
        double p[2] = {f.p[0], f.p[1]}, q[2];
        if (!grl_follow_step(&f)) break;
        memcpy(q, f.p, sizeof q);
        last = !is_inside(b, q);
        if (last) { /* cut at the border */
            double t = 1;
            for (int i = 0; i < 2; i++) {
                double border = q[i] > b->high ? b->high : q[i] < b->low ? b->low : q[i];
                if (border != q[i]) t = fmin(t, (border - p[i]) / (q[i] - p[i]));
            }
            for (int i = 0; i < 2; i++) q[i] = fmin(b->high, fmax(b->low, p[i] + t * (q[i] - p[i])));
        }
        if (!is_clear(b, q, b->test) || returns(b, count, q, sign * f.length)) break;
        memcpy(b->points + 2 * count, q, sizeof q);
        b->lengths[count++] = sign * f.length;
    }
    return count;
}

/* Puts the line through the seed among the lines, unless it is too short to be of use. False: no memory. */
static int try_seed(builder *b, const double seed[2])
{
    const double shortest = 1.6 * b->separation;
    if (!is_inside(b, seed) || !is_clear(b, seed, 0.99 * b->separation)) return 1;
    memcpy(b->points, seed, 2 * sizeof *seed);
    b->lengths[0] = 0;
    size_t back = follow(b, seed, -1, 1);
    /* Reverse, so that the line runs along the flow and its end can grow. */
    for (size_t i = 0, j = back - 1; i < j; i++, j--) {
        double x = b->points[2 * i], y = b->points[2 * i + 1], s = b->lengths[i];
        memcpy(b->points + 2 * i, b->points + 2 * j, 2 * sizeof x);
        b->lengths[i] = b->lengths[j];
        b->points[2 * j] = x;
        b->points[2 * j + 1] = y;
        b->lengths[j] = s;
    }
    size_t count = follow(b, seed, 1, back);
    if (b->lengths[count - 1] - b->lengths[0] < shortest) return 1;

    size_t old = b->lines->points_count;
    if (old + count > INT32_MAX || !grl_lines_add(b->lines, count, b->points)) return 0;
    while (b->next_capacity < old + count)
        if (!grl_grow((void **)&b->next, &b->next_capacity, b->next_capacity, sizeof *b->next)) return 0;
    for (size_t k = old; k < old + count; k++) {
        const double *p = b->lines->points + 2 * k;
        int32_t *head = &b->head[square_of(b, p[1]) * b->side + square_of(b, p[0])];
        b->next[k] = *head;
        *head = (int32_t)k;
    }
    return 1;
}

static int seed_beside(builder *b, size_t line)
{
    size_t end = b->lines->first[line + 1];
    for (size_t k = b->lines->first[line] + 1; k < end; k++) {
        /* Adding lines may move the points. */
        const double *p = b->lines->points + 2 * k;
        double dx = p[0] - p[-2], dy = p[1] - p[-1], length = hypot(dx, dy);
        if (!(length > 0)) continue;
        double offset[2] = {-dy / length * b->separation, dx / length * b->separation};
        double left[2] = {p[0] + offset[0], p[1] + offset[1]},
               right[2] = {p[0] - offset[0], p[1] - offset[1]};
        if (!try_seed(b, left) || !try_seed(b, right)) return 0;
    }
    return 1;
}

grl_status grl_streamlines_make(const grl_planar *flow, double low, double high, double separation,
                                grl_lines *lines, grl_error *error)
{
    grl_status status = GRL_OK;
    builder b = {.flow = flow, .low = low, .high = high, .separation = separation, .lines = lines};
    b.test = GRL_STREAMLINE_TEST * separation;
    b.side = (size_t)ceil((high - low) / separation);
    b.head = grl_calloc(b.side * b.side, sizeof *b.head);
    b.points = grl_calloc(LONGEST, 2 * sizeof *b.points);
    b.lengths = grl_calloc(LONGEST, sizeof *b.lengths);
    if (!b.head || !b.points || !b.lengths) goto no_memory;
    for (size_t i = 0; i < b.side * b.side; i++) b.head[i] = -1;

    const double start[2] = {low + 0.53 * (high - low), low + 0.23 * (high - low)};
    if (!try_seed(&b, start)) goto no_memory;
    size_t line = 0;
    for (size_t k = 0; k < 4 * b.side * b.side; k++) {
        for (; line < lines->count; line++)
            if (!seed_beside(&b, line)) goto no_memory;
        const double gap[2] = {low + 0.5 * separation * (0.5 + (double)(k % (2 * b.side))),
                               low + 0.5 * separation * (0.5 + (double)(k / (2 * b.side)))};
        if (!try_seed(&b, gap)) goto no_memory;
    }
    goto done;

no_memory:
    status = grl_fail_memory(error, LONGEST, 3 * sizeof(double));
done:
    free(b.head);
    free(b.next);
    free(b.points);
    free(b.lengths);
    return status;
}
